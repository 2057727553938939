/* Mathematical functions. Those of doubles are one loop each; rounding keeps decimals and integers what they are. */
#include <math.h>

#include "common/number_format.h"
#include "expr/function_private.h"
#include "expr/kernels/decimal.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)
#define DOUBLE_FUNCTION(name, VALUE)                                                                                   \
    KERNEL(name)                                                                                                       \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        WeirArgument x = weir_argument(arguments[0]);                                                                  \
        WEIR_FOR_ROWS(call, row)                                                                                       \
        {                                                                                                              \
            double a = WEIR_ARGUMENT_VALUE(double, x, row);                                                            \
            ((double *)result->values)[row] = (VALUE);                                                                 \
        }                                                                                                              \
        return WEIR_OK;                                                                                                \
    }
#define DOUBLE_PAIR(name, VALUE)                                                                                       \
    KERNEL(name)                                                                                                       \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);                                 \
        WEIR_FOR_ROWS(call, row)                                                                                       \
        {                                                                                                              \
            double a = WEIR_ARGUMENT_VALUE(double, x, row), b = WEIR_ARGUMENT_VALUE(double, y, row);                   \
            ((double *)result->values)[row] = (VALUE);                                                                 \
        }                                                                                                              \
        return WEIR_OK;                                                                                                \
    }
/* Logarithms of what has none are null. */
#define LOGARITHM(name, BAD, VALUE)                                                                                    \
    KERNEL(name)                                                                                                       \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        WeirArgument x = weir_argument(arguments[0]);                                                                  \
        WEIR_FOR_ROWS(call, row)                                                                                       \
        {                                                                                                              \
            double a = WEIR_ARGUMENT_VALUE(double, x, row);                                                            \
            if (BAD)                                                                                                   \
                weir_result_set_null(call, result, row);                                                               \
            else                                                                                                       \
                ((double *)result->values)[row] = (VALUE);                                                             \
        }                                                                                                              \
        return WEIR_OK;                                                                                                \
    }
DOUBLE_FUNCTION(sqrt_kernel, sqrt(a))
DOUBLE_FUNCTION(cbrt_kernel, (double)cbrtl((long double)a))
DOUBLE_FUNCTION(exp_kernel, exp(a))
DOUBLE_FUNCTION(expm1_kernel, expm1(a))
DOUBLE_FUNCTION(sin_kernel, sin(a))
DOUBLE_FUNCTION(cos_kernel, cos(a))
DOUBLE_FUNCTION(tan_kernel, tan(a))
DOUBLE_FUNCTION(asin_kernel, asin(a))
DOUBLE_FUNCTION(acos_kernel, acos(a))
DOUBLE_FUNCTION(atan_kernel, atan(a))
DOUBLE_FUNCTION(sinh_kernel, sinh(a))
DOUBLE_FUNCTION(cosh_kernel, cosh(a))
DOUBLE_FUNCTION(tanh_kernel, tanh(a))
DOUBLE_FUNCTION(asinh_kernel, isinf(a) && a < 0 ? a : a < 0 ? -log(-a + sqrt(a * a + 1.0)) : log(a + sqrt(a * a + 1.0)))
DOUBLE_FUNCTION(acosh_kernel, log(a + sqrt(a * a - 1.0)))
DOUBLE_FUNCTION(atanh_kernel, 0.5 * (log1p(a) - log1p(-a)))
DOUBLE_FUNCTION(cot_kernel, 1.0 / tan(a))
DOUBLE_FUNCTION(sec_kernel, 1.0 / cos(a))
DOUBLE_FUNCTION(csc_kernel, 1.0 / sin(a))
DOUBLE_FUNCTION(degrees_kernel, a *(180.0 / M_PI))
DOUBLE_FUNCTION(radians_kernel, a *(M_PI / 180.0))
DOUBLE_FUNCTION(signum_kernel, a > 0 ? 1.0 : a < 0 ? -1.0 : a)
DOUBLE_FUNCTION(rint_kernel, rint(a))
DOUBLE_PAIR(pow_kernel, (fabs(a) == 1.0 && (isinf(b) || isnan(b))) || (isnan(b) && a == 1.0) ? (double)NAN : pow(a, b))
DOUBLE_PAIR(atan2_kernel, atan2(a + 0.0, b + 0.0))
DOUBLE_PAIR(hypot_kernel, hypot(a, b))
LOGARITHM(ln_kernel, a <= 0, log(a))
LOGARITHM(log10_kernel, a <= 0, log10(a))
LOGARITHM(log2_kernel, a <= 0, log(a) / log(2.0))
LOGARITHM(log1p_kernel, a <= -1, log1p(a))

