/* Building and rebuilding resolved nodes. */
#include "optimizer/rules.h"

static WeirExpression *nullable_copy(WeirOptimization *optimization, WeirExpression *attribute)
{
    if (attribute->nullable)
        return attribute;
    WeirExpression *copy = weir_expression_copy(optimization->arena, attribute);
    copy->nullable = true;
    return copy;
}

static void append(WeirOptimization *optimization, WeirLogicalPlan *plan, const WeirLogicalPlan *from, bool nullable)
{
    for (uint32_t i = 0; i < from->output_count; i++)
        plan->output[plan->output_count++] = nullable ? nullable_copy(optimization, from->output[i]) : from->output[i];
}

static void set_named(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    plan->output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, plan->expression_count);
    plan->output_count = plan->expression_count;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        plan->output[i] = weir_expression_to_attribute(optimization->arena, plan->expressions[i]);
}

static void set_join(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *left = plan->children[0], *right = plan->children[1];
    WeirJoinType type = plan->join_type;
    plan->output =
        WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, left->output_count + right->output_count + 1);
    plan->output_count = 0;
    append(optimization, plan, left, type == WEIR_JOIN_RIGHT_OUTER || type == WEIR_JOIN_FULL_OUTER);
    if (type == WEIR_JOIN_EXISTENCE)
        plan->output[plan->output_count++] = plan->expressions[0];
    else if (type != WEIR_JOIN_LEFT_SEMI && type != WEIR_JOIN_LEFT_ANTI)
        append(optimization, plan, right, type == WEIR_JOIN_LEFT_OUTER || type == WEIR_JOIN_FULL_OUTER);
}

static void set_union(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *first = plan->children[0];
    WeirExpression **old = plan->output;
    uint32_t old_count = plan->output_count;
    plan->output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, first->output_count);
    plan->output_count = first->output_count;
    for (uint32_t i = 0; i < first->output_count; i++) {
        bool nullable = false;
        for (uint32_t c = 0; c < plan->child_count; c++)
            nullable = nullable || plan->children[c]->output[i]->nullable;
        plan->output[i] = weir_expression_copy(optimization->arena, first->output[i]);
        plan->output[i]->nullable = nullable;
        /* The union's columns keep the ids they were known by, whatever its first child has become. */
        if (old_count == first->output_count) {
            plan->output[i]->id = old[i]->id;
            plan->output[i]->name = old[i]->name;
        }
    }
}

/* What is still there of the old output: watermark metadata and pruned columns survive. */
static void keep_known(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    WeirExpression **old = plan->output;
    uint32_t count = plan->output_count;
    plan->output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, count);
    plan->output_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool known = weir_plan_has(plan->children[0], old[i]->id);
        for (uint32_t g = 0; g < plan->generator_output_count && !known; g++)
            known = plan->generator_output[g]->id == old[i]->id;
        if (known)
            plan->output[plan->output_count++] = old[i];
    }
}

static void set_watermark(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    WeirExpression **old = plan->output;
    uint32_t old_count = plan->output_count;
    const WeirLogicalPlan *child = plan->children[0];
    plan->output = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, child->output_count);
    plan->output_count = child->output_count;
    for (uint32_t i = 0; i < child->output_count; i++) {
        plan->output[i] = child->output[i];
        for (uint32_t j = 0; j < old_count; j++)
            if (old[j]->id == child->output[i]->id)
                plan->output[i] = old[j];
    }
}

static void set_window(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *child = plan->children[0];
    plan->output =
        WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, child->output_count + plan->expression_count);
    plan->output_count = 0;
    append(optimization, plan, child, false);
    for (uint32_t i = 0; i < plan->expression_count; i++)
        plan->output[plan->output_count++] = weir_expression_to_attribute(optimization->arena, plan->expressions[i]);
}

WeirLogicalPlan *weir_refresh(WeirOptimization *optimization, WeirLogicalPlan *plan)
{
    plan->analyzed = true;
    if (plan->child_count > 0) {
        plan->is_streaming = false;
        for (uint32_t i = 0; i < plan->child_count; i++)
            plan->is_streaming = plan->is_streaming || plan->children[i]->is_streaming;
    }
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
    case WEIR_LOGICAL_AGGREGATE:
        set_named(optimization, plan);
        break;
    case WEIR_LOGICAL_JOIN:
        set_join(optimization, plan);
        break;
    case WEIR_LOGICAL_UNION:
        set_union(optimization, plan);
        break;
    case WEIR_LOGICAL_GENERATE:
        keep_known(optimization, plan);
        break;
    case WEIR_LOGICAL_WINDOW:
        set_window(optimization, plan);
        break;
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        set_watermark(optimization, plan);
        break;
    case WEIR_LOGICAL_EXPAND:
        break;
    case WEIR_LOGICAL_SUBQUERY_ALIAS: /* only until finish_analysis removes it */
        break;
    default:
        if (plan->child_count > 0) {
            plan->output = plan->children[0]->output;
            plan->output_count = plan->children[0]->output_count;
        }
        break;
    }
    return plan;
}

static WeirExpression **copy_list(WeirOptimization *optimization, WeirExpression *const *list, uint32_t count)
{
    WeirExpression **copy = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, count);
    if (count > 0)
        memcpy(copy, list, sizeof(*copy) * count);
    return copy;
}

