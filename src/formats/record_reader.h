/* Cuts a byte range of a file into blocks of whole records that end with a separator, for line-based formats. Reads
 * ahead in chunks into counted buffers padded by 64 readable bytes; a record longer than a chunk grows its buffer
 * within the tracker's limit. gzip and zstd files are inflated on the way (then the range is the whole file). */
#ifndef WEIR_FORMATS_RECORD_READER_H
#define WEIR_FORMATS_RECORD_READER_H

#include "formats/format.h"

typedef struct WeirRecordReader WeirRecordReader;

/* `separator` NULL: any of \n, \r\n, \r (a \r alone counts, as Hadoop's line reader has it). Records that begin in
 * [start, end) belong to this reader. */
WEIR_CHECKED WeirStatus weir_record_reader_open(const WeirByteSource *source, int64_t start, int64_t end,
                                                const char *separator, size_t separator_length,
                                                WeirMemoryTracker *tracker, WeirRecordReader **reader,
                                                WeirError *error);
void weir_record_reader_close(WeirRecordReader *reader); /* NULL is allowed */
/* The next block: whole records with their separators (the last of a file may lack it). `*block` NULL: end. The caller
 * releases the buffer; `length` bytes from `*offset` in it are records. */
WEIR_CHECKED WeirStatus weir_record_reader_next(WeirRecordReader *reader, WeirSharedBuffer **block, size_t *offset,
                                                size_t *length, WeirError *error);
/* The next record inside a block: [*at, result end) without its separator; moves *at behind it. False at the end. */
bool weir_record_next(const uint8_t *data, size_t length, size_t *at, const char *separator, size_t separator_length,
                      const uint8_t **record, size_t *record_length);

/* The whole file as one buffer (multiLine, wholetext), inflated; refused by the tracker when too large. */
WEIR_CHECKED WeirStatus weir_read_whole(const WeirByteSource *source, WeirMemoryTracker *tracker,
                                        WeirSharedBuffer **content, WeirError *error);
/* A separator whose end is its beginning too, such as "||", can't be found from the middle of a file: such files are
 * read as one range. NULL: lines. */
bool weir_separator_is_cuttable(const char *separator);
/* By the ending of the path: compressed, so not splittable. */
bool weir_path_is_compressed(const char *path);

#endif
