/* Angles and the length of a hypotenuse. */
#include <math.h>
#include <stdbool.h>

#include "expr/strict_math.h"

#define HALF_PI_HIGH 1.57079632679489655800e+00
#define HALF_PI_LOW 6.12323399573676603587e-17
#define QUARTER_PI 7.85398163397448278999e-01
#define PI_HIGH 3.14159265358979311600e+00
#define PI_LOW 1.2246467991473531772e-16

/* (asin(x) - x) / x³ as a quotient of polynomials of x², for |x| up to 1/2. */
static double asin_ratio(double t)
{
    double p = t * (1.66666666666666657415e-01 +
                    t * (-3.25565818622400915405e-01 +
                         t * (2.01212532134862925881e-01 +
                              t * (-4.00555345006794114027e-02 +
                                   t * (7.91534994289814532176e-04 + t * 3.47933107596021167570e-05)))));
    double q =
        1.0 +
        t * (-2.40339491173441421878e+00 +
             t * (2.02094576023350569471e+00 + t * (-6.88283971605453293030e-01 + t * 7.70381505559019352791e-02)));
    return p / q;
}

double weir_strict_asin(double x)
{
    double size = fabs(x);
    int32_t high = weir_double_high(size);
    if (isnan(x) || size > 1.0)
        return NAN;
    if (size == 1.0)
        return x * HALF_PI_HIGH + x * HALF_PI_LOW;
    if (size < 0.5)
        return high < 0x3e400000 ? x : x + x * asin_ratio(x * x);
    double t = (1.0 - size) * 0.5, ratio = asin_ratio(t), s = sqrt(t);
    if (high >= 0x3fef3333) { /* above 0.975 */
        t = HALF_PI_HIGH - (2.0 * (s + s * ratio) - HALF_PI_LOW);
    } else {
        double w = weir_double_head(s), c = (t - w * w) / (s + w);
        double p = 2.0 * s * ratio - (HALF_PI_LOW - 2.0 * c), q = QUARTER_PI - 2.0 * w;
        t = QUARTER_PI - (p - q);
    }
    return x > 0 ? t : -t;
}

double weir_strict_acos(double x)
{
    double size = fabs(x);
    if (isnan(x) || size > 1.0)
        return NAN;
    if (size == 1.0)
        return x > 0 ? 0 : PI_HIGH + 2.0 * HALF_PI_LOW;
    if (size < 0.5) {
        if (weir_double_high(size) <= 0x3c600000)
            return HALF_PI_HIGH + HALF_PI_LOW;
        return HALF_PI_HIGH - (x - (HALF_PI_LOW - x * asin_ratio(x * x)));
    }
    double z = (1.0 - size) * 0.5, s = sqrt(z), ratio = asin_ratio(z);
    if (x < 0)
        return PI_HIGH - 2.0 * (s + (ratio * s - HALF_PI_LOW));
    double head = weir_double_head(s), c = (z - head * head) / (s + head);
    return 2.0 * (head + (ratio * s + c));
}

