/* The table of groups: every length of string, below, in and beyond the room in a group, while the table grows. */
#include <stdio.h>
#include <string.h>

#include "operators/aggregate/aggregate_table.h"
#include "support/test.h"

#define KEYS 3000u
#define LENGTH_MAX 40u

static uint32_t make_key(char *text, uint32_t number)
{
    uint32_t length = number % LENGTH_MAX + 4;
    memset(text, 'x', length);
    /* Keys differ in the first bytes or in the last, beyond the prefix in the view. */
    char digits[8];
    snprintf(digits, sizeof(digits), "%04u", number);
    memcpy(number % 3 == 0 ? text : text + length - 4, digits, 4);
    return length;
}

static void find_all(WeirAggregateTable *table, const WeirKeyLayout *layout, char (*texts)[LENGTH_MAX + 8],
                     uint8_t **rows)
{
    WeirError error = {0};
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    for (uint32_t first = 0; first < KEYS; first += 500) {
        WeirStringView views[500];
        uint64_t hashes[500];
        uint32_t done = 0;
        const WeirKeyWord *words = NULL;
        WeirVector column = {.type = &weir_type_string, .kind = WEIR_VECTOR_FLAT, .length = 500, .values = views};
        for (uint32_t i = 0; i < 500; i++)
            views[i] = weir_view_make(texts[first + i], make_key(texts[first + i], first + i));
        assert_ok(weir_key_read(layout, &column, NULL, 500, &words, hashes, &arena, &error), error);
        assert_ok(weir_aggregate_table_find(table, words, hashes, 500, rows + first, &done, &error), error);
        assert_int_equal(done, 500);
    }
    weir_arena_deinit(&arena);
}

static void strings_of_every_length_are_told_apart(void **state)
{
    (void)state;
    static char texts[KEYS][LENGTH_MAX + 8], again[KEYS][LENGTH_MAX + 8];
    static uint8_t *rows[KEYS];
    WeirError error = {0};
    WeirArena arena;
    WeirMemoryTracker tracker;
    WeirKeyLayout layout;
    WeirAggregateTable table;
    const WeirField field = {.name = "k", .type = &weir_type_string, .nullable = true, .metadata = "{}"};
    weir_arena_init(&arena, NULL);
    weir_memory_tracker_init(&tracker, NULL, "test", 0);
    weir_key_layout_init(&layout, weir_type_struct(&arena, &field, 1), &arena);
    weir_aggregate_table_init(&table, &layout, NULL, 0, false, &tracker);
    find_all(&table, &layout, texts, rows);
    assert_int_equal(table.group_count, KEYS);
    memset(texts, 0, sizeof(texts)); /* the table has its own copies */
    find_all(&table, &layout, again, rows);
    assert_int_equal(table.group_count, KEYS);
    WeirVector keys[1];
    assert_ok(weir_key_vectors(&layout, table.groups, table.stride, KEYS, keys, &arena, &error), error);
    for (uint32_t i = 0; i < KEYS; i++) {
        const WeirStringView *view = (const WeirStringView *)keys[0].values + i;
        char wanted[LENGTH_MAX + 8];
        assert_ptr_equal(rows[i], weir_aggregate_table_row(&table, i));
        assert_int_equal(view->length, make_key(wanted, i));
        assert_memory_equal(weir_view_data(view), wanted, view->length);
    }
    weir_aggregate_table_deinit(&table);
    assert_int_equal(tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&tracker);
    weir_arena_deinit(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(strings_of_every_length_are_told_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
