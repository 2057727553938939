#include "columnar/test_rows.h"
#include "columnar/time_zone.h"
#include "columnar/utf8.h"
#include "columnar/value_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Recorded from Spark 4.2.1: show(truncate=false), CAST(x AS STRING), the literal of the optimized plan, to_json with
 * ignoreNullFields=false. The key text of a struct in a map differs (Spark prints a Java object). */
typedef struct TextCase {
    const char *ddl;
    const char *row;
    const char *show;
    const char *cast; /* NULL: null */
    const char *sql;
    const char *json;
} TextCase;

static WeirArena arena;
static WeirBuffer out;

static const TextCase text_cases[] = {
    {"x void", "(null)", "NULL", NULL, "NULL", "{\"x\":null}"},
    {"x boolean", "(true)", "true", "true", "true", "{\"x\":true}"},
    {"x tinyint", "(1)", "1", "1", "1Y", "{\"x\":1}"},
    {"x smallint", "(-5)", "-5", "-5", "-5S", "{\"x\":-5}"},
    {"x int", "(42)", "42", "42", "42", "{\"x\":42}"},
    {"x int", "(null)", "NULL", NULL, "CAST(NULL AS INT)", "{\"x\":null}"},
    {"x bigint", "(42)", "42", "42", "42L", "{\"x\":42}"},
    {"x float", "(1.5)", "1.5", "1.5", "CAST('1.5' AS FLOAT)", "{\"x\":1.5}"},
    {"x float", "(nan)", "NaN", "NaN", "CAST('NaN' AS FLOAT)", "{\"x\":\"NaN\"}"},
    {"x float", "(-inf)", "-Infinity", "-Infinity", "CAST('-Infinity' AS FLOAT)", "{\"x\":\"-Infinity\"}"},
    {"x double", "(inf)", "Infinity", "Infinity", "CAST('Infinity' AS DOUBLE)", "{\"x\":\"Infinity\"}"},
    {"x double", "(1e10)", "1.0E10", "1.0E10", "1.0E10D", "{\"x\":1.0E10}"},
    {"x double", "(0.001)", "0.001", "0.001", "0.001D", "{\"x\":0.001}"},
    {"x double", "(-0.0)", "-0.0", "-0.0", "-0.0D", "{\"x\":-0.0}"},
    {"x double", "(4.9e-324)", "4.9E-324", "4.9E-324", "4.9E-324D", "{\"x\":4.9E-324}"},
    {"x decimal(3,2)", "(150)", "1.50", "1.50", "1.50BD", "{\"x\":1.50}"},
    {"x decimal(38,10)", "(0)", "0.0000000000", "0.0000000000", "0E-10BD", "{\"x\":0E-10}"},
    {"x decimal(38,10)", "(1)", "0.0000000001", "0.0000000001", "1E-10BD", "{\"x\":1E-10}"},
    {"x decimal(38,9)", "(-12345678901234567890123456789)", "-12345678901234567890.123456789",
     "-12345678901234567890.123456789", "-12345678901234567890.123456789BD", "{\"x\":-12345678901234567890.123456789}"},
    {"x decimal(5,5)", "(1)", "0.00001", "0.00001", "0.00001BD", "{\"x\":0.00001}"},
    {"x decimal(10,7)", "(1)", "0.0000001", "0.0000001", "1E-7BD", "{\"x\":1E-7}"},
    {"x decimal(2,1)", "(-15)", "-1.5", "-1.5", "-1.5BD", "{\"x\":-1.5}"},
    {"x decimal(3,0)", "(100)", "100", "100", "100BD", "{\"x\":100}"},
    {"x string", "('abc')", "abc", "abc", "'abc'", "{\"x\":\"abc\"}"},
    {"x string", "('')", "", "", "''", "{\"x\":\"\"}"},
    {"x string", "('日本é')", "日本é", "日本é", "'日本é'", "{\"x\":\"日本é\"}"},
    {"x array<binary>", "([x'41', x'4243'])", "[[41], [42 43]]", "[A, BC]", "ARRAY(X'41', X'4243')",
     "{\"x\":[\"QQ==\",\"QkM=\"]}"},
    {"x date", "(19727)", "2024-01-05", "2024-01-05", "DATE '2024-01-05'", "{\"x\":\"2024-01-05\"}"},
    {"x date", "(-719162)", "0001-01-01", "0001-01-01", "DATE '0001-01-01'", "{\"x\":\"0001-01-01\"}"},
    {"x date", "(-719768)", "-0001-05-06", "-0001-05-06", "DATE '-0001-05-06'", "{\"x\":\"-0001-05-06\"}"},
    {"x date", "(2932897)", "+10000-01-01", "+10000-01-01", "DATE '+10000-01-01'", "{\"x\":\"+10000-01-01\"}"},
    {"x date", "(-719528)", "0000-01-01", "0000-01-01", "DATE '0000-01-01'", "{\"x\":\"0000-01-01\"}"},
    {"x date", "(-5228446)", "-12345-01-01", "-12345-01-01", "DATE '-12345-01-01'", "{\"x\":\"-12345-01-01\"}"},
    {"x timestamp", "(1704416523000000)", "2024-01-05 01:02:03", "2024-01-05 01:02:03",
     "TIMESTAMP '2024-01-05 01:02:03'", "{\"x\":\"2024-01-05T01:02:03.000Z\"}"},
    {"x timestamp", "(1704416523500000)", "2024-01-05 01:02:03.5", "2024-01-05 01:02:03.5",
     "TIMESTAMP '2024-01-05 01:02:03.5'", "{\"x\":\"2024-01-05T01:02:03.500Z\"}"},
    {"x timestamp", "(1704416523123456)", "2024-01-05 01:02:03.123456", "2024-01-05 01:02:03.123456",
     "TIMESTAMP '2024-01-05 01:02:03.123456'", "{\"x\":\"2024-01-05T01:02:03.123Z\"}"},
    {"x timestamp", "(-1)", "1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999",
     "TIMESTAMP '1969-12-31 23:59:59.999999'", "{\"x\":\"1969-12-31T23:59:59.999Z\"}"},
    {"x timestamp", "(253402300800000000)", "+10000-01-01 00:00:00", "+10000-01-01 00:00:00",
     "TIMESTAMP '+10000-01-01 00:00:00'", "{\"x\":\"+10000-01-01T00:00:00.000Z\"}"},
    {"x timestamp", "(-62135596800000000)", "0001-01-01 00:00:00", "0001-01-01 00:00:00",
     "TIMESTAMP '0001-01-01 00:00:00'", "{\"x\":\"0001-01-01T00:00:00.000Z\"}"},
    {"x timestamp_ntz", "(1704416523120000)", "2024-01-05 01:02:03.12", "2024-01-05 01:02:03.12",
     "TIMESTAMP_NTZ '2024-01-05 01:02:03.12'", "{\"x\":\"2024-01-05T01:02:03.120\"}"},
    {"x interval day to second", "(93784000000)", "INTERVAL '1 02:03:04' DAY TO SECOND",
     "INTERVAL '1 02:03:04' DAY TO SECOND", "INTERVAL '1 02:03:04' DAY TO SECOND",
     "{\"x\":\"INTERVAL '1 02:03:04' DAY TO SECOND\"}"},
    {"x interval day to second", "(-93784500000)", "INTERVAL '-1 02:03:04.5' DAY TO SECOND",
     "INTERVAL '-1 02:03:04.5' DAY TO SECOND", "INTERVAL '-1 02:03:04.5' DAY TO SECOND",
     "{\"x\":\"INTERVAL '-1 02:03:04.5' DAY TO SECOND\"}"},
    {"x interval day", "(86400000000)", "INTERVAL '1' DAY", "INTERVAL '1' DAY", "INTERVAL '1' DAY",
     "{\"x\":\"INTERVAL '1' DAY\"}"},
    {"x interval day to hour", "(93600000000)", "INTERVAL '1 02' DAY TO HOUR", "INTERVAL '1 02' DAY TO HOUR",
     "INTERVAL '1 02' DAY TO HOUR", "{\"x\":\"INTERVAL '1 02' DAY TO HOUR\"}"},
    {"x interval day to minute", "(93780000000)", "INTERVAL '1 02:03' DAY TO MINUTE",
     "INTERVAL '1 02:03' DAY TO MINUTE", "INTERVAL '1 02:03' DAY TO MINUTE",
     "{\"x\":\"INTERVAL '1 02:03' DAY TO MINUTE\"}"},
    {"x interval hour", "(90000000000)", "INTERVAL '25' HOUR", "INTERVAL '25' HOUR", "INTERVAL '25' HOUR",
     "{\"x\":\"INTERVAL '25' HOUR\"}"},
    {"x interval hour to minute", "(7380000000)", "INTERVAL '02:03' HOUR TO MINUTE", "INTERVAL '02:03' HOUR TO MINUTE",
     "INTERVAL '02:03' HOUR TO MINUTE", "{\"x\":\"INTERVAL '02:03' HOUR TO MINUTE\"}"},
    {"x interval hour to second", "(7384100000)", "INTERVAL '02:03:04.1' HOUR TO SECOND",
     "INTERVAL '02:03:04.1' HOUR TO SECOND", "INTERVAL '02:03:04.1' HOUR TO SECOND",
     "{\"x\":\"INTERVAL '02:03:04.1' HOUR TO SECOND\"}"},
    {"x interval minute", "(5400000000)", "INTERVAL '90' MINUTE", "INTERVAL '90' MINUTE", "INTERVAL '90' MINUTE",
     "{\"x\":\"INTERVAL '90' MINUTE\"}"},
    {"x interval minute to second", "(184000000)", "INTERVAL '03:04' MINUTE TO SECOND",
     "INTERVAL '03:04' MINUTE TO SECOND", "INTERVAL '03:04' MINUTE TO SECOND",
     "{\"x\":\"INTERVAL '03:04' MINUTE TO SECOND\"}"},
    {"x interval second", "(4000001)", "INTERVAL '04.000001' SECOND", "INTERVAL '04.000001' SECOND",
     "INTERVAL '04.000001' SECOND", "{\"x\":\"INTERVAL '04.000001' SECOND\"}"},
    {"x interval second", "(0)", "INTERVAL '00' SECOND", "INTERVAL '00' SECOND", "INTERVAL '00' SECOND",
     "{\"x\":\"INTERVAL '00' SECOND\"}"},
    {"x interval second", "(-3000000)", "INTERVAL '-03' SECOND", "INTERVAL '-03' SECOND", "INTERVAL '-03' SECOND",
     "{\"x\":\"INTERVAL '-03' SECOND\"}"},
    {"x interval second", "(100000000)", "INTERVAL '100' SECOND", "INTERVAL '100' SECOND", "INTERVAL '100' SECOND",
     "{\"x\":\"INTERVAL '100' SECOND\"}"},
    {"x interval second", "(-500000)", "INTERVAL '-00.5' SECOND", "INTERVAL '-00.5' SECOND", "INTERVAL '-00.5' SECOND",
     "{\"x\":\"INTERVAL '-00.5' SECOND\"}"},
    {"x interval hour", "(-3600000000)", "INTERVAL '-01' HOUR", "INTERVAL '-01' HOUR", "INTERVAL '-01' HOUR",
     "{\"x\":\"INTERVAL '-01' HOUR\"}"},
    {"x interval year to month", "(-14)", "INTERVAL '-1-2' YEAR TO MONTH", "INTERVAL '-1-2' YEAR TO MONTH",
     "INTERVAL '-1-2' YEAR TO MONTH", "{\"x\":\"INTERVAL '-1-2' YEAR TO MONTH\"}"},
    {"x interval year", "(36)", "INTERVAL '3' YEAR", "INTERVAL '3' YEAR", "INTERVAL '3' YEAR",
     "{\"x\":\"INTERVAL '3' YEAR\"}"},
    {"x interval month", "(-15)", "INTERVAL '-15' MONTH", "INTERVAL '-15' MONTH", "INTERVAL '-15' MONTH",
     "{\"x\":\"INTERVAL '-15' MONTH\"}"},
    {"x interval year to month", "(0)", "INTERVAL '0-0' YEAR TO MONTH", "INTERVAL '0-0' YEAR TO MONTH",
     "INTERVAL '0-0' YEAR TO MONTH", "{\"x\":\"INTERVAL '0-0' YEAR TO MONTH\"}"},
    {"x interval", "(<14 25 18367500000>)", "1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds",
     "1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds",
     "INTERVAL '1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds'",
     "{\"x\":\"1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds\"}"},
    {"x interval", "(<0 0 0>)", "0 seconds", "0 seconds", "INTERVAL '0 seconds'", "{\"x\":\"0 seconds\"}"},
    {"x interval", "(<-14 -25 -18367000001>)", "-1 years -2 months -25 days -5 hours -6 minutes -7.000001 seconds",
     "-1 years -2 months -25 days -5 hours -6 minutes -7.000001 seconds",
     "INTERVAL '-1 years -2 months -25 days -5 hours -6 minutes -7.000001 seconds'",
     "{\"x\":\"-1 years -2 months -25 days -5 hours -6 minutes -7.000001 seconds\"}"},
    {"x interval", "(<0 0 -500000>)", "-0.5 seconds", "-0.5 seconds", "INTERVAL '-0.5 seconds'",
     "{\"x\":\"-0.5 seconds\"}"},
    {"x interval", "(<-13 1 0>)", "-1 years -1 months 1 days", "-1 years -1 months 1 days",
     "INTERVAL '-1 years -1 months 1 days'", "{\"x\":\"-1 years -1 months 1 days\"}"},
    {"x interval", "(<0 0 90000000000>)", "25 hours", "25 hours", "INTERVAL '25 hours'", "{\"x\":\"25 hours\"}"},
    {"x array<int>", "([1, null, 3])", "[1, NULL, 3]", "[1, null, 3]", "ARRAY(1, CAST(NULL AS INT), 3)",
     "{\"x\":[1,null,3]}"},
    {"x array<void>", "([])", "[]", "[]", "ARRAY()", "{\"x\":[]}"},
    {"x array<string>", "(['a', null, 'b c'])", "[a, NULL, b c]", "[a, null, b c]",
     "ARRAY('a', CAST(NULL AS STRING), 'b c')", "{\"x\":[\"a\",null,\"b c\"]}"},
    {"x array<array<int>>", "([[1], null])", "[[1], NULL]", "[[1], null]", "ARRAY(ARRAY(1), NULL)",
     "{\"x\":[[1],null]}"},
    {"x map<string,int>", "({'k': 1, 'z': null})", "{k -> 1, z -> NULL}", "{k -> 1, z -> null}",
     "MAP('k', 1, 'z', CAST(NULL AS INT))", "{\"x\":{\"k\":1,\"z\":null}}"},
    {"x map<void,void>", "({})", "{}", "{}", "MAP()", "{\"x\":{}}"},
    {"x map<int,string>", "({1: 'x'})", "{1 -> x}", "{1 -> x}", "MAP(1, 'x')", "{\"x\":{\"1\":\"x\"}}"},
    {"x struct<a:int,b:string>", "((1, 'y'))", "{1, y}", "{1, y}", "NAMED_STRUCT('a', 1, 'b', 'y')",
     "{\"x\":{\"a\":1,\"b\":\"y\"}}"},
    {"x struct<a:void,b:array<void>>", "((null, [null]))", "{NULL, [NULL]}", "{null, [null]}",
     "NAMED_STRUCT('a', NULL, 'b', ARRAY(NULL))", "{\"x\":{\"a\":null,\"b\":[null]}}"},
    {"x struct<col1:struct<col1:double,col2:binary>,col2:map<date,timestamp>>",
     "(((1.5, x'4142'), {19723: 1704067200000000}))", "{{1.5, [41 42]}, {2024-01-01 -> 2024-01-01 00:00:00}}",
     "{{1.5, AB}, {2024-01-01 -> 2024-01-01 00:00:00}}",
     "NAMED_STRUCT('col1', NAMED_STRUCT('col1', 1.5D, 'col2', X'4142'), 'col2', MAP(DATE '2024-01-01', TIMESTAMP "
     "'2024-01-01 00:00:00'))",
     "{\"x\":{\"col1\":{\"col1\":1.5,\"col2\":\"QUI=\"},\"col2\":{\"19723\":\"2024-01-01T00:00:00.000Z\"}}}"},
    {"x struct<`x y`:int,z:interval day>", "((1, 86400000000))", "{1, INTERVAL '1' DAY}", "{1, INTERVAL '1' DAY}",
     "NAMED_STRUCT('x y', 1, 'z', INTERVAL '1' DAY)", "{\"x\":{\"x y\":1,\"z\":\"INTERVAL '1' DAY\"}}"},
    {"x array<struct<a:void>>", "([(null)])", "[{NULL}]", "[{null}]", "ARRAY(NAMED_STRUCT('a', NULL))",
     "{\"x\":[{\"a\":null}]}"},
    {"x map<decimal(3,2),boolean>", "({150: true})", "{1.50 -> true}", "{1.50 -> true}", "MAP(1.50BD, true)",
     "{\"x\":{\"1.50\":true}}"},
    {"x map<interval day,int>", "({86400000000: 1})", "{INTERVAL '1' DAY -> 1}", "{INTERVAL '1' DAY -> 1}",
     "MAP(INTERVAL '1' DAY, 1)", "{\"x\":{\"86400000000\":1}}"},
    {"x array<double>", "([inf, nan, -0.0])", "[Infinity, NaN, -0.0]", "[Infinity, NaN, -0.0]",
     "ARRAY(CAST('Infinity' AS DOUBLE), CAST('NaN' AS DOUBLE), -0.0D)", "{\"x\":[\"Infinity\",\"NaN\",-0.0]}"},
    {"x map<struct<a:int>,int>", "({(1): 2})", "{{1} -> 2}", "{{1} -> 2}", "MAP(NAMED_STRUCT('a', 1), 2)",
     "{\"x\":{\"[1]\":2}}"},
    {"x struct<a:array<int>,b:map<string,void>>", "(([1, null], {'x': null}))", "{[1, NULL], {x -> NULL}}",
     "{[1, null], {x -> null}}", "NAMED_STRUCT('a', ARRAY(1, CAST(NULL AS INT)), 'b', MAP('x', NULL))",
     "{\"x\":{\"a\":[1,null],\"b\":{\"x\":null}}}"},
};

