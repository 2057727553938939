/* What the files of analyzer/ share. A run resolves a plan bottom-up in one recursive pass: each resolve_<node>.c turns
 * one kind of unresolved node, whose children are still unresolved, into resolved nodes with `output` set. Names are
 * looked up in scopes that chain from inner to outer query. */
#ifndef WEIR_ANALYZER_ANALYZER_PRIVATE_H
#define WEIR_ANALYZER_ANALYZER_PRIVATE_H

#include "analyzer/analyzer.h"
#include "expr/aggregate.h"

#define WEIR_PLAN_DEPTH_MAX 1000u

typedef struct WeirAnalysis {
    WeirAnalyzer *analyzer;
    WeirArena *arena;
    uint32_t depth; /* of nested plans, to fail before the stack does */
} WeirAnalysis;

/* A growable list of expressions in the analysis' arena. */
typedef struct WeirExpressionList {
    WeirExpression **items;
    uint32_t count, capacity;
} WeirExpressionList;

/* The columns that names may mean. `hidden` are columns that a star does not show: the other side's keys of a USING
 * join. */
typedef struct WeirScope WeirScope;
struct WeirScope {
    const WeirScope *outer;
    WeirExpression *const *attributes;
    uint32_t attribute_count;
    WeirExpression *const *hidden;
    uint32_t hidden_count;
    bool over_aggregate; /* of HAVING, as the outer scope of its subqueries: they may use aggregates of it */
};

typedef struct WeirCteFrame WeirCteFrame;
struct WeirCteFrame {
    const WeirCteFrame *outer;
    const char *name;
    WeirLogicalPlan *plan; /* resolved; renewed at every reference */
};

/* Arguments of the SQL function whose body is being resolved. */
typedef struct WeirArgumentFrame {
    const char *function;
    const char *const *names;
    WeirExpression *const *values;
    uint32_t count;
} WeirArgumentFrame;

/* What a query block inherits from around it. */
typedef struct WeirEnvironment {
    const WeirCteFrame *ctes;
    const WeirScope *outer;         /* of the enclosing query, for correlated names */
    const WeirLogicalPlan *windows; /* WINDOW_DEFINITIONS in force */
    const WeirArgumentFrame *arguments;
    const char *no_sql_functions; /* the operator whose expressions can't call them; NULL: they may */
} WeirEnvironment;

typedef struct WeirLambdaFrame WeirLambdaFrame;
struct WeirLambdaFrame {
    const WeirLambdaFrame *outer;
    WeirExpression *const *variables;
    uint32_t count;
};

/* Resolving the expressions of one node. */
typedef struct WeirExpressionContext {
    WeirAnalysis *analysis;
    const WeirEnvironment *env;
    const WeirScope *scope;
    const WeirScope *second;         /* input of the aggregate that gives `scope`, for HAVING and ORDER BY; else NULL */
    bool second_first;               /* HAVING, QUALIFY */
    bool second_is_input;            /* of a SELECT list: all of its columns count */
    WeirExpression *const *grouping; /* outside of aggregate functions only these may come from `second` */
    uint32_t grouping_count;
    WeirExpression *const *laterals; /* earlier ALIASes of the same SELECT list */
    uint32_t lateral_count;
    const WeirLambdaFrame *lambdas;
    uint32_t aggregate_depth;
    bool in_window;                    /* a window expression's function or definition */
    bool in_select_list;               /* where a generator may stand */
    bool used_hidden, used_lateral;    /* out */
    const WeirExpression *meaningless; /* out of resolve_sort.c: the name that it complains of */
} WeirExpressionContext;

/* ---- small helpers: analysis_helpers.c */
void weir_list_append(WeirAnalysis *analysis, WeirExpressionList *list, WeirExpression *expression);
int64_t weir_next_id(WeirAnalysis *analysis);
WeirStatus weir_located(const WeirAnalysis *analysis, WeirOrigin origin, WeirError *error, WeirStatus status);
const char *weir_expression_text(WeirAnalysis *analysis, const WeirExpression *expression); /* Spark's sql */
const char *weir_expression_quoted(WeirAnalysis *analysis,
                                   const WeirExpression *expression);           /* "sql" in double quotes */
