/* Row heap: bump allocation in 2 MiB segments, then free lists. Classes are 8 bytes apart up to 512 bytes and an eighth
 * of a power of two apart up to 16 KiB; larger rows live in memory of their own behind a 16-byte stub. */
#include "state/row_heap.h"

#include <sys/mman.h>

#define HEADER_BYTES 8u
#define BLOCK_BYTES_MIN 16u
#define SMALL_BYTES_MAX 512u
#define BLOCK_BYTES_MAX 16384u
#define STUB_BYTES 16u
#define SEGMENT_BYTES ((size_t)8 << WEIR_ROW_HEAP_SEGMENT_SHIFT)
#define SEGMENT_COUNT_MAX (1u << (32 - WEIR_ROW_HEAP_SEGMENT_SHIFT))
#define FIRST_BYTES_MIN 4096u
#define FIRST_BYTES_COPIED_MAX 65536u /* the largest segment that is copied when it grows */
#define FIRST_BLOCK_OFFSET 16u        /* so that no row has the reference 0 */
#define COUNT_STEP_BYTES 65536u       /* untouched pages of a segment cost nothing: they are counted in these steps */

static size_t block_bytes_for(size_t payload)
{
    size_t bytes = (HEADER_BYTES + payload + 7) & ~(size_t)7;
    if (bytes <= SMALL_BYTES_MAX)
        return bytes < BLOCK_BYTES_MIN ? BLOCK_BYTES_MIN : bytes;
    if (bytes > BLOCK_BYTES_MAX)
        return STUB_BYTES;
    size_t step = ((size_t)1 << (63 - __builtin_clzll(bytes - 1))) / 8;
    return (bytes + step - 1) & ~(step - 1);
}

static uint32_t class_of(size_t bytes)
{
    if (bytes <= SMALL_BYTES_MAX)
        return (uint32_t)(bytes - BLOCK_BYTES_MIN) / 8;
    uint32_t power = (uint32_t)(63 - __builtin_clzll(bytes - 1));                /* 9 for 513..1024 */
    uint32_t eighth = (uint32_t)((bytes - ((size_t)1 << power)) >> (power - 3)); /* 1..8 */
    uint32_t class_index = 63 + (power - 9) * 8 + (eighth - 1);
    WEIR_ASSERT(class_index < WEIR_ROW_HEAP_CLASS_COUNT);
    return class_index;
}

static size_t row_block_bytes(const WeirRow *row)
{
    if ((row->key_and_flags & WEIR_ROW_FREE) != 0)
        return HEADER_BYTES + row->value_and_flag;
    if ((row->value_and_flag & WEIR_ROW_LARGE) != 0)
        return STUB_BYTES;
    return block_bytes_for((size_t)weir_row_key_size(row) + weir_row_value_size(row));
}

void weir_row_heap_init(WeirRowHeap *heap, WeirStateMemory *memory)
{
    *heap = (WeirRowHeap){.memory = memory};
}

static void free_large_rows(WeirRowHeap *heap)
{
    for (WeirRowRef ref = WEIR_ROW_NONE; heap->large_count > 0 && weir_row_heap_next(heap, &ref);) {
        WeirRow *row = weir_row_heap_row(heap, ref);
        if ((row->key_and_flags & WEIR_ROW_FREE) == 0 && (row->value_and_flag & WEIR_ROW_LARGE) != 0) {
            weir_free(weir_row_key(row));
            heap->large_count--;
        }
    }
}

void weir_row_heap_deinit(WeirRowHeap *heap)
{
    free_large_rows(heap);
    for (uint32_t i = 0; i < heap->segment_count; i++) {
        if (i == 0)
            weir_free(heap->segments[0]);
        else
            munmap(heap->segments[i], SEGMENT_BYTES);
    }
    weir_free(heap->segments);
    weir_free(heap->segment_used);
    *heap = (WeirRowHeap){.memory = heap->memory};
}

/* A segment of its own mapping, aligned to its size, so that the kernel may back it by one huge page: random access to
 * millions of rows is bound by address translation otherwise. */
