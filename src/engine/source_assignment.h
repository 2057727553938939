/* Which streaming leaves of a plan share a source. */
#ifndef WEIR_ENGINE_SOURCE_ASSIGNMENT_H
#define WEIR_ENGINE_SOURCE_ASSIGNMENT_H

#include "logical/logical_plan.h"

typedef struct WeirSourceAssignment {
    WeirLogicalPlan *plan;          /* a copy, whose leaves know their source */
    const WeirRelation **relations; /* by source */
    uint32_t source_count;
    uint32_t *leaf_sources; /* the source of each leaf, from left to right: the offset log has a line a leaf */
    uint32_t leaf_count;
} WeirSourceAssignment;

/* Sources are numbered by their first leaf, from left to right. All in `arena`. */
void weir_assign_sources(WeirLogicalPlan *plan, WeirArena *arena, WeirSourceAssignment *assignment);

#endif
