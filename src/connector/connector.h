/* The connector contract (Spark: DataSource V2): tables of functions for sources and sinks, found by name in the
 * registry. Three levels of state: the type (const), the opened source or sink (one per query, used by the query's
 * driver thread), and a reader or writer (one per task). Offsets are JSON text. Public plug-ins (weir/plugin.h) are
 * adapted to this table by connector/plugin_adapter.c. */
#ifndef WEIR_CONNECTOR_CONNECTOR_H
#define WEIR_CONNECTOR_CONNECTOR_H

#include "columnar/batch.h"
#include "columnar/time_zone.h"
#include "common/clock.h"
#include "common/file_system.h"
#include "expr/expression.h"

typedef struct WeirConnectorOption {
    const char *key; /* as written; compare case-insensitively */
    const char *value;
} WeirConnectorOption;

typedef struct WeirOptions {
    const WeirConnectorOption *entries;
    uint32_t count;
} WeirOptions;
const char *weir_options_get(const WeirOptions *options, const char *key); /* case-insensitive; NULL: absent */
WEIR_CHECKED WeirStatus weir_options_bool(const WeirOptions *options, const char *key, bool fallback, bool *value,
                                          WeirError *error);
WEIR_CHECKED WeirStatus weir_options_int(const WeirOptions *options, const char *key, int64_t fallback, int64_t *value,
                                         WeirError *error);

/* What a connector is given at open. Pointers stay valid while it is open. */
typedef struct WeirConnectorContext {
    const char *format;
    const char *relation_name; /* sources: of the view that is read; NULL: none */
    WeirOptions options;
    const WeirSchema *user_schema; /* NULL: none */
    const WeirSchema *schema;      /* sources: as inferred; sinks: of the rows to come */
    WeirFileSystem *fs;
    WeirClock *clock;
    WeirRandom *random;
    WeirMemoryTracker *tracker;
    const WeirTimeZone *zone; /* session time zone */
    /* Value of a session setting, or NULL. */
    const char *(*conf)(void *conf_context, const char *key);
    void *conf_context;
    /* streaming only */
    const char *checkpoint; /* <ck>/sources/<i> for sources, <ck> for sinks */
    bool durable;           /* false: temporary checkpoint */
    const char *query_name; /* may be NULL */
    const char *query_id, *run_id;
    const char *output_mode;            /* sinks: "append", "update", "complete" */
    const char *const *partition_names; /* sinks: PARTITIONED BY */
    uint32_t partition_name_count;
    void *session; /* memory sink and foreach callbacks: WeirConnectorSession */
} WeirConnectorContext;

/* Settings of the session as numbers; the fallback where they are not set or no number. */
int64_t weir_connector_setting_int(const WeirConnectorContext *context, const char *key, int64_t fallback);
int64_t weir_connector_setting_ms(const WeirConnectorContext *context, const char *key, int64_t fallback_ms);
bool weir_connector_setting_bool(const WeirConnectorContext *context, const char *key, bool fallback);

/* ---- sources ---- */
typedef struct WeirSource WeirSource; /* private to each source; embeds nothing */
typedef struct WeirReader WeirReader;

enum {
    WEIR_SOURCE_BATCH = 1,       /* FROM v */
    WEIR_SOURCE_MICRO_BATCH = 2, /* FROM STREAM v */
    WEIR_SOURCE_CONTINUOUS = 4,
    WEIR_SOURCE_AVAILABLE_NOW = 8,      /* SupportsTriggerAvailableNow */
    WEIR_SOURCE_ADMISSION_CONTROL = 16, /* honours read limits */
    WEIR_SOURCE_NEEDS_SCHEMA = 32,      /* streaming read without user schema is refused (_LEGACY_ERROR_TEMP_2048) */
    WEIR_SOURCE_V1 = 64                 /* getBatch is called once on recovery; timer names as V1 */
};

typedef enum WeirReadLimit { WEIR_READ_DEFAULT /* the options' limits */, WEIR_READ_ALL } WeirReadLimit;

