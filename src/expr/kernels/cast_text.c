/* Casts from strings. */
#include <stdio.h>

#include "expr/kernels/cast.h"
#include "expr/kernels/text_parse.h"

#define EACH_TEXT(BODY)                                                                                                \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    {                                                                                                                  \
        const WeirStringView *view = weir_argument_view(&x, row);                                                      \
        const uint8_t *text = weir_view_data(view);                                                                    \
        BODY else WEIR_TRY(weir_cast_malformed(call, source, row, result, error));                                     \
    }

/* Plain digits, 8 to 18 of them: timestamps and ids. Everything else goes the careful way. */
static inline bool long_digits(const uint8_t *text, uint32_t length, int64_t *out)
{
    uint64_t value = 0, part, chunk;
    uint32_t i = 0;
    if (length < 8 || length > 18)
        return false;
    for (; i + 8 <= length; i += 8) {
        memcpy(&chunk, text + i, 8);
        if (!weir_parse_eight_digits(chunk, &part))
            return false;
        value = value * 100000000u + part;
    }
    for (; i < length; i++) {
        uint32_t digit = (uint32_t)text[i] - '0';
        if (digit > 9)
            return false;
        value = value * 10 + digit;
    }
    *out = (int64_t)value;
    return true;
}

static WeirStatus text_to_integer(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(source);
    bool fraction = call->expression->eval_mode == WEIR_EVAL_LEGACY;
    int64_t value;
    switch (result->type->id) {
    case WEIR_TYPE_BYTE:
        EACH_TEXT(if (weir_text_to_integer(text, view->length, INT8_MIN, INT8_MAX, fraction, &value))(
                      (int8_t *)result->values)[row] = (int8_t)value;)
        break;
    case WEIR_TYPE_SHORT:
        EACH_TEXT(if (weir_text_to_integer(text, view->length, INT16_MIN, INT16_MAX, fraction, &value))(
                      (int16_t *)result->values)[row] = (int16_t)value;)
        break;
    case WEIR_TYPE_INT:
        EACH_TEXT(if (weir_text_to_integer(text, view->length, INT32_MIN, INT32_MAX, fraction, &value))(
                      (int32_t *)result->values)[row] = (int32_t)value;)
        break;
    default:
        EACH_TEXT(if (long_digits(text, view->length, &value) ||
                      weir_text_to_integer(text, view->length, INT64_MIN, INT64_MAX, fraction, &value))(
                      (int64_t *)result->values)[row] = value;)
        break;
    }
    return WEIR_OK;
}

static WeirStatus text_to_decimal(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(source);
    bool wide = weir_decimal_is_wide(result->type);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(&x, row);
        WeirInt128 value = 0;
        WeirDecimalText read = weir_text_to_decimal(weir_view_data(view), view->length, result->type->precision,
                                                    result->type->scale, &value);
        if (read == WEIR_DECIMAL_OK) {
            weir_decimal_store(result, wide, row, value);
        } else if (read == WEIR_DECIMAL_MALFORMED) {
            WEIR_TRY(weir_cast_malformed(call, source, row, result, error));
        } else {
            char text[128];
            snprintf(text, sizeof(text), "%.*s", (int)(view->length < 120 ? view->length : 120),
                     (const char *)weir_view_data(view));
            WEIR_TRY(weir_cast_decimal_range(call, source->type, text, result, row, error));
        }
    }
    return WEIR_OK;
}

WeirStatus weir_cast_from_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(source);
    bool boolean;
    switch (result->type->id) {
    case WEIR_TYPE_BOOLEAN:
        EACH_TEXT(if (weir_text_to_boolean(text, view->length, &boolean))((uint8_t *)result->values)[row] = boolean;)
        return WEIR_OK;
    case WEIR_TYPE_DOUBLE:
        EACH_TEXT(if (weir_text_to_double(text, view->length, &((double *)result->values)[row])){})
        return WEIR_OK;
    case WEIR_TYPE_FLOAT:
        EACH_TEXT(if (weir_text_to_float(text, view->length, &((float *)result->values)[row])){})
        return WEIR_OK;
    case WEIR_TYPE_DECIMAL:
        return text_to_decimal(call, source, result, error);
    case WEIR_TYPE_DATE:
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
    case WEIR_TYPE_CALENDAR_INTERVAL:
        return weir_cast_text_to_time(call, source, result, error);
    default:
        return text_to_integer(call, source, result, error);
    }
}
