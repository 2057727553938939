/* Runs `.test` files on this build of weir: `sql_runner [-v] [--columns] [--batch-rows N] [--threads N] [--only TEXT]
 * FILE|DIR…`. Each file runs in a child process, so that a crash costs one block: the file is run again without it.
 * Prints what did not match and a closing line that counts. */
#include <dirent.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sql_runner/column_form.h"
#include "sql_runner/sql_answer.h"
#include "sql_runner/sql_case.h"

#define CRASHES_MAX 100u
#define BLOCK_SECONDS_MAX 60u

/* Shared with the child. */
typedef struct Progress {
    volatile int line; /* of the running block */
    volatile size_t passed, failed, skipped;
    volatile size_t lifted, encoded, null_rows, other_rows; /* --columns: cases, and the kinds of their rows */
    volatile size_t wanted, columns;                        /* literals */
} Progress;

static struct {
    bool verbose, columns;
    const char *batch_rows, *threads, *only;
    size_t passed, failed, skipped;
    Progress *progress;
    int crashed[CRASHES_MAX]; /* lines of blocks to leave out */
    size_t crash_count;
} runner;

typedef struct Run {
    const char *path;
    WeirSession *session;
    WeirArena arena;
} Run;

static void ignore_warning(void *context, const char *text)
{
    (void)context;
    (void)text;
}

static void problem(const Run *run, const SqlBlock *block, const char *format, ...)
{
    if (runner.crash_count > 0 && block->line < runner.crashed[runner.crash_count - 1])
        return; /* was printed before the crash */
    va_list arguments;
    va_start(arguments, format);
    printf("%s:%d: %s\n    ", run->path, block->line, block->sql);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    fflush(stdout);
}

/* ---- answers ---- */

static bool check_rows(Run *run, const SqlBlock *block, const WeirResult *result)
{
    size_t count;
    const char *schema = sql_answer_schema(&run->arena, result);
    if (strcmp(schema, block->schema) != 0) {
        problem(run, block, "schema: %s\n    Spark:  %s", schema, block->schema);
        return false;
    }
    const char **rows = sql_answer_rows(&run->arena, result, block->sorted, &count);
    for (size_t i = 0; i < count || i < block->row_count; i++) {
        const char *got = i < count ? rows[i] : "(no row)",
                   *wanted = i < block->row_count ? block->rows[i] : "(no row)";
        if (strcmp(got, wanted) != 0) {
            problem(run, block, "row %zu: %s\n    Spark: %s", i + 1, got, wanted);
            return false;
        }
    }
    return true;
}

/* ---- blocks ---- */

/* Where the error is, in the words of the recorder. Spark gives some errors no place where weir has one. */
static const char *error_place(Run *run, const SqlBlock *block, const WeirError *error)
{
    if (strcmp(block->place, "nowhere") == 0)
        return block->place;
    if (strncmp(block->place, "at line ", 8) == 0)
        return weir_arena_printf(&run->arena, "at line %d, pos %d", error->origin.line, error->origin.column);
    if (error->origin.line == 0)
        return "nowhere";
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    int32_t characters = 1;
    for (int32_t i = 0; i < error->origin.start; i++)
        characters += ((unsigned char)block->sql[i] & 0xC0) != 0x80;
    weir_buffer_append_format(&text, "at %d: ", characters);
    for (int32_t i = 0; i < error->origin.length; i++) {
        char c = block->sql[error->origin.start + i];
        weir_buffer_append_format(&text, c == '\n' ? "\\n" : "%c", c);
    }
    const char *place = weir_arena_strndup(&run->arena, weir_buffer_text(&text), text.length);
    weir_buffer_deinit(&text);
    return place;
}

static bool check_place(Run *run, const SqlBlock *block, const WeirError *error)
{
    const char *place = block->place == NULL ? NULL : error_place(run, block, error);
    bool good = place == NULL || strcmp(place, block->place) == 0;
    if (!good)
        problem(run, block, "failed %s\n    Spark: %s", place, block->place);
    if (block->proposal == NULL || strstr(error->message, block->proposal) != NULL)
        return good;
    problem(run, block, "%s\n    Spark proposes %s", error->message, block->proposal);
    return false;
}

/* Did the statement fail as Spark does? */
static bool check_error(Run *run, const SqlBlock *block, const WeirError *error)
{
    bool legacy = strcmp(block->condition, "_LEGACY_ERROR_TEMP_0000") == 0;
    if (legacy || (strcmp(error->condition, block->condition) == 0 &&
                   (block->sqlstate == NULL || strcmp(error->sqlstate, block->sqlstate) == 0)))
        return check_place(run, block, error);
    problem(run, block, "failed with %s %s: %s\n    Spark: %s %s", error->condition, error->sqlstate, error->message,
            block->condition, block->sqlstate == NULL ? "" : block->sqlstate);
    return false;
}