/* A piece of input that one task reads: cut by offsets and bytes only, never by the number of threads. */
typedef struct WeirInputPartition {
    uint64_t index;   /* order of the rows: ascending */
    int64_t bytes;    /* estimate, for scheduling */
    const void *data; /* private to the source, in the arena given to plan */
} WeirInputPartition;

typedef struct WeirScanRequest {
    const uint32_t *columns; /* ordinals into the source's schema that are needed, ascending; the reader's batches have
                                just these, in this order */
    uint32_t column_count;
    WeirExpression *const
        *filters; /* pushed conjuncts (bound to the source's schema); hints only: the Filter above stays */
    uint32_t filter_count;
    uint32_t batch_rows_max; /* WEIR_BATCH_ROWS_DEFAULT; tests use 1 and 7 */
} WeirScanRequest;

typedef struct WeirSourceType {
    const char *name; /* "json" */
    uint32_t capabilities;
    const char *const *options; /* known option names, NULL-terminated: others get one warning */
    /* Schema of what it reads: user schema where allowed, else inferred (batch), else fixed. In `arena`. Checks
     * options. */
    WeirStatus (*infer_schema)(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                               const WeirSchema **schema, WeirError *error);
    WeirStatus (*open)(const WeirConnectorContext *context, bool streaming, WeirSource **source, WeirError *error);
    void (*close)(WeirSource *source); /* NULL is allowed */

    /* Batch: partitions of the whole table. */
    WeirStatus (*plan_batch)(WeirSource *source, WeirArena *arena, WeirInputPartition **partitions, uint32_t *count,
                             WeirError *error);

    /* Streaming, on the driver thread. Offsets are JSON texts in `arena`. */
    WeirStatus (*initial_offset)(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error);
    /* `start` NULL: from the initial offset. `*offset` NULL: nothing yet. Equal to start: no new data. */
    WeirStatus (*latest_offset)(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                const char **offset, WeirError *error);
    WeirStatus (*prepare_available_now)(WeirSource *source, WeirError *error); /* freeze the end */
    /* start exclusive (NULL: from the beginning), end inclusive. On recovery called with the logged offsets. */
    WeirStatus (*plan_partitions)(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                  WeirInputPartition **partitions, uint32_t *count, WeirError *error);
    WeirStatus (*commit)(WeirSource *source, const char *end, WeirError *error); /* optional */
    /* For progress: description ("FileStreamSource[file:/in]"); latest available offset as JSON or NULL (optional). */
    void (*describe)(const WeirSource *source, WeirBuffer *out);
    WeirStatus (*report_latest)(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error);
    /* Wake the driver when data may have come: optional; the driver polls otherwise. */
    void (*set_wakeup)(WeirSource *source, void (*wake)(void *context), void *context);

    /* Tasks. `request` outlives the reader. Thread: one reader per task; several readers of one source run at once. */
    WeirStatus (*open_partition)(WeirSource *source, const WeirInputPartition *partition,
                                 const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **reader,
                                 WeirError *error);
    /* `*batch` NULL: end. The caller releases. */
    WeirStatus (*next_batch)(WeirReader *reader, WeirBatch **batch, WeirError *error);
    void (*close_reader)(WeirReader *reader);
} WeirSourceType;

/* ---- sinks ---- */
typedef struct WeirSink WeirSink;
typedef struct WeirWriter WeirWriter;

enum {
    WEIR_SINK_APPEND = 1,
    WEIR_SINK_UPDATE = 2,
    WEIR_SINK_COMPLETE = 4,
    WEIR_SINK_TEMPORARY_CHECKPOINT = 8, /* console, memory, noop, foreach…: may run without checkpointLocation */
    WEIR_SINK_ONE_FLOW = 16,            /* refuses a second flow (file sinks) */
    WEIR_SINK_V1 = 32,                  /* numOutputRows is -1 in progress */
    WEIR_SINK_RESUMES_COMPLETE =
        128, /* goes on from a checkpoint in complete mode only: what it held is lost (memory) */
    WEIR_SINK_ORDERED =
        64 /* wants batches of all tasks in task order on the driver at commit (console, memory, foreachBatch) */
};

