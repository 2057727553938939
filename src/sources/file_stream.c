/* The stream of new files (Spark: FileStreamSource): which files were seen, the limits of a batch, and the source log,
 * which is written before the offset log names its entry. */
#include <stdlib.h>

#include "common/fault_point.h"
#include "common/json.h"
#include "common/log.h"
#include "sources/file_source_private.h"
#include "sources/seen_files.h"

struct WeirFileStream {
    WeirConnectorContext context;
    WeirFileOptions options;
    WeirCompactibleLog *log;
    int64_t log_offset; /* of the last entry written; -1: none */
    WeirSeenFiles seen;
    WeirFileList unread; /* sorted; from `unread_next` on: found and not yet taken */
    size_t unread_next;
    bool frozen;       /* availableNow: what was found at first is all there is */
    WeirFileList last; /* the files of entry `log_offset`, so that a batch need not read the log it just wrote */
    int64_t last_offset;
};

static const char *identity(const WeirFileStream *stream, const char *path)
{
    if (!stream->options.file_name_only)
        return path;
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static WeirStatus parse_entry(const char *line, WeirArena *arena, WeirInputFile *file, int64_t *batch_id,
                              WeirError *error)
{
    WeirJson *json = NULL;
    char *path = NULL;
    WEIR_TRY(weir_json_parse(line, strlen(line), arena, &json, error));
    const char *uri = weir_json_string(weir_json_get(json, "path"));
    const WeirJson *time = weir_json_get(json, "timestamp"), *id = weir_json_get(json, "batchId");
    *file = (WeirInputFile){.size_bytes = -1};
    if (uri == NULL || time == NULL || id == NULL || !weir_json_int64(time, &file->modification_ms) ||
        !weir_json_int64(id, batch_id))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "A line of the file source log is damaged: %s", line);
    WEIR_TRY(weir_path_from_uri(uri, arena, &path, error));
    file->path = path;
    return WEIR_OK;
}

static WeirStatus remember_logged_files(WeirFileStream *stream, WeirError *error)
{
    WeirArena arena;
    const char **lines = NULL;
    uint32_t count = 0;
    WeirStatus status;
    weir_arena_init(&arena, NULL);
    WEIR_TRY_OR_GO(done, weir_compactible_log_all(stream->log, &arena, &lines, &count, error));
    for (uint32_t i = 0; i < count; i++) {
        WeirInputFile file;
        int64_t batch_id;
        WEIR_TRY_OR_GO(done, parse_entry(lines[i], &arena, &file, &batch_id, error));
        weir_seen_files_add(&stream->seen, identity(stream, file.path), file.modification_ms);
    }
    weir_seen_files_purge(&stream->seen);
    stream->log_offset = weir_compactible_log_latest(stream->log);
done:
    weir_arena_deinit(&arena);
    return status;
}

/* For ever where files of the log are not to be deleted. */
static int64_t log_cleanup_delay_ms(const WeirConnectorContext *context)
{
    if (!weir_connector_setting_bool(context, "spark.sql.streaming.fileSource.log.deletion", true))
        return INT64_MAX;
    return weir_connector_setting_ms(context, "spark.sql.streaming.fileSource.log.cleanupDelay", 600000);
}

WeirStatus weir_file_stream_open(const WeirConnectorContext *context, const WeirFileOptions *options,
                                 WeirFileStream **out, WeirError *error)
{
    WeirFileStream *stream = weir_calloc(1, sizeof(*stream));
    WeirStatus status;
    stream->context = *context;
    stream->options = *options;
    stream->log_offset = stream->last_offset = -1;
    weir_seen_files_init(&stream->seen, options->age_max_ms);
    weir_file_list_init(&stream->unread);
    weir_file_list_init(&stream->last);
    WEIR_TRY_OR_GO(
        done,
        weir_compactible_log_open(
            context->fs, context->checkpoint, "source_log", context->durable,
            (int32_t)weir_connector_setting_int(context, "spark.sql.streaming.fileSource.log.compactInterval", 10),
            log_cleanup_delay_ms(context),
            (int32_t)weir_connector_setting_int(context, "spark.sql.streaming.minBatchesToRetain", 100), context->clock,
            &stream->log, error));
    WEIR_TRY_OR_GO(done, remember_logged_files(stream, error));
    *out = stream;
    stream = NULL;
done:
    weir_file_stream_close(stream);
    return status;
}

