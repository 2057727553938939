/* CREATE: temporary views (over a query or USING a source), streaming tables, flows, temporary functions. OPTIONS and
 * LOCATION on CREATE STREAMING TABLE are weir's extension: Spark's parser reads them and refuses. */
#include <strings.h>

#include "sql/parser_private.h"

static WeirOrigin whole(WeirParser *p, WeirOrigin origin)
{
    origin.length = p->lexer.length - origin.start;
    return origin;
}

static void not_allowed(WeirParser *p, WeirOrigin origin, const char *what)
{
    weir_fail_text(p, whole(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0035, "Operation not allowed: %s.", what);
}

/* ---- views */

/* "(a COMMENT '…', b)": names of the view's columns. */
static void parse_view_columns(WeirParser *p, WeirStatement *statement)
{
    WeirList names = {0}, comments = {0};
    weir_expect_symbol(p, '(');
    do {
        weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_identifier(p));
        const char *comment = weir_accept(p, WEIR_KEYWORD_COMMENT) ? weir_parse_string(p, NULL) : NULL;
        weir_list_add(p, &comments, (void *)(uintptr_t)comment);
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    statement->names = (const char *const *)names.items;
    statement->comments = (const char *const *)comments.items;
    statement->name_count = names.count;
}

static void parse_view_using(WeirParser *p, WeirStatement *statement)
{
    statement->format = weir_parse_dotted_name(p);
    if (weir_accept(p, WEIR_KEYWORD_OPTIONS))
        weir_parse_options(p, &statement->options, &statement->option_count);
}

/* Comments and properties between a view's name and AS, each at most once. */
static void parse_view_clauses(WeirParser *p, WeirOrigin origin)
{
    bool comment = false;
    for (;;) {
        WeirOrigin place = weir_origin_here(p);
        if (weir_accept(p, WEIR_KEYWORD_COMMENT)) {
            weir_parse_string(p, NULL);
            if (comment)
                WEIR_FAIL(p, place, WEIR_ERROR_DUPLICATE_CLAUSES, "clauseName", "COMMENT");
            comment = true;
        } else if (weir_at(p, WEIR_KEYWORD_TBLPROPERTIES)) {
            not_allowed(p, origin, "TBLPROPERTIES can't coexist with CREATE TEMPORARY VIEW");
        } else {
            return;
        }
    }
}

/* Does the list after a view's name give types (USING) or names only (AS)? The word after the first name tells. */
static bool columns_have_types(WeirParser *p)
{
    return !(weir_next_is_symbol(p, 2, ',') || weir_next_is_symbol(p, 2, ')') ||
             (weir_next_is(p, 2, WEIR_KEYWORD_COMMENT) && weir_peek_at(p, 3)->kind == WEIR_TOKEN_STRING));
}

const char *weir_parse_temporary_name(WeirParser *p, WeirOrigin origin, const char *type)
{
    WeirList parts = {0};
    weir_parse_multipart(p, &parts);
    const char *name = parts.items[parts.count - 1];
    bool session =
        parts.count == 1 || (parts.count == 2 && strcasecmp(parts.items[0], "session") == 0) ||
        (parts.count == 3 && strcasecmp(parts.items[0], "system") == 0 && strcasecmp(parts.items[1], "session") == 0);
    if (!session)
        WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_INVALID_TEMP_OBJ_QUALIFIER, "objectType", type, "objectName",
                  weir_arena_printf(p->arena, "`%s`", name), "qualifier",
                  weir_arena_printf(p->arena, "`%s`", (const char *)parts.items[0]));
    return name;
}

