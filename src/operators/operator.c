/* The tree of operators of a query: made from the physical plan once, reset after every run. */
#include "operators/operator.h"

WeirStatus weir_operator_new(const WeirPhysicalPlan *plan, WeirExecution *execution, WeirOperator **out,
                             WeirError *error)
{
    const WeirOperatorType *type = weir_operator_type(plan);
    if (type == NULL)
        return weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "No operator for physical node %d.",
                                 (int)plan->kind);
    WeirOperator *operator= weir_calloc(1, sizeof(*operator));
    operator->type = type;
    operator->plan = plan;
    operator->execution = execution;
    weir_memory_tracker_init(&operator->tracker, execution->environment->tracker, type->name, 0);
    operator->children = weir_calloc(plan->child_count + 1, sizeof(*operator->children));
    WeirStatus status = WEIR_OK;
    for (uint32_t i = 0; i < plan->child_count; i++) {
        WEIR_TRY_OR_GO(failed, weir_operator_new(plan->children[i], execution, &operator->children[i], error));
        operator->child_count++;
    }
    if (type->open != NULL)
        WEIR_TRY_OR_GO(failed, type->open(operator, error));
    if (plan->stateful != NULL)
        execution->stateful[plan->stateful->operator_id] = operator;
    *out = operator;
    return WEIR_OK;
failed:
    weir_operator_free(operator);
    return status;
}

void weir_operator_free(WeirOperator *operator)
{
    if (operator== NULL)
        return;
    if (operator->type->close != NULL)
        operator->type->close(operator);
    for (uint32_t i = 0; i < operator->child_count; i++)
        weir_operator_free(operator->children[i]);
    weir_free(operator->children);
    weir_memory_tracker_deinit(&operator->tracker);
    weir_free(operator);
}

void weir_operator_reset(WeirOperator *operator, bool failed)
{
    if (operator->type->reset != NULL)
        operator->type->reset(operator, failed);
    for (uint32_t i = 0; i < operator->child_count; i++)
        weir_operator_reset(operator->children[i], failed);
}

WeirBatch *weir_batch_over(WeirBatch *input, uint32_t column_count, WeirMemoryTracker *tracker)
{
    WeirBatch *batch = weir_batch_new(column_count, tracker);
    batch->row_count = input->row_count;
    batch->selected_count = input->selected_count;
    batch->selection = input->selection;
    weir_batch_keep_batch(batch, input);
    return batch;
}

WeirStatus weir_batch_check(const WeirBatch *batch, WeirError *error)
{
    return weir_arena_check(&batch->arena, error);
}

const WeirSchema *weir_output_schema(const WeirPhysicalPlan *plan, WeirArena *arena)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, plan->output_count + 1);
    for (uint32_t i = 0; i < plan->output_count; i++) {
        const WeirExpression *attribute = plan->output[i];
        fields[i] = (WeirField){.name = attribute->name,
                                .type = attribute->type,
                                .nullable = attribute->nullable,
                                .metadata = attribute->metadata == NULL ? "{}" : attribute->metadata};
    }
    return weir_type_struct(arena, fields, plan->output_count);
}
