/* Finding zones by name, by the rules of Java's ZoneId.of with Java's short ids and the old one-digit forms that Spark
 * lets pass; and looking up their offsets. Zones live as long as the process: a lookup by name takes no lock. */
#include "columnar/time_zone.h"
#include "columnar/time_zone_private.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/hash.h"

#define BUCKETS 256u
#define NAME_BYTES_MAX 128u
#define OFFSET_SECONDS_MAX (18 * 3600)

typedef struct CacheEntry {
    struct CacheEntry *next;
    const WeirTimeZone *zone;
    char name[]; /* as it was asked for */
} CacheEntry;

static _Atomic(CacheEntry *) cache[BUCKETS];
static pthread_mutex_t cache_mutex = PTHREAD_MUTEX_INITIALIZER;

static WeirZoneType utc_type;
static const WeirZoneNames utc_names = {"Coordinated Universal Time", "UTC", "Coordinated Universal Time", "UTC"};
static const WeirTimeZone utc_zone = {.name = "UTC", .names = &utc_names, .zone_types = &utc_type};

/* Java's ZoneId.SHORT_IDS. */
static const struct {
    const char *name;
    const char *target;
} short_ids[] = {
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"EST", "-05:00"},
    {"HST", "-10:00"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"MST", "-07:00"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
};

