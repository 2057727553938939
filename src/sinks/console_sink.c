/* Each batch as a table on the console, in Spark's layout (Spark: ConsoleWrite; streaming semantics §6.1). */
#include "columnar/value_text.h"
#include "sinks/collecting_sink.h"
#include "sinks/sinks.h"

#define RULE "-------------------------------------------\n"
#define TRUNCATED_WIDTH 20

struct WeirSink {
    WeirConnectorContext context;
    int64_t rows_max;
    bool truncate;
};

static const char *const console_options[] = {"numRows", "truncate", NULL};

static WeirStatus console_open(const WeirConnectorContext *context, WeirSink **out, WeirError *error)
{
    int64_t rows_max;
    bool truncate;
    WEIR_TRY(weir_options_int(&context->options, "numRows", 20, &rows_max, error));
    if (weir_options_bool(&context->options, "truncate", true, &truncate, NULL) != WEIR_OK)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_3206,
                                 "%s is not a boolean string. truncate takes true or false.",
                                 weir_options_get(&context->options, "truncate"));
    WeirSink *sink = weir_calloc(1, sizeof(*sink));
    *sink = (WeirSink){.context = *context, .rows_max = rows_max < 0 ? 0 : rows_max, .truncate = truncate};
    *out = sink;
    return WEIR_OK;
}

static void console_close(WeirSink *sink)
{
    weir_free(sink);
}

static void console_describe(const WeirSink *sink, WeirBuffer *out)
{
    /* Spark shows the object's identity; any hexadecimal number will do. */
    weir_buffer_append_format(out, "org.apache.spark.sql.execution.streaming.ConsoleTable$@%x",
                              (unsigned)((uintptr_t)sink & 0xffffffffu));
}

static WeirStatus console_open_writer(WeirSink *sink, int64_t epoch_id, uint32_t task_index, WeirWriter **writer,
                                      WeirError *error)
{
    (void)epoch_id, (void)task_index, (void)error;
    return weir_collecting_writer_new(sink->context.tracker, sink->rows_max + 1, writer);
}

static WeirStatus console_commit_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                                       WeirError *error)
{
    WeirWriter *writer = count == 0 ? NULL : writers[0];
    WeirConnectorSession *session = sink->context.session;
    WeirBuffer text;
    WEIR_ASSERT(count <= 1);
    weir_buffer_init(&text, 0, sink->context.tracker);
    weir_buffer_append_format(&text, "%sBatch: %lld\n%s", RULE, (long long)epoch_id, RULE);
    weir_show_table(sink->context.schema, writer == NULL ? NULL : writer->batches, writer == NULL ? 0 : writer->count,
                    sink->rows_max, sink->truncate ? TRUNCATED_WIDTH : 0, sink->context.zone, &text);
    WeirStatus status = weir_buffer_check(&text, error);
    if (status == WEIR_OK)
        status = session->console_write(session, weir_buffer_text(&text), text.length, error);
    weir_buffer_deinit(&text);
    weir_collecting_writer_free(writer);
    return status;
}

const WeirSinkType weir_console_sink_type = {
    .name = "console",
    .capabilities =
        WEIR_SINK_APPEND | WEIR_SINK_UPDATE | WEIR_SINK_COMPLETE | WEIR_SINK_TEMPORARY_CHECKPOINT | WEIR_SINK_ORDERED,
    .options = console_options,
    .open = console_open,
    .close = console_close,
    .describe = console_describe,
    .open_writer = console_open_writer,
    .write_batch = weir_collecting_writer_write,
    .commit_task = weir_collecting_writer_commit,
    .commit_epoch = console_commit_epoch,
    .abort_epoch = weir_collecting_sink_abort,
};
