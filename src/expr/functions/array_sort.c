/* array_sort: by the order of the values with nulls last, or by a comparator. The comparator runs once over all pairs
 * of a short array, so that sorting costs one run of its program; for long arrays it runs for each comparison. */
#include <stdlib.h>

#include "expr/functions/lambda_bind.h"

#define PAIRS_ELEMENTS_MAX 96u
#define BINARY_SORT_END 32u /* from here on Java merges runs */

static WeirExpression *variable_name(const WeirFunctionCall *call, const char *name)
{
    const char **parts = WEIR_ARENA_ARRAY(call->arena, const char *, 1);
    WeirExpression *attribute = weir_expression_new(call->arena, WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, call->origin);
    parts[0] = name;
    attribute->parts = parts;
    attribute->part_count = 1;
    return attribute;
}

static WeirExpression *two(const WeirFunctionCall *call, const char *function, WeirExpression *a, WeirExpression *b)
{
    return weir_call_make(call, function, (WeirExpression *[]){a, b}, 2);
}

static WeirExpression *choose(const WeirFunctionCall *call, WeirExpression *condition, int32_t value,
                              WeirExpression *otherwise)
{
    return weir_call_make(
        call, "if", (WeirExpression *[]){condition, weir_expression_int_literal(call->arena, value), otherwise}, 3);
}

/* What Spark shows where no comparator was given. */
static WeirExpression *default_comparator(const WeirFunctionCall *call)
{
    WeirExpression *left = variable_name(call, "left"), *right = variable_name(call, "right");
    WeirExpression *left_null = weir_call_make(call, "isnull", &left, 1),
                   *right_null = weir_call_make(call, "isnull", &right, 1);
    WeirExpression *body = choose(call, two(call, ">", left, right), 1, weir_expression_int_literal(call->arena, 0));
    body = choose(call, two(call, "<", left, right), -1, body);
    body = choose(call, right_null, -1, body);
    body = choose(call, left_null, 1, body);
    body = choose(call, two(call, "and", left_null, right_null), 0, body);
    WeirExpression *lambda = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA, call->origin);
    lambda->children = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 3);
    lambda->child_count = 3;
    lambda->children[0] = body;
    for (uint32_t i = 0; i < 2; i++) {
        lambda->children[i + 1] = weir_expression_new(call->arena, WEIR_EXPRESSION_LAMBDA_VARIABLE, call->origin);
        lambda->children[i + 1]->name = i == 0 ? "left" : "right";
    }
    return lambda;
}

static const int default_order = 1; /* `bound` of calls without a comparator */

static WeirStatus resolve_sort(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    const WeirDataType *array = weir_call_type(call, 0), *element = weir_type_element(array);
    if (call->argument_count == 1) {
        if (!weir_type_is_orderable(element) && element->id != WEIR_TYPE_VOID)
            return weir_call_bad_ordering(call, array, error);
        WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
        const WeirDataType **casts = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
        arguments[0] = call->arguments[0];
        arguments[1] = default_comparator(call);
        casts[0] = call->cast_types[0];
        call->arguments = arguments;
        call->cast_types = casts;
        call->argument_count = 2;
        call->bound = &default_order;
    }
    WeirLambdaVariable variables[2] = {{element, array->contains_null}, {element, array->contains_null}};
    WEIR_TRY(weir_lambda_bind(call, 1, variables, 2, 2, error));
    call->result_type = array;
    call->nullable = call->arguments[0]->nullable;
    if (call->arguments[1]->type->id == WEIR_TYPE_INT)
        return WEIR_OK;
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_UNEXPECTED_RETURN_TYPE, "sqlExpr", weir_call_sql(call),
                       "functionName", "`lambdafunction`", "expectedType", "\"INT\"", "actualType",
                       weir_quoted_type(call->arena, call->arguments[1]->type));
    weir_error_locate(error, NULL, call->origin);
    return status;
}

typedef struct Sorting {
    WeirKernelCall *call;
    const WeirVector *const *arguments;
    const WeirVector *elements;
    uint32_t first, count, row;
    WeirVector verdicts; /* of pair (i, j) at i * count + j; only for short arrays */
    bool has_verdicts;
    WeirStatus status;
    WeirError *error;
} Sorting;

static WeirStatus run_pairs(Sorting *sorting, uint32_t *left, uint32_t *right, uint32_t count, WeirVector *out)
{
    WeirVector variables[2];
    WeirKernelCall *call = sorting->call;
    uint32_t *rows = WEIR_ARENA_ARRAY(call->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = sorting->row;
    WEIR_TRY(weir_lambda_gather(call, sorting->elements, left, count, &variables[0], sorting->error));
    WEIR_TRY(weir_lambda_gather(call, sorting->elements, right, count, &variables[1], sorting->error));
    return weir_lambda_run(call, &call->lambdas[0], sorting->arguments, variables, rows, count, out, sorting->error);
}

static WeirStatus compare_all(Sorting *sorting)
{
    uint32_t count = sorting->count;
    uint32_t *left = WEIR_ARENA_ARRAY(sorting->call->arena, uint32_t, (size_t)count * count),
             *right = WEIR_ARENA_ARRAY(sorting->call->arena, uint32_t, (size_t)count * count);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < count; j++) {
            left[i * count + j] = sorting->first + i;
            right[i * count + j] = sorting->first + j;
        }
    WEIR_TRY(run_pairs(sorting, left, right, count * count, &sorting->verdicts));
    sorting->has_verdicts = true;
    return WEIR_OK;
}

