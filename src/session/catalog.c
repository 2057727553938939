/* Temporary views, memory tables, variables and SQL functions of a session, as the analyzer asks for them. */
#include <strings.h>

#include "session/session_private.h"

static WeirSession *session_of(WeirCatalog *catalog)
{
    return (WeirSession *)((char *)catalog - offsetof(WeirSession, catalog));
}

WeirView *weir_session_find_view(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->view_count; i++)
        if (strcasecmp(session->views[i].name, name) == 0)
            return &session->views[i];
    return NULL;
}

void weir_session_put_view(WeirSession *session, const char *name, WeirLogicalPlan *plan, const WeirRelation *relation,
                           bool is_global)
{
    WeirView *view = weir_session_find_view(session, name);
    if (view == NULL) {
        if (session->view_count == session->view_capacity) {
            session->view_capacity = session->view_capacity == 0 ? 16 : session->view_capacity * 2;
            session->views = weir_realloc(session->views, session->view_capacity * sizeof(WeirView));
        }
        view = &session->views[session->view_count++];
        view->name = weir_strdup(name);
    }
    view->plan = plan;
    view->relation = relation;
    view->is_global = is_global;
}

bool weir_session_drop_view(WeirSession *session, const char *name)
{
    WeirView *view = weir_session_find_view(session, name);
    if (view == NULL)
        return false;
    weir_free(view->name);
    *view = session->views[--session->view_count];
    return true;
}

/* The rows of a memory table now, as a plan of the statement under way, which keeps the batches alive. */
static WeirStatus memory_table_plan(WeirSession *session, WeirMemoryTable *table, WeirLogicalPlan **plan)
{
    WeirStatementScope *scope = session->current;
    WeirArena *arena = &scope->arena;
    WeirLogicalPlan *relation = weir_logical_new(arena, WEIR_LOGICAL_LOCAL_RELATION, (WeirOrigin){0});
    const WeirSchema *schema = weir_type_copy(arena, table->schema);
    relation->output = WEIR_ARENA_ARRAY(arena, WeirExpression *, schema->field_count + 1);
    relation->output_count = schema->field_count;
    for (uint32_t i = 0; i < schema->field_count; i++)
        relation->output[i] = weir_expression_attribute(arena, schema->fields[i].name, schema->fields[i].type,
                                                        schema->fields[i].nullable, session->next_expression_id++);
    uint32_t first = scope->batches.count;
    for (uint32_t i = 0; i < table->batches.count; i++)
        weir_batch_list_add(&scope->batches, weir_batch_retain(table->batches.batches[i]));
    WeirBatch **batches = WEIR_ARENA_ARRAY(arena, WeirBatch *, table->batches.count + 1);
    for (uint32_t i = 0; i < table->batches.count; i++)
        batches[i] = scope->batches.batches[first + i];
    relation->batches = batches;
    relation->batch_count = table->batches.count;
    relation->analyzed = true;
    *plan = relation;
    return WEIR_OK;
}

bool weir_session_has_memory_table(WeirSession *session, const char *name)
{
    pthread_mutex_lock(&session->memory_mutex);
    bool found = weir_session_find_memory_table(session, name) != NULL;
    pthread_mutex_unlock(&session->memory_mutex);
    return found;
}

static WeirStatus catalog_lookup(WeirCatalog *catalog, const char *const *parts, uint32_t part_count,
                                 WeirLogicalPlan **plan, const WeirRelation **relation, WeirError *error)
{
    WeirSession *session = session_of(catalog);
    (void)error;
    *plan = NULL;
    *relation = NULL;
    bool global = part_count == 2 && strcasecmp(parts[0], "global_temp") == 0;
    if (part_count != 1 && !global)
        return WEIR_OK;
    const char *name = parts[part_count - 1];
    WeirView *view = weir_session_find_view(session, name);
    if (view != NULL && view->is_global == global) {
        *plan = view->plan;
        *relation = view->relation;
        return WEIR_OK;
    }
    if (global)
        return WEIR_OK;
    pthread_mutex_lock(&session->memory_mutex);
    WeirMemoryTable *table = weir_session_find_memory_table(session, name);
    WeirStatus status = table == NULL || table->schema == NULL ? WEIR_OK : memory_table_plan(session, table, plan);
    pthread_mutex_unlock(&session->memory_mutex);
    return status;
}

static void catalog_names(WeirCatalog *catalog, WeirArena *arena, const char *const **names, uint32_t *count)
{
    WeirSession *session = session_of(catalog);
    const char **list = WEIR_ARENA_ARRAY(arena, const char *, session->view_count + session->memory_table_count + 1);
    uint32_t at = 0;
    for (uint32_t i = 0; i < session->view_count; i++)
        list[at++] = session->views[i].name;
    pthread_mutex_lock(&session->memory_mutex);
    for (uint32_t i = 0; i < session->memory_table_count; i++)
        list[at++] = session->memory_tables[i]->name;
    pthread_mutex_unlock(&session->memory_mutex);
    *names = list;
    *count = at;
}

static const WeirValue *catalog_variable(WeirCatalog *catalog, const char *name)
{
    WeirSession *session = session_of(catalog);
    for (uint32_t i = 0; i < session->variable_count; i++)
        if (strcasecmp(session->variables[i].name, name) == 0)
            return session->variables[i].value;
    return NULL;
}

static const char *catalog_keyword(WeirCatalog *catalog, uint32_t index, bool *reserved)
{
    const char *word = weir_sql_keyword(index, reserved);
    if (!weir_config_bool(&session_of(catalog)->config, "spark.sql.ansi.enforceReservedKeywords"))
        *reserved = false;
    return word;
}

static const WeirSqlFunction *catalog_function(WeirCatalog *catalog, const char *name)
{
    WeirSession *session = session_of(catalog);
    for (uint32_t i = 0; i < session->function_count; i++)
        if (strcasecmp(session->functions[i]->name, name) == 0)
            return session->functions[i];
    return NULL;
}

void weir_session_init_catalog(WeirSession *session)
{
    session->catalog = (WeirCatalog){
        .lookup = catalog_lookup,
        .names = catalog_names,
        .variable = catalog_variable,
        .keyword = catalog_keyword,
        .sql_function = catalog_function,
    };
}

void weir_session_free_catalog(WeirSession *session)
{
    for (uint32_t i = 0; i < session->view_count; i++)
        weir_free(session->views[i].name);
    weir_free(session->views);
    for (uint32_t i = 0; i < session->flow_table_count; i++)
        weir_free(session->flow_tables[i].name);
    weir_free(session->flow_tables);
    for (uint32_t i = 0; i < session->variable_count; i++)
        weir_free(session->variables[i].name);
    weir_free(session->variables);
    weir_free(session->functions);
}
