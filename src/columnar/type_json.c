/* Types from Spark's schema JSON, as state schema files, Parquet metadata and Connect clients hold it. Keys must be
 * just those that Spark writes; only a field's metadata may be missing. */
#include "columnar/data_type.h"
#include "common/json.h"

#include <stdio.h>

static WeirStatus convert(const WeirJson *json, WeirArena *arena, const WeirDataType **type, WeirError *error);

static WeirStatus invalid(const WeirJson *json, WeirArena *arena, WeirError *error)
{
    const char *text =
        json->kind == WEIR_JSON_STRING ? json->text : weir_arena_strndup(arena, json->source, json->source_length);
    return weir_error_set(error, WEIR_ERROR_INVALID_JSON_DATA_TYPE, "invalidType", text);
}

/* "decimal(5,2)", "char(3)", "varchar(9)": those that Spark reads by pattern, blanks allowed around numbers. */
static WeirStatus convert_parameterized(const WeirJson *json, WeirArena *arena, const WeirDataType **type,
                                        WeirError *error)
{
    int first, second, end = 0;
    const char *text = json->text;
    if (sscanf(text, "decimal( %d , %d )%n", &first, &second, &end) == 2 && end > 0 && text[end] == '\0') {
        if (second < 0)
            return weir_error_set(error, WEIR_ERROR_NEGATIVE_SCALE_DISALLOWED, "scale",
                                  weir_arena_printf(arena, "'%d'", second), "sqlConf",
                                  "\"spark.sql.legacy.allowNegativeScaleOfDecimal\"");
        if (first > WEIR_DECIMAL_PRECISION_MAX)
            return weir_error_set(error, WEIR_ERROR_DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION, "precision",
                                  weir_arena_printf(arena, "%d", first), "maxPrecision", "38");
        if (first < 0 || second > first)
            return invalid(json, arena, error);
        *type = weir_type_decimal(arena, first, second);
        return WEIR_OK;
    }
    if (sscanf(text, "char( %d )%n", &first, &end) == 1 && end > 0 && text[end] == '\0' && first >= 0) {
        *type = weir_type_string_of_length(arena, -first);
        return WEIR_OK;
    }
    end = 0;
    if (sscanf(text, "varchar( %d )%n", &first, &end) == 1 && end > 0 && text[end] == '\0' && first >= 0) {
        *type = weir_type_string_of_length(arena, first);
        return WEIR_OK;
    }
    return invalid(json, arena, error);
}

static WeirStatus convert_name(const WeirJson *json, WeirArena *arena, const WeirDataType **type, WeirError *error)
{
    static const struct {
        const char *name;
        const WeirDataType *type;
    } names[] = {
        {"void", &weir_type_void},
        {"null", &weir_type_void},
        {"boolean", &weir_type_boolean},
        {"byte", &weir_type_byte},
        {"short", &weir_type_short},
        {"integer", &weir_type_int},
        {"long", &weir_type_long},
        {"float", &weir_type_float},
        {"double", &weir_type_double},
        {"string", &weir_type_string},
        {"string collate UTF8_BINARY", &weir_type_string},
        {"binary", &weir_type_binary},
        {"date", &weir_type_date},
        {"timestamp", &weir_type_timestamp},
        {"timestamp_ltz", &weir_type_timestamp},
        {"timestamp_ntz", &weir_type_timestamp_ntz},
        {"interval", &weir_type_calendar_interval},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(json->text, names[i].name) == 0) {
            *type = names[i].type;
            return WEIR_OK;
        }
    }
    if (strcmp(json->text, "decimal") == 0) {
        *type = weir_type_decimal(arena, 10, 0);
        return WEIR_OK;
    }
    /* The names of ANSI intervals are the same in DDL. */
    if (strncmp(json->text, "interval ", 9) == 0 && weir_type_from_ddl(json->text, arena, type, NULL) == WEIR_OK)
        return WEIR_OK;
    return convert_parameterized(json, arena, type, error);
}

