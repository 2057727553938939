/* Character classes with unions, intersections and nested classes. What fits into one pair of brackets is written
 * there; the rest becomes alternatives and lookaheads, each for one character. Mixtures whose meaning depends on the
 * order in which Java reads them are refused. */
#include <string.h>

#include "expr/regex_private.h"

#define OPERANDS_MAX 8
#define DEPTH_MAX 32

/* A union: members for one pair of brackets, and others as "|expression". */
typedef struct Union {
    WeirBuffer members, others;
    bool any;
} Union;

static void put_member(WeirBuffer *out, uint32_t c)
{
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        weir_buffer_append_char(out, (char)c);
    else
        weir_buffer_append_format(out, "\\x{%X}", c);
}

static void put_range(WeirBuffer *out, uint32_t first, uint32_t last)
{
    put_member(out, first);
    if (last > first) {
        weir_buffer_append_char(out, '-');
        put_member(out, last);
    }
}

/* The part of a range within from..to, moved by `shift`: letters in their other case. */
static void put_shifted(WeirBuffer *out, uint32_t first, uint32_t last, uint32_t from, uint32_t to, int32_t shift)
{
    first = first < from ? from : first;
    last = last > to ? to : last;
    if (first <= last)
        put_range(out, (uint32_t)((int32_t)first + shift), (uint32_t)((int32_t)last + shift));
}

static void add_range(const WeirRegexTranslator *t, Union *u, uint32_t first, uint32_t last)
{
    put_range(&u->members, first, last);
    if ((t->flags & WEIR_REGEX_CASELESS) != 0) {
        put_shifted(&u->members, first, last, 'A', 'Z', 32);
        put_shifted(&u->members, first, last, 'a', 'z', -32);
    }
}

static void add_set(WeirRegexTranslator *t, Union *u)
{
    WeirBuffer content;
    bool negated = false;
    weir_buffer_init(&content, 0, NULL);
    if (!weir_regex_translate_set(t, &content, &negated))
        t->failed = true;
    else if (negated)
        weir_buffer_append_format(&u->others, "|[^%s]", weir_buffer_text(&content));
    else
        weir_buffer_append_text(&u->members, weir_buffer_text(&content));
    weir_buffer_deinit(&content);
}

static void add_quoted(WeirRegexTranslator *t, Union *u)
{
    for (t->at += 2; weir_regex_more(t); u->any = true) {
        if (weir_regex_peek(t, 0) == '\\' && weir_regex_peek(t, 1) == 'E') {
            t->at += 2;
            return;
        }
        uint32_t c = weir_regex_next_character(t);
        add_range(t, u, c, c);
    }
}

/* One character, or an escape for one: -1 for sets. */
static int64_t take_character(WeirRegexTranslator *t)
{
    if (weir_regex_peek(t, 0) != '\\')
        return weir_regex_next_character(t);
    t->at++;
    int64_t c = weir_regex_escaped_character(t);
    if (c < 0)
        t->at--;
    return c;
}

/* A character, a range or a set. */
static void add_item(WeirRegexTranslator *t, Union *u)
{
    if (weir_regex_peek(t, 0) == '\\' && weir_regex_peek(t, 1) == 'Q') {
        add_quoted(t, u);
        return;
    }
    u->any = true;
    int64_t first = take_character(t), last = first;
    if (first < 0) {
        t->at++;
        add_set(t, u);
        return;
    }
    weir_regex_skip_comments(t);
    char next = weir_regex_peek(t, 1);
    if (weir_regex_peek(t, 0) == '-' && next != ']' && next != '[' && next != '\0') {
        t->at++;
        weir_regex_skip_comments(t);
        last = take_character(t);
        if (last < first)
            t->failed = true;
    }
    if (!t->failed)
        add_range(t, u, (uint32_t)first, (uint32_t)last);
}