static void test_spark_texts(void **state)
{
    (void)state;
    const WeirTimeZone *utc = weir_time_zone_utc();
    for (size_t i = 0; i < sizeof(text_cases) / sizeof(text_cases[0]); i++) {
        const TextCase *text_case = &text_cases[i];
        const WeirSchema *schema;
        WeirBatch *batch = test_rows(&arena, text_case->ddl, text_case->row, &schema);
        const WeirVector *x = &batch->columns[0];
        weir_buffer_clear(&out);
        weir_value_show(x, 0, utc, &out);
        assert_string_equal(weir_buffer_text(&out), text_case->show);
        if (text_case->cast != NULL) {
            weir_buffer_clear(&out);
            weir_value_cast_text(x, 0, utc, &out);
            assert_string_equal(weir_buffer_text(&out), text_case->cast);
        }
        weir_buffer_clear(&out);
        weir_value_sql(x, 0, utc, &out);
        assert_string_equal(weir_buffer_text(&out), text_case->sql);
        const WeirJsonWriteOptions options = {.zone = utc};
        weir_buffer_clear(&out);
        weir_row_json(schema, batch->columns, 0, &options, &out);
        assert_string_equal(weir_buffer_text(&out), text_case->json);
        weir_batch_release(batch);
    }
}

static void assert_json(const char *ddl, const char *row, const WeirJsonWriteOptions *options, const char *expected)
{
    const WeirSchema *schema;
    WeirBatch *batch = test_rows(&arena, ddl, row, &schema);
    weir_buffer_clear(&out);
    weir_row_json(schema, batch->columns, 0, options, &out);
    assert_string_equal(weir_buffer_text(&out), expected);
    weir_batch_release(batch);
}

