/* Resolved plans to better ones: batches of rules to a fixed point, one rule a file under rules/. */
#ifndef WEIR_OPTIMIZER_OPTIMIZER_H
#define WEIR_OPTIMIZER_OPTIMIZER_H

#include "expr/program.h"
#include "logical/logical_plan.h"

/* Removes subquery aliases and views, rewrites subqueries to joins, folds constants (not those marked FOLD_PER_BATCH
 * unless `fold_per_batch`), simplifies booleans, pushes filters through projects, joins, unions and aggregates (not
 * through a watermark where that changes late rows), collapses projects, prunes columns into relations and Generate.
 * Aggregates and stateful operators of a stream keep their number and order. The streaming leaves stay
 * STREAMING_RELATION. */
WEIR_CHECKED WeirStatus weir_optimize(WeirLogicalPlan *plan, const WeirEvalContext *context, bool fold_per_batch,
                                      WeirArena *arena, int64_t *next_expression_id, WeirLogicalPlan **optimized,
                                      WeirError *error);

#endif
