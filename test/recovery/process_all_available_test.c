/* Waiting for all available data, while the query looks for new files all the time: what was there before the wait has
 * been processed after it, always. ctest-label: full. */
#include <stdatomic.h>
#include <stdio.h>

#include "session/session_private.h"
#include "support/simulated_file_system.h"
#include "support/test.h"

#define ROUNDS 1000

static WeirStatus count_rows(void *context, int64_t batch_id, WeirResult *rows, WeirError *error)
{
    (void)batch_id, (void)error;
    atomic_fetch_add((_Atomic int64_t *)context, weir_result_row_count(rows));
    return WEIR_OK;
}

static void nothing_is_missed(void **state)
{
    (void)state;
    static const char script[] = "SET spark.sql.streaming.pollingDelay = 0;"
                                 "CREATE TEMPORARY VIEW v (value STRING) USING text OPTIONS (path '/in');"
                                 "CREATE STREAMING TABLE q USING foreachBatch AS SELECT * FROM STREAM v;";
    _Atomic int64_t rows = 0;
    WeirError error = {0};
    WeirSession *session = NULL;
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    weir_simulated_file_system_put(fs, "/in/start", "x\n", 1);
    assert_ok(weir_session_open(NULL, &session, &error), error);
    session->fs = fs;
    weir_session_foreach_batch(session, "q", count_rows, &rows);
    assert_ok(weir_session_run(session, script, sizeof(script) - 1, NULL, NULL, &error), error);
    for (int round = 0; round < ROUNDS; round++) {
        char path[64];
        snprintf(path, sizeof(path), "/in/%06d", round);
        weir_simulated_file_system_put(fs, path, "x\n", 2 + round);
        assert_ok(weir_query_process_all_available(weir_session_query(session, 0), &error), error);
        assert_int_equal(atomic_load(&rows), round + 2);
    }
    weir_session_close(session);
    weir_simulated_file_system_free(fs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_missed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
