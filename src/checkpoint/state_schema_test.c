/* Operator metadata and state schema files: Spark's bytes, chunks, Java's strings, damage. */
#include "support/test.h"

#include <stdlib.h>

#include "checkpoint/checkpoint_private.h"
#include "common/log.h"
#include "support/simulated_file_system.h"

static WeirError failure;

static void read_fixture(const char *path, WeirBuffer *content)
{
    WeirArena *arena = weir_arena_new(NULL);
    weir_buffer_init(content, 0, NULL);
    char *full = weir_arena_printf(arena, "%s/checkpoint/%s", WEIR_TEST_DATA, path);
    assert_ok(weir_file_read_all(weir_local_file_system(), full, 1 << 20, content, &failure), failure);
    weir_arena_free(arena);
}

static void assert_content(WeirFileSystem *fs, const char *path, const WeirBuffer *expected)
{
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    assert_ok(weir_file_read_all(fs, path, 1 << 20, &content, &failure), failure);
    assert_int_equal(content.length, expected->length);
    assert_memory_equal(content.data, expected->data, content.length);
    weir_buffer_deinit(&content);
}

static void test_schemas_of_spark(void **state)
{
    (void)state;
    static const char *const stores[] = {"word_count/checkpoint/state/0/0", "windowed_count/checkpoint/state/0/0",
                                         "deduplicate/checkpoint/state/0/0", "session_window/checkpoint/state/0/0",
                                         "outer_join/checkpoint/state/0/0/left-keyWithIndexToValue"};
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        WeirArena *arena = weir_arena_new(NULL);
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        const char *key, *value;
        bool found;
        char *directory = weir_arena_printf(arena, "%s/checkpoint/%s", WEIR_TEST_DATA, stores[i]);
        assert_ok(weir_state_schema_read(weir_local_file_system(), directory, arena, &key, &value, &found, &failure),
                  failure);
        assert_true(found);
        assert_ok(weir_state_schema_write(fs, "0/0", true, key, value, &failure), failure);
        WeirBuffer theirs;
        read_fixture(weir_arena_printf(arena, "%s/_metadata/schema", stores[i]), &theirs);
        assert_content(fs, "0/0/_metadata/schema", &theirs);
        assert_ok(weir_state_schema_write(fs, "0/0", true, "{}", "{}", &failure), failure); /* what is there stays */
        assert_content(fs, "0/0/_metadata/schema", &theirs);
        weir_buffer_deinit(&theirs);
        weir_simulated_file_system_free(fs);
        weir_arena_free(arena);
    }
}

static void round_trip(const char *key, const char *value)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    const char *key_again, *value_again;
    bool found;
    assert_ok(weir_state_schema_write(fs, "s", true, key, value, &failure), failure);
    assert_ok(weir_state_schema_read(fs, "s", arena, &key_again, &value_again, &found, &failure), failure);
    assert_string_equal(key_again, key);
    assert_string_equal(value_again, value);
    weir_simulated_file_system_free(fs);
    weir_arena_free(arena);
}

static void test_chunks_and_characters(void **state)
{
    (void)state;
    round_trip("{\"a\":\"\xc3\xa9\xe6\x97\xa5\xf0\x9f\x90\xa2\"}", "");
    static const char *const fills[] = {"x", "\xc3\xa9", "\xe6\x97\xa5", "\xf0\x9f\x90\xa2"};
    for (size_t i = 0; i < 4; i++) {
        size_t step = strlen(fills[i]);
        for (size_t length = 65520; length <= 131200; length += length < 65560 ? 1 : 16391) {
            char *text = calloc(1, length + 8);
            for (size_t at = 0; at + step <= length; at += step)
                memcpy(text + at, fills[i], step);
            round_trip(text, "{}");
            free(text);
        }
    }
    /* As Spark chunks it: 65,535 characters, then the rest. */
    char *text = malloc(65538);
    memset(text, 'x', 65537);
    text[65537] = '\0';
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    assert_ok(weir_state_schema_write(fs, "s", true, text, "v", &failure), failure);
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    assert_ok(weir_file_read_all(fs, "s/_metadata/schema", 1 << 20, &content, &failure), failure);
    assert_memory_equal(content.data, "\0\2v2\0\0\0\2\xff\xff", 10);
    assert_memory_equal(content.data + 10 + 65535, "\0\2xx\0\0\0\1\0\1v", 11);
    assert_int_equal(content.length, 10 + 65535 + 11);
    weir_buffer_deinit(&content);
    weir_simulated_file_system_free(fs);
    free(text);
}

