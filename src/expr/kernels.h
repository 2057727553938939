/* Kernels that the compiler knows by address: their arguments are evaluated lazily. */
#ifndef WEIR_EXPR_KERNELS_H
#define WEIR_EXPR_KERNELS_H

#include "expr/function.h"

WeirStatus weir_and_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                           WeirError *error);
WeirStatus weir_or_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error);
WeirStatus weir_if_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error);
WeirStatus weir_in_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error);
WeirStatus weir_coalesce_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                WeirError *error);

#endif
