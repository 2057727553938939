/* The inside of the file source: listing, partition columns, the stream of new files, and reading. */
#ifndef WEIR_SOURCES_FILE_SOURCE_PRIVATE_H
#define WEIR_SOURCES_FILE_SOURCE_PRIVATE_H

#include "checkpoint/checkpoint.h"
#include "connector/connector.h"
#include "formats/format.h"

/* One file found, or logged. Texts live where the listing was made. */
typedef struct WeirInputFile {
    const char *path;
    const char *base; /* the listed directory it was found below: partition columns are the directories between */
    int64_t size_bytes;
    int64_t modification_ms;
} WeirInputFile;

typedef struct WeirFileList {
    WeirInputFile *files;
    size_t count, capacity;
    WeirArena arena;
} WeirFileList;

typedef struct WeirFileOptions {
    const char *const *paths; /* plain, absolute; may hold globs */
    uint32_t path_count;
    const char *base_path; /* where partition folders begin; NULL: at the path */
    const char *glob_filter;
    bool recursive;
    int64_t files_max, bytes_max; /* 0: none */
    bool latest_first, file_name_only;
    int64_t age_max_ms;
    enum { WEIR_CLEAN_OFF, WEIR_CLEAN_DELETE, WEIR_CLEAN_ARCHIVE } clean;
    const char *archive_directory;
    bool ignore_missing_files, ignore_corrupt_files;
    int64_t modified_after_ms, modified_before_ms; /* batch only; exclusive */
} WeirFileOptions;

void weir_file_list_init(WeirFileList *list);
void weir_file_list_deinit(WeirFileList *list);

/* Options of a batch or streaming read, checked, in `arena`. */
WEIR_CHECKED WeirStatus weir_file_options(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                          WeirFileOptions *options, WeirError *error);
/* Every data file now: globs expanded, hidden names left out, directories that a file sink wrote read by their log.
 * `must_exist`: a path that is not there fails with PATH_NOT_FOUND. In no particular order. */
WEIR_CHECKED WeirStatus weir_list_files(const WeirConnectorContext *context, const WeirFileOptions *options,
                                        bool must_exist, WeirFileList *list, WeirError *error);

/* Partition columns named by directories ("day=2024-01-01"): as in the user's schema where it has them, else inferred.
 * In `arena`. */
WEIR_CHECKED WeirStatus weir_partition_columns(const WeirFileList *list, const WeirSchema *user_schema,
                                               WeirArena *arena, WeirField **fields, uint32_t *count, WeirError *error);
/* Value of a partition column for a file, unescaped; NULL: the file has none (or the null directory). In `arena`. */
const char *weir_partition_value(const WeirInputFile *file, const char *column, WeirArena *arena);

/* The files a streaming read has seen, and the source log (file_stream.c). */
typedef struct WeirFileStream WeirFileStream;
WEIR_CHECKED WeirStatus weir_file_stream_open(const WeirConnectorContext *context, const WeirFileOptions *options,
                                              WeirFileStream **stream, WeirError *error);
void weir_file_stream_close(WeirFileStream *stream);
WEIR_CHECKED WeirStatus weir_file_stream_latest(WeirFileStream *stream, WeirReadLimit limit, WeirArena *arena,
                                                const char **offset, WeirError *error);
WEIR_CHECKED WeirStatus weir_file_stream_freeze(WeirFileStream *stream, WeirError *error);
WEIR_CHECKED WeirStatus weir_file_stream_files(WeirFileStream *stream, const char *start, const char *end,
                                               WeirArena *arena, WeirInputFile **files, uint32_t *count,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_file_stream_commit(WeirFileStream *stream, const char *end, WeirError *error);

#endif
