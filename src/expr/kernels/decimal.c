/* Exact decimal arithmetic over 128-bit unscaled values with 256-bit intermediates. */
#include "common/number_format.h"
#include "expr/kernels/decimal.h"

#include <stdlib.h>
#include <stdio.h>

typedef struct Wide { /* unsigned 256 bits */
    WeirUint128 high, low;
} Wide;

WeirInt128 weir_power_of_ten(int exponent)
{
    static const uint64_t small[] = {1ull,
                                     10ull,
                                     100ull,
                                     1000ull,
                                     10000ull,
                                     100000ull,
                                     1000000ull,
                                     10000000ull,
                                     100000000ull,
                                     1000000000ull,
                                     10000000000ull,
                                     100000000000ull,
                                     1000000000000ull,
                                     10000000000000ull,
                                     100000000000000ull,
                                     1000000000000000ull,
                                     10000000000000000ull,
                                     100000000000000000ull,
                                     1000000000000000000ull,
                                     10000000000000000000ull};
    if (exponent <= 19)
        return (WeirInt128)small[exponent];
    return (WeirInt128)small[19] * (WeirInt128)small[exponent - 19];
}

static WeirUint128 magnitude(WeirInt128 value)
{
    return value < 0 ? (WeirUint128)0 - (WeirUint128)value : (WeirUint128)value;
}

static Wide wide_multiply(WeirUint128 a, WeirUint128 b)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    WeirUint128 low = (WeirUint128)a0 * b0, middle = (WeirUint128)a1 * b0, other = (WeirUint128)a0 * b1;
    WeirUint128 carry = (low >> 64) + (uint64_t)middle + (uint64_t)other;
    Wide result;
    result.low = (carry << 64) | (uint64_t)low;
    result.high = (WeirUint128)a1 * b1 + (middle >> 64) + (other >> 64) + (carry >> 64);
    return result;
}

/* 256 by 128 bits, bit by bit: only for operands that do not fit 128 bits. */
static Wide wide_divide(Wide dividend, WeirUint128 divisor, WeirUint128 *remainder)
{
    if (dividend.high == 0) {
        *remainder = dividend.low % divisor;
        return (Wide){0, dividend.low / divisor};
    }
    Wide quotient = {0, 0};
    WeirUint128 rest = 0;
    for (int bit = 255; bit >= 0; bit--) {
        bool carry = rest >> 127;
        WeirUint128 next = bit >= 128 ? (dividend.high >> (bit - 128)) & 1u : (dividend.low >> bit) & 1u;
        rest = (rest << 1) | next;
        if (carry || rest >= divisor) {
            rest -= divisor;
            if (bit >= 128)
                quotient.high |= (WeirUint128)1 << (bit - 128);
            else
                quotient.low |= (WeirUint128)1 << bit;
        }
    }
    *remainder = rest;
    return quotient;
}

static bool finish(Wide value, bool negative, int precision, WeirInt128 *out)
{
    if (value.high != 0 || value.low >= (WeirUint128)weir_power_of_ten(precision))
        return false;
    *out = negative ? -(WeirInt128)value.low : (WeirInt128)value.low;
    return true;
}

/* A quotient of operands that 256 bits cannot hold together: by schoolbook division, `digits` digits after the point of
 * a / b, half up. */
static bool divide_by_digits(WeirUint128 a, WeirUint128 b, int digits, bool negative, int precision, WeirInt128 *out)
{
    Wide value = {0, a / b};
    WeirUint128 rest = a % b;
    for (int i = 0; i < digits; i++) {
        WeirUint128 next;
        Wide digit = wide_divide(wide_multiply(rest, 10), b, &next);
        rest = next;
        if (value.high != 0 || value.low > (~(WeirUint128)0 - digit.low) / 10)
            return false;
        value.low = value.low * 10 + digit.low;
    }
    value.low += rest >= b - rest;
    return finish(value, negative, precision, out);
}

static Wide divide_half_up(Wide value, WeirUint128 divisor)
{
    WeirUint128 remainder;
    Wide quotient = wide_divide(value, divisor, &remainder);
    if (remainder >= divisor - remainder) {
        quotient.low++;
        quotient.high += quotient.low == 0;
    }
    return quotient;
}

