/* The schema of JSON files (Spark: JsonInferSchema): a type for each record, merged. Fields are sorted by name;
 * integers are long (decimal where larger), other numbers double; types that do not go together are string. */
#include "formats/json_format_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "columnar/value_parse.h"
#include "common/number_format.h"
#include "formats/record_reader.h"

typedef struct Inference {
    const WeirFormatOptions *options;
    WeirJsonRules rules;
    bool prefers_decimal, infer_timestamp, prefers_ntz, drop_nulls;
    WeirParseMode mode;
    WeirEncoding encoding; /* of files */
    bool encoding_given;
    bool saw_corrupt;
    WeirArena *arena;
    WeirError *error;
    WeirStatus status;        /* of what can't be typed at all */
    const WeirDataType *type; /* of all records so far; NULL: none yet */
} Inference;

static WeirStatus open_inference(const WeirFormatOptions *options, WeirArena *arena, Inference *inference,
                                 WeirError *error)
{
    const char *kind = options->conf == NULL ? NULL : options->conf(options->conf_context, "spark.sql.timestampType");
    *inference = (Inference){.options = options, .arena = arena, .error = error, .mode = weir_parse_mode(options)};
    WEIR_TRY(weir_json_rules(options, arena, &inference->rules, error));
    WEIR_TRY(weir_json_options_check(options, error));
    WEIR_TRY(weir_format_option_bool(options, "inferTimestamp", false, &inference->infer_timestamp, error));
    WEIR_TRY(weir_format_option_bool(options, "prefersDecimal", false, &inference->prefers_decimal, error));
    inference->prefers_ntz = kind != NULL && strcasecmp(kind, "TIMESTAMP_NTZ") == 0;
    return weir_format_option_bool(options, "dropFieldIfAllNull", false, &inference->drop_nulls, error);
}

static const WeirDataType *merge(WeirArena *arena, const WeirDataType *a, const WeirDataType *b);

/* ---- one value ---- */

