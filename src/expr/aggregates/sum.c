/* sum, try_sum and avg. Sums of integers are longs that begin as null, of doubles doubles, of decimals a decimal of ten
 * more digits with a flag whether there was a value (a sum that overflowed is null with the flag off). Decimals over 18
 * digits do not fit a slot: they are objects. */
#include "common/number_format.h"
#include "expr/aggregates/aggregate_private.h"
#include "expr/kernels/decimal.h"

typedef struct DecimalSum {
    WeirInt128 sum;
    int64_t count; /* avg */
    bool overflowed;
    bool is_empty;
} DecimalSum;

static bool is_average(const WeirExpression *expression)
{
    const char *name = expression->aggregate->name;
    return strcmp(name, "avg") == 0 || strcmp(name, "try_avg") == 0;
}

static const WeirDataType *sum_type(WeirArena *arena, const WeirDataType *type)
{
    switch (type->id) {
    case WEIR_TYPE_DECIMAL:
        return weir_decimal_bounded(arena, type->precision + 10, type->scale);
    case WEIR_TYPE_FLOAT:
    case WEIR_TYPE_DOUBLE:
        return &weir_type_double;
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        return type;
    default:
        return &weir_type_long;
    }
}

extern const WeirAggregateFunction weir_sum_variants[];
enum {
    SUM_LONG,
    SUM_DOUBLE,
    SUM_DECIMAL,
    TRY_SUM_LONG,
    TRY_SUM_DOUBLE,
    TRY_SUM_DECIMAL,
    AVG_DOUBLE,
    AVG_DECIMAL,
    TRY_AVG_DECIMAL,
    AVG_INTERVAL,
    AVG_NARROW_DECIMAL
};

/* Spark's optimizer (DecimalAggregates) sums short decimals as longs and averages them as doubles; state files show it.
 */
static bool sums_as_long(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DECIMAL && type->precision + 10 <= 18;
}
static bool averages_as_double(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DECIMAL && type->precision + 4 <= 15;
}

#define REQUIRED_TYPES "\"NUMERIC\" or \"ANSI INTERVAL\""

static WeirStatus resolve_sum(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_VOID || type->id == WEIR_TYPE_TIMESTAMP)
        type = &weir_type_double;
    bool interval = type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    if (!weir_type_is_numeric(type) && !interval)
        return weir_call_unexpected_type(call, 0, REQUIRED_TYPES, error);
    bool try_mode = strncmp(call->name, "try_", 4) == 0, average = strstr(call->name, "sum") == NULL;
    if (try_mode)
        call->eval_mode = WEIR_EVAL_TRY;
    call->cast_types[0] = type;
    if (average) {
        if (type->id == WEIR_TYPE_DECIMAL) {
            call->result_type = weir_decimal_bounded(call->arena, type->precision + 4, type->scale + 4);
            call->aggregate = &weir_sum_variants[averages_as_double(type) ? AVG_NARROW_DECIMAL
                                                 : try_mode               ? TRY_AVG_DECIMAL
                                                                          : AVG_DECIMAL];
        } else if (interval) {
            call->result_type =
                type->id == WEIR_TYPE_DAY_TIME_INTERVAL ? &weir_type_day_time_interval : &weir_type_year_month_interval;
            call->aggregate = &weir_sum_variants[AVG_INTERVAL];
        } else {
            /* Spark casts inside the aggregate: the name shows the bare column either way. */
            call->cast_types[0] = call->result_type = &weir_type_double;
            call->aggregate = &weir_sum_variants[AVG_DOUBLE];
        }
        return WEIR_OK;
    }
    call->result_type = sum_type(call->arena, type);
    int variant = sums_as_long(type)                          ? SUM_LONG
                  : type->id == WEIR_TYPE_DECIMAL             ? SUM_DECIMAL
                  : call->result_type->id == WEIR_TYPE_DOUBLE ? SUM_DOUBLE
                                                              : SUM_LONG;
    call->aggregate = &weir_sum_variants[variant + (try_mode ? TRY_SUM_LONG - SUM_LONG : 0)];
    return WEIR_OK;
}