/* magnitude × 10^(to - from), half up. */
static bool rescale_wide(Wide value, bool negative, int from_scale, int to_scale, int precision, WeirInt128 *out)
{
    int shift = to_scale - from_scale;
    while (shift < 0) {
        int step = -shift > 38 ? 38 : -shift;
        /* Rounding twice would be wrong; more than 38 dropped digits only happen for values that round to 0. */
        value = divide_half_up(value, (WeirUint128)weir_power_of_ten(step));
        shift += step;
    }
    if (shift > 0) {
        if (value.high != 0 || shift > 38)
            return value.high == 0 && value.low == 0 ? finish(value, negative, precision, out) : false;
        value = wide_multiply(value.low, (WeirUint128)weir_power_of_ten(shift));
    }
    return finish(value, negative, precision, out);
}

bool weir_decimal_rescale(WeirInt128 value, int from_scale, int to_scale, int precision, WeirInt128 *out)
{
    int shift = to_scale - from_scale;
    if (shift >= 0 && shift <= 38 && !__builtin_mul_overflow(value, weir_power_of_ten(shift), out))
        return weir_decimal_fits(*out, precision);
    if (shift < 0 && shift >= -18 && value == (int64_t)value && value != INT64_MIN) { /* all in 64 bits */
        uint64_t size = (uint64_t)magnitude(value), divisor = (uint64_t)weir_power_of_ten(-shift);
        uint64_t quotient = size / divisor, rest = size % divisor;
        quotient += rest >= divisor - rest;
        *out = value < 0 ? -(WeirInt128)quotient : (WeirInt128)quotient;
        return weir_decimal_fits(*out, precision);
    }
    return rescale_wide((Wide){0, magnitude(value)}, value < 0, from_scale, to_scale, precision, out);
}

bool weir_decimal_add(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale, WeirInt128 *out)
{
    int common = scale_a > scale_b ? scale_a : scale_b;
    Wide x = wide_multiply(magnitude(a), (WeirUint128)weir_power_of_ten(common - scale_a));
    Wide y = wide_multiply(magnitude(b), (WeirUint128)weir_power_of_ten(common - scale_b));
    bool negative_x = a < 0, negative_y = b < 0, negative = negative_x;
    Wide sum;
    if (negative_x == negative_y) {
        sum.low = x.low + y.low;
        sum.high = x.high + y.high + (sum.low < x.low);
    } else {
        bool swap = x.high < y.high || (x.high == y.high && x.low < y.low);
        Wide big = swap ? y : x, small = swap ? x : y;
        negative = swap ? negative_y : negative_x;
        sum.low = big.low - small.low;
        sum.high = big.high - small.high - (big.low < small.low);
    }
    return rescale_wide(sum, negative, common, scale, precision, out);
}

bool weir_decimal_multiply(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale,
                           WeirInt128 *out)
{
    WeirInt128 product;
    if (scale_a + scale_b == scale && !__builtin_mul_overflow(a, b, &product)) {
        *out = product;
        return weir_decimal_fits(product, precision);
    }
    return rescale_wide(wide_multiply(magnitude(a), magnitude(b)), (a < 0) != (b < 0), scale_a + scale_b, scale,
                        precision, out);
}

bool weir_decimal_divide(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale,
                         WeirInt128 *out)
{
    int shift = scale - scale_a + scale_b;
    bool negative = (a < 0) != (b < 0);
    if (shift < 0) { /* fewer digits than the operands have: round the exact quotient */
        Wide divisor = wide_multiply(magnitude(b), (WeirUint128)weir_power_of_ten(-shift > 38 ? 38 : -shift));
        if (divisor.high != 0)
            return finish((Wide){0, 0}, negative, precision, out);
        return finish(divide_half_up((Wide){0, magnitude(a)}, divisor.low), negative, precision, out);
    }
    if (shift > 38)
        return divide_by_digits(magnitude(a), magnitude(b), shift, negative, precision, out);
    Wide dividend = wide_multiply(magnitude(a), (WeirUint128)weir_power_of_ten(shift));
    return finish(divide_half_up(dividend, magnitude(b)), negative, precision, out);
}

