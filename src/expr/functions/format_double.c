/* e, f, g and a of format_string. Digits are those of Double.toString, rounded half up, as Java does it: 1.005 with two
 * digits behind the point is 1.01. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/number_format.h"
#include "expr/functions/format_specifier.h"

/* 0.DIGITS times ten to the exponent. */
typedef struct Decimal {
    char digits[24];
    int32_t count, exponent;
} Decimal;

static Decimal decimal_of(double value)
{
    WeirShortest shortest = weir_shortest_double(value);
    Decimal decimal;
    decimal.count = snprintf(decimal.digits, sizeof(decimal.digits), "%llu", (unsigned long long)shortest.digits);
    decimal.exponent = value == 0 ? 1 : decimal.count + shortest.exponent;
    return decimal;
}

/* Rounded half up to `keep` digits; none are kept of what is far too small. */
static void round_to(Decimal *decimal, int64_t keep)
{
    if (keep >= decimal->count)
        return;
    bool up = keep >= 0 && decimal->digits[keep] >= '5';
    decimal->count = keep < 0 ? 0 : (int32_t)keep;
    while (up && decimal->count > 0 && decimal->digits[decimal->count - 1] == '9')
        decimal->count--;
    if (!up)
        return;
    if (decimal->count == 0) {
        decimal->digits[decimal->count++] = '1';
        decimal->exponent++;
    } else {
        decimal->digits[decimal->count - 1]++;
    }
}

static char digit_at(const Decimal *decimal, int64_t index)
{
    return index >= 0 && index < decimal->count ? decimal->digits[index] : '0';
}

/* 123.450 */
static void append_plain(const Decimal *decimal, int32_t precision, bool point, WeirBuffer *out)
{
    if (decimal->exponent <= 0)
        weir_buffer_append_char(out, '0');
    for (int32_t i = 0; i < decimal->exponent; i++)
        weir_buffer_append_char(out, digit_at(decimal, i));
    if (precision > 0 || point)
        weir_buffer_append_char(out, '.');
    for (int32_t i = 0; i < precision; i++)
        weir_buffer_append_char(out, digit_at(decimal, (int64_t)decimal->exponent + i));
}

/* 1.2345e+02 */
static void append_scientific(const Decimal *decimal, int32_t precision, bool point, WeirBuffer *out)
{
    int32_t exponent = decimal->exponent - 1;
    weir_buffer_append_char(out, digit_at(decimal, 0));
    if (precision > 0 || point)
        weir_buffer_append_char(out, '.');
    for (int32_t i = 0; i < precision; i++)
        weir_buffer_append_char(out, digit_at(decimal, i + 1));
    weir_buffer_append_format(out, "e%c%02d", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
}

static void append_general(double value, int32_t precision, WeirBuffer *out)
{
    Decimal decimal = decimal_of(value);
    precision = precision == 0 ? 1 : precision;
    round_to(&decimal, precision);
    if (value != 0 && (decimal.exponent - 1 < -4 || decimal.exponent - 1 >= precision))
        append_scientific(&decimal, precision - 1, false, out);
    else
        append_plain(&decimal, precision - decimal.exponent, false, out);
}

/* As Double.toHexString: 0x1.8p1, subnormal 0x0.8p-1022. */
static void append_hexadecimal(double value, WeirBuffer *out)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int exponent = (int)(bits >> 52 & 0x7ff);
    if (value == 0) {
        weir_buffer_append_text(out, "0x0.0p0");
        return;
    }
    char digits[16];
    int length = snprintf(digits, sizeof(digits), "%013llx", (unsigned long long)fraction);
    while (length > 1 && digits[length - 1] == '0')
        length--;
    weir_buffer_append_format(out, "0x%d.%.*sp%d", exponent != 0, length, digits,
                              exponent == 0 ? -1022 : exponent - 1023);
}

bool weir_format_put_double(const WeirFormatSpecifier *specifier, double value, WeirBuffer *out)
{
    char conversion = specifier->conversion;
    if (conversion == 'a' && specifier->precision >= 0)
        return false;
    if (isnan(value)) {
        weir_format_put_text(specifier, (const uint8_t *)"NaN", 3, out);
        return true;
    }
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    bool negative = signbit(value), point = (specifier->flags & WEIR_FORMAT_ALTERNATE) != 0;
    int32_t precision = specifier->precision < 0 ? 6 : specifier->precision;
    double size = fabs(value);
    if (isinf(value)) {
        weir_buffer_append_text(&text, "Infinity");
    } else if (conversion == 'a') {
        append_hexadecimal(size, &text);
    } else if (conversion == 'g') {
        append_general(size, precision, &text);
    } else {
        Decimal decimal = decimal_of(size);
        if (conversion == 'f') {
            round_to(&decimal, (int64_t)decimal.exponent + precision);
            append_plain(&decimal, precision, point, &text);
        } else {
            round_to(&decimal, (int64_t)precision + 1);
            append_scientific(&decimal, precision, point, &text);
        }
    }
    weir_format_put_signed(specifier, negative, weir_buffer_text(&text), text.length, out);
    weir_buffer_deinit(&text);
    return true;
}
