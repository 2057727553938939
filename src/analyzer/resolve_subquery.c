/* Subqueries in expressions: scalar, EXISTS, IN. Names of the outer query become OUTER_REFERENCEs inside the plan; the
 * optimizer makes joins of them. */
#include "analyzer/analyzer_private.h"

static bool has_inner_column(const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return false;
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (has_inner_column(expression->children[i]))
            return true;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE;
}

static bool is_outer_column(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE;
}

bool weir_is_outer_aggregate(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_AGGREGATE && !has_inner_column(expression) &&
           weir_expression_any(expression, is_outer_column, NULL);
}

static const char *column_names(WeirAnalysis *analysis, WeirExpression *const *columns, uint32_t count)
{
    const char *text = "";
    for (uint32_t i = 0; i < count; i++)
        text = weir_arena_printf(analysis->arena, "%s%s%s", text, i == 0 ? "" : ", ",
                                 weir_expression_quoted(analysis, columns[i]));
    return text;
}

static WeirStatus in_length_mismatch(WeirAnalysis *analysis, const WeirExpression *subquery, WeirError *error)
{
    const WeirLogicalPlan *plan = subquery->plan;
    return weir_located(analysis, subquery->origin, error,
                        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_IN_SUBQUERY_LENGTH_MISMATCH, "sqlExpr",
                                       weir_expression_quoted(analysis, subquery), "leftLength",
                                       weir_arena_printf(analysis->arena, "%u", subquery->child_count), "leftColumns",
                                       column_names(analysis, subquery->children, subquery->child_count), "rightLength",
                                       weir_arena_printf(analysis->arena, "%u", plan->output_count), "rightColumns",
                                       column_names(analysis, plan->output, plan->output_count)));
}

/* Both sides of IN get the common type of each column. */
static WeirStatus coerce_in(WeirAnalysis *analysis, WeirExpression *subquery, WeirError *error)
{
    WeirLogicalPlan *plan = subquery->plan;
    WeirEvalMode mode = analysis->analyzer->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY;
    if (plan->output_count != subquery->child_count)
        return in_length_mismatch(analysis, subquery, error);
    WeirExpressionList right = {0};
    bool changed = false;
    for (uint32_t i = 0; i < plan->output_count; i++) {
        WeirExpression *left = subquery->children[i], *column = plan->output[i];
        const WeirDataType *common = weir_type_equal(left->type, column->type)
                                         ? left->type
                                         : weir_common_type(analysis->arena, left->type, column->type);
        if (common == NULL)
            return weir_located(analysis, subquery->origin, error,
                                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_IN_SUBQUERY_DATA_TYPE_MISMATCH,
                                               "sqlExpr", weir_expression_quoted(analysis, subquery),
                                               "mismatchedColumns", column_names(analysis, &left, 1), "leftType",
                                               weir_type_quoted(analysis, left->type), "rightType",
                                               weir_type_quoted(analysis, column->type)));
        subquery->children[i] = weir_expression_cast(analysis->arena, left, common, mode, true);
        if (!weir_type_equal(column->type, common)) {
            WeirExpression *cast = weir_expression_cast(analysis->arena, column, common, mode, true);
            column = weir_expression_alias(analysis->arena, cast, column->name, weir_next_id(analysis));
            changed = true;
        }
        weir_list_append(analysis, &right, column);
        subquery->nullable = subquery->nullable || left->nullable || column->nullable;
    }
    if (changed)
        subquery->plan = weir_plan_project(analysis, right.items, right.count, plan);
    return WEIR_OK;
}

/* (a, b) IN (SELECT …): the row on the left is its columns. */
static void flatten_row(WeirExpression *subquery)
{
    const WeirExpression *row = subquery->child_count == 1 ? subquery->children[0] : NULL;
    bool is_row = row != NULL && row->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && row->part_count == 1 &&
                  strcmp(row->parts[0], "struct") == 0;
    if (!is_row)
        return;
    subquery->children = row->children;
    subquery->child_count = row->child_count;
}

typedef struct OuterColumns {
    WeirAnalysis *analysis;
    WeirExpressionList columns, mentions; /* each once; each as often as it is used */
} OuterColumns;

