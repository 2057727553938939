/* Functions named like types, conv, errors on purpose, and units of time by name. */
#include <strings.h>

#include "columnar/civil_calendar.h"
#include "columnar/time_zone.h"
#include "expr/functions/timestamp_shift.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"

/* bigint(a) and its relatives: a cast whose name does not show. */
static WeirStatus resolve_cast(WeirFunctionCall *call, WeirError *error)
{
    static const struct {
        const char *name;
        const WeirDataType *type;
    } types[] = {{"boolean", &weir_type_boolean}, {"tinyint", &weir_type_byte},       {"smallint", &weir_type_short},
                 {"int", &weir_type_int},         {"bigint", &weir_type_long},        {"float", &weir_type_float},
                 {"double", &weir_type_double},   {"string", &weir_type_string},      {"binary", &weir_type_binary},
                 {"date", &weir_type_date},       {"timestamp", &weir_type_timestamp}};
    const WeirDataType *type = weir_type_decimal(call->arena, 10, 0);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].name, call->name) == 0)
            type = types[i].type;
    WeirExpression *cast = weir_expression_unary(call->arena, WEIR_EXPRESSION_CAST, call->arguments[0]);
    cast->type = type;
    cast->eval_mode = call->eval_mode;
    cast->name = "implicit";
    cast->origin = call->origin;
    return weir_cast_resolve(call->resolver, cast, &call->replacement, error);
}

static WeirStatus resolve_unknown(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id != WEIR_TYPE_BOOLEAN && call->arguments[0]->type->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 0, "\"BOOLEAN\"", error);
    call->replacement =
        weir_call_make(call, strcmp(call->name, "is unknown") == 0 ? "isnull" : "isnotnull", call->arguments, 1);
    return WEIR_OK;
}

static int digit_of(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'z' ? c - 'a' + 10
           : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                                  : 99;
}

/* conv(text, from, to): unsigned 64 bits; a negative target base keeps the sign. */
WEIR_TEXT_KERNEL(conv_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        int32_t from = WEIR_ARGUMENT_VALUE(int32_t, y, row), to = WEIR_ARGUMENT_VALUE(int32_t, z, row);
        int32_t to_size = to < 0 ? -to : to;
        uint32_t at = 0, end = text_length;
        while (at < end && text[at] == ' ')
            at++;
        if (from < 2 || from > 36 || to_size < 2 || to_size > 36 || at == end) {
            weir_result_set_null(call, result, row);
            continue;
        }
        bool negative = text[at] == '-', over = false;
        at += negative;
        uint64_t value = 0;
        for (; at < end && digit_of(text[at]) < from; at++)
            over = over || __builtin_mul_overflow(value, (uint64_t)from, &value) ||
                   __builtin_add_overflow(value, (uint64_t)digit_of(text[at]), &value);
        if (over && call->expression->eval_mode == WEIR_EVAL_ANSI)
            return weir_row_error(call,
                                  weir_error_set(error, WEIR_ERROR_ARITHMETIC_OVERFLOW, "message",
                                                 "Overflow in function conv()", "alternative", "", "config",
                                                 "\"spark.sql.ansi.enabled\""),
                                  error);
        if (over)
            value = UINT64_MAX;
        if (negative && to > 0)
            value = (int64_t)value < 0 ? UINT64_MAX : 0 - value;
        if (to < 0 && (int64_t)value < 0) {
            value = 0 - value;
            negative = true;
        }
        char digits[72];
        uint32_t length = 0;
        do {
            digits[sizeof(digits) - ++length] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[value % (uint64_t)to_size];
            value /= (uint64_t)to_size;
        } while (value != 0);
        if (negative && to < 0)
            digits[sizeof(digits) - ++length] = '-';
        ((WeirStringView *)result->values)[row] = weir_view_copy(call->arena, digits + sizeof(digits) - length, length);
    }
    return WEIR_OK;
}

static WeirStatus raise_text(WeirKernelCall *call, const WeirVector *message, uint32_t row, WeirError *error)
{
    const char *text = "null";
    if (!weir_vector_is_null(message, row)) {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(message, row, &flat);
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        text = weir_arena_strndup(call->arena, (const char *)weir_view_data(view), view->length);
    }
    return weir_row_error(call, weir_error_set(error, WEIR_ERROR_USER_RAISED_EXCEPTION, "errorMessage", text), error);
}

