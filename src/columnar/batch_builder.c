/* Row-wise building of batches. A column grows by doubling inside its batch's arena; the capacity that the last batch
 * needed is what the next one starts with, so that a steady stream of equal batches never copies. Appends cannot fail:
 * a refusal of the tracker is reported by weir_batch_builder_finish. */
#include "columnar/batch.h"
#include "columnar/vector_private.h"

#define CAPACITY_FIRST 64u

struct WeirVectorBuilder {
    const WeirDataType *type;
    WeirPhysicalType physical;
    size_t width; /* bytes of a value (list: of an offset) */
    uint32_t length;
    uint32_t capacity;
    uint32_t capacity_hint;
    uint8_t *values;
    uint64_t *validity; /* NULL until the first null */
    WeirArena *arena;   /* of the batch being built */
    uint32_t child_count;
    WeirVectorBuilder *children;
};

static void builder_init(WeirVectorBuilder *builder, const WeirDataType *type)
{
    memset(builder, 0, sizeof(*builder));
    builder->type = type;
    builder->physical = weir_type_physical(type);
    builder->width = weir_physical_size(builder->physical);
    builder->capacity_hint = CAPACITY_FIRST;
    builder->child_count = type->field_count;
    if (type->field_count == 0)
        return;
    builder->children = weir_calloc(type->field_count, sizeof(WeirVectorBuilder));
    for (uint32_t i = 0; i < type->field_count; i++)
        builder_init(&builder->children[i], type->fields[i].type);
}

static void builder_deinit(WeirVectorBuilder *builder)
{
    for (uint32_t i = 0; i < builder->child_count; i++)
        builder_deinit(&builder->children[i]);
    weir_free(builder->children);
}

static void builder_start(WeirVectorBuilder *builder, WeirArena *arena)
{
    if (builder->length > builder->capacity_hint)
        builder->capacity_hint = builder->length;
    builder->arena = arena;
    builder->length = 0;
    builder->capacity = 0;
    builder->values = NULL;
    builder->validity = NULL;
    for (uint32_t i = 0; i < builder->child_count; i++)
        builder_start(&builder->children[i], arena);
}

static void grow(WeirVectorBuilder *builder)
{
    WEIR_ASSERT(builder->capacity < UINT32_MAX / 2);
    uint32_t capacity = builder->capacity == 0 ? builder->capacity_hint : builder->capacity * 2;
    if (builder->width > 0) {
        bool is_list = builder->physical == WEIR_PHYSICAL_LIST;
        uint8_t *values = weir_arena_alloc(builder->arena, ((size_t)capacity + is_list) * builder->width);
        if (builder->values != NULL)
            memcpy(values, builder->values, ((size_t)builder->length + is_list) * builder->width);
        else if (is_list)
            memset(values, 0, sizeof(uint32_t));
        builder->values = values;
    }
    if (builder->validity != NULL) {
        size_t words = weir_bit_words(capacity);
        uint64_t *validity = weir_arena_alloc(builder->arena, words * sizeof(uint64_t));
        memset(validity, 0xff, words * sizeof(uint64_t));
        memcpy(validity, builder->validity, weir_bit_words(builder->length) * sizeof(uint64_t));
        builder->validity = validity;
    }
    builder->capacity = capacity;
}

/* Where the next value goes. The bitmap is all ones past `length`, so only nulls touch it. */
static inline void *next_slot(WeirVectorBuilder *builder)
{
    if (__builtin_expect(builder->length == builder->capacity, 0))
        grow(builder);
    return builder->width == 0 ? NULL : builder->values + (size_t)builder->length * builder->width;
}

void weir_vector_builder_append_null(WeirVectorBuilder *builder)
{
    uint8_t *slot = next_slot(builder);
    if (builder->validity == NULL) {
        size_t words = weir_bit_words(builder->capacity);
        builder->validity = weir_arena_alloc(builder->arena, words * sizeof(uint64_t));
        memset(builder->validity, 0xff, words * sizeof(uint64_t));
    }
    weir_bit_clear(builder->validity, builder->length);
    if (builder->physical == WEIR_PHYSICAL_LIST)
        memcpy(slot + builder->width, slot, builder->width);
    else if (builder->width > 0)
        memset(slot, 0, builder->width);
    if (builder->physical == WEIR_PHYSICAL_STRUCT) {
        for (uint32_t i = 0; i < builder->child_count; i++)
            weir_vector_builder_append_null(&builder->children[i]);
    }
    builder->length++;
}

