/* Runs `.stream` files on this build of weir, in one process: `stream_runner [-v] [--batch-rows N] [--threads N]
 * FILE|DIR…`. Prints what did not match and a closing line that counts. Cases whose "# needs:" names a feature outside
 * of --have are skipped; its default is what is finished. */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/file_system.h"
#include "common/log.h"
#include "stream_runner/stream_run.h"
#include "stream_runner/stream_script.h"

#define FIRST_MTIME 1700000000

static struct {
    bool verbose;
    const char *batch_rows, *threads, *have;
    size_t passed, failed, skipped;
} runner = {.have = "deduplicate, limit, session window, stream-stream join, DataFrame calls"};

void stream_run_problem(StreamRun *run, const StreamStep *step, const char *format, ...)
{
    char text[4000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    weir_buffer_append_format(&run->problems, "%s:%d: %s: %s\n", run->stream_case->path, step->number, step->line,
                              text);
}

static char *replace_all(WeirArena *arena, const char *text, const char *from, const char *to)
{
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    for (const char *at; (at = strstr(text, from)) != NULL; text = at + strlen(from)) {
        weir_buffer_append(&out, text, (size_t)(at - text));
        weir_buffer_append_text(&out, to);
    }
    weir_buffer_append_text(&out, text);
    char *copy = weir_arena_strndup(arena, weir_buffer_text(&out), out.length);
    weir_buffer_deinit(&out);
    return copy;
}

char *stream_run_expand(StreamRun *run, const char *text)
{
    char *expanded = replace_all(&run->arena, text, "${input}", run->input);
    expanded = replace_all(&run->arena, expanded, "${checkpoint}", run->checkpoint);
    return replace_all(&run->arena, expanded, "${output}", run->output);
}

char *stream_run_path(StreamRun *run, const char *path)
{
    if (strncmp(path, "${", 2) == 0)
        return stream_run_expand(run, path);
    return weir_path_join(&run->arena, run->checkpoint, path);
}

/* ---- files ---- */

static void make_parent(const char *path)
{
    char copy[1024];
    snprintf(copy, sizeof(copy), "%s", path);
    char *slash = strrchr(copy, '/');
    if (slash != NULL) {
        *slash = '\0';
        if (weir_local_file_system()->make_directories(weir_local_file_system(), copy, false, NULL) != WEIR_OK)
            fprintf(stderr, "cannot make %s\n", copy);
    }
}

static void write_file(const char *path, const char *content, size_t length)
{
    make_parent(path);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(content, 1, length, file) != length)
        fprintf(stderr, "cannot write %s\n", path);
    if (file != NULL)
        fclose(file);
}

/* Escapes of `add … bytes`: lines are joined, \n \r \t \\ \xNN stand for bytes. */
static size_t unescape_bytes(const char *body, char *out)
{
    size_t length = 0;
    for (const char *at = body; *at != '\0'; at++) {
        if (*at == '\n')
            continue;
        if (*at != '\\') {
            out[length++] = *at;
            continue;
        }
        at++;
        unsigned value;
        if (*at == 'x' && sscanf(at + 1, "%2x", &value) == 1) {
            out[length++] = (char)value;
            at += 2;
        } else {
            out[length++] = *at == 'n' ? '\n' : *at == 'r' ? '\r' : *at == 't' ? '\t' : *at;
        }
    }
    return length;
}

/* Files appear whole, with their times, and only when a `run` begins: a query that is awake by chance must not see some
 * of them before. */
static void show_staged(StreamRun *run)
{
    for (int i = 0; i < run->staged_count; i++) {
        make_parent(run->staged[i].to);
        if (rename(run->staged[i].from, run->staged[i].to) != 0)
            fprintf(stderr, "cannot make %s\n", run->staged[i].to);
    }
    run->staged_count = 0;
}

