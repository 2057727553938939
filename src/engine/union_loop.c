/* See union_loop.h. A round plans and runs the step anew over the rows of the round before, in an arena of its own, so
 * that a long recursion costs the memory of its rows only. */
#include "engine/union_loop.h"

#include <stdio.h>

/* ---- finding loops */

static bool node_has_loop(void *context, const WeirLogicalPlan *plan);

static bool expression_has_loop(void *context, const WeirExpression *expression)
{
    return expression->plan != NULL && weir_logical_any(expression->plan, node_has_loop, context);
}

static bool node_has_loop(void *context, const WeirLogicalPlan *plan)
{
    if (plan->kind == WEIR_LOGICAL_UNION_LOOP || weir_expression_any(plan->condition, expression_has_loop, context))
        return true;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (weir_expression_any(plan->expressions[i], expression_has_loop, context))
            return true;
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        if (weir_expression_any(plan->grouping[i], expression_has_loop, context))
            return true;
    return false;
}

bool weir_has_union_loop(const WeirLogicalPlan *plan)
{
    return weir_logical_any(plan, node_has_loop, NULL);
}

/* ---- replacing a loop and its references by rows */

typedef struct Rows {
    WeirBatch *const *batches;
    uint32_t count;
} Rows;

static WeirLogicalPlan *rows_as_plan(WeirArena *arena, const WeirLogicalPlan *like, const Rows *rows)
{
    WeirLogicalPlan *plan = weir_logical_new(arena, WEIR_LOGICAL_LOCAL_RELATION, like->origin);
    plan->output = like->output;
    plan->output_count = like->output_count;
    plan->batches = rows->batches;
    plan->batch_count = rows->count;
    plan->analyzed = true;
    return plan;
}

typedef struct Substitution {
    WeirArena *arena;
    int64_t loop_id;
    Rows rows;
} Substitution;

static WeirLogicalPlan *substitute(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error);

static WeirExpression *substitute_subquery(void *context, WeirExpression *expression, WeirStatus *status,
                                           WeirError *error)
{
    Substitution *substitution = context;
    if (expression->plan == NULL)
        return expression;
    WeirExpression *copy = weir_expression_copy(substitution->arena, expression);
    *status =
        weir_logical_transform(substitution->arena, expression->plan, substitute, substitution, &copy->plan, error);
    return copy;
}

static WeirLogicalPlan *substitute(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    Substitution *substitution = context;
    if (plan->kind == WEIR_LOGICAL_LOOP_REFERENCE && plan->loop_id == substitution->loop_id)
        return rows_as_plan(substitution->arena, plan, &substitution->rows);
    *status =
        weir_logical_transform_expressions(substitution->arena, plan, substitute_subquery, substitution, &plan, error);
    return plan;
}

/* ---- running */

typedef struct Run {
    const WeirUnionLoops *loops;
    WeirArena *arena; /* of what this plan becomes */
} Run;

static WeirStatus expand(const Run *run, WeirLogicalPlan *plan, int64_t limit, WeirLogicalPlan **out, WeirError *error);

/* Plan and run one part of a loop; its rows are added to `into`. */
static WeirStatus collect(const WeirUnionLoops *loops, WeirArena *arena, WeirLogicalPlan *plan,
                          const WeirSchema *schema, WeirBatchList *into, WeirError *error)
{
    const Run run = {loops, arena};
    WeirBatchPlans plans = {0};
    WeirBatchList rows = {0};
    WEIR_TRY(expand(&run, plan, -1, &plan, error));
    WEIR_TRY(weir_batch_plan(plan, loops->context, loops->shuffle_partitions, arena, loops->next_expression_id, &plans,
                             error));
    WEIR_TRY(weir_batch_collect(plans.physical, loops->environment, &rows, error));
    for (uint32_t i = 0; i < rows.count; i++) {
        weir_batch_adopt_types(rows.batches[i], schema); /* those of the plan die with the round */
        weir_batch_list_add(into, weir_batch_retain(rows.batches[i]));
    }
    weir_batch_list_release(&rows);
    return WEIR_OK;
}

static WeirStatus run_round(const WeirUnionLoops *loops, const WeirLogicalPlan *loop, const Rows *last,
                            const WeirSchema *schema, WeirBatchList *into, WeirError *error)
{
    WeirArena arena;
    weir_arena_init(&arena, loops->environment->tracker);
    Substitution substitution = {.arena = &arena, .loop_id = loop->loop_id, .rows = *last};
    WeirLogicalPlan *step = NULL;
    WeirStatus status = weir_logical_transform(&arena, loop->children[1], substitute, &substitution, &step, error);
    if (status == WEIR_OK)
        status = collect(loops, &arena, step, schema, into, error);
    if (status == WEIR_OK)
        status = weir_arena_check(&arena, error);
    weir_arena_deinit(&arena);
    return status;
}

