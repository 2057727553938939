/* window_time(window): the last µs of a window, an event time of the window's rows for operators above (Spark's
 * ResolveWindowTime); and the pass that puts all time window columns below a node. */
#include "analyzer/time_windows_private.h"
#include "common/json.h"

static WeirStatus window_time_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                     WeirError *error)
{
    (void)error;
    int64_t *out = result->values;
    for (uint32_t k = 0; k < call->count; k++) {
        uint32_t row = call->selection == NULL ? k : call->selection[k];
        const WeirVector *holder = NULL;
        uint32_t at = weir_vector_locate(arguments[0], row, &holder);
        if (at != WEIR_NULL_INDEX)
            out[row] = ((const int64_t *)holder->values)[at] - 1;
    }
    return WEIR_OK;
}

const WeirFunction weir_window_time_marker = {
    .name = "window_time", .kind = WEIR_FUNCTION_SPECIAL, .arguments_min = 1, .arguments_max = 1};
static const WeirFunction window_time_function = {.name = "window_time",
                                                  .kind = WEIR_FUNCTION_SCALAR,
                                                  .flags = WEIR_FUNCTION_NULL_PROPAGATING,
                                                  .arguments_min = 1,
                                                  .arguments_max = 1,
                                                  .kernel = window_time_kernel};

bool weir_is_marker(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_CALL &&
           (expression->function == &weir_time_window_marker || expression->function == &weir_session_window_marker ||
            expression->function == &weir_window_time_marker);
}

/* The marker comes first: that is where Scala's hash map puts it beside the watermark's key, and state schema files
 * show it. */
const char *weir_window_metadata(WeirAnalysis *analysis, const WeirExpression *time, const char *key)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    WeirJsonWriter writer;
    weir_json_writer_init(&writer, &buffer);
    weir_json_begin_object(&writer, NULL);
    WeirJson *json = NULL;
    bool any = key != NULL;
    if (key != NULL)
        weir_json_add_boolean(&writer, key, true);
    if (time->kind == WEIR_EXPRESSION_ATTRIBUTE && time->metadata != NULL &&
        weir_json_parse(time->metadata, strlen(time->metadata), analysis->arena, &json, NULL) == WEIR_OK)
        for (const WeirJson *member = json->first; member != NULL; member = member->next) {
            if (strcmp(member->key, "spark.timeWindow") == 0 || strcmp(member->key, "spark.sessionWindow") == 0)
                continue;
            weir_json_add_raw(&writer, member->key,
                              weir_arena_strndup(analysis->arena, member->source, member->source_length));
            any = true;
        }
    weir_json_end_object(&writer);
    const char *text = any ? weir_arena_strdup(analysis->arena, weir_buffer_text(&buffer)) : NULL;
    weir_buffer_deinit(&buffer);
    return text;
}

WeirLogicalPlan *weir_plan_prepend(WeirAnalysis *analysis, WeirExpression *const *aliases, uint32_t count,
                                   WeirLogicalPlan *child)
{
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < count; i++)
        weir_list_append(analysis, &list, aliases[i]);
    for (uint32_t i = 0; i < child->output_count; i++)
        weir_list_append(analysis, &list, child->output[i]);
    return weir_plan_project(analysis, list.items, list.count, child);
}

WeirStatus weir_make_window_time(WeirExpressionContext *context, WeirExpression *call, WeirExpression **out,
                                 WeirError *error)
{
    WeirAnalysis *analysis = context->analysis;
    if (call->child_count != 1)
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_WRONG_NUM_ARGS_WITHOUT_SUGGESTION, "functionName",
                                           "`window_time`", "expectedNum", "1", "actualNum",
                                           weir_arena_printf(analysis->arena, "%u", call->child_count), "docroot",
                                           "https://spark.apache.org/docs/latest"));
    const WeirExpression *window = call->children[0];
    if (window->type->id != WEIR_TYPE_STRUCT || window->type->field_count < 2)
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE, "sqlExpr",
                                           weir_expression_quoted(analysis, call), "paramIndex", "first",
                                           "requiredType", "\"STRUCT\"", "inputSql",
                                           weir_expression_quoted(analysis, window), "inputType",
                                           weir_type_quoted(analysis, window->type)));
    if (window->kind != WEIR_EXPRESSION_ATTRIBUTE || window->metadata == NULL ||
        (strstr(window->metadata, "spark.timeWindow") == NULL &&
         strstr(window->metadata, "spark.sessionWindow") == NULL))
        return weir_located(analysis, call->origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3101, "windowTime",
                                           weir_expression_text(analysis, window)));
    WeirExpression *marker = weir_expression_copy(analysis->arena, call);
    marker->kind = WEIR_EXPRESSION_CALL;
    marker->function = &weir_window_time_marker;
    marker->type = window->type->fields[1].type;
    marker->nullable = true;
    *out = marker;
    return WEIR_OK;
}

