/* The general way to take outer references out of a subquery (Spark: DecorrelateInnerQuery's domain joins): the
 * distinct values of the outer columns that it uses are joined in where its rows begin, every node passes them on, and
 * what looks at several rows (aggregates, limits, windows) does so for each of them. */
#include "expr/aggregate.h"
#include "optimizer/rules/decorrelation.h"

typedef struct Domain {
    WeirOptimization *optimization;
    WeirLogicalPlan *outer;
    WeirExpressions from; /* columns of the outer query that the subquery uses */
    WeirError *error;
} Domain;

/* ---- which columns */

static bool note_outer(void *context, const WeirExpression *expression)
{
    Domain *domain = context;
    if (expression->kind != WEIR_EXPRESSION_OUTER_REFERENCE)
        return false;
    WeirExpression *column = expression->children[0];
    for (uint32_t i = 0; i < domain->from.count; i++)
        if (domain->from.items[i]->id == column->id)
            return false;
    weir_expressions_add(domain->optimization, &domain->from, column);
    return false;
}

static bool note_node(void *context, const WeirLogicalPlan *plan)
{
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expression_any(plan->expressions[i], note_outer, context);
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        weir_expression_any(plan->grouping[i], note_outer, context);
    for (uint32_t r = 0; r < plan->row_count; r++)
        for (uint32_t i = 0; i < plan->row_width; i++)
            weir_expression_any(plan->rows[r][i], note_outer, context);
    weir_expression_any(plan->condition, note_outer, context);
    return false;
}

/* Their distinct values, under new ids. */
static WeirLogicalPlan *make_domain(Domain *domain, WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirExpressions aliases = {0};
    *columns = (WeirExpressions){0};
    for (uint32_t i = 0; i < domain->from.count; i++) {
        WeirExpression *column = domain->from.items[i];
        WeirExpression *alias =
            weir_expression_alias(optimization->arena, column, column->name, weir_new_id(optimization));
        weir_expressions_add(optimization, &aliases, alias);
        weir_expressions_add(optimization, columns, weir_expression_to_attribute(optimization->arena, alias));
    }
    return weir_make_aggregate(optimization, domain->from.items, domain->from.count, aliases.items, aliases.count,
                               domain->outer);
}

/* ---- expressions over the domain's columns */

typedef struct Replacement {
    const Domain *domain;
    const WeirExpressions *columns;
} Replacement;

static WeirExpression *replace_outer(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Replacement *replacement = context;
    (void)status;
    (void)error;
    if (expression->kind != WEIR_EXPRESSION_OUTER_REFERENCE)
        return expression;
    for (uint32_t i = 0; i < replacement->domain->from.count; i++)
        if (replacement->domain->from.items[i]->id == expression->children[0]->id)
            return replacement->columns->items[i];
    return expression;
}

static WeirStatus over_domain(const Domain *domain, const WeirExpressions *columns, WeirLogicalPlan **plan)
{
    Replacement replacement = {domain, columns};
    return weir_logical_transform_expressions(domain->optimization->arena, *plan, replace_outer, &replacement, plan,
                                              domain->error);
}

static WeirExpression *ties(const Domain *domain, const WeirExpressions *left, WeirExpression *const *right)
{
    WeirExpressions equal = {0};
    for (uint32_t i = 0; i < left->count; i++)
        weir_expressions_add(domain->optimization, &equal,
                             weir_binary(domain->optimization, "<=>", left->items[i], right[i]));
    return weir_join_conjuncts(domain->optimization, &equal);
}

/* ---- nodes; `columns` are the domain's in what comes out */

static WeirStatus push(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirExpressions *columns);

static WeirStatus unsupported(const Domain *domain)
{
    return weir_error_set(
        domain->error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED,
        "treeNode", "the subquery");
}

static void append_all(const Domain *domain, WeirExpressions *list, WeirExpression *const *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        weir_expressions_add(domain->optimization, list, items[i]);
}

static WeirStatus push_project(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan *child, WeirLogicalPlan **out,
                               const WeirExpressions *columns)
{
    WeirExpressions list = {0};
    WEIR_TRY(over_domain(domain, columns, &plan));
    append_all(domain, &list, plan->expressions, plan->expression_count);
    append_all(domain, &list, columns->items, columns->count);
    *out = weir_make_project(domain->optimization, list.items, list.count, child);
    return WEIR_OK;
}

