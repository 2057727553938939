/* CombineLimits, EliminateLimits, EliminateSorts, RemoveNoopOperators. */
#include "optimizer/rules.h"

static bool constant(const WeirExpression *expression, int64_t *value)
{
    if (expression->kind != WEIR_EXPRESSION_LITERAL || weir_value_is_null(expression->value))
        return false;
    *value = weir_value_get_int(expression->value);
    return true;
}

static WeirLogicalPlan *combine_limits(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                       WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_LIMIT || plan->children[0]->kind != WEIR_LOGICAL_LIMIT || plan->is_streaming)
        return plan;
    int64_t outer = 0, inner = 0;
    if (!constant(plan->condition, &outer) || !constant(plan->children[0]->condition, &inner))
        return plan;
    WeirLogicalPlan *lower = weir_with_child(optimization, plan, 0, plan->children[0]->children[0]);
    if (inner < outer)
        lower->condition = plan->children[0]->condition;
    return lower;
}

/* Does what lies above a sort not care for the order of rows? */
static bool forgets_order(const WeirLogicalPlan *plan)
{
    if (plan->kind == WEIR_LOGICAL_SORT && plan->is_global)
        return true;
    if (plan->kind != WEIR_LOGICAL_AGGREGATE)
        return false;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (!weir_expression_is_deterministic(plan->expressions[i])) /* order-sensitive aggregates count as such */
            return false;
    return true;
}

/* The child without a sort at its top, below Projects and Filters only. */
static WeirLogicalPlan *drop_sort(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    if (plan->kind == WEIR_LOGICAL_SORT)
        return drop_sort(optimization, plan->children[0]);
    if (plan->kind != WEIR_LOGICAL_PROJECT && plan->kind != WEIR_LOGICAL_FILTER)
        return plan;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (!weir_expression_is_deterministic(plan->expressions[i]))
            return plan;
    WeirLogicalPlan *child = drop_sort(optimization, plan->children[0]);
    return child == plan->children[0] ? plan : weir_with_child(optimization, plan, 0, child);
}

static WeirLogicalPlan *eliminate_sorts(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                        WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind == WEIR_LOGICAL_SORT) {
        WeirExpressions kept = {0};
        for (uint32_t i = 0; i < plan->expression_count; i++)
            if (!weir_expression_is_foldable(plan->expressions[i]->children[0]))
                weir_expressions_add(optimization, &kept, plan->expressions[i]);
        if (kept.count == 0)
            return plan->children[0];
        if (kept.count != plan->expression_count) {
            plan = weir_logical_copy(optimization->arena, plan);
            plan->expressions = kept.items;
            plan->expression_count = kept.count;
            weir_refresh(optimization, plan);
        }
    }
    if (!forgets_order(plan))
        return plan;
    WeirLogicalPlan *child = drop_sort(optimization, plan->children[0]);
    return child == plan->children[0] ? plan : weir_with_child(optimization, plan, 0, child);
}

/* A Project that gives just what its child gives. Names count: SELECT ID from a column id is a column ID. */
static WeirLogicalPlan *remove_noops(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                     WeirStatus *status, WeirError *error)
{
    (void)optimization;
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_PROJECT || plan->expression_count != plan->children[0]->output_count)
        return plan;
    const WeirLogicalPlan *child = plan->children[0];
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (plan->expressions[i]->kind != WEIR_EXPRESSION_ATTRIBUTE ||
            plan->expressions[i]->id != child->output[i]->id ||
            strcmp(plan->expressions[i]->name, child->output[i]->name) != 0)
            return plan;
    return plan->children[0];
}

static WeirStatus apply_limits(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                               WeirError *error)
{
    return weir_rewrite_up(optimization, plan, combine_limits, NULL, out, error);
}

static WeirStatus apply_sorts(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                              WeirError *error)
{
    return weir_rewrite_up(optimization, plan, eliminate_sorts, NULL, out, error);
}

static WeirStatus apply_noops(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                              WeirError *error)
{
    return weir_rewrite_up(optimization, plan, remove_noops, NULL, out, error);
}

const WeirRule weir_rule_combine_limits = {"CombineLimits", apply_limits};
const WeirRule weir_rule_eliminate_sorts = {"EliminateSorts", apply_sorts};
const WeirRule weir_rule_remove_noops = {"RemoveNoopOperators", apply_noops};
