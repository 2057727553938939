/* A fixed number of rows for each micro-batch (Spark: RatePerMicroBatchStream): the same rows for the same offsets,
 * whatever the clock says. */
#include <stdlib.h>

#include "common/json.h"
#include "sources/sources.h"

typedef struct RateOffset {
    int64_t offset, timestamp_ms;
} RateOffset;

struct WeirSource {
    int64_t rows_per_batch, partition_count, start_ms, advance_ms;
    bool available_now;
    bool has_end; /* availableNow: one more batch, then none */
    RateOffset end;
};

typedef struct RowRange {
    int64_t first, end, timestamp_ms;
} RowRange;

struct WeirReader {
    const WeirScanRequest *request;
    WeirMemoryTracker *tracker;
    int64_t next, end, timestamp_ms;
};

static const char *const rate_options[] = {"rowsPerBatch", "numPartitions", "startTimestamp", "advanceMillisPerBatch",
                                           NULL};

static WeirStatus read_options(const WeirConnectorContext *context, WeirSource *source, WeirError *error)
{
    const WeirOptions *options = &context->options;
    WEIR_TRY(weir_options_int(options, "rowsPerBatch", 0, &source->rows_per_batch, error));
    if (source->rows_per_batch <= 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%lld'. The option 'rowsPerBatch' must be positive",
                                 (long long)source->rows_per_batch);
    WEIR_TRY(weir_options_int(options, "numPartitions", 1, &source->partition_count, error));
    if (source->partition_count <= 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%lld'. The option 'numPartitions' must be positive",
                                 (long long)source->partition_count);
    WEIR_TRY(weir_options_int(options, "startTimestamp", 0, &source->start_ms, error));
    if (source->start_ms < 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%lld'. The option 'startTimestamp' must be non-negative",
                                 (long long)source->start_ms);
    WEIR_TRY(weir_options_int(options, "advanceMillisPerBatch", 1000, &source->advance_ms, error));
    if (source->advance_ms < 0)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "Invalid value '%lld'. The option 'advanceMillisPerBatch' must be non-negative",
                                 (long long)source->advance_ms);
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
                                 "The rate-micro-batch source does not support a user-specified schema.");
    WEIR_TRY(read_options(context, &options, error));
    *schema = weir_type_struct(arena, fields, 2);
    return WEIR_OK;
}

static void rate_close(WeirSource *source)
{
    weir_free(source);
}

static WeirStatus rate_open(const WeirConnectorContext *context, bool streaming, WeirSource **out, WeirError *error)
{
    WeirSource *source = weir_calloc(1, sizeof(*source));
    (void)streaming;
    WeirStatus status = read_options(context, source, error);
    if (status != WEIR_OK) {
        rate_close(source);
        return status;
    }
    *out = source;
    return WEIR_OK;
}

static const char *offset_text(WeirArena *arena, RateOffset offset)
{
    return weir_arena_printf(arena, "{\"offset\":%lld,\"timestamp\":%lld}", (long long)offset.offset,
                             (long long)offset.timestamp_ms);
}

static WeirStatus parse_offset(const WeirSource *source, const char *text, WeirArena *arena, RateOffset *offset,
                               WeirError *error)
{
    WeirJson *json = NULL;
    *offset = (RateOffset){0, source->start_ms};
    if (text == NULL)
        return WEIR_OK;
    WEIR_TRY(weir_json_parse(text, strlen(text), arena, &json, error));
    const WeirJson *rows = weir_json_get(json, "offset"), *time = weir_json_get(json, "timestamp");
    if (rows == NULL || time == NULL || !weir_json_int64(rows, &offset->offset) ||
        !weir_json_int64(time, &offset->timestamp_ms))
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                 "'%s' is not an offset of a rate-micro-batch source.", text);
    return WEIR_OK;
}

static WeirStatus rate_initial_offset(WeirSource *source, WeirArena *arena, const char **offset, WeirError *error)
{
    (void)error;
    *offset = offset_text(arena, (RateOffset){0, source->start_ms});
    return WEIR_OK;
}

