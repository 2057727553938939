/* The queries that the tests of this folder disturb, their input, and what an undisturbed run gives. Each test program
 * includes this once. */
#ifndef WEIR_TEST_RECOVERY_CASE_H
#define WEIR_TEST_RECOVERY_CASE_H

#include <stdio.h>
#include <string.h>

#include "support/simulated_query.h"
#include "support/test.h"

#define INPUT_FILES 7
#define FILE_ROWS 6
/* Sanitizers slow a run down ten times: they look at a part of the places, another one for each seed. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STRIDE 13
#else
#define STRIDE 1
#endif

/* Small intervals and a short memory, so that a short run compacts its logs and purges them. */
#define SETTINGS                                                                                                       \
    "SET spark.sql.streaming.minBatchesToRetain = 2;"                                                                  \
    "SET spark.sql.streaming.stateStore.minDeltasForSnapshot = 2;"                                                     \
    "SET spark.sql.streaming.fileSource.log.compactInterval = 3;"                                                      \
    "SET spark.sql.streaming.fileSink.log.compactInterval = 3;"                                                        \
    "SET spark.sql.streaming.fileSource.log.cleanupDelay = 0;"                                                         \
    "SET spark.sql.streaming.fileSink.log.cleanupDelay = 0;"
#define INPUT                                                                                                          \
    "CREATE TEMPORARY VIEW events (ts TIMESTAMP, kind STRING, amount BIGINT) USING json OPTIONS (path '/in', "         \
    "maxFilesPerTrigger '1');"

typedef struct RecoveryCase {
    const char *name;
    WeirSimulatedQuery query;
    bool file_sink; /* the result is what the sink at /out holds; otherwise what the script's SELECT gives in the last
                       run */
} RecoveryCase;

/* A windowed count under a watermark, appended to files. */
static const char windowed_script[] =
    SETTINGS INPUT "CREATE STREAMING TABLE t USING json OPTIONS (outputMode 'append', trigger 'availableNow', "
                   "checkpointLocation '/ck', path '/out') AS "
                   "SELECT window.start AS start, kind, count(*) AS n, sum(amount) AS total FROM STREAM events "
                   "WATERMARK ts DELAY OF INTERVAL 2 MINUTES "
                   "GROUP BY window(ts, '1 minute'), kind;";
/* A count in complete mode, the only one in which a memory sink goes on from a checkpoint: its table is the whole
 * state. */
static const char count_script[] =
    SETTINGS INPUT "CREATE STREAMING TABLE t USING memory OPTIONS (outputMode 'complete', trigger 'availableNow', "
                   "checkpointLocation '/ck') AS "
                   "SELECT kind, count(*) AS n, sum(amount) AS total FROM STREAM events GROUP BY kind;"
                   "SELECT * FROM t;";
/* Two stores a partition: a join of the stream with itself, deduplicated input, appended to files. */
static const char join_script[] =
    SETTINGS INPUT "CREATE TEMPORARY VIEW l AS SELECT ts, kind AS lk, amount AS la FROM STREAM events WATERMARK ts "
                   "DELAY OF INTERVAL 2 MINUTES;"
                   "CREATE TEMPORARY VIEW r AS SELECT ts AS rts, kind AS rk, amount AS ra FROM STREAM events WATERMARK "
                   "ts DELAY OF INTERVAL 2 MINUTES;"
                   "CREATE STREAMING TABLE t USING json OPTIONS (outputMode 'append', trigger 'availableNow', "
                   "checkpointLocation '/ck', path '/out') AS "
                   "SELECT lk, la, ra FROM l JOIN r ON lk = rk AND rts BETWEEN ts AND ts + INTERVAL 1 MINUTE;";

