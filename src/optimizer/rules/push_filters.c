/* PushPredicateThroughNonJoin and the filter part of PushPredicateThroughJoin: conditions go down as far as they mean
 * the same. Through a watermark only those that do not look at the event time, as in Spark: the maximum is then taken
 * over the rows that pass. */
#include "optimizer/rules.h"

typedef struct Split {
    WeirExpressions down, stay;
} Split;

static WeirLogicalPlan *rebuild(WeirOptimization *optimization, const WeirLogicalPlan *filter, WeirLogicalPlan *child,
                                const Split *split)
{
    if (split->down.count == 0)
        return (WeirLogicalPlan *)(uintptr_t)filter;
    return weir_make_filter(optimization, weir_join_conjuncts(optimization, &split->stay), child);
}

static WeirLogicalPlan *below(WeirOptimization *optimization, WeirLogicalPlan *node, const WeirExpressions *down)
{
    WeirLogicalPlan *lower = weir_make_filter(optimization, weir_join_conjuncts(optimization, down), node->children[0]);
    return weir_with_child(optimization, node, 0, lower);
}

static bool all_deterministic(WeirExpression *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!weir_expression_is_deterministic(list[i]))
            return false;
    return true;
}

static WeirLogicalPlan *through_project(WeirOptimization *optimization, WeirLogicalPlan *filter,
                                        WeirLogicalPlan *project)
{
    if (!all_deterministic(project->expressions, project->expression_count) || weir_has_subquery(filter->condition))
        return filter;
    WeirExpression *condition =
        weir_inline(optimization, filter->condition, project->expressions, project->expression_count);
    return weir_with_child(optimization, project, 0, weir_make_filter(optimization, condition, project->children[0]));
}

static bool is_aggregate(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_AGGREGATE;
}

/* Conditions over grouping columns keep or drop whole groups. */
static WeirLogicalPlan *through_aggregate(WeirOptimization *optimization, WeirLogicalPlan *filter,
                                          WeirLogicalPlan *aggregate)
{
    Split split = {0};
    WeirExpressions conjuncts = {0};
    if (aggregate->grouping_count == 0 || !all_deterministic(aggregate->grouping, aggregate->grouping_count))
        return filter;
    weir_split_conjuncts(optimization, filter->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        WeirExpression *condition =
            weir_inline(optimization, conjuncts.items[i], aggregate->expressions, aggregate->expression_count);
        bool pushable =
            weir_expression_is_deterministic(condition) && weir_references_within(condition, aggregate->children[0]);
        pushable = pushable && !weir_expression_any(condition, is_aggregate, NULL);
        weir_expressions_add(optimization, pushable ? &split.down : &split.stay,
                             pushable ? condition : conjuncts.items[i]);
    }
    return rebuild(optimization, filter, below(optimization, aggregate, &split.down), &split);
}

static WeirLogicalPlan *through_union(WeirOptimization *optimization, WeirLogicalPlan *filter, WeirLogicalPlan *unioned)
{
    if (!weir_expression_is_deterministic(filter->condition) || weir_has_subquery(filter->condition))
        return filter;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, unioned);
    for (uint32_t i = 0; i < copy->child_count; i++) {
        WeirExpression *condition = weir_map_attributes(optimization, filter->condition, unioned->output,
                                                        copy->children[i]->output, unioned->output_count);
        copy->children[i] = weir_make_filter(optimization, condition, copy->children[i]);
    }
    return weir_refresh(optimization, copy);
}

/* Generate, Expand, Window (partition columns only), Watermark, Sort, Repartition: conditions over columns that the
 * node passes through. */
static bool passes(const WeirLogicalPlan *node, const WeirExpression *condition)
{
    if (!weir_expression_is_deterministic(condition) || !weir_references_within(condition, node->children[0]))
        return false;
    if (node->kind == WEIR_LOGICAL_EVENT_TIME_WATERMARK) {
        WeirLogicalPlan time = {.output = (WeirExpression **)&node->condition, .output_count = 1};
        return !weir_references_any(condition, &time);
    }
    if (node->kind == WEIR_LOGICAL_WINDOW) {
        WeirLogicalPlan keys = {.output = node->window->partition_by, .output_count = node->window->partition_count};
        return weir_references_within(condition, &keys);
    }
    return true;
}

