/* Makoto Matsumoto and Takuji Nishimura, "Mersenne Twister" (1998), with their seeding by an array. */
#include "expr/mersenne_twister.h"

static void seed_word(WeirTwister *twister, uint32_t seed)
{
    twister->words[0] = seed;
    for (uint32_t i = 1; i < WEIR_TWISTER_WORDS; i++)
        twister->words[i] = 1812433253u * (twister->words[i - 1] ^ (twister->words[i - 1] >> 30)) + i;
    twister->next = WEIR_TWISTER_WORDS;
}

/* MT19937's seeding by an array of two words. */
void weir_twister_init(WeirTwister *twister, uint64_t seed)
{
    uint32_t key[2] = {(uint32_t)(seed >> 32), (uint32_t)seed}, i = 1, j = 0;
    uint32_t *words = twister->words;
    seed_word(twister, 19650218u);
    for (uint32_t k = WEIR_TWISTER_WORDS; k > 0; k--) {
        words[i] = (words[i] ^ ((words[i - 1] ^ (words[i - 1] >> 30)) * 1664525u)) + key[j] + j;
        j = !j;
        if (++i == WEIR_TWISTER_WORDS) {
            words[0] = words[WEIR_TWISTER_WORDS - 1];
            i = 1;
        }
    }
    for (uint32_t k = WEIR_TWISTER_WORDS - 1; k > 0; k--) {
        words[i] = (words[i] ^ ((words[i - 1] ^ (words[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i == WEIR_TWISTER_WORDS) {
            words[0] = words[WEIR_TWISTER_WORDS - 1];
            i = 1;
        }
    }
    words[0] = 0x80000000u;
}

uint32_t weir_twister_next(WeirTwister *twister)
{
    uint32_t *words = twister->words;
    if (twister->next == WEIR_TWISTER_WORDS) {
        for (uint32_t i = 0; i < WEIR_TWISTER_WORDS; i++) {
            uint32_t y = (words[i] & 0x80000000u) | (words[(i + 1) % WEIR_TWISTER_WORDS] & 0x7fffffffu);
            words[i] = words[(i + 397) % WEIR_TWISTER_WORDS] ^ (y >> 1) ^ ((y & 1u) ? 0x9908b0dfu : 0);
        }
        twister->next = 0;
    }
    uint32_t y = words[twister->next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

uint64_t weir_twister_next_long(WeirTwister *twister)
{
    uint64_t high = weir_twister_next(twister);
    return high << 32 | weir_twister_next(twister);
}

uint32_t weir_twister_next_below(WeirTwister *twister, uint32_t n)
{
    if ((n & (0 - n)) == n)
        return (uint32_t)(((uint64_t)n * (weir_twister_next(twister) >> 1)) >> 31);
    for (;;) {
        uint32_t bits = weir_twister_next(twister) >> 1, value = bits % n;
        if ((int32_t)(bits - value + (n - 1)) >= 0)
            return value;
    }
}
