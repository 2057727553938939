/* if, coalesce and the functions that are made of them; greatest and least. The compiler evaluates the branches lazily.
 */
#include <math.h>

#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernel.h"
#include "expr/kernels.h"

static WeirStatus resolve_if(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id != WEIR_TYPE_BOOLEAN) {
        if (call->arguments[0]->type->id != WEIR_TYPE_VOID)
            return weir_call_unexpected_type(call, 0, "\"BOOLEAN\"", error);
        call->cast_types[0] = &weir_type_boolean;
    }
    if (!weir_call_unify(call, 1, 3))
        return weir_call_diff_types(call, error);
    call->nullable = call->arguments[1]->nullable || call->arguments[2]->nullable;
    return WEIR_OK;
}

static WeirStatus resolve_coalesce(WeirFunctionCall *call, WeirError *error)
{
    if (!weir_call_unify(call, 0, call->argument_count))
        return weir_call_diff_types(call, error);
    call->nullable = true;
    for (uint32_t i = 0; i < call->argument_count; i++)
        call->nullable = call->nullable && call->arguments[i]->nullable;
    return WEIR_OK;
}

static WeirStatus resolve_nvl(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->replacement = weir_call_make(call, "coalesce", call->arguments, 2);
    return WEIR_OK;
}

static WeirStatus resolve_nvl2(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *condition = weir_call_make(call, "isnotnull", call->arguments, 1);
    call->replacement =
        weir_call_make(call, "if", (WeirExpression *[]){condition, call->arguments[1], call->arguments[2]}, 3);
    return WEIR_OK;
}

static WeirStatus resolve_nullif(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *equal = weir_call_make(call, "=", call->arguments, 2);
    WeirExpression *null = weir_expression_null_literal(call->arena, call->arguments[0]->type);
    call->replacement = weir_call_make(call, "if", (WeirExpression *[]){equal, null, call->arguments[0]}, 3);
    return WEIR_OK;
}

static WeirStatus resolve_zeroifnull(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *zero = weir_expression_int_literal(call->arena, 0);
    call->replacement = weir_call_make(call, "coalesce", (WeirExpression *[]){call->arguments[0], zero}, 2);
    return WEIR_OK;
}

static WeirStatus resolve_nullifzero(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *zero = weir_expression_int_literal(call->arena, 0);
    call->replacement = weir_call_make(call, "nullif", (WeirExpression *[]){call->arguments[0], zero}, 2);
    return WEIR_OK;
}

static WeirStatus resolve_extreme(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *common = &weir_type_void;
    for (uint32_t i = 0; i < call->argument_count && common != NULL; i++) { /* strings are not promoted here */
        const WeirDataType *type = call->arguments[i]->type, *next = weir_tightest_type(call->arena, common, type);
        if (next == NULL && weir_type_is_numeric(common) && weir_type_is_numeric(type))
            next = weir_common_type(call->arena, common, type);
        common = next;
    }
    if (common == NULL)
        return weir_call_diff_types(call, error);
    if (!weir_type_is_orderable(common) && common->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, common, error);
    call->nullable = true;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        call->cast_types[i] = common;
        call->nullable = call->nullable && call->arguments[i]->nullable;
    }
    call->result_type = common;
    return WEIR_OK;
}

WeirStatus weir_if_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error)
{
    (void)call;
    (void)arguments;
    (void)result;
    return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "branches are compiled, not called");
}

WeirStatus weir_coalesce_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                WeirError *error)
{
    return weir_if_kernel(call, arguments, result, error);
}

/* Nulls are skipped; the row is null when all are. */
static WeirStatus extreme(WeirKernelCall *call, int sign, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error)
{
    uint32_t count = call->expression->child_count;
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    uint32_t next = 0;
    WEIR_FOR_ROWS(call, row)
    {
        for (; next < row; next++)
            weir_column_writer_append_null(&writer);
        const WeirVector *best = NULL;
        for (uint32_t i = 0; i < count; i++) {
            if (weir_vector_is_null(arguments[i], row))
                continue;
            if (best == NULL || sign * weir_vector_compare_rows(arguments[i], row, best, row) > 0)
                best = arguments[i];
        }
        if (best == NULL)
            weir_column_writer_append_null(&writer);
        else
            weir_column_writer_append_row(&writer, best, row);
        next = row + 1;
    }
    for (; next < call->row_count; next++)
        weir_column_writer_append_null(&writer);
    return weir_column_writer_finish(&writer, result, error);
}

