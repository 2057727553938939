/* Files of any format as a table or as a stream: the tables for text, JSON and CSV, and the readers of their tasks. */
#include <stdlib.h>

#include "columnar/value.h"
#include "expr/input_file.h"
#include "formats/text_convert.h"
#include "sources/file_source_private.h"
#include "sources/sources.h"

/* A file is cut into equal ranges of at most this size: by bytes only, so that the same offsets give the same tasks on
 * any machine. What each range groups by itself is merged afterwards: smaller ranges merge the same groups more often.
 */
#define RANGE_BYTES_MAX ((int64_t)24 << 20)

struct WeirSource {
    WeirConnectorContext context;
    WeirArena arena;
    const WeirFileFormat *format;
    WeirFormatOptions format_options;
    WeirFileOptions options;
    WeirFileStream *stream;     /* streaming only */
    uint32_t data_column_count; /* of the schema; the rest are partition columns */
    const WeirSchema *data_schema;
};

typedef struct FileRange {
    const WeirInputFile *file;
    int64_t start, end;
} FileRange;

struct WeirReader {
    WeirSource *source;
    const FileRange *range;
    const WeirScanRequest *request;
    WeirMemoryTracker *tracker;
    WeirFile *file;
    WeirByteSource bytes;
    WeirFormatScan scan;
    uint32_t *data_columns;
    WeirFormatReader *reader;
    WeirArena arena;
    WeirValue **partition_values; /* by requested column; NULL: a data column */
    bool missing;
    const char *uri;
};

static const char *format_option(void *context, const char *key)
{
    return weir_options_get(context, key);
}

static WeirFormatOptions format_options(const WeirConnectorContext *context)
{
    return (WeirFormatOptions){
        .get = format_option,
        .context = (void *)(uintptr_t)&context->options,
        .conf = context->conf,
        .conf_context = context->conf_context,
        .zone = context->zone,
    };
}

/* ---- bytes ---- */

static WeirStatus read_file_at(void *context, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error)
{
    WeirReader *reader = context;
    return reader->source->context.fs->read_at(reader->file, offset, data, bytes, got, error);
}

typedef struct InferFile {
    WeirFileSystem *fs;
    WeirFile *file;
} InferFile;

static WeirStatus read_infer_file(void *context, int64_t offset, void *data, size_t bytes, size_t *got,
                                  WeirError *error)
{
    InferFile *file = context;
    return file->fs->read_at(file->file, offset, data, bytes, got, error);
}

/* ---- schema ---- */

static WeirStatus infer_data_schema(const WeirConnectorContext *context, const WeirFileFormat *format,
                                    const WeirFileList *list, WeirArena *arena, const WeirSchema **schema,
                                    WeirError *error)
{
    WeirFormatOptions options = format_options(context);
    WeirByteSource *sources = WEIR_ARENA_ARRAY(arena, WeirByteSource, list->count + 1);
    InferFile *files = WEIR_ARENA_ARRAY(arena, InferFile, list->count + 1);
    WeirStatus status = WEIR_OK;
    size_t opened = 0;
    if (list->count == 0 && strcmp(format->name, "text") != 0)
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_INFER_SCHEMA, "format", format->name);
    for (; opened < list->count && status == WEIR_OK; opened++) {
        files[opened].fs = context->fs;
        status = context->fs->open_read(context->fs, list->files[opened].path, &files[opened].file, error);
        sources[opened] =
            (WeirByteSource){&files[opened], read_infer_file, list->files[opened].size_bytes, list->files[opened].path};
    }
    if (status == WEIR_OK)
        status = format->infer(&options, sources, (uint32_t)list->count, context->tracker, arena, schema, error);
    for (size_t i = 0; i < opened; i++)
        context->fs->close(files[i].file);
    return status;
}

/* Data columns first, then partition columns; `*data_count` of the former. */
static const WeirSchema *join_schema(const WeirSchema *data, const WeirField *partitions, uint32_t partition_count,
                                     WeirArena *arena, uint32_t *data_count)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, data->field_count + partition_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < data->field_count; i++) {
        bool is_partition = false;
        for (uint32_t k = 0; k < partition_count; k++)
            is_partition = is_partition || strcmp(partitions[k].name, data->fields[i].name) == 0;
        if (!is_partition)
            fields[count++] = data->fields[i];
    }
    *data_count = count;
    for (uint32_t k = 0; k < partition_count; k++)
        fields[count++] = partitions[k];
    return weir_type_as_nullable(arena, weir_type_struct(arena, fields, count));
}

