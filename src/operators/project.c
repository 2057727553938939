/* ProjectExec: each output column is an expression over the input; plain column references are passed on without work. */
#include "operators/operator.h"

typedef struct ProjectState {
    WeirProgram *program;   /* of the columns that are not plain references; NULL: none */
    uint32_t *references;   /* by output: input ordinal, or UINT32_MAX: next result of the program */
    uint32_t computed_count;
} ProjectState;

static WeirStatus project_open(WeirOperator *operator, WeirError *error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    ProjectState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    state->references = weir_calloc(plan->expression_count + 1, sizeof(uint32_t));
    WeirExpression **computed = weir_calloc(plan->expression_count + 1, sizeof(WeirExpression *));
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        const WeirExpression *expression = plan->expressions[i];
        while (expression->kind == WEIR_EXPRESSION_ALIAS)
            expression = expression->children[0];
        bool plain = expression->kind == WEIR_EXPRESSION_BOUND_REFERENCE;
        state->references[i] = plain ? expression->ordinal : UINT32_MAX;
        if (!plain)
            computed[state->computed_count++] = plan->expressions[i];
    }
    WeirStatus status = WEIR_OK;
    if (state->computed_count > 0)
        status = weir_program_compile(computed, state->computed_count, operator->execution->environment->context, &state->program, error);
    weir_free(computed);
    return status;
}

static void project_close(WeirOperator *operator)
{
    ProjectState *state = operator->state;
    if (state == NULL)
        return;
    weir_program_free(state->program);
    weir_free(state->references);
    weir_free(state);
}

static WeirStatus project_open_stage(WeirOperator *operator, uint32_t unit, void **out, WeirError *error)
{
    (void)unit;
    const ProjectState *state = operator->state;
    if (state->program == NULL)
        return WEIR_OK;
    WeirProgramInstance *instance = NULL;
    WEIR_TRY(weir_program_instance_new(state->program, &instance, error));
    *out = instance;
    return WEIR_OK;
}

static void project_close_stage(WeirOperator *operator, void *state)
{
    (void)operator;
    weir_program_instance_free(state);
}

static WeirStatus project_push(WeirOperator *operator, void *instance, WeirPipelineTask *task, uint32_t stage, WeirBatch *batch,
                               WeirError *error)
{
    const ProjectState *state = operator->state;
    uint32_t count = operator->plan->expression_count;
    WeirBatch *out = weir_batch_over(batch, count, &operator->tracker);
    WeirVector *computed = NULL;
    WeirStatus status = WEIR_OK;
    if (state->computed_count > 0) {
        computed = WEIR_ARENA_ARRAY(&out->arena, WeirVector, state->computed_count);
        WEIR_TRY_OR_GO(done, weir_program_run(instance, batch, &out->arena, computed, error));
    }
    for (uint32_t i = 0, next = 0; i < count; i++)
        out->columns[i] = state->references[i] == UINT32_MAX ? computed[next++] : batch->columns[state->references[i]];
    WEIR_TRY_OR_GO(done, weir_batch_check(out, error));
    status = weir_emit(task, stage + 1, out, error);
done:
    weir_batch_release(out);
    return status;
}

const WeirOperatorType weir_project_operator = {
    .name = "Project",
    .open = project_open,
    .close = project_close,
    .open_stage = project_open_stage,
    .push = project_push,
    .close_stage = project_close_stage,
};
