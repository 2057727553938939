/* CREATE STREAMING TABLE and CREATE FLOW: starting streaming queries (dialect: one file holds a whole job). */
#include <stdlib.h>
#include <strings.h>

#include "common/duration.h"
#include "session/session_private.h"

/* What OPTIONS say about the query itself; the rest goes to the sink. */
typedef struct QueryOptions {
    const char *output_mode, *trigger, *checkpoint;
    WeirConnectorOption *sink;
    uint32_t sink_count;
} QueryOptions;

static void split_options(const WeirStatement *statement, WeirArena *arena, QueryOptions *options)
{
    *options = (QueryOptions){.output_mode = "append"};
    options->sink = WEIR_ARENA_ARRAY(arena, WeirConnectorOption, statement->option_count + 1);
    for (uint32_t i = 0; i < statement->option_count; i++) {
        const WeirOption *option = &statement->options[i];
        if (strcasecmp(option->key, "outputMode") == 0)
            options->output_mode = option->value;
        else if (strcasecmp(option->key, "trigger") == 0)
            options->trigger = option->value;
        else if (strcasecmp(option->key, "checkpointLocation") == 0)
            options->checkpoint = option->value;
        else
            options->sink[options->sink_count++] = (WeirConnectorOption){option->key, option->value};
    }
    if (statement->location != NULL)
        options->sink[options->sink_count++] = (WeirConnectorOption){"path", statement->location};
}

/* The columns of the table's own schema, by name, cast as an INSERT would (Spark: Dataset.to). */
static WeirStatus conform(WeirStatementContext *context, const char *ddl, WeirLogicalPlan **plan, WeirError *error)
{
    const WeirSchema *schema = NULL;
    WeirArena *arena = context->arena;
    WEIR_TRY(weir_schema_from_ddl(ddl, arena, &schema, error));
    WeirLogicalPlan *project = weir_logical_unary(arena, WEIR_LOGICAL_PROJECT, *plan);
    project->expression_count = project->output_count = schema->field_count;
    project->expressions = WEIR_ARENA_ARRAY(arena, WeirExpression *, schema->field_count);
    project->output = WEIR_ARENA_ARRAY(arena, WeirExpression *, schema->field_count);
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const WeirField *field = &schema->fields[i];
        WeirExpression *column = NULL;
        for (uint32_t k = 0; k < (*plan)->output_count && column == NULL; k++)
            if (strcasecmp((*plan)->output[k]->name, field->name) == 0)
                column = (*plan)->output[k];
        if (column == NULL && !field->nullable)
            return weir_error_set(error, WEIR_ERROR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, "objectName", field->name);
        if (column == NULL)
            column = weir_expression_literal(arena, weir_value_null(arena, field->type));
        if (!weir_type_equal(column->type, field->type) && !weir_can_store_assign(column->type, field->type))
            return weir_error_set(error, WEIR_ERROR_INVALID_COLUMN_OR_FIELD_DATA_TYPE, "name", field->name);
        column = weir_expression_cast(arena, column, field->type, WEIR_EVAL_ANSI, true);
        project->expressions[i] =
            weir_expression_alias(arena, column, field->name, context->session->next_expression_id++);
        project->output[i] = weir_expression_to_attribute(arena, project->expressions[i]);
    }
    project->analyzed = true;
    project->is_streaming = (*plan)->is_streaming;
    *plan = project;
    return WEIR_OK;
}

/* The option, else a folder of the table's name below the session's root; a flow has its own folder in it. */
static WeirStatus resolve_checkpoint(WeirStatementContext *context, const WeirSinkType *sink, const char *given,
                                     const char *table_name, const char *flow_name, const char **checkpoint,
                                     WeirError *error)
{
    const char *root = weir_config_get(&context->session->config, "spark.sql.streaming.checkpointLocation");
    *checkpoint = given;
    if (given == NULL && root != NULL)
        *checkpoint = weir_path_join(context->arena, root, table_name);
    if (*checkpoint != NULL && flow_name != NULL)
        *checkpoint = weir_path_join(context->arena, *checkpoint, flow_name);
    if (*checkpoint == NULL && (sink->capabilities & WEIR_SINK_TEMPORARY_CHECKPOINT) == 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1298,
                                 "checkpointLocation must be specified for the sink %s, as an option or as the setting "
                                 "spark.sql.streaming.checkpointLocation.",
                                 sink->name);
    return WEIR_OK;
}

static WeirQuery *active_query(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->query_count; i++)
        if (session->queries[i]->name != NULL && strcasecmp(session->queries[i]->name, name) == 0 &&
            weir_query_is_active(session->queries[i]))
            return session->queries[i];
    return NULL;
}

