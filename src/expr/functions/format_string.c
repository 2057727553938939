/* format_string and printf: java.util.Formatter over Spark's values. Dates are days and times are microseconds there,
 * as Spark keeps them; decimals have a text only. What has no text of its own in Spark (binary values, arrays) is
 * refused. */
#include "columnar/utf8.h"
#include "columnar/value_format.h"
#include "common/hash.h"
#include "common/number_format.h"
#include "expr/function_private.h"
#include "expr/functions/format_specifier.h"
#include "expr/kernels/decimal.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/utf8.h"

/* An argument of one row, as the Java object it is for the formatter. */
typedef enum ObjectKind {
    OBJECT_NULL,
    OBJECT_INTEGER,
    OBJECT_DOUBLE,
    OBJECT_BOOLEAN,
    OBJECT_TEXT,
    OBJECT_OTHER
} ObjectKind;

typedef struct Object {
    ObjectKind kind;
    uint32_t bytes; /* of integers; 4: a float among doubles */
    int64_t integer;
    double number;
    const uint8_t *text; /* of strings, decimals and calendar intervals */
    size_t length;
    bool is_string;
    char space[WEIR_VALUE_TEXT_BYTES];
} Object;

static void take_integer(Object *object, const WeirVector *flat, uint32_t at, uint32_t bytes)
{
    object->kind = OBJECT_INTEGER;
    object->bytes = bytes;
    object->integer = bytes == 8   ? ((const int64_t *)flat->values)[at]
                      : bytes == 4 ? ((const int32_t *)flat->values)[at]
                      : bytes == 2 ? ((const int16_t *)flat->values)[at]
                                   : ((const int8_t *)flat->values)[at];
}

static void take_object(Object *object, const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    *object = (Object){.kind = OBJECT_NULL};
    if (weir_vector_is_null(vector, row))
        return;
    switch (vector->type->id) {
    case WEIR_TYPE_BOOLEAN:
        object->kind = OBJECT_BOOLEAN;
        object->integer = ((const uint8_t *)flat->values)[at];
        return;
    case WEIR_TYPE_BYTE:
    case WEIR_TYPE_SHORT:
    case WEIR_TYPE_INT:
    case WEIR_TYPE_LONG:
    case WEIR_TYPE_DATE:
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        take_integer(object, flat, at, (uint32_t)weir_physical_size(weir_type_physical(vector->type)));
        return;
    case WEIR_TYPE_FLOAT:
        object->kind = OBJECT_DOUBLE;
        object->bytes = 4;
        object->number = (double)((const float *)flat->values)[at];
        return;
    case WEIR_TYPE_DOUBLE:
        object->kind = OBJECT_DOUBLE;
        object->bytes = 8;
        object->number = ((const double *)flat->values)[at];
        return;
    case WEIR_TYPE_STRING: {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        object->kind = OBJECT_TEXT;
        object->is_string = true;
        object->text = weir_view_data(view);
        object->length = view->length;
        return;
    }
    case WEIR_TYPE_DECIMAL: {
        WeirArgument x = {flat->values, NULL, UINT32_MAX};
        object->kind = OBJECT_TEXT;
        object->length = weir_format_decimal(weir_decimal_load(&x, weir_decimal_is_wide(vector->type), at),
                                             vector->type->scale, object->space);
        object->text = (const uint8_t *)object->space;
        return;
    }
    case WEIR_TYPE_CALENDAR_INTERVAL:
        object->kind = OBJECT_TEXT;
        object->length =
            weir_format_calendar_interval(&((const WeirCalendarInterval *)flat->values)[at], object->space);
        object->text = (const uint8_t *)object->space;
        return;
    default:
        object->kind = OBJECT_OTHER;
    }
}

/* ---- conversions */

