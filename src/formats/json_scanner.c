/* See json_scanner.h. */
#include "formats/json_scanner.h"

#include "columnar/utf8.h"

/* ---- blanks ---- */

static const uint8_t *skip_comment(const WeirJsonText *text, const uint8_t *at)
{
    if (at + 1 >= text->end)
        return NULL;
    if (at[1] == '/') {
        const uint8_t *newline = memchr(at, '\n', (size_t)(text->end - at));
        return newline == NULL ? text->end : newline + 1;
    }
    if (at[1] != '*')
        return NULL;
    for (at += 2; at + 1 < text->end; at++)
        if (at[0] == '*' && at[1] == '/')
            return at + 2;
    return NULL;
}

const uint8_t *weir_json_skip_blanks(const WeirJsonText *text, const uint8_t *at)
{
    while (at < text->end) {
        if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
            at++;
        } else if (*at == '/' && text->syntax->comments) {
            at = skip_comment(text, at);
            if (at == NULL)
                return NULL;
        } else {
            break;
        }
    }
    return at;
}

/* ---- strings ---- */

static int hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Behind an escape, or NULL. */
static const uint8_t *scan_escape(const WeirJsonText *text, const uint8_t *at)
{
    if (at + 1 >= text->end)
        return NULL;
    if (at[1] == 'u') {
        if (text->end - at < 6)
            return NULL;
        for (int i = 2; i < 6; i++)
            if (hex_value(at[i]) < 0)
                return NULL;
        return at + 6;
    }
    if (strchr("\"\\/bfnrt", at[1]) != NULL && at[1] != '\0')
        return at + 2;
    return text->syntax->any_escape || (at[1] == '\'' && text->syntax->single_quotes) ? at + 2 : NULL;
}

/* Bytes from `at` that are plain: no quote, backslash or control character. `*high` gathers whether any is not ASCII.
 */
static const uint8_t *skip_plain(const WeirJsonText *text, const uint8_t *at, uint8_t quote, bool *high)
{
#ifdef __SSE2__
    const __m128i quotes = _mm_set1_epi8((char)quote), backslashes = _mm_set1_epi8('\\'),
                  controls = _mm_set1_epi8(0x1f);
    while (text->readable - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, backslashes)),
                                       _mm_cmpeq_epi8(_mm_min_epu8(bytes, controls), bytes));
        unsigned mask = (unsigned)_mm_movemask_epi8(special), highs = (unsigned)_mm_movemask_epi8(bytes);
        if (mask != 0) {
            unsigned count = (unsigned)__builtin_ctz(mask);
            *high = *high || (highs & ((1u << count) - 1)) != 0;
            return at + count < text->end ? at + count : text->end;
        }
        *high = *high || highs != 0;
        at += 16;
        if (at >= text->end)
            return text->end;
    }
#endif
    while (at < text->end && *at != quote && *at != '\\' && *at > 0x1f) {
        *high = *high || *at >= 0x80;
        at++;
    }
    return at;
}

static const uint8_t *scan_string(const WeirJsonText *text, const uint8_t *at, WeirJsonToken *token)
{
    const uint8_t *behind = weir_json_scan_plain_string(text, at, token);
    if (behind != NULL)
        return behind;
    uint8_t quote = *at++;
    bool high = false;
    token->kind = WEIR_JSON_TOKEN_STRING;
    token->flags = 0;
    token->start = at;
    for (;;) {
        at = skip_plain(text, at, quote, &high);
        if (at >= text->end)
            return NULL;
        if (*at == quote)
            break;
        if (*at == '\\') {
            token->flags |= WEIR_JSON_ESCAPED;
            at = scan_escape(text, at);
            if (at == NULL)
                return NULL;
        } else if (text->syntax->control_characters) {
            at++;
        } else {
            return NULL;
        }
    }
    token->length = (uint32_t)(at - token->start);
    if (high && !weir_utf8_is_valid(token->start, token->length))
        return NULL;
    return at + 1;
}

