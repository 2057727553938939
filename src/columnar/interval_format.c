/* Texts of intervals: ANSI ones as their SQL literal, calendar intervals as a list of units. */
#include "columnar/value_format.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const field_names[] = {
    [WEIR_INTERVAL_YEAR] = "YEAR", [WEIR_INTERVAL_MONTH] = "MONTH",   [WEIR_INTERVAL_DAY] = "DAY",
    [WEIR_INTERVAL_HOUR] = "HOUR", [WEIR_INTERVAL_MINUTE] = "MINUTE", [WEIR_INTERVAL_SECOND] = "SECOND",
};

typedef struct Text {
    char *text;
    size_t length;
} Text;

static __attribute__((format(printf, 2, 3))) void put(Text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text->length +=
        (size_t)vsnprintf(text->text + text->length, WEIR_VALUE_TEXT_BYTES - text->length, format, arguments);
    va_end(arguments);
}

static void put_qualifier(Text *text, WeirIntervalField start, WeirIntervalField end)
{
    put(text, "' %s", field_names[start]);
    if (end != start)
        put(text, " TO %s", field_names[end]);
}

/* ".5" without trailing zeros, nothing for 0. */
static void put_fraction(Text *text, uint64_t microseconds)
{
    int width = 6;
    if (microseconds == 0)
        return;
    for (; microseconds % 10 == 0; width--)
        microseconds /= 10;
    put(text, ".%0*llu", width, (unsigned long long)microseconds);
}

/* The first field holds all that is above it (INTERVAL '100' SECOND); those after it have two digits, seconds always.
 */
size_t weir_format_day_time_interval(int64_t microseconds, WeirIntervalField start, WeirIntervalField end, char *text)
{
    static const uint64_t units[] = {
        [WEIR_INTERVAL_DAY] = UINT64_C(86400000000),
        [WEIR_INTERVAL_HOUR] = UINT64_C(3600000000),
        [WEIR_INTERVAL_MINUTE] = UINT64_C(60000000),
        [WEIR_INTERVAL_SECOND] = UINT64_C(1000000),
    };
    Text out = {text, 0};
    uint64_t rest = microseconds < 0 ? -(uint64_t)microseconds : (uint64_t)microseconds;
    put(&out, "INTERVAL '%s", microseconds < 0 ? "-" : "");
    for (int field = (int)start; field <= (int)end; field++) {
        const char *separator = field == (int)start ? "" : field == WEIR_INTERVAL_HOUR ? " " : ":";
        put(&out, field == WEIR_INTERVAL_DAY ? "%s%llu" : "%s%02llu", separator,
            (unsigned long long)(rest / units[field]));
        rest %= units[field];
    }
    if (end == WEIR_INTERVAL_SECOND)
        put_fraction(&out, rest);
    put_qualifier(&out, start, end);
    return out.length;
}

size_t weir_format_year_month_interval(int32_t months, WeirIntervalField start, WeirIntervalField end, char *text)
{
    Text out = {text, 0};
    int64_t magnitude = months < 0 ? -(int64_t)months : months;
    put(&out, "INTERVAL '%s", months < 0 ? "-" : "");
    if (start != end)
        put(&out, "%lld-%lld", (long long)(magnitude / 12), (long long)(magnitude % 12));
    else
        put(&out, "%lld", (long long)(start == WEIR_INTERVAL_YEAR ? magnitude / 12 : magnitude));
    put_qualifier(&out, start, end);
    return out.length;
}

static void put_unit(Text *text, int64_t value, const char *unit)
{
    if (value != 0)
        put(text, "%s%lld %s", text->length == 0 ? "" : " ", (long long)value, unit);
}

size_t weir_format_calendar_interval(const WeirCalendarInterval *interval, char *text)
{
    Text out = {text, 0};
    int64_t rest = interval->microseconds % INT64_C(3600000000);
    put_unit(&out, interval->months / 12, "years");
    put_unit(&out, interval->months % 12, "months");
    put_unit(&out, interval->days, "days");
    put_unit(&out, interval->microseconds / INT64_C(3600000000), "hours");
    put_unit(&out, rest / 60000000, "minutes");
    rest %= 60000000;
    if (rest != 0 || out.length == 0) {
        int64_t magnitude = rest < 0 ? -rest : rest;
        put(&out, "%s%s%lld", out.length == 0 ? "" : " ", rest < 0 ? "-" : "", (long long)(magnitude / 1000000));
        put_fraction(&out, (uint64_t)(magnitude % 1000000));
        put(&out, " seconds");
    }
    return out.length;
}
