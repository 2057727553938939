/* Prefix index: the bytes of a prefix are those that the columns alone would have, for every kind of column; exact
 * under changes. */
#include "support/test.h"

#include <stdlib.h>

#include "columnar/test_rows.h"
#include "columnar/unsafe_row.h"
#include "common/clock.h"
#include "state/prefix_index.h"

static WeirError failure;

static uint8_t *encode(WeirArena *arena, const WeirBatch *batch, uint32_t columns, uint32_t row, uint32_t *size)
{
    const WeirVector *vectors[16];
    for (uint32_t i = 0; i < columns; i++)
        vectors[i] = &batch->columns[i];
    *size = (uint32_t)weir_unsafe_row_size(vectors, columns, row);
    uint8_t *bytes = weir_arena_calloc(arena, *size + 8);
    weir_unsafe_row_encode(vectors, columns, row, bytes);
    return bytes;
}

static void test_prefixes_are_rows(void **state)
{
    (void)state;
    WeirArena *arena = weir_arena_new(NULL);
    const WeirSchema *schema;
    WeirBatch *batch =
        test_rows(arena,
                  "a STRING, b DECIMAL(38,2), c INTERVAL, d STRUCT<x: STRING, y: INT>, e ARRAY<INT>, f INT, "
                  "g DECIMAL(10,2), t TIMESTAMP, z STRING",
                  "('abc', 150, <1 2 3>, ('x', 1), [1, 2, 3], 7, 15, 10, 'tail')"
                  "('', null, null, null, [], -1, null, 20, '')"
                  "(null, -99999999999999999999, <0 0 -5>, (null, null), null, null, 1, null, null)",
                  &schema);
    for (uint32_t prefix_columns = 1; prefix_columns < 9; prefix_columns++) {
        WeirPrefixIndex index;
        weir_prefix_index_init(&index, schema, prefix_columns, NULL);
        for (uint32_t row = 0; row < 3; row++) {
            uint32_t key_size, prefix_size, count;
            const uint8_t *key = encode(arena, batch, 9, row, &key_size);
            const uint8_t *prefix = encode(arena, batch, prefix_columns, row, &prefix_size);
            assert_ok(weir_prefix_index_add(&index, key, 100 + row, &failure), failure);
            const WeirRowRef *refs = weir_prefix_index_find(&index, prefix, prefix_size, &count);
            assert_int_equal(count, 1);
            assert_int_equal(refs[0], 100 + row);
        }
        weir_prefix_index_deinit(&index);
    }
    weir_batch_release(batch);
    weir_arena_free(arena);
}

static void test_changes(void **state)
{
    (void)state;
    WeirArena *arena = weir_arena_new(NULL);
    const WeirSchema *schema;
    assert_ok(weir_schema_from_ddl("k BIGINT, t BIGINT", arena, &schema, &failure), failure);
    WeirPrefixIndex index;
    weir_prefix_index_init(&index, schema, 1, NULL);
    enum { KEYS = 20, ROWS = 200 };
    static WeirRowRef model[KEYS][ROWS]; /* 0: none */
    WeirRandom random;
    weir_random_init(&random, 9);
    WeirRowRef next = 1;
    for (int step = 0; step < 20000; step++) {
        uint64_t r = weir_random_next(&random);
        int64_t k = (int64_t)(r % KEYS), t = (int64_t)(r >> 10) % (k * 10 + 1);
        uint8_t key[24] = {0};
        memcpy(key + 8, &k, 8);
        memcpy(key + 16, &t, 8);
        WeirRowRef *ref = &model[k][t];
        WeirRowRef now = r >> 60 < 6 ? 0 : next++;
        if (*ref == 0 && now != 0)
            assert_ok(weir_prefix_index_add(&index, key, now, &failure), failure);
        else if (*ref != 0)
            assert_ok(weir_prefix_index_replace(&index, key, *ref, now, &failure), failure);
        *ref = now;
    }
    for (int64_t k = 0; k < KEYS; k++) {
        uint8_t prefix[16] = {0};
        memcpy(prefix + 8, &k, 8);
        uint32_t count, expected = 0;
        const WeirRowRef *refs = weir_prefix_index_find(&index, prefix, 16, &count);
        for (int t = 0; t < ROWS; t++) {
            expected += model[k][t] != 0;
            bool found = false;
            for (uint32_t i = 0; i < count; i++)
                found |= refs[i] == model[k][t];
            assert_true(found || model[k][t] == 0);
        }
        assert_int_equal(count, expected);
    }
    weir_prefix_index_deinit(&index);
    weir_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_prefixes_are_rows), cmocka_unit_test(test_changes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
