/* For unit tests only, which include support/test.h before it: a store with keys (k BIGINT, t TIMESTAMP) and values (v
 * STRING or BIGINT) over any file system, and a plain model of what each version of it holds. */
#ifndef WEIR_STATE_TEST_STORE_H
#define WEIR_STATE_TEST_STORE_H

#include <stdio.h>
#include <stdlib.h>

#include "columnar/data_type.h"
#include "state/state_store.h"

#define TEST_PROVIDER "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider"
#define TEST_KEYS 96

typedef struct TestStore {
    WeirArena *arena;
    WeirStateStoreSpec spec;
    WeirStateStore *store;
    WeirError failure;
} TestStore;

static inline void test_store_init(TestStore *test, WeirFileSystem *fs, const char *value_ddl)
{
    *test = (TestStore){.arena = weir_arena_new(NULL)};
    const WeirSchema *key, *value;
    assert_ok(weir_schema_from_ddl("k BIGINT, t TIMESTAMP", test->arena, &key, &test->failure), test->failure);
    assert_ok(weir_schema_from_ddl(value_ddl, test->arena, &value, &test->failure), test->failure);
    test->spec = (WeirStateStoreSpec){.provider_class = TEST_PROVIDER,
                                      .fs = fs,
                                      .checkpoint = "ck/state",
                                      .operator_id = 0,
                                      .partition_id = 1,
                                      .store_name = "default",
                                      .key_schema = key,
                                      .value_schema = value,
                                      .event_time = WEIR_STATE_EVENT_TIME_SLOT,
                                      .event_time_column = 1,
                                      .compression_codec = "lz4",
                                      .min_deltas_for_snapshot = 3,
                                      .batches_to_retain = 2,
                                      .durable = true};
}

static inline void test_store_open(TestStore *test)
{
    assert_ok(weir_state_store_open(&test->spec, &test->store, &test->failure), test->failure);
}

static inline void test_store_deinit(TestStore *test)
{
    weir_state_store_close(test->store);
    weir_arena_free(test->arena);
}

/* Key k with the event time k % 8 * 1000. */
static inline void test_key(int64_t k, uint8_t key[24])
{
    int64_t time = k % 8 * 1000;
    memset(key, 0, 8);
    memcpy(key + 8, &k, 8);
    memcpy(key + 16, &time, 8);
}
static inline int64_t test_key_number(const uint8_t *key)
{
    int64_t k;
    memcpy(&k, key + 8, 8);
    return k;
}

/* A string of `length` bytes, each `byte`. Returns the row's size. */
static inline uint32_t test_string_value(uint32_t length, uint8_t byte, uint8_t value[256])
{
    uint64_t slot = (uint64_t)16 << 32 | length;
    memset(value, 0, 256);
    memcpy(value + 8, &slot, 8);
    memset(value + 16, byte, length);
    return 16 + (length + 7) / 8 * 8;
}

/* One version: the length and byte of each key's value; length 0 = absent. */
typedef struct TestVersion {
    struct {
        uint8_t length, byte;
    } value[TEST_KEYS];
} TestVersion;

static inline WeirStatus test_store_put(TestStore *test, TestVersion *model, int64_t k, uint8_t length, uint8_t byte)
{
    uint8_t key[24], value[256];
    test_key(k, key);
    uint32_t size = test_string_value(length, byte, value);
    model->value[k].length = length;
    model->value[k].byte = byte;
    return weir_state_store_put(test->store, key, 24, weir_state_hash(key, 24), value, size, &test->failure);
}

static inline WeirStatus test_store_remove(TestStore *test, TestVersion *model, int64_t k)
{
    uint8_t key[24];
    test_key(k, key);
    bool existed = false;
    WeirStatus status =
        weir_state_store_remove(test->store, key, 24, weir_state_hash(key, 24), &existed, &test->failure);
    if (status == WEIR_OK)
        assert_int_equal(existed, model->value[k].length > 0);
    model->value[k].length = 0;
    return status;
}

typedef struct TestSeen {
    const TestVersion *model;
    bool seen[TEST_KEYS];
    size_t count;
} TestSeen;

static inline WeirStatus test_store_see(void *context, const WeirStateRow *row, WeirError *error)
{
    (void)error;
    TestSeen *seen = context;
    int64_t k = test_key_number(row->key);
    assert_in_range(k, 0, TEST_KEYS - 1);
    assert_false(seen->seen[k]);
    seen->seen[k] = true;
    seen->count++;
    uint8_t value[256];
    uint32_t size = test_string_value(seen->model->value[k].length, seen->model->value[k].byte, value);
    assert_true(seen->model->value[k].length > 0);
    assert_int_equal(row->value_size, size);
    assert_memory_equal(row->value, value, size);
    return WEIR_OK;
}

/* The store holds exactly the model's rows, by scan, by get and by count. */
static inline void test_store_check(TestStore *test, const TestVersion *model)
{
    TestSeen seen = {.model = model};
    assert_ok(weir_state_store_scan(test->store, test_store_see, &seen, &test->failure), test->failure);
    size_t expected = 0;
    for (int64_t k = 0; k < TEST_KEYS; k++) {
        uint8_t key[24];
        test_key(k, key);
        uint32_t size;
        bool there = weir_state_store_get(test->store, key, 24, weir_state_hash(key, 24), &size) != NULL;
        assert_int_equal(there, model->value[k].length > 0);
        expected += there;
    }
    assert_int_equal(seen.count, expected);
    WeirStateStoreMetrics metrics;
    weir_state_store_metrics(test->store, &metrics);
    assert_int_equal(metrics.row_count, expected);
}

#endif
