/* Spark's checkpoint files, byte for byte: metadata, offset log, commit log, source and sink logs (with compaction),
 * operator state metadata and state schema files. Layout: streaming semantics §2. Writing: temporary name, fsync,
 * rename, fsync of the directory (skipped for temporary checkpoints: `durable` false). Never writes .crc files; removes
 * the .crc of what it replaces. Nothing here knows queries. One thread at a time per object. */
#ifndef WEIR_CHECKPOINT_CHECKPOINT_H
#define WEIR_CHECKPOINT_CHECKPOINT_H

#include "common/clock.h"
#include "common/file_system.h"

/* ---- atomic files (Spark: CheckpointFileManager) ---- */
/* CREATE_ONLY on an existing file: FILE_ALREADY_EXISTS. `fault_name` is the prefix of its fault points
 * ("offset_log": offset_log.before_write, .after_fsync, .after_rename, .after_directory_fsync). */
WEIR_CHECKED WeirStatus weir_atomic_file_write(WeirFileSystem *fs, const char *path, const void *data, size_t length,
                                               WeirRename how, bool durable, const char *fault_name, WeirError *error);
/* The same in pieces, for content too large to have in memory. `fault_name` is kept, the rest is copied. */
typedef struct WeirAtomicFile WeirAtomicFile;
WEIR_CHECKED WeirStatus weir_atomic_file_open(WeirFileSystem *fs, const char *path, WeirRename how, bool durable,
                                              const char *fault_name, WeirAtomicFile **file, WeirError *error);
WEIR_CHECKED WeirStatus weir_atomic_file_append(WeirAtomicFile *file, const void *data, size_t length,
                                                WeirError *error);
/* Make it durable under its name. Once only; close it afterwards all the same. */
WEIR_CHECKED WeirStatus weir_atomic_file_publish(WeirAtomicFile *file, WeirError *error);
void weir_atomic_file_close(WeirAtomicFile *file); /* NULL is allowed; what was not published disappears */
/* Remove a file and its .crc; one that is not there is no error. */
WEIR_CHECKED WeirStatus weir_checkpoint_file_remove(WeirFileSystem *fs, const char *path, WeirError *error);

/* ---- metadata log: a directory of files named by batch id (Spark: HDFSMetadataLog) ---- */
typedef struct WeirMetadataLog {
    WeirFileSystem *fs;
    char *directory; /* heap, owned */
    const char *fault_name;
    bool durable;
    bool listed; /* `latest` is known: only the first question costs a listing */
    bool purged; /* everything below `purged_below` is gone */
    int64_t latest;
    int64_t purged_below;
} WeirMetadataLog;
/* Creates the directory (durably). Nobody else may write to it while it is open. */
WEIR_CHECKED WeirStatus weir_metadata_log_open(WeirMetadataLog *log, WeirFileSystem *fs, const char *directory,
                                               const char *fault_name, bool durable, WeirError *error);
void weir_metadata_log_close(WeirMetadataLog *log);
/* Create-only: an existing batch fails with CONCURRENT_STREAM_LOG_UPDATE. */
WEIR_CHECKED WeirStatus weir_metadata_log_add(WeirMetadataLog *log, int64_t batch_id, const void *data, size_t length,
                                              WeirError *error);
/* `*found` false when there is none. */
WEIR_CHECKED WeirStatus weir_metadata_log_get(WeirMetadataLog *log, int64_t batch_id, WeirBuffer *content, bool *found,
                                              WeirError *error);
/* Ids in the directory, ascending, in `arena`; names that are not ids are ignored. Always a listing. */
WEIR_CHECKED WeirStatus weir_metadata_log_list(WeirMetadataLog *log, WeirArena *arena, int64_t **ids, size_t *count,
                                               WeirError *error);
/* Remove what is below (after) `threshold`, which stays. Going up by one, a purge costs the removal of one file. */
WEIR_CHECKED WeirStatus weir_metadata_log_purge_below(WeirMetadataLog *log, int64_t threshold, WeirError *error);
WEIR_CHECKED WeirStatus weir_metadata_log_purge_after(WeirMetadataLog *log, int64_t threshold, WeirError *error);

/* ---- offset log (offsets/N) ---- */
typedef struct WeirOffsetSeq {
    bool has_metadata;
    int64_t batch_watermark_ms;
    int64_t batch_timestamp_ms;
    const char *const *conf; /* key, value, key, value …; count of strings */
    uint32_t conf_count;
    const char *const *offsets; /* JSON text per source; NULL = no offset yet ("-") */
    uint32_t offset_count;
} WeirOffsetSeq;
WEIR_CHECKED WeirStatus weir_offset_log_add(WeirMetadataLog *log, int64_t batch_id, const WeirOffsetSeq *offsets,
                                            WeirError *error);
/* Reads v1 and v2; a higher version: INVALID_LOG_VERSION.MAX_SUPPORTED_VERSION; damaged: an error that names the file.
 * In `arena`. */
WEIR_CHECKED WeirStatus weir_offset_log_get(WeirMetadataLog *log, int64_t batch_id, WeirArena *arena,
                                            WeirOffsetSeq *offsets, bool *found, WeirError *error);
