/* A plug-in of weir: the source `counter`, whose rows are numbers and their names, and the sink `tally`, which writes
 * how many rows each epoch had. Build and use:
 *
 *     cc -shared -fPIC -I include -o weir_counter.so examples/plugin/counter.c
 *     WEIR_MODULE_PATH=. weir sql -c "CREATE TEMPORARY VIEW c USING counter OPTIONS (rows '10'); SELECT * FROM c"
 *
 * Offsets are the number of rows read so far; options: rows (in all, 100), rowsPerBatch (10). The sink's file is
 * replaced by a rename, so that an epoch which is committed twice is counted once. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weir/plugin.h>

static const WeirHost *weir;

static void *allocate_cleared(size_t bytes)
{
    return memset(weir->allocate(bytes), 0, bytes);
}

/* ---- the source ---- */

typedef struct Counter {
    int64_t rows, rows_per_batch, frozen;
} Counter;

typedef struct Range {
    int64_t next, end;
} Range;

typedef struct Reader {
    Range range;
    const WeirPluginScan *scan;
} Reader;

static int64_t number_option(const WeirPluginContext *context, const char *key, int64_t fallback)
{
    const char *text = context->option(context, key);
    return text == NULL ? fallback : strtoll(text, NULL, 10);
}

static void release_schema(struct ArrowSchema *schema)
{
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i]->release != NULL)
            schema->children[i]->release(schema->children[i]);
        weir->release(schema->children[i]);
    }
    weir->release(schema->children);
    schema->release = NULL;
}

static WeirStatus counter_infer_schema(const WeirPluginContext *context, bool streaming, struct ArrowSchema *schema,
                                       WeirError *error)
{
    static const char *const names[] = {"n", "name"}, *const formats[] = {"l", "u"};
    (void)streaming;
    if (context->user_schema != NULL)
        return weir->fail(error, NULL, "The source counter has its own columns: n BIGINT, name STRING.");
    *schema = (struct ArrowSchema){.format = "+s", .name = "", .n_children = 2, .release = release_schema};
    schema->children = allocate_cleared(2 * sizeof(struct ArrowSchema *));
    for (int i = 0; i < 2; i++) {
        schema->children[i] = allocate_cleared(sizeof(struct ArrowSchema));
        schema->children[i]->format = formats[i];
        schema->children[i]->name = names[i];
        schema->children[i]->flags = ARROW_FLAG_NULLABLE;
        schema->children[i]->release = release_schema;
    }
    return WEIR_OK;
}

static WeirStatus counter_open(const WeirPluginContext *context, bool streaming, void **source, WeirError *error)
{
    (void)streaming;
    Counter *counter = allocate_cleared(sizeof(*counter));
    counter->rows = number_option(context, "rows", 100);
    counter->rows_per_batch = number_option(context, "rowsPerBatch", 10);
    counter->frozen = -1;
    if (counter->rows < 0 || counter->rows_per_batch <= 0) {
        weir->release(counter);
        return weir->fail(error, NULL, "The source counter needs rows >= 0 and rowsPerBatch > 0.");
    }
    *source = counter;
    return WEIR_OK;
}

static void counter_close(void *source)
{
    weir->release(source);
}

static char *offset_text(int64_t rows)
{
    char *text = weir->allocate(24);
    snprintf(text, 24, "%" PRId64, rows);
    return text;
}

static WeirStatus counter_initial_offset(void *source, char **offset, WeirError *error)
{
    (void)source, (void)error;
    *offset = offset_text(0);
    return WEIR_OK;
}

static WeirStatus counter_latest_offset(void *source, const char *start, bool read_all, char **offset, WeirError *error)
{
    Counter *counter = source;
    (void)error;
    int64_t from = start == NULL ? 0 : strtoll(start, NULL, 10),
            end = counter->frozen >= 0 ? counter->frozen : counter->rows;
    if (!read_all && end > from + counter->rows_per_batch)
        end = from + counter->rows_per_batch;
    *offset = offset_text(end < from ? from : end);
    return WEIR_OK;
}

static WeirStatus counter_prepare_available_now(void *source, WeirError *error)
{
    (void)error;
    ((Counter *)source)->frozen = ((Counter *)source)->rows;
    return WEIR_OK;
}

/* Two partitions, so that there is something to do for two threads. */
static void plan(int64_t from, int64_t end, WeirPluginPlan *plan)
{
    int64_t middle = from + (end - from) / 2;
    Range parts[] = {{from, middle}, {middle, end}};
    for (int i = 0; i < 2; i++)
        if (parts[i].next < parts[i].end)
            plan->add(plan, &parts[i], sizeof(parts[i]), (parts[i].end - parts[i].next) * 16);
}

