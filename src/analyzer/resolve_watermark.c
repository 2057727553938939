/* WATERMARK column DELAY OF interval: marks the event-time column; an expression is first computed in a Project. */
#include "analyzer/analyzer_private.h"

static const char *new_uuid(WeirAnalysis *analysis)
{
    uint64_t bits[2] = {(uint64_t)weir_next_id(analysis) * 0x9e3779b97f4a7c15ull, 0x243f6a8885a308d3ull};
    WeirRandom *random = analysis->analyzer->connector.random;
    if (random != NULL)
        for (int i = 0; i < 2; i++)
            bits[i] = weir_random_next(random);
    return weir_arena_printf(analysis->arena, "%08x-%04x-4%03x-%04x-%012lx", (unsigned)(bits[0] >> 32),
                             (unsigned)(bits[0] >> 16 & 0xffff), (unsigned)(bits[0] & 0xfff),
                             (unsigned)((bits[1] >> 48 & 0x3fff) | 0x8000),
                             (unsigned long)(bits[1] & 0xffffffffffffull));
}

static bool is_event_time_type(const WeirDataType *type)
{
    if (type->id == WEIR_TYPE_TIMESTAMP)
        return true;
    for (uint32_t i = 0; type->id == WEIR_TYPE_STRUCT && i < type->field_count; i++) /* a window column */
        if (strcmp(type->fields[i].name, "end") == 0)
            return type->fields[i].type->id == WEIR_TYPE_TIMESTAMP;
    return false;
}

static WeirStatus check_delay(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    const WeirCalendarInterval *delay = &plan->delay;
    __int128 micros =
        (__int128)delay->microseconds + ((__int128)delay->days + (__int128)delay->months * 31) * 86400000000;
    if (micros >= 0)
        return WEIR_OK;
    return weir_located(analysis, plan->origin, error,
                        weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                          "requirement failed: delay threshold should not be negative"));
}

WeirStatus weir_resolve_watermark(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                  WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    WEIR_TRY(check_delay(analysis, plan, error));
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    WeirExpression *column = NULL;
    WEIR_TRY(weir_resolve_expression(&context, plan->condition, &column, error));
    if (column->kind != WEIR_EXPRESSION_ATTRIBUTE) {
        WeirExpressionList list = {0};
        weir_list_append(analysis, &list, weir_name_expression(analysis, column, plan->condition));
        for (uint32_t i = 0; i < child->output_count; i++)
            weir_list_append(analysis, &list, child->output[i]);
        child = weir_plan_project(analysis, list.items, list.count, child);
        column = child->output[0];
    }
    if (!is_event_time_type(column->type))
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE, "eventName",
                                           weir_name_quoted(analysis, &column->name, 1), "eventType",
                                           weir_type_quoted(analysis, column->type)));
    WeirLogicalPlan *watermark = weir_logical_copy(analysis->arena, plan);
    watermark->children[0] = child;
    watermark->condition = column;
    if (watermark->watermark_id == NULL)
        watermark->watermark_id = new_uuid(analysis);
    *out = weir_plan_finish(analysis, watermark);
    return WEIR_OK;
}
