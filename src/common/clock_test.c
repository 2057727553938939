/* Clocks, and random numbers, which come in the same way. */
#include "common/clock.h"

#include <pthread.h>
#include <string.h>

#include "support/test.h"

typedef struct Sleeper {
    WeirClock *clock;
    int64_t wake_ms;
    bool interrupted;
    int64_t woke_ms;
} Sleeper;

static void *sleep_on(void *context)
{
    Sleeper *sleeper = context;
    sleeper->interrupted = sleeper->clock->sleep_until_ms(sleeper->clock, sleeper->wake_ms);
    sleeper->woke_ms = weir_clock_now_ms(sleeper->clock);
    return NULL;
}

static void a_manual_clock_wakes_at_its_time(void **state)
{
    (void)state;
    WeirClock *clock = weir_manual_clock_new(5000);
    Sleeper sleeper = {.clock = clock, .wake_ms = 6000};
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_on, &sleeper);
    weir_manual_clock_wait_for_sleeper(clock);
    weir_manual_clock_advance(clock, 999);
    weir_manual_clock_advance(clock, 1);
    pthread_join(thread, NULL);
    assert_false(sleeper.interrupted);
    assert_int_equal(sleeper.woke_ms, 6000);
    assert_int_equal(clock->monotonic_nanos(clock), 6000000000);
    assert_false(clock->sleep_until_ms(clock, 10)); /* long over */
    weir_clock_free(clock);
}

static void an_interrupt_wakes_and_is_not_lost(void **state)
{
    (void)state;
    WeirClock *clock = weir_system_clock_new();
    int64_t now = weir_clock_now_ms(clock);
    Sleeper sleeper = {.clock = clock, .wake_ms = now + 3600000};
    pthread_t thread;
    pthread_create(&thread, NULL, sleep_on, &sleeper);
    clock->interrupt(clock); /* before or after the thread sleeps */
    pthread_join(thread, NULL);
    assert_true(sleeper.interrupted);
    assert_false(clock->sleep_until_ms(clock, weir_clock_now_ms(clock) + 5));
    assert_true(weir_clock_now_ms(clock) >= now + 5);
    assert_true(clock->monotonic_nanos(clock) > 0);
    weir_clock_free(clock);
    weir_clock_free(NULL);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    (void)state;
    WeirRandom one, two, system;
    weir_random_init(&one, 7);
    weir_random_init(&two, 7);
    for (int i = 0; i < 100; i++)
        assert_true(weir_random_next(&one) == weir_random_next(&two));
    weir_random_init(&system, 0);
    assert_true(weir_random_next(&one) != weir_random_next(&system));
}

static void a_uuid_is_of_version_4(void **state)
{
    (void)state;
    WeirRandom random;
    weir_random_init(&random, 1);
    char text[37], other[37];
    for (int i = 0; i < 1000; i++) {
        weir_random_uuid(&random, text);
        assert_int_equal(strlen(text), 36);
        assert_int_equal(strspn(text, "0123456789abcdef-"), 36);
        assert_int_equal(text[14], '4');
        assert_non_null(strchr("89ab", text[19]));
        assert_true(text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-');
        weir_random_uuid(&random, other);
        assert_string_not_equal(text, other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manual_clock_wakes_at_its_time),
        cmocka_unit_test(an_interrupt_wakes_and_is_not_lost),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(a_uuid_is_of_version_4),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
