/* State table: against a plain array model, through page growth and splits, with marks of versions. */
#include "support/test.h"

#include "common/clock.h"
#include "state/state_table.h"

static WeirError failure;

#define KEYS 20000u

typedef struct Model {
    bool present;
    uint32_t size;
    uint8_t byte;
} Model;

/* Key number → 8 to 40 bytes; values of other sizes. */
static uint32_t make_key(uint32_t number, uint8_t key[40])
{
    uint32_t size = 8 + number % 5 * 8;
    memset(key, 0, 40);
    memcpy(key, &number, 4);
    memset(key + 4, (int)(number & 0x7f), size - 4);
    return size;
}

static void put(WeirStateTable *table, Model *model, uint32_t number, uint32_t size, uint8_t byte)
{
    uint8_t key[40];
    uint32_t key_size = make_key(number, key);
    WeirStateTableChange change;
    assert_ok(
        weir_state_table_upsert(table, key, key_size, weir_state_table_hash(key, key_size), size, &change, &failure),
        failure);
    assert_int_equal(change.existed, model[number].present);
    uint8_t *value = weir_row_value(weir_state_table_row(table, change.ref));
    if (change.existed && model[number].size == size && size > 0)
        assert_int_equal(value[size - 1], model[number].byte); /* same size: kept */
    memset(value, byte, size);
    model[number] = (Model){true, size, byte};
}

static void drop(WeirStateTable *table, Model *model, uint32_t number)
{
    uint8_t key[40];
    uint32_t key_size = make_key(number, key);
    WeirRowRef ref = weir_state_table_find(table, key, key_size, weir_state_table_hash(key, key_size));
    assert_int_equal(ref != WEIR_ROW_NONE, model[number].present);
    if (ref != WEIR_ROW_NONE)
        assert_ok(weir_state_table_remove(table, ref, &failure), failure);
    model[number].present = false;
}

static void check(const WeirStateTable *table, const Model *model)
{
    size_t expected = 0, walked = 0;
    for (uint32_t number = 0; number < KEYS; number++) {
        uint8_t key[40];
        uint32_t key_size = make_key(number, key);
        WeirRowRef ref = weir_state_table_find(table, key, key_size, weir_state_table_hash(key, key_size));
        assert_int_equal(ref != WEIR_ROW_NONE, model[number].present);
        if (ref == WEIR_ROW_NONE)
            continue;
        expected++;
        WeirRow *row = weir_state_table_row(table, ref);
        assert_int_equal(weir_row_value_size(row), model[number].size);
        if (model[number].size > 0)
            assert_int_equal(weir_row_value(row)[model[number].size - 1], model[number].byte);
    }
    for (WeirRowRef ref = WEIR_ROW_NONE; weir_state_table_next(table, &ref);)
        walked++;
    assert_int_equal(table->row_count, expected);
    assert_int_equal(walked, expected);
}

/* The marks name each changed key once: a live touched row, or else a tombstone if it was there before. */
static void check_marks(const WeirStateTable *table, const Model *before, const Model *now, const bool *touched)
{
    uint8_t *seen = test_calloc(KEYS, 1);
    size_t updated = 0, tombstones = 0;
    for (WeirRowListChunk *chunk = table->touched.first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            WeirRow *row = weir_state_table_row(table, chunk->refs[i]);
            if (!weir_row_is_live(row))
                continue;
            uint32_t number;
            memcpy(&number, weir_row_key(row), 4);
            assert_int_equal(seen[number]++, 0);
            assert_true(touched[number] && now[number].present);
            updated++;
        }
    }
    for (WeirRowListChunk *chunk = table->removed.first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            WeirRow *row = weir_state_table_row(table, chunk->refs[i]);
            uint32_t number;
            memcpy(&number, weir_row_key(row), 4);
            if ((row->key_and_flags & WEIR_ROW_NEW) != 0)
                continue;
            tombstones++;
            assert_true(before[number].present);
            assert_true(!now[number].present || table->put_after_removal);
        }
    }
    for (uint32_t number = 0; number < KEYS; number++)
        if (touched[number] && now[number].present)
            assert_int_equal(seen[number], 1);
    assert_int_equal(updated, table->updated_count);
    assert_int_equal(tombstones, table->tombstone_count);
    test_free(seen);
}

