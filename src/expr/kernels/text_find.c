/* Loops over bytes that want -O3 and SSE2: substring search, ASCII case, replacing one byte. */
#include "expr/kernels/text_find.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif
#ifdef __SSSE3__
#include <tmmintrin.h>

#include "expr/kernels/byte_shuffles.inc"
#endif

#ifdef __SSE2__
typedef struct Needle {
    const uint8_t *bytes;
    size_t size; /* from 2 on */
    __m128i first, last;
} Needle;

/* The first of the sixteen places from `at` on, those whose bit is in `wanted`, where the needle stands. First and last
 * byte are compared at all of them at once; only where both match are the bytes between compared. */
static inline const uint8_t *find_in_block(const Needle *needle, const uint8_t *at, uint32_t wanted)
{
    __m128i heads = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i tails = _mm_loadu_si128((const __m128i *)(const void *)(at + needle->size - 1));
    uint32_t bits = wanted & (uint32_t)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(heads, needle->first),
                                                                       _mm_cmpeq_epi8(tails, needle->last)));
    for (; bits != 0; bits &= bits - 1) {
        const uint8_t *place = at + __builtin_ctz(bits);
        if (needle->size == 2 || memcmp(place + 1, needle->bytes + 1, needle->size - 2) == 0)
            return place;
    }
    return NULL;
}
#endif

const uint8_t *weir_find_long(const uint8_t *text, size_t length, size_t from, const uint8_t *what, size_t size)
{
    size_t i = from;
#ifdef __SSE2__
    const Needle needle = {what, size, _mm_set1_epi8((char)what[0]), _mm_set1_epi8((char)what[size - 1])};
    const size_t span = size - 1 + 16; /* bytes that a block looks at */
    for (; i + span <= length; i += 16) {
        const uint8_t *found = find_in_block(&needle, text + i, 0xffff);
        if (found != NULL)
            return found;
    }
    if (i + size <= length && length >= span) { /* the last sixteen places, without those that were looked at */
        size_t last = length - span;
        return find_in_block(&needle, text + last, 0xffffu << (i - last));
    }
#endif
    for (; i + size <= length; i++)
        if (text[i] == what[0] && memcmp(text + i, what, size) == 0)
            return text + i;
    return NULL;
}

/* Sixteen bytes in the other case where they lie within `first`..`first` + 25. */
#ifdef __SSE2__
static inline __m128i changed(__m128i block, char first)
{
    /* Signed comparison after a shift that makes the letters the lowest values. */
    __m128i shifted = _mm_add_epi8(block, _mm_set1_epi8((char)(-128 - first)));
    __m128i letters = _mm_cmplt_epi8(shifted, _mm_set1_epi8(-128 + 26));
    return _mm_xor_si128(block, _mm_and_si128(letters, _mm_set1_epi8(0x20)));
}
#endif

static inline bool change_case(const uint8_t *restrict text, uint8_t *restrict out, size_t length, char first)
{
    size_t i = 0;
    uint8_t high = 0;
#ifdef __SSE2__
    __m128i seen = _mm_setzero_si128();
    for (; i + 16 <= length; i += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        seen = _mm_or_si128(seen, block);
        _mm_storeu_si128((__m128i *)(void *)(out + i), changed(block, first));
    }
    if (i < length && length >= 16) { /* the last sixteen once more, whole */
        i = length - 16;
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)(text + i));
        seen = _mm_or_si128(seen, block);
        _mm_storeu_si128((__m128i *)(void *)(out + i), changed(block, first));
        i = length;
    }
    high = _mm_movemask_epi8(seen) != 0 ? 0x80 : 0;
#endif
    for (; i < length; i++) {
        uint8_t c = text[i];
        high |= c;
        out[i] = (uint8_t)(c ^ ((uint8_t)(c - (uint8_t)first) < 26 ? 0x20 : 0));
    }
    return (high & 0x80) == 0;
}

bool weir_ascii_lower(const uint8_t *restrict text, uint8_t *restrict out, size_t length)
{
    return change_case(text, out, length, 'A');
}

bool weir_ascii_upper(const uint8_t *restrict text, uint8_t *restrict out, size_t length)
{
    return change_case(text, out, length, 'a');
}

#ifdef __SSE2__
/* The bits of one block of `text`, of which `count` bytes are wanted; sixteen can be loaded from any of these. */
static inline size_t replace_block(const uint8_t *text, uint32_t count, __m128i what, __m128i with, size_t with_length,
                                   uint8_t *out)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)text);
    uint32_t bits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, what)) & ((1u << count) - 1), from = 0;
    size_t length = 0;
    for (; bits != 0; bits &= bits - 1) {
        uint32_t at = (uint32_t)__builtin_ctz(bits);
        _mm_storeu_si128((__m128i *)(void *)(out + length),
                         _mm_loadu_si128((const __m128i *)(const void *)(text + from)));
        length += at - from;
        _mm_storeu_si128((__m128i *)(void *)(out + length), with);
        length += with_length;
        from = at + 1;
    }
    _mm_storeu_si128((__m128i *)(void *)(out + length), _mm_loadu_si128((const __m128i *)(const void *)(text + from)));
    return length + count - from;
}
#endif

#ifdef __SSSE3__
/* Without the bytes: eight at a time are moved together by a table, so that nothing depends on where they stand. */
static size_t drop_byte(const uint8_t *text, size_t length, uint8_t what, uint8_t *out)
{
    const __m128i wanted = _mm_set1_epi8((char)what);
    size_t used = 0, i = 0;
    for (; i + 8 <= length; i += 8) {
        __m128i block = _mm_loadl_epi64((const __m128i *)(const void *)(text + i));
        uint32_t bits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)) & 0xff;
        __m128i shuffle = _mm_loadl_epi64((const __m128i *)(const void *)&shuffles_without[bits]);
        _mm_storel_epi64((__m128i *)(void *)(out + used), _mm_shuffle_epi8(block, shuffle));
        used += 8 - (size_t)__builtin_popcount(bits);
    }
    for (; i < length; i++) {
        out[used] = text[i];
        used += text[i] != what;
    }
    return used;
}
#endif

size_t weir_replace_byte(const uint8_t *text, size_t length, uint8_t what, const uint8_t *with, size_t with_length,
                         uint8_t *out)
{
    size_t used = 0;
    if (with_length == 1) {
        for (size_t i = 0; i < length; i++)
            out[i] = text[i] == what ? with[0] : text[i];
        return length;
    }
#ifdef __SSSE3__
    if (with_length == 0)
        return drop_byte(text, length, what, out);
#endif
#ifdef __SSE2__
    uint8_t padded[WEIR_REPLACE_SLACK + 32] = {0};
    if (with_length > 0)
        memcpy(padded, with, with_length);
    const __m128i wanted = _mm_set1_epi8((char)what), filler = _mm_loadu_si128((const __m128i *)(const void *)padded);
    size_t i = 0;
    for (; i + 32 <= length; i += 16)
        used += replace_block(text + i, 16, wanted, filler, with_length, out + used);
    size_t rest = length - i; /* less than 32: with room behind it */
    if (rest > 0)
        memcpy(padded, text + i, rest);
    for (size_t at = 0; at < rest; at += 16)
        used += replace_block(padded + at, rest - at < 16 ? (uint32_t)(rest - at) : 16, wanted, filler, with_length,
                              out + used);
#else
    for (size_t i = 0; i < length; i++) {
        if (text[i] != what) {
            out[used++] = text[i];
            continue;
        }
        for (size_t k = 0; k < with_length; k++)
            out[used++] = with[k];
    }
#endif
    return used;
}
