/* Texts of types: simpleString, SQL, JSON and printSchema's tree, as Spark 4.2 writes them. One table has the names;
 * the three notations differ in case, separators and in what they tell about fields. */
#include "columnar/value_text.h"
#include "common/json.h"

static const char *const simple_names[WEIR_TYPE_COUNT] = {
    [WEIR_TYPE_VOID] = "void",
    [WEIR_TYPE_BOOLEAN] = "boolean",
    [WEIR_TYPE_BYTE] = "tinyint",
    [WEIR_TYPE_SHORT] = "smallint",
    [WEIR_TYPE_INT] = "int",
    [WEIR_TYPE_LONG] = "bigint",
    [WEIR_TYPE_FLOAT] = "float",
    [WEIR_TYPE_DOUBLE] = "double",
    [WEIR_TYPE_STRING] = "string",
    [WEIR_TYPE_BINARY] = "binary",
    [WEIR_TYPE_DATE] = "date",
    [WEIR_TYPE_TIMESTAMP] = "timestamp",
    [WEIR_TYPE_TIMESTAMP_NTZ] = "timestamp_ntz",
    [WEIR_TYPE_CALENDAR_INTERVAL] = "interval",
    [WEIR_TYPE_ARRAY] = "array",
    [WEIR_TYPE_MAP] = "map",
    [WEIR_TYPE_STRUCT] = "struct",
};

static const char *const interval_fields[] = {
    [WEIR_INTERVAL_YEAR] = "year", [WEIR_INTERVAL_MONTH] = "month",   [WEIR_INTERVAL_DAY] = "day",
    [WEIR_INTERVAL_HOUR] = "hour", [WEIR_INTERVAL_MINUTE] = "minute", [WEIR_INTERVAL_SECOND] = "second",
};

/* JSON and printSchema call four types by the names of their classes. */
static const char *class_name(WeirTypeId id)
{
    switch (id) {
    case WEIR_TYPE_BYTE:
        return "byte";
    case WEIR_TYPE_SHORT:
        return "short";
    case WEIR_TYPE_INT:
        return "integer";
    case WEIR_TYPE_LONG:
        return "long";
    default:
        return simple_names[id];
    }
}

/* What follows the name of an atomic type, and the whole name where that depends on parameters. */
static void append_atomic(const WeirDataType *type, const char *name, WeirBuffer *out)
{
    switch (type->id) {
    case WEIR_TYPE_DECIMAL:
        weir_buffer_append_format(out, "decimal(%d,%d)", type->precision, type->scale);
        break;
    case WEIR_TYPE_STRING:
        if (type->length == 0)
            weir_buffer_append_text(out, name);
        else
            weir_buffer_append_format(out, type->length < 0 ? "char(%d)" : "varchar(%d)",
                                      type->length < 0 ? -type->length : type->length);
        break;
    case WEIR_TYPE_DAY_TIME_INTERVAL:
    case WEIR_TYPE_YEAR_MONTH_INTERVAL:
        weir_buffer_append_format(out, "interval %s", interval_fields[type->start_field]);
        if (type->end_field != type->start_field)
            weir_buffer_append_format(out, " to %s", interval_fields[type->end_field]);
        break;
    default:
        weir_buffer_append_text(out, name);
    }
}

void weir_type_simple_string(const WeirDataType *type, WeirBuffer *out)
{
    if (!weir_type_is_nested(type)) {
        append_atomic(type, simple_names[type->id], out);
        return;
    }
    weir_buffer_append_text(out, simple_names[type->id]);
    weir_buffer_append_char(out, '<');
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (i > 0)
            weir_buffer_append_char(out, ',');
        if (type->id == WEIR_TYPE_STRUCT)
            weir_buffer_append_format(out, "%s:", type->fields[i].name);
        weir_type_simple_string(type->fields[i].type, out);
    }
    weir_buffer_append_char(out, '>');
}

void weir_append_quoted_if_needed(const char *name, WeirBuffer *out)
{
    bool plain = name[0] != '\0' && !(name[0] >= '0' && name[0] <= '9');
    for (const char *c = name; *c != '\0' && plain; c++)
        plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '_';
    if (plain) {
        weir_buffer_append_text(out, name);
        return;
    }
    weir_buffer_append_char(out, '`');
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '`')
            weir_buffer_append_char(out, '`');
        weir_buffer_append_char(out, *c);
    }
    weir_buffer_append_char(out, '`');
}

/* COMMENT 'x' of a field whose metadata have one. */
static void append_comment(const WeirField *field, WeirBuffer *out)
{
    if (strstr(field->metadata, "\"comment\"") == NULL)
        return;
    WeirArena arena;
    weir_arena_init(&arena, NULL);
    WeirJson *metadata = NULL;
    const char *comment = NULL;
    if (weir_json_parse(field->metadata, strlen(field->metadata), &arena, &metadata, NULL) == WEIR_OK)
        comment = weir_json_string(weir_json_get(metadata, "comment"));
    if (comment != NULL) {
        weir_buffer_append_text(out, " COMMENT '");
        for (; *comment != '\0'; comment++) {
            if (*comment == '\'' || *comment == '\\')
                weir_buffer_append_char(out, '\\');
            weir_buffer_append_char(out, *comment);
        }
        weir_buffer_append_char(out, '\'');
    }
    weir_arena_deinit(&arena);
}

