/* Readers of numbers in text. */
#include "expr/kernels/text_parse.h"

#include <math.h>
#include <strings.h>

#include "common/number_format.h"
#include "expr/kernels/decimal.h"

bool weir_text_to_integer(const uint8_t *text, size_t length, int64_t minimum, int64_t maximum, bool fraction,
                          int64_t *value)
{
    weir_text_trim(&text, &length);
    size_t i = 0;
    bool negative = false;
    if (length > 0 && (text[0] == '-' || text[0] == '+')) {
        negative = text[0] == '-';
        i = 1;
    }
    if (i == length)
        return false;
    uint64_t magnitude = 0;
    size_t first = i;
    for (; i < length; i++) {
        uint32_t digit = (uint32_t)text[i] - '0';
        if (digit > 9)
            break;
        if (i - first >= 18 && (__builtin_mul_overflow(magnitude, 10u, &magnitude) ||
                                __builtin_add_overflow(magnitude, digit, &magnitude)))
            return false;
        else if (i - first < 18)
            magnitude = magnitude * 10 + digit;
    }
    if (i < length) {
        if (!fraction || text[i] != '.')
            return false;
        for (i++; i < length; i++)
            if ((uint32_t)text[i] - '0' > 9)
                return false;
    }
    if (magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    int64_t result = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    if (result < minimum || result > maximum)
        return false;
    *value = result;
    return true;
}

bool weir_text_to_boolean(const uint8_t *text, size_t length, bool *value)
{
    static const char *const words[2][5] = {{"f", "false", "n", "no", "0"}, {"t", "true", "y", "yes", "1"}};
    weir_text_trim(&text, &length);
    for (int b = 0; b < 2; b++)
        for (int i = 0; i < 5; i++)
            if (strlen(words[b][i]) == length && strncasecmp(words[b][i], (const char *)text, length) == 0) {
                *value = b;
                return true;
            }
    return false;
}

/* "inf", "+infinity", "-inf", "nan" in any case. */
static bool special_double(const uint8_t *text, size_t length, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"inf", INFINITY},
                 {"+inf", INFINITY},
                 {"infinity", INFINITY},
                 {"+infinity", INFINITY},
                 {"-inf", -INFINITY},
                 {"-infinity", -INFINITY},
                 {"nan", NAN}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strlen(words[i].word) == length && strncasecmp(words[i].word, (const char *)text, length) == 0) {
            *value = words[i].value;
            return true;
        }
    return false;
}

static size_t without_suffix(const uint8_t *text, size_t length)
{
    if (length > 1 && strchr("dDfF", text[length - 1]) != NULL &&
        (text[length - 2] == '.' || (text[length - 2] >= '0' && text[length - 2] <= '9')))
        return length - 1;
    return length;
}

bool weir_text_to_double(const uint8_t *text, size_t length, double *value)
{
    weir_text_trim(&text, &length);
    return weir_parse_double((const char *)text, without_suffix(text, length), value) ||
           special_double(text, length, value);
}

bool weir_text_to_float(const uint8_t *text, size_t length, float *value)
{
    weir_text_trim(&text, &length);
    double special;
    if (weir_parse_float((const char *)text, without_suffix(text, length), value))
        return true;
    if (!special_double(text, length, &special))
        return false;
    *value = (float)special;
    return true;
}

typedef struct DecimalDigits {
    WeirInt128 digits; /* first 38 significant ones */
    int dropped;       /* digits after those, all before the point */
    int exponent;
    bool round_up; /* the first digit that did not fit is >= 5 */
} DecimalDigits;

static bool scan_decimal(const uint8_t *text, size_t length, DecimalDigits *out)
{
    size_t i = 0;
    bool negative = false, point = false, any = false;
    int significant = 0;
    *out = (DecimalDigits){0};
    if (length > 0 && (text[0] == '-' || text[0] == '+'))
        negative = text[i++] == '-';
    for (; i < length; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        uint32_t digit = (uint32_t)text[i] - '0';
        if (digit > 9)
            break;
        any = true;
        if (significant < 38) {
            out->digits = out->digits * 10 + digit;
            significant += significant > 0 || digit > 0;
            out->exponent -= point;
        } else {
            if (out->dropped++ == 0)
                out->round_up = digit >= 5;
            out->exponent += !point;
        }
    }
    if (!any)
        return false;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        int64_t exponent = 0;
        if (!weir_parse_int64((const char *)text + i + 1, length - i - 1, &exponent) || exponent > 100000 ||
            exponent < -100000)
            return false;
        out->exponent += (int)exponent;
        i = length;
    }
    if (negative)
        out->digits = -out->digits;
    return i == length;
}

WeirDecimalText weir_text_to_decimal(const uint8_t *text, size_t length, int precision, int scale, WeirInt128 *value)
{
    DecimalDigits number;
    weir_text_trim(&text, &length);
    if (!scan_decimal(text, length, &number))
        return WEIR_DECIMAL_MALFORMED;
    if (number.digits == 0) {
        *value = 0;
        return WEIR_DECIMAL_OK;
    }
    if (number.exponent < -scale - 76) {
        *value = 0;
        return WEIR_DECIMAL_OK;
    }
    if (number.exponent > 38)
        return WEIR_DECIMAL_TOO_LARGE;
    if (number.dropped > 0 && -number.exponent == scale && number.round_up)
        number.digits += number.digits < 0 ? -1 : 1;
    return weir_decimal_rescale(number.digits, -number.exponent, scale, precision, value) ? WEIR_DECIMAL_OK
                                                                                          : WEIR_DECIMAL_TOO_LARGE;
}
