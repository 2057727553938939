/* Atomic files: whole or not at all, whatever fails or is cut off; create-only; old sums go; fault points. */
#include "support/test.h"

#include <stdio.h>

#include "checkpoint/checkpoint_private.h"
#include "common/fault_point.h"
#include "support/simulated_file_system.h"

static WeirError failure;

static WeirStatus write_text(WeirFileSystem *fs, const char *path, const char *text, WeirRename how)
{
    return weir_atomic_file_write(fs, path, text, strlen(text), how, true, "offset_log", &failure);
}

/* NULL when there is no such file; else static. */
static const char *content_of(WeirFileSystem *fs, const char *path)
{
    static char text[256];
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    bool found;
    assert_ok(weir_log_read_file(fs, path, &content, &found, &failure), failure);
    snprintf(text, sizeof text, "%s", weir_buffer_text(&content));
    weir_buffer_deinit(&content);
    return found ? text : NULL;
}

static void test_create_and_replace(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    weir_simulated_file_system_put(fs, "d/.7.crc", "crc", 0);
    assert_ok(write_text(fs, "d/7", "one", WEIR_RENAME_CREATE_ONLY), failure);
    assert_string_equal(content_of(fs, "d/7"), "one");
    assert_null(content_of(fs, "d/.7.crc"));
    assert_condition(write_text(fs, "d/7", "two", WEIR_RENAME_CREATE_ONLY), failure, "FILE_ALREADY_EXISTS");
    assert_string_equal(content_of(fs, "d/7"), "one");
    assert_ok(write_text(fs, "d/7", "three", WEIR_RENAME_REPLACE), failure);
    assert_string_equal(content_of(fs, "d/7"), "three");
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileStatus *entries;
    size_t count;
    assert_ok(fs->list(fs, "d", arena, &entries, &count, &failure), failure);
    assert_int_equal(count, 1); /* no temporary file is left */
    assert_ok(weir_checkpoint_file_remove(fs, "d/7", &failure), failure);
    assert_ok(weir_checkpoint_file_remove(fs, "d/7", &failure), failure);
    assert_null(content_of(fs, "d/7"));
    weir_arena_free(arena);
    weir_simulated_file_system_free(fs);
}

static void test_in_pieces(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    WeirAtomicFile *file;
    assert_ok(weir_atomic_file_open(fs, "7", WEIR_RENAME_CREATE_ONLY, true, "offset_log", &file, &failure), failure);
    assert_ok(weir_atomic_file_append(file, "ab", 2, &failure), failure);
    assert_ok(weir_atomic_file_append(file, "", 0, &failure), failure);
    assert_ok(weir_atomic_file_append(file, "c", 1, &failure), failure);
    assert_null(content_of(fs, "7"));
    assert_ok(weir_atomic_file_publish(file, &failure), failure);
    weir_atomic_file_close(file);
    assert_string_equal(content_of(fs, "7"), "abc");
    assert_ok(weir_atomic_file_open(fs, "8", WEIR_RENAME_CREATE_ONLY, true, "offset_log", &file, &failure), failure);
    weir_atomic_file_close(file);
    weir_atomic_file_close(NULL);
    assert_null(content_of(fs, "8"));
    weir_simulated_file_system_free(fs);
}

/* After a power cut at any call: the old text or the new one; the new one if the write said so. */
static void test_power_cuts(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        WeirStatus status = WEIR_ERROR_INPUT_OUTPUT;
        for (uint64_t nth = 1; status != WEIR_OK; nth++) {
            WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
            weir_simulated_file_system_put(fs, "d/7", "old", 0);
            weir_simulated_file_system_fail(fs, WEIR_SIMULATED_CHANGING_CALLS, nth, WEIR_SIMULATED_POWER_CUT);
            status = write_text(fs, "d/7", "new text", WEIR_RENAME_REPLACE);
            weir_simulated_file_system_power_cut(fs, seed == 19 ? UINT64_MAX : seed * 100 + nth);
            const char *text = content_of(fs, "d/7");
            assert_non_null(text);
            if (status == WEIR_OK || strcmp(text, "old") != 0)
                assert_string_equal(text, "new text");
            weir_simulated_file_system_free(fs);
        }
    }
}

static void test_failing_calls(void **state)
{
    (void)state;
    for (int kind = WEIR_SIMULATED_EIO; kind <= WEIR_SIMULATED_SHORT_WRITE; kind++) {
        WeirStatus status = WEIR_ERROR_INPUT_OUTPUT;
        for (uint64_t nth = 1; status != WEIR_OK; nth++) {
            WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
            weir_simulated_file_system_put(fs, "d/7", "old", 0);
            weir_simulated_file_system_fail(fs,
                                            WEIR_SIMULATED_CREATE | WEIR_SIMULATED_WRITE | WEIR_SIMULATED_SYNC |
                                                WEIR_SIMULATED_RENAME | WEIR_SIMULATED_SYNC_DIRECTORY,
                                            nth, (WeirSimulatedFailure)kind);
            status = write_text(fs, "d/7", "new text", WEIR_RENAME_REPLACE);
            const char *text = content_of(fs, "d/7");
            assert_true(strcmp(text, "old") == 0 || strcmp(text, "new text") == 0);
            if (nth < 5)
                assert_int_equal(strcmp(text, "old"), 0);
            weir_simulated_file_system_free(fs);
        }
    }
}

static void test_fault_points(void **state)
{
    (void)state;
#ifdef WEIR_FAULTS
    static const char *const points[] = {"offset_log.before_write", "offset_log.after_fsync", "offset_log.after_rename",
                                         "offset_log.after_directory_fsync"};
    for (int i = 0; i < 4; i++) {
        WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
        weir_simulated_file_system_put(fs, "d/x", "", 0);
        char specification[64];
        snprintf(specification, sizeof specification, "%s=eio", points[i]);
        assert_true(weir_fault_point_arm(specification));
        assert_int_not_equal(write_text(fs, "d/7", "new", WEIR_RENAME_CREATE_ONLY), WEIR_OK);
        assert_true(weir_fault_point_arm(NULL));
        assert_int_equal(content_of(fs, "d/7") != NULL, i >= 2);
        weir_simulated_file_system_free(fs);
    }
#endif
}

static void test_lines_and_ids(void **state)
{
    (void)state;
    int64_t id = -1;
    assert_true(weir_log_parse_id("0", "", &id));
    assert_true(weir_log_parse_id("9223372036854775807", "", &id));
    assert_int_equal(id, INT64_MAX);
    assert_true(weir_log_parse_id("19.compact", ".compact", &id));
    assert_int_equal(id, 19);
    static const char *const bad[] = {"", "9223372036854775808", "-1", "+1", "1.crc", ".1.crc", "x", "1 ", ".compact"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(weir_log_parse_id(bad[i], "", &id));
    assert_false(weir_log_parse_id(".compact", ".compact", &id));
    WeirLineReader lines = weir_line_reader("a\nb\r\n\rc\n", 8);
    const char *line;
    size_t length, lengths[] = {1, 1, 0, 1}, count = 0;
    while (weir_line_reader_next(&lines, &line, &length))
        assert_int_equal(length, lengths[count++]);
    assert_int_equal(count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_and_replace), cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_power_cuts),         cmocka_unit_test(test_failing_calls),
        cmocka_unit_test(test_fault_points),       cmocka_unit_test(test_lines_and_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
