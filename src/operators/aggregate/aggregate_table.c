/* The table of groups. Lookups are written once and compiled for the common key shapes: one string, one or two words,
 * anything. */
#include "operators/aggregate/aggregate_table.h"

#define GROUPS_MIN 256u
#define PREFETCH_DISTANCE 8u /* keys: the slot two distances ahead, its group one */

void weir_aggregate_table_init(WeirAggregateTable *table, const WeirKeyLayout *layout,
                               const WeirAggregateFunctions *functions, size_t bytes_max, bool borrows_keys,
                               WeirMemoryTracker *tracker)
{
    *table = (WeirAggregateTable){
        .layout = layout, .functions = functions, .tracker = tracker, .borrows_keys = borrows_keys};
    table->keeps_tails = !borrows_keys && layout->view_count == 1 && layout->word_count == 2;
    table->key_bytes = layout->word_count * 8 + (table->keeps_tails ? WEIR_KEY_TAIL_BYTES : 0);
    table->stride = table->key_bytes + (functions == NULL ? 0 : functions->row_bytes);
    if (table->stride == 0)
        table->stride = 8; /* global aggregation without functions */
    table->group_max = UINT32_MAX / 4;
    if (bytes_max > 0) {
        table->group_max = (uint32_t)(bytes_max / (table->stride + 2 * sizeof(uint64_t)));
        if (table->group_max < GROUPS_MIN)
            table->group_max = GROUPS_MIN;
    }
    weir_arena_init(&table->arena, tracker);
    if (functions != NULL && functions->fixed && !weir_aggregates_need_free(functions)) {
        table->empty_row = weir_calloc(1, functions->row_bytes + 8);
        weir_aggregates_init_row(functions, NULL, table->empty_row);
    }
}

static void free_objects(WeirAggregateTable *table)
{
    if (table->functions == NULL || !weir_aggregates_need_free(table->functions))
        return;
    for (uint32_t i = 0; i < table->group_count; i++)
        weir_aggregates_free_row(table->functions, &table->arena, weir_aggregate_table_row(table, i));
}

void weir_aggregate_table_deinit(WeirAggregateTable *table)
{
    if (table->layout == NULL)
        return;
    free_objects(table);
    weir_free(table->slots);
    weir_free(table->groups);
    weir_free(table->empty_row);
    weir_memory_release(table->tracker, table->reserved_bytes);
    weir_arena_deinit(&table->arena);
    *table = (WeirAggregateTable){0};
}

void weir_aggregate_table_clear(WeirAggregateTable *table)
{
    free_objects(table);
    if (table->slots != NULL && table->group_count > 0)
        memset(table->slots, 0, ((size_t)table->slot_mask + 1) * sizeof(uint64_t));
    table->group_count = 0;
    weir_arena_reset(&table->arena);
}

static bool fits_tail(uint32_t length)
{
    return length > WEIR_VIEW_INLINE_BYTES && length <= WEIR_KEY_TAIL_BYTES;
}

/* Groups have moved, and the tails with them. */
static void point_to_tails(WeirAggregateTable *table)
{
    for (uint32_t i = 0; table->keeps_tails && i < table->group_count; i++) {
        WeirKeyWord *key = (WeirKeyWord *)(void *)weir_aggregate_table_key(table, i);
        if (fits_tail((uint32_t)key[0]))
            key[1] = (uintptr_t)(key + 2);
    }
}

/* Room for `extra` more groups, as far as the bound lets. */
static WeirStatus table_reserve(WeirAggregateTable *table, uint32_t extra, WeirError *error)
{
    uint64_t wanted = (uint64_t)table->group_count + extra;
    wanted = wanted > table->group_max ? table->group_max : wanted;
    if (wanted <= table->group_capacity)
        return WEIR_OK;
    uint64_t capacity = table->group_capacity == 0 ? GROUPS_MIN : table->group_capacity;
    while (capacity < wanted)
        capacity *= 2;
    uint64_t slot_count = capacity * 2;
    capacity = capacity > table->group_max ? table->group_max : capacity;
    int64_t bytes = (int64_t)(capacity * table->stride + slot_count * sizeof(uint64_t));
    WEIR_TRY(weir_memory_reserve(table->tracker, bytes - table->reserved_bytes, error));
    table->reserved_bytes = bytes;
    table->groups = weir_realloc(table->groups, capacity * table->stride);
    point_to_tails(table);
    table->group_capacity = (uint32_t)capacity;
    if (table->slots == NULL || slot_count > (uint64_t)table->slot_mask + 1) {
        uint64_t *old = table->slots;
        uint32_t old_count = old == NULL ? 0 : table->slot_mask + 1;
        table->slots = weir_calloc(slot_count, sizeof(uint64_t));
        table->slot_mask = (uint32_t)slot_count - 1;
        for (uint32_t i = 0; i < old_count; i++) {
            if (old[i] == 0)
                continue;
            /* The lower hash bits choose the slot; the upper half in the slot holds them all. */
            uint32_t at = (uint32_t)(old[i] >> 32) & table->slot_mask;
            while (table->slots[at] != 0)
                at = (at + 1) & table->slot_mask;
            table->slots[at] = old[i];
        }
        weir_free(old);
    }
    return WEIR_OK;
}

/* A long string's bytes must live as long as the group. */
static void own_views(WeirAggregateTable *table, WeirKeyWord *key)
{
    if (table->borrows_keys)
        return;
    for (uint32_t i = 0; i < table->layout->view_count; i++) {
        WeirStringView view;
        memcpy(&view, key + table->layout->view_words[i], 16);
        if (view.length <= WEIR_VIEW_INLINE_BYTES || view.length == UINT32_MAX)
            continue;
        if (table->keeps_tails && fits_tail(view.length)) {
            memcpy(key + 2, weir_view_data(&view), view.length);
            key[1] = (uintptr_t)(key + 2);
            continue;
        }
        view = weir_view_copy(&table->arena, weir_view_data(&view), view.length);
        memcpy(key + table->layout->view_words[i], &view, 16);
    }
}

