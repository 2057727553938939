/* From SQL text to carried-out statements: splitting, substitution, parsing and dispatch. */
#include "session/session_private.h"

#define STATEMENT_MEMORY_MAX ((int64_t)64 << 20)
#define SCRIPT_BYTES_MAX ((size_t)16 << 20)

static const struct {
    WeirStatementKind kind;
    WeirStatementFunction run;
} statement_functions[] = {
    {WEIR_STATEMENT_QUERY, weir_statement_query},
    {WEIR_STATEMENT_EXPLAIN, weir_statement_explain},
    {WEIR_STATEMENT_CREATE_TEMPORARY_VIEW, weir_statement_create_view},
    {WEIR_STATEMENT_DROP_VIEW, weir_statement_drop_view},
    {WEIR_STATEMENT_CREATE_STREAMING_TABLE, weir_statement_create_streaming_table},
    {WEIR_STATEMENT_CREATE_FLOW, weir_statement_create_flow},
    {WEIR_STATEMENT_SET, weir_statement_set},
    {WEIR_STATEMENT_RESET, weir_statement_reset},
    {WEIR_STATEMENT_SET_TIME_ZONE, weir_statement_set_time_zone},
    {WEIR_STATEMENT_DESCRIBE_TABLE, weir_statement_describe},
    {WEIR_STATEMENT_DESCRIBE_QUERY, weir_statement_describe},
    {WEIR_STATEMENT_DESCRIBE_FUNCTION, weir_statement_describe_function},
    {WEIR_STATEMENT_SHOW_TABLES, weir_statement_show},
    {WEIR_STATEMENT_SHOW_VIEWS, weir_statement_show},
    {WEIR_STATEMENT_SHOW_FUNCTIONS, weir_statement_show},
    {WEIR_STATEMENT_SHOW_COLUMNS, weir_statement_show},
    {WEIR_STATEMENT_SHOW_DATABASES, weir_statement_show},
    {WEIR_STATEMENT_SHOW_CATALOGS, weir_statement_show},
    {WEIR_STATEMENT_SHOW_CURRENT, weir_statement_show},
    {WEIR_STATEMENT_SHOW_PROPERTIES, weir_statement_show},
    {WEIR_STATEMENT_DATABASE, weir_statement_database},
    {WEIR_STATEMENT_RENAME_VIEW, weir_statement_rename_view},
    {WEIR_STATEMENT_CACHE, weir_statement_cache},
    {WEIR_STATEMENT_UNCACHE, weir_statement_cache},
    {WEIR_STATEMENT_REFRESH, weir_statement_cache},
    {WEIR_STATEMENT_REFRESH_FUNCTION, weir_statement_refresh_function},
    {WEIR_STATEMENT_DECLARE_VARIABLE, weir_statement_declare_variable},
    {WEIR_STATEMENT_SET_VARIABLE, weir_statement_set_variable},
    {WEIR_STATEMENT_DROP_VARIABLE, weir_statement_drop_variable},
    {WEIR_STATEMENT_USE, weir_statement_use},
    {WEIR_STATEMENT_TABLE_COMMAND, weir_statement_table_command},
    {WEIR_STATEMENT_CREATE_TABLE, weir_statement_create_table},
    {WEIR_STATEMENT_EXECUTE_IMMEDIATE, weir_statement_execute_immediate},
    {WEIR_STATEMENT_CREATE_FUNCTION, weir_statement_create_function},
    {WEIR_STATEMENT_DROP_FUNCTION, weir_statement_drop_function},
};

static WeirStatementScope *open_scope(WeirSession *session)
{
    WeirStatementScope *scope = weir_calloc(1, sizeof(*scope));
    weir_memory_tracker_init(&scope->tracker, &session->memory, "statement", STATEMENT_MEMORY_MAX);
    weir_arena_init(&scope->arena, &scope->tracker);
    return scope;
}

static void close_scope(WeirSession *session, WeirStatementScope *scope)
{
    if (scope->keep) {
        scope->next = session->kept;
        session->kept = scope;
        return;
    }
    weir_batch_list_release(&scope->batches);
    weir_arena_deinit(&scope->arena);
    weir_memory_tracker_deinit(&scope->tracker);
    weir_free(scope);
}

