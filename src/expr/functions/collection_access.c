/* Reading collections: elements, sizes, keys and values, searching. */
#include "expr/functions/collection_shared.h"

/* ---- sizes */

static WeirStatus resolve_size(WeirFunctionCall *call, WeirError *error)
{
    WeirTypeId id = call->arguments[0]->type->id;
    if (id == WEIR_TYPE_VOID)
        call->cast_types[0] = weir_type_array(call->arena, &weir_type_void, true);
    else if (id != WEIR_TYPE_ARRAY && id != WEIR_TYPE_MAP)
        return weir_call_unexpected_type(call, 0, "(\"ARRAY\" or \"MAP\")", error);
    call->result_type = &weir_type_int;
    if (!call->context->ansi)
        call->nullable = false;
    return WEIR_OK;
}

/* Of null: null under ANSI, else -1. */
WEIR_COLLECTION_KERNEL(size_kernel)
{
    int32_t *out = result->values;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first;
        if (!weir_vector_is_null(arguments[0], row)) {
            out[row] = (int32_t)weir_list_range(arguments[0], row, &list, &first);
            continue;
        }
        out[row] = -1;
        if (call->expression->eval_mode == WEIR_EVAL_ANSI)
            weir_result_set_null(call, result, row);
    }
    (void)error;
    return WEIR_OK;
}

static WeirStatus resolve_array_size(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    call->result_type = &weir_type_int;
    call->eval_mode = WEIR_EVAL_ANSI; /* null of null in every mode */
    return WEIR_OK;
}

/* ---- elements */

typedef enum Access { ACCESS_BRACKET, ACCESS_GET, ACCESS_ELEMENT_AT, ACCESS_TRY } Access;

static Access access_of(const char *name)
{
    return name[0] == '['   ? ACCESS_BRACKET
           : name[0] == 'g' ? ACCESS_GET
           : name[0] == 'e' ? ACCESS_ELEMENT_AT
                            : ACCESS_TRY;
}

static WeirStatus bad_base(const WeirFunctionCall *call, WeirError *error)
{
    WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_EXTRACT_BASE_FIELD_TYPE, "base",
                                       weir_quoted_sql(call->arena, call->arguments[0]), "other",
                                       weir_quoted_type(call->arena, call->arguments[0]->type));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus resolve_map_value(WeirFunctionCall *call, Access access, WeirError *error)
{
    const WeirDataType *map = call->arguments[0]->type, *key = call->arguments[1]->type;
    const WeirDataType *common = key->id == WEIR_TYPE_VOID
                                     ? weir_type_key(map)
                                     : weir_wider_without_strings(call->arena, weir_type_key(map), key);
    if (access == ACCESS_BRACKET &&
        (common == NULL ||
         !weir_type_equal(common, weir_type_key(map)))) /* the key becomes the map's type, never the map */
        common = weir_can_implicitly_cast(key, weir_type_key(map)) ? weir_type_key(map) : NULL;
    if (common == NULL && access == ACCESS_BRACKET)
        return weir_call_unexpected_type(call, 1, weir_quoted_type(call->arena, weir_type_key(map)), error);
    if (common == NULL) {
        WeirStatus status = weir_error_set(
            error, WEIR_ERROR_DATATYPE_MISMATCH_MAP_FUNCTION_DIFF_TYPES, "sqlExpr", weir_call_sql(call), "functionName",
            weir_arena_printf(call->arena, "`%s`", call->name), "dataType", "\"MAP\"", "leftType",
            weir_quoted_type(call->arena, map), "rightType", weir_quoted_type(call->arena, key));
        weir_error_locate(error, NULL, call->origin);
        return status;
    }
    if (!weir_type_is_orderable(common) && common->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, common, error);
    call->cast_types[0] = weir_type_map(call->arena, common, weir_type_value(map), map->contains_null);
    call->cast_types[1] = common;
    call->result_type = weir_type_value(map);
    call->nullable = true;
    return WEIR_OK;
}

