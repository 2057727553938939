/* Higher-order functions of arrays. A lambda runs once over the elements of all rows; where Spark would have stopped
 * early, an error makes it run again place by place, so that elements behind the stop are never looked at. */
#include "expr/functions/lambda_bind.h"

static WeirStatus bind_element(WeirFunctionCall *call, bool with_index, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    const WeirDataType *array = weir_call_type(call, 0);
    WeirLambdaVariable variables[2] = {{weir_type_element(array), array->contains_null}, {&weir_type_int, false}};
    call->nullable = call->arguments[0]->nullable;
    return weir_lambda_bind(call, 1, variables, 1, with_index ? 2 : 1, error);
}

static WeirStatus resolve_transform(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(bind_element(call, true, error));
    call->result_type = weir_type_array(call->arena, call->arguments[1]->type, call->arguments[1]->nullable);
    return WEIR_OK;
}

static WeirStatus resolve_filter(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(bind_element(call, true, error));
    call->result_type = weir_call_type(call, 0);
    return weir_lambda_require(call, 1, &weir_type_boolean, error);
}

static WeirStatus resolve_exists(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(bind_element(call, false, error));
    call->result_type = &weir_type_boolean;
    call->nullable = call->nullable || call->arguments[1]->nullable;
    return weir_lambda_require(call, 1, &weir_type_boolean, error);
}

static WeirStatus run_elements(WeirKernelCall *call, const WeirVector *const *arguments, WeirLambdaEntries *entries,
                               WeirVector *out, WeirError *error)
{
    WeirVector variables[2];
    WEIR_TRY(
        weir_lambda_gather(call, &arguments[0]->children[0], entries->entries, entries->count, &variables[0], error));
    weir_lambda_positions(call, entries, &variables[1]);
    return weir_lambda_run(call, &call->lambdas[0], arguments, variables, entries->rows, entries->count, out, error);
}

/* Offsets of the result: each row has `counts` of its entries (those kept, where `kept` is given). */
static void put_offsets(const WeirKernelCall *call, const WeirVector *lists, WeirVector *result,
                        const WeirLambdaEntries *entries, const uint32_t *kept, uint32_t kept_count)
{
    WeirListRows rows = {result->values, 0};
    uint32_t at = 0, total = kept == NULL ? entries->count : kept_count;
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&rows, row, at);
        if (weir_vector_is_null(lists, row))
            weir_result_set_null(call, result, row);
        while (at < total && entries->rows[kept == NULL ? at : kept[at]] == row)
            at++;
    }
    weir_list_rows_finish(&rows, call->row_count, total);
}

WEIR_COLLECTION_KERNEL(transform_kernel)
{
    WeirLambdaEntries entries;
    WeirVector mapped;
    WEIR_TRY(weir_lambda_entries(call, arguments[0], &entries, error));
    WEIR_TRY(run_elements(call, arguments, &entries, &mapped, error));
    WEIR_TRY(weir_vector_flatten(&mapped, &result->children[0], call->arena, error));
    result->children[0].type = weir_type_element(result->type);
    put_offsets(call, arguments[0], result, &entries, NULL, 0);
    return WEIR_OK;
}

static int boolean_at(const WeirVector *vector, uint32_t row) /* -1: null */
{
    const WeirVector *flat;
    if (weir_vector_is_null(vector, row))
        return -1;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    return ((const uint8_t *)flat->values)[at] != 0;
}

WEIR_COLLECTION_KERNEL(filter_kernel)
{
    WeirLambdaEntries entries;
    WeirVector verdict;
    WEIR_TRY(weir_lambda_entries(call, arguments[0], &entries, error));
    WEIR_TRY(run_elements(call, arguments, &entries, &verdict, error));
    uint32_t *kept = WEIR_ARENA_ARRAY(call->arena, uint32_t, entries.count + 1),
             *places = WEIR_ARENA_ARRAY(call->arena, uint32_t, entries.count + 1), count = 0;
    for (uint32_t i = 0; i < entries.count; i++) {
        kept[count] = i;
        places[count] = entries.entries[i];
        count += boolean_at(&verdict, i) == 1;
    }
    put_offsets(call, arguments[0], result, &entries, kept, count);
    return weir_lambda_gather(call, &arguments[0]->children[0], places, count, &result->children[0], error);
}

