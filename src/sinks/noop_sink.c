/* Takes rows and forgets them: for measuring what comes before (Spark: NoopTable). */
#include "sinks/sinks.h"

struct WeirSink {
    int64_t epoch_id;
};
struct WeirWriter {
    int64_t row_count;
};

static WeirStatus noop_open(const WeirConnectorContext *context, WeirSink **out, WeirError *error)
{
    (void)context, (void)error;
    *out = weir_calloc(1, sizeof(WeirSink));
    return WEIR_OK;
}

static void noop_close(WeirSink *sink)
{
    weir_free(sink);
}
static void noop_describe(const WeirSink *sink, WeirBuffer *out)
{
    weir_buffer_append_format(out, "org.apache.spark.sql.execution.datasources.noop.NoopTable$@%x",
                              (unsigned)((uintptr_t)sink & 0xffffffffu));
}

static WeirStatus noop_open_writer(WeirSink *sink, int64_t epoch_id, uint32_t task_index, WeirWriter **writer,
                                   WeirError *error)
{
    (void)sink, (void)epoch_id, (void)task_index, (void)error;
    *writer = weir_calloc(1, sizeof(WeirWriter));
    return WEIR_OK;
}

static WeirStatus noop_write_batch(WeirWriter *writer, WeirBatch *batch, WeirError *error)
{
    (void)error;
    writer->row_count += batch->selected_count;
    return WEIR_OK;
}

static WeirStatus noop_commit_task(WeirWriter *writer, WeirError *error)
{
    (void)writer, (void)error;
    return WEIR_OK;
}

static void noop_abort_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count)
{
    (void)sink, (void)epoch_id;
    for (uint32_t i = 0; i < count; i++)
        weir_free(writers[i]);
}

static WeirStatus noop_commit_epoch(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count,
                                    WeirError *error)
{
    (void)error;
    noop_abort_epoch(sink, epoch_id, writers, count);
    return WEIR_OK;
}

const WeirSinkType weir_noop_sink_type = {
    .name = "noop",
    .capabilities = WEIR_SINK_APPEND | WEIR_SINK_UPDATE | WEIR_SINK_COMPLETE | WEIR_SINK_TEMPORARY_CHECKPOINT,
    .open = noop_open,
    .close = noop_close,
    .describe = noop_describe,
    .open_writer = noop_open_writer,
    .write_batch = noop_write_batch,
    .commit_task = noop_commit_task,
    .commit_epoch = noop_commit_epoch,
    .abort_epoch = noop_abort_epoch,
};
