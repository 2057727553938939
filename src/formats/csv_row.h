/* One CSV text and one row: what from_csv, to_csv and schema_of_csv have of the CSV format. */
#ifndef WEIR_FORMATS_CSV_ROW_H
#define WEIR_FORMATS_CSV_ROW_H

#include "formats/csv_convert.h"

/* A whole text is one record: line ends are characters like others. */
WEIR_CHECKED WeirCsvOutcome weir_csv_parse_text(const WeirCsvOptions *options, const uint8_t *data, size_t length,
                                                WeirCsvTokens *tokens);
/* The type of one text, in `arena`. INTERNAL_ERROR where nothing is in it. */
WEIR_CHECKED WeirStatus weir_csv_infer_text(const WeirFormatOptions *options, const uint8_t *data, size_t length,
                                            WeirArena *arena, const WeirDataType **type, WeirError *error);

WEIR_CHECKED WeirStatus weir_csv_open_writer(const WeirFormatOptions *options, const WeirSchema *schema,
                                             WeirFormatWriter **writer, WeirError *error);
void weir_csv_close_writer(WeirFormatWriter *writer); /* NULL is allowed */
/* The cells of a row, without a line end and not encoded. */
void weir_csv_write_row(WeirFormatWriter *writer, const WeirVector *columns, uint32_t count, uint32_t row,
                        WeirBuffer *out);

#endif
