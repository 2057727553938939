/* The formats in the box: a new one is one file and one line here. */
#include "formats/formats.h"

#include <strings.h>

static const WeirFormat *const formats[] = {&weir_text_format, &weir_json_format, &weir_csv_format};

const WeirFormat *weir_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (strcasecmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

WeirStatus weir_format_option_bool(const WeirFormatOptions *options, const char *key, bool fallback, bool *value, WeirError *error)
{
    const char *text = options->get(options->context, key);
    *value = fallback;
    if (text == NULL)
        return WEIR_OK;
    *value = strcasecmp(text, "true") == 0;
    if (*value || strcasecmp(text, "false") == 0)
        return WEIR_OK;
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The option %s takes true or false, not '%s'.", key, text);
}
