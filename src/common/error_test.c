#include "common/error.h"

#include <errno.h>
#include <string.h>

#include "support/test.h"

static void fills_the_template(void **state)
{
    (void)state;
    WeirError error;
    WeirStatus status = weir_error_set(&error, WEIR_ERROR_FILE_ALREADY_EXISTS, "path", "/a<path>b");
    assert_int_equal(status, WEIR_ERROR_FILE_ALREADY_EXISTS);
    assert_int_equal(error.status, status);
    assert_string_equal(error.condition, "FILE_ALREADY_EXISTS");
    assert_string_equal(error.sqlstate, "58030");
    assert_non_null(strstr(error.message, "/a<path>b"));
    assert_int_equal(error.origin.line, 0);
}

static void a_null_error_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(weir_error_set(NULL, WEIR_ERROR_DIVIDE_BY_ZERO), WEIR_ERROR_DIVIDE_BY_ZERO);
    assert_int_equal(weir_error_format(NULL, WEIR_ERROR_INTERNAL_ERROR, "x %d", 1), WEIR_ERROR_INTERNAL_ERROR);
    weir_error_locate(NULL, "x", (WeirOrigin){.line = 1});
    weir_error_clear(NULL);
    weir_error_copy(NULL, &(WeirError){0});
}

static void a_missing_parameter_keeps_its_name(void **state)
{
    (void)state;
    WeirError error;
    weir_error_set(&error, WEIR_ERROR_FILE_ALREADY_EXISTS);
    assert_non_null(strstr(error.message, "<path>"));
}

static void a_cause_may_be_wrapped_in_place(void **state)
{
    (void)state;
    WeirError error;
    weir_error_format(&error, WEIR_ERROR_INTERNAL_ERROR, "the %s", "cause");
    weir_error_set(&error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "message", error.message);
    assert_string_equal(error.message, "the cause");
    assert_string_equal(error.condition, "_LEGACY_ERROR_TEMP_0000");
    assert_string_equal(error.sqlstate, "");
}

static void long_values_are_cut_between_characters(void **state)
{
    (void)state;
    char value[2 * WEIR_ERROR_MESSAGE_BYTES + 1];
    for (size_t i = 0; i + 1 < sizeof value; i += 2)
        memcpy(value + i, "\xC3\xA9", 2); /* é */
    value[sizeof value - 1] = '\0';
    WeirError error;
    weir_error_set(&error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "message", value);
    size_t length = strlen(error.message);
    assert_true(length < WEIR_ERROR_MESSAGE_BYTES && length + 3 > WEIR_ERROR_MESSAGE_BYTES);
    assert_int_equal(length % 2, 0);
    weir_error_format(&error, WEIR_ERROR_INTERNAL_ERROR, "x%s", value);
    length = strlen(error.message);
    assert_int_equal(length % 2, 1);
    assert_true(length + 3 > WEIR_ERROR_MESSAGE_BYTES);
}

static void errno_gives_the_condition(void **state)
{
    (void)state;
    WeirError error;
    assert_int_equal(weir_error_from_errno(&error, ENOENT, "open", "/x"), WEIR_ERROR_PATH_NOT_FOUND);
    assert_int_equal(weir_error_from_errno(&error, EEXIST, "open", "/x"), WEIR_ERROR_FILE_ALREADY_EXISTS);
    assert_int_equal(weir_error_from_errno(&error, EIO, "read", "/some/file"), WEIR_ERROR_INPUT_OUTPUT);
    assert_non_null(strstr(error.message, "read"));
    assert_non_null(strstr(error.message, "/some/file"));
    assert_non_null(strstr(error.message, "Input/output error"));
}

static void locating_keeps_the_first_place(void **state)
{
    (void)state;
    WeirError error;
    weir_error_set(&error, WEIR_ERROR_DIVIDE_BY_ZERO, "config", "x");
    weir_error_locate(&error, "SELECT\n  1 / 0\nFROM t", (WeirOrigin){.line = 2, .column = 2, .start = 9, .length = 5});
    assert_string_equal(error.fragment, "  1 / 0");
    weir_error_locate(&error, "other", (WeirOrigin){.line = 1, .column = 0, .start = 0, .length = 1});
    assert_int_equal(error.origin.line, 2);
    assert_string_equal(error.fragment, "  1 / 0");
    weir_error_clear(&error);
    weir_error_locate(&error, "short", (WeirOrigin){.line = 1, .start = 99});
    assert_string_equal(error.fragment, "short");
}

static void every_condition_is_well_formed(void **state)
{
    (void)state;
    for (int i = 1; i <= WEIR_ERROR_CONDITION_COUNT; i++) {
        assert_true(strlen(weir_error_condition_name(i)) < WEIR_ERROR_CONDITION_BYTES);
        size_t length = strlen(weir_error_condition_sqlstate(i));
        assert_true(length == 0 || length == 5);
        assert_true(i == 1 || strcmp(weir_error_condition_name(i - 1), weir_error_condition_name(i)) < 0);
    }
    assert_string_equal(weir_error_condition_name(WEIR_OK), "");
    assert_string_equal(weir_error_condition_sqlstate(WEIR_ERROR_DIVIDE_BY_ZERO), "22012");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_the_template),
        cmocka_unit_test(a_null_error_is_allowed),
        cmocka_unit_test(a_missing_parameter_keeps_its_name),
        cmocka_unit_test(a_cause_may_be_wrapped_in_place),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(errno_gives_the_condition),
        cmocka_unit_test(locating_keeps_the_first_place),
        cmocka_unit_test(every_condition_is_well_formed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
