/* Intervals: construction, product and quotient. */
#include <math.h>

#include "expr/function_private.h"
#include "expr/kernels/decimal.h"
#include "columnar/time_zone.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)

static WeirStatus overflow(WeirKernelCall *call, WeirError *error)
{
    return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION),
                          error);
}

/* Only a quotient of integers has a condition for it. */
static WeirStatus scale_overflow(WeirKernelCall *call, bool integral_quotient, WeirError *error)
{
    WeirStatus status = integral_quotient
                            ? weir_error_set(error, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION,
                                             "functionName", "`try_divide`")
                            : weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "the interval is too large");
    return weir_row_error(call, status, error);
}

/* The factor is a long, a decimal or a double. */
static WeirStatus resolve_scale(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type, *factor = call->arguments[1]->type;
    if (!weir_type_is_numeric(factor) && factor->id != WEIR_TYPE_STRING && factor->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 1,
                                         type->id == WEIR_TYPE_CALENDAR_INTERVAL ? "\"DOUBLE\"" : "\"NUMERIC\"", error);
    if (type->id == WEIR_TYPE_CALENDAR_INTERVAL) {
        call->nullable = true;
        call->cast_types[1] = &weir_type_double;
        call->result_type = type;
        return WEIR_OK;
    }
    if (factor->id == WEIR_TYPE_STRING || factor->id == WEIR_TYPE_VOID || factor->id == WEIR_TYPE_FLOAT)
        call->cast_types[1] = &weir_type_double;
    else if (weir_type_is_integral(factor))
        call->cast_types[1] = &weir_type_long;
    call->result_type =
        type->id == WEIR_TYPE_DAY_TIME_INTERVAL ? &weir_type_day_time_interval : &weir_type_year_month_interval;
    return WEIR_OK;
}

static bool scaled(WeirKernelCall *call, WeirInt128 units, bool divide, const WeirVector *factor, WeirArgument *y,
                   uint32_t row, WeirInt128 *out)
{
    (void)call;
    if (factor->type->id == WEIR_TYPE_LONG) {
        int64_t by = WEIR_ARGUMENT_VALUE(int64_t, *y, row);
        return divide ? by != 0 && weir_decimal_divide(units, 0, by, 0, 38, 0, out)
                      : weir_decimal_multiply(units, 0, by, 0, 38, 0, out);
    }
    if (factor->type->id == WEIR_TYPE_DECIMAL) {
        WeirInt128 by = weir_decimal_load(y, weir_decimal_is_wide(factor->type), row);
        return divide ? by != 0 && weir_decimal_divide(units, 0, by, factor->type->scale, 38, 0, out)
                      : weir_decimal_multiply(units, 0, by, factor->type->scale, 38, 0, out);
    }
    double by = WEIR_ARGUMENT_VALUE(double, *y, row), value = divide ? (double)units / by : (double)units * by;
    if (!isfinite(value) || fabs(value) > 0x1p63)
        return false;
    *out = (WeirInt128)(value < 0 ? ceil(value - 0.5) : floor(value + 0.5));
    return true;
}

static bool is_zero(const WeirVector *factor, WeirArgument *y, uint32_t row)
{
    if (factor->type->id == WEIR_TYPE_LONG)
        return WEIR_ARGUMENT_VALUE(int64_t, *y, row) == 0;
    if (factor->type->id == WEIR_TYPE_DECIMAL)
        return weir_decimal_load(y, weir_decimal_is_wide(factor->type), row) == 0;
    return WEIR_ARGUMENT_VALUE(double, *y, row) == 0;
}

