/* CollapseProject: Project over Project or over Aggregate is one node, unless an expression that costs something would
 * be computed twice. */
#include "optimizer/rules.h"

static bool is_cheap(const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_ATTRIBUTE:
    case WEIR_EXPRESSION_LITERAL:
    case WEIR_EXPRESSION_OUTER_REFERENCE:
        return true;
    case WEIR_EXPRESSION_ALIAS:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        return is_cheap(expression->children[0]);
    default:
        return false;
    }
}

typedef struct Count {
    int64_t id;
    uint32_t uses;
} Count;

static bool count_use(void *context, const WeirExpression *expression)
{
    Count *count = context;
    count->uses += expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->id == count->id;
    return false;
}

static uint32_t uses(WeirExpression *const *consumers, uint32_t count, int64_t id)
{
    Count state = {id, 0};
    for (uint32_t i = 0; i < count; i++)
        weir_expression_any(consumers[i], count_use, &state);
    return state.uses;
}

static bool can_inline(WeirExpression *const *consumers, uint32_t count, WeirExpression *const *producers,
                       uint32_t producer_count)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_has_subquery(consumers[i]))
            return false;
    for (uint32_t i = 0; i < producer_count; i++) {
        const WeirExpression *producer = producers[i];
        if (producer->kind != WEIR_EXPRESSION_ALIAS)
            continue;
        if (!weir_expression_is_deterministic(producer))
            return false;
        if (!is_cheap(producer) && uses(consumers, count, producer->id) > 1)
            return false;
    }
    return true;
}

static WeirLogicalPlan *collapse(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                 WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_PROJECT)
        return plan;
    WeirLogicalPlan *child = plan->children[0];
    if (child->kind != WEIR_LOGICAL_PROJECT && child->kind != WEIR_LOGICAL_AGGREGATE)
        return plan;
    if (!can_inline(plan->expressions, plan->expression_count, child->expressions, child->expression_count))
        return plan;
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expressions_add(
            optimization, &list,
            weir_inline_named(optimization, plan->expressions[i], child->expressions, child->expression_count));
    if (child->kind == WEIR_LOGICAL_PROJECT)
        return weir_make_project(optimization, list.items, list.count, child->children[0]);
    WeirLogicalPlan *aggregate = weir_make_aggregate(optimization, child->grouping, child->grouping_count, list.items,
                                                     list.count, child->children[0]);
    aggregate->origin = child->origin;
    return aggregate;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, collapse, NULL, out, error);
}

const WeirRule weir_rule_collapse_project = {"CollapseProject", apply};
