/* Operations of all aggregate functions of an operator over rows of buffers. */
#include "operators/aggregate/aggregate_functions.h"

WeirStatus weir_aggregate_functions_init(WeirAggregateFunctions *functions, const WeirPhysicalPlan *plan,
                                         const WeirEvalContext *context, WeirArena *arena, WeirError *error)
{
    uint32_t count = plan->aggregate_count;
    *functions = (WeirAggregateFunctions){.aggregates = plan->aggregates, .count = count, .context = context};
    functions->slots = WEIR_ARENA_ARRAY(arena, WeirAggregateSlots, count + 1);
    functions->buffer_schema =
        weir_aggregate_buffer_schema(plan->aggregates, count, arena, functions->slots, &functions->fixed);
    if (plan->stateful != NULL && plan->stateful->is_old_format)
        functions->fixed = false; /* the store's rows are not the buffers alone: they can't be merged in place */
    uint32_t columns = functions->buffer_schema->field_count;
    functions->row_bytes = (uint32_t)(weir_unsafe_row_null_bytes(columns) + (size_t)columns * 8);
    functions->is_object = WEIR_ARENA_ARRAY(arena, bool, count + 1);
    functions->first_argument = WEIR_ARENA_ARRAY(arena, uint32_t, count + 1);
    functions->filter = WEIR_ARENA_ARRAY(arena, uint32_t, count + 1);
    functions->key_count = plan->grouping_count;
    uint32_t outputs = plan->grouping_count;
    for (uint32_t i = 0; i < count; i++)
        outputs += plan->aggregates[i]->child_count + (plan->aggregates[i]->filter != NULL);
    WeirExpression **expressions = WEIR_ARENA_ARRAY(arena, WeirExpression *, outputs + 1);
    uint32_t next = 0;
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        expressions[next++] = plan->grouping[i];
    for (uint32_t i = 0; i < count; i++) {
        const WeirExpression *aggregate = plan->aggregates[i];
        functions->is_object[i] = (aggregate->aggregate->flags & WEIR_AGGREGATE_OBJECT) != 0;
        functions->first_argument[i] = next;
        for (uint32_t a = 0; a < aggregate->child_count; a++)
            expressions[next++] = aggregate->children[a];
        functions->filter[i] = UINT32_MAX;
        if (aggregate->filter != NULL) {
            functions->filter[i] = next;
            expressions[next++] = aggregate->filter;
        }
    }
    functions->output_count = outputs;
    return weir_program_compile(expressions, outputs, context, &functions->program, error);
}

void weir_aggregate_functions_deinit(WeirAggregateFunctions *functions)
{
    weir_program_free(functions->program);
    functions->program = NULL;
}

void weir_aggregates_init_row(const WeirAggregateFunctions *functions, WeirArena *objects, uint8_t *row)
{
    for (uint32_t i = 0; i < functions->count; i++) {
        WeirAggregateCall call = weir_aggregate_call(functions, i, objects);
        call.expression->aggregate->init(&call, row);
    }
}

bool weir_aggregates_need_free(const WeirAggregateFunctions *functions)
{
    for (uint32_t i = 0; i < functions->count; i++) {
        if (functions->aggregates[i]->aggregate->free_object != NULL)
            return true;
    }
    return false;
}

void weir_aggregates_free_row(const WeirAggregateFunctions *functions, WeirArena *objects, uint8_t *row)
{
    for (uint32_t i = 0; i < functions->count; i++) {
        WeirAggregateCall call = weir_aggregate_call(functions, i, objects);
        if (call.expression->aggregate->free_object != NULL)
            call.expression->aggregate->free_object(&call, row);
    }
}

/* Rows of one function that pass its FILTER (WHERE …). */
static uint32_t filter_rows(const WeirVector *filter, const uint32_t *selection, uint32_t count, uint8_t *const *rows,
                            uint32_t *kept_selection, uint8_t **kept_rows)
{
    uint32_t kept = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t row = selection == NULL ? k : selection[k];
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(filter, row, &flat);
        bool pass = at != WEIR_NULL_INDEX && (flat->validity == NULL || weir_bit_get(flat->validity, at)) &&
                    flat->values != NULL && ((const uint8_t *)flat->values)[at] != 0;
        kept_selection[kept] = row;
        kept_rows[kept] = rows[k];
        kept += pass;
    }
    return kept;
}

WeirStatus weir_aggregates_update(const WeirAggregateFunctions *functions, const WeirVector *outputs,
                                  const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirArena *objects,
                                  WeirArena *scratch, WeirError *error)
{
    for (uint32_t i = 0; i < functions->count; i++) {
        const WeirAggregateCall call = weir_aggregate_call(functions, i, objects);
        const WeirVector *arguments[WEIR_AGGREGATE_BUFFERS_MAX];
        uint32_t argument_count = call.expression->child_count;
        const WeirVector **list = argument_count <= WEIR_AGGREGATE_BUFFERS_MAX
                                      ? arguments
                                      : WEIR_ARENA_ARRAY(scratch, const WeirVector *, argument_count);
        for (uint32_t a = 0; a < argument_count; a++)
            list[a] = &outputs[functions->first_argument[i] + a];
        const uint32_t *live = selection;
        uint32_t live_count = count;
        uint8_t *const *live_rows = rows;
        if (functions->filter[i] != UINT32_MAX) {
            uint32_t *kept = weir_arena_alloc(scratch, sizeof(uint32_t) * count);
            uint8_t **kept_rows = weir_arena_alloc(scratch, sizeof(uint8_t *) * count);
            live_count = filter_rows(&outputs[functions->filter[i]], selection, count, rows, kept, kept_rows);
            live = kept;
            live_rows = kept_rows;
        }
        if (live_count > 0)
            WEIR_TRY(call.expression->aggregate->update(&call, list, live, live_count, live_rows, error));
    }
    return WEIR_OK;
}

