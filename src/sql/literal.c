/* Literals: numbers with their suffixes, strings, TRUE, FALSE, NULL, and typed ones (DATE '…', TIMESTAMP '…', X'…'). */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "common/number_format.h"
#include "columnar/value_parse.h"
#include "sql/parser_private.h"

/* ---- numbers */

static void fail_range(WeirParser *p, WeirOrigin origin, const char *number, const char *minimum, const char *maximum,
                       const char *type)
{
    WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_NUMERIC_LITERAL_RANGE, "rawStrippedQualifier", number, "minValue", minimum,
              "maxValue", maximum, "typeName", type);
}

/* Digits, point and exponent to unscaled value, precision and scale, as java.math.BigDecimal has them; false beyond 38
 * digits. */
typedef struct DecimalText {
    WeirInt128 unscaled;
    int64_t precision, scale;
} DecimalText;

static bool decimal_from_text(const char *text, bool negative, DecimalText *out)
{
    int64_t digits = 0;
    int64_t scale = 0;
    bool point = false;
    WeirInt128 value = 0;
    for (; *text != '\0' && *text != 'e' && *text != 'E'; text++) {
        if (*text == '.') {
            point = true;
            continue;
        }
        if (digits > 0 || *text != '0')
            digits++;
        if (digits <= 38)
            value = value * 10 + (*text - '0');
        scale += point;
    }
    if (*text != '\0') {
        long long exponent = strtoll(text + 1, NULL, 10);
        scale -= exponent > 100000 ? 100000 : exponent < -100000 ? -100000 : exponent;
    }
    int64_t kept = digits > 0 ? digits : 1;
    *out = (DecimalText){.precision = kept > scale ? kept : scale, .scale = scale};
    if (scale < 0) { /* no negative scales in SQL: append the zeros */
        out->precision = kept - scale;
        out->scale = 0;
        for (; digits > 0 && scale < 0 && out->precision <= 38; scale++)
            value *= 10;
    }
    out->unscaled = negative ? -value : value;
    return out->precision <= 38 && digits <= 38;
}

static WeirExpression *make_decimal(WeirParser *p, const char *text, bool negative, WeirOrigin origin)
{
    DecimalText decimal;
    const char *exponent = strpbrk(text, "eE");
    if (exponent != NULL && strlen(exponent) > 11) {
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0060, "The exponent of %s is too large.", text);
        return weir_make_boolean(p, false, origin);
    }
    if (!decimal_from_text(text, negative, &decimal)) {
        WEIR_FAIL(p, origin, WEIR_ERROR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, "precision",
                  weir_arena_printf(p->arena, "%lld", (long long)decimal.precision), "maxPrecision", "38");
        return weir_make_boolean(p, false, origin);
    }
    const WeirDataType *type = weir_type_decimal(p->arena, (int)decimal.precision, (int)decimal.scale);
    return weir_make_literal(p, weir_value_int128(p->arena, type, decimal.unscaled), origin);
}

/* 5 is an INT, what does not fit a BIGINT, what does not fit that a DECIMAL. */
static WeirExpression *make_integer(WeirParser *p, const char *text, bool negative, WeirOrigin origin)
{
    errno = 0;
    const char *signed_text = negative ? weir_arena_printf(p->arena, "-%s", text) : text;
    long long value = strtoll(signed_text, NULL, 10);
    if (errno == ERANGE)
        return make_decimal(p, text, negative, origin);
    bool is_int = value >= INT32_MIN && value <= INT32_MAX;
    return weir_make_literal(p, weir_value_int(p->arena, is_int ? &weir_type_int : &weir_type_long, value), origin);
}

typedef struct IntegralType {
    char suffix;
    const WeirDataType *type;
    const char *name, *minimum, *maximum;
    int64_t low, high;
} IntegralType;

static WeirExpression *make_typed_integer(WeirParser *p, const char *text, bool negative, char suffix,
                                          WeirOrigin origin)
{
    const IntegralType types[] = {
        {'L', &weir_type_long, "bigint", "-9223372036854775808", "9223372036854775807", INT64_MIN, INT64_MAX},
        {'S', &weir_type_short, "smallint", "-32768", "32767", INT16_MIN, INT16_MAX},
        {'Y', &weir_type_byte, "tinyint", "-128", "127", INT8_MIN, INT8_MAX}};
    const IntegralType *type = suffix == 'L' ? &types[0] : suffix == 'S' ? &types[1] : &types[2];
    errno = 0;
    const char *signed_text = negative ? weir_arena_printf(p->arena, "-%s", text) : text;
    long long value = strtoll(signed_text, NULL, 10);
    if (errno == ERANGE || value < type->low || value > type->high)
        fail_range(p, origin, signed_text, type->minimum, type->maximum, type->name);
    return weir_make_literal(p, weir_value_int(p->arena, type->type, value), origin);
}

