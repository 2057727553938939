/* & | ^ ~, shifts and bit counts. */
#include "expr/function_private.h"
#include "expr/kernel.h"

static WeirStatus resolve_bits(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *a = call->arguments[0]->type, *b = call->arguments[call->argument_count - 1]->type;
    if (a->id == WEIR_TYPE_STRING && b->id != WEIR_TYPE_STRING && weir_string_promotion(b) != NULL)
        a = weir_string_promotion(b);
    else if (b->id == WEIR_TYPE_STRING && a->id != WEIR_TYPE_STRING && weir_string_promotion(a) != NULL)
        b = weir_string_promotion(a);
    if (a->id == WEIR_TYPE_VOID && b->id == WEIR_TYPE_VOID)
        a = b = &weir_type_int;
    const WeirDataType *common = weir_tightest_type(call->arena, a, b);
    WeirStatus status = WEIR_OK;
    if (common == NULL)
        status =
            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES, "sqlExpr", weir_call_sql(call),
                           "left", weir_quoted_type(call->arena, a), "right", weir_quoted_type(call->arena, b));
    else if (!weir_type_is_integral(common) && call->argument_count == 2)
        status =
            weir_error_set(error, WEIR_ERROR_DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE, "sqlExpr", weir_call_sql(call),
                           "inputType", "\"INTEGRAL\"", "actualDataType", weir_quoted_type(call->arena, common));
    else if (!weir_type_is_integral(common))
        return weir_call_unexpected_type(call, 0, "\"INTEGRAL\"", error);
    if (status != WEIR_OK)
        return status;
    for (uint32_t i = 0; i < call->argument_count; i++)
        call->cast_types[i] = common;
    call->result_type = common;
    return WEIR_OK;
}

#define EACH_TYPE(MACRO)                                                                                               \
    switch (weir_type_physical(result->type)) {                                                                        \
    case WEIR_PHYSICAL_INT8:                                                                                           \
        MACRO(int8_t);                                                                                                 \
        break;                                                                                                         \
    case WEIR_PHYSICAL_INT16:                                                                                          \
        MACRO(int16_t);                                                                                                \
        break;                                                                                                         \
    case WEIR_PHYSICAL_INT32:                                                                                          \
        MACRO(int32_t);                                                                                                \
        break;                                                                                                         \
    default:                                                                                                           \
        MACRO(int64_t);                                                                                                \
        break;                                                                                                         \
    }

#define BINARY_KERNEL(name, OPERATOR)                                                                                  \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)                                                                           \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);                                 \
        EACH_TYPE(OPERATOR)                                                                                            \
        return WEIR_OK;                                                                                                \
    }
#define LOOP(Type, EXPRESSION)                                                                                         \
    WEIR_FOR_ROWS(call, row)                                                                                           \
    ((Type *)result->values)[row] = (Type)(EXPRESSION)
#define AND_LOOP(Type) LOOP(Type, WEIR_ARGUMENT_VALUE(Type, x, row) & WEIR_ARGUMENT_VALUE(Type, y, row))
#define OR_LOOP(Type) LOOP(Type, WEIR_ARGUMENT_VALUE(Type, x, row) | WEIR_ARGUMENT_VALUE(Type, y, row))
#define XOR_LOOP(Type) LOOP(Type, WEIR_ARGUMENT_VALUE(Type, x, row) ^ WEIR_ARGUMENT_VALUE(Type, y, row))
BINARY_KERNEL(and_kernel, AND_LOOP)
BINARY_KERNEL(or_kernel, OR_LOOP)
BINARY_KERNEL(xor_kernel, XOR_LOOP)

static WeirStatus not_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                             WeirError *error)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
#define NOT_LOOP(Type) LOOP(Type, ~WEIR_ARGUMENT_VALUE(Type, x, row))
    EACH_TYPE(NOT_LOOP)
    return WEIR_OK;
}

typedef enum Shift { SHIFT_LEFT, SHIFT_RIGHT, SHIFT_UNSIGNED } Shift;

/* Java takes the shift modulo the width. */
static WeirStatus shift(WeirKernelCall *call, Shift kind, const WeirVector *const *arguments, WeirVector *result)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    bool wide = result->type->id == WEIR_TYPE_LONG;
    WEIR_FOR_ROWS(call, row)
    {
        uint32_t by = (uint32_t)WEIR_ARGUMENT_VALUE(int32_t, y, row) & (wide ? 63u : 31u);
        if (wide) {
            int64_t value = WEIR_ARGUMENT_VALUE(int64_t, x, row);
            ((int64_t *)result->values)[row] = kind == SHIFT_LEFT    ? (int64_t)((uint64_t)value << by)
                                               : kind == SHIFT_RIGHT ? value >> by
                                                                     : (int64_t)((uint64_t)value >> by);
        } else {
            int32_t value = WEIR_ARGUMENT_VALUE(int32_t, x, row);
            ((int32_t *)result->values)[row] = kind == SHIFT_LEFT    ? (int32_t)((uint32_t)value << by)
                                               : kind == SHIFT_RIGHT ? value >> by
                                                                     : (int32_t)((uint32_t)value >> by);
        }
    }
    return WEIR_OK;
}

