/* What connectors share with their session: memory tables, foreach callbacks and the console. */
#include <stdio.h>
#include <strings.h>

#include "columnar/arrow.h"
#include "session/session_private.h"

WeirMemoryTable *weir_session_find_memory_table(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->memory_table_count; i++)
        if (strcasecmp(session->memory_tables[i]->name, name) == 0)
            return session->memory_tables[i];
    return NULL;
}

static WeirMemoryTable *make_memory_table(WeirSession *session, const char *name)
{
    WeirMemoryTable *table = weir_calloc(1, sizeof(*table));
    table->name = weir_strdup(name);
    weir_arena_init(&table->arena, NULL);
    session->memory_tables =
        weir_realloc(session->memory_tables, (session->memory_table_count + 1) * sizeof(session->memory_tables[0]));
    session->memory_tables[session->memory_table_count++] = table;
    return table;
}

static bool find_writer(const WeirMemoryTable *table, const char *name, uint32_t *writer)
{
    for (uint32_t i = 0; i < table->writer_count; i++) {
        if (strcasecmp(table->writers[i], name) != 0)
            continue;
        *writer = i;
        return true;
    }
    return false;
}

/* Take out what one writer wrote: one of its batches, or all of them. */
static void drop_rows(WeirMemoryTable *table, uint32_t writer, bool all, int64_t batch_id)
{
    uint32_t kept = 0;
    table->batches.row_count = 0;
    for (uint32_t i = 0; i < table->batches.count; i++) {
        if (table->origins[i].writer == writer && (all || table->origins[i].batch_id == batch_id)) {
            weir_batch_release(table->batches.batches[i]);
            continue;
        }
        table->batches.batches[kept] = table->batches.batches[i];
        table->origins[kept] = table->origins[i];
        table->batches.row_count += table->batches.batches[kept]->selected_count;
        kept++;
    }
    table->batches.count = kept;
}

static bool same_types(const WeirSchema *a, const WeirSchema *b)
{
    bool same = a->field_count == b->field_count;
    for (uint32_t i = 0; same && i < a->field_count; i++)
        same = weir_type_equal(a->fields[i].type, b->fields[i].type);
    return same;
}

WeirStatus weir_session_add_memory_writer(WeirSession *session, const char *name, const char *writer_name,
                                          const WeirSchema *schema, WeirError *error)
{
    WeirMemoryTable *table = weir_session_find_memory_table(session, name);
    uint32_t writer = 0;
    if (table == NULL)
        table = make_memory_table(session, name);
    bool known = find_writer(table, writer_name, &writer);
    bool alone = table->writer_count == (known ? 1u : 0u);
    if (!alone && !same_types(table->schema, schema))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "The flow %s gives columns of other types than the flows that write to %s already.",
                                 writer_name, name);
    if (known) {
        drop_rows(table, writer, true, 0);
    } else {
        table->writers = weir_realloc(table->writers, (table->writer_count + 1) * sizeof(char *));
        table->writers[table->writer_count++] = weir_strdup(writer_name);
    }
    if (alone)
        table->schema = weir_type_copy(&table->arena, schema);
    return WEIR_OK;
}

static WeirStatus memory_write(WeirConnectorSession *connector_session, const char *query_name,
                               const WeirSchema *schema, int64_t batch_id, bool complete, WeirBatch *const *batches,
                               uint32_t count, WeirError *error)
{
    WeirSession *session = (WeirSession *)connector_session;
    WeirMemoryTable *table = NULL;
    uint32_t writer = 0;
    (void)schema;
    pthread_mutex_lock(&session->memory_mutex);
    for (uint32_t i = 0; i < session->memory_table_count && table == NULL; i++)
        if (find_writer(session->memory_tables[i], query_name, &writer))
            table = session->memory_tables[i];
    if (table == NULL) {
        pthread_mutex_unlock(&session->memory_mutex);
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "No memory table takes the rows of the query %s.", query_name);
    }
    drop_rows(table, writer, complete, batch_id);
    if (table->batches.count + count > table->origin_capacity) {
        table->origin_capacity = (table->batches.count + count) * 2;
        table->origins = weir_realloc(table->origins, table->origin_capacity * sizeof(table->origins[0]));
    }
    for (uint32_t i = 0; i < count; i++) {
        table->origins[table->batches.count] = (WeirMemoryOrigin){writer, batch_id};
        weir_batch_list_add(&table->batches, weir_batch_retain(batches[i]));
    }
    pthread_mutex_unlock(&session->memory_mutex);
    return WEIR_OK;
}

static WeirCallback *find_callback(WeirSession *session, const char *query_name)
{
    for (uint32_t i = 0; i < session->callback_count; i++)
        if (query_name != NULL && strcasecmp(session->callbacks[i].query_name, query_name) == 0)
            return &session->callbacks[i];
    return NULL;
}