static WeirStatus resolve_element(WeirFunctionCall *call, WeirError *error)
{
    Access access = access_of(call->name);
    const WeirDataType *type = call->arguments[0]->type, *index = call->arguments[1]->type;
    if (type->id == WEIR_TYPE_MAP && access != ACCESS_GET)
        return resolve_map_value(call, access, error);
    if (type->id == WEIR_TYPE_VOID && access == ACCESS_BRACKET) {
        call->result_type = type;
        call->nullable = true;
        return WEIR_OK;
    }
    if (type->id == WEIR_TYPE_VOID)
        return access == ACCESS_GET ? weir_call_unexpected_type(call, 0, "\"ARRAY\"", error)
                                    : weir_call_null_type(call, error);
    if (type->id != WEIR_TYPE_ARRAY)
        return access == ACCESS_BRACKET
                   ? bad_base(call, error)
                   : weir_call_unexpected_type(call, 0, access == ACCESS_GET ? "\"ARRAY\"" : "(\"ARRAY\" or \"MAP\")",
                                               error);
    bool one_based = access == ACCESS_ELEMENT_AT || access == ACCESS_TRY;
    if (index->id == WEIR_TYPE_VOID || (access == ACCESS_GET && index->id == WEIR_TYPE_STRING)) {
        call->cast_types[1] = index->id == WEIR_TYPE_VOID ? &weir_type_int : &weir_type_long;
    } else if (!weir_type_is_integral(index) || (one_based && index->id == WEIR_TYPE_LONG)) {
        return weir_call_unexpected_type(call, 1, one_based ? "\"INT\"" : "\"INTEGRAL\"", error);
    }
    call->result_type = weir_type_element(type);
    call->nullable = call->nullable || type->contains_null || access == ACCESS_GET || access == ACCESS_TRY ||
                     call->eval_mode != WEIR_EVAL_ANSI;
    if (access == ACCESS_TRY)
        call->eval_mode = WEIR_EVAL_TRY;
    return WEIR_OK;
}

static WeirStatus bad_index(const WeirKernelCall *call, Access access, int64_t index, uint32_t count, WeirError *error)
{
    char number[32], size[32];
    snprintf(number, sizeof(number), "%lld", (long long)index);
    snprintf(size, sizeof(size), "%u", count);
    return weir_row_error(call,
                          weir_error_set(error,
                                         access == ACCESS_BRACKET ? WEIR_ERROR_INVALID_ARRAY_INDEX
                                                                  : WEIR_ERROR_INVALID_ARRAY_INDEX_IN_ELEMENT_AT,
                                         "indexValue", number, "arraySize", size, "ansiConfig",
                                         "\"spark.sql.ansi.enabled\""),
                          error);
}

static int64_t index_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)flat->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)flat->values)[at];
    default:
        return ((const int64_t *)flat->values)[at];
    }
}

/* Which element of `count`, or UINT32_MAX: none (null). */
static WeirStatus element_place(const WeirKernelCall *call, Access access, int64_t index, uint32_t count,
                                uint32_t *place, WeirError *error)
{
    *place = UINT32_MAX;
    bool one_based = access == ACCESS_ELEMENT_AT || access == ACCESS_TRY;
    if (one_based && index == 0)
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_INDEX_OF_ZERO), error);
    int64_t at = !one_based ? index : index > 0 ? index - 1 : index + (int64_t)count;
    if (at >= 0 && at < (int64_t)count)
        *place = (uint32_t)at;
    else if (access != ACCESS_GET && call->expression->eval_mode == WEIR_EVAL_ANSI)
        return bad_index(call, access, index, count, error);
    return WEIR_OK;
}

static uint32_t key_place(const WeirVector *keys, uint32_t first, uint32_t count, const WeirVector *key, uint32_t row)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_vector_compare_rows(keys, first + i, key, row) == 0)
            return i;
    return UINT32_MAX;
}

/* The elements are not copied: the result is a dictionary over them, unless rows lie in several vectors (constants). */
WEIR_COLLECTION_KERNEL(element_kernel)
{
    const WeirExpression *expression = call->expression;
    Access access = access_of(expression->name != NULL ? expression->name : expression->function->name);
    bool map = arguments[0]->type->id == WEIR_TYPE_MAP;
    const WeirVector *values = &arguments[0]->children[map];
    uint32_t *indices = WEIR_ARENA_ARRAY(call->arena, uint32_t, call->row_count);
    for (uint32_t i = 0; i < call->row_count; i++)
        indices[i] = WEIR_NULL_INDEX;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, place, count = weir_list_range(arguments[0], row, &list, &first);
        if (map)
            place = key_place(&list->children[0], first, count, arguments[1], row);
        else
            WEIR_TRY(element_place(call, access, index_at(arguments[1], row), count, &place, error));
        if (place != UINT32_MAX)
            indices[row] = first + place;
    }
    WeirVector picked;
    weir_vector_wrap_dictionary((WeirVector *)(uintptr_t)values, indices, call->row_count, &picked);
    WEIR_TRY(weir_vector_flatten(&picked, result, call->arena, error));
    result->type = expression->type;
    return WEIR_OK;
}

