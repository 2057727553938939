/* JSON in texts: get_json_object, to_json, from_json and what they share. Trees of common/json.h, one value at a time.
 */
#include <ctype.h>
#include <strings.h>

#include "columnar/value_parse.h"
#include "columnar/value_text.h"
#include "common/json.h"
#include "common/number_format.h"
#include "expr/column_writer.h"
#include "expr/function_private.h"
#include "expr/kernels/decimal.h"
#include "expr/kernels/text_find.h"
#include "expr/kernels/text_parse.h"

/* ---- get_json_object: $, .name, ['name'], [n], [*] and .* */

static void write_json(const WeirJson *json, WeirBuffer *out);

static void write_members(const WeirJson *json, WeirBuffer *out)
{
    bool object = json->kind == WEIR_JSON_OBJECT;
    weir_buffer_append_char(out, object ? '{' : '[');
    for (const WeirJson *child = json->first; child != NULL; child = child->next) {
        if (child != json->first)
            weir_buffer_append_char(out, ',');
        if (object) {
            weir_json_write_string(out, child->key, strlen(child->key));
            weir_buffer_append_char(out, ':');
        }
        write_json(child, out);
    }
    weir_buffer_append_char(out, object ? '}' : ']');
}

static void write_json(const WeirJson *json, WeirBuffer *out)
{
    switch (json->kind) {
    case WEIR_JSON_NULL:
        weir_buffer_append_text(out, "null");
        return;
    case WEIR_JSON_BOOLEAN:
        weir_buffer_append_text(out, json->boolean ? "true" : "false");
        return;
    case WEIR_JSON_NUMBER:
        weir_buffer_append(out, json->text, json->length);
        return;
    case WEIR_JSON_STRING:
        weir_json_write_string(out, json->text, json->length);
        return;
    default:
        write_members(json, out);
        return;
    }
}

typedef struct PathStep {
    char name[128]; /* empty: an index */
    int64_t index;
    bool wildcard;
} PathStep;

/* Steps of a path; -1: malformed. */
static int parse_path(const uint8_t *path, uint32_t length, PathStep *steps, int most)
{
    uint32_t at = 1;
    int count = 0;
    if (length == 0 || path[0] != '$')
        return -1;
    while (at < length) {
        if (count == most)
            return -1;
        PathStep *step = &steps[count++];
        *step = (PathStep){.index = -1};
        uint32_t start, end;
        if (path[at] == '.') {
            start = ++at;
            while (at < length && path[at] != '.' && path[at] != '[')
                at++;
            end = at;
        } else if (path[at] == '[' && at + 1 < length && path[at + 1] == '\'') {
            start = at + 2;
            for (end = start; end < length && path[end] != '\'';)
                end++;
            if (end + 1 >= length || path[end + 1] != ']')
                return -1;
            at = end + 2;
        } else if (path[at] == '[') {
            start = ++at;
            while (at < length && path[at] != ']')
                at++;
            if (at == length || at == start)
                return -1;
            int64_t index = -1;
            step->wildcard = at - start == 1 && path[start] == '*';
            if (!step->wildcard && !weir_parse_int64((const char *)path + start, at - start, &index))
                return -1;
            step->index = index;
            at++;
            continue;
        } else {
            return -1;
        }
        if (end == start || end - start >= sizeof(step->name))
            return -1;
        memcpy(step->name, path + start, end - start);
        step->wildcard = end - start == 1 && path[start] == '*';
    }
    return count;
}

static const WeirJson *follow(const WeirJson *json, const PathStep *steps, int count, WeirBuffer *many, bool *is_many)
{
    for (int i = 0; i < count && json != NULL; i++) {
        if (steps[i].wildcard) {
            uint32_t found = 0;
            const WeirJson *single = NULL;
            WeirBuffer parts;
            weir_buffer_init(&parts, 0, NULL);
            for (const WeirJson *child = json->kind == WEIR_JSON_ARRAY || json->kind == WEIR_JSON_OBJECT ? json->first
                                                                                                         : NULL;
                 child != NULL; child = child->next) {
                bool nested = false;
                WeirBuffer inner;
                weir_buffer_init(&inner, 0, NULL);
                const WeirJson *value = follow(child, steps + i + 1, count - i - 1, &inner, &nested);
                if (value != NULL || nested) {
                    if (found++ > 0)
                        weir_buffer_append_char(&parts, ',');
                    single = value;
                    if (nested)
                        weir_buffer_append(&parts, weir_buffer_text(&inner), inner.length);
                    else
                        write_json(value, &parts);
                }
                weir_buffer_deinit(&inner);
            }
            if (found == 1 && single != NULL) {
                weir_buffer_deinit(&parts);
                return single;
            }
            if (found > 0) {
                weir_buffer_append_format(many, "[%s]", weir_buffer_text(&parts));
                *is_many = true;
            }
            weir_buffer_deinit(&parts);
            return NULL;
        }
        if (steps[i].name[0] != '\0') {
            json = json->kind == WEIR_JSON_OBJECT ? weir_json_get(json, steps[i].name) : NULL;
            continue;
        }
        const WeirJson *child = json->kind == WEIR_JSON_ARRAY ? json->first : NULL;
        for (int64_t n = steps[i].index; n > 0 && child != NULL; n--)
            child = child->next;
        json = child;
    }
    return json;
}

