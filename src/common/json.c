/* The JSON tree: a strict recursive-descent parser (RFC 8259) into an arena, and its accessors. */
#include "common/json.h"

#include <stdio.h>
#include <string.h>

#include "common/number_format.h"

enum { DEEPEST_NESTING = 256 };

typedef struct Parser {
    const char *begin;
    const char *next;
    const char *end;
    WeirArena *arena;
    WeirError *error;
    int depth;
} Parser;

static WeirStatus malformed(const Parser *parser, const char *reason)
{
    char offset[24];
    snprintf(offset, sizeof offset, "%td", parser->next - parser->begin);
    return weir_error_set(parser->error, WEIR_ERROR_MALFORMED_JSON, "offset", offset, "reason", reason);
}

static void skip_space(Parser *parser)
{
    while (parser->next < parser->end &&
           (*parser->next == ' ' || *parser->next == '\n' || *parser->next == '\t' || *parser->next == '\r'))
        parser->next++;
}

/* The next byte, or 0 at the end (a zero byte is malformed wherever it stands). */
static char peek(const Parser *parser)
{
    return parser->next < parser->end ? *parser->next : '\0';
}

static bool take(Parser *parser, char c)
{
    if (parser->next == parser->end || *parser->next != c)
        return false;
    parser->next++;
    return true;
}

static WeirStatus parse_hex4(Parser *parser, uint32_t *unit)
{
    *unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = peek(parser);
        uint32_t digit;
        if (c >= '0' && c <= '9')
            digit = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            digit = (uint32_t)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            digit = (uint32_t)(c - 'A' + 10);
        else
            return malformed(parser, "\\u needs four hexadecimal digits");
        *unit = *unit << 4 | digit;
        parser->next++;
    }
    return WEIR_OK;
}

static char *write_utf8(char *out, uint32_t code_point)
{
    if (code_point < 0x80) {
        *out++ = (char)code_point;
    } else if (code_point < 0x800) {
        *out++ = (char)(0xC0 | code_point >> 6);
        *out++ = (char)(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        *out++ = (char)(0xE0 | code_point >> 12);
        *out++ = (char)(0x80 | (code_point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code_point & 0x3F));
    } else {
        *out++ = (char)(0xF0 | code_point >> 18);
        *out++ = (char)(0x80 | (code_point >> 12 & 0x3F));
        *out++ = (char)(0x80 | (code_point >> 6 & 0x3F));
        *out++ = (char)(0x80 | (code_point & 0x3F));
    }
    return out;
}

/* Behind "\u". A surrogate without its partner becomes U+FFFD, since it has no UTF-8 form. */
static WeirStatus parse_unicode_escape(Parser *parser, char **out)
{
    uint32_t unit = 0;
    WEIR_TRY(parse_hex4(parser, &unit));
    if (unit >= 0xD800 && unit < 0xDC00 && parser->end - parser->next >= 6 && parser->next[0] == '\\' &&
        parser->next[1] == 'u') {
        const char *before = parser->next;
        uint32_t low = 0;
        parser->next += 2;
        WEIR_TRY(parse_hex4(parser, &low));
        if (low >= 0xDC00 && low < 0xE000)
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        else
            parser->next = before; /* no partner: read again as a character of its own */
    }
    if (unit >= 0xD800 && unit < 0xE000)
        unit = 0xFFFD;
    *out = write_utf8(*out, unit);
    return WEIR_OK;
}

static WeirStatus parse_escape(Parser *parser, char **out)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char c = peek(parser);
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    if (letter != NULL) {
        *(*out)++ = meanings[letter - letters];
        parser->next++;
        return WEIR_OK;
    }
    if (!take(parser, 'u'))
        return malformed(parser, "unknown escape");
    return parse_unicode_escape(parser, out);
}

/* Behind the opening quote; leaves the closing one behind. */
static WeirStatus parse_string_body(Parser *parser, const char **text, size_t *length)
{
    const char *begin = parser->next;
    const char *scan = begin;
    while (scan < parser->end && *scan != '"' && *scan != '\\' && (unsigned char)*scan >= 0x20)
        scan++;
    /* Unescaping never makes a text longer, so what is left is room enough once the end is known. */
    const char *limit = scan;
    while (limit < parser->end && *limit != '"')
        limit += *limit == '\\' && parser->end - limit > 1 ? 2 : 1;
    size_t longest = (size_t)(limit - begin);
    char *copy = weir_arena_alloc(parser->arena, longest + 1);
    memcpy(copy, begin, (size_t)(scan - begin));
    char *out = copy + (scan - begin);
    parser->next = scan;
    while (!take(parser, '"')) {
        if (parser->next == parser->end)
            return malformed(parser, "the string has no end");
        if ((unsigned char)*parser->next < 0x20)
            return malformed(parser, "control character in a string");
        if (take(parser, '\\'))
            WEIR_TRY(parse_escape(parser, &out));
        else
            *out++ = *parser->next++;
    }
    *out = '\0';
    *text = copy;
    *length = (size_t)(out - copy);
    return WEIR_OK;
}

static bool skip_digits(Parser *parser)
{
    const char *begin = parser->next;
    while (peek(parser) >= '0' && peek(parser) <= '9')
        parser->next++;
    return parser->next > begin;
}

