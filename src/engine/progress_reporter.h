/* StreamingQueryProgress: timers of one trigger, and its JSON with every key of Spark's in Spark's order (streaming
 * semantics §6.2). */
#ifndef WEIR_ENGINE_PROGRESS_REPORTER_H
#define WEIR_ENGINE_PROGRESS_REPORTER_H

#include "common/clock.h"
#include "operators/execution.h"

typedef enum WeirTimer {
    WEIR_TIMER_ADD_BATCH,
    WEIR_TIMER_COMMIT_OFFSETS,
    WEIR_TIMER_GET_BATCH,
    WEIR_TIMER_LATEST_OFFSET,
    WEIR_TIMER_QUERY_PLANNING,
    WEIR_TIMER_TRIGGER_EXECUTION,
    WEIR_TIMER_WAL_COMMIT
} WeirTimer;
#define WEIR_TIMER_COUNT (WEIR_TIMER_WAL_COMMIT + 1)

typedef struct WeirTriggerTimers {
    WeirClock *clock;
    int64_t started_ms;    /* wall clock, start of the trigger */
    int64_t started_nanos; /* monotonic */
    int64_t elapsed_nanos[WEIR_TIMER_COUNT];
    bool used[WEIR_TIMER_COUNT];
} WeirTriggerTimers;

void weir_trigger_timers_start(WeirTriggerTimers *timers, WeirClock *clock);
static inline int64_t weir_timer_begin(const WeirTriggerTimers *timers)
{
    return timers->clock->monotonic_nanos(timers->clock);
}
/* Adds what has passed since `begin`. */
void weir_timer_end(WeirTriggerTimers *timers, WeirTimer timer, int64_t begin);

typedef struct WeirSourceProgress {
    const char *description;
    const char *start_offset, *end_offset, *latest_offset; /* JSON or NULL */
    int64_t input_rows;
} WeirSourceProgress;

typedef struct WeirProgress {
    const char *id, *run_id, *name;
    int64_t batch_id;
    const WeirTriggerTimers *timers;
    int64_t previous_trigger_ms; /* start of the previous trigger; -1: none */
    bool executed;               /* a batch ran */
    bool has_watermark;
    int64_t watermark_ms;                    /* the one used in the batch */
    const WeirExecutionMetrics *metrics;     /* NULL when nothing ran */
    const WeirPhysicalPlan *const *stateful; /* by operator id */
    uint32_t stateful_count;
    const WeirSourceProgress *sources;
    uint32_t source_count;
    const char *sink_description;
    int64_t output_rows; /* -1: the sink does not say */
} WeirProgress;

void weir_progress_json(const WeirProgress *progress, WeirBuffer *out);
/* "2026-11-21T07:55:00.610Z" */
void weir_iso_timestamp(int64_t epoch_ms, char text[40]);

#endif