static void append_field_sql(const WeirField *field, const char *after_name, WeirBuffer *out)
{
    weir_append_quoted_if_needed(field->name, out);
    weir_buffer_append_text(out, after_name);
    weir_type_sql(field->type, out);
    if (!field->nullable)
        weir_buffer_append_text(out, " NOT NULL");
    append_comment(field, out);
}

static void upper_case(WeirBuffer *out, size_t start)
{
    for (size_t i = start; i < out->length; i++) {
        if (out->data[i] >= 'a' && out->data[i] <= 'z')
            out->data[i] = (char)(out->data[i] - 'a' + 'A');
    }
}

void weir_type_sql(const WeirDataType *type, WeirBuffer *out)
{
    size_t start = out->length;
    if (!weir_type_is_nested(type)) {
        append_atomic(type, simple_names[type->id], out);
        upper_case(out, start);
        return;
    }
    weir_buffer_append_text(out, simple_names[type->id]);
    upper_case(out, start);
    weir_buffer_append_char(out, '<');
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (i > 0)
            weir_buffer_append_text(out, ", ");
        if (type->id == WEIR_TYPE_STRUCT)
            append_field_sql(&type->fields[i], ": ", out);
        else
            weir_type_sql(type->fields[i].type, out);
    }
    weir_buffer_append_char(out, '>');
}

void weir_schema_ddl(const WeirSchema *schema, WeirBuffer *out)
{
    for (uint32_t i = 0; i < schema->field_count; i++) {
        if (i > 0)
            weir_buffer_append_char(out, ',');
        append_field_sql(&schema->fields[i], " ", out);
    }
}

static const char *boolean_text(bool value)
{
    return value ? "true" : "false";
}

static void append_field_json(const WeirField *field, WeirBuffer *out)
{
    weir_buffer_append_text(out, "{\"name\":");
    weir_json_write_string(out, field->name, strlen(field->name));
    weir_buffer_append_text(out, ",\"type\":");
    weir_type_json(field->type, out);
    weir_buffer_append_format(out, ",\"nullable\":%s,\"metadata\":", boolean_text(field->nullable));
    weir_buffer_append_text(out, field->metadata);
    weir_buffer_append_char(out, '}');
}

void weir_type_json(const WeirDataType *type, WeirBuffer *out)
{
    switch (type->id) {
    case WEIR_TYPE_ARRAY:
        weir_buffer_append_text(out, "{\"type\":\"array\",\"elementType\":");
        weir_type_json(weir_type_element(type), out);
        weir_buffer_append_format(out, ",\"containsNull\":%s}", boolean_text(type->contains_null));
        break;
    case WEIR_TYPE_MAP:
        weir_buffer_append_text(out, "{\"type\":\"map\",\"keyType\":");
        weir_type_json(weir_type_key(type), out);
        weir_buffer_append_text(out, ",\"valueType\":");
        weir_type_json(weir_type_value(type), out);
        weir_buffer_append_format(out, ",\"valueContainsNull\":%s}", boolean_text(type->contains_null));
        break;
    case WEIR_TYPE_STRUCT:
        weir_buffer_append_text(out, "{\"type\":\"struct\",\"fields\":[");
        for (uint32_t i = 0; i < type->field_count; i++) {
            if (i > 0)
                weir_buffer_append_char(out, ',');
            append_field_json(&type->fields[i], out);
        }
        weir_buffer_append_text(out, "]}");
        break;
    default:
        weir_buffer_append_char(out, '"');
        append_atomic(type, class_name(type->id), out);
        weir_buffer_append_char(out, '"');
    }
}

/* A line of the tree: prefix, "name: type", and what the parent says about nulls in it (NULL: nothing). */
static void append_tree(const WeirDataType *type, const char *name, const char *nullability, bool nullable, int depth,
                        WeirBuffer *out)
{
    for (int i = 0; i < depth; i++)
        weir_buffer_append_text(out, " |   ");
    weir_buffer_append_text(out, " |-- ");
    weir_append_escaped_control((const uint8_t *)name, strlen(name), out);
    weir_buffer_append_text(out, ": ");
    append_atomic(type, class_name(type->id), out);
    if (nullability != NULL)
        weir_buffer_append_format(out, " (%s = %s)", nullability, boolean_text(nullable));
    weir_buffer_append_char(out, '\n');
    static const char *const map_nullability[] = {NULL, "valueContainsNull"};
    for (uint32_t i = 0; i < type->field_count; i++) {
        const WeirField *field = &type->fields[i];
        const char *part = type->id == WEIR_TYPE_STRUCT  ? "nullable"
                           : type->id == WEIR_TYPE_ARRAY ? "containsNull"
                                                         : map_nullability[i];
        append_tree(field->type, field->name, part, field->nullable, depth + 1, out);
    }
}

void weir_schema_tree(const WeirSchema *schema, WeirBuffer *out)
{
    weir_buffer_append_text(out, "root\n");
    for (uint32_t i = 0; i < schema->field_count; i++)
        append_tree(schema->fields[i].type, schema->fields[i].name, "nullable", schema->fields[i].nullable, 0, out);
}