static WeirExpression *empty_value(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    WeirOptimization *optimization = context;
    (void)status;
    (void)error;
    if (expression->kind != WEIR_EXPRESSION_AGGREGATE)
        return expression;
    if ((expression->aggregate->flags & WEIR_AGGREGATE_COUNT_DEFAULT) != 0)
        return weir_expression_cast(optimization->arena, weir_long(optimization, 0), expression->type, WEIR_EVAL_ANSI,
                                    true);
    return weir_expression_literal(optimization->arena, weir_value_null(optimization->arena, expression->type));
}

/* An aggregate without keys gives a row for no rows too: the domain is joined once more, and where the groups have no
 * partner, the aggregate's values of nothing stand. */
static WeirStatus keep_empty_groups(Domain *domain, const WeirLogicalPlan *plan, WeirLogicalPlan *groups,
                                    const WeirExpressions *group_columns, WeirLogicalPlan **out,
                                    WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirExpressions marked = {0}, list = {0};
    WeirExpression *marker = weir_expression_alias(optimization->arena, weir_boolean(optimization, true), "alwaysTrue",
                                                   weir_new_id(optimization));
    append_all(domain, &marked, groups->output, groups->output_count);
    weir_expressions_add(optimization, &marked, marker);
    groups = weir_make_project(optimization, marked.items, marked.count, groups);
    WeirLogicalPlan *all = make_domain(domain, columns);
    WeirLogicalPlan *join =
        weir_make_join(optimization, WEIR_JOIN_LEFT_OUTER, ties(domain, columns, group_columns->items), all, groups);
    WeirExpression *found = weir_expression_to_attribute(optimization->arena, marker);
    found->nullable = true;
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        const WeirExpression *item = plan->expressions[i];
        WeirExpression *choice = weir_expression_new(optimization->arena, WEIR_EXPRESSION_CASE, item->origin);
        choice->children = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 3);
        choice->children[0] = weir_unary(optimization, "isnull", found);
        choice->children[2] = weir_expression_to_attribute(optimization->arena, item);
        choice->child_count = 3;
        choice->type = item->type;
        choice->nullable = true;
        WEIR_TRY(weir_expression_transform(
            optimization->arena, item->kind == WEIR_EXPRESSION_ALIAS ? item->children[0] : plan->expressions[i],
            empty_value, optimization, &choice->children[1], domain->error));
        weir_expressions_add(optimization, &list,
                             weir_expression_alias(optimization->arena, choice, item->name, plan->output[i]->id));
    }
    append_all(domain, &list, columns->items, columns->count);
    *out = weir_make_project(optimization, list.items, list.count, join);
    return WEIR_OK;
}

static WeirStatus push_aggregate(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan *child, WeirLogicalPlan **out,
                                 WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirExpressions grouping = {0}, list = {0};
    bool global = plan->grouping_count == 0;
    WEIR_TRY(over_domain(domain, columns, &plan));
    append_all(domain, &grouping, plan->grouping, plan->grouping_count);
    append_all(domain, &grouping, columns->items, columns->count);
    WeirLogicalPlan *renamed = plan;
    if (global) { /* the ids of the items are given to what stands for them above */
        renamed = weir_logical_copy(optimization->arena, plan);
        renamed->expressions = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, plan->expression_count + 1);
        for (uint32_t i = 0; i < plan->expression_count; i++) {
            renamed->expressions[i] = weir_expression_copy(optimization->arena, plan->expressions[i]);
            renamed->expressions[i]->id = weir_new_id(optimization);
        }
    }
    append_all(domain, &list, renamed->expressions, plan->expression_count);
    append_all(domain, &list, columns->items, columns->count);
    *out = weir_make_aggregate(optimization, grouping.items, grouping.count, list.items, list.count, child);
    if (!global)
        return WEIR_OK;
    WeirExpressions group_columns = *columns;
    renamed->output = plan->output;
    return keep_empty_groups(domain, renamed, *out, &group_columns, out, columns);
}

