/* ReplaceDistinctWithAggregate, ReplaceIntersectWithSemiJoin, ReplaceExceptWithAntiJoin, RewriteExceptAll,
 * RewriteIntersectAll, ReplaceDeduplicateWithAggregate: fewer kinds of operators below. */
#include "optimizer/rules.h"

static WeirLogicalPlan *distinct(WeirOptimization *optimization, WeirLogicalPlan *child)
{
    return weir_make_aggregate(optimization, child->output, child->output_count, child->output, child->output_count,
                               child);
}

static WeirLogicalPlan *set_join(WeirOptimization *optimization, const WeirLogicalPlan *plan, WeirJoinType type)
{
    WeirLogicalPlan *left = plan->children[0], *right = plan->children[1];
    WeirExpressions conditions = {0};
    for (uint32_t i = 0; i < left->output_count; i++)
        weir_expressions_add(optimization, &conditions,
                             weir_binary(optimization, "<=>", left->output[i], right->output[i]));
    return distinct(optimization,
                    weir_make_join(optimization, type, weir_join_conjuncts(optimization, &conditions), left, right));
}

static WeirExpression *call(WeirOptimization *optimization, const char *name, WeirExpression *const *arguments,
                            uint32_t count)
{
    WeirFunctionResolver resolver = {.arena = optimization->arena, .context = optimization->context};
    WeirExpression *unresolved = weir_expression_function(optimization->arena, name, arguments, count, (WeirOrigin){0}),
                   *resolved = NULL;
    WeirStatus status = weir_function_resolve(&resolver, unresolved, &resolved, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return resolved;
}

/* `plan` with a number for each of the rows that are equal. */
static WeirLogicalPlan *numbered(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    WeirExpression *window =
        weir_expression_unary(optimization->arena, WEIR_EXPRESSION_WINDOW, call(optimization, "row_number", NULL, 0));
    window->type = window->children[0]->type;
    window->window = WEIR_ARENA_NEW(optimization->arena, WeirWindowSpec);
    *window->window = (WeirWindowSpec){.partition_by = plan->output,
                                       .partition_count = plan->output_count,
                                       .has_frame = true,
                                       .lower = WEIR_FRAME_UNBOUNDED_PRECEDING,
                                       .upper = WEIR_FRAME_CURRENT_ROW};
    WeirLogicalPlan *node = weir_logical_unary(optimization->arena, WEIR_LOGICAL_WINDOW, plan);
    node->expressions = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 1);
    node->expressions[0] = weir_expression_alias(optimization->arena, window, "row_number", weir_new_id(optimization));
    node->expression_count = 1;
    node->window = window->window;
    return weir_refresh(optimization, node);
}

/* INTERSECT ALL keeps the n-th of equal rows if the right side has an n-th one, EXCEPT ALL if it has none. */
static WeirLogicalPlan *multiset(WeirOptimization *optimization, const WeirLogicalPlan *plan)
{
    WeirLogicalPlan *left = numbered(optimization, plan->children[0]);
    WeirLogicalPlan *right = numbered(optimization, plan->children[1]);
    WeirExpressions conditions = {0};
    for (uint32_t i = 0; i < left->output_count; i++)
        weir_expressions_add(optimization, &conditions,
                             weir_binary(optimization, "<=>", left->output[i], right->output[i]));
    WeirJoinType type = plan->set_operation == WEIR_SET_INTERSECT ? WEIR_JOIN_LEFT_SEMI : WEIR_JOIN_LEFT_ANTI;
    WeirLogicalPlan *join =
        weir_make_join(optimization, type, weir_join_conjuncts(optimization, &conditions), left, right);
    return weir_make_project(optimization, plan->children[0]->output, plan->children[0]->output_count, join);
}

/* Batch: the first row of each key. A stream's deduplication is an operator of its own. */
static WeirLogicalPlan *deduplicate(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    WeirLogicalPlan *child = plan->children[0];
    if (plan->is_streaming)
        return plan;
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < child->output_count; i++) {
        bool is_key = false;
        for (uint32_t k = 0; k < plan->expression_count; k++)
            is_key = is_key || plan->expressions[k]->id == child->output[i]->id;
        WeirExpression *column = child->output[i];
        if (!is_key)
            column = weir_expression_alias(optimization->arena, call(optimization, "first", &column, 1), column->name,
                                           column->id);
        weir_expressions_add(optimization, &list, column);
    }
    return weir_make_aggregate(optimization, plan->expressions, plan->expression_count, list.items, list.count, child);
}

static WeirLogicalPlan *replace(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    switch (plan->kind) {
    case WEIR_LOGICAL_DISTINCT:
        return distinct(optimization, plan->children[0]);
    case WEIR_LOGICAL_DEDUPLICATE:
        return deduplicate(optimization, plan);
    case WEIR_LOGICAL_SET_OPERATION:
        if (plan->is_all)
            return multiset(optimization, plan);
        return set_join(optimization, plan,
                        plan->set_operation == WEIR_SET_INTERSECT ? WEIR_JOIN_LEFT_SEMI : WEIR_JOIN_LEFT_ANTI);
    default:
        return plan;
    }
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, replace, NULL, out, error);
}

const WeirRule weir_rule_replace_operators = {"ReplaceOperators", apply};
