/* AND, OR and NOT with three-valued logic. The right side of AND and OR may hold garbage where the left side has
 * decided. */
#include "expr/function_private.h"
#include "expr/kernel.h"
#include "expr/kernels.h"

static WeirStatus resolve_logical(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *types[2] = {call->arguments[0]->type, call->arguments[1]->type};
    bool text = false;
    for (int i = 0; i < 2; i++)
        text = text || types[i]->id == WEIR_TYPE_STRING;
    bool fine = true, some_boolean = false;
    for (int i = 0; i < 2; i++) {
        fine = fine && (types[i]->id == WEIR_TYPE_BOOLEAN || types[i]->id == WEIR_TYPE_VOID ||
                        types[i]->id == WEIR_TYPE_STRING);
        some_boolean = some_boolean || types[i]->id == WEIR_TYPE_BOOLEAN;
    }
    if (!fine || (text && !some_boolean)) {
        bool same = weir_type_equal(types[0], types[1]);
        WeirStatus status = same ? weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE, "sqlExpr",
                                                  weir_call_sql(call), "inputType", "\"BOOLEAN\"", "actualDataType",
                                                  weir_quoted_type(call->arena, types[0]))
                                 : weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES, "sqlExpr",
                                                  weir_call_sql(call), "left", weir_quoted_type(call->arena, types[0]),
                                                  "right", weir_quoted_type(call->arena, types[1]));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    call->cast_types[0] = call->cast_types[1] = &weir_type_boolean;
    call->result_type = &weir_type_boolean;
    return WEIR_OK;
}

/* `decides`: the value of one side that settles the result whatever the other is. */
static WeirStatus combine(WeirKernelCall *call, uint8_t decides, const WeirVector *const *arguments, WeirVector *result)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    uint8_t *out = result->values;
    if (x.validity == NULL && y.validity == NULL && call->dense && x.mask != 0 && y.mask != 0) {
        const uint8_t *a = x.values, *b = y.values;
        if (decides)
            for (uint32_t row = 0; row < call->row_count; row++)
                out[row] = a[row] | b[row];
        else
            for (uint32_t row = 0; row < call->row_count; row++)
                out[row] = a[row] & b[row];
        return WEIR_OK;
    }
    bool nullable = x.validity != NULL || y.validity != NULL;
    WEIR_FOR_ROWS(call, row)
    {
        bool valid_a = !weir_argument_is_null(&x, row), valid_b = !weir_argument_is_null(&y, row);
        uint8_t a = valid_a ? WEIR_ARGUMENT_VALUE(uint8_t, x, row) != 0 : !decides;
        uint8_t b = 0;
        if (valid_a && a == decides)
            valid_b = true, b = decides; /* not looked at: it may not have been computed */
        else
            b = valid_b ? WEIR_ARGUMENT_VALUE(uint8_t, y, row) != 0 : !decides;
        bool decided = (valid_a && a == decides) || (valid_b && b == decides);
        out[row] = decided ? decides : !decides;
        if (nullable && !decided && !(valid_a && valid_b))
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WeirStatus weir_and_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                           WeirError *error)
{
    (void)error;
    return combine(call, 0, arguments, result);
}

WeirStatus weir_or_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error)
{
    (void)error;
    return combine(call, 1, arguments, result);
}

static WeirStatus not_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                             WeirError *error)
{
    (void)error;
    const uint8_t *values = arguments[0]->values;
    uint8_t *out = result->values;
    if (call->dense && arguments[0]->kind == WEIR_VECTOR_FLAT) {
        for (uint32_t row = 0; row < call->row_count; row++)
            out[row] = values[row] == 0;
        return WEIR_OK;
    }
    uint32_t mask = arguments[0]->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WEIR_FOR_ROWS(call, row)
    out[row] = values[row & mask] == 0;
    return WEIR_OK;
}

const WeirFunction weir_functions_boolean[] = {
    {.name = "and",
     .flags = WEIR_FUNCTION_LAZY | WEIR_FUNCTION_DENSE,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_logical,
     .kernel = weir_and_kernel,
     .sql_format = "($1 AND $2)",
     .group = "predicate_funcs",
     .usage = "a AND b: true if both are."},
    {.name = "or",
     .flags = WEIR_FUNCTION_LAZY | WEIR_FUNCTION_DENSE,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_logical,
     .kernel = weir_or_kernel,
     .sql_format = "($1 OR $2)",
     .group = "predicate_funcs",
     .usage = "a OR b: true if one is."},
    {.name = "not",
     .aliases = WEIR_ALIASES("!"),
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_DENSE,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "boolean->boolean",
     .kernel = not_kernel,
     .sql_format = "(NOT $1)\nNOT $1",
     .group = "predicate_funcs",
     .usage = "NOT a: true if a is false."},
    {0},
};
