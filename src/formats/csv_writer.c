/* Rows to CSV lines (Spark: UnivocityGenerator over univocity's CsvWriter): a value is quoted where it holds the
 * delimiter, a line end or a quote, blanks around it are dropped unless told otherwise, an empty string is "" and null
 * is nothing. The oddities are the original's. */
#include "columnar/utf8.h"
#include "columnar/value_format.h"
#include "columnar/value_text.h"
#include "formats/csv_format_private.h"
#include "formats/csv_row.h"

struct WeirFormatWriter {
    const WeirSchema *schema;
    WeirArena arena;
    WeirCsvOptions options;
    bool header_done;
    bool written;      /* something: a byte order mark comes before */
    bool special[256]; /* bytes where a value may need quotes or an escape */
    bool trigger[256]; /* those that surely need quotes */
    char separator[2];
    size_t separator_length;
    uint8_t new_line;   /* written as the separator inside of quotes */
    WeirBuffer text;    /* of the value at hand */
    WeirBuffer cell;    /* what becomes of it */
    size_t blanks;      /* at the cell's end, not to be written */
    bool default_value; /* the text is one of the options nullValue and emptyValue */
};

static void plan_quotes(WeirFormatWriter *writer)
{
    const WeirCsvOptions *options = &writer->options;
    writer->separator[0] = '\n';
    writer->separator_length = 1;
    if (options->separator.length > 0) {
        memcpy(writer->separator, options->separator.data, options->separator.length);
        writer->separator_length = options->separator.length;
    }
    writer->new_line = writer->separator_length == 1 ? (uint8_t)writer->separator[0] : '\n';
    writer->trigger['\n'] = writer->trigger['\r'] = writer->trigger[writer->new_line] = true;
    for (size_t i = 0; i < writer->separator_length; i++)
        writer->trigger[(uint8_t)writer->separator[i]] = true;
    if (options->escape_quotes)
        writer->trigger[options->quote] = true;
    memcpy(writer->special, writer->trigger, sizeof(writer->special));
    writer->special[options->quote] = writer->special[options->escape] = writer->special[options->delimiter[0]] = true;
}

WeirStatus weir_csv_open_writer(const WeirFormatOptions *given, const WeirSchema *schema, WeirFormatWriter **out,
                                WeirError *error)
{
    WeirFormatWriter *writer = weir_calloc(1, sizeof(*writer));
    weir_arena_init(&writer->arena, NULL);
    weir_buffer_init(&writer->text, 0, NULL);
    weir_buffer_init(&writer->cell, 0, NULL);
    WeirStatus status = weir_csv_options(given, true, &writer->arena, &writer->options, error);
    if (status != WEIR_OK) {
        weir_csv_close_writer(writer);
        return status;
    }
    writer->schema = schema;
    plan_quotes(writer);
    *out = writer;
    return WEIR_OK;
}

void weir_csv_close_writer(WeirFormatWriter *writer)
{
    if (writer == NULL)
        return;
    weir_buffer_deinit(&writer->text);
    weir_buffer_deinit(&writer->cell);
    weir_arena_deinit(&writer->arena);
    weir_free(writer);
}

/* ---- one cell ---- */

static void count_blanks(WeirFormatWriter *writer)
{
    const WeirBuffer *cell = &writer->cell;
    writer->blanks = 0;
    while (writer->blanks < cell->length && (uint8_t)cell->data[cell->length - 1 - writer->blanks] <= ' ')
        writer->blanks++;
}

static bool is_delimiter(const WeirFormatWriter *writer, const uint8_t *text, size_t length, size_t at)
{
    const WeirCsvOptions *options = &writer->options;
    return length - at >= options->delimiter_length &&
           memcmp(text + at, options->delimiter, options->delimiter_length) == 0;
}

static bool needs_quotes(const WeirFormatWriter *writer, const uint8_t *text, size_t length, size_t from)
{
    for (size_t i = from; i < length; i++)
        if (writer->special[text[i]] && (writer->trigger[text[i]] || is_delimiter(writer, text, length, i)))
            return true;
    return false;
}

