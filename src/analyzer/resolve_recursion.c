/* WITH RECURSIVE: a definition that reads its own name becomes a UNION_LOOP of its start and its step, in which every
 * reference to the name is a LOOP_REFERENCE. The start decides names and types; where the name may not stand is refused
 * as in Spark. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "expr/coercion.h"

/* ---- does a parsed plan read a name? */

static bool node_mentions(void *context, const WeirLogicalPlan *plan);

static bool expression_mentions(void *context, const WeirExpression *expression)
{
    return expression->plan != NULL && weir_logical_any(expression->plan, node_mentions, context);
}

static bool list_mentions(void *context, WeirExpression *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_expression_any(list[i], expression_mentions, context))
            return true;
    return false;
}

static bool node_mentions(void *context, const WeirLogicalPlan *plan)
{
    bool reads = plan->kind == WEIR_LOGICAL_UNRESOLVED_RELATION && plan->part_count == 1 &&
                 strcasecmp(plan->parts[0], context) == 0;
    if (reads || weir_expression_any(plan->condition, expression_mentions, context) ||
        list_mentions(context, plan->expressions, plan->expression_count) ||
        list_mentions(context, plan->grouping, plan->grouping_count))
        return true;
    for (uint32_t i = 0; i < plan->row_count; i++)
        if (list_mentions(context, plan->rows[i], plan->row_width))
            return true;
    return false;
}

/* A WITH of its own that defines the name hides it. */
bool weir_plan_mentions(const WeirLogicalPlan *plan, const char *name)
{
    for (uint32_t i = 0; plan->kind == WEIR_LOGICAL_WITH && i < plan->cte_count; i++)
        if (strcasecmp(plan->ctes[i].name, name) == 0)
            return false;
    return weir_logical_any(plan, node_mentions, (void *)(uintptr_t)name);
}

/* ---- where the reference may stand */

static bool is_loop_reference(void *context, const WeirLogicalPlan *plan)
{
    return plan->kind == WEIR_LOGICAL_LOOP_REFERENCE && plan->loop_id == *(const int64_t *)context;
}

static bool reads_loop(const WeirLogicalPlan *plan, int64_t loop_id)
{
    return weir_logical_any(plan, is_loop_reference, &loop_id);
}

/* IN and EXISTS become joins; a scalar subquery would have to be computed over and over. */
static bool scalar_reads_loop(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY &&
           weir_logical_any(expression->plan, is_loop_reference, context);
}

static bool join_forbids(const WeirLogicalPlan *join, int64_t loop_id)
{
    switch (join->join_type) {
    case WEIR_JOIN_LEFT_OUTER:
    case WEIR_JOIN_LEFT_SEMI:
    case WEIR_JOIN_LEFT_ANTI:
        return reads_loop(join->children[1], loop_id);
    case WEIR_JOIN_RIGHT_OUTER:
        return reads_loop(join->children[0], loop_id);
    case WEIR_JOIN_FULL_OUTER:
        return reads_loop(join, loop_id);
    default:
        return false;
    }
}

static bool forbids(void *context, const WeirLogicalPlan *plan)
{
    int64_t loop_id = *(const int64_t *)context;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (weir_expression_any(plan->expressions[i], scalar_reads_loop, context))
            return true;
    if (weir_expression_any(plan->condition, scalar_reads_loop, context))
        return true;
    switch (plan->kind) {
    case WEIR_LOGICAL_JOIN:
        return join_forbids(plan, loop_id);
    case WEIR_LOGICAL_SORT:
    case WEIR_LOGICAL_WINDOW:
    case WEIR_LOGICAL_AGGREGATE:
        return reads_loop(plan, loop_id);
    default:
        return false;
    }
}

/* ---- types */

/* Can every value of `from` be one of `to` (Spark: canUpCast)? */
static bool widens(WeirAnalysis *analysis, const WeirDataType *from, const WeirDataType *to)
{
    if (weir_type_equal(from, to) || from->id == WEIR_TYPE_VOID)
        return true;
    if (weir_type_is_numeric(from) && weir_type_is_numeric(to)) {
        const WeirDataType *common = weir_common_type(analysis->arena, from, to);
        return common != NULL && weir_type_equal(common, to);
    }
    if (weir_type_is_nested(from) && from->id == to->id && from->field_count == to->field_count) {
        bool all = true;
        for (uint32_t i = 0; i < from->field_count && all; i++)
            all = widens(analysis, from->fields[i].type, to->fields[i].type);
        return all;
    }
    if (from->id == WEIR_TYPE_STRING) { /* a text becomes what it is compared as, where that is the type itself */
        const WeirDataType *promoted = weir_string_promotion(to);
        return promoted != NULL && weir_type_equal(promoted, to);
    }
    return from->id == WEIR_TYPE_DATE && (to->id == WEIR_TYPE_TIMESTAMP || to->id == WEIR_TYPE_TIMESTAMP_NTZ);
}

