/* The inside of a streaming query, shared by the files of engine/ that drive it. */
#ifndef WEIR_ENGINE_STREAM_EXECUTION_PRIVATE_H
#define WEIR_ENGINE_STREAM_EXECUTION_PRIVATE_H

#include <pthread.h>

#include "checkpoint/checkpoint.h"
#include "engine/progress_reporter.h"
#include "engine/query_settings.h"
#include "engine/sink_output.h"
#include "engine/stream_execution.h"
#include "engine/watermark_tracker.h"

/* One streaming leaf, in the order of the plan. Offsets are heap texts owned here; NULL = none yet. */
typedef struct WeirStreamSource {
    const WeirRelation *relation;
    const WeirSourceType *type;
    WeirSource *source;
    WeirConnectorContext context;
    char *directory;
    char *committed;    /* end of the last committed batch */
    char *available;    /* end of the batch under way */
    char *latest;       /* for progress; may be NULL */
    char *started_from; /* committed when the batch under way began */
    int64_t rows;
} WeirStreamSource;

typedef struct WeirProgressRing {
    char **texts;
    uint32_t capacity;
    uint32_t count;
    uint32_t next;
} WeirProgressRing;

struct WeirStreamExecution {
    /* ---- fixed at start */
    char *name;
    char id[37], run_id[37];
    char *output_mode; /* "append", "update", "complete" */
    WeirTrigger trigger;
    char *checkpoint;
    bool temporary_checkpoint;
    bool durable;
    const WeirSinkType *sink_type;
    WeirConnectorContext sink_context;
    WeirLogicalPlan *plan;
    WeirFileSystem *fs;
    WeirClock *clock;
    WeirRandom random;
    WeirTaskPool *pool, *io_pool;
    WeirStateMaintenance *maintenance;
    WeirMemoryTracker tracker;
    WeirListenerBus *bus;
    WeirConnectorSession *connector_session;
    uint32_t batch_rows_max;
    int64_t next_expression_id;
    pthread_t thread;
    bool thread_started;

    /* ---- of the query's thread */
    WeirQuerySettings settings;
    WeirEvalContext context;
    WeirArena query_arena; /* plans, schemas, contexts */
    WeirArena batch_arena; /* offsets and partitions of the batch under way */
    WeirMetadataLog offset_log, commit_log;
    WeirStreamSource *sources;
    uint32_t source_count;
    uint32_t *leaf_sources; /* the source of each streaming leaf of the plan: the offset log has a line a leaf */
    uint32_t leaf_count;
    WeirSink *sink;
    WeirLogicalPlan *optimized;
    WeirPhysicalPlan *physical;
    WeirExecution *execution;
    const WeirPhysicalPlan *const *stateful;
    uint32_t stateful_count;
    const WeirPhysicalPlan *const *watermark_nodes;
    uint32_t watermark_count;
    int64_t *watermark_delays_ms;
    int64_t *late_ms, *eviction_ms, *next_ms; /* by operator id */
    WeirWatermarkTracker watermark;
    int64_t batch_id;       /* next or under way */
    bool batch_constructed; /* recovery found one that was not committed */
    bool batch_has_new_data;
    int64_t batch_watermark_ms, batch_timestamp_ms; /* logged for the batch under way */
    int64_t previous_watermark_ms;                  /* of batch_id - 1: the late filter's */
    bool has_run_batch;                             /* in this run */
    WeirTriggerTimers timers;
    int64_t previous_trigger_ms;
    int64_t last_idle_progress_ms;
    bool available_now_prepared;
    bool single_batch; /* trigger once, or availableNow over a source that can't freeze its end */

    /* ---- shared, under `mutex` */
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    _Atomic bool stop_requested;
    _Atomic bool source_has_news; /* since the last trigger began to wait */
    bool active;
    /* Waits for all available data are numbered. A trigger that finds nothing answers those that were asked before it
     * looked: one asked while it looks must not be told of a look that may have missed its data. */
    uint64_t waits_asked, waits_answered;
    WeirError failure; /* status WEIR_OK: none */
    char status_message[256];
    bool data_available, trigger_active;
    int64_t shown_batch_id;
    WeirProgressRing progress;
    char *explain_simple, *explain_extended; /* made after the first batch was planned */
};

void weir_stream_execution_set_status(WeirStreamExecution *query, const char *message, bool data_available,
                                      bool trigger_active);
void weir_stream_execution_post_progress(WeirStreamExecution *query, const WeirExecutionMetrics *metrics,
                                         bool executed);
/* One flag, many places: whether the query was asked to end. */
static inline bool weir_stream_execution_stopping(WeirStreamExecution *query)
{
    return atomic_load(&query->stop_requested);
}

/* recovery.c: open logs and sources, plan, and find where to go on (Spark: populateStartOffsets). */
WEIR_CHECKED WeirStatus weir_stream_recover(WeirStreamExecution *query, WeirError *error);
/* state_metadata.c: check against, or write, operator metadata and state schema files. */
WEIR_CHECKED WeirStatus weir_stream_check_state_metadata(WeirStreamExecution *query, bool is_new, WeirError *error);
/* construct_batch.c: decide whether a batch runs and log its offsets. */
WEIR_CHECKED WeirStatus weir_stream_construct_batch(WeirStreamExecution *query, WeirError *error);
/* micro_batch_execution.c: the loop of the query's thread. */
WEIR_CHECKED WeirStatus weir_micro_batch_run(WeirStreamExecution *query, WeirError *error);

static inline void weir_stream_replace_text(char **text, const char *value)
{
    char *copy = value == NULL ? NULL : weir_strdup(value);
    weir_free(*text);
    *text = copy;
}
static inline bool weir_stream_same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

#endif
