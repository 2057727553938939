/* Functions whose result is a part of their argument: nothing is copied, the views point into the argument's bytes. */
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/text_parse.h"
#include "expr/kernels/utf8.h"

static const WeirStringView empty_view = {.length = 0};

/* Characters [start, end) of a text (start may be negative: then the end counts from there all the same). */
static WeirStringView slice(const uint8_t *text, uint32_t length, int64_t start, int64_t end)
{
    if (end <= start || start >= (int64_t)length || end <= 0)
        return empty_view;
    if (start < 0)
        start = 0;
    size_t from, to;
    if (weir_text_is_ascii(text, length)) {
        from = (size_t)start;
        to = (size_t)(end < (int64_t)length ? end : (int64_t)length);
    } else {
        from = weir_utf8_advance(text, length, 0, (uint64_t)start);
        to = weir_utf8_advance(text, length, from, (uint64_t)(end - start));
    }
    return weir_view_make(text + from, (uint32_t)(to - from));
}

/* SQL positions: from 1, negative ones from the end, 0 as 1. Binary counts bytes. */
static WeirStringView substring_sql(const uint8_t *text, uint32_t length, bool binary, int32_t position, int32_t count)
{
    int64_t start = position > 0 ? position - 1 : 0;
    if (position < 0)
        start = (int64_t)(binary ? length : weir_utf8_count(text, length)) + position;
    int64_t end = start + count;
    if (end > INT32_MAX)
        end = INT32_MAX;
    if (!binary)
        return slice(text, length, start, end);
    if (start < 0)
        start = 0;
    if (end > (int64_t)length)
        end = length;
    return end <= start ? empty_view : weir_view_make(text + start, (uint32_t)(end - start));
}

WEIR_TEXT_KERNEL(substring_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), position = weir_argument(arguments[1]),
                 count = weir_argument(arguments[2]);
    bool binary = arguments[0]->type->id == WEIR_TYPE_BINARY;
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        ((WeirStringView *)result->values)[row] =
            substring_sql(text, text_length, binary, WEIR_ARGUMENT_VALUE(int32_t, position, row),
                          WEIR_ARGUMENT_VALUE(int32_t, count, row));
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(left_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), count = weir_argument(arguments[1]);
    bool binary = arguments[0]->type->id == WEIR_TYPE_BINARY;
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        ((WeirStringView *)result->values)[row] =
            substring_sql(text, text_length, binary, 1, WEIR_ARGUMENT_VALUE(int32_t, count, row));
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(right_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), count = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        int32_t n = WEIR_ARGUMENT_VALUE(int32_t, count, row);
        ((WeirStringView *)result->values)[row] =
            n <= 0 ? empty_view : substring_sql(text, text_length, false, -n, INT32_MAX);
    }
    return WEIR_OK;
}

/* ---- trim */

typedef enum Side { SIDE_LEFT = 1, SIDE_RIGHT = 2, SIDE_BOTH = 3 } Side;

static bool holds_character(const uint8_t *set, uint32_t set_length, const uint8_t *character, uint32_t size)
{
    for (uint32_t i = 0; i < set_length; i += weir_utf8_step(set[i]))
        if (weir_utf8_step(set[i]) == size && i + size <= set_length && memcmp(set + i, character, size) == 0)
            return true;
    return false;
}

static WeirStringView trimmed(const uint8_t *text, uint32_t length, const uint8_t *set, uint32_t set_length, Side side)
{
    uint32_t from = 0, to = length;
    if (side & SIDE_LEFT)
        while (from < to) {
            uint32_t size = weir_utf8_step(text[from]);
            if (from + size > to || !holds_character(set, set_length, text + from, size))
                break;
            from += size;
        }
    if (side & SIDE_RIGHT)
        while (to > from) {
            uint32_t size = 1;
            while (size < 4 && to - size > from && (text[to - size] & 0xc0) == 0x80)
                size++;
            if (!holds_character(set, set_length, text + to - size, size))
                break;
            to -= size;
        }
    return weir_view_make(text + from, to - from);
}

