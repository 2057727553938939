/* = < <= > >= <=> between, IS NULL: types meet as in Spark's PromoteStrings and ImplicitTypeCasts for BinaryComparison.
 */
#include "expr/function_private.h"
#include "expr/kernels/compare.h"
#include "expr/kernels/decimal.h"

static bool is_comparable(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_VOID || (weir_type_is_orderable(type) && type->id != WEIR_TYPE_CALENDAR_INTERVAL);
}

static bool is_equatable(const WeirDataType *type)
{
    return is_comparable(type) || type->id == WEIR_TYPE_CALENDAR_INTERVAL;
}

/* A decimal literal beside an integer is rounded to a long: up where the integer has to be less, down where it has to
 * be greater, so that the outcome stays. */
static void round_literal(WeirFunctionCall *call)
{
    const char *name = call->function->name;
    if ((name[0] != '<' && name[0] != '>') || strcmp(name, "<=>") == 0)
        return;
    for (uint32_t i = 0; i < 2; i++) {
        const WeirExpression *literal = call->arguments[i];
        if (literal->kind != WEIR_EXPRESSION_LITERAL || literal->type->id != WEIR_TYPE_DECIMAL ||
            weir_value_is_null(literal->value) || !weir_type_is_integral(call->arguments[1 - i]->type))
            continue;
        bool orequal = name[1] == '=', greater = name[0] == '>';
        bool up = (greater == orequal) != (i == 0);
        WeirArgument x = weir_argument(literal->value);
        WeirInt128 value = weir_decimal_load(&x, weir_decimal_is_wide(literal->type), 0),
                   unit = weir_power_of_ten(literal->type->scale), rounded = value / unit, rest = value % unit;
        bool above = rounded > INT64_MAX || (rounded == INT64_MAX && rest > 0),
             below = rounded < INT64_MIN || (rounded == INT64_MIN && rest < 0);
        rounded += up ? rest > 0 : -(rest < 0);
        if (above || below) /* than every long: null does not count, as in Spark */
            call->replacement = weir_expression_boolean_literal(call->arena, greater == ((i == 0) == above));
        else
            call->arguments[i] = weir_expression_long_literal(call->arena, (int64_t)rounded);
    }
}

/* Spark asks for an ordering, even for =, of everything but intervals of the calendar. */
static WeirStatus resolve_comparison(WeirFunctionCall *call, WeirError *error)
{
    round_literal(call);
    if (call->replacement != NULL)
        return WEIR_OK;
    const WeirDataType *a = call->arguments[0]->type, *b = call->arguments[1]->type;
    if (a->id == WEIR_TYPE_DECIMAL && weir_type_is_integral(b))
        b = weir_decimal_for_expression(call->arena, call->arguments[1]);
    else if (b->id == WEIR_TYPE_DECIMAL && weir_type_is_integral(a))
        a = weir_decimal_for_expression(call->arena, call->arguments[0]);
    const WeirDataType *common = weir_tightest_type(call->arena, a, b);
    if (common == NULL && weir_type_is_numeric(a) && weir_type_is_numeric(b))
        common = weir_common_type(call->arena, a, b);
    if (common == NULL && a->id == WEIR_TYPE_STRING)
        common = weir_string_promotion(b);
    if (common == NULL && b->id == WEIR_TYPE_STRING)
        common = weir_string_promotion(a);
    bool same = common == NULL && weir_type_same_structure(a, b); /* structs whose fields have other names */
    if (same)
        common = a;
    if (common == NULL) {
        WeirStatus status =
            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES, "sqlExpr", weir_call_sql(call),
                           "left", weir_quoted_type(call->arena, a), "right", weir_quoted_type(call->arena, b));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    bool equality = call->function->name[0] == '=' || strcmp(call->function->name, "<=>") == 0;
    if (!(equality ? is_equatable(common) : is_comparable(common)))
        return weir_call_bad_ordering(call, common, error);
    if (!same)
        call->cast_types[0] = call->cast_types[1] = common;
    call->result_type = &weir_type_boolean;
    return WEIR_OK;
}

static WeirStatus resolve_not_equal(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *equal = weir_call_make(call, "=", call->arguments, 2);
    call->replacement = weir_call_make(call, "not", &equal, 1);
    return WEIR_OK;
}

static WeirStatus resolve_between(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression **a = call->arguments;
    WeirExpression *both[2] = {weir_call_make(call, ">=", (WeirExpression *[]){a[0], a[1]}, 2),
                               weir_call_make(call, "<=", (WeirExpression *[]){a[0], a[2]}, 2)};
    call->replacement = weir_call_make(call, "and", both, 2);
    return WEIR_OK;
}

static WeirStatus resolve_any(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = &weir_type_boolean;
    return WEIR_OK;
}

#define KERNEL(name, operation, left, right)                                                                           \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)                                                                           \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        weir_compare_run(call, operation, arguments[left], arguments[right], result);                                  \
        return WEIR_OK;                                                                                                \
    }
