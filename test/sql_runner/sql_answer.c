/* See sql_answer.h. */
#include "sql_runner/sql_answer.h"

#include <stdlib.h>
#include <string.h>

#include "columnar/value_text.h"

void sql_answer_append_cell(const WeirVector *column, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out)
{
    WeirBuffer shown, escaped;
    size_t before = out->length;
    weir_buffer_init(&shown, 0, NULL);
    weir_buffer_init(&escaped, 0, NULL);
    weir_value_show(column, row, zone, &shown);
    weir_append_escaped_control((const uint8_t *)weir_buffer_text(&shown), shown.length, &escaped);
    for (size_t i = 0; i < escaped.length; i++) {
        uint8_t c = (uint8_t)escaped.data[i];
        if (c < 0x20 || c == 0x7f)
            weir_buffer_append_format(out, "\\x%02x", c);
        else
            weir_buffer_append_char(out, (char)c);
    }
    weir_buffer_deinit(&shown);
    weir_buffer_deinit(&escaped);
    if (out->length == before)
        weir_buffer_append_text(out, "(empty)");
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **sql_answer_rows(WeirArena *arena, const WeirResult *result, bool sorted, size_t *count)
{
    WeirBuffer line;
    weir_buffer_init(&line, 0, NULL);
    *count = 0;
    const char **rows = WEIR_ARENA_ARRAY(arena, const char *, (size_t)weir_result_row_count(result) + 1);
    for (uint32_t b = 0; b < result->batches.count; b++) {
        const WeirBatch *batch = result->batches.batches[b];
        for (uint32_t k = 0; k < batch->selected_count; k++) {
            weir_buffer_clear(&line);
            for (uint32_t i = 0; i < batch->column_count; i++) {
                if (i > 0)
                    weir_buffer_append_char(&line, '\t');
                sql_answer_append_cell(&batch->columns[i], weir_batch_row(batch, k), result->zone, &line);
            }
            rows[(*count)++] = weir_arena_strdup(arena, weir_buffer_text(&line));
        }
    }
    if (sorted)
        qsort(rows, *count, sizeof(*rows), compare_texts);
    weir_buffer_deinit(&line);
    return rows;
}

const char *sql_answer_schema(WeirArena *arena, const WeirResult *result)
{
    WeirBuffer out;
    weir_buffer_init(&out, 0, NULL);
    for (const char *c = weir_result_schema(result); *c != '\0'; c++) {
        if (*c == '\n')
            weir_buffer_append_text(&out, "\\n");
        else if ((uint8_t)*c < 0x20 || *c == 0x7f)
            weir_buffer_append_format(&out, "\\x%02x", (uint8_t)*c);
        else
            weir_buffer_append_char(&out, *c);
    }
    const char *text = weir_arena_strdup(arena, weir_buffer_text(&out));
    weir_buffer_deinit(&out);
    return text;
}
