/* The expression tree, from the parser's unresolved form to the resolved form that is compiled. One struct for all
 * kinds, so that copies and rewrites are generic (weir_expression_transform). Nodes live in an arena and are immutable
 * once shared: a rewrite makes new nodes. Names follow Spark's Catalyst. */
#ifndef WEIR_EXPR_EXPRESSION_H
#define WEIR_EXPR_EXPRESSION_H

#include "columnar/value.h"

typedef enum WeirExpressionKind {
    /* ---- leaves */
    WEIR_EXPRESSION_LITERAL,              /* value */
    WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, /* parts */
    WEIR_EXPRESSION_UNRESOLVED_STAR,      /* parts = qualifier (may be none); children = EXCEPT columns (unresolved
                                             attributes) */
    WEIR_EXPRESSION_UNRESOLVED_ORDINAL,   /* GROUP BY 1: made by the analyzer */
    WEIR_EXPRESSION_PARAMETER,            /* ? or :name; `name` NULL for ? */
    WEIR_EXPRESSION_ATTRIBUTE,            /* resolved column: name, id, parts = qualifier, type, nullable, metadata */
    WEIR_EXPRESSION_BOUND_REFERENCE,      /* ordinal into the input batch: made by the physical planner */
    WEIR_EXPRESSION_LAMBDA_VARIABLE,      /* name, id */
    WEIR_EXPRESSION_OUTER_REFERENCE,      /* child: attribute of the outer query */
    /* ---- named */
    WEIR_EXPRESSION_ALIAS,       /* child; name, id, metadata (explicit JSON or NULL = of the child) */
    WEIR_EXPRESSION_MULTI_ALIAS, /* generator AS (a, b): parts = names; child */
    /* ---- calls */
    WEIR_EXPRESSION_UNRESOLVED_FUNCTION, /* parts = name; children = arguments (may hold LAMBDA, STAR, NAMED_ARGUMENT);
                                            is_distinct, ignore_nulls, filter. Operators too: name "+", "=", "and",
                                            "not", "in", "like", "between", "||", "[]" … */
    WEIR_EXPRESSION_NAMED_ARGUMENT,      /* name => child */
    WEIR_EXPRESSION_CALL,                /* resolved scalar function: function, children, bound */
    WEIR_EXPRESSION_CAST, /* child → type; eval_mode; `name` "implicit" when coercion put it there (not shown in names);
                             parts: the call of a SQL function, as names show it, that this is the result of */
    WEIR_EXPRESSION_CASE,          /* children: condition, value, condition, value, …[, else] */
    WEIR_EXPRESSION_EXTRACT_FIELD, /* struct field: child, ordinal, name (array of structs gives an array) */
    WEIR_EXPRESSION_LAMBDA,        /* children: body, then its variables */
    WEIR_EXPRESSION_AGGREGATE,     /* resolved: aggregate, children, is_distinct, filter, bound */
    WEIR_EXPRESSION_GENERATOR,     /* resolved table-generating function: function, children; is_outer */
    WEIR_EXPRESSION_WINDOW,        /* children: function (aggregate or call), window */
    WEIR_EXPRESSION_SORT_ORDER,    /* child; is_descending, nulls_first */
    /* ---- grouping (inside GROUP BY only) */
    WEIR_EXPRESSION_ROLLUP,
    WEIR_EXPRESSION_CUBE,
    WEIR_EXPRESSION_GROUPING_SETS, /* children; each a GROUPING_SET or expression; ordinal 1: the last is a GROUPING_SET
                                      of all that is grouped by */
    WEIR_EXPRESSION_GROUPING_SET,  /* children */
    /* ---- subqueries: plan, children = left-hand expressions of IN (with `is_negated` never set: a NOT is around it)
     */
    WEIR_EXPRESSION_SCALAR_SUBQUERY,
    WEIR_EXPRESSION_EXISTS,
    WEIR_EXPRESSION_IN_SUBQUERY
} WeirExpressionKind;

typedef enum WeirEvalMode { WEIR_EVAL_ANSI, WEIR_EVAL_TRY, WEIR_EVAL_LEGACY } WeirEvalMode;

typedef struct WeirFunction WeirFunction;                   /* expr/function.h */
typedef struct WeirAggregateFunction WeirAggregateFunction; /* expr/aggregate.h */
struct WeirLogicalPlan;
struct WeirTimeZone;

typedef enum WeirFrameBound {
    WEIR_FRAME_UNBOUNDED_PRECEDING,
    WEIR_FRAME_PRECEDING,
    WEIR_FRAME_CURRENT_ROW,
    WEIR_FRAME_FOLLOWING,
    WEIR_FRAME_UNBOUNDED_FOLLOWING
} WeirFrameBound;

/* `name` of the unresolved and resolved call of "struct" that (a, b) stands for: how it prints. */
#define WEIR_ROW_NAME "named_struct"

