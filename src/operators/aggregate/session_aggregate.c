/* Aggregation by session_window, batch and streaming: rows of a key, with the stored sessions of that key, are ordered
 * by session and merged while the next begins at or before the end of the last (MergingSessionsExec,
 * SessionWindowStateStoreRestoreExec, SessionWindowStateStoreSaveExec). */
#include <stdlib.h>

#include "operators/aggregate/aggregation.h"
#include "operators/stateful/stores.h"

#define CHUNK 512u

typedef struct SessionState {
    WeirAggregation *aggregation;
    uint32_t session;                             /* ordinal of session_window among the keys */
    const WeirSchema *base_schema, *value_schema; /* keys without session; keys ++ buffers */
    WeirKeyLayout base_layout;
} SessionState;

static WeirStatus session_open(WeirOperator *operator, WeirError * error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    SessionState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    int32_t partitions = plan->stateful != NULL ? plan->stateful->partition_count : plan->partition_count;
    WEIR_TRY(weir_aggregation_new(operator, partitions> 0 ? (uint32_t)partitions : 1, &state->aggregation, error));
    WeirAggregation *aggregation = state->aggregation;
    uint32_t count = plan->grouping_count, base = 0;
    const WeirSchema *buffers = aggregation->functions.buffer_schema;
    WeirField *base_fields = WEIR_ARENA_ARRAY(&aggregation->arena, WeirField, count + 1);
    WeirField *value_fields = WEIR_ARENA_ARRAY(&aggregation->arena, WeirField, count + buffers->field_count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const WeirField *field = &aggregation->key_schema->fields[i];
        bool is_session =
            plan->grouping[i]->metadata != NULL && strstr(plan->grouping[i]->metadata, "spark.sessionWindow") != NULL;
        value_fields[i] = *field;
        if (is_session)
            state->session = i;
        else
            base_fields[base++] = *field;
    }
    for (uint32_t i = 0; i < buffers->field_count; i++)
        value_fields[count + i] = buffers->fields[i];
    aggregation->skipped_key_plus_one = state->session + 1;
    if (base == 0)
        aggregation->partition_count = 1;
    state->base_schema = weir_type_struct(&aggregation->arena, base_fields, base);
    state->value_schema = weir_type_struct(&aggregation->arena, value_fields, count + buffers->field_count);
    weir_key_layout_init_encoded(&state->base_layout, state->base_schema, &aggregation->arena);
    return WEIR_OK;
}

static void session_close(WeirOperator *operator)
{
    SessionState *state = operator->state;
    if (state == NULL)
        return;
    weir_aggregation_free(state->aggregation);
    weir_free(state);
}

static void session_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    SessionState *state = operator->state;
    weir_exchange_deinit(&state->aggregation->exchange);
}

static WeirStatus session_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    SessionState *state = operator->state;
    *unit_count = state->aggregation->partition_count;
    return weir_operator_run(operator->children[0], &weir_partial_aggregate_terminal, state->aggregation, error);
}

/* ---- one partition ---- */

typedef struct SessionRow {
    uint32_t group; /* of the key without session */
    uint32_t order; /* as they came, stored ones first */
    int64_t start, end;
    const uint8_t *buffers; /* encoded */
    uint32_t size;
    bool stored;
} SessionRow;

typedef struct MergedSession {
    uint32_t group;
    int64_t start, end;
    uint8_t *row; /* of buffers, as in a table */
} MergedSession;

typedef struct PartitionSessions {
    WeirOperator *operator;
    const SessionState *state;
    WeirAggregation *aggregation;
    WeirStateStore *store; /* NULL: batch query */
    WeirPartitionMetrics *metrics;
    int64_t late_micros;
    bool filters;
    WeirArena arena; /* of the partition: keys, encoded buffers, objects */
    WeirAggregateTable groups;
    SessionRow *rows;
    uint32_t row_count, row_capacity;
    MergedSession *sessions;
    uint32_t session_count, session_capacity;
} PartitionSessions;

static void add_row(PartitionSessions *sessions, const SessionRow *row)
{
    if (sessions->row_count == sessions->row_capacity) {
        sessions->row_capacity = sessions->row_capacity == 0 ? 256 : sessions->row_capacity * 2;
        sessions->rows = weir_realloc(sessions->rows, sessions->row_capacity * sizeof(SessionRow));
    }
    sessions->rows[sessions->row_count] = *row;
    sessions->rows[sessions->row_count].order = sessions->row_count;
    sessions->row_count++;
}

