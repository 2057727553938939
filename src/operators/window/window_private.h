/* Parts of the window operator. */
#ifndef WEIR_OPERATORS_WINDOW_PRIVATE_H
#define WEIR_OPERATORS_WINDOW_PRIVATE_H

#include "operators/row_collector.h"

typedef struct WeirWindowFunction {
    const WeirExpression *window;   /* WINDOW */
    const WeirExpression *function; /* CALL or AGGREGATE */
    uint32_t first_argument;        /* ordinal in the wide rows */
    uint32_t filter;                /* ordinal; UINT32_MAX: none */
    WeirAggregateSlots slots;       /* aggregates */
    uint32_t row_bytes;
    int64_t lower, upper;                 /* ROWS offsets */
    long double lower_range, upper_range; /* RANGE offsets in the key's units, and months on top */
    int64_t lower_months, upper_months;
} WeirWindowFunction;

/* The sorted input of a run, and the partition under way: positions [start, end) of `order`. */
typedef struct WeirWindowRows {
    WeirBatch *rows; /* columns, then partition keys, order keys and arguments */
    const uint32_t *order;
    uint32_t partition_column, partition_count, order_column, order_count;
    WeirExpression *const *orders; /* SORT_ORDER */
    const WeirTimeZone *zone;
    bool ansi;
    uint32_t start, end;
    const uint32_t *peer_end; /* by position - start: end of the rows equal in order */
    const uint32_t *peer_start;
} WeirWindowRows;

/* window_frame.c: frame [*from, *to) of the row at `position`; rows are asked for in order. */
WEIR_CHECKED WeirStatus weir_window_frame(const WeirWindowFunction *function, const WeirWindowRows *rows,
                                          uint32_t position, uint32_t *from, uint32_t *to, WeirError *error);
WEIR_CHECKED WeirStatus weir_window_frame_offsets(WeirWindowFunction *function, const WeirEvalContext *context,
                                                  WeirArena *arena, WeirError *error);
/* window_function.c: append the results of one partition, in order. */
WEIR_CHECKED WeirStatus weir_window_rank(const WeirWindowFunction *function, const WeirWindowRows *rows,
                                         WeirVectorBuilder *out, WeirError *error);
WEIR_CHECKED WeirStatus weir_window_aggregate(const WeirWindowFunction *function, const WeirWindowRows *rows,
                                              const WeirEvalContext *context, WeirMemoryTracker *tracker,
                                              WeirVectorBuilder *out, WeirError *error);

#endif
