/* State table. A page is an array of 64-byte chunks with 12 slots each: a tag byte (part of the hash) and a row
 * reference. A find reads one chunk and one row, as a rule; keys that overflow their chunk go to the next ones, and a
 * counter in each chunk passed by says whether a search has to go on. */
#include "state/state_table.h"

#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SLOTS 12u
#define PAGE_CHUNKS 128u
#define OVERFLOW_STICKY 255u /* a counter that was full once: never counted down again */
#define DEPTH_MAX 24u
#define PREFETCH_DISTANCE 16u

typedef struct Chunk {
    uint8_t tags[SLOTS]; /* 0: empty */
    uint8_t overflow;    /* keys that passed by, up to OVERFLOW_STICKY */
    uint8_t unused[3];
    WeirRowRef refs[SLOTS];
} Chunk;
_Static_assert(sizeof(Chunk) == 64, "a chunk is a cache line");

struct WeirStatePage {
    uint32_t row_count;
    uint32_t depth; /* bits of the hash that all its rows share */
    uint8_t unused[56];
    Chunk chunks[];
};
_Static_assert(sizeof(WeirStatePage) == 64, "chunks are aligned");

typedef struct Slot {
    Chunk *chunk;
    uint32_t index;
} Slot;

static inline uint8_t tag_of(uint64_t hash)
{
    return (uint8_t)((hash >> 8) | 0x80);
}

/* One bit per slot whose tag is `tag`. */
static inline uint32_t match_tags(const Chunk *chunk, uint8_t tag)
{
#ifdef __SSE2__
    __m128i tags = _mm_load_si128((const __m128i *)(const void *)chunk);
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag))) & ((1u << SLOTS) - 1);
#else
    uint32_t matches = 0;
    for (uint32_t i = 0; i < SLOTS; i++)
        matches |= (uint32_t)(chunk->tags[i] == tag) << i;
    return matches;
#endif
}

static inline bool key_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    while (size >= 8) {
        uint64_t x, y;
        memcpy(&x, a, 8);
        memcpy(&y, b, 8);
        if (x != y)
            return false;
        a += 8, b += 8, size -= 8;
    }
    return size == 0 || memcmp(a, b, size) == 0;
}

static inline WeirStatePage *page_of(const WeirStateTable *table, uint64_t hash)
{
    return table->directory[(hash >> 1) >> (63 - table->depth)];
}

static inline WeirRowRef locate(const WeirStateTable *table, WeirStatePage *page, const uint8_t *key, uint32_t key_size,
                                uint64_t hash, Slot *slot)
{
    uint32_t mask = table->chunk_mask;
    uint8_t tag = tag_of(hash);
    for (uint32_t i = (uint32_t)hash & mask, tries = 0; tries <= mask; i = (i + 1) & mask, tries++) {
        Chunk *chunk = &page->chunks[i];
        for (uint32_t matches = match_tags(chunk, tag); matches != 0; matches &= matches - 1) {
            uint32_t index = (uint32_t)__builtin_ctz(matches);
            WeirRow *row = weir_row_heap_row(&table->heap, chunk->refs[index]);
            if (weir_row_key_size(row) == key_size && key_equal(weir_row_key(row), key, key_size)) {
                *slot = (Slot){chunk, index};
                return chunk->refs[index];
            }
        }
        if (chunk->overflow == 0)
            break;
    }
    return WEIR_ROW_NONE;
}

static void place(WeirStatePage *page, uint32_t mask, uint64_t hash, WeirRowRef ref)
{
    for (uint32_t i = (uint32_t)hash & mask;; i = (i + 1) & mask) {
        Chunk *chunk = &page->chunks[i];
        uint32_t empty = match_tags(chunk, 0);
        if (empty != 0) {
            uint32_t index = (uint32_t)__builtin_ctz(empty);
            chunk->tags[index] = tag_of(hash);
            chunk->refs[index] = ref;
            page->row_count++;
            return;
        }
        if (chunk->overflow != OVERFLOW_STICKY)
            chunk->overflow++;
    }
}

