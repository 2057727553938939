/* Mathematical functions. Those of doubles are one loop each. */
#include <math.h>

#include "expr/function_private.h"
#include "expr/kernel.h"
#include "expr/strict_math.h"

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
DOUBLE_FUNCTION(cbrt_kernel, weir_strict_cbrt(a))
DOUBLE_FUNCTION(exp_kernel, weir_strict_exp(a))
DOUBLE_FUNCTION(expm1_kernel, weir_strict_expm1(a))
DOUBLE_FUNCTION(sin_kernel, sin(a))
DOUBLE_FUNCTION(cos_kernel, cos(a))
DOUBLE_FUNCTION(tan_kernel, tan(a))
DOUBLE_FUNCTION(asin_kernel, weir_strict_asin(a))
DOUBLE_FUNCTION(acos_kernel, weir_strict_acos(a))
DOUBLE_FUNCTION(atan_kernel, weir_strict_atan(a))
DOUBLE_FUNCTION(sinh_kernel, weir_strict_sinh(a))
DOUBLE_FUNCTION(cosh_kernel, weir_strict_cosh(a))
DOUBLE_FUNCTION(tanh_kernel, weir_strict_tanh(a))
DOUBLE_FUNCTION(asinh_kernel, weir_strict_asinh(a))
DOUBLE_FUNCTION(acosh_kernel, weir_strict_acosh(a))
DOUBLE_FUNCTION(atanh_kernel, 0.5 * (weir_strict_log1p(a) - weir_strict_log1p(-a)))
DOUBLE_FUNCTION(cot_kernel, 1.0 / tan(a))
DOUBLE_FUNCTION(sec_kernel, 1.0 / cos(a))
DOUBLE_FUNCTION(csc_kernel, 1.0 / sin(a))
DOUBLE_FUNCTION(degrees_kernel, a *(180.0 / M_PI))
DOUBLE_FUNCTION(radians_kernel, a *(M_PI / 180.0))
DOUBLE_FUNCTION(rint_kernel, rint(a))
DOUBLE_PAIR(pow_kernel, weir_strict_pow(a, b))
DOUBLE_PAIR(atan2_kernel, weir_strict_atan2(a + 0.0, b + 0.0))
DOUBLE_PAIR(hypot_kernel, weir_strict_hypot(a, b))
LOGARITHM(ln_kernel, a <= 0, weir_strict_log(a))
LOGARITHM(log10_kernel, a <= 0, weir_strict_log10(a))
LOGARITHM(log2_kernel, a <= 0, weir_strict_log(a) / weir_strict_log(2.0))
LOGARITHM(log1p_kernel, a <= -1, weir_strict_log1p(a))

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
            ((double *)result->values)[row] = weir_strict_log(a) / weir_strict_log(base);
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

/* A value in double's terms: intervals count in their unit. */
static double number_at(const WeirVector *vector, const WeirArgument *x, uint32_t row)
{
    switch (weir_type_physical(vector->type)) {
    case WEIR_PHYSICAL_INT32:
        return WEIR_ARGUMENT_VALUE(int32_t, *x, row);
    case WEIR_PHYSICAL_INT64:
        return (double)WEIR_ARGUMENT_VALUE(int64_t, *x, row);
    default:
        return WEIR_ARGUMENT_VALUE(double, *x, row);
    }
}

KERNEL(signum_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        double a = number_at(arguments[0], &x, row);
        ((double *)result->values)[row] = a > 0 ? 1.0 : a < 0 ? -1.0 : a;
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
        double value = number_at(arguments[0], &v, row), low = number_at(arguments[1], &a, row),
               high = number_at(arguments[2], &b, row);
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

/* The value and the two ends: all double, or intervals of one kind. */
static WeirStatus resolve_width_bucket(WeirFunctionCall *call, WeirError *error)
{
    bool same = true;
    for (uint32_t i = 0; i < 3; i++) {
        const WeirDataType *type = call->arguments[i]->type;
        bool interval = type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
        if (!interval && !weir_can_implicitly_cast(type, &weir_type_double))
            return weir_call_unexpected_type(
                call, i, "(\"DOUBLE\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")", error);
        call->cast_types[i] = interval ? type : &weir_type_double;
        same = same && call->cast_types[i]->id == call->cast_types[0]->id;
    }
    if (!weir_can_implicitly_cast(call->arguments[3]->type, &weir_type_long))
        return weir_call_unexpected_type(call, 3, "\"BIGINT\"", error);
    if (!same)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_DATA_DIFF_TYPES, "sqlExpr", weir_call_sql(call),
                              "functionName", "`width_bucket`", "dataType",
                              weir_arena_printf(call->arena, "(%s or %s or %s)",
                                                weir_quoted_type(call->arena, call->cast_types[0]),
                                                weir_quoted_type(call->arena, call->cast_types[1]),
                                                weir_quoted_type(call->arena, call->cast_types[2])));
    call->cast_types[3] = &weir_type_long;
    call->result_type = &weir_type_long;
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
    MATH("signum", WEIR_ALIASES("sign"), NP | WEIR_FUNCTION_NULLABLE, 1, "double|yearmonth|daytime->double",
         signum_kernel, "SIGNUM($1)", "signum(a): -1, 0 or 1."),
    ONE("rint", rint_kernel, "rint($1)", "rint(a): the nearest integer, as a double."),
    MATH("pow", NULL, NP, 2, "double,double->double", pow_kernel, NULL, "pow(a, b): a to the power of b."),
    MATH("power", NULL, NP, 2, "double,double->double", pow_kernel, "POWER($*)", "power(a, b): a to the power of b."),
    MATH("atan2", NULL, NP, 2, "double,double->double", atan2_kernel, "ATAN2($*)", "atan2(y, x)"),
    MATH("hypot", NULL, NP, 2, "double,double->double", hypot_kernel, "HYPOT($*)", "hypot(a, b)"),
    MATH("e", NULL, WEIR_FUNCTION_NEVER_NULL, 0, "->double", e_kernel, "E()", "e(): Euler's number."),
    MATH("pi", NULL, WEIR_FUNCTION_NEVER_NULL, 0, "->double", e_kernel, "PI()", "pi()"),
    MATH("factorial", NULL, NP | WEIR_FUNCTION_NULLABLE, 1, "int->long", factorial_kernel, NULL, "factorial(n)"),
    MATH("bin", NULL, NP, 1, "long->string", bin_kernel, NULL, "bin(n): in binary digits."),
    {.name = "width_bucket",
     .flags = NP | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 4,
     .arguments_max = 4,
     .resolve = resolve_width_bucket,
     .kernel = width_bucket_kernel,
     .group = "math_funcs",
     .usage = "width_bucket(a, low, high, n): which of n equal parts a is in."},
    {0},
};
