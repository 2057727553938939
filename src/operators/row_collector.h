/* Collected rows: the terminal of operators that must see all their input (sort, join build, limit, window), and one
 * flat batch of all rows in unit order. */
#ifndef WEIR_OPERATORS_ROW_COLLECTOR_H
#define WEIR_OPERATORS_ROW_COLLECTOR_H

#include "operators/projection.h"

typedef struct WeirCollectedUnit {
    WeirBatch **batches;
    uint32_t count, capacity;
    uint64_t rows;
    bool finished;
} WeirCollectedUnit;

typedef struct WeirRowCollector {
    WeirMemoryTracker *tracker;
    const WeirProjection *extra; /* columns computed and appended to each batch (sort keys, join keys); NULL: none */
    uint64_t rows_max;           /* rows wanted in all, in unit order; UINT64_MAX: all */
    uint32_t unit_count;
    WeirCollectedUnit *units;
    _Atomic uint32_t satisfied_from; /* units from this number on are not wanted any more */
    _Atomic uint32_t finished_units;
} WeirRowCollector;

extern const WeirTerminal weir_row_collector_terminal; /* context: WeirRowCollector */
void weir_row_collector_init(WeirRowCollector *collector, WeirMemoryTracker *tracker, const WeirProjection *extra,
                             uint64_t rows_max);
void weir_row_collector_deinit(WeirRowCollector *collector);
uint64_t weir_row_collector_rows(const WeirRowCollector *collector);
/* All rows in unit order as one flat batch that depends on nothing; `types` of its columns. */
WEIR_CHECKED WeirStatus weir_row_collector_concat(const WeirRowCollector *collector, const WeirDataType *const *types,
                                                  uint32_t column_count, WeirBatch **out, WeirError *error);

/* Rows [start, start + count) of `batch` (dense, start a multiple of 64) sharing memory. */
WeirBatch *weir_batch_window(WeirBatch *batch, uint32_t start, uint32_t count, WeirMemoryTracker *tracker);
/* Push a dense batch of any length in pieces of the execution's batch size. */
WEIR_CHECKED WeirStatus weir_emit_dense(WeirExecution *execution, WeirPipelineTask *task, uint32_t stage,
                                        WeirBatch *batch, WeirMemoryTracker *tracker, WeirError *error);

/* sort.c: rows[0..row_count) = row numbers in the order of the SORT_ORDERs; keys are flat vectors. Stable. */
WEIR_CHECKED WeirStatus weir_sort_rows(const WeirVector *keys, WeirExpression *const *orders, uint32_t key_count,
                                       uint32_t row_count, WeirMemoryTracker *tracker, uint32_t *rows,
                                       WeirError *error);

#endif