typedef struct WeirSinkType {
    const char *name;
    uint32_t capabilities;
    const char *const *options;
    WeirStatus (*open)(const WeirConnectorContext *context, WeirSink **sink,
                       WeirError *error); /* checks options and mode */
    void (*close)(WeirSink *sink);
    void (*describe)(const WeirSink *sink, WeirBuffer *out);
    /* The last batch that is surely in the sink, or -1: a batch <= it is skipped (file sink). Optional. */
    WeirStatus (*last_committed)(WeirSink *sink, int64_t *batch_id, WeirError *error);
    WeirStatus (*begin_epoch)(WeirSink *sink, int64_t epoch_id, WeirError *error); /* optional */
    /* One writer per task; several write at once. Ordered sinks get one writer, on the driver thread. */
    WeirStatus (*open_writer)(WeirSink *sink, int64_t epoch_id, uint32_t task_index, WeirWriter **writer,
                              WeirError *error);
    WeirStatus (*write_batch)(WeirWriter *writer, WeirBatch *batch, WeirError *error);
    /* Make the task's output durable and ready; its message is kept in the writer until commit_epoch. */
    WeirStatus (*commit_task)(WeirWriter *writer, WeirError *error);
    void (*abort_task)(WeirWriter *writer);
    /* All writers of the epoch, in task order; the sink takes them over and frees them. */
    WeirStatus (*commit_epoch)(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                               WeirError *error);
    void (*abort_epoch)(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count);
} WeirSinkType;

/* What memory and foreach connectors share with the session (session/ implements it). */
typedef struct WeirConnectorSession {
    WeirMemoryTracker *memory; /* of the session: counts what outlives a query */
    /* Memory sink: rows of the table that the query named `query_name` writes to. Rows of one of its batch ids that is
     * there already are replaced; `complete` replaces all that it wrote. Batches are retained and must count against
     * `memory`. */
    WeirStatus (*memory_write)(struct WeirConnectorSession *session, const char *query_name, const WeirSchema *schema,
                               int64_t batch_id, bool complete, WeirBatch *const *batches, uint32_t count,
                               WeirError *error);
    /* Memory source: the number of the view's last block, -1 before the first; batch `index` of a block, retained, NULL
     * behind the last. */
    int64_t (*memory_last_block)(struct WeirConnectorSession *session, const char *view);
    WeirBatch *(*memory_block)(struct WeirConnectorSession *session, const char *view, int64_t block, uint32_t index);
    /* foreachBatch and foreach callbacks registered for a query name. Batches are compacted. */
    WeirStatus (*foreach_batch)(struct WeirConnectorSession *session, const char *query_name, const WeirSchema *schema,
                                const WeirTimeZone *zone, int64_t batch_id, WeirBatch *const *batches, uint32_t count,
                                WeirError *error);
    /* Console output: where "standard output" goes. A failed write is an error. */
    WeirStatus (*console_write)(struct WeirConnectorSession *session, const char *text, size_t length,
                                WeirError *error);
} WeirConnectorSession;

/* ---- registry ---- */
/* Tables of the built-ins are registered by the session at start; modules by name later. Case-insensitive; also Spark's
 * class-name aliases (org.apache.spark.sql.execution.datasources.v2.json…) are not known: DATA_SOURCE_NOT_FOUND with
 * the nearest names. Thread-safe after start-up. */
void weir_connector_register_source(const WeirSourceType *type);
void weir_connector_register_sink(const WeirSinkType *type);
const WeirSourceType *weir_connector_find_source(const char *name);
const WeirSinkType *weir_connector_find_sink(const char *name);
/* The nearest known name to a misspelt one among `names`, or NULL: warnings about options, DATA_SOURCE_NOT_FOUND. */
const char *weir_nearest_name(const char *name, const char *const *names, uint32_t count);
/* One warning line per option that `known` does not list (nor any of Spark's generic ones: path, …). */
void weir_options_warn_unknown(const WeirOptions *options, const char *const *known, const char *format);

#endif
