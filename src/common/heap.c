/* The C library's allocator, made to end the process instead of returning NULL: for plans and set-up, whose callers
 * could do nothing else. A restart from the checkpoint is the path that is tested most. */
#include <stdio.h>
#include <stdlib.h>

#include "common/memory.h"

static _Noreturn void out_of_memory(size_t bytes)
{
    fprintf(stderr, "ERROR common: the system refused %zu bytes of memory; ending the process\n", bytes);
    abort();
}

void *weir_malloc(size_t bytes)
{
    void *memory = malloc(bytes != 0 ? bytes : 1);
    if (memory == NULL)
        out_of_memory(bytes);
    return memory;
}

void *weir_calloc(size_t count, size_t bytes)
{
    void *memory = count == 0 || bytes == 0 ? calloc(1, 1) : calloc(count, bytes);
    if (memory == NULL)
        out_of_memory(count * bytes);
    return memory;
}

void *weir_realloc(void *old, size_t bytes)
{
    void *memory = realloc(old, bytes != 0 ? bytes : 1);
    if (memory == NULL)
        out_of_memory(bytes);
    return memory;
}

void weir_free(void *memory)
{
    free(memory);
}

char *weir_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    return memcpy(weir_malloc(bytes), text, bytes);
}