static WeirStatus scale_ansi(WeirKernelCall *call, bool divide, const WeirVector *const *arguments, WeirVector *result,
                             WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    bool months = result->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    WEIR_FOR_ROWS(call, row)
    {
        WeirInt128 value = 0,
                   units = months ? WEIR_ARGUMENT_VALUE(int32_t, x, row) : WEIR_ARGUMENT_VALUE(int64_t, x, row);
        bool try = call->expression->eval_mode == WEIR_EVAL_TRY;
        bool zero = divide && is_zero(arguments[1], &y, row);
        if (zero && !try)
            return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INTERVAL_DIVIDED_BY_ZERO), error);
        bool bad = zero || !scaled(call, units, divide, arguments[1], &y, row, &value) ||
                   value != (months ? (int32_t)value : (int64_t)value);
        if (bad && !try)
            return scale_overflow(call, divide && arguments[1]->type->id == WEIR_TYPE_LONG, error);
        if (bad) {
            weir_result_set_null(call, result, row);
            continue;
        }
        if (months)
            ((int32_t *)result->values)[row] = (int32_t)value;
        else
            ((int64_t *)result->values)[row] = (int64_t)value;
    }
    return WEIR_OK;
}
KERNEL(multiply_kernel)
{
    return scale_ansi(call, false, arguments, result, error);
}
KERNEL(divide_kernel)
{
    return scale_ansi(call, true, arguments, result, error);
}

/* Overflow saturates unless ANSI asks for an error. */
static int32_t saturated_int(double value)
{
    return value >= 0x1p31 ? INT32_MAX : value < -0x1p31 ? INT32_MIN : isnan(value) ? 0 : (int32_t)value;
}

static int64_t saturated_long(double value)
{
    value = value < 0 ? ceil(value - 0.5) : floor(value + 0.5);
    return value >= 0x1p63 ? INT64_MAX : value < -0x1p63 ? INT64_MIN : isnan(value) ? 0 : (int64_t)value;
}

static WeirStatus scale_calendar(WeirKernelCall *call, bool divide, const WeirVector *const *arguments,
                                 WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    bool strict = call->expression->eval_mode == WEIR_EVAL_ANSI, try = call->expression->eval_mode == WEIR_EVAL_TRY;
    WEIR_FOR_ROWS(call, row)
    {
        WeirCalendarInterval value = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, x, row);
        double by = WEIR_ARGUMENT_VALUE(double, y, row);
        if (divide && by == 0) {
            if (strict)
                return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INTERVAL_DIVIDED_BY_ZERO), error);
            weir_result_set_null(call, result, row);
            continue;
        }
        double months = divide ? value.months / by : value.months * by,
               days = divide ? value.days / by : value.days * by;
        double micros = (divide ? (double)value.microseconds / by : (double)value.microseconds * by) +
                        (days - trunc(days)) * (double)WEIR_MICROS_PER_DAY;
        bool over = !(fabs(months) < 0x1p31) || !(fabs(days) < 0x1p31) || !(fabs(micros) < 0x1p63);
        if (over && strict)
            return weir_overflow_error(call, "overflow", "", error);
        if (over && try)
            weir_result_set_null(call, result, row);
        ((WeirCalendarInterval *)result->values)[row] =
            (WeirCalendarInterval){saturated_int(months), saturated_int(days), saturated_long(micros)};
    }
    return WEIR_OK;
}
KERNEL(multiply_calendar_kernel)
{
    return scale_calendar(call, false, arguments, result, error);
}
KERNEL(divide_calendar_kernel)
{
    return scale_calendar(call, true, arguments, result, error);
}

/* make_interval(years, months, weeks, days, hours, minutes, seconds) and its exact relatives: seconds are a decimal(18,
 * 6). */
static WeirStatus resolve_make(WeirFunctionCall *call, WeirError *error)
{
    if (strncmp(call->name, "try_", 4) == 0)
        call->eval_mode = WEIR_EVAL_TRY;
    if (strstr(call->name, "make_interval") != NULL && call->eval_mode != WEIR_EVAL_ANSI)
        call->nullable = true;
    bool days = strcmp(call->name, "make_dt_interval") == 0, months = strcmp(call->name, "make_ym_interval") == 0;
    uint32_t count = days ? 4 : months ? 2 : 7;
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 7);
    const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 7);
    const WeirDataType *seconds = weir_type_decimal(call->arena, 18, 6);
    for (uint32_t i = 0; i < count; i++) {
        bool is_seconds = !months && i == count - 1;
        const WeirDataType *type = is_seconds ? seconds : &weir_type_int;
        if (i < call->argument_count) {
            arguments[i] = call->arguments[i];
            if (!weir_can_implicitly_cast(arguments[i]->type, type))
                return weir_call_unexpected_type(call, i, is_seconds ? "\"DECIMAL(18,6)\"" : "\"INT\"", error);
        } else {
            arguments[i] = is_seconds ? weir_expression_literal(call->arena, weir_value_int(call->arena, seconds, 0))
                                      : weir_expression_int_literal(call->arena, 0);
        }
        casts[i] = type;
    }
    call->arguments = arguments;
    call->cast_types = casts;
    call->argument_count = count;
    call->result_type = days     ? &weir_type_day_time_interval
                        : months ? &weir_type_year_month_interval
                                 : &weir_type_calendar_interval;
    return WEIR_OK;
}