WeirLogicalPlan *weir_make_project(WeirOptimization *optimization, WeirExpression *const *expressions, uint32_t count,
                                   WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_unary(optimization->arena, WEIR_LOGICAL_PROJECT, child);
    plan->expressions = copy_list(optimization, expressions, count);
    plan->expression_count = count;
    return weir_refresh(optimization, plan);
}

WeirLogicalPlan *weir_make_filter(WeirOptimization *optimization, WeirExpression *condition, WeirLogicalPlan *child)
{
    if (condition == NULL)
        return child;
    WeirLogicalPlan *plan = weir_logical_unary(optimization->arena, WEIR_LOGICAL_FILTER, child);
    plan->condition = condition;
    return weir_refresh(optimization, plan);
}

WeirLogicalPlan *weir_make_join(WeirOptimization *optimization, WeirJoinType type, WeirExpression *condition,
                                WeirLogicalPlan *left, WeirLogicalPlan *right)
{
    WeirLogicalPlan *plan = weir_logical_binary(optimization->arena, WEIR_LOGICAL_JOIN, left, right);
    plan->join_type = type;
    plan->condition = condition;
    return type == WEIR_JOIN_EXISTENCE ? plan : weir_refresh(optimization, plan);
}

WeirLogicalPlan *weir_make_aggregate(WeirOptimization *optimization, WeirExpression *const *grouping,
                                     uint32_t grouping_count, WeirExpression *const *expressions, uint32_t count,
                                     WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_unary(optimization->arena, WEIR_LOGICAL_AGGREGATE, child);
    plan->grouping = copy_list(optimization, grouping, grouping_count);
    plan->grouping_count = grouping_count;
    plan->expressions = copy_list(optimization, expressions, count);
    plan->expression_count = count;
    return weir_refresh(optimization, plan);
}

WeirLogicalPlan *weir_with_child(WeirOptimization *optimization, const WeirLogicalPlan *plan, uint32_t index,
                                 WeirLogicalPlan *child)
{
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[index] = child;
    return weir_refresh(optimization, copy);
}

WeirStatus weir_rewrite_up(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirNodeRewrite rewrite,
                           void *context, WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *node = plan;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        WeirLogicalPlan *child = NULL;
        WEIR_TRY(weir_rewrite_up(optimization, plan->children[i], rewrite, context, &child, error));
        if (child == plan->children[i])
            continue;
        if (node == plan)
            node = weir_logical_copy(optimization->arena, plan);
        node->children[i] = child;
    }
    if (node != plan)
        weir_refresh(optimization, node);
    WeirStatus status = WEIR_OK;
    WeirLogicalPlan *result = rewrite(optimization, context, node, &status, error);
    if (result == NULL)
        return status;
    *out = result;
    return WEIR_OK;
}

/* ---- expressions of all nodes */

typedef struct Expressions {
    WeirExpressionRewrite rewrite;
    void *context;
} Expressions;

static bool rewrite_list(WeirOptimization *optimization, const Expressions *expressions, WeirExpression ***list,
                         uint32_t count, WeirStatus *status, WeirError *error)
{
    bool changed = false;
    for (uint32_t i = 0; i < count && *status == WEIR_OK; i++) {
        WeirExpression *entry = (*list)[i];
        *status = weir_expression_transform(optimization->arena, entry, expressions->rewrite, expressions->context,
                                            &entry, error);
        if (*status != WEIR_OK || entry == (*list)[i])
            continue;
        if (!changed)
            *list = copy_list(optimization, *list, count);
        changed = true;
        (*list)[i] = entry;
    }
    return changed;
}

static WeirLogicalPlan *rewrite_node(WeirOptimization *optimization, void *context, WeirLogicalPlan *plan,
                                     WeirStatus *status, WeirError *error)
{
    const Expressions *expressions = context;
    WeirLogicalPlan copy = *plan;
    bool changed = rewrite_list(optimization, expressions, &copy.expressions, copy.expression_count, status, error);
    changed |= rewrite_list(optimization, expressions, &copy.grouping, copy.grouping_count, status, error);
    if (copy.condition != NULL && plan->kind != WEIR_LOGICAL_EVENT_TIME_WATERMARK && *status == WEIR_OK)
        *status = weir_expression_transform(optimization->arena, copy.condition, expressions->rewrite,
                                            expressions->context, &copy.condition, error);
    changed = changed || copy.condition != plan->condition;
    bool rows_copied = false;
    for (uint32_t r = 0; r < copy.row_count && *status == WEIR_OK; r++) {
        WeirExpression **row = copy.rows[r];
        if (!rewrite_list(optimization, expressions, &row, copy.row_width, status, error))
            continue;
        if (!rows_copied) {
            WeirExpression ***rows = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression **, copy.row_count);
            memcpy(rows, copy.rows, sizeof(*rows) * copy.row_count);
            copy.rows = rows;
            rows_copied = true;
        }
        copy.rows[r] = row;
        changed = true;
    }
    if (*status != WEIR_OK)
        return NULL;
    if (!changed)
        return plan;
    WeirLogicalPlan *result = weir_logical_copy(optimization->arena, &copy);
    return weir_refresh(optimization, result);
}

WeirStatus weir_rewrite_expressions(WeirOptimization *optimization, WeirLogicalPlan *plan,
                                    WeirExpressionRewrite rewrite, void *context, WeirLogicalPlan **out,
                                    WeirError *error)
{
    Expressions expressions = {rewrite, context};
    return weir_rewrite_up(optimization, plan, rewrite_node, &expressions, out, error);
}
