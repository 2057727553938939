/* + - * / % div and their named forms: which types meet (Spark's DecimalPrecision, Division, IntegralDivision and
 * DateTimeOperations rules) and which kernel runs. Dates and intervals turn into functions of datetime_arithmetic.c and
 * interval.c. */
#include <math.h>

#include "expr/function_private.h"
#include "expr/kernels/decimal.h"

static WeirStatus wrong_type(const WeirFunctionCall *call, const WeirDataType *type, const char *required,
                             WeirError *error)
{
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE, "sqlExpr", weir_call_sql(call),
                       "inputType", required, "actualDataType", weir_quoted_type(call->arena, type));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus diff_types(const WeirFunctionCall *call, const WeirDataType *a, const WeirDataType *b,
                             WeirError *error)
{
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES, "sqlExpr", weir_call_sql(call), "left",
                       weir_quoted_type(call->arena, a), "right", weir_quoted_type(call->arena, b));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static const WeirDataType *decimal_result(WeirArena *arena, WeirArithmetic operation, const WeirDataType *a,
                                          const WeirDataType *b)
{
    int p1 = a->precision, s1 = a->scale, p2 = b->precision, s2 = b->scale;
    int scale = s1 > s2 ? s1 : s2;
    int integral = p1 - s1 > p2 - s2 ? p1 - s1 : p2 - s2;
    int least = p1 - s1 < p2 - s2 ? p1 - s1 : p2 - s2;
    switch (operation) {
    case WEIR_ADD:
    case WEIR_SUBTRACT:
        return weir_decimal_adjusted(arena, integral + scale + 1, scale);
    case WEIR_MULTIPLY:
        return weir_decimal_adjusted(arena, p1 + p2 + 1, s1 + s2);
    case WEIR_DIVIDE:
        scale = s1 + p2 + 1 > 6 ? s1 + p2 + 1 : 6;
        return weir_decimal_adjusted(arena, p1 - s1 + s2 + scale, scale);
    case WEIR_REMAINDER:
    case WEIR_PMOD:
        return weir_decimal_adjusted(arena, least + scale, scale);
    case WEIR_INTEGRAL_DIVIDE:
        return &weir_type_long;
    }
    return NULL;
}

/* A string beside something else becomes that kind of thing. */
static const WeirDataType *promoted(const WeirDataType *type, const WeirDataType *other)
{
    if (type->id != WEIR_TYPE_STRING)
        return type;
    const WeirDataType *promotion = weir_string_promotion(other);
    return promotion != NULL ? promotion : type;
}

#define NUMERIC_OR_INTERVAL "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")"

static const char *required_types(WeirArithmetic operation)
{
    switch (operation) {
    case WEIR_ADD:
    case WEIR_SUBTRACT:
        return NUMERIC_OR_INTERVAL;
    case WEIR_DIVIDE:
        return "(\"DOUBLE\" or \"DECIMAL\")";
    case WEIR_INTEGRAL_DIVIDE:
        return "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")";
    default:
        return "\"NUMERIC\"";
    }
}

static bool both_numeric(const WeirDataType *a, const WeirDataType *b)
{
    return weir_type_is_numeric(a) && weir_type_is_numeric(b);
}

static bool accepts(WeirArithmetic operation, const WeirDataType *type)
{
    if (operation == WEIR_INTEGRAL_DIVIDE)
        return type->id == WEIR_TYPE_LONG || type->id == WEIR_TYPE_DECIMAL;
    return weir_type_is_numeric(type);
}

static bool is_floating(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_FLOAT || type->id == WEIR_TYPE_DOUBLE;
}

/* What null becomes beside `other`; it stays null where the operation does not take the other side's type either. */
static const WeirDataType *null_beside(WeirArithmetic operation, const WeirDataType *other)
{
    if (other->id == WEIR_TYPE_VOID)
        return operation == WEIR_INTEGRAL_DIVIDE ? &weir_type_long : &weir_type_double;
    return other->id == WEIR_TYPE_STRING || accepts(operation, other) ? other : &weir_type_void;
}

/* The types that Spark's rules before ImplicitTypeCasts leave: strings promoted, integers as long for `div`, decimals
 * as double beside floats. */
