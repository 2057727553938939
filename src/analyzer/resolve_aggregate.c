/* GROUP BY: grouping expressions (ordinals, aliases, ALL, ROLLUP and its like), the SELECT list above them, and HAVING,
 * which comes between the aggregate and the window functions of the same list. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

bool weir_has_aggregate(const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE || weir_is_grouping_call(expression))
        return true;
    const WeirExpression *holder = expression->kind == WEIR_EXPRESSION_WINDOW ? expression->children[0] : expression;
    for (uint32_t i = 0; i < holder->child_count; i++)
        if (weir_has_aggregate(holder->children[i]))
            return true;
    const WeirWindowSpec *window = expression->kind == WEIR_EXPRESSION_WINDOW ? expression->window : NULL;
    for (uint32_t i = 0; window != NULL && i < window->partition_count; i++)
        if (weir_has_aggregate(window->partition_by[i]))
            return true;
    for (uint32_t i = 0; window != NULL && i < window->order_count; i++)
        if (weir_has_aggregate(window->order_by[i]))
            return true;
    return false;
}

typedef struct Grouping {
    WeirExpressionContext context;
    WeirExpression *const *items; /* of the SELECT list, as written, stars expanded */
    uint32_t item_count;
} Grouping;

static bool is_ordinal(const WeirAnalysis *analysis, const WeirExpression *expression)
{
    return !weir_setting_is_off(analysis, "spark.sql.groupByOrdinal") && expression->kind == WEIR_EXPRESSION_LITERAL &&
           expression->type->id == WEIR_TYPE_INT && !weir_value_is_null(expression->value);
}

static WeirStatus check_grouping(WeirAnalysis *analysis, const WeirExpression *expression, WeirError *error)
{
    if (weir_has_aggregate(expression))
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_GROUP_BY_AGGREGATE, "sqlExpr",
                                           weir_expression_text(analysis, expression)));
    if (weir_has_window(expression))
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                                           weir_expression_quoted(analysis, expression)));
    if (weir_contains_kind(expression, WEIR_EXPRESSION_GENERATOR))
        return weir_located(
            analysis, expression->origin, error,
            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, "plan", "Aggregate"));
    if (expression->type->id == WEIR_TYPE_CALENDAR_INTERVAL)
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE, "sqlExpr",
                                           weir_expression_quoted(analysis, expression), "dataType",
                                           weir_type_quoted(analysis, expression->type)));
    return WEIR_OK;
}

static WeirStatus resolve_ordinal(Grouping *grouping, const WeirExpression *literal, WeirExpression **out,
                                  WeirError *error)
{
    WeirAnalysis *analysis = grouping->context.analysis;
    int64_t index = weir_value_get_int(literal->value);
    const char *text = weir_arena_printf(analysis->arena, "%ld", (long)index);
    if (index < 1 || index > (int64_t)grouping->item_count)
        return weir_located(analysis, literal->origin, error,
                            weir_error_set(error, WEIR_ERROR_GROUP_BY_POS_OUT_OF_RANGE, "index", text, "size",
                                           weir_arena_printf(analysis->arena, "%u", grouping->item_count)));
    const WeirExpression *item = grouping->items[index - 1];
    WEIR_TRY(
        weir_resolve_expression(&grouping->context, (WeirExpression *)(uintptr_t)weir_trim_alias(item), out, error));
    if (!weir_has_aggregate(*out))
        return check_grouping(analysis, *out, error);
    return weir_located(analysis, literal->origin, error,
                        weir_error_set(error, WEIR_ERROR_GROUP_BY_POS_AGGREGATE, "index", text, "aggExpr",
                                       weir_expression_text(analysis, *out)));
}

