/* See trigger.h. Intervals are Spark's interval texts ("1 second", "interval 5 minutes"), read by the parser that casts
 * use. */
#include "engine/trigger.h"

#include <strings.h>

#include "columnar/value_parse.h"

static WeirStatus parse_interval_ms(const char *text, int64_t *interval_ms, WeirError *error)
{
    WeirCalendarInterval interval;
    WEIR_TRY(weir_string_to_interval(text, strlen(text), &interval, error));
    if (interval.months != 0)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_3262,
            "Doesn't support month or year interval: %s. Write a trigger in days or smaller units.", text);
    *interval_ms = (int64_t)interval.days * INT64_C(86400000) + interval.microseconds / 1000;
    if (*interval_ms < 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: the interval of trigger should not be negative, but it is %s.",
                                 text);
    return WEIR_OK;
}

WeirStatus weir_trigger_parse(const char *text, WeirTrigger *trigger, WeirError *error)
{
    static const char continuous[] = "continuous";
    *trigger = (WeirTrigger){.kind = WEIR_TRIGGER_PROCESSING_TIME};
    if (text == NULL || text[0] == '\0' || strcmp(text, "0") == 0)
        return WEIR_OK;
    if (strcasecmp(text, "availableNow") == 0) {
        trigger->kind = WEIR_TRIGGER_AVAILABLE_NOW;
        return WEIR_OK;
    }
    if (strcasecmp(text, "once") == 0) {
        trigger->kind = WEIR_TRIGGER_ONCE;
        return WEIR_OK;
    }
    if (strncasecmp(text, continuous, sizeof(continuous) - 1) == 0) {
        trigger->kind = WEIR_TRIGGER_CONTINUOUS;
        text += sizeof(continuous) - 1;
        text += strspn(text, " \t");
    }
    return parse_interval_ms(text, &trigger->interval_ms, error);
}

int64_t weir_trigger_next_ms(const WeirTrigger *trigger, int64_t started_ms)
{
    WEIR_ASSERT(trigger->interval_ms > 0 && started_ms >= 0);
    return started_ms / trigger->interval_ms * trigger->interval_ms + trigger->interval_ms;
}
