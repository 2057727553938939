/* Dates and times in files: the options dateFormat, timestampFormat and timestampNTZFormat, which CSV and JSON share.
 * Without them texts are read as CAST reads them and written in ISO 8601. */
#ifndef WEIR_FORMATS_TIME_FORMATS_H
#define WEIR_FORMATS_TIME_FORMATS_H

#include "columnar/datetime_pattern.h"
#include "columnar/value_text.h"
#include "formats/format.h"

typedef struct WeirTimeFormatter {
    WeirValueFormatter formatter; /* for columnar/value_text.h */
    const WeirDatetimePattern *pattern;
    const WeirTimeZone *zone;
    bool days; /* the value is a date */
} WeirTimeFormatter;

typedef struct WeirTimeFormats {
    const WeirTimeZone *zone;                              /* of timestamps without one; the option timeZone wins */
    WeirDatetimePattern *date, *timestamp, *timestamp_ntz; /* NULL: none given */
    bool fallback;                                         /* what a pattern does not match is read as CAST does */
    int64_t now_micros;                                    /* a time without a date is of this day; 0: of 1970 */
    WeirTimeFormatter date_formatter, timestamp_formatter, timestamp_ntz_formatter;
} WeirTimeFormats;

/* Patterns in `arena`. Errors: INVALID_DATETIME_PATTERN.…, the time zone's. */
WEIR_CHECKED WeirStatus weir_time_formats_read(const WeirFormatOptions *options, WeirArena *arena,
                                               WeirTimeFormats *formats, WeirError *error);
/* As weir_text_convert, for date, timestamp and timestamp_ntz with these patterns; other types as there. */
bool weir_time_formats_convert(const WeirTimeFormats *formats, const char *text, size_t length,
                               const WeirDataType *type, WeirVectorBuilder *builder);

#endif
