/* CSV files (Spark: CSVFileFormat, UnivocityParser, FailureSafeParser): options, columns, what becomes of malformed
 * records, and the format's table. Only needed columns are converted; where no other columns are needed, a record with
 * too few or too many fields is as good as any. */
#include "formats/csv_format_private.h"

#include <strings.h>

#include "common/log.h"
#include "formats/csv_convert.h"
#include "formats/formats.h"
#include "formats/json_options.h"
#include "formats/record_reader.h"

struct WeirFormatReader {
    const WeirFormatScan *scan;
    const WeirByteSource *source;
    WeirCsvOptions options;
    WeirCsvRecords records;
    bool records_open;
    WeirArena arena;
    WeirBatchBuilder builder;
    WeirCsvColumn *columns;
    uint32_t column_count;   /* without the corrupt column */
    int32_t corrupt_column;  /* among the needed ones; -1: not asked for */
    uint32_t field_count;    /* of a well-formed record */
    bool any_count;          /* pruned: the number of fields does not matter */
    bool count_only, header; /* the header is still to come */
    uint32_t rows;           /* counted, where there are no columns */
    WeirBuffer scratch;
};

static bool csv_is_splittable(const WeirFormatOptions *options, const char *path)
{
    bool multi_line = false;
    WeirEncoding encoding = WEIR_ENCODING_UTF8;
    return weir_format_option_bool(options, "multiLine", false, &multi_line, NULL) == WEIR_OK && !multi_line &&
           weir_format_encoding(options, &encoding, NULL) == WEIR_OK && weir_encoding_has_ascii_bytes(encoding) &&
           weir_separator_is_cuttable(options->get(options->context, "lineSep")) && !weir_path_is_compressed(path);
}

static WeirStatus csv_check(const WeirFormatOptions *given, const WeirSchema *schema, bool writing, WeirError *error)
{
    WeirCsvOptions options;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirStatus status = weir_csv_options(given, writing, &arena, &options, error);
    weir_arena_deinit(&arena);
    if (status != WEIR_OK)
        return status;
    for (uint32_t i = 0; i < schema->field_count; i++) {
        WeirTypeId type = schema->fields[i].type->id;
        if (weir_type_is_nested(schema->fields[i].type) || type == WEIR_TYPE_VOID ||
            type == WEIR_TYPE_CALENDAR_INTERVAL)
            return weir_format_refuse_type("CSV", &schema->fields[i], error);
    }
    int32_t corrupt;
    return writing ? WEIR_OK : weir_corrupt_column_find(given, schema, &corrupt, error);
}

/* ---- open ---- */

static void csv_close_reader(WeirFormatReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->records_open)
        weir_csv_records_close(&reader->records);
    weir_batch_builder_deinit(&reader->builder);
    weir_buffer_deinit(&reader->scratch);
    weir_arena_deinit(&reader->arena);
    weir_free(reader);
}

/* Spark reads every column where the session's column for corrupt records is asked for. */
static bool is_pruned(const WeirFormatReader *reader)
{
    const WeirFormatScan *scan = reader->scan;
    const WeirFormatOptions *given = scan->options;
    if (reader->options.column_pruning >= 0)
        return reader->options.column_pruning != 0;
    const char *name =
        given->conf == NULL ? NULL : given->conf(given->conf_context, "spark.sql.columnNameOfCorruptRecord");
    for (uint32_t i = 0; i < scan->column_count; i++)
        if (strcmp(scan->schema->fields[scan->columns[i]].name, name == NULL ? "_corrupt_record" : name) == 0)
            return false;
    return true;
}

