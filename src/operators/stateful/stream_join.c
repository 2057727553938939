/* StreamingSymmetricHashJoinExec: rows of the left input are joined with the right side's state and stored, then rows
 * of the right input with the left side's, the new ones included. Rows that can match no more are evicted by the state
 * watermarks; unmatched ones of an outer side come out with nulls then. */
#include "operators/stateful/join_state.h"
#include "operators/stateful/row_exchange.h"

#define CHUNK 256u
#define PAIRS_MAX 4096u

typedef struct StreamJoinState {
    WeirArena arena;
    WeirRowExchange inputs[2];
    WeirJoinSide sides[2];
    int row_event_time[2];   /* of the side's rows: WeirStateEventTime */
    WeirProgram *filters[2]; /* conjuncts on one side alone; NULL: none */
    WeirProgram *condition;  /* over left ++ right; NULL: none */
} StreamJoinState;

static WeirStatus open_side(WeirOperator *operator, StreamJoinState * state, uint32_t side, WeirError *error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    const WeirStatefulStore *stores = &plan->stateful->stores[side * 2];
    const WeirPhysicalPlan *child = plan->children[side];
    state->sides[side] = (WeirJoinSide){.key_schema = stores[0].key_schema,
                                        .row_schema = weir_output_schema(child, &state->arena),
                                        .state_schema = stores[1].value_schema};
    int32_t column = plan->side_event_time[side];
    if (column >= 0)
        state->row_event_time[side] = child->output[column]->type->id == WEIR_TYPE_STRUCT
                                          ? WEIR_STATE_EVENT_TIME_WINDOW_END
                                          : WEIR_STATE_EVENT_TIME_SLOT;
    if (plan->side_filters[side] != NULL)
        WEIR_TRY(weir_program_compile((WeirExpression *const *)&plan->side_filters[side],
                                      1, operator->execution->environment->context, &state->filters[side], error));
    return weir_row_exchange_init(&state->inputs[side], operator, side == 0 ? plan->grouping : plan->other_keys,
                                  plan->grouping_count, state->sides[side].row_schema, error);
}

static WeirStatus stream_join_open(WeirOperator *operator, WeirError * error)
{
    StreamJoinState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    weir_arena_init(&state->arena, &operator->tracker);
    for (uint32_t side = 0; side < 2; side++)
        WEIR_TRY(open_side(operator, state, side, error));
    if (operator->plan->condition == NULL)
        return WEIR_OK;
    return weir_program_compile((WeirExpression *const *)&operator->plan->condition,
                                1, operator->execution->environment->context, &state->condition, error);
}

static void stream_join_close(WeirOperator *operator)
{
    StreamJoinState *state = operator->state;
    if (state == NULL)
        return;
    for (uint32_t side = 0; side < 2; side++) {
        if (state->inputs[side].operator!= NULL)
            weir_row_exchange_deinit(&state->inputs[side]);
        weir_program_free(state->filters[side]);
    }
    weir_program_free(state->condition);
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

static void stream_join_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    StreamJoinState *state = operator->state;
    for (uint32_t side = 0; side < 2; side++)
        weir_row_exchange_reset(&state->inputs[side], (uint32_t) operator->plan->stateful->partition_count);
}

static WeirStatus stream_join_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    StreamJoinState *state = operator->state;
    stream_join_reset(operator, false);
    *unit_count = (uint32_t) operator->plan->stateful->partition_count;
    for (uint32_t side = 0; side < 2; side++)
        WEIR_TRY(weir_operator_run(operator->children[side], &weir_row_exchange_terminal, &state->inputs[side], error));
    return WEIR_OK;
}

/* ---- one partition ---- */

typedef struct Candidate {
    uint32_t k;
    WeirJoinRow other;
} Candidate;