static bool check_outcome(Run *run, const SqlBlock *block, WeirStatus status, const WeirResult *result,
                          const WeirError *error)
{
    if (block->kind == SQL_BLOCK_ERROR && status == WEIR_OK) {
        problem(run, block, "ran, Spark fails with %s", block->condition);
        return false;
    }
    if (block->kind == SQL_BLOCK_ERROR)
        return check_error(run, block, error);
    if (status != WEIR_OK) {
        problem(run, block, "failed with %s %s: %s", error->condition, error->sqlstate, error->message);
        return false;
    }
    if (block->kind == SQL_BLOCK_QUERY && result == NULL) {
        problem(run, block, "gave no rows");
        return false;
    }
    return block->kind != SQL_BLOCK_QUERY || check_rows(run, block, result);
}

static bool run_statement(Run *run, const SqlBlock *block)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    WeirStatus status = weir_session_execute(run->session, block->sql, &result, &error);
    bool good = check_outcome(run, block, status, result, &error);
    weir_result_free(result);
    return good;
}

/* ---- over columns ---- */

/* Each row of the literals' values gives the recorded row, each row of nulls what it gives when it is folded. */
static bool check_repeated(Run *run, const SqlBlock *block, const SqlColumnForm *form, const WeirResult *result)
{
    size_t count;
    const char *schema = sql_answer_schema(&run->arena, result);
    if (block->kind == SQL_BLOCK_QUERY && strcmp(schema, block->schema) != 0) {
        problem(run, block, "over columns, schema: %s\n    Spark:  %s", schema, block->schema);
        return false;
    }
    const char **rows = sql_answer_rows(&run->arena, result, false, &count);
    if (count != strlen(form->kinds)) {
        problem(run, block, "over columns: %zu rows for %zu", count, strlen(form->kinds));
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char kind = form->kinds[i];
        const char *wanted = kind == 'V' ? block->rows[0] : kind == 'N' ? form->null_row : form->other_row;
        if (strcmp(rows[i], wanted) != 0) {
            problem(run, block, "over columns, part %d, row %zu: %s\n    %s: %s", (int)form->part, i + 1, rows[i],
                    kind == 'V'   ? "Spark"
                    : kind == 'N' ? "folded nulls"
                                  : "folded other values",
                    wanted);
            return false;
        }
    }
    return true;
}

static bool run_form(Run *run, const SqlBlock *block, SqlColumnForm *form)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    form->sql = block->sql;
    form->arena = &run->arena;
    WeirStatus status = weir_session_execute_made(run->session, sql_column_form_make, form, &result, &error);
    bool good;
    if (status == WEIR_OK && form->repeated && (form->without_values || block->kind == SQL_BLOCK_QUERY))
        good = check_repeated(run, block, form, result);
    else if (form->without_values && status != WEIR_OK) {
        problem(run, block, "over columns, failed though no row that fails is selected: %s %s", error.condition,
                error.message);
        good = false;
    } else
        good = check_outcome(run, block, status, result, &error);
    weir_result_free(result);
    return good;
}

/* The block with all of its literals as columns, then with every second one. What fails for the literals' values must
 * not fail where these rows are not selected. */
static bool run_over_columns(Run *run, const SqlBlock *block)
{
    Progress *progress = runner.progress;
    bool good = true;
    for (int part = SQL_COLUMNS_ALL; good && part < SQL_COLUMNS_PARTS; part++) {
        SqlColumnForm form = {.part = (SqlColumnPart)part};
        good = run_form(run, block, &form);
        if (good && block->kind == SQL_BLOCK_ERROR && form.repeated &&
            (form.null_row != NULL || form.other_row != NULL)) {
            SqlColumnForm without = {.part = (SqlColumnPart)part, .without_values = true};
            good = run_form(run, block, &without);
        }
        if (part == SQL_COLUMNS_ALL) {
            progress->lifted += form.column_count > 0;
            progress->encoded += form.column_count == 0 && form.relation_count > 0;
            progress->null_rows += form.repeated && form.null_row != NULL;
            progress->other_rows += form.repeated && form.other_row != NULL;
            progress->wanted += form.literal_count;
            progress->columns += form.column_count;
        }
        if (form.column_count < 2 && (part == SQL_COLUMNS_EVEN || form.relation_count == 0))
            break;
    }
    return good;
}

static bool run_conf(Run *run, const SqlBlock *block)
{
    WeirError error = {0};
    WeirStatus status = WEIR_OK;
    if (block->condition != NULL) {
        status = weir_session_set(run->session, block->sql, block->condition, &error);
    } else {
        WeirResult *result = NULL;
        status =
            weir_session_execute(run->session, weir_arena_printf(&run->arena, "RESET %s", block->sql), &result, &error);
        weir_result_free(result);
    }
    if (status != WEIR_OK)
        problem(run, block, "failed with %s %s: %s", error.condition, error.sqlstate, error.message);
    return status == WEIR_OK;
}

static bool is_left_out(int line)
{
    for (size_t i = 0; i < runner.crash_count; i++)
        if (runner.crashed[i] == line)
            return true;
    return false;
}