const char *weir_type_quoted(WeirAnalysis *analysis, const WeirDataType *type); /* "INT" */
const char *weir_name_quoted(WeirAnalysis *analysis, const char *const *parts, uint32_t count); /* `a`.`b` */
WeirExpression *weir_literal_string(WeirAnalysis *analysis, const char *text);
WeirExpression *weir_literal_int(WeirAnalysis *analysis, const WeirDataType *type, int64_t value);
WeirExpression *weir_literal_null(WeirAnalysis *analysis, const WeirDataType *type);
WeirStatus weir_build_call(WeirAnalysis *analysis, const char *name, WeirExpression *const *children, uint32_t count,
                           WeirOrigin origin, WeirExpression **out, WeirError *error); /* children resolved */
bool weir_setting_is_off(const WeirAnalysis *analysis, const char *key); /* a spark.sql.… that is on unless set */
bool weir_name_equal(const WeirAnalysis *analysis, const char *a, const char *b);
const WeirExpression *weir_trim_alias(const WeirExpression *expression);
bool weir_contains_kind(const WeirExpression *expression, WeirExpressionKind kind);
WeirExpression *weir_find_by_id(WeirExpression *const *list, uint32_t count, int64_t id); /* NULL: none */
/* Every node whose kind matches replaced top-down is rarely needed: weir_expression_transform is bottom-up. This one is
 * top-down: `rewrite` returns NULL to go into the children. */
typedef WeirExpression *(*WeirTopDownRewrite)(void *context, WeirExpression *expression);
WeirExpression *weir_transform_down(WeirArena *arena, WeirExpression *expression, WeirTopDownRewrite rewrite,
                                    void *context);

/* ---- plan construction: plan_output.c. Each sets output, is_streaming, analyzed. */
WeirLogicalPlan *weir_plan_finish(WeirAnalysis *analysis, WeirLogicalPlan *plan);
WeirLogicalPlan *weir_plan_project(WeirAnalysis *analysis, WeirExpression *const *expressions, uint32_t count,
                                   WeirLogicalPlan *child);
WeirLogicalPlan *weir_plan_filter(WeirAnalysis *analysis, WeirExpression *condition, WeirLogicalPlan *child);
WeirLogicalPlan *weir_plan_with_children(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirLogicalPlan *left,
                                         WeirLogicalPlan *right); /* copy; right NULL: unary */
WeirLogicalPlan *weir_plan_alias(WeirAnalysis *analysis, const char *name, WeirLogicalPlan *child);
WeirLogicalPlan *weir_plan_renew(WeirAnalysis *analysis,
                                 WeirLogicalPlan *plan); /* same plan, new expression ids: renew_ids.c */

const char *weir_subquery_key(WeirAnalysis *analysis,
                              WeirLogicalPlan *plan); /* equal for equal plans: subquery_key.c */

/* Hidden columns of a resolved plan, and the same plan with one of them (or any attribute from below) added to its
 * output: hidden_columns.c */
void weir_plan_hidden(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirExpressionList *hidden);
void weir_plan_set_hidden(WeirAnalysis *analysis, WeirLogicalPlan *project, WeirExpression *const *hidden,
                          uint32_t count);
WeirLogicalPlan *weir_plan_add_attribute(WeirAnalysis *analysis, WeirLogicalPlan *plan,
                                         const WeirExpression *attribute); /* NULL: cannot */
/* Add what `expressions` use and `plan` does not output but hides. */
WeirLogicalPlan *weir_plan_expose(WeirAnalysis *analysis, WeirLogicalPlan *plan, WeirExpression *const *expressions,
                                  uint32_t count);

/* ---- names: name_resolution.c, suggestions.c */
WeirScope weir_scope_of(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *child);
/* Try one scope; `*out` NULL: no such name. Ambiguity and bad fields fail. */
WeirStatus weir_resolve_in_attributes(WeirAnalysis *analysis, WeirExpression *const *attributes, uint32_t count,
                                      const char *const *parts, uint32_t part_count, WeirOrigin origin,
                                      WeirExpression **out, WeirError *error);
WeirStatus weir_resolve_name(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                             WeirError *error);
WeirStatus weir_try_resolve_name(WeirExpressionContext *context, const WeirExpression *name, WeirExpression **out,
                                 WeirError *error);
WeirStatus weir_extract_field(WeirAnalysis *analysis, WeirExpression *base, const char *field, WeirOrigin origin,
                              WeirExpression **out, WeirError *error);
