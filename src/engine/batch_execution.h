/* Running a batch query to its end and keeping its rows (Spark: QueryExecution and collect). */
#ifndef WEIR_ENGINE_BATCH_EXECUTION_H
#define WEIR_ENGINE_BATCH_EXECUTION_H

#include "operators/execution.h"

typedef struct WeirBatchPlans {
    WeirLogicalPlan *optimized;
    WeirPhysicalPlan *physical;
} WeirBatchPlans;

/* Optimize and plan an analyzed batch query; everything in `arena`. */
WEIR_CHECKED WeirStatus weir_batch_plan(WeirLogicalPlan *analyzed, const WeirEvalContext *context,
                                        int32_t shuffle_partitions, WeirArena *arena, int64_t *next_expression_id,
                                        WeirBatchPlans *plans, WeirError *error);

/* Rows of a query in order: compacted batches, each with a reference that the caller releases
 * (weir_batch_list_release). */
typedef struct WeirBatchList {
    WeirBatch **batches;
    uint32_t count;
    uint32_t capacity;
    int64_t row_count;
} WeirBatchList;
void weir_batch_list_release(WeirBatchList *list);
/* Takes over the reference. */
void weir_batch_list_add(WeirBatchList *list, WeirBatch *batch);
/* Let a batch that nobody else holds point to the types of `schema`, which outlive those of the plan that made it. */
void weir_batch_adopt_types(WeirBatch *batch, const WeirSchema *schema);

/* `environment` and what it points to must live until the call returns. On failure the list is empty. */
WEIR_CHECKED WeirStatus weir_batch_collect(const WeirPhysicalPlan *physical,
                                           const WeirExecutionEnvironment *environment, WeirBatchList *list,
                                           WeirError *error);

#endif
