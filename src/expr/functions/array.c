/* Functions of arrays and maps without lambdas. */
#include <stdlib.h>

#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernel.h"

#define KERNEL(name) static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result, WeirError *error)

/* ---- answers of one value */

KERNEL(size_kernel)
{
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first;
        ((int32_t *)result->values)[row] = (int32_t)weir_list_range(arguments[0], row, &list, &first);
    }
    return WEIR_OK;
}

/* array_contains, array_position and their like: the value meets the elements' type. */
static WeirStatus resolve_search(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type, *value = call->arguments[1]->type;
    if (type->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\"", error);
    const WeirDataType *element = weir_type_element(type), *common = weir_tightest_type(call->arena, element, value);
    if (common == NULL && weir_type_is_numeric(element) && weir_type_is_numeric(value))
        common = weir_common_type(call->arena, element, value);
    if (common == NULL || value->id == WEIR_TYPE_VOID)
        return weir_error_set(error, value->id == WEIR_TYPE_VOID ? WEIR_ERROR_DATATYPE_MISMATCH_NULL_TYPE : WEIR_ERROR_DATATYPE_MISMATCH_ARRAY_FUNCTION_DIFF_TYPES, "sqlExpr",
                              weir_call_sql(call), "functionName", weir_arena_printf(call->arena, "`%s`", call->name), "dataType", "\"ARRAY\"", "leftType",
                              weir_quoted_type(call->arena, type), "rightType", weir_quoted_type(call->arena, value));
    if (!weir_type_equal(element, common))
        call->cast_types[0] = weir_type_array(call->arena, common, type->contains_null);
    call->cast_types[1] = common;
    bool contains = strcmp(call->name, "array_contains") == 0;
    call->result_type = contains ? &weir_type_boolean : strcmp(call->name, "array_position") == 0 ? &weir_type_long : weir_type_array(call->arena, common, type->contains_null || call->arguments[1]->nullable);
    if (contains)
        call->nullable = call->nullable || type->contains_null;
    return WEIR_OK;
}

KERNEL(contains_kernel)
{
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
        bool found = false, null = false;
        for (uint32_t i = first; i < first + count && !found; i++) {
            bool is_null = weir_vector_is_null(&list->children[0], i);
            null = null || is_null;
            found = !is_null && weir_vector_compare_rows(&list->children[0], i, arguments[1], row) == 0;
        }
        ((uint8_t *)result->values)[row] = found;
        if (!found && null)
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

KERNEL(position_kernel)
{
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first), at = 0;
        for (uint32_t i = 0; i < count && at == 0; i++)
            if (!weir_vector_is_null(&list->children[0], first + i) && weir_vector_compare_rows(&list->children[0], first + i, arguments[1], row) == 0)
                at = i + 1;
        ((int64_t *)result->values)[row] = at;
    }
    return WEIR_OK;
}

static WeirStatus resolve_extreme(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\"", error);
    if (!weir_type_is_orderable(weir_type_element(type)) && weir_type_element(type)->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, type, error);
    call->result_type = weir_type_element(type);
    call->nullable = true;
    return WEIR_OK;
}

KERNEL(extreme_kernel)
{
    int sign = strcmp(call->expression->function->name, "array_max") == 0 ? 1 : -1;
    const uint64_t *validity = result->validity;
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        while (writer.length < row && !writer.failed)
            weir_column_writer_append_null(&writer);
        const WeirVector *list;
        uint32_t first, count = weir_list_range(arguments[0], row, &list, &first), best = UINT32_MAX;
        for (uint32_t i = first; i < first + count; i++)
            if (!weir_vector_is_null(&list->children[0], i) && (best == UINT32_MAX || sign * weir_vector_compare_rows(&list->children[0], i, &list->children[0], best) > 0))
                best = i;
        if (best == UINT32_MAX)
            weir_column_writer_append_null(&writer);
        else
            weir_column_writer_append_row(&writer, &list->children[0], best);
    }
    while (writer.length < call->row_count && !writer.failed)
        weir_column_writer_append_null(&writer);
    (void)validity;
    return weir_column_writer_finish(&writer, result, error);
}

/* ---- arrays from arrays: `emit` appends one row's elements */

