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

#endif