static void step_add(StreamRun *run, const StreamStep *step)
{
    char *words = weir_arena_strdup(&run->arena, step->argument);
    char *view = strtok_r(words, " ", &words), *word, name[256];
    int64_t mtime = FIRST_MTIME + run->add_count;
    bool bytes = false;
    snprintf(name, sizeof(name), "%04d.txt", run->add_count);
    while ((word = strtok_r(NULL, " ", &words)) != NULL) {
        if (strncmp(word, "name=", 5) == 0)
            snprintf(name, sizeof(name), "%s", word + 5);
        else if (strncmp(word, "mtime=", 6) == 0)
            mtime = strtoll(word + 6, NULL, 10);
        else if (strcmp(word, "bytes") == 0)
            bytes = true;
    }
    run->add_count++;
    const char *path = weir_arena_printf(&run->arena, "%s/%s/%s", run->input, view, name);
    char *content = weir_arena_strdup(&run->arena, step->body);
    size_t length = bytes ? unescape_bytes(step->body, content) : strlen(step->body);
    char *staged = weir_arena_printf(&run->arena, "%s/staged/%d", run->root, run->add_count);
    write_file(staged, content, length);
    struct timeval times[2] = {{.tv_sec = mtime}, {.tv_sec = mtime}};
    utimes(staged, times);
    if (run->staged_count == sizeof(run->staged) / sizeof(run->staged[0]))
        show_staged(run);
    run->staged[run->staged_count++] = (StagedFile){staged, path};
}

static void remove_sidecar(StreamRun *run, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash != NULL)
        (void)remove(weir_arena_printf(&run->arena, "%.*s/.%s.crc", (int)(slash - path), path, slash + 1));
}

static void step_file(StreamRun *run, const StreamStep *step)
{
    char *words = weir_arena_strdup(&run->arena, step->argument), *rest = NULL;
    const char *path = stream_run_path(run, strtok_r(words, " ", &rest));
    show_staged(run);
    if (strcmp(step->keyword, "mkdir") == 0) {
        path = stream_run_expand(run, step->argument[0] == '$'
                                          ? step->argument
                                          : weir_arena_printf(&run->arena, "%s/%s", run->input, step->argument));
        (void)(weir_local_file_system()->make_directories(weir_local_file_system(), path, false, NULL) == WEIR_OK);
    } else if (strcmp(step->keyword, "remove") == 0) {
        (void)(weir_directory_remove_all(weir_local_file_system(), path, NULL) == WEIR_OK);
        (void)remove(path);
    } else if (strcmp(step->keyword, "truncate") == 0) {
        if (truncate(path, strtoll(rest, NULL, 10)) != 0)
            stream_run_problem(run, step, "there is no such file");
    } else {
        const char *body = stream_run_expand(run, step->body);
        size_t length = strlen(body);
        write_file(path, body, length > 0 ? length - 1 : 0);
    }
    if (strcmp(step->keyword, "mkdir") != 0)
        remove_sidecar(run, path);
}

/* ---- running ---- */

static bool write_console(void *context, const char *text, size_t length)
{
    weir_buffer_append(&((StreamRun *)context)->console, text, length);
    return true;
}

static bool collect_text(void *context, const char *text, size_t length)
{
    weir_buffer_append(context, text, length);
    return true;
}

static WeirStatus collect_batch(void *context, int64_t batch_id, WeirResult *rows, WeirError *error)
{
    StreamRun *run = context;
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    WeirStatus status = weir_result_write(rows, WEIR_FORMAT_JSON, collect_text, &text, error);
    if (run->batch_count == run->batch_capacity) {
        run->batch_capacity = run->batch_capacity == 0 ? 16 : run->batch_capacity * 2;
        run->batches = weir_realloc(run->batches, run->batch_capacity * sizeof(StreamBatch));
    }
    run->batches[run->batch_count++] =
        (StreamBatch){.batch_id = batch_id, .rows = weir_strdup(weir_buffer_text(&text))};
    weir_buffer_deinit(&text);
    return status;
}

static void ignore_warning(void *context, const char *text)
{
    (void)context;
    if (runner.verbose)
        fprintf(stderr, "warning: %s\n", text);
}

static void close_session(StreamRun *run)
{
    weir_session_close(run->session);
    run->session = NULL;
}

