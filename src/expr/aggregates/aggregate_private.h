/* What the aggregate families share: slots of fixed-width buffers, loops over rows, objects of variable ones. */
#ifndef WEIR_EXPR_AGGREGATE_PRIVATE_H
#define WEIR_EXPR_AGGREGATE_PRIVATE_H

#include "expr/aggregate.h"
#include "expr/function_private.h"
#include "expr/kernel.h"

static inline int64_t weir_slot_get_long(const uint8_t *slot)
{
    int64_t value;
    memcpy(&value, slot, 8);
    return value;
}
static inline void weir_slot_put_long(uint8_t *slot, int64_t value)
{
    memcpy(slot, &value, 8);
}
static inline double weir_slot_get_double(const uint8_t *slot)
{
    double value;
    memcpy(&value, slot, 8);
    return value;
}
static inline void weir_slot_put_double(uint8_t *slot, double value)
{
    memcpy(slot, &value, 8);
}
static inline const uint8_t *weir_slot_const(const uint8_t *row, const WeirAggregateSlots *slots, uint32_t index)
{
    return row + ((size_t)slots->column_count + 63u) / 64u * 8u + (size_t)(slots->first + index) * 8u;
}

/* Offset of a slot, so that loops need not compute it. */
static inline size_t weir_slot_offset(const WeirAggregateSlots *slots, uint32_t index)
{
    return ((size_t)slots->column_count + 63u) / 64u * 8u + (size_t)(slots->first + index) * 8u;
}

/* for the k-th row with its physical row number */
#define WEIR_FOR_UPDATES(k, row)                                                                                       \
    for (uint32_t k = 0, row = 0; k < count && ((row = selection == NULL ? k : selection[k]), true); k++)

/* Arguments flattened once per batch (constants stay). */
WEIR_CHECKED WeirStatus weir_aggregate_flatten(const WeirAggregateCall *call, const WeirVector *vector,
                                               WeirVector *storage, const WeirVector **out, WeirError *error);

static inline WeirField weir_buffer_field(const char *name, const WeirDataType *type, bool nullable)
{
    return (WeirField){name, type, nullable, "{}"};
}

#endif
