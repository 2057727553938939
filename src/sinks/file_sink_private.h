/* The inside of the file sink: its part files. */
#ifndef WEIR_SINKS_FILE_SINK_PRIVATE_H
#define WEIR_SINKS_FILE_SINK_PRIVATE_H

#include "connector/connector.h"
#include "formats/codec.h"
#include "formats/format.h"

struct WeirCompactibleLog;

struct WeirSink {
    WeirConnectorContext context;
    const WeirFileFormat *format;
    WeirFormatOptions options;
    WeirArena arena;
    char *path;
    struct WeirCompactibleLog *log;
    uint32_t *partition_columns; /* ordinals of the rows' columns */
    uint32_t partition_count;
    uint32_t *data_columns;
    const WeirSchema *data_schema;
    WeirCodec codec;
    const char *extension; /* of the files' names, without the codec's */
};

/* One file of one task: rows of one partition directory. */
typedef struct WeirPartFile {
    const char *partition; /* "a=1/b=x"; "" without partitions */
    const char *directory, *path;
    WeirFile *file;
    WeirFormatWriter *writer;
    WeirBuffer buffer;
    WeirCompressor *compressor; /* NULL: none */
    WeirBuffer compressed;
    int64_t size_bytes;
    int64_t modification_ms;
    uint32_t *rows; /* of the batch under way */
    uint32_t row_count, row_capacity;
} WeirPartFile;

struct WeirWriter {
    WeirSink *sink;
    int64_t epoch_id;
    uint32_t task_index;
    WeirArena arena;
    WeirRandom random;
    WeirPartFile **files;
    uint32_t file_count, file_capacity;
    WeirPartFile *last; /* the one found last */
};

WEIR_CHECKED WeirStatus weir_part_files_write(WeirWriter *writer, WeirBatch *batch, WeirError *error);
/* Finish and fsync every file. The first task writes a file even when it had no rows, as Spark does. */
WEIR_CHECKED WeirStatus weir_part_files_commit(WeirWriter *writer, WeirError *error);
/* Close what is open; the files on disk stay. */
void weir_part_files_free(WeirWriter *writer);

#endif
