/* The maintenance thread against stores that commit, close and come back: for the thread sanitizer, and that no row is
 * lost. */
#include "support/test.h"

#include "state/test_store.h"

#include <pthread.h>
#include <unistd.h>

#include "common/log.h"
#include "state/state_files.h"
#include "support/simulated_file_system.h"

typedef struct Committer {
    WeirStateMaintenance *maintenance;
    WeirFileSystem *fs;
    int32_t partition;
} Committer;

#define VERSIONS 120

static void *commit_versions(void *context)
{
    const Committer *committer = context;
    TestStore test;
    test_store_init(&test, committer->fs, "v STRING");
    test.spec.partition_id = committer->partition;
    test_store_open(&test);
    weir_state_maintenance_register(committer->maintenance, test.store);
    TestVersion model = {0};
    for (int64_t version = 0; version < VERSIONS; version++) {
        assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
        for (int64_t k = version % 3; k < TEST_KEYS; k += 3)
            assert_ok(test_store_put(&test, &model, k, 20, (uint8_t)version), test.failure);
        assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
        if (version % 10 == 9)
            usleep(1000);
        if (version % 40 == 39) {
            weir_state_maintenance_unregister(committer->maintenance, test.store);
            weir_state_store_close(test.store);
            test_store_open(&test);
            weir_state_maintenance_register(committer->maintenance, test.store);
        }
    }
    assert_ok(weir_state_store_load(test.store, VERSIONS, &test.failure), test.failure);
    test_store_check(&test, &model);
    weir_state_maintenance_unregister(committer->maintenance, test.store);
    weir_state_store_close(test.store);
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, VERSIONS, &test.failure), test.failure);
    test_store_check(&test, &model);
    test_store_deinit(&test);
    return NULL;
}

static void test_beside_commits(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirClock *clock = weir_system_clock_new();
    WeirStateMaintenance *maintenance = weir_state_maintenance_new(clock, 1);
    enum { THREADS = 3 };
    pthread_t threads[THREADS];
    Committer committers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        committers[i] = (Committer){maintenance, fs, i};
        assert_int_equal(pthread_create(&threads[i], NULL, commit_versions, &committers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    weir_state_maintenance_free(maintenance);
    weir_clock_free(clock);
    WeirArena *arena = weir_arena_new(NULL);
    WeirError failure;
    WeirStateFileSet set;
    assert_ok(weir_state_file_set_list(fs, "ck/state/0/0", arena, &set, &failure), failure);
    assert_true(set.snapshot_count > 0);
    assert_true(set.delta_count < VERSIONS); /* old ones went */
    weir_arena_free(arena);
    weir_simulated_file_system_free(fs);
}

static void test_without_stores(void **state)
{
    (void)state;
    WeirClock *clock = weir_manual_clock_new(0);
    weir_state_maintenance_free(weir_state_maintenance_new(clock, 60000)); /* no thread was started */
    weir_state_maintenance_free(NULL);
    weir_clock_free(clock);
}

/* A pass that fails is logged; the next one does its work. */
static void test_failing_pass(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test_store_open(&test);
    TestVersion model = {0};
    for (int64_t version = 0; version < 6; version++) {
        assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
        assert_ok(test_store_put(&test, &model, version, 3, 'a'), test.failure);
        assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    }
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_SYNC, 1, WEIR_SIMULATED_EIO);
    assert_int_not_equal(weir_state_store_maintain(test.store, &test.failure), WEIR_OK);
    WeirStateStoreMetrics metrics;
    weir_state_store_metrics(test.store, &metrics);
    assert_int_equal(metrics.snapshot_last_uploaded, -1);
    assert_ok(weir_state_store_maintain(test.store, &test.failure), test.failure);
    weir_state_store_metrics(test.store, &metrics);
    assert_int_equal(metrics.snapshot_last_uploaded, 5); /* 6 is not confirmed */
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

int main(void)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beside_commits),
        cmocka_unit_test(test_without_stores),
        cmocka_unit_test(test_failing_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
