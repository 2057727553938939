/* Generators with files of their own. */
#ifndef WEIR_EXPR_GENERATORS_H
#define WEIR_EXPR_GENERATORS_H

#include "columnar/batch.h"
#include "expr/expression.h"

WEIR_CHECKED WeirStatus weir_json_tuple_expand(const WeirExpression *generator, const WeirVector *const *arguments,
                                               const WeirBatch *input, uint32_t *counts, WeirVector *outputs,
                                               WeirArena *arena, WeirError *error);

#endif
