/* The logs of a query: latest ids without listings, purges, races; offsets, commits and the query's id against what
 * Spark wrote. */
#include "support/test.h"

#include <stdio.h>

#include "checkpoint/checkpoint_private.h"
#include "support/simulated_file_system.h"

static WeirError failure;

static WeirMetadataLog open_log(WeirFileSystem *fs)
{
    WeirMetadataLog log;
    assert_ok(weir_metadata_log_open(&log, fs, "ck/offsets", "offset_log", true, &failure), failure);
    return log;
}

static uint64_t count_calls(WeirFileSystem *fs, WeirSimulatedCall calls)
{
    uint64_t count = weir_simulated_file_system_call_count(fs);
    weir_simulated_file_system_fail(fs, calls, 1000000, WEIR_SIMULATED_EIO);
    return count;
}

/* Batch 1,000 costs what batch 10 costs. */
static void test_a_batch_lists_nothing(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirMetadataLog log = open_log(fs);
    int64_t latest;
    assert_ok(weir_metadata_log_latest(&log, &latest, &failure), failure);
    assert_int_equal(latest, -1);
    uint64_t calls_at_200 = 0;
    for (int64_t id = 0; id < 1200; id++) {
        if (id == 150)
            count_calls(fs, WEIR_SIMULATED_READING_CALLS);
        if (id == 200 || id == 1100)
            count_calls(fs, WEIR_SIMULATED_ALL_CALLS);
        assert_ok(weir_metadata_log_add(&log, id, "v1", 2, &failure), failure);
        assert_ok(weir_metadata_log_latest(&log, &latest, &failure), failure);
        assert_int_equal(latest, id);
        assert_ok(weir_metadata_log_purge_below(&log, id - 100, &failure), failure);
        if (id == 199)
            assert_int_equal(count_calls(fs, WEIR_SIMULATED_READING_CALLS), 0);
        if (id == 200)
            calls_at_200 = count_calls(fs, WEIR_SIMULATED_ALL_CALLS);
        if (id == 1100)
            assert_int_equal(count_calls(fs, WEIR_SIMULATED_ALL_CALLS), calls_at_200);
    }
    WeirArena *arena = weir_arena_new(NULL);
    int64_t *ids;
    size_t count;
    assert_ok(weir_metadata_log_list(&log, arena, &ids, &count, &failure), failure);
    assert_int_equal(count, 101);
    assert_int_equal(ids[0], 1099);
    weir_arena_free(arena);
    weir_metadata_log_close(&log);
    weir_simulated_file_system_free(fs);
}

static void test_foreign_names_and_purges(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    static const char *const names[] = {"3", "10", "9", ".9.1-1.tmp", ".2.1-2.tmp", "x", "12.compact", ".3.crc"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "ck/offsets/%s", names[i]);
        weir_simulated_file_system_put(fs, path, "v1", 0);
    }
    assert_ok(fs->make_directories(fs, "ck/offsets/99", false, &failure), failure);
    WeirMetadataLog log = open_log(fs);
    int64_t latest;
    assert_ok(weir_metadata_log_latest(&log, &latest, &failure), failure);
    assert_int_equal(latest, 10);
    assert_condition(weir_metadata_log_add(&log, 10, "v1", 2, &failure), failure, "CONCURRENT_STREAM_LOG_UPDATE");
    assert_non_null(strstr(failure.message, "10"));
    assert_ok(weir_metadata_log_purge_after(&log, 9, &failure), failure);
    assert_ok(weir_metadata_log_latest(&log, &latest, &failure), failure);
    assert_int_equal(latest, 9);
    assert_ok(weir_metadata_log_purge_below(&log, 4, &failure), failure);
    WeirArena *arena = weir_arena_new(NULL);
    bool exists;
    WeirFileStatus status;
    assert_ok(fs->status(fs, "ck/offsets/.3.crc", arena, &exists, &status, &failure), failure);
    assert_false(exists);
    assert_ok(fs->status(fs, "ck/offsets/.2.1-2.tmp", arena, &exists, &status, &failure), failure);
    assert_false(exists); /* left behind by a crash */
    assert_ok(fs->status(fs, "ck/offsets/.9.1-1.tmp", arena, &exists, &status, &failure), failure);
    assert_true(exists); /* perhaps being written */
    assert_ok(fs->status(fs, "ck/offsets/9", arena, &exists, &status, &failure), failure);
    assert_true(exists);
    weir_arena_free(arena);
    weir_metadata_log_close(&log);
    weir_simulated_file_system_free(fs);
}

static void read_fixture(const char *path, WeirBuffer *text)
{
    WeirArena *arena = weir_arena_new(NULL);
    weir_buffer_init(text, 0, NULL);
    char *full = weir_arena_printf(arena, "%s/checkpoint/%s", WEIR_TEST_DATA, path);
    assert_ok(weir_file_read_all(weir_local_file_system(), full, 1 << 20, text, &failure), failure);
    weir_arena_free(arena);
}

