/* The source and sink logs: Spark's files byte for byte, intervals, expiry, filters, damage. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "checkpoint/checkpoint_private.h"
#include "support/simulated_file_system.h"

static WeirError failure;

static WeirCompactibleLog *open_log(WeirFileSystem *fs, const char *directory, int32_t interval, int32_t retain,
                                    WeirClock *clock)
{
    WeirCompactibleLog *log;
    assert_ok(
        weir_compactible_log_open(fs, directory, "source_log", true, interval, 600000, retain, clock, &log, &failure),
        failure);
    return log;
}

static char *fixture(WeirArena *arena, const char *path)
{
    return weir_arena_printf(arena, "%s/checkpoint/%s", WEIR_TEST_DATA, path);
}

static bool same_file(WeirFileSystem *fs, const char *path, const char *local_path)
{
    WeirBuffer ours, theirs;
    weir_buffer_init(&ours, 0, NULL);
    weir_buffer_init(&theirs, 0, NULL);
    bool found;
    assert_ok(weir_log_read_file(fs, path, &ours, &found, &failure), failure);
    assert_true(found);
    assert_ok(weir_log_read_file(weir_local_file_system(), local_path, &theirs, &found, &failure), failure);
    assert_true(found);
    bool same = ours.length == theirs.length && memcmp(ours.data, theirs.data, ours.length) == 0;
    weir_buffer_deinit(&ours);
    weir_buffer_deinit(&theirs);
    return same;
}

/* Add what Spark added, one id after the other: the same files come out, compacted ones too. */
static void check_log(const char *path, int64_t latest)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirClock *clock = weir_manual_clock_new(1);
    WeirCompactibleLog *theirs = open_log(weir_local_file_system(), fixture(arena, path), 10, 100, clock);
    assert_int_equal(weir_compactible_log_latest(theirs), latest);
    WeirFileSystem *fs = weir_simulated_file_system_new(clock);
    WeirCompactibleLog *ours = open_log(fs, "log", 10, 100, clock);
    uint32_t before = 0;
    for (int64_t id = 0; id <= latest; id++) {
        const char **lines;
        uint32_t count;
        bool compacted, found;
        assert_ok(weir_compactible_log_get(theirs, id, arena, &lines, &count, &compacted, &found, &failure), failure);
        assert_true(found);
        assert_int_equal(compacted, id % 10 == 9);
        uint32_t own = compacted ? count - before : count;
        assert_ok(weir_compactible_log_add(ours, id, lines + count - own, own, &failure), failure);
        before += own;
        const char *name = weir_arena_printf(arena, "%d%s", (int)id, compacted ? ".compact" : "");
        assert_true(
            same_file(fs, weir_path_join(arena, "log", name), weir_path_join(arena, fixture(arena, path), name)));
    }
    const char **lines;
    uint32_t count;
    assert_ok(weir_compactible_log_all(ours, arena, &lines, &count, &failure), failure);
    assert_int_equal(count, before);
    assert_non_null(strstr(lines[0], "\"path\":\"file:///tmp/weir_fixture/"));
    assert_condition(weir_compactible_log_add(ours, latest, lines, 1, &failure), failure,
                     "CONCURRENT_STREAM_LOG_UPDATE");
    weir_compactible_log_close(ours);
    weir_compactible_log_close(theirs);
    weir_simulated_file_system_free(fs);
    weir_clock_free(clock);
    weir_arena_free(arena);
}

static void test_logs_of_spark(void **state)
{
    (void)state;
    check_log("word_count/checkpoint/sources/0", 13);
    check_log("windowed_count/checkpoint/sources/0", 12);
    check_log("windowed_count/_spark_metadata", 25);
}

static void add_one(WeirCompactibleLog *log, int64_t id)
{
    char line[32];
    snprintf(line, sizeof line, "{\"id\":%d}", (int)id);
    const char *lines[] = {line};
    assert_ok(weir_compactible_log_add(log, id, lines, 1, &failure), failure);
}

static size_t count_files(WeirFileSystem *fs, const char *directory)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileStatus *entries;
    size_t count;
    assert_ok(fs->list(fs, directory, arena, &entries, &count, &failure), failure);
    weir_arena_free(arena);
    return count;
}

