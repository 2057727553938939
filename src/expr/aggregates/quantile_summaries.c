/* See quantile_summaries.h. */
#include "expr/aggregates/quantile_summaries.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COMPRESS_THRESHOLD 10000

void weir_quantile_summaries_init(WeirQuantileSummaries *summaries, double relative_error, WeirArena *arena)
{
    *summaries = (WeirQuantileSummaries){.arena = arena, .relative_error = relative_error};
}

static WeirStatus samples_new(WeirArena *arena, uint32_t count, WeirQuantileSample **samples, WeirError *error)
{
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(arena, ((size_t)count + 1) * sizeof(WeirQuantileSample), &memory, error));
    *samples = memory;
    return WEIR_OK;
}

/* Java's order of doubles: -0.0 before 0.0, NaN last. */
static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    if (x < y || x > y)
        return x < y ? -1 : 1;
    if (x == y)
        return (int)signbit(y) - (int)signbit(x) < 0 ? 1 : signbit(x) == signbit(y) ? 0 : -1;
    return (x != x) - (y != y);
}

static WeirStatus insert_head(WeirQuantileSummaries *summaries, WeirError *error)
{
    if (summaries->head_count == 0)
        return WEIR_OK;
    qsort(summaries->head, summaries->head_count, sizeof(double), compare_doubles);
    uint32_t total = summaries->sample_count + summaries->head_count, next = 0, old = 0;
    WeirQuantileSample *merged;
    WEIR_TRY(samples_new(summaries->arena, total, &merged, error));
    for (uint32_t i = 0; i < summaries->head_count; i++) {
        double value = summaries->head[i];
        while (old < summaries->sample_count && summaries->samples[old].value <= value)
            merged[next++] = summaries->samples[old++];
        summaries->count++;
        bool outermost = next == 0 || (old == summaries->sample_count && i + 1 == summaries->head_count);
        merged[next++] = (WeirQuantileSample){
            value, 1, outermost ? 0 : (int64_t)floor(2 * summaries->relative_error * (double)summaries->count)};
    }
    while (old < summaries->sample_count)
        merged[next++] = summaries->samples[old++];
    summaries->samples = merged;
    summaries->sample_count = summaries->sample_capacity = total;
    summaries->head_count = 0;
    return WEIR_OK;
}

/* Neighbours melt into one as long as the bounds allow; the first and last samples stay. */
static WeirStatus melt(WeirQuantileSummaries *summaries, double threshold, WeirError *error)
{
    uint32_t count = summaries->sample_count, kept = count;
    WeirQuantileSample *old = summaries->samples, *all;
    if (count == 0)
        return WEIR_OK;
    WEIR_TRY(samples_new(summaries->arena, count, &all, error));
    WeirQuantileSample head = old[count - 1];
    for (uint32_t i = count - 1; i-- > 1;) {
        if ((double)(old[i].g + head.g + head.delta) < threshold) {
            head.g += old[i].g;
        } else {
            all[--kept] = head;
            head = old[i];
        }
    }
    all[--kept] = head;
    if (old[0].value <= head.value && count > 1)
        all[--kept] = old[0];
    summaries->samples = all + kept;
    summaries->sample_count = summaries->sample_capacity = count - kept;
    return WEIR_OK;
}

WeirStatus weir_quantile_summaries_compress(WeirQuantileSummaries *summaries, WeirError *error)
{
    if (summaries->compressed && summaries->head_count == 0)
        return WEIR_OK;
    WEIR_TRY(insert_head(summaries, error));
    WEIR_TRY(melt(summaries, 2 * summaries->relative_error * (double)summaries->count, error));
    summaries->compressed = true;
    return WEIR_OK;
}

WeirStatus weir_quantile_summaries_insert(WeirQuantileSummaries *summaries, double value, WeirError *error)
{
    if (summaries->head_count == summaries->head_capacity) {
        uint32_t capacity = summaries->head_capacity == 0 ? 16 : summaries->head_capacity * 2;
        void *memory = NULL;
        WEIR_TRY(weir_arena_try_alloc(summaries->arena, capacity * sizeof(double), &memory, error));
        if (summaries->head_count > 0)
            memcpy(memory, summaries->head, summaries->head_count * sizeof(double));
        summaries->head = memory;
        summaries->head_capacity = capacity;
    }
    summaries->head[summaries->head_count++] = value;
    summaries->compressed = false;
    if (summaries->head_count < WEIR_QUANTILE_HEAD_VALUES)
        return WEIR_OK;
    WEIR_TRY(insert_head(summaries, error));
    return summaries->sample_count >= COMPRESS_THRESHOLD ? weir_quantile_summaries_compress(summaries, error) : WEIR_OK;
}