/* ---- exists, forall */

typedef struct Verdict {
    int stop;      /* the value that ends the search: 1 for exists, 0 for forall */
    uint8_t *seen; /* per row: 1 stopped, 2 a null was seen */
} Verdict;

/* The `position`-th elements of rows that have not stopped; false: there are none. */
static bool next_wave(const WeirLambdaEntries *entries, const uint8_t *seen, uint32_t position, WeirLambdaEntries *wave)
{
    wave->count = 0;
    for (uint32_t i = 0; i < entries->count; i++) {
        if (entries->positions[i] != position || seen[entries->rows[i]] == 1)
            continue;
        wave->entries[wave->count] = entries->entries[i];
        wave->positions[wave->count] = position;
        wave->rows[wave->count++] = entries->rows[i];
    }
    return wave->count > 0;
}

static void note(Verdict *verdict, const WeirLambdaEntries *entries, const WeirVector *values)
{
    for (uint32_t i = 0; i < entries->count; i++) {
        int value = boolean_at(values, i);
        uint8_t *seen = &verdict->seen[entries->rows[i]];
        if (value == verdict->stop)
            *seen = 1;
        else if (value < 0 && *seen == 0)
            *seen = 2;
    }
}

static WeirStatus decide(WeirKernelCall *call, const WeirVector *const *arguments, Verdict *verdict, WeirError *error)
{
    WeirLambdaEntries entries, wave;
    WeirVector values;
    WEIR_TRY(weir_lambda_entries(call, arguments[0], &entries, error));
    if (run_elements(call, arguments, &entries, &values, NULL) == WEIR_OK) {
        note(verdict, &entries, &values);
        return WEIR_OK;
    }
    WEIR_TRY(weir_lambda_entries(call, arguments[0], &wave, error));
    for (uint32_t position = 0; next_wave(&entries, verdict->seen, position, &wave); position++) {
        WEIR_TRY(run_elements(call, arguments, &wave, &values, error));
        note(verdict, &wave, &values);
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(exists_kernel)
{
    Verdict verdict = {.stop = call->expression->function->name[0] == 'e',
                       .seen = weir_arena_calloc(call->arena, call->row_count + 1)};
    WEIR_TRY(decide(call, arguments, &verdict, error));
    WEIR_FOR_ROWS(call, row)
    {
        uint8_t seen = verdict.seen[row];
        ((uint8_t *)result->values)[row] = (uint8_t)(seen == 1 ? verdict.stop : !verdict.stop);
        if (seen == 2 || weir_vector_is_null(arguments[0], row))
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

/* ---- aggregate */

static WeirStatus resolve_aggregate(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    const WeirDataType *array = weir_call_type(call, 0), *zero = call->arguments[1]->type;
    WeirLambdaVariable variables[2] = {{zero, true}, {weir_type_element(array), array->contains_null}};
    WEIR_TRY(weir_lambda_bind(call, 2, variables, 2, 2, error));
    WEIR_TRY(weir_lambda_require(call, 2, zero, error));
    if (call->argument_count == 3) {
        WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 4);
        const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 4);
        memcpy(arguments, call->arguments, sizeof(*arguments) * 3);
        memcpy(casts, call->cast_types, sizeof(*casts) * 3);
        WeirExpression *identity = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA, call->origin);
        WeirExpression *variable = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA_VARIABLE, call->origin);
        variable->name = "id";
        identity->children = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
        identity->child_count = 2;
        identity->children[1] = variable;
        identity->children[0] = weir_expression_new(call->arena, WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, call->origin);
        const char **parts = WEIR_ARENA_ARRAY(call->arena, const char *, 1);
        parts[0] = "id";
        identity->children[0]->parts = parts;
        identity->children[0]->part_count = 1;
        arguments[3] = identity;
        call->arguments = arguments;
        call->cast_types = casts;
        call->argument_count = 4;
    }
    WEIR_TRY(weir_lambda_bind(call, 3, variables, 1, 1, error));
    call->result_type = call->arguments[3]->type;
    call->nullable = true;
    return WEIR_OK;
}

