#include "common/json.h"

#include <string.h>

#include "support/test.h"

static WeirArena arena;
static WeirError error;

static int make_arena(void **state)
{
    (void)state;
    weir_arena_init(&arena, NULL);
    return 0;
}

static int drop_arena(void **state)
{
    (void)state;
    weir_arena_deinit(&arena);
    return 0;
}

static const WeirJson *parse(const char *text)
{
    WeirJson *json = NULL;
    assert_ok(weir_json_parse(text, strlen(text), &arena, &json, &error), error);
    return json;
}

static void a_tree_is_read(void **state)
{
    (void)state;
    const WeirJson *json = parse(" {\"a\" : [1, -2.50e1 ,null,true,false,{} ,[]], \"b\":\"x\",\"b\":\"y\" }\n");
    assert_int_equal(json->kind, WEIR_JSON_OBJECT);
    assert_int_equal(json->child_count, 3);
    assert_string_equal(weir_json_string(weir_json_get(json, "b")), "y");
    const WeirJson *array = weir_json_get(json, "a");
    assert_int_equal(array->child_count, 7);
    assert_memory_equal(array->source, "[1, -2.50e1 ,null,true,false,{} ,[]]", array->source_length);
    const WeirJson *child = array->first;
    int64_t integer = 0;
    double number = 0;
    assert_true(weir_json_int64(child, &integer) && integer == 1);
    child = child->next;
    assert_false(weir_json_int64(child, &integer));
    assert_true(weir_json_double(child, &number) && number == -25.0);
    assert_string_equal(child->text, "-2.50e1");
    assert_int_equal(child->next->kind, WEIR_JSON_NULL);
    assert_true(child->next->next->boolean);
    assert_null(weir_json_get(json, "c"));
    assert_null(weir_json_get(array, "c"));
    assert_null(weir_json_get(NULL, "c"));
    assert_null(weir_json_string(array));
    assert_false(weir_json_double(NULL, &number));
}

static void strings_are_unescaped(void **state)
{
    (void)state;
    const WeirJson *json =
        parse("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u65E5\\ud83d\\ude00\\ud800x\\udc00\\ud800\\u0041\"");
    assert_string_equal(json->text,
                        "a\"\\/\b\f\n\r\t\xC3\xA9\xE6\x97\xA5\xF0\x9F\x98\x80\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD"
                        "A");
    json = parse("\"a\\u0000b\"");
    assert_int_equal(json->length, 3);
    assert_memory_equal(json->text, "a\0b", 4);
}

static void malformed_texts_are_refused(void **state)
{
    (void)state;
    const char *texts[] = {"",         " ",     "{",          "[1,]",      "[1 2]",       "{\"a\"}",
                           "{\"a\":}", "{a:1}", "{\"a\":1,}", "nul",       "tru",         "01",
                           "-",        "1.",    ".5",         "+1",        "1e",          "1e+",
                           "\"",       "\"\\",  "\"\\x\"",    "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"",
                           "1 2",      "[1]]",  "{\"a\":1}}", "NaN",       "'a'",         "\"\\ud83d\\u12\"",
                           "[\"a\\\"]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        WeirJson *json = NULL;
        assert_condition(weir_json_parse(texts[i], strlen(texts[i]), &arena, &json, &error), error, "MALFORMED_JSON");
        assert_null(json);
    }
    WeirJson *json = NULL;
    assert_condition(weir_json_parse("{\"a\":1 \"b\":2}", 13, &arena, &json, &error), error, "MALFORMED_JSON");
    assert_non_null(strstr(error.message, "7")); /* the offset */
    assert_condition(weir_json_parse("1\0", 2, &arena, &json, &error), error, "MALFORMED_JSON");
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    char text[1000];
    memset(text, '[', 257);
    memset(text + 257, ']', 257);
    WeirJson *json = NULL;
    assert_ok(weir_json_parse(text + 1, 512, &arena, &json, &error), error);
    assert_condition(weir_json_parse(text, 514, &arena, &json, &error), error, "MALFORMED_JSON");
}

static void the_writer_places_commas(void **state)
{
    (void)state;
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirJsonWriter writer;
    weir_json_writer_init(&writer, &buffer);
    weir_json_begin_object(&writer, NULL);
    weir_json_add_int(&writer, "i", INT64_MIN);
    weir_json_add_double(&writer, "d", 1e10);
    weir_json_add_double(&writer, "n", __builtin_nan(""));
    weir_json_begin_array(&writer, "a");
    weir_json_add_string(&writer, NULL, "x");
    weir_json_add_string(&writer, NULL, NULL);
    weir_json_begin_object(&writer, NULL);
    weir_json_end_object(&writer);
    weir_json_add_boolean(&writer, NULL, false);
    weir_json_end_array(&writer);
    weir_json_add_raw(&writer, "r", "{\"k\":[]}");
    weir_json_end_object(&writer);
    assert_string_equal(weir_buffer_text(&buffer), "{\"i\":-9223372036854775808,\"d\":1.0E10,\"n\":\"NaN\","
                                                   "\"a\":[\"x\",null,{},false],\"r\":{\"k\":[]}}");
    weir_buffer_deinit(&buffer);
}

static void escapes_are_those_of_jackson(void **state)
{
    (void)state;
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    weir_json_write_string(&buffer, "a\"b\\c/\b\t\n\f\r\x0B\x01\x1F\x7F\xC3\xA9", 17);
    assert_string_equal(weir_buffer_text(&buffer), "\"a\\\"b\\\\c/\\b\\t\\n\\f\\r\\u000B\\u0001\\u001F\x7F\xC3\xA9\"");
    WeirJson *json = NULL;
    assert_ok(weir_json_parse(buffer.data, buffer.length, &arena, &json, &error), error);
    assert_memory_equal(json->text, "a\"b\\c/\b\t\n\f\r\x0B\x01\x1F\x7F\xC3\xA9", 17);
    weir_buffer_clear(&buffer);
    weir_json_write_string(&buffer, "", 0);
    assert_string_equal(weir_buffer_text(&buffer), "\"\"");
    weir_buffer_deinit(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_tree_is_read, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(strings_are_unescaped, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(malformed_texts_are_refused, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(nesting_has_a_limit, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(the_writer_places_commas, make_arena, drop_arena),
        cmocka_unit_test_setup_teardown(escapes_are_those_of_jackson, make_arena, drop_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
