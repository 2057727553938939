/* Opening and closing sessions, their settings, and the contexts that statements are analyzed and run with. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "columnar/time_zone.h"
#include "session/session_private.h"

#define WEIR_VERSION "0.1.0"
#define IO_WORKERS 16u

const char *weir_version(void)
{
    return WEIR_VERSION;
}
void weir_string_free(char *text)
{
    weir_free(text);
}
const char *weir_status_condition(WeirStatus status)
{
    return weir_error_condition_name(status);
}

/* The lesser of half the machine's memory and half the control group's limit. */
static int64_t default_memory_limit(WeirFileSystem *fs)
{
    int64_t bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * (int64_t)sysconf(_SC_PAGESIZE) / 2;
    WeirBuffer text;
    weir_buffer_init(&text, 64, NULL);
    if (weir_file_read_all(fs, "/sys/fs/cgroup/memory.max", 64, &text, NULL) == WEIR_OK) {
        char *end = NULL;
        long long limit = strtoll(weir_buffer_text(&text), &end, 10);
        if (end != weir_buffer_text(&text) && limit > 0 && limit < bytes)
            bytes = limit;
    }
    weir_buffer_deinit(&text);
    return bytes;
}

static WeirStatus apply_options(WeirSession *session, const WeirSessionOptions *options, WeirError *error)
{
    if (options == NULL)
        return WEIR_OK;
    size_t bytes = options->struct_bytes < sizeof(session->options) ? options->struct_bytes : sizeof(session->options);
    memcpy(&session->options, options, bytes);
    for (size_t i = 0; i + 1 < session->options.conf_count; i += 2)
        WEIR_TRY(weir_session_set(session, session->options.conf[i], session->options.conf[i + 1], error));
    session->options.conf = NULL;
    return WEIR_OK;
}

static WeirStatus make_resources(WeirSession *session, WeirError *error)
{
    const char *threads = weir_config_get(&session->config, "weir.threads");
    const char *limit = weir_config_get(&session->config, "weir.memory.limit");
    int64_t bytes = 0;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (limit == NULL)
        bytes = default_memory_limit(session->fs);
    else
        WEIR_TRY(weir_config_bytes(limit, &bytes, error));
    session->memory.limit_bytes = bytes; /* From here on the limit and the workers stay as they are. */
    long workers = threads == NULL ? (cores < 1 ? 1 : cores) : strtol(threads, NULL, 10);
    if (workers < 0 || workers > 1024)
        return weir_error_set(error, WEIR_ERROR_INVALID_CONF_VALUE_REQUIREMENT, "confName", "weir.threads", "confValue",
                              threads, "confRequirement", "a number of workers from 0 to 1024");
    session->pool = weir_task_pool_new((uint32_t)workers);
    session->io_pool = weir_task_pool_new(workers == 0 ? 0 : IO_WORKERS);
    return WEIR_OK;
}

WeirStatus weir_session_open(const WeirSessionOptions *options, WeirSession **out, WeirError *error)
{
    WeirSession *session = weir_calloc(1, sizeof(WeirSession));
    WeirStatus status;
    weir_session_register_builtins();
    weir_config_init(&session->config);
    weir_memory_tracker_init(&session->memory, NULL, "session", 0);
    weir_listener_bus_init(&session->bus);
    weir_random_init(&session->random, 0);
    pthread_mutex_init(&session->memory_mutex, NULL);
    pthread_mutex_init(&session->queries_mutex, NULL);
    session->fs = weir_local_file_system();
    session->clock = weir_system_clock_new();
    session->next_expression_id = 1;
    weir_session_init_catalog(session);
    weir_session_init_connectors(session);
    WEIR_TRY_OR_GO(done, apply_options(session, options, error));
    WEIR_TRY_OR_GO(done, make_resources(session, error));
    *out = session;
    session = NULL;
done:
    weir_session_close(session);
    return status;
}

void weir_session_interrupt(WeirSession *session)
{
    atomic_store(&session->interrupted, true);
    pthread_mutex_lock(&session->queries_mutex);
    for (uint32_t i = 0; i < session->query_count; i++)
        weir_stream_execution_request_stop(session->queries[i]->execution);
    pthread_mutex_unlock(&session->queries_mutex);
}

static void free_queries(WeirSession *session)
{
    /* Ask all first, so that they end side by side. */
    for (uint32_t i = 0; i < session->query_count; i++)
        weir_stream_execution_request_stop(session->queries[i]->execution);
    for (uint32_t i = 0; i < session->query_count; i++) {
        WeirQuery *query = session->queries[i];
        weir_stream_execution_free(query->execution);
        weir_clock_free(query->clock);
        weir_free(query->name);
        weir_free(query);
    }
    weir_free(session->queries);
}

