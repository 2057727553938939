/* Writing UnsafeRow bytes. A row and an array are both: null bits, slots, then variable parts in order, each padded
 * with zeros to 8 bytes; a slot of a variable value holds offset << 32 | size. Two values keep their place when they
 * are null, since Spark wants to overwrite them in place: wide decimals and calendar intervals in a row (not in an
 * array). */
#include "columnar/unsafe_row_private.h"
#include "columnar/vector_private.h"

static size_t list_size(const WeirVector *flat, uint32_t row);
static uint8_t *encode_list(const WeirVector *flat, uint32_t row, uint8_t *out);

static inline uint32_t view_length(const WeirVector *flat, uint32_t row)
{
    return ((const WeirStringView *)flat->values)[row].length;
}

static size_t struct_size(const WeirVector *children, uint32_t count, uint32_t row);

/* Bytes in the variable part of a value that is not null, in a row. */
static size_t variable_size(const WeirVector *flat, WeirPhysicalType physical, uint32_t row)
{
    switch (physical) {
    case WEIR_PHYSICAL_VIEW:
        return weir_round_to_word(view_length(flat, row));
    case WEIR_PHYSICAL_INT128:
    case WEIR_PHYSICAL_INTERVAL:
        return 16;
    case WEIR_PHYSICAL_STRUCT:
        return struct_size(flat->children, flat->type->field_count, row);
    case WEIR_PHYSICAL_LIST:
        return list_size(flat, row);
    default:
        return 0;
    }
}

size_t weir_unsafe_field_size(const WeirVector *vector, uint32_t row)
{
    WeirPhysicalType physical = weir_type_physical(vector->type);
    if (weir_unsafe_is_fixed(physical))
        return 0;
    if (physical == WEIR_PHYSICAL_INT128 || physical == WEIR_PHYSICAL_INTERVAL)
        return 16;
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    return weir_flat_is_null(flat, at) ? 0 : variable_size(flat, physical, at);
}

static size_t struct_size(const WeirVector *children, uint32_t count, uint32_t row)
{
    size_t bytes = weir_unsafe_row_null_bytes(count) + (size_t)count * 8u;
    for (uint32_t i = 0; i < count; i++)
        bytes += weir_unsafe_field_size(&children[i], row);
    return bytes;
}

size_t weir_unsafe_row_size(const WeirVector *const *columns, uint32_t column_count, uint32_t row)
{
    size_t bytes = weir_unsafe_row_null_bytes(column_count) + (size_t)column_count * 8u;
    for (uint32_t i = 0; i < column_count; i++)
        bytes += weir_unsafe_field_size(columns[i], row);
    return bytes;
}

size_t weir_unsafe_row_fixed_size(const WeirSchema *schema)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        if (!weir_unsafe_is_fixed(weir_type_physical(schema->fields[i].type)))
            return 0;
    }
    return weir_unsafe_row_null_bytes(schema->field_count) + (size_t)schema->field_count * 8u;
}

static uint8_t *encode_struct(const WeirVector *children, uint32_t count, uint32_t row, uint8_t *out);

/* Write a variable value that is not null at `cursor`; `*size` is what its slot says; returns the next place. */
static inline uint8_t *put_variable(const WeirVector *flat, WeirPhysicalType physical, uint32_t row, uint8_t *cursor,
                                    uint32_t *size)
{
    switch (physical) {
    case WEIR_PHYSICAL_VIEW:
        *size = view_length(flat, row);
        return weir_unsafe_put_view(cursor, &((const WeirStringView *)flat->values)[row]);
    case WEIR_PHYSICAL_INT128: {
        memset(cursor, 0, 16);
        uint8_t bytes[16];
        *size = weir_int128_to_bytes(weir_load_int128(flat->values, row), bytes);
        memcpy(cursor, bytes, *size);
        return cursor + 16;
    }
    case WEIR_PHYSICAL_INTERVAL:
        memcpy(cursor, &((const WeirCalendarInterval *)flat->values)[row], 16);
        *size = 16;
        return cursor + 16;
    default: {
        uint8_t *end = physical == WEIR_PHYSICAL_STRUCT
                           ? encode_struct(flat->children, flat->type->field_count, row, cursor)
                           : encode_list(flat, row, cursor);
        *size = (uint32_t)(end - cursor);
        return end;
    }
    }
}

