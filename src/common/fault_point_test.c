#include "common/fault_point.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/test.h"

#ifdef WEIR_FAULTS

static void a_point_fails_at_the_nth_time_only(void **state)
{
    (void)state;
    WeirError error;
    assert_true(weir_fault_point_arm("test.only#2=enospc"));
    assert_ok(WEIR_FAULT_POINT("test.only", &error), error);
    assert_ok(WEIR_FAULT_POINT("file.before_write", &error), error);
    assert_condition(WEIR_FAULT_POINT("test.only", &error), error, "INPUT_OUTPUT");
    assert_non_null(strstr(error.message, "No space left"));
    assert_ok(WEIR_FAULT_POINT("test.only", &error), error);
    assert_true(weir_fault_point_arm("test.only=eio"));
    assert_condition(WEIR_FAULT_POINT("test.only", &error), error, "INPUT_OUTPUT");
    assert_true(weir_fault_point_arm(NULL));
}

static void a_short_write_is_taken_once(void **state)
{
    (void)state;
    WeirError error;
    assert_true(weir_fault_point_arm("test.only=short"));
    assert_false(weir_fault_point_take_short_write());
    assert_ok(WEIR_FAULT_POINT("test.only", &error), error);
    assert_true(weir_fault_point_take_short_write());
    assert_false(weir_fault_point_take_short_write());
    assert_true(weir_fault_point_arm(NULL));
}

static void a_kill_kills(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        if (weir_fault_point_arm("test.only=kill") && WEIR_FAULT_POINT("test.only", NULL) == WEIR_OK)
            _exit(1);
        _exit(2);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void wrong_texts_arm_nothing(void **state)
{
    (void)state;
    const char *wrong[] = {
        "", "test.only", "test.only=", "test.only=bang", "test.only#0=eio", "test.only#x=eio", "no.such=eio"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(weir_fault_point_arm(wrong[i]));
}

#else

static void points_are_compiled_out(void **state)
{
    (void)state;
    assert_int_equal(WEIR_FAULT_POINT("test.only", NULL), WEIR_OK);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef WEIR_FAULTS
        cmocka_unit_test(a_point_fails_at_the_nth_time_only),
        cmocka_unit_test(a_short_write_is_taken_once),
        cmocka_unit_test(a_kill_kills),
        cmocka_unit_test(wrong_texts_arm_nothing),
#else
        cmocka_unit_test(points_are_compiled_out),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
