/* xoshiro256**, seeded by splitmix64: fast, and the same numbers on every machine for the same seed. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "common/clock.h"
#include "common/error.h"

static uint64_t rotate_left(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

void weir_random_init(WeirRandom *random, uint64_t seed)
{
    if (seed == 0) {
        ssize_t got;
        do {
            got = getrandom(random->state, sizeof random->state, 0);
        } while (got < 0);
        WEIR_ASSERT(got == (ssize_t)sizeof random->state);
        random->state[0] |= 1; /* the state must not be all zero */
        return;
    }
    for (int i = 0; i < 4; i++) {
        seed += 0x9e3779b97f4a7c15ull;
        uint64_t mixed = seed;
        mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ull;
        mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebull;
        random->state[i] = mixed ^ mixed >> 31;
    }
}

uint64_t weir_random_next(WeirRandom *random)
{
    uint64_t *state = random->state;
    uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

void weir_random_uuid(WeirRandom *random, char text[37])
{
    uint64_t high = (weir_random_next(random) & ~0xF000ull) | 0x4000ull;    /* version 4 */
    uint64_t low = (weir_random_next(random) & ~(3ull << 62)) | 2ull << 62; /* RFC 4122's variant */
    snprintf(text, 37, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(high >> 32), (unsigned)(high >> 16 & 0xFFFF),
             (unsigned)(high & 0xFFFF), (unsigned)(low >> 48), (unsigned long long)(low & 0xFFFFFFFFFFFFull));
}
