/* Reading TZif files (RFC 8536, version 2 and later: 64-bit data and a POSIX rule as footer). The rule is unrolled into
 * 400 more years of transitions, after which the calendar repeats: lookups then need nothing but a binary search. */
#include "columnar/time_zone_private.h"
#include "common/file_system.h"

#include <stdlib.h>

#define FILE_BYTES_MAX (1u << 20)
#define HEADER_BYTES 44u
#define TYPES_MAX 254u
#define RULE_YEARS 402
#define HINTS_MAX 16384

typedef struct Counts {
    uint32_t utc_indicators, standard_indicators, leaps, transitions, types, characters;
} Counts;

/* When a rule's change happens within a year. */
typedef struct RuleDate {
    char kind; /* 'M' month.week.day, 'J' day 1..365 without leap day, 'D' day 0..365 */
    int month, week, day;
    int32_t seconds; /* wall-clock time of that day; may be negative or beyond the day */
} RuleDate;

typedef struct Rule {
    WeirZoneType standard, daylight;
    bool has_daylight;
    RuleDate daylight_start, daylight_end;
} Rule;

static uint32_t read_32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof(value));
    return __builtin_bswap32(value);
}

static int64_t read_64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return (int64_t)__builtin_bswap64(value);
}

static bool read_header(const uint8_t *data, size_t length, Counts *counts)
{
    if (length < HEADER_BYTES || memcmp(data, "TZif", 4) != 0)
        return false;
    uint32_t *fields[] = {&counts->utc_indicators, &counts->standard_indicators, &counts->leaps, &counts->transitions,
                          &counts->types,          &counts->characters};
    for (size_t i = 0; i < 6; i++) {
        *fields[i] = read_32(data + 20 + 4 * i);
        if (*fields[i] > FILE_BYTES_MAX)
            return false;
    }
    return true;
}

static size_t body_bytes(const Counts *counts, size_t time_bytes)
{
    return counts->transitions * (time_bytes + 1) + counts->types * 6u + counts->characters +
           counts->leaps * (time_bytes + 4) + counts->standard_indicators + counts->utc_indicators;
}

