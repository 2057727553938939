/* min, max, bool_and (min of booleans), bool_or (max), min_by, max_by, first, last and any_value. Values that fit a
 * slot are updated there; others are held in an object. Holders are vectors of one row inside the object, never moved.
 */
#include "expr/aggregates/aggregate_private.h"
#include "expr/aggregates/extremes_by.h"
#include "expr/aggregates/holder.h"

enum { MIN_FIXED, MAX_FIXED, MIN_OBJECT, MAX_OBJECT, FIRST_OBJECT, LAST_OBJECT, MIN_BY, MAX_BY };
extern const WeirAggregateFunction weir_extreme_variants[];

static bool fits_slot(const WeirDataType *type)
{
    WeirPhysicalType physical = weir_type_physical(type);
    return physical >= WEIR_PHYSICAL_BOOL && physical <= WEIR_PHYSICAL_DOUBLE;
}

/* ---- resolution */

static WeirStatus resolve_extreme(WeirFunctionCall *call, bool max, WeirError *error)
{
    const WeirDataType *cast = call->cast_types[0], *type = cast != NULL ? cast : call->arguments[0]->type;
    if (!weir_type_is_orderable(type) && type->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, type, error);
    call->result_type = type;
    call->aggregate = &weir_extreme_variants[(fits_slot(type) ? MIN_FIXED : MIN_OBJECT) + max];
    return WEIR_OK;
}

static WeirStatus resolve_min(WeirFunctionCall *call, WeirError *error)
{
    return resolve_extreme(call, false, error);
}
static WeirStatus resolve_max(WeirFunctionCall *call, WeirError *error)
{
    return resolve_extreme(call, true, error);
}

/* Of a null without a type too. */
static WeirStatus resolve_of_booleans(WeirFunctionCall *call, bool max)
{
    call->result_type = &weir_type_boolean;
    call->aggregate = &weir_extreme_variants[MIN_FIXED + max];
    return WEIR_OK;
}

static WeirStatus resolve_bool_and(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    return resolve_of_booleans(call, false);
}
static WeirStatus resolve_bool_or(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    return resolve_of_booleans(call, true);
}

static WeirStatus resolve_by(WeirFunctionCall *call, bool max, WeirError *error)
{
    const WeirDataType *type = call->arguments[1]->type;
    if (!weir_type_is_orderable(type))
        return weir_call_bad_ordering(call, type, error);
    if (call->argument_count == 3)
        return weir_extremes_by_resolve(call, max, error);
    call->result_type = call->arguments[0]->type;
    call->aggregate = &weir_extreme_variants[MIN_BY + max];
    return WEIR_OK;
}

static WeirStatus resolve_min_by(WeirFunctionCall *call, WeirError *error)
{
    return resolve_by(call, false, error);
}
static WeirStatus resolve_max_by(WeirFunctionCall *call, WeirError *error)
{
    return resolve_by(call, true, error);
}

/* first(a, ignoreNulls): the flag is a constant and becomes part of the expression. */
static WeirStatus resolve_first(WeirFunctionCall *call, WeirError *error)
{
    bool last = strncmp(call->name, "last", 4) == 0;
    if (call->expression->ignore_nulls && strstr(call->name, "_value") != NULL && call->name[0] != 'a')
        call->name = last ? "last" : "first"; /* what IGNORE NULLS makes of first_value and last_value */
    if (call->argument_count == 2) {
        const WeirExpression *flag = call->arguments[1];
        if (flag->kind != WEIR_EXPRESSION_LITERAL || flag->type->id != WEIR_TYPE_BOOLEAN ||
            weir_value_is_null(flag->value))
            return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1210, "message",
                                  weir_arena_printf(call->arena, "the second argument of %s has to be true or false",
                                                    call->aggregate->name));
        WeirExpression *copy = weir_expression_copy(call->arena, call->expression);
        copy->ignore_nulls = weir_value_get_int(flag->value) != 0;
        call->expression = copy;
        call->argument_count = 1;
    }
    call->result_type = call->arguments[0]->type;
    call->aggregate = &weir_extreme_variants[last ? LAST_OBJECT : FIRST_OBJECT];
    return WEIR_OK;
}

/* ---- min and max in a slot */

static uint32_t extreme_buffer(const WeirExpression *expression, WeirArena *arena,
                               WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)arena;
    fields[0] = weir_buffer_field(expression->aggregate->name, expression->children[0]->type, true);
    return 1;
}

static void null_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_set_null(row, &call->slots, 0, true);
}

static int compare_doubles(double a, double b)
{
    if (a != a || b != b)
        return (a != a) - (b != b);
    return (a > b) - (a < b);
}

