/* Running a lambda's body over the elements of many rows at once. */
#include "expr/kernel.h"
#include "expr/program_private.h"

WeirStatus weir_lambda_run(WeirKernelCall *call, WeirLambdaRuntime *runtime, const WeirVector *const *arguments,
                           const WeirVector *variables, uint32_t *rows, uint32_t count, WeirVector *result,
                           WeirError *error)
{
    const WeirLambda *lambda = runtime->lambda;
    uint32_t column_count = lambda->variable_count + lambda->outer_count;
    WeirVector *columns = WEIR_ARENA_ARRAY(call->arena, WeirVector, column_count + 1);
    for (uint32_t i = 0; i < lambda->variable_count; i++)
        columns[i] = variables[i];
    for (uint32_t i = 0; i < lambda->outer_count; i++) {
        const WeirVector *outer = arguments[lambda->outer_first + i];
        WeirVector *column = &columns[lambda->variable_count + i];
        if (outer->kind == WEIR_VECTOR_CONSTANT) {
            *column = *outer;
            column->length = count;
        } else {
            WeirVector wrapped;
            weir_vector_wrap_dictionary((WeirVector *)(uintptr_t)outer, rows, count, &wrapped);
            WEIR_TRY(weir_vector_flatten(&wrapped, column, call->arena, error));
        }
    }
    WeirBatch batch = {.row_count = count, .selected_count = count, .column_count = column_count, .columns = columns};
    if (count == 0) {
        weir_vector_init_null(result, lambda->body->type, 0, call->arena);
        return WEIR_OK;
    }
    return weir_program_run(runtime->instance, &batch, call->arena, result, error);
}