/* digits [. digits] [e exponent] as Java's BigDecimal: its precision and scale. False: not one. */
static bool decimal_shape(const char *text, size_t length, int64_t *precision, int64_t *scale)
{
    int64_t exponent = 0;
    bool point = false, any = false;
    size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    *precision = *scale = 0;
    for (; at < length && (text[at] | 0x20) != 'e'; at++) {
        if (text[at] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9')
            return false;
        any = true;
        *precision += *precision > 0 || text[at] != '0';
        *scale += point;
    }
    if (at < length && !weir_parse_int64(text + at + 1, length - at - 1, &exponent))
        return false;
    if (*precision == 0)
        *precision = 1;
    *scale -= exponent > -1000000 && exponent < 1000000 ? exponent : 0;
    return any;
}

static const WeirDataType *decimal_or_double(Inference *inference, const char *text, size_t length)
{
    int64_t precision, scale;
    if (!decimal_shape(text, length, &precision, &scale))
        return NULL;
    if (precision < scale)
        precision = scale;
    if (precision > WEIR_DECIMAL_PRECISION_MAX)
        return &weir_type_double;
    if (scale < 0) {
        char number[24];
        snprintf(number, sizeof(number), "%lld", (long long)scale);
        inference->status = weir_error_set(inference->error, WEIR_ERROR_NEGATIVE_SCALE_DISALLOWED, "scale", number,
                                           "sqlConf", "\"spark.sql.legacy.allowNegativeScaleOfDecimal\"");
        return &weir_type_double;
    }
    return weir_type_decimal(inference->arena, (int)precision, (int)scale);
}

static const WeirDataType *number_type(Inference *inference, const WeirJsonToken *token)
{
    const char *text = (const char *)token->start;
    int64_t value;
    if (token->kind == WEIR_JSON_TOKEN_NONNUMERIC ||
        ((token->flags & WEIR_JSON_FRACTION) != 0 && !inference->prefers_decimal))
        return &weir_type_double;
    if ((token->flags & WEIR_JSON_FRACTION) == 0 &&
        weir_string_to_integer(text, token->length, false, INT64_MIN, INT64_MAX, &value))
        return &weir_type_long;
    return decimal_or_double(inference, text, token->length);
}

static const WeirDataType *string_type(Inference *inference, const WeirJsonToken *token)
{
    const char *text = (const char *)token->start;
    const WeirDataType *type = NULL;
    if (token->length == 0)
        return &weir_type_void;
    if (inference->prefers_decimal)
        type = decimal_or_double(inference, text, token->length);
    if (type != NULL || !inference->infer_timestamp)
        return type == NULL ? &weir_type_string : type;
    const WeirTimeFormats *times = &inference->rules.times;
    if (inference->prefers_ntz && weir_time_formats_convert(times, text, token->length, &weir_type_timestamp_ntz, NULL))
        return &weir_type_timestamp_ntz;
    return weir_time_formats_convert(times, text, token->length, &weir_type_timestamp, NULL) ? &weir_type_timestamp
                                                                                             : &weir_type_string;
}

static const WeirDataType *value_type(Inference *inference, const WeirJsonText *text, const WeirJsonToken *token);

typedef struct NamedField {
    WeirField field;
    uint32_t index;
} NamedField;

/* Fields of one name stay in their order. */
static int by_name(const void *a, const void *b)
{
    const NamedField *x = a, *y = b;
    int order = strcmp(x->field.name, y->field.name);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
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
    NamedField *named = WEIR_ARENA_ARRAY(inference->arena, NamedField, count + 1);
    WeirField *fields = WEIR_ARENA_ARRAY(inference->arena, WeirField, count + 1);
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, &name, &value); at_field++)
        named[at_field] =
            (NamedField){{name_text(inference, &name), value_type(inference, text, &value), true, "{}"}, at_field};
    qsort(named, count, sizeof(NamedField), by_name);
    for (uint32_t i = 0; i < count; i++)
        fields[i] = named[i].field;
    return weir_type_struct(inference->arena, fields, count);
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
        return string_type(inference, token);
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
    int scale_a = a->id == WEIR_TYPE_LONG ? 0 : a->scale, scale_b = b->id == WEIR_TYPE_LONG ? 0 : b->scale;
    int whole_a = a->id == WEIR_TYPE_LONG ? 20 : a->precision - a->scale;
    int whole_b = b->id == WEIR_TYPE_LONG ? 20 : b->precision - b->scale;
    int scale = scale_a > scale_b ? scale_a : scale_b, whole = whole_a > whole_b ? whole_a : whole_b;
    return whole + scale > WEIR_DECIMAL_PRECISION_MAX ? &weir_type_double
                                                      : weir_type_decimal(arena, whole + scale, scale);
}

static bool is_timestamp(const WeirDataType *type)
{
    return type->id == WEIR_TYPE_TIMESTAMP || type->id == WEIR_TYPE_TIMESTAMP_NTZ;
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
    return is_timestamp(a) && is_timestamp(b) ? &weir_type_timestamp : &weir_type_string;
}

/* What held only nulls is string, or left out where dropFieldIfAllNull says so; objects without fields and fields
 * without a name are left out always. NULL: left out. */
static const WeirDataType *settle(const Inference *inference, const WeirDataType *type)
{
    WeirArena *arena = inference->arena;
    if (type->id == WEIR_TYPE_VOID)
        return inference->drop_nulls ? NULL : &weir_type_string;
    if (type->id == WEIR_TYPE_ARRAY) {
        const WeirDataType *element = settle(inference, weir_type_element(type));
        return element == NULL ? NULL : weir_type_array(arena, element, true);
    }
    if (type->id != WEIR_TYPE_STRUCT)
        return type;
    WeirField *fields = WEIR_ARENA_ARRAY(arena, WeirField, type->field_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        const WeirDataType *settled = settle(inference, type->fields[i].type);
        if (settled == NULL || type->fields[i].name[0] == '\0')
            continue;
        fields[count] = type->fields[i];
        fields[count++].type = settled;
    }
    return count == 0 ? NULL : weir_type_struct(arena, fields, count);
}

/* ---- texts ---- */

