/* Splitting at one byte looks at up to 64 bytes at a time: a bit per delimiter, then one view per bit, made without a
 * branch on its length, which is as good as random. */
#include "expr/kernels/text_split.h"

#include "expr/kernels/text_find.h"

#ifdef __SSE4_1__
#include <smmintrin.h>
#endif

static inline void emit(WeirColumnWriter *writer, const uint8_t *start, const uint8_t *stop)
{
    WeirStringView view = weir_view_make(start, (uint32_t)(stop - start));
    memcpy(weir_column_writer_slot(writer), &view, sizeof(view));
}

static void split_short(const uint8_t *text, size_t length, uint8_t delimiter, WeirColumnWriter *writer)
{
    const uint8_t *start = text, *end = text + length;
    for (const uint8_t *at = text; at < end; at++) {
        if (*at != delimiter)
            continue;
        emit(writer, start, at);
        start = at + 1;
    }
    emit(writer, start, end);
}

#ifdef __SSE4_1__
/* Loaded from byte 16 - n on: the first n bytes of a register are kept. */
static const uint8_t keep_mask[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
/* Loaded from byte n on: a shuffle that moves byte n to the front, zeros behind the last. */
static const uint8_t shift_down[32] = {0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,
                                       11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                                       0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};

static inline __m128i load16(const uint8_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

/* The 16 bytes from `start`, zeros behind `end`. The text that ends there has at least 16. */
static inline __m128i load_within(const uint8_t *start, const uint8_t *end)
{
    size_t left = (size_t)(end - start);
    return left >= 16 ? load16(start) : _mm_shuffle_epi8(load16(end - 16), load16(shift_down + (16 - left)));
}

static inline void put_view(uint8_t *slot, const uint8_t *start, size_t length, const uint8_t *end)
{
    size_t kept = length < WEIR_VIEW_INLINE_BYTES ? length : WEIR_VIEW_INLINE_BYTES;
    __m128i view =
        _mm_and_si128(_mm_slli_si128(load_within(start, end), 4), load16(keep_mask + WEIR_VIEW_INLINE_BYTES - kept));
    view = _mm_or_si128(view, _mm_cvtsi32_si128((int)length));
    uint64_t halves[2] = {(uint64_t)_mm_cvtsi128_si64(view), (uint64_t)_mm_extract_epi64(view, 1)};
    halves[1] = length > WEIR_VIEW_INLINE_BYTES ? (uint64_t)(uintptr_t)start : halves[1];
    memcpy(slot, halves, sizeof(halves));
}

/* A bit for each delimiter among the next `count` bytes, at most 64. */
static inline uint64_t delimiter_bits(const uint8_t *at, size_t count, const uint8_t *end, __m128i wanted)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i += 16) {
        __m128i block = load_within(at + i, end);
        bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(block, wanted)) << i;
    }
    return count < 64 ? bits & (((uint64_t)1 << count) - 1) : bits;
}

static void split_byte(const uint8_t *text, size_t length, uint8_t delimiter, WeirColumnWriter *writer)
{
    const uint8_t *start = text, *end = text + length;
    const __m128i wanted = _mm_set1_epi8((char)delimiter);
    for (const uint8_t *at = text; at < end; at += 64) {
        size_t count = end - at < 64 ? (size_t)(end - at) : 64;
        uint64_t bits = delimiter_bits(at, count, end, wanted);
        uint32_t parts = (uint32_t)__builtin_popcountll(bits);
        uint8_t *slot = weir_column_writer_slots(writer, parts);
        if (slot == NULL)
            return; /* no memory: the writer says so when it is finished */
        for (; bits != 0; bits &= bits - 1, slot += sizeof(WeirStringView)) {
            const uint8_t *stop = at + __builtin_ctzll(bits);
            put_view(slot, start, (size_t)(stop - start), end);
            start = stop + 1;
        }
    }
    uint8_t *slot = weir_column_writer_slots(writer, 1);
    if (slot != NULL)
        put_view(slot, start, (size_t)(end - start), end);
}
#endif

void weir_split_literal(const uint8_t *text, size_t length, const uint8_t *delimiter, size_t size, int32_t limit,
                        WeirColumnWriter *writer)
{
    if (size == 1 && limit <= 0) {
#ifdef __SSE4_1__
        if (length >= 16) {
            split_byte(text, length, delimiter[0], writer);
            return;
        }
#endif
        split_short(text, length, delimiter[0], writer);
        return;
    }
    size_t start = 0;
    for (int32_t parts = 1; limit <= 0 || parts < limit; parts++) {
        const uint8_t *found = weir_find_bytes(text, length, start, delimiter, size);
        if (found == NULL)
            break;
        emit(writer, text + start, found);
        start = (size_t)(found - text) + size;
    }
    emit(writer, text + start, text + length);
}
