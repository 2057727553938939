/* RewritePredicateSubquery, RewriteCorrelatedScalarSubquery: EXISTS and IN become semi, anti and existence joins,
 * correlated scalar subqueries left outer joins, those that stand alone joins with one row (scalar_subqueries.c). */
#include "expr/aggregate.h"
#include "optimizer/rules/decorrelation.h"

static WeirStatus prepare(WeirOptimization *optimization, WeirLogicalPlan **plan, WeirError *error)
{
    static const WeirRule *const rules[] = {&weir_rule_finish_analysis,    &weir_rule_replace_operators,
                                            &weir_rule_pull_out_groupings, &weir_rule_rewrite_subqueries,
                                            &weir_rule_lateral_joins,      &weir_rule_group_expressions};
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        WEIR_TRY(rules[i]->apply(optimization, *plan, plan, error));
    return WEIR_OK;
}

/* The join condition of a predicate subquery; `*plan` gets rid of outer references. */
static WeirStatus predicate_parts(WeirOptimization *optimization, const WeirExpression *subquery,
                                  WeirLogicalPlan **outer, bool null_aware, WeirLogicalPlan **plan,
                                  WeirExpression **condition, WeirError *error)
{
    WeirExpressions conditions = {0}, all = {0};
    *plan = subquery->plan;
    WEIR_TRY(prepare(optimization, plan, error));
    WeirExpression *const *columns = (*plan)->output; /* of the subquery itself, before needed columns are added */
    WeirExpressions domain = {0};
    bool counts = weir_plan_is_correlated(*plan) && weir_is_global_aggregate(*plan);
    WEIR_TRY(counts ? weir_join_domain(optimization, outer, plan, &conditions, &domain, error)
                    : weir_decorrelate(optimization, outer, plan, &conditions, error));
    for (uint32_t i = 0; subquery->kind == WEIR_EXPRESSION_IN_SUBQUERY && i < subquery->child_count; i++) {
        WeirExpression *equal = weir_binary(optimization, "=", subquery->children[i], columns[i]);
        if (null_aware) /* x NOT IN (…, NULL, …) is never true */
            equal = weir_binary(optimization, "or", equal, weir_unary(optimization, "isnull", equal));
        weir_expressions_add(optimization, &all, equal);
    }
    for (uint32_t i = 0; i < conditions.count; i++)
        weir_expressions_add(optimization, &all, conditions.items[i]);
    *condition = weir_join_conjuncts(optimization, &all);
    return WEIR_OK;
}

static bool is_predicate(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_EXISTS || expression->kind == WEIR_EXPRESSION_IN_SUBQUERY;
}

/* An uncorrelated EXISTS needs one row only; a semi join without a condition says the same. */
static WeirStatus join_predicate(WeirOptimization *optimization, WeirExpression *subquery, bool negated,
                                 WeirLogicalPlan **child, WeirError *error)
{
    WeirLogicalPlan *right = NULL;
    WeirExpression *condition = NULL;
    bool null_aware = negated && subquery->kind == WEIR_EXPRESSION_IN_SUBQUERY;
    WEIR_TRY(predicate_parts(optimization, subquery, child, null_aware, &right, &condition, error));
    *child =
        weir_make_join(optimization, negated ? WEIR_JOIN_LEFT_ANTI : WEIR_JOIN_LEFT_SEMI, condition, *child, right);
    return WEIR_OK;
}

/* ---- subqueries inside larger expressions */

typedef struct Nested {
    WeirOptimization *optimization;
    WeirLogicalPlan *child;
    WeirStatus status;
    WeirError *error;
} Nested;

static WeirExpression *existence(Nested *nested, WeirExpression *subquery, bool null_aware);

/* NULL IN (SELECT …) is false where there is no row, and else null. */
static WeirExpression *null_in(Nested *nested, const WeirExpression *subquery)
{
    WeirOptimization *optimization = nested->optimization;
    WeirExpression *exists = weir_expression_copy(optimization->arena, subquery);
    exists->kind = WEIR_EXPRESSION_EXISTS;
    exists->child_count = 0;
    WeirExpression *choice = weir_expression_new(optimization->arena, WEIR_EXPRESSION_CASE, subquery->origin);
    choice->children = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 3);
    choice->children[0] = existence(nested, exists, false);
    choice->children[1] =
        weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, &weir_type_boolean));
    choice->children[2] = weir_boolean(optimization, false);
    choice->child_count = 3;
    choice->type = &weir_type_boolean;
    choice->nullable = true;
    return choice;
}