/* Buffer columns of encoded rows as vectors. */
static WeirStatus decode_buffers(const WeirAggregateFunctions *functions, const uint8_t *const *sources,
                                 const uint32_t *source_sizes, uint32_t count, WeirVector **columns, WeirArena *scratch,
                                 WeirError *error)
{
    *columns = WEIR_ARENA_ARRAY(scratch, WeirVector, functions->buffer_schema->field_count + 1);
    return weir_unsafe_row_decode(functions->buffer_schema, sources, source_sizes, count, false, *columns, scratch,
                                  error);
}

WeirStatus weir_aggregates_merge(const WeirAggregateFunctions *functions, uint8_t *const *targets,
                                 const uint8_t *const *sources, const uint32_t *source_sizes, uint32_t count,
                                 WeirArena *objects, WeirArena *scratch, WeirError *error)
{
    WeirVector *columns = NULL;
    if (!functions->fixed)
        WEIR_TRY(decode_buffers(functions, sources, source_sizes, count, &columns, scratch, error));
    for (uint32_t i = 0; i < functions->count; i++) {
        const WeirAggregateCall call = weir_aggregate_call(functions, i, objects);
        const WeirAggregateFunction *function = call.expression->aggregate;
        if (functions->is_object[i])
            WEIR_TRY(function->merge_serialized(&call, &columns[call.slots.first], NULL, count, targets, error));
        else
            WEIR_TRY(function->merge(&call, targets, sources, count, error));
    }
    return WEIR_OK;
}

#define SLOTS_TO_VECTOR(Type)                                                                                          \
    {                                                                                                                  \
        Type *values = out->values;                                                                                    \
        for (uint32_t k = 0; k < count; k++)                                                                           \
            memcpy(&values[k], rows[k] + offset, sizeof(Type));                                                        \
        break;                                                                                                         \
    }

/* One fixed-width buffer column of table rows as a vector. */
static WeirStatus slots_to_vector(const WeirAggregateFunctions *functions, uint32_t column, const uint8_t *const *rows,
                                  uint32_t count, WeirVector *out, WeirArena *scratch, WeirError *error)
{
    const WeirSchema *schema = functions->buffer_schema;
    WEIR_TRY(weir_vector_init(out, schema->fields[column].type, count, scratch, error));
    out->length = count;
    size_t offset = weir_unsafe_row_null_bytes(schema->field_count) + (size_t)column * 8;
    switch (weir_type_physical(schema->fields[column].type)) {
    case WEIR_PHYSICAL_BOOL:
    case WEIR_PHYSICAL_INT8:
        SLOTS_TO_VECTOR(uint8_t)
    case WEIR_PHYSICAL_INT16:
        SLOTS_TO_VECTOR(int16_t)
    case WEIR_PHYSICAL_INT32:
        SLOTS_TO_VECTOR(int32_t)
    case WEIR_PHYSICAL_FLOAT:
        SLOTS_TO_VECTOR(float)
    case WEIR_PHYSICAL_INT64:
        SLOTS_TO_VECTOR(int64_t)
    case WEIR_PHYSICAL_DOUBLE:
        SLOTS_TO_VECTOR(double)
    default:
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                 "A fixed-width aggregation buffer has a type of variable width.");
    }
    for (uint32_t k = 0; k < count; k++) {
        if (weir_unsafe_row_is_null(rows[k], column)) {
            weir_vector_ensure_validity(out, count, scratch);
            weir_bit_clear(out->validity, k);
        }
    }
    return WEIR_OK;
}

WeirStatus weir_aggregates_serialize(const WeirAggregateFunctions *functions, const uint8_t *const *rows,
                                     uint32_t count, WeirVector *columns, WeirArena *objects, WeirArena *scratch,
                                     WeirError *error)
{
    for (uint32_t i = 0; i < functions->count; i++) {
        const WeirAggregateCall call = weir_aggregate_call(functions, i, objects);
        uint32_t first = call.slots.first;
        if (functions->is_object[i]) {
            WEIR_TRY(call.expression->aggregate->serialize(&call, rows, count, &columns[first], scratch, error));
            continue;
        }
        uint32_t end = i + 1 < functions->count ? functions->slots[i + 1].first : functions->buffer_schema->field_count;
        for (uint32_t column = first; column < end; column++)
            WEIR_TRY(slots_to_vector(functions, column, rows, count, &columns[column], scratch, error));
    }
    return WEIR_OK;
}

WeirStatus weir_aggregates_evaluate(const WeirAggregateFunctions *functions, const uint8_t *const *rows, uint32_t count,
                                    WeirVector *results, WeirArena *objects, WeirArena *arena, WeirError *error)
{
    for (uint32_t i = 0; i < functions->count; i++) {
        const WeirAggregateCall call = weir_aggregate_call(functions, i, objects);
        WEIR_TRY(weir_vector_init(&results[i], call.expression->type, count, arena, error));
        results[i].length = count;
        WEIR_TRY(call.expression->aggregate->evaluate(&call, rows, count, &results[i], arena, error));
    }
    return WEIR_OK;
}
