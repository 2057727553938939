/* What the files of columnar/ share among themselves about vectors. */
#ifndef WEIR_COLUMNAR_VECTOR_PRIVATE_H
#define WEIR_COLUMNAR_VECTOR_PRIVATE_H

#include "columnar/vector.h"

/* Arena memory sized by data: small pieces never fail, from 1 MiB on the tracker may refuse. */
WEIR_CHECKED WeirStatus weir_vector_allocate(WeirArena *arena, size_t bytes, void **memory, WeirError *error);

/* Vectors that came from outside need not be aligned to 16 bytes. */
static inline WeirInt128 weir_load_int128(const void *values, uint32_t row)
{
    WeirInt128 value;
    memcpy(&value, (const uint8_t *)values + (size_t)row * 16u, sizeof(value));
    return value;
}
static inline void weir_store_int128(void *values, uint32_t row, WeirInt128 value)
{
    memcpy((uint8_t *)values + (size_t)row * 16u, &value, sizeof(value));
}
/* Row of a flat or constant vector whose physical type is at most 8 bytes of integer, widened. */
static inline int64_t weir_load_int(const WeirVector *flat, WeirPhysicalType physical, uint32_t row)
{
    switch (physical) {
    case WEIR_PHYSICAL_BOOL:
        return ((const uint8_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT8:
        return ((const int8_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT16:
        return ((const int16_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT32:
        return ((const int32_t *)flat->values)[row];
    case WEIR_PHYSICAL_INT64:
        return ((const int64_t *)flat->values)[row];
    default:
        return 0;
    }
}
/* Null by its own bitmap; for rows that weir_vector_locate gave. */
static inline bool weir_flat_is_null(const WeirVector *flat, uint32_t row)
{
    return row == WEIR_NULL_INDEX || flat->type->id == WEIR_TYPE_VOID ||
           (flat->validity != NULL && !weir_bit_get(flat->validity, row));
}

/* Minimal big-endian two's complement bytes of `value`, as Java's BigInteger.toByteArray; returns their number (1..16).
 */
static inline uint32_t weir_int128_to_bytes(WeirInt128 value, uint8_t bytes[16])
{
    uint8_t all[16];
    for (int i = 0; i < 16; i++)
        all[15 - i] = (uint8_t)((unsigned __int128)value >> (8 * i));
    uint32_t start = 0;
    uint8_t fill = value < 0 ? 0xff : 0;
    while (start < 15 && all[start] == fill && (all[start + 1] & 0x80) == (fill & 0x80))
        start++;
    memcpy(bytes, all + start, 16u - start);
    return 16u - start;
}

#endif
