/* Splitting at one byte looks at sixteen bytes at a time: a bit per delimiter, then one view per bit. */
#include "expr/kernels/text_split.h"

#include "expr/kernels/text_find.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* A view over [start, start + length) where at least 16 bytes from start are readable: no call for short ones. */
static inline WeirStringView view_within(const uint8_t *start, uint32_t length)
{
    if (length > WEIR_VIEW_INLINE_BYTES)
        return weir_view_make(start, length);
    uint64_t low;
    uint32_t high;
    memcpy(&low, start, 8);
    memcpy(&high, start + 8, 4);
    low = length >= 8 ? low : low & (((uint64_t)1 << (8 * length)) - 1);
    high = length > 8 ? (length >= 12 ? high : high & (((uint32_t)1 << (8 * (length - 8))) - 1)) : 0;
    WeirStringView view;
    view.length = length;
    memcpy(view.inlined, &low, 8);
    memcpy(view.inlined + 8, &high, 4);
    return view;
}

static inline void emit(WeirColumnWriter *writer, const uint8_t *start, const uint8_t *stop, const uint8_t *end)
{
    WeirStringView view = end - start >= 16 ? view_within(start, (uint32_t)(stop - start)) : weir_view_make(start, (uint32_t)(stop - start));
    void *slot = writer->length < writer->capacity ? writer->values + (size_t)writer->length++ * sizeof(view) : weir_column_writer_slot(writer);
    memcpy(slot, &view, sizeof(view));
}

static void split_byte(const uint8_t *text, size_t length, uint8_t delimiter, WeirColumnWriter *writer)
{
    const uint8_t *start = text, *end = text + length, *at = text;
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)delimiter);
    for (; end - at >= 16; at += 16) {
        __m128i block = _mm_loadu_si128((const __m128i *)(const void *)at);
        uint32_t bits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted));
        while (bits != 0) {
            const uint8_t *stop = at + __builtin_ctz(bits);
            emit(writer, start, stop, end);
            start = stop + 1;
            bits &= bits - 1;
        }
    }
#endif
    for (; at < end; at++) {
        if (*at != delimiter)
            continue;
        emit(writer, start, at, end);
        start = at + 1;
    }
    emit(writer, start, end, end);
}

void weir_split_literal(const uint8_t *text, size_t length, const uint8_t *delimiter, size_t size, int32_t limit, WeirColumnWriter *writer)
{
    if (size == 1 && limit <= 0) {
        split_byte(text, length, delimiter[0], writer);
        return;
    }
    size_t start = 0;
    for (int32_t parts = 1; limit <= 0 || parts < limit; parts++) {
        const uint8_t *found = weir_find_bytes(text, length, start, delimiter, size);
        if (found == NULL)
            break;
        emit(writer, text + start, found, text + length);
        start = (size_t)(found - text) + size;
    }
    emit(writer, text + start, text + length, text + length);
}
