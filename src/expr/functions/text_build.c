/* Functions that make new text: case, concatenation, padding, replacement. */
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"
#include "expr/unicode.h"

static inline WeirStringView *views_of(WeirVector *result)
{
    return result->values;
}

/* ---- case */

typedef enum Case { CASE_UPPER, CASE_LOWER, CASE_TITLE } Case;

static uint32_t put_mapped(uint32_t c, Case to, uint8_t *out)
{
    const WeirCaseEntry *entry = to == CASE_UPPER ? weir_unicode_find(weir_unicode_upper, weir_unicode_upper_count, c)
                                 : to == CASE_LOWER
                                     ? weir_unicode_find(weir_unicode_lower, weir_unicode_lower_count, c)
                                     : weir_unicode_find(weir_unicode_title, weir_unicode_title_count, c);
    if (entry == NULL)
        return weir_utf8_put(c, out);
    uint32_t length = 0;
    for (int i = 0; i < 3 && entry->to[i] != 0; i++)
        length += weir_utf8_put(entry->to[i], out + length);
    return length;
}

#define CAPITAL_SIGMA 0x3a3u
#define FINAL_SIGMA 0x3c2u

/* The character before text[at] in its case; sigma looks at its neighbours. */
static uint32_t put_cased(uint32_t c, Case to, const uint8_t *text, size_t length, size_t at, uint8_t *out)
{
    if (c == CAPITAL_SIGMA && to == CASE_LOWER && weir_unicode_is_final_sigma(text, length, at - 2))
        return weir_utf8_put(FINAL_SIGMA, out);
    return put_mapped(c, to, out);
}

static inline uint8_t ascii_case(uint8_t c, Case to)
{
    if (to == CASE_LOWER)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return c >= 'a' && c <= 'z' ? c - 32 : c;
}

static WeirStatus change_case(WeirKernelCall *call, Case to, const WeirVector *const *arguments, WeirVector *result,
                              WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        if (weir_text_is_ascii(text, text_length)) {
            WEIR_TRY(weir_text_heap_reserve(&heap, text_length, error));
            (to == CASE_LOWER ? weir_ascii_lower : weir_ascii_upper)(text, heap.next, text_length);
            views_of(result)[row] = weir_text_heap_commit(&heap, text_length);
            continue;
        }
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 9, error));
        uint32_t length = 0;
        for (size_t at = 0; at < text_length;) {
            uint32_t c = weir_utf8_next(text, text_length, &at);
            if (c < 0x80)
                heap.next[length++] = ascii_case((uint8_t)c, to);
            else
                length += put_cased(c, to, text, text_length, at, heap.next + length);
        }
        views_of(result)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(upper_kernel)
{
    return change_case(call, CASE_UPPER, arguments, result, error);
}
WEIR_TEXT_KERNEL(lower_kernel)
{
    return change_case(call, CASE_LOWER, arguments, result, error);
}

WEIR_TEXT_KERNEL(initcap_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 9 + 8, error));
        uint32_t length = 0;
        bool begins = true;
        for (size_t at = 0; at < text_length;) {
            uint32_t c = weir_utf8_next(text, text_length, &at);
            if (c < 0x80)
                heap.next[length++] = ascii_case((uint8_t)c, begins ? CASE_TITLE : CASE_LOWER);
            else
                length += put_cased(c, begins ? CASE_TITLE : CASE_LOWER, text, text_length, at, heap.next + length);
            begins = c == ' ';
        }
        views_of(result)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

/* ---- concatenation */

static WeirStatus resolve_concat(WeirFunctionCall *call, WeirError *error)
{
    bool arrays = false, binary = call->argument_count > 0;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        arrays = arrays || call->arguments[i]->type->id == WEIR_TYPE_ARRAY;
        binary = binary && call->arguments[i]->type->id == WEIR_TYPE_BINARY;
    }
    if (arrays) {
        for (uint32_t i = 0; i < call->argument_count; i++)
            if (call->arguments[i]->type->id != WEIR_TYPE_ARRAY)
                return weir_call_diff_types(call, error);
        if (!weir_call_unify(call, 0, call->argument_count) || call->result_type->id != WEIR_TYPE_ARRAY)
            return weir_call_diff_types(call, error);
        return WEIR_OK;
    }
    call->result_type = binary ? &weir_type_binary : &weir_type_string;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (!weir_can_implicitly_cast(call->arguments[i]->type, call->result_type))
            return weir_call_diff_types(call, error);
        call->cast_types[i] = call->result_type;
    }
    return WEIR_OK;
}

static WeirStatus concat_arrays(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                WeirError *error)
{
    WeirListRows rows = {result->values, 0};
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_element(result->type), call->count * 4, call->arena);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        for (uint32_t i = 0; i < call->expression->child_count; i++) {
            const WeirVector *list;
            uint32_t first, count = weir_list_range(arguments[i], row, &list, &first);
            weir_column_writer_append_rows(&writer, &list->children[0], first, count);
        }
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