static bool is_null_in(const WeirExpression *expression)
{
    if (expression->kind != WEIR_EXPRESSION_IN_SUBQUERY || expression->child_count != 1)
        return false;
    const WeirExpression *value = expression->children[0];
    while (value->kind == WEIR_EXPRESSION_CAST)
        value = value->children[0];
    return weir_is_null_literal(value);
}

static WeirExpression *existence(Nested *nested, WeirExpression *subquery, bool null_aware)
{
    WeirOptimization *optimization = nested->optimization;
    WeirLogicalPlan *right = NULL;
    WeirExpression *condition = NULL;
    nested->status =
        predicate_parts(optimization, subquery, &nested->child, null_aware, &right, &condition, nested->error);
    if (nested->status != WEIR_OK)
        return subquery;
    WeirExpression *exists =
        weir_expression_attribute(optimization->arena, "exists", &weir_type_boolean, false, weir_new_id(optimization));
    WeirLogicalPlan *join = weir_make_join(optimization, WEIR_JOIN_EXISTENCE, condition, nested->child, right);
    join->expressions = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 1);
    join->expressions[0] = exists;
    join->expression_count = 1;
    nested->child = weir_refresh(optimization, join);
    return exists;
}

static WeirExpression *empty_value(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    WeirOptimization *optimization = context;
    if (expression->kind != WEIR_EXPRESSION_AGGREGATE)
        return expression;
    if ((expression->aggregate->flags & WEIR_AGGREGATE_COUNT_DEFAULT) != 0)
        return weir_expression_cast(optimization->arena, weir_long(optimization, 0), expression->type, WEIR_EVAL_ANSI,
                                    true);
    return weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, expression->type));
}

/* What a global aggregate gives for no rows, or NULL where that is null anyway: count(*) is 0 for an outer row without
 * partners. */
