/* Texts made in registers are those that printf makes. */
#include "expr/kernels/short_text.h"

#include <stdio.h>

#include "support/test.h"

static void check_text(WeirShortText text, const char *wanted)
{
    char got[17] = {0};
    memcpy(got, &text.bytes, 16);
    assert_int_equal(text.length, strlen(wanted));
    assert_string_equal(got, wanted);
}

static void check_number(uint64_t value)
{
    char wanted[32];
    snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)value);
    check_text(weir_short_digits(value, 1), wanted);
    if (value >= 100000000000000ull)
        return;
    snprintf(wanted, sizeof(wanted), "-%llu.%03llu", (unsigned long long)value / 1000,
             (unsigned long long)value % 1000);
    check_text(weir_short_sign(weir_short_point(weir_short_digits(value, 4), 3), true), wanted);
}

static void digits_are_those_of_printf(void **state)
{
    (void)state;
    for (uint64_t value = 0; value < 20000; value++) {
        check_number(value);
        check_number(value * 7919 + 9999000);
        check_number(9999999999999999ull - value * 499979000029ull);
    }
    for (uint64_t power = 1; power < 10000000000000000ull; power *= 10) {
        check_number(power - 1);
        check_number(power);
        check_number(power + 1);
    }
}

static void dates_and_times_are_those_of_printf(void **state)
{
    (void)state;
    char wanted[32];
    for (uint32_t second = 0; second < 86400; second++) {
        snprintf(wanted, sizeof(wanted), "%02u:%02u:%02u", second / 3600, second / 60 % 60, second % 60);
        check_text((WeirShortText){weir_short_time(second), 8}, wanted);
    }
    for (uint32_t year = 0; year < 10000; year++) {
        uint32_t month = year % 12 + 1, day = year % 31 + 1;
        snprintf(wanted, sizeof(wanted), "%04u-%02u-%02u", year, month, day);
        check_text(weir_short_date(year, month, day), wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_those_of_printf),
        cmocka_unit_test(dates_and_times_are_those_of_printf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