/* The state of each row: row `at` of `*vector`. */
typedef struct Accumulator {
    const WeirVector **vectors;
    uint32_t *at;
} Accumulator;

static WeirStatus gather_states(WeirKernelCall *call, const Accumulator *accumulator, const uint32_t *rows,
                                uint32_t count, const WeirDataType *type, WeirVector *out, WeirError *error)
{
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, type, count, call->arena);
    for (uint32_t i = 0; i < count; i++)
        weir_column_writer_append_row(&writer, accumulator->vectors[rows[i]], accumulator->at[rows[i]]);
    return weir_column_writer_finish(&writer, out, error);
}

static WeirStatus fold_wave(WeirKernelCall *call, const WeirVector *const *arguments, Accumulator *accumulator,
                            WeirLambdaEntries *wave, WeirError *error)
{
    WeirVector variables[2], *merged = WEIR_ARENA_NEW(call->arena, WeirVector);
    WEIR_TRY(gather_states(call, accumulator, wave->rows, wave->count, arguments[1]->type, &variables[0], error));
    WEIR_TRY(weir_lambda_gather(call, &arguments[0]->children[0], wave->entries, wave->count, &variables[1], error));
    WEIR_TRY(weir_lambda_run(call, &call->lambdas[0], arguments, variables, wave->rows, wave->count, merged, error));
    for (uint32_t i = 0; i < wave->count; i++) {
        accumulator->vectors[wave->rows[i]] = merged;
        accumulator->at[wave->rows[i]] = i;
    }
    return WEIR_OK;
}

static WeirStatus fold(WeirKernelCall *call, const WeirVector *const *arguments, Accumulator *accumulator,
                       WeirError *error)
{
    WeirLambdaEntries entries, wave;
    uint8_t *seen = weir_arena_calloc(call->arena, call->row_count + 1);
    WEIR_TRY(weir_lambda_entries(call, arguments[0], &entries, error));
    WEIR_TRY(weir_lambda_entries(call, arguments[0], &wave, error));
    for (uint32_t position = 0; next_wave(&entries, seen, position, &wave); position++)
        WEIR_TRY(fold_wave(call, arguments, accumulator, &wave, error));
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(aggregate_kernel)
{
    Accumulator accumulator = {WEIR_ARENA_ARRAY(call->arena, const WeirVector *, call->row_count + 1),
                               WEIR_ARENA_ARRAY(call->arena, uint32_t, call->row_count + 1)};
    uint32_t *rows = WEIR_ARENA_ARRAY(call->arena, uint32_t, call->row_count + 1), count = 0;
    WEIR_FOR_ROWS(call, row)
    {
        accumulator.vectors[row] = arguments[1];
        accumulator.at[row] = row;
        if (!weir_vector_is_null(arguments[0], row))
            rows[count++] = row;
    }
    WEIR_TRY(fold(call, arguments, &accumulator, error));
    WeirVector states, finished, spread;
    WEIR_TRY(gather_states(call, &accumulator, rows, count, arguments[1]->type, &states, error));
    WEIR_TRY(weir_lambda_run(call, &call->lambdas[1], arguments, &states, rows, count, &finished, error));
    uint32_t *indices = WEIR_ARENA_ARRAY(call->arena, uint32_t, call->row_count + 1);
    memset(indices, 0xff, sizeof(*indices) * call->row_count);
    for (uint32_t i = 0; i < count; i++)
        indices[rows[i]] = i;
    weir_vector_wrap_dictionary(&finished, indices, call->row_count, &spread);
    WEIR_TRY(weir_vector_flatten(&spread, result, call->arena, error));
    result->type = call->expression->type;
    return WEIR_OK;
}

/* ---- zip_with */

static WeirStatus resolve_zip_with(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < 2; i++)
        WEIR_TRY(weir_call_require_array(call, i, error));
    WeirLambdaVariable variables[2] = {{weir_type_element(weir_call_type(call, 0)), true},
                                       {weir_type_element(weir_call_type(call, 1)), true}};
    WEIR_TRY(weir_lambda_bind(call, 2, variables, 2, 2, error));
    call->result_type = weir_type_array(call->arena, call->arguments[2]->type, call->arguments[2]->nullable);
    call->nullable = call->arguments[0]->nullable || call->arguments[1]->nullable;
    return WEIR_OK;
}