#define EXTREME(Type, ORDER)                                                                                           \
    do {                                                                                                               \
        Type value = ((const Type *)x->values)[row & mask], held;                                                      \
        memcpy(&held, slot, sizeof(held));                                                                             \
        if (null || sign * (ORDER) > 0) {                                                                              \
            uint64_t bits = 0;                                                                                         \
            memcpy(&bits, &value, sizeof(value));                                                                      \
            memcpy(slot, &bits, 8);                                                                                    \
            weir_slot_set_null(rows[k], &call->slots, 0, false);                                                       \
        }                                                                                                              \
    } while (0)
#define INTEGER_ORDER ((value > held) - (value < held))

static WeirStatus extreme_fixed(const WeirAggregateCall *call, int sign, const WeirVector *argument,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, argument, &storage, &x, error));
    uint32_t mask = x->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WeirPhysicalType physical = weir_type_physical(x->type);
    WEIR_FOR_UPDATES(k, row)
    {
        if (x->validity != NULL && !weir_bit_get(x->validity, row & mask))
            continue;
        uint8_t *slot = weir_slot(rows[k], &call->slots, 0);
        bool null = weir_slot_is_null(rows[k], &call->slots, 0);
        switch (physical) {
        case WEIR_PHYSICAL_BOOL:
            EXTREME(uint8_t, INTEGER_ORDER);
            break;
        case WEIR_PHYSICAL_INT8:
            EXTREME(int8_t, INTEGER_ORDER);
            break;
        case WEIR_PHYSICAL_INT16:
            EXTREME(int16_t, INTEGER_ORDER);
            break;
        case WEIR_PHYSICAL_INT32:
            EXTREME(int32_t, INTEGER_ORDER);
            break;
        case WEIR_PHYSICAL_INT64:
            EXTREME(int64_t, INTEGER_ORDER);
            break;
        case WEIR_PHYSICAL_FLOAT:
            EXTREME(float, compare_doubles((double)value, (double)held));
            break;
        default:
            EXTREME(double, compare_doubles(value, held));
            break;
        }
    }
    return WEIR_OK;
}

static WeirStatus min_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                             const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return extreme_fixed(call, -1, arguments[0], selection, count, rows, error);
}

static WeirStatus max_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                             const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return extreme_fixed(call, 1, arguments[0], selection, count, rows, error);
}

/* A source row's slot as a vector of one row. */
static WeirStatus extreme_merge(const WeirAggregateCall *call, int sign, uint8_t *const *targets,
                                const uint8_t *const *sources, uint32_t count, WeirError *error)
{
    uint64_t bits = 0;
    WeirVector one = {.type = call->expression->type, .kind = WEIR_VECTOR_CONSTANT, .length = 1, .values = &bits};
    for (uint32_t k = 0; k < count; k++) {
        if (weir_slot_is_null(sources[k], &call->slots, 0))
            continue;
        memcpy(&bits, weir_slot_const(sources[k], &call->slots, 0), 8);
        WEIR_TRY(extreme_fixed(call, sign, &one, NULL, 1, &targets[k], error));
    }
    return WEIR_OK;
}

static WeirStatus min_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                            uint32_t count, WeirError *error)
{
    return extreme_merge(call, -1, targets, sources, count, error);
}

static WeirStatus max_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                            uint32_t count, WeirError *error)
{
    return extreme_merge(call, 1, targets, sources, count, error);
}

static WeirStatus slot_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
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

/* ---- objects: holder 0 is the value, holder 1 the ordering of min_by and max_by */

typedef struct Held {
    WeirHolder value, order;
    bool value_set; /* first, last */
} Held;

static Held *held_of(const WeirAggregateCall *call, uint8_t *row)
{
    Held *held;
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(&held, slot, sizeof(held));
    if (held == NULL) {
        held = WEIR_ARENA_NEW(call->arena, Held);
        memcpy(slot, &held, sizeof(held));
    }
    return held;
}

static const Held *held_in(const WeirAggregateCall *call, const uint8_t *row)
{
    const Held *held;
    memcpy(&held, weir_slot_const(row, &call->slots, 0), sizeof(held));
    return held;
}

static void object_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static WeirStatus extreme_object(const WeirAggregateCall *call, int sign, const WeirVector *argument,
                                 const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_vector_is_null(argument, row))
            continue;
        Held *held = held_of(call, rows[k]);
        if (!held->value.set || sign * weir_holder_compare(&held->value, argument, row) < 0)
            WEIR_TRY(weir_holder_assign(&held->value, call->arena, argument, row, error));
    }
    return WEIR_OK;
}

