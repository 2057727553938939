/* File formats: readers from bytes to batches and writers from batches to bytes, without paths or polling. One const
 * table a format, listed in formats.c: a new format is one file and one entry. */
#ifndef WEIR_FORMATS_FORMAT_H
#define WEIR_FORMATS_FORMAT_H

#include "columnar/batch.h"
#include "columnar/time_zone.h"

/* Options as the source or sink was given them: NULL = absent; keys without regard to case. */
typedef struct WeirFormatOptions {
    const char *(*get)(void *context, const char *key);
    void *context;
    /* Session settings, or NULL. */
    const char *(*conf)(void *conf_context, const char *key);
    void *conf_context;
    const WeirTimeZone *zone; /* the session's; option timeZone wins */
} WeirFormatOptions;

/* Bytes of one file. read_at is called by one thread at a time. */
typedef struct WeirByteSource {
    void *context;
    WeirStatus (*read_at)(void *context, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error);
    int64_t size_bytes;
    const char *path; /* for messages; its ending tells the compression (.gz, .zst, …) */
    bool *damaged;    /* set where the bytes can't be read or inflated; NULL: nobody asks */
} WeirByteSource;

typedef struct WeirFormatScan {
    const WeirFormatOptions *options;
    const WeirSchema *schema; /* of the data in the files (without partition columns) */
    const uint32_t *columns;  /* ordinals of `schema` that are needed, ascending: the batches have just these */
    uint32_t column_count;
    uint32_t batch_rows_max;
    WeirMemoryTracker *tracker;
} WeirFormatScan;

typedef struct WeirFormatReader WeirFormatReader;
typedef struct WeirFormatWriter WeirFormatWriter;

typedef struct WeirFileFormat {
    const char *name;                                       /* "json" */
    const char *extension;                                  /* of written files, "json", "csv", "txt" */
    const char *const *read_options, *const *write_options; /* known names, NULL-terminated */
    /* Whether a file may be read in byte ranges, each beginning at the first record after its start (false: compressed,
     * multiLine, wholetext, …). */
    bool (*is_splittable)(const WeirFormatOptions *options, const char *path);
    /* Options and schema make sense for reading (or writing): Spark's errors. */
    WeirStatus (*check)(const WeirFormatOptions *options, const WeirSchema *schema, bool writing, WeirError *error);
    /* The schema of files (fields nullable), in `arena`. */
    WeirStatus (*infer)(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                        WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error);
    /* Records that begin in [start, end). Everything given must outlive the reader. */
    WeirStatus (*open_reader)(const WeirFormatScan *scan, const WeirByteSource *source, int64_t start, int64_t end,
                              WeirFormatReader **reader, WeirError *error);
    WeirStatus (*next_batch)(WeirFormatReader *reader, WeirBatch **batch, WeirError *error); /* NULL: end */
    void (*close_reader)(WeirFormatReader *reader);                                          /* NULL is allowed */

    WeirStatus (*open_writer)(const WeirFormatOptions *options, const WeirSchema *schema, WeirFormatWriter **writer,
                              WeirError *error);
    /* Appends the live rows to `out`, columns in the schema's order. The caller writes `out` to its file and clears it.
     */
    WeirStatus (*write_batch)(WeirFormatWriter *writer, const WeirBatch *batch, WeirBuffer *out, WeirError *error);
    WeirStatus (*finish)(WeirFormatWriter *writer, WeirBuffer *out, WeirError *error);
    void (*close_writer)(WeirFormatWriter *writer);
} WeirFileFormat;

const WeirFileFormat *weir_format_find(const char *name); /* NULL: unknown */

WEIR_CHECKED WeirStatus weir_format_option_bool(const WeirFormatOptions *options, const char *key, bool fallback,
                                                bool *value, WeirError *error);
/* The option locale: English only, the rest is UNSUPPORTED_FEATURE.OPTION. */
WEIR_CHECKED WeirStatus weir_format_check_locale(const WeirFormatOptions *options, WeirError *error);
/* UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE; `format` as Spark writes it: "CSV", "Text". */
WeirStatus weir_format_refuse_type(const char *format, const WeirField *field, WeirError *error);

#endif