static bool note_outer(void *context, const WeirExpression *expression)
{
    OuterColumns *outer = context;
    if (expression->kind != WEIR_EXPRESSION_OUTER_REFERENCE)
        return false;
    weir_list_append(outer->analysis, &outer->mentions, expression->children[0]);
    if (weir_find_by_id(outer->columns.items, outer->columns.count, expression->children[0]->id) == NULL)
        weir_list_append(outer->analysis, &outer->columns, expression->children[0]);
    return false;
}

static bool note_plan(void *context, const WeirLogicalPlan *plan)
{
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expression_any(plan->expressions[i], note_outer, context);
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        weir_expression_any(plan->grouping[i], note_outer, context);
    weir_expression_any(plan->condition, note_outer, context);
    return false;
}

/* A scalar subquery and EXISTS have the outer columns that they use as children; the text of all kinds shows them. */
void weir_note_outer_columns(WeirAnalysis *analysis, WeirExpression *subquery)
{
    OuterColumns outer = {.analysis = analysis};
    weir_logical_any(subquery->plan, note_plan, &outer);
    if (subquery->kind != WEIR_EXPRESSION_IN_SUBQUERY) {
        subquery->children = outer.columns.items;
        subquery->child_count = outer.columns.count;
    }
    const char **names = WEIR_ARENA_ARRAY(analysis->arena, const char *, outer.mentions.count + 1);
    for (uint32_t i = 0; i < outer.mentions.count; i++)
        names[i] = outer.mentions.items[i]->name;
    subquery->parts = names;
    subquery->part_count = outer.mentions.count;
}

/* One level: names of a query two levels out are unknown, as in Spark. A subquery of HAVING sees the output of its
 * aggregate, and behind it the input. */
static WeirScope outer_scope(const WeirExpressionContext *context)
{
    WeirScope outer = context->scope != NULL ? *context->scope : (WeirScope){0};
    outer.outer = NULL;
    if (context->second == NULL || !context->second_first)
        return outer;
    outer.over_aggregate = true;
    WeirExpressionList behind = {0};
    for (uint32_t i = 0; i < context->second->attribute_count; i++)
        if (weir_find_by_id(outer.attributes, outer.attribute_count, context->second->attributes[i]->id) == NULL)
            weir_list_append(context->analysis, &behind, context->second->attributes[i]);
    for (uint32_t i = 0; i < context->second->hidden_count; i++)
        weir_list_append(context->analysis, &behind, context->second->hidden[i]);
    outer.hidden = behind.items;
    outer.hidden_count = behind.count;
    return outer;
}

WeirStatus weir_resolve_subquery(WeirExpressionContext *context, WeirExpression *expression, WeirExpression **out,
                                 WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirEnvironment env = {.ctes = context->env->ctes};
    WeirArgumentFrame arguments;
    if (context->env->arguments != NULL) {
        arguments = weir_arguments_as_outer(analysis, context->env->arguments);
        env.arguments = &arguments;
    }
    WeirScope outer = outer_scope(context);
    env.outer = &outer;
    WeirExpression *subquery = weir_expression_copy(analysis->arena, expression);
    WEIR_TRY(weir_resolve_plan(analysis, &env, expression->plan, &subquery->plan, error));
    if (subquery->plan->is_streaming)
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_SUBQUERY_EXPRESSION_STREAMING_QUERY));
    flatten_row(subquery);
    WeirExpressionList children = {0};
    WEIR_TRY(weir_resolve_list(context, subquery->children, subquery->child_count, &children, error));
    subquery->children = children.items;
    subquery->id = weir_next_id(analysis);
    subquery->type = &weir_type_boolean;
    subquery->nullable = false;
    *out = subquery;
    subquery->name = weir_subquery_key(analysis, subquery->plan);
    weir_note_outer_columns(analysis, subquery);
    if (expression->kind == WEIR_EXPRESSION_IN_SUBQUERY)
        return coerce_in(analysis, subquery, error);
    if (expression->kind == WEIR_EXPRESSION_EXISTS)
        return WEIR_OK;
    if (subquery->plan->output_count != 1)
        return weir_located(
            analysis, expression->origin, error,
            weir_error_set(error,
                           WEIR_ERROR_INVALID_SUBQUERY_EXPRESSION_SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN,
                           "number", weir_arena_printf(analysis->arena, "%u", subquery->plan->output_count)));
    subquery->type = subquery->plan->output[0]->type;
    subquery->nullable = true;
    return WEIR_OK;
}
