/* function OVER (window): named windows, the default frame, and which functions and frames go together. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "expr/program.h"

static bool is_window_node(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_WINDOW;
}

bool weir_has_window(const WeirExpression *expression)
{
    return weir_expression_any(expression, is_window_node, NULL);
}

/* OVER w, or OVER (w …): what the WINDOW clause says, with what is added here. */
static WeirStatus named_window(WeirExpressionContext *context, const WeirExpression *expression, WeirWindowSpec *spec,
                               WeirError *error)
{
    const WeirLogicalPlan *definitions = context->env->windows;
    for (uint32_t depth = 0; spec->name != NULL && depth < 100; depth++) {
        const WeirWindowSpec *found = NULL;
        for (uint32_t i = 0; definitions != NULL && i < definitions->name_count && found == NULL; i++)
            if (weir_name_equal(context->analysis, definitions->names[i], spec->name))
                found = definitions->windows[i];
        if (found == NULL)
            return weir_located(context->analysis, expression->origin, error,
                                weir_error_set(error, WEIR_ERROR_MISSING_WINDOW_SPECIFICATION, "windowName", spec->name,
                                               "docroot", "https://spark.apache.org/docs/latest"));
        bool plain = spec->partition_count == 0 && spec->order_count == 0 && !spec->has_frame;
        if (plain) {
            *spec = *found;
        } else {
            spec->name = found->name;
            spec->partition_by = found->partition_by;
            spec->partition_count = found->partition_count;
            if (spec->order_count == 0) {
                spec->order_by = found->order_by;
                spec->order_count = found->order_count;
            }
        }
    }
    return WEIR_OK;
}

static WeirStatus resolve_spec(WeirExpressionContext *context, WeirWindowSpec *spec, WeirError *error)
{
    WeirExpressionList partition = {0}, order = {0};
    WEIR_TRY(weir_resolve_list(context, spec->partition_by, spec->partition_count, &partition, error));
    WEIR_TRY(weir_resolve_list(context, spec->order_by, spec->order_count, &order, error));
    for (uint32_t i = 0; i < partition.count; i++)
        if (!weir_type_is_orderable(partition.items[i]->type))
            return weir_located(context->analysis, partition.items[i]->origin, error,
                                weir_error_set(error, WEIR_ERROR_EXPRESSION_TYPE_IS_NOT_ORDERABLE, "expr",
                                               weir_expression_quoted(context->analysis, partition.items[i]),
                                               "exprType",
                                               weir_type_quoted(context->analysis, partition.items[i]->type)));
    for (uint32_t i = 0; i < order.count; i++)
        if (!weir_type_is_orderable(order.items[i]->type))
            return weir_located(context->analysis, order.items[i]->origin, error,
                                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_INVALID_ORDERING_TYPE, "sqlExpr",
                                               weir_expression_quoted(context->analysis, order.items[i]),
                                               "functionName", "`sortorder`", "dataType",
                                               weir_type_quoted(context->analysis, order.items[i]->type)));
    spec->partition_by = partition.items;
    spec->order_by = order.items;
    if (spec->lower_offset != NULL)
        WEIR_TRY(weir_resolve_expression(context, spec->lower_offset, &spec->lower_offset, error));
    if (spec->upper_offset != NULL)
        WEIR_TRY(weir_resolve_expression(context, spec->upper_offset, &spec->upper_offset, error));
    return WEIR_OK;
}

static bool is_offset_function(const WeirExpression *function)
{
    return function->function != NULL &&
           (strcasecmp(function->function->name, "lag") == 0 || strcasecmp(function->function->name, "lead") == 0);
}

static bool is_window_function(const WeirExpression *function)
{
    return function->kind == WEIR_EXPRESSION_CALL && function->function != NULL &&
           function->function->kind == WEIR_FUNCTION_WINDOW;
}

