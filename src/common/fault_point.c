/* See fault_point.h. One point is armed at a time; what is armed is read from the environment at first use. */
#include "common/fault_point.h"

#ifdef WEIR_FAULTS

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum Effect { EFFECT_KILL, EFFECT_EIO, EFFECT_ENOSPC, EFFECT_SHORT } Effect;

static const char *const known_names[] = {
#define WEIR_FAULT_POINT_NAME(name) name,
#include "common/fault_points.def"
#undef WEIR_FAULT_POINT_NAME
};

static struct {
    pthread_mutex_t mutex;
    const char *name; /* of known_names; NULL: nothing is armed */
    Effect effect;
    long countdown; /* fires when it falls to 0 */
    bool trace;
} armed = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static _Atomic bool is_active; /* something is armed or traced: the fast way past a point */
static _Atomic bool short_write_is_due;
static pthread_once_t environment_once = PTHREAD_ONCE_INIT;

static const char *find_name(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
        if (strlen(known_names[i]) == length && memcmp(known_names[i], name, length) == 0)
            return known_names[i];
    }
    return NULL;
}

static bool find_effect(const char *text, Effect *effect)
{
    static const char *const names[] = {"kill", "eio", "enospc", "short"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) == 0) {
            *effect = (Effect)i;
            return true;
        }
    }
    return false;
}

/* With the mutex held. */
static bool arm(const char *specification)
{
    size_t name_length = strcspn(specification, "#=");
    const char *name = find_name(specification, name_length);
    const char *rest = specification + name_length;
    long nth = 1;
    if (*rest == '#') {
        char *end = NULL;
        nth = strtol(rest + 1, &end, 10);
        rest = end;
    }
    Effect effect;
    if (name == NULL || nth < 1 || *rest != '=' || !find_effect(rest + 1, &effect))
        return false;
    armed.name = name;
    armed.effect = effect;
    armed.countdown = nth;
    return true;
}

static void read_environment(void)
{
    const char *specification = getenv("WEIR_FAULT");
    const char *trace = getenv("WEIR_FAULT_TRACE");
    pthread_mutex_lock(&armed.mutex);
    armed.trace = trace != NULL && strcmp(trace, "1") == 0;
    if (specification != NULL && specification[0] != '\0' && !arm(specification)) {
        fprintf(stderr, "ERROR fault_point: WEIR_FAULT is not name[#nth]=kill|eio|enospc|short with a known name: %s\n",
                specification);
        exit(2); /* a test that arms nothing would pass for the wrong reason */
    }
    atomic_store(&is_active, armed.trace || armed.name != NULL);
    pthread_mutex_unlock(&armed.mutex);
}

bool weir_fault_point_arm(const char *specification)
{
    pthread_once(&environment_once, read_environment);
    pthread_mutex_lock(&armed.mutex);
    armed.name = NULL;
    bool ok = specification == NULL || arm(specification);
    atomic_store(&is_active, armed.trace || armed.name != NULL);
    atomic_store(&short_write_is_due, false);
    pthread_mutex_unlock(&armed.mutex);
    return ok;
}

bool weir_fault_point_take_short_write(void)
{
    return atomic_load_explicit(&short_write_is_due, memory_order_relaxed) &&
           atomic_exchange(&short_write_is_due, false);
}

static WeirStatus fire(Effect effect, const char *name, WeirError *error)
{
    switch (effect) {
    case EFFECT_KILL:
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    case EFFECT_EIO:
        return weir_error_from_errno(error, EIO, "pass the fault point", name);
    case EFFECT_ENOSPC:
        return weir_error_from_errno(error, ENOSPC, "pass the fault point", name);
    case EFFECT_SHORT:
        atomic_store(&short_write_is_due, true);
        return WEIR_OK;
    }
    return WEIR_OK;
}

WeirStatus weir_fault_point(const char *name, WeirError *error)
{
    pthread_once(&environment_once, read_environment);
    WEIR_ASSERT(find_name(name, strlen(name)) != NULL); /* it is missing in fault_points.def */
    if (!atomic_load_explicit(&is_active, memory_order_relaxed))
        return WEIR_OK;
    pthread_mutex_lock(&armed.mutex);
    bool fires = armed.name != NULL && strcmp(armed.name, name) == 0 && --armed.countdown == 0;
    Effect effect = armed.effect;
    bool trace = armed.trace;
    pthread_mutex_unlock(&armed.mutex);
    if (trace)
        fprintf(stderr, "fault point %s\n", name);
    return fires ? fire(effect, name, error) : WEIR_OK;
}

#endif