/* `rows` -1: there is a LIMIT, so that their number does not matter. */
static WeirStatus check_limits(const WeirUnionLoops *loops, const WeirLogicalPlan *loop, int64_t level, int64_t rows,
                               WeirError *error)
{
    char text[32];
    int64_t limit = loop->loop_level_limit >= 0 ? loop->loop_level_limit : loops->level_limit;
    if (limit >= 0 && level > limit) {
        snprintf(text, sizeof text, "%lld", (long long)limit);
        return weir_error_set(error, WEIR_ERROR_RECURSION_LEVEL_LIMIT_EXCEEDED, "levelLimit", text);
    }
    if (loops->row_limit >= 0 && rows > loops->row_limit) {
        snprintf(text, sizeof text, "%lld", (long long)loops->row_limit);
        return weir_error_set(error, WEIR_ERROR_RECURSION_ROW_LIMIT_EXCEEDED, "rowLimit", text);
    }
    return WEIR_OK;
}

/* Batches of `kept` from `first` on, in an array that does not move when the list grows. */
static Rows rows_since(WeirArena *arena, const WeirBatchList *kept, uint32_t first)
{
    Rows rows = {.count = kept->count - first};
    WeirBatch **batches = WEIR_ARENA_ARRAY(arena, WeirBatch *, rows.count + 1);
    for (uint32_t i = 0; i < rows.count; i++)
        batches[i] = kept->batches[first + i];
    rows.batches = batches;
    return rows;
}

/* Rounds until one makes no row, or until `limit` rows are there (-1: all are wanted). */
static WeirStatus run_loop(const Run *run, const WeirLogicalPlan *loop, int64_t limit, WeirLogicalPlan **out,
                           WeirError *error)
{
    const WeirUnionLoops *loops = run->loops;
    const WeirSchema *schema = weir_logical_schema(loop, loops->arena);
    WeirBatchList own = {0};
    WeirStatus status = collect(loops, run->arena, loop->children[0], schema, &own, error);
    uint32_t first = 0;
    for (int64_t level = 1; status == WEIR_OK && own.count > first && (limit < 0 || own.row_count < limit); level++) {
        status = check_limits(loops, loop, level, limit < 0 ? own.row_count : -1, error);
        if (status != WEIR_OK)
            break;
        Rows last = rows_since(run->arena, &own, first);
        first = own.count;
        status = run_round(loops, loop, &last, schema, &own, error);
    }
    for (uint32_t i = 0; i < own.count; i++)
        weir_batch_list_add(loops->kept, weir_batch_retain(own.batches[i]));
    if (status == WEIR_OK) {
        Rows all = rows_since(run->arena, &own, 0);
        *out = rows_as_plan(run->arena, loop, &all);
    }
    weir_batch_list_release(&own);
    return status;
}

static WeirExpression *expand_subquery(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Run *run = context;
    if (expression->plan == NULL || !weir_has_union_loop(expression->plan))
        return expression;
    WeirExpression *copy = weir_expression_copy(run->arena, expression);
    *status = expand(run, expression->plan, -1, &copy->plan, error);
    return copy;
}

static int64_t literal_count(const WeirExpression *count)
{
    bool known =
        count->kind == WEIR_EXPRESSION_LITERAL && !weir_value_is_null(count->value) && count->type->id == WEIR_TYPE_INT;
    return known ? weir_value_get_int(count->value) : -1;
}

/* How many rows of the child are wanted, where a LIMIT above asks for so many of this node. */
static int64_t child_limit(const WeirLogicalPlan *plan, int64_t limit)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
    case WEIR_LOGICAL_VIEW:
        return limit;
    case WEIR_LOGICAL_LIMIT:
        return literal_count(plan->condition);
    case WEIR_LOGICAL_OFFSET: {
        int64_t offset = literal_count(plan->condition);
        return limit < 0 || offset < 0 ? -1 : limit + offset;
    }
    default:
        return -1;
    }
}

static WeirStatus expand(const Run *run, WeirLogicalPlan *plan, int64_t limit, WeirLogicalPlan **out, WeirError *error)
{
    if (!weir_has_union_loop(plan)) {
        *out = plan;
        return WEIR_OK;
    }
    if (plan->kind == WEIR_LOGICAL_UNION_LOOP)
        return run_loop(run, plan, limit, out, error);
    WeirLogicalPlan *copy = weir_logical_copy(run->arena, plan);
    for (uint32_t i = 0; i < plan->child_count; i++)
        WEIR_TRY(expand(run, plan->children[i], child_limit(plan, limit), &copy->children[i], error));
    Run context = *run;
    return weir_logical_transform_expressions(run->arena, copy, expand_subquery, &context, out, error);
}

WeirStatus weir_union_loops_run(const WeirUnionLoops *loops, WeirLogicalPlan *analyzed, WeirLogicalPlan **out,
                                WeirError *error)
{
    const Run run = {loops, loops->arena};
    return expand(&run, analyzed, -1, out, error);
}
