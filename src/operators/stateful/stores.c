/* Opening, loading, committing and counting of all state stores of a query. Deltas are built in tasks and written in
 * the I/O pool, all at once. */
#include "operators/stateful/stores.h"

#include "columnar/unsafe_row.h"
#include "operators/execution_private.h"

_Static_assert((int)WEIR_PHYSICAL_EVENT_TIME_NONE == (int)WEIR_STATE_EVENT_TIME_NONE &&
                   (int)WEIR_PHYSICAL_EVENT_TIME_SLOT == (int)WEIR_STATE_EVENT_TIME_SLOT &&
                   (int)WEIR_PHYSICAL_EVENT_TIME_WINDOW_END == (int)WEIR_STATE_EVENT_TIME_WINDOW_END &&
                   (int)WEIR_PHYSICAL_EVENT_TIME_VALUE_SLOT == (int)WEIR_STATE_EVENT_TIME_VALUE_SLOT,
               "the planner and the store name event time alike");

static WeirStatus open_store(WeirStoreSet *set, uint32_t partition, uint32_t index, WeirError *error)
{
    const WeirExecutionEnvironment *environment = set->operator->execution->environment;
    const WeirStatefulStore *store = &set->info->stores[index];
    const WeirStateStoreSpec spec = {
        .provider_class = environment->state_provider_class,
        .fs = environment->fs,
        .checkpoint = environment->state_directory,
        .operator_id = set->info->operator_id,
        .partition_id = (int32_t)partition,
        .store_name = store->name,
        .key_schema = store->key_schema,
        .value_schema = store->value_schema,
        .event_time = (WeirStateEventTime)store->event_time,
        .event_time_column = store->event_time_column,
        .compression_codec = environment->state_compression_codec,
        .min_deltas_for_snapshot = environment->state_min_deltas_for_snapshot,
        .batches_to_retain = environment->state_batches_to_retain,
        .prefix_column_count = store->prefix_columns,
        .durable = environment->durable,
        .tracker = &set->operator->tracker,
    };
    WeirStateStore **slot = &set->stores[partition * set->info->store_count + index];
    WEIR_TRY(weir_state_store_open(&spec, slot, error));
    if (environment->maintenance != NULL)
        weir_state_maintenance_register(environment->maintenance, *slot);
    return WEIR_OK;
}

WeirStatus weir_stateful_open_all(WeirExecution *execution, WeirError *error)
{
    execution->store_sets = weir_calloc(execution->stateful_count + 1, sizeof(WeirStoreSet));
    for (uint32_t i = 0; i < execution->stateful_count; i++) {
        WeirStoreSet *set = &execution->store_sets[i];
        set->operator= execution->stateful[i];
        set->info = set->operator->plan->stateful;
        set->partition_count = (uint32_t)set->info->partition_count;
        set->stores = weir_calloc((size_t)set->partition_count * set->info->store_count + 1, sizeof(WeirStateStore *));
        set->metrics = weir_calloc(set->partition_count + 1, sizeof(WeirPartitionMetrics));
        set->snapshots = weir_calloc(set->partition_count + 1, sizeof(int64_t));
        for (uint32_t p = 0; p < set->partition_count; p++) {
            for (uint32_t s = 0; s < set->info->store_count; s++)
                WEIR_TRY(open_store(set, p, s, error));
        }
    }
    return WEIR_OK;
}

void weir_stateful_close_all(WeirExecution *execution)
{
    if (execution->store_sets == NULL)
        return;
    WeirStateMaintenance *maintenance = execution->environment->maintenance;
    for (uint32_t i = 0; i < execution->stateful_count; i++) {
        WeirStoreSet *set = &execution->store_sets[i];
        for (uint32_t k = 0; set->stores != NULL && k < set->partition_count * set->info->store_count; k++) {
            if (set->stores[k] == NULL)
                continue;
            if (maintenance != NULL)
                weir_state_maintenance_unregister(maintenance, set->stores[k]);
            weir_state_store_close(set->stores[k]);
        }
        weir_free(set->stores);
        weir_free(set->metrics);
        weir_free(set->snapshots);
    }
    weir_free(execution->store_sets);
    execution->store_sets = NULL;
}

void weir_stateful_abort_all(WeirExecution *execution)
{
    for (uint32_t i = 0; i < execution->stateful_count; i++) {
        WeirStoreSet *set = &execution->store_sets[i];
        for (uint32_t k = 0; k < set->partition_count * set->info->store_count; k++)
            weir_state_store_abort(set->stores[k]);
    }
}

WeirStatus weir_store_set_load(WeirStoreSet *set, uint32_t partition, WeirError *error)
{
    set->metrics[partition] = (WeirPartitionMetrics){0};
    for (uint32_t s = 0; s < set->info->store_count; s++)
        WEIR_TRY(
            weir_state_store_load(weir_store_at(set, partition, s), set->operator->execution->batch->batch_id, error));
    return WEIR_OK;
}

/* ---- commit ---- */

typedef struct CommitRun {
    WeirStateStore **stores;
    uint32_t count;
    uint32_t group_count;
} CommitRun;

static WeirStatus prepare_group(void *context, uint32_t index, WeirError *error)
{
    const CommitRun *run = context;
    uint32_t first = (uint32_t)((uint64_t)run->count * index / run->group_count);
    uint32_t last = (uint32_t)((uint64_t)run->count * (index + 1) / run->group_count);
    for (uint32_t i = first; i < last; i++)
        WEIR_TRY(weir_state_store_prepare(run->stores[i], error));
    return WEIR_OK;
}

static WeirStatus publish_one(void *context, uint32_t index, WeirError *error)
{
    const CommitRun *run = context;
    return weir_state_store_publish(run->stores[index], error);
}

