/* HAVING and ORDER BY over an aggregate: their aggregates and grouping expressions become columns that the AGGREGATE
 * gives, added where the SELECT list does not have them (Spark: ResolveAggregateFunctions). Also the rules of what an
 * aggregate's list may hold. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

/* Below the Projects that compute earlier aliases, or below HAVING; not below a HAVING whose condition added columns
 * to the aggregate, which a Project takes away again: from there on only grouping columns can be brought up. */
WeirLogicalPlan *weir_aggregate_below(WeirLogicalPlan *plan)
{
    for (; plan->kind == WEIR_LOGICAL_PROJECT; plan = plan->children[0]) {
        bool computes = false;
        for (uint32_t i = 0; i < plan->expression_count; i++)
            computes = computes || plan->expressions[i]->kind != WEIR_EXPRESSION_ATTRIBUTE;
        if (!computes && plan->children[0]->kind == WEIR_LOGICAL_FILTER)
            return NULL;
    }
    if (plan->kind == WEIR_LOGICAL_FILTER)
        plan = plan->children[0];
    while (plan->kind == WEIR_LOGICAL_PROJECT)
        plan = plan->children[0];
    return plan->kind == WEIR_LOGICAL_AGGREGATE ? plan : NULL;
}

static bool uses_column(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->id == ((const WeirExpression *)context)->id;
}

static bool is_used(WeirExpression *const *expressions, uint32_t count, WeirExpression *column)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_expression_any(expressions[i], uses_column, column))
            return true;
    return false;
}

/* The same plan over another aggregate, with the columns of it that `expressions` use. */
static WeirLogicalPlan *replace_below(WeirAnalysis *analysis, WeirLogicalPlan *plan, WeirLogicalPlan *aggregate,
                                      WeirExpression *const *expressions, uint32_t count)
{
    if (plan->kind == WEIR_LOGICAL_AGGREGATE)
        return aggregate;
    WeirLogicalPlan *child = replace_below(analysis, plan->children[0], aggregate, expressions, count);
    if (plan->kind == WEIR_LOGICAL_FILTER)
        return weir_plan_with_children(analysis, plan, child, NULL);
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_list_append(analysis, &list, plan->expressions[i]);
    for (uint32_t i = 0; i < aggregate->output_count; i++)
        if (weir_find_by_id(list.items, list.count, aggregate->output[i]->id) == NULL &&
            is_used(expressions, count, aggregate->output[i]))
            weir_list_append(analysis, &list, aggregate->output[i]);
    return list.count == plan->expression_count && child == plan->children[0]
               ? plan
               : weir_plan_project(analysis, list.items, list.count, child);
}

typedef struct Push {
    WeirAnalysis *analysis;
    const WeirLogicalPlan *aggregate;
    WeirExpressionList list; /* the AGGREGATE's expressions, growing */
    WeirStatus status;
    WeirError *error;
} Push;

static WeirExpression *aggregate_column(Push *push, WeirExpression *expression)
{
    for (uint32_t i = 0; i < push->list.count; i++)
        if (weir_expression_equal(weir_trim_alias(push->list.items[i]), expression))
            return weir_expression_to_attribute(push->analysis->arena, push->list.items[i]);
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        expression =
            weir_expression_alias(push->analysis->arena, expression, weir_expression_text(push->analysis, expression),
                                  weir_next_id(push->analysis));
    weir_list_append(push->analysis, &push->list, expression);
    return weir_expression_to_attribute(push->analysis->arena, expression);
}

static WeirExpression *strip_outer(void *context, WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE ? expression->children[0] : NULL;
}

static bool is_output_only(void *context, const WeirExpression *expression)
{
    const WeirLogicalPlan *aggregate = context, *input = aggregate->children[0];
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
           weir_find_by_id(input->output, input->output_count, expression->id) == NULL &&
           weir_find_by_id(aggregate->output, aggregate->output_count, expression->id) != NULL;
}

/* Inside of a subquery: aggregates over outer columns and outer columns of the aggregate's input are columns that the
 * aggregate gives. */
static WeirExpression *push_outer(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    Push *push = context;
    WeirAnalysis *analysis = push->analysis;
    (void)status;
    (void)error;
    if (weir_is_outer_aggregate(expression)) {
        WeirExpression *own = weir_transform_down(analysis->arena, expression, strip_outer, NULL);
        return weir_outer_expression(analysis, aggregate_column(push, own));
    }
    return expression;
}

static WeirExpression *push_outer_column(void *context, WeirExpression *expression, WeirStatus *status,
                                         WeirError *error)
{
    Push *push = context;
    (void)status;
    (void)error;
    if (expression->kind != WEIR_EXPRESSION_OUTER_REFERENCE)
        return expression;
    for (uint32_t i = 0; i < push->aggregate->grouping_count; i++)
        if (weir_expression_equal(push->aggregate->grouping[i], expression->children[0]))
            return weir_outer_expression(push->analysis, aggregate_column(push, push->aggregate->grouping[i]));
    return expression;
}

