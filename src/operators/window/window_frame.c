/* Frames of window functions: ROWS by position, RANGE by the value of the one order key. */
#include <math.h>
#include <stdio.h>

#include "operators/window/window_private.h"

static WeirStatus offset_value(const WeirExpression *offset, const WeirEvalContext *context, WeirArena *arena,
                               int64_t *rows, long double *range, int64_t *months, WeirError *error)
{
    if (offset == NULL)
        return WEIR_OK;
    WeirValue *value = NULL;
    WEIR_TRY(weir_expression_evaluate(offset, context, arena, &value, error));
    switch (weir_type_physical(value->type)) {
    case WEIR_PHYSICAL_FLOAT:
    case WEIR_PHYSICAL_DOUBLE:
        *range = (long double)weir_value_get_double(value);
        break;
    case WEIR_PHYSICAL_INT128:
        *range = (long double)weir_value_get_int128(value);
        break;
    case WEIR_PHYSICAL_INTERVAL: {
        WeirCalendarInterval interval;
        memcpy(&interval, value->values, sizeof(interval));
        *months = interval.months;
        *range = (long double)interval.days * 86400000000.0L + (long double)interval.microseconds;
        break;
    }
    default:
        *rows = weir_value_get_int(value);
        if (value->type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
            *months = *rows;
        else
            *range = (long double)*rows;
    }
    return WEIR_OK;
}

WeirStatus weir_window_frame_offsets(WeirWindowFunction *function, const WeirEvalContext *context, WeirArena *arena,
                                     WeirError *error)
{
    const WeirWindowSpec *spec = function->window->window;
    WEIR_TRY(offset_value(spec->lower_offset, context, arena, &function->lower, &function->lower_range,
                          &function->lower_months, error));
    return offset_value(spec->upper_offset, context, arena, &function->upper, &function->upper_range,
                        &function->upper_months, error);
}

static uint32_t add_clamped(uint32_t position, int64_t offset, uint32_t start, uint32_t end)
{
    int64_t at = (int64_t)position + offset;
    return at < (int64_t)start ? start : at > (int64_t)end ? end : (uint32_t)at;
}

/* The order key as a number that rises with the order; false: null. */
static bool key_value(const WeirWindowRows *rows, uint32_t position, long double *value)
{
    const WeirVector *flat;
    uint32_t row = weir_vector_locate(&rows->rows->columns[rows->order_column], rows->order[position], &flat);
    if (row == WEIR_NULL_INDEX || (flat->validity != NULL && !weir_bit_get(flat->validity, row)))
        return false;
    switch (weir_type_physical(flat->type)) {
    case WEIR_PHYSICAL_INT8:
        *value = ((const int8_t *)flat->values)[row];
        break;
    case WEIR_PHYSICAL_INT16:
        *value = ((const int16_t *)flat->values)[row];
        break;
    case WEIR_PHYSICAL_INT32:
        *value = ((const int32_t *)flat->values)[row];
        break;
    case WEIR_PHYSICAL_INT64:
        *value = (long double)((const int64_t *)flat->values)[row];
        break;
    case WEIR_PHYSICAL_FLOAT:
        *value = ((const float *)flat->values)[row];
        break;
    case WEIR_PHYSICAL_DOUBLE:
        *value = ((const double *)flat->values)[row];
        break;
    case WEIR_PHYSICAL_INT128: {
        WeirInt128 wide;
        memcpy(&wide, (const uint8_t *)flat->values + (size_t)row * 16, 16);
        *value = (long double)wide;
        break;
    }
    default:
        return false;
    }
    if (rows->orders[0]->is_descending)
        *value = -*value;
    return true;
}

/* A date's key counts days; an interval counts microseconds. */
static long double range_in_key_units(const WeirWindowRows *rows, const WeirExpression *offset, long double range)
{
    const WeirDataType *key = rows->rows->columns[rows->order_column].type;
    bool interval = offset != NULL && (offset->type->id == WEIR_TYPE_DAY_TIME_INTERVAL ||
                                       offset->type->id == WEIR_TYPE_CALENDAR_INTERVAL);
    return key->id == WEIR_TYPE_DATE && interval ? range / 86400000000.0L : range;
}

/* First position whose key is >= bound (`after`: > bound). Nulls lie together at one end and are left out. */
static uint32_t search_key(const WeirWindowRows *rows, long double bound, bool after)
{
    uint32_t low = rows->start, high = rows->end;
    long double value;
    while (low < high && !key_value(rows, low, &value))
        low = rows->peer_end[low - rows->start];
    while (high > low && !key_value(rows, high - 1, &value))
        high = rows->peer_start[high - 1 - rows->start];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!key_value(rows, middle, &value))
            value = 0;
        if (after ? value > bound : value >= bound)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static int64_t add_months_to_days(int64_t days, int64_t months)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t year;
    int month, day;
    weir_civil_from_days(days, &year, &month, &day);
    int64_t total = year * 12 + month - 1 + months;
    year = total / 12 - (total % 12 < 0);
    month = (int)(total - year * 12) + 1;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int last = lengths[month - 1] + (month == 2 && leap);
    return weir_days_from_civil(year, month, day < last ? day : last);
}

