/* Splitting compared with the plain way, over texts of every length to 200, each in memory of exactly its size. */
#include "expr/kernels/text_split.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

static uint64_t state = 5;

static uint32_t next_random(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static void check_split(const uint8_t *text, size_t length, uint8_t delimiter)
{
    WeirArena arena;
    WeirColumnWriter writer;
    weir_arena_init(&arena, NULL);
    weir_column_writer_init(&writer, &weir_type_string, next_random(4), &arena);
    weir_split_literal(text, length, &delimiter, 1, -1, &writer);
    const WeirStringView *views = (const WeirStringView *)(const void *)writer.values;
    uint32_t part = 0;
    for (size_t start = 0, at = 0; at <= length; at++) {
        if (at < length && text[at] != delimiter)
            continue;
        WeirStringView wanted = weir_view_make(text + start, (uint32_t)(at - start));
        assert_true(part < writer.length);
        assert_memory_equal(&views[part], &wanted, sizeof(wanted)); /* unused inline bytes are zeros */
        part++;
        start = at + 1;
    }
    assert_int_equal(writer.length, part);
    weir_arena_deinit(&arena);
}

static void it_splits_at_a_byte(void **unused)
{
    (void)unused;
    for (size_t length = 0; length <= 200; length++) {
        for (uint32_t rarity = 1; rarity <= 40; rarity += 3) {
            uint8_t *text = malloc(length == 0 ? 1 : length);
            for (size_t i = 0; i < length; i++)
                text[i] = next_random(rarity) == 0 ? ' ' : (uint8_t)next_random(256);
            check_split(text, length, ' ');
            check_split(text, length, 0);
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_splits_at_a_byte)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
