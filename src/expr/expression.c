/* Making, copying, rewriting and searching expression trees. Nothing here knows a function: see function_registry.c. */
#include "expr/expression.h"

#include "expr/aggregate.h"

WeirExpression *weir_expression_new(WeirArena *arena, WeirExpressionKind kind, WeirOrigin origin)
{
    WeirExpression *expression = WEIR_ARENA_NEW(arena, WeirExpression);
    expression->kind = kind;
    expression->origin = origin;
    return expression;
}

WeirExpression *weir_expression_literal(WeirArena *arena, const WeirValue *value)
{
    WeirExpression *expression = weir_expression_new(arena, WEIR_EXPRESSION_LITERAL, (WeirOrigin){0});
    expression->value = value;
    expression->type = value->type;
    expression->nullable = weir_value_is_null(value);
    return expression;
}

WeirExpression *weir_expression_unary(WeirArena *arena, WeirExpressionKind kind, WeirExpression *child)
{
    WeirExpression *expression = weir_expression_new(arena, kind, child->origin);
    expression->children = WEIR_ARENA_ARRAY(arena, WeirExpression *, 1);
    expression->children[0] = child;
    expression->child_count = 1;
    return expression;
}

WeirExpression *weir_expression_attribute(WeirArena *arena, const char *name, const WeirDataType *type, bool nullable,
                                          int64_t id)
{
    WeirExpression *expression = weir_expression_new(arena, WEIR_EXPRESSION_ATTRIBUTE, (WeirOrigin){0});
    expression->name = name;
    expression->type = type;
    expression->nullable = nullable;
    expression->id = id;
    return expression;
}

WeirExpression *weir_expression_alias(WeirArena *arena, WeirExpression *child, const char *name, int64_t id)
{
    WeirExpression *expression = weir_expression_unary(arena, WEIR_EXPRESSION_ALIAS, child);
    expression->name = name;
    expression->id = id;
    expression->type = child->type;
    expression->nullable = child->nullable;
    return expression;
}

WeirExpression *weir_expression_function(WeirArena *arena, const char *name, WeirExpression *const *children,
                                         uint32_t count, WeirOrigin origin)
{
    WeirExpression *expression = weir_expression_new(arena, WEIR_EXPRESSION_UNRESOLVED_FUNCTION, origin);
    const char **parts = WEIR_ARENA_ARRAY(arena, const char *, 1);
    parts[0] = name;
    expression->parts = parts;
    expression->part_count = 1;
    expression->children = WEIR_ARENA_ARRAY(arena, WeirExpression *, count);
    if (count > 0)
        memcpy(expression->children, children, sizeof(*children) * count);
    expression->child_count = count;
    return expression;
}

/* Metadata of a column is inherited through an alias that does not set its own (Spark: Alias.metadata), also that of
 * struct fields. */
static const char *inherited_metadata(const WeirExpression *named)
{
    if (named->metadata != NULL || named->kind != WEIR_EXPRESSION_ALIAS)
        return named->metadata;
    const WeirExpression *child = named->children[0];
    if (child->kind == WEIR_EXPRESSION_ALIAS || child->kind == WEIR_EXPRESSION_ATTRIBUTE ||
        child->kind == WEIR_EXPRESSION_BOUND_REFERENCE)
        return inherited_metadata(child);
    if (child->kind == WEIR_EXPRESSION_EXTRACT_FIELD && child->children[0]->type->id == WEIR_TYPE_STRUCT) {
        const char *metadata = child->children[0]->type->fields[child->ordinal].metadata;
        return metadata != NULL && strcmp(metadata, "{}") != 0 ? metadata : NULL;
    }
    return NULL;
}

WeirExpression *weir_expression_to_attribute(WeirArena *arena, const WeirExpression *named)
{
    WeirExpression *attribute = weir_expression_new(arena, WEIR_EXPRESSION_ATTRIBUTE, named->origin);
    attribute->name = named->name;
    attribute->id = named->id;
    attribute->type = named->type != NULL || named->child_count == 0 ? named->type : named->children[0]->type;
    attribute->nullable = named->kind == WEIR_EXPRESSION_ALIAS ? named->children[0]->nullable : named->nullable;
    attribute->metadata = inherited_metadata(named);
    attribute->parts = named->parts;
    attribute->part_count = named->part_count;
    return attribute;
}

WeirExpression *weir_expression_copy(WeirArena *arena, const WeirExpression *expression)
{
    WeirExpression *copy = weir_arena_alloc(arena, sizeof(*copy));
    *copy = *expression;
    copy->children = WEIR_ARENA_ARRAY(arena, WeirExpression *, expression->child_count);
    if (expression->child_count > 0)
        memcpy(copy->children, expression->children, sizeof(*copy->children) * expression->child_count);
    return copy;
}

typedef struct Transform {
    WeirArena *arena;
    WeirExpressionRewrite rewrite;
    void *context;
    WeirError *error;
} Transform;

static WeirStatus transform_node(const Transform *transform, WeirExpression *expression, WeirExpression **out);

/* Rewrite a list; `*changed` turns true and `*list` becomes a copy as soon as one entry differs. */
static WeirStatus transform_list(const Transform *transform, WeirExpression ***list, uint32_t count, bool *changed)
{
    bool copied = false;
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *entry = NULL;
        WEIR_TRY(transform_node(transform, (*list)[i], &entry));
        if (entry == (*list)[i])
            continue;
        if (!copied) {
            WeirExpression **copy = WEIR_ARENA_ARRAY(transform->arena, WeirExpression *, count);
            memcpy(copy, *list, sizeof(*copy) * count);
            *list = copy;
            copied = true;
        }
        (*list)[i] = entry;
        *changed = true;
    }
    return WEIR_OK;
}

