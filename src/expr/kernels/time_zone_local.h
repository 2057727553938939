/* Instants and wall-clock times in microseconds. */
#ifndef WEIR_EXPR_KERNELS_TIME_ZONE_LOCAL_H
#define WEIR_EXPR_KERNELS_TIME_ZONE_LOCAL_H

#include "columnar/civil_calendar.h"
#include "columnar/time_zone.h"

int64_t weir_micros_to_local(const WeirTimeZone *zone, int64_t micros);
int64_t weir_local_to_micros(const WeirTimeZone *zone, int64_t local);

#endif
