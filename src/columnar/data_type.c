/* Spark's data types: the static ones, constructors of the others, comparison and lookup. Texts of types are in
 * type_text.c, parsers in type_parser.c and type_json.c. */
#include "columnar/data_type.h"

#include <strings.h>

#define STATIC_TYPE(name, type_id) const WeirDataType weir_type_##name = {.id = (type_id)}
STATIC_TYPE(void, WEIR_TYPE_VOID);
STATIC_TYPE(boolean, WEIR_TYPE_BOOLEAN);
STATIC_TYPE(byte, WEIR_TYPE_BYTE);
STATIC_TYPE(short, WEIR_TYPE_SHORT);
STATIC_TYPE(int, WEIR_TYPE_INT);
STATIC_TYPE(long, WEIR_TYPE_LONG);
STATIC_TYPE(float, WEIR_TYPE_FLOAT);
STATIC_TYPE(double, WEIR_TYPE_DOUBLE);
STATIC_TYPE(string, WEIR_TYPE_STRING);
STATIC_TYPE(binary, WEIR_TYPE_BINARY);
STATIC_TYPE(date, WEIR_TYPE_DATE);
STATIC_TYPE(timestamp, WEIR_TYPE_TIMESTAMP);
STATIC_TYPE(timestamp_ntz, WEIR_TYPE_TIMESTAMP_NTZ);
STATIC_TYPE(calendar_interval, WEIR_TYPE_CALENDAR_INTERVAL);
const WeirDataType weir_type_day_time_interval = {
    .id = WEIR_TYPE_DAY_TIME_INTERVAL, .start_field = WEIR_INTERVAL_DAY, .end_field = WEIR_INTERVAL_SECOND};
const WeirDataType weir_type_year_month_interval = {
    .id = WEIR_TYPE_YEAR_MONTH_INTERVAL, .start_field = WEIR_INTERVAL_YEAR, .end_field = WEIR_INTERVAL_MONTH};

const WeirDataType *weir_type_decimal(WeirArena *arena, int precision, int scale)
{
    WEIR_ASSERT(precision >= 0 && precision <= WEIR_DECIMAL_PRECISION_MAX);
    WEIR_ASSERT(scale >= -WEIR_DECIMAL_PRECISION_MAX && scale <= precision);
    WeirDataType *type = WEIR_ARENA_NEW(arena, WeirDataType);
    type->id = WEIR_TYPE_DECIMAL;
    type->precision = (uint8_t)precision;
    type->scale = (int8_t)scale;
    return type;
}

const WeirDataType *weir_type_string_of_length(WeirArena *arena, int32_t length)
{
    if (length == 0)
        return &weir_type_string;
    WeirDataType *type = WEIR_ARENA_NEW(arena, WeirDataType);
    type->id = WEIR_TYPE_STRING;
    type->length = length;
    return type;
}

const WeirDataType *weir_type_array(WeirArena *arena, const WeirDataType *element, bool contains_null)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, 1);
    fields[0] = (WeirField){"element", element, contains_null, "{}"};
    WeirDataType *type = WEIR_ARENA_NEW(arena, WeirDataType);
    type->id = WEIR_TYPE_ARRAY;
    type->contains_null = contains_null;
    type->field_count = 1;
    type->fields = fields;
    return type;
}

const WeirDataType *weir_type_map(WeirArena *arena, const WeirDataType *key, const WeirDataType *value,
                                  bool value_contains_null)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, 2);
    fields[0] = (WeirField){"key", key, false, "{}"};
    fields[1] = (WeirField){"value", value, value_contains_null, "{}"};
    WeirDataType *type = WEIR_ARENA_NEW(arena, WeirDataType);
    type->id = WEIR_TYPE_MAP;
    type->contains_null = value_contains_null;
    type->field_count = 2;
    type->fields = fields;
    return type;
}

const WeirDataType *weir_type_struct(WeirArena *arena, const WeirField *fields, uint32_t count)
{
    WeirField *copy = WEIR_ARENA_ARRAY(arena, WeirField, count);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = fields[i];
        if (copy[i].metadata == NULL)
            copy[i].metadata = "{}";
    }
    WeirDataType *type = WEIR_ARENA_NEW(arena, WeirDataType);
    type->id = WEIR_TYPE_STRUCT;
    type->field_count = count;
    type->fields = copy;
    return type;
}

