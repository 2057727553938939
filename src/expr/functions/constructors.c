/* array, map, struct and named_struct; maps made of other collections. */
#include "expr/functions/collection_shared.h"

/* ---- array */

static WeirStatus resolve_array(WeirFunctionCall *call, WeirError *error)
{
    if (!weir_call_unify(call, 0, call->argument_count))
        return weir_call_diff_types(call, error);
    bool contains_null = false;
    for (uint32_t i = 0; i < call->argument_count; i++)
        contains_null = contains_null || call->arguments[i]->nullable;
    call->result_type = weir_type_array(call->arena, call->result_type, contains_null);
    call->nullable = false;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(array_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        for (uint32_t i = 0; i < call->expression->child_count; i++)
            weir_column_writer_append_row(&list.elements, arguments[i], row);
    }
    return weir_list_result_finish(&list, error);
}

/* ---- map */

static WeirStatus diff_types(const WeirFunctionCall *call, uint32_t from, WeirError *error)
{
    WeirBuffer types;
    weir_buffer_init(&types, 1u << 16, NULL);
    for (uint32_t i = from; i < call->argument_count; i += 2)
        weir_buffer_append_format(&types, "%s%s", i == from ? "[" : ", ",
                                  weir_quoted_type(call->arena, call->arguments[i]->type));
    weir_buffer_append_char(&types, ']');
    WeirStatus status =
        weir_error_set(error,
                       from == 0 ? WEIR_ERROR_DATATYPE_MISMATCH_CREATE_MAP_KEY_DIFF_TYPES
                                 : WEIR_ERROR_DATATYPE_MISMATCH_CREATE_MAP_VALUE_DIFF_TYPES,
                       "sqlExpr", weir_call_sql(call), "functionName", "`map`", "dataType", weir_buffer_text(&types));
    weir_buffer_deinit(&types);
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus check_key_type(const WeirFunctionCall *call, const WeirDataType *type, WeirError *error)
{
    if (type->id != WEIR_TYPE_MAP)
        return WEIR_OK;
    WeirStatus status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE, "sqlExpr",
                                       weir_call_sql(call), "keyType", weir_quoted_type(call->arena, type));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus resolve_map(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count % 2 != 0)
        return weir_call_wrong_count(call, "2n (n > 0)", error);
    uint32_t count = call->argument_count / 2;
    const WeirDataType *types[2] = {&weir_type_void, &weir_type_void};
    WeirExpression **side = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, count + 1);
    bool contains_null = false;
    for (uint32_t from = 0; from < 2; from++) {
        for (uint32_t i = 0; i < count; i++)
            side[i] = call->arguments[2 * i + from];
        types[from] = weir_common_type_of(call->arena, side, count);
        if (types[from] == NULL)
            return diff_types(call, from, error);
        for (uint32_t i = 0; i < count; i++) {
            call->cast_types[2 * i + from] = types[from];
            contains_null = contains_null || (from == 1 && side[i]->nullable);
        }
    }
    WEIR_TRY(check_key_type(call, types[0], error));
    call->result_type = weir_type_map(call->arena, types[0], types[1], contains_null);
    call->nullable = false;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(map_kernel)
{
    WeirMapBuilder builder;
    WeirListRows rows = {result->values, 0};
    weir_map_builder_init(&builder, call, result->type, call->count * call->expression->child_count / 2);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, builder.key_writer.length);
        for (uint32_t i = 0; i < call->expression->child_count; i += 2)
            WEIR_TRY(weir_map_builder_put(&builder, arguments[i], row, arguments[i + 1], row, error));
        weir_map_builder_end_map(&builder);
    }
    weir_list_rows_finish(&rows, call->row_count, builder.key_writer.length);
    return weir_map_builder_finish(&builder, result->children, error);
}

/* ---- struct */