static WeirStatus fit_step(WeirAnalysis *analysis, const WeirLogicalPlan *start, WeirOrigin origin,
                           WeirLogicalPlan **step, WeirError *error)
{
    WeirExpressionList list = {0};
    if ((*step)->output_count != start->output_count)
        return weir_located(
            analysis, origin, error,
            weir_error_set(error, WEIR_ERROR_NUM_COLUMNS_MISMATCH, "operator", "UNION", "firstNumColumns",
                           weir_arena_printf(analysis->arena, "%u", start->output_count), "invalidOrdinalNum", "second",
                           "invalidNumColumns", weir_arena_printf(analysis->arena, "%u", (*step)->output_count)));
    for (uint32_t i = 0; i < start->output_count; i++) {
        WeirExpression *column = (*step)->output[i];
        const WeirDataType *type = start->output[i]->type;
        if (!widens(analysis, column->type, type))
            return weir_located(analysis, origin, error,
                                weir_error_set(error, WEIR_ERROR_CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE, "left",
                                               weir_type_quoted(analysis, type), "right",
                                               weir_type_quoted(analysis, column->type)));
        if (!weir_type_equal(column->type, type)) {
            WeirExpression *cast = weir_expression_cast(analysis->arena, column, type, WEIR_EVAL_ANSI, true);
            column = weir_expression_alias(analysis->arena, cast, column->name, weir_next_id(analysis));
        }
        weir_list_append(analysis, &list, column);
    }
    *step = weir_plan_project(analysis, list.items, list.count, *step);
    return WEIR_OK;
}

/* ---- the loop */

/* The start's columns with new ids; any may be null after the first round. */
static void loop_output(WeirAnalysis *analysis, const WeirLogicalPlan *start, WeirLogicalPlan *plan)
{
    plan->output_count = start->output_count;
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, start->output_count);
    for (uint32_t i = 0; i < start->output_count; i++)
        plan->output[i] = weir_expression_attribute(analysis->arena, start->output[i]->name, start->output[i]->type,
                                                    true, weir_next_id(analysis));
    plan->analyzed = true;
}

static WeirStatus invalid(WeirAnalysis *analysis, WeirOrigin origin, WeirError *error)
{
    return weir_located(analysis, origin, error, weir_error_set(error, WEIR_ERROR_INVALID_RECURSIVE_CTE));
}

/* UNION ALL below any WITH of its own, whose definitions are put into `env`. */
static WeirStatus find_union(WeirAnalysis *analysis, WeirEnvironment *env, const WeirCteDefinition *definition,
                             WeirOrigin origin, const WeirLogicalPlan **out, WeirError *error)
{
    const WeirLogicalPlan *plan = definition->plan;
    while (plan->kind == WEIR_LOGICAL_WITH) {
        WEIR_TRY(weir_resolve_definitions(analysis, plan, env, error));
        plan = plan->children[0];
    }
    if (plan->kind == WEIR_LOGICAL_DISTINCT && plan->children[0]->kind == WEIR_LOGICAL_UNION)
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE));
    if (plan->kind != WEIR_LOGICAL_UNION || plan->child_count != 2 ||
        weir_plan_mentions(plan->children[0], definition->name))
        return invalid(analysis, origin, error);
    *out = plan;
    return WEIR_OK;
}

WeirStatus weir_resolve_recursion(WeirAnalysis *analysis, const WeirEnvironment *env,
                                  const WeirCteDefinition *definition, WeirOrigin origin, WeirLogicalPlan **out,
                                  WeirError *error)
{
    WeirEnvironment inner = *env;
    const WeirLogicalPlan *parts = NULL;
    WeirLogicalPlan *start = NULL, *step = NULL;
    WEIR_TRY(find_union(analysis, &inner, definition, origin, &parts, error));
    WEIR_TRY(weir_resolve_plan(analysis, &inner, parts->children[0], &start, error));
    if (definition->column_count > 0)
        WEIR_TRY(weir_plan_rename(analysis, definition->column_names, definition->column_count, origin, &start, error));
    WeirLogicalPlan *reference = weir_logical_new(analysis->arena, WEIR_LOGICAL_LOOP_REFERENCE, origin);
    reference->loop_id = weir_next_id(analysis);
    loop_output(analysis, start, reference);
    WeirCteFrame frame = {.outer = inner.ctes, .name = definition->name, .plan = reference};
    inner.ctes = &frame;
    WEIR_TRY(weir_resolve_plan(analysis, &inner, parts->children[1], &step, error));
    if (start->is_streaming || step->is_streaming)
        return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3102, "msg", "WITH RECURSIVE can't read a stream.");
    WEIR_TRY(fit_step(analysis, start, origin, &step, error));
    int64_t loop_id = reference->loop_id;
    if (weir_logical_any(step, forbids, &loop_id))
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_RECURSIVE_REFERENCE_PLACE));
    WeirLogicalPlan *loop = weir_logical_binary(analysis->arena, WEIR_LOGICAL_UNION_LOOP, start, step);
    loop->origin = origin;
    loop->loop_id = loop_id;
    loop->loop_level_limit = definition->level_limit;
    loop_output(analysis, start, loop);
    *out = loop;
    return WEIR_OK;
}
