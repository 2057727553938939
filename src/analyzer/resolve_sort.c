/* ORDER BY, LIMIT, OFFSET, DISTINCT: clauses over a finished SELECT. ORDER BY may name columns that the SELECT list
 * left out; they are computed below and dropped above. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "expr/program.h"

static bool is_order_by_all(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirLogicalPlan *child)
{
    if (plan->expression_count != 1)
        return false;
    const WeirExpression *column = plan->expressions[0]->children[0];
    if (column->kind != WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE || column->part_count != 1 ||
        strcasecmp(column->parts[0], "all") != 0)
        return false;
    for (uint32_t i = 0; i < child->output_count; i++)
        if (weir_name_equal(analysis, child->output[i]->name, "all"))
            return false;
    return true;
}

static WeirStatus ordinal(WeirAnalysis *analysis, const WeirLogicalPlan *child, const WeirExpression *literal,
                          WeirExpression **out, WeirError *error)
{
    int64_t index = weir_value_get_int(literal->value);
    if (index < 1 || index > (int64_t)child->output_count)
        return weir_located(analysis, literal->origin, error,
                            weir_error_set(error, WEIR_ERROR_ORDER_BY_POS_OUT_OF_RANGE, "index",
                                           weir_arena_printf(analysis->arena, "%ld", (long)index), "size",
                                           weir_arena_printf(analysis->arena, "%u", child->output_count)));
    *out = child->output[index - 1];
    return WEIR_OK;
}

static WeirStatus replace_ordinals(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirLogicalPlan *child,
                                   WeirExpressionList *orders, WeirError *error)
{
    if (is_order_by_all(analysis, plan, child)) {
        for (uint32_t i = 0; i < child->output_count; i++) {
            WeirExpression *order = weir_expression_copy(analysis->arena, plan->expressions[0]);
            order->children[0] = child->output[i];
            weir_list_append(analysis, orders, order);
        }
        return WEIR_OK;
    }
    bool ordinals = !weir_setting_is_off(analysis, "spark.sql.orderByOrdinal");
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *order = weir_expression_copy(analysis->arena, plan->expressions[i]);
        const WeirExpression *key = order->children[0];
        bool is_ordinal = key->kind == WEIR_EXPRESSION_LITERAL && key->type->id == WEIR_TYPE_INT &&
                          !weir_value_is_null(key->value) && ordinals;
        if (is_ordinal)
            WEIR_TRY(ordinal(analysis, child, key, &order->children[0], error));
        weir_list_append(analysis, orders, order);
    }
    return WEIR_OK;
}

/* The Project (through Filters and the like) whose input may have what the list left out, or the aggregate that may
 * give one more of its grouping columns; NULL: none. */
static const WeirLogicalPlan *list_below(const WeirLogicalPlan *plan)
{
    for (;; plan = plan->children[0])
        switch (plan->kind) {
        case WEIR_LOGICAL_PROJECT:
            return plan;
        case WEIR_LOGICAL_AGGREGATE:
            return plan->grouping_analytics == NULL ? plan : NULL;
        case WEIR_LOGICAL_SORT:
        case WEIR_LOGICAL_REPARTITION:
            if (plan->name != NULL) /* a pipe operator */
                return NULL;
            continue;
        case WEIR_LOGICAL_FILTER:
        case WEIR_LOGICAL_GENERATE:
        case WEIR_LOGICAL_WINDOW:
            continue;
        default:
            return NULL;
        }
}

typedef struct Missing {
    WeirAnalysis *analysis;
    WeirLogicalPlan *plan;
    bool failed;
} Missing;

static bool add_missing(void *context, const WeirExpression *expression)
{
    Missing *missing = context;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE ||
        weir_find_by_id(missing->plan->output, missing->plan->output_count, expression->id) != NULL)
        return false;
    WeirLogicalPlan *extended = weir_plan_add_attribute(missing->analysis, missing->plan, expression);
    missing->failed = extended == NULL;
    if (extended != NULL)
        missing->plan = extended;
    return missing->failed;
}

/* Not in the output, or not one column of it: the input may have it. */
static bool may_be_below(WeirStatus status)
{
    return weir_is_unresolved_column(status) || status == WEIR_ERROR_AMBIGUOUS_REFERENCE ||
           status == WEIR_ERROR_FIELD_NOT_FOUND || status == WEIR_ERROR_INVALID_EXTRACT_BASE_FIELD_TYPE;
}

/* The first name that means no column of this scope. */
static bool is_meaningless(void *context, const WeirExpression *expression)
{
    WeirExpression *meant = NULL;
    return expression->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE &&
           (weir_try_resolve_name(context, expression, &meant, NULL) != WEIR_OK || meant == NULL) &&
           (((WeirExpressionContext *)context)->meaningless = expression) != NULL;
}

