/* Prefix index: a table without versions whose values are arrays of references that double when they are full. */
#include "state/prefix_index.h"

/* How the slot of a column is made: the value itself, (offset, size) of bytes that are absent when null, or (offset,
 * size) of 16 bytes that are there even when null. */
enum { KIND_FIXED, KIND_VARIABLE, KIND_RESERVED_16 };

#define FIRST_CAPACITY 3u /* with the count: 16 bytes */

static uint8_t kind_of(const WeirDataType *type)
{
    switch (type->id) {
    case WEIR_TYPE_STRING:
    case WEIR_TYPE_BINARY:
    case WEIR_TYPE_ARRAY:
    case WEIR_TYPE_MAP:
    case WEIR_TYPE_STRUCT:
        return KIND_VARIABLE;
    case WEIR_TYPE_DECIMAL:
        return type->precision > 18 ? KIND_RESERVED_16 : KIND_FIXED;
    case WEIR_TYPE_CALENDAR_INTERVAL:
        return KIND_RESERVED_16;
    default:
        return KIND_FIXED;
    }
}

void weir_prefix_index_init(WeirPrefixIndex *index, const WeirSchema *key_schema, uint32_t prefix_columns,
                            WeirMemoryTracker *tracker)
{
    WEIR_ASSERT(prefix_columns > 0 && prefix_columns < key_schema->field_count);
    *index = (WeirPrefixIndex){.key_columns = key_schema->field_count, .prefix_columns = prefix_columns};
    index->kinds = weir_malloc(prefix_columns);
    for (uint32_t i = 0; i < prefix_columns; i++)
        index->kinds[i] = kind_of(key_schema->fields[i].type);
    weir_state_table_init(&index->table, tracker);
    index->table.tracking = false;
    weir_buffer_init(&index->prefix, 0, tracker);
}

void weir_prefix_index_deinit(WeirPrefixIndex *index)
{
    weir_state_table_deinit(&index->table);
    weir_buffer_deinit(&index->prefix);
    weir_free(index->kinds);
}

static size_t null_bytes(uint32_t columns)
{
    return (columns + 63u) / 64u * 8u;
}

/* Build the UnsafeRow of the key's first columns in `index->prefix`. The key's bytes were checked against its schema:
 * what is not null lies inside, and 16 bytes at most where 16 are reserved. */
static WeirStatus project(WeirPrefixIndex *index, const uint8_t *key, WeirError *error)
{
    uint32_t columns = index->prefix_columns;
    size_t fixed = null_bytes(columns) + (size_t)columns * 8, nulls = null_bytes(columns);
    WeirBuffer *out = &index->prefix;
    weir_buffer_clear(out);
    if (!weir_buffer_reserve(out, fixed))
        return weir_buffer_check(out, error);
    memset(out->data, 0, fixed);
    out->length = fixed;
    for (uint32_t i = 0; i < columns; i++) {
        bool is_null = (key[i >> 3] >> (i & 7)) & 1;
        uint64_t slot;
        memcpy(&slot, key + null_bytes(index->key_columns) + (size_t)i * 8, 8);
        if (is_null)
            out->data[i >> 3] = (char)(out->data[i >> 3] | (1 << (i & 7)));
        if (index->kinds[i] == KIND_RESERVED_16 || (index->kinds[i] == KIND_VARIABLE && !is_null)) {
            static const uint8_t zeros[16];
            size_t offset = slot >> 32, size = is_null ? 0 : slot & 0xffffffffu;
            size_t padding = index->kinds[i] == KIND_RESERVED_16 ? 16 - size : (8 - size % 8) % 8;
            slot = (uint64_t)out->length << 32 | (slot & 0xffffffffu);
            weir_buffer_append(out, key + offset, size);
            weir_buffer_append(out, zeros, padding);
            WEIR_TRY(weir_buffer_check(out, error));
        }
        memcpy(out->data + nulls + (size_t)i * 8, &slot, 8);
    }
    return WEIR_OK;
}

static uint32_t *entry_of(const WeirPrefixIndex *index, const void *prefix, uint32_t prefix_size, WeirRowRef *entry)
{
    *entry = weir_state_table_find(&index->table, prefix, prefix_size, weir_state_table_hash(prefix, prefix_size));
    if (*entry == WEIR_ROW_NONE)
        return NULL;
    return (uint32_t *)(void *)weir_row_value(weir_state_table_row(&index->table, *entry));
}

WeirStatus weir_prefix_index_add(WeirPrefixIndex *index, const uint8_t *key, WeirRowRef ref, WeirError *error)
{
    WEIR_TRY(project(index, key, error));
    const void *prefix = index->prefix.data;
    uint32_t size = (uint32_t)index->prefix.length;
    WeirRowRef entry;
    const uint32_t *refs = entry_of(index, prefix, size, &entry);
    uint32_t count = refs == NULL ? 0 : refs[0];
    WeirRow *row = refs == NULL ? NULL : weir_state_table_row(&index->table, entry);
    uint32_t capacity = row == NULL ? 0 : weir_row_value_size(row) / 4 - 1;
    if (count == capacity) {
        uint32_t *old = NULL;
        if (count > 0) {
            old = weir_malloc((size_t)(count + 1) * 4);
            memcpy(old, refs, (size_t)(count + 1) * 4);
        }
        capacity = count == 0 ? FIRST_CAPACITY : 2 * capacity + 1;
        WeirStateTableChange change;
        WeirStatus status = weir_state_table_upsert(&index->table, prefix, size, weir_state_table_hash(prefix, size),
                                                    (capacity + 1) * 4, &change, error);
        if (status == WEIR_OK) {
            uint32_t *grown = (uint32_t *)(void *)weir_row_value(weir_state_table_row(&index->table, change.ref));
            grown[0] = 0;
            if (old != NULL)
                memcpy(grown, old, (size_t)(count + 1) * 4);
        }
        weir_free(old);
        WEIR_TRY(status);
    }
    uint32_t *now = entry_of(index, prefix, size, &entry);
    now[++now[0]] = ref;
    return WEIR_OK;
}

WeirStatus weir_prefix_index_replace(WeirPrefixIndex *index, const uint8_t *key, WeirRowRef old, WeirRowRef ref,
                                     WeirError *error)
{
    WEIR_TRY(project(index, key, error));
    WeirRowRef entry;
    uint32_t *refs = entry_of(index, index->prefix.data, (uint32_t)index->prefix.length, &entry);
    WEIR_ASSERT(refs != NULL);
    uint32_t place = refs[0];
    while (place > 0 && refs[place] != old)
        place--;
    WEIR_ASSERT(place > 0);
    if (ref != WEIR_ROW_NONE) {
        refs[place] = ref;
        return WEIR_OK;
    }
    refs[place] = refs[refs[0]--];
    return refs[0] == 0 ? weir_state_table_remove(&index->table, entry, error) : WEIR_OK;
}

const WeirRowRef *weir_prefix_index_find(const WeirPrefixIndex *index, const void *prefix, uint32_t prefix_size,
                                         uint32_t *count)
{
    WeirRowRef entry;
    const uint32_t *refs = entry_of(index, prefix, prefix_size, &entry);
    *count = refs == NULL ? 0 : refs[0];
    return refs == NULL ? NULL : refs + 1;
}