/* A copy of the object's text without blanks between tokens, as Spark would write it. */
static const char *compact_metadata(const WeirJson *json, WeirArena *arena)
{
    char *text = weir_arena_alloc(arena, json->source_length + 1);
    size_t length = 0;
    bool quoted = false;
    for (size_t i = 0; i < json->source_length; i++) {
        char c = json->source[i];
        if (!quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n'))
            continue;
        text[length++] = c;
        if (c == '"')
            quoted = !quoted;
        else if (c == '\\' && quoted && i + 1 < json->source_length)
            text[length++] = json->source[++i];
    }
    text[length] = '\0';
    return text;
}

static WeirStatus convert_field(const WeirJson *json, WeirArena *arena, WeirField *field, WeirError *error)
{
    const WeirJson *type = weir_json_get(json, "type");
    const WeirJson *nullable = weir_json_get(json, "nullable");
    const WeirJson *metadata = weir_json_get(json, "metadata");
    field->name = weir_json_string(weir_json_get(json, "name"));
    if (json->kind != WEIR_JSON_OBJECT || field->name == NULL || type == NULL || nullable == NULL ||
        nullable->kind != WEIR_JSON_BOOLEAN || (metadata != NULL && metadata->kind != WEIR_JSON_OBJECT) ||
        json->child_count != 3u + (metadata != NULL))
        return invalid(json, arena, error);
    field->nullable = nullable->boolean;
    field->metadata = metadata == NULL ? "{}" : compact_metadata(metadata, arena);
    return convert(type, arena, &field->type, error);
}

static WeirStatus convert_struct(const WeirJson *json, WeirArena *arena, const WeirDataType **type, WeirError *error)
{
    const WeirJson *fields = weir_json_get(json, "fields");
    if (fields == NULL || fields->kind != WEIR_JSON_ARRAY || json->child_count != 2)
        return invalid(json, arena, error);
    WeirField *made = WEIR_ARENA_ARRAY(arena, WeirField, fields->child_count);
    uint32_t count = 0;
    for (const WeirJson *field = fields->first; field != NULL; field = field->next)
        WEIR_TRY(convert_field(field, arena, &made[count++], error));
    *type = weir_type_struct(arena, made, count);
    return WEIR_OK;
}

static WeirStatus convert(const WeirJson *json, WeirArena *arena, const WeirDataType **type, WeirError *error)
{
    if (json->kind == WEIR_JSON_STRING)
        return convert_name(json, arena, type, error);
    const char *kind = weir_json_string(weir_json_get(json, "type"));
    if (kind == NULL)
        return invalid(json, arena, error);
    if (strcmp(kind, "struct") == 0)
        return convert_struct(json, arena, type, error);
    const WeirDataType *first, *second;
    if (strcmp(kind, "array") == 0) {
        const WeirJson *element = weir_json_get(json, "elementType");
        const WeirJson *contains_null = weir_json_get(json, "containsNull");
        if (element == NULL || contains_null == NULL || contains_null->kind != WEIR_JSON_BOOLEAN ||
            json->child_count != 3)
            return invalid(json, arena, error);
        WEIR_TRY(convert(element, arena, &first, error));
        *type = weir_type_array(arena, first, contains_null->boolean);
        return WEIR_OK;
    }
    if (strcmp(kind, "map") == 0) {
        const WeirJson *key = weir_json_get(json, "keyType");
        const WeirJson *value = weir_json_get(json, "valueType");
        const WeirJson *contains_null = weir_json_get(json, "valueContainsNull");
        if (key == NULL || value == NULL || contains_null == NULL || contains_null->kind != WEIR_JSON_BOOLEAN ||
            json->child_count != 4)
            return invalid(json, arena, error);
        WEIR_TRY(convert(key, arena, &first, error));
        WEIR_TRY(convert(value, arena, &second, error));
        *type = weir_type_map(arena, first, second, contains_null->boolean);
        return WEIR_OK;
    }
    return invalid(json, arena, error);
}

WeirStatus weir_type_from_json(const char *json, size_t length, WeirArena *arena, const WeirDataType **type,
                               WeirError *error)
{
    WeirJson *tree;
    WEIR_TRY(weir_json_parse(json, length, arena, &tree, error));
    return convert(tree, arena, type, error);
}
