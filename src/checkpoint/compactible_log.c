/* The log of a file source or file sink (Spark: CompactibleFileStreamLog): one file an id, and every `interval`-th id
 * in a file <id>.compact that carries the entries of all before it. The directory is listed once, when it is opened;
 * then the log remembers which files are there, so that adding and deleting expired files list nothing. */
#include "checkpoint/checkpoint_private.h"

#include <inttypes.h>
#include <stdlib.h>

#define COMPACT_SUFFIX ".compact"
#define COPY_BYTES 262144u
#define REMOVALS_MAX 64 /* in one add: a backlog of expired files must not stall a batch */
#define LOG_VERSION 1

typedef struct LogFile {
    int64_t id;
    int64_t modification_ms;
    bool compact;
} LogFile;

struct WeirCompactibleLog {
    WeirFileSystem *fs;
    char *directory;
    const char *fault_name;
    bool durable;
    int64_t interval;
    int64_t cleanup_delay_ms;
    int64_t batches_to_retain;
    WeirClock *clock;
    int64_t latest;
    LogFile *files; /* a queue by id: files[first .. first + count) */
    size_t first, count, capacity;
    char **temporaries; /* paths that crashes have left; a reader of the log leaves them alone */
    size_t temporary_count;
    WeirLogEntryFilter keep;
    void *keep_context;
};

static bool is_compaction(const WeirCompactibleLog *log, int64_t id)
{
    return (id + 1) % log->interval == 0;
}

static char *path_of(const WeirCompactibleLog *log, int64_t id)
{
    return weir_log_id_path(log->directory, id, is_compaction(log, id) ? COMPACT_SUFFIX : "");
}

static void remember(WeirCompactibleLog *log, LogFile file)
{
    if (log->first + log->count == log->capacity) {
        if (log->first >= log->count && log->first > 0) {
            memmove(log->files, log->files + log->first, log->count * sizeof *log->files);
            log->first = 0;
        } else {
            log->capacity = log->capacity == 0 ? 32 : log->capacity * 2;
            log->files = weir_realloc(log->files, log->capacity * sizeof *log->files);
        }
    }
    log->files[log->first + log->count++] = file;
    if (file.id > log->latest)
        log->latest = file.id;
}

static int compare_files(const void *a, const void *b)
{
    const LogFile *x = a, *y = b;
    return x->id != y->id ? (x->id > y->id) - (x->id < y->id) : (int)x->compact - (int)y->compact;
}

/* Spark's rule for one .compact file under a changed setting: the smallest divisor of (id + 1) that is at least the
 * setting. */
static int64_t derive_interval(int64_t setting, int64_t compact_id)
{
    if (compact_id + 1 <= setting)
        return compact_id + 1;
    if (setting < (compact_id + 1) / 2) {
        for (int64_t divisor = setting; divisor <= (compact_id + 1) / 2; divisor++)
            if ((compact_id + 1) % divisor == 0)
                return divisor;
    }
    return compact_id + 1;
}

static int64_t interval_of_files(const WeirCompactibleLog *log, int64_t setting)
{
    int64_t latest = -1, previous = -1;
    for (size_t i = 0; i < log->count; i++) {
        if (log->files[log->first + i].compact) {
            previous = latest;
            latest = log->files[log->first + i].id;
        }
    }
    if (latest < 0)
        return setting;
    return previous >= 0 ? latest - previous : derive_interval(setting, latest);
}

static void remember_temporary(WeirCompactibleLog *log, const char *path)
{
    log->temporaries = weir_realloc(log->temporaries, (log->temporary_count + 1) * sizeof *log->temporaries);
    log->temporaries[log->temporary_count++] = weir_strdup(path);
}

/* Those of ids that are written now; the others may be another writer's. */
static WeirStatus remove_temporaries(WeirCompactibleLog *log, int64_t id, WeirError *error)
{
    WeirStatus status = WEIR_OK;
    for (size_t i = 0; i < log->temporary_count; i++) {
        if (status == WEIR_OK && weir_log_temporary_id(weir_path_name(log->temporaries[i])) <= id)
            status = weir_checkpoint_file_remove(log->fs, log->temporaries[i], error);
        weir_free(log->temporaries[i]);
    }
    weir_free(log->temporaries);
    log->temporaries = NULL;
    log->temporary_count = 0;
    return status;
}

