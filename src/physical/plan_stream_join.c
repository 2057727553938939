/* Stream-stream joins: four stores, and the state watermarks that say when a stored row can match no more. They come
 * from an event-time column among the join keys or from range conditions between the two sides' event times (Spark's
 * StreamingJoinHelper). */
#include "physical/planner_private.h"

/* ---- range conditions: sums of event-time columns and constants ---- */

typedef struct LinearTime {
    int side; /* -1: constant; 0, 1: that side's event time once */
    int64_t micros;
} LinearTime;

static int64_t literal_micros(const WeirExpression *literal, bool *known)
{
    *known = literal->value != NULL && !weir_value_is_null(literal->value);
    if (!*known)
        return 0;
    if (literal->type->id == WEIR_TYPE_DAY_TIME_INTERVAL)
        return weir_value_get_int(literal->value);
    if (literal->type->id == WEIR_TYPE_CALENDAR_INTERVAL) {
        WeirCalendarInterval interval;
        memcpy(&interval, literal->value->values, sizeof(interval));
        *known = interval.months == 0;
        return interval.microseconds + (int64_t)interval.days * 86400000000;
    }
    *known = false;
    return 0;
}

static bool linear_time(const WeirPhysicalPlan *plan, const WeirExpression *expression, LinearTime *out)
{
    bool known = false;
    *out = (LinearTime){.side = -1};
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE) {
        for (int side = 0; side < 2; side++) {
            const WeirPhysicalPlan *child = plan->children[side];
            if (plan->side_event_time[side] >= 0 && child->output[plan->side_event_time[side]]->id == expression->id) {
                out->side = side;
                return true;
            }
        }
        return false;
    }
    if (expression->kind == WEIR_EXPRESSION_LITERAL) {
        out->micros = literal_micros(expression, &known);
        return known;
    }
    if (expression->kind == WEIR_EXPRESSION_CAST)
        return weir_type_equal(expression->type, expression->children[0]->type) &&
               linear_time(plan, expression->children[0], out);
    if (expression->kind != WEIR_EXPRESSION_CALL || expression->function == NULL || expression->child_count != 2)
        return false;
    const char *name = expression->function->name;
    bool minus = strcmp(name, "-") == 0 || strcmp(name, "timestamp_add_interval_minus") == 0;
    bool plus = strcmp(name, "+") == 0 || strcmp(name, "timestamp_add_interval") == 0;
    LinearTime left, right;
    if ((!minus && !plus) || !linear_time(plan, expression->children[0], &left) ||
        !linear_time(plan, expression->children[1], &right) || (right.side >= 0 && (minus || left.side >= 0)))
        return false;
    out->side = left.side >= 0 ? left.side : right.side;
    out->micros = left.micros + (minus ? -right.micros : right.micros);
    return true;
}

/* `low` < `high` (or <=) bounds the event time of `high`'s side from below: its rows at or before other's watermark +
 * shift match no more. */
static void add_bound(const WeirPhysicalPlan *plan, const LinearTime *low, const LinearTime *high, bool inclusive,
                      bool *found, int64_t *shifts)
{
    (void)plan;
    if (low->side < 0 || high->side < 0 || low->side == high->side)
        return;
    int64_t micros = low->micros - high->micros;
    int64_t ms = micros / 1000 - (micros % 1000 < 0) - inclusive;
    if (!found[high->side] || ms > shifts[high->side])
        shifts[high->side] = ms;
    found[high->side] = true;
}

static void find_value_watermarks(WeirPhysicalPlan *plan, WeirExpression *const *conjuncts, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const WeirExpression *conjunct = conjuncts[i];
        LinearTime left, right;
        if (conjunct->kind != WEIR_EXPRESSION_CALL || conjunct->function == NULL || conjunct->child_count != 2)
            continue;
        const char *name = conjunct->function->name;
        bool less = name[0] == '<', more = name[0] == '>', inclusive = name[1] == '=';
        if ((!less && !more) || strcmp(name, "<=>") == 0 || !linear_time(plan, conjunct->children[0], &left) ||
            !linear_time(plan, conjunct->children[1], &right))
            continue;
        add_bound(plan, less ? &left : &right, less ? &right : &left, inclusive, plan->side_has_value_watermark,
                  plan->side_watermark_shift_ms);
    }
}