typedef struct WeirExpression WeirExpression;

typedef struct WeirWindowSpec {
    const char *name; /* reference to a named window, or NULL */
    WeirExpression **partition_by;
    uint32_t partition_count;
    WeirExpression **order_by; /* SORT_ORDER */
    uint32_t order_count;
    bool has_frame, is_range; /* no frame: Spark's default */
    WeirFrameBound lower, upper;
    WeirExpression *lower_offset, *upper_offset; /* PRECEDING / FOLLOWING */
    WeirOrigin origin;
} WeirWindowSpec;

struct WeirExpression {
    WeirExpressionKind kind;
    uint32_t child_count;
    WeirExpression **children;
    const WeirDataType *type; /* NULL until resolved */
    bool nullable;
    bool is_distinct, ignore_nulls, is_descending, nulls_first, is_outer;
    WeirEvalMode eval_mode;
    int64_t id;       /* ATTRIBUTE, ALIAS, LAMBDA_VARIABLE: Spark's exprId */
    uint32_t ordinal; /* BOUND_REFERENCE, EXTRACT_FIELD, UNRESOLVED_ORDINAL */
    const char *name;
    const char *const *parts;
    uint32_t part_count;
    const char *metadata; /* JSON of the column's metadata ("{}" or NULL = none); carries spark.watermarkDelayMs,
                             spark.timeWindow */
    const WeirValue *value;
    const WeirFunction *function;
    const WeirAggregateFunction *aggregate;
    const void *bound; /* what the function's resolve step made (patterns, formats, zone): immutable, in the arena */
    WeirExpression *filter; /* FILTER (WHERE …) */
    WeirWindowSpec *window;
    struct WeirLogicalPlan *plan;
    WeirOrigin origin;
    const char *sql; /* text of the expression as written, for errors; may be NULL */
};

WeirExpression *weir_expression_new(WeirArena *arena, WeirExpressionKind kind, WeirOrigin origin);
WeirExpression *weir_expression_literal(WeirArena *arena, const WeirValue *value);
WeirExpression *weir_expression_unary(WeirArena *arena, WeirExpressionKind kind,
                                      WeirExpression *child); /* origin of the child */
WeirExpression *weir_expression_attribute(WeirArena *arena, const char *name, const WeirDataType *type, bool nullable,
                                          int64_t id);
WeirExpression *weir_expression_alias(WeirArena *arena, WeirExpression *child, const char *name, int64_t id);
/* UNRESOLVED_FUNCTION with these children. */
WeirExpression *weir_expression_function(WeirArena *arena, const char *name, WeirExpression *const *children,
                                         uint32_t count, WeirOrigin origin);
/* The attribute that an ALIAS or ATTRIBUTE is known by above its node. */
WeirExpression *weir_expression_to_attribute(WeirArena *arena, const WeirExpression *named);

/* A shallow copy with its own children array. */
WeirExpression *weir_expression_copy(WeirArena *arena, const WeirExpression *expression);
/* Bottom-up rewrite: `rewrite` gets each node after its children were rewritten and returns it or a replacement (NULL
 * with *status set: failure). Nodes are copied only where something below changed. Goes into filter and window parts,
 * not into subquery plans. */
typedef WeirExpression *(*WeirExpressionRewrite)(void *context, WeirExpression *expression, WeirStatus *status,
                                                 WeirError *error);
WEIR_CHECKED WeirStatus weir_expression_transform(WeirArena *arena, WeirExpression *expression,
                                                  WeirExpressionRewrite rewrite, void *context, WeirExpression **out,
                                                  WeirError *error);
/* Pre-order search; true from `match` ends it and is returned. */
typedef bool (*WeirExpressionMatch)(void *context, const WeirExpression *expression);
bool weir_expression_any(const WeirExpression *expression, WeirExpressionMatch match, void *context);
/* Same result for the same input (ids of attributes compare, origins and names do not): Spark's semanticEquals. */
bool weir_expression_equal(const WeirExpression *a, const WeirExpression *b);
bool weir_expression_is_resolved(const WeirExpression *expression); /* no unresolved kinds below, types set */
bool weir_expression_is_foldable(const WeirExpression *expression);
bool weir_expression_is_deterministic(const WeirExpression *expression);

/* Spark's Expression.sql: the name of an unnamed column ("count(1)", "(a + 1)", "CAST(a AS BIGINT)"). */
void weir_expression_sql(const WeirExpression *expression, WeirBuffer *out);
/* Timestamps among the literals are printed in this zone, on this thread; NULL: in UTC. */
void weir_expression_print_in_zone(const struct WeirTimeZone *zone);
/* Spark's toString as in EXPLAIN: "count(1) AS count#4L", "word#2". */
void weir_expression_explain(const WeirExpression *expression, WeirBuffer *out);

#endif
