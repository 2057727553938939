/* Durations of settings and options as Spark writes them: a whole number and a unit ("10m", "500ms"); without a unit,
 * milliseconds. */
#ifndef WEIR_COMMON_DURATION_H
#define WEIR_COMMON_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Units: us, ms, s, m, min, h, d, in any case; blanks around the text are allowed. False: not a duration, or too long
 * for milliseconds in 64 bits. */
bool weir_duration_parse_ms(const char *text, int64_t *milliseconds);

#endif
