/* Numbers and booleans out of text as Spark's casts read them: surrounding white space and control characters are
 * ignored. */
#ifndef WEIR_EXPR_KERNELS_TEXT_PARSE_H
#define WEIR_EXPR_KERNELS_TEXT_PARSE_H

#include "columnar/vector.h"

/* Drop characters <= U+0020 at both ends (UTF8String.trimAll). */
static inline void weir_text_trim(const uint8_t **text, size_t *length)
{
    while (*length > 0 && (*text)[0] <= 0x20) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && (*text)[*length - 1] <= 0x20)
        (*length)--;
}
/* [+-]digits within [minimum, maximum]; the text is trimmed here. `fraction`: legacy casts take "1.9" as 1. */
bool weir_text_to_integer(const uint8_t *text, size_t length, int64_t minimum, int64_t maximum, bool fraction,
                          int64_t *value);
bool weir_text_to_boolean(const uint8_t *text, size_t length, bool *value);
/* Java's Double.parseDouble after trimming, also inf, +inf, nan and a suffix d or f. */
bool weir_text_to_double(const uint8_t *text, size_t length, double *value);
bool weir_text_to_float(const uint8_t *text, size_t length, float *value);
typedef enum WeirDecimalText { WEIR_DECIMAL_OK, WEIR_DECIMAL_MALFORMED, WEIR_DECIMAL_TOO_LARGE } WeirDecimalText;
WeirDecimalText weir_text_to_decimal(const uint8_t *text, size_t length, int precision, int scale, WeirInt128 *value);

/* The number that eight bytes of text spell; false if one is no digit. */
static inline bool weir_parse_eight_digits(uint64_t chunk, uint64_t *value)
{
    if ((chunk & 0xf0f0f0f0f0f0f0f0ull) != 0x3030303030303030ull ||
        ((chunk + 0x0606060606060606ull) & 0xf0f0f0f0f0f0f0f0ull) != 0x3030303030303030ull)
        return false;
    chunk = (chunk & 0x0f0f0f0f0f0f0f0full) * 2561 >> 8;
    chunk = (chunk & 0x00ff00ff00ff00ffull) * 6553601 >> 16;
    *value = (chunk & 0x0000ffff0000ffffull) * 42949672960001ull >> 32;
    return true;
}

#endif
