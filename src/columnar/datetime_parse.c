/* Strings to dates and timestamps: Spark's stringToDate and stringToTimestamp, whose grammar is looser than ISO 8601 in
 * some places (one-digit months, any text after a date's blank) and stricter in others. */
#include "columnar/value_parse.h"

#include <strings.h>

#define DATE_YEAR_DIGITS_MAX 7
#define TIMESTAMP_YEAR_DIGITS_MAX 6
#define ZONE_BYTES_MAX 128u
#define CANONICAL_BYTES 19u /* 2024-01-02 03:04:05 */

enum { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FRACTION, SEGMENT_COUNT };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads digits; false when their number is not in [least, most]. More digits than an int64 holds are never asked for.
 */
static bool read_digits(const char **text, const char *end, int least, int most, int64_t *value)
{
    int count = 0;
    *value = 0;
    for (; *text < end && is_digit(**text) && count <= most; (*text)++, count++)
        *value = *value * 10 + (**text - '0');
    return count >= least && count <= most;
}

/* -1, 1, or 0 when there is no sign. */
static int read_sign(const char **text, const char *end)
{
    if (*text == end || (**text != '-' && **text != '+'))
        return 0;
    return *(*text)++ == '-' ? -1 : 1;
}

static bool days_of(int64_t year, int64_t month, int64_t day, int64_t *days)
{
    if (!weir_civil_is_valid(year, month, day))
        return false;
    *days = weir_days_from_civil(year, (int)month, (int)day);
    return true;
}

static inline uint32_t digit(const char *text, int at)
{
    return (uint32_t)(uint8_t)text[at] - '0';
}

/* Two digits; *bad is set when one is none. */
static inline int64_t two_digits(const char *text, uint32_t *bad)
{
    uint32_t tens = digit(text, 0), ones = digit(text, 1);
    *bad |= (tens > 9) | (ones > 9);
    return (int64_t)(tens * 10 + ones);
}

/* yyyy-MM-dd in ten bytes: how nearly every date is written, without a loop. */
static inline bool read_canonical_date(const char *text, int64_t *segments)
{
    uint32_t bad = (text[4] != '-') | (text[7] != '-');
    segments[YEAR] = two_digits(text, &bad) * 100 + two_digits(text + 2, &bad);
    segments[MONTH] = two_digits(text + 5, &bad);
    segments[DAY] = two_digits(text + 8, &bad);
    return bad == 0;
}

bool weir_string_to_date(const char *text, size_t length, int32_t *days)
{
    int64_t segments[3] = {1, 1, 1}, result;
    weir_trim_all(&text, &length);
    if (length == 10 && read_canonical_date(text, segments)) {
        if (!days_of(segments[YEAR], segments[MONTH], segments[DAY], &result))
            return false;
        *days = (int32_t)result;
        return true;
    }
    const char *end = text + length;
    int sign = read_sign(&text, end), segment = 0;
    for (;; text++) {
        if (!read_digits(&text, end, segment == YEAR ? 4 : 1, segment == YEAR ? DATE_YEAR_DIGITS_MAX : 2,
                         &segments[segment]))
            return false;
        if (segment == DAY || text == end || *text != '-')
            break;
        segment++;
    }
    if (text < end && (segment < DAY || (*text != ' ' && *text != 'T'))) /* after a whole date anything may follow */
        return false;
    if (!days_of(sign < 0 ? -segments[YEAR] : segments[YEAR], segments[MONTH], segments[DAY], &result) ||
        result > INT32_MAX || result < INT32_MIN)
        return false;
    *days = (int32_t)result;
    return true;
}

typedef struct TimestampText {
    int64_t segments[SEGMENT_COUNT];
    bool time_only;
    const char *zone; /* NULL: none */
    size_t zone_length;
} TimestampText;

/* Digits of the fraction: six count, the others must only be digits. */
static void read_fraction(const char **text, const char *end, int64_t *microseconds)
{
    int count = 0;
    *microseconds = 0;
    for (; *text < end && is_digit(**text); (*text)++, count++) {
        if (count < 6)
            *microseconds = *microseconds * 10 + (**text - '0');
    }
    for (; count < 6; count++)
        *microseconds *= 10;
}

/* [.fraction][zone] to the end, which is not reached yet. */
static void scan_after_seconds(const char *text, const char *end, TimestampText *timestamp)
{
    if (*text == '.') {
        text++;
        read_fraction(&text, end, &timestamp->segments[FRACTION]);
    }
    if (text < end) {
        timestamp->zone = text;
        timestamp->zone_length = (size_t)(end - text);
    }
}

