/* <checkpoint>/metadata (Spark: StreamMetadata): {"id":"<uuid>"}, the identity of a query over all its restarts. */
#include "checkpoint/checkpoint_private.h"

#include <ctype.h>

#include "common/json.h"

static bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    }
    return text[36] == '\0';
}

WeirStatus weir_stream_metadata_parse(const char *text, size_t length, const char *path, WeirArena *arena, char id[37],
                                      WeirError *error)
{
    WeirJson *json;
    WeirStatus status = weir_json_parse(text, length, arena, &json, error);
    if (status == WEIR_ERROR_MALFORMED_JSON)
        return weir_log_malformed(path, "it is not JSON", error);
    WEIR_TRY(status);
    const WeirJson *member = weir_json_get(json, "id");
    const char *value = member == NULL ? NULL : weir_json_string(member);
    if (value == NULL || strnlen(value, 37) != 36 || !is_uuid(value))
        return weir_log_malformed(path, "it holds no query id", error);
    memcpy(id, value, 37);
    return WEIR_OK;
}

/* True when offsets/ or commits/ has a batch. */
static WeirStatus has_batches(WeirFileSystem *fs, const char *checkpoint, WeirArena *arena, bool *found,
                              WeirError *error)
{
    static const char *const logs[] = {"offsets", "commits"};
    *found = false;
    for (int i = 0; i < 2; i++) {
        WeirFileStatus *entries;
        size_t count = 0;
        WeirStatus status = fs->list(fs, weir_path_join(arena, checkpoint, logs[i]), arena, &entries, &count, error);
        if (status == WEIR_ERROR_PATH_NOT_FOUND) {
            weir_error_clear(error);
            continue;
        }
        WEIR_TRY(status);
        int64_t id;
        for (size_t j = 0; j < count; j++)
            *found |= weir_log_parse_id(weir_path_name(entries[j].path), "", &id);
    }
    return WEIR_OK;
}

static WeirStatus check_no_batches(WeirFileSystem *fs, const char *checkpoint, WeirArena *arena, WeirError *error)
{
    bool batches;
    WEIR_TRY(has_batches(fs, checkpoint, arena, &batches, error));
    if (batches)
        return weir_error_set(error, WEIR_ERROR_STREAMING_CHECKPOINT_MISSING_METADATA_FILE, "checkpointLocation",
                              checkpoint);
    return WEIR_OK;
}

static WeirStatus create(WeirFileSystem *fs, const char *checkpoint, const char *path, bool durable, WeirRandom *random,
                         WeirArena *arena, char id[37], WeirError *error)
{
    WEIR_TRY(fs->make_directories(fs, checkpoint, durable, error));
    char uuid[37];
    weir_random_uuid(random, uuid);
    const char *text = weir_arena_printf(arena, "{\"id\":\"%s\"}", uuid);
    WeirStatus status = weir_atomic_file_write(fs, path, text, strlen(text), WEIR_RENAME_CREATE_ONLY, durable,
                                               "stream_metadata", error);
    if (status == WEIR_ERROR_FILE_ALREADY_EXISTS)
        return weir_error_set(error, WEIR_ERROR_CONCURRENT_STREAM_LOG_UPDATE, "batchId", "metadata");
    WEIR_TRY(status);
    memcpy(id, uuid, sizeof uuid);
    return WEIR_OK;
}

WeirStatus weir_stream_metadata_open(WeirFileSystem *fs, const char *checkpoint, bool durable, bool may_be_lost,
                                     WeirRandom *random, char id[37], bool *created, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirBuffer text;
    weir_buffer_init(&text, 65536, NULL);
    const char *path = weir_path_join(arena, checkpoint, "metadata");
    bool found;
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_log_read_file(fs, path, &text, &found, error));
    *created = !found;
    if (found && durable)
        WEIR_TRY_OR_GO(done, fs->sync_directory(fs, checkpoint, error));
    if (!found && !may_be_lost)
        WEIR_TRY_OR_GO(done, check_no_batches(fs, checkpoint, arena, error));
    if (found)
        status = weir_stream_metadata_parse(weir_buffer_text(&text), text.length, path, arena, id, error);
    else
        status = create(fs, checkpoint, path, durable, random, arena, id, error);
done:
    weir_buffer_deinit(&text);
    weir_arena_free(arena);
    return status;
}