/* One checkpoint serves one query at a time: the new run takes it over from the old one, or is refused. */
static WeirStatus claim_id(void *context, const char *id, WeirError *error)
{
    WeirSession *session = context;
    for (uint32_t i = 0; i < session->query_count; i++) {
        WeirQuery *query = session->queries[i];
        if (!weir_query_is_active(query) || strcmp(weir_query_id(query), id) != 0)
            continue;
        if (!weir_config_bool(&session->config, "spark.sql.streaming.stopActiveRunOnRestart"))
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                     "The query %s runs from this checkpoint (id %s). Stop it first, or set "
                                     "spark.sql.streaming.stopActiveRunOnRestart to true.",
                                     query->name, id);
        weir_session_warn(session, "the query %s is stopped: another one starts from its checkpoint (id %s)",
                          query->name, id);
        if (weir_query_stop(query, error) != WEIR_OK && weir_query_is_active(query))
            return error->status; /* it takes longer than stopTimeout; how an ended one ended is its own matter */
    }
    return WEIR_OK;
}

static void start_maintenance(WeirSession *session)
{
    if (session->maintenance != NULL || weir_task_pool_worker_count(session->pool) == 0)
        return;
    const char *text = weir_config_get(&session->config, "spark.sql.streaming.stateStore.maintenanceInterval");
    int64_t ms = 0;
    if (text == NULL || !weir_duration_parse_ms(text, &ms) || ms <= 0)
        ms = 60000;
    session->maintenance_clock = weir_system_clock_new();
    session->maintenance = weir_state_maintenance_new(session->maintenance_clock, ms);
}

static void add_query(WeirSession *session, WeirStreamExecution *execution, WeirClock *clock, const char *name)
{
    WeirQuery *query = weir_calloc(1, sizeof(WeirQuery));
    *query = (WeirQuery){.session = session, .execution = execution, .clock = clock, .name = weir_strdup(name)};
    pthread_mutex_lock(&session->queries_mutex);
    if (session->query_count == session->query_capacity) {
        session->query_capacity = session->query_capacity == 0 ? 8 : session->query_capacity * 2;
        session->queries = weir_realloc(session->queries, session->query_capacity * sizeof(WeirQuery *));
    }
    session->queries[session->query_count++] = query;
    bool interrupted = atomic_load(&session->interrupted);
    pthread_mutex_unlock(&session->queries_mutex);
    if (interrupted)
        weir_stream_execution_request_stop(execution);
}

/* What CREATE STREAMING TABLE … AS and CREATE FLOW have in common. */
typedef struct StartRequest {
    const WeirStatement *table; /* of the sink: format, options, schema, partitions */
    WeirLogicalPlan *plan;      /* parsed */
    const char *name;
    const char *flow_name; /* NULL: the table's only query */
} StartRequest;

static WeirStatus query_memory_limit(WeirSession *session, int64_t *bytes, WeirError *error)
{
    const char *text = weir_config_get(&session->config, "weir.query.memory.limit");
    *bytes = 0; /* the session's */
    return text == NULL ? WEIR_OK : weir_config_bytes(text, bytes, error);
}

static WeirStatus fill_spec(WeirStatementContext *context, const StartRequest *request, const WeirSinkType *sink,
                            WeirLogicalPlan *analyzed, QueryOptions *options, WeirStreamExecutionSpec *spec,
                            WeirError *error)
{
    WeirSession *session = context->session;
    *spec = (WeirStreamExecutionSpec){
        .name = request->name,
        .output_mode = options->output_mode,
        .sink_type = sink,
        .sink_options = {options->sink, options->sink_count},
        .partition_names = request->table->partition_names,
        .partition_name_count = request->table->partition_count,
        .plan = analyzed,
        .fs = session->fs,
        .random_seed = weir_random_next(&session->random),
        .pool = session->pool,
        .io_pool = session->io_pool,
        .maintenance = session->maintenance,
        .tracker = &session->memory,
        .bus = &session->bus,
        .connector_session = &session->connector_session,
        .next_expression_id = session->next_expression_id + 1000000,
        .batch_rows_max = (uint32_t)weir_config_int(&session->config, "weir.batch.rows"),
        .claim_id = claim_id,
        .claim_context = session,
    };
    WEIR_TRY(weir_trigger_parse(options->trigger, &spec->trigger, error));
    WEIR_TRY(resolve_checkpoint(context, sink, options->checkpoint, request->table->name, request->flow_name,
                                &spec->checkpoint, error));
    WEIR_TRY(query_memory_limit(session, &spec->memory_limit_bytes, error));
    spec->conf = weir_config_entries(&session->config, true, context->arena, &spec->conf_count);
    return WEIR_OK;
}

