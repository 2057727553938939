/* CollectLimitExec, TakeOrderedAndProject's limit, OFFSET: rows [offset, offset + limit) of the input in unit order.
 * Units stop early, and those after enough rows are not read at all. */
#include "operators/row_collector.h"

static void limit_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    if (operator->run == NULL)
        return;
    weir_row_collector_deinit(operator->run);
    weir_free(operator->run);
    operator->run = NULL;
}

static WeirStatus limit_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    limit_reset(operator, false);
    WeirRowCollector *collector = weir_calloc(1, sizeof(*collector));
    operator->run = collector;
    uint64_t skipped = plan->offset > 0 ? (uint64_t)plan->offset : 0;
    weir_row_collector_init(collector, &operator->tracker, NULL,
                            plan->limit < 0 ? UINT64_MAX : (uint64_t)plan->limit + skipped);
    *unit_count = 1;
    return weir_operator_run(operator->children[0], &weir_row_collector_terminal, collector, error);
}

/* Emit the part of a batch that lies in [*skip, *skip + *left). */
static WeirStatus limit_batch(WeirOperator *operator, WeirBatch * batch, uint64_t *skip, uint64_t *left,
                              WeirPipelineTask *task, WeirError *error)
{
    uint32_t rows = batch->selected_count;
    if (*skip >= rows) {
        *skip -= rows;
        return WEIR_OK;
    }
    uint32_t start = (uint32_t)*skip;
    uint32_t count = rows - start < *left ? rows - start : (uint32_t)*left;
    *skip = 0;
    *left -= count;
    if (start == 0 && count == rows)
        return weir_emit(task, 0, batch, error);
    WeirBatch *slice = weir_batch_slice(batch, start, count, &operator->tracker);
    WeirStatus status = weir_emit(task, 0, slice, error);
    weir_batch_release(slice);
    return status;
}

static WeirStatus limit_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    (void)partition;
    const WeirPhysicalPlan *plan = operator->plan;
    const WeirRowCollector *collector = operator->run;
    uint64_t skip = plan->offset > 0 ? (uint64_t)plan->offset : 0;
    uint64_t left = plan->limit < 0 ? UINT64_MAX : (uint64_t)plan->limit;
    for (uint32_t u = 0; u < collector->unit_count; u++) {
        const WeirCollectedUnit *unit = &collector->units[u];
        for (uint32_t i = 0; i < unit->count && left > 0; i++)
            WEIR_TRY(limit_batch(operator, unit->batches[i], &skip, &left, task, error));
    }
    return WEIR_OK;
}

static WeirStatus limit_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                WeirError *error)
{
    return weir_produce_one(operator, first_unit, pipeline, limit_unit, error);
}

const WeirOperatorType weir_limit_operator = {
    .name = "CollectLimit",
    .prepare = limit_prepare,
    .produce = limit_produce,
    .reset = limit_reset,
};
