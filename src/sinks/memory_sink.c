/* Rows of a query as a table of its session, named as the query (Spark: MemorySink). Complete mode replaces the table,
 * the others add to it; a batch that is run again replaces what it added. */
#include "sinks/collecting_sink.h"
#include "sinks/sinks.h"

struct WeirSink {
    WeirConnectorContext context;
};

static WeirStatus memory_open(const WeirConnectorContext *context, WeirSink **out, WeirError *error)
{
    if (context->query_name == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "queryName must be specified for memory sink");
    WeirSink *sink = weir_calloc(1, sizeof(*sink));
    sink->context = *context;
    *out = sink;
    return WEIR_OK;
}

static void memory_close(WeirSink *sink)
{
    weir_free(sink);
}
static void memory_describe(const WeirSink *sink, WeirBuffer *out)
{
    (void)sink;
    weir_buffer_append_text(out, "MemorySink");
}

static WeirStatus memory_open_writer(WeirSink *sink, int64_t epoch_id, uint32_t task_index, WeirWriter **writer,
                                     WeirError *error)
{
    const WeirConnectorSession *session = sink->context.session;
    (void)epoch_id, (void)task_index, (void)error;
    return weir_collecting_writer_new(session->memory, -1, writer); /* The rows outlive the query. */
}

static WeirStatus memory_commit_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                                      WeirError *error)
{
    WeirConnectorSession *session = sink->context.session;
    WEIR_ASSERT(count == 1);
    bool complete = strcmp(sink->context.output_mode, "complete") == 0;
    WeirStatus status = session->memory_write(session, sink->context.query_name, sink->context.schema, epoch_id,
                                              complete, writers[0]->batches, writers[0]->count, error);
    weir_collecting_writer_free(writers[0]);
    return status;
}

const WeirSinkType weir_memory_sink_type = {
    .name = "memory",
    .capabilities = WEIR_SINK_APPEND | WEIR_SINK_UPDATE | WEIR_SINK_COMPLETE | WEIR_SINK_TEMPORARY_CHECKPOINT |
                    WEIR_SINK_ORDERED | WEIR_SINK_V1 | WEIR_SINK_RESUMES_COMPLETE,
    .open = memory_open,
    .close = memory_close,
    .describe = memory_describe,
    .open_writer = memory_open_writer,
    .write_batch = weir_collecting_writer_write,
    .commit_task = weir_collecting_writer_commit,
    .commit_epoch = memory_commit_epoch,
    .abort_epoch = weir_collecting_sink_abort,
};
