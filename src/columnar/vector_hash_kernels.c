/* Spark's hash() (Murmur3) and xxhash64() of vectors. A null leaves the hash as it is; structs and arrays chain through
 * their parts; -0.0 hashes as 0.0 and every NaN alike. The whole-column forms run one loop per width. */
#include "columnar/vector.h"
#include "columnar/vector_private.h"
#include "common/hash.h"

static inline int32_t float_bits(float value)
{
    int32_t bits;
    if (value != value)
        return 0x7fc00000;
    if (value == 0)
        return 0;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static inline int64_t double_bits(double value)
{
    int64_t bits;
    if (value != value)
        return 0x7ff8000000000000;
    if (value == 0)
        return 0;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* The round functions inlined, since a call per row would cost more than the hash. */
static inline uint32_t murmur3_mix(uint32_t hash, uint32_t word)
{
    word *= 0xcc9e2d51u;
    word = word << 15 | word >> 17;
    hash ^= word * 0x1b873593u;
    hash = hash << 13 | hash >> 19;
    return hash * 5u + 0xe6546b64u;
}

static inline uint32_t murmur3_finish(uint32_t hash, uint32_t bytes)
{
    hash ^= bytes;
    hash ^= hash >> 16;
    hash *= 0x85ebca6bu;
    hash ^= hash >> 13;
    hash *= 0xc2b2ae35u;
    return hash ^ hash >> 16;
}

static inline uint32_t murmur3_int(int32_t value, uint32_t seed)
{
    return murmur3_finish(murmur3_mix(seed, (uint32_t)value), 4);
}

static inline uint32_t murmur3_long(int64_t value, uint32_t seed)
{
    uint32_t hash = murmur3_mix(seed, (uint32_t)value);
    return murmur3_finish(murmur3_mix(hash, (uint32_t)((uint64_t)value >> 32)), 8);
}

static inline uint32_t murmur3_view(const WeirStringView *view, uint32_t seed)
{
    if (view->length > WEIR_VIEW_INLINE_BYTES)
        return weir_murmur3_bytes(weir_view_data(view), view->length, seed);
    uint32_t hash = seed;
    uint32_t at = 0;
    for (; at + 4 <= view->length; at += 4) {
        uint32_t word;
        memcpy(&word, view->inlined + at, 4);
        hash = murmur3_mix(hash, word);
    }
    for (; at < view->length; at++) /* Spark: a full round for each byte left, sign-extended */
        hash = murmur3_mix(hash, (uint32_t)(int32_t)(int8_t)view->inlined[at]);
    return murmur3_finish(hash, view->length);
}

static inline uint32_t murmur3_float(float value, uint32_t seed)
{
    return murmur3_int(float_bits(value), seed);
}
static inline uint32_t murmur3_double(double value, uint32_t seed)
{
    return murmur3_long(double_bits(value), seed);
}

/* murmur3_row and xxhash64_row differ in these functions only. */
#define Hash uint32_t
#define HASH(part) murmur3_##part
#define HASH_ROW weir_vector_murmur3_row
#define HASH_COLUMN weir_vector_murmur3
#define HASH_BYTES weir_murmur3_bytes
#include "columnar/vector_hash_template.h"

static inline uint64_t xxhash64_int(int32_t value, uint64_t seed)
{
    return weir_xxhash64_int(value, seed);
}
static inline uint64_t xxhash64_long(int64_t value, uint64_t seed)
{
    return weir_xxhash64_long(value, seed);
}
static inline uint64_t xxhash64_float(float value, uint64_t seed)
{
    return weir_xxhash64_int(float_bits(value), seed);
}
static inline uint64_t xxhash64_double(double value, uint64_t seed)
{
    return weir_xxhash64_long(double_bits(value), seed);
}
static inline uint64_t xxhash64_view(const WeirStringView *view, uint64_t seed)
{
    return weir_xxhash64_bytes(weir_view_data(view), view->length, seed);
}

#define Hash uint64_t
#define HASH(part) xxhash64_##part
#define HASH_ROW weir_vector_xxhash64_row
#define HASH_COLUMN weir_vector_xxhash64
#define HASH_BYTES weir_xxhash64_bytes
#include "columnar/vector_hash_template.h"