static WeirStatus file_infer_schema(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                    const WeirSchema **schema, WeirError *error)
{
    const WeirFileFormat *format = weir_format_find(context->format);
    WeirFormatOptions options_of_format = format_options(context);
    const WeirSchema *data = context->user_schema;
    WeirFileOptions options;
    WeirFileList list;
    WeirField *partitions = NULL;
    uint32_t partition_count = 0, data_count = 0;
    WeirStatus status;
    weir_file_list_init(&list);
    WEIR_TRY_OR_GO(done, weir_file_options(context, streaming, arena, &options, error));
    const char *inference =
        context->conf == NULL ? NULL : context->conf(context->conf_context, "spark.sql.streaming.schemaInference");
    bool fixed = strcmp(format->name, "text") == 0;
    if (streaming && data == NULL && !fixed && (inference == NULL || strcmp(inference, "true") != 0)) {
        status = weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2048,
                                   "A streaming source of files needs a schema: CREATE TEMPORARY VIEW v (column TYPE, "
                                   "…) USING %s. To infer it from "
                                   "the files there are, set spark.sql.streaming.schemaInference.",
                                   format->name);
        goto done;
    }
    WEIR_TRY_OR_GO(done, weir_list_files(context, &options, true, &list, error));
    if (!options.recursive)
        WEIR_TRY_OR_GO(done, weir_partition_columns(&list, data, arena, &partitions, &partition_count, error));
    if (data == NULL)
        WEIR_TRY_OR_GO(done, infer_data_schema(context, format, &list, arena, &data, error));
    *schema = join_schema(data, partitions, partition_count, arena, &data_count);
    const WeirSchema *data_schema = weir_type_struct(arena, (*schema)->fields, data_count);
    status = format->check(&options_of_format, data_schema, false, error);
done:
    weir_file_list_deinit(&list);
    return status;
}

/* ---- open ---- */

static void file_close(WeirSource *source)
{
    if (source == NULL)
        return;
    weir_file_stream_close(source->stream);
    weir_arena_deinit(&source->arena);
    weir_free(source);
}

/* Which of the schema's columns are partition columns: found again from the directories. */
static WeirStatus split_schema(WeirSource *source, WeirError *error)
{
    const WeirSchema *schema = source->context.schema;
    WeirField *partitions = NULL;
    uint32_t partition_count = 0;
    WeirFileList list;
    WeirStatus status = WEIR_OK;
    weir_file_list_init(&list);
    if (!source->options.recursive) {
        WEIR_TRY_OR_GO(done, weir_list_files(&source->context, &source->options, false, &list, error));
        WEIR_TRY_OR_GO(done,
                       weir_partition_columns(&list, schema, &source->arena, &partitions, &partition_count, error));
    }
    source->data_column_count = schema->field_count;
    while (source->data_column_count > 0) {
        bool is_partition = false;
        for (uint32_t k = 0; k < partition_count; k++)
            is_partition =
                is_partition || strcmp(partitions[k].name, schema->fields[source->data_column_count - 1].name) == 0;
        if (!is_partition)
            break;
        source->data_column_count--;
    }
    source->data_schema = weir_type_struct(&source->arena, schema->fields, source->data_column_count);
done:
    weir_file_list_deinit(&list);
    return status;
}

static WeirStatus file_open(const WeirConnectorContext *context, bool streaming, WeirSource **out, WeirError *error)
{
    WeirSource *source = weir_calloc(1, sizeof(*source));
    WeirStatus status;
    weir_arena_init(&source->arena, NULL);
    source->context = *context;
    source->format = weir_format_find(context->format);
    source->format_options = format_options(&source->context);
    WEIR_TRY_OR_GO(done, weir_file_options(context, streaming, &source->arena, &source->options, error));
    WEIR_TRY_OR_GO(done, split_schema(source, error));
    if (streaming)
        WEIR_TRY_OR_GO(done, weir_file_stream_open(&source->context, &source->options, &source->stream, error));
    *out = source;
    source = NULL;
done:
    file_close(source);
    return status;
}

/* ---- partitions ---- */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const WeirInputFile *)a)->path, ((const WeirInputFile *)b)->path);
}

