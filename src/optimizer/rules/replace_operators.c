/* ReplaceDistinctWithAggregate, ReplaceIntersectWithSemiJoin, ReplaceExceptWithAntiJoin, RewriteExceptAll,
 * RewriteIntersectAll, ReplaceDeduplicateWithAggregate: fewer kinds of operators below. */
#include "optimizer/rules.h"

static WeirLogicalPlan *distinct(WeirOptimization *optimization, WeirLogicalPlan *child)
{
    return weir_make_aggregate(optimization, child->output, child->output_count, child->output, child->output_count,
                               child);
}

static WeirLogicalPlan *set_join(WeirOptimization *optimization, const WeirLogicalPlan *plan, WeirJoinType type)
{
    WeirLogicalPlan *left = plan->children[0], *right = plan->children[1];
    WeirExpressions conditions = {0};
    for (uint32_t i = 0; i < left->output_count; i++)
        weir_expressions_add(optimization, &conditions,
                             weir_binary(optimization, "<=>", left->output[i], right->output[i]));
    return distinct(optimization,
                    weir_make_join(optimization, type, weir_join_conjuncts(optimization, &conditions), left, right));
}

static WeirExpression *call(WeirOptimization *optimization, const char *name, WeirExpression *const *arguments,
                            uint32_t count)
{
    WeirFunctionResolver resolver = {.arena = optimization->arena, .context = optimization->context};
    WeirExpression *unresolved = weir_expression_function(optimization->arena, name, arguments, count, (WeirOrigin){0}),
                   *resolved = NULL;
    WeirStatus status = weir_function_resolve(&resolver, unresolved, &resolved, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return resolved;
}

static WeirExpression *alias_new(WeirOptimization *optimization, WeirExpression *child, const char *name)
{
    return weir_expression_alias(optimization->arena, child, name, weir_new_id(optimization));
}

/* `plan` with two more columns that count it: one for the left side's rows, one for the right's. */
static WeirLogicalPlan *tagged(WeirOptimization *optimization, WeirLogicalPlan *plan, int64_t left, int64_t right)
{
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < plan->output_count; i++)
        weir_expressions_add(optimization, &list, plan->output[i]);
    weir_expressions_add(optimization, &list, alias_new(optimization, weir_long(optimization, left), "left_count"));
    weir_expressions_add(optimization, &list, alias_new(optimization, weir_long(optimization, right), "right_count"));
    return weir_make_project(optimization, list.items, list.count, plan);
}

/* EXCEPT ALL keeps left - right copies of a row, INTERSECT ALL the lesser of both. */
static WeirLogicalPlan *multiset(WeirOptimization *optimization, const WeirLogicalPlan *plan)
{
    WeirLogicalPlan *children[2] = {tagged(optimization, plan->children[0], 1, 0),
                                    tagged(optimization, plan->children[1], 0, 1)};
    WeirLogicalPlan *both = weir_logical_binary(optimization->arena, WEIR_LOGICAL_UNION, children[0], children[1]);
    weir_refresh(optimization, both);
    uint32_t width = plan->children[0]->output_count;
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < width; i++)
        weir_expressions_add(optimization, &list, both->output[i]);
    WeirExpression *sums[2];
    for (uint32_t i = 0; i < 2; i++) {
        sums[i] = alias_new(optimization, call(optimization, "sum", &both->output[width + i], 1),
                            i == 0 ? "left_sum" : "right_sum");
        weir_expressions_add(optimization, &list, sums[i]);
        sums[i] = weir_expression_to_attribute(optimization->arena, sums[i]);
    }
    WeirLogicalPlan *aggregate = weir_make_aggregate(optimization, both->output, width, list.items, list.count, both);
    WeirExpression *copies = plan->set_operation == WEIR_SET_INTERSECT
                                 ? call(optimization, "least", sums, 2)
                                 : weir_binary(optimization, "-", sums[0], sums[1]);
    WeirLogicalPlan *filter =
        weir_make_filter(optimization, weir_binary(optimization, ">", copies, weir_long(optimization, 0)), aggregate);
    WeirExpression *count = weir_expression_cast(optimization->arena, copies, &weir_type_int, WEIR_EVAL_ANSI, true);
    WeirExpression *repeat[2] = {weir_boolean(optimization, true), count};
    WeirExpression *array = call(optimization, "array_repeat", repeat, 2);
    WeirLogicalPlan *generate = weir_logical_unary(optimization->arena, WEIR_LOGICAL_GENERATE, filter);
    generate->condition = call(optimization, "explode", &array, 1);
    generate->generator_output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 1);
    generate->generator_output[0] =
        weir_expression_attribute(optimization->arena, "col", &weir_type_boolean, false, weir_new_id(optimization));
    generate->generator_output_count = 1;
    generate->output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, filter->output_count + 1);
    memcpy(generate->output, filter->output, sizeof(*filter->output) * filter->output_count);
    generate->output[filter->output_count] = generate->generator_output[0];
    generate->output_count = filter->output_count + 1;
    weir_refresh(optimization, generate);
    return weir_make_project(optimization, generate->output, width, generate);
}

/* Batch: the first row of each key. A stream's deduplication is an operator of its own. */
static WeirLogicalPlan *deduplicate(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    WeirLogicalPlan *child = plan->children[0];
    if (plan->is_streaming)
        return plan;
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < child->output_count; i++) {
        bool is_key = false;
        for (uint32_t k = 0; k < plan->expression_count; k++)
            is_key = is_key || plan->expressions[k]->id == child->output[i]->id;
        WeirExpression *column = child->output[i];
        if (!is_key)
            column = weir_expression_alias(optimization->arena, call(optimization, "first", &column, 1), column->name,
                                           column->id);
        weir_expressions_add(optimization, &list, column);
    }
    return weir_make_aggregate(optimization, plan->expressions, plan->expression_count, list.items, list.count, child);
}

static WeirLogicalPlan *replace(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                WeirStatus *status, WeirError *error)
{
    (void)context;
    switch (plan->kind) {
    case WEIR_LOGICAL_DISTINCT:
        return distinct(optimization, plan->children[0]);
    case WEIR_LOGICAL_DEDUPLICATE:
        return deduplicate(optimization, plan);
    case WEIR_LOGICAL_SET_OPERATION:
        if (plan->is_all && weir_function_find("array_repeat") == NULL) {
            *status = weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_TABLE_OPERATION,
                                        "INTERSECT ALL and EXCEPT ALL need the function array_repeat");
            return NULL;
        }
        if (plan->is_all)
            return multiset(optimization, plan);
        return set_join(optimization, plan,
                        plan->set_operation == WEIR_SET_INTERSECT ? WEIR_JOIN_LEFT_SEMI : WEIR_JOIN_LEFT_ANTI);
    default:
        return plan;
    }
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, replace, NULL, out, error);
}

const WeirRule weir_rule_replace_operators = {"ReplaceOperators", apply};
