/* DESCRIBE and SHOW. */
#include <fnmatch.h>
#include <strings.h>

#include "common/json.h"
#include "session/session_private.h"

/* Spark's SHOW patterns: * is any text, | separates alternatives, case does not count. */
static bool matches(WeirArena *arena, const char *pattern, const char *name)
{
    if (pattern == NULL)
        return true;
    char *rest = weir_arena_strdup(arena, pattern);
    for (char *part = rest; part != NULL; part = rest) {
        char *bar = strchr(part, '|');
        rest = bar == NULL ? NULL : bar + 1;
        if (bar != NULL)
            *bar = '\0';
        if (fnmatch(part, name, FNM_CASEFOLD) == 0)
            return true;
    }
    return false;
}

/* The comment that a column's metadata carries, or NULL. */
static const char *comment_of(WeirArena *arena, const char *metadata)
{
    WeirJson *json = NULL;
    if (metadata == NULL || weir_json_parse(metadata, strlen(metadata), arena, &json, NULL) != WEIR_OK)
        return NULL;
    return weir_json_string(weir_json_get(json, "comment"));
}

/* DESCRIBE t c: one column's name, type and comment. */
static WeirStatus describe_column(WeirStatementContext *context, const WeirSchema *schema, WeirResult **result,
                                  WeirError *error)
{
    static const char *const columns[] = {"info_name", "info_value"};
    const char *wanted = context->statement->key;
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const WeirField *field = &schema->fields[i];
        if (strcasecmp(field->name, wanted) != 0)
            continue;
        WeirBuffer type;
        weir_buffer_init(&type, 0, NULL);
        weir_type_simple_string(field->type, &type);
        const char *comment = comment_of(context->arena, field->metadata);
        const char *cells[] = {"col_name",  field->name,
                               "data_type", weir_arena_strdup(context->arena, weir_buffer_text(&type)),
                               "comment",   comment == NULL ? "NULL" : comment};
        weir_buffer_deinit(&type);
        return weir_result_from_text(context->session, columns, 2, cells, 3, result, error);
    }
    return weir_error_set(error, WEIR_ERROR_COLUMN_NOT_FOUND, "colName", wanted, "caseSensitiveConfig",
                          "\"spark.sql.caseSensitive\"");
}

static WeirStatus describe_schema(WeirStatementContext *context, const WeirSchema *schema, WeirResult **result,
                                  WeirError *error)
{
    static const char *const columns[] = {"col_name", "data_type", "comment"};
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, 3 * schema->field_count + 1);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        WeirBuffer type;
        weir_buffer_init(&type, 0, NULL);
        weir_type_simple_string(schema->fields[i].type, &type);
        cells[3 * i] = schema->fields[i].name;
        cells[3 * i + 1] = weir_arena_strdup(context->arena, weir_buffer_text(&type));
        cells[3 * i + 2] = comment_of(context->arena, schema->fields[i].metadata);
        weir_buffer_deinit(&type);
    }
    return weir_result_from_text(context->session, columns, 3, cells, schema->field_count, result, error);
}

/* The plan SELECT * FROM name, as a stream where only that can be. */
static WeirLogicalPlan *plan_of_name(WeirStatementContext *context)
{
    WeirLogicalPlan *relation =
        weir_logical_new(context->arena, WEIR_LOGICAL_UNRESOLVED_RELATION, context->statement->origin);
    const char **parts = WEIR_ARENA_ARRAY(context->arena, const char *, 1);
    WeirView *view = weir_session_find_view(context->session, context->statement->name);
    parts[0] = context->statement->name;
    relation->parts = parts;
    relation->part_count = 1;
    if (view != NULL && view->relation != NULL) {
        const WeirSourceType *type = view->relation->connector;
        relation->is_streaming = type != NULL && (type->capabilities & WEIR_SOURCE_BATCH) == 0;
    }
    return relation;
}

WeirStatus weir_statement_describe(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirLogicalPlan *plan = context->statement->plan == NULL ? plan_of_name(context) : context->statement->plan;
    WeirLogicalPlan *analyzed = NULL;
    WEIR_TRY(weir_analyze(context->analyzer, plan, &analyzed, error));
    const WeirSchema *schema = weir_logical_schema(analyzed, context->arena);
    return context->statement->key != NULL ? describe_column(context, schema, result, error)
                                           : describe_schema(context, schema, result, error);
}

