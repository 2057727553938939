/* See batch_execution.h. */
#include "engine/batch_execution.h"

#include "optimizer/optimizer.h"

typedef struct Collector {
    WeirBatchList *list;
    WeirMemoryTracker *tracker;
} Collector;

void weir_batch_list_add(WeirBatchList *list, WeirBatch *batch)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        list->batches = weir_realloc(list->batches, list->capacity * sizeof(WeirBatch *));
    }
    list->batches[list->count++] = batch;
    list->row_count += batch->selected_count;
}

void weir_batch_list_release(WeirBatchList *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        weir_batch_release(list->batches[i]);
    weir_free(list->batches);
    *list = (WeirBatchList){0};
}

static void adopt_vector(WeirVector *vector, const WeirDataType *type)
{
    vector->type = type;
    if (vector->dictionary != NULL)
        adopt_vector(vector->dictionary, type);
    for (uint32_t i = 0; vector->children != NULL && i < type->field_count; i++)
        adopt_vector(&vector->children[i], type->fields[i].type);
}

void weir_batch_adopt_types(WeirBatch *batch, const WeirSchema *schema)
{
    for (uint32_t i = 0; i < batch->column_count; i++)
        adopt_vector(&batch->columns[i], schema->fields[i].type);
}

WeirStatus weir_batch_plan(WeirLogicalPlan *analyzed, const WeirEvalContext *context, int32_t shuffle_partitions,
                           WeirArena *arena, int64_t *next_expression_id, WeirBatchPlans *plans, WeirError *error)
{
    WeirPhysicalOptions options = {
        .context = context,
        .output_mode = "append",
        .shuffle_partitions = shuffle_partitions,
        .next_expression_id = next_expression_id,
    };
    WEIR_TRY(weir_optimize(analyzed, context, true, arena, next_expression_id, &plans->optimized, error));
    return weir_physical_create(plans->optimized, &options, arena, &plans->physical, error);
}

static WeirStatus collect_batch(void *context, uint32_t task_index, WeirBatch *batch, WeirError *error)
{
    Collector *collector = context;
    WeirBatch *compact = NULL;
    (void)task_index;
    if (batch->selected_count == 0)
        return WEIR_OK;
    WEIR_TRY(weir_batch_compact(batch, collector->tracker, &compact, error));
    weir_batch_list_add(collector->list, compact);
    return WEIR_OK;
}

WeirStatus weir_batch_collect(const WeirPhysicalPlan *physical, const WeirExecutionEnvironment *environment,
                              WeirBatchList *list, WeirError *error)
{
    WeirExecution *execution = NULL;
    Collector collector = {.list = list, .tracker = environment->tracker};
    WeirExecutionOutput output = {.context = &collector, .ordered = true, .consume = collect_batch};
    const WeirExecutionMetrics *metrics = NULL;
    *list = (WeirBatchList){0};
    WEIR_TRY(weir_execution_new(physical, environment, &execution, error));
    WeirStatus status = weir_execution_run(execution, NULL, &output, &metrics, error);
    weir_execution_free(execution);
    if (status != WEIR_OK)
        weir_batch_list_release(list);
    return status;
}
