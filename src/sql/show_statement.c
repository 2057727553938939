/* DESCRIBE and SHOW. */
#include <strings.h>

#include "sql/parser_private.h"

static bool at_namespace_word(WeirParser *p)
{
    return weir_at(p, WEIR_KEYWORD_DATABASE) || weir_at(p, WEIR_KEYWORD_SCHEMA) || weir_at(p, WEIR_KEYWORD_NAMESPACE);
}

/* DESCRIBE FUNCTION [EXTENDED] name | 'operator' */
static void parse_describe_function(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_DESCRIBE_FUNCTION;
    bool extended = weir_at(p, WEIR_KEYWORD_EXTENDED) && weir_peek_at(p, 1)->kind != WEIR_TOKEN_END &&
                    !weir_next_is_symbol(p, 1, ';');
    statement->is_extended = extended && weir_accept(p, WEIR_KEYWORD_EXTENDED);
    if (weir_at_string(p)) {
        statement->name = weir_parse_string(p, NULL);
    } else if (weir_at_identifier(p)) {
        statement->name = weir_parse_dotted_name(p);
    } else if (weir_peek(p)->kind == WEIR_TOKEN_SYMBOL) { /* an operator: DESCRIBE FUNCTION + */
        WeirToken token = weir_advance(p);
        statement->name = weir_arena_strndup(p->arena, p->lexer.text + token.start, (size_t)token.length);
    } else {
        weir_fail_syntax(p);
    }
}

void weir_parse_describe(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    bool name_follows = weir_is_identifier(p, weir_peek_at(p, 1)) || weir_peek_at(p, 1)->kind == WEIR_TOKEN_STRING ||
                        weir_peek_at(p, 1)->kind == WEIR_TOKEN_SYMBOL;
    if (weir_at(p, WEIR_KEYWORD_FUNCTION) && name_follows && !weir_next_is_symbol(p, 1, ';')) {
        weir_advance(p);
        parse_describe_function(p, statement);
        return;
    }
    if (at_namespace_word(p) && weir_is_identifier(p, weir_peek_at(p, 1))) {
        weir_advance(p);
        statement->kind = WEIR_STATEMENT_DATABASE;
        statement->key = "DESCRIBE";
        weir_accept(p, WEIR_KEYWORD_EXTENDED);
        statement->name = weir_parse_dotted_name(p);
        return;
    }
    bool query = weir_at(p, WEIR_KEYWORD_QUERY) && weir_peek_at(p, 1)->kind == WEIR_TOKEN_WORD &&
                 weir_accept(p, WEIR_KEYWORD_QUERY);
    if (query || (weir_at_query(p) && !weir_at(p, WEIR_KEYWORD_TABLE)) || weir_at_symbol(p, '(')) {
        statement->kind = WEIR_STATEMENT_DESCRIBE_QUERY;
        statement->plan = weir_parse_query(p);
        return;
    }
    statement->kind = WEIR_STATEMENT_DESCRIBE_TABLE;
    if (weir_is_identifier(p, weir_peek_at(p, 1)))
        weir_accept(p, WEIR_KEYWORD_TABLE);
    if (weir_is_identifier(p, weir_peek_at(p, 1)))
        statement->is_extended = weir_accept(p, WEIR_KEYWORD_EXTENDED) || weir_accept(p, WEIR_KEYWORD_FORMATTED);
    statement->name = weir_parse_dotted_name(p);
    if (weir_at(p, WEIR_KEYWORD_PARTITION) || (weir_at(p, WEIR_KEYWORD_AS) && weir_next_is(p, 1, WEIR_KEYWORD_JSON)))
        weir_fail_unsupported(p, origin, "this form of DESCRIBE");
    if (weir_at_identifier(p))
        statement->key = weir_parse_dotted_name(p); /* one column */
}

/* [FROM | IN namespace] */
static void parse_namespace(WeirParser *p, WeirStatement *statement)
{
    if (weir_accept(p, WEIR_KEYWORD_FROM) || weir_accept(p, WEIR_KEYWORD_IN))
        statement->target = weir_parse_dotted_name(p);
}

/* [[LIKE] 'pattern'] */
static void parse_pattern(WeirParser *p, WeirStatement *statement)
{
    bool like = weir_accept(p, WEIR_KEYWORD_LIKE);
    if (like || weir_at_string(p))
        statement->pattern = weir_parse_string(p, NULL);
}

