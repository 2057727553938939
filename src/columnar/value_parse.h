/* Strings to values, by the rules of Spark's CAST: shared by expressions and by the readers of JSON and CSV. All take
 * bytes that need not be zero-terminated. False (or a result other than OK) = not such a value; what that means, an
 * error or a null, is the caller's. Blanks around a value are skipped as Spark's UTF8String.trimAll or Java's
 * String.trim do it, which differs by type. */
#ifndef WEIR_COLUMNAR_VALUE_PARSE_H
#define WEIR_COLUMNAR_VALUE_PARSE_H

#include "columnar/time_zone.h"
#include "columnar/vector.h"

typedef enum WeirParseResult {
    WEIR_PARSE_OK,
    WEIR_PARSE_INVALID,          /* not a number: CAST_INVALID_INPUT */
    WEIR_PARSE_OVERFLOW,         /* a number, but too large for the type: NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION */
    WEIR_PARSE_UNSUPPORTED_RANGE /* too large for any decimal: NUMERIC_OUT_OF_SUPPORTED_RANGE */
} WeirParseResult;

/* Blanks as UTF8String.trimAll sees them: ASCII white space and control characters. Moves both ends inward. */
void weir_trim_all(const char **text, size_t *length);

/* true, t, yes, y, 1 and their opposites, in any case. */
bool weir_string_to_boolean(const char *text, size_t length, bool *value);
/* Within [least, most]. `allow_fraction`: "1.7" is 1 (CAST without ANSI mode). */
bool weir_string_to_integer(const char *text, size_t length, bool allow_fraction, int64_t least, int64_t most,
                            int64_t *value);
/* Java's parseDouble ("1d", "0x1p3", "NaN") and Spark's words ("inf", "nan", "-infinity" in any case). */
bool weir_string_to_double(const char *text, size_t length, double *value);
bool weir_string_to_float(const char *text, size_t length, float *value);
/* The unscaled value, rounded half up at `scale`. */
WeirParseResult weir_string_to_decimal(const char *text, size_t length, int precision, int scale, WeirInt128 *unscaled);

/* yyyy[-[m]m[-[d]d[ anything]]], a T in place of the blank. */
bool weir_string_to_date(const char *text, size_t length, int32_t *days);
/* A date as above and [h]h[:[m]m[:[s]s[.fraction][zone]]], or a time alone, which is today's in the zone by
 * `now_microseconds`. `zone` is that of texts without one. */
bool weir_string_to_timestamp(const char *text, size_t length, const WeirTimeZone *zone, int64_t now_microseconds,
                              int64_t *microseconds);
/* Without `allow_zone` a text with a zone is refused; else the zone is ignored. A time alone is refused. */
bool weir_string_to_timestamp_ntz(const char *text, size_t length, bool allow_zone, int64_t *microseconds);

/* epoch, now, yesterday, today, tomorrow: what typed literals and casts of literals also take, columns never.
 * `is_local`: as timestamp_ntz. */
bool weir_string_to_special_date(const char *text, size_t length, const WeirTimeZone *zone, int64_t now_microseconds,
                                 int32_t *days);
bool weir_string_to_special_timestamp(const char *text, size_t length, const WeirTimeZone *zone,
                                      int64_t now_microseconds, bool is_local, int64_t *microseconds);

/* "1 day 2 hours", "interval -1.5 seconds". Errors: INVALID_INTERVAL_FORMAT.… */
WEIR_CHECKED WeirStatus weir_string_to_interval(const char *text, size_t length, WeirCalendarInterval *interval,
                                                WeirError *error);
/* "1 02:03:04.5" or "INTERVAL '1 02:03:04.5' DAY TO SECOND", of just these fields. Errors: INVALID_INTERVAL_FORMAT.… */
WEIR_CHECKED WeirStatus weir_string_to_day_time_interval(const char *text, size_t length, WeirIntervalField start,
                                                         WeirIntervalField end, int64_t *microseconds,
                                                         WeirError *error);
WEIR_CHECKED WeirStatus weir_string_to_year_month_interval(const char *text, size_t length, WeirIntervalField start,
                                                           WeirIntervalField end, int32_t *months, WeirError *error);

#endif
