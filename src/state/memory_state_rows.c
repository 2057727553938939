/* Rows of the memory provider: the table and its indexes kept together. */
#include "state/memory_state_store.h"

#define GROUP 64u                           /* rows whose memory is fetched together */
#define COMPACT_BYTES_MIN ((size_t)8 << 20) /* free memory that one partition may keep */

void weir_memory_state_tables_init(WeirMemoryStateStore *store)
{
    weir_state_table_init(&store->table, store->spec.tracker);
    weir_event_time_index_init(&store->event_times, &store->table.memory, &store->table.heap);
    if (store->spec.prefix_column_count > 0)
        weir_prefix_index_init(&store->prefixes, store->spec.key_schema, (uint32_t)store->spec.prefix_column_count,
                               store->spec.tracker);
}

void weir_memory_state_tables_deinit(WeirMemoryStateStore *store)
{
    weir_event_time_index_deinit(&store->event_times);
    if (store->spec.prefix_column_count > 0)
        weir_prefix_index_deinit(&store->prefixes);
    weir_state_table_deinit(&store->table);
}

static bool time_of_row(const void *context, WeirRowRef ref, int64_t *time)
{
    const WeirMemoryStateStore *store = context;
    WeirRow *row = weir_state_table_row(&store->table, ref);
    if (!weir_row_is_live(row))
        return false;
    uint8_t *key = weir_row_key(row);
    return weir_event_time_read(&store->event_time, key, key + weir_row_key_size(row), time);
}

/* File all rows anew when most references are stale: rows that were removed and came back. Costs less than what made
 * them stale. */
static WeirStatus sweep_event_times(WeirMemoryStateStore *store, WeirError *error)
{
    weir_event_time_index_clear(&store->event_times);
    for (WeirRowRef ref = WEIR_ROW_NONE; weir_state_table_next(&store->table, &ref);) {
        int64_t time;
        if (time_of_row(store, ref, &time))
            WEIR_TRY(weir_event_time_index_add(&store->event_times, time, ref, error));
    }
    return WEIR_OK;
}

static WeirStatus file_event_time(WeirMemoryStateStore *store, WeirRowRef ref, WeirError *error)
{
    int64_t time;
    if (!time_of_row(store, ref, &time))
        return WEIR_OK;
    if (store->event_times.count > 4 * store->table.row_count + 4096)
        return sweep_event_times(store, error);
    return weir_event_time_index_add(&store->event_times, time, ref, error);
}

static WeirStatus index_change(WeirMemoryStateStore *store, const WeirStateTableChange *change, WeirError *error)
{
    if (store->spec.prefix_column_count == 0 || (change->existed && change->ref == change->old))
        return WEIR_OK;
    const uint8_t *key = weir_row_key(weir_state_table_row(&store->table, change->ref));
    if (change->existed)
        return weir_prefix_index_replace(&store->prefixes, key, change->old, change->ref, error);
    return weir_prefix_index_add(&store->prefixes, key, change->ref, error);
}

WeirStatus weir_memory_state_put(WeirMemoryStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                 const void *value, uint32_t value_size, WeirError *error)
{
    WeirStateTableChange change;
    WEIR_TRY(weir_state_table_upsert(&store->table, key, key_size, hash, value_size, &change, error));
    WeirRow *row = weir_state_table_row(&store->table, change.ref);
    bool in_place = change.existed && change.ref == change.old;
    bool filed =
        in_place; /* A row that stayed where it was is filed already, at or before its time, unless its time falls. */
    int64_t before, now;
    if (in_place && weir_event_time_in_value(&store->event_time)) {
        bool had = weir_event_time_read(&store->event_time, weir_row_key(row), weir_row_value(row), &before);
        bool has = weir_event_time_read(&store->event_time, weir_row_key(row), value, &now);
        filed = !has || (had && now >= before);
    }
    if (value_size > 0)
        memcpy(weir_row_value(row), value, value_size);
    if (store->event_time.kind != WEIR_STATE_EVENT_TIME_NONE && !filed)
        WEIR_TRY(file_event_time(store, change.ref, error));
    return index_change(store, &change, error);
}

WeirStatus weir_memory_state_upsert(WeirMemoryStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                    uint32_t value_size, uint8_t **value, bool *existed, WeirError *error)
{
    WEIR_ASSERT(!weir_event_time_in_value(&store->event_time));
    WeirStateTableChange change;
    WEIR_TRY(weir_state_table_upsert(&store->table, key, key_size, hash, value_size, &change, error));
    *existed = change.existed;
    WeirRow *row = weir_state_table_row(&store->table, change.ref);
    *value = weir_row_value(row);
    if (__builtin_expect(change.existed, 1)) {
        WEIR_ASSERT(change.ref == change.old); /* Values of one size: the row cannot have moved. */
        return WEIR_OK;
    }
    memset(*value, 0, value_size);
    if (store->event_time.kind != WEIR_STATE_EVENT_TIME_NONE)
        WEIR_TRY(file_event_time(store, change.ref, error));
    return index_change(store, &change, error);
}

