/* Unresolved plans to resolved plans: catalog lookup, names, types, coercion, checks; and the checks that only
 * streaming queries have. */
#ifndef WEIR_ANALYZER_ANALYZER_H
#define WEIR_ANALYZER_ANALYZER_H

#include "connector/connector.h"
#include "expr/function.h"
#include "logical/logical_plan.h"

/* What the analyzer asks of the session. */
typedef struct WeirCatalog WeirCatalog;
struct WeirCatalog {
    /* A temporary view, memory table or source view by (case-insensitive) name. Exactly one of *plan (analyzed plan of
     * a view over a query) and *relation (CREATE VIEW … USING, a memory sink's table) is set; both NULL: no such thing.
     */
    WeirStatus (*lookup)(WeirCatalog *catalog, const char *const *parts, uint32_t part_count, WeirLogicalPlan **plan,
                         const WeirRelation **relation, WeirError *error);
    /* All names, for TABLE_OR_VIEW_NOT_FOUND's suggestion. */
    void (*names)(WeirCatalog *catalog, WeirArena *arena, const char *const **names, uint32_t *count);
    /* SQL variables: NULL when unknown. */
    const WeirValue *(*variable)(WeirCatalog *catalog, const char *name);
    /* The index-th word of SQL, whether it may name nothing; NULL after the last. */
    const char *(*keyword)(WeirCatalog *catalog, uint32_t index, bool *reserved);
    /* Temporary SQL functions: body and parameters; NULL when unknown. */
    const struct WeirSqlFunction *(*sql_function)(WeirCatalog *catalog, const char *name);
};

typedef struct WeirSqlFunction {
    const char *name;
    const char *const *parameter_names;
    const WeirDataType *const *parameter_types;
    WeirExpression *const *parameter_defaults; /* entries may be NULL */
    uint32_t parameter_count;
    const WeirDataType *result_type; /* set by weir_analyze_sql_function where the statement gives none */
    const WeirSchema *columns;       /* RETURNS TABLE (…); NULL: of the query */
    WeirExpression *body;            /* unresolved; or */
    WeirLogicalPlan *query;          /* RETURN SELECT / RETURNS TABLE */
    bool returns_table;
} WeirSqlFunction;

typedef struct WeirAnalyzer {
    WeirArena *arena; /* of the statement or query: everything made goes there */
    WeirCatalog *catalog;
    const WeirEvalContext *context;
    WeirConnectorContext connector;     /* template for schema inference: fs, clock, zone, conf */
    int64_t *next_expression_id;        /* of the session: Spark's exprId counter */
    const WeirValue *const *parameters; /* ? markers */
    uint32_t parameter_count;
    const char *sql_text; /* for error fragments */
} WeirAnalyzer;

/* Batch and streaming plans alike. Each column reference, function, cast, star, alias, CTE, subquery, grouping set,
 * window expression and generator is resolved; checkAnalysis errors are raised. Time windows become Project/Expand +
 * Filter; EVENT_TIME_WATERMARK puts spark.watermarkDelayMs metadata on its column. */
WEIR_CHECKED WeirStatus weir_analyze(WeirAnalyzer *analyzer, WeirLogicalPlan *plan, WeirLogicalPlan **analyzed,
                                     WeirError *error);
/* One expression over a plan's output or none: options, SET VAR, selectExpr. */
WEIR_CHECKED WeirStatus weir_analyze_expression(WeirAnalyzer *analyzer, WeirExpression *expression,
                                                const WeirLogicalPlan *input, WeirExpression **analyzed,
                                                WeirError *error);

/* A source of Spark's that weir has not and that no stream reads: a view may name it. */
bool weir_is_batch_only_format(const char *format);
/* Check a new function: its body, defaults and types. */
WEIR_CHECKED WeirStatus weir_analyze_sql_function(WeirAnalyzer *analyzer, WeirSqlFunction *function, WeirError *error);

/* Refuse what a batch query may not do with streams ("Queries with streaming sources must be executed with
 * writeStream.start()"). */
WEIR_CHECKED WeirStatus weir_check_batch(const WeirLogicalPlan *analyzed, WeirError *error);
/* UnsupportedOperationChecker for a streaming query: streaming semantics §7. `output_mode`: "append", "update",
 * "complete" (STREAMING_OUTPUT_MODE.INVALID otherwise). */
typedef struct WeirStreamingCheck {
    const char *output_mode;
    bool continuous;
    bool check_correctness; /* spark.sql.streaming.statefulOperator.checkCorrectness.enabled */
    bool allow_multiple;    /* spark.sql.streaming.statefulOperator.allowMultiple */
    bool enabled;           /* spark.sql.streaming.unsupportedOperationCheck */
} WeirStreamingCheck;
WEIR_CHECKED WeirStatus weir_check_streaming(const WeirLogicalPlan *analyzed, const WeirStreamingCheck *check,
                                             WeirArena *arena, WeirError *error);

#endif
