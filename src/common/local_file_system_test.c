#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/fault_point.h"
#include "common/file_system.h"
#include "support/file_system_conformance.h"
#include "support/test.h"

static char root[64];

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/weir-local-XXXXXX");
    return mkdtemp(root) == NULL;
}

static int drop_root(void **state)
{
    (void)state;
    return weir_directory_remove_all(weir_local_file_system(), root, NULL);
}

static void it_conforms(void **state)
{
    (void)state;
    weir_check_file_system(weir_local_file_system(), root);
}

static void a_link_is_removed_not_followed(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_local_file_system();
    WeirError error;
    char tree[128], kept[128], link_path[128], broken[128];
    snprintf(tree, sizeof tree, "%s/tree", root);
    snprintf(kept, sizeof kept, "%s/kept/inside", root);
    snprintf(link_path, sizeof link_path, "%s/tree/link", root);
    snprintf(broken, sizeof broken, "%s/tree/broken", root);
    assert_ok(fs->make_directories(fs, tree, false, &error), error);
    assert_ok(fs->make_directories(fs, kept, false, &error), error);
    assert_int_equal(symlink("../kept", link_path), 0);
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirFileStatus *entries = NULL;
    size_t count = 0;
    assert_int_equal(symlink("nowhere", broken), 0);
    assert_ok(fs->list(fs, tree, &arena, &entries, &count, &error), error);
    assert_int_equal(count, 1); /* the broken one is not there */
    assert_true(entries[0].is_directory);
    assert_int_equal(unlink(broken), 0);
    assert_ok(weir_directory_remove_all(fs, tree, &error), error);
    bool exists = false;
    assert_ok(fs->status(fs, kept, &arena, &exists, NULL, &error), error);
    assert_true(exists);
    weir_arena_deinit(&arena);
}

static void modification_times_are_milliseconds(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_local_file_system();
    struct timespec times[2] = {{.tv_sec = 1700000000, .tv_nsec = 123999999},
                                {.tv_sec = 1700000000, .tv_nsec = 123999999}};
    assert_int_equal(utimensat(AT_FDCWD, root, times, 0), 0);
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirError error;
    WeirFileStatus status;
    bool exists = false;
    assert_ok(fs->status(fs, root, &arena, &exists, &status, &error), error);
    assert_int_equal(status.modification_ms, 1700000000123);
    weir_arena_deinit(&arena);
}

#ifdef WEIR_FAULTS
static void fault_points_reach_the_files(void **state)
{
    (void)state;
    WeirFileSystem *fs = weir_local_file_system();
    WeirError error;
    char path[128];
    snprintf(path, sizeof path, "%s/file", root);
    WeirFile *file = NULL;
    assert_ok(fs->create(fs, path, &file, &error), error);
    assert_true(weir_fault_point_arm("file.before_write#2=short"));
    assert_ok(fs->write(file, "1234", 4, &error), error);
    assert_condition(fs->write(file, "5678", 4, &error), error, "INPUT_OUTPUT");
    assert_true(weir_fault_point_arm("file.before_sync=eio"));
    assert_condition(fs->sync(file, &error), error, "INPUT_OUTPUT");
    fs->close(file);
    assert_true(weir_fault_point_arm(NULL));
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    assert_ok(weir_file_read_all(fs, path, 100, &content, &error), error);
    assert_string_equal(weir_buffer_text(&content), "123456");
    weir_buffer_deinit(&content);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_conforms, make_root, drop_root),
        cmocka_unit_test_setup_teardown(a_link_is_removed_not_followed, make_root, drop_root),
        cmocka_unit_test_setup_teardown(modification_times_are_milliseconds, make_root, drop_root),
#ifdef WEIR_FAULTS
        cmocka_unit_test_setup_teardown(fault_points_reach_the_files, make_root, drop_root),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
