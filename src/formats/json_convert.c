/* See json_convert.h. Rules seen in Spark 4.2.1, recorded in test/stream/source_json. */
#include "formats/json_convert.h"

#include <math.h>
#include <stdlib.h>

#include "columnar/value_parse.h"
#include "common/number_format.h"
#include "formats/json_copy.h"
#include "formats/text_convert.h"

/* Jackson makes no number of a longer text. */
#define NUMBER_LENGTH_MAX 1000u

typedef struct Conversion {
    const WeirJsonRules *rules;
    const WeirJsonText *text;
    WeirBuffer *scratch;
} Conversion;

static WeirJsonOutcome convert(const Conversion *conversion, const WeirJsonToken *token, const WeirDataType *type,
                               WeirVectorBuilder *builder);

static WeirJsonOutcome bad(WeirVectorBuilder *builder)
{
    if (builder != NULL)
        weir_vector_builder_append_null(builder);
    return WEIR_JSON_BAD;
}

/* ---- text of a token ---- */

/* A string's characters: the span itself, or unescaped into the scratch. */
static const char *token_text(const Conversion *conversion, const WeirJsonToken *token, size_t *length)
{
    *length = token->length;
    if (token->kind != WEIR_JSON_TOKEN_STRING || (token->flags & WEIR_JSON_ESCAPED) == 0)
        return (const char *)token->start;
    weir_buffer_clear(conversion->scratch);
    if (!weir_buffer_reserve(conversion->scratch, token->length))
        return "";
    *length = weir_json_unescape(token, (uint8_t *)conversion->scratch->data);
    return conversion->scratch->data;
}

/* Whether the value's text would be written just as it stands. */
static bool is_canonical(const WeirJsonToken *token)
{
    if (token->kind == WEIR_JSON_TOKEN_NUMBER)
        return (token->flags & WEIR_JSON_FRACTION) == 0 && token->start[0] >= '1';
    return token->kind == WEIR_JSON_TOKEN_STRING || token->kind == WEIR_JSON_TOKEN_TRUE ||
           token->kind == WEIR_JSON_TOKEN_FALSE;
}

static WeirJsonOutcome convert_string(const Conversion *conversion, const WeirJsonToken *token,
                                      WeirVectorBuilder *builder)
{
    if (builder == NULL)
        return WEIR_JSON_GOOD;
    if (token->kind == WEIR_JSON_TOKEN_STRING && (token->flags & WEIR_JSON_ESCAPED) != 0) {
        size_t length;
        const char *text = token_text(conversion, token, &length);
        weir_vector_builder_append_bytes(builder, text, length);
    } else if (conversion->rules->copy_text && !is_canonical(token)) {
        weir_buffer_clear(conversion->scratch);
        weir_json_copy_value(conversion->text, token, conversion->scratch);
        weir_vector_builder_append_bytes(builder, weir_buffer_text(conversion->scratch), conversion->scratch->length);
    } else {
        weir_vector_builder_append_view(builder, weir_view_make(token->start, token->length));
    }
    return WEIR_JSON_GOOD;
}

/* ---- numbers ---- */

/* Digits with an optional sign to a 64-bit integer; false: too large. */
static bool parse_integer(const WeirJsonToken *token, int64_t *value)
{
    const uint8_t *at = token->start, *end = at + token->length;
    bool negative = *at == '-';
    uint64_t sum = 0;
    for (at += negative; at < end; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    if (sum > (uint64_t)INT64_MAX + negative)
        return false;
    *value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

static WeirJsonOutcome convert_integer(const WeirJsonToken *token, const WeirDataType *type, WeirVectorBuilder *builder)
{
    int64_t value;
    if (token->kind != WEIR_JSON_TOKEN_NUMBER || (token->flags & WEIR_JSON_FRACTION) != 0 ||
        !parse_integer(token, &value))
        return bad(builder);
    /* Jackson takes bytes up to 255 and wraps them. */
    bool fits = type->id == WEIR_TYPE_LONG || (type->id == WEIR_TYPE_INT && value >= INT32_MIN && value <= INT32_MAX) ||
                (type->id == WEIR_TYPE_SHORT && value >= INT16_MIN && value <= INT16_MAX) ||
                (type->id == WEIR_TYPE_BYTE && value >= INT8_MIN && value <= UINT8_MAX);
    if (!fits)
        return bad(builder);
    if (builder != NULL)
        weir_vector_builder_append_int(builder, type->id == WEIR_TYPE_BYTE ? (int8_t)value : value);
    return WEIR_JSON_GOOD;
}

static bool nonnumeric_value(const char *text, size_t length, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"NaN", NAN},       {"Infinity", INFINITY}, {"+Infinity", INFINITY}, {"-Infinity", -INFINITY},
                 {"+INF", INFINITY}, {"-INF", -INFINITY}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i].word) == length && memcmp(words[i].word, text, length) == 0) {
            *value = words[i].value;
            return true;
        }
    }
    return false;
}

