#include "columnar/data_type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Recorded from Spark 4.2.1. A failure has the condition in place of the simple string, and the column that Spark
 * points at (-1: it points nowhere). */
typedef struct TypeCase {
    const char *text;
    const char *simple;
    const char *sql; /* NULL: fails, or not recorded */
    const char *json;
    int column;
} TypeCase;

static const TypeCase type_cases[] = {
    {"int", "int", "INT", "\"integer\"", 0},
    {"INTEGER", "int", "INT", "\"integer\"", 0},
    {"tinyint", "tinyint", "TINYINT", "\"byte\"", 0},
    {"byte", "tinyint", "TINYINT", "\"byte\"", 0},
    {"short", "smallint", "SMALLINT", "\"short\"", 0},
    {"smallint", "smallint", "SMALLINT", "\"short\"", 0},
    {"bigint", "bigint", "BIGINT", "\"long\"", 0},
    {"long", "bigint", "BIGINT", "\"long\"", 0},
    {"float", "float", "FLOAT", "\"float\"", 0},
    {"real", "float", "FLOAT", "\"float\"", 0},
    {"double", "double", "DOUBLE", "\"double\"", 0},
    {"decimal", "decimal(10,0)", "DECIMAL(10,0)", "\"decimal(10,0)\"", 0},
    {"dec", "decimal(10,0)", "DECIMAL(10,0)", "\"decimal(10,0)\"", 0},
    {"numeric", "decimal(10,0)", "DECIMAL(10,0)", "\"decimal(10,0)\"", 0},
    {"decimal(5)", "decimal(5,0)", "DECIMAL(5,0)", "\"decimal(5,0)\"", 0},
    {"decimal(10,2)", "decimal(10,2)", "DECIMAL(10,2)", "\"decimal(10,2)\"", 0},
    {"decimal(38,38)", "decimal(38,38)", "DECIMAL(38,38)", "\"decimal(38,38)\"", 0},
    {"decimal(39,1)", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", NULL, NULL, -1},
    {"decimal(5,6)", "_LEGACY_ERROR_TEMP_0000", NULL, NULL, -1},
    {"decimal(10,-2)", "PARSE_SYNTAX_ERROR", NULL, NULL, 11},
    {"string", "string", "STRING", "\"string\"", 0},
    {"binary", "binary", "BINARY", "\"binary\"", 0},
    {"boolean", "boolean", "BOOLEAN", "\"boolean\"", 0},
    {"date", "date", "DATE", "\"date\"", 0},
    {"void", "void", "VOID", "\"void\"", 0},
    {"null", "UNSUPPORTED_DATATYPE", NULL, NULL, 0},
    {"interval", "interval", "INTERVAL", "\"interval\"", 0},
    {"interval day", "interval day", "INTERVAL DAY", "\"interval day\"", 0},
    {"interval year to month", "interval year to month", "INTERVAL YEAR TO MONTH", "\"interval year to month\"", 0},
    {"interval day to second", "interval day to second", "INTERVAL DAY TO SECOND", "\"interval day to second\"", 0},
    {"interval hour to second", "interval hour to second", "INTERVAL HOUR TO SECOND", "\"interval hour to second\"", 0},
    {"interval second to day", "PARSE_SYNTAX_ERROR", NULL, NULL, 16},
    {"interval year to day", "PARSE_SYNTAX_ERROR", NULL, NULL, 14},
    {"interval month", "interval month", "INTERVAL MONTH", "\"interval month\"", 0},
    {"char(5)", "char(5)", "CHAR(5)", "\"char(5)\"", 0},
    {"character(5)", "char(5)", "CHAR(5)", "\"char(5)\"", 0},
    {"varchar(7)", "varchar(7)", "VARCHAR(7)", "\"varchar(7)\"", 0},
    {"char", "DATATYPE_MISSING_SIZE", NULL, NULL, 0},
    {"varchar", "DATATYPE_MISSING_SIZE", NULL, NULL, 0},
    {"string(5)", "UNSUPPORTED_DATATYPE", NULL, NULL, 0},
    {"array<int>", "array<int>", "ARRAY<INT>", "{\"type\":\"array\",\"elementType\":\"integer\",\"containsNull\":true}",
     0},
    {"array", "INCOMPLETE_TYPE_DEFINITION.ARRAY", NULL, NULL, 0},
    {"map", "INCOMPLETE_TYPE_DEFINITION.MAP", NULL, NULL, 0},
    {"struct", "INCOMPLETE_TYPE_DEFINITION.STRUCT", NULL, NULL, -1},
    {"map<int,string>", "map<int,string>", "MAP<INT, STRING>",
     "{\"type\":\"map\",\"keyType\":\"integer\",\"valueType\":\"string\",\"valueContainsNull\":true}", 0},
    {"map<int,string", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"struct<a:int>", "struct<a:int>", "STRUCT<a: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}", 0},
    {"struct<a int>", "struct<a:int>", "STRUCT<a: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}", 0},
    {"struct<a:int,b string not null comment 'x y'>", "struct<a:int,b:string>",
     "STRUCT<a: INT, b: STRING NOT NULL COMMENT 'x y'>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"b\",\"type\":\"string\",\"nullable\":false,\"metadata\":{\"comment\":\"x y\"}}]}",
     0},
    {"struct<>", "struct<>", "STRUCT<>", "{\"type\":\"struct\",\"fields\":[]}", 0},
    {"struct<`a b`:int,`c``d`:string>", "struct<a b:int,c`d:string>", "STRUCT<`a b`: INT, `c``d`: STRING>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a "
     "b\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},{\"name\":\"c`d\",\"type\":\"string\",\"nullable\":"
     "true,\"metadata\":{}}]}",
     0},
    {"array<struct<a:int not null>>", "array<struct<a:int>>", "ARRAY<STRUCT<a: INT NOT NULL>>",
     "{\"type\":\"array\",\"elementType\":{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\","
     "\"nullable\":false,\"metadata\":{}}]},\"containsNull\":true}",
     0},
    {"foo", "UNSUPPORTED_DATATYPE", NULL, NULL, 0},
    {"int foo", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"", "PARSE_EMPTY_STATEMENT", NULL, NULL, 0},
    {"  int  ", "int", "INT", "\"integer\"", 0},
    {"decimal(a)", "PARSE_SYNTAX_ERROR", NULL, NULL, 8},
    {"map<int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"array<int,int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"struct<a:int,A:string>", "struct<a:int,A:string>", "STRUCT<a: INT, A: STRING>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"A\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"struct<a:int default 5>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"datetime", "UNSUPPORTED_DATATYPE", NULL, NULL, 0},
    {"int not null", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"interval day to second(3)", "PARSE_SYNTAX_ERROR", NULL, NULL, 22},
    {"array < map < int , array<string> > >", "array<map<int,array<string>>>", "ARRAY<MAP<INT, ARRAY<STRING>>>",
     "{\"type\":\"array\",\"elementType\":{\"type\":\"map\",\"keyType\":\"integer\",\"valueType\":{\"type\":\"array\","
     "\"elementType\":\"string\",\"containsNull\":true},\"valueContainsNull\":true},\"containsNull\":true}",
     0},
    {"struct<array:int>", "struct<array:int>", "STRUCT<array: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"array\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"struct<1a:int>", "struct<1a:int>", "STRUCT<`1a`: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"1a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}", 0},
    {"struct<a.b:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<select:int>", "struct<select:int>", "STRUCT<select: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"select\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"struct<a-b:int>", "INVALID_IDENTIFIER", NULL, NULL, -1},
    {"decimal(5,5)", "decimal(5,5)", "DECIMAL(5,5)", "\"decimal(5,5)\"", 0},
    {"double precision", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"bigint(5)", "UNSUPPORTED_DATATYPE", NULL, NULL, 0},
    {"a int", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {" a:int", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a INT, b STRING NOT NULL COMMENT 'it''s'", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a INT,", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"`a` INT COMMENT \"q\"", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"a", "UNSUPPORTED_DATATYPE", NULL, NULL, 0},
    {"a int b int", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a int not null not null", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a int generated always as (1)", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a int comment 'x' not null", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a decimal(5,2), b array<int>, c struct<x:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"struct<a:int>", "struct<a:int>", "STRUCT<a: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}", 0},
    {"a int, a string", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"1 int", "PARSE_SYNTAX_ERROR", NULL, NULL, 0},
    {"a char(3), b varchar(4)", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a int -- c\n, b int", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a int /* z */", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a struct<b:char(3)>", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
};

static const TypeCase schema_cases[] = {
    {"int", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"INTEGER", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"tinyint", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"byte", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"short", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"smallint", "PARSE_SYNTAX_ERROR", NULL, NULL, 8},
    {"bigint", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"long", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"float", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"real", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"double", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"decimal", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"dec", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"numeric", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(5)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(10,2)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(38,38)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(39,1)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(5,6)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(10,-2)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"string", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"binary", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"boolean", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"date", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"void", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"null", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"interval", "PARSE_SYNTAX_ERROR", NULL, NULL, 8},
    {"interval day", "UNSUPPORTED_DATATYPE", NULL, NULL, 9},
    {"interval year to month", "PARSE_SYNTAX_ERROR", NULL, NULL, 14},
    {"interval day to second", "PARSE_SYNTAX_ERROR", NULL, NULL, 13},
    {"interval hour to second", "PARSE_SYNTAX_ERROR", NULL, NULL, 14},
    {"interval second to day", "PARSE_SYNTAX_ERROR", NULL, NULL, 16},
    {"interval year to day", "PARSE_SYNTAX_ERROR", NULL, NULL, 14},
    {"interval month", "UNSUPPORTED_DATATYPE", NULL, NULL, 9},
    {"char(5)", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"character(5)", "PARSE_SYNTAX_ERROR", NULL, NULL, 9},
    {"varchar(7)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"char", "PARSE_SYNTAX_ERROR", NULL, NULL, 4},
    {"varchar", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"string(5)", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"array<int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"array", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"map", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"struct", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"map<int,string>", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"map<int,string", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"struct<a:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<a int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<a:int,b string not null comment 'x y'>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<`a b`:int,`c``d`:string>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"array<struct<a:int not null>>", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"foo", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"int foo", "UNSUPPORTED_DATATYPE", NULL, NULL, 4},
    {"", "PARSE_EMPTY_STATEMENT", NULL, NULL, 0},
    {"  int  ", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(a)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"map<int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 3},
    {"array<int,int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 5},
    {"struct<a:int,A:string>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<a:int default 5>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"datetime", "PARSE_SYNTAX_ERROR", NULL, NULL, 8},
    {"int not null", "PARSE_SYNTAX_ERROR", NULL, NULL, 8},
    {"interval day to second(3)", "PARSE_SYNTAX_ERROR", NULL, NULL, 13},
    {"array < map < int , array<string> > >", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<array:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<1a:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<a.b:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<select:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"struct<a-b:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"decimal(0)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"decimal(5,5)", "PARSE_SYNTAX_ERROR", NULL, NULL, 7},
    {"double precision", "UNSUPPORTED_DATATYPE", NULL, NULL, 7},
    {"bigint(5)", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"a int", "struct<a:int>", "STRUCT<a: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}", 0},
    {" a:int", "PARSE_SYNTAX_ERROR", NULL, NULL, 2},
    {"a INT, b STRING NOT NULL COMMENT 'it''s'", "struct<a:int,b:string>",
     "STRUCT<a: INT, b: STRING NOT NULL COMMENT 'it\\'s'>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"b\",\"type\":\"string\",\"nullable\":false,\"metadata\":{\"comment\":\"it's\"}}]}",
     0},
    {"a INT,", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"`a` INT COMMENT \"q\"", "struct<a:int>", "STRUCT<a: INT COMMENT 'q'>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{"
     "\"comment\":\"q\"}}]}",
     0},
    {"a", "PARSE_SYNTAX_ERROR", NULL, NULL, 1},
    {"a int b int", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"a int not null not null", "PARSE_SYNTAX_ERROR", NULL, NULL, 15},
    {"a int generated always as (1)", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"a int comment 'x' not null", "PARSE_SYNTAX_ERROR", NULL, NULL, 18},
    {"a decimal(5,2), b array<int>, c struct<x:int>", "struct<a:decimal(5,2),b:array<int>,c:struct<x:int>>",
     "STRUCT<a: DECIMAL(5,2), b: ARRAY<INT>, c: STRUCT<x: INT>>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"decimal(5,2)\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"b\",\"type\":{\"type\":\"array\",\"elementType\":\"integer\",\"containsNull\":true},\"nullable\":true,"
     "\"metadata\":{}},{\"name\":\"c\",\"type\":{\"type\":\"struct\",\"fields\":[{\"name\":\"x\",\"type\":\"integer\","
     "\"nullable\":true,\"metadata\":{}}]},\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"struct<a:int>", "PARSE_SYNTAX_ERROR", NULL, NULL, 6},
    {"a int, a string", "struct<a:int,a:string>", "STRUCT<a: INT, a: STRING>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"a\",\"type\":\"string\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"1 int", "PARSE_SYNTAX_ERROR", NULL, NULL, 0},
    {"a char(3), b varchar(4)", "struct<a:char(3),b:varchar(4)>", "STRUCT<a: CHAR(3), b: VARCHAR(4)>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"char(3)\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"b\",\"type\":\"varchar(4)\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"a int -- c\n, b int", "struct<a:int,b:int>", "STRUCT<a: INT, b: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}},{"
     "\"name\":\"b\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"a int /* z */", "struct<a:int>", "STRUCT<a: INT>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}", 0},
    {"a struct<b:char(3)>", "struct<a:struct<b:char(3)>>", "STRUCT<a: STRUCT<b: CHAR(3)>>",
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":{\"type\":\"struct\",\"fields\":[{\"name\":\"b\","
     "\"type\":\"char(3)\",\"nullable\":true,\"metadata\":{}}]},\"nullable\":true,\"metadata\":{}}]}",
     0},
};

static const TypeCase json_cases[] = {
    {"\"integer\"", "int", NULL, "\"integer\"", 0},
    {"\"int\"", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"\"decimal\"", "decimal(10,0)", NULL, "\"decimal(10,0)\"", 0},
    {"\"decimal(5,2)\"", "decimal(5,2)", NULL, "\"decimal(5,2)\"", 0},
    {"\"decimal(5, 2)\"", "decimal(5,2)", NULL, "\"decimal(5,2)\"", 0},
    {"\"string\"", "string", NULL, "\"string\"", 0},
    {"\"char(3)\"", "char(3)", NULL, "\"char(3)\"", 0},
    {"\"varchar(9)\"", "varchar(9)", NULL, "\"varchar(9)\"", 0},
    {"\"interval\"", "interval", NULL, "\"interval\"", 0},
    {"\"interval day to second\"", "interval day to second", NULL, "\"interval day to second\"", 0},
    {"\"interval day\"", "interval day", NULL, "\"interval day\"", 0},
    {"\"interval year\"", "interval year", NULL, "\"interval year\"", 0},
    {"\"null\"", "void", NULL, "\"void\"", 0},
    {"\"void\"", "void", NULL, "\"void\"", 0},
    {"\"timestamp_ltz\"", "timestamp", NULL, "\"timestamp\"", 0},
    {"\"foo\"", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"{\"type\":\"array\",\"elementType\":\"integer\",\"containsNull\":true}", "array<int>", NULL,
     "{\"type\":\"array\",\"elementType\":\"integer\",\"containsNull\":true}", 0},
    {"{\"type\":\"array\",\"elementType\":\"integer\"}", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"{\"type\":\"struct\",\"fields\":[]}", "struct<>", NULL, "{\"type\":\"struct\",\"fields\":[]}", 0},
    {"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true}]}", "struct<a:int>",
     NULL, "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{}}]}",
     0},
    {"{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{\"b\":1,"
     "\"c\":[1,2],\"d\":{\"e\":1.5}}}]}",
     "struct<a:int>", NULL,
     "{\"type\":\"struct\",\"fields\":[{\"name\":\"a\",\"type\":\"integer\",\"nullable\":true,\"metadata\":{\"b\":1,"
     "\"c\":[1,2],\"d\":{\"e\":1.5}}}]}",
     0},
    {"{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"long\",\"valueContainsNull\":false}",
     "map<string,bigint>", NULL,
     "{\"type\":\"map\",\"keyType\":\"string\",\"valueType\":\"long\",\"valueContainsNull\":false}", 0},
    {"{\"a\":1}", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"1", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"\"byte\"", "tinyint", NULL, "\"byte\"", 0},
    {"\"tinyint\"", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"\"timestamp_ntz\"", "timestamp_ntz", NULL, "\"timestamp_ntz\"", 0},
    {"\"decimal(5,-2)\"", "NEGATIVE_SCALE_DISALLOWED", NULL, NULL, 0},
    {"\"decimal(50,2)\"", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", NULL, NULL, 0},
    {"\"INTEGER\"", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
    {"{\"fields\":[],\"type\":\"struct\",\"x\":1}", "INVALID_JSON_DATA_TYPE", NULL, NULL, 0},
};
#define COUNT(cases) (sizeof(cases) / sizeof((cases)[0]))

static WeirArena arena;
static WeirBuffer out;

static void assert_text(void (*write)(const WeirDataType *, WeirBuffer *), const WeirDataType *type,
                        const char *expected)
{
    weir_buffer_clear(&out);
    write(type, &out);
    assert_string_equal(weir_buffer_text(&out), expected);
}

static void check(const TypeCase *type_case, WeirStatus status, const WeirError *error, const WeirDataType *type)
{
    if (type_case->json == NULL) {
        if (status == WEIR_OK)
            print_error("accepted: %s\n", type_case->text);
        assert_int_not_equal(status, WEIR_OK);
        assert_string_equal(error->condition, type_case->simple);
        if (type_case->column >= 0)
            assert_int_equal(error->origin.column, type_case->column);
        return;
    }
    if (status != WEIR_OK)
        print_error("%s: %s %s\n", type_case->text, error->condition, error->message);
    assert_int_equal(status, WEIR_OK);
    assert_text(weir_type_simple_string, type, type_case->simple);
    if (type_case->sql != NULL)
        assert_text(weir_type_sql, type, type_case->sql);
    assert_text(weir_type_json, type, type_case->json);
    const WeirDataType *again;
    assert_int_equal(weir_type_from_json(weir_buffer_text(&out), out.length, &arena, &again, NULL), WEIR_OK);
    assert_true(weir_type_equal_strict(type, again));
}

static void test_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(type_cases); i++) {
        WeirError error = {0};
        const WeirDataType *type = NULL;
        WeirStatus status = weir_type_from_ddl(type_cases[i].text, &arena, &type, &error);
        check(&type_cases[i], status, &error, type);
    }
}

static void test_schemas(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schema_cases); i++) {
        WeirError error = {0};
        const WeirDataType *type = NULL;
        WeirStatus status = weir_schema_from_ddl(schema_cases[i].text, &arena, &type, &error);
        check(&schema_cases[i], status, &error, type);
    }
}

static void test_json(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(json_cases); i++) {
        WeirError error = {0};
        const WeirDataType *type = NULL;
        WeirStatus status = weir_type_from_json(json_cases[i].text, strlen(json_cases[i].text), &arena, &type, &error);
        check(&json_cases[i], status, &error, type);
    }
    const WeirDataType *type;
    assert_int_not_equal(weir_type_from_json("", 0, &arena, &type, NULL), WEIR_OK);
    const char *spaced = "{\"type\" : \"struct\", \"fields\": [ {\"name\":\"a\",\"type\":\"long\",\"nullable\":false,"
                         "\"metadata\" : { \"comment\" : \"a \\\" b\" } } ] }";
    assert_int_equal(weir_type_from_json(spaced, strlen(spaced), &arena, &type, NULL), WEIR_OK);
    assert_string_equal(type->fields[0].metadata, "{\"comment\":\"a \\\" b\"}");
}

static void test_tree_and_ddl(void **state)
{
    (void)state;
    const WeirSchema *schema;
    assert_int_equal(weir_schema_from_ddl(
                         "a int not null comment 'x', b array<struct<c:int not null,d:map<string,array<int>>>>, "
                         "e struct<f:decimal(5,2),`g h`:interval day to second>, m map<struct<a:int>,struct<b:int>>, "
                         "v varchar(3), n void, tn timestamp_ntz, i interval",
                         &arena, &schema, NULL),
                     WEIR_OK);
    assert_text(weir_schema_tree, schema,
                "root\n"
                " |-- a: integer (nullable = false)\n"
                " |-- b: array (nullable = true)\n"
                " |    |-- element: struct (containsNull = true)\n"
                " |    |    |-- c: integer (nullable = false)\n"
                " |    |    |-- d: map (nullable = true)\n"
                " |    |    |    |-- key: string\n"
                " |    |    |    |-- value: array (valueContainsNull = true)\n"
                " |    |    |    |    |-- element: integer (containsNull = true)\n"
                " |-- e: struct (nullable = true)\n"
                " |    |-- f: decimal(5,2) (nullable = true)\n"
                " |    |-- g h: interval day to second (nullable = true)\n"
                " |-- m: map (nullable = true)\n"
                " |    |-- key: struct\n"
                " |    |    |-- a: integer (nullable = true)\n"
                " |    |-- value: struct (valueContainsNull = true)\n"
                " |    |    |-- b: integer (nullable = true)\n"
                " |-- v: varchar(3) (nullable = true)\n"
                " |-- n: void (nullable = true)\n"
                " |-- tn: timestamp_ntz (nullable = true)\n"
                " |-- i: interval (nullable = true)\n");
    assert_text(weir_schema_ddl, schema,
                "a INT NOT NULL COMMENT 'x',b ARRAY<STRUCT<c: INT NOT NULL, d: MAP<STRING, ARRAY<INT>>>>,e STRUCT<f: "
                "DECIMAL(5,2), `g h`: INTERVAL DAY TO SECOND>,"
                "m MAP<STRUCT<a: INT>, STRUCT<b: INT>>,v VARCHAR(3),n VOID,tn TIMESTAMP_NTZ,i INTERVAL");
    assert_int_equal(weir_type_or_schema_from_ddl("a int", &arena, &schema, NULL), WEIR_OK);
    assert_text(weir_type_simple_string, schema, "struct<a:int>");
    assert_int_equal(weir_type_or_schema_from_ddl("int", &arena, &schema, NULL), WEIR_OK);
    WeirError error;
    assert_int_equal(weir_type_or_schema_from_ddl("a foo", &arena, &schema, &error), WEIR_ERROR_PARSE_SYNTAX_ERROR);
}

static void test_deep_nesting_is_refused(void **state)
{
    (void)state;
    enum { DEPTH = 5000 };
    char *text = weir_arena_calloc(&arena, DEPTH * 6 + 10);
    for (int i = 0; i < DEPTH; i++)
        memcpy(text + i * 6, "array<", 6);
    WeirError error;
    const WeirDataType *type;
    assert_int_equal(weir_type_from_ddl(text, &arena, &type, &error), WEIR_ERROR_FAILED_TO_PARSE_TOO_COMPLEX);
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
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_schemas),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_tree_and_ddl),
        cmocka_unit_test(test_deep_nesting_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
