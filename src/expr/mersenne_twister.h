/* MT19937, seeded by a long as two words: the generator behind shuffle and uuid. */
#ifndef WEIR_EXPR_MERSENNE_TWISTER_H
#define WEIR_EXPR_MERSENNE_TWISTER_H

#include <stdint.h>

#define WEIR_TWISTER_WORDS 624u

typedef struct WeirTwister {
    uint32_t words[WEIR_TWISTER_WORDS];
    uint32_t next;
} WeirTwister;

void weir_twister_init(WeirTwister *twister, uint64_t seed);
uint32_t weir_twister_next(WeirTwister *twister);
uint64_t weir_twister_next_long(WeirTwister *twister);
/* 0..n-1, as Java's generators of this kind give it. */
uint32_t weir_twister_next_below(WeirTwister *twister, uint32_t n);

#endif
