/* WITH RECURSIVE (Spark: UnionLoopExec): each UNION_LOOP of an analyzed batch plan is run to its end and replaced by
 * the rows that it made, so that the optimizer and the planner never see one. */
#ifndef WEIR_ENGINE_UNION_LOOP_H
#define WEIR_ENGINE_UNION_LOOP_H

#include "engine/batch_execution.h"

typedef struct WeirUnionLoops {
    const WeirExecutionEnvironment *environment;
    const WeirEvalContext *context;
    int32_t shuffle_partitions;
    int64_t level_limit, row_limit; /* -1: none */
    int64_t *next_expression_id;
    WeirArena *arena;    /* of the plan that comes out */
    WeirBatchList *kept; /* the rows that it points to; the caller releases them after the plan's last use */
} WeirUnionLoops;

/* Does the plan, or a subquery in its expressions, hold a UNION_LOOP? */
bool weir_has_union_loop(const WeirLogicalPlan *plan);
WEIR_CHECKED WeirStatus weir_union_loops_run(const WeirUnionLoops *loops, WeirLogicalPlan *analyzed,
                                             WeirLogicalPlan **out, WeirError *error);

#endif
