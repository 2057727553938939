/* PushPredicateThroughJoin, the join's own condition: parts about one side filter that side before the join, where the
 * join type allows; a cross join with a condition is an inner join. */
#include "optimizer/rules.h"

static WeirLogicalPlan *push(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                             WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_JOIN || plan->condition == NULL || plan->is_lateral)
        return plan;
    WeirJoinType type = plan->join_type;
    bool inner = type == WEIR_JOIN_INNER || type == WEIR_JOIN_CROSS;
    bool to_left = inner || type == WEIR_JOIN_RIGHT_OUTER || type == WEIR_JOIN_LEFT_SEMI;
    bool to_right = inner || type == WEIR_JOIN_LEFT_OUTER || type == WEIR_JOIN_LEFT_SEMI ||
                    type == WEIR_JOIN_LEFT_ANTI || type == WEIR_JOIN_EXISTENCE;
    WeirExpressions conjuncts = {0}, left = {0}, right = {0}, stay = {0};
    weir_split_conjuncts(optimization, plan->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        WeirExpression *condition = conjuncts.items[i];
        bool simple = weir_expression_is_deterministic(condition) && !weir_has_subquery(condition);
        if (simple && to_left && weir_references_within(condition, plan->children[0]))
            weir_expressions_add(optimization, &left, condition);
        else if (simple && to_right && weir_references_within(condition, plan->children[1]))
            weir_expressions_add(optimization, &right, condition);
        else
            weir_expressions_add(optimization, &stay, condition);
    }
    if (left.count + right.count == 0)
        return plan;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[0] = weir_make_filter(optimization, weir_join_conjuncts(optimization, &left), copy->children[0]);
    copy->children[1] = weir_make_filter(optimization, weir_join_conjuncts(optimization, &right), copy->children[1]);
    copy->condition = weir_join_conjuncts(optimization, &stay);
    return weir_refresh(optimization, copy);
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, push, NULL, out, error);
}

const WeirRule weir_rule_push_join_conditions = {"PushPredicateThroughJoin", apply};