/* An item without an alias has the name that its column will have. */
static bool item_named(const Grouping *grouping, WeirExpression *item, const char *name)
{
    WeirAnalysis *analysis = grouping->context.analysis;
    if (item->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION || item->kind == WEIR_EXPRESSION_LITERAL) {
        WeirExpressionContext context = grouping->context;
        WeirExpression *resolved = NULL;
        return weir_resolve_expression(&context, item, &resolved, NULL) == WEIR_OK &&
               weir_name_equal(analysis, weir_expression_text(analysis, resolved), name);
    }
    if (item->kind == WEIR_EXPRESSION_ALIAS || item->kind == WEIR_EXPRESSION_ATTRIBUTE)
        return weir_name_equal(analysis, item->name, name);
    return item->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE &&
           weir_name_equal(analysis, item->parts[item->part_count - 1], name);
}

typedef struct Substitute {
    Grouping *grouping;
    WeirStatus status;
    WeirError *error;
} Substitute;

static WeirExpression *substitute(void *context, WeirExpression *expression)
{
    Substitute *state = context;
    Grouping *grouping = state->grouping;
    if (state->status != WEIR_OK)
        return expression;
    if (expression->kind == WEIR_EXPRESSION_LAMBDA)
        return expression;
    if (expression->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE || expression->part_count != 1)
        return NULL;
    WeirExpression *found = NULL;
    state->status = weir_try_resolve_name(&grouping->context, expression, &found, state->error);
    if (found != NULL || state->status != WEIR_OK)
        return expression;
    for (uint32_t i = 0; i < grouping->item_count; i++)
        if (item_named(grouping, grouping->items[i], expression->parts[0]))
            return (WeirExpression *)(uintptr_t)weir_trim_alias(grouping->items[i]);
    return expression;
}

/* Names that the input does not have may be names of the SELECT list. */
static WeirStatus substitute_alias(Grouping *grouping, WeirExpression *expression, WeirExpression **out,
                                   WeirError *error)
{
    Substitute state = {grouping, WEIR_OK, error};
    *out = expression;
    if (weir_setting_is_off(grouping->context.analysis, "spark.sql.groupByAliases"))
        return WEIR_OK;
    *out = weir_transform_down(grouping->context.analysis->arena, expression, substitute, &state);
    return state.status;
}

static bool is_grouping_construct(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ROLLUP || expression->kind == WEIR_EXPRESSION_CUBE ||
           expression->kind == WEIR_EXPRESSION_GROUPING_SETS || expression->kind == WEIR_EXPRESSION_GROUPING_SET;
}

static WeirStatus resolve_grouping(Grouping *grouping, WeirExpression *expression, WeirExpression **out,
                                   WeirError *error)
{
    WeirAnalysis *analysis = grouping->context.analysis;
    if (is_grouping_construct(expression)) {
        WeirExpression *copy = weir_expression_copy(analysis->arena, expression);
        for (uint32_t i = 0; i < copy->child_count; i++)
            WEIR_TRY(resolve_grouping(grouping, copy->children[i], &copy->children[i], error));
        *out = copy;
        return WEIR_OK;
    }
    if (is_ordinal(analysis, expression))
        return resolve_ordinal(grouping, expression, out, error);
    WeirExpression *written = NULL;
    WEIR_TRY(substitute_alias(grouping, expression, &written, error));
    WeirStatus status = weir_resolve_expression(&grouping->context, written, out, error);
    bool lateral = written != expression && written->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE &&
                   weir_is_unresolved_column(status);
    if (lateral) { /* what the alias stands for uses another alias */
        weir_error_clear(error);
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_GROUP_BY));
    }
    WEIR_TRY(status);
    *out = (WeirExpression *)(uintptr_t)weir_trim_alias(*out);
    return check_grouping(analysis, *out, error);
}

/* GROUP BY 1 with a star in the list is ambiguous. */
static WeirStatus check_star_ordinals(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    bool star = false, ordinals = false;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        star = star || plan->expressions[i]->kind == WEIR_EXPRESSION_UNRESOLVED_STAR;
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        ordinals = ordinals || is_ordinal(analysis, plan->grouping[i]);
    if (!star || !ordinals)
        return WEIR_OK;
    return weir_located(analysis, plan->origin, error, weir_error_set(error, WEIR_ERROR_STAR_GROUP_BY_POS));
}

