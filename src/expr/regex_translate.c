/* Java's pattern syntax to PCRE2's. Most is the same; character classes with unions and intersections, \p{java…} and
 * POSIX names, \uXXXX, \0 octals and flags differ. */
#include "expr/regex_private.h"

#include <string.h>

typedef struct Translator {
    const char *pattern;
    size_t length, at;
    WeirBuffer *out;
    bool failed;
} Translator;

static void put(Translator *t, const char *text)
{
    weir_buffer_append_text(t->out, text);
}
static bool more(const Translator *t)
{
    return t->at < t->length;
}
static char peek(const Translator *t, size_t ahead)
{
    return t->at + ahead < t->length ? t->pattern[t->at + ahead] : '\0';
}

static const struct {
    const char *java, *inside; /* what stands inside [ ] */
} property_names[] = {
    {"Lower", "a-z"},
    {"Upper", "A-Z"},
    {"ASCII", "\\x00-\\x7F"},
    {"Alpha", "a-zA-Z"},
    {"Digit", "0-9"},
    {"Alnum", "a-zA-Z0-9"},
    {"Punct", "!-/:-@\\[-`{-~"},
    {"Graph", "!-~"},
    {"Print", " -~"},
    {"Blank", " \\t"},
    {"Cntrl", "\\x00-\\x1F\\x7F"},
    {"XDigit", "0-9a-fA-F"},
    {"Space", " \\t\\n\\x0B\\f\\r"},
    {"javaLowerCase", "\\p{Ll}"},
    {"javaUpperCase", "\\p{Lu}"},
    {"javaWhitespace", "\\p{Z}\\t-\\r\\x1C-\\x1F"},
    {"javaLetter", "\\p{L}"},
    {"javaDigit", "\\p{Nd}"},
    {"javaLetterOrDigit", "\\p{L}\\p{Nd}"},
    {"javaAlphabetic", "\\p{L}\\p{Nl}"},
    {"IsAlphabetic", "\\p{L}\\p{Nl}"},
    {"IsLetter", "\\p{L}"},
    {"IsDigit", "\\p{Nd}"},
    {"IsUppercase", "\\p{Lu}"},
    {"IsLowercase", "\\p{Ll}"},
    {"IsPunctuation", "\\p{P}"},
    {"IsWhite_Space", "\\p{Z}\\t-\\r\\x85"},
    {"IsIdeographic", "\\p{Han}"},
};

/* \p{…} or \P{…}; `in_class`: inside brackets. */
static void translate_property(Translator *t, bool in_class)
{
    bool negated = peek(t, 1) == 'P';
    char name[64];
    size_t length = 0;
    t->at += 2;
    if (peek(t, 0) == '{') {
        const char *end = memchr(t->pattern + t->at, '}', t->length - t->at);
        if (end == NULL || (size_t)(end - t->pattern) - t->at - 1 >= sizeof(name)) {
            t->failed = true;
            return;
        }
        length = (size_t)(end - t->pattern) - t->at - 1;
        memcpy(name, t->pattern + t->at + 1, length);
        t->at += length + 2;
    } else if (more(t)) {
        name[length++] = t->pattern[t->at++];
    }
    name[length] = '\0';
    for (size_t i = 0; i < sizeof(property_names) / sizeof(property_names[0]); i++) {
        if (strcmp(property_names[i].java, name) != 0)
            continue;
        if (in_class && negated) { /* a negated set has no place inside a class without an operator for it */
            t->failed = true;
            return;
        }
        if (!in_class)
            put(t, negated ? "[^" : "[");
        put(t, property_names[i].inside);
        if (!in_class)
            put(t, "]");
        return;
    }
    const char *plain = strncmp(name, "Is", 2) == 0 ? name + 2 : name;
    const char *equals = strchr(name, '=');
    weir_buffer_append_format(t->out, "\\%c{%s}", negated ? 'P' : 'p', equals != NULL ? equals + 1 : plain);
}

static void translate_escape(Translator *t, bool in_class)
{
    char c = peek(t, 1);
    switch (c) {
    case 'p':
    case 'P':
        translate_property(t, in_class);
        return;
    case 'u': { /* \uXXXX; a surrogate pair is one character */
        unsigned unit = 0, low = 0;
        if (sscanf(t->pattern + t->at + 2, "%4x", &unit) != 1 || t->at + 6 > t->length) {
            t->failed = true;
            return;
        }
        t->at += 6;
        if (unit >= 0xd800 && unit < 0xdc00 && peek(t, 0) == '\\' && peek(t, 1) == 'u' &&
            sscanf(t->pattern + t->at + 2, "%4x", &low) == 1) {
            unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
            t->at += 6;
        }
        weir_buffer_append_format(t->out, "\\x{%X}", unit);
        return;
    }
    case '0': {
        size_t digits = 0;
        put(t, "\\o{");
        for (t->at += 2; digits < 3 && peek(t, 0) >= '0' && peek(t, 0) <= '7'; digits++)
            weir_buffer_append_char(t->out, t->pattern[t->at++]);
        put(t, "}");
        return;
    }
    case 'Z':
    case 'z':
    case 'A':
    case 'G':
    case 'B':
    case 'b':
    default:
        weir_buffer_append_char(t->out, '\\');
        if (c != '\0')
            weir_buffer_append_char(t->out, c);
        t->at += c == '\0' ? 1 : 2;
        if (c == '\0')
            t->failed = true;
        return;
    }
}

