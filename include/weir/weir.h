/* weir: Spark Structured Streaming jobs without the JVM. The library's whole interface; the program `weir` uses nothing
 * else.
 *
 * A session holds settings, views, memory tables and streaming queries. It belongs to one thread at a time; functions
 * on WeirQuery may be called from any thread. Everything a function gives out is released as its comment says;
 * functions that can fail return a WeirStatus and fill the caller's WeirError.
 *
 *     WeirSession *session; WeirError error; WeirResult *result;
 *     if (weir_session_open(NULL, &session, &error) != 0) ...
 *     weir_session_execute(session, "SELECT 1 AS x", &result, &error);
 *     weir_result_write(result, WEIR_FORMAT_TABLE, to_stdout, NULL, &error);
 *     weir_result_free(result);
 *     weir_session_close(session);
 */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include <stddef.h>

#include "weir/arrow.h"
#include "weir/error.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct WeirSession WeirSession;
typedef struct WeirResult WeirResult;
typedef struct WeirQuery WeirQuery;

/* Receives text; returns false when it could not be written (the operation then fails). */
typedef bool (*WeirWriteFunction)(void *context, const char *text, size_t length);

WEIR_API const char *weir_version(void);
/* Texts given out by weir_query_… functions are freed with this. NULL is allowed. */
WEIR_API void weir_string_free(char *text);
/* Spark's name of a status' condition, "" for WEIR_OK. Static. */
WEIR_API const char *weir_status_condition(WeirStatus status);

/* ---- session ---- */

typedef struct WeirSessionOptions {
    size_t struct_bytes;       /* sizeof(WeirSessionOptions): lets the struct grow */
    const char *const *conf;   /* key, value, key, value … */
    size_t conf_count;         /* strings in conf */
    WeirWriteFunction console; /* where console sinks print; NULL: standard output */
    void *console_context;
    /* Warnings of statements, one line each without newline; NULL: standard error. */
    void (*warning)(void *context, const char *text);
    void *warning_context;
} WeirSessionOptions;

/* `options` NULL: all defaults. Free with weir_session_close. */
WEIR_API WEIR_CHECKED WeirStatus weir_session_open(const WeirSessionOptions *options, WeirSession **session,
                                                   WeirError *error);
/* Stops every query (each finishes its running batch), then frees all. NULL is allowed. */
WEIR_API void weir_session_close(WeirSession *session);
/* Ask every query to end after its running batch, and refuse to start further statements (condition CANCELLED). From
 * any thread; not from a signal handler. */
WEIR_API void weir_session_interrupt(WeirSession *session);
WEIR_API WEIR_CHECKED WeirStatus weir_session_set(WeirSession *session, const char *key, const char *value,
                                                  WeirError *error);
/* The value in force, valid until it is set again; NULL: not set and no default. */
WEIR_API const char *weir_session_get(WeirSession *session, const char *key);

/* Execute one statement (a trailing semicolon is allowed). `*result` NULL: the statement gives no rows. */
WEIR_API WEIR_CHECKED WeirStatus weir_session_execute(WeirSession *session, const char *sql, WeirResult **result,
                                                      WeirError *error);
/* A value for a marker of a statement: for :name, or for the ? in this place where `name` is NULL. `value` is a literal
 * as SQL text: 5, 'it''s', DATE'2024-01-01', array(1, 2). */
typedef struct WeirParameter {
    const char *name;
    const char *value;
} WeirParameter;
WEIR_API WEIR_CHECKED WeirStatus weir_session_execute_with(WeirSession *session, const char *sql,
                                                           const WeirParameter *parameters, size_t count,
                                                           WeirResult **result, WeirError *error);
/* As weir_session_execute for each statement of a script; `on_result` gets each result (and must not free it). Stops at
 * the first failure; the error's origin counts lines from the start of the script. `on_result` may fail with `error`
 * filled. */
typedef WeirStatus (*WeirResultFunction)(void *context, WeirResult *result, WeirError *error);
WEIR_API WEIR_CHECKED WeirStatus weir_session_run(WeirSession *session, const char *script, size_t length,
                                                  WeirResultFunction on_result, void *context, WeirError *error);
/* Where the next statement of a script ends, for shells: bytes of the first complete statement in `text`, 0 if none is
 * complete. */
WEIR_API size_t weir_script_complete(const char *text, size_t length);

/* What Datasets have and SQL lacks. Each makes (or replaces) the temporary view `view` from the view `parent`; one that
 * was made by USING is read as a stream. dropDuplicates and dropDuplicatesWithinWatermark: `column_count` 0 means all
 * columns. withWatermark: `delay` is an interval's text, "10 seconds". */
WEIR_API WEIR_CHECKED WeirStatus weir_session_drop_duplicates(WeirSession *session, const char *view,
                                                              const char *parent, const char *const *columns,
                                                              size_t column_count, bool within_watermark,
                                                              WeirError *error);
WEIR_API WEIR_CHECKED WeirStatus weir_session_with_watermark(WeirSession *session, const char *view, const char *parent,
                                                             const char *column, const char *delay, WeirError *error);

/* ---- results ---- */

typedef enum WeirFormat { WEIR_FORMAT_TABLE, WEIR_FORMAT_JSON, WEIR_FORMAT_CSV, WEIR_FORMAT_SCHEMA } WeirFormat;

