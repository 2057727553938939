/* Bytes as text and back: hex, base 64, to_binary. */
#include <strings.h>

#include "expr/function_private.h"
#include "expr/kernels/text_find.h"

WEIR_TEXT_KERNEL(hex_kernel)
{
    static const char digits[] = "0123456789ABCDEF";
    WeirArgument x = weir_argument(arguments[0]);
    bool number = arguments[0]->type->id == WEIR_TYPE_LONG;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WeirStringView *out = &((WeirStringView *)result->values)[row];
        if (number) {
            char text[24];
            *out = weir_view_copy(
                call->arena, text,
                (size_t)snprintf(text, sizeof(text), "%llX", (unsigned long long)WEIR_ARGUMENT_VALUE(int64_t, x, row)));
            continue;
        }
        WEIR_TEXT(text, x, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)text_length * 2, error));
        for (uint32_t i = 0; i < text_length; i++) {
            heap.next[2 * i] = (uint8_t)digits[text[i] >> 4];
            heap.next[2 * i + 1] = (uint8_t)digits[text[i] & 15];
        }
        *out = weir_text_heap_commit(&heap, text_length * 2);
    }
    return WEIR_OK;
}

static int hex_digit(uint8_t c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The bytes of hexadecimal digits at `out`; false: something else is among them. A lone first digit is a byte. */
static bool read_hex(const uint8_t *text, uint32_t size, uint8_t *out, uint32_t *length)
{
    uint32_t at = 0, used = 0;
    if (size % 2 == 1) {
        int digit = hex_digit(text[at++]);
        if (digit < 0)
            return false;
        out[used++] = (uint8_t)digit;
    }
    for (; at < size; at += 2) {
        int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0)
            return false;
        out[used++] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    *length = used;
    return true;
}

WEIR_TEXT_KERNEL(unhex_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, text_length / 2 + 1, error));
        uint32_t length;
        if (read_hex(text, text_length, heap.next, &length))
            ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, length);
        else
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

/* ---- base 64 */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#define BASE64_LINE_BYTES 57 /* 76 digits */

static uint8_t *put_base64(const uint8_t *bytes, uint32_t length, uint8_t *out)
{
    for (uint32_t i = 0; i < length; i += 3) {
        uint32_t left = length - i, bits = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                                           (left > 2 ? bytes[i + 2] : 0u);
        *out++ = (uint8_t)base64_digits[bits >> 18];
        *out++ = (uint8_t)base64_digits[bits >> 12 & 63];
        *out++ = left > 1 ? (uint8_t)base64_digits[bits >> 6 & 63] : '=';
        *out++ = left > 2 ? (uint8_t)base64_digits[bits & 63] : '=';
    }
    return out;
}

/* In lines of 76 digits, as MIME has them, unless spark.sql.chunkBase64String.enabled is false. */
WEIR_TEXT_KERNEL(base64_kernel)
{
    const WeirEvalContext *context = call->context;
    const char *setting =
        context->conf == NULL ? NULL : context->conf(context->conf_context, "spark.sql.chunkBase64String.enabled");
    bool chunked = setting == NULL || strcasecmp(setting, "false") != 0;
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        size_t lines = chunked ? text_length / BASE64_LINE_BYTES : 0;
        WEIR_TRY(weir_text_heap_reserve(&heap, ((size_t)text_length + 2) / 3 * 4 + 2 * lines, error));
        uint8_t *out = heap.next;
        for (uint32_t at = 0; at < text_length;) {
            uint32_t left = text_length - at, size = chunked && left > BASE64_LINE_BYTES ? BASE64_LINE_BYTES : left;
            out = put_base64(text + at, size, out);
            at += size;
            if (at < text_length) {
                *out++ = '\r';
                *out++ = '\n';
            }
        }
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, (uint32_t)(out - heap.next));
    }
    return WEIR_OK;
}

static int base64_value(uint8_t c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

/* MIME: what is no digit is skipped. Padding has to fit the digits before it, and no digit may follow it. NULL, or what
 * is wrong. */
static const char *read_base64(const uint8_t *text, uint32_t size, uint8_t *out, uint32_t *length)
{
    uint32_t bits = 0, held = 0, used = 0, at = 0, digits = 0;
    for (; at < size && text[at] != '='; at++) {
        int value = base64_value(text[at]);
        if (value < 0)
            continue;
        digits++;
        bits = bits << 6 | (uint32_t)value;
        if ((held += 6) >= 8)
            out[used++] = (uint8_t)(bits >> (held -= 8));
    }
    if (at < size && (digits % 4 < 2 || (digits % 4 == 2 && (++at == size || text[at] != '='))))
        return "The padding of a base 64 text does not fit its digits.";
    if (digits % 4 == 1)
        return "A base 64 text ends with a single digit.";
    for (; at < size; at++)
        if (base64_value(text[at]) >= 0)
            return "A base 64 text goes on behind its padding.";
    *length = used;
    return NULL;
}

WEIR_TEXT_KERNEL(unbase64_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TRY(weir_text_heap_reserve(&heap, text_length + 4, error));
        uint32_t length;
        const char *wrong = read_base64(text, text_length, heap.next, &length);
        if (wrong != NULL)
            return weir_row_error(call, weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "%s", wrong),
                                  error);
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, length);
    }
    return WEIR_OK;
}

static WeirStatus resolve_hex(WeirFunctionCall *call, WeirError *error)
{
    return weir_signature_apply("long|binary|string->string", call, error);
}

/* ---- to_binary(text[, format]) */

typedef enum BinaryFormat { FORMAT_NONE, FORMAT_HEX, FORMAT_UTF8, FORMAT_BASE64 } BinaryFormat;