static bool is_there(WeirFileSystem *fs, const char *path)
{
    WeirArena *arena = weir_arena_new(NULL);
    bool exists;
    WeirFileStatus status;
    assert_ok(fs->status(fs, path, arena, &exists, &status, &failure), failure);
    weir_arena_free(arena);
    return exists;
}

static void test_interval_after_a_restart(void **state)
{
    (void)state;
    static const struct {
        int first_interval, ids, second_interval;
        const char *next_compact; /* the first compaction under the second setting */
    } cases[] = {
        {4, 10, 10, "log/11.compact"}, /* two compactions: their distance holds */
        {12, 13, 5, "log/17.compact"}, /* one at 11: the smallest divisor of 12 that is >= 5 */
        {6, 7, 10, "log/11.compact"},  /* one at 5, below the setting: 6 */
        {11, 12, 4, "log/21.compact"}, /* 11 has no divisor */
        {10, 3, 5, "log/4.compact"},   /* none yet: the setting */
    };
    WeirClock *clock = weir_manual_clock_new(1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        WeirFileSystem *fs = weir_simulated_file_system_new(clock);
        WeirCompactibleLog *log = open_log(fs, "log", cases[i].first_interval, 100, clock);
        for (int64_t id = 0; id < cases[i].ids; id++)
            add_one(log, id);
        weir_compactible_log_close(log);
        log = open_log(fs, "log", cases[i].second_interval, 100, clock);
        int64_t next;
        assert_true(weir_log_parse_id(weir_path_name(cases[i].next_compact), ".compact", &next));
        for (int64_t id = cases[i].ids; id <= next; id++) {
            assert_false(is_there(fs, cases[i].next_compact));
            add_one(log, id);
        }
        assert_true(is_there(fs, cases[i].next_compact));
        WeirArena *arena = weir_arena_new(NULL);
        const char **lines;
        uint32_t count;
        assert_ok(weir_compactible_log_all(log, arena, &lines, &count, &failure), failure);
        assert_int_equal(count, next + 1);
        assert_string_equal(lines[2], "{\"id\":2}");
        weir_arena_free(arena);
        weir_compactible_log_close(log);
        weir_simulated_file_system_free(fs);
    }
    weir_clock_free(clock);
}

static void test_expired_files_go(void **state)
{
    (void)state;
    WeirClock *clock = weir_manual_clock_new(1);
    WeirFileSystem *fs = weir_simulated_file_system_new(clock);
    WeirCompactibleLog *log = open_log(fs, "log", 3, 6, clock);
    for (int64_t id = 0; id < 12; id++)
        add_one(log, id);
    assert_int_equal(count_files(fs, "log"), 12); /* too young */
    weir_manual_clock_advance(clock, 600000);
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_LIST, 1000, WEIR_SIMULATED_EIO);
    add_one(log, 12); /* 13 - 6 = 7: the compaction before 7 is 5 */
    assert_int_equal(weir_simulated_file_system_call_count(fs), 0);
    assert_false(is_there(fs, "log/4"));
    assert_true(is_there(fs, "log/5.compact"));
    assert_int_equal(count_files(fs, "log"), 13 - 5);
    weir_compactible_log_close(log);
    weir_simulated_file_system_put(fs, "log/.13.1-1.tmp", "", 0);
    weir_simulated_file_system_put(fs, "log/.14.compact.1-2.tmp", "", 0);
    log = open_log(fs, "log", 3, 6, clock);
    assert_true(is_there(fs, "log/.13.1-1.tmp"));
    add_one(log, 13);
    assert_false(is_there(fs, "log/.13.1-1.tmp"));
    assert_true(is_there(fs, "log/.14.compact.1-2.tmp"));
    weir_compactible_log_close(log);
    log = open_log(fs, "log", 3, 6, clock);
    for (int64_t id = 14; id < 20; id++)
        add_one(log, id);
    weir_manual_clock_advance(clock, 600000);
    add_one(log, 20);
    assert_false(is_there(fs, "log/13"));
    assert_true(is_there(fs, "log/14.compact"));
    WeirArena *arena = weir_arena_new(NULL);
    const char **lines;
    uint32_t count;
    assert_ok(weir_compactible_log_all(log, arena, &lines, &count, &failure), failure);
    assert_int_equal(count, 21);
    weir_arena_free(arena);
    weir_compactible_log_close(log);
    weir_simulated_file_system_free(fs);
    weir_clock_free(clock);
}

