/* Reading dates and times by a pattern. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "columnar/datetime_pattern_private.h"

typedef struct Reader {
    const char *text;
    size_t length, at;
    int64_t year, month, day, day_of_year, hour, hour12, minute, second, micros;
    bool has_hour12, pm, has_pm, has_offset, has_month, has_day, before_christ;
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
        if (r->length - r->at >= size && strncasecmp(r->text + r->at, names[i], size) == 0) {
            r->at += size;
            *value = i + 1;
            return true;
        }
    }
    return false;
}

/* What follows the sign of an offset. X has minutes where they are not 0, the doubled forms always. */
static bool read_offset_size(Reader *r, const WeirPatternToken *token, int32_t *seconds)
{
    bool localized = token->letter == 'O' || (token->letter == 'Z' && token->count == 4);
    bool colon = localized || (token->letter == 'Z' ? token->count == 5 : token->count == 3 || token->count == 5);
    bool minutes_needed = token->letter == 'Z' || (token->letter != 'O' && token->count > 1) || token->count == 4;
    bool has_seconds = token->letter == 'O' || token->count >= 4;
    int64_t parts[3] = {0};
    if (!read_digits(r, token->letter == 'O' && token->count == 1 ? 1 : 2, 2, &parts[0]))
        return false;
    for (int i = 1; i < (has_seconds ? 3 : 2); i++) {
        bool needed = i == 1 && minutes_needed;
        size_t before = r->at;
        bool read = (!colon || (r->at < r->length && r->text[r->at] == ':' && r->at++ < r->length)) &&
                    read_digits(r, 2, 2, &parts[i]);
        if (!read && needed)
            return false;
        if (!read) {
            r->at = before;
            parts[i] = 0;
            break;
        }
    }
    if (parts[0] > 18 || parts[1] > 59 || parts[2] > 59)
        return false;
    *seconds = (int32_t)(parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool read_offset(Reader *r, const WeirPatternToken *token)
{
    bool localized = token->letter == 'O' || (token->letter == 'Z' && token->count == 4);
    bool zulu = token->letter == 'X' || (token->letter == 'Z' && token->count == 5);
    r->has_offset = true;
    r->offset = 0;
    if (zulu && r->at < r->length && r->text[r->at] == 'Z') {
        r->at++;
        return true;
    }
    if (localized) {
        if (r->length - r->at < 3 || strncasecmp(r->text + r->at, "GMT", 3) != 0)
            return false;
        r->at += 3;
        if (r->at >= r->length || (r->text[r->at] != '+' && r->text[r->at] != '-'))
            return true;
    }
    if (r->at >= r->length || (r->text[r->at] != '+' && r->text[r->at] != '-'))
        return false;
    int sign = r->text[r->at++] == '-' ? -1 : 1;
    if (!read_offset_size(r, token, &r->offset))
        return false;
    r->offset *= sign;
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

/* Four letters and more: just so many digits, more only behind a plus sign. */
static bool read_year(Reader *r, int count)
{
    bool negative = r->at < r->length && r->text[r->at] == '-';
    bool plus = count >= 4 && r->at < r->length && r->text[r->at] == '+';
    if (count == 2) {
        if (!read_digits(r, 2, 2, &r->year))
            return false;
        r->year += 2000;
        return true;
    }
    r->at += negative || plus;
    if (!read_digits(r, plus ? count + 1 : count, count >= 4 && !plus && !negative ? count : 9, &r->year))
        return false;
    if (negative)
        r->year = -r->year;
    return true;
}

static bool read_era(Reader *r, bool is_long)
{
    static const char *const names[][2] = {{"AD", "Anno Domini"}, {"BC", "Before Christ"}};
    for (int i = 0; i < 2; i++) {
        size_t size = strlen(names[i][is_long]);
        if (r->length - r->at >= size && strncasecmp(r->text + r->at, names[i][is_long], size) == 0) {
            r->at += size;
            r->before_christ = i == 1;
            return true;
        }
    }
    return false;
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
    int n = token->count, least = n, most = adjacent || n > 1 ? n : 18;
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
        r->has_month = true;
        return n >= 3 ? read_name(r, weir_month_names, 12, n >= 4, &r->month) : read_digits(r, least, most, &r->month);
    case 'd':
        r->has_day = true;
        return read_digits(r, least, most, &r->day);
    case 'D':
        return read_digits(r, least, n == 1 ? most : 3, &r->day_of_year);
    case 'E':
        return read_name(r, weir_day_names, 7, n >= 4, &unused);
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
        if (!read_digits(r, least, most, &r->hour12))
            return false;
        return token->letter == 'h' ? r->hour12 >= 1 && r->hour12 <= 12 : r->hour12 <= 11;
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
        return read_era(r, n >= 4);
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

/* The day of the year makes the date; a month and a day that were read, too, have to be those of it. */
static bool day_of_year_date(const Reader *r, int64_t *days)
{
    if (r->day_of_year < 1 || r->day_of_year > 365 + weir_year_is_leap(r->year))
        return false;
    int64_t year;
    int month, day;
    *days = weir_days_from_civil(r->year, 1, 1) + r->day_of_year - 1;
    weir_civil_from_days(*days, &year, &month, &day);
    return (!r->has_month || month == r->month) && (!r->has_day || day == r->day);
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
    if (r.before_christ)
        r.year = 1 - r.year;
    if (!weir_civil_is_valid(r.year, r.month, r.day) || r.hour > 23 || r.minute > 59 || r.second > 59)
        return false;
    int64_t days = weir_days_from_civil(r.year, (int)r.month, (int)r.day);
    if (r.day_of_year >= 0 && !day_of_year_date(&r, &days))
        return false;
    __int128 wide = (__int128)days * WEIR_MICROS_PER_DAY +
                    ((r.hour * 60 + r.minute) * 60 + r.second) * WEIR_MICROS_PER_SECOND + r.micros;
    int64_t local = (int64_t)wide;
    if (wide != local)
        return false;
    if (zone == NULL) { /* the wall clock, whatever the text says of its zone */
        *micros = local;
        return true;
    }
    if (r.has_offset)
        return !__builtin_sub_overflow(local, r.offset * WEIR_MICROS_PER_SECOND, micros);
    *micros = weir_local_to_micros(r.zone, local);
    return true;
}