static BinaryFormat format_of(const WeirStringView *view)
{
    static const struct {
        const char *name;
        BinaryFormat format;
    } formats[] = {{"hex", FORMAT_HEX}, {"utf-8", FORMAT_UTF8}, {"utf8", FORMAT_UTF8}, {"base64", FORMAT_BASE64}};
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strlen(formats[i].name) == view->length &&
            strncasecmp(formats[i].name, (const char *)weir_view_data(view), view->length) == 0)
            return formats[i].format;
    return FORMAT_NONE;
}

/* Stricter than unbase64: digits, blanks among them, and at most the padding that is due. */
static bool is_base64(const uint8_t *text, uint32_t length)
{
    uint32_t digits = 0, padding = 0;
    for (uint32_t i = 0; i < length; i++) {
        if (base64_value(text[i]) >= 0) {
            if (padding > 0)
                return false;
            digits++;
        } else if (text[i] == '=') {
            padding++;
        } else if (padding > 0 || strchr(" \t\r\n\f\v", text[i]) == NULL || text[i] == '\0') {
            return false;
        }
    }
    return padding == 0 ? digits % 4 != 1 : padding <= 2 && (digits + padding) % 4 == 0;
}

static WeirStatus bad_binary(const WeirKernelCall *call, BinaryFormat format, const uint8_t *text, uint32_t length,
                             WeirError *error)
{
    char shown[256];
    snprintf(shown, sizeof(shown), "'%.*s'", (int)(length < 240 ? length : 240), (const char *)text);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_CONVERSION_INVALID_INPUT, "str", shown, "fmt",
                                         format == FORMAT_HEX ? "'HEX'" : "'BASE64'", "targetType", "\"BINARY\"",
                                         "suggestion", "Use `try_to_binary` to get NULL instead."),
                          error);
}

WEIR_TEXT_KERNEL(to_binary_kernel)
{
    BinaryFormat format = *(const BinaryFormat *)call->expression->bound;
    bool trying = call->expression->function->name[1] == 'r';
    WeirArgument x = weir_argument(arguments[0]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WeirStringView *out = &((WeirStringView *)result->values)[row];
        if (format == FORMAT_UTF8) {
            WEIR_TRY(weir_text_heap_valid(&heap, text_view, out, error));
            continue;
        }
        WEIR_TRY(weir_text_heap_reserve(&heap, text_length + 4, error));
        uint32_t length;
        bool good = format == FORMAT_HEX ? read_hex(text, text_length, heap.next, &length)
                    : format == FORMAT_BASE64
                        ? is_base64(text, text_length) && read_base64(text, text_length, heap.next, &length) == NULL
                        : false;
        if (good)
            *out = weir_text_heap_commit(&heap, length);
        else if (trying)
            weir_result_set_null(call, result, row);
        else
            return bad_binary(call, format, text, text_length, error);
    }
    return WEIR_OK;
}

static WeirStatus resolve_to_binary(WeirFunctionCall *call, WeirError *error)
{
    BinaryFormat *format = WEIR_ARENA_ARRAY(call->arena, BinaryFormat, 1);
    *format = FORMAT_HEX;
    call->bound = format;
    if (call->argument_count == 1)
        return WEIR_OK;
    WeirValue *value;
    WEIR_TRY(weir_call_constant(call, 1, &value, error));
    if (value == NULL)
        return weir_call_non_foldable(call, 1, "fmt", "\"STRING\"", error);
    if (weir_value_is_null(value))
        return WEIR_OK;
    WeirStringView view = weir_value_get_view(value);
    *format = format_of(&view);
    if (*format != FORMAT_NONE || call->name[1] == 'r') /* try_: null */
        return WEIR_OK;
    return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_ARG_VALUE, "sqlExpr", weir_call_sql(call),
                          "inputName", "fmt", "requireType", "a constant \"STRING\"", "validValues",
                          "'hex', 'utf-8', 'utf8', 'base64'", "inputValue",
                          weir_quoted_sql(call->arena, call->arguments[1]));
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define ENCODING(NAME, FLAGS, MAX, SIGNATURE, RESOLVE, KERNEL, USAGE)                                                  \
    {                                                                                                                  \
        .name = NAME, .flags = NP | (FLAGS), .arguments_min = 1, .arguments_max = MAX, .signature = SIGNATURE,         \
        .resolve = RESOLVE, .kernel = KERNEL, .group = "string_funcs", .usage = USAGE                                  \
    }

const WeirFunction weir_functions_text_encoding[] = {
    ENCODING("hex", 0, 1, NULL, resolve_hex, hex_kernel, "hex(a): in hexadecimal."),
    ENCODING("unhex", WEIR_FUNCTION_NULLABLE, 1, "string->binary", NULL, unhex_kernel,
             "unhex(text): the bytes of hexadecimal."),
    ENCODING("base64", 0, 1, "binary->string", NULL, base64_kernel, "base64(binary): as base 64."),
    ENCODING("unbase64", WEIR_FUNCTION_MAY_FAIL, 1, "string->binary", NULL, unbase64_kernel,
             "unbase64(text): the bytes of base 64."),
    ENCODING("to_binary", WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_SHARES, 2,
             "string,string?->binary", resolve_to_binary, to_binary_kernel,
             "to_binary(text[, format]): its bytes by the format: hex, utf-8 or base64."),
    ENCODING("try_to_binary", WEIR_FUNCTION_NULLABLE | WEIR_FUNCTION_SHARES, 2, "string,string?->binary",
             resolve_to_binary, to_binary_kernel, "try_to_binary(text[, format]): as to_binary, null where it fails."),
    {0},
};
