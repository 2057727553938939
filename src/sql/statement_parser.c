/* Statements: which one the text is, and the short ones: EXPLAIN, DROP, CACHE, USE, REFRESH. CREATE, SET, DESCRIBE/SHOW
 * and variables have files of their own. What Spark runs and weir does not is refused by name. */
#include <strings.h>

#include "sql/parser_private.h"

/* ---- option lists */

static const char *parse_option_key(WeirParser *p)
{
    if (!weir_at_string(p))
        return weir_parse_dotted_name(p);
    WeirToken token = weir_advance(p); /* one literal: the next one is the value */
    size_t length;
    return weir_string_literal(p->arena, p->lexer.text + token.start, (size_t)token.length,
                               p->options->escaped_string_literals, &length);
}

/* A string, a number or a boolean, as text; NULL when there is none. */
static const char *parse_option_value(WeirParser *p)
{
    if (weir_at_string(p))
        return weir_parse_string(p, NULL);
    const WeirToken *token = weir_peek(p);
    if (token->kind == WEIR_TOKEN_INTEGER || token->kind == WEIR_TOKEN_DECIMAL) {
        WeirToken number = weir_advance(p);
        return weir_arena_strndup(p->arena, p->lexer.text + number.start, (size_t)number.length);
    }
    if (weir_accept(p, WEIR_KEYWORD_TRUE))
        return "true";
    if (weir_accept(p, WEIR_KEYWORD_FALSE))
        return "false";
    return NULL;
}

void weir_parse_options(WeirParser *p, const WeirOption **options, uint32_t *count)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirList list = {0};
    weir_expect_symbol(p, '(');
    do {
        WeirOption *option = WEIR_ARENA_NEW(p->arena, WeirOption);
        option->key = parse_option_key(p);
        bool equals = weir_accept_symbol(p, '=');
        option->value = parse_option_value(p);
        if (option->value == NULL && !equals && (weir_at_symbol(p, ',') || weir_at_symbol(p, ')')))
            weir_fail_text(p, (WeirOrigin){.line = 1, .start = 0, .length = p->lexer.length},
                           WEIR_ERROR_LEGACY_ERROR_TEMP_0035, "Option '%s' needs a value.", option->key);
        else if (option->value == NULL)
            weir_fail_syntax(p);
        for (uint32_t i = 0; i < list.count; i++)
            if (strcmp(((WeirOption *)list.items[i])->key, option->key) == 0)
                WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_DUPLICATE_KEY, "keyColumn",
                          weir_arena_printf(p->arena, "`%s`", option->key));
        weir_list_add(p, &list, option);
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    WeirOption *flat = WEIR_ARENA_ARRAY(p->arena, WeirOption, list.count);
    for (uint32_t i = 0; i < list.count; i++)
        flat[i] = *(WeirOption *)list.items[i];
    *options = flat;
    *count = list.count;
}

/* ---- EXPLAIN */

static void parse_explain(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    statement->kind = WEIR_STATEMENT_EXPLAIN;
    if (weir_accept(p, WEIR_KEYWORD_EXTENDED))
        statement->explain_mode = WEIR_EXPLAIN_EXTENDED;
    else if (weir_accept(p, WEIR_KEYWORD_FORMATTED))
        statement->explain_mode = WEIR_EXPLAIN_FORMATTED;
    else if (weir_accept(p, WEIR_KEYWORD_CODEGEN))
        statement->explain_mode = WEIR_EXPLAIN_CODEGEN;
    else if (weir_accept(p, WEIR_KEYWORD_COST))
        statement->explain_mode = WEIR_EXPLAIN_COST;
    else if (weir_accept(p, WEIR_KEYWORD_LOGICAL))
        WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_STATEMENT_OR_CLAUSE, "operation", "EXPLAIN LOGICAL");
    statement->statement = WEIR_ARENA_NEW(p->arena, WeirStatement);
    statement->statement->text = statement->text;
    statement->statement->origin = weir_origin_here(p);
    if (weir_enter(p)) {
        weir_parse_statement(p, statement->statement);
        weir_leave(p);
    }
    statement->statement->origin = weir_origin_since(p, statement->statement->origin);
}

/* ---- DROP */

static void parse_name_if_exists(WeirParser *p, WeirStatement *statement)
{
    statement->if_exists = weir_accept2(p, WEIR_KEYWORD_IF, WEIR_KEYWORD_EXISTS);
    statement->name = weir_parse_dotted_name(p);
}

