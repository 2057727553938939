/* Java's pattern syntax to PCRE2's. Flags are not handed on: what ., ^, $, \b, letters and classes mean under them is
 * written out, since line ends, words and case differ between the two. What has no counterpart is refused. */
#include <string.h>

#include "expr/kernels/utf8.h"
#include "expr/regex_private.h"

#define GROUP_DEPTH_MAX 200
#define REPEAT_MAX 65535 /* of PCRE2 */
#define LINE_ENDS "\\n\\r\\x{85}\\x{2028}\\x{2029}"
#define WORD "[\\p{L}\\p{Nd}\\p{Mn}_]"

static void put(WeirRegexTranslator *t, const char *text)
{
    weir_buffer_append_text(t->out, text);
}

static bool has(const WeirRegexTranslator *t, uint32_t flag)
{
    return (t->flags & flag) != 0;
}

uint32_t weir_regex_next_character(WeirRegexTranslator *t)
{
    return weir_utf8_next((const uint8_t *)t->pattern, t->length, &t->at);
}

void weir_regex_skip_comments(WeirRegexTranslator *t)
{
    while (has(t, WEIR_REGEX_COMMENTS) && weir_regex_more(t)) {
        char c = weir_regex_peek(t, 0);
        if (c == ' ' || (c >= '\t' && c <= '\r')) {
            t->at++;
        } else if (c == '#') {
            while (weir_regex_more(t)) {
                uint32_t skipped = weir_regex_next_character(t);
                bool ends = skipped == '\n' || (!has(t, WEIR_REGEX_UNIX_LINES) &&
                                                (skipped == '\r' || skipped == 0x85 || (skipped | 1) == 0x2029));
                if (ends)
                    break;
            }
        } else {
            return;
        }
    }
}

/* ---- characters */