/* LIMIT n, with or without a sort below: n rows for each value of the domain. */
static WeirStatus push_limit(Domain *domain, const WeirLogicalPlan *plan, WeirLogicalPlan **out,
                             WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirLogicalPlan *sort = plan->children[0]->kind == WEIR_LOGICAL_SORT ? plan->children[0] : NULL, *child = NULL;
    WEIR_TRY(push(domain, sort == NULL ? plan->children[0] : sort->children[0], &child, columns));
    if (sort != NULL)
        WEIR_TRY(over_domain(domain, columns, &sort));
    WeirExpression *number = weir_row_number(optimization, columns, sort);
    WeirLogicalPlan *window = weir_logical_unary(optimization->arena, WEIR_LOGICAL_WINDOW, child);
    window->expressions = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, 1);
    window->expressions[0] =
        weir_expression_alias(optimization->arena, number, "row_number", weir_new_id(optimization));
    window->expression_count = 1;
    window->window = number->window;
    weir_refresh(optimization, window);
    WeirExpression *position = window->output[window->output_count - 1];
    bool offset = plan->kind == WEIR_LOGICAL_OFFSET;
    WeirExpression *condition = weir_binary(optimization, offset ? ">" : "<=", position, plan->condition);
    *out = weir_make_project(optimization, child->output, child->output_count,
                             weir_make_filter(optimization, condition, window));
    return WEIR_OK;
}

static WeirStatus push_window(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan *child, WeirLogicalPlan **out,
                              const WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirExpressions keys = {0};
    WEIR_TRY(over_domain(domain, columns, &plan));
    plan = weir_logical_copy(optimization->arena, plan);
    WeirWindowSpec *window = WEIR_ARENA_NEW(optimization->arena, WeirWindowSpec);
    *window = *plan->window;
    append_all(domain, &keys, window->partition_by, window->partition_count);
    append_all(domain, &keys, columns->items, columns->count);
    window->partition_by = keys.items;
    window->partition_count = keys.count;
    plan->window = window;
    WeirExpression **items = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, plan->expression_count);
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        items[i] = weir_expression_copy(optimization->arena, plan->expressions[i]);
        WeirExpression *function = weir_expression_copy(optimization->arena, items[i]->children[0]);
        WeirWindowSpec *spec = WEIR_ARENA_NEW(optimization->arena, WeirWindowSpec);
        *spec = *function->window;
        spec->partition_by = keys.items;
        spec->partition_count = keys.count;
        function->window = spec;
        items[i]->children[0] = function;
    }
    plan->expressions = items;
    plan->children[0] = child;
    *out = weir_refresh(optimization, plan);
    return WEIR_OK;
}

static WeirStatus push_generate(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan *child, WeirLogicalPlan **out,
                                const WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WEIR_TRY(over_domain(domain, columns, &plan));
    plan = weir_logical_copy(optimization->arena, plan);
    WeirExpressions output = {0};
    append_all(domain, &output, child->output, child->output_count);
    append_all(domain, &output, plan->generator_output, plan->generator_output_count);
    plan->children[0] = child;
    plan->output = output.items;
    plan->output_count = output.count;
    *out = weir_refresh(optimization, plan);
    return WEIR_OK;
}

/* Both sides get the domain where they use it; equal values belong together. */
static WeirStatus push_join(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    if (plan->join_type == WEIR_JOIN_FULL_OUTER)
        return unsupported(domain);
    uint32_t first = plan->join_type == WEIR_JOIN_RIGHT_OUTER ? 1 : 0; /* the side whose rows all stay */
    WeirLogicalPlan *sides[2] = {plan->children[0], plan->children[1]};
    WeirExpressions second = {0}, all = {0};
    WEIR_TRY(push(domain, sides[first], &sides[first], columns));
    WeirLogicalPlan *conditioned = plan;
    WEIR_TRY(over_domain(domain, columns, &conditioned));
    if (conditioned->condition != NULL)
        weir_expressions_add(optimization, &all, conditioned->condition);
    if (weir_plan_is_correlated(sides[1 - first])) {
        WEIR_TRY(push(domain, sides[1 - first], &sides[1 - first], &second));
        weir_expressions_add(optimization, &all, ties(domain, columns, second.items));
    }
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[0] = sides[0];
    copy->children[1] = sides[1];
    copy->condition = weir_join_conjuncts(optimization, &all);
    if (copy->join_type == WEIR_JOIN_CROSS && copy->condition != NULL)
        copy->join_type = WEIR_JOIN_INNER;
    *out = weir_refresh(optimization, copy);
    return WEIR_OK;
}

/* Every branch with its own copy of the domain behind its columns. */
static WeirStatus push_union(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    WeirExpressions output = {0};
    for (uint32_t i = 0; i < plan->child_count; i++) {
        WeirExpressions own = {0}, list = {0};
        WeirLogicalPlan *child = NULL;
        WEIR_TRY(push(domain, plan->children[i], &child, &own));
        append_all(domain, &list, plan->children[i]->output, plan->children[i]->output_count);
        append_all(domain, &list, own.items, own.count);
        copy->children[i] = weir_make_project(optimization, list.items, list.count, child);
        if (i == 0)
            *columns = own;
    }
    append_all(domain, &output, plan->output, plan->output_count);
    append_all(domain, &output, columns->items, columns->count);
    copy->output = output.items;
    copy->output_count = output.count;
    *out = copy;
    return WEIR_OK;
}

