/* Finding sources and sinks by name: the built-ins, which register at start-up, and plug-ins, which are looked for as
 * files the first time their name is used. */
#include <pthread.h>
#include <strings.h>

#include "connector/plugin_adapter.h"

#define CONNECTORS_MAX 64u

static struct {
    pthread_mutex_t mutex; /* recursive: a plug-in registers while it is looked for */
    const WeirSourceType *sources[CONNECTORS_MAX];
    uint32_t source_count;
    const WeirSinkType *sinks[CONNECTORS_MAX];
    uint32_t sink_count;
} registry = {.mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP};

static const WeirSourceType *known_source(const char *name)
{
    for (uint32_t i = 0; i < registry.source_count; i++)
        if (strcasecmp(registry.sources[i]->name, name) == 0)
            return registry.sources[i];
    return NULL;
}

static const WeirSinkType *known_sink(const char *name)
{
    for (uint32_t i = 0; i < registry.sink_count; i++)
        if (strcasecmp(registry.sinks[i]->name, name) == 0)
            return registry.sinks[i];
    return NULL;
}

/* A second session of the process registers the same tables: the first stay. */
void weir_connector_register_source(const WeirSourceType *type)
{
    pthread_mutex_lock(&registry.mutex);
    if (known_source(type->name) == NULL) {
        WEIR_ASSERT(registry.source_count < CONNECTORS_MAX);
        registry.sources[registry.source_count++] = type;
    }
    pthread_mutex_unlock(&registry.mutex);
}

void weir_connector_register_sink(const WeirSinkType *type)
{
    pthread_mutex_lock(&registry.mutex);
    if (known_sink(type->name) == NULL) {
        WEIR_ASSERT(registry.sink_count < CONNECTORS_MAX);
        registry.sinks[registry.sink_count++] = type;
    }
    pthread_mutex_unlock(&registry.mutex);
}

const WeirSourceType *weir_connector_find_source(const char *name)
{
    pthread_mutex_lock(&registry.mutex);
    const WeirSourceType *type = known_source(name);
    if (type == NULL && known_sink(name) == NULL && weir_plugin_load(name))
        type = known_source(name);
    pthread_mutex_unlock(&registry.mutex);
    return type;
}

const WeirSinkType *weir_connector_find_sink(const char *name)
{
    pthread_mutex_lock(&registry.mutex);
    const WeirSinkType *type = known_sink(name);
    if (type == NULL && known_source(name) == NULL && weir_plugin_load(name))
        type = known_sink(name);
    pthread_mutex_unlock(&registry.mutex);
    return type;
}