static int verdict_at(Sorting *sorting, const WeirVector *verdicts, uint32_t at)
{
    const WeirVector *flat;
    uint32_t place = weir_vector_locate(verdicts, at, &flat);
    if (weir_vector_is_null(verdicts, at)) {
        if (sorting->status == WEIR_OK)
            sorting->status = weir_row_error(sorting->call,
                                             weir_error_set(sorting->error, WEIR_ERROR_COMPARATOR_RETURNS_NULL,
                                                            "firstValue", "a value", "secondValue", "another"),
                                             sorting->error);
        return 0;
    }
    return ((const int32_t *)flat->values)[place];
}

static int compare(const void *a, const void *b, void *context)
{
    Sorting *sorting = context;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    if (sorting->status != WEIR_OK)
        return 0;
    if (sorting->has_verdicts)
        return verdict_at(sorting, &sorting->verdicts, (i - sorting->first) * sorting->count + (j - sorting->first));
    WeirVector verdict;
    sorting->status = run_pairs(sorting, &i, &j, 1, &verdict);
    return sorting->status == WEIR_OK ? verdict_at(sorting, &verdict, 0) : 0;
}

static int compare_values(const void *a, const void *b, void *context)
{
    const Sorting *sorting = context;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    bool null_i = weir_vector_is_null(sorting->elements, i), null_j = weir_vector_is_null(sorting->elements, j);
    if (null_i || null_j)
        return (int)null_i - (int)null_j;
    int order = weir_vector_compare_rows(sorting->elements, i, sorting->elements, j);
    return order != 0 ? order : (i > j) - (i < j);
}

/* Stable, as Java's sort of objects is. */
static void merge_sort(uint32_t *places, uint32_t *scratch, uint32_t count, Sorting *sorting)
{
    if (count < 2)
        return;
    uint32_t half = count / 2, i = 0, j = half;
    merge_sort(places, scratch, half, sorting);
    merge_sort(places + half, scratch, count - half, sorting);
    memcpy(scratch, places, sizeof(*places) * count);
    for (uint32_t k = 0; k < count; k++) {
        bool right = i == half || (j < count && compare(&scratch[i], &scratch[j], sorting) > 0);
        places[k] = right ? scratch[j++] : scratch[i++];
    }
}

/* Makes the run at the begin ascending; its length. */
static uint32_t ascending_run(uint32_t *places, uint32_t count, Sorting *sorting)
{
    uint32_t end = 2;
    if (compare(&places[1], &places[0], sorting) >= 0) {
        while (end < count && compare(&places[end], &places[end - 1], sorting) >= 0)
            end++;
        return end;
    }
    while (end < count && compare(&places[end], &places[end - 1], sorting) < 0)
        end++;
    for (uint32_t i = 0; i < end / 2; i++) {
        uint32_t place = places[i];
        places[i] = places[end - 1 - i];
        places[end - 1 - i] = place;
    }
    return end;
}

/* The comparisons that Java makes for a short array: comparators that contradict themselves show which they are. */
static void binary_sort(uint32_t *places, uint32_t count, Sorting *sorting)
{
    if (count < 2)
        return;
    for (uint32_t next = ascending_run(places, count, sorting); next < count; next++) {
        uint32_t place = places[next], left = 0, right = next;
        while (left < right) {
            uint32_t middle = (left + right) / 2;
            if (compare(&place, &places[middle], sorting) < 0)
                right = middle;
            else
                left = middle + 1;
        }
        memmove(&places[left + 1], &places[left], sizeof(*places) * (next - left));
        places[left] = place;
    }
}

static WeirStatus sort_row(Sorting *sorting, uint32_t *places, uint32_t *scratch)
{
    for (uint32_t i = 0; i < sorting->count; i++)
        places[i] = sorting->first + i;
    if (sorting->call->expression->bound == &default_order) {
        qsort_r(places, sorting->count, sizeof(*places), compare_values, sorting);
        return WEIR_OK;
    }
    sorting->has_verdicts = false;
    if (sorting->count > 1 && sorting->count <= PAIRS_ELEMENTS_MAX) {
        WeirError *error = sorting->error;
        sorting->error = NULL; /* an error of a pair that is never compared is none */
        (void)!compare_all(sorting);
        sorting->error = error;
    }
    if (sorting->count < BINARY_SORT_END)
        binary_sort(places, sorting->count, sorting);
    else
        merge_sort(places, scratch, sorting->count, sorting);
    return sorting->status;
}

WEIR_COLLECTION_KERNEL(sort_kernel)
{
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        if (weir_vector_is_null(arguments[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        const WeirVector *source;
        Sorting sorting = {.call = call, .arguments = arguments, .row = row, .error = error};
        sorting.count = weir_list_range(arguments[0], row, &source, &sorting.first);
        sorting.elements = &source->children[0];
        uint32_t *places = WEIR_ARENA_ARRAY(call->arena, uint32_t, sorting.count + 1),
                 *scratch = WEIR_ARENA_ARRAY(call->arena, uint32_t, sorting.count + 1);
        WEIR_TRY(sort_row(&sorting, places, scratch));
        for (uint32_t i = 0; i < sorting.count; i++)
            weir_column_writer_append_row(&list.elements, sorting.elements, places[i]);
    }
    return weir_list_result_finish(&list, error);
}

const WeirFunction weir_functions_array_sort[] = {
    {.name = "array_sort",
     .flags = WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_sort,
     .kernel = sort_kernel,
     .group = "lambda_funcs",
     .usage = "array_sort(a[, (x, y) -> …]): a in order, nulls last, or as the comparator's sign says."},
    {0},
};
