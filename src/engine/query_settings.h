/* The settings of one streaming query: the session's at its start, overruled by those its checkpoint was born with
 * (Spark: OffsetSeqMetadata). */
#ifndef WEIR_ENGINE_QUERY_SETTINGS_H
#define WEIR_ENGINE_QUERY_SETTINGS_H

#include "checkpoint/checkpoint.h"

typedef struct WeirQuerySettings {
    WeirArena arena;
    const char **entries; /* key, value, … */
    uint32_t count;       /* of strings */
    uint32_t capacity;
} WeirQuerySettings;

void weir_query_settings_init(WeirQuerySettings *settings, const char *const *conf, uint32_t conf_count);
void weir_query_settings_deinit(WeirQuerySettings *settings);
void weir_query_settings_set(WeirQuerySettings *settings, const char *key, const char *value);
/* NULL: not set. Shape of WeirConnectorContext.conf. */
const char *weir_query_settings_get(void *settings, const char *key);
int64_t weir_query_settings_int(WeirQuerySettings *settings, const char *key, int64_t fallback);
bool weir_query_settings_bool(WeirQuerySettings *settings, const char *key, bool fallback);
/* A duration setting: "60s", "10000ms", "10000" (ms), "10min". */
int64_t weir_query_settings_ms(WeirQuerySettings *settings, const char *key, int64_t fallback_ms);

/* Settings logged with every batch: Spark's 15 keys. In `arena`; count of strings. */
const char *const *weir_query_settings_logged(WeirQuerySettings *settings, WeirArena *arena, uint32_t *count);
/* On restart: logged values overrule; a key that is absent has Spark's legacy value. A session value that differs is
 * named in a warning. */
void weir_query_settings_restore(WeirQuerySettings *settings, const WeirOffsetSeq *logged);

#endif
