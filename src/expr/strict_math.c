/* Exponentials, logarithms, the cube root and the hyperbolic functions. Each reduces its argument to a small interval,
 * takes a minimax polynomial there and puts the parts together so that what rounding loses stays small; the order of
 * operations is part of the result. */
#include "expr/strict_math.h"

#include <math.h>
#include <stdbool.h>

/* ln 2 in two parts: the first has trailing zeros, so that small multiples of it are exact. */
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define LN2_INVERSE 1.44269504088896338700e+00
#define TWO_54 18014398509481984.0
#define OVERFLOW_AT 7.09782712893383973096e+02
#define UNDERFLOW_AT (-7.45133219101941108420e+02)

/* x - t², where t is r (e^r + 1) / (e^r - 1): what exp and pow are made of. */
static double exp_remainder(double r, double square)
{
    return r - square *
                   (1.66666666666666019037e-01 +
                    square * (-2.77777777770155933842e-03 +
                              square * (6.61375632143793436117e-05 +
                                        square * (-1.65339022054652515390e-06 + square * 4.13813679705723846039e-08))));
}

double weir_strict_exp(double x)
{
    int32_t signed_high = weir_double_high(x), high = signed_high & 0x7fffffff, k = 0;
    bool negative = signed_high < 0;
    double above = 0, below = 0;
    if (isnan(x))
        return x + x;
    if (x > OVERFLOW_AT)
        return INFINITY;
    if (x < UNDERFLOW_AT)
        return 0;
    if (high > 0x3fd62e42) { /* more than half of ln 2 */
        if (high < 0x3ff0a2b2) {
            k = negative ? -1 : 1;
            above = negative ? x + LN2_HIGH : x - LN2_HIGH;
            below = negative ? -LN2_LOW : LN2_LOW;
        } else {
            k = (int32_t)(LN2_INVERSE * x + (negative ? -0.5 : 0.5));
            above = x - k * LN2_HIGH;
            below = k * LN2_LOW;
        }
        x = above - below;
    } else if (high < 0x3e300000) {
        return 1.0 + x;
    }
    double c = exp_remainder(x, x * x);
    if (k == 0)
        return 1.0 - ((x * c) / (c - 2.0) - x);
    double y = 1.0 - ((below - (x * c) / (2.0 - c)) - above);
    if (k >= -1021)
        return weir_double_scaled(y, k);
    return weir_double_scaled(y, k + 1000) * 0x1p-1000;
}

/* exp(r) - 1 for a reduced r, put together again with its power of two. */
static double expm1_rebuilt(double x, double c, int32_t k)
{
    double half = 0.5 * x, square = x * half;
    double series =
        1.0 +
        square * (-3.33333333333331316428e-02 +
                  square * (1.58730158725481460165e-03 +
                            square * (-7.93650757867487942473e-05 +
                                      square * (4.00821782732936239552e-06 + square * -2.01099218183624371326e-07))));
    double t = 3.0 - series * half, e = square * ((series - t) / (6.0 - x * t));
    if (k == 0)
        return x - (x * e - square);
    e = x * (e - c) - c;
    e -= square;
    if (k == -1)
        return 0.5 * (x - e) - 0.5;
    if (k == 1)
        return x < -0.25 ? -2.0 * (e - (x + 0.5)) : 1.0 + 2.0 * (x - e);
    if (k <= -2 || k > 56)
        return weir_double_scaled(1.0 - (e - x), k) - 1.0;
    double power = weir_double_scaled(1.0, -k);
    if (k < 20)
        return weir_double_scaled((1.0 - power) - (e - x), k);
    return weir_double_scaled((x - (e + power)) + 1.0, k);
}

double weir_strict_expm1(double x)
{
    int32_t signed_high = weir_double_high(x), high = signed_high & 0x7fffffff, k = 0;
    bool negative = signed_high < 0;
    double c = 0;
    if (isnan(x))
        return x + x;
    if (high >= 0x4043687a) { /* 56 ln 2 and more */
        if (x > OVERFLOW_AT)
            return INFINITY;
        if (negative)
            return -1.0;
    }
    if (high > 0x3fd62e42) {
        double above, below;
        if (high < 0x3ff0a2b2) {
            k = negative ? -1 : 1;
            above = negative ? x + LN2_HIGH : x - LN2_HIGH;
            below = negative ? -LN2_LOW : LN2_LOW;
        } else {
            k = (int32_t)(LN2_INVERSE * x + (negative ? -0.5 : 0.5));
            above = x - k * LN2_HIGH;
            below = k * LN2_LOW;
        }
        x = above - below;
        c = (above - x) - below;
    } else if (high < 0x3c900000) {
        return x;
    }
    if (k == 1024) /* the largest power has no double of its own */
        return expm1_rebuilt(x, c, 1023) * 2.0;
    return expm1_rebuilt(x, c, k);
}

