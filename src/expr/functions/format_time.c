/* %tY and its relatives of format_string: fields of a time in milliseconds, in English. */
#include <string.h>

#include "columnar/civil_calendar.h"
#include "expr/functions/format_specifier.h"

#define MILLIS_PER_DAY 86400000
/* Java's calendar is Julian before 1582-10-15. */
#define GREGORIAN_START_DAY (-141427)

typedef struct Fields {
    int64_t year, millis, days;
    int month, day, hour, minute, second, milli, offset_minutes;
    const char *zone;
} Fields;

static const char *const month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                          "July",    "August",   "September", "October", "November", "December"};
static const char *const day_names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

static int twelve(int hour)
{
    return hour % 12 == 0 ? 12 : hour % 12;
}

static void append_year(const Fields *f, WeirBuffer *out)
{
    weir_buffer_append_format(out, "%04lld", (long long)f->year);
}

static void append_zone(const Fields *f, WeirBuffer *out)
{
    int size = f->offset_minutes < 0 ? -f->offset_minutes : f->offset_minutes;
    weir_buffer_append_format(out, "%c%02d%02d", f->offset_minutes < 0 ? '-' : '+', size / 60, size % 60);
}

static bool append_time(const Fields *f, char field, WeirBuffer *out)
{
    switch (field) {
    case 'H':
        weir_buffer_append_format(out, "%02d", f->hour);
        return true;
    case 'I':
        weir_buffer_append_format(out, "%02d", twelve(f->hour));
        return true;
    case 'k':
        weir_buffer_append_format(out, "%d", f->hour);
        return true;
    case 'l':
        weir_buffer_append_format(out, "%d", twelve(f->hour));
        return true;
    case 'M':
        weir_buffer_append_format(out, "%02d", f->minute);
        return true;
    case 'S':
        weir_buffer_append_format(out, "%02d", f->second);
        return true;
    case 'L':
        weir_buffer_append_format(out, "%03d", f->milli);
        return true;
    case 'N':
        weir_buffer_append_format(out, "%09d", f->milli * 1000000);
        return true;
    case 'p':
        weir_buffer_append_text(out, f->hour < 12 ? "am" : "pm");
        return true;
    case 's':
        weir_buffer_append_format(out, "%lld", (long long)(f->millis / 1000));
        return true;
    case 'Q':
        weir_buffer_append_format(out, "%lld", (long long)f->millis);
        return true;
    case 'z':
        append_zone(f, out);
        return true;
    case 'Z':
        weir_buffer_append_text(out, f->zone);
        return true;
    case 'R':
        weir_buffer_append_format(out, "%02d:%02d", f->hour, f->minute);
        return true;
    case 'T':
        weir_buffer_append_format(out, "%02d:%02d:%02d", f->hour, f->minute, f->second);
        return true;
    case 'r':
        weir_buffer_append_format(out, "%02d:%02d:%02d %s", twelve(f->hour), f->minute, f->second,
                                  f->hour < 12 ? "AM" : "PM");
        return true;
    default:
        return false;
    }
}

static bool append_date(const Fields *f, char field, WeirBuffer *out)
{
    const char *month = month_names[f->month - 1], *day = day_names[weir_day_of_week(f->days) - 1];
    switch (field) {
    case 'Y':
        append_year(f, out);
        return true;
    case 'C':
        weir_buffer_append_format(out, "%02lld", (long long)(f->year / 100));
        return true;
    case 'y':
        weir_buffer_append_format(out, "%02lld", (long long)(f->year % 100));
        return true;
    case 'B':
        weir_buffer_append_text(out, month);
        return true;
    case 'b':
    case 'h':
        weir_buffer_append(out, month, 3);
        return true;
    case 'A':
        weir_buffer_append_text(out, day);
        return true;
    case 'a':
        weir_buffer_append(out, day, 3);
        return true;
    case 'm':
        weir_buffer_append_format(out, "%02d", f->month);
        return true;
    case 'd':
        weir_buffer_append_format(out, "%02d", f->day);
        return true;
    case 'e':
        weir_buffer_append_format(out, "%d", f->day);
        return true;
    case 'j':
        weir_buffer_append_format(out, "%03d", weir_day_of_year(f->days));
        return true;
    case 'D':
        weir_buffer_append_format(out, "%02d/%02d/%02lld", f->month, f->day, (long long)(f->year % 100));
        return true;
    case 'F':
        append_year(f, out);
        weir_buffer_append_format(out, "-%02d-%02d", f->month, f->day);
        return true;
    case 'c':
        weir_buffer_append_format(out, "%.3s %.3s %02d %02d:%02d:%02d %s ", day, month, f->day, f->hour, f->minute,
                                  f->second, f->zone);
        append_year(f, out);
        return true;
    default:
        return false;
    }
}

bool weir_format_put_time(const WeirFormatSpecifier *specifier, int64_t millis, const WeirTimeZone *zone,
                          WeirBuffer *out)
{
    int64_t seconds = weir_floor_divide(millis, 1000);
    int32_t offset = weir_time_zone_offset_at(zone, seconds);
    if (millis > INT64_MAX - MILLIS_PER_DAY || millis < GREGORIAN_START_DAY * (int64_t)MILLIS_PER_DAY)
        return false;
    int64_t local = millis + offset * INT64_C(1000);
    Fields f = {.millis = millis, .days = weir_floor_divide(local, MILLIS_PER_DAY), .offset_minutes = offset / 60};
    int in_day = (int)weir_floor_modulo(local, MILLIS_PER_DAY);
    weir_civil_from_days(f.days, &f.year, &f.month, &f.day);
    f.hour = in_day / 3600000;
    f.minute = in_day / 60000 % 60;
    f.second = in_day / 1000 % 60;
    f.milli = in_day % 1000;
    f.zone = weir_time_zone_text(zone, seconds, false);
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    bool good = append_time(&f, specifier->time, &text) || append_date(&f, specifier->time, &text);
    if (good)
        weir_format_put_text(specifier, (const uint8_t *)weir_buffer_text(&text), text.length, out);
    weir_buffer_deinit(&text);
    return good;
}
