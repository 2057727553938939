/* The schema of JSON files (Spark: JsonInferSchema): a type for each record, merged. Fields are sorted by name;
 * integers are long (decimal where larger), other numbers double; types that do not go together are string. */
#include "formats/json_format_private.h"

#include <stdlib.h>
#include <strings.h>

#include "columnar/value_parse.h"
#include "formats/record_reader.h"

typedef struct Inference {
    const WeirFormatOptions *options;
    WeirJsonRules rules;
    bool prefers_decimal, infer_timestamp;
    const char *corrupt_column;
    bool saw_corrupt;
    WeirArena *arena;
    const WeirDataType *type; /* of all records so far; NULL: none yet */
} Inference;

static const WeirDataType *merge(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);

static const WeirDataType *number_type(Inference *inference, const WeirJsonToken *token)
{
    if ((token->flags & WEIR_JSON_FRACTION) != 0 || token->kind == WEIR_JSON_TOKEN_NONNUMERIC)
        return &weir_type_double;
    int64_t value;
    if (weir_string_to_integer((const char *)token->start, token->length, false, INT64_MIN, INT64_MAX, &value))
        return &weir_type_long;
    uint32_t digits = token->length - (token->start[0] == '-');
    return digits <= 38 ? weir_type_decimal(inference->arena, (int)digits, 0) : &weir_type_double;
}

static const WeirDataType *value_type(Inference *inference, const WeirJsonText *text, const WeirJsonToken *token);

static int by_name(const void *a, const void *b)
{
    return strcmp(((const WeirField *)a)->name, ((const WeirField *)b)->name);
}

static const char *name_text(Inference *inference, const WeirJsonToken *name)
{
    char *text = weir_arena_alloc(inference->arena, (size_t)name->length + 1);
    size_t length = weir_json_unescape(name, (uint8_t *)text);
    text[length] = '\0';
    return text;
}

static const WeirDataType *object_type(Inference *inference, const WeirJsonText *text, const WeirJsonToken *token)
{
    WeirJsonText inside = *text;
    WeirJsonToken name, value;
    uint32_t count = 0, at_field = 0;
    inside.end = token->start + token->length;
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, &name, &value);)
        count++;
    WeirField *fields = WEIR_ARENA_ARRAY(inference->arena, WeirField, count + 1);
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, &name, &value);)
        fields[at_field++] = (WeirField){name_text(inference, &name), value_type(inference, text, &value), true, "{}"};
    qsort(fields, count, sizeof(WeirField), by_name);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(fields[kept - 1].name, fields[i].name) == 0)
            fields[kept - 1].type = merge(inference->arena, fields[kept - 1].type, fields[i].type);
        else
            fields[kept++] = fields[i];
    }
    return weir_type_struct(inference->arena, fields, kept);
}

static const WeirDataType *array_type(Inference *inference, const WeirJsonText *text, const WeirJsonToken *token)
{
    WeirJsonText inside = *text;
    WeirJsonToken value;
    const WeirDataType *element = &weir_type_void;
    inside.end = token->start + token->length;
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, NULL, &value);)
        element = merge(inference->arena, element, value_type(inference, text, &value));
    return weir_type_array(inference->arena, element, true);
}

static const WeirDataType *value_type(Inference *inference, const WeirJsonText *text, const WeirJsonToken *token)
{
    switch (token->kind) {
    case WEIR_JSON_TOKEN_OBJECT:
        return object_type(inference, text, token);
    case WEIR_JSON_TOKEN_ARRAY:
        return array_type(inference, text, token);
    case WEIR_JSON_TOKEN_NULL:
        return &weir_type_void;
    case WEIR_JSON_TOKEN_TRUE:
    case WEIR_JSON_TOKEN_FALSE:
        return inference->rules.primitives_as_string ? &weir_type_string : &weir_type_boolean;
    case WEIR_JSON_TOKEN_STRING:
        if (inference->infer_timestamp && weir_time_formats_convert(&inference->rules.times, (const char *)token->start,
                                                                    token->length, &weir_type_timestamp, NULL))
            return &weir_type_timestamp;
        return token->length == 0 ? &weir_type_void : &weir_type_string;
    default:
        return inference->rules.primitives_as_string ? &weir_type_string : number_type(inference, token);
    }
}

static const WeirDataType *merge_structs(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, a->field_count + b->field_count + 1);
    uint32_t i = 0, k = 0, count = 0;
    while (i < a->field_count || k < b->field_count) {
        int order = i == a->field_count ? 1 : k == b->field_count ? -1 : strcmp(a->fields[i].name, b->fields[k].name);
        fields[count] = order <= 0 ? a->fields[i] : b->fields[k];
        if (order == 0)
            fields[count].type = merge(arena, a->fields[i].type, b->fields[k].type);
        i += order <= 0;
        k += order >= 0;
        count++;
    }
    return weir_type_struct(arena, fields, count);
}

static const WeirDataType *merge_numbers(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    if (a->id == WEIR_TYPE_DOUBLE || b->id == WEIR_TYPE_DOUBLE)
        return &weir_type_double;
    int digits_a = a->id == WEIR_TYPE_LONG ? 20 : a->precision, digits_b = b->id == WEIR_TYPE_LONG ? 20 : b->precision;
    return weir_type_decimal(arena, digits_a > digits_b ? digits_a : digits_b, 0);
}