static WeirStatus start_query(WeirStatementContext *context, const StartRequest *request, WeirError *error)
{
    WeirSession *session = context->session;
    const WeirSinkType *sink = weir_connector_find_sink(request->table->format);
    WeirLogicalPlan *analyzed = NULL;
    WeirStreamExecutionSpec spec;
    WeirStreamExecution *execution = NULL;
    QueryOptions options;
    WeirStatus status;
    if (sink == NULL)
        return weir_error_set(error, WEIR_ERROR_DATA_SOURCE_NOT_FOUND, "provider", request->table->format);
    if (active_query(session, request->name) != NULL)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "A query named %s is running already in this session. Names of running queries must differ.",
            request->name);
    split_options(request->table, context->arena, &options);
    weir_options_warn_unknown(&(WeirOptions){options.sink, options.sink_count}, sink->options, sink->name);
    WEIR_TRY(weir_analyze(context->analyzer, request->plan, &analyzed, error));
    if (request->table->schema_ddl != NULL)
        WEIR_TRY(conform(context, request->table->schema_ddl, &analyzed, error));
    start_maintenance(session);
    WEIR_TRY(fill_spec(context, request, sink, analyzed, &options, &spec, error));
    if (strcasecmp(sink->name, "memory") == 0) {
        pthread_mutex_lock(&session->memory_mutex);
        status = weir_session_add_memory_writer(session, request->table->name, request->name,
                                                weir_logical_schema(analyzed, context->arena), error);
        pthread_mutex_unlock(&session->memory_mutex);
        WEIR_TRY(status);
    }
    spec.clock = weir_system_clock_new();
    status = weir_stream_execution_start(&spec, &execution, error);
    if (status != WEIR_OK) {
        weir_clock_free(spec.clock);
        return status;
    }
    context->scope->keep = true;
    add_query(session, execution, spec.clock, request->name);
    return WEIR_OK;
}

static WeirFlowTable *find_flow_table(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->flow_table_count; i++)
        if (strcasecmp(session->flow_tables[i].name, name) == 0)
            return &session->flow_tables[i];
    return NULL;
}

WeirStatus weir_statement_create_streaming_table(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    WeirSession *session = context->session;
    const WeirStatement *statement = context->statement;
    (void)result;
    if (statement->plan != NULL) {
        StartRequest request = {.table = statement, .plan = statement->plan, .name = statement->name};
        return start_query(context, &request, error);
    }
    if (weir_connector_find_sink(statement->format) == NULL)
        return weir_error_set(error, WEIR_ERROR_DATA_SOURCE_NOT_FOUND, "provider", statement->format);
    WeirFlowTable *table = find_flow_table(session, statement->name);
    if (table == NULL) {
        session->flow_tables =
            weir_realloc(session->flow_tables, (session->flow_table_count + 1) * sizeof(WeirFlowTable));
        table = &session->flow_tables[session->flow_table_count++];
        *table = (WeirFlowTable){.name = weir_strdup(statement->name)};
    } else if (!statement->if_not_exists) {
        return weir_error_set(error, WEIR_ERROR_TABLE_OR_VIEW_ALREADY_EXISTS, "relationName", statement->name);
    }
    table->statement = statement;
    context->scope->keep = true;
    return WEIR_OK;
}

WeirStatus weir_statement_create_flow(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirFlowTable *table = find_flow_table(context->session, statement->target);
    (void)result;
    if (table == NULL)
        return weir_error_set(error, WEIR_ERROR_TABLE_OR_VIEW_NOT_FOUND, "relationName", statement->target);
    const WeirSinkType *sink = weir_connector_find_sink(table->statement->format);
    if (table->flow_count > 0 && (sink->capabilities & WEIR_SINK_ONE_FLOW) != 0)
        return weir_error_format(
            error, WEIR_ERROR_UNSUPPORTED_FEATURE_MULTIPLE_FLOWS,
            "The sink %s keeps one commit log, so it takes one flow; the batches of a second would vanish. "
            "Use a UNION in one query instead.",
            sink->name);
    StartRequest request = {
        .table = table->statement,
        .plan = statement->plan,
        .name = statement->name,
        .flow_name = statement->name,
    };
    WEIR_TRY(start_query(context, &request, error));
    table->flow_count++;
    return WEIR_OK;
}