bool weir_decimal_remainder(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int precision, int scale,
                            WeirInt128 *out)
{
    int common = scale_a > scale_b ? scale_a : scale_b;
    Wide x = wide_multiply(magnitude(a), (WeirUint128)weir_power_of_ten(common - scale_a));
    Wide y = wide_multiply(magnitude(b), (WeirUint128)weir_power_of_ten(common - scale_b));
    if (y.high != 0) /* |b| is larger than any 128-bit a */
        return rescale_wide(x, a < 0, common, scale, precision, out);
    WeirUint128 remainder;
    wide_divide(x, y.low, &remainder);
    return rescale_wide((Wide){0, remainder}, a < 0, common, scale, precision, out);
}

bool weir_decimal_integral_divide(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b, int64_t *out)
{
    int common = scale_a > scale_b ? scale_a : scale_b;
    Wide x = wide_multiply(magnitude(a), (WeirUint128)weir_power_of_ten(common - scale_a));
    Wide y = wide_multiply(magnitude(b), (WeirUint128)weir_power_of_ten(common - scale_b));
    if (y.high != 0) {
        *out = 0;
        return true;
    }
    WeirUint128 remainder;
    Wide quotient = wide_divide(x, y.low, &remainder);
    bool negative = (a < 0) != (b < 0);
    if (quotient.high != 0 || quotient.low > (WeirUint128)INT64_MAX + negative)
        return false;
    *out = negative ? (int64_t)(0 - (uint64_t)quotient.low) : (int64_t)quotient.low;
    return true;
}

int weir_decimal_compare(WeirInt128 a, int scale_a, WeirInt128 b, int scale_b)
{
    if (scale_a == scale_b || (a < 0) != (b < 0))
        return a < b ? -1 : a > b;
    int common = scale_a > scale_b ? scale_a : scale_b;
    Wide x = wide_multiply(magnitude(a), (WeirUint128)weir_power_of_ten(common - scale_a));
    Wide y = wide_multiply(magnitude(b), (WeirUint128)weir_power_of_ten(common - scale_b));
    int order = x.high != y.high ? (x.high < y.high ? -1 : 1) : x.low != y.low ? (x.low < y.low ? -1 : 1) : 0;
    return a < 0 ? -order : order;
}