static void promote_operands(const WeirFunctionCall *call, WeirArithmetic operation, const WeirDataType *types[2])
{
    for (int i = 0; i < 2; i++)
        types[i] = promoted(call->arguments[i]->type, call->arguments[1 - i]->type);
    for (int i = 0; i < 2; i++) /* beside text a float goes to double, too */
        if (call->arguments[1 - i]->type->id == WEIR_TYPE_STRING && types[i]->id == WEIR_TYPE_FLOAT)
            types[i] = &weir_type_double;
    for (int i = 0; i < 2 && operation == WEIR_INTEGRAL_DIVIDE; i++)
        if (weir_type_is_integral(types[i]))
            types[i] = &weir_type_long;
    const WeirDataType *a = types[0], *b = types[1];
    if (operation == WEIR_DIVIDE && a->id == WEIR_TYPE_VOID && b->id == WEIR_TYPE_DECIMAL) {
        types[0] = types[1] = &weir_type_double; /* Division looks at the left side alone */
        return;
    }
    if (a->id == WEIR_TYPE_VOID)
        types[0] = null_beside(operation, b);
    if (b->id == WEIR_TYPE_VOID)
        types[1] = null_beside(operation, a);
    for (int i = 0; i < 2; i++)
        if (types[i]->id == WEIR_TYPE_DECIMAL && is_floating(types[1 - i]))
            types[i] = &weir_type_double;
}

static WeirStatus try_operands(WeirFunctionCall *call, const WeirDataType *common, WeirError *error);

/* Types of a numeric operation whose operands are not dates or intervals. */
static WeirStatus resolve_numeric(WeirFunctionCall *call, WeirArithmetic operation, WeirError *error)
{
    const WeirDataType *types[2];
    promote_operands(call, operation, types);
    const WeirDataType *a = types[0], *b = types[1];
    bool decimal = both_numeric(a, b) && (a->id == WEIR_TYPE_DECIMAL || b->id == WEIR_TYPE_DECIMAL);
    if (decimal) {
        for (int i = 0; i < 2; i++) {
            /* Literals count with the digits they have; a cast of a literal does not. */
            const WeirExpression *argument = call->arguments[i];
            bool as_written = types[i] == argument->type || operation == WEIR_INTEGRAL_DIVIDE;
            if (types[i]->id != WEIR_TYPE_DECIMAL)
                types[i] = as_written ? weir_decimal_for_expression(call->arena, argument)
                                      : weir_decimal_for(call->arena, types[i]);
            call->cast_types[i] = types[i];
        }
        call->result_type = decimal_result(call->arena, operation, types[0], types[1]);
        return WEIR_OK;
    }
    const WeirDataType *common = weir_tightest_type(call->arena, a, b);
    if (common == NULL || !accepts(operation, common)) {
        if (common == NULL || !weir_type_equal_strict(a, b))
            return diff_types(call, a, b, error);
        return wrong_type(call, common, required_types(operation), error);
    }
    if (operation == WEIR_DIVIDE)
        common = &weir_type_double;
    call->cast_types[0] = call->cast_types[1] = common;
    call->result_type = common;
    if (call->eval_mode == WEIR_EVAL_TRY && !both_numeric(call->arguments[0]->type, call->arguments[1]->type))
        return try_operands(call, common, error);
    return WEIR_OK;
}

static void set_mode(WeirFunctionCall *call, WeirArithmetic operation)
{
    if (strncmp(call->name, "try_", 4) == 0)
        call->eval_mode = WEIR_EVAL_TRY;
    bool divides = operation >= WEIR_DIVIDE;
    if (call->eval_mode == WEIR_EVAL_TRY || divides)
        call->nullable = true;
}

static bool is(const WeirExpression *expression, WeirTypeId id)
{
    return expression->type->id == id;
}
static bool is_day_interval(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DAY_TIME_INTERVAL && type->start_field == WEIR_INTERVAL_DAY &&
           type->end_field == WEIR_INTERVAL_DAY;
}
static bool is_exact_interval(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
}

static WeirExpression *call_one(const WeirFunctionCall *call, const char *name, WeirExpression *a)
{
    return weir_call_make(call, name, &a, 1);
}

static WeirExpression *call_two(const WeirFunctionCall *call, const char *name, WeirExpression *a, WeirExpression *b)
{
    return weir_call_make(call, name, (WeirExpression *[]){a, b}, 2);
}

