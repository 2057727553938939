/* A session's settings: Spark's keys that weir honours, weir's own keys, and user variables. The table of settings is
 * settings.c. */
#ifndef WEIR_SESSION_CONFIG_H
#define WEIR_SESSION_CONFIG_H

#include "common/memory.h"

typedef enum WeirSettingKind {
    WEIR_SETTING_PLAIN, /* boolean or whole number where the initial value is one, else any text */
    WEIR_SETTING_DURATION
} WeirSettingKind;

typedef struct WeirSetting {
    const char *key;
    const char *initial; /* NULL: none */
    const char *meaning;
    WeirSettingKind kind;
    const char *spark; /* the values that Spark allows, "a|b", in any case; NULL: all of the kind */
    const char *works; /* those of them that work here: the others are refused; NULL: all */
} WeirSetting;
/* Sorted by key. */
const WeirSetting *weir_settings(uint32_t *count);
const WeirSetting *weir_setting_find(const char *key);

typedef struct WeirConfig {
    char **keys;
    char **values;
    uint32_t count, capacity;
} WeirConfig;

void weir_config_init(WeirConfig *config);
void weir_config_deinit(WeirConfig *config);
/* Checks keys and values: unknown weir.* keys and bad values are errors; `*unknown_spark_key` is set for a spark.* key
 * that weir does not know (the caller warns). */
WEIR_CHECKED WeirStatus weir_config_set(WeirConfig *config, const char *key, const char *value, bool *unknown_spark_key,
                                        WeirError *error);
void weir_config_unset(WeirConfig *config, const char *key); /* NULL key: all */
/* Set value, else the table's initial one, else NULL. Shape of WeirEvalContext.conf. */
const char *weir_config_get(void *config, const char *key);
bool weir_config_is_set(const WeirConfig *config, const char *key);
bool weir_config_bool(WeirConfig *config, const char *key);
int64_t weir_config_int(WeirConfig *config, const char *key);
/* All that is set, key, value, …, in `arena`; `with_initial` adds the table's. */
const char *const *weir_config_entries(WeirConfig *config, bool with_initial, WeirArena *arena, uint32_t *count);
/* "512m", "4g", "1000": bytes. */
WEIR_CHECKED WeirStatus weir_config_bytes(const char *text, int64_t *bytes, WeirError *error);

#endif
