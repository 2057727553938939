/* See plugin_adapter.h. Plug-ins are opened once, at the first statement that names them, and never closed: their
 * tables are in use as long as the process. */
#include "connector/plugin_adapter.h"

#include <ctype.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/log.h"

#define NAME_BYTES_MAX 64u

static bool source_is_whole(const WeirPluginSource *source)
{
    bool stream = (source->capabilities & WEIR_PLUGIN_SOURCE_MICRO_BATCH) != 0;
    return source->struct_bytes >= sizeof(WeirPluginSource) && source->name != NULL && source->infer_schema != NULL &&
           source->open != NULL && source->close != NULL && source->open_partition != NULL &&
           source->next_batch != NULL && source->close_reader != NULL &&
           ((source->capabilities & WEIR_PLUGIN_SOURCE_BATCH) == 0 || source->plan_batch != NULL) &&
           (!stream ||
            (source->initial_offset != NULL && source->latest_offset != NULL && source->plan_partitions != NULL)) &&
           ((source->capabilities & WEIR_PLUGIN_SOURCE_AVAILABLE_NOW) == 0 || source->prepare_available_now != NULL);
}

static bool sink_is_whole(const WeirPluginSink *sink)
{
    return sink->struct_bytes >= sizeof(WeirPluginSink) && sink->name != NULL && sink->open != NULL &&
           sink->close != NULL && sink->open_writer != NULL && sink->write_batch != NULL && sink->commit_task != NULL &&
           sink->commit_epoch != NULL && sink->abort_epoch != NULL;
}

WeirStatus weir_plugin_register(const WeirPlugin *plugin, WeirError *error)
{
    if (plugin == NULL || plugin->version != WEIR_PLUGIN_VERSION)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "The plug-in is of version %u of the contract; this weir has %d.",
                                 plugin == NULL ? 0 : plugin->version, WEIR_PLUGIN_VERSION);
    for (uint32_t i = 0; i < plugin->source_count; i++)
        if (!source_is_whole(plugin->sources[i]))
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                     "Source %u of the plug-in lacks functions it promises.", i);
    for (uint32_t i = 0; i < plugin->sink_count; i++)
        if (!sink_is_whole(plugin->sinks[i]))
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                     "Sink %u of the plug-in lacks functions it promises.", i);
    for (uint32_t i = 0; i < plugin->source_count; i++)
        weir_connector_register_source(weir_plugin_adapt_source(plugin->sources[i]));
    for (uint32_t i = 0; i < plugin->sink_count; i++)
        weir_connector_register_sink(weir_plugin_adapt_sink(plugin->sinks[i]));
    return WEIR_OK;
}

/* ---- files ---- */

static bool open_file(const char *folder, size_t folder_length, const char *name)
{
    char path[PATH_MAX];
    WeirError error = {0};
    int length = snprintf(path, sizeof(path), "%.*s/weir_%s.so", (int)folder_length, folder, name);
    if (folder_length == 0 || length < 0 || (size_t)length >= sizeof(path) || access(path, R_OK) != 0)
        return false;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        weir_log(WEIR_LOG_WARN, "plugin", "%s can't be opened: %s", path, dlerror());
        return false;
    }
    WeirPluginOpen entry;
    void *symbol = dlsym(library, WEIR_PLUGIN_OPEN);
    memcpy(&entry, &symbol, sizeof(entry)); /* an object pointer holds a function's here, as POSIX says */
    if (entry == NULL || weir_plugin_register(entry(weir_plugin_host()), &error) != WEIR_OK) {
        weir_log(WEIR_LOG_WARN, "plugin", "%s is refused: %s", path,
                 entry == NULL ? "it has no weir_plugin_open" : error.message);
        dlclose(library);
        return false;
    }
    return true;
}

static bool is_plain_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > NAME_BYTES_MAX)
        return false;
    for (const char *at = name; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && *at != '_' && *at != '-')
            return false;
    return true;
}

bool weir_plugin_load(const char *name)
{
    char lower[NAME_BYTES_MAX + 1];
    const char *folders = getenv("WEIR_MODULE_PATH");
    Dl_info self;
    if (!is_plain_name(name))
        return false;
    for (size_t i = 0; i <= strlen(name); i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    while (folders != NULL && *folders != '\0') {
        size_t length = strcspn(folders, ":");
        if (open_file(folders, length, lower))
            return true;
        folders += length + (folders[length] == ':');
    }
    const char *slash = NULL;
    if (dladdr(weir_plugin_host(), &self) != 0 && self.dli_fname != NULL)
        slash = strrchr(self.dli_fname, '/');
    return slash != NULL && open_file(self.dli_fname, (size_t)(slash - self.dli_fname), lower);
}