static bool same_frame(const WeirWindowSpec *spec, bool is_range, WeirFrameBound lower, WeirFrameBound upper)
{
    return spec->is_range == is_range && spec->lower == lower && spec->upper == upper;
}

/* The row `offset` after the current one; lag looks back by a negative offset, as Spark prints it. */
static WeirStatus offset_frame(WeirAnalysis *analysis, const WeirExpression *function, WeirWindowSpec *spec,
                               WeirError *error)
{
    WeirExpression *offset =
        function->child_count > 1 ? function->children[1] : weir_literal_int(analysis, &weir_type_int, 1);
    bool lag = strcasecmp(function->function->name, "lag") == 0;
    if (lag && offset->type->id == WEIR_TYPE_STRING && weir_expression_is_foldable(offset))
        return weir_located(analysis, function->origin, error,
                            weir_error_set(error, WEIR_ERROR_FAILED_FUNCTION_CALL, "funcName", "`lag`"));
    if (lag && offset->type->id == WEIR_TYPE_INT) {
        WeirValue *value = NULL;
        WEIR_TRY(weir_build_call(analysis, "-", &offset, 1, function->origin, &offset, error));
        if (weir_expression_is_foldable(offset) &&
            weir_expression_evaluate(offset, analysis->analyzer->context, analysis->arena, &value, NULL) == WEIR_OK)
            offset = weir_expression_literal(analysis->arena, value);
    }
    if (function->child_count > 1 && function->children[1]->type->id != WEIR_TYPE_INT)
        return weir_located(
            analysis, function->origin, error,
            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1035, "prettyName", function->function->name));
    if (!weir_expression_is_foldable(offset))
        return weir_located(analysis, function->origin, error,
                            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_NON_FOLDABLE_INPUT, "sqlExpr",
                                           weir_expression_quoted(analysis, function), "inputName", "`offset`",
                                           "inputType", "\"INT\"", "inputExpr",
                                           weir_expression_quoted(analysis, offset)));
    spec->lower = spec->upper = WEIR_FRAME_FOLLOWING;
    spec->lower_offset = spec->upper_offset = offset;
    return WEIR_OK;
}

/* Ranking functions run from the first row to the current one; lag and lead look at one other row. */
static WeirStatus function_frame(WeirExpressionContext *context, const WeirExpression *expression,
                                 const WeirExpression *function, WeirWindowSpec *spec, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (spec->order_count == 0)
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_WINDOW_FUNCTION_FRAME_NOT_ORDERED, "wf_name",
                                           function->function->name, "wf_expr",
                                           weir_expression_text(analysis, function)));
    bool offset = is_offset_function(function);
    if (offset && spec->has_frame)
        return weir_located(
            analysis, expression->origin, error,
            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1035, "prettyName", function->function->name));
    if (spec->has_frame && strcasecmp(function->function->name, "nth_value") != 0 &&
        !same_frame(spec, false, WEIR_FRAME_UNBOUNDED_PRECEDING, WEIR_FRAME_CURRENT_ROW))
        return weir_located(analysis, expression->origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1036, "wf", "the frame given",
                                           "required", "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"));
    if (spec->has_frame)
        return WEIR_OK;
    spec->has_frame = true;
    spec->is_range = strcasecmp(function->function->name, "nth_value") == 0 ||
                     strcasecmp(function->function->name, "cume_dist") == 0;
    spec->lower = WEIR_FRAME_UNBOUNDED_PRECEDING;
    spec->upper = WEIR_FRAME_CURRENT_ROW;
    return offset ? offset_frame(analysis, function, spec, error) : WEIR_OK;
}

static void default_frame(WeirWindowSpec *spec)
{
    if (spec->has_frame)
        return;
    spec->has_frame = true;
    spec->is_range = spec->order_count > 0;
    spec->lower = WEIR_FRAME_UNBOUNDED_PRECEDING;
    spec->upper = spec->order_count > 0 ? WEIR_FRAME_CURRENT_ROW : WEIR_FRAME_UNBOUNDED_FOLLOWING;
}

