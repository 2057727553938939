/* The maintenance thread: every interval, one pass over the files of each registered store. A failure is logged and
 * tried again at the next pass, since nothing is lost by a late snapshot. */
#include <pthread.h>

#include "common/log.h"
#include "state/state_store.h"

struct WeirStateMaintenance {
    WeirClock *clock;
    int64_t interval_ms;
    pthread_mutex_t mutex;
    pthread_cond_t idle; /* `current` has become NULL */
    pthread_t thread;
    bool started;
    bool stopping;
    WeirStateStore **stores;
    size_t count, capacity;
    size_t position; /* of the next store of the pass under way */
    WeirStateStore *current;
};

WeirStateMaintenance *weir_state_maintenance_new(WeirClock *clock, int64_t interval_ms)
{
    WeirStateMaintenance *maintenance = weir_calloc(1, sizeof *maintenance);
    maintenance->clock = clock;
    maintenance->interval_ms = interval_ms;
    pthread_mutex_init(&maintenance->mutex, NULL);
    pthread_cond_init(&maintenance->idle, NULL);
    return maintenance;
}

/* With the mutex held, which is given up while a store is worked on. */
static void run_pass(WeirStateMaintenance *maintenance)
{
    for (maintenance->position = 0; maintenance->position < maintenance->count && !maintenance->stopping;) {
        WeirStateStore *store = maintenance->stores[maintenance->position++];
        maintenance->current = store;
        pthread_mutex_unlock(&maintenance->mutex);
        WeirError error = {0};
        if (weir_state_store_maintain(store, &error) != WEIR_OK)
            weir_log(WEIR_LOG_WARN, "state_maintenance", "%s", error.message);
        pthread_mutex_lock(&maintenance->mutex);
        maintenance->current = NULL;
        pthread_cond_broadcast(&maintenance->idle);
    }
}

static void *run(void *context)
{
    WeirStateMaintenance *maintenance = context;
    pthread_mutex_lock(&maintenance->mutex);
    while (!maintenance->stopping) {
        pthread_mutex_unlock(&maintenance->mutex);
        int64_t now_ms = weir_clock_now_ms(maintenance->clock);
        maintenance->clock->sleep_until_ms(maintenance->clock, now_ms + maintenance->interval_ms);
        pthread_mutex_lock(&maintenance->mutex);
        if (!maintenance->stopping)
            run_pass(maintenance);
    }
    pthread_mutex_unlock(&maintenance->mutex);
    return NULL;
}

void weir_state_maintenance_free(WeirStateMaintenance *maintenance)
{
    if (maintenance == NULL)
        return;
    pthread_mutex_lock(&maintenance->mutex);
    maintenance->stopping = true;
    bool started = maintenance->started;
    pthread_mutex_unlock(&maintenance->mutex);
    if (started) {
        maintenance->clock->interrupt(maintenance->clock);
        pthread_join(maintenance->thread, NULL);
    }
    pthread_cond_destroy(&maintenance->idle);
    pthread_mutex_destroy(&maintenance->mutex);
    weir_free(maintenance->stores);
    weir_free(maintenance);
}

void weir_state_maintenance_register(WeirStateMaintenance *maintenance, WeirStateStore *store)
{
    pthread_mutex_lock(&maintenance->mutex);
    if (maintenance->count == maintenance->capacity) {
        maintenance->capacity = maintenance->capacity == 0 ? 16 : maintenance->capacity * 2;
        maintenance->stores = weir_realloc(maintenance->stores, maintenance->capacity * sizeof(WeirStateStore *));
    }
    maintenance->stores[maintenance->count++] = store;
    if (!maintenance->started && !maintenance->stopping) /* A program without state has no such thread. */
        maintenance->started = pthread_create(&maintenance->thread, NULL, run, maintenance) == 0;
    pthread_mutex_unlock(&maintenance->mutex);
}

void weir_state_maintenance_unregister(WeirStateMaintenance *maintenance, WeirStateStore *store)
{
    pthread_mutex_lock(&maintenance->mutex);
    while (maintenance->current == store)
        pthread_cond_wait(&maintenance->idle, &maintenance->mutex);
    size_t index = 0;
    while (index < maintenance->count && maintenance->stores[index] != store)
        index++;
    if (index < maintenance->count) {
        maintenance->count--;
        for (size_t i = index; i < maintenance->count; i++)
            maintenance->stores[i] = maintenance->stores[i + 1];
        if (index < maintenance->position)
            maintenance->position--;
    }
    pthread_mutex_unlock(&maintenance->mutex);
}
