/* Readers of numbers in text. */
#include "expr/kernels/text_parse.h"

#include <math.h>
#include <strings.h>

#include "columnar/utf8.h"
#include "common/number_format.h"
#include "expr/kernels/decimal.h"

#define FOREIGN_DIGITS_MAX 512 /* longer numbers in other scripts are none */

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

/* The digit that a character of the basic plane stands for in any script; -1: none. */
static int digit_of(uint32_t code_point)
{
    static const uint16_t zeros[] = {0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6,
                                     0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0,
                                     0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
                                     0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10};
    for (size_t i = 0; i < sizeof(zeros) / sizeof(zeros[0]); i++)
        if (code_point >= zeros[i] && code_point < zeros[i] + 10u)
            return (int)(code_point - zeros[i]);
    return -1;
}

/* Java's BigDecimal takes digits of all scripts: the same number in ASCII. */
static bool to_ascii_digits(const uint8_t *text, size_t length, uint8_t ascii[FOREIGN_DIGITS_MAX], size_t *ascii_length)
{
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        uint32_t code_point = 0;
        bool malformed = false;
        i += weir_utf8_decode(text + i, length - i, &code_point, &malformed);
        int digit = digit_of(code_point);
        if (malformed || used == FOREIGN_DIGITS_MAX || (digit < 0 && code_point > 0x7f))
            return false;
        ascii[used++] = (uint8_t)(digit >= 0 ? '0' + digit : (int)code_point);
    }
    *ascii_length = used;
    return true;
}

static bool is_ascii(const uint8_t *text, size_t length)
{
    uint8_t all = 0;
    for (size_t i = 0; i < length; i++)
        all |= text[i];
    return all < 0x80;
}

WeirDecimalText weir_text_to_decimal(const uint8_t *text, size_t length, int precision, int scale, WeirInt128 *value)
{
    DecimalDigits number;
    uint8_t ascii[FOREIGN_DIGITS_MAX];
    weir_text_trim(&text, &length);
    if (!is_ascii(text, length)) {
        if (!to_ascii_digits(text, length, ascii, &length))
            return WEIR_DECIMAL_MALFORMED;
        text = ascii;
    }
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
