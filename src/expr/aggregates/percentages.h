/* The percentage argument of percentile functions: a constant between 0 and 1, or an array of them. */
#ifndef WEIR_EXPR_AGGREGATES_PERCENTAGES_H
#define WEIR_EXPR_AGGREGATES_PERCENTAGES_H

#include "expr/function_private.h"

typedef struct WeirPercentages {
    bool is_array;
    uint32_t count;
    const double *values;
} WeirPercentages;

/* Checks argument `index`, makes it call->bound, and the result type an array where it is one. */
WEIR_CHECKED WeirStatus weir_percentages_resolve(WeirFunctionCall *call, uint32_t index, WeirError *error);
const WeirPercentages *weir_percentages_half(WeirArena *arena); /* 0.5 */

#endif
