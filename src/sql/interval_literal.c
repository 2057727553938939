/* INTERVAL literals: values with units (INTERVAL 1 DAY -2 HOURS, INTERVAL '1 day 2 hours'), read as casts of text read
 * them, and fields in one text (INTERVAL '1 2:3' DAY TO MINUTE). The result is a year-month or day-time interval whose
 * fields are those that were named; the two do not mix. */
#include <stdio.h>
#include <strings.h>

#include "columnar/value_parse.h"
#include "sql/parser_private.h"

typedef struct IntervalUnit {
    const char *name; /* singular */
    WeirIntervalField field;
} IntervalUnit;

/* Nanoseconds are part of the grammar, but of no interval. */
static const IntervalUnit units[] = {
    {"year", WEIR_INTERVAL_YEAR},         {"month", WEIR_INTERVAL_MONTH},        {"week", WEIR_INTERVAL_DAY},
    {"day", WEIR_INTERVAL_DAY},           {"hour", WEIR_INTERVAL_HOUR},          {"minute", WEIR_INTERVAL_MINUTE},
    {"second", WEIR_INTERVAL_SECOND},     {"millisecond", WEIR_INTERVAL_SECOND}, {"microsecond", WEIR_INTERVAL_SECOND},
    {"nanosecond", WEIR_INTERVAL_SECOND},
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

static const IntervalUnit *unit_of(const WeirParser *p, const WeirToken *token)
{
    return token->kind == WEIR_TOKEN_WORD ? find_unit(p->lexer.text + token->start, (size_t)token->length) : NULL;
}

/* FROM … TO has the units in the singular. */
static bool is_singular(const WeirToken *token, const IntervalUnit *unit)
{
    return (size_t)token->length == strlen(unit->name);
}

/* What a literal adds up to. */
typedef struct IntervalSum {
    WeirCalendarInterval value;
    bool has[6];
} IntervalSum;

static WeirExpression *make_interval(WeirParser *p, const IntervalSum *sum, WeirOrigin origin)
{
    origin = weir_origin_since(p, origin);
    int start = WEIR_INTERVAL_YEAR;
    int end = WEIR_INTERVAL_SECOND;
    while (start < WEIR_INTERVAL_SECOND && !sum->has[start])
        start++;
    while (end > start && !sum->has[end])
        end--;
    if (start <= WEIR_INTERVAL_MONTH && end > WEIR_INTERVAL_MONTH) {
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0029,
                       "Year-month and day-time fields cannot be mixed: %s.",
                       weir_source_text(p, origin.start, origin.start + origin.length));
        return weir_make_boolean(p, false, origin);
    }
    const WeirDataType *type = weir_type_interval(p->arena, (WeirIntervalField)start, (WeirIntervalField)end);
    int64_t value = sum->value.months;
    if (end > WEIR_INTERVAL_MONTH && (__builtin_mul_overflow(sum->value.days, WEIR_MICROS_PER_DAY, &value) ||
                                      __builtin_add_overflow(value, sum->value.microseconds, &value))) {
        WEIR_FAIL(p, origin, WEIR_ERROR_INTERVAL_ARITHMETIC_OVERFLOW_WITHOUT_SUGGESTION);
        return weir_make_boolean(p, false, origin);
    }
    return weir_make_literal(p, weir_value_int(p->arena, type, value), origin);
}

/* ---- INTERVAL 'n unit n unit' */

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ';
}

static WeirExpression *parse_text(WeirParser *p, const char *text, size_t length, WeirOrigin origin)
{
    IntervalSum sum = {0};
    if (weir_string_to_interval(text, length, &sum.value, NULL) != WEIR_OK) {
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_TYPED_LITERAL, "valueType", "\"INTERVAL\"",
                  "value", weir_arena_printf(p->arena, "'%s'", text));
        return weir_make_boolean(p, false, origin);
    }
    const char *end = text + length;
    while (text < end) {
        const char *word = text;
        while (text < end && !is_blank(*text))
            text++;
        const IntervalUnit *unit = find_unit(word, (size_t)(text - word));
        if (unit != NULL)
            sum.has[unit->field] = true;
        text += text < end;
    }
    return make_interval(p, &sum, origin);
}

/* ---- INTERVAL '…' FIELD TO FIELD */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The text of a literal with fields, as far as it was read. */
typedef struct FieldScanner {
    const char *next, *end;
    WeirInt128 total; /* months or microseconds */
    bool in_range;
} FieldScanner;

/* What a field counts, its largest values as the first field and after it, its digits as the first one. Spark takes any
 * number of digits for months. */
static const struct {
    int64_t factor, first_max, later_max;
    size_t digits_max;
    char separator; /* before it */
} field_rules[] = {
    {12, INT64_MAX, 0, SIZE_MAX, '\0'},
    {1, INT64_MAX, 11, SIZE_MAX, '-'},
    {WEIR_MICROS_PER_DAY, 106751991, 0, 9, '\0'},
    {3600 * WEIR_MICROS_PER_SECOND, 2562047788, 23, 10, ' '},
    {60 * WEIR_MICROS_PER_SECOND, 153722867280, 59, 12, ':'},
    {WEIR_MICROS_PER_SECOND, INT64_MAX, 59, 13, ':'},
};

