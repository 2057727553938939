/* The machine's files, by plain system calls. Nothing is ever mapped: a file that shrinks must not raise SIGBUS. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/fault_point.h"
#include "common/file_system.h"

struct WeirFile {
    int descriptor;
    char path[]; /* for messages */
};

static WeirFile *new_file(int descriptor, const char *path)
{
    size_t bytes = strlen(path) + 1;
    WeirFile *file = weir_malloc(sizeof *file + bytes);
    file->descriptor = descriptor;
    memcpy(file->path, path, bytes);
    return file;
}

static int open_retrying(const char *path, int flags)
{
    int descriptor;
    do {
        descriptor = open(path, flags | O_CLOEXEC, 0666);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static WeirStatus local_open_read(WeirFileSystem *fs, const char *path, WeirFile **file, WeirError *error)
{
    (void)fs;
    int descriptor = open_retrying(path, O_RDONLY);
    if (descriptor < 0)
        return weir_error_from_errno(error, errno, "open", path);
    *file = new_file(descriptor, path);
    return WEIR_OK;
}

static WeirStatus local_create(WeirFileSystem *fs, const char *path, WeirFile **file, WeirError *error)
{
    (void)fs;
    WEIR_TRY(WEIR_FAULT_POINT("file.before_create", error));
    int descriptor = open_retrying(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND);
    if (descriptor < 0)
        return weir_error_from_errno(error, errno, "create", path);
    *file = new_file(descriptor, path);
    return WEIR_OK;
}

static WeirStatus local_read_at(WeirFile *file, int64_t offset, void *data, size_t bytes, size_t *got, WeirError *error)
{
    size_t total = 0;
    while (total < bytes) {
        ssize_t count = pread(file->descriptor, (char *)data + total, bytes - total, offset + (int64_t)total);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return weir_error_from_errno(error, errno, "read", file->path);
        if (count == 0)
            break;
        total += (size_t)count;
    }
    *got = total;
    return WEIR_OK;
}

static WeirStatus local_size(WeirFile *file, int64_t *bytes, WeirError *error)
{
    struct stat status;
    if (fstat(file->descriptor, &status) != 0)
        return weir_error_from_errno(error, errno, "find the size of", file->path);
    *bytes = status.st_size;
    return WEIR_OK;
}

static WeirStatus write_all(WeirFile *file, const char *data, size_t bytes, WeirError *error)
{
    while (bytes > 0) {
        ssize_t count = write(file->descriptor, data, bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return weir_error_from_errno(error, errno, "write", file->path);
        data += count;
        bytes -= (size_t)count;
    }
    return WEIR_OK;
}

static WeirStatus local_write(WeirFile *file, const void *data, size_t bytes, WeirError *error)
{
    WEIR_TRY(WEIR_FAULT_POINT("file.before_write", error));
#ifdef WEIR_FAULTS
    if (weir_fault_point_take_short_write()) {
        WEIR_TRY(write_all(file, data, bytes / 2, error));
        return weir_error_from_errno(error, ENOSPC, "write", file->path);
    }
#endif
    return write_all(file, data, bytes, error);
}

static WeirStatus local_sync(WeirFile *file, WeirError *error)
{
    WEIR_TRY(WEIR_FAULT_POINT("file.before_sync", error));
    if (fsync(file->descriptor) != 0) /* never repeated: after a failure the kernel may have dropped the pages */
        return weir_error_from_errno(error, errno, "sync", file->path);
    return WEIR_OK;
}

static void local_close(WeirFile *file)
{
    if (file == NULL)
        return;
    close(file->descriptor);
    weir_free(file);
}

/* For file systems without RENAME_NOREPLACE: link fails where the target exists. */
static int rename_by_link(const char *from, const char *to)
{
    if (link(from, to) != 0)
        return -1;
    return unlink(from);
}

static WeirStatus local_rename(WeirFileSystem *fs, const char *from, const char *to, WeirRename how, WeirError *error)
{
    (void)fs;
    WEIR_TRY(WEIR_FAULT_POINT("file.before_rename", error));
    int result;
    if (how == WEIR_RENAME_REPLACE) {
        result = rename(from, to);
    } else {
        result = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
        if (result != 0 && (errno == EINVAL || errno == ENOSYS))
            result = rename_by_link(from, to);
    }
    if (result != 0)
        return weir_error_from_errno(error, errno, "rename to", errno == ENOENT ? from : to);
    return WEIR_OK;
}

static WeirStatus local_remove(WeirFileSystem *fs, const char *path, WeirError *error)
{
    (void)fs;
    WEIR_TRY(WEIR_FAULT_POINT("file.before_remove", error));
    if (unlink(path) == 0 || (errno == EISDIR && rmdir(path) == 0))
        return WEIR_OK;
    return weir_error_from_errno(error, errno, "remove", path);
}

static WeirStatus local_sync_directory(WeirFileSystem *fs, const char *path, WeirError *error)
{
    (void)fs;
    WEIR_TRY(WEIR_FAULT_POINT("file.before_sync_directory", error));
    int descriptor = open_retrying(path, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0)
        return weir_error_from_errno(error, errno, "open the directory", path);
    int result = fsync(descriptor);
    int failure = errno;
    close(descriptor);
    if (result != 0)
        return weir_error_from_errno(error, failure, "sync the directory", path);
    return WEIR_OK;
}

static WeirStatus sync_parent(WeirFileSystem *fs, const char *path, WeirError *error)
{
    char parent[PATH_MAX];
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] != '/')
        length--;
    snprintf(parent, sizeof parent, "%.*s", length > 0 ? (int)length : 1, length > 0 ? path : ".");
    return local_sync_directory(fs, parent, error);
}

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static WeirStatus make_one_directory(WeirFileSystem *fs, const char *path, bool sync, WeirError *error)
{
    struct stat status;
    WEIR_TRY(WEIR_FAULT_POINT("file.before_make_directory", error));
    if (mkdir(path, 0777) != 0) {
        int failure = errno;
        if (failure == EEXIST && stat(path, &status) == 0)
            failure = S_ISDIR(status.st_mode) ? 0 : ENOTDIR; /* another process may have been faster */
        return failure == 0 ? WEIR_OK : weir_error_from_errno(error, failure, "make the directory", path);
    }
    return sync ? sync_parent(fs, path, error) : WEIR_OK;
}

static WeirStatus local_make_directories(WeirFileSystem *fs, const char *path, bool sync, WeirError *error)
{
    char level[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof level)
        return weir_error_from_errno(error, ENAMETOOLONG, "make the directory", path);
    memcpy(level, path, length + 1);
    while (length > 1 && level[length - 1] == '/')
        level[--length] = '\0';
    char deepest[PATH_MAX] = ""; /* of those that are there */
    for (size_t i = 1; i <= length; i++) {
        if (i < length && (level[i] != '/' || level[i - 1] == '/'))
            continue;
        char closing = level[i];
        level[i] = '\0';
        if (is_directory(level)) {
            memcpy(deepest, level, i + 1);
        } else {
            if (sync && deepest[0] != '\0' && deepest[1] != '\0')
                WEIR_TRY(sync_parent(fs, deepest, error));
            deepest[0] = '\0';
            WEIR_TRY(make_one_directory(fs, level, sync, error));
        }
        level[i] = closing;
    }
    return sync && deepest[0] != '\0' && deepest[1] != '\0' ? sync_parent(fs, deepest, error) : WEIR_OK;
}

static void fill_status(const struct stat *from, const char *path, WeirFileStatus *status)
{
    status->path = path;
    status->size_bytes = from->st_size;
    status->modification_ms = (int64_t)from->st_mtim.tv_sec * 1000 + from->st_mtim.tv_nsec / 1000000;
    status->is_directory = S_ISDIR(from->st_mode);
}

/* Doubles the array of entries; the old one is garbage in the arena until it is reset. */
static WeirStatus grow_entries(WeirArena *arena, WeirFileStatus **entries, size_t count, size_t *capacity,
                               WeirError *error)
{
    size_t larger = *capacity == 0 ? 64 : *capacity * 2;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, larger * sizeof **entries, &memory, error));
    if (count > 0)
        memcpy(memory, *entries, count * sizeof **entries);
    *entries = memory;
    *capacity = larger;
    return WEIR_OK;
}

