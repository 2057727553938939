/* Murmur3 and XXH64 exactly as Spark computes them, XXH32 for LZ4's frames, CRC-32, and a fast hash for our own tables.
 */
#include "common/hash.h"

#include <pthread.h>
#include <string.h>

static inline uint32_t rotate_left32(uint32_t value, int bits)
{
    return value << bits | value >> (32 - bits);
}
static inline uint64_t rotate_left64(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static inline uint32_t read32(const void *data)
{
    uint32_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

static inline uint64_t read64(const void *data)
{
    uint64_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

/* Murmur3_x86_32. */

static inline uint32_t murmur3_round(uint32_t hash, uint32_t word)
{
    word *= 0xcc9e2d51u;
    word = rotate_left32(word, 15);
    word *= 0x1b873593u;
    hash ^= word;
    hash = rotate_left32(hash, 13);
    return hash * 5 + 0xe6546b64u;
}

static inline uint32_t murmur3_finish(uint32_t hash, uint32_t length)
{
    hash ^= length;
    hash ^= hash >> 16;
    hash *= 0x85ebca6bu;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

uint32_t weir_murmur3_int(int32_t value, uint32_t seed)
{
    return murmur3_finish(murmur3_round(seed, (uint32_t)value), 4);
}

uint32_t weir_murmur3_long(int64_t value, uint32_t seed)
{
    uint32_t hash = murmur3_round(seed, (uint32_t)(uint64_t)value);
    return murmur3_finish(murmur3_round(hash, (uint32_t)((uint64_t)value >> 32)), 8);
}

uint32_t weir_murmur3_bytes(const void *data, size_t length, uint32_t seed)
{
    const uint8_t *bytes = data;
    uint32_t hash = seed;
    size_t aligned = length & ~(size_t)3;
    for (size_t i = 0; i < aligned; i += 4)
        hash = murmur3_round(hash, read32(bytes + i));
    for (size_t i = aligned; i < length; i++)
        hash = murmur3_round(hash, (uint32_t)(int32_t)(int8_t)bytes[i]);
    return murmur3_finish(hash, (uint32_t)length);
}

/* XXH64. */

#define XXH64_PRIME_1 0x9E3779B185EBCA87ull
#define XXH64_PRIME_2 0xC2B2AE3D27D4EB4Full
#define XXH64_PRIME_3 0x165667B19E3779F9ull
#define XXH64_PRIME_4 0x85EBCA77C2B2AE63ull
#define XXH64_PRIME_5 0x27D4EB2F165667C5ull

static inline uint64_t xxh64_round(uint64_t lane, uint64_t input)
{
    return rotate_left64(lane + input * XXH64_PRIME_2, 31) * XXH64_PRIME_1;
}

static inline uint64_t xxh64_merge(uint64_t hash, uint64_t lane)
{
    return (hash ^ xxh64_round(0, lane)) * XXH64_PRIME_1 + XXH64_PRIME_4;
}

static inline uint64_t xxh64_add8(uint64_t hash, uint64_t word)
{
    return rotate_left64(hash ^ xxh64_round(0, word), 27) * XXH64_PRIME_1 + XXH64_PRIME_4;
}

static inline uint64_t xxh64_add4(uint64_t hash, uint32_t word)
{
    return rotate_left64(hash ^ (uint64_t)word * XXH64_PRIME_1, 23) * XXH64_PRIME_2 + XXH64_PRIME_3;
}

static inline uint64_t xxh64_finish(uint64_t hash)
{
    hash ^= hash >> 33;
    hash *= XXH64_PRIME_2;
    hash ^= hash >> 29;
    hash *= XXH64_PRIME_3;
    return hash ^ hash >> 32;
}

uint64_t weir_xxhash64_int(int32_t value, uint64_t seed)
{
    return xxh64_finish(xxh64_add4(seed + XXH64_PRIME_5 + 4, (uint32_t)value));
}

uint64_t weir_xxhash64_long(int64_t value, uint64_t seed)
{
    return xxh64_finish(xxh64_add8(seed + XXH64_PRIME_5 + 8, (uint64_t)value));
}

uint64_t weir_xxhash64_bytes(const void *data, size_t length, uint64_t seed)
{
    const uint8_t *next = data;
    const uint8_t *end = next + length;
    uint64_t hash = seed + XXH64_PRIME_5;
    if (length >= 32) {
        uint64_t lanes[4] = {seed + XXH64_PRIME_1 + XXH64_PRIME_2, seed + XXH64_PRIME_2, seed, seed - XXH64_PRIME_1};
        do {
            for (int i = 0; i < 4; i++)
                lanes[i] = xxh64_round(lanes[i], read64(next + 8 * i));
            next += 32;
        } while (end - next >= 32);
        hash = rotate_left64(lanes[0], 1) + rotate_left64(lanes[1], 7) + rotate_left64(lanes[2], 12) +
               rotate_left64(lanes[3], 18);
        for (int i = 0; i < 4; i++)
            hash = xxh64_merge(hash, lanes[i]);
    }
    hash += length;
    for (; end - next >= 8; next += 8)
        hash = xxh64_add8(hash, read64(next));
    if (end - next >= 4) {
        hash = xxh64_add4(hash, read32(next));
        next += 4;
    }
    for (; next < end; next++)
        hash = rotate_left64(hash ^ *next * XXH64_PRIME_5, 11) * XXH64_PRIME_1;
    return xxh64_finish(hash);
}

/* XXH32. */

#define XXH32_PRIME_1 0x9E3779B1u
#define XXH32_PRIME_2 0x85EBCA77u
#define XXH32_PRIME_3 0xC2B2AE3Du
#define XXH32_PRIME_4 0x27D4EB2Fu
#define XXH32_PRIME_5 0x165667B1u

static inline uint32_t xxh32_round(uint32_t lane, uint32_t input)
{
    return rotate_left32(lane + input * XXH32_PRIME_2, 13) * XXH32_PRIME_1;
}

uint32_t weir_xxhash32(const void *data, size_t length, uint32_t seed)
{
    const uint8_t *next = data;
    const uint8_t *end = next + length;
    uint32_t hash = seed + XXH32_PRIME_5;
    if (length >= 16) {
        uint32_t lanes[4] = {seed + XXH32_PRIME_1 + XXH32_PRIME_2, seed + XXH32_PRIME_2, seed, seed - XXH32_PRIME_1};
        do {
            for (int i = 0; i < 4; i++)
                lanes[i] = xxh32_round(lanes[i], read32(next + 4 * i));
            next += 16;
        } while (end - next >= 16);
        hash = rotate_left32(lanes[0], 1) + rotate_left32(lanes[1], 7) + rotate_left32(lanes[2], 12) +
               rotate_left32(lanes[3], 18);
    }
    hash += (uint32_t)length;
    for (; end - next >= 4; next += 4)
        hash = rotate_left32(hash + read32(next) * XXH32_PRIME_3, 17) * XXH32_PRIME_4;
    for (; next < end; next++)
        hash = rotate_left32(hash + *next * XXH32_PRIME_5, 11) * XXH32_PRIME_1;
    hash ^= hash >> 15;
    hash *= XXH32_PRIME_2;
    hash ^= hash >> 13;
    hash *= XXH32_PRIME_3;
    return hash ^ hash >> 16;
}

/* The table hash: 16 bytes a multiplication; the tail is read as two overlapping words. */

uint64_t weir_table_hash_bytes(const void *data, size_t length)
{
    if (length >= 8 && length <= 16)
        return weir_table_hash_8_to_16(data, length);
    const uint8_t *bytes = data;
    uint64_t hash = 0x2545f4914f6cdd1dull ^ length;
    size_t left = length;
    for (; left > 16; left -= 16, bytes += 16)
        hash = weir_table_hash_mix(read64(bytes) ^ hash, read64(bytes + 8));
    uint64_t low = 0, high = 0;
    if (left >= 8) {
        low = read64(bytes);
        high = read64(bytes + left - 8);
    } else if (left >= 4) {
        low = read32(bytes);
        high = read32(bytes + left - 4);
    } else if (left > 0) {
        low = (uint64_t)bytes[0] << 16 | (uint64_t)bytes[left / 2] << 8 | bytes[left - 1];
    }
    return weir_table_hash_mix(weir_table_hash_mix(low ^ hash, high), length);
}

/* CRC-32, eight bytes a step over eight tables. */

static uint32_t crc_tables[8][256];
static pthread_once_t crc_once = PTHREAD_ONCE_INIT;

static void make_crc_tables(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
        crc_tables[0][i] = crc;
    }
    for (int table = 1; table < 8; table++) {
        for (int i = 0; i < 256; i++) {
            uint32_t previous = crc_tables[table - 1][i];
            crc_tables[table][i] = previous >> 8 ^ crc_tables[0][previous & 0xFF];
        }
    }
}

uint32_t weir_crc32(uint32_t crc, const void *data, size_t length)
{
    pthread_once(&crc_once, make_crc_tables);
    const uint8_t *bytes = data;
    crc = ~crc;
    for (; length >= 8; length -= 8, bytes += 8) {
        uint64_t word = read64(bytes) ^ crc;
        crc = 0;
        for (int i = 0; i < 8; i++)
            crc ^= crc_tables[7 - i][word >> (8 * i) & 0xFF];
    }
    for (; length > 0; length--, bytes++)
        crc = crc >> 8 ^ crc_tables[0][(crc ^ *bytes) & 0xFF];
    return ~crc;
}