static WeirExpression *make_floating(WeirParser *p, const char *text, bool negative, bool is_float, WeirOrigin origin)
{
    const char *exponent = strpbrk(text, "eE");
    if (exponent != NULL && strlen(exponent) > 11)
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0060, "The exponent of %s is too large.", text);
    double value = 0;
    float narrow = 0;
    if (is_float ? !weir_parse_float(text, strlen(text), &narrow) : !weir_parse_double(text, strlen(text), &value))
        value = (double)INFINITY;
    value = is_float && !isinf(value) ? (double)narrow : value;
    value = negative ? -value : value;
    if (isinf(value))
        fail_range(p, origin, weir_arena_printf(p->arena, "%s%s", negative ? "-" : "", text),
                   is_float ? "-3.4028234663852886E+38" : "-1.7976931348623157E+308",
                   is_float ? "3.4028234663852886E+38" : "1.7976931348623157E+308", is_float ? "float" : "double");
    return weir_make_literal(p, weir_value_double(p->arena, is_float ? &weir_type_float : &weir_type_double, value),
                             origin);
}

WeirExpression *weir_parse_number(WeirParser *p, bool negative, WeirOrigin origin)
{
    WeirToken token = weir_advance(p);
    char *text = weir_arena_strndup(p->arena, p->lexer.text + token.start, (size_t)token.length);
    switch (token.kind) {
    case WEIR_TOKEN_INTEGER:
        return make_integer(p, text, negative, origin);
    case WEIR_TOKEN_DECIMAL:
        return make_decimal(p, text, negative, origin);
    case WEIR_TOKEN_EXPONENT:
        return make_floating(p, text, negative, false, origin);
    default:
        break;
    }
    char suffix = (char)(text[token.length - 1] & ~0x20);
    bool big = suffix == 'D' && (text[token.length - 2] & ~0x20) == 'B';
    text[token.length - (big ? 2 : 1)] = '\0';
    if (big)
        return make_decimal(p, text, negative, origin);
    if (suffix == 'D' || suffix == 'F')
        return make_floating(p, text, negative, suffix == 'F', origin);
    return make_typed_integer(p, text, negative, suffix, origin);
}

static bool is_number(const WeirToken *token)
{
    return token->kind >= WEIR_TOKEN_INTEGER && token->kind <= WEIR_TOKEN_TYPED_NUMBER;
}

/* ---- typed literals */

static WeirExpression *fail_typed(WeirParser *p, WeirOrigin origin, const char *type, const char *value)
{
    WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_TYPED_LITERAL, "valueType",
              weir_arena_printf(p->arena, "\"%s\"", type), "value", weir_arena_printf(p->arena, "'%s'", value));
    return weir_make_boolean(p, false, origin);
}

static const WeirTimeZone *session_zone(const WeirParser *p)
{
    return p->options->zone != NULL ? p->options->zone : weir_time_zone_utc();
}

static WeirExpression *make_date(WeirParser *p, const char *text, size_t length, WeirOrigin origin)
{
    int32_t days;
    if (!weir_string_to_special_date(text, length, session_zone(p), p->options->now_micros, &days) &&
        !weir_string_to_date(text, length, &days))
        return fail_typed(p, origin, "DATE", text);
    return weir_make_literal(p, weir_value_int(p->arena, &weir_type_date, days), origin);
}

