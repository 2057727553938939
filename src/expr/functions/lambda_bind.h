/* What the higher-order functions share: typing of their lambdas, and the elements of many rows as one run of a lambda.
 */
#ifndef WEIR_EXPR_FUNCTIONS_LAMBDA_BIND_H
#define WEIR_EXPR_FUNCTIONS_LAMBDA_BIND_H

#include "expr/functions/collection_shared.h"
#include "expr/higher_order.h"

#define WEIR_LAMBDA_VARIABLES_MAX 3u

typedef struct WeirLambdaVariable {
    const WeirDataType *type;
    bool nullable;
} WeirLambdaVariable;

/* Types the variables of the lambda that is argument `index` and resolves its body: `least` to `most` of `variables`
 * may be named. An argument that is no lambda becomes one that ignores its variables. */
WEIR_CHECKED WeirStatus weir_lambda_bind(WeirFunctionCall *call, uint32_t index, const WeirLambdaVariable *variables,
                                         uint32_t least, uint32_t most, WeirError *error);
/* The body's type must be `type` (void becomes it): UNEXPECTED_INPUT_TYPE of the argument otherwise. */
WEIR_CHECKED WeirStatus weir_lambda_require(WeirFunctionCall *call, uint32_t index, const WeirDataType *type,
                                            WeirError *error);
/* The lambda with its body cast. */
void weir_lambda_cast(WeirFunctionCall *call, uint32_t index, const WeirDataType *type);

/* The entries of the selected rows whose lists are all not null: entry k is element entries[k] of the lists' children
 * and belongs to rows[k]. */
typedef struct WeirLambdaEntries {
    uint32_t *entries, *rows;
    uint32_t *positions; /* within the list; for index variables */
    uint32_t count;
} WeirLambdaEntries;
WEIR_CHECKED WeirStatus weir_lambda_entries(WeirKernelCall *call, const WeirVector *lists, WeirLambdaEntries *entries,
                                            WeirError *error);
/* Rows entries[0..count) of a child of a list as a vector of the variable's type. */
WEIR_CHECKED WeirStatus weir_lambda_gather(WeirKernelCall *call, const WeirVector *child, uint32_t *entries,
                                           uint32_t count, WeirVector *out, WeirError *error);
/* Row numbers of the call that belong to them, over an int vector (positions). */
void weir_lambda_positions(WeirKernelCall *call, const WeirLambdaEntries *entries, WeirVector *out);

#endif
