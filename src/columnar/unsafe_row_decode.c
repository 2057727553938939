/* Reading UnsafeRow bytes that weir_unsafe_row_validate found good. Values of a column are found first (its cells),
 * whether they lie in rows or in arrays; then one loop per type turns cells into a vector. */
#include "columnar/unsafe_row_private.h"
#include "columnar/vector_private.h"

/* Where a value lies: its slot, and the start of the row or array that its offset counts from. */
typedef struct Cell {
    const uint8_t *slot; /* NULL = null */
    const uint8_t *base;
} Cell;

typedef struct Decoder {
    bool copy;
    WeirArena *arena;
    WeirError *error;
} Decoder;

static WeirStatus decode_cells(Decoder *decoder, const WeirDataType *type, const Cell *cells, uint32_t count,
                               WeirVector *vector);

static WeirStatus new_cells(Decoder *decoder, uint32_t count, Cell **cells)
{
    void *memory;
    WEIR_TRY(weir_vector_allocate(decoder->arena, sizeof(Cell) * (size_t)count, &memory, decoder->error));
    *cells = memory;
    return WEIR_OK;
}

static inline const uint8_t *referenced(const Cell *cell, uint32_t *size)
{
    uint64_t word;
    memcpy(&word, cell->slot, sizeof(word));
    *size = (uint32_t)word;
    return cell->base + (word >> 32);
}

/* Fields `index` of rows; a NULL row has only nulls. */
static void locate_field(const uint8_t *const *rows, uint32_t count, uint32_t field_count, uint32_t index, Cell *cells)
{
    size_t slot = weir_unsafe_row_null_bytes(field_count) + (size_t)index * 8u;
    for (uint32_t k = 0; k < count; k++) {
        bool is_null = rows[k] == NULL || weir_unsafe_row_is_null(rows[k], index);
        cells[k].slot = is_null ? NULL : rows[k] + slot;
        cells[k].base = rows[k];
    }
}

static WeirStatus decode_fields(Decoder *decoder, const WeirDataType *type, const uint8_t *const *rows, uint32_t count,
                                WeirVector *columns)
{
    Cell *cells;
    for (uint32_t i = 0; i < type->field_count; i++) {
        WEIR_TRY(new_cells(decoder, count, &cells));
        locate_field(rows, count, type->field_count, i, cells);
        WEIR_TRY(decode_cells(decoder, type->fields[i].type, cells, count, &columns[i]));
    }
    return WEIR_OK;
}

static void decode_validity(Decoder *decoder, const Cell *cells, uint32_t count, WeirVector *vector)
{
    for (uint32_t k = 0; k < count; k++) {
        if (cells[k].slot != NULL)
            continue;
        weir_vector_ensure_validity(vector, count, decoder->arena);
        weir_bit_clear(vector->validity, k);
    }
}

#define DECODE_FIXED(Value)                                                                                            \
    for (uint32_t k = 0; k < count; k++) {                                                                             \
        Value value = 0;                                                                                               \
        if (cells[k].slot != NULL)                                                                                     \
            memcpy(&value, cells[k].slot, sizeof(value));                                                              \
        ((Value *)vector->values)[k] = value;                                                                          \
    }                                                                                                                  \
    break

static WeirStatus decode_views(Decoder *decoder, const Cell *cells, uint32_t count, WeirVector *vector)
{
    WeirStringView *views = vector->values;
    size_t bytes = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t size = 0;
        const uint8_t *data = cells[k].slot == NULL ? NULL : referenced(&cells[k], &size);
        views[k] = weir_view_make(data, size);
        bytes += size > WEIR_VIEW_INLINE_BYTES ? size : 0;
    }
    if (!decoder->copy || bytes == 0)
        return WEIR_OK;
    void *memory;
    WEIR_TRY(weir_vector_allocate(decoder->arena, bytes, &memory, decoder->error));
    uint8_t *next = memory;
    for (uint32_t k = 0; k < count; k++) {
        if (views[k].length <= WEIR_VIEW_INLINE_BYTES)
            continue;
        memcpy(next, weir_view_data(&views[k]), views[k].length);
        memcpy(views[k].reference.data_address, &next, sizeof(next));
        next += views[k].length;
    }
    return WEIR_OK;
}

/* Big-endian two's complement of 1 to 16 bytes. */
static WeirInt128 read_decimal(const uint8_t *bytes, uint32_t size)
{
    unsigned __int128 value = (bytes[0] & 0x80) != 0 ? ~(unsigned __int128)0 : 0;
    for (uint32_t i = 0; i < size; i++)
        value = value << 8 | bytes[i];
    return (WeirInt128)value;
}

static void decode_wide(const Cell *cells, uint32_t count, WeirPhysicalType physical, WeirVector *vector)
{
    for (uint32_t k = 0; k < count; k++) {
        uint32_t size;
        uint8_t *to = (uint8_t *)vector->values + (size_t)k * 16u;
        if (cells[k].slot == NULL)
            memset(to, 0, 16);
        else if (physical == WEIR_PHYSICAL_INTERVAL)
            memcpy(to, referenced(&cells[k], &size), 16);
        else {
            const uint8_t *bytes = referenced(&cells[k], &size);
            weir_store_int128(to, 0, read_decimal(bytes, size));
        }
    }
}

