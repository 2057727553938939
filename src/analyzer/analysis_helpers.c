/* Small things that every part of the analyzer uses: lists, ids, literals, quoted names for messages. */
#include <strings.h>

#include "analyzer/analyzer_private.h"

void weir_list_append(WeirAnalysis *analysis, WeirExpressionList *list, WeirExpression *expression)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        WeirExpression **items = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, capacity);
        if (list->count > 0)
            memcpy(items, list->items, sizeof(*items) * list->count);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = expression;
}

int64_t weir_next_id(WeirAnalysis *analysis)
{
    return (*analysis->analyzer->next_expression_id)++;
}

WeirStatus weir_located(const WeirAnalysis *analysis, WeirOrigin origin, WeirError *error, WeirStatus status)
{
    if (error != NULL)
        weir_error_locate(error, analysis->analyzer->sql_text, origin);
    return status;
}

static const char *take(WeirAnalysis *analysis, WeirBuffer *buffer)
{
    const char *text = weir_arena_strndup(analysis->arena, weir_buffer_text(buffer), buffer->length);
    weir_buffer_deinit(buffer);
    return text;
}

const char *weir_expression_text(WeirAnalysis *analysis, const WeirExpression *expression)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    weir_expression_sql(expression, &buffer);
    return take(analysis, &buffer);
}

const char *weir_expression_quoted(WeirAnalysis *analysis, const WeirExpression *expression)
{
    return weir_arena_printf(analysis->arena, "\"%s\"", weir_expression_text(analysis, expression));
}

const char *weir_type_quoted(WeirAnalysis *analysis, const WeirDataType *type)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    weir_buffer_append_char(&buffer, '"');
    weir_type_sql(type, &buffer);
    weir_buffer_append_char(&buffer, '"');
    return take(analysis, &buffer);
}

const char *weir_name_quoted(WeirAnalysis *analysis, const char *const *parts, uint32_t count)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 1u << 20, NULL);
    for (uint32_t i = 0; i < count; i++) {
        weir_buffer_append_text(&buffer, i == 0 ? "`" : ".`");
        for (const char *c = parts[i]; *c != '\0'; c++) {
            if (*c == '`')
                weir_buffer_append_char(&buffer, '`');
            weir_buffer_append_char(&buffer, *c);
        }
        weir_buffer_append_char(&buffer, '`');
    }
    return take(analysis, &buffer);
}

WeirExpression *weir_literal_string(WeirAnalysis *analysis, const char *text)
{
    return weir_expression_literal(analysis->arena,
                                   weir_value_bytes(analysis->arena, &weir_type_string, text, strlen(text)));
}

WeirExpression *weir_literal_int(WeirAnalysis *analysis, const WeirDataType *type, int64_t value)
{
    return weir_expression_literal(analysis->arena, weir_value_int(analysis->arena, type, value));
}

WeirExpression *weir_literal_null(WeirAnalysis *analysis, const WeirDataType *type)
{
    return weir_expression_literal(analysis->arena, weir_value_null(analysis->arena, type));
}

WeirStatus weir_build_call(WeirAnalysis *analysis, const char *name, WeirExpression *const *children, uint32_t count,
                           WeirOrigin origin, WeirExpression **out, WeirError *error)
{
    WeirFunctionResolver resolver = {.arena = analysis->arena, .context = analysis->analyzer->context};
    WeirExpression *call = weir_expression_function(analysis->arena, name, children, count, origin);
    return weir_located(analysis, origin, error, weir_function_resolve(&resolver, call, out, error));
}

bool weir_name_equal(const WeirAnalysis *analysis, const char *a, const char *b)
{
    return analysis->analyzer->context->case_sensitive ? strcmp(a, b) == 0 : strcasecmp(a, b) == 0;
}

bool weir_analysis_allows(const WeirAnalysis *analysis, const char *key)
{
    const WeirEvalContext *context = analysis->analyzer->context;
    const char *value = context->conf == NULL ? NULL : context->conf(context->conf_context, key);
    return value == NULL || strcasecmp(value, "false") != 0;
}

const WeirExpression *weir_trim_alias(const WeirExpression *expression)
{
    while (expression->kind == WEIR_EXPRESSION_ALIAS)
        expression = expression->children[0];
    return expression;
}

static bool is_kind(void *context, const WeirExpression *expression)
{
    return expression->kind == *(const WeirExpressionKind *)context;
}

bool weir_contains_kind(const WeirExpression *expression, WeirExpressionKind kind)
{
    return weir_expression_any(expression, is_kind, &kind);
}

WeirExpression *weir_find_by_id(WeirExpression *const *list, uint32_t count, int64_t id)
{
    for (uint32_t i = 0; i < count; i++)
        if ((list[i]->kind == WEIR_EXPRESSION_ATTRIBUTE || list[i]->kind == WEIR_EXPRESSION_ALIAS) && list[i]->id == id)
            return list[i];
    return NULL;
}

static void transform_list_down(WeirArena *arena, WeirExpression ***list, uint32_t count, WeirTopDownRewrite rewrite,
                                void *context, bool *changed)
{
    WeirExpression **copy = NULL;
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *entry = weir_transform_down(arena, (*list)[i], rewrite, context);
        if (entry == (*list)[i])
            continue;
        if (copy == NULL) {
            copy = WEIR_ARENA_ARRAY(arena, WeirExpression *, count);
            memcpy(copy, *list, sizeof(*copy) * count);
            *list = copy;
        }
        copy[i] = entry;
        *changed = true;
    }
}

WeirExpression *weir_transform_down(WeirArena *arena, WeirExpression *expression, WeirTopDownRewrite rewrite,
                                    void *context)
{
    WeirExpression *replaced = rewrite(context, expression);
    if (replaced != NULL)
        return replaced;
    WeirExpression **children = expression->children;
    WeirExpression *filter = expression->filter;
    WeirWindowSpec *window = expression->window;
    bool changed = false;
    transform_list_down(arena, &children, expression->child_count, rewrite, context, &changed);
    if (filter != NULL) {
        filter = weir_transform_down(arena, filter, rewrite, context);
        changed = changed || filter != expression->filter;
    }
    if (window != NULL) {
        WeirWindowSpec copy = *window;
        bool differs = false;
        transform_list_down(arena, &copy.partition_by, copy.partition_count, rewrite, context, &differs);
        transform_list_down(arena, &copy.order_by, copy.order_count, rewrite, context, &differs);
        if (differs) {
            window = WEIR_ARENA_NEW(arena, WeirWindowSpec);
            *window = copy;
            changed = true;
        }
    }
    if (!changed)
        return expression;
    WeirExpression *result = weir_expression_copy(arena, expression);
    result->children = children;
    result->filter = filter;
    result->window = window;
    return result;
}