static void test_json_options(void **state)
{
    (void)state;
    const WeirTimeZone *kolkata;
    assert_int_equal(weir_time_zone_find("Asia/Kolkata", &kolkata, NULL), WEIR_OK);
    const WeirJsonWriteOptions options = {.ignore_null_fields = true, .zone = kolkata};
    assert_json("a void, b array<void>, c struct<d:int>, e map<string,int>", "(null, [null], (null), {'x': null})",
                &options, "{\"b\":[null],\"c\":{},\"e\":{\"x\":null}}");
    assert_json("t timestamp", "(1704416523123456)", &options, "{\"t\":\"2024-01-05T06:32:03.123+05:30\"}");
    assert_json("b binary, c binary, d binary", "(x'00ff41', x'', x'0102')", &options,
                "{\"b\":\"AP9B\",\"c\":\"\",\"d\":\"AQI=\"}");
    assert_json("s string", "('a\001\tb\177\"')", &options, "{\"s\":\"a\\u0001\\tb\177\\\"\"}");
    assert_json("s string", "('a\xff\xed\xa0\x80')", &options, "{\"s\":\"a\xef\xbf\xbd\xef\xbf\xbd\"}");
    const WeirJsonWriteOptions ascii = {.escape_non_ascii = true, .zone = kolkata};
    assert_json("s string", "('\xc3\xa9\xf0\x9f\x98\x80')", &ascii, "{\"s\":\"\\u00E9\\uD83D\\uDE00\"}");
}