static void trim_end(WeirFormatWriter *writer, bool trim, const uint8_t *text, size_t length)
{
    if (trim && length > 0 && text[length - 1] <= ' ')
        count_blanks(writer);
}

static void append_quoted(WeirFormatWriter *writer, const uint8_t *text, size_t length, size_t from, bool trim)
{
    const WeirCsvOptions *options = &writer->options;
    for (size_t i = from; i < length; i++) {
        uint8_t c = text[i];
        if (c == writer->new_line) {
            weir_buffer_append(&writer->cell, writer->separator, writer->separator_length);
            continue;
        }
        if (c == options->quote)
            weir_buffer_append_char(&writer->cell, (char)options->escape);
        else if (c == options->escape && options->escape_escape != 0)
            weir_buffer_append_char(&writer->cell, (char)options->escape_escape);
        weir_buffer_append_char(&writer->cell, (char)c);
    }
    trim_end(writer, trim && from < length, text, length);
}

/* Appends to the cell. True: it goes between quotes. */
static bool append_text(WeirFormatWriter *writer, uint32_t column, bool quoted, const uint8_t *text, size_t length,
                        bool header)
{
    const WeirCsvOptions *options = &writer->options;
    bool leading = options->ignore_leading && !header, trailing = options->ignore_trailing && !header;
    uint8_t comment = options->comment == 0 ? '#' : options->comment;
    size_t start = 0;
    while (leading && start < length && text[start] <= ' ')
        start++;
    if (start < length && (text[start] == options->quote || (column == 0 && text[0] == comment)))
        quoted = true;
    if (quoted) {
        if (writer->default_value && length >= 2 && text[0] == options->quote && text[length - 1] == options->quote) {
            weir_buffer_append(&writer->cell, text, length);
            return false;
        }
        append_quoted(writer, text, length, start, trailing);
        return true;
    }
    for (size_t i = start; i < length; i++) {
        uint8_t c = text[i];
        if (!writer->special[c])
            continue;
        bool edge = c == options->quote || c == options->escape;
        if (edge ? needs_quotes(writer, text, length, i)
                 : writer->trigger[c] || is_delimiter(writer, text, length, i)) {
            weir_buffer_append(&writer->cell, text + start, i - start);
            append_quoted(writer, text, length, i, trailing);
            return true;
        }
        if (edge)
            break;
    }
    weir_buffer_append(&writer->cell, text + start, length - start);
    trim_end(writer, trailing, text, length);
    return false;
}

static void append_cell(WeirFormatWriter *writer, uint32_t column, const uint8_t *text, size_t length, bool null,
                        bool header, WeirBuffer *out)
{
    const WeirCsvOptions *options = &writer->options;
    size_t start = 0;
    while (options->ignore_leading && start < length && text[start] <= ' ')
        start++;
    writer->default_value = null || length == 0 || (options->ignore_leading && start == length);
    if (writer->default_value) {
        const WeirCsvText *value = null ? &options->null_value : &options->empty_value;
        text = (const uint8_t *)value->data;
        length = value->length;
    }
    weir_buffer_clear(&writer->cell);
    writer->blanks = 0;
    bool quoted = append_text(writer, column, options->quote_all, text, length, header);
    /* Nothing but blanks: the empty value behind them, and as many characters are left out at the end, as Spark does
     * it. */
    if (writer->cell.length == writer->blanks && !writer->default_value)
        (void)append_text(writer, column, quoted, (const uint8_t *)options->empty_value.data,
                          options->empty_value.length, header);
    if (quoted)
        weir_buffer_append_char(out, (char)options->quote);
    weir_buffer_append(out, weir_buffer_text(&writer->cell), writer->cell.length - writer->blanks);
    if (quoted)
        weir_buffer_append_char(out, (char)options->quote);
}

/* ---- values ---- */

static void append_string(WeirFormatWriter *writer, uint32_t column, const WeirStringView *view, WeirBuffer *out)
{
    const uint8_t *text = weir_view_data(view);
    size_t length = view->length;
    if (!weir_utf8_is_valid(text, length)) {
        weir_buffer_clear(&writer->text);
        weir_utf8_append_replaced(text, length, &writer->text);
        text = (const uint8_t *)writer->text.data;
        length = writer->text.length;
    }
    append_cell(writer, column, text, length, false, false, out);
}

