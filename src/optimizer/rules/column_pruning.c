/* ColumnPruning: from the top down, every node gives only what is used above it, down to the columns that a relation
 * reads. The inputs of joins, whose rows become state, are cut to exactly the columns used, in their order, as in
 * Spark. */
#include "optimizer/rules.h"

static WeirLogicalPlan *prune(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan);

static void require(WeirIdSet *set, WeirExpression *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        weir_id_set_add_references(set, list[i]);
}

static WeirIdSet copy_of(WeirOptimization *optimization, const WeirIdSet *set)
{
    WeirIdSet copy = {.arena = optimization->arena};
    for (uint32_t i = 0; i < set->capacity; i++)
        if (set->ids[i] != -1)
            weir_id_set_add(&copy, set->ids[i]);
    return copy;
}

static void keep_required(WeirOptimization *optimization, const WeirIdSet *required, WeirExpression *const *list,
                          uint32_t count, WeirExpressions *kept)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_id_set_has(required, list[i]->id))
            weir_expressions_add(optimization, kept, list[i]);
}

/* A Project on top where the child still gives more than `required`. */
static WeirLogicalPlan *cut(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirExpressions kept = {0};
    keep_required(optimization, required, plan->output, plan->output_count, &kept);
    return kept.count == plan->output_count ? plan : weir_make_project(optimization, kept.items, kept.count, plan);
}

static WeirLogicalPlan *prune_project(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirExpressions kept = {0};
    WeirIdSet below = {.arena = optimization->arena};
    keep_required(optimization, required, plan->expressions, plan->expression_count, &kept);
    require(&below, kept.items, kept.count);
    return weir_make_project(optimization, kept.items, kept.count, prune(optimization, &below, plan->children[0]));
}

static WeirLogicalPlan *prune_aggregate(WeirOptimization *optimization, const WeirIdSet *required,
                                        WeirLogicalPlan *plan)
{
    WeirExpressions kept = {0};
    WeirIdSet below = {.arena = optimization->arena};
    keep_required(optimization, required, plan->expressions, plan->expression_count, &kept);
    require(&below, kept.items, kept.count);
    require(&below, plan->grouping, plan->grouping_count);
    WeirLogicalPlan *child = prune(optimization, &below, plan->children[0]);
    WeirLogicalPlan *result =
        weir_make_aggregate(optimization, plan->grouping, plan->grouping_count, kept.items, kept.count, child);
    result->origin = plan->origin;
    return result;
}

/* Sort, Limit, Filter, Watermark, …: what they use themselves and what is used above. */
static WeirLogicalPlan *prune_pass_through(WeirOptimization *optimization, const WeirIdSet *required,
                                           WeirLogicalPlan *plan)
{
    WeirIdSet below = copy_of(optimization, required);
    require(&below, plan->expressions, plan->expression_count);
    if (plan->condition != NULL)
        weir_id_set_add_references(&below, plan->condition);
    if (plan->kind == WEIR_LOGICAL_DEDUPLICATE && plan->within_watermark) /* the event time expires the state */
        for (uint32_t i = 0; i < plan->children[0]->output_count; i++) {
            const WeirExpression *column = plan->children[0]->output[i];
            if (column->metadata != NULL && strstr(column->metadata, "spark.watermarkDelayMs") != NULL)
                weir_id_set_add(&below, column->id);
        }
    WeirLogicalPlan *child = prune(optimization, &below, plan->children[0]);
    if (plan->kind == WEIR_LOGICAL_SORT || plan->kind == WEIR_LOGICAL_DEDUPLICATE ||
        plan->kind == WEIR_LOGICAL_REPARTITION)
        child = cut(optimization, &below, child);
    return child == plan->children[0] ? plan : weir_with_child(optimization, plan, 0, child);
}

static WeirLogicalPlan *prune_join(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirIdSet below = copy_of(optimization, required);
    if (plan->condition != NULL)
        weir_id_set_add_references(&below, plan->condition);
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    for (uint32_t i = 0; i < 2; i++)
        copy->children[i] = cut(optimization, &below, prune(optimization, &below, plan->children[i]));
    return weir_refresh(optimization, copy);
}

static WeirLogicalPlan *prune_union(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    WeirExpressions kept = {0};
    keep_required(optimization, required, plan->output, plan->output_count, &kept);
    for (uint32_t c = 0; c < plan->child_count; c++) {
        WeirIdSet below = {.arena = optimization->arena};
        WeirExpressions columns = {0};
        for (uint32_t i = 0; i < plan->output_count; i++)
            if (weir_id_set_has(required, plan->output[i]->id)) {
                weir_id_set_add(&below, plan->children[c]->output[i]->id);
                weir_expressions_add(optimization, &columns, plan->children[c]->output[i]);
            }
        WeirLogicalPlan *child = prune(optimization, &below, plan->children[c]);
        bool same = child->output_count == columns.count;
        for (uint32_t i = 0; i < columns.count && same; i++)
            same = child->output[i]->id == columns.items[i]->id;
        copy->children[c] = same ? child : weir_make_project(optimization, columns.items, columns.count, child);
    }
    copy->output = kept.items;
    copy->output_count = kept.count;
    return weir_refresh(optimization, copy);
}

