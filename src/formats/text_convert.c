/* See text_convert.h. */
#include "formats/text_convert.h"

#include <strings.h>

#include "columnar/value_parse.h"
#include "common/number_format.h"

static void append_int(WeirVectorBuilder *builder, int64_t value)
{
    if (builder != NULL)
        weir_vector_builder_append_int(builder, value);
}

bool weir_text_convert_decimal(const char *text, size_t length, const WeirDataType *type, WeirVectorBuilder *builder)
{
    WeirInt128 unscaled;
    if (weir_string_to_decimal(text, length, type->precision, type->scale, &unscaled) != WEIR_PARSE_OK)
        return false;
    if (builder != NULL)
        weir_vector_builder_append_int128(builder, unscaled);
    return true;
}

bool weir_text_convert_grouped_decimal(const char *text, size_t length, const WeirDataType *type, WeirBuffer *scratch,
                                       WeirVectorBuilder *builder)
{
    bool comma = false;
    for (size_t i = 0; i < length; i++) {
        if ((uint8_t)text[i] <= ' ')
            return false;
        comma = comma || text[i] == ',';
    }
    if (comma) {
        if (text != scratch->data) {
            weir_buffer_clear(scratch);
            weir_buffer_append(scratch, text, length);
        }
        size_t kept = 0;
        for (size_t i = 0; i < length && !scratch->failed; i++)
            if (scratch->data[i] != ',')
                scratch->data[kept++] = scratch->data[i];
        text = scratch->data;
        length = kept;
    }
    return length > 0 && weir_text_convert_decimal(text, length, type, builder);
}

static bool convert_integer(const char *text, size_t length, const WeirDataType *type, WeirVectorBuilder *builder)
{
    static const struct {
        int64_t least, most;
    } ranges[] = {[WEIR_TYPE_BYTE] = {INT8_MIN, INT8_MAX},
                  [WEIR_TYPE_SHORT] = {INT16_MIN, INT16_MAX},
                  [WEIR_TYPE_INT] = {INT32_MIN, INT32_MAX},
                  [WEIR_TYPE_LONG] = {INT64_MIN, INT64_MAX}};
    int64_t value;
    if (length == 0 || strchr("+-0123456789", text[0]) == NULL || text[length - 1] < '0' || text[length - 1] > '9' ||
        !weir_string_to_integer(text, length, false, ranges[type->id].least, ranges[type->id].most, &value))
        return false;
    append_int(builder, value);
    return true;
}

static bool convert_double(const char *text, size_t length, WeirVectorBuilder *builder)
{
    double value;
    if (!weir_string_to_double(text, length, &value))
        return false;
    if (builder != NULL)
        weir_vector_builder_append_double(builder, value);
    return true;
}

static bool convert_float(const char *text, size_t length, WeirVectorBuilder *builder)
{
    float value;
    if (!weir_string_to_float(text, length, &value))
        return false;
    if (builder != NULL)
        weir_vector_builder_append_double(builder, (double)value);
    return true;
}

static bool convert_boolean(const char *text, size_t length, WeirVectorBuilder *builder)
{
    bool is_true = length == 4 && strncasecmp(text, "true", 4) == 0;
    if (!is_true && !(length == 5 && strncasecmp(text, "false", 5) == 0))
        return false;
    append_int(builder, is_true);
    return true;
}

static bool convert_time(const char *text, size_t length, const WeirDataType *type, const WeirTimeZone *zone,
                         WeirVectorBuilder *builder)
{
    int64_t micros;
    int32_t days;
    bool good;
    if (type->id == WEIR_TYPE_DATE) {
        good = weir_string_to_date(text, length, &days);
        micros = good ? days : 0;
    } else if (type->id == WEIR_TYPE_TIMESTAMP) {
        good = weir_string_to_timestamp(text, length, zone, 0, &micros);
    } else {
        good = weir_string_to_timestamp_ntz(text, length, false, &micros);
    }
    if (good)
        append_int(builder, micros);
    return good;
}

static bool convert_interval(const char *text, size_t length, const WeirDataType *type, WeirVectorBuilder *builder)
{
    WeirIntervalField start = (WeirIntervalField)type->start_field, end = (WeirIntervalField)type->end_field;
    WeirCalendarInterval interval;
    int64_t micros = 0;
    int32_t months = 0;
    if (type->id == WEIR_TYPE_CALENDAR_INTERVAL) {
        if (weir_string_to_interval(text, length, &interval, NULL) != WEIR_OK)
            return false;
        if (builder != NULL)
            weir_vector_builder_append_interval(builder, interval);
        return true;
    }
    if (type->id == WEIR_TYPE_DAY_TIME_INTERVAL) {
        if (weir_string_to_day_time_interval(text, length, start, end, &micros, NULL) != WEIR_OK)
            return false;
        append_int(builder, micros);
        return true;
    }
    if (weir_string_to_year_month_interval(text, length, start, end, &months, NULL) != WEIR_OK)
        return false;
    append_int(builder, months);
    return true;
}

bool weir_text_convert(const char *text, size_t length, const WeirDataType *type, const WeirTimeZone *zone,
                       WeirVectorBuilder *builder)
{
    switch (type->id) {
    case WEIR_TYPE_STRING:
    case WEIR_TYPE_BINARY:
        if (builder != NULL)
            weir_vector_builder_append_bytes(builder, text, length);
        return true;
    case WEIR_TYPE_BOOLEAN:
        return convert_boolean(text, length, builder);
    case WEIR_TYPE_BYTE:
    case WEIR_TYPE_SHORT:
    case WEIR_TYPE_INT:
    case WEIR_TYPE_LONG:
        return convert_integer(text, length, type, builder);
    case WEIR_TYPE_FLOAT:
        return convert_float(text, length, builder);
    case WEIR_TYPE_DOUBLE:
        return convert_double(text, length, builder);
    case WEIR_TYPE_DECIMAL:
        return weir_text_convert_decimal(text, length, type, builder);
    case WEIR_TYPE_DATE:
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
        return convert_time(text, length, type, zone, builder);
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
    case WEIR_TYPE_CALENDAR_INTERVAL:
        return convert_interval(text, length, type, builder);
    default:
        return false;
    }
}
