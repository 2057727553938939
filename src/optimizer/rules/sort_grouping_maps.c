/* InsertMapSortInGroupingExpressions: maps that are grouped by are brought into one order below the aggregate, under
 * the name that the state's schema shows. */
#include "optimizer/rules.h"

typedef struct Replace {
    const WeirExpression *key;
    WeirExpression *sorted;
} Replace;

static WeirExpression *replace_key(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Replace *replace = context;
    (void)status;
    (void)error;
    return weir_expression_equal(expression, replace->key) ? replace->sorted : expression;
}

static const WeirExpression *unnamed(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ALIAS ? expression->children[0] : expression;
}

/* The output keeps its name and id where it was the key itself. */
static WeirStatus replace_in(WeirOptimization *optimization, Replace *replace, WeirExpression **items, uint32_t count,
                             bool named, WeirError *error)
{
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *item = items[i];
        WEIR_TRY(weir_expression_transform(optimization->arena, item, replace_key, replace, &items[i], error));
        if (named && item->kind == WEIR_EXPRESSION_ATTRIBUTE && items[i] != item)
            items[i] = weir_expression_alias(optimization->arena, items[i], item->name, item->id);
    }
    return WEIR_OK;
}

static WeirLogicalPlan *sort_maps(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                  WeirStatus *status, WeirError *error)
{
    (void)context;
    WeirExpressions below = {0};
    if (plan->kind != WEIR_LOGICAL_AGGREGATE)
        return plan;
    WeirLogicalPlan *child = plan->children[0];
    WeirExpression **grouping = weir_copy_expressions(optimization, plan->grouping, plan->grouping_count);
    WeirExpression **expressions = weir_copy_expressions(optimization, plan->expressions, plan->expression_count);
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        const WeirExpression *key = unnamed(plan->grouping[i]);
        if (!weir_type_contains(key->type, WEIR_TYPE_MAP))
            continue;
        WeirExpression *sorted = weir_unary(optimization, "map_sort", (WeirExpression *)(uintptr_t)key);
        WeirExpression *alias =
            weir_expression_alias(optimization->arena, sorted, "_groupingmapsort", weir_new_id(optimization));
        Replace replace = {key, weir_expression_to_attribute(optimization->arena, alias)};
        weir_expressions_add(optimization, &below, alias);
        *status = replace_in(optimization, &replace, grouping, plan->grouping_count, false, error);
        if (*status == WEIR_OK)
            *status = replace_in(optimization, &replace, expressions, plan->expression_count, true, error);
        if (*status != WEIR_OK)
            return NULL;
    }
    if (below.count == 0)
        return plan;
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < child->output_count; i++)
        weir_expressions_add(optimization, &list, child->output[i]);
    for (uint32_t i = 0; i < below.count; i++)
        weir_expressions_add(optimization, &list, below.items[i]);
    return weir_make_aggregate(optimization, grouping, plan->grouping_count, expressions, plan->expression_count,
                               weir_make_project(optimization, list.items, list.count, child));
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, sort_maps, NULL, out, error);
}

const WeirRule weir_rule_sort_grouping_maps = {"InsertMapSortInGroupingExpressions", apply};
