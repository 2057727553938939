/* The decimal digits that Java 17 prints for floating-point numbers (jdk.internal.math.FloatingDecimal), on which
 * Spark's texts, its casts to decimal and its rounding rest. They are mostly the shortest, sometimes one more: the
 * digits are generated one at a time until they tell the value from its neighbours, and integers below 2^63 keep what
 * their significant bits determine. */
#include "common/number_format.h"

#include <math.h>
#include <string.h>

#include "common/error.h"

#define FRACTION_BITS 52
#define LIMBS 48      /* 2^1074 * 10 and 5^325 * 2^400 fit */
#define FIVES_LONG 27 /* 5^26 is the largest power in a long that FloatingDecimal holds */

/* ---- unsigned integers of any size */

typedef struct Big {
    uint32_t limbs[LIMBS];
    uint32_t count; /* no leading zero limbs */
} Big;

static void big_trim(Big *x)
{
    while (x->count > 0 && x->limbs[x->count - 1] == 0)
        x->count--;
}

static void big_multiply(Big *x, uint32_t by)
{
    uint64_t carry = 0;
    for (uint32_t i = 0; i < x->count; i++) {
        carry += (uint64_t)x->limbs[i] * by;
        x->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry != 0)
        x->limbs[x->count++] = (uint32_t)carry;
}

/* value * 5^fives * 2^twos */
static Big big_of(uint64_t value, int fives, int twos)
{
    Big x = {.count = 2};
    x.limbs[0] = (uint32_t)value;
    x.limbs[1] = (uint32_t)(value >> 32);
    big_trim(&x);
    for (; fives >= 13; fives -= 13)
        big_multiply(&x, 1220703125u); /* 5^13 */
    for (; fives > 0; fives--)
        big_multiply(&x, 5);
    uint32_t limbs = (uint32_t)twos / 32;
    big_multiply(&x, (uint32_t)1 << (twos % 32));
    WEIR_ASSERT(x.count + limbs <= LIMBS);
    memmove(x.limbs + limbs, x.limbs, x.count * sizeof(uint32_t));
    memset(x.limbs, 0, limbs * sizeof(uint32_t));
    x.count += limbs;
    return x;
}

static int big_compare(const Big *x, const Big *y)
{
    if (x->count != y->count)
        return x->count < y->count ? -1 : 1;
    for (uint32_t i = x->count; i > 0; i--)
        if (x->limbs[i - 1] != y->limbs[i - 1])
            return x->limbs[i - 1] < y->limbs[i - 1] ? -1 : 1;
    return 0;
}