static WeirStatus greatest_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                  WeirError *error)
{
    return extreme(call, 1, arguments, result, error);
}

static WeirStatus least_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                               WeirError *error)
{
    return extreme(call, -1, arguments, result, error);
}

static WeirStatus resolve_nanvl(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *nan = weir_call_make(call, "isnan", call->arguments, 1);
    call->replacement =
        weir_call_make(call, "if", (WeirExpression *[]){nan, call->arguments[1], call->arguments[0]}, 3);
    return WEIR_OK;
}

/* when(condition, value, …[, else]) is a CASE. */
static WeirStatus resolve_when(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression *node = weir_expression_new(call->arena, WEIR_EXPRESSION_CASE, call->origin);
    node->children = call->arguments;
    node->child_count = call->argument_count;
    if (call->argument_count == 0)
        return weir_error_set(error, WEIR_ERROR_COMPLEX_EXPRESSION_UNSUPPORTED_INPUT_NO_INPUTS, "expression",
                              weir_quoted_sql(call->arena, node));
    call->replacement = node;
    return WEIR_OK;
}

#define REPLACED(NAME, ALIASES, COUNT, RESOLVE, USAGE)                                                                 \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = WEIR_FUNCTION_REPLACED, .arguments_min = COUNT,                     \
        .arguments_max = COUNT, .resolve = RESOLVE, .group = "conditional_funcs", .usage = USAGE                       \
    }

const WeirFunction weir_functions_conditional[] = {
    {.name = "if",
     .flags = WEIR_FUNCTION_LAZY,
     .arguments_min = 3,
     .arguments_max = 3,
     .resolve = resolve_if,
     .kernel = weir_if_kernel,
     .sql_format = "(IF($*))\nif ($1) $2 else $3",
     .group = "conditional_funcs",
     .usage = "if(condition, a, b): a where the condition is true, else b."},
    {.name = "when",
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_when,
     .group = "conditional_funcs",
     .usage = "when(condition, a, …[, b]): a where the condition is true, else b."},
    {.name = "coalesce",
     .flags = WEIR_FUNCTION_LAZY,
     .arguments_min = 1,
     .arguments_max = -1,
     .resolve = resolve_coalesce,
     .kernel = weir_coalesce_kernel,
     .group = "conditional_funcs",
     .usage = "coalesce(a, …): the first that is not null."},
    REPLACED("nvl", WEIR_ALIASES("ifnull"), 2, resolve_nvl, "nvl(a, b): a, or b where a is null."),
    REPLACED("nvl2", NULL, 3, resolve_nvl2, "nvl2(a, b, c): b where a is not null, else c."),
    REPLACED("nullif", NULL, 2, resolve_nullif, "nullif(a, b): null where a = b, else a."),
    REPLACED("zeroifnull", NULL, 1, resolve_zeroifnull, "zeroifnull(a): 0 where a is null."),
    REPLACED("nullifzero", NULL, 1, resolve_nullifzero, "nullifzero(a): null where a is 0."),
    {.name = "nanvl",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 2,
     .arguments_max = 2,
     .signature = "double,double->double",
     .resolve = resolve_nanvl,
     .group = "conditional_funcs",
     .usage = "nanvl(a, b): b where a is not a number."},
    {.name = "greatest",
     .flags = WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 2,
     .arguments_max = -1,
     .resolve = resolve_extreme,
     .kernel = greatest_kernel,
     .group = "math_funcs",
     .usage = "greatest(a, b, …): the greatest value that is not null."},
    {.name = "least",
     .flags = WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 2,
     .arguments_max = -1,
     .resolve = resolve_extreme,
     .kernel = least_kernel,
     .group = "math_funcs",
     .usage = "least(a, b, …): the least value that is not null."},
    {0},
};
