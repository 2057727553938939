/* Triggers: what their texts mean, and when the next batch is due. */
#include "support/test.h"

#include "engine/trigger.h"

static WeirTrigger parse(const char *text)
{
    WeirTrigger trigger;
    WeirError error = {0};
    assert_ok(weir_trigger_parse(text, &trigger, &error), error);
    return trigger;
}

static void nothing_and_zero_mean_as_soon_as_there_is_data(void **state)
{
    (void)state;
    const char *texts[] = {NULL, "", "0", "0 seconds"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        WeirTrigger trigger = parse(texts[i]);
        assert_int_equal(trigger.kind, WEIR_TRIGGER_PROCESSING_TIME);
        assert_int_equal(trigger.interval_ms, 0);
        assert_false(weir_trigger_is_finite(&trigger));
    }
}

static void intervals_are_sparks(void **state)
{
    (void)state;
    assert_int_equal(parse("1 second").interval_ms, 1000);
    assert_int_equal(parse("INTERVAL 2 minutes 30 seconds").interval_ms, 150000);
    assert_int_equal(parse("1 day").interval_ms, 86400000);
    assert_int_equal(parse("500 milliseconds").interval_ms, 500);
}

static void names_do_not_mind_case(void **state)
{
    (void)state;
    WeirTrigger now = parse("AVAILABLENOW"), once = parse("Once"), continuous = parse("continuous 1 second");
    assert_int_equal(now.kind, WEIR_TRIGGER_AVAILABLE_NOW);
    assert_int_equal(once.kind, WEIR_TRIGGER_ONCE);
    assert_true(weir_trigger_is_finite(&now) && weir_trigger_is_finite(&once));
    assert_int_equal(continuous.kind, WEIR_TRIGGER_CONTINUOUS);
    assert_int_equal(continuous.interval_ms, 1000);
    assert_false(weir_trigger_is_finite(&continuous));
}

static void bad_intervals_are_refused(void **state)
{
    (void)state;
    WeirTrigger trigger;
    WeirError error = {0};
    assert_condition(weir_trigger_parse("1 month", &trigger, &error), error, "_LEGACY_ERROR_TEMP_3262");
    assert_int_not_equal(weir_trigger_parse("sometimes", &trigger, &error), WEIR_OK);
    assert_int_not_equal(weir_trigger_parse("-1 second", &trigger, &error), WEIR_OK);
}

static void batches_start_on_the_grid_of_the_interval(void **state)
{
    (void)state;
    WeirTrigger trigger = {.kind = WEIR_TRIGGER_PROCESSING_TIME, .interval_ms = 1000};
    assert_int_equal(weir_trigger_next_ms(&trigger, 0), 1000);
    assert_int_equal(weir_trigger_next_ms(&trigger, 999), 1000);
    assert_int_equal(weir_trigger_next_ms(&trigger, 1000), 2000);
    assert_int_equal(weir_trigger_next_ms(&trigger, 1763700000123), 1763700001000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_and_zero_mean_as_soon_as_there_is_data),
        cmocka_unit_test(intervals_are_sparks),
        cmocka_unit_test(names_do_not_mind_case),
        cmocka_unit_test(bad_intervals_are_refused),
        cmocka_unit_test(batches_start_on_the_grid_of_the_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
