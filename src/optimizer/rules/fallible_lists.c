/* An IN list of which an element may fail becomes comparisons joined by OR: they look at an element only in the rows
 * where none before it was equal, as Spark's In does. */
#include "optimizer/rules.h"

static bool may_fail(void *context, const WeirExpression *expression)
{
    (void)context;
    if (expression->kind == WEIR_EXPRESSION_CAST) {
        bool widens = expression->name != NULL && expression->children[0]->type->id != WEIR_TYPE_STRING;
        return expression->eval_mode == WEIR_EVAL_ANSI && !widens;
    }
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_MAY_FAIL) != 0;
}

static WeirExpression *unfold(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    WeirOptimization *optimization = context;
    if (!weir_is_call_of(expression, "in") || !weir_expression_is_deterministic(expression->children[0]))
        return expression;
    bool fails = false;
    for (uint32_t i = 2; i < expression->child_count; i++)
        fails = fails || weir_expression_any(expression->children[i], may_fail, NULL);
    if (!fails)
        return expression;
    WeirExpression *any = NULL;
    for (uint32_t i = 1; i < expression->child_count; i++) {
        WeirExpression *equal = weir_binary(optimization, "=", expression->children[0], expression->children[i]);
        any = any == NULL ? equal : weir_binary(optimization, "or", any, equal);
    }
    return any;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_expressions(optimization, plan, unfold, optimization, out, error);
}

const WeirRule weir_rule_fallible_lists = {"FallibleLists", apply};