static bool is_group_by_all(Grouping *grouping, const WeirLogicalPlan *plan)
{
    if (plan->grouping_count != 1 || plan->grouping[0]->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE ||
        plan->grouping[0]->part_count != 1 || strcasecmp(plan->grouping[0]->parts[0], "all") != 0)
        return false;
    for (uint32_t i = 0; i < grouping->item_count; i++)
        if (item_named(grouping, grouping->items[i], "all"))
            return false;
    WeirExpression *column = NULL;
    WeirExpressionContext context = grouping->context;
    WeirScope scope = *context.scope; /* a column of an outer query called all does not count */
    scope.outer = NULL;
    context.scope = &scope;
    return weir_try_resolve_name(&context, plan->grouping[0], &column, NULL) == WEIR_OK && column == NULL;
}

/* A column outside of aggregate functions that is neither grouped by nor an item's alias. */
static bool has_loose_column(const WeirExpression *expression, const WeirExpressionList *grouping)
{
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE || expression->kind == WEIR_EXPRESSION_WINDOW)
        return false;
    for (uint32_t i = 0; i < grouping->count; i++)
        if (weir_expression_equal(grouping->items[i], expression))
            return false;
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE)
        return weir_find_by_id(grouping->items, grouping->count, expression->id) == NULL;
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (has_loose_column(expression->children[i], grouping))
            return true;
    return false;
}

static bool is_earlier_alias(void *context, const WeirExpression *expression)
{
    const WeirExpressionList *items = context;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
           weir_find_by_id(items->items, items->count, expression->id) != NULL;
}

/* Of a generator its arguments are grouped by. */
static void group_by_item(WeirAnalysis *analysis, WeirExpression *item, WeirExpressionList *out)
{
    if (item->kind == WEIR_EXPRESSION_GENERATOR) {
        for (uint32_t i = 0; i < item->child_count; i++)
            group_by_item(analysis, item->children[i], out);
    } else if (!weir_has_aggregate(item) && !weir_has_window(item) && !weir_expression_is_foldable(item)) {
        weir_list_append(analysis, out, item);
    }
}

/* Every item without an aggregate is grouped by. */
static WeirStatus group_by_all(Grouping *grouping, WeirExpressionList *out, WeirError *error)
{
    WeirAnalysis *analysis = grouping->context.analysis;
    WeirExpressionContext context = grouping->context;
    WeirExpressionList items = {0};
    WEIR_TRY(weir_resolve_select_list(&context, grouping->items, grouping->item_count, &items, error));
    for (uint32_t i = 0; i < items.count; i++) {
        WeirExpression *item = (WeirExpression *)(uintptr_t)weir_trim_alias(items.items[i]);
        if (item->kind == WEIR_EXPRESSION_MULTI_ALIAS)
            item = item->children[0];
        WeirExpressionList aliases = {items.items, i, i};
        bool uses_alias = context.used_lateral && weir_expression_any(item, is_earlier_alias, &aliases);
        if (uses_alias && item->kind != WEIR_EXPRESSION_ATTRIBUTE && !weir_has_aggregate(item))
            return weir_located(analysis, item->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_LATERAL_COLUMN_ALIAS_IN_GROUP_BY));
        if (item->kind == WEIR_EXPRESSION_GENERATOR)
            group_by_item(analysis, item, out);
        else if (!weir_has_aggregate(item) && !weir_has_window(item))
            weir_list_append(analysis, out, item);
    }
    for (uint32_t i = 0; i < items.count && out->count == 0; i++)
        if (weir_has_aggregate(items.items[i]) && has_loose_column(weir_trim_alias(items.items[i]), &items))
            return weir_error_set(error, WEIR_ERROR_UNRESOLVED_ALL_IN_GROUP_BY);
    return WEIR_OK;
}

