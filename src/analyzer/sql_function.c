/* Temporary SQL functions. When one is made, its body is looked at with the parameters as columns; in a call the body
 * takes the call's place, with the arguments for the parameters' names. */
#include "analyzer/analyzer_private.h"

/* ---- calls */

static WeirStatus argument_count(WeirAnalysis *analysis, const WeirSqlFunction *function, uint32_t count,
                                 WeirOrigin origin, WeirError *error)
{
    return weir_located(analysis, origin, error,
                        weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                       weir_name_quoted(analysis, &function->name, 1), "expectedNum",
                                       weir_arena_printf(analysis->arena, "%u", function->parameter_count), "actualNum",
                                       weir_arena_printf(analysis->arena, "%u", count), "docroot",
                                       "https://spark.apache.org/docs/latest"));
}

/* A cast that stays even where it changes nothing: a parameter's type is that of its declaration, not the literal's. */
static WeirStatus cast_to(WeirExpressionContext *context, WeirExpression *value, const WeirDataType *type,
                          WeirExpression **out, WeirError *error)
{
    WeirExpression *cast = weir_expression_unary(context->analysis->arena, WEIR_EXPRESSION_CAST, value);
    cast->type = type;
    cast->eval_mode = WEIR_EVAL_ANSI;
    cast->origin = value->origin;
    return weir_resolve_expression(context, cast, out, error);
}

/* Arguments in the order of the parameters, defaults where none is given, each with its parameter's type. */
static WeirStatus bind_arguments(WeirExpressionContext *context, const WeirSqlFunction *function,
                                 WeirExpression *const *placed, uint32_t count, WeirOrigin origin,
                                 WeirArgumentFrame *frame, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirEnvironment nothing = {0};
    WeirExpressionContext defaults = weir_expression_context(analysis, &nothing, NULL);
    WeirExpressionList values = {0};
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        WeirExpression *value = placed[i];
        if (value == NULL && function->parameter_defaults[i] == NULL)
            return argument_count(analysis, function, count, origin, error);
        if (value == NULL)
            WEIR_TRY(weir_resolve_expression(&defaults, function->parameter_defaults[i], &value, error));
        WEIR_TRY(cast_to(context, value, function->parameter_types[i], &value, error));
        weir_list_append(analysis, &values, value);
    }
    *frame = (WeirArgumentFrame){function->name, function->parameter_names, values.items, function->parameter_count};
    return WEIR_OK;
}

/* What a column made of the call is called: f(1, a), with the arguments that were given; where some were given by name,
 * as in Spark with the defaults too. */
static const char *call_text(WeirAnalysis *analysis, const WeirSqlFunction *function, const WeirExpression *call,
                             WeirExpression *const *placed)
{
    bool named = call->child_count > 0 && call->children[call->child_count - 1]->kind == WEIR_EXPRESSION_NAMED_ARGUMENT;
    const char *text = weir_arena_printf(analysis->arena, "%s(", function->name);
    bool first = true;
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        const WeirExpression *value = placed[i] == NULL && named ? function->parameter_defaults[i] : placed[i];
        if (value == NULL)
            continue;
        text = weir_arena_printf(analysis->arena, "%s%s%s", text, first ? "" : ", ",
                                 weir_expression_text(analysis, value));
        first = false;
    }
    return weir_arena_printf(analysis->arena, "%s)", text);
}

/* RETURN SELECT …: a scalar subquery; the arguments are values of the calling query in it. */
static WeirStatus query_body(WeirAnalysis *analysis, const WeirSqlFunction *function, const WeirArgumentFrame *frame,
                             WeirOrigin origin, WeirExpression **out, WeirError *error)
{
    const WeirArgumentFrame outer = weir_arguments_as_outer(analysis, frame);
    const WeirEnvironment env = {.arguments = &outer};
    WeirExpression *subquery = weir_expression_new(analysis->arena, WEIR_EXPRESSION_SCALAR_SUBQUERY, origin);
    WeirLogicalPlan *plan = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, &env, function->query, &plan, error));
    subquery->plan = weir_plan_renew(analysis, plan);
    subquery->type = plan->output[0]->type;
    subquery->nullable = true;
    subquery->id = weir_next_id(analysis);
    *out = subquery;
    return WEIR_OK;
}

