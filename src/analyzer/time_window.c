/* window(ts, size[, slide[, start]]) as a column that a Project (tumbling) or Expand (sliding) below the node computes:
 * Spark's TimeWindowing. The arithmetic is one kernel instead of Spark's tree of conversions; windows are in µs from
 * the epoch in UTC whatever the session's zone. */
#include "analyzer/time_windows_private.h"

typedef struct WindowShape {
    int64_t size, slide, start; /* µs */
    int64_t index;              /* which of the windows that may hold the row: 0 is the last one to begin */
} WindowShape;

static WeirStatus window_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                WeirError *error)
{
    (void)error;
    const WindowShape *shape = call->expression->bound;
    int64_t *starts = result->children[0].values, *ends = result->children[1].values;
    const WeirVector *time = arguments[0];
    bool flat = time->kind == WEIR_VECTOR_FLAT;
    for (uint32_t k = 0; k < call->count; k++) {
        uint32_t row = call->selection == NULL ? k : call->selection[k];
        const WeirVector *holder = time;
        uint32_t at = flat ? row : weir_vector_locate(time, row, &holder);
        /* A null time gives some window: the Filter beside this node drops the row. */
        int64_t micros = at == WEIR_NULL_INDEX ? 0 : ((const int64_t *)holder->values)[at];
        int64_t remainder = (micros - shape->start) % shape->slide;
        int64_t last_start = micros - (remainder < 0 ? remainder + shape->slide : remainder);
        starts[row] = last_start - shape->index * shape->slide;
        ends[row] = starts[row] + shape->size;
    }
    result->length = result->children[0].length = result->children[1].length = call->row_count;
    return WEIR_OK;
}

const WeirFunction weir_time_window_marker = {
    .name = "window", .kind = WEIR_FUNCTION_SPECIAL, .arguments_min = 2, .arguments_max = 4};
static const WeirFunction window_function = {.name = "window",
                                             .kind = WEIR_FUNCTION_SCALAR,
                                             .flags = WEIR_FUNCTION_NEVER_NULL,
                                             .arguments_min = 5,
                                             .arguments_max = 5,
                                             .kernel = window_kernel};

const WeirDataType *weir_window_type(WeirAnalysis *analysis, const WeirDataType *time)
{
    WeirField fields[2] = {{"start", time, true, "{}"}, {"end", time, true, "{}"}};
    return weir_type_struct(analysis->arena, fields, 2);
}

WeirStatus weir_window_interval(WeirAnalysis *analysis, const WeirExpression *text, WeirCalendarInterval *interval,
                                WeirError *error)
{
    WeirExpression *cast = weir_expression_cast(analysis->arena, (WeirExpression *)(uintptr_t)text,
                                                &weir_type_calendar_interval, WEIR_EVAL_ANSI, false);
    WeirValue *value = NULL;
    WeirStatus status = weir_expression_evaluate(cast, analysis->analyzer->context, analysis->arena, &value, error);
    if (status != WEIR_OK || weir_value_is_null(value)) {
        WeirStringView view = weir_value_get_view(text->value);
        const char *quoted =
            weir_arena_printf(analysis->arena, "'%.*s'", (int)view.length, (const char *)weir_view_data(&view));
        weir_error_clear(error);
        return weir_error_set(error, WEIR_ERROR_CANNOT_PARSE_INTERVAL, "intervalString", quoted);
    }
    *interval = ((const WeirCalendarInterval *)value->values)[0];
    return WEIR_OK;
}

/* A duration argument in µs: a string, or an int or long of µs. */
static WeirStatus duration(WeirAnalysis *analysis, const WeirExpression *argument, int64_t *micros, WeirError *error)
{
    bool literal = argument->kind == WEIR_EXPRESSION_LITERAL && !weir_value_is_null(argument->value);
    if (literal && (argument->type->id == WEIR_TYPE_INT || argument->type->id == WEIR_TYPE_LONG)) {
        *micros = weir_value_get_int(argument->value);
        return WEIR_OK;
    }
    if (!literal || argument->type->id != WEIR_TYPE_STRING)
        return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1207);
    WeirCalendarInterval interval = {0};
    WEIR_TRY(weir_window_interval(analysis, argument, &interval, error));
    WeirStringView view = weir_value_get_view(argument->value);
    if (interval.months != 0)
        return weir_error_set(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_3231, "interval",
            weir_arena_printf(analysis->arena, "%.*s", (int)view.length, (const char *)weir_view_data(&view)));
    *micros = (int64_t)interval.days * 86400000000 + interval.microseconds;
    return WEIR_OK;
}

