/* Strings to intervals. Calendar intervals are a list of numbers with units; ANSI intervals have one text form for each
 * pair of fields, alone or inside of a literal: 1 02:03:04.5 or INTERVAL '1 02:03:04.5' DAY TO SECOND. */
#include "columnar/value_parse.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define TEXT_BYTES_MAX 256
#define MICROS_PER_MINUTE INT64_C(60000000)
#define MICROS_PER_HOUR INT64_C(3600000000)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Java's Character.isWhitespace, of ASCII. */
static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

/* A text cut to what fits into a message. */
static const char *for_message(char out[TEXT_BYTES_MAX], const char *text, size_t length)
{
    size_t shown = length < TEXT_BYTES_MAX - 1 ? length : TEXT_BYTES_MAX - 1;
    memcpy(out, text, shown);
    out[shown] = '\0';
    return out;
}

/* -------------------------------------------------------------- calendar intervals */

typedef struct UnitScanner {
    const char *text; /* the whole input, for messages */
    size_t length;
    const char *next;
    const char *end;
    WeirCalendarInterval *interval;
    WeirError *error;
} UnitScanner;

/* One number with its unit. */
typedef struct UnitValue {
    int64_t value;
    int64_t fraction; /* microseconds */
    bool has_fraction;
} UnitValue;

/* The word around the place of an error. */
static WeirStatus fail(UnitScanner *scanner, WeirStatus condition, const char *parameter)
{
    char input[TEXT_BYTES_MAX], word[TEXT_BYTES_MAX];
    const char *start = scanner->next, *end = scanner->next;
    while (start > scanner->text && !is_space(start[-1]))
        start--;
    while (end < scanner->end && !is_space(*end))
        end++;
    for_message(input, scanner->text, scanner->length);
    if (parameter == NULL)
        return weir_error_set(scanner->error, condition, "input", input);
    return weir_error_set(scanner->error, condition, "input", input, parameter,
                          for_message(word, start, (size_t)(end - start)));
}

static void skip_spaces(UnitScanner *scanner)
{
    while (scanner->next < scanner->end && is_space(*scanner->next))
        scanner->next++;
}

/* Up to nine digits after the point, of which six count. */
static WeirStatus scan_fraction(UnitScanner *scanner, bool point_first, UnitValue *unit)
{
    int64_t nanoseconds = 0, scale = 100000000;
    const char *first = scanner->next;
    unit->has_fraction = true;
    while (scanner->next < scanner->end && is_digit(*scanner->next)) {
        if (scale == 0)
            return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_PRECISION, "value");
        nanoseconds += (*scanner->next++ - '0') * scale;
        scale /= 10;
    }
    unit->fraction = nanoseconds / 1000;
    if (scanner->next == scanner->end)
        return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_MISSING_UNIT, "word");
    if (!is_space(*scanner->next) || (point_first && scanner->next == first))
        return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_VALUE, "value");
    return WEIR_OK;
}

static WeirStatus scan_value(UnitScanner *scanner, UnitValue *unit)
{
    bool negative = *scanner->next == '-';
    memset(unit, 0, sizeof(*unit));
    if (*scanner->next == '.') {
        scanner->next++;
        return scan_fraction(scanner, true, unit);
    }
    if (negative || *scanner->next == '+') {
        scanner->next++;
        skip_spaces(scanner);
        if (scanner->next == scanner->end)
            return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_MISSING_NUMBER, "word");
    } else if (!is_digit(*scanner->next)) {
        return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNRECOGNIZED_NUMBER, "number");
    }
    for (; scanner->next < scanner->end && is_digit(*scanner->next); scanner->next++) {
        if (__builtin_mul_overflow(unit->value, 10, &unit->value) ||
            __builtin_add_overflow(unit->value, *scanner->next - '0', &unit->value))
            return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_ARITHMETIC_EXCEPTION, NULL);
    }
    if (scanner->next < scanner->end && *scanner->next == '.') {
        scanner->next++;
        WEIR_TRY(scan_fraction(scanner, false, unit));
    } else if (scanner->next == scanner->end) {
        return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_MISSING_UNIT, "word");
    } else if (!is_space(*scanner->next)) {
        return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_VALUE, "value");
    }
    if (negative) {
        unit->value = -unit->value;
        unit->fraction = -unit->fraction;
    }
    return WEIR_OK;
}

