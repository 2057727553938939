/* What every C test includes: cmocka with the headers that it wants first, and checks of a WeirStatus. */
#ifndef WEIR_TEST_SUPPORT_TEST_H
#define WEIR_TEST_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "weir/error.h"

/* Run `expression`, which fills the WeirError `failure`; fail the test with its condition and message unless WEIR_OK.
 */
#define assert_ok(expression, failure)                                                                                 \
    do {                                                                                                               \
        if ((expression) != WEIR_OK)                                                                                   \
            fail_msg("%s: [%s] %s", #expression, (failure).condition, (failure).message);                              \
    } while (0)

/* Run `expression` and fail the test unless it fails with the condition of this name. */
#define assert_condition(expression, failure, name)                                                                    \
    do {                                                                                                               \
        (failure).condition[0] = '\0';                                                                                 \
        assert_int_not_equal((expression), WEIR_OK);                                                                   \
        assert_string_equal((failure).condition, (name));                                                              \
    } while (0)

#endif
