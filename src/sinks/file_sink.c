/* Files in a directory, exactly once (Spark: FileStreamSink, ManifestFileCommitProtocol): tasks write part files under
 * their final names, and only those that the log in _spark_metadata names belong to the output. A batch that the log
 * holds already is not written again. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "checkpoint/checkpoint.h"
#include "common/fault_point.h"
#include "sinks/file_sink_private.h"
#include "sinks/sinks.h"

static const char *const file_sink_options[] = {"path", "compression", "codec", "extension", "retention", NULL};

static const char *sink_option(void *context, const char *key)
{
    return weir_options_get(&((WeirSink *)context)->context.options, key);
}

/* ---- open ---- */

static WeirStatus find_partition_columns(WeirSink *sink, WeirError *error)
{
    const WeirSchema *schema = sink->context.schema;
    WeirField *data = WEIR_ARENA_ARRAY(&sink->arena, WeirField, schema->field_count + 1);
    uint32_t data_count = 0;
    sink->partition_columns = WEIR_ARENA_ARRAY(&sink->arena, uint32_t, sink->context.partition_name_count + 1);
    sink->data_columns = WEIR_ARENA_ARRAY(&sink->arena, uint32_t, schema->field_count + 1);
    for (uint32_t i = 0; i < sink->context.partition_name_count; i++) {
        int32_t at = weir_schema_find(schema, sink->context.partition_names[i], false);
        if (at < 0)
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1196,
                                     "Partition column %s is not among the columns of the query.",
                                     sink->context.partition_names[i]);
        if (weir_type_is_nested(schema->fields[at].type))
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                     "Cannot use a nested type for partition column %s.", schema->fields[at].name);
        sink->partition_columns[sink->partition_count++] = (uint32_t)at;
    }
    for (uint32_t i = 0; i < schema->field_count; i++) {
        bool is_partition = false;
        for (uint32_t k = 0; k < sink->partition_count; k++)
            is_partition = is_partition || sink->partition_columns[k] == i;
        if (!is_partition) {
            sink->data_columns[data_count] = i;
            data[data_count++] = schema->fields[i];
        }
    }
    sink->data_schema = weir_type_struct(&sink->arena, data, data_count);
    return WEIR_OK;
}

/* For ever where files of the log are not to be deleted. */
static int64_t log_cleanup_delay_ms(const WeirConnectorContext *context)
{
    if (!weir_connector_setting_bool(context, "spark.sql.streaming.fileSink.log.deletion", true))
        return INT64_MAX;
    return weir_connector_setting_ms(context, "spark.sql.streaming.fileSink.log.cleanupDelay", 600000);
}

/* Only CSV files may be called otherwise. */
static WeirStatus find_extension(WeirSink *sink, WeirError *error)
{
    const char *given =
        strcmp(sink->format->name, "csv") == 0 ? weir_options_get(&sink->context.options, "extension") : NULL;
    sink->extension = given == NULL ? sink->format->extension : given;
    bool good = given == NULL || strlen(given) == 3;
    for (const char *at = given; at != NULL && *at != '\0'; at++)
        good = good && isalpha((unsigned char)*at);
    return good ? WEIR_OK
                : weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_EXTENSION, "parameter", "`extension`",
                                 "functionName", "`csv`", "invalidValue", given);
}

static void file_sink_close(WeirSink *sink)
{
    if (sink == NULL)
        return;
    weir_compactible_log_close(sink->log);
    weir_arena_deinit(&sink->arena);
    weir_free(sink);
}

static WeirStatus open_log(WeirSink *sink, WeirError *error)
{
    const WeirConnectorContext *context = &sink->context;
    const char *directory = weir_path_join(&sink->arena, sink->path, "_spark_metadata");
    WEIR_TRY(context->fs->make_directories(context->fs, sink->path, context->durable, error));
    return weir_compactible_log_open(
        context->fs, directory, "sink_log", context->durable,
        (int32_t)weir_connector_setting_int(context, "spark.sql.streaming.fileSink.log.compactInterval", 10),
        log_cleanup_delay_ms(context),
        (int32_t)weir_connector_setting_int(context, "spark.sql.streaming.minBatchesToRetain", 100), context->clock,
        &sink->log, error);
}

static WeirStatus file_sink_open(const WeirConnectorContext *context, WeirSink **out, WeirError *error)
{
    WeirSink *sink = weir_calloc(1, sizeof(*sink));
    const char *path = weir_options_get(&context->options, "path");
    WeirStatus status;
    weir_arena_init(&sink->arena, NULL);
    sink->context = *context;
    sink->format = weir_format_find(context->format);
    sink->options = (WeirFormatOptions){sink_option, sink, context->conf, context->conf_context, context->zone};
    WEIR_ASSERT(sink->format != NULL);
    if (path == NULL) {
        status = weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2047,
                                   "'path' is not specified. Name the output directory with LOCATION or option path.");
        goto done;
    }
    WEIR_TRY_OR_GO(done, weir_format_codec(&sink->options, &sink->codec, error));
    if (sink->codec == WEIR_CODEC_NOT_BUILT) {
        status = weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                   "Writing with this compression is not built; gzip, deflate and zstd are.");
        goto done;
    }
    WEIR_TRY_OR_GO(done, find_extension(sink, error));
    WEIR_TRY_OR_GO(done, weir_path_from_uri(path, &sink->arena, &sink->path, error));
    WEIR_TRY_OR_GO(done, find_partition_columns(sink, error));
    WEIR_TRY_OR_GO(done, sink->format->check(&sink->options, sink->data_schema, true, error));
    WEIR_TRY_OR_GO(done, open_log(sink, error));
    *out = sink;
    sink = NULL;
