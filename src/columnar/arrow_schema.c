/* Types to Arrow's format strings and back. */
#include "columnar/arrow.h"

#include <stdio.h>

/* Everything that one exported schema node owns, in one arena that lives as long as its root. */
typedef struct SchemaOwner {
    _Atomic int32_t references;
    WeirArena arena;
} SchemaOwner;

static void release_schema(struct ArrowSchema *schema)
{
    SchemaOwner *owner = schema->private_data;
    for (int64_t i = 0; i < schema->n_children; i++) {
        if (schema->children[i]->release != NULL) /* a child may have been moved out */
            schema->children[i]->release(schema->children[i]);
    }
    schema->release = NULL;
    if (atomic_fetch_sub_explicit(&owner->references, 1, memory_order_acq_rel) == 1) {
        weir_arena_deinit(&owner->arena);
        weir_free(owner);
    }
}

static const char *format_of(const WeirDataType *type, const char *zone_name, WeirArena *arena)
{
    static const char *const formats[WEIR_TYPE_COUNT] = {
        [WEIR_TYPE_VOID] = "n",
        [WEIR_TYPE_BOOLEAN] = "b",
        [WEIR_TYPE_BYTE] = "c",
        [WEIR_TYPE_SHORT] = "s",
        [WEIR_TYPE_INT] = "i",
        [WEIR_TYPE_LONG] = "l",
        [WEIR_TYPE_FLOAT] = "f",
        [WEIR_TYPE_DOUBLE] = "g",
        [WEIR_TYPE_STRING] = "u",
        [WEIR_TYPE_BINARY] = "z",
        [WEIR_TYPE_DATE] = "tdD",
        [WEIR_TYPE_TIMESTAMP_NTZ] = "tsu:",
        [WEIR_TYPE_DAY_TIME_INTERVAL] = "tDu",
        [WEIR_TYPE_YEAR_MONTH_INTERVAL] = "tiM",
        [WEIR_TYPE_CALENDAR_INTERVAL] = "tin",
        [WEIR_TYPE_ARRAY] = "+l",
        [WEIR_TYPE_MAP] = "+m",
        [WEIR_TYPE_STRUCT] = "+s",
    };
    if (type->id == WEIR_TYPE_DECIMAL)
        return weir_arena_printf(arena, "d:%d,%d", type->precision, type->scale);
    if (type->id == WEIR_TYPE_TIMESTAMP)
        return weir_arena_printf(arena, "tsu:%s", zone_name);
    return formats[type->id];
}

static void export_type(const WeirDataType *type, const char *name, bool nullable, const char *zone_name,
                        SchemaOwner *owner, struct ArrowSchema *out);

static struct ArrowSchema *new_children(struct ArrowSchema *parent, uint32_t count, SchemaOwner *owner)
{
    struct ArrowSchema *children = WEIR_ARENA_ARRAY(&owner->arena, struct ArrowSchema, count);
    parent->n_children = count;
    parent->children = WEIR_ARENA_ARRAY(&owner->arena, struct ArrowSchema *, count);
    for (uint32_t i = 0; i < count; i++)
        parent->children[i] = &children[i];
    return children;
}

static void init_node(struct ArrowSchema *node, const char *format, const char *name, bool nullable, SchemaOwner *owner)
{
    memset(node, 0, sizeof(*node));
    node->format = format;
    node->name = weir_arena_strdup(&owner->arena, name);
    node->flags = nullable ? ARROW_FLAG_NULLABLE : 0;
    node->private_data = owner;
    node->release = release_schema;
    atomic_fetch_add_explicit(&owner->references, 1, memory_order_relaxed);
}

static void export_fields(const WeirDataType *type, const char *zone_name, SchemaOwner *owner,
                          struct ArrowSchema *parent)
{
    struct ArrowSchema *children = new_children(parent, type->field_count, owner);
    for (uint32_t i = 0; i < type->field_count; i++)
        export_type(type->fields[i].type, type->fields[i].name, type->fields[i].nullable, zone_name, owner,
                    &children[i]);
}

static void export_type(const WeirDataType *type, const char *name, bool nullable, const char *zone_name,
                        SchemaOwner *owner, struct ArrowSchema *out)
{
    init_node(out, format_of(type, zone_name, &owner->arena), name, nullable, owner);
    if (type->id == WEIR_TYPE_MAP) { /* a list of structs named "entries" */
        struct ArrowSchema *entries = new_children(out, 1, owner);
        init_node(entries, "+s", "entries", false, owner);
        export_fields(type, zone_name, owner, entries);
    } else {
        export_fields(type, zone_name, owner, out);
    }
}

WeirStatus weir_arrow_export_schema_in_zone(const WeirSchema *schema, const char *zone_name, struct ArrowSchema *out,
                                            WeirError *error)
{
    (void)error;
    SchemaOwner *owner = weir_calloc(1, sizeof(*owner));
    weir_arena_init(&owner->arena, NULL);
    export_type(schema, "", false, zone_name == NULL ? "UTC" : zone_name, owner, out);
    return WEIR_OK;
}

