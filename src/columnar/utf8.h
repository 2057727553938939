/* Strings are bytes, and nothing validates them on entry. Where Spark turns one into a Java string (to print it, to
 * write JSON), each malformed sequence becomes one U+FFFD by Java's rule of how long it is; these functions do the
 * same. */
#ifndef WEIR_COLUMNAR_UTF8_H
#define WEIR_COLUMNAR_UTF8_H

#include "common/memory.h"

#define WEIR_REPLACEMENT_CHARACTER 0xfffdu

/* The character at `data` (length > 0) and its bytes; for a malformed sequence WEIR_REPLACEMENT_CHARACTER and
 * *malformed set. */
size_t weir_utf8_decode(const uint8_t *data, size_t length, uint32_t *code_point, bool *malformed);
bool weir_utf8_is_valid(const uint8_t *data, size_t length);
/* Append with malformed sequences replaced. */
void weir_utf8_append_replaced(const uint8_t *data, size_t length, WeirBuffer *out);
void weir_utf8_append(uint32_t code_point, WeirBuffer *out);
/* Length in UTF-16 units, as Java's String.length, of valid UTF-8. */
size_t weir_utf8_java_length(const uint8_t *data, size_t length);

#endif
