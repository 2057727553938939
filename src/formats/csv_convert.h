/* CSV values to columns by Spark's rules for CSV (UnivocityParser): whole numbers as Java's parseInt, decimals with
 * commas, dates and times as CAST. */
#ifndef WEIR_FORMATS_CSV_CONVERT_H
#define WEIR_FORMATS_CSV_CONVERT_H

#include "formats/csv_parser.h"

/* Where a field of a record goes. */
typedef struct WeirCsvColumn {
    uint32_t field; /* of the record */
    const WeirDataType *type;
    WeirVectorBuilder *builder;
} WeirCsvColumn;
/* Appends a value to each column, null where the record is too short. False: not all fitted. */
bool weir_csv_append_columns(const WeirCsvOptions *options, const WeirCsvTokens *tokens, const WeirCsvColumn *columns,
                             uint32_t count, bool ascii, WeirBuffer *scratch);
/* Appends the value, or null. False: it is no such value, and null was appended. `ascii`: the text has no byte above
 * 0x7f. Strings point into the input, but for those that were built. */
bool weir_csv_convert(const WeirCsvOptions *options, const WeirCsvToken *token, const WeirDataType *type, bool ascii,
                      WeirBuffer *scratch, WeirVectorBuilder *builder);
/* The text as a string column takes it (bad UTF-8 replaced); `stable`: it may point there. */
void weir_csv_append_string(const uint8_t *data, size_t length, bool ascii, bool stable, WeirBuffer *scratch,
                            WeirVectorBuilder *builder);
/* Java's parseInt and parseLong: no blanks. */
bool weir_csv_parse_integer(const uint8_t *text, size_t length, int64_t *value);
/* Java's parseDouble, and the three words of the options. */
bool weir_csv_parse_double(const WeirCsvOptions *options, const uint8_t *text, size_t length, bool narrow,
                           double *value);

#endif
