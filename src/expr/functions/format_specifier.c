/* Specifiers of format_string: reading them, and the texts of integers and of strings. */
#include "expr/functions/format_specifier.h"

#include <string.h>

#include "columnar/utf8.h"
#include "expr/kernels/utf8.h"
#include "expr/unicode.h"

static const char flag_signs[] = "-#+ 0,(";

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* Digits at *at; -1 without any; more than a million stays above the limit. */
static int32_t parse_number(const uint8_t *text, size_t length, size_t *at)
{
    int32_t value = -1;
    for (; *at < length && is_digit(text[*at]); (*at)++) {
        value = (value < 0 ? 0 : value) * 10 + (text[*at] - '0');
        value = value > WEIR_FORMAT_WIDTH_MAX ? WEIR_FORMAT_WIDTH_MAX + 1 : value;
    }
    return value;
}

static bool parse_flags(const uint8_t *text, size_t length, size_t *at, WeirFormatSpecifier *specifier)
{
    for (; *at < length; (*at)++) {
        uint8_t c = text[*at];
        const char *sign = c == '\0' ? NULL : strchr(flag_signs, c);
        if (c == '<' && specifier->index == 0) {
            specifier->index = -1;
            continue;
        }
        if (sign == NULL)
            return c != '<';
        uint32_t flag = 1u << (sign - flag_signs);
        if ((specifier->flags & flag) != 0)
            return false;
        specifier->flags |= flag;
    }
    return true;
}

/* Which flags a conversion does not take. */
static uint32_t refused_flags(char conversion)
{
    uint32_t signs =
        WEIR_FORMAT_PLUS | WEIR_FORMAT_BLANK | WEIR_FORMAT_ZEROS | WEIR_FORMAT_GROUPS | WEIR_FORMAT_PARENTHESES;
    switch (conversion) {
    case 'd':
        return WEIR_FORMAT_ALTERNATE;
    case 'o':
    case 'x':
    case 'e':
        return WEIR_FORMAT_GROUPS;
    case 'a':
        return WEIR_FORMAT_GROUPS | WEIR_FORMAT_PARENTHESES;
    case 'g':
        return WEIR_FORMAT_ALTERNATE;
    case 'f':
        return 0;
    case 'n':
        return UINT32_MAX;
    default:
        return signs | WEIR_FORMAT_ALTERNATE;
    }
}

static bool is_consistent(const WeirFormatSpecifier *specifier)
{
    uint32_t flags = specifier->flags, both = WEIR_FORMAT_LEFT | WEIR_FORMAT_ZEROS;
    if ((flags & refused_flags(specifier->conversion)) != 0)
        return false;
    if ((flags & both) != 0 && specifier->width < 0)
        return false;
    if ((flags & both) == both)
        return false;
    if ((flags & WEIR_FORMAT_PLUS) != 0 && (flags & WEIR_FORMAT_BLANK) != 0)
        return false;
    if (specifier->precision >= 0 && strchr("cdoxt%n", specifier->conversion) != NULL)
        return false;
    if (specifier->conversion == 'n' && specifier->width >= 0)
        return false;
    return specifier->width <= WEIR_FORMAT_WIDTH_MAX && specifier->precision <= WEIR_FORMAT_WIDTH_MAX;
}

bool weir_format_specifier_parse(const uint8_t *text, size_t length, size_t *at, WeirFormatSpecifier *out)
{
    WeirFormatSpecifier specifier = {.width = -1, .precision = -1};
    size_t start = *at;
    if (*at < length && text[*at] != '0') {
        int32_t number = parse_number(text, length, at);
        if (number >= 0 && *at < length && text[*at] == '$') {
            specifier.index = number;
            (*at)++;
        } else {
            *at = start;
        }
    }
    if (!parse_flags(text, length, at, &specifier))
        return false;
    specifier.width = parse_number(text, length, at);
    if (*at < length && text[*at] == '.') {
        (*at)++;
        specifier.precision = parse_number(text, length, at);
        if (specifier.precision < 0)
            return false;
    }
    if (*at < length && (text[*at] == 't' || text[*at] == 'T')) {
        if (*at + 1 >= length)
            return false;
        specifier.time = (char)text[*at + 1];
        specifier.conversion = 't';
        specifier.capitals = text[*at] == 'T';
        *at += 2;
    } else {
        if (*at >= length || text[*at] == '\0' || strchr("bBhHsScCdoxXeEfgGaA%n", text[*at]) == NULL)
            return false;
        char c = (char)text[(*at)++];
        specifier.capitals = c >= 'A' && c <= 'Z';
        specifier.conversion = (char)(specifier.capitals ? c + 32 : c);
    }
    *out = specifier;
    return is_consistent(&specifier);
}

static void put_capitals(const uint8_t *text, size_t length, WeirBuffer *out)
{
    for (size_t at = 0; at < length;) {
        uint32_t c = weir_utf8_next(text, length, &at);
        const WeirCaseEntry *entry = weir_unicode_find(weir_unicode_upper, weir_unicode_upper_count, c);
        if (c < 0x80)
            weir_buffer_append_char(out, (char)(c >= 'a' && c <= 'z' ? c - 32 : c));
        else if (entry == NULL)
            weir_utf8_append(c, out);
        for (int i = 0; entry != NULL && i < 3 && entry->to[i] != 0; i++)
            weir_utf8_append(entry->to[i], out);
    }
}