static void free_kept(WeirSession *session)
{
    while (session->kept != NULL) {
        WeirStatementScope *scope = session->kept;
        session->kept = scope->next;
        weir_batch_list_release(&scope->batches);
        weir_arena_deinit(&scope->arena);
        weir_memory_tracker_deinit(&scope->tracker);
        weir_free(scope);
    }
}

void weir_session_close(WeirSession *session)
{
    if (session == NULL)
        return;
    free_queries(session);
    weir_state_maintenance_free(session->maintenance);
    if (session->maintenance_clock != NULL)
        weir_clock_free(session->maintenance_clock);
    weir_session_free_catalog(session);
    weir_session_free_connectors(session);
    free_kept(session);
    if (session->pool != NULL)
        weir_task_pool_free(session->pool);
    if (session->io_pool != NULL)
        weir_task_pool_free(session->io_pool);
    weir_config_deinit(&session->config);
    weir_clock_free(session->clock);
    weir_listener_bus_deinit(&session->bus);
    pthread_mutex_destroy(&session->memory_mutex);
    pthread_mutex_destroy(&session->queries_mutex);
    weir_memory_tracker_deinit(&session->memory);
    weir_free(session);
}

WeirStatus weir_session_set(WeirSession *session, const char *key, const char *value, WeirError *error)
{
    bool unknown = false;
    if (session->pool != NULL && (strcmp(key, "weir.threads") == 0 || strcmp(key, "weir.memory.limit") == 0))
        return weir_error_set(error, WEIR_ERROR_CANNOT_MODIFY_STATIC_CONFIG, "key", key);
    WEIR_TRY(weir_config_set(&session->config, key, value, &unknown, error));
    if (unknown)
        weir_session_warn(session, "weir does not know the setting %s; it is kept without effect", key);
    return WEIR_OK;
}

const char *weir_session_get(WeirSession *session, const char *key)
{
    const char *value = weir_config_get(&session->config, key);
    if (value == NULL && strcmp(key, "spark.sql.session.timeZone") == 0)
        return weir_time_zone_system_name();
    return value;
}

void weir_session_warn(WeirSession *session, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (session->options.warning != NULL)
        session->options.warning(session->options.warning_context, text);
    else
        weir_log(WEIR_LOG_WARN, "session", "%s", text);
}

WeirStatus weir_session_eval_context(WeirSession *session, WeirEvalContext *context, WeirError *error)
{
    const char *user = weir_config_get(&session->config, "weir.user");
    if (user == NULL)
        user = getenv("USER");
    *context = (WeirEvalContext){
        .ansi = weir_config_bool(&session->config, "spark.sql.ansi.enabled"),
        .case_sensitive = weir_config_bool(&session->config, "spark.sql.caseSensitive"),
        .now_micros = session->clock->now_micros(session->clock),
        .current_user = user == NULL ? "root" : user,
        .current_catalog = "spark_catalog",
        .current_database = "default",
        .conf = weir_config_get,
        .conf_context = &session->config,
    };
    return weir_time_zone_find(weir_session_get(session, "spark.sql.session.timeZone"), &context->zone, error);
}

void weir_session_connector_context(WeirSession *session, const WeirEvalContext *context,
                                    WeirConnectorContext *connector)
{
    *connector = (WeirConnectorContext){
        .fs = session->fs,
        .clock = session->clock,
        .random = &session->random,
        .tracker = &session->memory,
        .zone = context->zone,
        .conf = weir_config_get,
        .conf_context = &session->config,
        .output_mode = "append",
        .session = &session->connector_session,
    };
}

static void forward_event(void *context, WeirQueryEvent event, const char *json)
{
    const WeirListener *listener = context;
    void (*const functions[])(void *, const char *) = {listener->on_started, listener->on_progress, listener->on_idle,
                                                       listener->on_terminated};
    if (functions[event] != NULL)
        functions[event](listener->context, json);
}

void weir_session_add_listener(WeirSession *session, const WeirListener *listener)
{
    /* Kept in the session's scope list, so that it lives as long as the queries that call it. */
    WeirStatementScope *scope = weir_calloc(1, sizeof(*scope));
    weir_memory_tracker_init(&scope->tracker, &session->memory, "listener", 0);
    weir_arena_init(&scope->arena, &scope->tracker);
    WeirListener *copy = WEIR_ARENA_NEW(&scope->arena, WeirListener);
    *copy = *listener;
    scope->next = session->kept;
    session->kept = scope;
    if (!weir_listener_bus_add(&session->bus, forward_event, copy))
        weir_session_warn(session, "a session takes %u listeners at most; this one hears nothing", WEIR_LISTENERS_MAX);
}