static void run_block(Run *run, const SqlBlock *block)
{
    Progress *progress = runner.progress;
    progress->line = block->line;
    if (is_left_out(block->line))
        return;
    if (block->kind == SQL_BLOCK_QUERY && !block->answered) {
        progress->skipped++;
        return;
    }
    alarm(BLOCK_SECONDS_MAX);
    bool good = block->kind == SQL_BLOCK_CONF                   ? run_conf(run, block)
                : runner.columns && block->kind != SQL_BLOCK_OK ? run_over_columns(run, block)
                                                                : run_statement(run, block);
    alarm(0);
    if (!good)
        progress->failed++;
    else if (block->kind != SQL_BLOCK_CONF)
        progress->passed++;
    if (good && runner.verbose)
        printf("%s:%d: ok\n", run->path, block->line);
}

static int run_file_here(const char *path)
{
    SqlCase sql_case;
    WeirError error = {0};
    const char *conf[12] = {"spark.sql.session.timeZone", "UTC", "weir.user", "weir"};
    size_t conf_count = 4;
    if (runner.batch_rows != NULL) {
        conf[conf_count++] = "weir.batch.rows";
        conf[conf_count++] = runner.batch_rows;
    }
    conf[conf_count++] = "weir.threads";
    conf[conf_count++] = runner.threads != NULL ? runner.threads : "0";
    Run run = {.path = path};
    WeirSessionOptions options = {
        .struct_bytes = sizeof(options), .conf = conf, .conf_count = conf_count, .warning = ignore_warning};
    if (!sql_case_read(&sql_case, path))
        return 2;
    if (weir_session_open(&options, &run.session, &error) != WEIR_OK) {
        fprintf(stderr, "cannot open a session: [%s] %s\n", error.condition, error.message);
        return 2;
    }
    weir_arena_init(&run.arena, NULL);
    for (size_t i = 0; i < sql_case.block_count; i++) {
        run_block(&run, &sql_case.blocks[i]);
        weir_arena_reset(&run.arena);
    }
    weir_arena_deinit(&run.arena);
    weir_session_close(run.session);
    sql_case_deinit(&sql_case);
    return 0;
}

static bool run_child(const char *path)
{
    runner.progress->passed = runner.progress->failed = runner.progress->skipped = 0;
    runner.progress->line = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        int code = run_file_here(path);
        fflush(stdout);
        exit(code);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) <= 2) {
        runner.failed += WEXITSTATUS(status) == 0 ? 0 : 1;
        return true;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        printf("%s:%d: took longer than %u s\n", path, runner.progress->line, BLOCK_SECONDS_MAX);
    else
        printf("%s:%d: crashed with %s %d\n", path, runner.progress->line, WIFSIGNALED(status) ? "signal" : "code",
               WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return false;
}

static void run_file(const char *path)
{
    runner.crash_count = 0;
    while (!run_child(path) && runner.crash_count < CRASHES_MAX)
        runner.crashed[runner.crash_count++] = runner.progress->line;
    runner.passed += runner.progress->passed;
    runner.failed += runner.progress->failed + runner.crash_count;
    runner.skipped += runner.progress->skipped;
}

/* ---- files ---- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void run_path(const char *path)
{
    struct stat info;
    size_t length = strlen(path);
    if (stat(path, &info) != 0) {
        fprintf(stderr, "%s: there is no such file\n", path);
        runner.failed++;
        return;
    }
    if (!S_ISDIR(info.st_mode)) {
        bool wanted = length > 5 && strcmp(path + length - 5, ".test") == 0 &&
                      (runner.only == NULL || strstr(path, runner.only) != NULL);
        if (wanted)
            run_file(path);
        return;
    }
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, by_name);
    for (int i = 0; i < count; i++) {
        char child[4096];
        if (entries[i]->d_name[0] != '.' &&
            snprintf(child, sizeof(child), "%s/%s", path, entries[i]->d_name) < (int)sizeof(child))
            run_path(child);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    runner.progress = mmap(NULL, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (runner.progress == MAP_FAILED)
        return 2;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        const char **value = strcmp(argv[at], "--batch-rows") == 0 ? &runner.batch_rows
                             : strcmp(argv[at], "--threads") == 0  ? &runner.threads
                             : strcmp(argv[at], "--only") == 0     ? &runner.only
                                                                   : NULL;
        if (value != NULL && at + 1 < argc) {
            *value = argv[++at];
        } else if (strcmp(argv[at], "-v") == 0) {
            runner.verbose = true;
        } else if (strcmp(argv[at], "--columns") == 0) {
            runner.columns = true;
        } else {
            fprintf(stderr,
                    "usage: sql_runner [-v] [--columns] [--batch-rows N] [--threads N] [--only TEXT] FILE|DIR…\n");
            return 2;
        }
    }
    for (; at < argc; at++)
        run_path(argv[at]);
    if (runner.columns)
        printf("%zu cases over columns (%zu of %zu literals; rows of nulls in %zu, of other values in %zu), %zu over "
               "tables in other forms\n",
               runner.progress->lifted, runner.progress->columns, runner.progress->wanted, runner.progress->null_rows,
               runner.progress->other_rows, runner.progress->encoded);
    printf("%zu passed, %zu failed, %zu skipped\n", runner.passed, runner.failed, runner.skipped);
    return runner.failed == 0 ? 0 : 1;
}