static void parse_view(WeirParser *p, WeirStatement *statement, WeirOrigin origin, bool temporary)
{
    statement->kind = WEIR_STATEMENT_CREATE_TEMPORARY_VIEW;
    statement->is_temporary = temporary;
    if (!temporary) { /* read as far as it is like a temporary one; the session refuses it */
        if (weir_accept2(p, WEIR_KEYWORD_IF, WEIR_KEYWORD_NOT))
            weir_expect(p, WEIR_KEYWORD_EXISTS);
        statement->name = weir_parse_dotted_name(p);
        while (p->status == WEIR_OK && !weir_at(p, WEIR_KEYWORD_AS) && !weir_at_end(p))
            weir_advance(p);
        weir_expect(p, WEIR_KEYWORD_AS);
        statement->plan = weir_parse_query(p);
        return;
    }
    statement->if_not_exists = weir_at(p, WEIR_KEYWORD_IF) && weir_next_is(p, 1, WEIR_KEYWORD_NOT);
    if (statement->if_not_exists) {
        weir_fail_text(p, whole(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0053,
                       "A temporary view cannot have IF NOT EXISTS.");
        return;
    }
    statement->name = weir_parse_temporary_name(p, origin, "VIEW");
    if (weir_at_symbol(p, '(') && columns_have_types(p)) {
        uint32_t count;
        weir_advance(p);
        statement->schema_ddl = weir_parse_column_definitions(p, &count);
        weir_expect(p, WEIR_KEYWORD_USING);
        parse_view_using(p, statement);
        return;
    }
    if (weir_at_symbol(p, '('))
        parse_view_columns(p, statement);
    if (statement->names == NULL && weir_accept(p, WEIR_KEYWORD_USING)) {
        parse_view_using(p, statement);
        return;
    }
    parse_view_clauses(p, origin);
    weir_expect(p, WEIR_KEYWORD_AS);
    statement->plan = weir_parse_query(p);
}

/* ---- streaming tables */

static void parse_partitions(WeirParser *p, WeirStatement *statement)
{
    WeirList names = {0};
    weir_expect_symbol(p, '(');
    do {
        WeirOrigin place = weir_origin_here(p);
        weir_list_add(p, &names, (void *)(uintptr_t)weir_parse_identifier(p));
        if (!weir_at_symbol(p, ',') && !weir_at_symbol(p, ')'))
            weir_fail_unsupported(p, place, "PARTITIONED BY with anything but columns");
    } while (weir_accept_symbol(p, ','));
    weir_expect_symbol(p, ')');
    statement->partition_names = (const char *const *)names.items;
    statement->partition_count = names.count;
}

/* One clause between the provider and AS. `*seen` has a bit for each kind, since none may come twice. */
static bool parse_table_clause(WeirParser *p, WeirStatement *statement, uint32_t *seen)
{
    static const char *const names[] = {"OPTIONS", "PARTITIONED BY", "LOCATION",
                                        "COMMENT", "TBLPROPERTIES",  "CLUSTER BY"};
    WeirOrigin origin = weir_origin_here(p);
    uint32_t which;
    if (weir_accept(p, WEIR_KEYWORD_OPTIONS)) {
        which = 0;
        weir_parse_options(p, &statement->options, &statement->option_count);
    } else if (weir_accept2(p, WEIR_KEYWORD_PARTITIONED, WEIR_KEYWORD_BY)) {
        which = 1;
        parse_partitions(p, statement);
    } else if (weir_accept(p, WEIR_KEYWORD_LOCATION)) {
        which = 2;
        statement->location = weir_parse_string(p, NULL);
    } else if (weir_accept(p, WEIR_KEYWORD_COMMENT)) {
        which = 3;
        weir_parse_string(p, NULL);
    } else if (weir_accept(p, WEIR_KEYWORD_TBLPROPERTIES)) {
        const WeirOption *properties;
        uint32_t count;
        which = 4;
        weir_parse_options(p, &properties, &count);
    } else if (weir_at(p, WEIR_KEYWORD_CLUSTER) || weir_at(p, WEIR_KEYWORD_CLUSTERED) || weir_at(p, WEIR_KEYWORD_ROW) ||
               weir_at(p, WEIR_KEYWORD_STORED) || weir_at(p, WEIR_KEYWORD_SKEWED)) {
        weir_fail_unsupported(p, origin, "this clause of CREATE STREAMING TABLE");
        return false;
    } else {
        return false;
    }
    if (*seen & (1u << which))
        WEIR_FAIL(p, origin, WEIR_ERROR_DUPLICATE_CLAUSES, "clauseName", names[which]);
    *seen |= 1u << which;
    return true;
}

static void parse_streaming_table(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_CREATE_STREAMING_TABLE;
    if (weir_at(p, WEIR_KEYWORD_IF) && weir_next_is(p, 1, WEIR_KEYWORD_NOT) &&
        weir_next_is(p, 2, WEIR_KEYWORD_EXISTS)) {
        for (int i = 0; i < 3; i++)
            weir_advance(p);
        statement->if_not_exists = true;
    }
    statement->name = weir_parse_dotted_name(p);
    if (weir_accept_symbol(p, '(')) {
        uint32_t count;
        statement->schema_ddl = weir_parse_column_definitions(p, &count);
    }
    if (weir_accept(p, WEIR_KEYWORD_USING))
        statement->format = weir_parse_dotted_name(p);
    uint32_t seen = 0;
    while (parse_table_clause(p, statement, &seen)) {
    }
    bool as = weir_accept(p, WEIR_KEYWORD_AS);
    if (as)
        statement->plan = weir_parse_query(p);
}

/* CREATE FLOW f [COMMENT '…'] AS INSERT INTO [TABLE] t [BY NAME] query */
static void parse_flow(WeirParser *p, WeirStatement *statement)
{
    statement->kind = WEIR_STATEMENT_CREATE_FLOW;
    statement->name = weir_parse_dotted_name(p);
    if (weir_accept(p, WEIR_KEYWORD_COMMENT))
        weir_parse_string(p, NULL);
    weir_expect(p, WEIR_KEYWORD_AS);
    WeirOrigin insert = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_INSERT);
    if (weir_at(p, WEIR_KEYWORD_OVERWRITE))
        weir_fail_unsupported(p, insert, "INSERT OVERWRITE in a flow");
    weir_expect(p, WEIR_KEYWORD_INTO);
    if (weir_is_identifier(p, weir_peek_at(p, 1)) && !weir_next_is(p, 1, WEIR_KEYWORD_SELECT))
        weir_accept(p, WEIR_KEYWORD_TABLE);
    statement->target = weir_parse_dotted_name(p);
    statement->by_name = weir_accept2(p, WEIR_KEYWORD_BY, WEIR_KEYWORD_NAME);
    if (!statement->by_name && weir_at_symbol(p, '(') && !weir_next_is(p, 1, WEIR_KEYWORD_SELECT) &&
        !weir_next_is_symbol(p, 1, '('))
        weir_fail_unsupported(p, insert, "a column list in a flow");
    statement->plan = weir_parse_query(p);
}

