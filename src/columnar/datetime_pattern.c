/* Patterns of dates and times: what they may be, and writing by them. */
#include "columnar/datetime_pattern_private.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *const weir_month_names[12] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
const char *const weir_day_names[7] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

/* Before 3.0 Spark used SimpleDateFormat. What that took and Spark now refuses is called a change of behaviour. */
static bool legacy_takes(const char *text, size_t length)
{
    bool quoted = false;
    size_t offset_letters = 0; /* three in a row at most */
    for (size_t i = 0; i < length; i++) {
        quoted = quoted != (text[i] == '\'');
        offset_letters = text[i] == 'X' && !quoted ? offset_letters + 1 : 0;
        if (!quoted && isalpha((unsigned char)text[i]) && strchr("GyYMLwWDdFEuaHkKhmsSzZX", text[i]) == NULL)
            return false;
        if (offset_letters > 3)
            return false;
    }
    return !quoted;
}

static WeirStatus refuse(WeirStatus condition, char letter, const char *text, size_t length, WeirError *error)
{
    char c[2] = {letter, 0}, shown[128];
    snprintf(shown, sizeof(shown), "%.*s", (int)(length < 120 ? length : 120), text);
    if (legacy_takes(text, length))
        return weir_error_set(error, WEIR_ERROR_INCONSISTENT_BEHAVIOR_CROSS_VERSION_DATETIME_PATTERN_RECOGNITION,
                              "pattern", shown, "config", "\"spark.sql.legacy.timeParserPolicy\"", "docroot",
                              "https://spark.apache.org/docs/latest");
    if (condition == WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION)
        return weir_error_set(error, condition, "pattern", shown, "docroot", "https://spark.apache.org/docs/latest");
    if (condition == WEIR_ERROR_INVALID_DATETIME_PATTERN_LENGTH)
        return weir_error_set(error, condition, "pattern", shown);
    return weir_error_set(error, condition, "c", c, "pattern", shown);
}

static WeirStatus bad_letter(char letter, const char *text, size_t length, WeirError *error)
{
    /* Java does not know the others at all */
    return refuse(strchr("AnNpYWwecB", letter) == NULL ? WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION
                                                       : WEIR_ERROR_INVALID_DATETIME_PATTERN_ILLEGAL_CHARACTER,
                  letter, text, length, error);
}

/* How often a letter may stand in a row. */
static WeirStatus check_width(char letter, size_t count, const char *text, size_t length, WeirError *error)
{
    static const struct {
        const char *letters;
        size_t most;
    } widths[] = {{"aF", 1}, {"dHhKkms", 2}, {"D", 3}, {"GMLEzQq", 4}, {"XxZ", 5}, {"y", 6}, {"S", 9}};
    if ((letter == 'V' && count != 2) || (letter == 'O' && count != 1 && count != 4))
        return refuse(WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION, letter, text, length, error);
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
        if (strchr(widths[i].letters, letter) != NULL && count > widths[i].most)
            return refuse(strchr("GMLEQqy", letter) != NULL ? WEIR_ERROR_INVALID_DATETIME_PATTERN_LENGTH
                                                            : WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION,
                          letter, text, length, error);
    return WEIR_OK;
}

/* Brackets have to match, though some may stay open, and quotes have to end. */
static WeirStatus check_structure(const char *text, size_t length, WeirError *error)
{
    bool quoted = false;
    int open = 0;
    for (size_t i = 0; i < length; i++) {
        quoted = quoted != (text[i] == '\'');
        if (quoted)
            continue;
        open += text[i] == '[';
        open -= text[i] == ']';
        if (open < 0 || strchr("#{}", text[i]) != NULL)
            return refuse(WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION, text[i], text, length, error);
    }
    return quoted ? refuse(WEIR_ERROR_INVALID_DATETIME_PATTERN_WITH_SUGGESTION, '\'', text, length, error) : WEIR_OK;
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
    WEIR_TRY(check_structure(source, length, error));
    WeirDatetimePattern *pattern = WEIR_ARENA_NEW(arena, WeirDatetimePattern);
    pattern->has_era = first_of("G", source, length) != 0;
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
            if (strchr("yMLdDEaHhKkmsSVzOXxZQqGF", c) == NULL)
                return bad_letter(c, text, length, error);
            WEIR_TRY(check_width(c, end - i, text, length, error));
            *token = (WeirPatternToken){c, (uint8_t)(end - i), 0, NULL};
            i = end;
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
    bool has_era; /* the year counts within it */
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
        weir_buffer_append_format(out, minutes != 0 || seconds != 0 ? "%c%d:%02d" : "%c%d", sign, hours, minutes);
        if (seconds != 0)
            weir_buffer_append_format(out, ":%02d", seconds);
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
        put_number(out, (year < 0 ? -year : year) % 100, 2);
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

static void put_quarter(WeirBuffer *out, int quarter, int count)
{
    static const char *const names[] = {"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"};
    if (count <= 2)
        put_number(out, quarter, count);
    else if (count == 3)
        weir_buffer_append_format(out, "Q%d", quarter);
    else
        weir_buffer_append_text(out, names[quarter - 1]);
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
        put_year(out, f->has_era && f->year <= 0 ? 1 - f->year : f->year, n);
        return;
    case 'M':
    case 'L':
        if (n >= 3)
            put_name(out, weir_month_names[f->month - 1], n);
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
        put_name(out, weir_day_names[weir_day_of_week(f->days) - 1], n);
        return;
    case 'F':
        put_number(out, (f->day - 1) % 7 + 1, n);
        return;
    case 'Q':
    case 'q':
        put_quarter(out, weir_quarter_of_month(f->month), n);
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
    Fields f = {.offset = weir_time_zone_offset_at(zone, seconds), .has_era = pattern->has_era};
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