/* What weir reads of an offset file and writes again is the file, byte for byte (Spark's order of conf keys is kept).
 */
static void check_offsets(const char *path, uint32_t sources)
{
    WeirBuffer theirs;
    read_fixture(path, &theirs);
    WeirArena *arena = weir_arena_new(NULL);
    WeirOffsetSeq offsets;
    assert_ok(weir_offset_seq_parse(theirs.data, theirs.length, path, arena, &offsets, &failure), failure);
    assert_true(offsets.has_metadata);
    assert_int_equal(offsets.conf_count, 30);
    assert_int_equal(offsets.offset_count, sources);
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirMetadataLog log = open_log(fs);
    assert_ok(weir_offset_log_add(&log, 5, &offsets, &failure), failure);
    WeirBuffer ours;
    weir_buffer_init(&ours, 0, NULL);
    bool found;
    assert_ok(weir_metadata_log_get(&log, 5, &ours, &found, &failure), failure);
    if (theirs.data[1] == '1') {
        assert_int_equal(ours.length, theirs.length);
        assert_memory_equal(ours.data, theirs.data, theirs.length);
    }
    WeirOffsetSeq again;
    assert_ok(weir_offset_log_get(&log, 5, arena, &again, &found, &failure), failure);
    assert_true(found);
    assert_int_equal(again.batch_timestamp_ms, offsets.batch_timestamp_ms);
    assert_string_equal(again.offsets[0], offsets.offsets[0]);
    assert_ok(weir_offset_log_get(&log, 6, arena, &again, &found, &failure), failure);
    assert_false(found);
    weir_buffer_deinit(&ours);
    weir_buffer_deinit(&theirs);
    weir_metadata_log_close(&log);
    weir_simulated_file_system_free(fs);
    weir_arena_free(arena);
}

static void test_offsets_of_spark(void **state)
{
    (void)state;
    check_offsets("word_count/checkpoint/offsets/3", 1);
    check_offsets("windowed_count/checkpoint/offsets/5", 1);
    check_offsets("outer_join/checkpoint/offsets/1", 2);
    check_offsets("offset_log_v2/checkpoint/offsets/1", 2);
}

static WeirStatus parse(const char *text, WeirArena *arena, WeirOffsetSeq *offsets)
{
    return weir_offset_seq_parse(text, strlen(text), "ck/offsets/4", arena, offsets, &failure);
}

static void test_offset_texts(void **state)
{
    (void)state;
    WeirArena *arena = weir_arena_new(NULL);
    WeirOffsetSeq offsets;
    assert_ok(parse("v1\n\n{\"1\":{\"value\":-1}}\n-\n0", arena, &offsets), failure);
    assert_false(offsets.has_metadata);
    assert_int_equal(offsets.offset_count, 3);
    assert_string_equal(offsets.offsets[0], "{\"1\":{\"value\":-1}}");
    assert_null(offsets.offsets[1]);
    assert_ok(parse("v1\n{}\n", arena, &offsets), failure);
    assert_int_equal(offsets.offset_count, 0);
    assert_ok(parse("v1\r\n{\"batchWatermarkMs\":7,\"batchTimestampMs\":8}\r\n{\"a\":1}\r\n", arena, &offsets),
              failure);
    assert_int_equal(offsets.batch_watermark_ms, 7);
    assert_int_equal(offsets.offset_count, 1);
    assert_ok(parse("v2\n{}\n1:-\n0:{\"logOffset\":1}", arena, &offsets), failure);
    assert_string_equal(offsets.offsets[0], "{\"logOffset\":1}");
    assert_null(offsets.offsets[1]);
    assert_condition(parse("v3\n{}", arena, &offsets), failure, "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION");
    assert_non_null(strstr(failure.message, "ck/offsets/4"));
    static const char *const versions[] = {"x", "v", "v0", "v-1", "v1x", "1", "v99999999999", "\n"};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        assert_condition(parse(versions[i], arena, &offsets), failure, "MALFORMED_LOG_FILE");
        assert_non_null(strstr(failure.message, "ck/offsets/4"));
    }
    static const char *const damaged[] = {"",
                                          "v1",
                                          "v1\n",
                                          "v1\n{\n0",
                                          "v1\n[]\n0",
                                          "v1\n{\"conf\":[]}\n0",
                                          "v1\n{\"conf\":{\"a\":1}}\n0",
                                          "v1\n{\"batchWatermarkMs\":\"x\"}\n0",
                                          "v2\n{}\n{}",
                                          "v2\n{}\n1:0",
                                          "v2\n{}\n0:0\n0:1"};
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        assert_condition(parse(damaged[i], arena, &offsets), failure, "_LEGACY_ERROR_TEMP_0000");
        assert_non_null(strstr(failure.message, "ck/offsets/4"));
    }
    assert_condition(parse("v2\n{}\norders:0", arena, &offsets), failure, "UNSUPPORTED_FEATURE.NAMED_STREAMING_SOURCE");
    weir_arena_free(arena);
}

