/* Casts of strings to dates, timestamps and intervals. */
#include "columnar/value_parse.h"
#include "expr/kernels/cast.h"
#include "expr/kernels/text_parse.h"

/* Texts of intervals have errors of their own; only TRY and legacy mode turn them to null. */
static WeirStatus interval_row(WeirKernelCall *call, const char *text, size_t length, uint32_t row, WeirVector *result,
                               WeirError *error)
{
    const WeirDataType *type = result->type;
    WeirIntervalField start = (WeirIntervalField)type->start_field, end = (WeirIntervalField)type->end_field;
    WeirError unused;
    /* A calendar interval is null in every mode, the others only for try_cast. */
    bool fails = call->expression->eval_mode != WEIR_EVAL_TRY && type->id != WEIR_TYPE_CALENDAR_INTERVAL;
    WeirError *place = fails ? error : &unused;
    WeirStatus status;
    if (type->id == WEIR_TYPE_DAY_TIME_INTERVAL)
        status = weir_string_to_day_time_interval(text, length, start, end, &((int64_t *)result->values)[row], place);
    else if (type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        status = weir_string_to_year_month_interval(text, length, start, end, &((int32_t *)result->values)[row], place);
    else
        status = weir_string_to_interval(text, length, &((WeirCalendarInterval *)result->values)[row], place);
    if (status == WEIR_OK)
        return WEIR_OK;
    if (fails)
        return weir_row_error(call, status, error);
    weir_result_set_null(call, result, row);
    return WEIR_OK;
}

/* yyyy-MM-dd at the begin of a text: everything else goes the careful way. */
static inline bool plain_date(const char *text, int64_t *days)
{
    uint64_t word, digits;
    uint32_t first;
    uint16_t month_digits, day_digits;
    memcpy(&first, text, 4);
    memcpy(&month_digits, text + 5, 2);
    memcpy(&day_digits, text + 8, 2);
    word = first | (uint64_t)month_digits << 32 | (uint64_t)day_digits << 48;
    if (text[4] != '-' || text[7] != '-' || !weir_parse_eight_digits(word, &digits))
        return false;
    uint32_t number = (uint32_t)digits, month = number / 100 % 100, day = number % 100;
    if (month - 1 > 11 || day - 1 > 27) { /* the end of a month is rare enough */
        if (!weir_civil_is_valid(number / 10000, month, day))
            return false;
    }
    *days = weir_days_from_civil(number / 10000, (int)month, (int)day);
    return true;
}

/* HH:mm:ss and up to six digits of a fraction, `length` bytes in all. */
static inline bool plain_time(const char *text, uint32_t length, uint32_t *second_of_day, uint32_t *micros)
{
    uint64_t word, digits, fraction = 0;
    memcpy(&word, text, 8);
    uint64_t separators = word & 0x0000ff0000ff0000ull;
    word = (word & ~0x0000ff0000ff0000ull) | 0x0000300000300000ull;
    if (separators != 0x00003a00003a0000ull || !weir_parse_eight_digits(word, &digits))
        return false;
    uint32_t number = (uint32_t)digits, hour = number / 1000000, minute = number / 1000 % 100, second = number % 100;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    if (length > 8) {
        if (text[8] != '.' || length < 10 || length > 15)
            return false;
        uint32_t count = length - 9; /* the last eight bytes end with them; zeros follow */
        memcpy(&word, text + length - 8, 8);
        word = word >> 8 * (8 - count) | 0x3030303030303030ull << 8 * count;
        if (!weir_parse_eight_digits(word, &fraction))
            return false;
    }
    *second_of_day = hour * 3600 + minute * 60 + second;
    *micros = (uint32_t)fraction / 100;
    return true;
}

static inline bool is_plain_separator(char c)
{
    return c == ' ' || c == 'T';
}

static inline bool text_to_date(const WeirStringView *view, const char *text, int32_t *out)
{
    int64_t days;
    if (view->length >= 10 && (view->length == 10 || is_plain_separator(text[10])) && plain_date(text, &days)) {
        *out = (int32_t)days;
        return true;
    }
    return weir_string_to_date(text, view->length, out);
}

/* Wall clock of the usual forms. */
static inline bool plain_timestamp(const WeirStringView *view, const char *text, int64_t *seconds, uint32_t *micros)
{
    int64_t days;
    uint32_t second_of_day;
    if (view->length < 19 || view->length > 26 || !is_plain_separator(text[10]) || !plain_date(text, &days) ||
        !plain_time(text + 11, view->length - 11, &second_of_day, micros))
        return false;
    *seconds = days * WEIR_SECONDS_PER_DAY + second_of_day;
    return true;
}

static inline bool text_to_timestamp(const WeirKernelCall *call, const WeirStringView *view, const char *text,
                                     int64_t *out)
{
    const WeirTimeZone *zone = call->context->zone;
    int64_t seconds;
    uint32_t micros;
    if (!plain_timestamp(view, text, &seconds, &micros))
        return weir_string_to_timestamp(text, view->length, zone, call->context->now_micros, out);
    *out = weir_time_zone_to_instant(zone, seconds) * WEIR_MICROS_PER_SECOND + micros;
    return true;
}

static inline bool text_to_timestamp_ntz(const WeirStringView *view, const char *text, int64_t *out)
{
    int64_t seconds;
    uint32_t micros;
    if (!plain_timestamp(view, text, &seconds, &micros))
        return weir_string_to_timestamp_ntz(text, view->length, true, out);
    *out = seconds * WEIR_MICROS_PER_SECOND + micros;
    return true;
}

WeirStatus weir_cast_text_to_time(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    WeirArgument x = weir_argument(source);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(&x, row);
        const char *text = (const char *)weir_view_data(view);
        bool read;
        switch (result->type->id) {
        case WEIR_TYPE_DATE:
            read = text_to_date(view, text, &((int32_t *)result->values)[row]);
            break;
        case WEIR_TYPE_TIMESTAMP:
            read = text_to_timestamp(call, view, text, &((int64_t *)result->values)[row]);
            break;
        case WEIR_TYPE_TIMESTAMP_NTZ:
            read = text_to_timestamp_ntz(view, text, &((int64_t *)result->values)[row]);
            break;
        default:
            WEIR_TRY(interval_row(call, text, view->length, row, result, error));
            continue;
        }
        if (!read)
            WEIR_TRY(weir_cast_malformed(call, source, row, result, error));
    }
    return WEIR_OK;
}
