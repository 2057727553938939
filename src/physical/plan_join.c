/* Joins: equality keys are taken out of the condition, the rest is checked on each pair. The streaming side is never
 * built: it is pushed past the table of the other. */
#include "physical/planner_private.h"

typedef struct SideSearch {
    const WeirPhysicalPlan *plan;
} SideSearch;

static bool is_foreign(void *context, const WeirExpression *expression)
{
    const SideSearch *search = context;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        return false;
    for (uint32_t i = 0; i < search->plan->output_count; i++) {
        if (search->plan->output[i]->id == expression->id)
            return false;
    }
    return true;
}

static bool is_attribute(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE;
}

/* Uses columns of this side only, and some. */
bool weir_is_of_side(const WeirExpression *expression, const WeirPhysicalPlan *side)
{
    SideSearch search = {.plan = side};
    return weir_expression_any(expression, is_attribute, NULL) && !weir_expression_any(expression, is_foreign, &search);
}

static bool is_equality(const WeirExpression *expression, bool *null_safe)
{
    if (expression->kind != WEIR_EXPRESSION_CALL || expression->function == NULL || expression->child_count != 2)
        return false;
    const char *name = expression->function->name;
    *null_safe = strcmp(name, "<=>") == 0;
    return *null_safe || strcmp(name, "=") == 0 || strcmp(name, "==") == 0;
}

static WeirStatus add_key(WeirPlanner *planner, WeirPhysicalPlan *plan, const WeirExpression *left,
                          const WeirExpression *right, bool null_safe, WeirError *error)
{
    const WeirPhysicalPlan *const *sides = (const WeirPhysicalPlan *const *)plan->children;
    uint32_t at = plan->grouping_count;
    WEIR_TRY(weir_bind(planner, left, sides[0]->output, sides[0]->output_count, &plan->grouping[at], error));
    WEIR_TRY(weir_bind(planner, right, sides[1]->output, sides[1]->output_count, &plan->other_keys[at], error));
    plan->null_safe[at] = null_safe;
    plan->grouping_count++;
    return WEIR_OK;
}

static WeirStatus extract_keys(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan *plan,
                               WeirExpression **rest, WeirError *error)
{
    const WeirPhysicalPlan *left = plan->children[0], *right = plan->children[1];
    WeirExpression **conjuncts = NULL;
    uint32_t count = weir_physical_conjuncts(logical->condition, planner->arena, &conjuncts), rest_count = 0;
    plan->grouping = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, count + 1);
    plan->other_keys = WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, count + 1);
    plan->null_safe = WEIR_ARENA_ARRAY(planner->arena, bool, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *conjunct = conjuncts[i];
        bool null_safe = false;
        if (is_equality(conjunct, &null_safe) && weir_is_of_side(conjunct->children[0], left) &&
            weir_is_of_side(conjunct->children[1], right))
            WEIR_TRY(add_key(planner, plan, conjunct->children[0], conjunct->children[1], null_safe, error));
        else if (is_equality(conjunct, &null_safe) && weir_is_of_side(conjunct->children[1], left) &&
                 weir_is_of_side(conjunct->children[0], right))
            WEIR_TRY(add_key(planner, plan, conjunct->children[1], conjunct->children[0], null_safe, error));
        else
            conjuncts[rest_count++] = conjunct;
    }
    *rest = weir_physical_conjunction(planner, conjuncts, rest_count, logical->condition);
    return WEIR_OK;
}

static bool builds_left(const WeirPhysicalPlan *plan)
{
    switch (plan->join_type) {
    case WEIR_JOIN_INNER:
    case WEIR_JOIN_CROSS:
        return plan->children[1]->is_streaming && !plan->children[0]->is_streaming;
    case WEIR_JOIN_RIGHT_OUTER:
        return true;
    default:
        return false;
    }
}

/* left output ++ right output: what the condition is bound to. */
static WeirExpression **both_outputs(WeirPlanner *planner, const WeirPhysicalPlan *left, const WeirPhysicalPlan *right)
{
    WeirExpression **both =
        WEIR_ARENA_ARRAY(planner->arena, WeirExpression *, left->output_count + right->output_count + 1);
    for (uint32_t i = 0; i < left->output_count; i++)
        both[i] = left->output[i];
    for (uint32_t i = 0; i < right->output_count; i++)
        both[left->output_count + i] = right->output[i];
    return both;
}

WeirStatus weir_plan_join(WeirPlanner *planner, const WeirLogicalPlan *logical, WeirPhysicalPlan **out,
                          WeirError *error)
{
    WeirPhysicalPlan *plan = weir_physical_new(planner, WEIR_PHYSICAL_HASH_JOIN, logical, 2);
    WEIR_TRY(weir_plan_node(planner, logical->children[0], &plan->children[0], error));
    WEIR_TRY(weir_plan_node(planner, logical->children[1], &plan->children[1], error));
    const WeirPhysicalPlan *left = plan->children[0], *right = plan->children[1];
    plan->join_type = logical->join_type;
    WeirExpression *rest = NULL;
    WEIR_TRY(extract_keys(planner, logical, plan, &rest, error));
    if (rest != NULL)
        WEIR_TRY(weir_bind(planner, rest, both_outputs(planner, left, right), left->output_count + right->output_count,
                           &plan->condition, error));
    plan->build_left = builds_left(plan);
    *out = plan;
    bool both_stream = logical->children[0]->is_streaming && logical->children[1]->is_streaming;
    if (planner->options->streaming && both_stream)
        return weir_plan_stream_join(planner, plan, rest, error);
    return WEIR_OK;
}