#define SHIFT_KERNEL(name, kind)                                                                                       \
    static WeirStatus name(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,               \
                           WeirError *error)                                                                           \
    {                                                                                                                  \
        (void)error;                                                                                                   \
        return shift(call, kind, arguments, result);                                                                   \
    }
SHIFT_KERNEL(shift_left_kernel, SHIFT_LEFT)
SHIFT_KERNEL(shift_right_kernel, SHIFT_RIGHT)
SHIFT_KERNEL(shift_unsigned_kernel, SHIFT_UNSIGNED)

static int64_t integer_of(const WeirVector *vector, uint32_t at)
{
    switch (weir_type_physical(vector->type)) {
    case WEIR_PHYSICAL_BOOL:
        return ((const uint8_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)vector->values)[at];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)vector->values)[at];
    default:
        return ((const int64_t *)vector->values)[at];
    }
}

static WeirStatus bit_count_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                   WeirError *error)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WEIR_FOR_ROWS(call, row) /* of the value sign-extended to 64 bits, as Spark does */
    ((int32_t *)result->values)[row] = __builtin_popcountll((uint64_t)integer_of(arguments[0], row & x.mask));
    return WEIR_OK;
}

/* Text is not cast here. */
static WeirStatus resolve_bit_count(WeirFunctionCall *call, WeirError *error)
{
    if (call->arguments[0]->type->id == WEIR_TYPE_STRING)
        return weir_call_unexpected_type(call, 0, "(\"INTEGRAL\" or \"BOOLEAN\")", error);
    return weir_signature_apply("integral|boolean->int", call, error);
}

static WeirStatus bit_get_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                                 WeirError *error)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    int32_t bits = (int32_t)weir_physical_size(weir_type_physical(arguments[0]->type)) * 8;
    WEIR_FOR_ROWS(call, row)
    {
        int32_t position = WEIR_ARGUMENT_VALUE(int32_t, y, row);
        if (position < 0 || position >= bits) {
            char upper[16], invalid[16];
            snprintf(upper, sizeof(upper), "%d", bits);
            snprintf(invalid, sizeof(invalid), "%d", position);
            return weir_row_error(call,
                                  weir_error_set(error, WEIR_ERROR_INVALID_PARAMETER_VALUE_BIT_POSITION_RANGE,
                                                 "functionName", "`getbit`", "parameter", "`pos`", "upper", upper,
                                                 "invalidValue", invalid),
                                  error);
        }
        ((int8_t *)result->values)[row] = (int8_t)((integer_of(arguments[0], row & x.mask) >> position) & 1);
    }
    return WEIR_OK;
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define BITS(NAME, KERNEL, FORMAT, USAGE)                                                                              \
    {                                                                                                                  \
        .name = NAME, .flags = NP, .arguments_min = 2, .arguments_max = 2, .resolve = resolve_bits, .kernel = KERNEL,  \
        .sql_format = FORMAT, .group = "bitwise_funcs", .usage = USAGE                                                 \
    }
#define SHIFTS(NAME, KERNEL, FORMAT, USAGE)                                                                            \
    {                                                                                                                  \
        .name = NAME, .flags = NP, .arguments_min = 2, .arguments_max = 2, .signature = "int|long,int->$1",            \
        .kernel = KERNEL, .sql_format = FORMAT, .group = "bitwise_funcs", .usage = USAGE                               \
    }

const WeirFunction weir_functions_bitwise[] = {
    BITS("&", and_kernel, "($1 & $2)", "a & b: bits set in both."),
    BITS("|", or_kernel, "($1 | $2)", "a | b: bits set in one."),
    BITS("^", xor_kernel, "($1 ^ $2)", "a ^ b: bits that differ."),
    {.name = "~",
     .flags = NP,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_bits,
     .kernel = not_kernel,
     .sql_format = "~$1",
     .group = "bitwise_funcs",
     .usage = "~a: all bits turned."},
    SHIFTS("<<", shift_left_kernel, "($1 << $2)", "a << n: bits moved left."),
    SHIFTS(">>", shift_right_kernel, "($1 >> $2)", "a >> n: bits moved right, with the sign."),
    SHIFTS(">>>", shift_unsigned_kernel, "($1 >>> $2)", "a >>> n: bits moved right, without the sign."),
    SHIFTS("shiftleft", shift_left_kernel, NULL, "shiftleft(a, n): bits moved left."),
    SHIFTS("shiftright", shift_right_kernel, NULL, "shiftright(a, n): bits moved right, with the sign."),
    SHIFTS("shiftrightunsigned", shift_unsigned_kernel, NULL,
           "shiftrightunsigned(a, n): bits moved right, without the sign."),
    {.name = "bit_count",
     .flags = NP,
     .arguments_min = 1,
     .arguments_max = 1,
     .resolve = resolve_bit_count,
     .kernel = bit_count_kernel,
     .group = "bitwise_funcs",
     .usage = "bit_count(a): how many bits are set."},
    {.name = "getbit",
     .aliases = WEIR_ALIASES("bit_get"),
     .flags = NP | WEIR_FUNCTION_MAY_FAIL,
     .arguments_min = 2,
     .arguments_max = 2,
     .signature = "integral,int->byte",
     .kernel = bit_get_kernel,
     .group = "bitwise_funcs",
     .usage = "getbit(a, position): the bit at a position, 0 or 1."},
    {0},
};