WEIR_API void weir_result_free(WeirResult *result); /* NULL is allowed */
WEIR_API int64_t weir_result_row_count(const WeirResult *result);
/* df.schema.simpleString(), valid as long as the result. */
WEIR_API const char *weir_result_schema(const WeirResult *result);
/* TABLE: Dataset.show of all rows, untruncated; JSON: one object a row; CSV: a header, then rows; SCHEMA: the schema's
 * text. */
WEIR_API WEIR_CHECKED WeirStatus weir_result_write(WeirResult *result, WeirFormat format, WeirWriteFunction write,
                                                   void *context, WeirError *error);
/* The rows as an Arrow C stream. The stream holds what it needs: the result may be freed before it, the session may
 * not. */
WEIR_API WEIR_CHECKED WeirStatus weir_result_stream(WeirResult *result, struct ArrowArrayStream *stream,
                                                    WeirError *error);

/* ---- streaming queries (started by CREATE STREAMING TABLE) ---- */

/* The session's queries in order of their start, ended ones too; valid until the session closes. */
WEIR_API size_t weir_session_query_count(WeirSession *session);
WEIR_API WeirQuery *weir_session_query(WeirSession *session, size_t index);

WEIR_API const char *weir_query_name(const WeirQuery *query);
WEIR_API const char *weir_query_id(const WeirQuery *query);     /* stable over restarts from one checkpoint */
WEIR_API const char *weir_query_run_id(const WeirQuery *query); /* new at each start */
WEIR_API bool weir_query_is_active(WeirQuery *query);
/* True for triggers that end by themselves (availableNow, once). */
WEIR_API bool weir_query_is_finite(const WeirQuery *query);
/* Wait for the end, at most `timeout_ms` (< 0: for ever). `*ended` may be NULL. A failed query's error is returned
 * (with its cause's condition). */
WEIR_API WEIR_CHECKED WeirStatus weir_query_await(WeirQuery *query, int64_t timeout_ms, bool *ended, WeirError *error);
/* Wait until all data available now is processed and committed. */
WEIR_API WEIR_CHECKED WeirStatus weir_query_process_all_available(WeirQuery *query, WeirError *error);
/* Let the running batch commit, then end. Waits for it. */
WEIR_API WEIR_CHECKED WeirStatus weir_query_stop(WeirQuery *query, WeirError *error);
/* Ask for the end without waiting; safe in a thread that must not block (not in a signal handler). */
WEIR_API void weir_query_request_stop(WeirQuery *query);
/* JSON texts, to be freed with weir_string_free; NULL when there is none yet. */
WEIR_API char *weir_query_status(WeirQuery *query); /* {"message":…,"isDataAvailable":…,"isTriggerActive":…} */
WEIR_API char *weir_query_last_progress(WeirQuery *query);   /* StreamingQueryProgress */
WEIR_API char *weir_query_recent_progress(WeirQuery *query); /* a JSON array */
WEIR_API char *weir_query_explain(WeirQuery *query, bool extended);
/* The batch a failed query was in, or the last one. -1: none. */
WEIR_API int64_t weir_query_batch_id(WeirQuery *query);

/* Events of every query of a session, as JSON texts with Spark's keys; called from query threads, one at a time per
 * query. NULL entries are skipped. */
typedef struct WeirListener {
    void *context;
    void (*on_started)(void *context, const char *json);
    void (*on_progress)(void *context, const char *json);
    void (*on_idle)(void *context, const char *json);
    void (*on_terminated)(void *context, const char *json);
} WeirListener;
/* The struct is copied. Before the queries start. */
WEIR_API void weir_session_add_listener(WeirSession *session, const WeirListener *listener);

/* foreachBatch: `function` gets the rows of each batch of the query named `query_name` whose sink is foreachBatch; it
 * may be called again with the same batch id after a failure. Called on the query's thread; the result is valid during
 * the call. */
typedef WeirStatus (*WeirForeachBatchFunction)(void *context, int64_t batch_id, WeirResult *rows, WeirError *error);
WEIR_API void weir_session_foreach_batch(WeirSession *session, const char *query_name,
                                         WeirForeachBatchFunction function, void *context);

/* foreach: open, then each row of a partition, then close, for each epoch (Spark's ForeachWriter). `open` may set
 * *process to false to skip the partition. */
typedef struct WeirForeach {
    void *context;
    WeirStatus (*open)(void *context, int64_t partition_id, int64_t epoch_id, bool *process, void **writer,
                       WeirError *error);
    /* Row `row` of an Arrow struct array. */
    WeirStatus (*process)(void *writer, const struct ArrowSchema *schema, const struct ArrowArray *batch, int64_t row,
                          WeirError *error);
    void (*close)(void *writer, const WeirError *failure); /* failure NULL: all went well */
} WeirForeach;
WEIR_API void weir_session_foreach(WeirSession *session, const char *query_name, const WeirForeach *foreach);

/* Rows into a memory stream named `view` (CREATE TEMPORARY VIEW … USING memory): one JSON object a line, or an Arrow
 * array of the view's schema (taken over). */
WEIR_API WEIR_CHECKED WeirStatus weir_session_memory_add_json(WeirSession *session, const char *view, const char *lines,
                                                              size_t length, WeirError *error);

/* ---- checkpoints ---- */

/* What a checkpoint holds: offsets, commits, sources, state rows; WEIR_FORMAT_TABLE (words) or WEIR_FORMAT_JSON. */
WEIR_API WEIR_CHECKED WeirStatus weir_checkpoint_describe(const char *directory, WeirFormat format,
                                                          WeirWriteFunction write, void *context, WeirError *error);

#ifdef __cplusplus
}
#endif
#endif
