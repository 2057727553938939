/* Rows that a program adds to a view of its session (Spark: MemoryStream): CREATE TEMPORARY VIEW v (…) USING memory,
 * weir_session_memory_add_json. Each addition is a block, and the offset is the number of the last one; a batch read
 * sees all blocks. The blocks live as long as the session, so that a query may be stopped and started again; a new
 * session starts with none. */
#include <inttypes.h>
#include <stdlib.h>

#include "sources/sources.h"

struct WeirSource {
    WeirConnectorSession *session;
    const char *view;
    const WeirSchema *schema;
    bool frozen; /* availableNow */
    int64_t frozen_last;
};

typedef struct BlockRange {
    int64_t block;
} BlockRange;

struct WeirReader {
    WeirSource *source;
    const WeirScanRequest *request;
    WeirMemoryTracker *tracker;
    int64_t block;
    uint32_t next;    /* batch of the block */
    WeirBatch *batch; /* given out in slices */
    uint32_t at;
};

static WeirStatus memory_infer_schema(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                      const WeirSchema **schema, WeirError *error)
{
    (void)streaming, (void)arena;
    if (context->user_schema == NULL)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_2048,
            "A memory source needs a schema: CREATE TEMPORARY VIEW v (column TYPE, …) USING memory.");
    *schema = context->user_schema;
    return WEIR_OK;
}

static WeirStatus memory_open(const WeirConnectorContext *context, bool streaming, WeirSource **out, WeirError *error)
{
    (void)streaming;
    if (context->relation_name == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "A memory source is read by the name of its view.");
    WeirSource *source = weir_calloc(1, sizeof(*source));
    *source = (WeirSource){.session = context->session, .view = context->relation_name, .schema = context->schema};
    *out = source;
    return WEIR_OK;
}

static void memory_close(WeirSource *source)
{
    weir_free(source);
}

static int64_t last_block(const WeirSource *source)
{
    return source->frozen ? source->frozen_last : source->session->memory_last_block(source->session, source->view);
}

static WeirStatus parse_offset(const char *text, int64_t *block, WeirError *error)
{
    char *end = NULL;
    *block = -1;
    if (text == NULL)
        return WEIR_OK;
    *block = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || *block < -1)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "'%s' is not an offset of a memory source.",
                                 text);
    return WEIR_OK;
}

static WeirStatus memory_initial_offset(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error)
{
    (void)source, (void)error;
    *offset = weir_arena_strdup(arena, "-1");
    return WEIR_OK;
}

static WeirStatus memory_latest_offset(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                       const char **offset, WeirError *error)
{
    (void)start, (void)limit, (void)error;
    int64_t last = last_block(source);
    *offset = last < 0 ? NULL : weir_arena_printf(arena, "%" PRId64, last);
    return WEIR_OK;
}

static WeirStatus memory_prepare_available_now(WeirSource *source, WeirError *error)
{
    (void)error;
    source->frozen_last = last_block(source);
    source->frozen = true;
    return WEIR_OK;
}

static void plan_blocks(int64_t first, int64_t end, WeirArena *arena, WeirInputPartition **out, uint32_t *count)
{
    *count = end > first ? (uint32_t)(end - first) : 0;
    WeirInputPartition *partitions = WEIR_ARENA_ARRAY(arena, WeirInputPartition, *count + 1);
    BlockRange *ranges = WEIR_ARENA_ARRAY(arena, BlockRange, *count + 1);
    for (uint32_t i = 0; i < *count; i++) {
        ranges[i].block = first + i;
        partitions[i] = (WeirInputPartition){.index = i, .bytes = 1, .data = &ranges[i]};
    }
    *out = partitions;
}

static WeirStatus memory_plan_batch(WeirSource *source, WeirArena *arena, WeirInputPartition **partitions,
                                    uint32_t *count, WeirError *error)
{
    (void)error;
    plan_blocks(0, last_block(source) + 1, arena, partitions, count);
    return WEIR_OK;
}

