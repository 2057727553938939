/* Columns that a plan has but does not show: the other side's keys after JOIN USING, which `b.id` may still name
 * (Spark: metadata output), and the way to bring a column of a lower node up to the top. */
#include "analyzer/analyzer_private.h"

/* In `generator_output` of a PROJECT: it has no generator, and the field survives copies. */
void weir_plan_set_hidden(WeirAnalysis *analysis, WeirLogicalPlan *project, WeirExpression *const *hidden,
                          uint32_t count)
{
    project->generator_output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, count);
    if (count > 0)
        memcpy(project->generator_output, hidden, sizeof(*hidden) * count);
    project->generator_output_count = count;
}

void weir_plan_hidden(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirExpressionList *hidden)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
        for (uint32_t i = 0; i < plan->generator_output_count; i++)
            weir_list_append(analysis, hidden, plan->generator_output[i]);
        if (plan->generator_output_count == 0)
            weir_plan_hidden(analysis, plan->children[0], hidden);
        break;
    case WEIR_LOGICAL_FILTER:
    case WEIR_LOGICAL_SORT:
    case WEIR_LOGICAL_LIMIT:
    case WEIR_LOGICAL_OFFSET:
    case WEIR_LOGICAL_SAMPLE:
    case WEIR_LOGICAL_REPARTITION:
    case WEIR_LOGICAL_GENERATE:
        weir_plan_hidden(analysis, plan->children[0], hidden);
        break;
    case WEIR_LOGICAL_JOIN:
        weir_plan_hidden(analysis, plan->children[0], hidden);
        if (plan->join_type != WEIR_JOIN_LEFT_SEMI && plan->join_type != WEIR_JOIN_LEFT_ANTI)
            weir_plan_hidden(analysis, plan->children[1], hidden);
        break;
    default:
        break;
    }
}

static WeirLogicalPlan *extend_project(WeirAnalysis *analysis, WeirLogicalPlan *plan, const WeirExpression *attribute)
{
    WeirLogicalPlan *child = weir_plan_add_attribute(analysis, plan->children[0], attribute);
    if (child == NULL)
        return NULL;
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_list_append(analysis, &list, plan->expressions[i]);
    WeirExpression *found = weir_find_by_id(child->output, child->output_count, attribute->id);
    weir_list_append(analysis, &list, found);
    WeirLogicalPlan *extended = weir_plan_project(analysis, list.items, list.count, child);
    weir_plan_set_hidden(analysis, extended, plan->generator_output, plan->generator_output_count);
    return extended;
}

/* An aggregate can give what it groups by. */
static WeirLogicalPlan *extend_aggregate(WeirAnalysis *analysis, WeirLogicalPlan *plan, const WeirExpression *attribute)
{
    WeirExpression *key = weir_find_by_id(plan->grouping, plan->grouping_count, attribute->id);
    if (key == NULL || key->kind != WEIR_EXPRESSION_ATTRIBUTE || plan->grouping_analytics != NULL)
        return NULL;
    WeirLogicalPlan *extended = weir_logical_copy(analysis->arena, plan);
    extended->expressions = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, plan->expression_count + 1);
    memcpy(extended->expressions, plan->expressions, sizeof(*plan->expressions) * plan->expression_count);
    extended->expressions[extended->expression_count++] = key;
    return weir_plan_finish(analysis, extended);
}

WeirLogicalPlan *weir_plan_add_attribute(WeirAnalysis *analysis, WeirLogicalPlan *plan, const WeirExpression *attribute)
{
    if (weir_find_by_id(plan->output, plan->output_count, attribute->id) != NULL)
        return plan;
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
        return extend_project(analysis, plan, attribute);
    case WEIR_LOGICAL_FILTER:
    case WEIR_LOGICAL_SORT:
    case WEIR_LOGICAL_LIMIT:
    case WEIR_LOGICAL_OFFSET:
    case WEIR_LOGICAL_SAMPLE:
    case WEIR_LOGICAL_REPARTITION:
    case WEIR_LOGICAL_GENERATE:
    case WEIR_LOGICAL_WINDOW:
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK: {
        WeirLogicalPlan *child = weir_plan_add_attribute(analysis, plan->children[0], attribute);
        return child == NULL ? NULL : weir_plan_with_children(analysis, plan, child, NULL);
    }
    case WEIR_LOGICAL_AGGREGATE:
        return extend_aggregate(analysis, plan, attribute);
    case WEIR_LOGICAL_JOIN:
        for (uint32_t side = 0; side < 2; side++) {
            WeirLogicalPlan *sides[2] = {plan->children[0], plan->children[1]};
            if (side == 1 && (plan->join_type == WEIR_JOIN_LEFT_SEMI || plan->join_type == WEIR_JOIN_LEFT_ANTI))
                break;
            sides[side] = weir_plan_add_attribute(analysis, sides[side], attribute);
            if (sides[side] != NULL)
                return weir_plan_with_children(analysis, plan, sides[0], sides[1]);
        }
        return NULL;
    default:
        return NULL;
    }
}

typedef struct Expose {
    WeirAnalysis *analysis;
    WeirLogicalPlan *plan;
    WeirExpressionList hidden;
} Expose;

static bool expose_attribute(void *context, const WeirExpression *expression)
{
    Expose *expose = context;
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
        weir_find_by_id(expose->plan->output, expose->plan->output_count, expression->id) == NULL &&
        weir_find_by_id(expose->hidden.items, expose->hidden.count, expression->id) != NULL) {
        WeirLogicalPlan *extended = weir_plan_add_attribute(expose->analysis, expose->plan, expression);
        if (extended != NULL)
            expose->plan = extended;
    }
    return false;
}

WeirLogicalPlan *weir_plan_expose(WeirAnalysis *analysis, WeirLogicalPlan *plan, WeirExpression *const *expressions,
                                  uint32_t count)
{
    Expose expose = {.analysis = analysis, .plan = plan};
    weir_plan_hidden(analysis, plan, &expose.hidden);
    for (uint32_t i = 0; i < count && expose.hidden.count > 0; i++)
        weir_expression_any(expressions[i], expose_attribute, &expose);
    return expose.plan;
}
