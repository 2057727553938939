/* Writing many UnsafeRows at once, column by column: the kind of a column is looked at once, not once per value, and
 * flat columns without nulls (most keys) get loops of their own. */
#include "columnar/unsafe_row_private.h"
#include "columnar/vector_private.h"

/* Rows that are being written: row k begins at data + starts[k] and so far ends at ends[k] from there. */
typedef struct RowWriter {
    const uint32_t *rows; /* NULL: 0, 1, … */
    uint32_t count;
    size_t null_bytes;
    uint8_t *data;
    uint64_t *starts;
    uint32_t *ends;
} RowWriter;

static inline uint32_t row_number(const RowWriter *writer, uint32_t k)
{
    return writer->rows == NULL ? k : writer->rows[k];
}

static inline bool is_flat_without_nulls(const WeirVector *vector)
{
    return vector->kind == WEIR_VECTOR_FLAT && vector->validity == NULL;
}

/* Adds the variable bytes of a column to those of each row. */
static void add_sizes(const RowWriter *writer, const WeirVector *vector, uint64_t *sizes)
{
    WeirPhysicalType physical = weir_type_physical(vector->type);
    if (weir_unsafe_is_fixed(physical))
        return;
    if (physical == WEIR_PHYSICAL_VIEW && is_flat_without_nulls(vector)) {
        const WeirStringView *views = vector->values;
        for (uint32_t k = 0; k < writer->count; k++)
            sizes[k] += weir_round_to_word(views[row_number(writer, k)].length);
        return;
    }
    for (uint32_t k = 0; k < writer->count; k++)
        sizes[k] += weir_unsafe_field_size(vector, row_number(writer, k));
}

#define WRITE_FIXED(Value)                                                                                             \
    for (uint32_t k = 0; k < writer->count; k++) {                                                                     \
        uint64_t word = ((const Value *)vector->values)[row_number(writer, k)];                                        \
        memcpy(slots + writer->starts[k], &word, sizeof(word));                                                        \
    }                                                                                                                  \
    return true

/* False: another kind of column. */
static bool write_simple_column(const RowWriter *writer, const WeirVector *vector, uint8_t *slots)
{
    if (!is_flat_without_nulls(vector))
        return false;
    switch (weir_type_physical(vector->type)) {
    case WEIR_PHYSICAL_BOOL:
    case WEIR_PHYSICAL_INT8:
        WRITE_FIXED(uint8_t);
    case WEIR_PHYSICAL_INT16:
        WRITE_FIXED(uint16_t);
    case WEIR_PHYSICAL_INT32:
    case WEIR_PHYSICAL_FLOAT:
        WRITE_FIXED(uint32_t);
    case WEIR_PHYSICAL_INT64:
    case WEIR_PHYSICAL_DOUBLE:
        WRITE_FIXED(uint64_t);
    case WEIR_PHYSICAL_VIEW:
        for (uint32_t k = 0; k < writer->count; k++) {
            const WeirStringView *view = &((const WeirStringView *)vector->values)[row_number(writer, k)];
            uint8_t *row = writer->data + writer->starts[k];
            uint64_t word = (uint64_t)writer->ends[k] << 32 | view->length;
            memcpy(slots + writer->starts[k], &word, sizeof(word));
            writer->ends[k] = (uint32_t)(weir_unsafe_put_view(row + writer->ends[k], view) - row);
        }
        return true;
    default:
        return false;
    }
}

static void write_column(const RowWriter *writer, const WeirVector *vector, uint32_t index)
{
    if (write_simple_column(writer, vector, writer->data + writer->null_bytes + (size_t)index * 8u))
        return;
    for (uint32_t k = 0; k < writer->count; k++) {
        uint8_t *row = writer->data + writer->starts[k];
        uint8_t *end =
            weir_unsafe_put_field(vector, row_number(writer, k), row, writer->null_bytes, index, row + writer->ends[k]);
        writer->ends[k] = (uint32_t)(end - row);
    }
}

WeirStatus weir_unsafe_row_encode_rows(const WeirVector *const *columns, uint32_t column_count, const uint32_t *rows,
                                       uint32_t count, WeirArena *arena, uint8_t **data, uint64_t **offsets,
                                       WeirError *error)
{
    RowWriter writer = {.rows = rows, .count = count, .null_bytes = weir_unsafe_row_null_bytes(column_count)};
    size_t fixed_bytes = writer.null_bytes + (size_t)column_count * 8u;
    void *memory;
    WEIR_TRY(weir_vector_allocate(arena, sizeof(uint64_t) * ((size_t)count + 1u), &memory, error));
    writer.starts = memory;
    WEIR_TRY(weir_vector_allocate(arena, sizeof(uint32_t) * (size_t)count, &memory, error));
    writer.ends = memory;
    writer.starts[0] = 0;
    for (uint32_t k = 0; k < count; k++) {
        writer.starts[k + 1] = fixed_bytes;
        writer.ends[k] = (uint32_t)fixed_bytes;
    }
    for (uint32_t i = 0; i < column_count; i++)
        add_sizes(&writer, columns[i], writer.starts + 1);
    for (uint32_t k = 0; k < count; k++)
        writer.starts[k + 1] += writer.starts[k];
    WEIR_TRY(weir_vector_allocate(arena, writer.starts[count], &memory, error));
    writer.data = memory;
    for (uint32_t k = 0; k < count; k++)
        memset(writer.data + writer.starts[k], 0, writer.null_bytes);
    for (uint32_t i = 0; i < column_count; i++)
        write_column(&writer, columns[i], i);
    *data = writer.data;
    *offsets = writer.starts;
    return WEIR_OK;
}