WeirStatus weir_resolve_sql_function(WeirExpressionContext *context, const WeirSqlFunction *function,
                                     WeirExpression *call, WeirExpression **out, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirParameterNames parameters = {function->name, function->parameter_names, function->parameter_count};
    WeirExpression **placed = NULL, *body = NULL;
    WeirArgumentFrame frame;
    if (function->returns_table)
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_NOT_A_SCALAR_FUNCTION, "functionName",
                                           weir_name_quoted(analysis, &function->name, 1)));
    if (++analysis->depth > WEIR_PLAN_DEPTH_MAX)
        return weir_error_format(error, WEIR_ERROR_VIEW_EXCEED_MAX_NESTED_DEPTH, "SQL functions are nested too deeply");
    WEIR_TRY(
        weir_arrange_arguments(analysis, &parameters, call->children, call->child_count, call->origin, &placed, error));
    WEIR_TRY(bind_arguments(context, function, placed, call->child_count, call->origin, &frame, error));
    const WeirEnvironment env = {.arguments = &frame};
    const WeirScope none = {0};
    WeirExpressionContext inner = weir_expression_context(analysis, &env, &none);
    if (function->query != NULL)
        WEIR_TRY(query_body(analysis, function, &frame, call->origin, &body, error));
    else
        WEIR_TRY(weir_resolve_expression(&inner, function->body, &body, error));
    analysis->depth--;
    WEIR_TRY(cast_to(&inner, body, function->result_type, &body, error));
    const char **text = WEIR_ARENA_ARRAY(analysis->arena, const char *, 1);
    text[0] = call_text(analysis, function, call, placed);
    body = weir_expression_copy(analysis->arena, body);
    body->parts = text;
    body->part_count = 1;
    *out = body;
    return WEIR_OK;
}

WeirStatus weir_resolve_sql_table_function(WeirExpressionContext *context, const WeirSqlFunction *function,
                                           const WeirLogicalPlan *plan, const WeirExpressionList *arguments,
                                           WeirLogicalPlan **out, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirParameterNames parameters = {function->name, function->parameter_names, function->parameter_count};
    WeirExpression **placed = NULL;
    WeirArgumentFrame frame;
    WeirLogicalPlan *body = NULL;
    if (!function->returns_table)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_NOT_A_TABLE_FUNCTION, "functionName",
                                           weir_name_quoted(analysis, &function->name, 1)));
    WEIR_TRY(weir_arrange_arguments(analysis, &parameters, arguments->items, arguments->count, plan->origin, &placed,
                                    error));
    WEIR_TRY(bind_arguments(context, function, placed, arguments->count, plan->origin, &frame, error));
    const WeirEnvironment env = {.arguments = &frame};
    WEIR_TRY(weir_resolve_plan(analysis, &env, function->query, &body, error));
    body = weir_plan_renew(analysis, body);
    WeirExpressionList columns = {0};
    for (uint32_t i = 0; function->columns != NULL && i < body->output_count; i++) {
        WeirExpression *column = weir_expression_cast(analysis->arena, body->output[i],
                                                      function->columns->fields[i].type, WEIR_EVAL_ANSI, true);
        weir_list_append(
            analysis, &columns,
            weir_expression_alias(analysis->arena, column, function->columns->fields[i].name, weir_next_id(analysis)));
    }
    if (function->columns != NULL)
        body = weir_plan_project(analysis, columns.items, columns.count, body);
    *out = weir_plan_alias(analysis, function->name, body);
    return WEIR_OK;
}

/* ---- making one */

static bool is_subquery(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->plan != NULL;
}

static WeirStatus check_defaults(WeirAnalysis *analysis, const WeirSqlFunction *function, WeirError *error)
{
    const WeirEnvironment nothing = {0};
    WeirExpressionContext context = weir_expression_context(analysis, &nothing, NULL);
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        WeirExpression *value = function->parameter_defaults[i];
        if (value == NULL)
            continue;
        if (i + 1 < function->parameter_count && function->parameter_defaults[i + 1] == NULL)
            return weir_error_set(error, WEIR_ERROR_USER_DEFINED_FUNCTIONS_NOT_A_VALID_DEFAULT_PARAMETER_POSITION,
                                  "functionName", function->name, "parameterName", function->parameter_names[i],
                                  "nextParameterName", function->parameter_names[i + 1]);
        if (weir_expression_any(value, is_subquery, NULL))
            return weir_error_set(error, WEIR_ERROR_USER_DEFINED_FUNCTIONS_NOT_A_VALID_DEFAULT_EXPRESSION,
                                  "functionName", function->name, "parameterName", function->parameter_names[i]);
        WEIR_TRY(weir_resolve_expression(&context, value, &value, error));
        WEIR_TRY(cast_to(&context, value, function->parameter_types[i], &value, error));
    }
    return WEIR_OK;
}

