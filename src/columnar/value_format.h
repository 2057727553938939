/* Texts of single physical values, as CAST(x AS STRING) gives them. Each writes to a caller's array of
 * WEIR_VALUE_TEXT_BYTES, without a final zero, and returns the length; nothing allocates, so that kernels can call them
 * per row. */
#ifndef WEIR_COLUMNAR_VALUE_FORMAT_H
#define WEIR_COLUMNAR_VALUE_FORMAT_H

#include "columnar/time_zone.h"
#include "columnar/vector.h"

#define WEIR_VALUE_TEXT_BYTES 128

size_t weir_format_date(int32_t days, char *text); /* 2024-01-05, +10000-01-01, -0044-03-15 */
/* 2024-01-05 01:02:03.12; `zone` NULL: without a zone (timestamp_ntz). */
size_t weir_format_timestamp(int64_t microseconds, const WeirTimeZone *zone, char *text);
/* Spark's default for JSON and CSV: 2024-01-05T01:02:03.120+05:30; `zone` NULL: 2024-01-05T01:02:03.120. */
size_t weir_format_timestamp_iso(int64_t microseconds, const WeirTimeZone *zone, char *text);
size_t weir_format_decimal(WeirInt128 unscaled, int scale, char *text); /* 0.0000001: BigDecimal.toPlainString */
size_t weir_format_decimal_scientific(WeirInt128 unscaled, int scale, char *text); /* 1E-7: BigDecimal.toString */
size_t weir_format_day_time_interval(int64_t microseconds, WeirIntervalField start, WeirIntervalField end,
                                     char *text); /* INTERVAL '1 02:03:04' DAY TO SECOND */
size_t weir_format_year_month_interval(int32_t months, WeirIntervalField start, WeirIntervalField end, char *text);
size_t weir_format_calendar_interval(const WeirCalendarInterval *interval, char *text); /* 1 years 2 months 3 days */

#endif