static size_t append_code_point(uint32_t code, uint8_t *out)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (uint8_t)(0xc0 | (code >> 6));
        out[1] = (uint8_t)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (uint8_t)(0xe0 | (code >> 12));
        out[1] = (uint8_t)(0x80 | ((code >> 6) & 0x3f));
        out[2] = (uint8_t)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | (code >> 18));
    out[1] = (uint8_t)(0x80 | ((code >> 12) & 0x3f));
    out[2] = (uint8_t)(0x80 | ((code >> 6) & 0x3f));
    out[3] = (uint8_t)(0x80 | (code & 0x3f));
    return 4;
}

static uint32_t read_unit(const uint8_t *at)
{
    return (uint32_t)((hex_value(at[0]) << 12) | (hex_value(at[1]) << 8) | (hex_value(at[2]) << 4) | hex_value(at[3]));
}

/* The \uXXXX at `*at`, with its second half where it is a surrogate pair. */
static uint32_t read_code_point(const uint8_t **at, const uint8_t *end)
{
    uint32_t code = read_unit(*at + 2);
    *at += 6;
    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        uint32_t low = read_unit(*at + 2);
        if (low >= 0xdc00 && low <= 0xdfff) {
            *at += 6;
            return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        }
    }
    return '?';
}

size_t weir_json_unescape(const WeirJsonToken *token, uint8_t *out)
{
    static const char letters[] = "bfnrt", values[] = "\b\f\n\r\t";
    const uint8_t *at = token->start, *end = at + token->length;
    size_t length = 0;
    while (at < end) {
        if (*at != '\\') {
            out[length++] = *at++;
        } else if (at[1] == 'u') {
            length += append_code_point(read_code_point(&at, end), out + length);
        } else {
            const char *letter = strchr(letters, at[1]);
            out[length++] = letter != NULL && at[1] != '\0' ? (uint8_t)values[letter - letters] : at[1];
            at += 2;
        }
    }
    return length;
}

/* ---- numbers and words ---- */

static bool ends_word(const WeirJsonText *text, const uint8_t *at)
{
    return at >= text->end || strchr(" \t\r\n,]}/:", *at) != NULL;
}

static const uint8_t *scan_word(const WeirJsonText *text, const uint8_t *at, const char *word, uint8_t kind,
                                WeirJsonToken *token)
{
    size_t length = strlen(word);
    if ((size_t)(text->end - at) < length || memcmp(at, word, length) != 0 || !ends_word(text, at + length))
        return NULL;
    *token = (WeirJsonToken){at, (uint32_t)length, kind, 0};
    return at + length;
}

static const uint8_t *scan_nonnumeric(const WeirJsonText *text, const uint8_t *at, WeirJsonToken *token)
{
    static const char *const words[] = {"NaN", "Infinity", "-Infinity", "+Infinity", "-INF", "+INF"};
    for (size_t i = 0; text->syntax->nonnumeric_numbers && i < sizeof(words) / sizeof(words[0]); i++) {
        const uint8_t *behind = scan_word(text, at, words[i], WEIR_JSON_TOKEN_NONNUMERIC, token);
        if (behind != NULL)
            return behind;
    }
    return NULL;
}