WeirStatus weir_arrow_export_schema(const WeirSchema *schema, struct ArrowSchema *out, WeirError *error)
{
    return weir_arrow_export_schema_in_zone(schema, NULL, out, error);
}

static const WeirDataType *import_plain(const char *format)
{
    static const struct {
        const char *format;
        const WeirDataType *type;
    } plain[] = {
        {"n", &weir_type_void},
        {"b", &weir_type_boolean},
        {"c", &weir_type_byte},
        {"s", &weir_type_short},
        {"i", &weir_type_int},
        {"l", &weir_type_long},
        {"f", &weir_type_float},
        {"g", &weir_type_double},
        {"u", &weir_type_string},
        {"U", &weir_type_string},
        {"vu", &weir_type_string},
        {"z", &weir_type_binary},
        {"Z", &weir_type_binary},
        {"vz", &weir_type_binary},
        {"tdD", &weir_type_date},
        {"tdm", &weir_type_date},
        {"tDs", &weir_type_day_time_interval},
        {"tDm", &weir_type_day_time_interval},
        {"tDu", &weir_type_day_time_interval},
        {"tDn", &weir_type_day_time_interval},
        {"tiM", &weir_type_year_month_interval},
        {"tin", &weir_type_calendar_interval},
    };
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
        if (strcmp(format, plain[i].format) == 0)
            return plain[i].type;
    }
    if (strncmp(format, "ts", 2) == 0 && format[2] != '\0' && strchr("smun", format[2]) != NULL && format[3] == ':')
        return format[4] == '\0' ? &weir_type_timestamp_ntz : &weir_type_timestamp;
    return NULL;
}

static WeirStatus import_type(const struct ArrowSchema *schema, int depth, WeirArena *arena, const WeirDataType **type,
                              WeirError *error);

static WeirStatus unsupported(const struct ArrowSchema *schema, WeirError *error)
{
    return weir_error_set(error, WEIR_ERROR_UNSUPPORTED_ARROWTYPE, "typeName", schema->format);
}

static WeirStatus import_fields(const struct ArrowSchema *schema, int depth, WeirArena *arena,
                                const WeirDataType **type, WeirError *error)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, schema->n_children);
    for (int64_t i = 0; i < schema->n_children; i++) {
        const struct ArrowSchema *child = schema->children[i];
        fields[i].name = weir_arena_strdup(arena, child->name == NULL ? "" : child->name);
        fields[i].nullable = (child->flags & ARROW_FLAG_NULLABLE) != 0;
        fields[i].metadata = "{}";
        WEIR_TRY(import_type(child, depth + 1, arena, &fields[i].type, error));
    }
    *type = weir_type_struct(arena, fields, (uint32_t)schema->n_children);
    return WEIR_OK;
}

static WeirStatus import_type(const struct ArrowSchema *schema, int depth, WeirArena *arena, const WeirDataType **type,
                              WeirError *error)
{
    const char *format = schema->format;
    int precision, scale, bits = 128, end = 0;
    if (depth > 1000)
        return unsupported(schema, error);
    if (schema->dictionary != NULL)
        return import_type(schema->dictionary, depth + 1, arena, type, error);
    *type = import_plain(format);
    if (*type != NULL)
        return WEIR_OK;
    if (strcmp(format, "+s") == 0)
        return import_fields(schema, depth, arena, type, error);
    const WeirDataType *child;
    if ((strcmp(format, "+l") == 0 || strcmp(format, "+L") == 0) && schema->n_children == 1) {
        WEIR_TRY(import_type(schema->children[0], depth + 1, arena, &child, error));
        *type = weir_type_array(arena, child, (schema->children[0]->flags & ARROW_FLAG_NULLABLE) != 0);
        return WEIR_OK;
    }
    if (strcmp(format, "+m") == 0 && schema->n_children == 1 && schema->children[0]->n_children == 2) {
        WEIR_TRY(import_fields(schema->children[0], depth + 1, arena, &child, error));
        *type = weir_type_map(arena, child->fields[0].type, child->fields[1].type, child->fields[1].nullable);
        return WEIR_OK;
    }
    if ((sscanf(format, "d:%d,%d%n,%d%n", &precision, &scale, &end, &bits, &end) >= 2) && format[end] == '\0' &&
        bits == 128 && precision >= 1 && precision <= WEIR_DECIMAL_PRECISION_MAX && scale >= 0 && scale <= precision) {
        *type = weir_type_decimal(arena, precision, scale);
        return WEIR_OK;
    }
    return unsupported(schema, error);
}

WeirStatus weir_arrow_import_schema(const struct ArrowSchema *schema, WeirArena *arena, const WeirSchema **out,
                                    WeirError *error)
{
    if (strcmp(schema->format, "+s") != 0)
        return unsupported(schema, error);
    return import_fields(schema, 0, arena, out, error);
}
