/* The rows of a state table: key and value bytes side by side behind an 8-byte header, in segments that never move once
 * they are full size, with free lists by size class. A row is named by a 32-bit reference (its place in units of 8
 * bytes), which stays valid until the row is freed; pointers are valid until the next allocation. Blocks are never
 * split or merged, so that a stale reference always finds a header. Limit: 32 GiB a heap. */
#ifndef WEIR_STATE_ROW_HEAP_H
#define WEIR_STATE_ROW_HEAP_H

#include "state/row_list.h"

#define WEIR_ROW_NONE 0u
#define WEIR_ROW_HEAP_SEGMENT_SHIFT 18 /* units of 8 bytes: 2 MiB */
#define WEIR_ROW_HEAP_CLASS_COUNT 104

/* Flags in the upper bits of `key_and_flags`. */
#define WEIR_ROW_FREE 0x80000000u    /* on a free list */
#define WEIR_ROW_DEAD 0x40000000u    /* removed in this version: its bytes are kept until the commit */
#define WEIR_ROW_TOUCHED 0x20000000u /* put or upserted in this version */
#define WEIR_ROW_NEW 0x10000000u     /* not in the version that was loaded */
#define WEIR_ROW_MARK 0x08000000u    /* for the duration of one visit */
#define WEIR_ROW_KEY_BYTES_MAX 0x07ffffffu
/* Flag in the upper bit of `value_and_flag`: key and value lie outside of the heap. */
#define WEIR_ROW_LARGE 0x80000000u
#define WEIR_ROW_VALUE_BYTES_MAX 0x7fffffffu

typedef struct WeirRow {
    uint32_t key_and_flags;
    uint32_t value_and_flag;
    uint8_t bytes[]; /* key, value; LARGE: a pointer to them; FREE: the next free block */
} WeirRow;

typedef struct WeirRowHeap {
    WeirStateMemory *memory; /* the table's */
    uint8_t **segments;
    uint32_t *segment_used; /* bytes with blocks in them, of each segment */
    uint32_t segment_count;
    uint32_t segment_capacity;
    size_t first_bytes; /* size of segment 0, which grows to a full one */
    size_t block_bytes; /* of all blocks, those in free lists included */
    size_t free_bytes;  /* in free lists */
    size_t large_count; /* LARGE rows */
    WeirRowRef free_lists[WEIR_ROW_HEAP_CLASS_COUNT];
} WeirRowHeap;

void weir_row_heap_init(WeirRowHeap *heap, WeirStateMemory *memory);
void weir_row_heap_deinit(WeirRowHeap *heap);
/* A block for these sizes, flags clear, bytes uninitialised. Refused: UNABLE_TO_ACQUIRE_MEMORY. */
WEIR_CHECKED WeirStatus weir_row_heap_alloc(WeirRowHeap *heap, uint32_t key_size, uint32_t value_size, WeirRowRef *ref,
                                            WeirError *error);
void weir_row_heap_free(WeirRowHeap *heap, WeirRowRef ref);
/* True when the row's block can hold a value of `value_size` instead of its own. */
bool weir_row_heap_fits(const WeirRowHeap *heap, WeirRowRef ref, uint32_t value_size);

/* Every block in the order of addresses; `*ref` starts as WEIR_ROW_NONE. False at the end. */
bool weir_row_heap_next(const WeirRowHeap *heap, WeirRowRef *ref);

static inline WeirRow *weir_row_heap_row(const WeirRowHeap *heap, WeirRowRef ref)
{
    uint8_t *segment = heap->segments[ref >> WEIR_ROW_HEAP_SEGMENT_SHIFT];
    return (WeirRow *)(void *)(segment + (size_t)(ref & ((1u << WEIR_ROW_HEAP_SEGMENT_SHIFT) - 1)) * 8);
}
static inline uint32_t weir_row_key_size(const WeirRow *row)
{
    return row->key_and_flags & WEIR_ROW_KEY_BYTES_MAX;
}
static inline uint32_t weir_row_value_size(const WeirRow *row)
{
    return row->value_and_flag & WEIR_ROW_VALUE_BYTES_MAX;
}
static inline uint8_t *weir_row_key(WeirRow *row)
{
    if (__builtin_expect((row->value_and_flag & WEIR_ROW_LARGE) != 0, 0)) {
        uint8_t *bytes;
        memcpy(&bytes, row->bytes, sizeof bytes);
        return bytes;
    }
    return row->bytes;
}
static inline uint8_t *weir_row_value(WeirRow *row)
{
    return weir_row_key(row) + weir_row_key_size(row);
}
/* A row that the table holds now. */
static inline bool weir_row_is_live(const WeirRow *row)
{
    return (row->key_and_flags & (WEIR_ROW_FREE | WEIR_ROW_DEAD)) == 0;
}

#endif