static inline void put_inputs(WeirFileSystem *fs)
{
    uint32_t random = 7;
    for (int file = 0; file < INPUT_FILES; file++) {
        char path[64], text[FILE_ROWS * 100];
        int length = 0;
        for (int row = 0; row < FILE_ROWS; row++) {
            random = random * 1664525 + 1013904223;
            /* Never later than the watermark: which of those rows count depends on batches without data, and so on
             * restarts (as in Spark). */
            int second = (file + 2) * 60 + (int)(random >> 8) % 150 - 90;
            length += snprintf(text + length, sizeof(text) - (size_t)length,
                               "{\"ts\":\"2024-01-01T00:%02d:%02dZ\",\"kind\":\"%c\",\"amount\":%u}\n", second / 60,
                               second % 60, "abc"[(random >> 16) % 3], (random >> 20) % 100);
        }
        snprintf(path, sizeof(path), "/in/%03d.json", file);
        weir_simulated_file_system_put(fs, path, text, 1700000000000 + file * 1000);
    }
}

/* A query that was stopped before its closing batch without data runs none until new data come: this file, far in the
 * future. */
static inline void put_last_input(WeirFileSystem *fs)
{
    weir_simulated_file_system_put(fs, "/in/999.json",
                                   "{\"ts\":\"2030-01-01T00:00:00Z\",\"kind\":\"a\",\"amount\":0}\n"
                                   "{\"ts\":\"2030-01-01T00:00:00Z\",\"kind\":\"b\",\"amount\":0}\n"
                                   "{\"ts\":\"2030-01-01T00:00:00Z\",\"kind\":\"c\",\"amount\":0}\n",
                                   1800000000000);
}

/* With the last file: its run, and what the query holds then. */
static inline WeirStatus finish(WeirFileSystem *fs, const RecoveryCase *recovery, WeirBuffer *result, WeirError *error)
{
    weir_buffer_clear(result);
    put_last_input(fs);
    WEIR_TRY(weir_simulated_query_run(fs, &recovery->query, recovery->file_sink ? NULL : result, error));
    if (recovery->file_sink)
        return weir_simulated_sink_lines(fs, "/out", result, error);
    weir_sort_lines(result);
    return WEIR_OK;
}

/* Fills `wanted` and gives how many calls among `calls` the first run makes. */
static inline uint64_t run_undisturbed(const RecoveryCase *recovery, WeirSimulatedCall calls, WeirBuffer *wanted)
{
    WeirError error = {0};
    WeirFileSystem *fs = weir_simulated_file_system_new(NULL);
    put_inputs(fs);
    weir_simulated_file_system_fail(fs, calls, UINT64_MAX, WEIR_SIMULATED_EIO);
    assert_ok(weir_simulated_query_run(fs, &recovery->query, NULL, &error), error);
    uint64_t count = weir_simulated_file_system_call_count(fs);
    assert_ok(finish(fs, recovery, wanted, &error), error);
    weir_simulated_file_system_free(fs);
    assert_true(wanted->length > 0);
    return count;
}

#define check_recovered(fs, recovery, wanted, ...)                                                                     \
    do {                                                                                                               \
        WeirError failed = {0};                                                                                        \
        char place[200];                                                                                               \
        WeirBuffer got;                                                                                                \
        weir_buffer_init(&got, 0, NULL);                                                                               \
        snprintf(place, sizeof(place), __VA_ARGS__);                                                                   \
        if (weir_simulated_query_run((fs), &(recovery)->query, NULL, &failed) != WEIR_OK)                              \
            fail_msg("%s, %s: the restart failed: [%s] %s", (recovery)->name, place, failed.condition,                 \
                     failed.message);                                                                                  \
        if (finish((fs), (recovery), &got, &failed) != WEIR_OK)                                                        \
            fail_msg("%s, %s: the last run failed: [%s] %s", (recovery)->name, place, failed.condition,                \
                     failed.message);                                                                                  \
        if (strcmp(weir_buffer_text(&got), weir_buffer_text(wanted)) != 0)                                             \
            fail_msg("%s, %s: another result:\n%sinstead of\n%s", (recovery)->name, place, weir_buffer_text(&got),     \
                     weir_buffer_text(wanted));                                                                        \
        weir_buffer_deinit(&got);                                                                                      \
    } while (0)

#endif
