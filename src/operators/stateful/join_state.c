/* Rows of a join's state: appending, marking, removing with the last row taking the hole, and eviction. */
#include "operators/stateful/join_state.h"

#include <stdlib.h>

#include "columnar/unsafe_row.h"

static bool is_variable(const WeirDataType *type)
{
    switch (weir_type_physical(type)) {
    case WEIR_PHYSICAL_VIEW:
    case WEIR_PHYSICAL_LIST:
    case WEIR_PHYSICAL_STRUCT:
    case WEIR_PHYSICAL_INT128:
    case WEIR_PHYSICAL_INTERVAL:
        return true;
    default:
        return false;
    }
}

/* Copy the slots of `row` with offsets of variable values moved by `shift` bytes. */
static void copy_slots(const WeirSchema *schema, const uint8_t *from, uint8_t *to, int64_t shift)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        uint64_t slot;
        memcpy(&slot, from + (size_t)i * 8, 8);
        if (slot != 0 && is_variable(schema->fields[i].type))
            slot += (uint64_t)shift << 32;
        memcpy(to + (size_t)i * 8, &slot, 8);
    }
}

WeirStatus weir_row_append_column(const WeirSchema *schema, const uint8_t *row, uint32_t size, uint64_t slot,
                                  WeirArena *arena, uint8_t **out, uint32_t *out_size, WeirError *error)
{
    uint32_t count = schema->field_count;
    size_t nulls = weir_unsafe_row_null_bytes(count), new_nulls = weir_unsafe_row_null_bytes(count + 1),
           slots = (size_t)count * 8;
    size_t shift = new_nulls - nulls + 8;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, size + shift, &memory, error));
    uint8_t *made = memory;
    memset(made, 0, new_nulls);
    memcpy(made, row, nulls);
    copy_slots(schema, row + nulls, made + new_nulls, (int64_t)shift);
    memcpy(made + new_nulls + slots, &slot, 8);
    memcpy(made + new_nulls + slots + 8, row + nulls + slots, size - nulls - slots);
    *out = made;
    *out_size = (uint32_t)(size + shift);
    return WEIR_OK;
}

WeirStatus weir_row_drop_column(const WeirSchema *schema, const uint8_t *row, uint32_t size, WeirArena *arena,
                                uint8_t **out, uint32_t *out_size, WeirError *error)
{
    uint32_t count = schema->field_count;
    size_t nulls = weir_unsafe_row_null_bytes(count), old_nulls = weir_unsafe_row_null_bytes(count + 1),
           slots = (size_t)count * 8;
    size_t shift = old_nulls - nulls + 8;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, size - shift + 8, &memory, error));
    uint8_t *made = memory;
    memcpy(made, row, nulls);
    if (count % 64 != 0) /* the dropped column's null bit */
        made[count >> 3] = (uint8_t)(made[count >> 3] & ~(1u << (count & 7)));
    copy_slots(schema, row + old_nulls, made + nulls, -(int64_t)shift);
    memcpy(made + nulls + slots, row + old_nulls + slots + 8, size - old_nulls - slots - 8);
    *out = made;
    *out_size = (uint32_t)(size - shift);
    return WEIR_OK;
}

static uint8_t *matched_slot(const WeirJoinState *state, uint8_t *value)
{
    uint32_t columns = state->side->state_schema->field_count;
    return value + weir_unsafe_row_null_bytes(columns) + (size_t)(columns - 1) * 8;
}

bool weir_join_row_is_matched(const WeirJoinState *state, const uint8_t *value)
{
    return *matched_slot(state, (uint8_t *)(uintptr_t)value) != 0;
}

int64_t weir_join_state_count(const WeirJoinState *state, const uint8_t *key, uint32_t key_size)
{
    uint32_t size = 0;
    const uint8_t *value = weir_state_store_get(state->counts, key, key_size, weir_state_hash(key, key_size), &size);
    return value == NULL || size < 16 ? 0 : weir_unsafe_row_get_slot(value, 1, 0);
}

