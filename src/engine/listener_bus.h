/* Events of streaming queries to those who listen (Spark: StreamingQueryListenerBus). Texts are Spark's JSON. */
#ifndef WEIR_ENGINE_LISTENER_BUS_H
#define WEIR_ENGINE_LISTENER_BUS_H

#include <pthread.h>

#include "common/memory.h"

typedef enum WeirQueryEvent {
    WEIR_QUERY_STARTED,
    WEIR_QUERY_PROGRESS,
    WEIR_QUERY_IDLE,
    WEIR_QUERY_TERMINATED
} WeirQueryEvent;
typedef void (*WeirEventFunction)(void *context, WeirQueryEvent event, const char *json);

#define WEIR_LISTENERS_MAX 16u
typedef struct WeirListenerBus {
    pthread_mutex_t mutex;
    struct {
        WeirEventFunction function;
        void *context;
    } listeners[WEIR_LISTENERS_MAX];
    uint32_t count;
} WeirListenerBus;

void weir_listener_bus_init(WeirListenerBus *bus);
void weir_listener_bus_deinit(WeirListenerBus *bus);
/* False: there are WEIR_LISTENERS_MAX already. */
bool weir_listener_bus_add(WeirListenerBus *bus, WeirEventFunction function, void *context);
/* In the calling thread. Listeners may not add listeners. */
void weir_listener_bus_post(WeirListenerBus *bus, WeirQueryEvent event, const char *json);

#endif
