/* The function table: every built-in scalar function, generator, table function and window function, with what SHOW
 * FUNCTIONS, DESCRIBE FUNCTION, docs/functions.md and "did you mean" need. One file per family under expr/functions/
 * exports one table; function_registry.c lists the families: a new function is one entry. Operators are functions with
 * their symbol as the name. */
#ifndef WEIR_EXPR_FUNCTION_H
#define WEIR_EXPR_FUNCTION_H

#include "columnar/batch.h"
#include "columnar/time_zone.h"
#include "expr/expression.h"

/* What expressions need to know of the session while they are resolved, folded and run. Outlives every program made
 * with it. */
typedef struct WeirEvalContext {
    const WeirTimeZone *zone;
    bool ansi; /* spark.sql.ansi.enabled */
    bool case_sensitive;
    int64_t now_micros;     /* of the batch or statement: current_timestamp() */
    int64_t planned_micros; /* now() in a stream, where Spark takes the clock anew when it plans the batch; 0: as
                               now_micros */
    const char *current_user, *current_catalog, *current_database;
    /* Value of a setting, or NULL: for functions whose behaviour a spark.sql.* key changes. */
    const char *(*conf)(void *conf_context, const char *key);
    void *conf_context;
} WeirEvalContext;

typedef enum WeirFunctionKind {
    WEIR_FUNCTION_SCALAR,
    WEIR_FUNCTION_GENERATOR, /* explode, inline, stack … */
    WEIR_FUNCTION_TABLE,     /* range(…) in FROM */
    WEIR_FUNCTION_WINDOW,    /* row_number, rank, lag … */
    WEIR_FUNCTION_SPECIAL /* resolved by the analyzer itself: window, session_window, window_time, grouping, current_* …
                           */
} WeirFunctionKind;

enum {
    WEIR_FUNCTION_NULL_PROPAGATING =
        1, /* any null argument → null; the framework computes validity, the kernel sees only valid selected rows */
    WEIR_FUNCTION_NONDETERMINISTIC = 2,
    WEIR_FUNCTION_NEVER_NULL = 4, /* result is never null */
    WEIR_FUNCTION_LAZY = 8, /* arguments are evaluated only for the rows that need them: coalesce, if, and, or, nvl …
                               (compiler knows how) */
    WEIR_FUNCTION_NOT_IN_STREAM = 16, /* monotonically_increasing_id, … */
    WEIR_FUNCTION_FOLD_PER_BATCH =
        32,                      /* current_timestamp, current_date, now, localtimestamp: constant within a batch */
    WEIR_FUNCTION_MAY_FAIL = 64, /* can raise a row error: never evaluated for unselected rows, never moved */
    WEIR_FUNCTION_DENSE =
        128, /* fixed-width kernel that may compute garbage at null and unselected rows: it runs over whole vectors */
    WEIR_FUNCTION_ANY_VECTOR = 256, /* kernel takes dictionary vectors too (others see flat and constant only) */
    WEIR_FUNCTION_SHARES = 512,     /* result may point at the values of an argument (casts without work, struct) */
    WEIR_FUNCTION_REPLACED =
        1024, /* no kernel: resolve gives `replacement`, which is compiled in its place; printed as it was called */
    WEIR_FUNCTION_SEEDED = 8192,   /* `bound` is the seed, an int64_t; NULL: another one each time */
    WEIR_FUNCTION_NULLABLE = 4096, /* result may be null though no argument is */
    WEIR_FUNCTION_INTERNAL = 2048  /* made by resolution only: not found by name in SQL, not listed */
};

/* One call being resolved. The framework gives resolved, typed arguments; `resolve` checks them, says to which types
 * they must be cast and what the result is. */
typedef struct WeirFunctionCall {
    const WeirFunction *function;           /* in/out: resolve may choose another (date + interval) */
    const WeirAggregateFunction *aggregate; /* the same for aggregates: a variant for the argument's type */
    WeirArena *arena;
    const WeirEvalContext *context;
    const char *name; /* as called, lower case: the alias used */
    const struct WeirFunctionResolver *resolver;
    const WeirExpression *expression; /* the unresolved call */
    WeirExpression **arguments; /* resolved; resolve may replace an entry by a rewritten expression, or the array by a
                                   longer one (default arguments) */
    uint32_t argument_count;
    const WeirDataType **cast_types; /* out: [argument_count]; NULL entries stay as they are */
    const WeirDataType *result_type; /* out */
    bool nullable;                   /* in: any argument nullable; out: result's */
    const void *bound;               /* out: immutable data for the kernel, in `arena` */
    WeirExpression *replacement; /* out: the call is this expression instead (RuntimeReplaceable), already resolved or
                                    to be resolved */
    WeirEvalMode eval_mode;      /* in: of the session; out: of the call (try_add) */
    WeirOrigin origin;
} WeirFunctionCall;
typedef WeirStatus (*WeirFunctionResolve)(WeirFunctionCall *call, WeirError *error);

/* One evaluation over a batch. Arguments are vectors of `row_count` rows of any kind (constant, dictionary, flat). Rows
 * to compute: selection[0..count) (NULL: all rows). The kernel sets result->values (weir_vector_init was called with
 * row_count, except WEIR kernels that set the whole vector themselves) for these rows. */