static WeirStatus plan_columns(WeirFormatReader *reader, WeirError *error)
{
    const WeirFormatScan *scan = reader->scan;
    WeirField *fields = WEIR_ARENA_ARRAY(&reader->arena, WeirField, scan->column_count + 1);
    uint32_t field = 0, needed = 0;
    reader->columns = WEIR_ARENA_ARRAY(&reader->arena, WeirCsvColumn, scan->column_count + 1);
    reader->corrupt_column = -1;
    for (uint32_t i = 0; i < scan->schema->field_count; i++) {
        bool wanted = needed < scan->column_count && scan->columns[needed] == i;
        bool corrupt = strcmp(scan->schema->fields[i].name, reader->options.corrupt_column) == 0;
        if (wanted && corrupt)
            reader->corrupt_column = (int32_t)needed;
        else if (wanted)
            reader->columns[reader->column_count++] =
                (WeirCsvColumn){.field = field, .type = scan->schema->fields[i].type};
        if (wanted)
            fields[needed++] = scan->schema->fields[i];
        field += !corrupt;
    }
    if (scan->column_count == 1 && reader->corrupt_column == 0)
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_QUERY_ONLY_CORRUPT_RECORD_COLUMN);
    bool pruned = is_pruned(reader);
    reader->field_count = field;
    reader->any_count = pruned && reader->column_count < field;
    reader->count_only = pruned && reader->column_count == 0;
    WEIR_TRY(weir_batch_builder_init(&reader->builder, weir_type_struct(&reader->arena, fields, scan->column_count),
                                     scan->tracker, error));
    for (uint32_t i = 0, at = 0; i < scan->column_count; i++)
        if ((int32_t)i != reader->corrupt_column)
            reader->columns[at++].builder = reader->builder.columns[i];
    return WEIR_OK;
}

static WeirStatus csv_open_reader(const WeirFormatScan *scan, const WeirByteSource *source, int64_t start, int64_t end,
                                  WeirFormatReader **out, WeirError *error)
{
    WeirFormatReader *reader = weir_calloc(1, sizeof(*reader));
    WeirStatus status;
    reader->scan = scan;
    reader->source = source;
    weir_arena_init(&reader->arena, scan->tracker);
    weir_buffer_init(&reader->scratch, 0, scan->tracker);
    WEIR_TRY_OR_GO(done, weir_csv_options(scan->options, false, &reader->arena, &reader->options, error));
    WEIR_TRY_OR_GO(done, plan_columns(reader, error));
    reader->records_open = true;
    WEIR_TRY_OR_GO(done,
                   weir_csv_records_open(&reader->records, &reader->options, source, start, end, scan->tracker, error));
    reader->header = reader->options.header && start == 0;
    if (reader->any_count && !reader->options.multi_line && reader->column_count > 0)
        reader->records.splitter.fields_wanted = reader->columns[reader->column_count - 1].field + 1;
    *out = reader;
    reader = NULL;
done:
    csv_close_reader(reader);
    return status;
}

/* ---- the header ---- */

static bool same_name(const WeirCsvOptions *options, const char *name, const WeirCsvToken *token)
{
    if (strlen(name) != token->length)
        return false;
    return options->case_sensitive ? memcmp(name, token->data, token->length) == 0
                                   : strncasecmp(name, (const char *)token->data, token->length) == 0;
}

/* Names are compared in the order of the columns; what differs is an error only where the schema is not enforced. */
static WeirStatus check_header(WeirFormatReader *reader, WeirError *error)
{
    const WeirCsvTokens *tokens = &reader->records.tokens;
    const WeirSchema *schema = reader->scan->schema;
    bool same = reader->any_count || tokens->count == reader->field_count;
    for (uint32_t i = 0, field = 0, at = 0; i < schema->field_count && same; i++) {
        if (strcmp(schema->fields[i].name, reader->options.corrupt_column) == 0)
            continue;
        bool looked_at = !reader->any_count || (at < reader->column_count && reader->columns[at].field == field);
        if (looked_at)
            same = field < tokens->count && same_name(&reader->options, schema->fields[i].name, &tokens->items[field]);
        at += looked_at;
        field++;
    }
    if (same)
        return WEIR_OK;
    if (!reader->options.enforce_schema)
        return weir_error_format(
            error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT,
            "The header of %s does not name the columns of the schema, and enforceSchema is false.",
            reader->source->path);
    weir_log(WEIR_LOG_WARN, "csv_format",
             "the header of %s does not name the columns of the schema; columns are taken by position",
             reader->source->path);
    return WEIR_OK;
}

/* ---- rows ---- */

