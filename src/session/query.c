/* Handles on streaming queries: weir.h's weir_query_… functions over the engine's. */
#include "common/duration.h"
#include "session/session_private.h"

size_t weir_session_query_count(WeirSession *session)
{
    return session->query_count;
}

WeirQuery *weir_session_query(WeirSession *session, size_t index)
{
    return index < session->query_count ? session->queries[index] : NULL;
}

const char *weir_query_name(const WeirQuery *query)
{
    return query->name;
}
const char *weir_query_id(const WeirQuery *query)
{
    return weir_stream_execution_id(query->execution);
}
const char *weir_query_run_id(const WeirQuery *query)
{
    return weir_stream_execution_run_id(query->execution);
}
bool weir_query_is_active(WeirQuery *query)
{
    return weir_stream_execution_is_active(query->execution);
}
bool weir_query_is_finite(const WeirQuery *query)
{
    return weir_stream_execution_is_finite(query->execution);
}
int64_t weir_query_batch_id(WeirQuery *query)
{
    return weir_stream_execution_batch_id(query->execution);
}
void weir_query_request_stop(WeirQuery *query)
{
    weir_stream_execution_request_stop(query->execution);
}

WeirStatus weir_query_await(WeirQuery *query, int64_t timeout_ms, bool *ended, WeirError *error)
{
    bool done = weir_stream_execution_await(query->execution, timeout_ms);
    if (ended != NULL)
        *ended = done;
    return done ? weir_stream_execution_failure(query->execution, error) : WEIR_OK;
}

WeirStatus weir_query_process_all_available(WeirQuery *query, WeirError *error)
{
    weir_stream_execution_process_all_available(query->execution);
    return weir_stream_execution_failure(query->execution, error);
}

WeirStatus weir_query_stop(WeirQuery *query, WeirError *error)
{
    weir_stream_execution_request_stop(query->execution);
    const char *text = weir_config_get(&query->session->config, "spark.sql.streaming.stopTimeout");
    int64_t timeout_ms = 0;
    if (text == NULL || !weir_duration_parse_ms(text, &timeout_ms) || timeout_ms <= 0)
        timeout_ms = -1;
    if (!weir_stream_execution_await(query->execution, timeout_ms))
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "The query %s has not ended within %lld ms (spark.sql.streaming.stopTimeout). It still "
            "ends after its batch.",
            query->name, (long long)timeout_ms);
    return weir_stream_execution_failure(query->execution, error);
}

static char *take_text(WeirBuffer *buffer)
{
    char *text = weir_strdup(weir_buffer_text(buffer));
    weir_buffer_deinit(buffer);
    return text;
}

char *weir_query_status(WeirQuery *query)
{
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    weir_stream_execution_status(query->execution, &json);
    return take_text(&json);
}

char *weir_query_last_progress(WeirQuery *query)
{
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    if (weir_stream_execution_last_progress(query->execution, &json))
        return take_text(&json);
    weir_buffer_deinit(&json);
    return NULL;
}

char *weir_query_recent_progress(WeirQuery *query)
{
    WeirBuffer json;
    weir_buffer_init(&json, 0, NULL);
    weir_stream_execution_recent_progress(query->execution, &json);
    return take_text(&json);
}

char *weir_query_explain(WeirQuery *query, bool extended)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_stream_execution_explain(query->execution, extended, &text);
    return take_text(&text);
}

WeirStatus weir_session_settle_queries(WeirSession *session, WeirError *error)
{
    for (uint32_t i = 0; i < session->query_count; i++) {
        WeirQuery *query = session->queries[i];
        if (weir_query_is_finite(query))
            WEIR_TRY(weir_query_await(query, -1, NULL, error));
        else
            WEIR_TRY(weir_query_process_all_available(query, error));
    }
    return WEIR_OK;
}
