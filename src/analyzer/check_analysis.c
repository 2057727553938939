/* What only a whole resolved plan shows: functions in places where they mean nothing (Spark: CheckAnalysis). Then the
 * leaves of one stream are united. */
#include "analyzer/analyzer_private.h"

WeirStatus weir_check_boolean(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpression *condition,
                              WeirError *error)
{
    if (condition->type->id == WEIR_TYPE_BOOLEAN)
        return WEIR_OK;
    const char *sql = weir_expression_quoted(analysis, condition);
    return weir_located(analysis, plan->origin, error,
                        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN, "sqlExpr", sql, "filter",
                                       sql, "type", weir_type_quoted(analysis, condition->type)));
}

typedef struct Check {
    WeirAnalysis *analysis;
    const WeirLogicalPlan *plan;
    WeirError *error;
} Check;

static bool is_subquery(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY || expression->kind == WEIR_EXPRESSION_EXISTS ||
           expression->kind == WEIR_EXPRESSION_IN_SUBQUERY;
}

static bool calls_lambda(const WeirExpression *expression)
{
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (expression->children[i]->kind == WEIR_EXPRESSION_LAMBDA)
            return true;
    return false;
}

static WeirStatus check_expression(Check *check, const WeirExpression *expression, bool in_window)
{
    WeirAnalysis *analysis = check->analysis;
    if (expression == NULL)
        return WEIR_OK;
    bool window_function = expression->kind == WEIR_EXPRESSION_CALL && expression->function != NULL &&
                           expression->function->kind == WEIR_FUNCTION_WINDOW;
    if (window_function && !in_window)
        return weir_located(analysis, check->plan->origin, check->error,
                            weir_error_set(check->error, WEIR_ERROR_WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE, "funcName",
                                           weir_expression_quoted(analysis, expression)));
    if (weir_is_marker(expression))
        return weir_located(analysis, expression->origin, check->error,
                            weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                                           weir_expression_quoted(analysis, expression)));
    if (weir_is_grouping_call(expression))
        return weir_located(analysis, expression->origin, check->error,
                            weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_GROUPING_EXPRESSION));
    if (expression->kind == WEIR_EXPRESSION_GENERATOR && check->plan->kind != WEIR_LOGICAL_GENERATE)
        return weir_located(analysis, expression->origin, check->error,
                            weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, "plan",
                                           weir_expression_text(analysis, expression)));
    if (calls_lambda(expression) && weir_expression_any(expression, is_subquery, NULL))
        return weir_located(
            analysis, expression->origin, check->error,
            weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_HIGHER_ORDER_FUNCTION));
    if (expression->plan != NULL)
        WEIR_TRY(weir_check_analysis(analysis, expression->plan, check->error));
    for (uint32_t i = 0; i < expression->child_count; i++)
        WEIR_TRY(check_expression(check, expression->children[i], expression->kind == WEIR_EXPRESSION_WINDOW));
    return check_expression(check, expression->filter, false);
}

static bool allows_aggregates(const WeirLogicalPlan *plan)
{
    return plan->kind == WEIR_LOGICAL_AGGREGATE || plan->kind == WEIR_LOGICAL_WINDOW;
}

/* A join's condition is looked at for every pair of rows. */
static WeirStatus check_join_condition(const Check *check, const WeirExpression *condition)
{
    if (check->plan->kind != WEIR_LOGICAL_JOIN || condition == NULL || weir_expression_is_deterministic(condition))
        return WEIR_OK;
    return weir_located(check->analysis, condition->origin, check->error,
                        weir_error_set(check->error, WEIR_ERROR_INVALID_NON_DETERMINISTIC_EXPRESSIONS, "sqlExprs",
                                       weir_expression_quoted(check->analysis, condition)));
}

static WeirStatus check_aggregates(const Check *check, const WeirExpression *expression)
{
    if (expression == NULL || allows_aggregates(check->plan) || !weir_has_aggregate(expression))
        return WEIR_OK;
    return weir_located(check->analysis, expression->origin, check->error,
                        weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                                       weir_expression_quoted(check->analysis, expression)));
}

static bool is_membership(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_EXISTS || expression->kind == WEIR_EXPRESSION_IN_SUBQUERY;
}

/* EXISTS and IN become joins below what uses them, which these operators can't have. */
static WeirStatus check_membership(const Check *check, const WeirExpression *expression)
{
    const WeirLogicalKind kind = check->plan->kind;
    bool refused = kind == WEIR_LOGICAL_SORT || kind == WEIR_LOGICAL_REPARTITION || kind == WEIR_LOGICAL_GENERATE;
    if (!refused || expression == NULL || !weir_expression_any(expression, is_membership, NULL))
        return WEIR_OK;
    return weir_located(
        check->analysis, expression->origin, check->error,
        weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_IN_EXISTS_SUBQUERY,
                       "treeNode", weir_expression_quoted(check->analysis, expression)));
}

/* ---- correlated subqueries: outer columns in aggregates, scalar subqueries above them */

static bool is_outer(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE;
}

/* A column of the inner query, outside of outer references. */
static bool has_local(const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return false;
    bool found = expression->kind == WEIR_EXPRESSION_ATTRIBUTE;
    for (uint32_t i = 0; i < expression->child_count && !found; i++)
        found = has_local(expression->children[i]);
    return found;
}

