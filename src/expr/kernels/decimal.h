/* Decimal arithmetic as Spark's Decimal does it: exact intermediate results (256 bits where needed), then rounding half
 * up to the result's scale; a value that needs more digits than the precision is an overflow. */
#ifndef WEIR_EXPR_KERNELS_DECIMAL_H
#define WEIR_EXPR_KERNELS_DECIMAL_H

#include "expr/kernel.h"
#include "expr/kernels/arithmetic.h"

typedef unsigned __int128 WeirUint128;

WeirInt128 weir_power_of_ten(int exponent); /* 0..38 */
/* Value times 10^(to - from), rounded half up when digits are dropped; false: more than `precision` digits (or 128
 * bits). */
bool weir_decimal_rescale(WeirInt128 value, int from_scale, int to_scale, int precision, WeirInt128 *out);
static inline bool weir_decimal_fits(WeirInt128 value, int precision)
{
    WeirInt128 limit = weir_power_of_ten(precision);
    return value < limit && value > -limit;
}
bool weir_decimal_add(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale, WeirInt128 *out);
bool weir_decimal_multiply(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale,
                           WeirInt128 *out);
bool weir_decimal_divide(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale,
                         WeirInt128 *out); /* b != 0 */
bool weir_decimal_remainder(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale,
                            WeirInt128 *out);
/* Integer part of a / b; false when it does not fit a long. */
bool weir_decimal_integral_divide(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int64_t *out);
int weir_decimal_compare(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b);
double weir_decimal_to_double(WeirInt128 value, int scale);
/* Plain decimal text, as BigDecimal.toString does for scales >= 0 without exponent; at most 48 bytes. Returns the
 * length. */
uint32_t weir_decimal_text(WeirInt128 value, int scale, char *out);

static inline WeirInt128 weir_decimal_load(const WeirArgument *argument, bool wide, uint32_t row)
{
    if (!wide)
        return ((const int64_t *)argument->values)[row & argument->mask];
    WeirInt128 value;
    memcpy(&value, (const uint8_t *)argument->values + (size_t)(row & argument->mask) * 16u, sizeof(value));
    return value;
}
static inline void weir_decimal_store(WeirVector *result, bool wide, uint32_t row, WeirInt128 value)
{
    if (wide)
        memcpy((uint8_t *)result->values + (size_t)row * 16u, &value, sizeof(value));
    else
        ((int64_t *)result->values)[row] = (int64_t)value;
}
static inline bool weir_decimal_is_wide(const WeirDataType *type)
{
    return type->precision > 18;
}

WEIR_CHECKED WeirStatus weir_decimal_run(WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                                         const WeirVector *right, WeirVector *result, WeirError *error);
/* NUMERIC_VALUE_OUT_OF_RANGE for a value that does not fit decimal(precision, scale). */
WeirStatus weir_decimal_range_error(const WeirKernelCall *call, WeirInt128 value, int value_scale, int precision,
                                    int scale, WeirError *error);

#endif
