/* Window expressions of a SELECT list become WINDOW nodes, one for each window specification, over a Project that
 * computes their arguments; a Project above puts the list together (Spark: ExtractWindowExpressions). */
#include "analyzer/analyzer_private.h"

typedef struct Extract {
    WeirAnalysis *analysis;
    WeirExpressionList lower;   /* what the Project below gives */
    WeirExpressionList windows; /* aliases of WINDOW expressions */
    uint32_t arguments, results;
} Extract;

static void keep_attribute(Extract *extract, const WeirExpression *attribute)
{
    if (weir_find_by_id(extract->lower.items, extract->lower.count, attribute->id) == NULL &&
        weir_find_by_id(extract->windows.items, extract->windows.count, attribute->id) == NULL)
        weir_list_append(extract->analysis, &extract->lower, (WeirExpression *)(uintptr_t)attribute);
}

/* An argument, partition or order expression: a column of the Project below. */
static WeirExpression *lower_column(Extract *extract, WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_LITERAL || expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        return expression;
    if (weir_expression_is_foldable(expression))
        return expression;
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE) {
        keep_attribute(extract, expression);
        return expression;
    }
    for (uint32_t i = 0; i < extract->lower.count; i++)
        if (extract->lower.items[i]->kind == WEIR_EXPRESSION_ALIAS &&
            weir_expression_equal(extract->lower.items[i]->children[0], expression))
            return weir_expression_to_attribute(extract->analysis->arena, extract->lower.items[i]);
    const char *name = weir_arena_printf(extract->analysis->arena, "_w%u", extract->arguments++);
    WeirExpression *alias =
        weir_expression_alias(extract->analysis->arena, expression, name, weir_next_id(extract->analysis));
    weir_list_append(extract->analysis, &extract->lower, alias);
    return weir_expression_to_attribute(extract->analysis->arena, alias);
}

static WeirExpression *lower_window(Extract *extract, const WeirExpression *window)
{
    WeirArena *arena = extract->analysis->arena;
    WeirExpression *copy = weir_expression_copy(arena, window);
    WeirExpression *function = weir_expression_copy(arena, copy->children[0]);
    for (uint32_t i = 0; i < function->child_count; i++)
        function->children[i] = lower_column(extract, function->children[i]);
    if (function->filter != NULL)
        function->filter = lower_column(extract, function->filter);
    copy->children[0] = function;
    WeirWindowSpec *spec = WEIR_ARENA_NEW(arena, WeirWindowSpec);
    *spec = *window->window;
    spec->partition_by = WEIR_ARENA_ARRAY(arena, WeirExpression *, spec->partition_count);
    for (uint32_t i = 0; i < spec->partition_count; i++)
        spec->partition_by[i] = lower_column(extract, window->window->partition_by[i]);
    spec->order_by = WEIR_ARENA_ARRAY(arena, WeirExpression *, spec->order_count);
    for (uint32_t i = 0; i < spec->order_count; i++) {
        spec->order_by[i] = weir_expression_copy(arena, window->window->order_by[i]);
        spec->order_by[i]->children[0] = lower_column(extract, spec->order_by[i]->children[0]);
    }
    copy->window = spec;
    return copy;
}

static WeirExpression *extract_node(void *context, WeirExpression *expression)
{
    Extract *extract = context;
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE) {
        keep_attribute(extract, expression);
        return expression;
    }
    bool named = expression->kind == WEIR_EXPRESSION_ALIAS && expression->children[0]->kind == WEIR_EXPRESSION_WINDOW;
    if (!named && expression->kind != WEIR_EXPRESSION_WINDOW)
        return NULL;
    WeirExpression *window = lower_window(extract, named ? expression->children[0] : expression);
    for (uint32_t i = 0; !named && i < extract->windows.count; i++)
        if (weir_expression_equal(extract->windows.items[i]->children[0], window))
            return weir_expression_to_attribute(extract->analysis->arena, extract->windows.items[i]);
    const char *name =
        named ? expression->name : weir_arena_printf(extract->analysis->arena, "_we%u", extract->results++);
    WeirExpression *alias = weir_expression_alias(extract->analysis->arena, window, name,
                                                  named ? expression->id : weir_next_id(extract->analysis));
    alias->metadata = named ? expression->metadata : NULL;
    weir_list_append(extract->analysis, &extract->windows, alias);
    return weir_expression_to_attribute(extract->analysis->arena, alias);
}

static bool same_list(WeirExpression *const *a, uint32_t a_count, WeirExpression *const *b, uint32_t b_count)
{
    if (a_count != b_count)
        return false;
    for (uint32_t i = 0; i < a_count; i++)
        if (!weir_expression_equal(a[i], b[i]))
            return false;
    return true;
}

static bool same_window(const WeirExpression *a, const WeirExpression *b)
{
    const WeirWindowSpec *x = a->children[0]->window, *y = b->children[0]->window;
    return same_list(x->partition_by, x->partition_count, y->partition_by, y->partition_count) &&
           same_list(x->order_by, x->order_count, y->order_by, y->order_count);
}

static WeirLogicalPlan *stack_windows(WeirAnalysis *analysis, const WeirExpressionList *windows, WeirLogicalPlan *child)
{
    bool *done = WEIR_ARENA_ARRAY(analysis->arena, bool, windows->count);
    for (uint32_t i = 0; i < windows->count; i++) {
        if (done[i])
            continue;
        WeirExpressionList group = {0};
        for (uint32_t j = i; j < windows->count; j++)
            if (!done[j] && same_window(windows->items[i], windows->items[j])) {
                weir_list_append(analysis, &group, windows->items[j]);
                done[j] = true;
            }
        WeirLogicalPlan *node = weir_logical_unary(analysis->arena, WEIR_LOGICAL_WINDOW, child);
        node->expressions = group.items;
        node->expression_count = group.count;
        node->window = windows->items[i]->children[0]->window;
        child = weir_plan_finish(analysis, node);
    }
    return child;
}

WeirStatus weir_extract_windows(WeirAnalysis *analysis, WeirExpression *const *items, uint32_t count,
                                WeirLogicalPlan *child, WeirLogicalPlan **out, WeirError *error)
{
    (void)error;
    Extract extract = {.analysis = analysis};
    WeirExpressionList upper = {0};
    for (uint32_t i = 0; i < count; i++) /* items without windows are computed below, first */
        if (!weir_has_window(items[i]))
            weir_list_append(analysis, &extract.lower, items[i]);
    for (uint32_t i = 0; i < count; i++)
        weir_list_append(analysis, &upper,
                         weir_has_window(items[i])
                             ? weir_transform_down(analysis->arena, items[i], extract_node, &extract)
                             : weir_expression_to_attribute(analysis->arena, items[i]));
    WeirLogicalPlan *project = weir_plan_project(analysis, extract.lower.items, extract.lower.count, child);
    WeirLogicalPlan *windows = stack_windows(analysis, &extract.windows, project);
    *out = weir_plan_project(analysis, upper.items, upper.count, windows);
    return WEIR_OK;
}
