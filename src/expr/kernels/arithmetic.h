/* Loops of + - * / % over one type, and what a row that may not be used gives. */
#ifndef WEIR_EXPR_KERNELS_ARITHMETIC_H
#define WEIR_EXPR_KERNELS_ARITHMETIC_H

#include "expr/kernel.h"

typedef enum WeirArithmetic {
    WEIR_ADD,
    WEIR_SUBTRACT,
    WEIR_MULTIPLY,
    WEIR_DIVIDE, /* double only */
    WEIR_REMAINDER,
    WEIR_INTEGRAL_DIVIDE, /* long only */
    WEIR_PMOD
} WeirArithmetic;

/* Whole operation on vectors of one fixed-width numeric type (not decimal): errors, TRY nulls, legacy wrap-around. */
WEIR_CHECKED WeirStatus weir_arithmetic_run(WeirKernelCall *call, WeirArithmetic operation, const WeirVector *left,
                                            const WeirVector *right, WeirVector *result, WeirError *error);
/* ARITHMETIC_OVERFLOW with the type's word and the TRY function, as Spark names them. */
WeirStatus weir_overflow_error(const WeirKernelCall *call, const char *message, const char *alternative,
                               WeirError *error);

#endif