typedef struct PartitionJoin {
    WeirOperator *operator;
    const StreamJoinState *state;
    WeirPipelineTask *task;
    WeirPartitionMetrics *metrics;
    WeirJoinState sides[2];
    WeirProgramInstance *filters[2], *condition;
    int64_t late_micros, eviction_micros;
    WeirArena scratch; /* of a chunk */
    /* of a chunk */
    uint32_t side, count;
    const WeirRunEntry **entries;
    WeirBatch *rows; /* decoded entries */
    uint8_t *passes, *matched;
    Candidate *candidates;
    uint32_t candidate_count, candidate_capacity;
    WeirRowWriter unmatched; /* evicted rows of an outer side */
} PartitionJoin;

static bool is_outer_side(const WeirPhysicalPlan *plan, uint32_t side)
{
    return plan->join_type == WEIR_JOIN_FULL_OUTER ||
           plan->join_type == (side == 0 ? WEIR_JOIN_LEFT_OUTER : WEIR_JOIN_RIGHT_OUTER);
}

static WeirStatus decode_rows(PartitionJoin *join, const WeirSchema *schema, const uint8_t *const *rows,
                              const uint32_t *sizes, uint32_t count, WeirBatch **out, WeirError *error)
{
    WeirBatch *batch = weir_batch_new(schema->field_count, &join->operator->tracker);
    batch->row_count = batch->selected_count = count;
    WeirStatus status = weir_unsafe_row_decode(schema, rows, sizes, count, true, batch->columns, &batch->arena, error);
    if (status == WEIR_OK)
        status = weir_batch_check(batch, error);
    if (status != WEIR_OK) {
        weir_batch_release(batch);
        return status;
    }
    *out = batch;
    return WEIR_OK;
}

/* Late rows leave the chunk. */
static void drop_late(PartitionJoin *join)
{
    uint32_t kept = 0;
    int32_t column = join->operator->plan->side_event_time[join->side];
    for (uint32_t k = 0; k < join->count; k++) {
        int64_t micros;
        bool late = column >= 0 &&
                    weir_row_event_time(weir_run_entry_value(join->entries[k]),
                                        join->state->sides[join->side].row_schema->field_count,
                                        join->state->row_event_time[join->side], column, &micros) &&
                    micros <= join->late_micros;
        join->entries[kept] = join->entries[k];
        kept += !late;
        join->metrics->dropped_by_watermark += late;
    }
    join->count = kept;
}

static WeirStatus decode_chunk(PartitionJoin *join, WeirError *error)
{
    const uint8_t *rows[CHUNK];
    uint32_t sizes[CHUNK];
    for (uint32_t k = 0; k < join->count; k++) {
        rows[k] = weir_run_entry_value(join->entries[k]);
        sizes[k] = join->entries[k]->value_size;
    }
    WEIR_TRY(
        decode_rows(join, join->state->sides[join->side].row_schema, rows, sizes, join->count, &join->rows, error));
    memset(join->matched, 0, CHUNK);
    memset(join->passes, join->filters[join->side] == NULL, CHUNK);
    if (join->filters[join->side] == NULL)
        return WEIR_OK;
    const uint32_t *selection = NULL;
    uint32_t selected = 0;
    WEIR_TRY(weir_program_filter(join->filters[join->side], join->rows, &join->scratch, &selection, &selected, error));
    for (uint32_t i = 0; i < selected; i++)
        join->passes[selection == NULL ? i : selection[i]] = 1;
    return WEIR_OK;
}