typedef struct WeirKernelCall {
    const WeirExpression *expression; /* types, bound, function, eval_mode, origin for errors */
    const WeirEvalContext *context;
    WeirArena *arena; /* lives as long as the result */
    uint32_t row_count;
    const uint32_t *selection;
    uint32_t count;
    bool dense; /* DENSE kernels: compute all of 0..row_count; selection and validity say which rows may raise */
    const uint64_t *validity;          /* of NULL_PROPAGATING results: rows whose arguments are all valid (NULL: all) */
    struct WeirLambdaRuntime *lambdas; /* one for each LAMBDA argument, in order (higher_order.h); NULL: none */
    void *state; /* per program instance and step: scratch of the kernel (regex match data); freed by
                    function->free_state */
} WeirKernelCall;
typedef WeirStatus (*WeirKernel)(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                 WeirError *error);

struct WeirFunction {
    const char *name;
    const char *const *aliases; /* NULL-terminated, or NULL */
    WeirFunctionKind kind;
    uint32_t flags;
    int16_t arguments_min;
    int16_t arguments_max;       /* -1: any number */
    const char *signature;       /* "string,int=1->string" (function_signature.c), checked before `resolve`; or NULL */
    WeirFunctionResolve resolve; /* may be NULL with a signature */
    WeirKernel kernel;           /* NULL where resolve always replaces */
    void *(*new_state)(const WeirExpression *expression); /* optional */
    void (*free_state)(void *state);
    /* What the kernel is bound to where only some fields of the struct it makes are read; the others may be anything.
     * NULL: no difference. Optional. */
    const void *(*narrow)(const WeirExpression *call, const bool *used, WeirArena *arena);
    const char *sql_format; /* how Expression.sql prints it: NULL = name(a, b); "($1 + $2)" for operators */
    const char *group;      /* "string_funcs", … as Spark's ExpressionInfo */
    const char *usage;      /* one line, our words */
};

/* Case-insensitive lookup of names and aliases; NULL: unknown. */
const WeirFunction *weir_function_find(const char *name);
const WeirAggregateFunction *weir_aggregate_find(const char *name);
/* All names (scalar, aggregate, …), sorted; static. For SHOW FUNCTIONS and suggestions. */
const char *const *weir_function_names(uint32_t *count);

/* Resolve an UNRESOLVED_FUNCTION whose children are resolved: finds the function or aggregate, checks the number of
 * arguments (WRONG_NUM_ARGS…), runs resolve, inserts implicit casts, returns a CALL, AGGREGATE, GENERATOR, CASE, CAST …
 * typed and ready. SPECIAL functions are returned unchanged. Unknown: UNRESOLVED_ROUTINE. Lambdas: children of kind
 * LAMBDA have unresolved bodies; the function's resolve types their variables and calls back `resolve_expression` for
 * the body. */
typedef struct WeirFunctionResolver WeirFunctionResolver;
struct WeirFunctionResolver {
    WeirArena *arena;
    const WeirEvalContext *context;
    WeirStatus (*resolve_expression)(void *context, WeirExpression *expression, WeirExpression **resolved,
                                     WeirError *error);
    void *resolve_context;
    int64_t *next_expression_id; /* for lambda variables; may be NULL */
};
WEIR_CHECKED WeirStatus weir_function_resolve(const WeirFunctionResolver *resolver, WeirExpression *call,
                                              WeirExpression **resolved, WeirError *error);

/* Types of the nodes that are no function: coerces the branches of a CASE (DATA_DIFF_TYPES), checks a CAST
 * (CAST_WITHOUT_SUGGESTION …). Children are resolved. */
WEIR_CHECKED WeirStatus weir_case_resolve(const WeirFunctionResolver *resolver, WeirExpression *expression,
                                          WeirExpression **resolved, WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_resolve(const WeirFunctionResolver *resolver, WeirExpression *expression,
                                          WeirExpression **resolved, WeirError *error);
/* child.name, where child is a struct or an array of structs: EXTRACT_FIELD; maps: child['name']. FIELD_NOT_FOUND,
 * AMBIGUOUS_REFERENCE_TO_FIELDS, INVALID_EXTRACT_BASE_FIELD_TYPE. */
WEIR_CHECKED WeirStatus weir_extract_field_resolve(const WeirFunctionResolver *resolver, WeirExpression *child,
                                                   const char *name, WeirOrigin origin, WeirExpression **resolved,
                                                   WeirError *error);
/* Resolve every UNRESOLVED_FUNCTION, CASE and CAST of a tree that has no unresolved names. */
WEIR_CHECKED WeirStatus weir_function_resolve_tree(const WeirFunctionResolver *resolver, WeirExpression *expression,
                                                   WeirExpression **resolved, WeirError *error);

/* Coercion (Spark's AnsiTypeCoercion). */
bool weir_can_implicitly_cast(const WeirDataType *from, const WeirDataType *to);
bool weir_can_cast(const WeirDataType *from, const WeirDataType *to, WeirEvalMode mode);
bool weir_can_store_assign(const WeirDataType *from, const WeirDataType *to);
/* The tightest type both go to without loss of meaning (set operations, CASE, IN, coalesce); NULL: none. */
const WeirDataType *weir_common_type(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);
WeirExpression *weir_expression_cast(WeirArena *arena, WeirExpression *child, const WeirDataType *type,
                                     WeirEvalMode mode, bool implicit); /* `child` itself when the type is the same */

#endif
