/* The partial aggregate: each unit groups its rows in a bounded table; a full table, and the last one, are flushed into
 * runs of the exchange. Every unit starts with an empty table and flushes at the row that finds no room, so runs depend
 * on the input alone. */
#include "operators/aggregate/aggregation.h"

/* Groups and slots of a table: larger than the L2 cache on purpose, since hot groups stay in it and every flush costs a
 * merge of all. */
#define PARTIAL_TABLE_BYTES (6u << 20)
#define PARTIAL_OBJECT_BYTES (16 << 20)
#define KEYS_AT_ONCE 512u /* their groups are in the L1 cache from the look-up to the update */

typedef struct PartialTask {
    WeirAggregation *aggregation;
    uint32_t unit;
    WeirProgramInstance *instance;
    WeirAggregateTable table;
    WeirArena scratch;       /* of one batch */
    WeirArena flush_scratch; /* of one flush */
} PartialTask;

static WeirStatus partial_begin(void *context, uint32_t unit_count, WeirError *error)
{
    (void)error;
    WeirAggregation *aggregation = context;
    weir_exchange_deinit(&aggregation->exchange);
    weir_exchange_init(&aggregation->exchange, aggregation->partition_count, &aggregation->operator->tracker);
    weir_exchange_begin(&aggregation->exchange, unit_count);
    return WEIR_OK;
}

static WeirStatus partial_open(void *context, uint32_t unit, void **state, WeirError *error)
{
    WeirAggregation *aggregation = context;
    WeirMemoryTracker *tracker = &aggregation->operator->tracker;
    PartialTask *task = weir_calloc(1, sizeof(*task));
    *state = task;
    task->aggregation = aggregation;
    task->unit = unit;
    weir_arena_init(&task->scratch, tracker);
    weir_arena_init(&task->flush_scratch, tracker);
    weir_aggregate_table_init(&task->table, &aggregation->layout, &aggregation->functions, PARTIAL_TABLE_BYTES, false,
                              tracker);
    return weir_program_instance_new(aggregation->functions.program, &task->instance, error);
}

static void partial_close(void *context, void *state, bool failed)
{
    (void)context, (void)failed;
    PartialTask *task = state;
    if (task == NULL)
        return;
    weir_program_instance_free(task->instance);
    weir_aggregate_table_deinit(&task->table);
    weir_arena_deinit(&task->scratch);
    weir_arena_deinit(&task->flush_scratch);
    weir_free(task);
}

static WeirStatus partial_flush(PartialTask *task, WeirError *error)
{
    WeirAggregation *aggregation = task->aggregation;
    const WeirAggregateFunctions *functions = &aggregation->functions;
    WeirAggregateTable *table = &task->table;
    WeirArena *scratch = &task->flush_scratch;
    uint32_t count = table->group_count;
    if (count == 0)
        return WEIR_OK;
    WeirVector *keys = WEIR_ARENA_ARRAY(scratch, WeirVector, aggregation->key_schema->field_count + 1);
    WEIR_TRY(weir_key_vectors(&aggregation->layout, table->groups, table->stride, count, keys, scratch, error));
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(scratch, sizeof(uint8_t *) * ((size_t)count + 1), &memory, error));
    uint8_t **rows = memory;
    for (uint32_t i = 0; i < count; i++)
        rows[i] = weir_aggregate_table_row(table, i);
    WeirRunInput input = {.count = count,
                          .keys = keys,
                          .key_count = aggregation->key_schema->field_count,
                          .skipped_key_plus_one = aggregation->skipped_key_plus_one};
    if (functions->fixed) {
        input.rows = rows;
        input.row_bytes = functions->row_bytes;
    } else {
        WeirVector *values = WEIR_ARENA_ARRAY(scratch, WeirVector, functions->buffer_schema->field_count + 1);
        WEIR_TRY(weir_aggregates_serialize(functions, (const uint8_t *const *)rows, count, values, &table->arena,
                                           scratch, error));
        input.values = values;
        input.value_count = functions->buffer_schema->field_count;
    }
    WEIR_TRY(weir_exchange_add(&aggregation->exchange, task->unit, &input, scratch, error));
    weir_aggregate_table_clear(table);
    weir_arena_reset(scratch);
    return WEIR_OK;
}

/* Which rows the keys from `start` on are of; `all` holds them where nothing is selected. */
static const uint32_t *live_rows(const uint32_t *selection, uint32_t start, uint32_t count, uint32_t *all)
{
    if (selection != NULL)
        return selection + start;
    if (start == 0)
        return NULL;
    for (uint32_t k = 0; k < count; k++)
        all[k] = start + k;
    return all;
}

/* Group and update the rows of one batch; `outputs` are the keys, arguments and filters. */
static WeirStatus partial_group(PartialTask *task, const WeirVector *outputs, const uint32_t *selection, uint32_t count,
                                WeirError *error)
{
    WeirAggregation *aggregation = task->aggregation;
    WeirArena *scratch = &task->scratch;
    uint32_t width = aggregation->layout.word_count;
    const WeirKeyWord *words = NULL;
    uint64_t *hashes = weir_arena_alloc(scratch, sizeof(uint64_t) * count);
    uint8_t *rows[KEYS_AT_ONCE];
    uint32_t all[KEYS_AT_ONCE];
    WEIR_TRY(weir_key_read(&aggregation->layout, outputs, selection, count, &words, hashes, scratch, error));
    for (uint32_t start = 0; start < count;) {
        uint32_t done = 0, left = count - start < KEYS_AT_ONCE ? count - start : KEYS_AT_ONCE;
        WEIR_TRY(weir_aggregate_table_find(&task->table, words + (size_t)start * width, hashes + start, left, rows,
                                           &done, error));
        const uint32_t *live = live_rows(selection, start, done, all);
        WEIR_TRY(weir_aggregates_update(&aggregation->functions, outputs, live, done, rows, &task->table.arena, scratch,
                                        error));
        if (done < left || task->table.arena.reserved_bytes > PARTIAL_OBJECT_BYTES)
            WEIR_TRY(partial_flush(task, error));
        start += done;
    }
    return WEIR_OK;
}

static WeirStatus partial_push(void *context, void *state, WeirBatch *batch, WeirError *error)
{
    (void)context;
    PartialTask *task = state;
    const WeirAggregateFunctions *functions = &task->aggregation->functions;
    WeirVector *outputs = WEIR_ARENA_ARRAY(&task->scratch, WeirVector, functions->output_count + 1);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_program_run(task->instance, batch, &task->scratch, outputs, error));
    WEIR_TRY_OR_GO(done, partial_group(task, outputs, batch->selection, batch->selected_count, error));
    status = weir_arena_check(&task->scratch, error);
done:
    weir_arena_reset(&task->scratch);
    return status;
}

static WeirStatus partial_finish(void *context, void *state, WeirError *error)
{
    (void)context;
    return partial_flush(state, error);
}

const WeirTerminal weir_partial_aggregate_terminal = {
    .begin = partial_begin,
    .open = partial_open,
    .push = partial_push,
    .finish = partial_finish,
    .close = partial_close,
};