/* ---- functions */

static void parse_parameters(WeirParser *p, WeirStatement *statement)
{
    WeirList list = {0};
    weir_expect_symbol(p, '(');
    while (!weir_at_symbol(p, ')') || list.count > 0) {
        WeirParameterDeclaration *parameter = WEIR_ARENA_NEW(p->arena, WeirParameterDeclaration);
        parameter->name = weir_parse_identifier(p);
        int32_t start = weir_peek(p)->start;
        weir_parse_type(p);
        parameter->type_ddl = weir_source_text(p, start, p->last.start + p->last.length);
        if (weir_accept(p, WEIR_KEYWORD_DEFAULT))
            parameter->default_value = weir_parse_expression(p);
        if (weir_accept(p, WEIR_KEYWORD_COMMENT))
            weir_parse_string(p, NULL);
        for (uint32_t i = 0; i < list.count; i++)
            if (strcasecmp(((WeirParameterDeclaration *)list.items[i])->name, parameter->name) == 0)
                WEIR_FAIL(p, weir_origin_of(&p->last), WEIR_ERROR_DUPLICATE_ROUTINE_PARAMETER_NAMES, "routineName",
                          statement->name, "names", parameter->name);
        weir_list_add(p, &list, parameter);
        if (!weir_accept_symbol(p, ','))
            break;
    }
    weir_expect_symbol(p, ')');
    statement->parameters = WEIR_ARENA_ARRAY(p->arena, WeirParameterDeclaration, list.count);
    for (uint32_t i = 0; i < list.count; i++)
        statement->parameters[i] = *(WeirParameterDeclaration *)list.items[i];
    statement->parameter_count = list.count;
}

/* COMMENT, LANGUAGE SQL, [NOT] DETERMINISTIC, CONTAINS SQL, READS SQL DATA, SQL SECURITY …: read and not needed. */
static bool parse_routine_characteristic(WeirParser *p)
{
    if (weir_accept(p, WEIR_KEYWORD_COMMENT)) {
        weir_parse_string(p, NULL);
        return true;
    }
    return weir_accept2(p, WEIR_KEYWORD_LANGUAGE, WEIR_KEYWORD_SQL) || weir_accept(p, WEIR_KEYWORD_DETERMINISTIC) ||
           weir_accept2(p, WEIR_KEYWORD_NOT, WEIR_KEYWORD_DETERMINISTIC) ||
           weir_accept2(p, WEIR_KEYWORD_CONTAINS, WEIR_KEYWORD_SQL) ||
           (weir_accept2(p, WEIR_KEYWORD_READS, WEIR_KEYWORD_SQL) && weir_accept(p, WEIR_KEYWORD_DATA)) ||
           (weir_accept2(p, WEIR_KEYWORD_SQL, WEIR_KEYWORD_SECURITY) &&
            (weir_accept(p, WEIR_KEYWORD_DEFINER) || weir_accept(p, WEIR_KEYWORD_INVOKER)));
}

