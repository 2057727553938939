/* Arrays as sets. Nulls are a value like others; the first of equal elements stays, in its order. */
#include "expr/functions/collection_shared.h"

static WeirStatus check_order(const WeirFunctionCall *call, const WeirDataType *array, WeirError *error)
{
    const WeirDataType *element = weir_type_element(array);
    return weir_type_is_orderable(element) || element->id == WEIR_TYPE_VOID
               ? WEIR_OK
               : weir_call_bad_ordering(call, element, error);
}

static WeirStatus resolve_distinct(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    call->result_type = weir_call_type(call, 0);
    return check_order(call, call->result_type, error);
}

static WeirStatus diff_types(const WeirFunctionCall *call, WeirError *error)
{
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_ARRAY_DIFF_TYPES, "sqlExpr", weir_call_sql(call),
                       "functionName", weir_arena_printf(call->arena, "`%s`", call->name), "arrayType", "\"ARRAY\"",
                       "leftType", weir_quoted_type(call->arena, call->arguments[0]->type), "rightType",
                       weir_quoted_type(call->arena, call->arguments[1]->type));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static WeirStatus resolve_two(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *a = call->arguments[0]->type, *b = call->arguments[1]->type;
    const WeirDataType *common =
        a->id == WEIR_TYPE_ARRAY && b->id == WEIR_TYPE_ARRAY
            ? weir_wider_without_strings(call->arena, weir_type_element(a), weir_type_element(b))
            : NULL;
    if (common == NULL)
        return diff_types(call, error);
    call->cast_types[0] = weir_type_array(call->arena, common, a->contains_null);
    call->cast_types[1] = weir_type_array(call->arena, common, b->contains_null);
    bool contains_null = strcmp(call->name, "array_union") == 0       ? a->contains_null || b->contains_null
                         : strcmp(call->name, "array_intersect") == 0 ? a->contains_null && b->contains_null
                                                                      : a->contains_null;
    call->result_type = weir_type_array(call->arena, common, contains_null);
    WEIR_TRY(check_order(call, call->result_type, error));
    if (strcmp(call->name, "arrays_overlap") == 0) {
        call->result_type = &weir_type_boolean;
        call->nullable = call->nullable || a->contains_null || b->contains_null;
    }
    return WEIR_OK;
}

typedef struct Range {
    const WeirVector *elements;
    uint32_t first, count;
} Range;

static Range range_of(const WeirVector *vector, uint32_t row)
{
    Range range;
    const WeirVector *list;
    range.count = weir_list_range(vector, row, &list, &range.first);
    range.elements = &list->children[0];
    return range;
}

static void append_new(WeirListResult *list, WeirRowSet *seen, Range range)
{
    for (uint32_t i = range.first; i < range.first + range.count; i++)
        if (weir_row_set_add(seen, range.elements, i))
            weir_column_writer_append_row(&list->elements, range.elements, i);
}

WEIR_COLLECTION_KERNEL(union_kernel) /* of one argument: distinct */
{
    WeirListResult list;
    WeirRowSet seen;
    weir_list_result_init(&list, call, result);
    weir_row_set_init(&seen, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        weir_row_set_clear(&seen);
        for (uint32_t a = 0; a < call->expression->child_count; a++)
            append_new(&list, &seen, range_of(arguments[a], row));
    }
    return weir_list_result_finish(&list, error);
}

/* intersect: elements of the first that the second has; except: that it has not. */
WEIR_COLLECTION_KERNEL(filter_kernel)
{
    bool wanted = strcmp(call->expression->function->name, "array_intersect") == 0;
    WeirListResult list;
    WeirRowSet other, seen;
    weir_list_result_init(&list, call, result);
    weir_row_set_init(&other, call->arena);
    weir_row_set_init(&seen, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        Range a = range_of(arguments[0], row), b = range_of(arguments[1], row);
        weir_list_result_begin(&list, row);
        weir_row_set_clear(&other);
        weir_row_set_clear(&seen);
        for (uint32_t i = b.first; i < b.first + b.count; i++)
            weir_row_set_add(&other, b.elements, i);
        for (uint32_t i = a.first; i < a.first + a.count; i++) {
            bool there = weir_row_set_find(&other, a.elements, i) < other.count;
            if (there == wanted && weir_row_set_add(&seen, a.elements, i))
                weir_column_writer_append_row(&list.elements, a.elements, i);
        }
    }
    return weir_list_result_finish(&list, error);
}

static bool has_null(Range range)
{
    for (uint32_t i = range.first; i < range.first + range.count; i++)
        if (weir_vector_is_null(range.elements, i))
            return true;
    return false;
}

/* True where they share a value that is not null; else null where a null might have been it. */
WEIR_COLLECTION_KERNEL(overlap_kernel)
{
    WeirRowSet set;
    (void)error;
    weir_row_set_init(&set, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        Range a = range_of(arguments[0], row), b = range_of(arguments[1], row);
        bool shared = false;
        weir_row_set_clear(&set);
        for (uint32_t i = a.first; i < a.first + a.count; i++)
            if (!weir_vector_is_null(a.elements, i))
                weir_row_set_add(&set, a.elements, i);
        for (uint32_t i = b.first; i < b.first + b.count && !shared; i++)
            shared = !weir_vector_is_null(b.elements, i) && weir_row_set_find(&set, b.elements, i) < set.count;
        ((uint8_t *)result->values)[row] = shared;
        if (!shared && a.count > 0 && b.count > 0 && (has_null(a) || has_null(b)))
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

#define ENTRY(NAME, COUNT, RESOLVE, KERNEL, USAGE)                                                                     \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_NULL_PROPAGATING, .arguments_min = COUNT, .arguments_max = COUNT,         \
        .resolve = RESOLVE, .kernel = KERNEL, .group = "array_funcs", .usage = USAGE                                   \
    }

const WeirFunction weir_functions_array_set[] = {
    ENTRY("array_distinct", 1, resolve_distinct, union_kernel, "array_distinct(a): a without repetitions."),
    ENTRY("array_union", 2, resolve_two, union_kernel, "array_union(a, b): the elements of both, once each."),
    ENTRY("array_intersect", 2, resolve_two, filter_kernel, "array_intersect(a, b): the elements of a that are in b."),
    ENTRY("array_except", 2, resolve_two, filter_kernel, "array_except(a, b): the elements of a that are not in b."),
    ENTRY("arrays_overlap", 2, resolve_two, overlap_kernel, "arrays_overlap(a, b): whether they share an element."),
    {0},
};
