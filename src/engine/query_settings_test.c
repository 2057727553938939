/* Settings of a query: values and units, what is logged, and what a checkpoint overrules. */
#include "support/test.h"

#include <string.h>

#include "engine/query_settings.h"

#define PARTITIONS "spark.sql.shuffle.partitions"
#define CODEC "spark.sql.streaming.stateStore.compression.codec"
#define AGGREGATION "spark.sql.streaming.aggregation.stateFormatVersion"

static void values_fall_back_where_they_are_missing_or_no_numbers(void **state)
{
    (void)state;
    static const char *const conf[] = {"n", "12", "bad", "12x", "flag", "true", "off", "false"};
    WeirQuerySettings settings;
    weir_query_settings_init(&settings, conf, 8);
    assert_int_equal(weir_query_settings_int(&settings, "n", 1), 12);
    assert_int_equal(weir_query_settings_int(&settings, "bad", 1), 1);
    assert_int_equal(weir_query_settings_int(&settings, "none", 7), 7);
    assert_true(weir_query_settings_bool(&settings, "flag", false));
    assert_false(weir_query_settings_bool(&settings, "off", true));
    assert_true(weir_query_settings_bool(&settings, "none", true));
    assert_null(weir_query_settings_get(&settings, "none"));
    weir_query_settings_set(&settings, "n", "13");
    assert_int_equal(weir_query_settings_int(&settings, "n", 1), 13);
    weir_query_settings_deinit(&settings);
}

static void durations_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {{"10", 10},      {"10ms", 10},     {"60s", 60000}, {"10m", 600000},      {"10min", 600000},
                 {"2h", 7200000}, {"1d", 86400000}, {"3 s", -5},    {"4 fortnights", -5}, {"x", -5}};
    WeirQuerySettings settings;
    weir_query_settings_init(&settings, NULL, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        weir_query_settings_set(&settings, "t", cases[i].text);
        assert_int_equal(weir_query_settings_ms(&settings, "t", -5), cases[i].ms);
    }
    weir_query_settings_deinit(&settings);
}

static const char *find(const char *const *conf, uint32_t count, const char *key)
{
    for (uint32_t i = 0; i < count; i += 2)
        if (strcmp(conf[i], key) == 0)
            return conf[i + 1];
    return NULL;
}

static void a_new_query_logs_fifteen_settings(void **state)
{
    (void)state;
    static const char *const conf[] = {PARTITIONS, "3", "spark.sql.caseSensitive", "true"};
    WeirQuerySettings settings;
    WeirArena arena;
    uint32_t count = 0;
    weir_arena_init(&arena, NULL);
    weir_query_settings_init(&settings, conf, 4);
    const char *const *logged = weir_query_settings_logged(&settings, &arena, &count);
    assert_int_equal(count, 30);
    assert_string_equal(find(logged, count, PARTITIONS), "3");
    assert_string_equal(find(logged, count, CODEC), "lz4");
    assert_null(find(logged, count, "spark.sql.caseSensitive"));
    weir_query_settings_deinit(&settings);
    weir_arena_deinit(&arena);
}

static void a_checkpoint_overrules_the_session(void **state)
{
    (void)state;
    static const char *const conf[] = {PARTITIONS, "8", CODEC, "lz4", AGGREGATION, "2"};
    static const char *logged[] = {PARTITIONS, "200", CODEC, "zstd"};
    WeirOffsetSeq offsets = {.conf = logged, .conf_count = 4};
    WeirQuerySettings settings;
    weir_query_settings_init(&settings, conf, 6);
    weir_query_settings_restore(&settings, &offsets);
    assert_string_equal(weir_query_settings_get(&settings, PARTITIONS), "200");
    assert_string_equal(weir_query_settings_get(&settings, CODEC), "zstd");
    assert_string_equal(weir_query_settings_get(&settings, AGGREGATION), "1"); /* a checkpoint without the key is old */
    weir_query_settings_deinit(&settings);
}

static void a_checkpoint_without_partitions_leaves_the_sessions(void **state)
{
    (void)state;
    static const char *const conf[] = {PARTITIONS, "5"};
    WeirOffsetSeq offsets = {0};
    WeirQuerySettings settings;
    weir_query_settings_init(&settings, conf, 2);
    weir_query_settings_restore(&settings, &offsets);
    assert_string_equal(weir_query_settings_get(&settings, PARTITIONS), "5");
    weir_query_settings_deinit(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_fall_back_where_they_are_missing_or_no_numbers),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(a_new_query_logs_fifteen_settings),
        cmocka_unit_test(a_checkpoint_overrules_the_session),
        cmocka_unit_test(a_checkpoint_without_partitions_leaves_the_sessions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
