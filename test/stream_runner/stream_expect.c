/* Comparing what a run gave with what Spark gave. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "checkpoint/checkpoint.h"
#include "common/json.h"
#include "state/state_store.h"
#include "stream_runner/stream_run.h"

/* ---- lines ---- */

typedef struct Lines {
    char **lines;
    size_t count;
} Lines;

static Lines split_lines(WeirArena *arena, const char *text)
{
    Lines lines = {0};
    size_t capacity = 1;
    for (const char *at = text; *at != '\0'; at++)
        capacity += *at == '\n';
    lines.lines = WEIR_ARENA_ARRAY(arena, char *, capacity);
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        lines.lines[lines.count++] = weir_arena_strndup(arena, text, length);
        text += length + (text[length] == '\n');
    }
    return lines;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void compare_lines(StreamRun *run, const StreamStep *step, const char *expected_text, const char *actual_text,
                          bool ordered)
{
    Lines expected = split_lines(&run->arena, expected_text), actual = split_lines(&run->arena, actual_text);
    if (!ordered) {
        qsort(expected.lines, expected.count, sizeof(char *), by_bytes);
        qsort(actual.lines, actual.count, sizeof(char *), by_bytes);
    }
    for (size_t i = 0; i < expected.count || i < actual.count; i++) {
        const char *want = i < expected.count ? expected.lines[i] : "(nothing)";
        const char *got = i < actual.count ? actual.lines[i] : "(nothing)";
        if (i < expected.count && i < actual.count && strcmp(want, got) == 0)
            continue;
        stream_run_problem(run, step, "%zu lines expected, %zu found; the first that differs:\n  want %s\n  got  %s",
                           expected.count, actual.count, want, got);
        return;
    }
}

/* ---- batches ---- */

static void expect_batch(StreamRun *run, const StreamStep *step, const char *argument)
{
    char *end = NULL;
    int64_t batch_id = strtoll(argument, &end, 10);
    bool ordered = strstr(end, "ordered") != NULL;
    for (size_t i = 0; i < run->batch_count; i++) {
        if (run->batches[i].batch_id != batch_id || run->batches[i].expected)
            continue;
        run->batches[i].expected = true;
        compare_lines(run, step, step->body, run->batches[i].rows, ordered);
        return;
    }
    stream_run_problem(run, step, "there was no such batch");
}

static void expect_error(StreamRun *run, const StreamStep *step, const char *argument)
{
    char condition[128] = "", sqlstate[16] = "";
    sscanf(argument, "%127s %15s", condition, sqlstate);
    run->failure_expected = true;
    if (run->failure.status == WEIR_OK)
        stream_run_problem(run, step, "the run did not fail");
    else if (strcmp(run->failure.condition, condition) != 0 || strcmp(run->failure.sqlstate, sqlstate) != 0)
        stream_run_problem(run, step, "it failed with [%s] %s SQLSTATE: %s", run->failure.condition,
                           run->failure.message, run->failure.sqlstate);
}

void stream_run_check_rest(StreamRun *run, const StreamStep *step)
{
    if (run->failure.status != WEIR_OK && !run->failure_expected)
        stream_run_problem(run, step, "it failed with [%s] %s", run->failure.condition, run->failure.message);
    for (size_t i = 0; i < run->batch_count; i++)
        if (!run->batches[i].expected)
            stream_run_problem(run, step, "batch %lld was not expected:\n%.600s", (long long)run->batches[i].batch_id,
                               run->batches[i].rows);
}

/* ---- progress ---- */

