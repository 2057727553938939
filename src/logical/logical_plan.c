/* Making, copying and rewriting logical nodes. Rewrites share what they do not change. */
#include "logical/logical_plan.h"

WeirLogicalPlan *weir_logical_new(WeirArena *arena, WeirLogicalKind kind, WeirOrigin origin)
{
    WeirLogicalPlan *plan = WEIR_ARENA_NEW(arena, WeirLogicalPlan);
    plan->kind = kind;
    plan->origin = origin;
    return plan;
}

WeirLogicalPlan *weir_logical_unary(WeirArena *arena, WeirLogicalKind kind, WeirLogicalPlan *child)
{
    WeirLogicalPlan *plan = weir_logical_new(arena, kind, child->origin);
    plan->children = WEIR_ARENA_ARRAY(arena, WeirLogicalPlan *, 1);
    plan->children[0] = child;
    plan->child_count = 1;
    return plan;
}

WeirLogicalPlan *weir_logical_binary(WeirArena *arena, WeirLogicalKind kind, WeirLogicalPlan *left,
                                     WeirLogicalPlan *right)
{
    WeirLogicalPlan *plan = weir_logical_new(arena, kind, left->origin);
    plan->children = WEIR_ARENA_ARRAY(arena, WeirLogicalPlan *, 2);
    plan->children[0] = left;
    plan->children[1] = right;
    plan->child_count = 2;
    return plan;
}

WeirLogicalPlan *weir_logical_copy(WeirArena *arena, const WeirLogicalPlan *plan)
{
    WeirLogicalPlan *copy = weir_arena_alloc(arena, sizeof *copy);
    *copy = *plan;
    if (plan->child_count > 0) {
        copy->children = WEIR_ARENA_ARRAY(arena, WeirLogicalPlan *, plan->child_count);
        memcpy(copy->children, plan->children, plan->child_count * sizeof(WeirLogicalPlan *));
    }
    return copy;
}

/* ---- rewriting nodes */

typedef struct PlanRewrite {
    WeirArena *arena;
    WeirLogicalRewrite rewrite;
    void *context;
    WeirStatus status;
    WeirError *error;
} PlanRewrite;

static WeirLogicalPlan *transform_node(PlanRewrite *job, WeirLogicalPlan *plan);

/* The definitions of a WITH are part of the tree too. */
static WeirLogicalPlan *transform_ctes(PlanRewrite *job, WeirLogicalPlan *plan)
{
    WeirCteDefinition *changed = NULL;
    for (uint32_t i = 0; i < plan->cte_count && job->status == WEIR_OK; i++) {
        WeirLogicalPlan *definition = transform_node(job, plan->ctes[i].plan);
        if (definition == plan->ctes[i].plan || definition == NULL)
            continue;
        if (changed == NULL) {
            changed = WEIR_ARENA_ARRAY(job->arena, WeirCteDefinition, plan->cte_count);
            memcpy(changed, plan->ctes, plan->cte_count * sizeof *changed);
        }
        changed[i].plan = definition;
    }
    if (changed == NULL)
        return plan;
    plan = weir_logical_copy(job->arena, plan);
    plan->ctes = changed;
    return plan;
}

static WeirLogicalPlan *transform_node(PlanRewrite *job, WeirLogicalPlan *plan)
{
    WeirLogicalPlan *result = plan;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        WeirLogicalPlan *child = transform_node(job, plan->children[i]);
        if (job->status != WEIR_OK)
            return NULL;
        if (child == plan->children[i])
            continue;
        if (result == plan)
            result = weir_logical_copy(job->arena, plan);
        result->children[i] = child;
    }
    if (result->cte_count > 0)
        result = transform_ctes(job, result);
    if (job->status != WEIR_OK)
        return NULL;
    return job->rewrite(job->context, result, &job->status, job->error);
}

WeirStatus weir_logical_transform(WeirArena *arena, WeirLogicalPlan *plan, WeirLogicalRewrite rewrite, void *context,
                                  WeirLogicalPlan **out, WeirError *error)
{
    PlanRewrite job = {.arena = arena, .rewrite = rewrite, .context = context, .error = error};
    WeirLogicalPlan *result = transform_node(&job, plan);
    if (job.status == WEIR_OK)
        *out = result;
    return job.status;
}

/* ---- rewriting the expressions of one node */

typedef struct ExpressionRewrite {
    WeirArena *arena;
    WeirExpressionRewrite rewrite;
    void *context;
    WeirError *error;
} ExpressionRewrite;

static WeirStatus transform_one(const ExpressionRewrite *job, WeirExpression **expression, bool *changed)
{
    if (*expression == NULL)
        return WEIR_OK;
    WeirExpression *result;
    WEIR_TRY(weir_expression_transform(job->arena, *expression, job->rewrite, job->context, &result, job->error));
    *changed |= result != *expression;
    *expression = result;
    return WEIR_OK;
}

