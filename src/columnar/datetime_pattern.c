/* Patterns of dates and times. */
#include "columnar/datetime_pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

static WeirStatus bad_letter(char letter, const char *text, size_t length, WeirError *error)
{
    char c[2] = {letter, 0}, shown[128];
    snprintf(shown, sizeof(shown), "%.*s", (int)(length < 120 ? length : 120), text);
    if (strchr("AnNpYWwecB#{}", letter) == NULL) /* Java does not know it at all */
        return weir_error_set(error, WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION, "pattern", shown, "docroot",
                              "https://spark.apache.org/docs/latest");
    return weir_error_set(error, WEIR_ERROR_INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER, "c", c, "pattern", shown);
}

/* Before 3.0 Spark used SimpleDateFormat. What that took and Spark now refuses is called a change of behaviour. */
static bool legacy_takes(const char *text, size_t length)
{
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted = quoted != (text[i] == '\'');
        if (!quoted && isalpha((unsigned char)text[i]) && strchr("GyYMLwWDdFEuaHkKhmsSzZX", text[i]) == NULL)
            return false;
    }
    return true;
}

static WeirStatus refuse(WeirStatus condition, char letter, const char *text, size_t length, WeirError *error)
{
    char c[2] = {letter, 0}, shown[128];
    snprintf(shown, sizeof(shown), "%.*s", (int)(length < 120 ? length : 120), text);
    if (legacy_takes(text, length))
        return weir_error_set(error, WEIR_ERROR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_PATTERN_RECOGNITION,
                              "pattern", shown, "config", "\"spark.sql.legacy.timeParserPolicy\"", "docroot",
                              "https://spark.apache.org/docs/latest");
    return weir_error_set(error, condition, "c", c, "pattern", shown);
}

/* The first of `letters` outside quotes, or 0. */
static char first_of(const char *letters, const char *text, size_t length)
{
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        quoted = quoted != (text[i] == '\'');
        if (!quoted && strchr(letters, text[i]) != NULL && text[i] != 0)
            return text[i];
    }
    return 0;
}

WeirStatus weir_datetime_pattern_check_reading(const char *text, size_t length, WeirError *error)
{
    char letter = first_of("EFqQ", text, length);
    return letter == 0 ? WEIR_OK
                       : refuse(WEIR_ERROR_INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER, letter, text, length, error);
}

WeirStatus weir_datetime_pattern_parse(const char *source, size_t length, WeirArena *arena, WeirDatetimePattern **out,
                                       WeirError *error)
{
    const char *text = weir_arena_strndup(arena, source, length);
    char week_letter = first_of("YWwuec", source, length);
    if (week_letter != 0)
        return refuse(WEIR_ERROR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_WEEK_BASED_PATTERN, week_letter, source,
                      length, error);
    WeirDatetimePattern *pattern = WEIR_ARENA_NEW(arena, WeirDatetimePattern);
    pattern->tokens = WEIR_ARENA_ARRAY(arena, WeirPatternToken, length + 1);
    for (size_t i = 0; i < length;) {
        WeirPatternToken *token = &pattern->tokens[pattern->count++];
        char c = text[i];
        if (c == '\'') { /* quoted text; two quotes are one */
            char *literal = weir_arena_alloc(arena, length + 1);
            size_t size = 0;
            for (i++; i < length; i++) {
                if (text[i] == '\'' && (i + 1 >= length || text[i + 1] != '\''))
                    break;
                if (text[i] == '\'')
                    i++;
                literal[size++] = text[i];
            }
            if (size == 0)
                literal[size++] = '\'';
            i++;
            *token = (WeirPatternToken){0, 0, (uint16_t)size, literal};
        } else if (c == '[' || c == ']') {
            *token = (WeirPatternToken){c, 1, 0, NULL};
            i++;
        } else if (isalpha((unsigned char)c)) {
            size_t end = i;
            while (end < length && text[end] == c)
                end++;
            if (strchr("yMLdDEaHhKkmsSVzOXxZQqGF", c) == NULL || end - i > 9)
                return bad_letter(c, text, length, error);
            *token = (WeirPatternToken){c, (uint8_t)(end - i), 0, NULL};
            i = end;
        } else if (strchr("#{}", c) != NULL) {
            return bad_letter(c, text, length, error);
        } else {
            size_t end = i;
            while (end < length && !isalpha((unsigned char)text[end]) && strchr("'[]#{}", text[end]) == NULL)
                end++;
            *token = (WeirPatternToken){0, 0, (uint16_t)(end - i), text + i};
            i = end;
        }
    }
    *out = pattern;
    return WEIR_OK;
}

typedef struct Fields {
    int64_t year, days;
    int month, day;
    int64_t time; /* microseconds of the day */
    int32_t offset;
} Fields;

