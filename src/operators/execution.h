/* Running a physical plan: pipelines of operators over batches, in scan tasks (morsels) → barrier → merge tasks →
 * barrier → state commit. A WeirExecution is built once per query (programs compiled, stores opened) and run once
 * (batch query) or once per micro-batch. Same input, same bits, for any number of threads. */
#ifndef WEIR_OPERATORS_EXECUTION_H
#define WEIR_OPERATORS_EXECUTION_H

#include "common/task_pool.h"
#include "physical/physical_plan.h"
#include "state/state_store.h"

/* Where the rows of the plan go. */
typedef struct WeirExecutionOutput {
    void *context;
    /* ordered: one call at a time, on the thread that runs the execution, rows in Spark's order (by task, then as
     * produced). Otherwise: from tasks, concurrently; `task_index` < task count and rows of one task come in order. The
     * callee retains what it keeps (compacted if it keeps long). */
    bool ordered;
    WeirStatus (*begin)(void *context, uint32_t task_count, WeirError *error);     /* driver; optional */
    WeirStatus (*open_task)(void *context, uint32_t task_index, WeirError *error); /* in the task; optional */
    WeirStatus (*consume)(void *context, uint32_t task_index, WeirBatch *batch, WeirError *error);
    WeirStatus (*close_task)(void *context, uint32_t task_index, bool failed,
                             WeirError *error); /* in the task; optional: sink commit_task or abort_task */
} WeirExecutionOutput;

/* What a query gives its execution; outlives it. */
typedef struct WeirExecutionEnvironment {
    WeirTaskPool *pool;
    WeirTaskPool *io_pool; /* fsync of state files */
    WeirMemoryTracker *tracker;
    const WeirEvalContext *context; /* now_micros may change between runs */
    WeirConnectorContext connector; /* template for static relations */
    uint32_t batch_rows_max;
    int64_t morsel_bytes; /* 0: default 8 MiB */
    /* streaming */
    WeirFileSystem *fs;
    const char *state_directory; /* <ck>/state; NULL: batch query */
    bool durable;
    const char *state_provider_class, *state_compression_codec;
    int32_t state_min_deltas_for_snapshot, state_batches_to_retain;
    WeirStateMaintenance *maintenance; /* may be NULL */
} WeirExecutionEnvironment;

/* The input of one micro-batch for one streaming source; type NULL: the source did not move (no rows). */
typedef struct WeirExecutionSource {
    const WeirSourceType *type;
    WeirSource *source;
    const WeirInputPartition *partitions;
    uint32_t partition_count;
} WeirExecutionSource;

typedef struct WeirExecutionBatch {
    int64_t batch_id;                   /* state version to load; commits batch_id + 1 */
    const WeirExecutionSource *sources; /* by source_index */
    uint32_t source_count;
    const int64_t *late_watermark_ms, *eviction_watermark_ms; /* by operator id */
    const _Atomic bool *cancelled;
} WeirExecutionBatch;

typedef struct WeirEventTimeStats {
    int64_t count;
    int64_t max_ms, min_ms; /* floored from micros */
    double average_ms;
} WeirEventTimeStats;

typedef struct WeirStatefulMetrics {
    int64_t rows_total, rows_updated, rows_removed, rows_dropped_by_watermark, rows_dropped_duplicate;
    int64_t all_updates_ms, all_removals_ms, commit_ms, memory_bytes;
    int64_t cache_hits, cache_misses, state_on_current_version_bytes;
    int32_t partition_count, store_instances;
    const int64_t *snapshot_last_uploaded; /* by partition */
} WeirStatefulMetrics;

typedef struct WeirExecutionMetrics {
    int64_t *source_rows; /* by source_index: rows read */
    uint32_t source_count;
    WeirEventTimeStats *watermarks; /* by order of weir_physical_watermarks */
    uint32_t watermark_count;
    WeirStatefulMetrics *stateful; /* by operator id */
    uint32_t stateful_count;
    int64_t output_rows;
} WeirExecutionMetrics;

typedef struct WeirExecution WeirExecution;
/* Compile; nothing is read. The plan and the environment outlive it. Free with weir_execution_free. */
WEIR_CHECKED WeirStatus weir_execution_new(const WeirPhysicalPlan *plan, const WeirExecutionEnvironment *environment,
                                           WeirExecution **execution, WeirError *error);
void weir_execution_free(WeirExecution *execution); /* NULL is allowed */
/* Run: `batch` NULL for a batch query. For streams: loads state, processes, writes and publishes all state deltas, but
 * leaves commits to the caller. On failure every store is aborted. The metrics belong to the execution, valid until the
 * next run. */
WEIR_CHECKED WeirStatus weir_execution_run(WeirExecution *execution, const WeirExecutionBatch *batch,
                                           const WeirExecutionOutput *output, const WeirExecutionMetrics **metrics,
                                           WeirError *error);
/* Schema of the output, owned by the execution. */
const WeirSchema *weir_execution_schema(const WeirExecution *execution);

#endif
