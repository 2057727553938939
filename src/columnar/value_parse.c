/* Strings to booleans and numbers. Dates are in datetime_parse.c, intervals in interval_parse.c. */
#include "columnar/value_parse.h"

#include <math.h>
#include <strings.h>

#include "common/number_format.h"

/* A blank or a control character; Spark looks at signed bytes, so nothing beyond ASCII counts. */
static bool is_blank(char c)
{
    return (uint8_t)c <= ' ' || c == 0x7f;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void weir_trim_all(const char **text, size_t *length)
{
    while (*length > 0 && is_blank(**text)) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && is_blank((*text)[*length - 1]))
        (*length)--;
}

/* Java's String.trim: 0x7f is no blank there. */
static void trim_java(const char **text, size_t *length)
{
    while (*length > 0 && (uint8_t) * *text <= ' ') {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && (uint8_t)(*text)[*length - 1] <= ' ')
        (*length)--;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

bool weir_string_to_boolean(const char *text, size_t length, bool *value)
{
    static const char *const words[2][5] = {{"f", "false", "n", "no", "0"}, {"t", "true", "y", "yes", "1"}};
    weir_trim_all(&text, &length);
    for (int truth = 0; truth < 2; truth++) {
        for (int i = 0; i < 5; i++) {
            if (is_word(text, length, words[truth][i])) {
                *value = truth != 0;
                return true;
            }
        }
    }
    return false;
}

bool weir_string_to_integer(const char *text, size_t length, bool allow_fraction, int64_t least, int64_t most,
                            int64_t *value)
{
    weir_trim_all(&text, &length);
    const char *end = text + length;
    if (length == 0)
        return false;
    bool negative = *text == '-';
    if (negative || *text == '+') {
        if (++text == end)
            return false;
    }
    int64_t number = 0; /* negated: there is one more negative number than positive ones */
    for (; text < end && is_digit(*text); text++) {
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_sub_overflow(number, *text - '0', &number))
            return false;
    }
    if (text < end && (*text != '.' || !allow_fraction))
        return false;
    for (text++; text < end; text++) { /* the fraction does not count, but must be one */
        if (!is_digit(*text))
            return false;
    }
    if (!negative && __builtin_sub_overflow(0, number, &number))
        return false;
    if (number < least || number > most)
        return false;
    *value = number;
    return true;
}

static bool parse_special(const char *text, size_t length, double *value)
{
    bool negative = length > 0 && *text == '-';
    bool sign = negative || (length > 0 && *text == '+');
    if (!sign && is_word(text, length, "nan")) {
        *value = NAN;
        return true;
    }
    text += sign;
    length -= sign;
    if (!is_word(text, length, "inf") && !is_word(text, length, "infinity"))
        return false;
    *value = negative ? -INFINITY : INFINITY;
    return true;
}

