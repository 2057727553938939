/* See file_system_conformance.h. */
#include "support/file_system_conformance.h"

#include <stdlib.h>
#include <string.h>

#include "support/test.h"

typedef struct Check {
    WeirFileSystem *fs;
    const char *root;
    WeirArena arena;
    WeirError error;
} Check;

static char *at(Check *check, const char *name)
{
    return weir_path_join(&check->arena, check->root, name);
}

static void write_file(Check *check, const char *name, const char *text)
{
    WeirFileSystem *fs = check->fs;
    WeirFile *file = NULL;
    assert_ok(fs->create(fs, at(check, name), &file, &check->error), check->error);
    assert_ok(fs->write(file, text, strlen(text), &check->error), check->error);
    assert_ok(fs->sync(file, &check->error), check->error);
    fs->close(file);
}

static void expect_content(Check *check, const char *name, const char *text)
{
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    assert_ok(weir_file_read_all(check->fs, at(check, name), 1 << 20, &content, &check->error), check->error);
    assert_string_equal(weir_buffer_text(&content), text);
    assert_int_equal(content.length, strlen(text));
    weir_buffer_deinit(&content);
}

static bool is_there(Check *check, const char *name)
{
    bool exists = false;
    assert_ok(check->fs->status(check->fs, at(check, name), &check->arena, &exists, NULL, &check->error), check->error);
    return exists;
}

static void check_reading_and_writing(Check *check)
{
    WeirFileSystem *fs = check->fs;
    WeirError *error = &check->error;
    write_file(check, "a", "hello world");
    expect_content(check, "a", "hello world");
    WeirFile *file = NULL;
    assert_condition(fs->create(fs, at(check, "a"), &file, error), check->error, "FILE_ALREADY_EXISTS");
    assert_condition(fs->create(fs, at(check, "none/a"), &file, error), check->error, "PATH_NOT_FOUND");
    assert_condition(fs->open_read(fs, at(check, "none"), &file, error), check->error, "PATH_NOT_FOUND");
    assert_null(file);
    assert_ok(fs->open_read(fs, at(check, "a"), &file, error), check->error);
    char bytes[20];
    size_t got = 0;
    int64_t size = 0;
    assert_ok(fs->read_at(file, 6, bytes, 3, &got, error), check->error);
    assert_int_equal(got, 3);
    assert_memory_equal(bytes, "wor", 3);
    assert_ok(fs->read_at(file, 6, bytes, sizeof bytes, &got, error), check->error);
    assert_int_equal(got, 5);
    assert_ok(fs->read_at(file, 11, bytes, sizeof bytes, &got, error), check->error);
    assert_int_equal(got, 0);
    assert_ok(fs->read_at(file, 1000, bytes, sizeof bytes, &got, error), check->error);
    assert_int_equal(got, 0);
    assert_ok(fs->size(file, &size, error), check->error);
    assert_int_equal(size, 11);
    fs->close(file);
    fs->close(NULL);
    WeirBuffer content;
    weir_buffer_init(&content, 0, NULL);
    assert_condition(weir_file_read_all(fs, at(check, "a"), 10, &content, error), check->error, "INPUT_OUTPUT");
    assert_ok(weir_file_read_all(fs, at(check, "a"), 11, &content, error), check->error);
    assert_string_equal(weir_buffer_text(&content), "hello world");
    weir_buffer_deinit(&content);
}

