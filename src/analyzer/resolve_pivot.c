/* PIVOT: first an aggregate by the other columns and the pivot column, then one that picks each pivot value's row
 * (Spark's two phases: a value that does not occur gives NULL even for count). UNPIVOT: an Expand. QUALIFY: a filter
 * over window functions. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "expr/program.h"

/* ---- PIVOT */

typedef struct Pivot {
    WeirAnalysis *analysis;
    WeirExpressionContext context;
    WeirLogicalPlan *child;
    WeirExpression *column;
    WeirExpressionList aggregates; /* named */
    bool *aggregate_named;         /* by the query */
    WeirExpressionList values;     /* literals */
    const char **value_names;
} Pivot;

static WeirStatus pivot_value(Pivot *pivot, WeirExpression *written, uint32_t index, WeirError *error)
{
    WeirAnalysis *analysis = pivot->analysis;
    const WeirEvalContext *evaluation = analysis->analyzer->context;
    WeirExpressionContext context = pivot->context;
    bool named = written->kind == WEIR_EXPRESSION_ALIAS;
    WeirExpression *value = NULL;
    WEIR_TRY(weir_resolve_expression(&context, named ? written->children[0] : written, &value, error));
    if (!weir_expression_is_foldable(value))
        return weir_located(analysis, written->origin, error,
                            weir_error_set(error, WEIR_ERROR_NON_LITERAL_PIVOT_VALUES, "expression",
                                           weir_expression_quoted(analysis, value)));
    const WeirDataType *type = pivot->column->type;
    if (!weir_type_equal(value->type, type) && !weir_can_cast(value->type, type, WEIR_EVAL_ANSI))
        return weir_located(analysis, written->origin, error,
                            weir_error_set(error, WEIR_ERROR_PIVOT_VALUE_DATA_TYPE_MISMATCH, "value",
                                           weir_expression_text(analysis, value), "valueType",
                                           weir_type_quoted(analysis, value->type), "pivotType",
                                           weir_type_quoted(analysis, type)));
    WeirValue *folded = NULL, *text = NULL;
    WeirExpression *cast = weir_expression_cast(analysis->arena, value, &weir_type_string, WEIR_EVAL_ANSI, false);
    value = weir_expression_cast(analysis->arena, value, type, WEIR_EVAL_ANSI, true);
    WEIR_TRY(weir_expression_evaluate(value, evaluation, analysis->arena, &folded, error));
    WeirExpression *literal = weir_expression_literal(analysis->arena, folded);
    weir_list_append(analysis, &pivot->values, literal);
    if (named) {
        pivot->value_names[index] = written->name;
        return WEIR_OK;
    }
    WEIR_TRY(weir_expression_evaluate(cast, evaluation, analysis->arena, &text, error));
    pivot->value_names[index] = "null";
    if (!weir_value_is_null(text)) {
        WeirStringView view = weir_value_get_view(text);
        pivot->value_names[index] =
            weir_arena_strndup(analysis->arena, (const char *)weir_view_data(&view), view.length);
    }
    return WEIR_OK;
}

static WeirStatus pivot_parts(Pivot *pivot, const WeirLogicalPlan *plan, WeirError *error)
{
    WeirAnalysis *analysis = pivot->analysis;
    WEIR_TRY(weir_resolve_expression(&pivot->context, plan->condition, &pivot->column, error));
    if (!weir_type_is_orderable(pivot->column->type))
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_INCOMPARABLE_PIVOT_COLUMN, "columnName",
                                           weir_expression_quoted(analysis, pivot->column)));
    pivot->aggregate_named = WEIR_ARENA_ARRAY(analysis->arena, bool, plan->expression_count);
    pivot->value_names = WEIR_ARENA_ARRAY(analysis->arena, const char *, plan->grouping_count);
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *aggregate = NULL;
        WEIR_TRY(weir_resolve_expression(&pivot->context, plan->expressions[i], &aggregate, error));
        if (!weir_has_aggregate(aggregate))
            return weir_located(analysis, plan->expressions[i]->origin, error,
                                weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1006, "sql",
                                               weir_expression_text(analysis, aggregate)));
        pivot->aggregate_named[i] = aggregate->kind == WEIR_EXPRESSION_ALIAS;
        weir_list_append(analysis, &pivot->aggregates, weir_name_expression(analysis, aggregate, NULL));
    }
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        WEIR_TRY(pivot_value(pivot, plan->grouping[i], i, error));
    return WEIR_OK;
}

