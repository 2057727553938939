/* State of one side of a stream-stream join in one partition: key → number of rows, and (key, index) → row ++ matched,
 * as in Spark's format 2. */
#ifndef WEIR_OPERATORS_JOIN_STATE_H
#define WEIR_OPERATORS_JOIN_STATE_H

#include "operators/stateful/stores.h"

typedef struct WeirJoinSide {
    const WeirSchema *key_schema;   /* without index */
    const WeirSchema *row_schema;   /* without matched */
    const WeirSchema *state_schema; /* with matched */
} WeirJoinSide;

/* A row in the state. Bytes are copies. */
typedef struct WeirJoinRow {
    const uint8_t *key; /* with index */
    uint32_t key_size;
    int64_t index;
    uint8_t *value; /* with matched */
    uint32_t value_size;
} WeirJoinRow;

typedef struct WeirJoinState {
    const WeirJoinSide *side;
    WeirStateStore *counts, *rows;
    WeirMemoryTracker *tracker;
} WeirJoinState;

bool weir_join_row_is_matched(const WeirJoinState *state, const uint8_t *value);
/* How many rows the key has; row `index` of it, copied into `arena`. */
int64_t weir_join_state_count(const WeirJoinState *state, const uint8_t *key, uint32_t key_size);
WEIR_CHECKED WeirStatus weir_join_state_get(const WeirJoinState *state, const uint8_t *key, uint32_t key_size,
                                            int64_t index, WeirArena *arena, WeirJoinRow *row, WeirError *error);
WEIR_CHECKED WeirStatus weir_join_state_append(WeirJoinState *state, const uint8_t *key, uint32_t key_size,
                                               const uint8_t *row, uint32_t row_size, bool matched, WeirArena *scratch,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_join_state_mark_matched(WeirJoinState *state, WeirJoinRow *row, WeirError *error);
/* Remove one row: the key's last row takes its index. */
WEIR_CHECKED WeirStatus weir_join_state_remove(WeirJoinState *state, const uint8_t *key, uint32_t key_size,
                                               int64_t index, WeirArena *scratch, WeirError *error);
/* Remove rows by the stores' event time; `visitor` sees each with its value. `by_key`: all rows of a key go at once. */
WEIR_CHECKED WeirStatus weir_join_state_evict(WeirJoinState *state, bool by_key, int64_t watermark_micros,
                                              WeirStateVisitor visitor, void *context, int64_t *removed,
                                              WeirError *error);
/* An UnsafeRow with one more fixed-width column. */
WEIR_CHECKED WeirStatus weir_row_append_column(const WeirSchema *schema, const uint8_t *row, uint32_t size,
                                               uint64_t slot, WeirArena *arena, uint8_t **out, uint32_t *out_size,
                                               WeirError *error);
/* The way back: without its last, fixed-width column. */
WEIR_CHECKED WeirStatus weir_row_drop_column(const WeirSchema *schema_without, const uint8_t *row, uint32_t size,
                                             WeirArena *arena, uint8_t **out, uint32_t *out_size, WeirError *error);

#endif
