/* What the state of each stateful operator is: names, schemas and event time as Spark writes them to the checkpoint
 * (streaming semantics §2.5, §4.3). */
#include <stdlib.h>

#include "physical/planner_private.h"

#define DELAY_KEY "spark.watermarkDelayMs"

bool weir_has_metadata(const WeirExpression *expression, const char *key)
{
    return expression->metadata != NULL && strstr(expression->metadata, key) != NULL;
}

void weir_mark_sampled(WeirPhysicalPlan *plan, bool sampled)
{
    if (plan->stateful != NULL)
        plan->stateful->runs_twice = sampled;
    for (uint32_t i = 0; i < plan->child_count; i++)
        weir_mark_sampled(plan->children[i], sampled);
}

WeirStatus weir_find_event_time(WeirExpression *const *columns, uint32_t count, int32_t *ordinal, WeirError *error)
{
    *ordinal = -1;
    for (uint32_t i = 0; i < count; i++) {
        if (!weir_has_metadata(columns[i], DELAY_KEY))
            continue;
        if (*ordinal >= 0 && columns[*ordinal]->id != columns[i]->id)
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3077,
                                     "A stream can have one event time column, but here are several: %s#%lld, %s#%lld.",
                                     columns[*ordinal]->name, (long long)columns[*ordinal]->id, columns[i]->name,
                                     (long long)columns[i]->id);
        if (*ordinal < 0)
            *ordinal = (int32_t)i;
    }
    return WEIR_OK;
}

const WeirSchema *weir_schema_of(WeirExpression *const *expressions, uint32_t count, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const WeirExpression *expression = expressions[i];
        WeirBuffer sql;
        const char *name = expression->name;
        if (name == NULL) {
            weir_buffer_init(&sql, 0, NULL);
            weir_expression_sql(expression, &sql);
            name = weir_arena_strdup(arena, weir_buffer_text(&sql));
            weir_buffer_deinit(&sql);
        }
        fields[i] = (WeirField){.name = name,
                                .type = expression->type,
                                .nullable = expression->nullable,
                                .metadata = expression->metadata == NULL ? "{}" : expression->metadata};
    }
    return weir_type_struct(arena, fields, count);
}

WeirStatefulInfo *weir_stateful_new(WeirPlanner *planner, const char *name, const WeirSchema *key,
                                    const WeirSchema *value)
{
    WeirStatefulInfo *info = WEIR_ARENA_NEW(planner->arena, WeirStatefulInfo);
    info->operator_name = info->short_name = name;
    info->key_schema = key;
    info->value_schema = value;
    info->partition_count = info->metadata_partition_count = planner->options->shuffle_partitions;
    info->output_mode = planner->options->output_mode == NULL ? "append" : planner->options->output_mode;
    info->event_time = WEIR_PHYSICAL_EVENT_TIME_NONE;
    info->event_time_column = -1;
    info->store_count = 1;
    info->stores[0] =
        (WeirStatefulStore){.name = "default", .key_schema = key, .value_schema = value, .event_time_column = -1};
    return info;
}

static void set_key_event_time(WeirStatefulInfo *info, const WeirDataType *type, int32_t column)
{
    info->event_time =
        type->id == WEIR_TYPE_STRUCT ? WEIR_PHYSICAL_EVENT_TIME_WINDOW_END : WEIR_PHYSICAL_EVENT_TIME_SLOT;
    info->event_time_column = column;
    info->stores[0].event_time = info->event_time;
    info->stores[0].event_time_column = column;
}

/* Sessions: (keys, start) → the whole row of the aggregate, as in Spark's format 1. */
static WeirStatus plan_session_state(WeirPlanner *planner, WeirExpression *const *keys, uint32_t count,
                                     WeirPhysicalPlan *plan, const WeirSchema *buffers, WeirError *error)
{
    WeirField *key = WEIR_ARENA_ARRAY(planner->arena, WeirField, count + 1);
    WeirField *value = WEIR_ARENA_ARRAY(planner->arena, WeirField, count + buffers->field_count + 1);
    const WeirSchema *columns = weir_schema_of(keys, count, planner->arena);
    uint32_t key_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        value[i] = columns->fields[i];
        if (!weir_has_metadata(keys[i], "spark.sessionWindow"))
            key[key_count++] = columns->fields[i];
    }
    if (key_count == 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3068,
                                 "Global aggregation with session window in streaming query is not supported.");
    for (uint32_t i = 0; i < buffers->field_count; i++)
        value[count + i] = buffers->fields[i];
    key[key_count] =
        (WeirField){.name = "sessionStartTime", .type = &weir_type_timestamp, .nullable = false, .metadata = "{}"};
    WeirStatefulInfo *info = weir_stateful_new(planner, "sessionWindowStateStoreSaveExec",
                                               weir_type_struct(planner->arena, key, key_count + 1),
                                               weir_type_struct(planner->arena, value, count + buffers->field_count));
    info->stores[0].prefix_columns = (int32_t)key_count;
    bool complete = strcmp(info->output_mode, "complete") == 0;
    for (uint32_t i = 0; i < count; i++)
        info->filters_late_rows |= weir_has_metadata(keys[i], DELAY_KEY) && !complete;
    info->asks_for_no_data_batch = !complete;
    info->hides_instances = complete;
    plan->stateful = info;
    return WEIR_OK;
}

