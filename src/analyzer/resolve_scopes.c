/* Nodes that only name things: t AS q(a, b), WITH, WINDOW w AS (…), hints, views; and SAMPLE and REPARTITION, which
 * pass rows through. */
#include <strings.h>

#include "analyzer/analyzer_private.h"
#include "common/clock.h"
#include "common/log.h"

WeirStatus weir_plan_rename(WeirAnalysis *analysis, const char *const *names, uint32_t count, WeirOrigin origin,
                            WeirLogicalPlan **plan, WeirError *error)
{
    WeirLogicalPlan *child = *plan;
    if (count != child->output_count)
        return weir_located(analysis, origin, error,
                            weir_error_set(error, WEIR_ERROR_ASSIGNMENT_ARITY_MISMATCH, "numTarget",
                                           weir_arena_printf(analysis->arena, "%u", count), "numExpr",
                                           weir_arena_printf(analysis->arena, "%u", child->output_count)));
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < count; i++)
        weir_list_append(analysis, &list,
                         weir_expression_alias(analysis->arena, child->output[i], names[i], weir_next_id(analysis)));
    *plan = weir_plan_project(analysis, list.items, list.count, child);
    return WEIR_OK;
}

WeirStatus weir_resolve_subquery_alias(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                       WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &child, error));
    bool function = plan->children[0]->kind == WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION;
    if (function && plan->name_count > 0 && plan->name_count != child->output_count)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_NUM_TABLE_VALUE_ALIASES_MISMATCH, "funcName",
                                           plan->children[0]->parts[plan->children[0]->part_count - 1], "aliasesNum",
                                           weir_arena_printf(analysis->arena, "%u", plan->name_count), "outColsNum",
                                           weir_arena_printf(analysis->arena, "%u", child->output_count)));
    if (plan->name_count > 0)
        WEIR_TRY(weir_plan_rename(analysis, plan->names, plan->name_count, plan->origin, &child, error));
    *out = plan->name == NULL ? child : weir_plan_alias(analysis, plan->name, child);
    (*out)->origin = plan->origin;
    return WEIR_OK;
}

static WeirStatus resolve_definition(WeirAnalysis *analysis, const WeirEnvironment *env,
                                     const WeirCteDefinition *definition, WeirOrigin origin, WeirLogicalPlan **out,
                                     WeirError *error)
{
    WEIR_TRY(weir_resolve_plan(analysis, env, definition->plan, out, error));
    if (definition->column_count == 0)
        return WEIR_OK;
    return weir_plan_rename(analysis, definition->column_names, definition->column_count, origin, out, error);
}

static WeirExpression *choose_seed(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    WeirAnalysis *analysis = context;
    (void)status;
    (void)error;
    bool unseeded = expression->kind == WEIR_EXPRESSION_CALL && expression->bound == NULL &&
                    (expression->function->flags & WEIR_FUNCTION_SEEDED) != 0;
    if (!unseeded)
        return expression;
    WeirRandom random;
    weir_random_init(&random, 0);
    int64_t *seed = WEIR_ARENA_NEW(analysis->arena, int64_t);
    *seed = (int64_t)weir_random_next(&random);
    WeirExpression *copy = weir_expression_copy(analysis->arena, expression);
    copy->bound = seed;
    return copy;
}

static WeirLogicalPlan *choose_seeds(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    WeirAnalysis *analysis = context;
    WeirLogicalPlan *out = plan;
    *status = weir_logical_transform_expressions(analysis->arena, plan, choose_seed, analysis, &out, error);
    return out;
}

/* All references to a query with rand() see the same rows. A stream's batches differ, so that it keeps none. */
static WeirStatus fix_seeds(WeirAnalysis *analysis, WeirLogicalPlan **plan, WeirError *error)
{
    return (*plan)->is_streaming ? WEIR_OK
                                 : weir_logical_transform(analysis->arena, *plan, choose_seeds, analysis, plan, error);
}

