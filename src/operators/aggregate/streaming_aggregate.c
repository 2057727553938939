/* Streaming aggregation: Spark's chain of partial aggregate, exchange, StateStoreRestore, merge, StateStoreSave and
 * final aggregate as one operator. The task that owns a partition drops late rows, merges the rest into the state
 * store, emits what the output mode asks for and evicts. */
#include "operators/aggregate/aggregation.h"
#include "operators/stateful/stores.h"

typedef enum OutputMode { MODE_APPEND, MODE_UPDATE, MODE_COMPLETE } OutputMode;

#define MERGE_CHUNK 512u

/* One partition in one batch. */
typedef struct PartitionMerge {
    WeirAggregation *aggregation;
    const WeirStatefulInfo *info;
    WeirStoreSet *set;
    WeirPartitionMetrics *metrics;
    WeirStateStore *store;
    uint32_t partition;
    OutputMode mode;
    int64_t late_micros, eviction_micros;
    bool filters;
    WeirAggregateTable late_keys; /* a late key counts once, as after Spark's merge */
    WeirAggregateTable groups;    /* object functions: the groups touched in this batch */
    WeirArena scratch;
} PartitionMerge;

static OutputMode mode_of(const char *name)
{
    if (name != NULL && strcmp(name, "append") == 0)
        return MODE_APPEND;
    return name != NULL && strcmp(name, "complete") == 0 ? MODE_COMPLETE : MODE_UPDATE;
}

static WeirStatus streaming_open(WeirOperator *operator, WeirError * error)
{
    WeirAggregation *aggregation = NULL;
    WeirStatus status =
        weir_aggregation_new(operator,(uint32_t) operator->plan->stateful->partition_count, &aggregation, error);
    operator->state = aggregation;
    return status;
}

static void streaming_close(WeirOperator *operator)
{
    weir_aggregation_free(operator->state);
}

static void streaming_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    WeirAggregation *aggregation = operator->state;
    weir_exchange_deinit(&aggregation->exchange);
}

static WeirStatus streaming_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    WeirAggregation *aggregation = operator->state;
    *unit_count = aggregation->partition_count;
    return weir_operator_run(operator->children[0], &weir_partial_aggregate_terminal, aggregation, error);
}

/* ---- late rows ---- */

static bool is_late(const PartitionMerge *merge, const uint8_t *key)
{
    int64_t micros;
    return weir_row_event_time(key, merge->aggregation->key_schema->field_count, merge->info->event_time,
                               merge->info->event_time_column, &micros) &&
           micros <= merge->late_micros;
}

static WeirStatus count_late(PartitionMerge *merge, const WeirRunEntry *entry, WeirError *error)
{
    if (merge->late_keys.layout == NULL) {
        weir_aggregate_table_init(&merge->late_keys, &merge->aggregation->encoded_layout, NULL, 0, true,
                                  &merge->aggregation->operator->tracker);
    }
    uint64_t words[2];
    WeirStringView view = weir_view_make(weir_run_entry_key(entry), entry->key_size);
    memcpy(words, &view, 16);
    uint8_t *row;
    uint32_t done;
    WEIR_TRY(weir_aggregate_table_find(&merge->late_keys, words, &entry->hash, 1, &row, &done, error));
    merge->metrics->dropped_by_watermark = merge->late_keys.group_count;
    return WEIR_OK;
}

static WeirStatus drop_late(PartitionMerge *merge, const WeirRunEntry **entries, uint32_t *count, WeirError *error)
{
    if (!merge->filters)
        return WEIR_OK;
    uint32_t kept = 0;
    for (uint32_t k = 0; k < *count; k++) {
        if (is_late(merge, weir_run_entry_key(entries[k])))
            WEIR_TRY(count_late(merge, entries[k], error));
        else
            entries[kept++] = entries[k];
    }
    *count = kept;
    return WEIR_OK;
}

/* ---- fixed-width buffers: merged in the store itself ---- */

static WeirStatus upsert(PartitionMerge *merge, const uint8_t *key, uint32_t key_size, uint64_t hash,
                         const uint8_t *row, WeirError *error)
{
    const WeirAggregateFunctions *functions = &merge->aggregation->functions;
    uint8_t *value = NULL;
    bool existed = false;
    WEIR_TRY(weir_state_store_upsert(merge->store, key, key_size, hash, functions->row_bytes, &value, &existed, error));
    if (existed)
        return weir_aggregates_merge(functions, &value, &row, &functions->row_bytes, 1, NULL, &merge->scratch, error);
    if (functions->row_bytes > 0)
        memcpy(value, row, functions->row_bytes);
    return WEIR_OK;
}