/* left ++ right of the candidates; the other side's `matched` column is left out. */
static WeirStatus make_pairs(PartitionJoin *join, WeirBatch **out, WeirError *error)
{
    uint32_t count = join->candidate_count, other = 1 - join->side;
    const uint8_t **values = weir_arena_alloc(&join->scratch, sizeof(uint8_t *) * count);
    uint32_t *sizes = weir_arena_alloc(&join->scratch, sizeof(uint32_t) * count);
    for (uint32_t i = 0; i < count; i++) {
        values[i] = join->candidates[i].other.value;
        sizes[i] = join->candidates[i].other.value_size;
    }
    WeirBatch *others = NULL;
    WEIR_TRY(decode_rows(join, join->state->sides[other].state_schema, values, sizes, count, &others, error));
    uint32_t own_width = join->rows->column_count, other_width = others->column_count - 1;
    WeirBatch *pairs = weir_batch_new(own_width + other_width, &join->operator->tracker);
    pairs->row_count = pairs->selected_count = count;
    weir_batch_keep_batch(pairs, others);
    weir_batch_keep_batch(pairs, join->rows);
    uint32_t *own = weir_arena_alloc(&pairs->arena, sizeof(uint32_t) * count);
    for (uint32_t i = 0; i < count; i++)
        own[i] = join->candidates[i].k;
    WeirVector *own_columns = pairs->columns + (join->side == 0 ? 0 : other_width);
    for (uint32_t i = 0; i < own_width; i++)
        weir_vector_wrap_dictionary(&join->rows->columns[i], own, count, &own_columns[i]);
    memcpy(pairs->columns + (join->side == 0 ? own_width : 0), others->columns, sizeof(WeirVector) * other_width);
    weir_batch_release(others);
    *out = pairs;
    return WEIR_OK;
}

/* A left semi join puts out a left row at its first match: from the left input at once, from the state when a right row
 * finds it, which also removes it. */
static WeirStatus semi_matches(PartitionJoin *join, WeirBatch *pairs, WeirError *error)
{
    for (uint32_t i = pairs->selected_count; i-- > 0;) { /* backwards: a removal moves the last row */
        const Candidate *candidate = &join->candidates[weir_batch_row(pairs, i)];
        join->matched[candidate->k] = 1;
        if (join->side == 0)
            continue;
        WeirJoinState *left = &join->sides[0];
        uint8_t *row = NULL;
        uint32_t size = 0;
        const WeirRunEntry *entry = join->entries[candidate->k];
        WEIR_TRY(weir_row_drop_column(left->side->row_schema, candidate->other.value, candidate->other.value_size,
                                      &join->scratch, &row, &size, error));
        WEIR_TRY(weir_row_writer_add(&join->unmatched, row, size, error));
        WEIR_TRY(weir_join_state_remove(left, weir_run_entry_key(entry), entry->key_size, candidate->other.index,
                                        &join->scratch, error));
        join->metrics->rows_removed++;
    }
    return weir_row_writer_flush(&join->unmatched, error);
}

static WeirStatus flush_candidates(PartitionJoin *join, WeirError *error)
{
    if (join->candidate_count == 0)
        return WEIR_OK;
    WeirBatch *pairs = NULL;
    WEIR_TRY(make_pairs(join, &pairs, error));
    WeirStatus status = WEIR_OK;
    if (join->condition != NULL)
        WEIR_TRY_OR_GO(done, weir_program_filter(join->condition, pairs, &pairs->arena, &pairs->selection,
                                                 &pairs->selected_count, error));
    if (join->operator->plan->join_type == WEIR_JOIN_LEFT_SEMI) {
        status = semi_matches(join, pairs, error);
        goto done;
    }
    for (uint32_t i = 0; i < pairs->selected_count; i++) {
        Candidate *candidate = &join->candidates[weir_batch_row(pairs, i)];
        join->matched[candidate->k] = 1;
        WEIR_TRY_OR_GO(done, weir_join_state_mark_matched(&join->sides[1 - join->side], &candidate->other, error));
    }
    status = weir_emit(join->task, 0, pairs, error);
done:
    weir_batch_release(pairs);
    join->candidate_count = 0;
    return status;
}

static WeirStatus probe(PartitionJoin *join, WeirError *error)
{
    const WeirJoinState *other = &join->sides[1 - join->side];
    /* Matches of a semi join's right row leave the left side's state: all of them are found before. */
    bool is_semi_right = join->operator->plan->join_type == WEIR_JOIN_LEFT_SEMI && join->side == 1;
    for (uint32_t k = 0; k < join->count; k++) {
        const WeirRunEntry *entry = join->entries[k];
        if (!join->passes[k])
            continue;
        int64_t count = weir_join_state_count(other, weir_run_entry_key(entry), entry->key_size);
        for (int64_t index = 0; index < count; index++) {
            if (join->candidate_count == join->candidate_capacity) {
                join->candidate_capacity *= 2;
                join->candidates = weir_realloc(join->candidates, join->candidate_capacity * sizeof(Candidate));
            }
            Candidate *candidate = &join->candidates[join->candidate_count];
            candidate->k = k;
            WEIR_TRY(weir_join_state_get(other, weir_run_entry_key(entry), entry->key_size, index, &join->scratch,
                                         &candidate->other, error));
            join->candidate_count += candidate->other.value != NULL;
            if (join->candidate_count >= PAIRS_MAX && !is_semi_right)
                WEIR_TRY(flush_candidates(join, error));
        }
    }
    return flush_candidates(join, error);
}

