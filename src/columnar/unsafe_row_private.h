/* Layout rules of UnsafeRow that writing, reading and checking share. */
#ifndef WEIR_COLUMNAR_UNSAFE_ROW_PRIVATE_H
#define WEIR_COLUMNAR_UNSAFE_ROW_PRIVATE_H

#include "columnar/unsafe_row.h"

static inline size_t weir_round_to_word(size_t bytes) { return (bytes + 7u) & ~(size_t)7u; }
static inline size_t weir_bit_words_bytes(size_t count) { return (count + 63u) / 64u * 8u; }

/* Bytes that an element takes in an array: its own width when fixed, else a slot of offset and size. */
static inline size_t weir_unsafe_element_width(WeirPhysicalType physical)
{
    return physical >= WEIR_PHYSICAL_BOOL && physical <= WEIR_PHYSICAL_DOUBLE ? weir_physical_size(physical) : 8u;
}

/* Values that live in the slot itself; void has no value but is as wide. */
static inline bool weir_unsafe_is_fixed(WeirPhysicalType physical) { return physical <= WEIR_PHYSICAL_DOUBLE; }

#endif