static void put_literal(WeirRegexTranslator *t, uint32_t c)
{
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (has(t, WEIR_REGEX_CASELESS) && has(t, WEIR_REGEX_UNICODE_CASE)) {
        weir_buffer_append_format(t->out, "(?i:\\x{%X})", c);
    } else if (letter && has(t, WEIR_REGEX_CASELESS)) {
        weir_buffer_append_format(t->out, "[%c%c]", (char)(c | 32), (char)(c & ~32u));
    } else if (letter || (c >= '0' && c <= '9')) {
        weir_buffer_append_char(t->out, (char)c);
    } else {
        weir_buffer_append_format(t->out, "\\x{%X}", c);
    }
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* `digits` hexadecimal digits from t->at + ahead on; -1: others. */
static int64_t hex_at(const WeirRegexTranslator *t, size_t ahead, size_t digits)
{
    int64_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        int digit = hex_value(weir_regex_peek(t, ahead + i));
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

static int64_t fail(WeirRegexTranslator *t)
{
    t->failed = true;
    return 0;
}

/* \xhh, \x{h…}, \uhhhh with pairs of surrogates; t->at at the letter. */
static int64_t hexadecimal(WeirRegexTranslator *t)
{
    int64_t value;
    if (weir_regex_peek(t, 0) == 'x' && weir_regex_peek(t, 1) == '{') {
        size_t digits = 0;
        while (hex_value(weir_regex_peek(t, 2 + digits)) >= 0 && digits < 7)
            digits++;
        value = hex_at(t, 2, digits);
        if (digits == 0 || weir_regex_peek(t, 2 + digits) != '}')
            return fail(t);
        t->at += digits + 3;
    } else {
        size_t digits = weir_regex_peek(t, 0) == 'x' ? 2 : 4;
        value = hex_at(t, 1, digits);
        if (value < 0)
            return fail(t);
        t->at += digits + 1;
    }
    int64_t low = weir_regex_peek(t, 0) == '\\' && weir_regex_peek(t, 1) == 'u' ? hex_at(t, 2, 4) : -1;
    if (value >= 0xd800 && value < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        t->at += 6;
        return 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
    }
    if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return fail(t);
    return value;
}

/* \0n, \0nn, \0mnn with m up to 3. */
static int64_t octal(WeirRegexTranslator *t)
{
    int64_t value = 0;
    size_t digits = 0;
    for (t->at++; digits < 3; digits++) {
        char c = weir_regex_peek(t, 0);
        if (c < '0' || c > '7' || value * 8 + c - '0' > 0377)
            break;
        value = value * 8 + c - '0';
        t->at++;
    }
    return digits == 0 ? fail(t) : value;
}

int64_t weir_regex_escaped_character(WeirRegexTranslator *t)
{
    static const char letters[] = "tnrfae", values[] = "\t\n\r\f\a\x1b";
    char c = weir_regex_peek(t, 0);
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (t->at >= t->length)
        return fail(t);
    if (letter != NULL) {
        t->at++;
        return values[letter - letters];
    }
    if (c == 'x' || c == 'u')
        return hexadecimal(t);
    if (c == '0')
        return octal(t);
    if (c == 'c') {
        t->at++;
        return weir_regex_more(t) ? (int64_t)(weir_regex_next_character(t) ^ 64u) : fail(t);
    }
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9'))
        return -1;
    return weir_regex_next_character(t);
}

/* ---- places */

static void put_dot(WeirRegexTranslator *t)
{
    put(t, has(t, WEIR_REGEX_DOT_ALL)      ? "(?s:.)"
           : has(t, WEIR_REGEX_UNIX_LINES) ? "[^\\n]"
           : has(t, WEIR_REGEX_ASCII_TEXT) ? "[^\\n\\r]"
                                           : "[^" LINE_ENDS "]");
}

/* Before a line end that ends the text, or at its end; \r\n is one line end. */
static void put_end(WeirRegexTranslator *t)
{
    put(t, has(t, WEIR_REGEX_UNIX_LINES) ? "(?=\\n?\\z)"
                                         : "(?=\\z|(?:\\r\\n|(?<!\\r)\\n|[\\r\\x{85}\\x{2028}\\x{2029}])\\z)");
}

static void put_dollar(WeirRegexTranslator *t)
{
    if (!has(t, WEIR_REGEX_MULTILINE))
        put_end(t);
    else
        put(t, has(t, WEIR_REGEX_UNIX_LINES) ? "(?=\\n|\\z)" : "(?=\\z|[\\r\\x{85}\\x{2028}\\x{2029}]|(?<!\\r)\\n)");
}

/* A text that ends with a line end has no line behind it; an empty one has none at all. */
static void put_caret(WeirRegexTranslator *t)
{
    if (!has(t, WEIR_REGEX_MULTILINE))
        put(t, "(?:\\A)");
    else
        put(t, has(t, WEIR_REGEX_UNIX_LINES)
                   ? "(?:(?:\\A|(?<=\\n))(?!\\z))"
                   : "(?:(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])|(?<=\\r)(?!\\n))(?!\\z))");
}

static void put_boundary(WeirRegexTranslator *t, bool negated)
{
    if (has(t, WEIR_REGEX_UNICODE_CLASS))
        t->failed = true;
    if (has(t, WEIR_REGEX_ASCII_TEXT))
        put(t, negated ? "(?:\\B)" : "(?:\\b)");
    else if (negated)
        put(t, "(?:(?<=" WORD ")(?=" WORD ")|(?<!" WORD ")(?!" WORD "))");
    else
        put(t, "(?:(?<=" WORD ")(?!" WORD ")|(?<!" WORD ")(?=" WORD "))");
}

/* ---- escapes */

static void put_reference(WeirRegexTranslator *t, const char *reference)
{
    weir_buffer_append_format(t->out, has(t, WEIR_REGEX_CASELESS) ? "(?i:%s)" : "%s", reference);
}

/* \11 is group 11 if there are as many so far, else group 1 and the digit 1. */
static void translate_number(WeirRegexTranslator *t)
{
    char text[24];
    uint32_t number = (uint32_t)(weir_regex_peek(t, 0) - '0');
    for (t->at++; weir_regex_peek(t, 0) >= '0' && weir_regex_peek(t, 0) <= '9'; t->at++) {
        uint32_t longer = number * 10 + (uint32_t)(weir_regex_peek(t, 0) - '0');
        if (longer > t->groups)
            break;
        number = longer;
    }
    t->reference_max = number > t->reference_max ? number : t->reference_max;
    snprintf(text, sizeof(text), "\\g{%u}", number);
    put_reference(t, number > t->groups_all ? "(?:(?!))" : text); /* a group that is nowhere never matched */
}

/* <name> at t->at, in `name`; false: malformed. */
static bool take_name(WeirRegexTranslator *t, char name[40])
{
    size_t length = 0;
    if (weir_regex_peek(t, 0) != '<')
        return false;
    for (t->at++; weir_regex_more(t) && weir_regex_peek(t, 0) != '>'; t->at++) {
        char c = weir_regex_peek(t, 0);
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (length == 32 || !(letter || (length > 0 && c >= '0' && c <= '9')))
            return false;
        name[length++] = c;
    }
    name[length] = '\0';
    t->at++;
    return length > 0 && !t->failed && t->at <= t->length;
}

static void translate_named_reference(WeirRegexTranslator *t)
{
    char name[40], text[64];
    t->at++;
    if (!take_name(t, name)) {
        t->failed = true;
        return;
    }
    snprintf(text, sizeof(text), "\\k<%s>", name);
    put_reference(t, text);
}

static void translate_quoted(WeirRegexTranslator *t)
{
    t->at++;
    while (weir_regex_more(t)) {
        if (weir_regex_peek(t, 0) == '\\' && weir_regex_peek(t, 1) == 'E') {
            t->at += 2;
            return;
        }
        put_literal(t, weir_regex_next_character(t));
    }
}

static void translate_set(WeirRegexTranslator *t)
{
    WeirBuffer content;
    bool negated = false;
    weir_buffer_init(&content, 0, NULL);
    if (weir_regex_translate_set(t, &content, &negated))
        weir_buffer_append_format(t->out, "[%s%s]", negated ? "^" : "", weir_buffer_text(&content));
    else
        t->failed = true;
    weir_buffer_deinit(&content);
}

/* t->at behind the backslash. */
static void translate_escape(WeirRegexTranslator *t)
{
    char c = weir_regex_peek(t, 0);
    int64_t character = weir_regex_escaped_character(t);
    if (character >= 0) {
        if (!t->failed)
            put_literal(t, (uint32_t)character);
        return;
    }
    if (c >= '1' && c <= '9') {
        translate_number(t);
    } else if (c == 'k') {
        translate_named_reference(t);
    } else if (c == 'Q') {
        translate_quoted(t);
    } else if (c == 'A' || c == 'z' || c == 'G') {
        weir_buffer_append_format(t->out, "(?:\\%c)", c);
        t->at++;
    } else if (c == 'Z') {
        put_end(t);
        t->at++;
    } else if (c == 'b' || c == 'B') {
        put_boundary(t, c == 'B');
        t->at++;
        t->failed = t->failed || (weir_regex_peek(t, 0) == '{' && weir_regex_peek(t, 1) == 'g');
    } else if (c == 'R') {
        put(t, "(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])");
        t->at++;
    } else if (c == 'X') {
        put(t, "\\X");
        t->at++;
    } else {
        translate_set(t);
    }
}

/* ---- groups and repetition */

static uint32_t flag_of(char c)
{
    static const char letters[] = "idmsuxU";
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    return letter == NULL ? 0 : 1u << (letter - letters);
}

/* (?i-x) changes what follows in the group, (?i-x: …) opens one. Returns whether it opens one; t->at at the first flag.
 */
static bool translate_flags(WeirRegexTranslator *t)
{
    bool off = false;
    for (;; t->at++) {
        char c = weir_regex_peek(t, 0);
        uint32_t flag = flag_of(c);
        if (flag != 0) {
            if (flag == WEIR_REGEX_UNICODE_CLASS) /* brings u with it */
                flag |= WEIR_REGEX_UNICODE_CASE;
            t->flags = off ? t->flags & ~flag : t->flags | flag;
        } else if (c == '-' && !off) {
            off = true;
        } else if (c == ')' || c == ':') {
            t->at++;
            return c == ':';
        } else {
            t->failed = true;
            return false;
        }
    }
}

/* What follows "(". Returns whether a group was opened. */
static bool open_group(WeirRegexTranslator *t)
{
    t->at++;
    if (weir_regex_peek(t, 0) != '?') {
        t->groups++;
        put(t, "(");
        return true;
    }
    t->at++;
    char c = weir_regex_peek(t, 0), next = weir_regex_peek(t, 1);
    if (c == ':' || c == '>' || c == '=' || c == '!') {
        weir_buffer_append_format(t->out, "(?%c", c);
        t->at++;
        return true;
    }
    if (c == '<' && (next == '=' || next == '!')) {
        weir_buffer_append_format(t->out, "(?<%c", next);
        t->at += 2;
        return true;
    }
    if (c == '<') {
        char name[40];
        if (!take_name(t, name)) {
            t->failed = true;
            return false;
        }
        t->groups++;
        weir_buffer_append_format(t->out, "(?<%s>", name);
        return true;
    }
    if (!translate_flags(t))
        return false;
    put(t, "(?:");
    return true;
}

/* {n}, {n,} or {n,m} at t->at. */
static bool take_braces(WeirRegexTranslator *t, WeirBuffer *out)
{
    uint32_t numbers[2] = {0, 0};
    size_t start = t->at++;
    for (int i = 0; i < 2; i++) {
        size_t first = t->at;
        for (; weir_regex_peek(t, 0) >= '0' && weir_regex_peek(t, 0) <= '9'; t->at++) {
            numbers[i] = numbers[i] * 10 + (uint32_t)(weir_regex_peek(t, 0) - '0');
            if (numbers[i] > REPEAT_MAX)
                return false;
        }
        if (i == 0 && t->at == first)
            return false;
        if (i == 1 && t->at == first)
            numbers[1] = UINT32_MAX;
        if (i == 0 && weir_regex_peek(t, 0) != ',') {
            numbers[1] = numbers[0];
            break;
        }
        t->at += i == 0;
    }
    if (weir_regex_peek(t, 0) != '}' || numbers[1] < numbers[0])
        return false;
    t->at++;
    weir_buffer_append(out, t->pattern + start, t->at - start);
    return true;
}

/* *, +, ? and {…} with what makes them lazy or possessive. Braces behind nothing repeat the empty text. */
static void translate_quantifier(WeirRegexTranslator *t, bool repeatable)
{
    if (!repeatable && weir_regex_peek(t, 0) != '{') {
        t->failed = true;
        return;
    }
    if (!repeatable)
        put(t, "(?:)");
    if (weir_regex_peek(t, 0) == '{')
        t->failed = !take_braces(t, t->out);
    else
        weir_buffer_append_char(t->out, t->pattern[t->at++]);
    weir_regex_skip_comments(t);
    char suffix = weir_regex_peek(t, 0);
    if (suffix == '?' || suffix == '+') {
        weir_buffer_append_char(t->out, suffix);
        t->at++;
    }
}

/* Anything but groups, alternatives and repetition. */
static void translate_atom(WeirRegexTranslator *t)
{
    char c = weir_regex_peek(t, 0);
    if (c == '[') {
        weir_regex_translate_class(t);
    } else if (c == '.') {
        put_dot(t);
        t->at++;
    } else if (c == '^') {
        put_caret(t);
        t->at++;
    } else if (c == '$') {
        put_dollar(t);
        t->at++;
    } else if (c == '\\') {
        t->at++;
        translate_escape(t);
    } else {
        put_literal(t, weir_regex_next_character(t));
    }
}

static bool translate(WeirRegexTranslator *t)
{
    uint32_t saved[GROUP_DEPTH_MAX], depth = 0;
    bool repeatable = false;
    for (weir_regex_skip_comments(t); weir_regex_more(t); weir_regex_skip_comments(t)) {
        char c = weir_regex_peek(t, 0);
        if (c == '(') {
            uint32_t before = t->flags;
            repeatable = false;
            if (!open_group(t))
                continue;
            if (depth == GROUP_DEPTH_MAX)
                return false;
            saved[depth++] = before;
        } else if (c == ')') {
            if (depth == 0)
                return false;
            t->flags = saved[--depth];
            put(t, ")");
            t->at++;
            repeatable = true;
        } else if (c == '|') {
            put(t, "|");
            t->at++;
            repeatable = false;
        } else if (c == '*' || c == '+' || c == '?' || c == '{') {
            translate_quantifier(t, repeatable);
            repeatable = false;
        } else {
            translate_atom(t);
            repeatable = true;
        }
    }
    return !t->failed && depth == 0;
}

bool weir_regex_translate(const char *pattern, size_t length, uint32_t flags, WeirBuffer *out)
{
    WeirRegexTranslator t = {
        .pattern = pattern, .length = length, .out = out, .flags = flags, .groups_all = UINT32_MAX};
    if (!translate(&t))
        return false;
    if (t.reference_max <= t.groups)
        return true;
    weir_buffer_clear(out);
    t = (WeirRegexTranslator){.pattern = pattern, .length = length, .out = out, .flags = flags, .groups_all = t.groups};
    return translate(&t);
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
