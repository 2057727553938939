/* LocalTableScanExec (rows given in the plan) and RangeExec (numbers, in units of a million). */
#include "operators/operator.h"

static WeirStatus local_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    (void)operator,(void) error;
    *unit_count = 1;
    return WEIR_OK;
}

static WeirStatus local_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    (void)partition;
    const WeirPhysicalPlan *plan = operator->plan;
    uint32_t rows_max = weir_execution_batch_rows(operator->execution);
    if (plan->row_count == 1 && plan->batch_count == 0) { /* SELECT without FROM: one row without columns */
        WeirBatch *row = weir_batch_new(0, &operator->tracker);
        row->row_count = row->selected_count = 1;
        WeirStatus status = weir_emit(task, 0, row, error);
        weir_batch_release(row);
        return status;
    }
    for (uint32_t i = 0; i < plan->batch_count; i++) {
        WeirBatch *batch = plan->batches[i];
        for (uint32_t start = 0; start < batch->selected_count && !weir_pipeline_is_satisfied(task);
             start += rows_max) {
            uint32_t left = batch->selected_count - start;
            WeirBatch *slice = weir_batch_slice(batch, start, left < rows_max ? left : rows_max, &operator->tracker);
            WeirStatus status = weir_emit(task, 0, slice, error);
            weir_batch_release(slice);
            WEIR_TRY(status);
        }
    }
    return WEIR_OK;
}

static WeirStatus local_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                WeirError *error)
{
    return weir_produce_one(operator, first_unit, pipeline, local_unit, error);
}

const WeirOperatorType weir_local_scan_operator = {
    .name = "LocalTableScan",
    .prepare = local_prepare,
    .produce = local_produce,
};

/* ---- range ---- */

#define RANGE_UNIT_ROWS (1 << 20)

static uint64_t range_rows(const WeirPhysicalPlan *plan)
{
    __int128 span = (__int128)plan->range_end - plan->range_start, step = plan->range_step;
    if ((span > 0) != (step > 0) || span == 0 || step == 0)
        return 0;
    return (uint64_t)((span + step + (step > 0 ? -1 : 1)) / step);
}

static WeirStatus range_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    (void)error;
    uint64_t units = (range_rows(operator->plan) + RANGE_UNIT_ROWS - 1) / RANGE_UNIT_ROWS;
    *unit_count = units == 0 ? 1 : units > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)units;
    return WEIR_OK;
}

static WeirStatus range_batch(WeirOperator *operator, uint64_t first, uint32_t count, WeirPipelineTask *task,
                              WeirError *error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    WeirBatch *batch = weir_batch_new(plan->output_count, &operator->tracker);
    WeirStatus status = WEIR_OK;
    batch->row_count = batch->selected_count = count;
    if (plan->output_count > 0) {
        WEIR_TRY_OR_GO(done, weir_vector_init(&batch->columns[0], &weir_type_long, count, &batch->arena, error));
        batch->columns[0].length = count;
        int64_t *values = batch->columns[0].values;
        for (uint32_t i = 0; i < count; i++)
            values[i] = (int64_t)((uint64_t)plan->range_start + (first + i) * (uint64_t)plan->range_step);
    }
    status = weir_emit(task, 0, batch, error);
done:
    weir_batch_release(batch);
    return status;
}

static WeirStatus range_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    uint64_t rows = range_rows(operator->plan), first = (uint64_t)partition * RANGE_UNIT_ROWS;
    uint64_t end = first + RANGE_UNIT_ROWS < rows ? first + RANGE_UNIT_ROWS : rows;
    uint32_t rows_max = weir_execution_batch_rows(operator->execution);
    while (first < end && !weir_pipeline_is_satisfied(task)) {
        uint32_t count = end - first < rows_max ? (uint32_t)(end - first) : rows_max;
        WEIR_TRY(weir_execution_check_cancelled(operator->execution, error));
        WEIR_TRY(range_batch(operator, first, count, task, error));
        first += count;
    }
    return WEIR_OK;
}

static WeirStatus range_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                WeirError *error)
{
    uint32_t units = 0;
    WEIR_TRY(range_prepare(operator, & units, error));
    return weir_produce_partitions(operator, units, first_unit, pipeline, range_unit, error);
}

const WeirOperatorType weir_range_operator = {
    .name = "Range",
    .prepare = range_prepare,
    .produce = range_produce,
};
