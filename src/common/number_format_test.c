/* Texts as Java 17 prints them, under which the SQL cases were recorded (Java 19 and later print the shortest digits).
 */
#include "common/number_format.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "support/test.h"

static void check_double(double value, const char *expected)
{
    char text[WEIR_NUMBER_TEXT_BYTES];
    assert_int_equal(weir_format_double(value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void check_float(float value, const char *expected)
{
    char text[WEIR_NUMBER_TEXT_BYTES];
    assert_int_equal(weir_format_float(value, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void doubles_print_as_in_java(void **state)
{
    (void)state;
    check_double(0.0, "0.0");
    check_double(-0.0, "-0.0");
    check_double(1.0, "1.0");
    check_double(-1.5, "-1.5");
    check_double(100, "100.0");
    check_double(9999999, "9999999.0");
    check_double(1e7, "1.0E7");
    check_double(12345678.9, "1.23456789E7");
    check_double(1e10, "1.0E10");
    check_double(0.001, "0.001");
    check_double(0.00123, "0.00123");
    check_double(0.000999, "9.99E-4");
    check_double(1e-5, "1.0E-5");
    check_double(0.1 + 0.2, "0.30000000000000004");
    check_double(1.0 / 3, "0.3333333333333333");
    check_double(123456.789, "123456.789");
    check_double(2e23, "1.9999999999999998E23");
    check_double(1e23, "9.999999999999999E22");
    check_double(4611686018427387904.0, "4.6116860184273879E18");
    check_double(9007199254740993.0, "9.007199254740992E15");
    check_double(DBL_MAX, "1.7976931348623157E308");
    check_double(DBL_MIN, "2.2250738585072014E-308");
    check_double(DBL_TRUE_MIN, "4.9E-324");
    check_double(2 * DBL_TRUE_MIN, "1.0E-323");
    check_double(3 * DBL_TRUE_MIN, "1.5E-323");
    check_double((double)NAN, "NaN");
    check_double((double)INFINITY, "Infinity");
    check_double((double)-INFINITY, "-Infinity");
}

static void floats_print_as_in_java(void **state)
{
    (void)state;
    check_float(0.0f, "0.0");
    check_float(0.1f, "0.1");
    check_float(16777216.0f, "1.6777216E7");
    check_float(3.14159274f, "3.1415927");
    check_float(1e16f, "1.00000003E16");
    check_float(1e10f, "1.0E10");
    check_float(FLT_MAX, "3.4028235E38");
    check_float(FLT_MIN, "1.17549435E-38");
    check_float(FLT_TRUE_MIN, "1.4E-45");
    check_float(-(float)INFINITY, "-Infinity");
}

static void any_bits_read_back(void **state)
{
    (void)state;
    WeirRandom random;
    weir_random_init(&random, 2026);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = weir_random_next(&random);
        double value, parsed;
        float small, parsed_small;
        memcpy(&value, &bits, sizeof value);
        memcpy(&small, &bits, sizeof small);
        char text[WEIR_NUMBER_TEXT_BYTES], longer[64];
        if (isfinite(value)) {
            assert_true(weir_parse_double(text, weir_format_double(value, text), &parsed));
            assert_memory_equal(&value, &parsed, sizeof value);
            int length = snprintf(longer, sizeof longer, "%.*e", (int)(bits % 30), value);
            assert_true(weir_parse_double(longer, (size_t)length, &parsed));
            value = strtod(longer, NULL);
            assert_memory_equal(&value, &parsed, sizeof value);
        }
        if (isfinite(small)) {
            assert_true(weir_parse_float(text, weir_format_float(small, text), &parsed_small));
            assert_memory_equal(&small, &parsed_small, sizeof small);
            int length = snprintf(longer, sizeof longer, "%.*e", (int)(bits % 20), (double)small * 1.00000003);
            assert_true(weir_parse_float(longer, (size_t)length, &parsed_small));
            small = strtof(longer, NULL);
            assert_memory_equal(&small, &parsed_small, sizeof small);
        }
    }
}

static void check_parse(const char *text, double expected)
{
    double value = -7;
    assert_true(weir_parse_double(text, strlen(text), &value));
    assert_memory_equal(&value, &expected, sizeof value);
}

static void hard_texts_are_rounded_right(void **state)
{
    (void)state;
    check_parse("0", 0.0);
    check_parse("-0", -0.0);
    check_parse("+1.", 1.0);
    check_parse(".5", 0.5);
    check_parse("1e400", (double)INFINITY);
    check_parse("-1e99999999999999999999", (double)-INFINITY);
    check_parse("1e-400", 0.0);
    check_parse("0e99999999999999999999", 0.0);
    check_parse("9007199254740993", 9007199254740992.0);                                  /* a tie, to even */
    check_parse("9007199254740993.00000000000000000000000000000001", 9007199254740994.0); /* just above it */
    check_parse("9007199254740992.99999999999999999999999999999999", 9007199254740992.0);
    check_parse("2.4703282292062327208e-324", 0.0);
    check_parse("2.4703282292062327209e-324", DBL_TRUE_MIN);
    check_parse("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
    check_parse("1.7976931348623158e308", DBL_MAX);
    check_parse("1.7976931348623159e308", (double)INFINITY);
    check_parse("000000000000000000000000000001.50000000000000000000000000000000", 1.5);
    check_parse("0.00000000000000000000000000000000000000000000000001e50", 1.0);
    char many[2000];
    memset(many, '1', sizeof many);
    double value = 0;
    assert_true(weir_parse_double(many, 300, &value));
    assert_true(value == 1.1111111111111111e299);
    assert_true(weir_parse_double(many, sizeof many, &value));
    assert_true(isinf(value));
}

static void other_texts_are_no_numbers(void **state)
{
    (void)state;
    const char *texts[] = {"",   "-",   ".",   "+.",       "e5",    "1e",    "1e+", "1x", " 1",
                           "1 ", "0x1", "NaN", "Infinity", "1.2.3", "1e5.0", "--1", "1f"};
    double value;
    float small;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(weir_parse_double(texts[i], strlen(texts[i]), &value));
        assert_false(weir_parse_float(texts[i], strlen(texts[i]), &small));
    }
}

static void integers_have_64_bits(void **state)
{
    (void)state;
    const int64_t values[] = {0, 7, -7, 10, 99, 100, -12345, INT64_MAX, INT64_MIN};
    const char *texts[] = {"0", "7", "-7", "10", "99", "100", "-12345", "9223372036854775807", "-9223372036854775808"};
    for (size_t i = 0; i < 9; i++) {
        char text[WEIR_NUMBER_TEXT_BYTES];
        int64_t value = 1;
        assert_int_equal(weir_format_int64(values[i], text), strlen(texts[i]));
        assert_string_equal(text, texts[i]);
        assert_true(weir_parse_int64(text, strlen(text), &value));
        assert_int_equal(value, values[i]);
    }
    const char *wrong[] = {
        "", "+", "-", "9223372036854775808", "-9223372036854775809", "1a", " 1", "99999999999999999999"};
    int64_t value;
    for (size_t i = 0; i < 8; i++)
        assert_false(weir_parse_int64(wrong[i], strlen(wrong[i]), &value));
    assert_true(weir_parse_int64("+5", 2, &value) && value == 5);
}

static void shortest_digits_have_no_zeros(void **state)
{
    (void)state;
    WeirShortest shortest = weir_shortest_double(-1500.0);
    assert_int_equal(shortest.digits, 15);
    assert_int_equal(shortest.exponent, 2);
    shortest = weir_shortest_double(0.1);
    assert_int_equal(shortest.digits, 1);
    assert_int_equal(shortest.exponent, -1);
    shortest = weir_shortest_float(0.1f);
    assert_int_equal(shortest.digits, 1);
    assert_int_equal(shortest.exponent, -1);
    assert_int_equal(weir_shortest_double(0.0).digits, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_print_as_in_java),
        cmocka_unit_test(floats_print_as_in_java),
        cmocka_unit_test(any_bits_read_back),
        cmocka_unit_test(hard_texts_are_rounded_right),
        cmocka_unit_test(other_texts_are_no_numbers),
        cmocka_unit_test(integers_have_64_bits),
        cmocka_unit_test(shortest_digits_have_no_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
