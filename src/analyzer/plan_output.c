/* What columns each resolved node gives, with their nullability and metadata; constructors of common nodes. */
#include "analyzer/analyzer_private.h"
#include "common/json.h"

#define WATERMARK_KEY "spark.watermarkDelayMs"

static void copy_output(WeirAnalysis *analysis, WeirLogicalPlan *plan, const WeirLogicalPlan *from)
{
    (void)analysis;
    plan->output = from->output;
    plan->output_count = from->output_count;
}

static WeirExpression *with_nullable(WeirAnalysis *analysis, WeirExpression *attribute, bool nullable)
{
    if (attribute->nullable == nullable)
        return attribute;
    WeirExpression *copy = weir_expression_copy(analysis->arena, attribute);
    copy->nullable = nullable;
    return copy;
}

static void append_output(WeirAnalysis *analysis, WeirLogicalPlan *plan, const WeirLogicalPlan *from, bool nullable)
{
    for (uint32_t i = 0; i < from->output_count; i++)
        plan->output[plan->output_count++] =
            nullable ? with_nullable(analysis, from->output[i], true) : from->output[i];
}

static void named_output(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, plan->expression_count);
    plan->output_count = plan->expression_count;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        plan->output[i] = weir_expression_to_attribute(analysis->arena, plan->expressions[i]);
}

static void join_output(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *left = plan->children[0], *right = plan->children[1];
    WeirJoinType type = plan->join_type;
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, left->output_count + right->output_count + 1);
    plan->output_count = 0;
    append_output(analysis, plan, left, type == WEIR_JOIN_RIGHT_OUTER || type == WEIR_JOIN_FULL_OUTER);
    if (type == WEIR_JOIN_EXISTENCE)
        plan->output[plan->output_count++] = plan->expressions[0];
    else if (type != WEIR_JOIN_LEFT_SEMI && type != WEIR_JOIN_LEFT_ANTI)
        append_output(analysis, plan, right, type == WEIR_JOIN_LEFT_OUTER || type == WEIR_JOIN_FULL_OUTER);
}

/* The first child's columns; nullable where any child's is. The types agree already. */
static void union_output(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *first = plan->children[0];
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, first->output_count);
    plan->output_count = first->output_count;
    bool intersect = plan->kind == WEIR_LOGICAL_SET_OPERATION && plan->set_operation == WEIR_SET_INTERSECT;
    for (uint32_t i = 0; i < first->output_count; i++) {
        bool nullable = first->output[i]->nullable;
        for (uint32_t c = 1; c < plan->child_count && i < plan->children[c]->output_count; c++) {
            bool other = plan->children[c]->output[i]->nullable;
            nullable = intersect ? nullable && other : nullable || other;
        }
        plan->output[i] = with_nullable(analysis, first->output[i], nullable);
    }
}

static void alias_output(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *child = plan->children[0];
    const char **qualifier = WEIR_ARENA_ARRAY(analysis->arena, const char *, 1);
    qualifier[0] = plan->name;
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, child->output_count);
    plan->output_count = child->output_count;
    for (uint32_t i = 0; i < child->output_count; i++) {
        plan->output[i] = weir_expression_copy(analysis->arena, child->output[i]);
        plan->output[i]->parts = qualifier;
        plan->output[i]->part_count = 1;
    }
}

static void appended_output(WeirAnalysis *analysis, WeirLogicalPlan *plan, WeirExpression *const *more, uint32_t count)
{
    const WeirLogicalPlan *child = plan->children[0];
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, child->output_count + count);
    plan->output_count = 0;
    append_output(analysis, plan, child, false);
    for (uint32_t i = 0; i < count; i++)
        plan->output[plan->output_count++] = weir_expression_to_attribute(analysis->arena, more[i]);
}

