/* RewriteDistinctAggregates, batch only: every row once for each group of DISTINCT arguments (gid 1, 2, …) and once for
 * the other aggregates (gid 0); a first aggregate by keys, distinct arguments and gid removes the duplicates, a second
 * one computes. */
#include "expr/aggregate.h"
#include "optimizer/rules.h"

#define GROUPS_MAX 64u

typedef struct Group {
    WeirExpressions arguments; /* of DISTINCT aggregates with the same set of them */
    WeirExpression *columns[16];
} Group;

typedef struct Rewrite {
    WeirOptimization *optimization;
    const WeirLogicalPlan *plan;
    Group groups[GROUPS_MAX];
    uint32_t group_count;
    WeirExpressions regular;  /* other aggregates, each once */
    WeirExpressions distinct; /* DISTINCT aggregates, each once */
    uint32_t distinct_group[256];
    WeirExpressions keys; /* attributes of the grouping columns above the Expand */
    WeirExpression *gid;
    WeirExpressions regular_results; /* attributes: partial values of the first aggregate */
    bool unsupported;
} Rewrite;

static bool in_list(const WeirExpressions *list, const WeirExpression *expression, uint32_t *index)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (weir_expression_equal(list->items[i], expression)) {
            *index = i;
            return true;
        }
    return false;
}

static bool same_arguments(const Group *group, const WeirExpressions *arguments)
{
    uint32_t index = 0;
    if (group->arguments.count != arguments->count)
        return false;
    for (uint32_t i = 0; i < arguments->count; i++)
        if (!in_list(&group->arguments, arguments->items[i], &index))
            return false;
    return true;
}

static void note_distinct(Rewrite *rewrite, WeirExpression *aggregate)
{
    WeirExpressions arguments = {0};
    uint32_t index = 0;
    for (uint32_t i = 0; i < aggregate->child_count; i++)
        if (!weir_expression_is_foldable(aggregate->children[i]) &&
            !in_list(&arguments, aggregate->children[i], &index))
            weir_expressions_add(rewrite->optimization, &arguments, aggregate->children[i]);
    if (aggregate->filter != NULL && !in_list(&arguments, aggregate->filter, &index))
        weir_expressions_add(rewrite->optimization, &arguments, aggregate->filter);
    uint32_t group = 0;
    while (group < rewrite->group_count && !same_arguments(&rewrite->groups[group], &arguments))
        group++;
    if (group == GROUPS_MAX || arguments.count > 16 || rewrite->distinct.count == 256) {
        rewrite->unsupported = true;
        return;
    }
    if (group == rewrite->group_count)
        rewrite->groups[rewrite->group_count++].arguments = arguments;
    rewrite->distinct_group[rewrite->distinct.count] = group;
    weir_expressions_add(rewrite->optimization, &rewrite->distinct, aggregate);
}

static bool note_aggregate(void *context, const WeirExpression *expression)
{
    Rewrite *rewrite = context;
    uint32_t index = 0;
    if (expression->kind != WEIR_EXPRESSION_AGGREGATE)
        return false;
    WeirExpression *aggregate = (WeirExpression *)(uintptr_t)expression;
    bool distinct = expression->is_distinct && (expression->aggregate->flags & WEIR_AGGREGATE_NO_DISTINCT) == 0;
    if (distinct && !in_list(&rewrite->distinct, expression, &index))
        note_distinct(rewrite, aggregate);
    else if (!distinct && !in_list(&rewrite->regular, expression, &index))
        weir_expressions_add(rewrite->optimization, &rewrite->regular, aggregate);
    return false;
}

static WeirExpression *null_of(const Rewrite *rewrite, const WeirDataType *type)
{
    return weir_expression_literal(rewrite->optimization->arena, weir_value_null(rewrite->optimization->arena, type));
}

static WeirExpression *int_of(const Rewrite *rewrite, int64_t value)
{
    return weir_expression_literal(rewrite->optimization->arena,
                                   weir_value_int(rewrite->optimization->arena, &weir_type_int, value));
}

static WeirExpression *new_column(Rewrite *rewrite, const char *name, const WeirDataType *type)
{
    return weir_expression_attribute(rewrite->optimization->arena, name, type, true,
                                     weir_new_id(rewrite->optimization));
}

/* Arguments of regular aggregates as columns, each once. */
static void regular_arguments(Rewrite *rewrite, WeirExpressions *arguments)
{
    uint32_t index = 0;
    for (uint32_t i = 0; i < rewrite->regular.count; i++) {
        const WeirExpression *aggregate = rewrite->regular.items[i];
        for (uint32_t c = 0; c < aggregate->child_count; c++)
            if (!weir_expression_is_foldable(aggregate->children[c]) &&
                !in_list(arguments, aggregate->children[c], &index))
                weir_expressions_add(rewrite->optimization, arguments, aggregate->children[c]);
        if (aggregate->filter != NULL && !in_list(arguments, aggregate->filter, &index))
            weir_expressions_add(rewrite->optimization, arguments, aggregate->filter);
    }
}

