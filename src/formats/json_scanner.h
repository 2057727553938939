/* Finding the parts of JSON text without building anything: values as spans of bytes, checked for syntax and UTF-8.
 * Fast for what is common (plain strings, 16 bytes at a time), complete for what is rare. Leniencies are Jackson's
 * features as Spark's options name them. */
#ifndef WEIR_FORMATS_JSON_SCANNER_H
#define WEIR_FORMATS_JSON_SCANNER_H

#include "common/memory.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define WEIR_JSON_NESTING_MAX 1000

typedef struct WeirJsonSyntax {
    bool comments, unquoted_names, single_quotes, leading_zeros, nonnumeric_numbers, any_escape, control_characters;
} WeirJsonSyntax;

typedef enum WeirJsonTokenKind {
    WEIR_JSON_TOKEN_STRING, /* span without quotes */
    WEIR_JSON_TOKEN_NUMBER,
    WEIR_JSON_TOKEN_NONNUMERIC, /* NaN, Infinity, -INF … */
    WEIR_JSON_TOKEN_TRUE,
    WEIR_JSON_TOKEN_FALSE,
    WEIR_JSON_TOKEN_NULL,
    WEIR_JSON_TOKEN_OBJECT, /* span with brackets */
    WEIR_JSON_TOKEN_ARRAY
} WeirJsonTokenKind;

enum { WEIR_JSON_ESCAPED = 1, WEIR_JSON_FRACTION = 2 /* a number with . or e */ };

typedef struct WeirJsonToken {
    const uint8_t *start;
    uint32_t length;
    uint8_t kind;
    uint8_t flags;
} WeirJsonToken;

/* Text [.., end), of which bytes up to `readable` may be loaded (>= end; more than 16 behind it makes the fast path
 * reach the end). */
typedef struct WeirJsonText {
    const uint8_t *end;
    const uint8_t *readable;
    const WeirJsonSyntax *syntax;
} WeirJsonText;

/* Behind blanks (and comments, where allowed); NULL: an unfinished comment. */
const uint8_t *weir_json_skip_blanks(const WeirJsonText *text, const uint8_t *at);
static inline const uint8_t *weir_json_skip_blank(const WeirJsonText *text, const uint8_t *at)
{
    return at<text->end && * at> ' ' && *at != '/' ? at : weir_json_skip_blanks(text, at);
}
/* The value that begins at `at` (no blanks before it): behind it, or NULL where it is malformed. */
const uint8_t *weir_json_scan_value(const WeirJsonText *text, const uint8_t *at, uint32_t depth, WeirJsonToken *token);
/* The commonest value, a string of plain ASCII in double quotes, where 16 bytes at a time may be loaded to its end:
 * behind it, or NULL, which says nothing about the value. */
static inline const uint8_t *weir_json_scan_plain_string(const WeirJsonText *text, const uint8_t *at,
                                                         WeirJsonToken *token)
{
#ifdef __SSE2__
    if (*at != '"')
        return NULL;
    const uint8_t *start = ++at;
    const __m128i quotes = _mm_set1_epi8('"'), backslashes = _mm_set1_epi8('\\'), blanks = _mm_set1_epi8(' ');
    while (text->readable - at >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* Compared as signed, control characters and what is not ASCII are below a blank. */
        __m128i special = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, quotes), _mm_cmpeq_epi8(bytes, backslashes)),
                                       _mm_cmplt_epi8(bytes, blanks));
        unsigned mask = (unsigned)_mm_movemask_epi8(special);
        if (mask == 0) {
            at += 16;
            continue;
        }
        at += __builtin_ctz(mask);
        if (at >= text->end || *at != '"')
            return NULL;
        token->start = start;
        token->length = (uint32_t)(at - start);
        token->kind = WEIR_JSON_TOKEN_STRING;
        token->flags = 0;
        return at + 1;
    }
#else
    (void)text, (void)at, (void)token;
#endif
    return NULL;
}
/* A member's name, quoted or not; `at` behind it, or NULL. */
const uint8_t *weir_json_scan_name(const WeirJsonText *text, const uint8_t *at, WeirJsonToken *name);

/* Going through an object or array span: starts behind its bracket. Object: name and value; array: value only (name
 * NULL). False at the end. The span was scanned, so nothing can be malformed. */
bool weir_json_next_member(const WeirJsonText *text, const uint8_t **at, WeirJsonToken *name, WeirJsonToken *value);

/* Escapes undone: writes at most token->length bytes to `out`, returns how many. A lone surrogate becomes '?'. */
size_t weir_json_unescape(const WeirJsonToken *token, uint8_t *out);

#endif