static WeirExpression *to_timestamp(const WeirFunctionCall *call, WeirExpression *expression)
{
    if (expression->type->id == WEIR_TYPE_TIMESTAMP || expression->type->id == WEIR_TYPE_TIMESTAMP_NTZ)
        return expression;
    return weir_call_cast(call, expression, &weir_type_timestamp, call->eval_mode);
}

/* date/timestamp/string ± interval. */
static WeirExpression *shift_by_interval(const WeirFunctionCall *call, WeirExpression *time, WeirExpression *interval,
                                         bool minus)
{
    const WeirDataType *type = interval->type;
    if (is(time, WEIR_TYPE_DATE) && is_day_interval(type)) {
        WeirExpression *days = call_one(call, "extractansiintervaldays", interval);
        return call_two(call, "date_add", time, minus ? call_one(call, "-", days) : days);
    }
    const char *name = type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL
                           ? (is(time, WEIR_TYPE_DATE) ? "date_add_months_interval" : "timestamp_add_months_interval")
                       : type->id == WEIR_TYPE_CALENDAR_INTERVAL && is(time, WEIR_TYPE_DATE) ? "date_add_interval"
                                                                                             : "timestamp_add_interval";
    char full[64];
    snprintf(full, sizeof(full), "%s%s", name, minus ? "_minus" : "");
    if (!is(time, WEIR_TYPE_DATE) || type->id == WEIR_TYPE_DAY_TIME_INTERVAL) {
        bool text = is(time, WEIR_TYPE_STRING);
        WeirExpression *shifted =
            call_two(call, weir_arena_strdup(call->arena, full), to_timestamp(call, time), interval);
        if (!text)
            return shifted;
        WeirExpression *resolved = NULL;
        if (weir_function_resolve_tree(call->resolver, shifted, &resolved, NULL) != WEIR_OK)
            return shifted;
        return weir_call_cast(call, resolved, &weir_type_string, call->eval_mode);
    }
    return call_two(call, weir_arena_strdup(call->arena, full), time, interval);
}

static bool takes_interval(const WeirExpression *time, const WeirExpression *interval)
{
    if (!weir_type_is_interval(interval->type))
        return false;
    if (weir_type_is_datetime(time->type))
        return true;
    return time->type->id == WEIR_TYPE_STRING && interval->type->id != WEIR_TYPE_YEAR_MONTH_INTERVAL;
}

/* An interval moves only times: anything else beside one that is not a sum of intervals is the wrong operand of that.
 */
static WeirStatus not_a_time(const WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    return weir_call_unexpected_type(call, index, "(\"TIMESTAMP\" or \"TIMESTAMP WITHOUT TIME ZONE\")", error);
}

static const WeirFunction *try_variant(const char *name);

static WeirExpression *as_try(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    bool strict = expression->eval_mode == WEIR_EVAL_ANSI &&
                  (expression->kind == WEIR_EXPRESSION_CALL || expression->kind == WEIR_EXPRESSION_CAST);
    if (!strict)
        return expression;
    WeirExpression *copy = weir_expression_copy(context, expression);
    copy->eval_mode = WEIR_EVAL_TRY;
    copy->nullable = true;
    return copy;
}

/* Beside anything but two numbers try_ gives null for whatever fails below it, too. */
static WeirStatus try_all(const WeirFunctionCall *call, WeirExpression **expression, WeirError *error)
{
    return weir_expression_transform(call->arena, *expression, as_try, call->arena, expression, error);
}

static WeirStatus try_operands(WeirFunctionCall *call, const WeirDataType *common, WeirError *error)
{
    for (uint32_t i = 0; i < 2; i++) {
        call->arguments[i] = weir_call_cast(call, call->arguments[i], common, WEIR_EVAL_ANSI);
        WEIR_TRY(try_all(call, &call->arguments[i], error));
    }
    return WEIR_OK;
}

