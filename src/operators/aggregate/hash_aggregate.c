/* HashAggregateExec of batch queries: partial aggregation, exchange, and per partition a merge table whose groups come
 * out in the order they came in. A global aggregation has one partition and always one row. */
#include "operators/aggregate/aggregation.h"

static WeirStatus hash_aggregate_open(WeirOperator *operator, WeirError * error)
{
    WeirAggregation *aggregation = NULL;
    int32_t partitions = operator->plan->partition_count;
    WeirStatus status = weir_aggregation_new(operator, partitions> 0 ? (uint32_t)partitions : 1, &aggregation, error);
    operator->state = aggregation;
    return status;
}

static void hash_aggregate_close(WeirOperator *operator)
{
    weir_aggregation_free(operator->state);
}

static void hash_aggregate_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    WeirAggregation *aggregation = operator->state;
    weir_exchange_deinit(&aggregation->exchange);
}

static WeirStatus hash_aggregate_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    WeirAggregation *aggregation = operator->state;
    *unit_count = aggregation->partition_count;
    return weir_operator_run(operator->children[0], &weir_partial_aggregate_terminal, aggregation, error);
}

#define MERGE_CHUNK 1024u

/* Merge a chunk of exchanged rows into the table. */
static WeirStatus merge_entries(WeirAggregation *aggregation, WeirAggregateTable *table,
                                const WeirRunEntry *const *entries, uint32_t count, WeirArena *scratch,
                                WeirError *error)
{
    uint64_t words[MERGE_CHUNK * 2], hashes[MERGE_CHUNK];
    uint8_t *rows[MERGE_CHUNK];
    const uint8_t *sources[MERGE_CHUNK];
    uint32_t sizes[MERGE_CHUNK];
    for (uint32_t k = 0; k < count; k++) {
        WeirStringView view = weir_view_make(weir_run_entry_key(entries[k]), entries[k]->key_size);
        memcpy(words + (size_t)k * 2, &view, 16);
        hashes[k] = entries[k]->hash;
        sources[k] = weir_run_entry_value(entries[k]);
        sizes[k] = entries[k]->value_size;
    }
    uint32_t done = 0;
    WEIR_TRY(weir_aggregate_table_find(table, words, hashes, count, rows, &done, error));
    WEIR_ASSERT(done == count);
    return weir_aggregates_merge(&aggregation->functions, rows, sources, sizes, count, &table->arena, scratch, error);
}

static WeirStatus merge_partition(WeirAggregation *aggregation, uint32_t partition, WeirAggregateTable *table,
                                  WeirArena *scratch, WeirError *error)
{
    WeirExchangeCursor cursor;
    weir_exchange_cursor_init(&cursor, &aggregation->exchange, partition);
    const WeirRunEntry *entries[MERGE_CHUNK];
    for (;;) {
        uint32_t count = weir_exchange_cursor_next(&cursor, entries, MERGE_CHUNK);
        if (count == 0)
            return WEIR_OK;
        WEIR_TRY(merge_entries(aggregation, table, entries, count, scratch, error));
        WEIR_TRY(weir_arena_check(scratch, error));
        weir_arena_reset(scratch);
    }
}

/* The one group of a global aggregation exists without input. */
static WeirStatus ensure_global_group(WeirAggregation *aggregation, WeirAggregateTable *table, WeirError *error)
{
    if (!aggregation->is_global || table->group_count > 0)
        return WEIR_OK;
    const uint64_t words[2] = {0, 0}, hash = 0;
    uint8_t *row;
    uint32_t done = 0;
    return weir_aggregate_table_find(table, words, &hash, 1, &row, &done, error);
}

static WeirStatus write_groups(WeirAggregation *aggregation, WeirAggregateTable *table, WeirPipelineTask *task,
                               WeirError *error)
{
    WeirResultWriter writer;
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_result_writer_init(&writer, aggregation, task, error));
    writer.objects = &table->arena;
    for (uint32_t i = 0; i < table->group_count && !weir_pipeline_is_satisfied(task); i++) {
        const WeirStringView *key = (const WeirStringView *)(const void *)weir_aggregate_table_key(table, i);
        WEIR_TRY_OR_GO(done, weir_result_writer_add(&writer, weir_view_data(key), key->length,
                                                    weir_aggregate_table_row(table, i),
                                                    aggregation->functions.row_bytes, error));
    }
    status = weir_result_writer_flush(&writer, error);
done:
    weir_result_writer_deinit(&writer);
    return status;
}

static WeirStatus aggregate_partition(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task,
                                      WeirError *error)
{
    WeirAggregation *aggregation = operator->state;
    WeirAggregateTable table;
    WeirArena scratch;
    weir_arena_init(&scratch, &operator->tracker);
    weir_aggregate_table_init(&table, &aggregation->encoded_layout, &aggregation->functions, 0,
                              true /* the runs outlive it */, &operator->tracker);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, merge_partition(aggregation, partition, &table, &scratch, error));
    WEIR_TRY_OR_GO(done, ensure_global_group(aggregation, &table, error));
    status = write_groups(aggregation, &table, task, error);
done:
    weir_aggregate_table_deinit(&table);
    weir_arena_deinit(&scratch);
    return status;
}

static WeirStatus hash_aggregate_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                         WeirError *error)
{
    const WeirAggregation *aggregation = operator->state;
    return weir_produce_partitions(operator, aggregation->partition_count, first_unit, pipeline, aggregate_partition,
                                   error);
}

const WeirOperatorType weir_hash_aggregate_operator = {
    .name = "HashAggregate",
    .open = hash_aggregate_open,
    .close = hash_aggregate_close,
    .prepare = hash_aggregate_prepare,
    .produce = hash_aggregate_produce,
    .reset = hash_aggregate_reset,
};
