/* Parts of EXPLAIN. */
#ifndef WEIR_PHYSICAL_EXPLAIN_PRIVATE_H
#define WEIR_PHYSICAL_EXPLAIN_PRIVATE_H

#include <strings.h>

#include "physical/physical_plan.h"

/* A line of the tree. */
typedef struct WeirExplainNode WeirExplainNode;
struct WeirExplainNode {
    const char *text;
    bool is_generated; /* Spark generates code for it: part of a numbered stage */
    uint32_t stage;    /* where a stage begins */
    WeirExplainNode **children;
    uint32_t child_count;
};

typedef struct WeirExplainer {
    WeirArena *arena;
    const WeirPhysicalExplain *options;
    uint32_t next_plan_id;
    bool has_exchange;
} WeirExplainer;

WeirExplainNode *weir_explain_plan(WeirExplainer *explainer, const WeirPhysicalPlan *plan);
WeirExplainNode *weir_explain_node(WeirExplainer *explainer, bool generated, WeirExplainNode *child,
                                   const WeirBuffer *text);
WeirExplainNode *weir_explain_exchange(WeirExplainer *explainer, WeirExpression *const *keys, uint32_t count,
                                       int32_t partitions, const char *reason, WeirExplainNode *child);
void weir_explain_list(WeirBuffer *out, WeirExpression *const *expressions, uint32_t count);
/* explain_aggregate.c: aggregates and stateful nodes. */
WeirExplainNode *weir_explain_aggregate(WeirExplainer *explainer, const WeirPhysicalPlan *plan);

#endif