WeirStatus weir_json_infer_text(const WeirFormatOptions *options, const uint8_t *data, size_t length, WeirArena *arena,
                                const WeirDataType **out, WeirError *error)
{
    Inference inference;
    WeirJsonToken token;
    const WeirDataType *empty = weir_type_struct(arena, NULL, 0);
    WEIR_TRY(open_inference(options, arena, &inference, error));
    WeirJsonText text = {data + length, data + length, &inference.rules.syntax};
    const uint8_t *at = weir_json_skip_blank(&text, data);
    if (at == text.end) {
        *out = &weir_type_string;
        return WEIR_OK;
    }
    if (at == NULL || weir_json_scan_value(&text, at, 0, &token) == NULL)
        return weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000, "The text is no JSON: %.*s",
                                 length > 200 ? 200 : (int)length, (const char *)data);
    const WeirDataType *type = value_type(&inference, &text, &token), *settled = settle(&inference, type);
    if (settled == NULL && type->id == WEIR_TYPE_STRUCT)
        settled = empty;
    else if (settled == NULL && type->id == WEIR_TYPE_ARRAY && weir_type_element(type)->id == WEIR_TYPE_STRUCT)
        settled = weir_type_array(arena, empty, true);
    *out = settled == NULL ? &weir_type_string : settled;
    return inference.status;
}

/* ---- files ---- */

/* A record that is malformed or no object (`type`: what it is then) goes to the column for corrupt records. */
static void refuse_record(Inference *inference, const uint8_t *record, size_t length, const WeirDataType *type)
{
    WeirBuffer text;
    if (inference->mode == WEIR_PARSE_MODE_PERMISSIVE)
        inference->saw_corrupt = true;
    if (inference->mode != WEIR_PARSE_MODE_FAIL || inference->status != WEIR_OK)
        return;
    weir_buffer_init(&text, 0, NULL);
    if (type == NULL) {
        weir_buffer_append(&text, record, length > 200 ? 200 : length);
        inference->status = weir_error_set(inference->error, WEIR_ERROR_MALFORMED_RECORD_IN_PARSING_WITHOUT_SUGGESTION,
                                           "badRecord", weir_buffer_text(&text), "failFastMode", "FAILFAST");
    } else {
        weir_buffer_append_char(&text, '"');
        weir_type_sql(type, &text);
        weir_buffer_append_char(&text, '"');
        inference->status = weir_error_set(inference->error, WEIR_ERROR_INVALID_JSON_RECORD_TYPE, "invalidType",
                                           weir_buffer_text(&text), "failFastMode", "FAILFAST");
    }
    weir_buffer_deinit(&text);
}

static void infer_record(Inference *inference, const uint8_t *record, size_t length, const uint8_t *readable)
{
    WeirJsonText text = {record + length, readable, &inference->rules.syntax};
    WeirJsonToken token;
    const uint8_t *at = weir_json_skip_blank(&text, record);
    if (at == text.end)
        return;
    if (at == NULL || weir_json_scan_value(&text, at, 0, &token) == NULL) {
        refuse_record(inference, record, length, NULL);
        return;
    }
    const WeirDataType *type = value_type(inference, &text, &token);
    if (type->id == WEIR_TYPE_ARRAY)
        type = weir_type_element(type);
    if (type->id != WEIR_TYPE_STRUCT)
        refuse_record(inference, record, length, type);
    else
        inference->type = inference->type == NULL ? type : merge(inference->arena, inference->type, type);
}

/* A record in the file's encoding. */
static WeirStatus infer_bytes(Inference *inference, const uint8_t *record, size_t length, const uint8_t *readable,
                              WeirError *error)
{
    WeirBuffer utf8;
    if (inference->encoding == WEIR_ENCODING_UTF8) {
        infer_record(inference, record, length, readable);
        return WEIR_OK;
    }
    weir_buffer_init(&utf8, 0, inference->arena->tracker);
    weir_encoding_decode(inference->encoding, record, length, &utf8);
    const uint8_t *data = (const uint8_t *)weir_buffer_text(&utf8);
    WeirStatus status = weir_buffer_check(&utf8, error);
    if (status == WEIR_OK)
        infer_record(inference, data, utf8.length, data + utf8.length);
    weir_buffer_deinit(&utf8);
    return status;
}

