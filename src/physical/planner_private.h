/* Parts of the planner. */
#ifndef WEIR_PHYSICAL_PLANNER_PRIVATE_H
#define WEIR_PHYSICAL_PLANNER_PRIVATE_H

#include "physical/physical_plan.h"

typedef struct WeirPlanner {
    const WeirPhysicalOptions *options;
    WeirArena *arena;
} WeirPlanner;

/* planner.c */
WEIR_CHECKED WeirStatus weir_plan_node(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                                       WeirError *error);
WeirPhysicalPlan *weir_physical_new(WeirPlanner *planner, WeirPhysicalKind kind, const WeirLogicalPlan *logical,
                                    uint32_t child_count);
/* Attributes become BOUND_REFERENCEs into `input`. */
WEIR_CHECKED WeirStatus weir_bind(WeirPlanner *planner, const WeirExpression *expression, WeirExpression *const *input,
                                  uint32_t input_count, WeirExpression **bound, WeirError *error);
WEIR_CHECKED WeirStatus weir_bind_all(WeirPlanner *planner, WeirExpression *const *expressions, uint32_t count,
                                      WeirExpression *const *input, uint32_t input_count, WeirExpression ***bound,
                                      WeirError *error);
/* The parts of a conjunction. */
uint32_t weir_physical_conjuncts(WeirExpression *condition, WeirArena *arena, WeirExpression ***conjuncts);
WeirExpression *weir_physical_conjunction(WeirPlanner *planner, WeirExpression *const *conjuncts, uint32_t count,
                                          const WeirExpression *any_and);
/* A bound reference to column `ordinal` of an intermediate row. */
WeirExpression *weir_bound_column(WeirArena *arena, const WeirExpression *like, uint32_t ordinal);

/* plan_aggregate.c */
WEIR_CHECKED WeirStatus weir_plan_aggregate(WeirPlanner *planner, const WeirLogicalPlan *logical,
                                            WeirPhysicalPlan **plan, WeirError *error);
WEIR_CHECKED WeirStatus weir_plan_distinct(WeirPlanner *planner, const WeirLogicalPlan *logical,
                                           WeirPhysicalPlan **plan, WeirError *error);
/* plan_join.c */
WEIR_CHECKED WeirStatus weir_plan_join(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                                       WeirError *error);
/* plan_stateful.c */
/* Stateful operators below a global sort: Spark runs them twice, once to sample the sort's ranges. */
void weir_mark_sampled(WeirPhysicalPlan *plan, bool sampled);
bool weir_has_metadata(const WeirExpression *expression, const char *key);
/* Ordinal of the only event-time column among `columns` (its metadata says so), -1: none; more than one: an error. */
WEIR_CHECKED WeirStatus weir_find_event_time(WeirExpression *const *columns, uint32_t count, int32_t *ordinal,
                                             WeirError *error);
const WeirSchema *weir_schema_of(WeirExpression *const *expressions, uint32_t count, WeirArena *arena);
WeirStatefulInfo *weir_stateful_new(WeirPlanner *planner, const char *name, const WeirSchema *key,
                                    const WeirSchema *value);
WEIR_CHECKED WeirStatus weir_plan_stateful_aggregate(WeirPlanner *planner, const WeirLogicalPlan *logical,
                                                     WeirPhysicalPlan *plan, WeirError *error);
WEIR_CHECKED WeirStatus weir_plan_deduplicate(WeirPlanner *planner, const WeirLogicalPlan *logical,
                                              WeirPhysicalPlan **plan, WeirError *error);
WEIR_CHECKED WeirStatus weir_plan_limit(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **plan,
                                        WeirError *error);
/* plan_stream_join.c */
WEIR_CHECKED WeirStatus weir_plan_stream_join(WeirPlanner *planner, WeirPhysicalPlan *plan, WeirExpression *rest,
                                              WeirError *error);
/* plan_join.c: uses columns of this side only, and some. */
bool weir_is_of_side(const WeirExpression *expression, const WeirPhysicalPlan *side);

#endif
