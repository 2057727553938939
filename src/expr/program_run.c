/* Running a program over a batch: loads, selections and merges; calls are in program_call.c. */
#include "expr/function_private.h"
#include "expr/program_private.h"

static bool needs_instance(const WeirStep *step)
{
    return step->state != UINT32_MAX;
}

static WeirStatus new_states(WeirProgramInstance *instance, const WeirStepList *list, WeirError *error)
{
    for (uint32_t s = 0; s < list->count; s++) {
        const WeirStep *step = &list->steps[s];
        if (!needs_instance(step))
            continue;
        const WeirFunction *function = step->expression->function;
        if (function != NULL && function->new_state != NULL)
            instance->states[step->state] = function->new_state(step->expression);
        if (step->lambda_count == 0)
            continue;
        WeirLambdaRuntime *runtimes = weir_calloc(step->lambda_count, sizeof(*runtimes));
        instance->lambdas[step->state] = runtimes;
        for (uint32_t i = 0; i < step->lambda_count; i++) {
            runtimes[i].lambda = &step->lambdas[i];
            WEIR_TRY(weir_program_instance_new(step->lambdas[i].program, &runtimes[i].instance, error));
        }
    }
    return WEIR_OK;
}

static void free_states(WeirProgramInstance *instance, const WeirStepList *list)
{
    for (uint32_t s = 0; s < list->count; s++) {
        const WeirStep *step = &list->steps[s];
        if (!needs_instance(step))
            continue;
        const WeirFunction *function = step->expression->function;
        if (function != NULL && function->free_state != NULL && instance->states[step->state] != NULL)
            function->free_state(instance->states[step->state]);
        WeirLambdaRuntime *runtimes = instance->lambdas[step->state];
        for (uint32_t i = 0; runtimes != NULL && i < step->lambda_count; i++)
            weir_program_instance_free(runtimes[i].instance);
        weir_free(runtimes);
    }
}

WeirStatus weir_program_instance_new(const WeirProgram *program, WeirProgramInstance **out, WeirError *error)
{
    WeirProgramInstance *instance = weir_calloc(1, sizeof(*instance));
    instance->program = program;
    instance->registers = weir_calloc(program->register_count + 1, sizeof(*instance->registers));
    instance->scratch = weir_calloc(program->register_count + 1, sizeof(*instance->scratch));
    instance->slots = weir_calloc(program->slot_count + 1, sizeof(*instance->slots));
    instance->states = weir_calloc(program->state_count + 1, sizeof(*instance->states));
    instance->lambdas = weir_calloc(program->state_count + 1, sizeof(*instance->lambdas));
    WeirStatus status = new_states(instance, &program->run, error);
    if (status == WEIR_OK)
        status = new_states(instance, &program->filter, error);
    if (status != WEIR_OK) {
        weir_program_instance_free(instance);
        return status;
    }
    *out = instance;
    return WEIR_OK;
}

void weir_program_instance_free(WeirProgramInstance *instance)
{
    if (instance == NULL)
        return;
    free_states(instance, &instance->program->run);
    free_states(instance, &instance->program->filter);
    for (uint32_t i = 0; i < instance->program->register_count; i++)
        weir_free(instance->scratch[i].memory);
    weir_free(instance->registers);
    weir_free(instance->scratch);
    weir_free(instance->slots);
    weir_free(instance->states);
    weir_free(instance->lambdas);
    weir_free(instance);
}

/* Whether row passes; `at` is its physical row. */
static inline uint32_t passes(WeirSelectMode mode, bool valid, uint8_t value)
{
    switch (mode) {
    case WEIR_SELECT_TRUE:
        return valid & (value != 0);
    case WEIR_SELECT_NOT_TRUE:
        return !(valid & (value != 0));
    case WEIR_SELECT_NOT_FALSE:
        return !(valid & (value == 0));
    case WEIR_SELECT_NULL:
        return !valid;
    }
    return 0;
}