static int hex_digit(char c)
{
    if (is_digit(c))
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* 0x hex digits [. hex digits] p [+-] digits. Bits that do not fit are remembered in the last one, so that rounding is
 * right. */
static bool parse_hex(const char *text, size_t length, double *value)
{
    const char *end = text + length;
    if (length < 3 || text[0] != '0' || (text[1] | 0x20) != 'x')
        return false;
    uint64_t mantissa = 0;
    int64_t exponent = 0, written = 0;
    bool point = false, any = false;
    for (text += 2; text < end; text++) {
        int digit = hex_digit(*text);
        if (*text == '.' && !point) {
            point = true;
            continue;
        }
        if (digit < 0)
            break;
        any = true;
        if (mantissa >> 60 == 0) {
            mantissa = mantissa << 4 | (uint64_t)digit;
            exponent -= point ? 4 : 0;
        } else {
            mantissa |= digit != 0;
            exponent += point ? 0 : 4;
        }
    }
    if (!any || text == end || (*text | 0x20) != 'p')
        return false;
    text++;
    bool negative = text < end && *text == '-';
    text += text < end && (*text == '-' || *text == '+');
    if (text == end)
        return false;
    for (; text < end && is_digit(*text); text++)
        written = written < 100000 ? written * 10 + (*text - '0') : written;
    if (text != end)
        return false;
    *value = ldexp((double)mantissa, (int)(exponent + (negative ? -written : written)));
    return true;
}

/* What Java's parseDouble takes beyond plain numbers: a type suffix, NaN and Infinity spelled so, hexadecimal. The sign
 * and the suffix are cut off; `text` is trimmed. */
static bool parse_java_word(const char *text, size_t length, double *value)
{
    bool negative = length > 0 && *text == '-';
    bool sign = negative || (length > 0 && *text == '+');
    text += sign;
    length -= sign;
    if (length == 3 && memcmp(text, "NaN", 3) == 0) {
        *value = NAN;
        return true;
    }
    if (length > 0 && strchr("dDfF", text[length - 1]) != NULL)
        length--;
    if (!parse_hex(text, length, value))
        return false;
    if (negative)
        *value = -*value;
    return true;
}

/* The part of a plain number without Java's type suffix. */
static size_t without_suffix(const char *text, size_t length)
{
    return length > 1 && strchr("dDfF", text[length - 1]) != NULL && text[length - 1] != '\0' ? length - 1 : length;
}

bool weir_string_to_double(const char *text, size_t length, double *value)
{
    trim_java(&text, &length);
    return weir_parse_double(text, without_suffix(text, length), value) || parse_java_word(text, length, value) ||
           parse_special(text, length, value);
}

bool weir_string_to_float(const char *text, size_t length, float *value)
{
    double number;
    trim_java(&text, &length);
    if (weir_parse_float(text, without_suffix(text, length), value))
        return true;
    if (!parse_java_word(text, length, &number) && !parse_special(text, length, &number))
        return false;
    *value = (float)number;
    return true;
}

/* A number as java.math.BigDecimal reads it: digits * 10^exponent, digits without leading zeros. */
typedef struct BigDecimalText {
    bool negative;
    const char *digits; /* may have a point inside */
    const char *digits_end;
    int64_t digit_count;
    int64_t exponent;
} BigDecimalText;

static bool scan_exponent(const char *text, const char *end, int64_t *exponent)
{
    bool negative = text < end && *text == '-';
    text += text < end && (*text == '-' || *text == '+');
    if (text == end)
        return false;
    *exponent = 0;
    for (; text < end; text++) {
        if (!is_digit(*text))
            return false;
        *exponent = *exponent * 10 + (*text - '0');
        if (*exponent > (int64_t)INT32_MAX)
            return false; /* an exponent that is no int is no number to Java */
    }
    if (negative)
        *exponent = -*exponent;
    return true;
}

static bool scan_big_decimal(const char *text, size_t length, BigDecimalText *decimal)
{
    const char *end = text + length;
    memset(decimal, 0, sizeof(*decimal));
    decimal->negative = length > 0 && *text == '-';
    text += length > 0 && (*text == '-' || *text == '+');
    int64_t fraction = 0, digits = 0;
    bool point = false;
    for (; text < end && (is_digit(*text) || (*text == '.' && !point)); text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        digits++;
        fraction += point;
        if (decimal->digits == NULL && *text != '0')
            decimal->digits = text;
        if (decimal->digits != NULL)
            decimal->digit_count++;
    }
    decimal->digits_end = text;
    if (digits == 0)
        return false;
    if (text < end && ((*text != 'e' && *text != 'E') || !scan_exponent(text + 1, end, &decimal->exponent)))
        return false;
    decimal->exponent -= fraction;
    return decimal->exponent > INT32_MIN && decimal->exponent <= INT32_MAX; /* Java's scale is an int */
}

/* 10^38 is the first number that no decimal holds. */
static WeirInt128 power_of_ten(int exponent)
{
    WeirInt128 power = 1;
    for (int i = 0; i < exponent; i++)
        power *= 10;
    return power;
}

/* `kept` leading digits of the number, then rounded half up by the digit after them. */
static WeirInt128 leading_digits(const BigDecimalText *decimal, int64_t kept)
{
    WeirInt128 value = 0;
    int64_t seen = 0;
    for (const char *c = decimal->digits; c < decimal->digits_end && seen <= kept; c++) {
        if (*c == '.')
            continue;
        if (seen < kept)
            value = value * 10 + (*c - '0');
        else if (*c >= '5')
            value++;
        seen++;
    }
    return value;
}

WeirParseResult weir_string_to_decimal(const char *text, size_t length, int precision, int scale, WeirInt128 *unscaled)
{
    BigDecimalText decimal;
    trim_java(&text, &length);
    if (!scan_big_decimal(text, length, &decimal))
        return WEIR_PARSE_INVALID;
    *unscaled = 0;
    if (decimal.digit_count == 0)
        return WEIR_PARSE_OK;
    if (decimal.digit_count + decimal.exponent > WEIR_DECIMAL_PRECISION_MAX)
        return WEIR_PARSE_UNSUPPORTED_RANGE;
    int64_t shift = decimal.exponent + scale; /* of the digits, to make the unscaled value */
    int64_t kept = shift < 0 ? decimal.digit_count + shift : decimal.digit_count;
    if (kept < 0)
        return WEIR_PARSE_OK;
    if (kept + (shift > 0 ? shift : 0) > precision)
        return WEIR_PARSE_OVERFLOW;
    WeirInt128 value = leading_digits(&decimal, kept) * power_of_ten(shift > 0 ? (int)shift : 0);
    if (value >= power_of_ten(precision))
        return WEIR_PARSE_OVERFLOW;
    *unscaled = decimal.negative ? -value : value;
    return WEIR_PARSE_OK;
}
