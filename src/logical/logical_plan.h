/* Every logical node: unresolved from the doors, resolved after analysis, the same struct throughout. Immutable once
 * shared; rewrites copy. Names are Spark's. `output` (the attributes a node gives) is set by analysis. Nodes live in
 * the arena of their statement or query. */
#ifndef WEIR_LOGICAL_LOGICAL_PLAN_H
#define WEIR_LOGICAL_LOGICAL_PLAN_H

#include "columnar/batch.h"
#include "expr/expression.h"

typedef enum WeirLogicalKind {
    /* ---- leaves */
    WEIR_LOGICAL_UNRESOLVED_RELATION,       /* parts, is_streaming (STREAM t), options */
    WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION, /* parts = name, expressions = arguments: range(…), explode(…) in FROM */
    WEIR_LOGICAL_UNRESOLVED_INLINE_TABLE,   /* VALUES: names = column names (may be none), rows */
    WEIR_LOGICAL_ONE_ROW_RELATION,
    WEIR_LOGICAL_LOCAL_RELATION,     /* output, batches (rows as a WeirBatch list) */
    WEIR_LOGICAL_RANGE,              /* range_start, range_end, range_step */
    WEIR_LOGICAL_RELATION,           /* a table of a connector, batch: relation */
    WEIR_LOGICAL_STREAMING_RELATION, /* the same as an unbounded table: relation; replaced each micro-batch */
    WEIR_LOGICAL_CTE_REFERENCE,      /* name; resolved away by the analyzer (inlined) */
    WEIR_LOGICAL_LOOP_REFERENCE,     /* loop_id, output: the rows that the last round of that UNION_LOOP made */
    /* ---- unary */
    WEIR_LOGICAL_SUBQUERY_ALIAS, /* name; names = column aliases (may be none) */
    WEIR_LOGICAL_VIEW,           /* name; child: resolved plan of a temporary view */
    WEIR_LOGICAL_PROJECT,        /* expressions */
    WEIR_LOGICAL_FILTER,         /* condition */
    WEIR_LOGICAL_AGGREGATE,      /* grouping, expressions */
    WEIR_LOGICAL_HAVING,         /* condition over an AGGREGATE, unresolved; the analyzer turns it into Filter */
    WEIR_LOGICAL_QUALIFY,        /* condition over window functions, over PROJECT, AGGREGATE or HAVING; unresolved */
    WEIR_LOGICAL_GENERATE, /* generator (in `condition`), is_outer, name = qualifier, generator_output, required child
                              columns pruned by the optimizer */
    WEIR_LOGICAL_WINDOW,   /* window expressions (aliases) in expressions; one spec per node: partition_by/order_by in
                              window */
    WEIR_LOGICAL_SORT,     /* expressions = sort orders; is_global */
    WEIR_LOGICAL_LIMIT,    /* condition = expression; Spark's GlobalLimit + LocalLimit */
    WEIR_LOGICAL_OFFSET,
    WEIR_LOGICAL_TAIL,
    WEIR_LOGICAL_DISTINCT,
    WEIR_LOGICAL_DEDUPLICATE,          /* expressions = keys; within_watermark */
    WEIR_LOGICAL_SAMPLE,               /* sample_* */
    WEIR_LOGICAL_REPARTITION,          /* expressions, partition_count */
    WEIR_LOGICAL_EVENT_TIME_WATERMARK, /* condition = event-time column (ALIAS where "expr AS name"), delay; child */
    WEIR_LOGICAL_EXPAND,               /* rows = projections; output */
    WEIR_LOGICAL_PIVOT,   /* condition = pivot column ("struct" of several), grouping = values (plain or ALIAS),
                             expressions = aggregates */
    WEIR_LOGICAL_UNPIVOT, /* rows = groups of columns, parts = name of each group or NULL, name = the name column, names
                             = value columns; EXCLUDE NULLS is a FILTER above */
    WEIR_LOGICAL_WITH,    /* CTE definitions in ctes; child */
    WEIR_LOGICAL_UNRESOLVED_HINT,    /* name; a warning, then removed */
    WEIR_LOGICAL_WINDOW_DEFINITIONS, /* WINDOW w AS (…): names, windows; child */
    /* ---- binary and n-ary */
    WEIR_LOGICAL_JOIN,         /* join_type, condition or using names or is_natural; is_lateral */
    WEIR_LOGICAL_UNION,        /* UNION ALL; by_name, allow_missing */
    WEIR_LOGICAL_UNION_LOOP,   /* WITH RECURSIVE: a start and a step over LOOP_REFERENCEs; loop_id, loop_level_limit.
                                  Carried out before a plan is optimized (engine/union_loop.h) */
    WEIR_LOGICAL_SET_OPERATION /* INTERSECT/EXCEPT [ALL]; UNION DISTINCT is Distinct over Union */
} WeirLogicalKind;

typedef enum WeirJoinType {
    WEIR_JOIN_INNER,
    WEIR_JOIN_CROSS,
    WEIR_JOIN_LEFT_OUTER,
    WEIR_JOIN_RIGHT_OUTER,
    WEIR_JOIN_FULL_OUTER,
    WEIR_JOIN_LEFT_SEMI,
    WEIR_JOIN_LEFT_ANTI,
    WEIR_JOIN_EXISTENCE /* left rows with a boolean column: EXISTS inside an expression */
} WeirJoinType;
typedef enum WeirSetOperation { WEIR_SET_INTERSECT, WEIR_SET_EXCEPT } WeirSetOperation;

