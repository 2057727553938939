/* SortExec: collects its input with the sort keys computed, orders row numbers by an 8-byte prefix of the first key and
 * then by all keys, stable, and puts out copies of the rows. */
#include <stdlib.h>

#include "operators/row_collector.h"

typedef struct SortState {
    WeirProjection keys;
    const WeirDataType **types; /* columns, then keys */
    uint32_t width, key_count;
    WeirArena arena;
    WeirRowCollector collector;
    /* of the run */
    WeirBatch *rows;
    uint32_t *order;
    int64_t reserved_bytes;
} SortState;

static WeirStatus sort_open(WeirOperator *operator, WeirError * error)
{
    const WeirPhysicalPlan *plan = operator->plan, *child = plan->children[0];
    SortState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    weir_arena_init(&state->arena, &operator->tracker);
    state->width = child->output_count;
    state->key_count = plan->expression_count;
    WeirExpression **keys = WEIR_ARENA_ARRAY(&state->arena, WeirExpression *, plan->expression_count + 1);
    state->types =
        WEIR_ARENA_ARRAY(&state->arena, const WeirDataType *, child->output_count + plan->expression_count + 1);
    for (uint32_t i = 0; i < child->output_count; i++)
        state->types[i] = child->output[i]->type;
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        keys[i] = plan->expressions[i]->children[0];
        state->types[child->output_count + i] = keys[i]->type;
    }
    return weir_projection_init(&state->keys, keys, plan->expression_count, operator->execution->environment->context,
                                error);
}

static void sort_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    SortState *state = operator->state;
    weir_row_collector_deinit(&state->collector);
    weir_batch_release(state->rows);
    weir_free(state->order);
    weir_memory_release(&operator->tracker, state->reserved_bytes);
    state->rows = NULL;
    state->order = NULL;
    state->reserved_bytes = 0;
}

