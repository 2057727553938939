/* Builds the progress JSON (Spark: ProgressContext). Rates that would be infinite or not a number are left out, as
 * Spark leaves them out. */
#include "engine/progress_reporter.h"

#include <math.h>
#include <stdio.h>

#include "columnar/time_zone.h"
#include "common/json.h"

static const char *const timer_names[WEIR_TIMER_COUNT] = {
    "addBatch", "commitOffsets", "getBatch", "latestOffset", "queryPlanning", "triggerExecution", "walCommit",
};

void weir_trigger_timers_start(WeirTriggerTimers *timers, WeirClock *clock)
{
    *timers = (WeirTriggerTimers){.clock = clock};
    timers->started_ms = weir_clock_now_ms(clock);
    timers->started_nanos = clock->monotonic_nanos(clock);
}

void weir_timer_end(WeirTriggerTimers *timers, WeirTimer timer, int64_t begin)
{
    timers->elapsed_nanos[timer] += timers->clock->monotonic_nanos(timers->clock) - begin;
    timers->used[timer] = true;
}

void weir_iso_timestamp(int64_t epoch_ms, char text[40])
{
    int64_t days = epoch_ms / 86400000, rest = epoch_ms % 86400000;
    if (rest < 0) {
        rest += 86400000;
        days--;
    }
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    snprintf(text, 40, "%04lld-%02d-%02dT%02d:%02d:%02d.%03dZ", (long long)year, month, day, (int)(rest / 3600000),
             (int)(rest / 60000 % 60), (int)(rest / 1000 % 60), (int)(rest % 1000));
}

static void add_rate(WeirJsonWriter *writer, const char *key, double rows, double seconds)
{
    double rate = rows / seconds;
    if (isfinite(rate))
        weir_json_add_double(writer, key, round(rate * 10) / 10); /* one decimal, as Spark gives it */
}

static double input_seconds(const WeirProgress *progress)
{
    if (progress->previous_trigger_ms < 0)
        return INFINITY;
    return (double)(progress->timers->started_ms - progress->previous_trigger_ms) / 1000.0;
}

static double processing_seconds(const WeirProgress *progress)
{
    int64_t whole_ms = progress->timers->elapsed_nanos[WEIR_TIMER_TRIGGER_EXECUTION] / 1000000;
    return (double)whole_ms / 1000.0;
}

static void add_time(WeirJsonWriter *writer, const char *key, int64_t epoch_ms)
{
    char text[40];
    weir_iso_timestamp(epoch_ms, text);
    weir_json_add_string(writer, key, text);
}

/* Statistics of the first watermark node that saw rows, as Spark picks one. */
static void add_event_time(WeirJsonWriter *writer, const WeirProgress *progress)
{
    if (!progress->has_watermark)
        return;
    const WeirEventTimeStats *stats = NULL;
    for (uint32_t i = 0; progress->metrics != NULL && i < progress->metrics->watermark_count && stats == NULL; i++)
        if (progress->metrics->watermarks[i].count > 0)
            stats = &progress->metrics->watermarks[i];
    weir_json_begin_object(writer, "eventTime");
    if (stats != NULL) {
        add_time(writer, "avg", (int64_t)stats->average_ms);
        add_time(writer, "max", stats->max_ms);
        add_time(writer, "min", stats->min_ms);
    }
    add_time(writer, "watermark", progress->watermark_ms);
    weir_json_end_object(writer);
}

static void add_custom_metrics(WeirJsonWriter *writer, const WeirPhysicalPlan *node, const WeirStatefulMetrics *metrics)
{
    char key[96];
    weir_json_begin_object(writer, "customMetrics");
    for (int32_t i = 0; metrics->snapshot_last_uploaded != NULL && i < metrics->partition_count; i++) {
        snprintf(key, sizeof(key), "SnapshotLastUploaded.partition_%d_default", i);
        weir_json_add_int(writer, key, metrics->snapshot_last_uploaded[i]);
    }
    weir_json_add_int(writer, "forceSnapshotCount", 0);
    weir_json_add_int(writer, "loadedMapCacheHitCount", metrics->cache_hits);
    weir_json_add_int(writer, "loadedMapCacheMissCount", metrics->cache_misses);
    if (node->kind == WEIR_PHYSICAL_DEDUPLICATE)
        weir_json_add_int(writer, "numDroppedDuplicateRows", metrics->rows_dropped_duplicate);
    weir_json_add_int(writer, "numSnapshotsAutoRepaired", 0);
    weir_json_add_int(writer, "stateOnCurrentVersionSizeBytes", metrics->state_on_current_version_bytes);
    weir_json_end_object(writer);
}

