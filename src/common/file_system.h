/* Every file that weir touches goes through this table, so that a whole query runs on the simulated file system
 * (test/support/simulated_file_system.c: power cuts, failing and short writes) as on the real one. Paths are plain
 * local paths, absolute or relative to the working directory; "file:" URIs are turned into paths by weir_path_from_uri
 * before. Functions are thread-safe; a WeirFile belongs to one thread at a time. Errors: PATH_NOT_FOUND for ENOENT
 * where Spark says so, else WEIR_ERROR_INPUT_OUTPUT with the path and the system's reason. */
#ifndef WEIR_COMMON_FILE_SYSTEM_H
#define WEIR_COMMON_FILE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/memory.h"

typedef struct WeirFileSystem WeirFileSystem;
typedef struct WeirFile WeirFile;

typedef struct WeirFileStatus {
    const char *path; /* full path (listing directory + name) */
    int64_t size_bytes;
    int64_t modification_ms;
    bool is_directory;
} WeirFileStatus;

typedef enum WeirRename { WEIR_RENAME_REPLACE, WEIR_RENAME_CREATE_ONLY } WeirRename;

struct WeirFileSystem {
    const char *scheme; /* "file" */
    /* Open for reading. */
    WeirStatus (*open_read)(WeirFileSystem *fs, const char *path, WeirFile **file, WeirError *error);
    /* Create a file for writing; fails with FILE_ALREADY_EXISTS if it exists. Parent directories must exist. */
    WeirStatus (*create)(WeirFileSystem *fs, const char *path, WeirFile **file, WeirError *error);
    /* Read up to `bytes` at `offset`; `*got` = 0 at the end of the file. */
    WeirStatus (*read_at)(WeirFile *file, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error);
    WeirStatus (*size)(WeirFile *file, int64_t *bytes, WeirError *error);
    WeirStatus (*write)(WeirFile *file, const void *data, size_t bytes, WeirError *error); /* append, all of it */
    WeirStatus (*sync)(WeirFile *file, WeirError *error);
    void (*close)(WeirFile *file); /* NULL is allowed */
    /* CREATE_ONLY fails with FILE_ALREADY_EXISTS when the target exists (RENAME_NOREPLACE, else link + unlink). */
    WeirStatus (*rename)(WeirFileSystem *fs, const char *from, const char *to, WeirRename how, WeirError *error);
    WeirStatus (*remove)(WeirFileSystem *fs, const char *path, WeirError *error); /* a file or an empty directory */
    WeirStatus (*sync_directory)(WeirFileSystem *fs, const char *path, WeirError *error);
    /* Create with parents; `sync` = make each new level durable (fsync of its parent), and the deepest that was there:
     * who made it may have died before its own fsync. An existing one is no error. */
    WeirStatus (*make_directories)(WeirFileSystem *fs, const char *path, bool sync, WeirError *error);
    /* Entries in no particular order, without "." and "..", allocated in `arena`; PATH_NOT_FOUND if there is no such
     * directory. */
    WeirStatus (*list)(WeirFileSystem *fs, const char *path, WeirArena *arena, WeirFileStatus **entries, size_t *count,
                       WeirError *error);
    /* `*exists` false and WEIR_OK when nothing is there. */
    WeirStatus (*status)(WeirFileSystem *fs, const char *path, WeirArena *arena, bool *exists, WeirFileStatus *status,
                         WeirError *error);
};

/* The machine's files. Static; nobody frees it. */
WeirFileSystem *weir_local_file_system(void);

/* Conveniences over the table. Appends the file to `content`; larger than `maximum` bytes is an error. */
WEIR_CHECKED WeirStatus weir_file_read_all(WeirFileSystem *fs, const char *path, size_t maximum, WeirBuffer *content,
                                           WeirError *error);
/* A file or a whole tree (symbolic links are removed, not followed); that nothing is there is no error. */
WEIR_CHECKED WeirStatus weir_directory_remove_all(WeirFileSystem *fs, const char *path, WeirError *error);

/* Paths (path.c). All of them drop double and closing slashes, "." and "..", as Hadoop's Path does.
 * From a URI as in Spark's source and sink logs: "file:///a%20b" or "file:/a%20b" → "/a b"; without a scheme nothing is
 * decoded. Errors: UNSUPPORTED_FEATURE.FILE_SYSTEM for another scheme or a host, _LEGACY_ERROR_TEMP_0000 for a
 * malformed one. */
WEIR_CHECKED WeirStatus weir_path_from_uri(const char *uri, WeirArena *arena, char **path, WeirError *error);
/* The same for a path that a user wrote in an option or in LOCATION: as Hadoop's Path(String), which decodes nothing,
 * so that "file:///a%20b" means "/a%20b". */
WEIR_CHECKED WeirStatus weir_path_from_hadoop(const char *text, WeirArena *arena, char **path, WeirError *error);
/* "/a b" → "file:///a%20b" (Java's URI encoding of a path, as in Spark's source and sink logs). Made absolute first. */
char *weir_path_to_uri(const char *path, WeirArena *arena);
/* As Hadoop's Path.toString: "file:/a b". Made absolute first. */
char *weir_path_to_hadoop(const char *path, WeirArena *arena);
char *weir_path_join(WeirArena *arena, const char *directory, const char *name);

#endif
