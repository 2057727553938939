/* UNION, INTERSECT, EXCEPT: the columns of all children get one type each, by casts in Projects above the children that
 * need them. */
#include "analyzer/analyzer_private.h"

static const char *ordinal_word(WeirAnalysis *analysis, uint32_t n)
{
    static const char *const words[] = {"first", "second",  "third",  "fourth", "fifth",
                                        "sixth", "seventh", "eighth", "ninth",  "tenth"};
    return n < 10 ? words[n] : weir_arena_printf(analysis->arena, "%uth", n + 1);
}

static const char *operation_name(const WeirLogicalPlan *plan)
{
    if (plan->kind == WEIR_LOGICAL_UNION)
        return "UNION";
    if (plan->set_operation == WEIR_SET_INTERSECT)
        return plan->is_all ? "INTERSECT ALL" : "INTERSECT";
    return plan->is_all ? "EXCEPT ALL" : "EXCEPT";
}

static WeirStatus check_widths(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    const WeirLogicalPlan *first = plan->children[0];
    for (uint32_t c = 1; c < plan->child_count; c++)
        if (plan->children[c]->output_count != first->output_count)
            return weir_located(
                analysis, plan->origin, error,
                weir_error_set(error, WEIR_ERROR_NUM_COLUMNS_MISMATCH, "operator", operation_name(plan),
                               "firstNumColumns", weir_arena_printf(analysis->arena, "%u", first->output_count),
                               "invalidOrdinalNum", ordinal_word(analysis, c), "invalidNumColumns",
                               weir_arena_printf(analysis->arena, "%u", plan->children[c]->output_count)));
    return WEIR_OK;
}

static WeirStatus common_types(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirDataType **types,
                               WeirError *error)
{
    const WeirLogicalPlan *first = plan->children[0];
    for (uint32_t i = 0; i < first->output_count; i++) {
        types[i] = first->output[i]->type;
        for (uint32_t c = 1; c < plan->child_count; c++) {
            const WeirDataType *other = plan->children[c]->output[i]->type;
            const WeirDataType *common =
                weir_type_equal(types[i], other) ? types[i] : weir_common_type(analysis->arena, types[i], other);
            if (common == NULL && plan->kind == WEIR_LOGICAL_UNION && weir_type_same_structure(types[i], other))
                common = types[i]; /* the first side names the fields */
            if (common == NULL)
                return weir_located(
                    analysis, plan->origin, error,
                    weir_error_set(error, WEIR_ERROR_INCOMPATIBLE_COLUMN_TYPE, "operator", operation_name(plan),
                                   "columnOrdinalNumber", ordinal_word(analysis, i), "tableOrdinalNumber",
                                   ordinal_word(analysis, c), "dataType1", weir_type_quoted(analysis, other),
                                   "dataType2", weir_type_quoted(analysis, types[i]), "hint", ""));
            types[i] = common;
        }
    }
    return WEIR_OK;
}

static WeirLogicalPlan *cast_child(WeirAnalysis *analysis, WeirLogicalPlan *child, const WeirDataType *const *types)
{
    bool changed = false;
    WeirExpressionList list = {0};
    WeirEvalMode mode = analysis->analyzer->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY;
    for (uint32_t i = 0; i < child->output_count; i++) {
        WeirExpression *column = child->output[i];
        if (!weir_type_equal(column->type, types[i])) {
            WeirExpression *cast = weir_expression_cast(analysis->arena, column, types[i], mode, true);
            column = weir_expression_alias(analysis->arena, cast, column->name, weir_next_id(analysis));
            changed = true;
        }
        weir_list_append(analysis, &list, column);
    }
    return changed ? weir_plan_project(analysis, list.items, list.count, child) : child;
}

