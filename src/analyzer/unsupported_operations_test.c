/* What Spark 4.2.1 refuses at writeStream.start(), query by query and mode by mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sql/parser.h"

#include "analyzer/analyzer_test_support.h"

typedef struct Case {
    const char *sql, *mode, *refusal; /* NULL: accepted; else part of the condition or of the message */
} Case;

#define WATERMARKED "(SELECT * FROM STREAM t WATERMARK ts DELAY OF INTERVAL 10 SECONDS)"
#define OTHER "(SELECT id AS id2, ts AS ts2 FROM STREAM u WATERMARK ts DELAY OF INTERVAL 10 SECONDS)"

static const Case cases[] = {
    {"SELECT id FROM STREAM t", "append", NULL},
    {"SELECT id FROM STREAM t", "update", NULL},
    {"SELECT id FROM STREAM t", "complete", "no streaming aggregations"},
    {"SELECT id FROM STREAM t", "upsert", "STREAMING_OUTPUT_MODE.INVALID"},
    {"SELECT id FROM t", "append", "WRITE_STREAM_NOT_ALLOWED"},
    {"SELECT id, count(*) FROM STREAM t GROUP BY id", "append", "streaming aggregations without watermark"},
    {"SELECT id, count(*) FROM STREAM t GROUP BY id", "update", NULL},
    {"SELECT id, count(*) FROM STREAM t GROUP BY id", "complete", NULL},
    {"SELECT window, count(*) FROM " WATERMARKED " GROUP BY window(ts, '5 seconds')", "append", NULL},
    {"SELECT DISTINCT id FROM STREAM t", "append", "streaming aggregations without watermark"},
    {"SELECT DISTINCT id FROM STREAM t", "update", NULL},
    {"SELECT DISTINCT ts FROM " WATERMARKED, "append", NULL},
    {"SELECT count(DISTINCT id) FROM STREAM t", "update", "Distinct aggregations"},
    {"SELECT max(DISTINCT id) FROM STREAM t", "update", "Distinct aggregations"},
    {"SELECT id FROM STREAM t ORDER BY id", "append", "Sorting is not supported"},
    {"SELECT id FROM STREAM t SORT BY id", "append", "Sorting is not supported"},
    {"SELECT id, count(*) FROM STREAM t GROUP BY id ORDER BY id", "complete", NULL},
    {"SELECT id FROM STREAM t LIMIT 3", "append", NULL},
    {"SELECT id FROM STREAM t LIMIT 3", "update", "Limits are not supported"},
    {"SELECT id FROM STREAM t OFFSET 3", "append", "Offset is not supported"},
    {"SELECT t.id FROM STREAM t JOIN (SELECT id FROM u LIMIT 3 OFFSET 1) x ON t.id = x.id", "append",
     "Offset is not supported"},
    {"SELECT id FROM STREAM t INTERSECT SELECT id FROM u", "append", "Intersect of streaming"},
    {"SELECT id FROM u EXCEPT SELECT id FROM STREAM t", "append", "Except on a streaming"},
    {"SELECT id FROM STREAM u EXCEPT SELECT id FROM STREAM t", "append", "Except on a streaming"},
    {"SELECT id FROM STREAM t UNION ALL SELECT id FROM u", "append", "Union between streaming and batch"},
    {"SELECT count(*) FROM (SELECT id, count(*) FROM STREAM t GROUP BY id)", "update",
     "Detected pattern of possible 'correctness'"},
    {"SELECT count(*) FROM (SELECT DISTINCT id FROM STREAM t)", "complete",
     "Detected pattern of possible 'correctness'"},
    {"SELECT t.id FROM STREAM t JOIN STREAM u ON t.id = u.id", "update", NULL},
    {"SELECT t.id FROM STREAM t LEFT JOIN STREAM u ON t.id = u.id", "append", "Stream-stream LeftOuter join"},
    {"SELECT t.id FROM STREAM t LEFT SEMI JOIN STREAM u ON t.id = u.id", "update", "Stream-stream LeftSemi join"},
    {"SELECT id FROM " WATERMARKED " LEFT JOIN " OTHER " ON id = id2 AND ts = ts2", "append", NULL},
    {"SELECT id FROM " WATERMARKED " LEFT JOIN " OTHER " ON id = id2 AND ts = ts2", "update",
     "only in Append output mode"},
    {"SELECT id FROM " WATERMARKED " LEFT JOIN " OTHER " ON id = id2 AND ts > ts2", "append", NULL},
    {"SELECT id FROM " WATERMARKED " LEFT JOIN " OTHER " ON id = id2 AND ts < ts2", "append",
     "Stream-stream LeftOuter join"},
    {"SELECT t.id FROM STREAM t LEFT ANTI JOIN STREAM u ON t.id = u.id", "append", "LeftAnti joins"},
    {"SELECT u.id FROM u LEFT JOIN STREAM t ON t.id = u.id", "append", "LeftOuter join with a streaming"},
    {"SELECT u.id FROM STREAM t RIGHT JOIN u ON t.id = u.id", "append", "RightOuter join with a streaming"},
    {"SELECT u.id FROM STREAM t FULL JOIN u ON t.id = u.id", "append", "FullOuter joins"},
    {"SELECT t.id FROM STREAM t LEFT JOIN u ON t.id = u.id", "append", NULL},
    {"SELECT t.id FROM STREAM t LEFT ANTI JOIN u ON t.id = u.id", "append", NULL},
    {"SELECT t.id FROM STREAM t CROSS JOIN STREAM u", "append", NULL},
};

static void refuses_what_spark_refuses(void **state)
{
    (void)state;
    TestSession *session = test_session_new();
    test_create_view(session, "t", "id INT, ts TIMESTAMP", "json");
    test_create_view(session, "u", "id INT, ts TIMESTAMP", "json");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        WeirError error = {0};
        WeirLogicalPlan *plan = test_analyze(session, cases[i].sql, &error);
        if (plan == NULL)
            fail_msg("%s: %s %s", cases[i].sql, error.condition, error.message);
        WeirStreamingCheck check = {
            .output_mode = cases[i].mode, .check_correctness = true, .allow_multiple = true, .enabled = true};
        WeirStatus status = weir_check_streaming(plan, &check, &session->arena, &error);
        bool expected = cases[i].refusal == NULL
                            ? status == WEIR_OK
                            : status != WEIR_OK && (strstr(error.message, cases[i].refusal) != NULL ||
                                                    strstr(error.condition, cases[i].refusal) != NULL);
        if (!expected)
            fail_msg("%s (%s): %s %s, expected %s", cases[i].sql, cases[i].mode,
                     status == WEIR_OK ? "accepted" : error.condition, error.message,
                     cases[i].refusal == NULL ? "acceptance" : cases[i].refusal);
    }
    test_session_free(session);
}

static void refuses_batch_reads_of_streams(void **state)
{
    (void)state;
    TestSession *session = test_session_new();
    test_create_view(session, "t", "id INT, ts TIMESTAMP", "json");
    WeirError error = {0};
    assert_int_equal(weir_check_batch(test_analyze(session, "SELECT id FROM t", &error), &error), WEIR_OK);
    assert_int_not_equal(weir_check_batch(test_analyze(session, "SELECT id FROM STREAM t", &error), &error), WEIR_OK);
    assert_non_null(strstr(error.message, "Queries with streaming sources must be executed"));
    test_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_spark_refuses),
        cmocka_unit_test(refuses_batch_reads_of_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
