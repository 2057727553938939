/* See simulated_query.h. */
#include "support/simulated_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session/session_private.h"

#define HANG_SECONDS 60u
#define FILE_BYTES_MAX ((size_t)16 << 20)

static bool append_text(void *context, const char *text, size_t length)
{
    WeirBuffer *rows = context;
    if (rows != NULL)
        weir_buffer_append(rows, text, length);
    return true;
}

static WeirStatus take_result(void *context, WeirResult *result, WeirError *error)
{
    return weir_result_write(result, WEIR_FORMAT_JSON, append_text, context, error);
}

static WeirStatus await_queries(WeirSession *session, WeirError *error)
{
    WeirStatus status = WEIR_OK;
    for (size_t i = 0; i < weir_session_query_count(session); i++) {
        WeirError failure = {0};
        if (weir_query_await(weir_session_query(session, i), -1, NULL, &failure) == WEIR_OK || status != WEIR_OK)
            continue;
        status = failure.status;
        weir_error_copy(error, &failure);
    }
    return status;
}

WeirStatus weir_simulated_query_run(WeirFileSystem *fs, const WeirSimulatedQuery *query, WeirBuffer *rows,
                                    WeirError *error)
{
    char threads[16];
    snprintf(threads, sizeof(threads), "%u", query->threads);
    const char *const conf[] = {
        "weir.threads", threads, "spark.sql.session.timeZone", "UTC", "spark.sql.shuffle.partitions", "2"};
    const WeirSessionOptions options = {
        .struct_bytes = sizeof(options), .conf = conf, .conf_count = sizeof(conf) / sizeof(conf[0])};
    WeirSession *session = NULL;
    WEIR_TRY(weir_session_open(&options, &session, error));
    (void)alarm(HANG_SECONDS);
    session->fs = fs;
    if (query->maintenance) {
        session->maintenance_clock = weir_system_clock_new();
        session->maintenance = weir_state_maintenance_new(session->maintenance_clock, 1);
    }
    WeirStatus status = weir_session_run(session, query->script, strlen(query->script), take_result, rows, error);
    WeirError failure = {0};
    WeirStatus ended = await_queries(session, &failure);
    weir_session_close(session);
    (void)alarm(0);
    if (status == WEIR_OK && ended != WEIR_OK) {
        weir_error_copy(error, &failure);
        status = ended;
    }
    return status;
}

/* ---- what the sink holds ---- */

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

void weir_sort_lines(WeirBuffer *text)
{
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    char *copy = weir_arena_strndup(&arena, weir_buffer_text(text), text->length);
    char **lines = weir_arena_alloc(&arena, (text->length + 1) * sizeof(char *)), *rest = copy;
    size_t count = 0;
    for (char *line = strtok_r(copy, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        lines[count++] = line;
    if (count > 1)
        qsort(lines, count, sizeof(char *), compare_texts);
    weir_buffer_clear(text);
    for (size_t i = 0; i < count; i++)
        weir_buffer_append_format(text, "%s\n", lines[i]);
    weir_arena_deinit(&arena);
}

static WeirStatus append_data_file(WeirFileSystem *fs, const char *entry, WeirArena *arena, WeirBuffer *lines,
                                   WeirError *error)
{
    static const char key[] = "\"path\":\"";
    const char *start = strstr(entry, key);
    if (start == NULL)
        return weir_error_format(error, WEIR_ERROR_INPUT_OUTPUT, "no path in %s", entry);
    start += sizeof(key) - 1;
    char *path = NULL;
    WEIR_TRY(weir_path_from_uri(weir_arena_strndup(arena, start, strcspn(start, "\"")), arena, &path, error));
    return weir_file_read_all(fs, path, FILE_BYTES_MAX, lines, error);
}

/* A log file: a line of version, then one of JSON a data file. */
static WeirStatus append_log_file(WeirFileSystem *fs, const char *path, WeirArena *arena, WeirBuffer *lines,
                                  WeirError *error)
{
    WeirBuffer log;
    weir_buffer_init(&log, 0, NULL);
    WeirStatus status = weir_file_read_all(fs, path, FILE_BYTES_MAX, &log, error);
    if (status == WEIR_OK) {
        char *text = weir_arena_strndup(arena, weir_buffer_text(&log), log.length), *rest = text;
        (void)strtok_r(text, "\n", &rest);
        for (char *entry = strtok_r(NULL, "\n", &rest); entry != NULL && status == WEIR_OK;
             entry = strtok_r(NULL, "\n", &rest))
            status = append_data_file(fs, entry, arena, lines, error);
    }
    weir_buffer_deinit(&log);
    return status;
}

static const char *name_of(const WeirFileStatus *entry)
{
    const char *slash = strrchr(entry->path, '/');
    return slash == NULL ? entry->path : slash + 1;
}

/* The batch of a log file's name, -1 for other names. */
static long log_id(const char *name, bool *compact)
{
    char *end = NULL;
    long id = strtol(name, &end, 10);
    *compact = strcmp(end, ".compact") == 0;
    return end == name || (*end != '\0' && !*compact) ? -1 : id;
}

WeirStatus weir_simulated_sink_lines(WeirFileSystem *fs, const char *directory, WeirBuffer *lines, WeirError *error)
{
    WeirArena arena;
    WeirFileStatus *entries = NULL;
    size_t count = 0;
    bool compact = false;
    long first = -1;
    weir_arena_init(&arena, NULL);
    WeirStatus status =
        fs->list(fs, weir_path_join(&arena, directory, "_spark_metadata"), &arena, &entries, &count, error);
    for (size_t i = 0; i < count; i++) {
        long id = log_id(name_of(&entries[i]), &compact);
        if (compact && id > first)
            first = id;
    }
    for (size_t i = 0; i < count && status == WEIR_OK; i++) {
        long id = log_id(name_of(&entries[i]), &compact);
        if (id > first || (id == first && compact))
            status = append_log_file(fs, entries[i].path, &arena, lines, error);
    }
    weir_arena_deinit(&arena);
    if (status == WEIR_OK)
        weir_sort_lines(lines);
    return status;
}

/* ---- files as they are ---- */

static int compare_entries(const void *left, const void *right)
{
    return strcmp(((const WeirFileStatus *)left)->path, ((const WeirFileStatus *)right)->path);
}

WeirStatus weir_simulated_files_append(WeirFileSystem *fs, const char *directory, const char *part, WeirBuffer *content,
                                       WeirError *error)
{
    WeirArena arena;
    WeirFileStatus *entries = NULL;
    size_t count = 0;
    weir_arena_init(&arena, NULL);
    WeirStatus status = fs->list(fs, directory, &arena, &entries, &count, error);
    if (status == WEIR_OK && count > 1)
        qsort(entries, count, sizeof(entries[0]), compare_entries);
    for (size_t i = 0; i < count && status == WEIR_OK; i++) {
        if (entries[i].is_directory) {
            status = weir_simulated_files_append(fs, entries[i].path, part, content, error);
        } else if (strstr(entries[i].path, part) != NULL) {
            weir_buffer_append_format(content, "\n%s %lld\n", entries[i].path, (long long)entries[i].size_bytes);
            status = weir_file_read_all(fs, entries[i].path, content->length + FILE_BYTES_MAX, content, error);
        }
    }
    weir_arena_deinit(&arena);
    return status;
}
