/* FilterExec: the rows for which the condition is true, as a narrower selection over the same columns. */
#include "operators/operator.h"

static WeirStatus filter_open(WeirOperator *operator, WeirError * error)
{
    WeirProgram *program = NULL;
    if (operator->plan->condition == NULL) /* the reader sees to all of it */
        return WEIR_OK;
    WEIR_TRY(weir_program_compile((WeirExpression *const *)&operator->plan->condition,
                                  1, operator->execution->environment->context, &program, error));
    operator->state = program;
    return WEIR_OK;
}

static void filter_close(WeirOperator *operator)
{
    weir_program_free(operator->state);
}

static WeirStatus filter_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)unit;
    WeirProgramInstance *instance = NULL;
    if (operator->state == NULL)
        return WEIR_OK;
    WEIR_TRY(weir_program_instance_new(operator->state, &instance, error));
    *state = instance;
    return WEIR_OK;
}

static void filter_close_stage(WeirOperator *operator, void * state)
{
    (void)operator;
    weir_program_instance_free(state);
}

static WeirStatus filter_push(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage,
                              WeirBatch *batch, WeirError *error)
{
    if (state == NULL)
        return weir_emit(task, stage + 1, batch, error);
    WeirBatch *out = weir_batch_over(batch, batch->column_count, &operator->tracker);
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_program_filter(state, batch, &out->arena, &out->selection, &out->selected_count, error));
    if (out->selected_count == 0)
        goto done;
    if (out->selected_count == batch->selected_count) { /* Nothing fell out: the batch itself goes on. */
        status = weir_emit(task, stage + 1, batch, error);
        goto done;
    }
    memcpy(out->columns, batch->columns, sizeof(WeirVector) * batch->column_count);
    WEIR_TRY_OR_GO(done, weir_batch_check(out, error));
    status = weir_emit(task, stage + 1, out, error);
done:
    weir_batch_release(out);
    return status;
}

const WeirOperatorType weir_filter_operator = {
    .name = "Filter",
    .open = filter_open,
    .close = filter_close,
    .open_stage = filter_open_stage,
    .push = filter_push,
    .close_stage = filter_close_stage,
};
