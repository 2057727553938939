/* Spark's UnsafeRow bytes: what state files hold and what the state table keeps in memory. Layout: [null words][8-byte
 * slots][variable part], little-endian inside; see streaming semantics §3.1 and the vectors in unsafe_row_test.c. */
#ifndef WEIR_COLUMNAR_UNSAFE_ROW_H
#define WEIR_COLUMNAR_UNSAFE_ROW_H

#include "columnar/batch.h"

/* Encoded size of one row of `columns` (struct-like list of vectors). */
size_t weir_unsafe_row_size(const WeirVector *const *columns, uint32_t column_count, uint32_t row);
/* Encode into `out` (exactly weir_unsafe_row_size bytes, 8-byte aligned length). */
void weir_unsafe_row_encode(const WeirVector *const *columns, uint32_t column_count, uint32_t row, uint8_t *out);
/* Many rows (`rows` NULL: 0..count) one after the other, column by column: faster than row by row. Row k is
 * (*data)[(*offsets)[k] .. (*offsets)[k + 1]). Both are allocated in `arena`. */
WEIR_CHECKED WeirStatus weir_unsafe_row_encode_rows(const WeirVector *const *columns, uint32_t column_count,
                                                    const uint32_t *rows, uint32_t count, WeirArena *arena,
                                                    uint8_t **data, uint64_t **offsets, WeirError *error);
/* Bytes of a row whose columns are all fixed width: 8 * (ceil(n/64) + n); 0 if some column is variable. */
size_t weir_unsafe_row_fixed_size(const WeirSchema *schema);

/* The fields of two rows as one row, in `out` of left_size + right_size bytes at least; and the fields from `first` on
 * as a row, in `out` of `size` bytes (what the others pointed to stays in it unused). Each gives the size. The rows are
 * valid. */
uint32_t weir_unsafe_row_join(const WeirSchema *left, const uint8_t *left_row, uint32_t left_size,
                              const WeirSchema *right, const uint8_t *right_row, uint32_t right_size, uint8_t *out);
uint32_t weir_unsafe_row_tail(const WeirSchema *schema, uint32_t first, const uint8_t *row, uint32_t size,
                              uint8_t *out);

static inline size_t weir_unsafe_row_null_bytes(uint32_t column_count)
{
    return ((size_t)column_count + 63u) / 64u * 8u;
}
static inline bool weir_unsafe_row_is_null(const uint8_t *row, uint32_t index)
{
    return ((uint32_t)row[index >> 3] >> (index & 7u)) & 1u;
}
static inline int64_t weir_unsafe_row_get_slot(const uint8_t *row, uint32_t column_count, uint32_t index)
{
    int64_t slot;
    memcpy(&slot, row + weir_unsafe_row_null_bytes(column_count) + (size_t)index * 8u, 8);
    return slot;
}

/* Check foreign bytes against a schema before decoding: offsets and sizes in bounds, null bits, nesting. False =
 * damaged. */
bool weir_unsafe_row_validate(const WeirSchema *schema, const uint8_t *row, size_t size);
/* Decode rows (pointers to valid rows) into flat vectors, one per field, in `arena`; strings point INTO the rows unless
 * `copy`. */
WEIR_CHECKED WeirStatus weir_unsafe_row_decode(const WeirSchema *schema, const uint8_t *const *rows,
                                               const uint32_t *sizes, uint32_t count, bool copy, WeirVector *columns,
                                               WeirArena *arena, WeirError *error);

#endif
