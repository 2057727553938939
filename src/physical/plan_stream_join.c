/* Stream-stream joins. */
#include "physical/planner_private.h"

WeirStatus weir_plan_stream_join(WeirPlanner *planner, WeirPhysicalPlan *plan, WeirError *error)
{
    (void)planner;
    if (plan->grouping_count == 0)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "Stream-stream join without equality predicate is not supported.");
    return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "Stream-stream joins are not supported yet.");
}
