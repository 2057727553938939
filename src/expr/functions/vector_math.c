/* Vectors as arrays of float: products, distances, norms. Sums are of floats, eight terms at a time: the order decides
 * the last digit. */
#include <math.h>

#include "common/number_format.h"
#include "expr/functions/collection_shared.h"

#define STEP 8u

typedef struct Floats {
    const float *values;
    uint32_t length;
} Floats;

/* The elements of a row; false: one of them is null, and then there are no values. */
static bool floats_of(const WeirVector *vector, uint32_t row, WeirArena *arena, Floats *out)
{
    const WeirVector *list;
    uint32_t first, length = weir_list_range(vector, row, &list, &first);
    const WeirVector *elements = &list->children[0];
    out->length = length;
    if (length == 0)
        return true;
    for (uint32_t i = first; i < first + length; i++)
        if (weir_vector_is_null(elements, i))
            return false;
    if (elements->kind == WEIR_VECTOR_FLAT) {
        out->values = (const float *)elements->values + first;
        return true;
    }
    float *copy = WEIR_ARENA_ARRAY(arena, float, length);
    for (uint32_t i = 0; i < length; i++) {
        const WeirVector *flat;
        uint32_t at = weir_vector_locate(elements, first + i, &flat);
        copy[i] = ((const float *)flat->values)[at];
    }
    out->values = copy;
    return true;
}

typedef float (*Term)(const float *a, const float *b, uint32_t i);

static float product(const float *a, const float *b, uint32_t i)
{
    return a[i] * b[i];
}
static float squared_difference(const float *a, const float *b, uint32_t i)
{
    float difference = a[i] - b[i];
    return difference * difference;
}
static float magnitude(const float *a, const float *b, uint32_t i)
{
    (void)b;
    return fabsf(a[i]);
}

static float sum_of(Term term, const float *a, const float *b, uint32_t length)
{
    float sum = 0;
    uint32_t i = 0;
    for (; i + STEP <= length; i += STEP) {
        float part = term(a, b, i);
        for (uint32_t j = 1; j < STEP; j++)
            part += term(a, b, i + j);
        sum += part;
    }
    for (; i < length; i++)
        sum += term(a, b, i);
    return sum;
}

typedef enum Measure { INNER_PRODUCT, COSINE_SIMILARITY, L2_DISTANCE } Measure;

static bool measure(Measure kind, const float *a, const float *b, uint32_t length, float *out)
{
    if (kind == INNER_PRODUCT) {
        *out = sum_of(product, a, b, length);
        return true;
    }
    if (kind == L2_DISTANCE) {
        *out = (float)sqrt((double)sum_of(squared_difference, a, b, length));
        return true;
    }
    float dot = sum_of(product, a, b, length), squares_a = sum_of(product, a, a, length),
          squares_b = sum_of(product, b, b, length);
    if (squares_a == 0 || squares_b == 0)
        return false;
    *out = dot / (float)sqrt((double)(squares_a * squares_b));
    return true;
}

