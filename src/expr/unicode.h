/* Case of characters by Unicode's tables (generated from Debian's unicode-data into expr/unicode_tables.c). */
#ifndef WEIR_EXPR_UNICODE_H
#define WEIR_EXPR_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct WeirCaseEntry {
    uint32_t from;
    uint32_t to[3]; /* zero: no more; the full mapping, as String.toUpperCase gives it */
} WeirCaseEntry;

extern const WeirCaseEntry weir_unicode_upper[], weir_unicode_lower[], weir_unicode_title[];
extern const uint32_t weir_unicode_upper_count, weir_unicode_lower_count, weir_unicode_title_count;

extern const uint32_t weir_unicode_cased[][2], weir_unicode_case_ignorable[][2], weir_unicode_digit_zeros[];
extern const uint32_t weir_unicode_capital[][2], weir_unicode_small[][2];
extern const uint32_t weir_unicode_capital_count, weir_unicode_small_count;
extern const uint32_t weir_unicode_cased_count, weir_unicode_case_ignorable_count, weir_unicode_digit_zeros_count;

/* The mapping of a character beyond ASCII; NULL: itself. */
const WeirCaseEntry *weir_unicode_find(const WeirCaseEntry *table, uint32_t count, uint32_t code_point);
/* Letters of the categories Lu and Ll. */
bool weir_unicode_is_capital(uint32_t code_point);
bool weir_unicode_is_small(uint32_t code_point);
/* Value of a decimal digit of any script; -1: no digit. */
int weir_unicode_digit(uint32_t code_point);
/* Whitespace as Java's Character.isWhitespace has it: without the blanks that don't break. */
bool weir_unicode_is_java_whitespace(uint32_t code_point);
/* Whether a capital sigma (two bytes at text[at]) ends a word, so that it becomes the small final one: a letter with
 * case before it, none behind it; marks and full stops between don't count. */
bool weir_unicode_is_final_sigma(const uint8_t *text, size_t length, size_t at);

#endif
