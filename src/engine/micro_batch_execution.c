/* The micro-batch driver: triggers, batches and their commit, in Spark's order (Spark: MicroBatchExecution; streaming
 * semantics §1.1). */
#include "common/fault_point.h"
#include "common/log.h"
#include "engine/stream_execution_private.h"

#define POLLING_DELAY_MS_DEFAULT 10
#define IDLE_PROGRESS_INTERVAL_MS_DEFAULT 10000

static WeirStatus resolve_data(WeirStreamExecution *query, WeirExecutionBatch *batch, WeirError *error)
{
    int64_t begin = weir_timer_begin(&query->timers);
    WeirExecutionSource *sources = WEIR_ARENA_ARRAY(&query->batch_arena, WeirExecutionSource, query->source_count + 1);
    for (uint32_t i = 0; i < query->source_count; i++) {
        WeirStreamSource *source = &query->sources[i];
        weir_stream_replace_text(&source->started_from, source->committed);
        if (source->available == NULL || weir_stream_same_text(source->available, source->committed))
            continue;
        WeirInputPartition *partitions = NULL;
        uint32_t count = 0;
        WEIR_TRY(source->type->plan_partitions(source->source, source->committed, source->available,
                                               &query->batch_arena, &partitions, &count, error));
        sources[i] = (WeirExecutionSource){source->type, source->source, partitions, count};
    }
    batch->sources = sources;
    batch->source_count = query->source_count;
    weir_timer_end(&query->timers, WEIR_TIMER_GET_BATCH, begin);
    return WEIR_OK;
}

/* Late rows are judged by the watermark of the batch before, eviction by this batch's: what arrives while the watermark
 * moves is still accepted. */
static WeirStatus bind_batch(WeirStreamExecution *query, WeirExecutionBatch *batch, WeirError *error)
{
    int64_t begin = weir_timer_begin(&query->timers);
    WEIR_TRY(weir_propagate_watermarks(query->physical, query->previous_watermark_ms, query->late_ms, error));
    WEIR_TRY(weir_propagate_watermarks(query->physical, query->batch_watermark_ms, query->eviction_ms, error));
    query->context.now_micros = query->batch_timestamp_ms * 1000;
    query->context.planned_micros = query->clock->now_micros(query->clock);
    batch->batch_id = query->batch_id;
    batch->late_watermark_ms = query->late_ms;
    batch->eviction_watermark_ms = query->eviction_ms;
    batch->cancelled = NULL;
    if (!query->has_run_batch)
        WEIR_TRY(weir_stream_check_state_metadata(query, query->batch_id == 0, error));
    weir_timer_end(&query->timers, WEIR_TIMER_QUERY_PLANNING, begin);
    return WEIR_OK;
}

static WeirStatus add_batch(WeirStreamExecution *query, const WeirExecutionBatch *batch,
                            const WeirExecutionMetrics **metrics, WeirError *error)
{
    int64_t begin = weir_timer_begin(&query->timers);
    WeirSinkOutput output = {0};
    WeirExecutionOutput execution_output;
    WeirStatus status =
        weir_sink_output_begin(&output, query->sink_type, query->sink, batch->batch_id, &execution_output, error);
    if (status == WEIR_OK)
        status = weir_execution_run(query->execution, batch, &execution_output, metrics, error);
    if (status == WEIR_OK)
        status = WEIR_FAULT_POINT("micro_batch.before_sink_commit", error);
    if (status == WEIR_OK)
        status = weir_sink_output_commit(&output, error);
    else
        weir_sink_output_abort(&output);
    weir_sink_output_end(&output);
    weir_timer_end(&query->timers, WEIR_TIMER_ADD_BATCH, begin);
    return status;
}

static WeirStatus commit_batch(WeirStreamExecution *query, const WeirExecutionMetrics *metrics, WeirError *error)
{
    int64_t begin = weir_timer_begin(&query->timers);
    weir_watermark_tracker_update(&query->watermark, metrics->watermarks, query->watermark_delays_ms);
    WeirCommitMetadata commit = {.next_batch_watermark_ms = query->watermark.global_ms};
    WEIR_TRY(WEIR_FAULT_POINT("micro_batch.before_commit", error));
    WEIR_TRY(weir_commit_log_add(&query->commit_log, query->batch_id, &commit, error));
    WEIR_TRY(WEIR_FAULT_POINT("micro_batch.after_commit", error));
    for (uint32_t i = 0; i < query->source_count; i++)
        weir_stream_replace_text(&query->sources[i].committed, query->sources[i].available);
    query->previous_watermark_ms = query->batch_watermark_ms;
    weir_timer_end(&query->timers, WEIR_TIMER_COMMIT_OFFSETS, begin);
    return WEIR_OK;
}