static const WeirVector **base_columns(const SessionState *state, const WeirVector *keys, WeirArena *arena)
{
    uint32_t count = state->base_schema->field_count + 1, base = 0;
    const WeirVector **columns = WEIR_ARENA_ARRAY(arena, const WeirVector *, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (i != state->session)
            columns[base++] = &keys[i];
    }
    return columns;
}

static void session_bounds(const WeirVector *session, uint32_t row, int64_t *start, int64_t *end)
{
    const WeirVector *flat, *field;
    uint32_t at = weir_vector_locate(session, row, &flat);
    uint32_t start_at = weir_vector_locate(&flat->children[0], at, &field);
    *start = ((const int64_t *)field->values)[start_at];
    uint32_t end_at = weir_vector_locate(&flat->children[1], at, &field);
    *end = ((const int64_t *)field->values)[end_at];
}

static WeirStatus encode_row(const WeirVector *const *columns, uint32_t count, uint32_t row, WeirArena *arena,
                             uint8_t **bytes, uint32_t *size, WeirError *error)
{
    void *memory = NULL;
    *size = (uint32_t)weir_unsafe_row_size(columns, count, row);
    WEIR_TRY(weir_arena_try_alloc(arena, *size + 8u, &memory, error));
    weir_unsafe_row_encode(columns, count, row, memory);
    *bytes = memory;
    return WEIR_OK;
}

static WeirStatus find_group(PartitionSessions *sessions, const uint8_t *key, uint32_t size, uint32_t *group,
                             WeirError *error)
{
    WeirStringView view = weir_view_make(key, size);
    uint64_t words[2], hash = weir_state_hash(key, size);
    memcpy(words, &view, 16);
    uint8_t *row;
    uint32_t done;
    WEIR_TRY(weir_aggregate_table_find(&sessions->groups, words, &hash, 1, &row, &done, error));
    *group = (uint32_t)((size_t)(row - sessions->groups.groups) / sessions->groups.stride);
    if (sessions->groups.key_bytes == sessions->groups.stride) /* row points past the key */
        (*group)--;
    return WEIR_OK;
}

static WeirStatus read_chunk(PartitionSessions *sessions, const WeirRunEntry *const *entries, uint32_t count,
                             WeirError *error)
{
    const SessionState *state = sessions->state;
    const WeirSchema *key_schema = sessions->aggregation->key_schema;
    const uint8_t *rows[CHUNK];
    uint32_t sizes[CHUNK];
    for (uint32_t k = 0; k < count; k++) {
        rows[k] = weir_run_entry_key(entries[k]);
        sizes[k] = entries[k]->key_size;
    }
    WeirVector *keys = WEIR_ARENA_ARRAY(&sessions->arena, WeirVector, key_schema->field_count + 1);
    WEIR_TRY(weir_unsafe_row_decode(key_schema, rows, sizes, count, false, keys, &sessions->arena, error));
    const WeirVector **base = base_columns(state, keys, &sessions->arena);
    for (uint32_t k = 0; k < count; k++) {
        SessionRow row = {.buffers = weir_run_entry_value(entries[k]), .size = entries[k]->value_size};
        session_bounds(&keys[state->session], k, &row.start, &row.end);
        if (sessions->filters && row.end <= sessions->late_micros) {
            sessions->metrics->dropped_by_watermark++;
            continue;
        }
        uint8_t *key = NULL;
        uint32_t key_size = 0;
        WEIR_TRY(encode_row(base, state->base_schema->field_count, k, &sessions->arena, &key, &key_size, error));
        WEIR_TRY(find_group(sessions, key, key_size, &row.group, error));
        add_row(sessions, &row);
    }
    return WEIR_OK;
}

static WeirStatus read_input(PartitionSessions *sessions, uint32_t partition, WeirError *error)
{
    const WeirRunEntry *entries[CHUNK];
    WeirExchangeCursor cursor;
    weir_exchange_cursor_init(&cursor, &sessions->aggregation->exchange, partition);
    for (uint32_t count; (count = weir_exchange_cursor_next(&cursor, entries, CHUNK)) > 0;)
        WEIR_TRY(read_chunk(sessions, entries, count, error));
    return WEIR_OK;
}

/* ---- stored sessions ---- */

typedef struct StoredRows {
    const uint8_t **keys, **values;
    uint32_t *key_sizes, *value_sizes;
    uint32_t count, capacity;
    WeirArena *arena;
} StoredRows;

