/* SQL variables (DECLARE, SET VARIABLE, DROP) and temporary SQL functions. */
#include <strings.h>

#include "session/session_private.h"

static WeirVariable *find_variable(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->variable_count; i++)
        if (strcasecmp(session->variables[i].name, name) == 0)
            return &session->variables[i];
    return NULL;
}

/* The value of an expression without input, cast to `type` unless that is NULL; it lives as long as the session. */
static WeirStatus evaluate(WeirStatementContext *context, WeirExpression *expression, const WeirDataType *type,
                           WeirValue **value, WeirError *error)
{
    WeirExpression *analyzed = NULL;
    WEIR_TRY(weir_analyze_expression(context->analyzer, expression, NULL, &analyzed, error));
    if (type != NULL) {
        if (!weir_can_store_assign(analyzed->type, type))
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION, "sqlExpr",
                                  expression->sql == NULL ? "" : expression->sql);
        analyzed = weir_expression_cast(context->arena, analyzed, type, WEIR_EVAL_ANSI, true);
    }
    context->scope->keep = true;
    return weir_expression_evaluate(analyzed, context->eval, context->arena, value, error);
}

WeirStatus weir_statement_declare_variable(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    const WeirStatement *statement = context->statement;
    const WeirDataType *type = NULL;
    WeirValue *value = NULL;
    (void)result;
    WeirVariable *variable = find_variable(session, statement->name);
    if (variable != NULL && !statement->or_replace)
        return weir_error_set(error, WEIR_ERROR_VARIABLE_ALREADY_EXISTS, "variableName", statement->name);
    if (statement->type_ddl != NULL)
        WEIR_TRY(weir_type_from_ddl(statement->type_ddl, context->arena, &type, error));
    if (statement->expression_count > 0)
        WEIR_TRY(evaluate(context, statement->expressions[0], type, &value, error));
    else
        value = weir_value_null(context->arena, type == NULL ? &weir_type_void : type);
    context->scope->keep = true;
    if (variable == NULL) {
        session->variables = weir_realloc(session->variables, (session->variable_count + 1) * sizeof(WeirVariable));
        variable = &session->variables[session->variable_count++];
        *variable = (WeirVariable){.name = weir_strdup(statement->name)};
    }
    variable->type = type == NULL ? value->type : type;
    variable->value = variable->initial = value;
    return WEIR_OK;
}

static WeirStatus unresolved_variable(const char *name, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_UNRESOLVED_VARIABLE, "variableName", name, "searchPath",
                          "`system`.`session`");
}

/* SET VAR (a, b) = (SELECT …): one row at most. */
static WeirStatus set_from_query(WeirStatementContext *context, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirResult *rows = NULL;
    WeirStatus status = WEIR_OK;
    WEIR_TRY(weir_session_collect(context, statement->plan, &rows, error));
    int64_t count = weir_result_row_count(rows);
    if (count > 1)
        status = weir_error_set(error, WEIR_ERROR_ROW_SUBQUERY_TOO_MANY_ROWS);
    else if (rows->schema->field_count != statement->name_count)
        status = weir_error_set(error, WEIR_ERROR_ASSIGNMENT_ARITY_MISMATCH, "numTarget",
                                weir_arena_printf(context->arena, "%u", statement->name_count), "numExpr",
                                weir_arena_printf(context->arena, "%u", rows->schema->field_count));
    for (uint32_t i = 0; status == WEIR_OK && i < statement->name_count; i++) {
        WeirVariable *variable = find_variable(context->session, statement->names[i]);
        if (variable == NULL) {
            status = unresolved_variable(statement->names[i], error);
            break;
        }
        WeirValue *value = weir_value_null(context->arena, variable->type);
        if (count == 1) {
            const WeirBatch *batch = rows->batches.batches[0];
            status = weir_value_from_row(context->arena, &batch->columns[i], weir_batch_row(batch, 0), &value, error);
            if (status == WEIR_OK)
                status =
                    evaluate(context, weir_expression_literal(context->arena, value), variable->type, &value, error);
        }
        variable->value = value;
    }
    context->scope->keep = true;
    weir_result_free(rows);
    return status;
}

WeirStatus weir_statement_set_variable(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    (void)result;
    if (statement->plan != NULL)
        return set_from_query(context, error);
    for (uint32_t i = 0; i < statement->name_count && i < statement->expression_count; i++) {
        WeirVariable *variable = find_variable(context->session, statement->names[i]);
        WeirExpression *expression = statement->expressions[i];
        if (variable == NULL)
            return unresolved_variable(statement->names[i], error);
        bool is_default = expression->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE && expression->part_count == 1 &&
                          strcasecmp(expression->parts[0], "DEFAULT") == 0;
        if (is_default)
            variable->value = variable->initial;
        else
            WEIR_TRY(evaluate(context, expression, variable->type, &variable->value, error));
    }
    return WEIR_OK;
}

WeirStatus weir_statement_drop_variable(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    WeirVariable *variable = find_variable(session, context->statement->name);
    (void)result;
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
    if (at < 0)
        return context->statement->if_exists
                   ? WEIR_OK
                   : weir_error_set(error, WEIR_ERROR_ROUTINE_NOT_FOUND, "routineName", context->statement->name);
    session->functions[at] = session->functions[--session->function_count];
    return WEIR_OK;
}