static WeirStatus cut_files(WeirSource *source, WeirInputFile *files, uint32_t file_count, WeirArena *arena,
                            WeirInputPartition **out, uint32_t *count, WeirError *error)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < file_count; i++) {
        if (files[i].size_bytes < 0) {
            bool exists = false;
            WeirFileStatus status;
            WEIR_TRY(source->context.fs->status(source->context.fs, files[i].path, arena, &exists, &status, error));
            if (!exists) /* logged, and gone before the batch was planned: Spark's listing does not find it and the
                            batch goes without */
                continue;
            files[i].size_bytes = status.size_bytes;
        }
        bool splittable = source->format->is_splittable(&source->format_options, files[i].path);
        total += splittable ? (uint64_t)(files[i].size_bytes / RANGE_BYTES_MAX) + 1 : 1;
    }
    WeirInputPartition *partitions = WEIR_ARENA_ARRAY(arena, WeirInputPartition, total + 1);
    FileRange *ranges = WEIR_ARENA_ARRAY(arena, FileRange, total + 1);
    uint32_t at = 0;
    for (uint32_t i = 0; i < file_count; i++) {
        if (files[i].size_bytes < 0)
            continue;
        bool splittable = source->format->is_splittable(&source->format_options, files[i].path);
        int64_t start = 0, size = files[i].size_bytes;
        int64_t range_bytes = splittable ? size / (size / RANGE_BYTES_MAX + 1) + 1 : size;
        do {
            int64_t end = size - start > range_bytes ? start + range_bytes : INT64_MAX;
            ranges[at] = (FileRange){&files[i], start, end};
            partitions[at] = (WeirInputPartition){
                .index = at, .bytes = end == INT64_MAX ? size - start : range_bytes, .data = &ranges[at]};
            at++;
            start = end;
        } while (start != INT64_MAX);
    }
    *out = partitions;
    *count = at;
    return WEIR_OK;
}

static WeirStatus file_plan_batch(WeirSource *source, WeirArena *arena, WeirInputPartition **partitions,
                                  uint32_t *count, WeirError *error)
{
    WeirFileList list;
    weir_file_list_init(&list);
    WeirStatus status = weir_list_files(&source->context, &source->options, true, &list, error);
    if (status == WEIR_OK) {
        WeirInputFile *files = WEIR_ARENA_ARRAY(arena, WeirInputFile, list.count + 1);
        for (size_t i = 0; i < list.count; i++) {
            files[i] = list.files[i];
            files[i].path = weir_arena_strdup(arena, list.files[i].path);
            files[i].base = weir_arena_strdup(arena, list.files[i].base);
        }
        qsort(files, list.count, sizeof(WeirInputFile), by_path);
        status = cut_files(source, files, (uint32_t)list.count, arena, partitions, count, error);
    }
    weir_file_list_deinit(&list);
    return status;
}

static WeirStatus file_initial_offset(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error)
{
    (void)source, (void)error;
    *offset = weir_arena_strdup(arena, "{\"logOffset\":-1}");
    return WEIR_OK;
}

static WeirStatus file_latest_offset(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                     const char **offset, WeirError *error)
{
    (void)start;
    return weir_file_stream_latest(source->stream, limit, arena, offset, error);
}

static WeirStatus file_prepare_available_now(WeirSource *source, WeirError *error)
{
    return weir_file_stream_freeze(source->stream, error);
}

static WeirStatus file_plan_partitions(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                       WeirInputPartition **partitions, uint32_t *count, WeirError *error)
{
    WeirInputFile *files = NULL;
    uint32_t file_count = 0;
    WEIR_TRY(weir_file_stream_files(source->stream, start, end, arena, &files, &file_count, error));
    return cut_files(source, files, file_count, arena, partitions, count, error);
}

static WeirStatus file_commit(WeirSource *source, const char *end, WeirError *error)
{
    return weir_file_stream_commit(source->stream, end, error);
}

static void file_describe(const WeirSource *source, WeirBuffer *out)
{
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    weir_buffer_append_format(out, "FileStreamSource[%s]", weir_path_to_hadoop(source->options.paths[0], &arena));
    weir_arena_deinit(&arena);
}

/* ---- reading ---- */

static void file_close_reader(WeirReader *reader)
{
    if (reader == NULL)
        return;
    weir_input_file_set(NULL, 0, 0);
    if (reader->reader != NULL)
        reader->source->format->close_reader(reader->reader);
    if (reader->file != NULL)
        reader->source->context.fs->close(reader->file);
    weir_arena_deinit(&reader->arena);
    weir_free(reader);
}

