/* Options of JSON beside the rules of values, as Spark's JSONOptions hold them: for files and for the functions. */
#ifndef WEIR_FORMATS_JSON_OPTIONS_H
#define WEIR_FORMATS_JSON_OPTIONS_H

#include "columnar/value_text.h"
#include "formats/time_formats.h"

typedef enum WeirParseMode { WEIR_PARSE_MODE_PERMISSIVE, WEIR_PARSE_MODE_DROP, WEIR_PARSE_MODE_FAIL } WeirParseMode;

/* An unknown mode is PERMISSIVE. */
WeirParseMode weir_parse_mode(const WeirFormatOptions *options);
/* The column for malformed records, as the option or the session names it. */
const char *weir_corrupt_column_name(const WeirFormatOptions *options);
/* INVALID_CORRUPT_RECORD_TYPE where the schema has that column and it is no nullable string. `*index` -1: none. */
WEIR_CHECKED WeirStatus weir_corrupt_column_find(const WeirFormatOptions *options, const WeirSchema *schema,
                                                 int32_t *index, WeirError *error);
/* Spark's errors for values of any option that make no sense, used or not. */
WEIR_CHECKED WeirStatus weir_json_options_check(const WeirFormatOptions *options, WeirError *error);

/* The type of one JSON text, in `arena`: schema_of_json. */
WEIR_CHECKED WeirStatus weir_json_infer_text(const WeirFormatOptions *options, const uint8_t *data, size_t length,
                                             WeirArena *arena, const WeirDataType **type, WeirError *error);

typedef struct WeirJsonWriting {
    WeirTimeFormats times;
    WeirJsonWriteOptions options; /* points into `times` */
} WeirJsonWriting;
/* In place: `writing` must not move afterwards. Patterns in `arena`. */
WEIR_CHECKED WeirStatus weir_json_writing_read(const WeirFormatOptions *options, WeirArena *arena,
                                               WeirJsonWriting *writing, WeirError *error);

#endif
