/* Bitmaps of 32,768 bits that count distinct numbers: the bucket and the bit of a number, and how many bits are set. */
#include "expr/function_private.h"
#include "expr/kernel.h"

#define KERNEL(name)                                                                                                   \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)
#define BITS 32768

/* Numbers from 1 on fill buckets 1, 2, …; 0 and those below it buckets 0, -1, …. */
KERNEL(bucket_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = WEIR_ARGUMENT_VALUE(int64_t, x, row);
        ((int64_t *)result->values)[row] = value > 0 ? 1 + (value - 1) / BITS : value / BITS;
    }
    return WEIR_OK;
}

KERNEL(position_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        int64_t value = WEIR_ARGUMENT_VALUE(int64_t, x, row);
        ((int64_t *)result->values)[row] = value > 0 ? (value - 1) % BITS : -(value % BITS);
    }
    return WEIR_OK;
}

KERNEL(count_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row)
    {
        const WeirStringView *view = weir_argument_view(&x, row);
        const uint8_t *bytes = weir_view_data(view);
        int64_t count = 0;
        for (uint32_t i = 0; i < view->length; i++)
            count += __builtin_popcount(bytes[i]);
        ((int64_t *)result->values)[row] = count;
    }
    return WEIR_OK;
}

/* Nothing is cast here, not even null. */
static WeirStatus resolve_count(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id != WEIR_TYPE_BINARY)
        return weir_call_unexpected_type(call, 0, "\"BINARY\"", error);
    call->result_type = &weir_type_long;
    return WEIR_OK;
}

#define BITMAP(NAME, SIGNATURE, RESOLVE, KERNEL, USAGE)                                                                \
    {                                                                                                                  \
        .name = NAME, .flags = WEIR_FUNCTION_NULL_PROPAGATING, .arguments_min = 1, .arguments_max = 1,                 \
        .signature = SIGNATURE, .resolve = RESOLVE, .kernel = KERNEL, .group = "misc_funcs", .usage = USAGE            \
    }

const WeirFunction weir_functions_bitmap[] = {
    BITMAP("bitmap_bucket_number", "long->long", NULL, bucket_kernel,
           "bitmap_bucket_number(n): the bitmap that a number belongs to."),
    BITMAP("bitmap_bit_position", "long->long", NULL, position_kernel,
           "bitmap_bit_position(n): the bit of a number in its bitmap, from 0."),
    BITMAP("bitmap_count", NULL, resolve_count, count_kernel, "bitmap_count(bitmap): how many bits are set."),
    {0},
};
