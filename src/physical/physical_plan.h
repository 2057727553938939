/* Physical nodes and the planner. One plan per query: made once, bound anew for each micro-batch (WeirExecutionBatch).
 * Read-only after planning; all that changes during execution is in operators/. Node names in EXPLAIN are Spark's. */
#ifndef WEIR_PHYSICAL_PHYSICAL_PLAN_H
#define WEIR_PHYSICAL_PHYSICAL_PLAN_H

#include "columnar/batch.h"
#include "connector/connector.h"
#include "expr/aggregate.h"
#include "expr/program.h"
#include "logical/logical_plan.h"

typedef enum WeirPhysicalKind {
    WEIR_PHYSICAL_SCAN,        /* batch relation, read when the plan runs */
    WEIR_PHYSICAL_STREAM_SCAN, /* streaming relation: partitions of source `relation->source_index` of the batch */
    WEIR_PHYSICAL_LOCAL_SCAN,
    WEIR_PHYSICAL_RANGE,
    WEIR_PHYSICAL_PROJECT,
    WEIR_PHYSICAL_FILTER,
    WEIR_PHYSICAL_GENERATE,
    WEIR_PHYSICAL_EXPAND,
    WEIR_PHYSICAL_HASH_AGGREGATE, /* batch: partial → exchange → final, one node here; `phases` for EXPLAIN */
    WEIR_PHYSICAL_STREAMING_AGGREGATE, /* partial → exchange → restore → merge → save → final: one fused operator, chain
                                          in EXPLAIN */
    WEIR_PHYSICAL_HASH_JOIN,           /* build side right unless build_left; also nested loop when there are no keys */
    WEIR_PHYSICAL_SORT,
    WEIR_PHYSICAL_LIMIT, /* with sort below: top-k */
    WEIR_PHYSICAL_UNION,
    WEIR_PHYSICAL_WINDOW,
    WEIR_PHYSICAL_SAMPLE,
    WEIR_PHYSICAL_EVENT_TIME_WATERMARK,
    WEIR_PHYSICAL_DEDUPLICATE,       /* stateful in a stream, else within the query */
    WEIR_PHYSICAL_STREAM_LIMIT,      /* streaming, stateful */
    WEIR_PHYSICAL_STREAM_JOIN,       /* stream-stream: four state stores */
    WEIR_PHYSICAL_SESSION_AGGREGATE, /* aggregation by session_window, batch or streaming */
    WEIR_PHYSICAL_COALESCE           /* repartition hints: nothing to do in one process, kept for EXPLAIN */
} WeirPhysicalKind;

typedef struct WeirPhysicalPlan WeirPhysicalPlan;

/* As WeirStateEventTime of state/state_store.h, which this layer does not see. */
enum {
    WEIR_PHYSICAL_EVENT_TIME_NONE,
    WEIR_PHYSICAL_EVENT_TIME_SLOT,
    WEIR_PHYSICAL_EVENT_TIME_WINDOW_END,
    WEIR_PHYSICAL_EVENT_TIME_VALUE_SLOT
};

#define WEIR_STATEFUL_STORES_MAX 4u
/* One store of a stateful operator: directory <partition>/[name/]. */
typedef struct WeirStatefulStore {
    const char *name; /* "default" or of a join's four */
    const WeirSchema *key_schema, *value_schema;
    int event_time; /* WeirStateEventTime of state/state_store.h: what eviction goes by */
    int32_t event_time_column;
    int32_t prefix_columns; /* numColsPrefixKey of the metadata file */
} WeirStatefulStore;

/* A stateful operator: what its state directory says of it. Ids are given top-down from the sink (pre-order), as in
 * Spark. */
typedef struct WeirStatefulInfo {
    int64_t operator_id;
    const char *operator_name; /* "stateStoreSave", "dedupe", … as in state/<id>/_metadata/metadata */
    const char *short_name;    /* as in progress: the same names */
    const WeirSchema *key_schema, *value_schema;
    int32_t partition_count; /* of the store: shuffle partitions, 1 for global aggregation */
    int32_t
        metadata_partition_count; /* what the metadata file says: differs for globalLimit, whose only partition is 0 */
    const char *output_mode;
    /* Event time in the grouping key: eviction predicate; NONE: never evicts. */
    int event_time; /* WeirStateEventTime of state/state_store.h */
    int32_t event_time_column;
    WeirStatefulStore stores[WEIR_STATEFUL_STORES_MAX]; /* stores[0] repeats key_schema … event_time_column */
    uint32_t store_count;
    bool filters_late_rows;      /* its input has a watermark column */
    bool hides_instances;        /* Spark reports no store instances for it */
    bool runs_twice;             /* in Spark, where a global sort above samples its input: metrics count both runs */
    bool is_old_format;          /* written by Spark 2.3 or under stateFormatVersion 1: its values repeat the keys */
    bool asks_for_no_data_batch; /* when the watermark moved: streaming semantics §1.2 */
} WeirStatefulInfo;

