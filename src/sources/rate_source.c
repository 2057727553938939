/* Rows at a rate (Spark: RateStreamProvider): timestamp and a rising number. Offsets are whole seconds since the start
 * time, which sources/0/0 keeps, so that a restart goes on counting. */
#include <math.h>
#include <stdlib.h>

#include "checkpoint/checkpoint.h"
#include "sources/sources.h"

struct WeirSource {
    WeirConnectorContext context;
    int64_t rows_per_second;
    int64_t ramp_up_seconds;
    int64_t partition_count; /* 0: default */
    int64_t created_ms;
};

typedef struct RatePartition {
    int64_t first, end, step; /* values first, first + step, … < end */
    int64_t range_start;
    double ms_per_value;
    int64_t start_ms;
} RatePartition;

struct WeirReader {
    const RatePartition *partition;
    const WeirScanRequest *request;
    WeirMemoryTracker *tracker;
    int64_t next;
};

static const char *const rate_options[] = {"rowsPerSecond", "rampUpTime", "numPartitions", NULL};

static WeirStatus duration_seconds(const char *text, int64_t *seconds, WeirError *error)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"", 1}, {"s", 1}, {"sec", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    char *end = NULL;
    long long value = text == NULL ? 0 : strtoll(text, &end, 10);
    for (size_t i = 0; text != NULL && end != text && i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].unit) != 0)
            continue;
        *seconds = value * units[i].seconds;
        return WEIR_OK;
    }
    *seconds = 0;
    if (text == NULL)
        return WEIR_OK;
    return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                             "Invalid value '%s'. The option 'rampUpTime' takes a time such as 5s.", text);
}

static WeirStatus read_options(const WeirConnectorContext *context, WeirSource *source, WeirError *error)
{
    const char *ramp_up = weir_options_get(&context->options, "rampUpTime");
    WEIR_TRY(weir_options_int(&context->options, "rowsPerSecond", 1, &source->rows_per_second, error));
    if (source->rows_per_second <= 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%lld'. The option 'rowsPerSecond' must be positive",
                                 (long long)source->rows_per_second);
    WEIR_TRY(duration_seconds(ramp_up, &source->ramp_up_seconds, error));
    if (source->ramp_up_seconds < 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%s'. The option 'rampUpTime' must not be negative", ramp_up);
    WEIR_TRY(weir_options_int(&context->options, "numPartitions", 0, &source->partition_count, error));
    if (source->partition_count < 0 ||
        (source->partition_count == 0 && weir_options_get(&context->options, "numPartitions") != NULL))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%lld'. The option 'numPartitions' must be positive",
                                 (long long)source->partition_count);
    return WEIR_OK;
}

static WeirStatus rate_infer_schema(const WeirConnectorContext *context, bool streaming, WeirArena *arena,
                                    const WeirSchema **schema, WeirError *error)
{
    static const WeirField fields[] = {
        {.name = "timestamp", .type = &weir_type_timestamp, .nullable = true, .metadata = "{}"},
        {.name = "value", .type = &weir_type_long, .nullable = true, .metadata = "{}"}};
    WeirSource options = {0};
    (void)streaming;
    if (context->user_schema != NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_2242,
                                 "The rate source does not support a user-specified schema.");
    WEIR_TRY(read_options(context, &options, error));
    *schema = weir_type_struct(arena, fields, 2);
    return WEIR_OK;
}

/* The start time: of the first run, from the source's log, or now. */
static WeirStatus load_start_time(WeirSource *source, WeirError *error)
{
    WeirMetadataLog log = {0};
    WeirBuffer content;
    bool found = false;
    WeirStatus status;
    source->created_ms = weir_clock_now_ms(source->context.clock);
    weir_buffer_init(&content, 4096, NULL);
    WEIR_TRY_OR_GO(done, weir_metadata_log_open(&log, source->context.fs, source->context.checkpoint, "source_log",
                                                source->context.durable, error));
    WEIR_TRY_OR_GO(done, weir_metadata_log_get(&log, 0, &content, &found, error));
    if (found) {
        const char *text = weir_buffer_text(&content);
        char *end = NULL;
        long long created = strncmp(text, "v1\n", 3) == 0 ? strtoll(text + 3, &end, 10) : 0;
        if (end == NULL || end == text + 3) {
            status = weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                       "%s/0 is damaged: it holds no start time of a rate source.",
                                       source->context.checkpoint);
            goto done;
        }
        source->created_ms = created;
    } else {
        weir_buffer_clear(&content);
        weir_buffer_append_format(&content, "v1\n%lld", (long long)source->created_ms);
        WEIR_TRY_OR_GO(done, weir_metadata_log_add(&log, 0, weir_buffer_text(&content), content.length, error));
    }
done:
    weir_metadata_log_close(&log);
    weir_buffer_deinit(&content);
    return status;
}

static void rate_close(WeirSource *source)
{
    weir_free(source);
}

static WeirStatus rate_open(const WeirConnectorContext *context, bool streaming, WeirSource **out, WeirError *error)
{
    WeirSource *source = weir_calloc(1, sizeof(*source));
    WeirStatus status;
    (void)streaming;
    source->context = *context;
    WEIR_TRY_OR_GO(done, read_options(context, source, error));
    WEIR_TRY_OR_GO(done, load_start_time(source, error));
    *out = source;
    source = NULL;
done:
    rate_close(source);
    return status;
}

/* Rows made until the end of a second; while ramping up the speed rises by equal steps (Spark:
 * RateStreamProvider.valueAtSecond). */
