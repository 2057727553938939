#include "support/simulated_file_system.h"

#include <string.h>

#include "support/file_system_conformance.h"
#include "support/test.h"

static WeirFileSystem *fs;
static WeirArena arena;
static WeirError error;

static int make(void **state)
{
    (void)state;
    fs = weir_simulated_file_system_new(NULL);
    weir_arena_init(&arena, NULL);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    weir_simulated_file_system_free(fs);
    weir_arena_deinit(&arena);
    return 0;
}

static void write_file(const char *path, const char *text, bool sync)
{
    WeirFile *file = NULL;
    assert_ok(fs->create(fs, path, &file, &error), error);
    assert_ok(fs->write(file, text, strlen(text), &error), error);
    if (sync)
        assert_ok(fs->sync(file, &error), error);
    fs->close(file);
}

/* The content in the arena, or NULL when nothing is there. */
static char *content_of(const char *path)
{
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    char *text = NULL;
    if (weir_file_read_all(fs, path, 1 << 20, &content, NULL) == WEIR_OK)
        text = weir_arena_strndup(&arena, weir_buffer_text(&content), content.length);
    weir_buffer_deinit(&content);
    return text;
}

static void it_conforms(void **state)
{
    (void)state;
    weir_check_file_system(fs, "/");
    assert_ok(fs->make_directories(fs, "/some/root", false, &error), error);
    weir_check_file_system(fs, "/some/root");
}

static void what_was_synced_survives(void **state)
{
    (void)state;
    assert_ok(fs->make_directories(fs, "/ck/offsets", true, &error), error);
    for (uint64_t seed = 0; seed < 50; seed++) {
        write_file("/ck/offsets/.0.tmp", "offset", true);
        assert_ok(fs->rename(fs, "/ck/offsets/.0.tmp", "/ck/offsets/0", WEIR_RENAME_REPLACE, &error), error);
        assert_ok(fs->sync_directory(fs, "/ck/offsets", &error), error);
        weir_simulated_file_system_power_cut(fs, seed);
        assert_string_equal(content_of("/ck/offsets/0"), "offset");
        assert_null(content_of("/ck/offsets/.0.tmp"));
    }
}

/* Each missing sync is found by some seed. */
static void what_was_not_synced_may_be_lost(void **state)
{
    (void)state;
    bool file_lost = false, file_kept = false, data_lost = false, data_torn = false, directory_lost = false;
    for (uint64_t seed = 0; seed < 200; seed++) {
        assert_ok(fs->make_directories(fs, "/b", true, &error), error);
        assert_ok(fs->make_directories(fs, "/a", false, &error), error);
        write_file("/a/no-directory-sync", "text", true);
        write_file("/b/no-file-sync", "0123456789", false);
        assert_ok(fs->sync_directory(fs, "/b", &error), error);
        weir_simulated_file_system_power_cut(fs, seed);
        bool exists = false;
        assert_ok(fs->status(fs, "/a", &arena, &exists, NULL, &error), error);
        directory_lost |= !exists;
        file_lost |= content_of("/a/no-directory-sync") == NULL;
        file_kept |= content_of("/a/no-directory-sync") != NULL;
        const char *data = content_of("/b/no-file-sync");
        assert_non_null(data);
        data_lost |= data[0] == '\0';
        data_torn |= strlen(data) > 0 && strlen(data) < 10;
        assert_ok(weir_directory_remove_all(fs, "/a", &error), error);
        assert_ok(weir_directory_remove_all(fs, "/b", &error), error);
        assert_ok(fs->sync_directory(fs, "/", &error), error);
    }
    assert_true(file_lost && file_kept && data_lost && data_torn && directory_lost);
}

static void a_rename_is_whole_or_not_at_all(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        weir_simulated_file_system_put(fs, "/d/target", "old", 0);
        weir_simulated_file_system_put(fs, "/d/new", "new", 0);
        assert_ok(fs->rename(fs, "/d/new", "/d/target", WEIR_RENAME_REPLACE, &error), error);
        weir_simulated_file_system_power_cut(fs, seed);
        const char *target = content_of("/d/target");
        assert_non_null(target);
        if (strcmp(target, "old") == 0)
            assert_string_equal(content_of("/d/new"), "new");
        else
            assert_null(content_of("/d/new"));
    }
}