/* Rows of `from` into the empty tables of `to`. */
static WeirStatus copy_rows(WeirMemoryStateStore *to, const WeirMemoryStateStore *from, WeirError *error)
{
    for (WeirRowRef ref = WEIR_ROW_NONE; weir_state_table_next(&from->table, &ref);) {
        WeirRow *row = weir_state_table_row(&from->table, ref);
        uint8_t *key = weir_row_key(row);
        uint32_t key_size = weir_row_key_size(row);
        WEIR_TRY(weir_memory_state_put(to, key, key_size, weir_state_table_hash(key, key_size), key + key_size,
                                       weir_row_value_size(row), error));
    }
    return WEIR_OK;
}

void weir_memory_state_compact(WeirMemoryStateStore *store)
{
    size_t live = store->table.heap.block_bytes - store->table.heap.free_bytes;
    if (store->table.heap.free_bytes <= live + COMPACT_BYTES_MIN)
        return;
    WEIR_ASSERT(!weir_state_table_has_changes(&store->table));
    WeirMemoryStateStore smaller = *store;
    weir_memory_state_tables_init(&smaller);
    smaller.table.tracking = false;
    smaller.event_times.last = store->event_times.last;
    if (copy_rows(&smaller, store, NULL) != WEIR_OK) { /* No memory for both: it stays as it is. */
        weir_memory_state_tables_deinit(&smaller);
        return;
    }
    weir_memory_state_tables_deinit(store);
    weir_state_table_move(&store->table, &smaller.table);
    store->table.tracking = true;
    store->event_times = smaller.event_times;
    store->event_times.memory = &store->table.memory;
    store->event_times.heap = &store->table.heap;
    if (store->spec.prefix_column_count > 0) {
        store->prefixes = smaller.prefixes;
        weir_state_table_move(&store->prefixes.table, &smaller.prefixes.table);
    }
}

static WeirStatus remove_row(WeirMemoryStateStore *store, WeirRowRef ref, WeirError *error)
{
    if (store->spec.prefix_column_count > 0) {
        const uint8_t *key = weir_row_key(weir_state_table_row(&store->table, ref));
        WEIR_TRY(weir_prefix_index_replace(&store->prefixes, key, ref, WEIR_ROW_NONE, error));
    }
    return weir_state_table_remove(&store->table, ref, error);
}

WeirStatus weir_memory_state_remove(WeirMemoryStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                    bool *existed, WeirError *error)
{
    WeirRowRef ref = weir_state_table_find(&store->table, key, key_size, hash);
    *existed = ref != WEIR_ROW_NONE;
    return *existed ? remove_row(store, ref, error) : WEIR_OK;
}

static WeirStatus visit(WeirMemoryStateStore *store, WeirRowRef ref, WeirStateVisitor visitor, void *context,
                        WeirError *error)
{
    WeirRow *row = weir_state_table_row(&store->table, ref);
    WeirStateRow visited = {
        .key = weir_row_key(row), .key_size = weir_row_key_size(row), .value_size = weir_row_value_size(row)};
    visited.value = visited.key + visited.key_size;
    return visitor(context, &visited, error);
}

WeirStatus weir_memory_state_scan(WeirMemoryStateStore *store, WeirStateVisitor visitor, void *context,
                                  WeirError *error)
{
    for (WeirRowRef ref = WEIR_ROW_NONE; weir_state_table_next(&store->table, &ref);)
        WEIR_TRY(visit(store, ref, visitor, context, error));
    return WEIR_OK;
}

WeirStatus weir_memory_state_scan_updated(WeirMemoryStateStore *store, WeirStateVisitor visitor, void *context,
                                          WeirError *error)
{
    for (WeirRowListChunk *chunk = store->table.touched.first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            if (i + 16 < chunk->count)
                __builtin_prefetch(weir_state_table_row(&store->table, chunk->refs[i + 16]));
            if (weir_row_is_live(weir_state_table_row(&store->table, chunk->refs[i])))
                WEIR_TRY(visit(store, chunk->refs[i], visitor, context, error));
        }
    }
    return WEIR_OK;
}

/* Fetch rows and the pages that they will be taken out of. */
static void prefetch_rows(const WeirMemoryStateStore *store, const WeirRowRef *refs, uint32_t count)
{
    uint64_t hashes[GROUP];
    uint32_t hash_count = 0;
    for (uint32_t i = 0; i < count; i++)
        __builtin_prefetch(weir_state_table_row(&store->table, refs[i]), 1);
    for (uint32_t i = 0; i < count; i++) {
        WeirRow *row = weir_state_table_row(&store->table, refs[i]);
        if (weir_row_is_live(row))
            hashes[hash_count++] = weir_state_table_hash(weir_row_key(row), weir_row_key_size(row));
    }
    weir_state_table_prefetch(&store->table, hashes, hash_count);
}

