/* The three loops every comparison is made of: =, < and <=; the others swap or negate. */
#ifndef WEIR_EXPR_KERNELS_COMPARE_H
#define WEIR_EXPR_KERNELS_COMPARE_H

#include "expr/kernel.h"

typedef enum WeirCompare { WEIR_COMPARE_EQUAL, WEIR_COMPARE_LESS, WEIR_COMPARE_LESS_EQUAL } WeirCompare;

/* Booleans into result->values for rows valid on both sides (call->validity). Types are equal. */
void weir_compare_run(const WeirKernelCall *call, WeirCompare operation, const WeirVector *left,
                      const WeirVector *right, WeirVector *result);

#endif
