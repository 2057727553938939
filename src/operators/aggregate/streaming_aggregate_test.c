/* Streaming aggregation against a real state store: output modes, late rows, eviction, restart from files, no-data
 * batches, and the same state files for any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "operators/test_plan.h"

typedef struct Stream {
    WeirArena arena;
    WeirMemoryTracker tracker;
    WeirEvalContext context;
    WeirPhysicalPlan *plan;
    WeirTaskPool *pool, *io_pool;
    WeirExecutionEnvironment environment;
    WeirExecution *execution;
    char directory[64];
    int64_t batch_id;
    const WeirExecutionMetrics *metrics;
} Stream;

static WeirStatefulInfo *make_info(WeirArena *arena, const WeirDataType *key_type, bool with_key, const char *mode)
{
    const WeirField key = {"ts", key_type, true, "{}"}, value = {"count", &weir_type_long, false, "{}"};
    WeirStatefulInfo *info = WEIR_ARENA_NEW(arena, WeirStatefulInfo);
    info->operator_name = info->short_name = "stateStoreSave";
    info->key_schema = weir_type_struct(arena, &key, with_key);
    info->value_schema = weir_type_struct(arena, &value, 1);
    info->partition_count = with_key ? 3 : 1;
    info->output_mode = mode;
    info->event_time = with_key ? WEIR_STATE_EVENT_TIME_SLOT : WEIR_STATE_EVENT_TIME_NONE;
    info->event_time_column = with_key ? 0 : -1;
    info->filters_late_rows = with_key && strcmp(mode, "complete") != 0;
    info->store_count = 1;
    info->stores[0] = (WeirStatefulStore){"default",        info->key_schema,        info->value_schema,
                                          info->event_time, info->event_time_column, 0};
    return info;
}

/* count(*) by timestamp, or over everything. */
static void stream_init(Stream *stream, const char *mode, bool with_key, uint32_t workers)
{
    memset(stream, 0, sizeof(*stream));
    weir_memory_tracker_init(&stream->tracker, NULL, "test", 0);
    weir_arena_init(&stream->arena, NULL);
    stream->context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    WeirArena *arena = &stream->arena;
    WeirPhysicalPlan *scan =
        test_scan(arena, test_list(arena, 1, test_attribute(arena, "ts", &weir_type_timestamp, 1)), 1);
    WeirPhysicalPlan *plan = test_node(arena, WEIR_PHYSICAL_STREAMING_AGGREGATE, 1, scan, NULL);
    plan->grouping = test_list(arena, 1, test_bound(arena, "ts", &weir_type_timestamp, 0));
    plan->grouping_count = with_key;
    plan->aggregates = test_list(arena, 1, test_aggregate(arena, &test_count, &weir_type_long, NULL));
    plan->aggregate_count = 1;
    plan->expressions = with_key ? test_list(arena, 2, test_bound(arena, "ts", &weir_type_timestamp, 0),
                                             test_bound(arena, "count", &weir_type_long, 1))
                                 : test_list(arena, 1, test_bound(arena, "count", &weir_type_long, 0));
    plan->expression_count = 1 + with_key;
    test_set_output(plan,
                    test_list(arena, 2, test_attribute(arena, "ts", &weir_type_timestamp, 3),
                              test_attribute(arena, "n", &weir_type_long, 4)),
                    1 + with_key);
    plan->stateful = make_info(arena, &weir_type_timestamp, with_key, mode);
    stream->plan = plan;
    snprintf(stream->directory, sizeof(stream->directory), "/tmp/weir-streaming-aggregate-XXXXXX");
    assert_non_null(mkdtemp(stream->directory));
    stream->pool = weir_task_pool_new(workers);
    stream->io_pool = weir_task_pool_new(workers);
}

static void stream_start(Stream *stream)
{
    WeirError error = {0};
    stream->environment = (WeirExecutionEnvironment){
        .pool = stream->pool,
        .io_pool = stream->io_pool,
        .tracker = &stream->tracker,
        .context = &stream->context,
        .fs = weir_local_file_system(),
        .state_directory = stream->directory,
        .state_provider_class = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        .state_compression_codec = "lz4",
        .state_min_deltas_for_snapshot = 10,
        .state_batches_to_retain = 100,
    };
    if (weir_execution_new(stream->plan, &stream->environment, &stream->execution, &error) != WEIR_OK)
        fail_msg("%s", error.message);
}

static void stream_deinit(Stream *stream)
{
    weir_execution_free(stream->execution);
    weir_task_pool_free(stream->pool);
    weir_task_pool_free(stream->io_pool);
    assert_int_equal(weir_directory_remove_all(weir_local_file_system(), stream->directory, NULL), WEIR_OK);
    weir_arena_deinit(&stream->arena);
    assert_int_equal(stream->tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&stream->tracker);
}