/* Files that lie among the zones but are none to Java. */
static const char *const not_zones[] = {"EST",     "MST",        "HST",       "ROC",
                                        "Factory", "posixrules", "localtime", "leapseconds"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int two_digits(const char *text)
{
    return is_digit(text[0]) && is_digit(text[1]) ? (text[0] - '0') * 10 + text[1] - '0' : -1;
}

/* "+5", "+05", "+0530", "+05:30", "+053015", "+05:30:15", and the forms of old Spark: "+5:30", "+05:3". */
static bool parse_offset(const char *text, int32_t *seconds)
{
    if (*text != '+' && *text != '-')
        return false;
    int sign = *text == '-' ? -1 : 1;
    int parts[3] = {0};
    text++;
    if (is_digit(text[0]) && (text[1] == '\0' || text[1] == ':')) {
        parts[0] = text[0] - '0';
        text += 1;
    } else {
        parts[0] = two_digits(text);
        text += 2;
        if (parts[0] < 0)
            return false;
    }
    bool colon = *text == ':';
    for (int i = 1; i < 3 && *text != '\0'; i++) {
        if (colon && *text++ != ':')
            return false;
        if (colon && i == 1 && is_digit(text[0]) && text[1] == '\0') {
            parts[i] = *text++ - '0';
            break;
        }
        parts[i] = two_digits(text);
        if (parts[i] < 0 || parts[i] > 59)
            return false;
        text += 2;
    }
    *seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return *text == '\0' && *seconds <= OFFSET_SECONDS_MAX && *seconds >= -OFFSET_SECONDS_MAX;
}

/* "+05:30", "-08:00:01", "Z" for zero: Java's ZoneOffset.getId. */
static void format_offset(int32_t seconds, char text[16])
{
    int32_t magnitude = seconds < 0 ? -seconds : seconds;
    if (seconds == 0)
        memcpy(text, "Z", 2);
    else if (magnitude % 60 == 0)
        snprintf(text, 16, "%c%02d:%02d", seconds < 0 ? '-' : '+', magnitude / 3600 % 100, magnitude / 60 % 60);
    else
        snprintf(text, 16, "%c%02d:%02d:%02d", seconds < 0 ? '-' : '+', magnitude / 3600 % 100, magnitude / 60 % 60,
                 magnitude % 60);
}

/* [A-Za-z][A-Za-z0-9~/._+-]+, and nothing that leads out of the zone directory. */
static bool is_region_name(const char *name)
{
    bool letter = (name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= 'a' && name[0] <= 'z');
    if (!letter || strlen(name) < 2 || strlen(name) >= NAME_BYTES_MAX || strncmp(name, "posix/", 6) == 0 ||
        strncmp(name, "right/", 6) == 0)
        return false;
    for (const char *c = name; *c != '\0'; c++) {
        if (!is_digit(*c) && !(*c >= 'A' && *c <= 'Z') && !(*c >= 'a' && *c <= 'z') && strchr("~/_+-", *c) == NULL)
            return false; /* dots are legal in Java, but no zone has one */
    }
    for (size_t i = 0; i < sizeof(not_zones) / sizeof(not_zones[0]); i++) {
        if (strcmp(name, not_zones[i]) == 0)
            return false;
    }
    return true;
}

/* An offset, alone or after UTC, GMT or UT. */
static bool make_offset_zone(const char *name, WeirTimeZone *zone, char zone_name[NAME_BYTES_MAX])
{
    static const char *const prefixes[] = {"UTC", "GMT", "UT", ""};
    for (size_t i = 0; i < 4; i++) {
        size_t length = strlen(prefixes[i]);
        int32_t seconds;
        char offset[16];
        if (strncmp(name, prefixes[i], length) != 0 || !parse_offset(name + length, &seconds))
            continue;
        format_offset(seconds, offset);
        snprintf(zone_name, NAME_BYTES_MAX, "%s%s", prefixes[i], seconds == 0 && length > 0 ? "" : offset);
        weir_time_zone_make_fixed(zone, seconds);
        return true;
    }
    return false;
}

static bool make_zone(const char *name, WeirTimeZone *zone, char zone_name[NAME_BYTES_MAX])
{
    for (size_t i = 0; i < sizeof(short_ids) / sizeof(short_ids[0]); i++) {
        if (strcmp(name, short_ids[i].name) == 0)
            name = short_ids[i].target;
    }
    if (strcmp(name, "Z") == 0 || strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0 || strcmp(name, "UT") == 0 ||
        strcmp(name, "Etc/UTC") == 0) { /* must work without any zone files */
        snprintf(zone_name, NAME_BYTES_MAX, "%s", name);
        weir_time_zone_make_fixed(zone, 0);
        return true;
    }
    if (make_offset_zone(name, zone, zone_name))
        return true;
    if (!is_region_name(name) || !weir_time_zone_load(name, zone))
        return false;
    snprintf(zone_name, NAME_BYTES_MAX, "%s", name);
    return true;
}

static const WeirTimeZone *cached(const char *name, size_t bucket)
{
    CacheEntry *entry = atomic_load_explicit(&cache[bucket], memory_order_acquire);
    while (entry != NULL && strcmp(entry->name, name) != 0)
        entry = entry->next;
    return entry == NULL ? NULL : entry->zone;
}

WeirStatus weir_time_zone_find(const char *name, const WeirTimeZone **zone, WeirError *error)
{
    size_t length = strlen(name), bucket = weir_table_hash_bytes(name, length) % BUCKETS;
    *zone = cached(name, bucket);
    if (*zone != NULL)
        return WEIR_OK;
    WeirTimeZone found = {0};
    char zone_name[NAME_BYTES_MAX];
    if (!make_zone(name, &found, zone_name))
        return weir_error_set(error, WEIR_ERROR_INVALID_TIMEZONE, "timeZone", name);
    WeirTimeZone *made = weir_malloc(sizeof(*made));
    *made = found;
    made->name = weir_strdup(zone_name);
    made->names = weir_zone_names_find(zone_name);
    CacheEntry *entry = weir_malloc(sizeof(*entry) + length + 1);
    memcpy(entry->name, name, length + 1);
    entry->zone = made;
    pthread_mutex_lock(&cache_mutex); /* two threads may have loaded the same zone: the second entry is never seen */
    entry->next = atomic_load_explicit(&cache[bucket], memory_order_relaxed);
    const WeirTimeZone *other = cached(name, bucket);
    if (other == NULL)
        atomic_store_explicit(&cache[bucket], entry, memory_order_release);
    pthread_mutex_unlock(&cache_mutex);
    if (other != NULL)
        weir_free(entry);
    *zone = other != NULL ? other : made;
    return WEIR_OK;
}

const WeirTimeZone *weir_time_zone_utc(void)
{
    return &utc_zone;
}

const char *weir_time_zone_name(const WeirTimeZone *zone)
{
    return zone->name;
}

/* Number of transitions at or before `value`. */
static uint32_t count_up_to(const WeirTimeZone *zone, const int64_t *values, const uint16_t *hints, int64_t value)
{
    uint32_t low = 0, high = zone->transition_count;
    if (value < values[0])
        return 0;
    uint64_t hint = (uint64_t)(value - values[0]) >> WEIR_ZONE_HINT_SHIFT;
    if (hint < zone->hint_count) {
        low = hints[hint];
        while (low < high && values[low] <= value)
            low++;
        return low;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (values[middle] <= value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* How far `value` must be moved back to lie in the table. */
static int64_t cycle_shift(const WeirTimeZone *zone, const int64_t *values, int64_t value)
{
    if (!zone->repeats || value < values[zone->transition_count - 1])
        return 0;
    int64_t beyond = value - values[zone->transition_count - 1];
    return (beyond / WEIR_ZONE_CYCLE_SECONDS + 1) * WEIR_ZONE_CYCLE_SECONDS;
}

static const WeirZoneType *type_after(const WeirTimeZone *zone, uint32_t transitions)
{
    return &zone->zone_types[transitions == 0 ? zone->first_type : zone->types[transitions - 1]];
}

int32_t weir_time_zone_period_at(const WeirTimeZone *zone, int64_t epoch_seconds, int64_t *start, int64_t *end)
{
    *start = INT64_MIN;
    *end = INT64_MAX;
    if (zone->transition_count == 0)
        return zone->zone_types[0].offset_seconds;
    int64_t shift = cycle_shift(zone, zone->instants, epoch_seconds);
    uint32_t passed = count_up_to(zone, zone->instants, zone->instant_hints, epoch_seconds - shift);
    if (passed > 0)
        *start = zone->instants[passed - 1] + shift;
    if (passed < zone->transition_count)
        *end = zone->instants[passed] + shift;
    return type_after(zone, passed)->offset_seconds;
}

int32_t weir_time_zone_offset_at(const WeirTimeZone *zone, int64_t epoch_seconds)
{
    int64_t start, end;
    return weir_time_zone_period_at(zone, epoch_seconds, &start, &end);
}

/* In a gap and in an overlap alike Java takes the offset from before the transition. */
int64_t weir_time_zone_to_instant(const WeirTimeZone *zone, int64_t local_seconds)
{
    if (zone->transition_count == 0)
        return local_seconds - zone->zone_types[0].offset_seconds;
    int64_t shift = cycle_shift(zone, zone->local_limits, local_seconds);
    uint32_t passed = count_up_to(zone, zone->local_limits, zone->local_limit_hints, local_seconds - shift);
    return local_seconds - type_after(zone, passed)->offset_seconds;
}

static bool is_daylight(const WeirTimeZone *zone, int64_t epoch_seconds)
{
    if (zone->transition_count == 0)
        return zone->zone_types[0].is_daylight;
    int64_t shift = cycle_shift(zone, zone->instants, epoch_seconds);
    return type_after(zone, count_up_to(zone, zone->instants, zone->instant_hints, epoch_seconds - shift))->is_daylight;
}

const char *weir_time_zone_text(const WeirTimeZone *zone, int64_t epoch_seconds, bool is_long)
{
    const WeirZoneNames *names = zone->names;
    if (names == NULL)
        return zone->name;
    if (is_daylight(zone, epoch_seconds))
        return is_long ? names->daylight_long : names->daylight_short;
    return is_long ? names->standard_long : names->standard_short;
}

static char system_name[NAME_BYTES_MAX];

static bool try_system_name(const char *name)
{
    const WeirTimeZone *zone;
    size_t length = strcspn(name, " \t\r\n");
    char trimmed[NAME_BYTES_MAX];
    if (length == 0 || length >= sizeof(trimmed))
        return false;
    memcpy(trimmed, name, length);
    trimmed[length] = '\0';
    if (weir_time_zone_find(trimmed, &zone, NULL) != WEIR_OK)
        return false;
    memcpy(system_name, trimmed, length + 1);
    return true;
}

static void find_system_name(void)
{
    char text[1024] = "";
    const char *variable = getenv("TZ");
    if (variable != NULL && try_system_name(variable + (*variable == ':')))
        return;
    FILE *file = fopen("/etc/timezone", "re");
    bool read = file != NULL && fgets(text, sizeof(text), file) != NULL;
    if (file != NULL)
        fclose(file);
    if (read && try_system_name(text))
        return;
    ssize_t length = readlink("/etc/localtime", text, sizeof(text) - 1);
    text[length > 0 ? length : 0] = '\0';
    const char *marker = strstr(text, "/zoneinfo/");
    if (marker == NULL || !try_system_name(marker + strlen("/zoneinfo/")))
        memcpy(system_name, "Etc/UTC", sizeof("Etc/UTC"));
}

const char *weir_time_zone_system_name(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find_system_name);
    return system_name;
}

/* Sums wrap at the ends of the range instead of being undefined. */
int64_t weir_micros_to_local(const WeirTimeZone *zone, int64_t micros)
{
    int64_t offset = weir_time_zone_offset_at(zone, weir_floor_divide(micros, WEIR_MICROS_PER_SECOND));
    return (int64_t)((uint64_t)micros + (uint64_t)(offset * WEIR_MICROS_PER_SECOND));
}

int64_t weir_local_to_micros(const WeirTimeZone *zone, int64_t local)
{
    int64_t seconds = weir_floor_divide(local, WEIR_MICROS_PER_SECOND);
    int64_t offset = seconds - weir_time_zone_to_instant(zone, seconds);
    return (int64_t)((uint64_t)local - (uint64_t)(offset * WEIR_MICROS_PER_SECOND));
}