static WeirStatus bad_names(const WeirFunctionCall *call, WeirError *error)
{
    WeirBuffer names;
    weir_buffer_init(&names, 1u << 16, NULL);
    for (uint32_t i = 0; i < call->argument_count; i += 2)
        weir_buffer_append_format(&names, "%s%s", i == 0 ? "[" : ", ",
                                  weir_quoted_sql(call->arena, call->arguments[i]));
    weir_buffer_append_char(&names, ']');
    WeirStatus status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING,
                                       "sqlExpr", weir_call_sql(call), "inputExprs", weir_buffer_text(&names));
    weir_buffer_deinit(&names);
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus resolve_named_struct(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count % 2 != 0 || call->argument_count == 0)
        return weir_call_wrong_count(call, "2n (n > 0)", error);
    uint32_t count = call->argument_count / 2;
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, count);
    for (uint32_t i = 0; i < count; i++) {
        WeirValue *name = NULL;
        WEIR_TRY(weir_call_constant(call, 2 * i, &name, error));
        if (name == NULL || name->type->id != WEIR_TYPE_STRING || weir_value_is_null(name))
            return bad_names(call, error);
        WeirStringView view = weir_value_get_view(name);
        const WeirExpression *value = call->arguments[2 * i + 1];
        fields[i] = (WeirField){weir_arena_strndup(call->arena, (const char *)weir_view_data(&view), view.length),
                                value->type, value->nullable, "{}"};
        if ((value->kind == WEIR_EXPRESSION_ATTRIBUTE || value->kind == WEIR_EXPRESSION_ALIAS) &&
            value->metadata != NULL)
            fields[i].metadata = value->metadata;
    }
    call->result_type = weir_type_struct(call->arena, fields, count);
    call->nullable = false;
    return WEIR_OK;
}

/* The fields are the arguments themselves; a constant beside columns stays a constant child. */
static WeirStatus make_struct(const WeirKernelCall *call, const WeirVector *const *arguments, uint32_t first,
                              uint32_t step, WeirVector *result, WeirError *error)
{
    (void)error;
    for (uint32_t i = 0; i < result->type->field_count; i++) {
        result->children[i] = *arguments[first + i * step];
        result->children[i].length = call->row_count;
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(named_struct_kernel)
{
    return make_struct(call, arguments, 1, 2, result, error);
}
WEIR_COLLECTION_KERNEL(struct_kernel)
{
    return make_struct(call, arguments, 0, 1, result, error);
}

static WeirStatus resolve_struct(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, call->argument_count + 1);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        WeirExpression *value = call->arguments[i];
        bool named = value->kind == WEIR_EXPRESSION_ALIAS || value->kind == WEIR_EXPRESSION_ATTRIBUTE ||
                     value->kind == WEIR_EXPRESSION_EXTRACT_FIELD || value->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE;
        const char *name = named ? value->name : weir_arena_printf(call->arena, "col%u", i + 1);
        fields[i] =
            (WeirField){name, value->type != NULL ? value->type : value->children[0]->type, value->nullable, "{}"};
        if ((value->kind == WEIR_EXPRESSION_ATTRIBUTE || value->kind == WEIR_EXPRESSION_ALIAS) &&
            value->metadata != NULL)
            fields[i].metadata = value->metadata;
    }
    call->result_type = weir_type_struct(call->arena, fields, call->argument_count);
    call->nullable = false;
    return WEIR_OK;
}

/* ---- maps of other collections */

static WeirStatus resolve_map_from_arrays(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < 2; i++)
        WEIR_TRY(weir_call_require_array(call, i, error));
    const WeirDataType *keys = weir_call_type(call, 0), *values = weir_call_type(call, 1);
    WEIR_TRY(check_key_type(call, weir_type_element(keys), error));
    call->result_type =
        weir_type_map(call->arena, weir_type_element(keys), weir_type_element(values), values->contains_null);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(map_from_arrays_kernel)
{
    WeirMapBuilder builder;
    WeirListRows rows = {result->values, 0};
    weir_map_builder_init(&builder, call, result->type, call->count * 2);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *keys, *values;
        uint32_t first_key, first_value, count = weir_list_range(arguments[0], row, &keys, &first_key);
        if (weir_list_range(arguments[1], row, &values, &first_value) != count)
            return weir_row_error(call,
                                  weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2128, "message",
                                                 "The arrays of keys and values of a map differ in length."),
                                  error);
        weir_list_rows_begin(&rows, row, builder.key_writer.length);
        for (uint32_t i = 0; i < count; i++)
            WEIR_TRY(weir_map_builder_put(&builder, &keys->children[0], first_key + i, &values->children[0],
                                          first_value + i, error));
        weir_map_builder_end_map(&builder);
    }
    weir_list_rows_finish(&rows, call->row_count, builder.key_writer.length);
    return weir_map_builder_finish(&builder, result->children, error);
}

static WeirStatus resolve_map_from_entries(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    const WeirDataType *entry = type->id == WEIR_TYPE_ARRAY ? weir_type_element(type) : NULL;
    if (entry == NULL || entry->id != WEIR_TYPE_STRUCT || entry->field_count != 2)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\" of pair \"STRUCT\"", error);
    WEIR_TRY(check_key_type(call, entry->fields[0].type, error));
    call->result_type =
        weir_type_map(call->arena, entry->fields[0].type, entry->fields[1].type, entry->fields[1].nullable);
    call->nullable = call->nullable || type->contains_null;
    return WEIR_OK;
}

