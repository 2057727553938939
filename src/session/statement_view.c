/* CREATE and DROP of temporary views. */
#include <strings.h>

#include "common/json.h"
#include "session/session_private.h"

static WeirStatus check_replace(WeirStatementContext *context, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    if (!statement->or_replace && weir_session_find_view(context->session, statement->name) != NULL)
        return weir_error_set(error, WEIR_ERROR_TEMP_TABLE_OR_VIEW_ALREADY_EXISTS, "relationName", statement->name);
    return WEIR_OK;
}

/* CREATE VIEW … USING names a source; nothing is read. Its schema is found out where it is used, as a stream or as a
 * table. */
static WeirStatus make_relation(WeirStatementContext *context, const WeirRelation **out, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirRelation *relation = WEIR_ARENA_NEW(context->arena, WeirRelation);
    const WeirSourceType *type = weir_connector_find_source(statement->format);
    if (type == NULL && !weir_is_batch_only_format(statement->format))
        return weir_error_set(error, WEIR_ERROR_DATA_SOURCE_NOT_FOUND, "provider", statement->format);
    *relation = (WeirRelation){
        .definition = relation,
        .name = statement->name,
        .format = statement->format,
        .options = statement->options,
        .option_count = statement->option_count,
        .connector = type,
    };
    if (statement->schema_ddl != NULL)
        WEIR_TRY(weir_schema_from_ddl(statement->schema_ddl, context->arena, &relation->user_schema, error));
    if (type == NULL) { /* refused where it is read */
        *out = relation;
        return WEIR_OK;
    }
    WeirConnectorOption *options = WEIR_ARENA_ARRAY(context->arena, WeirConnectorOption, relation->option_count + 1);
    for (uint32_t i = 0; i < relation->option_count; i++)
        options[i] = (WeirConnectorOption){relation->options[i].key, relation->options[i].value};
    weir_options_warn_unknown(&(WeirOptions){options, relation->option_count}, type->options, type->name);
    *out = relation;
    return WEIR_OK;
}

static const char *comment_metadata(WeirArena *arena, const char *comment)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_buffer_append_text(&text, "{\"comment\":");
    weir_json_write_string(&text, comment, strlen(comment));
    weir_buffer_append_char(&text, '}');
    const char *metadata = weir_arena_strdup(arena, weir_buffer_text(&text));
    weir_buffer_deinit(&text);
    return metadata;
}

/* CREATE VIEW v (a, b) AS …: the columns get new names. */
static WeirStatus rename_columns(WeirStatementContext *context, WeirLogicalPlan **plan, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    if (statement->name_count == 0)
        return WEIR_OK;
    if (statement->name_count != (*plan)->output_count)
        return weir_error_set(error,
                              statement->name_count > (*plan)->output_count
                                  ? WEIR_ERROR_CREATE_VIEW_COLUMN_ARITY_MISMATCH_NOT_ENOUGH_DATA_COLUMNS
                                  : WEIR_ERROR_CREATE_VIEW_COLUMN_ARITY_MISMATCH_TOO_MANY_DATA_COLUMNS,
                              "viewName", statement->name);
    WeirLogicalPlan *project = weir_logical_unary(context->arena, WEIR_LOGICAL_PROJECT, *plan);
    project->expression_count = project->output_count = statement->name_count;
    project->expressions = WEIR_ARENA_ARRAY(context->arena, WeirExpression *, statement->name_count);
    project->output = WEIR_ARENA_ARRAY(context->arena, WeirExpression *, statement->name_count);
    for (uint32_t i = 0; i < statement->name_count; i++) {
        project->expressions[i] = weir_expression_alias(context->arena, (*plan)->output[i], statement->names[i],
                                                        context->session->next_expression_id++);
        if (statement->comments[i] != NULL)
            project->expressions[i]->metadata = comment_metadata(context->arena, statement->comments[i]);
        project->output[i] = weir_expression_to_attribute(context->arena, project->expressions[i]);
    }
    project->analyzed = true;
    project->is_streaming = (*plan)->is_streaming;
    *plan = project;
    return WEIR_OK;
}

static bool reads_view(void *context, const WeirLogicalPlan *plan)
{
    return plan->kind == WEIR_LOGICAL_VIEW && strcasecmp(plan->name, context) == 0;
}

/* Names of columns differ, and the view does not read the one that it replaces. */
static WeirStatus check_columns(const WeirStatement *statement, const WeirLogicalPlan *plan, WeirError *error)
{
    for (uint32_t i = 0; i < plan->output_count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (strcasecmp(plan->output[i]->name, plan->output[j]->name) == 0)
                return weir_error_set(error, WEIR_ERROR_COLUMN_ALREADY_EXISTS, "columnName", plan->output[i]->name);
    bool is_sql = statement->text[0] != '\0'; /* calls of Datasets may give a view its own name again */
    if (is_sql && weir_logical_any(plan, reads_view, (void *)(uintptr_t)statement->name))
        return weir_error_set(error, WEIR_ERROR_RECURSIVE_VIEW, "viewIdent", statement->name, "newPath",
                              statement->name);
    return WEIR_OK;
}

WeirStatus weir_statement_create_view(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirLogicalPlan *analyzed = NULL;
    const WeirRelation *relation = NULL;
    (void)result;
    if (statement->if_exists && weir_session_find_view(context->session, statement->name) == NULL) /* ALTER VIEW */
        return weir_session_table_not_found(statement->name, error);
    if (!statement->is_temporary)
        return weir_statement_create_permanent_view(context, error);
    WEIR_TRY(check_replace(context, error));
    if (statement->plan != NULL) {
        WEIR_TRY(weir_analyze(context->analyzer, statement->plan, &analyzed, error));
        WEIR_TRY(rename_columns(context, &analyzed, error));
        WEIR_TRY(check_columns(statement, analyzed, error));
    } else {
        WEIR_TRY(make_relation(context, &relation, error));
    }
    context->scope->keep = true;
    weir_session_put_view(context->session, statement->name, analyzed, relation, statement->is_global);
    return WEIR_OK;
}

WeirStatus weir_statement_rename_view(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    WeirView *view = weir_session_find_view(context->session, statement->name);
    (void)result;
    if (view == NULL)
        return weir_session_table_not_found(statement->name, error);
    if (weir_session_find_view(context->session, statement->target) != NULL)
        return weir_error_set(error, WEIR_ERROR_TEMP_TABLE_OR_VIEW_ALREADY_EXISTS, "relationName", statement->target);
    weir_free(view->name);
    view->name = weir_strdup(statement->target);
    return WEIR_OK;
}

WeirStatus weir_statement_drop_view(WeirStatementContext *context, WeirResult **result, WeirError *error)
{
    const WeirStatement *statement = context->statement;
    (void)result;
    if (!weir_session_drop_view(context->session, statement->name) && !statement->if_exists)
        return weir_session_table_not_found(statement->name, error);
    return WEIR_OK;
}
