/* Casts to strings. Numbers, dates and times of usual size are made in registers (short_text.h), all else through
 * columnar/value_text.c. */
#include "columnar/value_format.h"
#include "columnar/value_text.h"
#include "common/number_format.h"
#include "expr/kernels/cast.h"
#include "expr/kernels/decimal.h"
#include "expr/kernels/short_text.h"

#define SHORT_MAGNITUDE_END 10000000000000000ull /* 10^16 */
#define DECIMAL_MAGNITUDE_END 100000000000000ull /* 10^14: a sign and a point go into 16 bytes, too */
#define DECIMAL_SCALE_MAX 13

static inline uint64_t magnitude_of(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Any value that is no text and not nested, with its own formatter. */
static WeirStatus put_fixed(WeirKernelCall *call, const WeirVector *source, uint32_t at, WeirTextHeap *heap,
                            WeirStringView *view, WeirError *error)
{
    WEIR_TRY(weir_text_heap_reserve(heap, WEIR_VALUE_TEXT_BYTES, error));
    size_t length = weir_value_format_fixed(source, at, call->context->zone, (char *)heap->next);
    *view = weir_text_heap_commit(heap, (uint32_t)length);
    return WEIR_OK;
}

#define EACH_INTEGER(TYPE)                                                                                             \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    {                                                                                                                  \
        int64_t value = ((const TYPE *)source->values)[row & mask];                                                    \
        uint64_t magnitude = magnitude_of(value);                                                                      \
        WEIR_TRY(weir_text_heap_reserve(&heap, WEIR_NUMBER_TEXT_BYTES, error));                                        \
        if (magnitude < SHORT_MAGNITUDE_END)                                                                           \
            out[row] = weir_short_view(&heap, weir_short_sign(weir_short_digits(magnitude, 1), value < 0));            \
        else                                                                                                           \
            out[row] = weir_text_heap_commit(&heap, (uint32_t)weir_format_int64(value, (char *)heap.next));            \
    }

static WeirStatus integers_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WeirStringView *out = result->values;
    WeirTextHeap heap = weir_text_heap(call);
    switch (weir_type_physical(source->type)) {
    case WEIR_PHYSICAL_INT8:
        EACH_INTEGER(int8_t)
        break;
    case WEIR_PHYSICAL_INT16:
        EACH_INTEGER(int16_t)
        break;
    case WEIR_PHYSICAL_INT32:
        EACH_INTEGER(int32_t)
        break;
    default:
        EACH_INTEGER(int64_t)
        break;
    }
    return WEIR_OK;
}

static WeirStatus decimals_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX, scale = (uint32_t)source->type->scale;
    WeirStringView *out = result->values;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = ((const int64_t *)source->values)[row & mask];
        uint64_t magnitude = magnitude_of(value);
        WEIR_TRY(weir_text_heap_reserve(&heap, WEIR_NUMBER_TEXT_BYTES, error));
        if (magnitude >= DECIMAL_MAGNITUDE_END) {
            WEIR_TRY(put_fixed(call, source, row & mask, &heap, &out[row], error));
            continue;
        }
        WeirShortText text = weir_short_digits(magnitude, scale + 1);
        if (scale > 0)
            text = weir_short_point(text, scale);
        out[row] = weir_short_view(&heap, weir_short_sign(text, value < 0));
    }
    return WEIR_OK;
}

/* The day's text if its year has four digits. */
static inline bool short_day(int64_t days, WeirShortText *text)
{
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    if (year < 0 || year > 9999)
        return false;
    *text = weir_short_date((uint32_t)year, (uint32_t)month, (uint32_t)day);
    return true;
}

static WeirStatus dates_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WeirStringView *out = result->values;
    WeirTextHeap heap = weir_text_heap(call);
    WeirShortText text;
    WEIR_FOR_ROWS(call, row)
    {
        if (short_day(((const int32_t *)source->values)[row & mask], &text))
            out[row] = weir_short_view(&heap, text);
        else
            WEIR_TRY(put_fixed(call, source, row & mask, &heap, &out[row], error));
    }
    return WEIR_OK;
}