/* ---- parts of maps */

static WeirStatus resolve_map_part(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_map(call, 0, error));
    const WeirDataType *map = weir_call_type(call, 0);
    if (strcmp(call->name, "map_keys") == 0) {
        call->result_type = weir_type_array(call->arena, weir_type_key(map), false);
    } else if (strcmp(call->name, "map_values") == 0) {
        call->result_type = weir_type_array(call->arena, weir_type_value(map), map->contains_null);
    } else {
        WeirField fields[2] = {{"key", weir_type_key(map), false, "{}"},
                               {"value", weir_type_value(map), map->contains_null, "{}"}};
        call->result_type = weir_type_array(call->arena, weir_type_struct(call->arena, fields, 2), false);
    }
    return WEIR_OK;
}

/* The map's own offsets and children under another type. */
WEIR_COLLECTION_KERNEL(map_part_kernel)
{
    const WeirVector *map = arguments[0];
    const char *name = call->expression->function->name;
    (void)error;
    result->values = map->values;
    WeirVector *child = WEIR_ARENA_NEW(call->arena, WeirVector);
    if (strcmp(name, "map_entries") == 0) {
        *child = (WeirVector){.type = weir_type_element(result->type),
                              .kind = WEIR_VECTOR_FLAT,
                              .length = map->children[0].length,
                              .children = map->children};
    } else {
        *child = map->children[strcmp(name, "map_values") == 0];
    }
    result->children = child;
    return WEIR_OK;
}

static WeirStatus resolve_contains_key(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *map = call->arguments[0]->type, *key = call->arguments[1]->type;
    if (map->id == WEIR_TYPE_VOID || key->id == WEIR_TYPE_VOID)
        return weir_call_null_type(call, error);
    if (map->id != WEIR_TYPE_MAP)
        return weir_call_unexpected_type(call, 0, "\"MAP\"", error);
    WEIR_TRY(resolve_map_value(call, ACCESS_ELEMENT_AT, error));
    call->result_type = &weir_type_boolean;
    call->nullable = call->arguments[0]->nullable || call->arguments[1]->nullable;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(contains_key_kernel)
{
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
        ((uint8_t *)result->values)[row] = key_place(&list->children[0], first, count, arguments[1], row) != UINT32_MAX;
    }
    return WEIR_OK;
}

/* ---- searching arrays */