static WeirStatus infer_lines(Inference *inference, const WeirByteSource *file, WeirMemoryTracker *tracker,
                              WeirError *error)
{
    WeirRecordReader *records = NULL;
    const char *given = inference->options->get(inference->options->context, "lineSep");
    char separator[WEIR_ENCODED_SEPARATOR_BYTES];
    size_t separator_length;
    WeirStatus status = WEIR_OK;
    WEIR_TRY(weir_encoding_separator(inference->encoding, given, separator, &separator_length, error));
    WEIR_TRY(weir_record_reader_open(file, 0, INT64_MAX, separator, separator_length, tracker, &records, error));
    for (;;) {
        WeirSharedBuffer *block = NULL;
        size_t offset = 0, length = 0, at = 0, record_length;
        const uint8_t *record;
        WEIR_TRY_OR_GO(done, weir_record_reader_next(records, &block, &offset, &length, error));
        if (block == NULL)
            break;
        while (status == WEIR_OK && weir_record_next(block->data + offset, length, &at, separator, separator_length,
                                                     &record, &record_length))
            status = infer_bytes(inference, record, record_length, block->data + block->capacity + 64, error);
        weir_shared_buffer_release(block);
        WEIR_TRY_OR_GO(done, status);
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
    if (!inference->encoding_given)
        inference->encoding = weir_json_detect_encoding(content->data, content->length);
    WeirStatus status =
        infer_bytes(inference, content->data, content->length, content->data + content->capacity + 64, error);
    weir_shared_buffer_release(content);
    return status;
}

/* The type with the column for corrupt records in its place by name. */
static const WeirDataType *with_corrupt(const Inference *inference, const WeirDataType *type)
{
    const char *name = weir_corrupt_column_name(inference->options);
    WeirField *fields = WEIR_ARENA_ARRAY(inference->arena, WeirField, type->field_count + 1);
    uint32_t count = 0;
    bool placed = weir_schema_find(type, name, true) >= 0;
    for (uint32_t i = 0; i < type->field_count; i++) {
        if (!placed && strcmp(name, type->fields[i].name) < 0) {
            fields[count++] = (WeirField){name, &weir_type_string, true, "{}"};
            placed = true;
        }
        fields[count++] = type->fields[i];
    }
    if (!placed)
        fields[count++] = (WeirField){name, &weir_type_string, true, "{}"};
    return weir_type_struct(inference->arena, fields, count);
}

WeirStatus weir_json_infer(const WeirFormatOptions *options, const WeirByteSource *files, uint32_t count,
                           WeirMemoryTracker *tracker, WeirArena *arena, const WeirSchema **schema, WeirError *error)
{
    WeirArena scratch;
    Inference inference;
    bool multi_line = false;
    WeirStatus status;
    weir_arena_init(&scratch, tracker);
    WEIR_TRY_OR_GO(done, open_inference(options, &scratch, &inference, error));
    WEIR_TRY_OR_GO(done, weir_format_option_bool(options, "multiLine", false, &multi_line, error));
    WEIR_TRY_OR_GO(done, weir_json_check_encoding(options, error));
    WEIR_TRY_OR_GO(done, weir_format_encoding(options, &inference.encoding, error));
    inference.encoding_given =
        options->get(options->context, "encoding") != NULL || options->get(options->context, "charset") != NULL;
    for (uint32_t i = 0; i < count; i++) {
        WEIR_TRY_OR_GO(done, infer_file(&inference, &files[i], multi_line, tracker, error));
        WEIR_TRY_OR_GO(done, inference.status);
    }
    const WeirDataType *type = inference.type == NULL ? NULL : settle(&inference, inference.type);
    if (type == NULL)
        type = weir_type_struct(&scratch, NULL, 0);
    *schema = weir_type_copy(arena, inference.saw_corrupt ? with_corrupt(&inference, type) : type);
    status = weir_arena_check(&scratch, error);
done:
    weir_arena_deinit(&scratch);
    return status;
}
