/* Values as show() prints them and as CAST AS STRING gives them. The two differ in how they print nulls inside of
 * others (NULL, null) and binary ([41 42], its bytes). */
#include "columnar/value_text.h"

#include "columnar/utf8.h"
#include "columnar/value_format.h"
#include "columnar/vector_private.h"
#include "common/number_format.h"

typedef enum TextStyle { TEXT_SHOW, TEXT_CAST } TextStyle;

static void append_value(const WeirVector *vector, uint32_t row, TextStyle style, const WeirTimeZone *zone,
                         WeirBuffer *out);

static void append_binary(const WeirStringView *view, TextStyle style, WeirBuffer *out)
{
    static const char hex[] = "0123456789ABCDEF";
    const uint8_t *data = weir_view_data(view);
    if (style == TEXT_CAST) {
        weir_buffer_append(out, data, view->length);
        return;
    }
    weir_buffer_append_char(out, '[');
    for (uint32_t i = 0; i < view->length; i++) {
        char text[3] = {' ', hex[data[i] >> 4], hex[data[i] & 15]};
        weir_buffer_append(out, text + (i == 0), i == 0 ? 2 : 3);
    }
    weir_buffer_append_char(out, ']');
}

static void append_list(const WeirVector *flat, uint32_t row, TextStyle style, const WeirTimeZone *zone,
                        WeirBuffer *out)
{
    const uint32_t *offsets = flat->values;
    bool is_map = flat->type->id == WEIR_TYPE_MAP;
    weir_buffer_append_char(out, is_map ? '{' : '[');
    for (uint32_t at = offsets[row]; at < offsets[row + 1]; at++) {
        if (at > offsets[row])
            weir_buffer_append_text(out, ", ");
        append_value(&flat->children[0], at, style, zone, out);
        if (is_map) {
            weir_buffer_append_text(out, " -> ");
            append_value(&flat->children[1], at, style, zone, out);
        }
    }
    weir_buffer_append_char(out, is_map ? '}' : ']');
}

static void append_struct(const WeirVector *flat, uint32_t row, TextStyle style, const WeirTimeZone *zone,
                          WeirBuffer *out)
{
    weir_buffer_append_char(out, '{');
    for (uint32_t i = 0; i < flat->type->field_count; i++) {
        if (i > 0)
            weir_buffer_append_text(out, ", ");
        append_value(&flat->children[i], row, style, zone, out);
    }
    weir_buffer_append_char(out, '}');
}

size_t weir_value_format_fixed(const WeirVector *flat, uint32_t row, const WeirTimeZone *zone, char *text)
{
    const WeirDataType *type = flat->type;
    WeirPhysicalType physical = weir_type_physical(type);
    int64_t value = weir_load_int(flat, physical, row);
    switch (type->id) {
    case WEIR_TYPE_BOOLEAN:
        memcpy(text, value != 0 ? "true" : "false", 5);
        return value != 0 ? 4 : 5;
    case WEIR_TYPE_FLOAT:
        return weir_format_float(((const float *)flat->values)[row], text);
    case WEIR_TYPE_DOUBLE:
        return weir_format_double(((const double *)flat->values)[row], text);
    case WEIR_TYPE_DECIMAL:
        return weir_format_decimal(physical == WEIR_PHYSICAL_INT128 ? weir_load_int128(flat->values, row) : value,
                                   type->scale, text);
    case WEIR_TYPE_DATE:
        return weir_format_date((int32_t)value, text);
    case WEIR_TYPE_TIMESTAMP:
        return weir_format_timestamp(value, zone, text);
    case WEIR_TYPE_TIMESTAMP_NTZ:
        return weir_format_timestamp(value, NULL, text);
    case WEIR_TYPE_DAY_TIME_INTERVAL:
        return weir_format_day_time_interval(value, type->start_field, type->end_field, text);
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        return weir_format_year_month_interval((int32_t)value, type->start_field, type->end_field, text);
    case WEIR_TYPE_CALENDAR_INTERVAL:
        return weir_format_calendar_interval(&((const WeirCalendarInterval *)flat->values)[row], text);
    default:
        WEIR_ASSERT(weir_type_is_integral(type));
        return weir_format_int64(value, text);
    }
}

static void append_value(const WeirVector *vector, uint32_t row, TextStyle style, const WeirTimeZone *zone,
                         WeirBuffer *out)
{
    const WeirVector *flat;
    uint32_t at = weir_vector_locate(vector, row, &flat);
    if (weir_flat_is_null(flat, at)) {
        weir_buffer_append_text(out, style == TEXT_SHOW ? "NULL" : "null");
        return;
    }
    switch (flat->type->id) {
    case WEIR_TYPE_STRING: {
        const WeirStringView *view = &((const WeirStringView *)flat->values)[at];
        if (style == TEXT_SHOW) /* prints a Java string */
            weir_utf8_append_replaced(weir_view_data(view), view->length, out);
        else
            weir_buffer_append(out, weir_view_data(view), view->length);
        break;
    }
    case WEIR_TYPE_BINARY:
        append_binary(&((const WeirStringView *)flat->values)[at], style, out);
        break;
    case WEIR_TYPE_ARRAY:
    case WEIR_TYPE_MAP:
        append_list(flat, at, style, zone, out);
        break;
    case WEIR_TYPE_STRUCT:
        append_struct(flat, at, style, zone, out);
        break;
    default: {
        char text[WEIR_VALUE_TEXT_BYTES];
        weir_buffer_append(out, text, weir_value_format_fixed(flat, at, zone, text));
    }
    }
}

void weir_value_show(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out)
{
    append_value(vector, row, TEXT_SHOW, zone, out);
}

void weir_value_cast_text(const WeirVector *vector, uint32_t row, const WeirTimeZone *zone, WeirBuffer *out)
{
    append_value(vector, row, TEXT_CAST, zone, out);
}
