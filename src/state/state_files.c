/* State files: listing, replay, and the two entry points of `weir checkpoint`. */
#include "state/state_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/log.h"
#include "state/state_table.h"

#define DELTA_SUFFIX ".delta"
#define SNAPSHOT_SUFFIX ".snapshot"
#define REPAIR_DELTAS_MAX 500 /* spark.sql.streaming.stateStore.autoSnapshotRepair.maxChangeFileReplay */

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Digits at the start of `name`, then `suffix` to its end. */
static bool parse_version(const char *name, const char *suffix, int64_t *version)
{
    int64_t value = 0;
    const char *at = name;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *at - '0', &value))
            return false;
    *version = value;
    return at > name && strcmp(at, suffix) == 0;
}

int64_t weir_state_temporary_version(const char *name)
{
    size_t length = strlen(name);
    if (name[0] != '.' || length < 5 || strcmp(name + length - 4, ".tmp") != 0)
        return -1;
    int64_t version = 0;
    const char *at = name + 1;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(version, 10, &version) || __builtin_add_overflow(version, *at - '0', &version))
            return -1;
    bool ours = strncmp(at, DELTA_SUFFIX ".", sizeof DELTA_SUFFIX) == 0 ||
                strncmp(at, SNAPSHOT_SUFFIX ".", sizeof SNAPSHOT_SUFFIX) == 0;
    return at > name + 1 && ours ? version : -1;
}