static void big_subtract(Big *x, const Big *y)
{
    int64_t borrow = 0;
    for (uint32_t i = 0; i < x->count; i++) {
        borrow += (int64_t)x->limbs[i] - (i < y->count ? y->limbs[i] : 0);
        x->limbs[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    big_trim(x);
}

/* The quotient, a digit; x becomes ten times the remainder. */
static uint32_t big_next_digit(Big *x, const Big *divisor)
{
    uint32_t digit = 0;
    for (; big_compare(x, divisor) >= 0; digit++)
        big_subtract(x, divisor);
    big_multiply(x, 10);
    return digit;
}

/* sign of limit - (x + y) */
static int big_compare_sum(const Big *limit, const Big *x, const Big *y)
{
    Big rest = *limit;
    if (big_compare(&rest, x) < 0)
        return -1;
    big_subtract(&rest, x);
    return big_compare(&rest, y);
}

/* ---- the digits */

typedef struct Digits {
    uint64_t value;
    int count;
    bool low, high; /* the value below or above the digits so far is near enough */
    int rest;       /* sign of twice the rest minus one unit of the last digit */
} Digits;

/* B, S and M of Steele and White's method: the value is B / S, half the distance to its neighbours M / S. */
typedef struct Scaled {
    uint64_t fraction;
    int fives_b, twos_b, fives_s, twos_s, twos_m; /* M has as many fives as B */
} Scaled;

static void add_digit(Digits *digits, uint32_t digit)
{
    digits->value = digits->value * 10 + digit;
    digits->count++;
}

/* The first digit is left out when it is 0; numbers that print with an exponent have two digits at least. */
static void add_first_digit(Digits *digits, uint32_t digit, int *exponent)
{
    if (digit == 0 && !digits->high)
        (*exponent)--;
    else
        add_digit(digits, digit);
    if (*exponent < -3 || *exponent >= 8)
        digits->low = digits->high = false;
}

static uint64_t power_of_five(int power)
{
    uint64_t value = 1;
    for (; power > 0; power--)
        value *= 5;
    return value;
}

#define SMALL_DIGITS(name, Signed, Unsigned)                                                                           \
    static Digits name(const Scaled *n, int *exponent)                                                                 \
    {                                                                                                                  \
        Digits digits = {0};                                                                                           \
        Signed b = (Signed)((Unsigned)(n->fraction * power_of_five(n->fives_b)) << n->twos_b);                         \
        Signed s = (Signed)((Unsigned)power_of_five(n->fives_s) << n->twos_s);                                         \
        Signed m = (Signed)((Unsigned)power_of_five(n->fives_b) << n->twos_m), tens = (Signed)((Unsigned)s * 10);      \
        for (bool first = true; first || (!digits.low && !digits.high); first = false) {                               \
            uint32_t digit = (uint32_t)(b / s);                                                                        \
            b = (Signed)(10 * (Unsigned)(b % s));                                                                      \
            m = (Signed)((Unsigned)m * 10);                                                                            \
            /* An overflown M is larger than anything. */                                                              \
            digits.low = m <= 0 || b < m;                                                                              \
            digits.high = m <= 0 || (Signed)((Unsigned)b + (Unsigned)m) > tens;                                        \
            if (first)                                                                                                 \
                add_first_digit(&digits, digit, exponent);                                                             \
            else                                                                                                       \
                add_digit(&digits, digit);                                                                             \
        }                                                                                                              \
        Signed rest = (Signed)(((Unsigned)b << 1) - (Unsigned)tens);                                                   \
        digits.rest = (rest > 0) - (rest < 0);                                                                         \
        return digits;                                                                                                 \
    }
SMALL_DIGITS(int_digits, int32_t, uint32_t)
SMALL_DIGITS(long_digits, int64_t, uint64_t)

static Digits big_digits(const Scaled *n, int *exponent)
{
    Digits digits = {0};
    Big s = big_of(1, n->fives_s, n->twos_s), b = big_of(n->fraction, n->fives_b, n->twos_b);
    Big m = big_of(1, n->fives_b + 1, n->twos_m + 1), tens = big_of(1, n->fives_s + 1, n->twos_s + 1);
    for (bool first = true; first || (!digits.low && !digits.high); first = false) {
        uint32_t digit = big_next_digit(&b, &s);
        if (!first)
            big_multiply(&m, 10);
        digits.low = big_compare(&b, &m) < 0;
        digits.high = big_compare_sum(&tens, &b, &m) <= 0;
        if (first)
            add_first_digit(&digits, digit, exponent);
        else
            add_digit(&digits, digit);
    }
    if (digits.low && digits.high) {
        big_multiply(&b, 2);
        digits.rest = big_compare(&b, &tens);
    }
    return digits;
}

static int bits_of_power_of_five(int power)
{
    if (power >= FIVES_LONG)
        return power * 3; /* FloatingDecimal's bound, not the exact number */
    return 64 - __builtin_clzll(power_of_five(power));
}

/* The power of ten just below or at the value, or one too high. */
static int estimate_exponent(uint64_t fraction, int exponent)
{
    uint64_t bits = (uint64_t)1023 << FRACTION_BITS | (fraction & (((uint64_t)1 << FRACTION_BITS) - 1));
    double significand;
    memcpy(&significand, &bits, sizeof(significand));
    return (int)floor((significand - 1.5) * 0.289529654 + 0.176091259 + (double)exponent * 0.301029995663981);
}

static Digits rounded(Digits digits, int *exponent)
{
    bool up = digits.high && (!digits.low || digits.rest > 0 || (digits.rest == 0 && (digits.value & 1) != 0));
    if (!up)
        return digits;
    uint64_t limit = 1;
    for (int i = 0; i < digits.count; i++)
        limit *= 10;
    if (++digits.value == limit) { /* 99 becomes 10, with a larger exponent */
        digits.value /= 10;
        (*exponent)++;
    }
    return digits;
}

/* Integers: digits that the significant bits do not determine are rounded away, then trailing zeros. */
static WeirShortest integer_digits(uint64_t value, int unsure_bits)
{
    static const uint8_t unsure_digits[] = {0,  0,  0,  0,  1,  1,  1,  2,  2,  2,  3,  3,  3,  3,  4,  4,
                                            4,  5,  5,  5,  6,  6,  6,  6,  7,  7,  7,  8,  8,  8,  9,  9,
                                            9,  9,  10, 10, 10, 11, 11, 11, 12, 12, 12, 12, 13, 13, 13, 14,
                                            14, 14, 15, 15, 15, 15, 16, 16, 16, 17, 17, 17, 18, 18, 18, 19};
    int32_t exponent = 0;
    if (unsure_bits > 1 && unsure_bits < (int)sizeof(unsure_digits) && unsure_digits[unsure_bits] > 0) {
        uint64_t power = 1;
        for (; exponent < unsure_digits[unsure_bits]; exponent++)
            power *= 10;
        value = value / power + (value % power >= power / 2);
    }
    for (; value % 10 == 0 && value != 0; exponent++)
        value /= 10;
    return (WeirShortest){value, exponent};
}

/* `fraction` has its highest bit at FRACTION_BITS; `exponent` is that of this bit; `significant` bits are known. */
static WeirShortest digits_of(uint64_t fraction, int exponent, int significant)
{
    int tail = __builtin_ctzll(fraction), fraction_bits = FRACTION_BITS + 1 - tail;
    int tiny = fraction_bits - exponent - 1 > 0 ? fraction_bits - exponent - 1 : 0; /* bits right of the point */
    if (tiny == 0 && exponent <= 62 && exponent >= -21) {
        uint64_t integer =
            exponent >= FRACTION_BITS ? fraction << (exponent - FRACTION_BITS) : fraction >> (FRACTION_BITS - exponent);
        return integer_digits(integer, exponent > significant ? exponent - significant - 1 : 0);
    }
    int decimal = estimate_exponent(fraction, exponent);
    Scaled n = {
        .fraction = fraction >> tail, .fives_b = decimal < 0 ? -decimal : 0, .fives_s = decimal > 0 ? decimal : 0};
    n.twos_b = n.fives_b + tiny + exponent;
    n.twos_s = n.fives_s + tiny;
    n.twos_m = n.twos_b - significant;
    n.twos_b -= fraction_bits - 1;
    int common = n.twos_b < n.twos_s ? n.twos_b : n.twos_s;
    n.twos_b -= common;
    n.twos_s -= common;
    n.twos_m -= common + (fraction_bits == 1); /* below a power of two neighbours are half as far */
    if (n.twos_m < 0) {
        n.twos_b -= n.twos_m;
        n.twos_s -= n.twos_m;
        n.twos_m = 0;
    }
    int bits_b = fraction_bits + n.twos_b + bits_of_power_of_five(n.fives_b);
    int bits_tens = n.twos_s + 1 + bits_of_power_of_five(n.fives_s + 1);
    Digits digits = bits_b < 32 && bits_tens < 32   ? int_digits(&n, &decimal)
                    : bits_b < 64 && bits_tens < 64 ? long_digits(&n, &decimal)
                                                    : big_digits(&n, &decimal);
    digits = rounded(digits, &decimal);
    return (WeirShortest){digits.value, decimal + 1 - digits.count};
}

WeirShortest weir_shortest_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint64_t fraction = bits & (((uint64_t)1 << FRACTION_BITS) - 1);
    int exponent = (int)(bits >> FRACTION_BITS & 0x7FF);
    if (exponent == 0 && fraction == 0)
        return (WeirShortest){0, 0};
    if (exponent != 0)
        return digits_of(fraction | (uint64_t)1 << FRACTION_BITS, exponent - 1023, FRACTION_BITS + 1);
    int shift = __builtin_clzll(fraction) - (63 - FRACTION_BITS);
    return digits_of(fraction << shift, 1 - shift - 1023, FRACTION_BITS + 1 - shift);
}

WeirShortest weir_shortest_float(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    uint32_t fraction = bits & 0x7FFFFF;
    int exponent = (int)(bits >> 23 & 0xFF), widen = FRACTION_BITS - 23;
    if (exponent == 0 && fraction == 0)
        return (WeirShortest){0, 0};
    if (exponent != 0)
        return digits_of((uint64_t)(fraction | 0x800000) << widen, exponent - 127, 24);
    int shift = __builtin_clz(fraction) - 8;
    return digits_of((uint64_t)(fraction << shift) << widen, 1 - shift - 127, 24 - shift);
}
