/* Numbers to text in the layout of Java's Double.toString; floating_digits.c finds the digits. */
#include "common/number_format.h"

#include <string.h>

static const char digit_pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "49505152535455565758596061626364656667686970717273747576777879808182838485868788899091929394959697"
    "9899";

/* Writes the digits of `value` so that they end before `end`; returns where they begin. */
static char *write_digits(uint64_t value, char *end)
{
    while (value >= 100) {
        end -= 2;
        memcpy(end, digit_pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, digit_pairs + 2 * value, 2);
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

size_t weir_format_int64(int64_t value, char *text)
{
    char digits[24];
    char *end = digits + sizeof digits;
    char *begin = write_digits(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, end);
    if (value < 0)
        *--begin = '-';
    size_t length = (size_t)(end - begin);
    memcpy(text, begin, length);
    text[length] = '\0';
    return length;
}

static char *write_text(char *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return out + length;
}

static char *write_zeros(char *out, int32_t count)
{
    for (; count > 0; count--)
        *out++ = '0';
    return out;
}

/* Java's layout: plain from 10^-3 to below 10^7, else with E; always a digit on both sides of the point. */
static char *write_java_layout(WeirShortest shortest, char *out)
{
    char buffer[24];
    char *end = buffer + sizeof buffer;
    const char *digits = write_digits(shortest.digits, end);
    int32_t count = (int32_t)(end - digits);
    int32_t point = count + shortest.exponent; /* digits before the decimal point */
    if (point > 0 && point <= 7) {
        if (count <= point) {
            out = write_text(out, digits, (size_t)count);
            out = write_zeros(out, point - count);
            return write_text(out, ".0", 2);
        }
        out = write_text(out, digits, (size_t)point);
        *out++ = '.';
        return write_text(out, digits + point, (size_t)(count - point));
    }
    if (point > -3 && point <= 0) {
        out = write_text(out, "0.", 2);
        out = write_zeros(out, -point);
        return write_text(out, digits, (size_t)count);
    }
    *out++ = digits[0];
    *out++ = '.';
    out = count > 1 ? write_text(out, digits + 1, (size_t)count - 1) : write_text(out, "0", 1);
    *out++ = 'E';
    return out + weir_format_int64(point - 1, out);
}

static size_t finish(bool is_negative, WeirShortest shortest, char *text)
{
    char *out = text;
    if (is_negative)
        *out++ = '-';
    out = shortest.digits == 0 ? write_text(out, "0.0", 3) : write_java_layout(shortest, out);
    *out = '\0';
    return (size_t)(out - text);
}

static size_t format_special(bool is_nan, bool is_negative, char *text)
{
    const char *name = is_nan ? "NaN" : is_negative ? "-Infinity" : "Infinity";
    size_t length = strlen(name);
    memcpy(text, name, length + 1);
    return length;
}

size_t weir_format_double(double value, char *text)
{
    bool is_negative = __builtin_signbit(value) != 0;
    if (!__builtin_isfinite(value))
        return format_special(__builtin_isnan(value), is_negative, text);
    return finish(is_negative, weir_shortest_double(value), text);
}

size_t weir_format_float(float value, char *text)
{
    bool is_negative = __builtin_signbit(value) != 0;
    if (!__builtin_isfinite(value))
        return format_special(__builtin_isnan(value), is_negative, text);
    return finish(is_negative, weir_shortest_float(value), text);
}
