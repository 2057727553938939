/* Java's datetime patterns (DateTimeFormatter), parsed once: formatting instants and reading texts. For functions and
 * for the options dateFormat and timestampFormat of files. */
#ifndef WEIR_COLUMNAR_DATETIME_PATTERN_H
#define WEIR_COLUMNAR_DATETIME_PATTERN_H

#include "columnar/time_zone.h"
#include "common/memory.h"

typedef struct WeirPatternToken {
    char letter; /* 0: literal text; '[' and ']': an optional section */
    uint8_t count;
    uint16_t length; /* of literal text */
    const char *text;
} WeirPatternToken;

typedef struct WeirDatetimePattern {
    WeirPatternToken *tokens;
    uint32_t count;
    bool has_era; /* then years count within it */
} WeirDatetimePattern;

/* INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER and its relatives for what Java or Spark refuse. `length` bytes; text is
 * copied. */
WEIR_CHECKED WeirStatus weir_datetime_pattern_parse(const char *text, size_t length, WeirArena *arena,
                                                    WeirDatetimePattern **pattern, WeirError *error);
/* Refuses the letters that format but do not read. */
WEIR_CHECKED WeirStatus weir_datetime_pattern_check_reading(const char *text, size_t length, WeirError *error);
/* Wall-clock microseconds of the zone and the instant's offset. */
void weir_datetime_format(const WeirDatetimePattern *pattern, int64_t micros, const WeirTimeZone *zone,
                          WeirBuffer *out);
/* False: the text does not match. `zone` is that of texts without one; NULL: the wall clock
 * is wanted. Missing fields are those of 1970-01-01 00:00. */
bool weir_datetime_read(const WeirDatetimePattern *pattern, const char *text, size_t length, const WeirTimeZone *zone,
                        int64_t *micros);

#endif
