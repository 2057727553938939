/* Parsing URIs. A range of characters is checked against a class; classes are bits of a table over ASCII. */
#include "expr/functions/uri.h"

#include <string.h>

#include "expr/kernels/utf8.h"

enum {
    DIGIT = 1,
    ALPHA = 2,
    HEX = 4,
    MARK = 8,      /* -_.!~*'() */
    RESERVED = 16, /* ;/?:@&=+$,[] */
    ESCAPED = 32,  /* %XX and characters beyond ASCII */
    UNRESERVED = DIGIT | ALPHA | MARK,
    URIC = UNRESERVED | RESERVED | ESCAPED
};

typedef struct Parser {
    const uint8_t *text;
    size_t length;
    WeirUri *uri;
} Parser;

static bool is_one_of(uint8_t c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_in(uint8_t c, unsigned classes, const char *more)
{
    if (((classes & DIGIT) != 0 && c >= '0' && c <= '9') ||
        ((classes & ALPHA) != 0 && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))))
        return true;
    if ((classes & HEX) != 0 && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')))
        return true;
    return ((classes & MARK) != 0 && is_one_of(c, "-_.!~*'()")) ||
           ((classes & RESERVED) != 0 && is_one_of(c, ";/?:@&=+$,[]")) || is_one_of(c, more);
}

/* Blanks and control characters beyond ASCII are not allowed. */
static bool is_other(uint32_t c)
{
    bool blank = c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
                 c == 0x202f || c == 0x205f || c == 0x3000;
    return c > 0x9f && !blank;
}

/* First place at or after `from` that is not of the classes; *malformed: a % without two digits. */
static size_t skip(const Parser *parser, size_t from, size_t end, unsigned classes, const char *more, bool *malformed)
{
    size_t at = from;
    while (at < end) {
        uint8_t c = parser->text[at];
        if (is_in(c, classes, more)) {
            at++;
        } else if (c == '%' && (classes & ESCAPED) != 0) {
            if (at + 2 >= end || !is_in(parser->text[at + 1], HEX, "") || !is_in(parser->text[at + 2], HEX, "")) {
                *malformed = true;
                return at;
            }
            at += 3;
        } else if (c >= 0x80 && (classes & ESCAPED) != 0) {
            size_t next = at;
            if (!is_other(weir_utf8_next(parser->text, end, &next)))
                return at;
            at = next;
        } else {
            return at;
        }
    }
    return at;
}

static bool is_all(const Parser *parser, size_t from, size_t end, unsigned classes, const char *more)
{
    bool malformed = false;
    return skip(parser, from, end, classes, more, &malformed) == end && !malformed;
}

static WeirUriPart part_of(const Parser *parser, size_t from, size_t end)
{
    return (WeirUriPart){parser->text + from, end - from};
}

/* First of the signs at or after `from`; `end` without one. */
static size_t find(const Parser *parser, size_t from, size_t end, const char *signs)
{
    while (from < end && !is_one_of(parser->text[from], signs))
        from++;
    return from;
}

/* ---- hosts */

/* Four numbers up to 255; 0: not such an address. */
static size_t skip_ipv4(const Parser *parser, size_t from, size_t end)
{
    size_t at = from;
    for (int i = 0; i < 4; i++) {
        size_t start = at;
        uint32_t value = 0;
        for (; at < end && is_in(parser->text[at], DIGIT, "") && value < 1000; at++)
            value = value * 10 + parser->text[at] - '0';
        if (at == start || value > 255)
            return 0;
        if (i < 3 && (at >= end || parser->text[at++] != '.'))
            return 0;
    }
    return at;
}

static bool is_ipv6(const Parser *parser, size_t from, size_t end)
{
    int bytes = 0;
    bool compressed = false;
    size_t at = from;
    if (end - from >= 2 && parser->text[at] == ':' && parser->text[at + 1] == ':') {
        compressed = true;
        at += 2;
    }
    while (at < end) {
        if (skip_ipv4(parser, at, end) == end && bytes <= 12) {
            bytes += 4;
            at = end;
            break;
        }
        size_t start = at;
        while (at < end && at - start < 4 && is_in(parser->text[at], HEX, ""))
            at++;
        bytes += 2;
        if (at == start || bytes > 16)
            return false;
        if (at == end)
            break;
        if (parser->text[at++] != ':' || at == end)
            return false;
        if (parser->text[at] == ':') {
            if (compressed)
                return false;
            compressed = true;
            at++;
        }
    }
    return at == end && (compressed ? bytes <= 14 : bytes == 16);
}

/* Labels of letters, digits and inner dashes; the last of several begins with a letter. 0: no host name up to a colon.
 */
