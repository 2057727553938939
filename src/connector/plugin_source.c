/* A plug-in's source as a WeirSourceType. Texts and partitions that cross the border are copied into the arena the
 * caller gives; batches are taken over. */
#include <strings.h>

#include "columnar/arrow.h"
#include "connector/plugin_adapter.h"

typedef struct Adapter {
    WeirSourceType type;
    const WeirPluginSource *plugin;
    const struct Adapter *next;
} Adapter;

struct WeirSource {
    const WeirPluginSource *plugin;
    WeirConnectorContext connector;
    WeirPluginView view;
    void *source;
};

typedef struct PartitionData {
    size_t bytes;
    uint8_t data[];
} PartitionData;

struct WeirReader {
    WeirSource *source;
    void *reader;
    WeirPluginScan scan;
    WeirMemoryTracker *tracker;
    WeirArena arena;
    const WeirSchema *schema; /* of the needed columns */
    struct ArrowSchema format;
};

/* Adapters are made under the registry's lock and never freed. */
static const Adapter *_Atomic adapters;

static const WeirPluginSource *find_plugin(const char *name)
{
    for (const Adapter *at = adapters; at != NULL; at = at->next)
        if (strcasecmp(at->type.name, name) == 0)
            return at->plugin;
    return NULL;
}

/* ---- schema and life ---- */

static WeirStatus plugin_infer_schema(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                      const WeirSchema **schema, WeirError *error)
{
    const WeirPluginSource *plugin = find_plugin(context->format);
    WeirPluginView view;
    struct ArrowSchema arrow = {0};
    WEIR_TRY(weir_plugin_view_init(&view, context, error));
    WeirStatus status = plugin->infer_schema(&view.context, streaming, &arrow, error);
    if (status == WEIR_OK)
        status = weir_arrow_import_schema(&arrow, arena, schema, error);
    if (arrow.release != NULL)
        arrow.release(&arrow);
    weir_plugin_view_deinit(&view);
    return status;
}

static void plugin_close(WeirSource *source)
{
    if (source == NULL)
        return;
    if (source->source != NULL)
        source->plugin->close(source->source);
    weir_plugin_view_deinit(&source->view);
    weir_free(source);
}

static WeirStatus plugin_open(const WeirConnectorContext *context, bool streaming, WeirSource **out, WeirError *error)
{
    WeirSource *source = weir_calloc(1, sizeof(*source));
    WeirStatus status;
    source->plugin = find_plugin(context->format);
    source->connector = *context;
    WEIR_TRY_OR_GO(done, weir_plugin_view_init(&source->view, &source->connector, error));
    WEIR_TRY_OR_GO(done, source->plugin->open(&source->view.context, streaming, &source->source, error));
    *out = source;
    source = NULL;
done:
    plugin_close(source);
    return status;
}

/* ---- planning ---- */

typedef struct Plan {
    WeirPluginPlan plan; /* first */
    WeirArena *arena;
    WeirInputPartition *partitions;
    uint32_t count, capacity;
} Plan;

static void add_partition(WeirPluginPlan *self, const void *data, size_t bytes, int64_t size)
{
    Plan *plan = (Plan *)(void *)self;
    if (plan->count == plan->capacity) {
        uint32_t capacity = plan->capacity == 0 ? 8 : plan->capacity * 2;
        WeirInputPartition *larger = WEIR_ARENA_ARRAY(plan->arena, WeirInputPartition, capacity);
        if (plan->count > 0)
            memcpy(larger, plan->partitions, plan->count * sizeof(WeirInputPartition));
        plan->partitions = larger;
        plan->capacity = capacity;
    }
    PartitionData *copy = weir_arena_alloc(plan->arena, sizeof(PartitionData) + bytes);
    copy->bytes = bytes;
    if (bytes > 0)
        memcpy(copy->data, data, bytes);
    plan->partitions[plan->count] = (WeirInputPartition){.index = plan->count, .bytes = size, .data = copy};
    plan->count++;
}

static WeirStatus plugin_plan_batch(WeirSource *source, WeirArena *arena, WeirInputPartition **partitions,
                                    uint32_t *count, WeirError *error)
{
    Plan plan = {.plan = {add_partition}, .arena = arena};
    WEIR_TRY(source->plugin->plan_batch(source->source, &plan.plan, error));
    *partitions = plan.partitions;
    *count = plan.count;
    return WEIR_OK;
}

static WeirStatus plugin_plan_partitions(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                         WeirInputPartition **partitions, uint32_t *count, WeirError *error)
{
    Plan plan = {.plan = {add_partition}, .arena = arena};
    WEIR_TRY(source->plugin->plan_partitions(source->source, start, end, &plan.plan, error));
    *partitions = plan.partitions;
    *count = plan.count;
    return WEIR_OK;
}

static const char *take_text(char *text, WeirArena *arena)
{
    const char *copy = text == NULL ? NULL : weir_arena_strdup(arena, text);
    weir_free(text);
    return copy;
}

