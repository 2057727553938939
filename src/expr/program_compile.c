/* Expressions to steps. A node is computed once for a selection and whatever lies below it: a value computed for a
 * wider selection is used again by the narrower ones inside. Branches run under selections of their own, so a row error
 * is raised only for rows that need the value. */
#include <stdlib.h>

#include "expr/expression_private.h"
#include "expr/function_private.h"
#include "expr/kernels.h"
#include "expr/program_compiler.h"

uint32_t weir_compiler_register(WeirCompiler *compiler)
{
    return compiler->program->register_count++;
}

uint32_t weir_compiler_slot(WeirCompiler *compiler, uint32_t parent)
{
    uint32_t slot = compiler->program->slot_count++;
    if (slot >= compiler->slot_capacity) {
        uint32_t capacity = compiler->slot_capacity == 0 ? 16 : compiler->slot_capacity * 2;
        uint32_t *parents = WEIR_ARENA_ARRAY(compiler->arena, uint32_t, capacity);
        if (slot > 0)
            memcpy(parents, compiler->slot_parents, sizeof(*parents) * slot);
        compiler->slot_parents = parents;
        compiler->slot_capacity = capacity;
    }
    compiler->slot_parents[slot] = parent;
    return slot;
}

WeirStep *weir_compiler_step(WeirCompiler *compiler, WeirStepKind kind, const WeirExpression *expression, uint32_t slot,
                             uint32_t argument_count)
{
    WeirStepList *list = compiler->list;
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        WeirStep *steps = WEIR_ARENA_ARRAY(compiler->arena, WeirStep, capacity);
        if (list->count > 0)
            memcpy(steps, list->steps, sizeof(*steps) * list->count);
        list->steps = steps;
        list->capacity = capacity;
    }
    WeirStep *step = &list->steps[list->count++];
    step->kind = kind;
    step->slot = slot;
    step->expression = expression;
    step->argument_count = argument_count;
    step->arguments = WEIR_ARENA_ARRAY(compiler->arena, uint32_t, argument_count);
    step->state = UINT32_MAX;
    return step;
}

static bool slot_is_within(const WeirCompiler *compiler, uint32_t slot, uint32_t ancestor)
{
    for (;;) {
        if (slot == ancestor)
            return true;
        if (slot == 0)
            return false;
        slot = compiler->slot_parents[slot];
    }
}

static bool find_computed(const WeirCompiler *compiler, const WeirExpression *expression, uint64_t hash, uint32_t slot,
                          uint32_t *reg)
{
    for (uint32_t i = 0; i < compiler->computed_count; i++) {
        const WeirComputed *computed = &compiler->computed[i];
        if (computed->hash == hash && slot_is_within(compiler, slot, computed->slot) &&
            weir_expression_equal(computed->expression, expression)) {
            *reg = computed->reg;
            return true;
        }
    }
    return false;
}

static void remember(WeirCompiler *compiler, const WeirExpression *expression, uint64_t hash, uint32_t slot,
                     uint32_t reg)
{
    if (compiler->computed_count == compiler->computed_capacity) {
        uint32_t capacity = compiler->computed_capacity == 0 ? 32 : compiler->computed_capacity * 2;
        WeirComputed *computed = WEIR_ARENA_ARRAY(compiler->arena, WeirComputed, capacity);
        if (compiler->computed_count > 0)
            memcpy(computed, compiler->computed, sizeof(*computed) * compiler->computed_count);
        compiler->computed = computed;
        compiler->computed_capacity = capacity;
    }
    compiler->computed[compiler->computed_count++] = (WeirComputed){expression, hash, slot, reg};
}

/* Worth computing for all rows rather than for a narrowed selection: dense kernels that cannot fail. */
static bool is_cheap(const WeirExpression *expression)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_LITERAL:
    case WEIR_EXPRESSION_BOUND_REFERENCE:
        return true;
    case WEIR_EXPRESSION_CALL:
        if (!(expression->function->flags & WEIR_FUNCTION_DENSE) ||
            (expression->function->flags & WEIR_FUNCTION_MAY_FAIL))
            return false;
        break;
    default:
        return false;
    }
    for (uint32_t i = 0; i < expression->child_count; i++)
        if (!is_cheap(expression->children[i]))
            return false;
    return true;
}

