/* The memory provider (Spark: HDFSBackedStateStoreProvider): a partition's state in a table, each version a delta file,
 * now and then a snapshot. */
#include "state/memory_state_store.h"

#include <inttypes.h>

#include "checkpoint/checkpoint.h"

#define CLASS_NAME "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider"
#define PREFETCH_DISTANCE 16u

static void begin(WeirMemoryStateStore *store)
{
    WEIR_ASSERT(!store->busy); /* One task at a time, handed over by a barrier. */
    store->busy = true;
}

static WeirStatus end(WeirMemoryStateStore *store, WeirStatus status)
{
    store->busy = false;
    return status;
}

static const char *directory_of(const WeirStateStoreSpec *spec, WeirArena *arena)
{
    const char *store_name = strcmp(spec->store_name, "default") == 0 ? "" : spec->store_name;
    return weir_arena_printf(arena, "%s/%" PRId64 "/%d%s%s", spec->checkpoint, spec->operator_id,
                             (int)spec->partition_id, store_name[0] == '\0' ? "" : "/", store_name);
}

static WeirStatus memory_open(const WeirStateStoreSpec *spec, WeirStateStore **result, WeirError *error)
{
    const WeirCompressionCodec *codec;
    WEIR_TRY(weir_compression_find(spec->compression_codec, &codec, error));
    WEIR_ASSERT(spec->partition_id >= 0 && spec->prefix_column_count >= 0);
    WeirMemoryStateStore *store = weir_calloc(1, sizeof *store);
    WeirArena *arena = weir_arena_new(NULL);
    store->base.provider = &weir_memory_state_provider;
    store->arena = arena;
    store->spec = *spec;
    store->spec.provider_class = CLASS_NAME;
    store->spec.compression_codec = codec->name;
    store->spec.checkpoint = weir_arena_strdup(arena, spec->checkpoint);
    store->spec.store_name = weir_arena_strdup(arena, spec->store_name);
    store->spec.key_schema = weir_type_copy(arena, spec->key_schema);
    store->spec.value_schema = weir_type_copy(arena, spec->value_schema);
    store->directory = directory_of(spec, arena);
    store->codec = codec;
    store->version = -1;
    store->event_time = weir_event_time_column(&store->spec);
    atomic_init(&store->confirmed_version, -1);
    atomic_init(&store->snapshot_last_uploaded, -1);
    atomic_init(&store->damaged_after, 0);
    atomic_init(&store->damaged_until, 0);
    weir_buffer_init(&store->pending, SIZE_MAX / 2, spec->tracker);
    weir_memory_state_tables_init(store);
    *result = &store->base;
    return WEIR_OK;
}

static void drop(WeirMemoryStateStore *store)
{
    weir_memory_state_tables_deinit(store);
    weir_memory_state_tables_init(store);
    weir_buffer_deinit(&store->pending);
    weir_buffer_init(&store->pending, SIZE_MAX / 2, store->spec.tracker);
    store->stage = WEIR_MEMORY_STATE_EMPTY;
    store->version = -1;
    store->damaged = false;
}

static void memory_close(WeirStateStore *base)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    begin(store);
    weir_memory_state_tables_deinit(store);
    weir_buffer_deinit(&store->pending);
    weir_arena_free(store->arena);
    weir_free(store);
}

static bool is_changed(const WeirMemoryStateStore *store)
{
    return store->damaged || weir_state_table_has_changes(&store->table);
}

static void memory_abort(WeirStateStore *base)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    begin(store);
    if (store->stage == WEIR_MEMORY_STATE_PREPARED || is_changed(store))
        drop(store);
    end(store, WEIR_OK);
}

/* Of a foreign row; every row is checked, since what reads them later trusts their offsets. */
static WeirStatus check_row(const WeirMemoryStateStore *store, const WeirStateRow *row, WeirError *error)
{
    bool key = weir_unsafe_row_validate(store->spec.key_schema, row->key, row->key_size);
    if (key && weir_unsafe_row_validate(store->spec.value_schema, row->value, row->value_size))
        return WEIR_OK;
    return weir_error_format(
        error,
        key ? WEIR_ERROR_CANNOT_LOAD_STATE_STORE_VALUE_ROW_FORMAT_VALIDATION_FAILURE
            : WEIR_ERROR_CANNOT_LOAD_STATE_STORE_KEY_ROW_FORMAT_VALIDATION_FAILURE,
        "A %s row of %u bytes in the state files of %s does not fit the query's schema: the files are damaged, or "
        "another query or version wrote them.",
        key ? "value" : "key", key ? row->value_size : row->key_size, store->directory);
}

