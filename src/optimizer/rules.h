/* The rules of the optimizer and what they share. A rule gets a whole plan and gives a plan: the same pointer when it
 * changed nothing. One rule a file; optimizer.c lists them in the order in which they run. */
#ifndef WEIR_OPTIMIZER_RULES_H
#define WEIR_OPTIMIZER_RULES_H

#include "optimizer/optimizer.h"

typedef struct WeirOptimization {
    WeirArena *arena;
    const WeirEvalContext *context;
    bool fold_per_batch;
    int64_t *next_expression_id;
} WeirOptimization;

typedef WeirStatus (*WeirRuleApply)(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                                    WeirError *error);
typedef struct WeirRule {
    const char *name; /* Spark's, where it has one */
    WeirRuleApply apply;
} WeirRule;

/* once, before the others */
extern const WeirRule weir_rule_finish_analysis;   /* aliases, views, watermarks of batch plans */
extern const WeirRule weir_rule_replace_operators; /* DISTINCT, INTERSECT, EXCEPT, batch deduplication */
extern const WeirRule weir_rule_pull_out_groupings;
extern const WeirRule weir_rule_rewrite_subqueries;
extern const WeirRule weir_rule_lateral_joins;
extern const WeirRule weir_rule_group_expressions; /* literals and repetitions in GROUP BY */
extern const WeirRule weir_rule_sort_grouping_maps;
/* to a fixed point */
extern const WeirRule weir_rule_combine_unions;
extern const WeirRule weir_rule_constant_folding;
extern const WeirRule weir_rule_simplify_expressions; /* booleans, nulls, casts, conditionals, struct fields */
extern const WeirRule weir_rule_like_simplification;
extern const WeirRule weir_rule_prune_filters;
extern const WeirRule weir_rule_combine_filters;
extern const WeirRule weir_rule_push_filters;
extern const WeirRule weir_rule_push_join_conditions;
extern const WeirRule weir_rule_eliminate_outer_join;
extern const WeirRule weir_rule_collapse_project;
extern const WeirRule weir_rule_combine_limits;
extern const WeirRule weir_rule_eliminate_sorts;
extern const WeirRule weir_rule_remove_noops;
/* once, after the others */
extern const WeirRule weir_rule_infer_filters;
extern const WeirRule weir_rule_infer_join_filters;
extern const WeirRule weir_rule_guard_filtered_arguments;
extern const WeirRule weir_rule_distinct_aggregates;
extern const WeirRule weir_rule_column_pruning;

/* ---- plan_nodes.c */
/* Output, is_streaming from children and expressions, after they changed. */
WeirLogicalPlan *weir_refresh(WeirOptimization *optimization, WeirLogicalPlan *plan);
WeirLogicalPlan *weir_make_project(WeirOptimization *optimization, WeirExpression *const *expressions, uint32_t count,
                                   WeirLogicalPlan *child);
WeirLogicalPlan *weir_make_filter(WeirOptimization *optimization, WeirExpression *condition, WeirLogicalPlan *child);
WeirLogicalPlan *weir_make_join(WeirOptimization *optimization, WeirJoinType type, WeirExpression *condition,
                                WeirLogicalPlan *left, WeirLogicalPlan *right);
WeirLogicalPlan *weir_make_aggregate(WeirOptimization *optimization, WeirExpression *const *grouping,
                                     uint32_t grouping_count, WeirExpression *const *expressions, uint32_t count,
                                     WeirLogicalPlan *child);
WeirLogicalPlan *weir_with_child(WeirOptimization *optimization, const WeirLogicalPlan *plan, uint32_t index,
                                 WeirLogicalPlan *child);
/* Children first; outputs are refreshed where something below changed. Plans of subquery expressions are not entered.
 */
typedef WeirLogicalPlan *(*WeirNodeRewrite)(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                            WeirStatus *status, WeirError *error);
WEIR_CHECKED WeirStatus weir_rewrite_up(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirNodeRewrite rewrite,
                                        void *context, WeirLogicalPlan **out, WeirError *error);
/* Every expression of every node, each bottom-up. */
WEIR_CHECKED WeirStatus weir_rewrite_expressions(WeirOptimization *optimization, WeirLogicalPlan *plan,
                                                 WeirExpressionRewrite rewrite, void *context, WeirLogicalPlan **out,
                                                 WeirError *error);

/* ---- expression_sets.c */
typedef struct WeirIdSet {
    WeirArena *arena;
    int64_t *ids; /* open addressing; -1 = free */
    uint32_t capacity, count;
} WeirIdSet;
void weir_id_set_add(WeirIdSet *set, int64_t id);
bool weir_id_set_has(const WeirIdSet *set, int64_t id);
void weir_id_set_add_references(WeirIdSet *set,
                                const WeirExpression *expression); /* also of subquery plans' outer references */
bool weir_references_within(const WeirExpression *expression,
                            const WeirLogicalPlan *plan); /* all of its columns are in the plan's output */
bool weir_references_any(const WeirExpression *expression, const WeirLogicalPlan *plan);
bool weir_plan_has(const WeirLogicalPlan *plan, int64_t id);
int64_t weir_new_id(WeirOptimization *optimization);

typedef struct WeirExpressions {
    WeirExpression **items;
    uint32_t count, capacity;
} WeirExpressions;
/* A list of its own with the same expressions, to replace some of them in. */
WeirExpression **weir_copy_expressions(WeirOptimization *optimization, WeirExpression *const *items, uint32_t count);
void weir_expressions_add(WeirOptimization *optimization, WeirExpressions *list, WeirExpression *expression);
void weir_split_conjuncts(WeirOptimization *optimization, WeirExpression *condition, WeirExpressions *out);
WeirExpression *weir_join_conjuncts(WeirOptimization *optimization, const WeirExpressions *list); /* NULL: none */
WeirExpression *weir_binary(WeirOptimization *optimization, const char *function, WeirExpression *left,
                            WeirExpression *right);
WeirExpression *weir_unary(WeirOptimization *optimization, const char *function, WeirExpression *child);
WeirExpression *weir_boolean(WeirOptimization *optimization, bool value);
WeirExpression *weir_long(WeirOptimization *optimization, int64_t value);
bool weir_is_call_of(const WeirExpression *expression, const char *function);
bool weir_is_true(const WeirExpression *expression);
bool weir_is_false(const WeirExpression *expression);
bool weir_is_null_literal(const WeirExpression *expression);
bool weir_has_subquery(const WeirExpression *expression);
bool weir_may_fail(const WeirExpression *expression);
/* Attributes replaced by what `definitions` (ALIASes, attributes) compute under the same id. */
WeirExpression *weir_inline(WeirOptimization *optimization, WeirExpression *expression,
                            WeirExpression *const *definitions, uint32_t count);
/* As above for an item of a list, whose name, id and metadata stay. */
WeirExpression *weir_inline_named(WeirOptimization *optimization, WeirExpression *item,
                                  WeirExpression *const *definitions, uint32_t count);
/* Attributes replaced by others: from[i]'s id by to[i]. */
WeirExpression *weir_map_attributes(WeirOptimization *optimization, WeirExpression *expression,
                                    WeirExpression *const *from, WeirExpression *const *to, uint32_t count);

/* Used by several rules. */
WeirLogicalPlan *weir_strip_aliases(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirError *error,
                                    WeirStatus *status);

#endif
