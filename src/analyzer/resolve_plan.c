/* Dispatch of plan nodes to their resolvers, and the analyzer's front door. */
#include "analyzer/analyzer_private.h"

static WeirStatus resolve_leaf(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                               WeirLogicalPlan **out, WeirError *error)
{
    (void)env;
    (void)error;
    if (plan->kind == WEIR_LOGICAL_RANGE && plan->output_count == 0) {
        plan = weir_logical_copy(analysis->arena, plan);
        plan->output = WEIR_ARENA_ARRAY(analysis->arena, WeirExpression *, 1);
        plan->output_count = 1;
        plan->output[0] =
            weir_expression_attribute(analysis->arena, "id", &weir_type_long, false, weir_next_id(analysis));
    }
    *out = weir_plan_finish(analysis, plan);
    return WEIR_OK;
}

static const WeirResolveNode resolvers[] = {
    [WEIR_LOGICAL_UNRESOLVED_RELATION] = weir_resolve_relation,
    [WEIR_LOGICAL_CTE_REFERENCE] = weir_resolve_relation,
    [WEIR_LOGICAL_RELATION] = weir_resolve_relation,
    [WEIR_LOGICAL_STREAMING_RELATION] = weir_resolve_relation,
    [WEIR_LOGICAL_UNRESOLVED_TABLE_FUNCTION] = weir_resolve_table_function,
    [WEIR_LOGICAL_UNRESOLVED_INLINE_TABLE] = weir_resolve_inline_table,
    [WEIR_LOGICAL_ONE_ROW_RELATION] = resolve_leaf,
    [WEIR_LOGICAL_LOCAL_RELATION] = resolve_leaf,
    [WEIR_LOGICAL_RANGE] = resolve_leaf,
    [WEIR_LOGICAL_SUBQUERY_ALIAS] = weir_resolve_subquery_alias,
    [WEIR_LOGICAL_VIEW] = weir_resolve_simple_unary,
    [WEIR_LOGICAL_PROJECT] = weir_resolve_project,
    [WEIR_LOGICAL_FILTER] = weir_resolve_filter,
    [WEIR_LOGICAL_AGGREGATE] = weir_resolve_aggregate,
    [WEIR_LOGICAL_HAVING] = weir_resolve_having,
    [WEIR_LOGICAL_GENERATE] = weir_resolve_generate,
    [WEIR_LOGICAL_SORT] = weir_resolve_sort,
    [WEIR_LOGICAL_LIMIT] = weir_resolve_limit,
    [WEIR_LOGICAL_OFFSET] = weir_resolve_limit,
    [WEIR_LOGICAL_TAIL] = weir_resolve_limit,
    [WEIR_LOGICAL_DISTINCT] = weir_resolve_distinct,
    [WEIR_LOGICAL_DEDUPLICATE] = weir_resolve_distinct,
    [WEIR_LOGICAL_SAMPLE] = weir_resolve_simple_unary,
    [WEIR_LOGICAL_REPARTITION] = weir_resolve_simple_unary,
    [WEIR_LOGICAL_UNRESOLVED_HINT] = weir_resolve_simple_unary,
    [WEIR_LOGICAL_WINDOW_DEFINITIONS] = weir_resolve_simple_unary,
    [WEIR_LOGICAL_EVENT_TIME_WATERMARK] = weir_resolve_watermark,
    [WEIR_LOGICAL_PIVOT] = weir_resolve_pivot,
    [WEIR_LOGICAL_UNPIVOT] = weir_resolve_unpivot,
    [WEIR_LOGICAL_QUALIFY] = weir_resolve_qualify,
    [WEIR_LOGICAL_WITH] = weir_resolve_with,
    [WEIR_LOGICAL_JOIN] = weir_resolve_join,
    [WEIR_LOGICAL_UNION] = weir_resolve_union,
    [WEIR_LOGICAL_SET_OPERATION] = weir_resolve_set_operation,
};

WeirStatus weir_resolve_plan(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                             WeirLogicalPlan **out, WeirError *error)
{
    if (plan->analyzed) {
        *out = plan;
        return WEIR_OK;
    }
    if (++analysis->depth > WEIR_PLAN_DEPTH_MAX)
        return weir_error_format(error, WEIR_ERROR_VIEW_EXCEED_MAX_NESTED_DEPTH,
                                 "the plan is nested more than %u levels deep", WEIR_PLAN_DEPTH_MAX);
    WeirResolveNode resolve =
        (size_t)plan->kind < sizeof(resolvers) / sizeof(resolvers[0]) ? resolvers[plan->kind] : NULL;
    if (resolve == NULL)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "the analyzer does not know plan node %d",
                                 (int)plan->kind);
    WEIR_TRY(resolve(analysis, env, plan, out, error));
    analysis->depth--;
    return WEIR_OK;
}

WeirStatus weir_analyze(WeirAnalyzer *analyzer, WeirLogicalPlan *plan, WeirLogicalPlan **analyzed, WeirError *error)
{
    WeirAnalysis analysis = {.analyzer = analyzer, .arena = analyzer->arena};
    WeirEnvironment env = {0};
    WeirLogicalPlan *resolved = NULL;
    weir_expression_print_in_zone(analyzer->context->zone);
    WEIR_TRY(weir_resolve_plan(&analysis, &env, plan, &resolved, error));
    WEIR_TRY(weir_check_analysis(&analysis, resolved, error));
    WEIR_TRY(weir_share_streams(&analysis, &resolved, error));
    WEIR_TRY(weir_arena_check(analyzer->arena, error));
    *analyzed = resolved;
    return WEIR_OK;
}

WeirStatus weir_analyze_expression(WeirAnalyzer *analyzer, WeirExpression *expression, const WeirLogicalPlan *input,
                                   WeirExpression **analyzed, WeirError *error)
{
    WeirAnalysis analysis = {.analyzer = analyzer, .arena = analyzer->arena};
    WeirEnvironment env = {0};
    WeirScope scope = weir_scope_of(&analysis, &env, input);
    WeirExpressionContext context = weir_expression_context(&analysis, &env, &scope);
    WeirExpression *resolved = NULL;
    weir_expression_print_in_zone(analyzer->context->zone);
    WEIR_TRY(weir_resolve_expression(&context, expression, &resolved, error));
    WEIR_TRY(weir_arena_check(analyzer->arena, error));
    *analyzed = resolved;
    return WEIR_OK;
}
