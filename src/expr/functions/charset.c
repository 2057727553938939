/* encode(text, charset) and decode(binary, charset) for the charsets that Spark allows; also the decode that is a CASE.
 */
#include <strings.h>

#include "columnar/utf8.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"

typedef enum Charset { LATIN_1, ASCII, UTF_16, UTF_16BE, UTF_16LE, UTF_32, UTF_8, CHARSETS } Charset;
static const char *const charset_names[CHARSETS] = {"iso-8859-1", "us-ascii", "utf-16", "utf-16be",
                                                    "utf-16le",   "utf-32",   "utf-8"};

static WeirStatus find_charset(const WeirKernelCall *call, const WeirStringView *name, const char *function,
                               Charset *charset, WeirError *error)
{
    const char *text = (const char *)weir_view_data(name);
    for (int i = 0; i < CHARSETS; i++)
        if (strlen(charset_names[i]) == name->length && strncasecmp(charset_names[i], text, name->length) == 0) {
            *charset = (Charset)i;
            return WEIR_OK;
        }
    char shown[64];
    snprintf(shown, sizeof(shown), "%.*s", (int)(name->length < 60 ? name->length : 60), text);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_CHARSET, "parameter", "`charset`",
                                         "functionName", function, "charsets",
                                         "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8", "charset",
                                         shown),
                          error);
}

static WeirStatus malformed(const WeirKernelCall *call, const char *function, Charset charset, WeirError *error)
{
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_MALFORMED_CHARACTER_CODING, "function", function, "charset",
                                         charset_names[charset]),
                          error);
}

/* ---- encode */

static uint32_t put_unit(uint32_t unit, bool little, uint8_t *out)
{
    out[little ? 1 : 0] = (uint8_t)(unit >> 8);
    out[little ? 0 : 1] = (uint8_t)unit;
    return 2;
}

/* The bytes of a character; 0: the charset does not have it. At most four. */
static uint32_t put_encoded(uint32_t c, Charset charset, uint8_t *out)
{
    switch (charset) {
    case ASCII:
    case LATIN_1:
        if (c > (charset == ASCII ? 0x7fu : 0xffu))
            return 0;
        out[0] = (uint8_t)c;
        return 1;
    case UTF_16:
    case UTF_16BE:
    case UTF_16LE: {
        bool little = charset == UTF_16LE;
        if (c < 0x10000)
            return put_unit(c, little, out);
        put_unit(0xd800 + ((c - 0x10000) >> 10), little, out);
        put_unit(0xdc00 + ((c - 0x10000) & 0x3ff), little, out + 2);
        return 4;
    }
    case UTF_32:
        put_unit(c >> 16, false, out);
        put_unit(c & 0xffff, false, out + 2);
        return 4;
    default:
        return weir_utf8_put(c, out);
    }
}

/* Malformed UTF-8 is taken as U+FFFD. */
static bool encode(const uint8_t *text, uint32_t length, Charset charset, uint8_t *out, uint32_t *used)
{
    *used = 0;
    if (charset == UTF_16 && length > 0)
        *used = put_unit(0xfeff, false, out);
    for (size_t at = 0; at < length;) {
        uint32_t c;
        bool bad;
        at += weir_utf8_decode(text + at, length - at, &c, &bad);
        uint32_t count = put_encoded(c, charset, out + *used);
        if (count == 0)
            return false;
        *used += count;
    }
    return true;
}

WEIR_TEXT_KERNEL(encode_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        Charset charset;
        WEIR_TRY(find_charset(call, weir_argument_view(&y, row), "`encode`", &charset, error));
        if (charset == UTF_8 && weir_utf8_is_valid(text, text_length)) {
            ((WeirStringView *)result->values)[row] = *text_view;
            continue;
        }
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 4 + 2, error));
        uint32_t used;
        if (!encode(text, text_length, charset, heap.next, &used))
            return malformed(call, "`encode`", charset, error);
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, used);
    }
    return WEIR_OK;
}

/* ---- decode */

static uint32_t unit_at(const uint8_t *bytes, bool little)
{
    return little ? (uint32_t)bytes[1] << 8 | bytes[0] : (uint32_t)bytes[0] << 8 | bytes[1];
}

/* A surrogate without its other half has no UTF-8; Java writes '?'. Pairs may come from UTF-32, too. */
static uint32_t put_surrogate(uint32_t c, uint32_t next, uint8_t *out, bool *pair)
{
    *pair = c >= 0xd800 && c < 0xdc00 && next >= 0xdc00 && next < 0xe000;
    if (*pair)
        return weir_utf8_put(0x10000 + ((c - 0xd800) << 10) + (next - 0xdc00), out);
    out[0] = '?';
    return 1;
}

