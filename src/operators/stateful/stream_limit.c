/* StreamingGlobalLimitExec: the first n rows of a stream over all its batches. The count of rows let through is the
 * state, in partition 0. */
#include "operators/row_collector.h"
#include "operators/stateful/stores.h"

typedef struct StreamLimitRun {
    WeirRowCollector collector;
    int64_t before; /* rows of earlier batches */
} StreamLimitRun;

/* The key is one null column; the value one long. */
static const uint64_t limit_key[2] = {1, 0};

static void stream_limit_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    StreamLimitRun *run = operator->run;
    if (run == NULL)
        return;
    weir_row_collector_deinit(&run->collector);
    weir_free(run);
    operator->run = NULL;
}

static WeirStatus stream_limit_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    stream_limit_reset(operator, false);
    StreamLimitRun *run = weir_calloc(1, sizeof(*run));
    operator->run = run;
    *unit_count = 1;
    WeirStoreSet *set = weir_store_set(operator);
    WEIR_TRY(weir_store_set_load(set, 0, error));
    uint32_t size = 0;
    const uint8_t *value = weir_state_store_get(weir_store_at(set, 0, 0), limit_key, sizeof(limit_key),
                                                weir_state_hash(limit_key, sizeof(limit_key)), &size);
    if (value != NULL && size >= 16)
        memcpy(&run->before, value + 8, 8);
    /* Up to the limit from each unit, whatever came before: Spark's LocalLimit reads that much in every batch, and its
     * metrics show it. */
    weir_row_collector_init(&run->collector, &operator->tracker, NULL, (uint64_t) operator->plan->limit);
    return weir_operator_run(operator->children[0], &weir_row_collector_terminal, &run->collector, error);
}

static WeirStatus emit_rows(WeirOperator *operator, int64_t left, int64_t *passed, WeirPipelineTask *task,
                            WeirError *error)
{
    const StreamLimitRun *run = operator->run;
    for (uint32_t u = 0; u < run->collector.unit_count; u++) {
        const WeirCollectedUnit *unit = &run->collector.units[u];
        for (uint32_t i = 0; i < unit->count && *passed < left; i++) {
            uint32_t rows = unit->batches[i]->selected_count;
            uint32_t count = left - *passed < rows ? (uint32_t)(left - *passed) : rows;
            WeirBatch *slice = weir_batch_slice(unit->batches[i], 0, count, &operator->tracker);
            WeirStatus status = weir_emit(task, 0, slice, error);
            weir_batch_release(slice);
            WEIR_TRY(status);
            *passed += count;
        }
    }
    return WEIR_OK;
}

static WeirStatus stream_limit_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task,
                                    WeirError *error)
{
    (void)partition;
    const StreamLimitRun *run = operator->run;
    int64_t passed = 0;
    WEIR_TRY(emit_rows(operator, operator->plan->limit - run->before, &passed, task, error));
    if (passed == 0)
        return WEIR_OK;
    const uint64_t value[2] = {0, (uint64_t)(run->before + passed)};
    return weir_state_store_put(weir_store_at(weir_store_set(operator), 0, 0), limit_key, sizeof(limit_key),
                                weir_state_hash(limit_key, sizeof(limit_key)), value, sizeof(value), error);
}

static WeirStatus stream_limit_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                       WeirError *error)
{
    return weir_produce_one(operator, first_unit, pipeline, stream_limit_unit, error);
}

const WeirOperatorType weir_stream_limit_operator = {
    .name = "StreamingGlobalLimit",
    .prepare = stream_limit_prepare,
    .produce = stream_limit_produce,
    .reset = stream_limit_reset,
};