WeirStatus weir_add_window_time(WeirAnalysis *analysis, const WeirExpression *marker, WeirExpression **time,
                                WeirLogicalPlan **child, WeirError *error)
{
    WeirExpression *window = marker->children[0], *end = NULL;
    WEIR_TRY(weir_extract_field(analysis, window, window->type->fields[1].name, marker->origin, &end, error));
    WeirExpression *call = weir_expression_unary(analysis->arena, WEIR_EXPRESSION_CALL, end);
    call->function = &window_time_function;
    call->type = marker->type;
    call->nullable = end->nullable;
    const char *name = weir_arena_printf(analysis->arena, "window_time(%s)", weir_expression_text(analysis, window));
    WeirExpression *alias = weir_expression_alias(analysis->arena, call, name, weir_next_id(analysis));
    alias->metadata = weir_window_metadata(analysis, window, NULL);
    *child = weir_plan_prepend(analysis, &alias, 1, *child);
    *time = weir_expression_to_attribute(analysis->arena, alias);
    (*time)->metadata = alias->metadata;
    return WEIR_OK;
}

/* ---- the pass over one node */

typedef struct Replace {
    const WeirExpression *marker;
    WeirExpression *attribute;
} Replace;

static WeirExpression *replace_marker(void *context, WeirExpression *expression)
{
    const Replace *replace = context;
    return weir_is_marker(expression) && weir_expression_equal(expression, replace->marker) ? replace->attribute : NULL;
}

typedef struct Find {
    bool window_time;
    WeirAnalysis *analysis;
    WeirExpressionList found;
} Find;

static bool find_marker(void *context, const WeirExpression *expression)
{
    Find *find = context;
    if (!weir_is_marker(expression) || (expression->function == &weir_window_time_marker) != find->window_time)
        return false;
    for (uint32_t i = 0; i < find->found.count; i++)
        if (weir_expression_equal(find->found.items[i], expression))
            return false;
    weir_list_append(find->analysis, &find->found, (WeirExpression *)(uintptr_t)expression);
    return false;
}

static void replace_everywhere(WeirAnalysis *analysis, WeirExpressionSlots *slots, Replace *replace)
{
    for (uint32_t l = 0; l < slots->list_count; l++) {
        WeirExpression **copy = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, *slots->counts[l]);
        for (uint32_t i = 0; i < *slots->counts[l]; i++)
            copy[i] = weir_transform_down(analysis->arena, (*slots->lists[l])[i], replace_marker, replace);
        *slots->lists[l] = copy;
    }
}

static WeirStatus rewrite_kind(WeirAnalysis *analysis, WeirExpressionSlots *slots, bool window_time,
                               WeirLogicalPlan **child, WeirError *error)
{
    Find find = {.window_time = window_time, .analysis = analysis};
    for (uint32_t l = 0; l < slots->list_count; l++)
        for (uint32_t i = 0; i < *slots->counts[l]; i++)
            weir_expression_any((*slots->lists[l])[i], find_marker, &find);
    uint32_t known = 0;
    for (uint32_t i = 0; i < slots->markers.count; i++)
        known += slots->markers.items[i]->function != &weir_window_time_marker;
    if (!window_time && find.found.count + known > 1 && find.found.count > 0)
        return weir_located(analysis, find.found.items[find.found.count - 1]->origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1039));
    for (uint32_t i = 0; i < find.found.count; i++) {
        WeirExpression *marker = find.found.items[i], *attribute = NULL;
        WEIR_TRY(window_time ? weir_add_window_time(analysis, marker, &attribute, child, error)
                 : marker->function == &weir_session_window_marker
                     ? weir_add_session_window(analysis, marker, &attribute, child, error)
                     : weir_add_time_window(analysis, marker, &attribute, child, error));
        Replace replace = {marker, attribute};
        replace_everywhere(analysis, slots, &replace);
        weir_list_append(analysis, &slots->markers, marker);
        weir_list_append(analysis, &slots->attributes, attribute);
    }
    return WEIR_OK;
}

WeirStatus weir_rewrite_time_windows(WeirAnalysis *analysis, WeirExpressionSlots *slots, WeirLogicalPlan **child,
                                     WeirError *error)
{
    for (uint32_t i = 0; i < slots->markers.count; i++) {
        Replace replace = {slots->markers.items[i], slots->attributes.items[i]};
        replace_everywhere(analysis, slots, &replace);
    }
    WEIR_TRY(rewrite_kind(analysis, slots, true, child, error));
    return rewrite_kind(analysis, slots, false, child, error);
}
