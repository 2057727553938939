/* Options that all file sources share (streaming semantics §8). */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "columnar/value_parse.h"
#include "common/log.h"
#include "common/number_format.h"
#include "sources/file_source_private.h"

#define AGE_MAX_DEFAULT_MS INT64_C(604800000) /* 7 days */

static WeirStatus positive_option(const WeirOptions *options, const char *key, int64_t *value, WeirError *error)
{
    const char *text = weir_options_get(options, key);
    char *end = NULL;
    *value = 0;
    if (text == NULL)
        return WEIR_OK;
    *value = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || *value <= 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%s' for option '%s', must be a positive integer", text, key);
    return WEIR_OK;
}

static WeirStatus age_option(const WeirOptions *options, int64_t *age_ms, WeirError *error)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"", 1}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}};
    const char *text = weir_options_get(options, "maxFileAge");
    char *end = NULL;
    *age_ms = AGE_MAX_DEFAULT_MS;
    if (text == NULL)
        return WEIR_OK;
    long long value = strtoll(text, &end, 10);
    for (size_t i = 0; end != text && i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcasecmp(end, units[i].unit) == 0) {
            *age_ms = value * units[i].ms;
            return WEIR_OK;
        }
    }
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                             "Invalid value '%s' for option 'maxFileAge'. Write a time such as 7d.", text);
}

/* How listings are kept between batches: checked, but each batch lists anew. */
static WeirStatus check_cache_options(const WeirOptions *options, WeirError *error)
{
    const char *files = weir_options_get(options, "maxCachedFiles");
    const char *ratio = weir_options_get(options, "discardCachedInputRatio");
    char *end = NULL;
    if (files != NULL && (strtoll(files, &end, 10) < 0 || end == files || *end != '\0'))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%s' for option 'maxCachedFiles', must be an integer of at least 0",
                                 files);
    if (ratio == NULL)
        return WEIR_OK;
    double value = 0;
    if (!weir_parse_double(ratio, strlen(ratio), &value) || !(value >= 0.0 && value <= 1.0))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%s' for option 'discardCachedInputRatio', must be from 0.0 to 1.0",
                                 ratio);
    return WEIR_OK;
}

static WeirStatus modified_option(const WeirConnectorContext *context, const char *key, int64_t *limit_ms,
                                  WeirError *error)
{
    const char *text = weir_options_get(&context->options, key);
    const WeirTimeZone *zone = context->zone;
    const char *zone_name = weir_options_get(&context->options, "timeZone");
    int64_t micros;
    if (text == NULL)
        return WEIR_OK;
    if (zone_name != NULL)
        WEIR_TRY(weir_time_zone_find(zone_name, &zone, error));
    if (!weir_string_to_timestamp(text, strlen(text), zone, 0, &micros))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1294,
                                 "'%s' is no timestamp for the option %s. Write one as 2024-01-31T12:00:00.", text,
                                 key);
    *limit_ms = micros / 1000;
    return WEIR_OK;
}

static WeirStatus absolute_path(const char *text, WeirArena *arena, const char **out, WeirError *error)
{
    char *path = NULL;
    WEIR_TRY(weir_path_from_uri(text, arena, &path, error));
    char *absolute = path;
    if (path[0] != '/') {
        char *directory = getcwd(NULL, 0);
        if (directory == NULL)
            return weir_error_format(error, WEIR_ERROR_INPUT_OUTPUT,
                                     "The working directory is gone; %s cannot be found from it.", path);
        absolute = weir_path_join(arena, directory, path);
        free(directory);
    }
    size_t length = strlen(absolute);
    while (length > 1 && absolute[length - 1] == '/')
        absolute[--length] = '\0';
    *out = absolute;
    return WEIR_OK;
}

/* The two paths agree, directory by directory, as deep as the shorter one goes; the source's may hold globs. */
static bool archive_is_inside(const char *source, const char *archive)
{
    char part[512], other[512];
    while (*source != '\0' && *archive != '\0') {
        size_t length = strcspn(++source, "/"), other_length = strcspn(++archive, "/");
        if (length >= sizeof(part) || other_length >= sizeof(other))
            return false;
        snprintf(part, sizeof(part), "%.*s", (int)length, source);
        snprintf(other, sizeof(other), "%.*s", (int)other_length, archive);
        if (fnmatch(part, other, 0) != 0)
            return false;
        source += length;
        archive += other_length;
    }
    return true;
}