/* [h]h[:[m]m[:[s]s[.fraction][zone]]] to the end. */
static bool scan_time(const char *text, const char *end, TimestampText *timestamp)
{
    int64_t *segments = timestamp->segments;
    for (int segment = HOUR; segment <= SECOND; segment++) {
        if (!read_digits(&text, end, 1, 2, &segments[segment]))
            return false;
        if (text == end)
            return true;
        if (segment < SECOND && *text++ != ':')
            return false;
    }
    scan_after_seconds(text, end, timestamp);
    return true;
}

/* yyyy-MM-dd HH:mm:ss and what may follow; false: written in another way. */
static bool scan_canonical(const char *text, size_t length, TimestampText *timestamp)
{
    if (length < CANONICAL_BYTES || (length > CANONICAL_BYTES && is_digit(text[CANONICAL_BYTES])))
        return false;
    int64_t *segments = timestamp->segments;
    uint32_t bad = ((text[10] != ' ') & (text[10] != 'T')) | (text[13] != ':') | (text[16] != ':');
    bad |= !read_canonical_date(text, segments);
    segments[HOUR] = two_digits(text + 11, &bad);
    segments[MINUTE] = two_digits(text + 14, &bad);
    segments[SECOND] = two_digits(text + 17, &bad);
    if (bad != 0)
        return false;
    if (length > CANONICAL_BYTES)
        scan_after_seconds(text + CANONICAL_BYTES, text + length, timestamp);
    return true;
}

static bool scan_timestamp(const char *text, size_t length, TimestampText *timestamp)
{
    const char *start = text;
    memset(timestamp, 0, sizeof(*timestamp));
    int64_t *segments = timestamp->segments;
    weir_trim_all(&text, &length);
    if (scan_canonical(text, length, timestamp))
        return true;
    segments[YEAR] = segments[MONTH] = segments[DAY] = 1;
    segments[HOUR] = segments[MINUTE] = segments[SECOND] = 0; /* what the quick look left */
    const char *end = text + length, *first = text;
    if (length == 0)
        return false;
    if (*text == 'T' && text == start) { /* Spark takes T only at the very start of the string */
        timestamp->time_only = true;
        return scan_time(text + 1, end, timestamp);
    }
    int sign = read_sign(&text, end);
    while (text < end && is_digit(*text))
        text++;
    if (sign == 0 && text < end && *text == ':') {
        timestamp->time_only = true;
        return scan_time(first, end, timestamp);
    }
    text = first + (sign != 0);
    for (int segment = YEAR; segment <= DAY; segment++) {
        bool is_year = segment == YEAR;
        if (!read_digits(&text, end, is_year ? 4 : 1, is_year ? TIMESTAMP_YEAR_DIGITS_MAX : 2, &segments[segment]))
            return false;
        if (text == end)
            break;
        if (segment < DAY && *text++ != '-')
            return false;
    }
    if (sign < 0)
        segments[YEAR] = -segments[YEAR];
    if (text == end)
        return text[-1] != '-';
    if (*text != ' ' && *text != 'T')
        return false;
    return scan_time(text + 1, end, timestamp);
}

/* Wall-clock microseconds; false when a field is out of its range. */
static bool local_time(const TimestampText *timestamp, int64_t days, int64_t *seconds)
{
    const int64_t *segments = timestamp->segments;
    if (segments[HOUR] > 23 || segments[MINUTE] > 59 || segments[SECOND] > 59)
        return false;
    *seconds = days * WEIR_SECONDS_PER_DAY + segments[HOUR] * 3600 + segments[MINUTE] * 60 + segments[SECOND];
    return true;
}

static bool find_zone(const TimestampText *timestamp, const WeirTimeZone **zone)
{
    if (timestamp->zone == NULL)
        return true;
    const char *name = timestamp->zone;
    size_t length = timestamp->zone_length;
    char text[ZONE_BYTES_MAX];
    if (length == 1 && *name == 'Z') {
        *zone = weir_time_zone_utc();
        return true;
    }
    while (length > 0 && (uint8_t)*name <= ' ') {
        name++;
        length--;
    }
    while (length > 0 && (uint8_t)name[length - 1] <= ' ')
        length--;
    if (length >= sizeof(text) || memchr(name, '\0', length) != NULL)
        return false;
    memcpy(text, name, length);
    text[length] = '\0';
    return weir_time_zone_find(text, zone, NULL) == WEIR_OK;
}

static bool combine(int64_t seconds, int64_t fraction, int64_t *microseconds)
{
    int64_t result;
    if (seconds < 0 && fraction > 0) { /* keeps the smallest timestamp in reach */
        seconds++;
        fraction -= WEIR_MICROS_PER_SECOND;
    }
    if (__builtin_mul_overflow(seconds, WEIR_MICROS_PER_SECOND, &result) ||
        __builtin_add_overflow(result, fraction, &result))
        return false;
    *microseconds = result;
    return true;
}

