/* Constructors of structs, arrays and maps, and access to their parts. */
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernel.h"

#define KERNEL(name) static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result, WeirError *error)

/* ---- struct(a, b AS c), named_struct('a', 1, …) */

static const char *field_name(const WeirFunctionCall *call, uint32_t index)
{
    const WeirExpression *argument = call->arguments[index];
    switch (argument->kind) {
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_ATTRIBUTE:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        return argument->name;
    default:
        return weir_arena_printf(call->arena, "col%u", index + 1);
    }
}

static WeirStatus resolve_struct(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, call->argument_count);
    for (uint32_t i = 0; i < call->argument_count; i++)
        fields[i] = (WeirField){field_name(call, i), call->arguments[i]->type, call->arguments[i]->nullable, "{}"};
    call->result_type = weir_type_struct(call->arena, fields, call->argument_count);
    call->nullable = false;
    return WEIR_OK;
}

static WeirStatus resolve_named_struct(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count % 2 != 0)
        return weir_call_wrong_count(call, "2n (n > 0)", error);
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, call->argument_count / 2 + 1);
    for (uint32_t i = 0; i < call->argument_count; i += 2) {
        WeirValue *name = NULL;
        WEIR_TRY(weir_call_constant(call, i, &name, error));
        if (name == NULL || name->type->id != WEIR_TYPE_STRING || weir_value_is_null(name))
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING, "sqlExpr", weir_call_sql(call), "inputExprs", weir_quoted_sql(call->arena, call->arguments[i]));
        WeirStringView view = weir_value_get_view(name);
        fields[i / 2] = (WeirField){weir_arena_strndup(call->arena, (const char *)weir_view_data(&view), view.length), call->arguments[i + 1]->type, call->arguments[i + 1]->nullable, "{}"};
    }
    call->result_type = weir_type_struct(call->arena, fields, call->argument_count / 2);
    call->nullable = false;
    return WEIR_OK;
}

static WeirStatus make_struct(WeirKernelCall *call, const WeirVector *const *arguments, uint32_t first, uint32_t step, WeirVector *result)
{
    WeirVector *children = WEIR_ARENA_ARRAY(call->arena, WeirVector, result->type->field_count + 1);
    for (uint32_t i = 0; i < result->type->field_count; i++) {
        children[i] = *arguments[first + i * step];
        children[i].length = call->row_count;
        children[i].type = result->type->fields[i].type;
    }
    result->children = children;
    return WEIR_OK;
}
KERNEL(struct_kernel)
{
    (void)error;
    return make_struct(call, arguments, 0, 1, result);
}
KERNEL(named_struct_kernel)
{
    (void)error;
    return make_struct(call, arguments, 1, 2, result);
}

/* ---- array(a, b, …) */

static WeirStatus resolve_array(WeirFunctionCall *call, WeirError *error)
{
    bool contains_null = false;
    if (call->argument_count > 0 && !weir_call_unify(call, 0, call->argument_count))
        return weir_call_diff_types(call, error);
    for (uint32_t i = 0; i < call->argument_count; i++)
        contains_null = contains_null || call->arguments[i]->nullable || weir_cast_is_nullable(call->arguments[i]->type, call->result_type);
    call->result_type = weir_type_array(call->arena, call->argument_count > 0 ? call->result_type : &weir_type_void, contains_null);
    call->nullable = false;
    return WEIR_OK;
}

KERNEL(array_kernel)
{
    uint32_t count = call->expression->child_count;
    WeirListRows rows = {result->values, 0};
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_element(result->type), call->count * count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        for (uint32_t i = 0; i < count; i++)
            weir_column_writer_append_row(&writer, arguments[i], row);
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

/* ---- map(k, v, …): duplicate keys are refused (spark.sql.mapKeyDedupPolicy EXCEPTION) */

static WeirStatus resolve_map(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count % 2 != 0)
        return weir_call_wrong_count(call, "2n (n > 0)", error);
    uint32_t pairs = call->argument_count / 2;
    WeirExpression **keys = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, pairs), **values = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, pairs);
    bool contains_null = false;
    for (uint32_t i = 0; i < pairs; i++) {
        keys[i] = call->arguments[2 * i];
        values[i] = call->arguments[2 * i + 1];
        contains_null = contains_null || values[i]->nullable;
    }
    const WeirDataType *key = weir_common_type_of(call->arena, keys, pairs), *value = weir_common_type_of(call->arena, values, pairs);
    if (key == NULL || value == NULL)
        return weir_error_set(error, key == NULL ? WEIR_ERROR_DATATYPE_MISMATCH_CREATE_MAP_KEY_DIFF_TYPES : WEIR_ERROR_DATATYPE_MISMATCH_CREATE_MAP_VALUE_DIFF_TYPES, "sqlExpr",
                              weir_call_sql(call), "functionName", "`map`", "dataType", "");
    if (key->id == WEIR_TYPE_MAP)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE, "sqlExpr", weir_call_sql(call), "keyType", weir_quoted_type(call->arena, key));
    for (uint32_t i = 0; i < pairs; i++) {
        call->cast_types[2 * i] = key;
        call->cast_types[2 * i + 1] = value;
        contains_null = contains_null || weir_cast_is_nullable(values[i]->type, value);
    }
    call->result_type = weir_type_map(call->arena, key, value, contains_null);
    call->nullable = false;
    return WEIR_OK;
}