static WeirStatus list_open(DIR *directory, const char *path, WeirArena *arena, WeirFileStatus **entries, size_t *count,
                            WeirError *error)
{
    WeirFileStatus *found = NULL;
    size_t found_count = 0, capacity = 0;
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(directory);
        if (entry == NULL && errno != 0)
            return weir_error_from_errno(error, errno, "list", path);
        if (entry == NULL)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        struct stat status;
        if (fstatat(dirfd(directory), entry->d_name, &status, 0) != 0)
            continue; /* removed since, or a link to nowhere: not there, as for Hadoop's local file system */
        if (found_count == capacity)
            WEIR_TRY(grow_entries(arena, &found, found_count, &capacity, error));
        fill_status(&status, weir_path_join(arena, path, entry->d_name), &found[found_count++]);
    }
    WEIR_TRY(weir_arena_check(arena, error));
    *entries = found;
    *count = found_count;
    return WEIR_OK;
}

static WeirStatus local_list(WeirFileSystem *fs, const char *path, WeirArena *arena, WeirFileStatus **entries,
                             size_t *count, WeirError *error)
{
    (void)fs;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return weir_error_from_errno(error, errno, "list", path);
    WeirStatus status = list_open(directory, path, arena, entries, count, error);
    closedir(directory);
    return status;
}

static WeirStatus local_status(WeirFileSystem *fs, const char *path, WeirArena *arena, bool *exists,
                               WeirFileStatus *status, WeirError *error)
{
    (void)fs;
    struct stat found;
    if (stat(path, &found) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            return weir_error_from_errno(error, errno, "look at", path);
        *exists = false;
        return WEIR_OK;
    }
    *exists = true;
    if (status != NULL)
        fill_status(&found, weir_arena_strdup(arena, path), status);
    return WEIR_OK;
}

WeirFileSystem *weir_local_file_system(void)
{
    static WeirFileSystem local = {
        .scheme = "file",
        .open_read = local_open_read,
        .create = local_create,
        .read_at = local_read_at,
        .size = local_size,
        .write = local_write,
        .sync = local_sync,
        .close = local_close,
        .rename = local_rename,
        .remove = local_remove,
        .sync_directory = local_sync_directory,
        .make_directories = local_make_directories,
        .list = local_list,
        .status = local_status,
    };
    return &local;
}
