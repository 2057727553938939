/* Casts by source type. Each converts the rows of a call into result->values and reports rows that have no value: an
 * error in ANSI mode, null in TRY mode, null or wrap-around in legacy mode. */
#ifndef WEIR_EXPR_KERNELS_CAST_H
#define WEIR_EXPR_KERNELS_CAST_H

#include "expr/kernel.h"
#include "expr/kernels/decimal.h"

WEIR_CHECKED WeirStatus weir_cast_from_number(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                              WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_from_decimal(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_from_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                            WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_text_to_time(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                               WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_from_time(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                            WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_from_interval(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                                WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_to_text(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                          WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_nested(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                         WeirError *error);
/* Dispatch for one pair of types; `result` is initialised unless nested. */
WEIR_CHECKED WeirStatus weir_cast_run(WeirKernelCall *call, const WeirVector *source, WeirVector *result,
                                      WeirError *error);

/* What one of the last field of an interval type counts: microseconds, or months. */
int64_t weir_interval_unit(const WeirDataType *interval);

/* A row without a value: CAST_OVERFLOW or CAST_INVALID_INPUT in ANSI mode and where intervals are concerned, else null.
 */
WEIR_CHECKED WeirStatus weir_cast_overflow(WeirKernelCall *call, const WeirVector *source, uint32_t row,
                                           WeirVector *result, WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_malformed(WeirKernelCall *call, const WeirVector *source, uint32_t row,
                                            WeirVector *result, WeirError *error);
WEIR_CHECKED WeirStatus weir_cast_decimal_range(WeirKernelCall *call, const WeirDataType *from, const char *text,
                                                WeirVector *result, uint32_t row, WeirError *error);

#endif
