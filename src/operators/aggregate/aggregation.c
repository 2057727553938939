/* The compiled aggregation and its result rows. */
#include "operators/aggregate/aggregation.h"

static const WeirSchema *key_schema_of(const WeirPhysicalPlan *plan, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, plan->grouping_count + 1);
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        const WeirExpression *key = plan->grouping[i];
        fields[i] = (WeirField){
            .name = key->name == NULL ? "" : key->name, .type = key->type, .nullable = key->nullable, .metadata = "{}"};
    }
    return weir_type_struct(arena, fields, plan->grouping_count);
}

WeirStatus weir_aggregation_new(WeirOperator *operator, uint32_t partition_count, WeirAggregation **out,
                                WeirError *error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    const WeirEvalContext *context = operator->execution->environment->context;
    WeirAggregation *aggregation = weir_calloc(1, sizeof(*aggregation));
    *out = aggregation; /* the caller frees it, also after a failure */
    aggregation->operator= operator;
    weir_arena_init(&aggregation->arena, &operator->tracker);
    aggregation->key_schema = key_schema_of(plan, &aggregation->arena);
    aggregation->is_global = plan->grouping_count == 0;
    aggregation->partition_count = aggregation->is_global ? 1 : partition_count;
    weir_key_layout_init(&aggregation->layout, aggregation->key_schema, &aggregation->arena);
    weir_key_layout_init_encoded(&aggregation->encoded_layout, aggregation->key_schema, &aggregation->arena);
    WEIR_TRY(weir_aggregate_functions_init(&aggregation->functions, plan, context, &aggregation->arena, error));
    return weir_projection_init(&aggregation->result, plan->expressions, plan->expression_count, context, error);
}

void weir_aggregation_free(WeirAggregation *aggregation)
{
    if (aggregation == NULL)
        return;
    weir_exchange_deinit(&aggregation->exchange);
    weir_projection_deinit(&aggregation->result);
    weir_aggregate_functions_deinit(&aggregation->functions);
    weir_arena_deinit(&aggregation->arena);
    weir_free(aggregation);
}

/* ---- result rows ---- */

WeirStatus weir_result_writer_init(WeirResultWriter *writer, WeirAggregation *aggregation, WeirPipelineTask *task,
                                   WeirError *error)
{
    uint32_t capacity = weir_execution_batch_rows(aggregation->operator->execution);
    *writer = (WeirResultWriter){.aggregation = aggregation, .task = task, .capacity = capacity};
    writer->keys = weir_malloc(capacity * sizeof(uint8_t *));
    writer->rows = weir_malloc(capacity * sizeof(uint8_t *));
    writer->key_sizes = weir_malloc(capacity * sizeof(uint32_t));
    writer->row_sizes = weir_malloc(capacity * sizeof(uint32_t));
    weir_arena_init(&writer->copy_arena, &aggregation->operator->tracker);
    return weir_projection_instance(&aggregation->result, &writer->instance, error);
}

void weir_result_writer_deinit(WeirResultWriter *writer)
{
    weir_program_instance_free(writer->instance);
    weir_free(writer->keys);
    weir_free(writer->rows);
    weir_free(writer->key_sizes);
    weir_free(writer->row_sizes);
    if (writer->aggregation != NULL)
        weir_arena_deinit(&writer->copy_arena);
    *writer = (WeirResultWriter){0};
}

static WeirStatus copy_bytes(WeirArena *arena, const uint8_t **bytes, uint32_t size, WeirError *error)
{
    void *copy = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, size + 8u, &copy, error));
    memcpy(copy, *bytes, size);
    *bytes = copy;
    return WEIR_OK;
}

WeirStatus weir_result_writer_add(WeirResultWriter *writer, const uint8_t *key, uint32_t key_size, const uint8_t *row,
                                  uint32_t row_size, WeirError *error)
{
    if (writer->copies) {
        WEIR_TRY(copy_bytes(&writer->copy_arena, &key, key_size, error));
        WEIR_TRY(copy_bytes(&writer->copy_arena, &row, row_size, error));
    }
    uint32_t at = writer->count++;
    writer->keys[at] = key;
    writer->key_sizes[at] = key_size;
    writer->rows[at] = row;
    writer->row_sizes[at] = row_size;
    return writer->count == writer->capacity ? weir_result_writer_flush(writer, error) : WEIR_OK;
}

/* Encoded rows of object functions become rows of objects for a moment. */
static WeirStatus evaluate_encoded(WeirResultWriter *writer, WeirVector *results, WeirArena *arena, WeirError *error)
{
    const WeirAggregateFunctions *functions = &writer->aggregation->functions;
    WeirArena objects;
    weir_arena_init(&objects, &writer->aggregation->operator->tracker);
    uint8_t **rows = weir_arena_alloc(arena, sizeof(uint8_t *) * writer->count);
    for (uint32_t k = 0; k < writer->count; k++) {
        rows[k] = weir_arena_calloc(&objects, functions->row_bytes + 8u);
        weir_aggregates_init_row(functions, &objects, rows[k]);
    }
    WeirStatus status =
        weir_aggregates_merge(functions, rows, writer->rows, writer->row_sizes, writer->count, &objects, arena, error);
    if (status == WEIR_OK)
        status = weir_aggregates_evaluate(functions, (const uint8_t *const *)rows, writer->count, results, &objects,
                                          arena, error);
    for (uint32_t k = 0; k < writer->count; k++)
        weir_aggregates_free_row(functions, &objects, rows[k]);
    if (status == WEIR_OK) { /* Results may point into the objects: they live as long as the batch. */
        for (uint32_t i = 0; i < functions->count && status == WEIR_OK; i++) {
            WeirVector deep;
            status = weir_vector_gather(&results[i], NULL, writer->count, true, &deep, arena, error);
            results[i] = deep;
        }
    }
    weir_arena_deinit(&objects);
    return status;
}

static WeirStatus fill_results(WeirResultWriter *writer, WeirBatch *batch, WeirError *error)
{
    WeirAggregation *aggregation = writer->aggregation;
    uint32_t key_count = aggregation->key_schema->field_count;
    batch->row_count = batch->selected_count = writer->count;
    WEIR_TRY(weir_unsafe_row_decode(aggregation->key_schema, writer->keys, writer->key_sizes, writer->count, true,
                                    batch->columns, &batch->arena, error));
    WeirVector *results = batch->columns + key_count;
    if (writer->encoded && !aggregation->functions.fixed)
        return evaluate_encoded(writer, results, &batch->arena, error);
    return weir_aggregates_evaluate(&aggregation->functions, writer->rows, writer->count, results, writer->objects,
                                    &batch->arena, error);
}

WeirStatus weir_result_writer_flush(WeirResultWriter *writer, WeirError *error)
{
    if (writer->count == 0)
        return WEIR_OK;
    WeirAggregation *aggregation = writer->aggregation;
    WeirMemoryTracker *tracker = &aggregation->operator->tracker;
    WeirBatch *batch = weir_batch_new(aggregation->key_schema->field_count + aggregation->functions.count, tracker);
    WeirBatch *out = NULL;
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, fill_results(writer, batch, error));
    WEIR_TRY_OR_GO(done, weir_batch_check(batch, error));
    WEIR_TRY_OR_GO(done, weir_projection_run(&aggregation->result, writer->instance, batch, tracker, &out, error));
    status = weir_emit(writer->task, 0, out, error);
done:
    weir_batch_release(out);
    weir_batch_release(batch);
    writer->count = 0;
    weir_arena_reset(&writer->copy_arena);
    return status;
}
