/* Statements that are not queries: what the session gets of them. */
#include "sql/parser.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static WeirArena arena;

static WeirStatement *parse(const char *sql)
{
    WeirError error;
    WeirStatement *statement = NULL;
    WeirStatus status = weir_sql_parse(sql, strlen(sql), NULL, &arena, &statement, &error);
    if (status != WEIR_OK)
        fail_msg("%s: [%s] %s", sql, error.condition, error.message);
    assert_string_equal(statement->text, sql);
    return statement;
}

static int set_up(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    weir_arena_deinit(&arena);
    return 0;
}

static void test_view_over_a_source(void **state)
{
    (void)state;
    WeirStatement *s =
        parse("CREATE OR REPLACE TEMP VIEW v (a INT, b STRUCT<x:INT, y ARRAY<STRING>> COMMENT 'c') USING json "
              "OPTIONS (path 'p', maxFilesPerTrigger 1, a.b true, 'c d' = 1.5, 'e' 'f')");
    assert_int_equal(s->kind, WEIR_STATEMENT_CREATE_TEMPORARY_VIEW);
    assert_true(s->or_replace && !s->is_global);
    assert_string_equal(s->name, "v");
    assert_string_equal(s->format, "json");
    assert_string_equal(s->schema_ddl, "a INT, b STRUCT<x:INT, y ARRAY<STRING>> COMMENT 'c'");
    static const char *const options[][2] = {
        {"path", "p"}, {"maxFilesPerTrigger", "1"}, {"a.b", "true"}, {"c d", "1.5"}, {"e", "f"}};
    assert_int_equal(s->option_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        assert_string_equal(s->options[i].key, options[i][0]);
        assert_string_equal(s->options[i].value, options[i][1]);
    }
    assert_null(s->plan);
}

static void test_view_over_a_query(void **state)
{
    (void)state;
    WeirStatement *s = parse("CREATE GLOBAL TEMPORARY VIEW v (a COMMENT 'x', b) COMMENT 'y' AS SELECT 1, 2");
    assert_true(s->is_global);
    assert_int_equal(s->name_count, 2);
    assert_string_equal(s->names[1], "b");
    assert_int_equal(s->plan->kind, WEIR_LOGICAL_PROJECT);
    assert_string_equal(parse("CREATE TEMP VIEW session.v AS TABLE t")->name, "v");
}

static void test_streaming_table(void **state)
{
    (void)state;
    WeirStatement *s = parse(
        "CREATE STREAMING TABLE IF NOT EXISTS counts (word STRING, n BIGINT) USING parquet PARTITIONED BY (word)\n"
        "  OPTIONS (outputMode 'complete', trigger '1 second') LOCATION 'out' COMMENT 'c' TBLPROPERTIES (a = 'b')\n"
        "  AS SELECT word, count(*) AS n FROM STREAM words WATERMARK ts DELAY OF INTERVAL 10 SECONDS w GROUP BY word");
    assert_int_equal(s->kind, WEIR_STATEMENT_CREATE_STREAMING_TABLE);
    assert_true(s->if_not_exists);
    assert_string_equal(s->name, "counts");
    assert_string_equal(s->format, "parquet");
    assert_string_equal(s->schema_ddl, "word STRING, n BIGINT");
    assert_string_equal(s->location, "out");
    assert_int_equal(s->partition_count, 1);
    assert_string_equal(s->partition_names[0], "word");
    assert_string_equal(s->options[1].value, "1 second");
    const WeirLogicalPlan *watermark = s->plan->children[0];
    assert_int_equal(watermark->kind, WEIR_LOGICAL_EVENT_TIME_WATERMARK);
    assert_int_equal(watermark->delay.microseconds, 10000000);
    assert_int_equal(watermark->origin.line, 3);
    assert_string_equal(watermark->children[0]->name, "w");
    assert_true(watermark->children[0]->children[0]->is_streaming);
    assert_null(parse("CREATE STREAMING TABLE t USING noop")->plan);
}

static void test_flow(void **state)
{
    (void)state;
    WeirStatement *s = parse("CREATE FLOW f COMMENT 'c' AS INSERT INTO TABLE t BY NAME SELECT 1 AS a");
    assert_int_equal(s->kind, WEIR_STATEMENT_CREATE_FLOW);
    assert_string_equal(s->name, "f");
    assert_string_equal(s->target, "t");
    assert_true(s->by_name && s->plan != NULL);
}

static void expect_set(const char *sql, const char *key, const char *value)
{
    WeirStatement *s = parse(sql);
    assert_int_equal(s->kind, WEIR_STATEMENT_SET);
    if (key == NULL)
        assert_null(s->key);
    else
        assert_string_equal(s->key, key);
    if (value == NULL)
        assert_null(s->value);
    else
        assert_string_equal(s->value, value);
}

