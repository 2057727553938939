/* SQL through parser, analyzer and optimizer: the tree that the planner gets. Shapes were checked against Spark 4.2.1's
 * optimized plans. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "optimizer/optimizer.h"
#include "sql/parser.h"

#include "analyzer/analyzer_test_support.h"

static const char *optimize(TestSession *session, const char *sql)
{
    WeirError error = {0};
    WeirLogicalPlan *plan = test_analyze(session, sql, &error), *optimized = NULL;
    if (plan == NULL || weir_optimize(plan, &session->context, false, &session->arena, &session->next_id, &optimized,
                                      &error) != WEIR_OK)
        return weir_arena_printf(&session->arena, "%s: %s", error.condition, error.message);
    return test_text(session, optimized);
}

static int set_up(void **state)
{
    TestSession *session = test_session_new();
    test_create_view(session, "t", "id INT, ts TIMESTAMP, s STRUCT<a: INT, b: STRING>, n BIGINT", "json");
    test_create_view(session, "u", "id INT, ts TIMESTAMP, w STRING", "json");
    *state = session;
    return 0;
}

static int tear_down(void **state)
{
    test_session_free(*state);
    return 0;
}

typedef struct Case {
    const char *sql, *tree;
} Case;

static const Case cases[] = {
    /* pruning, pushing, collapsing */
    {"SELECT x + 1 AS y FROM (SELECT id AS x, n AS z FROM t) WHERE z > 1 AND 1 = 1",
     "Project [(id#0 + 1) AS y#1]\n"
     "+- Filter (isnotnull(n#2L) AND (n#2L > 1))\n"
     "   +- Relation [id#0, n#2L] json\n"},
    /* a filter stays above the watermark when it looks at the event time */
    {"SELECT id FROM STREAM t WATERMARK ts DELAY OF INTERVAL 10 SECONDS WHERE id > 1 AND ts > TIMESTAMP '2024-01-01 "
     "00:00:00'",
     "~Project [id#0]\n"
     "+- ~Filter (isnotnull(ts#1-T10000ms) AND (ts#1-T10000ms > 2024-01-01 00:00:00))\n"
     "   +- ~EventTimeWatermark uuid, ts#1: timestamp, 10 seconds\n"
     "      +- ~Filter (isnotnull(id#0) AND (id#0 > 1))\n"
     "         +- StreamingRelation [id#0, ts#1] json\n"},
    /* joins: null keys go, sides are filtered and cut */
    {"SELECT t.n FROM t JOIN u ON t.id = u.id AND u.w = 'a'",
     "Project [n#0L]\n"
     "+- Join Inner, (id#1 = id#2)\n"
     "   :- Filter isnotnull(id#1)\n"
     "   :  +- Relation [id#1, n#0L] json\n"
     "   +- Project [id#2]\n"
     "      +- Filter ((isnotnull(w#3) AND (w#3 = a)) AND isnotnull(id#2))\n"
     "         +- Relation [id#2, w#3] json\n"},
    {"SELECT t.n FROM t LEFT JOIN u ON t.id = u.id WHERE u.w = 'a'",
     "Project [n#0L]\n"
     "+- Join Inner, (id#1 = id#2)\n"
     "   :- Filter isnotnull(id#1)\n"
     "   :  +- Relation [id#1, n#0L] json\n"
     "   +- Project [id#2]\n"
     "      +- Filter ((isnotnull(w#3) AND (w#3 = a)) AND isnotnull(id#2))\n"
     "         +- Relation [id#2, w#3] json\n"},
    /* aggregates: repeated keys go, unused results go, keys are filtered below */
    {"SELECT k, c FROM (SELECT id AS k, count(*) AS c, max(n) AS m FROM t GROUP BY id, id) WHERE k > 1",
     "Aggregate [id#0], [id#0 AS k#1, count(1) AS c#2L]\n"
     "+- Filter (isnotnull(id#0) AND (id#0 > 1))\n"
     "   +- Relation [id#0] json\n"},
    {"SELECT DISTINCT id FROM t", "Aggregate [id#0], [id#0]\n+- Relation [id#0] json\n"},
    {"SELECT id FROM t INTERSECT SELECT id FROM u", "Aggregate [id#0], [id#0]\n"
                                                    "+- Join LeftSemi, (id#0 <=> id#1)\n"
                                                    "   :- Relation [id#0] json\n"
                                                    "   +- Relation [id#1] json\n"},
    /* subqueries */
    {"SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)", "Join LeftSemi, (id#0 = id#1)\n"
                                                                          ":- Filter isnotnull(id#1)\n"
                                                                          ":  +- Relation [id#1] json\n"
                                                                          "+- Filter isnotnull(id#0)\n"
                                                                          "   +- Relation [id#0] json\n"},
    {"SELECT id FROM t WHERE id NOT IN (SELECT id FROM u)", "Join LeftAnti, ((id#0 = id#1) OR isnull((id#0 = id#1)))\n"
                                                            ":- Relation [id#0] json\n"
                                                            "+- Relation [id#1] json\n"},
    {"SELECT id, (SELECT count(*) FROM u WHERE u.id = t.id) AS c FROM t",
     "Project [id#0, CASE WHEN isnull(alwaysTrue#1) THEN 0 ELSE count(1)#2L END AS c#3L]\n"
     "+- Join LeftOuter, (id#4 = id#0)\n"
     "   :- Relation [id#0] json\n"
     "   +- Aggregate [id#4], [count(1) AS count(1)#2L, id#4, true AS alwaysTrue#1]\n"
     "      +- Filter isnotnull(id#4)\n"
     "         +- Relation [id#4] json\n"},
    {"SELECT id FROM t WHERE n > (SELECT max(id) FROM u)", "Project [id#0]\n"
                                                           "+- Join Inner, (n#1L > cast(max(id)#2 as bigint))\n"
                                                           "   :- Filter isnotnull(n#1L)\n"
                                                           "   :  +- Relation [id#0, n#1L] json\n"
                                                           "   +- Aggregate [max(id#3) AS max(id)#2]\n"
                                                           "      +- Relation [id#3] json\n"},
    {"SELECT max(n) + (SELECT id FROM u) AS x FROM t",
     "Project [(_value#0L + cast(CASE WHEN single_row(count#1L) THEN id#2 END as bigint)) AS x#3L]\n"
     "+- Join Inner\n"
     "   :- Aggregate [max(n#4L) AS _value#0L]\n"
     "   :  +- Relation [n#4L] json\n"
     "   +- Aggregate [first(id#5) AS id#2, count(1) AS count#1L]\n"
     "      +- Relation [id#5] json\n"},
    /* expressions */
    {"SELECT id FROM t WHERE id BETWEEN 1 AND n",
     "Project [id#0]\n"
     "+- Filter (((isnotnull(id#0) AND isnotnull(n#1L)) AND (id#0 >= 1)) AND (cast(id#0 as bigint) <= n#1L))\n"
     "   +- Relation [id#0, n#1L] json\n"},
    {"SELECT id FROM t WHERE NOT (id > 1 OR id IS NULL) AND s.b LIKE 'a%'",
     "Project [id#0]\n"
     "+- Filter (((id#0 <= 1) AND isnotnull(id#0)) AND startswith(s#1.b, a))\n"
     "   +- Relation [id#0, s#1] json\n"},
    {"SELECT 1 / 0 AS a, 1 + 1 AS b", "Project [(1.0 / 0.0) AS a#0, 2 AS b#1]\n+- OneRowRelation\n"},
};

static void optimizes(void **state)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *tree = optimize(*state, cases[i].sql);
        if (strcmp(tree, cases[i].tree) != 0)
            fail_msg("%s\n%sexpected\n%s", cases[i].sql, tree, cases[i].tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(optimizes, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
