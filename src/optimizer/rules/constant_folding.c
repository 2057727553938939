/* ConstantFolding: expressions without columns become literals. One that fails stays and fails at run time, for the
 * rows that need it. */
#include "optimizer/rules.h"

static bool is_per_batch(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_FOLD_PER_BATCH) != 0;
}

/* Window functions and generators without arguments look constant. */
static bool has_no_value(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->function != NULL && expression->function->kind != WEIR_FUNCTION_SCALAR;
}

static WeirExpression *fold(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    const WeirOptimization *optimization = context;
    if (expression->kind == WEIR_EXPRESSION_LITERAL || expression->kind == WEIR_EXPRESSION_LAMBDA ||
        expression->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE || expression->type == NULL ||
        !weir_expression_is_foldable(expression) || weir_expression_any(expression, has_no_value, NULL))
        return expression;
    if (!optimization->fold_per_batch && weir_expression_any(expression, is_per_batch, NULL))
        return expression;
    WeirValue *value = NULL;
    WeirError ignored;
    if (weir_expression_evaluate(expression, optimization->context, optimization->arena, &value, &ignored) != WEIR_OK)
        return expression;
    WeirExpression *literal = weir_expression_literal(optimization->arena, value);
    literal->type = expression->type;
    literal->origin = expression->origin;
    return literal;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_expressions(optimization, plan, fold, optimization, out, error);
}

const WeirRule weir_rule_constant_folding = {"ConstantFolding", apply};
