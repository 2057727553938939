/* Arrow arrays as batches. What has weir's layout is used where it lies, and the batch releases the array when it dies;
 * strings become views into the array's bytes, booleans bytes, other units and offset widths are converted. Bitmaps are
 * always copied, since Arrow's may start within a byte and end without padding. */
#include "columnar/arrow.h"
#include "columnar/civil_calendar.h"
#include "columnar/vector_private.h"

/* An array, the rows of it that are meant, and its format ("" = the one that weir exports). */
typedef struct Source {
    const struct ArrowArray *array;
    const struct ArrowSchema *schema; /* may be NULL */
    const char *format;
    int64_t start; /* first row in the buffers */
    uint32_t length;
} Source;

typedef struct Importer {
    WeirArena *arena;
    WeirError *error;
} Importer;

static WeirStatus import_vector(Importer *importer, const WeirDataType *type, const Source *source, WeirVector *out);

static WeirStatus malformed(Importer *importer, const char *what)
{
    return weir_error_format(importer->error, WEIR_ERROR_INTERNAL_ERROR, "malformed Arrow array: %s", what);
}

static WeirStatus allocate(Importer *importer, size_t count, size_t width, void *target)
{
    void *memory;
    WEIR_TRY(weir_vector_allocate(importer->arena, count * width, &memory, importer->error));
    memcpy(target, &memory, sizeof(memory));
    return WEIR_OK;
}

static inline bool arrow_bit(const uint8_t *bits, int64_t index)
{
    return bits[index >> 3] >> (index & 7) & 1;
}

static Source child_source(const Source *source, int64_t index, int64_t start, uint32_t length)
{
    const struct ArrowArray *array = source->array->children[index];
    const struct ArrowSchema *schema = source->schema == NULL ? NULL : source->schema->children[index];
    return (Source){array, schema, schema == NULL ? "" : schema->format, array->offset + start, length};
}

static WeirStatus import_validity(Importer *importer, const Source *source, WeirVector *out)
{
    const uint8_t *bits = source->array->n_buffers > 0 ? source->array->buffers[0] : NULL;
    if (bits == NULL || source->array->null_count == 0 || source->length == 0)
        return WEIR_OK;
    size_t words = weir_bit_words(source->length);
    WEIR_TRY(allocate(importer, words, 8, &out->validity));
    memset(out->validity, 0, words * 8u);
    if (source->start % 8 == 0) {
        memcpy(out->validity, bits + source->start / 8, (source->length + 7u) / 8u);
        return WEIR_OK;
    }
    for (uint32_t row = 0; row < source->length; row++)
        out->validity[row >> 6] |= (uint64_t)arrow_bit(bits, source->start + row) << (row & 63u);
    return WEIR_OK;
}

/* Values that lie as weir wants them, unless they are badly aligned. */
static WeirStatus import_fixed(Importer *importer, const Source *source, size_t width, WeirVector *out)
{
    const uint8_t *values = (const uint8_t *)source->array->buffers[1] + source->start * (int64_t)width;
    size_t alignment = width > 8 ? 16 : width;
    if ((uintptr_t)values % alignment == 0) {
        out->values = (void *)(uintptr_t)values;
        return WEIR_OK;
    }
    WEIR_TRY(allocate(importer, source->length, width, &out->values));
    memcpy(out->values, values, source->length * width);
    return WEIR_OK;
}

static WeirStatus import_booleans(Importer *importer, const Source *source, WeirVector *out)
{
    uint8_t *values;
    WEIR_TRY(allocate(importer, source->length, 1, &values));
    for (uint32_t row = 0; row < source->length; row++)
        values[row] = arrow_bit(source->array->buffers[1], source->start + row);
    out->values = values;
    return WEIR_OK;
}

static inline int64_t read_offset(const void *offsets, bool is_large, int64_t index)
{
    if (is_large) {
        int64_t offset;
        memcpy(&offset, (const uint8_t *)offsets + index * 8, sizeof(offset));
        return offset;
    }
    int32_t offset;
    memcpy(&offset, (const uint8_t *)offsets + index * 4, sizeof(offset));
    return offset;
}