static WeirLogicalPlan *make_expand(Rewrite *rewrite, const WeirExpressions *arguments,
                                    WeirExpressions *argument_columns)
{
    WeirOptimization *optimization = rewrite->optimization;
    const WeirLogicalPlan *plan = rewrite->plan;
    WeirExpressions output = {0};
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        const WeirExpression *key = plan->grouping[i];
        WeirExpression *column = new_column(rewrite, key->name != NULL ? key->name : "key", key->type);
        column->metadata = key->kind == WEIR_EXPRESSION_ATTRIBUTE ? key->metadata : NULL;
        weir_expressions_add(optimization, &rewrite->keys, column);
        weir_expressions_add(optimization, &output, column);
    }
    for (uint32_t g = 0; g < rewrite->group_count; g++)
        for (uint32_t i = 0; i < rewrite->groups[g].arguments.count; i++) {
            rewrite->groups[g].columns[i] =
                new_column(rewrite, "distinct", rewrite->groups[g].arguments.items[i]->type);
            weir_expressions_add(optimization, &output, rewrite->groups[g].columns[i]);
        }
    rewrite->gid =
        weir_expression_attribute(optimization->arena, "gid", &weir_type_int, false, weir_new_id(optimization));
    weir_expressions_add(optimization, &output, rewrite->gid);
    for (uint32_t i = 0; i < arguments->count; i++) {
        weir_expressions_add(optimization, argument_columns,
                             new_column(rewrite, "argument", arguments->items[i]->type));
        weir_expressions_add(optimization, &output, argument_columns->items[i]);
    }
    WeirLogicalPlan *expand = weir_logical_unary(optimization->arena, WEIR_LOGICAL_EXPAND, plan->children[0]);
    bool with_regular = rewrite->regular.count > 0;
    expand->row_count = rewrite->group_count + (with_regular ? 1 : 0);
    expand->row_width = output.count;
    expand->rows = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression **, expand->row_count);
    for (uint32_t r = 0; r < expand->row_count; r++) {
        uint32_t gid = with_regular ? r : r + 1;
        WeirExpressions row = {0};
        for (uint32_t i = 0; i < plan->grouping_count; i++)
            weir_expressions_add(optimization, &row, plan->grouping[i]);
        for (uint32_t g = 0; g < rewrite->group_count; g++)
            for (uint32_t i = 0; i < rewrite->groups[g].arguments.count; i++) {
                WeirExpression *argument = rewrite->groups[g].arguments.items[i];
                weir_expressions_add(optimization, &row, gid == g + 1 ? argument : null_of(rewrite, argument->type));
            }
        weir_expressions_add(optimization, &row, int_of(rewrite, gid));
        for (uint32_t i = 0; i < arguments->count; i++)
            weir_expressions_add(optimization, &row,
                                 gid == 0 ? arguments->items[i] : null_of(rewrite, arguments->items[i]->type));
        expand->rows[r] = row.items;
    }
    expand->output = output.items;
    expand->output_count = output.count;
    return weir_refresh(optimization, expand);
}

/* The aggregate over columns that hold its arguments and its filter. */
static WeirExpression *with_columns(Rewrite *rewrite, const WeirExpression *aggregate, const WeirExpressions *from,
                                    const WeirExpressions *to)
{
    WeirExpression *copy = weir_expression_copy(rewrite->optimization->arena, aggregate);
    uint32_t index = 0;
    for (uint32_t i = 0; i < copy->child_count; i++)
        if (in_list(from, copy->children[i], &index))
            copy->children[i] = to->items[index];
    if (copy->filter != NULL && in_list(from, copy->filter, &index))
        copy->filter = to->items[index];
    return copy;
}

static WeirLogicalPlan *first_aggregate(Rewrite *rewrite, const WeirExpressions *arguments,
                                        const WeirExpressions *columns, WeirLogicalPlan *expand)
{
    WeirOptimization *optimization = rewrite->optimization;
    WeirExpressions grouping = {0}, list = {0};
    for (uint32_t i = 0; i < rewrite->keys.count; i++)
        weir_expressions_add(optimization, &grouping, rewrite->keys.items[i]);
    for (uint32_t g = 0; g < rewrite->group_count; g++)
        for (uint32_t i = 0; i < rewrite->groups[g].arguments.count; i++)
            weir_expressions_add(optimization, &grouping, rewrite->groups[g].columns[i]);
    weir_expressions_add(optimization, &grouping, rewrite->gid);
    for (uint32_t i = 0; i < grouping.count; i++)
        weir_expressions_add(optimization, &list, grouping.items[i]);
    for (uint32_t i = 0; i < rewrite->regular.count; i++) {
        WeirExpression *aggregate = with_columns(rewrite, rewrite->regular.items[i], arguments, columns);
        WeirExpression *alias =
            weir_expression_alias(optimization->arena, aggregate, "regular", weir_new_id(optimization));
        weir_expressions_add(optimization, &list, alias);
        weir_expressions_add(optimization, &rewrite->regular_results,
                             weir_expression_to_attribute(optimization->arena, alias));
    }
    return weir_make_aggregate(optimization, grouping.items, grouping.count, list.items, list.count, expand);
}

