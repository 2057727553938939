/* Options of sources and sinks: look-up without regard to case, typed values, the nearest name. */
#include "support/test.h"

#include <string.h>

#include "connector/connector.h"

static const WeirConnectorOption entries[] = {
    {"maxFilesPerTrigger", "10"}, {"Header", "TRUE"}, {"numRows", "many"}, {"truncate", "5"}};
static const WeirOptions options = {entries, 4};

static void keys_do_not_mind_case(void **state)
{
    (void)state;
    assert_string_equal(weir_options_get(&options, "MAXFILESPERTRIGGER"), "10");
    assert_string_equal(weir_options_get(&options, "header"), "TRUE");
    assert_null(weir_options_get(&options, "head"));
}

static void values_are_typed(void **state)
{
    (void)state;
    WeirError error = {0};
    int64_t number = 0;
    bool flag = false;
    assert_ok(weir_options_int(&options, "maxFilesPerTrigger", 1, &number, &error), error);
    assert_int_equal(number, 10);
    assert_ok(weir_options_int(&options, "none", 7, &number, &error), error);
    assert_int_equal(number, 7);
    assert_ok(weir_options_bool(&options, "header", false, &flag, &error), error);
    assert_true(flag);
    assert_ok(weir_options_bool(&options, "none", true, &flag, &error), error);
    assert_true(flag);
    assert_int_not_equal(weir_options_int(&options, "numRows", 20, &number, &error), WEIR_OK);
    assert_non_null(strstr(error.message, "many"));
    assert_int_not_equal(weir_options_bool(&options, "truncate", true, &flag, &error), WEIR_OK);
    assert_non_null(strstr(error.message, "5"));
}

static void the_nearest_name_is_near(void **state)
{
    (void)state;
    static const char *const names[] = {"maxFilesPerTrigger", "maxBytesPerTrigger", "latestFirst"};
    assert_string_equal(weir_nearest_name("maxFilePerTriger", names, 3), "maxFilesPerTrigger");
    assert_string_equal(weir_nearest_name("LATESTFIRST", names, 3), "latestFirst");
    assert_null(weir_nearest_name("colour", names, 3));
    assert_null(weir_nearest_name("x", names, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_do_not_mind_case),
        cmocka_unit_test(values_are_typed),
        cmocka_unit_test(the_nearest_name_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
