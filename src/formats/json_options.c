/* See json_options.h. */
#include "formats/json_options.h"

#include <strings.h>

#include "common/number_format.h"
#include "formats/codec.h"
#include "formats/encoding.h"
#include "formats/json_convert.h"

WeirParseMode weir_parse_mode(const WeirFormatOptions *options)
{
    const char *mode = options->get(options->context, "mode");
    if (mode != NULL && strcasecmp(mode, "DROPMALFORMED") == 0)
        return WEIR_PARSE_MODE_DROP;
    return mode != NULL && strcasecmp(mode, "FAILFAST") == 0 ? WEIR_PARSE_MODE_FAIL : WEIR_PARSE_MODE_PERMISSIVE;
}

const char *weir_corrupt_column_name(const WeirFormatOptions *options)
{
    const char *name = options->get(options->context, "columnNameOfCorruptRecord");
    if (name == NULL && options->conf != NULL)
        name = options->conf(options->conf_context, "spark.sql.columnNameOfCorruptRecord");
    return name == NULL ? "_corrupt_record" : name;
}

WeirStatus weir_corrupt_column_find(const WeirFormatOptions *options, const WeirSchema *schema, int32_t *index,
                                    WeirError *error)
{
    *index = weir_schema_find(schema, weir_corrupt_column_name(options), true);
    if (*index < 0)
        return WEIR_OK;
    const WeirField *field = &schema->fields[*index];
    if (field->type->id == WEIR_TYPE_STRING && field->nullable)
        return WEIR_OK;
    WeirBuffer type;
    weir_buffer_init(&type, 0, NULL);
    weir_type_sql(field->type, &type);
    WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_CORRUPT_RECORD_TYPE, "columnName", field->name,
                                       "actualType", weir_buffer_text(&type));
    weir_buffer_deinit(&type);
    return status;
}

WeirStatus weir_json_options_check(const WeirFormatOptions *options, WeirError *error)
{
    static const char *const flags[] = {"multiLine",        "dropFieldIfAllNull",
                                        "prefersDecimal",   "inferTimestamp",
                                        "ignoreNullFields", "pretty",
                                        "sortKeys",         "writeNonAsciiCharacterAsCodePoint"};
    const char *ratio = options->get(options->context, "samplingRatio");
    const char *separator = options->get(options->context, "lineSep");
    double number;
    bool flag;
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        WEIR_TRY(weir_format_option_bool(options, flags[i], false, &flag, error));
    if (ratio != NULL && !weir_parse_double(ratio, strlen(ratio), &number))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "samplingRatio is a number, not '%s'.",
                                 ratio);
    if (separator != NULL && separator[0] == '\0')
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: 'lineSep' cannot be an empty string.");
    WeirEncoding encoding;
    WeirCodec codec;
    WEIR_TRY(weir_format_encoding(options, &encoding, error));
    return weir_format_codec(options, &codec, error);
}

WeirStatus weir_json_writing_read(const WeirFormatOptions *options, WeirArena *arena, WeirJsonWriting *writing,
                                  WeirError *error)
{
    const char *keep =
        options->conf == NULL ? NULL : options->conf(options->conf_context, "spark.sql.jsonGenerator.ignoreNullFields");
    WeirJsonWriteOptions *write = &writing->options;
    *write = (WeirJsonWriteOptions){0};
    WEIR_TRY(weir_json_options_check(options, error));
    WEIR_TRY(weir_format_check_locale(options, error));
    WEIR_TRY(weir_format_option_bool(options, "ignoreNullFields", keep == NULL || strcasecmp(keep, "false") != 0,
                                     &write->ignore_null_fields, error));
    WEIR_TRY(
        weir_format_option_bool(options, "writeNonAsciiCharacterAsCodePoint", false, &write->escape_non_ascii, error));
    WEIR_TRY(weir_format_option_bool(options, "pretty", false, &write->pretty, error));
    WEIR_TRY(weir_format_option_bool(options, "sortKeys", false, &write->sort_keys, error));
    WEIR_TRY(weir_time_formats_read(options, arena, &writing->times, error));
    const WeirTimeFormats *times = &writing->times;
    write->zone = times->zone;
    write->date_formatter = times->date == NULL ? NULL : &times->date_formatter.formatter;
    write->timestamp_formatter = times->timestamp == NULL ? NULL : &times->timestamp_formatter.formatter;
    write->timestamp_ntz_formatter = times->timestamp_ntz == NULL ? NULL : &times->timestamp_ntz_formatter.formatter;
    return WEIR_OK;
}
