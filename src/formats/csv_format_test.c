/* CSV records by the splitter and by the parser, which must agree, and rows written and read back. Behaviour that real
 * Spark answered is in test/stream/source_csv and sink_file. */
#include "support/test.h"

#include <string.h>

#include "formats/csv_records.h"
#include "formats/formats.h"

static const char *const *given; /* key, value, …, NULL */

static const char *get_option(void *context, const char *key)
{
    (void)context;
    for (const char *const *at = given; at != NULL && *at != NULL; at += 2)
        if (strcmp(at[0], key) == 0)
            return at[1];
    return NULL;
}

static WeirFormatOptions options(const char *const *pairs)
{
    given = pairs;
    return (WeirFormatOptions){.get = get_option, .zone = weir_time_zone_utc()};
}

static void append_tokens(const WeirCsvTokens *tokens, WeirBuffer *out)
{
    for (uint32_t i = 0; i < tokens->count; i++) {
        const WeirCsvToken *token = &tokens->items[i];
        weir_buffer_append_char(out, '<');
        if (token->kind == WEIR_CSV_TOKEN_NULL)
            weir_buffer_append_text(out, "null");
        else if (token->kind == WEIR_CSV_TOKEN_EMPTY)
            weir_buffer_append_text(out, "empty");
        else
            weir_buffer_append(out, token->data, token->length);
        weir_buffer_append_char(out, '>');
    }
    weir_buffer_append_char(out, ';');
}

static void parse(const char *const *pairs, const char *line, WeirBuffer *out)
{
    WeirFormatOptions format_options = options(pairs);
    WeirCsvOptions csv;
    WeirCsvLineEnd end = {'\n', 0, '\n', true};
    WeirCsvTokens tokens;
    WeirArena arena;
    WeirError error = {0};
    size_t consumed;
    weir_arena_init(&arena, NULL);
    weir_csv_tokens_init(&tokens, NULL);
    assert_ok(weir_csv_options(&format_options, false, &arena, &csv, &error), error);
    assert_int_equal(weir_csv_parse(&csv, &end, (const uint8_t *)line, strlen(line), &consumed, &tokens),
                     WEIR_CSV_RECORD);
    append_tokens(&tokens, out);
    weir_csv_tokens_deinit(&tokens);
    weir_arena_deinit(&arena);
}

/* By the splitter where it takes the record. */
static bool split(const char *const *pairs, const char *line, WeirBuffer *out)
{
    WeirFormatOptions format_options = options(pairs);
    WeirCsvOptions csv;
    WeirCsvLineEnd end = {'\n', 0, '\n', true};
    WeirCsvSplitter splitter;
    WeirCsvTokens tokens;
    WeirArena arena;
    WeirError error = {0};
    uint8_t padded[512] = {0};
    size_t length = strlen(line);
    memcpy(padded, line, length);
    weir_arena_init(&arena, NULL);
    weir_csv_tokens_init(&tokens, NULL);
    assert_ok(weir_csv_options(&format_options, false, &arena, &csv, &error), error);
    weir_csv_splitter_init(&splitter, &csv, &end);
    weir_csv_splitter_start(&splitter, padded, length, 0);
    bool taken = weir_csv_splitter_record(&splitter, &tokens);
    if (taken)
        append_tokens(&tokens, out);
    weir_csv_tokens_deinit(&tokens);
    weir_arena_deinit(&arena);
    return taken;
}