static uint8_t *map_segment(void)
{
    uint8_t *memory =
        mmap(NULL, 2 * SEGMENT_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    size_t before = (SEGMENT_BYTES - (uintptr_t)memory % SEGMENT_BYTES) % SEGMENT_BYTES;
    if (before > 0)
        munmap(memory, before);
    munmap(memory + before + SEGMENT_BYTES, SEGMENT_BYTES - before);
    (void)madvise(memory + before, SEGMENT_BYTES, MADV_HUGEPAGE);
    return memory + before;
}

static WeirStatus refuse(const WeirRowHeap *heap, WeirError *error)
{
    return weir_error_format(
        error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY,
        "Cannot grow a state table of %lld bytes: one partition holds at most 32 GiB; use more partitions.",
        (long long)heap->memory->used_bytes);
}

static WeirStatus add_segment(WeirRowHeap *heap, WeirError *error)
{
    if (heap->segment_count == SEGMENT_COUNT_MAX)
        return refuse(heap, error);
    if (heap->segment_count == heap->segment_capacity) {
        uint32_t capacity = heap->segment_capacity == 0 ? 1 : heap->segment_capacity * 2;
        heap->segments = weir_realloc(heap->segments, capacity * sizeof *heap->segments);
        heap->segment_used = weir_realloc(heap->segment_used, capacity * sizeof *heap->segment_used);
        heap->segment_capacity = capacity;
    }
    uint8_t *segment;
    if (heap->segment_count == 0) {
        WEIR_TRY(weir_state_memory_grow(heap->memory, FIRST_BYTES_MIN, error));
        heap->first_bytes = FIRST_BYTES_MIN;
        segment = weir_malloc(FIRST_BYTES_MIN);
    } else if ((segment = map_segment()) == NULL) {
        return refuse(heap, error);
    }
    heap->segments[heap->segment_count] = segment;
    heap->segment_used[heap->segment_count] = heap->segment_count == 0 ? FIRST_BLOCK_OFFSET : 0;
    heap->segment_count++;
    return WEIR_OK;
}

/* Room for `bytes` at the end of segment 0, which doubles until it has its full size. False when it is full. */
static WeirStatus grow_first(WeirRowHeap *heap, size_t bytes, bool *room, WeirError *error)
{
    size_t needed = heap->segment_used[0] + bytes;
    *room = needed <= SEGMENT_BYTES;
    if (!*room || needed <= heap->first_bytes)
        return WEIR_OK;
    size_t size = heap->first_bytes;
    while (size < needed)
        size = size < FIRST_BYTES_COPIED_MAX ? size * 2 : SEGMENT_BYTES;
    if (size <= FIRST_BYTES_COPIED_MAX) /* Later it is counted as it is used, like the other segments. */
        WEIR_TRY(weir_state_memory_grow(heap->memory, size - heap->first_bytes, error));
    heap->segments[0] = weir_realloc(heap->segments[0], size);
    heap->first_bytes = size;
    return WEIR_OK;
}

static WeirStatus bump(WeirRowHeap *heap, size_t bytes, WeirRowRef *ref, WeirError *error)
{
    if (heap->segment_count == 0)
        WEIR_TRY(add_segment(heap, error));
    bool room;
    if (heap->segment_count == 1)
        WEIR_TRY(grow_first(heap, bytes, &room, error));
    else
        room = heap->segment_used[heap->segment_count - 1] + bytes <= SEGMENT_BYTES;
    if (!room)
        WEIR_TRY(add_segment(heap, error));
    uint32_t last = heap->segment_count - 1;
    uint32_t used = heap->segment_used[last];
    if (last > 0 || heap->first_bytes > FIRST_BYTES_COPIED_MAX) {
        size_t counted = (used + COUNT_STEP_BYTES - 1) / COUNT_STEP_BYTES * COUNT_STEP_BYTES;
        size_t wanted = (used + bytes + COUNT_STEP_BYTES - 1) / COUNT_STEP_BYTES * COUNT_STEP_BYTES;
        if (wanted > counted)
            WEIR_TRY(weir_state_memory_grow(heap->memory, wanted - counted, error));
    }
    *ref = (last << WEIR_ROW_HEAP_SEGMENT_SHIFT) | (used / 8);
    heap->segment_used[last] = used + (uint32_t)bytes;
    heap->block_bytes += bytes;
    return WEIR_OK;
}

WeirStatus weir_row_heap_alloc(WeirRowHeap *heap, uint32_t key_size, uint32_t value_size, WeirRowRef *ref,
                               WeirError *error)
{
    if (key_size > WEIR_ROW_KEY_BYTES_MAX || value_size > WEIR_ROW_VALUE_BYTES_MAX)
        return weir_error_format(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY,
                                 "A state row of %u key bytes and %u value bytes is too large.", key_size, value_size);
    size_t payload = (size_t)key_size + value_size;
    bool large = HEADER_BYTES + payload > BLOCK_BYTES_MAX;
    if (large)
        WEIR_TRY(weir_state_memory_grow(heap->memory, payload, error));
    size_t bytes = block_bytes_for(payload);
    uint32_t class_index = class_of(bytes);
    if (heap->free_lists[class_index] != WEIR_ROW_NONE) {
        *ref = heap->free_lists[class_index];
        memcpy(&heap->free_lists[class_index], weir_row_heap_row(heap, *ref)->bytes, sizeof(WeirRowRef));
        heap->free_bytes -= bytes;
    } else {
        WeirStatus status = bump(heap, bytes, ref, error);
        if (status != WEIR_OK) {
            if (large)
                weir_state_memory_shrink(heap->memory, payload);
            return status;
        }
    }
    WeirRow *row = weir_row_heap_row(heap, *ref);
    row->key_and_flags = key_size;
    row->value_and_flag = value_size | (large ? WEIR_ROW_LARGE : 0);
    if (large) {
        void *memory = weir_malloc(payload);
        memcpy(row->bytes, &memory, sizeof memory);
        heap->large_count++;
    }
    return WEIR_OK;
}

void weir_row_heap_free(WeirRowHeap *heap, WeirRowRef ref)
{
    WeirRow *row = weir_row_heap_row(heap, ref);
    WEIR_ASSERT((row->key_and_flags & WEIR_ROW_FREE) == 0);
    size_t bytes = row_block_bytes(row);
    if ((row->value_and_flag & WEIR_ROW_LARGE) != 0) {
        weir_state_memory_shrink(heap->memory, (size_t)weir_row_key_size(row) + weir_row_value_size(row));
        weir_free(weir_row_key(row));
        heap->large_count--;
    }
    uint32_t class_index = class_of(bytes);
    row->key_and_flags = WEIR_ROW_FREE;
    row->value_and_flag = (uint32_t)(bytes - HEADER_BYTES);
    memcpy(row->bytes, &heap->free_lists[class_index], sizeof(WeirRowRef));
    heap->free_lists[class_index] = ref;
    heap->free_bytes += bytes;
}

bool weir_row_heap_fits(const WeirRowHeap *heap, WeirRowRef ref, uint32_t value_size)
{
    const WeirRow *row = weir_row_heap_row(heap, ref);
    if ((row->value_and_flag & WEIR_ROW_LARGE) != 0)
        return weir_row_value_size(row) == value_size;
    size_t payload = (size_t)weir_row_key_size(row) + value_size;
    return HEADER_BYTES + payload <= BLOCK_BYTES_MAX && block_bytes_for(payload) == row_block_bytes(row);
}

bool weir_row_heap_next(const WeirRowHeap *heap, WeirRowRef *ref)
{
    uint32_t segment = *ref >> WEIR_ROW_HEAP_SEGMENT_SHIFT;
    size_t offset;
    if (*ref == WEIR_ROW_NONE)
        offset = FIRST_BLOCK_OFFSET;
    else
        offset = (size_t)(*ref & ((1u << WEIR_ROW_HEAP_SEGMENT_SHIFT) - 1)) * 8 +
                 row_block_bytes(weir_row_heap_row(heap, *ref));
    while (segment < heap->segment_count && offset >= heap->segment_used[segment]) {
        segment++;
        offset = 0;
    }
    if (segment >= heap->segment_count)
        return false;
    *ref = (segment << WEIR_ROW_HEAP_SEGMENT_SHIFT) | (WeirRowRef)(offset / 8);
    return true;
}