static WeirStatus upsert_entries(PartitionMerge *merge, const WeirRunEntry *const *entries, uint32_t count,
                                 WeirError *error)
{
    uint64_t hashes[MERGE_CHUNK];
    for (uint32_t k = 0; k < count; k++)
        hashes[k] = entries[k]->hash;
    weir_state_store_prefetch(merge->store, hashes, count);
    for (uint32_t k = 0; k < count; k++) {
        const WeirRunEntry *entry = entries[k];
        WEIR_TRY(
            upsert(merge, weir_run_entry_key(entry), entry->key_size, entry->hash, weir_run_entry_value(entry), error));
    }
    return WEIR_OK;
}

/* ---- object buffers: merged in a table, then serialized into the store ---- */

/* A value of the store without the keys that format 1 repeats in it. */
static const uint8_t *buffers_of(PartitionMerge *merge, const uint8_t *value, uint32_t *size)
{
    if (!merge->info->is_old_format || value == NULL)
        return value;
    uint8_t *out = weir_arena_alloc(&merge->scratch, *size);
    *size = weir_unsafe_row_tail(merge->info->value_schema, merge->info->key_schema->field_count, value, *size, out);
    return out;
}

/* New groups start from what the store holds. */
static WeirStatus restore_groups(PartitionMerge *merge, uint32_t first, WeirError *error)
{
    WeirAggregateTable *groups = &merge->groups;
    uint8_t *targets[MERGE_CHUNK];
    const uint8_t *sources[MERGE_CHUNK];
    uint32_t sizes[MERGE_CHUNK], count = 0;
    for (uint32_t i = first; i < groups->group_count; i++) {
        const WeirStringView *view = (const WeirStringView *)(const void *)weir_aggregate_table_key(groups, i);
        const uint8_t *key = weir_view_data(view);
        const uint8_t *value =
            weir_state_store_get(merge->store, key, view->length, weir_state_hash(key, view->length), &sizes[count]);
        value = buffers_of(merge, value, &sizes[count]);
        if (value == NULL)
            continue;
        targets[count] = weir_aggregate_table_row(groups, i);
        sources[count++] = value;
    }
    if (count == 0)
        return WEIR_OK;
    return weir_aggregates_merge(&merge->aggregation->functions, targets, sources, sizes, count, &groups->arena,
                                 &merge->scratch, error);
}

static WeirStatus merge_objects(PartitionMerge *merge, const WeirRunEntry *const *entries, uint32_t count,
                                WeirError *error)
{
    uint64_t words[MERGE_CHUNK * 2], hashes[MERGE_CHUNK];
    uint8_t *rows[MERGE_CHUNK];
    const uint8_t *sources[MERGE_CHUNK];
    uint32_t sizes[MERGE_CHUNK], done = 0, first = merge->groups.group_count;
    for (uint32_t k = 0; k < count; k++) {
        WeirStringView view = weir_view_make(weir_run_entry_key(entries[k]), entries[k]->key_size);
        memcpy(words + (size_t)k * 2, &view, 16);
        hashes[k] = entries[k]->hash;
        sources[k] = weir_run_entry_value(entries[k]);
        sizes[k] = entries[k]->value_size;
    }
    if (count == 0)
        return WEIR_OK;
    WEIR_TRY(weir_aggregate_table_find(&merge->groups, words, hashes, count, rows, &done, error));
    WEIR_TRY(restore_groups(merge, first, error));
    return weir_aggregates_merge(&merge->aggregation->functions, rows, sources, sizes, count, &merge->groups.arena,
                                 &merge->scratch, error);
}

