/* Statements that read rows: queries and EXPLAIN. */
#include "session/session_private.h"

#include "engine/union_loop.h"
#include "optimizer/optimizer.h"

static int32_t shuffle_partitions(WeirSession *session)
{
    return (int32_t)weir_config_int(&session->config, "spark.sql.shuffle.partitions");
}

static WeirStatus plan_batch(WeirStatementContext *context, WeirLogicalPlan *analyzed, WeirBatchPlans *plans,
                             WeirError *error)
{
    WeirSession *session = context->session;
    return weir_batch_plan(analyzed, context->eval, shuffle_partitions(session), context->arena,
                           &session->next_expression_id, plans, error);
}

/* The rows of recursive WITH queries in place of them; `kept` holds them as long as the plan is used. */
static WeirStatus run_loops(WeirStatementContext *context, const WeirExecutionEnvironment *environment,
                            WeirBatchList *kept, WeirLogicalPlan **analyzed, WeirError *error)
{
    WeirSession *session = context->session;
    if (!weir_has_union_loop(*analyzed))
        return WEIR_OK;
    WeirUnionLoops loops = {
        .environment = environment,
        .context = context->eval,
        .shuffle_partitions = shuffle_partitions(session),
        .level_limit = weir_config_int(&session->config, "spark.sql.cteRecursionLevelLimit"),
        .row_limit = weir_config_int(&session->config, "spark.sql.cteRecursionRowLimit"),
        .next_expression_id = &session->next_expression_id,
        .arena = context->arena,
        .kept = kept,
    };
    return weir_union_loops_run(&loops, *analyzed, analyzed, error);
}

WeirStatus weir_session_collect(WeirStatementContext *context, WeirLogicalPlan *plan, WeirResult **out,
                                WeirError *error)
{
    WeirSession *session = context->session;
    WeirLogicalPlan *analyzed = NULL;
    WeirBatchPlans plans = {0};
    WEIR_TRY(weir_analyze(context->analyzer, plan, &analyzed, error));
    WEIR_TRY(weir_check_batch(analyzed, error));
    /* Rows outlive the query: its memory counts against its result. */
    WeirResult *result = weir_result_new(session, weir_logical_schema(analyzed, context->arena), context->eval->zone);
    WeirExecutionEnvironment environment = {
        .pool = session->pool,
        .io_pool = session->io_pool,
        .tracker = &result->tracker,
        .context = context->eval,
        .batch_rows_max = (uint32_t)weir_config_int(&session->config, "weir.batch.rows"),
        .fs = session->fs,
    };
    weir_session_connector_context(session, context->eval, &environment.connector);
    environment.connector.tracker = &result->tracker;
    WeirBatchList kept = {0};
    WeirStatus status = run_loops(context, &environment, &kept, &analyzed, error);
    if (status == WEIR_OK)
        status = plan_batch(context, analyzed, &plans, error);
    if (status == WEIR_OK)
        status = weir_batch_collect(plans.physical, &environment, &result->batches, error);
    weir_batch_list_release(&kept);
    if (status != WEIR_OK) {
        weir_result_free(result);
        return status;
    }
    weir_result_adopt_types(result);
    *out = result;
    return WEIR_OK;
}

WeirStatus weir_statement_query(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WEIR_TRY(weir_session_settle_queries(context->session, error));
    return weir_session_collect(context, context->statement->plan, result, error);
}

static void explain_logical(const char *title, const WeirLogicalPlan *plan, WeirBuffer *text)
{
    weir_buffer_append_format(text, "== %s ==\n", title);
    weir_logical_explain(plan, text);
    weir_buffer_append_char(text, '\n');
}

static WeirStatus explain_plans(WeirStatementContext *context, const WeirStatement *explained, WeirBuffer *text,
                                WeirError *error)
{
    WeirLogicalPlan *parsed = explained->plan, *analyzed = NULL;
    WeirExplainMode mode = context->statement->explain_mode;
    WeirBatchPlans plans = {0};
    WEIR_TRY(weir_analyze(context->analyzer, parsed, &analyzed, error));
    if (weir_has_union_loop(analyzed))
        return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_TABLE_OPERATION,
                                 "EXPLAIN of WITH RECURSIVE is not supported: its rounds are planned while it runs.");
    WEIR_TRY(plan_batch(context, analyzed, &plans, error));
    if (mode == WEIR_EXPLAIN_EXTENDED) {
        explain_logical("Parsed Logical Plan", parsed, text);
        weir_buffer_append_text(text, "== Analyzed Logical Plan ==\n");
        const WeirSchema *schema = weir_logical_schema(analyzed, context->arena);
        for (uint32_t i = 0; i < schema->field_count; i++) {
            weir_buffer_append_format(text, "%s%s: ", i == 0 ? "" : ", ", schema->fields[i].name);
            weir_type_simple_string(schema->fields[i].type, text);
        }
        weir_buffer_append_char(text, '\n');
        weir_logical_explain(analyzed, text);
        weir_buffer_append_char(text, '\n');
        explain_logical("Optimized Logical Plan", plans.optimized, text);
    }
    WeirPhysicalExplain options = {
        .extended = mode == WEIR_EXPLAIN_EXTENDED, .formatted = mode == WEIR_EXPLAIN_FORMATTED, .version = -1};
    weir_buffer_append_text(text, "== Physical Plan ==\n");
    weir_physical_explain(plans.physical, &options, text);
    return WEIR_OK;
}

WeirStatus weir_statement_explain(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    static const char *const columns[] = {"plan"};
    const WeirStatement *explained = context->statement->statement;
    WeirBuffer text;
    WeirStatus status = WEIR_OK;
    weir_buffer_init(&text, 0, &context->scope->tracker);
    if (explained == NULL || explained->plan == NULL)
        weir_buffer_append_text(&text, "== Physical Plan ==\nExecute command\n");
    else
        status = explain_plans(context, explained, &text, error);
    if (status == WEIR_OK) {
        const char *cells[] = {weir_buffer_text(&text)};
        status = weir_result_from_text(context->session, columns, 1, cells, 1, result, error);
    }
    if (status == WEIR_OK)
        (*result)->is_text = true;
    weir_buffer_deinit(&text);
    return status;
}
