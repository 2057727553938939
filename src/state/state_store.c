/* The front door of state/: providers by class name, and calls forwarded to them. */
#include "common/hash.h"
#include "state/state_provider.h"

static const WeirStateProvider *const providers[] = {&weir_memory_state_provider};

WeirStatus weir_state_store_open(const WeirStateStoreSpec *spec, WeirStateStore **store, WeirError *error)
{
    for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++)
        if (strcmp(spec->provider_class, providers[i]->class_name) == 0)
            return providers[i]->open(spec, store, error);
    return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_FEATURE_STATE_STORE_PROVIDER, "provider", spec->provider_class);
}

void weir_state_store_close(WeirStateStore *store)
{
    if (store != NULL)
        store->provider->close(store);
}

uint64_t weir_state_hash(const void *key, uint32_t key_size)
{
    return weir_table_hash_bytes(key, key_size);
}

WeirStatus weir_state_store_load(WeirStateStore *store, int64_t version, WeirError *error)
{
    return store->provider->load(store, version, error);
}

const uint8_t *weir_state_store_get(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                    uint32_t *value_size)
{
    return store->provider->get(store, key, key_size, hash, value_size);
}

void weir_state_store_prefetch(WeirStateStore *store, const uint64_t *hashes, uint32_t count)
{
    if (store->provider->prefetch != NULL)
        store->provider->prefetch(store, hashes, count);
}

WeirStatus weir_state_store_put(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                const void *value, uint32_t value_size, WeirError *error)
{
    return store->provider->put(store, key, key_size, hash, value, value_size, error);
}

WeirStatus weir_state_store_upsert(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                   uint32_t value_size, uint8_t **value, bool *existed, WeirError *error)
{
    return store->provider->upsert(store, key, key_size, hash, value_size, value, existed, error);
}

WeirStatus weir_state_store_remove(WeirStateStore *store, const void *key, uint32_t key_size, uint64_t hash,
                                   bool *existed, WeirError *error)
{
    return store->provider->remove(store, key, key_size, hash, existed, error);
}

WeirStatus weir_state_store_scan(WeirStateStore *store, WeirStateVisitor visitor, void *context, WeirError *error)
{
    return store->provider->scan(store, visitor, context, error);
}

WeirStatus weir_state_store_scan_updated(WeirStateStore *store, WeirStateVisitor visitor, void *context,
                                         WeirError *error)
{
    return store->provider->scan_updated(store, visitor, context, error);
}

WeirStatus weir_state_store_evict(WeirStateStore *store, int64_t watermark_micros, WeirStateVisitor visitor,
                                  void *context, WeirError *error)
{
    return store->provider->evict(store, watermark_micros, visitor, context, error);
}

WeirStatus weir_state_store_scan_due(WeirStateStore *store, int64_t watermark_micros, WeirStateVisitor visitor,
                                     void *context, WeirError *error)
{
    return store->provider->scan_due(store, watermark_micros, visitor, context, error);
}

WeirStatus weir_state_store_scan_prefix(WeirStateStore *store, const void *prefix_key, uint32_t prefix_key_size,
                                        WeirStateVisitor visitor, void *context, WeirError *error)
{
    return store->provider->scan_prefix(store, prefix_key, prefix_key_size, visitor, context, error);
}

WeirStatus weir_state_store_prepare(WeirStateStore *store, WeirError *error)
{
    return store->provider->prepare(store, error);
}

WeirStatus weir_state_store_publish(WeirStateStore *store, WeirError *error)
{
    return store->provider->publish(store, error);
}

WeirStatus weir_state_store_commit(WeirStateStore *store, WeirError *error)
{
    WEIR_TRY(weir_state_store_prepare(store, error));
    return weir_state_store_publish(store, error);
}

void weir_state_store_abort(WeirStateStore *store)
{
    store->provider->abort(store);
}

int64_t weir_state_store_version(const WeirStateStore *store)
{
    return store->provider->version(store);
}

void weir_state_store_metrics(const WeirStateStore *store, WeirStateStoreMetrics *metrics)
{
    store->provider->metrics(store, metrics);
}

WeirStatus weir_state_store_maintain(WeirStateStore *store, WeirError *error)
{
    return store->provider->maintain(store, error);
}