static WeirStatus apply(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    WeirMemoryStateStore *store = context;
    uint64_t hashes[WEIR_DELTA_GROUP_MAX];
    weir_state_group_hash(group, &store->table, hashes);
    for (uint32_t i = 0; i < group->count; i++) {
        const WeirStateRow *row = &group->rows[i];
        bool existed;
        if (group->entries[i] == WEIR_DELTA_REMOVE) {
            WEIR_TRY(weir_memory_state_remove(store, row->key, row->key_size, hashes[i], &existed, error));
        } else {
            WEIR_TRY(check_row(store, row, error));
            WEIR_TRY(
                weir_memory_state_put(store, row->key, row->key_size, hashes[i], row->value, row->value_size, error));
        }
    }
    return WEIR_OK;
}

static void reset(void *context)
{
    drop(context);
    ((WeirMemoryStateStore *)context)->table.tracking = false;
}

static WeirStatus read_version(WeirMemoryStateStore *store, int64_t version, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirStateFileSet set;
    WeirStatus status = weir_state_file_set_list(store->spec.fs, store->directory, arena, &set, error);
    if (status == WEIR_OK) {
        store->future_files = set.snapshot_count > 0 && set.snapshots[set.snapshot_count - 1] > version;
        store->directory_made = set.delta_count + set.snapshot_count > 0;
        const WeirReplayTarget target = {apply, reset, store};
        store->table.tracking = false;
        int64_t used, newest = weir_state_file_set_base(&set, version);
        status = weir_state_files_replay(store->spec.fs, store->directory, &set, version, &target, &used, error);
        store->table.tracking = true;
        if (status == WEIR_OK && used < newest) {
            atomic_store(&store->damaged_until, newest);
            atomic_store(&store->damaged_after, used);
        }
    }
    weir_arena_free(arena);
    return status;
}

static WeirStatus memory_load(WeirStateStore *base, int64_t version, WeirError *error)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    WEIR_ASSERT(version >= 0);
    begin(store);
    store->updated_count = store->removed_count = 0;
    if (store->stage == WEIR_MEMORY_STATE_LOADED && store->version == version && !is_changed(store)) {
        store->hit_count++;
    } else {
        store->miss_count++;
        drop(store);
        WeirStatus status = read_version(store, version, error);
        if (status != WEIR_OK) {
            drop(store);
            return end(store, status);
        }
        store->stage = WEIR_MEMORY_STATE_LOADED;
        store->version = version;
    }
    atomic_store(&store->confirmed_version, version);
    return end(store, WEIR_OK);
}

static void assert_loaded(const WeirMemoryStateStore *store)
{
    WEIR_ASSERT(store->stage == WEIR_MEMORY_STATE_LOADED);
}

static const uint8_t *memory_get(WeirStateStore *base, const void *key, uint32_t key_size, uint64_t hash,
                                 uint32_t *value_size)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    assert_loaded(store);
    WeirRowRef ref = weir_state_table_find(&store->table, key, key_size, hash);
    if (ref == WEIR_ROW_NONE)
        return NULL;
    WeirRow *row = weir_state_table_row(&store->table, ref);
    *value_size = weir_row_value_size(row);
    return weir_row_value(row);
}

static void memory_prefetch(WeirStateStore *base, const uint64_t *hashes, uint32_t count)
{
    weir_state_table_prefetch(&weir_memory_state_store(base)->table, hashes, count);
}

static WeirStatus memory_put(WeirStateStore *base, const void *key, uint32_t key_size, uint64_t hash, const void *value,
                             uint32_t value_size, WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_put(weir_memory_state_store(base), key, key_size, hash, value, value_size, error);
}