static void put_offset(WeirBuffer *out, const WeirPatternToken *token, int32_t offset)
{
    bool upper = token->letter == 'X';
    if (offset == 0 && (upper || (token->letter == 'Z' && token->count == 5))) {
        weir_buffer_append_char(out, 'Z');
        return;
    }
    if (token->letter == 'O' || (token->letter == 'Z' && token->count == 4)) {
        weir_buffer_append_text(out, "GMT");
        if (offset == 0)
            return;
    }
    int32_t size = offset < 0 ? -offset : offset;
    int hours = size / 3600, minutes = size / 60 % 60, seconds = size % 60;
    char sign = offset < 0 ? '-' : '+';
    if (token->letter == 'O' && token->count == 1) {
        weir_buffer_append_format(out, minutes != 0 ? "%c%d:%02d" : "%c%d", sign, hours, minutes);
        return;
    }
    bool colon =
        token->letter == 'O' || (token->letter == 'Z' ? token->count >= 4 : token->count == 3 || token->count == 5);
    bool short_form = token->letter != 'Z' && token->letter != 'O' && token->count == 1;
    weir_buffer_append_format(out, "%c%02d", sign, hours);
    if (!short_form || minutes != 0)
        weir_buffer_append_format(out, colon ? ":%02d" : "%02d", minutes);
    if (seconds != 0 && token->count >= 4)
        weir_buffer_append_format(out, colon ? ":%02d" : "%02d", seconds);
}

static void put_number(WeirBuffer *out, int64_t value, int width)
{
    weir_buffer_append_format(out, "%0*lld", width, (long long)value);
}

static void put_year(WeirBuffer *out, int64_t year, int count)
{
    if (count == 2)
        put_number(out, ((year % 100) + 100) % 100, 2);
    else if (year > 9999 && count >= 4)
        weir_buffer_append_format(out, "+%lld", (long long)year);
    else if (year < 0)
        weir_buffer_append_format(out, "-%0*lld", count, (long long)-year);
    else
        put_number(out, year, count);
}

static void put_name(WeirBuffer *out, const char *name, int count)
{
    if (count >= 4)
        weir_buffer_append_text(out, name);
    else
        weir_buffer_append(out, name, 3);
}

/* The letters of the time of day; false: it is none of them. */
static bool put_time_field(WeirBuffer *out, char letter, int n, int64_t time)
{
    int hour = (int)(time / (3600 * WEIR_MICROS_PER_SECOND));
    switch (letter) {
    case 'a':
        weir_buffer_append_text(out, hour < 12 ? "AM" : "PM");
        return true;
    case 'H':
        put_number(out, hour, n);
        return true;
    case 'k':
        put_number(out, hour == 0 ? 24 : hour, n);
        return true;
    case 'K':
        put_number(out, hour % 12, n);
        return true;
    case 'h':
        put_number(out, hour % 12 == 0 ? 12 : hour % 12, n);
        return true;
    case 'm':
        put_number(out, time / (60 * WEIR_MICROS_PER_SECOND) % 60, n);
        return true;
    case 's':
        put_number(out, time / WEIR_MICROS_PER_SECOND % 60, n);
        return true;
    case 'S': {
        char digits[16];
        snprintf(digits, sizeof(digits), "%06lld000", (long long)(time % WEIR_MICROS_PER_SECOND));
        weir_buffer_append(out, digits, (size_t)n);
        return true;
    }
    default:
        return false;
    }
}

static void put_field(WeirBuffer *out, const WeirPatternToken *token, const Fields *f, const WeirTimeZone *zone,
                      int64_t seconds)
{
    int n = token->count;
    if (put_time_field(out, token->letter, n, f->time))
        return;
    switch (token->letter) {
    case 'y':
        put_year(out, f->year > 0 ? f->year : 1 - f->year, n);
        return;
    case 'M':
    case 'L':
        if (n >= 3)
            put_name(out, month_names[f->month - 1], n);
        else
            put_number(out, f->month, n);
        return;
    case 'd':
        put_number(out, f->day, n);
        return;
    case 'D':
        put_number(out, weir_day_of_year(f->days), n);
        return;
    case 'E':
        put_name(out, day_names[weir_day_of_week(f->days) - 1], n);
        return;
    case 'F':
        put_number(out, (f->day - 1) % 7 + 1, n);
        return;
    case 'Q':
    case 'q':
        if (n <= 2)
            put_number(out, weir_quarter_of_month(f->month), n);
        else
            weir_buffer_append_format(out, n == 3 ? "Q%d" : "%d", weir_quarter_of_month(f->month));
        return;
    case 'G':
        weir_buffer_append_text(out, n >= 4        ? (f->year > 0 ? "Anno Domini" : "Before Christ")
                                     : f->year > 0 ? "AD"
                                                   : "BC");
        return;
    case 'V':
        weir_buffer_append_text(out, weir_time_zone_name(zone));
        return;
    case 'z':
        weir_buffer_append_text(out, weir_time_zone_text(zone, seconds, n >= 4));
        return;
    default:
        put_offset(out, token, f->offset);
        return;
    }
}