/* One reference that may be due: gone, not due (filed anew), or visited and removed. The visitor may have changed the
 * row. */
static WeirStatus evict_one(WeirMemoryStateStore *store, WeirRowRef ref, int64_t watermark, WeirStateVisitor visitor,
                            void *context, WeirError *error)
{
    int64_t time;
    if (!time_of_row(store, ref, &time))
        return WEIR_OK;
    if (time <= watermark && visitor != NULL) {
        WEIR_TRY(visit(store, ref, visitor, context, error));
        if (!time_of_row(store, ref, &time))
            return WEIR_OK;
    }
    if (time > watermark)
        return weir_event_time_index_add(&store->event_times, time, ref, error);
    return remove_row(store, ref, error);
}

/* Take what may be due out of the index, as a list of its own: what is filed anew meanwhile is not looked at again. */
static WeirStatus take_due(WeirMemoryStateStore *store, int64_t watermark, WeirRowList *due, WeirError *error)
{
    WEIR_ASSERT(store->event_time.kind != WEIR_STATE_EVENT_TIME_NONE);
    WeirStatus status = weir_event_time_index_advance(&store->event_times, watermark, time_of_row, store, error);
    store->damaged |= status != WEIR_OK;
    WEIR_TRY(status);
    *due = (WeirRowList){0};
    store->event_times.count -= store->event_times.due.count;
    weir_row_list_splice(due, &store->event_times.due);
    return WEIR_OK;
}

WeirStatus weir_memory_state_evict(WeirMemoryStateStore *store, int64_t watermark, WeirStateVisitor visitor,
                                   void *context, WeirError *error)
{
    WeirRowList due;
    WEIR_TRY(take_due(store, watermark, &due, error));
    WeirStatus status = WEIR_OK;
    WeirRowListChunk *chunk;
    while (status == WEIR_OK && (chunk = weir_row_list_take_chunk(&due)) != NULL) {
        for (uint32_t i = 0; i < chunk->count && status == WEIR_OK; i++) {
            if (i % GROUP == 0)
                prefetch_rows(store, chunk->refs + i, chunk->count - i < GROUP ? chunk->count - i : GROUP);
            status = evict_one(store, chunk->refs[i], watermark, visitor, context, error);
        }
        weir_row_list_free_chunk(chunk, &store->table.memory);
    }
    weir_row_list_clear(&due, &store->table.memory);
    store->damaged |= status != WEIR_OK; /* References were lost. */
    return status;
}

/* One reference for scan_due: filed anew, and visited once even if it stands there twice. */
static WeirStatus visit_due(WeirMemoryStateStore *store, WeirRowRef ref, int64_t watermark, WeirStateVisitor visitor,
                            void *context, WeirError *error)
{
    int64_t time;
    WeirRow *row = weir_state_table_row(&store->table, ref);
    if (!time_of_row(store, ref, &time) || (row->key_and_flags & WEIR_ROW_MARK) != 0)
        return WEIR_OK;
    WEIR_TRY(weir_event_time_index_add(&store->event_times, time, ref, error));
    if (time > watermark)
        return WEIR_OK;
    row->key_and_flags |= WEIR_ROW_MARK;
    return visit(store, ref, visitor, context, error);
}

WeirStatus weir_memory_state_scan_due(WeirMemoryStateStore *store, int64_t watermark, WeirStateVisitor visitor,
                                      void *context, WeirError *error)
{
    WeirRowList due;
    WEIR_TRY(take_due(store, watermark, &due, error));
    WeirStatus status = WEIR_OK;
    WeirRowListChunk *chunk;
    while (status == WEIR_OK && (chunk = weir_row_list_take_chunk(&due)) != NULL) {
        for (uint32_t i = 0; i < chunk->count && status == WEIR_OK; i++)
            status = visit_due(store, chunk->refs[i], watermark, visitor, context, error);
        weir_row_list_free_chunk(chunk, &store->table.memory);
    }
    weir_row_list_clear(&due, &store->table.memory);
    for (chunk = store->event_times.due.first; chunk != NULL; chunk = chunk->next)
        for (uint32_t i = 0; i < chunk->count; i++)
            weir_state_table_row(&store->table, chunk->refs[i])->key_and_flags &= ~WEIR_ROW_MARK;
    store->damaged |= status != WEIR_OK;
    return status;
}

WeirStatus weir_memory_state_scan_prefix(WeirMemoryStateStore *store, const void *prefix, uint32_t prefix_size,
                                         WeirStateVisitor visitor, void *context, WeirError *error)
{
    WEIR_ASSERT(store->spec.prefix_column_count > 0);
    uint32_t count;
    const WeirRowRef *refs = weir_prefix_index_find(&store->prefixes, prefix, prefix_size, &count);
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY(visit(store, refs[i], visitor, context, error));
    return WEIR_OK;
}