static bool scan_field(FieldScanner *scanner, int field, bool is_first)
{
    size_t count = 0;
    int64_t number = 0;
    for (; scanner->next < scanner->end && is_digit(*scanner->next); scanner->next++, count++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, *scanner->next - '0', &number))
            number = INT64_MAX;
    size_t digits_max = is_first || field == WEIR_INTERVAL_MONTH ? field_rules[field].digits_max : 2;
    if (number > (is_first ? field_rules[field].first_max : field_rules[field].later_max))
        scanner->in_range = false;
    scanner->total += (WeirInt128)number * field_rules[field].factor;
    return count > 0 && count <= digits_max;
}

/* One to nine digits behind the point. */
static bool scan_fraction(FieldScanner *scanner)
{
    int64_t micros = 0;
    int count = 0;
    for (; scanner->next < scanner->end && is_digit(*scanner->next); scanner->next++)
        if (count++ < 6)
            micros = micros * 10 + (*scanner->next - '0');
    for (int i = count; i < 6; i++)
        micros *= 10;
    scanner->total += micros;
    return count >= 1 && count <= 9;
}

/* False where the text has another form. */
static bool scan_fields(FieldScanner *scanner, int from, int to)
{
    while (scanner->next < scanner->end && is_blank(*scanner->next))
        scanner->next++;
    while (scanner->end > scanner->next && is_blank(scanner->end[-1]))
        scanner->end--;
    bool negative = scanner->next < scanner->end && *scanner->next == '-';
    scanner->next += negative || (scanner->next < scanner->end && *scanner->next == '+');
    for (int field = from; field <= to; field++) {
        if (field > from && (scanner->next == scanner->end || *scanner->next++ != field_rules[field].separator))
            return false;
        if (!scan_field(scanner, field, field == from))
            return false;
    }
    if (to == WEIR_INTERVAL_SECOND && scanner->next < scanner->end && *scanner->next == '.') {
        scanner->next++;
        if (!scan_fraction(scanner))
            return false;
    }
    if (negative)
        scanner->total = -scanner->total;
    return scanner->next == scanner->end;
}

static void fail_form(WeirParser *p, WeirOrigin origin, const char *value, bool year_month)
{
    WEIR_FAIL(p, origin,
              year_month ? WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING
                         : WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE,
              "input", value, "intervalStr", year_month ? "year-month" : "day-time", "typeName", "interval",
              "supportedFormat", "the literal's fields");
}

static WeirExpression *make_fields(WeirParser *p, WeirOrigin origin, WeirOrigin value_origin, const char *value,
                                   int from, int to)
{
    FieldScanner scanner = {.next = value, .end = value + strlen(value), .in_range = true};
    bool year_month = to <= WEIR_INTERVAL_MONTH;
    value_origin = weir_origin_since(p, value_origin);
    WeirInt128 least = year_month ? INT32_MIN : INT64_MIN, most = year_month ? INT32_MAX : INT64_MAX;
    if (!scan_fields(&scanner, from, to))
        fail_form(p, value_origin, value, year_month);
    else if (year_month && (!scanner.in_range || scanner.total < least || scanner.total > most))
        WEIR_FAIL(p, value_origin, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INTERVAL_PARSING, "input", value, "interval",
                  "year-month");
    else if (!scanner.in_range)
        weir_fail_text(p, value_origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0063,
                       "A field of the interval '%s' is out of its range.", value);
    else if (scanner.total < least || scanner.total > most)
        weir_fail_text(p, value_origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The interval '%s' is too large.", value);
    else
        return weir_make_literal(
            p,
            weir_value_int(p->arena, weir_type_interval(p->arena, (WeirIntervalField)from, (WeirIntervalField)to),
                           (int64_t)scanner.total),
            weir_origin_since(p, origin));
    return weir_make_boolean(p, false, origin);
}

/* TO and its unit, NULL after a syntax error. */
static const IntervalUnit *parse_to_unit(WeirParser *p)
{
    weir_expect(p, WEIR_KEYWORD_TO);
    WeirToken token = *weir_peek(p);
    const IntervalUnit *to = unit_of(p, &token);
    if (to == NULL || !is_singular(&token, to)) {
        weir_fail_syntax(p);
        return NULL;
    }
    weir_advance(p);
    return to;
}

static void fail_second_fields(WeirParser *p, WeirOrigin origin)
{
    WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0024);
}

/* ---- INTERVAL {[+-]value unit}… */

static bool is_value(WeirParser *p, uint32_t n)
{
    WeirTokenKind kind = weir_peek_at(p, n)->kind;
    return kind == WEIR_TOKEN_INTEGER || kind == WEIR_TOKEN_DECIMAL || kind == WEIR_TOKEN_STRING;
}

