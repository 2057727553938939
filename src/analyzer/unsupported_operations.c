/* What a streaming query may not do (Spark's UnsupportedOperationChecker), and what a batch query may not do with a
 * stream. */
#include <strings.h>

#include "analyzer/analyzer.h"
#include "analyzer/stream_join_watermark.h"

#define WATERMARK_KEY "spark.watermarkDelayMs"

static WeirStatus refuse(WeirError *error, const char *text)
{
    return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3102, "msg", text);
}

static WeirStatus refuse_mode(WeirError *error, const char *mode, const char *operation)
{
    return weir_error_set(error, WEIR_ERROR_STREAMING_OUTPUT_MODE_UNSUPPORTED_OPERATION, "outputMode", mode,
                          "operation", operation);
}

static bool is_mode(const WeirStreamingCheck *check, const char *mode)
{
    return strcasecmp(check->output_mode, mode) == 0;
}

static bool has_metadata(const WeirExpression *expression, const char *key)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && expression->metadata != NULL &&
           strstr(expression->metadata, key) != NULL;
}

static bool any_has_metadata(WeirExpression *const *list, uint32_t count, const char *key)
{
    for (uint32_t i = 0; i < count; i++)
        if (has_metadata(list[i], key))
            return true;
    return false;
}

/* ---- batch */

WeirStatus weir_check_batch(const WeirLogicalPlan *analyzed, WeirError *error)
{
    if (!analyzed->is_streaming)
        return WEIR_OK;
    return refuse(
        error,
        "Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow "
        "definition within a Spark Declarative Pipeline.");
}

/* ---- output modes */

static bool is_streaming_aggregate(void *context, const WeirLogicalPlan *plan)
{
    (void)context;
    return (plan->kind == WEIR_LOGICAL_AGGREGATE || plan->kind == WEIR_LOGICAL_DISTINCT) && plan->is_streaming;
}

/* SELECT DISTINCT groups by everything. The topmost streaming aggregate, or NULL. */
static const WeirLogicalPlan *first_aggregate(const WeirLogicalPlan *plan)
{
    if (is_streaming_aggregate(NULL, plan))
        return plan;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        const WeirLogicalPlan *found = first_aggregate(plan->children[i]);
        if (found != NULL)
            return found;
    }
    return NULL;
}

static const char *mode_title(const WeirStreamingCheck *check)
{
    return is_mode(check, "append") ? "append" : is_mode(check, "update") ? "update" : "complete";
}

static WeirStatus check_mode(const WeirLogicalPlan *plan, const WeirStreamingCheck *check, WeirError *error)
{
    const WeirLogicalPlan *aggregate = first_aggregate(plan);
    if (aggregate == NULL)
        return is_mode(check, "complete") ? refuse_mode(error, mode_title(check), "no streaming aggregations")
                                          : WEIR_OK;
    bool distinct = aggregate->kind == WEIR_LOGICAL_DISTINCT;
    WeirExpression *const *grouping = distinct ? aggregate->output : aggregate->grouping;
    uint32_t count = distinct ? aggregate->output_count : aggregate->grouping_count;
    if (is_mode(check, "append") && !any_has_metadata(grouping, count, WATERMARK_KEY))
        return refuse_mode(error, mode_title(check), "streaming aggregations without watermark");
    if (is_mode(check, "update") && any_has_metadata(grouping, count, "spark.sessionWindow"))
        return refuse_mode(error, mode_title(check), "session window streaming aggregations");
    return WEIR_OK;
}

/* ---- one node */

static bool is_distinct_aggregate(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_AGGREGATE && expression->is_distinct;
}

static bool is_not_in_stream(void *context, const WeirExpression *expression)
{
    if (expression->function == NULL || (expression->function->flags & WEIR_FUNCTION_NOT_IN_STREAM) == 0)
        return false;
    *(const WeirExpression **)context = expression;
    return true;
}

static WeirStatus check_expressions(const WeirLogicalPlan *plan, WeirArena *arena, WeirError *error)
{
    const WeirExpression *found = NULL;
    bool any = weir_expression_any(plan->condition, is_not_in_stream, &found);
    for (uint32_t i = 0; i < plan->expression_count && !any; i++)
        any = weir_expression_any(plan->expressions[i], is_not_in_stream, &found);
    for (uint32_t i = 0; i < plan->grouping_count && !any; i++)
        any = weir_expression_any(plan->grouping[i], is_not_in_stream, &found);
    if (!any)
        return WEIR_OK;
    return refuse(error,
                  weir_arena_printf(arena, "Expression(s): %s() is not supported with streaming DataFrames/Datasets",
                                    found->function->name));
}