static WeirExpression *call(Rewrite *rewrite, const char *name, WeirExpression *const *arguments, uint32_t count)
{
    WeirFunctionResolver resolver = {.arena = rewrite->optimization->arena, .context = rewrite->optimization->context};
    WeirExpression *unresolved =
        weir_expression_function(rewrite->optimization->arena, name, arguments, count, (WeirOrigin){0});
    WeirExpression *resolved = NULL;
    WeirStatus status = weir_function_resolve(&resolver, unresolved, &resolved, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return resolved;
}

static WeirExpression *gid_is(Rewrite *rewrite, uint32_t gid)
{
    return weir_binary(rewrite->optimization, "=", rewrite->gid, int_of(rewrite, gid));
}

/* The value of an aggregate above the first one. */
static WeirExpression *second_value(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    Rewrite *rewrite = context;
    WeirOptimization *optimization = rewrite->optimization;
    uint32_t index = 0;
    if (expression->kind != WEIR_EXPRESSION_AGGREGATE) {
        for (uint32_t i = 0; i < rewrite->plan->grouping_count; i++)
            if (weir_expression_equal(rewrite->plan->grouping[i], expression))
                return rewrite->keys.items[i];
        return expression;
    }
    if (in_list(&rewrite->distinct, expression, &index)) {
        const Group *group = &rewrite->groups[rewrite->distinct_group[index]];
        WeirExpressions columns = {(WeirExpression **)group->columns, group->arguments.count, 0};
        WeirExpression *aggregate = with_columns(rewrite, expression, &group->arguments, &columns);
        WeirExpression *mine = gid_is(rewrite, rewrite->distinct_group[index] + 1);
        aggregate->is_distinct = false;
        aggregate->filter =
            aggregate->filter == NULL ? mine : weir_binary(optimization, "and", mine, aggregate->filter);
        return aggregate;
    }
    if (!in_list(&rewrite->regular, expression, &index))
        return expression;
    WeirExpression *first =
        weir_expression_copy(optimization->arena, call(rewrite, "first", &rewrite->regular_results.items[index], 1));
    first->ignore_nulls = true;
    first->filter = gid_is(rewrite, 0);
    if ((expression->aggregate->flags & WEIR_AGGREGATE_COUNT_DEFAULT) == 0)
        return first;
    /* A count over no rows is 0, where `first` gives null. */
    WeirExpression *zero =
        weir_expression_cast(optimization->arena, weir_long(optimization, 0), expression->type, WEIR_EVAL_ANSI, true);
    return call(rewrite, "coalesce", (WeirExpression *const[]){first, zero}, 2);
}

/* An aggregate's arguments are looked at whole: the transformation is top-down there. */
static WeirExpression *second_item(Rewrite *rewrite, WeirExpression *item)
{
    WeirStatus status = WEIR_OK;
    if (item->kind == WEIR_EXPRESSION_AGGREGATE)
        return second_value(rewrite, item, &status, NULL);
    WeirExpression *replaced = second_value(rewrite, item, &status, NULL);
    if (replaced != item)
        return replaced;
    WeirExpression *copy = weir_expression_copy(rewrite->optimization->arena, item);
    for (uint32_t i = 0; i < copy->child_count; i++)
        copy->children[i] = second_item(rewrite, copy->children[i]);
    return copy;
}

static WeirLogicalPlan *rewrite_aggregate(Rewrite *rewrite)
{
    WeirOptimization *optimization = rewrite->optimization;
    const WeirLogicalPlan *plan = rewrite->plan;
    WeirExpressions arguments = {0}, columns = {0}, list = {0};
    regular_arguments(rewrite, &arguments);
    WeirLogicalPlan *expand = make_expand(rewrite, &arguments, &columns);
    WeirLogicalPlan *first = first_aggregate(rewrite, &arguments, &columns, expand);
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *item = second_item(rewrite, plan->expressions[i]);
        if (item->kind == WEIR_EXPRESSION_ATTRIBUTE && item->id != plan->expressions[i]->id)
            item =
                weir_expression_alias(optimization->arena, item, plan->expressions[i]->name, plan->expressions[i]->id);
        weir_expressions_add(optimization, &list, item);
    }
    return weir_make_aggregate(optimization, rewrite->keys.items, rewrite->keys.count, list.items, list.count, first);
}

static WeirLogicalPlan *split(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan, WeirStatus *status,
                              WeirError *error)
{
    (void)context;
    if (plan->kind != WEIR_LOGICAL_AGGREGATE || plan->is_streaming)
        return plan;
    Rewrite *rewrite = WEIR_ARENA_NEW(optimization->arena, Rewrite);
    rewrite->optimization = optimization;
    rewrite->plan = plan;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expression_any(plan->expressions[i], note_aggregate, rewrite);
    if (rewrite->unsupported) {
        *status = weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "too many DISTINCT aggregates in one query");
        return NULL;
    }
    return rewrite->distinct.count == 0 ? plan : rewrite_aggregate(rewrite);
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    return weir_rewrite_up(optimization, plan, split, NULL, out, error);
}

const WeirRule weir_rule_distinct_aggregates = {"RewriteDistinctAggregates", apply};
