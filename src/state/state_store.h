/* State stores: versioned key → value tables of UnsafeRow bytes, one per (operator, partition, store name). Batch N
 * loads version N, changes it, and commits version N + 1. Providers are tables of functions: memory with delta and
 * snapshot files (Spark's HDFSBackedStateStoreProvider), later RocksDB. A store belongs to one task at a time, handed
 * over by barriers; there are no locks, an assertion checks the owner. */
#ifndef WEIR_STATE_STATE_STORE_H
#define WEIR_STATE_STATE_STORE_H

#include "columnar/data_type.h"
#include "common/clock.h"
#include "common/file_system.h"

/* How a row shows its event time, so that eviction touches only what it evicts. A row whose time is null is never due.
 * With a time in the value, rows are changed by weir_state_store_put, not in place by weir_state_store_upsert. */
typedef enum WeirStateEventTime {
    WEIR_STATE_EVENT_TIME_NONE,
    WEIR_STATE_EVENT_TIME_SLOT,             /* key column `event_time_column` is a timestamp in micros */
    WEIR_STATE_EVENT_TIME_WINDOW_END,       /* key column is a struct<start,end>: its field 1 */
    WEIR_STATE_EVENT_TIME_VALUE_SLOT,       /* value column is a timestamp or long in micros (dedup within watermark) */
    WEIR_STATE_EVENT_TIME_VALUE_WINDOW_END, /* value column is a struct<start,end>: its field 1 (session windows) */
    WEIR_STATE_EVENT_TIME_VALUE_TIMEOUT     /* value column is a long in any unit, -1 = none (flatMapGroupsWithState) */
} WeirStateEventTime;

typedef struct WeirStateStoreSpec {
    const char *provider_class; /* Spark's class name; unknown: an error */
    WeirFileSystem *fs;
    const char *checkpoint; /* <ck>/state */
    int64_t operator_id;
    int32_t partition_id;
    const char *store_name; /* "default" is not a directory */
    const WeirSchema *key_schema;
    const WeirSchema *value_schema;
    WeirStateEventTime event_time;
    int32_t event_time_column;
    int32_t prefix_column_count;   /* for weir_state_store_scan_prefix; 0 = none */
    const char *compression_codec; /* "lz4", … */
    int32_t min_deltas_for_snapshot;
    int32_t batches_to_retain;
    bool durable;
    WeirMemoryTracker *tracker;
} WeirStateStoreSpec;

typedef struct WeirStateStoreMetrics {
    int64_t row_count;                    /* keys in the store */
    int64_t memory_bytes;                 /* of the table, with indexes */
    int64_t updated_count, removed_count; /* since the version was loaded; kept after the commit until the next load */
    int64_t snapshot_last_uploaded;       /* version, -1 = never */
    int64_t cache_hit_count, cache_miss_count;
} WeirStateStoreMetrics;

typedef struct WeirStateStore WeirStateStore;

/* Nothing is read yet. Errors: UNSUPPORTED provider. Free with weir_state_store_close. The spec is copied. */
WEIR_CHECKED WeirStatus weir_state_store_open(const WeirStateStoreSpec *spec, WeirStateStore **store, WeirError *error);
void weir_state_store_close(WeirStateStore *store); /* NULL is allowed; aborts what is uncommitted */

/* Make `version` (>= 0; 0 = empty) the base of the coming changes. Free of cost when it is what the store holds
 * already. Errors: CANNOT_LOAD_STATE_STORE.* naming the file; rows are validated against the schemas. */
WEIR_CHECKED WeirStatus weir_state_store_load(WeirStateStore *store, int64_t version, WeirError *error);

/* Value bytes of a key, or NULL. Valid until the next change of the store. `hash` = weir_state_hash(key). */
const uint8_t *weir_state_store_get(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                    uint32_t *value_size);
uint64_t weir_state_hash(const void *key, uint32_t key_size);
/* Fetch what gets and upserts of these keys will read: call before a run of 32 to 512 of them, with their hashes. */
void weir_state_store_prefetch(WeirStateStore *store, const uint64_t *hashes, uint32_t count);
WEIR_CHECKED WeirStatus weir_state_store_put(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                             const void *value, uint32_t value_size, WeirError *error);
/* The value of a key for update in place: found → `*existed` true and its bytes, which the caller may overwrite with a
 * value of the same size before the next call; absent → inserted with `value_size` zero bytes to be filled. Marks the
 * row as touched in this version. Only when every value of the store has the same size. */
WEIR_CHECKED WeirStatus weir_state_store_upsert(WeirStateStore *store, const void *key, uint32_t key_size,
                                                uint64_t hash, uint32_t value_size, uint8_t **value, bool *existed,
                                                WeirError *error);
