/* Growing vectors. Memory of outgrown arrays stays in the arena until it is reset: capacity doubles, so at most as much
 * again. */
#include "expr/column_writer.h"

void weir_column_writer_init(WeirColumnWriter *writer, const WeirDataType *type, uint32_t capacity, WeirArena *arena)
{
    *writer = (WeirColumnWriter){.type = type, .arena = arena, .physical = weir_type_physical(type)};
    writer->value_bytes = writer->physical == WEIR_PHYSICAL_LIST     ? 4
                          : writer->physical == WEIR_PHYSICAL_STRUCT ? 0
                                                                     : (uint32_t)weir_physical_size(writer->physical);
    writer->capacity = capacity < 8 ? 8 : capacity;
    void *memory = NULL;
    if (writer->value_bytes > 0) {
        if (weir_arena_try_alloc(arena, ((size_t)writer->capacity + 1) * writer->value_bytes + 64, &memory, NULL) !=
            WEIR_OK) {
            writer->failed = true;
            writer->capacity = 0;
        }
        writer->values = memory;
    }
    if (writer->physical == WEIR_PHYSICAL_LIST && !writer->failed)
        ((uint32_t *)(void *)writer->values)[0] = 0;
    if (type->field_count == 0)
        return;
    writer->children = WEIR_ARENA_ARRAY(arena, WeirColumnWriter, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++)
        weir_column_writer_init(&writer->children[i], type->fields[i].type, capacity, arena);
}

static void grow(WeirColumnWriter *writer, uint32_t extra)
{
    size_t needed = (size_t)writer->length + extra;
    size_t capacity = writer->capacity;
    while (capacity < needed)
        capacity *= 2;
    if (capacity == 0 || capacity > INT32_MAX || writer->failed) {
        writer->failed = true;
        return;
    }
    void *values = NULL, *validity = NULL;
    if (writer->value_bytes > 0) {
        if (weir_arena_try_alloc(writer->arena, (capacity + 1) * writer->value_bytes + 64, &values, NULL) != WEIR_OK) {
            writer->failed = true;
            return;
        }
        memcpy(values, writer->values,
               ((size_t)writer->length + (writer->physical == WEIR_PHYSICAL_LIST)) * writer->value_bytes);
        writer->values = values;
    }
    if (writer->validity != NULL) {
        size_t words = weir_bit_words((uint32_t)capacity);
        if (weir_arena_try_alloc(writer->arena, words * sizeof(uint64_t), &validity, NULL) != WEIR_OK) {
            writer->failed = true;
            return;
        }
        memset(validity, 0xff, words * sizeof(uint64_t));
        memcpy(validity, writer->validity, weir_bit_words(writer->capacity) * sizeof(uint64_t));
        writer->validity = validity;
    }
    writer->capacity = (uint32_t)capacity;
}

static bool reserve(WeirColumnWriter *writer, uint32_t extra)
{
    if ((size_t)writer->length + extra > writer->capacity)
        grow(writer, extra);
    return !writer->failed;
}

static void mark_null(WeirColumnWriter *writer, uint32_t row)
{
    if (writer->validity == NULL) {
        size_t bytes = weir_bit_words(writer->capacity) * sizeof(uint64_t);
        writer->validity = weir_arena_alloc(writer->arena, bytes);
        memset(writer->validity, 0xff, bytes);
    }
    weir_bit_clear(writer->validity, row);
}

void *weir_column_writer_slot(WeirColumnWriter *writer)
{
    static _Thread_local uint8_t nowhere[16];
    if (!reserve(writer, 1))
        return nowhere;
    return writer->values + (size_t)writer->length++ * writer->value_bytes;
}

void *weir_column_writer_slots(WeirColumnWriter *writer, uint32_t count)
{
    if (!reserve(writer, count))
        return NULL;
    uint8_t *first = writer->values + (size_t)writer->length * writer->value_bytes;
    writer->length += count;
    return first;
}

void weir_column_writer_append_null(WeirColumnWriter *writer)
{
    if (!reserve(writer, 1))
        return;
    mark_null(writer, writer->length);
    if (writer->physical == WEIR_PHYSICAL_LIST) {
        uint32_t *offsets = (uint32_t *)(void *)writer->values;
        offsets[writer->length + 1] = offsets[writer->length];
    } else if (writer->physical == WEIR_PHYSICAL_STRUCT) {
        for (uint32_t i = 0; i < writer->type->field_count; i++)
            weir_column_writer_append_null(&writer->children[i]);
    } else if (writer->value_bytes > 0) {
        memset(writer->values + (size_t)writer->length * writer->value_bytes, 0, writer->value_bytes);
    }
    writer->length++;
}