void weir_vector_builder_append_int(WeirVectorBuilder *builder, int64_t value)
{
    void *slot = next_slot(builder);
    switch (builder->physical) {
    case WEIR_PHYSICAL_BOOL:
        *(uint8_t *)slot = value != 0;
        break;
    case WEIR_PHYSICAL_INT8:
        *(int8_t *)slot = (int8_t)value;
        break;
    case WEIR_PHYSICAL_INT16:
        *(int16_t *)slot = (int16_t)value;
        break;
    case WEIR_PHYSICAL_INT32:
        *(int32_t *)slot = (int32_t)value;
        break;
    case WEIR_PHYSICAL_INT64:
        *(int64_t *)slot = value;
        break;
    default:
        WEIR_ASSERT(builder->physical == WEIR_PHYSICAL_INT128);
        weir_store_int128(slot, 0, value);
    }
    builder->length++;
}

void weir_vector_builder_append_double(WeirVectorBuilder *builder, double value)
{
    void *slot = next_slot(builder);
    if (builder->physical == WEIR_PHYSICAL_FLOAT) {
        *(float *)slot = (float)value;
    } else {
        WEIR_ASSERT(builder->physical == WEIR_PHYSICAL_DOUBLE);
        *(double *)slot = value;
    }
    builder->length++;
}

void weir_vector_builder_append_int128(WeirVectorBuilder *builder, WeirInt128 value)
{
    if (builder->physical != WEIR_PHYSICAL_INT128) {
        weir_vector_builder_append_int(builder, (int64_t)value);
        return;
    }
    weir_store_int128(next_slot(builder), 0, value);
    builder->length++;
}

void weir_vector_builder_append_interval(WeirVectorBuilder *builder, WeirCalendarInterval value)
{
    WEIR_ASSERT(builder->physical == WEIR_PHYSICAL_INTERVAL);
    *(WeirCalendarInterval *)next_slot(builder) = value;
    builder->length++;
}

void weir_vector_builder_append_view(WeirVectorBuilder *builder, WeirStringView view)
{
    WEIR_ASSERT(builder->physical == WEIR_PHYSICAL_VIEW);
    *(WeirStringView *)next_slot(builder) = view;
    builder->length++;
}

void weir_vector_builder_append_bytes(WeirVectorBuilder *builder, const void *data, size_t length)
{
    weir_vector_builder_append_view(builder, weir_view_copy(builder->arena, data, length));
}

static void append_list(WeirVectorBuilder *builder, const WeirVector *flat, uint32_t row)
{
    const uint32_t *offsets = flat->values;
    for (uint32_t i = 0; i < builder->child_count; i++) {
        for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++)
            weir_vector_builder_append_row(&builder->children[i], &flat->children[i], at);
    }
    weir_vector_builder_end_list(builder);
}

void weir_vector_builder_append_row(WeirVectorBuilder *builder, const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (weir_flat_is_null(flat, at)) {
        weir_vector_builder_append_null(builder);
        return;
    }
    WEIR_ASSERT(weir_type_physical(flat->type) == builder->physical);
    switch (builder->physical) {
    case WEIR_PHYSICAL_VIEW: {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        weir_vector_builder_append_bytes(builder, weir_view_data(view), view->length);
        break;
    }
    case WEIR_PHYSICAL_LIST:
        append_list(builder, flat, at);
        break;
    case WEIR_PHYSICAL_STRUCT:
        for (uint32_t i = 0; i < builder->child_count; i++)
            weir_vector_builder_append_row(&builder->children[i], &flat->children[i], at);
        weir_vector_builder_end_struct(builder);
        break;
    default:
        memcpy(next_slot(builder), (const uint8_t *)flat->values + (size_t)at * builder->width, builder->width);
        builder->length++;
    }
}

WeirVectorBuilder *weir_vector_builder_child(WeirVectorBuilder *builder, uint32_t index)
{
    WEIR_ASSERT(index < builder->child_count);
    return &builder->children[index];
}

void weir_vector_builder_end_list(WeirVectorBuilder *builder)
{
    WEIR_ASSERT(builder->physical == WEIR_PHYSICAL_LIST);
    WEIR_ASSERT(builder->child_count < 2 || builder->children[0].length == builder->children[1].length);
    uint32_t *offset = next_slot(builder);
    offset[1] = builder->children[0].length;
    builder->length++;
}

void weir_vector_builder_end_struct(WeirVectorBuilder *builder)
{
    WEIR_ASSERT(builder->physical == WEIR_PHYSICAL_STRUCT);
    (void)next_slot(builder);
    builder->length++;
    for (uint32_t i = 0; i < builder->child_count; i++)
        WEIR_ASSERT(builder->children[i].length == builder->length);
}

uint32_t weir_vector_builder_length(const WeirVectorBuilder *builder)
{
    return builder->length;
}

