/* Spark's data types. A WeirDataType is immutable. Types without parameters are static (weir_type_*); others live in an
 * arena of the plan, session or result that uses them and must be copied (weir_type_copy) into whatever outlives it. */
#ifndef WEIR_COLUMNAR_DATA_TYPE_H
#define WEIR_COLUMNAR_DATA_TYPE_H

#include "common/memory.h"

#define WEIR_DECIMAL_PRECISION_MAX 38
#define WEIR_DECIMAL_LONG_PRECISION_MAX 18 /* unscaled values of up to this precision are int64 */

typedef enum WeirTypeId {
    WEIR_TYPE_VOID,
    WEIR_TYPE_BOOLEAN,
    WEIR_TYPE_BYTE,
    WEIR_TYPE_SHORT,
    WEIR_TYPE_INT,
    WEIR_TYPE_LONG,
    WEIR_TYPE_FLOAT,
    WEIR_TYPE_DOUBLE,
    WEIR_TYPE_DECIMAL,
    WEIR_TYPE_STRING, /* also char(n) and varchar(n), which only schemas know (`length`) */
    WEIR_TYPE_BINARY,
    WEIR_TYPE_DATE,                /* days since the epoch */
    WEIR_TYPE_TIMESTAMP,           /* microseconds since the epoch, UTC */
    WEIR_TYPE_TIMESTAMP_NTZ,       /* microseconds, no zone */
    WEIR_TYPE_DAY_TIME_INTERVAL,   /* microseconds */
    WEIR_TYPE_YEAR_MONTH_INTERVAL, /* months */
    WEIR_TYPE_CALENDAR_INTERVAL,
    WEIR_TYPE_ARRAY,
    WEIR_TYPE_MAP,
    WEIR_TYPE_STRUCT
} WeirTypeId;
#define WEIR_TYPE_COUNT (WEIR_TYPE_STRUCT + 1)

/* How values lie in memory. */
typedef enum WeirPhysicalType {
    WEIR_PHYSICAL_NONE, /* void: validity only, all null */
    WEIR_PHYSICAL_BOOL, /* uint8_t 0 or 1 (Arrow's bits are made at the border) */
    WEIR_PHYSICAL_INT8,
    WEIR_PHYSICAL_INT16,
    WEIR_PHYSICAL_INT32,
    WEIR_PHYSICAL_INT64,
    WEIR_PHYSICAL_FLOAT,
    WEIR_PHYSICAL_DOUBLE,
    WEIR_PHYSICAL_INT128,   /* decimal with precision > 18 */
    WEIR_PHYSICAL_VIEW,     /* WeirStringView */
    WEIR_PHYSICAL_INTERVAL, /* WeirCalendarInterval */
    WEIR_PHYSICAL_LIST,     /* array and map: offsets + children */
    WEIR_PHYSICAL_STRUCT    /* children of the same length */
} WeirPhysicalType;

typedef enum WeirIntervalField {
    WEIR_INTERVAL_YEAR,
    WEIR_INTERVAL_MONTH, /* year-month */
    WEIR_INTERVAL_DAY,
    WEIR_INTERVAL_HOUR,
    WEIR_INTERVAL_MINUTE,
    WEIR_INTERVAL_SECOND /* day-time */
} WeirIntervalField;

typedef struct WeirDataType WeirDataType;

typedef struct WeirField {
    const char *name;
    const WeirDataType *type;
    bool nullable;
    const char *metadata; /* JSON object text, "{}" when there is none; never NULL */
} WeirField;

struct WeirDataType {
    WeirTypeId id;
    uint8_t precision;   /* decimal: 1..38 */
    int8_t scale;        /* decimal */
    uint8_t start_field; /* intervals: WeirIntervalField */
    uint8_t end_field;
    bool contains_null;   /* array: of elements; map: of values */
    int32_t length;       /* char(n): -n, varchar(n): n, plain string: 0 */
    uint32_t field_count; /* struct: number of fields; array 1 ("element"); map 2 ("key", "value") */
    const WeirField *fields;
};
typedef WeirDataType WeirSchema; /* always a struct type */

extern const WeirDataType weir_type_void, weir_type_boolean, weir_type_byte, weir_type_short, weir_type_int,
    weir_type_long, weir_type_float, weir_type_double, weir_type_string, weir_type_binary, weir_type_date,
    weir_type_timestamp, weir_type_timestamp_ntz, weir_type_calendar_interval,
    weir_type_day_time_interval /* day to second */, weir_type_year_month_interval /* year to month */;

const WeirDataType *weir_type_decimal(WeirArena *arena, int precision, int scale);
/* char(n): -n, varchar(n): n, plain string: 0. */
const WeirDataType *weir_type_string_of_length(WeirArena *arena, int32_t length);
const WeirDataType *weir_type_array(WeirArena *arena, const WeirDataType *element, bool contains_null);
const WeirDataType *weir_type_map(WeirArena *arena, const WeirDataType *key, const WeirDataType *value,
                                  bool value_contains_null);
