/* Nanoseconds per row of each class of expressions, as queries run them: expr_bench FILE [--tsv] [--only TEXT]. FILE
 * is expressions.txt. A query runs over the same batch of 4,096 rows again and again, so that the batch stays in cache;
 * the time of a plain pass over the bytes of the columns that it names is beside it. The least of several runs counts.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "session/session_private.h"

#define ROWS 4096u
#define BATCHES 64u
#define COLUMNS_MAX 32u
#define REPEATS 7
#define LINE_BYTES_MAX 1024

typedef struct Bench {
    WeirSession *session;
    const char *names[COLUMNS_MAX];
    char *definitions[COLUMNS_MAX];
    uint32_t column_count;
    WeirBatch *batch; /* a column each */
    const char *query;
    double ns_per_row;
} Bench;

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static bool names_column(const char *query, const char *name)
{
    size_t length = strlen(name);
    bool quoted = false;
    for (const char *at = query; *at != '\0'; at++) {
        quoted ^= *at == '\'';
        if (quoted || strncmp(at, name, length) != 0)
            continue;
        bool begins = at == query || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (begins && !(isalnum((unsigned char)at[length]) || at[length] == '_' || at[length] == '('))
            return true;
    }
    return false;
}

/* ---- the pass over memory */

static uint64_t sum_bytes(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint64_t sum = 0, word;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) {
        memcpy(&word, bytes + at, 8);
        sum += word;
    }
    for (; at < length; at++)
        sum += bytes[at];
    return sum;
}

static uint64_t pass_over(const WeirVector *vector, uint32_t length)
{
    WeirPhysicalType physical = weir_type_physical(vector->type);
    uint64_t sum = vector->values == NULL ? 0 : sum_bytes(vector->values, weir_physical_size(physical) * length);
    if (vector->validity != NULL)
        sum += sum_bytes(vector->validity, length / 8);
    if (physical == WEIR_PHYSICAL_VIEW)
        for (uint32_t row = 0; row < length; row++) {
            const WeirStringView *view = &((const WeirStringView *)vector->values)[row];
            if (view->length > WEIR_VIEW_INLINE_BYTES)
                sum += sum_bytes(weir_view_data(view), view->length);
        }
    if (physical == WEIR_PHYSICAL_LIST)
        for (uint32_t c = 0; c < vector->type->field_count; c++)
            sum += pass_over(&vector->children[c], ((const uint32_t *)vector->values)[length]);
    return sum;
}

static double memory_pass(const Bench *bench)
{
    static volatile uint64_t sink;
    double best = 1e18;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        double start = now_ns();
        for (uint32_t b = 0; b < BATCHES; b++)
            for (uint32_t c = 0; c < bench->column_count; c++)
                if (names_column(bench->query, bench->names[c]))
                    sink += pass_over(&bench->batch->columns[c], ROWS);
        double each = (now_ns() - start) / ((double)BATCHES * ROWS);
        best = each < best ? each : best;
    }
    return best;
}

/* ---- the query */

static WeirLogicalPlan *use_source(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    WeirLogicalPlan *source = context;
    (void)status;
    (void)error;
    return plan->kind == WEIR_LOGICAL_UNRESOLVED_RELATION ? source : plan;
}

static WeirLogicalPlan *source_plan(const Bench *bench, WeirArena *arena)
{
    WeirLogicalPlan *plan = weir_logical_new(arena, WEIR_LOGICAL_LOCAL_RELATION, (WeirOrigin){0});
    WeirBatch **batches = WEIR_ARENA_ARRAY(arena, WeirBatch *, BATCHES);
    plan->output = WEIR_ARENA_ARRAY(arena, WeirExpression *, bench->column_count);
    plan->output_count = bench->column_count;
    for (uint32_t c = 0; c < bench->column_count; c++) {
        const WeirVector *vector = &bench->batch->columns[c];
        plan->output[c] = weir_expression_attribute(arena, bench->names[c], vector->type, vector->validity != NULL,
                                                    bench->session->next_expression_id++);
    }
    for (uint32_t b = 0; b < BATCHES; b++)
        batches[b] = bench->batch;
    plan->batches = batches;
    plan->batch_count = BATCHES;
    plan->analyzed = true;
    return plan;
}

static WeirStatus discard(void *context, uint32_t task_index, WeirBatch *batch, WeirError *error)
{
    (void)context;
    (void)task_index;
    (void)batch;
    (void)error;
    return WEIR_OK;
}

static WeirStatus time_plan(Bench *bench, const WeirPhysicalPlan *plan, const WeirEvalContext *eval, WeirError *error)
{
    WeirExecutionEnvironment environment = {
        .tracker = &bench->session->memory, .context = eval, .batch_rows_max = ROWS, .fs = bench->session->fs};
    WeirExecutionOutput output = {.consume = discard};
    WeirExecution *execution = NULL;
    const WeirExecutionMetrics *metrics = NULL;
    WEIR_TRY(weir_execution_new(plan, &environment, &execution, error));
    WeirStatus status = WEIR_OK;
    bench->ns_per_row = 1e18;
    for (int repeat = 0; status == WEIR_OK && repeat < REPEATS; repeat++) {
        double start = now_ns();
        status = weir_execution_run(execution, NULL, &output, &metrics, error);
        double each = (now_ns() - start) / ((double)BATCHES * ROWS);
        bench->ns_per_row = each < bench->ns_per_row ? each : bench->ns_per_row;
    }
    weir_execution_free(execution);
    return status;
}

