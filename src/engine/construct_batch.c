/* Deciding whether a micro-batch runs, and logging its offsets before it does (Spark: constructNextBatch; streaming
 * semantics §1.1 step 1, §1.2, §1.5). */
#include "common/fault_point.h"
#include "engine/stream_execution_private.h"

static WeirStatus latest_offsets(WeirStreamExecution *query, bool *has_new_data, WeirError *error)
{
    int64_t begin = weir_timer_begin(&query->timers);
    WeirReadLimit limit = query->single_batch ? WEIR_READ_ALL : WEIR_READ_DEFAULT;
    *has_new_data = false;
    for (uint32_t i = 0; i < query->source_count; i++) {
        WeirStreamSource *source = &query->sources[i];
        bool frozen = query->trigger.kind == WEIR_TRIGGER_AVAILABLE_NOW &&
                      (source->type->capabilities & WEIR_SOURCE_AVAILABLE_NOW) == 0;
        const char *offset = NULL;
        if (frozen && query->has_run_batch) {
            offset = source->committed; /* Such a source gives one batch: what was there at first. */
        } else {
            WEIR_TRY(source->type->latest_offset(source->source, source->committed, frozen ? WEIR_READ_ALL : limit,
                                                 &query->batch_arena, &offset, error));
        }
        if (offset != NULL)
            weir_stream_replace_text(&source->available, offset);
        if (!weir_stream_same_text(source->available, source->committed))
            *has_new_data = true;
        const char *reported = NULL;
        if (source->type->report_latest != NULL)
            WEIR_TRY(source->type->report_latest(source->source, &query->batch_arena, &reported, error));
        weir_stream_replace_text(&source->latest, reported);
    }
    weir_timer_end(&query->timers, WEIR_TIMER_LATEST_OFFSET, begin);
    return WEIR_OK;
}

/* Some stateful operator would evict or time out with the watermark as it is now. Only after a batch of this run: there
 * is no earlier plan to ask. */
static WeirStatus wants_no_data_batch(WeirStreamExecution *query, bool *wants, WeirError *error)
{
    *wants = false;
    if (!query->has_run_batch || query->single_batch || query->stateful_count == 0 ||
        !weir_query_settings_bool(&query->settings, "spark.sql.streaming.noDataMicroBatches.enabled", true))
        return WEIR_OK;
    WEIR_TRY(weir_propagate_watermarks(query->physical, query->watermark.global_ms, query->next_ms, error));
    for (uint32_t i = 0; i < query->stateful_count; i++)
        if (query->stateful[i]->stateful->asks_for_no_data_batch && query->next_ms[i] > query->eviction_ms[i])
            *wants = true;
    return WEIR_OK;
}

static WeirStatus log_offsets(WeirStreamExecution *query, WeirError *error)
{
    WeirOffsetSeq offsets = {
        .has_metadata = true,
        .batch_watermark_ms = query->batch_watermark_ms,
        .batch_timestamp_ms = query->batch_timestamp_ms,
        .offset_count = query->leaf_count,
    };
    const char **texts = WEIR_ARENA_ARRAY(&query->batch_arena, const char *, query->leaf_count + 1);
    for (uint32_t i = 0; i < query->leaf_count; i++)
        texts[i] = query->sources[query->leaf_sources[i]].available;
    offsets.offsets = texts;
    offsets.conf = weir_query_settings_logged(&query->settings, &query->batch_arena, &offsets.conf_count);
    return weir_offset_log_add(&query->offset_log, query->batch_id, &offsets, error);
}

/* Sources hear of a batch one batch later, when its commit is durable and its successor's offsets are. */
static WeirStatus commit_sources(WeirStreamExecution *query, WeirError *error)
{
    for (uint32_t i = 0; i < query->source_count; i++) {
        WeirStreamSource *source = &query->sources[i];
        if (source->type->commit != NULL && source->committed != NULL)
            WEIR_TRY(source->type->commit(source->source, source->committed, error));
    }
    return WEIR_OK;
}

static WeirStatus purge(WeirStreamExecution *query, WeirError *error)
{
    int64_t retain = weir_query_settings_int(&query->settings, "spark.sql.streaming.minBatchesToRetain", 100);
    if (query->batch_id <= retain)
        return WEIR_OK;
    WEIR_TRY(weir_metadata_log_purge_below(&query->offset_log, query->batch_id - retain, error));
    return weir_metadata_log_purge_below(&query->commit_log, query->batch_id - retain, error);
}

static uint64_t waits_so_far(WeirStreamExecution *query)
{
    pthread_mutex_lock(&query->mutex);
    uint64_t asked = query->waits_asked;
    pthread_mutex_unlock(&query->mutex);
    return asked;
}

static void tell_waiters_of_no_data(WeirStreamExecution *query, uint64_t waits)
{
    pthread_mutex_lock(&query->mutex);
    query->waits_answered = waits;
    pthread_cond_broadcast(&query->changed);
    pthread_mutex_unlock(&query->mutex);
}

WeirStatus weir_stream_construct_batch(WeirStreamExecution *query, WeirError *error)
{
    bool has_new_data = false;
    uint64_t waits = waits_so_far(query);
    weir_arena_reset(&query->batch_arena);
    if (query->trigger.kind == WEIR_TRIGGER_AVAILABLE_NOW && !query->single_batch && !query->available_now_prepared) {
        for (uint32_t i = 0; i < query->source_count; i++)
            if (query->sources[i].type->prepare_available_now != NULL)
                WEIR_TRY(query->sources[i].type->prepare_available_now(query->sources[i].source, error));
        query->available_now_prepared = true;
    }
    WEIR_TRY(latest_offsets(query, &has_new_data, error));
    query->batch_watermark_ms = query->watermark.global_ms;
    query->batch_timestamp_ms = weir_clock_now_ms(query->clock);
    query->batch_has_new_data = has_new_data;
    bool clean_up = false;
    if (!has_new_data)
        WEIR_TRY(wants_no_data_batch(query, &clean_up, error));
    if (!has_new_data && !clean_up) {
        tell_waiters_of_no_data(query, waits);
        return WEIR_OK;
    }
    int64_t begin = weir_timer_begin(&query->timers);
    WEIR_TRY(log_offsets(query, error));
    WEIR_TRY(WEIR_FAULT_POINT("micro_batch.after_offsets", error));
    if (query->batch_id != 0)
        WEIR_TRY(commit_sources(query, error));
    WEIR_TRY(purge(query, error));
    weir_timer_end(&query->timers, WEIR_TIMER_WAL_COMMIT, begin);
    query->batch_constructed = true;
    return WEIR_OK;
}
