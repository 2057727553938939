/* A WeirExecution: the operators of one query, run once (batch) or once per micro-batch. The run ends with the commit
 * of all state: built in tasks, written in the I/O pool; whatever fails, every store is aborted. */
#include "operators/execution_private.h"

WeirStatus weir_execution_new(const WeirPhysicalPlan *plan, const WeirExecutionEnvironment *environment,
                              WeirExecution **out, WeirError *error)
{
    WeirExecution *execution = weir_calloc(1, sizeof(*execution));
    execution->plan = plan;
    execution->environment = environment;
    weir_arena_init(&execution->arena, environment->tracker);
    execution->schema = weir_output_schema(plan, &execution->arena);
    const WeirPhysicalPlan *const *nodes = NULL;
    WeirStatus status = WEIR_OK;
    execution->stateful_count = weir_physical_stateful(plan, &execution->arena, &nodes);
    execution->stateful = weir_calloc(execution->stateful_count + 1, sizeof(WeirOperator *));
    execution->metrics.stateful_count = execution->stateful_count;
    execution->metrics.stateful = weir_calloc(execution->stateful_count + 1, sizeof(WeirStatefulMetrics));
    execution->metrics.watermark_count = weir_physical_watermarks(plan, &execution->arena, &nodes);
    execution->metrics.watermarks = weir_calloc(execution->metrics.watermark_count + 1, sizeof(WeirEventTimeStats));
    WEIR_TRY_OR_GO(failed, weir_operator_new(plan, execution, &execution->root, error));
    WEIR_TRY_OR_GO(failed, weir_stateful_open_all(execution, error));
    *out = execution;
    return WEIR_OK;
failed:
    weir_execution_free(execution);
    return status;
}

void weir_execution_free(WeirExecution *execution)
{
    if (execution == NULL)
        return;
    weir_stateful_close_all(execution);
    weir_operator_free(execution->root);
    weir_free(execution->stateful);
    weir_free(execution->metrics.stateful);
    weir_free(execution->metrics.watermarks);
    weir_free(execution->metrics.source_rows);
    weir_arena_deinit(&execution->arena);
    weir_free(execution);
}

const WeirSchema *weir_execution_schema(const WeirExecution *execution)
{
    return execution->schema;
}

static void clear_metrics(WeirExecution *execution)
{
    WeirExecutionMetrics *metrics = &execution->metrics;
    uint32_t sources = execution->batch == NULL ? 0 : execution->batch->source_count;
    if (sources > metrics->source_count || metrics->source_rows == NULL) {
        weir_free(metrics->source_rows);
        metrics->source_rows = weir_calloc(sources + 1, sizeof(int64_t));
    }
    metrics->source_count = sources;
    memset(metrics->source_rows, 0, sizeof(int64_t) * sources);
    memset(metrics->watermarks, 0, sizeof(WeirEventTimeStats) * metrics->watermark_count);
    memset(metrics->stateful, 0, sizeof(WeirStatefulMetrics) * metrics->stateful_count);
    metrics->output_rows = 0;
}

WeirStatus weir_execution_run(WeirExecution *execution, const WeirExecutionBatch *batch,
                              const WeirExecutionOutput *output, const WeirExecutionMetrics **metrics, WeirError *error)
{
    execution->batch = batch;
    clear_metrics(execution);
    WeirOutputRun *run = weir_output_run_new(execution, output);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_operator_run(execution->root, &weir_output_terminal, run, error));
    WEIR_TRY_OR_GO(done, weir_output_run_finish(run, error));
    WEIR_TRY_OR_GO(done, weir_stateful_commit_all(execution, error));
    execution->metrics.output_rows = weir_output_run_rows(run);
    if (metrics != NULL)
        *metrics = &execution->metrics;
done:
    weir_output_run_free(run);
    weir_operator_reset(execution->root, status != WEIR_OK);
    if (status != WEIR_OK)
        weir_stateful_abort_all(execution);
    execution->batch = NULL;
    return status;
}
