/* Single values: constant vectors of length 1. */
#include "columnar/value.h"
#include "columnar/vector_private.h"

WeirValue *weir_value_null(WeirArena *arena, const WeirDataType *type)
{
    WeirValue *value = WEIR_ARENA_NEW(arena, WeirValue);
    weir_vector_init_null(value, type, 1, arena);
    return value;
}

/* An all-null constant has a zeroed value: fill it and drop the bitmap. */
static WeirValue *new_value(WeirArena *arena, const WeirDataType *type)
{
    WeirValue *value = weir_value_null(arena, type);
    value->validity = NULL;
    return value;
}

WeirValue *weir_value_int(WeirArena *arena, const WeirDataType *type, int64_t number)
{
    WeirValue *value = new_value(arena, type);
    switch (weir_type_physical(type)) {
    case WEIR_PHYSICAL_BOOL:
        *(uint8_t *)value->values = number != 0;
        break;
    case WEIR_PHYSICAL_INT8:
        *(int8_t *)value->values = (int8_t)number;
        break;
    case WEIR_PHYSICAL_INT16:
        *(int16_t *)value->values = (int16_t)number;
        break;
    case WEIR_PHYSICAL_INT32:
        *(int32_t *)value->values = (int32_t)number;
        break;
    case WEIR_PHYSICAL_INT64:
        *(int64_t *)value->values = number;
        break;
    default:
        WEIR_ASSERT(weir_type_physical(type) == WEIR_PHYSICAL_INT128);
        weir_store_int128(value->values, 0, number);
    }
    return value;
}

WeirValue *weir_value_double(WeirArena *arena, const WeirDataType *type, double number)
{
    WeirValue *value = new_value(arena, type);
    if (type->id == WEIR_TYPE_FLOAT) {
        *(float *)value->values = (float)number;
    } else {
        WEIR_ASSERT(type->id == WEIR_TYPE_DOUBLE);
        *(double *)value->values = number;
    }
    return value;
}

WeirValue *weir_value_int128(WeirArena *arena, const WeirDataType *type, WeirInt128 number)
{
    WEIR_ASSERT(type->id == WEIR_TYPE_DECIMAL);
    if (weir_type_physical(type) == WEIR_PHYSICAL_INT64)
        return weir_value_int(arena, type, (int64_t)number);
    WeirValue *value = new_value(arena, type);
    weir_store_int128(value->values, 0, number);
    return value;
}

WeirValue *weir_value_bytes(WeirArena *arena, const WeirDataType *type, const void *data, size_t length)
{
    WEIR_ASSERT(weir_type_physical(type) == WEIR_PHYSICAL_VIEW);
    WeirValue *value = new_value(arena, type);
    *(WeirStringView *)value->values = weir_view_copy(arena, data, length);
    return value;
}

WeirValue *weir_value_interval(WeirArena *arena, WeirCalendarInterval interval)
{
    WeirValue *value = new_value(arena, &weir_type_calendar_interval);
    *(WeirCalendarInterval *)value->values = interval;
    return value;
}

WeirStatus weir_value_from_row(WeirArena *arena, const WeirVector *vector, uint32_t row, WeirValue **value,
                               WeirError *error)
{
    WeirValue *made = WEIR_ARENA_NEW(arena, WeirValue);
    WEIR_TRY(weir_vector_gather(vector, &row, 1, true, made, arena, error));
    made->kind = WEIR_VECTOR_CONSTANT;
    *value = made;
    return WEIR_OK;
}

int64_t weir_value_get_int(const WeirValue *value)
{
    WeirPhysicalType physical = weir_type_physical(value->type);
    if (physical == WEIR_PHYSICAL_INT128)
        return (int64_t)weir_load_int128(value->values, 0);
    WEIR_ASSERT(physical >= WEIR_PHYSICAL_BOOL && physical <= WEIR_PHYSICAL_INT64);
    return weir_load_int(value, physical, 0);
}

double weir_value_get_double(const WeirValue *value)
{
    if (value->type->id == WEIR_TYPE_FLOAT)
        return *(const float *)value->values;
    WEIR_ASSERT(value->type->id == WEIR_TYPE_DOUBLE);
    return *(const double *)value->values;
}

WeirInt128 weir_value_get_int128(const WeirValue *value)
{
    if (weir_type_physical(value->type) == WEIR_PHYSICAL_INT128)
        return weir_load_int128(value->values, 0);
    return weir_value_get_int(value);
}

WeirStringView weir_value_get_view(const WeirValue *value)
{
    WEIR_ASSERT(weir_type_physical(value->type) == WEIR_PHYSICAL_VIEW);
    return *(const WeirStringView *)value->values;
}
