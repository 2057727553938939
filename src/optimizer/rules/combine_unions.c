/* CombineUnions: a union of unions is one union. */
#include "optimizer/rules.h"

static WeirLogicalPlan *combine(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    uint32_t count = 0;
    bool nested = false;
    if (plan->kind != WEIR_LOGICAL_UNION)
        return plan;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        bool is_union = plan->children[i]->kind == WEIR_LOGICAL_UNION;
        count += is_union ? plan->children[i]->child_count : 1;
        nested = nested || is_union;
    }
    if (!nested)
        return plan;
    WeirLogicalPlan *flat = weir_logical_copy(optimization->arena, plan);
    flat->children = WEIR_ARENA_ARRAY(optimization->arena, WeirLogicalPlan *, count);
    flat->child_count = 0;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        const WeirLogicalPlan *child = plan->children[i];
        if (child->kind != WEIR_LOGICAL_UNION)
            flat->children[flat->child_count++] = plan->children[i];
        for (uint32_t c = 0; child->kind == WEIR_LOGICAL_UNION && c < child->child_count; c++)
            flat->children[flat->child_count++] = child->children[c];
    }
    return weir_refresh(optimization, flat);
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, combine, NULL, out, error);
}

const WeirRule weir_rule_combine_unions = {"CombineUnions", apply};
