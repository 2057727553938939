/* Repartition and coalesce: nothing to do in one process. */
#include "operators/operator.h"

static WeirStatus coalesce_push(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage,
                                WeirBatch *batch, WeirError *error)
{
    (void)operator,(void) state;
    return weir_emit(task, stage + 1, batch, error);
}

const WeirOperatorType weir_coalesce_operator = {
    .name = "Coalesce",
    .push = coalesce_push,
};