void weir_parse_drop(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    bool temporary = weir_accept_temporary(p);
    if (weir_accept(p, WEIR_KEYWORD_VIEW) || (!temporary && weir_accept(p, WEIR_KEYWORD_TABLE))) {
        statement->kind = WEIR_STATEMENT_DROP_VIEW;
        parse_name_if_exists(p, statement);
        weir_accept(p, WEIR_KEYWORD_PURGE);
    } else if (temporary && (weir_accept(p, WEIR_KEYWORD_VARIABLE) || weir_accept(p, WEIR_KEYWORD_VAR))) {
        statement->kind = WEIR_STATEMENT_DROP_VARIABLE;
        parse_name_if_exists(p, statement);
    } else if (weir_accept(p, WEIR_KEYWORD_FUNCTION)) {
        statement->kind = WEIR_STATEMENT_DROP_FUNCTION;
        statement->is_temporary = temporary;
        statement->if_exists = weir_accept2(p, WEIR_KEYWORD_IF, WEIR_KEYWORD_EXISTS);
        statement->name = temporary ? weir_parse_temporary_name(p, origin, "FUNCTION") : weir_parse_dotted_name(p);
    } else if (weir_at(p, WEIR_KEYWORD_DATABASE) || weir_at(p, WEIR_KEYWORD_SCHEMA) ||
               weir_at(p, WEIR_KEYWORD_NAMESPACE)) {
        weir_advance(p);
        statement->kind = WEIR_STATEMENT_DATABASE;
        statement->key = "DROP";
        parse_name_if_exists(p, statement);
        if (!weir_accept(p, WEIR_KEYWORD_CASCADE))
            weir_accept(p, WEIR_KEYWORD_RESTRICT);
    } else {
        weir_fail_syntax(p);
    }
}

/* ---- CACHE, UNCACHE, REFRESH, USE */

static void parse_cache(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    statement->kind = WEIR_STATEMENT_CACHE;
    weir_accept(p, WEIR_KEYWORD_LAZY);
    weir_expect(p, WEIR_KEYWORD_TABLE);
    statement->name = weir_parse_dotted_name(p);
    if (weir_accept(p, WEIR_KEYWORD_OPTIONS))
        weir_parse_options(p, &statement->options, &statement->option_count);
    bool as = weir_accept(p, WEIR_KEYWORD_AS);
    if (as || weir_at_query(p))
        statement->plan = weir_parse_query(p);
    if (statement->plan != NULL && strchr(statement->name, '.') != NULL)
        weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                       "CACHE TABLE … AS SELECT takes a name of one part, not %s.", statement->name);
}

static void parse_use(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_USE;
    if (weir_is_identifier(p, weir_peek_at(p, 1)) &&
        (weir_at(p, WEIR_KEYWORD_DATABASE) || weir_at(p, WEIR_KEYWORD_SCHEMA) || weir_at(p, WEIR_KEYWORD_NAMESPACE)))
        weir_advance(p);
    statement->name = weir_parse_dotted_name(p);
}

static void parse_refresh(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_REFRESH;
    if (weir_accept(p, WEIR_KEYWORD_FUNCTION)) {
        statement->kind = WEIR_STATEMENT_REFRESH_FUNCTION;
        statement->name = weir_parse_dotted_name(p);
        return;
    }
    if (weir_is_identifier(p, weir_peek_at(p, 1)))
        weir_accept(p, WEIR_KEYWORD_TABLE);
    statement->name = weir_at_string(p) ? weir_parse_string(p, NULL) : weir_parse_dotted_name(p);
}

/* ---- EXECUTE IMMEDIATE */

/* EXECUTE IMMEDIATE text [INTO x, y] [USING a, b AS name | USING (a, b AS name)] */
static void parse_execute_immediate(WeirParser *p, WeirStatement *statement)
{
    WeirList expressions = {0}, names = {0};
    statement->kind = WEIR_STATEMENT_EXECUTE_IMMEDIATE;
    weir_list_add(p, &expressions, weir_parse_expression(p));
    if (weir_accept(p, WEIR_KEYWORD_INTO)) {
        do {
            weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_dotted_name(p));
        } while (weir_accept_symbol(p, ','));
    }
    if (weir_accept(p, WEIR_KEYWORD_USING)) {
        bool parenthesis = weir_at_symbol(p, '(') && !weir_next_is(p, 1, WEIR_KEYWORD_SELECT);
        if (parenthesis)
            weir_advance(p);
        do {
            weir_list_add(p, &expressions, weir_parse_named_expression(p));
        } while (weir_accept_symbol(p, ','));
        if (parenthesis)
            weir_expect_symbol(p, ')');
    }
    statement->names = (const char *const *)names.items;
    statement->name_count = names.count;
    statement->expressions = (WeirExpression **)expressions.items;
    statement->expression_count = expressions.count;
}