static const char *join_name(WeirJoinType type)
{
    switch (type) {
    case WEIR_JOIN_INNER:
        return "Inner";
    case WEIR_JOIN_CROSS:
        return "Cross";
    case WEIR_JOIN_LEFT_OUTER:
        return "LeftOuter";
    case WEIR_JOIN_RIGHT_OUTER:
        return "RightOuter";
    case WEIR_JOIN_FULL_OUTER:
        return "FullOuter";
    case WEIR_JOIN_LEFT_SEMI:
        return "LeftSemi";
    case WEIR_JOIN_LEFT_ANTI:
        return "LeftAnti";
    default:
        return "ExistenceJoin";
    }
}

static WeirStatus check_stream_stream(const WeirLogicalPlan *join, const WeirStreamingCheck *check, WeirArena *arena,
                                      WeirError *error)
{
    const char *name = join_name(join->join_type);
    if (weir_stream_join_has_watermark(join) && is_mode(check, "append"))
        return WEIR_OK;
    if (weir_stream_join_has_watermark(join))
        return refuse(error,
                      weir_arena_printf(
                          arena,
                          "%s join between two streaming DataFrames/Datasets is not supported in %s output mode, only "
                          "in Append output mode",
                          name, is_mode(check, "update") ? "Update" : "Complete"));
    return refuse(
        error, weir_arena_printf(
                   arena,
                   "Stream-stream %s join between two streaming DataFrame/Datasets is not supported without a "
                   "watermark in the join keys, or a watermark on the nullable side and an appropriate range condition",
                   name));
}

static WeirStatus check_join(const WeirLogicalPlan *join, const WeirStreamingCheck *check, WeirArena *arena,
                             WeirError *error)
{
    bool left = join->children[0]->is_streaming, right = join->children[1]->is_streaming;
    const char *name = join_name(join->join_type);
    if (!left && !right)
        return WEIR_OK;
    switch (join->join_type) {
    case WEIR_JOIN_INNER:
    case WEIR_JOIN_CROSS:
        return left && right && is_mode(check, "complete")
                   ? refuse(error, "Inner join between two streaming DataFrames/Datasets is not supported in Complete "
                                   "output mode, only in Append and Update output modes")
                   : WEIR_OK;
    case WEIR_JOIN_LEFT_ANTI:
        if (right)
            return refuse(error, "LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported");
        return WEIR_OK;
    case WEIR_JOIN_FULL_OUTER:
        if (left && right)
            return check_stream_stream(join, check, arena, error);
        return refuse(error, left ? "FullOuter joins with streaming DataFrames/Datasets on the left and a static "
                                    "DataFrame/Dataset on the right "
                                    "is not supported"
                                  : "FullOuter joins with streaming DataFrames/Datasets on the right and a static "
                                    "DataFrame/Dataset on the left "
                                    "is not supported");
    case WEIR_JOIN_RIGHT_OUTER:
        if (left && right)
            return check_stream_stream(join, check, arena, error);
        if (left)
            return refuse(error, "RightOuter join with a streaming DataFrame/Dataset on the left and a static "
                                 "DataFrame/DataSet on the right "
                                 "not supported");
        return WEIR_OK;
    default: /* left outer, left semi */
        if (left && right)
            return check_stream_stream(join, check, arena, error);
        if (right)
            return refuse(
                error, weir_arena_printf(
                           arena,
                           "%s join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on "
                           "the left is not supported",
                           name));
        return WEIR_OK;
    }
}

static WeirStatus check_window(const WeirLogicalPlan *plan, WeirArena *arena, WeirError *error)
{
    const WeirExpression *alias = plan->expressions[0];
    WeirBuffer function, spec;
    weir_buffer_init(&function, 1u << 16, NULL);
    weir_buffer_init(&spec, 1u << 16, NULL);
    weir_expression_sql(alias->children[0]->children[0], &function);
    weir_expression_sql(alias->children[0], &spec);
    WeirStatus status = weir_error_set(
        error, WEIR_ERROR_NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING, "windowFunc", weir_buffer_text(&function),
        "columnName", weir_arena_printf(arena, "`%s`", alias->name), "windowSpec", weir_buffer_text(&spec));
    weir_buffer_deinit(&function);
    weir_buffer_deinit(&spec);
    return status;
}

static WeirStatus check_union(const WeirLogicalPlan *plan, WeirError *error)
{
    for (uint32_t i = 1; i < plan->child_count; i++)
        if (plan->children[i]->is_streaming != plan->children[0]->is_streaming)
            return refuse(error, "Union between streaming and batch DataFrames/Datasets is not supported");
    return WEIR_OK;
}

static WeirStatus check_aggregate(const WeirLogicalPlan *plan, WeirError *error)
{
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (plan->is_streaming && weir_expression_any(plan->expressions[i], is_distinct_aggregate, NULL))
            return refuse(error,
                          "Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using "
                          "approx_count_distinct() instead.");
    return WEIR_OK;
}

