/* Every setting that weir honours or that Spark's scripts commonly set without consequence here. Initial values are
 * Spark 4.2.1's but for spark.sql.shuffle.partitions (8; Spark: 200), which a checkpoint freezes. Sorted by key. */
#include "session/config.h"

static const WeirSetting settings[] = {
    {"spark.sql.adaptive.enabled", "true", "accepted; plans here need no adapting"},
    {"spark.sql.ansi.doubleQuotedIdentifiers", "false", "double quotes make identifiers, not strings"},
    {"spark.sql.ansi.enabled", "true", "errors instead of nulls for overflow, bad casts and indexes"},
    {"spark.sql.ansi.enforceReservedKeywords", "false", "reserved words may not be identifiers"},
    {"spark.sql.caseSensitive", "false", "names differ by case"},
    {"spark.sql.csv.parser.columnPruning.enabled", "true", "CSV parses only the columns needed"},
    {"spark.sql.cteRecursionLevelLimit", "100", "levels of WITH RECURSIVE; -1 = any"},
    {"spark.sql.cteRecursionRowLimit", "1000000", "rows of WITH RECURSIVE; -1 = any"},
    {"spark.sql.files.ignoreCorruptFiles", "false", "go on after a file that cannot be read"},
    {"spark.sql.files.ignoreMissingFiles", "false", "go on when a listed file is gone"},
    {"spark.sql.groupByAliases", "true", "GROUP BY may name a SELECT alias"},
    {"spark.sql.groupByOrdinal", "true", "GROUP BY 1 is the first column"},
    {"spark.sql.json.enablePartialResults", "true", "malformed JSON fields give what could be read"},
    {"spark.sql.lateralColumnAlias.enableImplicitResolution", "true", "SELECT a AS b, b + 1"},
    {"spark.sql.legacy.timeParserPolicy", "CORRECTED", "date patterns as Java 8+"},
    {"spark.sql.mapKeyDedupPolicy", "EXCEPTION", "duplicate keys of a map: EXCEPTION or LAST_WIN"},
    {"spark.sql.orderByOrdinal", "true", "ORDER BY 1 is the first column"},
    {"spark.sql.parser.escapedStringLiterals", "false", "backslashes in strings are kept"},
    {"spark.sql.session.timeZone", NULL, "the session's time zone; the system's unless set"},
    {"spark.sql.shuffle.partitions", "8", "partitions of state and exchanges; final for a checkpoint"},
    {"spark.sql.sources.useV1SourceList", "avro,csv,json,kafka,orc,parquet,text", "accepted without effect"},
    {"spark.sql.streaming.aggregation.stateFormatVersion", "2", "layout of aggregation state"},
    {"spark.sql.streaming.checkpoint.verifyMetadataExists.enabled", "true", "logs without a metadata file are refused"},
    {"spark.sql.streaming.checkpointLocation", NULL, "root of checkpoints that a query does not name"},
    {"spark.sql.streaming.fileSink.log.cleanupDelay", "10m", "age of sink log files before they go"},
    {"spark.sql.streaming.fileSink.log.compactInterval", "10", "every how many batches a sink log is compacted"},
    {"spark.sql.streaming.fileSink.log.deletion", "true", "delete sink log files that a compaction holds"},
    {"spark.sql.streaming.fileSource.log.cleanupDelay", "10m", "age of source log files before they go"},
    {"spark.sql.streaming.fileSource.log.compactInterval", "10", "every how many batches a source log is compacted"},
    {"spark.sql.streaming.fileSource.log.deletion", "true", "delete source log files that a compaction holds"},
    {"spark.sql.streaming.minBatchesToRetain", "100", "batches that stay recoverable"},
    {"spark.sql.streaming.multipleWatermarkPolicy", "min", "global watermark of several: min or max"},
    {"spark.sql.streaming.noDataMicroBatches.enabled", "true", "batches without data, to evict state"},
    {"spark.sql.streaming.noDataProgressEventInterval", "10000", "ms between progress reports while idle"},
    {"spark.sql.streaming.numRecentProgressUpdates", "100", "progress reports kept"},
    {"spark.sql.streaming.pollingDelay", "10", "ms before an idle source is asked again"},
    {"spark.sql.streaming.schemaInference", "false", "infer the schema of streaming file sources"},
    {"spark.sql.streaming.stateStore.compression.codec", "lz4", "codec of state files"},
    {"spark.sql.streaming.stateStore.maintenanceInterval", "60s", "time between passes of state maintenance"},
    {"spark.sql.streaming.stateStore.minDeltasForSnapshot", "10", "deltas before a snapshot is made"},
    {"spark.sql.streaming.stateStore.providerClass",
     "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider", "the state store"},
    {"spark.sql.streaming.stateStore.stateSchemaCheck", "true", "check the schema of stored state"},
    {"spark.sql.streaming.statefulOperator.allowMultiple", "true", "several stateful operators in append mode"},
    {"spark.sql.streaming.statefulOperator.checkCorrectness.enabled", "true",
     "refuse chains that may drop rows as late"},
    {"spark.sql.streaming.statefulOperator.useStrictDistribution", "true", "state partitioning of Spark 3.3 and later"},
    {"spark.sql.streaming.stopActiveRunOnRestart", "true", "a second start of a query stops the first"},
    {"spark.sql.streaming.stopTimeout", "0", "ms that stop waits, 0 = until it is done"},
    {"spark.sql.streaming.unsupportedOperationCheck", "true", "refuse what streams cannot do"},
    {"spark.sql.variable.substitute", "true", "replace ${name} in statements"},
    {"weir.batch.rows", "4096", "rows of a batch of columns at most"},
    {"weir.memory.limit", NULL, "bytes for the session; the lesser of half the RAM and the cgroup's limit unless set"},
    {"weir.query.memory.limit", NULL, "bytes for one query; weir.memory.limit unless set"},
    {"weir.threads", NULL,
     "workers for all queries; the cores unless set; 0 runs everything on the query's own thread"},
    {"weir.user", NULL, "what current_user() gives; $USER unless set"},
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