WEIR_TEXT_KERNEL(concat_kernel)
{
    if (result->type->id == WEIR_TYPE_ARRAY)
        return concat_arrays(call, arguments, result, error);
    uint32_t count = call->expression->child_count;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        uint64_t total = 0;
        for (uint32_t i = 0; i < count; i++) {
            WeirArgument x = weir_argument(arguments[i]);
            total += weir_argument_view(&x, row)->length;
        }
        WEIR_TRY(weir_text_heap_reserve(&heap, total, error));
        uint32_t length = 0;
        for (uint32_t i = 0; i < count; i++) {
            WeirArgument x = weir_argument(arguments[i]);
            WEIR_TEXT(text, x, row);
            memcpy(heap.next + length, text, text_length);
            length += text_length;
        }
        views_of(result)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

static WeirStatus resolve_concat_ws(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const WeirDataType *type = call->arguments[i]->type;
        if (i > 0 && type->id == WEIR_TYPE_ARRAY && weir_type_element(type)->id == WEIR_TYPE_STRING)
            continue;
        if (type->id == WEIR_TYPE_ARRAY && i > 0) {
            call->cast_types[i] = weir_type_array(call->arena, &weir_type_string, type->contains_null);
            continue;
        }
        if (!weir_can_implicitly_cast(type, &weir_type_string))
            return weir_call_unexpected_type(call, i, i == 0 ? "\"STRING\"" : "(\"ARRAY<STRING>\" or \"STRING\")",
                                             error);
        call->cast_types[i] = &weir_type_string;
    }
    call->result_type = &weir_type_string;
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

static void join(WeirBuffer *buffer, bool *first, const WeirStringView *separator, const WeirStringView *text)
{
    if (!*first)
        weir_buffer_append(buffer, weir_view_data(separator), separator->length);
    weir_buffer_append(buffer, weir_view_data(text), text->length);
    *first = false;
}

WEIR_TEXT_KERNEL(concat_ws_kernel)
{
    WeirArgument separator = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        if (weir_argument_is_null(&separator, row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        weir_buffer_clear(&buffer);
        bool first = true;
        for (uint32_t i = 1; i < call->expression->child_count; i++) {
            if (weir_vector_is_null(arguments[i], row))
                continue;
            const WeirVector *flat;
            if (arguments[i]->type->id == WEIR_TYPE_ARRAY) {
                uint32_t start, count = weir_list_range(arguments[i], row, &flat, &start);
                for (uint32_t e = start; e < start + count; e++) {
                    const WeirVector *holder;
                    uint32_t at = weir_vector_locate(&flat->children[0], e, &holder);
                    if (!weir_vector_is_null(&flat->children[0], e))
                        join(&buffer, &first, weir_argument_view(&separator, row),
                             &((const WeirStringView *)holder->values)[at]);
                }
                continue;
            }
            uint32_t at = weir_vector_locate(arguments[i], row, &flat);
            join(&buffer, &first, weir_argument_view(&separator, row), &((const WeirStringView *)flat->values)[at]);
        }
        WEIR_TRY_OR_GO(done, weir_buffer_check(&buffer, error));
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, buffer.data, buffer.length, &views_of(result)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

/* ---- repetition, padding, order */

WEIR_TEXT_KERNEL(repeat_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        int32_t times = WEIR_ARGUMENT_VALUE(int32_t, y, row);
        uint64_t total = times <= 0 ? 0 : (uint64_t)times * text_length;
        WEIR_TRY(weir_text_heap_reserve(&heap, total, error));
        for (uint64_t at = 0; at < total; at += text_length)
            memcpy(heap.next + at, text, text_length);
        views_of(result)[row] = weir_text_heap_commit(&heap, (uint32_t)total);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(space_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        int32_t times = WEIR_ARGUMENT_VALUE(int32_t, x, row);
        uint32_t total = times < 0 ? 0 : (uint32_t)times;
        WEIR_TRY(weir_text_heap_reserve(&heap, total, error));
        memset(heap.next, ' ', total);
        views_of(result)[row] = weir_text_heap_commit(&heap, total);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(reverse_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, text_length, error));
        for (uint32_t at = 0; at < text_length;) {
            uint32_t step = weir_utf8_step(text[at]);
            step = step > text_length - at ? text_length - at : step;
            memcpy(heap.next + text_length - at - step, text + at, step);
            at += step;
        }
        views_of(result)[row] = weir_text_heap_commit(&heap, text_length);
    }
    return WEIR_OK;
}

static WeirStatus pad(WeirKernelCall *call, bool left, const WeirVector *const *arguments, WeirVector *result,
                      WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    bool binary = result->type->id == WEIR_TYPE_BINARY;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(fill, z, row);
        int64_t wanted = WEIR_ARGUMENT_VALUE(int32_t, y, row);
        int64_t have = binary ? text_length : weir_utf8_count(text, text_length);
        if (wanted <= have || fill_length == 0) {
            size_t end = wanted <= 0 ? 0
                         : binary    ? (size_t)(wanted < have ? wanted : have)
                                     : weir_utf8_advance(text, text_length, 0, (uint64_t)wanted);
            views_of(result)[row] = weir_view_make(text, (uint32_t)end);
            continue;
        }
        uint64_t missing = (uint64_t)(wanted - have);
        WEIR_TRY(weir_text_heap_reserve(&heap, text_length + missing * (binary ? 1 : 4) + fill_length, error));
        uint32_t length = 0;
        uint8_t *padding = left ? heap.next : heap.next + text_length;
        for (size_t at = 0; missing > 0; missing--) {
            size_t next = binary ? at + 1 : weir_utf8_advance(fill, fill_length, at, 1);
            memcpy(padding + length, fill + at, next - at);
            length += (uint32_t)(next - at);
            at = next >= fill_length ? 0 : next;
        }
        memcpy(left ? heap.next + length : heap.next, text, text_length);
        views_of(result)[row] = weir_text_heap_commit(&heap, length + text_length);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(lpad_kernel)
{
    return pad(call, true, arguments, result, error);
}
WEIR_TEXT_KERNEL(rpad_kernel)
{
    return pad(call, false, arguments, result, error);
}

static WeirStatus resolve_pad(WeirFunctionCall *call, WeirError *error)
{
    bool binary = call->arguments[0]->type->id == WEIR_TYPE_BINARY;
    if (call->argument_count == 2) { /* a blank, or a zero byte */
        WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 3);
        const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 3);
        arguments[0] = call->arguments[0];
        arguments[1] = call->arguments[1];
        arguments[2] = weir_expression_literal(
            call->arena,
            weir_value_bytes(call->arena, binary ? &weir_type_binary : &weir_type_string, binary ? "\0" : " ", 1));
        call->arguments = arguments;
        call->cast_types = casts;
        call->argument_count = 3;
    }
    return weir_signature_apply(binary && call->arguments[2]->type->id == WEIR_TYPE_BINARY
                                    ? "binary,int,binary->binary"
                                    : "string,int,string->string",
                                call, error);
}

/* ---- replacement */

WEIR_TEXT_KERNEL(replace_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(what, y, row);
        WEIR_TEXT(with, z, row);
        const uint8_t *found = what_length == 0 ? NULL : weir_find_bytes(text, text_length, 0, what, what_length);
        if (found == NULL) {
            views_of(result)[row] = *text_view;
            continue;
        }
        uint64_t most = with_length <= what_length ? text_length
                                                   : (uint64_t)text_length + (uint64_t)(text_length / what_length) *
                                                                                 (with_length - what_length);
        WEIR_TRY(weir_text_heap_reserve(&heap, most, error));
        size_t at = 0, length = 0;
        for (; found != NULL; found = weir_find_bytes(text, text_length, at, what, what_length)) {
            size_t gap = (size_t)(found - text) - at;
            memcpy(heap.next + length, text + at, gap);
            memcpy(heap.next + length + gap, with, with_length);
            length += gap + with_length;
            at += gap + what_length;
        }
        memcpy(heap.next + length, text + at, text_length - at);
        views_of(result)[row] = weir_text_heap_commit(&heap, (uint32_t)(length + text_length - at));
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(translate_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), z = weir_argument(arguments[2]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView valid;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&x, row), &valid, error));
        const uint8_t *text = weir_view_data(&valid);
        uint32_t text_length = valid.length;
        WEIR_TEXT(from, y, row);
        WEIR_TEXT(to, z, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 4 + 4, error));
        uint32_t length = 0;
        for (size_t at = 0; at < text_length;) {
            size_t next = weir_utf8_advance(text, text_length, at, 1), f = 0, t = 0;
            bool found = false;
            for (; f < from_length && !found;) {
                size_t f_next = weir_utf8_advance(from, from_length, f, 1);
                found = f_next - f == next - at && memcmp(from + f, text + at, next - at) == 0;
                if (!found)
                    t = weir_utf8_advance(to, to_length, t, 1);
                f = f_next;
            }
            const uint8_t *source = found ? to + t : text + at;
            size_t size =
                found ? weir_utf8_advance(to, to_length, t, 1) - t : next - at; /* 0: the character is dropped */
            memcpy(heap.next + length, source, size);
            length += (uint32_t)size;
            at = next;
        }
        views_of(result)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

