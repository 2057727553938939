/* The loops of integer and floating arithmetic. Overflow is found after the fact from signs, which vectorizes; only
 * when some row overflowed is the selection walked to see whether it is a live one. */
#include "expr/kernels/arithmetic.h"

#include <math.h>
#include <stdio.h>

#define NAME add_int8
#define TYPE int8_t
#define RESULT int8_t
#define COMPUTE                                                                                                        \
    const int32_t w = a + b;                                                                                           \
    r = (int8_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME subtract_int8
#define TYPE int8_t
#define RESULT int8_t
#define COMPUTE                                                                                                        \
    const int32_t w = a - b;                                                                                           \
    r = (int8_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME multiply_int8
#define TYPE int8_t
#define RESULT int8_t
#define COMPUTE                                                                                                        \
    const int32_t w = a * b;                                                                                           \
    r = (int8_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME remainder_int8
#define TYPE int8_t
#define RESULT int8_t
#define COMPUTE r = (int8_t)(b == 0 || b == -1 ? 0 : a % b)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME pmod_int8
#define TYPE int8_t
#define RESULT int8_t
#define COMPUTE                                                                                                        \
    r = (int8_t)(b == 0 || b == -1 ? 0 : a % b);                                                                       \
    r = (int8_t)(r < 0 && b != 0 ? (int8_t)((uint8_t)r + (uint8_t)b) % b : r)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME add_int16
#define TYPE int16_t
#define RESULT int16_t
#define COMPUTE                                                                                                        \
    const int32_t w = a + b;                                                                                           \
    r = (int16_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME subtract_int16
#define TYPE int16_t
#define RESULT int16_t
#define COMPUTE                                                                                                        \
    const int32_t w = a - b;                                                                                           \
    r = (int16_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME multiply_int16
#define TYPE int16_t
#define RESULT int16_t
#define COMPUTE                                                                                                        \
    const int32_t w = a * b;                                                                                           \
    r = (int16_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME remainder_int16
#define TYPE int16_t
#define RESULT int16_t
#define COMPUTE r = (int16_t)(b == 0 || b == -1 ? 0 : a % b)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME pmod_int16
#define TYPE int16_t
#define RESULT int16_t
#define COMPUTE                                                                                                        \
    r = (int16_t)(b == 0 || b == -1 ? 0 : a % b);                                                                      \
    r = (int16_t)(r < 0 && b != 0 ? (int16_t)((uint16_t)r + (uint16_t)b) % b : r)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME add_int32
#define TYPE int32_t
#define RESULT int32_t
#define COMPUTE r = (int32_t)((uint32_t)a + (uint32_t)b)
#define BAD ((uint32_t)((a ^ r) & (b ^ r))) >> 31
#include "expr/kernels/binary_template.h"

#define NAME subtract_int32
#define TYPE int32_t
#define RESULT int32_t
#define COMPUTE r = (int32_t)((uint32_t)a - (uint32_t)b)
#define BAD ((uint32_t)((a ^ b) & (a ^ r))) >> 31
#include "expr/kernels/binary_template.h"

#define NAME multiply_int32
#define TYPE int32_t
#define RESULT int32_t
#define COMPUTE                                                                                                        \
    const int64_t w = (int64_t)a * b;                                                                                  \
    r = (int32_t)w
#define BAD w != r
#include "expr/kernels/binary_template.h"

#define NAME remainder_int32
#define TYPE int32_t
#define RESULT int32_t
#define COMPUTE r = (int32_t)(b == 0 || b == -1 ? 0 : a % b)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME pmod_int32
#define TYPE int32_t
#define RESULT int32_t
#define COMPUTE                                                                                                        \
    r = (int32_t)(b == 0 || b == -1 ? 0 : a % b);                                                                      \
    r = (int32_t)(r < 0 && b != 0 ? (int32_t)((uint32_t)r + (uint32_t)b) % b : r)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME add_int64
#define TYPE int64_t
#define RESULT int64_t
#define COMPUTE r = (int64_t)((uint64_t)a + (uint64_t)b)
#define BAD ((uint64_t)((a ^ r) & (b ^ r))) >> 63
#include "expr/kernels/binary_template.h"

#define NAME subtract_int64
#define TYPE int64_t
#define RESULT int64_t
#define COMPUTE r = (int64_t)((uint64_t)a - (uint64_t)b)
#define BAD ((uint64_t)((a ^ b) & (a ^ r))) >> 63
#include "expr/kernels/binary_template.h"

#define NAME multiply_int64
#define TYPE int64_t
#define RESULT int64_t
#define COMPUTE const bool over = __builtin_mul_overflow(a, b, &r)
#define BAD over
#include "expr/kernels/binary_template.h"

#define NAME remainder_int64
#define TYPE int64_t
#define RESULT int64_t
#define COMPUTE r = (int64_t)(b == 0 || b == -1 ? 0 : a % b)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME pmod_int64
#define TYPE int64_t
#define RESULT int64_t
#define COMPUTE                                                                                                        \
    r = (int64_t)(b == 0 || b == -1 ? 0 : a % b);                                                                      \
    r = (int64_t)(r < 0 && b != 0 ? (int64_t)((uint64_t)r + (uint64_t)b) % b : r)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME add_float
#define TYPE float
#define RESULT float
#define COMPUTE r = a + b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME subtract_float
#define TYPE float
#define RESULT float
#define COMPUTE r = a - b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME multiply_float
#define TYPE float
#define RESULT float
#define COMPUTE r = a * b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME divide_float
#define TYPE float
#define RESULT float
#define COMPUTE r = a / b
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME remainder_float
#define TYPE float
#define RESULT float
#define COMPUTE r = fmodf(a, b)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME pmod_float
#define TYPE float
#define RESULT float
#define COMPUTE                                                                                                        \
    r = fmodf(a, b);                                                                                                   \
    r = r < 0 ? fmodf(r + b, b) : r
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME add_double
#define TYPE double
#define RESULT double
#define COMPUTE r = a + b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME subtract_double
#define TYPE double
#define RESULT double
#define COMPUTE r = a - b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME multiply_double
#define TYPE double
#define RESULT double
#define COMPUTE r = a * b
#define BAD 0
#include "expr/kernels/binary_template.h"

#define NAME divide_double
#define TYPE double
#define RESULT double
#define COMPUTE r = a / b
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME remainder_double
#define TYPE double
#define RESULT double
#define COMPUTE r = fmod(a, b)
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME pmod_double
#define TYPE double
#define RESULT double
#define COMPUTE                                                                                                        \
    r = fmod(a, b);                                                                                                    \
    r = r < 0 ? fmod(r + b, b) : r
#define BAD b == 0
#include "expr/kernels/binary_template.h"

#define NAME integral_divide_int64
#define TYPE int64_t
#define RESULT int64_t
#define COMPUTE r = b == 0 ? 0 : b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b
#define BAD (b == 0) | ((b == -1) & (a == INT64_MIN))
#include "expr/kernels/binary_template.h"

typedef bool (*BinaryLoop)(const WeirKernelCall *, const WeirVector *, const WeirVector *, WeirVector *);

static BinaryLoop loop_of(WeirArithmetic operation, WeirPhysicalType physical)
{
    static const BinaryLoop loops[7][WEIR_PHYSICAL_STRUCT + 1] = {
        [WEIR_ADD] = {[WEIR_PHYSICAL_INT8] = add_int8,
                      [WEIR_PHYSICAL_INT16] = add_int16,
                      [WEIR_PHYSICAL_INT32] = add_int32,
                      [WEIR_PHYSICAL_INT64] = add_int64,
                      [WEIR_PHYSICAL_FLOAT] = add_float,
                      [WEIR_PHYSICAL_DOUBLE] = add_double},
        [WEIR_SUBTRACT] = {[WEIR_PHYSICAL_INT8] = subtract_int8,
                           [WEIR_PHYSICAL_INT16] = subtract_int16,
                           [WEIR_PHYSICAL_INT32] = subtract_int32,
                           [WEIR_PHYSICAL_INT64] = subtract_int64,
                           [WEIR_PHYSICAL_FLOAT] = subtract_float,
                           [WEIR_PHYSICAL_DOUBLE] = subtract_double},
        [WEIR_MULTIPLY] = {[WEIR_PHYSICAL_INT8] = multiply_int8,
                           [WEIR_PHYSICAL_INT16] = multiply_int16,
                           [WEIR_PHYSICAL_INT32] = multiply_int32,
                           [WEIR_PHYSICAL_INT64] = multiply_int64,
                           [WEIR_PHYSICAL_FLOAT] = multiply_float,
                           [WEIR_PHYSICAL_DOUBLE] = multiply_double},
        [WEIR_DIVIDE] = {[WEIR_PHYSICAL_FLOAT] = divide_float, [WEIR_PHYSICAL_DOUBLE] = divide_double},
        [WEIR_REMAINDER] = {[WEIR_PHYSICAL_INT8] = remainder_int8,
                            [WEIR_PHYSICAL_INT16] = remainder_int16,
                            [WEIR_PHYSICAL_INT32] = remainder_int32,
                            [WEIR_PHYSICAL_INT64] = remainder_int64,
                            [WEIR_PHYSICAL_FLOAT] = remainder_float,
                            [WEIR_PHYSICAL_DOUBLE] = remainder_double},
        [WEIR_INTEGRAL_DIVIDE] = {[WEIR_PHYSICAL_INT64] = integral_divide_int64},
        [WEIR_PMOD] = {[WEIR_PHYSICAL_INT8] = pmod_int8,
                       [WEIR_PHYSICAL_INT16] = pmod_int16,
                       [WEIR_PHYSICAL_INT32] = pmod_int32,
                       [WEIR_PHYSICAL_INT64] = pmod_int64,
                       [WEIR_PHYSICAL_FLOAT] = pmod_float,
                       [WEIR_PHYSICAL_DOUBLE] = pmod_double},
    };
    return loops[operation][physical];
}

/* Whether this row's operands have no result; the slow look after a loop reported some. */
static bool row_is_bad(WeirArithmetic operation, const WeirVector *left, uint32_t x, const WeirVector *right,
                       uint32_t y)
{
    int64_t a = 0, b = 0, r = 0;
    WeirPhysicalType physical = weir_type_physical(left->type);
    switch (physical) {
    case WEIR_PHYSICAL_INT8:
        a = ((const int8_t *)left->values)[x];
        b = ((const int8_t *)right->values)[y];
        break;
    case WEIR_PHYSICAL_INT16:
        a = ((const int16_t *)left->values)[x];
        b = ((const int16_t *)right->values)[y];
        break;
    case WEIR_PHYSICAL_INT32:
        a = ((const int32_t *)left->values)[x];
        b = ((const int32_t *)right->values)[y];
        break;
    case WEIR_PHYSICAL_INT64:
        a = ((const int64_t *)left->values)[x];
        b = ((const int64_t *)right->values)[y];
        break;
    case WEIR_PHYSICAL_FLOAT:
        return ((const float *)right->values)[y] == 0;
    default:
        return ((const double *)right->values)[y] == 0;
    }
    bool over = false;
    switch (operation) {
    case WEIR_ADD:
        over = __builtin_add_overflow(a, b, &r);
        break;
    case WEIR_SUBTRACT:
        over = __builtin_sub_overflow(a, b, &r);
        break;
    case WEIR_MULTIPLY:
        over = __builtin_mul_overflow(a, b, &r);
        break;
    default:
        return b == 0 || (operation == WEIR_INTEGRAL_DIVIDE && b == -1 && a == INT64_MIN);
    }
    int unused_bits = 64 - 8 * (int)weir_physical_size(physical);
    return over || (int64_t)((uint64_t)r << unused_bits) >> unused_bits != r;
}

WeirStatus weir_overflow_error(const WeirKernelCall *call, const char *message, const char *alternative,
                               WeirError *error)
{
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_ARITHMETIC_OVERFLOW, "message", message, "alternative",
                                         alternative, "config", "\"spark.sql.ansi.enabled\""),
                          error);
}

/* Bytes and shorts have a condition of their own, which names the operands. */
static WeirStatus narrow_overflow(const WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                                  uint32_t x, const WeirVector *right, uint32_t y, WeirError *error)
{
    static const char *const symbols[] = {"+", "-", "*"}, *const hints[] = {"`try_add`", "`try_subtract`",
                                                                            "`try_multiply`"};
    bool bytes = weir_type_physical(left->type) == WEIR_PHYSICAL_INT8;
    char a[16], b[16];
    snprintf(a, sizeof(a), "%d%c", bytes ? ((const int8_t *)left->values)[x] : ((const int16_t *)left->values)[x],
             bytes ? 'Y' : 'S');
    snprintf(b, sizeof(b), "%d%c", bytes ? ((const int8_t *)right->values)[y] : ((const int16_t *)right->values)[y],
             bytes ? 'Y' : 'S');
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_BINARY_ARITHMETIC_OVERFLOW, "value1", a, "symbol",
                                         symbols[operation], "value2", b, "functionName", hints[operation]),
                          error);
}

static WeirStatus bad_row_error(const WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                                uint32_t x, const WeirVector *right, uint32_t y, WeirError *error)
{
    static const char *const hints[] = {"'try_add'", "'try_subtract'", "'try_multiply'"};
    WeirPhysicalType physical = weir_type_physical(left->type);
    if (operation <= WEIR_MULTIPLY && (physical == WEIR_PHYSICAL_INT8 || physical == WEIR_PHYSICAL_INT16))
        return narrow_overflow(call, operation, left, x, right, y, error);
    if (operation <= WEIR_MULTIPLY)
        return weir_overflow_error(call, physical == WEIR_PHYSICAL_INT32 ? "integer overflow" : "long overflow",
                                   hints[operation], error);
    WeirStatus status = operation == WEIR_REMAINDER || operation == WEIR_PMOD ? WEIR_ERROR_REMAINDER_BY_ZERO
                                                                              : WEIR_ERROR_DIVIDE_BY_ZERO;
    return weir_row_error(call, weir_error_set(error, status, "config", "\"spark.sql.ansi.enabled\""), error);
}

/* Some row was bad: raise if it is live, or turn it to null. */
static WeirStatus handle_bad_rows(WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                                  const WeirVector *right, WeirVector *result, WeirError *error)
{
    WeirEvalMode mode = call->expression->eval_mode;
    bool wraps = mode == WEIR_EVAL_LEGACY && operation <= WEIR_MULTIPLY;
    if (wraps)
        return WEIR_OK;
    uint32_t mask_x = left->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    uint32_t mask_y = right->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WEIR_FOR_ROWS(call, row)
    {
        if (call->validity != NULL && !weir_bit_get(call->validity, row))
            continue;
        if (!row_is_bad(operation, left, row & mask_x, right, row & mask_y))
            continue;
        if (mode == WEIR_EVAL_ANSI && operation == WEIR_INTEGRAL_DIVIDE &&
            ((const int64_t *)right->values)[row & mask_y] != 0)
            return weir_overflow_error(call, "Overflow in integral divide", "'try_divide'", error);
        if (mode == WEIR_EVAL_ANSI)
            return bad_row_error(call, operation, left, row & mask_x, right, row & mask_y, error);
        weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WeirStatus weir_arithmetic_run(WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                               const WeirVector *right, WeirVector *result, WeirError *error)
{
    BinaryLoop loop = loop_of(operation, weir_type_physical(left->type));
    WEIR_ASSERT(loop != NULL);
    bool both_constant = left->kind == WEIR_VECTOR_CONSTANT && right->kind == WEIR_VECTOR_CONSTANT;
    WeirKernelCall one = *call;
    if (both_constant)
        one.dense = false; /* the masks of the selective loop */
    if (loop(&one, left, right, result))
        return handle_bad_rows(call, operation, left, right, result, error);
    return WEIR_OK;
}