typedef struct PushPlan {
    Push *push;
    WeirExpressionRewrite rewrite;
} PushPlan;

static WeirLogicalPlan *push_in_node(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    const PushPlan *in_plan = context;
    WeirLogicalPlan *out = plan;
    *status = weir_logical_transform_expressions(in_plan->push->analysis->arena, plan, in_plan->rewrite, in_plan->push,
                                                 &out, error);
    return out;
}

static WeirExpression *push_node(void *context, WeirExpression *expression);

static WeirExpression *push_subquery(Push *push, WeirExpression *expression)
{
    WeirArena *arena = push->analysis->arena;
    PushPlan passes[2] = {{push, push_outer}, {push, push_outer_column}};
    WeirExpression *copy = weir_expression_copy(arena, expression);
    for (int i = 0; i < 2 && push->status == WEIR_OK; i++)
        push->status = weir_logical_transform(arena, copy->plan, push_in_node, &passes[i], &copy->plan, push->error);
    for (uint32_t i = 0; copy->kind == WEIR_EXPRESSION_IN_SUBQUERY && i < copy->child_count; i++)
        copy->children[i] = weir_transform_down(arena, copy->children[i], push_node, push);
    weir_note_outer_columns(push->analysis, copy);
    return copy;
}

static WeirExpression *push_node(void *context, WeirExpression *expression)
{
    Push *push = context;
    if (push->status != WEIR_OK)
        return expression;
    if (expression->plan != NULL)
        return push_subquery(push, expression);
    for (uint32_t i = 0; i < push->aggregate->grouping_count; i++)
        if (weir_expression_equal(push->aggregate->grouping[i], expression))
            return aggregate_column(push, push->aggregate->grouping[i]);
    for (uint32_t i = 0; i < push->aggregate->expression_count; i++) { /* what the list has already */
        WeirExpression *item = push->aggregate->expressions[i];
        if (item->kind == WEIR_EXPRESSION_ALIAS && item->children[0]->kind != WEIR_EXPRESSION_LITERAL &&
            weir_expression_equal(item->children[0], expression))
            return weir_expression_to_attribute(push->analysis->arena, item);
    }
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE) {
        if (weir_expression_any(expression, is_output_only, (void *)(uintptr_t)push->aggregate)) {
            const char *name = weir_expression_quoted(
                push->analysis, expression->child_count > 0 ? expression->children[0] : expression);
            push->status = weir_located(
                push->analysis, expression->origin, push->error,
                weir_error_set(push->error, WEIR_ERROR_MISSING_ATTRIBUTES_RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION,
                               "missingAttributes", name, "input", name, "operator", "Aggregate", "operation", name));
            return expression;
        }
        return aggregate_column(push, expression);
    }
    return NULL;
}

typedef struct Unpushed {
    const WeirScope *scope;
    const WeirExpressionList *list;
    const WeirExpression *column;
} Unpushed;

/* Columns of an outer query come with the subquery's rows and need no place in the aggregate. */
static bool has_unpushed(Unpushed *unpushed, const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return false;
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
        weir_find_by_id(unpushed->scope->attributes, unpushed->scope->attribute_count, expression->id) == NULL &&
        weir_find_by_id(unpushed->list->items, unpushed->list->count, expression->id) == NULL) {
        unpushed->column = expression;
        return true;
    }
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (has_unpushed(unpushed, expression->children[i]))
            return true;
    return false;
}

static bool names_column(void *context, const WeirExpression *expression)
{
    const WeirExpression **column = context;
    if (expression->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE ||
        strcasecmp(expression->parts[expression->part_count - 1], (*column)->name) != 0)
        return false;
    *column = expression;
    return true;
}

/* A column of the aggregate's input that is only part of a grouping expression: `GROUP BY a + 1 ORDER BY a`. */
static WeirStatus check_pushed(WeirExpressionContext *context, const WeirExpressionList *list,
                               const WeirExpression *written, const WeirExpression *pushed, WeirError *error)
{
    Unpushed unpushed = {context->scope, list, NULL};
    if (!has_unpushed(&unpushed, pushed))
        return WEIR_OK;
    const WeirExpression *name = unpushed.column;
    if (!weir_expression_any(written, names_column, &name))
        return WEIR_OK; /* a column that another clause brought */
    WeirExpressionContext of_output = *context;
    of_output.second = NULL;
    return weir_unresolved_column(&of_output, name, error);
}

