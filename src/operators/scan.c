/* FileScanExec, BatchScanExec, MicroBatchScanExec: one unit per partition of the source. A batch relation is opened and
 * planned by itself; a stream's partitions come with the micro-batch. */
#include "operators/operator.h"

typedef struct ScanRun {
    const WeirSourceType *type;
    WeirSource *source;
    bool owns_source;
    const WeirInputPartition *partitions;
    uint32_t partition_count;
    uint32_t first_unit;
    WeirScanRequest request;
    WeirOptions options;
    WeirArena arena;
    const WeirPipeline *pipeline;
    _Atomic int64_t rows;
} ScanRun;

static ScanRun *scan_run_new(WeirOperator *operator)
{
    const WeirPhysicalPlan *plan = operator->plan;
    ScanRun *run = weir_calloc(1, sizeof(*run));
    operator->run = run;
    weir_arena_init(&run->arena, &operator->tracker);
    run->request = (WeirScanRequest){.columns = plan->columns,
                                     .column_count = plan->column_count,
                                     .filters = plan->pushed_filters,
                                     .filter_count = plan->pushed_filter_count,
                                     .batch_rows_max = weir_execution_batch_rows(operator->execution)};
    return run;
}

static void scan_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    ScanRun *run = operator->run;
    if (run == NULL)
        return;
    if (run->owns_source)
        run->type->close(run->source);
    weir_arena_deinit(&run->arena);
    weir_free(run);
    operator->run = NULL;
}

static WeirStatus batch_scan_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    if (operator->run != NULL) { /* the static side of a stream: the files are listed once a query, as in Spark, and
                                    read in every batch */
        *unit_count = ((const ScanRun *)operator->run)->partition_count;
        return WEIR_OK;
    }
    ScanRun *run = scan_run_new(operator);
    const WeirRelation *relation = operator->plan->relation;
    WeirConnectorContext context = operator->execution->environment->connector;
    context.format = relation->format;
    context.relation_name = relation->name;
    context.user_schema = relation->user_schema;
    context.schema = relation->schema;
    context.tracker = &operator->tracker;
    WeirConnectorOption *options = WEIR_ARENA_ARRAY(&run->arena, WeirConnectorOption, relation->option_count + 1);
    for (uint32_t i = 0; i < relation->option_count; i++)
        options[i] = (WeirConnectorOption){.key = relation->options[i].key, .value = relation->options[i].value};
    context.options = (WeirOptions){.entries = options, .count = relation->option_count};
    run->type = relation->connector;
    WEIR_TRY(run->type->open(&context, false, &run->source, error));
    run->owns_source = true;
    WeirInputPartition *partitions = NULL;
    WEIR_TRY(run->type->plan_batch(run->source, &run->arena, &partitions, &run->partition_count, error));
    run->partitions = partitions;
    *unit_count = run->partition_count;
    return weir_arena_check(&run->arena, error);
}

static WeirStatus stream_scan_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    scan_reset(operator, false);
    ScanRun *run = scan_run_new(operator);
    const WeirExecutionBatch *batch = operator->execution->batch;
    uint32_t index = (uint32_t) operator->plan->relation->source_index;
    if (batch == NULL || index >= batch->source_count)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "The batch has no source %u.", index);
    const WeirExecutionSource *source = &batch->sources[index];
    run->type = source->type;
    run->source = source->source;
    run->partitions = source->partitions;
    run->partition_count = source->type == NULL ? 0 : source->partition_count;
    *unit_count = run->partition_count;
    return WEIR_OK;
}

/* Rows that pass the reader's filter: the others do not count as read. */
static WeirStatus filter_batch(WeirOperator *operator, WeirProgramInstance * filter, WeirBatch **batch,
                               WeirError *error)
{
    if (filter == NULL)
        return WEIR_OK;
    WeirBatch *out = weir_batch_over(*batch, (*batch)->column_count, &operator->tracker);
    WeirStatus status = weir_program_filter(filter, *batch, &out->arena, &out->selection, &out->selected_count, error);
    memcpy(out->columns, (*batch)->columns, sizeof(WeirVector) * (*batch)->column_count);
    if (status == WEIR_OK)
        status = weir_batch_check(out, error);
    weir_batch_release(*batch); /* `out` keeps it */
    *batch = out;
    return status;
}

