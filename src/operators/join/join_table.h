/* The built side of a join: all its rows as one flat batch and chains of rows with equal key hashes, in row order.
 * Read-only while probed, but for the marks of matched rows. */
#ifndef WEIR_OPERATORS_JOIN_TABLE_H
#define WEIR_OPERATORS_JOIN_TABLE_H

#include "operators/aggregate/group_keys.h"
#include "operators/row_collector.h"

typedef struct WeirJoinTable {
    const WeirKeyLayout *layout;
    const bool *null_safe;
    uint32_t key_count;
    WeirBatch *rows; /* columns, then keys */
    uint32_t row_count, column_count;
    uint64_t *words; /* key words by row */
    uint32_t *heads; /* row + 1 by hash */
    uint32_t *next;  /* row + 1 of the next in the chain */
    uint32_t *tags;  /* upper half of the hash by row */
    uint32_t mask;
    uint8_t *matched; /* by row: some probe row matched; NULL: not asked for */
    WeirMemoryTracker *tracker;
    int64_t reserved_bytes;
} WeirJoinTable;

/* Takes over `rows`, whose last `key_count` columns are the keys. */
WEIR_CHECKED WeirStatus weir_join_table_init(WeirJoinTable *table, const WeirKeyLayout *layout, const bool *null_safe,
                                             uint32_t key_count, WeirBatch *rows, bool marks_matches,
                                             WeirMemoryTracker *tracker, WeirError *error);
void weir_join_table_deinit(WeirJoinTable *table);
/* A key that equals nothing: some part is null and not compared by <=>. */
bool weir_join_key_is_null(const WeirVector *keys, const bool *null_safe, uint32_t key_count, uint32_t row);

#endif
