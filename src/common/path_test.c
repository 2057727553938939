/* The expected texts were printed by Hadoop's Path and java.net.URI of the Spark 4.2.1 distribution. */
#include <string.h>
#include <unistd.h>

#include "common/file_system.h"
#include "support/test.h"

static WeirArena arena;

static int make_arena(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    weir_arena_deinit(&arena);
    return 0;
}

static void check_from(const char *text, const char *from_uri, const char *from_hadoop)
{
    WeirError error;
    char *path = NULL;
    assert_ok(weir_path_from_uri(text, &arena, &path, &error), error);
    assert_string_equal(path, from_uri);
    assert_ok(weir_path_from_hadoop(text, &arena, &path, &error), error);
    assert_string_equal(path, from_hadoop);
}

static void texts_become_paths(void **state)
{
    (void)state;
    check_from("/a b/c", "/a b/c", "/a b/c");
    check_from("/a%20b", "/a%20b", "/a%20b");
    check_from("file:///a%20b", "/a b", "/a%20b");
    check_from("file:/a b", "/a b", "/a b");
    check_from("file:///%C3%A9", "/\xC3\xA9", "/%C3%A9");
    check_from("/a//b/", "/a/b", "/a/b");
    check_from("/a/./b/../c", "/a/c", "/a/c");
    check_from("/", "/", "/");
    check_from("file:/", "/", "/");
    check_from("file:///", "/", "/");
    check_from("file://", "/", "/");
    check_from("/../x", "/../x", "/../x");
    check_from("../../x", "../../x", "../../x");
    check_from("a/../../x", "../x", "../x");
    check_from("rel/x", "rel/x", "rel/x");
    check_from("./r/../q", "q", "q");
    check_from("x//y/", "x/y", "x/y");
    check_from("/a:b", "/a:b", "/a:b");
    check_from("a/..", ".", ".");
    check_from("/a/..", "/", "/");
}

static void other_schemes_are_refused(void **state)
{
    (void)state;
    WeirError error;
    char *path = NULL;
    const char *unsupported[] = {"s3a://bucket/key", "hdfs:/x", "file://host/x", "FILE:/x"};
    for (size_t i = 0; i < 4; i++)
        assert_condition(weir_path_from_uri(unsupported[i], &arena, &path, &error), error,
                         "UNSUPPORTED_FEATURE.FILE_SYSTEM");
    const char *malformed[] = {"", "a:b", "file:rel", "file:/a%zz", "file:/a%4", "file:/a%00b"};
    for (size_t i = 0; i < 6; i++)
        assert_condition(weir_path_from_uri(malformed[i], &arena, &path, &error), error, "_LEGACY_ERROR_TEMP_0000");
    assert_null(path);
}

static void paths_become_uris(void **state)
{
    (void)state;
    assert_string_equal(weir_path_to_uri("/a b/c", &arena), "file:///a%20b/c");
    assert_string_equal(weir_path_to_uri("/a%20b", &arena), "file:///a%2520b");
    assert_string_equal(weir_path_to_uri("/\xC3\xA9\xE6\x97\xA5\xE6\x9C\xAC", &arena),
                        "file:///\xC3\xA9\xE6\x97\xA5\xE6\x9C\xAC");
    assert_string_equal(weir_path_to_uri("/a\xC2\xA0"
                                         "b\xE3\x80\x80"
                                         "c\xC2\x85"
                                         "d",
                                         &arena),
                        "file:///a%C2%A0b%E3%80%80c%C2%85d");
    assert_string_equal(weir_path_to_uri("/!\"#$%&'()*+,-.:;<=>?@[\\]^_`{|}~", &arena),
                        "file:///!%22%23$%25&'()*+,-.:;%3C=%3E%3F@%5B%5C%5D%5E_%60%7B%7C%7D~");
    assert_string_equal(weir_path_to_uri("/x\x01\x7Fy", &arena), "file:///x%01%7Fy");
    assert_string_equal(weir_path_to_uri("/a/b//", &arena), "file:///a/b");
    assert_string_equal(weir_path_to_hadoop("/a b", &arena), "file:/a b");
}

static void relative_paths_are_made_absolute(void **state)
{
    (void)state;
    char directory[4096];
    assert_non_null(getcwd(directory, sizeof directory));
    assert_string_equal(weir_path_to_hadoop("x/../y", &arena), weir_arena_printf(&arena, "file:%s/y", directory));
    assert_string_equal(weir_path_join(&arena, "a", "b"), "a/b");
    assert_string_equal(weir_path_join(&arena, "a/", "b"), "a/b");
    assert_string_equal(weir_path_join(&arena, "", "b"), "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(texts_become_paths, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(other_schemes_are_refused, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(paths_become_uris, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(relative_paths_are_made_absolute, make_arena, drop_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
