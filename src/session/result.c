/* Rows of a statement, and the forms in which they are given out. */
#include "session/session_private.h"

#include "columnar/arrow.h"
#include "columnar/value_text.h"

WeirResult *weir_result_new(WeirSession *session, const WeirSchema *schema, const WeirTimeZone *zone)
{
    WeirResult *result = weir_calloc(1, sizeof(WeirResult));
    atomic_init(&result->references, 1);
    weir_memory_tracker_init(&result->tracker, &session->memory, "result", 0);
    weir_arena_init(&result->arena, &result->tracker);
    result->schema = weir_type_copy(&result->arena, schema);
    result->zone = zone;
    atomic_init(&result->references, 1);
    return result;
}

void weir_result_adopt_types(WeirResult *result)
{
    for (uint32_t i = 0; i < result->batches.count; i++)
        weir_batch_adopt_types(result->batches.batches[i], result->schema);
}

void weir_result_free(WeirResult *result)
{
    if (result == NULL || atomic_fetch_sub(&result->references, 1) > 1)
        return;
    weir_batch_list_release(&result->batches);
    weir_arena_deinit(&result->arena);
    weir_memory_tracker_deinit(&result->tracker);
    weir_free(result->schema_text);
    weir_free(result);
}

static void append_cell(WeirVectorBuilder *column, const WeirDataType *type, const char *cell)
{
    if (cell == NULL)
        weir_vector_builder_append_null(column);
    else if (type->id == WEIR_TYPE_BOOLEAN)
        weir_vector_builder_append_int(column, strcmp(cell, "true") == 0);
    else
        weir_vector_builder_append_bytes(column, cell, strlen(cell));
}

WeirStatus weir_result_from_cells(WeirSession *session, const WeirField *fields, uint32_t column_count,
                                  const char *const *cells, size_t row_count, WeirResult **out, WeirError *error)
{
    WeirSchema schema = {.id = WEIR_TYPE_STRUCT, .field_count = column_count, .fields = (WeirField *)(uintptr_t)fields};
    WeirResult *result = weir_result_new(session, &schema, NULL);
    WeirBatchBuilder builder = {0};
    WeirBatch *batch = NULL;
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_batch_builder_init(&builder, result->schema, &result->tracker, error));
    for (size_t row = 0; row < row_count; row++) {
        for (uint32_t i = 0; i < column_count; i++)
            append_cell(builder.columns[i], fields[i].type, cells[row * column_count + i]);
        weir_batch_builder_end_row(&builder);
    }
    WEIR_TRY_OR_GO(done, weir_batch_builder_finish(&builder, &batch, error));
    if (batch != NULL)
        weir_batch_list_add(&result->batches, batch);
    *out = result;
    result = NULL;
done:
    weir_batch_builder_deinit(&builder);
    weir_result_free(result);
    return status;
}

WeirStatus weir_result_from_text(WeirSession *session, const char *const *columns, uint32_t column_count,
                                 const char *const *cells, size_t row_count, WeirResult **out, WeirError *error)
{
    WeirField fields[16];
    WEIR_ASSERT(column_count <= 16);
    for (uint32_t i = 0; i < column_count; i++)
        fields[i] = (WeirField){.name = columns[i], .type = &weir_type_string, .nullable = true, .metadata = "{}"};
    return weir_result_from_cells(session, fields, column_count, cells, row_count, out, error);
}

int64_t weir_result_row_count(const WeirResult *result)
{
    return result->batches.row_count;
}

const char *weir_result_schema(const WeirResult *result)
{
    WeirResult *mutable_result = (WeirResult *)result; /* The text is made when it is first asked for. */
    if (result->schema_text == NULL) {
        WeirBuffer text;
        weir_buffer_init(&text, 0, NULL);
        weir_type_simple_string(result->schema, &text);
        mutable_result->schema_text = weir_strdup(weir_buffer_text(&text));
        weir_buffer_deinit(&text);
    }
    return result->schema_text;
}

/* ---- text forms ---- */

typedef struct RowWriter {
    WeirWriteFunction write;
    void *context;
    WeirBuffer line;
} RowWriter;

/* Rows are given out in pieces of this size: a write a row would cost a system call a row. */
#define WRITE_BYTES 65536u

static WeirStatus flush(RowWriter *writer, WeirError *error)
{
    WEIR_TRY(weir_buffer_check(&writer->line, error));
    if (!writer->write(writer->context, weir_buffer_text(&writer->line), writer->line.length))
        return weir_error_format(error, WEIR_ERROR_INPUT_OUTPUT, "The output was closed before all rows were written.");
    weir_buffer_clear(&writer->line);
    return WEIR_OK;
}

static WeirStatus flush_large(RowWriter *writer, WeirError *error)
{
    return writer->line.length < WRITE_BYTES ? WEIR_OK : flush(writer, error);
}

static WeirStatus write_json(WeirResult *result, RowWriter *writer, WeirError *error)
{
    WeirJsonWriteOptions options = {.ignore_null_fields = false, .zone = result->zone};
    for (uint32_t b = 0; b < result->batches.count; b++) {
        const WeirBatch *batch = result->batches.batches[b];
        WeirVector row = {.type = result->schema, .length = batch->row_count, .children = batch->columns};
        for (uint32_t k = 0; k < batch->selected_count; k++) {
            weir_value_json(&row, weir_batch_row(batch, k), &options, &writer->line);
            weir_buffer_append_char(&writer->line, '\n');
            WEIR_TRY(flush_large(writer, error));
        }
    }
    return flush(writer, error);
}