WEIR_TEXT_KERNEL(raise_kernel)
{
    (void)result;
    WEIR_FOR_ROWS(call, row)
    return raise_text(call, arguments[0], row, error);
    return WEIR_OK;
}

static WeirStatus resolve_raise(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = &weir_type_void;
    call->nullable = true;
    return WEIR_OK;
}

/* The message is made of the condition where none is given. */
static WeirStatus resolve_assert(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 1) {
        WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
        arguments[0] = call->arguments[0];
        arguments[1] = weir_expression_string_literal(
            call->arena, weir_arena_printf(call->arena, "'%s' is not true!",
                                           weir_expression_sql_text(call->arena, call->arguments[0])));
        call->arguments = arguments;
        call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
        call->argument_count = 2;
    }
    WEIR_TRY(weir_signature_apply("boolean,string->?", call, error));
    return resolve_raise(call, error);
}

WEIR_TEXT_KERNEL(assert_kernel)
{
    (void)result;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(arguments[0], row, &flat);
        if (weir_vector_is_null(arguments[0], row) || !((const uint8_t *)flat->values)[at])
            return raise_text(call, arguments[1], row, error);
    }
    return WEIR_OK;
}

/* ---- timestampadd(unit, n, time), timestampdiff(unit, a, b) */

typedef struct TimeUnit {
    const char *name;
    int64_t months, days, micros;
} TimeUnit;

static const TimeUnit units[] = {{"microsecond", 0, 0, 1},
                                 {"millisecond", 0, 0, 1000},
                                 {"second", 0, 0, WEIR_MICROS_PER_SECOND},
                                 {"minute", 0, 0, 60 * WEIR_MICROS_PER_SECOND},
                                 {"hour", 0, 0, 3600 * WEIR_MICROS_PER_SECOND},
                                 {"day", 0, 1, 0},
                                 {"dayofyear", 0, 1, 0},
                                 {"week", 0, 7, 0},
                                 {"month", 1, 0, 0},
                                 {"quarter", 3, 0, 0},
                                 {"year", 12, 0, 0}};

static const TimeUnit *unit_of(const WeirStringView *view)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strlen(units[i].name) == view->length &&
            strncasecmp(units[i].name, (const char *)weir_view_data(view), view->length) == 0)
            return &units[i];
    return NULL;
}

static WeirStatus bad_unit(WeirKernelCall *call, const WeirStringView *view, WeirError *error)
{
    char shown[64];
    snprintf(shown, sizeof(shown), "%.*s", (int)(view->length < 60 ? view->length : 60),
             (const char *)weir_view_data(view));
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_DATETIME_UNIT, "parameter", "`unit`",
                                         "functionName", "`timestampadd`", "invalidValue", shown),
                          error);
}

WEIR_TEXT_KERNEL(timestampadd_kernel)
{
    WeirArgument u = weir_argument(arguments[0]), n = weir_argument(arguments[1]), x = weir_argument(arguments[2]);
    const WeirTimeZone *zone =
        arguments[2]->type->id == WEIR_TYPE_TIMESTAMP ? call->context->zone : weir_time_zone_utc();
    WEIR_FOR_ROWS(call, row)
    {
        const TimeUnit *unit = unit_of(weir_argument_view(&u, row));
        if (unit == NULL)
            return bad_unit(call, weir_argument_view(&u, row), error);
        int64_t count = WEIR_ARGUMENT_VALUE(int64_t, n, row), time = WEIR_ARGUMENT_VALUE(int64_t, x, row);
        int64_t months = 0, days = 0;
        bool over =
            __builtin_mul_overflow(count, unit->months, &months) | __builtin_mul_overflow(count, unit->days, &days);
        if (over || !weir_timestamp_shift(zone, &time, months, days, (WeirInt128)count * unit->micros))
            return weir_row_error(
                call, weir_error_set(error, WEIR_ERROR_DATETIME_OVERFLOW, "operation", "add units to a timestamp"),
                error);
        ((int64_t *)result->values)[row] = time;
    }
    return WEIR_OK;
}

