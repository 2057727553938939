/* What the files of the JSON format share. */
#ifndef WEIR_FORMATS_JSON_FORMAT_PRIVATE_H
#define WEIR_FORMATS_JSON_FORMAT_PRIVATE_H

#include "formats/encoding.h"
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
    WeirEncoding encoding; /* of lines; a whole file's may be found out */
    bool encoding_given;
    char separator[WEIR_ENCODED_SEPARATOR_BYTES + 1];
    size_t separator_length; /* 0: lines */
    WeirArena arena;
    const WeirSchema *schema; /* of the needed columns */
    struct WeirRecordReader *records;
    WeirSharedBuffer *block;
    WeirSharedBuffer *decoded; /* the block's records in UTF-8, where they are not so already; NULL: they are */
    const uint8_t *data;
    size_t length, at;
    WeirBatchBuilder builder;
    WeirJsonRecord record;
};

/* Encodings of JSON files: which ones lines can have. */
WEIR_CHECKED WeirStatus weir_json_check_encoding(const WeirFormatOptions *options, WeirError *error);
/* The encoding of a file without one in the options, by its first bytes. */
WeirEncoding weir_json_detect_encoding(const uint8_t *data, size_t length);
/* json_infer.c and json_writer.c: entries of the format's table. */
WeirStatus weir_json_infer(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                           WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error);
WeirStatus weir_json_open_writer(const WeirFormatOptions *options, const WeirSchema *schema, WeirFormatWriter **writer,
                                 WeirError *error);
WeirStatus weir_json_write_batch(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error);
WeirStatus weir_json_finish(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error);
void weir_json_close_writer(WeirFormatWriter *writer);

#endif