const WeirDataType *weir_type_struct(WeirArena *arena, const WeirField *fields,
                                     uint32_t count); /* copies fields, not names */
const WeirDataType *weir_type_interval(WeirArena *arena, WeirIntervalField start, WeirIntervalField end);
const WeirDataType *weir_type_copy(WeirArena *arena, const WeirDataType *type); /* deep, with names and metadata */
static inline const WeirDataType *weir_type_element(const WeirDataType *array)
{
    return array->fields[0].type;
}
static inline const WeirDataType *weir_type_key(const WeirDataType *map)
{
    return map->fields[0].type;
}
static inline const WeirDataType *weir_type_value(const WeirDataType *map)
{
    return map->fields[1].type;
}

extern const uint8_t weir_physical_types[WEIR_TYPE_COUNT]; /* of WeirPhysicalType; decimals as if narrow */
static inline WeirPhysicalType weir_type_physical(const WeirDataType *type)
{
    if (type->id == WEIR_TYPE_DECIMAL && type->precision > WEIR_DECIMAL_LONG_PRECISION_MAX)
        return WEIR_PHYSICAL_INT128;
    return (WeirPhysicalType)weir_physical_types[type->id];
}
size_t
weir_physical_size(WeirPhysicalType physical); /* bytes of a value; 0 for none and struct; 4 (offsets) for lists */
/* Same type; nullability, metadata and char/varchar lengths are ignored, field names count (case-sensitive). */
bool weir_type_equal(const WeirDataType *a, const WeirDataType *b);
/* As weir_type_equal, also nullability and char/varchar lengths. */
bool weir_type_same_structure(const WeirDataType *a, const WeirDataType *b); /* equal but for the names of fields */
bool weir_type_equal_strict(const WeirDataType *a, const WeirDataType *b);
bool weir_type_is_numeric(const WeirDataType *type);
bool weir_type_is_integral(const WeirDataType *type);
bool weir_type_is_orderable(const WeirDataType *type);
bool weir_type_is_nested(const WeirDataType *type);
bool weir_type_contains(const WeirDataType *type, WeirTypeId id); /* itself, or a part of it */
/* Every field, element and value made nullable (file sources). */
const WeirDataType *weir_type_as_nullable(WeirArena *arena, const WeirDataType *type);
/* Index of the field, or -1. */
int32_t weir_schema_find(const WeirSchema *schema, const char *name, bool case_sensitive);

/* Names: simpleString "array<int>", "struct<a:int>" (never shortened: Spark's catalogString) · sql "ARRAY<INT>",
 * "STRUCT<a: INT NOT NULL>" · JSON as in Spark's schema files. */
void weir_type_simple_string(const WeirDataType *type, WeirBuffer *out);
void weir_type_sql(const WeirDataType *type, WeirBuffer *out);
void weir_type_json(const WeirDataType *type, WeirBuffer *out);
/* "a INT NOT NULL COMMENT 'x',b STRING" (StructType.toDDL). */
void weir_schema_ddl(const WeirSchema *schema, WeirBuffer *out);
/* A name as Spark writes it in SQL: in backticks unless it is plain letters, digits and underscores. */
void weir_append_quoted_if_needed(const char *name, WeirBuffer *out);
/* df.printSchema's tree. */
void weir_schema_tree(const WeirSchema *schema, WeirBuffer *out);
WEIR_CHECKED WeirStatus weir_type_from_json(const char *json, size_t length, WeirArena *arena,
                                            const WeirDataType **type, WeirError *error);
/* DDL text. Errors: PARSE_SYNTAX_ERROR, PARSE_EMPTY_STATEMENT, UNSUPPORTED_DATATYPE, DATATYPE_MISSING_SIZE,
 * INCOMPLETE_TYPE_DEFINITION.…, DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, INVALID_IDENTIFIER; with the place in `text`.
 * type: "INT", "decimal(10,2)", "array<struct<a:int,b string not null>>" (Spark's parseDataType).
 * schema: "a INT, b STRING NOT NULL COMMENT 'x'" (parseTableSchema, StructType.fromDDL; "struct<…>" is refused as
 * there). type_or_schema: the first, else the second (DataType.fromDDL: the schema of from_json). */
WEIR_CHECKED WeirStatus weir_type_from_ddl(const char *text, WeirArena *arena, const WeirDataType **type,
                                           WeirError *error);
WEIR_CHECKED WeirStatus weir_schema_from_ddl(const char *text, WeirArena *arena, const WeirSchema **schema,
                                             WeirError *error);
WEIR_CHECKED WeirStatus weir_type_or_schema_from_ddl(const char *text, WeirArena *arena, const WeirDataType **type,
                                                     WeirError *error);

#endif