/* `metadata` without the watermark key, or with it set to `delay_ms` (>= 0). NULL when nothing is left. */
static const char *watermark_metadata(WeirAnalysis *analysis, const char *metadata, int64_t delay_ms)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    WeirJsonWriter writer;
    weir_json_writer_init(&writer, &buffer);
    weir_json_begin_object(&writer, NULL);
    WeirJson *json = NULL;
    bool any = delay_ms >= 0;
    if (metadata != NULL && weir_json_parse(metadata, strlen(metadata), analysis->arena, &json, NULL) == WEIR_OK)
        for (const WeirJson *member = json->first; member != NULL; member = member->next) {
            if (strcmp(member->key, WATERMARK_KEY) == 0)
                continue;
            weir_json_add_raw(&writer, member->key,
                              weir_arena_strndup(analysis->arena, member->source, member->source_length));
            any = true;
        }
    if (delay_ms >= 0)
        weir_json_add_int(&writer, WATERMARK_KEY, delay_ms);
    weir_json_end_object(&writer);
    const char *text = any ? weir_arena_strdup(analysis->arena, weir_buffer_text(&buffer)) : NULL;
    weir_buffer_deinit(&buffer);
    return text;
}

/* Spark counts a month as 31 days here. */
static int64_t delay_millis(const WeirCalendarInterval *delay)
{
    return delay->microseconds / 1000 + ((int64_t)delay->days + (int64_t)delay->months * 31) * 86400000;
}

static void watermark_output(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    const WeirLogicalPlan *child = plan->children[0];
    plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, child->output_count);
    plan->output_count = child->output_count;
    for (uint32_t i = 0; i < child->output_count; i++) {
        WeirExpression *attribute = child->output[i];
        bool is_event_time = attribute->id == plan->condition->id;
        if (is_event_time || (attribute->metadata != NULL && strstr(attribute->metadata, WATERMARK_KEY) != NULL)) {
            attribute = weir_expression_copy(analysis->arena, attribute);
            attribute->metadata =
                watermark_metadata(analysis, attribute->metadata, is_event_time ? delay_millis(&plan->delay) : -1);
        }
        plan->output[i] = attribute;
    }
}

WeirLogicalPlan *weir_plan_finish(WeirAnalysis *analysis, WeirLogicalPlan *plan)
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
        named_output(analysis, plan);
        break;
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
        alias_output(analysis, plan);
        break;
    case WEIR_LOGICAL_JOIN:
        join_output(analysis, plan);
        break;
    case WEIR_LOGICAL_UNION:
    case WEIR_LOGICAL_SET_OPERATION:
        union_output(analysis, plan);
        break;
    case WEIR_LOGICAL_WINDOW:
        appended_output(analysis, plan, plan->expressions, plan->expression_count);
        break;
    case WEIR_LOGICAL_GENERATE:
        appended_output(analysis, plan, plan->generator_output, plan->generator_output_count);
        break;
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        watermark_output(analysis, plan);
        break;
    case WEIR_LOGICAL_EXPAND: /* set by who made it */
        break;
    default:
        if (plan->child_count == 1)
            copy_output(analysis, plan, plan->children[0]);
        break;
    }
    return plan;
}

WeirLogicalPlan *weir_plan_project(WeirAnalysis *analysis, WeirExpression *const *expressions, uint32_t count,
                                   WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_unary(analysis->arena, WEIR_LOGICAL_PROJECT, child);
    plan->expressions = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, count);
    if (count > 0)
        memcpy(plan->expressions, expressions, sizeof(*expressions) * count);
    plan->expression_count = count;
    return weir_plan_finish(analysis, plan);
}

WeirLogicalPlan *weir_plan_filter(WeirAnalysis *analysis, WeirExpression *condition, WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_unary(analysis->arena, WEIR_LOGICAL_FILTER, child);
    plan->condition = condition;
    return weir_plan_finish(analysis, plan);
}

WeirLogicalPlan *weir_plan_with_children(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirLogicalPlan *left,
                                         WeirLogicalPlan *right)
{
    WeirLogicalPlan *copy = weir_logical_copy(analysis->arena, plan);
    copy->child_count = right == NULL ? 1 : 2;
    copy->children = WEIR_ARENA_ARRAY(analysis->arena, WeirLogicalPlan *, 2);
    copy->children[0] = left;
    copy->children[1] = right;
    return weir_plan_finish(analysis, copy);
}

WeirLogicalPlan *weir_plan_alias(WeirAnalysis *analysis, const char *name, WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_unary(analysis->arena, WEIR_LOGICAL_SUBQUERY_ALIAS, child);
    plan->name = name;
    return weir_plan_finish(analysis, plan);
}
