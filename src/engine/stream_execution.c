/* Life of a streaming query: start's checks, its thread, what others may ask of it, and its end. See
 * stream_execution.h. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "analyzer/analyzer.h"
#include "common/json.h"
#include "common/log.h"
#include "engine/stream_execution_private.h"

#define STACK_BYTES ((size_t)16 << 20)

static const struct {
    const char *name;
    uint32_t capability;
} output_modes[] = {{"append", WEIR_SINK_APPEND}, {"update", WEIR_SINK_UPDATE}, {"complete", WEIR_SINK_COMPLETE}};

/* ---- start ---- */

static WeirStatus check_output_mode(const WeirStreamExecutionSpec *spec, const char **mode, WeirError *error)
{
    for (size_t i = 0; i < sizeof(output_modes) / sizeof(output_modes[0]); i++) {
        if (strcasecmp(spec->output_mode, output_modes[i].name) != 0)
            continue;
        *mode = output_modes[i].name;
        if ((spec->sink_type->capabilities & output_modes[i].capability) == 0)
            return weir_error_set(error, WEIR_ERROR_STREAMING_OUTPUT_MODE_UNSUPPORTED_DATASOURCE, "outputMode",
                                  output_modes[i].name, "className", spec->sink_type->name);
        return WEIR_OK;
    }
    return weir_error_set(error, WEIR_ERROR_STREAMING_OUTPUT_MODE_INVALID, "outputMode", spec->output_mode);
}

static WeirStatus check_plan(WeirStreamExecution *query, const WeirStreamExecutionSpec *spec, WeirError *error)
{
    if (!spec->plan->is_streaming)
        return weir_error_set(error, WEIR_ERROR_WRITE_STREAM_NOT_ALLOWED);
    WeirStreamingCheck check = {
        .output_mode = query->output_mode,
        .continuous = query->trigger.kind == WEIR_TRIGGER_CONTINUOUS,
        .check_correctness = weir_query_settings_bool(
            &query->settings, "spark.sql.streaming.statefulOperator.checkCorrectness.enabled", true),
        .allow_multiple =
            weir_query_settings_bool(&query->settings, "spark.sql.streaming.statefulOperator.allowMultiple", true),
        .enabled = weir_query_settings_bool(&query->settings, "spark.sql.streaming.unsupportedOperationCheck", true),
    };
    if (check.continuous && strcmp(spec->sink_type->name, "foreachBatch") == 0)
        return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1195, "source", spec->sink_type->name);
    WEIR_TRY(weir_check_streaming(spec->plan, &check, &query->query_arena, error));
    if (check.continuous)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "Continuous processing is not built yet. Use a trigger of an interval or availableNow.");
    return WEIR_OK;
}

static WeirStatus choose_checkpoint(WeirStreamExecution *query, const WeirStreamExecutionSpec *spec, WeirError *error)
{
    if (spec->checkpoint != NULL) {
        WEIR_TRY(weir_path_from_uri(spec->checkpoint, &query->query_arena, &query->checkpoint, error));
        query->durable = true;
    } else {
        const char *root = getenv("TMPDIR");
        char uuid[37];
        weir_random_uuid(&query->random, uuid);
        query->checkpoint =
            weir_arena_printf(&query->query_arena, "%s/temporary-%s", root == NULL ? "/tmp" : root, uuid);
        query->temporary_checkpoint = true;
    }
    return query->fs->make_directories(query->fs, query->checkpoint, query->durable, error);
}

static WeirStatus check_resumable(WeirStreamExecution *query, const WeirStreamExecutionSpec *spec, WeirError *error)
{
    if ((spec->sink_type->capabilities & WEIR_SINK_RESUMES_COMPLETE) == 0 ||
        strcmp(query->output_mode, "complete") == 0)
        return WEIR_OK;
    const char *offsets = weir_path_join(&query->query_arena, query->checkpoint, "offsets");
    bool exists = false;
    WeirFileStatus file;
    WEIR_TRY(query->fs->status(query->fs, offsets, &query->query_arena, &exists, &file, error));
    return exists ? weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1299, "checkpointPath", offsets) : WEIR_OK;
}

static void make_sink_context(WeirStreamExecution *query, const WeirStreamExecutionSpec *spec)
{
    query->sink_context = (WeirConnectorContext){
        .format = spec->sink_type->name,
        .options = spec->sink_options,
        .fs = query->fs,
        .clock = query->clock,
        .random = &query->random,
        .tracker = &query->tracker,
        .conf = weir_query_settings_get,
        .conf_context = &query->settings,
        .checkpoint = query->checkpoint,
        .durable = query->durable,
        .query_name = query->name,
        .query_id = query->id,
        .run_id = query->run_id,
        .output_mode = query->output_mode,
        .partition_names = spec->partition_names,
        .partition_name_count = spec->partition_name_count,
        .session = spec->connector_session,
    };
}

