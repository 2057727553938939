/* SQL variables (DECLARE, SET VARIABLE, DROP) and temporary SQL functions. */
#include <strings.h>

#include "expr/aggregate.h"
#include "session/session_private.h"

/* The name in session.x and system.session.x, which are x too; NULL: it lies elsewhere. */
static const char *local_name(const char *name)
{
    static const char *const prefixes[] = {"system.session.", "session."};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
        if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return name + strlen(prefixes[i]);
    return strchr(name, '.') == NULL ? name : NULL;
}

static WeirVariable *find_variable(WeirSession *session, const char *name)
{
    const char *local = local_name(name);
    for (uint32_t i = 0; local != NULL && i < session->variable_count; i++)
        if (strcasecmp(session->variables[i].name, local) == 0)
            return &session->variables[i];
    return NULL;
}

static WeirStatus unresolved_variable(const char *name, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_UNRESOLVED_VARIABLE, "variableName", name, "searchPath",
                          "`system`.`session`");
}

WeirStatus weir_session_check_variable(WeirSession *session, const char *name, WeirError *error)
{
    return find_variable(session, name) != NULL
               ? WEIR_OK
               : weir_error_set(error, WEIR_ERROR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, "objectName", name);
}

static bool is_subquery(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->plan != NULL;
}

/* The one row of a query: values of its columns, or nulls where it has no row. */
static WeirStatus query_row(WeirStatementContext *context, WeirLogicalPlan *plan, uint32_t count, WeirValue **values,
                            WeirError *error)
{
    WeirResult *rows = NULL;
    WeirStatus status = WEIR_OK;
    WEIR_TRY(weir_session_collect(context, plan, &rows, error));
    int64_t row_count = weir_result_row_count(rows);
    if (rows->schema->field_count != count)
        status = weir_error_set(error, WEIR_ERROR_ASSIGNMENT_ARITY_MISMATCH, "numTarget",
                                weir_arena_printf(context->arena, "%u", count), "numExpr",
                                weir_arena_printf(context->arena, "%u", rows->schema->field_count));
    else if (row_count > 1)
        status = weir_error_set(error, WEIR_ERROR_ROW_SUBQUERY_TOO_MANY_ROWS);
    for (uint32_t i = 0; status == WEIR_OK && i < count; i++) {
        const WeirDataType *type = weir_type_copy(context->arena, rows->schema->fields[i].type);
        values[i] = weir_value_null(context->arena, type);
        if (row_count == 0)
            continue;
        const WeirBatch *batch = rows->batches.batches[0];
        status = weir_value_from_row(context->arena, &batch->columns[i], weir_batch_row(batch, 0), &values[i], error);
        if (status == WEIR_OK)
            values[i]->type = type; /* that of the rows dies with them */
    }
    weir_result_free(rows);
    return status;
}

/* The value of an expression without input, cast to `type` unless that is NULL; it lives as long as the session. */
static WeirStatus evaluate(WeirStatementContext *context, WeirExpression *expression, const WeirDataType *type,
                           WeirValue **value, WeirError *error)
{
    WeirExpression *analyzed = NULL;
    context->scope->keep = true;
    if (type != NULL) { /* as CAST: what cannot be cast is refused with CAST's conditions */
        WeirExpression *cast = weir_expression_unary(context->arena, WEIR_EXPRESSION_CAST, expression);
        cast->type = type;
        cast->eval_mode = WEIR_EVAL_ANSI;
        cast->origin = expression->origin;
        expression = cast;
    }
    if (weir_expression_any(expression, is_subquery, NULL)) {
        WeirLogicalPlan *row =
            weir_logical_new(context->arena, WEIR_LOGICAL_ONE_ROW_RELATION, context->statement->origin);
        WeirLogicalPlan *project = weir_logical_unary(context->arena, WEIR_LOGICAL_PROJECT, row);
        project->expressions = WEIR_ARENA_ARRAY(context->arena, WeirExpression *, 1);
        project->expressions[0] = expression;
        project->expression_count = 1;
        return query_row(context, project, 1, value, error);
    }
    WEIR_TRY(weir_analyze_expression(context->analyzer, expression, NULL, &analyzed, error));
    return weir_expression_evaluate(analyzed, context->eval, context->arena, value, error);
}