KERNEL(log_kernel) /* log(base, a) */
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WEIR_FOR_ROWS(call, row)
    {
        double base = WEIR_ARGUMENT_VALUE(double, x, row), a = WEIR_ARGUMENT_VALUE(double, y, row);
        if (base <= 0 || a <= 0)
            weir_result_set_null(call, result, row);
        else
            ((double *)result->values)[row] = log(a) / log(base);
    }
    return WEIR_OK;
}

static WeirStatus resolve_log(WeirFunctionCall *call, WeirError *error)
{
    call->nullable = true;
    if (call->argument_count == 2)
        return weir_signature_apply("double,double->double", call, error);
    WeirExpression *arguments[2] = {weir_call_make(call, "e", NULL, 0), call->arguments[0]};
    call->replacement = weir_call_make(call, "log", arguments, 2);
    return WEIR_OK;
}

KERNEL(e_kernel)
{
    (void)arguments;
    (void)error;
    double value = call->expression->function->name[0] == 'e' ? M_E : M_PI;
    WEIR_FOR_ROWS(call, row)
    ((double *)result->values)[row] = value;
    return WEIR_OK;
}

/* ---- rounding */

typedef enum Rounding { ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_CEILING, ROUND_FLOOR } Rounding;

static Rounding rounding_of(const char *name)
{
    return name[0] == 'b'   ? ROUND_HALF_EVEN
           : name[0] == 'c' ? ROUND_CEILING
           : name[0] == 'f' ? ROUND_FLOOR
                            : ROUND_HALF_UP;
}

/* value / divisor by the rule. */
static WeirInt128 divide_rounded(WeirInt128 value, WeirInt128 divisor, Rounding rounding)
{
    WeirInt128 quotient = value / divisor, rest = value % divisor, twice = (rest < 0 ? -rest : rest) * 2;
    int away = value < 0 ? -1 : 1;
    switch (rounding) {
    case ROUND_HALF_UP:
        return quotient + (twice >= divisor ? away : 0);
    case ROUND_HALF_EVEN:
        return quotient + (twice > divisor || (twice == divisor && quotient % 2 != 0) ? away : 0);
    case ROUND_CEILING:
        return quotient + (rest > 0);
    default:
        return quotient - (rest < 0);
    }
}

static WeirStatus resolve_round(WeirFunctionCall *call, WeirError *error)
{
    WeirExpression *argument = call->arguments[0];
    const WeirDataType *type = argument->type;
    if (type->id == WEIR_TYPE_STRING || type->id == WEIR_TYPE_VOID)
        type = &weir_type_double;
    if (!weir_type_is_numeric(type))
        return weir_call_unexpected_type(call, 0, "\"NUMERIC\"", error);
    Rounding rounding = rounding_of(call->name);
    bool whole = rounding >= ROUND_CEILING; /* ceil(a), floor(a) without a scale give a long */
    int32_t *scale = WEIR_ARENA_NEW(call->arena, int32_t);
    bool scaled = call->argument_count == 2;
    if (scaled) {
        WeirValue *value = NULL;
        WEIR_TRY(weir_call_constant(call, 1, &value, error));
        if (value == NULL)
            return weir_call_non_foldable(call, 1, "scale", "\"INT\"", error);
        *scale = weir_value_is_null(value) ? 0 : (int32_t)weir_value_get_int(value);
        call->cast_types[1] = &weir_type_int;
    } else if (!whole) {
        call->arguments = (WeirExpression **)memcpy(
            WEIR_ARENA_ARRAY(call->arena, WeirExpression *, 2),
            (WeirExpression *[]){argument, weir_expression_int_literal(call->arena, 0)}, 2 * sizeof(argument));
        call->cast_types = WEIR_ARENA_ARRAY(call->arena, const WeirDataType *, 2);
        call->argument_count = 2;
    }
    if (whole && !scaled && type->id != WEIR_TYPE_DECIMAL) {
        call->cast_types[0] = weir_type_is_integral(type) ? &weir_type_long : &weir_type_double;
        call->result_type = &weir_type_long;
    } else {
        if (whole && scaled && type->id != WEIR_TYPE_DECIMAL)
            type = weir_decimal_for_expression(call->arena, argument);
        call->cast_types[0] = type;
        call->result_type = type;
        if (type->id == WEIR_TYPE_DECIMAL) {
            int integral = type->precision - type->scale + 1;
            int kept = *scale < 0 ? 0 : *scale < type->scale ? *scale : type->scale;
            if (*scale < 0)
                call->result_type = weir_type_decimal(call->arena,
                                                      integral > -*scale + 1 ? (integral < 38 ? integral : 38)
                                                                             : (-*scale + 1 < 38 ? -*scale + 1 : 38),
                                                      0);
            else
                call->result_type = weir_type_decimal(call->arena, integral + kept < 38 ? integral + kept : 38, kept);
        }
    }
    call->bound = scale;
    return WEIR_OK;
}

