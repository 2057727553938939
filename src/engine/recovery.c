/* Opening a query's logs, sources and plan, and finding where to go on (Spark:
 * MicroBatchExecution.populateStartOffsets; streaming semantics §1.3). */
#include <strings.h>

#include "common/log.h"
#include "engine/source_assignment.h"
#include "engine/stream_execution_private.h"

#include "columnar/time_zone.h"
#include "optimizer/optimizer.h"

/* A source with news ends the driver's sleep. */
static void wake_query(void *context)
{
    WeirStreamExecution *query = context;
    atomic_store(&query->source_has_news, true);
    query->clock->interrupt(query->clock);
}

static WeirStatus open_source(WeirStreamExecution *query, uint32_t index, const WeirRelation *relation,
                              WeirError *error)
{
    WeirStreamSource *source = &query->sources[index];
    WeirArena *arena = &query->query_arena;
    source->relation = relation;
    source->type = relation->connector;
    source->directory = weir_arena_printf(arena, "%s/sources/%u", query->checkpoint, index);
    source->context = query->sink_context;
    source->context.format = relation->format;
    source->context.relation_name = relation->name;
    source->context.user_schema = relation->user_schema;
    source->context.schema = relation->schema;
    source->context.checkpoint = source->directory;
    WeirConnectorOption *options = WEIR_ARENA_ARRAY(arena, WeirConnectorOption, relation->option_count + 1);
    for (uint32_t i = 0; i < relation->option_count; i++)
        options[i] = (WeirConnectorOption){relation->options[i].key, relation->options[i].value};
    source->context.options = (WeirOptions){options, relation->option_count};
    WEIR_TRY(source->type->open(&source->context, true, &source->source, error));
    if (source->type->set_wakeup != NULL)
        source->type->set_wakeup(source->source, wake_query, query);
    return WEIR_OK;
}

static WeirStatus open_logs(WeirStreamExecution *query, WeirError *error)
{
    WeirArena *arena = &query->query_arena;
    WEIR_TRY(weir_metadata_log_open(&query->offset_log, query->fs, weir_path_join(arena, query->checkpoint, "offsets"),
                                    "offset_log", query->durable, error));
    return weir_metadata_log_open(&query->commit_log, query->fs, weir_path_join(arena, query->checkpoint, "commits"),
                                  "commit_log", query->durable, error);
}

/* A checkpoint without offsets must hold nothing else: a lost log would otherwise restart over old state. */
static WeirStatus check_empty(WeirStreamExecution *query, WeirError *error)
{
    WeirArena *arena = &query->batch_arena;
    int64_t committed = -1;
    WEIR_TRY(weir_metadata_log_latest(&query->commit_log, &committed, error));
    if (committed >= 0)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "The checkpoint %s has commits up to batch %lld, but no offsets. Restore them, or use an empty directory.",
            query->checkpoint, (long long)committed);
    const char *path = weir_path_join(arena, query->checkpoint, "state");
    bool exists = false;
    WeirFileStatus file, *entries;
    size_t count = 0;
    WEIR_TRY(query->fs->status(query->fs, path, arena, &exists, &file, error));
    if (exists)
        WEIR_TRY(query->fs->list(query->fs, path, arena, &entries, &count, error));
    if (count > 0)
        return weir_error_set(error, WEIR_ERROR_STATE_STORE_CHECKPOINT_LOCATION_NOT_EMPTY, "checkpointLocation", path);
    return WEIR_OK;
}

static WeirStatus read_offsets(WeirStreamExecution *query, int64_t batch_id, WeirOffsetSeq *offsets, WeirError *error)
{
    bool found = false;
    WEIR_TRY(weir_offset_log_get(&query->offset_log, batch_id, &query->query_arena, offsets, &found, error));
    if (!found)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "batch %lld doesn't exist in the offset log of %s; a checkpoint needs the offsets of its last two batches",
            (long long)batch_id, query->checkpoint);
    if (offsets->offset_count != query->leaf_count)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "There are [%u] sources in the checkpoint offsets and now there are [%u] sources requested by the "
            "query. Cannot continue; use a new checkpointLocation for a changed query.",
            offsets->offset_count, query->leaf_count);
    return WEIR_OK;
}

