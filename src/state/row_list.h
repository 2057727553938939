/* A list of row references in chunks: an append costs a store, never a copy of the list, and one list is put behind
 * another without looking at its members. The marks of a version and the event-time index are made of it. */
#ifndef WEIR_STATE_ROW_LIST_H
#define WEIR_STATE_ROW_LIST_H

#include "state/state_memory.h"

typedef uint32_t WeirRowRef; /* of a row heap; see row_heap.h */

typedef struct WeirRowListChunk {
    struct WeirRowListChunk *next;
    uint32_t count;
    uint32_t capacity;
    WeirRowRef refs[];
} WeirRowListChunk;

typedef struct WeirRowList {
    WeirRowListChunk *first; /* oldest */
    WeirRowListChunk *last;
    size_t count;
} WeirRowList;

WEIR_CHECKED WeirStatus weir_row_list_grow(WeirRowList *list, WeirStateMemory *memory, WeirError *error);
void weir_row_list_clear(WeirRowList *list, WeirStateMemory *memory); /* frees everything */
/* Put the members of `from` behind those of `to`; `from` is empty then. */
void weir_row_list_splice(WeirRowList *to, WeirRowList *from);
/* Take the oldest chunk out of the list, or NULL; the caller frees it with weir_row_list_free_chunk. */
WeirRowListChunk *weir_row_list_take_chunk(WeirRowList *list);
void weir_row_list_free_chunk(WeirRowListChunk *chunk, WeirStateMemory *memory);

static inline WEIR_CHECKED WeirStatus weir_row_list_add(WeirRowList *list, WeirRowRef ref, WeirStateMemory *memory,
                                                        WeirError *error)
{
    if (list->last == NULL || list->last->count == list->last->capacity)
        WEIR_TRY(weir_row_list_grow(list, memory, error));
    list->last->refs[list->last->count++] = ref;
    list->count++;
    return WEIR_OK;
}

#endif