static WeirStatus clean_option(const WeirConnectorContext *context, WeirArena *arena, WeirFileOptions *options,
                               WeirError *error)
{
    const char *text = weir_options_get(&context->options, "cleanSource");
    const char *archive = weir_options_get(&context->options, "sourceArchiveDir");
    if (text == NULL || strcasecmp(text, "off") == 0)
        return WEIR_OK;
    if (strcasecmp(text, "delete") == 0) {
        options->clean = WEIR_CLEAN_DELETE;
        return WEIR_OK;
    }
    if (strcasecmp(text, "archive") != 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid mode for clean source option %s. Must be one of archive, delete, off", text);
    if (archive == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Archive mode must be used with 'sourceArchiveDir' option.");
    options->clean = WEIR_CLEAN_ARCHIVE;
    WEIR_TRY(absolute_path(archive, arena, &options->archive_directory, error));
    if (archive_is_inside(options->paths[0], options->archive_directory))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "requirement failed: sourceArchiveDir %s could match the source's path, so that "
                                 "archived files would be read "
                                 "again. Choose a directory beside it.",
                                 options->archive_directory);
    return WEIR_OK;
}

static WeirStatus streaming_options(const WeirConnectorContext *context, WeirArena *arena, WeirFileOptions *options,
                                    WeirError *error)
{
    static const char *const refused[] = {"modifiedBefore", "modifiedAfter"};
    const WeirOptions *given = &context->options;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (weir_options_get(given, refused[i]) != NULL)
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                     "option '%s' is not allowed in file stream sources", refused[i]);
    WEIR_TRY(positive_option(given, "maxFilesPerTrigger", &options->files_max, error));
    WEIR_TRY(positive_option(given, "maxBytesPerTrigger", &options->bytes_max, error));
    if (options->files_max > 0 && options->bytes_max > 0)
        return weir_error_format(
            error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
            "Options 'maxFilesPerTrigger' and 'maxBytesPerTrigger' can't be both set at the same time");
    WEIR_TRY(weir_options_bool(given, "latestFirst", false, &options->latest_first, error));
    WEIR_TRY(weir_options_bool(given, "fileNameOnly", false, &options->file_name_only, error));
    WEIR_TRY(age_option(given, &options->age_max_ms, error));
    WEIR_TRY(check_cache_options(given, error));
    /* With the newest first and a limit, old files would never have their turn. */
    if (options->latest_first && (options->files_max > 0 || options->bytes_max > 0))
        options->age_max_ms = INT64_MAX;
    return clean_option(context, arena, options, error);
}

/* A folder that holds the path: the names of the folders between are partition columns. */
static WeirStatus base_option(const WeirConnectorContext *context, WeirArena *arena, WeirFileOptions *options,
                              WeirError *error)
{
    const char *text = weir_options_get(&context->options, "basePath");
    bool exists = false;
    WeirFileStatus file = {0};
    if (text == NULL)
        return WEIR_OK;
    WEIR_TRY(absolute_path(text, arena, &options->base_path, error));
    WEIR_TRY(context->fs->status(context->fs, options->base_path, arena, &exists, &file, error));
    if (!exists || !file.is_directory)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Option 'basePath' not found: %s is no folder.", options->base_path);
    size_t length = strlen(options->base_path);
    if (strncmp(options->paths[0], options->base_path, length) != 0 ||
        (length > 1 && options->paths[0][length] != '/' && options->paths[0][length] != '\0'))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "Wrong basePath %s: it does not hold %s.",
                                 options->base_path, options->paths[0]);
    return WEIR_OK;
}

WeirStatus weir_file_options(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                             WeirFileOptions *options, WeirError *error)
{
    const char *path = weir_options_get(&context->options, "path");
    *options = (WeirFileOptions){
        .age_max_ms = AGE_MAX_DEFAULT_MS, .modified_after_ms = INT64_MIN, .modified_before_ms = INT64_MAX};
    if (path == NULL)
        return streaming ? weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2047, "'path' is not specified")
                         : weir_error_set(error, WEIR_ERROR_UNABLE_TO_INFER_SCHEMA, "format", context->format);
    const char **paths = WEIR_ARENA_ARRAY(arena, const char *, 1);
    WEIR_TRY(absolute_path(path, arena, &paths[0], error));
    options->paths = paths;
    options->path_count = 1;
    WEIR_TRY(base_option(context, arena, options, error));
    options->glob_filter = weir_options_get(&context->options, "pathGlobFilter");
    WEIR_TRY(weir_options_bool(&context->options, "recursiveFileLookup", false, &options->recursive, error));
    bool missing = weir_connector_setting_bool(context, "spark.sql.files.ignoreMissingFiles", false);
    bool corrupt = weir_connector_setting_bool(context, "spark.sql.files.ignoreCorruptFiles", false);
    WEIR_TRY(
        weir_options_bool(&context->options, "ignoreMissingFiles", missing, &options->ignore_missing_files, error));
    WEIR_TRY(
        weir_options_bool(&context->options, "ignoreCorruptFiles", corrupt, &options->ignore_corrupt_files, error));
    if (streaming)
        return streaming_options(context, arena, options, error);
    WEIR_TRY(modified_option(context, "modifiedAfter", &options->modified_after_ms, error));
    return modified_option(context, "modifiedBefore", &options->modified_before_ms, error);
}