static bool add_32(int32_t *sum, int64_t value, int64_t factor)
{
    int64_t product;
    return !__builtin_mul_overflow(value, factor, &product) && !__builtin_add_overflow(*sum, product, sum);
}

static bool add_64(int64_t *sum, int64_t value, int64_t factor)
{
    int64_t product;
    return !__builtin_mul_overflow(value, factor, &product) && !__builtin_add_overflow(*sum, product, sum);
}

/* False on overflow. `unit` is the index in unit_names. */
static bool add_unit(WeirCalendarInterval *interval, int unit, const UnitValue *value)
{
    switch (unit) {
    case 0:
        return add_32(&interval->months, value->value, 12);
    case 1:
        return add_32(&interval->months, value->value, 1);
    case 2:
        return add_32(&interval->days, value->value, 7);
    case 3:
        return add_32(&interval->days, value->value, 1);
    case 4:
        return add_64(&interval->microseconds, value->value, MICROS_PER_HOUR);
    case 5:
        return add_64(&interval->microseconds, value->value, MICROS_PER_MINUTE);
    case 6:
        return add_64(&interval->microseconds, value->value, WEIR_MICROS_PER_SECOND) &&
               add_64(&interval->microseconds, value->fraction, 1);
    case 7:
        return add_64(&interval->microseconds, value->value, 1000);
    default:
        return add_64(&interval->microseconds, value->value, 1);
    }
}

static WeirStatus scan_unit(UnitScanner *scanner, const UnitValue *value)
{
    static const char *const unit_names[] = {"year",   "month",  "week",        "day",        "hour",
                                             "minute", "second", "millisecond", "microsecond"};
    if (value->has_fraction && (*scanner->next | 0x20) != 's')
        return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_FRACTION, "unit");
    for (int unit = 0; unit < 9; unit++) {
        size_t length = strlen(unit_names[unit]);
        if ((size_t)(scanner->end - scanner->next) < length ||
            strncasecmp(scanner->next, unit_names[unit], length) != 0)
            continue;
        if (!add_unit(scanner->interval, unit, value))
            return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_ARITHMETIC_EXCEPTION, NULL);
        scanner->next += length;
        scanner->next += scanner->next < scanner->end && (*scanner->next | 0x20) == 's';
        if (scanner->next < scanner->end && !is_space(*scanner->next))
            break;
        return WEIR_OK;
    }
    return fail(scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_UNIT, "unit");
}

WeirStatus weir_string_to_interval(const char *text, size_t length, WeirCalendarInterval *interval, WeirError *error)
{
    WeirCalendarInterval sum = {0};
    weir_trim_all(&text, &length);
    UnitScanner scanner = {text, length, text, text + length, &sum, error};
    if (length >= 8 && strncasecmp(text, "interval", 8) == 0) {
        if (length > 8 && !is_space(text[8]))
            return fail(&scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INVALID_PREFIX, "prefix");
        scanner.next += 8;
    }
    if (scanner.next == scanner.end)
        return fail(&scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INPUT_IS_EMPTY, NULL);
    for (skip_spaces(&scanner); scanner.next < scanner.end; skip_spaces(&scanner)) {
        UnitValue value;
        WEIR_TRY(scan_value(&scanner, &value));
        skip_spaces(&scanner);
        if (scanner.next == scanner.end)
            return fail(&scanner, WEIR_ERROR_INVALID_INTERVAL_FORMAT_MISSING_UNIT, "word");
        WEIR_TRY(scan_unit(&scanner, &value));
    }
    *interval = sum;
    return WEIR_OK;
}

/* ------------------------------------------------------------------ ANSI intervals */

static const char *const field_names[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};

/* The fields of the text that matched. */
typedef struct AnsiText {
    bool negative;
    const char *digits[6]; /* of each field; NULL: not there */
    size_t lengths[6];
    const char *fraction; /* after the point */
    size_t fraction_length;
} AnsiText;

