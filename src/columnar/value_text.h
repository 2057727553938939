/* Text of values: as Dataset.show prints them, as CAST(x AS STRING) gives them, as a SQL literal, and as to_json writes them. */
#ifndef WEIR_COLUMNAR_VALUE_TEXT_H
#define WEIR_COLUMNAR_VALUE_TEXT_H

#include "columnar/batch.h"

typedef struct WeirTimeZone WeirTimeZone; /* columnar/time_zone.h */

/* show(): NULL, {1, y}, [1, 2], {k -> 1}, [01 02] for binary. */
void weir_value_show(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);
/* CAST AS STRING: nested nulls as "null", binary as its bytes; the row must not be null. */
void weir_value_cast_text(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);
/* Spark's Literal.sql: 'a', 1L, CAST(1 AS TINYINT), TIMESTAMP '…', NULL. */
void weir_value_sql(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out);

/* A table as Dataset.show: `rows_max` < 0 = all; `truncate` 0 = none (then left-aligned), else the cell width (20). `more` = there were more
 * rows than shown ("only showing top N rows"). Batches are of one schema. */
void weir_show_table(const WeirSchema *schema, WeirBatch *const *batches, size_t batch_count, int64_t rows_max, int truncate,
                     const WeirTimeZone *zone, WeirBuffer *out);

#endif
