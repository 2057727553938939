/* Texts that Spark 4.2.1 refuses too: the condition and the place it reports. */
#include "sql/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

typedef struct ErrorCase {
    const char *sql, *condition;
    int32_t column;
} ErrorCase;

static const ErrorCase cases[] = {
    {"SELECT 1 UNION ALL BY NAME SELECT 2", "PARSE_SYNTAX_ERROR", 19},
    {"SELECT a FROM t LATERAL VIEW explode(a) LATERAL VIEW posexplode(b) AS p, q", "PARSE_SYNTAX_ERROR", 53},
    {"SELECT * FROM (SELECT 1) (p)", "PARSE_SYNTAX_ERROR", 25},
    {"SELECT ñ FROM t", "INVALID_IDENTIFIER", 7},
    {"SELECT INTERVAL 1 MONTH 1 DAY", "_LEGACY_ERROR_TEMP_0029", 7},
    {"SELECT INTERVAL '1 month 1 day'", "_LEGACY_ERROR_TEMP_0029", 7},
    {"SELECT INTERVAL 1 FOO", "PARSE_SYNTAX_ERROR", 18},
    {"SELECT DATE 'x'", "INVALID_TYPED_LITERAL", 7},
    {"SELECT TIMESTAMP 'x'", "INVALID_TYPED_LITERAL", 7},
    {"SELECT 128Y", "INVALID_NUMERIC_LITERAL_RANGE", 7},
    {"SELECT 1e500D", "INVALID_NUMERIC_LITERAL_RANGE", 7},
    {"SELECT X'zz'", "INVALID_TYPED_LITERAL", 7},
    {"SELECT timestampadd(HOUR, 1, ts), TIMESTAMPDIFF(DAY, a, b), dateadd(DAY, 1, d), date_diff(a, b), datediff(HOUR, "
     "a, b), date_add(a, 1), timestampadd('HOUR', 1, ts)",
     "INVALID_PARAMETER_VALUE.DATETIME_UNIT", 135},
    {"SELECT a[0].b[1]['x'].c, f(a)[0], (a).b, a.*, struct(a).*", "PARSE_SYNTAX_ERROR", 56},
    {"SELECT a AS `x y`, a 'b'", "UNSUPPORTED_TYPED_LITERAL", 19},
    {"SELECT CEIL(a), CEIL(a, 1), FLOOR(a), year(a), day(a), hour(a), exists(a, x -> x > 0), transform(a, (x) -> x), "
     "grouping(a), mod(a, b)",
     "PARSE_SYNTAX_ERROR", 104},
    {"SELECT a NOT IN (SELECT 1), NOT EXISTS (SELECT 1), a = ANY (SELECT 1)", "PARSE_SYNTAX_ERROR", 67},
    {"SELECT 'unclosed", "PARSE_SYNTAX_ERROR", 7},
    {"SELECT `unclosed", "PARSE_SYNTAX_ERROR", 7},
    {"SELECT", "PARSE_SYNTAX_ERROR", 6},
    {"SELEC 1", "PARSE_SYNTAX_ERROR", 0},
    {"SELECT 1; SELECT 2", "PARSE_SYNTAX_ERROR", 10},
    {"SELECT a b c FROM t", "PARSE_SYNTAX_ERROR", 11},
    {"SELECT (a FROM t", "PARSE_SYNTAX_ERROR", 10},
    {"SELECT a FROM t t u", "PARSE_SYNTAX_ERROR", 18},
    {"SELECT 1 +", "PARSE_SYNTAX_ERROR", 10},
    {"SELECT a..b", "PARSE_SYNTAX_ERROR", 9},
    {"SELECT @a", "PARSE_SYNTAX_ERROR", 7},
    {"-- only comment", "PARSE_SYNTAX_ERROR", 15},
    {"SELECT * FROM STREAM t WATERMARK ts DELAY OF INTERVAL '1 day 2 hours 3.5 seconds'", "PARSE_SYNTAX_ERROR", 81},
    {"SELECT * FROM STREAM t WATERMARK ts DELAY OF '10 seconds'", "PARSE_SYNTAX_ERROR", 45},
    {"SELECT * FROM t x WATERMARK ts DELAY OF INTERVAL 1 DAY", "PARSE_SYNTAX_ERROR", 18},
    {"SELECT * FROM t NATURAL CROSS JOIN u", "INCOMPATIBLE_JOIN_TYPES", 16},
    {"SELECT * FROM t JOIN u USING k", "PARSE_SYNTAX_ERROR", 29},
    {"SELECT * FROM t, LATERAL u", "INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC", 9},
    {"SELECT * FROM t ORDER BY a SORT BY b", "UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES", 16},
    {"WITH a AS (SELECT 1), a AS (SELECT 2) SELECT 1", "DUPLICATED_CTE_NAMES", 0},
    {"SELECT * FROM VALUES (1, 2), (3)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", 14},
    {"SELECT * FROM VALUES (1, 2) AS t(a)", "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", 14},
    {"SELECT a LIKE ANY ()", "_LEGACY_ERROR_TEMP_0064", 9},
    {"SELECT a LIKE 'x' ESCAPE 'ab'", "INVALID_ESC", 9},
    {"SELECT INTERVAL 'x' DAY", "_LEGACY_ERROR_TEMP_0026", 16},
    {"SELECT INTERVAL '1 2' YEAR TO MONTH", "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING", 16},
    {"SELECT INTERVAL 'foo'", "INVALID_TYPED_LITERAL", 7},
    {"SELECT INTERVAL '1' DAY TO YEAR", "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION", 16},
    {"SELECT INTERVAL '1 25' DAY TO HOUR", "_LEGACY_ERROR_TEMP_0063", 16},
    {"SELECT INTERVAL 1 DAY TO HOUR", "_LEGACY_ERROR_TEMP_0027", 16},
    {"SELECT INTERVAL '1' DAY '2:3' HOUR TO MINUTE", "_LEGACY_ERROR_TEMP_0024", 7},
    {"SELECT CAST(a AS FOO)", "UNSUPPORTED_DATATYPE", 17},
    {"SELECT CAST(a AS VARCHAR)", "DATATYPE_MISSING_SIZE", 17},
    {"SELECT CAST(a AS ARRAY)", "INCOMPLETE_TYPE_DEFINITION.ARRAY", 17},
    {"SELECT CAST(a AS INTERVAL MONTH TO DAY)", "PARSE_SYNTAX_ERROR", 32},
    {"SELECT rank() OVER w FROM t WINDOW w AS (PARTITION BY a), w AS (ORDER BY b)",
     "INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", 28},
    {"SELECT sum(a) OVER (ROWS 1 PRECEDING), sum(a) OVER (ROWS BETWEEN a PRECEDING AND INTERVAL 1 DAY FOLLOWING), "
     "sum(a) OVER (w)",
     "_LEGACY_ERROR_TEMP_0064", 65},
    {"FROM t |> WINDOW w AS (PARTITION BY a)", "UNSUPPORTED_FEATURE.CLAUSE_WITH_PIPE_OPERATORS", 10},
    {"FROM t |> LATERAL VIEW explode(a) AS x", "PARSE_SYNTAX_ERROR", 10},
    {"FROM t |> FOO", "PARSE_SYNTAX_ERROR", 10},
    {"SELECT * REPLACE (a AS b) FROM t", "PARSE_SYNTAX_ERROR", 17},
    {"SELECT a FROM t GROUP BY a WITH ROLLUP, b", "PARSE_SYNTAX_ERROR", 38},
    {"SELECT a NOT b", "PARSE_SYNTAX_ERROR", 13},
    {"SELECT a, b,", "PARSE_SYNTAX_ERROR", 12},
    {"SELECT (1, 2", "PARSE_SYNTAX_ERROR", 12},
    {"SELECT a FROM t ORDER a", "PARSE_SYNTAX_ERROR", 22},
    {"SELECT f(a b)", "PARSE_SYNTAX_ERROR", 11},
    {"SELECT CAST(a INT)", "PARSE_SYNTAX_ERROR", 14},
    {"SELECT a IN ()", "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", 9},
    {"SELECT a BETWEEN 1", "PARSE_SYNTAX_ERROR", 18},
    {"SELECT a FROM t JOIN", "PARSE_SYNTAX_ERROR", 20},
    {"SELECT a FROM t WHERE a >", "PARSE_SYNTAX_ERROR", 25},
    {"SELECT a FROM t WHERE a = 1 b", "PARSE_SYNTAX_ERROR", 28},
    {"CREATE TEMPORARY VIEW AS SELECT 1", "PARSE_SYNTAX_ERROR", 25},
    {"CREATE TEMPORARY v AS SELECT 1", "PARSE_SYNTAX_ERROR", 17},
    {"SELECT * FROM t1 JOIN t2 ON a = b WHERE (c", "PARSE_SYNTAX_ERROR", 42},
    {"CREATE GLOBAL TEMPORARY VIEW v (a COMMENT 'x', b) COMMENT 'c' TBLPROPERTIES ('a'='b') AS SELECT 1, 2",
     "_LEGACY_ERROR_TEMP_0035", 0},
    {"CREATE TEMPORARY VIEW IF NOT EXISTS v AS SELECT 1", "_LEGACY_ERROR_TEMP_0053", 0},
    {"CREATE TEMPORARY VIEW a.b AS SELECT 1", "INVALID_TEMP_OBJ_QUALIFIER", 0},
    {"CREATE TEMPORARY VIEW v USING json OPTIONS (path 'x') AS SELECT 1", "PARSE_SYNTAX_ERROR", 54},
    {"CREATE STREAMING TABLE t USING console USING console AS SELECT 1", "PARSE_SYNTAX_ERROR", 39},
    {"CREATE OR REPLACE STREAMING TABLE t AS SELECT 1", "PARSE_SYNTAX_ERROR", 18},
    {"CREATE FLOW f AS SELECT 1", "PARSE_SYNTAX_ERROR", 17},
    {"SET a b = c", "INVALID_SET_SYNTAX", 0},
    {"SET TIME ZONE utc", "_LEGACY_ERROR_TEMP_0045", 0},
    {"SET ROLE x", "INVALID_STATEMENT_OR_CLAUSE", 0},
    {"SET SCHEMA x", "INVALID_SET_SYNTAX", 0},
    {"RESET a b", "INVALID_RESET_COMMAND_FORMAT", 0},
    {"EXPLAIN LOGICAL SELECT 1", "INVALID_STATEMENT_OR_CLAUSE", 0},
    {"SHOW FOO FUNCTIONS", "INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE", 0},
    {"SHOW FOO", "PARSE_SYNTAX_ERROR", 8},
    {"DROP VARIABLE x", "PARSE_SYNTAX_ERROR", 5},
    {"FOO BAR", "PARSE_SYNTAX_ERROR", 0},
    {"GRANT a TO b", "INVALID_STATEMENT_OR_CLAUSE", 0},
    {"CREATE TEMPORARY TABLE t AS SELECT 1", "_LEGACY_ERROR_TEMP_0035", 0},
    {"CREATE TEMPORARY VIEW v USING json OPTIONS (a 1, a 2)", "DUPLICATE_KEY", 43},
    {"CREATE TEMPORARY VIEW v USING json OPTIONS ()", "PARSE_SYNTAX_ERROR", 44},
    {"SELECT INTERVAL '5:70' HOUR TO MINUTE", "_LEGACY_ERROR_TEMP_0063", 16},
    {"SELECT INTERVAL '5:70:1' HOUR TO SECOND", "_LEGACY_ERROR_TEMP_0063", 16},
    {"SELECT INTERVAL '1 2:3:61' DAY TO SECOND", "_LEGACY_ERROR_TEMP_0063", 16},
    {"SELECT INTERVAL '70:61' MINUTE TO SECOND", "_LEGACY_ERROR_TEMP_0063", 16},
    {"SELECT INTERVAL '100' HOUR TO MINUTE", "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE", 16},
    {"SELECT f(a AS)", "PARSE_SYNTAX_ERROR", 11},
    {"SELECT cast(a AS struct<>), cast(a as varchar(3)[])", "PARSE_SYNTAX_ERROR", 48},
    {"SELECT /*+ */ a FROM t", "PARSE_SYNTAX_ERROR", 11},
    {"SELECT a FROM t GROUP BY ()", "PARSE_SYNTAX_ERROR", 26},
    {"SELECT a FROM t1 LEFT JOIN t2 LEFT JOIN t3 ON a ON b", "PARSE_SYNTAX_ERROR", 48},
    {"SELECT * FROM t TABLESAMPLE (200 PERCENT)", "_LEGACY_ERROR_TEMP_0064", 16},
    {"SELECT * FROM t TABLESAMPLE (3)", "_LEGACY_ERROR_TEMP_0016", 16},
    {"SELECT * FROM t TABLESAMPLE (3M)", "_LEGACY_ERROR_TEMP_0015", 16},
    {"SELECT * FROM t TABLESAMPLE ()", "_LEGACY_ERROR_TEMP_0014", 16},
    {"SELECT a FROM t OFFSET 3 LIMIT 2", "PARSE_SYNTAX_ERROR", 25},
    {"SELECT a FROM t ORDER BY a LIMIT 3 UNION SELECT 1", "PARSE_SYNTAX_ERROR", 35},
    {"SELECT a IS NULL = b", "PARSE_SYNTAX_ERROR", 17},
    {"SELECT a IS NULL IS NULL", "PARSE_SYNTAX_ERROR", 20},
    {"SELECT a FROM t PIVOT (count(*) FOR k IN ('a', 'b' AS bb)) AS p (x, y)", "PARSE_SYNTAX_ERROR", 64},
};

