/* Options of sources and sinks: case-insensitive look-up, typed values, and one warning for each that nobody knows. */
#include "connector/connector.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "common/duration.h"
#include "common/log.h"

/* Longer names are compared by their first bytes only: a suggestion need not be exact. */
#define NAME_BYTES_MAX 63u

const char *weir_options_get(const WeirOptions *options, const char *key)
{
    /* The last one wins, as in Spark's case-insensitive map. */
    for (uint32_t i = options->count; i > 0; i--)
        if (strcasecmp(options->entries[i - 1].key, key) == 0)
            return options->entries[i - 1].value;
    return NULL;
}

WeirStatus weir_options_bool(const WeirOptions *options, const char *key, bool fallback, bool *value, WeirError *error)
{
    const char *text = weir_options_get(options, key);
    if (text == NULL) {
        *value = fallback;
        return WEIR_OK;
    }
    if (strcasecmp(text, "true") == 0) {
        *value = true;
        return WEIR_OK;
    }
    if (strcasecmp(text, "false") == 0) {
        *value = false;
        return WEIR_OK;
    }
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                             "%s is not a boolean string. Write true or false for %s.", text, key);
}

WeirStatus weir_options_int(const WeirOptions *options, const char *key, int64_t fallback, int64_t *value,
                            WeirError *error)
{
    const char *text = weir_options_get(options, key);
    if (text == NULL) {
        *value = fallback;
        return WEIR_OK;
    }
    char *end = NULL;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || isspace((unsigned char)text[0]))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "The option %s takes a whole number, not '%s'.", key, text);
    *value = parsed;
    return WEIR_OK;
}

static const char *setting(const WeirConnectorContext *context, const char *key)
{
    return context->conf == NULL ? NULL : context->conf(context->conf_context, key);
}

int64_t weir_connector_setting_int(const WeirConnectorContext *context, const char *key, int64_t fallback)
{
    const char *text = setting(context, key);
    char *end = NULL;
    long long value = text == NULL ? 0 : strtoll(text, &end, 10);
    return end == text || *end != '\0' ? fallback : value;
}

int64_t weir_connector_setting_ms(const WeirConnectorContext *context, const char *key, int64_t fallback_ms)
{
    const char *text = setting(context, key);
    int64_t ms;
    return text != NULL && weir_duration_parse_ms(text, &ms) ? ms : fallback_ms;
}

bool weir_connector_setting_bool(const WeirConnectorContext *context, const char *key, bool fallback)
{
    const char *text = setting(context, key);
    return text == NULL ? fallback : strcasecmp(text, "true") == 0;
}

/* Levenshtein distance without regard to case. */
static uint32_t edit_distance(const char *a, const char *b)
{
    uint32_t row[NAME_BYTES_MAX + 1];
    size_t length_a = strnlen(a, NAME_BYTES_MAX), length_b = strnlen(b, NAME_BYTES_MAX);
    for (size_t j = 0; j <= length_b; j++)
        row[j] = (uint32_t)j;
    for (size_t i = 1; i <= length_a; i++) {
        uint32_t diagonal = row[0];
        row[0] = (uint32_t)i;
        for (size_t j = 1; j <= length_b; j++) {
            uint32_t substitute = diagonal + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            diagonal = row[j];
            uint32_t smaller = row[j] < row[j - 1] ? row[j] : row[j - 1];
            row[j] = substitute < smaller + 1 ? substitute : smaller + 1;
        }
    }
    return row[length_b];
}

const char *weir_nearest_name(const char *name, const char *const *names, uint32_t count)
{
    const char *nearest = NULL;
    uint32_t best = (uint32_t)strnlen(name, NAME_BYTES_MAX) / 2 + 1;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t distance = edit_distance(name, names[i]);
        if (distance < best) {
            best = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

void weir_options_warn_unknown(const WeirOptions *options, const char *const *known, const char *format)
{
    uint32_t known_count = 0;
    while (known != NULL && known[known_count] != NULL)
        known_count++;
    for (uint32_t i = 0; i < options->count; i++) {
        const char *key = options->entries[i].key;
        bool found = strcasecmp(key, "path") == 0 || strcasecmp(key, "queryName") == 0;
        for (uint32_t k = 0; k < known_count && !found; k++)
            found = strcasecmp(key, known[k]) == 0;
        if (found)
            continue;
        const char *nearest = weir_nearest_name(key, known, known_count);
        if (nearest != NULL)
            weir_log(WEIR_LOG_WARN, "options", "'%s' has no option '%s': it is ignored. Did you mean '%s'?", format,
                     key, nearest);
        else
            weir_log(WEIR_LOG_WARN, "options", "'%s' has no option '%s': it is ignored.", format, key);
    }
}