static WeirStatus resolve_search(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *array = call->arguments[0]->type;
    bool null_position = strcmp(call->name, "array_position") == 0 && array->id == WEIR_TYPE_ARRAY &&
                         call->arguments[1]->type->id == WEIR_TYPE_VOID;
    if (null_position) /* gives null, where array_contains refuses */
        call->cast_types[1] = weir_type_element(array);
    else
        WEIR_TRY(weir_collection_unify_element(call, 1, error));
    const WeirDataType *element = call->cast_types[1];
    if (!weir_type_is_orderable(element))
        return weir_call_bad_ordering(call, element, error);
    bool contains = strcmp(call->name, "array_contains") == 0;
    call->result_type = contains ? &weir_type_boolean : &weir_type_long;
    call->nullable = call->nullable || (contains && array->contains_null);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(search_kernel)
{
    (void)error;
    bool contains = result->type->id == WEIR_TYPE_BOOLEAN;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first), i = 0;
        const WeirVector *elements = &list->children[0];
        bool null_seen = false;
        for (; i < count; i++) {
            if (weir_vector_is_null(elements, first + i))
                null_seen = true;
            else if (weir_vector_compare_rows(elements, first + i, arguments[1], row) == 0)
                break;
        }
        if (!contains) {
            ((int64_t *)result->values)[row] = i < count ? (int64_t)i + 1 : 0;
            continue;
        }
        ((uint8_t *)result->values)[row] = i < count;
        if (i == count && null_seen)
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

static WeirStatus resolve_array_extreme(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    call->result_type = weir_type_element(weir_call_type(call, 0));
    if (!weir_type_is_orderable(call->result_type) && call->result_type->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, call->arguments[0]->type, error);
    call->nullable = true;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(array_extreme_kernel)
{
    int sign = strcmp(call->expression->function->name, "array_max") == 0 ? 1 : -1;
    uint32_t *indices = WEIR_ARENA_ARRAY(call->arena, uint32_t, call->row_count);
    for (uint32_t i = 0; i < call->row_count; i++)
        indices[i] = WEIR_NULL_INDEX;
    const WeirVector *elements = &arguments[0]->children[0];
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
        for (uint32_t i = first; i < first + count; i++)
            if (!weir_vector_is_null(elements, i) &&
                (indices[row] == WEIR_NULL_INDEX ||
                 sign * weir_vector_compare_rows(elements, i, elements, indices[row]) > 0))
                indices[row] = i;
    }
    WeirVector picked;
    weir_vector_wrap_dictionary((WeirVector *)(uintptr_t)elements, indices, call->row_count, &picked);
    WEIR_TRY(weir_vector_flatten(&picked, result, call->arena, error));
    result->type = call->expression->type;
    return WEIR_OK;
}

#define NULLS WEIR_FUNCTION_NULL_PROPAGATING
#define ENTRY(NAME, FLAGS, COUNT, RESOLVE, KERNEL, GROUP, USAGE)                                                       \
    {                                                                                                                  \
        .name = NAME, .flags = FLAGS, .arguments_min = COUNT, .arguments_max = COUNT, .resolve = RESOLVE,              \
        .kernel = KERNEL, .group = GROUP, .usage = USAGE                                                               \
    }

const WeirFunction weir_functions_collection_access[] = {
    {.name = "[]",
     .flags = NULLS | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_element,
     .kernel = element_kernel,
     .sql_format = "$1[$2]",
     .group = "collection_funcs"},
    {.name = "size",
     .aliases = WEIR_ALIASES("cardinality"),
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_size,
     .kernel = size_kernel,
     .group = "collection_funcs",
     .usage = "size(a): the number of elements of an array or entries of a map."},
    ENTRY("array_size", 0, 1, resolve_array_size, size_kernel, "array_funcs", "array_size(a): the number of elements."),
    ENTRY("get", NULLS, 2, resolve_element, element_kernel, "array_funcs",
          "get(a, i): the element at i, from 0; null where there is none."),
    ENTRY("element_at", NULLS | WEIR_FUNCTION_MAY_FAIL, 2, resolve_element, element_kernel, "collection_funcs",
          "element_at(a, i): the element at i, from 1, or from -1 at the end; the value of a key."),
    ENTRY("try_element_at", NULLS | WEIR_FUNCTION_MAY_FAIL, 2, resolve_element, element_kernel, "collection_funcs",
          "try_element_at(a, i): the element at i, or null where there is none."),
    ENTRY("map_keys", NULLS | WEIR_FUNCTION_SHARES, 1, resolve_map_part, map_part_kernel, "map_funcs",
          "map_keys(m): the keys."),
    ENTRY("map_values", NULLS | WEIR_FUNCTION_SHARES, 1, resolve_map_part, map_part_kernel, "map_funcs",
          "map_values(m): the values."),
    ENTRY("map_entries", NULLS | WEIR_FUNCTION_SHARES, 1, resolve_map_part, map_part_kernel, "map_funcs",
          "map_entries(m): the entries as structs."),
    ENTRY("map_contains_key", NULLS, 2, resolve_contains_key, contains_key_kernel, "map_funcs",
          "map_contains_key(m, key): whether there is this key."),
    ENTRY("array_contains", NULLS, 2, resolve_search, search_kernel, "array_funcs",
          "array_contains(a, x): whether x is an element."),
    ENTRY("array_position", NULLS, 2, resolve_search, search_kernel, "array_funcs",
          "array_position(a, x): the first place of x, from 1; 0 where it is not."),
    ENTRY("array_max", NULLS, 1, resolve_array_extreme, array_extreme_kernel, "array_funcs",
          "array_max(a): the greatest element that is not null."),
    ENTRY("array_min", NULLS, 1, resolve_array_extreme, array_extreme_kernel, "array_funcs",
          "array_min(a): the least element that is not null."),
    {0},
};
