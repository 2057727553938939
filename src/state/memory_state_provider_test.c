/* The memory provider by its front door: versions, changes, eviction, prefixes, failures, and a random walk through
 * versions and restarts. */
#include "support/test.h"

#include "state/test_store.h"

#include "common/clock.h"
#include "common/log.h"
#include "support/simulated_file_system.h"

static void test_unknown_providers_are_refused(void **state)
{
    (void)state;
    TestStore test;
    test_store_init(&test, NULL, "v STRING");
    test.spec.provider_class = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider";
    assert_condition(weir_state_store_open(&test.spec, &test.store, &test.failure), test.failure,
                     "UNSUPPORTED_FEATURE.STATE_STORE_PROVIDER");
    test.spec.provider_class = TEST_PROVIDER;
    test.spec.compression_codec = "lzf";
    assert_condition(weir_state_store_open(&test.spec, &test.store, &test.failure), test.failure,
                     "UNSUPPORTED_FEATURE.STATE_STORE_COMPRESSION_CODEC");
    test_store_deinit(&test);
}

static uint64_t listings(WeirFileSystem *fs)
{
    uint64_t count = weir_simulated_file_system_call_count(fs);
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_READING_CALLS, 1000000, WEIR_SIMULATED_EIO);
    return count;
}

static void test_life_of_a_store(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test_store_open(&test);
    TestVersion model = {0}, committed;
    assert_int_equal(weir_state_store_version(test.store), -1);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    test_store_check(&test, &model);
    for (int64_t k = 0; k < 20; k++)
        assert_ok(test_store_put(&test, &model, k, 5, 'a'), test.failure);
    assert_ok(test_store_remove(&test, &model, 3), test.failure);
    WeirStateStoreMetrics metrics;
    weir_state_store_metrics(test.store, &metrics);
    assert_int_equal(metrics.updated_count, 20); /* what was put and removed again counts, as in Spark */
    assert_int_equal(metrics.removed_count, 1);
    assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    assert_int_equal(weir_state_store_version(test.store), 1);
    weir_state_store_metrics(test.store, &metrics);
    assert_int_equal(metrics.updated_count, 20); /* still told after the commit */
    committed = model;
    /* The next version is already there: nothing is read. */
    listings(fs);
    assert_ok(weir_state_store_load(test.store, 1, &test.failure), test.failure);
    assert_int_equal(listings(fs), 0);
    weir_state_store_metrics(test.store, &metrics);
    assert_int_equal(metrics.updated_count, 0);
    assert_int_equal(metrics.cache_hit_count, 1);
    assert_int_equal(metrics.cache_miss_count, 1);
    weir_state_store_abort(test.store); /* nothing to drop */
    assert_int_equal(weir_state_store_version(test.store), 1);
    assert_ok(test_store_put(&test, &model, 50, 9, 'b'), test.failure);
    assert_ok(test_store_put(&test, &model, 0, 200, 'b'), test.failure);
    weir_state_store_abort(test.store);
    assert_int_equal(weir_state_store_version(test.store), -1);
    assert_ok(weir_state_store_load(test.store, 1, &test.failure), test.failure);
    test_store_check(&test, &committed);
    model = committed;
    /* Loading the same version again forgets changes. */
    assert_ok(test_store_put(&test, &model, 60, 9, 'c'), test.failure);
    assert_ok(weir_state_store_load(test.store, 1, &test.failure), test.failure);
    test_store_check(&test, &committed);
    assert_condition(weir_state_store_load(test.store, 7, &test.failure), test.failure,
                     "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS");
    assert_non_null(strstr(test.failure.message, "ck/state/0/1/2.delta"));
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static WeirStatus count_row(void *context, const WeirStateRow *row, WeirError *error)
{
    (void)row;
    (void)error;
    (*(size_t *)context)++;
    return WEIR_OK;
}

static void test_upserts_in_place(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v BIGINT");
    test_store_open(&test);
    for (int64_t version = 0; version < 3; version++) {
        assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
        for (int round = 0; round < 2; round++) {
            for (int64_t k = 0; k < TEST_KEYS; k += version + 1) {
                uint8_t key[24], *value;
                test_key(k, key);
                bool existed;
                uint64_t hash = weir_state_hash(key, 24);
                weir_state_store_prefetch(test.store, &hash, 1);
                assert_ok(weir_state_store_upsert(test.store, key, 24, hash, 16, &value, &existed, &test.failure),
                          test.failure);
                assert_int_equal(existed, version > 0 || round > 0);
                int64_t sum;
                memcpy(&sum, value + 8, 8);
                sum++;
                memcpy(value + 8, &sum, 8);
            }
        }
        size_t updated = 0;
        assert_ok(weir_state_store_scan_updated(test.store, count_row, &updated, &test.failure), test.failure);
        assert_int_equal(updated, (TEST_KEYS + version) / (version + 1));
        assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    }
    weir_state_store_close(test.store);
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, 3, &test.failure), test.failure);
    for (int64_t k = 0; k < TEST_KEYS; k++) {
        uint8_t key[24];
        uint32_t size;
        test_key(k, key);
        const uint8_t *value = weir_state_store_get(test.store, key, 24, weir_state_hash(key, 24), &size);
        int64_t sum;
        memcpy(&sum, value + 8, 8);
        assert_int_equal(sum, 2 + (k % 2 == 0 ? 2 : 0) + (k % 3 == 0 ? 2 : 0));
    }
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_eviction_by_key(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test_store_open(&test);
    TestVersion model = {0};
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    for (int64_t k = 0; k < TEST_KEYS; k++)
        assert_ok(test_store_put(&test, &model, k, 5, 'a'), test.failure);
    for (int64_t watermark = 0; watermark < 8; watermark++) { /* 12 rows each */
        TestSeen due = {.model = &model}, again = {.model = &model}, seen = {.model = &model};
        assert_ok(weir_state_store_scan_due(test.store, watermark * 1000, test_store_see, &due, &test.failure),
                  test.failure);
        assert_ok(weir_state_store_scan_due(test.store, watermark * 1000, test_store_see, &again, &test.failure),
                  test.failure);
        assert_ok(weir_state_store_evict(test.store, watermark * 1000, test_store_see, &seen, &test.failure),
                  test.failure);
        assert_int_equal(due.count, 12);
        assert_int_equal(again.count, 12);
        assert_int_equal(seen.count, 12);
        for (int64_t k = watermark; k < TEST_KEYS; k += 8) {
            assert_true(seen.seen[k]);
            model.value[k].length = 0;
        }
        test_store_check(&test, &model);
        assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
        if (watermark == 3) { /* From files the index is made anew. */
            weir_state_store_close(test.store);
            test_store_open(&test);
        }
        assert_ok(weir_state_store_load(test.store, watermark + 1, &test.failure), test.failure);
        test_store_check(&test, &model);
    }
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static WeirStatus put_time(TestStore *test, int64_t k, int64_t time, bool null)
{
    uint8_t key[24], value[16] = {null};
    test_key(k, key);
    if (!null)
        memcpy(value + 8, &time, 8);
    return weir_state_store_put(test->store, key, 24, weir_state_hash(key, 24), value, 16, &test->failure);
}

static size_t evict_count(TestStore *test, int64_t watermark)
{
    size_t count = 0;
    assert_ok(weir_state_store_evict(test->store, watermark, count_row, &count, &test->failure), test->failure);
    return count;
}

static void test_eviction_by_value(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    for (int timeout = 0; timeout < 2; timeout++) {
        TestStore test;
        test_store_init(&test, fs, "v BIGINT");
        test.spec.event_time = timeout ? WEIR_STATE_EVENT_TIME_VALUE_TIMEOUT : WEIR_STATE_EVENT_TIME_VALUE_SLOT;
        test.spec.event_time_column = 0;
        test_store_open(&test);
        assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
        for (int64_t k = 0; k < 10; k++)
            assert_ok(put_time(&test, k, k * 100, false), test.failure);
        assert_ok(put_time(&test, 20, -1, false), test.failure); /* as a timeout: none */
        assert_ok(put_time(&test, 21, 0, true), test.failure);
        for (int64_t k = 0; k < 5; k++) /* later, twice; one earlier again */
            assert_ok(put_time(&test, k, 1000 + k, false), test.failure);
        assert_ok(put_time(&test, 0, 2000, false), test.failure);
        assert_ok(put_time(&test, 9, 50, false), test.failure);
        assert_int_equal(evict_count(&test, 60), timeout ? 1 : 2);
        assert_int_equal(evict_count(&test, 999), 4);
        assert_int_equal(evict_count(&test, 1003), 3);
        assert_int_equal(evict_count(&test, 1999), 1);
        assert_int_equal(evict_count(&test, INT64_MAX), 1);
        WeirStateStoreMetrics metrics;
        weir_state_store_metrics(test.store, &metrics);
        assert_int_equal(metrics.row_count, timeout ? 2 : 1);
        test_store_deinit(&test);
    }
    weir_simulated_file_system_free(fs);
}

/* Rows that come and go leave stale references behind: they must not pile up. */
static void test_stale_event_times_are_swept(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test_store_open(&test);
    TestVersion model = {0};
    int64_t bytes = 0;
    for (int64_t version = 0; version < 300; version++) {
        assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
        for (int64_t k = 0; k < TEST_KEYS; k++) {
            if (version > 0)
                assert_ok(test_store_remove(&test, &model, k), test.failure);
            assert_ok(test_store_put(&test, &model, k, 5, 'a'), test.failure);
        }
        assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
        WeirStateStoreMetrics metrics;
        weir_state_store_metrics(test.store, &metrics);
        if (version == 50)
            bytes = metrics.memory_bytes;
        if (version > 50)
            assert_in_range(metrics.memory_bytes, 1, bytes + 65536);
    }
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_prefixes(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test.spec.prefix_column_count = 1;
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    uint8_t value[256], key[24] = {0}, prefix[16] = {0};
    uint32_t size = test_string_value(4, 'x', value);
    for (int64_t k = 0; k < 8; k++) {
        for (int64_t t = 0; t < 50 * k; t++) {
            memcpy(key + 8, &k, 8);
            memcpy(key + 16, &t, 8);
            assert_ok(weir_state_store_put(test.store, key, 24, weir_state_hash(key, 24), value, size, &test.failure),
                      test.failure);
        }
    }
    uint32_t large = test_string_value(200, 'y', value); /* rows that move */
    for (int64_t k = 0; k < 8; k++) {
        memcpy(key + 8, &k, 8);
        for (int64_t t = 0; t < 50 * k; t += 5) {
            memcpy(key + 16, &t, 8);
            bool existed;
            if (t % 2 == 0)
                assert_ok(
                    weir_state_store_put(test.store, key, 24, weir_state_hash(key, 24), value, large, &test.failure),
                    test.failure);
            else
                assert_ok(
                    weir_state_store_remove(test.store, key, 24, weir_state_hash(key, 24), &existed, &test.failure),
                    test.failure);
        }
    }
    for (int round = 0; round < 2; round++) {
        for (int64_t k = 0; k < 9; k++) {
            size_t count = 0;
            memcpy(prefix + 8, &k, 8);
            assert_ok(weir_state_store_scan_prefix(test.store, prefix, 16, count_row, &count, &test.failure),
                      test.failure);
            assert_int_equal(count, k < 8 ? 50 * k - 5 * k : 0);
        }
        if (round == 0) {
            assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
            weir_state_store_close(test.store);
            test_store_open(&test);
            assert_ok(weir_state_store_load(test.store, 1, &test.failure), test.failure);
        }
    }
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_foreign_rows_are_checked(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v BIGINT");
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    assert_ok(put_time(&test, 1, 2, false), test.failure);
    assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    weir_state_store_close(test.store);
    const WeirSchema *key = test.spec.key_schema, *value = test.spec.value_schema;
    assert_ok(weir_schema_from_ddl("v STRING", test.arena, &test.spec.value_schema, &test.failure), test.failure);
    test_store_open(&test);
    assert_condition(weir_state_store_load(test.store, 1, &test.failure), test.failure,
                     "CANNOT_LOAD_STATE_STORE.VALUE_ROW_FORMAT_VALIDATION_FAILURE");
    weir_state_store_close(test.store);
    test.spec.value_schema = value;
    assert_ok(weir_schema_from_ddl("k STRING, t TIMESTAMP", test.arena, &test.spec.key_schema, &test.failure),
              test.failure);
    test_store_open(&test);
    assert_condition(weir_state_store_load(test.store, 1, &test.failure), test.failure,
                     "CANNOT_LOAD_STATE_STORE.KEY_ROW_FORMAT_VALIDATION_FAILURE");
    test.spec.key_schema = key;
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void test_memory_is_bounded_and_given_back(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "aggregate", 1 << 20);
    TestStore test;
    test_store_init(&test, fs, "v BIGINT");
    test.spec.tracker = &tracker;
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    int64_t k = 0;
    WeirStatus status;
    while ((status = put_time(&test, k, k, false)) == WEIR_OK)
        k++;
    assert_string_equal(test.failure.condition, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_true(k > 5000);
    weir_state_store_abort(test.store);
    assert_true(tracker.used_bytes <= 65536);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    assert_ok(put_time(&test, 1, 1, false), test.failure);
    assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    test_store_deinit(&test);
    assert_int_equal(tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&tracker);
    weir_simulated_file_system_free(fs);
}

/* What an eviction leaves free is given back, and the store goes on as before. */
static void test_memory_follows_the_state(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    TestStore test;
    test_store_init(&test, fs, "v STRING");
    test.spec.prefix_column_count = 1;
    test_store_open(&test);
    assert_ok(weir_state_store_load(test.store, 0, &test.failure), test.failure);
    uint8_t key[24] = {0}, value[256], prefix[16] = {0};
    uint32_t size = test_string_value(200, 'x', value);
    enum { ROWS = 100000 };
    for (int64_t k = 0; k < ROWS; k++) {
        memcpy(key + 8, &k, 8);
        memcpy(key + 16, &k, 8);
        assert_ok(weir_state_store_put(test.store, key, 24, weir_state_hash(key, 24), value, size, &test.failure),
                  test.failure);
    }
    WeirStateStoreMetrics before, after;
    weir_state_store_metrics(test.store, &before);
    assert_int_equal(evict_count(&test, ROWS - 101), ROWS - 100);
    assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    weir_state_store_metrics(test.store, &after);
    assert_true(before.memory_bytes > 20 << 20);
    assert_true(after.memory_bytes < 1 << 20);
    assert_int_equal(after.row_count, 100);
    assert_ok(weir_state_store_load(test.store, 1, &test.failure), test.failure);
    for (int64_t k = ROWS - 100; k < ROWS; k++) {
        size_t count = 0;
        memcpy(prefix + 8, &k, 8);
        assert_ok(weir_state_store_scan_prefix(test.store, prefix, 16, count_row, &count, &test.failure), test.failure);
        assert_int_equal(count, 1);
    }
    assert_int_equal(evict_count(&test, ROWS - 51), 50);
    assert_int_equal(evict_count(&test, ROWS), 50);
    assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
    test_store_deinit(&test);
    weir_simulated_file_system_free(fs);
}

static void change_at_random(TestStore *test, TestVersion *model, WeirRandom *random)
{
    for (uint64_t i = weir_random_next(random) % 40; i > 0; i--) {
        uint64_t r = weir_random_next(random);
        int64_t k = (int64_t)(r >> 20) % TEST_KEYS;
        if (r % 16 == 0) {
            TestSeen seen = {.model = model};
            int64_t watermark = (int64_t)(r >> 8) % 8 * 1000 - 1 + (int64_t)(r >> 4) % 2;
            assert_ok(weir_state_store_evict(test->store, watermark, test_store_see, &seen, &test->failure),
                      test->failure);
            for (int64_t j = 0; j < TEST_KEYS; j++) {
                assert_int_equal(seen.seen[j], model->value[j].length > 0 && j % 8 * 1000 <= watermark);
                if (seen.seen[j])
                    model->value[j].length = 0;
            }
        } else if (r % 3 == 0) {
            assert_ok(test_store_remove(test, model, k), test->failure);
        } else {
            assert_ok(
                test_store_put(test, model, k, (uint8_t)(1 + (r >> 40) % (r % 5 == 0 ? 200 : 8)), (uint8_t)(r >> 50)),
                test->failure);
        }
    }
}

/* Batches, aborted batches, restarts, re-runs of earlier batches and maintenance, in any order. */
static void test_random_walk(void **state)
{
    (void)state;
    enum { VERSIONS = 400 };
    TestVersion *versions = calloc(VERSIONS + 1, sizeof *versions);
    for (uint64_t seed = 1; seed <= 30; seed++) {
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        TestStore test;
        test_store_init(&test, fs, "v STRING");
        test_store_open(&test);
        WeirRandom random;
        weir_random_init(&random, seed);
        memset(&versions[0], 0, sizeof versions[0]);
        int64_t latest = 0, oldest = 0; /* versions that exist and must load */
        for (int step = 0; step < 150 && latest < VERSIONS; step++) {
            uint64_t r = weir_random_next(&random);
            int64_t version = r % 20 == 0 ? oldest + (int64_t)(r >> 32) % (latest - oldest + 1) : latest;
            if (r % 7 == 0) {
                weir_state_store_close(test.store);
                test_store_open(&test);
            }
            assert_ok(weir_state_store_load(test.store, version, &test.failure), test.failure);
            test_store_check(&test, &versions[version]);
            latest = version; /* Later versions are run again. */
            if (version - 2 > oldest && r % 5 == 0) {
                assert_ok(weir_state_store_maintain(test.store, &test.failure), test.failure);
                oldest = version - 2;
            }
            TestVersion model = versions[version];
            change_at_random(&test, &model, &random);
            test_store_check(&test, &model);
            if (r % 6 == 0) {
                weir_state_store_abort(test.store);
            } else {
                assert_ok(weir_state_store_commit(test.store, &test.failure), test.failure);
                versions[++latest] = model;
            }
        }
        test_store_deinit(&test);
        weir_simulated_file_system_free(fs);
    }
    free(versions);
}

int main(void)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unknown_providers_are_refused),
        cmocka_unit_test(test_life_of_a_store),
        cmocka_unit_test(test_upserts_in_place),
        cmocka_unit_test(test_eviction_by_key),
        cmocka_unit_test(test_eviction_by_value),
        cmocka_unit_test(test_stale_event_times_are_swept),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_foreign_rows_are_checked),
        cmocka_unit_test(test_memory_is_bounded_and_given_back),
        cmocka_unit_test(test_memory_follows_the_state),
        cmocka_unit_test(test_random_walk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
