/* INTERVAL literals: values with units (INTERVAL 1 DAY -2 HOURS, INTERVAL '1 day 2 hours') and fields in one text
 * (INTERVAL '1 2:3' DAY TO MINUTE). The result is a year-month or day-time interval whose fields are those that were
 * named; the two do not mix. */
#include <stdio.h>
#include <strings.h>

#include "sql/parser_private.h"

#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_DAY (INT64_C(86400) * MICROS_PER_SECOND)

typedef struct IntervalUnit {
    const char *name; /* singular */
    WeirIntervalField field;
    int64_t factor; /* months or microseconds; nanoseconds divide */
} IntervalUnit;

static const IntervalUnit units[] = {
    {"year", WEIR_INTERVAL_YEAR, 12},
    {"month", WEIR_INTERVAL_MONTH, 1},
    {"week", WEIR_INTERVAL_DAY, 7 * MICROS_PER_DAY},
    {"day", WEIR_INTERVAL_DAY, MICROS_PER_DAY},
    {"hour", WEIR_INTERVAL_HOUR, 3600 * MICROS_PER_SECOND},
    {"minute", WEIR_INTERVAL_MINUTE, 60 * MICROS_PER_SECOND},
    {"second", WEIR_INTERVAL_SECOND, MICROS_PER_SECOND},
    {"millisecond", WEIR_INTERVAL_SECOND, 1000},
    {"microsecond", WEIR_INTERVAL_SECOND, 1},
    {"nanosecond", WEIR_INTERVAL_SECOND, 0},
};

static const IntervalUnit *find_unit(const char *text, size_t length)
{
    if (length > 1 && (text[length - 1] | 0x20) == 's')
        length--;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].name) == length && strncasecmp(units[i].name, text, length) == 0)
            return &units[i];
    return NULL;
}

/* What a literal adds up to. */
typedef struct IntervalSum {
    int64_t months, micros;
    bool has[6];
    bool has_year_month, has_day_time;
} IntervalSum;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "[+-]123[.456]": whole part and, for seconds, microseconds of the fraction. */
static bool scan_value(const char *text, size_t length, bool fraction_allowed, int64_t *whole, int64_t *fraction)
{
    size_t i = 0;
    bool negative = length > 0 && text[0] == '-';
    if (negative || (length > 0 && text[0] == '+'))
        i++;
    size_t first = i;
    int64_t value = 0;
    for (; i < length && is_digit(text[i]); i++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (negative ? -1 : 1) * (text[i] - '0'), &value))
            return false;
    size_t digits = i - first;
    int64_t micros = 0;
    if (i < length && text[i] == '.' && fraction_allowed) {
        size_t count = 0;
        for (i++; i < length && is_digit(text[i]); i++)
            if (count++ < 6)
                micros = micros * 10 + (text[i] - '0');
        if (count > 9)
            return false;
        digits += count;
        for (; count < 6; count++)
            micros *= 10;
    }
    *whole = value;
    *fraction = negative ? -micros : micros;
    return digits > 0 && i == length;
}

static bool add_value(IntervalSum *sum, const IntervalUnit *unit, const char *text, size_t length)
{
    int64_t whole;
    int64_t fraction;
    bool is_second = unit->field == WEIR_INTERVAL_SECOND && unit->factor == MICROS_PER_SECOND;
    if (!scan_value(text, length, is_second, &whole, &fraction))
        return false;
    sum->has[unit->field] = true;
    bool year_month = unit->field <= WEIR_INTERVAL_MONTH;
    sum->has_year_month |= year_month;
    sum->has_day_time |= !year_month;
    int64_t amount;
    if (unit->factor == 0)
        amount = whole / 1000;
    else if (__builtin_mul_overflow(whole, unit->factor, &amount) || __builtin_add_overflow(amount, fraction, &amount))
        return false;
    int64_t *total = year_month ? &sum->months : &sum->micros;
    return !__builtin_add_overflow(*total, amount, total) && sum->months >= INT32_MIN && sum->months <= INT32_MAX;
}

/* A value with its unit that is no number, or one with a fraction where only seconds have them. */
static WeirExpression *fail_value(WeirParser *p, WeirOrigin origin, const char *text, const IntervalUnit *unit)
{
    size_t digits = strspn(text, "+-0123456789 .");
    origin = weir_origin_since(p, origin);
    if (text[digits] != '\0' || digits == 0)
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0026,
                       "The value of an interval's unit must be a number, not %s.", text);
    else if (strchr(text, '.') != NULL)
        WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_FRACTION, "input", text, "unit", unit->name);
    else if (unit->field == WEIR_INTERVAL_DAY && strlen(text) <= 10) /* days are an int first, microseconds later */
        WEIR_FAIL(p, origin, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION);
    else
        WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_INTERVAL_FORMAT_ARITHMETIC_EXCEPTION, "input", text, "interval",
                  unit->name);
    return weir_make_boolean(p, false, origin);
}