WeirStatus weir_unresolved_column(WeirExpressionContext *context, const WeirExpression *name, WeirError *error);
/* "`a`, `b`" nearest first, at most five. */
const char *weir_suggest(WeirAnalysis *analysis, const char *base, uint32_t base_parts,
                         const char *const *const *candidates, const uint32_t *part_counts, uint32_t count);

/* ---- expressions */
WeirStatus weir_resolve_expression(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                   WeirError *error);
WeirStatus weir_resolve_function_call(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                      WeirError *error);
WeirStatus weir_resolve_window_expression(WeirExpressionContext *context, WeirExpression *expression,
                                          WeirExpression **out, WeirError *error);
WeirStatus weir_resolve_subquery(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                 WeirError *error);
/* Outer columns as a scalar subquery's and EXISTS' children, and in the text of all kinds; again after they changed. */
void weir_note_outer_columns(WeirAnalysis *analysis, WeirExpression *subquery);
/* An expression of the outer query inside of a subquery. */
WeirExpression *weir_outer_expression(WeirAnalysis *analysis, WeirExpression *expression);
/* An aggregate over nothing but columns of the outer query. */
bool weir_is_outer_aggregate(const WeirExpression *expression);
WeirStatus weir_expand_star(WeirExpressionContext *context, const WeirExpression *star, WeirExpressionList *out,
                            WeirError *error);
/* Arguments in the order of the parameters, NULL where there is none: named_arguments.c */
typedef struct WeirParameterNames {
    const char *routine;
    const char *const *names;
    uint32_t count;
} WeirParameterNames;
WeirStatus weir_arrange_arguments(WeirAnalysis *analysis, const WeirParameterNames *parameters,
                                  WeirExpression *const *arguments, uint32_t count, WeirOrigin origin,
                                  WeirExpression ***out, WeirError *error);
/* The same for a built-in function, with its defaults; nothing changes where no argument has a name. */
WeirStatus weir_arrange_builtin(WeirAnalysis *analysis, const char *name, WeirOrigin origin,
                                WeirExpression ***arguments, uint32_t *count, WeirError *error);
/* The same arguments for a subquery in the body: columns of the calling query are outer ones there. */
WeirArgumentFrame weir_arguments_as_outer(WeirAnalysis *analysis, const WeirArgumentFrame *frame);
WeirStatus weir_resolve_sql_table_function(WeirExpressionContext *context, const WeirSqlFunction *function,
                                           const WeirLogicalPlan *plan, const WeirExpressionList *arguments,
                                           WeirLogicalPlan **out, WeirError *error);
WeirStatus weir_resolve_sql_function(WeirExpressionContext *context, const WeirSqlFunction *function,
                                     WeirExpression *call, WeirExpression **out, WeirError *error);
/* Resolve over one plan's output; boolean where `boolean_condition` is set (its error otherwise). */
WeirExpressionContext weir_expression_context(WeirAnalysis *analysis, const WeirEnvironment *env,
                                              const WeirScope *scope);
WeirStatus weir_resolve_list(WeirExpressionContext *context, WeirExpression *const *in, uint32_t count,
                             WeirExpressionList *out, WeirError *error);
/* A name for an unnamed SELECT item; `expression` itself when it is named already. */
WeirExpression *weir_name_expression(WeirAnalysis *analysis, WeirExpression *expression, const WeirExpression *written);

/* ---- time windows: time_window.c, session_window.c, window_time.c */
extern const WeirFunction weir_time_window_marker, weir_session_window_marker, weir_window_time_marker;
bool weir_is_marker(const WeirExpression *expression); /* any of the three */
WeirStatus weir_make_time_window(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                 WeirError *error);
WeirStatus weir_make_session_window(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                    WeirError *error);
WeirStatus weir_make_window_time(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                 WeirError *error);
/* Replace the markers in some lists of one node's expressions by columns that a new child computes. */
typedef struct WeirExpressionSlots {
    WeirExpression ***lists[3]; /* addresses of arrays, replaced by rewritten copies */
    uint32_t *counts[3];
    uint32_t list_count;
    WeirExpressionList markers, attributes; /* replaced by an earlier call for the same node */
} WeirExpressionSlots;
WeirStatus weir_rewrite_time_windows(WeirAnalysis *analysis, WeirExpressionSlots *slots, WeirLogicalPlan **child,
                                     WeirError *error);

