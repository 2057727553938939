/* Shared inside checkpoint/: the text of log files (a version line, then lines) and the steps of their writing. */
#ifndef WEIR_CHECKPOINT_CHECKPOINT_PRIVATE_H
#define WEIR_CHECKPOINT_CHECKPOINT_PRIVATE_H

#include "checkpoint/checkpoint.h"

#define WEIR_LOG_FILE_BYTES_MAX ((size_t)1 << 30)

/* "<directory>/<id>" and so on, on the heap. */
char *weir_log_path(const char *directory, const char *name) __attribute__((returns_nonnull));
char *weir_log_id_path(const char *directory, int64_t id, const char *suffix) __attribute__((returns_nonnull));
/* "12" → 12; with a suffix such as ".compact" it must be there. False when the name is not an id (as Java's toLong,
 * without signs). */
bool weir_log_parse_id(const char *name, const char *suffix, int64_t *id);
const char *weir_path_name(const char *path); /* after the last slash */
/* The id in a temporary name that a crash may have left, such as ".12.77-3.tmp" or ".19.compact.77-4.tmp"; -1: none. */
int64_t weir_log_temporary_id(const char *name);

/* Lines as Scala's getLines finds them: ended by \n, \r\n or \r; what follows the last line end is a line unless empty.
 */
typedef struct WeirLineReader {
    const char *next, *end;
} WeirLineReader;
static inline WeirLineReader weir_line_reader(const char *text, size_t length)
{
    return (WeirLineReader){text, text + length};
}
bool weir_line_reader_next(WeirLineReader *reader, const char **line, size_t *length);

/* Read the version line ("v1"); no line at all, a malformed one or a version above `supported` fail, naming `path`. */
WEIR_CHECKED WeirStatus weir_log_read_version(WeirLineReader *reader, int32_t supported, const char *path,
                                              int32_t *version, WeirError *error);
/* "The log file <path> is malformed: <reason>." Without a condition, as in Spark, which has one (MALFORMED_LOG_FILE)
 * only for a bad version line. */
WeirStatus weir_log_malformed(const char *path, const char *reason, WeirError *error);
/* The directory of a log, made if it is missing. With `durable` what it holds is durable from then on: a run that was
 * killed between a rename and the fsync of the directory leaves files that are seen, and built upon, but would not
 * survive a power cut. */
WEIR_CHECKED WeirStatus weir_log_directory_open(WeirFileSystem *fs, const char *directory, bool durable,
                                                WeirError *error);
/* A whole file; `*found` false where there is none. */
WEIR_CHECKED WeirStatus weir_log_read_file(WeirFileSystem *fs, const char *path, WeirBuffer *content, bool *found,
                                           WeirError *error);
void weir_log_remove_checksum(WeirFileSystem *fs, const char *path);
/* CONCURRENT_STREAM_LOG_UPDATE for FILE_ALREADY_EXISTS, any other status as it is. */
WeirStatus weir_log_concurrent_update(WeirStatus status, int64_t batch_id, WeirError *error);

/* The content of files, by itself; `path` is for messages. Results are in `arena`. */
WEIR_CHECKED WeirStatus weir_offset_seq_parse(const char *text, size_t length, const char *path, WeirArena *arena,
                                              WeirOffsetSeq *offsets, WeirError *error);
WEIR_CHECKED WeirStatus weir_commit_metadata_parse(const char *text, size_t length, const char *path, WeirArena *arena,
                                                   WeirCommitMetadata *commit, WeirError *error);
WEIR_CHECKED WeirStatus weir_stream_metadata_parse(const char *text, size_t length, const char *path, WeirArena *arena,
                                                   char id[37], WeirError *error);
WEIR_CHECKED WeirStatus weir_operator_metadata_parse(const char *text, size_t length, const char *path,
                                                     WeirArena *arena, WeirOperatorStateMetadata *metadata,
                                                     WeirError *error);
WEIR_CHECKED WeirStatus weir_state_schema_parse(const uint8_t *data, size_t length, const char *path, WeirArena *arena,
                                                const char **key_schema_json, const char **value_schema_json,
                                                WeirError *error);

#endif
