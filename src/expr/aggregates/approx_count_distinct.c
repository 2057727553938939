/* approx_count_distinct: HyperLogLog++ in Spark's layout, ten registers of six bits in each long, values hashed with
 * XXH64 (seed 42). */
#include <math.h>

#include "expr/aggregates/aggregate_private.h"
#include "expr/aggregates/hll_bias.inc"

#define REGISTERS_PER_WORD 10u
#define REGISTER_BITS 6u
#define NEIGHBOURS 6

typedef struct Bias {
    const double *estimates, *biases;
    int count;
} Bias;
#define BIAS(p) [p] = {estimates_##p, biases_##p, (int)(sizeof(estimates_##p) / sizeof(double))}
static const Bias bias_tables[] = {BIAS(4),  BIAS(5),  BIAS(6),  BIAS(7),  BIAS(8), BIAS(9),
                                   BIAS(10), BIAS(11), BIAS(12), BIAS(13), BIAS(14)};
static const double thresholds[] = {[4] = 10,   [5] = 20,    [6] = 40,    [7] = 80,    [8] = 220,   [9] = 400,
                                    [10] = 900, [11] = 1800, [12] = 3100, [13] = 6500, [14] = 11500};

static WeirStatus resolve_hll(WeirFunctionCall *call, WeirError *error)
{
    double rsd = 0.05;
    if (call->argument_count == 2) {
        const WeirExpression *argument = call->arguments[1];
        const WeirValue *value = argument->kind == WEIR_EXPRESSION_LITERAL ? argument->value : NULL;
        if (value == NULL || weir_value_is_null(value) ||
            (value->type->id != WEIR_TYPE_DECIMAL && value->type->id != WEIR_TYPE_DOUBLE))
            return weir_error_set(error, WEIR_ERROR_LEGACY_ERROR_TEMP_1104, "message",
                                  "the second argument has to be a number with a fraction");
        if (value->type->id == WEIR_TYPE_DECIMAL) {
            rsd = (double)weir_value_get_int128(value);
            for (int i = 0; i < value->type->scale; i++)
                rsd /= 10;
        } else {
            rsd = weir_value_get_double(value);
        }
        call->argument_count = 1;
    }
    WeirExpression *copy = weir_expression_copy(call->arena, call->expression);
    int32_t *precision = WEIR_ARENA_NEW(call->arena, int32_t);
    double bits = ceil(2.0 * log(1.106 / rsd) / log(2.0));
    if (!(bits >= 4)) /* also where the deviation is 0 or less */
        return weir_error_set(error, WEIR_ERROR_FAILED_FUNCTION_CALL, "funcName", "`approx_count_distinct`");
    *precision = bits > 99 ? 99 : (int32_t)bits;
    if (*precision > 14)
        return weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_VALUE_OUT_OF_RANGE, "sqlExpr", weir_call_sql(call),
                              "exprName", "`relativeSD`", "valueRange", "[0.009, 0.39]", "currentValue", "");
    copy->ordinal = (uint32_t)*precision; /* unlike precisions are unlike aggregates */
    call->expression = copy;
    call->bound = precision;
    call->result_type = &weir_type_long;
    call->nullable = false;
    return WEIR_OK;
}

static uint32_t word_count(int p)
{
    return (1u << p) / REGISTERS_PER_WORD + 1;
}

static uint32_t hll_buffer(const WeirExpression *expression, WeirArena *arena,
                           WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX])
{
    uint32_t count = word_count(*(const int32_t *)expression->bound);
    for (uint32_t i = 0; i < count; i++)
        fields[i] = weir_buffer_field(weir_arena_printf(arena, "MS[%u]", i), &weir_type_long, true);
    return count;
}

static void hll_init(const WeirAggregateCall *call, uint8_t *row)
{
    (void)call;
    (void)row; /* all registers 0: the row is zeroed */
}

