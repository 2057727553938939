/* Between an execution and a sink: one writer per task (or one for ordered sinks), committed as one epoch. */
#ifndef WEIR_ENGINE_SINK_OUTPUT_H
#define WEIR_ENGINE_SINK_OUTPUT_H

#include "operators/execution.h"

typedef struct WeirSinkOutput {
    const WeirSinkType *type;
    WeirSink *sink;
    int64_t epoch_id;
    bool discard; /* the sink holds this epoch already: the plan runs for its state and watermark only */
    WeirWriter **writers;
    uint32_t writer_count;
} WeirSinkOutput;

/* Asks the sink whether it has `epoch_id` already; makes the output for weir_execution_run. */
WEIR_CHECKED WeirStatus weir_sink_output_begin(WeirSinkOutput *output, const WeirSinkType *type, WeirSink *sink,
                                               int64_t epoch_id, WeirExecutionOutput *execution_output,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_sink_output_commit(WeirSinkOutput *output, WeirError *error);
/* After a failure of the execution. */
void weir_sink_output_abort(WeirSinkOutput *output);
/* Frees what begin and the execution made; after commit or abort. */
void weir_sink_output_end(WeirSinkOutput *output);

#endif
