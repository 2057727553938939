/* Text files: one string column, a row a line (Spark: TextFileFormat). Bytes are kept as they are; the values point
 * into the file's buffer. */
#include "formats/formats.h"
#include "formats/record_reader.h"

struct WeirFormatReader {
    WeirRecordReader *records;
    const WeirFormatScan *scan;
    const char *separator;
    size_t separator_length;
    WeirSharedBuffer *block;
    const uint8_t *data; /* of the block's records */
    size_t length, at;
    bool whole_text;
    const WeirByteSource *source;
    bool done;
    bool at_file_start;
};

struct WeirFormatWriter {
    const char *separator;
};

static const char *const text_read_options[] = {"lineSep", "wholetext", "compression", "encoding", "charset", NULL};
static const char *const text_write_options[] = {"lineSep", "compression", "encoding", NULL};

static const char *line_separator(const WeirFormatOptions *options)
{
    return options->get(options->context, "lineSep");
}

static bool text_is_splittable(const WeirFormatOptions *options, const char *path)
{
    bool whole = false;
    return weir_format_option_bool(options, "wholetext", false, &whole, NULL) == WEIR_OK && !whole &&
           weir_separator_is_cuttable(line_separator(options)) && !weir_path_is_compressed(path);
}

static WeirStatus text_check(const WeirFormatOptions *options, const WeirSchema *schema, bool writing, WeirError *error)
{
    bool whole = false;
    WEIR_TRY(weir_format_option_bool(options, "wholetext", false, &whole, error));
    const char *separator = line_separator(options);
    if (separator != NULL && separator[0] == '\0')
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "requirement failed: 'lineSep' cannot be an empty string. Leave it out to read any line end.");
    if (separator != NULL && strlen(separator) > 8)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "'lineSep' is longer than 8 bytes.");
    for (uint32_t i = 0; i < schema->field_count; i++)
        if (schema->fields[i].type->id != WEIR_TYPE_STRING)
            return weir_format_refuse_type("Text", &schema->fields[i], error);
    if (schema->field_count > 1 || (writing && schema->field_count != 1))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1290,
                                 "Text data source supports only a single column, and you have %u columns. Concatenate "
                                 "them into one string.",
                                 schema->field_count);
    return WEIR_OK;
}

static WeirStatus text_infer(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                             WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error)
{
    static const WeirField value = {.name = "value", .type = &weir_type_string, .nullable = true, .metadata = "{}"};
    (void)options, (void)files, (void)count, (void)tracker, (void)error;
    *schema = weir_type_struct(arena, &value, 1);
    return WEIR_OK;
}

static void text_close_reader(WeirFormatReader *reader)
{
    if (reader == NULL)
        return;
    weir_record_reader_close(reader->records);
    weir_shared_buffer_release(reader->block);
    weir_free(reader);
}

static WeirStatus text_open_reader(const WeirFormatScan *scan, const WeirByteSource *source, int64_t start, int64_t end,
                                   WeirFormatReader **out, WeirError *error)
{
    WeirFormatReader *reader = weir_calloc(1, sizeof(*reader));
    WeirStatus status;
    reader->scan = scan;
    reader->source = source;
    reader->at_file_start = start == 0;
    reader->separator = line_separator(scan->options);
    reader->separator_length = reader->separator == NULL ? 0 : strlen(reader->separator);
    WEIR_TRY_OR_GO(done, weir_format_option_bool(scan->options, "wholetext", false, &reader->whole_text, error));
    if (!reader->whole_text)
        WEIR_TRY_OR_GO(done, weir_record_reader_open(source, start, end, reader->separator, reader->separator_length,
                                                     scan->tracker, &reader->records, error));
    *out = reader;
    reader = NULL;
done:
    text_close_reader(reader);
    return status;
}

static WeirStatus next_block(WeirFormatReader *reader, WeirError *error)
{
    size_t offset = 0;
    weir_shared_buffer_release(reader->block);
    reader->block = NULL;
    reader->at = reader->length = 0;
    WEIR_TRY(weir_record_reader_next(reader->records, &reader->block, &offset, &reader->length, error));
    reader->done = reader->block == NULL;
    reader->data = reader->done ? NULL : reader->block->data + offset;
    /* Hadoop's line reader drops a byte order mark. */
    if (reader->at_file_start && reader->length >= 3 && memcmp(reader->data, "\xef\xbb\xbf", 3) == 0)
        reader->at = 3;
    reader->at_file_start = false;
    return WEIR_OK;
}