static WeirLogicalPlan *prune_generate(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirIdSet below = copy_of(optimization, required);
    weir_id_set_add_references(&below, plan->condition);
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->children[0] = prune(optimization, &below, plan->children[0]);
    WeirExpressions kept = {0};
    for (uint32_t i = 0; i < plan->output_count; i++) {
        bool generated = false;
        for (uint32_t g = 0; g < plan->generator_output_count; g++)
            generated = generated || plan->generator_output[g]->id == plan->output[i]->id;
        if (generated || weir_id_set_has(required, plan->output[i]->id))
            weir_expressions_add(optimization, &kept, plan->output[i]);
    }
    copy->output = kept.items;
    copy->output_count = kept.count;
    return weir_refresh(optimization, copy);
}

static WeirLogicalPlan *prune_expand(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    WeirIdSet below = {.arena = optimization->arena};
    WeirExpressions output = {0};
    keep_required(optimization, required, plan->output, plan->output_count, &output);
    copy->rows = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression **, plan->row_count);
    for (uint32_t r = 0; r < plan->row_count; r++) {
        WeirExpressions row = {0};
        for (uint32_t i = 0; i < plan->row_width; i++)
            if (weir_id_set_has(required, plan->output[i]->id))
                weir_expressions_add(optimization, &row, plan->rows[r][i]);
        require(&below, row.items, row.count);
        copy->rows[r] = row.items;
    }
    copy->row_width = output.count;
    copy->output = output.items;
    copy->output_count = output.count;
    copy->children[0] = prune(optimization, &below, plan->children[0]);
    return weir_refresh(optimization, copy);
}

static WeirLogicalPlan *prune_window(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirExpressions kept = {0};
    keep_required(optimization, required, plan->expressions, plan->expression_count, &kept);
    if (kept.count == 0)
        return prune(optimization, required, plan->children[0]);
    WeirIdSet below = copy_of(optimization, required);
    require(&below, kept.items, kept.count);
    require(&below, plan->window->partition_by, plan->window->partition_count);
    require(&below, plan->window->order_by, plan->window->order_count);
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->expressions = kept.items;
    copy->expression_count = kept.count;
    copy->children[0] = cut(optimization, &below, prune(optimization, &below, plan->children[0]));
    return weir_refresh(optimization, copy);
}

static WeirLogicalPlan *prune_relation(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    WeirExpressions kept = {0};
    keep_required(optimization, required, plan->output, plan->output_count, &kept);
    if (kept.count == plan->output_count)
        return plan;
    WeirLogicalPlan *copy = weir_logical_copy(optimization->arena, plan);
    copy->output = kept.items;
    copy->output_count = kept.count;
    return copy;
}

static WeirLogicalPlan *prune(WeirOptimization *optimization, const WeirIdSet *required, WeirLogicalPlan *plan)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
        return prune_project(optimization, required, plan);
    case WEIR_LOGICAL_AGGREGATE:
        return prune_aggregate(optimization, required, plan);
    case WEIR_LOGICAL_JOIN:
        return prune_join(optimization, required, plan);
    case WEIR_LOGICAL_UNION:
        return prune_union(optimization, required, plan);
    case WEIR_LOGICAL_GENERATE:
        return prune_generate(optimization, required, plan);
    case WEIR_LOGICAL_EXPAND:
        return prune_expand(optimization, required, plan);
    case WEIR_LOGICAL_WINDOW:
        return prune_window(optimization, required, plan);
    case WEIR_LOGICAL_RELATION:
    case WEIR_LOGICAL_STREAMING_RELATION:
        return prune_relation(optimization, required, plan);
    default:
        return plan->child_count == 1 ? prune_pass_through(optimization, required, plan) : plan;
    }
}

static WeirStatus apply(WeirOptimization *optimization, WeirLogicalPlan *plan, WeirLogicalPlan **out, WeirError *error)
{
    (void)error;
    WeirIdSet required = {.arena = optimization->arena};
    for (uint32_t i = 0; i < plan->output_count; i++)
        weir_id_set_add(&required, plan->output[i]->id);
    *out = prune(optimization, &required, plan);
    return WEIR_OK;
}

const WeirRule weir_rule_column_pruning = {"ColumnPruning", apply};