static WeirStatus memory_plan_partitions(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                         WeirInputPartition **partitions, uint32_t *count, WeirError *error)
{
    int64_t from, until;
    WEIR_TRY(parse_offset(start, &from, error));
    WEIR_TRY(parse_offset(end, &until, error));
    if (until > source->session->memory_last_block(source->session, source->view))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "The memory source %s has no block %" PRId64
                                 ": this session was not given what the checkpoint counts on. Add the "
                                 "same blocks again, or start without the checkpoint.",
                                 source->view, until);
    plan_blocks(from + 1, until + 1, arena, partitions, count);
    return WEIR_OK;
}

static void memory_describe(const WeirSource *source, WeirBuffer *out)
{
    weir_buffer_append_text(out, "MemoryStream[");
    for (uint32_t i = 0; i < source->schema->field_count; i++)
        weir_buffer_append_format(out, "%s%s", i == 0 ? "" : ",", source->schema->fields[i].name);
    weir_buffer_append_char(out, ']');
}

/* ---- reading ---- */

static WeirStatus memory_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                        const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **out,
                                        WeirError *error)
{
    WeirReader *reader = weir_calloc(1, sizeof(*reader));
    (void)error;
    *reader = (WeirReader){.source = source,
                           .request = request,
                           .tracker = tracker,
                           .block = ((const BlockRange *)partition->data)->block};
    *out = reader;
    return WEIR_OK;
}

static WeirStatus memory_next_batch(WeirReader *reader, WeirBatch **out, WeirError *error)
{
    const WeirScanRequest *request = reader->request;
    WeirConnectorSession *session = reader->source->session;
    *out = NULL;
    while (reader->batch == NULL || reader->at == reader->batch->selected_count) {
        weir_batch_release(reader->batch);
        reader->at = 0;
        reader->batch = session->memory_block(session, reader->source->view, reader->block, reader->next++);
        if (reader->batch == NULL)
            return WEIR_OK;
        if (reader->batch->column_count != reader->source->schema->field_count)
            return weir_error_format(
                error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                "The view %s of the memory source was made anew with other columns while it was read.",
                reader->source->view);
    }
    uint32_t left = reader->batch->selected_count - reader->at,
             rows = left < request->batch_rows_max ? left : request->batch_rows_max;
    WeirBatch *slice = weir_batch_slice(reader->batch, reader->at, rows, reader->tracker);
    WeirBatch *batch = weir_batch_new(request->column_count, reader->tracker);
    for (uint32_t i = 0; i < request->column_count; i++)
        batch->columns[i] = slice->columns[request->columns[i]];
    batch->row_count = slice->row_count;
    batch->selection = slice->selection;
    batch->selected_count = slice->selected_count;
    weir_batch_keep_batch(batch, slice);
    weir_batch_release(slice);
    reader->at += rows;
    *out = batch;
    return WEIR_OK;
}

static void memory_close_reader(WeirReader *reader)
{
    if (reader == NULL)
        return;
    weir_batch_release(reader->batch);
    weir_free(reader);
}

static const char *const memory_options[] = {NULL};

const WeirSourceType weir_memory_source_type = {
    .name = "memory",
    .capabilities = WEIR_SOURCE_BATCH | WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_AVAILABLE_NOW | WEIR_SOURCE_NEEDS_SCHEMA,
    .options = memory_options,
    .infer_schema = memory_infer_schema,
    .open = memory_open,
    .close = memory_close,
    .plan_batch = memory_plan_batch,
    .initial_offset = memory_initial_offset,
    .latest_offset = memory_latest_offset,
    .prepare_available_now = memory_prepare_available_now,
    .plan_partitions = memory_plan_partitions,
    .describe = memory_describe,
    .open_partition = memory_open_partition,
    .next_batch = memory_next_batch,
    .close_reader = memory_close_reader,
};
