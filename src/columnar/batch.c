/* Batches and the shared buffers that their views point into. */
#include "columnar/batch.h"

#define SHARED_BUFFER_PADDING 64u

/* What a batch retains: a list in the batch's own arena. */
typedef struct Dependency {
    struct Dependency *next;
    void *object;
    void (*release)(void *object);
} Dependency;

/* Buffers that readers fill block after block are kept for the next one: given back to the system, their pages would be
 * unmapped, mapped and cleared again for every block: a fifth of the time of a scan of JSON. At most SPARE_COUNT *
 * SPARE_BYTES_MAX stay. */
#define SPARE_COUNT 4
#define SPARE_BYTES_MIN ((size_t)1 << 20)
#define SPARE_BYTES_MAX ((size_t)5 << 18)
#define SPARE_BYTES_STEP ((size_t)1 << 17)
#if defined(__SANITIZE_ADDRESS__)
#define SPARE_ON false /* a use after free must be seen */
#else
#define SPARE_ON true
#endif
static WeirSharedBuffer *_Atomic spares[SPARE_COUNT];

static bool is_spare_size(size_t capacity)
{
    return SPARE_ON && capacity >= SPARE_BYTES_MIN && capacity <= SPARE_BYTES_MAX;
}

/* A spare buffer of at least `*capacity` bytes, which becomes what it has, or NULL and the capacity to ask for instead.
 */
static WeirSharedBuffer *take_spare(size_t *capacity)
{
    for (int i = 0; i < SPARE_COUNT; i++) {
        WeirSharedBuffer *spare = atomic_exchange_explicit(&spares[i], NULL, memory_order_acquire);
        if (spare != NULL && spare->capacity >= *capacity) {
            *capacity = spare->capacity;
            return spare;
        }
        weir_free(spare);
    }
    *capacity = (*capacity + SPARE_BYTES_STEP - 1) / SPARE_BYTES_STEP * SPARE_BYTES_STEP;
    return NULL;
}

static void free_buffer(WeirSharedBuffer *buffer)
{
    for (int i = 0; is_spare_size(buffer->capacity) && i < SPARE_COUNT; i++) {
        WeirSharedBuffer *none = NULL;
        if (atomic_compare_exchange_strong_explicit(&spares[i], &none, buffer, memory_order_release,
                                                    memory_order_relaxed))
            return;
    }
    weir_free(buffer);
}

WeirStatus weir_shared_buffer_new(size_t capacity, WeirMemoryTracker *tracker, WeirSharedBuffer **buffer,
                                  WeirError *error)
{
    WeirSharedBuffer *made = is_spare_size(capacity) ? take_spare(&capacity) : NULL;
    size_t bytes = sizeof(WeirSharedBuffer) + capacity + SHARED_BUFFER_PADDING;
    WeirStatus status = tracker == NULL ? WEIR_OK : weir_memory_reserve(tracker, (int64_t)bytes, error);
    if (status != WEIR_OK) {
        weir_free(made);
        return status;
    }
    if (made == NULL)
        made = weir_malloc(bytes);
    made->capacity = capacity;
    atomic_init(&made->references, 1);
    made->tracker = tracker;
    made->length = 0;
    made->data = (uint8_t *)(made + 1);
    memset(made->data + capacity, 0, SHARED_BUFFER_PADDING);
    *buffer = made;
    return WEIR_OK;
}

WeirSharedBuffer *weir_shared_buffer_retain(WeirSharedBuffer *buffer)
{
    atomic_fetch_add_explicit(&buffer->references, 1, memory_order_relaxed);
    return buffer;
}

void weir_shared_buffer_release(WeirSharedBuffer *buffer)
{
    if (buffer == NULL)
        return;
    int32_t before = atomic_fetch_sub_explicit(&buffer->references, 1, memory_order_acq_rel);
    WEIR_ASSERT(before > 0);
    if (before > 1)
        return;
    if (buffer->tracker != NULL)
        weir_memory_release(buffer->tracker, (int64_t)(sizeof(*buffer) + buffer->capacity + SHARED_BUFFER_PADDING));
    free_buffer(buffer);
}