/* ---- storing ---- */

/* The state watermark of a side's rows, by their own event time. */
static int64_t value_watermark(const PartitionJoin *join, uint32_t side)
{
    return join->eviction_micros + join->operator->plan->side_watermark_shift_ms[side] * 1000;
}

/* The row would be evicted at once: it is not stored. But a row of the left side is, since rows of the right side that
 * come in this batch are still to meet it, and so is an unmatched row of an outer side, which comes out with nulls when
 * it is evicted. */
static bool is_useless(const PartitionJoin *join, const WeirRunEntry *entry, bool matched)
{
    if (join->side == 0 || (!matched && is_outer_side(join->operator->plan, 1)))
        return false;
    const WeirPhysicalPlan *plan = join->operator->plan;
    const WeirStatefulStore *counts = &plan->stateful->stores[join->side * 2];
    int64_t micros;
    if (plan->key_event_time >= 0)
        return weir_row_event_time(weir_run_entry_key(entry), counts->key_schema->field_count, counts->event_time,
                                   counts->event_time_column, &micros) &&
               micros <= join->eviction_micros;
    return plan->side_has_value_watermark[join->side] &&
           weir_row_event_time(weir_run_entry_value(entry), join->state->sides[join->side].row_schema->field_count,
                               join->state->row_event_time[join->side], plan->side_event_time[join->side], &micros) &&
           micros <= value_watermark(join, join->side);
}

/* Rows of this side selected[0..count) with nulls for the other. */
static WeirStatus emit_unmatched(PartitionJoin *join, WeirBatch *rows, uint32_t side, const uint32_t *selected,
                                 uint32_t count, WeirError *error)
{
    if (count == 0)
        return WEIR_OK;
    const WeirSchema *other = join->state->sides[1 - side].row_schema;
    uint32_t own_width = join->state->sides[side].row_schema->field_count, other_width = other->field_count;
    WeirBatch *out = weir_batch_over(rows, own_width + other_width, &join->operator->tracker);
    memcpy(out->columns + (side == 0 ? 0 : other_width), rows->columns, sizeof(WeirVector) * own_width);
    for (uint32_t i = 0; i < other_width; i++)
        weir_vector_init_null(&out->columns[(side == 0 ? own_width : 0) + i], other->fields[i].type, rows->row_count,
                              &out->arena);
    uint32_t *selection = weir_arena_alloc(&out->arena, sizeof(uint32_t) * count);
    memcpy(selection, selected, sizeof(uint32_t) * count);
    out->selection = selection;
    out->selected_count = count;
    WeirStatus status = weir_batch_check(out, error);
    if (status == WEIR_OK)
        status = weir_emit(join->task, 0, out, error);
    weir_batch_release(out);
    return status;
}

