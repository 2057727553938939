/* The proleptic Gregorian calendar: days since 1970-01-01 to year, month and day, and what is counted from there. */
#ifndef WEIR_COLUMNAR_CIVIL_CALENDAR_H
#define WEIR_COLUMNAR_CIVIL_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#define WEIR_SECONDS_PER_DAY 86400
#define WEIR_MICROS_PER_SECOND INT64_C(1000000)
#define WEIR_MICROS_PER_DAY (WEIR_SECONDS_PER_DAY * WEIR_MICROS_PER_SECOND)

/* Quotient rounded down and remainder with the sign of `divisor` (> 0), as Java's floorDiv and floorMod. */
static inline int64_t weir_floor_divide(int64_t value, int64_t divisor)
{
    return value / divisor - (value % divisor < 0);
}
static inline int64_t weir_floor_modulo(int64_t value, int64_t divisor)
{
    int64_t rest = value % divisor;
    return rest < 0 ? rest + divisor : rest;
}

/* `month` 1..12, `day` 1..31: not checked (see weir_civil_is_valid). Years of up to ±10^12. */
int64_t weir_days_from_civil(int64_t year, int month, int day);
void weir_civil_from_days(int64_t days, int64_t *year, int *month, int *day);
bool weir_year_is_leap(int64_t year);
int weir_days_in_month(int64_t year, int month);
bool weir_civil_is_valid(int64_t year, int64_t month, int64_t day);

int weir_day_of_week(int64_t days); /* ISO: Monday 1 .. Sunday 7 */
int weir_day_of_year(int64_t days); /* from 1 */
/* ISO week: Monday first, week 1 has the year's first Thursday; the week's year can differ from the date's. */
void weir_iso_week(int64_t days, int64_t *week_year, int *week);
static inline int weir_quarter_of_month(int month)
{
    return (month + 2) / 3;
}
int64_t weir_last_day_of_month(int64_t days);
/* The same day of another month, or that month's last day where it has none. */
int64_t weir_add_months(int64_t days, int64_t months);
/* First day of the period: Monday of the week, or the 1st of the month, quarter or year. */
int64_t weir_truncate_to_week(int64_t days);
int64_t weir_truncate_to_months(int64_t days, int months); /* 1, 3 or 12 */

#endif