static WeirStatus trim(WeirKernelCall *call, Side side, const WeirVector *const *arguments, WeirVector *result)
{
    static const uint8_t blank = ' ';
    bool has_set = call->expression->child_count == 2;
    WeirArgument x = weir_argument(arguments[has_set]), set = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(what, set, row);
        ((WeirStringView *)result->values)[row] =
            has_set ? trimmed(text, text_length, what, what_length, side) : trimmed(text, text_length, &blank, 1, side);
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(trim_kernel)
{
    (void)error;
    return trim(call, SIDE_BOTH, arguments, result);
}
WEIR_TEXT_KERNEL(ltrim_kernel)
{
    (void)error;
    return trim(call, SIDE_LEFT, arguments, result);
}
WEIR_TEXT_KERNEL(rtrim_kernel)
{
    (void)error;
    return trim(call, SIDE_RIGHT, arguments, result);
}

/* btrim(text, set) has its arguments the other way round. */
static WeirStatus resolve_btrim(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    WeirExpression *swapped[2] = {call->arguments[1], call->arguments[0]};
    call->replacement =
        weir_call_make(call, "trim", call->argument_count == 2 ? swapped : call->arguments, call->argument_count);
    return WEIR_OK;
}

/* ---- parts between delimiters */

/* The part with this number, from 1 or from the end; an empty view where there is none. */
static WeirStringView part_of(const uint8_t *text, uint32_t length, const uint8_t *delimiter, uint32_t size,
                              int32_t number)
{
    if (size == 0)
        return number == 1 || number == -1 ? weir_view_make(text, length) : empty_view;
    if (number > 0) {
        size_t from = 0;
        for (;;) {
            const uint8_t *found = weir_find_bytes(text, length, from, delimiter, size);
            size_t end = found == NULL ? length : (size_t)(found - text);
            if (--number == 0)
                return weir_view_make(text + from, (uint32_t)(end - from));
            if (found == NULL)
                return empty_view;
            from = end + size;
        }
    }
    int32_t parts = 1;
    size_t at = 0;
    for (const uint8_t *found; (found = weir_find_bytes(text, length, at, delimiter, size)) != NULL;
         at = (size_t)(found - text) + size)
        parts++;
    return -number > parts ? empty_view : part_of(text, length, delimiter, size, parts + number + 1);
}

WEIR_TEXT_KERNEL(split_part_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), delimiter = weir_argument(arguments[1]),
                 number = weir_argument(arguments[2]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView valid;
        WEIR_TRY(weir_text_heap_valid(&heap, weir_argument_view(&x, row), &valid, error));
        const uint8_t *text = weir_view_data(&valid);
        uint32_t text_length = valid.length;
        WEIR_TEXT(separator, delimiter, row);
        int32_t n = WEIR_ARGUMENT_VALUE(int32_t, number, row);
        if (n == 0)
            return weir_row_error(call, weir_error_set(error, WEIR_ERROR_INVALID_INDEX_OF_ZERO), error);
        ((WeirStringView *)result->values)[row] = part_of(text, text_length, separator, separator_length, n);
    }
    return WEIR_OK;
}

/* Everything before the count-th delimiter (from the end for negative counts: everything after it). */
static WeirStringView before_delimiter(const uint8_t *text, uint32_t length, const uint8_t *delimiter, uint32_t size,
                                       int32_t count)
{
    if (size == 0 || count == 0)
        return empty_view;
    if (count > 0) {
        const uint8_t *found = NULL;
        for (size_t from = 0; count > 0; count--) {
            found = weir_find_bytes(text, length, from, delimiter, size);
            if (found == NULL)
                return weir_view_make(text, length);
            from = (size_t)(found - text) + 1; /* overlapping places count, as in Spark */
        }
        return weir_view_make(text, (uint32_t)(found - text));
    }
    int64_t at = (int64_t)length - size + 1;
    for (; count < 0; count++) {
        for (at--; at >= 0 && memcmp(text + at, delimiter, size) != 0;)
            at--;
        if (at < 0)
            return weir_view_make(text, length);
    }
    return weir_view_make(text + at + size, length - (uint32_t)at - size);
}

