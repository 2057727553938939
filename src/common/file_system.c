/* What can be said in terms of any file system's table. */
#include "common/file_system.h"

#include <stdio.h>

WeirStatus weir_file_read_all(WeirFileSystem *fs, const char *path, size_t maximum, WeirBuffer *content,
                              WeirError *error)
{
    WeirFile *file = NULL;
    WEIR_TRY(fs->open_read(fs, path, &file, error));
    int64_t size = 0;
    WeirStatus status = fs->size(file, &size, error);
    if (status != WEIR_OK)
        goto done;
    /* One byte more than its size shows whether the file grew since; then the loop goes on. */
    size_t step = (size_t)size + 1;
    size_t total = 0;
    for (;;) {
        if (step > maximum - total)
            step = maximum - total + 1;
        if (!weir_buffer_reserve(content, step)) {
            status = weir_buffer_check(content, error);
            break;
        }
        size_t got = 0;
        WEIR_TRY_OR_GO(done, fs->read_at(file, (int64_t)total, content->data + content->length, step, &got, error));
        if (got > maximum - total) {
            char reason[64];
            snprintf(reason, sizeof reason, "it is larger than %zu bytes", maximum);
            status =
                weir_error_set(error, WEIR_ERROR_INPUT_OUTPUT, "operation", "read", "path", path, "reason", reason);
            break;
        }
        content->length += got;
        total += got;
        content->data[content->length] = '\0';
        if (got < step)
            break;
        step = 64 * 1024;
    }
done:
    fs->close(file);
    return status;
}

/* Depth first. A removal is tried before looking: it is right for files, links and empty directories. */
static WeirStatus remove_tree(WeirFileSystem *fs, const char *path, int depth, WeirError *error)
{
    if (fs->remove(fs, path, NULL) == WEIR_OK)
        return WEIR_OK;
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileStatus found;
    bool exists = false;
    WeirStatus status = fs->status(fs, path, arena, &exists, &found, error);
    if (status != WEIR_OK || !exists)
        goto done;
    if (found.is_directory && depth < 1000) {
        WeirFileStatus *entries = NULL;
        size_t count = 0;
        WEIR_TRY_OR_GO(done, fs->list(fs, path, arena, &entries, &count, error));
        for (size_t i = 0; i < count; i++)
            WEIR_TRY_OR_GO(done, remove_tree(fs, entries[i].path, depth + 1, error));
    }
    status = fs->remove(fs, path, error);
done:
    weir_arena_free(arena);
    return status;
}

WeirStatus weir_directory_remove_all(WeirFileSystem *fs, const char *path, WeirError *error)
{
    return remove_tree(fs, path, 0, error);
}