static WeirStatus open_session(StreamRun *run, WeirError *error)
{
    const char *conf[] = {
        "spark.sql.session.timeZone", "UTC", "spark.sql.shuffle.partitions", "2",
        "spark.sql.streaming.numRecentProgressUpdates", "10000",
        /* Idle queries sleep until a `run` wakes them: files added between two runs then appear all at once. */
        "spark.sql.streaming.pollingDelay", "3600000", "weir.batch.rows", runner.batch_rows, "weir.threads",
        runner.threads};
    WeirSessionOptions options = {
        .struct_bytes = sizeof(options),
        .conf = conf,
        .conf_count = runner.batch_rows == NULL ? 8
                      : runner.threads == NULL  ? 10
                                                : 12,
        .console = write_console,
        .console_context = run,
        .warning = ignore_warning,
    };
    return weir_session_open(&options, &run->session, error);
}

/* Every query of the script may have the foreachBatch sink. */
static void register_callbacks(StreamRun *run, const char *script)
{
    static const char *const words[] = {"CREATE STREAMING TABLE ", "CREATE FLOW "};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (const char *at = script; (at = strcasestr(at, words[i])) != NULL; at += strlen(words[i])) {
            const char *name = at + strlen(words[i]);
            if (strncasecmp(name, "IF NOT EXISTS ", 14) == 0)
                name += 14;
            char *copy = weir_arena_strndup(&run->arena, name, strcspn(name, " \t\n("));
            weir_session_foreach_batch(run->session, replace_all(&run->arena, copy, "`", ""), collect_batch, run);
        }
    }
}

static WeirStatus settle(StreamRun *run, WeirError *error)
{
    WeirStatus first = WEIR_OK;
    for (size_t i = 0; i < weir_session_query_count(run->session); i++) {
        WeirQuery *query = weir_session_query(run->session, i);
        WeirError later = {0};
        WeirError *target = first == WEIR_OK ? error : &later;
        WeirStatus status = weir_query_is_finite(query) ? weir_query_await(query, 60000, NULL, target)
                                                        : weir_query_process_all_available(query, target);
        if (first == WEIR_OK)
            first = status;
    }
    return first;
}

static bool is_running(StreamRun *run)
{
    if (run->session == NULL || run->failure.status != WEIR_OK || weir_session_query_count(run->session) == 0)
        return false;
    for (size_t i = 0; i < weir_session_query_count(run->session); i++)
        if (weir_query_is_active(weir_session_query(run->session, i)))
            return true;
    return false;
}

static void forget_last_run(StreamRun *run)
{
    for (size_t i = 0; i < run->batch_count; i++)
        weir_free(run->batches[i].rows);
    run->batch_count = 0;
    weir_buffer_clear(&run->console);
}

static void step_run(StreamRun *run)
{
    WeirError error = {0};
    WeirStatus status = WEIR_OK;
    forget_last_run(run);
    show_staged(run);
    if (!is_running(run)) {
        const char *script = stream_run_expand(run, run->script);
        close_session(run);
        weir_error_clear(&run->failure);
        status = open_session(run, &error);
        if (status == WEIR_OK) {
            register_callbacks(run, script);
            status = stream_script_run(run->session, &run->arena, script, &error);
        }
    }
    if (status == WEIR_OK)
        status = settle(run, &error);
    run->failure_expected = false;
    if (status != WEIR_OK)
        weir_error_copy(&run->failure, &error);
}

/* ---- one case ---- */

static void make_folders(StreamRun *run)
{
    const StreamCase *stream_case = run->stream_case;
    const char *base = getenv("TMPDIR");
    snprintf(run->root, sizeof(run->root), "%s/weir-stream-XXXXXX", base == NULL ? "/tmp" : base);
    if (mkdtemp(run->root) == NULL)
        abort();
    snprintf(run->input, sizeof(run->input), "%s/input", run->root);
    snprintf(run->checkpoint, sizeof(run->checkpoint), "%s/checkpoint", run->root);
    snprintf(run->output, sizeof(run->output), "%s/output", run->root);
    mkdir(run->input, 0700);
    for (size_t i = 0; i < stream_case->step_count; i++) {
        if (strcmp(stream_case->steps[i].keyword, "add") != 0)
            continue;
        const char *view = stream_case->steps[i].argument;
        make_parent(weir_arena_printf(&run->arena, "%s/%.*s/x", run->input, (int)strcspn(view, " "), view));
    }
}

