/* WindowExec of batch queries: the input is sorted by partition and order, each partition's functions are computed, and
 * the rows come out in that order with the results behind their columns. */
#include "operators/window/window_private.h"

typedef struct WindowState {
    WeirArena arena;
    WeirProjection extra;         /* partition keys, order keys, arguments, filters */
    WeirExpression **sort_orders; /* of partition keys and order keys */
    uint32_t width, partition_count, order_count, extra_count, function_count;
    WeirWindowFunction *functions;
    const WeirDataType **types; /* of the wide rows */
    const WeirSchema *result_schema;
    /* of the run */
    WeirRowCollector collector;
    WeirBatch *rows, *results;
    uint32_t *order;
    int64_t reserved_bytes;
} WindowState;

static const WeirExpression *window_of(const WeirExpression *expression)
{
    while (expression->kind == WEIR_EXPRESSION_ALIAS)
        expression = expression->children[0];
    return expression;
}

/* ---- compiling ---- */

static uint32_t count_extra(const WeirPhysicalPlan *plan, const WeirWindowSpec *spec)
{
    uint32_t count = spec->partition_count + spec->order_count;
    for (uint32_t i = 0; i < plan->expression_count; i++) {
        const WeirExpression *function = window_of(plan->expressions[i])->children[0];
        count += function->child_count + (function->filter != NULL);
    }
    return count;
}

static WeirStatus describe_function(WindowState *state, const WeirExpression *window, const WeirEvalContext *context,
                                    WeirExpression **extra, uint32_t *next, WeirWindowFunction *out, WeirError *error)
{
    WeirExpression *function = window->children[0];
    *out = (WeirWindowFunction){
        .window = window, .function = function, .first_argument = state->width + *next, .filter = UINT32_MAX};
    for (uint32_t a = 0; a < function->child_count; a++)
        extra[(*next)++] = function->children[a];
    if (function->filter != NULL) {
        out->filter = state->width + *next;
        extra[(*next)++] = function->filter;
    }
    if (function->kind == WEIR_EXPRESSION_AGGREGATE) {
        bool fixed = false;
        const WeirSchema *schema = weir_aggregate_buffer_schema(&function, 1, &state->arena, &out->slots, &fixed);
        out->row_bytes = ((schema->field_count + 63) / 64 + schema->field_count) * 8;
    } else if (function->kind != WEIR_EXPRESSION_CALL || function->function->kind != WEIR_FUNCTION_WINDOW) {
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "Not a window function: %s.",
                                 function->name == NULL ? "" : function->name);
    }
    return weir_window_frame_offsets(out, context, &state->arena, error);
}

static void describe_types(WindowState *state, const WeirPhysicalPlan *plan, WeirExpression *const *extra)
{
    const WeirPhysicalPlan *child = plan->children[0];
    state->types = WEIR_ARENA_ARRAY(&state->arena, const WeirDataType *, state->width + state->extra_count + 1);
    for (uint32_t i = 0; i < state->width; i++)
        state->types[i] = child->output[i]->type;
    for (uint32_t i = 0; i < state->extra_count; i++)
        state->types[state->width + i] = extra[i]->type;
    WeirField *fields = WEIR_ARENA_ARRAY(&state->arena, WeirField, state->function_count + 1);
    for (uint32_t i = 0; i < state->function_count; i++)
        fields[i] = (WeirField){
            .name = "result", .type = window_of(plan->expressions[i])->type, .nullable = true, .metadata = "{}"};
    state->result_schema = weir_type_struct(&state->arena, fields, state->function_count);
}