uint32_t weir_decimal_text(WeirInt128 value, int scale, char *out)
{
    char digits[48];
    uint32_t count = 0, length = 0;
    WeirUint128 rest = magnitude(value);
    do {
        digits[count++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    } while (rest != 0 || count <= (uint32_t)scale);
    if (value < 0)
        out[length++] = '-';
    while (count > 0) {
        if (count == (uint32_t)scale)
            out[length++] = '.';
        out[length++] = digits[--count];
    }
    out[length] = '\0';
    return length;
}

double weir_decimal_to_double(WeirInt128 value, int scale)
{
    WeirUint128 size = magnitude(value);
    if (size <= ((WeirUint128)1 << 53) && scale <= 22) /* both exact: one rounding */
        return (double)value / (double)weir_power_of_ten(scale);
    char text[64];
    double result = 0;
    weir_decimal_text(value, scale, text);
    bool parsed = weir_parse_double(text, strlen(text), &result);
    WEIR_ASSERT(parsed);
    return result;
}

WeirStatus weir_decimal_range_error(const WeirKernelCall *call, WeirInt128 value, int value_scale, int precision,
                                    int scale, WeirError *error)
{
    char text[64], precision_text[8], scale_text[8];
    weir_decimal_text(value, value_scale, text);
    snprintf(precision_text, sizeof(precision_text), "%d", precision);
    snprintf(scale_text, sizeof(scale_text), "%d", scale);
    return weir_row_error(call,
                          weir_error_set(error, WEIR_ERROR_NUMERIC_VALUE_OUT_OF_RANGE_WITH_SUGGESTION, "value", text,
                                         "precision", precision_text, "scale", scale_text, "config",
                                         "\"spark.sql.ansi.enabled\""),
                          error);
}

typedef struct DecimalOperation {
    WeirArithmetic operation;
    int scale_a, scale_b, precision, scale;
} DecimalOperation;

static bool compute(const DecimalOperation *o, WeirInt128 a, WeirInt128 b, WeirInt128 *out)
{
    switch (o->operation) {
    case WEIR_ADD:
        return weir_decimal_add(a, o->scale_a, b, o->scale_b, o->precision, o->scale, out);
    case WEIR_SUBTRACT:
        return weir_decimal_add(a, o->scale_a, -b, o->scale_b, o->precision, o->scale, out);
    case WEIR_MULTIPLY:
        return weir_decimal_multiply(a, o->scale_a, b, o->scale_b, o->precision, o->scale, out);
    case WEIR_DIVIDE:
        return weir_decimal_divide(a, o->scale_a, b, o->scale_b, o->precision, o->scale, out);
    case WEIR_REMAINDER:
        return weir_decimal_remainder(a, o->scale_a, b, o->scale_b, o->precision, o->scale, out);
    case WEIR_PMOD:
        if (!weir_decimal_remainder(a, o->scale_a, b, o->scale_b, o->precision, o->scale, out))
            return false;
        if (*out < 0) {
            WeirInt128 shifted;
            return weir_decimal_add(*out, o->scale, b, o->scale_b, 38, o->scale, &shifted) &&
                   weir_decimal_remainder(shifted, o->scale, b, o->scale_b, o->precision, o->scale, out);
        }
        return true;
    default: {
        int64_t quotient = 0;
        bool fits = weir_decimal_integral_divide(a, o->scale_a, b, o->scale_b, &quotient);
        *out = quotient;
        return fits;
    }
    }
}

/* Sums and products that stay in 64 bits: results of at most 18 digits with scales that need no rounding. */
static bool run_narrow(const WeirKernelCall *call, const DecimalOperation *o, const WeirVector *left,
                       const WeirVector *right, WeirVector *result)
{
    if (weir_decimal_is_wide(left->type) || weir_decimal_is_wide(right->type) || o->precision > 18)
        return false;
    WeirArgument x = weir_argument(left), y = weir_argument(right);
    int64_t *out = result->values;
    if (o->operation == WEIR_MULTIPLY && o->scale == o->scale_a + o->scale_b) {
        WEIR_FOR_ROWS(call, row)
        out[row] =
            (int64_t)((uint64_t)WEIR_ARGUMENT_VALUE(int64_t, x, row) * (uint64_t)WEIR_ARGUMENT_VALUE(int64_t, y, row));
        return true;
    }
    int common = o->scale_a > o->scale_b ? o->scale_a : o->scale_b;
    if ((o->operation != WEIR_ADD && o->operation != WEIR_SUBTRACT) || common != o->scale)
        return false;
    uint64_t factor_x = (uint64_t)weir_power_of_ten(common - o->scale_a);
    uint64_t factor_y = (uint64_t)weir_power_of_ten(common - o->scale_b);
    if (o->operation == WEIR_SUBTRACT)
        factor_y = 0 - factor_y;
    WEIR_FOR_ROWS(call, row)
    out[row] = (int64_t)((uint64_t)WEIR_ARGUMENT_VALUE(int64_t, x, row) * factor_x +
                         (uint64_t)WEIR_ARGUMENT_VALUE(int64_t, y, row) * factor_y);
    return true;
}

#define EACH_WIDE(LoadX, LoadY, RESULT)                                                                                \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    {                                                                                                                  \
        WeirUint128 a = (WeirUint128)(WeirInt128)LoadX(x, row), b = (WeirUint128)(WeirInt128)LoadY(y, row);            \
        weir_decimal_store(result, true, row, (WeirInt128)(RESULT));                                                   \
    }
#define EACH_WIDE_PAIR(RESULT)                                                                                         \
    do {                                                                                                               \
        if (wide_x && wide_y)                                                                                          \
            EACH_WIDE(LOAD_WIDE, LOAD_WIDE, RESULT)                                                                    \
        else if (wide_x)                                                                                               \
            EACH_WIDE(LOAD_WIDE, LOAD_NARROW, RESULT)                                                                  \
        else if (wide_y)                                                                                               \
            EACH_WIDE(LOAD_NARROW, LOAD_WIDE, RESULT)                                                                  \
        else                                                                                                           \
            EACH_WIDE(LOAD_NARROW, LOAD_NARROW, RESULT)                                                                \
    } while (0)