static WeirLogicalPlan *through_unary(WeirOptimization *optimization, WeirLogicalPlan *filter, WeirLogicalPlan *node)
{
    Split split = {0};
    WeirExpressions conjuncts = {0};
    weir_split_conjuncts(optimization, filter->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++)
        weir_expressions_add(optimization, passes(node, conjuncts.items[i]) ? &split.down : &split.stay,
                             conjuncts.items[i]);
    return split.down.count == 0 ? filter
                                 : rebuild(optimization, filter, below(optimization, node, &split.down), &split);
}

/* Of a filter above a join: what looks at one side only goes to that side, unless the side is the one that gets nulls.
 */
static WeirLogicalPlan *through_join(WeirOptimization *optimization, WeirLogicalPlan *filter, WeirLogicalPlan *join)
{
    WeirJoinType type = join->join_type;
    bool to_left = type != WEIR_JOIN_RIGHT_OUTER && type != WEIR_JOIN_FULL_OUTER;
    bool to_right = type == WEIR_JOIN_INNER || type == WEIR_JOIN_CROSS || type == WEIR_JOIN_RIGHT_OUTER;
    bool to_condition = type == WEIR_JOIN_INNER || type == WEIR_JOIN_CROSS;
    WeirExpressions conjuncts = {0}, left = {0}, right = {0}, both = {0}, stay = {0};
    weir_split_conjuncts(optimization, filter->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        WeirExpression *condition = conjuncts.items[i];
        bool simple = weir_expression_is_deterministic(condition) && !weir_has_subquery(condition) && !join->is_lateral;
        if (simple && to_left && weir_references_within(condition, join->children[0]))
            weir_expressions_add(optimization, &left, condition);
        else if (simple && to_right && weir_references_within(condition, join->children[1]))
            weir_expressions_add(optimization, &right, condition);
        else if (simple && to_condition)
            weir_expressions_add(optimization, &both, condition);
        else
            weir_expressions_add(optimization, &stay, condition);
    }
    if (stay.count == conjuncts.count)
        return filter;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, join);
    copy->children[0] = weir_make_filter(optimization, weir_join_conjuncts(optimization, &left), copy->children[0]);
    copy->children[1] = weir_make_filter(optimization, weir_join_conjuncts(optimization, &right), copy->children[1]);
    if (both.count > 0) {
        WeirExpression *condition = weir_join_conjuncts(optimization, &both);
        copy->condition =
            copy->condition == NULL ? condition : weir_binary(optimization, "and", copy->condition, condition);
        copy->join_type = WEIR_JOIN_INNER;
    }
    return weir_make_filter(optimization, weir_join_conjuncts(optimization, &stay), weir_refresh(optimization, copy));
}

static WeirLogicalPlan *push(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                             WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_FILTER)
        return plan;
    WeirLogicalPlan *child = plan->children[0];
    switch (child->kind) {
    case WEIR_LOGICAL_PROJECT:
        return through_project(optimization, plan, child);
    case WEIR_LOGICAL_AGGREGATE:
        return through_aggregate(optimization, plan, child);
    case WEIR_LOGICAL_UNION:
        return through_union(optimization, plan, child);
    case WEIR_LOGICAL_WINDOW:
    case WEIR_LOGICAL_GENERATE:
    case WEIR_LOGICAL_EXPAND:
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
    case WEIR_LOGICAL_SORT:
    case WEIR_LOGICAL_REPARTITION:
        return through_unary(optimization, plan, child);
    case WEIR_LOGICAL_JOIN:
        return through_join(optimization, plan, child);
    default:
        return plan;
    }
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, push, NULL, out, error);
}

const WeirRule weir_rule_push_filters = {"PushDownPredicates", apply};
