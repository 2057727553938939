/* Layout rules of UnsafeRow that writing, reading and checking share. */
#ifndef WEIR_COLUMNAR_UNSAFE_ROW_PRIVATE_H
#define WEIR_COLUMNAR_UNSAFE_ROW_PRIVATE_H

#include "columnar/unsafe_row.h"

static inline size_t weir_round_to_word(size_t bytes)
{
    return (bytes + 7u) & ~(size_t)7u;
}
static inline size_t weir_bit_words_bytes(size_t count)
{
    return (count + 63u) / 64u * 8u;
}

/* Bytes that an element takes in an array: its own width when fixed, else a slot of offset and size. */
static inline size_t weir_unsafe_element_width(WeirPhysicalType physical)
{
    return physical >= WEIR_PHYSICAL_BOOL && physical <= WEIR_PHYSICAL_DOUBLE ? weir_physical_size(physical) : 8u;
}

/* Values that live in the slot itself; void has no value but is as wide. */
static inline bool weir_unsafe_is_fixed(WeirPhysicalType physical)
{
    return physical <= WEIR_PHYSICAL_DOUBLE;
}

static inline void weir_put_word(uint8_t *out, uint64_t word)
{
    memcpy(out, &word, sizeof(word));
}

/* Copy and pad; returns the end of the padding. */
static inline uint8_t *weir_unsafe_put_bytes(uint8_t *out, const void *data, size_t length)
{
    size_t rounded = weir_round_to_word(length);
    if (rounded > 0)
        weir_put_word(out + rounded - 8, 0);
    if (length > 0)
        memcpy(out, data, length);
    return out + rounded;
}

/* A view that is inline fills at most two words and is padded with zeros already. */
static inline uint8_t *weir_unsafe_put_view(uint8_t *out, const WeirStringView *view)
{
    if (view->length > WEIR_VIEW_INLINE_BYTES)
        return weir_unsafe_put_bytes(out, weir_view_data(view), view->length);
    if (view->length == 0)
        return out;
    memcpy(out, view->inlined, 8);
    if (view->length <= 8)
        return out + 8;
    uint32_t rest;
    memcpy(&rest, view->inlined + 8, sizeof(rest));
    weir_put_word(out + 8, rest);
    return out + 16;
}

/* Variable bytes of a field, null or not. */
size_t weir_unsafe_field_size(const WeirVector *vector, uint32_t row);
/* Write field `index` of the row at `out`, whose variable part ends at `cursor` so far; returns the new end. */
uint8_t *weir_unsafe_put_field(const WeirVector *vector, uint32_t row, uint8_t *out, size_t null_bytes, uint32_t index,
                               uint8_t *cursor);

#endif
