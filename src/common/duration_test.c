/* Durations of settings: units, blanks, and what is none. */
#include "common/duration.h"
#include "support/test.h"

static void numbers_with_units_become_milliseconds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"0", 0},         {"10", 10},      {"500ms", 500}, {"60s", 60000}, {"10m", 600000},
                 {"2min", 120000}, {"1h", 3600000}, {"-5s", -5000}, {" 3 ", 3},     {"1d", 86400000},
                 {"1500us", 1},    {"7S", 7000},    {"4s ", 4000}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t ms = -1;
        if (!weir_duration_parse_ms(cases[i].text, &ms) || ms != cases[i].ms)
            fail_msg("'%s' is %lld ms", cases[i].text, (long long)ms);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",  "x",    "s",    "1.5", "10 parsecs",           "10ms5",
                                        "-", "5 s5", "true", "1y",  "99999999999999999999", "9223372036854775807d"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int64_t ms = 0;
        if (weir_duration_parse_ms(texts[i], &ms))
            fail_msg("'%s' is taken for %lld ms", texts[i], (long long)ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_with_units_become_milliseconds),
        cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
