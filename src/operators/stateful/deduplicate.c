/* StreamingDeduplicateExec, StreamingDeduplicateWithinWatermarkExec, and dropDuplicates of batch queries: the first row
 * of each key in task order comes out. In a stream the keys seen are state; within a watermark they expire `delay`
 * after the first row's event time. */
#include "operators/aggregate/aggregate_table.h"
#include "operators/stateful/row_exchange.h"
#include "operators/stateful/stores.h"

#define CHUNK 512u

typedef struct DeduplicateState {
    WeirArena arena;
    WeirRowExchange input;
    WeirKeyLayout key_layout;
    uint32_t partition_count;
    int event_time; /* of the row */
} DeduplicateState;

static WeirStatus deduplicate_open(WeirOperator *operator, WeirError * error)
{
    const WeirPhysicalPlan *plan = operator->plan, *child = plan->children[0];
    DeduplicateState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    weir_arena_init(&state->arena, &operator->tracker);
    const WeirSchema *rows = weir_output_schema(child, &state->arena);
    weir_key_layout_init_encoded(&state->key_layout, rows, &state->arena);
    state->partition_count =
        (uint32_t)(plan->stateful != NULL ? plan->stateful->partition_count : plan->partition_count);
    if (plan->event_time_ordinal >= 0)
        state->event_time = child->output[plan->event_time_ordinal]->type->id == WEIR_TYPE_STRUCT
                                ? WEIR_STATE_EVENT_TIME_WINDOW_END
                                : WEIR_STATE_EVENT_TIME_SLOT;
    return weir_row_exchange_init(&state->input, operator, plan->grouping, plan->grouping_count, rows, error);
}

static void deduplicate_close(WeirOperator *operator)
{
    DeduplicateState *state = operator->state;
    if (state == NULL)
        return;
    weir_row_exchange_deinit(&state->input);
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

static void deduplicate_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    DeduplicateState *state = operator->state;
    weir_row_exchange_reset(&state->input, state->partition_count);
}

static WeirStatus deduplicate_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    DeduplicateState *state = operator->state;
    weir_row_exchange_reset(&state->input, state->partition_count);
    *unit_count = state->partition_count;
    return weir_operator_run(operator->children[0], &weir_row_exchange_terminal, &state->input, error);
}

/* ---- streams ---- */

/* A key is new: put it into the state. The value is a null, or when the key expires. */
static WeirStatus remember(const WeirOperator *operator, WeirStateStore * store, const WeirRunEntry *entry,
                           int64_t event_micros, WeirError *error)
{
    uint64_t value[2] = {1, 0};
    if (operator->plan->within_watermark) {
        value[0] = 0;
        value[1] = (uint64_t)(event_micros + operator->plan->delay_micros);
    }
    return weir_state_store_put(store, weir_run_entry_key(entry), entry->key_size, entry->hash, value, sizeof(value),
                                error);
}

static WeirStatus stream_entry(const WeirOperator *operator, WeirStateStore * store, WeirPartitionMetrics *metrics,
                               const WeirRunEntry *entry, WeirRowWriter *writer, WeirError *error)
{
    const DeduplicateState *state = operator->state;
    int64_t micros = 0;
    bool timed = weir_row_event_time(weir_run_entry_value(entry), state->input.row_schema->field_count,
                                     state->event_time, operator->plan->event_time_ordinal, &micros);
    if (timed && micros <= weir_late_watermark_micros(operator)) {
        metrics->dropped_by_watermark++;
        return WEIR_OK;
    }
    uint32_t size;
    if (weir_state_store_get(store, weir_run_entry_key(entry), entry->key_size, entry->hash, &size) != NULL) {
        metrics->dropped_duplicate++;
        return WEIR_OK;
    }
    WEIR_TRY(remember(operator, store, entry, micros, error));
    return weir_row_writer_add(writer, weir_run_entry_value(entry), entry->value_size, error);
}

