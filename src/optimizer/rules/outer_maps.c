/* PullOutNestedDataOuterRefExpressions: a map of the outer query can neither be compared nor have distinct values, but
 * what outer.map[key] gives can: the outer query computes it as a column of its own, which the subquery then names. */
#include "optimizer/rules/decorrelation.h"

typedef struct OuterMaps {
    WeirOptimization *optimization;
    WeirExpressions values;  /* ALIASes over the outer query's columns */
    WeirExpressions columns; /* what they give, as attributes */
} OuterMaps;

/* Can the outer query compute it for each of its rows? */
static bool is_of_outer_query(const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE || expression->kind == WEIR_EXPRESSION_LITERAL)
        return true;
    if (expression->kind != WEIR_EXPRESSION_CALL && expression->kind != WEIR_EXPRESSION_CAST &&
        expression->kind != WEIR_EXPRESSION_EXTRACT_FIELD)
        return false;
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (!is_of_outer_query(expression->children[i]))
            return false;
    return true;
}

static WeirExpression *pull_out(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    OuterMaps *maps = context;
    WeirOptimization *optimization = maps->optimization;
    if (!weir_is_call_of(expression, "[]") || expression->children[0]->type->id != WEIR_TYPE_MAP ||
        !weir_has_outer(expression->children[0]) || !is_of_outer_query(expression) ||
        !weir_expression_is_deterministic(expression))
        return expression;
    WeirExpression *value = weir_inline(optimization, weir_strip_outer(optimization, expression), maps->values.items,
                                        maps->values.count); /* outer.map[1][2] */
    uint32_t i = 0;
    while (i < maps->values.count && !weir_expression_equal(maps->values.items[i]->children[0], value))
        i++;
    if (i == maps->values.count) {
        WeirExpression *alias =
            weir_expression_alias(optimization->arena, value, "outer_map_value", weir_new_id(optimization));
        weir_expressions_add(optimization, &maps->values, alias);
        weir_expressions_add(optimization, &maps->columns, weir_expression_to_attribute(optimization->arena, alias));
    }
    WeirExpression *reference =
        weir_expression_unary(optimization->arena, WEIR_EXPRESSION_OUTER_REFERENCE, maps->columns.items[i]);
    reference->type = expression->type;
    reference->nullable = expression->nullable;
    reference->origin = expression->origin;
    return reference;
}

WeirStatus weir_pull_out_outer_maps(WeirOptimization *optimization, WeirLogicalPlan **outer, WeirLogicalPlan **plan,
                                    WeirError *error)
{
    OuterMaps maps = {.optimization = optimization};
    WEIR_TRY(weir_rewrite_expressions(optimization, *plan, pull_out, &maps, plan, error));
    if (maps.values.count == 0)
        return WEIR_OK;
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < (*outer)->output_count; i++)
        weir_expressions_add(optimization, &list, (*outer)->output[i]);
    for (uint32_t i = 0; i < maps.values.count; i++)
        weir_expressions_add(optimization, &list, maps.values.items[i]);
    *outer = weir_make_project(optimization, list.items, list.count, *outer);
    return WEIR_OK;
}