/* The function that stands for the operation inherits its mode: try_ gives null where that would fail. */
static WeirStatus replace_with(WeirFunctionCall *call, WeirExpression *replacement, WeirError *error)
{
    call->replacement = replacement;
    if (call->eval_mode != WEIR_EVAL_TRY)
        return WEIR_OK;
    WEIR_TRY(weir_function_resolve_tree(call->resolver, replacement, &call->replacement, error));
    if (call->context->ansi) {
        WEIR_TRY(try_all(call, &call->replacement, error));
    } else { /* below it nothing fails */
        call->replacement = weir_expression_copy(call->arena, call->replacement);
        call->replacement->eval_mode = WEIR_EVAL_TRY;
        call->replacement->nullable = true;
    }
    call->function = try_variant(call->name);
    return WEIR_OK;
}

static bool moves_times(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_CALENDAR_INTERVAL;
}

/* The operand that would have to be a time, or -1. Intervals of days are taken on the left of a sum only. */
static int misplaced_operand(const WeirDataType *a, const WeirDataType *b, bool minus)
{
    if (a->id == b->id || a->id == WEIR_TYPE_VOID || b->id == WEIR_TYPE_VOID)
        return -1;
    if (moves_times(b))
        return 0;
    return moves_times(a) && !minus ? 1 : -1;
}

static WeirStatus resolve_interval_sum(WeirFunctionCall *call, bool minus, WeirError *error)
{
    const WeirDataType *a = call->arguments[0]->type, *b = call->arguments[1]->type;
    int misplaced = misplaced_operand(a, b, minus);
    if (misplaced >= 0)
        return not_a_time(call, (uint32_t)misplaced, error);
    const WeirDataType *common = weir_tightest_type(call->arena, a, b);
    if (common == NULL)
        return diff_types(call, a, b, error);
    call->cast_types[0] = call->cast_types[1] = common;
    call->result_type = common;
    return WEIR_OK;
}

/* Null beside a time is an interval of days, as an addend. */
static WeirExpression *null_as_interval(const WeirFunctionCall *call, WeirExpression *addend,
                                        const WeirExpression *time)
{
    if (!is(addend, WEIR_TYPE_VOID) || !weir_type_is_datetime(time->type))
        return addend;
    return weir_call_cast(call, addend, &weir_type_day_time_interval, call->eval_mode);
}

static WeirExpression *text_as_date(const WeirFunctionCall *call, WeirExpression *text)
{
    return is(text, WEIR_TYPE_STRING) ? weir_call_cast(call, text, &weir_type_date, call->eval_mode) : text;
}

static WeirStatus resolve_add(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 1) {
        call->replacement = call_one(call, "unary_plus", call->arguments[0]);
        return WEIR_OK;
    }
    WeirExpression *a = call->arguments[0], *b = call->arguments[1];
    set_mode(call, WEIR_ADD);
    a = null_as_interval(call, a, b);
    b = null_as_interval(call, b, a);
    if (takes_interval(a, b) || takes_interval(b, a)) {
        bool swap = !takes_interval(a, b);
        return replace_with(call, shift_by_interval(call, swap ? b : a, swap ? a : b, false), error);
    }
    if (is(a, WEIR_TYPE_DATE) || is(b, WEIR_TYPE_DATE)) {
        bool swap = !is(a, WEIR_TYPE_DATE);
        return replace_with(call, call_two(call, "date_add", swap ? b : a, text_as_date(call, swap ? a : b)), error);
    }
    if (weir_type_is_interval(a->type) || weir_type_is_interval(b->type))
        return resolve_interval_sum(call, false, error);
    return resolve_numeric(call, WEIR_ADD, error);
}

static bool is_timestamp(const WeirExpression *expression)
{
    return is(expression, WEIR_TYPE_TIMESTAMP) || is(expression, WEIR_TYPE_TIMESTAMP_NTZ);
}

static WeirStatus resolve_subtract(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 1) {
        call->replacement = call_one(call, "unary_minus", call->arguments[0]);
        return WEIR_OK;
    }
    WeirExpression *a = call->arguments[0], *b = call->arguments[1];
    set_mode(call, WEIR_SUBTRACT);
    if (takes_interval(a, b)) {
        return replace_with(call, shift_by_interval(call, a, b, true), error);
    } else if (moves_times(b->type)) {
        return resolve_interval_sum(call, true, error);
    } else if (is_timestamp(a) || is_timestamp(b)) {
        return replace_with(call, call_two(call, "subtracttimestamps", a, b), error);
    } else if (is(b, WEIR_TYPE_DATE) || (is(a, WEIR_TYPE_DATE) && (is(b, WEIR_TYPE_STRING) || is(b, WEIR_TYPE_VOID)))) {
        return replace_with(call, call_two(call, "subtractdates", a, b), error);
    } else if (weir_type_is_interval(a->type) || weir_type_is_interval(b->type)) {
        return resolve_interval_sum(call, true, error);
    } else if (is(a, WEIR_TYPE_DATE)) {
        return replace_with(call, call_two(call, "date_sub", a, b), error);
    }
    return resolve_numeric(call, WEIR_SUBTRACT, error);
}