static WeirStatus import_strings(Importer *importer, const Source *source, WeirVector *out)
{
    const void *offsets = source->array->buffers[1];
    const uint8_t *data = source->array->buffers[2];
    bool is_large = source->format[0] == 'U' || source->format[0] == 'Z';
    WeirStringView *views;
    WEIR_TRY(allocate(importer, source->length, sizeof(WeirStringView), &views));
    out->values = views;
    for (uint32_t row = 0; row < source->length; row++) {
        int64_t begin = read_offset(offsets, is_large, source->start + row);
        int64_t end = read_offset(offsets, is_large, source->start + row + 1);
        if (begin < 0 || end < begin || end - begin > INT32_MAX)
            return malformed(importer, "string offsets");
        views[row] = weir_view_make(end == begin ? NULL : data + begin, (uint32_t)(end - begin));
    }
    return WEIR_OK;
}

/* Arrow's views are ours, but hold the number of a buffer and an offset in place of the address. */
static WeirStatus import_view_strings(Importer *importer, const Source *source, WeirVector *out)
{
    const uint8_t *from = (const uint8_t *)source->array->buffers[1] + source->start * 16;
    int64_t buffer_count = source->array->n_buffers - 3; /* without validity, views and the list of lengths */
    WeirStringView *views;
    WEIR_TRY(allocate(importer, source->length, sizeof(WeirStringView), &views));
    out->values = views;
    for (uint32_t row = 0; row < source->length; row++, from += 16) {
        int32_t parts[4]; /* length, prefix, buffer, offset */
        memcpy(parts, from, sizeof(parts));
        if (out->validity != NULL && !weir_bit_get(out->validity, row)) {
            memset(&views[row], 0, sizeof(views[row]));
        } else if (parts[0] >= 0 && parts[0] <= (int32_t)WEIR_VIEW_INLINE_BYTES) {
            views[row] = weir_view_make(from + 4, (uint32_t)parts[0]);
        } else {
            if (parts[0] < 0 || parts[2] < 0 || parts[2] >= buffer_count || parts[3] < 0)
                return malformed(importer, "string views");
            views[row] =
                weir_view_make((const uint8_t *)source->array->buffers[2 + parts[2]] + parts[3], (uint32_t)parts[0]);
        }
    }
    return WEIR_OK;
}

static WeirStatus import_decimals(Importer *importer, const Source *source, WeirVector *out)
{
    int64_t *values;
    WEIR_TRY(allocate(importer, source->length, sizeof(int64_t), &values));
    const uint8_t *from = (const uint8_t *)source->array->buffers[1] + source->start * 16;
    for (uint32_t row = 0; row < source->length; row++)
        values[row] = (int64_t)weir_load_int128(from, row);
    out->values = values;
    return WEIR_OK;
}

static WeirStatus import_intervals(Importer *importer, const Source *source, WeirVector *out)
{
    WeirCalendarInterval *values;
    WEIR_TRY(allocate(importer, source->length, sizeof(*values), &values));
    memcpy(values, (const uint8_t *)source->array->buffers[1] + source->start * 16, source->length * sizeof(*values));
    for (uint32_t row = 0; row < source->length; row++)
        values[row].microseconds = weir_floor_divide(values[row].microseconds, 1000);
    out->values = values;
    return WEIR_OK;
}

/* Timestamps and durations of another unit to microseconds, dates in milliseconds to days. */
static WeirStatus import_scaled(Importer *importer, const WeirDataType *type, const Source *source, char unit,
                                WeirVector *out)
{
    const uint8_t *from = (const uint8_t *)source->array->buffers[1] + source->start * 8;
    bool is_date = type->id == WEIR_TYPE_DATE;
    WEIR_TRY(allocate(importer, source->length, is_date ? 4 : 8, &out->values));
    for (uint32_t row = 0; row < source->length; row++) {
        int64_t value;
        memcpy(&value, from + (size_t)row * 8u, sizeof(value));
        bool is_null = out->validity != NULL && !weir_bit_get(out->validity, row);
        if (is_date)
            ((int32_t *)out->values)[row] = (int32_t)weir_floor_divide(value, 86400000);
        else if (unit == 'n')
            ((int64_t *)out->values)[row] = weir_floor_divide(value, 1000);
        else if (__builtin_mul_overflow(value, unit == 's' ? 1000000 : 1000, &((int64_t *)out->values)[row]) &&
                 !is_null)
            return malformed(importer, "a time out of range");
    }
    return WEIR_OK;
}