static void assert_replaced(const char *bytes, const char *expected)
{
    weir_buffer_clear(&out);
    weir_utf8_append_replaced((const uint8_t *)bytes, strlen(bytes), &out);
    for (char *c = out.data; c < out.data + out.length; c++) { /* U+FFFD as one '?' reads better */
        if (memcmp(c, "\xef\xbf\xbd", 3) == 0) {
            *c = '?';
            memmove(c + 1, c + 3, strlen(c + 3) + 1);
            out.length -= 2;
        }
    }
    assert_string_equal(weir_buffer_text(&out), expected);
}

static void test_malformed_utf8(void **state)
{
    (void)state;
    assert_replaced("\xed\xa0\x80", "?");
    assert_replaced("\xed\xa0\x80\x41", "?A");
    assert_replaced("\xe0\xa0", "?");
    assert_replaced("\xe0\xa0\x41", "?A");
    assert_replaced("\xf0\x90\x80\x41", "?A");
    assert_replaced("\xf0\x90\x80", "?");
    assert_replaced("\xc0\x80", "??");
    assert_replaced("\xff\xfe\x41", "??A");
    assert_replaced("\xf8\x88\x80\x80", "????");
    assert_replaced("\xe0\x80\x41", "??A");
    assert_replaced("\xf4\x90\x80\x80", "????");
    assert_replaced("\xe2\x82(\xa1", "?(?");
    assert_replaced("\xc3\xc3\xa9", "?\xc3\xa9");
    assert_replaced("\xf0\x80\x80\x80", "????");
    assert_replaced("\xf5\x80\x80\x80", "????");
    assert_replaced("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80");
}