/* Stars become columns, so that ordinals count; a star that means a column made later (window.*) stays. */
static WeirStatus expand_items(WeirExpressionContext *context, const WeirLogicalPlan *plan, WeirExpressionList *items,
                               WeirError *error)
{
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *item = plan->expressions[i];
        if (item->kind != WEIR_EXPRESSION_UNRESOLVED_STAR ||
            (item->part_count > 0 && plan->grouping_count > 0 &&
             weir_expand_star(context, item, &(WeirExpressionList){0}, NULL) != WEIR_OK))
            weir_list_append(context->analysis, items, item);
        else
            WEIR_TRY(weir_expand_star(context, item, items, error));
    }
    return WEIR_OK;
}

/* ---- items that need something between them and the aggregate */

typedef struct Split {
    WeirAnalysis *analysis;
    const WeirExpressionList *grouping;
    WeirExpressionList *lower; /* what the AGGREGATE gives */
    uint32_t made;
} Split;

static WeirExpression *lower_attribute(Split *split, WeirExpression *expression, const char *name)
{
    for (uint32_t i = 0; i < split->lower->count; i++)
        if (weir_expression_equal(weir_trim_alias(split->lower->items[i]), expression))
            return weir_expression_to_attribute(split->analysis->arena, split->lower->items[i]);
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        expression = weir_expression_alias(split->analysis->arena, expression, name, weir_next_id(split->analysis));
    weir_list_append(split->analysis, split->lower, expression);
    return weir_expression_to_attribute(split->analysis->arena, expression);
}

static WeirExpression *split_expression(void *context, WeirExpression *expression)
{
    Split *split = context;
    for (uint32_t i = 0; i < split->grouping->count; i++)
        if (weir_expression_equal(split->grouping->items[i], expression))
            return lower_attribute(split, split->grouping->items[i], weir_expression_text(split->analysis, expression));
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE)
        return lower_attribute(split, expression, weir_arena_printf(split->analysis->arena, "_w%u", split->made++));
    if (expression->kind != WEIR_EXPRESSION_WINDOW)
        return NULL;
    /* The window's own function is computed above; its arguments and its window come from the aggregate. */
    WeirExpression *copy = weir_expression_copy(split->analysis->arena, expression);
    WeirExpression *function = weir_expression_copy(split->analysis->arena, copy->children[0]);
    for (uint32_t i = 0; i < function->child_count; i++)
        function->children[i] =
            weir_transform_down(split->analysis->arena, function->children[i], split_expression, split);
    if (function->filter != NULL)
        function->filter = weir_transform_down(split->analysis->arena, function->filter, split_expression, split);
    copy->children[0] = function;
    WeirWindowSpec *window = WEIR_ARENA_NEW(split->analysis->arena, WeirWindowSpec);
    *window = *copy->window;
    window->partition_by = WEIR_ARENA_ARRAY(split->analysis->arena, WeirExpression *, window->partition_count);
    for (uint32_t i = 0; i < window->partition_count; i++)
        window->partition_by[i] =
            weir_transform_down(split->analysis->arena, copy->window->partition_by[i], split_expression, split);
    window->order_by = WEIR_ARENA_ARRAY(split->analysis->arena, WeirExpression *, window->order_count);
    for (uint32_t i = 0; i < window->order_count; i++)
        window->order_by[i] =
            weir_transform_down(split->analysis->arena, copy->window->order_by[i], split_expression, split);
    copy->window = window;
    return copy;
}

static bool needs_split(const WeirExpressionList *items, bool lateral)
{
    for (uint32_t i = 0; i < items->count && !lateral; i++)
        if (weir_has_window(items->items[i]) || weir_contains_kind(items->items[i], WEIR_EXPRESSION_GENERATOR))
            return true;
    return lateral;
}

static void split_items(WeirAnalysis *analysis, const WeirExpressionList *grouping, WeirExpressionList *items,
                        bool lateral, WeirExpressionList *lower)
{
    Split split = {.analysis = analysis, .grouping = grouping, .lower = lower};
    for (uint32_t i = 0; i < items->count; i++) {
        WeirExpression *item = items->items[i];
        bool above = lateral || weir_has_window(item) || weir_contains_kind(item, WEIR_EXPRESSION_GENERATOR);
        if (!above) {
            weir_list_append(analysis, lower, item);
            items->items[i] = weir_expression_to_attribute(analysis->arena, item);
            continue;
        }
        items->items[i] = weir_transform_down(analysis->arena, item, split_expression, &split);
    }
}