done:
    file_sink_close(sink);
    return status;
}

static void file_sink_describe(const WeirSink *sink, WeirBuffer *out)
{
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    weir_buffer_append_format(out, "FileSink[%s]", weir_path_to_hadoop(sink->path, &arena));
    weir_arena_deinit(&arena);
}

static WeirStatus file_sink_last_committed(WeirSink *sink, int64_t *batch_id, WeirError *error)
{
    (void)error;
    *batch_id = weir_compactible_log_latest(sink->log);
    return WEIR_OK;
}

/* ---- epoch ---- */

static WeirStatus file_sink_open_writer(WeirSink *sink, int64_t epoch_id, uint32_t task_index, WeirWriter **out,
                                        WeirError *error)
{
    WeirWriter *writer = weir_calloc(1, sizeof(*writer));
    (void)error;
    writer->sink = sink;
    writer->epoch_id = epoch_id;
    writer->task_index = task_index;
    weir_arena_init(&writer->arena, NULL);
    /* Every task draws a name of its own; the shared generator is the driver's. */
    weir_random_init(&writer->random, 0);
    *out = writer;
    return WEIR_OK;
}

static void append_manifest_line(WeirSink *sink, const WeirPartFile *file, WeirArena *arena, const char **line)
{
    *line = weir_arena_printf(
        arena,
        "{\"path\":\"%s\",\"size\":%lld,\"isDir\":false,\"modificationTime\":%lld,\"blockReplication\":1,"
        "\"blockSize\":33554432,\"action\":\"add\"}",
        weir_path_to_uri(file->path, arena), (long long)file->size_bytes, (long long)file->modification_ms);
    (void)sink;
}

static WeirStatus write_manifest(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                                 WeirError *error)
{
    WeirArena arena;
    uint32_t file_count = 0, at = 0;
    weir_arena_init(&arena, sink->context.tracker);
    for (uint32_t i = 0; i < count; i++)
        file_count += writers[i]->file_count;
    const char **lines = WEIR_ARENA_ARRAY(&arena, const char *, file_count + 1);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < writers[i]->file_count; k++)
            append_manifest_line(sink, writers[i]->files[k], &arena, &lines[at++]);
    WeirStatus status = weir_compactible_log_add(sink->log, epoch_id, lines, file_count, error);
    weir_arena_deinit(&arena);
    return status;
}

/* The names of new files are durable only with their directories. */
static WeirStatus sync_directories(WeirSink *sink, WeirWriter *const *writers, uint32_t count, WeirError *error)
{
    if (!sink->context.durable)
        return WEIR_OK;
    const char *last = NULL;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < writers[i]->file_count; k++) {
            const char *directory = writers[i]->files[k]->directory;
            if (last != NULL && strcmp(last, directory) == 0)
                continue;
            WEIR_TRY(sink->context.fs->sync_directory(sink->context.fs, directory, error));
            last = directory;
        }
    }
    return WEIR_OK;
}

static void file_sink_abort_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count)
{
    (void)epoch_id;
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < writers[i]->file_count; k++)
            (void)(sink->context.fs->remove(sink->context.fs, writers[i]->files[k]->path, NULL) == WEIR_OK);
        weir_part_files_free(writers[i]);
    }
}

static WeirStatus file_sink_commit_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                                         WeirError *error)
{
    WeirStatus status = WEIR_FAULT_POINT("file_sink.before_manifest", error);
    if (status == WEIR_OK)
        status = sync_directories(sink, writers, count, error);
    if (status == WEIR_OK)
        status = write_manifest(sink, epoch_id, writers, count, error);
    if (status == WEIR_OK)
        status = WEIR_FAULT_POINT("file_sink.after_manifest", error);
    /* On failure the files stay: the log may hold them after all. */
    for (uint32_t i = 0; i < count; i++)
        weir_part_files_free(writers[i]);
    return status;
}

#define FILE_SINK(sink_name)                                                                                           \
    {                                                                                                                  \
        .name = sink_name, .capabilities = WEIR_SINK_APPEND | WEIR_SINK_ONE_FLOW | WEIR_SINK_V1,                       \
        .options = file_sink_options, .open = file_sink_open, .close = file_sink_close,                                \
        .describe = file_sink_describe, .last_committed = file_sink_last_committed,                                    \
        .open_writer = file_sink_open_writer, .write_batch = weir_part_files_write,                                    \
        .commit_task = weir_part_files_commit, .commit_epoch = file_sink_commit_epoch,                                 \
        .abort_epoch = file_sink_abort_epoch,                                                                          \
    }

const WeirSinkType weir_text_sink_type = FILE_SINK("text");
const WeirSinkType weir_json_sink_type = FILE_SINK("json");
const WeirSinkType weir_csv_sink_type = FILE_SINK("csv");
