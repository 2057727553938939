/* Row heap and row lists: sizes of every class, reuse, large rows, the walk, limits. */
#include "support/test.h"

#include "common/clock.h"
#include "state/row_heap.h"

static WeirError failure;

static void fill(WeirRowHeap *heap, WeirRowRef ref, uint32_t seed)
{
    WeirRow *row = weir_row_heap_row(heap, ref);
    memset(weir_row_key(row), (int)(seed & 0xff), (size_t)weir_row_key_size(row) + weir_row_value_size(row));
}

static void check(WeirRowHeap *heap, WeirRowRef ref, uint32_t seed)
{
    WeirRow *row = weir_row_heap_row(heap, ref);
    const uint8_t *bytes = weir_row_key(row);
    for (size_t i = 0; i < (size_t)weir_row_key_size(row) + weir_row_value_size(row); i++)
        assert_int_equal(bytes[i], seed & 0xff);
}

static size_t walk(const WeirRowHeap *heap, size_t *live)
{
    size_t count = 0;
    *live = 0;
    for (WeirRowRef ref = WEIR_ROW_NONE; weir_row_heap_next(heap, &ref); count++)
        *live += weir_row_is_live(weir_row_heap_row(heap, ref));
    return count;
}

static void test_sizes_of_every_class(void **state)
{
    (void)state;
    WeirStateMemory memory;
    WeirRowHeap heap;
    weir_state_memory_init(&memory, NULL);
    weir_row_heap_init(&heap, &memory);
    enum { COUNT = 2200 };
    WeirRowRef refs[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_ok(weir_row_heap_alloc(&heap, i % 40, i * 9, &refs[i], &failure), failure);
        assert_true(refs[i] != WEIR_ROW_NONE);
        fill(&heap, refs[i], i);
    }
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(weir_row_key_size(weir_row_heap_row(&heap, refs[i])), i % 40);
        assert_int_equal(weir_row_value_size(weir_row_heap_row(&heap, refs[i])), i * 9);
        check(&heap, refs[i], i);
    }
    size_t live;
    assert_int_equal(walk(&heap, &live), COUNT);
    assert_int_equal(live, COUNT);
    for (uint32_t i = 0; i < COUNT; i += 2)
        weir_row_heap_free(&heap, refs[i]);
    assert_int_equal(walk(&heap, &live), COUNT);
    assert_int_equal(live, COUNT / 2);
    int64_t before = memory.used_bytes;
    size_t free_before = heap.free_bytes;
    for (uint32_t i = 0; i < COUNT; i += 2) { /* The same sizes come out of the free lists. */
        assert_ok(weir_row_heap_alloc(&heap, i % 40, i * 9, &refs[i], &failure), failure);
        fill(&heap, refs[i], i);
    }
    assert_int_equal(walk(&heap, &live), COUNT);
    assert_true(heap.free_bytes < free_before);
    assert_true(memory.used_bytes >= before);
    for (uint32_t i = 0; i < COUNT; i++)
        check(&heap, refs[i], i);
    weir_row_heap_deinit(&heap);
    weir_state_memory_deinit(&memory);
}

static void test_fits(void **state)
{
    (void)state;
    WeirStateMemory memory;
    WeirRowHeap heap;
    weir_state_memory_init(&memory, NULL);
    weir_row_heap_init(&heap, &memory);
    WeirRowRef ref;
    assert_ok(weir_row_heap_alloc(&heap, 16, 16, &ref, &failure), failure);
    assert_true(weir_row_heap_fits(&heap, ref, 16));
    assert_true(weir_row_heap_fits(&heap, ref, 9));
    assert_false(weir_row_heap_fits(&heap, ref, 8));
    assert_false(weir_row_heap_fits(&heap, ref, 24));
    assert_false(weir_row_heap_fits(&heap, ref, 1 << 20));
    assert_ok(weir_row_heap_alloc(&heap, 16, 1 << 20, &ref, &failure), failure);
    assert_true(weir_row_heap_fits(&heap, ref, 1 << 20));
    assert_false(weir_row_heap_fits(&heap, ref, 16));
    weir_row_heap_free(&heap, ref);
    assert_int_equal(heap.large_count, 0);
    assert_condition(weir_row_heap_alloc(&heap, 1u << 28, 0, &ref, &failure), failure, "UNABLE_TO_ACQUIRE_MEMORY");
    weir_row_heap_deinit(&heap);
    weir_state_memory_deinit(&memory);
}

static void test_tracker_refuses(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "state", 1 << 20);
    WeirStateMemory memory;
    WeirRowHeap heap;
    weir_state_memory_init(&memory, &tracker);
    weir_row_heap_init(&heap, &memory);
    WeirRowRef ref;
    WeirStatus status = WEIR_OK;
    size_t rows = 0;
    while ((status = weir_row_heap_alloc(&heap, 16, 84, &ref, &failure)) == WEIR_OK)
        rows++;
    assert_int_equal(status, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY);
    assert_in_range(rows, 9000, 9800); /* 112 bytes each */
    assert_int_equal(weir_row_heap_alloc(&heap, 16, 1 << 21, &ref, &failure), WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY);
    assert_int_equal(heap.large_count, 0);
    weir_row_heap_deinit(&heap);
    weir_state_memory_deinit(&memory);
    assert_int_equal(tracker.used_bytes, 0);
    weir_memory_tracker_deinit(&tracker);
}

static void test_list(void **state)
{
    (void)state;
    WeirStateMemory memory;
    weir_state_memory_init(&memory, NULL);
    WeirRowList list = {0}, other = {0};
    for (uint32_t i = 0; i < 5000; i++)
        assert_ok(weir_row_list_add(i % 2 == 0 ? &list : &other, i, &memory, &failure), failure);
    weir_row_list_splice(&list, &other);
    weir_row_list_splice(&list, &other); /* empty */
    assert_int_equal(list.count, 5000);
    assert_int_equal(other.count, 0);
    uint64_t sum = 0;
    WeirRowListChunk *chunk;
    while ((chunk = weir_row_list_take_chunk(&list)) != NULL) {
        for (uint32_t i = 0; i < chunk->count; i++)
            sum += chunk->refs[i];
        weir_row_list_free_chunk(chunk, &memory);
    }
    assert_int_equal(sum, 4999 * 2500);
    assert_int_equal(memory.used_bytes, 0);
    weir_state_memory_deinit(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_of_every_class),
        cmocka_unit_test(test_fits),
        cmocka_unit_test(test_tracker_refuses),
        cmocka_unit_test(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
