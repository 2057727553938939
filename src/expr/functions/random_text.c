/* randstr: random letters and digits. With a seed they are Spark's for its first partition. */
#include "common/clock.h"
#include "common/hash.h"
#include "expr/function_private.h"
#include "expr/kernels/text_find.h"

typedef struct RandomText {
    int32_t length;
    bool seeded;
    int64_t seed;
} RandomText;

typedef struct RandomState {
    uint64_t bits; /* Marsaglia's xorshift */
} RandomState;

static uint64_t scattered(uint64_t seed)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(seed >> (56 - 8 * i));
    uint32_t low = weir_murmur3_bytes(bytes, sizeof(bytes), 0x3c074a61u);
    return (uint64_t)weir_murmur3_bytes(bytes, sizeof(bytes), low) << 32 | low;
}

static void *new_state(const WeirExpression *expression)
{
    const RandomText *bound = expression->bound;
    RandomState *state = weir_calloc(1, sizeof(*state));
    uint64_t seed = (uint64_t)bound->seed;
    if (!bound->seeded) {
        WeirRandom random;
        weir_random_init(&random, 0);
        seed = weir_random_next(&random);
    }
    state->bits = scattered(seed);
    return state;
}

static int32_t next(RandomState *state)
{
    state->bits ^= state->bits << 21;
    state->bits ^= state->bits >> 35;
    state->bits ^= state->bits << 4;
    return (int32_t)(uint32_t)state->bits;
}

WEIR_TEXT_KERNEL(randstr_kernel)
{
    static const char signs[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    (void)arguments;
    const RandomText *bound = call->expression->bound;
    WeirTextHeap heap = weir_text_heap(call);
    if (bound->length < 0 && call->count > 0) {
        char shown[16];
        snprintf(shown, sizeof(shown), "%d", bound->length);
        return weir_row_error(call,
                              weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_LENGTH, "parameter", "`length`",
                                             "functionName", "`randstr`", "length", shown),
                              error);
    }
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TRY(weir_text_heap_reserve(&heap, (size_t)bound->length, error));
        for (int32_t i = 0; i < bound->length; i++) {
            int32_t place = next(call->state) % 62;
            heap.next[i] = (uint8_t)signs[place < 0 ? -place : place];
        }
        ((WeirStringView *)result->values)[row] = weir_text_heap_commit(&heap, (uint32_t)bound->length);
    }
    return WEIR_OK;
}

static WeirStatus resolve_randstr(WeirFunctionCall *call, WeirError *error)
{
    static const char *const names[] = {"length", "seed"};
    RandomText *bound = WEIR_ARENA_ARRAY(call->arena, RandomText, 1);
    call->cast_types[0] = weir_signature_cast(call->arena, "int", 3, call->arguments[0]->type);
    if (call->cast_types[0] == NULL)
        return weir_call_unexpected_type(call, 0, "\"INT\"", error);
    for (uint32_t i = 0; i < call->argument_count; i++) {
        WeirTypeId id = call->arguments[i]->type->id;
        if (i == 1 && id != WEIR_TYPE_INT && id != WEIR_TYPE_LONG && id != WEIR_TYPE_VOID)
            return weir_call_unexpected_type(call, 1, "(\"INT\" or \"BIGINT\")", error);
        WeirValue *value;
        WEIR_TRY(weir_call_constant(call, i, &value, error));
        if (value == NULL)
            return weir_call_non_foldable(call, i, names[i], "integer", error);
        int64_t number = weir_value_is_null(value) ? 0 : weir_value_get_int(value); /* null counts as 0 */
        if (i == 0) {
            bound->length = (int32_t)number;
        } else {
            bound->seeded = true;
            bound->seed = number;
        }
    }
    call->bound = bound;
    call->result_type = &weir_type_string;
    return WEIR_OK;
}

const WeirFunction weir_functions_random_text[] = {
    {.name = "randstr",
     .flags = WEIR_FUNCTION_NONDETERMINISTIC | WEIR_FUNCTION_NEVER_NULL | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_randstr,
     .kernel = randstr_kernel,
     .new_state = new_state,
     .free_state = weir_free,
     .group = "string_funcs",
     .usage = "randstr(length[, seed]): random letters and digits."},
    {0},
};