static uint32_t sum_buffer(const WeirExpression *expression, WeirArena *arena,
                           WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    const WeirDataType *type = expression->children[0]->type;
    bool as_double = is_average(expression) && averages_as_double(type);
    fields[0] = weir_buffer_field("sum",
                                  as_double                                       ? &weir_type_double
                                  : sums_as_long(type) && !is_average(expression) ? &weir_type_long
                                                                                  : sum_type(arena, type),
                                  true);
    if (is_average(expression)) {
        fields[1] = weir_buffer_field("count", &weir_type_long, true);
        return 2;
    }
    bool tracks = (type->id == WEIR_TYPE_DECIMAL && !sums_as_long(type)) ||
                  (expression->eval_mode == WEIR_EVAL_TRY && !weir_type_is_fractional(type));
    if (!tracks)
        return 1;
    fields[1] = weir_buffer_field("isEmpty", &weir_type_boolean, false);
    return 2;
}

static bool tracks_empty(const WeirAggregateCall *call)
{
    return call->expression->eval_mode == WEIR_EVAL_TRY && !weir_type_is_fractional(call->expression->type);
}

static void sum_init(const WeirAggregateCall *call, uint8_t *row)
{
    if (!tracks_empty(call)) {
        weir_slot_set_null(row, &call->slots, 0, true);
        return;
    }
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
    weir_slot_put_long(weir_slot(row, &call->slots, 1), 1);
}

static int64_t integer_at(const WeirVector *vector, uint32_t at)
{
    switch (weir_type_physical(vector->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)vector->values)[at];
    default:
        return ((const int64_t *)vector->values)[at];
    }
}

static WeirStatus overflow(const WeirAggregateCall *call, WeirError *error)
{
    WeirStatus status;
    if (weir_type_is_interval(call->expression->type))
        status =
            weir_error_set(error, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION, "functionName", "`try_add`");
    else
        status = weir_error_set(error, WEIR_ERROR_ARITHMETIC_OVERFLOW, "message", "long overflow", "alternative",
                                "'try_add'", "config", "\"spark.sql.ansi.enabled\"");
    weir_error_locate(error, call->expression->sql, call->expression->origin);
    return status;
}

/* Add `value` to a group's sum. A null sum is empty, except in TRY mode, where it has overflowed. */
static inline WeirStatus add_long(const WeirAggregateCall *call, uint8_t *row, int64_t value, WeirError *error)
{
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    bool null = weir_slot_is_null(row, &call->slots, 0), tracks = tracks_empty(call);
    if (tracks)
        weir_slot_put_long(weir_slot(row, &call->slots, 1), 0);
    if (null && tracks)
        return WEIR_OK;
    int64_t sum = null ? 0 : weir_slot_get_long(slot);
    WeirEvalMode mode = call->expression->eval_mode;
    bool months = call->expression->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    bool over = __builtin_add_overflow(sum, value, &sum) || (months && sum != (int32_t)sum);
    if (over && mode == WEIR_EVAL_ANSI)
        return overflow(call, error);
    if (over && mode == WEIR_EVAL_TRY) {
        weir_slot_set_null(row, &call->slots, 0, true);
        weir_slot_put_long(slot, 0);
        return WEIR_OK;
    }
    weir_slot_set_null(row, &call->slots, 0, false);
    weir_slot_put_long(slot, months ? (int64_t)(uint32_t)(int32_t)sum : sum);
    return WEIR_OK;
}

static WeirStatus sum_long_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                  const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &x, error));
    uint32_t mask = x->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    bool months = x->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    WEIR_FOR_UPDATES(k, row)
    {
        if (x->validity != NULL && !weir_bit_get(x->validity, row & mask))
            continue;
        if (months) { /* the slot is 32 bits wide */
            uint8_t *slot = weir_slot(rows[k], &call->slots, 0);
            weir_slot_put_long(slot, (int32_t)weir_slot_get_long(slot));
        }
        WEIR_TRY(add_long(call, rows[k], integer_at(x, row & mask), error));
    }
    return WEIR_OK;
}

static WeirStatus sum_long_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                                 uint32_t count, WeirError *error)
{
    bool tracks = tracks_empty(call), months = call->expression->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    for (uint32_t k = 0; k < count; k++) {
        bool empty = tracks ? weir_slot_get_long(weir_slot_const(sources[k], &call->slots, 1)) != 0
                            : weir_slot_is_null(sources[k], &call->slots, 0);
        if (empty)
            continue;
        if (weir_slot_is_null(sources[k], &call->slots, 0)) { /* overflowed */
            weir_slot_set_null(targets[k], &call->slots, 0, true);
            weir_slot_put_long(weir_slot(targets[k], &call->slots, 0), 0);
            weir_slot_put_long(weir_slot(targets[k], &call->slots, 1), 0);
            continue;
        }
        int64_t value = weir_slot_get_long(weir_slot_const(sources[k], &call->slots, 0));
        if (months) {
            value = (int32_t)value;
            uint8_t *slot = weir_slot(targets[k], &call->slots, 0);
            weir_slot_put_long(slot, (int32_t)weir_slot_get_long(slot));
        }
        WEIR_TRY(add_long(call, targets[k], value, error));
    }
    return WEIR_OK;
}

