/* JSON files: a record a line (Spark: JsonFileFormat, JacksonParser). Values are converted only for the columns that
 * are needed. */
#include "formats/json_format_private.h"

#include "formats/record_reader.h"

static const char *const json_read_options[] = {"mode", NULL};

static bool json_is_splittable(const WeirFormatOptions *options, const char *path)
{
    bool multi_line = false;
    WeirEncoding encoding = WEIR_ENCODING_UTF8;
    return weir_format_option_bool(options, "multiLine", false, &multi_line, NULL) == WEIR_OK && !multi_line &&
           weir_format_encoding(options, &encoding, NULL) == WEIR_OK && encoding == WEIR_ENCODING_UTF8 &&
           weir_separator_is_cuttable(options->get(options->context, "lineSep")) && !weir_path_is_compressed(path);
}

WeirStatus weir_json_check_encoding(const WeirFormatOptions *options, WeirError *error)
{
    const char *separator = options->get(options->context, "lineSep");
    char bytes[WEIR_ENCODED_SEPARATOR_BYTES];
    WeirEncoding encoding;
    bool multi_line = false;
    size_t length;
    WEIR_TRY(weir_format_encoding(options, &encoding, error));
    WEIR_TRY(weir_format_option_bool(options, "multiLine", false, &multi_line, error));
    if (!multi_line && (encoding == WEIR_ENCODING_UTF16 || encoding == WEIR_ENCODING_UTF32))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: lines of JSON can't have the encodings UTF-16 and UTF-32. Name "
                                 "the byte order, or set multiLine.");
    if (!multi_line && encoding != WEIR_ENCODING_UTF8 && separator == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: lines in this encoding need the option lineSep.");
    return weir_encoding_separator(encoding, separator, bytes, &length, error);
}

static WeirStatus json_check(const WeirFormatOptions *options, const WeirSchema *schema, bool writing, WeirError *error)
{
    WeirJsonRules rules;
    if (writing)
        return WEIR_OK;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirStatus status = weir_json_rules(options, &arena, &rules, error);
    weir_arena_deinit(&arena);
    if (status != WEIR_OK)
        return status;
    int32_t corrupt;
    WEIR_TRY(weir_json_options_check(options, error));
    WEIR_TRY(weir_json_check_encoding(options, error));
    return weir_corrupt_column_find(options, schema, &corrupt, error);
}

/* ---- open ---- */

/* By a byte order mark, or by where the zeros of the first character are: a JSON text begins with ASCII. */
WeirEncoding weir_json_detect_encoding(const uint8_t *data, size_t length)
{
    if (length >= 4 && (memcmp(data, "\0\0\xfe\xff", 4) == 0 || memcmp(data, "\xff\xfe\0\0", 4) == 0))
        return WEIR_ENCODING_UTF32;
    if (length >= 2 && ((data[0] == 0xfe && data[1] == 0xff) || (data[0] == 0xff && data[1] == 0xfe)))
        return WEIR_ENCODING_UTF16;
    if (length >= 4 && data[0] == 0 && data[1] == 0 && data[2] == 0 && data[3] != 0)
        return WEIR_ENCODING_UTF32;
    if (length >= 4 && data[0] != 0 && data[1] == 0 && data[2] == 0 && data[3] == 0)
        return WEIR_ENCODING_UTF32LE;
    if (length >= 2 && data[0] == 0 && data[1] != 0)
        return WEIR_ENCODING_UTF16BE;
    return length >= 2 && data[0] != 0 && data[1] == 0 ? WEIR_ENCODING_UTF16LE : WEIR_ENCODING_UTF8;
}

static void json_close_reader(WeirFormatReader *reader)
{
    if (reader == NULL)
        return;
    weir_record_reader_close(reader->records);
    weir_shared_buffer_release(reader->block);
    weir_shared_buffer_release(reader->decoded);
    weir_batch_builder_deinit(&reader->builder);
    weir_json_record_deinit(&reader->record);
    weir_arena_deinit(&reader->arena);
    weir_free(reader);
}

static void plan_columns(WeirFormatReader *reader)
{
    const WeirFormatScan *scan = reader->scan;
    const char *corrupt = weir_corrupt_column_name(scan->options);
    WeirField *fields = WEIR_ARENA_ARRAY(&reader->arena, WeirField, scan->column_count + 1);
    int32_t corrupt_field = -1;
    for (uint32_t i = 0; i < scan->column_count; i++) {
        fields[i] = scan->schema->fields[scan->columns[i]];
        if (strcmp(fields[i].name, corrupt) == 0)
            corrupt_field = (int32_t)i;
    }
    reader->schema = weir_type_struct(&reader->arena, fields, scan->column_count);
    weir_json_record_init(&reader->record, &reader->rules, reader->schema, corrupt_field, &reader->arena,
                          scan->tracker);
}