static void append_csv_cell(WeirBuffer *line, const char *text, size_t length)
{
    bool quote = length == 0 || memchr(text, ',', length) != NULL || memchr(text, '"', length) != NULL ||
                 memchr(text, '\n', length) != NULL || memchr(text, '\r', length) != NULL;
    if (!quote) {
        weir_buffer_append(line, text, length);
        return;
    }
    weir_buffer_append_char(line, '"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            weir_buffer_append_char(line, '"');
        weir_buffer_append_char(line, text[i]);
    }
    weir_buffer_append_char(line, '"');
}

static WeirStatus write_csv(WeirResult *result, RowWriter *writer, WeirError *error)
{
    WeirBuffer cell;
    WeirStatus status = WEIR_OK;
    weir_buffer_init(&cell, 0, &result->tracker);
    for (uint32_t i = 0; i < result->schema->field_count; i++) {
        if (i > 0)
            weir_buffer_append_char(&writer->line, ',');
        append_csv_cell(&writer->line, result->schema->fields[i].name, strlen(result->schema->fields[i].name));
    }
    weir_buffer_append_char(&writer->line, '\n');
    for (uint32_t b = 0; b < result->batches.count; b++) {
        const WeirBatch *batch = result->batches.batches[b];
        for (uint32_t k = 0; k < batch->selected_count; k++) {
            uint32_t row = weir_batch_row(batch, k);
            for (uint32_t i = 0; i < batch->column_count; i++) {
                if (i > 0)
                    weir_buffer_append_char(&writer->line, ',');
                if (weir_vector_is_null(&batch->columns[i], row))
                    continue;
                weir_buffer_clear(&cell);
                weir_value_cast_text(&batch->columns[i], row, result->zone, &cell);
                append_csv_cell(&writer->line, weir_buffer_text(&cell), cell.length);
            }
            weir_buffer_append_char(&writer->line, '\n');
            WEIR_TRY_OR_GO(done, flush_large(writer, error));
        }
    }
    status = flush(writer, error);
done:
    weir_buffer_deinit(&cell);
    return status;
}

static void append_text(const WeirResult *result, WeirBuffer *out)
{
    for (uint32_t b = 0; b < result->batches.count; b++) {
        const WeirStringView *text = result->batches.batches[b]->columns[0].values;
        weir_buffer_append(out, weir_view_data(text), text->length);
    }
    weir_buffer_append_char(out, '\n');
}

WeirStatus weir_result_write(WeirResult *result, WeirFormat format, WeirWriteFunction write, void *context,
                             WeirError *error)
{
    RowWriter writer = {.write = write, .context = context};
    WeirStatus status = WEIR_OK;
    weir_buffer_init(&writer.line, 0, &result->tracker);
    switch (format) {
    case WEIR_FORMAT_JSON:
        status = write_json(result, &writer, error);
        break;
    case WEIR_FORMAT_CSV:
        status = write_csv(result, &writer, error);
        break;
    case WEIR_FORMAT_SCHEMA:
        weir_buffer_append_text(&writer.line, weir_result_schema(result));
        weir_buffer_append_char(&writer.line, '\n');
        status = flush(&writer, error);
        break;
    default:
        if (result->is_text)
            append_text(result, &writer.line);
        else
            weir_show_table(result->schema, result->batches.batches, result->batches.count, -1, 0, result->zone,
                            &writer.line);
        status = flush(&writer, error);
        break;
    }
    weir_buffer_deinit(&writer.line);
    return status;
}

/* ---- Arrow C stream ---- */

/* The stream holds the result. An array that it gives out depends on neither: its batch is copied and counts against
 * nobody. */
typedef struct ResultStream {
    WeirResult *result;
    uint32_t next;
    WeirError error;
} ResultStream;

#define STREAM_FAILED 5 /* EIO */

static int stream_get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out)
{
    ResultStream *state = stream->private_data;
    return weir_arrow_export_schema(state->result->schema, out, &state->error) == WEIR_OK ? 0 : STREAM_FAILED;
}

static int stream_get_next(struct ArrowArrayStream *stream, struct ArrowArray *out)
{
    ResultStream *state = stream->private_data;
    WeirBatch *copy = NULL;
    if (state->next == state->result->batches.count) {
        memset(out, 0, sizeof(*out));
        return 0;
    }
    WeirStatus status = weir_batch_compact(state->result->batches.batches[state->next++], NULL, &copy, &state->error);
    if (status == WEIR_OK)
        status = weir_arrow_export_batch(state->result->schema, copy, out, &state->error);
    weir_batch_release(copy);
    return status == WEIR_OK ? 0 : STREAM_FAILED;
}

static const char *stream_get_last_error(struct ArrowArrayStream *stream)
{
    ResultStream *state = stream->private_data;
    return state->error.status == WEIR_OK ? NULL : state->error.message;
}

static void stream_release(struct ArrowArrayStream *stream)
{
    ResultStream *state = stream->private_data;
    weir_result_free(state->result);
    weir_free(state);
    stream->release = NULL;
}

WeirStatus weir_result_stream(WeirResult *result, struct ArrowArrayStream *stream, WeirError *error)
{
    ResultStream *state = weir_calloc(1, sizeof(ResultStream));
    (void)error;
    state->result = result;
    atomic_fetch_add(&result->references, 1);
    *stream = (struct ArrowArrayStream){
        .get_schema = stream_get_schema,
        .get_next = stream_get_next,
        .get_last_error = stream_get_last_error,
        .release = stream_release,
        .private_data = state,
    };
    return WEIR_OK;
}
