/* Columns that directories name ("day=2024-01-01/country=de"): found, typed and read back (Spark: PartitioningUtils).
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "columnar/value_parse.h"
#include "common/number_format.h"
#include "sources/file_source_private.h"

#define PARTITION_COLUMNS_MAX 64u
#define NULL_PARTITION "__HIVE_DEFAULT_PARTITION__"

static char *unescape(const char *text, size_t length, WeirArena *arena)
{
    char *out = weir_arena_alloc(arena, length + 1);
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned value;
        if (text[i] == '%' && i + 2 < length && sscanf(text + i + 1, "%2x", &value) == 1) {
            out[at++] = (char)value;
            i += 2;
        } else {
            out[at++] = text[i];
        }
    }
    out[at] = '\0';
    return out;
}

/* The next "name=value" directory between the base and the file; false at the end. */
static bool next_partition(const WeirInputFile *file, size_t *at, const char **name, size_t *name_length,
                           const char **value, size_t *value_length)
{
    for (;;) {
        const char *start = file->path + *at;
        const char *slash = strchr(start, '/');
        if (slash == NULL)
            return false;
        *at = (size_t)(slash - file->path) + 1;
        const char *equals = memchr(start, '=', (size_t)(slash - start));
        if (equals == NULL || equals == start)
            continue;
        *name = start;
        *name_length = (size_t)(equals - start);
        *value = equals + 1;
        *value_length = (size_t)(slash - equals) - 1;
        return true;
    }
}

static size_t first_part(const WeirInputFile *file)
{
    size_t length = strlen(file->base);
    return strncmp(file->path, file->base, length) == 0 && file->path[length] == '/' ? length + 1 : strlen(file->path);
}

const char *weir_partition_value(const WeirInputFile *file, const char *column, WeirArena *arena)
{
    size_t at = first_part(file), name_length, value_length;
    const char *name, *value;
    while (next_partition(file, &at, &name, &name_length, &value, &value_length)) {
        if (strcasecmp(unescape(name, name_length, arena), column) != 0)
            continue;
        char *text = unescape(value, value_length, arena);
        return strcmp(text, NULL_PARTITION) == 0 ? NULL : text;
    }
    return NULL;
}

/* The type that one value suggests: int, long, double, date, timestamp, else string (Spark: inferPartitionColumnValue).
 */
static const WeirDataType *value_type(const char *text)
{
    char *end = NULL;
    if (text[0] != '\0' && strspn(text, "0123456789-") == strlen(text) && strrchr(text, '-') <= text) {
        long long value = strtoll(text, &end, 10);
        if (*end == '\0')
            return value >= INT32_MIN && value <= INT32_MAX ? &weir_type_int : &weir_type_long;
    }
    if (text[0] != '\0' && strspn(text, "0123456789.eE+-") == strlen(text)) {
        double number;
        if (weir_parse_double(text, strlen(text), &number))
            return &weir_type_double;
    }
    if (strlen(text) == 10 && text[4] == '-' && text[7] == '-') {
        int32_t days;
        if (weir_string_to_date(text, strlen(text), &days))
            return &weir_type_date;
    }
    return &weir_type_string;
}

static const WeirDataType *wider_type(const WeirDataType *a, const WeirDataType *b)
{
    static const WeirTypeId order[] = {WEIR_TYPE_INT, WEIR_TYPE_LONG, WEIR_TYPE_DOUBLE};
    if (a == NULL || a->id == b->id)
        return b;
    int rank_a = -1, rank_b = -1;
    for (int i = 0; i < 3; i++) {
        rank_a = a->id == order[i] ? i : rank_a;
        rank_b = b->id == order[i] ? i : rank_b;
    }
    if (rank_a < 0 || rank_b < 0)
        return &weir_type_string;
    return rank_a > rank_b ? a : b;
}

static WeirStatus add_columns(const WeirInputFile *file, WeirArena *arena, WeirField *fields, uint32_t *count,
                              WeirError *error)
{
    size_t at = first_part(file), name_length, value_length;
    const char *name, *value;
    while (next_partition(file, &at, &name, &name_length, &value, &value_length)) {
        const char *column = unescape(name, name_length, arena), *text = unescape(value, value_length, arena);
        uint32_t i = 0;
        while (i < *count && strcmp(fields[i].name, column) != 0)
            i++;
        if (i == PARTITION_COLUMNS_MAX)
            return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                     "%s lies below more than %u partition directories.", file->path,
                                     PARTITION_COLUMNS_MAX);
        if (i == *count)
            fields[(*count)++] = (WeirField){.name = column, .nullable = true, .metadata = "{}"};
        if (strcmp(text, NULL_PARTITION) != 0)
            fields[i].type = wider_type(fields[i].type, value_type(text));
    }
    return WEIR_OK;
}

WeirStatus weir_partition_columns(const WeirFileList *list, const WeirSchema *user_schema, WeirArena *arena,
                                  WeirField **fields, uint32_t *count, WeirError *error)
{
    *fields = WEIR_ARENA_ARRAY(arena, WeirField, PARTITION_COLUMNS_MAX);
    *count = 0;
    for (size_t i = 0; i < list->count; i++)
        WEIR_TRY(add_columns(&list->files[i], arena, *fields, count, error));
    for (uint32_t i = 0; i < *count; i++) {
        if ((*fields)[i].type == NULL)
            (*fields)[i].type = &weir_type_string;
        int32_t at = user_schema == NULL ? -1 : weir_schema_find(user_schema, (*fields)[i].name, false);
        if (at >= 0) {
            (*fields)[i].name = user_schema->fields[at].name;
            (*fields)[i].type = user_schema->fields[at].type;
        }
    }
    return WEIR_OK;
}
