/* SET in all its forms, RESET, DECLARE. The key and value of SET are raw text, as in Spark's SetCommand: what the lexer
 * would make of them does not matter. */
#include <strings.h>

#include "sql/parser_private.h"

#define MICROS_PER_SECOND INT64_C(1000000)
#define ZONE_SECONDS_MAX (18 * 3600)

static WeirOrigin whole(WeirParser *p, WeirOrigin origin)
{
    origin.length = p->lexer.length - origin.start;
    return origin;
}

static void fail_set(WeirParser *p, WeirOrigin origin)
{
    WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_INVALID_SET_SYNTAX);
}

static bool is_key_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '\\' || c == ':';
}

/* The text after the last consumed token, to the end without trailing semicolons. Nothing is left to read. */
static char *take_rest(WeirParser *p)
{
    int32_t start = p->last.start + p->last.length;
    int32_t end = p->lexer.length;
    char *text = weir_source_text(p, start, end);
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ';' || (unsigned char)text[length - 1] <= ' '))
        text[--length] = '\0';
    p->last.length = end - p->last.start;
    p->lexer.position = p->lexer.length;
    p->count = 0;
    return text;
}

/* "`value`" without its quotes; other text unchanged. */
static const char *unquote(WeirParser *p, const char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] != '`' || text[length - 1] != '`')
        return text;
    return weir_arena_strndup(p->arena, text + 1, length - 2);
}

static const char *skip_blanks(const char *text)
{
    while (*text == ' ' || (*text >= '\t' && *text <= '\r'))
        text++;
    return text;
}

/* key · key = value · `key` = `value` */
static void parse_key_value(WeirParser *p, WeirStatement *statement, WeirOrigin origin, const char *text)
{
    const char *end = text;
    if (*text == '`') {
        for (end = text + 1; *end != '\0' && *end != '`'; end++) {
        }
        end += *end != '\0';
    } else {
        while (is_key_char(*end))
            end++;
    }
    statement->key = unquote(p, weir_arena_strndup(p->arena, text, (size_t)(end - text)));
    const char *rest = skip_blanks(end);
    if (end == text || (*rest != '\0' && *rest != '=')) {
        fail_set(p, origin);
        return;
    }
    if (*rest != '=')
        return;
    const char *value = skip_blanks(rest + 1);
    if (*value != '`' && strchr(value, ';') != NULL)
        fail_set(p, origin);
    statement->value = unquote(p, value);
}

/* ---- SET TIME ZONE */

static void fail_zone(WeirParser *p, WeirOrigin origin)
{
    weir_fail_text(p, whole(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0045, "The time zone displacement is not valid.");
}

/* SET TIME ZONE LOCAL (value NULL) | 'name' | INTERVAL … (as "+08:30") */
static void parse_time_zone(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    statement->kind = WEIR_STATEMENT_SET_TIME_ZONE;
    if (weir_at_string(p)) {
        statement->value = weir_parse_string(p, NULL);
        return;
    }
    if (weir_accept(p, WEIR_KEYWORD_LOCAL))
        return;
    if (!weir_at_interval(p)) {
        fail_zone(p, origin);
        return;
    }
    const WeirExpression *interval = weir_parse_interval(p, true);
    if (p->status != WEIR_OK)
        return;
    if (weir_peek(p)->kind != WEIR_TOKEN_END) { /* Spark's rule for what is none of the forms */
        fail_zone(p, origin);
        return;
    }
    int64_t micros = interval->value->type->id == WEIR_TYPE_DAY_TIME_INTERVAL ? weir_value_get_int(interval->value) : 1;
    int64_t seconds = micros / MICROS_PER_SECOND;
    if (micros % MICROS_PER_SECOND != 0 || seconds > ZONE_SECONDS_MAX || seconds < -ZONE_SECONDS_MAX) {
        WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_INVALID_INTERVAL_FORMAT_TIMEZONE_INTERVAL_OUT_OF_RANGE, "input",
                  "TIME ZONE");
        return;
    }
    int magnitude = (int)(seconds < 0 ? -seconds : seconds);
    statement->value =
        weir_arena_printf(p->arena, magnitude % 60 != 0 ? "%c%02d:%02d:%02d" : "%c%02d:%02d", seconds < 0 ? '-' : '+',
                          magnitude / 3600, magnitude / 60 % 60, magnitude % 60);
}

/* ---- SET VARIABLE, DECLARE */

