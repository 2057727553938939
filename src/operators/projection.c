/* Projections, shared by Project, the aggregates' results and joins. */
#include "operators/projection.h"

WeirStatus weir_projection_init(WeirProjection *projection, WeirExpression *const *expressions, uint32_t count,
                                const WeirEvalContext *context, WeirError *error)
{
    *projection = (WeirProjection){.count = count, .references = weir_calloc(count + 1, sizeof(uint32_t))};
    WeirExpression **computed = weir_calloc(count + 1, sizeof(WeirExpression *));
    for (uint32_t i = 0; i < count; i++) {
        const WeirExpression *expression = expressions[i];
        while (expression->kind == WEIR_EXPRESSION_ALIAS)
            expression = expression->children[0];
        bool plain = expression->kind == WEIR_EXPRESSION_BOUND_REFERENCE;
        projection->references[i] = plain ? expression->ordinal : UINT32_MAX;
        if (!plain)
            computed[projection->computed_count++] = expressions[i];
    }
    WeirStatus status = WEIR_OK;
    if (projection->computed_count > 0)
        status = weir_program_compile(computed, projection->computed_count, context, &projection->program, error);
    weir_free(computed);
    return status;
}

void weir_projection_deinit(WeirProjection *projection)
{
    weir_program_free(projection->program);
    weir_free(projection->references);
    *projection = (WeirProjection){0};
}

WeirStatus weir_projection_instance(const WeirProjection *projection, WeirProgramInstance **instance, WeirError *error)
{
    if (projection->program == NULL)
        return WEIR_OK;
    return weir_program_instance_new(projection->program, instance, error);
}

WeirStatus weir_projection_run(const WeirProjection *projection, WeirProgramInstance *instance, WeirBatch *input,
                               WeirMemoryTracker *tracker, WeirBatch **result, WeirError *error)
{
    WeirBatch *out = weir_batch_over(input, projection->count, tracker);
    WeirVector *computed = NULL;
    WeirStatus status = WEIR_OK;
    if (projection->computed_count > 0) {
        computed = WEIR_ARENA_ARRAY(&out->arena, WeirVector, projection->computed_count);
        WEIR_TRY_OR_GO(failed, weir_program_run(instance, input, &out->arena, computed, error));
    }
    for (uint32_t i = 0, next = 0; i < projection->count; i++)
        out->columns[i] =
            projection->references[i] == UINT32_MAX ? computed[next++] : input->columns[projection->references[i]];
    WEIR_TRY_OR_GO(failed, weir_batch_check(out, error));
    *result = out;
    return WEIR_OK;
failed:
    weir_batch_release(out);
    return status;
}