/* overlay(text, with, position[, length]): a length below 0 is that of the replacement. */
WEIR_TEXT_KERNEL(overlay_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]), p = weir_argument(arguments[2]),
                 n = weir_argument(arguments[3]);
    bool binary = result->type->id == WEIR_TYPE_BINARY;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(with, y, row);
        int64_t position = WEIR_ARGUMENT_VALUE(int32_t, p, row), size = WEIR_ARGUMENT_VALUE(int32_t, n, row);
        if (size < 0)
            size = binary ? with_length : weir_utf8_count(with, with_length);
        uint64_t before = position > 1 ? (uint64_t)position - 1 : 0,
                 after = position - 1 + size > 0 ? (uint64_t)(position - 1 + size) : 0;
        size_t head =
            binary ? (before < text_length ? before : text_length) : weir_utf8_advance(text, text_length, 0, before);
        size_t tail =
            binary ? (after < text_length ? after : text_length) : weir_utf8_advance(text, text_length, 0, after);
        WEIR_TRY(weir_text_heap_reserve(&heap, head + with_length + text_length - tail, error));
        memcpy(heap.next, text, head);
        memcpy(heap.next + head, with, with_length);
        memcpy(heap.next + head + with_length, text + tail, text_length - tail);
        views_of(result)[row] = weir_text_heap_commit(&heap, (uint32_t)(head + with_length + text_length - tail));
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(chr_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t code = WEIR_ARGUMENT_VALUE(int64_t, x, row);
        uint8_t bytes[12];
        uint32_t length = code < 0 ? 0 : weir_utf8_put((uint32_t)(code & 0xff), bytes);
        views_of(result)[row] = weir_view_make(bytes, length);
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define TEXT(NAME, ALIASES, MIN, MAX, SIGNATURE, KERNEL, USAGE)                                                        \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = NP, .arguments_min = MIN, .arguments_max = MAX,                     \
        .signature = SIGNATURE, .kernel = KERNEL, .group = "string_funcs", .usage = USAGE                              \
    }