static WeirExpression *make_interval(WeirParser *p, const IntervalSum *sum, WeirOrigin origin)
{
    origin = weir_origin_since(p, origin);
    if (sum->has_year_month && sum->has_day_time) {
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0029,
                       "Year-month and day-time fields cannot be mixed: %s.",
                       weir_source_text(p, origin.start, origin.start + origin.length));
        return weir_make_boolean(p, false, origin);
    }
    int start = WEIR_INTERVAL_YEAR;
    int end = WEIR_INTERVAL_SECOND;
    while (start < WEIR_INTERVAL_SECOND && !sum->has[start])
        start++;
    while (end > start && !sum->has[end])
        end--;
    const WeirDataType *type = weir_type_interval(p->arena, (WeirIntervalField)start, (WeirIntervalField)end);
    int64_t value = sum->has_year_month ? sum->months : sum->micros;
    return weir_make_literal(p, weir_value_int(p->arena, type, value), origin);
}

/* ---- INTERVAL 'n unit n unit' */

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

static bool next_word(const char **text, const char *end, const char **word, size_t *length)
{
    while (*text < end && is_blank(**text))
        (*text)++;
    *word = *text;
    while (*text < end && !is_blank(**text))
        (*text)++;
    *length = (size_t)(*text - *word);
    return *length > 0;
}

/* "[interval] {[+-]value unit}…"; a sign may stand apart from its value. */
static bool scan_interval_text(IntervalSum *sum, const char *text, size_t length)
{
    const char *end = text + length;
    const char *word;
    size_t word_length;
    bool any = false;
    while (next_word(&text, end, &word, &word_length)) {
        if (!any && word_length == 8 && strncasecmp(word, "interval", 8) == 0)
            continue;
        char value[64];
        size_t value_length = 0;
        if (word_length == 1 && (*word == '-' || *word == '+')) {
            value[value_length++] = *word;
            if (!next_word(&text, end, &word, &word_length))
                return false;
        }
        const char *unit;
        size_t unit_length;
        if (value_length + word_length >= sizeof value || !next_word(&text, end, &unit, &unit_length))
            return false;
        memcpy(value + value_length, word, word_length);
        const IntervalUnit *found = find_unit(unit, unit_length);
        if (found == NULL || !add_value(sum, found, value, value_length + word_length))
            return false;
        any = true;
    }
    return any;
}

/* ---- INTERVAL '…' FIELD TO FIELD */

/* A run of digits; the first field of a text may be of any size, later ones have a limit: `*in_range` tells whether it
 * is kept. */
static bool scan_field(const char **text, const char *end, int64_t limit, int64_t *value, bool *in_range)
{
    const char *first = *text;
    int64_t number = 0;
    for (; *text < end && is_digit(**text); (*text)++)
        if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, **text - '0', &number))
            return false;
    *value = number;
    *in_range &= limit == 0 || number <= limit;
    return *text > first && (limit == 0 || *text - first <= 2);
}

static bool scan_fields(IntervalSum *sum, const char *text, size_t length, bool negative, WeirIntervalField from,
                        WeirIntervalField to, bool *in_range)
{
    *in_range = true;
    static const int64_t limits[] = {0, 11, 0, 23, 59, 59};
    static const char separators[] = {' ', '-', ' ', ' ', ':', ':'};
    const char *end = text + length;
    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    if (text < end && (*text == '-' || *text == '+'))
        negative ^= *text++ == '-';
    for (int field = (int)from; field <= (int)to; field++) {
        int64_t value;
        if (field > (int)from && (text >= end || *text++ != separators[field]))
            return false;
        if (!scan_field(&text, end, field == (int)from ? 0 : limits[field], &value, in_range))
            return false;
        char digits[64];
        int used = snprintf(digits, sizeof digits, "%s%lld", negative ? "-" : "", (long long)value);
        if (field == WEIR_INTERVAL_SECOND && text < end && *text == '.') {
            for (; text < end && (*text == '.' || is_digit(*text)) && used < 40; text++)
                digits[used++] = *text;
        }
        static const int unit_of_field[] = {0, 1, 3, 4, 5, 6};
        if (!add_value(sum, &units[unit_of_field[field]], digits, (size_t)used))
            return false;
    }
    return text == end;
}

static void fail_fields(WeirParser *p, WeirOrigin origin, const char *value, bool year_month, bool in_range)
{
    if (in_range)
        WEIR_FAIL(p, origin,
                  year_month ? WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING
                             : WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE,
                  "input", value, "intervalStr", year_month ? "year-month" : "day-time", "typeName", "interval",
                  "supportedFormat", "the literal's fields");
    else if (year_month)
        WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INTERVAL_PARSING, "input", value, "interval",
                  "year-month");
    else
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0063,
                       "A field of the interval '%s' is out of its range.", value);
}

