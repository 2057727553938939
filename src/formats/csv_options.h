/* Options of the CSV format, read once per file: what Spark's CSVOptions hold. Texts belong to the options they were
 * read from. */
#ifndef WEIR_FORMATS_CSV_OPTIONS_H
#define WEIR_FORMATS_CSV_OPTIONS_H

#include "formats/encoding.h"
#include "formats/time_formats.h"

typedef enum WeirCsvMode { WEIR_CSV_PERMISSIVE, WEIR_CSV_DROP_MALFORMED, WEIR_CSV_FAIL_FAST } WeirCsvMode;
/* What to do where a quoted value goes on behind its closing quote. */
typedef enum WeirCsvQuoteHandling {
    WEIR_CSV_STOP_AT_DELIMITER,
    WEIR_CSV_STOP_AT_CLOSING_QUOTE,
    WEIR_CSV_BACK_TO_DELIMITER,
    WEIR_CSV_SKIP_VALUE,
    WEIR_CSV_RAISE_ERROR
} WeirCsvQuoteHandling;

typedef struct WeirCsvText {
    const char *data;
    size_t length;
} WeirCsvText;

#define WEIR_CSV_DELIMITER_BYTES 16

typedef struct WeirCsvOptions {
    uint8_t delimiter[WEIR_CSV_DELIMITER_BYTES];
    uint32_t delimiter_length;
    uint8_t quote, escape;
    uint8_t escape_escape; /* 0: none */
    uint8_t comment;       /* 0: none */
    WeirCsvQuoteHandling quote_handling;
    WeirCsvMode mode;
    WeirEncoding encoding;
    bool header, enforce_schema, multi_line, infer_schema, prefer_date;
    bool ignore_leading, ignore_trailing; /* by direction: false by default for reading, true for writing */
    bool quote_all, escape_quotes;        /* writing */
    bool case_sensitive;
    bool prefers_ntz;      /* inference */
    int8_t column_pruning; /* -1: as the session says */
    double sampling_ratio;
    WeirCsvText null_value, empty_value, nan_value, positive_infinity, negative_infinity;
    uint32_t columns_max;
    int64_t chars_max;     /* of a value, UTF-16 units; -1: no limit */
    WeirCsvText separator; /* length 0: lines */
    const char *corrupt_column;
    WeirTimeFormats times;
} WeirCsvOptions;

extern const char *const weir_csv_read_option_names[], *const weir_csv_write_option_names[];

/* Patterns in `arena`. Spark's errors for values that make no sense; UNSUPPORTED_FEATURE.OPTION for what is not built.
 */
WEIR_CHECKED WeirStatus weir_csv_options(const WeirFormatOptions *given, bool writing, WeirArena *arena,
                                         WeirCsvOptions *options, WeirError *error);
static inline bool weir_csv_text_equal(const WeirCsvText *text, const void *data, size_t length)
{
    return text->length == length && memcmp(text->data, data, length) == 0;
}

#endif
