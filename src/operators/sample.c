/* SampleExec: Spark's Bernoulli sampler, a XORShift generator per unit seeded with seed + unit, so that one partition
 * gives the very rows Spark gives. */
#include "common/hash.h"
#include "operators/operator.h"

typedef struct SampleTask {
    int64_t random;
} SampleTask;

static int64_t hash_seed(int64_t seed)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)seed >> (56 - 8 * i));
    uint32_t low = weir_murmur3_bytes(bytes, 8, 0x3c074a61u);
    uint32_t high = weir_murmur3_bytes(bytes, 8, low);
    return (int64_t)((uint64_t)high << 32 | low);
}

static int32_t random_next(SampleTask *task, int bits)
{
    uint64_t seed = (uint64_t)task->random;
    seed ^= seed << 21;
    seed ^= seed >> 35;
    seed ^= seed << 4;
    task->random = (int64_t)seed;
    return (int32_t)(seed & (((uint64_t)1 << bits) - 1));
}

static double random_double(SampleTask *task)
{
    int64_t high = random_next(task, 26);
    return (double)((high << 27) + random_next(task, 27)) * 0x1.0p-53;
}

static WeirStatus sample_open_stage(WeirOperator *operator, uint32_t unit, void **state, WeirError *error)
{
    (void)error;
    SampleTask *task = weir_calloc(1, sizeof(*task));
    task->random = hash_seed(operator->plan->sample_seed +(int64_t) unit);
    *state = task;
    return WEIR_OK;
}

static void sample_close_stage(WeirOperator *operator, void * state)
{
    (void)operator;
    weir_free(state);
}

static WeirStatus sample_push(WeirOperator *operator, void * state, WeirPipelineTask *task, uint32_t stage,
                              WeirBatch *batch, WeirError *error)
{
    const WeirPhysicalPlan *plan = operator->plan;
    WeirBatch *out = weir_batch_over(batch, batch->column_count, &operator->tracker);
    memcpy(out->columns, batch->columns, sizeof(WeirVector) * batch->column_count);
    uint32_t *selection = weir_arena_alloc(&out->arena, sizeof(uint32_t) * ((size_t)batch->selected_count + 1));
    out->selected_count = 0;
    for (uint32_t k = 0; k < batch->selected_count; k++) {
        double x = random_double(state);
        selection[out->selected_count] = weir_batch_row(batch, k);
        out->selected_count += x >= plan->sample_lower && x < plan->sample_upper;
    }
    out->selection = selection;
    WeirStatus status = weir_batch_check(out, error);
    if (status == WEIR_OK)
        status = weir_emit(task, stage + 1, out, error);
    weir_batch_release(out);
    return status;
}

const WeirOperatorType weir_sample_operator = {
    .name = "Sample",
    .open_stage = sample_open_stage,
    .push = sample_push,
    .close_stage = sample_close_stage,
};
