/* transform, filter, exists, forall, aggregate: the lambda runs once over the elements of all rows of the batch. */
#include <stdatomic.h>
#include <strings.h>

#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/higher_order.h"
#include "expr/kernel.h"

#define KERNEL(name) static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result, WeirError *error)

/* ---- resolution: variables get types and ids, then the body is resolved by the caller */

typedef struct Rename {
    WeirExpression **variables;
    uint32_t count;
} Rename;

static WeirExpression *bind_variable(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    const Rename *rename = context;
    (void)status;
    (void)error;
    bool named = expression->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE && expression->part_count >= 1;
    for (uint32_t i = 0; i < rename->count && named; i++)
        if (expression->part_count == 1 && strcasecmp(expression->parts[0], rename->variables[i]->name) == 0)
            return rename->variables[i];
    return expression;
}

static const char *variable_name(const WeirExpression *variable)
{
    return variable->name != NULL ? variable->name : variable->part_count > 0 ? variable->parts[0] : "x";
}

static WeirStatus resolve_lambda(WeirFunctionCall *call, uint32_t index, const WeirDataType *const *types, const bool *nullable, uint32_t type_count, WeirError *error)
{
    static _Atomic int64_t next_id = INT64_C(1) << 40; /* where the session gives no ids: only unlike each other */
    WeirExpression *lambda = weir_expression_copy(call->arena, call->arguments[index]);
    if (lambda->kind != WEIR_EXPRESSION_LAMBDA)
        return weir_call_unexpected_type(call, index, "\"LAMBDA\"", error);
    uint32_t count = lambda->child_count - 1;
    if (count > type_count)
        return weir_error_set(error, WEIR_ERROR_INVALID_LAMBDA_FUNCTION_CALL_NUM_ARGS_MISMATCH, "expectedNumArgs", "", "actualNumArgs", "");
    Rename rename = {lambda->children + 1, count};
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *variable = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA_VARIABLE, lambda->children[1 + i]->origin);
        variable->name = variable_name(lambda->children[1 + i]);
        variable->type = types[i];
        variable->nullable = nullable[i];
        variable->id = call->resolver->next_expression_id != NULL ? (*call->resolver->next_expression_id)++ : atomic_fetch_add(&next_id, 1);
        lambda->children[1 + i] = variable;
    }
    WeirExpression *body = NULL;
    WEIR_TRY(weir_expression_transform(call->arena, lambda->children[0], bind_variable, &rename, &body, error));
    if (call->resolver->resolve_expression != NULL)
        WEIR_TRY(call->resolver->resolve_expression(call->resolver->resolve_context, body, &body, error));
    else
        WEIR_TRY(weir_function_resolve_tree(call->resolver, body, &body, error));
    lambda->children[0] = body;
    lambda->type = body->type;
    lambda->nullable = body->nullable;
    call->arguments[index] = lambda;
    return WEIR_OK;
}

static WeirStatus resolve_over_array(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type == NULL || type->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\"", error);
    const WeirDataType *types[2] = {weir_type_element(type), &weir_type_int};
    bool nullable[2] = {type->contains_null, false};
    bool condition = strcmp(call->name, "transform") != 0;
    WEIR_TRY(resolve_lambda(call, 1, types, nullable, strcmp(call->name, "exists") == 0 || strcmp(call->name, "forall") == 0 ? 1 : 2, error));
    const WeirExpression *body = call->arguments[1]->children[0];
    if (condition && body->type->id != WEIR_TYPE_BOOLEAN)
        return weir_call_unexpected_type(call, 1, "\"BOOLEAN\"", error);
    call->nullable = call->arguments[0]->nullable;
    if (!condition) {
        call->result_type = weir_type_array(call->arena, body->type, body->nullable);
    } else if (strcmp(call->name, "filter") == 0) {
        call->result_type = type;
    } else {
        call->result_type = &weir_type_boolean;
        call->nullable = call->nullable || body->nullable;
    }
    return WEIR_OK;
}