static void test_version_1_and_damage(void **state)
{
    (void)state;
    WeirArena *arena = weir_arena_new(NULL);
    const char *key, *value;
    static const uint8_t version_1[] = "\0\2v1\0\2{}\0\3[1]";
    assert_ok(weir_state_schema_parse(version_1, sizeof version_1 - 1, "s/schema", arena, &key, &value, &failure),
              failure);
    assert_string_equal(key, "{}");
    assert_string_equal(value, "[1]");
    for (size_t length = 0; length < sizeof version_1 - 1; length++) {
        assert_condition(weir_state_schema_parse(version_1, length, "s/schema", arena, &key, &value, &failure), failure,
                         "_LEGACY_ERROR_TEMP_0000");
        assert_non_null(strstr(failure.message, "s/schema"));
    }
    assert_condition(weir_state_schema_parse((const uint8_t *)"\0\2v3", 4, "s/schema", arena, &key, &value, &failure),
                     failure, "UNSUPPORTED_FEATURE.STATE_SCHEMA_VERSION");
    assert_condition(weir_state_schema_parse((const uint8_t *)"\0\2v9", 4, "s/schema", arena, &key, &value, &failure),
                     failure, "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION");
    assert_condition(weir_state_schema_parse((const uint8_t *)"\0\2xx", 4, "s/schema", arena, &key, &value, &failure),
                     failure, "MALFORMED_LOG_FILE");
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    bool found;
    assert_ok(weir_state_schema_read(fs, "nowhere", arena, &key, &value, &found, &failure), failure);
    assert_false(found);
    weir_simulated_file_system_free(fs);
    weir_arena_free(arena);
}

static void check_metadata(const char *name, const char *operator_name, uint32_t stores)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirOperatorStateMetadata metadata;
    bool found;
    char *directory = weir_arena_printf(arena, "%s/checkpoint/%s/checkpoint/state", WEIR_TEST_DATA, name);
    assert_ok(weir_operator_metadata_read(weir_local_file_system(), directory, 0, arena, &metadata, &found, &failure),
              failure);
    assert_true(found);
    assert_string_equal(metadata.operator_name, operator_name);
    assert_int_equal(metadata.store_count, stores);
    assert_int_equal(metadata.stores[0].partition_count, 2);
    assert_ok(weir_operator_metadata_write(fs, "state", true, &metadata, &failure), failure);
    WeirBuffer theirs;
    read_fixture(weir_arena_printf(arena, "%s/checkpoint/state/0/_metadata/metadata", name), &theirs);
    assert_content(fs, "state/0/_metadata/metadata", &theirs);
    metadata.operator_name = "other";
    assert_ok(weir_operator_metadata_write(fs, "state", true, &metadata, &failure), failure); /* what is there stays */
    assert_content(fs, "state/0/_metadata/metadata", &theirs);
    weir_buffer_deinit(&theirs);
    weir_simulated_file_system_free(fs);
    weir_arena_free(arena);
}

static void test_operator_metadata(void **state)
{
    (void)state;
    check_metadata("word_count", "stateStoreSave", 1);
    check_metadata("session_window", "sessionWindowStateStoreSaveExec", 1);
    check_metadata("outer_join", "symmetricHashJoin", 4);
    check_metadata("deduplicate", "dedupe", 1);
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirOperatorStateMetadata metadata;
    bool found;
    assert_ok(weir_operator_metadata_read(fs, "state", 7, arena, &metadata, &found, &failure), failure);
    assert_false(found);
    /* Spark warns and goes on. */
    static const char *const damaged[] = {
        "",
        "v9\n{}",
        "v1\n{\"x\":1}",
        "v1\n",
        "v1\n{\"operatorInfo\":{\"operatorId\":0}}",
        "v1\n{\"operatorInfo\":{\"operatorId\":0,\"operatorName\":\"a\"},\"stateStoreInfo\":[{}]}"};
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        weir_simulated_file_system_put(fs, "state/7/_metadata/metadata", damaged[i], 0);
        assert_ok(weir_operator_metadata_read(fs, "state", 7, arena, &metadata, &found, &failure), failure);
        assert_false(found);
    }
    weir_simulated_file_system_free(fs);
    weir_arena_free(arena);
}

int main(void)
{
    weir_log_set_level(WEIR_LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schemas_of_spark),
        cmocka_unit_test(test_chunks_and_characters),
        cmocka_unit_test(test_version_1_and_damage),
        cmocka_unit_test(test_operator_metadata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
