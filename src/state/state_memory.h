/* Counting the bytes of one state table with the query's tracker, in steps, so that a put seldom walks the tree of
 * counters. */
#ifndef WEIR_STATE_STATE_MEMORY_H
#define WEIR_STATE_STATE_MEMORY_H

#include "common/memory.h"

#define WEIR_STATE_MEMORY_STEP_BYTES 65536

typedef struct WeirStateMemory {
    WeirMemoryTracker *tracker; /* may be NULL */
    int64_t used_bytes;
    int64_t reserved_bytes; /* with the tracker; a multiple of the step, >= used_bytes */
} WeirStateMemory;

static inline void weir_state_memory_init(WeirStateMemory *memory, WeirMemoryTracker *tracker)
{
    *memory = (WeirStateMemory){.tracker = tracker};
}

static inline WEIR_CHECKED WeirStatus weir_state_memory_grow(WeirStateMemory *memory, size_t bytes, WeirError *error)
{
    int64_t used = memory->used_bytes + (int64_t)bytes;
    if (used > memory->reserved_bytes) {
        int64_t step = WEIR_STATE_MEMORY_STEP_BYTES;
        int64_t reserved = (used + step - 1) / step * step;
        if (memory->tracker != NULL)
            WEIR_TRY(weir_memory_reserve(memory->tracker, reserved - memory->reserved_bytes, error));
        memory->reserved_bytes = reserved;
    }
    memory->used_bytes = used;
    return WEIR_OK;
}

static inline void weir_state_memory_shrink(WeirStateMemory *memory, size_t bytes)
{
    WEIR_ASSERT((int64_t)bytes <= memory->used_bytes);
    memory->used_bytes -= (int64_t)bytes;
    int64_t spare = (memory->reserved_bytes - memory->used_bytes) / WEIR_STATE_MEMORY_STEP_BYTES;
    if (spare >= 2) { /* One step is kept, so that growing and shrinking at a border costs nothing. */
        int64_t back = (spare - 1) * WEIR_STATE_MEMORY_STEP_BYTES;
        if (memory->tracker != NULL)
            weir_memory_release(memory->tracker, back);
        memory->reserved_bytes -= back;
    }
}

static inline void weir_state_memory_deinit(WeirStateMemory *memory)
{
    if (memory->tracker != NULL && memory->reserved_bytes > 0)
        weir_memory_release(memory->tracker, memory->reserved_bytes);
    *memory = (WeirStateMemory){.tracker = memory->tracker};
}

#endif
