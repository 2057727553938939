/* The inside of a session, shared by the files of session/. */
#ifndef WEIR_SESSION_SESSION_PRIVATE_H
#define WEIR_SESSION_SESSION_PRIVATE_H

#include "analyzer/analyzer.h"
#include "common/log.h"
#include "engine/batch_execution.h"
#include "engine/stream_execution.h"
#include "logical/statement.h"
#include "session/config.h"
#include "sql/parser.h"
#include "weir/weir.h"

/* Memory of one statement: freed with the statement, or kept as long as the session where a view, a query or a function
 * was made of it. */
typedef struct WeirStatementScope {
    WeirArena arena;
    WeirMemoryTracker tracker;
    bool keep;
    WeirBatchList batches; /* rows of memory tables that plans of this statement point to */
    struct WeirStatementScope *next;
} WeirStatementScope;

typedef struct WeirView {
    char *name;
    WeirLogicalPlan *plan;        /* analyzed; NULL: a source */
    const WeirRelation *relation; /* CREATE VIEW … USING */
    bool is_global;
} WeirView;

/* Which query wrote a batch of a memory table, as which of its batches. */
typedef struct WeirMemoryOrigin {
    uint32_t writer;
    int64_t batch_id;
} WeirMemoryOrigin;

/* Rows of a memory sink: of one query, or of all flows into one table. */
typedef struct WeirMemoryTable {
    char *name;
    WeirArena arena;
    const WeirSchema *schema;
    WeirBatchList batches;
    WeirMemoryOrigin *origins; /* by batch of the list */
    uint32_t origin_capacity;
    char **writers; /* names of queries */
    uint32_t writer_count;
    int64_t *batch_ids; /* streams: the block of each batch of the list */
    uint32_t id_capacity;
    int64_t block_count; /* streams: blocks added so far, empty ones too */
} WeirMemoryTable;

typedef struct WeirCallback {
    char *query_name;
    WeirForeachBatchFunction foreach_batch;
    void *context;
    WeirForeach foreach;
    bool has_foreach;
} WeirCallback;

/* CREATE STREAMING TABLE without AS: the sink that flows write to. */
typedef struct WeirFlowTable {
    char *name;
    const WeirStatement *statement;
    uint32_t flow_count;
} WeirFlowTable;

typedef struct WeirVariable {
    char *name;
    const WeirDataType *type;
    WeirValue *value;
    WeirValue *initial;
} WeirVariable;

struct WeirQuery {
    WeirSession *session;
    WeirStreamExecution *execution;
    WeirClock *clock;
    char *name;
};

struct WeirSession {
    WeirConnectorSession connector_session; /* first: its functions cast back */
    WeirCatalog catalog;                    /* found back by offset */
    WeirConfig config;
    WeirMemoryTracker memory;
    WeirTaskPool *pool, *io_pool;
    WeirStateMaintenance *maintenance; /* made by the first streaming query */
    WeirClock *clock, *maintenance_clock;
    WeirRandom random;
    WeirFileSystem *fs;
    WeirListenerBus bus;
    int64_t next_expression_id;
    WeirStatementScope *kept;
    WeirStatementScope *current; /* the statement under way */
    WeirView *views;
    uint32_t view_count, view_capacity;
    pthread_mutex_t queries_mutex; /* the list: weir_session_interrupt walks it from any thread */
    WeirQuery **queries;
    uint32_t query_count, query_capacity;
    _Atomic bool interrupted;
    WeirFlowTable *flow_tables;
    uint32_t flow_table_count;
    WeirVariable *variables;
    uint32_t variable_count;
    WeirSqlFunction **functions;
    uint32_t function_count;
    pthread_mutex_t memory_mutex; /* memory tables: query threads write, the session reads */
    WeirMemoryTable **memory_tables;
    uint32_t memory_table_count;
    WeirMemoryTable **memory_streams; /* under memory_mutex too */
    uint32_t memory_stream_count;
    WeirCallback *callbacks;
    uint32_t callback_count;
    WeirSessionOptions options;
};

struct WeirResult {
    _Atomic int32_t references; /* the caller's and its Arrow streams' */
    WeirArena arena;
    WeirMemoryTracker tracker;
    const WeirSchema *schema;
    WeirBatchList batches;
    const WeirTimeZone *zone;
    char *schema_text;
    bool is_text;    /* one cell whose lines are meant for people: EXPLAIN */
    bool is_setting; /* SET key = value: scripts do not show it */
};

/* builtins.c */
void weir_session_register_builtins(void);
/* session.c */
WEIR_CHECKED WeirStatus weir_session_eval_context(WeirSession *session, WeirEvalContext *context, WeirError *error);
void weir_session_connector_context(WeirSession *session, const WeirEvalContext *context,
                                    WeirConnectorContext *connector);