static WeirExpression *parse_field_to_field(WeirParser *p, WeirOrigin origin, WeirOrigin value_origin,
                                            const char *value, size_t length, bool negative, const IntervalUnit *from)
{
    weir_expect(p, WEIR_KEYWORD_TO);
    WeirToken token = *weir_peek(p);
    const IntervalUnit *to =
        token.kind == WEIR_TOKEN_WORD ? find_unit(p->lexer.text + token.start, (size_t)token.length) : NULL;
    bool fits = to != NULL && from->field < to->field &&
                (from->field <= WEIR_INTERVAL_MONTH) == (to->field <= WEIR_INTERVAL_MONTH);
    if (to == NULL) {
        weir_fail_syntax(p);
        return weir_make_boolean(p, false, origin);
    }
    weir_advance(p);
    if (!fits) {
        WEIR_FAIL(p, weir_origin_since(p, value_origin),
                  WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION, "input", value, "from", from->name,
                  "to", to->name);
        return weir_make_boolean(p, false, origin);
    }
    IntervalSum sum = {0};
    bool in_range;
    if (!scan_fields(&sum, value, length, negative, from->field, to->field, &in_range) || !in_range) {
        fail_fields(p, weir_origin_since(p, value_origin), value, from->field <= WEIR_INTERVAL_MONTH, in_range);
        return weir_make_boolean(p, false, origin);
    }
    return make_interval(p, &sum, origin);
}

/* ---- INTERVAL {[+-]value unit}… */

static bool at_unit(WeirParser *p, uint32_t n)
{
    const WeirToken *token = weir_peek_at(p, n);
    return token->kind == WEIR_TOKEN_WORD && find_unit(p->lexer.text + token->start, (size_t)token->length) != NULL;
}

static bool is_value(WeirParser *p, uint32_t n)
{
    WeirTokenKind kind = weir_peek_at(p, n)->kind;
    return kind == WEIR_TOKEN_INTEGER || kind == WEIR_TOKEN_DECIMAL || kind == WEIR_TOKEN_STRING;
}

static bool at_value(WeirParser *p, uint32_t n)
{
    if (weir_next_is_symbol(p, n, '-') || weir_next_is_symbol(p, n, '+'))
        return is_value(p, n + 1) && at_unit(p, n + 2);
    return is_value(p, n);
}

bool weir_at_interval(WeirParser *p)
{
    return weir_at(p, WEIR_KEYWORD_INTERVAL) && at_value(p, 1);
}

/* One value token as text, its sign before it. */
static const char *parse_value(WeirParser *p, size_t *length, bool *negative)
{
    *negative = weir_accept_symbol(p, '-');
    if (!*negative)
        weir_accept_symbol(p, '+');
    if (weir_at_string(p))
        return weir_parse_string(p, length);
    WeirToken token = weir_advance(p);
    *length = (size_t)token.length;
    return weir_arena_strndup(p->arena, p->lexer.text + token.start, (size_t)token.length);
}

WeirExpression *weir_parse_interval(WeirParser *p, bool text_allowed)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_INTERVAL);
    WeirOrigin value_origin = origin;
    IntervalSum sum = {0};
    bool first = true;
    do {
        size_t length;
        bool negative;
        if (first)
            value_origin = weir_origin_here(p);
        const char *value = parse_value(p, &length, &negative);
        WeirToken token = *weir_peek(p);
        const IntervalUnit *unit =
            token.kind == WEIR_TOKEN_WORD ? find_unit(p->lexer.text + token.start, (size_t)token.length) : NULL;
        if (unit == NULL && first && text_allowed && p->last.kind == WEIR_TOKEN_STRING) {
            if (!scan_interval_text(&sum, value, length)) {
                WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_TYPED_LITERAL, "valueType",
                          "\"INTERVAL\"", "value", weir_arena_printf(p->arena, "'%s'", value));
                return weir_make_boolean(p, false, origin);
            }
            break;
        }
        if (unit == NULL) {
            weir_fail_syntax(p);
            break;
        }
        weir_advance(p);
        if (first && weir_at(p, WEIR_KEYWORD_TO))
            return parse_field_to_field(p, origin, value_origin, value, length, negative, unit);
        while (length > 0 && is_blank(*value)) {
            value++;
            length--;
        }
        while (length > 0 && is_blank(value[length - 1]))
            length--;
        const char *text = weir_arena_printf(p->arena, "%s%.*s", negative && *value != '-' ? "-" : "", (int)length,
                                             negative && *value == '-' ? value + 1 : value);
        if (!add_value(&sum, unit, text, strlen(text)))
            return fail_value(p, value_origin, value, unit);
        first = false;
    } while ((is_value(p, 0) && at_unit(p, 1)) ||
             ((weir_at_symbol(p, '-') || weir_at_symbol(p, '+')) && is_value(p, 1) && at_unit(p, 2)));
    return make_interval(p, &sum, origin);
}
