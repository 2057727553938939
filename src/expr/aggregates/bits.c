/* bit_and, bit_or, bit_xor: one slot of the argument's type, null until there is a value. */
#include "expr/aggregates/aggregate_private.h"

static WeirStatus resolve_bits(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = call->cast_types[0] != NULL ? call->cast_types[0] : call->arguments[0]->type;
    return WEIR_OK;
}

static uint32_t bits_buffer(const WeirExpression *expression, WeirArena *arena,
                            WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)arena;
    fields[0] = weir_buffer_field(expression->aggregate->name, expression->type, true);
    return 1;
}

static void bits_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_set_null(row, &call->slots, 0, true);
}

static void combine(const WeirAggregateCall *call, uint8_t *row, uint64_t bits)
{
    char kind = call->expression->aggregate->name[4];
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    uint64_t held = (uint64_t)weir_slot_get_long(slot);
    if (!weir_slot_is_null(row, &call->slots, 0))
        bits = kind == 'a' ? held & bits : kind == 'o' ? held | bits : held ^ bits;
    weir_slot_set_null(row, &call->slots, 0, false);
    weir_slot_put_long(slot, (int64_t)bits);
}

static WeirStatus bits_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                              const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &x, error));
    WeirArgument a = weir_argument(x);
    size_t size = weir_physical_size(weir_type_physical(x->type));
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_argument_is_null(&a, row))
            continue;
        uint64_t bits = 0; /* narrow values fill their low bytes, as in an UnsafeRow */
        memcpy(&bits, (const uint8_t *)a.values + (size_t)(row & a.mask) * size, size);
        combine(call, rows[k], bits);
    }
    return WEIR_OK;
}

static WeirStatus bits_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                             uint32_t count, WeirError *error)
{
    (void)error;
    for (uint32_t k = 0; k < count; k++)
        if (!weir_slot_is_null(sources[k], &call->slots, 0))
            combine(call, targets[k], (uint64_t)weir_slot_get_long(weir_slot_const(sources[k], &call->slots, 0)));
    return WEIR_OK;
}

static WeirStatus bits_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)error;
    size_t size = weir_physical_size(weir_type_physical(result->type));
    for (uint32_t k = 0; k < count; k++) {
        if (weir_slot_is_null(rows[k], &call->slots, 0)) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        memcpy((uint8_t *)result->values + k * size, weir_slot_const(rows[k], &call->slots, 0), size);
    }
    return WEIR_OK;
}

#define BITS(NAME, USAGE)                                                                                              \
    {                                                                                                                  \
        .name = NAME, .arguments_min = 1, .arguments_max = 1, .signature = "integral->?", .resolve = resolve_bits,     \
        .buffer = bits_buffer, .init = bits_init, .update = bits_update, .merge = bits_merge,                          \
        .evaluate = bits_evaluate, .group = "agg_funcs", .usage = USAGE                                                \
    }

const WeirAggregateFunction weir_aggregates_bits[] = {
    BITS("bit_and", "bit_and(a): bits set in all values."),
    BITS("bit_or", "bit_or(a): bits set in some value."),
    BITS("bit_xor", "bit_xor(a): bits set in an odd number of values."),
    {0},
};