static WeirStatus plugin_initial_offset(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error)
{
    char *text = NULL;
    WEIR_TRY(source->plugin->initial_offset(source->source, &text, error));
    *offset = take_text(text, arena);
    return WEIR_OK;
}

static WeirStatus plugin_latest_offset(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                       const char **offset, WeirError *error)
{
    char *text = NULL;
    WEIR_TRY(source->plugin->latest_offset(source->source, start, limit == WEIR_READ_ALL, &text, error));
    *offset = take_text(text, arena);
    return WEIR_OK;
}

static WeirStatus plugin_prepare_available_now(WeirSource *source, WeirError *error)
{
    return source->plugin->prepare_available_now(source->source, error);
}

static WeirStatus plugin_commit(WeirSource *source, const char *end, WeirError *error)
{
    return source->plugin->commit(source->source, end, error);
}

static void plugin_describe(const WeirSource *source, WeirBuffer *out)
{
    weir_buffer_append_text(out, source->plugin->name);
}

/* ---- reading ---- */

static void plugin_close_reader(WeirReader *reader)
{
    if (reader == NULL)
        return;
    if (reader->reader != NULL)
        reader->source->plugin->close_reader(reader->reader);
    if (reader->format.release != NULL)
        reader->format.release(&reader->format);
    weir_arena_deinit(&reader->arena);
    weir_free(reader);
}

static WeirStatus plugin_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                        const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **out,
                                        WeirError *error)
{
    const PartitionData *data = partition->data;
    WeirReader *reader = weir_calloc(1, sizeof(*reader));
    WeirStatus status;
    weir_arena_init(&reader->arena, tracker);
    reader->source = source;
    reader->tracker = tracker;
    reader->scan =
        (WeirPluginScan){sizeof(WeirPluginScan), request->columns, request->column_count, request->batch_rows_max};
    WeirField *fields = WEIR_ARENA_ARRAY(&reader->arena, WeirField, request->column_count + 1);
    for (uint32_t i = 0; i < request->column_count; i++)
        fields[i] = source->connector.schema->fields[request->columns[i]];
    reader->schema = weir_type_struct(&reader->arena, fields, request->column_count);
    WEIR_TRY_OR_GO(done, weir_arrow_export_schema(reader->schema, &reader->format, error));
    WEIR_TRY_OR_GO(done, source->plugin->open_partition(source->source, data->data, data->bytes, &reader->scan,
                                                        &reader->reader, error));
    *out = reader;
    reader = NULL;
done:
    plugin_close_reader(reader);
    return status;
}

static WeirStatus plugin_next_batch(WeirReader *reader, WeirBatch **out, WeirError *error)
{
    struct ArrowArray array = {0};
    *out = NULL;
    WEIR_TRY(reader->source->plugin->next_batch(reader->reader, &array, error));
    if (array.release == NULL)
        return WEIR_OK;
    if (array.n_children == reader->schema->field_count && array.length <= UINT32_MAX)
        return weir_arrow_import_batch_as(&reader->format, reader->schema, &array, reader->tracker, out, error);
    array.release(&array);
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                             "The plug-in %s gave a batch of %lld columns instead of %u.", reader->source->plugin->name,
                             (long long)array.n_children, reader->schema->field_count);
}

const WeirSourceType *weir_plugin_adapt_source(const WeirPluginSource *plugin)
{
    static const char *const no_options[] = {NULL};
    Adapter *adapter = weir_calloc(1, sizeof(*adapter));
    bool stream = (plugin->capabilities & WEIR_PLUGIN_SOURCE_MICRO_BATCH) != 0;
    adapter->plugin = plugin;
    adapter->type = (WeirSourceType){
        .name = plugin->name,
        .capabilities =
            plugin->capabilities & (WEIR_SOURCE_BATCH | WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_AVAILABLE_NOW |
                                    WEIR_SOURCE_ADMISSION_CONTROL | WEIR_SOURCE_NEEDS_SCHEMA),
        .options = plugin->options == NULL ? no_options : plugin->options,
        .infer_schema = plugin_infer_schema,
        .open = plugin_open,
        .close = plugin_close,
        .plan_batch = plugin->plan_batch == NULL ? NULL : plugin_plan_batch,
        .initial_offset = stream ? plugin_initial_offset : NULL,
        .latest_offset = stream ? plugin_latest_offset : NULL,
        .prepare_available_now = plugin->prepare_available_now == NULL ? NULL : plugin_prepare_available_now,
        .plan_partitions = stream ? plugin_plan_partitions : NULL,
        .commit = plugin->commit == NULL ? NULL : plugin_commit,
        .describe = plugin_describe,
        .open_partition = plugin_open_partition,
        .next_batch = plugin_next_batch,
        .close_reader = plugin_close_reader,
    };
    adapter->next = adapters;
    adapters = adapter;
    return &adapter->type;
}
