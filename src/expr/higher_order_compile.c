/* Calls with lambdas: the largest parts of a body that use no variable are computed once outside and handed in as
 * columns. */
#include "expr/program_compiler.h"

typedef struct Bind {
    WeirCompiler *compiler;
    const WeirExpression *lambda;
    WeirExpression **outer; /* parts from outside, in order of their column */
    uint32_t outer_count, outer_capacity;
} Bind;

static bool is_variable_of(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE;
}

static WeirExpression *bound_column(Bind *bind, const WeirExpression *like, uint32_t ordinal)
{
    WeirExpression *column = weir_expression_new(bind->compiler->arena, WEIR_EXPRESSION_BOUND_REFERENCE, like->origin);
    column->ordinal = ordinal;
    column->type = like->type;
    column->nullable = like->nullable;
    return column;
}

static WeirExpression *bind_outer(Bind *bind, WeirExpression *expression)
{
    uint32_t variable_count = bind->lambda->child_count - 1;
    for (uint32_t i = 0; i < bind->outer_count; i++)
        if (weir_expression_equal(bind->outer[i], expression))
            return bound_column(bind, expression, variable_count + i);
    if (bind->outer_count == bind->outer_capacity) {
        uint32_t capacity = bind->outer_capacity == 0 ? 8 : bind->outer_capacity * 2;
        WeirExpression **outer = WEIR_ARENA_ARRAY(bind->compiler->arena, WeirExpression *, capacity);
        if (bind->outer_count > 0)
            memcpy(outer, bind->outer, sizeof(*outer) * bind->outer_count);
        bind->outer = outer;
        bind->outer_capacity = capacity;
    }
    bind->outer[bind->outer_count] = expression;
    return bound_column(bind, expression, variable_count + bind->outer_count++);
}

/* Top-down: variables of this lambda become columns 0…, variables of lambdas around it and parts without variables come
 * from outside. Inner lambdas keep their own variables. */
static WeirExpression *bind_node(Bind *bind, WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_LITERAL)
        return expression;
    if (expression->kind == WEIR_EXPRESSION_LAMBDA_VARIABLE) {
        for (uint32_t i = 1; i < bind->lambda->child_count; i++)
            if (bind->lambda->children[i]->id == expression->id)
                return bound_column(bind, expression, i - 1);
        return expression; /* of an inner lambda */
    }
    if (expression->kind != WEIR_EXPRESSION_LAMBDA && weir_expression_is_deterministic(expression) &&
        !weir_expression_any(expression, is_variable_of, NULL) && !weir_expression_is_foldable(expression))
        return bind_outer(bind, expression);
    if (expression->child_count == 0)
        return expression;
    WeirExpression *copy = weir_expression_copy(bind->compiler->arena, expression);
    uint32_t children = expression->kind == WEIR_EXPRESSION_LAMBDA ? 1 : expression->child_count;
    for (uint32_t i = 0; i < children; i++)
        copy->children[i] = bind_node(bind, expression->children[i]);
    return copy;
}

WeirStatus weir_compile_lambda_call(WeirCompiler *compiler, const WeirExpression *expression, uint32_t slot,
                                    uint32_t lambda_count, uint32_t *reg, WeirError *error)
{
    WeirLambda *lambdas = WEIR_ARENA_ARRAY(compiler->arena, WeirLambda, lambda_count);
    Bind *binds = WEIR_ARENA_ARRAY(compiler->arena, Bind, lambda_count);
    uint32_t plain = expression->child_count - lambda_count, next = 0, argument_count = plain;
    for (uint32_t i = 0; i < expression->child_count; i++) {
        const WeirExpression *child = expression->children[i];
        if (child->kind != WEIR_EXPRESSION_LAMBDA)
            continue;
        Bind *bind = &binds[next];
        *bind = (Bind){.compiler = compiler, .lambda = child};
        WeirExpression *body = bind_node(bind, child->children[0]);
        WeirStatus status = weir_program_compile(&body, 1, compiler->context, &lambdas[next].program, error);
        if (status != WEIR_OK) {
            while (next-- > 0)
                weir_program_free(lambdas[next].program);
            return status;
        }
        lambdas[next].variable_count = child->child_count - 1;
        lambdas[next].outer_first = argument_count;
        lambdas[next].outer_count = bind->outer_count;
        lambdas[next].body = body;
        argument_count += bind->outer_count;
        next++;
    }
    uint32_t *arguments = WEIR_ARENA_ARRAY(compiler->arena, uint32_t, argument_count);
    uint32_t at = 0;
    WeirStatus status = WEIR_OK;
    for (uint32_t i = 0; i < expression->child_count && status == WEIR_OK; i++)
        if (expression->children[i]->kind != WEIR_EXPRESSION_LAMBDA)
            status = weir_compile_node(compiler, expression->children[i], slot, &arguments[at++], error);
    for (uint32_t l = 0; l < lambda_count && status == WEIR_OK; l++)
        for (uint32_t i = 0; i < binds[l].outer_count && status == WEIR_OK; i++)
            status = weir_compile_node(compiler, binds[l].outer[i], slot, &arguments[at++], error);
    if (status != WEIR_OK) {
        for (uint32_t l = 0; l < lambda_count; l++)
            weir_program_free(lambdas[l].program);
        return status;
    }
    WeirStep *step = weir_compiler_step(compiler, WEIR_STEP_CALL, expression, slot, argument_count);
    memcpy(step->arguments, arguments, sizeof(*arguments) * argument_count);
    step->kernel = expression->function->kernel;
    step->flags = expression->function->flags;
    step->lambdas = lambdas;
    step->lambda_count = lambda_count;
    step->state = compiler->program->state_count++;
    *reg = step->target = weir_compiler_register(compiler);
    return WEIR_OK;
}