static WeirStatus sum_long_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                    WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)error;
    bool narrow = weir_type_physical(result->type) == WEIR_PHYSICAL_INT32;
    for (uint32_t k = 0; k < count; k++) {
        bool null = weir_slot_is_null(rows[k], &call->slots, 0);
        if (tracks_empty(call))
            null = null || weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 1)) != 0;
        if (null) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        int64_t value = weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 0));
        if (narrow)
            ((int32_t *)result->values)[k] = (int32_t)value;
        else
            ((int64_t *)result->values)[k] = value;
    }
    return WEIR_OK;
}

static double number_at(const WeirVector *vector, uint32_t at)
{
    if (vector->type->id == WEIR_TYPE_DOUBLE)
        return ((const double *)vector->values)[at];
    if (vector->type->id == WEIR_TYPE_FLOAT)
        return (double)((const float *)vector->values)[at];
    return (double)integer_at(vector, at);
}

static WeirStatus sum_double_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                    const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &x, error));
    uint32_t mask = x->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WEIR_FOR_UPDATES(k, row)
    {
        if (x->validity != NULL && !weir_bit_get(x->validity, row & mask))
            continue;
        uint8_t *slot = weir_slot(rows[k], &call->slots, 0);
        double sum = weir_slot_is_null(rows[k], &call->slots, 0) ? 0.0 : weir_slot_get_double(slot);
        weir_slot_set_null(rows[k], &call->slots, 0, false);
        weir_slot_put_double(slot, sum + number_at(x, row & mask));
    }
    return WEIR_OK;
}

static WeirStatus sum_double_merge(const WeirAggregateCall *call, uint8_t *const *targets,
                                   const uint8_t *const *sources, uint32_t count, WeirError *error)
{
    (void)error;
    for (uint32_t k = 0; k < count; k++) {
        if (weir_slot_is_null(sources[k], &call->slots, 0))
            continue;
        uint8_t *slot = weir_slot(targets[k], &call->slots, 0);
        double sum = weir_slot_is_null(targets[k], &call->slots, 0) ? 0.0 : weir_slot_get_double(slot);
        weir_slot_set_null(targets[k], &call->slots, 0, false);
        weir_slot_put_double(slot, sum + weir_slot_get_double(weir_slot_const(sources[k], &call->slots, 0)));
    }
    return WEIR_OK;
}

/* ---- avg of numbers: sum (double), count */

static void average_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
    weir_slot_put_long(weir_slot(row, &call->slots, 1), 0);
}

static WeirStatus average_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                 const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &x, error));
    uint32_t mask = x->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    size_t sum = weir_slot_offset(&call->slots, 0), number = weir_slot_offset(&call->slots, 1);
    const double *values = x->values;
    const int64_t *unscaled = x->values;
    bool decimal = x->type->id == WEIR_TYPE_DECIMAL;
    WEIR_FOR_UPDATES(k, row)
    {
        if (x->validity != NULL && !weir_bit_get(x->validity, row & mask))
            continue;
        double value = decimal ? (double)unscaled[row & mask] : values[row & mask];
        weir_slot_put_double(rows[k] + sum, weir_slot_get_double(rows[k] + sum) + value);
        weir_slot_put_long(rows[k] + number, weir_slot_get_long(rows[k] + number) + 1);
    }
    return WEIR_OK;
}

static WeirStatus average_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                                uint32_t count, WeirError *error)
{
    (void)error;
    size_t sum = weir_slot_offset(&call->slots, 0), number = weir_slot_offset(&call->slots, 1);
    for (uint32_t k = 0; k < count; k++) {
        weir_slot_put_double(targets[k] + sum,
                             weir_slot_get_double(targets[k] + sum) + weir_slot_get_double(sources[k] + sum));
        weir_slot_put_long(targets[k] + number,
                           weir_slot_get_long(targets[k] + number) + weir_slot_get_long(sources[k] + number));
    }
    return WEIR_OK;
}