static WeirStatus resolve_aggregate(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *type = call->arguments[0]->type;
    if (type == NULL || type->id != WEIR_TYPE_ARRAY)
        return weir_call_unexpected_type(call, 0, "\"ARRAY\"", error);
    const WeirDataType *zero = call->arguments[1]->type;
    const WeirDataType *types[2] = {zero, weir_type_element(type)};
    bool nullable[2] = {true, type->contains_null};
    WEIR_TRY(resolve_lambda(call, 2, types, nullable, 2, error));
    WeirExpression *merge = call->arguments[2], *body = merge->children[0];
    if (!weir_type_equal(body->type, zero)) {
        if (!weir_can_store_assign(body->type, zero))
            return weir_call_unexpected_type(call, 2, weir_quoted_type(call->arena, zero), error);
        merge->children[0] = weir_expression_cast(call->arena, body, zero, call->eval_mode, true);
        merge->type = zero;
    }
    call->result_type = zero;
    if (call->argument_count == 3) { /* the identity, which Spark adds and prints */
        WeirExpression *variable = weir_expression_new(call->arena, WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, call->origin);
        const char **parts = WEIR_ARENA_ARRAY(call->arena, const char *, 1);
        parts[0] = "x";
        variable->parts = parts;
        variable->part_count = 1;
        variable->name = "x";
        WeirExpression *identity = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA, call->origin);
        identity->children = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
        identity->children[0] = identity->children[1] = variable;
        identity->child_count = 2;
        WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 4);
        memcpy(arguments, call->arguments, sizeof(*arguments) * 3);
        arguments[3] = identity;
        call->arguments = arguments;
        call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 4);
        call->argument_count = 4;
    }
    WEIR_TRY(resolve_lambda(call, 3, types, nullable, 1, error));
    call->result_type = call->arguments[3]->children[0]->type;
    call->nullable = true;
    return WEIR_OK;
}

/* ---- running */

typedef struct Elements {
    WeirVector variables[2]; /* element, index */
    uint32_t *rows;
    uint32_t count;
    WeirVector body;
} Elements;

/* The elements of all live rows, with their positions, through the lambda. */
static WeirStatus run_over_elements(WeirKernelCall *call, const WeirVector *const *arguments, Elements *e, WeirError *error)
{
    uint64_t total = 0;
    const WeirVector *list;
    uint32_t first;
    WEIR_FOR_ROWS(call, row)
        total += weir_list_range(arguments[0], row, &list, &first);
    WeirColumnWriter elements;
    weir_column_writer_init(&elements, weir_type_element(arguments[0]->type), (uint32_t)total, call->arena);
    e->rows = weir_arena_alloc(call->arena, sizeof(*e->rows) * (total + 1));
    WEIR_TRY(weir_vector_init(&e->variables[1], &weir_type_int, (uint32_t)total + 1, call->arena, error));
    WEIR_FOR_ROWS(call, row)
    {
        uint32_t count = weir_list_range(arguments[0], row, &list, &first);
        weir_column_writer_append_rows(&elements, &list->children[0], first, count);
        for (uint32_t i = 0; i < count; i++) {
            ((int32_t *)e->variables[1].values)[e->count] = (int32_t)i;
            e->rows[e->count++] = row;
        }
    }
    e->variables[1].length = e->count;
    WEIR_TRY(weir_column_writer_finish(&elements, &e->variables[0], error));
    return weir_lambda_run(call, &call->lambdas[0], arguments, e->variables, e->rows, e->count, &e->body, error);
}

KERNEL(transform_kernel)
{
    Elements e = {.count = 0};
    WEIR_TRY(run_over_elements(call, arguments, &e, error));
    WeirListRows rows = {result->values, 0};
    uint32_t at = 0;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, at);
        while (at < e.count && e.rows[at] == row)
            at++;
    }
    weir_list_rows_finish(&rows, call->row_count, at);
    return weir_vector_flatten(&e.body, &result->children[0], call->arena, error);
}

static int truth(const WeirVector *body, uint32_t at) /* -1: null */
{
    const WeirVector *flat;
    if (weir_vector_is_null(body, at))
        return -1;
    uint32_t place = weir_vector_locate(body, at, &flat);
    return ((const uint8_t *)flat->values)[place] != 0;
}

KERNEL(filter_kernel)
{
    Elements e = {.count = 0};
    WEIR_TRY(run_over_elements(call, arguments, &e, error));
    WeirListRows rows = {result->values, 0};
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, weir_type_element(result->type), e.count, call->arena);
    uint32_t at = 0;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, writer.length);
        for (; at < e.count && e.rows[at] == row; at++)
            if (truth(&e.body, at) == 1)
                weir_column_writer_append_row(&writer, &e.variables[0], at);
    }
    weir_list_rows_finish(&rows, call->row_count, writer.length);
    return weir_column_writer_finish(&writer, &result->children[0], error);
}