static WeirStatus declare(WeirStatementContext *context, const char *name, const WeirDataType *type, WeirValue *value,
                          WeirError *error)
{
    WeirSession *session = context->session;
    if (local_name(name) == NULL)
        return unresolved_variable(name, error);
    WeirVariable *variable = find_variable(session, name);
    if (variable != NULL && !context->statement->or_replace)
        return weir_error_set(error, WEIR_ERROR_VARIABLE_ALREADY_EXISTS, "variableName", name);
    if (variable == NULL) {
        session->variables = weir_realloc(session->variables, (session->variable_count + 1) * sizeof(WeirVariable));
        variable = &session->variables[session->variable_count++];
        *variable = (WeirVariable){.name = weir_strdup(local_name(name))};
    }
    variable->type = type;
    variable->value = variable->initial = value;
    return WEIR_OK;
}

WeirStatus weir_statement_declare_variable(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    const WeirDataType *type = NULL;
    WeirValue *value = NULL;
    (void)result;
    for (uint32_t i = 0; i < statement->name_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcasecmp(statement->names[i], statement->names[j]) == 0)
                return weir_error_set(error, WEIR_ERROR_DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE, "variableName",
                                      statement->names[i]);
    if (statement->type_ddl != NULL)
        WEIR_TRY(weir_type_from_ddl(statement->type_ddl, context->arena, &type, error));
    if (statement->expression_count > 0 && weir_expression_any(statement->expressions[0], is_subquery, NULL))
        return weir_error_set(error, WEIR_ERROR_INVALID_DEFAULT_VALUE_SUBQUERY_EXPRESSION, "statement",
                              "DECLARE VARIABLE", "colName", statement->name, "defaultValue", "the subquery");
    if (statement->expression_count > 0)
        WEIR_TRY(evaluate(context, statement->expressions[0], type, &value, error));
    else
        value = weir_value_null(context->arena, type == NULL ? &weir_type_void : type);
    context->scope->keep = true;
    for (uint32_t i = 0; i < statement->name_count; i++)
        WEIR_TRY(declare(context, statement->names[i], type == NULL ? value->type : type, value, error));
    return WEIR_OK;
}

/* Every name is a variable, and none comes twice. */
static WeirStatus check_targets(WeirStatementContext *context, const char *const *names, uint32_t count,
                                WeirError *error)
{
    for (uint32_t i = 0; i < count; i++) {
        const WeirVariable *variable = find_variable(context->session, names[i]);
        if (variable == NULL)
            return unresolved_variable(names[i], error);
        for (uint32_t j = 0; j < i; j++)
            if (find_variable(context->session, names[j]) == variable)
                return weir_error_set(error, WEIR_ERROR_DUPLICATE_ASSIGNMENTS, "nameList",
                                      weir_arena_printf(context->arena, "`%s`", variable->name));
    }
    return WEIR_OK;
}

WeirStatus weir_statement_assign_query(WeirStatementContext *context, const char *const *names, uint32_t count,
                                       WeirLogicalPlan *plan, WeirError *error)
{
    WEIR_TRY(check_targets(context, names, count, error));
    WeirValue **values = WEIR_ARENA_ARRAY(context->arena, WeirValue *, count + 1);
    WEIR_TRY(query_row(context, plan, count, values, error));
    for (uint32_t i = 0; i < count; i++) {
        const WeirDataType *type = find_variable(context->session, names[i])->type;
        WEIR_TRY(evaluate(context, weir_expression_literal(context->arena, values[i]), type, &values[i], error));
    }
    for (uint32_t i = 0; i < count; i++)
        find_variable(context->session, names[i])->value = values[i];
    return WEIR_OK;
}

static bool is_default(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE && expression->part_count == 1 &&
           strcasecmp(expression->parts[0], "DEFAULT") == 0;
}

/* One after the other: a later expression sees what an earlier one set. */
WeirStatus weir_statement_set_variable(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    (void)result;
    if (statement->plan != NULL)
        return weir_statement_assign_query(context, statement->names, statement->name_count, statement->plan, error);
    WEIR_TRY(check_targets(context, statement->names, statement->name_count, error));
    for (uint32_t i = 0; i < statement->name_count; i++) {
        WeirVariable *variable = find_variable(context->session, statement->names[i]);
        if (is_default(statement->expressions[i]))
            variable->value = variable->initial;
        else
            WEIR_TRY(evaluate(context, statement->expressions[i], variable->type, &variable->value, error));
    }
    return WEIR_OK;
}

WeirStatus weir_statement_drop_variable(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    WeirVariable *variable = find_variable(session, context->statement->name);
    (void)result;
    if (local_name(context->statement->name) == NULL)
        return unresolved_variable(context->statement->name, error);
    if (variable == NULL)
        return context->statement->if_exists
                   ? WEIR_OK
                   : weir_error_set(error, WEIR_ERROR_VARIABLE_NOT_FOUND, "variableName", context->statement->name);
    weir_free(variable->name);
    *variable = session->variables[--session->variable_count];
    return WEIR_OK;
}

