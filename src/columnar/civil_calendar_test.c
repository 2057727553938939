#include "columnar/civil_calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void test_days_round_trip(void **state)
{
    (void)state;
    assert_int_equal(weir_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(weir_days_from_civil(2000, 2, 29), 11016);
    assert_int_equal(weir_days_from_civil(1, 1, 1), -719162);
    assert_int_equal(weir_days_from_civil(0, 3, 1), -719468);
    int64_t previous_year = 0;
    for (int64_t days = -800000; days < 800000; days++) {
        int64_t year;
        int month, day;
        weir_civil_from_days(days, &year, &month, &day);
        assert_true(weir_civil_is_valid(year, month, day));
        assert_int_equal(weir_days_from_civil(year, month, day), days);
        if (previous_year != year)
            assert_int_equal(weir_day_of_year(days), days == -800000 ? weir_day_of_year(days) : 1);
        previous_year = year;
    }
    int64_t year;
    int month, day;
    for (int64_t days = -(INT64_C(1) << 31); days < INT64_C(1) << 31; days += 19997) {
        weir_civil_from_days(days, &year, &month, &day);
        assert_true(weir_civil_is_valid(year, month, day));
        assert_int_equal(weir_days_from_civil(year, month, day), days);
    }
    weir_civil_from_days(INT32_MAX, &year, &month, &day);
    assert_int_equal(year, 5881580);
    assert_int_equal(month * 100 + day, 711);
    weir_civil_from_days(INT32_MIN, &year, &month, &day);
    assert_int_equal(year, -5877641);
    assert_int_equal(month * 100 + day, 623);
}

static void test_weeks_and_months(void **state)
{
    (void)state;
    int64_t year;
    int week;
    assert_int_equal(weir_day_of_week(0), 4);
    assert_int_equal(weir_day_of_week(-4), 7);
    weir_iso_week(weir_days_from_civil(2021, 1, 3), &year, &week);
    assert_int_equal(year * 100 + week, 202053);
    weir_iso_week(weir_days_from_civil(2018, 12, 31), &year, &week);
    assert_int_equal(year * 100 + week, 201901);
    assert_int_equal(weir_last_day_of_month(weir_days_from_civil(2024, 2, 1)), weir_days_from_civil(2024, 2, 29));
    assert_int_equal(weir_add_months(weir_days_from_civil(2024, 1, 31), 1), weir_days_from_civil(2024, 2, 29));
    assert_int_equal(weir_add_months(weir_days_from_civil(2024, 2, 29), -12), weir_days_from_civil(2023, 2, 28));
    assert_int_equal(weir_truncate_to_week(weir_days_from_civil(2024, 1, 7)), weir_days_from_civil(2024, 1, 1));
    assert_int_equal(weir_truncate_to_months(weir_days_from_civil(2024, 6, 30), 3), weir_days_from_civil(2024, 4, 1));
    assert_int_equal(weir_truncate_to_months(weir_days_from_civil(-1, 6, 30), 12), weir_days_from_civil(-1, 1, 1));
    assert_int_equal(weir_quarter_of_month(12), 4);
    assert_int_equal(weir_days_in_month(1900, 2), 28);
    assert_int_equal(weir_days_in_month(2023, 8), 31);
    assert_int_equal(weir_days_in_month(2023, 9), 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_round_trip),
        cmocka_unit_test(test_weeks_and_months),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