/* exists: some true; forall: none false; null where a null could have decided. */
KERNEL(exists_kernel)
{
    int decides = call->expression->function->name[0] == 'e';
    Elements e = {.count = 0};
    WEIR_TRY(run_over_elements(call, arguments, &e, error));
    uint32_t at = 0;
    WEIR_FOR_ROWS(call, row)
    {
        bool decided = false, null = false;
        for (; at < e.count && e.rows[at] == row; at++) {
            int value = truth(&e.body, at);
            decided = decided || value == decides;
            null = null || value < 0;
        }
        ((uint8_t *)result->values)[row] = (uint8_t)(decided ? decides : !decides);
        if (!decided && null)
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

/* Element by element: the accumulators of all rows that still have one step together. */
KERNEL(aggregate_kernel)
{
    const uint64_t *validity = result->validity;
    uint32_t live = 0, *rows = weir_arena_alloc(call->arena, sizeof(*rows) * ((size_t)call->count + 1));
    WEIR_FOR_ROWS(call, row)
        rows[live++] = row;
    WeirColumnWriter accumulators;
    weir_column_writer_init(&accumulators, arguments[1]->type, live, call->arena);
    for (uint32_t k = 0; k < live; k++)
        weir_column_writer_append_row(&accumulators, arguments[1], rows[k]);
    WeirVector state;
    WEIR_TRY(weir_column_writer_finish(&accumulators, &state, error));
    for (uint32_t step = 0;; step++) {
        WeirColumnWriter held, element, merged;
        weir_column_writer_init(&held, state.type, live, call->arena);
        weir_column_writer_init(&element, weir_type_element(arguments[0]->type), live, call->arena);
        uint32_t *active = weir_arena_alloc(call->arena, sizeof(*active) * ((size_t)live + 1)), active_count = 0;
        for (uint32_t k = 0; k < live; k++) {
            const WeirVector *list;
            uint32_t first, count = weir_list_range(arguments[0], rows[k], &list, &first);
            if (step >= count)
                continue;
            weir_column_writer_append_row(&held, &state, k);
            weir_column_writer_append_row(&element, &list->children[0], first + step);
            active[active_count++] = rows[k];
        }
        if (active_count == 0)
            break;
        WeirVector variables[2], body;
        WEIR_TRY(weir_column_writer_finish(&held, &variables[0], error));
        WEIR_TRY(weir_column_writer_finish(&element, &variables[1], error));
        WEIR_TRY(weir_lambda_run(call, &call->lambdas[0], arguments, variables, active, active_count, &body, error));
        weir_column_writer_init(&merged, state.type, live, call->arena);
        for (uint32_t k = 0, a = 0; k < live; k++) {
            bool stepped = a < active_count && active[a] == rows[k];
            weir_column_writer_append_row(&merged, stepped ? &body : &state, stepped ? a++ : k);
        }
        WEIR_TRY(weir_column_writer_finish(&merged, &state, error));
    }
    WeirVector finished;
    WEIR_TRY(weir_lambda_run(call, &call->lambdas[1], arguments, &state, rows, live, &finished, error));
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    for (uint32_t row = 0, k = 0; row < call->row_count; row++) {
        if (k < live && rows[k] == row)
            weir_column_writer_append_row(&writer, &finished, k++);
        else
            weir_column_writer_append_null(&writer);
    }
    (void)validity;
    return weir_column_writer_finish(&writer, result, error);
}

#define HIGHER(NAME, ALIASES, MIN, MAX, RESOLVE, KERNEL, USAGE)                                                             \
    {.name = NAME, .aliases = ALIASES, .flags = WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_SHARES, .arguments_min = MIN, .arguments_max = MAX, .resolve = RESOLVE, .kernel = KERNEL, \
     .group = "lambda_funcs", .usage = USAGE}

const WeirFunction weir_functions_higher_order[] = {
    HIGHER("transform", NULL, 2, 2, resolve_over_array, transform_kernel, "transform(array, x -> …): each element changed."),
    HIGHER("filter", NULL, 2, 2, resolve_over_array, filter_kernel, "filter(array, x -> …): the elements that meet a condition."),
    HIGHER("exists", NULL, 2, 2, resolve_over_array, exists_kernel, "exists(array, x -> …): true if one element meets the condition."),
    HIGHER("forall", NULL, 2, 2, resolve_over_array, exists_kernel, "forall(array, x -> …): true if all elements meet the condition."),
    HIGHER("aggregate", WEIR_ALIASES("reduce"), 3, 4, resolve_aggregate, aggregate_kernel, "aggregate(array, start, (acc, x) -> …[, acc -> …]): the elements folded."),
    {0},
};
