/* Elementary functions that round as Java's StrictMath does, which is specified bit for bit: the error of these
 * well-known approximations is below one unit in the last place, so a correctly rounded function would differ in about
 * every tenth value. The C library's sin, cos and tan are left: Spark takes the processor's there. */
#ifndef WEIR_EXPR_STRICT_MATH_H
#define WEIR_EXPR_STRICT_MATH_H

#include <stdint.h>
#include <string.h>

double weir_strict_exp(double x);
double weir_strict_expm1(double x);
double weir_strict_log(double x);
double weir_strict_log10(double x);
double weir_strict_log1p(double x);
double weir_strict_pow(double x, double y);
double weir_strict_cbrt(double x);
double weir_strict_sinh(double x);
double weir_strict_cosh(double x);
double weir_strict_tanh(double x);
double weir_strict_asinh(double x);
double weir_strict_acosh(double x);
double weir_strict_asin(double x);
double weir_strict_acos(double x);
double weir_strict_atan(double x);
double weir_strict_atan2(double y, double x);
double weir_strict_hypot(double x, double y);

/* The approximations choose their range by the upper half of a number's bits: sign, exponent, 20 bits of fraction. */
static inline uint64_t weir_double_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof(bits));
    return bits;
}
static inline double weir_double_from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof(x));
    return x;
}
static inline int32_t weir_double_high(double x)
{
    return (int32_t)(weir_double_bits(x) >> 32);
}
static inline uint32_t weir_double_low(double x)
{
    return (uint32_t)weir_double_bits(x);
}
static inline double weir_double_with_high(double x, int32_t high)
{
    return weir_double_from_bits((uint64_t)(uint32_t)high << 32 | weir_double_low(x));
}
/* The upper half alone: 20 bits of fraction, so that products of two such numbers are exact. */
static inline double weir_double_head(double x)
{
    return weir_double_from_bits(weir_double_bits(x) & 0xffffffff00000000u);
}
/* x times two to the power n, where neither x nor the result is subnormal. */
static inline double weir_double_scaled(double x, int32_t n)
{
    return weir_double_from_bits(weir_double_bits(x) + ((uint64_t)(uint32_t)n << 52));
}

#endif