typedef struct Loose {
    const WeirExpressionList *lower, *items;
    const WeirExpression *found;
} Loose;

static bool is_loose(void *context, const WeirExpression *expression)
{
    Loose *loose = context;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE ||
        weir_find_by_id(loose->lower->items, loose->lower->count, expression->id) != NULL ||
        weir_find_by_id(loose->items->items, loose->items->count, expression->id) != NULL)
        return false;
    loose->found = expression;
    return true;
}

/* What is computed above the aggregate may use only what the aggregate gives. */
static WeirStatus check_upper(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpressionList *items,
                              const WeirExpressionList *lower, bool grouped, WeirError *error)
{
    Loose loose = {lower, items, NULL};
    for (uint32_t i = 0; i < items->count; i++) {
        if (!weir_expression_any(weir_trim_alias(items->items[i]), is_loose, &loose))
            continue;
        if (!grouped)
            return weir_located(analysis, plan->origin, error, weir_error_set(error, WEIR_ERROR_MISSING_GROUP_BY));
        const char *text = weir_expression_text(analysis, loose.found);
        return weir_located(analysis, loose.found->origin, error,
                            weir_error_set(error, WEIR_ERROR_MISSING_AGGREGATION, "expression",
                                           weir_expression_quoted(analysis, loose.found), "expressionAnyValue",
                                           weir_arena_printf(analysis->arena, "\"any_value(%s)\"", text)));
    }
    return WEIR_OK;
}

/* ---- the whole */

typedef struct Block {
    WeirExpressionList grouping, items;
    WeirGroupingAnalytics *analytics;
    WeirLogicalPlan *child;
    bool lateral;
} Block;

static WeirStatus resolve_groupings(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                    Block *block, WeirExpressionSlots *windows, WeirExpressionList *written,
                                    WeirError *error)
{
    WeirScope scope = weir_scope_of(analysis, env, block->child);
    Grouping grouping = {.context = weir_expression_context(analysis, env, &scope)};
    WEIR_TRY(expand_items(&grouping.context, plan, written, error));
    grouping.items = written->items;
    grouping.item_count = written->count;
    if (is_group_by_all(&grouping, plan)) {
        WEIR_TRY(group_by_all(&grouping, &block->grouping, error));
    } else {
        for (uint32_t i = 0; i < plan->grouping_count; i++) {
            WeirExpression *resolved = NULL;
            WEIR_TRY(resolve_grouping(&grouping, plan->grouping[i], &resolved, error));
            weir_list_append(analysis, &block->grouping, resolved);
        }
    }
    if (grouping.context.used_hidden)
        block->child = weir_plan_expose(analysis, block->child, block->grouping.items, block->grouping.count);
    windows->lists[0] = &block->grouping.items;
    windows->counts[0] = &block->grouping.count;
    windows->list_count = 1;
    return weir_rewrite_time_windows(analysis, windows, &block->child, error);
}

static bool is_window_name(void *context, const WeirExpression *expression)
{
    const WeirExpression **found = context;
    if (expression->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE || strcasecmp(expression->parts[0], "window") != 0)
        return false;
    *found = expression;
    return true;
}

/* A window() whose durations make no window adds no column, and Spark complains of the column first where it is used.
 */
static WeirStatus explain_no_window(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                    const WeirLogicalPlan *input, WeirStatus status, WeirError *error)
{
    const WeirExpression *name = NULL;
    if (status != WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE &&
        status != WEIR_ERROR_DATATYPE_MISMATCH_PARAMETER_CONSTRAINT_VIOLATION)
        return status;
    WeirScope scope = weir_scope_of(analysis, env, input);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *resolved = NULL;
        if (!weir_expression_any(plan->expressions[i], is_window_name, &name))
            continue;
        WEIR_TRY(weir_try_resolve_name(&context, name, &resolved, error));
        if (resolved == NULL) {
            weir_error_clear(error);
            return weir_unresolved_column(&context, name, error);
        }
    }
    return status;
}