static void take_offsets(WeirStreamExecution *query, const WeirOffsetSeq *offsets, bool committed)
{
    for (uint32_t i = 0; i < query->leaf_count; i++) {
        WeirStreamSource *source = &query->sources[query->leaf_sources[i]];
        weir_stream_replace_text(committed ? &source->committed : &source->available, offsets->offsets[i]);
    }
}

/* Spark asks the older sources for the last batch again although it is committed: one that can't give it any more must
 * say so now. */
static WeirStatus check_sources(WeirStreamExecution *query, WeirError *error)
{
    for (uint32_t i = 0; i < query->source_count; i++) {
        WeirStreamSource *source = &query->sources[i];
        WeirInputPartition *partitions = NULL;
        uint32_t count = 0;
        if ((source->type->capabilities & WEIR_SOURCE_V1) != 0 && source->available != NULL)
            WEIR_TRY(source->type->plan_partitions(source->source, source->committed, source->available,
                                                   &query->batch_arena, &partitions, &count, error));
    }
    return WEIR_OK;
}

static WeirStatus resume(WeirStreamExecution *query, int64_t latest, WeirError *error)
{
    WeirOffsetSeq offsets, previous = {0};
    WEIR_TRY(read_offsets(query, latest, &offsets, error));
    if (latest > 0)
        WEIR_TRY(read_offsets(query, latest - 1, &previous, error));
    int64_t committed = -1;
    WEIR_TRY(weir_metadata_log_latest(&query->commit_log, &committed, error));
    if (offsets.has_metadata)
        weir_query_settings_restore(&query->settings, &offsets);
    query->watermark.global_ms = offsets.batch_watermark_ms;
    take_offsets(query, &offsets, false);
    if (committed == latest) {
        WeirCommitMetadata commit;
        bool found = false;
        WEIR_TRY(weir_commit_log_get(&query->commit_log, latest, &commit, &found, error));
        weir_watermark_tracker_restore(&query->watermark, commit.next_batch_watermark_ms);
        if (latest > 0)
            take_offsets(query, &previous, true);
        WEIR_TRY(check_sources(query, error));
        take_offsets(query, &offsets, true);
        query->batch_id = latest + 1;
        query->previous_watermark_ms = offsets.batch_watermark_ms;
        return WEIR_OK;
    }
    if (committed < latest - 1)
        weir_log(WEIR_LOG_WARN, "stream_execution",
                 "the commit log of %s ends at batch %lld, the offset log at %lld; batch %lld is run again",
                 query->checkpoint, (long long)committed, (long long)latest, (long long)latest);
    if (latest > 0) {
        take_offsets(query, &previous, true);
        query->previous_watermark_ms = previous.batch_watermark_ms;
    }
    query->batch_id = latest;
    query->batch_constructed = true;
    query->batch_has_new_data = true;
    query->batch_watermark_ms = offsets.batch_watermark_ms;
    query->batch_timestamp_ms = offsets.batch_timestamp_ms;
    return WEIR_OK;
}

static WeirStatus make_context(WeirStreamExecution *query, WeirError *error)
{
    WeirQuerySettings *settings = &query->settings;
    const char *zone = weir_query_settings_get(settings, "spark.sql.session.timeZone");
    WeirEvalContext *context = &query->context;
    *context = (WeirEvalContext){
        .ansi = weir_query_settings_bool(settings, "spark.sql.ansi.enabled", true),
        .case_sensitive = weir_query_settings_bool(settings, "spark.sql.caseSensitive", false),
        .current_user = weir_query_settings_get(settings, "weir.user"),
        .current_catalog = "spark_catalog",
        .current_database = "default",
        .conf = weir_query_settings_get,
        .conf_context = settings,
    };
    return weir_time_zone_find(zone == NULL ? weir_time_zone_system_name() : zone, &context->zone, error);
}