static WeirJsonOutcome convert_double(const Conversion *conversion, const WeirJsonToken *token,
                                      const WeirDataType *type, WeirVectorBuilder *builder)
{
    double value = 0;
    bool good = false;
    int64_t whole;
    if (token->kind == WEIR_JSON_TOKEN_NUMBER && *token->start == '-' && (token->flags & WEIR_JSON_FRACTION) == 0 &&
        parse_integer(token, &whole) && whole == 0) {
        good = true; /* an integer has no negative zero */
    } else if (token->kind == WEIR_JSON_TOKEN_NUMBER && type->id == WEIR_TYPE_FLOAT) {
        float narrow = 0;
        good = weir_string_to_float((const char *)token->start, token->length, &narrow);
        value = (double)narrow;
    } else if (token->kind == WEIR_JSON_TOKEN_NUMBER) {
        good = weir_parse_double((const char *)token->start, token->length, &value);
    } else if (token->kind == WEIR_JSON_TOKEN_NONNUMERIC ||
               (token->kind == WEIR_JSON_TOKEN_STRING && conversion->rules->syntax.nonnumeric_numbers)) {
        good = nonnumeric_value((const char *)token->start, token->length, &value);
    }
    if (!good)
        return bad(builder);
    if (builder != NULL)
        weir_vector_builder_append_double(builder, value);
    return WEIR_JSON_GOOD;
}

/* ---- times and other quoted values ---- */

static WeirJsonOutcome convert_quoted(const Conversion *conversion, const WeirJsonToken *token,
                                      const WeirDataType *type, WeirVectorBuilder *builder)
{
    size_t length;
    if (type->id == WEIR_TYPE_TIMESTAMP && token->kind == WEIR_JSON_TOKEN_NUMBER &&
        (token->flags & WEIR_JSON_FRACTION) == 0) {
        int64_t seconds, micros; /* a bare number is seconds since the epoch */
        if (!parse_integer(token, &seconds) || __builtin_mul_overflow(seconds, INT64_C(1000000), &micros))
            return bad(builder);
        if (builder != NULL)
            weir_vector_builder_append_int(builder, micros);
        return WEIR_JSON_GOOD;
    }
    if (token->kind != WEIR_JSON_TOKEN_STRING)
        return bad(builder);
    const WeirTimeFormats *times = &conversion->rules->times;
    const char *text = token_text(conversion, token, &length);
    if (weir_time_formats_convert(times, text, length, type, builder))
        return WEIR_JSON_GOOD;
    /* Early Sparks wrote dates as the text of their days since the epoch. */
    int64_t days;
    if (type->id != WEIR_TYPE_DATE || (times->date != NULL && !times->fallback) ||
        !weir_parse_int64(text, length, &days) || days < INT32_MIN || days > INT32_MAX)
        return bad(builder);
    if (builder != NULL)
        weir_vector_builder_append_int(builder, days);
    return WEIR_JSON_GOOD;
}

