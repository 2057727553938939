/* Any bytes as a string to be cast: no parser may read past them, and what parses must print and parse again as the
 * same value. */
#include "columnar/data_type.h"
#include "columnar/value_format.h"
#include "columnar/value_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_times(const char *text, size_t size)
{
    char again[WEIR_VALUE_TEXT_BYTES];
    int64_t microseconds, parsed;
    int32_t days, parsed_days;
    if (weir_string_to_date(text, size, &days)) {
        size_t length = weir_format_date(days, again);
        WEIR_ASSERT(weir_string_to_date(again, length, &parsed_days) && parsed_days == days);
    }
    if (weir_string_to_timestamp_ntz(text, size, true, &microseconds)) {
        size_t length = weir_format_timestamp(microseconds, NULL, again);
        WEIR_ASSERT(weir_string_to_timestamp_ntz(again, length, false, &parsed) && parsed == microseconds);
    }
    if (weir_string_to_timestamp(text, size, weir_time_zone_utc(), 0, &microseconds))
        weir_format_timestamp_iso(microseconds, weir_time_zone_utc(), again);
}

static void check_numbers(const char *text, size_t size)
{
    char again[WEIR_VALUE_TEXT_BYTES];
    WeirInt128 unscaled, parsed;
    int64_t integer;
    double number;
    float single;
    bool truth;
    if (weir_string_to_decimal(text, size, 38, 10, &unscaled) == WEIR_PARSE_OK) {
        size_t length = weir_format_decimal_scientific(unscaled, 10, again);
        WEIR_ASSERT(weir_string_to_decimal(again, length, 38, 10, &parsed) == WEIR_PARSE_OK && parsed == unscaled);
    }
    (void)weir_string_to_integer(text, size, true, INT64_MIN, INT64_MAX, &integer);
    (void)weir_string_to_double(text, size, &number);
    (void)weir_string_to_float(text, size, &single);
    (void)weir_string_to_boolean(text, size, &truth);
}

static void check_intervals(const char *text, size_t size)
{
    char again[WEIR_VALUE_TEXT_BYTES];
    WeirCalendarInterval interval, parsed;
    int64_t microseconds;
    int32_t months;
    if (weir_string_to_interval(text, size, &interval, NULL) == WEIR_OK) {
        size_t length = weir_format_calendar_interval(&interval, again);
        WEIR_ASSERT(weir_string_to_interval(again, length, &parsed, NULL) == WEIR_OK);
        WEIR_ASSERT(parsed.months == interval.months && parsed.days == interval.days);
    }
    for (int start = WEIR_INTERVAL_DAY; start <= WEIR_INTERVAL_SECOND; start++) {
        for (int end = start; end <= WEIR_INTERVAL_SECOND; end++) {
            if (weir_string_to_day_time_interval(text, size, (WeirIntervalField)start, (WeirIntervalField)end,
                                                 &microseconds, NULL) == WEIR_OK)
                weir_format_day_time_interval(microseconds, (WeirIntervalField)start, (WeirIntervalField)end, again);
        }
    }
    if (weir_string_to_year_month_interval(text, size, WEIR_INTERVAL_YEAR, WEIR_INTERVAL_MONTH, &months, NULL) ==
        WEIR_OK)
        weir_format_year_month_interval(months, WEIR_INTERVAL_YEAR, WEIR_INTERVAL_MONTH, again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    check_times(text, size);
    check_numbers(text, size);
    check_intervals(text, size);
    return 0;
}
