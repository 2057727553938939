/* Statements about tables that keep rows, of which weir has none: they are read so far that what is wrong with them is
 * told with Spark's conditions; the session refuses the rest. */
#include "sql/parser_private.h"

/* What the grammar does not need to know: everything up to the statement's end. */
static void skip_rest(WeirParser *p)
{
    while (p->status == WEIR_OK && !weir_at_end(p))
        weir_advance(p);
}

static void skip_some(WeirParser *p)
{
    if (weir_at_end(p))
        weir_fail_syntax(p);
    skip_rest(p);
}

static void parse_target(WeirParser *p, WeirStatement *statement, const char *what)
{
    statement->kind = WEIR_STATEMENT_TABLE_COMMAND;
    statement->key = what;
    statement->name = weir_parse_dotted_name(p);
}

/* INSERT INTO|OVERWRITE [TABLE] t [PARTITION …] [(columns) | BY NAME] query */
static void parse_insert(WeirParser *p, WeirStatement *statement)
{
    if (!weir_accept(p, WEIR_KEYWORD_OVERWRITE))
        weir_expect(p, WEIR_KEYWORD_INTO);
    if (weir_is_identifier(p, weir_peek_at(p, 1)) && !weir_next_is(p, 1, WEIR_KEYWORD_SELECT))
        weir_accept(p, WEIR_KEYWORD_TABLE);
    parse_target(p, statement, "INSERT");
    skip_some(p);
}

static void add_condition(WeirParser *p, WeirList *list)
{
    if (weir_accept(p, WEIR_KEYWORD_WHERE))
        weir_list_add(p, list, weir_parse_expression(p));
}

static void set_expressions(WeirStatement *statement, const WeirList *list)
{
    statement->expressions = (WeirExpression **)list->items;
    statement->expression_count = list->count;
}

static void parse_delete(WeirParser *p, WeirStatement *statement)
{
    WeirList expressions = {0};
    weir_expect(p, WEIR_KEYWORD_FROM);
    parse_target(p, statement, "DELETE");
    if (weir_accept_as(p, true) || weir_at_table_alias(p))
        weir_parse_identifier(p);
    add_condition(p, &expressions);
    set_expressions(statement, &expressions);
}

/* UPDATE t SET a = 1, b = DEFAULT [WHERE …] */
static void parse_update(WeirParser *p, WeirStatement *statement)
{
    WeirList expressions = {0};
    parse_target(p, statement, "UPDATE TABLE");
    if (!weir_at(p, WEIR_KEYWORD_SET) && (weir_accept_as(p, true) || weir_at_table_alias(p)))
        weir_parse_identifier(p);
    weir_expect(p, WEIR_KEYWORD_SET);
    do {
        WeirOrigin origin = weir_origin_here(p);
        WeirList parts = {0};
        weir_parse_multipart(p, &parts);
        weir_list_add(p, &expressions, weir_make_attribute(p, &parts, origin));
        weir_expect_symbol(p, '=');
        if (!weir_accept(p, WEIR_KEYWORD_DEFAULT))
            weir_list_add(p, &expressions, weir_parse_expression(p));
    } while (weir_accept_symbol(p, ','));
    add_condition(p, &expressions);
    set_expressions(statement, &expressions);
}

static void parse_merge(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    weir_accept2(p, WEIR_KEYWORD_WITH, WEIR_KEYWORD_SCHEMA);
    weir_expect(p, WEIR_KEYWORD_INTO);
    parse_target(p, statement, "MERGE INTO TABLE");
    bool has_when = false;
    while (p->status == WEIR_OK && !weir_at_end(p)) {
        has_when = has_when || weir_at(p, WEIR_KEYWORD_WHEN);
        weir_advance(p);
    }
    if (!has_when)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_MERGE_WITHOUT_WHEN);
}

static void parse_alter(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    bool view = weir_accept(p, WEIR_KEYWORD_VIEW);
    if (weir_accept_temporary(p))
        weir_fail_syntax(p);
    if (!view && !weir_accept(p, WEIR_KEYWORD_TABLE)) {
        weir_fail_unsupported(p, origin, "ALTER");
        return;
    }
    parse_target(p, statement, view ? "ALTER VIEW" : "ALTER TABLE");
    bool as = view && (weir_accept(p, WEIR_KEYWORD_AS) || weir_at_query(p));
    if (as) { /* of a temporary view: it is replaced */
        statement->kind = WEIR_STATEMENT_CREATE_TEMPORARY_VIEW;
        statement->or_replace = statement->is_temporary = statement->if_exists = true;
        statement->plan = weir_parse_query(p);
        return;
    }
    if (weir_accept2(p, WEIR_KEYWORD_RENAME, WEIR_KEYWORD_TO)) {
        statement->kind = WEIR_STATEMENT_RENAME_VIEW;
        statement->target = weir_parse_dotted_name(p);
        return;
    }
    skip_some(p);
}

/* The words before the table, each a keyword; true when all were there. */
static bool accept_words(WeirParser *p, const WeirKeyword *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!weir_next_is(p, i, words[i]))
            return false;
    for (uint32_t i = 0; i < count; i++)
        weir_advance(p);
    return true;
}

typedef struct Command {
    const char *text;
    WeirKeyword words[3];
    uint32_t count;
} Command;

static const Command commands[] = {
    {"TRUNCATE TABLE", {WEIR_KEYWORD_TRUNCATE, WEIR_KEYWORD_TABLE}, 2},
    {"ANALYZE TABLE", {WEIR_KEYWORD_ANALYZE, WEIR_KEYWORD_TABLE}, 2},
    {"COMMENT ON TABLE", {WEIR_KEYWORD_COMMENT, WEIR_KEYWORD_ON, WEIR_KEYWORD_TABLE}, 3},
    {"MSCK REPAIR TABLE", {WEIR_KEYWORD_MSCK, WEIR_KEYWORD_REPAIR, WEIR_KEYWORD_TABLE}, 3},
    {"SHOW PARTITIONS", {WEIR_KEYWORD_SHOW, WEIR_KEYWORD_PARTITIONS}, 2},
    {"SHOW CREATE TABLE", {WEIR_KEYWORD_SHOW, WEIR_KEYWORD_CREATE, WEIR_KEYWORD_TABLE}, 3},
};

bool weir_parse_table_command(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    if (weir_accept(p, WEIR_KEYWORD_INSERT)) {
        parse_insert(p, statement);
        return true;
    }
    if (weir_accept(p, WEIR_KEYWORD_DELETE)) {
        parse_delete(p, statement);
        return true;
    }
    if (weir_accept(p, WEIR_KEYWORD_UPDATE)) {
        parse_update(p, statement);
        return true;
    }
    if (weir_accept(p, WEIR_KEYWORD_MERGE)) {
        parse_merge(p, statement, origin);
        return true;
    }
    if (weir_accept(p, WEIR_KEYWORD_ALTER)) {
        parse_alter(p, statement, origin);
        return true;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (accept_words(p, commands[i].words, commands[i].count)) {
            parse_target(p, statement, commands[i].text);
            skip_rest(p);
            return true;
        }
    return false;
}