static WeirJsonOutcome convert_decimal(const Conversion *conversion, const WeirJsonToken *token,
                                       const WeirDataType *type, WeirVectorBuilder *builder)
{
    size_t length;
    if (token->kind != WEIR_JSON_TOKEN_NUMBER && token->kind != WEIR_JSON_TOKEN_STRING)
        return bad(builder);
    const char *text = token_text(conversion, token, &length);
    bool good = token->kind == WEIR_JSON_TOKEN_NUMBER
                    ? weir_text_convert_decimal(text, length, type, builder)
                    : weir_text_convert_grouped_decimal(text, length, type, conversion->scratch, builder);
    return good ? WEIR_JSON_GOOD : bad(builder);
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static WeirJsonOutcome convert_binary(const Conversion *conversion, const WeirJsonToken *token,
                                      WeirVectorBuilder *builder)
{
    size_t length, out = 0;
    if (token->kind != WEIR_JSON_TOKEN_STRING)
        return bad(builder);
    const char *text = token_text(conversion, token, &length);
    if (length % 4 != 0)
        return bad(builder);
    size_t padding = length > 0 && text[length - 1] == '=' ? 1 + (text[length - 2] == '=') : 0;
    uint8_t *bytes = weir_malloc(length + 3);
    uint32_t bits = 0;
    bool good = true;
    for (size_t i = 0; i < length && good; i++) {
        int value = i + padding < length ? base64_value((uint8_t)text[i]) : 0;
        good = value >= 0;
        bits = (bits << 6) | (uint32_t)(value & 63);
        if (i % 4 == 3) {
            bytes[out++] = (uint8_t)(bits >> 16);
            bytes[out++] = (uint8_t)(bits >> 8);
            bytes[out++] = (uint8_t)bits;
        }
    }
    if (good && builder != NULL)
        weir_vector_builder_append_bytes(builder, bytes, out - padding);
    weir_free(bytes);
    return good ? WEIR_JSON_GOOD : bad(builder);
}

/* ---- nested ---- */

/* Elements or entries are looked at first: one that does not fit makes the whole list null, and what is appended cannot
 * be taken back. */
static WeirJsonOutcome convert_list(const Conversion *conversion, const WeirJsonToken *token, const WeirDataType *type,
                                    WeirVectorBuilder *builder)
{
    bool map = type->id == WEIR_TYPE_MAP;
    const WeirDataType *value_type = map ? weir_type_value(type) : weir_type_element(type);
    WeirJsonText inside = *conversion->text;
    WeirJsonOutcome outcome = WEIR_JSON_GOOD;
    WeirJsonToken name, value;
    if (token->kind != (map ? WEIR_JSON_TOKEN_OBJECT : WEIR_JSON_TOKEN_ARRAY))
        return bad(builder);
    inside.end = token->start + token->length;
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, map ? &name : NULL, &value);) {
        WeirJsonOutcome one = convert(conversion, &value, value_type, NULL);
        if (one == WEIR_JSON_BAD)
            return bad(builder);
        outcome = one > outcome ? one : outcome;
    }
    if (builder == NULL)
        return outcome;
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, map ? &name : NULL, &value);) {
        if (map)
            (void)convert_string(conversion, &name, weir_vector_builder_child(builder, 0));
        (void)convert(conversion, &value, value_type, weir_vector_builder_child(builder, map ? 1 : 0));
    }
    weir_vector_builder_end_list(builder);
    return outcome;
}

static int32_t find_field(const Conversion *conversion, const WeirDataType *type, const WeirJsonToken *name)
{
    size_t length;
    const char *text = token_text(conversion, name, &length);
    for (uint32_t i = type->field_count; i-- > 0;) /* of equal names the last has the value */
        if (strncmp(type->fields[i].name, text, length) == 0 && type->fields[i].name[length] == '\0')
            return (int32_t)i;
    return -1;
}

#define STACK_FIELDS 64u

static WeirJsonOutcome convert_struct(const Conversion *conversion, const WeirJsonToken *token,
                                      const WeirDataType *type, WeirVectorBuilder *builder)
{
    WeirJsonToken on_stack[STACK_FIELDS], *values = on_stack, name, value;
    WeirJsonText inside = *conversion->text;
    WeirJsonOutcome outcome = WEIR_JSON_GOOD;
    if (token->kind != WEIR_JSON_TOKEN_OBJECT)
        return bad(builder);
    if (type->field_count > STACK_FIELDS)
        values = weir_malloc(type->field_count * sizeof(WeirJsonToken));
    for (uint32_t i = 0; i < type->field_count; i++)
        values[i].start = NULL;
    inside.end = token->start + token->length;
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, &name, &value);) {
        int32_t field = find_field(conversion, type, &name);
        if (field < 0)
            continue;
        if (values[field].start != NULL) {
            /* Of values under one name the last that fits counts; the others still spoil the struct. */
            WeirJsonOutcome next = convert(conversion, &value, type->fields[field].type, NULL);
            if (next != WEIR_JSON_GOOD ||
                convert(conversion, &values[field], type->fields[field].type, NULL) != WEIR_JSON_GOOD)
                outcome = WEIR_JSON_PARTIAL;
            if (next == WEIR_JSON_BAD)
                continue;
        }
        values[field] = value;
    }
    for (uint32_t i = 0; i < type->field_count; i++) {
        WeirVectorBuilder *child = builder == NULL ? NULL : weir_vector_builder_child(builder, i);
        if (values[i].start == NULL) {
            if (child != NULL)
                weir_vector_builder_append_null(child);
        } else if (convert(conversion, &values[i], type->fields[i].type, child) != WEIR_JSON_GOOD) {
            outcome = WEIR_JSON_PARTIAL;
        }
    }
    if (builder != NULL)
        weir_vector_builder_end_struct(builder);
    if (values != on_stack)
        weir_free(values);
    return outcome;
}

