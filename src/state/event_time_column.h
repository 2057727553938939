/* Reading the event time of a state row, as its store's spec describes it. The row's bytes were checked against the
 * schemas. */
#ifndef WEIR_STATE_EVENT_TIME_COLUMN_H
#define WEIR_STATE_EVENT_TIME_COLUMN_H

#include "columnar/unsafe_row.h"
#include "state/state_store.h"

typedef struct WeirEventTimeColumn {
    WeirStateEventTime kind;
    uint32_t column;
    uint32_t column_count; /* of the key or value that holds it */
} WeirEventTimeColumn;

/* Asserts that the column has a fitting type. */
WeirEventTimeColumn weir_event_time_column(const WeirStateStoreSpec *spec);

static inline bool weir_event_time_in_value(const WeirEventTimeColumn *column)
{
    return column->kind >= WEIR_STATE_EVENT_TIME_VALUE_SLOT;
}

static inline bool weir_event_time_read(const WeirEventTimeColumn *column, const uint8_t *key, const uint8_t *value,
                                        int64_t *time)
{
    const uint8_t *row = weir_event_time_in_value(column) ? value : key;
    if (weir_unsafe_row_is_null(row, column->column))
        return false;
    int64_t slot = weir_unsafe_row_get_slot(row, column->column_count, column->column);
    if (column->kind == WEIR_STATE_EVENT_TIME_WINDOW_END || column->kind == WEIR_STATE_EVENT_TIME_VALUE_WINDOW_END) {
        const uint8_t *window = row + ((uint64_t)slot >> 32);
        if (weir_unsafe_row_is_null(window, 1))
            return false;
        slot = weir_unsafe_row_get_slot(window, 2, 1);
    } else if (column->kind == WEIR_STATE_EVENT_TIME_VALUE_TIMEOUT && slot == -1) {
        return false;
    }
    *time = slot;
    return true;
}

#endif
