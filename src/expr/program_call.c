/* One kernel call: constants stay constant, a function of one dictionary column runs over the dictionary, nulls
 * propagate by words of validity, and the kernel sees only rows it may look at. */
#include "expr/program_private.h"

#define ARGUMENTS_INLINE 16u

typedef struct Call {
    WeirProgramInstance *instance;
    const WeirStep *step;
    WeirArena *arena;
    uint32_t row_count;
    WeirSlot rows;
    const WeirVector **arguments;
    uint32_t argument_count;
} Call;

/* Values of the result in memory the instance keeps, so that it stays in cache from batch to batch. */
static WeirStatus init_result(const Call *call, uint32_t row_count, WeirVector *result, WeirError *error)
{
    const WeirStep *step = call->step;
    if (!step->scratch || row_count != call->row_count)
        return weir_vector_init(result, step->expression->type, row_count, call->arena, error);
    WeirScratch *scratch = &call->instance->scratch[step->target];
    size_t bytes = weir_physical_size(weir_type_physical(step->expression->type)) * row_count + 64;
    if (scratch->bytes < bytes) {
        weir_free(scratch->memory);
        scratch->memory = weir_calloc(1, bytes);
        scratch->bytes = bytes;
    }
    *result = (WeirVector){.type = step->expression->type, .kind = WEIR_VECTOR_FLAT, .values = scratch->memory};
    return WEIR_OK;
}

/* AND of the arguments' validity; NULL when there are no nulls. Arguments are flat or valid constants. */
static uint64_t *combined_validity(const Call *call, uint32_t row_count)
{
    uint64_t *combined = NULL;
    size_t words = weir_bit_words(row_count);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const WeirVector *argument = call->arguments[i];
        if (argument->kind != WEIR_VECTOR_FLAT || argument->validity == NULL)
            continue;
        if (combined == NULL) {
            combined = weir_arena_alloc(call->arena, words * sizeof(uint64_t));
            memcpy(combined, argument->validity, words * sizeof(uint64_t));
        } else {
            for (size_t w = 0; w < words; w++)
                combined[w] &= argument->validity[w];
        }
    }
    return combined;
}

static WeirSlot valid_rows(const Call *call, const WeirSlot *rows, const uint64_t *validity)
{
    uint32_t *kept = weir_arena_alloc(call->arena, sizeof(*kept) * (rows->count + 1));
    uint32_t count = 0;
    for (uint32_t k = 0; k < rows->count; k++) {
        uint32_t row = rows->rows == NULL ? k : rows->rows[k];
        kept[count] = row;
        count += weir_bit_get(validity, row);
    }
    return (WeirSlot){kept, count};
}

static WeirStatus call_kernel(const Call *call, uint32_t row_count, WeirSlot rows, WeirVector *result, WeirError *error)
{
    const WeirStep *step = call->step;
    WeirProgramInstance *instance = call->instance;
    WEIR_TRY(init_result(call, row_count, result, error));
    result->length = row_count;
    WeirKernelCall kernel_call = {
        .expression = step->expression,
        .context = instance->program->context,
        .arena = call->arena,
        .row_count = row_count,
        .selection = rows.rows,
        .count = rows.count,
        .lambdas = step->state == UINT32_MAX ? NULL : instance->lambdas[step->state],
        .state = step->state == UINT32_MAX ? NULL : instance->states[step->state],
    };
    if (step->flags & WEIR_FUNCTION_NULL_PROPAGATING) {
        uint64_t *validity = combined_validity(call, row_count);
        result->validity = validity;
        kernel_call.validity = validity;
        if (step->flags & WEIR_FUNCTION_DENSE) {
            kernel_call.dense = rows.rows == NULL || rows.count >= row_count / 4;
        } else if (validity != NULL) {
            rows = valid_rows(call, &rows, validity);
            kernel_call.selection = rows.rows;
            kernel_call.count = rows.count;
        }
    } else if (step->flags & WEIR_FUNCTION_DENSE) {
        kernel_call.dense = rows.rows == NULL || rows.count >= row_count / 4;
    }
    return step->kernel(&kernel_call, call->arguments, result, error);
}

static WeirStatus call_constant(const Call *call, WeirVector *result, WeirError *error)
{
    WEIR_TRY(call_kernel(call, 1, (WeirSlot){NULL, 1}, result, error));
    WEIR_ASSERT(result->kind != WEIR_VECTOR_DICTIONARY);
    result->kind = WEIR_VECTOR_CONSTANT;
    result->length = call->row_count;
    return WEIR_OK;
}

