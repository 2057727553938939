/* How deep the trees of a statement are. Long chains ("1 + 1 + 1 …", UNION after UNION) are read in a loop but make
 * deep trees, and every later layer walks trees by recursion: so depth and size are checked here once, with a stack on
 * the heap. */
#include "sql/parser_private.h"

/* Shared parts ("CASE x WHEN …" has x once for each WHEN) count each time they are reached, since a rewrite would copy
 * them. */
#define NODES_MAX (8 << 20)

typedef struct Frame {
    const WeirExpression *expression; /* one of the two */
    const WeirLogicalPlan *plan;
    uint32_t depth;
} Frame;

typedef struct DepthStack {
    Frame *frames;
    size_t count, capacity;
    uint32_t deepest;
} DepthStack;

static void push(DepthStack *stack, const WeirExpression *expression, const WeirLogicalPlan *plan, uint32_t depth)
{
    if (expression == NULL && plan == NULL)
        return;
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity == 0 ? 256 : stack->capacity * 2;
        stack->frames = weir_realloc(stack->frames, stack->capacity * sizeof *stack->frames);
    }
    stack->frames[stack->count++] = (Frame){expression, plan, depth};
    if (depth > stack->deepest)
        stack->deepest = depth;
}

static void push_all(DepthStack *stack, WeirExpression *const *expressions, uint32_t count, uint32_t depth)
{
    for (uint32_t i = 0; i < count; i++)
        push(stack, expressions[i], NULL, depth);
}

static void push_window(DepthStack *stack, const WeirWindowSpec *window, uint32_t depth)
{
    push_all(stack, window->partition_by, window->partition_count, depth);
    push_all(stack, window->order_by, window->order_count, depth);
    push(stack, window->lower_offset, NULL, depth);
    push(stack, window->upper_offset, NULL, depth);
}

static void push_expression_parts(DepthStack *stack, const WeirExpression *expression, uint32_t depth)
{
    push_all(stack, expression->children, expression->child_count, depth);
    push(stack, expression->filter, NULL, depth);
    push(stack, NULL, expression->plan, depth);
    if (expression->window != NULL)
        push_window(stack, expression->window, depth);
}

static void push_plan_parts(DepthStack *stack, const WeirLogicalPlan *plan, uint32_t depth)
{
    for (uint32_t i = 0; i < plan->child_count; i++)
        push(stack, NULL, plan->children[i], depth);
    push_all(stack, plan->expressions, plan->expression_count, depth);
    push_all(stack, plan->grouping, plan->grouping_count, depth);
    push(stack, plan->condition, NULL, depth);
    for (uint32_t i = 0; i < plan->row_count; i++)
        push_all(stack, plan->rows[i], plan->row_width, depth);
    for (uint32_t i = 0; i < plan->cte_count; i++)
        push(stack, NULL, plan->ctes[i].plan, depth);
    for (uint32_t i = 0; plan->kind == WEIR_LOGICAL_WINDOW_DEFINITIONS && i < plan->name_count; i++)
        push_window(stack, plan->windows[i], depth);
}

bool weir_statement_is_too_deep(const WeirStatement *statement, uint32_t limit)
{
    DepthStack stack = {0};
    size_t nodes = 0;
    for (const WeirStatement *s = statement; s != NULL; s = s->statement) {
        push(&stack, NULL, s->plan, 1);
        push_all(&stack, s->expressions, s->expression_count, 1);
        for (uint32_t i = 0; i < s->parameter_count; i++)
            push(&stack, s->parameters[i].default_value, NULL, 1);
    }
    while (stack.count > 0 && stack.deepest <= limit && nodes++ < NODES_MAX) {
        Frame frame = stack.frames[--stack.count];
        if (frame.expression != NULL)
            push_expression_parts(&stack, frame.expression, frame.depth + 1);
        else
            push_plan_parts(&stack, frame.plan, frame.depth + 1);
    }
    weir_free(stack.frames);
    return stack.deepest > limit || stack.count > 0;
}
