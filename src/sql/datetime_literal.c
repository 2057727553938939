/* Text of dates and timestamps to values, by the rules of Spark's casts and typed literals: [+-]yyyy[-m[-d]] with 4 to
 * 7 digits of year, then for timestamps [ T]h:m:s[.fraction] and a zone. */
#include <strings.h>

#include "columnar/time_zone.h"
#include "sql/parser_private.h"

#define MICROS_PER_SECOND INT64_C(1000000)
#define SECONDS_PER_DAY INT64_C(86400)

typedef struct Scanner {
    const char *text;
    size_t length, position;
} Scanner;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Blanks and control characters around the text do not count. */
static Scanner scanner_trimmed(const char *text, size_t length)
{
    while (length > 0 && (unsigned char)text[0] <= ' ') {
        text++;
        length--;
    }
    while (length > 0 && (unsigned char)text[length - 1] <= ' ')
        length--;
    return (Scanner){.text = text, .length = length};
}

static bool at(const Scanner *scanner, char c)
{
    return scanner->position < scanner->length && scanner->text[scanner->position] == c;
}

static bool accept(Scanner *scanner, char c)
{
    bool found = at(scanner, c);
    scanner->position += found;
    return found;
}

/* A number of `minimum` to `maximum` digits. */
static bool scan_number(Scanner *scanner, size_t minimum, size_t maximum, int64_t *value)
{
    size_t count = 0;
    int64_t number = 0;
    while (scanner->position < scanner->length && is_digit(scanner->text[scanner->position])) {
        if (++count > maximum)
            return false;
        number = number * 10 + (scanner->text[scanner->position++] - '0');
    }
    *value = number;
    return count >= minimum;
}

static bool is_valid_date(int64_t year, int64_t month, int64_t day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

static bool scan_date(Scanner *scanner, int64_t *days)
{
    bool negative = at(scanner, '-');
    if (!accept(scanner, '-'))
        accept(scanner, '+');
    int64_t year;
    int64_t month = 1;
    int64_t day = 1;
    if (!scan_number(scanner, 4, 7, &year))
        return false;
    if (accept(scanner, '-')) {
        if (!scan_number(scanner, 1, 2, &month))
            return false;
        if (accept(scanner, '-') && !scan_number(scanner, 1, 2, &day))
            return false;
    }
    year = negative ? -year : year;
    if (!is_valid_date(year, month, day))
        return false;
    *days = weir_days_from_civil(year, (int)month, (int)day);
    return true;
}

bool weir_date_parse(const char *text, size_t length, int32_t *days)
{
    Scanner scanner = scanner_trimmed(text, length);
    int64_t value;
    if (!scan_date(&scanner, &value) || value < INT32_MIN || value > INT32_MAX)
        return false;
    if (scanner.position < scanner.length && !at(&scanner, ' ') && !at(&scanner, 'T'))
        return false;
    *days = (int32_t)value;
    return true;
}

/* Up to nine digits, the ones after microseconds dropped. */
static bool scan_fraction(Scanner *scanner, int64_t *micros)
{
    *micros = 0;
    size_t count = 0;
    for (; scanner->position < scanner->length && is_digit(scanner->text[scanner->position]); scanner->position++)
        if (count++ < 6)
            *micros = *micros * 10 + (scanner->text[scanner->position] - '0');
    if (count > 9)
        return false;
    for (; count < 6; count++)
        *micros *= 10;
    return true;
}

static bool scan_time(Scanner *scanner, int64_t *seconds, int64_t *micros)
{
    int64_t hour;
    int64_t minute = 0;
    int64_t second = 0;
    *micros = 0;
    if (!scan_number(scanner, 1, 2, &hour))
        return false;
    if (accept(scanner, ':')) {
        if (!scan_number(scanner, 1, 2, &minute))
            return false;
        if (accept(scanner, ':')) {
            if (!scan_number(scanner, 1, 2, &second))
                return false;
            if (accept(scanner, '.') && !scan_fraction(scanner, micros))
                return false;
        }
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

/* The rest of the text as a zone: "Z", "+1:30", "UTC+8", "Europe/Paris". */
static bool scan_zone(const Scanner *scanner, const WeirTimeZone **zone)
{
    char name[128];
    const char *text = scanner->text + scanner->position;
    size_t length = scanner->length - scanner->position;
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    if (length == 0 || length >= sizeof name)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    return weir_time_zone_find(name, zone, NULL) == WEIR_OK;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool weir_special_timestamp_parse(const char *text, size_t length, const WeirTimeZone *zone, int64_t now_micros,
                                  int64_t *micros, int32_t *days)
{
    static const struct {
        const char *word;
        int32_t offset;
    } words[] = {{"epoch", 0}, {"now", 0}, {"today", 0}, {"tomorrow", 1}, {"yesterday", -1}};
    Scanner scanner = scanner_trimmed(text, length);
    size_t which = 0;
    while (which < 5 && (scanner.length < strlen(words[which].word) ||
                         strncasecmp(scanner.text, words[which].word, strlen(words[which].word)) != 0))
        which++;
    if (which == 5)
        return false;
    scanner.position = strlen(words[which].word);
    const WeirTimeZone *written = zone != NULL ? zone : weir_time_zone_utc();
    if (scanner.position < scanner.length && !scan_zone(&scanner, &written))
        return false;
    int64_t now_seconds = floor_divide(now_micros, MICROS_PER_SECOND);
    int64_t local = now_seconds + weir_time_zone_offset_at(written, now_seconds);
    int64_t day = which == 0 ? 0 : floor_divide(local, SECONDS_PER_DAY) + words[which].offset;
    *days = (int32_t)day;
    if (which == 0)
        *micros = 0;
    else if (which == 1)
        *micros = zone != NULL ? now_micros : now_micros + (local - now_seconds) * MICROS_PER_SECOND;
    else
        *micros = (zone != NULL ? weir_time_zone_to_instant(written, day * SECONDS_PER_DAY) : day * SECONDS_PER_DAY) *
                  MICROS_PER_SECOND;
    return true;
}

bool weir_timestamp_parse(const char *text, size_t length, const WeirTimeZone *zone, int64_t *micros, bool *has_zone)
{
    Scanner scanner = scanner_trimmed(text, length);
    int64_t days;
    int64_t seconds = 0;
    int64_t fraction = 0;
    *has_zone = false;
    if (!scan_date(&scanner, &days))
        return false;
    if (scanner.position < scanner.length) {
        if (!accept(&scanner, ' ') && !accept(&scanner, 'T'))
            return false;
        if (!scan_time(&scanner, &seconds, &fraction))
            return false;
        *has_zone = scanner.position < scanner.length;
    }
    const WeirTimeZone *written = zone;
    if (*has_zone && !scan_zone(&scanner, &written))
        return false;
    if (zone != NULL)
        zone = written;
    int64_t local = days * SECONDS_PER_DAY + seconds;
    int64_t instant = zone == NULL ? local : weir_time_zone_to_instant(zone, local);
    int64_t product;
    return !__builtin_mul_overflow(instant, MICROS_PER_SECOND, &product) &&
           !__builtin_add_overflow(product, fraction, micros);
}