static void put_times(char c, size_t count, WeirBuffer *out)
{
    while (count-- > 0)
        weir_buffer_append_char(out, c);
}

void weir_format_put_text(const WeirFormatSpecifier *specifier, const uint8_t *text, size_t length, WeirBuffer *out)
{
    WeirBuffer capitals;
    weir_buffer_init(&capitals, 0, NULL);
    if (specifier->capitals) {
        put_capitals(text, length, &capitals);
        text = (const uint8_t *)weir_buffer_text(&capitals);
        length = capitals.length;
    }
    size_t units = specifier->width < 0 ? 0 : weir_utf8_java_length(text, length);
    size_t missing = specifier->width > 0 && units < (size_t)specifier->width ? (size_t)specifier->width - units : 0;
    if ((specifier->flags & WEIR_FORMAT_LEFT) == 0)
        put_times(' ', missing, out);
    weir_buffer_append(out, text, length);
    if ((specifier->flags & WEIR_FORMAT_LEFT) != 0)
        put_times(' ', missing, out);
    weir_buffer_deinit(&capitals);
}

/* ---- integers */

/* Octal or hexadecimal digits of the two's complement. */
static bool put_unsigned(const WeirFormatSpecifier *specifier, int64_t value, uint32_t bytes, WeirBuffer *out)
{
    if ((specifier->flags & (WEIR_FORMAT_PARENTHESES | WEIR_FORMAT_BLANK | WEIR_FORMAT_PLUS)) != 0)
        return false;
    uint64_t bits = (uint64_t)value;
    if (bytes < 8)
        bits &= (UINT64_C(1) << (8 * bytes)) - 1;
    char digits[32];
    size_t length = sizeof(digits);
    unsigned shift = specifier->conversion == 'x' ? 4 : 3;
    do {
        digits[--length] = "0123456789abcdef"[bits & ((1u << shift) - 1)];
        bits >>= shift;
    } while (bits != 0);
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    if ((specifier->flags & WEIR_FORMAT_ALTERNATE) != 0)
        weir_buffer_append_text(&text, specifier->conversion == 'x' ? "0x" : "0");
    size_t count = sizeof(digits) - length;
    if ((specifier->flags & WEIR_FORMAT_ZEROS) != 0 && text.length + count < (size_t)specifier->width)
        put_times('0', (size_t)specifier->width - text.length - count, &text);
    weir_buffer_append(&text, digits + length, count);
    weir_format_put_text(specifier, (const uint8_t *)weir_buffer_text(&text), text.length, out);
    weir_buffer_deinit(&text);
    return true;
}

void weir_format_put_signed(const WeirFormatSpecifier *specifier, bool negative, const char *digits, size_t length,
                            WeirBuffer *out)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    uint32_t flags = specifier->flags;
    bool parentheses = negative && (flags & WEIR_FORMAT_PARENTHESES) != 0;
    if (negative)
        weir_buffer_append_char(&text, parentheses ? '(' : '-');
    else if ((flags & (WEIR_FORMAT_PLUS | WEIR_FORMAT_BLANK)) != 0)
        weir_buffer_append_char(&text, (flags & WEIR_FORMAT_PLUS) != 0 ? '+' : ' ');
    size_t whole = 0;
    while (whole < length && is_digit((uint8_t)digits[whole]))
        whole++;
    size_t commas = (flags & WEIR_FORMAT_GROUPS) != 0 && whole > 0 ? (whole - 1) / 3 : 0;
    size_t zeros = 0, taken = text.length + length + commas + parentheses;
    if ((flags & WEIR_FORMAT_ZEROS) != 0 && whole > 0 && taken < (size_t)specifier->width)
        zeros = (size_t)specifier->width - taken;
    size_t prefix = length > 2 && digits[1] == 'x' ? 2 : 0;
    weir_buffer_append(&text, digits, prefix);
    put_times('0', zeros, &text);
    for (size_t i = prefix; i < length; i++) {
        if (commas > 0 && i > 0 && i < whole && (whole - i) % 3 == 0)
            weir_buffer_append_char(&text, ',');
        weir_buffer_append_char(&text, digits[i]);
    }
    if (parentheses)
        weir_buffer_append_char(&text, ')');
    weir_format_put_text(specifier, (const uint8_t *)weir_buffer_text(&text), text.length, out);
    weir_buffer_deinit(&text);
}

bool weir_format_put_integer(const WeirFormatSpecifier *specifier, int64_t value, uint32_t bytes, WeirBuffer *out)
{
    if (specifier->conversion != 'd')
        return put_unsigned(specifier, value, bytes, out);
    char digits[24];
    size_t length = sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--length] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    weir_format_put_signed(specifier, value < 0, digits + length, sizeof(digits) - length, out);
    return true;
}
