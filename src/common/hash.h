/* Hash functions: Spark's Murmur3 and XXH64 (which define partitions and SQL's hash functions), XXH32 for LZ4 blocks,
 * and our own fast table hash. Facts: docs of Spark 4.2.1's results in streaming semantics; vectors in hash_test.c. */
#ifndef WEIR_COMMON_HASH_H
#define WEIR_COMMON_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Spark's Murmur3_x86_32 variants; the hash of one column is the seed of the next. */
uint32_t weir_murmur3_int(int32_t value, uint32_t seed);
uint32_t weir_murmur3_long(int64_t value, uint32_t seed);
/* Tail bytes are sign-extended and take a full round each (not standard Murmur3). */
uint32_t weir_murmur3_bytes(const void *data, size_t length, uint32_t seed);

uint64_t weir_xxhash64_int(int32_t value, uint64_t seed);
uint64_t weir_xxhash64_long(int64_t value, uint64_t seed);
uint64_t weir_xxhash64_bytes(const void *data, size_t length, uint64_t seed);
uint32_t weir_xxhash32(const void *data, size_t length, uint32_t seed);

/* For in-memory tables only: never stored, may change. Good in all bits. */
uint64_t weir_table_hash_bytes(const void *data, size_t length);
static inline uint64_t weir_table_hash_mix(uint64_t a, uint64_t b)
{
    __uint128_t product = (__uint128_t)(a ^ 0x9e3779b97f4a7c15ull) * (b ^ 0xd6e8feb86659fd93ull);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* weir_table_hash_bytes of 8 to 16 bytes, for loops that see many of them. */
static inline uint64_t weir_table_hash_8_to_16(const void *data, size_t length)
{
    uint64_t low, high;
    memcpy(&low, data, 8);
    memcpy(&high, (const uint8_t *)data + length - 8, 8);
    return weir_table_hash_mix(weir_table_hash_mix(low ^ 0x2545f4914f6cdd1dull ^ length, high), length);
}

uint32_t weir_crc32(uint32_t crc, const void *data, size_t length); /* zlib's polynomial */

#endif