static WeirStatus measure_rows(WeirKernelCall *call, Measure kind, const WeirVector *const *arguments,
                               WeirVector *result, WeirError *error)
{
    WEIR_FOR_ROWS(call, row)
    {
        Floats a = {0}, b = {0};
        float value = 0;
        bool whole_a = floats_of(arguments[0], row, call->arena, &a),
             whole_b = floats_of(arguments[1], row, call->arena, &b);
        if (a.length != b.length) {
            char left[16], right[16];
            snprintf(left, sizeof(left), "%u", a.length);
            snprintf(right, sizeof(right), "%u", b.length);
            return weir_row_error(
                call,
                weir_error_set(error, WEIR_ERROR_VECTOR_DIMENSION_MISMATCH, "functionName",
                               weir_arena_printf(call->arena, "`%s`", call->expression->function->name), "leftDim",
                               left, "rightDim", right),
                error);
        }
        if (whole_a && whole_b && measure(kind, a.values, b.values, a.length, &value))
            ((float *)result->values)[row] = value;
        else
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(inner_product_kernel)
{
    return measure_rows(call, INNER_PRODUCT, arguments, result, error);
}
WEIR_COLLECTION_KERNEL(cosine_similarity_kernel)
{
    return measure_rows(call, COSINE_SIMILARITY, arguments, result, error);
}
WEIR_COLLECTION_KERNEL(l2_distance_kernel)
{
    return measure_rows(call, L2_DISTANCE, arguments, result, error);
}

static WeirStatus norm_of(WeirKernelCall *call, const Floats *x, float degree, float *norm, WeirError *error)
{
    if (degree == 1.0f) {
        *norm = sum_of(magnitude, x->values, NULL, x->length);
    } else if (degree == 2.0f) {
        *norm = (float)sqrt((double)sum_of(product, x->values, x->values, x->length));
    } else if (isinf(degree) && degree > 0) {
        *norm = 0;
        for (uint32_t i = 0; i < x->length; i++)
            if (fabsf(x->values[i]) > *norm || isnan(x->values[i]))
                *norm = fabsf(x->values[i]);
    } else {
        char text[WEIR_NUMBER_TEXT_BYTES];
        weir_format_float(degree, text);
        return weir_row_error(call,
                              weir_error_set(error, WEIR_ERROR_INVALID_VECTOR_NORM_DEGREE, "functionName",
                                             weir_arena_printf(call->arena, "`%s`", call->expression->function->name),
                                             "degree", text),
                              error);
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(norm_kernel)
{
    WeirArgument degree = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        Floats x = {0};
        float norm = 0;
        bool whole = floats_of(arguments[0], row, call->arena, &x);
        if (!whole)
            x.length = 0; /* a bad degree is an error all the same */
        WEIR_TRY(norm_of(call, &x, WEIR_ARGUMENT_VALUE(float, degree, row), &norm, error));
        if (whole)
            ((float *)result->values)[row] = norm;
        else
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(normalize_kernel)
{
    WeirArgument degree = weir_argument(arguments[1]);
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        Floats x = {0};
        float norm = 0;
        weir_list_result_begin(&list, row);
        bool whole = !weir_vector_is_null(arguments[0], row) && !weir_vector_is_null(arguments[1], row) &&
                     floats_of(arguments[0], row, call->arena, &x);
        if (whole)
            WEIR_TRY(norm_of(call, &x, WEIR_ARGUMENT_VALUE(float, degree, row), &norm, error));
        if (!whole || (norm == 0 && x.length > 0)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        float *slots = weir_column_writer_slots(&list.elements, x.length);
        for (uint32_t i = 0; i < x.length && slots != NULL; i++)
            slots[i] = x.values[i] / norm;
    }
    return weir_list_result_finish(&list, error);
}

/* ---- resolution: nothing is cast */

static bool is_vector(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_ARRAY && weir_type_element(type)->id == WEIR_TYPE_FLOAT;
}

static WeirStatus resolve_pair(WeirFunctionCall *call, WeirError *error)
{
    for (uint32_t i = 0; i < 2; i++)
        if (!is_vector(call->arguments[i]->type))
            return weir_call_unexpected_type(call, i, "\"ARRAY<FLOAT>\"", error);
    call->result_type = &weir_type_float;
    return WEIR_OK;
}

static WeirStatus resolve_norm(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 1) {
        WeirExpression **arguments = WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2);
        arguments[0] = call->arguments[0];
        arguments[1] = weir_expression_literal(call->arena, weir_value_double(call->arena, &weir_type_float, 2.0));
        call->arguments = arguments;
        call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
        call->argument_count = 2;
    }
    if (!is_vector(call->arguments[0]->type))
        return weir_call_unexpected_type(call, 0, "\"ARRAY<FLOAT>\"", error);
    if (call->arguments[1]->type->id != WEIR_TYPE_FLOAT)
        return weir_call_unexpected_type(call, 1, "\"FLOAT\"", error);
    call->result_type = strcmp(call->name, "vector_norm") == 0 ? &weir_type_float
                                                               : weir_type_array(call->arena, &weir_type_float, false);
    return WEIR_OK;
}

#define VECTOR(NAME, FLAGS, MIN, MAX, RESOLVE, KERNEL, USAGE)                                                          \
    {                                                                                                                  \
        .name = NAME, .flags = (FLAGS) | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NULLABLE, .arguments_min = MIN,        \
        .arguments_max = MAX, .resolve = RESOLVE, .kernel = KERNEL, .group = "vector_funcs", .usage = USAGE            \
    }
#define NP WEIR_FUNCTION_NULL_PROPAGATING

const WeirFunction weir_functions_vector_math[] = {
    VECTOR("vector_inner_product", NP, 2, 2, resolve_pair, inner_product_kernel,
           "vector_inner_product(a, b): the sum of the products of their elements."),
    VECTOR("vector_cosine_similarity", NP, 2, 2, resolve_pair, cosine_similarity_kernel,
           "vector_cosine_similarity(a, b): the cosine of the angle between them."),
    VECTOR("vector_l2_distance", NP, 2, 2, resolve_pair, l2_distance_kernel,
           "vector_l2_distance(a, b): the distance between two points."),
    VECTOR("vector_norm", NP, 1, 2, resolve_norm, norm_kernel,
           "vector_norm(a[, degree]): the length; degree 1, 2 or infinity."),
    VECTOR("vector_normalize", 0, 1, 2, resolve_norm, normalize_kernel,
           "vector_normalize(a[, degree]): the same direction with length 1."),
    {0},
};
