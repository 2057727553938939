/* EliminateSubqueryAliases, EliminateView, EliminateEventTimeWatermark: names that analysis needed, and watermarks of
 * plans that do not stream. */
#include "optimizer/rules.h"

static WeirLogicalPlan *finish(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                               WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    switch (plan->kind) {
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
    case WEIR_LOGICAL_VIEW:
        return plan->children[0];
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        return plan->children[0]->is_streaming ? plan : plan->children[0];
    case WEIR_LOGICAL_PROJECT: {
        if (plan->generator_output_count == 0)
            return plan;
        WeirLogicalPlan *copy =
            weir_logical_copy(optimization->arena, plan); /* hidden columns of USING joins end here */
        copy->generator_output_count = 0;
        return copy;
    }
    default:
        return plan;
    }
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, finish, NULL, out, error);
}

const WeirRule weir_rule_finish_analysis = {"FinishAnalysis", apply};
