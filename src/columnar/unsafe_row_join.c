/* Rows put together and cut apart without decoding (Spark: GenerateUnsafeRowJoiner). Offsets of variable parts count
 * from the beginning of the row, so they move with the header. */
#include "columnar/unsafe_row_private.h"

typedef struct RowCopy {
    uint8_t *out;
    uint32_t column_count; /* of the new row */
    uint32_t next;         /* its field */
} RowCopy;

static void copy_fields(RowCopy *copy, const WeirSchema *schema, uint32_t first, const uint8_t *row, int64_t moved)
{
    for (uint32_t i = first; i < schema->field_count; i++, copy->next++) {
        int64_t slot = weir_unsafe_row_get_slot(row, schema->field_count, i);
        if (weir_unsafe_row_is_null(row, i))
            copy->out[copy->next >> 3] |= (uint8_t)(1u << (copy->next & 7u));
        if (slot != 0 && !weir_unsafe_is_fixed(weir_type_physical(schema->fields[i].type)))
            slot += moved * ((int64_t)1 << 32);
        memcpy(copy->out + weir_unsafe_row_null_bytes(copy->column_count) + (size_t)copy->next * 8u, &slot, 8);
    }
}

static uint32_t header_bytes(uint32_t column_count)
{
    return (uint32_t)weir_unsafe_row_null_bytes(column_count) + column_count * 8u;
}

uint32_t weir_unsafe_row_join(const WeirSchema *left, const uint8_t *left_row, uint32_t left_size,
                              const WeirSchema *right, const uint8_t *right_row, uint32_t right_size, uint8_t *out)
{
    RowCopy copy = {.out = out, .column_count = left->field_count + right->field_count};
    uint32_t header = header_bytes(copy.column_count), left_header = header_bytes(left->field_count);
    uint32_t right_header = header_bytes(right->field_count), left_rest = left_size - left_header;
    memset(out, 0, weir_unsafe_row_null_bytes(copy.column_count));
    copy_fields(&copy, left, 0, left_row, (int64_t)header - left_header);
    copy_fields(&copy, right, 0, right_row, (int64_t)header + left_rest - right_header);
    if (left_rest > 0)
        memcpy(out + header, left_row + left_header, left_rest);
    if (right_size > right_header)
        memcpy(out + header + left_rest, right_row + right_header, right_size - right_header);
    return header + left_rest + right_size - right_header;
}

uint32_t weir_unsafe_row_tail(const WeirSchema *schema, uint32_t first, const uint8_t *row, uint32_t size, uint8_t *out)
{
    RowCopy copy = {.out = out, .column_count = schema->field_count - first};
    uint32_t header = header_bytes(copy.column_count), old_header = header_bytes(schema->field_count);
    memset(out, 0, weir_unsafe_row_null_bytes(copy.column_count));
    copy_fields(&copy, schema, first, row, (int64_t)header - old_header);
    if (size > old_header)
        memcpy(out + header, row + old_header, size - old_header);
    return header + size - old_header;
}
