/* The global watermark: policies, nodes without data, restarts; it never falls. */
#include "support/test.h"

#include "engine/watermark_tracker.h"

static WeirWatermarkTracker make(const char *policy, uint32_t nodes)
{
    WeirWatermarkTracker tracker;
    WeirError error = {0};
    assert_ok(weir_watermark_tracker_init(&tracker, policy, nodes, &error), error);
    return tracker;
}

static void follows_the_greatest_event_time_less_the_delay(void **state)
{
    (void)state;
    WeirWatermarkTracker tracker = make("min", 1);
    const int64_t delays[] = {10000};
    weir_watermark_tracker_update(&tracker, &(WeirEventTimeStats){.count = 3, .max_ms = 15000}, delays);
    assert_int_equal(tracker.global_ms, 5000);
    weir_watermark_tracker_update(&tracker, &(WeirEventTimeStats){.count = 1, .max_ms = 11000}, delays);
    assert_int_equal(tracker.global_ms, 5000); /* late data does not pull it back */
    weir_watermark_tracker_update(&tracker, &(WeirEventTimeStats){.count = 0, .max_ms = INT64_MAX}, delays);
    assert_int_equal(tracker.global_ms, 5000); /* a batch without data says nothing */
    weir_watermark_tracker_deinit(&tracker);
}

static void min_waits_for_the_slowest_node(void **state)
{
    (void)state;
    WeirWatermarkTracker tracker = make("min", 2);
    const int64_t delays[] = {0, 5000};
    weir_watermark_tracker_update(&tracker, (WeirEventTimeStats[]){{.count = 1, .max_ms = 20000}, {.count = 0}},
                                  delays);
    assert_int_equal(tracker.global_ms, 0); /* the second has seen nothing: it counts as 0 */
    weir_watermark_tracker_update(&tracker, (WeirEventTimeStats[]){{.count = 0}, {.count = 1, .max_ms = 12000}},
                                  delays);
    assert_int_equal(tracker.global_ms, 7000);
    weir_watermark_tracker_deinit(&tracker);
}

static void max_follows_the_fastest_node(void **state)
{
    (void)state;
    WeirWatermarkTracker tracker = make("MAX", 2);
    const int64_t delays[] = {0, 0};
    weir_watermark_tracker_update(&tracker, (WeirEventTimeStats[]){{.count = 1, .max_ms = 20000}, {.count = 0}},
                                  delays);
    assert_int_equal(tracker.global_ms, 20000);
    weir_watermark_tracker_deinit(&tracker);
}

static void a_restart_keeps_the_global_value_only(void **state)
{
    (void)state;
    WeirWatermarkTracker tracker = make("min", 1);
    const int64_t delays[] = {0};
    weir_watermark_tracker_restore(&tracker, 9000);
    weir_watermark_tracker_update(&tracker, &(WeirEventTimeStats){.count = 1, .max_ms = 4000}, delays);
    assert_int_equal(tracker.global_ms, 9000);
    weir_watermark_tracker_restore(&tracker, 1000);
    assert_int_equal(tracker.global_ms, 9000);
    weir_watermark_tracker_deinit(&tracker);
}

static void a_month_of_delay_has_31_days(void **state)
{
    (void)state;
    assert_int_equal(weir_watermark_delay_ms(&(WeirCalendarInterval){.months = 29}), INT64_C(29) * 31 * 86400000);
    assert_int_equal(weir_watermark_delay_ms(&(WeirCalendarInterval){.days = 1, .microseconds = 1500}), 86400001);
}

static void other_policies_are_refused(void **state)
{
    (void)state;
    WeirWatermarkTracker tracker;
    WeirError error = {0};
    assert_int_not_equal(weir_watermark_tracker_init(&tracker, "median", 1, &error), WEIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_greatest_event_time_less_the_delay),
        cmocka_unit_test(min_waits_for_the_slowest_node),
        cmocka_unit_test(max_follows_the_fastest_node),
        cmocka_unit_test(a_restart_keeps_the_global_value_only),
        cmocka_unit_test(a_month_of_delay_has_31_days),
        cmocka_unit_test(other_policies_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