void weir_datetime_format(const WeirDatetimePattern *pattern, int64_t micros, const WeirTimeZone *zone, WeirBuffer *out)
{
    int64_t seconds = weir_floor_divide(micros, WEIR_MICROS_PER_SECOND);
    Fields f = {.offset = weir_time_zone_offset_at(zone, seconds)};
    int64_t local = micros + f.offset * WEIR_MICROS_PER_SECOND;
    f.days = weir_floor_divide(local, WEIR_MICROS_PER_DAY);
    f.time = weir_floor_modulo(local, WEIR_MICROS_PER_DAY);
    weir_civil_from_days(f.days, &f.year, &f.month, &f.day);
    for (uint32_t i = 0; i < pattern->count; i++) {
        const WeirPatternToken *token = &pattern->tokens[i];
        if (token->letter == 0)
            weir_buffer_append(out, token->text, token->length);
        else if (token->letter != '[' && token->letter != ']')
            put_field(out, token, &f, zone, seconds);
    }
}

/* ---- reading */

typedef struct Reader {
    const char *text;
    size_t length, at;
    int64_t year, month, day, day_of_year, hour, hour12, minute, second, micros;
    bool has_hour12, pm, has_pm, has_offset;
    int32_t offset;
    const WeirTimeZone *zone;
} Reader;

static bool read_digits(Reader *r, int least, int most, int64_t *value)
{
    int64_t number = 0;
    int digits = 0;
    while (digits < most && r->at < r->length && isdigit((unsigned char)r->text[r->at])) {
        number = number * 10 + (r->text[r->at++] - '0');
        digits++;
    }
    *value = number;
    return digits >= least;
}

static bool read_name(Reader *r, const char *const *names, int count, bool full, int64_t *value)
{
    for (int i = 0; i < count; i++) {
        size_t size = full ? strlen(names[i]) : 3;
        if (r->length - r->at >= size && strncmp(r->text + r->at, names[i], size) == 0) {
            r->at += size;
            *value = i + 1;
            return true;
        }
    }
    return false;
}

static bool read_offset(Reader *r, const WeirPatternToken *token)
{
    if (r->at < r->length && r->text[r->at] == 'Z' && token->letter != 'x') {
        r->at++;
        r->has_offset = true;
        r->offset = 0;
        return true;
    }
    if (token->letter == 'O' || (token->letter == 'Z' && token->count == 4)) {
        if (r->length - r->at < 3 || memcmp(r->text + r->at, "GMT", 3) != 0)
            return false;
        r->at += 3;
        r->has_offset = true;
        r->offset = 0;
        if (r->at >= r->length || (r->text[r->at] != '+' && r->text[r->at] != '-'))
            return true;
    }
    if (r->at >= r->length || (r->text[r->at] != '+' && r->text[r->at] != '-'))
        return false;
    int sign = r->text[r->at++] == '-' ? -1 : 1;
    int64_t hours, minutes = 0;
    if (!read_digits(r, 1, 2, &hours))
        return false;
    if (r->at < r->length && r->text[r->at] == ':')
        r->at++;
    (void)read_digits(r, 0, 2, &minutes);
    r->has_offset = true;
    r->offset = sign * (int32_t)(hours * 3600 + minutes * 60);
    return true;
}

static bool read_zone(Reader *r)
{
    size_t end = r->at;
    while (end < r->length && (isalnum((unsigned char)r->text[end]) || strchr("/_+-:", r->text[end]) != NULL))
        end++;
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)(end - r->at < 60 ? end - r->at : 60), r->text + r->at);
    if (end == r->at || weir_time_zone_find(name, &r->zone, NULL) != WEIR_OK)
        return false;
    r->at = end;
    return true;
}

static bool read_year(Reader *r, int count)
{
    bool negative = r->at < r->length && r->text[r->at] == '-';
    if (negative || (r->at < r->length && r->text[r->at] == '+'))
        r->at++;
    if (count == 2) {
        if (!read_digits(r, 2, 2, &r->year))
            return false;
        r->year += 2000;
        return true;
    }
    if (!read_digits(r, count >= 4 ? 4 : 1, count >= 4 ? count : 9, &r->year))
        return false;
    if (negative)
        r->year = -r->year;
    return true;
}