static size_t page_bytes(uint32_t chunk_count)
{
    return sizeof(WeirStatePage) + chunk_count * sizeof(Chunk);
}

static WeirStatus page_new(WeirStateTable *table, uint32_t chunk_count, uint32_t depth, WeirStatePage **page,
                           WeirError *error)
{
    WEIR_TRY(weir_state_memory_grow(&table->memory, page_bytes(chunk_count), error));
    *page = aligned_alloc(64, page_bytes(chunk_count));
    if (*page == NULL)
        abort(); /* As weir_malloc: the allocator itself is out of memory. */
    memset(*page, 0, page_bytes(chunk_count));
    (*page)->depth = depth;
    return WEIR_OK;
}

static void page_free(WeirStateTable *table, WeirStatePage *page, uint32_t chunk_count)
{
    weir_state_memory_shrink(&table->memory, page_bytes(chunk_count));
    free(page);
}

static uint32_t page_rows(const WeirStatePage *page, uint32_t mask, WeirRowRef refs[PAGE_CHUNKS * SLOTS])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i <= mask; i++)
        for (uint32_t j = 0; j < SLOTS; j++)
            if (page->chunks[i].tags[j] != 0)
                refs[count++] = page->chunks[i].refs[j];
    WEIR_ASSERT(count == page->row_count);
    return count;
}

/* Put rows into `zero` or `one` by one bit of their hash. */
static void distribute(const WeirStateTable *table, const WeirRowRef *refs, uint32_t count, uint32_t mask, uint64_t bit,
                       WeirStatePage *zero, WeirStatePage *one)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i + PREFETCH_DISTANCE < count)
            __builtin_prefetch(weir_row_heap_row(&table->heap, refs[i + PREFETCH_DISTANCE]));
        WeirRow *row = weir_row_heap_row(&table->heap, refs[i]);
        uint64_t hash = weir_state_table_hash(weir_row_key(row), weir_row_key_size(row));
        place((hash & bit) != 0 ? one : zero, mask, hash, refs[i]);
    }
}

static WeirStatus grow_directory(WeirStateTable *table, WeirError *error)
{
    size_t count = (size_t)1 << table->depth;
    if (table->depth == DEPTH_MAX)
        return weir_error_format(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY,
                                 "Cannot grow a state table of %zu rows any further; use more partitions.",
                                 table->row_count);
    WEIR_TRY(weir_state_memory_grow(&table->memory, count * sizeof *table->directory, error));
    table->directory = weir_realloc(table->directory, 2 * count * sizeof *table->directory);
    for (size_t i = 2 * count; i-- > 0;)
        table->directory[i] = table->directory[i / 2];
    table->depth++;
    return WEIR_OK;
}

/* One page of full size becomes two. */
static WeirStatus split_page(WeirStateTable *table, WeirStatePage *page, uint64_t hash, WeirError *error)
{
    if (page->depth == table->depth)
        WEIR_TRY(grow_directory(table, error));
    WeirStatePage *other;
    WEIR_TRY(page_new(table, PAGE_CHUNKS, page->depth + 1, &other, error));
    WeirRowRef refs[PAGE_CHUNKS * SLOTS];
    uint32_t count = page_rows(page, PAGE_CHUNKS - 1, refs);
    uint32_t depth = page->depth + 1;
    memset(page, 0, page_bytes(PAGE_CHUNKS));
    page->depth = depth;
    size_t span = (size_t)1 << (table->depth - depth); /* directory entries of each half */
    size_t first = (size_t)((hash >> 1) >> (63 - table->depth)) & ~(2 * span - 1);
    for (size_t i = 0; i < span; i++)
        table->directory[first + span + i] = other;
    distribute(table, refs, count, PAGE_CHUNKS - 1, (uint64_t)1 << (64 - depth), page, other);
    return WEIR_OK;
}