/* ---- state ---- */

static const WeirSchema *with_column(const WeirSchema *schema, const char *name, const WeirDataType *type,
                                     bool nullable, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, schema->field_count + 1);
    for (uint32_t i = 0; i < schema->field_count; i++)
        fields[i] = schema->fields[i];
    fields[schema->field_count] = (WeirField){.name = name, .type = type, .nullable = nullable, .metadata = "{}"};
    return weir_type_struct(arena, fields, schema->field_count + 1);
}

static const WeirSchema *key_schema(WeirExpression *const *keys, uint32_t count, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, count + 1);
    for (uint32_t i = 0; i < count; i++)
        fields[i] = (WeirField){.name = weir_arena_printf(arena, "field%u", i),
                                .type = keys[i]->type,
                                .nullable = keys[i]->nullable,
                                .metadata = "{}"};
    return weir_type_struct(arena, fields, count);
}

static void make_stores(WeirPlanner *planner, WeirPhysicalPlan *plan)
{
    static const char *const names[4] = {"left-keyToNumValues", "left-keyWithIndexToValue", "right-keyToNumValues",
                                         "right-keyWithIndexToValue"};
    WeirArena *arena = planner->arena;
    const WeirField count = {.name = "value", .type = &weir_type_long, .nullable = true, .metadata = "{}"};
    const WeirSchema *count_schema = weir_type_struct(arena, &count, 1);
    WeirStatefulInfo *info = plan->stateful;
    info->store_count = 4;
    for (uint32_t side = 0; side < 2; side++) {
        const WeirPhysicalPlan *child = plan->children[side];
        const WeirSchema *key = key_schema(side == 0 ? plan->grouping : plan->other_keys, plan->grouping_count, arena);
        const WeirSchema *row = weir_schema_of(child->output, child->output_count, arena);
        WeirStatefulStore *counts = &info->stores[side * 2], *rows = counts + 1;
        *counts = (WeirStatefulStore){
            .name = names[side * 2], .key_schema = key, .value_schema = count_schema, .event_time_column = -1};
        *rows = (WeirStatefulStore){.name = names[side * 2 + 1],
                                    .key_schema = with_column(key, "index", &weir_type_long, true, arena),
                                    .value_schema = with_column(row, "matched", &weir_type_boolean, true, arena),
                                    .event_time_column = -1};
        if (plan->key_event_time >= 0) {
            bool window = key->fields[plan->key_event_time].type->id == WEIR_TYPE_STRUCT;
            counts->event_time = rows->event_time =
                window ? WEIR_PHYSICAL_EVENT_TIME_WINDOW_END : WEIR_PHYSICAL_EVENT_TIME_SLOT;
            counts->event_time_column = rows->event_time_column = plan->key_event_time;
        } else if (plan->side_has_value_watermark[side] &&
                   row->fields[plan->side_event_time[side]].type->id == WEIR_TYPE_TIMESTAMP) {
            rows->event_time = WEIR_PHYSICAL_EVENT_TIME_VALUE_SLOT;
            rows->event_time_column = plan->side_event_time[side];
        }
    }
    info->key_schema = info->stores[0].key_schema;
    info->value_schema = info->stores[0].value_schema;
}

/* ---- the node ---- */

