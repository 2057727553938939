/* The function table is complete in itself; with WEIR_FUNCTIONS_MD set, its documentation is written to that file. */
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

static void write_documentation(void **state)
{
    (void)state;
    const char *path = getenv("WEIR_FUNCTIONS_MD");
    if (path == NULL)
        skip();
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    uint32_t count = 0;
    const char *const *names = weir_function_names(&count);
    fprintf(out, "# Functions\n\nGenerated from the function table. Names are Spark's; what they do is what Spark 4.2 "
                 "does.\n\n| function | group | what it gives |\n|---|---|---|\n");
    for (uint32_t i = 0; i < count; i++) {
        const WeirFunction *function = weir_function_find(names[i]);
        const WeirAggregateFunction *aggregate = weir_aggregate_find(names[i]);
        const char *group = function != NULL ? function->group : aggregate->group,
                   *usage = function != NULL ? function->usage : aggregate->usage;
        fprintf(out, "| `%s` | %s | ",
                strcmp(names[i], "|") == 0    ? "\\|"
                : strcmp(names[i], "||") == 0 ? "\\|\\|"
                                              : names[i],
                group == NULL ? "" : group);
        for (const char *c = usage == NULL ? "" : usage; *c != '\0'; c++)
            fprintf(out, *c == '|' ? "\\|" : "%c", *c);
        fprintf(out, " |\n");
    }
    assert_int_equal(fclose(out), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_complete),
        cmocka_unit_test(names_are_found_in_any_case),
        cmocka_unit_test(write_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