static uint8_t *insert_group(WeirAggregateTable *table, const WeirKeyWord *words)
{
    uint8_t *key = weir_aggregate_table_key(table, table->group_count++);
    memcpy(key, words, (size_t)table->layout->word_count * sizeof(WeirKeyWord));
    if (table->layout->view_count > 0)
        own_views(table, (WeirKeyWord *)(void *)key);
    uint8_t *row = key + table->key_bytes;
    if (table->functions == NULL)
        return row;
    if (table->empty_row != NULL) {
        memcpy(row, table->empty_row, table->functions->row_bytes);
    } else {
        memset(row, 0, table->functions->row_bytes);
        weir_aggregates_init_row(table->functions, &table->arena, row);
    }
    return row;
}

typedef enum KeyShape { KEY_ONE_VIEW, KEY_ONE_VIEW_WITH_TAIL, KEY_ONE_WORD, KEY_TWO_WORDS, KEY_GENERAL } KeyShape;

/* Of a group and a key with the same length: a string of up to 16 bytes is compared where the group lies. */
static inline __attribute__((always_inline)) bool tails_equal(const WeirKeyWord *group, const WeirKeyWord *key)
{
    uint32_t length = (uint32_t)key[0];
    if (!fits_tail(length))
        return weir_key_view_words_equal(group, key);
    const uint8_t *data = (const uint8_t *)(uintptr_t)key[1];
    uint64_t head, tail, group_tail;
    memcpy(&head, data, 8);
    memcpy(&tail, data + length - 8, 8);
    memcpy(&group_tail, (const uint8_t *)(group + 2) + length - 8, 8);
    return ((head ^ group[2]) | (tail ^ group_tail)) == 0;
}

static inline __attribute__((always_inline)) bool keys_equal(const WeirKeyLayout *layout, KeyShape shape,
                                                             const WeirKeyWord *a, const WeirKeyWord *b)
{
    switch (shape) {
    case KEY_ONE_VIEW:
        return weir_key_view_words_equal(a, b);
    case KEY_ONE_VIEW_WITH_TAIL:
        return a[0] == b[0] && tails_equal(a, b);
    case KEY_ONE_WORD:
        return a[0] == b[0];
    case KEY_TWO_WORDS:
        return a[0] == b[0] && a[1] == b[1];
    default:
        return weir_key_equal(layout, a, b);
    }
}

static inline __attribute__((always_inline)) uint32_t find_keys(WeirAggregateTable *table, KeyShape shape,
                                                                const WeirKeyWord *words, const uint64_t *hashes,
                                                                uint32_t count, uint8_t **rows)
{
    const uint32_t mask = table->slot_mask, width = table->layout->word_count, key_bytes = table->key_bytes,
                   stride = table->stride;
    uint64_t *slots = table->slots;
    uint8_t *groups = table->groups;
    for (uint32_t k = 0; k < count; k++) {
        if (k + 2 * PREFETCH_DISTANCE < count)
            __builtin_prefetch(&slots[(uint32_t)(hashes[k + 2 * PREFETCH_DISTANCE] >> 32) & mask]);
        if (k + PREFETCH_DISTANCE < count) {
            uint32_t group = (uint32_t)slots[(uint32_t)(hashes[k + PREFETCH_DISTANCE] >> 32) & mask];
            if (group != 0) /* most often the right one: the table is half empty */
                __builtin_prefetch(groups + (size_t)(group - 1) * stride);
        }
        const WeirKeyWord *key = words + (size_t)k * width;
        const uint64_t tag = hashes[k] >> 32;
        uint32_t at = (uint32_t)tag & mask;
        for (;;) {
            uint64_t slot = slots[at];
            if (slot == 0) {
                if (table->group_count == table->group_capacity)
                    return k;
                slots[at] = tag << 32 | (table->group_count + 1);
                rows[k] = insert_group(table, key);
                break;
            }
            if (slot >> 32 == tag) {
                uint8_t *group = groups + (size_t)((uint32_t)slot - 1) * stride;
                if (keys_equal(table->layout, shape, (const WeirKeyWord *)(const void *)group, key)) {
                    rows[k] = group + key_bytes;
                    break;
                }
            }
            at = (at + 1) & mask;
        }
    }
    return count;
}

WeirStatus weir_aggregate_table_find(WeirAggregateTable *table, const WeirKeyWord *words, const uint64_t *hashes,
                                     uint32_t count, uint8_t **rows, uint32_t *done, WeirError *error)
{
    WEIR_TRY(table_reserve(table, count, error));
    const WeirKeyLayout *layout = table->layout;
    if (table->keeps_tails)
        *done = find_keys(table, KEY_ONE_VIEW_WITH_TAIL, words, hashes, count, rows);
    else if (layout->view_count == 1 && layout->word_count == 2)
        *done = find_keys(table, KEY_ONE_VIEW, words, hashes, count, rows);
    else if (layout->view_count == 0 && layout->word_count == 1)
        *done = find_keys(table, KEY_ONE_WORD, words, hashes, count, rows);
    else if (layout->view_count == 0 && layout->word_count == 2)
        *done = find_keys(table, KEY_TWO_WORDS, words, hashes, count, rows);
    else
        *done = find_keys(table, KEY_GENERAL, words, hashes, count, rows);
    return weir_arena_check(&table->arena, error);
}
