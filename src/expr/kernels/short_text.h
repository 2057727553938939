/* Texts of numbers, dates and times made in registers: up to 16 bytes as one number, first byte lowest. A view over a
 * text that was just written byte by byte would wait until the bytes have left the store buffer. */
#ifndef WEIR_EXPR_KERNELS_SHORT_TEXT_H
#define WEIR_EXPR_KERNELS_SHORT_TEXT_H

#include "expr/kernel.h"

typedef unsigned __int128 WeirShortBytes;
typedef struct WeirShortText {
    WeirShortBytes bytes; /* zero from `length` on */
    uint32_t length;
} WeirShortText;

/* The eight digits of a number below 10^8, each in its byte (0..9), the first one lowest. */
static inline uint64_t weir_eight_digits(uint32_t value)
{
    uint64_t high = value / 10000, low = value % 10000;
    uint64_t four = high | low << 32;                                   /* 4 digits a half */
    uint64_t hundreds = ((four * 10486) >> 20) & 0x0000007f0000007full; /* / 100 */
    uint64_t two = hundreds | (four - hundreds * 100) << 16;            /* 2 digits a quarter */
    uint64_t tens = ((two * 103) >> 10) & 0x000f000f000f000full;        /* / 10 */
    return tens | (two - tens * 10) << 8;
}

/* Decimal digits without leading zeros, but at least `digits_min`; `magnitude` below 10^16. */
static inline WeirShortText weir_short_digits(uint64_t magnitude, uint32_t digits_min)
{
    uint64_t high = weir_eight_digits((uint32_t)(magnitude / 100000000u)),
             low = weir_eight_digits((uint32_t)(magnitude % 100000000u));
    uint32_t zeros =
        high != 0 ? (uint32_t)__builtin_ctzll(high) / 8 : 8 + (uint32_t)__builtin_ctzll(low | 1ull << 63) / 8;
    if (zeros > 16 - digits_min)
        zeros = 16 - digits_min;
    WeirShortBytes bytes =
        (WeirShortBytes)(high | 0x3030303030303030ull) | (WeirShortBytes)(low | 0x3030303030303030ull) << 64;
    return (WeirShortText){bytes >> 8 * zeros, 16 - zeros};
}

static inline WeirShortText weir_short_sign(WeirShortText text, bool negative)
{
    if (!negative)
        return text;
    return (WeirShortText){text.bytes << 8 | '-', text.length + 1};
}

/* A point before the last `scale` digits; at most 15 digits. */
static inline WeirShortText weir_short_point(WeirShortText text, uint32_t scale)
{
    uint32_t whole = 8 * (text.length - scale);
    WeirShortBytes before = text.bytes & (((WeirShortBytes)1 << whole) - 1), after = text.bytes >> whole;
    return (WeirShortText){before | (WeirShortBytes)'.' << whole | after << 8 << whole, text.length + 1};
}

/* yyyy-MM-dd of a year from 0 to 9999. */
static inline WeirShortText weir_short_date(uint32_t year, uint32_t month, uint32_t day)
{
    uint64_t digits = weir_eight_digits(year * 10000 + month * 100 + day) | 0x3030303030303030ull;
    uint64_t low = (digits & 0xffffffffull) | (uint64_t)'-' << 32 | (digits >> 32 & 0xffff) << 40 | (uint64_t)'-' << 56;
    return (WeirShortText){(WeirShortBytes)low | (WeirShortBytes)(digits >> 48) << 64, 10};
}

/* HH:mm:ss */
static inline uint64_t weir_short_time(uint32_t second_of_day)
{
    uint32_t hour = second_of_day / 3600, minute = second_of_day / 60 % 60, second = second_of_day % 60;
    uint64_t digits = weir_eight_digits(hour * 1000000 + minute * 1000 + second); /* hh0mm0ss */
    return digits | 0x30303a30303a3030ull;
}

/* The view over the text, whose bytes are kept by the heap where they are too many for the view. 16 bytes are reserved.
 */
static inline WeirStringView weir_short_view(WeirTextHeap *heap, WeirShortText text)
{
    WeirStringView view;
    uint64_t low = (uint64_t)text.bytes, high = (uint64_t)(text.bytes >> 64);
    uint64_t parts[2] = {text.length | low << 32, low >> 32 | high << 32};
    if (text.length > WEIR_VIEW_INLINE_BYTES) {
        memcpy(heap->next, &low, 8);
        memcpy(heap->next + 8, &high, 8);
        uint8_t *data = heap->next;
        memcpy(&parts[1], &data, 8);
        heap->next += text.length;
    }
    memcpy(&view, parts, sizeof(view));
    return view;
}

#endif
