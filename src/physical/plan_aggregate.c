/* Aggregates are split as Spark's PhysicalAggregation does: grouping keys, aggregate functions without duplicates, and
 * a projection over keys ++ results. */
#include "physical/planner_private.h"

typedef struct AggregateSplit {
    WeirPlanner *planner;
    WeirExpression *const *grouping;
    uint32_t grouping_count;
    WeirExpression **aggregates; /* as in the logical plan */
    uint32_t aggregate_count, aggregate_capacity;
} AggregateSplit;

static void add_aggregate(AggregateSplit *split, WeirExpression *aggregate)
{
    for (uint32_t i = 0; i < split->aggregate_count; i++) {
        if (weir_expression_equal(split->aggregates[i], aggregate))
            return;
    }
    if (split->aggregate_count == split->aggregate_capacity) {
        uint32_t capacity = split->aggregate_capacity == 0 ? 8 : split->aggregate_capacity * 2;
        WeirExpression **grown = WEIR_ARENA_ARRAY(split->planner->arena, WeirExpression *, capacity);
        if (split->aggregate_count > 0)
            memcpy(grown, split->aggregates, sizeof(WeirExpression *) * split->aggregate_count);
        split->aggregates = grown;
        split->aggregate_capacity = capacity;
    }
    split->aggregates[split->aggregate_count++] = aggregate;
}

static void collect_aggregates(AggregateSplit *split, WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE) {
        add_aggregate(split, expression);
        return;
    }
    for (uint32_t i = 0; i < expression->child_count; i++)
        collect_aggregates(split, expression->children[i]);
}

static const WeirExpression *unnamed(const WeirExpression *expression)
{
    while (expression->kind == WEIR_EXPRESSION_ALIAS)
        expression = expression->children[0];
    return expression;
}

/* A column of the intermediate row where the expression is a key or a function's result; else the same over such
 * columns. */
static WeirExpression *rewrite_result(const AggregateSplit *split, WeirExpression *expression)
{
    WeirArena *arena = split->planner->arena;
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE) {
        for (uint32_t i = 0; i < split->aggregate_count; i++) {
            if (weir_expression_equal(split->aggregates[i], expression))
                return weir_bound_column(arena, expression, split->grouping_count + i);
        }
    }
    for (uint32_t i = 0; i < split->grouping_count; i++) {
        const WeirExpression *key = split->grouping[i];
        bool same_id = key->kind == WEIR_EXPRESSION_ALIAS && expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
                       expression->id == key->id;
        if (same_id || (expression->kind != WEIR_EXPRESSION_ALIAS && weir_expression_equal(unnamed(key), expression)))
            return weir_bound_column(arena, expression, i);
    }
    if (expression->child_count == 0)
        return expression;
    WeirExpression *copy = weir_expression_copy(arena, expression);
    for (uint32_t i = 0; i < copy->child_count; i++)
        copy->children[i] = rewrite_result(split, copy->children[i]);
    return copy;
}

static bool is_unbound(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE || expression->kind == WEIR_EXPRESSION_AGGREGATE;
}

static WeirStatus plan_results(const AggregateSplit *split, const WeirLogicalPlan *logical, WeirPhysicalPlan *plan,
                               WeirError *error)
{
    plan->expression_count = logical->expression_count;
    plan->expressions = WEIR_ARENA_ARRAY(split->planner->arena, WeirExpression *, logical->expression_count + 1);
    for (uint32_t i = 0; i < logical->expression_count; i++) {
        plan->expressions[i] = rewrite_result(split, logical->expressions[i]);
        if (weir_expression_any(plan->expressions[i], is_unbound, NULL))
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                     "A column of an aggregate's result is neither grouped nor aggregated.");
    }
    return WEIR_OK;
}

/* Buffer columns have attributes in Spark's plans; here only EXPLAIN shows them. */
static void name_buffers(WeirPlanner *planner, WeirPhysicalPlan *plan)
{
    int64_t own_id = 0,
            *next_id = planner->options->next_expression_id == NULL ? &own_id : planner->options->next_expression_id;
    plan->buffer_attributes =
        WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, plan->aggregate_count * WEIR_AGGREGATE_BUFFERS_MAX + 1);
    for (uint32_t i = 0; i < plan->aggregate_count; i++) {
        WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX];
        uint32_t count = plan->aggregates[i]->aggregate->buffer(plan->aggregates[i], planner->arena, fields);
        for (uint32_t b = 0; b < count; b++)
            plan->buffer_attributes[plan->buffer_count++] = weir_expression_attribute(
                planner->arena, fields[b].name, fields[b].type, fields[b].nullable, (*next_id)++);
    }
}

static bool is_session_key(const WeirExpression *key)
{
    return weir_has_metadata(key, "spark.sessionWindow") ||
           (key->kind == WEIR_EXPRESSION_ALIAS && weir_has_metadata(key->children[0], "spark.sessionWindow"));
}

WeirStatus weir_plan_aggregate(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                               WeirError *error)
{
    bool streaming = planner->options->streaming && logical->children[0]->is_streaming;
    WeirPhysicalPlan *plan = weir_physical_new(
        planner, streaming ? WEIR_PHYSICAL_STREAMING_AGGREGATE : WEIR_PHYSICAL_HASH_AGGREGATE, logical, 1);
    WEIR_TRY(weir_plan_node(planner, logical->children[0], &plan->children[0], error));
    const WeirPhysicalPlan *child = plan->children[0];
    AggregateSplit split = {
        .planner = planner, .grouping = logical->grouping, .grouping_count = logical->grouping_count};
    for (uint32_t i = 0; i < logical->expression_count; i++)
        collect_aggregates(&split, logical->expressions[i]);
    plan->grouping_count = logical->grouping_count;
    WEIR_TRY(weir_bind_all(planner, logical->grouping, logical->grouping_count, child->output, child->output_count,
                           &plan->grouping, error));
    plan->aggregate_count = split.aggregate_count;
    WEIR_TRY(weir_bind_all(planner, split.aggregates, split.aggregate_count, child->output, child->output_count,
                           &plan->aggregates, error));
    plan->named_aggregates = split.aggregates;
    name_buffers(planner, plan);
    WEIR_TRY(plan_results(&split, logical, plan, error));
    plan->is_global = logical->grouping_count == 0;
    for (uint32_t i = 0; i < logical->grouping_count; i++) {
        if (is_session_key(logical->grouping[i]))
            plan->kind = WEIR_PHYSICAL_SESSION_AGGREGATE;
    }
    if (streaming)
        WEIR_TRY(weir_plan_stateful_aggregate(planner, logical, plan, error));
    *out = plan;
    return WEIR_OK;
}

/* DISTINCT: grouping by all columns, no functions. */
WeirStatus weir_plan_distinct(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                              WeirError *error)
{
    WeirLogicalPlan *aggregate = weir_logical_copy(planner->arena, logical);
    aggregate->kind = WEIR_LOGICAL_AGGREGATE;
    aggregate->grouping = aggregate->expressions = logical->children[0]->output;
    aggregate->grouping_count = aggregate->expression_count = logical->children[0]->output_count;
    return weir_plan_aggregate(planner, aggregate, plan, error);
}