static WeirStatus function_parameters(WeirStatementContext *context, WeirSqlFunction *function, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    const char **names = WEIR_ARENA_ARRAY(context->arena, const char *, statement->parameter_count + 1);
    const WeirDataType **types = WEIR_ARENA_ARRAY(context->arena, const WeirDataType *, statement->parameter_count + 1);
    WeirExpression **defaults = WEIR_ARENA_ARRAY(context->arena, WeirExpression *, statement->parameter_count + 1);
    for (uint32_t i = 0; i < statement->parameter_count; i++) {
        names[i] = statement->parameters[i].name;
        defaults[i] = statement->parameters[i].default_value;
        WEIR_TRY(weir_type_from_ddl(statement->parameters[i].type_ddl, context->arena, &types[i], error));
    }
    function->parameter_names = names;
    function->parameter_types = types;
    function->parameter_defaults = defaults;
    function->parameter_count = statement->parameter_count;
    return WEIR_OK;
}

/* RETURNS TABLE: its columns, whose names differ, and a query that makes them. */
static WeirStatus table_columns(WeirStatementContext *context, WeirSqlFunction *function, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    function->returns_table = statement->scope != NULL;
    if (!function->returns_table)
        return WEIR_OK;
    if (function->query == NULL)
        return weir_error_set(error, WEIR_ERROR_USER_DEFINED_FUNCTIONS_SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY, "name",
                              function->name);
    if (statement->schema_ddl == NULL)
        return WEIR_OK;
    WEIR_TRY(weir_schema_from_ddl(statement->schema_ddl, context->arena, &function->columns, error));
    for (uint32_t i = 0; i < function->columns->field_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcasecmp(function->columns->fields[i].name, function->columns->fields[j].name) == 0)
                return weir_error_set(error, WEIR_ERROR_DUPLICATE_ROUTINE_RETURNS_COLUMNS, "routineName",
                                      function->name, "columns", function->columns->fields[i].name);
    return WEIR_OK;
}

static int64_t find_function(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->function_count; i++)
        if (strcasecmp(session->functions[i]->name, name) == 0)
            return i;
    return -1;
}

WeirStatus weir_statement_create_function(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    const WeirStatement *statement = context->statement;
    int64_t at = find_function(session, statement->name);
    (void)result;
    if (at >= 0 && !statement->or_replace) {
        if (statement->if_not_exists)
            return WEIR_OK;
        return weir_error_set(error, WEIR_ERROR_ROUTINE_ALREADY_EXISTS, "routineName", statement->name,
                              "newRoutineType", "routine", "existingRoutineType", "routine");
    }
    WeirSqlFunction *function = WEIR_ARENA_NEW(context->arena, WeirSqlFunction);
    function->name = statement->name;
    WEIR_TRY(function_parameters(context, function, error));
    if (statement->type_ddl != NULL)
        WEIR_TRY(weir_type_from_ddl(statement->type_ddl, context->arena, &function->result_type, error));
    function->body = statement->expression_count > 0 ? statement->expressions[0] : NULL;
    function->query = statement->plan;
    WEIR_TRY(table_columns(context, function, error));
    WEIR_TRY(weir_analyze_sql_function(context->analyzer, function, error));
    context->scope->keep = true;
    if (at < 0) {
        session->functions =
            weir_realloc(session->functions, (session->function_count + 1) * sizeof(WeirSqlFunction *));
        at = session->function_count++;
    }
    session->functions[at] = function;
    return WEIR_OK;
}

WeirStatus weir_statement_drop_function(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    int64_t at = find_function(session, context->statement->name);
    (void)result;
    if (at < 0 &&
        (weir_function_find(context->statement->name) != NULL || weir_aggregate_find(context->statement->name) != NULL))
        return weir_error_set(error, WEIR_ERROR_FORBIDDEN_OPERATION, "statement", "DROP", "objectType",
                              "built-in function", "objectName", context->statement->name);
    if (at < 0)
        return context->statement->if_exists
                   ? WEIR_OK
                   : weir_error_set(error, WEIR_ERROR_ROUTINE_NOT_FOUND, "routineName", context->statement->name);
    if (!context->statement->is_temporary)
        return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1017, "message", "The function is temporary.");
    session->functions[at] = session->functions[--session->function_count];
    return WEIR_OK;
}
