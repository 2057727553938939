/* Settings that only a program sees: how long stop waits, how many reports are kept, how often an idle query reports.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/test.h"
#include "weir/weir.h"

static const char rows[] = "{\"k\":1}\n";

static WeirSession *open_session(const char *const *conf, size_t conf_count)
{
    WeirError error = {0};
    WeirSession *session = NULL;
    WeirSessionOptions options = {.struct_bytes = sizeof(options), .conf = conf, .conf_count = conf_count};
    assert_ok(weir_session_open(&options, &session, &error), error);
    return session;
}

static WeirQuery *start(WeirSession *session, const char *sink)
{
    WeirError error = {0};
    char script[400];
    snprintf(script, sizeof(script),
             "CREATE TEMPORARY VIEW v (k BIGINT) USING memory; CREATE STREAMING TABLE q USING %s OPTIONS (outputMode "
             "'append') AS SELECT * FROM STREAM v;",
             sink);
    assert_ok(weir_session_run(session, script, strlen(script), NULL, NULL, &error), error);
    return weir_session_query(session, 0);
}

static void add_row(WeirSession *session)
{
    WeirError error = {0};
    assert_ok(weir_session_memory_add_json(session, "v", rows, sizeof(rows) - 1, &error), error);
}

typedef struct SlowSink {
    _Atomic bool entered, leave;
} SlowSink;

static WeirStatus take_long(void *context, int64_t batch_id, WeirResult *result, WeirError *error)
{
    SlowSink *sink = context;
    (void)batch_id, (void)result, (void)error;
    atomic_store(&sink->entered, true);
    while (!atomic_load(&sink->leave))
        usleep(1000);
    return WEIR_OK;
}

static void stop_waits_no_longer_than_the_timeout(void **state)
{
    (void)state;
    static const char *const conf[] = {"spark.sql.streaming.stopTimeout", "20ms"};
    WeirError error = {0};
    SlowSink sink = {0};
    bool ended = false;
    WeirSession *session = open_session(conf, 2);
    weir_session_foreach_batch(session, "q", take_long, &sink);
    WeirQuery *query = start(session, "foreachBatch");
    add_row(session);
    while (!atomic_load(&sink.entered))
        usleep(1000);
    assert_int_not_equal(weir_query_stop(query, &error), WEIR_OK);
    assert_non_null(strstr(error.message, "stopTimeout"));
    assert_true(weir_query_is_active(query));
    atomic_store(&sink.leave, true);
    assert_ok(weir_query_await(query, 60000, &ended, &error), error);
    assert_true(ended);
    weir_session_close(session);
}

static size_t count_batches(const char *json)
{
    size_t count = 0;
    for (const char *at = json; (at = strstr(at, "\"batchId\"")) != NULL; at++)
        count++;
    return count;
}

static void only_the_newest_reports_are_kept(void **state)
{
    (void)state;
    static const char *const conf[] = {"spark.sql.streaming.numRecentProgressUpdates", "3"};
    WeirError error = {0};
    WeirSession *session = open_session(conf, 2);
    WeirQuery *query = start(session, "noop");
    for (int i = 0; i < 6; i++) {
        add_row(session);
        assert_ok(weir_query_process_all_available(query, &error), error);
    }
    char *recent = weir_query_recent_progress(query);
    assert_int_equal(count_batches(recent), 3);
    weir_string_free(recent);
    weir_session_close(session);
}

static void count_event(void *context, const char *json)
{
    (void)json;
    atomic_fetch_add((_Atomic int *)context, 1);
}

static void an_idle_query_reports_at_its_interval(void **state)
{
    (void)state;
    static const struct {
        const char *interval;
        bool often;
    } cases[] = {{"10ms", true}, {"10m", false}};
    for (size_t i = 0; i < 2; i++) {
        const char *const conf[] = {"spark.sql.streaming.noDataProgressEventInterval", cases[i].interval};
        _Atomic int idle = 0;
        WeirListener listener = {.context = &idle, .on_idle = count_event};
        WeirSession *session = open_session(conf, 2);
        weir_session_add_listener(session, &listener);
        WeirQuery *query = start(session, "noop");
        for (int wait = 0; wait < (cases[i].often ? 20000 : 300) && atomic_load(&idle) < 4; wait++)
            usleep(1000);
        assert_true(weir_query_is_active(query));
        assert_true(cases[i].often ? atomic_load(&idle) >= 4 : atomic_load(&idle) <= 1);
        weir_session_close(session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_waits_no_longer_than_the_timeout),
        cmocka_unit_test(only_the_newest_reports_are_kept),
        cmocka_unit_test(an_idle_query_reports_at_its_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