/* date, blank, time[.fraction]: the heap has room for 32 bytes. */
static inline WeirStringView put_timestamp(WeirTextHeap *heap, WeirShortText date, uint32_t second_of_day,
                                           uint32_t fraction)
{
    uint64_t time = weir_short_time(second_of_day), digits = weir_eight_digits(fraction) >> 16;
    uint32_t length = 19;
    uint8_t *data = heap->next;
    memcpy(data, &date.bytes, sizeof(date.bytes));
    data[10] = ' ';
    memcpy(data + 11, &time, sizeof(time));
    if (fraction != 0) {
        length += 9 - (uint32_t)__builtin_clzll(digits) / 8; /* the point, and digits up to the last that is not 0 */
        digits |= 0x3030303030303030ull;
        data[19] = '.';
        memcpy(data + 20, &digits, sizeof(digits));
    }
    uint64_t parts[2] = {length | (uint64_t)date.bytes << 32, 0};
    WeirStringView view;
    memcpy(&parts[1], &data, sizeof(data));
    memcpy(&view, parts, sizeof(view));
    heap->next += length;
    return view;
}

static WeirStatus timestamps_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                     WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    bool zoned = source->type->id == WEIR_TYPE_TIMESTAMP;
    WeirStringView *out = result->values;
    WeirTextHeap heap = weir_text_heap(call);
    WeirShortText date;
    int64_t offset = 0, start = zoned ? INT64_MAX : INT64_MIN, end = zoned ? INT64_MIN : INT64_MAX;
    WEIR_FOR_ROWS(call, row)
    {
        int64_t micros = ((const int64_t *)source->values)[row & mask];
        int64_t seconds = weir_floor_divide(micros, WEIR_MICROS_PER_SECOND);
        uint32_t fraction = (uint32_t)(micros - seconds * WEIR_MICROS_PER_SECOND);
        if (seconds < start || seconds >= end)
            offset = weir_time_zone_period_at(call->context->zone, seconds, &start, &end);
        seconds += offset;
        int64_t days = weir_floor_divide(seconds, WEIR_SECONDS_PER_DAY);
        WEIR_TRY(weir_text_heap_reserve(&heap, 32, error));
        if (short_day(days, &date))
            out[row] = put_timestamp(&heap, date, (uint32_t)(seconds - days * WEIR_SECONDS_PER_DAY), fraction);
        else
            WEIR_TRY(put_fixed(call, source, row & mask, &heap, &out[row], error));
    }
    return WEIR_OK;
}

static WeirStatus fixed_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    uint32_t mask = source->kind == WEIR_VECTOR_CONSTANT ? 0 : UINT32_MAX;
    WeirTextHeap heap = weir_text_heap(call);
    WEIR_FOR_ROWS(call, row)
    WEIR_TRY(put_fixed(call, source, row & mask, &heap, &((WeirStringView *)result->values)[row], error));
    return WEIR_OK;
}

static WeirStatus nested_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        weir_buffer_clear(&buffer);
        weir_value_cast_text(source, row, call->context->zone, &buffer);
        WEIR_TRY_OR_GO(done, weir_buffer_check(&buffer, error));
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, buffer.data, buffer.length,
                                                 &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

WeirStatus weir_cast_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    switch (source->type->id) {
    case WEIR_TYPE_BYTE:
    case WEIR_TYPE_SHORT:
    case WEIR_TYPE_INT:
    case WEIR_TYPE_LONG:
        return integers_to_text(call, source, result, error);
    case WEIR_TYPE_DECIMAL:
        if (!weir_decimal_is_wide(source->type) && source->type->scale >= 0 && source->type->scale <= DECIMAL_SCALE_MAX)
            return decimals_to_text(call, source, result, error);
        return fixed_to_text(call, source, result, error);
    case WEIR_TYPE_DATE:
        return dates_to_text(call, source, result, error);
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
        return timestamps_to_text(call, source, result, error);
    case WEIR_TYPE_BOOLEAN:
    case WEIR_TYPE_FLOAT:
    case WEIR_TYPE_DOUBLE:
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
    case WEIR_TYPE_CALENDAR_INTERVAL:
        return fixed_to_text(call, source, result, error);
    default:
        return nested_to_text(call, source, result, error);
    }
}