/* Every member of `want` must be in `got` with the same value; arrays have the same length. */
static bool json_within(const WeirJson *want, const WeirJson *got, const char **where)
{
    *where = want->key == NULL ? "(an element)" : want->key;
    if (got == NULL || want->kind != got->kind)
        return false;
    if (want->kind == WEIR_JSON_OBJECT) {
        for (const WeirJson *member = want->first; member != NULL; member = member->next)
            if (!json_within(member, weir_json_get(got, member->key), where))
                return false;
        return true;
    }
    if (want->kind == WEIR_JSON_ARRAY) {
        const WeirJson *b = got->first;
        if (want->child_count != got->child_count)
            return false;
        for (const WeirJson *a = want->first; a != NULL; a = a->next, b = b->next)
            if (!json_within(a, b, where))
                return false;
        return true;
    }
    if (want->kind == WEIR_JSON_BOOLEAN)
        return want->boolean == got->boolean;
    return want->kind == WEIR_JSON_NULL ||
           (want->length == got->length && memcmp(want->text, got->text, want->length) == 0);
}

static const WeirJson *find_progress(StreamRun *run, int64_t batch_id)
{
    const WeirJson *found = NULL;
    for (size_t i = 0; run->session != NULL && i < weir_session_query_count(run->session); i++) {
        char *text = weir_query_recent_progress(weir_session_query(run->session, i));
        WeirJson *all = NULL;
        if (weir_json_parse(text, strlen(text), &run->arena, &all, NULL) == WEIR_OK) {
            for (const WeirJson *entry = all->first; entry != NULL; entry = entry->next) {
                int64_t id = -1;
                const WeirJson *durations = weir_json_get(entry, "durationMs");
                if (weir_json_int64(weir_json_get(entry, "batchId"), &id) && id == batch_id &&
                    weir_json_get(durations, "addBatch") != NULL)
                    found = entry;
            }
        }
        weir_string_free(text);
    }
    return found;
}

static void expect_progress(StreamRun *run, const StreamStep *step, const char *argument)
{
    WeirJson *want = NULL;
    const char *where = "";
    const WeirJson *got = find_progress(run, strtoll(argument, NULL, 10));
    if (weir_json_parse(step->body, strlen(step->body), &run->arena, &want, NULL) != WEIR_OK)
        stream_run_problem(run, step, "the expectation is not JSON");
    else if (got == NULL)
        stream_run_problem(run, step, "there is no progress of that batch");
    else if (!json_within(want, got, &where))
        stream_run_problem(run, step, "differs at %s; got %.1500s", where,
                           weir_arena_strndup(&run->arena, got->source, got->source_length));
}

/* ---- files ---- */

/* Private folders and UUIDs by their placeholders; a volatile number after `"key":` by <ms>. */
static char *normalise(StreamRun *run, const char *text)
{
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    const struct {
        const char *from, *to;
    } folders[] = {{run->input, "${input}"}, {run->checkpoint, "${checkpoint}"}, {run->output, "${output}"}};
    while (*text != '\0') {
        bool replaced = false;
        for (size_t i = 0; i < 3 && !replaced; i++) {
            size_t length = strlen(folders[i].from);
            if (strncmp(text, folders[i].from, length) == 0) {
                weir_buffer_append_text(&out, folders[i].to);
                text += length;
                replaced = true;
            }
        }
        static const char *const volatile_keys[] = {"\"batchTimestampMs\":", "\"modificationTime\":"};
        for (size_t i = 0; i < 2 && !replaced; i++) {
            size_t length = strlen(volatile_keys[i]);
            if (strncmp(text, volatile_keys[i], length) == 0) {
                weir_buffer_append_format(&out, "%s\"<ms>\"", volatile_keys[i]);
                text += length + strspn(text + length, "0123456789");
                replaced = true;
            }
        }
        size_t uuid = strspn(text, "0123456789abcdef-");
        if (!replaced && uuid >= 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-') {
            weir_buffer_append_text(&out, "<uuid>");
            text += 36;
            replaced = true;
        }
        if (!replaced)
            weir_buffer_append_char(&out, *text++);
    }
    char *copy = weir_arena_strndup(&run->arena, weir_buffer_text(&out), out.length);
    weir_buffer_deinit(&out);
    return copy;
}