/* ---- which statement it is */

/* Statements that Spark has and weir refuses, by their first word. GRANT and the like Spark refuses itself, with
 * another condition. */
static bool refuse_statement(WeirParser *p, WeirOrigin origin)
{
    const WeirToken *token = weir_peek(p);
    WeirKeyword keyword = token->kind == WEIR_TOKEN_WORD ? token->keyword : WEIR_NOT_A_KEYWORD;
    const char *word = keyword != WEIR_NOT_A_KEYWORD ? weir_keyword_text(keyword) : "";
    switch (keyword) {
    case WEIR_KEYWORD_ANALYZE:
    case WEIR_KEYWORD_ADD:
    case WEIR_KEYWORD_LIST:
    case WEIR_KEYWORD_BEGIN:
    case WEIR_KEYWORD_TRUNCATE:
    case WEIR_KEYWORD_LOAD:
    case WEIR_KEYWORD_MSCK:
    case WEIR_KEYWORD_REPAIR:
    case WEIR_KEYWORD_COMMENT:
    case WEIR_KEYWORD_CALL:
        weir_fail_unsupported(p, origin, word);
        return true;
    case WEIR_KEYWORD_GRANT:
    case WEIR_KEYWORD_REVOKE:
    case WEIR_KEYWORD_IMPORT:
    case WEIR_KEYWORD_EXPORT:
    case WEIR_KEYWORD_LOCK:
    case WEIR_KEYWORD_UNLOCK:
    case WEIR_KEYWORD_COMMIT:
    case WEIR_KEYWORD_ROLLBACK:
    case WEIR_KEYWORD_DFS:
        origin.length = p->lexer.length - origin.start;
        WEIR_FAIL(p, origin, WEIR_ERROR_INVALID_STATEMENT_OR_CLAUSE, "operation", word);
        return true;
    default:
        return false;
    }
}

static void parse_query_statement(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_QUERY;
    bool known = weir_at_query(p) || weir_at_symbol(p, '(') || weir_at(p, WEIR_KEYWORD_WITH) ||
                 weir_at(p, WEIR_KEYWORD_TABLE) || weir_at(p, WEIR_KEYWORD_VALUES) || weir_at(p, WEIR_KEYWORD_FROM);
    if (known)
        statement->plan = weir_parse_query(p);
    else
        weir_fail_syntax(p);
}

void weir_parse_statement(WeirParser *p, WeirStatement *statement)
{
    WeirOrigin origin = weir_origin_here(p);
    if (weir_parse_table_command(p, statement, origin))
        return;
    if (weir_accept(p, WEIR_KEYWORD_CREATE))
        weir_parse_create(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_SET))
        weir_parse_set(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_RESET))
        weir_parse_reset(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_EXPLAIN))
        parse_explain(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_DESCRIBE) || weir_accept(p, WEIR_KEYWORD_DESC))
        weir_parse_describe(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_SHOW))
        weir_parse_show(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_USE))
        parse_use(p, statement);
    else if (weir_accept(p, WEIR_KEYWORD_DECLARE))
        weir_parse_declare(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_DROP))
        weir_parse_drop(p, statement, origin);
    else if (weir_accept2(p, WEIR_KEYWORD_EXECUTE, WEIR_KEYWORD_IMMEDIATE))
        parse_execute_immediate(p, statement);
    else if (weir_accept(p, WEIR_KEYWORD_CACHE))
        parse_cache(p, statement, origin);
    else if (weir_accept(p, WEIR_KEYWORD_REFRESH))
        parse_refresh(p, statement);
    else if (weir_accept(p, WEIR_KEYWORD_UNCACHE)) {
        statement->kind = WEIR_STATEMENT_UNCACHE;
        weir_expect(p, WEIR_KEYWORD_TABLE);
        parse_name_if_exists(p, statement);
    } else if (weir_accept2(p, WEIR_KEYWORD_CLEAR, WEIR_KEYWORD_CACHE))
        statement->kind = WEIR_STATEMENT_CLEAR_CACHE;
    else if (!refuse_statement(p, origin))
        parse_query_statement(p, statement);
}