/* A date or timestamp key moved by months; the time of day stays. */
static long double add_months(const WeirWindowRows *rows, long double value, int64_t months)
{
    const WeirDataType *key = rows->rows->columns[rows->order_column].type;
    int64_t at = (int64_t)value;
    if (key->id == WEIR_TYPE_YEAR_MONTH_INTERVAL)
        return value + (long double)months;
    if (key->id == WEIR_TYPE_DATE)
        return (long double)add_months_to_days(at, months);
    int64_t micros = at % 1000000, seconds = at / 1000000;
    if (micros < 0) {
        micros += 1000000;
        seconds--;
    }
    bool zoned = key->id == WEIR_TYPE_TIMESTAMP && rows->zone != NULL;
    int64_t local = zoned ? seconds + weir_time_zone_offset_at(rows->zone, seconds) : seconds;
    int64_t days = local / 86400 - (local % 86400 < 0), time_of_day = local - days * 86400;
    local = add_months_to_days(days, months) * 86400 + time_of_day;
    return (long double)(zoned ? weir_time_zone_to_instant(rows->zone, local) : local) * 1000000.0L +
           (long double)micros;
}

/* `months` and `offset` are signed as seen in the order: later is more. */
static uint32_t range_bound(const WeirWindowRows *rows, const WeirExpression *offset_expression, int64_t months,
                            long double offset, uint32_t position, bool upper)
{
    long double value;
    if (!key_value(rows, position, &value)) /* null: its frame is the nulls */
        return upper ? rows->peer_end[position - rows->start] : rows->peer_start[position - rows->start];
    if (months != 0) { /* keys of a descending order are negated */
        bool descending = rows->orders[0]->is_descending;
        value = descending ? -add_months(rows, -value, -months) : add_months(rows, value, months);
    }
    return search_key(rows, value + range_in_key_units(rows, offset_expression, offset), upper);
}

static void frame_of(const WeirWindowFunction *function, const WeirWindowRows *rows, uint32_t position, uint32_t *from,
                     uint32_t *to)
{
    const WeirWindowSpec *spec = function->window->window;
    uint32_t index = position - rows->start;
    *from = rows->start;
    *to = rows->end;
    if (!spec->has_frame) { /* Spark's default: up to and with the row's equals */
        if (rows->order_count > 0)
            *to = rows->peer_end[index];
        return;
    }
    switch (spec->lower) {
    case WEIR_FRAME_CURRENT_ROW:
        *from = spec->is_range ? rows->peer_start[index] : position;
        break;
    case WEIR_FRAME_PRECEDING:
        *from = spec->is_range ? range_bound(rows, spec->lower_offset, -function->lower_months, -function->lower_range,
                                             position, false)
                               : add_clamped(position, -function->lower, rows->start, rows->end);
        break;
    case WEIR_FRAME_FOLLOWING:
        *from = spec->is_range ? range_bound(rows, spec->lower_offset, function->lower_months, function->lower_range,
                                             position, false)
                               : add_clamped(position, function->lower, rows->start, rows->end);
        break;
    default:
        break;
    }
    switch (spec->upper) {
    case WEIR_FRAME_CURRENT_ROW:
        *to = spec->is_range ? rows->peer_end[index] : position + 1;
        break;
    case WEIR_FRAME_PRECEDING:
        *to = spec->is_range ? range_bound(rows, spec->upper_offset, -function->upper_months, -function->upper_range,
                                           position, true)
                             : add_clamped(position, 1 - function->upper, rows->start, rows->end);
        break;
    case WEIR_FRAME_FOLLOWING:
        *to = spec->is_range
                  ? range_bound(rows, spec->upper_offset, function->upper_months, function->upper_range, position, true)
                  : add_clamped(position, 1 + function->upper, rows->start, rows->end);
        break;
    default:
        break;
    }
    if (*to < *from)
        *to = *from;
}

