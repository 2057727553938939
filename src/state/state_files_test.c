/* State files: names, listing, damaged snapshots that are replaced by older ones, retention and left-over files. */
#include "support/test.h"

#include "state/test_store.h"

#include "checkpoint/checkpoint.h"
#include "common/log.h"
#include "state/state_files.h"
#include "support/simulated_file_system.h"

static WeirError failure;

static void test_names(void **state)
{
    (void)state;
    assert_int_equal(weir_state_temporary_version(".12.delta.77-3.tmp"), 12);
    assert_int_equal(weir_state_temporary_version(".9.snapshot.8f-1.TID12.tmp"), 9);
    assert_int_equal(weir_state_temporary_version("12.delta"), -1);
    assert_int_equal(weir_state_temporary_version(".12.delta.crc"), -1);
    assert_int_equal(weir_state_temporary_version(".x.delta.1.tmp"), -1);
    assert_int_equal(weir_state_temporary_version(".99999999999999999999.delta.1.tmp"), -1);
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    static const char *const names[] = {"10.delta", "9.delta",   "9.snapshot",        "11.delta",
                                        "x.delta",  "12.deltax", ".13.delta.1-1.tmp", "metadata",
                                        "-1.delta", "14.zip",    ".9.delta.crc",      "99999999999999999999.delta"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "s/%s", names[i]);
        weir_simulated_file_system_put(fs, path, "", 0);
    }
    assert_ok(fs->make_directories(fs, "s/15.delta", false, &failure), failure);
    WeirArena *arena = weir_arena_new(NULL);
    WeirStateFileSet set;
    assert_ok(weir_state_file_set_list(fs, "s", arena, &set, &failure), failure);
    assert_int_equal(set.delta_count, 3);
    assert_int_equal(set.deltas[0], 9);
    assert_int_equal(set.deltas[2], 11);
    assert_int_equal(set.snapshot_count, 1);
    assert_int_equal(set.temporary_count, 1);
    assert_int_equal(weir_state_file_set_base(&set, 8), 0);
    assert_int_equal(weir_state_file_set_base(&set, 9), 9);
    assert_int_equal(weir_state_file_set_base(&set, 100), 9);
    int64_t latest;
    assert_ok(weir_state_files_latest(fs, "s", &latest, &failure), failure);
    assert_int_equal(latest, 11);
    assert_ok(weir_state_files_latest(fs, "nowhere", &latest, &failure), failure);
    assert_int_equal(latest, -1);
    weir_arena_free(arena);
    weir_simulated_file_system_free(fs);
}

/* Ten versions; the model of the last in `model`. */
static void make_versions(TestStore *test, WeirFileSystem *fs, TestVersion *model)
{
    test_store_init(test, fs, "v STRING");
    test->spec.batches_to_retain = 100;
    test_store_open(test);
    memset(model, 0, sizeof *model);
    for (int64_t version = 0; version < 10; version++) {
        assert_ok(weir_state_store_load(test->store, version, &test->failure), test->failure);
        assert_ok(weir_state_store_maintain(test->store, &test->failure), test->failure);
        for (int64_t k = version; k < TEST_KEYS; k += 7)
            assert_ok(test_store_put(test, model, k, 6, (uint8_t)('a' + version)), test->failure);
        assert_ok(weir_state_store_commit(test->store, &test->failure), test->failure);
    }
    weir_state_store_close(test->store);
    test_store_open(test);
}

static bool exists(WeirFileSystem *fs, const char *path)
{
    WeirArena *arena = weir_arena_new(NULL);
    bool found;
    WeirFileStatus status;
    assert_ok(fs->status(fs, path, arena, &found, &status, &failure), failure);
    weir_arena_free(arena);
    return found;
}

static void test_damaged_snapshots_are_repaired(void **state)
{
    (void)state;
    static const char *const damages[] = {"", "garbage", "LZ4Block", "\x28\xb5\x2f\xfd"};
    for (size_t i = 0; i < 4; i++) {
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        TestStore test;
        TestVersion model;
        make_versions(&test, fs, &model);
        assert_true(exists(fs, "ck/state/0/1/4.snapshot"));
        assert_true(exists(fs, "ck/state/0/1/8.snapshot"));
        weir_simulated_file_system_put(fs, "ck/state/0/1/8.snapshot", damages[i], 0);
        assert_ok(weir_state_store_load(test.store, 10, &test.failure), test.failure);
        test_store_check(&test, &model);
        weir_simulated_file_system_put(fs, "ck/state/0/1/4.snapshot", damages[i], 0);
        assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
        assert_ok(weir_state_store_load(test.store, 10, &test.failure), test.failure); /* all the deltas */
        test_store_check(&test, &model);
        assert_ok(fs->remove(fs, "ck/state/0/1/3.delta", &test.failure), test.failure);
        assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
        assert_condition(weir_state_store_load(test.store, 10, &test.failure), test.failure,
                         "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS");
        test_store_deinit(&test);
        weir_simulated_file_system_free(fs);
    }
}