KERNEL(make_kernel)
{
    WeirArgument a[7];
    WeirTypeId type = result->type->id;
    uint32_t count = call->expression->child_count;
    for (uint32_t i = 0; i < count; i++)
        a[i] = weir_argument(arguments[i]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t v[7] = {0};
        for (uint32_t i = 0; i < count; i++)
            v[i] = arguments[i]->type->id == WEIR_TYPE_DECIMAL ? WEIR_ARGUMENT_VALUE(int64_t, a[i], row)
                                                               : WEIR_ARGUMENT_VALUE(int32_t, a[i], row);
        const int64_t hour = 3600 * WEIR_MICROS_PER_SECOND, minute = 60 * WEIR_MICROS_PER_SECOND;
        if (type == WEIR_TYPE_YEAR_MONTH_INTERVAL) {
            int64_t months = v[0] * 12 + v[1];
            if (months != (int32_t)months)
                return overflow(call, error);
            ((int32_t *)result->values)[row] = (int32_t)months;
        } else if (type == WEIR_TYPE_DAY_TIME_INTERVAL) {
            WeirInt128 micros =
                (WeirInt128)v[0] * WEIR_MICROS_PER_DAY + (WeirInt128)v[1] * hour + (WeirInt128)v[2] * minute + v[3];
            if (micros != (int64_t)micros)
                return overflow(call, error);
            ((int64_t *)result->values)[row] = (int64_t)micros;
        } else {
            int64_t months = v[0] * 12 + v[1], days = v[2] * 7 + v[3];
            WeirInt128 micros = (WeirInt128)v[4] * hour + (WeirInt128)v[5] * minute + v[6];
            if (months != (int32_t)months || days != (int32_t)days || micros != (int64_t)micros) {
                if (call->expression->eval_mode == WEIR_EVAL_ANSI)
                    return weir_overflow_error(call, "overflow", "", error);
                weir_result_set_null(call, result, row);
                continue;
            }
            ((WeirCalendarInterval *)result->values)[row] =
                (WeirCalendarInterval){(int32_t)months, (int32_t)days, (int64_t)micros};
        }
    }
    return WEIR_OK;
}

#define F (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL)
#define SCALE(NAME, KERNEL, FORMAT)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .flags = F | WEIR_FUNCTION_INTERNAL, .arguments_min = 2, .arguments_max = 2,                     \
        .resolve = resolve_scale, .kernel = KERNEL, .sql_format = FORMAT                                               \
    }
#define MAKE(NAME, MIN, MAX, USAGE)                                                                                    \
    {                                                                                                                  \
        .name = NAME, .flags = F, .arguments_min = MIN, .arguments_max = MAX, .resolve = resolve_make,                 \
        .kernel = make_kernel, .group = "datetime_funcs", .usage = USAGE                                               \
    }

const WeirFunction weir_functions_interval[] = {
    SCALE("multiply_ansi_interval", multiply_kernel, "($1 * $2)"),
    SCALE("divide_ansi_interval", divide_kernel, "($1 / $2)"),
    SCALE("multiply_interval", multiply_calendar_kernel, NULL),
    SCALE("divide_interval", divide_calendar_kernel, NULL),
    MAKE("make_interval", 0, 7, "make_interval(years, months, weeks, days, hours, minutes, seconds)"),
    MAKE("try_make_interval", 1, 7,
         "try_make_interval(years, months, weeks, days, hours, minutes, seconds): null on overflow."),
    MAKE("make_dt_interval", 0, 4, "make_dt_interval(days, hours, minutes, seconds)"),
    MAKE("make_ym_interval", 0, 2, "make_ym_interval(years, months)"),
    {0},
};