static void assert_table(const char *ddl, const char *rows, int64_t rows_max, int truncate, const char *expected)
{
    const WeirSchema *schema;
    WeirBatch *batch = test_rows(&arena, ddl, rows, &schema);
    weir_buffer_clear(&out);
    weir_show_table(schema, &batch, batch != NULL, rows_max, truncate, weir_time_zone_utc(), &out);
    assert_string_equal(weir_buffer_text(&out), expected);
    weir_batch_release(batch);
}

static void test_show_table(void **state)
{
    (void)state;
    assert_table("a int, `b c` string", "(1,'x') (1,'x') (1,'x')", 2, 20,
                 "+---+---+\n|  a|b c|\n+---+---+\n|  1|  x|\n|  1|  x|\n+---+---+\nonly showing top 2 rows\n");
    assert_table("a int", "(1) (2)", 1, 20, "+---+\n|  a|\n+---+\n|  1|\n+---+\nonly showing top 1 row\n");
    assert_table("a int", "(1)", 0, 20, "+---+\n|  a|\n+---+\n+---+\nonly showing top 0 rows\n");
    assert_table("a string", "", 20, 20, "+---+\n|  a|\n+---+\n+---+\n\n");
    assert_table("`名前` string, b string", "('日本語', 'ab') ('a', '日')", 20, 20,
                 "+------+---+\n|  名前|  b|\n+------+---+\n|日本語| ab|\n|     a| 日|\n+------+---+\n\n");
    assert_table("a string, b string, c string", "('x😀y', '123456789012345😀😀😀', '1234567890123456😀😀😀')", 20, 20,
                 "+----+--------------------+--------------------+\n"
                 "|   a|                   b|                   c|\n"
                 "+----+--------------------+--------------------+\n"
                 "|x😀y|123456789012345😀...|1234567890123456?...|\n"
                 "+----+--------------------+--------------------+\n\n");
    assert_table("a_long_header_of_more_than_twenty string, b string", "('abcdef', 'abcdef')", 20, 3,
                 "+---------------------------------+---+\n|a_long_header_of_more_than_twenty|  b|\n"
                 "+---------------------------------+---+\n|                              abc|abc|\n"
                 "+---------------------------------+---+\n\n");
    assert_table("a_long_header string, b string", "('abcdef', 'abcdef')", -1, 5,
                 "+-------------+-----+\n|a_long_header|    b|\n+-------------+-----+\n|        ab...|ab...|\n"
                 "+-------------+-----+\n\n");
    assert_table("`h\tx` string", "('a\tb\nc\rdfe\bg\vh\ai\\n')", 20, 0,
                 "+-----------------------+\n|h\\tx                   |\n+-----------------------+\n"
                 "|a\\tb\\nc\\rdfe\\bg\\vh\\ai\\n|\n+-----------------------+\n\n");
    assert_table("a string, b void, c array<string>, d binary", "('ab', null, ['x', null], x'0102')", 20, 0,
                 "+---+----+---------+-------+\n|a  |b   |c        |d      |\n+---+----+---------+-------+\n"
                 "|ab |NULL|[x, NULL]|[01 02]|\n+---+----+---------+-------+\n\n");
}

static int setup(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    weir_buffer_init(&out, 0, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    weir_buffer_deinit(&out);
    weir_arena_deinit(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spark_texts),
        cmocka_unit_test(test_json_options),
        cmocka_unit_test(test_malformed_utf8),
        cmocka_unit_test(test_show_table),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
