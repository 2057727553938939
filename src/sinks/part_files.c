/* The part files that one task of the file sink writes: one per partition directory, named as Spark names them. */
#include <ctype.h>

#include "columnar/value_text.h"
#include "common/fault_point.h"
#include "sinks/file_sink_private.h"

#define FLUSH_BYTES ((size_t)1 << 20)
#define NULL_PARTITION "__HIVE_DEFAULT_PARTITION__"
/* A task that scatters over more directories than this is refused: each is an open file. */
#define FILES_MAX 4096u

/* Hive's escaping of directory names, which Spark uses. */
static void append_escaped(WeirBuffer *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f || strchr("\"#%'*/:=?\\{[]^", c) != NULL)
            weir_buffer_append_format(out, "%%%02X", c);
        else
            weir_buffer_append_char(out, (char)c);
    }
}

static void append_partition(const WeirSink *sink, const WeirBatch *batch, uint32_t row, WeirBuffer *out,
                             WeirBuffer *cell)
{
    for (uint32_t i = 0; i < sink->partition_count; i++) {
        const WeirVector *column = &batch->columns[sink->partition_columns[i]];
        const char *name = sink->context.schema->fields[sink->partition_columns[i]].name;
        if (i > 0)
            weir_buffer_append_char(out, '/');
        append_escaped(out, name, strlen(name));
        weir_buffer_append_char(out, '=');
        weir_buffer_clear(cell);
        if (!weir_vector_is_null(column, row))
            weir_value_cast_text(column, row, sink->context.zone, cell);
        if (cell->length == 0)
            weir_buffer_append_text(out, NULL_PARTITION);
        else
            append_escaped(out, weir_buffer_text(cell), cell->length);
    }
}

static WeirStatus open_part_file(WeirWriter *writer, const char *partition, WeirPartFile **out, WeirError *error)
{
    WeirSink *sink = writer->sink;
    WeirFileSystem *fs = sink->context.fs;
    char uuid[37];
    if (writer->file_count == FILES_MAX)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "One task would write to more than %u partition directories. Partition by a column with fewer values.",
            FILES_MAX);
    if (writer->file_count == writer->file_capacity) {
        writer->file_capacity = writer->file_capacity == 0 ? 4 : writer->file_capacity * 2;
        writer->files = weir_realloc(writer->files, writer->file_capacity * sizeof(WeirPartFile *));
    }
    WeirPartFile *file = WEIR_ARENA_NEW(&writer->arena, WeirPartFile);
    weir_random_uuid(&writer->random, uuid);
    file->partition = weir_arena_strdup(&writer->arena, partition);
    file->directory = partition[0] == '\0' ? sink->path : weir_path_join(&writer->arena, sink->path, partition);
    file->path = weir_arena_printf(&writer->arena, "%s/part-%05u-%s%s.%s%s", file->directory, writer->task_index, uuid,
                                   sink->partition_count > 0 ? ".c000" : "-c000", sink->extension,
                                   weir_codec_ending(sink->codec));
    weir_buffer_init(&file->buffer, 0, sink->context.tracker);
    weir_buffer_init(&file->compressed, 0, sink->context.tracker);
    writer->files[writer->file_count++] = file;
    if (sink->partition_count > 0)
        WEIR_TRY(fs->make_directories(fs, file->directory, sink->context.durable, error));
    WEIR_TRY(weir_compressor_open(sink->codec, &file->compressor, error));
    WEIR_TRY(fs->create(fs, file->path, &file->file, error));
    *out = file;
    return sink->format->open_writer(&sink->options, sink->data_schema, &file->writer, error);
}

static WeirStatus find_part_file(WeirWriter *writer, const char *partition, WeirPartFile **out, WeirError *error)
{
    *out = NULL;
    if (writer->last != NULL && strcmp(writer->last->partition, partition) == 0)
        *out = writer->last;
    for (uint32_t i = 0; i < writer->file_count && *out == NULL; i++)
        if (strcmp(writer->files[i]->partition, partition) == 0)
            *out = writer->files[i];
    if (*out == NULL)
        WEIR_TRY(open_part_file(writer, partition, out, error));
    writer->last = *out;
    return WEIR_OK;
}

static WeirStatus flush(WeirWriter *writer, WeirPartFile *file, bool finish, WeirError *error)
{
    WeirFileSystem *fs = writer->sink->context.fs;
    const WeirBuffer *bytes = &file->buffer;
    WEIR_TRY(weir_buffer_check(&file->buffer, error));
    if (file->compressor != NULL) {
        weir_buffer_clear(&file->compressed);
        WEIR_TRY(weir_compressor_write(file->compressor, weir_buffer_text(&file->buffer), file->buffer.length, finish,
                                       &file->compressed, error));
        bytes = &file->compressed;
    }
    WEIR_TRY(fs->write(file->file, weir_buffer_text(bytes), bytes->length, error));
    file->size_bytes += (int64_t)bytes->length;
    weir_buffer_clear(&file->buffer);
    return WEIR_OK;
}

