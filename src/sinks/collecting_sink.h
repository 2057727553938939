/* What sinks share that take a whole epoch on the driver: its rows, in order, as compacted batches. */
#ifndef WEIR_SINKS_COLLECTING_SINK_H
#define WEIR_SINKS_COLLECTING_SINK_H

#include "connector/connector.h"

struct WeirWriter {
    WeirMemoryTracker *tracker;
    WeirBatch **batches;
    uint32_t count, capacity;
    int64_t row_count;
    int64_t rows_max; /* keep no more than this many rows; -1: all */
};

WEIR_CHECKED WeirStatus weir_collecting_writer_new(WeirMemoryTracker *tracker, int64_t rows_max, WeirWriter **writer);
WEIR_CHECKED WeirStatus weir_collecting_writer_write(WeirWriter *writer, WeirBatch *batch, WeirError *error);
WEIR_CHECKED WeirStatus weir_collecting_writer_commit(WeirWriter *writer,
                                                      WeirError *error); /* nothing to make durable */
void weir_collecting_writer_free(WeirWriter *writer);
/* Shape of WeirSinkType.abort_epoch. */
void weir_collecting_sink_abort(WeirSink *sink, int64_t epoch_id, WeirWriter *const *writers, uint32_t count);

#endif
