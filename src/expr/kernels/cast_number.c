/* Casts from boolean, integers, floating point and decimals. */
#include <math.h>

#include "columnar/civil_calendar.h"
#include "common/number_format.h"
#include "expr/kernels/cast.h"

typedef struct IntegerRange {
    int64_t minimum, maximum;
} IntegerRange;

static IntegerRange range_of(WeirTypeId id)
{
    switch (id) {
    case WEIR_TYPE_BYTE:
        return (IntegerRange){INT8_MIN, INT8_MAX};
    case WEIR_TYPE_SHORT:
        return (IntegerRange){INT16_MIN, INT16_MAX};
    case WEIR_TYPE_INT:
        return (IntegerRange){INT32_MIN, INT32_MAX};
    default:
        return (IntegerRange){INT64_MIN, INT64_MAX};
    }
}

static inline int64_t load_integer(const WeirVector *source, uint32_t at)
{
    switch (weir_type_physical(source->type)) {
    case WEIR_PHYSICAL_BOOL:
        return ((const uint8_t *)source->values)[at];
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)source->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)source->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)source->values)[at];
    default:
        return ((const int64_t *)source->values)[at];
    }
}

static inline void store_integer(WeirVector *result, uint32_t row, int64_t value)
{
    switch (weir_type_physical(result->type)) {
    case WEIR_PHYSICAL_BOOL:
        ((uint8_t *)result->values)[row] = value != 0;
        break;
    case WEIR_PHYSICAL_INT8:
        ((int8_t *)result->values)[row] = (int8_t)value;
        break;
    case WEIR_PHYSICAL_INT16:
        ((int16_t *)result->values)[row] = (int16_t)value;
        break;
    case WEIR_PHYSICAL_INT32:
        ((int32_t *)result->values)[row] = (int32_t)value;
        break;
    default:
        ((int64_t *)result->values)[row] = value;
        break;
    }
}

/* Widening loops that need no check, for the pairs that queries have. */
static bool widen(const WeirKernelCall *call, const WeirVector *source, WeirVector *result)
{
    if (source->kind == WEIR_VECTOR_CONSTANT || call->count * 4 < call->row_count)
        return false;
    WeirTypeId from = source->type->id, to = result->type->id;
#define WIDEN(From, To)                                                                                                \
    do {                                                                                                               \
        const From *restrict x = source->values;                                                                       \
        To *restrict out = result->values;                                                                             \
        for (uint32_t row = 0; row < call->row_count; row++)                                                           \
            out[row] = (To)x[row];                                                                                     \
        return true;                                                                                                   \
    } while (0)
    if (from == WEIR_TYPE_INT && to == WEIR_TYPE_LONG)
        WIDEN(int32_t, int64_t);
    if (from == WEIR_TYPE_INT && to == WEIR_TYPE_DOUBLE)
        WIDEN(int32_t, double);
    if (from == WEIR_TYPE_LONG && to == WEIR_TYPE_DOUBLE)
        WIDEN(int64_t, double);
    if (from == WEIR_TYPE_FLOAT && to == WEIR_TYPE_DOUBLE)
        WIDEN(float, double);
#undef WIDEN
    return false;
}

