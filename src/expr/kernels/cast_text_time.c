/* Casts of strings to dates, timestamps and intervals. */
#include "expr/kernels/cast.h"

WeirStatus weir_cast_text_to_time(WeirKernelCall *call, const WeirVector *source, WeirVector *result, WeirError *error)
{
    (void)source;
    (void)result;
    return weir_row_error(call, weir_error_format(error, WEIR_ERROR_INTERNAL_ERROR, "not yet"), error);
}