/* ---- plans: one function per family of nodes, listed in resolve_plan.c */
typedef WeirStatus (*WeirResolveNode)(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                      WeirLogicalPlan **out, WeirError *error);
WeirStatus weir_resolve_plan(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                             WeirLogicalPlan **out, WeirError *error);
WeirStatus weir_resolve_relation(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                 WeirError *);
WeirStatus weir_resolve_inline_table(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                     WeirError *);
WeirStatus weir_resolve_table_function(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                       WeirError *);
WeirStatus weir_resolve_subquery_alias(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                       WeirError *);
WeirStatus weir_resolve_with(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                             WeirError *);
WeirStatus weir_resolve_project(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                WeirError *);
WeirStatus weir_resolve_filter(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                               WeirError *);
WeirStatus weir_resolve_aggregate(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                  WeirError *);
WeirStatus weir_resolve_having(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                               WeirError *);
WeirStatus weir_resolve_sort(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                             WeirError *);
WeirStatus weir_resolve_limit(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                              WeirError *);
WeirStatus weir_resolve_simple_unary(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                     WeirError *);
WeirStatus weir_resolve_distinct(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                 WeirError *);
WeirStatus weir_resolve_generate(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                 WeirError *);
WeirStatus weir_resolve_watermark(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                  WeirError *);
WeirStatus weir_resolve_join(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                             WeirError *);
WeirStatus weir_resolve_union(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                              WeirError *);
WeirStatus weir_resolve_set_operation(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                      WeirError *);
WeirStatus weir_resolve_pivot(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                              WeirError *);
WeirStatus weir_resolve_unpivot(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                WeirError *);
WeirStatus weir_resolve_qualify(WeirAnalysis *, const WeirEnvironment *, WeirLogicalPlan *, WeirLogicalPlan **,
                                WeirError *);

/* ---- WITH: resolve_scopes.c, resolve_recursion.c */
/* Resolve the definitions of a WITH and put them into `env`. */
WeirStatus weir_resolve_definitions(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirEnvironment *env,
                                    WeirError *error);
/* The columns of `*plan` get other names. */
WeirStatus weir_plan_rename(WeirAnalysis *analysis, const char *const *names, uint32_t count, WeirOrigin origin,
                            WeirLogicalPlan **plan, WeirError *error);
/* Does a parsed plan, or a subquery in its expressions, read the table `name`? */
bool weir_plan_mentions(const WeirLogicalPlan *plan, const char *name);
/* A definition that reads itself, as a UNION_LOOP. */
WeirStatus weir_resolve_recursion(WeirAnalysis *analysis, const WeirEnvironment *env,
                                  const WeirCteDefinition *definition, WeirOrigin origin, WeirLogicalPlan **out,
                                  WeirError *error);

/* ---- parts of SELECT shared by Project and Aggregate */
WeirStatus weir_resolve_select_list(WeirExpressionContext *context, WeirExpression *const *items, uint32_t count,
                                    WeirExpressionList *out, WeirError *error);
/* One item more, after those of `out`; a star gives several. */
WeirStatus weir_resolve_select_item(WeirExpressionContext *context, WeirExpression *item, WeirExpressionList *out,
                                    WeirError *error);
/* A list whose items name columns of its generators: generator_list.c */
typedef struct WeirGeneratorList {
    WeirLogicalPlan *child;   /* in: the input; out: with the generators that others needed above it */
    WeirExpressionList items; /* out: resolved, or as written if one is an aggregate */
    bool has_aggregate, used_lateral;
} WeirGeneratorList;
WeirStatus weir_resolve_generator_list(WeirAnalysis *analysis, const WeirEnvironment *env, WeirExpression *const *items,
                                       uint32_t count, WeirGeneratorList *out, WeirError *error);
bool weir_is_unresolved_column(WeirStatus status);
/* Stack of Projects so that items may use earlier aliases: lateral_alias.c */
WeirLogicalPlan *weir_plan_lateral_aliases(WeirAnalysis *analysis, WeirExpression *const *items, uint32_t count,
                                           WeirLogicalPlan *child);
/* Pull generators out of a SELECT list into GENERATE nodes below it: generators.c */
WeirStatus weir_extract_generators(WeirAnalysis *analysis, WeirExpressionList *items, WeirLogicalPlan **child,
                                   WeirError *error);
/* The generator of a list over an aggregate comes last: windows and the aliases that it uses are computed first. */
WeirStatus weir_compute_below_generator(WeirAnalysis *analysis, WeirExpressionList *items, WeirLogicalPlan **child,
                                        WeirError *error);