static WeirStatus put_entries(WeirMapBuilder *builder, const WeirVector *entries, uint32_t first, uint32_t count,
                              WeirError *error)
{
    for (uint32_t i = 0; i < count; i++) {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(entries, first + i, &flat);
        WEIR_TRY(weir_map_builder_put(builder, &flat->children[0], at, &flat->children[1], at, error));
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(map_from_entries_kernel)
{
    WeirMapBuilder builder;
    WeirListRows rows = {result->values, 0};
    weir_map_builder_init(&builder, call, result->type, call->count * 2);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first), i = 0;
        weir_list_rows_begin(&rows, row, builder.key_writer.length);
        while (i < count && !weir_vector_is_null(&list->children[0], first + i))
            i++;
        if (i < count) {
            weir_result_set_null(call, result, row);
            continue;
        }
        WEIR_TRY(put_entries(&builder, &list->children[0], first, count, error));
        weir_map_builder_end_map(&builder);
    }
    weir_list_rows_finish(&rows, call->row_count, builder.key_writer.length);
    return weir_map_builder_finish(&builder, result->children, error);
}

static WeirStatus resolve_map_concat(WeirFunctionCall *call, WeirError *error)
{
    bool contains_null = false;
    const WeirDataType *common = NULL;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const WeirDataType *type = call->arguments[i]->type;
        if (type->id != WEIR_TYPE_MAP)
            return weir_call_unexpected_type(call, i, "\"MAP\"", error);
        contains_null = contains_null || type->contains_null;
    }
    common = call->argument_count == 0 ? weir_type_map(call->arena, &weir_type_string, &weir_type_string, false)
                                       : weir_common_type_of(call->arena, call->arguments, call->argument_count);
    if (common == NULL)
        return weir_call_diff_types(call, error);
    for (uint32_t i = 0; i < call->argument_count; i++)
        call->cast_types[i] = common;
    call->result_type = weir_type_map(call->arena, weir_type_key(common), weir_type_value(common), contains_null);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(map_concat_kernel)
{
    WeirMapBuilder builder;
    WeirListRows rows = {result->values, 0};
    weir_map_builder_init(&builder, call, result->type, call->count * 4);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, builder.key_writer.length);
        for (uint32_t a = 0; a < call->expression->child_count; a++) {
            const WeirVector *list;
            uint32_t first, count = weir_list_range(arguments[a], row, &list, &first);
            for (uint32_t i = 0; i < count; i++)
                WEIR_TRY(weir_map_builder_put(&builder, &list->children[0], first + i, &list->children[1], first + i,
                                              error));
        }
        weir_map_builder_end_map(&builder);
    }
    weir_list_rows_finish(&rows, call->row_count, builder.key_writer.length);
    return weir_map_builder_finish(&builder, result->children, error);
}

#define MAP_OF(NAME, MIN, MAX, RESOLVE, KERNEL, USAGE)                                                                 \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL, .arguments_min = MIN,          \
        .arguments_max = MAX, .resolve = RESOLVE, .kernel = KERNEL, .group = "map_funcs", .usage = USAGE               \
    }

const WeirFunction weir_functions_constructors[] = {
    {.name = "array",
     .flags = WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_array,
     .kernel = array_kernel,
     .group = "array_funcs",
     .usage = "array(a, …): an array of the values."},
    {.name = "map",
     .flags = WEIR_FUNCTION_ANY_VECTOR | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_map,
     .kernel = map_kernel,
     .group = "map_funcs",
     .usage = "map(key, value, …): a map of the pairs."},
    {.name = "named_struct",
     .flags = WEIR_FUNCTION_SHARES | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_named_struct,
     .kernel = named_struct_kernel,
     .group = "struct_funcs",
     .usage = "named_struct(name, value, …): a struct of these fields."},
    {.name = "struct",
     .flags = WEIR_FUNCTION_SHARES | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_struct,
     .kernel = struct_kernel,
     .group = "struct_funcs",
     .usage = "struct(a, …): a struct of the values, named as they are."},
    MAP_OF("map_from_arrays", 2, 2, resolve_map_from_arrays, map_from_arrays_kernel,
           "map_from_arrays(keys, values): a map of two arrays."),
    MAP_OF("map_from_entries", 1, 1, resolve_map_from_entries, map_from_entries_kernel,
           "map_from_entries(pairs): a map of an array of pairs."),
    MAP_OF("map_concat", 0, -1, resolve_map_concat, map_concat_kernel, "map_concat(map, …): one map of all entries."),
    {0},
};
