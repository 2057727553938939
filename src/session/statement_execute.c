/* EXECUTE IMMEDIATE: a statement whose text is computed, with values for its markers, whose row may go into variables;
 * and the texts of IDENTIFIER(…), which are computed the same way. */
#include <strings.h>

#include "columnar/value_text.h"
#include "session/session_private.h"

#define NESTED_MAX 16u

static bool is_subquery(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->plan != NULL;
}

static WeirStatus evaluate(WeirAnalyzer *analyzer, const WeirEvalContext *eval, WeirExpression *expression,
                           WeirArena *arena, WeirValue **value, WeirError *error)
{
    WeirExpression *analyzed = NULL;
    WEIR_TRY(weir_analyze_expression(analyzer, expression, NULL, &analyzed, error));
    return weir_expression_evaluate(analyzed, eval, arena, value, error);
}

static const char *type_text(WeirArena *arena, const WeirDataType *type)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_type_sql(type, &text);
    const char *copy = weir_arena_strdup(arena, weir_buffer_text(&text));
    weir_buffer_deinit(&text);
    return copy;
}

static const char *text_of(WeirArena *arena, const WeirValue *value)
{
    WeirStringView view = weir_value_get_view(value);
    return weir_arena_strndup(arena, (const char *)weir_view_data(&view), view.length);
}

/* ---- IDENTIFIER */

WeirStatus weir_session_identifier_text(void *context, WeirExpression *expression, WeirArena *arena, const char **text,
                                        WeirError *error)
{
    WeirIdentifierContext *identifier = context;
    WeirAnalyzer analyzer;
    weir_session_init_analyzer(identifier->session, identifier->eval, arena, NULL, &analyzer);
    WeirExpression *analyzed = NULL;
    WeirValue *value = NULL;
    const char *sql = expression->sql == NULL ? "the expression" : expression->sql;
    WeirStatus status = weir_analyze_expression(&analyzer, expression, NULL, &analyzed, error);
    if (status != WEIR_OK || !weir_expression_is_foldable(analyzed)) {
        weir_error_clear(error);
        return weir_error_set(error, WEIR_ERROR_NOT_A_CONSTANT_STRING_NOT_CONSTANT, "expr", sql, "name", "IDENTIFIER");
    }
    if (analyzed->type->id != WEIR_TYPE_STRING)
        return weir_error_set(error, WEIR_ERROR_NOT_A_CONSTANT_STRING_WRONG_TYPE, "expr", sql, "name", "IDENTIFIER",
                              "dataType", type_text(arena, analyzed->type));
    WEIR_TRY(weir_expression_evaluate(analyzed, identifier->eval, arena, &value, error));
    if (weir_value_is_null(value))
        return weir_error_set(error, WEIR_ERROR_NOT_A_CONSTANT_STRING_NULL, "expr", sql, "name", "IDENTIFIER");
    *text = text_of(arena, value);
    return WEIR_OK;
}

/* ---- the text and the arguments */

static WeirStatus statement_text(WeirStatementContext *context, const char **text, WeirError *error)
{
    WeirExpression *expression = context->statement->expressions[0];
    WeirValue *value = NULL;
    WEIR_TRY(evaluate(context->analyzer, context->eval, expression, context->arena, &value, error));
    if (value->type->id != WEIR_TYPE_STRING)
        return weir_error_set(error, WEIR_ERROR_INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE, "exprType",
                              type_text(context->arena, value->type));
    if (weir_value_is_null(value))
        return weir_error_set(error, WEIR_ERROR_NULL_QUERY_STRING_EXECUTE_IMMEDIATE, "varName",
                              expression->sql == NULL ? "" : expression->sql);
    *text = text_of(context->arena, value);
    const char *first = *text + strspn(*text, " \t\r\n;");
    return *first == '\0' ? weir_error_set(error, WEIR_ERROR_PARSE_EMPTY_STATEMENT) : WEIR_OK;
}