double weir_strict_log(double x)
{
    int32_t high = weir_double_high(x), k = 0;
    if (isnan(x) || x < 0)
        return NAN;
    if (x == 0)
        return -INFINITY;
    if (isinf(x))
        return x;
    if (high < 0x00100000) {
        k = -54;
        x *= TWO_54;
        high = weir_double_high(x);
    }
    k += (high >> 20) - 1023;
    high &= 0x000fffff;
    int32_t upper = (high + 0x95f64) & 0x100000;
    x = weir_double_with_high(x, high | (upper ^ 0x3ff00000)); /* between sqrt(2)/2 and sqrt(2) */
    k += upper >> 20;
    double f = x - 1.0, dk = k;
    if ((0x000fffff & (2 + high)) < 3) {
        if (f == 0)
            return k == 0 ? 0 : dk * LN2_HIGH + dk * LN2_LOW;
        double rest = f * f * (0.5 - 0.33333333333333333 * f);
        return k == 0 ? f - rest : dk * LN2_HIGH - ((rest - dk * LN2_LOW) - f);
    }
    double s = f / (2.0 + f), z = s * s, w = z * z;
    double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double odd = z * (6.666666666666735130e-01 +
                      w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double rest = odd + even;
    if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
        double half = 0.5 * f * f;
        return k == 0 ? f - (half - s * (half + rest))
                      : dk * LN2_HIGH - ((half - (s * (half + rest) + dk * LN2_LOW)) - f);
    }
    return k == 0 ? f - s * (f - rest) : dk * LN2_HIGH - ((s * (f - rest) - dk * LN2_LOW) - f);
}

double weir_strict_log10(double x)
{
    int32_t high = weir_double_high(x), k = 0;
    if (isnan(x) || x < 0)
        return NAN;
    if (x == 0)
        return -INFINITY;
    if (isinf(x))
        return x;
    if (high < 0x00100000) {
        k = -54;
        x *= TWO_54;
        high = weir_double_high(x);
    }
    k += (high >> 20) - 1023;
    int32_t below_one = k < 0;
    double y = k + below_one;
    x = weir_double_with_high(x, (high & 0x000fffff) | (0x3ff - below_one) << 20);
    double z = y * 3.69423907715893078616e-13 + 4.34294481903251816668e-01 * weir_strict_log(x);
    return z + y * 3.01029995663611771306e-01;
}

/* log(2^k (1 + f) + c). */
static double log1p_rebuilt(double f, double c, int32_t k, bool exact)
{
    double half = 0.5 * f * f, dk = k;
    if (exact) {
        if (f == 0)
            return k == 0 ? 0 : dk * LN2_HIGH + (c + dk * LN2_LOW);
        double rest = half * (1.0 - 0.66666666666666666 * f);
        return k == 0 ? f - rest : dk * LN2_HIGH - ((rest - (dk * LN2_LOW + c)) - f);
    }
    double s = f / (2.0 + f), z = s * s;
    double rest = z * (6.666666666666735130e-01 +
                       z * (3.999999999940941908e-01 +
                            z * (2.857142874366239149e-01 +
                                 z * (2.222219843214978396e-01 +
                                      z * (1.818357216161805012e-01 +
                                           z * (1.531383769920937332e-01 + z * 1.479819860511658591e-01))))));
    return k == 0 ? f - (half - s * (half + rest))
                  : dk * LN2_HIGH - ((half - (s * (half + rest) + (dk * LN2_LOW + c))) - f);
}

double weir_strict_log1p(double x)
{
    int32_t high = weir_double_high(x), size = high & 0x7fffffff, k = 1, fraction = 0;
    if (isnan(x) || x < -1.0)
        return NAN;
    if (x == -1.0)
        return -INFINITY;
    if (isinf(x))
        return x;
    double f = 0, c = 0;
    if (high < 0x3fda827a) { /* below sqrt(2) - 1 */
        if (size < 0x3e200000)
            return size < 0x3c900000 ? x : x - x * x * 0.5;
        if (high > 0 || high <= -0x402d413d) { /* above sqrt(2)/2 - 1 */
            k = 0;
            f = x;
            fraction = 1;
        }
    }
    if (k != 0) {
        double u = x;
        if (high < 0x43400000) {
            u = 1.0 + x;
            fraction = weir_double_high(u);
            k = (fraction >> 20) - 1023;
            c = (k > 0 ? 1.0 - (u - x) : x - (u - 1.0)) / u;
        } else {
            fraction = weir_double_high(u);
            k = (fraction >> 20) - 1023;
        }
        fraction &= 0x000fffff;
        if (fraction < 0x6a09e) {
            u = weir_double_with_high(u, fraction | 0x3ff00000);
        } else {
            k++;
            u = weir_double_with_high(u, fraction | 0x3fe00000);
            fraction = (0x00100000 - fraction) >> 2;
        }
        f = u - 1.0;
    }
    return log1p_rebuilt(f, c, k, fraction == 0);
}