/* The only page doubles until it has its full size. */
static WeirStatus grow_only_page(WeirStateTable *table, WeirError *error)
{
    WeirStatePage *old = table->directory[0];
    uint32_t chunk_count = table->chunk_mask + 1;
    WeirStatePage *page;
    WEIR_TRY(page_new(table, chunk_count * 2, 0, &page, error));
    WeirRowRef refs[PAGE_CHUNKS * SLOTS];
    uint32_t count = page_rows(old, table->chunk_mask, refs);
    distribute(table, refs, count, chunk_count * 2 - 1, 0, page, page);
    page_free(table, old, chunk_count);
    table->directory[0] = page;
    table->chunk_mask = chunk_count * 2 - 1;
    return WEIR_OK;
}

/* The page for one more row with this hash. */
static WeirStatus page_with_room(WeirStateTable *table, uint64_t hash, WeirStatePage **page, WeirError *error)
{
    if (__builtin_expect(table->directory == NULL, 0)) {
        WEIR_TRY(page_new(table, 1, 0, page, error));
        table->directory = weir_malloc(sizeof *table->directory);
        table->directory[0] = *page;
        table->chunk_mask = 0;
    }
    for (;;) {
        *page = page_of(table, hash);
        uint32_t chunk_count = table->chunk_mask + 1;
        if ((*page)->row_count < chunk_count * SLOTS * 4 / 5)
            return WEIR_OK;
        if (chunk_count < PAGE_CHUNKS)
            WEIR_TRY(grow_only_page(table, error));
        else
            WEIR_TRY(split_page(table, *page, hash, error));
    }
}

void weir_state_table_init(WeirStateTable *table, WeirMemoryTracker *tracker)
{
    *table = (WeirStateTable){.tracking = true};
    weir_state_memory_init(&table->memory, tracker);
    weir_row_heap_init(&table->heap, &table->memory);
}

void weir_state_table_deinit(WeirStateTable *table)
{
    size_t count = table->directory == NULL ? 0 : (size_t)1 << table->depth;
    for (size_t i = 0; i < count;) {
        WeirStatePage *page = table->directory[i];
        i += (size_t)1 << (table->depth - page->depth);
        free(page);
    }
    weir_free(table->directory);
    weir_row_list_clear(&table->touched, &table->memory);
    weir_row_list_clear(&table->removed, &table->memory);
    weir_row_heap_deinit(&table->heap);
    weir_state_memory_deinit(&table->memory);
    table->directory = NULL;
}

void weir_state_table_move(WeirStateTable *to, WeirStateTable *from)
{
    *to = *from;
    to->heap.memory = &to->memory;
}

WeirRowRef weir_state_table_find(const WeirStateTable *table, const void *key, uint32_t key_size, uint64_t hash)
{
    Slot slot;
    return table->directory == NULL ? WEIR_ROW_NONE : locate(table, page_of(table, hash), key, key_size, hash, &slot);
}

void weir_state_table_prefetch(const WeirStateTable *table, const uint64_t *hashes, uint32_t count)
{
    if (table->directory == NULL)
        return;
    for (uint32_t i = 0; i < count; i++) {
        const WeirStatePage *page = page_of(table, hashes[i]);
        __builtin_prefetch(page); /* an insertion counts there */
        __builtin_prefetch(&page->chunks[(uint32_t)hashes[i] & table->chunk_mask]);
    }
    for (uint32_t i = 0; i < count; i++) {
        const Chunk *chunk = &page_of(table, hashes[i])->chunks[(uint32_t)hashes[i] & table->chunk_mask];
        uint32_t matches = match_tags(chunk, tag_of(hashes[i]));
        if (matches != 0) {
            const uint8_t *row = (const uint8_t *)weir_row_heap_row(&table->heap, chunk->refs[__builtin_ctz(matches)]);
            __builtin_prefetch(row);
            if (((uintptr_t)row & 63) > 24) /* The value of a small row is on the next line. */
                __builtin_prefetch(row + 64);
        }
    }
}