WEIR_CHECKED WeirStatus weir_state_store_remove(WeirStateStore *store, const void *key, uint32_t key_size,
                                                uint64_t hash, bool *existed, WeirError *error);

typedef struct WeirStateRow {
    const uint8_t *key;
    uint32_t key_size;
    const uint8_t *value;
    uint32_t value_size;
} WeirStateRow;
/* Visit rows; the visitor must not change the store (collect first) unless it is weir_state_store_evict's, whose row is
 * gone after its first change. Stops at the first failure. */
typedef WeirStatus (*WeirStateVisitor)(void *context, const WeirStateRow *row, WeirError *error);
WEIR_CHECKED WeirStatus weir_state_store_scan(WeirStateStore *store, WeirStateVisitor visitor, void *context,
                                              WeirError *error);
/* Rows put or upserted since the version was loaded and not removed again. */
WEIR_CHECKED WeirStatus weir_state_store_scan_updated(WeirStateStore *store, WeirStateVisitor visitor, void *context,
                                                      WeirError *error);
/* Visit (visitor may be NULL) and remove every row whose event time is <= `watermark_micros`. Costs what it evicts. */
WEIR_CHECKED WeirStatus weir_state_store_evict(WeirStateStore *store, int64_t watermark_micros,
                                               WeirStateVisitor visitor, void *context, WeirError *error);
/* Visit the same rows and leave them (timeouts; joins, whose two stores change together). Costs what it visits. Rows
 * that are neither removed nor given a later time afterwards are visited again by the next call. */
WEIR_CHECKED WeirStatus weir_state_store_scan_due(WeirStateStore *store, int64_t watermark_micros,
                                                  WeirStateVisitor visitor, void *context, WeirError *error);
/* Visit rows whose key begins with these columns: `prefix_key` is an UnsafeRow of the key's first `prefix_column_count`
 * columns (session windows). */
WEIR_CHECKED WeirStatus weir_state_store_scan_prefix(WeirStateStore *store, const void *prefix_key,
                                                     uint32_t prefix_key_size, WeirStateVisitor visitor, void *context,
                                                     WeirError *error);

/* Write (version + 1).delta (rename with overwrite; fsynced when durable). The store then holds version + 1. On failure
 * the store is as after abort. weir_state_store_prepare builds and compresses the bytes (in the task); _publish does
 * the I/O (in the I/O pool). commit = both. */
WEIR_CHECKED WeirStatus weir_state_store_prepare(WeirStateStore *store, WeirError *error);
WEIR_CHECKED WeirStatus weir_state_store_publish(WeirStateStore *store, WeirError *error);
WEIR_CHECKED WeirStatus weir_state_store_commit(WeirStateStore *store, WeirError *error);
/* Drop what was changed since load; the next load reads files again. */
void weir_state_store_abort(WeirStateStore *store);
int64_t weir_state_store_version(const WeirStateStore *store); /* loaded version, -1: none */
void weir_state_store_metrics(const WeirStateStore *store, WeirStateStoreMetrics *metrics);

/* Background maintenance (one thread per process, woken every spark.sql.streaming.stateStore.maintenanceInterval):
 * snapshots merged from files when more than min_deltas_for_snapshot deltas follow the last snapshot, then old files
 * deleted. Never touches a live table. Works on versions that a load has confirmed: the newest files may belong to a
 * batch that will run again with other rows. The clock must be this thread's own. */
typedef struct WeirStateMaintenance WeirStateMaintenance;
WeirStateMaintenance *weir_state_maintenance_new(WeirClock *clock, int64_t interval_ms);
void weir_state_maintenance_free(WeirStateMaintenance *maintenance); /* finishes the step under way, joins */
void weir_state_maintenance_register(WeirStateMaintenance *maintenance, WeirStateStore *store);
void weir_state_maintenance_unregister(WeirStateMaintenance *maintenance,
                                       WeirStateStore *store); /* waits while it is worked on */
/* One pass over one store's files now (tests, and the thread itself). */
WEIR_CHECKED WeirStatus weir_state_store_maintain(WeirStateStore *store, WeirError *error);

/* For `weir checkpoint`: decode a store's version from files without a provider; calls `visitor` for each row. */
WEIR_CHECKED WeirStatus weir_state_files_scan(WeirFileSystem *fs, const char *store_directory, int64_t version,
                                              WeirStateVisitor visitor, void *context, WeirError *error);
WEIR_CHECKED WeirStatus weir_state_files_latest(WeirFileSystem *fs, const char *store_directory, int64_t *version,
                                                WeirError *error);

#endif