static double round_double(double value, int32_t scale, Rounding rounding, bool single)
{
    if (!isfinite(value) || value == 0)
        return value;
    WeirShortest shortest = single ? weir_shortest_float((float)value) : weir_shortest_double(value);
    int drop = -shortest.exponent - scale; /* digits behind the last one kept */
    if (drop <= 0)
        return value;
    if (drop > 30)
        return rounding == ROUND_CEILING && value > 0 && drop < 400 ? pow(10, -scale) : 0.0;
    WeirInt128 digits = value < 0 ? -(WeirInt128)shortest.digits : (WeirInt128)shortest.digits;
    WeirInt128 kept = divide_rounded(digits, weir_power_of_ten(drop), rounding);
    char text[80];
    snprintf(text, sizeof(text), "%s%llde%d", "", (long long)kept, -scale);
    double rounded = value;
    weir_parse_double(text, strlen(text), &rounded);
    return rounded;
}

static int64_t load_integer(const WeirVector *vector, uint32_t at)
{
    switch (weir_type_physical(vector->type)) {
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)vector->values)[at];
    default:
        return ((const int64_t *)vector->values)[at];
    }
}

KERNEL(round_kernel)
{
    int32_t scale = *(const int32_t *)call->expression->bound;
    Rounding rounding = rounding_of(call->expression->function->name);
    const WeirDataType *from = arguments[0]->type, *to = result->type;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        uint32_t at = row & x.mask;
        if (from->id == WEIR_TYPE_DECIMAL) {
            WeirInt128 value = weir_decimal_load(&x, weir_decimal_is_wide(from), row);
            int drop = from->scale - scale;
            if (drop > 0)
                value = drop > 38 ? 0 : divide_rounded(value, weir_power_of_ten(drop), rounding);
            if (scale < 0)
                value *= weir_power_of_ten(-scale < 38 ? -scale : 38);
            if (!weir_decimal_fits(value, to->precision))
                return weir_decimal_range_error(call, value, to->scale, to->precision, to->scale, error);
            weir_decimal_store(result, weir_decimal_is_wide(to), row, value);
        } else if (from->id == WEIR_TYPE_DOUBLE && to->id == WEIR_TYPE_LONG) {
            double value = ((const double *)x.values)[at];
            value = rounding == ROUND_CEILING ? ceil(value) : floor(value);
            ((int64_t *)result->values)[row] = value != value    ? 0
                                               : value >= 0x1p63 ? INT64_MAX
                                               : value < -0x1p63 ? INT64_MIN
                                                                 : (int64_t)value;
        } else if (from->id == WEIR_TYPE_DOUBLE) {
            ((double *)result->values)[row] = round_double(((const double *)x.values)[at], scale, rounding, false);
        } else if (from->id == WEIR_TYPE_FLOAT) {
            ((float *)result->values)[row] =
                (float)round_double((double)((const float *)x.values)[at], scale, rounding, true);
        } else {
            WeirInt128 value = load_integer(arguments[0], at);
            if (scale < 0)
                value = -scale > 20
                            ? 0
                            : divide_rounded(value, weir_power_of_ten(-scale), rounding) * weir_power_of_ten(-scale);
            int64_t narrow = (int64_t)value;
            size_t size = weir_physical_size(weir_type_physical(to));
            int bits = 64 - 8 * (int)size;
            if (narrow != value || (int64_t)((uint64_t)narrow << bits) >> bits != narrow)
                return weir_overflow_error(call, "overflow in rounding", "", error);
            memcpy((uint8_t *)result->values + (size_t)row * size, &narrow, size);
        }
    }
    return WEIR_OK;
}

