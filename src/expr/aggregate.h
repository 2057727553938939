/* Aggregate functions over UnsafeRow-shaped buffers. A group's buffer row is the UnsafeRow of all its aggregates'
 * buffer columns: what the hash table holds, what is exchanged and what a state file holds. Fixed-width buffers are
 * updated in place in their slots; functions whose buffer is variable (max of string, collect_list, first of string …)
 * keep an object per group: while in a table the slot holds its address, and serialize turns it into the buffer
 * column's value before a row leaves the task. One family a file under expr/aggregates/. */
#ifndef WEIR_EXPR_AGGREGATE_H
#define WEIR_EXPR_AGGREGATE_H

#include "expr/function.h"

#define WEIR_AGGREGATE_BUFFERS_MAX 2048u /* approx_count_distinct has 52 by default, more for a finer rsd */

/* Where one aggregate's buffers lie in the group's buffer row. */
typedef struct WeirAggregateSlots {
    uint32_t first;        /* ordinal of its first buffer column in the row */
    uint32_t column_count; /* of the whole row: gives the null words' size */
} WeirAggregateSlots;
static inline uint8_t *weir_slot(uint8_t *row, const WeirAggregateSlots *slots, uint32_t index)
{
    return row + ((size_t)slots->column_count + 63u) / 64u * 8u + (size_t)(slots->first + index) * 8u;
}
static inline void weir_slot_set_null(uint8_t *row, const WeirAggregateSlots *slots, uint32_t index, bool null)
{
    uint32_t bit = slots->first + index;
    if (null)
        row[bit >> 3] = (uint8_t)((uint32_t)row[bit >> 3] | (1u << (bit & 7)));
    else
        row[bit >> 3] = (uint8_t)((uint32_t)row[bit >> 3] & ~(1u << (bit & 7)));
}
static inline bool weir_slot_is_null(const uint8_t *row, const WeirAggregateSlots *slots, uint32_t index)
{
    uint32_t bit = slots->first + index;
    return ((uint32_t)row[bit >> 3] >> (bit & 7)) & 1u;
}

enum {
    WEIR_AGGREGATE_OBJECT = 1,          /* buffers are objects (variable width) */
    WEIR_AGGREGATE_ORDER_SENSITIVE = 2, /* first, last, collect_list */
    WEIR_AGGREGATE_NO_DISTINCT = 4,     /* DISTINCT has no effect (min, max): analyzer drops it */
    WEIR_AGGREGATE_ORDERED = 16,
    WEIR_AGGREGATE_WHOLE_WINDOW = 32, /* as a window function neither ORDER BY nor a frame */
    WEIR_AGGREGATE_WITHIN_GROUP = 64, /* takes WITHIN GROUP (ORDER BY …) */
    WEIR_AGGREGATE_COUNT_DEFAULT = 8  /* value over no rows is not null (count: 0) */
};

typedef struct WeirAggregateCall {
    const WeirExpression *expression; /* AGGREGATE: children's types, bound, filter already applied by the caller */
    const WeirEvalContext *context;
    WeirAggregateSlots slots;
    WeirArena *arena; /* objects of this table; dies with it */
} WeirAggregateCall;

struct WeirAggregateFunction {
    const char *name;
    const char *const *aliases;
    uint32_t flags;
    int16_t arguments_min, arguments_max;
    const char *signature; /* as WeirFunction.signature */
    /* As a scalar's; also sets the buffer: */
    WeirFunctionResolve resolve;
    /* Buffer columns for a resolved call, in Spark's order, names and types (state schema files show them): fills
     * `fields`. */
    uint32_t (*buffer)(const WeirExpression *expression, WeirArena *arena,
                       WeirField fields[WEIR_AGGREGATE_BUFFERS_MAX]);
    /* Write the empty buffer into a zeroed row. */
    void (*init)(const WeirAggregateCall *call, uint8_t *row);
    /* rows[k] is the buffer row of the k-th live row: its physical row in the argument vectors is selection[k] (NULL:
     * k). */
    WeirStatus (*update)(const WeirAggregateCall *call, const WeirVector *const *arguments, const uint32_t *selection,
                         uint32_t count, uint8_t *const *rows, WeirError *error);
    /* Fixed width: merge source rows into target rows (same layout). */
    WeirStatus (*merge)(const WeirAggregateCall *call, uint8_t *const *targets, const uint8_t *const *sources,
                        uint32_t count, WeirError *error);
    /* Results of rows as a flat vector of expression->type (initialised by the caller for `count` rows). */
    WeirStatus (*evaluate)(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                           WeirVector *result, WeirArena *arena, WeirError *error);
    /* Object functions only: buffers as vectors (one per buffer column) ready to be encoded, and the way back:
     * merge_serialized merges row i of `buffers` into rows[i]. */
    WeirStatus (*serialize)(const WeirAggregateCall *call, const uint8_t *const *rows, uint32_t count,
                            WeirVector *buffers, WeirArena *arena, WeirError *error);
    WeirStatus (*merge_serialized)(const WeirAggregateCall *call, const WeirVector *buffers, const uint32_t *selection,
                                   uint32_t count, uint8_t *const *rows, WeirError *error);
    void (*free_object)(const WeirAggregateCall *call,
                        uint8_t *row); /* optional: objects with memory outside the arena */
    const char *sql_format; /* NULL = name(a, b); else $0 the name as called, $d DISTINCT, $1 a child, $2* a child and
                               those after it, $> DESC where the call is descending, $< where it is not, $o the
                               orderings of a WeirAggregateOrdering */
    const char *group;
    const char *usage;
};

/* `bound` of aggregates with WEIR_AGGREGATE_ORDERED: the last children are what the rows are ordered by. */
typedef struct WeirAggregateOrdering {
    uint32_t first, count;
    const bool *descending, *nulls_first;
} WeirAggregateOrdering;

/* All buffer columns of a list of AGGREGATE expressions: schema of the buffer row; slots[i] per expression. `*fixed` =
 * no object functions. */
const WeirSchema *weir_aggregate_buffer_schema(WeirExpression *const *aggregates, uint32_t count, WeirArena *arena,
                                               WeirAggregateSlots *slots, bool *fixed);

#endif
