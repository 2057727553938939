/* round, bround, ceil and floor: decimals and integers stay what they are, doubles are rounded by their shortest text.
 */
#include <math.h>

#include "common/number_format.h"
#include "expr/function_private.h"
#include "expr/kernels/decimal.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)

typedef enum Rounding { ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR } Rounding;

static Rounding rounding_of(const char *name)
{
    return name[0] == 'b'   ? ROUND_HALF_EVEN
           : name[0] == 'c' ? ROUND_CEILING
           : name[0] == 'f' ? ROUND_FLOOR
                            : ROUND_HALF_UP;
}

/* value / divisor by the rule. */
static WeirInt128 divide_rounded(WeirInt128 value, WeirInt128 divisor, Rounding rounding)
{
    WeirInt128 quotient = value / divisor, rest = value % divisor, twice = (rest < 0 ? -rest : rest) * 2;
    int away = value < 0 ? -1 : 1;
    switch (rounding) {
    case ROUND_HALF_UP:
        return quotient + (twice >= divisor ? away : 0);
    case ROUND_HALF_EVEN:
        return quotient + (twice > divisor || (twice == divisor && quotient % 2 != 0) ? away : 0);
    case ROUND_CEILING:
        return quotient + (rest > 0);
    default:
        return quotient - (rest < 0);
    }
}

/* Digits of a rounded decimal: one more before the point, for a carry. */
static const WeirDataType *rounded_decimal(WeirArena *arena, const WeirDataType *type, int32_t scale)
{
    int integral = type->precision - type->scale + 1;
    int kept = scale < 0 ? 0 : scale < type->scale ? scale : type->scale;
    if (scale < 0) {
        int dropped = scale < -38 ? 39 : -scale + 1;
        return weir_decimal_bounded(arena, integral > dropped ? integral : dropped, 0);
    }
    return weir_decimal_bounded(arena, integral + kept, kept);
}

/* Appends a scale of 0 to a call that has none. */
static void add_scale(WeirFunctionCall *call)
{
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
    arguments[0] = call->arguments[0];
    arguments[1] = weir_expression_int_literal(call->arena, 0);
    call->arguments = arguments;
    call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
    call->argument_count = 2;
}

static WeirStatus resolve_round(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_VOID)
        type = &weir_type_double;
    if (call->argument_count == 1)
        add_scale(call);
    if (!weir_type_is_numeric(type))
        return weir_call_unexpected_type(call, 0, "\"NUMERIC\"", error);
    if (!weir_can_implicitly_cast(call->arguments[1]->type, &weir_type_int))
        return weir_call_unexpected_type(call, 1, "\"INT\"", error);
    call->cast_types[1] = &weir_type_int;
    WeirValue *value = NULL;
    WEIR_TRY(weir_call_constant(call, 1, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, 1, "scale", "\"INT\"", error);
    int32_t *scale = WEIR_ARENA_NEW(call->arena, int32_t);
    *scale = weir_value_is_null(value) ? 0 : (int32_t)weir_value_get_int(value);
    call->cast_types[0] = type;
    call->result_type = type->id == WEIR_TYPE_DECIMAL ? rounded_decimal(call->arena, type, *scale) : type;
    call->bound = scale;
    return WEIR_OK;
}

/* With a scale the value is rounded as a decimal, and the scale has to be an int as it stands. */
static WeirStatus resolve_scaled_ceil(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = weir_decimal_for(call->arena, call->arguments[0]->type);
    WeirValue *value = NULL;
    if (call->arguments[1]->type->id == WEIR_TYPE_INT)
        WEIR_TRY(weir_call_constant(call, 1, &value, error));
    if (value == NULL || weir_value_is_null(value))
        return weir_error_set(error, WEIR_ERROR_NON_FOLDABLE_ARGUMENT, "funcName",
                              weir_arena_printf(call->arena, "`%s`", call->name), "paramName", "`scale`", "paramType",
                              "\"INT\"");
    int32_t *scale = WEIR_ARENA_NEW(call->arena, int32_t);
    *scale = (int32_t)weir_value_get_int(value);
    call->cast_types[0] = type;
    call->result_type = rounded_decimal(call->arena, type, *scale);
    call->bound = scale;
    return WEIR_OK;
}

/* ceil and floor. */
static WeirStatus resolve_ceil(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    bool text = type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_VOID;
    if (!weir_type_is_numeric(type) && !text)
        return weir_call_unexpected_type(call, 0, "(\"DOUBLE\" or \"DECIMAL\" or \"BIGINT\")", error);
    if (call->argument_count == 2)
        return resolve_scaled_ceil(call, error);
    int32_t *scale = WEIR_ARENA_NEW(call->arena, int32_t);
    *scale = 0;
    call->bound = scale;
    if (type->id == WEIR_TYPE_DECIMAL) {
        call->cast_types[0] = type;
        call->result_type = rounded_decimal(call->arena, type, 0);
        return WEIR_OK;
    }
    call->cast_types[0] = weir_type_is_integral(type) ? &weir_type_long : &weir_type_double;
    call->result_type = &weir_type_long;
    return WEIR_OK;
}

