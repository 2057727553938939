/* Batches as Arrow arrays. Columns are flattened over the selection first; what then has Arrow's layout is given out as
 * it is, the rest is copied into an arena that lives, with the batch, until the last array of the tree is released. */
#include "columnar/arrow.h"
#include "columnar/vector_private.h"

typedef struct ArrayOwner {
    _Atomic int32_t references;
    WeirBatch *batch;
    WeirArena arena;
} ArrayOwner;

typedef struct Exporter {
    ArrayOwner *owner;
    WeirError *error;
} Exporter;

static void drop_owner(ArrayOwner *owner)
{
    if (atomic_fetch_sub_explicit(&owner->references, 1, memory_order_acq_rel) > 1)
        return;
    weir_batch_release(owner->batch);
    weir_arena_deinit(&owner->arena);
    weir_free(owner);
}

static void release_array(struct ArrowArray *array)
{
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i]->release != NULL) /* a child may have been moved out */
            array->children[i]->release(array->children[i]);
    }
    array->release = NULL;
    drop_owner(array->private_data);
}

static void init_array(Exporter *exporter, uint32_t length, int64_t buffer_count, uint32_t child_count,
                       struct ArrowArray *out)
{
    WeirArena *arena = &exporter->owner->arena;
    memset(out, 0, sizeof(*out));
    out->length = length;
    out->n_buffers = buffer_count;
    out->buffers = WEIR_ARENA_ARRAY(arena, const void *, buffer_count);
    out->n_children = child_count;
    out->children = WEIR_ARENA_ARRAY(arena, struct ArrowArray *, child_count);
    struct ArrowArray *children = WEIR_ARENA_ARRAY(arena, struct ArrowArray, child_count);
    for (uint32_t i = 0; i < child_count; i++)
        out->children[i] = &children[i];
    out->private_data = exporter->owner;
    out->release = release_array;
    atomic_fetch_add_explicit(&exporter->owner->references, 1, memory_order_relaxed);
}

static void export_validity(const WeirVector *flat, struct ArrowArray *out)
{
    if (flat->validity == NULL)
        return;
    uint32_t whole = flat->length / 64, rest = flat->length % 64;
    int64_t valid = 0;
    for (uint32_t w = 0; w < whole; w++)
        valid += __builtin_popcountll(flat->validity[w]);
    if (rest > 0)
        valid += __builtin_popcountll(flat->validity[whole] & (((uint64_t)1 << rest) - 1));
    out->null_count = flat->length - valid;
    out->buffers[0] = flat->validity;
}

static inline bool is_null(const WeirVector *flat, uint32_t row)
{
    return flat->validity != NULL && !weir_bit_get(flat->validity, row);
}

/* Bytes of 0 and 1 to bits. */
static WeirStatus export_booleans(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    void *memory;
    size_t words = weir_bit_words(flat->length);
    WEIR_TRY(weir_vector_allocate(&exporter->owner->arena, words * 8u, &memory, exporter->error));
    uint64_t *bits = memset(memory, 0, words * 8u);
    const uint8_t *values = flat->values;
    for (uint32_t row = 0; row < flat->length; row++)
        bits[row >> 6] |= (uint64_t)(values[row] & 1u) << (row & 63u);
    out->buffers[1] = bits;
    return WEIR_OK;
}

static WeirStatus export_strings(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    const WeirStringView *views = flat->values;
    void *memory;
    WeirArena *arena = &exporter->owner->arena;
    WEIR_TRY(weir_vector_allocate(arena, ((size_t)flat->length + 1u) * sizeof(int32_t), &memory, exporter->error));
    int32_t *offsets = memory;
    uint64_t total = 0;
    for (uint32_t row = 0; row < flat->length; row++) {
        offsets[row] = (int32_t)total;
        total += is_null(flat, row) ? 0 : views[row].length;
        if (total > INT32_MAX)
            return weir_error_format(exporter->error, WEIR_ERROR_INTERNAL_ERROR,
                                     "a batch has more than 2 GiB of strings");
    }
    offsets[flat->length] = (int32_t)total;
    WEIR_TRY(weir_vector_allocate(arena, total + 1, &memory, exporter->error));
    uint8_t *data = memory;
    for (uint32_t row = 0; row < flat->length; row++) {
        if (!is_null(flat, row))
            memcpy(data + offsets[row], weir_view_data(&views[row]), views[row].length);
    }
    out->buffers[1] = offsets;
    out->buffers[2] = data;
    return WEIR_OK;
}

/* Decimals are 128 bits wide to Arrow, whatever their precision. */
static WeirStatus export_decimals(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    void *memory;
    const int64_t *values = flat->values;
    WEIR_TRY(weir_vector_allocate(&exporter->owner->arena, (size_t)flat->length * 16u, &memory, exporter->error));
    for (uint32_t row = 0; row < flat->length; row++)
        weir_store_int128(memory, row, is_null(flat, row) ? 0 : values[row]);
    out->buffers[1] = memory;
    return WEIR_OK;
}