static void add_stateful(WeirJsonWriter *writer, const WeirProgress *progress)
{
    weir_json_begin_array(writer, "stateOperators");
    for (uint32_t i = 0; progress->metrics != NULL && i < progress->stateful_count; i++) {
        const WeirStatefulMetrics *metrics = &progress->metrics->stateful[i];
        weir_json_begin_object(writer, NULL);
        weir_json_add_string(writer, "operatorName", progress->stateful[i]->stateful->short_name);
        weir_json_add_int(writer, "numRowsTotal", metrics->rows_total);
        weir_json_add_int(writer, "numRowsUpdated", metrics->rows_updated);
        weir_json_add_int(writer, "allUpdatesTimeMs", metrics->all_updates_ms);
        weir_json_add_int(writer, "numRowsRemoved", metrics->rows_removed);
        weir_json_add_int(writer, "allRemovalsTimeMs", metrics->all_removals_ms);
        weir_json_add_int(writer, "commitTimeMs", metrics->commit_ms);
        weir_json_add_int(writer, "memoryUsedBytes", metrics->memory_bytes);
        weir_json_add_int(writer, "numRowsDroppedByWatermark", metrics->rows_dropped_by_watermark);
        weir_json_add_int(writer, "numShufflePartitions", metrics->partition_count);
        weir_json_add_int(writer, "numStateStoreInstances", metrics->store_instances);
        add_custom_metrics(writer, progress->stateful[i], metrics);
        weir_json_end_object(writer);
    }
    weir_json_end_array(writer);
}

static void add_source(WeirJsonWriter *writer, const WeirProgress *progress, const WeirSourceProgress *source)
{
    weir_json_begin_object(writer, NULL);
    weir_json_add_string(writer, "description", source->description);
    weir_json_add_raw(writer, "startOffset", source->start_offset == NULL ? "null" : source->start_offset);
    weir_json_add_raw(writer, "endOffset", source->end_offset == NULL ? "null" : source->end_offset);
    weir_json_add_raw(writer, "latestOffset", source->latest_offset == NULL ? "null" : source->latest_offset);
    weir_json_add_int(writer, "numInputRows", source->input_rows);
    add_rate(writer, "inputRowsPerSecond", (double)source->input_rows, input_seconds(progress));
    add_rate(writer, "processedRowsPerSecond", (double)source->input_rows, processing_seconds(progress));
    weir_json_end_object(writer);
}

static void add_sources(WeirJsonWriter *writer, const WeirProgress *progress)
{
    weir_json_begin_array(writer, "sources");
    for (uint32_t i = 0; i < progress->source_count; i++)
        add_source(writer, progress, &progress->sources[i]);
    weir_json_end_array(writer);
    weir_json_begin_object(writer, "sink");
    weir_json_add_string(writer, "description", progress->sink_description);
    weir_json_add_int(writer, "numOutputRows", progress->output_rows);
    weir_json_end_object(writer);
}

void weir_progress_json(const WeirProgress *progress, WeirBuffer *out)
{
    WeirJsonWriter writer;
    const WeirTriggerTimers *timers = progress->timers;
    int64_t input_rows = 0;
    for (uint32_t i = 0; i < progress->source_count; i++)
        input_rows += progress->sources[i].input_rows;
    weir_json_writer_init(&writer, out);
    weir_json_begin_object(&writer, NULL);
    weir_json_add_string(&writer, "id", progress->id);
    weir_json_add_string(&writer, "runId", progress->run_id);
    weir_json_add_string(&writer, "name", progress->name);
    add_time(&writer, "timestamp", timers->started_ms);
    weir_json_add_int(&writer, "batchId", progress->batch_id);
    weir_json_add_int(&writer, "batchDuration", timers->elapsed_nanos[WEIR_TIMER_TRIGGER_EXECUTION] / 1000000);
    weir_json_add_int(&writer, "numInputRows", input_rows);
    add_rate(&writer, "inputRowsPerSecond", (double)input_rows, input_seconds(progress));
    add_rate(&writer, "processedRowsPerSecond", (double)input_rows, processing_seconds(progress));
    weir_json_begin_object(&writer, "durationMs");
    for (int i = 0; i < WEIR_TIMER_COUNT; i++)
        if (timers->used[i])
            weir_json_add_int(&writer, timer_names[i], timers->elapsed_nanos[i] / 1000000);
    weir_json_end_object(&writer);
    add_event_time(&writer, progress);
    add_stateful(&writer, progress);
    add_sources(&writer, progress);
    weir_json_end_object(&writer);
}