static WeirExpression *value_of_nothing(WeirOptimization *optimization, const WeirLogicalPlan *plan)
{
    WeirExpression *value = plan->output[0];
    for (;;) {
        if (plan->kind == WEIR_LOGICAL_PROJECT) {
            value = weir_inline(optimization, value, plan->expressions, plan->expression_count);
            plan = plan->children[0];
        } else if (plan->kind == WEIR_LOGICAL_AGGREGATE && plan->grouping_count == 0) {
            value = weir_inline(optimization, value, plan->expressions, plan->expression_count);
            break;
        } else {
            return NULL;
        }
    }
    WeirExpression *empty = NULL;
    WeirStatus status = weir_expression_transform(optimization->arena, value, empty_value, optimization, &empty, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return weir_expression_is_foldable(empty) && !weir_is_null_literal(empty) ? empty : NULL;
}

/* At most one row for an outer row, whatever the data. */
static bool gives_one_row(const WeirLogicalPlan *plan)
{
    while (plan->kind == WEIR_LOGICAL_PROJECT || plan->kind == WEIR_LOGICAL_FILTER)
        plan = plan->children[0];
    if (plan->kind == WEIR_LOGICAL_LIMIT) {
        const WeirExpression *limit = plan->condition;
        return limit->kind == WEIR_EXPRESSION_LITERAL && limit->type->id == WEIR_TYPE_INT &&
               !weir_value_is_null(limit->value) && weir_value_get_int(limit->value) <= 1;
    }
    return plan->kind == WEIR_LOGICAL_ONE_ROW_RELATION ||
           (plan->kind == WEIR_LOGICAL_AGGREGATE && plan->grouping_count == 0);
}

/* A subquery that may give several rows for an outer one: that fails at run time. */
static WeirExpression *folded(Nested *nested, WeirLogicalPlan *plan)
{
    WeirOptimization *optimization = nested->optimization;
    WeirExpression *value = plan->output[0];
    WeirExpressions conditions = {0}, columns = {0};
    nested->status = weir_join_domain(optimization, &nested->child, &plan, &conditions, &columns, nested->error);
    if (nested->status != WEIR_OK)
        return value;
    value = weir_fold_rows(optimization, value, &columns, &plan);
    WeirExpression *alias =
        weir_expression_alias(optimization->arena, value, "scalarsubquery", weir_new_id(optimization));
    WeirExpressions list = {0};
    weir_expressions_add(optimization, &list, alias);
    for (uint32_t i = 0; i < columns.count; i++)
        weir_expressions_add(optimization, &list, columns.items[i]);
    plan = weir_make_project(optimization, list.items, list.count, plan);
    nested->child = weir_make_join(optimization, WEIR_JOIN_LEFT_OUTER, weir_join_conjuncts(optimization, &conditions),
                                   nested->child, plan);
    value = weir_expression_to_attribute(optimization->arena, alias);
    value->nullable = true;
    return value;
}

static WeirExpression *scalar(Nested *nested, WeirExpression *subquery)
{
    WeirOptimization *optimization = nested->optimization;
    WeirLogicalPlan *plan = subquery->plan;
    WeirExpressions conditions = {0};
    nested->status = prepare(optimization, &plan, nested->error);
    if (nested->status != WEIR_OK)
        return subquery;
    if (!gives_one_row(plan))
        return folded(nested, plan);
    WeirExpression *empty = value_of_nothing(optimization, plan), *result = plan->output[0];
    nested->status = weir_decorrelate(optimization, &nested->child, &plan, &conditions, nested->error);
    if (nested->status != WEIR_OK)
        return subquery;
    result = weir_expression_copy(optimization->arena, result);
    result->nullable = true;
    if (empty != NULL) {
        WeirExpressions list = {0};
        WeirExpression *marker = weir_expression_alias(optimization->arena, weir_boolean(optimization, true),
                                                       "alwaysTrue", weir_new_id(optimization));
        for (uint32_t i = 0; i < plan->output_count; i++)
            weir_expressions_add(optimization, &list, plan->output[i]);
        weir_expressions_add(optimization, &list, marker);
        plan = weir_make_project(optimization, list.items, list.count, plan);
        WeirExpression *found = weir_expression_to_attribute(optimization->arena, marker);
        found->nullable = true;
        WeirExpression *choice = weir_expression_new(optimization->arena, WEIR_EXPRESSION_CASE, subquery->origin);
        choice->children = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 3);
        choice->children[0] = weir_unary(optimization, "isnull", found);
        choice->children[1] = empty;
        choice->children[2] = result;
        choice->child_count = 3;
        choice->type = result->type;
        choice->nullable = true;
        result = choice;
    }
    nested->child = weir_make_join(optimization, WEIR_JOIN_LEFT_OUTER, weir_join_conjuncts(optimization, &conditions),
                                   nested->child, plan);
    return result;
}

static WeirExpression *alone(Nested *nested, WeirExpression *subquery)
{
    WeirLogicalPlan *plan = subquery->plan;
    nested->status = prepare(nested->optimization, &plan, nested->error);
    return nested->status == WEIR_OK ? weir_join_scalar(nested->optimization, plan, &nested->child) : subquery;
}

/* NOT (x IN (SELECT …)) is one thing, since nulls count another way than in IN: the IN is marked by an ordinal. */
static WeirExpression *mark_negated_in(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    WeirOptimization *optimization = context;
    (void)status;
    (void)error;
    if (!weir_is_call_of(expression, "not") || expression->children[0]->kind != WEIR_EXPRESSION_IN_SUBQUERY)
        return expression;
    WeirExpression *marked = weir_expression_copy(optimization->arena, expression->children[0]);
    marked->ordinal = 1;
    return marked;
}

/* NOT moves down to the subqueries, so that NOT (a AND b IN …) is NOT a OR b NOT IN …, whose nulls count. */
static WeirExpression *push_not(WeirOptimization *optimization, WeirExpression *expression, bool negated)
{
    bool is_and = weir_is_call_of(expression, "and"), is_or = weir_is_call_of(expression, "or");
    if (!weir_has_subquery(expression))
        return negated ? weir_unary(optimization, "not", expression) : expression;
    if (weir_is_call_of(expression, "not"))
        return push_not(optimization, expression->children[0], !negated);
    if (is_and || is_or) {
        WeirExpression *left = push_not(optimization, expression->children[0], negated),
                       *right = push_not(optimization, expression->children[1], negated);
        return weir_binary(optimization, is_and == negated ? "or" : "and", left, right);
    }
    return negated ? weir_unary(optimization, "not", expression) : expression;
}

