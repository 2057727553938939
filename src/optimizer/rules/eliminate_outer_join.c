/* EliminateOuterJoin: a filter above that no row of nulls passes makes an outer join an inner one. */
#include "optimizer/rules.h"

static WeirExpression *nullify(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    void **pair = context;
    WeirOptimization *optimization = pair[0];
    for (uint32_t i = 0; expression->kind == WEIR_EXPRESSION_CALL && i < expression->child_count; i++)
        if ((expression->function->flags & WEIR_FUNCTION_NULL_PROPAGATING) != 0 &&
            weir_is_null_literal(expression->children[i]))
            return weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, expression->type));
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE || !weir_plan_has(pair[1], expression->id))
        return expression;
    return weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, expression->type));
}

/* Is the condition null or false when every column of `side` is null? */
static bool rejects_nulls(WeirOptimization *optimization, WeirExpression *condition, WeirLogicalPlan *side)
{
    if (!weir_expression_is_deterministic(condition) || weir_has_subquery(condition) ||
        !weir_references_any(condition, side))
        return false;
    void *pair[2] = {optimization, side};
    WeirExpression *empty = NULL;
    WeirValue *value = NULL;
    WeirError ignored;
    if (weir_expression_transform(optimization->arena, condition, nullify, pair, &empty, NULL) != WEIR_OK ||
        !weir_expression_is_foldable(empty))
        return false;
    if (weir_expression_evaluate(empty, optimization->context, optimization->arena, &value, &ignored) != WEIR_OK)
        return false;
    return weir_value_is_null(value) || weir_value_get_int(value) == 0;
}

static WeirJoinType better_type(WeirJoinType type, bool left_rejects, bool right_rejects)
{
    switch (type) {
    case WEIR_JOIN_RIGHT_OUTER:
        return left_rejects ? WEIR_JOIN_INNER : type;
    case WEIR_JOIN_LEFT_OUTER:
        return right_rejects ? WEIR_JOIN_INNER : type;
    case WEIR_JOIN_FULL_OUTER:
        return left_rejects && right_rejects ? WEIR_JOIN_INNER
               : left_rejects                ? WEIR_JOIN_LEFT_OUTER
               : right_rejects               ? WEIR_JOIN_RIGHT_OUTER
                                             : type;
    default:
        return type;
    }
}

static WeirLogicalPlan *eliminate(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                  WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_FILTER || plan->children[0]->kind != WEIR_LOGICAL_JOIN)
        return plan;
    const WeirLogicalPlan *join = plan->children[0];
    WeirExpressions conjuncts = {0};
    bool left = false, right = false;
    weir_split_conjuncts(optimization, plan->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        left = left || rejects_nulls(optimization, conjuncts.items[i], join->children[0]);
        right = right || rejects_nulls(optimization, conjuncts.items[i], join->children[1]);
    }
    WeirJoinType type = better_type(join->join_type, left, right);
    if (type == join->join_type)
        return plan;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, join);
    copy->join_type = type;
    return weir_with_child(optimization, plan, 0, weir_refresh(optimization, copy));
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, eliminate, NULL, out, error);
}

const WeirRule weir_rule_eliminate_outer_join = {"EliminateOuterJoin", apply};
