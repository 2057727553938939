/* Making vectors, and views of strings. Copying of rows is in vector_gather.c. */
#include "columnar/vector.h"
#include "columnar/vector_private.h"

WeirStringView weir_view_copy(WeirArena *arena, const void *data, size_t length)
{
    WEIR_ASSERT(length <= INT32_MAX);
    if (length <= WEIR_VIEW_INLINE_BYTES)
        return weir_view_make(data, (uint32_t)length);
    void *copy = weir_arena_alloc(arena, length);
    memcpy(copy, data, length);
    return weir_view_make(copy, (uint32_t)length);
}

int weir_view_compare(const WeirStringView *a, const WeirStringView *b)
{
    uint32_t prefix_a, prefix_b; /* inline bytes and prefixes lie at the same place; short ones are padded with zeros */
    memcpy(&prefix_a, a->inlined, 4);
    memcpy(&prefix_b, b->inlined, 4);
    if (prefix_a != prefix_b)
        return __builtin_bswap32(prefix_a) < __builtin_bswap32(prefix_b) ? -1 : 1;
    uint32_t common = a->length < b->length ? a->length : b->length;
    if (common > 4) {
        int order = memcmp(weir_view_data(a) + 4, weir_view_data(b) + 4, common - 4u);
        if (order != 0)
            return order;
    }
    return (a->length > b->length) - (a->length < b->length);
}

WeirStatus weir_vector_allocate(WeirArena *arena, size_t bytes, void **memory, WeirError *error)
{
    if (bytes < (1u << 20)) {
        *memory = weir_arena_alloc(arena, bytes);
        return WEIR_OK;
    }
    return weir_arena_try_alloc(arena, bytes, memory, error);
}

static void init_empty_children(WeirVector *vector, WeirArena *arena)
{
    const WeirDataType *type = vector->type;
    vector->children = WEIR_ARENA_ARRAY(arena, WeirVector, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++)
        vector->children[i].type = type->fields[i].type;
}

WeirStatus weir_vector_init(WeirVector *vector, const WeirDataType *type, uint32_t capacity, WeirArena *arena,
                            WeirError *error)
{
    memset(vector, 0, sizeof(*vector));
    vector->type = type;
    WeirPhysicalType physical = weir_type_physical(type);
    if (physical == WEIR_PHYSICAL_NONE)
        return WEIR_OK;
    if (physical == WEIR_PHYSICAL_STRUCT) {
        init_empty_children(vector, arena);
        for (uint32_t i = 0; i < type->field_count; i++)
            WEIR_TRY(weir_vector_init(&vector->children[i], type->fields[i].type, capacity, arena, error));
        return WEIR_OK;
    }
    if (physical == WEIR_PHYSICAL_LIST) {
        init_empty_children(vector, arena);
        WEIR_TRY(weir_vector_allocate(arena, ((size_t)capacity + 1u) * sizeof(uint32_t), &vector->values, error));
        *(uint32_t *)vector->values = 0;
        return WEIR_OK;
    }
    return weir_vector_allocate(arena, (size_t)capacity * weir_physical_size(physical), &vector->values, error);
}

void weir_vector_ensure_validity(WeirVector *vector, uint32_t capacity, WeirArena *arena)
{
    if (vector->validity != NULL)
        return;
    size_t bytes = weir_bit_words(capacity) * sizeof(uint64_t);
    vector->validity = weir_arena_alloc(arena, bytes);
    memset(vector->validity, 0xff, bytes);
}

/* One zeroed value, so that kernels may read row 0 of an all-null constant without looking at its validity first. */
void weir_vector_init_null(WeirVector *vector, const WeirDataType *type, uint32_t length, WeirArena *arena)
{
    memset(vector, 0, sizeof(*vector));
    vector->type = type;
    vector->kind = WEIR_VECTOR_CONSTANT;
    vector->length = length;
    vector->validity = WEIR_ARENA_NEW(arena, uint64_t);
    WeirPhysicalType physical = weir_type_physical(type);
    if (physical == WEIR_PHYSICAL_LIST)
        vector->values = WEIR_ARENA_ARRAY(arena, uint32_t, 2);
    else if (weir_physical_size(physical) > 0)
        vector->values = weir_arena_calloc(arena, weir_physical_size(physical));
    if (type->field_count == 0)
        return;
    init_empty_children(vector, arena);
    for (uint32_t i = 0; physical == WEIR_PHYSICAL_STRUCT && i < type->field_count; i++)
        weir_vector_init_null(&vector->children[i], type->fields[i].type, 1, arena);
}

WeirStatus weir_vector_flatten(const WeirVector *vector, WeirVector *out, WeirArena *arena, WeirError *error)
{
    if (vector->kind == WEIR_VECTOR_FLAT) {
        *out = *vector;
        return WEIR_OK;
    }
    return weir_vector_gather(vector, NULL, vector->length, false, out, arena, error);
}

void weir_vector_wrap_dictionary(WeirVector *vector, uint32_t *indices, uint32_t count, WeirVector *out)
{
    memset(out, 0, sizeof(*out));
    out->type = vector->type;
    out->kind = WEIR_VECTOR_DICTIONARY;
    out->length = count;
    out->indices = indices;
    out->dictionary = vector;
}
