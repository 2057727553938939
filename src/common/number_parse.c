/* Text to numbers, exactly. Short numbers by one exact multiplication or division (Clinger), others by a 128-bit
 * product (Lemire, "Number parsing at a gigabyte per second", 2021), the rare rest by the C library. */
#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/number_format.h"
#include "common/powers_of_ten.h"

/* A decimal text taken apart: digits * 10^exponent; `is_cut` if digits beyond the 19th were left out. */
typedef struct Decimal {
    uint64_t digits;
    int64_t exponent;
    bool is_negative;
    bool is_cut;
} Decimal;

/* What differs between float and double. */
typedef struct Format {
    int fraction_bits;
    int32_t bias;
    int32_t infinite_exponent;
    int32_t smallest_power_of_ten, largest_power_of_ten; /* below: zero; above: infinity */
    int32_t tie_first, tie_last;                         /* powers of ten with which a product can lie halfway */
} Format;

static const Format double_format = {52, 1023, 0x7FF, -342, 308, -4, 23};
static const Format float_format = {23, 127, 0xFF, -64, 38, -17, 10};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Adds the digits at `next` to `decimal`; returns how many there were. */
static size_t scan_digits(const char *next, const char *end, Decimal *decimal, int *significant, int64_t *dropped)
{
    const char *begin = next;
    for (; next < end && is_digit(*next); next++) {
        if (*significant < 19) {
            decimal->digits = decimal->digits * 10 + (uint64_t)(*next - '0');
            *significant += decimal->digits != 0;
        } else {
            decimal->is_cut |= *next != '0';
            ++*dropped;
        }
    }
    return (size_t)(next - begin);
}

/* The exponent behind e or E, held to where nothing changes any more. */
static bool scan_exponent(const char *next, const char *end, int64_t *exponent)
{
    bool is_negative = next < end && *next == '-';
    if (next < end && (*next == '+' || *next == '-'))
        next++;
    if (next == end)
        return false;
    int64_t value = 0;
    for (; next < end; next++) {
        if (!is_digit(*next))
            return false;
        if (value < 1000000000000)
            value = value * 10 + (*next - '0');
    }
    *exponent = is_negative ? -value : value;
    return true;
}

static bool scan_decimal(const char *text, size_t length, Decimal *decimal)
{
    const char *next = text;
    const char *end = text + length;
    *decimal = (Decimal){0};
    if (next < end && (*next == '+' || *next == '-'))
        decimal->is_negative = *next++ == '-';
    int significant = 0;
    int64_t dropped = 0;
    size_t digit_count = scan_digits(next, end, decimal, &significant, &dropped);
    next += digit_count;
    decimal->exponent = dropped;
    if (next < end && *next == '.') {
        next++;
        dropped = 0;
        size_t fraction_count = scan_digits(next, end, decimal, &significant, &dropped);
        next += fraction_count;
        digit_count += fraction_count;
        decimal->exponent -= (int64_t)fraction_count - dropped;
    }
    if (digit_count == 0)
        return false;
    if (next == end)
        return true;
    int64_t exponent = 0;
    if ((*next != 'e' && *next != 'E') || !scan_exponent(next + 1, end, &exponent))
        return false;
    decimal->exponent += exponent;
    return true;
}

/* A value as its two fields. */
typedef struct Fields {
    uint64_t fraction;
    int32_t exponent;
} Fields;

/* The high 128 bits of digits * 10^power; the low word only as exact as is needed to round. */
static __uint128_t scaled_product(uint64_t digits, int32_t power, int precision_bits)
{
    const uint64_t *entry = weir_powers_of_ten[power - WEIR_POWER_OF_TEN_FIRST];
    __uint128_t product = (__uint128_t)digits * entry[0];
    uint64_t mask = UINT64_MAX >> precision_bits;
    if (((uint64_t)(product >> 64) & mask) == mask)
        product += (uint64_t)(((__uint128_t)digits * entry[1]) >> 64);
    return product;
}

static Fields round_subnormal(uint64_t mantissa, int32_t exponent, const Format *format)
{
    if (exponent <= -63)
        return (Fields){0, 0};
    mantissa >>= -exponent + 1;
    mantissa += mantissa & 1;
    mantissa >>= 1;
    uint64_t hidden = (uint64_t)1 << format->fraction_bits;
    return (Fields){mantissa & (hidden - 1), mantissa < hidden ? 0 : 1};
}

