/* What a checkpoint holds, in words and as JSON: identity, offsets and commits, sources, state rows. Reads files only;
 * nothing is started. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "checkpoint/checkpoint.h"
#include "common/json.h"
#include "session/session_private.h"
#include "state/state_store.h"

typedef struct Description {
    WeirFileSystem *fs;
    WeirArena arena;
    const char *checkpoint;
    bool as_json;
    WeirJsonWriter json;
    WeirBuffer out;
} Description;

static void add_text(Description *description, const char *key, const char *label, const char *value)
{
    if (description->as_json)
        weir_json_add_string(&description->json, key, value);
    else
        weir_buffer_append_format(&description->out, "%-22s %s\n", label, value == NULL ? "(none)" : value);
}

static void add_number(Description *description, const char *key, const char *label, int64_t value)
{
    if (description->as_json)
        weir_json_add_int(&description->json, key, value);
    else
        weir_buffer_append_format(&description->out, "%-22s %lld\n", label, (long long)value);
}

static void add_time(Description *description, const char *key, const char *label, int64_t milliseconds)
{
    if (description->as_json) {
        weir_json_add_int(&description->json, key, milliseconds);
        return;
    }
    time_t seconds = (time_t)(milliseconds / 1000);
    struct tm parts;
    char text[40];
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &parts);
    weir_buffer_append_format(&description->out, "%-22s %s.%03d UTC\n", label, text, (int)(milliseconds % 1000));
}

static WeirStatus describe_identity(Description *description, WeirError *error)
{
    const char *path = weir_path_join(&description->arena, description->checkpoint, "metadata");
    WeirBuffer content;
    WeirJson *json = NULL;
    const char *id = NULL;
    weir_buffer_init(&content, 65536, NULL);
    WeirStatus status = weir_file_read_all(description->fs, path, 65536, &content, error);
    if (status == WEIR_OK)
        status = weir_json_parse(weir_buffer_text(&content), content.length, &description->arena, &json, error);
    if (status == WEIR_OK)
        id = weir_json_string(weir_json_get(json, "id"));
    weir_buffer_deinit(&content);
    if (status == WEIR_OK)
        add_text(description, "id", "query id", id);
    return status;
}

static WeirStatus open_log(Description *description, WeirMetadataLog *log, const char *name, WeirError *error)
{
    return weir_metadata_log_open(
        log, description->fs, weir_path_join(&description->arena, description->checkpoint, name), name, false, error);
}

static void describe_offsets(Description *description, int64_t batch_id, const WeirOffsetSeq *offsets)
{
    if (description->as_json)
        weir_json_begin_object(&description->json, "latestOffsets");
    add_number(description, "batchId", "latest batch", batch_id);
    if (offsets->has_metadata) {
        add_time(description, "batchWatermarkMs", "  watermark", offsets->batch_watermark_ms);
        add_time(description, "batchTimestampMs", "  batch time", offsets->batch_timestamp_ms);
    }
    if (description->as_json)
        weir_json_begin_array(&description->json, "sources");
    for (uint32_t i = 0; i < offsets->offset_count; i++) {
        const char *offset = offsets->offsets[i] == NULL ? "null" : offsets->offsets[i];
        if (description->as_json)
            weir_json_add_raw(&description->json, NULL, offset);
        else
            weir_buffer_append_format(&description->out, "  source %-13u read up to %s\n", i, offset);
    }
    if (!description->as_json)
        return;
    weir_json_end_array(&description->json);
    weir_json_begin_object(&description->json, "conf");
    for (uint32_t i = 0; i + 1 < offsets->conf_count; i += 2)
        weir_json_add_string(&description->json, offsets->conf[i], offsets->conf[i + 1]);
    weir_json_end_object(&description->json);
    weir_json_end_object(&description->json);
}

static WeirStatus describe_logs(Description *description, int64_t *committed, WeirError *error)
{
    WeirMetadataLog offset_log = {0}, commit_log = {0};
    WeirOffsetSeq offsets;
    WeirCommitMetadata commit;
    int64_t latest = -1;
    bool found = false;
    WeirStatus status;
    WEIR_TRY_OR_GO(done, open_log(description, &offset_log, "offsets", error));
    WEIR_TRY_OR_GO(done, open_log(description, &commit_log, "commits", error));
    WEIR_TRY_OR_GO(done, weir_metadata_log_latest(&offset_log, &latest, error));
    WEIR_TRY_OR_GO(done, weir_metadata_log_latest(&commit_log, committed, error));
    if (latest >= 0) {
        WEIR_TRY_OR_GO(done, weir_offset_log_get(&offset_log, latest, &description->arena, &offsets, &found, error));
        describe_offsets(description, latest, &offsets);
    }
    add_number(description, "lastCommittedBatchId", "last committed batch", *committed);
    if (*committed >= 0) {
        WEIR_TRY_OR_GO(done, weir_commit_log_get(&commit_log, *committed, &commit, &found, error));
        add_time(description, "nextBatchWatermarkMs", "  next watermark", commit.next_batch_watermark_ms);
    }
    if (!description->as_json && latest > *committed)
        weir_buffer_append_format(&description->out,
                                  "%-22s batch %lld is logged but not committed: it is run again on a restart\n",
                                  "note", (long long)latest);
done:
    weir_metadata_log_close(&offset_log);
    weir_metadata_log_close(&commit_log);
    return status;
}

/* ---- state ---- */

