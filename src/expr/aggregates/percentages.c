/* See percentages.h. */
#include "expr/aggregates/percentages.h"

#include "expr/column_writer.h"

const WeirPercentages *weir_percentages_half(WeirArena *arena)
{
    WeirPercentages *percentages = WEIR_ARENA_NEW(arena, WeirPercentages);
    double *half = WEIR_ARENA_NEW(arena, double);
    *half = 0.5;
    *percentages = (WeirPercentages){.count = 1, .values = half};
    return percentages;
}

static WeirStatus out_of_range(const WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                          "exprName", "percentage", "valueRange", "[0.0, 1.0]", "currentValue",
                          weir_quoted_sql(call->arena, call->arguments[index]));
}

WeirStatus weir_percentages_resolve(WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    const WeirDataType *type = call->arguments[index]->type;
    bool is_array = type->id == WEIR_TYPE_ARRAY;
    const WeirDataType *number = is_array ? weir_type_element(type) : type;
    if (!weir_type_is_numeric(number) && number->id != WEIR_TYPE_STRING && number->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, index, "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")", error);
    call->cast_types[index] =
        is_array ? weir_type_array(call->arena, &weir_type_double, type->contains_null) : &weir_type_double;
    WeirValue *value = NULL;
    WEIR_TRY(weir_call_constant(call, index, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, index, "percentage", "\"DOUBLE\"", error);
    if (weir_value_is_null(value))
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_NULL, "sqlExpr", weir_call_sql(call),
                              "exprName", "`percentage`");
    WeirPercentages *percentages = WEIR_ARENA_NEW(call->arena, WeirPercentages);
    percentages->is_array = is_array;
    const WeirVector *list = value;
    uint32_t first = 0;
    percentages->count = is_array ? weir_list_range(value, 0, &list, &first) : 1;
    const WeirVector *numbers = is_array ? &list->children[0] : value;
    double *values = WEIR_ARENA_ARRAY(call->arena, double, percentages->count + 1);
    for (uint32_t i = 0; i < percentages->count; i++) {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(numbers, first + i, &flat);
        if (weir_vector_is_null(numbers, first + i))
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_NULL, "sqlExpr", weir_call_sql(call),
                                  "exprName", "`percentage`");
        values[i] = ((const double *)flat->values)[at];
        if (!(values[i] >= 0 && values[i] <= 1))
            return out_of_range(call, index, error);
    }
    percentages->values = values;
    call->bound = percentages;
    if (is_array)
        call->result_type = weir_type_array(call->arena, call->result_type, false);
    return WEIR_OK;
}
