/* Values that differ from row to row: rand, randn, uuid, row numbers. Reproducible only within weir: Spark's depend on
 * its partitions. */
#include <math.h>
#include <stdio.h>
#include <sys/random.h>

#include "expr/function_private.h"
#include "expr/kernel.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)

typedef struct RandomState {
    uint64_t seed; /* Spark's XORShiftRandom */
    int64_t next_row;
} RandomState;

static void *new_state(const WeirExpression *expression)
{
    RandomState *state = weir_calloc(1, sizeof(*state));
    bool seeded = expression->child_count == 1 && expression->children[0]->kind == WEIR_EXPRESSION_LITERAL &&
                  !weir_value_is_null(expression->children[0]->value);
    if (seeded)
        state->seed = (uint64_t)weir_value_get_int(expression->children[0]->value) * 0x9e3779b97f4a7c15ull + 1;
    else if (getrandom(&state->seed, sizeof(state->seed), 0) != sizeof(state->seed))
        state->seed = 88172645463325252ull;
    state->seed |= state->seed == 0;
    return state;
}

static uint64_t next(RandomState *state)
{
    state->seed ^= state->seed << 21;
    state->seed ^= state->seed >> 35;
    state->seed ^= state->seed << 4;
    return state->seed;
}

static double uniform(RandomState *state)
{
    return (double)(next(state) >> 11) * 0x1p-53;
}

KERNEL(rand_kernel)
{
    (void)arguments;
    (void)error;
    bool normal = strcmp(call->expression->function->name, "randn") == 0;
    WEIR_FOR_ROWS(call, row)
    {
        double u = uniform(call->state);
        ((double *)result->values)[row] =
            normal ? sqrt(-2.0 * log(1.0 - u)) * cos(2.0 * M_PI * uniform(call->state)) : u;
    }
    return WEIR_OK;
}

KERNEL(uuid_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        char text[40];
        uint64_t a = next(call->state), b = next(call->state);
        snprintf(text, sizeof(text), "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
                 (unsigned)(a & 0xfff), (unsigned)(b >> 48 & 0x3fff) | 0x8000u,
                 (unsigned long long)(b & 0xffffffffffffull));
        ((WeirStringView *)result->values)[row] = weir_view_copy(call->arena, text, 36);
    }
    return WEIR_OK;
}

KERNEL(row_id_kernel)
{
    (void)arguments;
    (void)error;
    RandomState *state = call->state;
    WEIR_FOR_ROWS(call, row)
    ((int64_t *)result->values)[row] = state->next_row++;
    return WEIR_OK;
}

KERNEL(partition_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    ((int32_t *)result->values)[row] = 0;
    return WEIR_OK;
}

static WeirStatus resolve_rand(WeirFunctionCall *call, WeirError *error)
{
    (void)error;
    call->result_type = &weir_type_double;
    call->nullable = false;
    return WEIR_OK;
}

#define FLAGS (WEIR_FUNCTION_NONDETERMINISTIC | WEIR_FUNCTION_NEVER_NULL)
#define STATE .new_state = new_state, .free_state = weir_free

const WeirFunction weir_functions_random[] = {
    {.name = "rand",
     .aliases = WEIR_ALIASES("random"),
     .flags = FLAGS,
     .arguments_min = 0,
     .arguments_max = 1,
     .resolve = resolve_rand,
     .kernel = rand_kernel,
     STATE,
     .group = "math_funcs",
     .usage = "rand([seed]): at random from [0, 1)."},
    {.name = "randn",
     .flags = FLAGS,
     .arguments_min = 0,
     .arguments_max = 1,
     .resolve = resolve_rand,
     .kernel = rand_kernel,
     STATE,
     .group = "math_funcs",
     .usage = "randn([seed]): at random, normally distributed."},
    {.name = "uuid",
     .flags = FLAGS,
     .arguments_min = 0,
     .arguments_max = 0,
     .signature = "->string",
     .kernel = uuid_kernel,
     STATE,
     .group = "misc_funcs",
     .usage = "uuid(): a random UUID."},
    {.name = "monotonically_increasing_id",
     .flags = FLAGS | WEIR_FUNCTION_NOT_IN_STREAM,
     .arguments_min = 0,
     .arguments_max = 0,
     .signature = "->long",
     .kernel = row_id_kernel,
     STATE,
     .group = "misc_funcs",
     .usage = "monotonically_increasing_id(): a number for each row."},
    {.name = "spark_partition_id",
     .flags = FLAGS,
     .arguments_min = 0,
     .arguments_max = 0,
     .signature = "->int",
     .kernel = partition_kernel,
     .sql_format = "SPARK_PARTITION_ID()",
     .group = "misc_funcs",
     .usage = "spark_partition_id()"},
    {0},
};
