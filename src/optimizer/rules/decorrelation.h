/* Taking references to the outer query out of a subquery's plan. */
#ifndef WEIR_OPTIMIZER_RULES_DECORRELATION_H
#define WEIR_OPTIMIZER_RULES_DECORRELATION_H

#include "optimizer/rules.h"

bool weir_plan_is_correlated(const WeirLogicalPlan *plan);
/* `*plan` without outer references; `conditions` (over its output and the outer query's columns) tell which of its rows
 * belong to an outer row. `*outer` is the outer query's plan: its distinct values of the columns used are joined in
 * where conditions cannot be pulled up (Spark: domain join). It may get further columns, after its own. */
WEIR_CHECKED WeirStatus weir_decorrelate(WeirOptimization *optimization, WeirLogicalPlan **outer,
                                         WeirLogicalPlan **plan, WeirExpressions *conditions, WeirError *error);
/* The same for any plan, at the cost of reading the outer query twice; `columns` are the outer query's values in it, by
 * which its rows belong to outer rows. A global aggregate keeps its row for values without partners. */
WEIR_CHECKED WeirStatus weir_join_domain(WeirOptimization *optimization, WeirLogicalPlan **outer,
                                         WeirLogicalPlan **plan, WeirExpressions *conditions, WeirExpressions *columns,
                                         WeirError *error);
/* outer_maps.c: every outer.map[key] of `*plan` becomes a column that `*outer` computes. */
WEIR_CHECKED WeirStatus weir_pull_out_outer_maps(WeirOptimization *optimization, WeirLogicalPlan **outer,
                                                 WeirLogicalPlan **plan, WeirError *error);
/* Is it an aggregate without keys, perhaps below filters, projections, sorts and limits? */
bool weir_is_global_aggregate(const WeirLogicalPlan *plan);
/* row_number() OVER (PARTITION BY keys ORDER BY …); `sort` may be NULL. */
WeirExpression *weir_row_number(WeirOptimization *optimization, const WeirExpressions *keys,
                                const WeirLogicalPlan *sort);
/* scalar_subqueries.c: one row for each value of `keys`; the value fails at run time where there were more. */
WeirExpression *weir_fold_rows(WeirOptimization *optimization, WeirExpression *value, const WeirExpressions *keys,
                               WeirLogicalPlan **plan);
/* OUTER_REFERENCE(a) → a */
WeirExpression *weir_strip_outer(WeirOptimization *optimization, WeirExpression *expression);
bool weir_has_outer(const WeirExpression *expression);
/* scalar_subqueries.c: join the one row of an uncorrelated scalar subquery's plan; the value. */
WeirExpression *weir_join_scalar(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **child);
/* Items of an aggregate that hold subqueries, computed in a Project above it. */
WeirLogicalPlan *weir_lift_from_aggregate(WeirOptimization *optimization, WeirLogicalPlan *aggregate);

#endif