static WeirBatch *seconds_batch(Stream *stream, const int *seconds, uint32_t count)
{
    WeirError error;
    WeirBatch *batch = weir_batch_new(1, &stream->tracker);
    assert_int_equal(weir_vector_init(&batch->columns[0], &weir_type_timestamp, count + 1, &batch->arena, &error),
                     WEIR_OK);
    for (uint32_t i = 0; i < count; i++)
        ((int64_t *)batch->columns[0].values)[i] = (int64_t)seconds[i] * 1000000;
    batch->columns[0].length = batch->row_count = batch->selected_count = count;
    return batch;
}

/* Run one batch; its rows as "seconds|count" sorted and joined by blanks must be `expected`. */
static void step(Stream *stream, const int *seconds, uint32_t count, int64_t late_ms, int64_t evict_ms,
                 const char *expected)
{
    WeirError error = {0};
    TestRows rows = {0};
    WeirBatch *batch = seconds_batch(stream, seconds, count);
    WeirBatch *list[1] = {batch};
    WeirBatch **partition_batches[1] = {list};
    uint32_t batch_counts[1] = {1};
    const TestTable table = {partition_batches, batch_counts, 1};
    WeirInputPartition partition = {.index = 0};
    const WeirExecutionSource source = {count == 0 ? NULL : &test_source, (WeirSource *)(uintptr_t)&table, &partition,
                                        1};
    const WeirExecutionBatch run = {.batch_id = stream->batch_id++,
                                    .sources = &source,
                                    .source_count = 1,
                                    .late_watermark_ms = &late_ms,
                                    .eviction_watermark_ms = &evict_ms};
    const WeirExecutionOutput output = {.context = &rows, .ordered = true, .consume = test_consume};
    if (weir_execution_run(stream->execution, &run, &output, &stream->metrics, &error) != WEIR_OK)
        fail_msg("%s", error.message);
    weir_batch_release(batch);
    test_rows_sort(&rows);
    char text[512] = "";
    for (uint32_t i = 0; i < rows.count; i++) {
        char *bar = strchr(rows.rows[i], '|');
        if (bar == NULL)
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i > 0 ? " " : "", rows.rows[i]);
        else
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%lld%s", i > 0 ? " " : "",
                     strtoll(rows.rows[i], NULL, 10) / 1000000, bar);
    }
    assert_string_equal(text, expected);
    test_rows_clear(&rows);
}

#define STEP(stream, late, evict, expected, ...)                                                                       \
    step((stream), (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int), (late), (evict),      \
         (expected))
#define NO_DATA(stream, late, evict, expected) step((stream), NULL, 0, (late), (evict), (expected))

static void test_append(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, "append", true, 2);
    stream_start(&stream);
    STEP(&stream, 0, 0, "", 10, 12, 12);
    STEP(&stream, 0, 2000, "", 25);
    NO_DATA(&stream, 2000, 15000, "10|1 12|2");
    assert_int_equal(stream.metrics->stateful[0].rows_removed, 2);
    assert_int_equal(stream.metrics->stateful[0].rows_total, 1);
    STEP(&stream, 15000, 15000, "", 10, 10, 11, 26); /* two late keys, one of them twice */
    assert_int_equal(stream.metrics->stateful[0].rows_dropped_by_watermark, 2);
    assert_int_equal(stream.metrics->stateful[0].rows_updated, 1);
    stream_deinit(&stream);
}

static void test_update_and_restart(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, "update", true, 2);
    stream_start(&stream);
    STEP(&stream, 0, 0, "10|1 11|2", 10, 11, 11);
    STEP(&stream, 0, 0, "10|2 12|1", 12, 10);
    weir_execution_free(stream.execution); /* the state comes back from the files */
    stream_start(&stream);
    STEP(&stream, 0, 10000, "10|3 11|3", 10, 11); /* out, then evicted */
    assert_int_equal(stream.metrics->stateful[0].rows_removed, 1);
    STEP(&stream, 10000, 10000, "11|4", 10, 11);
    stream_deinit(&stream);
}

static void test_repeated_batch_gives_the_same(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, "update", true, 0);
    stream_start(&stream);
    STEP(&stream, 0, 0, "10|1", 10);
    STEP(&stream, 0, 0, "10|2", 10);
    stream.batch_id = 1; /* as after a crash before the commit */
    STEP(&stream, 0, 0, "10|2", 10);
    STEP(&stream, 0, 0, "10|3", 10);
    stream_deinit(&stream);
}

static void test_complete(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, "complete", true, 7);
    stream_start(&stream);
    STEP(&stream, 0, 0, "10|1 11|1", 10, 11);
    STEP(&stream, 20000, 20000, "10|2 11|1 12|1", 10, 12);
    stream_deinit(&stream);
}

static void test_global(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, "update", false, 2);
    stream_start(&stream);
    NO_DATA(&stream, 0, 0, "0");
    STEP(&stream, 0, 0, "3", 1, 2, 3);
    NO_DATA(&stream, 0, 0, "3");
    assert_int_equal(stream.metrics->stateful[0].rows_total, 1);
    stream_deinit(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_update_and_restart),
        cmocka_unit_test(test_repeated_batch_gives_the_same),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_global),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