WeirStatus weir_make_generate(WeirAnalysis *analysis, WeirExpression *generator, const char *qualifier,
                              const char *const *names, uint32_t name_count, bool outer, WeirLogicalPlan *child,
                              WeirLogicalPlan **out, WeirError *error);
/* WINDOW expressions of a SELECT list over `child` into WINDOW nodes: extract_windows.c. `items` stay what the list
 * means above. */
WeirStatus weir_extract_windows(WeirAnalysis *analysis, WeirExpression *const *items, uint32_t count,
                                WeirLogicalPlan *child, WeirLogicalPlan **out, WeirError *error);
bool weir_has_window(const WeirExpression *expression);
bool weir_has_aggregate(const WeirExpression *expression); /* one that is not a window's own function */
/* Generators, windows and lateral aliases of resolved items over a resolved child. */
WeirStatus weir_finish_select(WeirAnalysis *analysis, WeirExpressionList *items, bool lateral, WeirLogicalPlan *child,
                              WeirLogicalPlan **out, WeirError *error);
/* GROUP BY ROLLUP/CUBE/GROUPING SETS: expands below `*child`, replaces grouping expressions by attributes:
 * grouping_analytics.c */
bool weir_has_grouping_analytics(WeirExpression *const *grouping, uint32_t count);
typedef struct WeirGroupingAnalytics { /* `grouping_analytics` of an AGGREGATE */
    WeirExpression **expressions;      /* as written, over the input */
    WeirExpression **attributes;       /* what stands for them above the Expand */
    uint32_t count;
    WeirExpression *id;     /* spark_grouping_id */
    WeirLogicalPlan *input; /* below: names in HAVING and ORDER BY mean its columns */
} WeirGroupingAnalytics;
WeirStatus weir_expand_grouping(WeirAnalysis *analysis, WeirExpression *const *grouping, uint32_t count,
                                WeirExpressionList *grouping_out, WeirExpressionList *items, WeirLogicalPlan **child,
                                WeirGroupingAnalytics **analytics, WeirError *error);
/* Grouping expressions and grouping functions of one expression over such an aggregate. */
WeirStatus weir_replace_grouping(WeirAnalysis *analysis, const WeirGroupingAnalytics *analytics,
                                 WeirExpression *expression, WeirExpression **out, WeirError *error);
bool weir_is_grouping_call(const WeirExpression *expression);
WeirStatus weir_check_aggregate(WeirAnalysis *analysis, const WeirLogicalPlan *aggregate, WeirError *error);
/* Resolve an expression over an aggregate's result, adding grouping columns and aggregates to it as needed:
 * aggregate_references.c */
WeirLogicalPlan *weir_aggregate_below(WeirLogicalPlan *plan);
WeirStatus weir_resolve_over_aggregate(WeirAnalysis *analysis, const WeirEnvironment *env, WeirExpression *const *in,
                                       uint32_t count, bool having, WeirLogicalPlan **plan, WeirExpression **out,
                                       WeirError *error);
/* Casts that make the columns of several plans agree: set_operation_types.c */
WeirStatus weir_widen_children(WeirAnalysis *analysis, WeirLogicalPlan *plan, const char *operation, WeirError *error);

/* CheckAnalysis: everything that only a whole resolved tree shows. check_analysis.c */
WeirStatus weir_check_analysis(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error);
WeirStatus weir_check_no_maps(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirOrigin origin, WeirError *error);
/* An expression over `*child`, or over what its SELECT list left out, which is then added to `*child`; `input_first`:
 * what that list was made of comes before what it gives. */
WeirStatus weir_resolve_with_missing(WeirAnalysis *analysis, const WeirEnvironment *env, WeirExpression *expression,
                                     bool input_first, WeirLogicalPlan **child, WeirExpression **out, WeirError *error);
/* One expression of `plan`, a SORT or REPARTITION; with a name it is a pipe operator, which sees its input's output
 * only. */
WeirStatus weir_resolve_order(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                              WeirExpression *order, WeirLogicalPlan **child, WeirExpression **out, WeirError *error);
WeirStatus weir_share_streams(WeirAnalysis *analysis, WeirLogicalPlan **plan, WeirError *error);
WeirStatus weir_check_boolean(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpression *condition,
                              WeirError *error);

#endif
