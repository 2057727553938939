/* Lambdas: the body is compiled to a program of its own whose input columns are the lambda's variables and then what
 * the body uses from outside. */
#ifndef WEIR_EXPR_HIGHER_ORDER_H
#define WEIR_EXPR_HIGHER_ORDER_H

#include "expr/function.h"
#include "expr/program.h"

typedef struct WeirLambda {
    WeirProgram *program;
    uint32_t variable_count;
    uint32_t outer_first; /* index among the call's arguments of the first value from outside */
    uint32_t outer_count;
    const WeirExpression *body;
} WeirLambda;

typedef struct WeirLambdaRuntime {
    const WeirLambda *lambda;
    WeirProgramInstance *instance;
} WeirLambdaRuntime;

/* Run the body over `count` rows: variables[i] are vectors of that length; rows[i] is the row of the call that row i
 * belongs to (for values from outside). */
WEIR_CHECKED WeirStatus weir_lambda_run(WeirKernelCall *call, WeirLambdaRuntime *runtime,
                                        const WeirVector *const *arguments, const WeirVector *variables, uint32_t *rows,
                                        uint32_t count, WeirVector *result, WeirError *error);

#endif
