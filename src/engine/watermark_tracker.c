/* See watermark_tracker.h; rules in the streaming semantics: a node without data counts as 0, the policy picks the
 * least or the greatest node, and the global value only rises. */
#include "engine/watermark_tracker.h"

#include <strings.h>

WeirStatus weir_watermark_tracker_init(WeirWatermarkTracker *tracker, const char *policy, uint32_t node_count,
                                       WeirError *error)
{
    bool policy_max = strcasecmp(policy, "max") == 0;
    if (!policy_max && strcasecmp(policy, "min") != 0)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "The watermark policy '%s' is not known. Set spark.sql.streaming.multipleWatermarkPolicy to min or max.",
            policy);
    *tracker = (WeirWatermarkTracker){.policy_max = policy_max, .node_count = node_count};
    tracker->node_ms = weir_calloc(node_count == 0 ? 1 : node_count, sizeof(int64_t));
    return WEIR_OK;
}

void weir_watermark_tracker_deinit(WeirWatermarkTracker *tracker)
{
    weir_free(tracker->node_ms);
    tracker->node_ms = NULL;
}

void weir_watermark_tracker_restore(WeirWatermarkTracker *tracker, int64_t watermark_ms)
{
    if (watermark_ms > tracker->global_ms)
        tracker->global_ms = watermark_ms;
}

void weir_watermark_tracker_update(WeirWatermarkTracker *tracker, const WeirEventTimeStats *stats,
                                   const int64_t *delays_ms)
{
    if (tracker->node_count == 0)
        return;
    int64_t chosen = 0;
    for (uint32_t i = 0; i < tracker->node_count; i++) {
        if (stats[i].count > 0) {
            int64_t watermark = stats[i].max_ms - delays_ms[i];
            if (watermark > tracker->node_ms[i])
                tracker->node_ms[i] = watermark;
        }
        int64_t value = tracker->node_ms[i];
        if (i == 0 || (tracker->policy_max ? value > chosen : value < chosen))
            chosen = value;
    }
    if (chosen > tracker->global_ms)
        tracker->global_ms = chosen;
}

int64_t weir_watermark_delay_ms(const WeirCalendarInterval *delay)
{
    int64_t days = (int64_t)delay->months * 31 + delay->days;
    return days * INT64_C(86400000) + delay->microseconds / 1000;
}
