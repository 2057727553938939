/* Collecting rows by unit and joining them into one flat batch. */
#include "operators/row_collector.h"

typedef struct CollectorTask {
    WeirCollectedUnit *unit;
    WeirProgramInstance *instance;
} CollectorTask;

void weir_row_collector_init(WeirRowCollector *collector, WeirMemoryTracker *tracker, const WeirProjection *extra,
                             uint64_t rows_max)
{
    memset(collector, 0, sizeof(*collector));
    collector->tracker = tracker;
    collector->extra = extra;
    collector->rows_max = rows_max;
    collector->satisfied_from = UINT32_MAX;
}

void weir_row_collector_deinit(WeirRowCollector *collector)
{
    for (uint32_t u = 0; u < collector->unit_count; u++) {
        for (uint32_t i = 0; i < collector->units[u].count; i++)
            weir_batch_release(collector->units[u].batches[i]);
        weir_free(collector->units[u].batches);
    }
    weir_free(collector->units);
    collector->units = NULL;
    collector->unit_count = 0;
}

uint64_t weir_row_collector_rows(const WeirRowCollector *collector)
{
    uint64_t rows = 0;
    for (uint32_t u = 0; u < collector->unit_count; u++)
        rows += collector->units[u].rows;
    return rows;
}

static WeirStatus collector_begin(void *context, uint32_t unit_count, WeirError *error)
{
    (void)error;
    WeirRowCollector *collector = context;
    collector->units = weir_calloc(unit_count + 1, sizeof(WeirCollectedUnit));
    collector->unit_count = unit_count;
    return WEIR_OK;
}

static WeirStatus collector_open(void *context, uint32_t unit, void **state, WeirError *error)
{
    WeirRowCollector *collector = context;
    CollectorTask *task = weir_calloc(1, sizeof(*task));
    *state = task;
    task->unit = &collector->units[unit];
    return collector->extra == NULL ? WEIR_OK : weir_projection_instance(collector->extra, &task->instance, error);
}

/* The batch's columns followed by the computed ones. */
static WeirStatus append_extra(const WeirRowCollector *collector, CollectorTask *task, WeirBatch *batch,
                               WeirBatch **out, WeirError *error)
{
    WeirBatch *extra = NULL;
    WEIR_TRY(weir_projection_run(collector->extra, task->instance, batch, collector->tracker, &extra, error));
    WeirBatch *wide = weir_batch_over(extra, batch->column_count + extra->column_count, collector->tracker);
    memcpy(wide->columns, batch->columns, sizeof(WeirVector) * batch->column_count);
    memcpy(wide->columns + batch->column_count, extra->columns, sizeof(WeirVector) * extra->column_count);
    weir_batch_release(extra); /* `wide` keeps it */
    *out = wide;
    return WEIR_OK;
}

static WeirStatus collector_push(void *context, void *state, WeirBatch *batch, WeirError *error)
{
    WeirRowCollector *collector = context;
    CollectorTask *task = state;
    WeirCollectedUnit *unit = task->unit;
    if (unit->rows >= collector->rows_max)
        return WEIR_OK;
    WeirBatch *wide = NULL, *kept = NULL;
    if (collector->extra != NULL)
        WEIR_TRY(append_extra(collector, task, batch, &wide, error));
    WeirStatus status = weir_batch_compact(wide == NULL ? batch : wide, collector->tracker, &kept, error);
    weir_batch_release(wide);
    WEIR_TRY(status);
    if (unit->count == unit->capacity) {
        unit->capacity = unit->capacity == 0 ? 4 : unit->capacity * 2;
        unit->batches = weir_realloc(unit->batches, unit->capacity * sizeof(WeirBatch *));
    }
    unit->batches[unit->count++] = kept;
    unit->rows += kept->selected_count;
    return WEIR_OK;
}

/* Tasks mark their unit; when the units so far hold enough rows, later ones are not wanted. What is wanted never
 * depends on the schedule: only rows past the limit in unit order are left out. */
