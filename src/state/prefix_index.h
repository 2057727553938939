/* Rows by the first columns of their key, for prefix scans (session windows): from the UnsafeRow bytes of those columns
 * to the references of the rows. Exact: a reference is taken out when its row goes. */
#ifndef WEIR_STATE_PREFIX_INDEX_H
#define WEIR_STATE_PREFIX_INDEX_H

#include "columnar/data_type.h"
#include "state/state_table.h"

typedef struct WeirPrefixIndex {
    uint32_t key_columns; /* of the whole key */
    uint32_t prefix_columns;
    uint8_t *kinds;       /* of each prefix column: how its slot refers to bytes */
    WeirStateTable table; /* prefix → count and references */
    WeirBuffer prefix;    /* scratch */
} WeirPrefixIndex;

void weir_prefix_index_init(WeirPrefixIndex *index, const WeirSchema *key_schema, uint32_t prefix_columns,
                            WeirMemoryTracker *tracker);
void weir_prefix_index_deinit(WeirPrefixIndex *index);
WEIR_CHECKED WeirStatus weir_prefix_index_add(WeirPrefixIndex *index, const uint8_t *key, WeirRowRef ref,
                                              WeirError *error);
/* The row of `key` moved from `old` to `ref`; WEIR_ROW_NONE: it is gone. */
WEIR_CHECKED WeirStatus weir_prefix_index_replace(WeirPrefixIndex *index, const uint8_t *key, WeirRowRef old,
                                                  WeirRowRef ref, WeirError *error);
/* References of the rows with this prefix (an UnsafeRow of the prefix columns); valid until the next change. */
const WeirRowRef *weir_prefix_index_find(const WeirPrefixIndex *index, const void *prefix, uint32_t prefix_size,
                                         uint32_t *count);

#endif
