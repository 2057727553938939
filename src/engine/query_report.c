/* What a streaming query tells of itself: progress after each trigger, status, and its plans (Spark: ProgressReporter,
 * StreamingQueryStatus, explain). */
#include "common/json.h"
#include "engine/stream_execution_private.h"

/* Hand `text` (heap) to the ring; the oldest is dropped. Under the mutex. */
static void remember_progress(WeirProgressRing *ring, char *text)
{
    weir_free(ring->texts[ring->next]);
    ring->texts[ring->next] = text;
    ring->next = (ring->next + 1) % ring->capacity;
    if (ring->count < ring->capacity)
        ring->count++;
}

static const char *describe_source(WeirStreamExecution *query, const WeirStreamSource *source)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    source->type->describe(source->source, &text);
    const char *copy = weir_arena_strdup(&query->batch_arena, weir_buffer_text(&text));
    weir_buffer_deinit(&text);
    return copy;
}

static const char *describe_sink(WeirStreamExecution *query)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    query->sink_type->describe(query->sink, &text);
    const char *copy = weir_arena_strdup(&query->batch_arena, weir_buffer_text(&text));
    weir_buffer_deinit(&text);
    return copy;
}

static const WeirSourceProgress *source_progress(WeirStreamExecution *query, const WeirExecutionMetrics *metrics,
                                                 bool executed)
{
    WeirSourceProgress *sources = WEIR_ARENA_ARRAY(&query->batch_arena, WeirSourceProgress, query->source_count + 1);
    for (uint32_t i = 0; i < query->source_count; i++) {
        const WeirStreamSource *source = &query->sources[i];
        sources[i] = (WeirSourceProgress){
            .description = describe_source(query, source),
            .start_offset = executed ? source->started_from : source->committed,
            .end_offset = source->available,
            .latest_offset = source->latest,
            .input_rows = metrics == NULL || i >= metrics->source_count ? 0 : metrics->source_rows[i],
        };
    }
    return sources;
}

/* Plans are explained from another thread while this one goes on: keep their text. */
static void remember_explain(WeirStreamExecution *query)
{
    WeirPhysicalExplain options = {
        .state_checkpoint = weir_arena_printf(&query->batch_arena, "%s/state",
                                              weir_path_to_hadoop(query->checkpoint, &query->batch_arena)),
        .run_id = query->run_id,
        .version = query->batch_id,
        .late_watermark_ms = query->late_ms,
        .eviction_watermark_ms = query->eviction_ms,
    };
    WeirBuffer simple, extended;
    weir_buffer_init(&simple, 0, NULL);
    weir_buffer_init(&extended, 0, NULL);
    weir_buffer_append_text(&simple, "== Physical Plan ==\n");
    weir_physical_explain(query->physical, &options, &simple);
    options.extended = true;
    weir_buffer_append_text(&extended, "== Parsed Logical Plan ==\n");
    weir_logical_explain(query->plan, &extended);
    weir_buffer_append_text(&extended, "\n== Analyzed Logical Plan ==\n");
    weir_logical_explain(query->plan, &extended);
    weir_buffer_append_text(&extended, "\n== Optimized Logical Plan ==\n");
    weir_logical_explain(query->optimized, &extended);
    weir_buffer_append_text(&extended, "\n== Physical Plan ==\n");
    weir_physical_explain(query->physical, &options, &extended);
    pthread_mutex_lock(&query->mutex);
    weir_stream_replace_text(&query->explain_simple, weir_buffer_text(&simple));
    weir_stream_replace_text(&query->explain_extended, weir_buffer_text(&extended));
    pthread_mutex_unlock(&query->mutex);
    weir_buffer_deinit(&simple);
    weir_buffer_deinit(&extended);
}

void weir_stream_execution_post_progress(WeirStreamExecution *query, const WeirExecutionMetrics *metrics, bool executed)
{
    WeirProgress progress = {
        .id = query->id,
        .run_id = query->run_id,
        .name = query->name,
        .batch_id = query->batch_id,
        .timers = &query->timers,
        .previous_trigger_ms = query->previous_trigger_ms,
        .executed = executed,
        .has_watermark = query->watermark_count > 0,
        .watermark_ms = executed ? query->batch_watermark_ms : query->watermark.global_ms,
        .metrics = metrics,
        .stateful = query->stateful,
        .stateful_count = query->stateful_count,
        .sources = source_progress(query, metrics, executed),
        .source_count = query->source_count,
        .sink_description = describe_sink(query),
        .output_rows = (query->sink_type->capabilities & WEIR_SINK_V1) != 0 ? -1
                       : metrics == NULL                                    ? 0
                                                                            : metrics->output_rows,
    };
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    weir_progress_json(&progress, &json);
    weir_listener_bus_post(query->bus, executed ? WEIR_QUERY_PROGRESS : WEIR_QUERY_IDLE, weir_buffer_text(&json));
    if (executed && query->explain_simple == NULL)
        remember_explain(query);
    pthread_mutex_lock(&query->mutex);
    remember_progress(&query->progress, weir_strdup(weir_buffer_text(&json)));
    pthread_mutex_unlock(&query->mutex);
    weir_buffer_deinit(&json);
}

void weir_stream_execution_status(WeirStreamExecution *query, WeirBuffer *json)
{
    WeirJsonWriter writer;
    weir_json_writer_init(&writer, json);
    pthread_mutex_lock(&query->mutex);
    weir_json_begin_object(&writer, NULL);
    weir_json_add_string(&writer, "message", query->status_message);
    weir_json_add_boolean(&writer, "isDataAvailable", query->data_available);
    weir_json_add_boolean(&writer, "isTriggerActive", query->trigger_active);
    weir_json_end_object(&writer);
    pthread_mutex_unlock(&query->mutex);
}

bool weir_stream_execution_last_progress(WeirStreamExecution *query, WeirBuffer *json)
{
    pthread_mutex_lock(&query->mutex);
    const WeirProgressRing *ring = &query->progress;
    bool found = ring->count > 0;
    if (found)
        weir_buffer_append_text(json, ring->texts[(ring->next + ring->capacity - 1) % ring->capacity]);
    pthread_mutex_unlock(&query->mutex);
    return found;
}

void weir_stream_execution_recent_progress(WeirStreamExecution *query, WeirBuffer *json)
{
    pthread_mutex_lock(&query->mutex);
    const WeirProgressRing *ring = &query->progress;
    weir_buffer_append_char(json, '[');
    for (uint32_t i = 0; i < ring->count; i++) {
        if (i > 0)
            weir_buffer_append_char(json, ',');
        weir_buffer_append_text(json, ring->texts[(ring->next + ring->capacity - ring->count + i) % ring->capacity]);
    }
    weir_buffer_append_char(json, ']');
    pthread_mutex_unlock(&query->mutex);
}

void weir_stream_execution_explain(WeirStreamExecution *query, bool extended, WeirBuffer *out)
{
    pthread_mutex_lock(&query->mutex);
    const char *text = extended ? query->explain_extended : query->explain_simple;
    weir_buffer_append_text(out, text == NULL ? "No physical plan. Waiting for data." : text);
    pthread_mutex_unlock(&query->mutex);
}