const WeirFunction weir_functions_text_build[] = {
    TEXT("upper", WEIR_ALIASES("ucase"), 1, 1, "string->string", upper_kernel, "upper(text): in capitals."),
    TEXT("lower", WEIR_ALIASES("lcase"), 1, 1, "string->string", lower_kernel, "lower(text): in small letters."),
    TEXT("initcap", NULL, 1, 1, "string->string", initcap_kernel, "initcap(text): each word with a capital."),
    {.name = "concat",
     .aliases = WEIR_ALIASES("||"),
     .flags = NP,
     .arguments_min = 0,
     .arguments_max = -1,
     .resolve = resolve_concat,
     .kernel = concat_kernel,
     .sql_format = "concat($*)",
     .group = "string_funcs",
     .usage = "concat(a, b, …), a || b: the values one after the other; arrays too."},
    {.name = "concat_ws",
     .flags = 0,
     .arguments_min = 1,
     .arguments_max = -1,
     .resolve = resolve_concat_ws,
     .kernel = concat_ws_kernel,
     .group = "string_funcs",
     .usage = "concat_ws(separator, a, …): the values that are not null, separated."},
    TEXT("repeat", NULL, 2, 2, "string,int->string", repeat_kernel, "repeat(text, n): the text n times."),
    TEXT("space", NULL, 1, 1, "int->string", space_kernel, "space(n): n blanks."),
    {.name = "lpad",
     .flags = NP,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_pad,
     .kernel = lpad_kernel,
     .group = "string_funcs",
     .usage = "lpad(text, length[, fill]): filled at the left or cut to a length."},
    {.name = "rpad",
     .flags = NP,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_pad,
     .kernel = rpad_kernel,
     .group = "string_funcs",
     .usage = "rpad(text, length[, fill]): filled at the right or cut to a length."},
    {.name = "reverse_text",
     .flags = NP | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 1,
     .arguments_max = 1,
     .signature = "string->string",
     .kernel = reverse_kernel},
    TEXT("replace", NULL, 2, 3, "string,string,string=''->string", replace_kernel,
         "replace(text, what[, with]): every place replaced."),
    TEXT("translate", NULL, 3, 3, "string,string,string->string", translate_kernel,
         "translate(text, from, to): characters replaced one by one."),
    {.name = "overlay",
     .flags = NP,
     .arguments_min = 3,
     .arguments_max = 4,
     .signature = "string|binary,string|binary,int,int=-1->$1",
     .kernel = overlay_kernel,
     .group = "string_funcs",
     .usage = "overlay(text, with, position[, length]): a part replaced by position."},
    TEXT("char", WEIR_ALIASES("chr"), 1, 1, "long->string", chr_kernel, "char(n): the character with this number."),
    {0},
};
