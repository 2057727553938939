/* Text of values: as Dataset.show prints them, as CAST(x AS STRING) gives them, as a SQL literal, and as to_json writes
 * them. Texts of single physical values without a vector around them: columnar/value_format.h. */
#ifndef WEIR_COLUMNAR_VALUE_TEXT_H
#define WEIR_COLUMNAR_VALUE_TEXT_H

#include "columnar/batch.h"

typedef struct WeirTimeZone WeirTimeZone; /* columnar/time_zone.h */

/* show(): NULL, {1, y}, [1, 2], {k -> 1}, [01 02] for binary. */
void weir_value_show(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);
/* CAST AS STRING: nested nulls as "null", binary as its bytes; the row must not be null. */
void weir_value_cast_text(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);
/* Spark's Literal.sql: 'a', 1L, 1Y, CAST('1.5' AS FLOAT), TIMESTAMP '…', NULL. */
void weir_value_sql(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);
/* The cast text of a value that is neither string nor binary nor nested: row of a flat or constant vector, not null.
 * `text` has room for WEIR_VALUE_TEXT_BYTES (columnar/value_format.h); returns the length. */
size_t weir_value_format_fixed(const WeirVector *flat, uint32_t row, const WeirTimeZone *zone, char *text);

/* A user's date or timestamp pattern (expr makes them); `value` is days or microseconds. */
typedef struct WeirValueFormatter WeirValueFormatter;
struct WeirValueFormatter {
    void (*format)(const WeirValueFormatter *self, int64_t value, WeirBuffer *out);
};

typedef struct WeirJsonWriteOptions {
    bool ignore_null_fields; /* Spark's default is true */
    bool escape_non_ascii;   /* writeNonAsciiCharacterAsCodePoint */
    bool pretty;             /* a line for each member, as Jackson's default printer writes them */
    bool sort_keys;          /* members of structs and maps by name */
    const WeirTimeZone *zone;
    const WeirValueFormatter *date_formatter; /* NULL: Spark's default patterns */
    const WeirValueFormatter *timestamp_formatter;
    const WeirValueFormatter *timestamp_ntz_formatter;
} WeirJsonWriteOptions;
/* A value of any type; null is "null". */
void weir_value_json(const WeirVector *vector, uint32_t row, const WeirJsonWriteOptions *options, WeirBuffer *out);
/* A row of columns as an object: to_json(struct(*)). */
void weir_row_json(const WeirSchema *schema, const WeirVector *columns, uint32_t row,
                   const WeirJsonWriteOptions *options, WeirBuffer *out);

/* Control characters as \n, \t, … as show() and printSchema() write them. */
void weir_append_escaped_control(const uint8_t *data, size_t length, WeirBuffer *out);
/* A table as Dataset.show prints it: `rows_max` < 0 = all; `truncate` 0 = none (then left-aligned), else the cell width
 * (20). Ends with an empty line, or with "only showing top N rows" where there were more. Batches are of one schema. */
void weir_show_table(const WeirSchema *schema, WeirBatch *const *batches, size_t batch_count, int64_t rows_max,
                     int truncate, const WeirTimeZone *zone, WeirBuffer *out);

#endif