const WeirDataType *weir_type_interval(WeirArena *arena, WeirIntervalField start, WeirIntervalField end)
{
    WEIR_ASSERT(start <= end);
    WEIR_ASSERT((start <= WEIR_INTERVAL_MONTH) == (end <= WEIR_INTERVAL_MONTH));
    if (start == WEIR_INTERVAL_DAY && end == WEIR_INTERVAL_SECOND)
        return &weir_type_day_time_interval;
    if (start == WEIR_INTERVAL_YEAR && end == WEIR_INTERVAL_MONTH)
        return &weir_type_year_month_interval;
    WeirDataType *type = WEIR_ARENA_NEW(arena, WeirDataType);
    type->id = start <= WEIR_INTERVAL_MONTH ? WEIR_TYPE_YEAR_MONTH_INTERVAL : WEIR_TYPE_DAY_TIME_INTERVAL;
    type->start_field = (uint8_t)start;
    type->end_field = (uint8_t)end;
    return type;
}

const WeirDataType *weir_type_copy(WeirArena *arena, const WeirDataType *type)
{
    WeirDataType *copy = WEIR_ARENA_NEW(arena, WeirDataType);
    *copy = *type;
    if (type->field_count == 0)
        return copy;
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++) {
        fields[i].name = weir_arena_strdup(arena, type->fields[i].name);
        fields[i].type = weir_type_copy(arena, type->fields[i].type);
        fields[i].nullable = type->fields[i].nullable;
        fields[i].metadata = weir_arena_strdup(arena, type->fields[i].metadata);
    }
    copy->fields = fields;
    return copy;
}

const uint8_t weir_physical_types[WEIR_TYPE_COUNT] = {
    [WEIR_TYPE_VOID] = WEIR_PHYSICAL_NONE,
    [WEIR_TYPE_BOOLEAN] = WEIR_PHYSICAL_BOOL,
    [WEIR_TYPE_BYTE] = WEIR_PHYSICAL_INT8,
    [WEIR_TYPE_SHORT] = WEIR_PHYSICAL_INT16,
    [WEIR_TYPE_INT] = WEIR_PHYSICAL_INT32,
    [WEIR_TYPE_LONG] = WEIR_PHYSICAL_INT64,
    [WEIR_TYPE_FLOAT] = WEIR_PHYSICAL_FLOAT,
    [WEIR_TYPE_DOUBLE] = WEIR_PHYSICAL_DOUBLE,
    [WEIR_TYPE_DECIMAL] = WEIR_PHYSICAL_INT64,
    [WEIR_TYPE_STRING] = WEIR_PHYSICAL_VIEW,
    [WEIR_TYPE_BINARY] = WEIR_PHYSICAL_VIEW,
    [WEIR_TYPE_DATE] = WEIR_PHYSICAL_INT32,
    [WEIR_TYPE_TIMESTAMP] = WEIR_PHYSICAL_INT64,
    [WEIR_TYPE_TIMESTAMP_NTZ] = WEIR_PHYSICAL_INT64,
    [WEIR_TYPE_DAY_TIME_INTERVAL] = WEIR_PHYSICAL_INT64,
    [WEIR_TYPE_YEAR_MONTH_INTERVAL] = WEIR_PHYSICAL_INT32,
    [WEIR_TYPE_CALENDAR_INTERVAL] = WEIR_PHYSICAL_INTERVAL,
    [WEIR_TYPE_ARRAY] = WEIR_PHYSICAL_LIST,
    [WEIR_TYPE_MAP] = WEIR_PHYSICAL_LIST,
    [WEIR_TYPE_STRUCT] = WEIR_PHYSICAL_STRUCT,
};