static const char *lookup_variable(void *context, const char *name)
{
    WeirSession *session = context;
    return weir_session_get(session, name);
}

void weir_session_init_analyzer(WeirSession *session, const WeirEvalContext *eval, WeirArena *arena, const char *text,
                                WeirAnalyzer *analyzer)
{
    *analyzer = (WeirAnalyzer){
        .arena = arena,
        .catalog = &session->catalog,
        .context = eval,
        .next_expression_id = &session->next_expression_id,
        .sql_text = text,
    };
    weir_session_connector_context(session, eval, &analyzer->connector);
}

WeirStatus weir_statement_dispatch(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    for (size_t i = 0; i < sizeof(statement_functions) / sizeof(statement_functions[0]); i++)
        if (statement_functions[i].kind == context->statement->kind)
            return statement_functions[i].run(context, result, error);
    /* CLEAR CACHE: nothing is cached. */
    return WEIR_OK;
}

WeirStatus weir_session_parse(WeirSession *session, const WeirEvalContext *eval, WeirArena *arena, const char *text,
                              size_t length, const WeirMarkerValues *values, WeirStatement **statement,
                              WeirError *error)
{
    WeirIdentifierContext identifier = {session, eval};
    WeirParserOptions options = {
        .zone = eval->zone,
        .now_micros = eval->now_micros,
        .ansi_reserved_words = weir_config_bool(&session->config, "spark.sql.ansi.enforceReservedKeywords"),
        .double_quoted_identifiers = weir_config_bool(&session->config, "spark.sql.ansi.doubleQuotedIdentifiers"),
        .escaped_string_literals = weir_config_bool(&session->config, "spark.sql.parser.escapedStringLiterals"),
        .nesting_max = 1000,
        .has_parameters = values != NULL,
        .parameters = values != NULL ? values->parameters : NULL,
        .parameter_count = values != NULL ? values->count : 0,
        .identifier_text = weir_session_identifier_text,
        .identifier_context = &identifier,
    };
    if (weir_config_bool(&session->config, "spark.sql.variable.substitute"))
        WEIR_TRY(weir_sql_substitute(text, length, lookup_variable, session, arena, &text, &length, error));
    return weir_sql_parse(text, length, &options, arena, statement, error);
}

WeirStatus weir_session_execute_made(WeirSession *session, WeirMakeStatement make, void *make_context,
                                     WeirResult **result, WeirError *error)
{
    WeirStatementScope *scope = open_scope(session);
    /* A query keeps its plans' memory after the statement, so the evaluation context lives there too. */
    WeirEvalContext *eval = WEIR_ARENA_NEW(&scope->arena, WeirEvalContext);
    WeirStatementContext context = {.session = session, .scope = scope, .arena = &scope->arena, .eval = eval};
    WeirAnalyzer analyzer;
    WeirStatement *statement = NULL;
    WeirStatus status;
    *result = NULL;
    session->current = scope;
    if (atomic_load(&session->interrupted)) {
        status = weir_error_format(error, WEIR_ERROR_CANCELLED, "The session was interrupted.");
        goto done;
    }
    WEIR_TRY_OR_GO(done, weir_session_eval_context(session, eval, error));
    WEIR_TRY_OR_GO(done, make(make_context, session, eval, &scope->arena, &statement, error));
    context.statement = statement;
    context.analyzer = &analyzer;
    weir_session_init_analyzer(session, eval, context.arena, statement->text, &analyzer);
    WEIR_TRY_OR_GO(done, weir_statement_dispatch(&context, result, error));
    status = weir_arena_check(&scope->arena, error);
done:
    if (status != WEIR_OK && error != NULL && error->origin.line > 0 && statement != NULL)
        weir_error_locate(error, statement->text, error->origin);
    if (status != WEIR_OK) {
        weir_result_free(*result);
        *result = NULL;
    }
    session->current = NULL;
    close_scope(session, scope);
    return status;
}