static WeirStatus constraint(WeirAnalysis *analysis, const char *sql, const char *left, int64_t left_value,
                             const char *relation, const char *right, int64_t right_value, WeirError *error)
{
    return weir_error_set(
        error, WEIR_ERROR_DATATYPE_MISMATCH_PARAMETER_CONSTRAINT_VIOLATION, "sqlExpr", sql, "leftExprName", left,
        "leftExprValue", weir_arena_printf(analysis->arena, "%ldL", (long)left_value), "constraint", relation,
        "rightExprName", right, "rightExprValue", weir_arena_printf(analysis->arena, "%ldL", (long)right_value));
}

static WeirStatus check_shape(WeirAnalysis *analysis, const char *sql, const WindowShape *shape, WeirError *error)
{
    const char *names[2] = {"`window_duration`", "`slide_duration`"};
    const int64_t values[2] = {shape->size, shape->slide};
    for (int i = 0; i < 2; i++)
        if (values[i] <= 0)
            return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", sql, "exprName",
                                  names[i], "valueRange", "(0, 9223372036854775807]", "currentValue",
                                  weir_arena_printf(analysis->arena, "%ldL", (long)values[i]));
    if (shape->slide > shape->size)
        return constraint(analysis, sql, names[1], shape->slide, "<=", names[0], shape->size, error);
    int64_t start = shape->start < 0 ? -shape->start : shape->start;
    if (start >= shape->slide)
        return constraint(analysis, sql, "`abs(start_time)`", start, "<", names[1], shape->slide, error);
    return WEIR_OK;
}

static bool is_window_struct(const WeirDataType *type)
{
    if (type->id != WEIR_TYPE_STRUCT || type->field_count != 2)
        return false;
    WeirTypeId id = type->fields[0].type->id;
    return (id == WEIR_TYPE_TIMESTAMP || id == WEIR_TYPE_TIMESTAMP_NTZ) && type->fields[1].type->id == id;
}

WeirStatus weir_window_time_argument(WeirExpressionContext *context, const char *sql, WeirExpression **time,
                                     WeirOrigin origin, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const WeirDataType *type = (*time)->type;
    if (type->id == WEIR_TYPE_TIMESTAMP || type->id == WEIR_TYPE_TIMESTAMP_NTZ)
        return WEIR_OK;
    if (is_window_struct(type)) {
        WeirExpression *call = weir_expression_function(analysis->arena, "window_time", time, 1, origin);
        return weir_make_window_time(context, call, time, error);
    }
    if (type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_DATE || type->id == WEIR_TYPE_VOID) {
        *time = weir_expression_cast(analysis->arena, *time, &weir_type_timestamp, WEIR_EVAL_ANSI, true);
        return WEIR_OK;
    }
    return weir_error_set(
        error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, "sqlExpr", sql, "paramIndex", "first",
        "requiredType",
        "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"STRUCT<start: TIMESTAMP, end: TIMESTAMP>\" or "
        "\"STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>\")",
        "inputSql", weir_expression_quoted(analysis, *time), "inputType", weir_type_quoted(analysis, type));
}

WeirStatus weir_make_time_window(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                 WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (call->child_count < 2 || call->child_count > 4)
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                           "`window`", "expectedNum", "[2, 3, 4]", "actualNum",
                                           weir_arena_printf(analysis->arena, "%u", call->child_count), "docroot",
                                           "https://spark.apache.org/docs/latest"));
    WindowShape *shape = WEIR_ARENA_NEW(analysis->arena, WindowShape);
    int64_t *parts[3] = {&shape->size, &shape->slide, &shape->start};
    for (uint32_t i = 1; i < call->child_count; i++) {
        WeirStatus status = duration(analysis, call->children[i], parts[i - 1], error);
        if (status != WEIR_OK)
            return weir_located(analysis, call->origin, error, status);
    }
    if (call->child_count == 2)
        shape->slide = shape->size;
    WeirExpression *time = call->children[0];
    const char *sql =
        weir_arena_printf(analysis->arena, "\"window(%s, %ld, %ld, %ld)\"", weir_expression_text(analysis, time),
                          (long)shape->size, (long)shape->slide, (long)shape->start);
    WeirStatus status = weir_window_time_argument(context, sql, &time, call->origin, error);
    if (status == WEIR_OK)
        status = check_shape(analysis, sql, shape, error);
    if (status != WEIR_OK)
        return weir_located(analysis, call->origin, error, status);
    WeirExpression *marker = weir_expression_unary(analysis->arena, WEIR_EXPRESSION_CALL, time);
    marker->function = &weir_time_window_marker;
    marker->bound = shape;
    marker->type = weir_window_type(analysis, time->type);
    marker->origin = call->origin;
    /* As literals too, so that two windows are equal only when their durations are. */
    WeirExpression *children[4] = {time, weir_literal_int(analysis, &weir_type_long, shape->size),
                                   weir_literal_int(analysis, &weir_type_long, shape->slide),
                                   weir_literal_int(analysis, &weir_type_long, shape->start)};
    marker->children = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, 4);
    memcpy(marker->children, children, sizeof(children));
    marker->child_count = 4;
    *out = marker;
    return WEIR_OK;
}

