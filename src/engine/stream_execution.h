/* A streaming query from start to end (Spark: StreamExecution): its thread, logs, sources, sink, state and progress.
 * The micro-batch driver is micro_batch_execution.c. Functions marked "any thread" may be called from anywhere; the
 * rest belong to the thread that starts and frees the query. */
#ifndef WEIR_ENGINE_STREAM_EXECUTION_H
#define WEIR_ENGINE_STREAM_EXECUTION_H

#include "engine/listener_bus.h"
#include "engine/trigger.h"
#include "operators/execution.h"

typedef struct WeirStreamExecution WeirStreamExecution;

/* What a query is made of. Everything pointed to must outlive the query, unless "copied" is said. */
typedef struct WeirStreamExecutionSpec {
    const char *name;        /* copied; may be NULL */
    const char *output_mode; /* copied; as written by the user */
    WeirTrigger trigger;
    const char *checkpoint; /* copied; NULL: a temporary one, removed on a clean stop */
    const WeirSinkType *sink_type;
    WeirOptions sink_options;
    const char *const *partition_names;
    uint32_t partition_name_count;
    WeirLogicalPlan *plan;   /* analyzed */
    const char *const *conf; /* key, value, …: the session's settings now; copied */
    uint32_t conf_count;
    WeirFileSystem *fs;
    WeirClock *clock;     /* of this query alone: its sleeps are interrupted by stop */
    uint64_t random_seed; /* 0: from the system */
    WeirTaskPool *pool, *io_pool;
    WeirStateMaintenance *maintenance; /* may be NULL */
    WeirMemoryTracker *tracker;
    int64_t memory_limit_bytes; /* 0: the tracker's */
    WeirListenerBus *bus;
    WeirConnectorSession *connector_session;
    int64_t next_expression_id;
    uint32_t batch_rows_max; /* 0: the default */
    /* Called with the query's id before it starts; may refuse. NULL: not. */
    WeirStatus (*claim_id)(void *context, const char *id, WeirError *error);
    void *claim_context;
} WeirStreamExecutionSpec;

/* Checks what Spark's start() checks (modes, unsupported operations, checkpoint and its metadata), then starts the
 * query's thread. */
WEIR_CHECKED WeirStatus weir_stream_execution_start(const WeirStreamExecutionSpec *spec, WeirStreamExecution **query,
                                                    WeirError *error);
/* Stops (after the running batch), joins and frees. NULL is allowed. */
void weir_stream_execution_free(WeirStreamExecution *query);

/* Any thread: */
const char *weir_stream_execution_name(const WeirStreamExecution *query);
const char *weir_stream_execution_id(const WeirStreamExecution *query);
const char *weir_stream_execution_run_id(const WeirStreamExecution *query);
bool weir_stream_execution_is_active(WeirStreamExecution *query);
bool weir_stream_execution_is_finite(const WeirStreamExecution *query);
void weir_stream_execution_request_stop(WeirStreamExecution *query);
/* False: the time (ms; < 0 = for ever) is over and it still runs. */
bool weir_stream_execution_await(WeirStreamExecution *query, int64_t timeout_ms);
/* Until a trigger found no new data, or the query ended. */
void weir_stream_execution_process_all_available(WeirStreamExecution *query);
/* WEIR_OK, or the failure that ended it, copied to `error`. */
WeirStatus weir_stream_execution_failure(WeirStreamExecution *query, WeirError *error);
/* The batch under way or the last one; -1: none yet. */
int64_t weir_stream_execution_batch_id(WeirStreamExecution *query);
void weir_stream_execution_status(WeirStreamExecution *query, WeirBuffer *json);
/* False: no progress yet. */
bool weir_stream_execution_last_progress(WeirStreamExecution *query, WeirBuffer *json);
void weir_stream_execution_recent_progress(WeirStreamExecution *query, WeirBuffer *json); /* a JSON array */
void weir_stream_execution_explain(WeirStreamExecution *query, bool extended, WeirBuffer *out);

#endif
