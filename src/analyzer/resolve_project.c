/* SELECT without GROUP BY, and WHERE. A list with an aggregate is a global aggregate. */
#include "analyzer/analyzer_private.h"

static bool any_aggregate(const WeirExpressionList *items)
{
    for (uint32_t i = 0; i < items->count; i++)
        if (weir_has_aggregate(items->items[i]))
            return true;
    return false;
}

static bool has_id(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->id == *(const int64_t *)context;
}

static bool uses_earlier(const WeirExpressionList *items, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++)
        if (items->items[i]->kind == WEIR_EXPRESSION_ALIAS &&
            weir_expression_any(weir_trim_alias(items->items[index]), has_id, &items->items[i]->id))
            return true;
    return false;
}

/* SELECT sum(a) OVER () AS w, w + 1: items that use no earlier alias are computed first, windows among them. */
static WeirStatus windows_then_aliases(WeirAnalysis *analysis, const WeirExpressionList *items, WeirLogicalPlan *child,
                                       WeirLogicalPlan **out, WeirError *error)
{
    WeirExpressionList lower = {0}, upper = {0};
    for (uint32_t i = 0; i < child->output_count; i++)
        weir_list_append(analysis, &lower, child->output[i]);
    for (uint32_t i = 0; i < items->count; i++) {
        WeirExpression *item = items->items[i];
        bool later = uses_earlier(items, i);
        if (later && weir_has_window(item))
            return weir_located(analysis, item->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_WINDOW,
                                               "lca", "used here", "windowExpr",
                                               weir_expression_quoted(analysis, item)));
        if (!later && item->kind == WEIR_EXPRESSION_ALIAS)
            weir_list_append(analysis, &lower, item);
        weir_list_append(analysis, &upper, later ? item : weir_expression_to_attribute(analysis->arena, item));
    }
    WEIR_TRY(weir_extract_windows(analysis, lower.items, lower.count, child, &child, error));
    *out = weir_plan_lateral_aliases(analysis, upper.items, upper.count, child);
    return WEIR_OK;
}

WeirStatus weir_finish_select(WeirAnalysis *analysis, WeirExpressionList *items, bool lateral, WeirLogicalPlan *child,
                              WeirLogicalPlan **out, WeirError *error)
{
    WEIR_TRY(weir_extract_generators(analysis, items, &child, error));
    bool windows = false;
    for (uint32_t i = 0; i < items->count; i++)
        windows = windows || weir_has_window(items->items[i]);
    if (windows && lateral)
        return windows_then_aliases(analysis, items, child, out, error);
    if (windows)
        return weir_extract_windows(analysis, items->items, items->count, child, out, error);
    *out = lateral ? weir_plan_lateral_aliases(analysis, items->items, items->count, child)
                   : weir_plan_project(analysis, items->items, items->count, child);
    return WEIR_OK;
}

/* `child` is resolved: the aggregate resolves its own lists again. */
static WeirStatus aggregate_instead(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                    WeirLogicalPlan *child, WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *aggregate = weir_logical_copy(analysis->arena, plan);
    aggregate->kind = WEIR_LOGICAL_AGGREGATE;
    aggregate->children[0] = child;
    return weir_resolve_aggregate(analysis, env, aggregate, out, error);
}

static WeirStatus finish_project(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirExpressionList *items,
                                 bool lateral, WeirLogicalPlan *child, WeirLogicalPlan **out, WeirError *error)
{
    WeirExpressionSlots slots = {.lists = {&items->items}, .counts = {&items->count}, .list_count = 1};
    WEIR_TRY(weir_rewrite_time_windows(analysis, &slots, &child, error));
    WEIR_TRY(weir_finish_select(analysis, items, lateral, child, out, error));
    (*out)->origin = plan->origin;
    return WEIR_OK;
}

