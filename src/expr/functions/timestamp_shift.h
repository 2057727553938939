/* Moving timestamps by months, days and lengths of time. */
#ifndef WEIR_EXPR_FUNCTIONS_TIMESTAMP_SHIFT_H
#define WEIR_EXPR_FUNCTIONS_TIMESTAMP_SHIFT_H

#include "columnar/time_zone.h"
#include "columnar/vector.h"

/* Months first, then days, both on the wall clock, then microseconds of real time; false: out of range, and then
 * `*micros` is undefined. */
bool weir_timestamp_shift(const WeirTimeZone *zone, int64_t *micros, int64_t months, int64_t days, WeirInt128 length);

#endif