WeirStatus weir_resolve_over_aggregate(WeirAnalysis *analysis, const WeirEnvironment *env, WeirExpression *const *in,
                                       uint32_t count, bool having, WeirLogicalPlan **plan, WeirExpression **out,
                                       WeirError *error)
{
    WeirLogicalPlan *aggregate = weir_aggregate_below(*plan);
    const WeirGroupingAnalytics *analytics = aggregate->grouping_analytics;
    WeirScope scope = weir_scope_of(analysis, env, *plan);
    WeirScope input = weir_scope_of(analysis, env, analytics != NULL ? analytics->input : aggregate->children[0]);
    WeirExpressionContext expression_context = weir_expression_context(analysis, env, &scope);
    expression_context.second = &input;
    expression_context.second_first = having;
    expression_context.grouping = analytics != NULL ? analytics->expressions : aggregate->grouping;
    expression_context.grouping_count = analytics != NULL ? analytics->count : aggregate->grouping_count;
    Push push = {.analysis = analysis, .aggregate = aggregate, .error = error};
    for (uint32_t i = 0; i < aggregate->expression_count; i++)
        weir_list_append(analysis, &push.list, aggregate->expressions[i]);
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *resolved = NULL;
        const WeirExpression *written = in[i]; /* `out` may be the same array */
        WEIR_TRY(weir_resolve_expression(&expression_context, in[i], &resolved, error));
        if (having && weir_has_window(resolved))
            return weir_located(
                analysis, resolved->origin, error,
                weir_error_set(error, WEIR_ERROR_WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE, "clauseName", "HAVING"));
        if (analytics != NULL)
            WEIR_TRY(weir_replace_grouping(analysis, analytics, resolved, &resolved, error));
        out[i] = weir_transform_down(analysis->arena, resolved, push_node, &push);
        if (push.status != WEIR_OK)
            return push.status;
        WEIR_TRY(check_pushed(&expression_context, &push.list, written, out[i], error));
    }
    WeirLogicalPlan *extended = aggregate;
    if (push.list.count > aggregate->expression_count) {
        extended = weir_logical_copy(analysis->arena, aggregate);
        extended->expressions = push.list.items;
        extended->expression_count = push.list.count;
        extended->children[0] = weir_plan_expose(analysis, aggregate->children[0], push.list.items, push.list.count);
        weir_plan_finish(analysis, extended);
        WEIR_TRY(weir_check_aggregate(analysis, extended, error));
    }
    *plan = replace_below(analysis, *plan, extended, out, count);
    return WEIR_OK;
}

/* ---- what an aggregate's list may hold */

static WeirStatus check_function(WeirAnalysis *analysis, const WeirExpression *expression, WeirError *error)
{
    for (uint32_t i = 0; i < expression->child_count; i++) {
        const WeirExpression *child = expression->children[i];
        if (weir_contains_kind(child, WEIR_EXPRESSION_AGGREGATE))
            return weir_located(analysis, child->origin, error,
                                weir_error_set(error, WEIR_ERROR_NESTED_AGGREGATE_FUNCTION));
        if (weir_has_window(child))
            return weir_located(analysis, expression->origin, error,
                                weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1031));
        if (weir_contains_kind(child, WEIR_EXPRESSION_GENERATOR))
            return weir_located(analysis, expression->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS,
                                               "expression", weir_expression_quoted(analysis, expression)));
        if (!weir_expression_is_deterministic(child))
            return weir_located(analysis, expression->origin, error,
                                weir_error_set(error, WEIR_ERROR_AGGREGATE_FUNCTION_WITH_NONDETERMINISTIC_EXPRESSION,
                                               "sqlExpr", weir_expression_quoted(analysis, expression)));
    }
    return WEIR_OK;
}

static WeirStatus check_item(WeirAnalysis *analysis, const WeirLogicalPlan *aggregate, const WeirExpression *expression,
                             WeirError *error)
{
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE)
        return check_function(analysis, expression, error);
    for (uint32_t i = 0; i < aggregate->grouping_count; i++)
        if (weir_expression_equal(aggregate->grouping[i], expression))
            return WEIR_OK;
    if (weir_is_grouping_call(expression))
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GROUPING_EXPRESSION));
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return WEIR_OK;
    if (expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY && aggregate->grouping_count > 0)
        for (uint32_t i = 0; i < expression->child_count; i++)
            if (check_item(analysis, aggregate, expression->children[i], NULL) != WEIR_OK)
                return weir_located(analysis, expression->origin, error,
                                    weir_error_set(error,
                                                   WEIR_ERROR_SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION,
                                                   "sqlExpr", weir_expression_quoted(analysis, expression)));
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE) {
        if (aggregate->grouping_count == 0)
            return weir_located(analysis, aggregate->origin, error, weir_error_set(error, WEIR_ERROR_MISSING_GROUP_BY));
        const char *text = weir_expression_text(analysis, expression);
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_MISSING_AGGREGATION, "expression",
                                           weir_expression_quoted(analysis, expression), "expressionAnyValue",
                                           weir_arena_printf(analysis->arena, "\"any_value(%s)\"", text)));
    }
    for (uint32_t i = 0; i < expression->child_count; i++)
        WEIR_TRY(check_item(analysis, aggregate, expression->children[i], error));
    return WEIR_OK;
}

WeirStatus weir_check_aggregate(WeirAnalysis *analysis, const WeirLogicalPlan *aggregate, WeirError *error)
{
    for (uint32_t i = 0; i < aggregate->expression_count; i++)
        WEIR_TRY(check_item(analysis, aggregate, aggregate->expressions[i], error));
    return WEIR_OK;
}