int64_t weir_interval_unit(const WeirDataType *interval)
{
    static const int64_t units[] = {WEIR_MICROS_PER_DAY, 3600 * WEIR_MICROS_PER_SECOND, 60 * WEIR_MICROS_PER_SECOND,
                                    WEIR_MICROS_PER_SECOND};
    if (interval->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        return interval->end_field == WEIR_INTERVAL_YEAR ? 12 : 1;
    return units[interval->end_field - WEIR_INTERVAL_DAY];
}

/* Where the type has room for every value of the integer. */
static bool widen_to_decimal(const WeirKernelCall *call, const WeirVector *source, WeirVector *result)
{
    static const int digits[] = {
        [WEIR_TYPE_BYTE] = 3, [WEIR_TYPE_SHORT] = 5, [WEIR_TYPE_INT] = 10, [WEIR_TYPE_LONG] = 19};
    WeirTypeId from = source->type->id;
    int precision = result->type->precision, scale = result->type->scale;
    if (from < WEIR_TYPE_BYTE || from > WEIR_TYPE_LONG || precision - scale < digits[from])
        return false;
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    bool wide = weir_decimal_is_wide(result->type);
    WeirInt128 factor = weir_power_of_ten(scale);
    if (wide && from == WEIR_TYPE_LONG) {
        WEIR_FOR_ROWS(call, row)
        weir_decimal_store(result, true, row, ((const int64_t *)source->values)[row & mask] * factor);
        return true;
    }
    WEIR_FOR_ROWS(call, row)
    weir_decimal_store(result, wide, row, load_integer(source, row & mask) * factor);
    return true;
}

static WeirStatus integer_to_decimal(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                     WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    bool wide = weir_decimal_is_wide(result->type);
    int precision = result->type->precision, scale = result->type->scale;
    if (widen_to_decimal(call, source, result))
        return WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = load_integer(source, row & mask);
        WeirInt128 scaled;
        if (!weir_decimal_rescale(value, 0, scale, precision, &scaled)) {
            char text[32];
            weir_format_int64(value, text);
            WEIR_TRY(weir_cast_decimal_range(call, source->type, text, result, row, error));
            continue;
        }
        weir_decimal_store(result, wide, row, scaled);
    }
    return WEIR_OK;
}

static WeirStatus from_integer(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WeirTypeId to = result->type->id;
    bool legacy = call->expression->eval_mode == WEIR_EVAL_LEGACY;
    if (to == WEIR_TYPE_DECIMAL)
        return integer_to_decimal(call, source, result, error);
    IntegerRange range = range_of(to);
    bool checked = weir_type_is_integral(result->type) && !legacy;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = load_integer(source, row & mask);
        if (to == WEIR_TYPE_DOUBLE) {
            ((double *)result->values)[row] = (double)value;
        } else if (to == WEIR_TYPE_FLOAT) {
            ((float *)result->values)[row] = (float)value;
        } else if (to ==
                   WEIR_TYPE_TIMESTAMP) { /* seconds; saturates as Java's TimeUnit does; true is one microsecond */
            int64_t micros;
            if (source->type->id == WEIR_TYPE_BOOLEAN)
                micros = value;
            else if (__builtin_mul_overflow(value, WEIR_MICROS_PER_SECOND, &micros))
                micros = value < 0 ? INT64_MIN : INT64_MAX;
            ((int64_t *)result->values)[row] = micros;
        } else if (to == WEIR_TYPE_DAY_TIME_INTERVAL) {
            int64_t micros;
            if (__builtin_mul_overflow(value, weir_interval_unit(result->type), &micros))
                WEIR_TRY(weir_cast_overflow(call, source, row, result, error));
            else
                ((int64_t *)result->values)[row] = micros;
        } else if (to == WEIR_TYPE_YEAR_MONTH_INTERVAL) {
            int64_t months;
            if (__builtin_mul_overflow(value, weir_interval_unit(result->type), &months) || months != (int32_t)months)
                WEIR_TRY(weir_cast_overflow(call, source, row, result, error));
            else
                ((int32_t *)result->values)[row] = (int32_t)months;
        } else if (checked && (value < range.minimum || value > range.maximum)) {
            WEIR_TRY(weir_cast_overflow(call, source, row, result, error));
        } else {
            store_integer(result, row, value);
        }
    }
    return WEIR_OK;
}

