/* Statements about tables that keep rows, which weir has not: wrong ones fail as in Spark, the rest is refused. */
#include <strings.h>

#include "expr/aggregate.h"
#include "session/session_private.h"

static WeirStatus unsupported(const char *what, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_INVALID_SQL_SYNTAX_UNSUPPORTED_SQL_STATEMENT, "sqlText", what);
}

WeirStatus weir_session_table_not_found(const char *name, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_TABLE_OR_VIEW_NOT_FOUND, "relationName", name, "searchPath",
                          "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]");
}

/* ---- statements with a target */

/* Columns that the statement names are columns of the target. */
static WeirStatus check_expressions(WeirStatementContext *context, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirLogicalPlan *relation = weir_logical_new(context->arena, WEIR_LOGICAL_UNRESOLVED_RELATION, statement->origin);
    WeirLogicalPlan *input = NULL;
    relation->parts = &statement->name;
    relation->part_count = 1;
    WEIR_TRY(weir_analyze(context->analyzer, relation, &input, error));
    for (uint32_t i = 0; i < statement->expression_count; i++) {
        WeirExpression *analyzed = NULL;
        WEIR_TRY(weir_analyze_expression(context->analyzer, statement->expressions[i], input, &analyzed, error));
    }
    return WEIR_OK;
}

static bool is_one_of(const char *what, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(what, list[i]) == 0)
            return true;
    return false;
}

WeirStatus weir_statement_table_command(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const rows[] = {"UPDATE TABLE", "MERGE INTO TABLE"};
    static const char *const permanent[] = {"ANALYZE TABLE", "SHOW CREATE TABLE"};
    static const char *const tables[] = {"INSERT",          "ALTER TABLE",    "COMMENT ON TABLE",
                                         "SHOW PARTITIONS", "TRUNCATE TABLE", "MSCK REPAIR TABLE"};
    const WeirStatement *statement = context->statement;
    const char *what = statement->key;
    (void)result;
    const WeirView *view = weir_session_find_view(context->session, statement->name);
    if (view == NULL && strchr(statement->name, '.') != NULL)
        return weir_session_table_not_found(statement->name, error);
    if (view == NULL) { /* a memory sink's table is read only */
        bool known = weir_session_has_memory_table(context->session, statement->name);
        return known ? unsupported(what, error) : weir_session_table_not_found(statement->name, error);
    }
    if (statement->expression_count > 0 && view->plan != NULL)
        WEIR_TRY(check_expressions(context, error));
    if (is_one_of(what, rows, sizeof rows / sizeof rows[0]))
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_TABLE_OPERATION, "tableName", statement->name,
                              "operation", what);
    if (is_one_of(what, permanent, sizeof permanent / sizeof permanent[0]))
        return weir_error_set(error, WEIR_ERROR_EXPECT_PERMANENT_VIEW_NOT_TEMP, "viewName", statement->name,
                              "operation", what);
    if (is_one_of(what, tables, sizeof tables / sizeof tables[0]))
        return weir_error_set(error, WEIR_ERROR_EXPECT_TABLE_NOT_VIEW_NO_ALTERNATIVE, "viewName", statement->name,
                              "operation", what);
    return unsupported(what, error);
}

/* ---- CREATE TABLE, CREATE VIEW */

static WeirStatus check_columns(const WeirStatement *statement, const WeirSchema *schema, WeirError *error)
{
    for (uint32_t i = 0; i < schema->field_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcasecmp(schema->fields[i].name, schema->fields[j].name) == 0)
                return weir_error_set(error, WEIR_ERROR_COLUMN_ALREADY_EXISTS, "columnName", schema->fields[i].name);
    for (uint32_t i = 0; i < statement->partition_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < schema->field_count; j++)
            found = found || strcasecmp(schema->fields[j].name, statement->partition_names[i]) == 0;
        if (!found)
            return weir_error_set(error, WEIR_ERROR_COLUMN_NOT_DEFINED_IN_TABLE, "colType", "partition", "colName",
                                  statement->partition_names[i], "tableName", statement->name, "tableCols",
                                  "other columns");
    }
    return WEIR_OK;
}

