/* See json_copy.h. The texts are those of Jackson's byte generator, which writes what lies beyond the basic plane as
 * two \u escapes. */
#include "formats/json_copy.h"

#include "columnar/utf8.h"
#include "common/json.h"
#include "common/number_format.h"

void weir_json_copy_characters(const WeirJsonToken *token, WeirBuffer *out)
{
    if ((token->flags & WEIR_JSON_ESCAPED) == 0) {
        weir_buffer_append(out, token->start, token->length);
        return;
    }
    if (weir_buffer_reserve(out, token->length))
        out->length += weir_json_unescape(token, (uint8_t *)out->data + out->length);
}

/* From `from` on, four-byte characters become surrogate escapes. */
static void escape_supplementary(WeirBuffer *out, size_t from)
{
    size_t first = from;
    while (first < out->length && (uint8_t)out->data[first] < 0xf0)
        first++;
    if (first == out->length || out->failed)
        return;
    WeirBuffer tail;
    weir_buffer_init(&tail, 0, out->tracker);
    weir_buffer_append(&tail, out->data + first, out->length - first);
    out->length = first;
    const uint8_t *data = (const uint8_t *)tail.data;
    for (size_t at = 0, size; at < tail.length; at += size) {
        uint32_t code;
        bool malformed;
        size = weir_utf8_decode(data + at, tail.length - at, &code, &malformed);
        if (code < 0x10000)
            weir_buffer_append(out, data + at, size);
        else
            weir_buffer_append_format(out, "\\u%04X\\u%04X", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
    }
    weir_buffer_deinit(&tail);
}

static void copy_string(const WeirJsonToken *token, WeirBuffer *out)
{
    size_t start = out->length;
    if ((token->flags & WEIR_JSON_ESCAPED) == 0) {
        weir_json_write_string(out, (const char *)token->start, token->length);
    } else {
        WeirBuffer plain;
        weir_buffer_init(&plain, 0, out->tracker);
        weir_json_copy_characters(token, &plain);
        weir_json_write_string(out, weir_buffer_text(&plain), plain.length);
        weir_buffer_deinit(&plain);
    }
    escape_supplementary(out, start);
}

static void copy_number(const WeirJsonToken *token, WeirBuffer *out)
{
    const char *digits = (const char *)token->start;
    size_t length = token->length;
    char text[WEIR_NUMBER_TEXT_BYTES];
    double value = 0;
    if ((token->flags & WEIR_JSON_FRACTION) != 0) {
        (void)weir_parse_double(digits, length, &value);
        bool infinite = value - value != 0;
        length = weir_format_double(value, text);
        if (infinite)
            weir_buffer_append_char(out, '"');
        weir_buffer_append(out, text, length);
        if (infinite)
            weir_buffer_append_char(out, '"');
        return;
    }
    bool negative = *digits == '-';
    digits += negative;
    length -= negative;
    while (length > 1 && *digits == '0')
        digits++, length--;
    if (negative && !(length == 1 && *digits == '0'))
        weir_buffer_append_char(out, '-');
    weir_buffer_append(out, digits, length);
}

static void copy_members(const WeirJsonText *text, const WeirJsonToken *token, WeirBuffer *out)
{
    bool object = token->kind == WEIR_JSON_TOKEN_OBJECT, first = true;
    WeirJsonText inside = *text;
    WeirJsonToken name, value;
    inside.end = token->start + token->length;
    weir_buffer_append_char(out, object ? '{' : '[');
    for (const uint8_t *at = token->start + 1; weir_json_next_member(&inside, &at, object ? &name : NULL, &value);) {
        if (!first)
            weir_buffer_append_char(out, ',');
        first = false;
        if (object) {
            copy_string(&name, out);
            weir_buffer_append_char(out, ':');
        }
        weir_json_copy_value(text, &value, out);
    }
    weir_buffer_append_char(out, object ? '}' : ']');
}

void weir_json_copy_value(const WeirJsonText *text, const WeirJsonToken *token, WeirBuffer *out)
{
    switch (token->kind) {
    case WEIR_JSON_TOKEN_STRING:
        copy_string(token, out);
        return;
    case WEIR_JSON_TOKEN_NUMBER:
        copy_number(token, out);
        return;
    case WEIR_JSON_TOKEN_NONNUMERIC:
        weir_buffer_append_text(out, token->start[0] == 'N'   ? "\"NaN\""
                                     : token->start[0] == '-' ? "\"-Infinity\""
                                                              : "\"Infinity\"");
        return;
    case WEIR_JSON_TOKEN_OBJECT:
    case WEIR_JSON_TOKEN_ARRAY:
        copy_members(text, token, out);
        return;
    default: /* true, false, null */
        weir_buffer_append(out, token->start, token->length);
        return;
    }
}
