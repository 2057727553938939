/* A plug-in's sink as a WeirSinkType. */
#include <strings.h>

#include "columnar/arrow.h"
#include "connector/plugin_adapter.h"

typedef struct Adapter {
    WeirSinkType type;
    const WeirPluginSink *plugin;
    const struct Adapter *next;
} Adapter;

struct WeirSink {
    const WeirPluginSink *plugin;
    WeirConnectorContext connector;
    WeirPluginView view;
    void *sink;
};

struct WeirWriter {
    WeirSink *sink;
    void *writer;
};

static const Adapter *_Atomic adapters;

static const WeirPluginSink *find_plugin(const char *name)
{
    for (const Adapter *at = adapters; at != NULL; at = at->next)
        if (strcasecmp(at->type.name, name) == 0)
            return at->plugin;
    return NULL;
}

static void plugin_close(WeirSink *sink)
{
    if (sink == NULL)
        return;
    if (sink->sink != NULL)
        sink->plugin->close(sink->sink);
    weir_plugin_view_deinit(&sink->view);
    weir_free(sink);
}

static WeirStatus plugin_open(const WeirConnectorContext *context, WeirSink **out, WeirError *error)
{
    WeirSink *sink = weir_calloc(1, sizeof(*sink));
    WeirStatus status;
    sink->plugin = find_plugin(context->format);
    sink->connector = *context;
    WEIR_TRY_OR_GO(done, weir_plugin_view_init(&sink->view, &sink->connector, error));
    WEIR_TRY_OR_GO(done, sink->plugin->open(&sink->view.context, &sink->sink, error));
    *out = sink;
    sink = NULL;
done:
    plugin_close(sink);
    return status;
}

static void plugin_describe(const WeirSink *sink, WeirBuffer *out)
{
    weir_buffer_append_text(out, sink->plugin->name);
}

static WeirStatus plugin_last_committed(WeirSink *sink, int64_t *epoch, WeirError *error)
{
    return sink->plugin->last_committed(sink->sink, epoch, error);
}

static WeirStatus plugin_begin_epoch(WeirSink *sink, int64_t epoch, WeirError *error)
{
    return sink->plugin->begin_epoch(sink->sink, epoch, error);
}

static WeirStatus plugin_open_writer(WeirSink *sink, int64_t epoch, uint32_t task, WeirWriter **out, WeirError *error)
{
    WeirWriter *writer = weir_calloc(1, sizeof(*writer));
    writer->sink = sink;
    WeirStatus status = sink->plugin->open_writer(sink->sink, epoch, task, &writer->writer, error);
    if (status != WEIR_OK) {
        weir_free(writer);
        return status;
    }
    *out = writer;
    return WEIR_OK;
}

static WeirStatus plugin_write_batch(WeirWriter *writer, WeirBatch *batch, WeirError *error)
{
    struct ArrowArray array = {0};
    WEIR_TRY(weir_arrow_export_batch(writer->sink->connector.schema, batch, &array, error));
    return writer->sink->plugin->write_batch(writer->writer, &array, error);
}

static WeirStatus plugin_commit_task(WeirWriter *writer, WeirError *error)
{
    return writer->sink->plugin->commit_task(writer->writer, error);
}

static void plugin_abort_task(WeirWriter *writer)
{
    writer->sink->plugin->abort_task(writer->writer);
}

/* The plug-in's own writers; ours end here. */
static void **unwrap(WeirWriter *const *writers, uint32_t count)
{
    void **inner = weir_calloc((size_t)count + 1, sizeof(void *));
    for (uint32_t i = 0; i < count; i++) {
        inner[i] = writers[i]->writer;
        weir_free(writers[i]);
    }
    return inner;
}

static WeirStatus plugin_commit_epoch(WeirSink *sink, int64_t epoch, WeirWriter *const *writers, uint32_t count,
                                      WeirError *error)
{
    void **inner = unwrap(writers, count);
    WeirStatus status = sink->plugin->commit_epoch(sink->sink, epoch, inner, count, error);
    weir_free(inner);
    return status;
}

static void plugin_abort_epoch(WeirSink *sink, int64_t epoch, WeirWriter *const *writers, uint32_t count)
{
    void **inner = unwrap(writers, count);
    sink->plugin->abort_epoch(sink->sink, epoch, inner, count);
    weir_free(inner);
}

const WeirSinkType *weir_plugin_adapt_sink(const WeirPluginSink *plugin)
{
    static const char *const no_options[] = {NULL};
    Adapter *adapter = weir_calloc(1, sizeof(*adapter));
    adapter->plugin = plugin;
    adapter->type = (WeirSinkType){
        .name = plugin->name,
        .capabilities = plugin->capabilities &
                        (WEIR_SINK_APPEND | WEIR_SINK_UPDATE | WEIR_SINK_COMPLETE | WEIR_SINK_TEMPORARY_CHECKPOINT),
        .options = plugin->options == NULL ? no_options : plugin->options,
        .open = plugin_open,
        .close = plugin_close,
        .describe = plugin_describe,
        .last_committed = plugin->last_committed == NULL ? NULL : plugin_last_committed,
        .begin_epoch = plugin->begin_epoch == NULL ? NULL : plugin_begin_epoch,
        .open_writer = plugin_open_writer,
        .write_batch = plugin_write_batch,
        .commit_task = plugin_commit_task,
        .abort_task = plugin->abort_task == NULL ? NULL : plugin_abort_task,
        .commit_epoch = plugin_commit_epoch,
        .abort_epoch = plugin_abort_epoch,
    };
    adapter->next = adapters;
    adapters = adapter;
    return &adapter->type;
}
