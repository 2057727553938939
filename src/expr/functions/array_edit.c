/* Functions that make arrays of arrays: adding, removing, cutting, ordering, joining. */
#include <stdlib.h>

#include "columnar/value_text.h"
#include "common/hash.h"
#include "expr/functions/collection_shared.h"
#include "expr/kernels/utf8.h"

static int32_t int_at(const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    return ((const int32_t *)flat->values)[at];
}

/* ---- append, prepend, insert, remove, compact */

static WeirStatus require_int(WeirFunctionCall *call, uint32_t index, WeirError *error)
{
    const WeirDataType *type = call->arguments[index]->type;
    if (type->id == WEIR_TYPE_INT)
        return WEIR_OK;
    if (!weir_can_implicitly_cast(type, &weir_type_int))
        return weir_call_unexpected_type(call, index, "\"INT\"", error);
    call->cast_types[index] = &weir_type_int;
    return WEIR_OK;
}

/* The value may be of type void: a null element. */
static WeirStatus unify_or_null(WeirFunctionCall *call, uint32_t value, WeirError *error)
{
    const WeirDataType *array = call->arguments[0]->type;
    if (array->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\"", error);
    if (call->arguments[value]->type->id != WEIR_TYPE_VOID)
        return weir_collection_unify_element(call, value, error);
    call->cast_types[value] = weir_type_element(array);
    return WEIR_OK;
}

static WeirStatus resolve_append(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(unify_or_null(call, 1, error));
    bool contains_null = call->arguments[0]->type->contains_null || call->arguments[1]->nullable;
    call->result_type = weir_type_array(call->arena, weir_type_element(weir_call_type(call, 0)), contains_null);
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(append_kernel)
{
    bool prepend = strcmp(call->expression->function->name, "array_prepend") == 0;
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        if (weir_vector_is_null(arguments[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        if (prepend)
            weir_column_writer_append_row(&list.elements, arguments[1], row);
        weir_column_writer_append_rows(&list.elements, &source->children[0], first, count);
        if (!prepend)
            weir_column_writer_append_row(&list.elements, arguments[1], row);
    }
    return weir_list_result_finish(&list, error);
}

static WeirStatus resolve_insert(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(unify_or_null(call, 2, error));
    WEIR_TRY(require_int(call, 1, error));
    call->result_type = weir_type_array(call->arena, weir_type_element(weir_call_type(call, 0)), true);
    call->nullable = call->arguments[0]->nullable || call->arguments[1]->nullable;
    return WEIR_OK;
}

static void append_nulls(WeirColumnWriter *writer, int64_t count)
{
    for (; count > 0; count--)
        weir_column_writer_append_null(writer);
}

/* `position` counts from 1, or from -1 behind the last; beyond the ends nulls fill the gap. */
static WeirStatus insert_row(WeirKernelCall *call, WeirListResult *list, const WeirVector *const *arguments,
                             uint32_t row, WeirError *error)
{
    const WeirVector *source;
    uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
    const WeirVector *elements = &source->children[0];
    int64_t position = int_at(arguments[1], row);
    if (position == 0)
        return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_INDEX_OF_ZERO), error);
    int64_t at = position > 0 ? position - 1 : (int64_t)count + position + 1;
    WEIR_TRY(weir_array_too_long(call,
                                 at > (int64_t)count ? at + 1
                                 : at < 0            ? (int64_t)count + 1 - at
                                                     : (int64_t)count + 1,
                                 error));
    if (at < 0) {
        weir_column_writer_append_row(&list->elements, arguments[2], row);
        append_nulls(&list->elements, -at);
        weir_column_writer_append_rows(&list->elements, elements, first, count);
        return WEIR_OK;
    }
    uint32_t head = at < (int64_t)count ? (uint32_t)at : count;
    weir_column_writer_append_rows(&list->elements, elements, first, head);
    append_nulls(&list->elements, at - (int64_t)head);
    weir_column_writer_append_row(&list->elements, arguments[2], row);
    weir_column_writer_append_rows(&list->elements, elements, first + head, count - head);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(insert_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        if (weir_vector_is_null(arguments[0], row) || weir_vector_is_null(arguments[1], row))
            weir_result_set_null(call, result, row);
        else
            WEIR_TRY(insert_row(call, &list, arguments, row, error));
    }
    return weir_list_result_finish(&list, error);
}

static WeirStatus resolve_remove(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_collection_unify_element(call, 1, error));
    if (!weir_type_is_orderable(call->cast_types[1]))
        return weir_call_bad_ordering(call, call->cast_types[1], error);
    call->result_type = call->cast_types[0];
    return WEIR_OK;
}