static size_t skip_host_name(const Parser *parser, size_t from, size_t end)
{
    size_t at = from, label = SIZE_MAX;
    while (at < end && is_in(parser->text[at], DIGIT | ALPHA, "")) {
        label = at;
        while (at < end && is_in(parser->text[at], DIGIT | ALPHA, "-"))
            at++;
        if (parser->text[at - 1] == '-')
            return 0;
        if (at >= end || parser->text[at] != '.')
            break;
        at++;
    }
    if (label == SIZE_MAX || (at < end && parser->text[at] != ':'))
        return 0;
    if (label > from && !is_in(parser->text[label], ALPHA, ""))
        return 0;
    return at;
}

/* [user@]host[:port] in from..end. */
static bool parse_server(Parser *parser, size_t from, size_t end)
{
    size_t at = from, sign = find(parser, from, end, "@");
    WeirUriPart user = {0};
    if (sign < end) {
        if (!is_all(parser, from, sign, UNRESERVED | ESCAPED, ";:&=+$,"))
            return false;
        user = part_of(parser, from, sign);
        at = sign + 1;
    }
    size_t host = at;
    if (at < end && parser->text[at] == '[') {
        size_t close = find(parser, at, end, "]");
        if (close == end || close == at + 1)
            return false;
        size_t percent = find(parser, at, close, "%");
        if (percent < close && (percent + 1 == close || !is_all(parser, percent + 1, close, DIGIT | ALPHA, "_.")))
            return false;
        if (!is_ipv6(parser, at + 1, percent))
            return false;
        at = close + 1;
    } else {
        size_t numbers = skip_ipv4(parser, at, end);
        bool numeric = numbers > 0 && (numbers == end || parser->text[numbers] == ':');
        at = numeric ? numbers : skip_host_name(parser, at, end);
        if (at == 0)
            return false;
    }
    size_t host_end = at;
    if (at < end && parser->text[at] == ':') {
        uint64_t port = 0;
        for (at++; at < end && is_in(parser->text[at], DIGIT, ""); at++)
            port = port > INT32_MAX ? port : port * 10 + parser->text[at] - '0';
        if (port > INT32_MAX)
            return false;
    }
    if (at < end)
        return false;
    parser->uri->user_info = user;
    parser->uri->host = part_of(parser, host, host_end);
    return true;
}

/* A host where there is one; else any registered name. */
static bool parse_authority(Parser *parser, size_t from, size_t end)
{
    bool malformed = false, has_bracket = find(parser, from, end, "]") > from && find(parser, from, end, "]") < end;
    size_t server = skip(parser, from, end, UNRESERVED | (has_bracket ? 0u : (unsigned)ESCAPED),
                         has_bracket ? ";:&=+$,@[]%" : ";:&=+$,@[]", &malformed);
    bool named = is_all(parser, from, end, UNRESERVED | ESCAPED, "$,;:@&=+");
    if (malformed)
        return false;
    if ((server < end || !parse_server(parser, from, end)) && !named)
        return false;
    parser->uri->authority = part_of(parser, from, end);
    return true;
}

/* [//authority][path][?query] in from..end. */
static bool parse_hierarchical(Parser *parser, size_t from, size_t end)
{
    size_t at = from;
    if (end - at >= 2 && parser->text[at] == '/' && parser->text[at + 1] == '/') {
        size_t stop = find(parser, at + 2, end, "/?");
        if (stop > at + 2) {
            if (!parse_authority(parser, at + 2, stop))
                return false;
        } else if (stop == parser->length) {
            return false;
        }
        at = stop;
    }
    size_t stop = find(parser, at, end, "?");
    if (!is_all(parser, at, stop, UNRESERVED | ESCAPED, ":@&=+$,;/"))
        return false;
    parser->uri->path = part_of(parser, at, stop);
    if (stop == end)
        return true;
    parser->uri->query = part_of(parser, stop + 1, end);
    return is_all(parser, stop + 1, end, URIC, "");
}

bool weir_uri_parse(const uint8_t *text, size_t length, WeirUri *uri)
{
    Parser parser = {text, length, uri};
    memset(uri, 0, sizeof(*uri));
    size_t colon = find(&parser, 0, length, "/?#:"), end = find(&parser, 0, length, "#");
    if (end < length) {
        if (!is_all(&parser, end + 1, length, URIC, ""))
            return false;
        uri->fragment = part_of(&parser, end + 1, length);
    }
    if (colon == length || text[colon] != ':')
        return parse_hierarchical(&parser, 0, end);
    if (colon == 0 || !is_in(text[0], ALPHA, "") || !is_all(&parser, 0, colon, ALPHA | DIGIT, "+-."))
        return false;
    uri->scheme = part_of(&parser, 0, colon);
    if (colon + 1 < end && text[colon + 1] == '/')
        return parse_hierarchical(&parser, colon + 1, end);
    return colon + 1 < end && is_all(&parser, colon + 1, end, URIC, "");
}