WEIR_TEXT_KERNEL(get_json_object_kernel)
{
    WeirArgument x = weir_argument(arguments[0]), y = weir_argument(arguments[1]);
    WeirTextHeap heap = weir_text_heap(call);
    WeirArena scratch;
    weir_arena_init(&scratch, NULL);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WEIR_TEXT(path, y, row);
        PathStep steps[16];
        int count = parse_path(path, path_length, steps, 16);
        WeirJson *json = NULL;
        bool many = false;
        weir_arena_reset(&scratch);
        weir_buffer_clear(&buffer);
        const WeirJson *found = NULL;
        if (count >= 0 && weir_json_parse((const char *)text, text_length, &scratch, &json, NULL) == WEIR_OK)
            found = follow(json, steps, count, &buffer, &many);
        if (!many && (found == NULL || found->kind == WEIR_JSON_NULL)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        if (!many && found->kind == WEIR_JSON_STRING)
            weir_buffer_append(&buffer, found->text, found->length);
        else if (!many)
            write_json(found, &buffer);
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&buffer), buffer.length,
                                                 &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    weir_arena_deinit(&scratch);
    return status;
}

WEIR_TEXT_KERNEL(array_length_kernel)
{
    (void)error;
    WeirArgument x = weir_argument(arguments[0]);
    WeirArena scratch;
    weir_arena_init(&scratch, NULL);
    WEIR_FOR_ROWS(call, row)
    {
        WEIR_TEXT(text, x, row);
        WeirJson *json = NULL;
        weir_arena_reset(&scratch);
        if (weir_json_parse((const char *)text, text_length, &scratch, &json, NULL) == WEIR_OK &&
            json->kind == WEIR_JSON_ARRAY)
            ((int32_t *)result->values)[row] = (int32_t)json->child_count;
        else
            weir_result_set_null(call, result, row);
    }
    weir_arena_deinit(&scratch);
    return WEIR_OK;
}

/* ---- to_json */

