/* What all log files have in common: names that are ids, a version line, lines; and the errors that name the file. */
#include "checkpoint/checkpoint_private.h"

#include <inttypes.h>
#include <stdio.h>

char *weir_log_path(const char *directory, const char *name)
{
    size_t directory_length = strlen(directory), name_length = strlen(name);
    char *path = weir_malloc(directory_length + name_length + 2);
    memcpy(path, directory, directory_length);
    path[directory_length] = '/';
    memcpy(path + directory_length + 1, name, name_length + 1);
    return path;
}

char *weir_log_id_path(const char *directory, int64_t id, const char *suffix)
{
    char name[64];
    int length = snprintf(name, sizeof name, "%" PRId64 "%s", id, suffix);
    WEIR_ASSERT(length > 0 && (size_t)length < sizeof name);
    return weir_log_path(directory, name);
}

const char *weir_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

bool weir_log_parse_id(const char *name, const char *suffix, int64_t *id)
{
    size_t length = strlen(name), suffix_length = strlen(suffix);
    if (length <= suffix_length || strcmp(name + length - suffix_length, suffix) != 0)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < length - suffix_length; i++) {
        if (name[i] < '0' || name[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, name[i] - '0', &value))
            return false;
    }
    *id = value;
    return true;
}

int64_t weir_log_temporary_id(const char *name)
{
    size_t length = strlen(name);
    if (name[0] != '.' || length < 5 || strcmp(name + length - 4, ".tmp") != 0)
        return -1;
    char digits[24];
    size_t count = strspn(name + 1, "0123456789");
    if (count >= sizeof digits || name[1 + count] != '.')
        return -1;
    memcpy(digits, name + 1, count);
    digits[count] = '\0';
    int64_t id;
    return weir_log_parse_id(digits, "", &id) ? id : -1;
}

bool weir_line_reader_next(WeirLineReader *reader, const char **line, size_t *length)
{
    if (reader->next == reader->end)
        return false;
    const char *at = reader->next;
    while (at < reader->end && *at != '\n' && *at != '\r')
        at++;
    *line = reader->next;
    *length = (size_t)(at - reader->next);
    if (at < reader->end)
        at += at[0] == '\r' && at + 1 < reader->end && at[1] == '\n' ? 2 : 1;
    reader->next = at;
    return true;
}

WeirStatus weir_log_malformed(const char *path, const char *reason, WeirError *error)
{
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The log file %s is malformed: %s.", path,
                             reason);
}

static WeirStatus bad_version(const char *path, const char *line, size_t length, WeirError *error)
{
    return weir_error_format(error, WEIR_ERROR_MALFORMED_LOG_FILE,
                             "The log file %s is malformed: its first line \"%.*s\" is not a version.", path,
                             (int)(length < 64 ? length : 64), line);
}

WeirStatus weir_log_read_version(WeirLineReader *reader, int32_t supported, const char *path, int32_t *version,
                                 WeirError *error)
{
    const char *line;
    size_t length;
    if (!weir_line_reader_next(reader, &line, &length))
        return weir_log_malformed(path, "it is empty", error);
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    int64_t value = 0;
    bool good = length >= 2 && length <= 11 && line[0] == 'v';
    for (size_t i = 1; good && i < length; i++) {
        good = line[i] >= '0' && line[i] <= '9';
        value = value * 10 + (line[i] - '0');
    }
    if (!good || value <= 0 || value > INT32_MAX)
        return bad_version(path, line, length, error);
    if (value > supported)
        return weir_error_format(
            error, WEIR_ERROR_INVALID_LOG_VERSION_MAX_SUPPORTED_VERSION,
            "The log file %s has version v%d, which a newer program wrote: v%d is the highest that is read.", path,
            (int)value, supported);
    *version = (int32_t)value;
    return WEIR_OK;
}

WeirStatus weir_log_read_file(WeirFileSystem *fs, const char *path, WeirBuffer *content, bool *found, WeirError *error)
{
    WeirStatus status = weir_file_read_all(fs, path, WEIR_LOG_FILE_BYTES_MAX, content, error);
    *found = status == WEIR_OK;
    if (status != WEIR_ERROR_PATH_NOT_FOUND)
        return status;
    weir_error_clear(error);
    return WEIR_OK;
}

void weir_log_remove_checksum(WeirFileSystem *fs, const char *path)
{
    const char *name = weir_path_name(path);
    size_t directory_length = (size_t)(name - path), name_length = strlen(name);
    char *checksum = weir_malloc(directory_length + name_length + 6);
    memcpy(checksum, path, directory_length);
    checksum[directory_length] = '.';
    memcpy(checksum + directory_length + 1, name, name_length);
    memcpy(checksum + directory_length + 1 + name_length, ".crc", 5);
    (void)fs->remove(fs, checksum, NULL); /* Seldom there; and a stale one does no harm to Spark (semantics §2.1). */
    weir_free(checksum);
}

WeirStatus weir_log_concurrent_update(WeirStatus status, int64_t batch_id, WeirError *error)
{
    if (status != WEIR_ERROR_FILE_ALREADY_EXISTS)
        return status;
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, batch_id);
    return weir_error_set(error, WEIR_ERROR_CONCURRENT_STREAM_LOG_UPDATE, "batchId", text);
}
