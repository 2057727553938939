/* Which files a read is of: paths, globs, recursion, hidden names, and the logs of file sinks (Spark:
 * InMemoryFileIndex, MetadataLogFileIndex). */
#include <fnmatch.h>
#include <stdlib.h>

#include "common/json.h"
#include "sources/file_source_private.h"

#define DEPTH_MAX 64

void weir_file_list_init(WeirFileList *list)
{
    memset(list, 0, sizeof(*list));
    weir_arena_init(&list->arena, NULL);
}

void weir_file_list_deinit(WeirFileList *list)
{
    weir_free(list->files);
    weir_arena_deinit(&list->arena);
    memset(list, 0, sizeof(*list));
}

static void add_file(WeirFileList *list, const char *path, const char *base, int64_t size_bytes,
                     int64_t modification_ms)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : list->capacity * 2;
        list->files = weir_realloc(list->files, list->capacity * sizeof(WeirInputFile));
    }
    list->files[list->count++] = (WeirInputFile){weir_arena_strdup(&list->arena, path),
                                                 weir_arena_strdup(&list->arena, base), size_bytes, modification_ms};
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Names that Spark's readers pass over; one with an equals sign may be a partition directory and is kept. */
static bool is_hidden(const char *name)
{
    if (name[0] == '.')
        return true;
    if (name[0] == '_')
        return strchr(name, '=') == NULL;
    size_t length = strlen(name);
    return length > 10 && strcmp(name + length - 10, "._COPYING_") == 0;
}

static bool is_wanted(const WeirFileOptions *options, const char *path, int64_t modification_ms)
{
    return (options->glob_filter == NULL || fnmatch(options->glob_filter, base_name(path), 0) == 0) &&
           modification_ms > options->modified_after_ms && modification_ms < options->modified_before_ms;
}

/* A directory written by a file sink: only what its log names is data. */
static WeirStatus list_by_sink_log(const WeirConnectorContext *context, const char *directory,
                                   const char *log_directory, WeirFileList *list, WeirError *error)
{
    WeirCompactibleLog *log = NULL;
    WeirArena arena;
    const char **lines = NULL;
    uint32_t count = 0;
    WeirStatus status;
    weir_arena_init(&arena, NULL);
    WEIR_TRY_OR_GO(done, weir_compactible_log_open(context->fs, log_directory, "sink_log", false, 10, INT64_MAX,
                                                   INT32_MAX, context->clock, &log, error));
    WEIR_TRY_OR_GO(done, weir_compactible_log_all(log, &arena, &lines, &count, error));
    for (uint32_t i = 0; i < count; i++) {
        WeirJson *json = NULL;
        char *path = NULL;
        int64_t size = 0, time = 0;
        WEIR_TRY_OR_GO(done, weir_json_parse(lines[i], strlen(lines[i]), &arena, &json, error));
        const char *action = weir_json_string(weir_json_get(json, "action"));
        const char *uri = weir_json_string(weir_json_get(json, "path"));
        if (uri == NULL || (action != NULL && strcmp(action, "add") != 0))
            continue;
        WEIR_TRY_OR_GO(done, weir_path_from_uri(uri, &arena, &path, error));
        (void)weir_json_int64(weir_json_get(json, "size"), &size);
        (void)weir_json_int64(weir_json_get(json, "modificationTime"), &time);
        add_file(list, path, directory, size, time);
    }
done:
    weir_compactible_log_close(log);
    weir_arena_deinit(&arena);
    return status;
}

static WeirStatus list_directory(const WeirConnectorContext *context, const WeirFileOptions *options,
                                 const char *directory, const char *base, int depth, WeirFileList *list,
                                 WeirError *error)
{
    WeirFileStatus *entries = NULL;
    WeirArena arena;
    size_t count = 0;
    weir_arena_init(&arena, NULL);
    WeirStatus status = context->fs->list(context->fs, directory, &arena, &entries, &count, error);
    for (size_t i = 0; i < count && status == WEIR_OK; i++) {
        const char *name = base_name(entries[i].path);
        if (is_hidden(name))
            continue;
        if (!entries[i].is_directory) {
            if (is_wanted(options, entries[i].path, entries[i].modification_ms))
                add_file(list, entries[i].path, options->base_path == NULL ? base : options->base_path,
                         entries[i].size_bytes, entries[i].modification_ms);
            continue;
        }
        /* Without recursiveFileLookup only partition directories are gone into. */
        if ((options->recursive || strchr(name, '=') != NULL) && depth < DEPTH_MAX)
            status = list_directory(context, options, entries[i].path, base, depth + 1, list, error);
    }
    weir_arena_deinit(&arena);
    return status;
}