static WeirStatus store_copy(StoredRows *rows, const uint8_t *bytes, uint32_t size, const uint8_t **out,
                             WeirError *error)
{
    void *copy = NULL;
    WEIR_TRY(weir_arena_try_alloc(rows->arena, size + 8u, &copy, error));
    memcpy(copy, bytes, size);
    *out = copy;
    return WEIR_OK;
}

static WeirStatus collect_stored(void *context, const WeirStateRow *row, WeirError *error)
{
    StoredRows *rows = context;
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity == 0 ? 16 : rows->capacity * 2;
        rows->keys = weir_realloc(rows->keys, rows->capacity * sizeof(uint8_t *));
        rows->values = weir_realloc(rows->values, rows->capacity * sizeof(uint8_t *));
        rows->key_sizes = weir_realloc(rows->key_sizes, rows->capacity * sizeof(uint32_t));
        rows->value_sizes = weir_realloc(rows->value_sizes, rows->capacity * sizeof(uint32_t));
    }
    uint32_t at = rows->count++;
    rows->key_sizes[at] = row->key_size;
    rows->value_sizes[at] = row->value_size;
    WEIR_TRY(store_copy(rows, row->key, row->key_size, &rows->keys[at], error));
    return store_copy(rows, row->value, row->value_size, &rows->values[at], error);
}

static void stored_free(StoredRows *rows)
{
    weir_free(rows->keys);
    weir_free(rows->values);
    weir_free(rows->key_sizes);
    weir_free(rows->value_sizes);
}

/* Value rows of the store as keys and encoded buffers. */
static WeirStatus split_values(PartitionSessions *sessions, const StoredRows *rows, uint32_t first, uint32_t count,
                               WeirVector **keys, const WeirVector ***buffers, WeirError *error)
{
    const WeirSchema *schema = sessions->state->value_schema;
    uint32_t key_count = sessions->aggregation->key_schema->field_count;
    *keys = WEIR_ARENA_ARRAY(&sessions->arena, WeirVector, schema->field_count + 1);
    WEIR_TRY(weir_unsafe_row_decode(schema, rows->values + first, rows->value_sizes + first, count, false, *keys,
                                    &sessions->arena, error));
    *buffers = WEIR_ARENA_ARRAY(&sessions->arena, const WeirVector *, schema->field_count + 1);
    for (uint32_t i = key_count; i < schema->field_count; i++)
        (*buffers)[i - key_count] = &(*keys)[i];
    return WEIR_OK;
}

/* Add the stored sessions of a key to the rows and take them out of the store. */
static WeirStatus restore_group(PartitionSessions *sessions, uint32_t group, WeirError *error)
{
    const WeirStringView *view =
        (const WeirStringView *)(const void *)weir_aggregate_table_key(&sessions->groups, group);
    StoredRows stored = {.arena = &sessions->arena};
    WeirVector *keys = NULL;
    const WeirVector **buffers = NULL;
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_state_store_scan_prefix(sessions->store, weir_view_data(view), view->length,
                                                      collect_stored, &stored, error));
    if (stored.count == 0)
        goto done;
    WEIR_TRY_OR_GO(done, split_values(sessions, &stored, 0, stored.count, &keys, &buffers, error));
    for (uint32_t i = 0; i < stored.count; i++) {
        SessionRow row = {.group = group, .stored = true};
        uint8_t *bytes = NULL;
        bool existed = false;
        session_bounds(&keys[sessions->state->session], i, &row.start, &row.end);
        WEIR_TRY_OR_GO(done, encode_row(buffers, sessions->aggregation->functions.buffer_schema->field_count, i,
                                        &sessions->arena, &bytes, &row.size, error));
        row.buffers = bytes;
        add_row(sessions, &row);
        WEIR_TRY_OR_GO(done,
                       weir_state_store_remove(sessions->store, stored.keys[i], stored.key_sizes[i],
                                               weir_state_hash(stored.keys[i], stored.key_sizes[i]), &existed, error));
    }
done:
    stored_free(&stored);
    return status;
}

/* ---- merging ---- */