static void parse_show_list(WeirParser *p, WeirStatement *statement, WeirStatementKind kind)
{
    statement->kind = kind;
    parse_namespace(p, statement);
    parse_pattern(p, statement);
}

/* SHOW [ALL | USER | SYSTEM] FUNCTIONS [IN namespace] [[LIKE] 'pattern' | name] */
static void parse_show_functions(WeirParser *p, WeirStatement *statement, WeirOrigin origin, const char *scope)
{
    statement->kind = WEIR_STATEMENT_SHOW_FUNCTIONS;
    statement->scope = scope;
    if (strcasecmp(scope, "all") != 0 && strcasecmp(scope, "user") != 0 && strcasecmp(scope, "system") != 0) {
        origin.length = p->lexer.length - origin.start;
        WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_SQL_SYNTAX_SHOW_FUNCTIONS_INVALID_SCOPE, "scope",
                  weir_arena_printf(p->arena, "`%s`", scope));
    }
    parse_namespace(p, statement);
    bool like = weir_accept(p, WEIR_KEYWORD_LIKE);
    if (weir_at_string(p))
        statement->pattern = weir_parse_string(p, NULL);
    else if (like || weir_at_identifier(p))
        statement->pattern = weir_parse_dotted_name(p);
}

/* SHOW COLUMNS IN t [IN namespace] */
static void parse_show_columns(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_SHOW_COLUMNS;
    if (!weir_accept(p, WEIR_KEYWORD_FROM))
        weir_expect(p, WEIR_KEYWORD_IN);
    statement->name = weir_parse_dotted_name(p);
    parse_namespace(p, statement);
}

void weir_parse_show(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    if (weir_accept(p, WEIR_KEYWORD_TABLES))
        parse_show_list(p, statement, WEIR_STATEMENT_SHOW_TABLES);
    else if (weir_accept(p, WEIR_KEYWORD_VIEWS))
        parse_show_list(p, statement, WEIR_STATEMENT_SHOW_VIEWS);
    else if (weir_accept(p, WEIR_KEYWORD_DATABASES) || weir_accept(p, WEIR_KEYWORD_SCHEMAS) ||
             weir_accept(p, WEIR_KEYWORD_NAMESPACES))
        parse_show_list(p, statement, WEIR_STATEMENT_SHOW_DATABASES);
    else if (weir_accept(p, WEIR_KEYWORD_CATALOGS))
        parse_show_list(p, statement, WEIR_STATEMENT_SHOW_CATALOGS);
    else if (weir_accept(p, WEIR_KEYWORD_COLUMNS))
        parse_show_columns(p, statement);
    else if (weir_accept(p, WEIR_KEYWORD_FUNCTIONS))
        parse_show_functions(p, statement, origin, "all");
    else if (weir_at_identifier(p) && weir_next_is(p, 1, WEIR_KEYWORD_FUNCTIONS)) {
        const char *scope = weir_parse_identifier(p);
        weir_advance(p);
        parse_show_functions(p, statement, origin, scope);
    } else if (weir_accept(p, WEIR_KEYWORD_TBLPROPERTIES)) {
        statement->kind = WEIR_STATEMENT_SHOW_PROPERTIES;
        statement->name = weir_parse_dotted_name(p);
    } else if (weir_at(p, WEIR_KEYWORD_CURRENT) && weir_peek_at(p, 1)->kind == WEIR_TOKEN_WORD) {
        weir_advance(p);
        statement->kind = WEIR_STATEMENT_SHOW_CURRENT;
        if (!at_namespace_word(p))
            weir_fail_syntax(p);
        weir_advance(p);
    } else if (weir_at(p, WEIR_KEYWORD_CREATE) || weir_at(p, WEIR_KEYWORD_TABLE) ||
               weir_at(p, WEIR_KEYWORD_COLLATIONS) || weir_at(p, WEIR_KEYWORD_PROCEDURES)) {
        weir_fail_unsupported(p, origin,
                              weir_arena_printf(p->arena, "SHOW %s", weir_keyword_text(weir_peek(p)->keyword)));
    } else {
        if (weir_at_identifier(p))
            weir_advance(p); /* the scope of FUNCTIONS, as far as the grammar knows */
        weir_fail_syntax_hint(p, ": missing 'FUNCTIONS'");
    }
}
