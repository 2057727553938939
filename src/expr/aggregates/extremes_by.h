/* min_by(a, b, k) and max_by(a, b, k), resolved where min_by(a, b) and max_by(a, b) are. */
#ifndef WEIR_EXPR_AGGREGATES_EXTREMES_BY_H
#define WEIR_EXPR_AGGREGATES_EXTREMES_BY_H

#include "expr/aggregate.h"

WEIR_CHECKED WeirStatus weir_extremes_by_resolve(WeirFunctionCall *call, bool max, WeirError *error);
extern const WeirAggregateFunction weir_extremes_by_variants[]; /* min_by, max_by */

#endif
