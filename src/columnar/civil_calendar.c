/* Calendar arithmetic in closed form: no tables, no loops, right for any year. Days are counted from 0000-03-01 in
 * between, so that a leap day is the last of its year. */
#include "columnar/civil_calendar.h"

#define DAYS_PER_ERA 146097 /* 400 years */
#define PLAIN_YEARS_END 1000000
#define DAYS_TO_EPOCH 719468 /* 0000-03-01 to 1970-01-01 */

/* Years from 0 on, in 32 bits. March is the first month here, so that a year's days before a month are a line. */
static int32_t days_of_plain_year(uint32_t year, uint32_t month, uint32_t day)
{
    bool early = month <= 2;
    uint32_t shifted = year + 400 - early, century = shifted / 100, line = month + (early ? 12 : 0);
    uint32_t days = 1461 * shifted / 4 - century + century / 4 + (979 * line - 2919) / 32 + day;
    return (int32_t)days - (DAYS_TO_EPOCH + DAYS_PER_ERA + 1);
}

int64_t weir_days_from_civil(int64_t year, int month, int day)
{
    if ((uint64_t)year < PLAIN_YEARS_END)
        return days_of_plain_year((uint32_t)year, (uint32_t)month, (uint32_t)day);
    year -= month <= 2;
    int64_t era = weir_floor_divide(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_EPOCH;
}

/* Cassio Neri and Lorenz Schneider, "Euclidean affine functions and their application to calendar algorithms" (2022):
 * two multiplications in place of divisions. `shifted` counts from the 1st of March of a year divisible by 400. */
static void civil_from_shifted(uint32_t shifted, int64_t first_year, int64_t *year, int *month, int *day)
{
    uint32_t quarters = 4 * shifted + 3;
    uint32_t century = quarters / DAYS_PER_ERA;
    uint32_t in_century = (quarters % DAYS_PER_ERA) | 3;
    uint64_t product = UINT64_C(2939745) * in_century;
    uint32_t year_of_century = (uint32_t)(product >> 32);
    uint32_t day_of_year = (uint32_t)product / 2939745 / 4;
    uint32_t months = 2141 * day_of_year + 197913;
    bool is_next_year = day_of_year >= 306;
    *year = first_year + 100 * century + year_of_century + is_next_year;
    *month = (int)(months >> 16) - (is_next_year ? 12 : 0);
    *day = (int)((months & 0xffff) / 2141) + 1;
}

void weir_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += DAYS_TO_EPOCH;
    if (days >= 0 && days < (1 << 29)) { /* years 0 to 1,469,872 */
        civil_from_shifted((uint32_t)days, 0, year, month, day);
        return;
    }
    int64_t era = weir_floor_divide(days, DAYS_PER_ERA);
    civil_from_shifted((uint32_t)(days - era * DAYS_PER_ERA), era * 400, year, month, day);
}

bool weir_year_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int weir_days_in_month(int64_t year, int month)
{
    if (month == 2)
        return weir_year_is_leap(year) ? 29 : 28;
    return 30 + ((month + (month >> 3)) & 1);
}

bool weir_civil_is_valid(int64_t year, int64_t month, int64_t day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= weir_days_in_month(year, (int)month);
}

/* 1970-01-01 was a Thursday. */
int weir_day_of_week(int64_t days)
{
    return (int)weir_floor_modulo(days + 3, 7) + 1;
}

int weir_day_of_year(int64_t days)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    return (int)(days - weir_days_from_civil(year, 1, 1)) + 1;
}

void weir_iso_week(int64_t days, int64_t *week_year, int *week)
{
    int64_t thursday = days - weir_day_of_week(days) + 4;
    int month, day;
    weir_civil_from_days(thursday, week_year, &month, &day);
    *week = (int)(thursday - weir_days_from_civil(*week_year, 1, 1)) / 7 + 1;
}

int64_t weir_last_day_of_month(int64_t days)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    return days + weir_days_in_month(year, month) - day;
}

int64_t weir_add_months(int64_t days, int64_t months)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    int64_t total = year * 12 + (month - 1) + months;
    year = weir_floor_divide(total, 12);
    month = (int)weir_floor_modulo(total, 12) + 1;
    int last = weir_days_in_month(year, month);
    return weir_days_from_civil(year, month, day < last ? day : last);
}

int64_t weir_truncate_to_week(int64_t days)
{
    return days - weir_day_of_week(days) + 1;
}

int64_t weir_truncate_to_months(int64_t days, int months)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    if (months == 1)
        return days - day + 1;
    int64_t total = year * 12 + (month - 1);
    total -= weir_floor_modulo(total, months);
    return weir_days_from_civil(weir_floor_divide(total, 12), (int)weir_floor_modulo(total, 12) + 1, 1);
}
