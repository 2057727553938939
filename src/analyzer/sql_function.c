/* Temporary SQL functions: the body takes the place of the call, with the arguments for the parameters' names. */
#include "analyzer/analyzer_private.h"

static WeirStatus argument_count(WeirAnalysis *analysis, const WeirSqlFunction *function, const WeirExpression *call,
                                 WeirError *error)
{
    return weir_located(analysis, call->origin, error,
                        weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                       weir_name_quoted(analysis, &function->name, 1), "expectedNum",
                                       weir_arena_printf(analysis->arena, "%u", function->parameter_count), "actualNum",
                                       weir_arena_printf(analysis->arena, "%u", call->child_count), "docroot",
                                       "https://spark.apache.org/docs/latest"));
}

/* The argument for a parameter: by name, by position, or the default. */
static WeirStatus bind_argument(WeirExpressionContext *context, const WeirSqlFunction *function,
                                const WeirExpression *call, uint32_t index, WeirExpression **out, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression *value = NULL;
    if (index < call->child_count && call->children[index]->kind != WEIR_EXPRESSION_NAMED_ARGUMENT)
        value = call->children[index];
    for (uint32_t i = 0; value == NULL && i < call->child_count; i++)
        if (call->children[i]->kind == WEIR_EXPRESSION_NAMED_ARGUMENT &&
            weir_name_equal(analysis, call->children[i]->name, function->parameter_names[index]))
            value = call->children[i]->children[0];
    if (value == NULL && function->parameter_defaults != NULL && function->parameter_defaults[index] != NULL) {
        WeirExpressionContext defaults = weir_expression_context(analysis, context->env, NULL);
        WEIR_TRY(weir_resolve_expression(&defaults, function->parameter_defaults[index], &value, error));
    }
    if (value == NULL)
        return argument_count(analysis, function, call, error);
    *out = weir_expression_cast(analysis->arena, value, function->parameter_types[index], WEIR_EVAL_ANSI, true);
    return WEIR_OK;
}

static WeirExpression *to_outer(void *context, WeirExpression *expression)
{
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        return NULL;
    WeirExpression *outer = weir_expression_unary(context, WEIR_EXPRESSION_OUTER_REFERENCE, expression);
    outer->type = expression->type;
    outer->nullable = expression->nullable;
    outer->name = expression->name;
    return outer;
}

/* RETURN SELECT …: a scalar subquery; the arguments are values of the calling query in it. */
static WeirStatus query_body(WeirAnalysis *analysis, const WeirSqlFunction *function, WeirArgumentFrame *frame,
                             WeirOrigin origin, WeirExpression **out, WeirError *error)
{
    WeirExpression **values = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, frame->count);
    for (uint32_t i = 0; i < frame->count; i++)
        values[i] = weir_transform_down(analysis->arena, frame->values[i], to_outer, analysis->arena);
    frame->values = values;
    WeirEnvironment env = {.arguments = frame};
    WeirExpression *subquery = weir_expression_new(analysis->arena, WEIR_EXPRESSION_SCALAR_SUBQUERY, origin);
    WeirLogicalPlan *plan = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, &env, function->query, &plan, error));
    if (plan->output_count != 1)
        return weir_error_set(error,
                              WEIR_ERROR_INVALID_SUBQUERY_EXPRESSION_SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN,
                              "number", weir_arena_printf(analysis->arena, "%u", plan->output_count));
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
    if (call->child_count > function->parameter_count)
        return argument_count(analysis, function, call, error);
    if (++analysis->depth > WEIR_PLAN_DEPTH_MAX)
        return weir_error_format(error, WEIR_ERROR_VIEW_EXCEED_MAX_NESTED_DEPTH, "SQL functions are nested too deeply");
    WeirExpressionList values = {0};
    for (uint32_t i = 0; i < function->parameter_count; i++) {
        WeirExpression *value = NULL;
        WEIR_TRY(bind_argument(context, function, call, i, &value, error));
        weir_list_append(analysis, &values, value);
    }
    WeirArgumentFrame frame = {function->name, function->parameter_names, values.items, function->parameter_count};
    WeirExpression *body = NULL;
    if (function->query != NULL) {
        WEIR_TRY(query_body(analysis, function, &frame, call->origin, &body, error));
    } else {
        WeirEnvironment env = {.arguments = &frame};
        WeirScope none = {0};
        WeirExpressionContext inner = weir_expression_context(analysis, &env, &none);
        WEIR_TRY(weir_resolve_expression(&inner, function->body, &body, error));
    }
    analysis->depth--;
    if (function->result_type != NULL)
        body = weir_expression_cast(analysis->arena, body, function->result_type, WEIR_EVAL_ANSI, true);
    *out = body;
    return WEIR_OK;
}
