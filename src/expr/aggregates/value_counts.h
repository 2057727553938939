/* How often each value was seen: the state of percentile, median and mode. As a buffer it is what Spark's hash map
 * serializes: for each value the length of an UnsafeRow (value, count) and its bytes, in the order of that map, then
 * -1. */
#ifndef WEIR_EXPR_AGGREGATES_VALUE_COUNTS_H
#define WEIR_EXPR_AGGREGATES_VALUE_COUNTS_H

#include "expr/aggregates/aggregate_private.h"
#include "expr/column_writer.h"

typedef struct WeirValueCounts {
    WeirColumnWriter values;
    int64_t *counts;
    uint32_t capacity; /* of counts */
    uint32_t *slots;   /* index + 1 by hash; 0: free */
    uint32_t slot_count;
} WeirValueCounts;

WeirValueCounts *weir_value_counts_of(const WeirAggregateCall *call, uint8_t *row); /* made where there is none */
const WeirValueCounts *weir_value_counts_in(const WeirAggregateCall *call, const uint8_t *row); /* may be NULL */
WEIR_CHECKED WeirStatus weir_value_counts_add(const WeirAggregateCall *call, WeirValueCounts *counts,
                                              const WeirVector *vector, uint32_t row, int64_t times, WeirError *error);
/* The values as a flat vector (row i counted counts[i] times). */
WeirVector weir_value_counts_values(const WeirValueCounts *counts, WeirArena *arena);
/* Indexes in the order in which Spark's map gives them. */
uint32_t *weir_value_counts_order(const WeirValueCounts *counts, WeirArena *arena);

/* Entries of WeirAggregateFunction; the value is the call's first child. */
uint32_t weir_value_counts_buffer(const WeirExpression *expression, WeirArena *arena,
                                  WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX]);
void weir_value_counts_init(const WeirAggregateCall *call, uint8_t *row);
WEIR_CHECKED WeirStatus weir_value_counts_serialize(const WeirAggregateCall *call, const uint8_t *const *rows,
                                                    uint32_t count, WeirVector *buffers, WeirArena *arena,
                                                    WeirError *error);
WEIR_CHECKED WeirStatus weir_value_counts_merge(const WeirAggregateCall *call, const WeirVector *buffers,
                                                const uint32_t *selection, uint32_t count, uint8_t *const *rows,
                                                WeirError *error);

#endif
