/* Tables as Dataset.show prints them. All cells are made first, since a column is as wide as its widest cell. Lengths
 * are Java's, in UTF-16 units; full-width characters take two places. */
#include "columnar/utf8.h"
#include "columnar/value_text.h"

#define WIDTH_MIN 3u
#define ELLIPSIS_WIDTH_MIN 4

typedef struct Cell {
    size_t start;
    size_t length;
    size_t width;
} Cell;

typedef struct Table {
    uint32_t column_count;
    size_t row_count; /* without the header */
    size_t *widths;
    Cell *cells; /* header first, row by row */
    WeirBuffer text;
} Table;

static bool is_full_width(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
           (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
           (c >= 0xffe0 && c <= 0xffe6);
}

void weir_append_escaped_control(const uint8_t *data, size_t length, WeirBuffer *out)
{
    static const char letters[] = {[7] = 'a', [8] = 'b', [9] = 't', [10] = 'n', [11] = 'v', [12] = 'f', [13] = 'r'};
    for (size_t i = 0; i < length; i++) {
        if (data[i] >= 7 && data[i] <= 13)
            weir_buffer_append_format(out, "\\%c", letters[data[i]]);
        else
            weir_buffer_append_char(out, (char)data[i]);
    }
}

/* Append at most `units` UTF-16 units of valid UTF-8. Half a character prints as "?", as from a Java program. */
static void append_cut(const uint8_t *data, size_t length, size_t units, WeirBuffer *out)
{
    for (size_t at = 0; at < length && units > 0;) {
        uint32_t code_point;
        bool malformed;
        size_t bytes = weir_utf8_decode(data + at, length - at, &code_point, &malformed);
        size_t needed = code_point > 0xffff ? 2 : 1;
        if (needed > units) {
            weir_buffer_append_char(out, '?');
            return;
        }
        weir_buffer_append(out, data + at, bytes);
        units -= needed;
        at += bytes;
    }
}

static size_t text_width(const uint8_t *data, size_t length)
{
    size_t width = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        bool malformed;
        at += weir_utf8_decode(data + at, length - at, &code_point, &malformed);
        width += code_point > 0xffff || is_full_width(code_point) ? 2 : 1;
    }
    return width;
}

/* Finish a cell from its raw text: replace bad bytes, escape, cut, measure. */
static void add_cell(Table *table, size_t index, const WeirBuffer *raw, int truncate, WeirBuffer *scratch)
{
    Cell *cell = &table->cells[index];
    const uint8_t *data = (const uint8_t *)weir_buffer_text(raw);
    weir_buffer_clear(scratch);
    weir_utf8_append_replaced(data, raw->length, scratch);
    cell->start = table->text.length;
    weir_append_escaped_control((const uint8_t *)weir_buffer_text(scratch), scratch->length, &table->text);
    data = (const uint8_t *)weir_buffer_text(&table->text) + cell->start;
    cell->length = table->text.length - cell->start;
    if (truncate > 0 && weir_utf8_java_length(data, cell->length) > (size_t)truncate) {
        bool dots = truncate >= ELLIPSIS_WIDTH_MIN;
        weir_buffer_clear(scratch);
        append_cut(data, cell->length, (size_t)(dots ? truncate - 3 : truncate), scratch);
        if (dots)
            weir_buffer_append_text(scratch, "...");
        table->text.length = cell->start;
        weir_buffer_append(&table->text, weir_buffer_text(scratch), scratch->length);
        data = (const uint8_t *)weir_buffer_text(&table->text) + cell->start;
        cell->length = table->text.length - cell->start;
    }
    cell->width = text_width(data, cell->length);
    size_t *width = &table->widths[index % table->column_count];
    if (cell->width > *width)
        *width = cell->width;
}