static bool mixes(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_AGGREGATE && weir_expression_any(expression, is_outer, NULL) &&
           has_local(expression);
}

/* outer.map[key], outer.struct.map[key] … */
static bool is_taken_from_outer(const WeirExpression *expression)
{
    while (expression->kind == WEIR_EXPRESSION_EXTRACT_FIELD ||
           (expression->kind == WEIR_EXPRESSION_CALL && strcmp(expression->function->name, "[]") == 0))
        expression = expression->children[0];
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE;
}

/* A value taken out of an outer map by its key is no map. */
static bool uses_outer_map(const WeirExpression *expression)
{
    uint32_t first = 0;
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return weir_type_contains(expression->children[0]->type, WEIR_TYPE_MAP);
    if (!weir_type_contains(expression->type, WEIR_TYPE_MAP) && is_taken_from_outer(expression))
        first = 1;
    for (uint32_t i = first; i < expression->child_count; i++)
        if (uses_outer_map(expression->children[i]))
            return true;
    return false;
}

/* Maps can't be compared, so that rows can't be told to belong to them. */
static WeirStatus check_outer_type(const Check *check, const WeirExpression *item)
{
    if (item == NULL || !uses_outer_map(item))
        return WEIR_OK;
    return weir_located(
        check->analysis, item->origin, check->error,
        weir_error_set(check->error,
                       WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_REFERENCE_DATA_TYPE,
                       "expr", weir_expression_text(check->analysis, item), "dataType", "map"));
}

static WeirStatus check_outer_in_aggregate(const Check *check, const WeirExpression *item)
{
    WeirAnalysis *analysis = check->analysis;
    if (check->plan->kind != WEIR_LOGICAL_AGGREGATE || !weir_expression_any(item, is_outer, NULL))
        return WEIR_OK;
    const char *text = weir_expression_text(analysis, item);
    WeirStatus status =
        weir_expression_any(item, mixes, NULL)
            ? weir_error_set(
                  check->error,
                  WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES,
                  "function", text)
            : weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_CORRELATED_REFERENCE,
                             "sqlExprs", text);
    return weir_located(analysis, item->origin, check->error, status);
}

/* Its children are the outer columns that it uses. */
static bool is_correlated_scalar(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY && expression->child_count > 0;
}

static bool scalar_outside_functions(const WeirLogicalPlan *aggregate, const WeirExpression *expression)
{
    for (uint32_t i = 0; i < aggregate->grouping_count; i++)
        if (weir_expression_equal(aggregate->grouping[i], expression))
            return false;
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE)
        return false;
    if (is_correlated_scalar(NULL, expression))
        return true;
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (scalar_outside_functions(aggregate, expression->children[i]))
            return true;
    return false;
}

static bool is_predicate_subquery(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_EXISTS || expression->kind == WEIR_EXPRESSION_IN_SUBQUERY;
}

static WeirStatus check_scalar_place(const Check *check, const WeirExpression *item)
{
    const char *text = weir_expression_quoted(check->analysis, item);
    if (check->plan->kind == WEIR_LOGICAL_AGGREGATE && scalar_outside_functions(check->plan, item))
        return weir_located(check->analysis, item->origin, check->error,
                            weir_error_set(check->error,
                                           WEIR_ERROR_SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION, "sqlExpr",
                                           text));
    if (check->plan->kind == WEIR_LOGICAL_SORT && weir_has_window(item))
        return weir_located(
            check->analysis, item->origin, check->error,
            weir_error_set(check->error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls", text));
    if (check->plan->kind == WEIR_LOGICAL_SORT && weir_expression_any(item, is_predicate_subquery, NULL))
        return weir_located(
            check->analysis, item->origin, check->error,
            weir_error_set(check->error,
                           WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_IN_EXISTS_SUBQUERY,
                           "treeNode", text));
    if (check->plan->kind == WEIR_LOGICAL_SORT && weir_expression_any(item, is_correlated_scalar, NULL))
        return weir_located(
            check->analysis, item->origin, check->error,
            weir_error_set(check->error,
                           WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY,
                           "treeNode", text));
    return WEIR_OK;
}

WeirStatus weir_check_analysis(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    for (uint32_t i = 0; i < plan->child_count; i++)
        WEIR_TRY(weir_check_analysis(analysis, plan->children[i], error));
    Check check = {analysis, plan, error};
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WEIR_TRY(check_expression(&check, plan->expressions[i], false));
        WEIR_TRY(check_aggregates(&check, plan->expressions[i]));
        WEIR_TRY(check_membership(&check, plan->expressions[i]));
        WEIR_TRY(check_outer_in_aggregate(&check, plan->expressions[i]));
        WEIR_TRY(check_scalar_place(&check, plan->expressions[i]));
        WEIR_TRY(check_outer_type(&check, plan->expressions[i]));
    }
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        WEIR_TRY(check_expression(&check, plan->grouping[i], false));
        WEIR_TRY(check_outer_in_aggregate(&check, plan->grouping[i]));
    }
    WEIR_TRY(check_expression(&check, plan->condition, false));
    WEIR_TRY(check_membership(&check, plan->condition));
    WEIR_TRY(check_outer_type(&check, plan->condition));
    WEIR_TRY(check_join_condition(&check, plan->condition));
    return check_aggregates(&check, plan->condition);
}