static uint32_t select_step(WeirCompiler *compiler, const WeirExpression *expression, uint32_t reg, WeirSelectMode mode,
                            uint32_t slot)
{
    uint32_t out_slot = weir_compiler_slot(compiler, slot);
    WeirStep *step = weir_compiler_step(compiler, WEIR_STEP_SELECT, expression, slot, 1);
    step->arguments[0] = reg;
    step->select = mode;
    step->out_slot = out_slot;
    return out_slot;
}

/* a AND b: b only for rows where a is not false; OR: where it is not true. */
static WeirStatus compile_logical(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot,
                                  uint32_t *reg, WeirError *error)
{
    uint32_t left = 0, right = 0, right_slot = slot;
    bool is_and = expression->function->kernel == weir_and_kernel;
    WEIR_TRY(weir_compile_node(compiler, expression->children[0], slot, &left, error));
    if (!is_cheap(expression->children[1]))
        right_slot =
            select_step(compiler, expression, left, is_and ? WEIR_SELECT_NOT_FALSE : WEIR_SELECT_NOT_TRUE, slot);
    WEIR_TRY(weir_compile_node(compiler, expression->children[1], right_slot, &right, error));
    WeirStep *step = weir_compiler_step(compiler, WEIR_STEP_CALL, expression, slot, 2);
    step->arguments[0] = left;
    step->arguments[1] = right;
    step->kernel = expression->function->kernel;
    step->flags = expression->function->flags;
    *reg = step->target = weir_compiler_register(compiler);
    return WEIR_OK;
}

typedef struct MergeParts {
    uint32_t *registers, *slots, count;
} MergeParts;

static MergeParts merge_parts(WeirCompiler *compiler, uint32_t capacity)
{
    return (MergeParts){WEIR_ARENA_ARRAY(compiler->arena, uint32_t, capacity),
                        WEIR_ARENA_ARRAY(compiler->arena, uint32_t, capacity), 0};
}

static uint32_t merge_step(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot,
                           const MergeParts *parts)
{
    WeirStep *step = weir_compiler_step(compiler, WEIR_STEP_MERGE, expression, slot, parts->count);
    memcpy(step->arguments, parts->registers, sizeof(uint32_t) * parts->count);
    step->slots = parts->slots;
    step->target = weir_compiler_register(compiler);
    return step->target;
}

/* CASE and if(): children are condition, value, …[, else]. */
static WeirStatus compile_case(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot, uint32_t *reg,
                               WeirError *error)
{
    uint32_t count = expression->child_count;
    MergeParts parts = merge_parts(compiler, count / 2 + 1);
    uint32_t rest = slot;
    for (uint32_t i = 0; i + 1 < count; i += 2) {
        uint32_t condition = 0;
        WEIR_TRY(weir_compile_node(compiler, expression->children[i], rest, &condition, error));
        uint32_t taken = select_step(compiler, expression, condition, WEIR_SELECT_TRUE, rest);
        WEIR_TRY(weir_compile_node(compiler, expression->children[i + 1], taken, &parts.registers[parts.count], error));
        parts.slots[parts.count++] = taken;
        rest = select_step(compiler, expression, condition, WEIR_SELECT_NOT_TRUE, rest);
    }
    if (count % 2 == 1) {
        WEIR_TRY(
            weir_compile_node(compiler, expression->children[count - 1], rest, &parts.registers[parts.count], error));
    } else {
        WeirExpression *null = weir_expression_null_literal(compiler->arena, expression->type);
        WEIR_TRY(weir_compile_node(compiler, null, rest, &parts.registers[parts.count], error));
    }
    parts.slots[parts.count++] = rest;
    *reg = merge_step(compiler, expression, slot, &parts);
    return WEIR_OK;
}