static void translate_class(Translator *t);

/* One operand of && : simple members, escapes and nested classes. Nested classes become alternatives. */
static void translate_operand(Translator *t, bool negated, bool first)
{
    WeirBuffer simple, nested;
    weir_buffer_init(&simple, 0, NULL);
    weir_buffer_init(&nested, 0, NULL);
    WeirBuffer *outer = t->out;
    bool start = first;
    while (more(t) && !t->failed) {
        char c = peek(t, 0);
        if ((c == ']' && !start) || (c == '&' && peek(t, 1) == '&'))
            break;
        start = false;
        if (c == '[') {
            t->out = &nested;
            put(t, "|");
            translate_class(t);
        } else if (c == '\\' && peek(t, 1) == 'Q') {
            t->failed = true;
        } else if (c == '\\') {
            t->out = &simple;
            translate_escape(t, true);
        } else {
            t->out = &simple;
            weir_buffer_append_char(t->out, c);
            t->at++;
        }
        t->out = outer;
    }
    if (nested.length == 0) {
        weir_buffer_append_format(t->out, "[%s%s]", negated ? "^" : "", weir_buffer_text(&simple));
    } else {
        if (negated)
            put(t, "(?!");
        else
            put(t, "(?:");
        if (simple.length > 0)
            weir_buffer_append_format(t->out, "[%s]%s)", weir_buffer_text(&simple), weir_buffer_text(&nested));
        else
            weir_buffer_append_format(t->out, "%s)", weir_buffer_text(&nested) + 1);
        if (negated)
            put(t, "(?s:.)");
    }
    weir_buffer_deinit(&simple);
    weir_buffer_deinit(&nested);
}

/* [a&&b&&c]: lookaheads for all but the last. */
static void translate_class(Translator *t)
{
    bool negated = peek(t, 1) == '^';
    t->at += negated ? 2 : 1;
    WeirBuffer operands[8];
    uint32_t count = 0;
    WeirBuffer *outer = t->out;
    do {
        if (count == 8) {
            t->failed = true;
            break;
        }
        weir_buffer_init(&operands[count], 0, NULL);
        t->out = &operands[count++];
        translate_operand(t, negated && count == 1, count == 1);
        if (peek(t, 0) == '&') {
            t->at += 2;
            continue;
        }
        break;
    } while (!t->failed);
    t->out = outer;
    if (!more(t))
        t->failed = true;
    t->at++;
    if (count > 1)
        put(t, "(?:");
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 < count)
            weir_buffer_append_format(t->out, "(?=%s)", weir_buffer_text(&operands[i]));
        else
            put(t, weir_buffer_text(&operands[i]));
        weir_buffer_deinit(&operands[i]);
    }
    if (count > 1)
        put(t, ")");
    if (negated && count > 1) /* [^a&&b] is the complement of the intersection: not expressed */
        t->failed = true;
}

/* (?idmsux-idmsux) or (?…: — d and u mean nothing here, U has no counterpart. */
static void translate_flags(Translator *t)
{
    put(t, "(?");
    for (t->at += 2; more(t); t->at++) {
        char c = peek(t, 0);
        if (c == 'd' || c == 'u')
            continue;
        if (c == 'U') {
            t->failed = true;
            return;
        }
        weir_buffer_append_char(t->out, c);
        if (c == ')' || c == ':') {
            t->at++;
            return;
        }
    }
    t->failed = true;
}

bool weir_regex_translate(const char *pattern, size_t length, WeirBuffer *out)
{
    Translator t = {pattern, length, 0, out, false};
    while (more(&t) && !t.failed) {
        char c = peek(&t, 0);
        if (c == '\\' && peek(&t, 1) == 'Q') {
            const char *end = memmem(pattern + t.at, length - t.at, "\\E", 2);
            size_t stop = end == NULL ? length : (size_t)(end - pattern) + 2;
            weir_buffer_append(out, pattern + t.at, stop - t.at);
            t.at = stop;
        } else if (c == '\\') {
            translate_escape(&t, false);
        } else if (c == '[') {
            translate_class(&t);
        } else if (c == '(' && peek(&t, 1) == '?' && peek(&t, 2) != '\0' && strchr("idmsuxU-", peek(&t, 2)) != NULL) {
            translate_flags(&t);
        } else {
            weir_buffer_append_char(out, c);
            t.at++;
        }
    }
    return !t.failed;
}

bool weir_regex_is_literal(const char *pattern, size_t length, WeirBuffer *out)
{
    for (size_t i = 0; i < length; i++) {
        char c = pattern[i];
        if (c == '\\') {
            if (i + 1 >= length || ((unsigned char)pattern[i + 1] & 0x80) != 0)
                return false;
            c = pattern[++i];
            if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
                if (c != 't' && c != 'n' && c != 'r')
                    return false;
                c = c == 't' ? '\t' : c == 'n' ? '\n' : '\r';
            }
        } else if (c == '\0' || strchr(".$|()[{^?*+", c) != NULL) {
            return false;
        }
        weir_buffer_append_char(out, c);
    }
    return true;
}