double weir_strict_cbrt(double x)
{
    double size = fabs(x), t = 0;
    if (!isfinite(x) || x == 0)
        return x + x;
    int32_t high = weir_double_high(size);
    if (high < 0x00100000) { /* subnormal */
        t = TWO_54 * size;
        t = weir_double_with_high(t, weir_double_high(t) / 3 + 696219795);
    } else {
        t = weir_double_with_high(0, high / 3 + 715094163);
    }
    double r = t * t / size, s = 5.42857142857142815906e-01 + r * t; /* to 23 bits */
    t *= 3.57142857142857150787e-01 +
         1.60714285714285720630e+00 / (s + 1.41428571428571436819e+00 + -7.05306122448979611050e-01 / s);
    t = weir_double_from_bits((uint64_t)(uint32_t)(weir_double_high(t) + 1) << 32); /* 20 bits, a little too large */
    s = t * t;                                                                      /* exact */
    r = size / s;
    double w = t + t;
    r = (r - t) / (w + r);
    return copysign(t + t * r, x);
}

/* exp(size) / 2 where exp itself may be too large. */
static double half_exp(double size)
{
    if (weir_double_high(size) < 0x40862e42)
        return 0.5 * weir_strict_exp(size);
    if (size > 7.10475860073943863426e+02)
        return INFINITY;
    double w = weir_strict_exp(0.5 * size);
    return 0.5 * w * w;
}

double weir_strict_sinh(double x)
{
    double size = fabs(x), half = x < 0 ? -0.5 : 0.5;
    int32_t high = weir_double_high(size);
    if (!isfinite(x))
        return x + x;
    if (high < 0x40360000) { /* 22 */
        if (high < 0x3e300000)
            return x;
        double t = weir_strict_expm1(size);
        return high < 0x3ff00000 ? half * (2.0 * t - t * t / (t + 1.0)) : half * (t + t / (t + 1.0));
    }
    return copysign(half_exp(size), x);
}

double weir_strict_cosh(double x)
{
    double size = fabs(x);
    int32_t high = weir_double_high(size);
    if (!isfinite(x))
        return x * x;
    if (high < 0x3fd62e43) {
        double t = weir_strict_expm1(size), w = 1.0 + t;
        return high < 0x3c800000 ? w : 1.0 + (t * t) / (w + w);
    }
    if (high < 0x40360000) {
        double t = weir_strict_exp(size);
        return 0.5 * t + 0.5 / t;
    }
    return half_exp(size);
}

double weir_strict_tanh(double x)
{
    double size = fabs(x), z = 1.0;
    int32_t high = weir_double_high(size);
    if (isnan(x))
        return x + x;
    if (high < 0x40360000) {
        if (high < 0x3c800000)
            return x * (1.0 + x);
        double t = weir_strict_expm1(high >= 0x3ff00000 ? 2.0 * size : -2.0 * size);
        z = high >= 0x3ff00000 ? 1.0 - 2.0 / (t + 2.0) : -t / (t + 2.0);
    }
    return x < 0 ? -z : z;
}

#define LN2 6.93147180559945286227e-01

double weir_strict_asinh(double x)
{
    double size = fabs(x), w;
    int32_t high = weir_double_high(size);
    if (!isfinite(x) || high < 0x3e300000)
        return x;
    if (high > 0x41b00000) /* 2^28 */
        w = weir_strict_log(size) + LN2;
    else if (high > 0x40000000)
        w = weir_strict_log(2.0 * size + 1.0 / (sqrt(x * x + 1.0) + size));
    else
        w = weir_strict_log1p(size + x * x / (1.0 + sqrt(1.0 + x * x)));
    return copysign(w, x);
}

double weir_strict_acosh(double x)
{
    if (isnan(x) || x < 1.0)
        return NAN;
    if (x == 1.0 || isinf(x))
        return x - (x == 1.0);
    if (weir_double_high(x) >= 0x41b00000)
        return weir_strict_log(x) + LN2;
    if (weir_double_high(x) > 0x40000000)
        return weir_strict_log(2.0 * x - 1.0 / (x + sqrt(x * x - 1.0)));
    double t = x - 1.0;
    return weir_strict_log1p(t + sqrt(2.0 * t + t * t));
}