static const char *interval_function(const WeirDataType *type, bool multiply)
{
    if (type->id == WEIR_TYPE_CALENDAR_INTERVAL)
        return multiply ? "multiply_interval" : "divide_interval";
    return multiply ? "multiply_ansi_interval" : "divide_ansi_interval";
}

static WeirStatus resolve_multiply(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression *a = call->arguments[0], *b = call->arguments[1];
    set_mode(call, WEIR_MULTIPLY);
    bool left = weir_type_is_interval(a->type), right = weir_type_is_interval(b->type);
    if (left || right) {
        WeirExpression *interval = left ? a : b;
        return replace_with(call, call_two(call, interval_function(interval->type, true), interval, left ? b : a),
                            error);
    }
    return resolve_numeric(call, WEIR_MULTIPLY, error);
}

static WeirStatus resolve_divide(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression *a = call->arguments[0], *b = call->arguments[1];
    set_mode(call, WEIR_DIVIDE);
    if (weir_type_is_interval(a->type)) {
        return replace_with(call, call_two(call, interval_function(a->type, false), a, b), error);
    }
    return resolve_numeric(call, WEIR_DIVIDE, error);
}

static WeirStatus resolve_remainder(WeirFunctionCall *call, WeirError *error)
{
    set_mode(call, WEIR_REMAINDER);
    return resolve_numeric(call, WEIR_REMAINDER, error);
}

static WeirStatus resolve_pmod(WeirFunctionCall *call, WeirError *error)
{
    set_mode(call, WEIR_PMOD);
    return resolve_numeric(call, WEIR_PMOD, error);
}

static WeirStatus resolve_integral_divide(WeirFunctionCall *call, WeirError *error)
{
    set_mode(call, WEIR_INTEGRAL_DIVIDE);
    const WeirDataType *a = call->arguments[0]->type, *b = call->arguments[1]->type;
    bool beside_null =
        (is_exact_interval(a) && b->id == WEIR_TYPE_VOID) || (a->id == WEIR_TYPE_VOID && is_exact_interval(b));
    if (beside_null || (is_exact_interval(a) && is_exact_interval(b))) {
        const WeirDataType *common = weir_tightest_type(call->arena, a, b);
        if (common == NULL)
            return diff_types(call, a, b, error);
        call->cast_types[0] = call->cast_types[1] = common;
        call->result_type = &weir_type_long;
        return WEIR_OK;
    }
    return resolve_numeric(call, WEIR_INTEGRAL_DIVIDE, error);
}

/* A try_ function that stands for another keeps its name and what was written. */
static const WeirFunction *try_variant(const char *name)
{
    static const WeirFunction variants[] = {
        {.name = "try_add", .flags = WEIR_FUNCTION_REPLACED, .resolve = resolve_add},
        {.name = "try_subtract", .flags = WEIR_FUNCTION_REPLACED, .resolve = resolve_subtract},
        {.name = "try_multiply", .flags = WEIR_FUNCTION_REPLACED, .resolve = resolve_multiply},
        {.name = "try_divide", .flags = WEIR_FUNCTION_REPLACED, .resolve = resolve_divide},
    };
    for (size_t i = 0; i < sizeof(variants) / sizeof(variants[0]); i++)
        if (strcmp(variants[i].name, name) == 0)
            return &variants[i];
    return NULL;
}

/* ---- kernels */

/* In every mode but that of try_ functions: intervals do not wrap. */
static WeirStatus interval_overflow(WeirKernelCall *call, bool minus, WeirVector *result, uint32_t row,
                                    WeirError *error)
{
    if (call->expression->eval_mode != WEIR_EVAL_TRY)
        return weir_row_error(call,
                              weir_error_set(error, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION,
                                             "functionName", minus ? "`try_subtract`" : "`try_add`"),
                              error);
    weir_result_set_null(call, result, row);
    return WEIR_OK;
}