static WeirStatus list_path(const WeirConnectorContext *context, const WeirFileOptions *options, const char *path,
                            bool *found, WeirFileList *list, WeirError *error)
{
    WeirArena arena;
    WeirFileStatus file;
    bool exists = false;
    WeirStatus status;
    weir_arena_init(&arena, NULL);
    WEIR_TRY_OR_GO(done, context->fs->status(context->fs, path, &arena, &exists, &file, error));
    if (!exists)
        goto done;
    *found = true;
    if (!file.is_directory) {
        char *base = weir_arena_strdup(&arena, path), *slash = strrchr(base, '/');
        if (slash != NULL && slash != base)
            *slash = '\0';
        if (is_wanted(options, path, file.modification_ms))
            add_file(list, path, options->base_path == NULL ? base : options->base_path, file.size_bytes,
                     file.modification_ms);
        goto done;
    }
    const char *log_directory = weir_path_join(&arena, path, "_spark_metadata");
    WeirFileStatus log_status;
    bool has_log = false;
    WEIR_TRY_OR_GO(done, context->fs->status(context->fs, log_directory, &arena, &has_log, &log_status, error));
    if (has_log && !options->recursive)
        status = list_by_sink_log(context, path, log_directory, list, error);
    else
        status = list_directory(context, options, path, path, 0, list, error);
done:
    weir_arena_deinit(&arena);
    return status;
}

static bool has_glob(const char *path)
{
    return strpbrk(path, "*?[{") != NULL;
}

/* Paths that match a glob, one directory level after the other. */
static WeirStatus expand_glob(const WeirConnectorContext *context, const WeirFileOptions *options, const char *prefix,
                              const char *rest, bool *found, WeirFileList *list, WeirError *error)
{
    char part[512];
    const char *slash = strchr(rest, '/');
    size_t length = slash == NULL ? strlen(rest) : (size_t)(slash - rest);
    if (length >= sizeof(part))
        return WEIR_OK;
    memcpy(part, rest, length);
    part[length] = '\0';
    const char *next = slash == NULL ? NULL : slash + 1;
    WeirArena arena;
    WeirStatus status = WEIR_OK;
    weir_arena_init(&arena, NULL);
    if (!has_glob(part)) {
        const char *path = weir_arena_printf(&arena, "%s/%s", strcmp(prefix, "/") == 0 ? "" : prefix, part);
        status = next == NULL ? list_path(context, options, path, found, list, error)
                              : expand_glob(context, options, path, next, found, list, error);
        goto done;
    }
    WeirFileStatus *entries = NULL;
    size_t count = 0;
    if (context->fs->list(context->fs, prefix, &arena, &entries, &count, NULL) != WEIR_OK)
        goto done; /* No such directory: no match. */
    for (size_t i = 0; i < count && status == WEIR_OK; i++) {
        if (fnmatch(part, base_name(entries[i].path), FNM_PERIOD) != 0)
            continue;
        if (next == NULL)
            status = list_path(context, options, entries[i].path, found, list, error);
        else if (entries[i].is_directory)
            status = expand_glob(context, options, entries[i].path, next, found, list, error);
    }
done:
    weir_arena_deinit(&arena);
    return status;
}

/* Hadoop's {a,b}: each alternative is a path of its own. */
static WeirStatus expand_braces(const WeirConnectorContext *context, const WeirFileOptions *options, const char *path,
                                bool *found, WeirFileList *list, WeirError *error)
{
    const char *open = strchr(path, '{'), *close = open == NULL ? NULL : strchr(open, '}');
    if (close == NULL)
        return has_glob(path) ? expand_glob(context, options, "/", path[0] == '/' ? path + 1 : path, found, list, error)
                              : list_path(context, options, path, found, list, error);
    WeirArena arena;
    WeirStatus status = WEIR_OK;
    weir_arena_init(&arena, NULL);
    for (const char *at = open + 1; at <= close && status == WEIR_OK;) {
        size_t length = strcspn(at, ",}");
        const char *one = weir_arena_printf(&arena, "%.*s%.*s%s", (int)(open - path), path, (int)length, at, close + 1);
        status = expand_braces(context, options, one, found, list, error);
        at += length + 1;
    }
    weir_arena_deinit(&arena);
    return status;
}

WeirStatus weir_list_files(const WeirConnectorContext *context, const WeirFileOptions *options, bool must_exist,
                           WeirFileList *list, WeirError *error)
{
    for (uint32_t i = 0; i < options->path_count; i++) {
        bool found = false;
        const char *path = options->paths[i];
        WEIR_TRY(expand_braces(context, options, path, &found, list, error));
        if (!found && must_exist && !has_glob(path)) {
            WeirArena arena;
            weir_arena_init(&arena, NULL);
            WeirStatus status =
                weir_error_set(error, WEIR_ERROR_PATH_NOT_FOUND, "path", weir_path_to_hadoop(path, &arena));
            weir_arena_deinit(&arena);
            return status;
        }
    }
    return WEIR_OK;
}