static int by_key(const void *a, const void *b)
{
    return strcmp((*(const WeirJson *const *)a)->key, (*(const WeirJson *const *)b)->key);
}

/* JSON with sorted keys and no blanks. */
static void write_sorted(WeirArena *arena, const WeirJson *json, WeirBuffer *out)
{
    if (json->kind != WEIR_JSON_OBJECT) {
        weir_buffer_append(out, json->source, json->source_length);
        return;
    }
    const WeirJson **members = WEIR_ARENA_ARRAY(arena, const WeirJson *, json->child_count + 1);
    size_t count = 0;
    for (const WeirJson *member = json->first; member != NULL; member = member->next)
        members[count++] = member;
    qsort(members, count, sizeof(members[0]), by_key);
    weir_buffer_append_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        weir_buffer_append_text(out, i == 0 ? "" : ",");
        weir_json_write_string(out, members[i]->key, strlen(members[i]->key));
        weir_buffer_append_char(out, ':');
        write_sorted(arena, members[i], out);
    }
    weir_buffer_append_char(out, '}');
}

static char *read_log(StreamRun *run, const char *path, const char *name)
{
    WeirBuffer content;
    WeirArena *arena = &run->arena;
    const char *key = NULL, *value = NULL;
    bool found = false;
    size_t length = strlen(name);
    if (length > 17 && strcmp(name + length - 17, "/_metadata/schema") == 0) {
        const char *store = weir_arena_strndup(arena, path, strlen(path) - 17);
        if (weir_state_schema_read(weir_local_file_system(), store, arena, &key, &value, &found, NULL) != WEIR_OK ||
            !found)
            return NULL;
        return weir_arena_printf(arena, "v2\n%s\n%s", key, value);
    }
    weir_buffer_init(&content, (size_t)64 << 20, NULL);
    char *text = NULL;
    if (weir_file_read_all(weir_local_file_system(), path, (size_t)64 << 20, &content, NULL) == WEIR_OK)
        text = weir_arena_strndup(arena, weir_buffer_text(&content), content.length);
    char *second = text == NULL ? NULL : strchr(text, '\n');
    WeirJson *json = NULL;
    if (second != NULL && strncmp(name, "offsets/", 8) == 0) {
        size_t line = strcspn(second + 1, "\n");
        if (weir_json_parse(second + 1, line, arena, &json, NULL) == WEIR_OK) {
            weir_buffer_clear(&content);
            weir_buffer_append(&content, text, (size_t)(second + 1 - text));
            write_sorted(arena, json, &content);
            weir_buffer_append_text(&content, second + 1 + line);
            text = weir_arena_strndup(arena, weir_buffer_text(&content), content.length);
        }
    }
    weir_buffer_deinit(&content);
    return text;
}