typedef WeirStatus (*EmitList)(WeirKernelCall *call, const WeirVector *const *arguments, uint32_t row, WeirColumnWriter *writer, WeirError *error);

static WeirStatus build_lists(WeirKernelCall *call, EmitList emit, const WeirVector *const *arguments, WeirVector *result, WeirError *error)
{
    WeirListRows rows = {result->values, 0};
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_element(result->type), call->count * 2, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        WEIR_TRY(emit(call, arguments, row, &writer, error));
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

#define LIST_FUNCTION(name)                                                                                                 \
    static WeirStatus name##_emit(WeirKernelCall *call, const WeirVector *const *arguments, uint32_t row, WeirColumnWriter *writer, WeirError *error); \
    KERNEL(name##_kernel) { return build_lists(call, name##_emit, arguments, result, error); }                              \
    static WeirStatus name##_emit(WeirKernelCall *call, const WeirVector *const *arguments, uint32_t row, WeirColumnWriter *writer, WeirError *error)
#define UNUSED                                                                                                              \
    (void)call;                                                                                                            \
    (void)error;

static bool seen_before(const WeirVector *elements, uint32_t first, uint32_t at)
{
    bool null = weir_vector_is_null(elements, at);
    for (uint32_t i = first; i < at; i++)
        if (weir_vector_is_null(elements, i) == null && (null || weir_vector_compare_rows(elements, i, elements, at) == 0))
            return true;
    return false;
}

static bool holds(const WeirVector *vector, uint32_t row, const WeirVector *elements, uint32_t at)
{
    const WeirVector *list;
    uint32_t first, count = weir_list_range(vector, row, &list, &first);
    bool null = weir_vector_is_null(elements, at);
    for (uint32_t i = first; i < first + count; i++)
        if (weir_vector_is_null(&list->children[0], i) == null && (null || weir_vector_compare_rows(&list->children[0], i, elements, at) == 0))
            return true;
    return false;
}

LIST_FUNCTION(distinct)
{
    UNUSED
    const WeirVector *list;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    for (uint32_t i = first; i < first + count; i++)
        if (!seen_before(&list->children[0], first, i))
            weir_column_writer_append_row(writer, &list->children[0], i);
    return WEIR_OK;
}

LIST_FUNCTION(compact)
{
    UNUSED
    const WeirVector *list;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    for (uint32_t i = first; i < first + count; i++)
        if (!weir_vector_is_null(&list->children[0], i))
            weir_column_writer_append_row(writer, &list->children[0], i);
    return WEIR_OK;
}

/* array_union 'u', array_intersect 'i', array_except 'e' */
LIST_FUNCTION(set)
{
    (void)error;
    char kind = call->expression->function->name[6];
    const WeirVector *list, *other;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first), start;
    for (uint32_t i = first; i < first + count; i++)
        if (!seen_before(&list->children[0], first, i) && (kind == 'u' || holds(arguments[1], row, &list->children[0], i) == (kind == 'i')))
            weir_column_writer_append_row(writer, &list->children[0], i);
    count = kind == 'u' ? weir_list_range(arguments[1], row, &other, &start) : 0;
    for (uint32_t i = start = count > 0 ? start : 0; i < start + count; i++)
        if (!seen_before(&other->children[0], start, i) && !holds(arguments[0], row, &other->children[0], i))
            weir_column_writer_append_row(writer, &other->children[0], i);
    return WEIR_OK;
}

LIST_FUNCTION(reverse)
{
    UNUSED
    const WeirVector *list;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    for (uint32_t i = count; i-- > 0;)
        weir_column_writer_append_row(writer, &list->children[0], first + i);
    return WEIR_OK;
}

LIST_FUNCTION(append)
{
    UNUSED
    bool front = strcmp(call->expression->function->name, "array_prepend") == 0;
    const WeirVector *list;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    if (front)
        weir_column_writer_append_row(writer, arguments[1], row);
    weir_column_writer_append_rows(writer, &list->children[0], first, count);
    if (!front)
        weir_column_writer_append_row(writer, arguments[1], row);
    return WEIR_OK;
}

LIST_FUNCTION(remove)
{
    UNUSED
    const WeirVector *list;
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    for (uint32_t i = first; i < first + count; i++)
        if (weir_vector_is_null(&list->children[0], i) || weir_vector_compare_rows(&list->children[0], i, arguments[1], row) != 0)
            weir_column_writer_append_row(writer, &list->children[0], i);
    return WEIR_OK;
}

LIST_FUNCTION(repeat)
{
    UNUSED
    WeirArgument n = weir_argument(arguments[1]);
    for (int32_t i = 0; i < WEIR_ARGUMENT_VALUE(int32_t, n, row); i++)
        weir_column_writer_append_row(writer, arguments[0], row);
    return WEIR_OK;
}

LIST_FUNCTION(flatten)
{
    UNUSED
    const WeirVector *outer, *inner;
    uint32_t first, count = weir_list_range(arguments[0], row, &outer, &first), start;
    for (uint32_t i = first; i < first + count; i++)
        if (!weir_vector_is_null(&outer->children[0], i)) {
            uint32_t length = weir_list_range(&outer->children[0], i, &inner, &start);
            weir_column_writer_append_rows(writer, &inner->children[0], start, length);
        }
    return WEIR_OK;
}

LIST_FUNCTION(slice)
{
    const WeirVector *list;
    WeirArgument s = weir_argument(arguments[1]), n = weir_argument(arguments[2]);
    int64_t start = WEIR_ARGUMENT_VALUE(int32_t, s, row), length = WEIR_ARGUMENT_VALUE(int32_t, n, row);
    uint32_t first, count = weir_list_range(arguments[0], row, &list, &first);
    if (start == 0)
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_START, "parameter", "`start`", "functionName", "`slice`"), error);
    if (length < 0)
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_LENGTH, "parameter", "`length`", "functionName", "`slice`", "length", ""), error);
    int64_t from = start > 0 ? start - 1 : count + start;
    if (from >= 0 && from < count)
        weir_column_writer_append_rows(writer, &list->children[0], first + (uint32_t)from, (uint32_t)(length < count - from ? length : count - from));
    return WEIR_OK;
}

