/* The memory provider's store, shared by its two files: memory_state_provider.c (versions and files) and
 * memory_state_rows.c (rows). */
#ifndef WEIR_STATE_MEMORY_STATE_STORE_H
#define WEIR_STATE_MEMORY_STATE_STORE_H

#include <stdatomic.h>

#include "state/event_time_column.h"
#include "state/event_time_index.h"
#include "state/prefix_index.h"
#include "state/state_files.h"
#include "state/state_provider.h"
#include "state/state_table.h"

typedef enum WeirMemoryStateStage {
    WEIR_MEMORY_STATE_EMPTY,   /* nothing is held: the next load reads files */
    WEIR_MEMORY_STATE_LOADED,  /* the table holds `version`, and perhaps changes */
    WEIR_MEMORY_STATE_PREPARED /* the table holds version + 1, whose delta is in `pending` */
} WeirMemoryStateStage;

typedef struct WeirMemoryStateStore {
    WeirStateStore base;
    WeirArena *arena; /* copies of what the spec points to */
    WeirStateStoreSpec spec;
    const char *directory;
    const WeirCompressionCodec *codec;
    WeirMemoryStateStage stage;
    int64_t version; /* the base of the changes; -1 when EMPTY */
    WeirStateTable table;
    WeirEventTimeColumn event_time;
    WeirEventTimeIndex event_times; /* unless event_time.kind is NONE */
    WeirPrefixIndex prefixes;       /* if spec.prefix_column_count > 0 */
    WeirBuffer pending;
    bool directory_made;
    bool future_files;                    /* snapshots above the loaded version lie there: an abandoned run's */
    bool damaged;                         /* a change failed half-way: only dropping helps */
    bool busy;                            /* a call is under way: a store belongs to one task at a time */
    int64_t updated_count, removed_count; /* of the version prepared last */
    int64_t hit_count, miss_count;
    /* Read by the maintenance thread; all else that it uses never changes. */
    _Atomic int64_t confirmed_version; /* the newest version that a load made the base of a batch */
    _Atomic int64_t snapshot_last_uploaded;
    /* Snapshots above the first and up to the second version could not be read: maintenance does not build on them. */
    _Atomic int64_t damaged_after, damaged_until;
} WeirMemoryStateStore;

static inline WeirMemoryStateStore *weir_memory_state_store(WeirStateStore *store)
{
    return (WeirMemoryStateStore *)store;
}

/* An empty table with its indexes. */
void weir_memory_state_tables_init(WeirMemoryStateStore *store);
void weir_memory_state_tables_deinit(WeirMemoryStateStore *store);
/* Between versions: move the rows to a smaller table when most of the memory is free blocks, as after an eviction of a
 * large window. Costs less than what was removed. */
void weir_memory_state_compact(WeirMemoryStateStore *store);
/* Also while a version is loaded, with the table's tracking off. */
WEIR_CHECKED WeirStatus weir_memory_state_put(WeirMemoryStateStore *store, const void *key, uint32_t key_size,
                                              uint64_t hash, const void *value, uint32_t value_size, WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_remove(WeirMemoryStateStore *store, const void *key, uint32_t key_size,
                                                 uint64_t hash, bool *existed, WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_upsert(WeirMemoryStateStore *store, const void *key, uint32_t key_size,
                                                 uint64_t hash, uint32_t value_size, uint8_t **value, bool *existed,
                                                 WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_scan(WeirMemoryStateStore *store, WeirStateVisitor visitor, void *context,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_scan_updated(WeirMemoryStateStore *store, WeirStateVisitor visitor,
                                                       void *context, WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_evict(WeirMemoryStateStore *store, int64_t watermark,
                                                WeirStateVisitor visitor, void *context, WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_scan_due(WeirMemoryStateStore *store, int64_t watermark,
                                                   WeirStateVisitor visitor, void *context, WeirError *error);
WEIR_CHECKED WeirStatus weir_memory_state_scan_prefix(WeirMemoryStateStore *store, const void *prefix,
                                                      uint32_t prefix_size, WeirStateVisitor visitor, void *context,
                                                      WeirError *error);

#endif
