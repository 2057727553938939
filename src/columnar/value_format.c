/* Texts of dates, timestamps and decimals. Intervals are in interval_format.c, floating point in
 * common/number_format.c. */
#include "columnar/value_format.h"

static char *put_two(char *out, int value)
{
    out[0] = (char)('0' + value / 10);
    out[1] = (char)('0' + value % 10);
    return out + 2;
}

/* `width` digits, with leading zeros. */
static char *put_digits(char *out, uint64_t value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + width;
}

static int digit_count(uint64_t value)
{
    int count = 1;
    while (value >= 10) {
        value /= 10;
        count++;
    }
    return count;
}

/* Java's year: four digits, a sign where there are more or where it is before year 0. */
static char *put_civil(char *out, int64_t days)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    uint64_t magnitude = (uint64_t)(year < 0 ? -year : year);
    if (year < 0)
        *out++ = '-';
    else if (year > 9999)
        *out++ = '+';
    out = put_digits(out, magnitude, magnitude > 9999 ? digit_count(magnitude) : 4);
    *out++ = '-';
    out = put_two(out, month);
    *out++ = '-';
    return put_two(out, day);
}

size_t weir_format_date(int32_t days, char *text)
{
    return (size_t)(put_civil(text, days) - text);
}

/* Date, separator, time; returns the place of the fraction and its microseconds. */
static char *put_date_time(char *out, int64_t microseconds, int32_t offset_seconds, char separator, uint32_t *fraction)
{
    int64_t seconds = weir_floor_divide(microseconds, WEIR_MICROS_PER_SECOND);
    *fraction = (uint32_t)(microseconds - seconds * WEIR_MICROS_PER_SECOND);
    seconds += offset_seconds;
    int64_t days = weir_floor_divide(seconds, WEIR_SECONDS_PER_DAY);
    int rest = (int)(seconds - days * WEIR_SECONDS_PER_DAY);
    out = put_civil(out, days);
    *out++ = separator;
    out = put_two(out, rest / 3600);
    *out++ = ':';
    out = put_two(out, rest / 60 % 60);
    *out++ = ':';
    return put_two(out, rest % 60);
}

static int32_t offset_of(int64_t microseconds, const WeirTimeZone *zone)
{
    return zone == NULL ? 0 : weir_time_zone_offset_at(zone, weir_floor_divide(microseconds, WEIR_MICROS_PER_SECOND));
}

size_t weir_format_timestamp(int64_t microseconds, const WeirTimeZone *zone, char *text)
{
    uint32_t fraction;
    char *out = put_date_time(text, microseconds, offset_of(microseconds, zone), ' ', &fraction);
    if (fraction == 0)
        return (size_t)(out - text);
    *out++ = '.';
    int width = 6;
    for (; fraction % 10 == 0; width--)
        fraction /= 10;
    return (size_t)(put_digits(out, fraction, width) - text);
}

size_t weir_format_timestamp_iso(int64_t microseconds, const WeirTimeZone *zone, char *text)
{
    uint32_t fraction;
    int32_t offset = offset_of(microseconds, zone);
    char *out = put_date_time(text, microseconds, offset, 'T', &fraction);
    *out++ = '.';
    out = put_digits(out, fraction / 1000, 3);
    if (zone == NULL)
        return (size_t)(out - text);
    int minutes = (offset < 0 ? -offset : offset) / 60; /* pattern XXX: seconds of old local times are left out */
    if (minutes == 0) {
        *out++ = 'Z';
    } else {
        *out++ = offset < 0 ? '-' : '+';
        out = put_two(out, minutes / 60);
        *out++ = ':';
        out = put_two(out, minutes % 60);
    }
    return (size_t)(out - text);
}

/* Digits of the magnitude without leading zeros, "0" for zero; at most 39. */
static int magnitude_digits(WeirInt128 value, char digits[40])
{
    const uint64_t base = UINT64_C(10000000000000000000); /* 10^19 */
    unsigned __int128 magnitude = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    uint64_t parts[3];
    int count = 0;
    do {
        parts[count++] = (uint64_t)(magnitude % base);
        magnitude /= base;
    } while (magnitude > 0);
    char *out = put_digits(digits, parts[count - 1], digit_count(parts[count - 1]));
    while (--count > 0)
        out = put_digits(out, parts[count - 1], 19);
    return (int)(out - digits);
}

size_t weir_format_decimal(WeirInt128 unscaled, int scale, char *text)
{
    char digits[40];
    int count = magnitude_digits(unscaled, digits);
    char *out = text;
    if (unscaled < 0)
        *out++ = '-';
    int whole = count - scale; /* digits before the point */
    if (whole > 0) {
        size_t shown = (size_t)(whole < count ? whole : count);
        memcpy(out, digits, shown);
        out += shown;
        for (int i = count; i < whole && unscaled != 0; i++) /* a negative scale */
            *out++ = '0';
    } else {
        *out++ = '0';
    }
    if (scale <= 0)
        return (size_t)(out - text);
    *out++ = '.';
    for (int i = whole; i < 0; i++)
        *out++ = '0';
    size_t rest = (size_t)(whole > 0 ? scale : count);
    memcpy(out, digits + (whole > 0 ? whole : 0), rest);
    return (size_t)(out + rest - text);
}

size_t weir_format_decimal_scientific(WeirInt128 unscaled, int scale, char *text)
{
    char digits[40];
    int count = magnitude_digits(unscaled, digits);
    int exponent = count - 1 - scale;
    if (scale >= 0 && exponent >= -6)
        return weir_format_decimal(unscaled, scale, text);
    char *out = text;
    if (unscaled < 0)
        *out++ = '-';
    *out++ = digits[0];
    if (count > 1) {
        *out++ = '.';
        memcpy(out, digits + 1, (size_t)count - 1);
        out += count - 1;
    }
    if (exponent == 0)
        return (size_t)(out - text);
    *out++ = 'E';
    *out++ = exponent < 0 ? '-' : '+';
    uint64_t magnitude = (uint64_t)(exponent < 0 ? -exponent : exponent);
    return (size_t)(put_digits(out, magnitude, digit_count(magnitude)) - text);
}
