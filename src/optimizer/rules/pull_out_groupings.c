/* PullOutGroupingExpressions: what is grouped by is computed below the aggregate where the list uses it inside of other
 * expressions, so that no rule rewrites `NOT (a > 1)` in the list while the aggregate still groups by `a > 1`;
 * subqueries always. */
#include "optimizer/rules.h"

typedef struct Pull {
    WeirOptimization *optimization;
    const WeirExpression *grouping;
    WeirExpression *column;
} Pull;

static bool equals(void *context, const WeirExpression *expression)
{
    return weir_expression_equal(expression, context);
}

static bool is_inside(const WeirExpression *item, const WeirExpression *grouping)
{
    if (item->kind == WEIR_EXPRESSION_ALIAS)
        item = item->children[0];
    return !weir_expression_equal(item, grouping) && weir_expression_any(item, equals, (void *)(uintptr_t)grouping);
}

static WeirExpression *replace(const Pull *pull, WeirExpression *expression)
{
    if (weir_expression_equal(expression, pull->grouping))
        return pull->column;
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE || expression->child_count == 0)
        return expression;
    WeirExpression *copy = weir_expression_copy(pull->optimization->arena, expression);
    for (uint32_t i = 0; i < copy->child_count; i++)
        copy->children[i] = replace(pull, copy->children[i]);
    return copy;
}

static WeirLogicalPlan *pull_out(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                 WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_AGGREGATE)
        return plan;
    WeirExpressions below = {0};
    WeirExpression **grouping = weir_copy_expressions(optimization, plan->grouping, plan->grouping_count);
    WeirExpression **items = weir_copy_expressions(optimization, plan->expressions, plan->expression_count);
    for (uint32_t i = 0; i < plan->children[0]->output_count; i++)
        weir_expressions_add(optimization, &below, plan->children[0]->output[i]);
    uint32_t kept = below.count;
    for (uint32_t g = 0; g < plan->grouping_count; g++) {
        WeirExpression *key = plan->grouping[g];
        bool pulled = weir_has_subquery(key);
        for (uint32_t i = 0; i < plan->expression_count && key->kind == WEIR_EXPRESSION_CALL; i++)
            pulled = pulled || is_inside(plan->expressions[i], key);
        if (!pulled || weir_expression_is_foldable(key))
            continue;
        WeirExpression *alias =
            weir_expression_alias(optimization->arena, key, "_groupingexpression", weir_new_id(optimization));
        const Pull pull = {optimization, key, weir_expression_to_attribute(optimization->arena, alias)};
        weir_expressions_add(optimization, &below, alias);
        grouping[g] = pull.column;
        for (uint32_t i = 0; i < plan->expression_count; i++)
            items[i] = replace(&pull, items[i]);
    }
    if (below.count == kept)
        return plan;
    return weir_make_aggregate(optimization, grouping, plan->grouping_count, items, plan->expression_count,
                               weir_make_project(optimization, below.items, below.count, plan->children[0]));
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, pull_out, NULL, out, error);
}

const WeirRule weir_rule_pull_out_groupings = {"PullOutGroupingExpressions", apply};
