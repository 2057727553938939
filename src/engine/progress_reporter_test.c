/* The progress JSON: keys in Spark's order, rates, event times; what has no value is left out. */
#include "support/test.h"

#include <string.h>

#include "engine/progress_reporter.h"

static WeirProgress make(const WeirTriggerTimers *timers, const WeirSourceProgress *source)
{
    return (WeirProgress){
        .id = "i",
        .run_id = "r",
        .batch_id = 4,
        .timers = timers,
        .previous_trigger_ms = -1,
        .executed = true,
        .sources = source,
        .source_count = 1,
        .sink_description = "sink",
        .output_rows = -1,
    };
}

static void assert_json(const WeirProgress *progress, const char *expected)
{
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    weir_progress_json(progress, &json);
    assert_string_equal(weir_buffer_text(&json), expected);
    weir_buffer_deinit(&json);
}

static void keys_come_in_sparks_order(void **state)
{
    (void)state;
    WeirTriggerTimers timers = {.started_ms = 1795247700610};
    timers.elapsed_nanos[WEIR_TIMER_TRIGGER_EXECUTION] = 222 * INT64_C(1000000);
    timers.elapsed_nanos[WEIR_TIMER_ADD_BATCH] = 148 * INT64_C(1000000);
    timers.used[WEIR_TIMER_TRIGGER_EXECUTION] = timers.used[WEIR_TIMER_ADD_BATCH] = true;
    const WeirSourceProgress source = {
        .description = "s", .start_offset = "1", .end_offset = "{\"a\":2}", .input_rows = 1};
    WeirProgress progress = make(&timers, &source);
    progress.previous_trigger_ms = timers.started_ms - 12;
    assert_json(&progress,
                "{\"id\":\"i\",\"runId\":\"r\",\"name\":null,\"timestamp\":\"2026-11-21T07:55:00.610Z\",\"batchId\":4,"
                "\"batchDuration\":222,\"numInputRows\":1,\"inputRowsPerSecond\":83.3,\"processedRowsPerSecond\":4.5,"
                "\"durationMs\":{\"addBatch\":148,\"triggerExecution\":222},\"stateOperators\":[],"
                "\"sources\":[{\"description\":\"s\",\"startOffset\":1,\"endOffset\":{\"a\":2},\"latestOffset\":null,"
                "\"numInputRows\":1,\"inputRowsPerSecond\":83.3,\"processedRowsPerSecond\":4.5}],"
                "\"sink\":{\"description\":\"sink\",\"numOutputRows\":-1}}");
}

static void rates_without_a_duration_are_left_out_or_zero(void **state)
{
    (void)state;
    WeirTriggerTimers timers = {.started_ms = 0};
    const WeirSourceProgress source = {.description = "s"};
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    WeirProgress progress = make(&timers, &source);
    progress.name = "a \"name\"";
    progress.has_watermark = true;
    weir_progress_json(&progress, &json);
    const char *text = weir_buffer_text(&json);
    assert_null(strstr(text, "NaN"));
    assert_null(strstr(text, "Infinity"));
    assert_non_null(strstr(text, "\"name\":\"a \\\"name\\\"\""));
    assert_non_null(strstr(text, "\"eventTime\":{\"watermark\":\"1970-01-01T00:00:00.000Z\"}"));
    weir_buffer_deinit(&json);
}

static void event_times_are_those_of_the_first_watermark_with_rows(void **state)
{
    (void)state;
    WeirTriggerTimers timers = {.started_ms = 0};
    const WeirSourceProgress source = {.description = "s"};
    WeirEventTimeStats stats[] = {{.count = 0},
                                  {.count = 3, .min_ms = 3000, .max_ms = 9000, .average_ms = 5000},
                                  {.count = 1, .min_ms = 1000, .max_ms = 1000, .average_ms = 1000}};
    WeirExecutionMetrics metrics = {.watermarks = stats, .watermark_count = 3};
    WeirProgress progress = make(&timers, &source);
    progress.has_watermark = true;
    progress.watermark_ms = 500;
    progress.metrics = &metrics;
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    weir_progress_json(&progress, &json);
    assert_non_null(strstr(weir_buffer_text(&json),
                           "\"eventTime\":{\"avg\":\"1970-01-01T00:00:05.000Z\",\"max\":\"1970-01-01T00:00:09.000Z\","
                           "\"min\":\"1970-01-01T00:00:03.000Z\",\"watermark\":\"1970-01-01T00:00:00.500Z\"}"));
    weir_buffer_deinit(&json);
}

static void timers_add_up(void **state)
{
    (void)state;
    WeirClock *clock = weir_manual_clock_new(1000);
    WeirTriggerTimers timers;
    weir_trigger_timers_start(&timers, clock);
    for (int i = 0; i < 2; i++) {
        int64_t begin = weir_timer_begin(&timers);
        weir_manual_clock_advance(clock, 7);
        weir_timer_end(&timers, WEIR_TIMER_GET_BATCH, begin);
    }
    assert_int_equal(timers.started_ms, 1000);
    assert_int_equal(timers.elapsed_nanos[WEIR_TIMER_GET_BATCH], 14000000);
    assert_true(timers.used[WEIR_TIMER_GET_BATCH]);
    assert_false(timers.used[WEIR_TIMER_WAL_COMMIT]);
    weir_clock_free(clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_come_in_sparks_order),
        cmocka_unit_test(rates_without_a_duration_are_left_out_or_zero),
        cmocka_unit_test(event_times_are_those_of_the_first_watermark_with_rows),
        cmocka_unit_test(timers_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
