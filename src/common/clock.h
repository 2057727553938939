/* Time comes in through this interface, so that tests can run a whole query under a manual clock. */
#ifndef WEIR_COMMON_CLOCK_H
#define WEIR_COMMON_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

typedef struct WeirClock WeirClock;
struct WeirClock {
    /* Microseconds since the epoch, UTC. */
    int64_t (*now_micros)(WeirClock *clock);
    /* Monotonic nanoseconds, for durations. */
    int64_t (*monotonic_nanos)(WeirClock *clock);
    /* Sleep until the wall clock shows `wake_ms` or `interrupt` is called. True when interrupted. An interrupt that
     * comes while nobody sleeps ends the next sleep at once, so that none is lost. */
    bool (*sleep_until_ms)(WeirClock *clock, int64_t wake_ms);
    void (*interrupt)(WeirClock *clock);
};

static inline int64_t weir_clock_now_ms(WeirClock *clock)
{
    return clock->now_micros(clock) / 1000;
}
/* The machine's clock; one per sleeping thread (interrupt wakes its sleeper). Free with weir_clock_free. */
WeirClock *weir_system_clock_new(void);
/* For timed waits on conditions of CLOCK_MONOTONIC: one thread waits for another in real time, whatever clock a query
 * has. */
void weir_deadline_after_ms(int64_t milliseconds, struct timespec *deadline);
void weir_clock_free(WeirClock *clock);
/* Starts at `now_ms`; weir_manual_clock_advance wakes sleepers. For tests. */
WeirClock *weir_manual_clock_new(int64_t now_ms);
void weir_manual_clock_advance(WeirClock *clock, int64_t milliseconds);
/* Wait until some thread sleeps on the clock, so that a test advances it at the right moment. */
void weir_manual_clock_wait_for_sleeper(WeirClock *clock);

/* Random UUIDs come through here too. `text` takes 36 characters and a zero. */
typedef struct WeirRandom {
    uint64_t state[4];
} WeirRandom;
void weir_random_init(WeirRandom *random, uint64_t seed); /* seed 0: from the system */
uint64_t weir_random_next(WeirRandom *random);
void weir_random_uuid(WeirRandom *random, char text[37]);

#endif