static WeirStatus ansi_interval_sum(WeirKernelCall *call, bool minus, const WeirVector *const *arguments,
                                    WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    bool months = result->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    WEIR_FOR_ROWS(call, row)
    {
        if (call->validity != NULL && !weir_bit_get(call->validity, row))
            continue;
        int64_t a = months ? WEIR_ARGUMENT_VALUE(int32_t, x, row) : WEIR_ARGUMENT_VALUE(int64_t, x, row),
                b = months ? WEIR_ARGUMENT_VALUE(int32_t, y, row) : WEIR_ARGUMENT_VALUE(int64_t, y, row), sum;
        bool over = minus ? __builtin_sub_overflow(a, b, &sum) : __builtin_add_overflow(a, b, &sum);
        if (over || (months && sum != (int32_t)sum))
            WEIR_TRY(interval_overflow(call, minus, result, row, error));
        else if (months)
            ((int32_t *)result->values)[row] = (int32_t)sum;
        else
            ((int64_t *)result->values)[row] = sum;
    }
    return WEIR_OK;
}

static WeirStatus interval_sum(WeirKernelCall *call, bool minus, const WeirVector *const *arguments, WeirVector *result,
                               WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirCalendarInterval *out = result->values;
    WEIR_FOR_ROWS(call, row)
    {
        if (call->validity != NULL && !weir_bit_get(call->validity, row))
            continue;
        WeirCalendarInterval a = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, x, row),
                             b = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, y, row);
        bool bad = minus ? __builtin_sub_overflow(a.months, b.months, &out[row].months) |
                               __builtin_sub_overflow(a.days, b.days, &out[row].days) |
                               __builtin_sub_overflow(a.microseconds, b.microseconds, &out[row].microseconds)
                         : __builtin_add_overflow(a.months, b.months, &out[row].months) |
                               __builtin_add_overflow(a.days, b.days, &out[row].days) |
                               __builtin_add_overflow(a.microseconds, b.microseconds, &out[row].microseconds);
        if (bad)
            WEIR_TRY(interval_overflow(call, minus, result, row, error));
    }
    return WEIR_OK;
}

static WeirStatus run(WeirKernelCall *call, WeirArithmetic operation, const WeirVector *const *arguments,
                      WeirVector *result, WeirError *error)
{
    const WeirDataType *type = arguments[0]->type;
    if (type->id == WEIR_TYPE_DECIMAL)
        return weir_decimal_run(call, operation, arguments[0], arguments[1], result, error);
    if (type->id == WEIR_TYPE_CALENDAR_INTERVAL)
        return interval_sum(call, operation == WEIR_SUBTRACT, arguments, result, error);
    if (is_exact_interval(type) && operation <= WEIR_SUBTRACT)
        return ansi_interval_sum(call, operation == WEIR_SUBTRACT, arguments, result, error);
    return weir_arithmetic_run(call, operation, arguments[0], arguments[1], result, error);
}

#define KERNEL(name, operation)                                                                                        \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)                                                                           \
    {                                                                                                                  \
        return run(call, operation, arguments, result, error);                                                         \
    }
KERNEL(add_kernel, WEIR_ADD)
KERNEL(subtract_kernel, WEIR_SUBTRACT)
KERNEL(multiply_kernel, WEIR_MULTIPLY)
KERNEL(divide_kernel, WEIR_DIVIDE)
KERNEL(remainder_kernel, WEIR_REMAINDER)
KERNEL(pmod_kernel, WEIR_PMOD)

static WeirStatus integral_divide_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                         WeirError *error)
{
    if (arguments[0]->type->id != WEIR_TYPE_YEAR_MONTH_INTERVAL)
        return run(call, WEIR_INTEGRAL_DIVIDE, arguments, result, error);
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        if (call->validity != NULL && !weir_bit_get(call->validity, row))
            continue;
        int32_t divisor = WEIR_ARGUMENT_VALUE(int32_t, y, row);
        if (divisor == 0)
            return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INTERVAL_DIVIDED_BY_ZERO), error);
        ((int64_t *)result->values)[row] = (int64_t)WEIR_ARGUMENT_VALUE(int32_t, x, row) / divisor;
    }
    return WEIR_OK;
}

