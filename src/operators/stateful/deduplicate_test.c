/* Deduplication against a real state store: by key and event time, and within a watermark. */
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
    WeirExecutionEnvironment environment;
    WeirExecution *execution;
    char directory[64];
    int64_t batch_id;
    const WeirExecutionMetrics *metrics;
} Stream;

/* Rows (key, seconds). Keyed by both columns, or by the first alone within a watermark of ten seconds. */
static void stream_init(Stream *stream, bool within)
{
    WeirError error = {0};
    memset(stream, 0, sizeof(*stream));
    weir_memory_tracker_init(&stream->tracker, NULL, "test", 0);
    weir_arena_init(&stream->arena, NULL);
    stream->context = (WeirEvalContext){.zone = weir_time_zone_utc(), .ansi = true};
    WeirArena *arena = &stream->arena;
    WeirPhysicalPlan *scan = test_scan(arena,
                                       test_list(arena, 2, test_attribute(arena, "k", &weir_type_long, 1),
                                                 test_attribute(arena, "ts", &weir_type_timestamp, 2)),
                                       2);
    WeirPhysicalPlan *plan = test_node(arena, WEIR_PHYSICAL_DEDUPLICATE, 1, scan, NULL);
    plan->grouping = test_list(arena, 2, test_bound(arena, "k", &weir_type_long, 0),
                               test_bound(arena, "ts", &weir_type_timestamp, 1));
    plan->grouping_count = within ? 1 : 2;
    plan->within_watermark = within;
    plan->event_time_ordinal = 1;
    plan->delay_micros = 10000000;
    test_set_output(plan, scan->output, 2);
    const WeirField keys[2] = {{"k", &weir_type_long, true, "{}"}, {"ts", &weir_type_timestamp, true, "{}"}};
    const WeirField dummy = {"__dummy__", &weir_type_void, true, "{}"},
                    expires = {"expiresAtMicros", &weir_type_long, false, "{}"};
    WeirStatefulInfo *info = WEIR_ARENA_NEW(arena, WeirStatefulInfo);
    info->partition_count = info->metadata_partition_count = 2;
    info->output_mode = "append";
    info->store_count = 1;
    info->event_time = within ? WEIR_PHYSICAL_EVENT_TIME_VALUE_SLOT : WEIR_PHYSICAL_EVENT_TIME_SLOT;
    info->event_time_column = within ? 0 : 1;
    info->filters_late_rows = true;
    info->stores[0] = (WeirStatefulStore){.name = "default",
                                          .key_schema = weir_type_struct(arena, keys, plan->grouping_count),
                                          .value_schema = weir_type_struct(arena, within ? &expires : &dummy, 1),
                                          .event_time = info->event_time,
                                          .event_time_column = info->event_time_column};
    plan->stateful = info;
    stream->plan = plan;
    snprintf(stream->directory, sizeof(stream->directory), "/tmp/weir-deduplicate-XXXXXX");
    assert_non_null(mkdtemp(stream->directory));
    stream->environment = (WeirExecutionEnvironment){
        .tracker = &stream->tracker,
        .context = &stream->context,
        .fs = weir_local_file_system(),
        .state_directory = stream->directory,
        .state_provider_class = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
        .state_compression_codec = "lz4",
        .state_min_deltas_for_snapshot = 10,
        .state_batches_to_retain = 100,
    };
    if (weir_execution_new(plan, &stream->environment, &stream->execution, &error) != WEIR_OK)
        fail_msg("%s", error.message);
}

static void stream_deinit(Stream *stream)
{
    weir_execution_free(stream->execution);
    assert_int_equal(weir_directory_remove_all(weir_local_file_system(), stream->directory, NULL), WEIR_OK);
    weir_arena_deinit(&stream->arena);
    assert_int_equal(stream->tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&stream->tracker);
}

/* `values`: key, seconds, key, seconds, …; `expected` rows "key|seconds" sorted. */
static void step(Stream *stream, const int *values, uint32_t count, int64_t watermark_s, const char *expected)
{
    WeirError error = {0};
    TestRows rows = {0};
    WeirBatch *batch = weir_batch_new(2, &stream->tracker);
    assert_int_equal(weir_vector_init(&batch->columns[0], &weir_type_long, count + 1, &batch->arena, &error), WEIR_OK);
    assert_int_equal(weir_vector_init(&batch->columns[1], &weir_type_timestamp, count + 1, &batch->arena, &error),
                     WEIR_OK);
    for (uint32_t i = 0; i < count; i++) {
        ((int64_t *)batch->columns[0].values)[i] = values[i * 2];
        ((int64_t *)batch->columns[1].values)[i] = (int64_t)values[i * 2 + 1] * 1000000;
    }
    batch->columns[0].length = batch->columns[1].length = batch->row_count = batch->selected_count = count;
    WeirBatch *list[1] = {batch}, **partitions[1] = {list};
    uint32_t counts[1] = {1};
    const TestTable table = {partitions, counts, 1};
    WeirInputPartition partition = {.index = 0};
    const int64_t watermark_ms = watermark_s * 1000;
    const WeirExecutionSource source = {&test_source, (WeirSource *)(uintptr_t)&table, &partition, 1};
    const WeirExecutionBatch run = {.batch_id = stream->batch_id++,
                                    .sources = &source,
                                    .source_count = 1,
                                    .late_watermark_ms = &watermark_ms,
                                    .eviction_watermark_ms = &watermark_ms};
    const WeirExecutionOutput output = {.context = &rows, .ordered = true, .consume = test_consume};
    if (weir_execution_run(stream->execution, &run, &output, &stream->metrics, &error) != WEIR_OK)
        fail_msg("%s", error.message);
    weir_batch_release(batch);
    test_rows_sort(&rows);
    char text[256] = "";
    for (uint32_t i = 0; i < rows.count; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%lld|%lld", i > 0 ? " " : "",
                 strtoll(rows.rows[i], NULL, 10), strtoll(strchr(rows.rows[i], '|') + 1, NULL, 10) / 1000000);
    assert_string_equal(text, expected);
    test_rows_clear(&rows);
}

#define STEP(stream, watermark, expected, ...)                                                                         \
    step((stream), (const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int) / 2, (watermark),      \
         (expected))

static void test_with_event_time(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, false);
    STEP(&stream, 0, "1|10 1|11 2|10", 1, 10, 1, 10, 2, 10, 1, 11);
    assert_int_equal(stream.metrics->stateful[0].rows_dropped_duplicate, 1);
    assert_int_equal(stream.metrics->stateful[0].rows_total, 3);
    STEP(&stream, 10, "3|30", 1, 11, 1, 10, 3, 30);
    assert_int_equal(stream.metrics->stateful[0].rows_dropped_by_watermark, 1);
    assert_int_equal(stream.metrics->stateful[0].rows_removed, 2);
    assert_int_equal(stream.metrics->stateful[0].rows_total, 2);
    stream_deinit(&stream);
}

static void test_within_watermark(void **state)
{
    (void)state;
    Stream stream;
    stream_init(&stream, true);
    STEP(&stream, 0, "1|10 2|12", 1, 10, 1, 15, 2, 12);
    STEP(&stream, 5, "", 1, 19, 2, 20); /* a duplicate does not put off the expiry */
    STEP(&stream, 20, "3|40", 3, 40);   /* key 1 expires at 20, key 2 at 22 */
    assert_int_equal(stream.metrics->stateful[0].rows_removed, 1);
    STEP(&stream, 20, "1|41", 1, 41, 2, 42);
    stream_deinit(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_with_event_time), cmocka_unit_test(test_within_watermark)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