/* The precision cuts after so many UTF-16 units; half of a pair becomes '?'. */
static void put_cut(const WeirFormatSpecifier *specifier, const uint8_t *text, size_t length, WeirBuffer *out)
{
    WeirBuffer valid;
    weir_buffer_init(&valid, 0, NULL);
    weir_utf8_append_replaced(text, length, &valid);
    const uint8_t *bytes = (const uint8_t *)weir_buffer_text(&valid);
    size_t end = valid.length;
    if (specifier->precision >= 0) {
        int32_t left = specifier->precision;
        for (end = 0; end < valid.length && left > 0;) {
            uint32_t step = weir_utf8_step(bytes[end]);
            if (step == 4 && left == 1) { /* may be written over: it is cut off */
                valid.data[end++] = '?';
                break;
            }
            left -= step == 4 ? 2 : 1;
            end += step;
        }
    }
    weir_format_put_text(specifier, bytes, end, out);
    weir_buffer_deinit(&valid);
}

static bool put_string(const WeirFormatSpecifier *specifier, const Object *object, WeirBuffer *out)
{
    char text[WEIR_NUMBER_TEXT_BYTES];
    size_t length;
    switch (object->kind) {
    case OBJECT_NULL:
        put_cut(specifier, (const uint8_t *)"null", 4, out);
        return true;
    case OBJECT_INTEGER:
        length = weir_format_int64(object->integer, text);
        break;
    case OBJECT_DOUBLE:
        length = object->bytes == 4 ? weir_format_float((float)object->number, text)
                                    : weir_format_double(object->number, text);
        break;
    case OBJECT_BOOLEAN:
        length = (size_t)snprintf(text, sizeof(text), "%s", object->integer != 0 ? "true" : "false");
        break;
    case OBJECT_TEXT:
        put_cut(specifier, object->text, object->length, out);
        return true;
    default:
        return false;
    }
    put_cut(specifier, (const uint8_t *)text, length, out);
    return true;
}

static bool put_boolean(const WeirFormatSpecifier *specifier, const Object *object, WeirBuffer *out)
{
    bool truth = object->kind != OBJECT_NULL && (object->kind != OBJECT_BOOLEAN || object->integer != 0);
    put_cut(specifier, (const uint8_t *)(truth ? "true" : "false"), truth ? 4 : 5, out);
    return true;
}

/* Object.hashCode in hexadecimal digits. */
static bool put_hash(const WeirFormatSpecifier *specifier, const Object *object, WeirBuffer *out)
{
    uint32_t hash = 0;
    uint64_t bits = (uint64_t)object->integer;
    if (object->kind == OBJECT_NULL)
        return put_string(specifier, object, out);
    if (object->kind == OBJECT_INTEGER) {
        hash = object->bytes == 8 ? (uint32_t)(bits ^ bits >> 32) : (uint32_t)bits;
    } else if (object->kind == OBJECT_BOOLEAN) {
        hash = object->integer != 0 ? 1231 : 1237;
    } else if (object->kind == OBJECT_DOUBLE && object->bytes == 8 && object->number == object->number) {
        memcpy(&bits, &object->number, sizeof(bits));
        hash = (uint32_t)(bits ^ bits >> 32);
    } else if (object->is_string) {
        hash = weir_murmur3_bytes(object->text, object->length, 42);
    } else {
        return false;
    }
    char text[16];
    int length = snprintf(text, sizeof(text), "%x", hash);
    put_cut(specifier, (const uint8_t *)text, (size_t)length, out);
    return true;
}

static bool put_character(const WeirFormatSpecifier *specifier, const Object *object, WeirBuffer *out)
{
    if (object->kind == OBJECT_NULL)
        return put_string(specifier, object, out);
    if (object->kind != OBJECT_INTEGER || object->bytes == 8 || object->integer < 0 || object->integer > 0x10ffff)
        return false;
    uint8_t bytes[4] = "?"; /* half of a pair has no UTF-8 */
    bool half = object->integer >= 0xd800 && object->integer < 0xe000;
    weir_format_put_text(specifier, bytes, half ? 1 : weir_utf8_put((uint32_t)object->integer, bytes), out);
    return true;
}