static const char *argument_name(const WeirExpression *argument)
{
    if (argument->kind == WEIR_EXPRESSION_ALIAS)
        return argument->name;
    bool is_variable = argument->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE;
    return is_variable ? argument->parts[argument->part_count - 1] : NULL;
}

static WeirStatus read_argument(WeirStatementContext *context, WeirExpression *argument, WeirSqlParameter *parameter,
                                WeirError *error)
{
    WeirValue *value = NULL;
    parameter->name = argument_name(argument);
    if (weir_expression_any(argument, is_subquery, NULL))
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_PARAMETER, "invalidExprSql",
                              argument->sql == NULL ? "a subquery" : argument->sql);
    if (argument->kind == WEIR_EXPRESSION_ALIAS)
        argument = argument->children[0];
    WEIR_TRY(evaluate(context->analyzer, context->eval, argument, context->arena, &value, error));
    WeirBuffer sql;
    weir_buffer_init(&sql, 0, &context->scope->tracker);
    weir_value_sql(value, 0, context->eval->zone, &sql);
    parameter->sql = weir_arena_strdup(context->arena, weir_buffer_text(&sql));
    weir_buffer_deinit(&sql);
    if (weir_value_is_null(value) && value->type->id != WEIR_TYPE_VOID)
        parameter->sql = weir_arena_printf(context->arena, "CAST(NULL AS %s)", type_text(context->arena, value->type));
    return WEIR_OK;
}

static WeirStatus read_arguments(WeirStatementContext *context, WeirSqlParameter *parameters, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    for (uint32_t i = 1; i < statement->expression_count; i++) {
        WEIR_TRY(read_argument(context, statement->expressions[i], &parameters[i - 1], error));
        const char *name = parameters[i - 1].name;
        for (uint32_t j = 0; j + 1 < i && name != NULL; j++)
            if (parameters[j].name != NULL && strcmp(parameters[j].name, name) == 0)
                return weir_error_set(error, WEIR_ERROR_EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES, "aliases",
                                      weir_arena_printf(context->arena, "`%s`", name));
    }
    return WEIR_OK;
}

/* ---- running it */

static WeirStatus run_nested(const WeirStatementContext *context, WeirStatement *nested, WeirResult **result,
                             WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirAnalyzer analyzer = *context->analyzer;
    WeirStatementContext inner = *context;
    analyzer.sql_text = nested->text;
    inner.statement = nested;
    inner.analyzer = &analyzer;
    inner.nested++;
    if (statement->name_count == 0)
        return weir_statement_dispatch(&inner, result, error);
    if (nested->kind != WEIR_STATEMENT_QUERY)
        return weir_error_set(error, WEIR_ERROR_INVALID_STATEMENT_FOR_EXECUTE_INTO, "sqlString", nested->text);
    return weir_statement_assign_query(&inner, statement->names, statement->name_count, nested->plan, error);
}

WeirStatus weir_statement_execute_immediate(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const char *text = NULL;
    WeirStatement *nested = NULL;
    uint32_t count = context->statement->expression_count - 1;
    WeirSqlParameter *parameters = WEIR_ARENA_ARRAY(context->arena, WeirSqlParameter, count + 1);
    if (context->nested >= NESTED_MAX)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "EXECUTE IMMEDIATE is nested more than %u levels deep.", NESTED_MAX);
    for (uint32_t i = 0; i < context->statement->name_count; i++)
        WEIR_TRY(weir_session_check_variable(context->session, context->statement->names[i], error));
    WEIR_TRY(statement_text(context, &text, error));
    WEIR_TRY(read_arguments(context, parameters, error));
    WeirStatus status = weir_session_parse(context->session, context->eval, context->arena, text, strlen(text),
                                           &(WeirMarkerValues){parameters, count}, &nested, error);
    if (status == WEIR_OK)
        status = run_nested(context, nested, result, error);
    if (status != WEIR_OK && error != NULL && error->origin.line > 0)
        weir_error_locate(error, text, error->origin); /* its place is one of this text */
    return status;
}
