/* Row lists: chunks that grow from one cache line to a page, so that hundreds of short lists stay small. */
#include "state/row_list.h"

#define FIRST_CAPACITY 12u  /* with the header: 64 bytes */
#define LAST_CAPACITY 1020u /* with the header: 4 KiB */

static size_t chunk_bytes(uint32_t capacity)
{
    return sizeof(WeirRowListChunk) + capacity * sizeof(WeirRowRef);
}

WeirStatus weir_row_list_grow(WeirRowList *list, WeirStateMemory *memory, WeirError *error)
{
    uint32_t capacity = FIRST_CAPACITY;
    if (list->last != NULL)
        capacity = list->last->capacity >= LAST_CAPACITY / 2 ? LAST_CAPACITY : list->last->capacity * 4;
    WEIR_TRY(weir_state_memory_grow(memory, chunk_bytes(capacity), error));
    WeirRowListChunk *chunk = weir_malloc(chunk_bytes(capacity));
    chunk->next = NULL;
    chunk->count = 0;
    chunk->capacity = capacity;
    if (list->last == NULL)
        list->first = chunk;
    else
        list->last->next = chunk;
    list->last = chunk;
    return WEIR_OK;
}

void weir_row_list_free_chunk(WeirRowListChunk *chunk, WeirStateMemory *memory)
{
    weir_state_memory_shrink(memory, chunk_bytes(chunk->capacity));
    weir_free(chunk);
}

WeirRowListChunk *weir_row_list_take_chunk(WeirRowList *list)
{
    WeirRowListChunk *chunk = list->first;
    if (chunk == NULL)
        return NULL;
    list->first = chunk->next;
    if (list->first == NULL)
        list->last = NULL;
    list->count -= chunk->count;
    chunk->next = NULL;
    return chunk;
}

void weir_row_list_clear(WeirRowList *list, WeirStateMemory *memory)
{
    WeirRowListChunk *chunk;
    while ((chunk = weir_row_list_take_chunk(list)) != NULL)
        weir_row_list_free_chunk(chunk, memory);
    WEIR_ASSERT(list->count == 0);
}

void weir_row_list_splice(WeirRowList *to, WeirRowList *from)
{
    if (from->first == NULL)
        return;
    if (to->last == NULL)
        to->first = from->first;
    else
        to->last->next = from->first;
    to->last = from->last;
    to->count += from->count;
    *from = (WeirRowList){0};
}