#define LOAD_NARROW(argument, row) WEIR_ARGUMENT_VALUE(int64_t, argument, row)
#define LOAD_WIDE(argument, row) weir_decimal_load(&argument, true, row)

/* Sums and products of more than 18 digits whose type has room for every digit, so that nothing is rounded or checked.
 */
static bool run_wide(const WeirKernelCall *call, const DecimalOperation *o, const WeirVector *left,
                     const WeirVector *right, WeirVector *result)
{
    WeirArgument x = weir_argument(left), y = weir_argument(right);
    bool wide_x = weir_decimal_is_wide(left->type), wide_y = weir_decimal_is_wide(right->type);
    int whole_a = left->type->precision - o->scale_a, whole_b = right->type->precision - o->scale_b;
    int common = o->scale_a > o->scale_b ? o->scale_a : o->scale_b;
    if (!weir_decimal_is_wide(result->type))
        return false;
    if (o->operation == WEIR_MULTIPLY && o->scale == o->scale_a + o->scale_b &&
        whole_a + whole_b + o->scale <= o->precision) {
        EACH_WIDE_PAIR(a * b);
        return true;
    }
    if ((o->operation != WEIR_ADD && o->operation != WEIR_SUBTRACT) || common != o->scale ||
        (whole_a > whole_b ? whole_a : whole_b) + common + 1 > o->precision)
        return false;
    WeirUint128 factor_x = (WeirUint128)weir_power_of_ten(common - o->scale_a);
    WeirUint128 factor_y = (WeirUint128)weir_power_of_ten(common - o->scale_b);
    if (o->operation == WEIR_SUBTRACT)
        factor_y = 0 - factor_y;
    EACH_WIDE_PAIR(a * factor_x + b * factor_y);
    return true;
}

WeirStatus weir_decimal_run(WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                            const WeirVector *right, WeirVector *result, WeirError *error)
{
    const WeirDataType *type = result->type;
    bool to_long = type->id == WEIR_TYPE_LONG;
    DecimalOperation o = {operation, left->type->scale, right->type->scale, to_long ? 38 : type->precision,
                          to_long ? 0 : type->scale};
    if (!to_long && (run_narrow(call, &o, left, right, result) || run_wide(call, &o, left, right, result)))
        return WEIR_OK;
    WeirArgument x = weir_argument(left), y = weir_argument(right);
    bool wide_x = weir_decimal_is_wide(left->type), wide_y = weir_decimal_is_wide(right->type);
    bool wide = !to_long && weir_decimal_is_wide(type);
    WeirEvalMode mode = call->expression->eval_mode;
    WEIR_FOR_ROWS(call, row)
    {
        if (call->validity != NULL && !weir_bit_get(call->validity, row))
            continue;
        WeirInt128 a = weir_decimal_load(&x, wide_x, row), b = weir_decimal_load(&y, wide_y, row), r = 0;
        bool by_zero = operation >= WEIR_DIVIDE && b == 0;
        if (by_zero && mode == WEIR_EVAL_ANSI)
            return weir_row_error(call,
                                  weir_error_set(error,
                                                 operation == WEIR_REMAINDER || operation == WEIR_PMOD
                                                     ? WEIR_ERROR_REMAINDER_BY_ZERO
                                                     : WEIR_ERROR_DIVIDE_BY_ZERO,
                                                 "config", "\"spark.sql.ansi.enabled\""),
                                  error);
        if (by_zero || !compute(&o, a, b, &r)) {
            if (mode == WEIR_EVAL_ANSI)
                return to_long ? weir_overflow_error(call, "Overflow in integral divide", "'try_divide'", error)
                               : weir_decimal_range_error(call, a, o.scale_a, o.precision, o.scale, error);
            weir_result_set_null(call, result, row);
            continue;
        }
        weir_decimal_store(result, wide, row, r);
    }
    return WEIR_OK;
}