static WeirStatus parse_number(Parser *parser, WeirJson *json)
{
    const char *begin = parser->next;
    take(parser, '-');
    if (!take(parser, '0') && !skip_digits(parser))
        return malformed(parser, "not a value");
    if (take(parser, '.') && !skip_digits(parser))
        return malformed(parser, "digits are missing behind the point");
    if (take(parser, 'e') || take(parser, 'E')) {
        if (!take(parser, '+'))
            take(parser, '-');
        if (!skip_digits(parser))
            return malformed(parser, "digits are missing in the exponent");
    }
    json->kind = WEIR_JSON_NUMBER;
    json->length = (size_t)(parser->next - begin);
    json->text = weir_arena_strndup(parser->arena, begin, json->length);
    return WEIR_OK;
}

static WeirStatus parse_word(Parser *parser, const char *word, WeirJsonKind kind, bool boolean, WeirJson *json)
{
    size_t length = strlen(word);
    if ((size_t)(parser->end - parser->next) < length || memcmp(parser->next, word, length) != 0)
        return malformed(parser, "not a value");
    parser->next += length;
    json->kind = kind;
    json->boolean = boolean;
    return WEIR_OK;
}

static WeirStatus parse_value(Parser *parser, WeirJson *json);

/* Behind the opening bracket, of an object if `with_keys`. */
static WeirStatus parse_members(Parser *parser, bool with_keys, WeirJson *parent)
{
    char closing = with_keys ? '}' : ']';
    if (++parser->depth > DEEPEST_NESTING)
        return malformed(parser, "nested deeper than 256 levels");
    WeirJson **place = &parent->first;
    skip_space(parser);
    while (!take(parser, closing)) {
        if (parent->child_count > 0) {
            if (!take(parser, ','))
                return malformed(parser, with_keys ? "expected , or }" : "expected , or ]");
            skip_space(parser);
        }
        WeirJson *child = WEIR_ARENA_NEW(parser->arena, WeirJson);
        if (with_keys) {
            size_t key_length = 0;
            if (!take(parser, '"'))
                return malformed(parser, "expected a key in quotes");
            WEIR_TRY(parse_string_body(parser, &child->key, &key_length));
            skip_space(parser);
            if (!take(parser, ':'))
                return malformed(parser, "expected : behind the key");
        }
        WEIR_TRY(parse_value(parser, child));
        skip_space(parser);
        *place = child;
        place = &child->next;
        parent->child_count++;
    }
    parser->depth--;
    return WEIR_OK;
}

static WeirStatus parse_any(Parser *parser, WeirJson *json)
{
    switch (peek(parser)) {
    case '{':
        parser->next++;
        json->kind = WEIR_JSON_OBJECT;
        return parse_members(parser, true, json);
    case '[':
        parser->next++;
        json->kind = WEIR_JSON_ARRAY;
        return parse_members(parser, false, json);
    case '"':
        parser->next++;
        json->kind = WEIR_JSON_STRING;
        return parse_string_body(parser, &json->text, &json->length);
    case 't':
        return parse_word(parser, "true", WEIR_JSON_BOOLEAN, true, json);
    case 'f':
        return parse_word(parser, "false", WEIR_JSON_BOOLEAN, false, json);
    case 'n':
        return parse_word(parser, "null", WEIR_JSON_NULL, false, json);
    default:
        return parse_number(parser, json);
    }
}

static WeirStatus parse_value(Parser *parser, WeirJson *json)
{
    skip_space(parser);
    json->source = parser->next;
    WEIR_TRY(parse_any(parser, json));
    json->source_length = (size_t)(parser->next - json->source);
    return WEIR_OK;
}

WeirStatus weir_json_parse(const char *text, size_t length, WeirArena *arena, WeirJson **json, WeirError *error)
{
    const char *copy = weir_arena_strndup(arena, text, length);
    Parser parser = {.begin = copy, .next = copy, .end = copy + length, .arena = arena, .error = error};
    WeirJson *root = WEIR_ARENA_NEW(arena, WeirJson);
    WEIR_TRY(parse_value(&parser, root));
    skip_space(&parser);
    if (parser.next != parser.end)
        return malformed(&parser, "more text behind the value");
    *json = root;
    return WEIR_OK;
}

const WeirJson *weir_json_get(const WeirJson *object, const char *key)
{
    const WeirJson *found = NULL;
    if (object == NULL || object->kind != WEIR_JSON_OBJECT)
        return NULL;
    for (const WeirJson *child = object->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0)
            found = child; /* the last one wins */
    }
    return found;
}

bool weir_json_int64(const WeirJson *json, int64_t *value)
{
    return json != NULL && json->kind == WEIR_JSON_NUMBER && weir_parse_int64(json->text, json->length, value);
}

bool weir_json_double(const WeirJson *json, double *value)
{
    return json != NULL && json->kind == WEIR_JSON_NUMBER && weir_parse_double(json->text, json->length, value);
}

const char *weir_json_string(const WeirJson *json)
{
    return json != NULL && json->kind == WEIR_JSON_STRING ? json->text : NULL;
}