static void sort_close(WeirOperator *operator)
{
    SortState *state = operator->state;
    if (state == NULL)
        return;
    weir_projection_deinit(&state->keys);
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

/* ---- ordering ---- */

typedef struct SortEntry {
    uint64_t prefix;
    uint32_t row;
} SortEntry;

typedef struct SortOrder {
    const WeirVector *keys;
    WeirExpression *const *orders;
    uint32_t count;
} SortOrder;

static uint64_t view_prefix(const WeirStringView *view)
{
    uint8_t bytes[8] = {0};
    memcpy(bytes, weir_view_data(view), view->length < 8 ? view->length : 8);
    uint64_t prefix;
    memcpy(&prefix, bytes, 8);
    return __builtin_bswap64(prefix);
}

static uint64_t double_prefix(double value)
{
    uint64_t bits;
    value = value == 0.0 ? 0.0 : value;
    memcpy(&bits, &value, 8);
    if (value != value)
        return UINT64_MAX; /* NaN is greatest */
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

/* Order-preserving; equal prefixes say nothing. */
static uint64_t value_prefix(const WeirVector *key, uint32_t row)
{
    const uint64_t sign = (uint64_t)1 << 63;
    switch (weir_type_physical(key->type)) {
    case WEIR_PHYSICAL_BOOL:
        return ((const uint8_t *)key->values)[row];
    case WEIR_PHYSICAL_INT8:
        return (uint64_t)(int64_t)((const int8_t *)key->values)[row] ^ sign;
    case WEIR_PHYSICAL_INT16:
        return (uint64_t)(int64_t)((const int16_t *)key->values)[row] ^ sign;
    case WEIR_PHYSICAL_INT32:
        return (uint64_t)(int64_t)((const int32_t *)key->values)[row] ^ sign;
    case WEIR_PHYSICAL_INT64:
        return (uint64_t)((const int64_t *)key->values)[row] ^ sign;
    case WEIR_PHYSICAL_FLOAT:
        return double_prefix((double)((const float *)key->values)[row]);
    case WEIR_PHYSICAL_DOUBLE:
        return double_prefix(((const double *)key->values)[row]);
    case WEIR_PHYSICAL_VIEW:
        return view_prefix(&((const WeirStringView *)key->values)[row]);
    default:
        return 0;
    }
}

static uint64_t row_prefix(const SortOrder *order, uint32_t row)
{
    const WeirVector *key = &order->keys[0];
    if (weir_vector_is_null(key, row))
        return order->orders[0]->nulls_first ? 0 : UINT64_MAX;
    uint64_t prefix = value_prefix(key, row);
    return order->orders[0]->is_descending ? ~prefix : prefix;
}

static int compare_key(const WeirVector *key, const WeirExpression *order, uint32_t a, uint32_t b)
{
    bool null_a = weir_vector_is_null(key, a), null_b = weir_vector_is_null(key, b);
    if (null_a || null_b) {
        if (null_a == null_b)
            return 0;
        return null_a == order->nulls_first ? -1 : 1;
    }
    int compared = weir_vector_compare_rows(key, a, key, b);
    return order->is_descending ? -compared : compared;
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const SortEntry *a = left, *b = right;
    const SortOrder *order = context;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    for (uint32_t i = 0; i < order->count; i++) {
        int compared = compare_key(&order->keys[i], order->orders[i], a->row, b->row);
        if (compared != 0)
            return compared;
    }
    return a->row < b->row ? -1 : a->row > b->row;
}

/* rows[0..row_count): row numbers in order of the SORT_ORDERs; keys are flat vectors. */
WeirStatus weir_sort_rows(const WeirVector *keys, WeirExpression *const *orders, uint32_t key_count, uint32_t row_count,
                          WeirMemoryTracker *tracker, uint32_t *rows, WeirError *error)
{
    int64_t bytes = (int64_t)row_count * (int64_t)sizeof(SortEntry) * 2; /* the library's merge needs as much again */
    SortOrder order = {.keys = keys, .orders = orders, .count = key_count};
    WEIR_TRY(weir_memory_reserve(tracker, bytes, error));
    SortEntry *entries = weir_malloc(((size_t)row_count + 1) * sizeof(SortEntry));
    for (uint32_t r = 0; r < row_count; r++)
        entries[r] = (SortEntry){.prefix = key_count == 0 ? 0 : row_prefix(&order, r), .row = r};
    qsort_r(entries, row_count, sizeof(SortEntry), compare_entries, &order);
    for (uint32_t r = 0; r < row_count; r++)
        rows[r] = entries[r].row;
    weir_free(entries);
    weir_memory_release(tracker, bytes);
    return WEIR_OK;
}

static WeirStatus sort_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    SortState *state = operator->state;
    sort_reset(operator, false);
    *unit_count = 1;
    weir_row_collector_init(&state->collector, &operator->tracker, &state->keys, UINT64_MAX);
    WEIR_TRY(weir_operator_run(operator->children[0], &weir_row_collector_terminal, &state->collector, error));
    WEIR_TRY(weir_row_collector_concat(&state->collector, state->types, state->width + state->key_count, &state->rows,
                                       error));
    weir_row_collector_deinit(&state->collector);
    int64_t bytes = (int64_t)state->rows->row_count * 4;
    WEIR_TRY(weir_memory_reserve(&operator->tracker, bytes, error));
    state->reserved_bytes = bytes;
    state->order = weir_malloc((size_t)bytes + 4);
    return weir_sort_rows(state->rows->columns + state->width, operator->plan->expressions, state->key_count,
                          state->rows->row_count, &operator->tracker, state->order, error);
}

static WeirStatus sort_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    (void)partition;
    SortState *state = operator->state;
    uint32_t rows_max = weir_execution_batch_rows(operator->execution), total = state->rows->row_count;
    for (uint32_t start = 0; start < total && !weir_pipeline_is_satisfied(task); start += rows_max) {
        uint32_t count = total - start < rows_max ? total - start : rows_max;
        WeirBatch *out = weir_batch_new(state->width, &operator->tracker);
        WeirStatus status = WEIR_OK;
        out->row_count = out->selected_count = count;
        for (uint32_t i = 0; i < state->width && status == WEIR_OK; i++)
            status = weir_vector_gather(&state->rows->columns[i], state->order + start, count, true, &out->columns[i],
                                        &out->arena, error);
        if (status == WEIR_OK)
            status = weir_emit(task, 0, out, error);
        weir_batch_release(out);
        WEIR_TRY(status);
    }
    return WEIR_OK;
}

static WeirStatus sort_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                               WeirError *error)
{
    return weir_produce_one(operator, first_unit, pipeline, sort_unit, error);
}

const WeirOperatorType weir_sort_operator = {
    .name = "Sort",
    .open = sort_open,
    .close = sort_close,
    .prepare = sort_prepare,
    .produce = sort_produce,
    .reset = sort_reset,
};
