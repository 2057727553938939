/* The exchange between scan tasks and merge tasks: each unit leaves runs, rows sorted by Spark's partition (Murmur3 of
 * the key columns, seed 42, modulo the number of partitions). A merge task reads one partition's rows of all runs in
 * (unit, flush) order, whatever thread made them. A row is key bytes and value bytes, both UnsafeRows. Spark's
 * ShuffleExchangeExec. */
#ifndef WEIR_OPERATORS_EXCHANGE_H
#define WEIR_OPERATORS_EXCHANGE_H

#include "columnar/unsafe_row.h"
#include "operators/operator.h"

typedef struct WeirRunEntry {
    uint32_t key_size, value_size; /* multiples of 8 */
    uint64_t hash;                 /* weir_state_hash of the key */
    /* key bytes, value bytes */
} WeirRunEntry;
static inline const uint8_t *weir_run_entry_key(const WeirRunEntry *entry)
{
    return (const uint8_t *)(entry + 1);
}
static inline const uint8_t *weir_run_entry_value(const WeirRunEntry *entry)
{
    return (const uint8_t *)(entry + 1) + entry->key_size;
}

typedef struct WeirRun WeirRun;

/* Rows to be made into a run. */
typedef struct WeirRunInput {
    uint32_t count;
    const uint32_t *selection; /* row of the key and value vectors that the k-th row is; NULL: k */
    const WeirVector *keys;
    uint32_t key_count;
    uint32_t skipped_key_plus_one; /* a key column that does not count for the partition (session_window); 0: none */
    const WeirVector *values;      /* encoded as UnsafeRows; or ready rows: */
    uint32_t value_count;
    uint8_t *const *rows; /* by k */
    uint32_t row_bytes;
} WeirRunInput;

typedef struct WeirExchange {
    uint32_t partition_count;
    uint32_t unit_count;
    WeirRun **first, **last; /* by unit */
    WeirMemoryTracker *tracker;
} WeirExchange;

void weir_exchange_init(WeirExchange *exchange, uint32_t partition_count, WeirMemoryTracker *tracker);
void weir_exchange_begin(WeirExchange *exchange, uint32_t unit_count);
void weir_exchange_deinit(WeirExchange *exchange);
/* Make a run of `input` and append it to `unit`'s: one task per unit at a time. `scratch` is for the work only. */
WEIR_CHECKED WeirStatus weir_exchange_add(WeirExchange *exchange, uint32_t unit, const WeirRunInput *input,
                                          WeirArena *scratch, WeirError *error);

/* The rows of one partition in order. */
typedef struct WeirExchangeCursor {
    const WeirExchange *exchange;
    uint32_t partition, unit;
    const WeirRun *run;
    const uint8_t *next, *end;
} WeirExchangeCursor;
void weir_exchange_cursor_init(WeirExchangeCursor *cursor, const WeirExchange *exchange, uint32_t partition);
/* Up to `capacity` entries; 0 at the end. */
uint32_t weir_exchange_cursor_next(WeirExchangeCursor *cursor, const WeirRunEntry **entries, uint32_t capacity);

/* pmod(murmur3(keys), partition_count) for each row. */
void weir_partition_rows(const WeirRunInput *input, uint32_t partition_count, uint32_t *partitions);

#endif