static void expect_log(StreamRun *run, const StreamStep *step, const char *argument)
{
    char *text = read_log(run, stream_run_path(run, argument), argument);
    if (text == NULL)
        stream_run_problem(run, step, "there is no such file");
    else
        compare_lines(run, step, step->body, normalise(run, text), true);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void expect_listing(StreamRun *run, const StreamStep *step, const char *argument)
{
    struct dirent **entries;
    const char *path = stream_run_path(run, argument);
    int count = scandir(path, &entries, NULL, by_name);
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.')
            weir_buffer_append_format(&out, "%s%s\n", entries[i]->d_name, entries[i]->d_type == DT_DIR ? "/" : "");
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    compare_lines(run, step, step->body, normalise(run, weir_buffer_text(&out)), false);
    weir_buffer_deinit(&out);
}

static void append_file_lines(StreamRun *run, const char *path, const char *prefix, WeirBuffer *out)
{
    WeirBuffer content;
    weir_buffer_init(&content, (size_t)64 << 20, NULL);
    if (weir_file_read_all(weir_local_file_system(), path, (size_t)64 << 20, &content, NULL) == WEIR_OK) {
        Lines lines = split_lines(&run->arena, weir_buffer_text(&content));
        for (size_t i = 0; i < lines.count; i++)
            weir_buffer_append_format(out, "%s%s%s\n", prefix, prefix[0] == '\0' ? "" : "\t", lines.lines[i]);
    }
    weir_buffer_deinit(&content);
}

static void append_folder(StreamRun *run, const char *folder, const char *prefix, WeirBuffer *out)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        const char *path = weir_path_join(&run->arena, folder, name);
        if (name[0] != '.' && name[0] != '_' && entries[i]->d_type == DT_DIR)
            append_folder(run, path, weir_arena_printf(&run->arena, "%s%s/", prefix, name), out);
        else if (name[0] != '.' && name[0] != '_')
            append_file_lines(run, path, prefix, out);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

/* Only what the sink's log names. */
static bool append_logged_files(StreamRun *run, const char *folder, WeirBuffer *out)
{
    WeirCompactibleLog *log = NULL;
    const char **lines = NULL;
    uint32_t count = 0;
    struct stat status;
    const char *log_folder = weir_path_join(&run->arena, folder, "_spark_metadata");
    if (stat(log_folder, &status) != 0)
        return false;
    WeirClock *clock = weir_system_clock_new();
    bool compacted = false, found = false;
    if (weir_compactible_log_open(weir_local_file_system(), log_folder, "test", false, 10, INT64_MAX, 1000, clock, &log,
                                  NULL) == WEIR_OK &&
        (weir_compactible_log_all(log, &run->arena, &lines, &count, NULL) == WEIR_OK ||
         /* a log that begins later: its last entry */
         weir_compactible_log_get(log, weir_compactible_log_latest(log), &run->arena, &lines, &count, &compacted,
                                  &found, NULL) == WEIR_OK)) {
        for (uint32_t i = 0; i < count; i++) {
            WeirJson *json = NULL;
            char *path = NULL;
            if (weir_json_parse(lines[i], strlen(lines[i]), &run->arena, &json, NULL) != WEIR_OK ||
                weir_path_from_uri(weir_json_string(weir_json_get(json, "path")), &run->arena, &path, NULL) != WEIR_OK)
                continue;
            const char *inside = path + strlen(folder) + 1, *slash = strrchr(inside, '/');
            append_file_lines(
                run, path, slash == NULL ? "" : weir_arena_strndup(&run->arena, inside, (size_t)(slash - inside) + 1),
                out);
        }
    }
    weir_compactible_log_close(log);
    weir_clock_free(clock);
    return true;
}

static void expect_files(StreamRun *run, const StreamStep *step, const char *argument)
{
    WeirBuffer out;
    const char *folder = argument[0] == '\0' ? run->output : weir_path_join(&run->arena, run->output, argument);
    weir_buffer_init(&out, 0, NULL);
    if (!append_logged_files(run, folder, &out))
        append_folder(run, folder, "", &out);
    compare_lines(run, step, step->body, weir_buffer_text(&out), false);
    weir_buffer_deinit(&out);
}

/* ---- state ---- */

typedef struct StateDump {
    WeirBuffer *out;
    const char *prefix;
} StateDump;

static void append_hex(WeirBuffer *out, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        weir_buffer_append_format(out, "%02x", bytes[i]);
    if (size == 0)
        weir_buffer_append_char(out, '-');
}

static WeirStatus dump_row(void *context, const WeirStateRow *row, WeirError *error)
{
    StateDump *dump = context;
    (void)error;
    weir_buffer_append_format(dump->out, "%s ", dump->prefix);
    append_hex(dump->out, row->key, row->key_size);
    weir_buffer_append_char(dump->out, ' ');
    append_hex(dump->out, row->value, row->value_size);
    weir_buffer_append_char(dump->out, '\n');
    return WEIR_OK;
}

static bool holds_deltas(const char *folder)
{
    struct dirent **entries;
    bool found = false;
    int count = scandir(folder, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        found =
            found || strstr(entries[i]->d_name, ".delta") != NULL || strstr(entries[i]->d_name, ".snapshot") != NULL;
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return found;
}

static void dump_store(const char *folder, const char *prefix, int64_t version, WeirBuffer *out)
{
    StateDump dump = {out, prefix};
    WeirError error = {0};
    if (holds_deltas(folder) &&
        weir_state_files_scan(weir_local_file_system(), folder, version, dump_row, &dump, &error) != WEIR_OK)
        weir_buffer_append_format(out, "%s: %s\n", prefix, error.message);
}

static void expect_state(StreamRun *run, const StreamStep *step, const char *argument)
{
    long long operator_id = 0, version = 0;
    WeirBuffer out;
    struct dirent **entries;
    sscanf(argument, "%lld %lld", &operator_id, &version);
    const char *root = weir_arena_printf(&run->arena, "%s/state/%lld", run->checkpoint, operator_id);
    weir_buffer_init(&out, 0, NULL);
    int count = scandir(root, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name, *folder = weir_path_join(&run->arena, root, name);
        struct dirent **stores;
        if (name[0] >= '0' && name[0] <= '9') {
            dump_store(folder, name, version, &out);
            int store_count = scandir(folder, &stores, NULL, by_name);
            for (int k = 0; k < store_count; k++) {
                if (stores[k]->d_type == DT_DIR && stores[k]->d_name[0] != '.' && stores[k]->d_name[0] != '_')
                    dump_store(weir_path_join(&run->arena, folder, stores[k]->d_name),
                               weir_arena_printf(&run->arena, "%s/%s", name, stores[k]->d_name), version, &out);
                free(stores[k]);
            }
            if (store_count >= 0)
                free(stores);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    compare_lines(run, step, step->body, weir_buffer_text(&out), false);
    weir_buffer_deinit(&out);
}

/* ---- queries and the console ---- */

static bool collect_text(void *context, const char *text, size_t length)
{
    weir_buffer_append(context, text, length);
    return true;
}

static void expect_query(StreamRun *run, const StreamStep *step, const char *argument)
{
    WeirResult *result = NULL;
    WeirError error = {0};
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    WeirStatus status = weir_session_execute(run->session, stream_run_expand(run, argument), &result, &error);
    if (status == WEIR_OK && result != NULL)
        status = weir_result_write(result, WEIR_FORMAT_JSON, collect_text, &out, &error);
    if (status != WEIR_OK)
        stream_run_problem(run, step, "it failed with [%s] %s", error.condition, error.message);
    else
        compare_lines(run, step, step->body, weir_buffer_text(&out), false);
    weir_result_free(result);
    weir_buffer_deinit(&out);
}

void stream_run_expect(StreamRun *run, const StreamStep *step)
{
    static const struct {
        const char *kind;
        void (*compare)(StreamRun *run, const StreamStep *step, const char *argument);
    } kinds[] = {
        {"batch", expect_batch}, {"error", expect_error},     {"progress", expect_progress}, {"log", expect_log},
        {"files", expect_files}, {"listing", expect_listing}, {"state", expect_state},       {"query", expect_query},
    };
    size_t word = strcspn(step->argument, " ");
    const char *argument = step->argument + word + (step->argument[word] == ' ');
    if (strncmp(step->argument, "cause", word) == 0 || strncmp(step->argument, "message", word) == 0)
        return;
    if (strncmp(step->argument, "console", word) == 0) {
        /* The recorder writes "nothing" as one empty line. */
        compare_lines(run, step, strcmp(step->body, "\n") == 0 ? "" : step->body, weir_buffer_text(&run->console),
                      true);
        return;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strlen(kinds[i].kind) == word && strncmp(step->argument, kinds[i].kind, word) == 0) {
            kinds[i].compare(run, step, argument);
            return;
        }
    }
    stream_run_problem(run, step, "this expectation is not known");
}