WeirStatus weir_statement_create_table(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    const WeirSchema *schema = NULL;
    (void)result;
    if (statement->format != NULL && weir_connector_find_source(statement->format) == NULL)
        return weir_error_set(error, WEIR_ERROR_DATA_SOURCE_NOT_FOUND, "provider", statement->format);
    if (statement->plan != NULL) {
        WeirLogicalPlan *analyzed = NULL;
        WEIR_TRY(weir_analyze(context->analyzer, statement->plan, &analyzed, error));
    }
    if (statement->schema_ddl != NULL) {
        WEIR_TRY(weir_schema_from_ddl(statement->schema_ddl, context->arena, &schema, error));
        WEIR_TRY(check_columns(statement, schema, error));
    } else if (statement->plan == NULL) {
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_INFER_SCHEMA, "format",
                              statement->format == NULL ? "the table" : statement->format);
    }
    return unsupported("CREATE TABLE; CREATE STREAMING TABLE and CREATE TEMPORARY VIEW are", error);
}

static bool reads_view(void *context, const WeirLogicalPlan *plan)
{
    (void)context;
    return plan->kind == WEIR_LOGICAL_VIEW;
}

WeirStatus weir_statement_create_permanent_view(WeirStatementContext *context, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirLogicalPlan *analyzed = NULL;
    if (statement->plan != NULL)
        WEIR_TRY(weir_analyze(context->analyzer, statement->plan, &analyzed, error));
    if (analyzed != NULL && weir_logical_any(analyzed, reads_view, NULL))
        return weir_error_set(error, WEIR_ERROR_INVALID_TEMP_OBJ_REFERENCE, "obj", "view", "objName", statement->name,
                              "tempObj", "view", "tempObjName", "that it reads");
    return unsupported("CREATE VIEW without TEMPORARY", error);
}

/* ---- databases: there is one */

bool weir_session_is_database(const char *name)
{
    static const char *const names[] = {"default", "spark_catalog.default", "global_temp"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcasecmp(names[i], name) == 0)
            return true;
    return false;
}

WeirStatus weir_session_check_database(const char *name, WeirError *error)
{
    if (name == NULL || weir_session_is_database(name))
        return WEIR_OK;
    return weir_error_set(error, WEIR_ERROR_SCHEMA_NOT_FOUND, "schemaName", name);
}

WeirStatus weir_statement_database(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    bool known = weir_session_is_database(statement->name);
    (void)result;
    if (strcmp(statement->key, "CREATE") == 0 && known)
        return statement->if_not_exists
                   ? WEIR_OK
                   : weir_error_set(error, WEIR_ERROR_SCHEMA_ALREADY_EXISTS, "schemaName", statement->name);
    if (strcmp(statement->key, "DROP") == 0 && known)
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_DROP_DATABASE, "database", statement->name);
    if (strcmp(statement->key, "CREATE") != 0 && !known)
        return statement->if_exists ? WEIR_OK : weir_session_check_database(statement->name, error);
    return unsupported("a statement about databases", error);
}

/* ---- what would be cached or read anew: nothing is, but the table has to be there */

static WeirStatus check_exists(WeirStatementContext *context, WeirError *error)
{
    WeirSession *session = context->session;
    const char *name = context->statement->name;
    bool known = weir_session_find_view(session, name) != NULL || weir_session_has_memory_table(session, name) ||
                 strchr(name, '.') != NULL || strchr(name, '/') != NULL;
    return known ? WEIR_OK : weir_session_table_not_found(name, error);
}

WeirStatus weir_statement_cache(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    if (statement->plan != NULL) { /* CACHE TABLE v AS SELECT makes a view */
        WeirStatement view = *statement;
        WeirStatementContext inner = *context;
        view.is_temporary = true;
        inner.statement = &view;
        return weir_statement_create_view(&inner, result, error);
    }
    return statement->if_exists ? WEIR_OK : check_exists(context, error);
}

WeirStatus weir_statement_refresh_function(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const char *name = context->statement->name;
    (void)result;
    if (weir_function_find(name) != NULL || weir_aggregate_find(name) != NULL)
        return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1256, "functionName", name);
    return weir_error_set(error, WEIR_ERROR_ROUTINE_NOT_FOUND, "routineName", name);
}

WeirStatus weir_statement_use(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const char *name = context->statement->name;
    (void)result;
    if (strcasecmp(name, "spark_catalog") == 0)
        return WEIR_OK;
    return weir_session_check_database(name, error);
}
