/* Each call to the file system fails in turn, as on a bad, full or lying disk: the query ends with a clear error or is
 * unharmed, and a restart on the healed disk gives what an undisturbed run gives. ctest-label: full. ctest-timeout:
 * 1200
 */
#include "recovery/recovery_case.h"

static const RecoveryCase windowed = {"windowed count", {windowed_script, 0, false}, true};
static const RecoveryCase count = {"count", {count_script, 0, false}, false};
static const RecoveryCase join = {"join", {join_script, 0, false}, true};
static const RecoveryCase threaded = {"windowed count, threads and maintenance", {windowed_script, 2, true}, true};

/* `cut`: the power fails after the healed run, so that what a failed sync left behind is not taken for durable. */
static void fail_each(const RecoveryCase *recovery, WeirSimulatedCall calls, WeirSimulatedFailure failure,
                      const char *what, bool cut)
{
    WeirBuffer wanted;
    weir_buffer_init(&wanted, 0, NULL);
    uint64_t total = run_undisturbed(recovery, calls, &wanted), failed = 0, tried = 0;
    for (uint64_t nth = 1; nth <= total; nth += STRIDE, tried++) {
        WeirError error = {0};
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        put_inputs(fs);
        weir_simulated_file_system_fail(fs, calls, nth, failure);
        if (weir_simulated_query_run(fs, &recovery->query, NULL, &error) != WEIR_OK) {
            failed++;
            if (error.condition[0] == '\0' || error.message[0] == '\0')
                fail_msg("%s, %s at call %llu: no clear error", recovery->name, what, (unsigned long long)nth);
        }
        weir_simulated_file_system_fail(fs, WEIR_SIMULATED_ALL_CALLS, 0, failure);
        if (cut) {
            if (weir_simulated_query_run(fs, &recovery->query, NULL, &error) != WEIR_OK)
                fail_msg("%s, %s at call %llu: the restart failed: [%s] %s", recovery->name, what,
                         (unsigned long long)nth, error.condition, error.message);
            weir_simulated_file_system_power_cut(fs, 0);
        }
        check_recovered(fs, recovery, &wanted, "%s at call %llu of %llu", what, (unsigned long long)nth,
                        (unsigned long long)total);
        weir_simulated_file_system_free(fs);
    }
    assert_true(failed > tried / 4); /* otherwise nothing was tested */
    weir_buffer_deinit(&wanted);
}

static void writes_fail(void **state)
{
    (void)state;
    fail_each(&windowed, WEIR_SIMULATED_CHANGING_CALLS, WEIR_SIMULATED_EIO, "EIO", false);
    fail_each(&windowed, WEIR_SIMULATED_CHANGING_CALLS, WEIR_SIMULATED_ENOSPC, "ENOSPC", false);
    fail_each(&windowed, WEIR_SIMULATED_WRITE, WEIR_SIMULATED_SHORT_WRITE, "short write", false);
    fail_each(&count, WEIR_SIMULATED_CHANGING_CALLS, WEIR_SIMULATED_EIO, "EIO", false);
    fail_each(&join, WEIR_SIMULATED_CHANGING_CALLS, WEIR_SIMULATED_EIO, "EIO", false);
}

static void syncs_fail_and_the_power_too(void **state)
{
    (void)state;
    const WeirSimulatedCall syncs = WEIR_SIMULATED_SYNC | WEIR_SIMULATED_SYNC_DIRECTORY;
    fail_each(&windowed, syncs, WEIR_SIMULATED_EIO, "EIO of a sync, then a power cut", true);
    fail_each(&count, syncs, WEIR_SIMULATED_EIO, "EIO of a sync, then a power cut", true);
}

static void reads_fail(void **state)
{
    (void)state;
    fail_each(&windowed, WEIR_SIMULATED_READING_CALLS, WEIR_SIMULATED_EIO, "EIO", false);
    fail_each(&count, WEIR_SIMULATED_READING_CALLS, WEIR_SIMULATED_EIO, "EIO", false);
}

static void calls_fail_with_threads(void **state)
{
    (void)state;
    fail_each(&threaded, WEIR_SIMULATED_CHANGING_CALLS, WEIR_SIMULATED_ENOSPC, "ENOSPC", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_fail),
        cmocka_unit_test(syncs_fail_and_the_power_too),
        cmocka_unit_test(reads_fail),
        cmocka_unit_test(calls_fail_with_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
