/* Event-time index: against a plain array, for window ends, raw timestamps, early references and stale ones; and what
 * an eviction looks at. */
#include "support/test.h"

#include "common/clock.h"
#include "state/event_time_index.h"

static WeirError failure;

#define ROWS 20000u

typedef struct Rows {
    int64_t time[ROWS + 1];
    bool live[ROWS + 1];
    size_t looked_at;
} Rows;

static bool time_of(const void *context, WeirRowRef ref, int64_t *time)
{
    Rows *rows = (Rows *)(uintptr_t)context;
    rows->looked_at++;
    *time = rows->time[ref];
    return rows->live[ref];
}

/* Advance and take all due rows, as an eviction does; returns how many. */
static size_t evict(WeirEventTimeIndex *index, Rows *rows, int64_t watermark)
{
    assert_ok(weir_event_time_index_advance(index, watermark, time_of, rows, &failure), failure);
    size_t evicted = 0;
    WeirRowList due = {0};
    index->count -= index->due.count;
    weir_row_list_splice(&due, &index->due);
    WeirRowListChunk *chunk;
    while ((chunk = weir_row_list_take_chunk(&due)) != NULL) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            WeirRowRef ref = chunk->refs[i];
            if (rows->live[ref] && rows->time[ref] <= watermark) {
                rows->live[ref] = false;
                evicted++;
            } else if (rows->live[ref]) {
                assert_ok(weir_event_time_index_add(index, rows->time[ref], ref, &failure), failure);
            }
        }
        weir_row_list_free_chunk(chunk, index->memory);
    }
    return evicted;
}

static size_t count_due(const Rows *rows, int64_t watermark)
{
    size_t count = 0;
    for (uint32_t i = 1; i <= ROWS; i++)
        count += rows->live[i] && rows->time[i] <= watermark;
    return count;
}

static void test_random(void **state)
{
    (void)state;
    WeirRandom random;
    weir_random_init(&random, 11);
    for (int round = 0; round < 6; round++) {
        WeirStateMemory memory;
        weir_state_memory_init(&memory, NULL);
        WeirEventTimeIndex index;
        weir_event_time_index_init(&index, &memory, NULL);
        Rows *rows = test_calloc(1, sizeof *rows);
        int64_t watermark =
            round == 0 ? INT64_MIN : (int64_t)(weir_random_next(&random) >> (round * 4)) * (round % 2 == 0 ? -1 : 1);
        for (int step = 0; step < 60; step++) {
            for (int i = 0; i < 400; i++) {
                uint64_t r = weir_random_next(&random);
                uint32_t ref = (uint32_t)(r % ROWS) + 1;
                int64_t time = (int64_t)(r >> (8 + r % 40));
                if (round % 3 == 1)
                    time -= time % 600; /* few distinct times */
                if (rows->live[ref] && time >= rows->time[ref]) {
                    rows->time[ref] = time; /* later: no new reference is needed */
                } else {
                    rows->time[ref] = time;
                    rows->live[ref] = true;
                    assert_ok(weir_event_time_index_add(&index, time, ref, &failure), failure);
                }
                if (r % 11 == 0)
                    rows->live[(r >> 20) % ROWS + 1] = false; /* stale */
            }
            int64_t next;
            if (!__builtin_add_overflow(watermark, (int64_t)(weir_random_next(&random) >> (20 + step % 30)), &next))
                watermark = next;
            size_t expected = count_due(rows, watermark);
            assert_int_equal(evict(&index, rows, watermark), expected);
        }
        size_t rest = count_due(rows, INT64_MAX);
        assert_int_equal(evict(&index, rows, INT64_MAX), rest);
        weir_event_time_index_deinit(&index);
        assert_int_equal(memory.used_bytes, 0);
        weir_state_memory_deinit(&memory);
        test_free(rows);
    }
}

/* Windows of a minute: evicting one looks at no row of the others, but for the few times that the watermark enters a
 * bucket. */
static void test_eviction_looks_at_what_it_evicts(void **state)
{
    (void)state;
    WeirStateMemory memory;
    weir_state_memory_init(&memory, NULL);
    WeirEventTimeIndex index;
    weir_event_time_index_init(&index, &memory, NULL);
    Rows *rows = test_calloc(1, sizeof *rows);
    const int64_t start = 1700000000000000, minute = 60000000;
    for (uint32_t i = 1; i <= ROWS; i++) {
        rows->live[i] = true;
        rows->time[i] = start + (int64_t)(i % 200) * minute;
        assert_ok(weir_event_time_index_add(&index, rows->time[i], i, &failure), failure);
    }
    size_t evicted = 0;
    for (int64_t i = 0; i < 200; i++)
        evicted += evict(&index, rows, start + i * minute + 123456);
    assert_int_equal(evicted, ROWS);
    assert_true(rows->looked_at < 4 * ROWS);
    rows->looked_at = 0;
    for (int64_t i = 200; i < 100000; i++)
        assert_int_equal(evict(&index, rows, start + i * 1000), 0);
    assert_int_equal(rows->looked_at, 0);
    weir_event_time_index_deinit(&index);
    weir_state_memory_deinit(&memory);
    test_free(rows);
}

static void test_watermark_that_falls(void **state)
{
    (void)state;
    WeirStateMemory memory;
    weir_state_memory_init(&memory, NULL);
    WeirEventTimeIndex index;
    weir_event_time_index_init(&index, &memory, NULL);
    Rows *rows = test_calloc(1, sizeof *rows);
    assert_int_equal(evict(&index, rows, 1000), 0);
    for (uint32_t i = 1; i <= 10; i++) { /* late rows are due at once */
        rows->live[i] = true;
        rows->time[i] = (int64_t)i * 100;
        assert_ok(weir_event_time_index_add(&index, rows->time[i], i, &failure), failure);
    }
    assert_int_equal(evict(&index, rows, 500), 5);
    assert_int_equal(evict(&index, rows, 1000), 5);
    weir_event_time_index_deinit(&index);
    weir_state_memory_deinit(&memory);
    test_free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_eviction_looks_at_what_it_evicts),
        cmocka_unit_test(test_watermark_that_falls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