static const WeirDataType *promoted_unary(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_VOID ? &weir_type_double : type;
}

static WeirStatus resolve_sign(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = promoted_unary(call->arguments[0]->type);
    bool interval =
        weir_type_is_interval(type) && !(type->id == WEIR_TYPE_CALENDAR_INTERVAL && strcmp(call->name, "abs") == 0);
    if (!weir_type_is_numeric(type) && !interval)
        return weir_call_unexpected_type(
            call, 0,
            strcmp(call->name, "abs") == 0 ? "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")"
                                           : NUMERIC_OR_INTERVAL,
            error);
    call->cast_types[0] = type;
    call->result_type = type;
    return WEIR_OK;
}

static WeirStatus overflow_of(WeirKernelCall *call, const WeirDataType *type, WeirError *error)
{
    static const char *const messages[] = {"byte overflow", "short overflow", "integer overflow", "long overflow"};
    if (is_exact_interval(type) && strcmp(call->expression->function->name, "abs") == 0)
        return weir_overflow_error(call, "overflow", "", error);
    if (weir_type_is_interval(type))
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION),
                              error);
    WeirPhysicalType physical = weir_type_physical(type);
    return weir_overflow_error(call, messages[physical - WEIR_PHYSICAL_INT8], "", error);
}

#define NEGATE(Type, Unsigned, MINIMUM)                                                                                \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    {                                                                                                                  \
        Type value = WEIR_ARGUMENT_VALUE(Type, x, row);                                                                \
        if (keep_positive && value >= 0) {                                                                             \
            ((Type *)result->values)[row] = value;                                                                     \
            continue;                                                                                                  \
        }                                                                                                              \
        if (value == MINIMUM &&                                                                                        \
            (call->expression->eval_mode == WEIR_EVAL_ANSI || weir_type_is_interval(arguments[0]->type)))              \
            return overflow_of(call, arguments[0]->type, error);                                                       \
        ((Type *)result->values)[row] = (Type)(0 - (Unsigned)value);                                                   \
    }                                                                                                                  \
    break

static WeirStatus negate(WeirKernelCall *call, bool keep_positive, const WeirVector *const *arguments,
                         WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]);
    switch (weir_type_physical(arguments[0]->type)) {
    case WEIR_PHYSICAL_INT8:
        NEGATE(int8_t, uint8_t, INT8_MIN);
    case WEIR_PHYSICAL_INT16:
        NEGATE(int16_t, uint16_t, INT16_MIN);
    case WEIR_PHYSICAL_INT32:
        NEGATE(int32_t, uint32_t, INT32_MIN);
    case WEIR_PHYSICAL_INT64:
        NEGATE(int64_t, uint64_t, INT64_MIN);
    case WEIR_PHYSICAL_FLOAT:
        WEIR_FOR_ROWS(call, row)
        ((float *)result->values)[row] =
            keep_positive ? fabsf(WEIR_ARGUMENT_VALUE(float, x, row)) : -WEIR_ARGUMENT_VALUE(float, x, row);
        break;
    case WEIR_PHYSICAL_DOUBLE:
        WEIR_FOR_ROWS(call, row)
        ((double *)result->values)[row] =
            keep_positive ? fabs(WEIR_ARGUMENT_VALUE(double, x, row)) : -WEIR_ARGUMENT_VALUE(double, x, row);
        break;
    case WEIR_PHYSICAL_INT128:
        WEIR_FOR_ROWS(call, row)
        {
            WeirInt128 value = weir_decimal_load(&x, true, row);
            weir_decimal_store(result, true, row, keep_positive && value >= 0 ? value : -value);
        }
        break;
    case WEIR_PHYSICAL_INTERVAL:
        WEIR_FOR_ROWS(call, row)
        {
            WeirCalendarInterval value = WEIR_ARGUMENT_VALUE(WeirCalendarInterval, x, row);
            if (value.months == INT32_MIN || value.days == INT32_MIN || value.microseconds == INT64_MIN)
                return overflow_of(call, arguments[0]->type, error);
            ((WeirCalendarInterval *)result->values)[row] =
                (WeirCalendarInterval){-value.months, -value.days, -value.microseconds};
        }
        break;
    default:
        break;
    }
    return WEIR_OK;
}