/* "EST", "<-03>" */
static bool skip_abbreviation(const char **text)
{
    bool quoted = **text == '<';
    *text += quoted;
    size_t length = quoted ? strcspn(*text, ">") : strcspn(*text, "+-0123456789,");
    *text += length;
    if (quoted && **text != '>')
        return false;
    *text += quoted;
    return length > 0;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static bool parse_seconds(const char **text, int32_t *seconds)
{
    int sign = 1;
    if (**text == '+' || **text == '-')
        sign = *(*text)++ == '-' ? -1 : 1;
    if (**text < '0' || **text > '9')
        return false;
    int32_t parts[3] = {0};
    for (int i = 0; i < 3; i++) {
        char *end;
        long number = strtol(*text, &end, 10);
        if (end == *text || number < 0 || number > 167)
            return false;
        parts[i] = (int32_t)number;
        *text = end;
        if (**text != ':')
            break;
        (*text)++;
    }
    *seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool parse_number(const char **text, int *number, int least, int most)
{
    char *end;
    long value = strtol(*text, &end, 10);
    if (end == *text || value < least || value > most)
        return false;
    *number = (int)value;
    *text = end;
    return true;
}

/* ",M3.2.0/2" */
static bool parse_rule_date(const char **text, RuleDate *date)
{
    if (*(*text)++ != ',')
        return false;
    date->kind = **text == 'M' || **text == 'J' ? *(*text)++ : 'D';
    if (date->kind == 'M') {
        if (!parse_number(text, &date->month, 1, 12) || *(*text)++ != '.' || !parse_number(text, &date->week, 1, 5) ||
            *(*text)++ != '.' || !parse_number(text, &date->day, 0, 6))
            return false;
    } else if (!parse_number(text, &date->day, date->kind == 'J', 365)) {
        return false;
    }
    date->seconds = 2 * 3600;
    if (**text != '/')
        return true;
    (*text)++;
    return parse_seconds(text, &date->seconds);
}

/* The footer: "EST5EDT,M3.2.0,M11.1.0". Offsets in it count west of UTC. */
static bool parse_rule(const char *text, Rule *rule)
{
    int32_t west;
    memset(rule, 0, sizeof(*rule));
    if (!skip_abbreviation(&text) || !parse_seconds(&text, &west))
        return false;
    rule->standard.offset_seconds = -west;
    if (*text == '\0')
        return true;
    if (!skip_abbreviation(&text))
        return false;
    rule->daylight.offset_seconds = rule->standard.offset_seconds + 3600;
    if (*text != ',') {
        if (!parse_seconds(&text, &west))
            return false;
        rule->daylight.offset_seconds = -west;
    }
    /* A daylight time behind the standard time is winter's: Java calls the other one daylight time. */
    rule->daylight.is_daylight = rule->daylight.offset_seconds >= rule->standard.offset_seconds;
    rule->standard.is_daylight = !rule->daylight.is_daylight;
    rule->has_daylight = parse_rule_date(&text, &rule->daylight_start) && parse_rule_date(&text, &rule->daylight_end);
    return rule->has_daylight && *text == '\0';
}

/* Wall-clock seconds of a rule's date in a year. */
static int64_t rule_seconds(const RuleDate *date, int64_t year)
{
    int64_t days = weir_days_from_civil(year, 1, 1);
    if (date->kind == 'D') {
        days += date->day;
    } else if (date->kind == 'J') {
        days += date->day - 1 + (weir_year_is_leap(year) && date->day >= 60);
    } else {
        int64_t first = weir_days_from_civil(year, date->month, 1);
        int first_weekday = weir_day_of_week(first) % 7; /* Sunday 0 */
        int day = (date->day - first_weekday + 7) % 7 + (date->week - 1) * 7;
        while (day >= weir_days_in_month(year, date->month)) /* week 5 means the last one */
            day -= 7;
        days = first + day;
    }
    return days * WEIR_SECONDS_PER_DAY + date->seconds;
}

static void add_transition(WeirTimeZone *zone, int64_t instant, uint8_t type)
{
    uint32_t i = zone->transition_count++;
    uint8_t before = i == 0 ? zone->first_type : zone->types[i - 1];
    int32_t offset_before = zone->zone_types[before].offset_seconds;
    int32_t offset_after = zone->zone_types[type].offset_seconds;
    zone->instants[i] = instant;
    zone->types[i] = type;
    zone->local_limits[i] = instant + (offset_before > offset_after ? offset_before : offset_after);
    if (i > 0 && zone->local_limits[i] < zone->local_limits[i - 1])
        zone->local_limits[i] = zone->local_limits[i - 1];
}

static void unroll_rule(WeirTimeZone *zone, const Rule *rule, uint8_t standard, uint8_t daylight)
{
    int64_t last = zone->transition_count == 0 ? INT64_MIN : zone->instants[zone->transition_count - 1];
    int64_t year = 1970;
    int month, day;
    if (last != INT64_MIN)
        weir_civil_from_days(weir_floor_divide(last, WEIR_SECONDS_PER_DAY), &year, &month, &day);
    for (int64_t end = year + RULE_YEARS; year < end; year++) {
        int64_t starts = rule_seconds(&rule->daylight_start, year) - rule->standard.offset_seconds;
        int64_t ends = rule_seconds(&rule->daylight_end, year) - rule->daylight.offset_seconds;
        bool southern = ends < starts;
        int64_t instants[2] = {southern ? ends : starts, southern ? starts : ends};
        uint8_t types[2] = {southern ? standard : daylight, southern ? daylight : standard};
        for (int i = 0; i < 2; i++) {
            if (instants[i] > last)
                add_transition(zone, instants[i], types[i]);
        }
    }
    zone->repeats = true;
}

/* Ireland and Morocco have a "daylight" time in winter: to Java that is the standard time, and the other one daylight
 * time. Both are told apart from the few winters in which a war time was in force elsewhere by the years they last. */
static void turn_winter_times(WeirTimeZone *zone, const Rule *rule)
{
    const int64_t year_2040 = INT64_C(2208988800);
    bool is_winter[TYPES_MAX] = {false};
    bool winter = rule->has_daylight
                      ? rule->standard.is_daylight
                      : zone->transition_count > 0 && zone->instants[zone->transition_count - 1] > year_2040;
    for (uint32_t i = 1; i < zone->transition_count && winter; i++) {
        const WeirZoneType *before = &zone->zone_types[zone->types[i - 1]], *after = &zone->zone_types[zone->types[i]];
        bool summer_ends = before->offset_seconds > after->offset_seconds;
        if (summer_ends && after->is_daylight)
            is_winter[zone->types[i]] = true;
    }
    for (uint32_t i = 1; i < zone->transition_count && winter; i++) {
        if (!is_winter[zone->types[i]])
            continue;
        zone->zone_types[zone->types[i - 1]].is_daylight = true;
        zone->zone_types[zone->types[i]].is_daylight = false;
    }
}

static bool build(WeirTimeZone *zone, const Counts *counts, const uint8_t *body, const Rule *rule)
{
    const uint8_t *indices = body + counts->transitions * 8u;
    const uint8_t *types = indices + counts->transitions;
    size_t capacity = counts->transitions + (rule->has_daylight ? 2u * RULE_YEARS : 0u);
    zone->zone_types = weir_calloc(counts->types + 2u, sizeof(WeirZoneType));
    zone->instants = weir_calloc(capacity, sizeof(int64_t));
    zone->local_limits = weir_calloc(capacity, sizeof(int64_t));
    zone->types = weir_calloc(capacity, 1);
    for (uint32_t i = 0; i < counts->types; i++) {
        zone->zone_types[i].offset_seconds = (int32_t)read_32(types + i * 6u);
        zone->zone_types[i].is_daylight = types[i * 6u + 4] != 0;
    }
    for (uint32_t i = 0; i < counts->transitions; i++) {
        int64_t instant = read_64(body + i * 8u);
        if (indices[i] >= counts->types || (i > 0 && instant <= zone->instants[i - 1]))
            return false;
        add_transition(zone, instant, indices[i]);
    }
    turn_winter_times(zone, rule);
    if (rule->has_daylight) {
        zone->zone_types[counts->types] = rule->standard;
        zone->zone_types[counts->types + 1] = rule->daylight;
        unroll_rule(zone, rule, (uint8_t)counts->types, (uint8_t)(counts->types + 1));
    }
    return true;
}

static uint16_t *make_hints(const int64_t *values, uint32_t count, uint32_t hint_count)
{
    uint16_t *hints = weir_calloc(hint_count, sizeof(uint16_t));
    uint16_t passed = 0;
    for (uint32_t k = 0; k < hint_count; k++) {
        while (passed < count && values[passed] < values[0] + ((int64_t)k << WEIR_ZONE_HINT_SHIFT))
            passed++;
        hints[k] = passed;
    }
    return hints;
}

static void add_hints(WeirTimeZone *zone)
{
    if (zone->transition_count == 0)
        return;
    int64_t span = zone->instants[zone->transition_count - 1] - zone->instants[0];
    if (span >> WEIR_ZONE_HINT_SHIFT >= HINTS_MAX)
        return; /* a file with a transition at the beginning of time: lookups search */
    zone->hint_count = (uint32_t)(span >> WEIR_ZONE_HINT_SHIFT) + 2;
    zone->instant_hints = make_hints(zone->instants, zone->transition_count, zone->hint_count);
    zone->local_limit_hints = make_hints(zone->local_limits, zone->transition_count, zone->hint_count);
}

static void free_tables(WeirTimeZone *zone)
{
    weir_free(zone->zone_types);
    weir_free(zone->instants);
    weir_free(zone->local_limits);
    weir_free(zone->types);
    memset(zone, 0, sizeof(*zone));
}

static bool decode(WeirTimeZone *zone, const uint8_t *data, size_t length)
{
    Counts counts;
    if (!read_header(data, length, &counts) || data[4] < '2')
        return false;
    size_t second = HEADER_BYTES + body_bytes(&counts, 4);
    if (second > length || !read_header(data + second, length - second, &counts))
        return false;
    const uint8_t *body = data + second + HEADER_BYTES;
    size_t rest = length - second - HEADER_BYTES, bytes = body_bytes(&counts, 8);
    if (bytes + 2 > rest || counts.types == 0 || counts.types > TYPES_MAX || body[bytes] != '\n' ||
        data[length - 1] != '\n')
        return false;
    char footer[256];
    size_t footer_length = rest - bytes - 2;
    if (footer_length >= sizeof(footer))
        return false;
    memcpy(footer, body + bytes + 1, footer_length);
    footer[footer_length] = '\0';
    Rule rule = {0};
    if (footer_length > 0 && !parse_rule(footer, &rule))
        return false;
    if (!build(zone, &counts, body, &rule)) {
        free_tables(zone);
        return false;
    }
    add_hints(zone);
    return true;
}

bool weir_time_zone_load(const char *name, WeirTimeZone *zone)
{
    const char *directory = getenv("TZDIR");
    WeirArena arena;
    WeirBuffer content;
    weir_arena_init(&arena, NULL);
    weir_buffer_init(&content, FILE_BYTES_MAX, NULL);
    const char *path =
        weir_path_join(&arena, directory != NULL && *directory != '\0' ? directory : "/usr/share/zoneinfo", name);
    bool loaded = weir_file_read_all(weir_local_file_system(), path, FILE_BYTES_MAX, &content, NULL) == WEIR_OK &&
                  decode(zone, (const uint8_t *)content.data, content.length);
    weir_buffer_deinit(&content);
    weir_arena_deinit(&arena);
    return loaded;
}

void weir_time_zone_make_fixed(WeirTimeZone *zone, int32_t offset_seconds)
{
    zone->zone_types = weir_calloc(1, sizeof(WeirZoneType));
    zone->zone_types[0].offset_seconds = offset_seconds;
}