static WeirStatus average_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)error;
    for (uint32_t k = 0; k < count; k++) {
        int64_t number = weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 1));
        if (number == 0) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        ((double *)result->values)[k] =
            number == 0 ? 0 : weir_slot_get_double(weir_slot_const(rows[k], &call->slots, 0)) / (double)number;
    }
    return WEIR_OK;
}

/* The mean of unscaled values as a double, divided by the scale, then its shortest digits rounded half up. */
static WeirStatus average_decimal_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                           WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)error;
    double scale = (double)weir_power_of_ten(call->expression->children[0]->type->scale);
    for (uint32_t k = 0; k < count; k++) {
        int64_t number = weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 1));
        WeirInt128 value = 0;
        bool fits = number > 0;
        if (fits) {
            double mean = weir_slot_get_double(weir_slot_const(rows[k], &call->slots, 0)) / (double)number / scale;
            WeirShortest shortest = weir_shortest_double(mean);
            WeirInt128 digits = mean < 0 ? -(WeirInt128)shortest.digits : (WeirInt128)shortest.digits;
            fits =
                weir_decimal_rescale(digits, -shortest.exponent, result->type->scale, result->type->precision, &value);
        }
        if (!fits) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        weir_decimal_store(result, weir_decimal_is_wide(result->type), k, value);
    }
    return WEIR_OK;
}

/* ---- avg of intervals: sum in its own unit, count */

/* Under TRY a sum that overflowed stays null. */
static WeirStatus add_interval(const WeirAggregateCall *call, uint8_t *row, bool months, int64_t value,
                               WeirError *error)
{
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    if (weir_slot_is_null(row, &call->slots, 0))
        return WEIR_OK;
    int64_t sum = months ? (int32_t)weir_slot_get_long(slot) : weir_slot_get_long(slot);
    bool over = __builtin_add_overflow(sum, value, &sum) || (months && sum != (int32_t)sum);
    if (over && call->expression->eval_mode != WEIR_EVAL_TRY)
        return overflow(call, error);
    if (over)
        weir_slot_set_null(row, &call->slots, 0, true);
    weir_slot_put_long(slot, over ? 0 : months ? (int64_t)(uint32_t)(int32_t)sum : sum);
    return WEIR_OK;
}

static WeirStatus average_interval_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                          const uint32_t *selection, uint32_t count, uint8_t *const *rows,
                                          WeirError *error)
{
    WeirVector storage;
    const WeirVector *x;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &x, error));
    uint32_t mask = x->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WEIR_FOR_UPDATES(k, row)
    {
        if (x->validity != NULL && !weir_bit_get(x->validity, row & mask))
            continue;
        uint8_t *number = weir_slot(rows[k], &call->slots, 1);
        bool months = x->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
        WEIR_TRY(add_interval(call, rows[k], months, integer_at(x, row & mask), error));
        weir_slot_put_long(number, weir_slot_get_long(number) + 1);
    }
    return WEIR_OK;
}

static WeirStatus average_interval_merge(const WeirAggregateCall *call, uint8_t *const *targets,
                                         const uint8_t *const *sources, uint32_t count, WeirError *error)
{
    bool months = call->expression->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    for (uint32_t k = 0; k < count; k++) {
        uint8_t *number = weir_slot(targets[k], &call->slots, 1);
        int64_t other = weir_slot_get_long(weir_slot_const(sources[k], &call->slots, 0));
        if (weir_slot_is_null(sources[k], &call->slots, 0))
            weir_slot_set_null(targets[k], &call->slots, 0, true);
        WEIR_TRY(add_interval(call, targets[k], months, months ? (int32_t)other : other, error));
        weir_slot_put_long(number, weir_slot_get_long(number) +
                                       weir_slot_get_long(weir_slot_const(sources[k], &call->slots, 1)));
    }
    return WEIR_OK;
}

/* Half up, away from zero (Java's HALF_UP in LongMath.divide). */
static int64_t divide_half_up(int64_t sum, int64_t number)
{
    int64_t quotient = sum / number, rest = sum % number;
    uint64_t twice = 2 * (uint64_t)(rest < 0 ? -rest : rest);
    if (twice >= (uint64_t)number)
        quotient += sum < 0 ? -1 : 1;
    return quotient;
}

