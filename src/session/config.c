/* See config.h. */
#include "session/config.h"

#include "columnar/time_zone.h"
#include "common/duration.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

void weir_config_init(WeirConfig *config)
{
    memset(config, 0, sizeof(*config));
}

void weir_config_deinit(WeirConfig *config)
{
    weir_config_unset(config, NULL);
    weir_free(config->keys);
    weir_free(config->values);
}

static int64_t find(const WeirConfig *config, const char *key)
{
    for (uint32_t i = 0; i < config->count; i++)
        if (strcmp(config->keys[i], key) == 0)
            return i;
    return -1;
}

static bool is_boolean(const WeirSetting *setting)
{
    return setting->initial != NULL &&
           (strcmp(setting->initial, "true") == 0 || strcmp(setting->initial, "false") == 0);
}

static bool is_integer_text(const char *text)
{
    char *end = NULL;
    (void)strtoll(text, &end, 10);
    return end != text && *end == '\0';
}

static bool is_among(const char *values, const char *value)
{
    size_t length = strlen(value);
    for (const char *at = values; at != NULL && length > 0; at = strchr(at, '|'), at += at != NULL)
        if (strncasecmp(at, value, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    return false;
}

static WeirStatus check_type(const WeirSetting *setting, const char *value, WeirError *error)
{
    const char *type = NULL;
    int64_t ms;
    if (setting->kind == WEIR_SETTING_DURATION)
        type = weir_duration_parse_ms(value, &ms) ? NULL : "time in MILLISECONDS";
    else if (is_boolean(setting))
        type = strcasecmp(value, "true") == 0 || strcasecmp(value, "false") == 0 ? NULL : "boolean";
    else if (setting->initial != NULL && is_integer_text(setting->initial))
        type = is_integer_text(value) ? NULL : "int";
    return type == NULL ? WEIR_OK
                        : weir_error_set(error, WEIR_ERROR_INVALID_CONF_VALUE_TYPE_MISMATCH, "confName", setting->key,
                                         "confValue", value, "confType", type);
}

/* "1|2|3" as a requirement. */
static WeirStatus refuse_value(const WeirSetting *setting, const char *value, WeirError *error)
{
    WeirBuffer requirement;
    weir_buffer_init(&requirement, 0, NULL);
    weir_buffer_append_format(&requirement, "Possible values:");
    for (const char *at = setting->spark; at != NULL;) {
        const char *next = strchr(at, '|');
        weir_buffer_append_format(&requirement, "%s %.*s", at == setting->spark ? "" : ",",
                                  (int)(next == NULL ? strlen(at) : (size_t)(next - at)), at);
        at = next == NULL ? NULL : next + 1;
    }
    weir_buffer_append_format(&requirement, ".");
    WeirStatus status = weir_error_set(error, WEIR_ERROR_INVALID_CONF_VALUE_REQUIREMENT, "confName", setting->key,
                                       "confValue", value, "confRequirement", weir_buffer_text(&requirement));
    weir_buffer_deinit(&requirement);
    return status;
}

static WeirStatus check_value(const WeirSetting *setting, const char *value, WeirError *error)
{
    WEIR_TRY(check_type(setting, value, error));
    const WeirTimeZone *zone = NULL;
    if (strcmp(setting->key, "spark.sql.session.timeZone") == 0 && weir_time_zone_find(value, &zone, NULL) != WEIR_OK)
        return weir_error_set(error, WEIR_ERROR_INVALID_CONF_VALUE_TIME_ZONE, "confName", setting->key, "confValue",
                              value);
    if (strcmp(setting->key, "spark.sql.shuffle.partitions") == 0 && strtoll(value, NULL, 10) <= 0)
        return weir_error_set(error, WEIR_ERROR_INVALID_CONF_VALUE_REQUIREMENT, "confName", setting->key, "confValue",
                              value, "confRequirement", "The value of spark.sql.shuffle.partitions must be positive");
    if (setting->spark != NULL && !is_among(setting->spark, value))
        return refuse_value(setting, value, error);
    if (setting->works != NULL && !is_among(setting->works, value))
        return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_SETTING, "confName", setting->key, "confValue",
                              value, "works", setting->works);
    return WEIR_OK;
}

WeirStatus weir_config_set(WeirConfig *config, const char *key, const char *value, bool *unknown_spark_key,
                           WeirError *error)
{
    const WeirSetting *setting = weir_setting_find(key);
    *unknown_spark_key = setting == NULL && strncmp(key, "spark.", 6) == 0;
    if (setting == NULL && strncmp(key, "weir.", 5) == 0)
        return weir_error_format(error, WEIR_ERROR_SQL_CONF_NOT_FOUND,
                                 "weir has no setting %s. SET -v lists those it has.", key);
    if (setting != NULL)
        WEIR_TRY(check_value(setting, value, error));
    int64_t at = find(config, key);
    char *copy = weir_strdup(value);
    if (setting != NULL && (is_boolean(setting) || setting->spark != NULL))
        for (char *c = copy; *c != '\0'; c++)
            *c = (char)tolower((unsigned char)*c); /* "TRUE" and "true" are one value to every reader */
    if (at >= 0) {
        weir_free(config->values[at]);
        config->values[at] = copy;
        return WEIR_OK;
    }
    if (config->count == config->capacity) {
        config->capacity = config->capacity == 0 ? 16 : config->capacity * 2;
        config->keys = weir_realloc(config->keys, config->capacity * sizeof(char *));
        config->values = weir_realloc(config->values, config->capacity * sizeof(char *));
    }
    config->keys[config->count] = weir_strdup(key);
    config->values[config->count++] = copy;
    return WEIR_OK;
}

void weir_config_unset(WeirConfig *config, const char *key)
{
    for (uint32_t i = config->count; i > 0; i--) {
        if (key != NULL && strcmp(config->keys[i - 1], key) != 0)
            continue;
        weir_free(config->keys[i - 1]);
        weir_free(config->values[i - 1]);
        config->count--;
        config->keys[i - 1] = config->keys[config->count];
        config->values[i - 1] = config->values[config->count];
    }
}

const char *weir_config_get(void *context, const char *key)
{
    WeirConfig *config = context;
    int64_t at = find(config, key);
    if (at >= 0)
        return config->values[at];
    const WeirSetting *setting = weir_setting_find(key);
    return setting == NULL ? NULL : setting->initial;
}

bool weir_config_is_set(const WeirConfig *config, const char *key)
{
    return find(config, key) >= 0;
}

bool weir_config_bool(WeirConfig *config, const char *key)
{
    const char *value = weir_config_get(config, key);
    return value != NULL && strcmp(value, "true") == 0;
}

int64_t weir_config_int(WeirConfig *config, const char *key)
{
    const char *value = weir_config_get(config, key);
    return value == NULL ? 0 : strtoll(value, NULL, 10);
}

const char *const *weir_config_entries(WeirConfig *config, bool with_initial, WeirArena *arena, uint32_t *count)
{
    uint32_t setting_count = 0, at = 0;
    const WeirSetting *settings = weir_settings(&setting_count);
    const char **entries = WEIR_ARENA_ARRAY(arena, const char *, 2 * (config->count + setting_count) + 1);
    for (uint32_t i = 0; i < config->count; i++) {
        entries[at++] = config->keys[i];
        entries[at++] = weir_arena_strdup(arena, config->values[i]);
    }
    for (uint32_t i = 0; with_initial && i < setting_count; i++) {
        if (settings[i].initial == NULL || find(config, settings[i].key) >= 0)
            continue;
        entries[at++] = settings[i].key;
        entries[at++] = settings[i].initial;
    }
    *count = at;
    return entries;
}

WeirStatus weir_config_bytes(const char *text, int64_t *bytes, WeirError *error)
{
    char *end = NULL;
    long long value = strtoll(text, &end, 10);
    int shift = 0;
    if (end != text && *end != '\0') {
        static const char units[] = "kmgt";
        const char *unit = strchr(units, *end | 0x20);
        if (unit == NULL || (end[1] != '\0' && strcasecmp(end + 1, "b") != 0))
            end = (char *)text;
        else
            shift = 10 * (int)(unit - units + 1);
    }
    if (end == text || value < 0 || value > (INT64_MAX >> (shift + 1)))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "'%s' is not a size. Write bytes, or 512m, 4g.", text);
    *bytes = (int64_t)value << shift;
    return WEIR_OK;
}
