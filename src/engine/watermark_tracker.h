/* The global event-time watermark of a query (Spark: WatermarkTracker): one value per EventTimeWatermark node, combined
 * by the policy; never falls. */
#ifndef WEIR_ENGINE_WATERMARK_TRACKER_H
#define WEIR_ENGINE_WATERMARK_TRACKER_H

#include "operators/execution.h"

typedef struct WeirWatermarkTracker {
    bool policy_max;
    int64_t global_ms;
    uint32_t node_count;
    int64_t *node_ms; /* 0 until the node has seen data, as Spark counts it */
} WeirWatermarkTracker;

/* `policy`: "min" or "max" (spark.sql.streaming.multipleWatermarkPolicy). Free with _deinit. */
WEIR_CHECKED WeirStatus weir_watermark_tracker_init(WeirWatermarkTracker *tracker, const char *policy,
                                                    uint32_t node_count, WeirError *error);
void weir_watermark_tracker_deinit(WeirWatermarkTracker *tracker);
/* After a restart: the global value comes back, the nodes start empty. */
void weir_watermark_tracker_restore(WeirWatermarkTracker *tracker, int64_t watermark_ms);
/* With the statistics of a finished batch; delays_ms by node. */
void weir_watermark_tracker_update(WeirWatermarkTracker *tracker, const WeirEventTimeStats *stats,
                                   const int64_t *delays_ms);
/* A month counts 31 days, as in Spark. */
int64_t weir_watermark_delay_ms(const WeirCalendarInterval *delay);

#endif
