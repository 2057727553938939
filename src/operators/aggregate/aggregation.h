/* What batch and streaming aggregation share: the compiled aggregation, the partial aggregate at the end of the input's
 * pipelines, and result rows. */
#ifndef WEIR_OPERATORS_AGGREGATION_H
#define WEIR_OPERATORS_AGGREGATION_H

#include "operators/aggregate/aggregate_table.h"
#include "operators/exchange.h"
#include "operators/projection.h"

typedef struct WeirAggregation {
    WeirOperator *operator;
    WeirArena arena;
    const WeirSchema *key_schema;
    WeirAggregateFunctions functions;
    WeirKeyLayout layout;         /* of the input's keys: partial tables */
    WeirKeyLayout encoded_layout; /* keys as UnsafeRow bytes: merge tables */
    WeirProjection result;        /* over keys ++ results */
    uint32_t partition_count;     /* 1 for a global aggregation */
    bool is_global;
    uint32_t skipped_key_plus_one; /* key column that does not count for the partition: session_window; 0: none */
    WeirExchange exchange;         /* of the run */
} WeirAggregation;

WEIR_CHECKED WeirStatus weir_aggregation_new(WeirOperator *operator, uint32_t partition_count,
                                             WeirAggregation **aggregation, WeirError *error);
void weir_aggregation_free(WeirAggregation *aggregation); /* NULL is allowed */

/* Partial aggregation into `exchange`: the terminal of the child's pipelines. Context: WeirAggregation. */
extern const WeirTerminal weir_partial_aggregate_terminal;

/* Result rows of one partition, pushed into `task`. Rows are collected until a batch is full. */
typedef struct WeirResultWriter {
    WeirAggregation *aggregation;
    WeirPipelineTask *task;
    WeirProgramInstance *instance;
    uint32_t capacity, count;
    const uint8_t **keys;
    uint32_t *key_sizes;
    const uint8_t **rows;
    uint32_t *row_sizes;
    bool encoded;       /* rows are a state file's bytes, not a table's */
    bool copies;        /* keys and rows may go away: copied when written */
    WeirArena *objects; /* of the table that the rows are in; NULL when encoded */
    WeirArena copy_arena;
} WeirResultWriter;
WEIR_CHECKED WeirStatus weir_result_writer_init(WeirResultWriter *writer, WeirAggregation *aggregation,
                                                WeirPipelineTask *task, WeirError *error);
void weir_result_writer_deinit(WeirResultWriter *writer);
WEIR_CHECKED WeirStatus weir_result_writer_add(WeirResultWriter *writer, const uint8_t *key, uint32_t key_size,
                                               const uint8_t *row, uint32_t row_size, WeirError *error);
WEIR_CHECKED WeirStatus weir_result_writer_flush(WeirResultWriter *writer, WeirError *error);

#endif