/* TIMESTAMP takes the session's default type: NTZ when spark.sql.timestampType says so and the text has no zone. */
static WeirExpression *make_timestamp(WeirParser *p, const char *type, const char *text, size_t length,
                                      WeirOrigin origin)
{
    bool is_ntz = strcasecmp(type, "TIMESTAMP_NTZ") == 0;
    bool is_plain = strcasecmp(type, "TIMESTAMP") == 0;
    const WeirTimeZone *zone = session_zone(p);
    int64_t now = p->options->now_micros, micros;
    bool ntz = is_ntz || (is_plain && p->options->timestamp_ntz);
    if (ntz && (weir_string_to_special_timestamp(text, length, zone, now, true, &micros) ||
                weir_string_to_timestamp_ntz(text, length, is_ntz, &micros)))
        return weir_make_literal(p, weir_value_int(p->arena, &weir_type_timestamp_ntz, micros), origin);
    if (is_ntz || (!weir_string_to_special_timestamp(text, length, zone, now, false, &micros) &&
                   !weir_string_to_timestamp(text, length, zone, now, &micros)))
        return fail_typed(p, origin, type, text);
    return weir_make_literal(p, weir_value_int(p->arena, &weir_type_timestamp, micros), origin);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* X'1F'; an odd number of digits gets a leading zero. */
static WeirExpression *make_binary(WeirParser *p, const char *text, size_t length, WeirOrigin origin)
{
    uint8_t *bytes = weir_arena_calloc(p->arena, length / 2 + 1);
    size_t odd = length & 1;
    for (size_t i = 0; i < length; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return fail_typed(p, origin, "X", text);
        size_t place = i + odd;
        bytes[place / 2] = (uint8_t)(bytes[place / 2] | (place % 2 == 0 ? digit << 4 : digit));
    }
    return weir_make_literal(p, weir_value_bytes(p->arena, &weir_type_binary, bytes, (length + odd) / 2), origin);
}

WeirExpression *weir_parse_typed_literal(WeirParser *p, WeirOrigin origin)
{
    WeirToken word = weir_advance(p);
    char *type = weir_arena_strndup(p->arena, p->lexer.text + word.start, (size_t)word.length);
    for (char *c = type; *c != '\0'; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
    size_t length;
    const char *text = weir_parse_string(p, &length);
    switch (word.keyword) {
    case WEIR_KEYWORD_DATE:
        return make_date(p, text, length, origin);
    case WEIR_KEYWORD_TIMESTAMP:
    case WEIR_KEYWORD_TIMESTAMP_NTZ:
    case WEIR_KEYWORD_TIMESTAMP_LTZ:
        return make_timestamp(p, type, text, length, origin);
    case WEIR_KEYWORD_TIME:
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_UNSUPPORTED_TIME_TYPE);
        return weir_make_boolean(p, false, origin);
    default:
        break;
    }
    if (strcmp(type, "X") == 0)
        return make_binary(p, text, length, origin);
    WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_UNSUPPORTED_TYPED_LITERAL, "unsupportedType",
              weir_arena_printf(p->arena, "\"%s\"", type), "supportedTypes",
              "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\"");
    return weir_make_boolean(p, false, origin);
}

/* ---- */

/* Is the word at the cursor a literal rather than a name or a call? "null.x" and "true(…)" are not. */
static bool stands_alone(WeirParser *p)
{
    return !weir_next_is_symbol(p, 1, '(') && !weir_next_is_symbol(p, 1, '.') &&
           !weir_next_is_symbol(p, 1, WEIR_SYMBOL_ARROW);
}

WeirExpression *weir_parse_literal(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    const WeirToken *token = weir_peek(p);
    if (weir_at_symbol(p, '-') && is_number(weir_peek_at(p, 1))) {
        weir_advance(p);
        return weir_parse_number(p, true, origin);
    }
    if (is_number(token))
        return weir_parse_number(p, false, origin);
    if (weir_at_string(p)) {
        size_t length;
        const char *text = weir_parse_string(p, &length);
        return weir_make_literal(p, weir_value_bytes(p->arena, &weir_type_string, text, length), origin);
    }
    if (token->kind != WEIR_TOKEN_WORD)
        return NULL;
    if (weir_at_interval(p))
        return weir_parse_interval(p, true);
    bool is_true = token->keyword == WEIR_KEYWORD_TRUE;
    if ((is_true || token->keyword == WEIR_KEYWORD_FALSE) && stands_alone(p)) {
        weir_advance(p);
        return weir_make_boolean(p, is_true, origin);
    }
    if (token->keyword == WEIR_KEYWORD_NULL && stands_alone(p)) {
        weir_advance(p);
        return weir_make_literal(p, weir_value_null(p->arena, &weir_type_void), origin);
    }
    return NULL;
}