static bool is_negated_in(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_IN_SUBQUERY && expression->ordinal == 1;
}

static WeirExpression *replace_nested(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    Nested *nested = context;
    if (nested->status != WEIR_OK)
        return expression;
    if (is_null_in(expression)) {
        WeirExpression *value = null_in(nested, expression);
        return is_negated_in(expression) ? weir_unary(nested->optimization, "not", value) : value;
    }
    if (is_negated_in(expression))
        return weir_unary(nested->optimization, "not", existence(nested, expression, true));
    if (is_predicate(expression))
        return existence(nested, expression, false);
    if (expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY)
        return weir_plan_is_correlated(expression->plan) ? scalar(nested, expression) : alone(nested, expression);
    return expression;
}

static WeirStatus rewrite_nested(Nested *nested, WeirExpression **expression)
{
    WeirArena *arena = nested->optimization->arena;
    WEIR_TRY(weir_expression_transform(arena, *expression, mark_negated_in, nested->optimization, expression,
                                       nested->error));
    WEIR_TRY(weir_expression_transform(arena, *expression, replace_nested, nested, expression, nested->error));
    return nested->status;
}

/* ---- nodes */

static WeirStatus rewrite_filter(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                                 WeirError *error)
{
    WeirExpressions conjuncts = {0}, stay = {0};
    WeirLogicalPlan *child = plan->children[0];
    weir_split_conjuncts(optimization, push_not(optimization, plan->condition, false), &conjuncts);
    for (uint32_t i = 0; i < conjuncts.count; i++)
        if (!weir_has_subquery(conjuncts.items[i]))
            weir_expressions_add(optimization, &stay, conjuncts.items[i]);
    child = weir_make_filter(optimization, weir_join_conjuncts(optimization, &stay), child);
    stay = (WeirExpressions){0};
    for (uint32_t i = 0; i < conjuncts.count; i++) {
        WeirExpression *condition = conjuncts.items[i];
        bool negated = weir_is_call_of(condition, "not") && is_predicate(condition->children[0]);
        if (!weir_has_subquery(condition))
            continue;
        if (negated || is_predicate(condition)) {
            WEIR_TRY(
                join_predicate(optimization, negated ? condition->children[0] : condition, negated, &child, error));
            continue;
        }
        Nested nested = {optimization, child, WEIR_OK, error};
        WEIR_TRY(rewrite_nested(&nested, &condition));
        child = nested.child;
        weir_expressions_add(optimization, &stay, condition);
    }
    *out = weir_make_filter(optimization, weir_join_conjuncts(optimization, &stay), child);
    if ((*out)->output_count != plan->output_count)
        *out = weir_make_project(optimization, plan->output, plan->output_count, *out);
    return WEIR_OK;
}

static WeirStatus rewrite_lists(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                                WeirError *error)
{
    Nested nested = {optimization, plan->children[0], WEIR_OK, error};
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->expressions = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, plan->expression_count);
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        copy->expressions[i] = plan->expressions[i];
        WEIR_TRY(rewrite_nested(&nested, &copy->expressions[i]));
    }
    if (nested.child == plan->children[0])
        return WEIR_OK;
    copy->children[0] = nested.child;
    *out = weir_refresh(optimization, copy);
    if (plan->kind != WEIR_LOGICAL_PROJECT && plan->kind != WEIR_LOGICAL_AGGREGATE)
        *out = weir_make_project(optimization, plan->output, plan->output_count, *out);
    return WEIR_OK;
}

/* A generator's arguments. */
static WeirStatus rewrite_generate(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                                   WeirError *error)
{
    Nested nested = {optimization, plan->children[0], WEIR_OK, error};
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    WEIR_TRY(rewrite_nested(&nested, &copy->condition));
    copy->children[0] = nested.child;
    WeirExpressions output = {0};
    for (uint32_t i = 0; i < nested.child->output_count; i++)
        weir_expressions_add(optimization, &output, nested.child->output[i]);
    for (uint32_t i = 0; i < plan->generator_output_count; i++)
        weir_expressions_add(optimization, &output, plan->generator_output[i]);
    copy->output = output.items;
    copy->output_count = output.count;
    *out = weir_make_project(optimization, plan->output, plan->output_count, weir_refresh(optimization, copy));
    return WEIR_OK;
}

static bool note_reference(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && weir_plan_has(context, expression->id);
}

