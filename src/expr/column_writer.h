/* Growing vectors of any type in an arena, row by row: for results whose size is not known before (arrays, parsed
 * values, merges of nested values). Text is not copied: views point where the source's did. A refused allocation makes
 * the writer fail; finish reports it. */
#ifndef WEIR_EXPR_COLUMN_WRITER_H
#define WEIR_EXPR_COLUMN_WRITER_H

#include "columnar/vector.h"

typedef struct WeirColumnWriter WeirColumnWriter;
struct WeirColumnWriter {
    const WeirDataType *type;
    WeirArena *arena;
    WeirPhysicalType physical;
    uint32_t value_bytes; /* of fixed-width values and views; 0 for structs */
    uint32_t length;
    uint32_t capacity;
    uint8_t *values;
    uint64_t *validity; /* NULL: no nulls yet */
    WeirColumnWriter *children;
    bool failed;
};

void weir_column_writer_init(WeirColumnWriter *writer, const WeirDataType *type, uint32_t capacity, WeirArena *arena);
/* Room for one more value; returns its place (fixed width and views), not null. */
void *weir_column_writer_slot(WeirColumnWriter *writer);
/* Room for `count` more values, not null; the first's place, NULL when there is no memory. */
void *weir_column_writer_slots(WeirColumnWriter *writer, uint32_t count);
void weir_column_writer_append_null(WeirColumnWriter *writer);
void weir_column_writer_append_int(
    WeirColumnWriter *writer, int64_t value); /* integers, booleans, dates, times, decimals <= 18 (and wider ones) */
void weir_column_writer_append_double(WeirColumnWriter *writer, double value);
void weir_column_writer_append_view(WeirColumnWriter *writer, WeirStringView view);
void weir_column_writer_append_bytes(WeirColumnWriter *writer, const void *data, size_t length); /* copied */
void weir_column_writer_append_row(WeirColumnWriter *writer, const WeirVector *vector, uint32_t row);
/* Rows start..start+count of a vector of any kind. */
void weir_column_writer_append_rows(WeirColumnWriter *writer, const WeirVector *vector, uint32_t start, uint32_t count);
/* Array and map: what was appended to the children since the last row is this row. Struct: each child was appended to
 * once. */
void weir_column_writer_end_list(WeirColumnWriter *writer);
void weir_column_writer_end_struct(WeirColumnWriter *writer);
WEIR_CHECKED WeirStatus weir_column_writer_finish(WeirColumnWriter *writer, WeirVector *out, WeirError *error);

/* Range of a list row: first entry and count; `*list` is the flat vector that holds it. The row must not be null. */
static inline uint32_t weir_list_range(const WeirVector *vector, uint32_t row, const WeirVector **list, uint32_t *first)
{
    uint32_t at = weir_vector_locate(vector, row, list);
    const uint32_t *offsets = (*list)->values;
    *first = offsets[at];
    return offsets[at + 1] - offsets[at];
}

#endif
