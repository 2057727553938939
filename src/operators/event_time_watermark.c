/* EventTimeWatermarkExec: passes rows and keeps the largest, smallest and mean event time and the count, in
 * milliseconds floored from microseconds. The mean is the running one of Spark's EventTimeStats, whose rounding shows
 * in progress; tasks are merged in their order, so that it does not depend on chance. */
#include <pthread.h>

#include "operators/operator.h"

typedef struct EventTimeSums {
    uint32_t unit;
    int64_t count, max_ms, min_ms;
    double average_ms;
} EventTimeSums;

typedef struct WatermarkState {
    pthread_mutex_t mutex;
    EventTimeSums *units; /* of the run, by unit */
    uint32_t unit_count, unit_capacity;
    EventTimeSums total;
    uint32_t watermark_index;
} WatermarkState;

static WeirStatus watermark_open(WeirOperator *operator, WeirError * error)
{
    (void)error;
    WatermarkState *state = weir_calloc(1, sizeof(*state));
    pthread_mutex_init(&state->mutex, NULL);
    operator->state = state;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    const WeirPhysicalPlan *const *nodes = NULL;
    uint32_t count = weir_physical_watermarks(operator->execution->plan, &arena, &nodes);
    for (uint32_t i = 0; i < count; i++) {
        if (nodes[i] == operator->plan)
            state->watermark_index = i;
    }
    weir_arena_deinit(&arena);
    return WEIR_OK;
}

static void watermark_close(WeirOperator *operator)
{
    WatermarkState *state = operator->state;
    if (state == NULL)
        return;
    pthread_mutex_destroy(&state->mutex);
    weir_free(state->units);
    weir_free(state);
}

static void watermark_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    WatermarkState *state = operator->state;
    state->total = (EventTimeSums){0};
    state->unit_count = 0;
}

static WeirStatus watermark_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)operator,(void) error;
    EventTimeSums *sums = weir_calloc(1, sizeof(*sums));
    sums->unit = unit;
    *state = sums;
    return WEIR_OK;
}

static void watermark_close_stage(WeirOperator *operator, void * state)
{
    (void)operator;
    weir_free(state);
}

static void sums_add(EventTimeSums *sums, int64_t micros)
{
    int64_t ms = micros / 1000 - (micros % 1000 < 0);
    if (sums->count == 0 || ms > sums->max_ms)
        sums->max_ms = ms;
    if (sums->count == 0 || ms < sums->min_ms)
        sums->min_ms = ms;
    sums->count++;
    sums->average_ms += ((double)ms - sums->average_ms) / (double)sums->count;
}

static void sums_merge(EventTimeSums *total, const EventTimeSums *sums)
{
    if (total->count == 0) {
        *total = *sums;
        return;
    }
    total->max_ms = sums->max_ms > total->max_ms ? sums->max_ms : total->max_ms;
    total->min_ms = sums->min_ms < total->min_ms ? sums->min_ms : total->min_ms;
    total->count += sums->count;
    total->average_ms += (sums->average_ms - total->average_ms) * (double)sums->count / (double)total->count;
    total->unit = sums->unit;
}

/* Units that end in order are merged at once; one that comes late makes all be merged anew. */
static void add_unit(WatermarkState *state, const EventTimeSums *sums)
{
    if (state->unit_count == state->unit_capacity) {
        state->unit_capacity = state->unit_capacity == 0 ? 8 : state->unit_capacity * 2;
        state->units = weir_realloc(state->units, state->unit_capacity * sizeof(EventTimeSums));
    }
    uint32_t at = state->unit_count++;
    for (; at > 0 && state->units[at - 1].unit > sums->unit; at--)
        state->units[at] = state->units[at - 1];
    state->units[at] = *sums;
    if (at + 1 == state->unit_count) {
        sums_merge(&state->total, sums);
        return;
    }
    state->total = (EventTimeSums){0};
    for (uint32_t i = 0; i < state->unit_count; i++)
        sums_merge(&state->total, &state->units[i]);
}

static WeirStatus watermark_push(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage,
                                 WeirBatch *batch, WeirError *error)
{
    EventTimeSums *sums = state;
    const WeirVector *column = &batch->columns[operator->plan->expressions[0]->ordinal];
    if (column->type->id == WEIR_TYPE_STRUCT) { /* a window: its end */
        if (column->kind == WEIR_VECTOR_FLAT)
            column = &column->children[1];
    }
    bool nested = column->type->id == WEIR_TYPE_STRUCT;
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        const WeirVector *flat;
        uint32_t row = weir_vector_locate(column, weir_batch_row(batch, k), &flat);
        if (row == WEIR_NULL_INDEX || (flat->validity != NULL && !weir_bit_get(flat->validity, row))) {
            sums_add(sums, 0); /* Spark reads a null as 0 here, and reports it so. */
            continue;
        }
        if (nested)
            row = weir_vector_locate(&flat->children[1], row, &flat);
        sums_add(sums, ((const int64_t *)flat->values)[row]);
    }
    return weir_emit(task, stage + 1, batch, error);
}

static WeirStatus watermark_finish(WeirOperator *operator, void * stage_state, WeirPipelineTask *task, uint32_t stage,
                                   WeirError *error)
{
    (void)task, (void)stage, (void)error;
    WatermarkState *state = operator->state;
    const EventTimeSums *sums = stage_state;
    if (sums->count == 0)
        return WEIR_OK;
    pthread_mutex_lock(&state->mutex);
    add_unit(state, sums);
    const EventTimeSums *total = &state->total;
    operator->execution->metrics.watermarks[state->watermark_index] =(WeirEventTimeStats){
        .count = total->count, .max_ms = total->max_ms, .min_ms = total->min_ms, .average_ms = total->average_ms};
    pthread_mutex_unlock(&state->mutex);
    return WEIR_OK;
}

const WeirOperatorType weir_event_time_watermark_operator = {
    .name = "EventTimeWatermark",
    .open = watermark_open,
    .close = watermark_close,
    .reset = watermark_reset,
    .open_stage = watermark_open_stage,
    .push = watermark_push,
    .finish = watermark_finish,
    .close_stage = watermark_close_stage,
};
