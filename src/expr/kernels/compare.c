/* Loops of the six comparisons. NaN equals itself and is the greatest value; -0.0 equals 0.0, as in Spark. */
#include "expr/kernels/compare.h"

#define NAME equal_int8
#define TYPE int8_t
#define RESULT uint8_t
#define COMPUTE r = a == b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_int8
#define TYPE int8_t
#define RESULT uint8_t
#define COMPUTE r = a < b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_equal_int8
#define TYPE int8_t
#define RESULT uint8_t
#define COMPUTE r = a <= b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME equal_int16
#define TYPE int16_t
#define RESULT uint8_t
#define COMPUTE r = a == b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_int16
#define TYPE int16_t
#define RESULT uint8_t
#define COMPUTE r = a < b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_equal_int16
#define TYPE int16_t
#define RESULT uint8_t
#define COMPUTE r = a <= b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME equal_int32
#define TYPE int32_t
#define RESULT uint8_t
#define COMPUTE r = a == b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_int32
#define TYPE int32_t
#define RESULT uint8_t
#define COMPUTE r = a < b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_equal_int32
#define TYPE int32_t
#define RESULT uint8_t
#define COMPUTE r = a <= b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME equal_int64
#define TYPE int64_t
#define RESULT uint8_t
#define COMPUTE r = a == b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_int64
#define TYPE int64_t
#define RESULT uint8_t
#define COMPUTE r = a < b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_equal_int64
#define TYPE int64_t
#define RESULT uint8_t
#define COMPUTE r = a <= b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME equal_float
#define TYPE float
#define RESULT uint8_t
#define COMPUTE r = (uint8_t)((a == b) | ((a != a) & (b != b)))
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_float
#define TYPE float
#define RESULT uint8_t
#define COMPUTE r = (uint8_t)((a < b) | ((b != b) & (a == a)))
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_equal_float
#define TYPE float
#define RESULT uint8_t
#define COMPUTE r = (uint8_t)((a <= b) | (b != b))
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME equal_double
#define TYPE double
#define RESULT uint8_t
#define COMPUTE r = (uint8_t)((a == b) | ((a != a) & (b != b)))
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_double
#define TYPE double
#define RESULT uint8_t
#define COMPUTE r = (uint8_t)((a < b) | ((b != b) & (a == a)))
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME less_equal_double
#define TYPE double
#define RESULT uint8_t
#define COMPUTE r = (uint8_t)((a <= b) | (b != b))
#define BAD 0
#include "expr/kernels/binary_template.h"

typedef bool (*CompareLoop)(const WeirKernelCall *, const WeirVector *, const WeirVector *, WeirVector *);

static const CompareLoop loops[3][WEIR_PHYSICAL_STRUCT + 1] = {
    [WEIR_COMPARE_EQUAL] = {[WEIR_PHYSICAL_BOOL] = equal_int8,
                            [WEIR_PHYSICAL_INT8] = equal_int8,
                            [WEIR_PHYSICAL_INT16] = equal_int16,
                            [WEIR_PHYSICAL_INT32] = equal_int32,
                            [WEIR_PHYSICAL_INT64] = equal_int64,
                            [WEIR_PHYSICAL_FLOAT] = equal_float,
                            [WEIR_PHYSICAL_DOUBLE] = equal_double},
    [WEIR_COMPARE_LESS] = {[WEIR_PHYSICAL_BOOL] = less_int8,
                           [WEIR_PHYSICAL_INT8] = less_int8,
                           [WEIR_PHYSICAL_INT16] = less_int16,
                           [WEIR_PHYSICAL_INT32] = less_int32,
                           [WEIR_PHYSICAL_INT64] = less_int64,
                           [WEIR_PHYSICAL_FLOAT] = less_float,
                           [WEIR_PHYSICAL_DOUBLE] = less_double},
    [WEIR_COMPARE_LESS_EQUAL] = {[WEIR_PHYSICAL_BOOL] = less_equal_int8,
                                 [WEIR_PHYSICAL_INT8] = less_equal_int8,
                                 [WEIR_PHYSICAL_INT16] = less_equal_int16,
                                 [WEIR_PHYSICAL_INT32] = less_equal_int32,
                                 [WEIR_PHYSICAL_INT64] = less_equal_int64,
                                 [WEIR_PHYSICAL_FLOAT] = less_equal_float,
                                 [WEIR_PHYSICAL_DOUBLE] = less_equal_double},
};

static inline bool holds(WeirCompare operation, int order)
{
    return operation == WEIR_COMPARE_EQUAL ? order == 0 : operation == WEIR_COMPARE_LESS ? order < 0 : order <= 0;
}

static inline bool live(const WeirKernelCall *call, uint32_t row)
{
    return call->validity == NULL || weir_bit_get(call->validity, row);
}

/* Equality with one string: its head (length and prefix) decides most rows without leaving the view. */
static void equal_constant_view(const WeirKernelCall *call, const WeirStringView *views, const WeirStringView *wanted,
                                uint8_t *out)
{
    uint64_t head, tail;
    memcpy(&head, wanted, 8);
    memcpy(&tail, (const uint8_t *)wanted + 8, 8);
    bool inlined = wanted->length <= WEIR_VIEW_INLINE_BYTES;
    if (inlined && call->selection == NULL &&
        call->validity == NULL) { /* no reference is followed: every row may be looked at */
        for (uint32_t row = 0; row < call->count; row++) {
            uint64_t words[2];
            memcpy(words, &views[row], 16);
            out[row] = (words[0] == head) & (words[1] == tail);
        }
        return;
    }
    WEIR_FOR_ROWS(call, row)
    {
        uint64_t other;
        memcpy(&other, &views[row], 8);
        out[row] = other == head && live(call, row) && weir_view_equal(&views[row], wanted);
    }
}

static void compare_views(const WeirKernelCall *call, WeirCompare operation, const WeirVector *left,
                          const WeirVector *right, uint8_t *out)
{
    WeirArgument x = weir_argument(left), y = weir_argument(right);
    if (operation == WEIR_COMPARE_EQUAL && y.mask == 0 && x.mask != 0) {
        equal_constant_view(call, x.values, y.values, out);
        return;
    }
    WEIR_FOR_ROWS(call, row)
    {
        if (!live(call, row))
            continue;
        const WeirStringView *a = weir_argument_view(&x, row), *b = weir_argument_view(&y, row);
        out[row] = operation == WEIR_COMPARE_EQUAL ? weir_view_equal(a, b) : holds(operation, weir_view_compare(a, b));
    }
}

static void compare_rows(const WeirKernelCall *call, WeirCompare operation, const WeirVector *left,
                         const WeirVector *right, uint8_t *out)
{
    WEIR_FOR_ROWS(call, row)
    if (live(call, row))
        out[row] = holds(operation, weir_vector_compare_rows(left, row, right, row));
}

void weir_compare_run(const WeirKernelCall *call, WeirCompare operation, const WeirVector *left,
                      const WeirVector *right, WeirVector *result)
{
    WeirPhysicalType physical = weir_type_physical(left->type);
    CompareLoop loop = loops[operation][physical];
    if (loop != NULL) {
        WeirKernelCall one = *call;
        if (left->kind == WEIR_VECTOR_CONSTANT && right->kind == WEIR_VECTOR_CONSTANT)
            one.dense = false;
        loop(&one, left, right, result);
    } else if (physical == WEIR_PHYSICAL_VIEW) {
        compare_views(call, operation, left, right, result->values);
    } else {
        compare_rows(call, operation, left, right, result->values);
    }
}