static WeirStatus count_row(void *context, const WeirStateRow *row, WeirError *error)
{
    (void)row, (void)error;
    (*(int64_t *)context)++;
    return WEIR_OK;
}

static WeirStatus count_rows(Description *description, const WeirOperatorStateMetadata *metadata, int64_t version,
                             int64_t *rows, WeirError *error)
{
    *rows = 0;
    for (uint32_t s = 0; s < metadata->store_count; s++) {
        const WeirStateStoreInfo *store = &metadata->stores[s];
        for (int32_t p = 0; p < store->partition_count; p++) {
            bool is_default = strcmp(store->store_name, "default") == 0, exists = false;
            WeirFileStatus file;
            const char *directory = weir_arena_printf(&description->arena, "%s/state/%lld/%d%s%s",
                                                      description->checkpoint, (long long)metadata->operator_id, p,
                                                      is_default ? "" : "/", is_default ? "" : store->store_name);
            WEIR_TRY(description->fs->status(description->fs, directory, &description->arena, &exists, &file, error));
            if (exists && version > 0)
                WEIR_TRY(weir_state_files_scan(description->fs, directory, version, count_row, rows, error));
        }
    }
    return WEIR_OK;
}

static WeirStatus describe_state(Description *description, int64_t version, WeirError *error)
{
    const char *state = weir_path_join(&description->arena, description->checkpoint, "state");
    if (description->as_json)
        weir_json_begin_array(&description->json, "stateOperators");
    for (int64_t id = 0;; id++) {
        WeirOperatorStateMetadata metadata;
        bool found = false;
        int64_t rows = 0;
        WEIR_TRY(
            weir_operator_metadata_read(description->fs, state, id, &description->arena, &metadata, &found, error));
        if (!found)
            break;
        WEIR_TRY(count_rows(description, &metadata, version, &rows, error));
        if (description->as_json) {
            weir_json_begin_object(&description->json, NULL);
            weir_json_add_int(&description->json, "operatorId", id);
            weir_json_add_string(&description->json, "operatorName", metadata.operator_name);
            weir_json_add_int(&description->json, "numPartitions",
                              metadata.store_count == 0 ? 0 : metadata.stores[0].partition_count);
            weir_json_add_int(&description->json, "version", version);
            weir_json_add_int(&description->json, "numRows", rows);
            weir_json_end_object(&description->json);
        } else {
            weir_buffer_append_format(&description->out,
                                      "state operator %-7lld %s: %lld rows at version %lld in %d partitions\n",
                                      (long long)id, metadata.operator_name, (long long)rows, (long long)version,
                                      metadata.store_count == 0 ? 0 : metadata.stores[0].partition_count);
        }
    }
    if (description->as_json)
        weir_json_end_array(&description->json);
    return WEIR_OK;
}

static WeirStatus check_is_checkpoint(Description *description, WeirError *error)
{
    bool exists = false;
    WeirFileStatus file;
    const char *path = weir_path_join(&description->arena, description->checkpoint, "offsets");
    WEIR_TRY(
        description->fs->status(description->fs, description->checkpoint, &description->arena, &exists, &file, error));
    if (!exists)
        return weir_error_set(error, WEIR_ERROR_PATH_NOT_FOUND, "path", description->checkpoint);
    WEIR_TRY(description->fs->status(description->fs, path, &description->arena, &exists, &file, error));
    if (!exists)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "%s is not a checkpoint: it has no folder offsets. Name the folder that was given as checkpointLocation.",
            description->checkpoint);
    return WEIR_OK;
}

WeirStatus weir_checkpoint_describe(const char *directory, WeirFormat format, WeirWriteFunction write, void *context,
                                    WeirError *error)
{
    Description description = {.fs = weir_local_file_system(), .as_json = format == WEIR_FORMAT_JSON};
    char *path = NULL;
    int64_t committed = -1;
    WeirStatus status;
    weir_arena_init(&description.arena, NULL);
    weir_buffer_init(&description.out, 0, NULL);
    weir_json_writer_init(&description.json, &description.out);
    WEIR_TRY_OR_GO(done, weir_path_from_uri(directory, &description.arena, &path, error));
    description.checkpoint = path;
    WEIR_TRY_OR_GO(done, check_is_checkpoint(&description, error));
    if (description.as_json)
        weir_json_begin_object(&description.json, NULL);
    WEIR_TRY_OR_GO(done, describe_identity(&description, error));
    WEIR_TRY_OR_GO(done, describe_logs(&description, &committed, error));
    WEIR_TRY_OR_GO(done, describe_state(&description, committed + 1, error));
    if (description.as_json) {
        weir_json_end_object(&description.json);
        weir_buffer_append_char(&description.out, '\n');
    }
    if (!write(context, weir_buffer_text(&description.out), description.out.length))
        status = weir_error_format(error, WEIR_ERROR_INPUT_OUTPUT, "The output is closed.");
done:
    weir_buffer_deinit(&description.out);
    weir_arena_deinit(&description.arena);
    return status;
}