void weir_vector_builder_truncate(WeirVectorBuilder *builder, uint32_t length)
{
    WEIR_ASSERT(length <= builder->length || builder->physical == WEIR_PHYSICAL_STRUCT);
    if (builder->validity != NULL) {
        for (uint32_t row = length; row < builder->length; row++)
            weir_bit_set(builder->validity, row);
    }
    uint32_t child_length = length;
    if (builder->physical == WEIR_PHYSICAL_LIST)
        child_length = builder->values == NULL ? 0 : ((const uint32_t *)(const void *)builder->values)[length];
    for (uint32_t i = 0; i < builder->child_count; i++)
        weir_vector_builder_truncate(&builder->children[i], child_length);
    builder->length = length;
}

static void builder_finish(WeirVectorBuilder *builder, WeirVector *vector, WeirArena *arena)
{
    if (builder->values == NULL && builder->width > 0)
        grow(builder); /* an empty child still needs an address, an empty list its first offset */
    vector->type = builder->type;
    vector->length = builder->length;
    vector->values = builder->values;
    vector->validity = builder->validity;
    if (builder->child_count == 0)
        return;
    vector->children = WEIR_ARENA_ARRAY(arena, WeirVector, builder->child_count);
    for (uint32_t i = 0; i < builder->child_count; i++)
        builder_finish(&builder->children[i], &vector->children[i], arena);
}

WeirVectorBuilder *weir_vector_builder_new(const WeirDataType *type)
{
    WeirVectorBuilder *builder = weir_calloc(1, sizeof(*builder));
    builder_init(builder, type);
    return builder;
}

void weir_vector_builder_free(WeirVectorBuilder *builder)
{
    if (builder == NULL)
        return;
    builder_deinit(builder);
    weir_free(builder);
}

void weir_vector_builder_start(WeirVectorBuilder *builder, WeirArena *arena)
{
    builder_start(builder, arena);
}

void weir_vector_builder_finish(WeirVectorBuilder *builder, WeirVector *vector)
{
    memset(vector, 0, sizeof(*vector));
    builder_finish(builder, vector, builder->arena);
}

static void start_batch(WeirBatchBuilder *builder, WeirMemoryTracker *tracker)
{
    builder->batch = weir_batch_new(builder->schema->field_count, tracker);
    builder->row_count = 0;
    for (uint32_t i = 0; i < builder->schema->field_count; i++)
        builder_start(builder->columns[i], &builder->batch->arena);
}

WeirStatus weir_batch_builder_init(WeirBatchBuilder *builder, const WeirSchema *schema, WeirMemoryTracker *tracker,
                                   WeirError *error)
{
    (void)error;
    memset(builder, 0, sizeof(*builder));
    builder->schema = schema;
    builder->columns = weir_calloc(schema->field_count, sizeof(WeirVectorBuilder *));
    for (uint32_t i = 0; i < schema->field_count; i++) {
        builder->columns[i] = weir_calloc(1, sizeof(WeirVectorBuilder));
        builder_init(builder->columns[i], schema->fields[i].type);
    }
    start_batch(builder, tracker);
    return WEIR_OK;
}

void weir_batch_builder_deinit(WeirBatchBuilder *builder)
{
    if (builder->schema == NULL)
        return;
    weir_batch_release(builder->batch);
    for (uint32_t i = 0; i < builder->schema->field_count; i++) {
        builder_deinit(builder->columns[i]);
        weir_free(builder->columns[i]);
    }
    weir_free(builder->columns);
    memset(builder, 0, sizeof(*builder));
}

void weir_batch_builder_cancel_row(WeirBatchBuilder *builder)
{
    for (uint32_t i = 0; i < builder->schema->field_count; i++)
        weir_vector_builder_truncate(builder->columns[i], builder->row_count);
}

WeirStatus weir_batch_builder_finish(WeirBatchBuilder *builder, WeirBatch **batch, WeirError *error)
{
    if (builder->row_count == 0) {
        *batch = NULL;
        return WEIR_OK;
    }
    WeirBatch *built = builder->batch;
    for (uint32_t i = 0; i < builder->schema->field_count; i++) {
        WEIR_ASSERT(builder->columns[i]->length == builder->row_count);
        builder_finish(builder->columns[i], &built->columns[i], &built->arena);
    }
    built->row_count = builder->row_count;
    built->selected_count = builder->row_count;
    WeirStatus status = weir_arena_check(&built->arena, error);
    start_batch(builder, built->arena.tracker);
    if (status == WEIR_OK)
        *batch = built;
    else
        weir_batch_release(built);
    return status;
}