static void test_random_versions(void **state)
{
    (void)state;
    WeirRandom random;
    weir_random_init(&random, 7);
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "state", 0);
    WeirStateTable table;
    weir_state_table_init(&table, &tracker);
    Model *model = test_calloc(KEYS, sizeof *model), *before = test_calloc(KEYS, sizeof *before);
    bool *touched = test_calloc(KEYS, sizeof *touched);
    for (int version = 0; version < 12; version++) {
        memcpy(before, model, KEYS * sizeof *model);
        memset(touched, 0, KEYS);
        uint32_t range = version < 3 ? 50 : KEYS; /* A small table first. */
        for (int i = 0; i < 8000; i++) {
            uint64_t r = weir_random_next(&random);
            uint32_t number = (uint32_t)(r >> 32) % range;
            if (r % 10 < (version % 4 == 3 ? 8 : 3)) {
                drop(&table, model, number);
                touched[number] = false;
            } else {
                put(&table, model, number, r % 3 == 0 ? (uint32_t)(r >> 8) % 64 * 8 : 16, (uint8_t)(r >> 16));
                touched[number] = true;
            }
        }
        check(&table, model);
        check_marks(&table, before, model, touched);
        weir_state_table_finish_version(&table);
        assert_false(weir_state_table_has_changes(&table));
        check(&table, model);
    }
    weir_state_table_deinit(&table);
    assert_int_equal(tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&tracker);
    test_free(model);
    test_free(before);
    test_free(touched);
}

static void test_large_values_and_empty_rows(void **state)
{
    (void)state;
    WeirStateTable table;
    weir_state_table_init(&table, NULL);
    WeirStateTableChange change;
    uint64_t hash = weir_state_table_hash("", 0);
    assert_ok(weir_state_table_upsert(&table, "", 0, hash, 0, &change, &failure), failure);
    assert_false(change.existed);
    for (uint32_t size = 0; size < 300000; size = size * 3 + 7) {
        assert_ok(weir_state_table_upsert(&table, "", 0, hash, size, &change, &failure), failure);
        assert_true(change.existed);
        memset(weir_row_value(weir_state_table_row(&table, change.ref)), 1, size);
    }
    assert_int_equal(table.row_count, 1);
    assert_int_equal(table.updated_count, 1);
    assert_true(table.heap.large_count > 1); /* Old blocks stay until the version ends. */
    weir_state_table_finish_version(&table);
    assert_int_equal(table.heap.large_count, 1);
    assert_ok(weir_state_table_remove(&table, weir_state_table_find(&table, "", 0, hash), &failure), failure);
    assert_int_equal(table.tombstone_count, 1);
    weir_state_table_finish_version(&table);
    assert_int_equal(table.heap.large_count, 0);
    weir_state_table_deinit(&table);
}

static void test_grows_to_many_pages(void **state)
{
    (void)state;
    WeirStateTable table;
    weir_state_table_init(&table, NULL);
    enum { COUNT = 200000 };
    uint64_t hashes[64];
    for (uint64_t i = 0; i < COUNT; i++) {
        WeirStateTableChange change;
        uint64_t hash = weir_state_table_hash(&i, 8);
        assert_ok(weir_state_table_upsert(&table, &i, 8, hash, 8, &change, &failure), failure);
        memcpy(weir_row_value(weir_state_table_row(&table, change.ref)), &i, 8);
        hashes[i % 64] = hash;
        if (i % 64 == 63)
            weir_state_table_prefetch(&table, hashes, 64);
    }
    assert_true(table.depth >= 7);
    assert_int_equal(table.row_count, COUNT);
    for (uint64_t i = 0; i < COUNT; i++) {
        WeirRowRef ref = weir_state_table_find(&table, &i, 8, weir_state_table_hash(&i, 8));
        assert_memory_equal(weir_row_value(weir_state_table_row(&table, ref)), &i, 8);
    }
    assert_in_range(table.memory.used_bytes / COUNT, 24, 24 + 20); /* 24 bytes of row, then slots and marks */
    weir_state_table_deinit(&table);
}

static void test_refused_memory_leaves_the_table_whole(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "state", 4 << 20);
    WeirStateTable table;
    weir_state_table_init(&table, &tracker);
    uint64_t count = 0;
    for (;; count++) {
        WeirStateTableChange change;
        if (weir_state_table_upsert(&table, &count, 8, weir_state_table_hash(&count, 8), 48, &change, &failure) !=
            WEIR_OK)
            break;
        memcpy(weir_row_value(weir_state_table_row(&table, change.ref)), &count, 8);
    }
    assert_string_equal(failure.condition, "UNABLE_TO_ACQUIRE_MEMORY");
    assert_true(count > 30000);
    assert_int_equal(table.row_count, count);
    for (uint64_t i = 0; i < count; i++)
        assert_int_not_equal(weir_state_table_find(&table, &i, 8, weir_state_table_hash(&i, 8)), WEIR_ROW_NONE);
    weir_state_table_deinit(&table);
    assert_int_equal(tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_versions),
        cmocka_unit_test(test_large_values_and_empty_rows),
        cmocka_unit_test(test_grows_to_many_pages),
        cmocka_unit_test(test_refused_memory_leaves_the_table_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
