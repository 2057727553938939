/* Sources and sinks of your own, as shared objects that weir opens by name: `CREATE TEMPORARY VIEW v (…) USING name`
 * looks for weir_NAME.so in the folders of WEIR_MODULE_PATH (separated by colons), else beside libweir. A plug-in
 * includes this header and weir/arrow.h, weir/error.h, and links nothing of weir; what it needs it gets from the
 * WeirHost. The contract is Spark's DataSource V2; rows cross the border as Arrow C data. Complete examples:
 * examples/plugin/.
 *
 * Threads: entries with a `source` or `sink` are called by one thread at a time (the query's); readers and writers run
 * in tasks, several at once, each by one thread at a time. A function that fails fills `error` through WeirHost.fail
 * and returns what that gives. */
#ifndef WEIR_PLUGIN_H
#define WEIR_PLUGIN_H

#include <stddef.h>

#include "weir/arrow.h"
#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when the tables change their meaning; new entries at their ends do not raise it (see `struct_bytes`). */
#define WEIR_PLUGIN_VERSION 1

/* ---- what weir gives ---- */

typedef enum WeirPluginLogLevel {
    WEIR_PLUGIN_DEBUG,
    WEIR_PLUGIN_INFO,
    WEIR_PLUGIN_WARNING,
    WEIR_PLUGIN_ERROR
} WeirPluginLogLevel;

typedef struct WeirHost {
    uint32_t version;                /* WEIR_PLUGIN_VERSION of this weir */
    uint32_t struct_bytes;           /* sizeof(WeirHost) of this weir */
    void *(*allocate)(size_t bytes); /* never NULL */
    void (*release)(void *memory);   /* NULL is allowed */
    void (*log)(WeirPluginLogLevel level, const char *area, const char *text);
    /* Fill `error` and return its status. `condition` is Spark's name, such as "DATA_SOURCE_NOT_FOUND"; NULL or
     * unknown: none in particular. */
    WeirStatus (*fail)(WeirError *error, const char *condition, const char *message);
    int64_t (*now_ms)(void); /* wall clock */
} WeirHost;

/* What a connector is given. Pointers are valid during infer_schema, and for an opened source or sink until it is
 * closed. */
typedef struct WeirPluginContext {
    uint32_t struct_bytes;
    const char *format; /* the name it was found by */
    const char *(*option)(const struct WeirPluginContext *context,
                          const char *key); /* keys without regard to case; NULL: absent */
    const char *(*setting)(const struct WeirPluginContext *context,
                           const char *key); /* of the session; NULL: not set */
    const struct ArrowSchema *user_schema;   /* NULL: none given */
    const struct ArrowSchema *schema; /* sources: as inferred; sinks: of the rows to come; NULL in infer_schema */
    const char *time_zone;            /* of the session */
    const char *checkpoint;           /* a folder for the source's own files; NULL: not a stream */
    const char *query_name;           /* may be NULL */
    const char *query_id, *run_id;
    const char *output_mode; /* sinks: "append", "update", "complete" */
    const void *host_private;
} WeirPluginContext;

/* ---- sources ---- */

enum {
    WEIR_PLUGIN_SOURCE_BATCH = 1,         /* FROM v: needs plan_batch */
    WEIR_PLUGIN_SOURCE_MICRO_BATCH = 2,   /* FROM STREAM v: needs initial_offset, latest_offset, plan_partitions */
    WEIR_PLUGIN_SOURCE_AVAILABLE_NOW = 8, /* needs prepare_available_now */
    WEIR_PLUGIN_SOURCE_READ_LIMITS = 16,  /* latest_offset honours `read_all` */
    WEIR_PLUGIN_SOURCE_NEEDS_SCHEMA = 32  /* a stream without a schema in CREATE VIEW is refused */
};

/* Takes a partition: `bytes` of `data` are copied and given back to open_partition. `size` is an estimate in bytes, for
 * scheduling. Rows keep this order. */
typedef struct WeirPluginPlan {
    void (*add)(struct WeirPluginPlan *plan, const void *data, size_t bytes, int64_t size);
} WeirPluginPlan;

typedef struct WeirPluginScan {
    uint32_t struct_bytes;
    const uint32_t *columns; /* ordinals of the schema's columns that are needed, ascending; batches have just these, in
                                this order */
    uint32_t column_count;   /* 0: only the number of rows counts */
    uint32_t batch_rows_max;
} WeirPluginScan;