/* ---- bounds beyond the key's type */

/* Is key + `offset` (signed as seen in the order) no value of the key's integral type? */
static bool is_beyond(const WeirWindowRows *rows, long double offset, uint32_t position)
{
    const WeirDataType *key = rows->rows->columns[rows->order_column].type;
    long double value, limit;
    if (!weir_type_is_integral(key) || !key_value(rows, position, &value))
        return false;
    limit = ldexpl(1.0L, (int)weir_physical_size(weir_type_physical(key)) * 8 - 1);
    value = rows->orders[0]->is_descending ? -(value + offset) : value + offset;
    return value < -limit || value >= limit;
}

static WeirStatus beyond(const WeirWindowRows *rows, long double offset, uint32_t position, WeirError *error)
{
    const WeirDataType *key = rows->rows->columns[rows->order_column].type;
    if (key->id != WEIR_TYPE_BYTE && key->id != WEIR_TYPE_SHORT)
        return weir_error_set(error, WEIR_ERROR_ARITHMETIC_OVERFLOW, "message", "overflow", "alternative",
                              " Use 'try_add' to get NULL instead.", "config", "\"spark.sql.ansi.enabled\"");
    const char *suffix = key->id == WEIR_TYPE_BYTE ? "Y" : "S";
    long double value = 0;
    char key_text[32], offset_text[32];
    (void)key_value(rows, position, &value);
    const bool descending = rows->orders[0]->is_descending;
    snprintf(key_text, sizeof(key_text), "%.0Lf%s", descending ? -value : value, suffix);
    snprintf(offset_text, sizeof(offset_text), "%.0Lf%s", descending ? -offset : offset, suffix);
    return weir_error_set(error, WEIR_ERROR_BINARY_ARITHMETIC_OVERFLOW, "value1", key_text, "symbol", "+", "value2",
                          offset_text, "functionName", "`try_add`");
}

/* The offset of a bound as it is seen in the order; 0: it has none. */
static long double signed_offset(WeirFrameBound bound, long double range)
{
    return bound == WEIR_FRAME_PRECEDING ? -range : bound == WEIR_FRAME_FOLLOWING ? range : 0;
}

/* Spark computes the upper bound while rows are left to add, and the lower one for every row that the frame has or may
 * get. */
WeirStatus weir_window_frame(const WeirWindowFunction *function, const WeirWindowRows *rows, uint32_t position,
                             uint32_t *from, uint32_t *to, WeirError *error)
{
    const WeirWindowSpec *spec = function->window->window;
    frame_of(function, rows, position, from, to);
    if (!spec->has_frame || !spec->is_range || !rows->ansi)
        return WEIR_OK;
    const long double lower = signed_offset(spec->lower, function->lower_range),
                      upper = signed_offset(spec->upper, function->upper_range);
    const bool below = lower != 0 && is_beyond(rows, lower, position),
               above = upper != 0 && is_beyond(rows, upper, position);
    if (!below && !above)
        return WEIR_OK;
    uint32_t from_before = rows->start, to_before = rows->start;
    if (position > rows->start)
        frame_of(function, rows, position - 1, &from_before, &to_before);
    if (above && to_before < rows->end)
        return beyond(rows, upper, position, error);
    if (below && (from_before < to_before || to_before < *to))
        return beyond(rows, lower, position, error);
    return WEIR_OK;
}