static WeirStatus rate_latest_offset(WeirSource *source, const char *start, WeirReadLimit limit, WeirArena *arena,
                                     const char **offset, WeirError *error)
{
    RateOffset from;
    (void)limit;
    WEIR_TRY(parse_offset(source, start, arena, &from, error));
    RateOffset end = {from.offset + source->rows_per_batch, from.timestamp_ms + source->advance_ms};
    if (source->available_now) {
        if (!source->has_end)
            source->end = end;
        source->has_end = true;
        end = source->end;
    }
    *offset = offset_text(arena, end);
    return WEIR_OK;
}

static WeirStatus rate_prepare_available_now(WeirSource *source, WeirError *error)
{
    (void)error;
    source->available_now = true;
    return WEIR_OK;
}

static WeirStatus rate_plan_partitions(WeirSource *source, const char *start, const char *end, WeirArena *arena,
                                       WeirInputPartition **partitions, uint32_t *count, WeirError *error)
{
    RateOffset from, until;
    WEIR_TRY(parse_offset(source, start, arena, &from, error));
    WEIR_TRY(parse_offset(source, end, arena, &until, error));
    RowRange *range = WEIR_ARENA_NEW(arena, RowRange);
    *range = (RowRange){from.offset, until.offset, from.timestamp_ms};
    *partitions = WEIR_ARENA_NEW(arena, WeirInputPartition);
    **partitions = (WeirInputPartition){.bytes = (until.offset - from.offset) * 16, .data = range};
    *count = 1;
    return WEIR_OK;
}

static void rate_describe(const WeirSource *source, WeirBuffer *out)
{
    weir_buffer_append_format(
        out,
        "RatePerMicroBatchStream[rowsPerBatch=%lld, numPartitions=%lld, startTimestamp=%lld, advanceMsPerBatch=%lld]",
        (long long)source->rows_per_batch, (long long)source->partition_count, (long long)source->start_ms,
        (long long)source->advance_ms);
}

static WeirStatus rate_open_partition(WeirSource *source, const WeirInputPartition *partition,
                                      const WeirScanRequest *request, WeirMemoryTracker *tracker, WeirReader **out,
                                      WeirError *error)
{
    const RowRange *range = partition->data;
    WeirReader *reader = weir_calloc(1, sizeof(*reader));
    (void)source, (void)error;
    *reader = (WeirReader){request, tracker, range->first, range->end, range->timestamp_ms};
    *out = reader;
    return WEIR_OK;
}

static WeirStatus rate_next_batch(WeirReader *reader, WeirBatch **out, WeirError *error)
{
    const WeirScanRequest *request = reader->request;
    *out = NULL;
    if (reader->next >= reader->end)
        return WEIR_OK;
    int64_t left = reader->end - reader->next;
    uint32_t rows = left < request->batch_rows_max ? (uint32_t)left : request->batch_rows_max;
    WeirBatch *batch = weir_batch_new(request->column_count, reader->tracker);
    for (uint32_t c = 0; c < request->column_count; c++) {
        bool is_value = request->columns[c] == 1;
        WeirStatus status = weir_vector_init(&batch->columns[c], is_value ? &weir_type_long : &weir_type_timestamp,
                                             rows, &batch->arena, error);
        if (status != WEIR_OK) {
            weir_batch_release(batch);
            return status;
        }
        int64_t *values = batch->columns[c].values;
        for (uint32_t i = 0; i < rows; i++)
            values[i] = is_value ? reader->next + i : reader->timestamp_ms * 1000;
        batch->columns[c].length = rows;
    }
    batch->row_count = batch->selected_count = rows;
    reader->next += rows;
    *out = batch;
    return WEIR_OK;
}

static void rate_close_reader(WeirReader *reader)
{
    weir_free(reader);
}

const WeirSourceType weir_rate_micro_batch_source_type = {
    .name = "rate-micro-batch",
    .capabilities = WEIR_SOURCE_MICRO_BATCH | WEIR_SOURCE_AVAILABLE_NOW,
    .options = rate_options,
    .infer_schema = rate_infer_schema,
    .open = rate_open,
    .close = rate_close,
    .initial_offset = rate_initial_offset,
    .latest_offset = rate_latest_offset,
    .prepare_available_now = rate_prepare_available_now,
    .plan_partitions = rate_plan_partitions,
    .describe = rate_describe,
    .open_partition = rate_open_partition,
    .next_batch = rate_next_batch,
    .close_reader = rate_close_reader,
};