static int64_t value_at_second(const WeirSource *source, int64_t seconds)
{
    int64_t speed_step = source->rows_per_second / (source->ramp_up_seconds + 1);
    if (seconds <= source->ramp_up_seconds) {
        if (seconds % 2 == 1)
            return (seconds + 1) / 2 * speed_step * seconds;
        return seconds / 2 * speed_step * (seconds + 1);
    }
    int64_t ramp_up = source->ramp_up_seconds == 0 ? 0 : value_at_second(source, source->ramp_up_seconds);
    return ramp_up + (seconds - source->ramp_up_seconds) * source->rows_per_second;
}

static WeirStatus rate_initial_offset(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error)
{
    (void)source, (void)error;
    *offset = weir_arena_strdup(arena, "0");
    return WEIR_OK;
}

static WeirStatus rate_latest_offset(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                     const char **offset, WeirError *error)
{
    (void)limit, (void)error;
    int64_t seconds = (weir_clock_now_ms(source->context.clock) - source->created_ms) / 1000;
    int64_t from = start == NULL ? 0 : strtoll(start, NULL, 10);
    *offset = weir_arena_printf(arena, "%lld", (long long)(seconds > from ? seconds : from));
    return WEIR_OK;
}

static WeirStatus rate_plan_partitions(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                       WeirInputPartition **partitions, uint32_t *count, WeirError *error)
{
    int64_t from = start == NULL ? 0 : strtoll(start, NULL, 10), until = strtoll(end, NULL, 10);
    int64_t range_start = value_at_second(source, from), range_end = value_at_second(source, until);
    (void)error;
    *count = 0;
    if (range_start >= range_end)
        return WEIR_OK;
    uint32_t partition_count = source->partition_count == 0 ? 1 : (uint32_t)source->partition_count;
    *partitions = WEIR_ARENA_ARRAY(arena, WeirInputPartition, partition_count);
    RatePartition *ranges = WEIR_ARENA_ARRAY(arena, RatePartition, partition_count);
    for (uint32_t i = 0; i < partition_count; i++) {
        ranges[i] = (RatePartition){
            .first = range_start + i,
            .end = range_end,
            .step = partition_count,
            .range_start = range_start,
            .ms_per_value = (double)(until - from) * 1000.0 / (double)(range_end - range_start),
            .start_ms = source->created_ms + from * 1000,
        };
        (*partitions)[i] = (WeirInputPartition){
            .index = i, .bytes = (range_end - range_start) / partition_count * 16, .data = &ranges[i]};
    }
    *count = partition_count;
    return WEIR_OK;
}

static void rate_describe(const WeirSource *source, WeirBuffer *out)
{
    /* The missing bracket is Spark's. */
    weir_buffer_append_format(out, "RateStreamV2[rowsPerSecond=%lld, rampUpTimeSeconds=%lld, numPartitions=",
                              (long long)source->rows_per_second, (long long)source->ramp_up_seconds);
    if (source->partition_count == 0)
        weir_buffer_append_text(out, "default");
    else
        weir_buffer_append_format(out, "%lld", (long long)source->partition_count);
}

static WeirStatus rate_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                      const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **out,
                                      WeirError *error)
{
    const RatePartition *range = partition->data;
    WeirReader *reader = weir_calloc(1, sizeof(*reader));
    (void)source, (void)error;
    *reader = (WeirReader){.partition = range, .request = request, .tracker = tracker, .next = range->first};
    *out = reader;
    return WEIR_OK;
}

static void fill_column(const WeirReader *reader, uint32_t column, int64_t *values, uint32_t rows)
{
    const RatePartition *range = reader->partition;
    for (uint32_t i = 0; i < rows; i++) {
        int64_t value = reader->next + (int64_t)i * range->step;
        if (column == 1)
            values[i] = value;
        else
            values[i] =
                (range->start_ms + (int64_t)floor((double)(value - range->range_start) * range->ms_per_value + 0.5)) *
                1000;
    }
}

static WeirStatus rate_next_batch(WeirReader *reader, WeirBatch **out, WeirError *error)
{
    const RatePartition *range = reader->partition;
    const WeirScanRequest *request = reader->request;
    *out = NULL;
    if (reader->next >= range->end)
        return WEIR_OK;
    int64_t left = (range->end - reader->next + range->step - 1) / range->step;
    uint32_t rows = left < request->batch_rows_max ? (uint32_t)left : request->batch_rows_max;
    WeirBatch *batch = weir_batch_new(request->column_count, reader->tracker);
    for (uint32_t c = 0; c < request->column_count; c++) {
        WeirStatus status =
            weir_vector_init(&batch->columns[c], request->columns[c] == 1 ? &weir_type_long : &weir_type_timestamp,
                             rows, &batch->arena, error);
        if (status != WEIR_OK) {
            weir_batch_release(batch);
            return status;
        }
        fill_column(reader, request->columns[c], batch->columns[c].values, rows);
        batch->columns[c].length = rows;
    }
    batch->row_count = batch->selected_count = rows;
    reader->next += (int64_t)rows * range->step;
    *out = batch;
    return WEIR_OK;
}

static void rate_close_reader(WeirReader *reader)
{
    weir_free(reader);
}

const WeirSourceType weir_rate_source_type = {
    .name = "rate",
    .capabilities = WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_CONTINUOUS,
    .options = rate_options,
    .infer_schema = rate_infer_schema,
    .open = rate_open,
    .close = rate_close,
    .initial_offset = rate_initial_offset,
    .latest_offset = rate_latest_offset,
    .plan_partitions = rate_plan_partitions,
    .describe = rate_describe,
    .open_partition = rate_open_partition,
    .next_batch = rate_next_batch,
    .close_reader = rate_close_reader,
};