static WeirStatus plan_query(WeirStreamExecution *query, WeirError *error)
{
    WeirArena *arena = &query->query_arena;
    WeirPhysicalOptions options = {
        .context = &query->context,
        .streaming = true,
        .output_mode = query->output_mode,
        .aggregation_state_format =
            (int32_t)weir_query_settings_int(&query->settings, "spark.sql.streaming.aggregation.stateFormatVersion", 2),
        .shuffle_partitions = (int32_t)weir_query_settings_int(&query->settings, "spark.sql.shuffle.partitions", 8),
        .next_expression_id = &query->next_expression_id,
    };
    WEIR_TRY(weir_optimize(query->plan, &query->context, false, arena, &query->next_expression_id, &query->optimized,
                           error));
    WEIR_TRY(weir_physical_create(query->optimized, &options, arena, &query->physical, error));
    query->stateful_count = weir_physical_stateful(query->physical, arena, &query->stateful);
    query->watermark_count = weir_physical_watermarks(query->physical, arena, &query->watermark_nodes);
    query->watermark_delays_ms = WEIR_ARENA_ARRAY(arena, int64_t, query->watermark_count + 1);
    for (uint32_t i = 0; i < query->watermark_count; i++)
        query->watermark_delays_ms[i] = weir_watermark_delay_ms(&query->watermark_nodes[i]->delay);
    query->late_ms = WEIR_ARENA_ARRAY(arena, int64_t, query->stateful_count + 1);
    query->eviction_ms = WEIR_ARENA_ARRAY(arena, int64_t, query->stateful_count + 1);
    query->next_ms = WEIR_ARENA_ARRAY(arena, int64_t, query->stateful_count + 1);
    return WEIR_OK;
}

static WeirStatus make_execution(WeirStreamExecution *query, WeirError *error)
{
    WeirQuerySettings *settings = &query->settings;
    WeirExecutionEnvironment *environment = WEIR_ARENA_NEW(&query->query_arena, WeirExecutionEnvironment);
    *environment = (WeirExecutionEnvironment){
        .pool = query->pool,
        .io_pool = query->io_pool,
        .tracker = &query->tracker,
        .context = &query->context,
        .connector = query->sink_context,
        .batch_rows_max = query->batch_rows_max,
        .fs = query->fs,
        .state_directory = weir_path_join(&query->query_arena, query->checkpoint, "state"),
        .durable = query->durable,
        .state_provider_class = weir_query_settings_get(settings, "spark.sql.streaming.stateStore.providerClass"),
        .state_compression_codec =
            weir_query_settings_get(settings, "spark.sql.streaming.stateStore.compression.codec"),
        .state_min_deltas_for_snapshot =
            (int32_t)weir_query_settings_int(settings, "spark.sql.streaming.stateStore.minDeltasForSnapshot", 10),
        .state_batches_to_retain =
            (int32_t)weir_query_settings_int(settings, "spark.sql.streaming.minBatchesToRetain", 100),
        .maintenance = query->maintenance,
    };
    environment->connector.checkpoint = NULL;
    return weir_execution_new(query->physical, environment, &query->execution, error);
}

/* Values that a new query is born with become its settings, so that everything reads them from one place. */
static void settle_settings(WeirStreamExecution *query)
{
    uint32_t count = 0;
    const char *const *logged = weir_query_settings_logged(&query->settings, &query->query_arena, &count);
    for (uint32_t i = 0; i < count; i += 2)
        weir_query_settings_set(&query->settings, logged[i], logged[i + 1]);
}