/* Through the shortest digits, as BigDecimal(Double.toString). */
static WeirStatus double_to_decimal(WeirKernelCall *call, const WeirVector *source, uint32_t row, double value,
                                    WeirVector *result, WeirError *error)
{
    if (!isfinite(value)) { /* null under ANSI, too */
        weir_result_set_null(call, result, row);
        return WEIR_OK;
    }
    bool single = source->type->id == WEIR_TYPE_FLOAT;
    WeirShortest shortest = single ? weir_shortest_float((float)value) : weir_shortest_double(value);
    WeirInt128 digits = value < 0 ? -(WeirInt128)shortest.digits : (WeirInt128)shortest.digits, scaled = 0;
    bool fits = shortest.exponent < -result->type->scale - 60 ||
                (shortest.exponent <= 38 && weir_decimal_rescale(digits, -shortest.exponent, result->type->scale,
                                                                 result->type->precision, &scaled));
    if (!fits) {
        char text[WEIR_NUMBER_TEXT_BYTES];
        weir_format_double(value, text);
        return weir_cast_decimal_range(call, source->type, text, result, row, error);
    }
    weir_decimal_store(result, weir_decimal_is_wide(result->type), row, scaled);
    return WEIR_OK;
}

/* Java's (long) of a double: saturating, NaN is 0. */
static int64_t saturate(double value, IntegerRange range)
{
    if (value != value)
        return 0;
    if (value >= (double)range.maximum)
        return range.maximum;
    if (value <= (double)range.minimum)
        return range.minimum;
    return (int64_t)value;
}

static WeirStatus from_floating(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    bool single = source->type->id == WEIR_TYPE_FLOAT, legacy = call->expression->eval_mode == WEIR_EVAL_LEGACY;
    WeirTypeId to = result->type->id;
    IntegerRange range = range_of(to);
    WEIR_FOR_ROWS(call, row)
    {
        double value =
            single ? (double)((const float *)source->values)[row & mask] : ((const double *)source->values)[row & mask];
        switch (to) {
        case WEIR_TYPE_DOUBLE:
            ((double *)result->values)[row] = value;
            break;
        case WEIR_TYPE_FLOAT:
            ((float *)result->values)[row] = (float)value;
            break;
        case WEIR_TYPE_BOOLEAN:
            ((uint8_t *)result->values)[row] = value != 0;
            break;
        case WEIR_TYPE_DECIMAL:
            WEIR_TRY(double_to_decimal(call, source, row, value, result, error));
            break;
        case WEIR_TYPE_TIMESTAMP:
            if (!isfinite(value))
                WEIR_TRY(weir_cast_malformed(call, source, row, result, error));
            else if (!legacy && (value * 1e6 > 0x1p63 || value * 1e6 < -0x1p63))
                WEIR_TRY(weir_cast_overflow(call, source, row, result, error));
            else
                ((int64_t *)result->values)[row] = saturate(value * 1e6, range);
            break;
        default:
            if (legacy) /* narrow types go through int, as in Java */
                store_integer(result, row,
                              to == WEIR_TYPE_LONG ? saturate(value, range) : saturate(value, range_of(WEIR_TYPE_INT)));
            else if (floor(value) > (double)range.maximum || ceil(value) < (double)range.minimum || value != value)
                WEIR_TRY(weir_cast_overflow(call, source, row, result, error));
            else /* 2^63 is the largest bigint as a double, and Spark takes it for that */
                store_integer(result, row, saturate(value, range));
            break;
        }
    }
    return WEIR_OK;
}

WeirStatus weir_cast_from_number(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    if (widen(call, source, result))
        return WEIR_OK;
    if (source->type->id == WEIR_TYPE_FLOAT || source->type->id == WEIR_TYPE_DOUBLE)
        return from_floating(call, source, result, error);
    return from_integer(call, source, result, error);
}

static WeirStatus decimal_to_integer(WeirKernelCall *call, const WeirVector *source, uint32_t row, WeirInt128 value,
                                     WeirVector *result, WeirError *error)
{
    IntegerRange range = range_of(result->type->id);
    WeirInt128 integral = value / weir_power_of_ten(source->type->scale);
    if (integral < range.minimum || integral > range.maximum) {
        if (call->expression->eval_mode != WEIR_EVAL_LEGACY)
            return weir_cast_overflow(call, source, row, result, error);
    }
    store_integer(result, row, (int64_t)integral);
    return WEIR_OK;
}