static int64_t local_days(const WeirTimeZone *zone, int64_t now_microseconds)
{
    int64_t now = weir_floor_divide(now_microseconds, WEIR_MICROS_PER_SECOND);
    return weir_floor_divide(now + weir_time_zone_offset_at(zone, now), WEIR_SECONDS_PER_DAY);
}

bool weir_string_to_timestamp(const char *text, size_t length, const WeirTimeZone *zone, int64_t now_microseconds,
                              int64_t *microseconds)
{
    TimestampText timestamp;
    int64_t days, seconds;
    if (!scan_timestamp(text, length, &timestamp) || !find_zone(&timestamp, &zone))
        return false;
    if (timestamp.time_only)
        days = local_days(zone, now_microseconds);
    else if (!days_of(timestamp.segments[YEAR], timestamp.segments[MONTH], timestamp.segments[DAY], &days))
        return false;
    return local_time(&timestamp, days, &seconds) &&
           combine(weir_time_zone_to_instant(zone, seconds), timestamp.segments[FRACTION], microseconds);
}

bool weir_string_to_timestamp_ntz(const char *text, size_t length, bool allow_zone, int64_t *microseconds)
{
    TimestampText timestamp;
    const WeirTimeZone *zone = NULL;
    int64_t days, seconds;
    if (!scan_timestamp(text, length, &timestamp) || timestamp.time_only || !find_zone(&timestamp, &zone) ||
        (zone != NULL && !allow_zone))
        return false;
    return days_of(timestamp.segments[YEAR], timestamp.segments[MONTH], timestamp.segments[DAY], &days) &&
           local_time(&timestamp, days, &seconds) && combine(seconds, timestamp.segments[FRACTION], microseconds);
}

/* ------------------------------------------------------------ now, today, epoch, … */

typedef enum SpecialWord {
    SPECIAL_NONE,
    SPECIAL_EPOCH,
    SPECIAL_NOW,
    SPECIAL_YESTERDAY,
    SPECIAL_TODAY,
    SPECIAL_TOMORROW
} SpecialWord;

/* A word, perhaps with a zone after it, which must exist but does not count; "now" takes none. */
static SpecialWord scan_special(const char *text, size_t length)
{
    static const char *const words[] = {"", "epoch", "now", "yesterday", "today", "tomorrow"};
    weir_trim_all(&text, &length);
    size_t letters = 0;
    while (letters < length && (uint8_t)((text[letters] | 0x20) - 'a') < 26)
        letters++;
    for (int word = SPECIAL_EPOCH; word <= SPECIAL_TOMORROW; word++) {
        if (strlen(words[word]) != letters || strncasecmp(text, words[word], letters) != 0)
            continue;
        TimestampText rest = {.zone = text + letters, .zone_length = length - letters};
        const WeirTimeZone *zone;
        if (rest.zone_length > 0 && (word == SPECIAL_NOW || !find_zone(&rest, &zone)))
            return SPECIAL_NONE;
        return (SpecialWord)word;
    }
    return SPECIAL_NONE;
}

bool weir_string_to_special_date(const char *text, size_t length, const WeirTimeZone *zone, int64_t now_microseconds,
                                 int32_t *days)
{
    SpecialWord word = scan_special(text, length);
    if (word == SPECIAL_NONE)
        return false;
    int64_t today = local_days(zone, now_microseconds);
    *days = word == SPECIAL_EPOCH ? 0 : (int32_t)(today + (word == SPECIAL_TOMORROW) - (word == SPECIAL_YESTERDAY));
    return true;
}

bool weir_string_to_special_timestamp(const char *text, size_t length, const WeirTimeZone *zone,
                                      int64_t now_microseconds, bool is_local, int64_t *microseconds)
{
    SpecialWord word = scan_special(text, length);
    int64_t now = weir_floor_divide(now_microseconds, WEIR_MICROS_PER_SECOND);
    if (word == SPECIAL_NONE)
        return false;
    if (word == SPECIAL_EPOCH) {
        *microseconds = 0;
    } else if (word == SPECIAL_NOW) {
        *microseconds =
            now_microseconds + (is_local ? weir_time_zone_offset_at(zone, now) * WEIR_MICROS_PER_SECOND : 0);
    } else {
        int64_t day = local_days(zone, now_microseconds) + (word == SPECIAL_TOMORROW) - (word == SPECIAL_YESTERDAY);
        int64_t seconds = day * WEIR_SECONDS_PER_DAY;
        *microseconds = (is_local ? seconds : weir_time_zone_to_instant(zone, seconds)) * WEIR_MICROS_PER_SECOND;
    }
    return true;
}
