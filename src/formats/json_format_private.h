/* What the files of the JSON format share. */
#ifndef WEIR_FORMATS_JSON_FORMAT_PRIVATE_H
#define WEIR_FORMATS_JSON_FORMAT_PRIVATE_H

#include "formats/formats.h"
#include "formats/json_options.h"
#include "formats/json_record.h"

struct WeirRecordReader;

struct WeirFormatReader {
    const WeirFormatScan *scan;
    const WeirByteSource *source;
    WeirJsonRules rules;
    WeirParseMode mode;
    bool multi_line, done, first_block;
    const char *separator;
    size_t separator_length;
    WeirArena arena;
    const WeirSchema *schema; /* of the needed columns */
    struct WeirRecordReader *records;
    WeirSharedBuffer *block;
    const uint8_t *data;
    size_t length, at;
    WeirBatchBuilder builder;
    WeirJsonRecord record;
};

/* The rows of one record. `readable`: bytes up to there may be loaded. */
WEIR_CHECKED WeirStatus weir_json_append_text(WeirFormatReader *reader, const uint8_t *record, size_t length,
                                              const uint8_t *readable, WeirError *error);
/* json_infer.c and json_writer.c: entries of the format's table. */
WeirStatus weir_json_infer(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                           WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error);
WeirStatus weir_json_open_writer(const WeirFormatOptions *options, const WeirSchema *schema, WeirFormatWriter **writer,
                                 WeirError *error);
WeirStatus weir_json_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error);
WeirStatus weir_json_finish(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error);
void weir_json_close_writer(WeirFormatWriter *writer);

#endif
