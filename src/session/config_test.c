/* Settings of a session: values, checks, units, and the table itself. */
#include "support/test.h"

#include <string.h>

#include "session/config.h"

static void the_table_is_sorted_and_says_what_each_means(void **state)
{
    (void)state;
    uint32_t count = 0;
    const WeirSetting *settings = weir_settings(&count);
    assert_true(count > 40);
    for (uint32_t i = 0; i < count; i++) {
        assert_true(settings[i].meaning != NULL && settings[i].meaning[0] != '\0');
        assert_ptr_equal(weir_setting_find(settings[i].key), &settings[i]);
        if (i > 0 && strcmp(settings[i - 1].key, settings[i].key) >= 0)
            fail_msg("%s must stand before %s", settings[i].key, settings[i - 1].key);
    }
}

static void set_get_and_unset(void **state)
{
    (void)state;
    WeirConfig config;
    WeirError error = {0};
    bool unknown = true;
    weir_config_init(&config);
    assert_int_equal(weir_config_int(&config, "spark.sql.shuffle.partitions"), 8);
    assert_ok(weir_config_set(&config, "spark.sql.shuffle.partitions", "3", &unknown, &error), error);
    assert_false(unknown);
    assert_int_equal(weir_config_int(&config, "spark.sql.shuffle.partitions"), 3);
    assert_ok(weir_config_set(&config, "my.key", "v", &unknown, &error), error);
    assert_false(unknown);
    assert_true(weir_config_is_set(&config, "my.key"));
    weir_config_unset(&config, "my.key");
    assert_null(weir_config_get(&config, "my.key"));
    weir_config_unset(&config, NULL);
    assert_int_equal(weir_config_int(&config, "spark.sql.shuffle.partitions"), 8);
    weir_config_deinit(&config);
}

static void unknown_keys_of_spark_are_kept_and_of_weir_refused(void **state)
{
    (void)state;
    WeirConfig config;
    WeirError error = {0};
    bool unknown = false;
    weir_config_init(&config);
    assert_ok(weir_config_set(&config, "spark.sql.nowhere", "1", &unknown, &error), error);
    assert_true(unknown);
    assert_string_equal(weir_config_get(&config, "spark.sql.nowhere"), "1");
    assert_condition(weir_config_set(&config, "weir.nowhere", "1", &unknown, &error), error, "SQL_CONF_NOT_FOUND");
    weir_config_deinit(&config);
}

static void values_are_checked(void **state)
{
    (void)state;
    WeirConfig config;
    WeirError error = {0};
    bool unknown;
    weir_config_init(&config);
    assert_condition(weir_config_set(&config, "spark.sql.ansi.enabled", "maybe", &unknown, &error), error,
                     "INVALID_CONF_VALUE.TYPE_MISMATCH");
    assert_condition(weir_config_set(&config, "spark.sql.shuffle.partitions", "many", &unknown, &error), error,
                     "INVALID_CONF_VALUE.TYPE_MISMATCH");
    assert_condition(weir_config_set(&config, "spark.sql.shuffle.partitions", "0", &unknown, &error), error,
                     "INVALID_CONF_VALUE.REQUIREMENT");
    assert_ok(weir_config_set(&config, "spark.sql.ansi.enabled", "FALSE", &unknown, &error), error);
    assert_false(weir_config_bool(&config, "spark.sql.ansi.enabled"));
    weir_config_deinit(&config);
}

static void sizes_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } cases[] = {{"0", 0},
                 {"1000", 1000},
                 {"64k", 65536},
                 {"512M", 536870912},
                 {"4g", INT64_C(4294967296)},
                 {"2gb", INT64_C(2147483648)}};
    static const char *const bad[] = {"", "g", "4x", "-1", "4g4", "99999999999t", "1.5g"};
    WeirError error = {0};
    int64_t bytes = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_ok(weir_config_bytes(cases[i].text, &bytes, &error), error);
        assert_int_equal(bytes, cases[i].bytes);
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_not_equal(weir_config_bytes(bad[i], &bytes, &error), WEIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_sorted_and_says_what_each_means),
        cmocka_unit_test(set_get_and_unset),
        cmocka_unit_test(unknown_keys_of_spark_are_kept_and_of_weir_refused),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(sizes_have_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
