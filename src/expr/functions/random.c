/* Values that differ from row to row: rand, randn, uniform, uuid, row numbers. With a seed they are Spark's for
 * its first partition. */
#include <math.h>

#include "common/clock.h"
#include "expr/functions/random_seed.h"
#include "expr/kernel.h"
#include "expr/mersenne_twister.h"
#include "expr/strict_math.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)

/* George Marsaglia's xorshift with 64 bits, its seed scattered by a murmur hash as Spark's XORShiftRandom does. */
typedef struct RandomState {
    uint64_t seed;
    bool has_gaussian;
    double gaussian; /* the polar method makes two at once */
    int64_t next_row;
} RandomState;

static uint32_t rotate_left(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}

/* Austin Appleby's MurmurHash3, 32 bits, of a long's eight bytes from the highest down. */
static uint32_t murmur_of_long(uint64_t value, uint32_t hash)
{
    uint64_t bytes = __builtin_bswap64(value);
    for (int i = 0; i < 2; i++) {
        uint32_t k = (uint32_t)(bytes >> (32 * i)) * 0xcc9e2d51u;
        hash = rotate_left(hash ^ rotate_left(k, 15) * 0x1b873593u, 13) * 5u + 0xe6546b64u;
    }
    hash ^= 8u;
    hash = (hash ^ hash >> 16) * 0x85ebca6bu;
    hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

static uint64_t scattered(uint64_t seed)
{
    uint32_t low = murmur_of_long(seed, 0x3c074a61u), high = murmur_of_long(seed, low);
    return (uint64_t)high << 32 | low;
}

static uint64_t unpredictable(void)
{
    WeirRandom random;
    weir_random_init(&random, 0);
    return weir_random_next(&random);
}

static void *new_state(const WeirExpression *expression)
{
    RandomState *state = weir_calloc(1, sizeof(*state));
    const int64_t *seed = expression->bound;
    state->seed = scattered(seed != NULL ? (uint64_t)*seed : unpredictable());
    return state;
}

static uint32_t next_bits(RandomState *state, int bits)
{
    state->seed ^= state->seed << 21;
    state->seed ^= state->seed >> 35;
    state->seed ^= state->seed << 4;
    return (uint32_t)(state->seed & ((UINT64_C(1) << bits) - 1));
}

static double next_double(RandomState *state)
{
    uint64_t high = next_bits(state, 26);
    return (double)((high << 27) + next_bits(state, 27)) * 0x1p-53;
}

/* Marsaglia's polar method. */
static double next_gaussian(RandomState *state)
{
    if (state->has_gaussian) {
        state->has_gaussian = false;
        return state->gaussian;
    }
    for (;;) {
        double a = 2.0 * next_double(state) - 1.0, b = 2.0 * next_double(state) - 1.0, size = a * a + b * b;
        if (size >= 1.0 || size == 0)
            continue;
        double factor = sqrt(-2.0 * weir_strict_log(size) / size);
        state->gaussian = b * factor;
        state->has_gaussian = true;
        return a * factor;
    }
}

KERNEL(rand_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    ((double *)result->values)[row] = next_double(call->state);
    return WEIR_OK;
}

KERNEL(randn_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    ((double *)result->values)[row] = next_gaussian(call->state);
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

static void *new_uuid_twister(const WeirExpression *expression)
{
    WeirTwister *twister = weir_calloc(1, sizeof(*twister));
    const int64_t *seed = expression->bound;
    weir_twister_init(twister, seed != NULL ? (uint64_t)*seed : unpredictable());
    return twister;
}

KERNEL(uuid_kernel)
{
    (void)arguments;
    (void)error;
    WEIR_FOR_ROWS(call, row)
    {
        char text[40];
        uint64_t a = (weir_twister_next_long(call->state) & ~UINT64_C(0xf000)) | 0x4000u;
        uint64_t b = (weir_twister_next_long(call->state) | UINT64_C(1) << 63) & ~(UINT64_C(1) << 62);
        snprintf(text, sizeof(text), "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32), (unsigned)(a >> 16 & 0xffff),
                 (unsigned)(a & 0xffff), (unsigned)(b >> 48), (unsigned long long)(b & 0xffffffffffffull));
        ((WeirStringView *)result->values)[row] = weir_view_copy(call->arena, text, 36);
    }
    return WEIR_OK;
}

/* ---- resolution */

WeirStatus weir_call_take_seed(WeirFunctionCall *call, uint32_t index, const char *name, WeirError *error)
{
    const WeirExpression *argument = call->arguments[index];
    WeirTypeId type = argument->type->id;
    WeirValue *value = NULL;
    if (argument->kind == WEIR_EXPRESSION_LITERAL &&
        (type == WEIR_TYPE_INT || type == WEIR_TYPE_LONG || type == WEIR_TYPE_VOID))
        WEIR_TRY(weir_call_constant(call, index, &value, error));
    if (value == NULL)
        return weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_LONG, "parameter", "`seed`", "functionName",
                              name, "invalidValue", weir_quoted_sql(call->arena, argument));
    if (!weir_value_is_null(value)) {
        int64_t *seed = WEIR_ARENA_NEW(call->arena, int64_t);
        *seed = weir_value_get_int(value);
        call->bound = seed;
    }
    call->argument_count = index;
    return WEIR_OK;
}

static WeirStatus resolve_uuid(WeirFunctionCall *call, WeirError *error)
{
    call->result_type = &weir_type_string;
    return call->argument_count == 1 ? weir_call_take_seed(call, 0, "`UUID`", error) : WEIR_OK;
}

static bool is_int_or_long(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_INT || type->id == WEIR_TYPE_LONG || type->id == WEIR_TYPE_VOID;
}

/* An argument that is a constant int or long: `bound` becomes its value; a null seed is 0. */
static WeirStatus bind_seed(WeirFunctionCall *call, uint32_t index, WeirValue **value, WeirError *error)
{
    if (!is_int_or_long(call->arguments[index]->type))
        return weir_call_unexpected_type(call, index, "(\"INT\" or \"BIGINT\")", error);
    WEIR_TRY(weir_call_constant(call, index, value, error));
    if (*value == NULL)
        return WEIR_OK;
    int64_t *seed = WEIR_ARENA_NEW(call->arena, int64_t);
    *seed = weir_value_is_null(*value) ? 0 : weir_value_get_int(*value);
    call->bound = seed;
    return WEIR_OK;
}

static WeirStatus resolve_rand(WeirFunctionCall *call, WeirError *error)
{
    call->result_type = &weir_type_double;
    call->nullable = false;
    if (call->argument_count == 0)
        return WEIR_OK;
    WeirValue *value = NULL;
    WEIR_TRY(bind_seed(call, 0, &value, error));
    if (value != NULL)
        return WEIR_OK;
    return weir_error_set(error, WEIR_ERROR_SEED_EXPRESSION_IS_UNFOLDABLE, "seedExpr",
                          weir_quoted_sql(call->arena, call->arguments[0]), "exprWithSeed", weir_call_sql(call));
}

/* What uniform's two ends meet at: the wider of two integers, of two decimals the one with more digits. */
static const WeirDataType *uniform_type(const WeirDataType *a, const WeirDataType *b)
{
    static const WeirTypeId order[] = {WEIR_TYPE_DOUBLE, WEIR_TYPE_FLOAT, WEIR_TYPE_DECIMAL, WEIR_TYPE_LONG,
                                       WEIR_TYPE_INT,    WEIR_TYPE_SHORT, WEIR_TYPE_BYTE};
    if (a->id == WEIR_TYPE_VOID || b->id == WEIR_TYPE_VOID)
        return &weir_type_double;
    if (a->id == WEIR_TYPE_DECIMAL && b->id == WEIR_TYPE_DECIMAL)
        return a->precision > b->precision ? a : b;
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        if (a->id == order[i] || b->id == order[i])
            return a->id == order[i] ? a : b;
    return &weir_type_double;
}

static WeirStatus check_uniform(WeirFunctionCall *call, WeirError *error)
{
    static const char *const names[] = {"min", "max", "seed"};
    for (uint32_t i = 0; i < 2; i++)
        if (!weir_type_is_numeric(call->arguments[i]->type) && call->arguments[i]->type->id != WEIR_TYPE_VOID)
            return weir_call_unexpected_type(call, i, "\"NUMERIC\"", error);
    if (call->argument_count == 3 && !is_int_or_long(call->arguments[2]->type))
        return weir_call_unexpected_type(call, 2, "(\"INT\" or \"BIGINT\")", error);
    for (uint32_t i = 0; i < call->argument_count; i++)
        if (!weir_expression_is_foldable(call->arguments[i]))
            return weir_call_non_foldable(call, i, names[i], "integer or floating-point", error);
    return WEIR_OK;
}

/* min + (max - min) * rand(seed), as the type of the ends. */
static WeirStatus resolve_uniform(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(check_uniform(call, error));
    const WeirDataType *type = uniform_type(call->arguments[0]->type, call->arguments[1]->type);
    if (call->arguments[0]->type->id == WEIR_TYPE_VOID || call->arguments[1]->type->id == WEIR_TYPE_VOID) {
        call->replacement = weir_expression_null_literal(call->arena, type);
        return WEIR_OK;
    }
    WeirExpression *ends[2];
    for (uint32_t i = 0; i < 2; i++)
        ends[i] = weir_call_cast(call, call->arguments[i], &weir_type_double, call->eval_mode);
    WeirExpression *rand = weir_call_make(call, "rand", call->arguments + 2, call->argument_count - 2);
    WeirExpression *span = weir_call_make(call, "-", (WeirExpression *[]){ends[1], ends[0]}, 2);
    WeirExpression *part = weir_call_make(call, "*", (WeirExpression *[]){span, rand}, 2);
    WeirExpression *sum = weir_call_make(call, "+", (WeirExpression *[]){ends[0], part}, 2), *resolved = NULL;
    WEIR_TRY(weir_function_resolve_tree(call->resolver, sum, &resolved, error));
    call->replacement = weir_call_cast(call, resolved, type, call->eval_mode);
    return WEIR_OK;
}

#define FLAGS (WEIR_FUNCTION_NONDETERMINISTIC | WEIR_FUNCTION_NEVER_NULL)
#define STATE .new_state = new_state, .free_state = weir_free

const WeirFunction weir_functions_random[] = {
    {.name = "rand",
     .flags = FLAGS | WEIR_FUNCTION_SEEDED,
     .arguments_min = 0,
     .arguments_max = 1,
     .resolve = resolve_rand,
     .kernel = rand_kernel,
     STATE,
     .group = "math_funcs",
     .usage = "rand([seed]): at random from [0, 1)."},
    {.name = "random",
     .flags = FLAGS | WEIR_FUNCTION_SEEDED,
     .arguments_min = 0,
     .arguments_max = 1,
     .resolve = resolve_rand,
     .kernel = rand_kernel,
     STATE,
     .sql_format = "rand($*)",
     .group = "math_funcs",
     .usage = "random([seed]): at random from [0, 1)."},
    {.name = "randn",
     .flags = FLAGS | WEIR_FUNCTION_SEEDED,
     .arguments_min = 0,
     .arguments_max = 1,
     .resolve = resolve_rand,
     .kernel = randn_kernel,
     STATE,
     .group = "math_funcs",
     .usage = "randn([seed]): at random, normally distributed."},
    {.name = "uniform",
     .flags = WEIR_FUNCTION_REPLACED | WEIR_FUNCTION_NONDETERMINISTIC,
     .arguments_min = 2,
     .arguments_max = 3,
     .resolve = resolve_uniform,
     .group = "math_funcs",
     .usage = "uniform(min, max[, seed]): at random between two numbers."},
    {.name = "uuid",
     .flags = FLAGS | WEIR_FUNCTION_SEEDED,
     .arguments_min = 0,
     .arguments_max = 1,
     .resolve = resolve_uuid,
     .kernel = uuid_kernel,
     .new_state = new_uuid_twister,
     .free_state = weir_free,
     .group = "misc_funcs",
     .usage = "uuid([seed]): a random UUID."},
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
