/* The power fails at each change of the disk that a query makes, and any subset of what was not synced is lost: after a
 * restart the query holds what it would hold undisturbed. ctest-label: full. ctest-timeout: 1200 */
#include "recovery/recovery_case.h"

#include "common/clock.h"

static const RecoveryCase windowed = {"windowed count", {windowed_script, 0, false}, true};
static const RecoveryCase count = {"count", {count_script, 0, false}, false};
static const RecoveryCase join = {"join", {join_script, 0, false}, true};
static const RecoveryCase threaded = {"windowed count, threads and maintenance", {windowed_script, 2, true}, true};
static const RecoveryCase threaded_count = {"count, threads and maintenance", {count_script, 2, true}, false};

/* Nothing unsynced survives, all of it does, and subsets between. */
static const uint64_t seeds[] = {0, UINT64_MAX, 1, 2, 3};
#define SEED_COUNT (sizeof(seeds) / sizeof(seeds[0]))

static void cut(WeirFileSystem *fs, const RecoveryCase *recovery, uint64_t nth, uint64_t seed)
{
    WeirError error = {0};
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_CHANGING_CALLS, nth, WEIR_SIMULATED_POWER_CUT);
    if (weir_simulated_query_run(fs, &recovery->query, NULL, &error) != WEIR_OK) {
        assert_true(error.condition[0] != '\0');
        assert_true(error.message[0] != '\0');
    }
    weir_simulated_file_system_power_cut(fs, seed);
}

static void cut_everywhere(const RecoveryCase *recovery, size_t seed_count)
{
    WeirBuffer wanted;
    weir_buffer_init(&wanted, 0, NULL);
    uint64_t calls = run_undisturbed(recovery, WEIR_SIMULATED_CHANGING_CALLS, &wanted);
    assert_true(calls > 100);
    for (uint64_t nth = 1; nth <= calls; nth++) {
        for (size_t s = 0; s < seed_count; s++) {
            if ((nth + s) % STRIDE != 0)
                continue;
            WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
            put_inputs(fs);
            cut(fs, recovery, nth, seeds[s]);
            check_recovered(fs, recovery, &wanted, "cut at change %llu of %llu, seed %llu", (unsigned long long)nth,
                            (unsigned long long)calls, (unsigned long long)seeds[s]);
            weir_simulated_file_system_free(fs);
        }
    }
    weir_buffer_deinit(&wanted);
}

/* The process is killed at a change, so that nothing is lost, runs on to the end, and then the power fails: what the
 * killed process had written but not synced must have been made durable before it was built upon. */
static void kill_everywhere(const RecoveryCase *recovery)
{
    WeirBuffer wanted;
    weir_buffer_init(&wanted, 0, NULL);
    uint64_t calls = run_undisturbed(recovery, WEIR_SIMULATED_CHANGING_CALLS, &wanted);
    for (uint64_t nth = 1; nth <= calls; nth += STRIDE) {
        WeirError error = {0};
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        put_inputs(fs);
        weir_simulated_file_system_fail(fs, WEIR_SIMULATED_CHANGING_CALLS, nth, WEIR_SIMULATED_POWER_CUT);
        (void)(weir_simulated_query_run(fs, &recovery->query, NULL, &error) == WEIR_OK);
        weir_simulated_file_system_kill(fs);
        if (weir_simulated_query_run(fs, &recovery->query, NULL, &error) != WEIR_OK)
            fail_msg("%s, killed at change %llu: the restart failed: [%s] %s", recovery->name, (unsigned long long)nth,
                     error.condition, error.message);
        weir_simulated_file_system_power_cut(fs, nth % 2 == 0 ? 0 : nth);
        check_recovered(fs, recovery, &wanted, "killed at change %llu of %llu, then a cut", (unsigned long long)nth,
                        (unsigned long long)calls);
        weir_simulated_file_system_free(fs);
    }
    weir_buffer_deinit(&wanted);
}

/* Several cuts, those after the first while the query recovers or goes on. */
static void cut_again_and_again(const RecoveryCase *recovery, int rounds)
{
    WeirBuffer wanted;
    WeirRandom random;
    weir_buffer_init(&wanted, 0, NULL);
    uint64_t calls = run_undisturbed(recovery, WEIR_SIMULATED_CHANGING_CALLS, &wanted);
    for (int round = 0; round < rounds; round += STRIDE) {
        weir_random_init(&random, (uint64_t)round + 1);
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        put_inputs(fs);
        for (int times = 0; times < 6; times++)
            cut(fs, recovery, 1 + weir_random_next(&random) % (calls / 4), weir_random_next(&random));
        check_recovered(fs, recovery, &wanted, "cuts of round %d", round);
        weir_simulated_file_system_free(fs);
    }
    weir_buffer_deinit(&wanted);
}

static void a_windowed_count_survives(void **state)
{
    (void)state, cut_everywhere(&windowed, SEED_COUNT);
}
static void a_count_survives(void **state)
{
    (void)state, cut_everywhere(&count, SEED_COUNT);
}
static void a_join_survives(void **state)
{
    (void)state, cut_everywhere(&join, 3);
}
static void it_survives_with_threads(void **state)
{
    (void)state, cut_everywhere(&threaded, 2);
}
static void a_count_survives_with_threads(void **state)
{
    (void)state, cut_everywhere(&threaded_count, 2);
}
static void it_survives_a_cut_after_a_kill(void **state)
{
    (void)state;
    kill_everywhere(&windowed);
    kill_everywhere(&count);
    kill_everywhere(&join);
    kill_everywhere(&threaded);
    kill_everywhere(&threaded_count);
}
static void it_survives_cuts_during_recovery(void **state)
{
    (void)state;
    cut_again_and_again(&windowed, 100);
    cut_again_and_again(&count, 100);
    cut_again_and_again(&join, 60);
    cut_again_and_again(&threaded, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_windowed_count_survives),
        cmocka_unit_test(a_count_survives),
        cmocka_unit_test(a_join_survives),
        cmocka_unit_test(it_survives_with_threads),
        cmocka_unit_test(a_count_survives_with_threads),
        cmocka_unit_test(it_survives_a_cut_after_a_kill),
        cmocka_unit_test(it_survives_cuts_during_recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
