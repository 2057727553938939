/* format_number(number, digits or pattern): with commas between thousands, rounded half even, as Java's DecimalFormat
 * does. */
#include <ctype.h>
#include <math.h>

#include "expr/function_private.h"
#include "expr/kernels/decimal.h"
#include "expr/kernels/text_find.h"

typedef struct NumberPattern {
    const uint8_t *prefix, *suffix;
    uint32_t prefix_length, suffix_length, whole_min, fraction_min, fraction_max, group;
} NumberPattern;
#define FRACTION_MOST 340 /* of DecimalFormat for doubles */
#define TEXT_BYTES (320 + FRACTION_MOST + 16)

static NumberPattern pattern_of(const uint8_t *text, uint32_t length)
{
    NumberPattern pattern = {.prefix = text, .group = 0};
    uint32_t at = 0;
    bool fraction = false, grouped = false;
    if (length == 0)
        return (NumberPattern){.prefix = text, .suffix = text, .whole_min = 1, .group = 3};
    while (at < length && strchr("#0,.", text[at]) == NULL)
        at++;
    pattern.prefix_length = at;
    for (; at < length && text[at] != '\0' && strchr("#0,.", text[at]) != NULL; at++) {
        if (text[at] == '.') {
            fraction = true;
        } else if (text[at] == ',') {
            grouped = true;
            pattern.group = 0;
        } else {
            pattern.whole_min += !fraction && text[at] == '0';
            pattern.fraction_min += fraction && text[at] == '0';
            pattern.fraction_max += fraction;
            pattern.group += grouped && !fraction;
        }
    }
    pattern.suffix = text + at;
    while (at < length && text[at] != ';')
        at++;
    pattern.suffix_length = (uint32_t)(text + at - pattern.suffix);
    pattern.fraction_max = pattern.fraction_max > FRACTION_MOST ? FRACTION_MOST : pattern.fraction_max;
    pattern.fraction_min = pattern.fraction_min > FRACTION_MOST ? FRACTION_MOST : pattern.fraction_min;
    return pattern;
}

/* Plain digits of |value| with exactly `digits` behind the point. */
static uint32_t plain_text(const WeirVector *vector, const WeirArgument *x, uint32_t row, uint32_t digits,
                           bool *negative, char *out)
{
    const WeirDataType *type = vector->type;
    if (type->id == WEIR_TYPE_DOUBLE || type->id == WEIR_TYPE_FLOAT) {
        double value = type->id == WEIR_TYPE_DOUBLE ? WEIR_ARGUMENT_VALUE(double, *x, row)
                                                    : (double)WEIR_ARGUMENT_VALUE(float, *x, row);
        *negative = signbit(value) && !isnan(value);
        if (!isfinite(value))
            return (uint32_t)snprintf(out, TEXT_BYTES, "%s", isnan(value) ? "NaN" : "\xe2\x88\x9e");
        return (uint32_t)snprintf(out, TEXT_BYTES, "%.*f", (int)digits, fabs(value));
    }
    WeirInt128 value;
    uint32_t scale = 0;
    if (type->id == WEIR_TYPE_DECIMAL) {
        value = weir_decimal_load(x, weir_decimal_is_wide(type), row);
        scale = (uint32_t)type->scale;
    } else {
        size_t size = weir_physical_size(weir_type_physical(type));
        int64_t narrow = size == 2   ? WEIR_ARGUMENT_VALUE(int16_t, *x, row)
                         : size == 1 ? WEIR_ARGUMENT_VALUE(int8_t, *x, row)
                                     : 0;
        value = size == 8   ? WEIR_ARGUMENT_VALUE(int64_t, *x, row)
                : size == 4 ? WEIR_ARGUMENT_VALUE(int32_t, *x, row)
                            : narrow;
    }
    *negative = value < 0;
    value = value < 0 ? -value : value;
    if (scale > digits) {
        WeirInt128 unit = weir_power_of_ten((int)(scale - digits)), rest = value % unit;
        value /= unit;
        value += rest > unit - rest || (rest == unit - rest && (value & 1) != 0);
        scale = digits;
    }
    uint32_t length = weir_decimal_text(value, (int)scale, out);
    if (scale == 0 && digits > 0)
        out[length++] = '.';
    for (; scale < digits; scale++)
        out[length++] = '0';
    return length;
}