LIST_FUNCTION(map_part)
{
    (void)error;
    bool keys = strcmp(call->expression->function->name, "map_keys") == 0;
    const WeirVector *map;
    uint32_t first, count = weir_list_range(arguments[0], row, &map, &first);
    weir_column_writer_append_rows(writer, &map->children[keys ? 0 : 1], first, count);
    return WEIR_OK;
}

LIST_FUNCTION(map_entries)
{
    UNUSED
    const WeirVector *map;
    uint32_t first, count = weir_list_range(arguments[0], row, &map, &first);
    for (uint32_t i = first; i < first + count; i++) {
        weir_column_writer_append_row(&writer->children[0], &map->children[0], i);
        weir_column_writer_append_row(&writer->children[1], &map->children[1], i);
        weir_column_writer_end_struct(writer);
    }
    return WEIR_OK;
}

/* sort_array(a[, ascending]): nulls first when ascending. */
typedef struct SortContext {
    const WeirVector *elements;
    int sign;
} SortContext;

static int compare_elements(const void *a, const void *b, void *context)
{
    const SortContext *sort = context;
    return sort->sign * weir_vector_compare_rows(sort->elements, *(const uint32_t *)a, sort->elements, *(const uint32_t *)b);
}

static WeirStatus sort_into(WeirKernelCall *call, const WeirVector *vector, uint32_t row, int sign, bool nulls_last, WeirColumnWriter *writer)
{
    const WeirVector *list;
    uint32_t first, count = weir_list_range(vector, row, &list, &first), nulls = 0, kept = 0;
    uint32_t *order = weir_arena_alloc(call->arena, sizeof(*order) * ((size_t)count + 1));
    for (uint32_t i = first; i < first + count; i++) {
        if (weir_vector_is_null(&list->children[0], i))
            nulls++;
        else
            order[kept++] = i;
    }
    SortContext context = {&list->children[0], sign};
    qsort_r(order, kept, sizeof(*order), compare_elements, &context);
    for (uint32_t i = 0; i < nulls && !nulls_last; i++)
        weir_column_writer_append_null(writer);
    for (uint32_t i = 0; i < kept; i++)
        weir_column_writer_append_row(writer, &list->children[0], order[i]);
    for (uint32_t i = 0; i < nulls && nulls_last; i++)
        weir_column_writer_append_null(writer);
    return WEIR_OK;
}