static WeirStatus resolve_same_array(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    call->result_type = weir_call_type(call, 0);
    return WEIR_OK;
}

static WeirStatus resolve_compact(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(resolve_same_array(call, error));
    call->result_type = weir_type_array(call->arena, weir_type_element(call->result_type), false);
    return WEIR_OK;
}

/* remove: elements that equal the value go; compact: nulls go. */
WEIR_COLLECTION_KERNEL(keep_kernel)
{
    bool compact = call->expression->child_count == 1;
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        const WeirVector *elements = &source->children[0];
        weir_list_result_begin(&list, row);
        for (uint32_t i = first; i < first + count; i++) {
            bool null = weir_vector_is_null(elements, i);
            bool goes = compact ? null : !null && weir_vector_compare_rows(elements, i, arguments[1], row) == 0;
            if (!goes)
                weir_column_writer_append_row(&list.elements, elements, i);
        }
    }
    return weir_list_result_finish(&list, error);
}

/* ---- repeat, slice, flatten */

static WeirStatus resolve_repeat(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(require_int(call, 1, error));
    call->result_type = weir_type_array(call->arena, call->arguments[0]->type, call->arguments[0]->nullable);
    call->nullable = call->arguments[1]->nullable;
    return WEIR_OK;
}

static WeirStatus too_many(const WeirKernelCall *call, int32_t count, WeirError *error)
{
    char number[32];
    snprintf(number, sizeof(number), "%d", count);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_COLLECTION_SIZE_LIMIT_EXCEEDED_PARAMETER, "parameter",
                                         "`count`", "numberOfElements", number, "maxRoundedArrayLength", "2147483632",
                                         "functionName", "`array_repeat`"),
                          error);
}

WEIR_COLLECTION_KERNEL(repeat_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        if (weir_vector_is_null(arguments[1], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        int32_t count = int_at(arguments[1], row);
        if (count > WEIR_ARRAY_LENGTH_MAX)
            return too_many(call, count, error);
        for (; count > 0 && !list.elements.failed; count--)
            weir_column_writer_append_row(&list.elements, arguments[0], row);
    }
    return weir_list_result_finish(&list, error);
}

static WeirStatus resolve_slice(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(resolve_same_array(call, error));
    WEIR_TRY(require_int(call, 1, error));
    return require_int(call, 2, error);
}

static WeirStatus bad_slice(const WeirKernelCall *call, bool start, int32_t value, WeirError *error)
{
    char number[32];
    snprintf(number, sizeof(number), "%d", value);
    WeirStatus status = start ? weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_START, "parameter", "`start`",
                                               "functionName", "`slice`")
                              : weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_LENGTH, "parameter",
                                               "`length`", "length", number, "functionName", "`slice`");
    return weir_row_error(call, status, error);
}