static WeirStatus parse(const char *sql, size_t length, WeirError *error)
{
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirStatement *statement = NULL;
    WeirStatus status = weir_sql_parse(sql, length, NULL, &arena, &statement, error);
    weir_arena_deinit(&arena);
    return status;
}

static void test_conditions_and_places(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        WeirError error;
        if (parse(cases[i].sql, strlen(cases[i].sql), &error) == WEIR_OK)
            fail_msg("accepted: %s", cases[i].sql);
        if (strcmp(error.condition, cases[i].condition) != 0 || error.origin.column != cases[i].column)
            print_error("%s\n", cases[i].sql);
        assert_string_equal(error.condition, cases[i].condition);
        assert_int_equal(error.origin.column, cases[i].column);
        assert_int_equal(error.origin.line, 1);
    }
}

static void test_place_counts_lines_and_characters(void **state)
{
    (void)state;
    WeirError error;
    const char *sql = "SELECT 1,\n  '\xc3\xa4\xc3\xa4' x y FROM t";
    assert_int_not_equal(parse(sql, strlen(sql), &error), WEIR_OK);
    assert_int_equal(error.origin.line, 2);
    assert_int_equal(error.origin.column, 9);
    assert_string_equal(error.fragment, "  '\xc3\xa4\xc3\xa4' x y FROM t");
    assert_string_equal(error.sqlstate, "42601");
}