static bool at_value_with_unit(WeirParser *p)
{
    uint32_t sign = weir_next_is_symbol(p, 0, '-') || weir_next_is_symbol(p, 0, '+');
    return is_value(p, sign) && unit_of(p, weir_peek_at(p, sign + 1)) != NULL;
}

bool weir_at_interval(WeirParser *p)
{
    if (!weir_at(p, WEIR_KEYWORD_INTERVAL))
        return false;
    if (weir_next_is_symbol(p, 1, '-') || weir_next_is_symbol(p, 1, '+'))
        return is_value(p, 2) && unit_of(p, weir_peek_at(p, 3)) != NULL;
    return is_value(p, 1);
}

typedef struct WrittenValue {
    const char *text;
    size_t length;
    bool is_string;
    WeirOrigin origin;
} WrittenValue;

/* A number, or a string that may have a sign before it. */
static WrittenValue parse_value(WeirParser *p)
{
    WrittenValue value = {.origin = weir_origin_here(p)};
    bool negative = weir_accept_symbol(p, '-');
    if (!negative)
        weir_accept_symbol(p, '+');
    value.is_string = weir_at_string(p);
    if (value.is_string) {
        value.text = weir_parse_string(p, &value.length);
    } else {
        WeirToken token = weir_advance(p);
        value.length = (size_t)token.length;
        value.text = weir_arena_strndup(p->arena, p->lexer.text + token.start, value.length);
    }
    if (!negative)
        return value;
    bool doubled = *value.text == '-';
    value.text = doubled ? value.text + 1 : weir_arena_printf(p->arena, "-%s", value.text);
    value.length = strlen(value.text);
    return value;
}

/* Letters in a value could be taken for units when the parts are put together. */
static bool has_letter(const WrittenValue *value)
{
    for (size_t i = 0; i < value->length; i++) {
        uint8_t c = (uint8_t)value->text[i];
        if (c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

/* The units after their values, as one text. */
static WeirExpression *make_units(WeirParser *p, const char *text, IntervalSum *sum, WeirOrigin origin)
{
    WeirStatus status = weir_string_to_interval(text, strlen(text), &sum->value, p->error);
    if (status == WEIR_OK)
        return make_interval(p, sum, origin);
    weir_fail_status(p, weir_origin_since(p, origin), status);
    return weir_make_boolean(p, false, origin);
}

static WeirExpression *parse_fields(WeirParser *p, const WrittenValue *value, const WeirToken *from_token,
                                    WeirOrigin origin)
{
    const IntervalUnit *from = unit_of(p, from_token), *to = NULL;
    if (is_singular(from_token, from))
        to = parse_to_unit(p);
    else
        weir_fail_syntax(p);
    if (to == NULL)
        return weir_make_boolean(p, false, origin);
    if (at_value_with_unit(p)) {
        fail_second_fields(p, origin);
    } else if (!value->is_string) {
        weir_fail_text(p, weir_origin_since(p, value->origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0027,
                       "The value before FROM … TO fields has to be a string.");
    } else if (from->field >= to->field || (from->field <= WEIR_INTERVAL_MONTH) != (to->field <= WEIR_INTERVAL_MONTH)) {
        WEIR_FAIL(p, weir_origin_since(p, value->origin),
                  WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNSUPPORTED_FROM_TO_EXPRESSION, "input", value->text, "from",
                  from->name, "to", to->name);
    } else {
        return make_fields(p, origin, value->origin, value->text, (int)from->field, (int)to->field);
    }
    return weir_make_boolean(p, false, origin);
}

WeirExpression *weir_parse_interval(WeirParser *p, bool text_allowed)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_INTERVAL);
    IntervalSum sum = {0};
    const char *text = "";
    do {
        WrittenValue value = parse_value(p);
        bool first = *text == '\0';
        WeirToken token = *weir_peek(p);
        const IntervalUnit *unit = unit_of(p, &token);
        if (unit == NULL && first && text_allowed && value.is_string)
            return parse_text(p, value.text, value.length, origin);
        if (unit == NULL) {
            weir_fail_syntax(p);
            break;
        }
        weir_advance(p);
        if (first && weir_at(p, WEIR_KEYWORD_TO))
            return parse_fields(p, &value, &token, origin);
        if (weir_at(p, WEIR_KEYWORD_TO)) {
            if (parse_to_unit(p) != NULL)
                fail_second_fields(p, origin);
            break;
        }
        if (value.is_string && has_letter(&value)) {
            weir_fail_text(p, weir_origin_since(p, value.origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0026,
                           "The value of an interval's unit must be a number, not %s.", value.text);
            break;
        }
        sum.has[unit->field] = true;
        text =
            weir_arena_printf(p->arena, "%s %s %.*s", text, value.text, (int)token.length, p->lexer.text + token.start);
    } while (at_value_with_unit(p));
    return p->status == WEIR_OK ? make_units(p, text, &sum, origin) : weir_make_boolean(p, false, origin);
}
