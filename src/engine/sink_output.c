/* See sink_output.h. Writers of an epoch belong to the sink from commit_epoch or abort_epoch on. */
#include "engine/sink_output.h"

static WeirStatus output_begin(void *context, uint32_t task_count, WeirError *error)
{
    WeirSinkOutput *output = context;
    (void)error;
    bool ordered = (output->type->capabilities & WEIR_SINK_ORDERED) != 0;
    output->writer_count = ordered ? 1 : task_count;
    output->writers = weir_calloc(output->writer_count == 0 ? 1 : output->writer_count, sizeof(WeirWriter *));
    return WEIR_OK;
}

static WeirStatus output_open_task(void *context, uint32_t task_index, WeirError *error)
{
    WeirSinkOutput *output = context;
    if (output->discard)
        return WEIR_OK;
    WEIR_ASSERT(task_index < output->writer_count);
    return output->type->open_writer(output->sink, output->epoch_id, task_index, &output->writers[task_index], error);
}

static WeirStatus output_consume(void *context, uint32_t task_index, WeirBatch *batch, WeirError *error)
{
    WeirSinkOutput *output = context;
    if (output->discard)
        return WEIR_OK;
    if ((output->type->capabilities & WEIR_SINK_ORDERED) != 0)
        task_index = 0;
    return output->type->write_batch(output->writers[task_index], batch, error);
}

static WeirStatus output_close_task(void *context, uint32_t task_index, bool failed, WeirError *error)
{
    WeirSinkOutput *output = context;
    if (output->discard || failed)
        return WEIR_OK; /* A failed epoch is aborted as a whole. */
    return output->type->commit_task(output->writers[task_index], error);
}

WeirStatus weir_sink_output_begin(WeirSinkOutput *output, const WeirSinkType *type, WeirSink *sink, int64_t epoch_id,
                                  WeirExecutionOutput *execution_output, WeirError *error)
{
    *output = (WeirSinkOutput){.type = type, .sink = sink, .epoch_id = epoch_id};
    bool ordered = (type->capabilities & WEIR_SINK_ORDERED) != 0;
    if (type->last_committed != NULL) {
        int64_t last = -1;
        WEIR_TRY(type->last_committed(sink, &last, error));
        output->discard = epoch_id <= last;
    }
    if (type->begin_epoch != NULL && !output->discard)
        WEIR_TRY(type->begin_epoch(sink, epoch_id, error));
    *execution_output = (WeirExecutionOutput){.context = output, .ordered = ordered, .consume = output_consume};
    if (ordered) {
        WEIR_TRY(output_begin(output, 1, error));
        return output_open_task(output, 0, error);
    }
    execution_output->begin = output_begin;
    execution_output->open_task = output_open_task;
    execution_output->close_task = output_close_task;
    return WEIR_OK;
}

WeirStatus weir_sink_output_commit(WeirSinkOutput *output, WeirError *error)
{
    if (output->discard)
        return WEIR_OK;
    WeirStatus status = WEIR_OK;
    if ((output->type->capabilities & WEIR_SINK_ORDERED) != 0)
        status = output->type->commit_task(output->writers[0], error);
    if (status != WEIR_OK) {
        weir_sink_output_abort(output);
        return status;
    }
    status = output->type->commit_epoch(output->sink, output->epoch_id, output->writers, output->writer_count, error);
    output->writer_count = 0;
    return status;
}

void weir_sink_output_abort(WeirSinkOutput *output)
{
    if (output->discard)
        return;
    /* Tasks that never began have no writer: the sink gets only those that exist, in order. */
    uint32_t count = 0;
    for (uint32_t i = 0; i < output->writer_count; i++)
        if (output->writers[i] != NULL)
            output->writers[count++] = output->writers[i];
    if (output->type->abort_task != NULL)
        for (uint32_t i = 0; i < count; i++)
            output->type->abort_task(output->writers[i]);
    output->type->abort_epoch(output->sink, output->epoch_id, output->writers, count);
    output->writer_count = 0;
}

void weir_sink_output_end(WeirSinkOutput *output)
{
    weir_free(output->writers);
    output->writers = NULL;
}