typedef struct WeirPluginSource {
    uint32_t struct_bytes; /* sizeof(WeirPluginSource) of the plug-in: entries behind it are absent */
    uint32_t capabilities;
    const char *name;
    const char *const *options; /* known names, NULL-terminated: others give a warning; NULL: no warnings */
    WeirStatus (*infer_schema)(const WeirPluginContext *context, bool streaming, struct ArrowSchema *schema,
                               WeirError *error);
    WeirStatus (*open)(const WeirPluginContext *context, bool streaming, void **source, WeirError *error);
    void (*close)(void *source);
    WeirStatus (*plan_batch)(void *source, WeirPluginPlan *plan, WeirError *error);
    /* Offsets are JSON texts made with WeirHost.allocate; weir releases them. They must be equal where they mean the
     * same. */
    WeirStatus (*initial_offset)(void *source, char **offset, WeirError *error);
    /* `start` NULL: nothing was read yet. `*offset` NULL: there is nothing yet; equal to `start`: nothing new.
     * `read_all`: without the options' limits. */
    WeirStatus (*latest_offset)(void *source, const char *start, bool read_all, char **offset, WeirError *error);
    WeirStatus (*prepare_available_now)(void *source, WeirError *error); /* freeze the end */
    /* Rows behind `start` (NULL: from the beginning) up to `end`. The same offsets must give the same rows, also in
     * another process. */
    WeirStatus (*plan_partitions)(void *source, const char *start, const char *end, WeirPluginPlan *plan,
                                  WeirError *error);
    WeirStatus (*commit)(void *source, const char *end,
                         WeirError *error); /* optional: up to `end` nothing is asked for again */
    /* Readers. `scan` and `data` outlive the reader. */
    WeirStatus (*open_partition)(void *source, const void *data, size_t bytes, const WeirPluginScan *scan,
                                 void **reader, WeirError *error);
    /* A struct array of the needed columns, which weir takes over; `batch->release` left NULL: the end. */
    WeirStatus (*next_batch)(void *reader, struct ArrowArray *batch, WeirError *error);
    void (*close_reader)(void *reader);
} WeirPluginSource;

/* ---- sinks ---- */

enum {
    WEIR_PLUGIN_SINK_APPEND = 1,
    WEIR_PLUGIN_SINK_UPDATE = 2,
    WEIR_PLUGIN_SINK_COMPLETE = 4,
    WEIR_PLUGIN_SINK_TEMPORARY_CHECKPOINT = 8 /* may run without checkpointLocation */
};

typedef struct WeirPluginSink {
    uint32_t struct_bytes; /* sizeof(WeirPluginSink) of the plug-in */
    uint32_t capabilities;
    const char *name;
    const char *const *options;
    WeirStatus (*open)(const WeirPluginContext *context, void **sink, WeirError *error);
    void (*close)(void *sink);
    /* Optional: the last epoch that is surely in the sink, or -1. Epochs up to it are not written again: with it a sink
     * is exactly-once. */
    WeirStatus (*last_committed)(void *sink, int64_t *epoch, WeirError *error);
    WeirStatus (*begin_epoch)(void *sink, int64_t epoch, WeirError *error); /* optional */
    WeirStatus (*open_writer)(void *sink, int64_t epoch, uint32_t task, void **writer, WeirError *error);
    /* The sink takes over `batch` (a struct array of the context's schema), also on failure. */
    WeirStatus (*write_batch)(void *writer, struct ArrowArray *batch, WeirError *error);
    WeirStatus (*commit_task)(void *writer, WeirError *error); /* durable and ready, not yet visible */
    void (*abort_task)(void *writer);
    /* All writers of the epoch in task order; the sink frees them, also on failure. Committing an epoch twice must do
     * no harm. */
    WeirStatus (*commit_epoch)(void *sink, int64_t epoch, void *const *writers, uint32_t count, WeirError *error);
    void (*abort_epoch)(void *sink, int64_t epoch, void *const *writers, uint32_t count);
} WeirPluginSink;

/* ---- the plug-in ---- */

typedef struct WeirPlugin {
    uint32_t version; /* WEIR_PLUGIN_VERSION */
    const WeirPluginSource *const *sources;
    uint32_t source_count;
    const WeirPluginSink *const *sinks;
    uint32_t sink_count;
} WeirPlugin;

/* The one function a plug-in exports. `host` lives as long as the process, as must what is returned; NULL: this weir is
 * too old for it. */
#define WEIR_PLUGIN_OPEN "weir_plugin_open"
typedef const WeirPlugin *(*WeirPluginOpen)(const WeirHost *host);
/* The plug-in's own, so that its compiler checks the definition; weir's library has no such symbol. */
#define WEIR_PLUGIN_EXPORT __attribute__((visibility("default")))
WEIR_PLUGIN_EXPORT const WeirPlugin *weir_plugin_open(const WeirHost *host);

#ifdef __cplusplus
}
#endif
#endif
