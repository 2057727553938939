/* SQL through parser and analyzer: the resolved tree, or the condition that refuses it. Trees were checked against
 * EXPLAIN EXTENDED of Spark 4.2.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sql/parser.h"

#include "analyzer/analyzer_test_support.h"

static const char *analyze(TestSession *session, const char *sql)
{
    return test_explain(session, sql);
}

static int set_up(void **state)
{
    TestSession *session = test_session_new();
    test_create_view(session, "t", "id INT, ts TIMESTAMP, s STRUCT<a: INT, b: STRING>, n BIGINT", "json");
    test_create_view(session, "lines", "value STRING", "socket");
    *state = session;
    return 0;
}

static int tear_down(void **state)
{
    test_session_free(*state);
    return 0;
}

static void resolves_names(void **state)
{
    assert_string_equal(analyze(*state, "SELECT ID, x.s.a, s.b AS c FROM t x WHERE n > 1"),
                        "Project [ID#0, s#1.a AS a#2, s#1.b AS c#3]\n"
                        "+- Filter (n#4L > cast(1 as bigint))\n"
                        "   +- SubqueryAlias x\n"
                        "      +- SubqueryAlias t\n"
                        "         +- View (`t`, [id#0, ts#5, s#1, n#4L])\n"
                        "            +- Relation [id#0, ts#5, s#1, n#4L] json\n");
}

static void resolves_aggregates(void **state)
{
    assert_string_equal(
        analyze(*state, "SELECT id + 1 AS k, count(*) FROM t GROUP BY k HAVING max(n) > 1 ORDER BY 2"),
        "Sort [count(1)#0L ASC NULLS FIRST], true\n"
        "+- Project [k#1, count(1)#0L]\n"
        "   +- Filter (max(n)#2L > cast(1 as bigint))\n"
        "      +- Aggregate [(id#3 + 1)], [(id#3 + 1) AS k#1, count(1) AS count(1)#0L, max(n#4L) AS max(n)#2L]\n"
        "         +- SubqueryAlias t\n"
        "            +- View (`t`, [id#3, ts#5, s#6, n#4L])\n"
        "               +- Relation [id#3, ts#5, s#6, n#4L] json\n");
}

static void resolves_lateral_aliases(void **state)
{
    assert_string_equal(analyze(*state, "SELECT id AS x, x + 1 AS y, y * 2 FROM t"),
                        "Project [x#0, y#1, (y#1 * 2) AS (lateralAliasReference(y) * 2)#2]\n"
                        "+- Project [id#3, ts#4, s#5, n#6L, x#0, (x#0 + 1) AS y#1]\n"
                        "   +- Project [id#3, ts#4, s#5, n#6L, id#3 AS x#0]\n"
                        "      +- SubqueryAlias t\n"
                        "         +- View (`t`, [id#3, ts#4, s#5, n#6L])\n"
                        "            +- Relation [id#3, ts#4, s#5, n#6L] json\n");
}

static void resolves_windows_of_time(void **state)
{
    assert_string_equal(analyze(*state,
                                "SELECT window, count(*) FROM STREAM t WATERMARK ts DELAY OF INTERVAL 10 SECONDS "
                                "GROUP BY window(ts, '5 seconds')"),
                        "~Aggregate [window#0-T10000ms], [window#0-T10000ms, count(1) AS count(1)#1L]\n"
                        "+- ~Project [window(ts#2-T10000ms, 5000000, 5000000, 0, 0) AS window#0-T10000ms, id#3, "
                        "ts#2-T10000ms, s#4, n#5L]\n"
                        "   +- ~Filter isnotnull(ts#2-T10000ms)\n"
                        "      +- ~EventTimeWatermark uuid, ts#2: timestamp, 10 seconds\n"
                        "         +- ~SubqueryAlias t\n"
                        "            +- ~View (`t`, [id#3, ts#2, s#4, n#5L])\n"
                        "               +- StreamingRelation [id#3, ts#2, s#4, n#5L] json\n");
}

static void resolves_using_joins(void **state)
{
    assert_string_equal(analyze(*state, "SELECT b.id, id FROM t a RIGHT JOIN range(3) b USING (id)"),
                        "Project [id#0L, id#0L]\n"
                        "+- Project [id#0L, ts#1, s#2, n#3L]\n"
                        "   +- Join RightOuter, (cast(id#4 as bigint) = id#0L)\n"
                        "      :- SubqueryAlias a\n"
                        "      :  +- SubqueryAlias t\n"
                        "      :     +- View (`t`, [id#4, ts#1, s#2, n#3L])\n"
                        "      :        +- Relation [id#4, ts#1, s#2, n#3L] json\n"
                        "      +- SubqueryAlias b\n"
                        "         +- Range (0, 3, step=1)\n");
}

static void resolves_set_operations(void **state)
{
    assert_string_equal(analyze(*state, "SELECT 1 AS a UNION ALL SELECT n FROM t"),
                        "Union false, false\n"
                        ":- Project [cast(a#0 as bigint) AS a#1L]\n"
                        ":  +- Project [1 AS a#0]\n"
                        ":     +- OneRowRelation\n"
                        "+- Project [n#2L]\n"
                        "   +- SubqueryAlias t\n"
                        "      +- View (`t`, [id#3, ts#4, s#5, n#2L])\n"
                        "         +- Relation [id#3, ts#4, s#5, n#2L] json\n");
}

static void resolves_window_functions(void **state)
{
    assert_string_equal(analyze(*state, "SELECT id, sum(n) OVER (PARTITION BY s.a) AS x FROM t"),
                        "Project [id#0, x#1L]\n"
                        "+- Window [sum(n#2L) windowspecdefinition(_w0#3, specifiedwindowframe(RowFrame, "
                        "unboundedpreceding$(), unboundedfollowing$())) AS x#1L], [_w0#3]\n"
                        "   +- Project [id#0, n#2L, s#4.a AS _w0#3]\n"
                        "      +- SubqueryAlias t\n"
                        "         +- View (`t`, [id#0, ts#5, s#4, n#2L])\n"
                        "            +- Relation [id#0, ts#5, s#4, n#2L] json\n");
}

static void resolves_generators(void **state)
{
    assert_string_equal(analyze(*state, "SELECT id, explode(split(s.b, ',')) AS word FROM t"),
                        "Project [id#0, word#1]\n"
                        "+- Generate explode(split(s#2.b, ,, -1)), false, [word#1]\n"
                        "   +- SubqueryAlias t\n"
                        "      +- View (`t`, [id#0, ts#3, s#2, n#4L])\n"
                        "         +- Relation [id#0, ts#3, s#2, n#4L] json\n");
}

static void resolves_grouping_sets(void **state)
{
    assert_string_equal(analyze(*state, "SELECT id, count(*), grouping(id) AS g FROM t GROUP BY ROLLUP(id)"),
                        "Aggregate [id#0, spark_grouping_id#1L], [id#0, count(1) AS count(1)#2L, "
                        "cast((shiftright(spark_grouping_id#1L, 0) & 1) as tinyint) AS g#3]\n"
                        "+- Expand [[id#4, ts#5, s#6, n#7L, id#8, 0], [id#4, ts#5, s#6, n#7L, null, 1]], "
                        "[id#4, ts#5, s#6, n#7L, id#0, spark_grouping_id#1L]\n"
                        "   +- Project [id#4, ts#5, s#6, n#7L, id#4 AS id#8]\n"
                        "      +- SubqueryAlias t\n"
                        "         +- View (`t`, [id#4, ts#5, s#6, n#7L])\n"
                        "            +- Relation [id#4, ts#5, s#6, n#7L] json\n");
}

typedef struct Refusal {
    const char *sql, *condition;
    int column;
} Refusal;

static const Refusal refusals[] = {
    {"SELECT idd FROM t", "UNRESOLVED_COLUMN.WITH_SUGGESTION", 7},
    {"SELECT idd", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", 7},
    {"SELECT id FROM t a JOIN t b", "AMBIGUOUS_REFERENCE", 7},
    {"SELECT * FROM nosuch", "TABLE_OR_VIEW_NOT_FOUND", 14},
    {"SELECT nosuch(id) FROM t", "UNRESOLVED_ROUTINE", 7},
    {"SELECT q.* FROM t", "CANNOT_RESOLVE_STAR_EXPAND", 7},
    {"SELECT s.zz FROM t", "FIELD_NOT_FOUND", 7},
    {"SELECT id.zz FROM t", "INVALID_EXTRACT_BASE_FIELD_TYPE", 7},
    {"SELECT id, max(n) FROM t", "MISSING_GROUP_BY", 0},
    {"SELECT id, n FROM t GROUP BY id", "MISSING_AGGREGATION", 11},
    {"SELECT max(count(*)) FROM t", "NESTED_AGGREGATE_FUNCTION", 11},
    {"SELECT id FROM t WHERE max(id) > 1", "INVALID_WHERE_CONDITION", -1},
    {"SELECT id FROM t WHERE id", "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", -1},
    {"SELECT id FROM t GROUP BY max(id)", "GROUP_BY_AGGREGATE", 26},
    {"SELECT id, max(id) FROM t GROUP BY 2", "GROUP_BY_POS_AGGREGATE", 35},
    {"SELECT id FROM t GROUP BY 3", "GROUP_BY_POS_OUT_OF_RANGE", 26},
    {"SELECT id FROM t ORDER BY 3", "ORDER_BY_POS_OUT_OF_RANGE", 26},
    {"SELECT DISTINCT id FROM t ORDER BY n", "UNRESOLVED_COLUMN.WITH_SUGGESTION", 35},
    {"SELECT id FROM t GROUP BY id ORDER BY n", "UNRESOLVED_COLUMN.WITH_SUGGESTION", 38},
    {"SELECT id FROM t LIMIT -1", "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", 23},
    {"SELECT id FROM t LIMIT 'a'", "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE", 23},
    {"SELECT a.id FROM t a JOIN t b ON a.id", "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", 21},
    {"SELECT id FROM t UNION SELECT id, ts FROM t", "NUM_COLUMNS_MISMATCH", 0},
    {"SELECT id FROM t UNION SELECT s FROM t", "INCOMPATIBLE_COLUMN_TYPE", 0},
    {"SELECT * FROM t a JOIN t b USING (zz)", "UNRESOLVED_USING_COLUMN_FOR_JOIN", -1},
    {"SELECT grouping(id) FROM t GROUP BY id", "UNSUPPORTED_GROUPING_EXPRESSION", 7},
    {"SELECT (SELECT id, n FROM t)", "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
     7},
    {"SELECT id IN (SELECT id, n FROM t) FROM t", "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", -1},
    {"SELECT id FROM t WHERE id IN (SELECT id FROM STREAM t)", "INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY", -1},
    {"SELECT sum(id) OVER (RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM t",
     "DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER", -1},
    {"SELECT count(DISTINCT id) OVER () FROM t", "DISTINCT_WINDOW_FUNCTION_UNSUPPORTED", 7},
    {"SELECT sum(id) OVER w FROM t", "MISSING_WINDOW_SPECIFICATION", -1},
    {"SELECT id FROM t QUALIFY id = 1", "QUALIFY_REQUIRES_WINDOW_FUNCTION", -1},
    {"SELECT * FROM lines", "_LEGACY_ERROR_TEMP_1135", 14},
    {"SELECT rank() FROM t", "WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", -1},
    {"SELECT rank() OVER () FROM t", "WINDOW_FUNCTION_FRAME_NOT_ORDERED", -1},
    {"SELECT id FROM t WHERE row_number() OVER (ORDER BY id) > 1", "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", -1},
    {"SELECT explode(split(s.b, ',')) + 1 FROM t", "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", -1},
    {"SELECT id FROM t WHERE explode(split(s.b, ',')) = 'a'", "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", -1},
    {"SELECT id, explode(split(s.b, ',')), count(*) FROM t GROUP BY id", "MISSING_AGGREGATION", -1},
    {"SELECT window(ts, '1 month') FROM t", "_LEGACY_ERROR_TEMP_3231", 7},
    {"SELECT window(ts, 'foo') FROM t", "CANNOT_PARSE_INTERVAL", 7},
    {"SELECT window(ts, '-1 second') FROM t", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", 7},
    {"SELECT window(ts, '1 second', '2 seconds') FROM t", "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION", 7},
    {"SELECT window(id, '1 second') FROM t", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", 7},
    {"SELECT window(ts, '2 seconds'), window(ts, '3 seconds') FROM t", "_LEGACY_ERROR_TEMP_1039", -1},
    {"SELECT window_time(s) FROM t", "_LEGACY_ERROR_TEMP_3101", 7},
    {"SELECT * FROM STREAM t WATERMARK id DELAY OF INTERVAL 10 SECONDS", "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE", 23},
    {"SELECT * FROM STREAM t WATERMARK ts DELAY OF INTERVAL -10 SECONDS", "_LEGACY_ERROR_TEMP_0000", -1},
};

static void refuses_with_sparks_conditions(void **state)
{
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        WeirError error = {0};
        WeirLogicalPlan *plan = test_analyze(*state, refusals[i].sql, &error);
        if (plan != NULL || strcmp(error.condition, refusals[i].condition) != 0)
            fail_msg("%s: %s, expected %s", refusals[i].sql, plan != NULL ? "accepted" : error.condition,
                     refusals[i].condition);
        if (refusals[i].column >= 0 && error.origin.column != refusals[i].column)
            fail_msg("%s: at %d, expected %d", refusals[i].sql, error.origin.column, refusals[i].column);
    }
}

static void shares_streams_but_in_joins(void **state)
{
    WeirError error = {0};
    WeirLogicalPlan *both = test_analyze(*state, "SELECT id FROM STREAM t UNION ALL SELECT id FROM STREAM t", &error);
    const WeirLogicalPlan *left = both->children[0], *right = both->children[1];
    while (left->child_count > 0)
        left = left->children[0];
    while (right->child_count > 0)
        right = right->children[0];
    assert_ptr_equal(left->relation, right->relation);
    both = test_analyze(*state, "SELECT a.id FROM STREAM t a JOIN STREAM t b ON a.id = b.id", &error);
    left = both->children[0]->children[0];
    right = both->children[0]->children[1];
    while (left->child_count > 0)
        left = left->children[0];
    while (right->child_count > 0)
        right = right->children[0];
    assert_ptr_not_equal(left->relation, right->relation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(resolves_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_aggregates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_lateral_aliases, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_windows_of_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_using_joins, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_set_operations, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_window_functions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_generators, set_up, tear_down),
        cmocka_unit_test_setup_teardown(resolves_grouping_sets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_with_sparks_conditions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shares_streams_but_in_joins, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