/* Members up to ] or &&. `first`: a ] at once is a member. */
static void read_union(WeirRegexTranslator *t, Union *u, bool first)
{
    WeirBuffer *outer = t->out;
    for (;;) {
        weir_regex_skip_comments(t);
        if (!weir_regex_more(t))
            break;
        char c = weir_regex_peek(t, 0);
        if ((c == ']' && !(first && !u->any)) || (c == '&' && weir_regex_peek(t, 1) == '&'))
            break;
        if (c == '[') {
            bool mixed = !first && u->any; /* "&&x[y]" */
            u->any = true;
            weir_buffer_append_char(&u->others, '|');
            t->out = &u->others;
            weir_regex_translate_class(t);
            t->out = outer;
            weir_regex_skip_comments(t);
            char next = weir_regex_peek(t, 0);
            if (!first && (mixed || (next != ']' && next != '&' && next != '[')))
                t->failed = true;
        } else {
            add_item(t, u);
        }
    }
}

static void put_union(const Union *u, bool negated, WeirBuffer *out)
{
    const char *members = weir_buffer_text(&u->members), *others = weir_buffer_text(&u->others);
    if (u->others.length == 0) {
        weir_buffer_append_format(out, "[%s%s]", negated ? "^" : "", members);
        return;
    }
    weir_buffer_append_text(out, negated ? "(?:(?!" : "(?:");
    if (u->members.length > 0)
        weir_buffer_append_format(out, "[%s]%s)", members, others);
    else
        weir_buffer_append_format(out, "%s)", others + 1);
    if (negated)
        weir_buffer_append_text(out, "(?s:.))");
}

static void put_intersection(const Union *operands, uint32_t count, bool negated, WeirBuffer *out)
{
    if (count == 1) {
        put_union(&operands[0], negated, out);
        return;
    }
    weir_buffer_append_text(out, negated ? "(?:(?!" : "(?:");
    for (uint32_t i = 0; i < count; i++) {
        if (i + 1 < count)
            weir_buffer_append_text(out, "(?=");
        put_union(&operands[i], false, out);
        if (i + 1 < count)
            weir_buffer_append_char(out, ')');
    }
    weir_buffer_append_text(out, negated ? ")(?s:.))" : ")");
}

void weir_regex_translate_class(WeirRegexTranslator *t)
{
    bool negated = weir_regex_peek(t, 1) == '^';
    t->at += negated ? 2 : 1;
    if (++t->depth > DEPTH_MAX)
        t->failed = true;
    Union operands[OPERANDS_MAX];
    uint32_t count = 0;
    for (bool more = true; more && !t->failed;) {
        Union *u = &operands[count++];
        weir_buffer_init(&u->members, 0, NULL);
        weir_buffer_init(&u->others, 0, NULL);
        u->any = false;
        read_union(t, u, count == 1);
        more = weir_regex_peek(t, 0) == '&';
        if (more && count == 1 && !u->any)
            count = 0; /* [&&a] is [a] */
        else if (!u->any || (more && count == OPERANDS_MAX))
            t->failed = true;
        if (count == 0) {
            weir_buffer_deinit(&u->members);
            weir_buffer_deinit(&u->others);
        }
        t->at += more ? 2 : 0;
        t->failed = t->failed || (more && weir_regex_peek(t, 0) == '&'); /* "&&&" */
    }
    if (weir_regex_peek(t, 0) != ']')
        t->failed = true;
    t->at++;
    t->depth--;
    bool unicode = (t->flags & WEIR_REGEX_CASELESS) != 0 && (t->flags & WEIR_REGEX_UNICODE_CASE) != 0;
    if (!t->failed) {
        weir_buffer_append_text(t->out, unicode ? "(?i:" : "");
        put_intersection(operands, count, negated, t->out);
        weir_buffer_append_text(t->out, unicode ? ")" : "");
    }
    for (uint32_t i = 0; i < count; i++) {
        weir_buffer_deinit(&operands[i].members);
        weir_buffer_deinit(&operands[i].others);
    }
}