static WeirStatus hll_update(const WeirAggregateCall *call, const WeirVector *const *arguments,
                             const uint32_t *selection, uint32_t count, uint8_t *const *rows, WeirError *error)
{
    (void)error;
    int p = *(const int32_t *)call->expression->bound;
    WEIR_FOR_UPDATES(k, row)
    {
        if (weir_vector_is_null(arguments[0], row))
            continue;
        uint64_t hash = weir_vector_xxhash64_row(arguments[0], row, 42);
        uint32_t index = (uint32_t)(hash >> (64 - p));
        uint64_t rank = (uint64_t)__builtin_clzll(hash << p | (uint64_t)1 << (p - 1)) + 1;
        uint8_t *slot = weir_slot(rows[k], &call->slots, index / REGISTERS_PER_WORD);
        uint32_t shift = REGISTER_BITS * (index % REGISTERS_PER_WORD);
        uint64_t word = (uint64_t)weir_slot_get_long(slot), mask = (uint64_t)63 << shift;
        if (rank > (word & mask) >> shift)
            weir_slot_put_long(slot, (int64_t)((word & ~mask) | rank << shift));
    }
    return WEIR_OK;
}

static WeirStatus hll_merge(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                            uint32_t count, WeirError *error)
{
    (void)error;
    uint32_t words = word_count(*(const int32_t *)call->expression->bound);
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t w = 0; w < words; w++) {
            uint8_t *slot = weir_slot(targets[k], &call->slots, w);
            uint64_t a = (uint64_t)weir_slot_get_long(slot),
                     b = (uint64_t)weir_slot_get_long(weir_slot_const(sources[k], &call->slots, w)), merged = 0;
            for (uint32_t i = 0; i < REGISTERS_PER_WORD; i++) {
                uint64_t mask = (uint64_t)63 << (i * REGISTER_BITS), x = a & mask, y = b & mask;
                merged |= x > y ? x : y;
            }
            weir_slot_put_long(slot, (int64_t)merged);
        }
    return WEIR_OK;
}

/* Mean bias of the nearest estimates (the paper's k-nearest neighbours). */
static double bias_at(int p, double estimate)
{
    const Bias *table = &bias_tables[p];
    int nearest = 0;
    while (nearest < table->count && table->estimates[nearest] < estimate)
        nearest++;
    int low = nearest - NEIGHBOURS + 1 > 0 ? nearest - NEIGHBOURS + 1 : 0;
    int high = low + NEIGHBOURS < table->count ? low + NEIGHBOURS : table->count;
    while (high < table->count) {
        double far = estimate - table->estimates[high], near = estimate - table->estimates[low];
        if (far * far >= near * near)
            break;
        low++;
        high++;
    }
    double sum = 0;
    for (int i = low; i < high; i++)
        sum += table->biases[i];
    return sum / (high - low);
}

static int64_t estimate(const WeirAggregateCall *call, const uint8_t *row, int p)
{
    double m = (double)(1u << p), inverse = 0, zeros = 0;
    for (uint32_t index = 0; index < 1u << p; index++) {
        uint64_t word = (uint64_t)weir_slot_get_long(weir_slot_const(row, &call->slots, index / REGISTERS_PER_WORD));
        uint64_t rank = word >> (REGISTER_BITS * (index % REGISTERS_PER_WORD)) & 63;
        inverse += 1.0 / (double)((uint64_t)1 << rank);
        zeros += rank == 0;
    }
    double alpha = p == 4 ? 0.673 : p == 5 ? 0.697 : p == 6 ? 0.709 : 0.7213 / (1.0 + 1.079 / m);
    double raw = alpha * m * m / inverse;
    double corrected = raw < 5.0 * m ? raw - bias_at(p, raw) : raw;
    if (zeros > 0) {
        double linear = m * log(m / zeros);
        if (linear <= thresholds[p] || corrected <= 2.5 * m) /* the second bound is that of the first HyperLogLog */
            return (int64_t)floor(linear + 0.5);
    }
    return (int64_t)floor(corrected + 0.5);
}

static WeirStatus hll_evaluate(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                               WeirVector *result, WeirArena *arena, WeirError *error)
{
    (void)arena;
    (void)error;
    for (uint32_t k = 0; k < count; k++)
        ((int64_t *)result->values)[k] = estimate(call, rows[k], *(const int32_t *)call->expression->bound);
    return WEIR_OK;
}

const WeirAggregateFunction weir_aggregates_approx_count_distinct[] = {
    {.name = "approx_count_distinct",
     .flags = WEIR_AGGREGATE_COUNT_DEFAULT,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_hll,
     .buffer = hll_buffer,
     .init = hll_init,
     .update = hll_update,
     .merge = hll_merge,
     .evaluate = hll_evaluate,
     .group = "agg_funcs",
     .usage = "approx_count_distinct(a[, rsd]): about how many different values there are."},
    {0},
};