static WeirStatus window_open(WeirOperator *operator, WeirError * error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    const WeirEvalContext *context = operator->execution->environment->context;
    WindowState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    weir_arena_init(&state->arena, &operator->tracker);
    const WeirWindowSpec *spec = window_of(plan->expressions[0])->window; /* one specification for all */
    state->width = plan->children[0]->output_count;
    state->function_count = plan->expression_count;
    state->partition_count = spec->partition_count;
    state->order_count = spec->order_count;
    state->extra_count = count_extra(plan, spec);
    WeirExpression **extra = WEIR_ARENA_ARRAY(&state->arena, WeirExpression *, state->extra_count + 1);
    state->sort_orders =
        WEIR_ARENA_ARRAY(&state->arena, WeirExpression *, spec->partition_count + spec->order_count + 1);
    uint32_t next = 0;
    for (uint32_t i = 0; i < spec->partition_count; i++) {
        state->sort_orders[i] = weir_expression_unary(&state->arena, WEIR_EXPRESSION_SORT_ORDER, spec->partition_by[i]);
        state->sort_orders[i]->nulls_first = true;
        extra[next++] = spec->partition_by[i];
    }
    for (uint32_t i = 0; i < spec->order_count; i++) {
        state->sort_orders[spec->partition_count + i] = spec->order_by[i];
        extra[next++] = spec->order_by[i]->children[0];
    }
    state->functions = WEIR_ARENA_ARRAY(&state->arena, WeirWindowFunction, state->function_count + 1);
    for (uint32_t i = 0; i < state->function_count; i++)
        WEIR_TRY(describe_function(state, window_of(plan->expressions[i]), context, extra, &next, &state->functions[i],
                                   error));
    describe_types(state, plan, extra);
    return weir_projection_init(&state->extra, extra, state->extra_count, context, error);
}

static void window_reset(WeirOperator *operator, bool failed)
{
    (void)failed;
    WindowState *state = operator->state;
    weir_row_collector_deinit(&state->collector);
    weir_batch_release(state->rows);
    weir_batch_release(state->results);
    weir_free(state->order);
    weir_memory_release(&operator->tracker, state->reserved_bytes);
    state->rows = state->results = NULL;
    state->order = NULL;
    state->reserved_bytes = 0;
}

static void window_close(WeirOperator *operator)
{
    WindowState *state = operator->state;
    if (state == NULL)
        return;
    weir_projection_deinit(&state->extra);
    weir_arena_deinit(&state->arena);
    weir_free(state);
}

/* ---- running ---- */

static bool same_keys(const WeirWindowRows *rows, uint32_t column, uint32_t count, uint32_t a, uint32_t b)
{
    for (uint32_t i = 0; i < count; i++) {
        const WeirVector *key = &rows->rows->columns[column + i];
        if (weir_vector_compare_rows(key, rows->order[a], key, rows->order[b]) != 0)
            return false;
    }
    return true;
}

static void find_peers(const WeirWindowRows *rows, uint32_t *peer_start, uint32_t *peer_end)
{
    for (uint32_t first = rows->start, next; first < rows->end; first = next) {
        for (next = first + 1; next < rows->end && same_keys(rows, rows->order_column, rows->order_count, first, next);
             next++) {
        }
        for (uint32_t i = first; i < next; i++) {
            peer_start[i - rows->start] = first;
            peer_end[i - rows->start] = next;
        }
    }
}

static WeirStatus run_partition(WeirOperator *operator, const WeirWindowRows * rows, WeirBatchBuilder *builder,
                                WeirError *error)
{
    const WindowState *state = operator->state;
    for (uint32_t i = 0; i < state->function_count; i++) {
        const WeirWindowFunction *function = &state->functions[i];
        if (function->function->kind == WEIR_EXPRESSION_AGGREGATE)
            WEIR_TRY(weir_window_aggregate(function, rows, operator->execution->environment->context,
                                           &operator->tracker, builder->columns[i], error));
        else
            WEIR_TRY(weir_window_rank(function, rows, builder->columns[i], error));
    }
    for (uint32_t i = rows->start; i < rows->end; i++)
        weir_batch_builder_end_row(builder);
    return WEIR_OK;
}

