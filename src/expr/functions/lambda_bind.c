/* See lambda_bind.h. */
#include "expr/functions/lambda_bind.h"

#include <stdatomic.h>

#define TEMPORARY_ID ((int64_t)1 << 60)

/* Ids while bodies are resolved; final ones count from the innermost lambda outwards, so that equal lambdas are equal
 * expressions. */
static _Atomic int64_t next_temporary = TEMPORARY_ID;

static WeirStatus wrong_variables(const WeirFunctionCall *call, uint32_t expected, uint32_t actual, WeirError *error)
{
    char expected_text[16], actual_text[16];
    snprintf(expected_text, sizeof(expected_text), "%u", expected);
    snprintf(actual_text, sizeof(actual_text), "%u", actual);
    WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_LAMBDA_FUNCTION_CALL_NUM_ARGS_MISMATCH,
                                       "expectedNumArgs", expected_text, "actualNumArgs", actual_text);
    weir_error_locate(error, NULL, call->origin);
    return status;
}

static bool find_deepest(void *context, const WeirExpression *expression)
{
    int64_t *deepest = context;
    if (expression->kind == WEIR_EXPRESSION_LAMBDA)
        for (uint32_t i = 1; i < expression->child_count; i++)
            if (expression->children[i]->id < TEMPORARY_ID && expression->children[i]->id > *deepest)
                *deepest = expression->children[i]->id;
    return false;
}

typedef struct Renumber {
    WeirArena *arena;
    int64_t from, to;
    uint32_t count;
} Renumber;

static WeirExpression *renumber(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Renumber *renumber = context;
    (void)status;
    (void)error;
    if (expression->kind != WEIR_EXPRESSION_LAMBDA_VARIABLE || expression->id < renumber->from ||
        expression->id >= renumber->from + renumber->count)
        return expression;
    WeirExpression *copy = weir_expression_copy(renumber->arena, expression);
    copy->id = renumber->to + (expression->id - renumber->from);
    return copy;
}

/* A lambda of an argument that is none: its variables have no use. */
static WeirExpression *hidden_lambda(const WeirFunctionCall *call, WeirExpression *body, uint32_t count)
{
    WeirExpression *lambda = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA, body->origin);
    lambda->children = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, count + 1);
    lambda->child_count = count + 1;
    lambda->children[0] = body;
    for (uint32_t i = 1; i <= count; i++) {
        lambda->children[i] = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA_VARIABLE, body->origin);
        lambda->children[i]->name = weir_arena_printf(call->arena, "col%u", i - 1);
    }
    lambda->type = body->type;
    lambda->nullable = body->nullable;
    return lambda;
}

WeirStatus weir_lambda_bind(WeirFunctionCall *call, uint32_t index, const WeirLambdaVariable *variables, uint32_t least,
                            uint32_t most, WeirError *error)
{
    WeirExpression *lambda = call->arguments[index];
    bool hidden = lambda->kind != WEIR_EXPRESSION_LAMBDA;
    if (hidden)
        lambda = hidden_lambda(call, lambda, least);
    uint32_t count = lambda->child_count - 1;
    if (count < least || count > most)
        return wrong_variables(call, count < least ? least : most, count, error);
    lambda = weir_expression_copy(call->arena, lambda);
    int64_t first = atomic_fetch_add(&next_temporary, count);
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *variable = weir_expression_copy(call->arena, lambda->children[i + 1]);
        variable->type = variables[i].type;
        variable->nullable = variables[i].nullable;
        variable->id = first + i;
        lambda->children[i + 1] = variable;
    }
    WeirExpression *resolved = lambda;
    if (!hidden && lambda->type == NULL && call->resolver->resolve_expression != NULL)
        WEIR_TRY(call->resolver->resolve_expression(call->resolver->resolve_context, lambda, &resolved, error));
    int64_t deepest = 0;
    weir_expression_any(resolved->children[0], find_deepest, &deepest);
    Renumber to = {call->arena, first, deepest + 1, count};
    WEIR_TRY(weir_expression_transform(call->arena, resolved, renumber, &to, &call->arguments[index], error));
    return WEIR_OK;
}

void weir_lambda_cast(WeirFunctionCall *call, uint32_t index, const WeirDataType *type)
{
    WeirExpression *lambda = weir_expression_copy(call->arena, call->arguments[index]);
    lambda->children[0] = weir_expression_cast(call->arena, lambda->children[0], type,
                                               call->context->ansi ? WEIR_EVAL_ANSI : WEIR_EVAL_LEGACY, true);
    lambda->type = type;
    lambda->nullable = lambda->children[0]->nullable;
    call->arguments[index] = lambda;
}

WeirStatus weir_lambda_require(WeirFunctionCall *call, uint32_t index, const WeirDataType *type, WeirError *error)
{
    const WeirDataType *body = call->arguments[index]->type;
    if (weir_type_equal(body, type))
        return WEIR_OK;
    if (body->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, index, weir_quoted_type(call->arena, type), error);
    weir_lambda_cast(call, index, type);
    return WEIR_OK;
}

WeirStatus weir_lambda_entries(WeirKernelCall *call, const WeirVector *lists, WeirLambdaEntries *entries,
                               WeirError *error)
{
    uint64_t total = 0;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first;
        if (!weir_vector_is_null(lists, row))
            total += weir_list_range(lists, row, &list, &first);
    }
    void *memory = NULL;
    if (total > INT32_MAX)
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", "more", "receivedBytes",
                              "0");
    WEIR_TRY(weir_arena_try_alloc(call->arena, (size_t)total * 12 + 64, &memory, error));
    entries->entries = memory;
    entries->rows = entries->entries + total;
    entries->positions = entries->rows + total;
    entries->count = 0;
    WEIR_FOR_ROWS(call, row)
    {
        const WeirVector *list;
        uint32_t first;
        if (weir_vector_is_null(lists, row))
            continue;
        uint32_t count = weir_list_range(lists, row, &list, &first);
        for (uint32_t i = 0; i < count; i++) {
            entries->entries[entries->count] = first + i;
            entries->positions[entries->count] = i;
            entries->rows[entries->count++] = row;
        }
    }
    return WEIR_OK;
}

WeirStatus weir_lambda_gather(WeirKernelCall *call, const WeirVector *child, uint32_t *entries, uint32_t count,
                              WeirVector *out, WeirError *error)
{
    WeirVector wrapped;
    weir_vector_wrap_dictionary((WeirVector *)(uintptr_t)child, entries, count, &wrapped);
    return weir_vector_flatten(&wrapped, out, call->arena, error);
}

void weir_lambda_positions(WeirKernelCall *call, const WeirLambdaEntries *entries, WeirVector *out)
{
    (void)call;
    *out = (WeirVector){
        .type = &weir_type_int, .kind = WEIR_VECTOR_FLAT, .length = entries->count, .values = entries->positions};
}
