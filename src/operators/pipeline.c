/* Pipelines: rows of one unit pushed through fused stages into a terminal, and the loops that run units as tasks. */
#include "operators/operator.h"

WeirStatus weir_operator_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    if (operator->type->prepare != NULL)
        return operator->type->prepare(operator, unit_count, error);
    WEIR_ASSERT(operator->child_count == 1);
    return weir_operator_prepare(operator->children[0], unit_count, error);
}

WeirStatus weir_operator_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                 WeirError *error)
{
    if (operator->type->produce != NULL)
        return operator->type->produce(operator, first_unit, pipeline, error);
    WEIR_ASSERT(operator->child_count == 1 && operator->type->push != NULL);
    const WeirPipeline here = {.stage = operator, .next = pipeline };
    return weir_operator_produce(operator->children[0], first_unit, &here, error);
}

WeirStatus weir_operator_run(WeirOperator *operator, const WeirTerminal * terminal, void *context, WeirError *error)
{
    uint32_t unit_count = 0;
    WEIR_TRY(weir_operator_prepare(operator, & unit_count, error));
    if (terminal->begin != NULL)
        WEIR_TRY(terminal->begin(context, unit_count, error));
    const WeirPipeline end = {.terminal = terminal, .context = context};
    return weir_operator_produce(operator, 0, &end, error);
}

/* ---- one unit ---- */

WeirStatus weir_pipeline_open(const WeirPipeline *pipeline, uint32_t unit, WeirPipelineTask **out, WeirError *error)
{
    uint32_t count = 0;
    const WeirPipeline *end = pipeline;
    for (; end->stage != NULL; end = end->next)
        count++;
    WeirPipelineTask *task = weir_calloc(1, sizeof(*task));
    task->stages = weir_calloc(count + 1, sizeof(*task->stages));
    task->unit = unit;
    task->terminal = end->terminal;
    task->terminal_context = end->context;
    WeirStatus status = WEIR_OK;
    for (const WeirPipeline *at = pipeline; at->stage != NULL; at = at->next) {
        WeirPipelineStage *stage = &task->stages[task->stage_count];
        stage->operator= at->stage;
        if (at->stage->type->open_stage != NULL)
            WEIR_TRY_OR_GO(failed, at->stage->type->open_stage(at->stage, unit, &stage->state, error));
        task->stage_count++;
    }
    if (task->terminal->open != NULL)
        WEIR_TRY_OR_GO(failed, task->terminal->open(task->terminal_context, unit, &task->terminal_state, error));
    *out = task;
    return WEIR_OK;
failed:
    weir_pipeline_close(task, true);
    return status;
}

WeirStatus weir_emit(WeirPipelineTask *task, uint32_t stage, WeirBatch *batch, WeirError *error)
{
    if (batch->selected_count == 0)
        return WEIR_OK;
    if (stage == task->stage_count)
        return task->terminal->push(task->terminal_context, task->terminal_state, batch, error);
    const WeirPipelineStage *at = &task->stages[stage];
    return at->operator->type->push(at->operator, at->state, task, stage, batch, error);
}

WeirStatus weir_pipeline_finish(WeirPipelineTask *task, WeirError *error)
{
    for (uint32_t i = 0; i < task->stage_count; i++) {
        const WeirPipelineStage *stage = &task->stages[i];
        if (stage->operator->type->finish != NULL)
            WEIR_TRY(stage->operator->type->finish(stage->operator, stage->state, task, i, error));
    }
    if (task->terminal->finish != NULL)
        return task->terminal->finish(task->terminal_context, task->terminal_state, error);
    return WEIR_OK;
}

void weir_pipeline_close(WeirPipelineTask *task, bool failed)
{
    if (task == NULL)
        return;
    for (uint32_t i = 0; i < task->stage_count; i++) {
        const WeirPipelineStage *stage = &task->stages[i];
        if (stage->operator->type->close_stage != NULL && stage->state != NULL)
            stage->operator->type->close_stage(stage->operator, stage->state);
    }
    if (task->terminal->close != NULL)
        task->terminal->close(task->terminal_context, task->terminal_state, failed);
    weir_free(task->stages);
    weir_free(task);
}

/* ---- partitions as units ---- */

typedef struct PartitionRun {
    WeirOperator *operator;
    uint32_t count, first_unit, task_count;
    const WeirPipeline *pipeline;
    WeirUnitFunction function;
} PartitionRun;

static WeirStatus run_partition(const PartitionRun *run, uint32_t partition, WeirError *error)
{
    WeirPipelineTask *task = NULL;
    WEIR_TRY(weir_execution_check_cancelled(run->operator->execution, error));
    WEIR_TRY(weir_pipeline_open(run->pipeline, run->first_unit + partition, &task, error));
    WeirStatus status = run->function(run->operator, partition, task, error);
    if (status == WEIR_OK)
        status = weir_pipeline_finish(task, error);
    weir_pipeline_close(task, status != WEIR_OK);
    return status;
}

static WeirStatus run_group(void *context, uint32_t index, WeirError *error)
{
    const PartitionRun *run = context;
    uint32_t first = (uint32_t)((uint64_t)run->count * index / run->task_count);
    uint32_t last = (uint32_t)((uint64_t)run->count * (index + 1) / run->task_count);
    for (uint32_t partition = first; partition < last; partition++)
        WEIR_TRY(run_partition(run, partition, error));
    return WEIR_OK;
}

WeirStatus weir_produce_partitions(WeirOperator *operator, uint32_t count, uint32_t first_unit,
                                   const WeirPipeline *pipeline, WeirUnitFunction function, WeirError *error)
{
    if (count == 0)
        return WEIR_OK;
    WeirTaskPool *pool = weir_execution_pool(operator->execution);
    uint32_t workers = pool == NULL ? 0 : weir_task_pool_worker_count(pool);
    uint32_t tasks = workers == 0 ? 1 : 4 * workers;
    PartitionRun run = {operator, count, first_unit, tasks < count ? tasks : count, pipeline, function};
    if (run.task_count == 1 || pool == NULL) {
        run.task_count = 1;
        return run_group(&run, 0, error);
    }
    return weir_task_pool_run(pool, run_group, &run, run.task_count, weir_execution_cancelled(operator->execution),
                              error);
}

WeirStatus weir_produce_one(WeirOperator *operator, uint32_t unit, const WeirPipeline *pipeline,
                            WeirUnitFunction function, WeirError *error)
{
    const PartitionRun run = {operator, 1, unit, 1, pipeline, function};
    return run_partition(&run, 0, error);
}

WeirStatus weir_execution_check_cancelled(const WeirExecution *execution, WeirError *error)
{
    const _Atomic bool *cancelled = weir_execution_cancelled(execution);
    if (cancelled != NULL && atomic_load_explicit(cancelled, memory_order_relaxed))
        return weir_error_set(error, WEIR_ERROR_CANCELLED);
    return WEIR_OK;
}

int64_t weir_execution_nanos(const WeirExecution *execution)
{
    WeirClock *clock = execution->environment->connector.clock;
    return clock == NULL ? 0 : clock->monotonic_nanos(clock);
}
