/* The order of the rules. Spark's batches in one pass each: clean up what analysis left, rewrite operators into simpler
 * ones, simplify and push down to a fixed point, then what must come last. */
#include "optimizer/rules.h"

#define ROUNDS_MAX 100

static const WeirRule *const first_rules[] = {
    &weir_rule_finish_analysis,    &weir_rule_replace_operators, &weir_rule_pull_out_groupings,
    &weir_rule_rewrite_subqueries, &weir_rule_lateral_joins,     &weir_rule_group_expressions,
    &weir_rule_sort_grouping_maps,
};
static const WeirRule *const repeated_rules[] = {
    &weir_rule_combine_unions,       &weir_rule_push_filters,     &weir_rule_push_join_conditions,
    &weir_rule_eliminate_outer_join, &weir_rule_collapse_project, &weir_rule_combine_filters,
    &weir_rule_combine_limits,       &weir_rule_constant_folding, &weir_rule_simplify_expressions,
    &weir_rule_like_simplification,  &weir_rule_prune_filters,    &weir_rule_eliminate_sorts,
    &weir_rule_remove_noops,
};
static const WeirRule *const inferring_rules[] = {&weir_rule_infer_filters, &weir_rule_infer_join_filters};
static const WeirRule *const last_rules[] = {
    &weir_rule_guard_filtered_arguments, &weir_rule_distinct_aggregates, &weir_rule_column_pruning,
    &weir_rule_collapse_project,         &weir_rule_remove_noops,
};

static WeirStatus run_once(WeirOptimization *optimization, const WeirRule *const *rules, size_t count,
                           WeirLogicalPlan **plan, WeirError *error)
{
    for (size_t i = 0; i < count; i++)
        WEIR_TRY(rules[i]->apply(optimization, *plan, plan, error));
    return WEIR_OK;
}

static WeirStatus run_to_fixed_point(WeirOptimization *optimization, const WeirRule *const *rules, size_t count,
                                     WeirLogicalPlan **plan, WeirError *error)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        const WeirLogicalPlan *before = *plan;
        WEIR_TRY(run_once(optimization, rules, count, plan, error));
        if (*plan == before)
            return WEIR_OK;
        WEIR_TRY(weir_arena_check(optimization->arena, error));
    }
    return WEIR_OK; /* a plan that is still changing is a correct plan */
}

#define COUNT_OF(rules) (sizeof(rules) / sizeof((rules)[0]))

/* Plans of subquery expressions that stayed expressions are optimized on their own. */
static WeirExpression *optimize_subquery(void *context, WeirExpression *expression, WeirStatus *status,
                                         WeirError *error)
{
    WeirOptimization *optimization = context;
    if (expression->plan == NULL)
        return expression;
    WeirLogicalPlan *plan = NULL;
    *status = weir_optimize(expression->plan, optimization->context, optimization->fold_per_batch, optimization->arena,
                            optimization->next_expression_id, &plan, error);
    if (*status != WEIR_OK)
        return NULL;
    if (plan == expression->plan)
        return expression;
    WeirExpression *copy = weir_expression_copy(optimization->arena, expression);
    copy->plan = plan;
    return copy;
}

WeirStatus weir_optimize(WeirLogicalPlan *plan, const WeirEvalContext *context, bool fold_per_batch, WeirArena *arena,
                         int64_t *next_expression_id, WeirLogicalPlan **optimized, WeirError *error)
{
    WeirOptimization optimization = {arena, context, fold_per_batch, next_expression_id};
    WEIR_TRY(run_once(&optimization, first_rules, COUNT_OF(first_rules), &plan, error));
    WEIR_TRY(run_to_fixed_point(&optimization, repeated_rules, COUNT_OF(repeated_rules), &plan, error));
    WEIR_TRY(run_once(&optimization, inferring_rules, COUNT_OF(inferring_rules), &plan, error));
    WEIR_TRY(run_to_fixed_point(&optimization, repeated_rules, COUNT_OF(repeated_rules), &plan, error));
    WEIR_TRY(run_once(&optimization, last_rules, COUNT_OF(last_rules), &plan, error));
    WEIR_TRY(weir_rewrite_expressions(&optimization, plan, optimize_subquery, &optimization, &plan, error));
    WEIR_TRY(weir_arena_check(arena, error));
    *optimized = plan;
    return WEIR_OK;
}