void weir_file_stream_close(WeirFileStream *stream)
{
    if (stream == NULL)
        return;
    weir_compactible_log_close(stream->log);
    weir_seen_files_deinit(&stream->seen);
    weir_file_list_deinit(&stream->unread);
    weir_file_list_deinit(&stream->last);
    weir_free(stream);
}

/* ---- new files ---- */

static int by_age(const void *a, const void *b)
{
    const WeirInputFile *left = a, *right = b;
    if (left->modification_ms != right->modification_ms)
        return left->modification_ms < right->modification_ms ? -1 : 1;
    return strcmp(left->path, right->path); /* Directory order is chance: names make runs repeatable. */
}

static int by_age_newest_first(const void *a, const void *b)
{
    const WeirInputFile *left = a, *right = b;
    if (left->modification_ms != right->modification_ms)
        return left->modification_ms > right->modification_ms ? -1 : 1;
    return strcmp(left->path, right->path);
}

static WeirStatus find_new_files(WeirFileStream *stream, WeirError *error)
{
    WeirFileList *list = &stream->unread;
    weir_file_list_deinit(list);
    weir_file_list_init(list);
    stream->unread_next = 0;
    WEIR_TRY(weir_list_files(&stream->context, &stream->options, false, list, error));
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (weir_seen_files_is_new(&stream->seen, identity(stream, list->files[i].path),
                                   list->files[i].modification_ms))
            list->files[kept++] = list->files[i];
    list->count = kept;
    if (list->count > 1)
        qsort(list->files, list->count, sizeof(WeirInputFile),
              stream->options.latest_first ? by_age_newest_first : by_age);
    return WEIR_OK;
}

/* How many of the unread files the next batch takes. */
static size_t take_count(const WeirFileStream *stream, WeirReadLimit limit)
{
    size_t available = stream->unread.count - stream->unread_next, count = available;
    if (limit == WEIR_READ_ALL)
        return available;
    if (stream->options.files_max > 0 && (size_t)stream->options.files_max < available)
        count = (size_t)stream->options.files_max;
    if (stream->options.bytes_max > 0) {
        int64_t bytes = 0;
        for (count = 0; count < available; count++) {
            bytes += stream->unread.files[stream->unread_next + count].size_bytes;
            if (count > 0 && bytes > stream->options.bytes_max)
                break; /* The first file is always taken, however large. */
        }
    }
    return count;
}

static WeirStatus log_files(WeirFileStream *stream, const WeirInputFile *files, size_t count, WeirArena *arena,
                            WeirError *error)
{
    const char **lines = WEIR_ARENA_ARRAY(arena, const char *, count + 1);
    int64_t id = stream->log_offset + 1;
    for (size_t i = 0; i < count; i++)
        lines[i] = weir_arena_printf(arena, "{\"path\":\"%s\",\"timestamp\":%lld,\"batchId\":%lld}",
                                     weir_path_to_uri(files[i].path, arena), (long long)files[i].modification_ms,
                                     (long long)id);
    WEIR_TRY(weir_compactible_log_add(stream->log, id, lines, (uint32_t)count, error));
    stream->log_offset = id;
    return WEIR_OK;
}

static void keep_last(WeirFileStream *stream, const WeirInputFile *files, size_t count)
{
    weir_file_list_deinit(&stream->last);
    weir_file_list_init(&stream->last);
    stream->last.files = weir_calloc(count == 0 ? 1 : count, sizeof(WeirInputFile));
    stream->last.count = stream->last.capacity = count;
    for (size_t i = 0; i < count; i++) {
        stream->last.files[i] = files[i];
        stream->last.files[i].path = weir_arena_strdup(&stream->last.arena, files[i].path);
        stream->last.files[i].base = weir_arena_strdup(&stream->last.arena, files[i].base);
    }
    stream->last_offset = stream->log_offset;
}

