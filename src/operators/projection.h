/* A list of expressions over batches of one shape: plain column references are passed on, the rest is one program. */
#ifndef WEIR_OPERATORS_PROJECTION_H
#define WEIR_OPERATORS_PROJECTION_H

#include "operators/operator.h"

typedef struct WeirProjection {
    WeirProgram *program; /* of the columns that are not plain references; NULL: none */
    uint32_t *references; /* by output: input ordinal, or UINT32_MAX: next result of the program */
    uint32_t count, computed_count;
} WeirProjection;

WEIR_CHECKED WeirStatus weir_projection_init(WeirProjection *projection, WeirExpression *const *expressions,
                                             uint32_t count, const WeirEvalContext *context, WeirError *error);
void weir_projection_deinit(WeirProjection *projection);
/* `*instance` may come out NULL: nothing to compute. */
WEIR_CHECKED WeirStatus weir_projection_instance(const WeirProjection *projection, WeirProgramInstance **instance,
                                                 WeirError *error);
/* The batch of results; it keeps `input`. The caller releases it. */
WEIR_CHECKED WeirStatus weir_projection_run(const WeirProjection *projection, WeirProgramInstance *instance,
                                            WeirBatch *input, WeirMemoryTracker *tracker, WeirBatch **out,
                                            WeirError *error);

#endif