static bool put_object(const WeirKernelCall *call, const WeirFormatSpecifier *specifier, const Object *object,
                       WeirBuffer *out)
{
    WeirFormatSpecifier plain = *specifier;
    switch (specifier->conversion) {
    case 'b':
        return put_boolean(specifier, object, out);
    case 'h':
        return put_hash(specifier, object, out);
    case 's':
        return put_string(specifier, object, out);
    case 'c':
        return put_character(specifier, object, out);
    default:
        break;
    }
    if (object->kind == OBJECT_NULL) { /* cut like a string, also by e, f and g */
        plain.flags &= WEIR_FORMAT_LEFT;
        return put_string(&plain, object, out);
    }
    if (specifier->conversion == 't')
        return object->kind == OBJECT_INTEGER && object->bytes == 8 &&
               weir_format_put_time(specifier, object->integer, call->context->zone, out);
    if (strchr("dox", specifier->conversion) != NULL)
        return object->kind == OBJECT_INTEGER &&
               weir_format_put_integer(specifier, object->integer, object->bytes, out);
    return object->kind == OBJECT_DOUBLE && weir_format_put_double(specifier, object->number, out);
}

static WeirStatus bad_specifier(const WeirKernelCall *call, const uint8_t *text, size_t length, WeirError *error)
{
    return weir_row_error(call,
                          weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                            "The format specifier %%%.*s is malformed or does not fit its argument.",
                                            (int)(length < 200 ? length : 200), (const char *)text),
                          error);
}

static WeirStatus format_row(const WeirKernelCall *call, const WeirVector *const *arguments, uint32_t row,
                             const WeirStringView *format, WeirBuffer *out, WeirError *error)
{
    const uint8_t *text = weir_view_data(format);
    int32_t count = (int32_t)call->expression->child_count - 1, next = 0, last = -1;
    for (size_t at = 0; at < format->length;) {
        const uint8_t *sign = memchr(text + at, '%', format->length - at);
        size_t literal = sign == NULL ? format->length - at : (size_t)(sign - text) - at;
        weir_utf8_append_replaced(text + at, literal, out);
        at += literal;
        if (sign == NULL)
            break;
        size_t start = ++at;
        WeirFormatSpecifier specifier;
        bool good = weir_format_specifier_parse(text, format->length, &at, &specifier);
        if (good && specifier.conversion == '%') {
            weir_format_put_text(&specifier, (const uint8_t *)"%", 1, out);
        } else if (good && specifier.conversion == 'n') {
            weir_buffer_append_char(out, '\n');
        } else if (good) {
            last = specifier.index > 0 ? specifier.index - 1 : specifier.index < 0 ? last : next++;
            Object object;
            good = last >= 0 && last < count;
            if (good) {
                take_object(&object, arguments[last + 1], row);
                good = put_object(call, &specifier, &object, out);
            }
        }
        if (!good)
            return bad_specifier(call, text + start, at - start, error);
    }
    return weir_buffer_check(out, error);
}

WEIR_TEXT_KERNEL(format_string_kernel)
{
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, INT32_MAX, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(arguments[0], row, &flat);
        if (weir_vector_is_null(arguments[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        weir_buffer_clear(&buffer);
        WEIR_TRY_OR_GO(done,
                       format_row(call, arguments, row, &((const WeirStringView *)flat->values)[at], &buffer, error));
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, buffer.data, buffer.length,
                                                 &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

static WeirStatus resolve_format_string(WeirFunctionCall *call, WeirError *error)
{
    WeirValue *format;
    WEIR_TRY(weir_call_constant(call, 0, &format, error));
    if (format != NULL && !weir_value_is_null(format)) {
        WeirStringView view = weir_value_get_view(format);
        if (weir_find_bytes(weir_view_data(&view), view.length, 0, (const uint8_t *)"%0$", 3) != NULL)
            return weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_ZERO_INDEX, "parameter", "`strfmt`",
                                  "functionName", weir_arena_printf(call->arena, "`%s`", call->name));
    }
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

const WeirFunction weir_functions_format_string[] = {
    {.name = "format_string",
     .aliases = WEIR_ALIASES("printf"),
     .flags = WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_ANY_VECTOR,
     .arguments_min = 1,
     .arguments_max = -1,
     .signature = "string,any...->string",
     .resolve = resolve_format_string,
     .kernel = format_string_kernel,
     .group = "string_funcs",
     .usage = "format_string(format, a, b, …): the values in the places of %d, %s, %.2f …"},
    {0},
};
