/* Files that appear whole or not at all (Spark: CheckpointFileManager.createAtomic): written under a temporary name in
 * the same directory, fsynced, renamed, the directory fsynced. A reader ignores temporary names, since they are no ids.
 */
#include "checkpoint/checkpoint_private.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "common/fault_point.h"

#define TEMPORARY_NAMES_MAX 1000 /* another process on shared storage may have our process id */

struct WeirAtomicFile {
    WeirFileSystem *fs;
    WeirFile *file; /* open until published */
    char *path;
    char *temporary; /* NULL once renamed */
    const char *fault_name;
    WeirRename how;
    bool durable;
};

static WeirStatus fault(const char *area, const char *place, WeirError *error)
{
#ifdef WEIR_FAULTS
    char name[96];
    snprintf(name, sizeof name, "%s.%s", area, place);
    return WEIR_FAULT_POINT(name, error);
#else
    (void)area, (void)place, (void)error;
    return WEIR_OK;
#endif
}

/* "<directory>/.<name>.<process>-<n>.tmp": more than one dot, so that Spark never takes it for a state file. */
static char *temporary_name(const char *path)
{
    static _Atomic uint32_t counter;
    const char *name = weir_path_name(path);
    size_t bytes = strlen(path) + 40;
    char *temporary = weir_malloc(bytes);
    snprintf(temporary, bytes, "%.*s.%s.%d-%u.tmp", (int)(name - path), path, name, (int)getpid(),
             (unsigned)atomic_fetch_add(&counter, 1));
    return temporary;
}

WeirStatus weir_log_directory_open(WeirFileSystem *fs, const char *directory, bool durable, WeirError *error)
{
    WEIR_TRY(fs->make_directories(fs, directory, durable, error));
    return durable ? fs->sync_directory(fs, directory, error) : WEIR_OK;
}

WeirStatus weir_atomic_file_open(WeirFileSystem *fs, const char *path, WeirRename how, bool durable,
                                 const char *fault_name, WeirAtomicFile **file, WeirError *error)
{
    WEIR_TRY(fault(fault_name, "before_write", error));
    WeirFile *opened = NULL;
    char *temporary = NULL;
    WeirStatus status = WEIR_OK;
    for (int i = 0; i < TEMPORARY_NAMES_MAX; i++) {
        weir_free(temporary);
        temporary = temporary_name(path);
        status = fs->create(fs, temporary, &opened, error);
        if (status != WEIR_ERROR_FILE_ALREADY_EXISTS)
            break;
    }
    if (status != WEIR_OK) {
        weir_free(temporary);
        return status;
    }
    *file = weir_malloc(sizeof **file);
    **file = (WeirAtomicFile){fs, opened, weir_strdup(path), temporary, fault_name, how, durable};
    return WEIR_OK;
}

WeirStatus weir_atomic_file_append(WeirAtomicFile *file, const void *data, size_t length, WeirError *error)
{
    return length == 0 ? WEIR_OK : file->fs->write(file->file, data, length, error);
}

static WeirStatus sync_parent(WeirAtomicFile *file, WeirError *error)
{
    size_t length = (size_t)(weir_path_name(file->path) - file->path); /* with the slash */
    if (length == 0)
        return file->fs->sync_directory(file->fs, ".", error);
    char *directory = weir_strdup(file->path);
    directory[length > 1 ? length - 1 : 1] = '\0';
    WeirStatus status = file->fs->sync_directory(file->fs, directory, error);
    weir_free(directory);
    return status;
}

WeirStatus weir_atomic_file_publish(WeirAtomicFile *file, WeirError *error)
{
    WeirFileSystem *fs = file->fs;
    WEIR_ASSERT(file->file != NULL);
    if (file->durable)
        WEIR_TRY(fs->sync(file->file, error));
    fs->close(file->file);
    file->file = NULL;
    WEIR_TRY(fault(file->fault_name, "after_fsync", error));
    weir_log_remove_checksum(fs, file->path); /* Before: a new file never stands beside an old sum. */
    WEIR_TRY(fs->rename(fs, file->temporary, file->path, file->how, error));
    weir_free(file->temporary);
    file->temporary = NULL;
    WEIR_TRY(fault(file->fault_name, "after_rename", error));
    if (file->durable)
        WEIR_TRY(sync_parent(file, error));
    return fault(file->fault_name, "after_directory_fsync", error);
}

void weir_atomic_file_close(WeirAtomicFile *file)
{
    if (file == NULL)
        return;
    file->fs->close(file->file);
    if (file->temporary != NULL)
        (void)file->fs->remove(file->fs, file->temporary, NULL); /* Else it stays: nobody reads it. */
    weir_free(file->temporary);
    weir_free(file->path);
    weir_free(file);
}

WeirStatus weir_atomic_file_write(WeirFileSystem *fs, const char *path, const void *data, size_t length, WeirRename how,
                                  bool durable, const char *fault_name, WeirError *error)
{
    WeirAtomicFile *file;
    WEIR_TRY(weir_atomic_file_open(fs, path, how, durable, fault_name, &file, error));
    WeirStatus status = weir_atomic_file_append(file, data, length, error);
    if (status == WEIR_OK)
        status = weir_atomic_file_publish(file, error);
    weir_atomic_file_close(file);
    return status;
}

WeirStatus weir_checkpoint_file_remove(WeirFileSystem *fs, const char *path, WeirError *error)
{
    WeirStatus status = fs->remove(fs, path, error);
    if (status == WEIR_ERROR_PATH_NOT_FOUND) {
        weir_error_clear(error);
        status = WEIR_OK;
    }
    weir_log_remove_checksum(fs, path);
    return status;
}
