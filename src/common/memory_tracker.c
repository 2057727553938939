/* The tree of counters that bounds memory: session, query, operator. */
#include <inttypes.h>
#include <stdio.h>

#include "common/memory.h"

void weir_memory_tracker_init(WeirMemoryTracker *tracker, WeirMemoryTracker *parent, const char *name,
                              int64_t limit_bytes)
{
    tracker->parent = parent;
    tracker->name = name;
    atomic_init(&tracker->used_bytes, 0);
    atomic_init(&tracker->peak_bytes, 0);
    tracker->limit_bytes = limit_bytes;
}

static void release_level(WeirMemoryTracker *tracker, int64_t bytes)
{
    int64_t before = atomic_fetch_sub_explicit(&tracker->used_bytes, bytes, memory_order_relaxed);
    WEIR_ASSERT(before >= bytes);
}

void weir_memory_release(WeirMemoryTracker *tracker, int64_t bytes)
{
    WEIR_ASSERT(bytes >= 0);
    for (; tracker != NULL; tracker = tracker->parent)
        release_level(tracker, bytes);
}

void weir_memory_tracker_deinit(WeirMemoryTracker *tracker)
{
    int64_t left = atomic_exchange_explicit(&tracker->used_bytes, 0, memory_order_relaxed);
    weir_memory_release(tracker->parent, left);
    tracker->parent = NULL;
}

/* Adds to one level unless that would pass its limit. A refused request leaves no trace, not even for a moment, so
 * that it can't make another thread's smaller request fail. */
static bool reserve_level(WeirMemoryTracker *tracker, int64_t bytes)
{
    int64_t used = atomic_load_explicit(&tracker->used_bytes, memory_order_relaxed);
    int64_t sum;
    do {
        if (__builtin_add_overflow(used, bytes, &sum) || (tracker->limit_bytes > 0 && sum > tracker->limit_bytes))
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&tracker->used_bytes, &used, sum, memory_order_relaxed,
                                                    memory_order_relaxed));
    int64_t peak = atomic_load_explicit(&tracker->peak_bytes, memory_order_relaxed);
    while (sum > peak && !atomic_compare_exchange_weak_explicit(&tracker->peak_bytes, &peak, sum, memory_order_relaxed,
                                                                memory_order_relaxed)) {
    }
    return true;
}

WeirStatus weir_memory_reserve(WeirMemoryTracker *tracker, int64_t bytes, WeirError *error)
{
    WEIR_ASSERT(bytes >= 0);
    for (WeirMemoryTracker *level = tracker; level != NULL; level = level->parent) {
        if (reserve_level(level, bytes))
            continue;
        int64_t used = atomic_load_explicit(&level->used_bytes, memory_order_relaxed);
        for (WeirMemoryTracker *undo = tracker; undo != level; undo = undo->parent)
            release_level(undo, bytes);
        char requested_text[24], used_text[24], limit_text[24], left_text[24];
        snprintf(requested_text, sizeof requested_text, "%" PRId64, bytes);
        snprintf(used_text, sizeof used_text, "%" PRId64, used);
        snprintf(limit_text, sizeof limit_text, "%" PRId64, level->limit_bytes);
        snprintf(left_text, sizeof left_text, "%" PRId64, level->limit_bytes > used ? level->limit_bytes - used : 0);
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", requested_text,
                              "receivedBytes", left_text, "requester", tracker->name, "holder", level->name,
                              "usedBytes", used_text, "limitBytes", limit_text);
    }
    return WEIR_OK;
}