static bool is_attribute(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->id == ((const WeirExpression *)context)->id;
}

/* Columns that neither the aggregates nor the pivot column use. */
static void pivot_grouping(const Pivot *pivot, WeirExpressionList *grouping)
{
    for (uint32_t i = 0; i < pivot->child->output_count; i++) {
        WeirExpression *column = pivot->child->output[i];
        bool used = weir_expression_any(pivot->column, is_attribute, column);
        for (uint32_t a = 0; a < pivot->aggregates.count && !used; a++)
            used = weir_expression_any(pivot->aggregates.items[a], is_attribute, column);
        if (!used)
            weir_list_append(pivot->analysis, grouping, column);
    }
}

static WeirLogicalPlan *make_aggregate(WeirAnalysis *analysis, const WeirExpressionList *grouping,
                                       const WeirExpressionList *items, WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_unary(analysis->arena, WEIR_LOGICAL_AGGREGATE, child);
    plan->grouping = grouping->items;
    plan->grouping_count = grouping->count;
    plan->expressions = items->items;
    plan->expression_count = items->count;
    return weir_plan_finish(analysis, plan);
}

/* max(if(pivot <=> value, aggregate, null)): there is at most one such row in a group. */
static WeirStatus pick_value(Pivot *pivot, WeirExpression *column, WeirExpression *value, WeirExpression *aggregate,
                             const char *name, WeirOrigin origin, WeirExpression **out, WeirError *error)
{
    WeirAnalysis *analysis = pivot->analysis;
    WeirExpression *same = NULL, *picked = NULL, *max = NULL;
    WEIR_TRY(weir_build_call(analysis, "<=>", (WeirExpression *const[]){column, value}, 2, origin, &same, error));
    WeirExpression *branches[3] = {same, aggregate, weir_literal_null(analysis, aggregate->type)};
    WEIR_TRY(weir_build_call(analysis, "if", branches, 3, origin, &picked, error));
    const char *function = weir_type_is_orderable(aggregate->type) ? "max" : "first";
    WEIR_TRY(weir_build_call(analysis, function, &picked, 1, origin, &max, error));
    if (*function == 'f') {
        max = weir_expression_copy(analysis->arena, max);
        max->ignore_nulls = true;
    }
    *out = weir_expression_alias(analysis->arena, max, name, weir_next_id(analysis));
    return WEIR_OK;
}

WeirStatus weir_resolve_pivot(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                              WeirLogicalPlan **out, WeirError *error)
{
    Pivot pivot = {.analysis = analysis};
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &pivot.child, error));
    WeirScope scope = weir_scope_of(analysis, env, pivot.child);
    pivot.context = weir_expression_context(analysis, env, &scope);
    WEIR_TRY(pivot_parts(&pivot, plan, error));
    WeirExpressionList grouping = {0}, lower_grouping = {0}, lower = {0}, upper = {0};
    pivot_grouping(&pivot, &grouping);
    for (uint32_t i = 0; i < grouping.count; i++) {
        weir_list_append(analysis, &lower_grouping, grouping.items[i]);
        weir_list_append(analysis, &lower, grouping.items[i]);
        weir_list_append(analysis, &upper, grouping.items[i]);
    }
    WeirExpression *column = pivot.column;
    weir_list_append(analysis, &lower_grouping, column);
    if (column->kind != WEIR_EXPRESSION_ATTRIBUTE)
        column = weir_expression_alias(analysis->arena, column, "__pivot_col", weir_next_id(analysis));
    weir_list_append(analysis, &lower, column);
    for (uint32_t i = 0; i < pivot.aggregates.count; i++)
        weir_list_append(analysis, &lower, pivot.aggregates.items[i]);
    WeirLogicalPlan *first = make_aggregate(analysis, &lower_grouping, &lower, pivot.child);
    WEIR_TRY(weir_check_aggregate(analysis, first, error));
    column = weir_expression_to_attribute(analysis->arena, column);
    for (uint32_t v = 0; v < pivot.values.count; v++)
        for (uint32_t a = 0; a < pivot.aggregates.count; a++) {
            WeirExpression *aggregate = first->output[grouping.count + 1 + a], *picked = NULL;
            const char *name = pivot.aggregates.count == 1
                                   ? pivot.value_names[v]
                                   : weir_arena_printf(analysis->arena, "%s_%s", pivot.value_names[v], aggregate->name);
            WEIR_TRY(pick_value(&pivot, column, pivot.values.items[v], aggregate, name, plan->origin, &picked, error));
            weir_list_append(analysis, &upper, picked);
        }
    *out = make_aggregate(analysis, &grouping, &upper, first);
    (*out)->origin = plan->origin;
    return WEIR_OK;
}