/* The data columns of some rows, as a batch that shares the input's memory. */
static WeirStatus write_rows(WeirWriter *writer, WeirPartFile *file, WeirBatch *batch, const uint32_t *rows,
                             uint32_t count, WeirError *error)
{
    const WeirSink *sink = writer->sink;
    WeirBatch *data = weir_batch_new(sink->data_schema->field_count, sink->context.tracker);
    data->row_count = batch->row_count;
    data->selection = rows;
    data->selected_count = count;
    for (uint32_t i = 0; i < sink->data_schema->field_count; i++)
        data->columns[i] = batch->columns[sink->data_columns[i]];
    WeirStatus status = sink->format->write_batch(file->writer, data, &file->buffer, error);
    weir_batch_release(data);
    if (status == WEIR_OK && file->buffer.length >= FLUSH_BYTES)
        status = flush(writer, file, false, error);
    return status;
}

static void remember_row(WeirPartFile *file, uint32_t row)
{
    if (file->row_count == file->row_capacity) {
        file->row_capacity = file->row_capacity == 0 ? 64 : file->row_capacity * 2;
        file->rows = weir_realloc(file->rows, file->row_capacity * sizeof(uint32_t));
    }
    file->rows[file->row_count++] = row;
}

static WeirStatus write_partitioned(WeirWriter *writer, WeirBatch *batch, WeirError *error)
{
    WeirBuffer partition, cell;
    WeirStatus status = WEIR_OK;
    weir_buffer_init(&partition, 4096, NULL);
    weir_buffer_init(&cell, 0, writer->sink->context.tracker);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        WeirPartFile *file = NULL;
        weir_buffer_clear(&partition);
        append_partition(writer->sink, batch, weir_batch_row(batch, k), &partition, &cell);
        WEIR_TRY_OR_GO(done, weir_buffer_check(&partition, error));
        WEIR_TRY_OR_GO(done, find_part_file(writer, weir_buffer_text(&partition), &file, error));
        remember_row(file, weir_batch_row(batch, k));
    }
    for (uint32_t i = 0; i < writer->file_count; i++) {
        WeirPartFile *file = writer->files[i];
        if (file->row_count > 0)
            WEIR_TRY_OR_GO(done, write_rows(writer, file, batch, file->rows, file->row_count, error));
        file->row_count = 0;
    }
done:
    weir_buffer_deinit(&partition);
    weir_buffer_deinit(&cell);
    return status;
}

WeirStatus weir_part_files_write(WeirWriter *writer, WeirBatch *batch, WeirError *error)
{
    WeirPartFile *file = NULL;
    if (batch->selected_count == 0)
        return WEIR_OK;
    if (writer->sink->partition_count > 0)
        return write_partitioned(writer, batch, error);
    WEIR_TRY(find_part_file(writer, "", &file, error));
    return write_rows(writer, file, batch, batch->selection, batch->selected_count, error);
}

static WeirStatus finish_file(WeirWriter *writer, WeirPartFile *file, WeirError *error)
{
    const WeirConnectorContext *context = &writer->sink->context;
    WEIR_TRY(writer->sink->format->finish(file->writer, &file->buffer, error));
    WEIR_TRY(flush(writer, file, true, error));
    WEIR_TRY(WEIR_FAULT_POINT("file_sink.before_sync", error));
    if (context->durable)
        WEIR_TRY(context->fs->sync(file->file, error));
    context->fs->close(file->file);
    file->file = NULL;
    file->modification_ms = weir_clock_now_ms(context->clock);
    return WEIR_OK;
}

WeirStatus weir_part_files_commit(WeirWriter *writer, WeirError *error)
{
    WeirPartFile *file = NULL;
    if (writer->task_index == 0 && writer->file_count == 0 && writer->sink->partition_count == 0)
        WEIR_TRY(find_part_file(writer, "", &file, error));
    for (uint32_t i = 0; i < writer->file_count; i++)
        WEIR_TRY(finish_file(writer, writer->files[i], error));
    return WEIR_OK;
}

void weir_part_files_free(WeirWriter *writer)
{
    WeirSink *sink = writer->sink;
    for (uint32_t i = 0; i < writer->file_count; i++) {
        WeirPartFile *file = writer->files[i];
        if (file->file != NULL)
            sink->context.fs->close(file->file);
        if (file->writer != NULL)
            sink->format->close_writer(file->writer);
        weir_compressor_close(file->compressor);
        weir_buffer_deinit(&file->compressed);
        weir_buffer_deinit(&file->buffer);
        weir_free(file->rows);
    }
    weir_free(writer->files);
    weir_arena_deinit(&writer->arena);
    weir_free(writer);
}
