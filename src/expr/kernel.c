/* Memory of string results. */
#include "expr/kernel.h"

#include "columnar/utf8.h"

#define HEAP_CHUNK_BYTES (64u << 10)
#define VALUE_BYTES_MAX 2147483632u /* as a Java byte array */

WeirStatus weir_text_heap_grow(WeirTextHeap *heap, size_t bytes, WeirError *error)
{
    if (bytes > VALUE_BYTES_MAX)
        return weir_error_set(error, WEIR_ERROR_COLLECTION_SIZE_LIMIT_EXCEEDED_FUNCTION, "numberOfElements",
                              "2147483648", "maxRoundedArrayLength", "2147483632", "functionName", "`string`",
                              "parameter", "`result`");
    size_t chunk = bytes < HEAP_CHUNK_BYTES ? HEAP_CHUNK_BYTES : bytes;
    void *memory = NULL;
    WEIR_TRY(weir_arena_try_alloc(heap->arena, chunk, &memory, error));
    heap->next = memory;
    heap->end = heap->next + chunk;
    return WEIR_OK;
}

WeirStatus weir_text_heap_copy(WeirTextHeap *heap, const void *data, size_t length, WeirStringView *view,
                               WeirError *error)
{
    if (length <= WEIR_VIEW_INLINE_BYTES) {
        *view = weir_view_make(data, (uint32_t)length);
        return WEIR_OK;
    }
    WEIR_TRY(weir_text_heap_reserve(heap, length, error));
    memcpy(heap->next, data, length);
    *view = weir_text_heap_commit(heap, (uint32_t)length);
    return WEIR_OK;
}

WeirStatus weir_text_heap_valid(WeirTextHeap *heap, const WeirStringView *text, WeirStringView *valid, WeirError *error)
{
    if (weir_utf8_is_valid(weir_view_data(text), text->length)) {
        *valid = *text;
        return WEIR_OK;
    }
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    weir_utf8_append_replaced(weir_view_data(text), text->length, &buffer);
    WeirStatus status = weir_buffer_check(&buffer, error);
    if (status == WEIR_OK)
        status = weir_text_heap_copy(heap, buffer.data, buffer.length, valid, error);
    weir_buffer_deinit(&buffer);
    return status;
}