/* ---- UNPIVOT */

/* UNPIVOT never turns texts into other types, or the other way round. */
static bool mixes_text(const WeirDataType *a, const WeirDataType *b)
{
    return a->id != WEIR_TYPE_VOID && b->id != WEIR_TYPE_VOID &&
           (a->id == WEIR_TYPE_STRING) != (b->id == WEIR_TYPE_STRING);
}

static WeirStatus unpivot_types(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirExpression ***rows,
                                uint32_t column, const WeirDataType **type, bool *nullable, WeirError *error)
{
    for (uint32_t r = 0; r < plan->row_count; r++) {
        const WeirDataType *next = rows[r][column]->type;
        *nullable = *nullable || rows[r][column]->nullable;
        const WeirDataType *common = *type == NULL || weir_type_equal(*type, next) ? next
                                     : mixes_text(*type, next)                     ? NULL
                                                               : weir_common_type(analysis->arena, *type, next);
        if (common == NULL)
            return weir_located(
                analysis, plan->origin, error,
                weir_error_set(error, WEIR_ERROR_UNPIVOT_VALUE_DATA_TYPE_MISMATCH, "types",
                               weir_arena_printf(analysis->arena, "%s, %s", weir_type_quoted(analysis, *type),
                                                 weir_type_quoted(analysis, next))));
        *type = common;
    }
    return WEIR_OK;
}

static const char *group_name(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirExpression *const *row,
                              uint32_t index)
{
    if (index < plan->part_count && plan->parts[index] != NULL)
        return plan->parts[index];
    const char *name = row[0]->name;
    for (uint32_t i = 1; i < plan->row_width; i++)
        name = weir_arena_printf(analysis->arena, "%s_%s", name, row[i]->name);
    return name;
}

static WeirStatus unpivot_rows(WeirAnalysis *analysis, WeirExpressionContext *context, const WeirLogicalPlan *plan,
                               WeirExpression ***rows, WeirExpressionList *used, WeirError *error)
{
    for (uint32_t r = 0; r < plan->row_count; r++) {
        WeirExpressionList row = {0};
        WEIR_TRY(weir_resolve_list(context, plan->rows[r], plan->row_width, &row, error));
        for (uint32_t i = 0; i < row.count; i++) {
            if (row.items[i]->kind != WEIR_EXPRESSION_ATTRIBUTE)
                return weir_located(analysis, plan->origin, error,
                                    weir_error_set(error, WEIR_ERROR_UNPIVOT_REQUIRES_ATTRIBUTES, "given", "value",
                                                   "empty", "identifier", "expressions",
                                                   weir_expression_quoted(analysis, row.items[i])));
            weir_list_append(analysis, used, row.items[i]);
        }
        rows[r] = row.items;
    }
    return WEIR_OK;
}