/* The one value of a partition column; a directory that is no value of the user's type is an error, as in Spark. */
static WeirStatus parse_partition_value(WeirReader *reader, const WeirField *field, const char *text, WeirValue **value,
                                        WeirError *error)
{
    WeirSchema schema = {.id = WEIR_TYPE_STRUCT, .field_count = 1, .fields = field};
    WeirBatchBuilder builder;
    WeirBatch *batch = NULL;
    WEIR_TRY(weir_batch_builder_init(&builder, &schema, reader->tracker, error));
    WeirStatus status = WEIR_OK;
    if (!weir_text_convert(text, strlen(text), field->type, reader->source->context.zone, builder.columns[0]))
        status =
            weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                              "The directory value '%s' of partition column %s is not of its type.", text, field->name);
    if (status == WEIR_OK) {
        weir_batch_builder_end_row(&builder);
        status = weir_batch_builder_finish(&builder, &batch, error);
    }
    if (status == WEIR_OK)
        status = weir_value_from_row(&reader->arena, &batch->columns[0], 0, value, error);
    weir_batch_release(batch);
    weir_batch_builder_deinit(&builder);
    return status;
}

static WeirStatus read_partition_values(WeirReader *reader, WeirError *error)
{
    const WeirSource *source = reader->source;
    const WeirScanRequest *request = reader->request;
    reader->partition_values = WEIR_ARENA_ARRAY(&reader->arena, WeirValue *, request->column_count + 1);
    reader->data_columns = WEIR_ARENA_ARRAY(&reader->arena, uint32_t, request->column_count + 1);
    for (uint32_t i = 0; i < request->column_count; i++) {
        uint32_t column = request->columns[i];
        if (column < source->data_column_count) {
            reader->data_columns[reader->scan.column_count++] = column;
            continue;
        }
        const WeirField *field = &source->context.schema->fields[column];
        const char *text = weir_partition_value(reader->range->file, field->name, &reader->arena);
        if (text == NULL)
            reader->partition_values[i] = weir_value_null(&reader->arena, field->type);
        else
            WEIR_TRY(parse_partition_value(reader, field, text, &reader->partition_values[i], error));
    }
    return WEIR_OK;
}

static WeirStatus open_file(WeirReader *reader, WeirError *error)
{
    WeirSource *source = reader->source;
    WeirFileSystem *fs = source->context.fs;
    WeirError cause = {0};
    WeirStatus status = fs->open_read(fs, reader->range->file->path, &reader->file, &cause);
    if (status != WEIR_OK && source->options.ignore_missing_files && cause.status == WEIR_ERROR_PATH_NOT_FOUND) {
        reader->missing = true;
        return WEIR_OK;
    }
    if (status != WEIR_OK) {
        /* Listed, or logged, and gone: Spark's task fails reading it. */
        if (cause.status == WEIR_ERROR_PATH_NOT_FOUND)
            return weir_error_set(error, WEIR_ERROR_FAILED_READ_FILE_FILE_NOT_EXIST, "path",
                                  weir_path_to_uri(reader->range->file->path, &reader->arena));
        weir_error_copy(error, &cause);
        return status;
    }
    reader->bytes = (WeirByteSource){.context = reader, .read_at = read_file_at, .path = reader->range->file->path};
    return fs->size(reader->file, &reader->bytes.size_bytes, error);
}

static WeirStatus file_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                      const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **out,
                                      WeirError *error)
{
    WeirReader *reader = weir_calloc(1, sizeof(*reader));
    WeirStatus status;
    weir_arena_init(&reader->arena, tracker);
    reader->source = source;
    reader->range = partition->data;
    reader->request = request;
    reader->tracker = tracker;
    reader->uri = weir_path_to_uri(reader->range->file->path, &reader->arena);
    WEIR_TRY_OR_GO(done, read_partition_values(reader, error));
    WEIR_TRY_OR_GO(done, open_file(reader, error));
    reader->scan = (WeirFormatScan){
        .options = &source->format_options,
        .schema = source->data_schema,
        .columns = reader->data_columns,
        .column_count = reader->scan.column_count,
        .batch_rows_max = request->batch_rows_max,
        .tracker = tracker,
    };
    if (!reader->missing)
        WEIR_TRY_OR_GO(done, source->format->open_reader(&reader->scan, &reader->bytes, reader->range->start,
                                                         reader->range->end, &reader->reader, error));
    *out = reader;
    reader = NULL;
done:
    file_close_reader(reader);
    return status;
}