static const uint8_t *skip_digits(const WeirJsonText *text, const uint8_t *at)
{
    while (at < text->end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

static const uint8_t *scan_number(const WeirJsonText *text, const uint8_t *start, WeirJsonToken *token)
{
    const uint8_t *at = start + (*start == '-'), *digits = at;
    *token = (WeirJsonToken){.start = start, .kind = WEIR_JSON_TOKEN_NUMBER};
    at = skip_digits(text, at);
    if (at == digits)
        return scan_nonnumeric(text, start, token);
    if (at - digits > 1 && *digits == '0' && !text->syntax->leading_zeros)
        return NULL;
    if (at < text->end && *at == '.') {
        const uint8_t *fraction = ++at;
        token->flags = WEIR_JSON_FRACTION;
        at = skip_digits(text, at);
        if (at == fraction)
            return NULL;
    }
    if (at < text->end && (*at | 0x20) == 'e') {
        token->flags = WEIR_JSON_FRACTION;
        at++;
        if (at < text->end && (*at == '+' || *at == '-'))
            at++;
        const uint8_t *exponent = at;
        at = skip_digits(text, at);
        if (at == exponent)
            return NULL;
    }
    token->length = (uint32_t)(at - start);
    return ends_word(text, at) ? at : NULL;
}

/* ---- nested values ---- */

const uint8_t *weir_json_scan_name(const WeirJsonText *text, const uint8_t *at, WeirJsonToken *name)
{
    if (at >= text->end)
        return NULL;
    if (*at == '"' || (*at == '\'' && text->syntax->single_quotes))
        return scan_string(text, at, name);
    if (!text->syntax->unquoted_names)
        return NULL;
    const uint8_t *start = at;
    while (at < text->end &&
           ((*at | 0x20) >= 'a' || *at >= 0x80 || (*at >= '0' && *at <= '9') || *at == '_' || *at == '$') &&
           *at != '{' && *at != '}')
        at++;
    *name = (WeirJsonToken){start, (uint32_t)(at - start), WEIR_JSON_TOKEN_STRING, 0};
    return at == start ? NULL : at;
}

static const uint8_t *scan_members(const WeirJsonText *text, const uint8_t *at, uint32_t depth, bool object)
{
    uint8_t close = object ? '}' : ']';
    at = weir_json_skip_blank(text, at + 1);
    if (at != NULL && at < text->end && *at == close)
        return at + 1;
    while (at != NULL && at < text->end) {
        WeirJsonToken token;
        if (object) {
            at = weir_json_scan_name(text, at, &token);
            at = at == NULL ? NULL : weir_json_skip_blank(text, at);
            if (at == NULL || at >= text->end || *at != ':')
                return NULL;
            at = weir_json_skip_blank(text, at + 1);
        }
        at = at == NULL || at >= text->end ? NULL : weir_json_scan_value(text, at, depth + 1, &token);
        at = at == NULL ? NULL : weir_json_skip_blank(text, at);
        if (at == NULL || at >= text->end)
            return NULL;
        if (*at == close)
            return at + 1;
        if (*at != ',')
            return NULL;
        at = weir_json_skip_blank(text, at + 1);
    }
    return NULL;
}

const uint8_t *weir_json_scan_value(const WeirJsonText *text, const uint8_t *at, uint32_t depth, WeirJsonToken *token)
{
    const uint8_t *behind;
    switch (*at) {
    case '"':
        return scan_string(text, at, token);
    case '\'':
        return text->syntax->single_quotes ? scan_string(text, at, token) : NULL;
    case '{':
    case '[':
        if (depth >= WEIR_JSON_NESTING_MAX)
            return NULL;
        behind = scan_members(text, at, depth, *at == '{');
        if (behind != NULL)
            *token = (WeirJsonToken){at, (uint32_t)(behind - at),
                                     *at == '{' ? WEIR_JSON_TOKEN_OBJECT : WEIR_JSON_TOKEN_ARRAY, 0};
        return behind;
    case 't':
        return scan_word(text, at, "true", WEIR_JSON_TOKEN_TRUE, token);
    case 'f':
        return scan_word(text, at, "false", WEIR_JSON_TOKEN_FALSE, token);
    case 'n':
        return scan_word(text, at, "null", WEIR_JSON_TOKEN_NULL, token);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        return scan_number(text, at, token);
    default:
        return scan_nonnumeric(text, at, token);
    }
}

bool weir_json_next_member(const WeirJsonText *text, const uint8_t **at, WeirJsonToken *name, WeirJsonToken *value)
{
    const uint8_t *here = weir_json_skip_blank(text, *at);
    if (here != NULL && here < text->end && *here == ',')
        here = weir_json_skip_blank(text, here + 1);
    if (here == NULL || here >= text->end || *here == '}' || *here == ']')
        return false;
    if (name != NULL) {
        here = weir_json_scan_name(text, here, name);
        here = here == NULL ? NULL : weir_json_skip_blank(text, here);
        if (here == NULL || here >= text->end || *here != ':')
            return false;
        here = weir_json_skip_blank(text, here + 1);
    }
    here = here == NULL || here >= text->end ? NULL : weir_json_scan_value(text, here, 1, value);
    if (here == NULL)
        return false;
    *at = here;
    return true;
}