static size_t count_digits(const char *text, const char *end)
{
    size_t count = 0;
    while (text + count < end && is_digit(text[count]))
        count++;
    return count;
}

static bool accept_sign(const char **text, const char *end, AnsiText *ansi)
{
    if (*text == end || (**text != '-' && **text != '+' && **text != '|'))
        return false;
    ansi->negative ^= **text == '-';
    (*text)++;
    return true;
}

/* Of the first field; more digits are another form to Spark, not a number out of range. */
static const size_t first_digits_max[] = {SIZE_MAX, SIZE_MAX, 9, 10, 12, 13};

/* Digits of the fields and what stands between them; a fraction after seconds. Moves *text behind it. */
static bool match_fields(const char **text, const char *end, int start, int last, AnsiText *ansi)
{
    for (int field = start; field <= last; field++) {
        size_t count = count_digits(*text, end);
        bool is_first = field == start;
        size_t most = is_first ? first_digits_max[field] : field == WEIR_INTERVAL_MONTH ? SIZE_MAX : 2;
        if (count == 0 || count > most)
            return false;
        ansi->digits[field] = *text;
        ansi->lengths[field] = count;
        *text += count;
        if (field == last)
            break;
        char separator = field == WEIR_INTERVAL_YEAR ? '-' : field == WEIR_INTERVAL_DAY ? ' ' : ':';
        if (*text == end || **text != separator)
            return false;
        (*text)++;
    }
    if (last != WEIR_INTERVAL_SECOND || *text == end || **text != '.')
        return true;
    ansi->fraction = *text + 1;
    ansi->fraction_length = count_digits(ansi->fraction, end);
    *text += 1 + ansi->fraction_length;
    return ansi->fraction_length >= 1 && ansi->fraction_length <= 9;
}

static bool accept_word(const char **text, const char *end, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(end - *text) < length || strncasecmp(*text, word, length) != 0)
        return false;
    *text += length;
    return true;
}

static bool accept_spaces(const char **text, const char *end)
{
    const char *start = *text;
    while (*text < end && is_space(**text))
        (*text)++;
    return *text > start;
}

static bool match(const char *text, size_t length, int start, int last, AnsiText *ansi)
{
    const char *end = text + length;
    memset(ansi, 0, sizeof(*ansi));
    if (!accept_word(&text, end, "INTERVAL")) {
        (void)accept_sign(&text, end, ansi);
        return match_fields(&text, end, start, last, ansi) && text == end;
    }
    if (!accept_spaces(&text, end))
        return false;
    (void)accept_sign(&text, end, ansi);
    if (!accept_word(&text, end, "'"))
        return false;
    (void)accept_sign(&text, end, ansi);
    if (!match_fields(&text, end, start, last, ansi) || !accept_word(&text, end, "'") || !accept_spaces(&text, end) ||
        !accept_word(&text, end, field_names[start]))
        return false;
    if (start != last && (!accept_spaces(&text, end) || !accept_word(&text, end, "TO") || !accept_spaces(&text, end) ||
                          !accept_word(&text, end, field_names[last])))
        return false;
    return text == end;
}