static WeirStatus check_key(WeirKernelCall *call, const WeirColumnWriter *keys, uint32_t first, const WeirVector *vector, uint32_t row, WeirError *error)
{
    if (weir_vector_is_null(vector, row))
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_NULL_MAP_KEY), error);
    if (keys->type->field_count > 0)
        return WEIR_OK;
    WeirVector so_far = {.type = keys->type, .kind = WEIR_VECTOR_FLAT, .length = keys->length, .values = keys->values, .validity = keys->validity};
    for (uint32_t i = first; i < keys->length; i++)
        if (weir_vector_compare_rows(&so_far, i, vector, row) == 0)
            return weir_row_error(call, weir_error_set(error, WEIR_ERROR_DUPLICATED_MAP_KEY, "key", "", "mapKeyDedupPolicy", "\"spark.sql.mapKeyDedupPolicy\""), error);
    return WEIR_OK;
}

KERNEL(map_kernel)
{
    uint32_t count = call->expression->child_count;
    WeirListRows rows = {result->values, 0};
    WeirColumnWriter keys, values;
    weir_column_writer_init(&keys, weir_type_key(result->type), call->count * count / 2, call->arena);
    weir_column_writer_init(&values, weir_type_value(result->type), call->count * count / 2, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        uint32_t first = keys.length;
        weir_list_rows_begin(&rows, row, first);
        for (uint32_t i = 0; i < count; i += 2) {
            WEIR_TRY(check_key(call, &keys, first, arguments[i], row, error));
            weir_column_writer_append_row(&keys, arguments[i], row);
            weir_column_writer_append_row(&values, arguments[i + 1], row);
        }
    }
    weir_list_rows_finish(&rows, call->row_count, keys.length);
    WEIR_TRY(weir_column_writer_finish(&keys, &result->children[0], error));
    return weir_column_writer_finish(&values, &result->children[1], error);
}

/* ---- a[i], m[k], s['f'], element_at, get */

static bool is_foldable_text(const WeirFunctionCall *call, uint32_t index)
{
    return call->arguments[index]->type->id == WEIR_TYPE_STRING && weir_expression_is_foldable(call->arguments[index]);
}

static WeirStatus resolve_item(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type, *index = call->arguments[1]->type;
    bool element_at = strstr(call->name, "element_at") != NULL;
    const WeirDataType *holder = type->id == WEIR_TYPE_ARRAY ? weir_type_element(type) : type;
    if (!element_at && holder->id == WEIR_TYPE_STRUCT && is_foldable_text(call, 1)) {
        WeirValue *name = NULL;
        WEIR_TRY(weir_call_constant(call, 1, &name, error));
        WeirStringView view = weir_value_get_view(name);
        return weir_extract_field_resolve(call->resolver, call->arguments[0], weir_arena_strndup(call->arena, (const char *)weir_view_data(&view), view.length), call->origin,
                                          &call->replacement, error);
    }
    call->nullable = true;
    if (call->name[0] == 't')
        call->eval_mode = WEIR_EVAL_TRY;
    if (type->id == WEIR_TYPE_ARRAY) {
        bool fine = element_at ? weir_type_is_integral(index) : weir_type_is_integral(index);
        if (index->id == WEIR_TYPE_VOID)
            call->cast_types[1] = &weir_type_int;
        else if (!fine)
            return weir_call_unexpected_type(call, 1, element_at ? "\"INT\"" : "\"INTEGRAL\"", error);
        else
            call->cast_types[1] = &weir_type_long;
        call->result_type = weir_type_element(type);
        bool checked = call->eval_mode == WEIR_EVAL_ANSI && strcmp(call->name, "get") != 0;
        call->nullable = !checked || call->arguments[0]->nullable || call->arguments[1]->nullable || type->contains_null;
        return WEIR_OK;
    }
    if (type->id == WEIR_TYPE_MAP && strcmp(call->name, "get") != 0) {
        const WeirDataType *key = weir_type_key(type);
        if (!weir_type_equal(index, key)) {
            const WeirDataType *common = weir_tightest_type(call->arena, key, index);
            if (common == NULL || !weir_type_equal(common, key)) {
                if (!weir_can_implicitly_cast(index, key))
                    return weir_call_unexpected_type(call, 1, weir_quoted_type(call->arena, key), error);
            }
            call->cast_types[1] = key;
        }
        call->result_type = weir_type_value(type);
        return WEIR_OK;
    }
    if (element_at || strcmp(call->name, "get") == 0)
        return weir_call_unexpected_type(call, 0, element_at ? "(\"ARRAY\" or \"MAP\")" : "\"ARRAY\"", error);
    WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_EXTRACT_BASE_FIELD_TYPE, "base", weir_quoted_sql(call->arena, call->arguments[0]), "other", weir_quoted_type(call->arena, type));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus array_item(WeirKernelCall *call, int base, bool checked, const WeirVector *const *arguments, uint32_t row, WeirColumnWriter *writer, WeirError *error)
{
    const WeirVector *list, *flat;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    uint32_t at = weir_vector_locate(arguments[1], row, &flat);
    int64_t index = ((const int64_t *)flat->values)[at], position = index - base;
    if (base == 1 && index < 0)
        position = count + index;
    if (base == 1 && index == 0)
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_INDEX_OF_ZERO), error);
    if (position >= 0 && position < count) {
        weir_column_writer_append_row(writer, &list->children[0], first + (uint32_t)position);
        return WEIR_OK;
    }
    if (checked && call->expression->eval_mode == WEIR_EVAL_ANSI) {
        char value[24], size[16];
        snprintf(value, sizeof(value), "%lld", (long long)index);
        snprintf(size, sizeof(size), "%u", count);
        return weir_row_error(call, weir_error_set(error, base == 1 ? WEIR_ERROR_INVALID_ARRAY_INDEX_IN_ELEMENT_AT : WEIR_ERROR_INVALID_ARRAY_INDEX, "indexValue", value, "arraySize", size), error);
    }
    weir_column_writer_append_null(writer);
    return WEIR_OK;
}

