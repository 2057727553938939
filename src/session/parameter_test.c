/* Statements with values for their markers, and the last statement of a text. */
#include "support/test.h"

#include <string.h>

#include "weir/weir.h"

static bool collect(void *context, const char *text, size_t length)
{
    strncat(context, text, length);
    return true;
}

static WeirStatus rows_of(WeirSession *session, const char *sql, const WeirParameter *parameters, size_t count,
                          char *rows, WeirError *error)
{
    WeirResult *result = NULL;
    rows[0] = '\0';
    WeirStatus status = weir_session_execute_with(session, sql, parameters, count, &result, error);
    if (status == WEIR_OK)
        status = weir_result_write(result, WEIR_FORMAT_JSON, collect, rows, error);
    weir_result_free(result);
    return status;
}

static void markers_get_their_values_by_place_and_by_name(void **state)
{
    (void)state;
    const WeirParameter placed[] = {{NULL, "5"}, {NULL, "'it''s'"}};
    const WeirParameter named[] = {{"n", "-2"}, {"t", "DATE'2024-01-01'"}};
    WeirSession *session = NULL;
    WeirError error = {0};
    char rows[1024];
    assert_int_equal(weir_session_open(NULL, &session, &error), WEIR_OK);
    assert_int_equal(rows_of(session, "SELECT ? + 1 AS a, ? AS b", placed, 2, rows, &error), WEIR_OK);
    assert_string_equal(rows, "{\"a\":6,\"b\":\"it's\"}\n");
    assert_int_equal(rows_of(session, "SELECT 1 - :n AS a, year(:t) AS b, :n AS c", named, 2, rows, &error), WEIR_OK);
    assert_string_equal(rows, "{\"a\":3,\"b\":2024,\"c\":-2}\n");
    assert_int_equal(
        rows_of(session, "SELECT id FROM range(10) LIMIT ?", (WeirParameter[]){{NULL, "1"}}, 1, rows, &error), WEIR_OK);
    assert_string_equal(rows, "{\"id\":0}\n");
    weir_session_close(session);
}

static void wrong_values_are_told(void **state)
{
    (void)state;
    WeirSession *session = NULL;
    WeirError error = {0};
    char rows[1024];
    assert_int_equal(weir_session_open(NULL, &session, &error), WEIR_OK);
    const struct {
        const char *sql;
        WeirParameter parameter;
        const char *condition;
    } cases[] = {
        {"SELECT ?, ?", {NULL, "1"}, "UNBOUND_SQL_PARAMETER"},
        {"SELECT :x", {"y", "1"}, "UNBOUND_SQL_PARAMETER"},
        {"SELECT :x", {NULL, "1"}, "ALL_PARAMETERS_MUST_BE_NAMED"},
        {"SELECT :x, ?", {"x", "1"}, "INVALID_QUERY_MIXED_QUERY_PARAMETERS"},
        {"SELECT ?", {NULL, "1; DROP VIEW v"}, "PARSE_SYNTAX_ERROR"},
        {"SELECT ?", {NULL, "1, 2"}, "PARSE_SYNTAX_ERROR"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        WeirStatus status = rows_of(session, cases[i].sql, &cases[i].parameter, 1, rows, &error);
        assert_string_equal(weir_status_condition(status), cases[i].condition);
    }
    weir_session_close(session);
}

static void a_second_statement_is_no_part_of_the_first(void **state)
{
    (void)state;
    WeirSession *session = NULL;
    WeirError error = {0};
    WeirResult *result = NULL;
    assert_int_equal(weir_session_open(NULL, &session, &error), WEIR_OK);
    WeirStatus status = weir_session_execute(session, "SELECT 1; SELECT 2", &result, &error);
    assert_string_equal(weir_status_condition(status), "PARSE_SYNTAX_ERROR");
    assert_int_equal(weir_session_execute(session, "SELECT 1;", &result, &error), WEIR_OK);
    weir_result_free(result);
    weir_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markers_get_their_values_by_place_and_by_name),
        cmocka_unit_test(wrong_values_are_told),
        cmocka_unit_test(a_second_statement_is_no_part_of_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
