/* Casts from dates, timestamps and intervals. */
#include "columnar/civil_calendar.h"
#include "columnar/time_zone.h"
#include "expr/kernels/cast.h"

static int64_t load_time(const WeirVector *source, uint32_t at)
{
    return source->type->id == WEIR_TYPE_DATE ? ((const int32_t *)source->values)[at]
                                              : ((const int64_t *)source->values)[at];
}

static WeirStatus timestamp_to_number(WeirKernelCall *call, const WeirVector *source, uint32_t row, int64_t micros,
                                      WeirVector *result, WeirError *error)
{
    int64_t seconds = weir_floor_divide(micros, WEIR_MICROS_PER_SECOND);
    bool legacy = call->expression->eval_mode == WEIR_EVAL_LEGACY;
    WeirInt128 scaled;
    switch (result->type->id) {
    case WEIR_TYPE_BOOLEAN:
        ((uint8_t *)result->values)[row] = micros != 0;
        return WEIR_OK;
    case WEIR_TYPE_BYTE:
        if (!legacy && seconds != (int8_t)seconds)
            return weir_cast_overflow(call, source, row, result, error);
        ((int8_t *)result->values)[row] = (int8_t)seconds;
        return WEIR_OK;
    case WEIR_TYPE_SHORT:
        if (!legacy && seconds != (int16_t)seconds)
            return weir_cast_overflow(call, source, row, result, error);
        ((int16_t *)result->values)[row] = (int16_t)seconds;
        return WEIR_OK;
    case WEIR_TYPE_INT:
        if (!legacy && seconds != (int32_t)seconds)
            return weir_cast_overflow(call, source, row, result, error);
        ((int32_t *)result->values)[row] = (int32_t)seconds;
        return WEIR_OK;
    case WEIR_TYPE_LONG:
        ((int64_t *)result->values)[row] = seconds;
        return WEIR_OK;
    case WEIR_TYPE_FLOAT:
        ((float *)result->values)[row] = (float)((double)micros / 1e6);
        return WEIR_OK;
    case WEIR_TYPE_DOUBLE:
        ((double *)result->values)[row] = (double)micros / 1e6;
        return WEIR_OK;
    default: /* decimal */
        if (!weir_decimal_rescale(micros, 6, result->type->scale, result->type->precision, &scaled)) {
            char text[64];
            weir_decimal_text(micros, 6, text);
            return weir_cast_decimal_range(call, source->type, text, result, row, error);
        }
        weir_decimal_store(result, weir_decimal_is_wide(result->type), row, scaled);
        return WEIR_OK;
    }
}

WeirStatus weir_cast_from_time(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    const WeirTimeZone *zone = call->context->zone;
    WeirTypeId from = source->type->id, to = result->type->id;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = load_time(source, row & mask);
        if (to == WEIR_TYPE_DATE) {
            int64_t local = from == WEIR_TYPE_TIMESTAMP ? weir_micros_to_local(zone, value) : value;
            ((int32_t *)result->values)[row] = (int32_t)weir_floor_divide(local, WEIR_MICROS_PER_DAY);
        } else if (to == WEIR_TYPE_TIMESTAMP || to == WEIR_TYPE_TIMESTAMP_NTZ) {
            int64_t local = from == WEIR_TYPE_DATE ? (int64_t)((uint64_t)value * (uint64_t)WEIR_MICROS_PER_DAY) : value;
            ((int64_t *)result->values)[row] = to == WEIR_TYPE_TIMESTAMP     ? weir_local_to_micros(zone, local)
                                               : from == WEIR_TYPE_TIMESTAMP ? weir_micros_to_local(zone, local)
                                                                             : local;
        } else if (from == WEIR_TYPE_TIMESTAMP) {
            WEIR_TRY(timestamp_to_number(call, source, row, value, result, error));
        } else { /* legacy: a date has no number */
            weir_result_set_null(call, result, row);
        }
    }
    return WEIR_OK;
}

WeirStatus weir_cast_from_interval(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    bool months = source->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL;
    WeirTypeId to = result->type->id;
    int64_t unit = weir_interval_unit(to == source->type->id ? result->type : source->type);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value =
            months ? ((const int32_t *)source->values)[row & mask] : ((const int64_t *)source->values)[row & mask];
        if (to == WEIR_TYPE_DAY_TIME_INTERVAL) { /* what is finer than the last field is cut off; seconds keep their
                                                    fraction */
            ((int64_t *)result->values)[row] =
                result->type->end_field == WEIR_INTERVAL_SECOND ? value : value - value % unit;
        } else if (to == WEIR_TYPE_YEAR_MONTH_INTERVAL) {
            ((int32_t *)result->values)[row] = (int32_t)(value - value % unit);
        } else if (to == WEIR_TYPE_DECIMAL) {
            WeirInt128 scaled;
            bool seconds = !months && source->type->end_field == WEIR_INTERVAL_SECOND;
            if (weir_decimal_rescale(seconds ? value : value / unit, seconds ? 6 : 0, result->type->scale,
                                     result->type->precision, &scaled)) {
                weir_decimal_store(result, weir_decimal_is_wide(result->type), row, scaled);
            } else {
                char text[64];
                weir_decimal_text(seconds ? value : value / unit, seconds ? 6 : 0, text);
                WEIR_TRY(weir_cast_decimal_range(call, source->type, text, result, row, error));
            }
        } else {
            int64_t count = value / unit;
            int bits = 64 - 8 * (int)weir_physical_size(weir_type_physical(result->type));
            if ((int64_t)((uint64_t)count << bits) >> bits != count) {
                WEIR_TRY(weir_cast_overflow(call, source, row, result, error));
                continue;
            }
            memcpy((uint8_t *)result->values + (size_t)row * weir_physical_size(weir_type_physical(result->type)),
                   &count, weir_physical_size(weir_type_physical(result->type)));
        }
    }
    return WEIR_OK;
}
