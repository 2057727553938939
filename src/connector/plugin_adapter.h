/* Plug-ins (weir/plugin.h) as connectors: each public table becomes a WeirSourceType or WeirSinkType of the registry.
 */
#ifndef WEIR_CONNECTOR_PLUGIN_ADAPTER_H
#define WEIR_CONNECTOR_PLUGIN_ADAPTER_H

#include "connector/connector.h"
#include "weir/plugin.h"

const WeirHost *weir_plugin_host(void);
/* Registers every table of a plug-in; those of another version or without the entries they promise are refused. Kept
 * for the life of the process. */
WEIR_CHECKED WeirStatus weir_plugin_register(const WeirPlugin *plugin, WeirError *error);
/* Looks for weir_NAME.so and registers what it has. False: there is none (or it was refused; a line of the log says
 * why). */
bool weir_plugin_load(const char *name);

/* plugin_source.c, plugin_sink.c: the adapted table, never freed. */
const WeirSourceType *weir_plugin_adapt_source(const WeirPluginSource *source);
const WeirSinkType *weir_plugin_adapt_sink(const WeirPluginSink *sink);

/* plugin_context.c: what a plug-in sees of a context. Owns its schemas. */
typedef struct WeirPluginView {
    WeirPluginContext context; /* first */
    const WeirConnectorContext *connector;
    struct ArrowSchema user_schema, schema;
} WeirPluginView;
WEIR_CHECKED WeirStatus weir_plugin_view_init(WeirPluginView *view, const WeirConnectorContext *connector,
                                              WeirError *error);
void weir_plugin_view_deinit(WeirPluginView *view);

#endif