static WeirStatus memory_upsert(WeirStateStore *base, const void *key, uint32_t key_size, uint64_t hash,
                                uint32_t value_size, uint8_t **value, bool *existed, WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_upsert(weir_memory_state_store(base), key, key_size, hash, value_size, value, existed,
                                    error);
}

static WeirStatus memory_remove(WeirStateStore *base, const void *key, uint32_t key_size, uint64_t hash, bool *existed,
                                WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_remove(weir_memory_state_store(base), key, key_size, hash, existed, error);
}

static WeirStatus memory_scan(WeirStateStore *base, WeirStateVisitor visitor, void *context, WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_scan(weir_memory_state_store(base), visitor, context, error);
}

static WeirStatus memory_scan_updated(WeirStateStore *base, WeirStateVisitor visitor, void *context, WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_scan_updated(weir_memory_state_store(base), visitor, context, error);
}

static WeirStatus memory_evict(WeirStateStore *base, int64_t watermark, WeirStateVisitor visitor, void *context,
                               WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_evict(weir_memory_state_store(base), watermark, visitor, context, error);
}

static WeirStatus memory_scan_due(WeirStateStore *base, int64_t watermark, WeirStateVisitor visitor, void *context,
                                  WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_scan_due(weir_memory_state_store(base), watermark, visitor, context, error);
}

static WeirStatus memory_scan_prefix(WeirStateStore *base, const void *prefix, uint32_t prefix_size,
                                     WeirStateVisitor visitor, void *context, WeirError *error)
{
    assert_loaded(weir_memory_state_store(base));
    return weir_memory_state_scan_prefix(weir_memory_state_store(base), prefix, prefix_size, visitor, context, error);
}

static WeirStatus write_touched(const WeirStateTable *table, WeirDeltaWriter *writer, WeirError *error)
{
    for (WeirRowListChunk *chunk = table->touched.first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            if (i + PREFETCH_DISTANCE < chunk->count)
                __builtin_prefetch(weir_state_table_row(table, chunk->refs[i + PREFETCH_DISTANCE]));
            WeirRow *row = weir_state_table_row(table, chunk->refs[i]);
            if (weir_row_is_live(row))
                WEIR_TRY(weir_delta_writer_put(writer, weir_row_key(row), weir_row_key_size(row), weir_row_value(row),
                                               weir_row_value_size(row), error));
        }
    }
    return WEIR_OK;
}

static WeirStatus write_tombstones(const WeirStateTable *table, WeirDeltaWriter *writer, WeirError *error)
{
    for (WeirRowListChunk *chunk = table->removed.first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            WeirRow *row = weir_state_table_row(table, chunk->refs[i]);
            if ((row->key_and_flags & WEIR_ROW_NEW) == 0)
                WEIR_TRY(weir_delta_writer_remove(writer, weir_row_key(row), weir_row_key_size(row), error));
        }
    }
    return WEIR_OK;
}

/* What changed, in Spark's order where it can be: puts, then removals (an eviction comes last in a batch). A key that
 * was removed and put again stands in both, and the last entry counts: then removals come first. */
static WeirStatus write_delta(WeirMemoryStateStore *store, WeirError *error)
{
    WeirDeltaWriter writer;
    weir_delta_writer_init(&writer, store->codec, weir_buffer_sink(&store->pending));
    bool removals_first = store->table.put_after_removal;
    WeirStatus status = WEIR_OK;
    for (int step = 0; step < 2 && status == WEIR_OK; step++)
        status = removals_first == (step == 0) ? write_tombstones(&store->table, &writer, error)
                                               : write_touched(&store->table, &writer, error);
    if (status == WEIR_OK)
        status = weir_delta_writer_finish(&writer, error);
    weir_delta_writer_deinit(&writer);
    return status;
}

static WeirStatus memory_prepare(WeirStateStore *base, WeirError *error)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    assert_loaded(store);
    begin(store);
    store->updated_count = (int64_t)store->table.updated_count + (int64_t)store->table.updated_removed_count;
    store->removed_count = (int64_t)store->table.removed_count;
    WeirStatus status = write_delta(store, error);
    if (status != WEIR_OK) {
        drop(store);
        return end(store, status);
    }
    weir_state_table_finish_version(&store->table);
    weir_memory_state_compact(store);
    store->stage = WEIR_MEMORY_STATE_PREPARED;
    return end(store, WEIR_OK);
}