/* `count` times `before`, then `middle`, then `count` times `after`. */
static WeirStatus parse_repeated(size_t count, const char *before, const char *middle, const char *after,
                                 WeirError *error)
{
    WeirBuffer sql;
    weir_buffer_init(&sql, 0, NULL);
    weir_buffer_append_text(&sql, "SELECT ");
    for (size_t i = 0; i < count; i++)
        weir_buffer_append_text(&sql, before);
    weir_buffer_append_text(&sql, middle);
    for (size_t i = 0; i < count; i++)
        weir_buffer_append_text(&sql, after);
    WeirStatus status = parse(weir_buffer_text(&sql), sql.length, error);
    weir_buffer_deinit(&sql);
    return status;
}

static void test_nesting_has_a_limit(void **state)
{
    (void)state;
    WeirError error;
    assert_int_equal(parse_repeated(900, "(", "1", ")", &error), WEIR_OK);
    static const char *const nests[][3] = {{"(", "1", ")"},
                                           {"- ", "1", ""},
                                           {"NOT ", "a", ""},
                                           {"f(", "1", ")"},
                                           {"(SELECT ", "1", ")"},
                                           {"1 + ", "1", ""},
                                           {"CASE WHEN ", "a", " THEN 1 END"},
                                           {"a[", "1", "]"},
                                           {"x -> ", "1", ""},
                                           {"CAST(1 AS ARRAY<", "1", ""},
                                           {"(1 FROM (", "1", ""},
                                           {"", "1", " UNION ALL SELECT 1"},
                                           {"", "1", " |> SELECT 1"},
                                           {"a.", "b", "[1]"}};
    for (size_t i = 0; i < sizeof nests / sizeof nests[0]; i++)
        assert_int_not_equal(parse_repeated(20000, nests[i][0], nests[i][1], nests[i][2], &error), WEIR_OK);
    /* AND and OR are balanced, lists are flat. */
    assert_int_equal(parse_repeated(20000, "a AND ", "b", " OR c = 1", &error), WEIR_OK);
    assert_int_equal(parse_repeated(20000, "1, ", "2", "", &error), WEIR_OK);
}