static WeirStatus run_batch(WeirStreamExecution *query, const WeirExecutionMetrics **metrics, WeirError *error)
{
    WeirExecutionBatch batch = {0};
    weir_stream_execution_set_status(
        query, query->batch_has_new_data ? "Processing new data" : "No new data but cleaning up state",
        query->batch_has_new_data, true);
    WEIR_TRY(resolve_data(query, &batch, error));
    WEIR_TRY(bind_batch(query, &batch, error));
    WEIR_TRY(add_batch(query, &batch, metrics, error));
    WEIR_TRY(commit_batch(query, *metrics, error));
    query->has_run_batch = true;
    return WEIR_OK;
}

/* One trigger; `*ran` says whether a batch ran. */
static WeirStatus execute_trigger(WeirStreamExecution *query, bool *ran, WeirError *error)
{
    const WeirExecutionMetrics *metrics = NULL;
    weir_trigger_timers_start(&query->timers, query->clock);
    weir_stream_execution_set_status(query, "Getting offsets", false, true);
    if (!query->batch_constructed)
        WEIR_TRY(weir_stream_construct_batch(query, error));
    *ran = query->batch_constructed;
    if (*ran)
        WEIR_TRY(run_batch(query, &metrics, error));
    weir_timer_end(&query->timers, WEIR_TIMER_TRIGGER_EXECUTION, query->timers.started_nanos);
    int64_t now = query->timers.started_ms;
    int64_t idle_interval = weir_query_settings_ms(&query->settings, "spark.sql.streaming.noDataProgressEventInterval",
                                                   IDLE_PROGRESS_INTERVAL_MS_DEFAULT);
    if (*ran || query->last_idle_progress_ms < 0 || now - query->last_idle_progress_ms >= idle_interval) {
        weir_stream_execution_post_progress(query, metrics, *ran);
        query->last_idle_progress_ms = *ran ? query->last_idle_progress_ms : now;
    }
    query->previous_trigger_ms = now;
    if (*ran) {
        query->batch_constructed = false;
        query->batch_id++;
        weir_stream_execution_set_status(query, "Waiting for next trigger", false, false);
    } else {
        weir_stream_execution_set_status(query, "Waiting for data to arrive", false, false);
    }
    return WEIR_OK;
}

/* An interrupt may be left over from a wait that the last trigger answered: it is no news. */
static bool has_reason_to_wake(WeirStreamExecution *query)
{
    bool news = atomic_exchange(&query->source_has_news, false) || weir_stream_execution_stopping(query);
    pthread_mutex_lock(&query->mutex);
    news = news || query->waits_asked > query->waits_answered;
    pthread_mutex_unlock(&query->mutex);
    return news;
}

/* Sleep as the trigger says; a stop or a source with news wakes the clock. */
static void wait_for_trigger(WeirStreamExecution *query, bool ran, int64_t started_ms)
{
    int64_t now = weir_clock_now_ms(query->clock);
    if (query->trigger.interval_ms > 0) {
        int64_t next = weir_trigger_next_ms(&query->trigger, started_ms);
        if (next < now) {
            weir_log(WEIR_LOG_WARN, "stream_execution",
                     "Current batch is falling behind. The trigger interval is %lld ms, but it took %lld ms",
                     (long long)query->trigger.interval_ms, (long long)(now - started_ms));
            return;
        }
        while (!weir_stream_execution_stopping(query) && weir_clock_now_ms(query->clock) < next)
            (void)query->clock->sleep_until_ms(query->clock, next);
    } else if (!ran) {
        int64_t delay =
            weir_query_settings_ms(&query->settings, "spark.sql.streaming.pollingDelay", POLLING_DELAY_MS_DEFAULT);
        while (!has_reason_to_wake(query) && weir_clock_now_ms(query->clock) < now + delay)
            (void)query->clock->sleep_until_ms(query->clock, now + delay);
    }
}

WeirStatus weir_micro_batch_run(WeirStreamExecution *query, WeirError *error)
{
    WEIR_TRY(weir_stream_recover(query, error));
    query->previous_trigger_ms = -1;
    query->last_idle_progress_ms = -1;
    while (!weir_stream_execution_stopping(query)) {
        bool ran = false;
        int64_t started_ms = weir_clock_now_ms(query->clock);
        WEIR_TRY(execute_trigger(query, &ran, error));
        if (query->single_batch || (query->trigger.kind == WEIR_TRIGGER_AVAILABLE_NOW && !ran))
            break;
        if (query->trigger.kind == WEIR_TRIGGER_PROCESSING_TIME)
            wait_for_trigger(query, ran, started_ms);
    }
    return WEIR_OK;
}