static void init_query(WeirStreamExecution *query, const WeirStreamExecutionSpec *spec)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&query->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&query->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    weir_memory_tracker_init(&query->tracker, spec->tracker, "streaming query", spec->memory_limit_bytes);
    weir_arena_init(&query->query_arena, NULL);
    weir_arena_init(&query->batch_arena, NULL);
    weir_query_settings_init(&query->settings, spec->conf, spec->conf_count);
    weir_random_init(&query->random, spec->random_seed);
    query->name = spec->name == NULL ? NULL : weir_arena_strdup(&query->query_arena, spec->name);
    query->trigger = spec->trigger;
    query->sink_type = spec->sink_type;
    query->plan = spec->plan;
    query->fs = spec->fs;
    query->clock = spec->clock;
    query->pool = spec->pool;
    query->io_pool = spec->io_pool;
    query->maintenance = spec->maintenance;
    query->bus = spec->bus;
    query->connector_session = spec->connector_session;
    query->batch_rows_max = spec->batch_rows_max == 0 ? WEIR_BATCH_ROWS_DEFAULT : spec->batch_rows_max;
    query->next_expression_id = spec->next_expression_id;
    query->shown_batch_id = -1;
    query->progress.capacity =
        (uint32_t)weir_query_settings_int(&query->settings, "spark.sql.streaming.numRecentProgressUpdates", 100);
    if (query->progress.capacity == 0)
        query->progress.capacity = 1;
    query->progress.texts = weir_calloc(query->progress.capacity, sizeof(char *));
    weir_random_uuid(&query->random, query->run_id);
    snprintf(query->status_message, sizeof(query->status_message), "Initializing");
}

static void *query_thread(void *context);

static WeirStatus start_thread(WeirStreamExecution *query, WeirError *error)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    query->active = true;
    int failed = pthread_create(&query->thread, &attributes, query_thread, query);
    pthread_attr_destroy(&attributes);
    if (failed != 0) {
        query->active = false;
        return weir_error_from_errno(error, failed, "start a thread for",
                                     query->name == NULL ? "a query" : query->name);
    }
    query->thread_started = true;
    return WEIR_OK;
}

WeirStatus weir_stream_execution_start(const WeirStreamExecutionSpec *spec, WeirStreamExecution **out, WeirError *error)
{
    WeirStreamExecution *query = weir_calloc(1, sizeof(WeirStreamExecution));
    const char *mode = NULL;
    bool created = false, may_be_lost;
    WeirStatus status;
    init_query(query, spec);
    WEIR_TRY_OR_GO(done, check_output_mode(spec, &mode, error));
    query->output_mode = weir_arena_strdup(&query->query_arena, mode);
    WEIR_TRY_OR_GO(done, check_plan(query, spec, error));
    WEIR_TRY_OR_GO(done, choose_checkpoint(query, spec, error));
    WEIR_TRY_OR_GO(done, check_resumable(query, spec, error));
    may_be_lost = !weir_query_settings_bool(&query->settings,
                                            "spark.sql.streaming.checkpoint.verifyMetadataExists.enabled", true);
    WEIR_TRY_OR_GO(done, weir_stream_metadata_open(query->fs, query->checkpoint, query->durable, may_be_lost,
                                                   &query->random, query->id, &created, error));
    if (spec->claim_id != NULL)
        WEIR_TRY_OR_GO(done, spec->claim_id(spec->claim_context, query->id, error));
    make_sink_context(query, spec);
    WEIR_TRY_OR_GO(done, start_thread(query, error));
    *out = query;
    query = NULL;
done:
    weir_stream_execution_free(query);
    return status;
}

/* ---- the thread ---- */

static void post_simple_event(WeirStreamExecution *query, WeirQueryEvent event, const WeirError *failure)
{
    WeirBuffer json;
    WeirJsonWriter writer;
    char now[40];
    weir_buffer_init(&json, 0, NULL);
    weir_json_writer_init(&writer, &json);
    weir_iso_timestamp(weir_clock_now_ms(query->clock), now);
    weir_json_begin_object(&writer, NULL);
    weir_json_add_string(&writer, "id", query->id);
    weir_json_add_string(&writer, "runId", query->run_id);
    weir_json_add_string(&writer, "name", query->name);
    if (event == WEIR_QUERY_TERMINATED) {
        weir_json_add_string(&writer, "exception", failure == NULL ? NULL : failure->message);
        weir_json_add_string(&writer, "errorClassOnException", failure == NULL ? NULL : failure->condition);
    } else {
        weir_json_add_string(&writer, "timestamp", now);
    }
    weir_json_end_object(&writer);
    weir_listener_bus_post(query->bus, event, weir_buffer_text(&json));
    weir_buffer_deinit(&json);
}

static void close_parts(WeirStreamExecution *query)
{
    weir_execution_free(query->execution);
    query->execution = NULL;
    if (query->sink != NULL)
        query->sink_type->close(query->sink);
    query->sink = NULL;
    for (uint32_t i = 0; i < query->source_count; i++) {
        WeirStreamSource *source = &query->sources[i];
        if (source->source != NULL)
            source->type->close(source->source);
        source->source = NULL;
        weir_free(source->committed);
        weir_free(source->available);
        weir_free(source->latest);
        weir_free(source->started_from);
    }
    query->source_count = 0;
    weir_metadata_log_close(&query->offset_log);
    weir_metadata_log_close(&query->commit_log);
    weir_watermark_tracker_deinit(&query->watermark);
}

