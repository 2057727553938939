/* sum(1 / a) FILTER (WHERE a > 0): rows that the FILTER leaves out are not shown to arguments that may fail. Arguments
 * are computed for whole batches, so that such an argument becomes null where the FILTER does not hold. */
#include "optimizer/rules.h"

static WeirExpression *guarded(WeirOptimization *optimization, WeirExpression *filter, WeirExpression *argument)
{
    WeirFunctionResolver resolver = {.arena = optimization->arena, .context = optimization->context};
    WeirExpression *const branches[] = {
        filter, argument,
        weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, argument->type))};
    WeirExpression *resolved = NULL;
    WeirStatus status = weir_function_resolve(
        &resolver, weir_expression_function(optimization->arena, "if", branches, 3, argument->origin), &resolved, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return resolved;
}

static WeirExpression *guard(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    WeirOptimization *optimization = context;
    if (expression->kind != WEIR_EXPRESSION_AGGREGATE || expression->filter == NULL)
        return expression;
    WeirExpression *copy = NULL;
    for (uint32_t i = 0; i < expression->child_count; i++) {
        if (!weir_may_fail(expression->children[i]) || weir_expression_is_foldable(expression->children[i]))
            continue;
        if (copy == NULL)
            copy = weir_expression_copy(optimization->arena, expression);
        copy->children[i] = guarded(optimization, expression->filter, expression->children[i]);
    }
    return copy != NULL ? copy : expression;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_expressions(optimization, plan, guard, optimization, out, error);
}

const WeirRule weir_rule_guard_filtered_arguments = {"GuardFilteredArguments", apply};