WeirStatus weir_widen_children(WeirAnalysis *analysis, WeirLogicalPlan *plan, const char *operation, WeirError *error)
{
    (void)operation;
    WEIR_TRY(check_widths(analysis, plan, error));
    const WeirDataType **types =
        WEIR_ARENA_ARRAY(analysis->arena, const WeirDataType *, plan->children[0]->output_count);
    WEIR_TRY(common_types(analysis, plan, types, error));
    for (uint32_t c = 0; c < plan->child_count; c++)
        plan->children[c] = cast_child(analysis, plan->children[c], types);
    return WEIR_OK;
}

/* unionByName: the other children's columns in the order of the first. */
static WeirStatus order_by_name(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirLogicalPlan *first,
                                WeirLogicalPlan **child, WeirError *error)
{
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < first->output_count; i++) {
        WeirExpression *column = NULL;
        WEIR_TRY(weir_resolve_in_attributes(analysis, (*child)->output, (*child)->output_count, &first->output[i]->name,
                                            1, plan->origin, &column, error));
        if (column == NULL && !plan->allow_missing) {
            WeirExpression name = {.parts = &first->output[i]->name, .part_count = 1, .origin = plan->origin};
            WeirScope scope = {.attributes = (*child)->output, .attribute_count = (*child)->output_count};
            WeirExpressionContext context = weir_expression_context(analysis, NULL, &scope);
            return weir_unresolved_column(&context, &name, error);
        }
        if (column == NULL)
            column = weir_expression_alias(analysis->arena, weir_literal_null(analysis, first->output[i]->type),
                                           first->output[i]->name, weir_next_id(analysis));
        weir_list_append(analysis, &list, column);
    }
    for (uint32_t i = 0; i < (*child)->output_count && plan->allow_missing; i++)
        if (weir_find_by_id(list.items, list.count, (*child)->output[i]->id) == NULL)
            weir_list_append(analysis, &list, (*child)->output[i]);
    *child = weir_plan_project(analysis, list.items, list.count, *child);
    return WEIR_OK;
}

/* Columns that only a later child has are null in the first. */
static void extend_first(WeirAnalysis *analysis, WeirLogicalPlan **first, const WeirLogicalPlan *other)
{
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < (*first)->output_count; i++)
        weir_list_append(analysis, &list, (*first)->output[i]);
    for (uint32_t i = 0; i < other->output_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < (*first)->output_count; j++)
            found = found || weir_name_equal(analysis, (*first)->output[j]->name, other->output[i]->name);
        if (!found)
            weir_list_append(analysis, &list,
                             weir_expression_alias(analysis->arena, weir_literal_null(analysis, other->output[i]->type),
                                                   other->output[i]->name, weir_next_id(analysis)));
    }
    if (list.count > (*first)->output_count)
        *first = weir_plan_project(analysis, list.items, list.count, *first);
}

static WeirStatus resolve_children(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                   WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *copy = weir_logical_copy(analysis->arena, plan);
    for (uint32_t i = 0; i < plan->child_count; i++)
        WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[i], &copy->children[i], error));
    if (plan->by_name) {
        for (uint32_t i = 1; i < plan->child_count && plan->allow_missing; i++)
            extend_first(analysis, &copy->children[0], copy->children[i]);
        for (uint32_t i = 1; i < plan->child_count; i++)
            WEIR_TRY(order_by_name(analysis, plan, copy->children[0], &copy->children[i], error));
        copy->by_name = false;
    }
    WEIR_TRY(weir_widen_children(analysis, copy, operation_name(plan), error));
    *out = copy;
    return WEIR_OK;
}

WeirStatus weir_resolve_union(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                              WeirLogicalPlan **out, WeirError *error)
{
    WEIR_TRY(resolve_children(analysis, env, plan, out, error));
    weir_plan_finish(analysis, *out);
    return WEIR_OK;
}

WeirStatus weir_resolve_set_operation(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                      WeirLogicalPlan **out, WeirError *error)
{
    WEIR_TRY(resolve_children(analysis, env, plan, out, error));
    for (uint32_t i = 0; i < (*out)->child_count; i++)
        WEIR_TRY(weir_check_no_maps(analysis, (*out)->children[i], plan->origin, error));
    weir_plan_finish(analysis, *out);
    return WEIR_OK;
}