static bool decode_utf16(const uint8_t *bytes, uint32_t length, Charset charset, uint8_t *out, uint32_t *used)
{
    bool little = charset == UTF_16LE;
    uint32_t at = 0;
    if (length % 2 != 0)
        return false;
    if (charset == UTF_16 && length >= 2 && (unit_at(bytes, false) == 0xfeff || unit_at(bytes, true) == 0xfeff)) {
        little = unit_at(bytes, true) == 0xfeff;
        at = 2;
    }
    for (*used = 0; at < length; at += 2) {
        uint32_t unit = unit_at(bytes + at, little);
        if (unit < 0xd800 || unit >= 0xe000) {
            *used += weir_utf8_put(unit, out + *used);
            continue;
        }
        bool pair;
        uint32_t next = at + 2 < length ? unit_at(bytes + at + 2, little) : 0;
        *used += put_surrogate(unit, next, out + *used, &pair);
        if (!pair)
            return false;
        at += 2;
    }
    return true;
}

static uint32_t word_at(const uint8_t *bytes, bool little)
{
    return little ? unit_at(bytes, true) | unit_at(bytes + 2, true) << 16
                  : unit_at(bytes, false) << 16 | unit_at(bytes + 2, false);
}

static bool decode_utf32(const uint8_t *bytes, uint32_t length, uint8_t *out, uint32_t *used)
{
    if (length % 4 != 0)
        return false;
    bool little = length >= 4 && word_at(bytes, true) == 0xfeff, marked = little;
    marked = marked || (length >= 4 && word_at(bytes, false) == 0xfeff);
    *used = 0;
    for (uint32_t at = marked ? 4 : 0; at < length; at += 4) {
        uint32_t c = word_at(bytes + at, little);
        if (c > 0x10ffff)
            return false;
        if (c < 0xd800 || c >= 0xe000) {
            *used += weir_utf8_put(c, out + *used);
            continue;
        }
        bool pair;
        *used += put_surrogate(c, at + 4 < length ? word_at(bytes + at + 4, little) : 0, out + *used, &pair);
        at += pair ? 4 : 0;
    }
    return true;
}

static bool decode_bytes(const uint8_t *bytes, uint32_t length, Charset charset, uint8_t *out, uint32_t *used)
{
    *used = 0;
    for (uint32_t i = 0; i < length; i++) {
        if (charset == ASCII && bytes[i] > 0x7f)
            return false;
        *used += weir_utf8_put(bytes[i], out + *used);
    }
    return true;
}

WEIR_TEXT_KERNEL(decode_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        Charset charset;
        WEIR_TRY(find_charset(call, weir_argument_view(&y, row), "`decode`", &charset, error));
        if (charset == UTF_8) {
            if (!weir_utf8_is_valid(text, text_length))
                return malformed(call, "`decode`", charset, error);
            ((WeirStringView *)result->values)[row] = *text_view;
            continue;
        }
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 2 + 4, error));
        uint32_t used;
        bool good = charset == UTF_32   ? decode_utf32(text, text_length, heap.next, &used)
                    : charset >= UTF_16 ? decode_utf16(text, text_length, charset, heap.next, &used)
                                        : decode_bytes(text, text_length, charset, heap.next, &used);
        if (!good)
            return malformed(call, "`decode`", charset, error);
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, used);
    }
    return WEIR_OK;
}

/* decode(a, key, value, …[, default]) is a CASE with <=>; decode(binary, charset) gives text. */
static WeirStatus resolve_decode(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 2) {
        call->replacement = weir_call_make(call, "decode_charset", call->arguments, 2);
        return WEIR_OK;
    }
    WeirExpression *expression = weir_expression_new(call->arena, WEIR_EXPRESSION_CASE, call->origin);
    expression->children = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, call->argument_count);
    uint32_t i = 1;
    for (; i + 1 < call->argument_count; i += 2) {
        WeirExpression *same =
            weir_call_make(call, "<=>", (WeirExpression *[]){call->arguments[0], call->arguments[i]}, 2);
        WEIR_TRY(weir_function_resolve(call->resolver, same, &same, error));
        expression->children[expression->child_count++] = same;
        expression->children[expression->child_count++] = call->arguments[i + 1];
    }
    if (i < call->argument_count)
        expression->children[expression->child_count++] = call->arguments[i];
    call->replacement = expression;
    return WEIR_OK;
}

#define F (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_SHARES)

const WeirFunction weir_functions_charset[] = {
    {.name = "decode",
     .flags = WEIR_FUNCTION_REPLACED,
     .arguments_min = 2,
     .arguments_max = -1,
     .resolve = resolve_decode,
     .group = "string_funcs",
     .usage = "decode(a, key, value, …[, default]) or decode(binary, charset)."},
    {.name = "decode_charset",
     .flags = F | WEIR_FUNCTION_INTERNAL,
     .arguments_min = 2,
     .arguments_max = 2,
     .signature = "binary,string->string",
     .kernel = decode_kernel},
    {.name = "encode",
     .flags = F,
     .arguments_min = 2,
     .arguments_max = 2,
     .signature = "string,string->binary",
     .kernel = encode_kernel,
     .group = "string_funcs",
     .usage = "encode(text, charset): its bytes."},
    {0},
};