static WeirStatus average_interval_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                            WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)error;
    bool months = result->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    for (uint32_t k = 0; k < count; k++) {
        int64_t number = weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 1)),
                sum = weir_slot_get_long(weir_slot_const(rows[k], &call->slots, 0));
        if (number == 0 || weir_slot_is_null(rows[k], &call->slots, 0)) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
            continue;
        }
        if (months)
            ((int32_t *)result->values)[k] = (int32_t)divide_half_up((int32_t)sum, number);
        else
            ((int64_t *)result->values)[k] = divide_half_up(sum, number);
    }
    return WEIR_OK;
}

/* ---- decimals: an object whatever the width, so that one path does all */

static DecimalSum *object_of(const WeirAggregateCall *call, uint8_t *row)
{
    DecimalSum *object;
    uint8_t *slot = weir_slot(row, &call->slots, 0);
    memcpy(&object, slot, sizeof(object));
    if (object == NULL) {
        object = WEIR_ARENA_NEW(call->arena, DecimalSum);
        object->is_empty = true;
        memcpy(slot, &object, sizeof(object));
    }
    return object;
}

static void decimal_init(const WeirAggregateCall *call, uint8_t *row)
{
    weir_slot_put_long(weir_slot(row, &call->slots, 0), 0);
}

static WeirStatus decimal_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                                 const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    WeirVector storage;
    const WeirVector *vector;
    WEIR_TRY(weir_aggregate_flatten(call, arguments[0], &storage, &vector, error));
    WeirArgument x = weir_argument(vector);
    bool wide = weir_decimal_is_wide(vector->type);
    int precision = vector->type->precision + 10 > 38 ? 38 : vector->type->precision + 10;
    WEIR_FOR_UPDATES(k, row)
    {
        DecimalSum *object = object_of(call, rows[k]);
        if (weir_argument_is_null(&x, row))
            continue;
        object->is_empty = false;
        object->count++;
        if (!object->overflowed &&
            (__builtin_add_overflow(object->sum, weir_decimal_load(&x, wide, row), &object->sum) ||
             !weir_decimal_fits(object->sum, precision)))
            object->overflowed = true;
    }
    return WEIR_OK;
}

static WeirStatus decimal_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                   WeirVector *result, WeirArena *arena, WeirError *error)
{
    bool average = is_average(call->expression), wide = weir_decimal_is_wide(result->type);
    int scale = call->expression->children[0]->type->scale;
    for (uint32_t k = 0; k < count; k++) {
        DecimalSum *object;
        memcpy(&object, weir_slot_const(rows[k], &call->slots, 0), sizeof(object));
        WeirInt128 value = 0;
        bool empty = object == NULL || object->is_empty, over = !empty && object->overflowed;
        if (!empty && !over)
            over = average ? !weir_decimal_divide(object->sum, scale, object->count, 0, result->type->precision,
                                                  result->type->scale, &value)
                           : !weir_decimal_rescale(object->sum, scale, result->type->scale, result->type->precision,
                                                   &value);
        if (over && call->expression->eval_mode == WEIR_EVAL_ANSI) {
            WeirStatus status = weir_error_set(
                error, WEIR_ERROR_ARITHMETIC_OVERFLOW, "message", "Overflow in sum of decimals", "alternative",
                average ? "'try_avg'" : "'try_sum'", "config", "\"spark.sql.ansi.enabled\"");
            weir_error_locate(error, call->expression->sql, call->expression->origin);
            return status;
        }
        if (empty || over) {
            weir_vector_ensure_validity(result, count, arena);
            weir_bit_clear(result->validity, k);
        }
        weir_decimal_store(result, wide, k, value);
    }
    return WEIR_OK;
}

static WeirStatus decimal_serialize(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                                    WeirVector *buffers, WeirArena *arena, WeirError *error)
{
    bool average = is_average(call->expression);
    const WeirDataType *type = sum_type(arena, call->expression->children[0]->type);
    WEIR_TRY(weir_vector_init(&buffers[0], type, count, arena, error));
    WEIR_TRY(weir_vector_init(&buffers[1], average ? &weir_type_long : &weir_type_boolean, count, arena, error));
    buffers[0].length = buffers[1].length = count;
    for (uint32_t k = 0; k < count; k++) {
        DecimalSum *object, none = {.is_empty = true};
        memcpy(&object, weir_slot_const(rows[k], &call->slots, 0), sizeof(object));
        if (object == NULL)
            object = &none;
        weir_decimal_store(&buffers[0], weir_decimal_is_wide(type), k, object->overflowed ? 0 : object->sum);
        if (object->overflowed) {
            weir_vector_ensure_validity(&buffers[0], count, arena);
            weir_bit_clear(buffers[0].validity, k);
        }
        if (average)
            ((int64_t *)buffers[1].values)[k] = object->count;
        else
            ((uint8_t *)buffers[1].values)[k] = object->is_empty;
    }
    return WEIR_OK;
}

