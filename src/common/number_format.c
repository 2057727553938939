/* Numbers to text. Shortest digits by Raffaello Giulietti's Schubfach method ("The Schubfach way to render doubles",
 * 2020), whose 128-bit powers of ten number_parse.c shares; the layout is that of Java's Double.toString. */
#include "common/number_format.h"

#include <string.h>

#include "common/powers_of_ten.h"

/* floor(log10(2^e)), floor(log10(3/4 * 2^e)) and floor(log2(10^e)) for the exponents of doubles. */
static int32_t floor_log10_of_power_of_2(int32_t e)
{
    return (int32_t)(((int64_t)e * 1262611) >> 22);
}
static int32_t floor_log10_of_three_quarters(int32_t e)
{
    return (int32_t)(((int64_t)e * 1262611 - 524031) >> 22);
}
static int32_t floor_log2_of_power_of_10(int32_t e)
{
    return (int32_t)(((int64_t)e * 1741647) >> 19);
}

/* The 128-bit power of ten, rounded up where it is not exact (10^0 to 10^55 are). */
static __uint128_t power_of_ten_up(int32_t k)
{
    const uint64_t *entry = weir_powers_of_ten[k - WEIR_POWER_OF_TEN_FIRST];
    __uint128_t power = (__uint128_t)entry[0] << 64 | entry[1];
    return k > 55 ? power + 1 : power;
}

/* floor(g * c / 2^128), its lowest bit set if anything was cut off ("round to odd"). */
static uint64_t multiply_to_odd(__uint128_t g, uint64_t c)
{
    __uint128_t low = (__uint128_t)(uint64_t)g * c;
    __uint128_t high = (g >> 64) * c + (low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The shortest decimal in the rounding interval of c * 2^q, of at least two digits, the closest one where there are
 * several. `below_is_closer`: c is a power of two, its lower neighbour is half as far as its upper. */
static WeirShortest shortest_decimal(uint64_t c, int32_t q, bool below_is_closer, int32_t scale)
{
    bool is_odd = (c & 1) != 0;
    int32_t k = below_is_closer ? floor_log10_of_three_quarters(q) : floor_log10_of_power_of_2(q);
    int32_t h = q + floor_log2_of_power_of_10(-k) + 1;
    __uint128_t g = power_of_ten_up(-k);
    uint64_t middle = multiply_to_odd(g, 4 * c << h);
    uint64_t lower = multiply_to_odd(g, (4 * c - (below_is_closer ? 1 : 2)) << h) + is_odd;
    uint64_t upper = multiply_to_odd(g, (4 * c + 2) << h) - is_odd;
    uint64_t s = middle / 4;
    if (s >= 100) {
        uint64_t tens = s / 10 * 10;
        bool below_is_in = lower <= 4 * tens;
        bool above_is_in = 4 * (tens + 10) <= upper;
        if (below_is_in != above_is_in)
            return (WeirShortest){below_is_in ? tens : tens + 10, k + scale};
    }
    bool below_is_in = lower <= 4 * s;
    bool above_is_in = 4 * (s + 1) <= upper;
    if (below_is_in != above_is_in)
        return (WeirShortest){below_is_in ? s : s + 1, k + scale};
    uint64_t halfway = 4 * s + 2;
    bool round_up = middle > halfway || (middle == halfway && (s & 1) != 0);
    return (WeirShortest){s + round_up, k + scale};
}

static WeirShortest without_trailing_zeros(WeirShortest shortest)
{
    while (shortest.digits % 100 == 0 && shortest.digits != 0) {
        shortest.digits /= 100;
        shortest.exponent += 2;
    }
    if (shortest.digits % 10 == 0 && shortest.digits != 0) {
        shortest.digits /= 10;
        shortest.exponent += 1;
    }
    return shortest;
}

/* For both formats: `fraction` and `exponent` are the fields of the value, `bits` the width of the fraction. */
static WeirShortest shortest_of_fields(uint64_t fraction, int32_t exponent, int bits, int32_t bias)
{
    uint64_t hidden = (uint64_t)1 << bits;
    uint64_t c = exponent != 0 ? fraction | hidden : fraction;
    int32_t q = (exponent != 0 ? exponent : 1) - bias - bits;
    if (c == 0)
        return (WeirShortest){0, 0};
    if (q <= 0 && q > -bits - 1 && (c & (((uint64_t)1 << -q) - 1)) == 0) /* an integer: its digits are the shortest */
        return without_trailing_zeros((WeirShortest){c >> -q, 0});
    uint64_t tiny = bits == 52 ? 3 : 8; /* below this many units the method needs one more digit to have two */
    if (c < tiny)
        return without_trailing_zeros(shortest_decimal(10 * c, q, false, -1));
    return without_trailing_zeros(shortest_decimal(c, q, fraction == 0 && exponent > 1, 0));
}

WeirShortest weir_shortest_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return shortest_of_fields(bits & 0xFFFFFFFFFFFFFull, (int32_t)(bits >> 52 & 0x7FF), 52, 1023);
}

WeirShortest weir_shortest_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return shortest_of_fields(bits & 0x7FFFFF, (int32_t)(bits >> 23 & 0xFF), 23, 127);
}

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