/* Files left over from the last listing are taken first, so that a directory of many files is not listed for each
 * batch; with the newest first they might not be the newest any more. */
static bool needs_listing(const WeirFileStream *stream)
{
    if (stream->frozen)
        return false;
    return stream->options.latest_first || stream->unread_next >= stream->unread.count;
}

WeirStatus weir_file_stream_latest(WeirFileStream *stream, WeirReadLimit limit, WeirArena *arena, const char **offset,
                                   WeirError *error)
{
    if (needs_listing(stream))
        WEIR_TRY(find_new_files(stream, error));
    size_t count = take_count(stream, limit);
    if (count > 0) {
        const WeirInputFile *files = stream->unread.files + stream->unread_next;
        for (size_t i = 0; i < count; i++)
            weir_seen_files_add(&stream->seen, identity(stream, files[i].path), files[i].modification_ms);
        weir_seen_files_purge(&stream->seen);
        WEIR_TRY(log_files(stream, files, count, arena, error));
        keep_last(stream, files, count);
        stream->unread_next += count;
    }
    *offset =
        stream->log_offset < 0 ? NULL : weir_arena_printf(arena, "{\"logOffset\":%lld}", (long long)stream->log_offset);
    return WEIR_OK;
}

WeirStatus weir_file_stream_freeze(WeirFileStream *stream, WeirError *error)
{
    WEIR_TRY(find_new_files(stream, error));
    stream->frozen = true;
    return WEIR_OK;
}

/* ---- files of a batch ---- */

static WeirStatus parse_offset(const char *text, WeirArena *arena, int64_t *offset, WeirError *error)
{
    WeirJson *json = NULL;
    *offset = -1;
    if (text == NULL)
        return WEIR_OK;
    WEIR_TRY(weir_json_parse(text, strlen(text), arena, &json, error));
    /* Spark's oldest form is a bare number. */
    const WeirJson *member = json->kind == WEIR_JSON_OBJECT ? weir_json_get(json, "logOffset") : json;
    if (member == NULL || !weir_json_int64(member, offset))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "'%s' is not an offset of a file source.",
                                 text);
    return WEIR_OK;
}

/* The listed directory that a logged path lies below. */
static const char *base_of(const WeirFileStream *stream, const char *path)
{
    for (uint32_t i = 0; i < stream->options.path_count; i++) {
        size_t length = strlen(stream->options.paths[i]);
        if (strncmp(path, stream->options.paths[i], length) == 0 && path[length] == '/')
            return stream->options.paths[i];
    }
    return "";
}

static WeirStatus logged_files(WeirFileStream *stream, int64_t id, WeirArena *arena, WeirInputFile *files,
                               uint32_t capacity, uint32_t *count, WeirError *error)
{
    const char **lines = NULL;
    uint32_t line_count = 0;
    bool compacted = false, found = false;
    WEIR_TRY(weir_compactible_log_get(stream->log, id, arena, &lines, &line_count, &compacted, &found, error));
    if (!found) /* The log ran ahead of the query over several restarts, and its clean-up too: the compacted file still
                   knows. */
        WEIR_TRY(weir_compactible_log_all(stream->log, arena, &lines, &line_count, error));
    uint32_t before = *count;
    for (uint32_t i = 0; i < line_count; i++) {
        WeirInputFile file;
        int64_t batch_id;
        WEIR_TRY(parse_entry(lines[i], arena, &file, &batch_id, error));
        if (batch_id != id)
            continue;
        file.base = base_of(stream, file.path);
        if (files != NULL && *count < capacity)
            files[*count] = file;
        (*count)++;
    }
    if (!found && *count == before)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "batch %lld doesn't exist in the file source log of %s; files it named cannot be found again",
            (long long)id, stream->context.checkpoint);
    return WEIR_OK;
}

