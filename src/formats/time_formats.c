/* See time_formats.h. */
#include "formats/time_formats.h"

#include "columnar/value_parse.h"
#include "formats/text_convert.h"

static WeirStatus read_pattern(const WeirFormatOptions *options, const char *key, WeirArena *arena,
                               WeirDatetimePattern **pattern, WeirError *error)
{
    const char *text = options->get(options->context, key);
    return text == NULL ? WEIR_OK : weir_datetime_pattern_parse(text, strlen(text), arena, pattern, error);
}

static void format_value(const WeirValueFormatter *self, int64_t value, WeirBuffer *out)
{
    const WeirTimeFormatter *formatter = (const WeirTimeFormatter *)(const void *)self; /* its first member */
    weir_datetime_format(formatter->pattern, formatter->days ? value * WEIR_MICROS_PER_DAY : value, formatter->zone,
                         out);
}

WeirStatus weir_time_formats_read(const WeirFormatOptions *options, WeirArena *arena, WeirTimeFormats *formats,
                                  WeirError *error)
{
    const char *zone = options->get(options->context, "timeZone");
    *formats = (WeirTimeFormats){.zone = options->zone};
    if (zone != NULL)
        WEIR_TRY(weir_time_zone_find(zone, &formats->zone, error));
    WEIR_TRY(read_pattern(options, "dateFormat", arena, &formats->date, error));
    WEIR_TRY(read_pattern(options, "timestampFormat", arena, &formats->timestamp, error));
    WEIR_TRY(read_pattern(options, "timestampNTZFormat", arena, &formats->timestamp_ntz, error));
    WEIR_TRY(weir_format_option_bool(options, "enableDateTimeParsingFallback", false, &formats->fallback, error));
    const WeirTimeZone *utc = weir_time_zone_utc();
    formats->date_formatter = (WeirTimeFormatter){{format_value}, formats->date, utc, true};
    formats->timestamp_formatter = (WeirTimeFormatter){{format_value}, formats->timestamp, formats->zone, false};
    formats->timestamp_ntz_formatter = (WeirTimeFormatter){{format_value}, formats->timestamp_ntz, utc, false};
    return WEIR_OK;
}

static bool convert_as_cast(const WeirTimeFormats *formats, const char *text, size_t length, const WeirDataType *type,
                            WeirVectorBuilder *builder)
{
    int64_t micros;
    if (type->id != WEIR_TYPE_TIMESTAMP)
        return weir_text_convert(text, length, type, formats->zone, builder);
    if (!weir_string_to_timestamp(text, length, formats->zone, formats->now_micros, &micros))
        return false;
    if (builder != NULL)
        weir_vector_builder_append_int(builder, micros);
    return true;
}

bool weir_time_formats_convert(const WeirTimeFormats *formats, const char *text, size_t length,
                               const WeirDataType *type, WeirVectorBuilder *builder)
{
    const WeirDatetimePattern *pattern = type->id == WEIR_TYPE_DATE            ? formats->date
                                         : type->id == WEIR_TYPE_TIMESTAMP     ? formats->timestamp
                                         : type->id == WEIR_TYPE_TIMESTAMP_NTZ ? formats->timestamp_ntz
                                                                               : NULL;
    int64_t micros;
    if (pattern == NULL)
        return convert_as_cast(formats, text, length, type, builder);
    const WeirTimeZone *zone = type->id == WEIR_TYPE_TIMESTAMP ? formats->zone : weir_time_zone_utc();
    if (!weir_datetime_read(pattern, text, length, zone, &micros))
        return formats->fallback && convert_as_cast(formats, text, length, type, builder);
    if (builder != NULL)
        weir_vector_builder_append_int(
            builder, type->id == WEIR_TYPE_DATE ? weir_floor_divide(micros, WEIR_MICROS_PER_DAY) : micros);
    return true;
}
