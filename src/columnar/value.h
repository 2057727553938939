/* One value of any type, for literals, folded constants and parameters: a constant vector of length 1 in an arena. */
#ifndef WEIR_COLUMNAR_VALUE_H
#define WEIR_COLUMNAR_VALUE_H

#include "columnar/vector.h"

typedef WeirVector WeirValue; /* kind CONSTANT, length 1 */

WeirValue *weir_value_null(WeirArena *arena, const WeirDataType *type);
WeirValue *weir_value_int(WeirArena *arena, const WeirDataType *type,
                          int64_t value); /* boolean, integers, date, timestamps, intervals, decimal <= 18 */
WeirValue *weir_value_double(WeirArena *arena, const WeirDataType *type, double value);
WeirValue *weir_value_int128(WeirArena *arena, const WeirDataType *type, WeirInt128 value);
WeirValue *weir_value_bytes(WeirArena *arena, const WeirDataType *type, const void *data, size_t length);
WeirValue *weir_value_interval(WeirArena *arena, WeirCalendarInterval value);
/* Row of a vector, copied deep. */
WEIR_CHECKED WeirStatus weir_value_from_row(WeirArena *arena, const WeirVector *vector, uint32_t row, WeirValue **value,
                                            WeirError *error);
static inline bool weir_value_is_null(const WeirValue *value)
{
    return weir_vector_is_null(value, 0);
}
int64_t weir_value_get_int(const WeirValue *value); /* any integer-like physical type */
double weir_value_get_double(const WeirValue *value);
WeirInt128 weir_value_get_int128(const WeirValue *value);
WeirStringView weir_value_get_view(const WeirValue *value);

#endif