double weir_strict_atan(double x)
{
    /* atan of 1/2, 1, 3/2 and infinity, in two parts */
    static const double angle_high[] = {4.63647609000806093515e-01, 7.85398163397448278999e-01,
                                        9.82793723247329054082e-01, 1.57079632679489655800e+00};
    static const double angle_low[] = {2.26987774529616870924e-17, 3.06161699786838301793e-17,
                                       1.39033110312309984516e-17, 6.12323399573676603587e-17};
    double size = fabs(x), u = x;
    int32_t high = weir_double_high(size);
    int nearest = -1;
    if (isnan(x))
        return x + x;
    if (high >= 0x44100000)
        return x > 0 ? angle_high[3] + angle_low[3] : -angle_high[3] - angle_low[3];
    if (high < 0x3fdc0000) { /* 7/16 */
        if (high < 0x3e200000)
            return x;
    } else if (high < 0x3fe60000) { /* 11/16 */
        nearest = 0;
        u = (2.0 * size - 1.0) / (2.0 + size);
    } else if (high < 0x3ff30000) { /* 19/16 */
        nearest = 1;
        u = (size - 1.0) / (size + 1.0);
    } else if (high < 0x40038000) { /* 39/16 */
        nearest = 2;
        u = (size - 1.5) / (1.0 + 1.5 * size);
    } else {
        nearest = 3;
        u = -1.0 / size;
    }
    double z = u * u, w = z * z;
    double odd = z * (3.33333333333329318027e-01 +
                      w * (1.42857142725034663711e-01 +
                           w * (9.09088713343650656196e-02 +
                                w * (6.66107313738753120669e-02 +
                                     w * (4.97687799461593236017e-02 + w * 1.62858201153657823623e-02)))));
    double even =
        w *
        (-1.99999999998764832476e-01 +
         w * (-1.11111104054623557880e-01 +
              w * (-7.69187620504482999495e-02 + w * (-5.83357013379057348645e-02 + w * -3.65315727442169155270e-02))));
    if (nearest < 0)
        return u - u * (odd + even);
    double angle = angle_high[nearest] - ((u * (odd + even) - angle_low[nearest]) - u);
    return x < 0 ? -angle : angle;
}

double weir_strict_atan2(double y, double x)
{
    if (isnan(x) || isnan(y))
        return x + y;
    if (x == 1.0)
        return weir_strict_atan(y);
    bool left = signbit(x) != 0;
    if (y == 0)
        return left ? copysign(PI_HIGH, y) : y;
    if (x == 0)
        return copysign(HALF_PI_HIGH, y);
    if (isinf(x)) {
        double angle = isinf(y) ? (left ? 3.0 * QUARTER_PI : QUARTER_PI) : (left ? PI_HIGH : 0.0);
        return copysign(angle, y);
    }
    if (isinf(y))
        return copysign(HALF_PI_HIGH, y);
    int32_t apart = ((weir_double_high(y) & 0x7fffffff) - (weir_double_high(x) & 0x7fffffff)) >> 20;
    double angle;
    if (apart > 60)
        angle = HALF_PI_HIGH + 0.5 * PI_LOW;
    else if (left && apart < -60)
        angle = 0;
    else
        angle = weir_strict_atan(fabs(y / x));
    if (!left)
        return signbit(y) ? -angle : angle;
    return signbit(y) ? (angle - PI_LOW) - PI_HIGH : PI_HIGH - (angle - PI_LOW);
}

/* The root of a² + b², a not less than b, both far from the ends of the range. */
static double hypotenuse(double a, double b)
{
    double w = a - b;
    if (w > b) {
        double head = weir_double_head(a), tail = a - head;
        return sqrt(head * head - (b * (-b) - tail * (a + head)));
    }
    double b_head = weir_double_head(b), b_tail = b - b_head, twice = a + a;
    double head = weir_double_from_bits((uint64_t)(uint32_t)(weir_double_high(a) + 0x00100000) << 32);
    double tail = twice - head;
    return sqrt(head * b_head - (w * (-w) - (head * b_tail + tail * b)));
}

double weir_strict_hypot(double x, double y)
{
    double a = fabs(x), b = fabs(y);
    if (isinf(a) || isinf(b))
        return INFINITY;
    if (isnan(a) || isnan(b))
        return NAN;
    if (a < b) {
        double swap = a;
        a = b;
        b = swap;
    }
    if (weir_double_high(a) - weir_double_high(b) > 0x3c00000)
        return a + b;
    int scale = 0; /* what a and b were multiplied with, as a power of two */
    if (weir_double_high(a) > 0x5f300000) {
        scale = -600;
    } else if (weir_double_high(b) < 0x20b00000) {
        if (b == 0)
            return a;
        scale = weir_double_high(b) < 0x00100000 ? 1022 : 600;
    }
    if (scale == 0)
        return hypotenuse(a, b);
    return ldexp(hypotenuse(ldexp(a, scale), ldexp(b, scale)), -scale);
}
