/* InferFiltersFromConstraints, the part for filters: a condition that is null when a column is null drops such rows, so
 * that IS NOT NULL may be tested first, and below where the condition itself can't go. */
#include "optimizer/rules.h"

static bool is_known(const WeirExpressions *conjuncts, const WeirExpression *test)
{
    for (uint32_t i = 0; i < conjuncts->count; i++)
        if (weir_expression_equal(conjuncts->items[i], test))
            return true;
    return false;
}

static bool is_null_intolerant(const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_CAST)
        return true;
    return expression->kind == WEIR_EXPRESSION_CALL && expression->function != NULL &&
           (expression->function->flags & WEIR_FUNCTION_NULL_PROPAGATING) != 0;
}

/* Columns without which `expression` is null. */
static void add_tests(WeirOptimization *optimization, WeirExpression *expression, const WeirExpressions *known,
                      WeirExpressions *tests)
{
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->nullable) {
        WeirExpression *test = weir_unary(optimization, "isnotnull", expression);
        if (!is_known(known, test) && !is_known(tests, test))
            weir_expressions_add(optimization, tests, test);
    }
    for (uint32_t i = 0; is_null_intolerant(expression) && i < expression->child_count; i++)
        add_tests(optimization, expression->children[i], known, tests);
}

static WeirLogicalPlan *infer(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                              WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    if (plan->kind != WEIR_LOGICAL_FILTER || !weir_expression_is_deterministic(plan->condition))
        return plan;
    WeirExpressions conjuncts = {0}, tests = {0};
    weir_split_conjuncts(optimization, plan->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        WeirExpression *conjunct = conjuncts.items[i];
        if (weir_is_call_of(conjunct, "isnotnull"))
            conjunct = conjunct->children[0]; /* a column itself is known then */
        add_tests(optimization, conjunct, &conjuncts, &tests);
    }
    if (tests.count == 0)
        return plan;
    for (uint32_t i = 0; i < conjuncts.count; i++)
        weir_expressions_add(optimization, &tests, conjuncts.items[i]);
    return weir_make_filter(optimization, weir_join_conjuncts(optimization, &tests), plan->children[0]);
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, infer, NULL, out, error);
}

const WeirRule weir_rule_infer_filters = {"InferFiltersFromConstraints", apply};