static void check_renaming(Check *check)
{
    WeirFileSystem *fs = check->fs;
    WeirError *error = &check->error;
    write_file(check, "b", "second");
    assert_condition(fs->rename(fs, at(check, "b"), at(check, "a"), WEIR_RENAME_CREATE_ONLY, error), check->error,
                     "FILE_ALREADY_EXISTS");
    expect_content(check, "a", "hello world");
    assert_ok(fs->rename(fs, at(check, "b"), at(check, "c"), WEIR_RENAME_CREATE_ONLY, error), check->error);
    assert_false(is_there(check, "b"));
    expect_content(check, "c", "second");
    assert_ok(fs->rename(fs, at(check, "c"), at(check, "a"), WEIR_RENAME_REPLACE, error), check->error);
    assert_false(is_there(check, "c"));
    expect_content(check, "a", "second");
    assert_condition(fs->rename(fs, at(check, "c"), at(check, "a"), WEIR_RENAME_REPLACE, error), check->error,
                     "PATH_NOT_FOUND");
    assert_ok(fs->sync_directory(fs, check->root, error), check->error);
    assert_condition(fs->sync_directory(fs, at(check, "none"), error), check->error, "PATH_NOT_FOUND");
}

static void check_directories(Check *check)
{
    WeirFileSystem *fs = check->fs;
    WeirError *error = &check->error;
    WeirFileStatus *entries = NULL;
    size_t count = 99;
    assert_ok(fs->make_directories(fs, at(check, "d/e/f"), true, error), check->error);
    assert_ok(fs->make_directories(fs, at(check, "d/e/f/"), false, error), check->error);
    assert_condition(fs->make_directories(fs, at(check, "a/x"), false, error), check->error, "INPUT_OUTPUT");
    assert_ok(fs->list(fs, at(check, "d/e/f"), &check->arena, &entries, &count, error), check->error);
    assert_int_equal(count, 0);
    assert_condition(fs->list(fs, at(check, "none"), &check->arena, &entries, &count, error), check->error,
                     "PATH_NOT_FOUND");
    for (int i = 0; i < 200; i++)
        write_file(check, weir_arena_printf(&check->arena, "d/e/file-%d", i), "12345");
    assert_ok(fs->list(fs, at(check, "d/e"), &check->arena, &entries, &count, error), check->error);
    assert_int_equal(count, 201);
    size_t directories = 0;
    for (size_t i = 0; i < count; i++) {
        directories += entries[i].is_directory;
        assert_int_equal(strncmp(entries[i].path, at(check, "d/e/f"), strlen(at(check, "d/e/f"))), 0);
        if (!entries[i].is_directory)
            assert_int_equal(entries[i].size_bytes, 5);
    }
    assert_int_equal(directories, 1);
    assert_condition(fs->remove(fs, at(check, "d/e"), error), check->error, "INPUT_OUTPUT");
    assert_ok(fs->remove(fs, at(check, "d/e/f"), error), check->error);
    assert_ok(fs->remove(fs, at(check, "d/e/file-0"), error), check->error);
    assert_condition(fs->remove(fs, at(check, "d/e/file-0"), error), check->error, "PATH_NOT_FOUND");
    WeirFileStatus status;
    bool exists = false;
    assert_ok(fs->status(fs, at(check, "d/e/file-1"), &check->arena, &exists, &status, error), check->error);
    assert_true(exists && !status.is_directory && status.size_bytes == 5);
    assert_string_equal(status.path, at(check, "d/e/file-1"));
    assert_ok(fs->status(fs, at(check, "a/under-a-file"), &check->arena, &exists, &status, error), check->error);
    assert_false(exists);
    assert_ok(weir_directory_remove_all(fs, at(check, "d"), error), check->error);
    assert_ok(weir_directory_remove_all(fs, at(check, "d"), error), check->error);
    assert_false(is_there(check, "d"));
    assert_ok(weir_directory_remove_all(fs, at(check, "a"), error), check->error);
}

void weir_check_file_system(WeirFileSystem *fs, const char *root)
{
    Check check = {.fs = fs, .root = root};
    weir_arena_init(&check.arena, NULL);
    assert_string_equal(fs->scheme, "file");
    check_reading_and_writing(&check);
    check_renaming(&check);
    check_directories(&check);
    WeirFileStatus *entries = NULL;
    size_t count = 99;
    assert_ok(fs->list(fs, root, &check.arena, &entries, &count, &check.error), check.error);
    assert_int_equal(count, 0);
    weir_arena_deinit(&check.arena);
}
