/* Splitting scripts and replacing ${name}. */
#include "sql/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void expect_split(const char *script, const char *const *statements, const int32_t *lines, size_t count)
{
    size_t position = 0;
    for (size_t i = 0; i <= count; i++) {
        const char *statement = NULL;
        size_t length = 0;
        int32_t line = 0;
        assert_int_equal(weir_sql_split(script, strlen(script), &position, &statement, &length, &line, NULL), WEIR_OK);
        if (i == count) {
            assert_int_equal(length, 0);
            return;
        }
        assert_int_equal(length, strlen(statements[i]));
        assert_memory_equal(statement, statements[i], length);
        assert_int_equal(line, lines[i]);
    }
}

static void test_split(void **state)
{
    (void)state;
    expect_split(";; -- nothing\n /* ; */ ;", NULL, NULL, 0);
    expect_split("SET a = 1;\n\n-- a remark; with a semicolon\nSELECT ';', \"a;b\", `c;d` /* ; /* ; */ */ -- ;\n, "
                 "1\n;\nSELECT 2",
                 (const char *const[]){
                     "SET a = 1", "-- a remark; with a semicolon\nSELECT ';', \"a;b\", `c;d` /* ; /* ; */ */ -- ;\n, 1",
                     "SELECT 2"},
                 (const int32_t[]){1, 3, 7}, 3);
    expect_split(
        "BEGIN SELECT 1; IF a THEN SELECT CASE WHEN b THEN 1 END; END IF; END; SELECT 3",
        (const char *const[]){"BEGIN SELECT 1; IF a THEN SELECT CASE WHEN b THEN 1 END; END IF; END", "SELECT 3"},
        (const int32_t[]){1, 1}, 2);
    expect_split("SELECT 'open; SELECT 1", (const char *const[]){"SELECT 'open; SELECT 1"}, (const int32_t[]){1}, 1);
    expect_split("SELECT r'\\';SELECT 'it''s\\';'", (const char *const[]){"SELECT r'\\'", "SELECT 'it''s\\';'"},
                 (const int32_t[]){1, 1}, 2);
}

static const char *lookup(void *context, const char *name)
{
    (void)context;
    if (strcmp(name, "a") == 0)
        return "1";
    if (strcmp(name, "b.c") == 0)
        return "[${a}]";
    return strcmp(name, "loop") == 0 ? "${loop}" : NULL;
}

static void expect_substituted(const char *text, const char *expected)
{
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    const char *out = NULL;
    size_t length = 0;
    assert_int_equal(weir_sql_substitute(text, strlen(text), lookup, NULL, &arena, &out, &length, NULL), WEIR_OK);
    assert_string_equal(out, expected);
    assert_int_equal(length, strlen(expected));
    weir_arena_deinit(&arena);
}

static void test_substitute(void **state)
{
    (void)state;
    expect_substituted("SELECT 1", "SELECT 1");
    expect_substituted("SELECT ${a}, '${b.c}' $ {a} ${ a}", "SELECT 1, '[1]' $ {a} ${ a}");
    expect_substituted("${hivevar:a}${spark:b.c}", "1[1]");
    expect_substituted("SELECT ${nosuch} AS v", "SELECT  AS v");
    expect_substituted("${}${a", "${}${a");
    expect_substituted("<${loop}>", "<${loop}>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_split), cmocka_unit_test(test_substitute)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