/* Logged files of another directory than the one the source reads now; with a glob there is no telling. */
static WeirStatus check_base(const WeirFileStream *stream, const WeirInputFile *files, uint32_t count, WeirError *error)
{
    if (stream->options.path_count != 1 || strpbrk(stream->options.paths[0], "*?[{") != NULL)
        return WEIR_OK;
    for (uint32_t i = 0; i < count; i++)
        if (files[i].base[0] == '\0' && strcmp(files[i].path, stream->options.paths[0]) != 0)
            return weir_error_format(
                error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                "Wrong basePath %s: the checkpoint names the file %s. Read the old path, or use a new checkpoint.",
                stream->options.paths[0], files[i].path);
    return WEIR_OK;
}

WeirStatus weir_file_stream_files(WeirFileStream *stream, const char *start, const char *end, WeirArena *arena,
                                  WeirInputFile **files, uint32_t *count, WeirError *error)
{
    int64_t from, until;
    WEIR_TRY(parse_offset(start, arena, &from, error));
    WEIR_TRY(parse_offset(end, arena, &until, error));
    *count = 0;
    if (until == from + 1 && until == stream->last_offset) {
        *files = stream->last.files;
        *count = (uint32_t)stream->last.count;
        return WEIR_OK;
    }
    uint32_t capacity = 0;
    for (int64_t id = from + 1; id <= until; id++)
        WEIR_TRY(logged_files(stream, id, arena, NULL, 0, &capacity, error));
    *files = WEIR_ARENA_ARRAY(arena, WeirInputFile, capacity + 1);
    for (int64_t id = from + 1; id <= until; id++)
        WEIR_TRY(logged_files(stream, id, arena, *files, capacity, count, error));
    return check_base(stream, *files, *count, error);
}

/* ---- cleanSource ---- */

static void clean_file(WeirFileStream *stream, const char *path, WeirArena *arena)
{
    WeirFileSystem *fs = stream->context.fs;
    WeirError error = {0};
    WeirStatus status;
    if (stream->options.clean == WEIR_CLEAN_DELETE) {
        status = fs->remove(fs, path, &error);
    } else {
        const char *target = weir_arena_printf(arena, "%s%s", stream->options.archive_directory, path);
        char *directory = weir_arena_strdup(arena, target);
        *strrchr(directory, '/') = '\0';
        status = fs->make_directories(fs, directory, stream->context.durable, &error);
        if (status == WEIR_OK)
            status = fs->rename(fs, path, target, WEIR_RENAME_REPLACE, &error);
    }
    /* As Spark: the data is committed; a file that stays is a nuisance, not a failure. */
    if (status != WEIR_OK)
        weir_log(WEIR_LOG_WARN, "file_source", "cleanSource could not move %s away: %s", path, error.message);
}

WeirStatus weir_file_stream_commit(WeirFileStream *stream, const char *end, WeirError *error)
{
    WeirArena arena;
    WeirInputFile *files = NULL;
    int64_t offset = -1;
    uint32_t capacity = 0, count = 0;
    WeirStatus status = WEIR_OK;
    if (stream->options.clean == WEIR_CLEAN_OFF)
        return WEIR_OK;
    weir_arena_init(&arena, NULL);
    WEIR_TRY_OR_GO(done, parse_offset(end, &arena, &offset, error));
    if (offset < 0)
        goto done;
    WEIR_TRY_OR_GO(done, logged_files(stream, offset, &arena, NULL, 0, &capacity, error));
    files = WEIR_ARENA_ARRAY(&arena, WeirInputFile, capacity + 1);
    WEIR_TRY_OR_GO(done, logged_files(stream, offset, &arena, files, capacity, &count, error));
    for (uint32_t i = 0; i < count; i++)
        clean_file(stream, files[i].path, &arena);
done:
    weir_arena_deinit(&arena);
    return status;
}