/* The side of a join on whose rows a subquery of its condition is computed: the one whose columns it uses. */
static uint32_t subquery_side(const WeirLogicalPlan *join, const WeirExpression *subquery)
{
    bool left = weir_expression_any(subquery, note_reference, join->children[0]);
    bool right = weir_expression_any(subquery, note_reference, join->children[1]);
    if (left && !right)
        return 0;
    return left && right && join->join_type == WEIR_JOIN_RIGHT_OUTER ? 0 : 1;
}

static bool has_rewritable(void *context, const WeirExpression *expression)
{
    (void)context;
    return is_predicate(expression) || expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY;
}

typedef struct OnCondition {
    WeirOptimization *optimization;
    const WeirLogicalPlan *join;
    WeirLogicalPlan *sides[2];
    WeirError *error;
} OnCondition;

static WeirExpression *replace_on_side(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    OnCondition *on = context;
    if (!has_rewritable(NULL, expression))
        return expression;
    uint32_t side = subquery_side(on->join, expression);
    Nested nested = {on->optimization, on->sides[side], WEIR_OK, on->error};
    WeirExpression *value = replace_nested(&nested, expression, status, error);
    *status = nested.status;
    on->sides[side] = nested.child;
    return value;
}

/* Subqueries in ON. An inner join is a filter over all pairs; else they are computed on one side's rows. */
static WeirStatus rewrite_join_condition(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out,
                                         WeirError *error)
{
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    if (plan->join_type == WEIR_JOIN_INNER || plan->join_type == WEIR_JOIN_CROSS) {
        copy->condition = NULL;
        WeirLogicalPlan *filter = weir_make_filter(optimization, plan->condition, weir_refresh(optimization, copy));
        return rewrite_filter(optimization, filter, out, error);
    }
    OnCondition on = {optimization, plan, {plan->children[0], plan->children[1]}, error};
    WeirExpression *condition = push_not(optimization, plan->condition, false);
    WEIR_TRY(
        weir_expression_transform(optimization->arena, condition, mark_negated_in, optimization, &condition, error));
    WEIR_TRY(weir_expression_transform(optimization->arena, condition, replace_on_side, &on, &copy->condition, error));
    copy->children[0] = on.sides[0];
    copy->children[1] = on.sides[1];
    *out = weir_make_project(optimization, plan->output, plan->output_count, weir_refresh(optimization, copy));
    return WEIR_OK;
}

static WeirLogicalPlan *rewrite(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                WeirStatus *status, WeirError *error)
{
    (void)context;
    WeirLogicalPlan *out = plan;
    bool any = false;
    if (plan->kind == WEIR_LOGICAL_FILTER) {
        if (weir_expression_any(plan->condition, has_rewritable, NULL))
            *status = rewrite_filter(optimization, plan, &out, error);
        return *status == WEIR_OK ? out : NULL;
    }
    bool in_condition = weir_expression_any(plan->condition, has_rewritable, NULL);
    if (in_condition && plan->kind == WEIR_LOGICAL_JOIN && !plan->is_lateral)
        *status = rewrite_join_condition(optimization, plan, &out, error);
    else if (in_condition && plan->kind == WEIR_LOGICAL_GENERATE)
        *status = rewrite_generate(optimization, plan, &out, error);
    if (*status != WEIR_OK)
        return NULL;
    if (plan->child_count != 1 || out != plan)
        return out;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        any = any || weir_expression_any(plan->expressions[i], has_rewritable, NULL);
    if (any && plan->kind == WEIR_LOGICAL_AGGREGATE) {
        WeirLogicalPlan *lifted = weir_lift_from_aggregate(optimization, plan), *lower = lifted->children[0];
        *status = rewrite_lists(optimization, lower, &lower, error); /* inside of aggregate functions */
        if (*status != WEIR_OK)
            return NULL;
        out = lifted = weir_with_child(optimization, lifted, 0, lower);
        *status = rewrite_lists(optimization, lifted, &out, error);
        return *status == WEIR_OK ? out : NULL;
    }
    if (any)
        *status = rewrite_lists(optimization, plan, &out, error);
    return *status == WEIR_OK ? out : NULL;
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, rewrite, NULL, out, error);
}

const WeirRule weir_rule_rewrite_subqueries = {"RewriteSubquery", apply};
