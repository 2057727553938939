#include "columnar/time_zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

/* The names and offsets are those of Spark 4.2.1 on Java 17 (DateTimeUtils.getZoneId, from_utc_timestamp,
 * to_utc_timestamp). */
static const WeirTimeZone *find(const char *name)
{
    const WeirTimeZone *zone;
    assert_int_equal(weir_time_zone_find(name, &zone, NULL), WEIR_OK);
    return zone;
}

static const struct {
    const char *asked, *name;
} known_names[] = {
    {"UTC", "UTC"},
    {"Z", "Z"},
    {"GMT", "GMT"},
    {"UT", "UT"},
    {"+5", "+05:00"},
    {"-5", "-05:00"},
    {"+05", "+05:00"},
    {"+0530", "+05:30"},
    {"+5:30", "+05:30"},
    {"+05:3", "+05:03"},
    {"-5:3", "-05:03"},
    {"+05:30:15", "+05:30:15"},
    {"+053015", "+05:30:15"},
    {"+18", "+18:00"},
    {"-0", "Z"},
    {"-00:00", "Z"},
    {"UTC+8", "UTC+08:00"},
    {"UTC+0830", "UTC+08:30"},
    {"UTC+8:30", "UTC+08:30"},
    {"GMT-3", "GMT-03:00"},
    {"UT+01:30", "UT+01:30"},
    {"UTC-0", "UTC"},
    {"EST", "-05:00"},
    {"MST", "-07:00"},
    {"HST", "-10:00"},
    {"PST", "America/Los_Angeles"},
    {"IST", "Asia/Kolkata"},
    {"CTT", "Asia/Shanghai"},
    {"VST", "Asia/Ho_Chi_Minh"},
    {"GMT+8:5", "GMT+08:05"},
    {"Etc/GMT+8", "Etc/GMT+8"},
    {"GMT0", "GMT0"},
    {"UTC-10:15:30", "UTC-10:15:30"},
    {"W-SU", "W-SU"},
    {"America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"},
};

static const char *const unknown_names[] = {
    "utc",
    "Utc",
    "z",
    "gmt",
    "+18:01",
    "+19",
    "+123",
    "+12345",
    "ist",
    "america/los_angeles",
    "PDT",
    "",
    "A",
    " UTC",
    "UTC ",
    "Factory",
    "posixrules",
    "localtime",
    "posix/UTC",
    "right/UTC",
    "ROC",
    "UTC+",
    "+",
    "GMT+19",
    "UTC5",
    "GMT:+5",
    "+5:",
    "+005:00",
    "+05:60",
    "+05:30:60",
    "+05:30:1",
    "../zoneinfo/UTC",
    "Europe/../UTC",
    "Europe",
    "zone.tab",
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(known_names) / sizeof(known_names[0]); i++)
        assert_string_equal(weir_time_zone_name(find(known_names[i].asked)), known_names[i].name);
    for (size_t i = 0; i < sizeof(unknown_names) / sizeof(unknown_names[0]); i++) {
        const WeirTimeZone *zone;
        WeirError error;
        assert_int_equal(weir_time_zone_find(unknown_names[i], &zone, &error), WEIR_ERROR_INVALID_TIMEZONE);
        assert_string_equal(error.sqlstate, "22009");
    }
    assert_ptr_equal(find("Asia/Kolkata"), find("Asia/Kolkata"));
    assert_int_equal(weir_time_zone_offset_at(weir_time_zone_utc(), 0), 0);
    assert_non_null(find(weir_time_zone_system_name()));
}

static void test_offsets(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t instant;
        int32_t offset;
    } offsets[] = {
        {"America/New_York", 14121543049, -14400},    {"America/New_York", 1732213800, -18000},
        {"Asia/Kolkata", 4867693200, 19800},          {"Africa/Casablanca", 1730872800, 3600},
        {"Australia/Lord_Howe", 1711546200, 39600},   {"Europe/Dublin", 1729936800, 3600},
        {"America/Los_Angeles", 20000000000, -25200}, {"UTC+8", -1, 28800},
        {"America/New_York", -3786825600, -17762},
    };
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
        assert_int_equal(weir_time_zone_offset_at(find(offsets[i].name), offsets[i].instant), offsets[i].offset);
    int64_t start, end; /* from 2024-03-10 02:00 to 2024-11-03 02:00, also 400 and 800 years later */
    for (int64_t cycle = 0; cycle < 3; cycle++) {
        int64_t shift = cycle * 146097 * WEIR_SECONDS_PER_DAY;
        assert_int_equal(weir_time_zone_period_at(find("America/New_York"), 1720000000 + shift, &start, &end), -14400);
        assert_int_equal(start, 1710054000 + shift);
        assert_int_equal(end, 1730613600 + shift);
    }
    assert_string_equal(weir_time_zone_text(find("America/Los_Angeles"), 1720000000, false), "PDT");
    assert_string_equal(weir_time_zone_text(find("America/Los_Angeles"), 1704067200, false), "PST");
    assert_string_equal(weir_time_zone_text(find("+5:30"), 0, false), "+05:30");
    assert_string_equal(weir_time_zone_text(find("Europe/Dublin"), 1720000000, true), "Irish Standard Time");
    assert_string_equal(weir_time_zone_text(find("Europe/Dublin"), 1704067200, true), "Greenwich Mean Time");
}

static void test_gaps_and_overlaps(void **state)
{
    (void)state;
    const WeirTimeZone *zone = find("America/New_York");
    int64_t day = weir_days_from_civil(2024, 3, 10) * WEIR_SECONDS_PER_DAY;
    assert_int_equal(weir_time_zone_to_instant(zone, day + 7199), day + 7199 + 18000);
    assert_int_equal(weir_time_zone_to_instant(zone, day + 9000), day + 9000 + 18000); /* 02:30 is 03:30 */
    assert_int_equal(weir_time_zone_to_instant(zone, day + 10800), day + 10800 + 14400);
    day = weir_days_from_civil(2024, 11, 3) * WEIR_SECONDS_PER_DAY;
    assert_int_equal(weir_time_zone_to_instant(zone, day + 5400), day + 5400 + 14400); /* 01:30: the earlier one */
    assert_int_equal(weir_time_zone_to_instant(zone, day + 7200), day + 7200 + 18000);
    day = weir_days_from_civil(2424, 11, 3) * WEIR_SECONDS_PER_DAY;
    assert_int_equal(weir_time_zone_to_instant(zone, day + 5400), day + 5400 + 14400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_gaps_and_overlaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