static WeirStatus scan_batches(WeirOperator *operator, ScanRun * run, WeirReader *reader, WeirProgramInstance *filter,
                               WeirPipelineTask *task, WeirError *error)
{
    WeirStatus status = WEIR_OK;
    int64_t taken = 0;
    while (status == WEIR_OK && !weir_pipeline_is_satisfied(task) &&
           (operator->plan->limit<0 || taken<operator->plan->limit)) {
        WeirBatch *batch = NULL;
        WEIR_TRY(weir_execution_check_cancelled(operator->execution, error));
        WEIR_TRY(run->type->next_batch(reader, &batch, error));
        if (batch == NULL)
            break;
        status = filter_batch(operator, filter, &batch, error);
        if (status == WEIR_OK && operator->plan->limit >= 0 && taken + batch->selected_count> operator->plan->limit) {
            WeirBatch *slice =
                weir_batch_slice(batch, 0, (uint32_t)(operator->plan->limit - taken), &operator->tracker);
            weir_batch_release(batch);
            batch = slice;
        }
        taken += batch->selected_count;
        atomic_fetch_add_explicit(&run->rows, batch->selected_count, memory_order_relaxed);
        if (status == WEIR_OK)
            status = weir_emit(task, 0, batch, error);
        weir_batch_release(batch);
    }
    return status;
}

static WeirStatus scan_open(WeirOperator *operator, WeirError * error)
{
    WeirProgram *filter = NULL;
    if (operator->plan->condition == NULL)
        return WEIR_OK;
    WEIR_TRY(weir_program_compile((WeirExpression *const *)&operator->plan->condition,
                                  1, operator->execution->environment->context, &filter, error));
    operator->state = filter;
    return WEIR_OK;
}

static void scan_close(WeirOperator *operator)
{
    weir_program_free(operator->state);
    scan_reset(operator, false);
}

static WeirStatus scan_task(void *context, uint32_t index, WeirError *error)
{
    WeirOperator *operator= context;
    ScanRun *run = operator->run;
    WeirPipelineTask *task = NULL;
    WeirReader *reader = NULL;
    WeirProgramInstance *filter = NULL;
    WEIR_TRY(weir_pipeline_open(run->pipeline, run->first_unit + index, &task, error));
    WeirStatus status = WEIR_OK;
    if (!weir_pipeline_is_satisfied(task)) {
        WEIR_TRY_OR_GO(done, run->type->open_partition(run->source, &run->partitions[index], &run->request,
                                                       &operator->tracker, &reader, error));
        if (operator->state != NULL)
            WEIR_TRY_OR_GO(done, weir_program_instance_new(operator->state, &filter, error));
        WEIR_TRY_OR_GO(done, scan_batches(operator, run, reader, filter, task, error));
    }
    WEIR_TRY_OR_GO(done, weir_pipeline_finish(task, error));
done:
    weir_pipeline_close(task, status != WEIR_OK); /* before the reader: its batches may hold the reader's buffers */
    weir_program_instance_free(filter);
    if (reader != NULL)
        run->type->close_reader(reader);
    return status;
}

static WeirStatus scan_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                               WeirError *error)
{
    ScanRun *run = operator->run;
    run->first_unit = first_unit;
    run->pipeline = pipeline;
    if (run->partition_count == 0)
        return WEIR_OK;
    WeirExecution *execution = operator->execution;
    if (run->partition_count == 1 || weir_execution_pool(execution) == NULL) {
        for (uint32_t i = 0; i < run->partition_count; i++)
            WEIR_TRY(scan_task(operator, i, error));
    } else {
        WEIR_TRY(weir_task_pool_run(weir_execution_pool(execution), scan_task, operator, run->partition_count,
                                    weir_execution_cancelled(execution), error));
    }
    if (operator->plan->kind == WEIR_PHYSICAL_STREAM_SCAN)
        execution->metrics.source_rows[operator->plan->relation->source_index] += run->rows;
    return WEIR_OK;
}

/* In a stream what was planned stays: see batch_scan_prepare. */
static void batch_scan_reset(WeirOperator *operator, bool failed)
{
    if (operator->execution->batch == NULL || failed)
        scan_reset(operator, failed);
}

const WeirOperatorType weir_batch_scan_operator = {
    .name = "BatchScan",
    .open = scan_open,
    .close = scan_close,
    .prepare = batch_scan_prepare,
    .produce = scan_produce,
    .reset = batch_scan_reset,
};

const WeirOperatorType weir_stream_scan_operator = {
    .name = "MicroBatchScan",
    .open = scan_open,
    .close = scan_close,
    .prepare = stream_scan_prepare,
    .produce = scan_produce,
    .reset = scan_reset,
};