static WeirCallback *put_callback(WeirSession *session, const char *query_name)
{
    WeirCallback *callback = find_callback(session, query_name);
    if (callback == NULL) {
        session->callbacks = weir_realloc(session->callbacks, (session->callback_count + 1) * sizeof(WeirCallback));
        callback = &session->callbacks[session->callback_count++];
        memset(callback, 0, sizeof(*callback));
        callback->query_name = weir_strdup(query_name);
    }
    return callback;
}

void weir_session_foreach_batch(WeirSession *session, const char *query_name, WeirForeachBatchFunction function,
                                void *context)
{
    WeirCallback *callback = put_callback(session, query_name);
    callback->foreach_batch = function;
    callback->context = context;
}

void weir_session_foreach(WeirSession *session, const char *query_name, const WeirForeach *foreach)
{
    WeirCallback *callback = put_callback(session, query_name);
    callback->foreach = *foreach;
    callback->has_foreach = true;
}

/* Each row of a batch through the user's ForeachWriter. */
static WeirStatus run_foreach(const WeirForeach *foreach, const WeirSchema *schema, int64_t batch_id,
                              WeirBatch *const *batches, uint32_t count, WeirError *error)
{
    struct ArrowSchema arrow_schema = {0};
    void *writer = NULL;
    bool process = true;
    WeirStatus status = WEIR_OK;
    WEIR_TRY(weir_arrow_export_schema(schema, &arrow_schema, error));
    WEIR_TRY_OR_GO(done, foreach->open(foreach->context, 0, batch_id, &process, &writer, error));
    for (uint32_t i = 0; i < count && process; i++) {
        struct ArrowArray array = {0};
        status = weir_arrow_export_batch(schema, batches[i], &array, error);
        for (int64_t row = 0; status == WEIR_OK && row < array.length; row++)
            status = foreach->process(writer, &arrow_schema, &array, row, error);
        if (array.release != NULL)
            array.release(&array);
        if (status != WEIR_OK)
            break;
    }
    foreach
        ->close(writer, status == WEIR_OK ? NULL : error);
done:
    arrow_schema.release(&arrow_schema);
    return status;
}

static WeirStatus foreach_batch(WeirConnectorSession *connector_session, const char *query_name,
                                const WeirSchema *schema, const WeirTimeZone *zone, int64_t batch_id,
                                WeirBatch *const *batches, uint32_t count, WeirError *error)
{
    WeirSession *session = (WeirSession *)connector_session;
    const WeirCallback *callback = find_callback(session, query_name);
    if (callback == NULL || (callback->foreach_batch == NULL && !callback->has_foreach))
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "No function is registered for the foreach sink of query %s. Call weir_session_foreach_batch first.",
            query_name == NULL ? "(unnamed)" : query_name);
    if (callback->has_foreach)
        return run_foreach(&callback->foreach, schema, batch_id, batches, count, error);
    WeirResult *rows = weir_result_new(session, schema, zone);
    for (uint32_t i = 0; i < count; i++)
        weir_batch_list_add(&rows->batches, weir_batch_retain(batches[i]));
    WeirStatus status = callback->foreach_batch(callback->context, batch_id, rows, error);
    weir_result_free(rows);
    return status;
}

static WeirStatus console_write(WeirConnectorSession *connector_session, const char *text, size_t length,
                                WeirError *error)
{
    WeirSession *session = (WeirSession *)connector_session;
    bool written;
    if (session->options.console != NULL)
        written = session->options.console(session->options.console_context, text, length);
    else
        written = fwrite(text, 1, length, stdout) == length && fflush(stdout) == 0;
    if (!written)
        return weir_error_format(error, WEIR_ERROR_INPUT_OUTPUT,
                                 "The console sink could not write: the output is closed.");
    return WEIR_OK;
}

void weir_session_init_connectors(WeirSession *session)
{
    session->connector_session = (WeirConnectorSession){
        .memory = &session->memory,
        .memory_write = memory_write,
        .foreach_batch = foreach_batch,
        .console_write = console_write,
    };
    weir_session_init_memory_streams(session);
}

void weir_session_free_connectors(WeirSession *session)
{
    for (uint32_t i = 0; i < session->memory_table_count; i++) {
        WeirMemoryTable *table = session->memory_tables[i];
        weir_batch_list_release(&table->batches);
        weir_arena_deinit(&table->arena);
        weir_free(table->origins);
        for (uint32_t k = 0; k < table->writer_count; k++)
            weir_free(table->writers[k]);
        weir_free(table->writers);
        weir_free(table->name);
        weir_free(table);
    }
    weir_free(session->memory_tables);
    weir_session_free_memory_streams(session);
    for (uint32_t i = 0; i < session->callback_count; i++)
        weir_free(session->callbacks[i].query_name);
    weir_free(session->callbacks);
}