WEIR_COLLECTION_KERNEL(slice_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        int32_t start = int_at(arguments[1], row), length = int_at(arguments[2], row);
        if (start == 0 || length < 0)
            return bad_slice(call, start == 0, length, error);
        int64_t from = start > 0 ? start - 1 : (int64_t)count + start;
        weir_list_result_begin(&list, row);
        if (from < 0 || from >= (int64_t)count)
            continue;
        uint32_t rest = count - (uint32_t)from;
        weir_column_writer_append_rows(&list.elements, &source->children[0], first + (uint32_t)from,
                                       (uint32_t)length < rest ? (uint32_t)length : rest);
    }
    return weir_list_result_finish(&list, error);
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

WEIR_COLLECTION_KERNEL(flatten_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *outer, *inner;
        uint32_t first, begin, count = weir_list_range(arguments[0], row, &outer, &first), i = 0;
        weir_list_result_begin(&list, row);
        while (i < count && !weir_vector_is_null(&outer->children[0], first + i))
            i++;
        if (i < count) {
            weir_result_set_null(call, result, row);
            continue;
        }
        for (i = 0; i < count; i++) {
            uint32_t length = weir_list_range(&outer->children[0], first + i, &inner, &begin);
            weir_column_writer_append_rows(&list.elements, &inner->children[0], begin, length);
        }
    }
    return weir_list_result_finish(&list, error);
}

/* ---- orders: a permutation of the row's elements */

typedef struct Order {
    const WeirVector *elements;
    int sign;
    bool nulls_first;
} Order;

static int compare_elements(const void *a, const void *b, void *context)
{
    const Order *order = context;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    bool null_i = weir_vector_is_null(order->elements, i), null_j = weir_vector_is_null(order->elements, j);
    if (null_i || null_j)
        return null_i == null_j ? 0 : null_i == order->nulls_first ? -1 : 1;
    int compared = order->sign * weir_vector_compare_rows(order->elements, i, order->elements, j);
    return compared != 0 ? compared : (i > j) - (i < j);
}

static void append_permuted(WeirListResult *list, const WeirVector *elements, const uint32_t *places, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        weir_column_writer_append_row(&list->elements, elements, places[i]);
}

static WeirStatus resolve_sort_array(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(resolve_same_array(call, error));
    const WeirDataType *element = weir_type_element(call->result_type);
    if (!weir_type_is_orderable(element) && element->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, call->arguments[0]->type, error);
    if (call->argument_count == 2 && call->arguments[1]->type->id != WEIR_TYPE_BOOLEAN)
        return weir_call_unexpected_type(call, 1, "\"BOOLEAN\"", error);
    if (call->argument_count == 2)
        return WEIR_OK;
    WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
    const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
    arguments[0] = call->arguments[0];
    arguments[1] = weir_expression_boolean_literal(call->arena, true);
    casts[0] = call->cast_types[0];
    call->arguments = arguments;
    call->cast_types = casts;
    call->argument_count = 2;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(sort_array_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WeirArgument ascending = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        bool up = WEIR_ARGUMENT_VALUE(uint8_t, ascending, row);
        Order order = {&source->children[0], up ? 1 : -1, up};
        uint32_t *places = WEIR_ARENA_ARRAY(call->arena, uint32_t, count + 1);
        for (uint32_t i = 0; i < count; i++)
            places[i] = first + i;
        qsort_r(places, count, sizeof(*places), compare_elements, &order);
        weir_list_result_begin(&list, row);
        append_permuted(&list, order.elements, places, count);
    }
    return weir_list_result_finish(&list, error);
}

/* ---- reverse, of arrays and of texts */

static WeirStatus resolve_reverse(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id != WEIR_TYPE_ARRAY && type->id != WEIR_TYPE_BINARY) {
        if (!weir_can_implicitly_cast(type, &weir_type_string))
            return weir_call_unexpected_type(call, 0, "(\"STRING\" or \"ARRAY\")", error);
        call->cast_types[0] = &weir_type_string;
        type = &weir_type_string;
    }
    call->result_type = type;
    return WEIR_OK;
}

