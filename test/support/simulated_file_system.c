/* See simulated_file_system.h: the table of functions over the disk of simulated_disk.c. */
#include "support/simulated_file_system.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "support/simulated_disk.h"

typedef struct Simulated {
    WeirFileSystem table;
    pthread_mutex_t mutex;
    Disk *disk;
    WeirClock *clock;
    uint64_t generation; /* counts power cuts; files of an older one are dead */
    int open_count;
    unsigned armed_calls;
    uint64_t armed_nth;
    uint64_t call_count;
    WeirSimulatedFailure failure;
    bool is_off;
} Simulated;

struct WeirFile {
    Simulated *owner;
    Inode *inode;
    uint64_t generation;
    bool writable;
    char *path;
};

static int64_t now_ms(const Simulated *simulated)
{
    return simulated->clock != NULL ? weir_clock_now_ms(simulated->clock) : 0;
}

/* With the mutex held, at the start of each call: 0, or the errno with which it is to fail; *short_write if half is to
 * be written before. */
static int next_failure(Simulated *simulated, WeirSimulatedCall call, bool *short_write)
{
    if (simulated->is_off)
        return EIO;
    if ((simulated->armed_calls & (unsigned)call) == 0 || ++simulated->call_count != simulated->armed_nth)
        return 0;
    switch (simulated->failure) {
    case WEIR_SIMULATED_ENOSPC:
        return ENOSPC;
    case WEIR_SIMULATED_SHORT_WRITE:
        *short_write = call == WEIR_SIMULATED_WRITE;
        return *short_write ? ENOSPC : EIO;
    case WEIR_SIMULATED_POWER_CUT:
        simulated->is_off = true;
        return EIO;
    case WEIR_SIMULATED_EIO:
        break;
    }
    return EIO;
}

static WeirStatus fail(WeirError *error, int failure, const char *what, const char *path)
{
    return failure == 0 ? WEIR_OK : weir_error_from_errno(error, failure, what, path);
}

static Simulated *begin(WeirFileSystem *fs, WeirSimulatedCall call, int *failure)
{
    Simulated *simulated = (Simulated *)fs;
    bool short_write = false;
    pthread_mutex_lock(&simulated->mutex);
    *failure = next_failure(simulated, call, &short_write);
    return simulated;
}

/* For calls on a file; a file from before the last power cut is dead. */
static Simulated *begin_file(WeirFile *file, WeirSimulatedCall call, int *failure, bool *short_write)
{
    Simulated *simulated = file->owner;
    pthread_mutex_lock(&simulated->mutex);
    *failure = next_failure(simulated, call, short_write);
    if (file->generation != simulated->generation)
        *failure = EIO;
    return simulated;
}

static WeirStatus end(Simulated *simulated, WeirError *error, int failure, const char *what, const char *path)
{
    pthread_mutex_unlock(&simulated->mutex);
    return fail(error, failure, what, path);
}

static WeirFile *new_file(Simulated *simulated, Inode *inode, const char *path, bool writable)
{
    WeirFile *file = weir_malloc(sizeof *file);
    *file = (WeirFile){.owner = simulated,
                       .inode = inode,
                       .generation = simulated->generation,
                       .writable = writable,
                       .path = weir_strdup(path)};
    simulated->open_count++;
    return file;
}

static WeirStatus simulated_open_read(WeirFileSystem *fs, const char *path, WeirFile **file, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_OPEN_READ, &failure);
    Inode *inode = disk_find(simulated->disk, path);
    if (failure == 0 && inode == NULL)
        failure = ENOENT;
    if (failure == 0)
        *file = new_file(simulated, inode, path, false);
    return end(simulated, error, failure, "open", path);
}

static WeirStatus simulated_create(WeirFileSystem *fs, const char *path, WeirFile **file, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_CREATE, &failure);
    const char *name = NULL;
    size_t length = 0;
    Inode *parent = disk_find_parent(simulated->disk, path, &name, &length);
    if (failure == 0 && disk_find(simulated->disk, path) != NULL)
        failure = EEXIST;
    if (failure == 0 && parent == NULL)
        failure = ENOENT;
    if (failure == 0) {
        Inode *inode = disk_create(simulated->disk, parent, name, length, false, now_ms(simulated));
        *file = new_file(simulated, inode, path, true);
    }
    return end(simulated, error, failure, "create", path);
}