static void map_item(const WeirVector *const *arguments, uint32_t row, WeirColumnWriter *writer)
{
    const WeirVector *list;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    for (uint32_t i = first; i < first + count; i++)
        if (weir_vector_compare_rows(&list->children[0], i, arguments[1], row) == 0) {
            weir_column_writer_append_row(writer, &list->children[1], i);
            return;
        }
    weir_column_writer_append_null(writer);
}

static WeirStatus item(WeirKernelCall *call, int base, bool checked, const WeirVector *const *arguments, WeirVector *result, WeirError *error)
{
    bool map = arguments[0]->type->id == WEIR_TYPE_MAP;
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        while (writer.length < row && !writer.failed)
            weir_column_writer_append_null(&writer);
        if (map)
            map_item(arguments, row, &writer);
        else
            WEIR_TRY(array_item(call, base, checked, arguments, row, &writer, error));
    }
    while (writer.length < call->row_count && !writer.failed)
        weir_column_writer_append_null(&writer);
    const uint64_t *validity = result->validity;
    WEIR_TRY(weir_column_writer_finish(&writer, result, error));
    if (validity != NULL) {
        weir_vector_ensure_validity(result, call->row_count, call->arena);
        for (size_t w = 0; w < weir_bit_words(call->row_count); w++)
            result->validity[w] &= validity[w];
    }
    return WEIR_OK;
}
KERNEL(item_kernel) { return item(call, 0, true, arguments, result, error); }
KERNEL(get_kernel) { return item(call, 0, false, arguments, result, error); }
KERNEL(element_at_kernel) { return item(call, 1, true, arguments, result, error); }

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define ANY (WEIR_FUNCTION_ANY_VECTOR | WEIR_FUNCTION_NEVER_NULL)
#define ITEM(NAME, KERNEL, FORMAT, USAGE)                                                                                   \
    {.name = NAME, .flags = NP | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_ANY_VECTOR, .arguments_min = 2, .arguments_max = 2, .resolve = resolve_item, .kernel = KERNEL, .sql_format = FORMAT, \
     .group = "collection_funcs", .usage = USAGE}

const WeirFunction weir_functions_collection[] = {
    {.name = "struct", .flags = ANY | WEIR_FUNCTION_SHARES, .arguments_min = 0, .arguments_max = -1, .resolve = resolve_struct, .kernel = struct_kernel, .group = "struct_funcs", .usage = "struct(a, b, …): the values as one row."},
    {.name = "named_struct", .flags = ANY | WEIR_FUNCTION_SHARES, .arguments_min = 0, .arguments_max = -1, .resolve = resolve_named_struct, .kernel = named_struct_kernel, .group = "struct_funcs", .usage = "named_struct(name, a, …): the values as one row with names."},
    {.name = "array", .flags = ANY, .arguments_min = 0, .arguments_max = -1, .resolve = resolve_array, .kernel = array_kernel, .group = "array_funcs", .usage = "array(a, b, …): the values as elements."},
    {.name = "map", .flags = ANY | WEIR_FUNCTION_MAY_FAIL, .arguments_min = 0, .arguments_max = -1, .resolve = resolve_map, .kernel = map_kernel, .group = "map_funcs", .usage = "map(key, value, …): the values by key."},
    ITEM("[]", item_kernel, "$1[$2]", "a[i]: the element (from 0), m[k]: the value of a key."),
    ITEM("get", get_kernel, NULL, "get(array, i): the element from 0, or null."),
    ITEM("element_at", element_at_kernel, NULL, "element_at(list, i): the element from 1 or the value of a key."),
    ITEM("try_element_at", element_at_kernel, NULL, "try_element_at(list, i): the element from 1, or null."),
    {0},
};
