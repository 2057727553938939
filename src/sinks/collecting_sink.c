/* See collecting_sink.h. */
#include "sinks/collecting_sink.h"

WeirStatus weir_collecting_writer_new(WeirMemoryTracker *tracker, int64_t rows_max, WeirWriter **out)
{
    WeirWriter *writer = weir_calloc(1, sizeof(*writer));
    writer->tracker = tracker;
    writer->rows_max = rows_max;
    *out = writer;
    return WEIR_OK;
}

WeirStatus weir_collecting_writer_write(WeirWriter *writer, WeirBatch *batch, WeirError *error)
{
    WeirBatch *copy = NULL;
    int64_t before = writer->row_count;
    writer->row_count += batch->selected_count;
    if (batch->selected_count == 0 || (writer->rows_max >= 0 && before >= writer->rows_max))
        return WEIR_OK;
    WEIR_TRY(weir_batch_compact(batch, writer->tracker, &copy, error));
    if (writer->count == writer->capacity) {
        writer->capacity = writer->capacity == 0 ? 8 : writer->capacity * 2;
        writer->batches = weir_realloc(writer->batches, writer->capacity * sizeof(WeirBatch *));
    }
    writer->batches[writer->count++] = copy;
    return WEIR_OK;
}

WeirStatus weir_collecting_writer_commit(WeirWriter *writer, WeirError *error)
{
    (void)writer, (void)error;
    return WEIR_OK;
}

void weir_collecting_writer_free(WeirWriter *writer)
{
    if (writer == NULL)
        return;
    for (uint32_t i = 0; i < writer->count; i++)
        weir_batch_release(writer->batches[i]);
    weir_free(writer->batches);
    weir_free(writer);
}

void weir_collecting_sink_abort(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count)
{
    (void)sink, (void)epoch_id;
    for (uint32_t i = 0; i < count; i++)
        weir_collecting_writer_free(writers[i]);
}