static WeirStatus compute_results(WeirOperator *operator, WeirError * error)
{
    WindowState *state = operator->state;
    uint32_t total = state->rows->row_count;
    WeirWindowRows rows = {.rows = state->rows,
                           .order = state->order,
                           .zone = operator->execution->environment->context->zone,
                           .ansi = operator->execution->environment->context->ansi,
                           .partition_column = state->width,
                           .partition_count = state->partition_count,
                           .order_column = state->width + state->partition_count,
                           .order_count = state->order_count,
                           .orders = state->sort_orders + state->partition_count};
    uint32_t *peers = state->order + total; /* reserved with it */
    WeirBatchBuilder builder;
    WEIR_TRY(weir_batch_builder_init(&builder, state->result_schema, &operator->tracker, error));
    WeirStatus status = WEIR_OK;
    while (rows.end < total) {
        rows.start = rows.end++;
        while (rows.end < total && same_keys(&rows, rows.partition_column, rows.partition_count, rows.start, rows.end))
            rows.end++;
        find_peers(&rows, peers, peers + total);
        rows.peer_start = peers;
        rows.peer_end = peers + total;
        WEIR_TRY_OR_GO(done, run_partition(operator, & rows, &builder, error));
        WEIR_TRY_OR_GO(done, weir_execution_check_cancelled(operator->execution, error));
    }
    status = weir_batch_builder_finish(&builder, &state->results, error);
done:
    weir_batch_builder_deinit(&builder);
    return status;
}

static WeirStatus window_prepare(WeirOperator *operator, uint32_t * unit_count, WeirError *error)
{
    WindowState *state = operator->state;
    window_reset(operator, false);
    *unit_count = 1;
    weir_row_collector_init(&state->collector, &operator->tracker, &state->extra, UINT64_MAX);
    WEIR_TRY(weir_operator_run(operator->children[0], &weir_row_collector_terminal, &state->collector, error));
    WEIR_TRY(weir_row_collector_concat(&state->collector, state->types, state->width + state->extra_count, &state->rows,
                                       error));
    weir_row_collector_deinit(&state->collector);
    int64_t bytes = (int64_t)state->rows->row_count * 12;
    WEIR_TRY(weir_memory_reserve(&operator->tracker, bytes, error));
    state->reserved_bytes = bytes;
    state->order = weir_malloc((size_t)bytes + 4);
    WEIR_TRY(weir_sort_rows(state->rows->columns + state->width, state->sort_orders,
                            state->partition_count + state->order_count, state->rows->row_count, &operator->tracker,
                            state->order, error));
    return compute_results(operator, error);
}

static WeirStatus window_unit(WeirOperator *operator, uint32_t partition, WeirPipelineTask *task, WeirError *error)
{
    (void)partition;
    WindowState *state = operator->state;
    uint32_t rows_max = weir_execution_batch_rows(operator->execution), total = state->rows->row_count;
    for (uint32_t start = 0; start < total && !weir_pipeline_is_satisfied(task); start += rows_max) {
        uint32_t count = total - start < rows_max ? total - start : rows_max;
        WeirBatch *out = weir_batch_new(state->width + state->function_count, &operator->tracker);
        uint32_t *positions = weir_arena_alloc(&out->arena, sizeof(uint32_t) * count);
        WeirStatus status = WEIR_OK;
        out->row_count = out->selected_count = count;
        for (uint32_t i = 0; i < count; i++)
            positions[i] = start + i;
        for (uint32_t i = 0; i < state->width && status == WEIR_OK; i++)
            status = weir_vector_gather(&state->rows->columns[i], state->order + start, count, true, &out->columns[i],
                                        &out->arena, error);
        for (uint32_t i = 0; i < state->function_count && status == WEIR_OK; i++)
            status = weir_vector_gather(&state->results->columns[i], positions, count, true,
                                        &out->columns[state->width + i], &out->arena, error);
        if (status == WEIR_OK)
            status = weir_emit(task, 0, out, error);
        weir_batch_release(out);
        WEIR_TRY(status);
    }
    return WEIR_OK;
}

static WeirStatus window_produce(WeirOperator *operator, uint32_t first_unit, const WeirPipeline *pipeline,
                                 WeirError *error)
{
    return weir_produce_one(operator, first_unit, pipeline, window_unit, error);
}

const WeirOperatorType weir_window_operator = {
    .name = "Window",
    .open = window_open,
    .close = window_close,
    .prepare = window_prepare,
    .produce = window_produce,
    .reset = window_reset,
};