KERNEL(factorial_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        int32_t n = WEIR_ARGUMENT_VALUE(int32_t, x, row);
        int64_t product = 1;
        if (n < 0 || n > 20) {
            weir_result_set_null(call, result, row);
            continue;
        }
        for (int32_t i = 2; i <= n; i++)
            product *= i;
        ((int64_t *)result->values)[row] = product;
    }
    return WEIR_OK;
}

KERNEL(bin_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        uint64_t value = (uint64_t)WEIR_ARGUMENT_VALUE(int64_t, x, row);
        char text[64];
        uint32_t length = value == 0 ? 1 : 64 - (uint32_t)__builtin_clzll(value);
        for (uint32_t i = 0; i < length; i++)
            text[i] = (char)('0' + (value >> (length - 1 - i) & 1));
        ((WeirStringView *)result->values)[row] = weir_view_copy(call->arena, text, length);
    }
    return WEIR_OK;
}

KERNEL(width_bucket_kernel)
{
    (void)error;
    WeirArgument v = weir_argument(arguments[0]), a = weir_argument(arguments[1]), b = weir_argument(arguments[2]),
                 n = weir_argument(arguments[3]);
    WEIR_FOR_ROWS(call, row)
    {
        double value = WEIR_ARGUMENT_VALUE(double, v, row), low = WEIR_ARGUMENT_VALUE(double, a, row),
               high = WEIR_ARGUMENT_VALUE(double, b, row);
        int64_t count = WEIR_ARGUMENT_VALUE(int64_t, n, row);
        if (count <= 0 || count == INT64_MAX || isnan(value) || low == high || !isfinite(low) || !isfinite(high)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        double least = low < high ? low : high, most = low < high ? high : low;
        int64_t bucket = low < high
                             ? (value < least   ? 0
                                : value >= most ? count + 1
                                                : (int64_t)((double)count * (value - least) / (most - least)) + 1)
                             : (value > most     ? 0
                                : value <= least ? count + 1
                                                 : (int64_t)((double)count * (most - value) / (most - least)) + 1);
        ((int64_t *)result->values)[row] = bucket;
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define MATH(NAME, ALIASES, FLAGS, COUNT, SIGNATURE, KERNEL, FORMAT, USAGE)                                            \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = FLAGS, .arguments_min = COUNT, .arguments_max = COUNT,              \
        .signature = SIGNATURE, .kernel = KERNEL, .sql_format = FORMAT, .group = "math_funcs", .usage = USAGE          \
    }
#define ONE(NAME, KERNEL, FORMAT, USAGE)                                                                               \
    MATH(NAME, NULL, NP | WEIR_FUNCTION_NULLABLE, 1, "double->double", KERNEL, FORMAT, USAGE)
#define LOG(NAME, KERNEL, FORMAT, USAGE)                                                                               \
    MATH(NAME, NULL, NP | WEIR_FUNCTION_NULLABLE, 1, "double->double", KERNEL, FORMAT, USAGE)
#define ROUNDS(NAME, ALIASES, FORMAT, USAGE)                                                                           \
    {                                                                                                                  \
        .name = NAME, .aliases = ALIASES, .flags = NP | WEIR_FUNCTION_MAY_FAIL | WEIR_FUNCTION_NULLABLE,               \
        .arguments_min = 1, .arguments_max = 2, .resolve = resolve_round, .kernel = round_kernel,                      \
        .sql_format = FORMAT, .group = "math_funcs", .usage = USAGE                                                    \
    }

const WeirFunction weir_functions_math[] = {
    ONE("sqrt", sqrt_kernel, "SQRT($1)", "sqrt(a): the square root."),
    ONE("cbrt", cbrt_kernel, "CBRT($1)", "cbrt(a): the cube root."),
    ONE("exp", exp_kernel, "EXP($1)", "exp(a): e to the power of a."),
    ONE("expm1", expm1_kernel, "EXPM1($1)", "expm1(a): exp(a) - 1."),
    LOG("ln", ln_kernel, NULL, "ln(a): the natural logarithm."),
    LOG("log10", log10_kernel, "LOG10($1)", "log10(a)"),
    LOG("log2", log2_kernel, "LOG2($1)", "log2(a)"),
    LOG("log1p", log1p_kernel, "LOG1P($1)", "log1p(a): ln(1 + a)."),
    {.name = "log",
     .flags = NP | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_log,
     .kernel = log_kernel,
     .sql_format = "LOG($*)",
     .group = "math_funcs",
     .usage = "log([base, ]a): the logarithm."},
    ONE("sin", sin_kernel, "SIN($1)", "sin(a)"),
    ONE("cos", cos_kernel, "COS($1)", "cos(a)"),
    ONE("tan", tan_kernel, "TAN($1)", "tan(a)"),
    ONE("asin", asin_kernel, "ASIN($1)", "asin(a)"),
    ONE("acos", acos_kernel, "ACOS($1)", "acos(a)"),
    ONE("atan", atan_kernel, "ATAN($1)", "atan(a)"),
    ONE("sinh", sinh_kernel, "SINH($1)", "sinh(a)"),
    ONE("cosh", cosh_kernel, "COSH($1)", "cosh(a)"),
    ONE("tanh", tanh_kernel, "TANH($1)", "tanh(a)"),
    ONE("asinh", asinh_kernel, "ASINH($1)", "asinh(a)"),
    ONE("acosh", acosh_kernel, "ACOSH($1)", "acosh(a)"),
    ONE("atanh", atanh_kernel, "ATANH($1)", "atanh(a)"),
    ONE("cot", cot_kernel, "COT($1)", "cot(a)"),
    ONE("sec", sec_kernel, "SEC($1)", "sec(a)"),
    ONE("csc", csc_kernel, "CSC($1)", "csc(a)"),
    ONE("degrees", degrees_kernel, "DEGREES($1)", "degrees(a): radians as degrees."),
    ONE("radians", radians_kernel, "RADIANS($1)", "radians(a): degrees as radians."),
    MATH("signum", WEIR_ALIASES("sign"), NP | WEIR_FUNCTION_NULLABLE, 1, "double->double", signum_kernel, "SIGNUM($1)",
         "signum(a): -1, 0 or 1."),
    ONE("rint", rint_kernel, "rint($1)", "rint(a): the nearest integer, as a double."),
    MATH("pow", WEIR_ALIASES("power"), NP, 2, "double,double->double", pow_kernel, NULL,
         "pow(a, b): a to the power of b."),
    MATH("atan2", NULL, NP, 2, "double,double->double", atan2_kernel, "ATAN2($*)", "atan2(y, x)"),
    MATH("hypot", NULL, NP, 2, "double,double->double", hypot_kernel, "HYPOT($*)", "hypot(a, b)"),
    MATH("e", NULL, WEIR_FUNCTION_NEVER_NULL, 0, "->double", e_kernel, "E()", "e(): Euler's number."),
    MATH("pi", NULL, WEIR_FUNCTION_NEVER_NULL, 0, "->double", e_kernel, "PI()", "pi()"),
    ROUNDS("round", NULL, NULL, "round(a[, digits]): halves away from zero."),
    ROUNDS("bround", NULL, NULL, "bround(a[, digits]): halves to the even digit."),
    ROUNDS("ceil", WEIR_ALIASES("ceiling"), "CEIL($1)\tceil($*)", "ceil(a[, digits]): rounded up."),
    ROUNDS("floor", NULL, "FLOOR($1)\tfloor($*)", "floor(a[, digits]): rounded down."),
    MATH("factorial", NULL, NP | WEIR_FUNCTION_NULLABLE, 1, "int->long", factorial_kernel, NULL, "factorial(n)"),
    MATH("bin", NULL, NP, 1, "long->string", bin_kernel, NULL, "bin(n): in binary digits."),
    MATH("width_bucket", NULL, NP | WEIR_FUNCTION_NULLABLE, 4, "double,double,double,long->long", width_bucket_kernel,
         NULL, "width_bucket(a, low, high, n): which of n equal parts a is in."),
    {0},
};
