/* The buffer row of several aggregates. */
#include "expr/aggregates/aggregate_private.h"

const WeirSchema *weir_aggregate_buffer_schema(WeirExpression *const *aggregates, uint32_t count, WeirArena *arena,
                                               WeirAggregateSlots *slots, bool *fixed)
{
    WeirField *one = weir_calloc(WEIR_AGGREGATE_BUFFERS_MAX, sizeof(*one)), *all = NULL;
    uint32_t total = 0, capacity = 0;
    *fixed = true;
    for (uint32_t i = 0; i < count; i++) {
        const WeirAggregateFunction *aggregate = aggregates[i]->aggregate;
        slots[i].first = total;
        if (aggregate->flags & WEIR_AGGREGATE_OBJECT)
            *fixed = false;
        uint32_t columns = aggregate->buffer(aggregates[i], arena, one);
        if (total + columns > capacity) {
            capacity = (total + columns) * 2;
            all = weir_realloc(all, capacity * sizeof(*all));
        }
        memcpy(all + total, one, columns * sizeof(*all));
        total += columns;
    }
    weir_free(one);
    for (uint32_t i = 0; i < count; i++)
        slots[i].column_count = total;
    const WeirSchema *schema = weir_type_struct(arena, all, total);
    weir_free(all);
    return schema;
}

WeirStatus weir_aggregate_flatten(const WeirAggregateCall *call, const WeirVector *vector, WeirVector *storage,
                                  const WeirVector **out, WeirError *error)
{
    if (vector->kind != WEIR_VECTOR_DICTIONARY) {
        *out = vector;
        return WEIR_OK;
    }
    WEIR_TRY(weir_vector_flatten(vector, storage, call->arena, error));
    *out = storage;
    return WEIR_OK;
}
