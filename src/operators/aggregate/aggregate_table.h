/* Groups of an aggregation: hash table from key words to buffer rows. Open addressing over (hash, group number); key
 * and buffer of a group lie together. Bounded when asked for: then find stops at the row that finds no room, and the
 * caller flushes. */
#ifndef WEIR_OPERATORS_AGGREGATE_TABLE_H
#define WEIR_OPERATORS_AGGREGATE_TABLE_H

#include "operators/aggregate/aggregate_functions.h"
#include "operators/aggregate/group_keys.h"

typedef struct WeirAggregateTable {
    const WeirKeyLayout *layout;
    const WeirAggregateFunctions *functions; /* NULL: keys only */
    WeirMemoryTracker *tracker;
    uint32_t key_bytes,
        stride;      /* of a key: its words, then room for the bytes of a string that is little too long for them */
    uint64_t *slots; /* upper half of the hash << 32 | group + 1; 0: empty */
    uint32_t slot_mask;
    uint8_t *groups;
    uint32_t group_count, group_capacity, group_max;
    int64_t reserved_bytes;
    bool borrows_keys;  /* long keys outlive the table: not copied */
    bool keeps_tails;   /* one string a key: up to WEIR_KEY_TAIL_BYTES lie behind its words */
    WeirArena arena;    /* long keys, objects of aggregates */
    uint8_t *empty_row; /* initial buffers, where no function keeps objects */
} WeirAggregateTable;

#define WEIR_KEY_TAIL_BYTES 16u

/* `bytes_max` 0: grows as needed. `borrows_keys`: long keys outlive the table. */
void weir_aggregate_table_init(WeirAggregateTable *table, const WeirKeyLayout *layout,
                               const WeirAggregateFunctions *functions, size_t bytes_max, bool borrows_keys,
                               WeirMemoryTracker *tracker);
void weir_aggregate_table_deinit(WeirAggregateTable *table);
/* Forget all groups; memory is kept. */
void weir_aggregate_table_clear(WeirAggregateTable *table);
/* Find or make the groups of `count` keys: rows[k] = buffer row. `*done` < count: no room for key `*done`. Rows stay
 * where they are until the next call. */
WEIR_CHECKED WeirStatus weir_aggregate_table_find(WeirAggregateTable *table, const WeirKeyWord *words,
                                                  const uint64_t *hashes, uint32_t count, uint8_t **rows,
                                                  uint32_t *done, WeirError *error);
static inline uint8_t *weir_aggregate_table_key(const WeirAggregateTable *table, uint32_t group)
{
    return table->groups + (size_t)group * table->stride;
}
static inline uint8_t *weir_aggregate_table_row(const WeirAggregateTable *table, uint32_t group)
{
    return weir_aggregate_table_key(table, group) + table->key_bytes;
}

#endif