static WeirStatus split_condition(WeirPlanner *planner, WeirPhysicalPlan *plan, WeirExpression *rest, WeirError *error)
{
    const WeirPhysicalPlan *left = plan->children[0], *right = plan->children[1];
    WeirExpression **conjuncts = NULL;
    uint32_t count = weir_physical_conjuncts(rest, planner->arena, &conjuncts), kept[3] = {0};
    WeirExpression **parts[3];
    for (int i = 0; i < 3; i++)
        parts[i] = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, count + 1);
    find_value_watermarks(plan, conjuncts, count);
    for (uint32_t i = 0; i < count; i++) {
        int part = weir_is_of_side(conjuncts[i], left) ? 0 : weir_is_of_side(conjuncts[i], right) ? 1 : 2;
        parts[part][kept[part]++] = conjuncts[i];
    }
    for (uint32_t side = 0; side < 2; side++) {
        WeirExpression *filter = weir_physical_conjunction(planner, parts[side], kept[side], rest);
        const WeirPhysicalPlan *child = plan->children[side];
        if (filter != NULL)
            WEIR_TRY(weir_bind(planner, filter, child->output, child->output_count, &plan->side_filters[side], error));
    }
    plan->condition = NULL;
    WeirExpression *both = weir_physical_conjunction(planner, parts[2], kept[2], rest);
    if (both == NULL)
        return WEIR_OK;
    WeirExpression **columns =
        WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, left->output_count + right->output_count + 1);
    memcpy(columns, left->output, sizeof(WeirExpression *) * left->output_count);
    memcpy(columns + left->output_count, right->output, sizeof(WeirExpression *) * right->output_count);
    return weir_bind(planner, both, columns, left->output_count + right->output_count, &plan->condition, error);
}

WeirStatus weir_plan_stream_join(WeirPlanner *planner, WeirPhysicalPlan *plan, WeirExpression *rest, WeirError *error)
{
    if (plan->grouping_count == 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1181,
                                 "Stream-stream join without equality predicate is not supported.");
    plan->kind = WEIR_PHYSICAL_STREAM_JOIN;
    plan->key_event_time = -1;
    for (uint32_t side = 0; side < 2; side++)
        WEIR_TRY(weir_find_event_time(plan->children[side]->output, plan->children[side]->output_count,
                                      &plan->side_event_time[side], error));
    for (uint32_t i = 0; i < plan->grouping_count && plan->key_event_time < 0; i++) {
        if (weir_has_metadata(plan->grouping[i], "spark.watermarkDelayMs") ||
            weir_has_metadata(plan->other_keys[i], "spark.watermarkDelayMs"))
            plan->key_event_time = (int32_t)i;
    }
    for (uint32_t side = 0; side < 2 && plan->key_event_time >= 0;
         side++) { /* the key is the side's event time where its columns don't say so */
        const WeirExpression *key = (side == 0 ? plan->grouping : plan->other_keys)[plan->key_event_time];
        if (plan->side_event_time[side] < 0 && key->kind == WEIR_EXPRESSION_BOUND_REFERENCE &&
            weir_has_metadata(key, "spark.watermarkDelayMs"))
            plan->side_event_time[side] = (int32_t)key->ordinal;
    }
    WEIR_TRY(split_condition(planner, plan, rest, error));
    plan->stateful = weir_stateful_new(planner, "symmetricHashJoin", NULL, NULL);
    make_stores(planner, plan);
    bool evicts = plan->key_event_time >= 0 || plan->side_has_value_watermark[0] || plan->side_has_value_watermark[1];
    plan->stateful->asks_for_no_data_batch = evicts;
    plan->stateful->filters_late_rows = plan->side_event_time[0] >= 0 || plan->side_event_time[1] >= 0;
    for (uint32_t side = 0; side < 2 && plan->key_event_time < 0; side++) {
        int64_t older_ms = plan->side_has_value_watermark[side] ? -plan->side_watermark_shift_ms[side] : 0;
        if (older_ms * 1000 > plan->delay_micros)
            plan->delay_micros = older_ms * 1000;
    }
    return WEIR_OK;
}
