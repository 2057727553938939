/* Power cuts and failing calls at every step of commits, snapshots and the removal of old files: what was acknowledged
 * is there afterwards, every version that may be asked for loads with its rows, and a failed batch can be run again. */
#include "support/test.h"

#include "state/test_store.h"

#include "common/clock.h"
#include "common/log.h"
#include "support/simulated_file_system.h"

#define BATCHES 9

/* The changes of batch `version`: the same whenever it runs. */
static WeirStatus change(TestStore *test, TestVersion *model, int64_t version)
{
    for (int64_t k = version % 5; k < TEST_KEYS; k += 5 + version % 3) {
        if ((k + version) % 4 == 0)
            WEIR_TRY(test_store_remove(test, model, k));
        else
            WEIR_TRY(test_store_put(test, model, k, (uint8_t)(1 + version * 7), (uint8_t)('a' + version)));
    }
    return WEIR_OK;
}

static void make_models(TestVersion models[BATCHES + 1])
{
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test_store_open(&test);
    memset(&models[0], 0, sizeof models[0]);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    for (int64_t version = 0; version < BATCHES; version++) {
        models[version + 1] = models[version];
        assert_ok(change(&test, &models[version + 1], version), test.failure);
    }
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

/* Run batches from `*acknowledged` on, with maintenance after each; stops at the first failure. */
static WeirStatus run(TestStore *test, int64_t *acknowledged)
{
    while (*acknowledged < BATCHES) {
        TestVersion scratch = {0};
        WEIR_TRY(weir_state_store_load(test->store, *acknowledged, &test->failure));
        WEIR_TRY(weir_state_store_maintain(test->store, &test->failure));
        for (int64_t k = 0; k < TEST_KEYS; k++) { /* test_store_remove wants to know what is there */
            uint8_t key[24];
            uint32_t size;
            test_key(k, key);
            scratch.value[k].length =
                weir_state_store_get(test->store, key, 24, weir_state_hash(key, 24), &size) != NULL;
        }
        WEIR_TRY(change(test, &scratch, *acknowledged));
        WEIR_TRY(weir_state_store_commit(test->store, &test->failure));
        ++*acknowledged;
    }
    return WEIR_OK;
}

/* All versions from the acknowledged one back to what retention keeps. */
static void check_versions(TestStore *test, const TestVersion *models, int64_t acknowledged)
{
    int64_t oldest = acknowledged - 2 < 0 ? 0 : acknowledged - 2;
    for (int64_t version = acknowledged; version >= oldest; version--) {
        assert_ok(weir_state_store_load(test->store, version, &test->failure), test->failure);
        test_store_check(test, &models[version]);
    }
}

static void restart(TestStore *test)
{
    weir_state_store_close(test->store);
    test_store_open(test);
}

static void test_power_cuts(void **state)
{
    (void)state;
    TestVersion models[BATCHES + 1];
    make_models(models);
    static const uint64_t seeds[] = {0, UINT64_MAX, 1, 2, 3};
    for (size_t s = 0; s < sizeof seeds / sizeof seeds[0]; s++) {
        bool finished = false;
        for (uint64_t nth = 1; !finished; nth++) {
            WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
            TestStore test;
            test_store_init(&test, fs, "v STRING");
            test_store_open(&test);
            weir_simulated_file_system_fail(fs, WEIR_SIMULATED_CHANGING_CALLS, nth, WEIR_SIMULATED_POWER_CUT);
            int64_t acknowledged = 0;
            finished = run(&test, &acknowledged) == WEIR_OK;
            weir_simulated_file_system_power_cut(fs, seeds[s] == 0 || seeds[s] == UINT64_MAX ? seeds[s]
                                                                                             : seeds[s] * 1000 + nth);
            restart(&test);
            check_versions(&test, models, acknowledged);
            assert_ok(run(&test, &acknowledged), test.failure); /* The batch that was cut off, and the rest. */
            restart(&test);
            check_versions(&test, models, BATCHES);
            test_store_deinit(&test);
            weir_simulated_file_system_free(fs);
        }
    }
}

static void test_failing_calls(void **state)
{
    (void)state;
    TestVersion models[BATCHES + 1];
    make_models(models);
    for (int failure = WEIR_SIMULATED_EIO; failure <= WEIR_SIMULATED_SHORT_WRITE; failure++) {
        bool finished = false;
        for (uint64_t nth = 1; !finished; nth++) {
            WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
            TestStore test;
            test_store_init(&test, fs, "v STRING");
            test_store_open(&test);
            weir_simulated_file_system_fail(fs, WEIR_SIMULATED_ALL_CALLS, nth, (WeirSimulatedFailure)failure);
            int64_t acknowledged = 0;
            WeirStatus status = run(&test, &acknowledged);
            finished = weir_simulated_file_system_call_count(fs) < nth;
            weir_simulated_file_system_fail(fs, WEIR_SIMULATED_ALL_CALLS, 0, WEIR_SIMULATED_EIO);
            if (status != WEIR_OK) { /* Some failures are none: of a temporary file's removal, say. */
                assert_true(test.failure.message[0] != '\0');
                weir_state_store_abort(test.store);
                check_versions(&test, models, acknowledged);
            }
            assert_ok(run(&test, &acknowledged), test.failure); /* The same process tries again. */
            restart(&test);
            check_versions(&test, models, BATCHES);
            test_store_deinit(&test);
            weir_simulated_file_system_free(fs);
        }
    }
}

/* A version above the committed one comes from a batch that is run again with other rows: neither its delta nor a
 * snapshot made of it may be seen later. */
static void test_abandoned_snapshots_are_removed_first(void **state)
{
    (void)state;
    bool finished = false;
    for (uint64_t nth = 1; !finished; nth++) {
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        TestStore test;
        test_store_init(&test, fs, "v STRING");
        test_store_open(&test);
        TestVersion old = {0}, now[7] = {0};
        for (int64_t version = 0; version < 6; version++) { /* history one, with a snapshot at 5 */
            assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
            assert_ok(weir_state_store_maintain(test.store, &test.failure), test.failure);
            assert_ok(test_store_put(&test, &old, version, 3, 'x'), test.failure);
            if (version < 3)
                now[version + 1] = old;
            assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
        }
        restart(&test);
        weir_simulated_file_system_fail(fs, WEIR_SIMULATED_CHANGING_CALLS, nth, WEIR_SIMULATED_POWER_CUT);
        WeirStatus status = WEIR_OK;
        int64_t acknowledged = 3;
        for (int64_t version = 3; version < 6 && status == WEIR_OK; version++) { /* history two, from 3 on */
            now[version + 1] = now[version];
            status = weir_state_store_load(test.store, version, &test.failure);
            if (status == WEIR_OK)
                status = test_store_put(&test, &now[version + 1], 50 + version, 4, 'y');
            if (status == WEIR_OK)
                status = weir_state_store_commit(test.store, &test.failure);
            acknowledged += status == WEIR_OK;
        }
        finished = status == WEIR_OK;
        weir_simulated_file_system_power_cut(fs, nth % 3 == 0 ? UINT64_MAX : nth);
        restart(&test);
        for (int64_t version = 3; version <= acknowledged; version++) {
            assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
            test_store_check(&test, &now[version]);
        }
        test_store_deinit(&test);
        weir_simulated_file_system_free(fs);
    }
}

int main(void)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power_cuts),
        cmocka_unit_test(test_failing_calls),
        cmocka_unit_test(test_abandoned_snapshots_are_removed_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
