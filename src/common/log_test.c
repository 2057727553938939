#include "common/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"

/* What weir_log writes to standard error between the two calls. */
static int saved_stderr, pipe_ends[2];

static void capture(void)
{
    assert_int_equal(pipe(pipe_ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_int_equal(dup2(pipe_ends[1], STDERR_FILENO), STDERR_FILENO);
}

static void expect_captured(const char *expected)
{
    char text[8192];
    assert_int_equal(dup2(saved_stderr, STDERR_FILENO), STDERR_FILENO);
    close(saved_stderr);
    close(pipe_ends[1]);
    ssize_t length = read(pipe_ends[0], text, sizeof text - 1);
    close(pipe_ends[0]);
    assert_true(length >= 0);
    text[length] = '\0';
    assert_string_equal(text, expected);
}

static void a_message_is_one_line(void **state)
{
    (void)state;
    capture();
    weir_log(WEIR_LOG_WARN, "stream_execution", "two\nlines and %d", 7);
    weir_log(WEIR_LOG_INFO, "stream_execution", "not shown");
    expect_captured("WARN stream_execution: two lines and 7\n");
}

static void the_level_can_be_set(void **state)
{
    (void)state;
    capture();
    weir_log_set_level(WEIR_LOG_DEBUG);
    weir_log(WEIR_LOG_DEBUG, "state", "shown");
    weir_log_set_level(WEIR_LOG_ERROR);
    weir_log(WEIR_LOG_WARN, "state", "not shown");
    weir_log(WEIR_LOG_ERROR, "state", "shown");
    weir_log_set_level(WEIR_LOG_WARN);
    expect_captured("DEBUG state: shown\nERROR state: shown\n");
}

static void a_long_message_is_cut(void **state)
{
    (void)state;
    char expected[4097] = "WARN x: ";
    memset(expected + 8, ' ', 4086);
    strcpy(expected + 4094, "\n");
    capture();
    weir_log(WEIR_LOG_WARN, "x", "%5000d", 1);
    expect_captured(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_one_line),
        cmocka_unit_test(the_level_can_be_set),
        cmocka_unit_test(a_long_message_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