/* The struct and its columns are one block: a batch without values costs one allocation. */
WeirBatch *weir_batch_new(uint32_t column_count, WeirMemoryTracker *tracker)
{
    WeirBatch *batch = weir_calloc(1, sizeof(WeirBatch) + sizeof(WeirVector) * (size_t)column_count);
    atomic_init(&batch->references, 1);
    batch->column_count = column_count;
    batch->columns = (WeirVector *)(batch + 1);
    weir_arena_init(&batch->arena, tracker);
    return batch;
}

WeirBatch *weir_batch_retain(WeirBatch *batch)
{
    atomic_fetch_add_explicit(&batch->references, 1, memory_order_relaxed);
    return batch;
}

void weir_batch_release(WeirBatch *batch)
{
    if (batch == NULL)
        return;
    int32_t before = atomic_fetch_sub_explicit(&batch->references, 1, memory_order_acq_rel);
    WEIR_ASSERT(before > 0);
    if (before > 1)
        return;
    for (Dependency *dependency = batch->dependencies; dependency != NULL; dependency = dependency->next)
        dependency->release(dependency->object);
    weir_arena_deinit(&batch->arena);
    weir_free(batch);
}

static void release_batch(void *batch)
{
    weir_batch_release(batch);
}
static void release_buffer(void *buffer)
{
    weir_shared_buffer_release(buffer);
}

void weir_batch_keep_object(WeirBatch *batch, void *object, void (*release)(void *object))
{
    Dependency *dependency = WEIR_ARENA_NEW(&batch->arena, Dependency);
    *dependency = (Dependency){batch->dependencies, object, release};
    batch->dependencies = dependency;
}

void weir_batch_keep_batch(WeirBatch *batch, WeirBatch *other)
{
    WEIR_ASSERT(batch != other);
    weir_batch_keep_object(batch, weir_batch_retain(other), release_batch);
}

/* Scanners keep the same buffer for batch after batch, and often several times for one: once is enough. */
void weir_batch_keep_buffer(WeirBatch *batch, WeirSharedBuffer *buffer)
{
    const Dependency *newest = batch->dependencies;
    if (newest == NULL || newest->object != buffer)
        weir_batch_keep_object(batch, weir_shared_buffer_retain(buffer), release_buffer);
}

WeirStatus weir_batch_compact(const WeirBatch *batch, WeirMemoryTracker *tracker, WeirBatch **out, WeirError *error)
{
    WeirStatus status = WEIR_OK;
    WeirBatch *compact = weir_batch_new(batch->column_count, tracker);
    compact->row_count = batch->selected_count;
    compact->selected_count = batch->selected_count;
    for (uint32_t i = 0; i < batch->column_count; i++)
        WEIR_TRY_OR_GO(failed, weir_vector_gather(&batch->columns[i], batch->selection, batch->selected_count, true,
                                                  &compact->columns[i], &compact->arena, error));
    WEIR_TRY_OR_GO(failed, weir_arena_check(&compact->arena, error));
    *out = compact;
    return WEIR_OK;
failed:
    weir_batch_release(compact);
    return status;
}

WeirBatch *weir_batch_slice(WeirBatch *batch, uint32_t start, uint32_t count, WeirMemoryTracker *tracker)
{
    WEIR_ASSERT(start <= batch->selected_count && count <= batch->selected_count - start);
    WeirBatch *slice = weir_batch_new(batch->column_count, tracker);
    memcpy(slice->columns, batch->columns, sizeof(WeirVector) * (size_t)batch->column_count);
    slice->row_count = batch->row_count;
    slice->selected_count = count;
    weir_batch_keep_batch(slice, batch);
    if (batch->selection != NULL) {
        slice->selection = batch->selection + start;
    } else if (count < batch->row_count) {
        uint32_t *selection = weir_arena_alloc(&slice->arena, sizeof(uint32_t) * (size_t)count);
        for (uint32_t k = 0; k < count; k++)
            selection[k] = start + k;
        slice->selection = selection;
    }
    return slice;
}
