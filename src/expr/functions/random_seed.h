/* Seeds of random functions: constants, taken when a call is resolved. */
#ifndef WEIR_EXPR_FUNCTIONS_RANDOM_SEED_H
#define WEIR_EXPR_FUNCTIONS_RANDOM_SEED_H

#include "expr/function_private.h"

/* The last argument has to be a literal int or long (INVALID_PARAMETER_VALUE.LONG for `name`): it becomes `bound`, an
 * int64_t, and is taken off the call. A null seed is none. */
WEIR_CHECKED WeirStatus weir_call_take_seed(WeirFunctionCall *call, uint32_t index, const char *name, WeirError *error);

#endif