static inline WeirStatus touch(WeirStateTable *table, WeirRowRef ref, WeirError *error)
{
    WeirRow *row = weir_row_heap_row(&table->heap, ref);
    if (!table->tracking || (row->key_and_flags & WEIR_ROW_TOUCHED) != 0)
        return WEIR_OK;
    WEIR_TRY(weir_row_list_add(&table->touched, ref, &table->memory, error));
    row->key_and_flags |= WEIR_ROW_TOUCHED;
    table->updated_count++;
    return WEIR_OK;
}

/* The row needs another block for a value of `value_size`. Its old block stays until the end of the version when a list
 * names it. */
static WeirStatus move_row(WeirStateTable *table, Slot slot, uint32_t value_size, WeirStateTableChange *change,
                           WeirError *error)
{
    WeirRowRef old = slot.chunk->refs[slot.index], ref;
    uint32_t key_size = weir_row_key_size(weir_row_heap_row(&table->heap, old));
    WEIR_TRY(weir_row_heap_alloc(&table->heap, key_size, value_size, &ref, error));
    WeirRow *from = weir_row_heap_row(&table->heap, old), *to = weir_row_heap_row(&table->heap, ref);
    WeirStatus status = WEIR_OK;
    bool listed = (from->key_and_flags & WEIR_ROW_TOUCHED) != 0;
    if (listed)
        WEIR_TRY_OR_GO(undo, weir_row_list_add(&table->removed, old, &table->memory, error));
    if (table->tracking)
        WEIR_TRY_OR_GO(undo, weir_row_list_add(&table->touched, ref, &table->memory, error));
    memcpy(weir_row_key(to), weir_row_key(from), key_size);
    to->key_and_flags |= (from->key_and_flags & WEIR_ROW_NEW) | (table->tracking ? WEIR_ROW_TOUCHED : 0);
    slot.chunk->refs[slot.index] = ref;
    if (listed) {
        from->key_and_flags |= WEIR_ROW_DEAD | WEIR_ROW_NEW; /* NEW: no tombstone is written for it. */
    } else {
        weir_row_heap_free(&table->heap, old);
        table->updated_count += table->tracking;
    }
    *change = (WeirStateTableChange){.ref = ref, .old = old, .existed = true};
    return WEIR_OK;
undo:
    weir_row_heap_free(&table->heap, ref);
    return status;
}

static WeirStatus insert(WeirStateTable *table, const void *key, uint32_t key_size, uint64_t hash, uint32_t value_size,
                         WeirRowRef *ref, WeirError *error)
{
    WeirStatePage *page;
    WEIR_TRY(page_with_room(table, hash, &page, error));
    WEIR_TRY(weir_row_heap_alloc(&table->heap, key_size, value_size, ref, error));
    WeirRow *row = weir_row_heap_row(&table->heap, *ref);
    memcpy(weir_row_key(row), key, key_size);
    if (table->tracking) {
        WeirStatus status = touch(table, *ref, error);
        if (status != WEIR_OK) {
            weir_row_heap_free(&table->heap, *ref);
            return status;
        }
        row->key_and_flags |= WEIR_ROW_NEW;
        table->put_after_removal |= table->tombstone_count != 0;
    }
    place(page, table->chunk_mask, hash, *ref);
    table->row_count++;
    return WEIR_OK;
}

WeirStatus weir_state_table_upsert(WeirStateTable *table, const void *key, uint32_t key_size, uint64_t hash,
                                   uint32_t value_size, WeirStateTableChange *change, WeirError *error)
{
    Slot slot;
    WeirRowRef ref =
        table->directory == NULL ? WEIR_ROW_NONE : locate(table, page_of(table, hash), key, key_size, hash, &slot);
    if (ref == WEIR_ROW_NONE) {
        WEIR_TRY(insert(table, key, key_size, hash, value_size, &ref, error));
        *change = (WeirStateTableChange){.ref = ref, .old = WEIR_ROW_NONE, .existed = false};
        return WEIR_OK;
    }
    WeirRow *row = weir_row_heap_row(&table->heap, ref);
    if (weir_row_value_size(row) != value_size) {
        if (!weir_row_heap_fits(&table->heap, ref, value_size))
            return move_row(table, slot, value_size, change, error);
        row->value_and_flag = (row->value_and_flag & WEIR_ROW_LARGE) | value_size;
    }
    *change = (WeirStateTableChange){.ref = ref, .old = ref, .existed = true};
    return touch(table, ref, error);
}