static double round_double(double value, int32_t scale, Rounding rounding)
{
    if (!isfinite(value))
        return value;
    if (value == 0)
        return 0.0; /* a zero has no sign in a decimal */
    WeirShortest shortest = weir_shortest_double(value);
    int drop = -shortest.exponent - scale; /* digits behind the last one kept */
    if (drop <= 0)
        return value;
    if (drop > 30)
        return 0.0;
    WeirInt128 digits = value < 0 ? -(WeirInt128)shortest.digits : (WeirInt128)shortest.digits;
    WeirInt128 kept = divide_rounded(digits, weir_power_of_ten(drop), rounding);
    char text[80];
    snprintf(text, sizeof(text), "%llde%d", (long long)kept, -scale);
    double rounded = value;
    weir_parse_double(text, strlen(text), &rounded);
    return rounded;
}

static int64_t load_integer(const WeirVector *vector, uint32_t at)
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

KERNEL(round_kernel)
{
    int32_t scale = *(const int32_t *)call->expression->bound;
    Rounding rounding = rounding_of(call->expression->function->name);
    const WeirDataType *from = arguments[0]->type, *to = result->type;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        uint32_t at = row & x.mask;
        if (from->id == WEIR_TYPE_DECIMAL) {
            WeirInt128 value = weir_decimal_load(&x, weir_decimal_is_wide(from), row);
            int drop = from->scale - scale;
            if (drop > 0)
                value = drop > 38 ? 0 : divide_rounded(value, weir_power_of_ten(drop), rounding);
            if (scale < 0)
                value *= weir_power_of_ten(-scale < 38 ? -scale : 38);
            if (!weir_decimal_fits(value, to->precision))
                return weir_decimal_range_error(call, value, to->scale, to->precision, to->scale, error);
            weir_decimal_store(result, weir_decimal_is_wide(to), row, value);
        } else if (from->id == WEIR_TYPE_DOUBLE && to->id == WEIR_TYPE_LONG) {
            double value = ((const double *)x.values)[at];
            value = rounding == ROUND_CEILING ? ceil(value) : floor(value);
            ((int64_t *)result->values)[row] = value != value    ? 0
                                               : value >= 0x1p63 ? INT64_MAX
                                               : value < -0x1p63 ? INT64_MIN
                                                                 : (int64_t)value;
        } else if (from->id == WEIR_TYPE_DOUBLE) {
            ((double *)result->values)[row] = round_double(((const double *)x.values)[at], scale, rounding);
        } else if (from->id == WEIR_TYPE_FLOAT) {
            ((float *)result->values)[row] =
                (float)round_double((double)((const float *)x.values)[at], scale, rounding);
        } else {
            WeirInt128 value = load_integer(arguments[0], at);
            if (scale < 0)
                value = -scale > 20
                            ? 0
                            : divide_rounded(value, weir_power_of_ten(-scale), rounding) * weir_power_of_ten(-scale);
            int64_t narrow = (int64_t)value;
            size_t size = weir_physical_size(weir_type_physical(to));
            int bits = 64 - 8 * (int)size;
            bool over = narrow != value || (int64_t)((uint64_t)narrow << bits) >> bits != narrow;
            if (over && call->context->ansi) /* else it wraps */
                return weir_overflow_error(call, "overflow in rounding", "", error);
            memcpy((uint8_t *)result->values + (size_t)row * size, &narrow, size);
        }
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define ROUNDS(NAME, ALIASES, RESOLVE, FORMAT, USAGE)                                                                  \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = NP | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NULLABLE,               \
        .arguments_min = 1, .arguments_max = 2, .resolve = RESOLVE, .kernel = round_kernel, .sql_format = FORMAT,      \
        .group = "math_funcs", .usage = USAGE                                                                          \
    }

const WeirFunction weir_functions_rounding[] = {
    ROUNDS("round", NULL, resolve_round, NULL, "round(a[, digits]): halves away from zero."),
    ROUNDS("bround", NULL, resolve_round, NULL, "bround(a[, digits]): halves to the even digit."),
    ROUNDS("ceil", WEIR_ALIASES("ceiling"), resolve_ceil, "CEIL($1)\tceil($*)", "ceil(a[, digits]): rounded up."),
    ROUNDS("floor", NULL, resolve_ceil, "FLOOR($1)\tfloor($*)", "floor(a[, digits]): rounded down."),
    {0},
};
