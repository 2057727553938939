/* When the next micro-batch may start (Spark: Trigger and TriggerExecutor). */
#ifndef WEIR_ENGINE_TRIGGER_H
#define WEIR_ENGINE_TRIGGER_H

#include <stdbool.h>

#include "common/error.h"

typedef enum WeirTriggerKind {
    WEIR_TRIGGER_PROCESSING_TIME, /* interval_ms 0: as soon as there is data */
    WEIR_TRIGGER_ONCE,
    WEIR_TRIGGER_AVAILABLE_NOW,
    WEIR_TRIGGER_CONTINUOUS
} WeirTriggerKind;

typedef struct WeirTrigger {
    WeirTriggerKind kind;
    int64_t interval_ms;
} WeirTrigger;

/* NULL, "" and "0": at once; "1 second"; "availableNow"; "once"; "continuous 1 second". Intervals in months are refused
 * (_LEGACY_ERROR_TEMP_3262). */
WEIR_CHECKED WeirStatus weir_trigger_parse(const char *text, WeirTrigger *trigger, WeirError *error);
static inline bool weir_trigger_is_finite(const WeirTrigger *trigger)
{
    return trigger->kind == WEIR_TRIGGER_ONCE || trigger->kind == WEIR_TRIGGER_AVAILABLE_NOW;
}
/* The time at which the trigger after one that started at `started_ms` is due, for processing time: the epoch grid of
 * the interval. A due time in the past means at once; missed ticks are not made up. */
int64_t weir_trigger_next_ms(const WeirTrigger *trigger, int64_t started_ms);

#endif
