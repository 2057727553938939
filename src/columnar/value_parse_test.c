#include "columnar/data_type.h"
#include "columnar/value_format.h"
#include "columnar/value_parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/number_format.h"

typedef struct ParseCase {
    const char *type;
    const char *text;
    size_t length;
    const char *expected;
} ParseCase;

#define PARSE_CASE(type, text, expected) {type, text, sizeof(text) - 1, expected},
static const ParseCase parse_cases[] = {
#include "columnar/value_parse_cases.inc"
};

static WeirArena arena;

/* Texts of physical values, as the recording has them. */
static bool parse_integer(const WeirDataType *type, bool legacy, const char *text, size_t length, char *out)
{
    static const int64_t most[] = {[WEIR_TYPE_BYTE] = INT8_MAX,
                                   [WEIR_TYPE_SHORT] = INT16_MAX,
                                   [WEIR_TYPE_INT] = INT32_MAX,
                                   [WEIR_TYPE_LONG] = INT64_MAX};
    int64_t value;
    if (!weir_string_to_integer(text, length, legacy, -most[type->id] - 1, most[type->id], &value))
        return false;
    weir_format_int64(value, out);
    return true;
}

static bool parse_interval(const WeirDataType *type, const char *text, size_t length, char *out)
{
    WeirIntervalField start = type->start_field, end = type->end_field;
    WeirCalendarInterval interval;
    WeirError error;
    int64_t microseconds;
    int32_t months;
    WeirStatus status;
    size_t written = 0;
    if (type->id == WEIR_TYPE_CALENDAR_INTERVAL) {
        status = weir_string_to_interval(text, length, &interval, &error);
        written = status == WEIR_OK ? weir_format_calendar_interval(&interval, out) : 0;
    } else if (type->id == WEIR_TYPE_DAY_TIME_INTERVAL) {
        status = weir_string_to_day_time_interval(text, length, start, end, &microseconds, &error);
        written = status == WEIR_OK ? weir_format_day_time_interval(microseconds, start, end, out) : 0;
    } else {
        status = weir_string_to_year_month_interval(text, length, start, end, &months, &error);
        written = status == WEIR_OK ? weir_format_year_month_interval(months, start, end, out) : 0;
    }
    out[written] = '\0';
    if (status != WEIR_OK)
        assert_string_equal(error.sqlstate, "22006");
    return status == WEIR_OK;
}

static bool parse(const WeirDataType *type, bool legacy, const char *text, size_t length, char *out)
{
    int64_t value;
    int32_t days;
    bool truth, parsed;
    double number;
    float single;
    WeirInt128 unscaled;
    switch (type->id) {
    case WEIR_TYPE_BOOLEAN:
        parsed = weir_string_to_boolean(text, length, &truth);
        snprintf(out, WEIR_VALUE_TEXT_BYTES, parsed && truth ? "true" : "false");
        return parsed;
    case WEIR_TYPE_DATE:
        parsed = weir_string_to_date(text, length, &days);
        weir_format_int64(parsed ? days : 0, out);
        return parsed;
    case WEIR_TYPE_TIMESTAMP:
        parsed = weir_string_to_timestamp(text, length, weir_time_zone_utc(), 0, &value);
        weir_format_int64(parsed ? value : 0, out);
        return parsed;
    case WEIR_TYPE_TIMESTAMP_NTZ:
        parsed = weir_string_to_timestamp_ntz(text, length, true, &value);
        weir_format_int64(parsed ? value : 0, out);
        return parsed;
    case WEIR_TYPE_DOUBLE:
        parsed = weir_string_to_double(text, length, &number);
        weir_format_double(parsed ? number : 0, out);
        return parsed;
    case WEIR_TYPE_FLOAT:
        parsed = weir_string_to_float(text, length, &single);
        weir_format_float(parsed ? single : 0, out);
        return parsed;
    case WEIR_TYPE_DECIMAL:
        parsed = weir_string_to_decimal(text, length, type->precision, type->scale, &unscaled) == WEIR_PARSE_OK;
        out[parsed ? weir_format_decimal(unscaled, type->scale, out) : 0] = '\0';
        return parsed;
    default:
        return weir_type_is_integral(type) ? parse_integer(type, legacy, text, length, out)
                                           : parse_interval(type, text, length, out);
    }
}

static void test_spark_casts(void **state)
{
    (void)state;
    int failures = 0;
    for (size_t i = 0; i < sizeof(parse_cases) / sizeof(parse_cases[0]); i++) {
        const ParseCase *parse_case = &parse_cases[i];
        bool legacy = strcmp(parse_case->type, "int?") == 0;
        const WeirDataType *type = NULL;
        char out[WEIR_VALUE_TEXT_BYTES];
        assert_int_equal(weir_type_from_ddl(legacy ? "int" : parse_case->type, &arena, &type, NULL), WEIR_OK);
        char *text = weir_malloc(parse_case->length); /* without a zero behind it: the sanitizer sees a byte too far */
        memcpy(text, parse_case->text, parse_case->length);
        const char *result = parse(type, legacy, text, parse_case->length, out) ? out : "NULL";
        if (strcmp(result, parse_case->expected == NULL ? "NULL" : parse_case->expected) != 0) {
            print_error("%s '%s': %s\n", parse_case->type, parse_case->text, result);
            failures++;
        }
        weir_free(text);
    }
    assert_int_equal(failures, 0);
}