/* Snapshots above the loaded version come from a run whose later batches are being run again, perhaps with other rows.
 * They must not outlive the deltas they were made of. */
static WeirStatus remove_future_snapshots(WeirMemoryStateStore *store, WeirError *error)
{
    WeirFileSystem *fs = store->spec.fs;
    WeirArena *arena = weir_arena_new(NULL);
    WeirStateFileSet set;
    WeirStatus status = weir_state_file_set_list(fs, store->directory, arena, &set, error);
    for (size_t i = set.snapshot_count; status == WEIR_OK && i-- > 0 && set.snapshots[i] > store->version;) {
        char *path = weir_state_file_path(store->directory, set.snapshots[i], WEIR_SNAPSHOT_FILE);
        status = weir_checkpoint_file_remove(fs, path, error);
        weir_free(path);
    }
    if (status == WEIR_OK &&
        store->spec.durable) /* Durable before the new delta is: else a power cut brings them back beside it. */
        status = fs->sync_directory(fs, store->directory, error);
    weir_arena_free(arena);
    return status;
}

static WeirStatus write_pending(WeirMemoryStateStore *store, WeirError *error)
{
    WeirFileSystem *fs = store->spec.fs;
    if (!store->directory_made)
        WEIR_TRY(fs->make_directories(fs, store->directory, store->spec.durable, error));
    store->directory_made = true;
    if (store->future_files)
        WEIR_TRY(remove_future_snapshots(store, error));
    store->future_files = false;
    char *path = weir_state_file_path(store->directory, store->version + 1, WEIR_DELTA_FILE);
    WeirStatus status = weir_atomic_file_write(fs, path, store->pending.data, store->pending.length,
                                               WEIR_RENAME_REPLACE, store->spec.durable, "state_delta", error);
    weir_free(path);
    return status;
}

static WeirStatus memory_publish(WeirStateStore *base, WeirError *error)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    WEIR_ASSERT(store->stage == WEIR_MEMORY_STATE_PREPARED);
    begin(store);
    WeirError cause = {0};
    WeirStatus status = write_pending(store, &cause);
    if (status != WEIR_OK) {
        weir_error_format(error, WEIR_ERROR_CANNOT_WRITE_STATE_STORE_CANNOT_COMMIT,
                          "Cannot commit version %" PRId64 " of the state store %s: %s", store->version + 1,
                          store->directory, cause.message);
        drop(store);
        return end(store, WEIR_ERROR_CANNOT_WRITE_STATE_STORE_CANNOT_COMMIT);
    }
    weir_buffer_deinit(&store->pending);
    weir_buffer_init(&store->pending, SIZE_MAX / 2, store->spec.tracker);
    store->version++;
    store->stage = WEIR_MEMORY_STATE_LOADED;
    return end(store, WEIR_OK);
}

static int64_t memory_version(const WeirStateStore *base)
{
    return ((const WeirMemoryStateStore *)base)->version;
}

static void memory_metrics(const WeirStateStore *base, WeirStateStoreMetrics *metrics)
{
    const WeirMemoryStateStore *store = (const WeirMemoryStateStore *)base;
    int64_t prefix_bytes = store->spec.prefix_column_count > 0 ? store->prefixes.table.memory.used_bytes : 0;
    bool changing = weir_state_table_has_changes(&store->table);
    *metrics = (WeirStateStoreMetrics){
        .row_count = (int64_t)store->table.row_count,
        .memory_bytes = store->table.memory.used_bytes + prefix_bytes,
        .updated_count = changing ? (int64_t)store->table.updated_count + (int64_t)store->table.updated_removed_count
                                  : store->updated_count,
        .removed_count = changing ? (int64_t)store->table.removed_count : store->removed_count,
        .snapshot_last_uploaded = atomic_load(&((WeirMemoryStateStore *)(uintptr_t)store)->snapshot_last_uploaded),
        .cache_hit_count = store->hit_count,
        .cache_miss_count = store->miss_count,
    };
}

