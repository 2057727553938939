/* Event-time index. A time is filed by the highest byte in which it differs from the last watermark: that byte's place
 * is the level, its value the digit. Within a level, digits below the new watermark's are due as a whole; the bucket
 * that the watermark falls into is split to lower levels; everything above stays where it is. */
#include "state/event_time_index.h"

#define DIGITS 256u
#define PREFETCH_DISTANCE 16u

/* Signed order as unsigned order. */
static uint64_t biased(int64_t time)
{
    return (uint64_t)time ^ ((uint64_t)1 << 63);
}

static uint32_t level_of(uint64_t difference)
{
    return (uint32_t)(63 - __builtin_clzll(difference)) / 8;
}

static uint32_t digit_of(uint64_t time, uint32_t level)
{
    return (uint32_t)(time >> (8 * level)) & (DIGITS - 1);
}

void weir_event_time_index_init(WeirEventTimeIndex *index, WeirStateMemory *memory, const WeirRowHeap *heap)
{
    *index = (WeirEventTimeIndex){.memory = memory, .heap = heap};
}

void weir_event_time_index_clear(WeirEventTimeIndex *index)
{
    weir_row_list_clear(&index->due, index->memory);
    for (uint32_t level = 0; level < WEIR_EVENT_TIME_LEVELS; level++)
        for (uint32_t digit = 0; index->levels[level] != NULL && digit < DIGITS; digit++)
            weir_row_list_clear(&index->levels[level][digit], index->memory);
    index->count = 0;
}

void weir_event_time_index_deinit(WeirEventTimeIndex *index)
{
    weir_event_time_index_clear(index);
    for (uint32_t level = 0; level < WEIR_EVENT_TIME_LEVELS; level++) {
        if (index->levels[level] != NULL)
            weir_state_memory_shrink(index->memory, DIGITS * sizeof(WeirRowList));
        weir_free(index->levels[level]);
    }
    *index = (WeirEventTimeIndex){.memory = index->memory, .heap = index->heap};
}

WeirStatus weir_event_time_index_add(WeirEventTimeIndex *index, int64_t time, WeirRowRef ref, WeirError *error)
{
    uint64_t key = biased(time);
    WeirRowList *list = &index->due;
    if (key > index->last) {
        uint32_t level = level_of(key ^ index->last);
        if (index->levels[level] == NULL) {
            WEIR_TRY(weir_state_memory_grow(index->memory, DIGITS * sizeof(WeirRowList), error));
            index->levels[level] = weir_calloc(DIGITS, sizeof(WeirRowList));
        }
        list = &index->levels[level][digit_of(key, level)];
    }
    WEIR_TRY(weir_row_list_add(list, ref, index->memory, error));
    index->count++;
    return WEIR_OK;
}

/* Digits `from` up to and without `to` of a level are due. */
static void digits_are_due(WeirEventTimeIndex *index, uint32_t level, uint32_t from, uint32_t to)
{
    for (uint32_t digit = from; index->levels[level] != NULL && digit < to; digit++)
        weir_row_list_splice(&index->due, &index->levels[level][digit]);
}

/* File the rows of the bucket that the watermark fell into by the new watermark. */
static WeirStatus refile(WeirEventTimeIndex *index, WeirRowList *bucket, WeirEventTimeOf time_of, const void *context,
                         WeirError *error)
{
    WeirRowListChunk *chunk;
    WeirStatus status = WEIR_OK;
    while (status == WEIR_OK && (chunk = weir_row_list_take_chunk(bucket)) != NULL) {
        index->count -= chunk->count;
        for (uint32_t i = 0; status == WEIR_OK && i < chunk->count; i++) {
            int64_t time;
            if (index->heap != NULL && i + PREFETCH_DISTANCE < chunk->count)
                __builtin_prefetch(weir_row_heap_row(index->heap, chunk->refs[i + PREFETCH_DISTANCE]));
            if (time_of(context, chunk->refs[i], &time))
                status = weir_event_time_index_add(index, time, chunk->refs[i], error);
        }
        weir_row_list_free_chunk(chunk, index->memory);
    }
    return status;
}

WeirStatus weir_event_time_index_advance(WeirEventTimeIndex *index, int64_t watermark, WeirEventTimeOf time_of,
                                         const void *context, WeirError *error)
{
    uint64_t now = biased(watermark);
    if (now <= index->last)
        return WEIR_OK;
    uint32_t level = level_of(now ^ index->last);
    uint32_t last_digit = digit_of(index->last, level), digit = digit_of(now, level);
    for (uint32_t lower = 0; lower < level; lower++)
        digits_are_due(index, lower, 0, DIGITS);
    digits_are_due(index, level, last_digit + 1, digit);
    index->last = now;
    if (index->levels[level] == NULL)
        return WEIR_OK;
    WeirRowList bucket = index->levels[level][digit];
    index->levels[level][digit] = (WeirRowList){0};
    WeirStatus status = refile(index, &bucket, time_of, context, error);
    if (status != WEIR_OK) { /* References are lost, but a failed batch drops the whole table: only nothing may leak. */
        index->count -= bucket.count;
        weir_row_list_clear(&bucket, index->memory);
    }
    return status;
}