static void parse_returns(WeirParser *p, WeirStatement *statement)
{
    if (!weir_accept(p, WEIR_KEYWORD_RETURNS))
        return;
    if (weir_accept(p, WEIR_KEYWORD_TABLE)) {
        uint32_t count;
        statement->scope = "TABLE";
        if (weir_accept_symbol(p, '('))
            statement->schema_ddl = weir_parse_column_definitions(p, &count);
        return;
    }
    int32_t start = weir_peek(p)->start;
    weir_parse_type(p);
    statement->type_ddl = weir_source_text(p, start, p->last.start + p->last.length);
}

static void parse_function(WeirParser *p, WeirStatement *statement, WeirOrigin origin, bool temporary)
{
    statement->kind = WEIR_STATEMENT_CREATE_FUNCTION;
    if (!temporary) {
        weir_fail_unsupported(p, origin, "CREATE FUNCTION without TEMPORARY");
        return;
    }
    if (weir_at(p, WEIR_KEYWORD_IF) && weir_next_is(p, 1, WEIR_KEYWORD_NOT))
        WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_INVALID_SQL_SYNTAX_CREATE_TEMP_FUNC_WITH_IF_NOT_EXISTS);
    statement->name = weir_parse_temporary_name(p, origin, "FUNCTION");
    if (weir_at(p, WEIR_KEYWORD_AS))
        WEIR_FAIL(p, whole(p, origin), WEIR_ERROR_CANNOT_LOAD_FUNCTION_CLASS, "className", "of the JVM", "functionName",
                  statement->name);
    parse_parameters(p, statement);
    parse_returns(p, statement);
    while (parse_routine_characteristic(p)) {
    }
    weir_expect(p, WEIR_KEYWORD_RETURN);
    if (weir_at_query(p)) {
        statement->plan = weir_parse_query(p);
        return;
    }
    statement->expressions = WEIR_ARENA_ARRAY(p->arena, WeirExpression *, 1);
    statement->expressions[0] = weir_parse_expression(p);
    statement->expression_count = 1;
}

/* ---- */

void weir_parse_create(WeirParser *p, WeirStatement *statement, WeirOrigin origin)
{
    statement->or_replace = weir_accept2(p, WEIR_KEYWORD_OR, WEIR_KEYWORD_REPLACE);
    if (!statement->or_replace && weir_accept2(p, WEIR_KEYWORD_STREAMING, WEIR_KEYWORD_TABLE)) {
        parse_streaming_table(p, statement);
        return;
    }
    if (!statement->or_replace && weir_accept(p, WEIR_KEYWORD_FLOW)) {
        parse_flow(p, statement);
        return;
    }
    statement->is_global = weir_accept(p, WEIR_KEYWORD_GLOBAL);
    bool temporary = weir_accept_temporary(p) || statement->is_global;
    if (weir_accept(p, WEIR_KEYWORD_VIEW))
        parse_view(p, statement, origin, temporary);
    else if (!statement->is_global && weir_accept(p, WEIR_KEYWORD_FUNCTION))
        parse_function(p, statement, origin, temporary);
    else if (!temporary && weir_accept(p, WEIR_KEYWORD_TABLE)) {
        parse_streaming_table(p, statement);
        statement->kind = WEIR_STATEMENT_CREATE_TABLE;
    } else if (temporary && weir_at(p, WEIR_KEYWORD_TABLE))
        not_allowed(p, origin, "CREATE TEMPORARY TABLE ... AS ..., use CREATE TEMPORARY VIEW instead");
    else if (weir_accept(p, WEIR_KEYWORD_DATABASE) || weir_accept(p, WEIR_KEYWORD_SCHEMA) ||
             weir_accept(p, WEIR_KEYWORD_NAMESPACE)) {
        statement->kind = WEIR_STATEMENT_DATABASE;
        statement->key = "CREATE";
        statement->if_not_exists = weir_accept2(p, WEIR_KEYWORD_IF, WEIR_KEYWORD_NOT);
        if (statement->if_not_exists)
            weir_expect(p, WEIR_KEYWORD_EXISTS);
        statement->name = weir_parse_dotted_name(p);
        while (p->status == WEIR_OK && !weir_at_end(p))
            weir_advance(p);
    } else if (weir_at(p, WEIR_KEYWORD_TABLE) || weir_at(p, WEIR_KEYWORD_EXTERNAL) ||
               weir_at(p, WEIR_KEYWORD_MATERIALIZED) || weir_at(p, WEIR_KEYWORD_INDEX))
        weir_fail_unsupported(p, origin,
                              weir_arena_printf(p->arena, "CREATE %s", weir_keyword_text(weir_peek(p)->keyword)));
    else
        weir_fail_syntax(p);
}