typedef struct WeirOption {
    const char *key;
    const char *value;
} WeirOption;

/* A connector's table named by a view or directly: which connector, its options and schema. */
typedef struct WeirRelation {
    const char *name;   /* view or table name, for messages; may be NULL */
    const char *format; /* "json", "socket", … */
    const WeirOption *options;
    uint32_t option_count;
    const WeirSchema *user_schema; /* NULL: none given */
    const WeirSchema *schema;      /* what the source gives (after analysis) */
    const void *definition;        /* what all references to one view have in common; NULL: this is the only one */
    const void *connector;         /* const WeirSourceType *, found by the analyzer */
    int32_t source_index;          /* streaming: set when a query starts, left to right */
} WeirRelation;

typedef struct WeirLogicalPlan WeirLogicalPlan;

typedef struct WeirCteDefinition {
    const char *name;
    const char *const *column_names;
    uint32_t column_count;
    int64_t level_limit; /* MAX RECURSION LEVEL; -1: not written */
    WeirLogicalPlan *plan;
} WeirCteDefinition;

struct WeirLogicalPlan {
    WeirLogicalKind kind;
    uint32_t child_count;
    WeirLogicalPlan **children;
    WeirOrigin origin;
    bool analyzed;
    bool is_streaming; /* some leaf is a streaming relation (after analysis); for UNRESOLVED_RELATION: written as STREAM
                          t */
    WeirExpression **output; /* ATTRIBUTEs; after analysis */
    uint32_t output_count;

    WeirExpression **expressions;
    uint32_t expression_count;
    WeirExpression **grouping;
    uint32_t grouping_count;
    WeirExpression *condition;
    const char *name;
    const char *const *parts;
    uint32_t part_count;
    const char *const *names;
    uint32_t name_count;
    WeirExpression ***rows; /* [row_count][row_width] */
    uint32_t row_count;
    uint32_t row_width;

    WeirRelation *relation;
    const WeirOption *options; /* … WITH (…) */
    uint32_t option_count;
    WeirJoinType join_type;
    WeirSetOperation set_operation;
    bool is_outer, is_all, is_natural, is_lateral, is_using, by_name, allow_missing, is_global, within_watermark;
    WeirExpression **generator_output;
    uint32_t generator_output_count;
    int64_t range_start, range_end, range_step;
    int64_t partition_count;
    int64_t loop_id, loop_level_limit; /* limit -1: the session's */
    WeirCalendarInterval delay;
    const char *watermark_id; /* uuid of the EventTimeWatermark node */
    WeirWindowSpec *window;
    WeirWindowSpec **windows; /* WINDOW_DEFINITIONS */
    WeirCteDefinition *ctes;
    uint32_t cte_count;
    bool is_recursive;
    WeirBatch *const *batches; /* LOCAL_RELATION; retained by the arena's owner */
    uint32_t batch_count;
    void *extension; /* of the analyzer, for its own notes on a node */
    double sample_lower, sample_upper;
    int64_t sample_seed, sample_rows;
    bool sample_with_seed;
    const void *grouping_analytics; /* AGGREGATE over ROLLUP, CUBE, GROUPING SETS: the analyzer's note of them; NULL
                                       otherwise */
};

WeirLogicalPlan *weir_logical_new(WeirArena *arena, WeirLogicalKind kind, WeirOrigin origin);
WeirLogicalPlan *weir_logical_unary(WeirArena *arena, WeirLogicalKind kind, WeirLogicalPlan *child);
WeirLogicalPlan *weir_logical_binary(WeirArena *arena, WeirLogicalKind kind, WeirLogicalPlan *left,
                                     WeirLogicalPlan *right);
WeirLogicalPlan *weir_logical_copy(WeirArena *arena, const WeirLogicalPlan *plan); /* shallow, own children array */
/* Bottom-up rewrite of plan nodes; as weir_expression_transform. */
typedef WeirLogicalPlan *(*WeirLogicalRewrite)(void *context, WeirLogicalPlan *plan, WeirStatus *status,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_logical_transform(WeirArena *arena, WeirLogicalPlan *plan, WeirLogicalRewrite rewrite,
                                               void *context, WeirLogicalPlan **out, WeirError *error);
/* Rewrite every expression that the node itself holds. */
WEIR_CHECKED WeirStatus weir_logical_transform_expressions(WeirArena *arena, WeirLogicalPlan *plan,
                                                           WeirExpressionRewrite rewrite, void *context,
                                                           WeirLogicalPlan **out, WeirError *error);
typedef bool (*WeirLogicalMatch)(void *context, const WeirLogicalPlan *plan);
bool weir_logical_any(const WeirLogicalPlan *plan, WeirLogicalMatch match, void *context);
/* Schema of the output, in `arena`. */
const WeirSchema *weir_logical_schema(const WeirLogicalPlan *plan, WeirArena *arena);
/* Is a parsed, unanalyzed expression without any name to be looked up: literals, operators and casts over them? */
bool weir_parsed_is_resolved(const WeirExpression *expression);
/* EXPLAIN text of a tree in Spark's form ("+- ~Project [word#2]"). */
void weir_logical_explain(const WeirLogicalPlan *plan, WeirBuffer *out);

#endif