/* Rows of the dictionary that selected rows point at, ascending; functions that may fail must not see the others. */
static WeirSlot used_rows(const Call *call, const WeirVector *argument)
{
    uint32_t size = argument->dictionary->length;
    uint64_t *used = weir_arena_calloc(call->arena, weir_bit_words(size) * sizeof(uint64_t) + 8);
    for (uint32_t k = 0; k < call->rows.count; k++) {
        uint32_t index = argument->indices[call->rows.rows == NULL ? k : call->rows.rows[k]];
        if (index != WEIR_NULL_INDEX)
            weir_bit_set(used, index);
    }
    uint32_t *rows = weir_arena_alloc(call->arena, sizeof(*rows) * (size + 1));
    uint32_t count = 0;
    for (uint32_t i = 0; i < size; i++) {
        rows[count] = i;
        count += weir_bit_get(used, i);
    }
    return (WeirSlot){rows, count};
}

/* The one dictionary argument if all others are constant and running over its dictionary pays; NULL otherwise. */
static const WeirVector *worthwhile_dictionary(const Call *call)
{
    if ((call->step->flags & (WEIR_FUNCTION_NULL_PROPAGATING | WEIR_FUNCTION_NONDETERMINISTIC)) !=
            WEIR_FUNCTION_NULL_PROPAGATING ||
        call->step->lambda_count > 0)
        return NULL;
    const WeirVector *found = NULL;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        const WeirVector *argument = call->arguments[i];
        if (argument->kind == WEIR_VECTOR_CONSTANT)
            continue;
        if (argument->kind != WEIR_VECTOR_DICTIONARY || found != NULL ||
            argument->dictionary->kind != WEIR_VECTOR_FLAT || argument->dictionary->length > call->rows.count)
            return NULL;
        found = argument;
    }
    return found;
}

static WeirStatus call_dictionary(Call *call, const WeirVector *dictionary, WeirVector *result, WeirError *error)
{
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (call->arguments[i] == dictionary)
            call->arguments[i] = dictionary->dictionary;
    WeirVector *values = WEIR_ARENA_NEW(call->arena, WeirVector);
    uint32_t size = dictionary->dictionary->length;
    WeirSlot rows = used_rows(call, dictionary);
    if (rows.count == 0) {
        weir_vector_init_null(result, call->step->expression->type, call->row_count, call->arena);
        return WEIR_OK;
    }
    Call inner = *call;
    inner.row_count = size == call->row_count ? size + 1 : call->row_count; /* never scratch: the result must last */
    WEIR_TRY(call_kernel(&inner, size, rows, values, error));
    weir_vector_wrap_dictionary(values, dictionary->indices, call->row_count, result);
    return WEIR_OK;
}

static WeirStatus flatten_arguments(Call *call, WeirError *error)
{
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (call->arguments[i]->kind != WEIR_VECTOR_DICTIONARY)
            continue;
        WeirVector *flat = WEIR_ARENA_NEW(call->arena, WeirVector);
        WEIR_TRY(weir_vector_flatten(call->arguments[i], flat, call->arena, error));
        call->arguments[i] = flat;
    }
    return WEIR_OK;
}

WeirStatus weir_step_call(WeirProgramInstance *instance, const WeirStep *step, uint32_t row_count, WeirArena *arena,
                          WeirError *error)
{
    const WeirVector *inlined[ARGUMENTS_INLINE];
    Call call = {.instance = instance,
                 .step = step,
                 .arena = arena,
                 .row_count = row_count,
                 .rows = instance->slots[step->slot],
                 .argument_count = step->argument_count,
                 .arguments = inlined};
    if (step->argument_count > ARGUMENTS_INLINE)
        call.arguments = weir_arena_alloc(arena, sizeof(*call.arguments) * step->argument_count);
    WeirVector *result = &instance->registers[step->target];
    bool propagates = step->flags & WEIR_FUNCTION_NULL_PROPAGATING;
    bool all_constant = !(step->flags & WEIR_FUNCTION_NONDETERMINISTIC);
    for (uint32_t i = 0; i < step->argument_count; i++) {
        const WeirVector *argument = &instance->registers[step->arguments[i]];
        call.arguments[i] = argument;
        bool constant = argument->kind == WEIR_VECTOR_CONSTANT;
        all_constant = all_constant && constant;
        if (propagates && (argument->type->id == WEIR_TYPE_VOID || (constant && weir_vector_is_null(argument, 0)))) {
            weir_vector_init_null(result, step->expression->type, row_count, arena);
            return WEIR_OK;
        }
    }
    if (all_constant)
        return call_constant(&call, result, error);
    const WeirVector *dictionary = worthwhile_dictionary(&call);
    if (dictionary != NULL)
        return call_dictionary(&call, dictionary, result, error);
    if (!(step->flags & WEIR_FUNCTION_ANY_VECTOR))
        WEIR_TRY(flatten_arguments(&call, error));
    return call_kernel(&call, row_count, call.rows, result, error);
}
