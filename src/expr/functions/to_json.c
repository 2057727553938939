/* to_json: a struct, array or map as JSON text, by the writer that JSON files have. */
#include "expr/functions/format_call.h"
#include "expr/kernels/text_find.h"

static WeirStatus resolve_to_json(WeirFunctionCall *call, WeirError *error)
{
    WeirJsonWriting *writing = WEIR_ARENA_NEW(call->arena, WeirJsonWriting);
    const WeirDataType *type = call->arguments[0]->type;
    WeirFormatOptions options;
    WEIR_TRY(weir_call_format_options(call, 1, &options, error));
    if (!weir_type_is_nested(type) && type->id != WEIR_TYPE_VOID)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_JSON_SCHEMA, "sqlExpr", weir_call_sql(call),
                              "schema", weir_quoted_type(call->arena, type));
    WEIR_TRY(weir_json_writing_read(&options, call->arena, writing, error));
    call->result_type = &weir_type_string;
    call->nullable = call->arguments[0]->nullable;
    call->bound = writing;
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(to_json_kernel)
{
    const WeirJsonWriting *writing = call->expression->bound;
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, call->arena->tracker);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        if (weir_vector_is_null(arguments[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        weir_buffer_clear(&buffer);
        weir_value_json(arguments[0], row, &writing->options, &buffer);
        WEIR_TRY_OR_GO(done, weir_buffer_check(&buffer, error));
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&buffer), buffer.length,
                                                 &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

const WeirFunction weir_functions_to_json[] = {
    {.name = "to_json",
     .flags = WEIR_FUNCTION_ANY_VECTOR | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_to_json,
     .kernel = to_json_kernel,
     .sql_format = "to_json($1)",
     .group = "json_funcs",
     .usage = "to_json(a[, options]): as JSON."},
    {0},
};