LIST_FUNCTION(sort)
{
    (void)error;
    WeirArgument ascending = weir_argument(arguments[1]);
    bool up = WEIR_ARGUMENT_VALUE(uint8_t, ascending, row) != 0;
    return sort_into(call, arguments[0], row, up ? 1 : -1, !up, writer);
}

/* ---- sequence of integers (dates and timestamps go through their numbers) */

static WeirStatus resolve_sequence(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *common = weir_tightest_type(call->arena, call->arguments[0]->type, call->arguments[1]->type);
    if (common == NULL || !weir_type_is_integral(common) || (call->argument_count == 3 && !weir_type_is_integral(call->arguments[2]->type)))
        return weir_call_unexpected_type(call, 0, "\"INTEGRAL\"", error);
    for (uint32_t i = 0; i < call->argument_count; i++)
        call->cast_types[i] = &weir_type_long;
    call->result_type = weir_type_array(call->arena, common, false);
    return WEIR_OK;
}

LIST_FUNCTION(sequence)
{
    WeirArgument a = weir_argument(arguments[0]), b = weir_argument(arguments[1]);
    int64_t from = WEIR_ARGUMENT_VALUE(int64_t, a, row), to = WEIR_ARGUMENT_VALUE(int64_t, b, row), step = from <= to ? 1 : -1;
    if (call->expression->child_count == 3) {
        WeirArgument c = weir_argument(arguments[2]);
        step = WEIR_ARGUMENT_VALUE(int64_t, c, row);
    }
    if ((step > 0 && from > to) || (step < 0 && from < to) || (step == 0 && from != to))
        return weir_row_error(call, weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "illegal bounds of a sequence: the step leads away from its end"), error);
    int64_t count = step == 0 ? 1 : (to - from) / step + 1;
    for (int64_t i = 0; i < count; i++)
        weir_column_writer_append_int(writer, from + i * step);
    return WEIR_OK;
}

static WeirStatus resolve_same(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\"", error);
    if (call->argument_count == 2 && call->arguments[1]->type->id == WEIR_TYPE_ARRAY && !weir_call_unify(call, 0, 2))
        return weir_call_diff_types(call, error);
    call->result_type = call->cast_types[0] != NULL ? call->cast_types[0] : call->arguments[0]->type;
    if (strcmp(call->name, "array_compact") == 0)
        call->result_type = weir_type_array(call->arena, weir_type_element(call->result_type), false);
    return WEIR_OK;
}

static WeirStatus resolve_reverse(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->replacement = weir_call_make(call, call->arguments[0]->type->id == WEIR_TYPE_ARRAY ? "reverse_array" : "reverse_text", call->arguments, 1);
    return WEIR_OK;
}

static WeirStatus resolve_repeat(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->cast_types[1] = &weir_type_int;
    call->result_type = weir_type_array(call->arena, call->arguments[0]->type, call->arguments[0]->nullable);
    call->nullable = call->arguments[1]->nullable;
    return WEIR_OK;
}

static WeirStatus resolve_flatten(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id != WEIR_TYPE_ARRAY || weir_type_element(type)->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\" of \"ARRAY\"", error);
    call->result_type = weir_type_element(type);
    call->nullable = call->nullable || type->contains_null;
    return WEIR_OK;
}

static WeirStatus resolve_map_part(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id != WEIR_TYPE_MAP)
        return weir_call_unexpected_type(call, 0, "\"MAP\"", error);
    bool keys = strcmp(call->name, "map_keys") == 0;
    WeirField entry[2] = {{"key", weir_type_key(type), false, "{}"}, {"value", weir_type_value(type), type->contains_null, "{}"}};
    call->result_type = strcmp(call->name, "map_entries") == 0 ? weir_type_array(call->arena, weir_type_struct(call->arena, entry, 2), false)
                        : keys                                  ? weir_type_array(call->arena, weir_type_key(type), false)
                                                                : weir_type_array(call->arena, weir_type_value(type), type->contains_null);
    return WEIR_OK;
}

static WeirStatus resolve_sort(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_signature_apply("array,boolean=true->$1", call, error));
    if (!weir_type_is_orderable(weir_type_element(call->result_type)) && weir_type_element(call->result_type)->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, call->result_type, error);
    return WEIR_OK;
}

