/* LATERAL: a right side without a table of its own (SELECT r.id + 1, explode(r.list)) is computed on the left side's
 * rows; another one becomes a join on its correlated conditions (Spark: DecorrelateInnerQuery, RewriteLateralSubquery,
 * OptimizeOneRowRelationSubquery). */
#include "optimizer/rules/decorrelation.h"

static bool rests_on_one_row(const WeirLogicalPlan *plan, bool outer)
{
    while (plan->kind == WEIR_LOGICAL_PROJECT || plan->kind == WEIR_LOGICAL_GENERATE ||
           plan->kind == WEIR_LOGICAL_FILTER) {
        if (plan->kind == WEIR_LOGICAL_FILTER && outer)
            return false;
        plan = plan->children[0];
    }
    return plan->kind == WEIR_LOGICAL_ONE_ROW_RELATION;
}

static WeirExpression *strip(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE ? expression->children[0] : expression;
}

/* The right side with `left` in the place of its one row; every node passes the left columns on. */
static WeirStatus graft(WeirOptimization *optimization, WeirLogicalPlan *right, WeirLogicalPlan *left, bool outer,
                        WeirLogicalPlan **out, WeirError *error)
{
    if (right->kind == WEIR_LOGICAL_ONE_ROW_RELATION) {
        *out = left;
        return WEIR_OK;
    }
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(graft(optimization, right->children[0], left, outer, &child, error));
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, right);
    copy->children[0] = child;
    if (copy->condition != NULL)
        WEIR_TRY(weir_expression_transform(optimization->arena, copy->condition, strip, NULL, &copy->condition, error));
    if (right->kind == WEIR_LOGICAL_PROJECT) {
        WeirExpressions list = {0};
        for (uint32_t i = 0; i < left->output_count; i++)
            weir_expressions_add(optimization, &list, left->output[i]);
        for (uint32_t i = 0; i < right->expression_count; i++) {
            WeirExpression *item = right->expressions[i];
            WEIR_TRY(weir_expression_transform(optimization->arena, item, strip, NULL, &item, error));
            weir_expressions_add(optimization, &list, item);
        }
        copy->expressions = list.items;
        copy->expression_count = list.count;
    } else if (right->kind == WEIR_LOGICAL_GENERATE) {
        copy->is_outer = copy->is_outer || outer;
        copy->output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *,
                                        child->output_count + right->generator_output_count);
        memcpy(copy->output, child->output, sizeof(*copy->output) * child->output_count);
        for (uint32_t i = 0; i < right->generator_output_count; i++)
            copy->output[child->output_count + i] = right->generator_output[i];
        copy->output_count = child->output_count + right->generator_output_count;
    }
    *out = weir_refresh(optimization, copy);
    return WEIR_OK;
}

static WeirStatus rewrite_join(WeirOptimization *optimization, WeirLogicalPlan *join, WeirLogicalPlan **out,
                               WeirError *error)
{
    WeirLogicalPlan *left = join->children[0], *right = join->children[1];
    bool outer = join->join_type == WEIR_JOIN_LEFT_OUTER;
    bool conditional = join->condition != NULL && !weir_is_true(join->condition);
    if (rests_on_one_row(right, outer) && !(outer && conditional)) {
        WEIR_TRY(graft(optimization, right, left, outer, out, error));
        if (conditional)
            *out = weir_make_filter(optimization, join->condition, *out);
        *out = weir_make_project(optimization, join->output, join->output_count, *out);
        return WEIR_OK;
    }
    WeirExpressions conditions = {0};
    WeirExpressions columns = {0};
    bool counts = weir_plan_is_correlated(right) && weir_is_global_aggregate(right);
    WEIR_TRY(counts ? weir_join_domain(optimization, &left, &right, &conditions, &columns, error)
                    : weir_decorrelate(optimization, &left, &right, &conditions, error));
    if (conditional)
        weir_expressions_add(optimization, &conditions, join->condition);
    WeirJoinType type = outer ? WEIR_JOIN_LEFT_OUTER : WEIR_JOIN_INNER;
    WeirLogicalPlan *plain =
        weir_make_join(optimization, type, weir_join_conjuncts(optimization, &conditions), left, right);
    *out = weir_make_project(optimization, join->output, join->output_count, plain);
    return WEIR_OK;
}

static WeirLogicalPlan *rewrite(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                WeirStatus *status, WeirError *error)
{
    (void)context;
    if (plan->kind != WEIR_LOGICAL_JOIN || !plan->is_lateral)
        return plan;
    WeirLogicalPlan *out = NULL;
    *status = rewrite_join(optimization, plan, &out, error);
    return *status == WEIR_OK ? out : NULL;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, rewrite, NULL, out, error);
}

const WeirRule weir_rule_lateral_joins = {"RewriteLateralSubquery", apply};