/* Format 1 of aggregations: keys ++ buffers. */
static const WeirSchema *old_value_schema(const WeirSchema *key, const WeirSchema *value, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, key->field_count + value->field_count + 1);
    memcpy(fields, key->fields, sizeof(WeirField) * key->field_count);
    memcpy(fields + key->field_count, value->fields, sizeof(WeirField) * value->field_count);
    return weir_type_struct(arena, fields, key->field_count + value->field_count);
}

WeirStatus weir_plan_stateful_aggregate(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan *plan,
                                        WeirError *error)
{
    WeirExpression **keys = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, logical->grouping_count + 1);
    for (uint32_t i = 0; i < logical->grouping_count; i++) {
        WeirExpression *key = logical->grouping[i];
        bool named = key->kind == WEIR_EXPRESSION_ALIAS || key->kind == WEIR_EXPRESSION_ATTRIBUTE;
        keys[i] = named ? weir_expression_to_attribute(planner->arena, key)
                        : weir_expression_attribute(planner->arena, "_groupingexpression", key->type, key->nullable,
                                                    -1); /* Spark's name */
    }
    WeirAggregateSlots *slots = WEIR_ARENA_ARRAY(planner->arena, WeirAggregateSlots, plan->aggregate_count + 1);
    bool fixed = false;
    const WeirSchema *value =
        weir_aggregate_buffer_schema(plan->aggregates, plan->aggregate_count, planner->arena, slots, &fixed);
    if (plan->kind == WEIR_PHYSICAL_SESSION_AGGREGATE)
        return plan_session_state(planner, keys, logical->grouping_count, plan, value, error);
    const WeirSchema *key = weir_schema_of(keys, logical->grouping_count, planner->arena);
    bool old = planner->options->aggregation_state_format == 1;
    WeirStatefulInfo *info =
        weir_stateful_new(planner, "stateStoreSave", key, old ? old_value_schema(key, value, planner->arena) : value);
    info->is_old_format = old;
    bool complete = strcmp(info->output_mode, "complete") == 0;
    if (logical->grouping_count == 0)
        info->partition_count = 1;
    int32_t column = -1;
    WEIR_TRY(weir_find_event_time(keys, logical->grouping_count, &column, error));
    if (column >= 0)
        set_key_event_time(info, keys[column]->type, column);
    info->filters_late_rows = column >= 0 && !complete;
    info->asks_for_no_data_batch = !complete;
    plan->stateful = info;
    return WEIR_OK;
}

/* ---- deduplication ---- */

static int64_t delay_of(const WeirExpression *column)
{
    const char *at = strstr(column->metadata, DELAY_KEY);
    at = at == NULL ? NULL : strchr(at, ':');
    return at == NULL ? 0 : strtoll(at + 1, NULL, 10) * 1000;
}

static WeirStatus plan_stateful_deduplicate(WeirPlanner *planner, const WeirLogicalPlan *logical,
                                            WeirPhysicalPlan *plan, WeirError *error)
{
    const WeirPhysicalPlan *child = plan->children[0];
    WeirField field = {.name = "__dummy__", .type = &weir_type_void, .nullable = true, .metadata = "{}"};
    if (logical->within_watermark)
        field = (WeirField){.name = "expiresAtMicros", .type = &weir_type_long, .nullable = false, .metadata = "{}"};
    const WeirSchema *key = weir_schema_of(logical->expressions, logical->expression_count, planner->arena);
    WeirStatefulInfo *info = weir_stateful_new(planner, logical->within_watermark ? "dedupeWithinWatermark" : "dedupe",
                                               key, weir_type_struct(planner->arena, &field, 1));
    plan->stateful = info;
    info->asks_for_no_data_batch = true;
    WEIR_TRY(weir_find_event_time(child->output, child->output_count, &plan->event_time_ordinal, error));
    info->filters_late_rows = plan->event_time_ordinal >= 0;
    if (logical->within_watermark) {
        if (plan->event_time_ordinal < 0)
            return weir_error_format(
                error, WEIR_ERROR_INTERNAL_ERROR,
                "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark");
        plan->delay_micros = delay_of(child->output[plan->event_time_ordinal]);
        info->stores[0].event_time = info->event_time = WEIR_PHYSICAL_EVENT_TIME_VALUE_SLOT;
        info->stores[0].event_time_column = info->event_time_column = 0;
        return WEIR_OK;
    }
    int32_t column = -1;
    WEIR_TRY(weir_find_event_time(logical->expressions, logical->expression_count, &column, error));
    if (column >= 0)
        set_key_event_time(info, logical->expressions[column]->type, column);
    return WEIR_OK;
}

