/* Exchange of whole rows, and writing of encoded rows. */
#include "operators/stateful/row_exchange.h"

typedef struct RowExchangeTask {
    uint32_t unit;
    WeirProgramInstance *instance;
    WeirArena scratch;
} RowExchangeTask;

WeirStatus weir_row_exchange_init(WeirRowExchange *exchange, WeirOperator *operator, WeirExpression * const * keys,
                                  uint32_t key_count, const WeirSchema *row_schema, WeirError *error)
{
    *exchange = (WeirRowExchange){.operator= operator, .row_schema = row_schema };
    return weir_projection_init(&exchange->keys, keys, key_count, operator->execution->environment->context, error);
}

void weir_row_exchange_deinit(WeirRowExchange *exchange)
{
    weir_exchange_deinit(&exchange->exchange);
    weir_projection_deinit(&exchange->keys);
}

void weir_row_exchange_reset(WeirRowExchange *exchange, uint32_t partition_count)
{
    weir_exchange_deinit(&exchange->exchange);
    weir_exchange_init(&exchange->exchange, partition_count, &exchange->operator->tracker);
}

static WeirStatus row_exchange_begin(void *context, uint32_t unit_count, WeirError *error)
{
    (void)error;
    WeirRowExchange *exchange = context;
    weir_exchange_begin(&exchange->exchange, unit_count);
    return WEIR_OK;
}

static WeirStatus row_exchange_open(void *context, uint32_t unit, void **state, WeirError *error)
{
    WeirRowExchange *exchange = context;
    RowExchangeTask *task = weir_calloc(1, sizeof(*task));
    *state = task;
    task->unit = unit;
    weir_arena_init(&task->scratch, &exchange->operator->tracker);
    return weir_projection_instance(&exchange->keys, &task->instance, error);
}

static WeirStatus row_exchange_push(void *context, void *state, WeirBatch *batch, WeirError *error)
{
    WeirRowExchange *exchange = context;
    RowExchangeTask *task = state;
    WeirBatch *keys = NULL;
    WEIR_TRY(weir_projection_run(&exchange->keys, task->instance, batch, &exchange->operator->tracker, &keys, error));
    const WeirRunInput input = {.count = batch->selected_count,
                                .selection = batch->selection,
                                .keys = keys->columns,
                                .key_count = keys->column_count,
                                .values = batch->columns,
                                .value_count = batch->column_count};
    WeirStatus status = weir_exchange_add(&exchange->exchange, task->unit, &input, &task->scratch, error);
    weir_arena_reset(&task->scratch);
    weir_batch_release(keys);
    return status;
}

static void row_exchange_close(void *context, void *state, bool failed)
{
    (void)context, (void)failed;
    RowExchangeTask *task = state;
    if (task == NULL)
        return;
    weir_program_instance_free(task->instance);
    weir_arena_deinit(&task->scratch);
    weir_free(task);
}

const WeirTerminal weir_row_exchange_terminal = {
    .begin = row_exchange_begin,
    .open = row_exchange_open,
    .push = row_exchange_push,
    .close = row_exchange_close,
};

/* ---- writing ---- */

void weir_row_writer_init(WeirRowWriter *writer, WeirOperator *operator, const WeirSchema * schema,
                          WeirPipelineTask *task, uint32_t stage)
{
    uint32_t capacity = weir_execution_batch_rows(operator->execution);
    *writer = (WeirRowWriter){.execution = operator->execution,
                              .tracker = &operator->tracker,
                              .schema = schema,
                              .task = task,
                              .stage = stage,
                              .capacity = capacity,
                              .rows = weir_malloc(capacity * sizeof(uint8_t *)),
                              .sizes = weir_malloc(capacity * sizeof(uint32_t))};
}

void weir_row_writer_deinit(WeirRowWriter *writer)
{
    weir_free(writer->rows);
    weir_free(writer->sizes);
    *writer = (WeirRowWriter){0};
}

WeirStatus weir_row_writer_add(WeirRowWriter *writer, const uint8_t *row, uint32_t size, WeirError *error)
{
    writer->rows[writer->count] = row;
    writer->sizes[writer->count++] = size;
    return writer->count == writer->capacity ? weir_row_writer_flush(writer, error) : WEIR_OK;
}

WeirStatus weir_row_writer_flush(WeirRowWriter *writer, WeirError *error)
{
    if (writer->count == 0)
        return WEIR_OK;
    WeirBatch *batch = weir_batch_new(writer->schema->field_count, writer->tracker);
    batch->row_count = batch->selected_count = writer->count;
    WeirStatus status = weir_unsafe_row_decode(writer->schema, writer->rows, writer->sizes, writer->count, true,
                                               batch->columns, &batch->arena, error);
    writer->count = 0;
    if (status == WEIR_OK)
        status = weir_batch_check(batch, error);
    if (status == WEIR_OK)
        status = weir_emit(writer->task, writer->stage, batch, error);
    weir_batch_release(batch);
    return status;
}