/* Columns of the input first, then what GROUP BY window(…) added to it: a column `window` of the input keeps its
 * meaning. */
static WeirScope select_scope(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *input,
                              const WeirLogicalPlan *extended)
{
    WeirScope scope = weir_scope_of(analysis, env, input);
    WeirExpressionList more = {0};
    for (uint32_t i = 0; i < scope.hidden_count; i++)
        weir_list_append(analysis, &more, scope.hidden[i]);
    for (uint32_t i = 0; i < extended->output_count; i++)
        if (weir_find_by_id(input->output, input->output_count, extended->output[i]->id) == NULL &&
            weir_find_by_id(more.items, more.count, extended->output[i]->id) == NULL)
            weir_list_append(analysis, &more, extended->output[i]);
    scope.hidden = more.items;
    scope.hidden_count = more.count;
    return scope;
}

static WeirStatus resolve_block(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                Block *block, WeirError *error)
{
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &block->child, error));
    const WeirLogicalPlan *input = block->child;
    WEIR_TRY(check_star_ordinals(analysis, plan, error));
    WeirExpressionSlots windows = {.list_count = 0};
    WeirExpressionList written = {0};
    WeirStatus status = resolve_groupings(analysis, env, plan, block, &windows, &written, error);
    if (status != WEIR_OK)
        return explain_no_window(analysis, env, plan, input, status, error);
    WeirScope scope = select_scope(analysis, env, input, block->child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WEIR_TRY(weir_resolve_select_list(&context, written.items, written.count, &block->items, error));
    block->lateral = context.used_lateral;
    if (context.used_hidden)
        block->child = weir_plan_expose(analysis, block->child, block->items.items, block->items.count);
    windows.lists[0] = &block->items.items;
    windows.counts[0] = &block->items.count;
    WEIR_TRY(weir_rewrite_time_windows(analysis, &windows, &block->child, error));
    if (!weir_has_grouping_analytics(block->grouping.items, block->grouping.count))
        return WEIR_OK;
    WeirExpressionList grouping = {0};
    WEIR_TRY(weir_expand_grouping(analysis, block->grouping.items, block->grouping.count, &grouping, &block->items,
                                  &block->child, &block->analytics, error));
    block->grouping = grouping;
    return WEIR_OK;
}

static bool has_windows(const WeirExpressionList *items)
{
    for (uint32_t i = 0; i < items->count; i++)
        if (weir_has_window(items->items[i]))
            return true;
    return false;
}

/* `keep`: what the condition added to the output stays for the window functions above. */
static WeirStatus add_having(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *having,
                             bool keep, WeirLogicalPlan **plan, WeirError *error)
{
    WeirExpression *condition = NULL;
    const WeirLogicalPlan *before = *plan;
    WEIR_TRY(weir_aggregate_below(*plan) != NULL
                 ? weir_resolve_over_aggregate(analysis, env, &having->condition, 1, true, plan, &condition, error)
                 : weir_resolve_with_missing(analysis, env, having->condition, false, plan, &condition, error));
    WEIR_TRY(weir_check_boolean(analysis, having, condition, error));
    *plan = weir_plan_filter(analysis, condition, *plan);
    (*plan)->origin = having->origin;
    if ((*plan)->output_count != before->output_count && !keep)
        *plan = weir_plan_project(analysis, before->output, before->output_count, *plan);
    return WEIR_OK;
}

static WeirStatus finish_items(WeirAnalysis *analysis, Block *block, WeirLogicalPlan **plan, WeirError *error)
{
    WEIR_TRY(weir_compute_below_generator(analysis, &block->items, plan, error));
    return weir_finish_select(analysis, &block->items, block->lateral, *plan, plan, error);
}