static WeirStatus remove_versions_below(const WeirMemoryStateStore *store, const int64_t *versions, size_t count,
                                        int64_t limit, WeirDeltaKind kind, WeirError *error)
{
    WeirFileSystem *fs = store->spec.fs;
    WeirStatus status = WEIR_OK;
    for (size_t i = 0; i < count && versions[i] < limit && status == WEIR_OK; i++) {
        char *path = weir_state_file_path(store->directory, versions[i], kind);
        status = weir_checkpoint_file_remove(fs, path, error);
        weir_free(path);
    }
    return status;
}

/* Spark: cleanup. Keep what rebuilds the version `batches_to_retain` before the confirmed one, and all after it.
 * Temporary files at or below the confirmed version are nobody's: the batch in progress writes above it. */
static WeirStatus remove_old_files(const WeirMemoryStateStore *store, const WeirStateFileSet *set, int64_t confirmed,
                                   WeirError *error)
{
    for (size_t i = 0; i < set->temporary_count; i++) {
        const char *slash = strrchr(set->temporaries[i], '/');
        if (slash != NULL && weir_state_temporary_version(slash + 1) <= confirmed)
            WEIR_TRY(weir_checkpoint_file_remove(store->spec.fs, set->temporaries[i], error));
    }
    int64_t earliest = confirmed - store->spec.batches_to_retain;
    int64_t base = earliest > 0 ? weir_state_file_set_base(set, earliest) : 0;
    WEIR_TRY(remove_versions_below(store, set->deltas, set->delta_count, base, WEIR_DELTA_FILE, error));
    return remove_versions_below(store, set->snapshots, set->snapshot_count, base, WEIR_SNAPSHOT_FILE, error);
}

/* Take out of the set what a load has found to be damaged: deltas before it are still needed. */
static void forget_damaged(const WeirMemoryStateStore *store, WeirStateFileSet *set)
{
    int64_t after = atomic_load(&store->damaged_after), until = atomic_load(&store->damaged_until);
    size_t kept = 0;
    for (size_t i = 0; i < set->snapshot_count; i++)
        if (set->snapshots[i] <= after || set->snapshots[i] > until)
            set->snapshots[kept++] = set->snapshots[i];
    set->snapshot_count = kept;
}

static WeirStatus list_good_files(const WeirMemoryStateStore *store, WeirArena *arena, WeirStateFileSet *set,
                                  WeirError *error)
{
    WEIR_TRY(weir_state_file_set_list(store->spec.fs, store->directory, arena, set, error));
    forget_damaged(store, set);
    return WEIR_OK;
}

static WeirStatus memory_maintain(WeirStateStore *base, WeirError *error)
{
    WeirMemoryStateStore *store = weir_memory_state_store(base);
    int64_t confirmed = atomic_load(&store->confirmed_version);
    if (confirmed < 1)
        return WEIR_OK;
    WeirArena *arena = weir_arena_new(NULL);
    WeirStateFileSet set;
    WeirStatus status;
    WEIR_TRY_OR_GO(done, list_good_files(store, arena, &set, error));
    if (confirmed - weir_state_file_set_base(&set, confirmed) > store->spec.min_deltas_for_snapshot) {
        WEIR_TRY_OR_GO(done, weir_state_snapshot_write(store->spec.fs, store->directory, &set, confirmed, store->codec,
                                                       store->spec.durable, store->spec.tracker, error));
        atomic_store(&store->snapshot_last_uploaded, confirmed);
        WEIR_TRY_OR_GO(done, list_good_files(store, arena, &set, error));
    }
    status = remove_old_files(store, &set, confirmed, error);
done:
    weir_arena_free(arena);
    return status;
}

const WeirStateProvider weir_memory_state_provider = {
    .class_name = CLASS_NAME,
    .open = memory_open,
    .close = memory_close,
    .load = memory_load,
    .get = memory_get,
    .prefetch = memory_prefetch,
    .put = memory_put,
    .upsert = memory_upsert,
    .remove = memory_remove,
    .scan = memory_scan,
    .scan_updated = memory_scan_updated,
    .evict = memory_evict,
    .scan_due = memory_scan_due,
    .scan_prefix = memory_scan_prefix,
    .prepare = memory_prepare,
    .publish = memory_publish,
    .abort = memory_abort,
    .version = memory_version,
    .metrics = memory_metrics,
    .maintain = memory_maintain,
};
