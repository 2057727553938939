/* The system's clock and a clock that tests move by hand. Both are one mutex, one condition variable and a flag. */
#include "common/clock.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "common/memory.h"

typedef struct Clock {
    WeirClock table;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool interrupted;
    bool manual;
    int64_t manual_now_ms;
    int sleeper_count;
} Clock;

static int64_t system_now_micros(WeirClock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t system_monotonic_nanos(WeirClock *clock)
{
    (void)clock;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t manual_now_micros(WeirClock *table)
{
    Clock *clock = (Clock *)table;
    pthread_mutex_lock(&clock->mutex);
    int64_t now_ms = clock->manual_now_ms;
    pthread_mutex_unlock(&clock->mutex);
    return now_ms * 1000;
}

static int64_t manual_monotonic_nanos(WeirClock *table)
{
    return manual_now_micros(table) * 1000;
}

/* With the mutex held: whether the wall clock shows `wake_ms`. */
static bool is_over(Clock *clock, int64_t wake_ms)
{
    if (clock->manual)
        return clock->manual_now_ms >= wake_ms;
    return system_now_micros(&clock->table) / 1000 >= wake_ms;
}

static bool sleep_until_ms(WeirClock *table, int64_t wake_ms)
{
    Clock *clock = (Clock *)table;
    /* The condition variable waits on the wall clock, so that setting the system's time wakes sleepers as it should. */
    struct timespec wake = {.tv_sec = (time_t)(wake_ms / 1000), .tv_nsec = (long)(wake_ms % 1000) * 1000000};
    pthread_mutex_lock(&clock->mutex);
    clock->sleeper_count++;
    pthread_cond_broadcast(&clock->changed); /* a test may be waiting for a sleeper */
    while (!clock->interrupted && !is_over(clock, wake_ms)) {
        if (clock->manual)
            pthread_cond_wait(&clock->changed, &clock->mutex);
        else
            pthread_cond_timedwait(&clock->changed, &clock->mutex, &wake);
    }
    clock->sleeper_count--;
    bool interrupted = clock->interrupted;
    clock->interrupted = false;
    pthread_mutex_unlock(&clock->mutex);
    return interrupted;
}

static void interrupt(WeirClock *table)
{
    Clock *clock = (Clock *)table;
    pthread_mutex_lock(&clock->mutex);
    clock->interrupted = true;
    pthread_cond_broadcast(&clock->changed);
    pthread_mutex_unlock(&clock->mutex);
}

static Clock *new_clock(void)
{
    Clock *clock = weir_calloc(1, sizeof *clock);
    clock->table = (WeirClock){.now_micros = system_now_micros,
                               .monotonic_nanos = system_monotonic_nanos,
                               .sleep_until_ms = sleep_until_ms,
                               .interrupt = interrupt};
    pthread_mutex_init(&clock->mutex, NULL);
    pthread_cond_init(&clock->changed, NULL);
    return clock;
}

WeirClock *weir_system_clock_new(void)
{
    return &new_clock()->table;
}

WeirClock *weir_manual_clock_new(int64_t now_ms)
{
    Clock *clock = new_clock();
    clock->manual = true;
    clock->manual_now_ms = now_ms;
    clock->table.now_micros = manual_now_micros;
    clock->table.monotonic_nanos = manual_monotonic_nanos;
    return &clock->table;
}

void weir_clock_free(WeirClock *table)
{
    if (table == NULL)
        return;
    Clock *clock = (Clock *)table;
    WEIR_ASSERT(clock->sleeper_count == 0);
    pthread_cond_destroy(&clock->changed);
    pthread_mutex_destroy(&clock->mutex);
    weir_free(clock);
}

void weir_manual_clock_advance(WeirClock *table, int64_t milliseconds)
{
    Clock *clock = (Clock *)table;
    WEIR_ASSERT(clock->manual && milliseconds >= 0);
    pthread_mutex_lock(&clock->mutex);
    clock->manual_now_ms += milliseconds;
    pthread_cond_broadcast(&clock->changed);
    pthread_mutex_unlock(&clock->mutex);
}

void weir_manual_clock_wait_for_sleeper(WeirClock *table)
{
    Clock *clock = (Clock *)table;
    WEIR_ASSERT(clock->manual);
    pthread_mutex_lock(&clock->mutex);
    while (clock->sleeper_count == 0)
        pthread_cond_wait(&clock->changed, &clock->mutex);
    pthread_mutex_unlock(&clock->mutex);
}

void weir_deadline_after_ms(int64_t milliseconds, struct timespec *deadline)
{
    int64_t nanos = system_monotonic_nanos(NULL) + milliseconds * 1000000;
    *deadline = (struct timespec){.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
}
