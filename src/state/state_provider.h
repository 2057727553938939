/* What a state store provider offers: one const table. weir_state_store_* forward to it; state_store.c finds it by
 * Spark's class name. */
#ifndef WEIR_STATE_STATE_PROVIDER_H
#define WEIR_STATE_STATE_PROVIDER_H

#include "state/state_store.h"

typedef struct WeirStateProvider {
    const char *class_name;
    WeirStatus (*open)(const WeirStateStoreSpec *spec, WeirStateStore **store, WeirError *error);
    void (*close)(WeirStateStore *store);
    WeirStatus (*load)(WeirStateStore *store, int64_t version, WeirError *error);
    const uint8_t *(*get)(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                          uint32_t *value_size);
    void (*prefetch)(WeirStateStore *store, const uint64_t *hashes, uint32_t count); /* optional */
    WeirStatus (*put)(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash, const void *value,
                      uint32_t value_size, WeirError *error);
    WeirStatus (*upsert)(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash, uint32_t value_size,
                         uint8_t **value, bool *existed, WeirError *error);
    WeirStatus (*remove)(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash, bool *existed,
                         WeirError *error);
    WeirStatus (*scan)(WeirStateStore *store, WeirStateVisitor visitor, void *context, WeirError *error);
    WeirStatus (*scan_updated)(WeirStateStore *store, WeirStateVisitor visitor, void *context, WeirError *error);
    WeirStatus (*evict)(WeirStateStore *store, int64_t watermark, WeirStateVisitor visitor, void *context,
                        WeirError *error);
    WeirStatus (*scan_due)(WeirStateStore *store, int64_t watermark, WeirStateVisitor visitor, void *context,
                           WeirError *error);
    WeirStatus (*scan_prefix)(WeirStateStore *store, const void *prefix, uint32_t prefix_size, WeirStateVisitor visitor,
                              void *context, WeirError *error);
    WeirStatus (*prepare)(WeirStateStore *store, WeirError *error);
    WeirStatus (*publish)(WeirStateStore *store, WeirError *error);
    void (*abort)(WeirStateStore *store);
    int64_t (*version)(const WeirStateStore *store);
    void (*metrics)(const WeirStateStore *store, WeirStateStoreMetrics *metrics);
    WeirStatus (*maintain)(WeirStateStore *store, WeirError *error);
} WeirStateProvider;

struct WeirStateStore {
    const WeirStateProvider *provider; /* first in every provider's own struct */
};

extern const WeirStateProvider weir_memory_state_provider;

#endif
