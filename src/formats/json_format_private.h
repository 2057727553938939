/* What the files of the JSON format share. */
#ifndef WEIR_FORMATS_JSON_FORMAT_PRIVATE_H
#define WEIR_FORMATS_JSON_FORMAT_PRIVATE_H

#include "formats/formats.h"
#include "formats/json_convert.h"

#define WEIR_JSON_LAYOUT_MEMBERS 64u
#define WEIR_JSON_LITERAL_BYTES 62

typedef enum WeirParseMode { WEIR_PARSE_MODE_PERMISSIVE, WEIR_PARSE_MODE_DROP, WEIR_PARSE_MODE_FAIL } WeirParseMode;

/* What stood between two values of the last record, and the column of the value behind it (-1: none). */
typedef struct WeirJsonLayoutMember {
    uint8_t length;
    char literal[WEIR_JSON_LITERAL_BYTES + 1];
    int32_t column;
} WeirJsonLayoutMember;

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
    int32_t corrupt_column;   /* among them; -1: not asked for */
    WeirJsonToken *values;    /* by needed column; start NULL: absent */
    struct WeirRecordReader *records;
    WeirSharedBuffer *block;
    const uint8_t *data;
    size_t length, at;
    WeirBatchBuilder builder;
    WeirBuffer scratch;
    WeirJsonLayoutMember layout[WEIR_JSON_LAYOUT_MEMBERS];
    uint32_t layout_count;
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
