/* ProjectExec: each output column is an expression over the input. */
#include "operators/projection.h"

static WeirStatus project_open(WeirOperator *operator, WeirError * error)
{
    operator->state = weir_calloc(1, sizeof(WeirProjection));
    return weir_projection_init(operator->state, operator->plan->expressions, operator->plan->expression_count,
                                                                              operator->execution->environment->context,
                                error);
}

static void project_close(WeirOperator *operator)
{
    if (operator->state == NULL)
        return;
    weir_projection_deinit(operator->state);
    weir_free(operator->state);
}

static WeirStatus project_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)unit;
    WeirProgramInstance *instance = NULL;
    WEIR_TRY(weir_projection_instance(operator->state, &instance, error));
    *state = instance;
    return WEIR_OK;
}

static void project_close_stage(WeirOperator *operator, void * state)
{
    (void)operator;
    weir_program_instance_free(state);
}

static WeirStatus project_push(WeirOperator *operator, void * instance, WeirPipelineTask *task, uint32_t stage,
                               WeirBatch *batch, WeirError *error)
{
    WeirBatch *out = NULL;
    WEIR_TRY(weir_projection_run(operator->state, instance, batch, &operator->tracker, &out, error));
    WeirStatus status = weir_emit(task, stage + 1, out, error);
    weir_batch_release(out);
    return status;
}

const WeirOperatorType weir_project_operator = {
    .name = "Project",
    .open = project_open,
    .close = project_close,
    .open_stage = project_open_stage,
    .push = project_push,
    .close_stage = project_close_stage,
};