static WeirStatus list_files(WeirCompactibleLog *log, WeirError *error)
{
    WeirArena *arena = weir_arena_new(NULL);
    WeirFileStatus *entries;
    size_t count = 0;
    WeirStatus status = log->fs->list(log->fs, log->directory, arena, &entries, &count, error);
    for (size_t i = 0; i < count; i++) {
        LogFile file = {.modification_ms = entries[i].modification_ms};
        const char *name = weir_path_name(entries[i].path);
        file.compact = weir_log_parse_id(name, COMPACT_SUFFIX, &file.id);
        if (!entries[i].is_directory && (file.compact || weir_log_parse_id(name, "", &file.id)))
            remember(log, file);
        else if (!entries[i].is_directory && weir_log_temporary_id(name) >= 0)
            remember_temporary(log, entries[i].path);
    }
    if (log->count > 0)
        qsort(log->files + log->first, log->count, sizeof *log->files, compare_files);
    weir_arena_free(arena);
    return status;
}

WeirStatus weir_compactible_log_open(WeirFileSystem *fs, const char *directory, const char *fault_name, bool durable,
                                     int32_t compact_interval, int64_t cleanup_delay_ms, int32_t batches_to_retain,
                                     WeirClock *clock, WeirCompactibleLog **log, WeirError *error)
{
    WEIR_ASSERT(compact_interval > 0);
    WEIR_TRY(weir_log_directory_open(fs, directory, durable, error));
    WeirCompactibleLog *opened = weir_calloc(1, sizeof *opened);
    *opened = (WeirCompactibleLog){.fs = fs,
                                   .directory = weir_strdup(directory),
                                   .fault_name = fault_name,
                                   .durable = durable,
                                   .cleanup_delay_ms = cleanup_delay_ms,
                                   .batches_to_retain = batches_to_retain,
                                   .clock = clock,
                                   .latest = -1};
    WeirStatus status = list_files(opened, error);
    if (status != WEIR_OK) {
        weir_compactible_log_close(opened);
        return status;
    }
    opened->interval = interval_of_files(opened, compact_interval);
    *log = opened;
    return WEIR_OK;
}

void weir_compactible_log_close(WeirCompactibleLog *log)
{
    if (log == NULL)
        return;
    for (size_t i = 0; i < log->temporary_count; i++)
        weir_free(log->temporaries[i]);
    weir_free(log->temporaries);
    weir_free(log->files);
    weir_free(log->directory);
    weir_free(log);
}

void weir_compactible_log_set_filter(WeirCompactibleLog *log, WeirLogEntryFilter keep, void *context)
{
    log->keep = keep;
    log->keep_context = context;
}

int64_t weir_compactible_log_latest(const WeirCompactibleLog *log)
{
    return log->latest;
}

/* Append the lines that are kept; `text` is the part of a log file after its version. */
static WeirStatus append_kept(WeirCompactibleLog *log, WeirAtomicFile *output, const char *text, size_t text_length,
                              WeirError *error)
{
    WeirLineReader lines = weir_line_reader(text, text_length);
    const char *line;
    size_t length;
    while (weir_line_reader_next(&lines, &line, &length)) {
        if (length == 0 || (log->keep != NULL && !log->keep(log->keep_context, line, length)))
            continue;
        WEIR_TRY(weir_atomic_file_append(output, "\n", 1, error));
        WEIR_TRY(weir_atomic_file_append(output, line, length, error));
    }
    return WEIR_OK;
}

/* The bytes after the version line go over as they are: "\nline\nline". A file that ends in a line end (weir and Spark
 * write none) takes the way line by line, like one that a filter looks at. */