static WeirStatus counter_plan_batch(void *source, WeirPluginPlan *out, WeirError *error)
{
    (void)error;
    plan(0, ((Counter *)source)->rows, out);
    return WEIR_OK;
}

static WeirStatus counter_plan_partitions(void *source, const char *start, const char *end, WeirPluginPlan *out,
                                          WeirError *error)
{
    (void)source, (void)error;
    plan(start == NULL ? 0 : strtoll(start, NULL, 10), strtoll(end, NULL, 10), out);
    return WEIR_OK;
}

static WeirStatus counter_open_partition(void *source, const void *data, size_t bytes, const WeirPluginScan *scan,
                                         void **out, WeirError *error)
{
    (void)source, (void)error;
    Reader *reader = allocate_cleared(sizeof(*reader));
    memcpy(&reader->range, data, bytes);
    reader->scan = scan;
    *out = reader;
    return WEIR_OK;
}

static void release_array(struct ArrowArray *array)
{
    for (int64_t i = 0; i < array->n_buffers; i++)
        weir->release((void *)(uintptr_t)array->buffers[i]);
    for (int64_t i = 0; i < array->n_children; i++) {
        if (array->children[i]->release != NULL)
            array->children[i]->release(array->children[i]);
        weir->release(array->children[i]);
    }
    weir->release(array->buffers);
    weir->release(array->children);
    array->release = NULL;
}

static void new_array(struct ArrowArray *array, int64_t length, int64_t buffers, int64_t children)
{
    *array =
        (struct ArrowArray){.length = length, .n_buffers = buffers, .n_children = children, .release = release_array};
    array->buffers = allocate_cleared((size_t)buffers * sizeof(void *));
    array->children = children == 0 ? NULL : allocate_cleared((size_t)children * sizeof(struct ArrowArray *));
    for (int64_t i = 0; i < children; i++)
        array->children[i] = allocate_cleared(sizeof(struct ArrowArray));
}

static void fill_numbers(struct ArrowArray *array, int64_t first, int64_t rows)
{
    new_array(array, rows, 2, 0);
    int64_t *values = weir->allocate((size_t)rows * sizeof(int64_t));
    for (int64_t i = 0; i < rows; i++)
        values[i] = first + i;
    array->buffers[1] = values;
}

static void fill_names(struct ArrowArray *array, int64_t first, int64_t rows)
{
    new_array(array, rows, 3, 0);
    int32_t *offsets = weir->allocate(((size_t)rows + 1) * sizeof(int32_t));
    char *text = weir->allocate((size_t)rows * 32);
    offsets[0] = 0;
    for (int64_t i = 0; i < rows; i++)
        offsets[i + 1] = offsets[i] + snprintf(text + offsets[i], 32, "row %" PRId64, first + i);
    array->buffers[1] = offsets;
    array->buffers[2] = text;
}

static WeirStatus counter_next_batch(void *state, struct ArrowArray *batch, WeirError *error)
{
    Reader *reader = state;
    (void)error;
    int64_t rows = reader->range.end - reader->range.next;
    if (rows == 0)
        return WEIR_OK;
    if (rows > reader->scan->batch_rows_max)
        rows = reader->scan->batch_rows_max;
    new_array(batch, rows, 1, reader->scan->column_count);
    for (uint32_t i = 0; i < reader->scan->column_count; i++) {
        if (reader->scan->columns[i] == 0)
            fill_numbers(batch->children[i], reader->range.next, rows);
        else
            fill_names(batch->children[i], reader->range.next, rows);
    }
    reader->range.next += rows;
    return WEIR_OK;
}

static void counter_close_reader(void *reader)
{
    weir->release(reader);
}

static const char *const counter_options[] = {"rows", "rowsPerBatch", NULL};

static const WeirPluginSource counter_source = {
    .struct_bytes = sizeof(WeirPluginSource),
    .capabilities = WEIR_PLUGIN_SOURCE_BATCH | WEIR_PLUGIN_SOURCE_MICRO_BATCH | WEIR_PLUGIN_SOURCE_AVAILABLE_NOW |
                    WEIR_PLUGIN_SOURCE_READ_LIMITS,
    .name = "counter",
    .options = counter_options,
    .infer_schema = counter_infer_schema,
    .open = counter_open,
    .close = counter_close,
    .plan_batch = counter_plan_batch,
    .initial_offset = counter_initial_offset,
    .latest_offset = counter_latest_offset,
    .prepare_available_now = counter_prepare_available_now,
    .plan_partitions = counter_plan_partitions,
    .open_partition = counter_open_partition,
    .next_batch = counter_next_batch,
    .close_reader = counter_close_reader,
};