struct WeirPhysicalPlan {
    WeirPhysicalKind kind;
    uint32_t node_id; /* pre-order number: metrics and watermarks are indexed by it */
    uint32_t child_count;
    WeirPhysicalPlan **children;
    WeirExpression **output; /* ATTRIBUTEs */
    uint32_t output_count;
    WeirExpression **expressions; /* bound to the child's output */
    uint32_t expression_count;
    WeirExpression **grouping; /* bound; aggregates: keys; joins: left keys */
    uint32_t grouping_count;
    WeirExpression **other_keys; /* joins: right keys */
    WeirExpression **aggregates; /* AGGREGATE, bound to the child's output */
    uint32_t aggregate_count;
    WeirExpression **named_aggregates;  /* as in the logical plan: for EXPLAIN */
    WeirExpression **buffer_attributes; /* Spark's names of the buffer columns: for EXPLAIN */
    uint32_t buffer_count;
    WeirExpression *condition; /* bound; joins: to left ++ right; scans: what the reader's rows must pass (bound to the
                                  output); NULL: all pass */
    WeirExpression ***rows;    /* EXPAND projections */
    uint32_t row_count;
    WeirRelation *relation;
    uint32_t *columns; /* scans: ordinals of the source's schema */
    uint32_t column_count;
    WeirExpression **pushed_filters;
    uint32_t pushed_filter_count;
    WeirJoinType join_type;
    bool *null_safe; /* joins: by key, <=> instead of = */
    bool build_left, is_outer, is_global, is_streaming, within_watermark;
    int32_t event_time_ordinal; /* stateful: the input's event-time column, -1: none */
    int64_t delay_micros; /* DEDUPLICATE within a watermark: of the watermark; STREAM_JOIN: its output's watermark is
                             that much older */
    /* STREAM_JOIN, by side: conjuncts on that side alone; event-time column; how long after `watermark` its rows may
     * still match (state watermark = watermark + shift) */
    WeirExpression *side_filters[2];
    int32_t side_event_time[2];
    bool side_has_value_watermark[2];
    int64_t side_watermark_shift_ms[2];
    int32_t key_event_time;  /* STREAM_JOIN: key that is an event time or window, -1: none */
    int64_t limit, offset;   /* -1: none */
    int32_t partition_count; /* hash aggregates: of the exchange */
    int64_t range_start, range_end, range_step;
    double sample_lower, sample_upper;
    int64_t sample_seed;
    WeirBatch *const *batches; /* LOCAL_SCAN */
    uint32_t batch_count;
    WeirWindowSpec *window; /* WINDOW: bound partition_by and order_by */
    WeirCalendarInterval delay;
    const char *watermark_id;
    WeirStatefulInfo *stateful; /* NULL: stateless */
    const WeirLogicalPlan *logical;
};

typedef struct WeirPhysicalOptions {
    const WeirEvalContext *context;
    bool streaming;
    const char *output_mode;
    int32_t aggregation_state_format; /* 2 (also 0), or 1: values repeat the keys */
    int32_t shuffle_partitions;       /* the query's final number (from its offset log when restarted) */
    int64_t *next_expression_id;
} WeirPhysicalOptions;

/* Errors: what Spark refuses only when it plans (two event-time columns, stream-stream join without equality, …). */
WEIR_CHECKED WeirStatus weir_physical_create(const WeirLogicalPlan *optimized, const WeirPhysicalOptions *options,
                                             WeirArena *arena, WeirPhysicalPlan **plan, WeirError *error);
/* Stateful nodes by operator id, and watermark nodes, in pre-order. */
uint32_t weir_physical_stateful(const WeirPhysicalPlan *plan, WeirArena *arena, const WeirPhysicalPlan *const **nodes);
uint32_t weir_physical_watermarks(const WeirPhysicalPlan *plan, WeirArena *arena,
                                  const WeirPhysicalPlan *const **nodes);
/* Spark's watermark propagation (streaming semantics §4.1): input watermark (ms) of each stateful operator for a global
 * watermark. out[i] by operator id. Fails where a watermark lies on a column that has one already. */
WEIR_CHECKED WeirStatus weir_propagate_watermarks(const WeirPhysicalPlan *plan, int64_t global_watermark_ms,
                                                  int64_t *out, WeirError *error);
/* EXPLAIN of the physical tree in Spark's form. Stateful nodes show `state_checkpoint`, run id and version when given
 * (NULL / -1: before a run). */
typedef struct WeirPhysicalExplain {
    bool extended;
    bool formatted;
    const char *state_checkpoint;
    const char *run_id;
    int64_t version;
    const int64_t *late_watermark_ms, *eviction_watermark_ms; /* by operator id, or NULL */
} WeirPhysicalExplain;
void weir_physical_explain(const WeirPhysicalPlan *plan, const WeirPhysicalExplain *options, WeirBuffer *out);

#endif
