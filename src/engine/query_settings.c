/* See query_settings.h. The table is Spark 4.2.1's: which keys it logs, their values for a new query, and what an
 * absent key means. */
#include "engine/query_settings.h"

#include <stdlib.h>

#include "common/duration.h"
#include "common/log.h"

#define SQL "spark.sql."

/* `initial`: for a new query where the session has no value. `absent`: in a checkpoint that lacks the key; NULL = the
 * session's stays. */
static const struct {
    const char *key, *initial, *absent;
} logged_settings[] = {
    {SQL "streaming.stateStore.providerClass",
     "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider", NULL},
    {SQL "streaming.join.stateFormatVersion", "2", "1"},
    {SQL "streaming.stateStore.compression.codec", "lz4", "lz4"},
    {SQL "streaming.stateStore.rocksdb.formatVersion", "5", NULL},
    {SQL "streaming.stateStore.rocksdb.mergeOperatorVersion", "2", "1"},
    {SQL "streaming.stateStore.encodingFormat", "unsaferow", "unsaferow"},
    {SQL "streaming.stateStore.rowChecksum.enabled", "false", "false"},
    {SQL "streaming.statefulOperator.useStrictDistribution", "true", "false"},
    {SQL "streaming.flatMapGroupsWithState.stateFormatVersion", "2", "1"},
    {SQL "streaming.multipleWatermarkPolicy", "min", "min"},
    {SQL "streaming.aggregation.stateFormatVersion", "2", "1"},
    {SQL "shuffle.partitions", "8", NULL},
    {SQL "optimizer.pruneFiltersCanPruneStreamingSubplan", "false", "true"},
    {SQL "streaming.queryEvolution.enableSourceEvolution", "false", NULL},
    {SQL "function.protobufExtensions.enabled", "false", NULL},
};
#define LOGGED_COUNT ((uint32_t)(sizeof(logged_settings) / sizeof(logged_settings[0])))

void weir_query_settings_init(WeirQuerySettings *settings, const char *const *conf, uint32_t conf_count)
{
    memset(settings, 0, sizeof(*settings));
    weir_arena_init(&settings->arena, NULL);
    for (uint32_t i = 0; i + 1 < conf_count; i += 2)
        weir_query_settings_set(settings, conf[i], conf[i + 1]);
}

void weir_query_settings_deinit(WeirQuerySettings *settings)
{
    weir_free(settings->entries);
    weir_arena_deinit(&settings->arena);
}

void weir_query_settings_set(WeirQuerySettings *settings, const char *key, const char *value)
{
    const char *copy = weir_arena_strdup(&settings->arena, value);
    for (uint32_t i = 0; i < settings->count; i += 2) {
        if (strcmp(settings->entries[i], key) == 0) {
            settings->entries[i + 1] = copy;
            return;
        }
    }
    if (settings->count + 2 > settings->capacity) {
        settings->capacity = settings->capacity == 0 ? 64 : settings->capacity * 2;
        settings->entries = weir_realloc(settings->entries, settings->capacity * sizeof(settings->entries[0]));
    }
    settings->entries[settings->count++] = weir_arena_strdup(&settings->arena, key);
    settings->entries[settings->count++] = copy;
}

const char *weir_query_settings_get(void *context, const char *key)
{
    const WeirQuerySettings *settings = context;
    for (uint32_t i = 0; i < settings->count; i += 2)
        if (strcmp(settings->entries[i], key) == 0)
            return settings->entries[i + 1];
    return NULL;
}

int64_t weir_query_settings_int(WeirQuerySettings *settings, const char *key, int64_t fallback)
{
    const char *text = weir_query_settings_get(settings, key);
    if (text == NULL)
        return fallback;
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    return end == text || *end != '\0' ? fallback : value;
}

bool weir_query_settings_bool(WeirQuerySettings *settings, const char *key, bool fallback)
{
    const char *text = weir_query_settings_get(settings, key);
    return text == NULL ? fallback : strcmp(text, "true") == 0;
}

int64_t weir_query_settings_ms(WeirQuerySettings *settings, const char *key, int64_t fallback_ms)
{
    const char *text = weir_query_settings_get(settings, key);
    int64_t ms;
    return text != NULL && weir_duration_parse_ms(text, &ms) ? ms : fallback_ms;
}

const char *const *weir_query_settings_logged(WeirQuerySettings *settings, WeirArena *arena, uint32_t *count)
{
    const char **conf = WEIR_ARENA_ARRAY(arena, const char *, LOGGED_COUNT * 2);
    for (uint32_t i = 0; i < LOGGED_COUNT; i++) {
        const char *value = weir_query_settings_get(settings, logged_settings[i].key);
        conf[2 * i] = logged_settings[i].key;
        conf[2 * i + 1] = value == NULL ? logged_settings[i].initial : value;
    }
    *count = LOGGED_COUNT * 2;
    return conf;
}

static const char *logged_value(const WeirOffsetSeq *logged, const char *key)
{
    for (uint32_t i = 0; i + 1 < logged->conf_count; i += 2)
        if (strcmp(logged->conf[i], key) == 0)
            return logged->conf[i + 1];
    return NULL;
}

void weir_query_settings_restore(WeirQuerySettings *settings, const WeirOffsetSeq *logged)
{
    for (uint32_t i = 0; i < LOGGED_COUNT; i++) {
        const char *key = logged_settings[i].key;
        const char *value = logged_value(logged, key);
        const char *session = weir_query_settings_get(settings, key);
        if (value == NULL)
            value = logged_settings[i].absent;
        if (value == NULL)
            continue;
        if (session != NULL && strcmp(session, value) != 0)
            weir_log(WEIR_LOG_WARN, "stream_execution", "%s is %s in the checkpoint, which wins over the session's %s",
                     key, value, session);
        weir_query_settings_set(settings, key, value);
    }
}