/* Months, days, nanoseconds. */
static WeirStatus export_intervals(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    void *memory;
    const WeirCalendarInterval *values = flat->values;
    WEIR_TRY(weir_vector_allocate(&exporter->owner->arena, (size_t)flat->length * 16u, &memory, exporter->error));
    WeirCalendarInterval *copies = memory;
    for (uint32_t row = 0; row < flat->length; row++) {
        memset(&copies[row], 0, sizeof(copies[row]));
        if (is_null(flat, row))
            continue;
        copies[row] = values[row];
        if (__builtin_mul_overflow(values[row].microseconds, 1000, &copies[row].microseconds))
            return weir_error_format(exporter->error, WEIR_ERROR_INTERNAL_ERROR, "an interval is too long for Arrow");
    }
    out->buffers[1] = copies;
    return WEIR_OK;
}

static WeirStatus export_vector(Exporter *exporter, const WeirVector *vector, struct ArrowArray *out);

static WeirStatus export_children(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    for (uint32_t i = 0; i < flat->type->field_count; i++)
        WEIR_TRY(export_vector(exporter, &flat->children[i], out->children[i]));
    return WEIR_OK;
}

/* Offsets of one array for all; a map's key and value are the children of an "entries" struct between. */
static WeirStatus export_list(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    const uint32_t *offsets = flat->values;
    if (offsets[flat->length] > INT32_MAX)
        return weir_error_format(exporter->error, WEIR_ERROR_INTERNAL_ERROR,
                                 "a batch has more than 2^31 array elements");
    out->buffers[1] = offsets;
    if (flat->type->id != WEIR_TYPE_MAP)
        return export_children(exporter, flat, out);
    init_array(exporter, flat->children[0].length, 1, 2, out->children[0]);
    return export_children(exporter, flat, out->children[0]);
}

static WeirStatus export_flat(Exporter *exporter, const WeirVector *flat, struct ArrowArray *out)
{
    WeirPhysicalType physical = weir_type_physical(flat->type);
    bool is_struct = physical == WEIR_PHYSICAL_STRUCT;
    int64_t buffers = physical == WEIR_PHYSICAL_NONE ? 0 : is_struct ? 1 : physical == WEIR_PHYSICAL_VIEW ? 3 : 2;
    uint32_t children = is_struct ? flat->type->field_count : physical == WEIR_PHYSICAL_LIST ? 1 : 0;
    init_array(exporter, flat->length, buffers, children, out);
    if (physical == WEIR_PHYSICAL_NONE) {
        out->null_count = flat->length;
        return WEIR_OK;
    }
    export_validity(flat, out);
    switch (physical) {
    case WEIR_PHYSICAL_BOOL:
        return export_booleans(exporter, flat, out);
    case WEIR_PHYSICAL_VIEW:
        return export_strings(exporter, flat, out);
    case WEIR_PHYSICAL_INTERVAL:
        return export_intervals(exporter, flat, out);
    case WEIR_PHYSICAL_LIST:
        return export_list(exporter, flat, out);
    case WEIR_PHYSICAL_STRUCT:
        return export_children(exporter, flat, out);
    default:
        if (flat->type->id == WEIR_TYPE_DECIMAL && physical == WEIR_PHYSICAL_INT64)
            return export_decimals(exporter, flat, out);
        out->buffers[1] = flat->values;
        return WEIR_OK;
    }
}

/* On failure `out` is released and so ready to be skipped by its parent. */
static WeirStatus export_vector(Exporter *exporter, const WeirVector *vector, struct ArrowArray *out)
{
    WeirVector flat;
    WEIR_TRY(weir_vector_flatten(vector, &flat, &exporter->owner->arena, exporter->error));
    return export_flat(exporter, &flat, out);
}

static WeirStatus export_columns(Exporter *exporter, WeirBatch *batch, struct ArrowArray *out)
{
    for (uint32_t i = 0; i < batch->column_count; i++) {
        const WeirVector *column = &batch->columns[i];
        WeirVector selected;
        if (batch->selection != NULL) {
            WEIR_TRY(weir_vector_gather(column, batch->selection, batch->selected_count, false, &selected,
                                        &exporter->owner->arena, exporter->error));
            column = &selected;
        }
        WEIR_TRY(export_vector(exporter, column, out->children[i]));
    }
    return WEIR_OK;
}

WeirStatus weir_arrow_export_batch(const WeirSchema *schema, WeirBatch *batch, struct ArrowArray *out, WeirError *error)
{
    WEIR_ASSERT(schema->field_count == batch->column_count);
    ArrayOwner *owner = weir_calloc(1, sizeof(*owner));
    owner->batch = weir_batch_retain(batch);
    weir_arena_init(&owner->arena, batch->arena.tracker);
    Exporter exporter = {owner, error};
    init_array(&exporter, batch->selected_count, 1, batch->column_count, out);
    WeirStatus status = export_columns(&exporter, batch, out);
    if (status == WEIR_OK)
        status = weir_arena_check(&owner->arena, error);
    if (status != WEIR_OK)
        out->release(out);
    return status;
}