/* Position of a bound in rows, for comparing; unbounded ends are the extremes. */
static WeirStatus bound_position(WeirAnalysis *analysis, WeirFrameBound bound, WeirExpression *offset,
                                 int64_t *position, bool *known, WeirError *error)
{
    *known = true;
    *position = bound == WEIR_FRAME_UNBOUNDED_PRECEDING   ? INT64_MIN
                : bound == WEIR_FRAME_UNBOUNDED_FOLLOWING ? INT64_MAX
                                                          : 0;
    if (offset == NULL || (bound != WEIR_FRAME_PRECEDING && bound != WEIR_FRAME_FOLLOWING))
        return WEIR_OK;
    *known = weir_type_is_integral(offset->type) && weir_expression_is_foldable(offset);
    if (!*known)
        return WEIR_OK;
    WeirValue *value = NULL;
    WEIR_TRY(weir_expression_evaluate(offset, analysis->analyzer->context, analysis->arena, &value, error));
    *known = !weir_value_is_null(value);
    if (*known)
        *position = bound == WEIR_FRAME_PRECEDING ? -weir_value_get_int(value) : weir_value_get_int(value);
    return WEIR_OK;
}

static bool is_interval(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_CALENDAR_INTERVAL || type->id == WEIR_TYPE_DAY_TIME_INTERVAL ||
           type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
}

/* Dates move by whole days and months, timestamps by intervals. */
static bool moves(const WeirDataType *order, const WeirDataType *distance)
{
    if (order->id == WEIR_TYPE_DATE)
        return distance->id == WEIR_TYPE_INT || distance->id == WEIR_TYPE_YEAR_MONTH_INTERVAL ||
               distance->id == WEIR_TYPE_CALENDAR_INTERVAL ||
               (distance->id == WEIR_TYPE_DAY_TIME_INTERVAL && distance->end_field == WEIR_INTERVAL_DAY);
    if (order->id == WEIR_TYPE_TIMESTAMP || order->id == WEIR_TYPE_TIMESTAMP_NTZ)
        return is_interval(distance);
    return order->id != WEIR_TYPE_BINARY && !weir_type_is_nested(order);
}

/* Distances of a RANGE frame have the type of the ORDER BY expression, but for dates and timestamps. */
static WeirExpression *cast_offset(WeirAnalysis *analysis, const WeirWindowSpec *spec, WeirExpression *offset,
                                   const WeirDataType *type)
{
    WeirExpression *cast = weir_expression_cast(analysis->arena, offset, type, WEIR_EVAL_ANSI, true);
    if (cast != offset)
        cast->origin = spec->origin;
    return cast;
}

static WeirStatus coerce_range(WeirExpressionContext *context, const WeirExpression *expression, WeirWindowSpec *spec,
                               WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirExpression **offsets[2] = {&spec->lower_offset, &spec->upper_offset};
    for (int i = 0; i < 2; i++) {
        if (*offsets[i] == NULL || !spec->is_range || spec->order_count != 1)
            continue;
        const WeirDataType *order = spec->order_by[0]->type;
        bool keeps = order->id == WEIR_TYPE_DATE || order->id == WEIR_TYPE_TIMESTAMP ||
                     order->id == WEIR_TYPE_TIMESTAMP_NTZ || order->id == WEIR_TYPE_BINARY ||
                     weir_type_is_nested(order);
        if (!keeps && weir_can_cast((*offsets[i])->type, order, WEIR_EVAL_ANSI))
            *offsets[i] = cast_offset(analysis, spec, *offsets[i], order);
        const WeirDataType *type = (*offsets[i])->type;
        if ((weir_type_is_numeric(type) || is_interval(type)) && !moves(order, type))
            return weir_located(analysis, spec->origin, error,
                                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_RANGE_FRAME_INVALID_TYPE, "sqlExpr",
                                               weir_expression_quoted(analysis, expression), "orderSpecType",
                                               weir_type_quoted(analysis, order), "valueBoundaryType",
                                               weir_type_quoted(analysis, type)));
        if (!weir_type_is_numeric(type) && !is_interval(type))
            return weir_located(
                analysis, spec->origin, error,
                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE, "sqlExpr",
                               weir_expression_quoted(analysis, expression), "location", i == 0 ? "lower" : "upper",
                               "exprType", weir_type_quoted(analysis, type), "expectedType",
                               "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO "
                               "MONTH\" or \"INTERVAL\")"));
    }
    return WEIR_OK;
}

