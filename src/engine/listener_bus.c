/* A short list of callbacks under a mutex: listeners are few and are added before queries start. */
#include "engine/listener_bus.h"

void weir_listener_bus_init(WeirListenerBus *bus)
{
    memset(bus, 0, sizeof(*bus));
    pthread_mutex_init(&bus->mutex, NULL);
}

void weir_listener_bus_deinit(WeirListenerBus *bus)
{
    pthread_mutex_destroy(&bus->mutex);
}

bool weir_listener_bus_add(WeirListenerBus *bus, WeirEventFunction function, void *context)
{
    pthread_mutex_lock(&bus->mutex);
    bool room = bus->count < WEIR_LISTENERS_MAX;
    if (room) {
        bus->listeners[bus->count].function = function;
        bus->listeners[bus->count].context = context;
        bus->count++;
    }
    pthread_mutex_unlock(&bus->mutex);
    return room;
}

void weir_listener_bus_post(WeirListenerBus *bus, WeirQueryEvent event, const char *json)
{
    /* Callbacks run outside of the lock, so that a listener may ask its query for more. */
    pthread_mutex_lock(&bus->mutex);
    uint32_t count = bus->count;
    pthread_mutex_unlock(&bus->mutex);
    for (uint32_t i = 0; i < count; i++)
        bus->listeners[i].function(bus->listeners[i].context, event, json);
}