static WeirStatus simulated_read_at(WeirFile *file, int64_t offset, void *data, size_t bytes, size_t *got,
                                    WeirError *error)
{
    int failure;
    bool ignored = false;
    Simulated *simulated = begin_file(file, WEIR_SIMULATED_READ_AT, &failure, &ignored);
    Inode *inode = file->inode;
    if (failure == 0 && inode->is_directory)
        failure = EISDIR;
    if (failure == 0) {
        size_t left = (size_t)offset < inode->length ? inode->length - (size_t)offset : 0;
        *got = bytes < left ? bytes : left;
        if (*got > 0)
            memcpy(data, inode->data + offset, *got);
    }
    return end(simulated, error, failure, "read", file->path);
}

static WeirStatus simulated_size(WeirFile *file, int64_t *bytes, WeirError *error)
{
    int failure;
    bool ignored = false;
    Simulated *simulated = begin_file(file, WEIR_SIMULATED_SIZE, &failure, &ignored);
    if (failure == 0)
        *bytes = (int64_t)file->inode->length;
    return end(simulated, error, failure, "find the size of", file->path);
}

static WeirStatus simulated_write(WeirFile *file, const void *data, size_t bytes, WeirError *error)
{
    int failure;
    bool short_write = false;
    Simulated *simulated = begin_file(file, WEIR_SIMULATED_WRITE, &failure, &short_write);
    WEIR_ASSERT(file->writable);
    if (failure == 0)
        disk_append(file->inode, data, bytes, now_ms(simulated));
    else if (short_write)
        disk_append(file->inode, data, bytes / 2, now_ms(simulated));
    return end(simulated, error, failure, "write", file->path);
}

static WeirStatus simulated_sync(WeirFile *file, WeirError *error)
{
    int failure;
    bool ignored = false;
    Simulated *simulated = begin_file(file, WEIR_SIMULATED_SYNC, &failure, &ignored);
    if (failure == 0)
        disk_sync_file(file->inode);
    else if (file->generation == simulated->generation)
        file->inode->sync_failed = true;
    return end(simulated, error, failure, "sync", file->path);
}

static void simulated_close(WeirFile *file)
{
    if (file == NULL)
        return;
    pthread_mutex_lock(&file->owner->mutex);
    file->owner->open_count--;
    pthread_mutex_unlock(&file->owner->mutex);
    weir_free(file->path);
    weir_free(file);
}

static WeirStatus simulated_rename(WeirFileSystem *fs, const char *from, const char *to, WeirRename how,
                                   WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_RENAME, &failure);
    const char *from_name = NULL, *to_name = NULL;
    size_t from_length = 0, to_length = 0;
    Inode *from_parent = disk_find_parent(simulated->disk, from, &from_name, &from_length);
    Inode *to_parent = disk_find_parent(simulated->disk, to, &to_name, &to_length);
    Inode *source = disk_find(simulated->disk, from);
    Inode *target = disk_find(simulated->disk, to);
    if (failure == 0 && (from_parent == NULL || to_parent == NULL || source == NULL))
        failure = ENOENT;
    else if (failure == 0 && target != NULL && how == WEIR_RENAME_CREATE_ONLY)
        failure = EEXIST;
    else if (failure == 0 && target != NULL && target->is_directory)
        failure = source->is_directory ? ENOTEMPTY : EISDIR;
    if (failure == 0 && source != target)
        disk_rename(simulated->disk, from_parent, from_name, from_length, to_parent, to_name, to_length);
    return end(simulated, error, failure, "rename to", failure == ENOENT ? from : to);
}