static void test_set(void **state)
{
    (void)state;
    expect_set("SET", NULL, NULL);
    assert_true(parse("SET -v")->is_verbose);
    expect_set("SET a.b", "a.b", NULL);
    expect_set("set a.b = it's  -- raw", "a.b", "it's  -- raw");
    expect_set("SET a.b=", "a.b", "");
    expect_set("SET `a b` = `c;d`", "a b", "c;d");
    expect_set("SET spark.sql.x = 'abc';", "spark.sql.x", "'abc'");
    assert_string_equal(parse("SET TIME ZONE INTERVAL '-08:30' HOUR TO MINUTE")->value, "-08:30");
    assert_string_equal(parse("SET TIME ZONE 'Europe/Paris'")->value, "Europe/Paris");
    assert_null(parse("SET TIME ZONE LOCAL")->value);
    assert_string_equal(parse("RESET `a b`")->key, "a b");
    WeirStatement *s = parse("SET VAR x = 1, y = DEFAULT");
    assert_int_equal(s->kind, WEIR_STATEMENT_SET_VARIABLE);
    assert_int_equal(s->expression_count, 2);
    assert_non_null(parse("SET VARIABLE (x, y) = (SELECT 1, 2)")->plan);
}

static void test_variables_and_functions(void **state)
{
    (void)state;
    WeirStatement *s = parse("DECLARE OR REPLACE VARIABLE x, y DECIMAL(5, 2) DEFAULT 1 + 1");
    assert_true(s->or_replace);
    assert_string_equal(s->name, "x");
    assert_int_equal(s->name_count, 2);
    assert_string_equal(s->type_ddl, "DECIMAL(5, 2)");
    assert_int_equal(s->expression_count, 1);
    s = parse(
        "CREATE TEMPORARY FUNCTION f(a INT, b STRING DEFAULT 'x') RETURNS INT COMMENT 'c' DETERMINISTIC RETURN a + 1");
    assert_int_equal(s->parameter_count, 2);
    assert_string_equal(s->parameters[1].type_ddl, "STRING");
    assert_non_null(s->parameters[1].default_value);
    assert_string_equal(s->type_ddl, "INT");
    s = parse("CREATE TEMPORARY FUNCTION f() RETURNS TABLE (a INT) RETURN SELECT 1");
    assert_string_equal(s->scope, "TABLE");
    assert_string_equal(s->schema_ddl, "a INT");
    assert_non_null(s->plan);
}

static void test_the_rest(void **state)
{
    (void)state;
    assert_int_equal(parse("EXPLAIN EXTENDED CREATE TEMP VIEW v AS SELECT 1")->statement->kind,
                     WEIR_STATEMENT_CREATE_TEMPORARY_VIEW);
    assert_int_equal(parse("EXPLAIN FORMATTED SELECT 1")->explain_mode, WEIR_EXPLAIN_FORMATTED);
    assert_true(parse("DESC TABLE EXTENDED t")->is_extended);
    assert_string_equal(parse("DESCRIBE t a.b")->key, "a.b");
    assert_int_equal(parse("DESCRIBE SELECT 1")->kind, WEIR_STATEMENT_DESCRIBE_QUERY);
    assert_string_equal(parse("DESCRIBE FUNCTION '+'")->name, "+");
    assert_string_equal(parse("SHOW TABLES IN a LIKE 'x*'")->pattern, "x*");
    assert_string_equal(parse("SHOW USER FUNCTIONS LIKE 'a*'")->scope, "USER");
    assert_string_equal(parse("SHOW COLUMNS IN t FROM b")->target, "b");
    assert_string_equal(parse("USE DATABASE a")->name, "a");
    assert_true(parse("DROP VIEW IF EXISTS v")->if_exists);
    assert_int_equal(parse("DROP TEMPORARY VARIABLE x")->kind, WEIR_STATEMENT_DROP_VARIABLE);
    assert_non_null(parse("CACHE LAZY TABLE t OPTIONS ('storageLevel' 'MEMORY') AS SELECT 1")->plan);
    assert_int_equal(parse("CLEAR CACHE")->kind, WEIR_STATEMENT_CLEAR_CACHE);
    assert_string_equal(parse("REFRESH TABLE t")->name, "t");
}

static void test_expression_door(void **state)
{
    (void)state;
    WeirError error;
    WeirExpression *expression = NULL;
    const char *text = "  a + 1 AS b ";
    assert_int_equal(weir_sql_parse_expression(text, strlen(text), NULL, &arena, &expression, &error), WEIR_OK);
    assert_int_equal(expression->kind, WEIR_EXPRESSION_ALIAS);
    assert_string_equal(expression->name, "b");
    assert_int_equal(expression->origin.start, 2);
    assert_int_equal(expression->origin.length, 10);
    assert_int_not_equal(weir_sql_parse_expression("a b c", 5, NULL, &arena, &expression, &error), WEIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_view_over_a_source),
                                       cmocka_unit_test(test_view_over_a_query),
                                       cmocka_unit_test(test_streaming_table),
                                       cmocka_unit_test(test_flow),
                                       cmocka_unit_test(test_set),
                                       cmocka_unit_test(test_variables_and_functions),
                                       cmocka_unit_test(test_the_rest),
                                       cmocka_unit_test(test_expression_door)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