static WeirStatus import_list(Importer *importer, const WeirDataType *type, const Source *source, WeirVector *out)
{
    bool is_large = strcmp(source->format, "+L") == 0, is_map = type->id == WEIR_TYPE_MAP;
    if (source->array->n_children != 1)
        return malformed(importer, "a list without elements");
    uint32_t *offsets;
    int64_t previous = 0;
    WEIR_TRY(allocate(importer, (size_t)source->length + 1u, sizeof(uint32_t), &offsets));
    offsets[0] = 0;
    for (int64_t row = 0; row <= source->length && source->array->length > 0; row++) {
        int64_t offset = read_offset(source->array->buffers[1], is_large, source->start + row);
        if (offset < previous || offset > INT32_MAX || offset > source->array->children[0]->length)
            return malformed(importer, "list offsets");
        offsets[row] = (uint32_t)offset;
        previous = offset;
    }
    out->values = offsets;
    Source entries = child_source(source, 0, 0, (uint32_t)previous);
    out->children = WEIR_ARENA_ARRAY(importer->arena, WeirVector, type->field_count);
    if (!is_map)
        return import_vector(importer, type->fields[0].type, &entries, &out->children[0]);
    if (entries.array->n_children != 2)
        return malformed(importer, "a map without keys and values");
    for (int i = 0; i < 2; i++) {
        Source part = child_source(&entries, i, entries.start, entries.length);
        WEIR_TRY(import_vector(importer, type->fields[i].type, &part, &out->children[i]));
    }
    return WEIR_OK;
}

static WeirStatus import_children(Importer *importer, const WeirDataType *type, const Source *source,
                                  WeirVector *children)
{
    if (source->array->n_children != (int64_t)type->field_count)
        return malformed(importer, "the number of columns");
    for (uint32_t i = 0; i < type->field_count; i++) {
        Source child = child_source(source, i, source->start, source->length);
        if (child.start + child.length > child.array->offset + child.array->length)
            return malformed(importer, "columns of different lengths");
        WEIR_TRY(import_vector(importer, type->fields[i].type, &child, &children[i]));
    }
    return WEIR_OK;
}

static int64_t read_index(const void *indices, char format, int64_t row)
{
    switch (format) {
    case 'c':
        return ((const int8_t *)indices)[row];
    case 'C':
        return ((const uint8_t *)indices)[row];
    case 's':
        return ((const int16_t *)indices)[row];
    case 'S':
        return ((const uint16_t *)indices)[row];
    case 'i':
        return ((const int32_t *)indices)[row];
    case 'I':
        return ((const uint32_t *)indices)[row];
    default:
        return ((const int64_t *)indices)[row];
    }
}

static WeirStatus import_dictionary(Importer *importer, const WeirDataType *type, const Source *source, WeirVector *out)
{
    const struct ArrowArray *values = source->array->dictionary;
    const struct ArrowSchema *schema = source->schema->dictionary;
    Source dictionary = {values, schema, schema->format, values->offset, (uint32_t)values->length};
    uint32_t *indices;
    WeirVector nulls = {0};
    WEIR_TRY(import_validity(importer, source, &nulls));
    WEIR_TRY(allocate(importer, source->length, sizeof(uint32_t), &indices));
    for (uint32_t row = 0; row < source->length; row++) {
        bool is_null = nulls.validity != NULL && !weir_bit_get(nulls.validity, row);
        int64_t index = is_null ? 0 : read_index(source->array->buffers[1], source->format[0], source->start + row);
        if (!is_null && (index < 0 || index >= values->length))
            return malformed(importer, "dictionary indices");
        indices[row] = is_null ? WEIR_NULL_INDEX : (uint32_t)index;
    }
    WeirVector *vector = WEIR_ARENA_NEW(importer->arena, WeirVector);
    WEIR_TRY(import_vector(importer, type, &dictionary, vector));
    weir_vector_wrap_dictionary(vector, indices, source->length, out);
    return WEIR_OK;
}

/* The unit of a time format, 'u' where weir's own layout is meant. */
static char time_unit(const Source *source, const WeirDataType *type)
{
    bool is_time = type->id == WEIR_TYPE_TIMESTAMP || type->id == WEIR_TYPE_TIMESTAMP_NTZ ||
                   type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_DATE;
    if (!is_time || source->format[0] != 't' || strcmp(source->format, "tdD") == 0)
        return 'u';
    return source->format[2];
}