static WeirStatus collector_finish(void *context, void *state, WeirError *error)
{
    (void)error;
    WeirRowCollector *collector = context;
    CollectorTask *task = state;
    if (collector->rows_max == UINT64_MAX)
        return WEIR_OK;
    __atomic_store_n(&task->unit->finished, true, __ATOMIC_RELEASE);
    uint64_t rows = 0;
    for (uint32_t u = 0; u < collector->unit_count; u++) {
        if (!__atomic_load_n(&collector->units[u].finished, __ATOMIC_ACQUIRE))
            return WEIR_OK;
        rows += collector->units[u].rows;
        if (rows >= collector->rows_max) {
            atomic_store(&collector->satisfied_from, u + 1);
            return WEIR_OK;
        }
    }
    return WEIR_OK;
}

static void collector_close(void *context, void *state, bool failed)
{
    (void)context, (void)failed;
    CollectorTask *task = state;
    if (task == NULL)
        return;
    weir_program_instance_free(task->instance);
    weir_free(task);
}

static bool collector_is_satisfied(void *context, uint32_t unit)
{
    WeirRowCollector *collector = context;
    return collector->units[unit].rows >= collector->rows_max || unit >= atomic_load(&collector->satisfied_from);
}

const WeirTerminal weir_row_collector_terminal = {
    .begin = collector_begin,
    .open = collector_open,
    .push = collector_push,
    .finish = collector_finish,
    .close = collector_close,
    .is_satisfied = collector_is_satisfied,
};

/* ---- one flat batch ---- */

typedef struct ConcatColumn {
    const WeirRowCollector *collector;
    uint32_t column, total;
    WeirArena *arena;
} ConcatColumn;

static void concat_rows(const ConcatColumn *concat, const WeirBatch *batch, uint32_t at, size_t size, bool is_view,
                        WeirVector *out)
{
    const WeirVector *from = &batch->columns[concat->column];
    uint8_t *values = out->values;
    for (uint32_t k = 0; k < batch->selected_count; k++, at++) {
        const WeirVector *flat;
        uint32_t row = weir_vector_locate(from, weir_batch_row(batch, k), &flat);
        if (row == WEIR_NULL_INDEX || size == 0 || (flat->validity != NULL && !weir_bit_get(flat->validity, row))) {
            weir_vector_ensure_validity(out, concat->total, concat->arena);
            weir_bit_clear(out->validity, at);
            if (size > 0)
                memset(values + (size_t)at * size, 0, size);
            continue;
        }
        memcpy(values + (size_t)at * size, (const uint8_t *)flat->values + (size_t)row * size, size);
        if (is_view) {
            WeirStringView *view = (WeirStringView *)(void *)(values + (size_t)at * size);
            if (view->length > WEIR_VIEW_INLINE_BYTES)
                *view = weir_view_copy(concat->arena, weir_view_data(view), view->length);
        }
    }
}

static WeirStatus concat_flat(const ConcatColumn *concat, const WeirDataType *type, WeirVector *out, WeirError *error)
{
    WEIR_TRY(weir_vector_init(out, type, concat->total, concat->arena, error));
    out->length = concat->total;
    size_t size = weir_physical_size(weir_type_physical(type));
    bool is_view = weir_type_physical(type) == WEIR_PHYSICAL_VIEW;
    uint32_t at = 0;
    for (uint32_t u = 0; u < concat->collector->unit_count; u++) {
        const WeirCollectedUnit *unit = &concat->collector->units[u];
        for (uint32_t i = 0; i < unit->count; i++) {
            concat_rows(concat, unit->batches[i], at, size, is_view, out);
            at += unit->batches[i]->selected_count;
        }
    }
    return WEIR_OK;
}

/* Nested types go through a builder of one column, whose batch `out` then keeps. */
static WeirStatus concat_nested(const ConcatColumn *concat, const WeirDataType *type, WeirBatch *out, WeirError *error)
{
    const WeirField field = {.name = "c", .type = type, .nullable = true, .metadata = "{}"};
    const WeirSchema *schema = weir_type_struct(concat->arena, &field, 1);
    WeirBatchBuilder builder;
    WEIR_TRY(weir_batch_builder_init(&builder, schema, concat->collector->tracker, error));
    for (uint32_t u = 0; u < concat->collector->unit_count; u++) {
        const WeirCollectedUnit *unit = &concat->collector->units[u];
        for (uint32_t i = 0; i < unit->count; i++) {
            const WeirBatch *batch = unit->batches[i];
            for (uint32_t k = 0; k < batch->selected_count; k++) {
                weir_vector_builder_append_row(builder.columns[0], &batch->columns[concat->column],
                                               weir_batch_row(batch, k));
                weir_batch_builder_end_row(&builder);
            }
        }
    }
    WeirBatch *built = NULL;
    WeirStatus status = weir_batch_builder_finish(&builder, &built, error);
    weir_batch_builder_deinit(&builder);
    if (status != WEIR_OK || built == NULL)
        return status;
    out->columns[concat->column] = built->columns[0];
    weir_batch_keep_batch(out, built);
    weir_batch_release(built);
    return WEIR_OK;
}