static void splitter_and_parser_agree_on_every_short_line(void **state)
{
    (void)state;
    static const char *const plain[] = {NULL},
                             *const trimmed[] = {"ignoreLeadingWhiteSpace", "true", "ignoreTrailingWhiteSpace", "true",
                                                 NULL},
                             *const doubled[] = {"escape", "\"", NULL};
    static const char *const *const sets[] = {plain, trimmed, doubled};
    static const char letters[] = "a,\"\\ ";
    WeirBuffer by_parser, by_splitter;
    weir_buffer_init(&by_parser, 0, NULL);
    weir_buffer_init(&by_splitter, 0, NULL);
    uint32_t taken = 0;
    for (uint32_t code = 0; code < 5 * 5 * 5 * 5 * 5 * 5; code++) {
        char line[8] = "x";
        uint32_t rest = code;
        for (int i = 1; i < 7; i++, rest /= 5)
            line[i] = letters[rest % 5];
        for (size_t set = 0; set < 3; set++) {
            weir_buffer_clear(&by_parser);
            weir_buffer_clear(&by_splitter);
            if (!split(sets[set], line + (code & 1), &by_splitter))
                continue;
            taken++;
            parse(sets[set], line + (code & 1), &by_parser);
            if (strcmp(weir_buffer_text(&by_parser), weir_buffer_text(&by_splitter)) != 0)
                fail_msg("[%s] set %zu: %s and %s", line, set, weir_buffer_text(&by_parser),
                         weir_buffer_text(&by_splitter));
        }
    }
    assert_true(taken > 10000);
    weir_buffer_deinit(&by_parser);
    weir_buffer_deinit(&by_splitter);
}

static void odd_quotes_are_read_as_spark_reads_them(void **state)
{
    (void)state;
    static const char *const none[] = {NULL}, *const back[] = {"unescapedQuoteHandling", "BACK_TO_DELIMITER", NULL},
                             *const skip[] = {"unescapedQuoteHandling", "SKIP_VALUE", NULL},
                             *const closing[] = {"unescapedQuoteHandling", "STOP_AT_CLOSING_QUOTE", NULL},
                             *const long_sep[] = {"sep", "||", NULL};
    static const struct {
        const char *const *pairs;
        const char *line, *tokens;
    } cases[] = {
        {none, "5,\"a\"b", "<5><\"a\"b>;"},
        {none, "2,\"a\"\"b\"", "<2><\"a\"\"b\">;"},
        {none, "3,\"a\\\\b\"", "<3><a\\b>;"},
        {none, "7,\"un closed", "<7><un closed>;"},
        {none, "1,\"\"", "<1><empty>;"},
        {none, "1,", "<1><null>;"},
        {none, "\"a\"  ,b", "<a><b>;"},
        {none, "1,\"", "<1><\">;"},
        {back, "1,\"a\"b,c", "<1><ab,c>;"},
        {back, "\"\"%%", "<%%>;"},
        {skip, "1,\"a\"b,c", "<1><null><c>;"},
        {closing, "1,\"a\"b,c\",d", "<1><a\"b,c><d>;"},
        {long_sep, "1||x|y||\"a||b\"||", "<1><x|y><a||b><empty>;"},
    };
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        weir_buffer_clear(&out);
        parse(cases[i].pairs, cases[i].line, &out);
        assert_string_equal(weir_buffer_text(&out), cases[i].tokens);
    }
    weir_buffer_deinit(&out);
}

static void options_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *pairs[3], *condition;
    } cases[] = {
        {{"sep", "", NULL}, "_LEGACY_ERROR_TEMP_0000"},
        {{"sep", "\\", NULL}, "INVALID_DELIMITER_VALUE.SINGLE_BACKSLASH"},
        {{"sep", "\\x", NULL}, "INVALID_DELIMITER_VALUE.UNSUPPORTED_SPECIAL_CHARACTER"},
        {{"quote", "ab", NULL}, "OPTION_VALUE_EXCEEDS_ONE_CHARACTER"},
        {{"lineSep", "abc", NULL}, "_LEGACY_ERROR_TEMP_0000"},
        {{"maxColumns", "x", NULL}, "_LEGACY_ERROR_TEMP_2146"},
    };
    WeirError error = {0};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        WeirFormatOptions format_options = options(cases[i].pairs);
        WeirSchema schema = {.id = WEIR_TYPE_STRUCT};
        assert_condition(weir_csv_format.check(&format_options, &schema, false, &error), error, cases[i].condition);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitter_and_parser_agree_on_every_short_line),
        cmocka_unit_test(odd_quotes_are_read_as_spark_reads_them),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