/* The struct of the index-th window. */
static WeirExpression *window_struct(WeirAnalysis *analysis, const WeirExpression *marker, int64_t index)
{
    WindowShape *shape = WEIR_ARENA_NEW(analysis->arena, WindowShape);
    *shape = *(const WindowShape *)marker->bound;
    shape->index = index;
    WeirExpression *call = weir_expression_copy(analysis->arena, marker);
    call->function = &window_function;
    call->bound = shape;
    call->children = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, 5);
    memcpy(call->children, marker->children, sizeof(*call->children) * 4);
    call->children[4] = weir_literal_int(analysis, &weir_type_long, index);
    call->child_count = 5;
    call->nullable = false;
    return call;
}

static WeirStatus time_within(WeirAnalysis *analysis, WeirExpression *time, WeirExpression *window,
                              WeirExpression **out, WeirError *error)
{
    WeirExpression *start = NULL, *end = NULL, *after = NULL, *before = NULL;
    WEIR_TRY(weir_extract_field(analysis, window, "start", time->origin, &start, error));
    WEIR_TRY(weir_extract_field(analysis, window, "end", time->origin, &end, error));
    WEIR_TRY(weir_build_call(analysis, ">=", (WeirExpression *const[]){time, start}, 2, time->origin, &after, error));
    WEIR_TRY(weir_build_call(analysis, "<", (WeirExpression *const[]){time, end}, 2, time->origin, &before, error));
    return weir_build_call(analysis, "and", (WeirExpression *const[]){after, before}, 2, time->origin, out, error);
}

static WeirLogicalPlan *expand_windows(WeirAnalysis *analysis, const WeirExpression *marker, int64_t count,
                                       WeirExpression *window, WeirLogicalPlan *child)
{
    WeirLogicalPlan *expand = weir_logical_unary(analysis->arena, WEIR_LOGICAL_EXPAND, child);
    expand->row_count = (uint32_t)count;
    expand->row_width = child->output_count + 1;
    expand->rows = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression **, expand->row_count);
    for (uint32_t r = 0; r < expand->row_count; r++) {
        expand->rows[r] = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, expand->row_width);
        expand->rows[r][0] = window_struct(analysis, marker, r);
        for (uint32_t i = 0; i < child->output_count; i++)
            expand->rows[r][i + 1] = child->output[i];
    }
    expand->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, expand->row_width);
    expand->output[0] = window;
    memcpy(expand->output + 1, child->output, sizeof(*child->output) * child->output_count);
    expand->output_count = expand->row_width;
    return weir_plan_finish(analysis, expand);
}

WeirStatus weir_add_time_window(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **window,
                                WeirLogicalPlan **child, WeirError *error)
{
    const WindowShape *shape = marker->bound;
    WeirExpression *time = marker->children[0], *condition = NULL;
    WeirExpression *attribute = weir_expression_attribute(analysis->arena, "window", marker->type,
                                                          shape->size != shape->slide, weir_next_id(analysis));
    attribute->metadata = weir_window_metadata(analysis, time, "spark.timeWindow");
    *window = attribute;
    if (shape->size == shape->slide) {
        WEIR_TRY(weir_build_call(analysis, "isnotnull", &time, 1, time->origin, &condition, error));
        WeirExpression *alias =
            weir_expression_alias(analysis->arena, window_struct(analysis, marker, 0), "window", attribute->id);
        alias->metadata = attribute->metadata;
        *child = weir_plan_prepend(analysis, &alias, 1, weir_plan_filter(analysis, condition, *child));
        return WEIR_OK;
    }
    int64_t count = shape->size / shape->slide + (shape->size % shape->slide != 0);
    if (count > 1000000)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "a row would fall into %ld windows",
                                 (long)count);
    WeirLogicalPlan *expand = expand_windows(analysis, marker, count, attribute, *child);
    if (shape->size % shape->slide == 0)
        WEIR_TRY(weir_build_call(analysis, "isnotnull", &time, 1, time->origin, &condition, error));
    else
        WEIR_TRY(time_within(analysis, time, attribute, &condition, error));
    *child = weir_plan_filter(analysis, condition, expand);
    return WEIR_OK;
}
