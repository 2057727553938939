/* One value of any type kept for a group: what min, max, first, last, min_by and max_by remember of strings and other
 * values that fit no slot. Memory of strings is used again when the next value fits; nested values are copied anew. */
#ifndef WEIR_EXPR_AGGREGATES_HOLDER_H
#define WEIR_EXPR_AGGREGATES_HOLDER_H

#include "columnar/value.h"
#include "expr/column_writer.h"

typedef struct WeirHolder {
    WeirVector vector; /* constant of one row; its values point here */
    uint64_t validity;
    union {
        uint8_t fixed[16];
        WeirStringView view;
    };
    uint8_t *memory;
    uint32_t capacity;
    bool set; /* something (maybe null) was assigned */
} WeirHolder;

static inline bool weir_holder_is_null(const WeirHolder *holder)
{
    return !(holder->validity & 1u);
}
WEIR_CHECKED WeirStatus weir_holder_assign(WeirHolder *holder, WeirArena *arena, const WeirVector *vector, uint32_t row,
                                           WeirError *error);
/* Order of the held value (not null) and a row that is not null. */
int weir_holder_compare(const WeirHolder *holder, const WeirVector *vector, uint32_t row);
void weir_holder_emit(const WeirHolder *holder, WeirColumnWriter *writer); /* NULL holder or nothing set: null */

#endif