static WeirStatus compile_coalesce(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot,
                                   uint32_t *reg, WeirError *error)
{
    uint32_t count = expression->child_count;
    MergeParts parts = merge_parts(compiler, count);
    uint32_t rest = slot;
    for (uint32_t i = 0; i < count; i++) {
        WEIR_TRY(weir_compile_node(compiler, expression->children[i], rest, &parts.registers[i], error));
        parts.slots[i] = rest;
        parts.count++;
        if (!expression->children[i]->nullable)
            break;
        if (i + 1 < count)
            rest = select_step(compiler, expression, parts.registers[i], WEIR_SELECT_NULL, rest);
    }
    *reg = merge_step(compiler, expression, slot, &parts);
    return WEIR_OK;
}

static WeirStatus compile_call(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot, uint32_t *reg,
                               WeirError *error)
{
    uint32_t lambda_count = 0;
    for (uint32_t i = 0; i < expression->child_count; i++)
        lambda_count += expression->children[i]->kind == WEIR_EXPRESSION_LAMBDA;
    if (lambda_count > 0)
        return weir_compile_lambda_call(compiler, expression, slot, lambda_count, reg, error);
    uint32_t *arguments = WEIR_ARENA_ARRAY(compiler->arena, uint32_t, expression->child_count);
    for (uint32_t i = 0; i < expression->child_count; i++)
        WEIR_TRY(weir_compile_node(compiler, expression->children[i], slot, &arguments[i], error));
    WeirStep *step = weir_compiler_step(compiler, WEIR_STEP_CALL, expression, slot, expression->child_count);
    if (expression->child_count > 0)
        memcpy(step->arguments, arguments, sizeof(*arguments) * expression->child_count);
    if (expression->kind == WEIR_EXPRESSION_CAST) {
        step->kernel = weir_cast_kernel;
        step->flags = weir_cast_flags(expression);
    } else if (expression->kind == WEIR_EXPRESSION_EXTRACT_FIELD) {
        step->kernel = weir_extract_field_kernel;
        step->flags = WEIR_FUNCTION_SHARES;
    } else {
        step->kernel = expression->function->kernel;
        step->flags = expression->function->flags;
        if (expression->function->new_state != NULL)
            step->state = compiler->program->state_count++;
    }
    WEIR_ASSERT(step->kernel != NULL);
    *reg = step->target = weir_compiler_register(compiler);
    return WEIR_OK;
}

static WeirStatus compile_leaf(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot, uint32_t *reg)
{
    bool is_literal = expression->kind == WEIR_EXPRESSION_LITERAL;
    /* Leaves cost nothing: they belong to the widest selection, so that every branch shares them. */
    (void)slot;
    WeirStep *step = weir_compiler_step(compiler, is_literal ? WEIR_STEP_LITERAL : WEIR_STEP_COLUMN, expression, 0, 0);
    step->ordinal = expression->ordinal;
    *reg = step->target = weir_compiler_register(compiler);
    return WEIR_OK;
}

static WeirStatus compile_kind(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot, uint32_t *reg,
                               WeirError *error)
{
    switch (expression->kind) {
    case WEIR_EXPRESSION_LITERAL:
    case WEIR_EXPRESSION_BOUND_REFERENCE:
        return compile_leaf(compiler, expression, slot, reg);
    case WEIR_EXPRESSION_ALIAS:
        return weir_compile_node(compiler, expression->children[0], slot, reg, error);
    case WEIR_EXPRESSION_CASE:
        return compile_case(compiler, expression, slot, reg, error);
    case WEIR_EXPRESSION_CAST:
    case WEIR_EXPRESSION_EXTRACT_FIELD:
        return compile_call(compiler, expression, slot, reg, error);
    case WEIR_EXPRESSION_CALL:
        break;
    default:
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "cannot evaluate expression: %s",
                                 weir_expression_sql_text(compiler->arena, expression));
    }
    const WeirFunction *function = expression->function;
    if (function->flags & WEIR_FUNCTION_REPLACED) {
        WeirExpression *expanded = NULL;
        WEIR_TRY(weir_function_expand(expression, compiler->context, compiler->arena, &expanded, error));
        return weir_compile_node(compiler, expanded, slot, reg, error);
    }
    if (function->kernel == weir_and_kernel || function->kernel == weir_or_kernel)
        return compile_logical(compiler, expression, slot, reg, error);
    if (function->kernel == weir_if_kernel)
        return compile_case(compiler, expression, slot, reg, error);
    if (function->kernel == weir_coalesce_kernel)
        return compile_coalesce(compiler, expression, slot, reg, error);
    if (function->kernel == weir_in_kernel && weir_in_list_is_lazy(expression))
        return weir_compile_node(compiler, weir_in_list_expand(compiler->arena, expression), slot, reg, error);
    return compile_call(compiler, expression, slot, reg, error);
}

