/* Every setting that weir honours, refuses, or that Spark's scripts commonly set without consequence here. Initial
 * values are Spark 4.2.1's but for spark.sql.shuffle.partitions (8; Spark: 200), which a checkpoint freezes. Sorted by
 * key. */
#include "session/config.h"

/* And what else WeirSetting has, as designated initializers. */
#define SETTING(KEY, INITIAL, MEANING, ...)                                                                            \
    {                                                                                                                  \
        .key = KEY, .initial = INITIAL, .meaning = MEANING, __VA_ARGS__                                                \
    }

static const WeirSetting settings[] = {
    SETTING("spark.sql.adaptive.enabled", "true", "accepted; plans here need no adapting"),
    SETTING("spark.sql.ansi.doubleQuotedIdentifiers", "false", "double quotes make identifiers, not strings"),
    SETTING("spark.sql.ansi.enabled", "true", "errors instead of nulls for overflow, bad casts and indexes"),
    SETTING("spark.sql.ansi.enforceReservedKeywords", "false", "reserved words may not be identifiers"),
    SETTING("spark.sql.caseSensitive", "false", "names differ by case"),
    SETTING("spark.sql.csv.parser.columnPruning.enabled", "true", "CSV parses only the columns needed"),
    SETTING("spark.sql.cteRecursionLevelLimit", "100", "levels of WITH RECURSIVE; -1 = any"),
    SETTING("spark.sql.cteRecursionRowLimit", "1000000", "rows of WITH RECURSIVE; -1 = any"),
    SETTING("spark.sql.files.ignoreCorruptFiles", "false", "go on after a file that cannot be read"),
    SETTING("spark.sql.files.ignoreMissingFiles", "false", "go on when a listed file is gone"),
    SETTING("spark.sql.groupByAliases", "true", "GROUP BY may name a SELECT alias"),
    SETTING("spark.sql.groupByOrdinal", "true", "GROUP BY 1 is the first column"),
    SETTING("spark.sql.json.enablePartialResults", "true", "malformed JSON fields give what could be read",
            .works = "true"),
    SETTING("spark.sql.lateralColumnAlias.enableImplicitResolution", "true", "SELECT a AS b, b + 1"),
    SETTING("spark.sql.legacy.timeParserPolicy", "CORRECTED", "date patterns as Java 8+"),
    SETTING("spark.sql.mapKeyDedupPolicy", "EXCEPTION", "duplicate keys of a map: EXCEPTION or LAST_WIN"),
    SETTING("spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan", "false",
            "drop streams below a filter that is false", .works = "false"),
    SETTING("spark.sql.orderByOrdinal", "true", "ORDER BY 1 is the first column"),
    SETTING("spark.sql.parser.escapedStringLiterals", "false", "backslashes in strings are kept"),
    SETTING("spark.sql.session.timeZone", NULL, "the session's time zone; the system's unless set"),
    SETTING("spark.sql.shuffle.partitions", "8", "partitions of state and exchanges; final for a checkpoint"),
    SETTING("spark.sql.sources.useV1SourceList", "avro,csv,json,kafka,orc,parquet,text", "accepted without effect"),
    SETTING("spark.sql.streaming.aggregation.stateFormatVersion", "2", "layout of aggregation state", .spark = "1|2"),
    SETTING("spark.sql.streaming.asyncLogPurge.enabled", "true", "accepted; old log entries go within the batch"),
    SETTING("spark.sql.streaming.checkpoint.fileChecksum.enabled", "true",
            "accepted; checkpoints of format 1 have no such files"),
    SETTING("spark.sql.streaming.checkpoint.verifyMetadataExists.enabled", "true",
            "logs without a metadata file are refused"),
    SETTING("spark.sql.streaming.checkpointLocation", NULL, "root of checkpoints that a query does not name"),
    SETTING("spark.sql.streaming.fileSink.log.cleanupDelay", "600000ms", "age of sink log files before they go",
            .kind = WEIR_SETTING_DURATION),
    SETTING("spark.sql.streaming.fileSink.log.compactInterval", "10", "every how many batches a sink log is compacted"),
    SETTING("spark.sql.streaming.fileSink.log.deletion", "true", "delete sink log files that a compaction holds"),
    SETTING("spark.sql.streaming.fileSource.log.cleanupDelay", "600000ms", "age of source log files before they go",
            .kind = WEIR_SETTING_DURATION),
    SETTING("spark.sql.streaming.fileSource.log.compactInterval", "10",
            "every how many batches a source log is compacted"),
    SETTING("spark.sql.streaming.fileSource.log.deletion", "true", "delete source log files that a compaction holds"),
    SETTING("spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion", "2",
            "logged only; there is no such operator", .spark = "1|2"),
    SETTING("spark.sql.streaming.forceDeleteTempCheckpointLocation", "false",
            "remove temporary checkpoints of failed queries too"),
    SETTING("spark.sql.streaming.join.stateFormatVersion", "2", "layout of join state", .spark = "1|2|3|4",
            .works = "2"),
    SETTING("spark.sql.streaming.minBatchesToRetain", "100", "batches that stay recoverable"),
    SETTING("spark.sql.streaming.multipleWatermarkPolicy", "min", "global watermark of several: min or max",
            .spark = "min|max"),
    SETTING("spark.sql.streaming.noDataMicroBatches.enabled", "true", "batches without data, to evict state"),
    SETTING("spark.sql.streaming.noDataProgressEventInterval", "10000ms", "time between progress reports while idle",
            .kind = WEIR_SETTING_DURATION),
    SETTING("spark.sql.streaming.numRecentProgressUpdates", "100", "progress reports kept"),
    SETTING("spark.sql.streaming.offsetLog.formatVersion", "1", "layout of new offset logs", .spark = "1|2",
            .works = "1"),
    SETTING("spark.sql.streaming.pollingDelay", "10ms", "time before an idle source is asked again",
            .kind = WEIR_SETTING_DURATION),
    SETTING("spark.sql.streaming.queryEvolution.enableSinkEvolution", "false", "named sinks", .works = "false"),
    SETTING("spark.sql.streaming.queryEvolution.enableSourceEvolution", "false", "named sources", .works = "false"),
    SETTING("spark.sql.streaming.schemaInference", "false", "infer the schema of streaming file sources"),
    SETTING("spark.sql.streaming.sessionWindow.stateFormatVersion", "1", "layout of session window state",
            .spark = "1"),
    SETTING("spark.sql.streaming.stateStore.checkpointFormatVersion", "1",
            "layout of state checkpoints; 2 needs another provider"),
    SETTING("spark.sql.streaming.stateStore.compression.codec", "lz4", "codec of state files"),
    SETTING("spark.sql.streaming.stateStore.encodingFormat", "unsaferow", "encoding of state rows",
            .spark = "unsaferow|avro", .works = "unsaferow"),
    SETTING("spark.sql.streaming.stateStore.formatValidation.enabled", "true",
            "check the first row of stored state against its schema", .works = "true"),
    SETTING("spark.sql.streaming.stateStore.maintenanceInterval", "60000ms", "time between passes of state maintenance",
            .kind = WEIR_SETTING_DURATION),
    SETTING("spark.sql.streaming.stateStore.minDeltasForSnapshot", "10", "deltas before a snapshot is made"),
    SETTING("spark.sql.streaming.stateStore.providerClass",
            "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider", "the state store"),
    SETTING("spark.sql.streaming.stateStore.rowChecksum.enabled", "false", "checksums of state rows", .works = "false"),
    SETTING("spark.sql.streaming.stateStore.stateSchemaCheck", "true", "check the schema of stored state"),
    SETTING("spark.sql.streaming.statefulOperator.allowMultiple", "true", "several stateful operators in append mode"),
    SETTING("spark.sql.streaming.statefulOperator.checkCorrectness.enabled", "true",
            "refuse chains that may drop rows as late"),
    SETTING("spark.sql.streaming.statefulOperator.useStrictDistribution", "true",
            "state partitioning of Spark 3.3 and later", .works = "true"),
    SETTING("spark.sql.streaming.stopActiveRunOnRestart", "true", "a second start of a query stops the first"),
    SETTING("spark.sql.streaming.stopTimeout", "0", "time that stop waits, 0 = until it is done",
            .kind = WEIR_SETTING_DURATION),
    SETTING("spark.sql.streaming.triggerAvailableNowWrapper.enabled", "false",
            "availableNow in several batches for sources that lack it"),
    SETTING("spark.sql.streaming.unsupportedOperationCheck", "true", "refuse what streams cannot do"),
    SETTING("spark.sql.variable.substitute", "true", "replace ${name} in statements"),
    SETTING("weir.batch.rows", "4096", "rows of a batch of columns at most"),
    SETTING("weir.memory.limit", NULL,
            "bytes for the session; the lesser of half the RAM and the cgroup's limit unless set"),
    SETTING("weir.query.memory.limit", NULL, "bytes for one query; weir.memory.limit unless set"),
    SETTING("weir.threads", NULL,
            "workers for all queries; the cores unless set; 0 runs everything on the query's own thread"),
    SETTING("weir.user", NULL, "what current_user() gives; $USER unless set"),
};

const WeirSetting *weir_settings(uint32_t *count)
{
    *count = (uint32_t)(sizeof(settings) / sizeof(settings[0]));
    return settings;
}

const WeirSetting *weir_setting_find(const char *key)
{
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (strcmp(settings[i].key, key) == 0)
            return &settings[i];
    return NULL;
}