/* Times the query where its plan is at hand, and makes a statement that does nothing. */
static WeirStatus make_timed(void *context, WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                             WeirStatement **statement, WeirError *error)
{
    static const char nothing[] = "SELECT 1";
    Bench *bench = context;
    WeirAnalyzer analyzer;
    WeirLogicalPlan *analyzed = NULL;
    WeirBatchPlans plans = {0};
    bool whole = strstr(bench->query, " FROM ") != NULL;
    const char *text = weir_arena_printf(arena, whole ? "SELECT %s" : "SELECT %s AS r FROM source", bench->query);
    WEIR_TRY(weir_session_parse(session, eval, arena, text, strlen(text), NULL, statement, error));
    WEIR_TRY(weir_logical_transform(arena, (*statement)->plan, use_source, source_plan(bench, arena),
                                    &(*statement)->plan, error));
    weir_session_init_analyzer(session, eval, arena, text, &analyzer);
    WEIR_TRY(weir_analyze(&analyzer, (*statement)->plan, &analyzed, error));
    WEIR_TRY(weir_batch_plan(analyzed, eval, 1, arena, &session->next_expression_id, &plans, error));
    WEIR_TRY(time_plan(bench, plans.physical, eval, error));
    return weir_session_parse(session, eval, arena, nothing, strlen(nothing), NULL, statement, error);
}

static void measure(Bench *bench, const char *kind, bool tsv)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    WeirStatus status = weir_session_execute_made(bench->session, make_timed, bench, &result, &error);
    weir_result_free(result);
    if (status != WEIR_OK) {
        fprintf(stderr, "%s: %s\n", bench->query, error.message);
        return;
    }
    double pass = memory_pass(bench), ns = bench->ns_per_row;
    if (tsv) {
        printf("%s\t%s\t%.3f\t%.3f\n", kind, bench->query, ns, pass);
    } else if (pass > 0) {
        printf("| %-12s | %-72.72s | %8.2f | %8.2f | %6.1f |\n", kind, bench->query, ns, pass, ns / pass);
    }
    fflush(stdout);
}

/* ---- the file */

static bool make_batch(Bench *bench)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    WeirBuffer sql;
    weir_buffer_init(&sql, 0, NULL);
    weir_buffer_append_text(&sql, "SELECT ");
    for (uint32_t c = 0; c < bench->column_count; c++)
        weir_buffer_append_format(&sql, "%s%s AS %s", c == 0 ? "" : ", ", bench->definitions[c], bench->names[c]);
    weir_buffer_append_format(&sql, " FROM range(%u)", ROWS);
    bool good = weir_session_execute(bench->session, weir_buffer_text(&sql), &result, &error) == WEIR_OK &&
                result->batches.count == 1;
    if (good)
        bench->batch = result->batches.batches[0]; /* the result is kept to the end */
    else
        fprintf(stderr, "the columns cannot be made: %s\n", error.message);
    weir_buffer_deinit(&sql);
    return good;
}

static int run(Bench *bench, FILE *file, bool tsv, const char *only)
{
    char line[LINE_BYTES_MAX];
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        char *bar = strstr(line, " | "), *equals = strstr(line, " = ");
        if (line[0] == '#' || line[0] == '\0')
            continue;
        if (bar != NULL && bench->batch == NULL && !make_batch(bench))
            return 1;
        if (bar != NULL) {
            *bar = '\0';
            bench->query = bar + 3;
            if (only == NULL || strstr(bench->query, only) != NULL || strcmp(line, only) == 0)
                measure(bench, line, tsv);
        } else if (equals != NULL && bench->column_count < COLUMNS_MAX) {
            *equals = '\0';
            bench->names[bench->column_count] = strdup(line);
            bench->definitions[bench->column_count++] = strdup(equals + 3);
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const conf[] = {
        "spark.sql.session.timeZone", "UTC", "weir.threads", "0", "weir.batch.rows", "4096"};
    WeirSessionOptions options = {.struct_bytes = sizeof(options), .conf = conf, .conf_count = 6};
    WeirError error = {0};
    Bench bench = {0};
    bool tsv = false;
    const char *only = NULL;
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--tsv") == 0)
            tsv = true;
        else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc)
            only = argv[++i];
    }
    FILE *file = argc < 2 ? NULL : fopen(argv[1], "r");
    if (file == NULL) {
        fprintf(stderr, "usage: expr_bench expressions.txt [--tsv] [--only TEXT]\n");
        return 2;
    }
    if (weir_session_open(&options, &bench.session, &error) != WEIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    if (!tsv)
        printf("| class        | %-72s |   ns/row |   C pass |  ratio |\n|---|---|---:|---:|---:|\n", "expression");
    int code = run(&bench, file, tsv, only);
    fclose(file);
    return code;
}