static void perform(StreamRun *run, const StreamStep *step)
{
    if (strcmp(step->keyword, "script") == 0)
        run->script = step->body;
    else if (strcmp(step->keyword, "add") == 0)
        step_add(run, step);
    else if (strcmp(step->keyword, "run") == 0)
        step_run(run);
    else if (strcmp(step->keyword, "restart") == 0)
        close_session(run);
    else if (strcmp(step->keyword, "expect") == 0)
        stream_run_expect(run, step);
    else
        step_file(run, step);
}

/* A run's expectations end where the next step that is none begins. */
static void perform_all(StreamRun *run)
{
    const StreamCase *stream_case = run->stream_case;
    const StreamStep *last_run = NULL;
    for (size_t i = 0; i < stream_case->step_count; i++) {
        const StreamStep *step = &stream_case->steps[i];
        bool expectation = strcmp(step->keyword, "expect") == 0;
        if (!expectation && last_run != NULL) {
            stream_run_check_rest(run, last_run);
            last_run = NULL;
        }
        perform(run, step);
        if (strcmp(step->keyword, "run") == 0)
            last_run = step;
    }
    if (last_run != NULL)
        stream_run_check_rest(run, last_run);
}

static bool has_features(const char *needs)
{
    char copy[256], *rest = copy, *word;
    snprintf(copy, sizeof(copy), "%s", needs);
    while ((word = strtok_r(rest, " ,", &rest)) != NULL)
        if (strstr(runner.have, word) == NULL)
            return false;
    return true;
}

static void run_case(const char *path)
{
    StreamCase stream_case;
    const char *message = NULL;
    if (!stream_case_read(&stream_case, path, &message)) {
        printf("FAILED %s: %s\n", path, message);
        runner.failed++;
        stream_case_free(&stream_case);
        return;
    }
    if (!has_features(stream_case.needs) || stream_case.manual_clock) {
        runner.skipped++;
        if (runner.verbose)
            printf("skipped %s (needs%s)\n", path, stream_case.needs);
        stream_case_free(&stream_case);
        return;
    }
    StreamRun run = {.stream_case = &stream_case};
    weir_arena_init(&run.arena, NULL);
    weir_buffer_init(&run.console, 0, NULL);
    weir_buffer_init(&run.problems, 0, NULL);
    make_folders(&run);
    perform_all(&run);
    close_session(&run);
    if (run.problems.length == 0)
        runner.passed++;
    else
        runner.failed++;
    if (run.problems.length > 0)
        printf("FAILED %s\n%s", path, weir_buffer_text(&run.problems));
    else if (runner.verbose)
        printf("passed %s\n", path);
    fflush(stdout);
    (void)(weir_directory_remove_all(weir_local_file_system(), run.root, NULL) == WEIR_OK);
    forget_last_run(&run);
    weir_free(run.batches);
    weir_buffer_deinit(&run.console);
    weir_buffer_deinit(&run.problems);
    weir_arena_deinit(&run.arena);
    stream_case_free(&stream_case);
}

static void run_path(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        run_case(path);
        return;
    }
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char child[1024];
        size_t length = strlen(entries[i]->d_name);
        snprintf(child, sizeof(child), "%s/%s", path, entries[i]->d_name);
        bool folder = entries[i]->d_type == DT_DIR && entries[i]->d_name[0] != '.';
        if (folder || (length > 7 && strcmp(entries[i]->d_name + length - 7, ".stream") == 0))
            run_path(child);
        free(entries[i]);
    }
    free(entries);
}

int main(int argument_count, char **arguments)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    for (int i = 1; i < argument_count; i++) {
        if (strcmp(arguments[i], "-v") == 0)
            runner.verbose = true;
        else if (strcmp(arguments[i], "--batch-rows") == 0 && i + 1 < argument_count)
            runner.batch_rows = arguments[++i];
        else if (strcmp(arguments[i], "--threads") == 0 && i + 1 < argument_count)
            runner.threads = arguments[++i];
        else if (strcmp(arguments[i], "--have") == 0 && i + 1 < argument_count)
            runner.have = arguments[++i];
        else
            run_path(arguments[i]);
    }
    printf("%zu passed, %zu failed, %zu skipped\n", runner.passed, runner.failed, runner.skipped);
    return runner.failed == 0 ? 0 : 1;
}