static int64_t months_between(int64_t a, int64_t b) /* whole months from a to b, wall clock */
{
    int64_t days[2] = {weir_floor_divide(a, WEIR_MICROS_PER_DAY), weir_floor_divide(b, WEIR_MICROS_PER_DAY)}, year[2];
    int month[2], day[2];
    for (int i = 0; i < 2; i++)
        weir_civil_from_days(days[i], &year[i], &month[i], &day[i]);
    int64_t months = (year[1] - year[0]) * 12 + month[1] - month[0];
    int64_t rest_a = (day[0] - 1) * WEIR_MICROS_PER_DAY + weir_floor_modulo(a, WEIR_MICROS_PER_DAY),
            rest_b = (day[1] - 1) * WEIR_MICROS_PER_DAY + weir_floor_modulo(b, WEIR_MICROS_PER_DAY);
    return months > 0 && rest_b < rest_a ? months - 1 : months < 0 && rest_b > rest_a ? months + 1 : months;
}

WEIR_TEXT_KERNEL(timestampdiff_kernel)
{
    WeirArgument u = weir_argument(arguments[0]), x = weir_argument(arguments[1]), y = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        const TimeUnit *unit = unit_of(weir_argument_view(&u, row));
        if (unit == NULL)
            return bad_unit(call, weir_argument_view(&u, row), error);
        int64_t a = weir_micros_to_local(call->context->zone, WEIR_ARGUMENT_VALUE(int64_t, x, row)),
                b = weir_micros_to_local(call->context->zone, WEIR_ARGUMENT_VALUE(int64_t, y, row));
        ((int64_t *)result->values)[row] =
            unit->months != 0 ? months_between(a, b) / unit->months
                              : (b - a) / (unit->days != 0 ? unit->days * WEIR_MICROS_PER_DAY : unit->micros);
    }
    return WEIR_OK;
}

#define CAST(NAME)                                                                                                     \
    {                                                                                                                  \
        .name = NAME, .arguments_min = 1, .arguments_max = 1, .resolve = resolve_cast, .group = "conversion_funcs",    \
        .usage = NAME "(a): cast to this type."                                                                        \
    }
#define F (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL)

const WeirFunction weir_functions_conversion[] = {
    CAST("boolean"),
    CAST("tinyint"),
    CAST("smallint"),
    CAST("int"),
    CAST("bigint"),
    CAST("float"),
    CAST("double"),
    CAST("decimal"),
    CAST("string"),
    CAST("binary"),
    CAST("date"),
    CAST("timestamp"),
    {.name = "is unknown",
     .flags = WEIR_FUNCTION_INTERNAL | WEIR_FUNCTION_REPLACED,
     .sql_format = "($1 IS UNKNOWN)",
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_unknown},
    {.name = "is not unknown",
     .flags = WEIR_FUNCTION_INTERNAL | WEIR_FUNCTION_REPLACED,
     .sql_format = "($1 IS NOT UNKNOWN)",
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_unknown},
    {.name = "conv",
     .flags = F | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 3,
     .arguments_max = 3,
     .signature = "string,int,int->string",
     .kernel = conv_kernel,
     .group = "math_funcs",
     .usage = "conv(text, from, to): a number in another base."},
    {.name = "raise_error",
     .flags = WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NONDETERMINISTIC | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "string->?",
     .resolve = resolve_raise,
     .kernel = raise_kernel,
     .sql_format = "raise_error(USER_RAISED_EXCEPTION, map(errorMessage, $1))",
     .group = "misc_funcs",
     .usage = "raise_error(message): fails."},
    {.name = "assert_true",
     .flags = WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NONDETERMINISTIC | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_assert,
     .kernel = assert_kernel,
     .group = "misc_funcs",
     .usage = "assert_true(condition[, message]): fails where it is not true."},
    {.name = "timestampadd",
     .flags = F,
     .arguments_min = 3,
     .arguments_max = 3,
     .signature = "string,long,anytime->$3",
     .kernel = timestampadd_kernel,
     .sql_format = "timestampadd($*)",
     .group = "datetime_funcs",
     .usage = "timestampadd(unit, n, time): moved by n units."},
    {.name = "timestampdiff",
     .flags = F,
     .arguments_min = 3,
     .arguments_max = 3,
     .signature = "string,timestamp,timestamp->long",
     .kernel = timestampdiff_kernel,
     .sql_format = "timestampdiff($*)",
     .group = "datetime_funcs",
     .usage = "timestampdiff(unit, a, b): whole units between."},
    {0},
};