static WeirStatus min_object_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                    const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return extreme_object(call, -1, arguments[0], selection, count, rows, error);
}

static WeirStatus max_object_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                    const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return extreme_object(call, 1, arguments[0], selection, count, rows, error);
}

static WeirStatus min_object_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                                   uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return extreme_object(call, -1, &buffers[0], selection, count, rows, error);
}

static WeirStatus max_object_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                                   uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return extreme_object(call, 1, &buffers[0], selection, count, rows, error);
}

static WeirStatus emit(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                       const WeirDataType *type, bool order, WeirVector *result, WeirArena *arena, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, type, count, arena);
    for (uint32_t k = 0; k < count; k++) {
        const Held *held = held_in(call, rows[k]);
        weir_holder_emit(held == NULL ? NULL : order ? &held->order : &held->value, &writer);
    }
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus object_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *result, WeirArena *arena, WeirError *error)
{
    return emit(call, rows, count, call->expression->type, false, result, arena, error);
}

static WeirStatus object_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    return emit(call, rows, count, call->expression->type, false, &buffers[0], arena, error);
}

/* ---- first and last */

static uint32_t first_buffer(const WeirExpression *expression, WeirArena *arena,
                             WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)arena;
    fields[0] = weir_buffer_field(expression->aggregate->name, expression->children[0]->type, true);
    fields[1] = weir_buffer_field("valueSet", &weir_type_boolean, true);
    return 2;
}

static WeirStatus first_or_last(const WeirAggregateCall *call, bool last, const WeirVector *argument,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    bool ignore_nulls = call->expression->ignore_nulls;
    WEIR_FOR_UPDATES(k, row)
    {
        Held *held = held_of(call, rows[k]);
        if ((!last && held->value_set) || (ignore_nulls && weir_vector_is_null(argument, row)))
            continue;
        held->value_set = true;
        WEIR_TRY(weir_holder_assign(&held->value, call->arena, argument, row, error));
    }
    return WEIR_OK;
}

static WeirStatus first_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                               const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return first_or_last(call, false, arguments[0], selection, count, rows, error);
}

static WeirStatus last_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                              const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return first_or_last(call, true, arguments[0], selection, count, rows, error);
}

static WeirStatus merge_set(const WeirAggregateCall *call, bool last, const WeirVector *buffers,
                            const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(&buffers[1], row, &flat);
        if (weir_vector_is_null(&buffers[1], row) || !((const uint8_t *)flat->values)[at])
            continue;
        Held *held = held_of(call, rows[k]);
        if (!last && held->value_set)
            continue;
        held->value_set = true;
        WEIR_TRY(weir_holder_assign(&held->value, call->arena, &buffers[0], row, error));
    }
    return WEIR_OK;
}

static WeirStatus first_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                              uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return merge_set(call, false, buffers, selection, count, rows, error);
}

static WeirStatus last_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                             uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return merge_set(call, true, buffers, selection, count, rows, error);
}

static WeirStatus first_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                  WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WEIR_TRY(emit(call, rows, count, call->expression->type, false, &buffers[0], arena, error));
    WEIR_TRY(weir_vector_init(&buffers[1], &weir_type_boolean, count, arena, error));
    buffers[1].length = count;
    for (uint32_t k = 0; k < count; k++) {
        const Held *held = held_in(call, rows[k]);
        ((uint8_t *)buffers[1].values)[k] = held != NULL && held->value_set;
    }
    return WEIR_OK;
}

/* ---- min_by and max_by: the last of equal orderings wins, as in Spark's update (value stays only if strictly better)
 */

static uint32_t by_buffer(const WeirExpression *expression, WeirArena *arena,
                          WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    (void)arena;
    fields[0] = weir_buffer_field("valueWithExtremumOrdering", expression->children[0]->type, true);
    fields[1] = weir_buffer_field("extremumOrdering", expression->children[1]->type, true);
    return 2;
}

static WeirStatus by_update(const WeirAggregateCall *call, int sign, const WeirVector *values, const WeirVector *orders,
                            const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_vector_is_null(orders, row))
            continue;
        Held *held = held_of(call, rows[k]);
        if (held->order.set && sign * weir_holder_compare(&held->order, orders, row) > 0)
            continue;
        WEIR_TRY(weir_holder_assign(&held->order, call->arena, orders, row, error));
        WEIR_TRY(weir_holder_assign(&held->value, call->arena, values, row, error));
    }
    return WEIR_OK;
}

static WeirStatus min_by_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return by_update(call, -1, arguments[0], arguments[1], selection, count, rows, error);
}