static WeirStatus put_count(WeirJoinState *state, const uint8_t *key, uint32_t key_size, int64_t count,
                            WeirError *error)
{
    uint64_t hash = weir_state_hash(key, key_size);
    bool existed = false;
    if (count == 0)
        return weir_state_store_remove(state->counts, key, key_size, hash, &existed, error);
    const int64_t value[2] = {0, count};
    return weir_state_store_put(state->counts, key, key_size, hash, value, sizeof(value), error);
}

WeirStatus weir_join_state_get(const WeirJoinState *state, const uint8_t *key, uint32_t key_size, int64_t index,
                               WeirArena *arena, WeirJoinRow *row, WeirError *error)
{
    uint8_t *indexed = NULL;
    *row = (WeirJoinRow){.index = index};
    WEIR_TRY(weir_row_append_column(state->side->key_schema, key, key_size, (uint64_t)index, arena, &indexed,
                                    &row->key_size, error));
    row->key = indexed;
    const uint8_t *value = weir_state_store_get(state->rows, indexed, row->key_size,
                                                weir_state_hash(indexed, row->key_size), &row->value_size);
    if (value == NULL)
        return WEIR_OK; /* a count without its row: nothing to join */
    void *copy = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, row->value_size, &copy, error));
    memcpy(copy, value, row->value_size);
    row->value = copy;
    return WEIR_OK;
}

WeirStatus weir_join_state_append(WeirJoinState *state, const uint8_t *key, uint32_t key_size, const uint8_t *row,
                                  uint32_t row_size, bool matched, WeirArena *scratch, WeirError *error)
{
    int64_t count = weir_join_state_count(state, key, key_size);
    uint8_t *indexed = NULL, *value = NULL;
    uint32_t indexed_size = 0, value_size = 0;
    WEIR_TRY(weir_row_append_column(state->side->key_schema, key, key_size, (uint64_t)count, scratch, &indexed,
                                    &indexed_size, error));
    WEIR_TRY(
        weir_row_append_column(state->side->row_schema, row, row_size, matched, scratch, &value, &value_size, error));
    WEIR_TRY(weir_state_store_put(state->rows, indexed, indexed_size, weir_state_hash(indexed, indexed_size), value,
                                  value_size, error));
    return put_count(state, key, key_size, count + 1, error);
}

WeirStatus weir_join_state_mark_matched(WeirJoinState *state, WeirJoinRow *row, WeirError *error)
{
    if (weir_join_row_is_matched(state, row->value))
        return WEIR_OK;
    *matched_slot(state, row->value) = 1;
    return weir_state_store_put(state->rows, row->key, row->key_size, weir_state_hash(row->key, row->key_size),
                                row->value, row->value_size, error);
}

WeirStatus weir_join_state_remove(WeirJoinState *state, const uint8_t *key, uint32_t key_size, int64_t index,
                                  WeirArena *scratch, WeirError *error)
{
    int64_t last = weir_join_state_count(state, key, key_size) - 1;
    WeirJoinRow row;
    bool existed = false;
    WEIR_TRY(weir_join_state_get(state, key, key_size, last, scratch, &row, error));
    WEIR_TRY(weir_state_store_remove(state->rows, row.key, row.key_size, weir_state_hash(row.key, row.key_size),
                                     &existed, error));
    if (index != last && row.value != NULL) {
        uint8_t *indexed = NULL;
        uint32_t size = 0;
        WEIR_TRY(weir_row_append_column(state->side->key_schema, key, key_size, (uint64_t)index, scratch, &indexed,
                                        &size, error));
        WEIR_TRY(weir_state_store_put(state->rows, indexed, size, weir_state_hash(indexed, size), row.value,
                                      row.value_size, error));
    }
    return put_count(state, key, key_size, last, error);
}

/* ---- eviction ---- */

typedef struct EvictedRow {
    uint8_t *key; /* without index */
    uint32_t key_size;
    int64_t index;
} EvictedRow;

typedef struct Eviction {
    WeirJoinState *state;
    WeirStateVisitor visitor;
    void *context;
    bool collects;
    EvictedRow *rows;
    uint32_t count, capacity;
    int64_t removed;
    WeirArena arena;
} Eviction;

