/* Seen files: taken once, forgotten when too old, and not taken again then. */
#include "support/test.h"

#include <stdio.h>

#include "sources/seen_files.h"

static void a_file_is_new_once(void **state)
{
    (void)state;
    WeirSeenFiles seen;
    weir_seen_files_init(&seen, 1000);
    assert_true(weir_seen_files_is_new(&seen, "a", 5));
    weir_seen_files_add(&seen, "a", 5);
    assert_false(weir_seen_files_is_new(&seen, "a", 5));
    assert_true(weir_seen_files_is_new(&seen, "b", 5));
    weir_seen_files_deinit(&seen);
}

static void what_is_too_old_is_forgotten_and_never_new(void **state)
{
    (void)state;
    WeirSeenFiles seen;
    weir_seen_files_init(&seen, 1000);
    weir_seen_files_add(&seen, "old", 5000);
    weir_seen_files_add(&seen, "edge", 9000);
    weir_seen_files_add(&seen, "new", 10000);
    weir_seen_files_purge(&seen);
    assert_int_equal(seen.count, 2);
    assert_false(weir_seen_files_is_new(&seen, "old", 5000));
    assert_false(weir_seen_files_is_new(&seen, "other", 8999)); /* relative to the newest file, not to the clock */
    assert_true(weir_seen_files_is_new(&seen, "other", 9000));
    assert_false(weir_seen_files_is_new(&seen, "edge", 9000));
    weir_seen_files_deinit(&seen);
}

static void an_age_longer_than_time_keeps_all(void **state)
{
    (void)state;
    WeirSeenFiles seen;
    weir_seen_files_init(&seen, INT64_MAX);
    weir_seen_files_add(&seen, "a", 0);
    weir_seen_files_add(&seen, "b", INT64_C(1795247700610));
    weir_seen_files_purge(&seen);
    assert_int_equal(seen.count, 2);
    weir_seen_files_deinit(&seen);
}

static void thousands_are_found_again_after_growing_and_purging(void **state)
{
    (void)state;
    WeirSeenFiles seen;
    char name[32];
    weir_seen_files_init(&seen, 500);
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof(name), "file-%d", i);
        weir_seen_files_add(&seen, name, i);
        if (i % 100 == 0)
            weir_seen_files_purge(&seen);
    }
    weir_seen_files_purge(&seen);
    assert_int_equal(seen.count, 501);
    for (int i = 4499; i < 5000; i++) {
        snprintf(name, sizeof(name), "file-%d", i);
        assert_false(weir_seen_files_is_new(&seen, name, i));
    }
    weir_seen_files_deinit(&seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_new_once),
        cmocka_unit_test(what_is_too_old_is_forgotten_and_never_new),
        cmocka_unit_test(an_age_longer_than_time_keeps_all),
        cmocka_unit_test(thousands_are_found_again_after_growing_and_purging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