static WeirStatus max_by_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return by_update(call, 1, arguments[0], arguments[1], selection, count, rows, error);
}

static WeirStatus min_by_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return by_update(call, -1, &buffers[0], &buffers[1], selection, count, rows, error);
}

static WeirStatus max_by_merge(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                               uint32_t count, uint8_t *const *rows, WeirError *error)
{
    return by_update(call, 1, &buffers[0], &buffers[1], selection, count, rows, error);
}

static WeirStatus by_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                               WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    WEIR_TRY(emit(call, rows, count, call->expression->children[0]->type, false, &buffers[0], arena, error));
    return emit(call, rows, count, call->expression->children[1]->type, true, &buffers[1], arena, error);
}

#define G .group = "agg_funcs"
#define OBJECTS                                                                                                        \
    .flags = WEIR_AGGREGATE_OBJECT | WEIR_AGGREGATE_NO_DISTINCT, .init = object_init, .evaluate = object_evaluate,     \
    .serialize = object_serialize
#define FIXED                                                                                                          \
    .flags = WEIR_AGGREGATE_NO_DISTINCT, .buffer = extreme_buffer, .init = null_init, .evaluate = slot_evaluate
#define FIRST_FLAGS                                                                                                    \
    .flags = WEIR_AGGREGATE_OBJECT | WEIR_AGGREGATE_ORDER_SENSITIVE, .buffer = first_buffer, .init = object_init,      \
    .evaluate = object_evaluate, .serialize = first_serialize
#define BY                                                                                                             \
    .flags = WEIR_AGGREGATE_OBJECT, .buffer = by_buffer, .init = object_init, .evaluate = object_evaluate,             \
    .serialize = by_serialize

const WeirAggregateFunction weir_extreme_variants[] = {
    [MIN_FIXED] = {.name = "min", FIXED, .update = min_update, .merge = min_merge, G},
    [MAX_FIXED] = {.name = "max", FIXED, .update = max_update, .merge = max_merge, G},
    [MIN_OBJECT] = {.name = "min",
                    .buffer = extreme_buffer,
                    OBJECTS,
                    .update = min_object_update,
                    .merge_serialized = min_object_merge,
                    G},
    [MAX_OBJECT] = {.name = "max",
                    .buffer = extreme_buffer,
                    OBJECTS,
                    .update = max_object_update,
                    .merge_serialized = max_object_merge,
                    G},
    [FIRST_OBJECT] = {.name = "first", FIRST_FLAGS, .update = first_update, .merge_serialized = first_merge, G},
    [LAST_OBJECT] = {.name = "last", FIRST_FLAGS, .update = last_update, .merge_serialized = last_merge, G},
    [MIN_BY] = {.name = "min_by", BY, .update = min_by_update, .merge_serialized = min_by_merge, G},
    [MAX_BY] = {.name = "max_by", BY, .update = max_by_update, .merge_serialized = max_by_merge, G},
};

const WeirAggregateFunction weir_aggregates_min_max[] = {
    {.name = "min",
     FIXED,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_min,
     G,
     .usage = "min(a): the least value."},
    {.name = "max",
     FIXED,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_max,
     G,
     .usage = "max(a): the greatest value."},
    {.name = "bool_and",
     .aliases = WEIR_ALIASES("every"),
     FIXED,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "boolean->boolean",
     .resolve = resolve_bool_and,
     G,
     .usage = "bool_and(a): true if all values are."},
    {.name = "bool_or",
     .aliases = WEIR_ALIASES("some", "any"),
     FIXED,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "boolean->boolean",
     .resolve = resolve_bool_or,
     G,
     .usage = "bool_or(a): true if one value is."},
    {.name = "first",
     .aliases = WEIR_ALIASES("first_value"),
     FIRST_FLAGS,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_first,
     G,
     .usage = "first(a[, ignoreNulls]): the first value seen."},
    {.name = "last",
     .aliases = WEIR_ALIASES("last_value"),
     FIRST_FLAGS,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_first,
     G,
     .usage = "last(a[, ignoreNulls]): the last value seen."},
    {.name = "any_value",
     FIRST_FLAGS,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_first,
     G,
     .usage = "any_value(a[, ignoreNulls]): some value."},
    {.name = "min_by",
     BY,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_min_by,
     G,
     .usage = "min_by(a, b[, k]): the value of a where b is least; the k values of the least."},
    {.name = "max_by",
     BY,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_max_by,
     G,
     .usage = "max_by(a, b[, k]): the value of a where b is greatest; the k values of the greatest."},
    {0},
};