static WeirStatus build(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                        const WeirLogicalPlan *having, WeirLogicalPlan **out, WeirError *error)
{
    Block block = {.lateral = false};
    WEIR_TRY(resolve_block(analysis, env, plan, &block, error));
    bool split = needs_split(&block.items, block.lateral);
    WeirExpressionList lower = {0};
    if (split)
        split_items(analysis, &block.grouping, &block.items, block.lateral, &lower);
    if (split)
        WEIR_TRY(check_upper(analysis, plan, &block.items, &lower, block.grouping.count > 0, error));
    WeirLogicalPlan *aggregate = weir_logical_unary(analysis->arena, WEIR_LOGICAL_AGGREGATE, block.child);
    aggregate->origin = plan->origin;
    aggregate->grouping = block.grouping.items;
    aggregate->grouping_count = block.grouping.count;
    aggregate->expressions = split ? lower.items : block.items.items;
    aggregate->expression_count = split ? lower.count : block.items.count;
    aggregate->grouping_analytics = block.analytics;
    weir_plan_finish(analysis, aggregate);
    WEIR_TRY(weir_check_aggregate(analysis, aggregate, error));
    *out = aggregate;
    /* HAVING stands below the window functions of the list, but above its generators and the uses of its aliases. */
    bool windows = has_windows(&block.items);
    if (split && !windows)
        WEIR_TRY(finish_items(analysis, &block, out, error));
    if (having != NULL)
        WEIR_TRY(add_having(analysis, env, having, windows, out, error));
    return windows ? finish_items(analysis, &block, out, error) : WEIR_OK;
}

/* |> AGGREGATE items GROUP BY keys: an ordinal is a column of the input, and every item has an aggregate. The keys
 * stand before the items in the list. */
static WeirStatus check_pipe(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                             WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *copy = weir_logical_copy(analysis->arena, plan);
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &copy->children[0], error));
    const WeirLogicalPlan *child = copy->children[0];
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    copy->grouping = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, plan->grouping_count + 1);
    copy->expressions = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, plan->expression_count + 1);
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *item = plan->expressions[i];
        if (i < plan->grouping_count) {
            bool ordinal = item->kind == WEIR_EXPRESSION_LITERAL && item->type->id == WEIR_TYPE_INT;
            int64_t place = ordinal ? weir_value_get_int(item->value) : 0;
            if (ordinal && (place < 1 || place > child->output_count))
                return weir_located(analysis, item->origin, error,
                                    weir_error_set(error, WEIR_ERROR_GROUP_BY_POS_OUT_OF_RANGE, "index",
                                                   weir_arena_printf(analysis->arena, "%lld", (long long)place), "size",
                                                   weir_arena_printf(analysis->arena, "%u", child->output_count)));
            copy->expressions[i] = ordinal ? child->output[place - 1] : item;
            copy->grouping[i] = ordinal ? child->output[place - 1] : plan->grouping[i];
            continue;
        }
        WeirExpression *resolved = NULL;
        copy->expressions[i] = item;
        WEIR_TRY(weir_resolve_expression(&context, item, &resolved, error));
        if (!weir_has_aggregate(resolved))
            return weir_located(
                analysis, item->origin, error,
                weir_error_set(error, WEIR_ERROR_PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION,
                               "expr", weir_expression_text(analysis, resolved)));
    }
    *out = copy;
    return WEIR_OK;
}

WeirStatus weir_resolve_aggregate(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                  WeirLogicalPlan **out, WeirError *error)
{
    if (plan->name != NULL)
        WEIR_TRY(check_pipe(analysis, env, plan, &plan, error));
    return build(analysis, env, plan, NULL, out, error);
}

WeirStatus weir_resolve_having(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                               WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = plan->children[0];
    WeirEnvironment inner = *env;
    while (child->kind == WEIR_LOGICAL_WINDOW_DEFINITIONS) {
        inner.windows = child;
        child = child->children[0];
    }
    if (child->kind == WEIR_LOGICAL_AGGREGATE || child->kind == WEIR_LOGICAL_PROJECT)
        return build(analysis, &inner, child, plan, out, error);
    WeirLogicalPlan *filter = weir_logical_copy(analysis->arena, plan);
    filter->kind = WEIR_LOGICAL_FILTER;
    return weir_resolve_filter(analysis, env, filter, out, error);
}