static WeirStatus decimal_merge_serialized(const WeirAggregateCall *call, const WeirVector *buffers,
                                           const uint32_t *selection, uint32_t count, uint8_t *const *rows,
                                           WeirError *error)
{
    (void)error;
    bool average = is_average(call->expression);
    int precision = buffers[0].type->precision;
    WEIR_FOR_UPDATES(k, row)
    {
        const WeirVector *flat, *second;
        uint32_t at = weir_vector_locate(&buffers[0], row, &flat),
                 other = weir_vector_locate(&buffers[1], row, &second);
        DecimalSum *object = object_of(call, rows[k]);
        if (average) {
            int64_t number = ((const int64_t *)second->values)[other];
            object->count += number;
            object->is_empty = object->is_empty && number == 0;
        } else {
            object->is_empty = object->is_empty && ((const uint8_t *)second->values)[other];
        }
        if (weir_vector_is_null(&buffers[0], row)) {
            object->overflowed = true;
            continue;
        }
        WeirArgument x = weir_argument(flat);
        WeirInt128 value = weir_decimal_load(&x, weir_decimal_is_wide(flat->type), at);
        if (!object->overflowed &&
            (__builtin_add_overflow(object->sum, value, &object->sum) || !weir_decimal_fits(object->sum, precision)))
            object->overflowed = true;
    }
    return WEIR_OK;
}

#define ONE(NAME, ...)                                                                                                 \
    {                                                                                                                  \
        .name = NAME, .arguments_min = 1, .arguments_max = 1, .resolve = resolve_sum, .buffer = sum_buffer,            \
        .group = "agg_funcs", __VA_ARGS__                                                                              \
    }
#define LONG .init = sum_init, .update = sum_long_update, .merge = sum_long_merge, .evaluate = sum_long_evaluate
#define DOUBLE .init = sum_init, .update = sum_double_update, .merge = sum_double_merge, .evaluate = sum_long_evaluate
#define DECIMAL                                                                                                        \
    .flags = WEIR_AGGREGATE_OBJECT, .init = decimal_init, .update = decimal_update, .evaluate = decimal_evaluate,      \
    .serialize = decimal_serialize, .merge_serialized = decimal_merge_serialized
#define AVERAGE .init = average_init, .update = average_update, .merge = average_merge, .evaluate = average_evaluate
#define AVERAGE_INTERVAL                                                                                               \
    .init = average_init, .update = average_interval_update, .merge = average_interval_merge,                          \
    .evaluate = average_interval_evaluate

const WeirAggregateFunction weir_sum_variants[] = {
    [SUM_LONG] = ONE("sum", LONG),
    [SUM_DOUBLE] = ONE("sum", DOUBLE),
    [SUM_DECIMAL] = ONE("sum", DECIMAL),
    [TRY_SUM_LONG] = ONE("try_sum", LONG),
    [TRY_SUM_DOUBLE] = ONE("try_sum", DOUBLE),
    [TRY_SUM_DECIMAL] = ONE("try_sum", DECIMAL),
    [AVG_DOUBLE] = ONE("avg", AVERAGE),
    [AVG_DECIMAL] = ONE("avg", DECIMAL),
    [TRY_AVG_DECIMAL] = ONE("try_avg", DECIMAL),
    [AVG_INTERVAL] = ONE("avg", AVERAGE_INTERVAL),
    [AVG_NARROW_DECIMAL] = ONE("avg", .init = average_init, .update = average_update, .merge = average_merge,
                               .evaluate = average_decimal_evaluate),
};

const WeirAggregateFunction weir_aggregates_sum[] = {
    ONE("sum", LONG, .usage = "sum(a): the sum of the values that are not null."),
    ONE("try_sum", LONG, .usage = "try_sum(a): the sum, or null on overflow."),
    ONE("avg", .aliases = WEIR_ALIASES("mean"), AVERAGE, .usage = "avg(a): the mean of the values that are not null."),
    ONE("try_avg", AVERAGE, .usage = "try_avg(a): the mean, or null on overflow."),
    {0},
};