static WeirStatus run_tasks(WeirTaskPool *pool, WeirTaskFunction function, void *context, uint32_t count,
                            WeirError *error)
{
    if (pool != NULL && count > 1)
        return weir_task_pool_run(pool, function, context, count, NULL, error);
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY(function(context, i, error));
    return WEIR_OK;
}

/* Counters of the changes are read before the commit makes them history. */
static void count_twice(WeirStatefulMetrics *metrics)
{
    metrics->rows_total *= 2;
    metrics->rows_updated *= 2;
    metrics->rows_removed *= 2;
    metrics->rows_dropped_by_watermark *= 2;
    metrics->rows_dropped_duplicate *= 2;
    metrics->store_instances *= 2;
}

static void collect_metrics(WeirExecution *execution)
{
    for (uint32_t i = 0; i < execution->stateful_count; i++) {
        WeirStoreSet *set = &execution->store_sets[i];
        WeirStatefulMetrics *metrics = &execution->metrics.stateful[i];
        int64_t updates = 0, removals = 0;
        for (uint32_t p = 0; p < set->partition_count; p++) {
            const WeirPartitionMetrics *partition = &set->metrics[p];
            metrics->rows_dropped_by_watermark += partition->dropped_by_watermark;
            metrics->rows_dropped_duplicate += partition->dropped_duplicate;
            metrics->rows_updated += partition->rows_updated;
            metrics->rows_removed += partition->rows_removed;
            updates += partition->updates_nanos;
            removals += partition->removals_nanos;
            for (uint32_t s = 0; s < set->info->store_count; s++) {
                WeirStateStoreMetrics store;
                weir_state_store_metrics(weir_store_at(set, p, s), &store);
                metrics->memory_bytes += store.memory_bytes;
                metrics->cache_hits += store.cache_hit_count;
                metrics->cache_misses += store.cache_miss_count;
                set->snapshots[p] = store.snapshot_last_uploaded;
                if (set->info->store_count > 1 && s % 2 == 0)
                    continue; /* a join's counts are of its keyWithIndexToValue stores */
                metrics->rows_total += store.row_count;
                metrics->rows_updated += partition->counts_own_rows ? 0 : store.updated_count;
                metrics->rows_removed += partition->counts_own_rows ? 0 : store.removed_count;
            }
        }
        metrics->all_updates_ms = updates / 1000000;
        metrics->all_removals_ms = removals / 1000000;
        metrics->state_on_current_version_bytes = metrics->memory_bytes;
        metrics->partition_count = set->info->metadata_partition_count;
        metrics->store_instances =
            set->info->hides_instances ? 0 : set->info->partition_count * (int32_t)set->info->store_count;
        metrics->snapshot_last_uploaded = set->snapshots;
        if (set->info->runs_twice)
            count_twice(metrics);
    }
}

WeirStatus weir_stateful_commit_all(WeirExecution *execution, WeirError *error)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < execution->stateful_count; i++)
        count += execution->store_sets[i].partition_count * execution->store_sets[i].info->store_count;
    if (count == 0)
        return WEIR_OK;
    collect_metrics(execution);
    WeirStateStore **stores = weir_calloc(count, sizeof(WeirStateStore *));
    uint32_t next = 0;
    for (uint32_t i = 0; i < execution->stateful_count; i++) {
        const WeirStoreSet *set = &execution->store_sets[i];
        uint32_t own = set->partition_count * set->info->store_count;
        memcpy(stores + next, set->stores, own * sizeof(WeirStateStore *));
        next += own;
    }
    int64_t start = weir_execution_nanos(execution);
    WeirTaskPool *pool = weir_execution_pool(execution);
    uint32_t workers = pool == NULL ? 0 : weir_task_pool_worker_count(pool);
    uint32_t groups = workers == 0 ? 1 : 4 * workers;
    CommitRun run = {.stores = stores, .count = count, .group_count = groups < count ? groups : count};
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, run_tasks(pool, prepare_group, &run, run.group_count, error));
    WEIR_TRY_OR_GO(done, run_tasks(execution->environment->io_pool, publish_one, &run, count, error));
    for (uint32_t i = 0; i < execution->stateful_count; i++)
        execution->metrics.stateful[i].commit_ms = (weir_execution_nanos(execution) - start) / 1000000;
done:
    weir_free(stores);
    return status;
}

/* ---- event time ---- */

int64_t weir_late_watermark_micros(const WeirOperator *operator)
{
    const int64_t *watermarks = operator->execution->batch->late_watermark_ms;
    return watermarks == NULL ? INT64_MIN : watermarks[operator->plan->stateful->operator_id] * 1000;
}

int64_t weir_eviction_watermark_micros(const WeirOperator *operator)
{
    const int64_t *watermarks = operator->execution->batch->eviction_watermark_ms;
    return watermarks == NULL ? INT64_MIN : watermarks[operator->plan->stateful->operator_id] * 1000;
}

bool weir_row_event_time(const uint8_t *row, uint32_t column_count, int event_time, int32_t column, int64_t *micros)
{
    if (event_time == WEIR_STATE_EVENT_TIME_NONE || weir_unsafe_row_is_null(row, (uint32_t)column))
        return false;
    int64_t slot = weir_unsafe_row_get_slot(row, column_count, (uint32_t)column);
    if (event_time != WEIR_STATE_EVENT_TIME_WINDOW_END) {
        *micros = slot;
        return true;
    }
    const uint8_t *window = row + (size_t)((uint64_t)slot >> 32);
    if (weir_unsafe_row_is_null(window, 1))
        return false;
    *micros = weir_unsafe_row_get_slot(window, 2, 1);
    return true;
}
