/* GenerateExec: explode and its kind. Kept child columns are repeated as dictionaries; an array's elements are passed
 * on where they lie. */
#include "operators/row_collector.h"

#define ROWS_AT_ONCE 384u /* a multiple of 64, as windows of bitmaps want */

typedef struct GenerateState {
    const WeirExpression *generator;
    WeirProgram *arguments;
    bool is_plain_explode; /* explode(array), not outer */
} GenerateState;

static WeirStatus generate_open(WeirOperator *operator, WeirError * error)
{
    GenerateState *state = weir_calloc(1, sizeof(*state));
    operator->state = state;
    state->generator = operator->plan->expressions[0];
    state->is_plain_explode = !state->generator->is_outer &&
                              !operator->plan->is_outer && strcmp(state->generator->function->name, "explode") == 0 &&
                              state->generator->children[0]->type->id == WEIR_TYPE_ARRAY;
    return weir_program_compile(state->generator->children,
                                state->generator->child_count, operator->execution->environment->context,
                                &state->arguments, error);
}

static void generate_close(WeirOperator *operator)
{
    GenerateState *state = operator->state;
    if (state == NULL)
        return;
    weir_program_free(state->arguments);
    weir_free(state);
}

static WeirStatus generate_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)unit;
    const GenerateState *shared = operator->state;
    WeirProgramInstance *instance = NULL;
    WEIR_TRY(weir_program_instance_new(shared->arguments, &instance, error));
    *state = instance;
    return WEIR_OK;
}

static void generate_close_stage(WeirOperator *operator, void * state)
{
    (void)operator;
    weir_program_instance_free(state);
}

/* The elements of all live rows lie in one piece of the child vector: it is the output. */
static bool explode_in_place(const GenerateState *state, const WeirVector *list, const WeirBatch *batch,
                             uint32_t *counts, uint32_t *total, WeirVector *output)
{
    if (!state->is_plain_explode || list->kind != WEIR_VECTOR_FLAT || list->validity != NULL ||
        batch->selection != NULL)
        return false;
    const uint32_t *offsets = list->values;
    const WeirVector *elements = &list->children[0];
    uint32_t first = offsets[0];
    if (elements->kind != WEIR_VECTOR_FLAT || elements->type->id == WEIR_TYPE_STRUCT ||
        (first != 0 && elements->validity != NULL))
        return false;
    for (uint32_t k = 0; k < batch->row_count; k++)
        counts[k] = offsets[k + 1] - offsets[k];
    *total = offsets[batch->row_count] - first;
    *output = *elements;
    output->length = *total;
    if (output->values != NULL)
        output->values =
            (uint8_t *)output->values + (size_t)first * weir_physical_size(weir_type_physical(output->type));
    return true;
}

static void repeat_columns(const WeirPhysicalPlan *plan, WeirBatch *batch, const uint32_t *counts, uint32_t total,
                           WeirBatch *out)
{
    if (plan->column_count == 0)
        return;
    uint32_t *indices = weir_arena_alloc(&out->arena, sizeof(uint32_t) * ((size_t)total + 1));
    uint32_t at = 0;
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        uint32_t row = weir_batch_row(batch, k);
        for (uint32_t i = 0; i < counts[k]; i++)
            indices[at++] = row;
    }
    WEIR_ASSERT(at == total);
    for (uint32_t i = 0; i < plan->column_count; i++) {
        WeirVector *column = &batch->columns[plan->columns[i]];
        if (column->kind == WEIR_VECTOR_CONSTANT) {
            out->columns[i] = *column;
            out->columns[i].length = total;
        } else {
            weir_vector_wrap_dictionary(column, indices, total, &out->columns[i]);
        }
    }
}

static WeirStatus generate_rows(WeirOperator *operator, void * instance, WeirPipelineTask *task, uint32_t stage,
                                WeirBatch *batch, WeirError *error)
{
    const GenerateState *state = operator->state;
    const WeirPhysicalPlan *plan = operator->plan;
    WeirBatch *out = weir_batch_new(plan->output_count, &operator->tracker);
    weir_batch_keep_batch(out, batch);
    uint32_t argument_count = state->generator->child_count, total = 0;
    WeirVector *arguments = WEIR_ARENA_ARRAY(&out->arena, WeirVector, argument_count + 1);
    const WeirVector **pointers = WEIR_ARENA_ARRAY(&out->arena, const WeirVector *, argument_count + 1);
    uint32_t *counts = weir_arena_alloc(&out->arena, sizeof(uint32_t) * ((size_t)batch->row_count + 1));
    WeirVector *outputs = out->columns + plan->column_count;
    WeirStatus status = WEIR_OK;
    WEIR_TRY_OR_GO(done, weir_program_run(instance, batch, &out->arena, arguments, error));
    for (uint32_t i = 0; i < argument_count; i++)
        pointers[i] = &arguments[i];
    if (!explode_in_place(state, &arguments[0], batch, counts, &total, outputs)) {
        WEIR_TRY_OR_GO(done,
                       weir_generator_expand(state->generator, pointers, batch, counts, outputs, &out->arena, error));
        for (uint32_t k = 0; k < batch->selected_count; k++)
            total += counts[k];
    }
    out->row_count = out->selected_count = total;
    if (total == 0)
        goto done;
    repeat_columns(plan, batch, counts, total, out);
    WEIR_TRY_OR_GO(done, weir_batch_check(out, error));
    status = weir_emit_dense(operator->execution, task, stage + 1, out, &operator->tracker, error);
done:
    weir_batch_release(out);
    return status;
}

/* Few rows at a time: what they become is still in the cache when the next stage reads it. */
static WeirStatus generate_push(WeirOperator *operator, void * instance, WeirPipelineTask *task, uint32_t stage,
                                WeirBatch *batch, WeirError *error)
{
    if (batch->row_count <= ROWS_AT_ONCE || batch->selection != NULL)
        return generate_rows(operator, instance, task, stage, batch, error);
    for (uint32_t start = 0; start < batch->row_count && !weir_pipeline_is_satisfied(task); start += ROWS_AT_ONCE) {
        uint32_t left = batch->row_count - start;
        WeirBatch *window =
            weir_batch_window(batch, start, left < ROWS_AT_ONCE ? left : ROWS_AT_ONCE, &operator->tracker);
        WeirStatus status = generate_rows(operator, instance, task, stage, window, error);
        weir_batch_release(window);
        WEIR_TRY(status);
    }
    return WEIR_OK;
}

const WeirOperatorType weir_generate_operator = {
    .name = "Generate",
    .open = generate_open,
    .close = generate_close,
    .open_stage = generate_open_stage,
    .push = generate_push,
    .close_stage = generate_close_stage,
};
