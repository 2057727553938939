/* Higher-order functions of maps. */
#include "expr/functions/lambda_bind.h"

static WeirStatus bind_entry(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_map(call, 0, error));
    const WeirDataType *map = weir_call_type(call, 0);
    WeirLambdaVariable variables[2] = {{weir_type_key(map), false}, {weir_type_value(map), map->contains_null}};
    call->nullable = call->arguments[0]->nullable;
    return weir_lambda_bind(call, 1, variables, 2, 2, error);
}

static WeirStatus resolve_filter(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(bind_entry(call, error));
    call->result_type = weir_call_type(call, 0);
    return weir_lambda_require(call, 1, &weir_type_boolean, error);
}

static WeirStatus resolve_transform(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(bind_entry(call, error));
    const WeirDataType *map = weir_call_type(call, 0), *body = call->arguments[1]->type;
    bool keys = strcmp(call->name, "transform_keys") == 0;
    if (keys && body->id == WEIR_TYPE_MAP) {
        WeirStatus status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_MAP_KEY_TYPE, "sqlExpr",
                                           weir_call_sql(call), "keyType", weir_quoted_type(call->arena, body));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    call->result_type = keys ? weir_type_map(call->arena, body, weir_type_value(map), map->contains_null)
                             : weir_type_map(call->arena, weir_type_key(map), body, call->arguments[1]->nullable);
    return WEIR_OK;
}

static WeirStatus run_entries(WeirKernelCall *call, const WeirVector *const *arguments, WeirLambdaEntries *entries,
                              WeirVector variables[2], WeirVector *out, WeirError *error)
{
    WEIR_TRY(weir_lambda_entries(call, arguments[0], entries, error));
    for (uint32_t i = 0; i < 2; i++)
        WEIR_TRY(weir_lambda_gather(call, &arguments[0]->children[i], entries->entries, entries->count, &variables[i],
                                    error));
    return weir_lambda_run(call, &call->lambdas[0], arguments, variables, entries->rows, entries->count, out, error);
}

WEIR_COLLECTION_KERNEL(filter_kernel)
{
    WeirLambdaEntries entries;
    WeirVector variables[2], verdict, flat;
    WeirListRows offsets = {result->values, 0};
    WEIR_TRY(run_entries(call, arguments, &entries, variables, &verdict, error));
    WEIR_TRY(weir_vector_flatten(&verdict, &flat, call->arena, error));
    WeirArgument keeps = weir_argument(&flat);
    uint32_t at = 0, count = 0, *kept = WEIR_ARENA_ARRAY(call->arena, uint32_t, entries.count + 1);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&offsets, row, count);
        if (weir_vector_is_null(arguments[0], row))
            weir_result_set_null(call, result, row);
        for (; at < entries.count && entries.rows[at] == row; at++)
            if (!weir_argument_is_null(&keeps, at) && WEIR_ARGUMENT_VALUE(uint8_t, keeps, at))
                kept[count++] = at;
    }
    weir_list_rows_finish(&offsets, call->row_count, count);
    for (uint32_t i = 0; i < 2; i++)
        WEIR_TRY(weir_lambda_gather(call, &variables[i], kept, count, &result->children[i], error));
    return WEIR_OK;
}

static void put_offsets(const WeirKernelCall *call, const WeirVector *maps, const WeirLambdaEntries *entries,
                        WeirVector *result)
{
    WeirListRows offsets = {result->values, 0};
    uint32_t at = 0;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&offsets, row, at);
        if (weir_vector_is_null(maps, row))
            weir_result_set_null(call, result, row);
        while (at < entries->count && entries->rows[at] == row)
            at++;
    }
    weir_list_rows_finish(&offsets, call->row_count, at);
}

WEIR_COLLECTION_KERNEL(transform_values_kernel)
{
    WeirLambdaEntries entries;
    WeirVector variables[2], mapped;
    WEIR_TRY(run_entries(call, arguments, &entries, variables, &mapped, error));
    result->children[0] = variables[0];
    WEIR_TRY(weir_vector_flatten(&mapped, &result->children[1], call->arena, error));
    result->children[1].type = weir_type_value(result->type);
    put_offsets(call, arguments[0], &entries, result);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(transform_keys_kernel)
{
    WeirLambdaEntries entries;
    WeirVector variables[2], mapped;
    WeirMapBuilder builder;
    WeirListRows offsets = {result->values, 0};
    WEIR_TRY(run_entries(call, arguments, &entries, variables, &mapped, error));
    weir_map_builder_init(&builder, call, result->type, entries.count);
    uint32_t at = 0;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&offsets, row, builder.key_writer.length);
        if (weir_vector_is_null(arguments[0], row))
            weir_result_set_null(call, result, row);
        for (; at < entries.count && entries.rows[at] == row; at++)
            WEIR_TRY(weir_map_builder_put(&builder, &mapped, at, &variables[1], at, error));
        weir_map_builder_end_map(&builder);
    }
    weir_list_rows_finish(&offsets, call->row_count, builder.key_writer.length);
    return weir_map_builder_finish(&builder, result->children, error);
}

/* ---- map_zip_with */