/* x = 1, y = DEFAULT · (x, y) = (query) */
static void parse_set_variable(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_SET_VARIABLE;
    WeirList names = {0};
    WeirList values = {0};
    if (weir_accept_symbol(p, '(')) {
        do {
            weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_dotted_name(p));
        } while (weir_accept_symbol(p, ','));
        weir_expect_symbol(p, ')');
        weir_expect_symbol(p, '=');
        weir_expect_symbol(p, '(');
        statement->plan = weir_parse_query(p);
        weir_expect_symbol(p, ')');
    } else {
        do {
            weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_dotted_name(p));
            weir_expect_symbol(p, '=');
            weir_list_add(p, &values, weir_parse_expression(p));
        } while (weir_accept_symbol(p, ','));
    }
    statement->names = (const char *const *)names.items;
    statement->name_count = names.count;
    statement->expressions = (WeirExpression **)values.items;
    statement->expression_count = values.count;
}

/* DECLARE [OR REPLACE] [VARIABLE] x, y [type] [DEFAULT | = expression] */
void weir_parse_declare(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    statement->kind = WEIR_STATEMENT_DECLARE_VARIABLE;
    statement->or_replace = weir_accept2(p, WEIR_KEYWORD_OR, WEIR_KEYWORD_REPLACE);
    bool named = weir_is_identifier(p, weir_peek_at(p, 1)) && !weir_next_is(p, 1, WEIR_KEYWORD_DEFAULT);
    if (named && !weir_accept(p, WEIR_KEYWORD_VARIABLE))
        weir_accept(p, WEIR_KEYWORD_VAR);
    WeirList names = {0};
    do {
        weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_dotted_name(p));
    } while (weir_accept_symbol(p, ','));
    if (weir_at(p, WEIR_KEYWORD_CURSOR) && weir_next_is(p, 1, WEIR_KEYWORD_FOR))
        WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_UNSUPPORTED_FEATURE_SQL_CURSOR);
    statement->names = (const char *const *)names.items;
    statement->name_count = names.count;
    statement->name = names.items[0];
    bool has_default = weir_at(p, WEIR_KEYWORD_DEFAULT) || weir_at_symbol(p, '=');
    if (!has_default && !weir_at_end(p)) {
        int32_t start = weir_peek(p)->start;
        weir_parse_type(p);
        statement->type_ddl = weir_source_text(p, start, p->last.start + p->last.length);
        has_default = weir_at(p, WEIR_KEYWORD_DEFAULT) || weir_at_symbol(p, '=');
    }
    if (has_default) {
        weir_advance(p);
        statement->expressions = WEIR_ARENA_ARRAY(p->arena, WeirExpression *, 1);
        statement->expressions[0] = weir_parse_expression(p);
        statement->expression_count = 1;
    }
    if (statement->type_ddl == NULL && !has_default)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_SQL_SYNTAX_VARIABLE_TYPE_OR_DEFAULT_REQUIRED);
}

/* ---- */

void weir_parse_set(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    if (weir_accept2(p, WEIR_KEYWORD_TIME, WEIR_KEYWORD_ZONE)) {
        parse_time_zone(p, statement, origin);
        return;
    }
    bool names_follow = weir_is_identifier(p, weir_peek_at(p, 1)) || weir_next_is_symbol(p, 1, '(');
    if ((weir_at(p, WEIR_KEYWORD_VAR) || weir_at(p, WEIR_KEYWORD_VARIABLE)) && names_follow) {
        weir_advance(p);
        parse_set_variable(p, statement);
        return;
    }
    if (weir_at(p, WEIR_KEYWORD_CATALOG) && weir_is_identifier(p, weir_peek_at(p, 1))) {
        weir_advance(p);
        statement->kind = WEIR_STATEMENT_USE;
        statement->scope = "CATALOG";
        statement->name = weir_parse_identifier(p);
        return;
    }
    if (weir_at(p, WEIR_KEYWORD_ROLE))
        WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_INVALID_STATEMENT_OR_CLAUSE, "operation", "SET ROLE");
    statement->kind = WEIR_STATEMENT_SET;
    const char *text = take_rest(p);
    if (strcmp(text, "-v") == 0)
        statement->is_verbose = true;
    else if (*text != '\0')
        parse_key_value(p, statement, origin, text);
}

void weir_parse_reset(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    statement->kind = WEIR_STATEMENT_RESET;
    const char *text = take_rest(p);
    if (*text == '\0')
        return;
    statement->key = unquote(p, text);
    bool quoted = statement->key != text;
    for (const char *c = text; !quoted && *c != '\0'; c++)
        if (!is_key_char(*c)) {
            WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_INVALID_RESET_COMMAND_FORMAT);
            return;
        }
}