static WeirStatus simulated_remove(WeirFileSystem *fs, const char *path, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_REMOVE, &failure);
    const char *name = NULL;
    size_t length = 0;
    Inode *parent = disk_find_parent(simulated->disk, path, &name, &length);
    Inode *inode = disk_find(simulated->disk, path);
    if (failure == 0 && (parent == NULL || inode == NULL))
        failure = ENOENT;
    else if (failure == 0 && inode->is_directory && inode->current.count > 0)
        failure = ENOTEMPTY;
    if (failure == 0)
        disk_remove(simulated->disk, parent, name, length);
    return end(simulated, error, failure, "remove", path);
}

static WeirStatus simulated_sync_directory(WeirFileSystem *fs, const char *path, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_SYNC_DIRECTORY, &failure);
    Inode *inode = disk_find(simulated->disk, path);
    if (failure == 0 && inode == NULL)
        failure = ENOENT;
    else if (failure == 0 && !inode->is_directory)
        failure = ENOTDIR;
    if (failure == 0)
        disk_sync_directory(simulated->disk, inode);
    return end(simulated, error, failure, "sync the directory", path);
}

/* With the mutex held. `sync` makes each new level durable in its parent, and before them the deepest that was there.
 * Returns 0 or an errno. */
static int make_levels(Simulated *simulated, const char *path, bool sync)
{
    char *level = weir_strdup(path);
    size_t length = strlen(level);
    int failure = 0;
    Inode *above = NULL; /* parent of the deepest level that was there */
    for (size_t i = 1; i <= length && failure == 0; i++) {
        if (level[i] != '/' && level[i] != '\0')
            continue;
        char closing = level[i];
        level[i] = '\0';
        Inode *inode = disk_find(simulated->disk, level);
        const char *name = NULL;
        size_t name_length = 0;
        Inode *parent = disk_find_parent(simulated->disk, level, &name, &name_length);
        WEIR_ASSERT(parent != NULL); /* it was made in the step before */
        if (inode != NULL) {
            failure = inode->is_directory ? 0 : ENOTDIR;
            above = parent;
        } else {
            if (sync && above != NULL)
                disk_sync_directory(simulated->disk, above);
            above = NULL;
            disk_create(simulated->disk, parent, name, name_length, true, now_ms(simulated));
            if (sync)
                disk_sync_directory(simulated->disk, parent);
        }
        level[i] = closing;
    }
    if (sync && above != NULL && failure == 0)
        disk_sync_directory(simulated->disk, above);
    weir_free(level);
    return failure;
}

static WeirStatus simulated_make_directories(WeirFileSystem *fs, const char *path, bool sync, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_MAKE_DIRECTORIES, &failure);
    if (failure == 0)
        failure = make_levels(simulated, path, sync);
    return end(simulated, error, failure, "make the directory", path);
}

static void fill_status(const Inode *inode, const char *path, WeirFileStatus *status)
{
    status->path = path;
    status->size_bytes = inode->is_directory ? 0 : (int64_t)inode->length;
    status->modification_ms = inode->modification_ms;
    status->is_directory = inode->is_directory;
}

static WeirStatus simulated_list(WeirFileSystem *fs, const char *path, WeirArena *arena, WeirFileStatus **entries,
                                 size_t *count, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_LIST, &failure);
    Inode *inode = disk_find(simulated->disk, path);
    if (failure == 0 && inode == NULL)
        failure = ENOENT;
    else if (failure == 0 && !inode->is_directory)
        failure = ENOTDIR;
    if (failure == 0) {
        *count = inode->current.count;
        *entries = WEIR_ARENA_ARRAY(arena, WeirFileStatus, *count);
        for (size_t i = 0; i < *count; i++) {
            const Entry *entry = &inode->current.items[i];
            fill_status(entry->inode, weir_path_join(arena, path, entry->name), &(*entries)[i]);
        }
    }
    return end(simulated, error, failure, "list", path);
}

static WeirStatus simulated_status(WeirFileSystem *fs, const char *path, WeirArena *arena, bool *exists,
                                   WeirFileStatus *status, WeirError *error)
{
    int failure;
    Simulated *simulated = begin(fs, WEIR_SIMULATED_STATUS, &failure);
    if (failure == 0) {
        Inode *inode = disk_find(simulated->disk, path);
        *exists = inode != NULL;
        if (inode != NULL && status != NULL)
            fill_status(inode, weir_arena_strdup(arena, path), status);
    }
    return end(simulated, error, failure, "look at", path);
}

