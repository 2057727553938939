/* The connectors in the box. */
#include <pthread.h>

#include "session/session_private.h"
#include "sinks/sinks.h"
#include "sources/sources.h"

static void register_all(void)
{
    uint32_t count = 0;
    const WeirSourceType *const *sources = weir_builtin_sources(&count);
    for (uint32_t i = 0; i < count; i++)
        weir_connector_register_source(sources[i]);
    const WeirSinkType *const *sinks = weir_builtin_sinks(&count);
    for (uint32_t i = 0; i < count; i++)
        weir_connector_register_sink(sinks[i]);
}

void weir_session_register_builtins(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, register_all);
}