static WeirStatus visit_evicted(void *context, const WeirStateRow *row, WeirError *error)
{
    Eviction *eviction = context;
    eviction->removed++;
    if (eviction->visitor != NULL)
        WEIR_TRY(eviction->visitor(eviction->context, row, error));
    if (!eviction->collects)
        return WEIR_OK;
    if (eviction->count == eviction->capacity) {
        eviction->capacity = eviction->capacity == 0 ? 64 : eviction->capacity * 2;
        eviction->rows = weir_realloc(eviction->rows, eviction->capacity * sizeof(EvictedRow));
    }
    const WeirSchema *keys = eviction->state->side->key_schema;
    EvictedRow *evicted = &eviction->rows[eviction->count++];
    evicted->index = weir_unsafe_row_get_slot(row->key, keys->field_count + 1, keys->field_count);
    return weir_row_drop_column(keys, row->key, row->key_size, &eviction->arena, &evicted->key, &evicted->key_size,
                                error);
}

static int compare_evicted(const void *left, const void *right)
{
    const EvictedRow *a = left, *b = right;
    uint32_t size = a->key_size < b->key_size ? a->key_size : b->key_size;
    int compared = memcmp(a->key, b->key, size);
    if (compared != 0 || a->key_size != b->key_size)
        return compared != 0 ? compared : a->key_size < b->key_size ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool same_key(const EvictedRow *a, const EvictedRow *b)
{
    return a->key_size == b->key_size && memcmp(a->key, b->key, a->key_size) == 0;
}

/* `holes` rows of one key are gone from the store: the rows at the end move into the holes before the new count. */
static WeirStatus close_holes(Eviction *eviction, const EvictedRow *holes, uint32_t hole_count, WeirError *error)
{
    WeirJoinState *state = eviction->state;
    int64_t count = weir_join_state_count(state, holes->key, holes->key_size), left = count - hole_count,
            last = count - 1;
    uint32_t last_hole = hole_count;
    for (uint32_t i = 0; i < hole_count && holes[i].index < left; i++) {
        while (last_hole > 0 && holes[last_hole - 1].index == last) {
            last--;
            last_hole--;
        }
        WeirJoinRow row;
        uint8_t *indexed = NULL;
        uint32_t size = 0;
        bool existed = false;
        WEIR_TRY(weir_join_state_get(state, holes->key, holes->key_size, last--, &eviction->arena, &row, error));
        if (row.value == NULL)
            continue;
        WEIR_TRY(weir_row_append_column(state->side->key_schema, holes->key, holes->key_size, (uint64_t)holes[i].index,
                                        &eviction->arena, &indexed, &size, error));
        WEIR_TRY(weir_state_store_put(state->rows, indexed, size, weir_state_hash(indexed, size), row.value,
                                      row.value_size, error));
        WEIR_TRY(weir_state_store_remove(state->rows, row.key, row.key_size, weir_state_hash(row.key, row.key_size),
                                         &existed, error));
    }
    return put_count(state, holes->key, holes->key_size, left, error);
}

WeirStatus weir_join_state_evict(WeirJoinState *state, bool by_key, int64_t watermark_micros, WeirStateVisitor visitor,
                                 void *context, int64_t *removed, WeirError *error)
{
    Eviction eviction = {.state = state, .visitor = visitor, .context = context, .collects = !by_key};
    weir_arena_init(&eviction.arena, state->tracker);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_state_store_evict(state->rows, watermark_micros, visit_evicted, &eviction, error));
    if (by_key) {
        WEIR_TRY_OR_GO(done, weir_state_store_evict(state->counts, watermark_micros, NULL, NULL, error));
    } else if (eviction.count > 0) {
        qsort(eviction.rows, eviction.count, sizeof(EvictedRow), compare_evicted);
        for (uint32_t start = 0, end; start < eviction.count; start = end) {
            for (end = start + 1; end < eviction.count && same_key(&eviction.rows[start], &eviction.rows[end]); end++) {
            }
            WEIR_TRY_OR_GO(done, close_holes(&eviction, &eviction.rows[start], end - start, error));
        }
    }
    *removed += eviction.removed;
done:
    weir_free(eviction.rows);
    weir_arena_deinit(&eviction.arena);
    return status;
}
