/* schema_of_json: the type that the JSON format would infer of a constant text, as DDL. */
#include "expr/functions/format_call.h"

static WeirStatus resolve_schema_of_json(WeirFunctionCall *call, WeirError *error)
{
    WeirFormatOptions options;
    WeirStringView text;
    const WeirDataType *type = NULL;
    WEIR_TRY(weir_call_format_options(call, 1, &options, error));
    WeirTypeId given = call->arguments[0]->type->id;
    if (given != WEIR_TYPE_STRING && given != WEIR_TYPE_VOID)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "schema_of_json takes a string, not %s.",
                                 weir_quoted_type(call->arena, call->arguments[0]->type));
    WEIR_TRY(weir_call_constant_text(call, "json", &text, error));
    WEIR_TRY(weir_json_infer_text(&options, weir_view_data(&text), text.length, call->arena, &type, error));
    WeirBuffer sql;
    weir_buffer_init(&sql, 0, NULL);
    weir_type_sql(type, &sql);
    call->bound = weir_arena_strdup(call->arena, weir_buffer_text(&sql));
    weir_buffer_deinit(&sql);
    call->result_type = &weir_type_string;
    call->nullable = false;
    return WEIR_OK;
}

const WeirFunction weir_functions_schema_of_json[] = {
    {.name = "schema_of_json",
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_schema_of_json,
     .kernel = weir_bound_text_kernel,
     .sql_format = "schema_of_json($1)",
     .group = "json_funcs",
     .usage = "schema_of_json(json[, options]): the type of a JSON text, as DDL."},
    {0},
};