static void append_rule(const Table *table, WeirBuffer *out)
{
    weir_buffer_append_char(out, '+');
    for (uint32_t column = 0; column < table->column_count; column++) {
        for (size_t i = 0; i < table->widths[column]; i++)
            weir_buffer_append_char(out, '-');
        weir_buffer_append_char(out, '+');
    }
    if (table->column_count == 0)
        weir_buffer_append_char(out, '+');
    weir_buffer_append_char(out, '\n');
}

static void append_row(const Table *table, size_t row, bool align_left, WeirBuffer *out)
{
    weir_buffer_append_char(out, '|');
    for (uint32_t column = 0; column < table->column_count; column++) {
        const Cell *cell = &table->cells[row * table->column_count + column];
        size_t padding = table->widths[column] - cell->width;
        if (align_left)
            weir_buffer_append(out, weir_buffer_text(&table->text) + cell->start, cell->length);
        for (size_t i = 0; i < padding; i++)
            weir_buffer_append_char(out, ' ');
        if (!align_left)
            weir_buffer_append(out, weir_buffer_text(&table->text) + cell->start, cell->length);
        weir_buffer_append_char(out, '|');
    }
    if (table->column_count == 0)
        weir_buffer_append_char(out, '|');
    weir_buffer_append_char(out, '\n');
}

static void make_cells(Table *table, const WeirSchema *schema, WeirBatch *const *batches, size_t batch_count,
                       int truncate, const WeirTimeZone *zone)
{
    WeirBuffer raw, scratch;
    weir_buffer_init(&raw, 0, NULL);
    weir_buffer_init(&scratch, 0, NULL);
    size_t index = 0;
    for (uint32_t column = 0; column < table->column_count; column++, index++) {
        weir_buffer_clear(&raw);
        weir_buffer_append_text(&raw, schema->fields[column].name);
        add_cell(table, index, &raw, 0, &scratch);
    }
    size_t end = table->column_count * (table->row_count + 1);
    for (size_t b = 0; b < batch_count && index < end; b++) {
        for (uint32_t k = 0; k < batches[b]->selected_count && index < end; k++) {
            for (uint32_t column = 0; column < table->column_count; column++, index++) {
                weir_buffer_clear(&raw);
                weir_value_show(&batches[b]->columns[column], weir_batch_row(batches[b], k), zone, &raw);
                add_cell(table, index, &raw, truncate, &scratch);
            }
        }
    }
    weir_buffer_deinit(&raw);
    weir_buffer_deinit(&scratch);
}

void weir_show_table(const WeirSchema *schema, WeirBatch *const *batches, size_t batch_count, int64_t rows_max,
                     int truncate, const WeirTimeZone *zone, WeirBuffer *out)
{
    Table table = {.column_count = schema->field_count};
    size_t rows = 0;
    for (size_t b = 0; b < batch_count; b++)
        rows += batches[b]->selected_count;
    bool more = rows_max >= 0 && rows > (size_t)rows_max;
    table.row_count = more ? (size_t)rows_max : rows;
    table.widths = weir_calloc(table.column_count, sizeof(size_t));
    for (uint32_t column = 0; column < table.column_count; column++)
        table.widths[column] = WIDTH_MIN;
    table.cells = weir_calloc((table.row_count + 1) * table.column_count, sizeof(Cell));
    weir_buffer_init(&table.text, 0, NULL);
    make_cells(&table, schema, batches, batch_count, truncate, zone);
    append_rule(&table, out);
    append_row(&table, 0, truncate <= 0, out);
    append_rule(&table, out);
    for (size_t row = 1; row <= table.row_count; row++)
        append_row(&table, row, truncate <= 0, out);
    append_rule(&table, out);
    if (more)
        weir_buffer_append_format(out, "only showing top %lld %s", (long long)rows_max, rows_max == 1 ? "row" : "rows");
    weir_buffer_append_char(out, '\n');
    weir_buffer_deinit(&table.text);
    weir_free(table.cells);
    weir_free(table.widths);
}