/* digits * 10^power rounded; false in the few cases that 128 bits do not decide. */
static bool round_product(uint64_t digits, int64_t power, const Format *format, Fields *fields)
{
    if (digits == 0 || power < format->smallest_power_of_ten) {
        *fields = (Fields){0, 0};
        return true;
    }
    if (power > format->largest_power_of_ten) {
        *fields = (Fields){0, format->infinite_exponent};
        return true;
    }
    int leading = __builtin_clzll(digits);
    int bits = format->fraction_bits;
    __uint128_t product = scaled_product(digits << leading, (int32_t)power, bits + 3);
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if (low == UINT64_MAX && (power < -27 || power > 55))
        return false;
    int upper = (int)(high >> 63);
    int shift = upper + 64 - bits - 3;
    uint64_t mantissa = high >> shift;
    int32_t exponent = (int32_t)((217706 * power) >> 16) + 63 + upper - leading + format->bias;
    if (exponent <= 0) {
        *fields = round_subnormal(mantissa, exponent, format);
        return true;
    }
    if (low <= 1 && power >= format->tie_first && power <= format->tie_last && (mantissa & 3) == 1 &&
        mantissa << shift == high)
        mantissa &= ~(uint64_t)1; /* exactly halfway: to even */
    mantissa += mantissa & 1;
    mantissa >>= 1;
    uint64_t hidden = (uint64_t)1 << bits;
    if (mantissa >= 2 * hidden) {
        mantissa = hidden;
        exponent++;
    }
    if (exponent >= format->infinite_exponent)
        *fields = (Fields){0, format->infinite_exponent};
    else
        *fields = (Fields){mantissa & (hidden - 1), exponent};
    return true;
}

/* Cut digits matter only if the value and the next larger one round apart. */
static bool round_decimal(const Decimal *decimal, const Format *format, Fields *fields)
{
    if (!round_product(decimal->digits, decimal->exponent, format, fields))
        return false;
    if (!decimal->is_cut)
        return true;
    Fields next;
    return round_product(decimal->digits + 1, decimal->exponent, format, &next) && next.fraction == fields->fraction &&
           next.exponent == fields->exponent;
}

static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;
static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* The C library's answer, which wants a zero behind the text. */
static double parse_slowly(const char *text, size_t length, bool is_float)
{
    pthread_once(&c_locale_once, make_c_locale);
    char stack_copy[128];
    char *copy = length < sizeof stack_copy ? stack_copy : weir_malloc(length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    double value = is_float ? (double)strtof_l(copy, NULL, c_locale) : strtod_l(copy, NULL, c_locale);
    if (copy != stack_copy)
        weir_free(copy);
    return value;
}

bool weir_parse_double(const char *text, size_t length, double *value)
{
    static const double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    Decimal decimal;
    if (!scan_decimal(text, length, &decimal))
        return false;
    if (!decimal.is_cut && decimal.digits <= (uint64_t)1 << 53 && decimal.exponent >= -22 && decimal.exponent <= 22) {
        double result = (double)decimal.digits;
        if (decimal.exponent < 0)
            result /= exact_powers[-decimal.exponent];
        else
            result *= exact_powers[decimal.exponent];
        *value = decimal.is_negative ? -result : result;
        return true;
    }
    Fields fields;
    if (!round_decimal(&decimal, &double_format, &fields)) {
        *value = parse_slowly(text, length, false);
        return true;
    }
    uint64_t bits = fields.fraction | (uint64_t)fields.exponent << 52 | (uint64_t)decimal.is_negative << 63;
    memcpy(value, &bits, sizeof bits);
    return true;
}

bool weir_parse_float(const char *text, size_t length, float *value)
{
    Decimal decimal;
    if (!scan_decimal(text, length, &decimal))
        return false;
    Fields fields;
    if (!round_decimal(&decimal, &float_format, &fields)) {
        *value = (float)parse_slowly(text, length, true);
        return true;
    }
    uint32_t bits = (uint32_t)fields.fraction | (uint32_t)fields.exponent << 23 | (uint32_t)decimal.is_negative << 31;
    memcpy(value, &bits, sizeof bits);
    return true;
}

bool weir_parse_int64(const char *text, size_t length, int64_t *value)
{
    const char *end = text + length;
    bool is_negative = length > 0 && text[0] == '-';
    if (length > 0 && (text[0] == '-' || text[0] == '+'))
        text++;
    if (text == end)
        return false;
    int64_t sum = 0; /* kept negative, since that range is larger by one */
    for (; text < end; text++) {
        if (!is_digit(*text) || __builtin_mul_overflow(sum, 10, &sum) || __builtin_sub_overflow(sum, *text - '0', &sum))
            return false;
    }
    if (!is_negative && sum == INT64_MIN)
        return false;
    *value = is_negative ? sum : -sum;
    return true;
}
