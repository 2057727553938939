/* Memory streams: blocks added by the program, read by streaming queries and as tables. */
#include "support/test.h"

#include <string.h>

#include "weir/weir.h"

static bool collect(void *context, const char *text, size_t length)
{
    strncat(context, text, length);
    return true;
}

static void expect_rows(WeirSession *session, const char *sql, const char *rows)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    char text[4096] = "";
    assert_int_equal(weir_session_execute(session, sql, &result, &error), WEIR_OK);
    assert_int_equal(weir_result_write(result, WEIR_FORMAT_JSON, collect, text, &error), WEIR_OK);
    weir_result_free(result);
    assert_string_equal(text, rows);
}

static void execute(WeirSession *session, const char *sql)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    WeirStatus status = weir_session_execute(session, sql, &result, &error);
    weir_result_free(result);
    if (status != WEIR_OK)
        fail_msg("%s: %s", sql, error.message);
}

static void add(WeirSession *session, const char *lines)
{
    WeirError error = {0};
    assert_int_equal(weir_session_memory_add_json(session, "v", lines, strlen(lines), &error), WEIR_OK);
}

static void blocks_reach_queries_once_and_tables_whole(void **state)
{
    (void)state;
    WeirSession *session = NULL;
    WeirError error = {0};
    assert_int_equal(weir_session_open(NULL, &session, &error), WEIR_OK);
    execute(session, "CREATE TEMPORARY VIEW v (k STRING, x INT) USING memory");
    add(session, "{\"k\":\"a\",\"x\":1}\n{\"k\":\"b\",\"x\":2}\n");
    add(session, "{\"x\":3,\"k\":\"a long text of more than twelve bytes\"}\n");
    expect_rows(session, "SELECT x FROM v ORDER BY x", "{\"x\":1}\n{\"x\":2}\n{\"x\":3}\n");
    execute(session, "CREATE STREAMING TABLE t USING memory OPTIONS (outputMode 'append', queryName 't') AS SELECT x * "
                     "10 AS y FROM STREAM v");
    WeirQuery *query = weir_session_query(session, 0);
    assert_int_equal(weir_query_process_all_available(query, &error), WEIR_OK);
    expect_rows(session, "SELECT y FROM t ORDER BY y", "{\"y\":10}\n{\"y\":20}\n{\"y\":30}\n");
    add(session, "");
    add(session, "{\"k\":null,\"x\":4}");
    assert_int_equal(weir_query_process_all_available(query, &error), WEIR_OK);
    expect_rows(session, "SELECT y FROM t ORDER BY y", "{\"y\":10}\n{\"y\":20}\n{\"y\":30}\n{\"y\":40}\n");
    expect_rows(session, "SELECT count(*) AS n FROM v", "{\"n\":4}\n");
    weir_session_close(session);
}

static void rows_that_do_not_fit_are_refused_whole(void **state)
{
    (void)state;
    WeirSession *session = NULL;
    WeirError error = {0};
    assert_int_equal(weir_session_open(NULL, &session, &error), WEIR_OK);
    execute(session, "CREATE TEMPORARY VIEW v (x INT) USING memory");
    static const char bad[] = "{\"x\":1}\n{\"x\":\"no\"}\n";
    assert_int_not_equal(weir_session_memory_add_json(session, "v", bad, sizeof(bad) - 1, &error), WEIR_OK);
    expect_rows(session, "SELECT count(*) AS n FROM v", "{\"n\":0}\n");
    assert_int_not_equal(weir_session_memory_add_json(session, "nowhere", "", 0, &error), WEIR_OK);
    assert_string_equal(error.condition, "TABLE_OR_VIEW_NOT_FOUND");
    weir_session_close(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_reach_queries_once_and_tables_whole),
        cmocka_unit_test(rows_that_do_not_fit_are_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
