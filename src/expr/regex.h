/* Regular expressions of Java over PCRE2: the pattern is translated, what has no counterpart is refused. Patterns
 * without any operator are recognised, so that callers search for bytes instead. */
#ifndef WEIR_EXPR_REGEX_H
#define WEIR_EXPR_REGEX_H

#include "common/memory.h"

typedef struct WeirRegex WeirRegex;

/* Compile; `case_insensitive` as Java's CASE_INSENSITIVE | UNICODE_CASE. INVALID_PARAMETER_VALUE.PATTERN when it is
 * malformed or cannot be translated. */
WEIR_CHECKED WeirStatus weir_regex_new(const char *pattern, size_t length, bool case_insensitive, const char *function,
                                       WeirRegex **regex, WeirError *error);
void weir_regex_free(WeirRegex *regex); /* NULL is allowed */
uint32_t weir_regex_group_count(const WeirRegex *regex);
/* Number of a named group; -1: there is none. */
int32_t weir_regex_group_named(const WeirRegex *regex, const char *name, size_t length);
/* The pattern as plain bytes, if it has no operators; NULL otherwise. */
const char *weir_regex_literal(const WeirRegex *regex, size_t *length);
/* The text to search from now on; not copied. It is valid UTF-8, as a Java string is once malformed bytes became
 * U+FFFD. */
void weir_regex_set_text(WeirRegex *regex, const uint8_t *text, size_t length);
/* First match at or after `from`: the spans of groups 0..group_count in (*spans)[2 * group] (SIZE_MAX: group did not
 * take part), valid until the next call; NULL: no match. Fails when the search takes too many steps or too much memory.
 */
WEIR_CHECKED WeirStatus weir_regex_find(WeirRegex *regex, size_t from, const size_t **spans, WeirError *error);

/* Whether a pattern has no operator of Java's regular expressions; its plain text into `out` (may be longer than the
 * pattern is: no). */
bool weir_regex_is_literal(const char *pattern, size_t length, WeirBuffer *out);

#endif