/* Formats of state that the session or the checkpoint asks for and that are not read or written here. */
static WeirStatus check_state_formats(WeirStreamExecution *query, WeirError *error)
{
    static const struct {
        const char *key, *works;
        const char *operator_name; /* NULL: any */
    } formats[] = {
        {"spark.sql.streaming.stateStore.encodingFormat", "unsaferow", NULL},
        {"spark.sql.streaming.stateStore.rowChecksum.enabled", "false", NULL},
        {"spark.sql.streaming.join.stateFormatVersion", "2", "symmetricHashJoin"},
    };
    WeirQuerySettings *settings = &query->settings;
    for (uint32_t k = 0; k < query->stateful_count; k++) {
        for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
            const char *value = weir_query_settings_get(settings, formats[i].key);
            bool matters = formats[i].operator_name == NULL ||
                           strcmp(formats[i].operator_name, query->stateful[k]->stateful->operator_name) == 0;
            if (matters && value != NULL && strcasecmp(value, formats[i].works) != 0)
                return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_SETTING, "confName", formats[i].key,
                                      "confValue", value, "works", formats[i].works);
        }
        if (weir_query_settings_int(settings, "spark.sql.streaming.stateStore.checkpointFormatVersion", 1) > 1)
            return weir_error_set(error, WEIR_ERROR_STATE_STORE_CHECKPOINT_IDS_NOT_SUPPORTED, "msg",
                                  "HDFSBackedStateStoreProvider has checkpointFormatVersion 1 only");
    }
    return WEIR_OK;
}

/* A source that can't freeze its end makes availableNow one batch with all there is, as in Spark. */
static void settle_trigger(WeirStreamExecution *query)
{
    query->single_batch = query->trigger.kind == WEIR_TRIGGER_ONCE;
    if (query->trigger.kind != WEIR_TRIGGER_AVAILABLE_NOW ||
        weir_query_settings_bool(&query->settings, "spark.sql.streaming.triggerAvailableNowWrapper.enabled", false))
        return;
    for (uint32_t i = 0; i < query->source_count; i++)
        if ((query->sources[i].type->capabilities & WEIR_SOURCE_AVAILABLE_NOW) == 0)
            query->single_batch = true;
}

static WeirStatus open_sink(WeirStreamExecution *query, WeirError *error)
{
    query->sink_context.schema = weir_execution_schema(query->execution);
    return query->sink_type->open(&query->sink_context, &query->sink, error);
}

WeirStatus weir_stream_recover(WeirStreamExecution *query, WeirError *error)
{
    WeirSourceAssignment assignment;
    weir_stream_execution_set_status(query, "Initializing sources", false, false);
    weir_assign_sources(query->plan, &query->query_arena, &assignment);
    query->plan = assignment.plan;
    WEIR_TRY(open_logs(query, error));
    query->sources = WEIR_ARENA_ARRAY(&query->query_arena, WeirStreamSource, assignment.source_count + 1);
    query->source_count = assignment.source_count;
    query->leaf_count = assignment.leaf_count;
    query->leaf_sources = assignment.leaf_sources;
    WEIR_TRY(make_context(query, error));
    query->sink_context.zone = query->context.zone;
    for (uint32_t i = 0; i < assignment.source_count; i++)
        WEIR_TRY(open_source(query, i, assignment.relations[i], error));
    int64_t latest = -1;
    WEIR_TRY(weir_metadata_log_latest(&query->offset_log, &latest, error));
    if (latest < 0) {
        WEIR_TRY(check_empty(query, error));
        query->batch_id = 0;
    } else {
        WEIR_TRY(resume(query, latest, error));
    }
    int64_t restored = query->watermark.global_ms;
    settle_settings(query);
    settle_trigger(query);
    WEIR_TRY(plan_query(query, error));
    WEIR_TRY(check_state_formats(query, error));
    WEIR_TRY(weir_watermark_tracker_init(
        &query->watermark, weir_query_settings_get(&query->settings, "spark.sql.streaming.multipleWatermarkPolicy"),
        query->watermark_count, error));
    weir_watermark_tracker_restore(&query->watermark, restored);
    WEIR_TRY(make_execution(query, error));
    return open_sink(query, error);
}