/* The format's columns and the constant ones of the directories, in the order asked for. */
static WeirStatus add_partition_columns(WeirReader *reader, WeirBatch *data, WeirBatch **out, WeirError *error)
{
    const WeirScanRequest *request = reader->request;
    WeirBatch *batch = weir_batch_new(request->column_count, reader->tracker);
    uint32_t at = 0;
    batch->row_count = data->row_count;
    batch->selection = data->selection;
    batch->selected_count = data->selected_count;
    weir_batch_keep_batch(batch, data);
    for (uint32_t i = 0; i < request->column_count; i++) {
        if (reader->partition_values[i] == NULL) {
            batch->columns[i] = data->columns[at++];
            continue;
        }
        WeirValue *value = NULL;
        WeirStatus status = weir_value_from_row(&batch->arena, reader->partition_values[i], 0, &value, error);
        if (status != WEIR_OK) {
            weir_batch_release(batch);
            return status;
        }
        batch->columns[i] = *value;
        batch->columns[i].length = data->row_count;
    }
    *out = batch;
    return WEIR_OK;
}

static WeirStatus file_next_batch(WeirReader *reader, WeirBatch **out, WeirError *error)
{
    WeirBatch *data = NULL;
    *out = NULL;
    if (reader->missing)
        return WEIR_OK;
    const FileRange *range = reader->range;
    int64_t end = range->end < reader->bytes.size_bytes ? range->end : reader->bytes.size_bytes;
    /* until the next batch is asked for, this one is pushed through the thread's pipeline */
    weir_input_file_set(reader->uri, range->start, end > range->start ? end - range->start : 0);
    WEIR_TRY(reader->source->format->next_batch(reader->reader, &data, error));
    if (data == NULL || reader->scan.column_count == reader->request->column_count) {
        *out = data;
        return WEIR_OK;
    }
    WeirStatus status = add_partition_columns(reader, data, out, error);
    weir_batch_release(data);
    return status;
}

static const char *const file_options[] = {
    "path", "maxFilesPerTrigger", "maxBytesPerTrigger", "latestFirst", "fileNameOnly", "maxFileAge", "cleanSource",
    "sourceArchiveDir", "maxCachedFiles", "discardCachedInputRatio", "pathGlobFilter", "recursiveFileLookup",
    "ignoreMissingFiles", "ignoreCorruptFiles",
    /* of text, JSON and CSV */
    "lineSep", "wholetext", "compression", "encoding", "charset", "allowUnquotedControlChars", "dateFormat",
    "multiLine", "allowNumericLeadingZeros", "locale", "primitivesAsString", "mode", "allowUnquotedFieldNames",
    "inferTimestamp", "timestampNTZFormat", "timeZone", "samplingRatio", "ignoreNullFields",
    "enableDateTimeParsingFallback", "allowSingleQuotes", "allowComments", "allowBackslashEscapingAnyCharacter",
    "dropFieldIfAllNull", "prefersDecimal", "timestampFormat", "allowNonNumericNumbers", "columnNameOfCorruptRecord",
    "unescapedQuoteHandling", "extension", "enforceSchema", "positiveInf", "negativeInf", "nanValue", "escapeQuotes",
    "inferSchema", "nullValue", "emptyValue", "maxColumns", "quote", "quoteAll", "sep", "delimiter", "escape",
    "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace", "inputBufferSize", "preferDate", "columnPruning",
    "charToEscapeQuoteEscaping", "header", "comment", "maxCharsPerColumn", NULL};

#define FILE_SOURCE(source_name)                                                                                       \
    {                                                                                                                  \
        .name = source_name,                                                                                           \
        .capabilities = WEIR_SOURCE_BATCH | WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_AVAILABLE_NOW |                      \
                        WEIR_SOURCE_ADMISSION_CONTROL | WEIR_SOURCE_NEEDS_SCHEMA | WEIR_SOURCE_V1,                     \
        .options = file_options, .infer_schema = file_infer_schema, .open = file_open, .close = file_close,            \
        .plan_batch = file_plan_batch, .initial_offset = file_initial_offset, .latest_offset = file_latest_offset,     \
        .prepare_available_now = file_prepare_available_now, .plan_partitions = file_plan_partitions,                  \
        .commit = file_commit, .describe = file_describe, .open_partition = file_open_partition,                       \
        .next_batch = file_next_batch, .close_reader = file_close_reader,                                              \
    }

const WeirSourceType weir_text_source_type = FILE_SOURCE("text");
const WeirSourceType weir_json_source_type = FILE_SOURCE("json");
const WeirSourceType weir_csv_source_type = FILE_SOURCE("csv");
