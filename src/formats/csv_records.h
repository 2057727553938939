/* The records of a CSV file, block by block: lines (or with multiLine what the quotes make of them), without blank
 * lines and comments. */
#ifndef WEIR_FORMATS_CSV_RECORDS_H
#define WEIR_FORMATS_CSV_RECORDS_H

#include "formats/csv_splitter.h"

struct WeirRecordReader;

typedef struct WeirCsvRecords {
    const WeirCsvOptions *options;
    const WeirByteSource *source;
    WeirMemoryTracker *tracker;
    struct WeirRecordReader *reader; /* NULL: multiLine */
    WeirCsvLineEnd line_end;
    char separator[WEIR_ENCODED_SEPARATOR_BYTES + 1]; /* of the file's bytes */
    size_t separator_length;                          /* 0: lines */
    WeirCsvSplitter splitter;
    bool first_block, done;
    /* the block at hand; values point into it */
    WeirSharedBuffer *block;
    const uint8_t *data;
    size_t length;
    bool ascii; /* no byte above 0x7f: its values need no look at their UTF-8 */
    /* the record at hand */
    WeirCsvTokens tokens;
    const uint8_t *record;
    size_t record_length; /* without the line end */
} WeirCsvRecords;

/* `options` and `source` must outlive the records. */
WEIR_CHECKED WeirStatus weir_csv_records_open(WeirCsvRecords *records, const WeirCsvOptions *options,
                                              const WeirByteSource *source, int64_t start, int64_t end,
                                              WeirMemoryTracker *tracker, WeirError *error);
void weir_csv_records_close(WeirCsvRecords *records);
/* The next block; `block` NULL: end. */
WEIR_CHECKED WeirStatus weir_csv_records_fill(WeirCsvRecords *records, WeirError *error);
/* The next record of the block, its values in `tokens` (`count_only`: without). `*found` false: the block is done. */
WEIR_CHECKED WeirStatus weir_csv_records_next(WeirCsvRecords *records, bool count_only, bool *found, WeirError *error);

#endif
