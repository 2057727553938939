/* The function table is complete in itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "expr/function_registry.h"

static void every_entry_is_complete(void **state)
{
    (void)state;
    uint32_t count = 0;
    const char *const *names = weir_function_names(&count);
    assert_true(count > 300);
    for (uint32_t i = 0; i < count; i++) {
        const WeirFunction *function = weir_function_find(names[i]);
        const WeirAggregateFunction *aggregate = weir_aggregate_find(names[i]);
        assert_true(function != NULL || aggregate != NULL);
        if (i > 0)
            assert_true(strcmp(names[i - 1], names[i]) < 0);
        if (function == NULL) {
            assert_non_null(aggregate->buffer);
            assert_non_null(aggregate->usage);
            assert_true(aggregate->resolve != NULL || aggregate->signature != NULL);
            continue;
        }
        assert_non_null(function->usage);
        if (function->kind == WEIR_FUNCTION_SCALAR)
            assert_true(function->resolve != NULL || (function->kernel != NULL && function->signature != NULL));
    }
}

static void names_are_found_in_any_case(void **state)
{
    (void)state;
    assert_ptr_equal(weir_function_find("UCase"), weir_function_find("upper"));
    assert_ptr_equal(weir_aggregate_find("MEAN"), weir_aggregate_find("avg"));
    assert_null(weir_function_find("no_such_function"));
    assert_null(weir_aggregate_find("upper"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_complete),
        cmocka_unit_test(names_are_found_in_any_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
