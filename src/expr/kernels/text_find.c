/* Loops over bytes that want -O3 and SSE2: substring search, ASCII case. */
#include "expr/kernels/text_find.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* First and last byte of the needle at sixteen places at a time; only where both match are the bytes between compared.
 */
const uint8_t *weir_find_long(const uint8_t *text, size_t length, size_t from, const uint8_t *what, size_t size)
{
    size_t i = from;
#ifdef __SSE2__
    const __m128i first = _mm_set1_epi8((char)what[0]), last = _mm_set1_epi8((char)what[size - 1]);
    for (; i + size - 1 + 16 <= length; i += 16) {
        __m128i heads = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        __m128i tails = _mm_loadu_si128((const __m128i *)(const void *)(text + i + size - 1));
        uint32_t bits =
            (uint32_t)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(heads, first), _mm_cmpeq_epi8(tails, last)));
        for (; bits != 0; bits &= bits - 1) {
            const uint8_t *at = text + i + __builtin_ctz(bits);
            if (size == 2 || memcmp(at + 1, what + 1, size - 2) == 0)
                return at;
        }
    }
#endif
    for (; i + size <= length; i++)
        if (text[i] == what[0] && memcmp(text + i, what, size) == 0)
            return text + i;
    return NULL;
}

void weir_ascii_lower(const uint8_t *restrict text, uint8_t *restrict out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t c = text[i];
        out[i] = (uint8_t)(c + ((uint8_t)(c - 'A') < 26 ? 32 : 0));
    }
}

void weir_ascii_upper(const uint8_t *restrict text, uint8_t *restrict out, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t c = text[i];
        out[i] = (uint8_t)(c - ((uint8_t)(c - 'a') < 26 ? 32 : 0));
    }
}