WeirStatus weir_plan_deduplicate(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                                 WeirError *error)
{
    WeirPhysicalPlan *plan = weir_physical_new(planner, WEIR_PHYSICAL_DEDUPLICATE, logical, 1);
    WEIR_TRY(weir_plan_node(planner, logical->children[0], &plan->children[0], error));
    const WeirPhysicalPlan *child = plan->children[0];
    plan->within_watermark = logical->within_watermark;
    plan->grouping_count = logical->expression_count;
    WEIR_TRY(weir_bind_all(planner, logical->expressions, logical->expression_count, child->output, child->output_count,
                           &plan->grouping, error));
    if (planner->options->streaming && logical->children[0]->is_streaming)
        WEIR_TRY(plan_stateful_deduplicate(planner, logical, plan, error));
    *out = plan;
    return WEIR_OK;
}

/* ---- limit ---- */

static bool is_streaming_aggregate(void *context, const WeirLogicalPlan *plan)
{
    (void)context;
    return plan->kind == WEIR_LOGICAL_AGGREGATE && plan->is_streaming;
}

/* Spark's generatesStreamingAppends: the rows below are appended for good, so the count of those let through is state.
 */
static bool generates_appends(const WeirPlanner *planner, const WeirLogicalPlan *child)
{
    if (!planner->options->streaming || !child->is_streaming)
        return false;
    const char *mode = planner->options->output_mode;
    return mode == NULL || strcmp(mode, "append") == 0 || !weir_logical_any(child, is_streaming_aggregate, NULL);
}

static void make_stream_limit(WeirPlanner *planner, WeirPhysicalPlan *plan)
{
    const WeirField key = {.name = "key", .type = &weir_type_void, .nullable = true, .metadata = "{}"};
    const WeirField value = {.name = "value", .type = &weir_type_long, .nullable = true, .metadata = "{}"};
    plan->kind = WEIR_PHYSICAL_STREAM_LIMIT;
    plan->stateful = weir_stateful_new(planner, "globalLimit", weir_type_struct(planner->arena, &key, 1),
                                       weir_type_struct(planner->arena, &value, 1));
    plan->stateful->partition_count = 1;
}

static WeirStatus row_limit(WeirPlanner *planner, const WeirLogicalPlan *logical, int64_t *rows, WeirError *error)
{
    WeirValue *value = NULL;
    WEIR_TRY(weir_expression_evaluate(logical->condition, planner->options->context, planner->arena, &value, error));
    if (weir_value_is_null(value) || weir_value_get_int(value) < 0)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                 "The limit expression must be equal to or greater than 0.");
    *rows = weir_value_get_int(value);
    return WEIR_OK;
}

/* The scan of a task may stop after the limit: Spark's LocalLimit stops it there, which its count of input rows shows.
 */
static void limit_scan(const WeirPhysicalPlan *limit)
{
    WeirPhysicalPlan *plan = limit->children[0];
    while (plan->kind == WEIR_PHYSICAL_PROJECT)
        plan = plan->children[0];
    if (plan->kind == WEIR_PHYSICAL_STREAM_SCAN)
        plan->limit = limit->limit;
}

WeirStatus weir_plan_limit(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                           WeirError *error)
{
    WeirPhysicalPlan *plan = weir_physical_new(planner, WEIR_PHYSICAL_LIMIT, logical, 1);
    const WeirLogicalPlan *child = logical->children[0];
    WEIR_TRY(row_limit(planner, logical, logical->kind == WEIR_LOGICAL_LIMIT ? &plan->limit : &plan->offset, error));
    if (logical->kind == WEIR_LOGICAL_LIMIT && child->kind == WEIR_LOGICAL_OFFSET) {
        WEIR_TRY(row_limit(planner, child, &plan->offset, error));
        child = child->children[0];
    }
    if (logical->kind == WEIR_LOGICAL_LIMIT && generates_appends(planner, child))
        make_stream_limit(planner, plan);
    *out = plan;
    WEIR_TRY(weir_plan_node(planner, child, &plan->children[0], error));
    if (plan->kind == WEIR_PHYSICAL_STREAM_LIMIT)
        limit_scan(plan);
    if (plan->children[0]->kind ==
        WEIR_PHYSICAL_SORT) /* limit and sort together are Spark's TakeOrderedAndProject, which samples nothing */
        weir_mark_sampled(plan->children[0], false);
    return WEIR_OK;
}
