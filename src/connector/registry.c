/* Finding sources and sinks by name. The built-ins register at start-up, before any thread looks one up, so that reads need no lock. */
#include "connector/connector.h"

#include <strings.h>

#define CONNECTORS_MAX 64u

static const WeirSourceType *sources[CONNECTORS_MAX];
static uint32_t source_count;
static const WeirSinkType *sinks[CONNECTORS_MAX];
static uint32_t sink_count;

void weir_connector_register_source(const WeirSourceType *type)
{
    WEIR_ASSERT(source_count < CONNECTORS_MAX);
    for (uint32_t i = 0; i < source_count; i++)
        if (strcasecmp(sources[i]->name, type->name) == 0)
            return; /* A second session of the process registers the same tables. */
    sources[source_count++] = type;
}

void weir_connector_register_sink(const WeirSinkType *type)
{
    WEIR_ASSERT(sink_count < CONNECTORS_MAX);
    for (uint32_t i = 0; i < sink_count; i++)
        if (strcasecmp(sinks[i]->name, type->name) == 0)
            return;
    sinks[sink_count++] = type;
}

const WeirSourceType *weir_connector_find_source(const char *name)
{
    for (uint32_t i = 0; i < source_count; i++)
        if (strcasecmp(sources[i]->name, name) == 0)
            return sources[i];
    return NULL;
}

const WeirSinkType *weir_connector_find_sink(const char *name)
{
    for (uint32_t i = 0; i < sink_count; i++)
        if (strcasecmp(sinks[i]->name, name) == 0)
            return sinks[i];
    return NULL;
}