static bool keep_even(void *context, const char *line, size_t length)
{
    (void)context;
    return (line[length - 2] - '0') % 2 == 0;
}

static void test_filter(void **state)
{
    (void)state;
    WeirClock *clock = weir_manual_clock_new(1);
    WeirFileSystem *fs = weir_simulated_file_system_new(clock);
    WeirCompactibleLog *log = open_log(fs, "log", 5, 100, clock);
    weir_compactible_log_set_filter(log, keep_even, NULL);
    for (int64_t id = 0; id < 8; id++)
        add_one(log, id);
    WeirArena *arena = weir_arena_new(NULL);
    const char **lines;
    uint32_t count;
    assert_ok(weir_compactible_log_all(log, arena, &lines, &count, &failure), failure);
    assert_int_equal(count, 4);
    bool compacted, found;
    assert_ok(weir_compactible_log_get(log, 4, arena, &lines, &count, &compacted, &found, &failure), failure);
    assert_int_equal(count, 3);
    assert_ok(weir_compactible_log_get(log, 5, arena, &lines, &count, &compacted, &found, &failure), failure);
    assert_int_equal(count, 1); /* a plain file is as it was added */
    weir_arena_free(arena);
    weir_compactible_log_close(log);
    weir_simulated_file_system_free(fs);
    weir_clock_free(clock);
}

static void test_damage(void **state)
{
    (void)state;
    WeirClock *clock = weir_manual_clock_new(1);
    WeirFileSystem *fs = weir_simulated_file_system_new(clock);
    WeirArena *arena = weir_arena_new(NULL);
    const char **lines;
    uint32_t count;
    WeirCompactibleLog *log = open_log(fs, "log", 3, 100, clock);
    assert_ok(weir_compactible_log_all(log, arena, &lines, &count, &failure), failure);
    assert_int_equal(count, 0);
    assert_int_equal(weir_compactible_log_latest(log), -1);
    add_one(log, 0);
    assert_ok(weir_compactible_log_add(log, 1, NULL, 0, &failure), failure);
    weir_simulated_file_system_put(fs, "log/0", "v1\n{\"a\":1}\n\n", 0); /* an editor's line end, an empty line */
    add_one(log, 2);
    assert_ok(weir_compactible_log_all(log, arena, &lines, &count, &failure), failure);
    assert_int_equal(count, 2);
    assert_string_equal(lines[0], "{\"a\":1}");
    assert_string_equal(lines[1], "{\"id\":2}");
    add_one(log, 3);
    add_one(log, 4);
    weir_simulated_file_system_put(fs, "log/3", "v7\n", 0);
    const char *line = "{}";
    assert_condition(weir_compactible_log_add(log, 5, &line, 1, &failure), failure,
                     "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION");
    weir_simulated_file_system_put(fs, "log/3", "", 0);
    assert_condition(weir_compactible_log_add(log, 5, &line, 1, &failure), failure, "_LEGACY_ERROR_TEMP_0000");
    assert_ok(fs->remove(fs, "log/3", &failure), failure);
    assert_condition(weir_compactible_log_add(log, 5, &line, 1, &failure), failure, "BATCH_METADATA_NOT_FOUND");
    assert_condition(weir_compactible_log_all(log, arena, &lines, &count, &failure), failure,
                     "_LEGACY_ERROR_TEMP_0000");
    assert_non_null(strstr(failure.message, "log/3"));
    bool compacted, found;
    assert_ok(weir_compactible_log_get(log, 3, arena, &lines, &count, &compacted, &found, &failure), failure);
    assert_false(found);
    weir_arena_free(arena);
    weir_compactible_log_close(log);
    weir_simulated_file_system_free(fs);
    weir_clock_free(clock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logs_of_spark),    cmocka_unit_test(test_interval_after_a_restart),
        cmocka_unit_test(test_expired_files_go), cmocka_unit_test(test_filter),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