static WeirStatus check_set_operation(const WeirLogicalPlan *plan, WeirError *error)
{
    if (plan->set_operation == WEIR_SET_INTERSECT && plan->is_streaming)
        return refuse(error, "Intersect of streaming DataFrames/Datasets is not supported");
    if (plan->set_operation == WEIR_SET_EXCEPT && plan->children[1]->is_streaming)
        return refuse(error, "Except on a streaming DataFrame/Dataset on the right is not supported");
    return WEIR_OK;
}

static WeirStatus check_node(const WeirLogicalPlan *plan, const WeirStreamingCheck *check, WeirArena *arena,
                             WeirError *error)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_AGGREGATE:
        return check_aggregate(plan, error);
    case WEIR_LOGICAL_DEDUPLICATE:
        if (plan->is_streaming && plan->within_watermark &&
            !any_has_metadata(plan->children[0]->output, plan->children[0]->output_count, WATERMARK_KEY))
            return refuse(
                error,
                "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark");
        return WEIR_OK;
    case WEIR_LOGICAL_JOIN:
        return check_join(plan, check, arena, error);
    case WEIR_LOGICAL_UNION:
        return check_union(plan, error);
    case WEIR_LOGICAL_SET_OPERATION:
        return check_set_operation(plan, error);
    case WEIR_LOGICAL_LIMIT:
        if (plan->is_streaming && is_mode(check, "update"))
            return refuse(error, "Limits are not supported on streaming DataFrames/Datasets in Update output mode");
        return WEIR_OK;
    case WEIR_LOGICAL_OFFSET:
        return refuse(error, "Offset is not supported on streaming DataFrames/Datasets"); /* of a static side, too */
    case WEIR_LOGICAL_SORT:
        if (plan->is_streaming && !(is_mode(check, "complete") && weir_logical_any(plan, is_streaming_aggregate, NULL)))
            return refuse(error, "Sorting is not supported on streaming DataFrames/Datasets, unless it is on "
                                 "aggregated DataFrame/Dataset in "
                                 "Complete output mode");
        return WEIR_OK;
    case WEIR_LOGICAL_SAMPLE:
        return plan->is_streaming ? refuse(error, "Sampling is not supported on streaming DataFrames/Datasets")
                                  : WEIR_OK;
    case WEIR_LOGICAL_WINDOW:
        return plan->is_streaming ? check_window(plan, arena, error) : WEIR_OK;
    default:
        return WEIR_OK;
    }
}

/* Children first, as Spark's foreachUp. */
static WeirStatus check_nodes(const WeirLogicalPlan *plan, const WeirStreamingCheck *check, WeirArena *arena,
                              WeirError *error)
{
    for (uint32_t i = 0; i < plan->child_count; i++)
        WEIR_TRY(check_nodes(plan->children[i], check, arena, error));
    WEIR_TRY(check_node(plan, check, arena, error));
    return check_expressions(plan, arena, error);
}

/* ---- several stateful operators */

static bool is_stateful(void *context, const WeirLogicalPlan *plan)
{
    (void)context;
    if (!plan->is_streaming)
        return false;
    switch (plan->kind) {
    case WEIR_LOGICAL_AGGREGATE:
    case WEIR_LOGICAL_DISTINCT:
        return true;
    case WEIR_LOGICAL_JOIN:
        return plan->children[0]->is_streaming && plan->children[1]->is_streaming;
    case WEIR_LOGICAL_DEDUPLICATE:
        return plan->within_watermark || any_has_metadata(plan->expressions, plan->expression_count, WATERMARK_KEY);
    default:
        return false;
    }
}

/* An aggregate that updates rows it gave before must not feed another stateful operator. */
static bool has_unsafe_chain(const WeirLogicalPlan *plan)
{
    for (uint32_t i = 0; i < plan->child_count; i++)
        if ((is_stateful(NULL, plan) && weir_logical_any(plan->children[i], is_streaming_aggregate, NULL)) ||
            has_unsafe_chain(plan->children[i]))
            return true;
    return false;
}

static uint32_t count_stateful(const WeirLogicalPlan *plan)
{
    uint32_t count = is_stateful(NULL, plan) ? 1 : 0;
    for (uint32_t i = 0; i < plan->child_count; i++)
        count += count_stateful(plan->children[i]);
    return count;
}

static WeirStatus check_chains(const WeirLogicalPlan *plan, const WeirStreamingCheck *check, WeirError *error)
{
    if (!check->allow_multiple && count_stateful(plan) > 1)
        return refuse(error, "Multiple stateful operators are not supported on a streaming DataFrames/Datasets");
    if (is_mode(check, "append") || !check->check_correctness || !has_unsafe_chain(plan))
        return WEIR_OK;
    return refuse(error, "Detected pattern of possible 'correctness' issue due to global watermark. The query contains "
                         "stateful operation which can emit "
                         "rows older than the current watermark plus allowed late record delay, which are \"late "
                         "rows\" in downstream stateful "
                         "operations and these rows can be discarded. Please refer the programming guide doc for more "
                         "details. If you understand the "
                         "possible risk of correctness issue and still need to run the query, you can disable this "
                         "check by setting the config "
                         "`spark.sql.streaming.statefulOperator.checkCorrectness.enabled` to false.");
}