static WeirStatus unresolved_order(WeirExpressionContext *context, const WeirExpression *order, WeirError *error)
{
    if (!weir_expression_any(order, is_meaningless, context))
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                              weir_expression_quoted(context->analysis, order));
    return weir_unresolved_column(context, context->meaningless, error);
}

/* A name that the output lacks: a column of some Project's input below. */
WeirStatus weir_resolve_with_missing(WeirAnalysis *analysis, const WeirEnvironment *env, WeirExpression *order,
                                     bool input_first, WeirLogicalPlan **child, WeirExpression **out, WeirError *error)
{
    WeirError first = {0}, last = {0};
    WeirScope scope = weir_scope_of(analysis, env, *child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WeirStatus status = weir_resolve_expression(&context, order, out, &first);
    if (status == WEIR_ERROR_AMBIGUOUS_REFERENCE) { /* of two columns of one name none is meant */
        weir_error_clear(&first);
        (void)unresolved_order(&context, order, &first);
    }
    const WeirLogicalPlan *below = *child;
    WeirExpressionList columns = {0};
    for (bool look = input_first; look || may_be_below(status); look = false) {
        const WeirLogicalPlan *list = list_below(below);
        if (list == NULL)
            break;
        below = list->children[0];
        WeirScope lower = weir_scope_of(analysis, env, below);
        for (uint32_t i = 0; i < lower.attribute_count; i++)
            weir_list_append(analysis, &columns, lower.attributes[i]);
        WeirScope input = {env->outer, columns.items, columns.count, lower.hidden, lower.hidden_count, false};
        context = weir_expression_context(analysis, env, &scope);
        context.second = &input;
        context.second_is_input = true;
        context.second_first = input_first;
        last = (WeirError){0};
        status = weir_resolve_expression(&context, order, out, &last);
        if (list->kind == WEIR_LOGICAL_AGGREGATE)
            break; /* what is below belongs to other clauses */
    }
    if (status != WEIR_OK) {
        if (error != NULL)
            weir_error_copy(error, first.status != WEIR_OK ? &first : &last);
        return first.status != WEIR_OK ? first.status : status;
    }
    Missing missing = {analysis, *child, false};
    weir_expression_any(*out, add_missing, &missing);
    if (missing.failed) {
        WeirScope visible = {.attributes = (*child)->output, .attribute_count = (*child)->output_count};
        context = weir_expression_context(analysis, env, &visible);
        return unresolved_order(&context, order, error);
    }
    *child = missing.plan;
    return WEIR_OK;
}

WeirStatus weir_resolve_order(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                              WeirExpression *order, WeirLogicalPlan **child, WeirExpression **out, WeirError *error)
{
    if (plan->name == NULL)
        return weir_resolve_with_missing(analysis, env, order, false, child, out, error);
    WeirScope scope = weir_scope_of(analysis, env, *child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    return weir_resolve_expression(&context, order, out, error);
}

static bool calls_grouping(void *context, const WeirExpression *expression)
{
    (void)context;
    if (weir_is_grouping_call(expression))
        return true;
    return expression->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && expression->part_count == 1 &&
           (strcasecmp(expression->parts[0], "grouping") == 0 || strcasecmp(expression->parts[0], "grouping_id") == 0);
}

/* grouping() over an aggregate without grouping sets is told before the names in it. */
static WeirStatus check_grouping_calls(WeirAnalysis *analysis, const WeirLogicalPlan *aggregate,
                                       const WeirExpressionList *orders, WeirError *error)
{
    for (uint32_t i = 0; i < orders->count && aggregate->grouping_analytics == NULL; i++)
        if (weir_expression_any(orders->items[i], calls_grouping, NULL))
            return weir_located(analysis, orders->items[i]->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GROUPING_EXPRESSION));
    return WEIR_OK;
}

static WeirStatus check_orders(WeirAnalysis *analysis, const WeirExpressionList *orders, WeirError *error)
{
    for (uint32_t i = 0; i < orders->count; i++) {
        const WeirExpression *order = orders->items[i];
        if (!weir_type_is_orderable(order->type))
            return weir_located(analysis, order->origin, error,
                                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, "sqlExpr",
                                               weir_expression_quoted(analysis, order), "functionName", "`sortorder`",
                                               "dataType", weir_type_quoted(analysis, order->type)));
        if (weir_contains_kind(order, WEIR_EXPRESSION_GENERATOR))
            return weir_located(analysis, order->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, "plan", "Sort"));
        if (weir_has_aggregate(order) || weir_has_window(order))
            return weir_located(analysis, order->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                                               weir_expression_quoted(analysis, order->children[0])));
    }
    return WEIR_OK;
}