/* The slot's word of a fixed-width value that is not null: the value in its own width, the rest zero. */
static inline uint64_t fixed_word(const WeirVector *flat, WeirPhysicalType physical, uint32_t row)
{
    switch (physical) {
    case WEIR_PHYSICAL_BOOL:
    case WEIR_PHYSICAL_INT8:
        return ((const uint8_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT16:
        return ((const uint16_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT32:
    case WEIR_PHYSICAL_FLOAT:
        return ((const uint32_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT64:
    case WEIR_PHYSICAL_DOUBLE:
        return ((const uint64_t *)flat->values)[row];
    default:
        return 0;
    }
}

/* Field `index` of the row that starts at `out`; its null bits must be zero before. Returns the new end of the row. */
static inline uint8_t *put_field(const WeirVector *vector, uint32_t row, uint8_t *out, size_t null_bytes,
                                 uint32_t index, uint8_t *cursor)
{
    WeirPhysicalType physical = weir_type_physical(vector->type);
    uint8_t *slot = out + null_bytes + (size_t)index * 8u;
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (__builtin_expect(weir_flat_is_null(flat, at), 0)) {
        out[index >> 3] |= (uint8_t)(1u << (index & 7u));
        if (physical != WEIR_PHYSICAL_INT128 && physical != WEIR_PHYSICAL_INTERVAL) {
            weir_put_word(slot, 0);
            return cursor;
        }
        weir_put_word(slot, (uint64_t)(cursor - out) << 32 | (physical == WEIR_PHYSICAL_INTERVAL ? 16u : 0u));
        memset(cursor, 0, 16);
        return cursor + 16;
    }
    if (weir_unsafe_is_fixed(physical)) {
        weir_put_word(slot, fixed_word(flat, physical, at));
        return cursor;
    }
    uint32_t size;
    uint8_t *end = put_variable(flat, physical, at, cursor, &size);
    weir_put_word(slot, (uint64_t)(cursor - out) << 32 | size);
    return end;
}

uint8_t *weir_unsafe_put_field(const WeirVector *vector, uint32_t row, uint8_t *out, size_t null_bytes, uint32_t index,
                               uint8_t *cursor)
{
    return put_field(vector, row, out, null_bytes, index, cursor);
}

static uint8_t *encode_struct(const WeirVector *children, uint32_t count, uint32_t row, uint8_t *out)
{
    size_t null_bytes = weir_unsafe_row_null_bytes(count);
    memset(out, 0, null_bytes);
    uint8_t *cursor = out + null_bytes + (size_t)count * 8u;
    for (uint32_t i = 0; i < count; i++)
        cursor = put_field(&children[i], row, out, null_bytes, i, cursor);
    return cursor;
}

void weir_unsafe_row_encode(const WeirVector *const *columns, uint32_t column_count, uint32_t row, uint8_t *out)
{
    size_t null_bytes = weir_unsafe_row_null_bytes(column_count);
    memset(out, 0, null_bytes);
    uint8_t *cursor = out + null_bytes + (size_t)column_count * 8u;
    for (uint32_t i = 0; i < column_count; i++)
        cursor = put_field(columns[i], row, out, null_bytes, i, cursor);
}

/* In an array a wide decimal takes only the words that it needs, and a null nothing. */
static size_t element_variable_size(const WeirVector *elements, WeirPhysicalType physical, uint32_t index)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(elements, index, &flat);
    if (weir_flat_is_null(flat, at))
        return 0;
    if (physical != WEIR_PHYSICAL_INT128)
        return variable_size(flat, physical, at);
    uint8_t bytes[16];
    return weir_round_to_word(weir_int128_to_bytes(weir_load_int128(flat->values, at), bytes));
}

static size_t array_size(const WeirVector *elements, uint32_t start, uint32_t end)
{
    WeirPhysicalType physical = weir_type_physical(elements->type);
    size_t count = end - start;
    size_t bytes = 8u + weir_bit_words_bytes(count) + weir_round_to_word(count * weir_unsafe_element_width(physical));
    if (!weir_unsafe_is_fixed(physical)) {
        for (uint32_t i = start; i < end; i++)
            bytes += element_variable_size(elements, physical, i);
    }
    return bytes;
}

static size_t list_size(const WeirVector *flat, uint32_t row)
{
    const uint32_t *offsets = flat->values;
    size_t bytes = flat->type->id == WEIR_TYPE_MAP ? 8 : 0;
    for (uint32_t i = 0; i < flat->type->field_count; i++)
        bytes += array_size(&flat->children[i], offsets[row], offsets[row + 1]);
    return bytes;
}

static uint8_t *encode_array(const WeirVector *elements, uint32_t start, uint32_t end, uint8_t *out)
{
    WeirPhysicalType physical = weir_type_physical(elements->type);
    size_t count = end - start, width = weir_unsafe_element_width(physical);
    uint8_t *slots = out + 8u + weir_bit_words_bytes(count);
    uint8_t *cursor = slots + weir_round_to_word(count * width);
    memset(out, 0, (size_t)(cursor - out));
    weir_put_word(out, count);
    for (uint32_t i = 0; i < end - start; i++) {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(elements, start + i, &flat);
        if (weir_flat_is_null(flat, at)) {
            out[8 + (i >> 3)] |= (uint8_t)(1u << (i & 7u));
        } else if (weir_unsafe_is_fixed(physical)) {
            uint64_t word = fixed_word(flat, physical, at);
            memcpy(slots + i * width, &word, width);
        } else {
            uint8_t bytes[16];
            uint32_t size;
            uint8_t *next;
            if (physical == WEIR_PHYSICAL_INT128) {
                size = weir_int128_to_bytes(weir_load_int128(flat->values, at), bytes);
                next = weir_unsafe_put_bytes(cursor, bytes, size);
            } else {
                next = put_variable(flat, physical, at, cursor, &size);
            }
            weir_put_word(slots + i * width, (uint64_t)(cursor - out) << 32 | size);
            cursor = next;
        }
    }
    return cursor;
}

/* Arrays as they are; a map is the byte size of its key array, then the keys, then the values. */
static uint8_t *encode_list(const WeirVector *flat, uint32_t row, uint8_t *out)
{
    const uint32_t *offsets = flat->values;
    if (flat->type->id != WEIR_TYPE_MAP)
        return encode_array(&flat->children[0], offsets[row], offsets[row + 1], out);
    uint8_t *end = encode_array(&flat->children[0], offsets[row], offsets[row + 1], out + 8);
    weir_put_word(out, (uint64_t)(end - (out + 8)));
    return encode_array(&flat->children[1], offsets[row], offsets[row + 1], end);
}