static int compare_rows(const void *left, const void *right)
{
    const SessionRow *a = left, *b = right;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    if (a->end != b->end)
        return a->end < b->end ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static MergedSession *new_session(PartitionSessions *sessions, const SessionRow *row)
{
    const WeirAggregateFunctions *functions = &sessions->aggregation->functions;
    if (sessions->session_count == sessions->session_capacity) {
        sessions->session_capacity = sessions->session_capacity == 0 ? 256 : sessions->session_capacity * 2;
        sessions->sessions = weir_realloc(sessions->sessions, sessions->session_capacity * sizeof(MergedSession));
    }
    MergedSession *session = &sessions->sessions[sessions->session_count++];
    *session = (MergedSession){.group = row->group, .start = row->start, .end = row->end};
    session->row = weir_arena_calloc(&sessions->arena, functions->row_bytes + 8u);
    weir_aggregates_init_row(functions, &sessions->arena, session->row);
    return session;
}

static WeirStatus merge_rows(PartitionSessions *sessions, WeirError *error)
{
    const WeirAggregateFunctions *functions = &sessions->aggregation->functions;
    MergedSession *open = NULL;
    WeirArena scratch;
    if (sessions->row_count == 0)
        return WEIR_OK;
    qsort(sessions->rows, sessions->row_count, sizeof(SessionRow), compare_rows);
    weir_arena_init(&scratch, &sessions->operator->tracker);
    WeirStatus status = WEIR_OK;
    for (uint32_t i = 0; i < sessions->row_count && status == WEIR_OK; i++) {
        const SessionRow *row = &sessions->rows[i];
        if (open == NULL || open->group != row->group || row->start > open->end)
            open = new_session(sessions, row);
        if (row->stored && row->start != open->start) /* its key leaves the state for good */
            sessions->metrics->rows_removed++;
        open->end = row->end > open->end ? row->end : open->end;
        status = weir_aggregates_merge(functions, &open->row, &row->buffers, &row->size, 1, &sessions->arena, &scratch,
                                       error);
        weir_arena_reset(&scratch);
    }
    weir_arena_deinit(&scratch);
    return status;
}

/* Key columns (session included) of sessions [first, first + count), and their buffers encoded as columns. */
static WeirStatus session_columns(PartitionSessions *sessions, uint32_t first, uint32_t count, WeirVector *columns,
                                  WeirError *error)
{
    const SessionState *state = sessions->state;
    WeirAggregation *aggregation = sessions->aggregation;
    WeirArena *arena = &sessions->arena;
    uint32_t key_count = aggregation->key_schema->field_count;
    const uint8_t *keys[CHUNK], *rows[CHUNK];
    uint32_t sizes[CHUNK];
    WeirVector *base = WEIR_ARENA_ARRAY(arena, WeirVector, key_count + 1), session;
    WEIR_TRY(weir_vector_init(&session, aggregation->key_schema->fields[state->session].type, count, arena, error));
    for (uint32_t k = 0; k < count; k++) {
        const MergedSession *merged = &sessions->sessions[first + k];
        const WeirStringView *view =
            (const WeirStringView *)(const void *)weir_aggregate_table_key(&sessions->groups, merged->group);
        keys[k] = weir_view_data(view);
        sizes[k] = view->length;
        rows[k] = merged->row;
        ((int64_t *)session.children[0].values)[k] = merged->start;
        ((int64_t *)session.children[1].values)[k] = merged->end;
    }
    session.length = session.children[0].length = session.children[1].length = count;
    WEIR_TRY(weir_unsafe_row_decode(state->base_schema, keys, sizes, count, false, base, arena, error));
    for (uint32_t i = 0, next = 0; i < key_count; i++)
        columns[i] = i == state->session ? session : base[next++];
    return weir_aggregates_serialize(&aggregation->functions, rows, count, columns + key_count, arena, arena, error);
}

/* ---- state and output ---- */

static WeirStatus put_chunk(PartitionSessions *sessions, uint32_t first, uint32_t count, WeirError *error)
{
    const SessionState *state = sessions->state;
    uint32_t width = state->value_schema->field_count, base_count = state->base_schema->field_count;
    WeirVector *columns = WEIR_ARENA_ARRAY(&sessions->arena, WeirVector, width + 1);
    const WeirVector **all = WEIR_ARENA_ARRAY(&sessions->arena, const WeirVector *, width + 1);
    WEIR_TRY(session_columns(sessions, first, count, columns, error));
    for (uint32_t i = 0; i < width; i++)
        all[i] = &columns[i];
    const WeirVector **key = base_columns(state, columns, &sessions->arena);
    key[base_count] = &columns[state->session].children[0];
    for (uint32_t k = 0; k < count; k++) {
        uint8_t *key_bytes = NULL, *value = NULL;
        uint32_t key_size = 0, value_size = 0;
        WEIR_TRY(encode_row(key, base_count + 1, k, &sessions->arena, &key_bytes, &key_size, error));
        WEIR_TRY(encode_row(all, width, k, &sessions->arena, &value, &value_size, error));
        WEIR_TRY(weir_state_store_put(sessions->store, key_bytes, key_size, weir_state_hash(key_bytes, key_size), value,
                                      value_size, error));
        sessions->metrics->rows_updated++;
    }
    return WEIR_OK;
}

/* Result rows of `count` encoded value rows. */
static WeirStatus write_stored(PartitionSessions *sessions, const StoredRows *rows, WeirResultWriter *writer,
                               WeirError *error)
{
    uint32_t key_count = sessions->aggregation->key_schema->field_count;
    uint32_t buffer_count = sessions->aggregation->functions.buffer_schema->field_count;
    for (uint32_t first = 0; first < rows->count; first += CHUNK) {
        uint32_t count = rows->count - first < CHUNK ? rows->count - first : CHUNK;
        WeirVector *keys = NULL;
        const WeirVector **buffers = NULL;
        WEIR_TRY(split_values(sessions, rows, first, count, &keys, &buffers, error));
        const WeirVector **key_columns = WEIR_ARENA_ARRAY(&sessions->arena, const WeirVector *, key_count + 1);
        for (uint32_t i = 0; i < key_count; i++)
            key_columns[i] = &keys[i];
        for (uint32_t k = 0; k < count; k++) {
            uint8_t *key = NULL, *row = NULL;
            uint32_t key_size = 0, row_size = 0;
            WEIR_TRY(encode_row(key_columns, key_count, k, &sessions->arena, &key, &key_size, error));
            WEIR_TRY(encode_row(buffers, buffer_count, k, &sessions->arena, &row, &row_size, error));
            WEIR_TRY(weir_result_writer_add(writer, key, key_size, row, row_size, error));
        }
        WEIR_TRY(weir_result_writer_flush(writer, error));
    }
    return WEIR_OK;
}

typedef struct ExpiredRows {
    StoredRows rows;
    uint32_t columns, session;
    int64_t watermark_micros;
} ExpiredRows;

static WeirStatus collect_expired(void *context, const WeirStateRow *row, WeirError *error)
{
    ExpiredRows *expired = context;
    int64_t end;
    if (!weir_row_event_time(row->value, expired->columns, WEIR_STATE_EVENT_TIME_WINDOW_END, (int32_t)expired->session,
                             &end) ||
        end > expired->watermark_micros)
        return WEIR_OK;
    return collect_stored(&expired->rows, row, error);
}

/* Append: sessions that ended come out and leave the state. Complete: everything comes out. */
static WeirStatus write_state(PartitionSessions *sessions, WeirResultWriter *writer, WeirError *error)
{
    const WeirPhysicalPlan *plan = sessions->operator->plan;
    bool complete = strcmp(plan->stateful->output_mode, "complete") == 0;
    ExpiredRows expired = {.rows = {.arena = &sessions->arena},
                           .columns = sessions->state->value_schema->field_count,
                           .session = sessions->state->session,
                           .watermark_micros =
                               complete ? INT64_MAX : weir_eviction_watermark_micros(sessions->operator)};
    int64_t start = weir_execution_nanos(sessions->operator->execution);
    WeirStatus status = weir_state_store_scan(sessions->store, collect_expired, &expired, error);
    if (status == WEIR_OK)
        status = write_stored(sessions, &expired.rows, writer, error);
    for (uint32_t i = 0; i < expired.rows.count && status == WEIR_OK && !complete; i++) {
        bool existed = false;
        status =
            weir_state_store_remove(sessions->store, expired.rows.keys[i], expired.rows.key_sizes[i],
                                    weir_state_hash(expired.rows.keys[i], expired.rows.key_sizes[i]), &existed, error);
        sessions->metrics->rows_removed++;
    }
    stored_free(&expired.rows);
    sessions->metrics->removals_nanos = weir_execution_nanos(sessions->operator->execution) - start;
    return status;
}

/* Batch queries: every merged session. */
static WeirStatus write_sessions(PartitionSessions *sessions, WeirResultWriter *writer, WeirError *error)
{
    uint32_t width = sessions->state->value_schema->field_count,
             key_count = sessions->aggregation->key_schema->field_count;
    for (uint32_t first = 0; first < sessions->session_count; first += CHUNK) {
        uint32_t count = sessions->session_count - first < CHUNK ? sessions->session_count - first : CHUNK;
        WeirVector *columns = WEIR_ARENA_ARRAY(&sessions->arena, WeirVector, width + 1);
        const WeirVector **keys = WEIR_ARENA_ARRAY(&sessions->arena, const WeirVector *, key_count + 1);
        WEIR_TRY(session_columns(sessions, first, count, columns, error));
        for (uint32_t i = 0; i < key_count; i++)
            keys[i] = &columns[i];
        for (uint32_t k = 0; k < count; k++) {
            uint8_t *key = NULL;
            uint32_t key_size = 0;
            WEIR_TRY(encode_row(keys, key_count, k, &sessions->arena, &key, &key_size, error));
            WEIR_TRY(weir_result_writer_add(writer, key, key_size, sessions->sessions[first + k].row,
                                            sessions->aggregation->functions.row_bytes, error));
        }
    }
    return weir_result_writer_flush(writer, error);
}

static WeirStatus stream_sessions(PartitionSessions *sessions, uint32_t partition, WeirError *error)
{
    WEIR_TRY(weir_store_set_load(weir_store_set(sessions->operator), partition, error));
    sessions->metrics->counts_own_rows = true;
    int64_t start = weir_execution_nanos(sessions->operator->execution);
    WEIR_TRY(read_input(sessions, partition, error));
    for (uint32_t group = 0; group < sessions->groups.group_count; group++)
        WEIR_TRY(restore_group(sessions, group, error));
    WEIR_TRY(merge_rows(sessions, error));
    for (uint32_t first = 0; first < sessions->session_count; first += CHUNK)
        WEIR_TRY(put_chunk(sessions, first,
                           sessions->session_count - first < CHUNK ? sessions->session_count - first : CHUNK, error));
    sessions->metrics->updates_nanos = weir_execution_nanos(sessions->operator->execution) - start;
    return WEIR_OK;
}

static void sessions_free(PartitionSessions *sessions)
{
    for (uint32_t i = 0; i < sessions->session_count; i++)
        weir_aggregates_free_row(&sessions->aggregation->functions, &sessions->arena, sessions->sessions[i].row);
    weir_free(sessions->rows);
    weir_free(sessions->sessions);
    weir_aggregate_table_deinit(&sessions->groups);
    weir_arena_deinit(&sessions->arena);
}

static WeirStatus session_partition(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task,
                                    WeirError *error)
{
    const SessionState *state = operator->state;
    PartitionSessions sessions = {.operator= operator, .state = state, .aggregation = state->aggregation};
    if (operator->plan->stateful != NULL) {
        sessions.store = weir_store_at(weir_store_set(operator), partition, 0);
        sessions.metrics = &weir_store_set(operator)->metrics[partition];
        sessions.filters = operator->plan->stateful->filters_late_rows;
        sessions.late_micros = weir_late_watermark_micros(operator);
    }
    weir_arena_init(&sessions.arena, &operator->tracker);
    weir_aggregate_table_init(&sessions.groups, &state->base_layout, NULL, 0,
                              true /* keys are in the partition's arena */, &operator->tracker);
    WeirResultWriter writer;
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_result_writer_init(&writer, state->aggregation, task, error));
    if (sessions.store != NULL) {
        writer.encoded = true;
        WEIR_TRY_OR_GO(done, stream_sessions(&sessions, partition, error));
        status = write_state(&sessions, &writer, error);
    } else {
        writer.objects = &sessions.arena;
        WEIR_TRY_OR_GO(done, read_input(&sessions, partition, error));
        WEIR_TRY_OR_GO(done, merge_rows(&sessions, error));
        status = write_sessions(&sessions, &writer, error);
    }
    if (status == WEIR_OK)
        status = weir_arena_check(&sessions.arena, error);
done:
    weir_result_writer_deinit(&writer);
    sessions_free(&sessions);
    return status;
}

static WeirStatus session_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                  WeirError *error)
{
    const SessionState *state = operator->state;
    return weir_produce_partitions(operator, state->aggregation->partition_count, first_unit, pipeline,
                                   session_partition, error);
}

const WeirOperatorType weir_session_aggregate_operator = {
    .name = "SessionWindowStateStoreSave",
    .open = session_open,
    .close = session_close,
    .prepare = session_prepare,
    .produce = session_produce,
    .reset = session_reset,
};