/* All rows of a flat boolean without nulls: eight bytes at a time, so that long runs cost next to nothing. */
static uint32_t select_dense(const uint8_t *values, uint32_t count, uint8_t wanted, uint32_t *out)
{
    uint32_t kept = 0, row = 0;
    uint64_t all = wanted ? 0x0101010101010101ull : 0;
    for (; row + 8 <= count; row += 8) {
        uint64_t eight;
        memcpy(&eight, values + row, 8);
        if (eight == (all ^ 0x0101010101010101ull))
            continue;
        if (eight == all) {
            for (uint32_t i = 0; i < 8; i++)
                out[kept + i] = row + i;
            kept += 8;
            continue;
        }
        for (uint32_t i = 0; i < 8; i++) {
            out[kept] = row + i;
            kept += values[row + i] == wanted;
        }
    }
    for (; row < count; row++) {
        out[kept] = row;
        kept += values[row] == wanted;
    }
    return kept;
}

static uint32_t select_flat(const WeirVector *condition, WeirSelectMode mode, const WeirSlot *in, uint32_t *out)
{
    const uint64_t *validity = condition->validity;
    const uint8_t *values = condition->values;
    uint32_t kept = 0;
    if (mode == WEIR_SELECT_NULL && validity == NULL)
        return 0;
    if (in->rows == NULL && validity == NULL)
        return select_dense(values, in->count, mode == WEIR_SELECT_NOT_TRUE ? 0 : 1, out);
    for (uint32_t k = 0; k < in->count; k++) {
        uint32_t row = in->rows == NULL ? k : in->rows[k];
        bool valid = validity == NULL || weir_bit_get(validity, row);
        out[kept] = row;
        kept += passes(mode, valid, mode == WEIR_SELECT_NULL ? 0 : values[row]);
    }
    return kept;
}

uint32_t weir_select_rows(const WeirVector *condition, WeirSelectMode mode, const WeirSlot *in, uint32_t *out)
{
    if (condition->kind == WEIR_VECTOR_FLAT && condition->type->id != WEIR_TYPE_VOID)
        return select_flat(condition, mode, in, out);
    uint32_t kept = 0;
    for (uint32_t k = 0; k < in->count; k++) {
        uint32_t row = in->rows == NULL ? k : in->rows[k];
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(condition, row, &flat);
        bool valid = at != WEIR_NULL_INDEX && flat->type->id != WEIR_TYPE_VOID &&
                     (flat->validity == NULL || weir_bit_get(flat->validity, at));
        out[kept] = row;
        kept += passes(mode, valid, valid && mode != WEIR_SELECT_NULL ? ((const uint8_t *)flat->values)[at] : 0);
    }
    return kept;
}

static void run_select(WeirProgramInstance *instance, const WeirStep *step, WeirArena *arena)
{
    const WeirSlot *in = &instance->slots[step->slot];
    WeirSlot *out = &instance->slots[step->out_slot];
    const WeirVector *condition = &instance->registers[step->arguments[0]];
    *out = (WeirSlot){NULL, 0};
    if (in->count == 0)
        return;
    if (condition->kind == WEIR_VECTOR_CONSTANT) { /* all or nothing: no list needed */
        bool valid = !weir_vector_is_null(condition, 0);
        bool kept = passes(step->select, valid,
                           valid && step->select != WEIR_SELECT_NULL ? *(const uint8_t *)condition->values : 0);
        if (kept)
            *out = *in;
        return;
    }
    uint32_t *rows = weir_arena_alloc(arena, sizeof(*rows) * (in->count + 8));
    uint32_t count = weir_select_rows(condition, step->select, in, rows);
    *out = count == in->count ? *in : (WeirSlot){rows, count};
}

static void run_column(WeirProgramInstance *instance, const WeirStep *step, const WeirBatch *input)
{
    WEIR_ASSERT(step->ordinal < input->column_count);
    WeirVector *target = &instance->registers[step->target];
    *target = input->columns[step->ordinal];
}