static void *query_thread(void *context)
{
    WeirStreamExecution *query = context;
    WeirError error = {0};
    post_simple_event(query, WEIR_QUERY_STARTED, NULL);
    WeirStatus status = weir_micro_batch_run(query, &error);
    close_parts(query);
    bool is_kept =
        status != WEIR_OK &&
        !weir_query_settings_bool(&query->settings, "spark.sql.streaming.forceDeleteTempCheckpointLocation", false);
    if (query->temporary_checkpoint && !is_kept)
        (void)(weir_directory_remove_all(query->fs, query->checkpoint, NULL) ==
               WEIR_OK); /* what stays is in the temporary folder */
    post_simple_event(query, WEIR_QUERY_TERMINATED, status == WEIR_OK ? NULL : &error);
    pthread_mutex_lock(&query->mutex);
    if (status != WEIR_OK)
        weir_error_copy(&query->failure, &error);
    if (status == WEIR_OK)
        snprintf(query->status_message, sizeof(query->status_message), "Stopped");
    else
        snprintf(query->status_message, sizeof(query->status_message), "Terminated with exception: %.200s",
                 error.message);
    query->trigger_active = false;
    query->data_available = false;
    query->active = false;
    pthread_cond_broadcast(&query->changed);
    pthread_mutex_unlock(&query->mutex);
    return NULL;
}

void weir_stream_execution_free(WeirStreamExecution *query)
{
    if (query == NULL)
        return;
    if (query->thread_started) {
        weir_stream_execution_request_stop(query);
        pthread_join(query->thread, NULL);
    }
    for (uint32_t i = 0; i < query->progress.capacity; i++)
        weir_free(query->progress.texts[i]);
    weir_free(query->progress.texts);
    weir_free(query->explain_simple);
    weir_free(query->explain_extended);
    weir_query_settings_deinit(&query->settings);
    weir_arena_deinit(&query->batch_arena);
    weir_arena_deinit(&query->query_arena);
    weir_memory_tracker_deinit(&query->tracker);
    pthread_cond_destroy(&query->changed);
    pthread_mutex_destroy(&query->mutex);
    weir_free(query);
}

/* ---- what others may ask ---- */

const char *weir_stream_execution_name(const WeirStreamExecution *query)
{
    return query->name;
}
const char *weir_stream_execution_id(const WeirStreamExecution *query)
{
    return query->id;
}
const char *weir_stream_execution_run_id(const WeirStreamExecution *query)
{
    return query->run_id;
}
bool weir_stream_execution_is_finite(const WeirStreamExecution *query)
{
    return weir_trigger_is_finite(&query->trigger);
}

bool weir_stream_execution_is_active(WeirStreamExecution *query)
{
    pthread_mutex_lock(&query->mutex);
    bool active = query->active;
    pthread_mutex_unlock(&query->mutex);
    return active;
}

void weir_stream_execution_request_stop(WeirStreamExecution *query)
{
    atomic_store(&query->stop_requested, true);
    query->clock->interrupt(query->clock);
}

bool weir_stream_execution_await(WeirStreamExecution *query, int64_t timeout_ms)
{
    struct timespec deadline;
    weir_deadline_after_ms(timeout_ms, &deadline);
    pthread_mutex_lock(&query->mutex);
    int failed = 0;
    while (query->active && failed == 0)
        failed = timeout_ms < 0 ? pthread_cond_wait(&query->changed, &query->mutex)
                                : pthread_cond_timedwait(&query->changed, &query->mutex, &deadline);
    bool ended = !query->active;
    pthread_mutex_unlock(&query->mutex);
    return ended;
}

void weir_stream_execution_process_all_available(WeirStreamExecution *query)
{
    pthread_mutex_lock(&query->mutex);
    uint64_t number = ++query->waits_asked;
    query->clock->interrupt(query->clock);
    while (query->active && query->waits_answered < number)
        pthread_cond_wait(&query->changed, &query->mutex);
    pthread_mutex_unlock(&query->mutex);
}

WeirStatus weir_stream_execution_failure(WeirStreamExecution *query, WeirError *error)
{
    pthread_mutex_lock(&query->mutex);
    WeirStatus status = query->failure.status;
    if (status != WEIR_OK)
        weir_error_copy(error, &query->failure);
    pthread_mutex_unlock(&query->mutex);
    return status;
}

int64_t weir_stream_execution_batch_id(WeirStreamExecution *query)
{
    pthread_mutex_lock(&query->mutex);
    int64_t batch_id = query->shown_batch_id;
    pthread_mutex_unlock(&query->mutex);
    return batch_id;
}

void weir_stream_execution_set_status(WeirStreamExecution *query, const char *message, bool data_available,
                                      bool trigger_active)
{
    pthread_mutex_lock(&query->mutex);
    snprintf(query->status_message, sizeof(query->status_message), "%s", message);
    query->data_available = data_available;
    query->trigger_active = trigger_active;
    query->shown_batch_id = query->batch_id;
    pthread_mutex_unlock(&query->mutex);
}