static WeirStatus malformed(WeirFormatReader *reader, WeirError *error)
{
    const WeirCsvRecords *records = &reader->records;
    weir_batch_builder_cancel_row(&reader->builder);
    if (reader->options.mode == WEIR_CSV_DROP_MALFORMED)
        return WEIR_OK;
    return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT,
                             "%s holds a malformed CSV record, and the mode is FAILFAST: %.*s", reader->source->path,
                             records->record_length > 200 ? 200 : (int)records->record_length,
                             (const char *)records->record);
}

static WeirStatus append_row(WeirFormatReader *reader, WeirError *error)
{
    const WeirCsvRecords *records = &reader->records;
    const WeirCsvTokens *tokens = &records->tokens;
    bool good = reader->any_count || tokens->count == reader->field_count;
    good = weir_csv_append_columns(&reader->options, tokens, reader->columns, reader->column_count, records->ascii,
                                   &reader->scratch) &&
           good;
    if (reader->corrupt_column >= 0) {
        WeirVectorBuilder *builder = reader->builder.columns[reader->corrupt_column];
        if (good)
            weir_vector_builder_append_null(builder);
        else
            weir_csv_append_string(records->record, records->record_length, records->ascii, true, &reader->scratch,
                                   builder);
    }
    if (!good && reader->options.mode != WEIR_CSV_PERMISSIVE)
        return malformed(reader, error);
    weir_batch_builder_end_row(&reader->builder);
    return WEIR_OK;
}

static WeirStatus read_block(WeirFormatReader *reader, WeirError *error)
{
    WeirCsvRecords *records = &reader->records;
    uint32_t *rows = reader->scan->column_count == 0 ? &reader->rows : &reader->builder.row_count;
    while (*rows < reader->scan->batch_rows_max) {
        bool found = false;
        bool count_only = reader->count_only && !(reader->header && !reader->options.enforce_schema);
        WEIR_TRY(weir_csv_records_next(records, count_only, &found, error));
        if (!found)
            return WEIR_OK;
        if (reader->header) {
            reader->header = false;
            if (!reader->count_only)
                WEIR_TRY(check_header(reader, error));
        } else if (reader->count_only) {
            ++*rows;
        } else {
            WEIR_TRY(append_row(reader, error));
            if (reader->scan->column_count == 0)
                reader->rows = reader->builder.row_count;
        }
    }
    return WEIR_OK;
}

static WeirStatus finish_batch(WeirFormatReader *reader, WeirBatch **out, WeirError *error)
{
    if (reader->scan->column_count == 0) {
        *out = weir_batch_new(0, reader->scan->tracker);
        (*out)->row_count = (*out)->selected_count = reader->rows;
        reader->rows = reader->builder.row_count = 0;
        return WEIR_OK;
    }
    WEIR_TRY(weir_batch_builder_finish(&reader->builder, out, error));
    weir_batch_keep_buffer(*out, reader->records.block); /* views point into it; a batch never spans two blocks */
    return weir_buffer_check(&reader->scratch, error);
}

static WeirStatus csv_next_batch(WeirFormatReader *reader, WeirBatch **out, WeirError *error)
{
    WeirCsvRecords *records = &reader->records;
    *out = NULL;
    while (reader->rows == 0 && reader->builder.row_count == 0) {
        if (records->splitter.at >= records->length) {
            WEIR_TRY(weir_csv_records_fill(records, error));
            if (records->block == NULL)
                return WEIR_OK;
        }
        WEIR_TRY(read_block(reader, error));
    }
    WeirStatus status = finish_batch(reader, out, error);
    if (status != WEIR_OK) {
        weir_batch_release(*out);
        *out = NULL;
    }
    return status;
}

const WeirFileFormat weir_csv_format = {
    .name = "csv",
    .extension = "csv",
    .read_options = weir_csv_read_option_names,
    .write_options = weir_csv_write_option_names,
    .is_splittable = csv_is_splittable,
    .check = csv_check,
    .infer = weir_csv_infer,
    .open_reader = csv_open_reader,
    .next_batch = csv_next_batch,
    .close_reader = csv_close_reader,
    .open_writer = weir_csv_open_writer,
    .write_batch = weir_csv_write_batch,
    .finish = weir_csv_finish,
    .close_writer = weir_csv_close_writer,
};
