/* The value of a string token: quotes off, escapes resolved (Spark's unescapeSQLString). */
#include "sql/parser_private.h"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Value of `count` hexadecimal digits, or -1. */
static int64_t hex_value(const char *text, size_t left, size_t count)
{
    if (left < count)
        return -1;
    int64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static char *append_code_point(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | (c >> 6));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | (c >> 12));
        *out++ = (char)(0x80 | ((c >> 6) & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | (c >> 18));
        *out++ = (char)(0x80 | ((c >> 12) & 0x3F));
        *out++ = (char)(0x80 | ((c >> 6) & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

/* A \uXXXX escape, joined with a second one when the two are a surrogate pair. Lone surrogates become '?', as Java
 * encodes them. */
static char *append_utf16(char *out, uint32_t unit, const char *text, size_t left, size_t *used)
{
    if (unit >= 0xD800 && unit < 0xDC00 && left >= 6 && text[0] == '\\' && text[1] == 'u') {
        int64_t low = hex_value(text + 2, left - 2, 4);
        if (low >= 0xDC00 && low < 0xE000) {
            *used += 6;
            return append_code_point(out, 0x10000 + ((unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00));
        }
    }
    if (unit >= 0xD800 && unit < 0xE000) {
        *out++ = '?';
        return out;
    }
    return append_code_point(out, unit);
}

static char *append_simple_escape(char *out, char c)
{
    switch (c) {
    case '0':
        *out++ = '\0';
        break;
    case 'b':
        *out++ = '\b';
        break;
    case 'n':
        *out++ = '\n';
        break;
    case 'r':
        *out++ = '\r';
        break;
    case 't':
        *out++ = '\t';
        break;
    case 'Z':
        *out++ = '\x1A';
        break;
    case '%':
    case '_': /* these keep their backslash: they are escapes of LIKE */
        *out++ = '\\';
        *out++ = c;
        break;
    default:
        *out++ = c;
    }
    return out;
}

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* One escape; `text` is after the backslash. Returns the new end of the output, and how much of `text` was used. */
static char *append_escape(char *out, const char *text, size_t left, size_t *used)
{
    *used = 1;
    int64_t value;
    if (text[0] == 'u' && (value = hex_value(text + 1, left - 1, 4)) >= 0) {
        *used = 5;
        return append_utf16(out, (uint32_t)value, text + 5, left - 5, used);
    }
    if (text[0] == 'U' && (value = hex_value(text + 1, left - 1, 8)) >= 0 && value <= 0x10FFFF) {
        *used = 9;
        return append_code_point(out, (uint32_t)value);
    }
    if (left >= 3 && (text[0] == '0' || text[0] == '1') && is_octal(text[1]) && is_octal(text[2])) {
        *used = 3;
        return append_code_point(out, (uint32_t)((text[0] - '0') * 64 + (text[1] - '0') * 8 + (text[2] - '0')));
    }
    return append_simple_escape(out, text[0]);
}

char *weir_string_literal(WeirArena *arena, const char *token, size_t token_length, bool escaped_literals,
                          size_t *length)
{
    bool raw = token[0] == 'r' || token[0] == 'R';
    const char *text = token + (raw ? 2 : 1);
    size_t left = token_length - (raw ? 3 : 2);
    char quote = text[-1];
    char *start = weir_arena_alloc(arena, token_length + 1);
    char *out = start;
    while (left > 0) {
        size_t used = 1;
        if (raw || (*text != '\\' && *text != quote)) {
            *out++ = *text;
        } else if (*text == quote) { /* doubled */
            *out++ = quote;
            used = left > 1 ? 2 : 1;
        } else if (escaped_literals || left == 1) { /* the backslash stays, and so does what it was before */
            *out++ = *text;
            if (left > 1) {
                *out++ = text[1];
                used = 2;
            }
        } else {
            out = append_escape(out, text + 1, left - 1, &used);
            used++;
        }
        text += used;
        left -= used;
    }
    *out = '\0';
    *length = (size_t)(out - start);
    return start;
}