static const char *bound_text(WeirFrameBound bound)
{
    return bound == WEIR_FRAME_UNBOUNDED_FOLLOWING   ? "\"UNBOUNDED FOLLOWING\""
           : bound == WEIR_FRAME_UNBOUNDED_PRECEDING ? "\"UNBOUNDED PRECEDING\""
           : bound == WEIR_FRAME_CURRENT_ROW         ? "\"CURRENT ROW\""
                                                     : "\"a row at a distance\"";
}

static WeirStatus check_frame(WeirExpressionContext *context, const WeirExpression *expression,
                              const WeirWindowSpec *spec, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    const char *sql = weir_expression_quoted(analysis, expression);
    bool has_offset = spec->lower_offset != NULL || spec->upper_offset != NULL;
    bool unbounded = spec->lower == WEIR_FRAME_UNBOUNDED_PRECEDING && spec->upper == WEIR_FRAME_UNBOUNDED_FOLLOWING;
    if (spec->is_range && spec->order_count == 0 && !unbounded)
        return weir_located(
            analysis, spec->origin, error,
            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_RANGE_FRAME_WITHOUT_ORDER, "sqlExpr", sql));
    if (spec->is_range && has_offset && spec->order_count > 1)
        return weir_located(analysis, spec->origin, error,
                            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_RANGE_FRAME_MULTI_ORDER, "sqlExpr", sql,
                                           "orderSpec", weir_expression_text(analysis, spec->order_by[0])));
    if (spec->lower == WEIR_FRAME_UNBOUNDED_FOLLOWING || spec->upper == WEIR_FRAME_UNBOUNDED_PRECEDING)
        return weir_located(analysis, spec->origin, error,
                            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_INVALID_BOUND,
                                           "sqlExpr", sql, "upper", bound_text(spec->upper), "lower",
                                           bound_text(spec->lower)));
    int64_t lower = 0, upper = 0;
    bool lower_known = false, upper_known = false;
    WEIR_TRY(bound_position(analysis, spec->lower, spec->lower_offset, &lower, &lower_known, error));
    WEIR_TRY(bound_position(analysis, spec->upper, spec->upper_offset, &upper, &upper_known, error));
    if (spec->lower_offset != NULL && spec->upper_offset != NULL && lower_known && upper_known && lower > upper)
        return weir_located(analysis, spec->origin, error,
                            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON,
                                           "sqlExpr", sql, "comparison", "less than or equal"));
    WeirExpression *offsets[2] = {spec->lower_offset, spec->upper_offset};
    for (int i = 0; i < 2; i++)
        if (offsets[i] != NULL && !spec->is_range && offsets[i]->type->id != WEIR_TYPE_INT)
            return weir_located(
                analysis, spec->origin, error,
                weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE, "sqlExpr",
                               sql, "location", i == 0 ? "lower" : "upper", "exprType",
                               weir_type_quoted(analysis, offsets[i]->type), "expectedType", "\"INT\""));
    return WEIR_OK;
}