/* "`[+|-]d h:m`, `INTERVAL [+|-]'[+|-]d h:m' DAY TO MINUTE`" */
static WeirStatus unmatched(const char *text, size_t length, int start, int last, WeirError *error)
{
    static const char letters[] = "ymdhms";
    char input[TEXT_BYTES_MAX], form[32], supported[160], qualifier[32], name[48];
    size_t at = 0;
    for (int field = start; field <= last; field++) {
        if (field > start)
            form[at++] = field == WEIR_INTERVAL_MONTH ? '-' : field == WEIR_INTERVAL_HOUR ? ' ' : ':';
        form[at++] = letters[field];
    }
    if (last == WEIR_INTERVAL_SECOND) {
        form[at++] = '.';
        form[at++] = 'n';
    }
    form[at] = '\0';
    snprintf(qualifier, sizeof(qualifier), start == last ? "%s" : "%s TO %s", field_names[start], field_names[last]);
    snprintf(supported, sizeof(supported), "`[+|-]%s`, `INTERVAL [+|-]'[+|-]%s' %s`", form, form, qualifier);
    snprintf(name, sizeof(name), "interval %s", qualifier);
    for (char *c = name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    bool year_month = last <= WEIR_INTERVAL_MONTH;
    return weir_error_set(error,
                          year_month ? WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING
                                     : WEIR_ERROR_INVALID_INTERVAL_FORMAT_UNMATCHED_FORMAT_STRING_WITH_NOTICE,
                          "input", for_message(input, text, length), "intervalStr",
                          year_month ? "year-month" : "day-time", "supportedFormat", supported, "typeName", name);
}

static WeirStatus out_of_range(const char *text, size_t length, const char *kind, WeirError *error)
{
    char input[TEXT_BYTES_MAX];
    return weir_error_set(error, WEIR_ERROR_INVALID_INTERVAL_FORMAT_INTERVAL_PARSING, "input",
                          for_message(input, text, length), "interval", kind);
}

/* False when the digits are no int64. */
static bool field_value(const AnsiText *ansi, int field, int64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < ansi->lengths[field]; i++) {
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, ansi->digits[field][i] - '0', value))
            return false;
    }
    return true;
}

WeirStatus weir_string_to_year_month_interval(const char *text, size_t length, WeirIntervalField start,
                                              WeirIntervalField end, int32_t *months, WeirError *error)
{
    AnsiText ansi;
    int64_t total = 0, month = 0;
    weir_trim_all(&text, &length);
    if (!match(text, length, (int)start, (int)end, &ansi))
        return unmatched(text, length, (int)start, (int)end, error);
    bool valid = true;
    if (start == WEIR_INTERVAL_YEAR) {
        valid = field_value(&ansi, WEIR_INTERVAL_YEAR, &total);
        if (__builtin_mul_overflow(total, 12, &total) &&
            start != end) /* Spark multiplies a lone field without a check */
            valid = false;
    }
    if (end == WEIR_INTERVAL_MONTH)
        valid = valid && field_value(&ansi, WEIR_INTERVAL_MONTH, &month) && (start == end || month <= 11);
    if (!valid || __builtin_add_overflow(total, month, &total) || (ansi.negative ? -total : total) > INT32_MAX ||
        (ansi.negative ? -total : total) < INT32_MIN)
        return out_of_range(text, length, "year-month", error);
    *months = (int32_t)(ansi.negative ? -total : total);
    return WEIR_OK;
}

static int64_t fraction_microseconds(const AnsiText *ansi)
{
    int64_t value = 0;
    for (size_t i = 0; i < 6; i++)
        value = value * 10 + (i < ansi->fraction_length ? ansi->fraction[i] - '0' : 0);
    return value;
}

WeirStatus weir_string_to_day_time_interval(const char *text, size_t length, WeirIntervalField start,
                                            WeirIntervalField end, int64_t *microseconds, WeirError *error)
{
    static const int64_t units[] = {
        0, 0, WEIR_MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, WEIR_MICROS_PER_SECOND};
    static const int64_t limits[] = {0, 0, INT64_MAX, 23, 59, 59};
    AnsiText ansi;
    weir_trim_all(&text, &length);
    if (!match(text, length, (int)start, (int)end, &ansi))
        return unmatched(text, length, (int)start, (int)end, error);
    WeirInt128 total = fraction_microseconds(&ansi);
    for (int field = (int)start; field <= (int)end; field++) {
        int64_t value;
        if (!field_value(&ansi, field, &value) || (field > (int)start && value > limits[field]))
            return out_of_range(text, length, "day-time", error);
        total += (WeirInt128)value * units[field];
    }
    if (ansi.negative)
        total = -total;
    bool wraps = start == end && end != WEIR_INTERVAL_SECOND; /* as above */
    if (!wraps && (total > INT64_MAX || total < INT64_MIN))
        return out_of_range(text, length, "day-time", error);
    *microseconds = (int64_t)total;
    return WEIR_OK;
}