static WeirStatus put_number(WeirTextHeap *heap, const NumberPattern *pattern, const char *text, uint32_t length,
                             bool negative, WeirStringView *view, WeirError *error)
{
    const char *point = memchr(text, '.', length);
    uint32_t whole = point == NULL ? length : (uint32_t)(point - text), zeros, used = 0;
    bool number = isdigit((unsigned char)text[0]);
    while (point != NULL && length - whole - 1 > pattern->fraction_min && text[length - 1] == '0')
        length--;
    uint32_t fraction = point == NULL ? 0 : length - whole - 1;
    const char *digits = text;
    if (number && whole == 1 && text[0] == '0' && pattern->whole_min == 0 && fraction > 0)
        whole = 0;
    zeros = number && whole < pattern->whole_min ? pattern->whole_min - whole : 0;
    WEIR_TRY(weir_text_heap_reserve(
        heap, ((size_t)zeros + length) * 2 + pattern->prefix_length + pattern->suffix_length + 8, error));
    uint8_t *out = heap->next;
    if (negative)
        out[used++] = '-';
    memcpy(out + used, pattern->prefix, pattern->prefix_length);
    used += pattern->prefix_length;
    for (uint32_t i = 0, total = zeros + whole; i < total; i++) {
        if (number && i > 0 && pattern->group > 0 && (total - i) % pattern->group == 0)
            out[used++] = ',';
        out[used++] = i < zeros ? '0' : (uint8_t)digits[i - zeros];
    }
    if (fraction > 0) {
        memcpy(out + used, point, fraction + 1);
        used += fraction + 1;
    }
    memcpy(out + used, pattern->suffix, pattern->suffix_length);
    *view = weir_text_heap_commit(heap, used + pattern->suffix_length);
    return WEIR_OK;
}

WEIR_TEXT_KERNEL(format_number_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        NumberPattern pattern;
        if (arguments[1]->type->id == WEIR_TYPE_INT) {
            int32_t digits = WEIR_ARGUMENT_VALUE(int32_t, y, row);
            if (digits < 0) {
                weir_result_set_null(call, result, row);
                continue;
            }
            uint32_t fraction = digits > FRACTION_MOST ? FRACTION_MOST : (uint32_t)digits;
            pattern = (NumberPattern){.prefix = (const uint8_t *)"",
                                      .suffix = (const uint8_t *)"",
                                      .whole_min = 1,
                                      .fraction_min = fraction,
                                      .fraction_max = fraction,
                                      .group = 3};
        } else {
            const WeirStringView *view = weir_argument_view(&y, row);
            pattern = pattern_of(weir_view_data(view), view->length);
        }
        char text[TEXT_BYTES];
        bool negative;
        uint32_t length = plain_text(arguments[0], &x, row, pattern.fraction_max, &negative, text);
        WEIR_TRY(put_number(&heap, &pattern, text, length, negative, &((WeirStringView *)result->values)[row], error));
    }
    return WEIR_OK;
}

static WeirStatus resolve_format_number(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *number = call->arguments[0]->type;
    if (number->id == WEIR_TYPE_VOID)
        call->cast_types[0] = &weir_type_double;
    else if (!weir_type_is_numeric(number))
        return weir_call_unexpected_type(call, 0, "\"NUMERIC\"", error);
    call->cast_types[1] = weir_signature_cast(call->arena, "int|text", 8, call->arguments[1]->type);
    if (call->cast_types[1] == NULL)
        return weir_call_unexpected_type(call, 1, "(\"INT\" or \"STRING\")", error);
    call->result_type = &weir_type_string;
    return WEIR_OK;
}

const WeirFunction weir_functions_format_number[] = {
    {.name = "format_number",
     .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 2,
     .arguments_max = 2,
     .resolve = resolve_format_number,
     .kernel = format_number_kernel,
     .group = "string_funcs",
     .usage = "format_number(number, digits or pattern): with commas, rounded."},
    {0},
};
