/* Between translation and matching: Java's syntax is read here and written as PCRE2's. */
#ifndef WEIR_EXPR_REGEX_PRIVATE_H
#define WEIR_EXPR_REGEX_PRIVATE_H

#include <stdio.h>

#include "expr/regex.h"

/* Flags of (?idmsuxU), in this order. */
enum {
    WEIR_REGEX_CASELESS = 1,       /* i: of ASCII letters */
    WEIR_REGEX_UNIX_LINES = 2,     /* d */
    WEIR_REGEX_MULTILINE = 4,      /* m */
    WEIR_REGEX_DOT_ALL = 8,        /* s */
    WEIR_REGEX_UNICODE_CASE = 16,  /* u */
    WEIR_REGEX_COMMENTS = 32,      /* x */
    WEIR_REGEX_UNICODE_CLASS = 64, /* U */
    WEIR_REGEX_ASCII_TEXT = 128    /* none of Java's: the texts have ASCII only, for which faster forms do */
};

typedef struct WeirRegexTranslator {
    const char *pattern;
    size_t length, at;
    WeirBuffer *out;
    uint32_t flags, groups, groups_all, reference_max, depth;
    bool failed; /* malformed, or without a counterpart */
} WeirRegexTranslator;

static inline char weir_regex_peek(const WeirRegexTranslator *t, size_t ahead)
{
    return t->at + ahead < t->length ? t->pattern[t->at + ahead] : '\0';
}
static inline bool weir_regex_more(const WeirRegexTranslator *t)
{
    return !t->failed && t->at < t->length;
}

/* `pattern` is valid UTF-8. False: malformed or not expressible. */
bool weir_regex_translate(const char *pattern, size_t length, uint32_t flags, WeirBuffer *out);

/* Blanks and comments of (?x), if that is on. */
void weir_regex_skip_comments(WeirRegexTranslator *t);
/* The character that an escape at t->at (behind the backslash) stands for; -1: it stands for no single character, t->at
 * is as before. */
int64_t weir_regex_escaped_character(WeirRegexTranslator *t);
uint32_t weir_regex_next_character(WeirRegexTranslator *t);
/* [ … ] at t->at as an expression for one character. */
void weir_regex_translate_class(WeirRegexTranslator *t);
/* What stands inside brackets for \d \w \s \h \v \p{…} and their negations, t->at at the letter: appended to `content`.
 * *negated: it means the complement. False: no such set. */
bool weir_regex_translate_set(WeirRegexTranslator *t, WeirBuffer *content, bool *negated);

#endif