static void the_ends_of_the_seeds_are_everything_and_nothing(void **state)
{
    (void)state;
    write_file("/x", "text", false);
    weir_simulated_file_system_power_cut(fs, UINT64_MAX);
    assert_string_equal(content_of("/x"), "text");
    write_file("/y", "text", false);
    weir_simulated_file_system_power_cut(fs, 0);
    assert_null(content_of("/y"));
    assert_string_equal(content_of("/x"), "text");
}

static void armed_calls_fail(void **state)
{
    (void)state;
    WeirFile *file = NULL;
    assert_ok(fs->create(fs, "/f", &file, &error), error);
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_WRITE, 2, WEIR_SIMULATED_SHORT_WRITE);
    assert_ok(fs->write(file, "1234", 4, &error), error);
    assert_condition(fs->write(file, "5678", 4, &error), error, "INPUT_OUTPUT");
    assert_string_equal(content_of("/f"), "123456");
    assert_int_equal(weir_simulated_file_system_call_count(fs), 2);
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_CHANGING_CALLS, 1, WEIR_SIMULATED_ENOSPC);
    assert_string_equal(content_of("/f"), "123456"); /* reading is not armed */
    assert_condition(fs->make_directories(fs, "/d", false, &error), error, "INPUT_OUTPUT");
    assert_ok(fs->make_directories(fs, "/d", false, &error), error);
    fs->close(file);
}

static void after_a_failed_sync_a_good_one_means_nothing(void **state)
{
    (void)state;
    WeirFile *file = NULL;
    assert_ok(fs->create(fs, "/f", &file, &error), error);
    assert_ok(fs->sync_directory(fs, "/", &error), error);
    assert_ok(fs->write(file, "data", 4, &error), error);
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_SYNC, 1, WEIR_SIMULATED_EIO);
    assert_condition(fs->sync(file, &error), error, "INPUT_OUTPUT");
    assert_ok(fs->sync(file, &error), error);
    weir_simulated_file_system_power_cut(fs, 0);
    assert_condition(fs->write(file, "x", 1, &error), error, "INPUT_OUTPUT"); /* the file is dead */
    fs->close(file);
    assert_string_equal(content_of("/f"), "");
}

static void a_power_cut_stops_everything(void **state)
{
    (void)state;
    weir_simulated_file_system_put(fs, "/f", "text", 7);
    weir_simulated_file_system_fail(fs, WEIR_SIMULATED_ALL_CALLS, 2, WEIR_SIMULATED_POWER_CUT);
    bool exists = false;
    WeirFileStatus status;
    assert_ok(fs->status(fs, "/f", &arena, &exists, &status, &error), error);
    assert_int_equal(status.modification_ms, 7);
    for (int i = 0; i < 3; i++)
        assert_condition(fs->status(fs, "/f", &arena, &exists, &status, &error), error, "INPUT_OUTPUT");
    weir_simulated_file_system_power_cut(fs, 5);
    assert_string_equal(content_of("/f"), "text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_conforms, make, drop),
        cmocka_unit_test_setup_teardown(what_was_synced_survives, make, drop),
        cmocka_unit_test_setup_teardown(what_was_not_synced_may_be_lost, make, drop),
        cmocka_unit_test_setup_teardown(a_rename_is_whole_or_not_at_all, make, drop),
        cmocka_unit_test_setup_teardown(the_ends_of_the_seeds_are_everything_and_nothing, make, drop),
        cmocka_unit_test_setup_teardown(armed_calls_fail, make, drop),
        cmocka_unit_test_setup_teardown(after_a_failed_sync_a_good_one_means_nothing, make, drop),
        cmocka_unit_test_setup_teardown(a_power_cut_stops_everything, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