KERNEL(equal_kernel, WEIR_COMPARE_EQUAL, 0, 1)
KERNEL(less_kernel, WEIR_COMPARE_LESS, 0, 1)
KERNEL(less_equal_kernel, WEIR_COMPARE_LESS_EQUAL, 0, 1)
KERNEL(greater_kernel, WEIR_COMPARE_LESS, 1, 0)
KERNEL(greater_equal_kernel, WEIR_COMPARE_LESS_EQUAL, 1, 0)

static WeirStatus null_safe_equal_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                         WeirError *error)
{
    (void)error;
    uint8_t *out = result->values;
    WEIR_FOR_ROWS(call, row)
    {
        bool a = weir_vector_is_null(arguments[0], row), b = weir_vector_is_null(arguments[1], row);
        out[row] = a || b ? a && b : weir_vector_compare_rows(arguments[0], row, arguments[1], row) == 0;
    }
    return WEIR_OK;
}

static WeirStatus null_test(WeirKernelCall *call, const WeirVector *argument, bool wanted, WeirVector *result)
{
    uint8_t *out = result->values;
    bool void_type = argument->type->id == WEIR_TYPE_VOID;
    if (argument->kind == WEIR_VECTOR_FLAT && (argument->validity == NULL || void_type)) {
        memset(out, wanted == void_type, call->row_count);
        return WEIR_OK;
    }
    WEIR_FOR_ROWS(call, row)
    out[row] = weir_vector_is_null(argument, row) == wanted;
    return WEIR_OK;
}

static WeirStatus is_null_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                 WeirError *error)
{
    (void)error;
    return null_test(call, arguments[0], true, result);
}

static WeirStatus is_not_null_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                     WeirError *error)
{
    (void)error;
    return null_test(call, arguments[0], false, result);
}

static WeirStatus is_nan_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                WeirError *error)
{
    (void)error;
    uint8_t *out = result->values;
    WeirArgument x = weir_argument(arguments[0]);
    bool single = arguments[0]->type->id == WEIR_TYPE_FLOAT;
    WEIR_FOR_ROWS(call, row)
    {
        double value = 0;
        if (!weir_argument_is_null(&x, row) && arguments[0]->type->id != WEIR_TYPE_VOID)
            value = single ? (double)WEIR_ARGUMENT_VALUE(float, x, row) : WEIR_ARGUMENT_VALUE(double, x, row);
        out[row] = value != value;
    }
    return WEIR_OK;
}

#define FLAGS (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_DENSE)
#define COMPARISON(NAME, ALIASES, KERNEL, FORMAT, USAGE)                                                               \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = 2, .arguments_max = 2,                      \
        .resolve = resolve_comparison, .kernel = KERNEL, .sql_format = FORMAT, .group = "predicate_funcs",             \
        .usage = USAGE                                                                                                 \
    }

const WeirFunction weir_functions_comparison[] = {
    COMPARISON("=", WEIR_ALIASES("=="), equal_kernel, "($1 = $2)", "a = b: true if they are equal."),
    COMPARISON("<", NULL, less_kernel, "($1 < $2)", "a < b: true if a is less."),
    COMPARISON("<=", NULL, less_equal_kernel, "($1 <= $2)", "a <= b: true if a is less or equal."),
    COMPARISON(">", NULL, greater_kernel, "($1 > $2)", "a > b: true if a is greater."),
    COMPARISON(">=", NULL, greater_equal_kernel, "($1 >= $2)", "a >= b: true if a is greater or equal."),
    {.name = "!=",
     .aliases = WEIR_ALIASES("<>"),
     .flags = 0,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_not_equal,
     .group = "predicate_funcs",
     .usage = "a != b: true if they differ."},
    {.name = "<=>",
     .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_comparison,
     .kernel = null_safe_equal_kernel,
     .sql_format = "($1 <=> $2)",
     .group = "predicate_funcs",
     .usage = "a <=> b: equality that treats null as a value."},
    {.name = "equal_null",
     .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_comparison,
     .kernel = null_safe_equal_kernel,
     .group = "predicate_funcs",
     .usage = "equal_null(a, b): equality that treats null as a value."},
    {.name = "between",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 3,
     .arguments_max = 3,
     .resolve = resolve_between,
     .group = "predicate_funcs",
     .usage = "a BETWEEN low AND high: true if low <= a and a <= high."},
    {.name = "isnull",
     .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_any,
     .kernel = is_null_kernel,
     .sql_format = "($1 IS NULL)\nisnull($1)",
     .group = "predicate_funcs",
     .usage = "isnull(a): true if a is null."},
    {.name = "isnotnull",
     .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_any,
     .kernel = is_not_null_kernel,
     .sql_format = "($1 IS NOT NULL)\nisnotnull($1)",
     .group = "predicate_funcs",
     .usage = "isnotnull(a): true if a is not null."},
    {.name = "isnan",
     .flags = WEIR_FUNCTION_NEVER_NULL,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "double|float->boolean",
     .kernel = is_nan_kernel,
     .group = "predicate_funcs",
     .usage = "isnan(a): true if a is not a number."},
    {0},
};
