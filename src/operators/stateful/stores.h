/* The state stores of a stateful operator: one per partition and store name, opened with the query, loaded by the task
 * that owns the partition, committed together at the end of the run. */
#ifndef WEIR_OPERATORS_STORES_H
#define WEIR_OPERATORS_STORES_H

#include "operators/operator.h"

/* Counted by the task that owns the partition. */
typedef struct WeirPartitionMetrics {
    int64_t dropped_by_watermark, dropped_duplicate;
    int64_t updates_nanos, removals_nanos;
    bool counts_own_rows; /* joins: the two counts below, not the stores' */
    int64_t rows_updated, rows_removed;
} WeirPartitionMetrics;

struct WeirStoreSet {
    WeirOperator *operator;
    const WeirStatefulInfo *info;
    uint32_t partition_count;
    WeirStateStore **stores; /* [partition × store_count + store] */
    WeirPartitionMetrics *metrics;
    int64_t *snapshots;
};
typedef struct WeirStoreSet WeirStoreSet;

static inline WeirStoreSet *weir_store_set(const WeirOperator *operator)
{
    return &operator->execution->store_sets[operator->plan->stateful->operator_id];
}
static inline WeirStateStore *weir_store_at(const WeirStoreSet *set, uint32_t partition, uint32_t store)
{
    return set->stores[partition * set->info->store_count + store];
}
/* Load the batch's version of all stores of a partition. */
WEIR_CHECKED WeirStatus weir_store_set_load(WeirStoreSet *set, uint32_t partition, WeirError *error);
/* Watermarks of the batch in microseconds: rows at or before are late, or to be evicted. */
int64_t weir_late_watermark_micros(const WeirOperator *operator);
int64_t weir_eviction_watermark_micros(const WeirOperator *operator);
/* Event time of an UnsafeRow: a timestamp or long slot, or the end of a window struct. False: null. */
bool weir_row_event_time(const uint8_t *row, uint32_t column_count, int event_time, int32_t column, int64_t *micros);

#endif