WeirStatus weir_statement_describe_function(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"function_desc"};
    const char *name = context->statement->name;
    const WeirFunction *function = weir_function_find(name);
    if (function != NULL && (function->flags & WEIR_FUNCTION_INTERNAL))
        function = NULL;
    const WeirAggregateFunction *aggregate = function == NULL ? weir_aggregate_find(name) : NULL;
    if (function == NULL && aggregate == NULL)
        return weir_error_set(error, WEIR_ERROR_UNRESOLVED_ROUTINE, "routineName", name, "searchPath",
                              "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]");
    const char *usage = function != NULL ? function->usage : aggregate->usage;
    const char *cells[] = {
        weir_arena_printf(context->arena, "Function: %s", function != NULL ? function->name : aggregate->name),
        weir_arena_printf(context->arena, "Usage: %s", usage == NULL ? "" : usage),
    };
    return weir_result_from_text(context->session, columns, 1, cells, 2, result, error);
}

static WeirStatus show_names(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    bool tables = context->statement->kind == WEIR_STATEMENT_SHOW_TABLES;
    const WeirField fields[] = {
        {.name = "namespace", .type = &weir_type_string, .metadata = "{}"},
        {.name = tables ? "tableName" : "viewName", .type = &weir_type_string, .metadata = "{}"},
        {.name = "isTemporary", .type = &weir_type_boolean, .metadata = "{}"}};
    const char *const *names = NULL;
    uint32_t count = 0, rows = 0;
    WEIR_TRY(weir_session_check_database(context->statement->target, error));
    context->session->catalog.names(&context->session->catalog, context->arena, &names, &count);
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, 3 * count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (!matches(context->arena, context->statement->pattern, names[i]))
            continue;
        cells[3 * rows] = "";
        cells[3 * rows + 1] = names[i];
        cells[3 * rows + 2] = "true";
        rows++;
    }
    return weir_result_from_cells(context->session, fields, 3, cells, rows, result, error);
}

static WeirStatus show_functions(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"function"};
    uint32_t count = 0, rows = 0;
    const char *const *names = weir_function_names(&count);
    WeirSession *session = context->session;
    const char *scope = context->statement->scope == NULL ? "all" : context->statement->scope;
    bool system = strcasecmp(scope, "user") != 0, user = strcasecmp(scope, "system") != 0;
    WEIR_TRY(weir_session_check_database(context->statement->target, error));
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, count + session->function_count + 1);
    for (uint32_t i = 0; i < count && system; i++)
        if (matches(context->arena, context->statement->pattern, names[i]))
            cells[rows++] = names[i];
    for (uint32_t i = 0; i < session->function_count && user; i++)
        if (matches(context->arena, context->statement->pattern, session->functions[i]->name))
            cells[rows++] = session->functions[i]->name;
    return weir_result_from_text(session, columns, 1, cells, rows, result, error);
}

static WeirStatus show_columns(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"col_name"};
    WeirLogicalPlan *analyzed = NULL;
    if (context->statement->target != NULL) /* a temporary view is in no database */
        return weir_session_table_not_found(context->statement->name, error);
    WEIR_TRY(weir_analyze(context->analyzer, plan_of_name(context), &analyzed, error));
    const char **cells = WEIR_ARENA_ARRAY(context->arena, const char *, analyzed->output_count + 1);
    for (uint32_t i = 0; i < analyzed->output_count; i++)
        cells[i] = analyzed->output[i]->name;
    return weir_result_from_text(context->session, columns, 1, cells, analyzed->output_count, result, error);
}

WeirStatus weir_statement_show(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const namespace_column[] = {"namespace"}, *const catalog_column[] = {"catalog"};
    static const char *const database[] = {"default"}, *const catalog[] = {"spark_catalog"};
    static const char *const current_columns[] = {"catalog", "namespace"}, *const property_columns[] = {"key", "value"};
    static const char *const current[] = {"spark_catalog", "default"};
    const char *pattern = context->statement->pattern;
    switch (context->statement->kind) {
    case WEIR_STATEMENT_SHOW_CURRENT:
        return weir_result_from_text(context->session, current_columns, 2, current, 1, result, error);
    case WEIR_STATEMENT_SHOW_PROPERTIES: /* a temporary view has none */
        if (weir_session_find_view(context->session, context->statement->name) == NULL)
            return weir_session_table_not_found(context->statement->name, error);
        return weir_result_from_text(context->session, property_columns, 2, current, 0, result, error);
    case WEIR_STATEMENT_SHOW_TABLES:
    case WEIR_STATEMENT_SHOW_VIEWS:
        return show_names(context, result, error);
    case WEIR_STATEMENT_SHOW_FUNCTIONS:
        return show_functions(context, result, error);
    case WEIR_STATEMENT_SHOW_COLUMNS:
        return show_columns(context, result, error);
    case WEIR_STATEMENT_SHOW_DATABASES:
        return weir_result_from_text(context->session, namespace_column, 1, database,
                                     matches(context->arena, pattern, database[0]) ? 1 : 0, result, error);
    default:
        return weir_result_from_text(context->session, catalog_column, 1, catalog,
                                     matches(context->arena, pattern, catalog[0]) ? 1 : 0, result, error);
    }
}
