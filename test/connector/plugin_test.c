/* The example plug-in through SQL: found by name in WEIR_MODULE_PATH, read as a table and as a stream, written to. */
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "weir/weir.h"

static bool collect(void *context, const char *text, size_t length)
{
    strncat(context, text, length);
    return true;
}

static void execute(WeirSession *session, const char *sql, char *rows)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    assert_ok(weir_session_execute(session, sql, &result, &error), error);
    if (rows != NULL)
        assert_ok(weir_result_write(result, WEIR_FORMAT_JSON, collect, rows, &error), error);
    weir_result_free(result);
}

static void a_source_is_read_as_table_and_stream(void **state)
{
    WeirSession *session = *state;
    WeirError error = {0};
    char rows[4096] = "";
    execute(session, "CREATE TEMPORARY VIEW c USING counter OPTIONS (rows '25', rowsPerBatch '10')", NULL);
    execute(session, "SELECT count(*) AS a, sum(n) AS s, max(name) AS m FROM c", rows);
    assert_string_equal(rows, "{\"a\":25,\"s\":300,\"m\":\"row 9\"}\n");
    execute(session,
            "CREATE STREAMING TABLE out USING memory OPTIONS (outputMode 'append', queryName 'out') AS SELECT n FROM "
            "STREAM c WHERE n % 8 = 0",
            NULL);
    assert_ok(weir_query_process_all_available(weir_session_query(session, 0), &error), error);
    rows[0] = '\0';
    execute(session, "SELECT n FROM out ORDER BY n", rows);
    assert_string_equal(rows, "{\"n\":0}\n{\"n\":8}\n{\"n\":16}\n{\"n\":24}\n");
}

static void a_sink_counts_each_epoch_once(void **state)
{
    WeirSession *session = *state;
    WeirError error = {0};
    char folder[] = "/tmp/weir_plugin_XXXXXX", sql[600], path[64], text[128] = "";
    assert_non_null(mkdtemp(folder));
    execute(session, "CREATE TEMPORARY VIEW d USING counter OPTIONS (rows '25', rowsPerBatch '10')", NULL);
    snprintf(sql, sizeof(sql),
             "CREATE STREAMING TABLE t USING tally OPTIONS (outputMode 'append', trigger 'availableNow', "
             "checkpointLocation '%s/ck', path "
             "'%s/tally') AS SELECT n FROM STREAM d",
             folder, folder);
    execute(session, sql, NULL);
    assert_ok(weir_query_await(weir_session_query(session, 0), 60000, NULL, &error), error);
    snprintf(path, sizeof(path), "%s/tally", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "0 10\n1 10\n2 5\n");
    snprintf(sql, sizeof(sql), "rm -rf '%s'", folder);
    assert_int_equal(system(sql), 0);
}

static void a_name_that_no_file_has_is_not_found(void **state)
{
    WeirError error = {0};
    WeirResult *result = NULL;
    assert_condition(weir_session_execute(*state, "CREATE TEMPORARY VIEW x USING nowhere", &result, &error), error,
                     "DATA_SOURCE_NOT_FOUND");
    assert_condition(weir_session_execute(*state, "CREATE TEMPORARY VIEW x USING `../counter`", &result, &error), error,
                     "DATA_SOURCE_NOT_FOUND");
}

static int open_session(void **state)
{
    WeirError error;
    WeirSession *session = NULL;
    int status = weir_session_open(NULL, &session, &error);
    *state = session;
    return status;
}

static int close_session(void **state)
{
    weir_session_close(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_source_is_read_as_table_and_stream, open_session, close_session),
        cmocka_unit_test_setup_teardown(a_sink_counts_each_epoch_once, open_session, close_session),
        cmocka_unit_test_setup_teardown(a_name_that_no_file_has_is_not_found, open_session, close_session),
    };
    const char *build = getenv("WEIR_TEST_BUILD");
    char path[4096];
    snprintf(path, sizeof(path), "/nonexistent:%s/tests/plugins", build == NULL ? "." : build);
    setenv("WEIR_MODULE_PATH", path, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