static WeirStatus copy_entries(WeirCompactibleLog *log, WeirFile *file, const char *path, WeirAtomicFile *output,
                               WeirError *error)
{
    char start[16], last;
    size_t got;
    int64_t bytes;
    int32_t version;
    WEIR_TRY(log->fs->size(file, &bytes, error));
    WEIR_TRY(log->fs->read_at(file, 0, start, sizeof start, &got, error));
    WeirLineReader lines = weir_line_reader(start, got);
    WEIR_TRY(weir_log_read_version(&lines, LOG_VERSION, path, &version, error));
    if (bytes <= 2) /* No entries: a batch may bring no files. */
        return WEIR_OK;
    WEIR_TRY(log->fs->read_at(file, bytes - 1, &last, 1, &got, error));
    bool plain = log->keep == NULL && start[2] == '\n' && got == 1 && last != '\n' && last != '\r';
    WeirBuffer buffer;
    weir_buffer_init(&buffer, WEIR_LOG_FILE_BYTES_MAX, NULL);
    WeirStatus status = WEIR_OK;
    if (!plain) {
        WEIR_TRY_OR_GO(done, weir_file_read_all(log->fs, path, WEIR_LOG_FILE_BYTES_MAX, &buffer, error));
        lines = weir_line_reader(weir_buffer_text(&buffer), buffer.length);
        WEIR_TRY_OR_GO(done, weir_log_read_version(&lines, LOG_VERSION, path, &version, error));
        status = append_kept(log, output, lines.next, (size_t)(lines.end - lines.next), error);
        goto done;
    }
    if (!weir_buffer_reserve(&buffer, COPY_BYTES))
        WEIR_TRY_OR_GO(done, weir_buffer_check(&buffer, error));
    for (int64_t offset = 2; offset < bytes; offset += (int64_t)got) {
        WEIR_TRY_OR_GO(done, log->fs->read_at(file, offset, buffer.data, COPY_BYTES, &got, error));
        if (got == 0)
            break;
        WEIR_TRY_OR_GO(done, weir_atomic_file_append(output, buffer.data, got, error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

static WeirStatus missing_file(const char *path, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_BATCH_METADATA_NOT_FOUND, "batchMetadataFile", path);
}

static WeirStatus copy_file(WeirCompactibleLog *log, int64_t id, WeirAtomicFile *output, WeirError *error)
{
    char *path = path_of(log, id);
    WeirFile *file = NULL;
    WeirStatus status = log->fs->open_read(log->fs, path, &file, error);
    if (status == WEIR_ERROR_PATH_NOT_FOUND)
        status = missing_file(path, error);
    else if (status == WEIR_OK)
        status = copy_entries(log, file, path, output, error);
    log->fs->close(file);
    weir_free(path);
    return status;
}

static WeirStatus write_file(WeirCompactibleLog *log, int64_t id, const char *const *lines, uint32_t count,
                             WeirError *error)
{
    char *path = path_of(log, id);
    WeirAtomicFile *file = NULL;
    WeirBuffer own;
    weir_buffer_init(&own, WEIR_LOG_FILE_BYTES_MAX, NULL);
    bool compact = is_compaction(log, id);
    for (uint32_t i = 0; i < count; i++) {
        WEIR_ASSERT(strpbrk(lines[i], "\r\n") == NULL);
        if (compact && log->keep != NULL && !log->keep(log->keep_context, lines[i], strlen(lines[i])))
            continue;
        weir_buffer_append_char(&own, '\n');
        weir_buffer_append_text(&own, lines[i]);
    }
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_buffer_check(&own, error));
    WEIR_TRY_OR_GO(done, weir_atomic_file_open(log->fs, path, WEIR_RENAME_CREATE_ONLY, log->durable, log->fault_name,
                                               &file, error));
    WEIR_TRY_OR_GO(done, weir_atomic_file_append(file, "v1", 2, error));
    for (int64_t before = id < log->interval ? 0 : id - log->interval; compact && before < id; before++)
        WEIR_TRY_OR_GO(done, copy_file(log, before, file, error));
    WEIR_TRY_OR_GO(done, weir_atomic_file_append(file, own.data, own.length, error));
    status = weir_atomic_file_publish(file, error);
done:
    weir_atomic_file_close(file);
    weir_buffer_deinit(&own);
    weir_free(path);
    return status;
}

/* Spark: deleteExpiredLog. What lies before the compaction that still leaves `batches_to_retain` batches goes, once it
 * is old enough for readers that list slowly. */
static WeirStatus remove_expired(WeirCompactibleLog *log, int64_t id, WeirError *error)
{
    int64_t first_retained = id + 1 - log->batches_to_retain;
    if (log->interval > first_retained)
        return WEIR_OK;
    int64_t compaction = first_retained - first_retained % log->interval - 1;
    int64_t expired_ms = weir_clock_now_ms(log->clock) - log->cleanup_delay_ms;
    for (int removed = 0; removed < REMOVALS_MAX && log->count > 0; removed++) {
        LogFile *file = &log->files[log->first];
        if (file->id >= compaction || file->modification_ms > expired_ms)
            break;
        char *path = weir_log_id_path(log->directory, file->id, file->compact ? COMPACT_SUFFIX : "");
        WeirStatus status = weir_checkpoint_file_remove(log->fs, path, error);
        weir_free(path);
        WEIR_TRY(status);
        log->first++;
        log->count--;
    }
    return WEIR_OK;
}

WeirStatus weir_compactible_log_add(WeirCompactibleLog *log, int64_t id, const char *const *lines, uint32_t count,
                                    WeirError *error)
{
    WEIR_ASSERT(id >= 0);
    WEIR_TRY(weir_log_concurrent_update(write_file(log, id, lines, count, error), id, error));
    remember(log, (LogFile){id, weir_clock_now_ms(log->clock), is_compaction(log, id)});
    WEIR_TRY(remove_temporaries(log, id, error));
    return remove_expired(log, id, error);
}

/* Append the entries of one file to `lines`. */
static WeirStatus read_entries(WeirCompactibleLog *log, int64_t id, bool filtered, WeirArena *arena, WeirBuffer *lines,
                               bool *found, WeirError *error)
{
    char *path = path_of(log, id);
    WeirBuffer text;
    weir_buffer_init(&text, WEIR_LOG_FILE_BYTES_MAX, NULL);
    WeirStatus status;
    WEIR_TRY_OR_GO(done, weir_log_read_file(log->fs, path, &text, found, error));
    if (!*found)
        goto done;
    void *copy;
    WEIR_TRY_OR_GO(done, weir_arena_try_alloc(arena, text.length + 1, &copy, error));
    memcpy(copy, weir_buffer_text(&text), text.length + 1);
    WeirLineReader reader = weir_line_reader(copy, text.length);
    int32_t version;
    WEIR_TRY_OR_GO(done, weir_log_read_version(&reader, LOG_VERSION, path, &version, error));
    const char *line;
    size_t length;
    while (weir_line_reader_next(&reader, &line, &length)) {
        if (length == 0 || (filtered && log->keep != NULL && !log->keep(log->keep_context, line, length)))
            continue;
        ((char *)copy)[(size_t)(line - (char *)copy) + length] = '\0'; /* Its line end, or the zero after the text. */
        weir_buffer_append(lines, &line, sizeof line);
    }
    status = weir_buffer_check(lines, error);
done:
    weir_buffer_deinit(&text);
    weir_free(path);
    return status;
}

static WeirStatus take_lines(WeirBuffer *buffer, WeirArena *arena, const char ***lines, uint32_t *count,
                             WeirError *error)
{
    void *array;
    WEIR_TRY(weir_arena_try_alloc(arena, buffer->length + sizeof(char *), &array, error));
    if (buffer->length > 0)
        memcpy(array, buffer->data, buffer->length);
    *lines = array;
    *count = (uint32_t)(buffer->length / sizeof(char *));
    return WEIR_OK;
}

WeirStatus weir_compactible_log_get(WeirCompactibleLog *log, int64_t id, WeirArena *arena, const char ***lines,
                                    uint32_t *count, bool *compacted, bool *found, WeirError *error)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    *compacted = is_compaction(log, id);
    WeirStatus status = read_entries(log, id, false, arena, &buffer, found, error);
    if (status == WEIR_OK)
        status = take_lines(&buffer, arena, lines, count, error);
    weir_buffer_deinit(&buffer);
    return status;
}

WeirStatus weir_compactible_log_all(WeirCompactibleLog *log, WeirArena *arena, const char ***lines, uint32_t *count,
                                    WeirError *error)
{
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    int64_t start = (log->latest + 1) / log->interval * log->interval - 1;
    WeirStatus status = WEIR_OK;
    for (int64_t id = start < 0 ? 0 : start; id <= log->latest; id++) {
        bool found;
        WEIR_TRY_OR_GO(done, read_entries(log, id, true, arena, &buffer, &found, error));
        if (!found) {
            char *path = path_of(log, id);
            status = weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                       "The log file %s does not exist (latest id %" PRId64
                                       ", compact interval %" PRId64 ").",
                                       path, log->latest, log->interval);
            weir_free(path);
            goto done;
        }
    }
    status = take_lines(&buffer, arena, lines, count, error);
done:
    weir_buffer_deinit(&buffer);
    return status;
}