static WeirStatus transform_window(const Transform *transform, WeirWindowSpec **spec, bool *changed)
{
    WeirWindowSpec copy = **spec;
    bool differs = false;
    WEIR_TRY(transform_list(transform, &copy.partition_by, copy.partition_count, &differs));
    WEIR_TRY(transform_list(transform, &copy.order_by, copy.order_count, &differs));
    WeirExpression **offsets[2] = {&copy.lower_offset, &copy.upper_offset};
    for (int i = 0; i < 2; i++) {
        if (*offsets[i] == NULL)
            continue;
        WeirExpression *before = *offsets[i];
        WEIR_TRY(transform_node(transform, before, offsets[i]));
        differs = differs || *offsets[i] != before;
    }
    if (differs) {
        *spec = WEIR_ARENA_NEW(transform->arena, WeirWindowSpec);
        **spec = copy;
        *changed = true;
    }
    return WEIR_OK;
}

static WeirStatus transform_node(const Transform *transform, WeirExpression *expression, WeirExpression **out)
{
    WeirExpression **children = expression->children;
    WeirExpression *filter = expression->filter;
    WeirWindowSpec *window = expression->window;
    bool changed = false;
    WEIR_TRY(transform_list(transform, &children, expression->child_count, &changed));
    if (filter != NULL) {
        WEIR_TRY(transform_node(transform, expression->filter, &filter));
        changed = changed || filter != expression->filter;
    }
    if (window != NULL)
        WEIR_TRY(transform_window(transform, &window, &changed));
    if (changed) {
        WeirExpression *copy = weir_arena_alloc(transform->arena, sizeof(*copy));
        *copy = *expression;
        copy->children = children;
        copy->filter = filter;
        copy->window = window;
        expression = copy;
    }
    WeirStatus status = WEIR_OK;
    WeirExpression *result = transform->rewrite(transform->context, expression, &status, transform->error);
    if (result == NULL)
        return status;
    *out = result;
    return WEIR_OK;
}

WeirStatus weir_expression_transform(WeirArena *arena, WeirExpression *expression, WeirExpressionRewrite rewrite,
                                     void *context, WeirExpression **out, WeirError *error)
{
    Transform transform = {arena, rewrite, context, error};
    return transform_node(&transform, expression, out);
}

static bool any_in_list(WeirExpression *const *list, uint32_t count, WeirExpressionMatch match, void *context)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_expression_any(list[i], match, context))
            return true;
    return false;
}

bool weir_expression_any(const WeirExpression *expression, WeirExpressionMatch match, void *context)
{
    if (expression == NULL)
        return false;
    if (match(context, expression) || any_in_list(expression->children, expression->child_count, match, context) ||
        weir_expression_any(expression->filter, match, context))
        return true;
    const WeirWindowSpec *window = expression->window;
    return window != NULL && (any_in_list(window->partition_by, window->partition_count, match, context) ||
                              any_in_list(window->order_by, window->order_count, match, context) ||
                              weir_expression_any(window->lower_offset, match, context) ||
                              weir_expression_any(window->upper_offset, match, context));
}

static bool is_unresolved_node(void *context, const WeirExpression *expression)
{
    (void)context;
    switch (expression->kind) {
    case WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE:
    case WEIR_EXPRESSION_UNRESOLVED_STAR:
    case WEIR_EXPRESSION_UNRESOLVED_ORDINAL:
    case WEIR_EXPRESSION_UNRESOLVED_FUNCTION:
    case WEIR_EXPRESSION_PARAMETER:
    case WEIR_EXPRESSION_NAMED_ARGUMENT:
    case WEIR_EXPRESSION_ROLLUP:
    case WEIR_EXPRESSION_CUBE:
    case WEIR_EXPRESSION_GROUPING_SETS:
    case WEIR_EXPRESSION_GROUPING_SET:
        return true;
    case WEIR_EXPRESSION_SORT_ORDER:
    case WEIR_EXPRESSION_MULTI_ALIAS:
        return false;
    default:
        return expression->type == NULL;
    }
}

bool weir_expression_is_resolved(const WeirExpression *expression)
{
    return !weir_expression_any(expression, is_unresolved_node, NULL);
}

static bool is_nondeterministic_node(void *context, const WeirExpression *expression)
{
    (void)context;
    if (expression->kind == WEIR_EXPRESSION_AGGREGATE)
        return expression->aggregate != NULL && (expression->aggregate->flags & WEIR_AGGREGATE_ORDER_SENSITIVE) != 0;
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_NONDETERMINISTIC) != 0;
}

bool weir_expression_is_deterministic(const WeirExpression *expression)
{
    return !weir_expression_any(expression, is_nondeterministic_node, NULL);
}

static bool is_unfoldable_node(void *context, const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_LITERAL:
    case WEIR_EXPRESSION_CAST:
    case WEIR_EXPRESSION_CASE:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
    case WEIR_EXPRESSION_LAMBDA:
    case WEIR_EXPRESSION_LAMBDA_VARIABLE:
        return expression->type == NULL && expression->kind != WEIR_EXPRESSION_LAMBDA;
    case WEIR_EXPRESSION_CALL:
        return expression->function->kind == WEIR_FUNCTION_WINDOW || is_nondeterministic_node(context, expression);
    default:
        return true;
    }
}

bool weir_expression_is_foldable(const WeirExpression *expression)
{
    return !weir_expression_any(expression, is_unfoldable_node, NULL);
}
