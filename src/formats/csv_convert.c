/* See csv_convert.h. */
#include "formats/csv_convert.h"

#include <math.h>

#include "columnar/utf8.h"
#include "columnar/value_parse.h"
#include "formats/text_convert.h"

void weir_csv_append_string(const uint8_t *data, size_t length, bool ascii, bool stable, WeirBuffer *scratch,
                            WeirVectorBuilder *builder)
{
    if (!ascii && !weir_utf8_is_valid(data, length)) {
        weir_buffer_clear(scratch);
        weir_utf8_append_replaced(data, length, scratch);
        weir_vector_builder_append_bytes(builder, scratch->data, scratch->length);
    } else if (stable || length <= WEIR_VIEW_INLINE_BYTES) {
        weir_vector_builder_append_view(builder, weir_view_make(data, (uint32_t)length));
    } else {
        weir_vector_builder_append_bytes(builder, data, length);
    }
}

bool weir_csv_parse_integer(const uint8_t *text, size_t length, int64_t *value)
{
    size_t at = length > 0 && (text[0] == '-' || text[0] == '+');
    bool negative = at == 1 && text[0] == '-';
    int64_t sum = 0;
    if (at == length)
        return false;
    for (; at < length; at++) {
        unsigned digit = (unsigned)text[at] - '0';
        /* Downwards, since the least value has no positive twin. */
        if (digit > 9 || __builtin_mul_overflow(sum, (int64_t)10, &sum) ||
            __builtin_sub_overflow(sum, (int64_t)digit, &sum))
            return false;
    }
    if (!negative && sum == INT64_MIN)
        return false;
    *value = negative ? sum : -sum;
    return true;
}

bool weir_csv_parse_double(const WeirCsvOptions *options, const uint8_t *text, size_t length, bool narrow,
                           double *value)
{
    if (weir_csv_text_equal(&options->nan_value, text, length)) {
        *value = NAN;
        return true;
    }
    if (weir_csv_text_equal(&options->negative_infinity, text, length) ||
        weir_csv_text_equal(&options->positive_infinity, text, length)) {
        *value = weir_csv_text_equal(&options->negative_infinity, text, length) ? -INFINITY : INFINITY;
        return true;
    }
    const char *word = (const char *)text;
    size_t rest = length;
    while (rest > 0 && (uint8_t)*word <= ' ')
        word++, rest--;
    while (rest > 0 && (uint8_t)word[rest - 1] <= ' ')
        rest--;
    if (rest > 0 && (*word == '-' || *word == '+'))
        word++, rest--;
    bool letters = rest > 0 && ((*word >= 'A' && *word <= 'Z') || (*word >= 'a' && *word <= 'z'));
    if (letters && !(rest == 3 && memcmp(word, "NaN", 3) == 0) && !(rest == 8 && memcmp(word, "Infinity", 8) == 0))
        return false; /* CAST knows more words than Java does */
    if (!narrow)
        return weir_string_to_double((const char *)text, length, value);
    float single;
    if (!weir_string_to_float((const char *)text, length, &single))
        return false;
    *value = (double)single;
    return true;
}

static bool convert_integer(const WeirDataType *type, const uint8_t *text, size_t length, WeirVectorBuilder *builder)
{
    int64_t value;
    if (!weir_csv_parse_integer(text, length, &value))
        return false;
    if ((type->id == WEIR_TYPE_INT && value != (int32_t)value) ||
        (type->id == WEIR_TYPE_SHORT && value != (int16_t)value) ||
        (type->id == WEIR_TYPE_BYTE && value != (int8_t)value))
        return false;
    weir_vector_builder_append_int(builder, value);
    return true;
}

static bool convert_text(const WeirCsvOptions *options, const uint8_t *text, size_t length, const WeirDataType *type,
                         bool ascii, bool stable, WeirBuffer *scratch, WeirVectorBuilder *builder)
{
    double number;
    switch (type->id) {
    case WEIR_TYPE_STRING:
    case WEIR_TYPE_BINARY:
        weir_csv_append_string(text, length, ascii, stable, scratch, builder);
        return true;
    case WEIR_TYPE_BYTE:
    case WEIR_TYPE_SHORT:
    case WEIR_TYPE_INT:
    case WEIR_TYPE_LONG:
        return convert_integer(type, text, length, builder);
    case WEIR_TYPE_FLOAT:
    case WEIR_TYPE_DOUBLE:
        if (!weir_csv_parse_double(options, text, length, type->id == WEIR_TYPE_FLOAT, &number))
            return false;
        weir_vector_builder_append_double(builder, number);
        return true;
    case WEIR_TYPE_DECIMAL:
        return weir_text_convert_grouped_decimal((const char *)text, length, type, scratch, builder);
    default:
        return weir_time_formats_convert(&options->times, (const char *)text, length, type, builder);
    }
}

bool weir_csv_convert(const WeirCsvOptions *options, const WeirCsvToken *token, const WeirDataType *type, bool ascii,
                      WeirBuffer *scratch, WeirVectorBuilder *builder)
{
    const uint8_t *text = token->data;
    size_t length = token->length;
    bool stable = token->kind == WEIR_CSV_TOKEN_TEXT;
    if (token->kind == WEIR_CSV_TOKEN_EMPTY) {
        text = (const uint8_t *)options->empty_value.data;
        length = options->empty_value.length;
        ascii = false;
    }
    if (token->kind == WEIR_CSV_TOKEN_NULL || weir_csv_text_equal(&options->null_value, text, length)) {
        weir_vector_builder_append_null(builder);
        return true;
    }
    if (convert_text(options, text, length, type, ascii, stable, scratch, builder))
        return true;
    weir_vector_builder_append_null(builder);
    return false;
}

bool weir_csv_append_columns(const WeirCsvOptions *options, const WeirCsvTokens *tokens, const WeirCsvColumn *columns,
                             uint32_t count, bool ascii, WeirBuffer *scratch)
{
    bool good = true;
    for (uint32_t i = 0; i < count; i++) {
        const WeirCsvColumn *column = &columns[i];
        if (column->field >= tokens->count)
            weir_vector_builder_append_null(column->builder);
        else if (!weir_csv_convert(options, &tokens->items[column->field], column->type, ascii, scratch,
                                   column->builder))
            good = false;
    }
    return good;
}