/* ---- the sink ---- */

typedef struct Tally {
    char path[1024];
} Tally;

static WeirStatus tally_open(const WeirPluginContext *context, void **sink, WeirError *error)
{
    const char *path = context->option(context, "path");
    if (path == NULL || strlen(path) >= sizeof(((Tally *)0)->path) - 8)
        return weir->fail(error, NULL, "The sink tally needs the option path.");
    Tally *tally = allocate_cleared(sizeof(*tally));
    strcpy(tally->path, path);
    *sink = tally;
    return WEIR_OK;
}

static void tally_close(void *sink)
{
    weir->release(sink);
}

static WeirStatus tally_last_committed(void *sink, int64_t *epoch, WeirError *error)
{
    FILE *file = fopen(((Tally *)sink)->path, "r");
    (void)error;
    *epoch = -1;
    if (file == NULL)
        return WEIR_OK;
    for (int64_t at, rows; fscanf(file, "%" SCNd64 " %" SCNd64, &at, &rows) == 2;)
        *epoch = at;
    fclose(file);
    return WEIR_OK;
}

static WeirStatus tally_open_writer(void *sink, int64_t epoch, uint32_t task, void **writer, WeirError *error)
{
    (void)sink, (void)epoch, (void)task, (void)error;
    *writer = allocate_cleared(sizeof(int64_t));
    return WEIR_OK;
}

static WeirStatus tally_write_batch(void *writer, struct ArrowArray *batch, WeirError *error)
{
    (void)error;
    *(int64_t *)writer += batch->length;
    batch->release(batch);
    return WEIR_OK;
}

static WeirStatus tally_commit_task(void *writer, WeirError *error)
{
    (void)writer, (void)error;
    return WEIR_OK;
}

static void tally_abort_epoch(void *sink, int64_t epoch, void *const *writers, uint32_t count)
{
    (void)sink, (void)epoch;
    for (uint32_t i = 0; i < count; i++)
        weir->release(writers[i]);
}

/* The lines of earlier epochs, then this one's. */
static bool copy_and_add(const char *path, const char *next, int64_t epoch, int64_t rows)
{
    FILE *in = fopen(path, "r"), *out = fopen(next, "w");
    if (out != NULL) {
        for (int64_t at, old; in != NULL && fscanf(in, "%" SCNd64 " %" SCNd64, &at, &old) == 2;)
            if (at < epoch)
                fprintf(out, "%" PRId64 " %" PRId64 "\n", at, old);
        fprintf(out, "%" PRId64 " %" PRId64 "\n", epoch, rows);
    }
    if (in != NULL)
        fclose(in);
    return out != NULL && fclose(out) == 0;
}

static WeirStatus tally_commit_epoch(void *sink, int64_t epoch, void *const *writers, uint32_t count, WeirError *error)
{
    const Tally *tally = sink;
    char next[1040];
    int64_t rows = 0;
    for (uint32_t i = 0; i < count; i++)
        rows += *(const int64_t *)writers[i];
    tally_abort_epoch(sink, epoch, writers, count);
    snprintf(next, sizeof(next), "%s.next", tally->path);
    if (!copy_and_add(tally->path, next, epoch, rows) || rename(next, tally->path) != 0)
        return weir->fail(error, NULL, "The sink tally can't write its file.");
    return WEIR_OK;
}

static const char *const tally_options[] = {"path", NULL};

static const WeirPluginSink tally_sink = {
    .struct_bytes = sizeof(WeirPluginSink),
    .capabilities = WEIR_PLUGIN_SINK_APPEND | WEIR_PLUGIN_SINK_UPDATE,
    .name = "tally",
    .options = tally_options,
    .open = tally_open,
    .close = tally_close,
    .last_committed = tally_last_committed,
    .open_writer = tally_open_writer,
    .write_batch = tally_write_batch,
    .commit_task = tally_commit_task,
    .commit_epoch = tally_commit_epoch,
    .abort_epoch = tally_abort_epoch,
};

/* ---- the plug-in ---- */

const WeirPlugin *weir_plugin_open(const WeirHost *host)
{
    static const WeirPluginSource *const sources[] = {&counter_source};
    static const WeirPluginSink *const sinks[] = {&tally_sink};
    static const WeirPlugin plugin = {WEIR_PLUGIN_VERSION, sources, 1, sinks, 1};
    if (host->version != WEIR_PLUGIN_VERSION)
        return NULL;
    weir = host;
    return &plugin;
}
