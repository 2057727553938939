/* RemoveLiteralFromGroupExpressions, RemoveRepetitionFromGroupExpressions: what is left are the key columns of the
 * state. */
#include "optimizer/rules.h"

static WeirLogicalPlan *clean(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                              WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_AGGREGATE || plan->grouping_count == 0)
        return plan;
    WeirExpressions kept = {0};
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        WeirExpression *expression = plan->grouping[i];
        bool drop = weir_expression_is_foldable(expression);
        for (uint32_t k = 0; k < kept.count && !drop; k++)
            drop = weir_expression_equal(kept.items[k], expression);
        if (!drop)
            weir_expressions_add(optimization, &kept, expression);
    }
    if (kept.count == 0) /* GROUP BY 'a' of no rows gives no row: one literal stays, as in Spark */
        weir_expressions_add(
            optimization, &kept,
            weir_expression_literal(optimization->arena, weir_value_int(optimization->arena, &weir_type_int, 0)));
    if (kept.count == plan->grouping_count)
        return plan;
    return weir_make_aggregate(optimization, kept.items, kept.count, plan->expressions, plan->expression_count,
                               plan->children[0]);
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, clean, NULL, out, error);
}

const WeirRule weir_rule_group_expressions = {"RemoveRepetitionFromGroupExpressions", apply};