WeirFileSystem *weir_simulated_file_system_new(WeirClock *clock)
{
    Simulated *simulated = weir_calloc(1, sizeof *simulated);
    simulated->table = (WeirFileSystem){
        .scheme = "file",
        .open_read = simulated_open_read,
        .create = simulated_create,
        .read_at = simulated_read_at,
        .size = simulated_size,
        .write = simulated_write,
        .sync = simulated_sync,
        .close = simulated_close,
        .rename = simulated_rename,
        .remove = simulated_remove,
        .sync_directory = simulated_sync_directory,
        .make_directories = simulated_make_directories,
        .list = simulated_list,
        .status = simulated_status,
    };
    pthread_mutex_init(&simulated->mutex, NULL);
    simulated->disk = disk_new();
    simulated->clock = clock;
    return &simulated->table;
}

void weir_simulated_file_system_free(WeirFileSystem *fs)
{
    if (fs == NULL)
        return;
    Simulated *simulated = (Simulated *)fs;
    WEIR_ASSERT(simulated->open_count == 0); /* somebody forgot to close a file */
    disk_free(simulated->disk);
    pthread_mutex_destroy(&simulated->mutex);
    weir_free(simulated);
}

void weir_simulated_file_system_fail(WeirFileSystem *fs, WeirSimulatedCall calls, uint64_t nth,
                                     WeirSimulatedFailure failure)
{
    Simulated *simulated = (Simulated *)fs;
    pthread_mutex_lock(&simulated->mutex);
    simulated->armed_calls = (unsigned)calls;
    simulated->armed_nth = nth;
    simulated->call_count = 0;
    simulated->failure = failure;
    pthread_mutex_unlock(&simulated->mutex);
}

uint64_t weir_simulated_file_system_call_count(WeirFileSystem *fs)
{
    Simulated *simulated = (Simulated *)fs;
    pthread_mutex_lock(&simulated->mutex);
    uint64_t count = simulated->call_count;
    pthread_mutex_unlock(&simulated->mutex);
    return count;
}

void weir_simulated_file_system_power_cut(WeirFileSystem *fs, uint64_t seed)
{
    Simulated *simulated = (Simulated *)fs;
    pthread_mutex_lock(&simulated->mutex);
    disk_power_cut(simulated->disk, seed);
    simulated->generation++;
    simulated->armed_calls = 0;
    simulated->is_off = false;
    pthread_mutex_unlock(&simulated->mutex);
}

void weir_simulated_file_system_kill(WeirFileSystem *fs)
{
    Simulated *simulated = (Simulated *)fs;
    pthread_mutex_lock(&simulated->mutex);
    simulated->generation++;
    simulated->armed_calls = 0;
    simulated->is_off = false;
    pthread_mutex_unlock(&simulated->mutex);
}

void weir_simulated_file_system_put(WeirFileSystem *fs, const char *path, const char *content, int64_t modification_ms)
{
    Simulated *simulated = (Simulated *)fs;
    pthread_mutex_lock(&simulated->mutex);
    char *directory = weir_strdup(path);
    char *slash = strrchr(directory, '/');
    if (slash != NULL && slash != directory) {
        *slash = '\0';
        WEIR_ASSERT(make_levels(simulated, directory, true) == 0);
    }
    weir_free(directory);
    const char *name = NULL;
    size_t length = 0;
    Inode *parent = disk_find_parent(simulated->disk, path, &name, &length);
    WEIR_ASSERT(parent != NULL);
    Inode *inode = disk_create(simulated->disk, parent, name, length, false, modification_ms);
    disk_append(inode, content, strlen(content), modification_ms);
    disk_sync_file(inode);
    disk_sync_directory(simulated->disk, parent);
    pthread_mutex_unlock(&simulated->mutex);
}
