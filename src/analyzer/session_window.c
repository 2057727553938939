/* session_window(ts, gap): each row's own session [ts, ts + gap) as a column; the stateful operator merges sessions
 * later. Spark's SessionWindowing. */
#include "analyzer/time_windows_private.h"

const WeirFunction weir_session_window_marker = {
    .name = "session_window", .kind = WEIR_FUNCTION_SPECIAL, .arguments_min = 2, .arguments_max = 2};

WeirStatus weir_make_session_window(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                    WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (call->child_count != 2)
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                           "`session_window`", "expectedNum", "2", "actualNum",
                                           weir_arena_printf(analysis->arena, "%u", call->child_count), "docroot",
                                           "https://spark.apache.org/docs/latest"));
    WeirExpression *time = call->children[0], *gap = call->children[1];
    const char *sql = weir_arena_printf(analysis->arena, "\"session_window(%s, %s)\"",
                                        weir_expression_text(analysis, time), weir_expression_text(analysis, gap));
    WeirStatus status = weir_window_time_argument(context, sql, &time, call->origin, error);
    if (status == WEIR_OK && gap->type->id != WEIR_TYPE_STRING && gap->type->id != WEIR_TYPE_CALENDAR_INTERVAL)
        status = weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1040, "dt", weir_type_quoted(analysis, gap->type));
    if (status == WEIR_OK && gap->kind == WEIR_EXPRESSION_LITERAL && gap->type->id == WEIR_TYPE_STRING &&
        !weir_value_is_null(gap->value)) {
        WeirCalendarInterval interval = {0};
        status = weir_window_interval(analysis, gap, &interval, error);
        if (status == WEIR_OK)
            gap = weir_expression_literal(analysis->arena, weir_value_interval(analysis->arena, interval));
    }
    if (status != WEIR_OK)
        return weir_located(analysis, call->origin, error, status);
    WeirExpression *marker = weir_expression_copy(analysis->arena, call);
    marker->kind = WEIR_EXPRESSION_CALL;
    marker->function = &weir_session_window_marker;
    marker->children[0] = time;
    marker->children[1] = gap;
    marker->type = weir_window_type(analysis, time->type);
    marker->nullable = false;
    *out = marker;
    return WEIR_OK;
}

/* Must rows be tested for an empty session, because the gap may be zero, negative or null? */
static bool gap_may_be_empty(const WeirExpression *gap)
{
    if (gap->kind != WEIR_EXPRESSION_LITERAL || weir_value_is_null(gap->value))
        return true;
    const WeirCalendarInterval *interval = gap->value->values;
    return (int64_t)interval->months + interval->days + interval->microseconds <= 0;
}

static WeirStatus session_struct(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **out,
                                 WeirError *error)
{
    WeirExpression *time = marker->children[0], *gap = marker->children[1], *end = NULL;
    gap = weir_expression_cast(analysis->arena, gap, &weir_type_calendar_interval, WEIR_EVAL_ANSI, true);
    WEIR_TRY(weir_build_call(analysis, "+", (WeirExpression *const[]){time, gap}, 2, marker->origin, &end, error));
    end = weir_expression_cast(analysis->arena, end, time->type, WEIR_EVAL_ANSI, true);
    WeirExpression *arguments[4] = {weir_literal_string(analysis, "start"), time, weir_literal_string(analysis, "end"),
                                    end};
    WeirExpression *made = NULL;
    WEIR_TRY(weir_build_call(analysis, "named_struct", arguments, 4, marker->origin, &made, error));
    made = weir_expression_copy(analysis->arena, made);
    made->type = marker->type; /* nullable fields, as the state's schema has them */
    made->nullable = false;
    *out = made;
    return WEIR_OK;
}

WeirStatus weir_add_session_window(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **window,
                                   WeirLogicalPlan **child, WeirError *error)
{
    WeirExpression *time = marker->children[0], *made = NULL, *condition = NULL;
    WEIR_TRY(session_struct(analysis, marker, &made, error));
    WeirExpression *attribute =
        weir_expression_attribute(analysis->arena, "session_window", marker->type, false, weir_next_id(analysis));
    attribute->metadata = weir_window_metadata(analysis, time, "spark.sessionWindow");
    WeirExpression *alias = weir_expression_alias(analysis->arena, made, "session_window", attribute->id);
    alias->metadata = attribute->metadata;
    WEIR_TRY(weir_build_call(analysis, "isnotnull", &time, 1, marker->origin, &condition, error));
    if (gap_may_be_empty(marker->children[1])) {
        WeirExpression *start = NULL, *end = NULL, *positive = NULL;
        WEIR_TRY(weir_extract_field(analysis, attribute, "end", marker->origin, &end, error));
        WEIR_TRY(weir_extract_field(analysis, attribute, "start", marker->origin, &start, error));
        WEIR_TRY(
            weir_build_call(analysis, ">", (WeirExpression *const[]){end, start}, 2, marker->origin, &positive, error));
        WEIR_TRY(weir_build_call(analysis, "and", (WeirExpression *const[]){condition, positive}, 2, marker->origin,
                                 &condition, error));
    }
    *child = weir_plan_filter(analysis, condition, weir_plan_prepend(analysis, &alias, 1, *child));
    *window = attribute;
    return WEIR_OK;
}
