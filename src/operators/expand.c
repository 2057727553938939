/* ExpandExec: every input row once per projection (sliding windows, grouping sets, distinct aggregates). */
#include "operators/projection.h"

static WeirStatus expand_open(WeirOperator *operator, WeirError * error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    WeirProjection *projections = weir_calloc(plan->row_count + 1, sizeof(*projections));
    operator->state = projections;
    for (uint32_t r = 0; r < plan->row_count; r++)
        WEIR_TRY(weir_projection_init(&projections[r], plan->rows[r],
                                      plan->output_count, operator->execution->environment->context, error));
    return WEIR_OK;
}

static void expand_close(WeirOperator *operator)
{
    WeirProjection *projections = operator->state;
    for (uint32_t r = 0; projections != NULL && r < operator->plan->row_count; r++)
        weir_projection_deinit(&projections[r]);
    weir_free(projections);
}

static WeirStatus expand_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)unit;
    const WeirProjection *projections = operator->state;
    WeirProgramInstance **instances = weir_calloc(operator->plan->row_count + 1, sizeof(*instances));
    *state = instances;
    for (uint32_t r = 0; r < operator->plan->row_count; r++)
        WEIR_TRY(weir_projection_instance(&projections[r], &instances[r], error));
    return WEIR_OK;
}

static void expand_close_stage(WeirOperator *operator, void * state)
{
    WeirProgramInstance **instances = state;
    for (uint32_t r = 0; r < operator->plan->row_count; r++)
        weir_program_instance_free(instances[r]);
    weir_free(instances);
}

static WeirStatus expand_push(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage,
                              WeirBatch *batch, WeirError *error)
{
    const WeirProjection *projections = operator->state;
    WeirProgramInstance **instances = state;
    for (uint32_t r = 0; r < operator->plan->row_count; r++) {
        WeirBatch *out = NULL;
        WEIR_TRY(weir_projection_run(&projections[r], instances[r], batch, &operator->tracker, &out, error));
        WeirStatus status = weir_emit(task, stage + 1, out, error);
        weir_batch_release(out);
        WEIR_TRY(status);
    }
    return WEIR_OK;
}

const WeirOperatorType weir_expand_operator = {
    .name = "Expand",
    .open = expand_open,
    .close = expand_close,
    .open_stage = expand_open_stage,
    .push = expand_push,
    .close_stage = expand_close_stage,
};