static uint32_t list_length(const WeirVector *vector, uint32_t row, uint32_t *first)
{
    const WeirVector *list;
    return weir_list_range(vector, row, &list, first);
}

WEIR_COLLECTION_KERNEL(zip_with_kernel)
{
    WeirListRows offsets = {result->values, 0};
    uint64_t most = 1;
    uint32_t first[2], length[2], count = 0;
    WEIR_FOR_ROWS(call, row)
    {
        for (uint32_t i = 0; i < 2; i++)
            most += weir_vector_is_null(arguments[i], row) ? 0 : list_length(arguments[i], row, &first[i]);
    }
    uint32_t *entries[2] = {WEIR_ARENA_ARRAY(call->arena, uint32_t, most),
                            WEIR_ARENA_ARRAY(call->arena, uint32_t, most)};
    uint32_t *rows = WEIR_ARENA_ARRAY(call->arena, uint32_t, most);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_rows_begin(&offsets, row, count);
        if (weir_vector_is_null(arguments[0], row) || weir_vector_is_null(arguments[1], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        for (uint32_t i = 0; i < 2; i++)
            length[i] = list_length(arguments[i], row, &first[i]);
        for (uint32_t k = 0; k < length[0] || k < length[1]; k++, count++) {
            rows[count] = row;
            for (uint32_t i = 0; i < 2; i++)
                entries[i][count] = k < length[i] ? first[i] + k : WEIR_NULL_INDEX;
        }
    }
    weir_list_rows_finish(&offsets, call->row_count, count);
    WeirVector variables[2], mapped;
    for (uint32_t i = 0; i < 2; i++)
        WEIR_TRY(weir_lambda_gather(call, &arguments[i]->children[0], entries[i], count, &variables[i], error));
    WEIR_TRY(weir_lambda_run(call, &call->lambdas[0], arguments, variables, rows, count, &mapped, error));
    WEIR_TRY(weir_vector_flatten(&mapped, &result->children[0], call->arena, error));
    result->children[0].type = weir_type_element(result->type);
    return WEIR_OK;
}

#define ENTRY(NAME, MIN, MAX, RESOLVE, KERNEL, USAGE)                                                                  \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_MAY_FAIL, .arguments_min = MIN, .arguments_max = MAX, .resolve = RESOLVE, \
        .kernel = KERNEL, .group = "lambda_funcs", .usage = USAGE                                                      \
    }

const WeirFunction weir_functions_array_lambda[] = {
    ENTRY("transform", 2, 2, resolve_transform, transform_kernel,
          "transform(a, x -> …): the array of the lambda's values."),
    ENTRY("filter", 2, 2, resolve_filter, filter_kernel,
          "filter(a, x -> …): the elements for which the lambda is true."),
    ENTRY("exists", 2, 2, resolve_exists, exists_kernel,
          "exists(a, x -> …): whether the lambda is true for an element."),
    ENTRY("forall", 2, 2, resolve_exists, exists_kernel,
          "forall(a, x -> …): whether the lambda is true for all elements."),
    {.name = "aggregate",
     .aliases = WEIR_ALIASES("reduce"),
     .flags = WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 3,
     .arguments_max = 4,
     .resolve = resolve_aggregate,
     .kernel = aggregate_kernel,
     .group = "lambda_funcs",
     .usage = "aggregate(a, start, (state, x) -> …[, state -> …]): the elements folded into one value."},
    ENTRY("zip_with", 3, 3, resolve_zip_with, zip_with_kernel,
          "zip_with(a, b, (x, y) -> …): the lambda's values of elements at the same place."),
    {0},
};