/* One batch never spans two blocks: its views then need one buffer only. */
static WeirStatus read_lines(WeirFormatReader *reader, WeirBatch *batch, WeirError *error)
{
    const WeirFormatScan *scan = reader->scan;
    WeirStringView *views = NULL;
    uint32_t rows = 0;
    if (scan->column_count == 1) {
        WEIR_TRY(weir_vector_init(&batch->columns[0], scan->schema->fields[0].type, scan->batch_rows_max, &batch->arena,
                                  error));
        views = batch->columns[0].values;
    }
    const uint8_t *record;
    size_t length;
    while (rows < scan->batch_rows_max && weir_record_next(reader->data, reader->length, &reader->at, reader->separator,
                                                           reader->separator_length, &record, &length)) {
        if (length > INT32_MAX)
            return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT, "A line of %s is longer than 2 GiB.",
                                     reader->source->path);
        if (views != NULL)
            views[rows] = weir_view_make(record, (uint32_t)length);
        rows++;
    }
    batch->row_count = batch->selected_count = rows;
    if (views != NULL)
        batch->columns[0].length = rows;
    weir_batch_keep_buffer(batch, reader->block);
    return WEIR_OK;
}

static WeirStatus read_whole(WeirFormatReader *reader, WeirBatch *batch, WeirError *error)
{
    const WeirFormatScan *scan = reader->scan;
    WEIR_TRY(weir_read_whole(reader->source, scan->tracker, &reader->block, error));
    reader->done = true;
    if (reader->block->length == 0)
        return WEIR_OK; /* Spark makes no task for an empty file. */
    if (scan->column_count == 1) {
        WEIR_TRY(weir_vector_init(&batch->columns[0], scan->schema->fields[0].type, 1, &batch->arena, error));
        ((WeirStringView *)batch->columns[0].values)[0] =
            weir_view_make(reader->block->data, (uint32_t)reader->block->length);
        batch->columns[0].length = 1;
    }
    batch->row_count = batch->selected_count = 1;
    weir_batch_keep_buffer(batch, reader->block);
    return WEIR_OK;
}

static WeirStatus text_next_batch(WeirFormatReader *reader, WeirBatch **out, WeirError *error)
{
    *out = NULL;
    if (!reader->whole_text && !reader->done && reader->at >= reader->length)
        WEIR_TRY(next_block(reader, error));
    if (reader->done)
        return WEIR_OK;
    WeirBatch *batch = weir_batch_new(reader->scan->column_count, reader->scan->tracker);
    WeirStatus status = reader->whole_text ? read_whole(reader, batch, error) : read_lines(reader, batch, error);
    if (status == WEIR_OK)
        status = weir_arena_check(&batch->arena, error);
    if (status != WEIR_OK) {
        weir_batch_release(batch);
        return status;
    }
    *out = batch;
    return WEIR_OK;
}

static WeirStatus text_open_writer(const WeirFormatOptions *options, const WeirSchema *schema, WeirFormatWriter **out,
                                   WeirError *error)
{
    WEIR_TRY(text_check(options, schema, true, error));
    WeirFormatWriter *writer = weir_calloc(1, sizeof(*writer));
    const char *separator = line_separator(options);
    writer->separator = separator == NULL ? "\n" : separator;
    *out = writer;
    return WEIR_OK;
}

static WeirStatus text_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error)
{
    size_t separator_length = strlen(writer->separator);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        const WeirVector *flat;
        uint32_t row = weir_batch_row(batch, k);
        if (!weir_vector_is_null(&batch->columns[0], row)) {
            uint32_t at = weir_vector_locate(&batch->columns[0], row, &flat);
            const WeirStringView *view = (const WeirStringView *)flat->values + at;
            weir_buffer_append(out, weir_view_data(view), view->length);
        }
        weir_buffer_append(out, writer->separator, separator_length);
    }
    return weir_buffer_check(out, error);
}

static WeirStatus text_finish(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error)
{
    (void)writer, (void)out, (void)error;
    return WEIR_OK;
}

static void text_close_writer(WeirFormatWriter *writer)
{
    weir_free(writer);
}

const WeirFileFormat weir_text_format = {
    .name = "text",
    .extension = "txt",
    .read_options = text_read_options,
    .write_options = text_write_options,
    .is_splittable = text_is_splittable,
    .check = text_check,
    .infer = text_infer,
    .open_reader = text_open_reader,
    .next_batch = text_next_batch,
    .close_reader = text_close_reader,
    .open_writer = text_open_writer,
    .write_batch = text_write_batch,
    .finish = text_finish,
    .close_writer = text_close_writer,
};
