/* The query's output as the last terminal. Unordered outputs are called from tasks. Ordered ones get batches in unit
 * order on the driver: directly where tasks run inline, else from a list per unit after the last task. */
#include "operators/execution_private.h"

typedef struct OutputUnit {
    WeirBatch **batches;
    uint32_t count, capacity;
} OutputUnit;

struct WeirOutputRun {
    WeirExecution *execution;
    const WeirExecutionOutput *output;
    bool collects;
    OutputUnit *units;
    uint32_t unit_count;
    _Atomic int64_t rows;
};

typedef struct OutputTask {
    uint32_t unit;
    bool opened;
} OutputTask;

WeirOutputRun *weir_output_run_new(WeirExecution *execution, const WeirExecutionOutput *output)
{
    WeirOutputRun *run = weir_calloc(1, sizeof(*run));
    run->execution = execution;
    run->output = output;
    WeirTaskPool *pool = weir_execution_pool(execution);
    run->collects = output->ordered && pool != NULL && weir_task_pool_worker_count(pool) > 0;
    return run;
}

void weir_output_run_free(WeirOutputRun *run)
{
    for (uint32_t u = 0; u < run->unit_count; u++) {
        for (uint32_t i = 0; i < run->units[u].count; i++)
            weir_batch_release(run->units[u].batches[i]);
        weir_free(run->units[u].batches);
    }
    weir_free(run->units);
    weir_free(run);
}

int64_t weir_output_run_rows(const WeirOutputRun *run)
{
    return run->rows;
}

static WeirStatus output_begin(void *context, uint32_t unit_count, WeirError *error)
{
    WeirOutputRun *run = context;
    if (run->collects) {
        run->units = weir_calloc(unit_count + 1, sizeof(*run->units));
        run->unit_count = unit_count;
    }
    return run->output->begin == NULL ? WEIR_OK : run->output->begin(run->output->context, unit_count, error);
}

static WeirStatus output_open(void *context, uint32_t unit, void **state, WeirError *error)
{
    WeirOutputRun *run = context;
    OutputTask *task = weir_calloc(1, sizeof(*task));
    task->unit = unit;
    *state = task;
    task->opened = true; /* a failed open_task is closed too: the callee sees close_task(failed) */
    if (run->collects || run->output->open_task == NULL)
        return WEIR_OK;
    return run->output->open_task(run->output->context, unit, error);
}

static WeirStatus collect(WeirOutputRun *run, OutputUnit *unit, WeirBatch *batch, WeirError *error)
{
    WeirBatch *kept = NULL;
    if ((uint64_t)batch->selected_count * 2 <= batch->row_count)
        WEIR_TRY(weir_batch_compact(batch, run->execution->environment->tracker, &kept, error));
    else
        kept = weir_batch_retain(batch);
    if (unit->count == unit->capacity) {
        unit->capacity = unit->capacity == 0 ? 4 : unit->capacity * 2;
        unit->batches = weir_realloc(unit->batches, unit->capacity * sizeof(WeirBatch *));
    }
    unit->batches[unit->count++] = kept;
    return WEIR_OK;
}

static WeirStatus output_push(void *context, void *state, WeirBatch *batch, WeirError *error)
{
    WeirOutputRun *run = context;
    const OutputTask *task = state;
    atomic_fetch_add_explicit(&run->rows, batch->selected_count, memory_order_relaxed);
    if (run->collects)
        return collect(run, &run->units[task->unit], batch, error);
    return run->output->consume(run->output->context, task->unit, batch, error);
}

static WeirStatus output_finish(void *context, void *state, WeirError *error)
{
    WeirOutputRun *run = context;
    OutputTask *task = state;
    task->opened = false;
    if (run->collects || run->output->close_task == NULL)
        return WEIR_OK;
    return run->output->close_task(run->output->context, task->unit, false, error);
}

static void output_close(void *context, void *state, bool failed)
{
    WeirOutputRun *run = context;
    OutputTask *task = state;
    if (task != NULL && task->opened && failed && !run->collects && run->output->close_task != NULL) {
        WeirStatus ignored = run->output->close_task(run->output->context, task->unit, true, NULL);
        (void)ignored; /* The task has failed already. */
    }
    weir_free(task);
}

const WeirTerminal weir_output_terminal = {
    .begin = output_begin,
    .open = output_open,
    .push = output_push,
    .finish = output_finish,
    .close = output_close,
};

static WeirStatus deliver_unit(WeirOutputRun *run, uint32_t unit, WeirError *error)
{
    const WeirExecutionOutput *output = run->output;
    OutputUnit *from = &run->units[unit];
    WeirStatus status = WEIR_OK;
    if (output->open_task != NULL)
        WEIR_TRY_OR_GO(failed, output->open_task(output->context, unit, error));
    for (uint32_t i = 0; i < from->count; i++) {
        WEIR_TRY_OR_GO(failed, output->consume(output->context, unit, from->batches[i], error));
        weir_batch_release(from->batches[i]);
        from->batches[i] = NULL;
    }
    return output->close_task == NULL ? WEIR_OK : output->close_task(output->context, unit, false, error);
failed:
    if (output->close_task != NULL) {
        WeirStatus ignored = output->close_task(output->context, unit, true, NULL);
        (void)ignored;
    }
    return status;
}

WeirStatus weir_output_run_finish(WeirOutputRun *run, WeirError *error)
{
    if (!run->collects)
        return WEIR_OK;
    for (uint32_t unit = 0; unit < run->unit_count; unit++)
        WEIR_TRY(deliver_unit(run, unit, error));
    return WEIR_OK;
}