static WeirStatus decode_struct(Decoder *decoder, const Cell *cells, uint32_t count, WeirVector *vector)
{
    void *memory;
    WEIR_TRY(weir_vector_allocate(decoder->arena, sizeof(uint8_t *) * (size_t)count, &memory, decoder->error));
    const uint8_t **rows = memory;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t size;
        rows[k] = cells[k].slot == NULL ? NULL : referenced(&cells[k], &size);
    }
    return decode_fields(decoder, vector->type, rows, count, vector->children);
}

static uint32_t array_count(const uint8_t *array)
{
    uint64_t count;
    memcpy(&count, array, sizeof(count));
    return (uint32_t)count;
}

/* The elements of all arrays, one after the other. `arrays[k]` NULL = no elements. */
static WeirStatus decode_elements(Decoder *decoder, const WeirDataType *type, const uint8_t *const *arrays,
                                  uint32_t count, uint32_t total, WeirVector *vector)
{
    Cell *cells;
    WEIR_TRY(new_cells(decoder, total, &cells));
    size_t width = weir_unsafe_element_width(weir_type_physical(type));
    uint32_t next = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t elements = arrays[k] == NULL ? 0 : array_count(arrays[k]);
        for (uint32_t i = 0; i < elements; i++, next++) {
            bool is_null = (arrays[k][8 + (i >> 3)] >> (i & 7) & 1) != 0;
            cells[next].slot = is_null ? NULL : arrays[k] + 8 + weir_bit_words_bytes(elements) + i * width;
            cells[next].base = arrays[k];
        }
    }
    return decode_cells(decoder, type, cells, total, vector);
}

static WeirStatus decode_list(Decoder *decoder, const Cell *cells, uint32_t count, WeirVector *vector)
{
    void *memory;
    WEIR_TRY(weir_vector_allocate(decoder->arena, sizeof(uint8_t *) * (size_t)count, &memory, decoder->error));
    const uint8_t **arrays = memory;
    uint32_t *offsets = vector->values;
    bool is_map = vector->type->id == WEIR_TYPE_MAP;
    uint64_t total = 0;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t size;
        arrays[k] = cells[k].slot == NULL ? NULL : referenced(&cells[k], &size) + (is_map ? 8 : 0);
        total += arrays[k] == NULL ? 0 : array_count(arrays[k]);
        if (total >= UINT32_MAX)
            return weir_error_format(decoder->error, WEIR_ERROR_INTERNAL_ERROR, "too many array elements in one batch");
        offsets[k + 1] = (uint32_t)total;
    }
    const WeirField *fields = vector->type->fields;
    WEIR_TRY(decode_elements(decoder, fields[0].type, arrays, count, (uint32_t)total, &vector->children[0]));
    if (!is_map)
        return WEIR_OK;
    for (uint32_t k = 0; k < count; k++) {
        uint64_t key_bytes;
        if (arrays[k] == NULL)
            continue;
        memcpy(&key_bytes, arrays[k] - 8, sizeof(key_bytes));
        arrays[k] += key_bytes;
    }
    return decode_elements(decoder, fields[1].type, arrays, count, (uint32_t)total, &vector->children[1]);
}

static WeirStatus decode_cells(Decoder *decoder, const WeirDataType *type, const Cell *cells, uint32_t count,
                               WeirVector *vector)
{
    WeirPhysicalType physical = weir_type_physical(type);
    WEIR_TRY(weir_vector_init(vector, type, count, decoder->arena, decoder->error));
    vector->length = count;
    decode_validity(decoder, cells, count, vector);
    switch (physical) {
    case WEIR_PHYSICAL_NONE:
        break;
    case WEIR_PHYSICAL_BOOL:
    case WEIR_PHYSICAL_INT8:
        DECODE_FIXED(uint8_t);
    case WEIR_PHYSICAL_INT16:
        DECODE_FIXED(uint16_t);
    case WEIR_PHYSICAL_INT32:
    case WEIR_PHYSICAL_FLOAT:
        DECODE_FIXED(uint32_t);
    case WEIR_PHYSICAL_INT64:
    case WEIR_PHYSICAL_DOUBLE:
        DECODE_FIXED(uint64_t);
    case WEIR_PHYSICAL_INT128:
    case WEIR_PHYSICAL_INTERVAL:
        decode_wide(cells, count, physical, vector);
        break;
    case WEIR_PHYSICAL_VIEW:
        return decode_views(decoder, cells, count, vector);
    case WEIR_PHYSICAL_STRUCT:
        return decode_struct(decoder, cells, count, vector);
    case WEIR_PHYSICAL_LIST:
        return decode_list(decoder, cells, count, vector);
    }
    return WEIR_OK;
}

WeirStatus weir_unsafe_row_decode(const WeirSchema *schema, const uint8_t *const *rows, const uint32_t *sizes,
                                  uint32_t count, bool copy, WeirVector *columns, WeirArena *arena, WeirError *error)
{
    (void)sizes; /* checked by weir_unsafe_row_validate */
    Decoder decoder = {copy, arena, error};
    return decode_fields(&decoder, schema, rows, count, columns);
}