static WeirStatus store_chunk(PartitionJoin *join, WeirError *error)
{
    const WeirPhysicalPlan *plan = join->operator->plan;
    uint32_t lonely[CHUNK], lonely_count = 0, semi[CHUNK], semi_count = 0;
    bool is_semi = plan->join_type == WEIR_JOIN_LEFT_SEMI && join->side == 0;
    for (uint32_t k = 0; k < join->count; k++) {
        const WeirRunEntry *entry = join->entries[k];
        if (is_semi && join->matched[k]) {
            semi[semi_count++] = k;
        } else if (join->passes[k] && !is_useless(join, entry, join->matched[k])) {
            WEIR_TRY(weir_join_state_append(&join->sides[join->side], weir_run_entry_key(entry), entry->key_size,
                                            weir_run_entry_value(entry), entry->value_size, join->matched[k],
                                            &join->scratch, error));
            join->metrics->rows_updated++;
        } else if (!join->matched[k] && is_outer_side(plan, join->side)) {
            lonely[lonely_count++] = k;
        }
    }
    if (semi_count > 0) {
        WeirBatch *out = weir_batch_over(join->rows, join->rows->column_count, &join->operator->tracker);
        memcpy(out->columns, join->rows->columns, sizeof(WeirVector) * join->rows->column_count);
        uint32_t *selection = weir_arena_alloc(&out->arena, sizeof(semi));
        memcpy(selection, semi, sizeof(uint32_t) * semi_count);
        out->selection = selection;
        out->selected_count = semi_count;
        WeirStatus status = weir_emit(join->task, 0, out, error);
        weir_batch_release(out);
        return status;
    }
    return emit_unmatched(join, join->rows, join->side, lonely, lonely_count, error);
}

static WeirStatus join_side(PartitionJoin *join, uint32_t side, uint32_t partition, WeirError *error)
{
    const WeirRunEntry *entries[CHUNK];
    WeirExchangeCursor cursor;
    weir_exchange_cursor_init(&cursor, &join->state->inputs[side].exchange, partition);
    join->side = side;
    join->entries = entries;
    /* A left row of a semi join may leave the state after every right row. */
    uint32_t chunk = side == 1 && join->operator->plan->join_type == WEIR_JOIN_LEFT_SEMI ? 1 : CHUNK;
    while ((join->count = weir_exchange_cursor_next(&cursor, entries, chunk)) > 0) {
        drop_late(join);
        if (join->count == 0)
            continue;
        WeirStatus status = decode_chunk(join, error);
        if (status == WEIR_OK)
            status = probe(join, error);
        if (status == WEIR_OK)
            status = store_chunk(join, error);
        weir_batch_release(join->rows);
        join->rows = NULL;
        WEIR_TRY(status);
        WEIR_TRY(weir_arena_check(&join->scratch, error));
        weir_arena_reset(&join->scratch);
    }
    return WEIR_OK;
}

/* ---- eviction ---- */

typedef struct EvictionOutput {
    PartitionJoin *join;
    uint32_t side;
    const uint8_t *rows[CHUNK];
    uint32_t sizes[CHUNK];
    uint32_t count;
} EvictionOutput;

static WeirStatus flush_evicted(EvictionOutput *output, WeirError *error)
{
    PartitionJoin *join = output->join;
    if (output->count == 0)
        return WEIR_OK;
    WeirBatch *rows = NULL;
    WEIR_TRY(decode_rows(join, join->state->sides[output->side].state_schema, output->rows, output->sizes,
                         output->count, &rows, error));
    uint32_t all[CHUNK];
    for (uint32_t i = 0; i < output->count; i++)
        all[i] = i;
    WeirStatus status = emit_unmatched(join, rows, output->side, all, output->count, error);
    weir_batch_release(rows);
    output->count = 0;
    weir_arena_reset(&join->scratch);
    return status;
}

static WeirStatus visit_evicted(void *context, const WeirStateRow *row, WeirError *error)
{
    EvictionOutput *output = context;
    PartitionJoin *join = output->join;
    if (weir_join_row_is_matched(&join->sides[output->side], row->value))
        return WEIR_OK;
    void *copy = NULL;
    WEIR_TRY(weir_arena_try_alloc(&join->scratch, row->value_size, &copy, error));
    memcpy(copy, row->value, row->value_size);
    output->rows[output->count] = copy;
    output->sizes[output->count++] = row->value_size;
    return output->count == CHUNK ? flush_evicted(output, error) : WEIR_OK;
}

