/* EventTimeWatermarkExec: passes rows and keeps the largest, smallest and mean event time and the count of the non-null ones, in milliseconds floored from
 * microseconds. Sums are integers, so that the mean does not depend on the order of tasks. */
#include <pthread.h>

#include "operators/operator.h"

typedef struct EventTimeSums {
    int64_t count, max_ms, min_ms;
    __int128 sum_ms;
} EventTimeSums;

typedef struct WatermarkState {
    pthread_mutex_t mutex;
    EventTimeSums total; /* of the run */
    uint32_t watermark_index;
} WatermarkState;

static WeirStatus watermark_open(WeirOperator *operator, WeirError *error)
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
    weir_free(state);
}

static void watermark_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    WatermarkState *state = operator->state;
    state->total = (EventTimeSums){0};
}

static WeirStatus watermark_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)operator, (void)unit, (void)error;
    *state = weir_calloc(1, sizeof(EventTimeSums));
    return WEIR_OK;
}

static void watermark_close_stage(WeirOperator *operator, void *state)
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
    sums->sum_ms += ms;
    sums->count++;
}

static WeirStatus watermark_push(WeirOperator *operator, void *state, WeirPipelineTask *task, uint32_t stage, WeirBatch *batch,
                                 WeirError *error)
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

static WeirStatus watermark_finish(WeirOperator *operator, void *stage_state, WeirPipelineTask *task, uint32_t stage, WeirError *error)
{
    (void)task, (void)stage, (void)error;
    WatermarkState *state = operator->state;
    const EventTimeSums *sums = stage_state;
    if (sums->count == 0)
        return WEIR_OK;
    pthread_mutex_lock(&state->mutex);
    EventTimeSums *total = &state->total;
    total->max_ms = total->count == 0 || sums->max_ms > total->max_ms ? sums->max_ms : total->max_ms;
    total->min_ms = total->count == 0 || sums->min_ms < total->min_ms ? sums->min_ms : total->min_ms;
    total->sum_ms += sums->sum_ms;
    total->count += sums->count;
    operator->execution->metrics.watermarks[state->watermark_index] =
        (WeirEventTimeStats){.count = total->count,
                             .max_ms = total->max_ms,
                             .min_ms = total->min_ms,
                             .average_ms = (double)total->sum_ms / (double)total->count};
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
