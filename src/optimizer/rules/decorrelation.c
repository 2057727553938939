/* Conditions of a subquery that name the outer query move up to the join that the subquery becomes. Equalities pass an
 * aggregate by becoming grouping columns; anything else below an aggregate, a limit or a set operation is joined with
 * the outer query's distinct values first. */
#include "optimizer/rules/decorrelation.h"

static bool is_outer(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE;
}

bool weir_has_outer(const WeirExpression *expression)
{
    return weir_expression_any(expression, is_outer, NULL);
}

static bool node_has_outer(void *context, const WeirLogicalPlan *plan)
{
    (void)context;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (weir_has_outer(plan->expressions[i]))
            return true;
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        if (weir_has_outer(plan->grouping[i]))
            return true;
    for (uint32_t r = 0; r < plan->row_count; r++)
        for (uint32_t i = 0; i < plan->row_width; i++)
            if (weir_has_outer(plan->rows[r][i]))
                return true;
    return weir_has_outer(plan->condition);
}

bool weir_plan_is_correlated(const WeirLogicalPlan *plan)
{
    return weir_logical_any(plan, node_has_outer, NULL);
}

static WeirExpression *strip(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)context;
    (void)status;
    (void)error;
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE ? expression->children[0] : expression;
}

WeirExpression *weir_strip_outer(WeirOptimization *optimization, WeirExpression *expression)
{
    WeirExpression *out = expression;
    WeirStatus status = weir_expression_transform(optimization->arena, expression, strip, NULL, &out, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return out;
}

typedef struct Pull {
    WeirOptimization *optimization;
    WeirLogicalPlan *outer;
    WeirExpressions conditions; /* pulled so far, outer references stripped */
    const WeirLogicalPlan *top; /* the plan below its outermost Projects */
    WeirError *error;
} Pull;

/* Columns of `plan` that a condition needs, which `available` has and `list` lacks. */
static void add_needed(Pull *pull, const WeirExpressions *conditions, const WeirLogicalPlan *available,
                       WeirExpressions *list)
{
    WeirIdSet needed = {.arena = pull->optimization->arena};
    for (uint32_t i = 0; i < conditions->count; i++)
        weir_id_set_add_references(&needed, conditions->items[i]);
    for (uint32_t i = 0; i < available->output_count; i++) {
        WeirExpression *column = available->output[i];
        bool present = !weir_id_set_has(&needed, column->id);
        for (uint32_t k = 0; k < list->count && !present; k++)
            present = list->items[k]->id == column->id;
        if (!present)
            weir_expressions_add(pull->optimization, list, column);
    }
}

static WeirStatus pull_up(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out);

static WeirStatus pull_filter(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out)
{
    WeirOptimization *optimization = pull->optimization;
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(pull_up(pull, plan->children[0], &child));
    WeirExpressions conjuncts = {0}, stay = {0};
    weir_split_conjuncts(optimization, plan->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++)
        if (weir_has_outer(conjuncts.items[i]))
            weir_expressions_add(optimization, &pull->conditions, weir_strip_outer(optimization, conjuncts.items[i]));
        else
            weir_expressions_add(optimization, &stay, conjuncts.items[i]);
    *out = weir_make_filter(optimization, weir_join_conjuncts(optimization, &stay), child);
    return WEIR_OK;
}

static WeirStatus pull_project(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(pull_up(pull, plan->children[0], &child));
    WeirExpressions list = {0};
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expressions_add(pull->optimization, &list, plan->expressions[i]);
    add_needed(pull, &pull->conditions, child, &list);
    *out = weir_make_project(pull->optimization, list.items, list.count, child);
    return WEIR_OK;
}

/* inner column = something of the outer query only */
static bool is_key_equality(const WeirExpression *condition, const WeirLogicalPlan *inner)
{
    if (!weir_is_call_of(condition, "=") && !weir_is_call_of(condition, "<=>"))
        return false;
    for (uint32_t i = 0; i < 2; i++)
        if (weir_references_within(condition->children[i], inner) &&
            weir_references_any(condition->children[i], inner) &&
            !weir_references_any(condition->children[1 - i], inner))
            return true;
    return false;
}

/* The same with a column itself: grouping by it is grouping by the key, which is not so for f(column). */
static bool is_column_equality(const WeirExpression *condition, const WeirLogicalPlan *inner)
{
    if (!is_key_equality(condition, inner))
        return false;
    const WeirExpression *side = condition->children[weir_references_any(condition->children[0], inner) ? 0 : 1];
    return side->kind == WEIR_EXPRESSION_ATTRIBUTE;
}

/* The distinct values of the outer columns that conditions use, as columns with new ids; the conditions then speak of
 * those, and new ones tie them to the outer row. */
static WeirLogicalPlan *join_domain(Pull *pull, WeirLogicalPlan *child)
{
    WeirOptimization *optimization = pull->optimization;
    WeirIdSet used = {.arena = optimization->arena};
    for (uint32_t i = 0; i < pull->conditions.count; i++)
        weir_id_set_add_references(&used, pull->conditions.items[i]);
    WeirExpressions from = {0}, aliases = {0}, to = {0}, ties = {0}, inner = {0};
    for (uint32_t i = 0; i < pull->outer->output_count; i++) {
        WeirExpression *column = pull->outer->output[i];
        if (!weir_id_set_has(&used, column->id))
            continue;
        WeirExpression *alias =
            weir_expression_alias(optimization->arena, column, column->name, weir_new_id(optimization));
        weir_expressions_add(optimization, &from, column);
        weir_expressions_add(optimization, &aliases, alias);
        weir_expressions_add(optimization, &to, weir_expression_to_attribute(optimization->arena, alias));
        weir_expressions_add(optimization, &ties, weir_binary(optimization, "<=>", to.items[to.count - 1], column));
    }
    WeirLogicalPlan *domain =
        weir_make_aggregate(optimization, from.items, from.count, aliases.items, aliases.count, pull->outer);
    for (uint32_t i = 0; i < pull->conditions.count; i++)
        weir_expressions_add(
            optimization, &inner,
            weir_map_attributes(optimization, pull->conditions.items[i], from.items, to.items, from.count));
    pull->conditions = ties;
    return weir_make_join(optimization, WEIR_JOIN_INNER, weir_join_conjuncts(optimization, &inner), child, domain);
}

static WeirStatus unsupported(Pull *pull)
{
    return weir_error_set(
        pull->error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED,
        "treeNode", "the subquery");
}

/* A map of the outer query has no distinct values to join with. */
static bool uses_map(const Pull *pull)
{
    WeirIdSet used = {.arena = pull->optimization->arena};
    for (uint32_t i = 0; i < pull->conditions.count; i++)
        weir_id_set_add_references(&used, pull->conditions.items[i]);
    for (uint32_t i = 0; i < pull->outer->output_count; i++)
        if (weir_id_set_has(&used, pull->outer->output[i]->id) &&
            weir_type_contains(pull->outer->output[i]->type, WEIR_TYPE_MAP))
            return true;
    return false;
}

static WeirStatus pull_aggregate(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out)
{
    WeirOptimization *optimization = pull->optimization;
    WeirLogicalPlan *child = NULL;
    if (plan->grouping_count == 0 && plan != pull->top)
        return unsupported(pull); /* its row for no rows, which groups do not give, is read by what is above */
    WEIR_TRY(pull_up(pull, plan->children[0], &child));
    bool equalities = true;
    for (uint32_t i = 0; i < pull->conditions.count; i++)
        equalities = equalities && is_column_equality(pull->conditions.items[i], child);
    if (!equalities && uses_map(pull))
        return unsupported(pull);
    if (!equalities)
        child = join_domain(pull, child);
    WeirExpressions keys = {0}, grouping = {0}, list = {0};
    add_needed(pull, &pull->conditions, child, &keys);
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        weir_expressions_add(optimization, &grouping, plan->grouping[i]);
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expressions_add(optimization, &list, plan->expressions[i]);
    for (uint32_t i = 0; i < keys.count; i++) {
        bool grouped = false, listed = false;
        for (uint32_t k = 0; k < grouping.count; k++)
            grouped = grouped || weir_expression_equal(grouping.items[k], keys.items[i]);
        for (uint32_t k = 0; k < list.count; k++)
            listed = listed || list.items[k]->id == keys.items[i]->id;
        if (!grouped)
            weir_expressions_add(optimization, &grouping, keys.items[i]);
        if (!listed)
            weir_expressions_add(optimization, &list, keys.items[i]);
    }
    *out = weir_make_aggregate(optimization, grouping.items, grouping.count, list.items, list.count, child);
    return WEIR_OK;
}

static WeirStatus pull_join(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out)
{
    WeirOptimization *optimization = pull->optimization;
    WeirLogicalPlan *sides[2] = {plan->children[0], plan->children[1]};
    WeirJoinType type = plan->join_type;
    for (uint32_t i = 0; i < 2; i++) {
        bool preserved = type == WEIR_JOIN_INNER || type == WEIR_JOIN_CROSS ||
                         (i == 0 && type != WEIR_JOIN_RIGHT_OUTER && type != WEIR_JOIN_FULL_OUTER) ||
                         (i == 1 && type == WEIR_JOIN_RIGHT_OUTER);
        if (!preserved && weir_plan_is_correlated(sides[i]))
            return unsupported(pull);
        WEIR_TRY(pull_up(pull, sides[i], &sides[i]));
    }
    WeirExpressions conjuncts = {0}, stay = {0};
    weir_split_conjuncts(optimization, plan->condition, &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        bool outer = weir_has_outer(conjuncts.items[i]);
        if (outer && type != WEIR_JOIN_INNER && type != WEIR_JOIN_CROSS)
            return unsupported(pull);
        weir_expressions_add(optimization, outer ? &pull->conditions : &stay,
                             weir_strip_outer(optimization, conjuncts.items[i]));
    }
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[0] = sides[0];
    copy->children[1] = sides[1];
    copy->condition = weir_join_conjuncts(optimization, &stay);
    *out = weir_refresh(optimization, copy);
    return WEIR_OK;
}

/* row_number() OVER (PARTITION BY keys ORDER BY orders) */
WeirExpression *weir_row_number(WeirOptimization *optimization, const WeirExpressions *keys,
                                const WeirLogicalPlan *sort)
{
    WeirFunctionResolver resolver = {.arena = optimization->arena, .context = optimization->context};
    WeirExpression *call = weir_expression_function(optimization->arena, "row_number", NULL, 0, (WeirOrigin){0});
    WeirExpression *function = NULL;
    WeirStatus status = weir_function_resolve(&resolver, call, &function, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    WeirExpression *window = weir_expression_unary(optimization->arena, WEIR_EXPRESSION_WINDOW, function);
    window->type = function->type;
    window->window = WEIR_ARENA_NEW(optimization->arena, WeirWindowSpec);
    *window->window = (WeirWindowSpec){.partition_by = keys->items,
                                       .partition_count = keys->count,
                                       .order_by = sort == NULL ? NULL : sort->expressions,
                                       .order_count = sort == NULL ? 0 : sort->expression_count,
                                       .has_frame = true,
                                       .lower = WEIR_FRAME_UNBOUNDED_PRECEDING,
                                       .upper = WEIR_FRAME_CURRENT_ROW};
    return window;
}

/* LIMIT n below a correlated join is n rows of each key. */
static WeirStatus pull_limit(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out)
{
    WeirOptimization *optimization = pull->optimization;
    WeirLogicalPlan *sort = plan->children[0]->kind == WEIR_LOGICAL_SORT ? plan->children[0] : NULL, *child = NULL;
    WEIR_TRY(pull_up(pull, sort == NULL ? plan->children[0] : sort->children[0], &child));
    WeirExpressions keys = {0};
    for (uint32_t i = 0; i < pull->conditions.count; i++) {
        const WeirExpression *condition = pull->conditions.items[i];
        if (!is_key_equality(condition, child))
            return unsupported(pull);
        bool left = weir_references_any(condition->children[0], child);
        weir_expressions_add(optimization, &keys, condition->children[left ? 0 : 1]);
    }
    WeirExpression *number = weir_row_number(optimization, &keys, sort);
    WeirExpression *alias = weir_expression_alias(optimization->arena, number, "row_number", weir_new_id(optimization));
    WeirLogicalPlan *window = weir_logical_unary(optimization->arena, WEIR_LOGICAL_WINDOW, child);
    window->expressions = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 1);
    window->expressions[0] = alias;
    window->expression_count = 1;
    window->window = number->window;
    weir_refresh(optimization, window);
    WeirExpression *condition =
        weir_binary(optimization, "<=", window->output[window->output_count - 1], plan->condition);
    WeirLogicalPlan *filter = weir_make_filter(optimization, condition, window);
    *out = weir_make_project(optimization, child->output, child->output_count, filter);
    return WEIR_OK;
}

static WeirStatus pull_up(Pull *pull, WeirLogicalPlan *plan, WeirLogicalPlan **out)
{
    *out = plan;
    if (!weir_plan_is_correlated(plan))
        return WEIR_OK;
    if (plan->kind != WEIR_LOGICAL_FILTER && plan->kind != WEIR_LOGICAL_JOIN && node_has_outer(NULL, plan) &&
        plan->kind != WEIR_LOGICAL_PROJECT)
        return unsupported(pull);
    switch (plan->kind) {
    case WEIR_LOGICAL_FILTER:
        return pull_filter(pull, plan, out);
    case WEIR_LOGICAL_PROJECT:
        return pull_project(pull, plan, out);
    case WEIR_LOGICAL_AGGREGATE:
        return pull_aggregate(pull, plan, out);
    case WEIR_LOGICAL_JOIN:
        return pull_join(pull, plan, out);
    case WEIR_LOGICAL_LIMIT:
        return pull_limit(pull, plan, out);
    case WEIR_LOGICAL_SORT:
    case WEIR_LOGICAL_GENERATE: {
        WeirLogicalPlan *child = NULL;
        WEIR_TRY(pull_up(pull, plan->children[0], &child));
        WeirLogicalPlan *copy = weir_logical_copy(pull->optimization->arena, plan);
        copy->children[0] = child;
        if (plan->kind == WEIR_LOGICAL_GENERATE) {
            copy->output = WEIR_ARENA_ARRAY(pull->optimization->arena, WeirExpression *,
                                            child->output_count + plan->generator_output_count);
            memcpy(copy->output, child->output, sizeof(*copy->output) * child->output_count);
            memcpy(copy->output + child->output_count, plan->generator_output,
                   sizeof(*copy->output) * plan->generator_output_count);
            copy->output_count = child->output_count + plan->generator_output_count;
        }
        *out = weir_refresh(pull->optimization, copy);
        return WEIR_OK;
    }
    default:
        return unsupported(pull);
    }
}

bool weir_is_global_aggregate(const WeirLogicalPlan *plan)
{
    while (plan->kind == WEIR_LOGICAL_PROJECT || plan->kind == WEIR_LOGICAL_FILTER || plan->kind == WEIR_LOGICAL_SORT ||
           plan->kind == WEIR_LOGICAL_LIMIT || plan->kind == WEIR_LOGICAL_OFFSET)
        plan = plan->children[0];
    return plan->kind == WEIR_LOGICAL_AGGREGATE && plan->grouping_count == 0;
}

/* Pulling conditions up is cheap; where it does not get all outer references out, the domain is joined. */
WeirStatus weir_decorrelate(WeirOptimization *optimization, WeirLogicalPlan **outer, WeirLogicalPlan **plan,
                            WeirExpressions *conditions, WeirError *error)
{
    WEIR_TRY(weir_pull_out_outer_maps(optimization, outer, plan, error));
    Pull pull = {.optimization = optimization, .outer = *outer, .top = *plan, .error = error};
    while (pull.top->kind == WEIR_LOGICAL_PROJECT)
        pull.top = pull.top->children[0];
    WeirLogicalPlan *pulled = NULL;
    WeirExpressions columns = {0};
    WeirStatus status = pull_up(&pull, *plan, &pulled);
    if (status != WEIR_OK &&
        status != WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED)
        return status;
    if (status == WEIR_OK && !weir_plan_is_correlated(pulled)) {
        *plan = pulled;
        *conditions = pull.conditions;
        return WEIR_OK;
    }
    weir_error_clear(error);
    return weir_join_domain(optimization, outer, plan, conditions, &columns, error);
}
