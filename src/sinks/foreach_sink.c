/* foreach and foreachBatch: rows go to functions that the program registered with its session (Spark:
 * ForeachWriterTable, ForeachBatchSink). */
#include "sinks/collecting_sink.h"
#include "sinks/sinks.h"

struct WeirSink {
    WeirConnectorContext context;
};

static WeirStatus foreach_open(const WeirConnectorContext *context, WeirSink **out, WeirError *error)
{
    (void)error;
    WeirSink *sink = weir_calloc(1, sizeof(*sink));
    sink->context = *context;
    *out = sink;
    return WEIR_OK;
}

static void foreach_close(WeirSink *sink)
{
    weir_free(sink);
}

static void foreach_describe(const WeirSink *sink, WeirBuffer *out)
{
    weir_buffer_append_text(out,
                            strcmp(sink->context.format, "foreach") == 0 ? "ForeachWriterTable" : "ForeachBatchSink");
}

static WeirStatus foreach_open_writer(WeirSink *sink, int64_t epoch_id, uint32_t task_index, WeirWriter **writer,
                                      WeirError *error)
{
    (void)epoch_id, (void)task_index, (void)error;
    return weir_collecting_writer_new(sink->context.tracker, -1, writer);
}

static WeirStatus foreach_commit_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                                       WeirError *error)
{
    WeirConnectorSession *session = sink->context.session;
    WEIR_ASSERT(count == 1);
    WeirStatus status =
        session->foreach_batch(session, sink->context.query_name, sink->context.schema, sink->context.zone, epoch_id,
                               writers[0]->batches, writers[0]->count, error);
    weir_collecting_writer_free(writers[0]);
    return status;
}

#define FOREACH_SINK(sink_name, extra)                                                                                 \
    {                                                                                                                  \
        .name = sink_name,                                                                                             \
        .capabilities = WEIR_SINK_APPEND | WEIR_SINK_UPDATE | WEIR_SINK_COMPLETE | WEIR_SINK_TEMPORARY_CHECKPOINT |    \
                        WEIR_SINK_ORDERED | (extra),                                                                   \
        .open = foreach_open, .close = foreach_close, .describe = foreach_describe,                                    \
        .open_writer = foreach_open_writer, .write_batch = weir_collecting_writer_write,                               \
        .commit_task = weir_collecting_writer_commit, .commit_epoch = foreach_commit_epoch,                            \
        .abort_epoch = weir_collecting_sink_abort,                                                                     \
    }

const WeirSinkType weir_foreach_sink_type = FOREACH_SINK("foreach", 0);
const WeirSinkType weir_foreach_batch_sink_type = FOREACH_SINK("foreachBatch", WEIR_SINK_V1);