static WeirStatus import_vector(Importer *importer, const WeirDataType *type, const Source *source, WeirVector *out)
{
    static const uint8_t buffer_counts[] = {
        [WEIR_PHYSICAL_NONE] = 0,   [WEIR_PHYSICAL_BOOL] = 2,  [WEIR_PHYSICAL_INT8] = 2,     [WEIR_PHYSICAL_INT16] = 2,
        [WEIR_PHYSICAL_INT32] = 2,  [WEIR_PHYSICAL_INT64] = 2, [WEIR_PHYSICAL_FLOAT] = 2,    [WEIR_PHYSICAL_DOUBLE] = 2,
        [WEIR_PHYSICAL_INT128] = 2, [WEIR_PHYSICAL_VIEW] = 3,  [WEIR_PHYSICAL_INTERVAL] = 2, [WEIR_PHYSICAL_LIST] = 2,
        [WEIR_PHYSICAL_STRUCT] = 1};
    WeirPhysicalType physical = weir_type_physical(type);
    memset(out, 0, sizeof(*out));
    out->type = type;
    out->length = source->length;
    if (source->array->dictionary != NULL && source->schema != NULL)
        return import_dictionary(importer, type, source, out);
    if (source->array->n_buffers < buffer_counts[physical])
        return malformed(importer, "the number of buffers");
    if (physical == WEIR_PHYSICAL_NONE)
        return WEIR_OK;
    WEIR_TRY(import_validity(importer, source, out));
    if (physical != WEIR_PHYSICAL_LIST && physical != WEIR_PHYSICAL_STRUCT && source->length == 0)
        return allocate(importer, 1, weir_physical_size(physical), &out->values);
    char unit = time_unit(source, type);
    if (unit != 'u')
        return import_scaled(importer, type, source, unit, out);
    switch (physical) {
    case WEIR_PHYSICAL_BOOL:
        return import_booleans(importer, source, out);
    case WEIR_PHYSICAL_VIEW:
        return source->format[0] == 'v' ? import_view_strings(importer, source, out)
                                        : import_strings(importer, source, out);
    case WEIR_PHYSICAL_INTERVAL:
        return import_intervals(importer, source, out);
    case WEIR_PHYSICAL_LIST:
        return import_list(importer, type, source, out);
    case WEIR_PHYSICAL_STRUCT:
        out->children = WEIR_ARENA_ARRAY(importer->arena, WeirVector, type->field_count);
        return import_children(importer, type, source, out->children);
    default:
        if (type->id == WEIR_TYPE_DECIMAL && physical == WEIR_PHYSICAL_INT64)
            return import_decimals(importer, source, out);
        return import_fixed(importer, source, weir_physical_size(physical), out);
    }
}

static void release_array(void *object)
{
    struct ArrowArray *array = object;
    array->release(array);
    weir_free(array);
}

WeirStatus weir_arrow_import_batch_as(const struct ArrowSchema *format, const WeirSchema *schema,
                                      struct ArrowArray *array, WeirMemoryTracker *tracker, WeirBatch **out,
                                      WeirError *error)
{
    WeirBatch *batch = weir_batch_new(schema->field_count, tracker);
    struct ArrowArray *owned = weir_malloc(sizeof(*owned));
    *owned = *array;
    array->release = NULL; /* moved */
    weir_batch_keep_object(batch, owned, release_array);
    Importer importer = {&batch->arena, error};
    WeirStatus status;
    if (owned->length < 0 || owned->length >= UINT32_MAX || owned->offset < 0) {
        status = malformed(&importer, "its length");
    } else {
        Source source = {owned, format, format == NULL ? "" : format->format, owned->offset, (uint32_t)owned->length};
        batch->row_count = source.length;
        batch->selected_count = source.length;
        status = import_children(&importer, schema, &source, batch->columns);
    }
    if (status == WEIR_OK)
        status = weir_arena_check(&batch->arena, error);
    if (status == WEIR_OK)
        *out = batch;
    else
        weir_batch_release(batch);
    return status;
}

WeirStatus weir_arrow_import_batch(const WeirSchema *schema, struct ArrowArray *array, WeirMemoryTracker *tracker,
                                   WeirBatch **out, WeirError *error)
{
    return weir_arrow_import_batch_as(NULL, schema, array, tracker, out, error);
}
