/* What plug-ins are given: the host's functions, and a connector's context in public terms. */
#include "columnar/arrow.h"
#include "common/log.h"
#include "connector/plugin_adapter.h"

static void host_log(WeirPluginLogLevel level, const char *area, const char *text)
{
    static const WeirLogLevel levels[] = {WEIR_LOG_DEBUG, WEIR_LOG_INFO, WEIR_LOG_WARN, WEIR_LOG_ERROR};
    size_t index = (size_t)level;
    weir_log(index < sizeof(levels) / sizeof(levels[0]) ? levels[index] : WEIR_LOG_ERROR, area, "%s", text);
}

static WeirStatus host_fail(WeirError *error, const char *condition, const char *message)
{
    WeirStatus status = WEIR_ERROR_LEGACY_ERROR_TEMP_0000;
    for (WeirStatus at = 1; condition != NULL && at <= WEIR_ERROR_CONDITION_COUNT; at++) {
        if (strcmp(weir_error_condition_name(at), condition) == 0) {
            status = at;
            break;
        }
    }
    return weir_error_format(error, status, "%s", message == NULL ? "" : message);
}

static int64_t host_now_ms(void)
{
    WeirClock *clock = weir_system_clock_new();
    int64_t now = weir_clock_now_ms(clock);
    weir_clock_free(clock);
    return now;
}

const WeirHost *weir_plugin_host(void)
{
    static const WeirHost host = {
        .version = WEIR_PLUGIN_VERSION,
        .struct_bytes = sizeof(WeirHost),
        .allocate = weir_malloc,
        .release = weir_free,
        .log = host_log,
        .fail = host_fail,
        .now_ms = host_now_ms,
    };
    return &host;
}

/* ---- context ---- */

static const char *context_option(const WeirPluginContext *context, const char *key)
{
    const WeirPluginView *view = context->host_private;
    return weir_options_get(&view->connector->options, key);
}

static const char *context_setting(const WeirPluginContext *context, const char *key)
{
    const WeirConnectorContext *connector = ((const WeirPluginView *)context->host_private)->connector;
    return connector->conf == NULL ? NULL : connector->conf(connector->conf_context, key);
}

WeirStatus weir_plugin_view_init(WeirPluginView *view, const WeirConnectorContext *connector, WeirError *error)
{
    WeirStatus status = WEIR_OK;
    *view = (WeirPluginView){.connector = connector};
    if (connector->user_schema != NULL)
        WEIR_TRY_OR_GO(failed, weir_arrow_export_schema(connector->user_schema, &view->user_schema, error));
    if (connector->schema != NULL)
        WEIR_TRY_OR_GO(failed, weir_arrow_export_schema(connector->schema, &view->schema, error));
    view->context = (WeirPluginContext){
        .struct_bytes = sizeof(WeirPluginContext),
        .format = connector->format,
        .option = context_option,
        .setting = context_setting,
        .user_schema = connector->user_schema == NULL ? NULL : &view->user_schema,
        .schema = connector->schema == NULL ? NULL : &view->schema,
        .time_zone = connector->zone == NULL ? NULL : weir_time_zone_name(connector->zone),
        .checkpoint = connector->checkpoint,
        .query_name = connector->query_name,
        .query_id = connector->query_id,
        .run_id = connector->run_id,
        .output_mode = connector->output_mode,
        .host_private = view,
    };
    return WEIR_OK;
failed:
    weir_plugin_view_deinit(view);
    return status;
}

void weir_plugin_view_deinit(WeirPluginView *view)
{
    if (view->user_schema.release != NULL)
        view->user_schema.release(&view->user_schema);
    if (view->schema.release != NULL)
        view->schema.release(&view->schema);
}
