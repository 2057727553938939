/* Bump allocation by lifetime. Chunks are linked newest first; an allocation too large for the usual chunk gets one of
 * its own, linked behind the current one, so that what is left of the current chunk is still used. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"

enum {
    CHUNK_ALIGNMENT = 64,
    FIRST_CHUNK_BYTES = 4096,
    USUAL_CHUNK_BYTES = 64 * 1024,
    LARGEST_USUAL_CHUNK_BYTES = 1024 * 1024,
    LARGE_ALLOCATION_BYTES = 4096
};

struct WeirArenaChunk {
    _Alignas(CHUNK_ALIGNMENT) WeirArenaChunk *older;
    size_t bytes; /* with this header */
    bool counted; /* reserved with the tracker */
};

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) & ~(unit - 1);
}

static uint8_t *chunk_data(WeirArenaChunk *chunk)
{
    return (uint8_t *)chunk + sizeof *chunk;
}

static void free_chunk(WeirArena *arena, WeirArenaChunk *chunk)
{
    if (chunk->counted) {
        arena->reserved_bytes -= (int64_t)chunk->bytes;
        weir_memory_release(arena->tracker, (int64_t)chunk->bytes);
    }
    free(chunk);
}

/* A chunk for `data_bytes`, uncounted; NULL if the system has no memory left or the size is absurd. */
static WeirArenaChunk *allocate_chunk(size_t data_bytes)
{
    if (data_bytes > PTRDIFF_MAX - 2 * CHUNK_ALIGNMENT)
        return NULL;
    size_t bytes = round_up(data_bytes + sizeof(WeirArenaChunk), CHUNK_ALIGNMENT);
    WeirArenaChunk *chunk = aligned_alloc(CHUNK_ALIGNMENT, bytes);
    if (chunk != NULL)
        *chunk = (WeirArenaChunk){.bytes = bytes};
    return chunk;
}

/* Reserves first, so that a refusal costs no allocation. */
static WeirStatus new_counted_chunk(WeirArena *arena, size_t data_bytes, WeirArenaChunk **chunk, WeirError *error)
{
    int64_t bytes = 0;
    if (data_bytes <= PTRDIFF_MAX - 2 * CHUNK_ALIGNMENT)
        bytes = (int64_t)round_up(data_bytes + sizeof(WeirArenaChunk), CHUNK_ALIGNMENT);
    if (arena->tracker != NULL)
        WEIR_TRY(weir_memory_reserve(arena->tracker, bytes, error));
    *chunk = allocate_chunk(data_bytes);
    if (*chunk == NULL) {
        if (arena->tracker != NULL)
            weir_memory_release(arena->tracker, bytes);
        char requested[24];
        snprintf(requested, sizeof requested, "%zu", data_bytes);
        return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", requested, "receivedBytes",
                              "0", "requester", "an arena", "holder", "the process", "usedBytes", "all", "limitBytes",
                              "the system's");
    }
    (*chunk)->counted = arena->tracker != NULL;
    if ((*chunk)->counted)
        arena->reserved_bytes += bytes;
    return WEIR_OK;
}

/* As new_counted_chunk, but a refusal of the tracker only marks the arena. */
static WeirArenaChunk *new_chunk(WeirArena *arena, size_t data_bytes)
{
    WeirArenaChunk *chunk = NULL;
    if (new_counted_chunk(arena, data_bytes, &chunk, NULL) == WEIR_OK)
        return chunk;
    arena->exhausted = true;
    chunk = allocate_chunk(data_bytes);
    if (chunk == NULL) {
        fprintf(stderr, "ERROR common: the system refused %zu bytes of memory; ending the process\n", data_bytes);
        abort();
    }
    return chunk;
}

void weir_arena_init(WeirArena *arena, WeirMemoryTracker *tracker)
{
    *arena = (WeirArena){.tracker = tracker};
}

void weir_arena_deinit(WeirArena *arena)
{
    for (WeirArenaChunk *chunk = arena->chunk; chunk != NULL;) {
        WeirArenaChunk *older = chunk->older;
        free_chunk(arena, chunk);
        chunk = older;
    }
    *arena = (WeirArena){.tracker = arena->tracker};
}

WeirArena *weir_arena_new(WeirMemoryTracker *tracker)
{
    WeirArena *arena = weir_malloc(sizeof *arena);
    weir_arena_init(arena, tracker);
    return arena;
}

void weir_arena_free(WeirArena *arena)
{
    if (arena == NULL)
        return;
    weir_arena_deinit(arena);
    weir_free(arena);
}

/* The largest usual chunk that is counted stays; a chunk beyond the limit must go back. */
static bool better_to_keep(const WeirArena *arena, const WeirArenaChunk *chunk, const WeirArenaChunk *kept)
{
    if (chunk->bytes > LARGEST_USUAL_CHUNK_BYTES || (arena->tracker != NULL && !chunk->counted))
        return false;
    return kept == NULL || chunk->bytes > kept->bytes;
}

void weir_arena_reset(WeirArena *arena)
{
    WeirArenaChunk *kept = NULL;
    for (WeirArenaChunk *chunk = arena->chunk; chunk != NULL; chunk = chunk->older) {
        if (better_to_keep(arena, chunk, kept))
            kept = chunk;
    }
    for (WeirArenaChunk *chunk = arena->chunk; chunk != NULL;) {
        WeirArenaChunk *older = chunk->older;
        if (chunk != kept)
            free_chunk(arena, chunk);
        chunk = older;
    }
    arena->chunk = kept;
    arena->next = NULL;
    arena->end = NULL;
    arena->exhausted = false;
    if (kept != NULL) {
        kept->older = NULL;
        arena->next = chunk_data(kept);
        arena->end = (uint8_t *)kept + kept->bytes;
#ifdef __SANITIZE_ADDRESS__
        memset(arena->next, 0xA5, (size_t)(arena->end - arena->next)); /* makes use after reset visible */
#endif
    }
}