/* ntile(n) and nth_value(x, n): n counts from one. */
static WeirStatus check_positive(WeirAnalysis *analysis, const WeirExpression *window, const WeirExpression *function,
                                 WeirError *error)
{
    if (function->function == NULL || function->child_count == 0)
        return WEIR_OK;
    bool ntile = strcasecmp(function->function->name, "ntile") == 0;
    bool nth = strcasecmp(function->function->name, "nth_value") == 0 && function->child_count > 1;
    WeirExpression *count = function->children[nth ? 1 : 0];
    WeirValue *value = NULL;
    if ((!ntile && !nth) || !weir_type_is_integral(count->type) || !weir_expression_is_foldable(count))
        return WEIR_OK;
    WEIR_TRY(weir_expression_evaluate(count, analysis->analyzer->context, analysis->arena, &value, error));
    if (weir_value_is_null(value) || weir_value_get_int(value) > 0)
        return WEIR_OK;
    return weir_located(
        analysis, window->origin, error,
        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr",
                       weir_expression_quoted(analysis, function), "exprName", nth ? "offset" : "buckets", "valueRange",
                       "(0, 2147483647]", "currentValue",
                       weir_arena_printf(analysis->arena, "%lld", (long long)weir_value_get_int(value))));
}

static WeirStatus check_function(WeirExpressionContext *context, const WeirExpression *window,
                                 const WeirExpression *function, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (function->kind == WEIR_EXPRESSION_AGGREGATE && function->is_distinct)
        return weir_located(analysis, window->origin, error,
                            weir_error_set(error, WEIR_ERROR_DISTINCT_WINDOW_FUNCTION_UNSUPPORTED, "windowExpr",
                                           weir_expression_quoted(analysis, window)));
    bool whole =
        function->kind == WEIR_EXPRESSION_AGGREGATE && (function->aggregate->flags & WEIR_AGGREGATE_WHOLE_WINDOW) != 0;
    if (whole && (window->window->order_count > 0 ||
                  !same_frame(window->window, window->window->is_range, WEIR_FRAME_UNBOUNDED_PRECEDING,
                              WEIR_FRAME_UNBOUNDED_FOLLOWING)))
        return weir_located(analysis, window->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_WINDOW_SPEC_FOR_AGGREGATION_FUNC, "aggFunc",
                                           weir_expression_quoted(analysis, function)));
    if (function->kind != WEIR_EXPRESSION_AGGREGATE && !is_window_function(function))
        return weir_located(analysis, window->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_WINDOW, "sqlExpr",
                                           weir_expression_quoted(analysis, function)));
    WEIR_TRY(check_positive(analysis, window, function, error));
    for (uint32_t i = 0; i < function->child_count; i++)
        if (weir_has_window(function->children[i]))
            return weir_located(analysis, window->origin, error,
                                weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                                  "a window function must not be inside another one"));
    return WEIR_OK;
}

WeirStatus weir_resolve_window_expression(WeirExpressionContext *context, WeirExpression *expression,
                                          WeirExpression **out, WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    WeirWindowSpec *spec = WEIR_ARENA_NEW(analysis->arena, WeirWindowSpec);
    *spec = *expression->window;
    WEIR_TRY(named_window(context, expression, spec, error));
    WeirExpression *function = NULL;
    bool nested = context->in_window;
    context->in_window = true;
    WEIR_TRY(weir_resolve_expression(context, expression->children[0], &function, error));
    WEIR_TRY(resolve_spec(context, spec, error));
    context->in_window = nested;
    WeirExpression *window = weir_expression_copy(analysis->arena, expression);
    window->children[0] = function;
    window->window = spec;
    window->type = function->type;
    window->nullable = function->nullable;
    if (is_window_function(function))
        WEIR_TRY(function_frame(context, expression, function, spec, error));
    bool given = spec->has_frame;
    default_frame(spec);
    WEIR_TRY(check_function(context, window, function, error));
    if (given && !is_offset_function(function))
        WEIR_TRY(coerce_range(context, window, spec, error));
    if (given && !is_offset_function(function))
        WEIR_TRY(check_frame(context, window, spec, error));
    *out = window;
    return WEIR_OK;
}
