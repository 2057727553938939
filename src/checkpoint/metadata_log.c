/* A directory of files named by batch id (Spark: HDFSMetadataLog): offsets/ and commits/. The directory is listed once;
 * from then on the log knows its latest id and what it has purged, so that a batch costs the same however many there
 * were. */
#include "checkpoint/checkpoint_private.h"

#include <stdlib.h>

WeirStatus weir_metadata_log_open(WeirMetadataLog *log, WeirFileSystem *fs, const char *directory,
                                  const char *fault_name, bool durable, WeirError *error)
{
    WEIR_TRY(weir_log_directory_open(fs, directory, durable, error));
    *log = (WeirMetadataLog){
        .fs = fs, .directory = weir_strdup(directory), .fault_name = fault_name, .durable = durable, .latest = -1};
    return WEIR_OK;
}

void weir_metadata_log_close(WeirMetadataLog *log)
{
    weir_free(log->directory);
    *log = (WeirMetadataLog){.latest = -1};
}

WeirStatus weir_metadata_log_add(WeirMetadataLog *log, int64_t batch_id, const void *data, size_t length,
                                 WeirError *error)
{
    WEIR_ASSERT(batch_id >= 0);
    char *path = weir_log_id_path(log->directory, batch_id, "");
    WeirStatus status = weir_atomic_file_write(log->fs, path, data, length, WEIR_RENAME_CREATE_ONLY, log->durable,
                                               log->fault_name, error);
    weir_free(path);
    if (status != WEIR_OK)
        return weir_log_concurrent_update(status, batch_id, error);
    if (log->listed && batch_id > log->latest)
        log->latest = batch_id;
    return WEIR_OK;
}

WeirStatus weir_metadata_log_get(WeirMetadataLog *log, int64_t batch_id, WeirBuffer *content, bool *found,
                                 WeirError *error)
{
    char *path = weir_log_id_path(log->directory, batch_id, "");
    WeirStatus status = weir_log_read_file(log->fs, path, content, found, error);
    weir_free(path);
    return status;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

WeirStatus weir_metadata_log_list(WeirMetadataLog *log, WeirArena *arena, int64_t **ids, size_t *count,
                                  WeirError *error)
{
    WeirFileStatus *entries;
    size_t entry_count, found = 0;
    WEIR_TRY(log->fs->list(log->fs, log->directory, arena, &entries, &entry_count, error));
    int64_t *result = weir_arena_alloc(arena, (entry_count + 1) * sizeof *result);
    for (size_t i = 0; i < entry_count; i++)
        if (!entries[i].is_directory && weir_log_parse_id(weir_path_name(entries[i].path), "", &result[found]))
            found++;
    qsort(result, found, sizeof *result, compare_ids);
    log->latest = found == 0 ? -1 : result[found - 1];
    log->listed = true;
    *ids = result;
    *count = found;
    return WEIR_OK;
}

WeirStatus weir_metadata_log_latest(WeirMetadataLog *log, int64_t *batch_id, WeirError *error)
{
    if (!log->listed) {
        WeirArena *arena = weir_arena_new(NULL);
        int64_t *ids;
        size_t count;
        WeirStatus status = weir_metadata_log_list(log, arena, &ids, &count, error);
        weir_arena_free(arena);
        WEIR_TRY(status);
    }
    *batch_id = log->latest;
    return WEIR_OK;
}

static WeirStatus remove_id(WeirMetadataLog *log, int64_t batch_id, WeirError *error)
{
    char *path = weir_log_id_path(log->directory, batch_id, "");
    WeirStatus status = weir_checkpoint_file_remove(log->fs, path, error);
    weir_free(path);
    return status;
}

/* Ids from `from` up to and without `to`, as a listing finds them, and what crashes have left of them. */
static WeirStatus remove_range(WeirMetadataLog *log, int64_t from, int64_t to, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileStatus *entries;
    size_t count = 0;
    WeirStatus status = log->fs->list(log->fs, log->directory, arena, &entries, &count, error);
    for (size_t i = 0; i < count && status == WEIR_OK; i++) {
        const char *name = weir_path_name(entries[i].path);
        int64_t id;
        if (entries[i].is_directory)
            continue;
        if (!weir_log_parse_id(name, "", &id))
            id = weir_log_temporary_id(name);
        if (id >= from && id < to)
            status = weir_checkpoint_file_remove(log->fs, entries[i].path, error);
    }
    weir_arena_free(arena);
    return status;
}

WeirStatus weir_metadata_log_purge_below(WeirMetadataLog *log, int64_t threshold, WeirError *error)
{
    if (threshold <= 0 || (log->purged && threshold <= log->purged_below))
        return WEIR_OK;
    if (log->purged && threshold - log->purged_below <= 3) {
        for (int64_t id = log->purged_below; id < threshold; id++)
            WEIR_TRY(remove_id(log, id, error));
    } else {
        WEIR_TRY(remove_range(log, 0, threshold, error));
    }
    log->purged = true;
    log->purged_below = threshold;
    return WEIR_OK;
}

WeirStatus weir_metadata_log_purge_after(WeirMetadataLog *log, int64_t threshold, WeirError *error)
{
    WEIR_TRY(remove_range(log, threshold + 1, INT64_MAX, error));
    log->listed = false;
    return WEIR_OK;
}
