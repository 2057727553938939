/* A zone's table of transitions, shared by time_zone.c and time_zone_file.c. */
#ifndef WEIR_COLUMNAR_TIME_ZONE_PRIVATE_H
#define WEIR_COLUMNAR_TIME_ZONE_PRIVATE_H

#include "columnar/time_zone.h"
#include "common/memory.h"

#define WEIR_ZONE_HINT_SHIFT 24 /* half a year: a lookup steps over one or two transitions */
#define WEIR_ZONE_CYCLE_SECONDS                                                                                        \
    (INT64_C(146097) * 86400) /* the calendar, weekdays included, repeats after 400 years                              \
                               */

typedef struct WeirZoneType {
    int32_t offset_seconds; /* east of UTC */
    bool is_daylight;
} WeirZoneType;

typedef struct WeirZoneNames {
    const char *standard_long, *standard_short, *daylight_long, *daylight_short;
} WeirZoneNames;

struct WeirTimeZone {
    char *name;                 /* Java's ZoneId.getId */
    const WeirZoneNames *names; /* NULL: offsets have none */
    uint32_t transition_count;
    int64_t *instants;     /* ascending; transition i begins at instants[i] */
    int64_t *local_limits; /* wall-clock seconds from which transition i has happened for sure */
    uint8_t *types;        /* of the time after transition i */
    uint32_t hint_count;
    uint16_t *instant_hints;     /* entry k: transitions before instants[0] + k * 2^WEIR_ZONE_HINT_SHIFT seconds */
    uint16_t *local_limit_hints; /* the same for local_limits */
    uint8_t first_type;          /* before all transitions */
    bool repeats;                /* the last 400 years of the table stand for all later ones */
    WeirZoneType *zone_types;
};

/* Zone data of `name` from its file; false when there is no such zone. `name` is known to be harmless as a path. */
bool weir_time_zone_load(const char *name, WeirTimeZone *zone);
void weir_time_zone_make_fixed(WeirTimeZone *zone, int32_t offset_seconds);
/* Names of a zone id (zone_names.c); NULL: none. */
const WeirZoneNames *weir_zone_names_find(const char *id);

#endif
