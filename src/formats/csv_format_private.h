/* What the files of the CSV format share. */
#ifndef WEIR_FORMATS_CSV_FORMAT_PRIVATE_H
#define WEIR_FORMATS_CSV_FORMAT_PRIVATE_H

#include "formats/csv_records.h"
#include "formats/csv_row.h"

/* csv_infer.c and csv_writer.c: entries of the format's table, but for those in csv_row.h. */
WeirStatus weir_csv_infer(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                          WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error);
WeirStatus weir_csv_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error);
WeirStatus weir_csv_finish(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error);

#endif