static WeirStatus minus_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                               WeirError *error)
{
    return negate(call, false, arguments, result, error);
}

static WeirStatus abs_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                             WeirError *error)
{
    return negate(call, true, arguments, result, error);
}

static WeirStatus plus_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                              WeirError *error)
{
    (void)call;
    (void)error;
    *result = *arguments[0];
    return WEIR_OK;
}

#define FLAGS (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_DENSE | WEIR_FUNCTION_MAY_FAIL)
#define UNARY_FLAGS (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL)
#define BINARY(NAME, RESOLVE, KERNEL, FORMAT, USAGE)                                                                   \
    {                                                                                                                  \
        .name = NAME, .flags = FLAGS, .arguments_min = 2, .arguments_max = 2, .resolve = RESOLVE, .kernel = KERNEL,    \
        .sql_format = FORMAT, .group = "math_funcs", .usage = USAGE                                                    \
    }

const WeirFunction weir_functions_arithmetic[] = {
    {.name = "+",
     .flags = FLAGS,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_add,
     .kernel = add_kernel,
     .sql_format = "($1 + $2)",
     .group = "math_funcs",
     .usage = "a + b: the sum; also a date or timestamp moved by an interval."},
    {.name = "-",
     .flags = FLAGS,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_subtract,
     .kernel = subtract_kernel,
     .sql_format = "($1 - $2)",
     .group = "math_funcs",
     .usage = "a - b: the difference; -a: the negated value."},
    BINARY("*", resolve_multiply, multiply_kernel, "($1 * $2)", "a * b: the product."),
    BINARY("/", resolve_divide, divide_kernel, "($1 / $2)", "a / b: the quotient as a double, decimal or interval."),
    BINARY("%", resolve_remainder, remainder_kernel, "($1 % $2)", "a % b: the remainder, with the sign of a."),
    BINARY("mod", resolve_remainder, remainder_kernel, NULL, "mod(a, b): the remainder, with the sign of a."),
    BINARY("div", resolve_integral_divide, integral_divide_kernel, "($1 div $2)",
           "a div b: the integral part of the quotient."),
    BINARY("pmod", resolve_pmod, pmod_kernel, NULL, "pmod(a, b): the remainder that is not negative."),
    BINARY("try_add", resolve_add, add_kernel, NULL, "try_add(a, b): the sum, or null on overflow."),
    BINARY("try_subtract", resolve_subtract, subtract_kernel, NULL,
           "try_subtract(a, b): the difference, or null on overflow."),
    BINARY("try_multiply", resolve_multiply, multiply_kernel, NULL,
           "try_multiply(a, b): the product, or null on overflow."),
    BINARY("try_divide", resolve_divide, divide_kernel, NULL, "try_divide(a, b): the quotient, or null where b is 0."),
    BINARY("try_mod", resolve_remainder, remainder_kernel, NULL, "try_mod(a, b): the remainder, or null where b is 0."),
    {.name = "unary_minus",
     .flags = UNARY_FLAGS | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_sign,
     .kernel = minus_kernel,
     .sql_format = "(- $1)",
     .group = "math_funcs",
     .usage = "-a"},
    {.name = "unary_plus",
     .flags = UNARY_FLAGS | WEIR_FUNCTION_SHARES | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_sign,
     .kernel = plus_kernel,
     .sql_format = "(+ $1)",
     .group = "math_funcs",
     .usage = "+a"},
    {.name = "negative",
     .flags = UNARY_FLAGS,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_sign,
     .kernel = minus_kernel,
     .group = "math_funcs",
     .usage = "negative(a): the negated value."},
    {.name = "positive",
     .flags = UNARY_FLAGS | WEIR_FUNCTION_SHARES,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_sign,
     .kernel = plus_kernel,
     .sql_format = "(+ $1)",
     .group = "math_funcs",
     .usage = "positive(a): the value itself."},
    {.name = "abs",
     .flags = UNARY_FLAGS,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_sign,
     .kernel = abs_kernel,
     .group = "math_funcs",
     .usage = "abs(a): the value without its sign."},
    {0},
};
