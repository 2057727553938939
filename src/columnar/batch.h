/* A batch: vectors of one length with a shared selection. Reference counted; owns an arena for its vectors and retains
 * the batches and buffers its views point into. */
#ifndef WEIR_COLUMNAR_BATCH_H
#define WEIR_COLUMNAR_BATCH_H

#include "columnar/vector.h"

typedef struct WeirBatch WeirBatch;

/* A counted block of bytes that scanners point views into (file content, socket lines). Padded by 64 readable bytes. */
typedef struct WeirSharedBuffer {
    _Atomic int32_t references;
    WeirMemoryTracker *tracker;
    size_t capacity;
    size_t length;
    uint8_t *data;
} WeirSharedBuffer;
WEIR_CHECKED WeirStatus weir_shared_buffer_new(size_t capacity, WeirMemoryTracker *tracker, WeirSharedBuffer **buffer,
                                               WeirError *error);
WeirSharedBuffer *weir_shared_buffer_retain(WeirSharedBuffer *buffer);
void weir_shared_buffer_release(WeirSharedBuffer *buffer); /* NULL is allowed */

struct WeirBatch {
    _Atomic int32_t references;
    uint32_t row_count;      /* physical rows of every column */
    uint32_t selected_count; /* rows that are alive */
    const uint32_t
        *selection; /* ascending row numbers of the live rows; NULL = all rows (selected_count = row_count) */
    uint32_t column_count;
    WeirVector *columns;
    WeirArena arena;    /* memory of the vectors made for this batch */
    void *dependencies; /* retained batches and buffers (private) */
};

/* A batch with `column_count` zeroed vectors, one reference. Small; memory of values comes from batch->arena. */
WeirBatch *weir_batch_new(uint32_t column_count, WeirMemoryTracker *tracker);
WeirBatch *weir_batch_retain(WeirBatch *batch);
void weir_batch_release(WeirBatch *batch); /* NULL is allowed; thread-safe */
/* `batch` keeps `other` (or `buffer`) alive as long as it lives. */
void weir_batch_keep_batch(WeirBatch *batch, WeirBatch *other);
void weir_batch_keep_buffer(WeirBatch *batch, WeirSharedBuffer *buffer);
/* Anything else that the batch's vectors point into: `release(object)` is called when it dies. */
void weir_batch_keep_object(WeirBatch *batch, void *object, void (*release)(void *object));
/* The k-th live row's physical row number. */
static inline uint32_t weir_batch_row(const WeirBatch *batch, uint32_t k)
{
    return batch->selection == NULL ? k : batch->selection[k];
}
/* A batch of the live rows only, that depends on nothing else (for what outlives its operator). */
WEIR_CHECKED WeirStatus weir_batch_compact(const WeirBatch *batch, WeirMemoryTracker *tracker, WeirBatch **out,
                                           WeirError *error);
/* Rows [start, start+count) of the live rows as a new batch sharing memory (keeps `batch`). */
WeirBatch *weir_batch_slice(WeirBatch *batch, uint32_t start, uint32_t count, WeirMemoryTracker *tracker);

/* Row-wise building of a batch of any schema: for readers of text formats, literals, tests. Append a value to each
 * column, then call weir_batch_builder_end_row. Nested values: begin_list/end_list and begin_struct/end_struct around
 * their parts. */
typedef struct WeirVectorBuilder WeirVectorBuilder;
typedef struct WeirBatchBuilder {
    const WeirSchema *schema;
    WeirBatch *batch;
    WeirVectorBuilder **columns;
    uint32_t row_count;
} WeirBatchBuilder;
WEIR_CHECKED WeirStatus weir_batch_builder_init(WeirBatchBuilder *builder, const WeirSchema *schema,
                                                WeirMemoryTracker *tracker, WeirError *error);
void weir_batch_builder_deinit(WeirBatchBuilder *builder);
static inline void weir_batch_builder_end_row(WeirBatchBuilder *builder)
{
    builder->row_count++;
}
/* Forget what was appended to the columns since the last end_row (a malformed record). */
void weir_batch_builder_cancel_row(WeirBatchBuilder *builder);
/* Hand over the batch built so far (NULL when it has no rows) and start a new one. */
WEIR_CHECKED WeirStatus weir_batch_builder_finish(WeirBatchBuilder *builder, WeirBatch **batch, WeirError *error);

/* A single vector in an arena of the caller's: start and finish again for each one. A refusal is the arena's to tell.
 */
WeirVectorBuilder *weir_vector_builder_new(const WeirDataType *type);
void weir_vector_builder_free(WeirVectorBuilder *builder); /* NULL is allowed */
void weir_vector_builder_start(WeirVectorBuilder *builder, WeirArena *arena);
void weir_vector_builder_finish(WeirVectorBuilder *builder, WeirVector *vector);

void weir_vector_builder_append_null(WeirVectorBuilder *builder);
void weir_vector_builder_append_int(
    WeirVectorBuilder *builder, int64_t value); /* boolean, all integers, date, timestamps, intervals, decimal <= 18 */
void weir_vector_builder_append_double(WeirVectorBuilder *builder, double value);     /* float and double */
void weir_vector_builder_append_int128(WeirVectorBuilder *builder, WeirInt128 value); /* any decimal */
void weir_vector_builder_append_interval(WeirVectorBuilder *builder, WeirCalendarInterval value);
void weir_vector_builder_append_bytes(WeirVectorBuilder *builder, const void *data,
                                      size_t length);                                  /* copied into the arena */
void weir_vector_builder_append_view(WeirVectorBuilder *builder, WeirStringView view); /* not copied */
/* One row copied (deep) from any vector of the same type. */
void weir_vector_builder_append_row(WeirVectorBuilder *builder, const WeirVector *vector, uint32_t row);
WeirVectorBuilder *weir_vector_builder_child(WeirVectorBuilder *builder,
                                             uint32_t index); /* list: 0 element or key, 1 map value; struct: field */
void weir_vector_builder_end_list(
    WeirVectorBuilder *builder); /* children appended since the last row are this row's entries */
void weir_vector_builder_end_struct(WeirVectorBuilder *builder); /* every child was appended to once */
uint32_t weir_vector_builder_length(const WeirVectorBuilder *builder);
/* Back to `length` rows, children too; a struct row that was begun but not ended is forgotten. */
void weir_vector_builder_truncate(WeirVectorBuilder *builder, uint32_t length);

#endif