/* The text of a value that is neither null nor a string at the top: nested ones as Spark's generator joins them. */
static void append_text_of(WeirFormatWriter *writer, const WeirVector *vector, uint32_t row, WeirBuffer *out);

static void append_time(const WeirTimeFormatter *formatter, bool ntz, int64_t value, WeirBuffer *out)
{
    char text[WEIR_VALUE_TEXT_BYTES];
    if (formatter->pattern != NULL) {
        formatter->formatter.format(&formatter->formatter, value, out);
        return;
    }
    size_t length = formatter->days ? weir_format_date((int32_t)value, text)
                                    : weir_format_timestamp_iso(value, ntz ? NULL : formatter->zone, text);
    weir_buffer_append(out, text, length);
}

/* A null inside of another value: nothing, or a blank and the option nullValue. */
static void append_null(const WeirFormatWriter *writer, WeirBuffer *out)
{
    const WeirCsvText *value = &writer->options.null_value;
    if (value->length > 0)
        weir_buffer_append_char(out, ' ');
    weir_buffer_append(out, value->data, value->length);
}

/* An element behind the first is set off by a blank. */
static void append_part(WeirFormatWriter *writer, const WeirVector *vector, uint32_t row, bool first, WeirBuffer *out)
{
    if (!first)
        weir_buffer_append_char(out, ',');
    if (weir_vector_is_null(vector, row)) {
        append_null(writer, out);
        return;
    }
    if (!first)
        weir_buffer_append_char(out, ' ');
    append_text_of(writer, vector, row, out);
}

static void append_map(WeirFormatWriter *writer, const WeirVector *flat, uint32_t row, WeirBuffer *out)
{
    const uint32_t *offsets = flat->values;
    weir_buffer_append_char(out, '{');
    for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
        append_part(writer, &flat->children[0], at, at == offsets[row], out);
        weir_buffer_append_text(out, " ->");
        if (weir_vector_is_null(&flat->children[1], at)) {
            append_null(writer, out);
            continue;
        }
        weir_buffer_append_char(out, ' ');
        append_text_of(writer, &flat->children[1], at, out);
    }
    weir_buffer_append_char(out, '}');
}

static void append_nested(WeirFormatWriter *writer, const WeirVector *flat, uint32_t row, WeirBuffer *out)
{
    const uint32_t *offsets = flat->values;
    if (flat->type->id == WEIR_TYPE_MAP) {
        append_map(writer, flat, row, out);
    } else if (flat->type->id == WEIR_TYPE_ARRAY) {
        weir_buffer_append_char(out, '[');
        for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++)
            append_part(writer, flat->children, at, at == offsets[row], out);
        weir_buffer_append_char(out, ']');
    } else {
        weir_buffer_append_char(out, '{');
        for (uint32_t i = 0; i < flat->type->field_count; i++)
            append_part(writer, &flat->children[i], row, i == 0, out);
        weir_buffer_append_char(out, '}');
    }
}