static WeirStatus json_open_reader(const WeirFormatScan *scan, const WeirByteSource *source, int64_t start, int64_t end,
                                   WeirFormatReader **out, WeirError *error)
{
    WeirFormatReader *reader = weir_calloc(1, sizeof(*reader));
    WeirStatus status;
    reader->scan = scan;
    reader->source = source;
    weir_arena_init(&reader->arena, scan->tracker);
    reader->mode = weir_parse_mode(scan->options);
    const WeirFormatOptions *options = scan->options;
    reader->encoding_given =
        options->get(options->context, "encoding") != NULL || options->get(options->context, "charset") != NULL;
    plan_columns(reader);
    WEIR_TRY_OR_GO(done, weir_format_encoding(options, &reader->encoding, error));
    WEIR_TRY_OR_GO(done, weir_encoding_separator(reader->encoding, options->get(options->context, "lineSep"),
                                                 reader->separator, &reader->separator_length, error));
    WEIR_TRY_OR_GO(done, weir_json_rules(scan->options, &reader->arena, &reader->rules, error));
    WEIR_TRY_OR_GO(done, weir_format_option_bool(scan->options, "multiLine", false, &reader->multi_line, error));
    if (reader->record.corrupt_field >= 0 && scan->column_count == 1) {
        status = weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_QUERY_ONLY_CORRUPT_RECORD_COLUMN);
        goto done;
    }
    WEIR_TRY_OR_GO(done, weir_batch_builder_init(&reader->builder, reader->schema, scan->tracker, error));
    if (!reader->multi_line)
        WEIR_TRY_OR_GO(done, weir_record_reader_open(source, start, end, reader->separator, reader->separator_length,
                                                     scan->tracker, &reader->records, error));
    reader->first_block = start == 0;
    *out = reader;
    reader = NULL;
done:
    json_close_reader(reader);
    return status;
}

/* ---- one record ---- */

static void append_nulls(WeirFormatReader *reader, const uint8_t *record, size_t length)
{
    for (uint32_t i = 0; i < reader->schema->field_count; i++) {
        if ((int32_t)i == reader->record.corrupt_field)
            weir_vector_builder_append_view(reader->builder.columns[i], weir_view_make(record, (uint32_t)length));
        else
            weir_vector_builder_append_null(reader->builder.columns[i]);
    }
    weir_batch_builder_end_row(&reader->builder);
}

static WeirStatus malformed_record(WeirFormatReader *reader, const uint8_t *record, size_t length, WeirError *error)
{
    if (reader->mode == WEIR_PARSE_MODE_DROP)
        return WEIR_OK;
    if (reader->mode == WEIR_PARSE_MODE_FAIL)
        return weir_error_format(error, WEIR_ERROR_FAILED_READ_FILE_NO_HINT,
                                 "%s holds a malformed JSON record, and the mode is FAILFAST: %.*s",
                                 reader->source->path, length > 200 ? 200 : (int)length, (const char *)record);
    append_nulls(reader, record, length);
    return WEIR_OK;
}

static WeirStatus append_record(WeirFormatReader *reader, const WeirJsonText *text, const uint8_t *record,
                                size_t length, WeirError *error)
{
    /* Values that do not fit are seen before anything is appended, where the record may have to be dropped or refused.
     */
    if (reader->mode != WEIR_PARSE_MODE_PERMISSIVE && !weir_json_record_fits(&reader->record, text))
        return malformed_record(reader, record, length, error);
    bool good = weir_json_record_append(&reader->record, text, reader->builder.columns);
    if (reader->record.corrupt_field >= 0) {
        WeirVectorBuilder *column = reader->builder.columns[reader->record.corrupt_field];
        if (good)
            weir_vector_builder_append_null(column);
        else
            weir_vector_builder_append_view(column, weir_view_make(record, (uint32_t)length));
    }
    weir_batch_builder_end_row(&reader->builder);
    return WEIR_OK;
}

/* An array of objects on one line is a row for each. */
static WeirStatus append_array(WeirFormatReader *reader, const WeirJsonText *text, const uint8_t *at,
                               const uint8_t *record, size_t length, WeirError *error)
{
    WeirJsonToken array, element;
    if (weir_json_scan_value(text, at, 0, &array) == NULL)
        return malformed_record(reader, record, length, error);
    WeirJsonText inside = *text;
    inside.end = array.start + array.length;
    for (at = array.start + 1; weir_json_next_member(&inside, &at, NULL, &element);)
        if (element.kind != WEIR_JSON_TOKEN_OBJECT)
            return malformed_record(reader, record, length, error);
    for (at = array.start + 1; weir_json_next_member(&inside, &at, NULL, &element);) {
        (void)weir_json_record_scan(&reader->record, text, element.start);
        WEIR_TRY(append_record(reader, text, record, length, error));
    }
    return WEIR_OK;
}

/* The rows of one record: its text in UTF-8, and the bytes as the file has them, which a corrupt record shows. */
static WeirStatus append_text(WeirFormatReader *reader, const WeirJsonText *text, const uint8_t *start,
                              const uint8_t *record, size_t length, WeirError *error)
{
    const uint8_t *at = weir_json_skip_blank(text, start);
    if (at == text->end)
        return WEIR_OK; /* A blank line is no record. */
    if (at != NULL && *at == '[')
        return append_array(reader, text, at, record, length, error);
    if (at == NULL || *at != '{' || weir_json_record_scan(&reader->record, text, at) == NULL)
        return malformed_record(reader, record, length, error);
    return append_record(reader, text, record, length, error);
}

