/* x to the power y: log2(x) with 53 + 24 bits in two numbers, times y, and 2 to the power of that. */
#include <math.h>
#include <stdbool.h>

#include "expr/strict_math.h"

typedef struct Pair {
    double head, tail;
} Pair;

enum { NOT_INTEGRAL, ODD, EVEN };

static int parity(double y)
{
    double size = fabs(y);
    if (size >= 0x1p53)
        return EVEN;
    if (size < 1.0 || floor(size) != size)
        return NOT_INTEGRAL;
    return (int64_t)size % 2 == 1 ? ODD : EVEN;
}

#define INVERSE_LN2 1.44269504088896338700e+00
#define INVERSE_LN2_HEAD 1.44269502162933349609e+00
#define INVERSE_LN2_TAIL 1.92596299112661746887e-08

/* log2 of x close to 1, for a huge y: four terms suffice. */
static Pair log2_near_one(double x)
{
    double t = x - 1.0, w = (t * t) * (0.5 - t * (0.3333333333333333333333 - t * 0.25));
    double u = INVERSE_LN2_HEAD * t, v = t * INVERSE_LN2_TAIL - w * INVERSE_LN2;
    double head = weir_double_head(u + v);
    return (Pair){head, v - (head - u)};
}

static Pair log2_of(double x)
{
    /* 1 and 3/2, and their log2 in two parts */
    static const double point[] = {1.0, 1.5}, point_head[] = {0.0, 5.84962487220764160156e-01},
                        point_tail[] = {0.0, 1.35003920212974897128e-08};
    int32_t n = 0, k = 0, high = weir_double_high(x);
    if (high < 0x00100000) {
        x *= 0x1p53;
        n = -53;
        high = weir_double_high(x);
    }
    n += (high >> 20) - 0x3ff;
    int32_t fraction = high & 0x000fffff;
    high = fraction | 0x3ff00000;
    if (fraction > 0x3988e && fraction < 0xbb67a) { /* from sqrt(3/2) to sqrt(3) */
        k = 1;
    } else if (fraction >= 0xbb67a) {
        n++;
        high -= 0x00100000;
    }
    x = weir_double_with_high(x, high);
    double u = x - point[k], v = 1.0 / (x + point[k]), s = u * v, s_head = weir_double_head(s);
    double sum_head =
        weir_double_from_bits((uint64_t)(uint32_t)(((high >> 1) | 0x20000000) + 0x00080000 + (k << 18)) << 32);
    double sum_tail = x - (sum_head - point[k]);
    double s_tail = v * ((u - s_head * sum_head) - s_head * sum_tail), square = s * s;
    double r =
        square * square *
        (5.99999999999994648725e-01 +
         square * (4.28571428578550184252e-01 +
                   square * (3.33333329818377432918e-01 +
                             square * (2.72728123808534006489e-01 +
                                       square * (2.30660745775561754067e-01 + square * 2.06975017800338417784e-01)))));
    r += s_tail * (s_head + s);
    square = s_head * s_head;
    double t_head = weir_double_head(3.0 + square + r), t_tail = r - ((t_head - 3.0) - square);
    u = s_head * t_head;
    v = s_tail * t_head + t_tail * s;
    double p_head = weir_double_head(u + v), p_tail = v - (p_head - u);
    double z_head = 9.61796700954437255859e-01 * p_head; /* 2 / (3 ln 2) */
    double z_tail = -7.02846165095275826516e-09 * p_head + p_tail * 9.61796693925975554329e-01 + point_tail[k];
    double t = n, head = weir_double_head(((z_head + z_tail) + point_head[k]) + t);
    return (Pair){head, z_tail - (((head - t) - point_head[k]) - z_head)};
}

/* sign · 2^(head + tail). */
static double power_of_two(double head, double tail, double sign)
{
    double z = tail + head;
    int32_t high = weir_double_high(z);
    if (high >= 0x40900000) { /* 1024 */
        if (z != 1024.0 || tail + 8.0085662595372944372e-17 > z - head)
            return sign * INFINITY;
    } else if ((high & 0x7fffffff) >= 0x4090cc00) { /* -1075 */
        if (z != -1075.0 || tail <= z - head)
            return sign * 0.0;
    }
    int32_t size = high & 0x7fffffff, exponent = (size >> 20) - 0x3ff, n = 0;
    if (size > 0x3fe00000) { /* take the nearest integer off */
        n = high + (0x00100000 >> (exponent + 1));
        exponent = ((n & 0x7fffffff) >> 20) - 0x3ff;
        double whole = weir_double_from_bits((uint64_t)(uint32_t)(n & ~(0x000fffff >> exponent)) << 32);
        n = ((n & 0x000fffff) | 0x00100000) >> (20 - exponent);
        n = high < 0 ? -n : n;
        head -= whole;
    }
    double t = weir_double_head(tail + head), u = t * 6.93147182464599609375e-01;
    double v = (tail - (t - head)) * 6.93147180559945286227e-01 + t * -1.90465429995776804525e-09;
    z = u + v;
    double w = v - (z - u);
    t = z * z;
    double rest = z - t * (1.66666666666666019037e-01 +
                           t * (-2.77777777770155933842e-03 +
                                t * (6.61375632143793436117e-05 +
                                     t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    double r = (z * rest) / (rest - 2.0) - (w + z * w);
    z = 1.0 - (r - z);
    if ((weir_double_high(z) >> 20) + n <= 0)
        return sign * ldexp(z, n);
    return sign * weir_double_scaled(z, n);
}

/* Where x is 0, infinite, 1 or -1. */
static double of_special_base(double x, double y, int integral)
{
    double z = fabs(x);
    if (y < 0)
        z = 1.0 / z;
    if (signbit(x)) {
        if (z == 1.0 && integral == NOT_INTEGRAL)
            return NAN;
        if (integral == ODD)
            z = -z;
    }
    return z;
}

double weir_strict_pow(double x, double y)
{
    if (y == 0)
        return 1.0;
    if (isnan(x) || isnan(y))
        return NAN;
    double size = fabs(x);
    int integral = parity(y);
    if (isinf(y)) {
        if (size == 1.0)
            return NAN;
        return (size > 1.0) == (y > 0) ? INFINITY : 0.0;
    }
    if (y == 1.0)
        return x;
    if (y == -1.0)
        return 1.0 / x;
    if (y == 2.0)
        return x * x;
    if (y == 0.5 && !signbit(x))
        return sqrt(x);
    if (x == 0 || isinf(x) || size == 1.0)
        return of_special_base(x, y, integral);
    if (x < 0 && integral == NOT_INTEGRAL)
        return NAN;
    double sign = x < 0 && integral == ODD ? -1.0 : 1.0;
    Pair log2;
    if (fabs(y) > 0x1p31) {
        int32_t high = weir_double_high(size);
        if (high < 0x3fefffff || high > 0x3ff00000 || fabs(y) > 0x1p64)
            return (size > 1.0) == (y > 0) ? sign * INFINITY : sign * 0.0;
        log2 = log2_near_one(size);
    } else {
        log2 = log2_of(size);
    }
    double y_head = weir_double_head(y);
    return power_of_two(y_head * log2.head, (y - y_head) * log2.head + y * log2.tail, sign);
}
