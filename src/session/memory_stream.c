/* Memory streams: blocks of rows that the program adds under the name of a view, read by sources/memory_source.c. */
#include <strings.h>

#include "formats/format.h"
#include "session/session_private.h"

static WeirMemoryTable *find_stream(WeirSession *session, const char *name)
{
    for (uint32_t i = 0; i < session->memory_stream_count; i++)
        if (strcasecmp(session->memory_streams[i]->name, name) == 0)
            return session->memory_streams[i];
    return NULL;
}

/* The view's stream; one of other columns (the view was made anew) starts from nothing. */
static WeirMemoryTable *put_stream(WeirSession *session, const char *name, const WeirSchema *schema)
{
    WeirMemoryTable *stream = find_stream(session, name);
    if (stream != NULL && weir_type_equal(stream->schema, schema))
        return stream;
    if (stream == NULL) {
        stream = weir_calloc(1, sizeof(*stream));
        stream->name = weir_strdup(name);
        weir_arena_init(&stream->arena, NULL);
        session->memory_streams = weir_realloc(session->memory_streams,
                                               (session->memory_stream_count + 1) * sizeof(session->memory_streams[0]));
        session->memory_streams[session->memory_stream_count++] = stream;
    }
    weir_batch_list_release(&stream->batches);
    stream->block_count = 0;
    stream->schema = weir_type_copy(&stream->arena, schema);
    return stream;
}

static int64_t memory_last_block(WeirConnectorSession *connector_session, const char *view)
{
    WeirSession *session = (WeirSession *)connector_session;
    pthread_mutex_lock(&session->memory_mutex);
    const WeirMemoryTable *stream = find_stream(session, view);
    int64_t last = stream == NULL ? -1 : stream->block_count - 1;
    pthread_mutex_unlock(&session->memory_mutex);
    return last;
}

/* The first of a block's batches: ids ascend. */
static uint32_t first_batch(const WeirMemoryTable *stream, int64_t block)
{
    uint32_t low = 0, high = stream->batches.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (stream->batch_ids[middle] < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static WeirBatch *memory_block(WeirConnectorSession *connector_session, const char *view, int64_t block, uint32_t index)
{
    WeirSession *session = (WeirSession *)connector_session;
    WeirBatch *batch = NULL;
    pthread_mutex_lock(&session->memory_mutex);
    const WeirMemoryTable *stream = find_stream(session, view);
    if (stream != NULL) {
        uint32_t at = first_batch(stream, block) + index;
        if (at < stream->batches.count && stream->batch_ids[at] == block)
            batch = weir_batch_retain(stream->batches.batches[at]);
    }
    pthread_mutex_unlock(&session->memory_mutex);
    return batch;
}

void weir_session_init_memory_streams(WeirSession *session)
{
    session->connector_session.memory_last_block = memory_last_block;
    session->connector_session.memory_block = memory_block;
}

void weir_session_free_memory_streams(WeirSession *session)
{
    for (uint32_t i = 0; i < session->memory_stream_count; i++) {
        WeirMemoryTable *stream = session->memory_streams[i];
        weir_batch_list_release(&stream->batches);
        weir_arena_deinit(&stream->arena);
        weir_free(stream->batch_ids);
        weir_free(stream->name);
        weir_free(stream);
    }
    weir_free(session->memory_streams);
}

/* ---- adding ---- */

typedef struct Lines {
    const char *text;
    size_t length;
} Lines;

static WeirStatus read_lines(void *context, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error)
{
    const Lines *lines = context;
    (void)error;
    size_t left = offset < 0 || (size_t)offset >= lines->length ? 0 : lines->length - (size_t)offset;
    *got = left < bytes ? left : bytes;
    if (*got > 0)
        memcpy(data, lines->text + offset, *got);
    return WEIR_OK;
}

/* A row that does not fit is the program's mistake, not data: it is refused. */
static const char *json_option(void *context, const char *key)
{
    (void)context;
    return strcasecmp(key, "mode") == 0 ? "FAILFAST" : NULL;
}

static WeirStatus parse_block(WeirSession *session, const WeirSchema *schema, Lines *lines, WeirBatchList *list,
                              WeirError *error)
{
    const WeirFileFormat *json = weir_format_find("json");
    WeirEvalContext eval;
    WEIR_TRY(weir_session_eval_context(session, &eval, error));
    WeirFormatOptions options = {json_option, NULL, weir_config_get, &session->config, eval.zone};
    uint32_t *columns = weir_calloc(schema->field_count + 1, sizeof(uint32_t));
    for (uint32_t i = 0; i < schema->field_count; i++)
        columns[i] = i;
    WeirFormatScan scan = {&options, schema, columns, schema->field_count, WEIR_BATCH_ROWS_DEFAULT, &session->memory};
    WeirByteSource source = {lines, read_lines, (int64_t)lines->length, "memory", NULL};
    WeirFormatReader *reader = NULL;
    WeirStatus status = json->open_reader(&scan, &source, 0, INT64_MAX, &reader, error);
    while (status == WEIR_OK) {
        WeirBatch *batch = NULL, *compact = NULL;
        status = json->next_batch(reader, &batch, error);
        if (status != WEIR_OK || batch == NULL)
            break;
        status = weir_batch_compact(batch, &session->memory, &compact, error);
        weir_batch_release(batch);
        if (status == WEIR_OK)
            weir_batch_list_add(list, compact);
    }
    json->close_reader(reader);
    weir_free(columns);
    return status;
}

WeirStatus weir_session_memory_add_json(WeirSession *session, const char *view_name, const char *text, size_t length,
                                        WeirError *error)
{
    const WeirView *view = weir_session_find_view(session, view_name);
    if (view == NULL)
        return weir_error_set(error, WEIR_ERROR_TABLE_OR_VIEW_NOT_FOUND, "relationName", view_name);
    const WeirRelation *relation = view->relation;
    if (relation == NULL || strcasecmp(relation->format, "memory") != 0 || relation->user_schema == NULL)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "The view %s takes no rows. Make it with CREATE TEMPORARY VIEW %s (column TYPE, …) USING memory.",
            view_name, view_name);
    WeirBatchList list = {0};
    Lines lines = {text, length};
    WeirStatus status = parse_block(session, relation->user_schema, &lines, &list, error);
    if (status != WEIR_OK) {
        weir_batch_list_release(&list);
        return status;
    }
    pthread_mutex_lock(&session->memory_mutex);
    WeirMemoryTable *stream = put_stream(session, view_name, relation->user_schema);
    uint32_t count = stream->batches.count + list.count;
    if (count > stream->id_capacity) {
        stream->id_capacity = count * 2;
        stream->batch_ids = weir_realloc(stream->batch_ids, stream->id_capacity * sizeof(int64_t));
    }
    for (uint32_t i = 0; i < list.count; i++) {
        stream->batch_ids[stream->batches.count] = stream->block_count;
        weir_batch_list_add(&stream->batches, weir_batch_retain(list.batches[i]));
    }
    stream->block_count++;
    pthread_mutex_unlock(&session->memory_mutex);
    weir_batch_list_release(&list);
    return WEIR_OK;
}