WeirStatus weir_resolve_sort(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                             WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirExpressionList orders = {0};
    WEIR_TRY(replace_ordinals(analysis, plan, child, &orders, error));
    WeirLogicalPlan *input = child;
    WeirEnvironment own = *env;
    own.no_sql_functions = "Sort";
    if (weir_aggregate_below(child) != NULL && plan->name == NULL) {
        WEIR_TRY(check_grouping_calls(analysis, weir_aggregate_below(child), &orders, error));
        WEIR_TRY(weir_resolve_over_aggregate(analysis, &own, orders.items, orders.count, false, &input, orders.items,
                                             error));
    } else {
        for (uint32_t i = 0; i < orders.count; i++)
            WEIR_TRY(weir_resolve_order(analysis, &own, plan, orders.items[i], &input, &orders.items[i], error));
    }
    WEIR_TRY(check_orders(analysis, &orders, error));
    WeirLogicalPlan *sort = weir_logical_copy(analysis->arena, plan);
    sort->children[0] = input;
    sort->expressions = orders.items;
    sort->expression_count = orders.count;
    *out = weir_plan_finish(analysis, sort);
    if (input->output_count != child->output_count)
        *out = weir_plan_project(analysis, child->output, child->output_count, *out);
    return WEIR_OK;
}

/* ---- LIMIT, OFFSET */

WeirStatus weir_resolve_limit(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                              WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirEnvironment own = *env;
    own.no_sql_functions = plan->kind == WEIR_LOGICAL_LIMIT ? "GlobalLimit" : "Offset";
    WeirExpressionContext context = weir_expression_context(analysis, &own, &scope);
    WeirExpression *amount = NULL;
    WEIR_TRY(weir_resolve_expression(&context, plan->condition, &amount, error));
    const char *sql = weir_expression_quoted(analysis, amount);
    WeirValue *value = NULL;
    WeirStatus status = WEIR_OK;
    if (!weir_expression_is_foldable(amount))
        status =
            weir_error_set(error, WEIR_ERROR_INVALID_LIMIT_LIKE_EXPRESSION_IS_UNFOLDABLE, "name", "limit", "expr", sql);
    else if (amount->type->id != WEIR_TYPE_INT)
        status = weir_error_set(error, WEIR_ERROR_INVALID_LIMIT_LIKE_EXPRESSION_DATA_TYPE, "name", "limit", "expr", sql,
                                "dataType", weir_type_quoted(analysis, amount->type));
    else
        status = weir_expression_evaluate(amount, analysis->analyzer->context, analysis->arena, &value, error);
    if (status == WEIR_OK && weir_value_is_null(value))
        status = weir_error_set(error, WEIR_ERROR_INVALID_LIMIT_LIKE_EXPRESSION_IS_NULL, "name", "limit", "expr", sql);
    if (status == WEIR_OK && weir_value_get_int(value) < 0)
        status = weir_error_set(error, WEIR_ERROR_INVALID_LIMIT_LIKE_EXPRESSION_IS_NEGATIVE, "name", "limit", "expr",
                                sql, "v", weir_arena_printf(analysis->arena, "%ld", (long)weir_value_get_int(value)));
    if (status != WEIR_OK)
        return weir_located(analysis, amount->origin, error, status);
    WeirLogicalPlan *limit = weir_logical_copy(analysis->arena, plan);
    limit->children[0] = child;
    limit->condition = weir_expression_literal(analysis->arena, value);
    *out = weir_plan_finish(analysis, limit);
    return WEIR_OK;
}

/* ---- DISTINCT, dropDuplicates */

WeirStatus weir_check_no_maps(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirOrigin origin, WeirError *error)
{
    for (uint32_t i = 0; i < plan->output_count; i++)
        if (weir_type_contains(plan->output[i]->type, WEIR_TYPE_MAP))
            return weir_located(analysis, origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_SET_OPERATION_ON_MAP_TYPE,
                                               "colName", weir_name_quoted(analysis, &plan->output[i]->name, 1),
                                               "dataType", weir_type_quoted(analysis, plan->output[i]->type)));
    return WEIR_OK;
}

WeirStatus weir_resolve_distinct(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                 WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WEIR_TRY(weir_check_no_maps(analysis, child, plan->origin, error));
    WeirLogicalPlan *copy = weir_logical_copy(analysis->arena, plan);
    copy->children[0] = child;
    if (plan->kind == WEIR_LOGICAL_DEDUPLICATE) {
        WeirExpressionList keys = {0};
        WeirScope scope = weir_scope_of(analysis, env, child);
        WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
        WEIR_TRY(weir_resolve_list(&context, plan->expressions, plan->expression_count, &keys, error));
        for (uint32_t i = 0; plan->expression_count == 0 && i < child->output_count; i++)
            weir_list_append(analysis, &keys, child->output[i]);
        copy->expressions = keys.items;
        copy->expression_count = keys.count;
    }
    *out = weir_plan_finish(analysis, copy);
    return WEIR_OK;
}