static WeirStatus reverse_texts(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    bool binary = result->type->id == WEIR_TYPE_BINARY;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(&x, row);
        const uint8_t *text = weir_view_data(view);
        WEIR_TRY(weir_text_heap_reserve(&heap, view->length, error));
        uint32_t out = view->length;
        for (uint32_t at = 0; at < view->length;) {
            uint32_t bytes = binary ? 1 : weir_utf8_step(text[at]);
            bytes = bytes > view->length - at ? view->length - at : bytes;
            out -= bytes;
            memcpy(heap.next + out, text + at, bytes);
            at += bytes;
        }
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, view->length);
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(reverse_kernel)
{
    if (result->type->id != WEIR_TYPE_ARRAY)
        return reverse_texts(call, arguments, result, error);
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        weir_list_result_begin(&list, row);
        for (uint32_t i = count; i > 0; i--)
            weir_column_writer_append_row(&list.elements, &source->children[0], first + i - 1);
    }
    return weir_list_result_finish(&list, error);
}

/* ---- join, zip */

static WeirStatus resolve_join(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type->id == WEIR_TYPE_VOID || (type->id == WEIR_TYPE_ARRAY && weir_type_element(type)->id != WEIR_TYPE_STRING))
        call->cast_types[0] = weir_type_array(call->arena, &weir_type_string, true);
    if (type->id != WEIR_TYPE_VOID && (type->id != WEIR_TYPE_ARRAY || !(weir_type_is_atomic(weir_type_element(type)) ||
                                                                        weir_type_element(type)->id == WEIR_TYPE_VOID)))
        return weir_call_unexpected_type(call, 0, "\"ARRAY<STRING>\"", error);
    for (uint32_t i = 1; i < call->argument_count; i++) {
        if (!weir_can_implicitly_cast(call->arguments[i]->type, &weir_type_string))
            return weir_call_unexpected_type(call, i, "\"STRING\"", error);
        call->cast_types[i] = &weir_type_string;
    }
    call->result_type = &weir_type_string;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(join_kernel)
{
    WeirArgument delimiter = weir_argument(arguments[1]), replacement = delimiter;
    bool replaces = call->expression->child_count == 3;
    if (replaces)
        replacement = weir_argument(arguments[2]);
    WeirBuffer text;
    WeirStatus status = WEIR_OK;
    WeirTextHeap heap = weir_text_heap(call);
    weir_buffer_init(&text, 0, NULL);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        const WeirStringView *between = weir_argument_view(&delimiter, row),
                             *instead = weir_argument_view(&replacement, row);
        bool begun = false;
        weir_buffer_clear(&text);
        for (uint32_t i = first; i < first + count; i++) {
            const WeirVector *flat;
            uint32_t at = weir_vector_locate(&source->children[0], i, &flat);
            bool null = weir_vector_is_null(&source->children[0], i);
            if (null && !replaces)
                continue;
            if (begun)
                weir_buffer_append(&text, weir_view_data(between), between->length);
            const WeirStringView *view = null ? instead : &((const WeirStringView *)flat->values)[at];
            weir_buffer_append(&text, weir_view_data(view), view->length);
            begun = true;
        }
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&text), text.length,
                                                 &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&text);
    return status;
}

