/* CombineFilters and PruneFilters: neighbouring filters are one; a filter that is always true goes. */
#include "optimizer/rules.h"

static WeirLogicalPlan *combine(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_FILTER || plan->children[0]->kind != WEIR_LOGICAL_FILTER)
        return plan;
    const WeirLogicalPlan *child = plan->children[0];
    if (!weir_expression_is_deterministic(plan->condition) || !weir_expression_is_deterministic(child->condition))
        return plan;
    WeirExpressions conjuncts = {0}, upper = {0};
    weir_split_conjuncts(optimization, child->condition, &conjuncts);
    weir_split_conjuncts(optimization, plan->condition, &upper);
    for (uint32_t i = 0; i < upper.count; i++) {
        bool known = false;
        for (uint32_t k = 0; k < conjuncts.count && !known; k++)
            known = weir_expression_equal(conjuncts.items[k], upper.items[i]);
        if (!known)
            weir_expressions_add(optimization, &conjuncts, upper.items[i]);
    }
    return weir_make_filter(optimization, weir_join_conjuncts(optimization, &conjuncts), child->children[0]);
}

static WeirLogicalPlan *prune(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                              WeirError *error)
{
    (void)optimization;
    (void)context;
    (void)status;
    (void)error;
    return plan->kind == WEIR_LOGICAL_FILTER && weir_is_true(plan->condition) ? plan->children[0] : plan;
}

static WeirStatus apply_combine(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                                WeirError *error)
{
    return weir_rewrite_up(optimization, plan, combine, NULL, out, error);
}

static WeirStatus apply_prune(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                              WeirError *error)
{
    return weir_rewrite_up(optimization, plan, prune, NULL, out, error);
}

const WeirRule weir_rule_combine_filters = {"CombineFilters", apply_combine};
const WeirRule weir_rule_prune_filters = {"PruneFilters", apply_prune};