static WeirStatus run_steps(WeirProgramInstance *instance, const WeirStepList *list, const WeirBatch *input,
                            WeirArena *arena, WeirError *error)
{
    uint32_t row_count = input->row_count;
    instance->slots[0] = (WeirSlot){input->selection, input->selected_count};
    for (uint32_t s = 0; s < list->count; s++) {
        const WeirStep *step = &list->steps[s];
        WeirVector *target = &instance->registers[step->target];
        switch (step->kind) {
        case WEIR_STEP_COLUMN:
            run_column(instance, step, input);
            break;
        case WEIR_STEP_LITERAL:
            *target = *step->expression->value;
            target->length = row_count;
            break;
        case WEIR_STEP_CALL:
            if (instance->slots[step->slot].count == 0)
                weir_vector_init_null(target, step->expression->type, row_count, arena);
            else
                WEIR_TRY(weir_step_call(instance, step, row_count, arena, error));
            break;
        case WEIR_STEP_SELECT:
            run_select(instance, step, arena);
            break;
        case WEIR_STEP_MERGE:
            if (instance->slots[step->slot].count == 0)
                weir_vector_init_null(target, step->expression->type, row_count, arena);
            else
                WEIR_TRY(weir_merge_run(instance, step, row_count, arena, error));
            break;
        }
    }
    return WEIR_OK;
}

WeirStatus weir_program_run(WeirProgramInstance *instance, const WeirBatch *input, WeirArena *arena,
                            WeirVector *outputs, WeirError *error)
{
    const WeirProgram *program = instance->program;
    WEIR_TRY(run_steps(instance, &program->run, input, arena, error));
    for (uint32_t i = 0; i < program->output_count; i++) {
        outputs[i] = instance->registers[program->outputs[i]];
        outputs[i].type = program->output_types[i];
    }
    return weir_arena_check(arena, error);
}

WeirStatus weir_program_filter(WeirProgramInstance *instance, const WeirBatch *input, WeirArena *arena,
                               const uint32_t **selection, uint32_t *selected_count, WeirError *error)
{
    const WeirProgram *program = instance->program;
    WEIR_ASSERT(program->is_predicate);
    WEIR_TRY(run_steps(instance, &program->filter, input, arena, error));
    WEIR_TRY(weir_arena_check(arena, error));
    const WeirSlot *slot = &instance->slots[program->filter_slot];
    *selection = slot->rows;
    *selected_count = slot->count;
    return WEIR_OK;
}

/* The value's types become those of the expression, which outlive the program. */
static void adopt_type(WeirVector *vector, const WeirDataType *type)
{
    vector->type = type;
    for (uint32_t i = 0; vector->children != NULL && i < type->field_count; i++)
        adopt_type(&vector->children[i], type->fields[i].type);
}

WeirStatus weir_eval_constant(const WeirExpression *expression, const WeirEvalContext *context, WeirArena *arena,
                              WeirValue **value, WeirError *error)
{
    WeirExpression *expressions[1] = {(WeirExpression *)(uintptr_t)expression};
    WeirProgram *program = NULL;
    WeirProgramInstance *instance = NULL;
    WEIR_TRY(weir_program_compile(expressions, 1, context, &program, error));
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_program_instance_new(program, &instance, error));
    WeirBatch input = {.row_count = 1, .selected_count = 1};
    WeirVector output;
    WeirArena scratch;
    weir_arena_init(&scratch, NULL);
    status = weir_program_run(instance, &input, &scratch, &output, error);
    if (status == WEIR_OK)
        status = weir_value_from_row(arena, &output, 0, value, error);
    if (status == WEIR_OK)
        adopt_type(*value, expression->type);
    weir_arena_deinit(&scratch);
done:
    weir_program_instance_free(instance);
    weir_program_free(program);
    return status;
}

WeirStatus weir_expression_evaluate(const WeirExpression *expression, const WeirEvalContext *context, WeirArena *arena,
                                    WeirValue **value, WeirError *error)
{
    if (expression->kind == WEIR_EXPRESSION_LITERAL) {
        *value = (WeirValue *)(uintptr_t)expression->value;
        return WEIR_OK;
    }
    return weir_eval_constant(expression, context, arena, value, error);
}