static WeirStatus resolve_zip(WeirFunctionCall *call, WeirError *error)
{
    WeirField *fields = WEIR_ARENA_ARRAY(call->arena, WeirField, call->argument_count + 1);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const WeirExpression *argument = call->arguments[i];
        bool is_null = argument->type->id == WEIR_TYPE_VOID;
        if (argument->type->id != WEIR_TYPE_ARRAY && !is_null)
            return weir_call_unexpected_type(call, i, "\"ARRAY\"", error);
        if (is_null)
            call->cast_types[i] = weir_type_array(call->arena, &weir_type_void, true);
        bool named = argument->kind == WEIR_EXPRESSION_ATTRIBUTE || argument->kind == WEIR_EXPRESSION_EXTRACT_FIELD ||
                     argument->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE || argument->kind == WEIR_EXPRESSION_ALIAS;
        fields[i] = (WeirField){named ? argument->name : weir_arena_printf(call->arena, "%u", i),
                                is_null ? &weir_type_void : weir_type_element(argument->type), true, "{}"};
    }
    call->result_type =
        weir_type_array(call->arena, weir_type_struct(call->arena, fields, call->argument_count), false);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(zip_kernel)
{
    WeirListResult list;
    uint32_t width = call->expression->child_count;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *source;
        uint32_t first, longest = 0;
        weir_list_result_begin(&list, row);
        for (uint32_t a = 0; a < width; a++) {
            uint32_t count = weir_list_range(arguments[a], row, &source, &first);
            longest = count > longest ? count : longest;
        }
        for (uint32_t a = 0; a < width; a++) {
            uint32_t count = weir_list_range(arguments[a], row, &source, &first);
            weir_column_writer_append_rows(&list.elements.children[a], &source->children[0], first, count);
            append_nulls(&list.elements.children[a], (int64_t)longest - (int64_t)count);
        }
        for (uint32_t i = 0; i < longest; i++)
            weir_column_writer_end_struct(&list.elements);
    }
    return weir_list_result_finish(&list, error);
}

#define NULLS WEIR_FUNCTION_NULL_PROPAGATING
#define FAILS WEIR_FUNCTION_MAY_FAIL
#define ENTRY(NAME, FLAGS, MIN, MAX, RESOLVE, KERNEL, GROUP, USAGE)                                                    \
    {                                                                                                                  \
        .name = NAME, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX, .resolve = RESOLVE,                  \
        .kernel = KERNEL, .group = GROUP, .usage = USAGE                                                               \
    }

const WeirFunction weir_functions_array_edit[] = {
    ENTRY("array_append", 0, 2, 2, resolve_append, append_kernel, "array_funcs",
          "array_append(a, x): a with x at its end."),
    ENTRY("array_prepend", 0, 2, 2, resolve_append, append_kernel, "array_funcs",
          "array_prepend(a, x): a with x at its beginning."),
    ENTRY("array_insert", FAILS, 3, 3, resolve_insert, insert_kernel, "array_funcs",
          "array_insert(a, i, x): a with x at the place i."),
    ENTRY("array_remove", NULLS, 2, 2, resolve_remove, keep_kernel, "array_funcs",
          "array_remove(a, x): a without the elements that equal x."),
    ENTRY("array_compact", NULLS, 1, 1, resolve_compact, keep_kernel, "array_funcs",
          "array_compact(a): a without nulls."),
    ENTRY("array_repeat", FAILS, 2, 2, resolve_repeat, repeat_kernel, "array_funcs", "array_repeat(x, n): n times x."),
    ENTRY("slice", NULLS | FAILS, 3, 3, resolve_slice, slice_kernel, "array_funcs",
          "slice(a, start, length): a part of a; start counts from 1, or from -1 at the end."),
    ENTRY("flatten", NULLS, 1, 1, resolve_flatten, flatten_kernel, "array_funcs",
          "flatten(a): the elements of all arrays in a."),
    ENTRY("sort_array", NULLS, 1, 2, resolve_sort_array, sort_array_kernel, "array_funcs",
          "sort_array(a[, ascending]): a in order, nulls as the least."),
    ENTRY("reverse", NULLS, 1, 1, resolve_reverse, reverse_kernel, "collection_funcs",
          "reverse(a): the array or text from its end."),
    ENTRY("array_join", NULLS, 2, 3, resolve_join, join_kernel, "array_funcs",
          "array_join(a, between[, for_null]): the elements as one text."),
    ENTRY("arrays_zip", NULLS, 0, -1, resolve_zip, zip_kernel, "array_funcs",
          "arrays_zip(a, …): structs of the elements at the same place."),
    {0},
};