static WeirStatus resolve_zip(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < 2; i++)
        WEIR_TRY(weir_call_require_map(call, i, error));
    const WeirDataType *a = weir_call_type(call, 0), *b = weir_call_type(call, 1);
    const WeirDataType *key = weir_wider_without_strings(call->arena, weir_type_key(a), weir_type_key(b));
    if (key == NULL) {
        WeirStatus status = weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_MAP_ZIP_WITH_DIFF_TYPES, "sqlExpr",
                                           weir_call_sql(call), "functionName", "`map_zip_with`", "leftType",
                                           weir_quoted_type(call->arena, weir_type_key(a)), "rightType",
                                           weir_quoted_type(call->arena, weir_type_key(b)));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    call->cast_types[0] = weir_type_map(call->arena, key, weir_type_value(a), a->contains_null);
    call->cast_types[1] = weir_type_map(call->arena, key, weir_type_value(b), b->contains_null);
    WeirLambdaVariable variables[3] = {{key, false}, {weir_type_value(a), true}, {weir_type_value(b), true}};
    WEIR_TRY(weir_lambda_bind(call, 2, variables, 3, 3, error));
    call->result_type = weir_type_map(call->arena, key, call->arguments[2]->type, call->arguments[2]->nullable);
    call->nullable = call->arguments[0]->nullable || call->arguments[1]->nullable;
    return WEIR_OK;
}

typedef struct ZipEntries {
    uint32_t *keys[2], *values[2], *rows; /* keys: in one of the maps, WEIR_NULL_INDEX in the other */
    uint32_t count;
} ZipEntries;

/* Keys of the first map in its order, then what only the second has. */
static void zip_row(const WeirVector *const *arguments, uint32_t row, WeirRowSet *set, ZipEntries *out)
{
    const WeirVector *lists[2];
    uint32_t first[2], length[2], start = out->count;
    weir_row_set_clear(set);
    for (uint32_t m = 0; m < 2; m++) {
        length[m] = weir_list_range(arguments[m], row, &lists[m], &first[m]);
        for (uint32_t i = 0; i < length[m]; i++) {
            uint32_t entry = first[m] + i, found = weir_row_set_find(set, &lists[m]->children[0], entry);
            if (found == set->count) {
                weir_row_set_add(set, &lists[m]->children[0], entry);
                out->keys[m][out->count] = entry;
                out->keys[!m][out->count] = out->values[!m][out->count] = WEIR_NULL_INDEX;
                out->rows[out->count++] = row;
            }
            out->values[m][start + found] = entry;
        }
    }
}

static WeirStatus zip_keys(WeirKernelCall *call, const WeirVector *const *arguments, const ZipEntries *entries,
                           WeirVector *out, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_key(call->expression->type), entries->count, call->arena);
    for (uint32_t i = 0; i < entries->count; i++) {
        uint32_t m = entries->keys[0][i] == WEIR_NULL_INDEX;
        weir_column_writer_append_row(&writer, &arguments[m]->children[0], entries->keys[m][i]);
    }
    return weir_column_writer_finish(&writer, out, error);
}

WEIR_COLLECTION_KERNEL(zip_kernel)
{
    WeirListRows offsets = {result->values, 0};
    WeirRowSet set;
    ZipEntries entries = {.count = 0};
    uint64_t most = 1;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first;
        for (uint32_t m = 0; m < 2; m++)
            most += weir_vector_is_null(arguments[m], row) ? 0 : weir_list_range(arguments[m], row, &list, &first);
    }
    for (uint32_t m = 0; m < 2; m++) {
        entries.keys[m] = WEIR_ARENA_ARRAY(call->arena, uint32_t, most);
        entries.values[m] = WEIR_ARENA_ARRAY(call->arena, uint32_t, most);
    }
    entries.rows = WEIR_ARENA_ARRAY(call->arena, uint32_t, most);
    weir_row_set_init(&set, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&offsets, row, entries.count);
        if (weir_vector_is_null(arguments[0], row) || weir_vector_is_null(arguments[1], row))
            weir_result_set_null(call, result, row);
        else
            zip_row(arguments, row, &set, &entries);
    }
    weir_list_rows_finish(&offsets, call->row_count, entries.count);
    WeirVector variables[3], mapped;
    WEIR_TRY(zip_keys(call, arguments, &entries, &variables[0], error));
    for (uint32_t m = 0; m < 2; m++)
        WEIR_TRY(weir_lambda_gather(call, &arguments[m]->children[1], entries.values[m], entries.count,
                                    &variables[1 + m], error));
    WEIR_TRY(
        weir_lambda_run(call, &call->lambdas[0], arguments, variables, entries.rows, entries.count, &mapped, error));
    result->children[0] = variables[0];
    WEIR_TRY(weir_vector_flatten(&mapped, &result->children[1], call->arena, error));
    result->children[1].type = weir_type_value(result->type);
    return WEIR_OK;
}

#define ENTRY(NAME, COUNT, RESOLVE, KERNEL, USAGE)                                                                     \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_MAY_FAIL, .arguments_min = COUNT, .arguments_max = COUNT,                 \
        .resolve = RESOLVE, .kernel = KERNEL, .group = "lambda_funcs", .usage = USAGE                                  \
    }

const WeirFunction weir_functions_map_lambda[] = {
    ENTRY("map_filter", 2, resolve_filter, filter_kernel,
          "map_filter(m, (k, v) -> …): the entries for which the lambda is true."),
    ENTRY("transform_keys", 2, resolve_transform, transform_keys_kernel,
          "transform_keys(m, (k, v) -> …): the map under new keys."),
    ENTRY("transform_values", 2, resolve_transform, transform_values_kernel,
          "transform_values(m, (k, v) -> …): the map with new values."),
    ENTRY("map_zip_with", 3, resolve_zip, zip_kernel,
          "map_zip_with(m, n, (k, v, w) -> …): one map of the lambda's values of both."),
    {0},
};