static WeirStatus stream_partition(WeirOperator *operator, uint32_t partition, WeirRowWriter *writer, WeirError *error)
{
    const DeduplicateState *state = operator->state;
    WeirStoreSet *set = weir_store_set(operator);
    WeirStateStore *store = weir_store_at(set, partition, 0);
    const WeirRunEntry *entries[CHUNK];
    uint64_t hashes[CHUNK];
    WeirExchangeCursor cursor;
    weir_exchange_cursor_init(&cursor, &state->input.exchange, partition);
    WEIR_TRY(weir_store_set_load(set, partition, error));
    int64_t start = weir_execution_nanos(operator->execution);
    for (uint32_t count; (count = weir_exchange_cursor_next(&cursor, entries, CHUNK)) > 0;) {
        for (uint32_t k = 0; k < count; k++)
            hashes[k] = entries[k]->hash;
        weir_state_store_prefetch(store, hashes, count);
        for (uint32_t k = 0; k < count; k++)
            WEIR_TRY(stream_entry(operator, store, &set->metrics[partition], entries[k], writer, error));
    }
    WEIR_TRY(weir_row_writer_flush(writer, error));
    int64_t updated = weir_execution_nanos(operator->execution);
    set->metrics[partition].updates_nanos = updated - start;
    WeirStateStoreMetrics before, after;
    weir_state_store_metrics(store, &before);
    if (set->info->event_time != WEIR_STATE_EVENT_TIME_NONE)
        WEIR_TRY(weir_state_store_evict(store, weir_eviction_watermark_micros(operator), NULL, NULL, error));
    weir_state_store_metrics(store, &after);
    set->metrics[partition].counts_own_rows = true;
    set->metrics[partition].rows_updated = before.updated_count;
    set->metrics[partition].rows_removed = before.row_count - after.row_count;
    set->metrics[partition].removals_nanos = weir_execution_nanos(operator->execution) - updated;
    return WEIR_OK;
}

/* ---- batch queries ---- */

static WeirStatus batch_partition(WeirOperator *operator, uint32_t partition, WeirRowWriter *writer, WeirError *error)
{
    const DeduplicateState *state = operator->state;
    WeirAggregateTable seen;
    weir_aggregate_table_init(&seen, &state->key_layout, NULL, 0, true, &operator->tracker);
    const WeirRunEntry *entries[CHUNK];
    WeirExchangeCursor cursor;
    weir_exchange_cursor_init(&cursor, &state->input.exchange, partition);
    WeirStatus status = WEIR_OK;
    for (uint32_t count; (count = weir_exchange_cursor_next(&cursor, entries, CHUNK)) > 0;) {
        for (uint32_t k = 0; k < count; k++) {
            uint64_t words[2];
            WeirStringView view = weir_view_make(weir_run_entry_key(entries[k]), entries[k]->key_size);
            memcpy(words, &view, 16);
            uint32_t done, before = seen.group_count;
            uint8_t *row;
            WEIR_TRY_OR_GO(done, weir_aggregate_table_find(&seen, words, &entries[k]->hash, 1, &row, &done, error));
            if (seen.group_count > before)
                WEIR_TRY_OR_GO(
                    done, weir_row_writer_add(writer, weir_run_entry_value(entries[k]), entries[k]->value_size, error));
        }
    }
    status = weir_row_writer_flush(writer, error);
done:
    weir_aggregate_table_deinit(&seen);
    return status;
}

static WeirStatus deduplicate_partition(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task,
                                        WeirError *error)
{
    const DeduplicateState *state = operator->state;
    WeirRowWriter writer;
    weir_row_writer_init(&writer, operator, state->input.row_schema, task, 0);
    WeirStatus status = operator->plan->stateful != NULL ? stream_partition(operator, partition, &writer, error)
                                                         : batch_partition(operator, partition, &writer, error);
    weir_row_writer_deinit(&writer);
    return status;
}

static WeirStatus deduplicate_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                      WeirError *error)
{
    const DeduplicateState *state = operator->state;
    return weir_produce_partitions(operator, state->partition_count, first_unit, pipeline, deduplicate_partition,
                                   error);
}

const WeirOperatorType weir_deduplicate_operator = {
    .name = "StreamingDeduplicate",
    .open = deduplicate_open,
    .close = deduplicate_close,
    .prepare = deduplicate_prepare,
    .produce = deduplicate_produce,
    .reset = deduplicate_reset,
};
