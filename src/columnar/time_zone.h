/* Time zones by an own TZif reader over $TZDIR or the system's zoneinfo; fixed offsets (+05:30, UTC+8, GMT-3) and
 * Java's short ids. Never the C library's global zone. Zones are cached for the life of the process and never freed;
 * lookups are thread-safe. */
#ifndef WEIR_COLUMNAR_TIME_ZONE_H
#define WEIR_COLUMNAR_TIME_ZONE_H

#include "columnar/civil_calendar.h"
#include "common/error.h"

typedef struct WeirTimeZone WeirTimeZone;

/* INVALID_TIMEZONE-like error (Spark: INVALID_TIMEZONE) for unknown names. */
WEIR_CHECKED WeirStatus weir_time_zone_find(const char *name, const WeirTimeZone **zone, WeirError *error);
const WeirTimeZone *weir_time_zone_utc(void);
const char *weir_time_zone_name(const WeirTimeZone *zone);
const char *weir_time_zone_system_name(void); /* $TZ, /etc/timezone, /etc/localtime; "Etc/UTC" otherwise */
/* Seconds east of UTC at an instant. */
int32_t weir_time_zone_offset_at(const WeirTimeZone *zone, int64_t epoch_seconds);
/* The same, and the instants [*start, *end) for which the answer holds: a column's kernel asks again only outside of
 * them. */
int32_t weir_time_zone_period_at(const WeirTimeZone *zone, int64_t epoch_seconds, int64_t *start, int64_t *end);
/* Local wall-clock seconds → instant, Java's rules: in a gap shift forward by the gap, in an overlap the earlier
 * offset. */
int64_t weir_time_zone_to_instant(const WeirTimeZone *zone, int64_t local_seconds);
/* Instants and wall-clock times in microseconds. */
int64_t weir_micros_to_local(const WeirTimeZone *zone, int64_t micros);
int64_t weir_local_to_micros(const WeirTimeZone *zone, int64_t local);
/* The zone's name at an instant ("PST" or "Pacific Standard Time", "+05:30"), for datetime patterns. */
const char *weir_time_zone_text(const WeirTimeZone *zone, int64_t epoch_seconds, bool is_long);

#endif