void weir_session_warn(WeirSession *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* catalog.c */
void weir_session_init_catalog(WeirSession *session);
WeirView *weir_session_find_view(WeirSession *session, const char *name);
void weir_session_put_view(WeirSession *session, const char *name, WeirLogicalPlan *plan, const WeirRelation *relation,
                           bool is_global);
bool weir_session_drop_view(WeirSession *session, const char *name);
void weir_session_free_catalog(WeirSession *session);
/* connector_session.c */
void weir_session_init_connectors(WeirSession *session);
void weir_session_free_connectors(WeirSession *session);
WeirMemoryTable *weir_session_find_memory_table(WeirSession *session, const char *name); /* under memory_mutex */
/* Let the query named `writer` write to the table `name`, which is made where it is not there. Rows that this query
 * left there are dropped. Fails when the table holds other flows' rows of other types. */
WEIR_CHECKED WeirStatus weir_session_add_memory_writer(WeirSession *session, const char *name, const char *writer,
                                                       const WeirSchema *schema, WeirError *error);
/* memory_stream.c */
void weir_session_init_memory_streams(WeirSession *session);
void weir_session_free_memory_streams(WeirSession *session);
/* result.c */
WeirResult *weir_result_new(WeirSession *session, const WeirSchema *schema, const WeirTimeZone *zone);
/* Let the rows point to the result's own types: those of the plan die with the statement. For batches that nobody else
 * holds. */
void weir_result_adopt_types(WeirResult *result);
/* Rows of strings: `columns` names, cells row by row (NULL cell = null); `types` NULL: all strings. */
/* Rows of texts; `fields` are strings, or booleans written true and false. */
WEIR_CHECKED WeirStatus weir_result_from_cells(WeirSession *session, const WeirField *fields, uint32_t column_count,
                                               const char *const *cells, size_t row_count, WeirResult **out,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_result_from_text(WeirSession *session, const char *const *columns, uint32_t column_count,
                                              const char *const *cells, size_t row_count, WeirResult **result,
                                              WeirError *error);
/* statement_*.c: one function a kind of statement; `*result` stays NULL where there are no rows. */
typedef struct WeirStatementContext {
    WeirSession *session;
    WeirStatementScope *scope;
    WeirArena *arena;
    const WeirStatement *statement;
    WeirEvalContext *eval;
    WeirAnalyzer *analyzer;
    uint32_t nested; /* how many EXECUTE IMMEDIATEs are around it */
} WeirStatementContext;
typedef WeirStatus (*WeirStatementFunction)(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_query(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_explain(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_create_view(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_drop_view(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_create_streaming_table(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_create_flow(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_set(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_reset(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_set_time_zone(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_describe(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_describe_function(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_show(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_declare_variable(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_set_variable(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_drop_variable(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_database(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_rename_view(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_cache(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_refresh_function(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_use(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_table_command(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_create_table(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_create_permanent_view(WeirStatementContext *context, WeirError *error);
/* SCHEMA_NOT_FOUND for all but the one database; NULL is it too. */
WEIR_CHECKED WeirStatus weir_session_check_database(const char *name, WeirError *error);
bool weir_session_is_database(const char *name);
WEIR_CHECKED WeirStatus weir_session_table_not_found(const char *name, WeirError *error);
bool weir_session_has_memory_table(WeirSession *session, const char *name);
WeirStatus weir_statement_execute_immediate(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_create_function(WeirStatementContext *context, WeirResult **result, WeirError *error);
WeirStatus weir_statement_drop_function(WeirStatementContext *context, WeirResult **result, WeirError *error);
/* statement_variable.c: values of the one row of a query, or nulls where it has none. */
WEIR_CHECKED WeirStatus weir_statement_assign_query(WeirStatementContext *context, const char *const *names,
                                                    uint32_t count, WeirLogicalPlan *plan, WeirError *error);
/* UNRESOLVED_COLUMN where there is no such variable. */
WEIR_CHECKED WeirStatus weir_session_check_variable(WeirSession *session, const char *name, WeirError *error);
/* script.c: parse one statement; `values` NULL: markers stay what they are. */
typedef struct WeirMarkerValues {
    const WeirSqlParameter *parameters;
    uint32_t count;
} WeirMarkerValues;
WEIR_CHECKED WeirStatus weir_session_parse(WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                                           const char *text, size_t length, const WeirMarkerValues *values,
                                           WeirStatement **statement, WeirError *error);
void weir_session_init_analyzer(WeirSession *session, const WeirEvalContext *eval, WeirArena *arena, const char *text,
                                WeirAnalyzer *analyzer);
WEIR_CHECKED WeirStatus weir_statement_dispatch(WeirStatementContext *context, WeirResult **result, WeirError *error);
/* statement_execute.c: the parser's door to constant expressions in IDENTIFIER(…). */
typedef struct WeirIdentifierContext {
    WeirSession *session;
    const WeirEvalContext *eval;
} WeirIdentifierContext;
WeirStatus weir_session_identifier_text(void *context, WeirExpression *expression, WeirArena *arena, const char **text,
                                        WeirError *error);
/* script.c: carry out a statement that `make` parses or builds in the statement's arena. */
typedef WeirStatus (*WeirMakeStatement)(void *make_context, WeirSession *session, const WeirEvalContext *eval,
                                        WeirArena *arena, WeirStatement **statement, WeirError *error);
WEIR_CHECKED WeirStatus weir_session_execute_made(WeirSession *session, WeirMakeStatement make, void *make_context,
                                                  WeirResult **result, WeirError *error);
/* Analyze, check, plan and run a batch plan. */
WEIR_CHECKED WeirStatus weir_session_collect(WeirStatementContext *context, WeirLogicalPlan *plan, WeirResult **result,
                                             WeirError *error);
/* Wait for the queries of the session before rows are read (dialect: finite ones end, others process what is there). */
WEIR_CHECKED WeirStatus weir_session_settle_queries(WeirSession *session, WeirError *error);

#endif
