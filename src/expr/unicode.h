/* Case of characters by Unicode's tables (generated from Debian's unicode-data into expr/unicode_tables.c). */
#ifndef WEIR_EXPR_UNICODE_H
#define WEIR_EXPR_UNICODE_H

#include <stdint.h>

typedef struct WeirCaseEntry {
    uint32_t from;
    uint32_t to[3]; /* zero: no more; the full mapping, as String.toUpperCase gives it */
} WeirCaseEntry;

extern const WeirCaseEntry weir_unicode_upper[], weir_unicode_lower[], weir_unicode_title[];
extern const uint32_t weir_unicode_upper_count, weir_unicode_lower_count, weir_unicode_title_count;

/* The mapping of a character beyond ASCII; NULL: itself. */
const WeirCaseEntry *weir_unicode_find(const WeirCaseEntry *table, uint32_t count, uint32_t code_point);

#endif
