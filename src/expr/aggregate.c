/* The buffer row of several aggregates. */
#include "expr/aggregates/aggregate_private.h"

const WeirSchema *weir_aggregate_buffer_schema(WeirExpression *const *aggregates, uint32_t count, WeirArena *arena, WeirAggregateSlots *slots,
                                               bool *fixed)
{
    WeirField *all = WEIR_ARENA_ARRAY(arena, WeirField, (size_t)count * WEIR_AGGREGATE_BUFFERS_MAX + 1);
    uint32_t total = 0;
    *fixed = true;
    for (uint32_t i = 0; i < count; i++) {
        const WeirAggregateFunction *aggregate = aggregates[i]->aggregate;
        slots[i].first = total;
        if (aggregate->flags & WEIR_AGGREGATE_OBJECT)
            *fixed = false;
        total += aggregate->buffer(aggregates[i], arena, all + total);
    }
    for (uint32_t i = 0; i < count; i++)
        slots[i].column_count = total;
    return weir_type_struct(arena, all, total);
}

WeirStatus weir_aggregate_flatten(const WeirAggregateCall *call, const WeirVector *vector, WeirVector *storage, const WeirVector **out, WeirError *error)
{
    if (vector->kind != WEIR_VECTOR_DICTIONARY) {
        *out = vector;
        return WEIR_OK;
    }
    WEIR_TRY(weir_vector_flatten(vector, storage, call->arena, error));
    *out = storage;
    return WEIR_OK;
}
