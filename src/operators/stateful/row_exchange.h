/* Whole rows exchanged by key: the input of stateful operators that see rows one by one (deduplicate, stream-stream
 * join, session windows). Key bytes are the key columns, value bytes the whole row. */
#ifndef WEIR_OPERATORS_ROW_EXCHANGE_H
#define WEIR_OPERATORS_ROW_EXCHANGE_H

#include "operators/exchange.h"
#include "operators/projection.h"

typedef struct WeirRowExchange {
    WeirOperator *operator;
    WeirProjection keys;
    WeirExchange exchange; /* of the run */
    const WeirSchema *row_schema;
} WeirRowExchange;

extern const WeirTerminal weir_row_exchange_terminal; /* context: WeirRowExchange */
WEIR_CHECKED WeirStatus weir_row_exchange_init(WeirRowExchange *exchange, WeirOperator *operator,
                                               WeirExpression * const * keys, uint32_t key_count,
                                               const WeirSchema *row_schema, WeirError *error);
void weir_row_exchange_deinit(WeirRowExchange *exchange);
/* Before a run: forget the last one. */
void weir_row_exchange_reset(WeirRowExchange *exchange, uint32_t partition_count);

/* Encoded rows decoded and pushed in batches. */
typedef struct WeirRowWriter {
    WeirExecution *execution;
    WeirMemoryTracker *tracker;
    const WeirSchema *schema;
    WeirPipelineTask *task;
    uint32_t stage, capacity, count;
    const uint8_t **rows;
    uint32_t *sizes;
} WeirRowWriter;
void weir_row_writer_init(WeirRowWriter *writer, WeirOperator *operator, const WeirSchema * schema,
                          WeirPipelineTask *task, uint32_t stage);
void weir_row_writer_deinit(WeirRowWriter *writer);
/* `row` stays valid until the flush. */
WEIR_CHECKED WeirStatus weir_row_writer_add(WeirRowWriter *writer, const uint8_t *row, uint32_t size, WeirError *error);
WEIR_CHECKED WeirStatus weir_row_writer_flush(WeirRowWriter *writer, WeirError *error);

#endif
