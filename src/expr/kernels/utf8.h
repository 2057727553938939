/* Characters of strings as Spark counts them: by the lead byte, whatever follows; nothing is validated. */
#ifndef WEIR_EXPR_KERNELS_UTF8_H
#define WEIR_EXPR_KERNELS_UTF8_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t weir_utf8_step(uint8_t lead)
{
    if (lead < 0xc2 || lead > 0xf4)
        return 1;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}
static inline uint64_t weir_load_word(const uint8_t *text)
{
    uint64_t word;
    memcpy(&word, text, 8);
    return word;
}
static inline int weir_text_is_ascii(const uint8_t *text, size_t length)
{
    uint64_t high = 0;
    if (length >= 8) { /* the last word overlaps the one before */
        for (size_t i = 0; i + 8 < length; i += 8)
            high |= weir_load_word(text + i);
        high |= weir_load_word(text + length - 8);
    } else {
        for (size_t i = 0; i < length; i++)
            high |= text[i];
    }
    return (high & 0x8080808080808080ull) == 0;
}
static inline uint32_t weir_utf8_count(const uint8_t *text, size_t length)
{
    if (weir_text_is_ascii(text, length))
        return (uint32_t)length;
    uint32_t count = 0;
    for (size_t i = 0; i < length; i += weir_utf8_step(text[i]))
        count++;
    return count;
}
/* Byte offset of the character `index` characters after `from`; at most `length`. */
static inline size_t weir_utf8_advance(const uint8_t *text, size_t length, size_t from, uint64_t index)
{
    while (index-- > 0 && from < length)
        from += weir_utf8_step(text[from]);
    return from < length ? from : length;
}
/* The code point at text[*at], moving past it; U+FFFD for a bad byte, as Java's decoder does. */
uint32_t weir_utf8_next(const uint8_t *text, size_t length, size_t *at);
uint32_t weir_utf8_put(uint32_t code_point, uint8_t *out); /* 1..4 bytes */

#endif