static WeirStatus check_expression_body(WeirExpressionContext *context, WeirSqlFunction *function, WeirError *error)
{
    WeirExpression *body = NULL;
    WEIR_TRY(weir_resolve_expression(context, function->body, &body, error));
    if (weir_has_aggregate(body) || weir_has_window(body))
        return weir_error_set(error, WEIR_ERROR_USER_DEFINED_FUNCTIONS_CANNOT_CONTAIN_COMPLEX_FUNCTIONS, "queryText",
                              weir_expression_text(context->analysis, body));
    if (weir_contains_kind(body, WEIR_EXPRESSION_GENERATOR))
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, "expression",
                              weir_expression_quoted(context->analysis, body));
    if (function->result_type == NULL)
        function->result_type = body->type;
    return cast_to(context, body, function->result_type, &body, error);
}

static WeirStatus check_query_body(WeirExpressionContext *context, WeirSqlFunction *function, WeirError *error)
{
    WeirExpressionKind kind = function->returns_table ? WEIR_EXPRESSION_EXISTS : WEIR_EXPRESSION_SCALAR_SUBQUERY;
    WeirExpression *body = weir_expression_new(context->analysis->arena, kind, function->query->origin);
    body->plan = function->query;
    WEIR_TRY(weir_resolve_expression(context, body, &body, error));
    if (!function->returns_table) {
        if (function->result_type == NULL)
            function->result_type = body->type;
        return cast_to(context, body, function->result_type, &body, error);
    }
    uint32_t count = body->plan->output_count;
    if (function->columns != NULL && function->columns->field_count != count)
        return weir_error_set(error, WEIR_ERROR_USER_DEFINED_FUNCTIONS_RETURN_COLUMN_COUNT_MISMATCH, "outputSize",
                              weir_arena_printf(context->analysis->arena, "%u", count), "returnParamSize",
                              weir_arena_printf(context->analysis->arena, "%u", function->columns->field_count), "name",
                              function->name);
    for (uint32_t i = 0; function->columns != NULL && i < count; i++) {
        WeirExpression *column = body->plan->output[i];
        WEIR_TRY(cast_to(context, column, function->columns->fields[i].type, &column, error));
    }
    return WEIR_OK;
}

WeirStatus weir_analyze_sql_function(WeirAnalyzer *analyzer, WeirSqlFunction *function, WeirError *error)
{
    WeirAnalysis analysis = {.analyzer = analyzer, .arena = analyzer->arena};
    const WeirEnvironment env = {0};
    WeirExpression **parameters = WEIR_ARENA_ARRAY(analysis.arena, WeirExpression *, function->parameter_count + 1);
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        parameters[i] = weir_expression_attribute(analysis.arena, function->parameter_names[i],
                                                  function->parameter_types[i], true, weir_next_id(&analysis));
        parameters[i]->parts = &function->name;
        parameters[i]->part_count = 1;
    }
    const WeirScope scope = {.attributes = parameters, .attribute_count = function->parameter_count};
    WeirExpressionContext context = weir_expression_context(&analysis, &env, &scope);
    WEIR_TRY(check_defaults(&analysis, function, error));
    WeirStatus status = function->query != NULL ? check_query_body(&context, function, error)
                                                : check_expression_body(&context, function, error);
    if (status == WEIR_ERROR_UNRESOLVED_ROUTINE) { /* Spark reports it with another condition here */
        weir_error_clear(error);
        return weir_error_set(error, WEIR_ERROR_ROUTINE_NOT_FOUND, "routineName",
                              weir_arena_printf(analysis.arena, "that the body of %s calls", function->name));
    }
    return status == WEIR_OK ? weir_arena_check(analyzer->arena, error) : status;
}