WeirStatus weir_resolve_unpivot(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WeirExpression ***rows = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression **, plan->row_count);
    WeirExpressionList used = {0}, ids = {0}, output = {0};
    WEIR_TRY(unpivot_rows(analysis, &context, plan, rows, &used, error));
    for (uint32_t i = 0; i < child->output_count; i++)
        if (weir_find_by_id(used.items, used.count, child->output[i]->id) == NULL) {
            weir_list_append(analysis, &ids, child->output[i]);
            weir_list_append(analysis, &output, child->output[i]);
        }
    weir_list_append(
        analysis, &output,
        weir_expression_attribute(analysis->arena, plan->name, &weir_type_string, false, weir_next_id(analysis)));
    WeirLogicalPlan *expand = weir_logical_unary(analysis->arena, WEIR_LOGICAL_EXPAND, child);
    expand->row_count = plan->row_count;
    expand->row_width = ids.count + 1 + plan->row_width;
    expand->rows = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression **, plan->row_count);
    for (uint32_t r = 0; r < plan->row_count; r++) {
        expand->rows[r] = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, expand->row_width);
        for (uint32_t i = 0; i < ids.count; i++)
            expand->rows[r][i] = ids.items[i];
        expand->rows[r][ids.count] = weir_literal_string(analysis, group_name(analysis, plan, rows[r], r));
    }
    for (uint32_t c = 0; c < plan->row_width; c++) {
        const WeirDataType *type = NULL;
        bool nullable = false;
        WEIR_TRY(unpivot_types(analysis, plan, rows, c, &type, &nullable, error));
        for (uint32_t r = 0; r < plan->row_count; r++)
            expand->rows[r][ids.count + 1 + c] =
                weir_expression_cast(analysis->arena, rows[r][c], type, WEIR_EVAL_ANSI, true);
        weir_list_append(
            analysis, &output,
            weir_expression_attribute(analysis->arena, plan->names[c], type, nullable, weir_next_id(analysis)));
    }
    expand->origin = plan->origin;
    expand->output = output.items;
    expand->output_count = output.count;
    *out = weir_plan_finish(analysis, expand);
    return WEIR_OK;
}

/* ---- QUALIFY */

static bool is_aggregate_call(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && expression->part_count == 1 &&
           weir_aggregate_find(expression->parts[0]) != NULL;
}

static bool calls_aggregate(const WeirExpression *condition)
{
    return weir_expression_any(condition, is_aggregate_call, NULL);
}

/* The condition sees what the SELECT gives and what its list left out; its window functions are computed above it. */
static WeirStatus filter_by_windows(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                    WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WeirLogicalPlan *input = child;
    WeirExpression *condition = NULL;
    WEIR_TRY(weir_resolve_with_missing(analysis, env, plan->condition, true, &input, &condition, error));
    if (weir_has_aggregate(condition))
        return weir_located(analysis, plan->origin, error, weir_error_set(error, WEIR_ERROR_MISSING_GROUP_BY));
    WEIR_TRY(weir_check_boolean(analysis, plan, condition, error));
    WeirExpressionList items = {0};
    for (uint32_t i = 0; i < input->output_count; i++)
        weir_list_append(analysis, &items, input->output[i]);
    WeirExpression *item = weir_expression_alias(analysis->arena, condition, "__qualify", weir_next_id(analysis));
    weir_list_append(analysis, &items, item);
    WEIR_TRY(weir_extract_windows(analysis, items.items, items.count, input, &input, error));
    WeirLogicalPlan *filter = weir_plan_filter(analysis, weir_expression_to_attribute(analysis->arena, item), input);
    *out = weir_plan_project(analysis, child->output, child->output_count, filter);
    return WEIR_OK;
}

WeirStatus weir_resolve_qualify(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                WeirLogicalPlan **out, WeirError *error)
{
    const WeirLogicalPlan *select = plan->children[0];
    if (select->kind == WEIR_LOGICAL_HAVING)
        select = select->children[0];
    bool in_condition = weir_has_window(plan->condition), in_list = false;
    for (uint32_t i = 0; i < select->expression_count; i++)
        in_list = in_list || weir_has_window(select->expressions[i]);
    if (!in_condition && calls_aggregate(plan->condition))
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_QUALIFY_AGGREGATE_NOT_ALLOWED, "aggregateExpr",
                                           weir_expression_text(analysis, plan->condition)));
    if (!in_condition && !in_list) { /* an unknown name is told first */
        WeirLogicalPlan *selected = NULL;
        WeirExpression *ignored = NULL;
        WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &selected, error));
        WEIR_TRY(weir_resolve_with_missing(analysis, env, plan->condition, true, &selected, &ignored, error));
    }
    if (!in_condition && !in_list)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_QUALIFY_REQUIRES_WINDOW_FUNCTION));
    return filter_by_windows(analysis, env, plan, out, error);
}