static int64_t watermark_of(const char *text)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirCommitMetadata commit = {-7};
    WeirStatus status = weir_commit_metadata_parse(text, strlen(text), "ck/commits/4", arena, &commit, &failure);
    weir_arena_free(arena);
    return status == WEIR_OK ? commit.next_batch_watermark_ms : -1;
}

static void test_commits(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirMetadataLog log = open_log(fs);
    WeirBuffer theirs, ours;
    read_fixture("windowed_count/checkpoint/commits/5", &theirs);
    weir_buffer_init(&ours, 0, NULL);
    WeirCommitMetadata commit = {watermark_of(weir_buffer_text(&theirs))}, again;
    assert_true(commit.next_batch_watermark_ms > 1700000000000);
    bool found;
    assert_ok(weir_commit_log_add(&log, 5, &commit, &failure), failure);
    assert_ok(weir_metadata_log_get(&log, 5, &ours, &found, &failure), failure);
    assert_string_equal(weir_buffer_text(&ours), weir_buffer_text(&theirs));
    assert_ok(weir_commit_log_get(&log, 5, &again, &found, &failure), failure);
    assert_true(found);
    assert_int_equal(again.next_batch_watermark_ms, commit.next_batch_watermark_ms);
    assert_ok(weir_commit_log_get(&log, 4, &again, &found, &failure), failure);
    assert_false(found);
    weir_buffer_deinit(&theirs);
    read_fixture("commit_log_v2/checkpoint/commits/1", &theirs);
    assert_int_equal(watermark_of(weir_buffer_text(&theirs)), 0);
    assert_int_equal(watermark_of("v1\n{}"), 0);
    assert_int_equal(watermark_of("v1"), 0);
    assert_int_equal(watermark_of("v3\n{\"nextBatchWatermarkMs\":5,\"sinkMetadata\":{}}"), 5);
    assert_int_equal(watermark_of("v4\n{}"), -1);
    assert_string_equal(failure.condition, "INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION");
    assert_int_equal(watermark_of(""), -1);
    assert_string_equal(failure.condition, "_LEGACY_ERROR_TEMP_0000");
    assert_int_equal(watermark_of("v1\nnull"), -1);
    assert_int_equal(watermark_of("v1\n{\"nextBatchWatermarkMs\":\"x\"}"), -1);
    assert_non_null(strstr(failure.message, "ck/commits/4"));
    weir_buffer_deinit(&ours);
    weir_buffer_deinit(&theirs);
    weir_metadata_log_close(&log);
    weir_simulated_file_system_free(fs);
}

static void test_query_id(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirRandom random;
    weir_random_init(&random, 5);
    char id[37], again[37];
    bool created;
    assert_ok(weir_stream_metadata_open(fs, "a/ck", true, false, &random, id, &created, &failure), failure);
    assert_true(created);
    assert_ok(weir_stream_metadata_open(fs, "a/ck", true, false, &random, again, &created, &failure), failure);
    assert_false(created);
    assert_string_equal(id, again);
    WeirBuffer text;
    bool found;
    weir_buffer_init(&text, 0, NULL);
    assert_ok(weir_log_read_file(fs, "a/ck/metadata", &text, &found, &failure), failure);
    char expected[64];
    snprintf(expected, sizeof expected, "{\"id\":\"%s\"}", id);
    assert_string_equal(weir_buffer_text(&text), expected);
    weir_buffer_deinit(&text);
    static const char *const damaged[] = {"",
                                          "{\"id\":5",
                                          "{\"id\":5}",
                                          "{}",
                                          "[]",
                                          "{\"id\":\"hello\"}",
                                          "{\"id\":\"02d8a9fa-d7b8-4076-a598-ad1d009387zz\"}"};
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        weir_simulated_file_system_put(fs, "a/ck/metadata", damaged[i], 0);
        assert_condition(weir_stream_metadata_open(fs, "a/ck", true, false, &random, again, &created, &failure),
                         failure, "_LEGACY_ERROR_TEMP_0000");
    }
    weir_simulated_file_system_put(fs, "b/ck/commits/0", "v1\n{}", 0);
    assert_condition(weir_stream_metadata_open(fs, "b/ck", true, false, &random, again, &created, &failure), failure,
                     "STREAMING_CHECKPOINT_MISSING_METADATA_FILE");
    read_fixture("word_count/checkpoint/metadata", &text);
    WeirArena *arena = weir_arena_new(NULL);
    assert_ok(weir_stream_metadata_parse(text.data, text.length, "metadata", arena, again, &failure), failure);
    assert_memory_equal(again, text.data + 7, 36);
    weir_arena_free(arena);
    weir_buffer_deinit(&text);
    weir_simulated_file_system_free(fs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_batch_lists_nothing),
        cmocka_unit_test(test_foreign_names_and_purges),
        cmocka_unit_test(test_offsets_of_spark),
        cmocka_unit_test(test_offset_texts),
        cmocka_unit_test(test_commits),
        cmocka_unit_test(test_query_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
