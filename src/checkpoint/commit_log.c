/* commits/N (Spark: CommitLog): written after everything else of a batch. Line 1 the version, line 2 the watermark of
 * the next batch. Versions 2 and 3 add what other state providers and sinks need; the watermark is read from all. */
#include "checkpoint/checkpoint_private.h"

#include "common/json.h"

#define VERSION_MAX 3

WeirStatus weir_commit_log_add(WeirMetadataLog *log, int64_t batch_id, const WeirCommitMetadata *commit,
                               WeirError *error)
{
    WeirBuffer text;
    weir_buffer_init(&text, 0, NULL);
    weir_buffer_append_format(&text, "v1\n{\"nextBatchWatermarkMs\":%lld}", (long long)commit->next_batch_watermark_ms);
    WeirStatus status = weir_metadata_log_add(log, batch_id, text.data, text.length, error);
    weir_buffer_deinit(&text);
    return status;
}

WeirStatus weir_commit_metadata_parse(const char *text, size_t text_length, const char *path, WeirArena *arena,
                                      WeirCommitMetadata *commit, WeirError *error)
{
    WeirLineReader lines = weir_line_reader(text, text_length);
    int32_t version;
    WEIR_TRY(weir_log_read_version(&lines, VERSION_MAX, path, &version, error));
    const char *line;
    size_t length;
    int64_t watermark = 0;
    if (weir_line_reader_next(&lines, &line, &length)) {
        WeirJson *json;
        WeirStatus status = weir_json_parse(line, length, arena, &json, error);
        if (status == WEIR_ERROR_MALFORMED_JSON || (status == WEIR_OK && json->kind != WEIR_JSON_OBJECT))
            return weir_log_malformed(path, "its second line is not a JSON object", error);
        WEIR_TRY(status);
        const WeirJson *member = weir_json_get(json, "nextBatchWatermarkMs");
        if (member != NULL && !weir_json_int64(member, &watermark))
            return weir_log_malformed(path, "nextBatchWatermarkMs is not an integer", error);
    }
    commit->next_batch_watermark_ms = watermark;
    return WEIR_OK;
}

WeirStatus weir_commit_log_get(WeirMetadataLog *log, int64_t batch_id, WeirCommitMetadata *commit, bool *found,
                               WeirError *error)
{
    WeirBuffer text;
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    WeirStatus status = weir_metadata_log_get(log, batch_id, &text, found, error);
    if (status == WEIR_OK && *found) {
        WeirArena *arena = weir_arena_new(NULL);
        char *path = weir_log_id_path(log->directory, batch_id, "");
        status = weir_commit_metadata_parse(weir_buffer_text(&text), text.length, path, arena, commit, error);
        weir_free(path);
        weir_arena_free(arena);
    }
    weir_buffer_deinit(&text);
    return status;
}
