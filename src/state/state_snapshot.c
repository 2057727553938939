/* Snapshots merged from files. The deltas since the last snapshot are read newest first, remembering the keys seen: the
 * first time a key is seen decides its value. Then the last snapshot gives the keys that no delta had. Within a delta a
 * key may stand several times and the last one counts, so each delta is read twice: once to find where the last ones
 * are, once to write them. */
#include "checkpoint/checkpoint.h"
#include "state/state_files.h"
#include "state/state_table.h"

/* Where the deciding entry of a key is. */
typedef struct Decision {
    int64_t version;
    uint64_t ordinal; /* of the entry in its file */
} Decision;

typedef struct Merge {
    WeirStateTable seen; /* key → Decision */
    WeirDeltaWriter writer;
    int64_t version; /* of the file being read */
    uint64_t ordinal;
} Merge;

static WeirStatus decide(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    Merge *merge = context;
    uint64_t hashes[WEIR_DELTA_GROUP_MAX];
    weir_state_group_hash(group, &merge->seen, hashes);
    for (uint32_t i = 0; i < group->count; i++) {
        Decision decision = {merge->version, merge->ordinal++}, before = decision;
        WeirStateTableChange change;
        WEIR_TRY(weir_state_table_upsert(&merge->seen, group->rows[i].key, group->rows[i].key_size, hashes[i],
                                         sizeof decision, &change, error));
        uint8_t *value = weir_row_value(weir_state_table_row(&merge->seen, change.ref));
        if (change.existed)
            memcpy(&before, value, sizeof before);
        if (before.version == merge->version) /* Else a newer delta had the key. */
            memcpy(value, &decision, sizeof decision);
    }
    return WEIR_OK;
}

static WeirStatus write_row(Merge *merge, const WeirStateRow *row, WeirError *error)
{
    return weir_delta_writer_put(&merge->writer, row->key, row->key_size, row->value, row->value_size, error);
}

static WeirStatus write_decided(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    Merge *merge = context;
    uint64_t hashes[WEIR_DELTA_GROUP_MAX];
    weir_state_group_hash(group, &merge->seen, hashes);
    for (uint32_t i = 0; i < group->count; i++) {
        const WeirStateRow *row = &group->rows[i];
        uint64_t ordinal = merge->ordinal++;
        WeirRowRef ref = weir_state_table_find(&merge->seen, row->key, row->key_size, hashes[i]);
        if (ref == WEIR_ROW_NONE) /* The file changed between two readings. */
            return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR,
                                     "A state file changed while it was merged into a snapshot.");
        Decision decision;
        memcpy(&decision, weir_row_value(weir_state_table_row(&merge->seen, ref)), sizeof decision);
        bool decides = decision.version == merge->version && decision.ordinal == ordinal;
        if (decides && group->entries[i] == WEIR_DELTA_PUT)
            WEIR_TRY(write_row(merge, row, error));
    }
    return WEIR_OK;
}

static WeirStatus write_unseen(void *context, const WeirDeltaGroup *group, WeirError *error)
{
    Merge *merge = context;
    uint64_t hashes[WEIR_DELTA_GROUP_MAX];
    weir_state_group_hash(group, &merge->seen, hashes);
    for (uint32_t i = 0; i < group->count; i++) {
        const WeirStateRow *row = &group->rows[i];
        if (weir_state_table_find(&merge->seen, row->key, row->key_size, hashes[i]) == WEIR_ROW_NONE)
            WEIR_TRY(write_row(merge, row, error));
    }
    return WEIR_OK;
}

static WeirStatus merge_files(Merge *merge, WeirFileSystem *fs, const char *directory, int64_t base, int64_t version,
                              WeirError *error)
{
    for (merge->version = version; merge->version > base; merge->version--) {
        merge->ordinal = 0;
        WEIR_TRY(weir_state_file_read(fs, directory, merge->version, WEIR_DELTA_FILE, decide, merge, error));
        merge->ordinal = 0;
        WEIR_TRY(weir_state_file_read(fs, directory, merge->version, WEIR_DELTA_FILE, write_decided, merge, error));
    }
    if (base > 0)
        WEIR_TRY(weir_state_file_read(fs, directory, base, WEIR_SNAPSHOT_FILE, write_unseen, merge, error));
    return weir_delta_writer_finish(&merge->writer, error);
}

static WeirStatus append_to_file(void *context, const void *data, size_t length, WeirError *error)
{
    return weir_atomic_file_append(context, data, length, error);
}

WeirStatus weir_state_snapshot_write(WeirFileSystem *fs, const char *directory, const WeirStateFileSet *set,
                                     int64_t version, const WeirCompressionCodec *codec, bool durable,
                                     WeirMemoryTracker *tracker, WeirError *error)
{
    int64_t base = weir_state_file_set_base(set, version - 1);
    char *path = weir_state_file_path(directory, version, WEIR_SNAPSHOT_FILE);
    WeirAtomicFile *file = NULL;
    WeirStatus status = weir_atomic_file_open(fs, path, WEIR_RENAME_REPLACE, durable, "state_snapshot", &file, error);
    weir_free(path);
    WEIR_TRY(status);
    Merge merge = {0};
    weir_state_table_init(&merge.seen, tracker);
    merge.seen.tracking = false;
    weir_delta_writer_init(&merge.writer, codec, (WeirByteSink){append_to_file, file});
    status = merge_files(&merge, fs, directory, base, version, error);
    if (status == WEIR_OK)
        status = weir_atomic_file_publish(file, error);
    weir_delta_writer_deinit(&merge.writer);
    weir_state_table_deinit(&merge.seen);
    weir_atomic_file_close(file);
    return status;
}
