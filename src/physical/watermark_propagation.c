/* Spark's WatermarkPropagator (UseSingleWatermarkPropagator's successor): what watermark each stateful operator sees on
 * its input when the global watermark is given. A watermark node puts out the global one; stateless nodes the smallest
 * of their inputs; a time-interval join less than it got, since it may put out older rows. */
#include "physical/physical_plan.h"

/* No watermark below: Spark's default, 0. */
#define NO_WATERMARK INT64_MIN

static int64_t propagate(const WeirPhysicalPlan *plan, int64_t global_ms, int64_t *out, bool *redefined)
{
    int64_t lowest = NO_WATERMARK;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        int64_t input = propagate(plan->children[i], global_ms, out, redefined);
        if (input != NO_WATERMARK && (lowest == NO_WATERMARK || input < lowest))
            lowest = input;
    }
    if (plan->stateful != NULL)
        out[plan->stateful->operator_id] = lowest == NO_WATERMARK ? 0 : lowest;
    if (plan->kind == WEIR_PHYSICAL_EVENT_TIME_WATERMARK) {
        *redefined = *redefined || lowest != NO_WATERMARK;
        return global_ms;
    }
    if (plan->kind == WEIR_PHYSICAL_STREAM_JOIN && lowest != NO_WATERMARK) {
        int64_t shifted = lowest - plan->delay_micros / 1000;
        return shifted < 0 ? 0 : shifted;
    }
    return lowest;
}

WeirStatus weir_propagate_watermarks(const WeirPhysicalPlan *plan, int64_t global_watermark_ms, int64_t *out,
                                     WeirError *error)
{
    bool redefined = false;
    (void)propagate(plan, global_watermark_ms, out, &redefined);
    if (redefined && global_watermark_ms != 0) /* Spark does not look at the plan while the watermark is 0 */
        return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3076, "config",
                              "spark.sql.streaming.statefulOperator.allowMultiple");
    return WEIR_OK;
}