static int compare_versions(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

WeirStatus weir_state_file_set_list(WeirFileSystem *fs, const char *directory, WeirArena *arena, WeirStateFileSet *set,
                                    WeirError *error)
{
    *set = (WeirStateFileSet){0};
    WeirFileStatus *entries;
    size_t count = 0;
    WeirStatus status = fs->list(fs, directory, arena, &entries, &count, error);
    if (status == WEIR_ERROR_PATH_NOT_FOUND) {
        weir_error_clear(error);
        return WEIR_OK;
    }
    WEIR_TRY(status);
    set->deltas = WEIR_ARENA_ARRAY(arena, int64_t, count + 1);
    set->snapshots = WEIR_ARENA_ARRAY(arena, int64_t, count + 1);
    set->temporaries = WEIR_ARENA_ARRAY(arena, char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = name_of(entries[i].path);
        if (entries[i].is_directory)
            continue;
        if (parse_version(name, DELTA_SUFFIX, &set->deltas[set->delta_count]))
            set->delta_count++;
        else if (parse_version(name, SNAPSHOT_SUFFIX, &set->snapshots[set->snapshot_count]))
            set->snapshot_count++;
        else if (weir_state_temporary_version(name) >= 0)
            set->temporaries[set->temporary_count++] = weir_arena_strdup(arena, entries[i].path);
    }
    qsort(set->deltas, set->delta_count, sizeof *set->deltas, compare_versions);
    qsort(set->snapshots, set->snapshot_count, sizeof *set->snapshots, compare_versions);
    return WEIR_OK;
}

int64_t weir_state_file_set_base(const WeirStateFileSet *set, int64_t version)
{
    int64_t base = 0;
    for (size_t i = 0; i < set->snapshot_count && set->snapshots[i] <= version; i++)
        base = set->snapshots[i];
    return base;
}

char *weir_state_file_path(const char *directory, int64_t version, WeirDeltaKind kind)
{
    size_t bytes = strlen(directory) + 40;
    char *path = weir_malloc(bytes);
    snprintf(path, bytes, "%s/%" PRId64 "%s", directory, version,
             kind == WEIR_DELTA_FILE ? DELTA_SUFFIX : SNAPSHOT_SUFFIX);
    return path;
}

static WeirStatus read_entries(WeirDeltaReader *reader, WeirDeltaVisitor visitor, void *context, WeirError *error)
{
    for (;;) {
        WeirDeltaGroup group;
        WEIR_TRY(weir_delta_reader_next_group(reader, &group, error));
        if (group.count == 0)
            return WEIR_OK;
        WEIR_TRY(visitor(context, &group, error));
    }
}

WeirStatus weir_state_file_read(WeirFileSystem *fs, const char *directory, int64_t version, WeirDeltaKind kind,
                                WeirDeltaVisitor visitor, void *context, WeirError *error)
{
    char *path = weir_state_file_path(directory, version, kind);
    WeirFileSource source = {.fs = fs};
    WeirStatus status = fs->open_read(fs, path, &source.file, error);
    if (status == WEIR_OK) {
        WeirDeltaReader reader;
        weir_delta_reader_init(&reader, weir_file_source(&source), kind, path);
        status = read_entries(&reader, visitor, context, error);
        weir_delta_reader_deinit(&reader);
        fs->close(source.file);
    } else if (status == WEIR_ERROR_PATH_NOT_FOUND) {
        WeirStatus condition = kind == WEIR_DELTA_FILE
                                   ? WEIR_ERROR_CANNOT_LOAD_STATE_STORE_CANNOT_READ_DELTA_FILE_NOT_EXISTS
                                   : WEIR_ERROR_CANNOT_LOAD_STATE_STORE_CANNOT_READ_MISSING_SNAPSHOT_FILE;
        status = weir_error_set(error, condition, "fileToRead", path, "clazz", "HDFSBackedStateStoreProvider");
    }
    weir_free(path);
    return status;
}

/* The state at a snapshot; 0 is the empty one. */
static WeirStatus read_base(WeirFileSystem *fs, const char *directory, int64_t base, const WeirReplayTarget *target,
                            WeirError *error)
{
    if (base == 0)
        return WEIR_OK;
    return weir_state_file_read(fs, directory, base, WEIR_SNAPSHOT_FILE, target->visitor, target->context, error);
}

/* The newest snapshot cannot be read, for the reason in `error`: take the next older one whose deltas are not too many.
 */
static WeirStatus repair_base(WeirFileSystem *fs, const char *directory, const WeirStateFileSet *set, int64_t version,
                              const WeirReplayTarget *target, int64_t *base, WeirError *error)
{
    WeirError first = *error;
    weir_log(WEIR_LOG_WARN, "state_files", "%s An older snapshot is tried.", first.message);
    while (*base > 0) {
        *base = weir_state_file_set_base(set, *base - 1);
        if (version - *base > REPAIR_DELTAS_MAX)
            break;
        target->reset(target->context);
        if (read_base(fs, directory, *base, target, error) == WEIR_OK)
            return WEIR_OK;
    }
    return weir_error_format(error, WEIR_ERROR_CANNOT_LOAD_STATE_STORE_AUTO_SNAPSHOT_REPAIR_FAILED,
                             "%s No older snapshot with at most %d deltas after it can replace it.", first.message,
                             REPAIR_DELTAS_MAX);
}

WeirStatus weir_state_files_replay(WeirFileSystem *fs, const char *directory, const WeirStateFileSet *set,
                                   int64_t version, const WeirReplayTarget *target, int64_t *base, WeirError *error)
{
    *base = weir_state_file_set_base(set, version);
    WeirError own = {0};
    WeirStatus status = read_base(fs, directory, *base, target, &own);
    if (status != WEIR_OK && status != WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY)
        status = repair_base(fs, directory, set, version, target, base, &own);
    if (status != WEIR_OK) {
        weir_error_copy(error, &own);
        return status;
    }
    for (int64_t delta = *base + 1; delta <= version; delta++)
        WEIR_TRY(weir_state_file_read(fs, directory, delta, WEIR_DELTA_FILE, target->visitor, target->context, error));
    return WEIR_OK;
}

WeirStatus weir_state_files_latest(WeirFileSystem *fs, const char *store_directory, int64_t *version, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirStateFileSet set;
    WeirStatus status = weir_state_file_set_list(fs, store_directory, arena, &set, error);
    if (status == WEIR_OK) {
        *version = set.delta_count == 0 ? -1 : set.deltas[set.delta_count - 1];
        if (set.snapshot_count > 0 && set.snapshots[set.snapshot_count - 1] > *version)
            *version = set.snapshots[set.snapshot_count - 1];
    }
    weir_arena_free(arena);
    return status;
}

void weir_state_group_hash(const WeirDeltaGroup *group, const WeirStateTable *table,
                           uint64_t hashes[WEIR_DELTA_GROUP_MAX])
{
    for (uint32_t i = 0; i < group->count; i++)
        hashes[i] = weir_state_table_hash(group->rows[i].key, group->rows[i].key_size);
    weir_state_table_prefetch(table, hashes, group->count);
}

static WeirStatus apply_one(WeirStateTable *table, WeirDeltaEntry entry, const WeirStateRow *row, uint64_t hash,
                            WeirError *error)
{
    if (entry == WEIR_DELTA_REMOVE) {
        WeirRowRef ref = weir_state_table_find(table, row->key, row->key_size, hash);
        return ref == WEIR_ROW_NONE ? WEIR_OK : weir_state_table_remove(table, ref, error);
    }
    WeirStateTableChange change;
    WEIR_TRY(weir_state_table_upsert(table, row->key, row->key_size, hash, row->value_size, &change, error));
    if (row->value_size > 0)
        memcpy(weir_row_value(weir_state_table_row(table, change.ref)), row->value, row->value_size);
    return WEIR_OK;
}

static WeirStatus apply(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    uint64_t hashes[WEIR_DELTA_GROUP_MAX];
    weir_state_group_hash(group, context, hashes);
    for (uint32_t i = 0; i < group->count; i++)
        WEIR_TRY(apply_one(context, group->entries[i], &group->rows[i], hashes[i], error));
    return WEIR_OK;
}

static void init_table(WeirStateTable *table)
{
    weir_state_table_init(table, NULL);
    table->tracking = false;
}

static void reset(void *context)
{
    weir_state_table_deinit(context);
    init_table(context);
}

WeirStatus weir_state_files_scan(WeirFileSystem *fs, const char *store_directory, int64_t version,
                                 WeirStateVisitor visitor, void *context, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirStateTable table;
    init_table(&table);
    WeirStateFileSet set;
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_state_file_set_list(fs, store_directory, arena, &set, error));
    const WeirReplayTarget target = {apply, reset, &table};
    int64_t base;
    WEIR_TRY_OR_GO(done, weir_state_files_replay(fs, store_directory, &set, version, &target, &base, error));
    for (WeirRowRef ref = WEIR_ROW_NONE; weir_state_table_next(&table, &ref);) {
        WeirRow *row = weir_state_table_row(&table, ref);
        WeirStateRow visited = {weir_row_key(row), weir_row_key_size(row), weir_row_value(row),
                                weir_row_value_size(row)};
        WEIR_TRY_OR_GO(done, visitor(context, &visited, error));
    }
done:
    weir_state_table_deinit(&table);
    weir_arena_free(arena);
    return status;
}