/* A new snapshot is made of good files, and nothing is deleted that a damaged one would have replaced. */
static void test_maintenance_does_not_build_on_damage(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    TestVersion model;
    make_versions(&test, fs, &model);
    weir_state_store_close(test.store);
    weir_simulated_file_system_put(fs, "ck/state/0/1/8.snapshot", "garbage", 0);
    test.spec.batches_to_retain = 1;
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, 10, &test.failure), test.failure);
    assert_ok(weir_state_store_maintain(test.store, &test.failure), test.failure);
    assert_true(exists(fs, "ck/state/0/1/10.snapshot"));
    assert_true(exists(fs, "ck/state/0/1/4.snapshot"));
    assert_true(exists(fs, "ck/state/0/1/5.delta"));
    assert_false(exists(fs, "ck/state/0/1/3.delta"));
    assert_ok(weir_state_store_load(test.store, 9, &test.failure), test.failure);
    assert_ok(fs->remove(fs, "ck/state/0/1/10.delta", &test.failure), test.failure);
    assert_ok(weir_state_store_load(test.store, 10, &test.failure), test.failure);
    test_store_check(&test, &model);
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_snapshot_far_behind_is_not_repaired(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test_store_open(&test);
    weir_simulated_file_system_put(fs, "ck/state/0/1/1000.snapshot", "garbage", 0);
    assert_condition(weir_state_store_load(test.store, 1000, &test.failure), test.failure,
                     "CANNOT_LOAD_STATE_STORE.AUTO_SNAPSHOT_REPAIR_FAILED");
    assert_non_null(strstr(test.failure.message, "1000.snapshot"));
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_damaged_deltas_are_errors(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    TestVersion model;
    make_versions(&test, fs, &model);
    weir_simulated_file_system_put(fs, "ck/state/0/1/10.delta", "", 0);
    assert_condition(weir_state_store_load(test.store, 10, &test.failure), test.failure,
                     "CANNOT_LOAD_STATE_STORE.UNCATEGORIZED");
    assert_non_null(strstr(test.failure.message, "ck/state/0/1/10.delta"));
    assert_int_equal(weir_state_store_version(test.store), -1);
    assert_ok(weir_state_store_load(test.store, 9, &test.failure), test.failure);
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_retention(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    TestVersion model;
    make_versions(&test, fs, &model);
    weir_simulated_file_system_put(fs, "ck/state/0/1/.3.delta.1-1.tmp", "", 0);
    weir_simulated_file_system_put(fs, "ck/state/0/1/.10.snapshot.1-1.tmp", "", 0);
    weir_simulated_file_system_put(fs, "ck/state/0/1/.11.delta.1-1.tmp", "", 0);
    weir_simulated_file_system_put(fs, "ck/state/0/1/.2.delta.crc", "", 0);
    weir_state_store_close(test.store);
    test.spec.batches_to_retain = 3; /* 7 must load: snapshot 4 and the deltas after it */
    test_store_open(&test);
    assert_ok(weir_state_store_maintain(test.store, &test.failure), test.failure); /* nothing is confirmed yet */
    assert_true(exists(fs, "ck/state/0/1/1.delta"));
    assert_ok(weir_state_store_load(test.store, 10, &test.failure), test.failure);
    assert_ok(weir_state_store_maintain(test.store, &test.failure), test.failure);
    for (int64_t version = 1; version <= 10; version++) {
        char *path = weir_state_file_path("ck/state/0/1", version, WEIR_DELTA_FILE);
        assert_int_equal(exists(fs, path), version >= 4);
        weir_free(path);
    }
    assert_true(exists(fs, "ck/state/0/1/4.snapshot"));
    assert_false(exists(fs, "ck/state/0/1/.3.delta.1-1.tmp"));
    assert_false(exists(fs, "ck/state/0/1/.10.snapshot.1-1.tmp"));
    assert_false(exists(fs, "ck/state/0/1/.2.delta.crc"));
    assert_true(exists(fs, "ck/state/0/1/.11.delta.1-1.tmp")); /* perhaps being written now */
    for (int64_t version = 7; version <= 10; version++)
        assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
    test_store_check(&test, &model);
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

int main(void)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_damaged_snapshots_are_repaired),
        cmocka_unit_test(test_maintenance_does_not_build_on_damage),
        cmocka_unit_test(test_snapshot_far_behind_is_not_repaired),
        cmocka_unit_test(test_damaged_deltas_are_errors),
        cmocka_unit_test(test_retention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
