/* The formats in the box: a new one is one file and one line here. */
#include "formats/formats.h"

#include <strings.h>

static const WeirFileFormat *const formats[] = {&weir_text_format, &weir_json_format, &weir_csv_format};

const WeirFileFormat *weir_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcasecmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

WeirStatus weir_format_option_bool(const WeirFormatOptions *options, const char *key, bool fallback, bool *value,
                                   WeirError *error)
{
    const char *text = options->get(options->context, key);
    *value = fallback;
    if (text == NULL)
        return WEIR_OK;
    *value = strcasecmp(text, "true") == 0;
    if (*value || strcasecmp(text, "false") == 0)
        return WEIR_OK;
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The option %s takes true or false, not '%s'.",
                             key, text);
}

WeirStatus weir_format_check_locale(const WeirFormatOptions *options, WeirError *error)
{
    const char *locale = options->get(options->context, "locale");
    if (locale == NULL || strcasecmp(locale, "en-US") == 0 || strcasecmp(locale, "en") == 0)
        return WEIR_OK;
    return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                             "Numbers and dates of the locale %s are not built; those of en-US are.", locale);
}

WeirStatus weir_format_refuse_type(const char *format, const WeirField *field, WeirError *error)
{
    WeirBuffer type, name;
    weir_buffer_init(&type, 0, NULL);
    weir_buffer_init(&name, 0, NULL);
    weir_buffer_append_char(&type, '"');
    weir_type_sql(field->type, &type);
    weir_buffer_append_char(&type, '"');
    weir_buffer_append_format(&name, "`%s`", field->name);
    WeirStatus status =
        weir_error_set(error, WEIR_ERROR_UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, "columnName", weir_buffer_text(&name),
                       "columnType", weir_buffer_text(&type), "format", format);
    weir_buffer_deinit(&type);
    weir_buffer_deinit(&name);
    return status;
}