typedef struct StatementText {
    const char *text;
    size_t length;
    const WeirMarkerValues *values;
} StatementText;

static WeirStatus make_from_text(void *context, WeirSession *session, const WeirEvalContext *eval, WeirArena *arena,
                                 WeirStatement **statement, WeirError *error)
{
    const StatementText *text = context;
    return weir_session_parse(session, eval, arena, text->text, text->length, text->values, statement, error);
}

static WeirStatus execute(WeirSession *session, const char *text, size_t length, const WeirMarkerValues *values,
                          WeirResult **result, WeirError *error)
{
    StatementText statement = {text, length, values};
    return weir_session_execute_made(session, make_from_text, &statement, result, error);
}

static WeirStatus execute_text(WeirSession *session, const char *sql, const WeirMarkerValues *values,
                               WeirResult **result, WeirError *error)
{
    size_t length = strlen(sql), position = 0, statement_length = 0;
    const char *statement = sql;
    int32_t line = 1;
    *result = NULL;
    if (length > SCRIPT_BYTES_MAX)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The SQL text is longer than 16 MiB.");
    WEIR_TRY(weir_sql_split(sql, length, &position, &statement, &statement_length, &line, error));
    const char *next = statement;
    size_t next_length = 0, end = position;
    int32_t next_line = 1;
    WEIR_TRY(weir_sql_split(sql, length, &end, &next, &next_length, &next_line, error));
    if (next_length > 0) /* two statements: the parser tells where the second begins */
        statement_length = length - (size_t)(statement - sql);
    WeirStatus status = execute(session, statement, statement_length, values, result, error);
    if (status != WEIR_OK && error != NULL && error->origin.line > 0)
        error->origin.line += line - 1;
    return status;
}

WeirStatus weir_session_execute(WeirSession *session, const char *sql, WeirResult **result, WeirError *error)
{
    return execute_text(session, sql, NULL, result, error);
}

WeirStatus weir_session_execute_with(WeirSession *session, const char *sql, const WeirParameter *parameters,
                                     size_t count, WeirResult **result, WeirError *error)
{
    *result = NULL;
    if (count > UINT16_MAX)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "A statement takes %u parameters at most.",
                                 UINT16_MAX);
    WeirSqlParameter *copies = weir_calloc(count + 1, sizeof(*copies));
    for (size_t i = 0; i < count; i++)
        copies[i] = (WeirSqlParameter){parameters[i].name, parameters[i].value};
    WeirStatus status = execute_text(session, sql, &(WeirMarkerValues){copies, (uint32_t)count}, result, error);
    weir_free(copies);
    return status;
}

WeirStatus weir_session_run(WeirSession *session, const char *script, size_t length, WeirResultFunction on_result,
                            void *context, WeirError *error)
{
    size_t position = 0;
    if (length > SCRIPT_BYTES_MAX)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The script is longer than 16 MiB.");
    for (;;) {
        const char *statement = NULL;
        size_t statement_length = 0;
        int32_t line = 1;
        WeirResult *result = NULL;
        WEIR_TRY(weir_sql_split(script, length, &position, &statement, &statement_length, &line, error));
        if (statement_length == 0)
            return WEIR_OK;
        WeirStatus status = execute(session, statement, statement_length, NULL, &result, error);
        if (status != WEIR_OK && error != NULL && error->origin.line > 0)
            error->origin.line += line - 1;
        if (status == WEIR_OK && result != NULL && on_result != NULL && !result->is_setting)
            status = on_result(context, result, error);
        weir_result_free(result);
        if (status != WEIR_OK)
            return status;
    }
}

size_t weir_script_complete(const char *text, size_t length)
{
    size_t position = 0, statement_length = 0;
    const char *statement = NULL;
    int32_t line = 1;
    if (weir_sql_split(text, length, &position, &statement, &statement_length, &line, NULL) != WEIR_OK)
        return 0;
    /* The split also ends at the end of the text: complete only where a semicolon was seen. */
    return position > 0 && position <= length && text[position - 1] == ';' ? position : 0;
}