static WeirStatus push_expand(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan *child, WeirLogicalPlan **out,
                              const WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirExpressions output = {0};
    WEIR_TRY(over_domain(domain, columns, &plan));
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[0] = child;
    copy->row_width = plan->row_width + columns->count;
    copy->rows = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression **, plan->row_count);
    for (uint32_t r = 0; r < plan->row_count; r++) {
        WeirExpressions row = {0};
        append_all(domain, &row, plan->rows[r], plan->row_width);
        append_all(domain, &row, columns->items, columns->count);
        copy->rows[r] = row.items;
    }
    append_all(domain, &output, plan->output, plan->output_count);
    append_all(domain, &output, columns->items, columns->count);
    copy->output = output.items;
    copy->output_count = output.count;
    *out = copy;
    return WEIR_OK;
}

static WeirStatus push_unary(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(push(domain, plan->children[0], &child, columns));
    *out = plan;
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
        return push_project(domain, plan, child, out, columns);
    case WEIR_LOGICAL_FILTER:
        WEIR_TRY(over_domain(domain, columns, &plan));
        *out = weir_make_filter(optimization, plan->condition, child);
        return WEIR_OK;
    case WEIR_LOGICAL_AGGREGATE:
        return push_aggregate(domain, plan, child, out, columns);
    case WEIR_LOGICAL_GENERATE:
        return push_generate(domain, plan, child, out, columns);
    case WEIR_LOGICAL_WINDOW:
        return push_window(domain, plan, child, out, columns);
    case WEIR_LOGICAL_EXPAND:
        return push_expand(domain, plan, child, out, columns);
    case WEIR_LOGICAL_SORT: /* without a limit it means nothing in a subquery */
    case WEIR_LOGICAL_REPARTITION:
        *out = child;
        return WEIR_OK;
    default:
        return unsupported(domain);
    }
}

static WeirStatus push(Domain *domain, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirExpressions *columns)
{
    WeirOptimization *optimization = domain->optimization;
    if (plan->kind == WEIR_LOGICAL_ONE_ROW_RELATION) {
        *out = make_domain(domain, columns);
        return WEIR_OK;
    }
    if (!weir_plan_is_correlated(plan)) {
        *out = weir_make_join(optimization, WEIR_JOIN_INNER, NULL, plan, make_domain(domain, columns));
        return WEIR_OK;
    }
    if (plan->kind == WEIR_LOGICAL_JOIN)
        return push_join(domain, plan, out, columns);
    if (plan->kind == WEIR_LOGICAL_UNION)
        return push_union(domain, plan, out, columns);
    if (plan->kind == WEIR_LOGICAL_LIMIT || plan->kind == WEIR_LOGICAL_OFFSET)
        return push_limit(domain, plan, out, columns);
    return plan->child_count == 1 ? push_unary(domain, plan, out, columns) : unsupported(domain);
}

WeirStatus weir_join_domain(WeirOptimization *optimization, WeirLogicalPlan **outer, WeirLogicalPlan **plan,
                            WeirExpressions *conditions, WeirExpressions *columns, WeirError *error)
{
    WEIR_TRY(weir_pull_out_outer_maps(optimization, outer, plan, error));
    Domain domain = {.optimization = optimization, .outer = *outer, .error = error};
    weir_logical_any(*plan, note_node, &domain);
    for (uint32_t i = 0; i < domain.from.count; i++)
        if (!weir_references_within(domain.from.items[i], *outer))
            return unsupported(&domain);
    for (uint32_t i = 0; i < domain.from.count; i++) /* maps have no distinct values to join with */
        if (weir_type_contains(domain.from.items[i]->type, WEIR_TYPE_MAP))
            return weir_error_set(
                error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_REFERENCE_DATA_TYPE,
                "expr", domain.from.items[i]->name, "dataType", "map");
    WEIR_TRY(push(&domain, *plan, plan, columns));
    *conditions = (WeirExpressions){0};
    for (uint32_t i = 0; i < columns->count; i++)
        weir_expressions_add(optimization, conditions,
                             weir_binary(optimization, "<=>", columns->items[i], domain.from.items[i]));
    return WEIR_OK;
}