static void append_text_of(WeirFormatWriter *writer, const WeirVector *vector, uint32_t row, WeirBuffer *out)
{
    const WeirVector *flat;
    const WeirTimeFormats *times = &writer->options.times;
    char text[WEIR_VALUE_TEXT_BYTES];
    uint32_t at = weir_vector_locate(vector, row, &flat);
    switch (flat->type->id) {
    case WEIR_TYPE_STRING: {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        weir_utf8_append_replaced(weir_view_data(view), view->length, out);
        return;
    }
    case WEIR_TYPE_BINARY:
        weir_value_show(flat, at, times->zone, out);
        return;
    case WEIR_TYPE_TIMESTAMP:
        append_time(&times->timestamp_formatter, false, ((const int64_t *)flat->values)[at], out);
        return;
    case WEIR_TYPE_TIMESTAMP_NTZ:
        append_time(&times->timestamp_ntz_formatter, true, ((const int64_t *)flat->values)[at], out);
        return;
    case WEIR_TYPE_DATE:
        append_time(&times->date_formatter, false, ((const int32_t *)flat->values)[at], out);
        return;
    case WEIR_TYPE_DECIMAL: {
        WeirInt128 unscaled;
        if (weir_type_physical(flat->type) == WEIR_PHYSICAL_INT64)
            unscaled = ((const int64_t *)flat->values)[at];
        else
            memcpy(&unscaled, (const uint8_t *)flat->values + (size_t)at * sizeof(unscaled), sizeof(unscaled));
        weir_buffer_append(out, text, weir_format_decimal_scientific(unscaled, flat->type->scale, text));
        return;
    }
    case WEIR_TYPE_ARRAY:
    case WEIR_TYPE_MAP:
    case WEIR_TYPE_STRUCT:
        append_nested(writer, flat, at, out);
        return;
    default:
        weir_buffer_append(out, text, weir_value_format_fixed(flat, at, times->zone, text));
    }
}

static void append_value(WeirFormatWriter *writer, uint32_t column, const WeirVector *vector, uint32_t row,
                         WeirBuffer *out)
{
    const WeirVector *flat;
    if (weir_vector_is_null(vector, row)) {
        append_cell(writer, column, NULL, 0, true, false, out);
        return;
    }
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (flat->type->id == WEIR_TYPE_STRING) {
        append_string(writer, column, &((const WeirStringView *)flat->values)[at], out);
        return;
    }
    weir_buffer_clear(&writer->text);
    append_text_of(writer, flat, at, &writer->text);
    append_cell(writer, column, (const uint8_t *)weir_buffer_text(&writer->text), writer->text.length, false, false,
                out);
}

void weir_csv_write_row(WeirFormatWriter *writer, const WeirVector *columns, uint32_t count, uint32_t row,
                        WeirBuffer *out)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            weir_buffer_append(out, writer->options.delimiter, writer->options.delimiter_length);
        append_value(writer, i, &columns[i], row, out);
    }
}

static void append_header(WeirFormatWriter *writer, WeirBuffer *out)
{
    if (writer->header_done || !writer->options.header || writer->schema->field_count == 0)
        return;
    writer->header_done = true;
    for (uint32_t i = 0; i < writer->schema->field_count; i++) {
        const char *name = writer->schema->fields[i].name;
        if (i > 0)
            weir_buffer_append(out, writer->options.delimiter, writer->options.delimiter_length);
        append_cell(writer, i, (const uint8_t *)name, strlen(name), false, true, out);
    }
    weir_buffer_append(out, writer->separator, writer->separator_length);
}

/* What was appended to `out` behind `from`, in the file's encoding. */
static void encode(WeirFormatWriter *writer, WeirBuffer *out, size_t from)
{
    size_t length = out->length - from;
    if (writer->options.encoding == WEIR_ENCODING_UTF8 || length == 0 || out->failed)
        return;
    weir_buffer_clear(&writer->text);
    weir_buffer_append(&writer->text, out->data + from, length);
    out->length = from;
    weir_encoding_encode(writer->options.encoding, (const uint8_t *)weir_buffer_text(&writer->text),
                         writer->text.length, !writer->written, out);
    writer->written = true;
}

WeirStatus weir_csv_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error)
{
    size_t from = out->length;
    append_header(writer, out);
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        uint32_t row = weir_batch_row(batch, k);
        size_t start = out->length;
        weir_csv_write_row(writer, batch->columns, batch->column_count, row, out);
        if (out->length > start) /* a row that is nothing at all is left out */
            weir_buffer_append(out, writer->separator, writer->separator_length);
    }
    encode(writer, out, from);
    WEIR_TRY(weir_buffer_check(&writer->text, error));
    WEIR_TRY(weir_buffer_check(&writer->cell, error));
    return weir_buffer_check(out, error);
}

WeirStatus weir_csv_finish(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error)
{
    size_t from = out->length;
    append_header(writer, out);
    encode(writer, out, from);
    return weir_buffer_check(out, error);
}