static const WeirDataType *merge(WeirArena *arena, const WeirDataType *a, const WeirDataType *b)
{
    if (a->id == WEIR_TYPE_VOID)
        return b;
    if (b->id == WEIR_TYPE_VOID)
        return a;
    if (a->id == WEIR_TYPE_STRUCT && b->id == WEIR_TYPE_STRUCT)
        return merge_structs(arena, a, b);
    if (a->id == WEIR_TYPE_ARRAY && b->id == WEIR_TYPE_ARRAY)
        return weir_type_array(arena, merge(arena, weir_type_element(a), weir_type_element(b)), true);
    if (weir_type_equal(a, b))
        return a;
    if (weir_type_is_numeric(a) && weir_type_is_numeric(b))
        return merge_numbers(arena, a, b);
    return &weir_type_string;
}

/* What held only nulls is string; an object without fields is left out by Spark, an empty one kept as struct<>. */
static const WeirDataType *settle(WeirArena *arena, const WeirDataType *type)
{
    if (type->id == WEIR_TYPE_VOID)
        return &weir_type_string;
    if (type->id == WEIR_TYPE_ARRAY)
        return weir_type_array(arena, settle(arena, weir_type_element(type)), true);
    if (type->id != WEIR_TYPE_STRUCT)
        return type;
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, type->field_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (type->fields[i].type->id == WEIR_TYPE_STRUCT && type->fields[i].type->field_count == 0)
            continue;
        fields[count] = type->fields[i];
        fields[count++].type = settle(arena, type->fields[i].type);
    }
    return weir_type_struct(arena, fields, count);
}

static void infer_record(Inference *inference, const uint8_t *record, size_t length, const uint8_t *readable)
{
    WeirJsonText text = {record + length, readable, &inference->rules.syntax};
    WeirJsonToken token;
    const uint8_t *at = weir_json_skip_blank(&text, record);
    if (at == text.end)
        return;
    if (at == NULL || (*at != '{' && *at != '[') || weir_json_scan_value(&text, at, 0, &token) == NULL) {
        inference->saw_corrupt = true;
        return;
    }
    const WeirDataType *type = value_type(inference, &text, &token);
    if (type->id == WEIR_TYPE_ARRAY)
        type = weir_type_element(type);
    if (type->id != WEIR_TYPE_STRUCT)
        return;
    inference->type = inference->type == NULL ? type : merge(inference->arena, inference->type, type);
}

static WeirStatus infer_lines(Inference *inference, const WeirByteSource *file, WeirMemoryTracker *tracker,
                              WeirError *error)
{
    WeirRecordReader *records = NULL;
    const char *separator = inference->options->get(inference->options->context, "lineSep");
    size_t separator_length = separator == NULL ? 0 : strlen(separator);
    WeirStatus status = WEIR_OK;
    WEIR_TRY(weir_record_reader_open(file, 0, INT64_MAX, separator, separator_length, tracker, &records, error));
    for (;;) {
        WeirSharedBuffer *block = NULL;
        size_t offset = 0, length = 0, at = 0, record_length;
        const uint8_t *record;
        WEIR_TRY_OR_GO(done, weir_record_reader_next(records, &block, &offset, &length, error));
        if (block == NULL)
            break;
        while (
            weir_record_next(block->data + offset, length, &at, separator, separator_length, &record, &record_length))
            infer_record(inference, record, record_length, block->data + block->capacity + 64);
        weir_shared_buffer_release(block);
    }
done:
    weir_record_reader_close(records);
    return status;
}

static WeirStatus infer_file(Inference *inference, const WeirByteSource *file, bool multi_line,
                             WeirMemoryTracker *tracker, WeirError *error)
{
    WeirSharedBuffer *content = NULL;
    if (!multi_line)
        return infer_lines(inference, file, tracker, error);
    WEIR_TRY(weir_read_whole(file, tracker, &content, error));
    infer_record(inference, content->data, content->length, content->data + content->capacity + 64);
    weir_shared_buffer_release(content);
    return WEIR_OK;
}

WeirStatus weir_json_infer(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                           WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error)
{
    WeirArena scratch;
    Inference inference = {.options = options, .arena = &scratch};
    bool multi_line = false;
    WeirStatus status;
    weir_arena_init(&scratch, tracker);
    WEIR_TRY_OR_GO(done, weir_json_rules(options, &scratch, &inference.rules, error));
    WEIR_TRY_OR_GO(done, weir_format_option_bool(options, "multiLine", false, &multi_line, error));
    WEIR_TRY_OR_GO(done, weir_format_option_bool(options, "inferTimestamp", false, &inference.infer_timestamp, error));
    inference.corrupt_column = options->get(options->context, "columnNameOfCorruptRecord");
    for (uint32_t i = 0; i < count; i++)
        WEIR_TRY_OR_GO(done, infer_file(&inference, &files[i], multi_line, tracker, error));
    const WeirDataType *type =
        inference.type == NULL ? weir_type_struct(&scratch, NULL, 0) : settle(&scratch, inference.type);
    if (inference.saw_corrupt) {
        WeirField *fields = WEIR_ARENA_ARRAY(&scratch, WeirField, type->field_count + 1);
        fields[0] = (WeirField){inference.corrupt_column == NULL ? "_corrupt_record" : inference.corrupt_column,
                                &weir_type_string, true, "{}"};
        for (uint32_t i = 0; i < type->field_count; i++)
            fields[i + 1] = type->fields[i];
        type = weir_type_struct(&scratch, fields, type->field_count + 1);
    }
    *schema = weir_type_copy(arena, type);
    status = weir_arena_check(&scratch, error);
done:
    weir_arena_deinit(&scratch);
    return status;
}
