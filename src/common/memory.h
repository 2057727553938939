/* Memory: counters that bound it (tracker), bump allocation by lifetime (arena), and growable byte strings (buffer). */
#ifndef WEIR_COMMON_MEMORY_H
#define WEIR_COMMON_MEMORY_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/error.h"

/* A node in the tree of counters session → query → operator. Reserving walks to the root; each level has a limit.
 * Thread-safe. The parent must outlive the child. */
typedef struct WeirMemoryTracker {
    struct WeirMemoryTracker *parent;
    const char *name; /* of the operator or query; static or outlives the tracker */
    _Atomic int64_t used_bytes;
    _Atomic int64_t peak_bytes;
    int64_t limit_bytes; /* <= 0: no limit of its own */
} WeirMemoryTracker;

void weir_memory_tracker_init(WeirMemoryTracker *tracker, WeirMemoryTracker *parent, const char *name,
                              int64_t limit_bytes);
/* Returns what is still reserved to the parent. */
void weir_memory_tracker_deinit(WeirMemoryTracker *tracker);
/* Fails with UNABLE_TO_ACQUIRE_MEMORY, naming the tracker whose limit was met and what it held. */
WEIR_CHECKED WeirStatus weir_memory_reserve(WeirMemoryTracker *tracker, int64_t bytes, WeirError *error);
void weir_memory_release(WeirMemoryTracker *tracker, int64_t bytes);

/* malloc that never returns NULL: for small things of plans and set-up; ends the process when memory is gone. */
void *weir_malloc(size_t bytes);
void *weir_calloc(size_t count, size_t bytes);
void *weir_realloc(void *old, size_t bytes);
void weir_free(void *memory);
char *weir_strdup(const char *text);

/* Bump allocator. Nothing is freed singly; reset or free ends the lifetime of everything in it. Not thread-safe.
 * Chunks come from the heap in >= 64 KiB pieces (first chunk smaller) and are reserved with the tracker. When the
 * tracker refuses, small allocations still succeed and the arena turns `exhausted`: callers check once per batch or
 * statement with weir_arena_check. Allocations sized by data and larger than 1 MiB must use weir_arena_try_alloc. */
typedef struct WeirArenaChunk WeirArenaChunk;
typedef struct WeirArena {
    WeirArenaChunk *chunk; /* newest first */
    uint8_t *next;
    uint8_t *end;
    WeirMemoryTracker *tracker; /* may be NULL: uncounted */
    int64_t reserved_bytes;
    bool exhausted;
} WeirArena;

void weir_arena_init(WeirArena *arena, WeirMemoryTracker *tracker);
void weir_arena_deinit(WeirArena *arena);
WeirArena *weir_arena_new(WeirMemoryTracker *tracker);
void weir_arena_free(WeirArena *arena); /* NULL is allowed */
/* Forget everything, keep one chunk for reuse. */
void weir_arena_reset(WeirArena *arena);
void *weir_arena_alloc_slow(WeirArena *arena, size_t bytes);
/* 16-byte aligned (64-byte where bytes >= 4096), uninitialised, never NULL. */
static inline void *weir_arena_alloc(WeirArena *arena, size_t bytes)
{
    size_t rounded = (bytes + 15u) & ~(size_t)15u;
    if (__builtin_expect(bytes < 4096 && (size_t)(arena->end - arena->next) >= rounded && arena->next != NULL, 1)) {
        void *memory = arena->next;
        arena->next += rounded;
        return memory;
    }
    return weir_arena_alloc_slow(arena, bytes);
}
static inline void *weir_arena_calloc(WeirArena *arena, size_t bytes)
{
    return memset(weir_arena_alloc(arena, bytes), 0, bytes);
}
WEIR_CHECKED WeirStatus weir_arena_try_alloc(WeirArena *arena, size_t bytes, void **memory, WeirError *error);
/* UNABLE_TO_ACQUIRE_MEMORY if the arena was exhausted since its last reset. */
WEIR_CHECKED WeirStatus weir_arena_check(const WeirArena *arena, WeirError *error);
char *weir_arena_strdup(WeirArena *arena, const char *text);
char *weir_arena_strndup(WeirArena *arena, const char *text, size_t length);
char *weir_arena_printf(WeirArena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define WEIR_ARENA_NEW(arena, Type) ((Type *)weir_arena_calloc((arena), sizeof(Type)))
#define WEIR_ARENA_ARRAY(arena, Type, count) ((Type *)weir_arena_calloc((arena), sizeof(Type) * (size_t)(count)))

/* A growable byte string on the heap with a maximum given at creation (0 = 2 GiB). Always followed by one zero byte.
 * Appends past the maximum, or refused by the tracker, set `failed` and do nothing more (check once at the end). */
typedef struct WeirBuffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    WeirMemoryTracker *tracker; /* may be NULL */
    bool failed;
} WeirBuffer;

void weir_buffer_init(WeirBuffer *buffer, size_t maximum, WeirMemoryTracker *tracker);
void weir_buffer_deinit(WeirBuffer *buffer);
static inline void weir_buffer_clear(WeirBuffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
}
/* Room for `extra` more bytes and the zero; false (and `failed` set) when refused. After writing there by hand, add to
 * `length` and set the zero. */
bool weir_buffer_reserve(WeirBuffer *buffer, size_t extra);
void weir_buffer_append(WeirBuffer *buffer, const void *data, size_t length);
void weir_buffer_append_text(WeirBuffer *buffer, const char *text);
void weir_buffer_append_char(WeirBuffer *buffer, char c);
void weir_buffer_append_format(WeirBuffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text so far, zero-terminated ("" when empty). */
const char *weir_buffer_text(const WeirBuffer *buffer);
/* UNABLE_TO_ACQUIRE_MEMORY if an append was refused. */
WEIR_CHECKED WeirStatus weir_buffer_check(const WeirBuffer *buffer, WeirError *error);

#endif