/* Halves of a microsecond or month go away from zero; finer fields than the last one keep what the fraction gives. */
static WeirStatus decimal_to_interval(WeirKernelCall *call, const WeirVector *source, uint32_t row, WeirInt128 value,
                                      WeirVector *result, WeirError *error)
{
    WeirInt128 scaled = 0;
    bool months = result->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    bool fits = weir_decimal_multiply(value, source->type->scale, weir_interval_unit(result->type), 0, 38, 0, &scaled);
    if (!fits || scaled != (months ? (int32_t)scaled : (int64_t)scaled))
        return weir_cast_overflow(call, source, row, result, error);
    if (months)
        ((int32_t *)result->values)[row] = (int32_t)scaled;
    else
        ((int64_t *)result->values)[row] = (int64_t)scaled;
    return WEIR_OK;
}

/* Up to 18 digits: where value and power are exact doubles, one division rounds once. */
static void narrow_to_double(const WeirKernelCall *call, const WeirVector *source, WeirVector *result)
{
    WeirArgument x = weir_argument(source);
    int scale = source->type->scale;
    double power = (double)weir_power_of_ten(scale);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = WEIR_ARGUMENT_VALUE(int64_t, x, row);
        bool exact = value <= (INT64_C(1) << 53) && value >= -(INT64_C(1) << 53);
        ((double *)result->values)[row] = exact ? (double)value / power : weir_decimal_to_double(value, scale);
    }
}

WeirStatus weir_cast_from_decimal(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(source);
    if (result->type->id == WEIR_TYPE_DOUBLE && !weir_decimal_is_wide(source->type) && source->type->scale >= 0) {
        narrow_to_double(call, source, result);
        return WEIR_OK;
    }
    bool wide = weir_decimal_is_wide(source->type),
         wide_result = result->type->id == WEIR_TYPE_DECIMAL && weir_decimal_is_wide(result->type);
    int scale = source->type->scale;
    WEIR_FOR_ROWS(call, row)
    {
        WeirInt128 value = weir_decimal_load(&x, wide, row), scaled;
        switch (result->type->id) {
        case WEIR_TYPE_DECIMAL:
            if (weir_decimal_rescale(value, scale, result->type->scale, result->type->precision, &scaled)) {
                weir_decimal_store(result, wide_result, row, scaled);
            } else {
                char text[64];
                weir_decimal_text(value, scale, text);
                WEIR_TRY(weir_cast_decimal_range(call, source->type, text, result, row, error));
            }
            break;
        case WEIR_TYPE_BOOLEAN:
            ((uint8_t *)result->values)[row] = value != 0;
            break;
        case WEIR_TYPE_DOUBLE:
            ((double *)result->values)[row] = weir_decimal_to_double(value, scale);
            break;
        case WEIR_TYPE_FLOAT: {
            char text[64];
            float single = 0;
            weir_parse_float(text, weir_decimal_text(value, scale, text), &single);
            ((float *)result->values)[row] = single;
            break;
        }
        case WEIR_TYPE_TIMESTAMP: { /* seconds, microseconds cut off */
            WeirInt128 micros =
                scale >= 6 ? value / weir_power_of_ten(scale - 6) : value * weir_power_of_ten(6 - scale);
            ((int64_t *)result->values)[row] = (int64_t)micros;
            break;
        }
        case WEIR_TYPE_DAY_TIME_INTERVAL:
        case WEIR_TYPE_YEAR_MONTH_INTERVAL:
            WEIR_TRY(decimal_to_interval(call, source, row, value, result, error));
            break;
        default:
            WEIR_TRY(decimal_to_integer(call, source, row, value, result, error));
            break;
        }
    }
    return WEIR_OK;
}
