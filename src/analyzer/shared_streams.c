/* Two references to one stream are one source, as in Spark, where a view's StreamingRelation is one object, except on
 * the two sides of a join (resolve_join.c gives those another address). After this pass equal leaves share their
 * WeirRelation: the engine may compare pointers. */
#include "analyzer/analyzer_private.h"

typedef struct Shared {
    WeirAnalysis *analysis;
    WeirRelation *relations[64];
    uint32_t count;
} Shared;

static bool same_source(const WeirRelation *a, const WeirRelation *b)
{
    return a->name == b->name && a->format == b->format && a->options == b->options && a->user_schema == b->user_schema;
}

static WeirLogicalPlan *share(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    Shared *shared = context;
    if (plan->kind != WEIR_LOGICAL_STREAMING_RELATION)
        return plan;
    for (uint32_t i = 0; i < shared->count; i++)
        if (same_source(shared->relations[i], plan->relation)) {
            plan = weir_logical_copy(shared->analysis->arena, plan);
            plan->relation = shared->relations[i];
            return plan;
        }
    if (shared->count < 64)
        shared->relations[shared->count++] = plan->relation;
    return plan;
}

WeirStatus weir_share_streams(WeirAnalysis *analysis, WeirLogicalPlan **plan, WeirError *error)
{
    Shared shared = {.analysis = analysis};
    return (*plan)->is_streaming ? weir_logical_transform(analysis->arena, *plan, share, &shared, plan, error)
                                 : WEIR_OK;
}