WeirStatus weir_quantile_summaries_merge(WeirQuantileSummaries *summaries, WeirQuantileSummaries *other,
                                         WeirError *error)
{
    WEIR_TRY(weir_quantile_summaries_compress(summaries, error));
    WEIR_TRY(weir_quantile_summaries_compress(other, error));
    if (other->count == 0)
        return WEIR_OK;
    if (summaries->count == 0) {
        WeirArena *arena = summaries->arena;
        *summaries = *other;
        summaries->arena = arena;
        return WEIR_OK;
    }
    int64_t own_delta = (int64_t)floor(2 * other->relative_error * (double)other->count);
    int64_t other_delta = (int64_t)floor(2 * summaries->relative_error * (double)summaries->count);
    uint32_t i = 0, j = 0, next = 0;
    WeirQuantileSample *merged;
    WEIR_TRY(samples_new(summaries->arena, summaries->sample_count + other->sample_count, &merged, error));
    while (i < summaries->sample_count && j < other->sample_count) {
        bool own = summaries->samples[i].value < other->samples[j].value;
        merged[next] = own ? summaries->samples[i++] : other->samples[j++];
        merged[next++].delta += own ? (j > 0 ? own_delta : 0) : (i > 0 ? other_delta : 0);
    }
    while (i < summaries->sample_count)
        merged[next++] = summaries->samples[i++];
    while (j < other->sample_count)
        merged[next++] = other->samples[j++];
    summaries->samples = merged;
    summaries->sample_count = summaries->sample_capacity = next;
    summaries->count += other->count;
    if (other->relative_error > summaries->relative_error)
        summaries->relative_error = other->relative_error;
    summaries->compressed = true;
    return melt(summaries, 2 * summaries->relative_error * (double)summaries->count, error);
}

double weir_quantile_summaries_query(const WeirQuantileSummaries *summaries, double percentile)
{
    const WeirQuantileSample *samples = summaries->samples;
    uint32_t count = summaries->sample_count;
    if (percentile <= summaries->relative_error || count == 1)
        return samples[0].value;
    if (percentile >= 1 - summaries->relative_error)
        return samples[count - 1].value;
    int64_t widest = INT64_MIN;
    for (uint32_t i = 0; i < count; i++)
        widest = samples[i].delta + samples[i].g > widest ? samples[i].delta + samples[i].g : widest;
    double target = (double)widest / 2;
    int64_t rank = (int64_t)ceil(percentile * (double)summaries->count), least = samples[0].g;
    for (uint32_t i = 0; i + 1 < count; i++) {
        int64_t most = least + samples[i].delta;
        if ((double)most - target <= (double)rank && (double)rank <= (double)least + target)
            return samples[i].value;
        least += samples[i + 1].g;
    }
    return samples[count - 1].value;
}

/* ---- bytes: big-endian, as Java's ByteBuffer writes them */

static void put_int(WeirBuffer *out, uint32_t value)
{
    uint32_t big = htobe32(value);
    weir_buffer_append(out, &big, 4);
}

static void put_long(WeirBuffer *out, int64_t value)
{
    uint64_t big = htobe64((uint64_t)value);
    weir_buffer_append(out, &big, 8);
}

static void put_double(WeirBuffer *out, double value)
{
    int64_t bits;
    memcpy(&bits, &value, 8);
    put_long(out, bits);
}

static int64_t get_long(const uint8_t *data)
{
    uint64_t big;
    memcpy(&big, data, 8);
    return (int64_t)be64toh(big);
}

static double get_double(const uint8_t *data)
{
    int64_t bits = get_long(data);
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

void weir_quantile_summaries_write(const WeirQuantileSummaries *summaries, WeirBuffer *out)
{
    put_int(out, COMPRESS_THRESHOLD);
    put_double(out, summaries->relative_error);
    put_long(out, summaries->count);
    put_int(out, summaries->sample_count);
    for (uint32_t i = 0; i < summaries->sample_count; i++) {
        put_double(out, summaries->samples[i].value);
        put_long(out, summaries->samples[i].g);
        put_long(out, summaries->samples[i].delta);
    }
}

bool weir_quantile_summaries_read(WeirQuantileSummaries *summaries, const uint8_t *data, size_t length,
                                  WeirArena *arena)
{
    uint32_t count;
    if (length < 24)
        return false;
    memcpy(&count, data + 20, 4);
    count = be32toh(count);
    if ((length - 24) / 24 < count)
        return false;
    weir_quantile_summaries_init(summaries, get_double(data + 4), arena);
    summaries->count = get_long(data + 12);
    summaries->compressed = true;
    if (samples_new(arena, count, &summaries->samples, NULL) != WEIR_OK)
        return false;
    summaries->sample_count = summaries->sample_capacity = count;
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *sample = data + 24 + (size_t)i * 24;
        summaries->samples[i] = (WeirQuantileSample){get_double(sample), get_long(sample + 8), get_long(sample + 16)};
    }
    return true;
}