size_t weir_physical_size(WeirPhysicalType physical)
{
    static const uint8_t sizes[] = {
        [WEIR_PHYSICAL_NONE] = 0,   [WEIR_PHYSICAL_BOOL] = 1,      [WEIR_PHYSICAL_INT8] = 1,
        [WEIR_PHYSICAL_INT16] = 2,  [WEIR_PHYSICAL_INT32] = 4,     [WEIR_PHYSICAL_INT64] = 8,
        [WEIR_PHYSICAL_FLOAT] = 4,  [WEIR_PHYSICAL_DOUBLE] = 8,    [WEIR_PHYSICAL_INT128] = 16,
        [WEIR_PHYSICAL_VIEW] = 16,  [WEIR_PHYSICAL_INTERVAL] = 16, [WEIR_PHYSICAL_LIST] = 4,
        [WEIR_PHYSICAL_STRUCT] = 0,
    };
    return sizes[physical];
}

static bool same_parameters(const WeirDataType *a, const WeirDataType *b)
{
    return a->id == b->id && a->precision == b->precision && a->scale == b->scale && a->start_field == b->start_field &&
           a->end_field == b->end_field && a->field_count == b->field_count;
}

bool weir_type_equal(const WeirDataType *a, const WeirDataType *b)
{
    if (a == b)
        return true;
    if (!same_parameters(a, b))
        return false;
    for (uint32_t i = 0; i < a->field_count; i++) {
        if (a->id == WEIR_TYPE_STRUCT && strcmp(a->fields[i].name, b->fields[i].name) != 0)
            return false;
        if (!weir_type_equal(a->fields[i].type, b->fields[i].type))
            return false;
    }
    return true;
}

bool weir_type_same_structure(const WeirDataType *a, const WeirDataType *b)
{
    if (!same_parameters(a, b))
        return false;
    for (uint32_t i = 0; i < a->field_count; i++)
        if (!weir_type_same_structure(a->fields[i].type, b->fields[i].type))
            return false;
    return true;
}

bool weir_type_equal_strict(const WeirDataType *a, const WeirDataType *b)
{
    if (a == b)
        return true;
    if (!same_parameters(a, b) || a->length != b->length)
        return false;
    for (uint32_t i = 0; i < a->field_count; i++) {
        if (a->fields[i].nullable != b->fields[i].nullable)
            return false;
        if (a->id == WEIR_TYPE_STRUCT && strcmp(a->fields[i].name, b->fields[i].name) != 0)
            return false;
        if (!weir_type_equal_strict(a->fields[i].type, b->fields[i].type))
            return false;
    }
    return true;
}

bool weir_type_is_numeric(const WeirDataType *type)
{
    return type->id >= WEIR_TYPE_BYTE && type->id <= WEIR_TYPE_DECIMAL;
}

bool weir_type_is_integral(const WeirDataType *type)
{
    return type->id >= WEIR_TYPE_BYTE && type->id <= WEIR_TYPE_LONG;
}

bool weir_type_contains(const WeirDataType *type, WeirTypeId id)
{
    bool found = type->id == id;
    for (uint32_t i = 0; i < type->field_count && !found; i++)
        found = weir_type_contains(type->fields[i].type, id);
    return found;
}

bool weir_type_is_orderable(const WeirDataType *type)
{
    if (type->id == WEIR_TYPE_MAP || type->id == WEIR_TYPE_CALENDAR_INTERVAL)
        return false;
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (!weir_type_is_orderable(type->fields[i].type))
            return false;
    }
    return true;
}

bool weir_type_is_nested(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_ARRAY || type->id == WEIR_TYPE_MAP || type->id == WEIR_TYPE_STRUCT;
}

const WeirDataType *weir_type_as_nullable(WeirArena *arena, const WeirDataType *type)
{
    if (!weir_type_is_nested(type))
        return type;
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, type->field_count);
    for (uint32_t i = 0; i < type->field_count; i++) {
        fields[i] = type->fields[i];
        fields[i].type = weir_type_as_nullable(arena, type->fields[i].type);
        fields[i].nullable = !(type->id == WEIR_TYPE_MAP && i == 0);
    }
    WeirDataType *copy = WEIR_ARENA_NEW(arena, WeirDataType);
    *copy = *type;
    copy->contains_null = type->id != WEIR_TYPE_STRUCT;
    copy->fields = fields;
    return copy;
}

int32_t weir_schema_find(const WeirSchema *schema, const char *name, bool case_sensitive)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        const char *candidate = schema->fields[i].name;
        if ((case_sensitive ? strcmp(candidate, name) : strcasecmp(candidate, name)) == 0)
            return (int32_t)i;
    }
    return -1;
}