/* Links a chunk of its own behind the current one. */
static void *add_separate_chunk(WeirArena *arena, WeirArenaChunk *chunk)
{
    if (arena->chunk != NULL) {
        chunk->older = arena->chunk->older;
        arena->chunk->older = chunk;
    } else {
        arena->chunk = chunk; /* next and end stay NULL: there is nothing to bump in it */
    }
    return chunk_data(chunk);
}

static size_t next_chunk_bytes(const WeirArena *arena)
{
    if (arena->chunk == NULL)
        return FIRST_CHUNK_BYTES - sizeof(WeirArenaChunk);
    size_t doubled = arena->chunk->bytes * 2;
    if (doubled < USUAL_CHUNK_BYTES)
        doubled = USUAL_CHUNK_BYTES;
    if (doubled > LARGEST_USUAL_CHUNK_BYTES)
        doubled = LARGEST_USUAL_CHUNK_BYTES;
    return doubled - sizeof(WeirArenaChunk);
}

/* Takes `bytes` from the current chunk, at 64-byte alignment where they are large; NULL if they do not fit. */
static void *bump(WeirArena *arena, size_t bytes)
{
    if (arena->next == NULL)
        return NULL;
    size_t padding = 0;
    if (bytes >= LARGE_ALLOCATION_BYTES)
        padding = (size_t)(-(uintptr_t)arena->next & (CHUNK_ALIGNMENT - 1));
    size_t room = (size_t)(arena->end - arena->next);
    if (bytes > room || padding > room - bytes)
        return NULL;
    void *memory = arena->next + padding;
    size_t taken = round_up(padding + bytes, 16);
    arena->next = taken < room ? arena->next + taken : arena->end;
    return memory;
}

void *weir_arena_alloc_slow(WeirArena *arena, size_t bytes)
{
    void *memory = bump(arena, bytes);
    if (memory != NULL)
        return memory;
    size_t chunk_bytes = next_chunk_bytes(arena);
    if (bytes > USUAL_CHUNK_BYTES / 2)
        return add_separate_chunk(arena, new_chunk(arena, bytes));
    if (chunk_bytes < bytes)
        chunk_bytes = USUAL_CHUNK_BYTES - sizeof(WeirArenaChunk);
    WeirArenaChunk *chunk = new_chunk(arena, chunk_bytes);
    chunk->older = arena->chunk;
    arena->chunk = chunk;
    arena->next = chunk_data(chunk);
    arena->end = (uint8_t *)chunk + chunk->bytes;
    return bump(arena, bytes);
}

WeirStatus weir_arena_try_alloc(WeirArena *arena, size_t bytes, void **memory, WeirError *error)
{
    void *fitting = bump(arena, bytes);
    if (fitting != NULL) {
        *memory = fitting;
        return WEIR_OK;
    }
    WeirArenaChunk *chunk = NULL;
    if (bytes <= USUAL_CHUNK_BYTES / 2) {
        bool exhausted = arena->exhausted;
        arena->exhausted = false;
        fitting = weir_arena_alloc_slow(arena, bytes);
        bool refused = arena->exhausted;
        arena->exhausted |= exhausted;
        if (refused)
            return weir_arena_check(arena, error);
        *memory = fitting;
        return WEIR_OK;
    }
    WEIR_TRY(new_counted_chunk(arena, bytes, &chunk, error));
    *memory = add_separate_chunk(arena, chunk);
    return WEIR_OK;
}

WeirStatus weir_arena_check(const WeirArena *arena, WeirError *error)
{
    if (!arena->exhausted)
        return WEIR_OK;
    WeirMemoryTracker *tracker = arena->tracker;
    char requested[24], used[24], limit[24];
    snprintf(requested, sizeof requested, "%d", USUAL_CHUNK_BYTES);
    snprintf(used, sizeof used, "%" PRId64, tracker != NULL ? atomic_load(&tracker->used_bytes) : 0);
    snprintf(limit, sizeof limit, "%" PRId64, tracker != NULL ? tracker->limit_bytes : 0);
    const char *name = tracker != NULL ? tracker->name : "an arena";
    return weir_error_set(error, WEIR_ERROR_UNABLE_TO_ACQUIRE_MEMORY, "requestedBytes", requested, "receivedBytes", "0",
                          "requester", name, "holder", name, "usedBytes", used, "limitBytes", limit);
}

char *weir_arena_strndup(WeirArena *arena, const char *text, size_t length)
{
    char *copy = weir_arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *weir_arena_strdup(WeirArena *arena, const char *text)
{
    return weir_arena_strndup(arena, text, strlen(text));
}

char *weir_arena_printf(WeirArena *arena, const char *format, ...)
{
    char stack_text[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(stack_text, sizeof stack_text, format, arguments);
    va_end(arguments);
    WEIR_ASSERT(length >= 0);
    if ((size_t)length < sizeof stack_text)
        return weir_arena_strndup(arena, stack_text, (size_t)length);
    char *text = weir_arena_alloc(arena, (size_t)length + 1);
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}