static WeirStatus put_chunk(PartitionMerge *merge, uint32_t first, uint32_t count, WeirError *error)
{
    const WeirAggregateFunctions *functions = &merge->aggregation->functions;
    WeirAggregateTable *groups = &merge->groups;
    WeirArena *scratch = &merge->scratch;
    uint32_t columns = functions->buffer_schema->field_count;
    const uint8_t *rows[MERGE_CHUNK];
    for (uint32_t k = 0; k < count; k++)
        rows[k] = weir_aggregate_table_row(groups, first + k);
    WeirVector *values = WEIR_ARENA_ARRAY(scratch, WeirVector, columns + 1);
    const WeirVector **pointers = WEIR_ARENA_ARRAY(scratch, const WeirVector *, columns + 1);
    for (uint32_t i = 0; i < columns; i++)
        pointers[i] = &values[i];
    WEIR_TRY(weir_aggregates_serialize(functions, rows, count, values, &groups->arena, scratch, error));
    for (uint32_t k = 0; k < count; k++) {
        const WeirStringView *view = (const WeirStringView *)(const void *)weir_aggregate_table_key(groups, first + k);
        const uint8_t *key = weir_view_data(view);
        size_t size = weir_unsafe_row_size(pointers, columns, k);
        void *bytes = NULL;
        WEIR_TRY(weir_arena_try_alloc(scratch, size, &bytes, error));
        weir_unsafe_row_encode(pointers, columns, k, bytes);
        if (merge->info->is_old_format) {
            uint8_t *row = weir_arena_alloc(scratch, size + view->length);
            size = weir_unsafe_row_join(merge->info->key_schema, key, view->length, functions->buffer_schema, bytes,
                                        (uint32_t)size, row);
            bytes = row;
        }
        WEIR_TRY(weir_state_store_put(merge->store, key, view->length, weir_state_hash(key, view->length), bytes,
                                      (uint32_t)size, error));
    }
    return WEIR_OK;
}

static WeirStatus put_groups(PartitionMerge *merge, WeirError *error)
{
    for (uint32_t first = 0; first < merge->groups.group_count; first += MERGE_CHUNK) {
        uint32_t left = merge->groups.group_count - first;
        WEIR_TRY(put_chunk(merge, first, left < MERGE_CHUNK ? left : MERGE_CHUNK, error));
        weir_arena_reset(&merge->scratch);
    }
    return WEIR_OK;
}

/* ---- the update of the state ---- */

/* The empty row of a global aggregation is merged where no row came: the group exists and counts as updated. */
static WeirStatus touch_global(PartitionMerge *merge, WeirError *error)
{
    const WeirAggregateFunctions *functions = &merge->aggregation->functions;
    const uint64_t hash = weir_state_hash("", 0);
    if (functions->fixed) {
        uint8_t *row = weir_arena_calloc(&merge->scratch, functions->row_bytes + 8u);
        weir_aggregates_init_row(functions, NULL, row);
        return upsert(merge, (const uint8_t *)"", 0, hash, row, error);
    }
    const uint64_t words[2] = {0, 0};
    uint8_t *row;
    uint32_t done = 0, first = merge->groups.group_count;
    WEIR_TRY(weir_aggregate_table_find(&merge->groups, words, &hash, 1, &row, &done, error));
    return restore_groups(merge, first, error);
}

static WeirStatus update_state(PartitionMerge *merge, WeirError *error)
{
    bool fixed = merge->aggregation->functions.fixed, empty = true;
    WeirExchangeCursor cursor;
    weir_exchange_cursor_init(&cursor, &merge->aggregation->exchange, merge->partition);
    const WeirRunEntry *entries[MERGE_CHUNK];
    for (;;) {
        uint32_t count = weir_exchange_cursor_next(&cursor, entries, MERGE_CHUNK);
        if (count == 0)
            break;
        empty = false;
        WEIR_TRY(drop_late(merge, entries, &count, error));
        WEIR_TRY(fixed ? upsert_entries(merge, entries, count, error) : merge_objects(merge, entries, count, error));
        WEIR_TRY(weir_arena_check(&merge->scratch, error));
        weir_arena_reset(&merge->scratch);
    }
    if (empty && merge->aggregation->is_global)
        WEIR_TRY(touch_global(merge, error));
    return fixed ? WEIR_OK : put_groups(merge, error);
}

/* ---- output ---- */

typedef struct RowOutput {
    PartitionMerge *merge;
    WeirResultWriter writer;
} RowOutput;

