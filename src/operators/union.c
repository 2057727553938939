/* UnionExec: the units of the first child, then of the second, and so on; all through the pipeline above. */
#include "operators/operator.h"

static void union_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    weir_free(operator->run);
    operator->run = NULL;
}

static WeirStatus union_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    union_reset(operator, false);
    uint32_t *units = weir_calloc(operator->child_count + 1, sizeof(uint32_t));
    operator->run = units;
    *unit_count = 0;
    for (uint32_t i = 0; i < operator->child_count; i++) {
        WEIR_TRY(weir_operator_prepare(operator->children[i], &units[i], error));
        *unit_count += units[i];
    }
    return WEIR_OK;
}

static WeirStatus union_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                WeirError *error)
{
    const uint32_t *units = operator->run;
    for (uint32_t i = 0; i < operator->child_count; i++) {
        WEIR_TRY(weir_operator_produce(operator->children[i], first_unit, pipeline, error));
        first_unit += units[i];
    }
    return WEIR_OK;
}

const WeirOperatorType weir_union_operator = {
    .name = "Union",
    .prepare = union_prepare,
    .produce = union_produce,
    .reset = union_reset,
};
