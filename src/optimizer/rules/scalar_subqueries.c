/* A scalar subquery that stands alone becomes a join with the one row that it gives: an aggregate without keys gives
 * one by itself, any other plan is folded into one that fails at run time when there were more rows
 * (SCALAR_SUBQUERY_TOO_MANY_ROWS). Spark runs such plans beforehand. */
#include "optimizer/rules/decorrelation.h"

static WeirStatus single_row_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                    WeirError *error)
{
    uint8_t *out = result->values;
    for (uint32_t k = 0; k < call->count; k++) {
        uint32_t row = call->selection == NULL ? k : call->selection[k];
        const WeirVector *holder = NULL;
        uint32_t at = weir_vector_locate(arguments[0], row, &holder);
        if (((const int64_t *)holder->values)[at] > 1)
            return weir_error_set(error, WEIR_ERROR_SCALAR_SUBQUERY_TOO_MANY_ROWS);
        out[row] = 1;
    }
    return WEIR_OK;
}

static const WeirFunction single_row_function = {.name = "single_row",
                                                 .kind = WEIR_FUNCTION_SCALAR,
                                                 .flags = WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_MAY_FAIL,
                                                 .arguments_min = 1,
                                                 .arguments_max = 1,
                                                 .kernel = single_row_kernel};

static bool gives_one_row(const WeirLogicalPlan *plan)
{
    while (plan->kind == WEIR_LOGICAL_PROJECT)
        plan = plan->children[0];
    return plan->kind == WEIR_LOGICAL_ONE_ROW_RELATION ||
           (plan->kind == WEIR_LOGICAL_AGGREGATE && plan->grouping_count == 0);
}

static WeirExpression *aggregate_call(WeirOptimization *optimization, const char *name, WeirExpression *argument)
{
    WeirFunctionResolver resolver = {.arena = optimization->arena, .context = optimization->context};
    WeirExpression *call = weir_expression_function(optimization->arena, name, &argument, 1, argument->origin);
    WeirExpression *resolved = NULL;
    WeirStatus status = weir_function_resolve(&resolver, call, &resolved, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return resolved;
}

/* first(x) and count(*) of the plan; the value is x where the count is not too high. */
WeirExpression *weir_fold_rows(WeirOptimization *optimization, WeirExpression *value, const WeirExpressions *keys,
                               WeirLogicalPlan **plan)
{
    WeirExpressions list = {0};
    WeirExpression *items[2] = {aggregate_call(optimization, "first", value),
                                aggregate_call(optimization, "count", weir_long(optimization, 1))};
    for (int i = 0; i < 2; i++)
        items[i] = weir_expression_alias(optimization->arena, items[i], i == 0 ? value->name : "count",
                                         weir_new_id(optimization));
    for (uint32_t i = 0; i < keys->count + 2; i++)
        weir_expressions_add(optimization, &list, i < 2 ? items[i] : keys->items[i - 2]);
    *plan = weir_make_aggregate(optimization, keys->items, keys->count, list.items, list.count, *plan);
    WeirExpression *check = weir_expression_unary(optimization->arena, WEIR_EXPRESSION_CALL, (*plan)->output[1]);
    check->function = &single_row_function;
    check->type = &weir_type_boolean;
    WeirExpression *choice = weir_expression_new(optimization->arena, WEIR_EXPRESSION_CASE, value->origin);
    choice->children = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 2);
    choice->children[0] = check;
    choice->children[1] = (*plan)->output[0];
    choice->child_count = 2;
    choice->type = value->type;
    choice->nullable = true;
    return choice;
}

WeirExpression *weir_join_scalar(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **child)
{
    WeirExpression *value = plan->output[0];
    if (!gives_one_row(plan))
        value = weir_fold_rows(optimization, value, &(WeirExpressions){0}, &plan);
    *child = weir_make_join(optimization, WEIR_JOIN_INNER, NULL, *child, plan);
    return value;
}

/* ---- above an aggregate */

typedef struct Split {
    WeirOptimization *optimization;
    const WeirLogicalPlan *aggregate;
    WeirExpressions lower;
} Split;

static WeirExpression *lower_column(Split *split, WeirExpression *expression)
{
    for (uint32_t i = 0; i < split->lower.count; i++) {
        WeirExpression *known = split->lower.items[i];
        if (weir_expression_equal(known->kind == WEIR_EXPRESSION_ALIAS ? known->children[0] : known, expression))
            return weir_expression_to_attribute(split->optimization->arena, known);
    }
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        expression =
            weir_expression_alias(split->optimization->arena, expression, "_value", weir_new_id(split->optimization));
    weir_expressions_add(split->optimization, &split->lower, expression);
    return weir_expression_to_attribute(split->optimization->arena, expression);
}

static WeirExpression *split_item(Split *split, WeirExpression *expression)
{
    const WeirLogicalPlan *aggregate = split->aggregate;
    for (uint32_t i = 0; i < aggregate->grouping_count; i++)
        if (weir_expression_equal(aggregate->grouping[i], expression))
            return lower_column(split, aggregate->grouping[i]);
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE)
        return lower_column(split, expression);
    WeirExpression *copy = weir_expression_copy(split->optimization->arena, expression);
    for (uint32_t i = 0; i < copy->child_count; i++)
        copy->children[i] = split_item(split, copy->children[i]);
    return copy;
}

WeirLogicalPlan *weir_lift_from_aggregate(WeirOptimization *optimization, WeirLogicalPlan *aggregate)
{
    Split split = {.optimization = optimization, .aggregate = aggregate};
    WeirExpressions upper = {0};
    for (uint32_t i = 0; i < aggregate->expression_count; i++) {
        WeirExpression *item = aggregate->expressions[i];
        if (weir_has_subquery(item)) {
            weir_expressions_add(optimization, &upper, split_item(&split, item));
            continue;
        }
        weir_expressions_add(optimization, &split.lower, item);
        weir_expressions_add(optimization, &upper, weir_expression_to_attribute(optimization->arena, item));
    }
    WeirLogicalPlan *lower = weir_make_aggregate(optimization, aggregate->grouping, aggregate->grouping_count,
                                                 split.lower.items, split.lower.count, aggregate->children[0]);
    lower->origin = aggregate->origin;
    return weir_make_project(optimization, upper.items, upper.count, lower);
}