void weir_column_writer_append_int(WeirColumnWriter *writer, int64_t value)
{
    void *slot = weir_column_writer_slot(writer);
    WeirInt128 wide = value;
    if (writer->physical == WEIR_PHYSICAL_INT128)
        memcpy(slot, &wide, sizeof(wide));
    else
        memcpy(slot, &value, writer->value_bytes < 8 ? writer->value_bytes : 8); /* little-endian */
}

void weir_column_writer_append_double(WeirColumnWriter *writer, double value)
{
    void *slot = weir_column_writer_slot(writer);
    float narrow = (float)value;
    if (writer->physical == WEIR_PHYSICAL_FLOAT)
        memcpy(slot, &narrow, sizeof(narrow));
    else
        memcpy(slot, &value, sizeof(value));
}

void weir_column_writer_append_view(WeirColumnWriter *writer, WeirStringView view)
{
    memcpy(weir_column_writer_slot(writer), &view, sizeof(view));
}

void weir_column_writer_append_bytes(WeirColumnWriter *writer, const void *data, size_t length)
{
    weir_column_writer_append_view(writer, weir_view_copy(writer->arena, data, length));
}

void weir_column_writer_append_row(WeirColumnWriter *writer, const WeirVector *vector, uint32_t row)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (at == WEIR_NULL_INDEX || flat->type->id == WEIR_TYPE_VOID ||
        (flat->validity != NULL && !weir_bit_get(flat->validity, at))) {
        weir_column_writer_append_null(writer);
        return;
    }
    if (writer->physical == WEIR_PHYSICAL_LIST) {
        const uint32_t *offsets = flat->values;
        for (uint32_t i = 0; i < writer->type->field_count; i++)
            weir_column_writer_append_rows(&writer->children[i], &flat->children[i], offsets[at],
                                           offsets[at + 1] - offsets[at]);
        weir_column_writer_end_list(writer);
    } else if (writer->physical == WEIR_PHYSICAL_STRUCT) {
        for (uint32_t i = 0; i < writer->type->field_count; i++)
            weir_column_writer_append_row(&writer->children[i], &flat->children[i], at);
        weir_column_writer_end_struct(writer);
    } else {
        void *slot = weir_column_writer_slot(writer);
        memcpy(slot, (const uint8_t *)flat->values + (size_t)at * writer->value_bytes, writer->value_bytes);
    }
}

void weir_column_writer_append_rows(WeirColumnWriter *writer, const WeirVector *vector, uint32_t start, uint32_t count)
{
    if (count == 0 || !reserve(writer, count))
        return;
    bool flat = vector->kind == WEIR_VECTOR_FLAT && writer->physical != WEIR_PHYSICAL_LIST &&
                writer->physical != WEIR_PHYSICAL_STRUCT && writer->physical != WEIR_PHYSICAL_NONE;
    if (!flat) {
        for (uint32_t i = 0; i < count; i++)
            weir_column_writer_append_row(writer, vector, start + i);
        return;
    }
    memcpy(writer->values + (size_t)writer->length * writer->value_bytes,
           (const uint8_t *)vector->values + (size_t)start * writer->value_bytes, (size_t)count * writer->value_bytes);
    if (vector->validity != NULL)
        for (uint32_t i = 0; i < count; i++)
            if (!weir_bit_get(vector->validity, start + i))
                mark_null(writer, writer->length + i);
    writer->length += count;
}

void weir_column_writer_end_list(WeirColumnWriter *writer)
{
    if (!reserve(writer, 1))
        return;
    writer->length++;
    ((uint32_t *)(void *)writer->values)[writer->length] = writer->children[0].length;
}

void weir_column_writer_end_struct(WeirColumnWriter *writer)
{
    if (reserve(writer, 1))
        writer->length++;
}

static bool any_failed(const WeirColumnWriter *writer)
{
    if (writer->failed)
        return true;
    for (uint32_t i = 0; i < writer->type->field_count; i++)
        if (any_failed(&writer->children[i]))
            return true;
    return false;
}

static void export(const WeirColumnWriter *writer, WeirVector *out)
{
    *out = (WeirVector){.type = writer->type,
                        .kind = WEIR_VECTOR_FLAT,
                        .length = writer->length,
                        .validity = writer->validity,
                        .values = writer->values};
    if (writer->type->field_count == 0)
        return;
    out->children = WEIR_ARENA_ARRAY(writer->arena, WeirVector, writer->type->field_count);
    for (uint32_t i = 0; i < writer->type->field_count; i++)
        export(&writer->children[i], &out->children[i]);
}

WeirStatus weir_column_writer_finish(WeirColumnWriter *writer, WeirVector *out, WeirError *error)
{
    if (any_failed(writer))
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", "more", "receivedBytes",
                              "0");
    export(writer, out);
    return WEIR_OK;
}