/* Names that the input lacks may be columns of the list's own generators. */
static WeirStatus resolve_around_generators(WeirAnalysis *analysis, const WeirEnvironment *env,
                                            const WeirLogicalPlan *plan, WeirLogicalPlan *child, WeirLogicalPlan **out,
                                            WeirError *error)
{
    weir_error_clear(error);
    WeirGeneratorList list = {.child = child};
    WEIR_TRY(weir_resolve_generator_list(analysis, env, plan->expressions, plan->expression_count, &list, error));
    if (!list.has_aggregate)
        return finish_project(analysis, plan, &list.items, list.used_lateral, list.child, out, error);
    WeirLogicalPlan *copy = weir_logical_copy(analysis->arena, plan);
    copy->expressions = list.items.items;
    copy->expression_count = list.items.count;
    return aggregate_instead(analysis, env, copy, list.child, out, error);
}

WeirStatus weir_resolve_project(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WeirExpressionList items = {0};
    WeirStatus status = weir_resolve_select_list(&context, plan->expressions, plan->expression_count, &items, error);
    if (weir_is_unresolved_column(status))
        return resolve_around_generators(analysis, env, plan, child, out, error);
    WEIR_TRY(status);
    if (any_aggregate(&items) && plan->name != NULL) /* a pipe operator */
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION, "expr",
                                           "in its list", "clause", plan->name));
    if (any_aggregate(&items))
        return aggregate_instead(analysis, env, plan, child, out, error);
    if (context.used_hidden)
        child = weir_plan_expose(analysis, child, items.items, items.count);
    return finish_project(analysis, plan, &items, context.used_lateral, child, out, error);
}

/* An aggregate that WHERE computes; in a subquery of HAVING those of the outer query are values. */
static bool is_own_aggregate(void *context, const WeirExpression *expression)
{
    const WeirEnvironment *env = context;
    return expression->kind == WEIR_EXPRESSION_AGGREGATE &&
           !(env->outer != NULL && env->outer->over_aggregate && weir_is_outer_aggregate(expression));
}

static WeirStatus check_where(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                              const WeirExpression *condition, WeirError *error)
{
    if (weir_has_window(condition))
        return weir_located(
            analysis, plan->origin, error,
            weir_error_set(error, WEIR_ERROR_WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE, "clauseName", "WHERE"));
    if (weir_contains_kind(condition, WEIR_EXPRESSION_GENERATOR))
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, "plan", "Filter"));
    if (weir_expression_any(condition, is_own_aggregate, (void *)(uintptr_t)env))
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_WHERE_CONDITION, "condition",
                                           weir_expression_quoted(analysis, condition), "expressionList",
                                           "aggregate functions"));
    return weir_check_boolean(analysis, plan, condition, error);
}

/* A node that keeps its child's columns although its expressions needed hidden or generated ones. */
static WeirLogicalPlan *keep_output(WeirAnalysis *analysis, WeirLogicalPlan *plan, const WeirLogicalPlan *child)
{
    if (plan->output_count == child->output_count)
        return plan;
    WeirExpressionList hidden = {0};
    weir_plan_hidden(analysis, child, &hidden);
    WeirLogicalPlan *project = weir_plan_project(analysis, child->output, child->output_count, plan);
    weir_plan_set_hidden(analysis, project, hidden.items, hidden.count);
    return project;
}

WeirStatus weir_resolve_filter(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                               WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WeirExpression *condition = NULL;
    WEIR_TRY(weir_resolve_expression(&context, plan->condition, &condition, error));
    WEIR_TRY(check_where(analysis, env, plan, condition, error));
    WeirLogicalPlan *input = context.used_hidden ? weir_plan_expose(analysis, child, &condition, 1) : child;
    WeirExpression **list = &condition;
    uint32_t one = 1;
    WeirExpressionSlots slots = {.lists = {&list}, .counts = {&one}, .list_count = 1};
    WEIR_TRY(weir_rewrite_time_windows(analysis, &slots, &input, error));
    WeirLogicalPlan *filter = weir_plan_filter(analysis, list[0], input);
    filter->origin = plan->origin;
    *out = keep_output(analysis, filter, child);
    return WEIR_OK;
}