/* The latest id present, or -1. */
WEIR_CHECKED WeirStatus weir_metadata_log_latest(WeirMetadataLog *log, int64_t *batch_id, WeirError *error);

/* ---- commit log (commits/N), reads v1..v3 ---- */
typedef struct WeirCommitMetadata {
    int64_t next_batch_watermark_ms; /* 0 where the file has none */
} WeirCommitMetadata;
WEIR_CHECKED WeirStatus weir_commit_log_add(WeirMetadataLog *log, int64_t batch_id, const WeirCommitMetadata *commit,
                                            WeirError *error);
WEIR_CHECKED WeirStatus weir_commit_log_get(WeirMetadataLog *log, int64_t batch_id, WeirCommitMetadata *commit,
                                            bool *found, WeirError *error);

/* ---- <ck>/metadata ---- */
/* Read the query's id, or create it from `random`; `id` takes 37 bytes. `*created` says which. When logs exist but
 * metadata does not: STREAMING_CHECKPOINT_MISSING_METADATA_FILE, unless it `may_be_lost`: then the query gets a new id.
 */
WEIR_CHECKED WeirStatus weir_stream_metadata_open(WeirFileSystem *fs, const char *checkpoint, bool durable,
                                                  bool may_be_lost, WeirRandom *random, char id[37], bool *created,
                                                  WeirError *error);

/* ---- compactible log: file source log and file sink log (Spark: CompactibleFileStreamLog) ---- */
/* Lines are JSON texts; line 1 of a file is "v1". Every `compact_interval`-th id is written as <id>.compact with all
 * entries that are kept. The interval on restart is derived from existing .compact ids. A compaction copies the files
 * before it as they are, block by block, so that it needs no memory and costs < 1 µs an entry. Ids are listed once, at
 * the opening. */
typedef struct WeirCompactibleLog WeirCompactibleLog;
WEIR_CHECKED WeirStatus weir_compactible_log_open(WeirFileSystem *fs, const char *directory, const char *fault_name,
                                                  bool durable, int32_t compact_interval, int64_t cleanup_delay_ms,
                                                  int32_t batches_to_retain, WeirClock *clock, WeirCompactibleLog **log,
                                                  WeirError *error);
void weir_compactible_log_close(WeirCompactibleLog *log); /* NULL is allowed */
/* Entries for which `keep` is false are left out of compactions and of weir_compactible_log_all (the file sink's
 * retention). A line is not zero-terminated. */
typedef bool (*WeirLogEntryFilter)(void *context, const char *line, size_t length);
void weir_compactible_log_set_filter(WeirCompactibleLog *log, WeirLogEntryFilter keep, void *context);
WEIR_CHECKED WeirStatus weir_compactible_log_add(WeirCompactibleLog *log, int64_t id, const char *const *lines,
                                                 uint32_t count,
                                                 WeirError *error); /* CONCURRENT_STREAM_LOG_UPDATE when it exists */
int64_t weir_compactible_log_latest(const WeirCompactibleLog *log); /* -1: empty */
/* The entries written by one id (not those it carries over). For .compact files the caller filters by batchId. */
WEIR_CHECKED WeirStatus weir_compactible_log_get(WeirCompactibleLog *log, int64_t id, WeirArena *arena,
                                                 const char ***lines, uint32_t *count, bool *compacted, bool *found,
                                                 WeirError *error);
/* Every entry alive up to the latest id; a missing file is an error that names it. */
WEIR_CHECKED WeirStatus weir_compactible_log_all(WeirCompactibleLog *log, WeirArena *arena, const char ***lines,
                                                 uint32_t *count, WeirError *error);

/* ---- state/<op>/_metadata/metadata and <store>/_metadata/schema ---- */
typedef struct WeirStateStoreInfo {
    const char *store_name;
    int32_t prefix_column_count;
    int32_t partition_count;
} WeirStateStoreInfo;
typedef struct WeirOperatorStateMetadata {
    int64_t operator_id;
    const char *operator_name;
    const WeirStateStoreInfo *stores;
    uint32_t store_count;
} WeirOperatorStateMetadata;
WEIR_CHECKED WeirStatus weir_operator_metadata_write(WeirFileSystem *fs, const char *state_directory, bool durable,
                                                     const WeirOperatorStateMetadata *metadata, WeirError *error);
/* A damaged file is warned of and taken as absent, as Spark does it. */
WEIR_CHECKED WeirStatus weir_operator_metadata_read(WeirFileSystem *fs, const char *state_directory,
                                                    int64_t operator_id, WeirArena *arena,
                                                    WeirOperatorStateMetadata *metadata, bool *found, WeirError *error);
/* Schema file v2 of partition 0's store; key and value schemas as Spark JSON text. */
WEIR_CHECKED WeirStatus weir_state_schema_write(WeirFileSystem *fs, const char *store_directory, bool durable,
                                                const char *key_schema_json, const char *value_schema_json,
                                                WeirError *error);
WEIR_CHECKED WeirStatus weir_state_schema_read(WeirFileSystem *fs, const char *store_directory, WeirArena *arena,
                                               const char **key_schema_json, const char **value_schema_json,
                                               bool *found, WeirError *error);

#endif