static void test_time_alone_is_today_in_its_zone(void **state)
{
    (void)state;
    const int64_t now = 1700000000 * WEIR_MICROS_PER_SECOND; /* 2023-11-14 22:13:20 UTC, the 15th in Tokyo */
    const WeirTimeZone *tokyo;
    int64_t value;
    assert_int_equal(weir_time_zone_find("Asia/Tokyo", &tokyo, NULL), WEIR_OK);
    assert_true(weir_string_to_timestamp("10:11", 5, weir_time_zone_utc(), now, &value));
    assert_int_equal(value, 1699956660 * WEIR_MICROS_PER_SECOND);
    assert_true(weir_string_to_timestamp("T10:11", 6, tokyo, now, &value));
    assert_int_equal(value, 1700010660 * WEIR_MICROS_PER_SECOND);
    assert_true(weir_string_to_timestamp("10:11:00 Asia/Tokyo", 19, weir_time_zone_utc(), now, &value));
    assert_int_equal(value, 1700010660 * WEIR_MICROS_PER_SECOND);
    assert_false(weir_string_to_timestamp_ntz("10:11", 5, true, &value));
    assert_false(weir_string_to_timestamp_ntz("2024-01-01 10:00:00Z", 20, false, &value));
}

static void test_special_words(void **state)
{
    (void)state;
    const int64_t now = 1700000000 * WEIR_MICROS_PER_SECOND + 5;
    const WeirTimeZone *tokyo, *utc = weir_time_zone_utc();
    int64_t value;
    int32_t days;
    assert_int_equal(weir_time_zone_find("Asia/Tokyo", &tokyo, NULL), WEIR_OK);
    assert_true(weir_string_to_special_date(" Today ", 7, utc, now, &days) && days == 19675);
    assert_true(weir_string_to_special_date("NOW", 3, tokyo, now, &days) && days == 19676);
    assert_true(weir_string_to_special_date("epoch UTC", 9, tokyo, now, &days) && days == 0);
    assert_true(weir_string_to_special_date("yesterday", 9, utc, now, &days) && days == 19674);
    assert_false(weir_string_to_special_date("today UTC foo", 13, utc, now, &days));
    assert_false(weir_string_to_special_date("now UTC", 7, utc, now, &days));
    assert_false(weir_string_to_special_date("todayUTC", 8, utc, now, &days));
    assert_false(weir_string_to_special_date("2024-01-01", 10, utc, now, &days));
    assert_true(weir_string_to_special_timestamp("now", 3, tokyo, now, false, &value) && value == now);
    assert_true(weir_string_to_special_timestamp("now", 3, tokyo, now, true, &value) &&
                value == now + INT64_C(32400000000));
    assert_true(weir_string_to_special_timestamp("tomorrow", 8, tokyo, now, false, &value));
    assert_int_equal(value, INT64_C(19677) * WEIR_MICROS_PER_DAY - INT64_C(32400000000));
}

static void assert_interval_error(const char *ddl, const char *text, const char *condition)
{
    const WeirDataType *type;
    WeirError error;
    WeirCalendarInterval interval;
    int64_t microseconds;
    int32_t months;
    size_t length = strlen(text);
    assert_int_equal(weir_type_from_ddl(ddl, &arena, &type, NULL), WEIR_OK);
    WeirStatus status =
        type->id == WEIR_TYPE_CALENDAR_INTERVAL ? weir_string_to_interval(text, length, &interval, &error)
        : type->id == WEIR_TYPE_DAY_TIME_INTERVAL
            ? weir_string_to_day_time_interval(text, length, type->start_field, type->end_field, &microseconds, &error)
            : weir_string_to_year_month_interval(text, length, type->start_field, type->end_field, &months, &error);
    assert_int_not_equal(status, WEIR_OK);
    assert_string_equal(error.condition + strlen("INVALID_INTERVAL_FORMAT."), condition);
}

static void test_interval_conditions(void **state)
{
    (void)state;
    assert_interval_error("interval year to month", "1", "UNMATCHED_FORMAT_STRING");
    assert_interval_error("interval year to month", "1-12", "INTERVAL_PARSING");
    assert_interval_error("interval year to month", "99999999999999999999-1", "INTERVAL_PARSING");
    assert_interval_error("interval year", "1-2", "UNMATCHED_FORMAT_STRING");
    assert_interval_error("interval month", "2147483648", "INTERVAL_PARSING");
    assert_interval_error("interval day to second", "1", "UNMATCHED_FORMAT_STRING_WITH_NOTICE");
    assert_interval_error("interval day", "99999999999999999999", "UNMATCHED_FORMAT_STRING_WITH_NOTICE");
    assert_interval_error("interval second", "61.1234567890", "UNMATCHED_FORMAT_STRING_WITH_NOTICE");
    assert_interval_error("interval second", "9223372036855", "INTERVAL_PARSING");
    assert_interval_error("interval", "", "INPUT_IS_EMPTY");
    assert_interval_error("interval", "interval", "INPUT_IS_EMPTY");
    assert_interval_error("interval", "intervalx 1 day", "INVALID_PREFIX");
    assert_interval_error("interval", "foo", "UNRECOGNIZED_NUMBER");
    assert_interval_error("interval", "1x day", "INVALID_VALUE");
    assert_interval_error("interval", "1.5 day", "INVALID_FRACTION");
    assert_interval_error("interval", "1", "MISSING_UNIT");
    assert_interval_error("interval", "-", "MISSING_NUMBER");
    assert_interval_error("interval", "1 foo", "INVALID_UNIT");
    assert_interval_error("interval", "1 dayss", "INVALID_UNIT");
    assert_interval_error("interval", "1.1234567891 seconds", "INVALID_PRECISION");
    assert_interval_error("interval", "2147483648 months", "ARITHMETIC_EXCEPTION");
}

static int setup(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    weir_arena_deinit(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spark_casts),
        cmocka_unit_test(test_time_alone_is_today_in_its_zone),
        cmocka_unit_test(test_special_words),
        cmocka_unit_test(test_interval_conditions),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