WeirStatus weir_compile_node(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot, uint32_t *reg,
                             WeirError *error)
{
    if (++compiler->depth > 2000)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "expression is nested too deeply");
    uint64_t hash = weir_expression_hash(expression);
    WeirStatus status = WEIR_OK;
    if (!find_computed(compiler, expression, hash, slot, reg)) {
        status = compile_kind(compiler, expression, slot, reg, error);
        bool leaf = expression->child_count == 0 && expression->kind != WEIR_EXPRESSION_CALL;
        if (status == WEIR_OK && weir_expression_is_deterministic(expression))
            remember(compiler, expression, hash, leaf ? 0 : slot, *reg);
    }
    compiler->depth--;
    return status;
}

/* Conjuncts left to right, each under the selection that the ones before it left. */
static WeirStatus compile_conjuncts(WeirCompiler *compiler, const WeirExpression *expression, uint32_t *slot,
                                    WeirError *error)
{
    if (expression->kind == WEIR_EXPRESSION_CALL && expression->function->kernel == weir_and_kernel) {
        WEIR_TRY(compile_conjuncts(compiler, expression->children[0], slot, error));
        return compile_conjuncts(compiler, expression->children[1], slot, error);
    }
    uint32_t reg = 0;
    WEIR_TRY(weir_compile_node(compiler, expression, *slot, &reg, error));
    *slot = select_step(compiler, expression, reg, WEIR_SELECT_TRUE, *slot);
    return WEIR_OK;
}

/* A register's memory can be used again by the next batch unless something that outlives the batch's scratch may point
 * at it. */
static void mark_scratch(WeirCompiler *compiler, const WeirStepList *list, const uint32_t *outputs,
                         uint32_t output_count)
{
    const WeirProgram *program = compiler->program;
    bool *escapes = WEIR_ARENA_ARRAY(compiler->arena, bool, program->register_count);
    for (uint32_t i = 0; i < output_count; i++)
        escapes[outputs[i]] = true;
    for (uint32_t s = 0; s < list->count; s++) {
        const WeirStep *step = &list->steps[s];
        if (step->kind == WEIR_STEP_MERGE || (step->flags & WEIR_FUNCTION_SHARES) || step->lambda_count > 0)
            for (uint32_t i = 0; i < step->argument_count; i++)
                escapes[step->arguments[i]] = true;
    }
    for (uint32_t s = 0; s < list->count; s++) {
        WeirStep *step = &list->steps[s];
        if (step->kind != WEIR_STEP_CALL)
            continue;
        WeirPhysicalType physical = weir_type_physical(step->expression->type);
        step->scratch = !escapes[step->target] && physical != WEIR_PHYSICAL_LIST && physical != WEIR_PHYSICAL_STRUCT &&
                        physical != WEIR_PHYSICAL_NONE && !(step->flags & WEIR_FUNCTION_SHARES);
    }
}