WEIR_TEXT_KERNEL(substring_index_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), delimiter = weir_argument(arguments[1]),
                 number = weir_argument(arguments[2]);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(separator, delimiter, row);
        ((WeirStringView *)result->values)[row] =
            before_delimiter(text, text_length, separator, separator_length, WEIR_ARGUMENT_VALUE(int32_t, number, row));
    }
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(elt_kernel)
{
    WeirArgument number = weir_argument(arguments[0]);
    uint32_t count = call->expression->child_count - 1;
    WEIR_FOR_ROWS(call, row)
    {
        int32_t n = weir_argument_is_null(&number, row) ? 0 : WEIR_ARGUMENT_VALUE(int32_t, number, row);
        if (weir_argument_is_null(&number, row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        if (n < 1 || n > (int32_t)count) {
            if (call->expression->eval_mode == WEIR_EVAL_ANSI) {
                char index[16], size[16];
                snprintf(index, sizeof(index), "%d", n);
                snprintf(size, sizeof(size), "%u", count);
                return weir_row_error(call,
                                      weir_error_set(error, WEIR_ERROR_INVALID_ARRAY_INDEX, "indexValue", index,
                                                     "arraySize", size, "ansiConfig", "\"spark.sql.ansi.enabled\""),
                                      error);
            }
            weir_result_set_null(call, result, row);
            continue;
        }
        WeirArgument x = weir_argument(arguments[n]);
        if (weir_argument_is_null(&x, row))
            weir_result_set_null(call, result, row);
        else
            ((WeirStringView *)result->values)[row] = *weir_argument_view(&x, row);
    }
    return WEIR_OK;
}

static WeirStatus resolve_elt(WeirFunctionCall *call, WeirError *error)
{
    bool binary = true;
    for (uint32_t i = 1; i < call->argument_count; i++)
        binary = binary && call->arguments[i]->type->id == WEIR_TYPE_BINARY;
    const WeirDataType *type = binary ? &weir_type_binary : &weir_type_string;
    call->cast_types[0] = weir_signature_cast(call->arena, "int", 3, call->arguments[0]->type);
    if (call->cast_types[0] == NULL)
        return weir_call_unexpected_type(call, 0, "\"INT\"", error);
    for (uint32_t i = 1; i < call->argument_count; i++)
        call->cast_types[i] = type;
    call->result_type = type;
    call->nullable = true;
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define TEXT(NAME, ALIASES, FLAGS, MIN, MAX, SIGNATURE, KERNEL, USAGE)                                                 \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX,                  \
        .signature = SIGNATURE, .kernel = KERNEL, .group = "string_funcs", .usage = USAGE                              \
    }

const WeirFunction weir_functions_text_slice[] = {
    TEXT("substring", WEIR_ALIASES("substr"), NP, 2, 3, "string|binary,int,int=2147483647->$1", substring_kernel,
         "substring(text, position[, length]): a part of the text."),
    TEXT("left", NULL, NP, 2, 2, "string|binary,int->$1", left_kernel, "left(text, n): the first n characters."),
    TEXT("right", NULL, NP | WEIR_FUNCTION_NULLABLE, 2, 2, "string,int->string", right_kernel,
         "right(text, n): the last n characters."),
    {.name = "trim",
     .flags = NP,
     .arguments_min = 1,
     .arguments_max = 2,
     .signature = "string,string?->string",
     .kernel = trim_kernel,
     .sql_format = "trim($1)\tTRIM(BOTH $1 FROM $2)",
     .group = "string_funcs",
     .usage = "trim(text), TRIM(set FROM text): without blanks or the set's characters at both ends."},
    {.name = "ltrim",
     .flags = NP,
     .arguments_min = 1,
     .arguments_max = 2,
     .signature = "string,string?->string",
     .kernel = ltrim_kernel,
     .sql_format = "ltrim($1)\tTRIM(LEADING $1 FROM $2)",
     .group = "string_funcs",
     .usage = "ltrim(text): without blanks at the begin."},
    {.name = "rtrim",
     .flags = NP,
     .arguments_min = 1,
     .arguments_max = 2,
     .signature = "string,string?->string",
     .kernel = rtrim_kernel,
     .sql_format = "rtrim($1)\tTRIM(TRAILING $1 FROM $2)",
     .group = "string_funcs",
     .usage = "rtrim(text): without blanks at the end."},
    {.name = "btrim",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 1,
     .arguments_max = 2,
     .signature = "string,string?->string",
     .resolve = resolve_btrim,
     .group = "string_funcs",
     .usage = "btrim(text[, set]): without blanks or the set's characters at both ends."},
    TEXT("split_part", NULL, NP | WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_MAY_FAIL, 3, 3, "string,string,int->string",
         split_part_kernel, "split_part(text, delimiter, n): the n-th part, from the end for negative n."),
    TEXT("substring_index", NULL, NP, 3, 3, "string,string,int->string", substring_index_kernel,
         "substring_index(text, delimiter, count): what is before the count-th delimiter."),
    {.name = "elt",
     .flags = WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 2,
     .arguments_max = -1,
     .resolve = resolve_elt,
     .kernel = elt_kernel,
     .group = "string_funcs",
     .usage = "elt(n, a, b, …): the n-th of the values."},
    {0},
};
