/* InferFiltersFromConstraints, the part that matters for joins: rows whose key is null never match, so they are dropped
 * before the join (and before its state). */
#include "optimizer/rules.h"

static void add_not_null(WeirOptimization *optimization, WeirExpressions *list, const WeirExpression *key,
                         const WeirLogicalPlan *side)
{
    if (key->kind != WEIR_EXPRESSION_ATTRIBUTE || !weir_plan_has(side, key->id))
        return;
    WeirExpression *column = NULL;
    for (uint32_t i = 0; i < side->output_count; i++)
        if (side->output[i]->id == key->id)
            column = side->output[i];
    if (column == NULL || !column->nullable)
        return;
    WeirExpression *test = weir_unary(optimization, "isnotnull", column);
    for (uint32_t i = 0; i < list->count; i++)
        if (weir_expression_equal(list->items[i], test))
            return;
    weir_expressions_add(optimization, list, test);
}

/* What a Filter on top of `side` says already is left out. */
static WeirLogicalPlan *filtered(WeirOptimization *optimization, WeirLogicalPlan *side, const WeirExpressions *tests)
{
    WeirExpressions known = {0}, fresh = {0};
    if (side->kind == WEIR_LOGICAL_FILTER)
        weir_split_conjuncts(optimization, side->condition, &known);
    for (uint32_t i = 0; i < tests->count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < known.count && !found; k++)
            found = weir_expression_equal(known.items[k], tests->items[i]);
        if (!found)
            weir_expressions_add(optimization, &fresh, tests->items[i]);
    }
    return weir_make_filter(optimization, weir_join_conjuncts(optimization, &fresh), side);
}

static bool is_comparison(const WeirExpression *expression)
{
    static const char *const names[] = {"=", "<", "<=", ">", ">="};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (weir_is_call_of(expression, names[i]))
            return true;
    return false;
}

static WeirLogicalPlan *infer(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                              WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_JOIN || plan->condition == NULL || plan->is_lateral)
        return plan;
    WeirJoinType type = plan->join_type;
    bool to_left = type == WEIR_JOIN_INNER || type == WEIR_JOIN_CROSS || type == WEIR_JOIN_LEFT_SEMI ||
                   type == WEIR_JOIN_RIGHT_OUTER;
    bool to_right = type == WEIR_JOIN_INNER || type == WEIR_JOIN_CROSS || type == WEIR_JOIN_LEFT_SEMI ||
                    type == WEIR_JOIN_LEFT_OUTER || type == WEIR_JOIN_LEFT_ANTI;
    WeirExpressions conjuncts = {0}, left = {0}, right = {0};
    weir_split_conjuncts(optimization, plan->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++)
        for (uint32_t c = 0; c < 2 && is_comparison(conjuncts.items[i]); c++) {
            if (to_left)
                add_not_null(optimization, &left, conjuncts.items[i]->children[c], plan->children[0]);
            if (to_right)
                add_not_null(optimization, &right, conjuncts.items[i]->children[c], plan->children[1]);
        }
    if (left.count + right.count == 0)
        return plan;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[0] = filtered(optimization, copy->children[0], &left);
    copy->children[1] = filtered(optimization, copy->children[1], &right);
    if (copy->children[0] == plan->children[0] && copy->children[1] == plan->children[1])
        return plan;
    return weir_refresh(optimization, copy);
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, infer, NULL, out, error);
}

const WeirRule weir_rule_infer_join_filters = {"InferFiltersFromConstraints", apply};