static WeirJsonOutcome convert(const Conversion *conversion, const WeirJsonToken *token, const WeirDataType *type,
                               WeirVectorBuilder *builder)
{
    if (token->kind == WEIR_JSON_TOKEN_NULL) {
        if (builder != NULL)
            weir_vector_builder_append_null(builder);
        return WEIR_JSON_GOOD;
    }
    if (token->kind == WEIR_JSON_TOKEN_NUMBER && token->length > NUMBER_LENGTH_MAX && type->id != WEIR_TYPE_STRING)
        return bad(builder);
    switch (type->id) {
    case WEIR_TYPE_STRING:
        return convert_string(conversion, token, builder);
    case WEIR_TYPE_BYTE:
    case WEIR_TYPE_SHORT:
    case WEIR_TYPE_INT:
    case WEIR_TYPE_LONG:
        return convert_integer(token, type, builder);
    case WEIR_TYPE_FLOAT:
    case WEIR_TYPE_DOUBLE:
        return convert_double(conversion, token, type, builder);
    case WEIR_TYPE_BOOLEAN:
        if (token->kind != WEIR_JSON_TOKEN_TRUE && token->kind != WEIR_JSON_TOKEN_FALSE)
            return bad(builder);
        if (builder != NULL)
            weir_vector_builder_append_int(builder, token->kind == WEIR_JSON_TOKEN_TRUE);
        return WEIR_JSON_GOOD;
    case WEIR_TYPE_DECIMAL:
        return convert_decimal(conversion, token, type, builder);
    case WEIR_TYPE_BINARY:
        return convert_binary(conversion, token, builder);
    case WEIR_TYPE_ARRAY:
    case WEIR_TYPE_MAP:
        return convert_list(conversion, token, type, builder);
    case WEIR_TYPE_STRUCT:
        return convert_struct(conversion, token, type, builder);
    case WEIR_TYPE_VOID:
        return bad(builder);
    default:
        return convert_quoted(conversion, token, type, builder);
    }
}

WeirJsonOutcome weir_json_convert(const WeirJsonRules *rules, const WeirJsonText *text, const WeirJsonToken *token,
                                  const WeirDataType *type, WeirVectorBuilder *builder, WeirBuffer *scratch)
{
    Conversion conversion = {rules, text, scratch};
    return convert(&conversion, token, type, builder);
}

WeirStatus weir_json_rules(const WeirFormatOptions *options, WeirArena *arena, WeirJsonRules *rules, WeirError *error)
{
    static const char *const not_built[] = {"singleVariantColumn", "timeFormat"};
    WeirJsonSyntax *syntax = &rules->syntax;
    const struct {
        const char *key;
        bool fallback;
        bool *value;
    } flags[] = {{"allowComments", false, &syntax->comments},
                 {"allowUnquotedFieldNames", false, &syntax->unquoted_names},
                 {"allowSingleQuotes", true, &syntax->single_quotes},
                 {"allowNumericLeadingZeros", false, &syntax->leading_zeros},
                 {"allowNonNumericNumbers", true, &syntax->nonnumeric_numbers},
                 {"allowBackslashEscapingAnyCharacter", false, &syntax->any_escape},
                 {"allowUnquotedControlChars", false, &syntax->control_characters},
                 {"primitivesAsString", false, &rules->primitives_as_string}};
    *rules = (WeirJsonRules){0};
    for (size_t i = 0; i < sizeof(not_built) / sizeof(not_built[0]); i++)
        if (options->get(options->context, not_built[i]) != NULL)
            return weir_error_format(error, WEIR_ERROR_UNSUPPORTED_FEATURE_OPTION,
                                     "The JSON option %s is not built yet. Leave it out.", not_built[i]);
    WEIR_TRY(weir_format_check_locale(options, error));
    WEIR_TRY(weir_time_formats_read(options, arena, &rules->times, error));
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        WEIR_TRY(weir_format_option_bool(options, flags[i].key, flags[i].fallback, flags[i].value, error));
    return WEIR_OK;
}