static WeirStatus write_row(void *context, const WeirStateRow *row, WeirError *error)
{
    RowOutput *output = context;
    uint32_t size = row->value_size;
    const uint8_t *value = buffers_of(output->merge, row->value, &size);
    WeirStatus status = weir_result_writer_add(&output->writer, row->key, row->key_size, value, size, error);
    if (output->merge->info->is_old_format)
        weir_arena_reset(&output->merge->scratch); /* the writer has copied it */
    return status;
}

static WeirStatus write_output(PartitionMerge *merge, WeirPipelineTask *task, WeirError *error)
{
    RowOutput output = {.merge = merge};
    WeirResultWriter *writer = &output.writer;
    WeirStatus status = WEIR_OK;
    bool evicts = merge->info->event_time != WEIR_STATE_EVENT_TIME_NONE && merge->mode != MODE_COMPLETE;
    WEIR_TRY_OR_GO(done, weir_result_writer_init(writer, merge->aggregation, task, error));
    writer->encoded = true;
    writer->copies = merge->mode == MODE_APPEND || merge->info->is_old_format;
    if (merge->mode == MODE_COMPLETE)
        WEIR_TRY_OR_GO(done, weir_state_store_scan(merge->store, write_row, &output, error));
    else if (merge->mode == MODE_UPDATE)
        WEIR_TRY_OR_GO(done, weir_state_store_scan_updated(merge->store, write_row, &output, error));
    if (merge->mode != MODE_APPEND)
        WEIR_TRY_OR_GO(done,
                       weir_result_writer_flush(writer, error)); /* rows point into the store, which changes now */
    WeirStateStoreMetrics before, after;
    weir_state_store_metrics(merge->store, &before); /* what was put and is evicted now counts as both */
    int64_t start = weir_execution_nanos(merge->aggregation->operator->execution);
    if (evicts) {
        WeirStateVisitor visitor = merge->mode == MODE_APPEND ? write_row : NULL;
        WEIR_TRY_OR_GO(done, weir_state_store_evict(merge->store, merge->eviction_micros, visitor, &output, error));
    }
    status = weir_result_writer_flush(writer, error);
    merge->metrics->removals_nanos += weir_execution_nanos(merge->aggregation->operator->execution) - start;
    weir_state_store_metrics(merge->store, &after);
    merge->metrics->counts_own_rows = true;
    merge->metrics->rows_updated = before.updated_count;
    merge->metrics->rows_removed = before.row_count - after.row_count;
done:
    weir_result_writer_deinit(writer);
    return status;
}

static WeirStatus merge_partition(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    WeirAggregation *aggregation = operator->state;
    const WeirStatefulInfo *info = operator->plan->stateful;
    WeirStoreSet *set = weir_store_set(operator);
    PartitionMerge merge = {.aggregation = aggregation,
                            .info = info,
                            .set = set,
                            .metrics = &set->metrics[partition],
                            .store = weir_store_at(set, partition, 0),
                            .partition = partition,
                            .mode = mode_of(info->output_mode),
                            .late_micros = weir_late_watermark_micros(operator),
                            .eviction_micros = weir_eviction_watermark_micros(operator)};
    merge.filters =
        info->filters_late_rows && info->event_time != WEIR_STATE_EVENT_TIME_NONE && merge.mode != MODE_COMPLETE;
    weir_arena_init(&merge.scratch, &operator->tracker);
    weir_aggregate_table_init(&merge.groups, &aggregation->encoded_layout, &aggregation->functions, 0, true,
                              &operator->tracker);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_store_set_load(set, partition, error));
    int64_t start = weir_execution_nanos(operator->execution);
    WEIR_TRY_OR_GO(done, update_state(&merge, error));
    merge.metrics->updates_nanos = weir_execution_nanos(operator->execution) - start;
    status = write_output(&merge, task, error);
done:
    weir_aggregate_table_deinit(&merge.groups);
    weir_aggregate_table_deinit(&merge.late_keys);
    weir_arena_deinit(&merge.scratch);
    return status;
}

static WeirStatus streaming_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                    WeirError *error)
{
    const WeirAggregation *aggregation = operator->state;
    return weir_produce_partitions(operator, aggregation->partition_count, first_unit, pipeline, merge_partition,
                                   error);
}

const WeirOperatorType weir_streaming_aggregate_operator = {
    .name = "StateStoreSave",
    .open = streaming_open,
    .close = streaming_close,
    .prepare = streaming_prepare,
    .produce = streaming_produce,
    .reset = streaming_reset,
};