/* ---- continuous processing */

static bool is_current_time(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_FOLD_PER_BATCH) != 0;
}

static const char *node_name(const WeirLogicalPlan *plan)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_AGGREGATE:
        return "Aggregate";
    case WEIR_LOGICAL_DISTINCT:
        return "Distinct";
    case WEIR_LOGICAL_DEDUPLICATE:
        return plan->within_watermark ? "DeduplicateWithinWatermark" : "Deduplicate";
    case WEIR_LOGICAL_JOIN:
        return "Join";
    case WEIR_LOGICAL_UNION:
        return "Union";
    case WEIR_LOGICAL_SET_OPERATION:
        return plan->set_operation == WEIR_SET_INTERSECT ? "Intersect" : "Except";
    case WEIR_LOGICAL_LIMIT:
        return "LocalLimit";
    case WEIR_LOGICAL_OFFSET:
        return "Offset";
    case WEIR_LOGICAL_SORT:
        return "Sort";
    case WEIR_LOGICAL_GENERATE:
        return "Generate";
    case WEIR_LOGICAL_EXPAND:
        return "Expand";
    case WEIR_LOGICAL_WINDOW:
        return "Window";
    case WEIR_LOGICAL_SAMPLE:
        return "Sample";
    case WEIR_LOGICAL_REPARTITION:
        return "RepartitionByExpression";
    case WEIR_LOGICAL_EVENT_TIME_WATERMARK:
        return "EventTimeWatermark";
    case WEIR_LOGICAL_RELATION:
        return "LogicalRelation";
    case WEIR_LOGICAL_STREAMING_RELATION:
        return "StreamingRelation";
    case WEIR_LOGICAL_ONE_ROW_RELATION:
        return "OneRowRelation";
    case WEIR_LOGICAL_LOCAL_RELATION:
        return "LocalRelation";
    case WEIR_LOGICAL_RANGE:
        return "Range";
    default:
        return "such";
    }
}

static bool continuous_allows(const WeirLogicalPlan *plan)
{
    switch (plan->kind) {
    case WEIR_LOGICAL_PROJECT:
    case WEIR_LOGICAL_FILTER:
    case WEIR_LOGICAL_SUBQUERY_ALIAS:
    case WEIR_LOGICAL_VIEW:
    case WEIR_LOGICAL_GENERATE:
        return true;
    case WEIR_LOGICAL_REPARTITION:
        return plan->partition_count == 1;
    case WEIR_LOGICAL_STREAMING_RELATION: {
        const WeirSourceType *type = plan->relation->connector;
        return type == NULL || (type->capabilities & WEIR_SOURCE_V1) == 0;
    }
    default:
        return false;
    }
}

static WeirStatus check_continuous(const WeirLogicalPlan *plan, WeirArena *arena, WeirError *error)
{
    for (uint32_t i = 0; i < plan->child_count; i++)
        WEIR_TRY(check_continuous(plan->children[i], arena, error));
    if (!continuous_allows(plan))
        return refuse(
            error, weir_arena_printf(arena, "Continuous processing does not support %s operations.", node_name(plan)));
    bool current = weir_expression_any(plan->condition, is_current_time, NULL);
    for (uint32_t i = 0; i < plan->expression_count && !current; i++)
        current = weir_expression_any(plan->expressions[i], is_current_time, NULL);
    return current ? refuse(error, "Continuous processing does not support current time operations.") : WEIR_OK;
}

/* ---- the whole */

WeirStatus weir_check_streaming(const WeirLogicalPlan *analyzed, const WeirStreamingCheck *check, WeirArena *arena,
                                WeirError *error)
{
    if (!is_mode(check, "append") && !is_mode(check, "update") && !is_mode(check, "complete"))
        return weir_error_set(error, WEIR_ERROR_STREAMING_OUTPUT_MODE_INVALID, "outputMode", check->output_mode);
    if (!analyzed->is_streaming)
        return weir_error_set(error, WEIR_ERROR_WRITE_STREAM_NOT_ALLOWED);
    if (!check->enabled)
        return WEIR_OK;
    WEIR_TRY(check_mode(analyzed, check, error));
    WEIR_TRY(check_nodes(analyzed, check, arena, error));
    WEIR_TRY(check_chains(analyzed, check, error));
    return check->continuous ? check_continuous(analyzed, arena, error) : WEIR_OK;
}