WeirStatus weir_row_collector_concat(const WeirRowCollector *collector, const WeirDataType *const *types,
                                     uint32_t column_count, WeirBatch **result, WeirError *error)
{
    uint64_t total = weir_row_collector_rows(collector);
    if (total >= UINT32_MAX)
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", "4294967296",
                              "receivedBytes", "0");
    WeirBatch *out = weir_batch_new(column_count, collector->tracker);
    out->row_count = out->selected_count = (uint32_t)total;
    WeirStatus status = WEIR_OK;
    for (uint32_t i = 0; i < column_count; i++) {
        const ConcatColumn concat = {
            .collector = collector, .column = i, .total = (uint32_t)total, .arena = &out->arena};
        if (weir_type_is_nested(types[i]) && total > 0)
            WEIR_TRY_OR_GO(failed, concat_nested(&concat, types[i], out, error));
        else
            WEIR_TRY_OR_GO(failed, concat_flat(&concat, types[i], &out->columns[i], error));
    }
    WEIR_TRY_OR_GO(failed, weir_batch_check(out, error));
    *result = out;
    return WEIR_OK;
failed:
    weir_batch_release(out);
    return status;
}

/* ---- dense pieces ---- */

static void window_vector(WeirVector *vector, uint32_t start, uint32_t count)
{
    if (vector->kind == WEIR_VECTOR_CONSTANT) {
        vector->length = count;
        return;
    }
    vector->length = count;
    if (vector->kind == WEIR_VECTOR_DICTIONARY) {
        vector->indices += start;
        return;
    }
    if (vector->validity != NULL)
        vector->validity += start / 64;
    if (vector->values != NULL)
        vector->values =
            (uint8_t *)vector->values + (size_t)start * weir_physical_size(weir_type_physical(vector->type));
}

/* Struct children start at the same row: they need copies of their own. */
static void window_children(WeirVector *vector, uint32_t start, uint32_t count, WeirArena *arena)
{
    if (vector->kind != WEIR_VECTOR_FLAT || weir_type_physical(vector->type) != WEIR_PHYSICAL_STRUCT)
        return;
    WeirVector *children = WEIR_ARENA_ARRAY(arena, WeirVector, vector->type->field_count + 1);
    for (uint32_t i = 0; i < vector->type->field_count; i++) {
        children[i] = vector->children[i];
        window_vector(&children[i], start, count);
        window_children(&children[i], start, count, arena);
    }
    vector->children = children;
}

WeirBatch *weir_batch_window(WeirBatch *batch, uint32_t start, uint32_t count, WeirMemoryTracker *tracker)
{
    WEIR_ASSERT(start % 64 == 0 && batch->selection == NULL && start + count <= batch->row_count);
    WeirBatch *window = weir_batch_over(batch, batch->column_count, tracker);
    window->row_count = window->selected_count = count;
    for (uint32_t i = 0; i < batch->column_count; i++) {
        window->columns[i] = batch->columns[i];
        window_vector(&window->columns[i], start, count);
        window_children(&window->columns[i], start, count, &window->arena);
    }
    return window;
}

WeirStatus weir_emit_dense(WeirExecution *execution, WeirPipelineTask *task, uint32_t stage, WeirBatch *batch,
                           WeirMemoryTracker *tracker, WeirError *error)
{
    uint32_t piece = (weir_execution_batch_rows(execution) + 63) & ~63u;
    if (batch->row_count <= piece)
        return weir_emit(task, stage, batch, error);
    for (uint32_t start = 0; start < batch->row_count && !weir_pipeline_is_satisfied(task); start += piece) {
        uint32_t left = batch->row_count - start;
        WeirBatch *window = weir_batch_window(batch, start, left < piece ? left : piece, tracker);
        WeirStatus status = weir_emit(task, stage, window, error);
        weir_batch_release(window);
        WEIR_TRY(status);
    }
    return WEIR_OK;
}
