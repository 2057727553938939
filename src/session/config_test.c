/* Settings of a session: values, checks, units, and the table itself. */
#include "support/test.h"

#include <stdio.h>
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

#define STREAMING "spark.sql.streaming."

#define MISMATCH "INVALID_CONF_VALUE.TYPE_MISMATCH"
#define REQUIREMENT "INVALID_CONF_VALUE.REQUIREMENT"
#define UNSUPPORTED "UNSUPPORTED_FEATURE.SETTING"

/* What Spark 4.2.1 answers to SET, and which of its values do not work here. */
static const struct {
    const char *key, *value;
    const char *condition; /* NULL: it is set */
} streaming_cases[] = {
    {"aggregation.stateFormatVersion", "1", NULL},
    {"aggregation.stateFormatVersion", "3", REQUIREMENT},
    {"aggregation.stateFormatVersion", "x", MISMATCH},
    {"asyncLogPurge.enabled", "false", NULL},
    {"asyncLogPurge.enabled", "x", MISMATCH},
    {"checkpoint.fileChecksum.enabled", "false", NULL},
    {"checkpoint.verifyMetadataExists.enabled", "1", MISMATCH},
    {"fileSink.log.cleanupDelay", "1.5", MISMATCH},
    {"fileSink.log.compactInterval", "10s", MISMATCH},
    {"fileSource.log.cleanupDelay", "-5s", NULL},
    {"fileSource.log.cleanupDelay", "x", MISMATCH},
    {"fileSource.log.deletion", "x", MISMATCH},
    {"flatMapGroupsWithState.stateFormatVersion", "1", NULL},
    {"flatMapGroupsWithState.stateFormatVersion", "5", REQUIREMENT},
    {"forceDeleteTempCheckpointLocation", "TRUE", NULL},
    {"join.stateFormatVersion", "2", NULL},
    {"join.stateFormatVersion", "3", UNSUPPORTED},
    {"join.stateFormatVersion", "7", REQUIREMENT},
    {"minBatchesToRetain", "x", MISMATCH},
    {"multipleWatermarkPolicy", "MAX", NULL},
    {"multipleWatermarkPolicy", "x", REQUIREMENT},
    {"noDataMicroBatches.enabled", "0", MISMATCH},
    {"noDataProgressEventInterval", "10s", NULL},
    {"noDataProgressEventInterval", "true", MISMATCH},
    {"offsetLog.formatVersion", "1", NULL},
    {"offsetLog.formatVersion", "2", UNSUPPORTED},
    {"offsetLog.formatVersion", "3", REQUIREMENT},
    {"pollingDelay", "-5s", NULL},
    {"pollingDelay", "1.5", MISMATCH},
    {"queryEvolution.enableSinkEvolution", "true", UNSUPPORTED},
    {"queryEvolution.enableSourceEvolution", "true", UNSUPPORTED},
    {"sessionWindow.stateFormatVersion", "1", NULL},
    {"sessionWindow.stateFormatVersion", "2", REQUIREMENT},
    {"stateStore.checkpointFormatVersion", "2", NULL}, /* refused when a query with state starts, as in Spark */
    {"stateStore.checkpointFormatVersion", "x", MISMATCH},
    {"stateStore.encodingFormat", "UnsafeRow", NULL},
    {"stateStore.encodingFormat", "avro", UNSUPPORTED},
    {"stateStore.encodingFormat", "x", REQUIREMENT},
    {"stateStore.formatValidation.enabled", "false", UNSUPPORTED},
    {"stateStore.maintenanceInterval", "500ms", NULL},
    {"stateStore.maintenanceInterval", "x", MISMATCH},
    {"stateStore.minDeltasForSnapshot", "true", MISMATCH},
    {"stateStore.rowChecksum.enabled", "true", UNSUPPORTED},
    {"statefulOperator.allowMultiple", "2", MISMATCH},
    {"statefulOperator.useStrictDistribution", "false", UNSUPPORTED},
    {"stopActiveRunOnRestart", "yes", MISMATCH},
    {"stopTimeout", "x", MISMATCH},
    {"triggerAvailableNowWrapper.enabled", "true", NULL},
};

static void settings_of_streams_take_what_spark_takes_or_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(streaming_cases) / sizeof(streaming_cases[0]); i++) {
        WeirConfig config;
        WeirError error = {0};
        bool unknown = false;
        char key[128];
        weir_config_init(&config);
        snprintf(key, sizeof(key), "%s%s", STREAMING, streaming_cases[i].key);
        WeirStatus status = weir_config_set(&config, key, streaming_cases[i].value, &unknown, &error);
        const char *condition = status == WEIR_OK ? NULL : error.condition;
        if (unknown)
            fail_msg("%s is unknown", key);
        if ((condition == NULL) != (streaming_cases[i].condition == NULL) ||
            (condition != NULL && strcmp(condition, streaming_cases[i].condition) != 0))
            fail_msg("%s = %s: %s", key, streaming_cases[i].value, condition == NULL ? "set" : condition);
        weir_config_deinit(&config);
    }
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
        cmocka_unit_test(settings_of_streams_take_what_spark_takes_or_are_refused),
        cmocka_unit_test(sizes_have_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