/* ---- batches ---- */

static WeirStatus next_block(WeirFormatReader *reader, WeirError *error)
{
    size_t offset = 0;
    weir_shared_buffer_release(reader->block);
    weir_shared_buffer_release(reader->decoded);
    reader->block = reader->decoded = NULL;
    reader->at = reader->length = 0;
    if (reader->multi_line) {
        if (!reader->done)
            WEIR_TRY(weir_read_whole(reader->source, reader->scan->tracker, &reader->block, error));
        reader->length = reader->block == NULL ? 0 : reader->block->length;
    } else {
        WEIR_TRY(weir_record_reader_next(reader->records, &reader->block, &offset, &reader->length, error));
    }
    reader->done = reader->block == NULL;
    reader->data = reader->done ? NULL : reader->block->data + offset;
    if (!reader->done && reader->first_block && reader->length >= 3 && memcmp(reader->data, "\xef\xbb\xbf", 3) == 0)
        reader->at = 3;
    reader->first_block = false;
    if (reader->done)
        return WEIR_OK;
    if (reader->multi_line && !reader->encoding_given)
        reader->encoding = weir_json_detect_encoding(reader->data, reader->length);
    /* No encoding's text is more than three times as long in UTF-8. */
    return reader->encoding == WEIR_ENCODING_UTF8
               ? WEIR_OK
               : weir_shared_buffer_new(reader->length * 3 + 64, reader->scan->tracker, &reader->decoded, error);
}

/* The record's text: as it stands, or decoded behind the ones before it. */
static WeirStatus record_text(WeirFormatReader *reader, const uint8_t *record, size_t length, WeirJsonText *text,
                              const uint8_t **start, WeirError *error)
{
    *start = record;
    text->syntax = &reader->rules.syntax;
    if (reader->decoded == NULL) {
        text->end = record + length;
        text->readable = reader->block->data + reader->block->capacity + 64;
        return WEIR_OK;
    }
    WeirBuffer utf8;
    weir_buffer_init(&utf8, 0, reader->scan->tracker);
    weir_encoding_decode(reader->encoding, record, length, &utf8);
    WeirStatus status = weir_buffer_check(&utf8, error);
    if (status == WEIR_OK) {
        WEIR_ASSERT(reader->decoded->length + utf8.length <= reader->decoded->capacity);
        uint8_t *to = reader->decoded->data + reader->decoded->length;
        if (utf8.length > 0)
            memcpy(to, utf8.data, utf8.length);
        reader->decoded->length += utf8.length;
        *start = to;
        text->end = to + utf8.length;
        text->readable = reader->decoded->data + reader->decoded->capacity + 64;
    }
    weir_buffer_deinit(&utf8);
    return status;
}

static WeirStatus read_record(WeirFormatReader *reader, const uint8_t *record, size_t length, WeirError *error)
{
    WeirJsonText text;
    const uint8_t *start;
    WEIR_TRY(record_text(reader, record, length, &text, &start, error));
    return append_text(reader, &text, start, record, length, error);
}

static WeirStatus read_records(WeirFormatReader *reader, WeirError *error)
{
    const uint8_t *record;
    size_t length;
    if (reader->multi_line) {
        record = reader->data + reader->at;
        length = reader->length - reader->at;
        reader->at = reader->length;
        reader->done = true;
        return read_record(reader, record, length, error);
    }
    while (reader->builder.row_count < reader->scan->batch_rows_max &&
           weir_record_next(reader->data, reader->length, &reader->at, reader->separator, reader->separator_length,
                            &record, &length))
        WEIR_TRY(read_record(reader, record, length, error));
    return WEIR_OK;
}

static WeirStatus json_next_batch(WeirFormatReader *reader, WeirBatch **out, WeirError *error)
{
    *out = NULL;
    /* Blocks without a row (blank or dropped records) are passed over. */
    while (reader->builder.row_count == 0) {
        if (reader->at >= reader->length && !(reader->multi_line && reader->done))
            WEIR_TRY(next_block(reader, error));
        if (reader->block == NULL || reader->at >= reader->length)
            return WEIR_OK;
        WEIR_TRY(read_records(reader, error));
    }
    WEIR_TRY(weir_batch_builder_finish(&reader->builder, out, error));
    if (*out != NULL)
        weir_batch_keep_buffer(*out, reader->block); /* Views point into it; a batch never spans two blocks. */
    if (*out != NULL && reader->decoded != NULL)
        weir_batch_keep_buffer(*out, reader->decoded);
    return WEIR_OK;
}

const WeirFileFormat weir_json_format = {
    .name = "json",
    .extension = "json",
    .read_options = json_read_options,
    .is_splittable = json_is_splittable,
    .check = json_check,
    .infer = weir_json_infer,
    .open_reader = json_open_reader,
    .next_batch = json_next_batch,
    .close_reader = json_close_reader,
    .open_writer = weir_json_open_writer,
    .write_batch = weir_json_write_batch,
    .finish = weir_json_finish,
    .close_writer = weir_json_close_writer,
};
