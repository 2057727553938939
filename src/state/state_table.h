/* The hash table of one state store: rows in a row heap, found through pages of tagged slots, with marks of what
 * changed since the version that was loaded. Pages split one at a time when they are full (extendible hashing), so that
 * no put stalls for a rehash of the table: the most that one put does is to split a page of about 1,200 rows. Knows
 * nothing of files or event time.
 *
 * A row removed in this version stays in the heap (DEAD) until weir_state_table_finish_version, since the commit needs
 * its key. A reference on the lists of a version is never reused in that version. */
#ifndef WEIR_STATE_STATE_TABLE_H
#define WEIR_STATE_STATE_TABLE_H

#include "common/hash.h"
#include "state/row_heap.h"

typedef struct WeirStatePage WeirStatePage;

typedef struct WeirStateTable {
    WeirStateMemory memory;
    WeirRowHeap heap;
    WeirStatePage **directory; /* 2^depth entries, by the upper bits of the hash */
    uint32_t depth;
    uint32_t chunk_mask; /* chunks of a page - 1; less than full size only while there is one page */
    size_t row_count;
    /* Marks of the version in progress. */
    bool tracking; /* off while a version is read from files, and in tables that have no versions */
    WeirRowList touched;
    WeirRowList removed;          /* DEAD rows, freed at the end of the version; those not NEW are tombstones */
    size_t updated_count;         /* live touched rows */
    size_t updated_removed_count; /* touched in this version and removed again: they count as updated for the metrics */
    size_t removed_count;         /* rows removed, whether or not they were there before this version */
    size_t tombstone_count;
    bool put_after_removal; /* a key was inserted after a tombstone: tombstones must come first in the delta */
} WeirStateTable;

typedef struct WeirStateTableChange {
    WeirRowRef ref; /* of the row now */
    WeirRowRef old; /* where it was before, if `existed`; differs from `ref` when its block had to change */
    bool existed;
} WeirStateTableChange;

void weir_state_table_init(WeirStateTable *table, WeirMemoryTracker *tracker);
void weir_state_table_deinit(WeirStateTable *table); /* may be initialised again */
/* `to` becomes what `from` is, at another address; `from` must be initialised again before it is used. */
void weir_state_table_move(WeirStateTable *to, WeirStateTable *from);
/* WEIR_ROW_NONE when absent. */
WeirRowRef weir_state_table_find(const WeirStateTable *table, const void *key, uint32_t key_size, uint64_t hash);
/* Fetch what finds and upserts of these hashes will read. Runs of 32 to 512 hashes work best. */
void weir_state_table_prefetch(const WeirStateTable *table, const uint64_t *hashes, uint32_t count);
/* Insert or find the key and make its value `value_size` bytes; the value's bytes are kept when the size is the same,
 * else they are uninitialised. Marks the row as touched. The caller fills the value before anything else. */
WEIR_CHECKED WeirStatus weir_state_table_upsert(WeirStateTable *table, const void *key, uint32_t key_size,
                                                uint64_t hash, uint32_t value_size, WeirStateTableChange *change,
                                                WeirError *error);
/* Remove a live row by its reference. */
WEIR_CHECKED WeirStatus weir_state_table_remove(WeirStateTable *table, WeirRowRef ref, WeirError *error);
/* The next live row in the order of the heap; `*ref` starts as WEIR_ROW_NONE. */
bool weir_state_table_next(const WeirStateTable *table, WeirRowRef *ref);
/* Clear the marks, free dead rows: what is in the table is the version now. */
void weir_state_table_finish_version(WeirStateTable *table);

static inline WeirRow *weir_state_table_row(const WeirStateTable *table, WeirRowRef ref)
{
    return weir_row_heap_row(&table->heap, ref);
}
static inline bool weir_state_table_has_changes(const WeirStateTable *table)
{
    return table->touched.count != 0 || table->removed.count != 0;
}
static inline uint64_t weir_state_table_hash(const void *key, uint32_t key_size)
{
    return weir_table_hash_bytes(key, key_size);
}

#endif