/* Take the slot of `ref` out of its page. */
static void unlink_row(WeirStateTable *table, WeirRowRef ref, uint64_t hash)
{
    WeirStatePage *page = page_of(table, hash);
    uint32_t mask = table->chunk_mask, home = (uint32_t)hash & mask;
    for (uint32_t distance = 0; distance <= mask; distance++) {
        Chunk *chunk = &page->chunks[(home + distance) & mask];
        for (uint32_t matches = match_tags(chunk, tag_of(hash)); matches != 0; matches &= matches - 1) {
            uint32_t index = (uint32_t)__builtin_ctz(matches);
            if (chunk->refs[index] != ref)
                continue;
            chunk->tags[index] = 0;
            page->row_count--;
            for (uint32_t i = 0; i < distance; i++) {
                uint8_t *overflow = &page->chunks[(home + i) & mask].overflow;
                if (*overflow != OVERFLOW_STICKY)
                    (*overflow)--;
            }
            return;
        }
    }
    WEIR_ASSERT(false && "a live row is in its page");
}

WeirStatus weir_state_table_remove(WeirStateTable *table, WeirRowRef ref, WeirError *error)
{
    WeirRow *row = weir_row_heap_row(&table->heap, ref);
    WEIR_ASSERT(weir_row_is_live(row));
    if (table->tracking)
        WEIR_TRY(weir_row_list_add(&table->removed, ref, &table->memory, error));
    unlink_row(table, ref, weir_state_table_hash(weir_row_key(row), weir_row_key_size(row)));
    table->row_count--;
    if (!table->tracking) {
        weir_row_heap_free(&table->heap, ref);
        return WEIR_OK;
    }
    row->key_and_flags |= WEIR_ROW_DEAD;
    table->removed_count++;
    table->tombstone_count += (row->key_and_flags & WEIR_ROW_NEW) == 0;
    table->updated_count -= (row->key_and_flags & WEIR_ROW_TOUCHED) != 0;
    table->updated_removed_count += (row->key_and_flags & WEIR_ROW_TOUCHED) != 0;
    return WEIR_OK;
}

bool weir_state_table_next(const WeirStateTable *table, WeirRowRef *ref)
{
    while (weir_row_heap_next(&table->heap, ref))
        if (weir_row_is_live(weir_row_heap_row(&table->heap, *ref)))
            return true;
    return false;
}

void weir_state_table_finish_version(WeirStateTable *table)
{
    for (WeirRowListChunk *chunk = table->touched.first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            if (i + PREFETCH_DISTANCE < chunk->count)
                __builtin_prefetch(weir_row_heap_row(&table->heap, chunk->refs[i + PREFETCH_DISTANCE]), 1);
            weir_row_heap_row(&table->heap, chunk->refs[i])->key_and_flags &= ~(WEIR_ROW_TOUCHED | WEIR_ROW_NEW);
        }
    }
    for (WeirRowListChunk *chunk = table->removed.first; chunk != NULL; chunk = chunk->next)
        for (uint32_t i = 0; i < chunk->count; i++)
            weir_row_heap_free(&table->heap, chunk->refs[i]);
    weir_row_list_clear(&table->touched, &table->memory);
    weir_row_list_clear(&table->removed, &table->memory);
    table->updated_count = table->updated_removed_count = table->removed_count = table->tombstone_count = 0;
    table->put_after_removal = false;
}