/* Each definition sees those before it; it is resolved once and renewed at every reference. */
WeirStatus weir_resolve_definitions(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirEnvironment *env,
                                    WeirError *error)
{
    for (uint32_t i = 0; i < plan->cte_count; i++) {
        const WeirCteDefinition *definition = &plan->ctes[i];
        WeirCteFrame *frame = WEIR_ARENA_NEW(analysis->arena, WeirCteFrame);
        frame->name = definition->name;
        if (plan->is_recursive && weir_plan_mentions(definition->plan, definition->name))
            WEIR_TRY(weir_resolve_recursion(analysis, env, definition, plan->origin, &frame->plan, error));
        else
            WEIR_TRY(resolve_definition(analysis, env, definition, plan->origin, &frame->plan, error));
        WEIR_TRY(fix_seeds(analysis, &frame->plan, error));
        frame->outer = env->ctes;
        env->ctes = frame;
    }
    return WEIR_OK;
}

WeirStatus weir_resolve_with(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                             WeirLogicalPlan **out, WeirError *error)
{
    WeirEnvironment inner = *env;
    WEIR_TRY(weir_resolve_definitions(analysis, plan, &inner, error));
    return weir_resolve_plan(analysis, &inner, plan->children[0], out, error);
}

static bool is_count(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && expression->type->id == WEIR_TYPE_INT;
}

/* The hints that Spark looks into: a number of partitions, columns. What they ask for has no meaning here. */
static WeirStatus check_hint(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *hint,
                             const WeirLogicalPlan *child, WeirError *error)
{
    const char *name = hint->name == NULL ? "" : hint->name;
    if (strcasecmp(name, "COALESCE") == 0 && (hint->expression_count != 1 || !is_count(hint->expressions[0])))
        return weir_located(analysis, hint->origin, error,
                            weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1048, "message",
                                           "The hint COALESCE takes a number of partitions."));
    bool columns = strcasecmp(name, "REPARTITION") == 0 || strcasecmp(name, "REPARTITION_BY_RANGE") == 0 ||
                   strcasecmp(name, "REBALANCE") == 0;
    WeirScope scope = weir_scope_of(analysis, env, child);
    WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
    for (uint32_t i = 0; i < hint->expression_count && columns; i++) {
        WeirExpression *column = NULL;
        if (hint->expressions[i]->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE)
            WEIR_TRY(weir_resolve_expression(&context, hint->expressions[i], &column, error));
    }
    return WEIR_OK;
}

static WeirStatus resolve_repartition(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                                      WeirLogicalPlan *child, WeirLogicalPlan **out, WeirError *error)
{
    WeirExpressionList list = {0};
    WeirLogicalPlan *input = child;
    WeirEnvironment own = *env;
    own.no_sql_functions = "RepartitionByExpression";
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        WeirExpression *resolved = NULL;
        WEIR_TRY(weir_resolve_order(analysis, &own, plan, plan->expressions[i], &input, &resolved, error));
        if (weir_has_window(resolved))
            return weir_located(analysis, resolved->origin, error,
                                weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                                               weir_expression_quoted(analysis, resolved)));
        weir_list_append(analysis, &list, resolved);
    }
    WeirLogicalPlan *copy = weir_logical_copy(analysis->arena, plan);
    copy->children[0] = input;
    copy->expressions = list.items;
    *out = weir_plan_finish(analysis, copy);
    if (input->output_count != child->output_count)
        *out = weir_plan_project(analysis, child->output, child->output_count, *out);
    return WEIR_OK;
}

WeirStatus weir_resolve_simple_unary(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                                     WeirLogicalPlan **out, WeirError *error)
{
    WeirEnvironment inner = *env;
    if (plan->kind == WEIR_LOGICAL_WINDOW_DEFINITIONS)
        inner.windows = plan;
    WeirLogicalPlan *child = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, &inner, plan->children[0], &child, error));
    switch (plan->kind) {
    case WEIR_LOGICAL_WINDOW_DEFINITIONS:
        *out = child;
        return WEIR_OK;
    case WEIR_LOGICAL_UNRESOLVED_HINT:
        WEIR_TRY(check_hint(analysis, env, plan, child, error));
        weir_log(WEIR_LOG_WARN, "analyzer", "the hint %s has no effect here", plan->name == NULL ? "" : plan->name);
        *out = child;
        return WEIR_OK;
    case WEIR_LOGICAL_REPARTITION:
        return resolve_repartition(analysis, env, plan, child, out, error);
    default:
        *out = weir_plan_with_children(analysis, plan, child, NULL);
        return WEIR_OK;
    }
}