static WeirStatus evict_side(PartitionJoin *join, uint32_t side, WeirError *error)
{
    const WeirPhysicalPlan *plan = join->operator->plan;
    bool by_key = plan->key_event_time >= 0, outer = is_outer_side(plan, side);
    if (!by_key && !plan->side_has_value_watermark[side])
        return WEIR_OK;
    EvictionOutput *output = weir_calloc(1, sizeof(*output));
    output->join = join;
    output->side = side;
    int64_t removed = 0;
    WeirStatus status =
        weir_join_state_evict(&join->sides[side], by_key, by_key ? join->eviction_micros : value_watermark(join, side),
                              outer ? visit_evicted : NULL, output, &removed, error);
    if (status == WEIR_OK)
        status = flush_evicted(output, error);
    join->metrics->rows_removed += outer ? 0 : removed; /* as Spark counts: not those that go through the output */
    weir_free(output);
    return status;
}

static WeirStatus partition_open(PartitionJoin *join, uint32_t partition, WeirError *error)
{
    WeirStoreSet *set = weir_store_set(join->operator);
    for (uint32_t side = 0; side < 2; side++) {
        join->sides[side] = (WeirJoinState){.side = &join->state->sides[side],
                                            .counts = weir_store_at(set, partition, side * 2),
                                            .rows = weir_store_at(set, partition, side * 2 + 1),
                                            .tracker = &join->operator->tracker };
        if (join->state->filters[side] != NULL)
            WEIR_TRY(weir_program_instance_new(join->state->filters[side], &join->filters[side], error));
    }
    if (join->state->condition != NULL)
        WEIR_TRY(weir_program_instance_new(join->state->condition, &join->condition, error));
    WEIR_TRY(weir_store_set_load(set, partition, error));
    join->metrics->counts_own_rows = true;
    return WEIR_OK;
}

static WeirStatus stream_join_partition(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task,
                                        WeirError *error)
{
    const StreamJoinState *state = operator->state;
    PartitionJoin join = {.operator= operator,
                          .state = state,
                          .task = task,
                          .metrics = &weir_store_set(operator)->metrics[partition],
                          .late_micros = weir_late_watermark_micros(operator),
                          .eviction_micros = weir_eviction_watermark_micros(operator),
                          .passes = weir_calloc(CHUNK, 1),
                          .matched = weir_calloc(CHUNK, 1),
                          .candidates = weir_calloc(PAIRS_MAX, sizeof(Candidate)),
                          .candidate_capacity = PAIRS_MAX};
    weir_arena_init(&join.scratch, &operator->tracker);
    weir_row_writer_init(&join.unmatched, operator, state->sides[0].row_schema, task, 0);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, partition_open(&join, partition, error));
    int64_t start = weir_execution_nanos(operator->execution);
    /* A semi join begins with the right side: a left row that finds its match is never stored. */
    uint32_t first = operator->plan->join_type == WEIR_JOIN_LEFT_SEMI ? 1 : 0;
    WEIR_TRY_OR_GO(done, join_side(&join, first, partition, error));
    WEIR_TRY_OR_GO(done, join_side(&join, 1 - first, partition, error));
    int64_t updated = weir_execution_nanos(operator->execution);
    join.metrics->updates_nanos = updated - start;
    for (uint32_t side = 0; side < 2; side++)
        WEIR_TRY_OR_GO(done, evict_side(&join, side, error));
    join.metrics->removals_nanos = weir_execution_nanos(operator->execution) - updated;
done:
    for (uint32_t side = 0; side < 2; side++)
        weir_program_instance_free(join.filters[side]);
    weir_program_instance_free(join.condition);
    weir_row_writer_deinit(&join.unmatched);
    weir_arena_deinit(&join.scratch);
    weir_free(join.passes);
    weir_free(join.matched);
    weir_free(join.candidates);
    return status;
}

static WeirStatus stream_join_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                      WeirError *error)
{
    return weir_produce_partitions(operator,(uint32_t) operator->plan->stateful->partition_count, first_unit, pipeline,
                                   stream_join_partition, error);
}

const WeirOperatorType weir_stream_join_operator = {
    .name = "StreamingSymmetricHashJoin",
    .open = stream_join_open,
    .close = stream_join_close,
    .prepare = stream_join_prepare,
    .produce = stream_join_produce,
    .reset = stream_join_reset,
};