static WeirStatus resolve_slice(WeirFunctionCall *call, WeirError *error) { return weir_signature_apply("array,int,int->$1", call, error); }

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define LIST(NAME, ALIASES, FLAGS, MIN, MAX, SIGNATURE, RESOLVE, KERNEL, USAGE)                                             \
    {.name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX, .signature = SIGNATURE, .resolve = RESOLVE, .kernel = KERNEL, .group = "array_funcs", .usage = USAGE}

const WeirFunction weir_functions_array[] = {
    LIST("size", WEIR_ALIASES("cardinality"), NP, 1, 1, "array|map->int", NULL, size_kernel, "size(list): how many elements or entries."),
    LIST("array_size", NULL, NP, 1, 1, "array->int", NULL, size_kernel, "array_size(array): how many elements."),
    LIST("array_contains", NULL, NP, 2, 2, NULL, resolve_search, contains_kernel, "array_contains(array, a): true if an element equals a."),
    LIST("array_position", NULL, NP, 2, 2, NULL, resolve_search, position_kernel, "array_position(array, a): where it is, from 1; 0: nowhere."),
    LIST("array_remove", NULL, NP, 2, 2, NULL, resolve_search, remove_kernel, "array_remove(array, a): without elements that equal a."),
    LIST("array_append", NULL, 0, 2, 2, NULL, resolve_search, append_kernel, "array_append(array, a): with a at the end."),
    LIST("array_prepend", NULL, 0, 2, 2, NULL, resolve_search, append_kernel, "array_prepend(array, a): with a at the begin."),
    LIST("array_max", NULL, NP, 1, 1, NULL, resolve_extreme, extreme_kernel, "array_max(array): the greatest element."),
    LIST("array_min", NULL, NP, 1, 1, NULL, resolve_extreme, extreme_kernel, "array_min(array): the least element."),
    LIST("array_distinct", NULL, NP, 1, 1, NULL, resolve_same, distinct_kernel, "array_distinct(array): each element once."),
    LIST("array_compact", NULL, NP, 1, 1, NULL, resolve_same, compact_kernel, "array_compact(array): without nulls."),
    LIST("array_union", NULL, NP, 2, 2, NULL, resolve_same, set_kernel, "array_union(a, b): elements of either, each once."),
    LIST("array_intersect", NULL, NP, 2, 2, NULL, resolve_same, set_kernel, "array_intersect(a, b): elements of both, each once."),
    LIST("array_except", NULL, NP, 2, 2, NULL, resolve_same, set_kernel, "array_except(a, b): elements of a that b has not, each once."),
    LIST("reverse_array", NULL, NP | WEIR_FUNCTION_INTERNAL, 1, 1, NULL, resolve_same, reverse_kernel, ""),
    LIST("reverse", NULL, WEIR_FUNCTION_REPLACED, 1, 1, NULL, resolve_reverse, NULL, "reverse(a): a text or an array in reverse order."),
    LIST("array_repeat", NULL, 0, 2, 2, NULL, resolve_repeat, repeat_kernel, "array_repeat(a, n): n times a."),
    LIST("flatten", NULL, NP, 1, 1, NULL, resolve_flatten, flatten_kernel, "flatten(array of arrays): their elements."),
    LIST("slice", NULL, NP | WEIR_FUNCTION_MAY_FAIL, 3, 3, NULL, resolve_slice, slice_kernel, "slice(array, start, length): a part, from 1."),
    LIST("map_keys", NULL, NP, 1, 1, NULL, resolve_map_part, map_part_kernel, "map_keys(map)"),
    LIST("map_values", NULL, NP, 1, 1, NULL, resolve_map_part, map_part_kernel, "map_values(map)"),
    LIST("map_entries", NULL, NP, 1, 1, NULL, resolve_map_part, map_entries_kernel, "map_entries(map): its entries as structs."),
    LIST("sort_array", NULL, NP, 1, 2, NULL, resolve_sort, sort_kernel, "sort_array(array[, ascending])"),
    LIST("sequence", NULL, NP | WEIR_FUNCTION_MAY_FAIL, 2, 3, NULL, resolve_sequence, sequence_kernel, "sequence(from, to[, step]): the numbers between."),
    {0},
};