/* Which fields of a call's struct the other steps read; false: the whole struct. */
static bool find_used_fields(const WeirStepList *list, const uint32_t *outputs, uint32_t output_count, uint32_t target,
                             bool *used)
{
    for (uint32_t i = 0; i < output_count; i++)
        if (outputs[i] == target)
            return false;
    for (uint32_t s = 0; s < list->count; s++) {
        const WeirStep *step = &list->steps[s];
        for (uint32_t i = 0; i < step->argument_count; i++) {
            if (step->arguments[i] != target)
                continue;
            if (step->kind != WEIR_STEP_CALL || step->expression->kind != WEIR_EXPRESSION_EXTRACT_FIELD)
                return false;
            used[step->expression->ordinal] = true;
        }
    }
    return true;
}

/* Calls that make structs are told which fields are read. */
static void narrow_structs(WeirCompiler *compiler, WeirStepList *list, const uint32_t *outputs, uint32_t output_count)
{
    for (uint32_t s = 0; s < list->count; s++) {
        WeirStep *step = &list->steps[s];
        const WeirExpression *expression = step->expression;
        if (step->kind != WEIR_STEP_CALL || expression->kind != WEIR_EXPRESSION_CALL ||
            expression->function->narrow == NULL || expression->type->id != WEIR_TYPE_STRUCT)
            continue;
        bool *used = WEIR_ARENA_ARRAY(compiler->arena, bool, expression->type->field_count + 1);
        if (!find_used_fields(list, outputs, output_count, step->target, used))
            continue;
        const void *bound = expression->function->narrow(expression, used, compiler->arena);
        if (bound == NULL)
            continue;
        WeirExpression *narrowed = weir_expression_copy(compiler->arena, expression);
        narrowed->bound = bound;
        step->expression = narrowed;
    }
}

static WeirStatus compile_all(WeirCompiler *compiler, WeirExpression *const *expressions, uint32_t count,
                              WeirError *error)
{
    WeirProgram *program = compiler->program;
    weir_compiler_slot(compiler, 0);
    program->outputs = WEIR_ARENA_ARRAY(compiler->arena, uint32_t, count);
    program->output_types = WEIR_ARENA_ARRAY(compiler->arena, const WeirDataType *, count);
    program->output_count = count;
    for (uint32_t i = 0; i < count; i++)
        program->output_types[i] = expressions[i]->type;
    compiler->list = &program->run;
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY(weir_compile_node(compiler, expressions[i], 0, &program->outputs[i], error));
    narrow_structs(compiler, &program->run, program->outputs, count);
    mark_scratch(compiler, &program->run, program->outputs, count);
    if (count == 1 && expressions[0]->type->id == WEIR_TYPE_BOOLEAN) {
        program->is_predicate = true;
        compiler->list = &program->filter;
        compiler->computed_count = 0;
        WEIR_TRY(compile_conjuncts(compiler, expressions[0], &program->filter_slot, error));
        narrow_structs(compiler, &program->filter, NULL, 0);
        mark_scratch(compiler, &program->filter, NULL, 0);
    }
    return WEIR_OK;
}

WeirStatus weir_program_compile(WeirExpression *const *expressions, uint32_t count, const WeirEvalContext *context,
                                WeirProgram **out, WeirError *error)
{
    WeirProgram *program = weir_calloc(1, sizeof(*program));
    weir_arena_init(&program->arena, NULL);
    program->context = context;
    WeirCompiler compiler = {.program = program, .arena = &program->arena, .context = context};
    WeirStatus status = compile_all(&compiler, expressions, count, error);
    if (status != WEIR_OK) {
        weir_program_free(program);
        return status;
    }
    *out = program;
    return WEIR_OK;
}

static void free_lambdas(const WeirStepList *list)
{
    for (uint32_t s = 0; s < list->count; s++)
        for (uint32_t i = 0; i < list->steps[s].lambda_count; i++)
            weir_program_free(list->steps[s].lambdas[i].program);
}

void weir_program_free(WeirProgram *program)
{
    if (program == NULL)
        return;
    free_lambdas(&program->run);
    free_lambdas(&program->filter);
    weir_arena_deinit(&program->arena);
    weir_free(program);
}