static bool read_fraction(Reader *r, int digits_max)
{
    size_t from = r->at;
    if (!read_digits(r, 1, digits_max, &r->micros))
        return false;
    size_t digits = r->at - from;
    for (; digits < 6; digits++)
        r->micros *= 10;
    for (; digits > 6; digits--)
        r->micros /= 10;
    return true;
}

static bool read_token(Reader *r, const WeirPatternToken *token, bool adjacent)
{
    int n = token->count, least = n, most = adjacent || n > 1 ? n : 2;
    int64_t unused;
    switch (token->letter) {
    case 0:
        if (r->length - r->at < token->length || memcmp(r->text + r->at, token->text, token->length) != 0)
            return false;
        r->at += token->length;
        return true;
    case 'y':
        return read_year(r, n);
    case 'M':
    case 'L':
        return n >= 3 ? read_name(r, month_names, 12, n >= 4, &r->month) : read_digits(r, least, most, &r->month);
    case 'd':
        return read_digits(r, least, most, &r->day);
    case 'D':
        return read_digits(r, least, 3, &r->day_of_year);
    case 'E':
        return read_name(r, day_names, 7, n >= 4, &unused);
    case 'H':
    case 'k':
        if (!read_digits(r, least, most, &r->hour))
            return false;
        if (token->letter == 'k' && r->hour == 0)
            return false;
        r->hour = token->letter == 'k' && r->hour == 24 ? 0 : r->hour;
        return true;
    case 'h':
    case 'K':
        r->has_hour12 = true;
        return read_digits(r, least, most, &r->hour12);
    case 'm':
        return read_digits(r, least, most, &r->minute);
    case 's':
        return read_digits(r, least, most, &r->second);
    case 'S':
        return read_fraction(r, n);
    case 'a':
        if (r->length - r->at < 2 ||
            (strncasecmp(r->text + r->at, "AM", 2) != 0 && strncasecmp(r->text + r->at, "PM", 2) != 0))
            return false;
        r->has_pm = true;
        r->pm = toupper((unsigned char)r->text[r->at]) == 'P';
        r->at += 2;
        return true;
    case 'V':
    case 'z':
        return read_zone(r);
    case 'G':
        if (r->length - r->at < 2)
            return false;
        r->at += 2;
        return true;
    case 'X':
    case 'x':
    case 'Z':
    case 'O':
        return read_offset(r, token);
    default:
        return read_digits(r, 1, n > 1 ? n : 2, &unused);
    }
}

/* An optional section that does not match is skipped whole. */
static bool read_tokens(Reader *r, const WeirDatetimePattern *pattern, uint32_t *index, bool optional)
{
    for (; *index < pattern->count; (*index)++) {
        const WeirPatternToken *token = &pattern->tokens[*index];
        if (token->letter == ']')
            return true;
        if (token->letter == '[') {
            Reader saved = *r;
            uint32_t inner = *index + 1, depth = 1;
            if (!read_tokens(r, pattern, &inner, true)) {
                *r = saved;
                for (inner = *index + 1; inner < pattern->count && depth > 0; inner++)
                    depth += pattern->tokens[inner].letter == '['   ? 1u
                             : pattern->tokens[inner].letter == ']' ? UINT32_MAX
                                                                    : 0u;
                inner--;
            }
            *index = inner;
            continue;
        }
        bool adjacent = *index + 1 < pattern->count && pattern->tokens[*index + 1].letter != 0 &&
                        strchr("yuMLdDHhKkmsS", pattern->tokens[*index + 1].letter) != NULL;
        if (!read_token(r, token, adjacent))
            return false;
    }
    return !optional;
}

bool weir_datetime_read(const WeirDatetimePattern *pattern, const char *text, size_t length, const WeirTimeZone *zone,
                        int64_t *micros)
{
    Reader r = {.text = text, .length = length, .year = 1970, .month = 1, .day = 1, .day_of_year = -1, .zone = zone};
    uint32_t index = 0;
    if (!read_tokens(&r, pattern, &index, false) || r.at != length)
        return false;
    if (r.has_hour12)
        r.hour = r.hour12 % 12 + (r.has_pm && r.pm ? 12 : 0);
    if (!weir_civil_is_valid(r.year, r.month, r.day) || r.hour > 23 || r.minute > 59 || r.second > 59)
        return false;
    int64_t days = weir_days_from_civil(r.year, (int)r.month, (int)r.day);
    if (r.day_of_year > 0)
        days = weir_days_from_civil(r.year, 1, 1) + r.day_of_year - 1;
    int64_t local =
        days * WEIR_MICROS_PER_DAY + ((r.hour * 60 + r.minute) * 60 + r.second) * WEIR_MICROS_PER_SECOND + r.micros;
    *micros = r.has_offset ? local - r.offset * WEIR_MICROS_PER_SECOND : weir_local_to_micros(r.zone, local);
    return true;
}
