/* Which rows are due at a watermark. Rows are filed by event time in buckets of 256 digits on 8 levels around the last
 * watermark (a radix heap): what is due comes out bucket by bucket, and a row that is not due is looked at only when
 * the watermark enters its bucket, at most a few times in its life. So eviction costs what it evicts, for window ends
 * as for raw timestamps.
 *
 * The index is lazy: a reference may be stale (its row gone or moved) or early (its row's event time has grown since).
 * Who takes references out looks at the row. What always holds: a live row with an event time has a reference filed at
 * or before that time. */
#ifndef WEIR_STATE_EVENT_TIME_INDEX_H
#define WEIR_STATE_EVENT_TIME_INDEX_H

#include "state/row_heap.h"

#define WEIR_EVENT_TIME_LEVELS 8

/* The event time of a row now; false when the row is gone or has none. */
typedef bool (*WeirEventTimeOf)(const void *context, WeirRowRef ref, int64_t *time);

typedef struct WeirEventTimeIndex {
    WeirStateMemory *memory;                     /* the table's */
    const WeirRowHeap *heap;                     /* to fetch rows before they are looked at; may be NULL */
    uint64_t last;                               /* the last watermark, shifted so that it orders unsigned */
    WeirRowList due;                             /* filed at or before `last` */
    WeirRowList *levels[WEIR_EVENT_TIME_LEVELS]; /* 256 lists each, made when needed */
    size_t count;                                /* references in it, `due` included */
} WeirEventTimeIndex;

void weir_event_time_index_init(WeirEventTimeIndex *index, WeirStateMemory *memory, const WeirRowHeap *heap);
void weir_event_time_index_deinit(WeirEventTimeIndex *index);
WEIR_CHECKED WeirStatus weir_event_time_index_add(WeirEventTimeIndex *index, int64_t time, WeirRowRef ref,
                                                  WeirError *error);
/* Move every reference that may be due at `watermark` to `due`; those looked at and not due are filed anew, the stale
 * ones dropped. */
WEIR_CHECKED WeirStatus weir_event_time_index_advance(WeirEventTimeIndex *index, int64_t watermark,
                                                      WeirEventTimeOf time_of, const void *context, WeirError *error);
/* Forget all references, keep the watermark (before filing every row anew). */
void weir_event_time_index_clear(WeirEventTimeIndex *index);

#endif