/* Rewrites into a copy of the list, which replaces it where something changed. */
static WeirStatus transform_list(const ExpressionRewrite *job, WeirExpression ***list, uint32_t count, bool *changed)
{
    if (count == 0)
        return WEIR_OK;
    WeirExpression **copy = WEIR_ARENA_ARRAY(job->arena, WeirExpression *, count);
    memcpy(copy, *list, count * sizeof *copy);
    bool any = false;
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY(transform_one(job, &copy[i], &any));
    if (any) {
        *list = copy;
        *changed = true;
    }
    return WEIR_OK;
}

static WeirStatus transform_window(const ExpressionRewrite *job, WeirWindowSpec **window, bool *changed)
{
    if (*window == NULL)
        return WEIR_OK;
    WeirWindowSpec copy = **window;
    bool any = false;
    WEIR_TRY(transform_list(job, &copy.partition_by, copy.partition_count, &any));
    WEIR_TRY(transform_list(job, &copy.order_by, copy.order_count, &any));
    WEIR_TRY(transform_one(job, &copy.lower_offset, &any));
    WEIR_TRY(transform_one(job, &copy.upper_offset, &any));
    if (!any)
        return WEIR_OK;
    *window = WEIR_ARENA_NEW(job->arena, WeirWindowSpec);
    **window = copy;
    *changed = true;
    return WEIR_OK;
}

static WeirStatus transform_rows(const ExpressionRewrite *job, WeirLogicalPlan *plan, bool *changed)
{
    if (plan->row_count == 0)
        return WEIR_OK;
    WeirExpression ***rows = WEIR_ARENA_ARRAY(job->arena, WeirExpression **, plan->row_count);
    memcpy(rows, plan->rows, plan->row_count * sizeof *rows);
    bool any = false;
    for (uint32_t i = 0; i < plan->row_count; i++)
        WEIR_TRY(transform_list(job, &rows[i], plan->row_width, &any));
    if (any) {
        plan->rows = rows;
        *changed = true;
    }
    return WEIR_OK;
}

static WeirStatus transform_windows(const ExpressionRewrite *job, WeirLogicalPlan *plan, bool *changed)
{
    if (plan->kind != WEIR_LOGICAL_WINDOW_DEFINITIONS || plan->name_count == 0)
        return WEIR_OK;
    WeirWindowSpec **windows = WEIR_ARENA_ARRAY(job->arena, WeirWindowSpec *, plan->name_count);
    memcpy(windows, plan->windows, plan->name_count * sizeof *windows);
    bool any = false;
    for (uint32_t i = 0; i < plan->name_count; i++)
        WEIR_TRY(transform_window(job, &windows[i], &any));
    if (any) {
        plan->windows = windows;
        *changed = true;
    }
    return WEIR_OK;
}

WeirStatus weir_logical_transform_expressions(WeirArena *arena, WeirLogicalPlan *plan, WeirExpressionRewrite rewrite,
                                              void *context, WeirLogicalPlan **out, WeirError *error)
{
    ExpressionRewrite job = {.arena = arena, .rewrite = rewrite, .context = context, .error = error};
    WeirLogicalPlan copy = *plan;
    bool changed = false;
    WEIR_TRY(transform_list(&job, &copy.expressions, copy.expression_count, &changed));
    WEIR_TRY(transform_list(&job, &copy.grouping, copy.grouping_count, &changed));
    WEIR_TRY(transform_one(&job, &copy.condition, &changed));
    WEIR_TRY(transform_rows(&job, &copy, &changed));
    WEIR_TRY(transform_window(&job, &copy.window, &changed));
    WEIR_TRY(transform_windows(&job, &copy, &changed));
    *out = plan;
    if (changed) {
        *out = weir_logical_copy(arena, &copy);
    }
    return WEIR_OK;
}

/* ---- search and schema */

bool weir_logical_any(const WeirLogicalPlan *plan, WeirLogicalMatch match, void *context)
{
    if (match(context, plan))
        return true;
    for (uint32_t i = 0; i < plan->child_count; i++)
        if (weir_logical_any(plan->children[i], match, context))
            return true;
    for (uint32_t i = 0; i < plan->cte_count; i++)
        if (weir_logical_any(plan->ctes[i].plan, match, context))
            return true;
    return false;
}

const WeirSchema *weir_logical_schema(const WeirLogicalPlan *plan, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, plan->output_count == 0 ? 1 : plan->output_count);
    for (uint32_t i = 0; i < plan->output_count; i++) {
        const WeirExpression *attribute = plan->output[i];
        fields[i] = (WeirField){.name = attribute->name,
                                .type = attribute->type,
                                .nullable = attribute->nullable,
                                .metadata = attribute->metadata != NULL ? attribute->metadata : "{}"};
    }
    return weir_type_struct(arena, fields, plan->output_count);
}