static void test_length_has_a_limit(void **state)
{
    (void)state;
    size_t length = (16u << 20) + 1;
    char *sql = weir_malloc(length);
    memset(sql, ' ', length);
    WeirError error;
    assert_int_not_equal(parse(sql, length, &error), WEIR_OK);
    weir_free(sql);
}

static void test_memory_has_a_limit(void **state)
{
    (void)state;
    WeirMemoryTracker tracker;
    weir_memory_tracker_init(&tracker, NULL, "parser", 1 << 20);
    WeirArena arena;
    weir_arena_init(&arena, &tracker);
    WeirBuffer sql;
    weir_buffer_init(&sql, 0, NULL);
    weir_buffer_append_text(&sql, "SELECT 1");
    for (int i = 0; i < 1000000; i++)
        weir_buffer_append_text(&sql, ", 1");
    WeirError error;
    WeirStatement *statement = NULL;
    WeirStatus status = weir_sql_parse(weir_buffer_text(&sql), sql.length, NULL, &arena, &statement, &error);
    assert_int_equal(status, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY);
    weir_buffer_deinit(&sql);
    weir_arena_deinit(&arena);
    weir_memory_tracker_deinit(&tracker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conditions_and_places), cmocka_unit_test(test_place_counts_lines_and_characters),
        cmocka_unit_test(test_nesting_has_a_limit), cmocka_unit_test(test_length_has_a_limit),
        cmocka_unit_test(test_memory_has_a_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
