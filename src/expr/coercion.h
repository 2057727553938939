/* What resolution needs of Spark's AnsiTypeCoercion beyond function.h. */
#ifndef WEIR_EXPR_COERCION_H
#define WEIR_EXPR_COERCION_H

#include "expr/function.h"

/* A type that fits both without any promotion of strings or decimals (Spark: findTightestCommonType); NULL: none. */
const WeirDataType *weir_tightest_type(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);
/* What a string becomes beside `other`: integral → long, fractional → double, other atomic types themselves; NULL:
 * undecidable. */
const WeirDataType *weir_string_promotion(const WeirDataType *other);
/* Common type of many, strings first (Spark: findWiderCommonType); NULL: none. */
const WeirDataType *weir_common_type_of(WeirArena *arena, WeirExpression *const *expressions, uint32_t count);
/* DecimalType.forType of an integral or fractional type; a decimal is itself. */
const WeirDataType *weir_decimal_for(WeirArena *arena, const WeirDataType *type);
/* The narrowest decimal for an integral literal, else weir_decimal_for. */
const WeirDataType *weir_decimal_for_expression(WeirArena *arena, const WeirExpression *expression);
const WeirDataType *weir_decimal_adjusted(WeirArena *arena, int precision, int scale); /* adjustPrecisionScale */
const WeirDataType *weir_decimal_bounded(WeirArena *arena, int precision, int scale);  /* min(38), min(38) */
const WeirDataType *weir_decimal_wider(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);
bool weir_cast_is_nullable(const WeirDataType *from, const WeirDataType *to);
/* Whether the type has anything nullable-free to lose: used for arrays made of unlike parts. */
static inline bool weir_type_is_atomic(const WeirDataType *type)
{
    return type->id != WEIR_TYPE_VOID && type->id < WEIR_TYPE_CALENDAR_INTERVAL;
}
static inline bool weir_type_is_datetime(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DATE || type->id == WEIR_TYPE_TIMESTAMP || type->id == WEIR_TYPE_TIMESTAMP_NTZ;
}
static inline bool weir_type_is_interval(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_DAY_TIME_INTERVAL || type->id == WEIR_TYPE_YEAR_MONTH_INTERVAL ||
           type->id == WEIR_TYPE_CALENDAR_INTERVAL;
}
static inline bool weir_type_is_fractional(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_FLOAT || type->id == WEIR_TYPE_DOUBLE || type->id == WEIR_TYPE_DECIMAL;
}

#endif