static WeirStatus resolve_to_json(WeirFunctionCall *call, WeirError *error)
{
    if (!weir_type_is_nested(call->arguments[0]->type))
        return weir_call_unexpected_type(call, 0, "\"STRUCT\" or \"ARRAY\" or \"MAP\"", error);
    if (call->argument_count > 1 && !weir_expression_is_foldable(call->arguments[1]))
        return weir_call_non_foldable(call, 1, "options", "\"MAP<STRING, STRING>\"", error);
    call->result_type = &weir_type_string;
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

/* Value of a map literal's key among the options, or NULL. */
static bool option_is(const WeirVector *options, const char *key, const char *value)
{
    const WeirVector *map, *k, *v;
    if (weir_vector_is_null(options, 0))
        return false;
    uint32_t first, count = weir_list_range(options, 0, &map, &first);
    for (uint32_t i = first; i < first + count; i++) {
        uint32_t a = weir_vector_locate(&map->children[0], i, &k), b = weir_vector_locate(&map->children[1], i, &v);
        const WeirStringView *name = &((const WeirStringView *)k->values)[a],
                             *text = &((const WeirStringView *)v->values)[b];
        if (name->length == strlen(key) && strncasecmp(key, (const char *)weir_view_data(name), name->length) == 0)
            return text->length == strlen(value) &&
                   strncasecmp(value, (const char *)weir_view_data(text), text->length) == 0;
    }
    return false;
}

WEIR_TEXT_KERNEL(to_json_kernel)
{
    WeirTextHeap heap = weir_text_heap(call);
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    WeirJsonWriteOptions options = {.zone = call->context->zone};
    options.ignore_null_fields =
        !(call->expression->child_count == 2 && option_is(arguments[1], "ignoreNullFields", "false"));
    WeirStatus status = WEIR_OK;
    WEIR_FOR_ROWS(call, row)
    {
        if (weir_vector_is_null(arguments[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        weir_buffer_clear(&buffer);
        weir_value_json(arguments[0], row, &options, &buffer);
        WEIR_TRY_OR_GO(done, weir_text_heap_copy(&heap, weir_buffer_text(&buffer), buffer.length,
                                                 &((WeirStringView *)result->values)[row], error));
    }
done:
    weir_buffer_deinit(&buffer);
    return status;
}

/* ---- from_json, PERMISSIVE: a member of the wrong type is null, a malformed text a row of nulls */

static WeirStatus resolve_from_json(WeirFunctionCall *call, WeirError *error)
{
    WeirValue *schema = NULL;
    if (call->arguments[0]->type->id != WEIR_TYPE_STRING && call->arguments[0]->type->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 0, "\"STRING\"", error);
    WEIR_TRY(weir_call_constant(call, 1, &schema, error));
    if (schema == NULL || schema->type->id != WEIR_TYPE_STRING || weir_value_is_null(schema))
        return weir_error_set(error, WEIR_ERROR_INVALID_SCHEMA_NON_STRING_LITERAL, "inputSchema",
                              weir_quoted_sql(call->arena, call->arguments[1]));
    WeirStringView view = weir_value_get_view(schema);
    const char *text = weir_arena_strndup(call->arena, (const char *)weir_view_data(&view), view.length);
    const WeirDataType *type = NULL;
    if (weir_schema_from_ddl(text, call->arena, &type, NULL) != WEIR_OK)
        WEIR_TRY(weir_type_from_ddl(text, call->arena, &type, error));
    call->cast_types[0] = &weir_type_string;
    call->result_type = weir_type_as_nullable(call->arena, type);
    call->argument_count = 1; /* the schema is part of the type; the name is Spark's from_json(a) */
    call->nullable = true;
    return WEIR_OK;
}

static void append_json(WeirColumnWriter *writer, const WeirJson *json, const WeirEvalContext *context);

static void append_scalar_text(WeirColumnWriter *writer, const WeirJson *json, const WeirEvalContext *context)
{
    int32_t days;
    int64_t micros;
    bool number = json->kind == WEIR_JSON_NUMBER, text = json->kind == WEIR_JSON_STRING;
    double real;
    WeirInt128 unscaled;
    switch (writer->type->id) {
    case WEIR_TYPE_BOOLEAN:
        if (json->kind == WEIR_JSON_BOOLEAN) {
            weir_column_writer_append_int(writer, json->boolean);
            return;
        }
        break;
    case WEIR_TYPE_FLOAT:
    case WEIR_TYPE_DOUBLE:
        if ((number || (text && isalpha((unsigned char)json->text[json->text[0] == '-' || json->text[0] == '+']))) &&
            weir_string_to_double(json->text, json->length, &real)) {
            weir_column_writer_append_double(writer, real);
            return;
        }
        break;
    case WEIR_TYPE_DECIMAL:
        if ((number || text) && weir_text_to_decimal((const uint8_t *)json->text, json->length, writer->type->precision,
                                                     writer->type->scale, &unscaled) == WEIR_DECIMAL_OK) {
            WeirVector place = {.values = weir_column_writer_slot(writer)};
            weir_decimal_store(&place, weir_decimal_is_wide(writer->type), 0, unscaled);
            return;
        }
        break;
    case WEIR_TYPE_DATE:
        if (text && weir_string_to_date(json->text, json->length, &days)) {
            weir_column_writer_append_int(writer, days);
            return;
        }
        break;
    case WEIR_TYPE_TIMESTAMP:
    case WEIR_TYPE_TIMESTAMP_NTZ:
        if (text &&
            (writer->type->id == WEIR_TYPE_TIMESTAMP
                 ? weir_string_to_timestamp(json->text, json->length, context->zone, context->now_micros, &micros)
                 : weir_string_to_timestamp_ntz(json->text, json->length, true, &micros))) {
            weir_column_writer_append_int(writer, micros);
            return;
        }
        break;
    default: {
        static const int64_t limits[] = {[WEIR_TYPE_BYTE] = INT8_MAX,
                                         [WEIR_TYPE_SHORT] = INT16_MAX,
                                         [WEIR_TYPE_INT] = INT32_MAX,
                                         [WEIR_TYPE_LONG] = INT64_MAX};
        int64_t integer, limit = writer->type->id <= WEIR_TYPE_LONG ? limits[writer->type->id] : 0;
        if (number && limit > 0 && weir_parse_int64(json->text, json->length, &integer) && integer <= limit &&
            integer >= -limit - 1) {
            weir_column_writer_append_int(writer, integer);
            return;
        }
        break;
    }
    }
    weir_column_writer_append_null(writer);
}

static void append_text(WeirColumnWriter *writer, const WeirJson *json)
{
    if (json->kind == WEIR_JSON_STRING) {
        weir_column_writer_append_bytes(writer, json->text, json->length);
        return;
    }
    WeirBuffer buffer;
    weir_buffer_init(&buffer, 0, NULL);
    write_json(json, &buffer);
    weir_column_writer_append_bytes(writer, weir_buffer_text(&buffer), buffer.length);
    weir_buffer_deinit(&buffer);
}

static void append_json(WeirColumnWriter *writer, const WeirJson *json, const WeirEvalContext *context)
{
    const WeirDataType *type = writer->type;
    if (json == NULL || json->kind == WEIR_JSON_NULL) {
        weir_column_writer_append_null(writer);
    } else if (type->id == WEIR_TYPE_STRING) {
        append_text(writer, json);
    } else if (type->id == WEIR_TYPE_STRUCT && json->kind == WEIR_JSON_OBJECT) {
        for (uint32_t i = 0; i < type->field_count; i++)
            append_json(&writer->children[i], weir_json_get(json, type->fields[i].name), context);
        weir_column_writer_end_struct(writer);
    } else if (type->id == WEIR_TYPE_ARRAY && json->kind == WEIR_JSON_ARRAY) {
        for (const WeirJson *child = json->first; child != NULL; child = child->next)
            append_json(&writer->children[0], child, context);
        weir_column_writer_end_list(writer);
    } else if (type->id == WEIR_TYPE_MAP && json->kind == WEIR_JSON_OBJECT) {
        for (const WeirJson *child = json->first; child != NULL; child = child->next) {
            weir_column_writer_append_bytes(&writer->children[0], child->key, strlen(child->key));
            append_json(&writer->children[1], child, context);
        }
        weir_column_writer_end_list(writer);
    } else if (weir_type_is_nested(type)) {
        weir_column_writer_append_null(writer);
    } else {
        append_scalar_text(writer, json, context);
    }
}

WEIR_TEXT_KERNEL(from_json_kernel)
{
    WeirArgument x = weir_argument(arguments[0]);
    WeirColumnWriter writer;
    weir_column_writer_init(&writer, result->type, call->row_count, call->arena);
    WeirArena scratch;
    weir_arena_init(&scratch, NULL);
    const WeirJson nothing = {.kind = WEIR_JSON_OBJECT};
    WEIR_FOR_ROWS(call, row)
    {
        while (writer.length < row && !writer.failed)
            weir_column_writer_append_null(&writer);
        if (weir_argument_is_null(&x, row)) {
            weir_column_writer_append_null(&writer);
            continue;
        }
        WEIR_TEXT(text, x, row);
        WeirJson *json = NULL;
        weir_arena_reset(&scratch);
        if (weir_json_parse((const char *)text, text_length, &scratch, &json, NULL) != WEIR_OK)
            json = NULL;
        bool record = result->type->id == WEIR_TYPE_STRUCT;
        append_json(&writer,
                    record && (json == NULL || json->kind != WEIR_JSON_OBJECT)
                        ? (json == NULL && text_length == 0 ? NULL : &nothing)
                        : json,
                    call->context);
    }
    weir_arena_deinit(&scratch);
    while (writer.length < call->row_count && !writer.failed)
        weir_column_writer_append_null(&writer);
    return weir_column_writer_finish(&writer, result, error);
}

#define NP WEIR_FUNCTION_NULL_PROPAGATING
#define JSON(NAME, FLAGS, MIN, MAX, SIGNATURE, RESOLVE, KERNEL, USAGE)                                                 \
    {                                                                                                                  \
        .name = NAME, .flags = FLAGS, .arguments_min = MIN, .arguments_max = MAX, .signature = SIGNATURE,              \
        .resolve = RESOLVE, .kernel = KERNEL, .group = "json_funcs", .usage = USAGE                                    \
    }

const WeirFunction weir_functions_json[] = {
    JSON("get_json_object", NP | WEIR_FUNCTION_NULLABLE, 2, 2, "string,string->string", NULL, get_json_object_kernel,
         "get_json_object(json, path): the part at a path."),
    JSON("json_array_length", NP | WEIR_FUNCTION_NULLABLE, 1, 1, "string->int", NULL, array_length_kernel,
         "json_array_length(json): how many elements."),
    {.name = "to_json",
     .flags = WEIR_FUNCTION_ANY_VECTOR | WEIR_FUNCTION_NULLABLE,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_to_json,
     .kernel = to_json_kernel,
     .sql_format = "to_json($1)",
     .group = "json_funcs",
     .usage = "to_json(a[, options]): as JSON."},
    JSON("from_json", 0, 2, 2, NULL, resolve_from_json, from_json_kernel,
         "from_json(json, schema): as a value of the schema's type."),
    {0},
};
