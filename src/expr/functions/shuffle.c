/* shuffle: a random order of an array's elements; with a seed the order that Spark gives (Mersenne twister, from the
 * first place to the last). */
#include "common/clock.h"
#include "expr/functions/collection_shared.h"

#define TWISTER_WORDS 624u

typedef struct Twister {
    uint32_t words[TWISTER_WORDS];
    uint32_t next;
} Twister;

static void seed_word(Twister *twister, uint32_t seed)
{
    twister->words[0] = seed;
    for (uint32_t i = 1; i < TWISTER_WORDS; i++)
        twister->words[i] = 1812433253u * (twister->words[i - 1] ^ (twister->words[i - 1] >> 30)) + i;
    twister->next = TWISTER_WORDS;
}

/* MT19937's seeding by an array of two words. */
static void seed_long(Twister *twister, uint64_t seed)
{
    uint32_t key[2] = {(uint32_t)(seed >> 32), (uint32_t)seed}, i = 1, j = 0;
    uint32_t *words = twister->words;
    seed_word(twister, 19650218u);
    for (uint32_t k = TWISTER_WORDS; k > 0; k--) {
        words[i] = (words[i] ^ ((words[i - 1] ^ (words[i - 1] >> 30)) * 1664525u)) + key[j] + j;
        j = !j;
        if (++i == TWISTER_WORDS) {
            words[0] = words[TWISTER_WORDS - 1];
            i = 1;
        }
    }
    for (uint32_t k = TWISTER_WORDS - 1; k > 0; k--) {
        words[i] = (words[i] ^ ((words[i - 1] ^ (words[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i == TWISTER_WORDS) {
            words[0] = words[TWISTER_WORDS - 1];
            i = 1;
        }
    }
    words[0] = 0x80000000u;
}

static uint32_t next_bits(Twister *twister)
{
    uint32_t *words = twister->words;
    if (twister->next == TWISTER_WORDS) {
        for (uint32_t i = 0; i < TWISTER_WORDS; i++) {
            uint32_t y = (words[i] & 0x80000000u) | (words[(i + 1) % TWISTER_WORDS] & 0x7fffffffu);
            words[i] = words[(i + 397) % TWISTER_WORDS] ^ (y >> 1) ^ ((y & 1u) ? 0x9908b0dfu : 0);
        }
        twister->next = 0;
    }
    uint32_t y = words[twister->next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680u;
    y ^= (y << 15) & 0xefc60000u;
    return y ^ (y >> 18);
}

/* 0..n-1, as Java's generators of this kind give it. */
static uint32_t next_below(Twister *twister, uint32_t n)
{
    if ((n & (0 - n)) == n)
        return (uint32_t)(((uint64_t)n * (next_bits(twister) >> 1)) >> 31);
    for (;;) {
        uint32_t bits = next_bits(twister) >> 1, value = bits % n;
        if ((int32_t)(bits - value + (n - 1)) >= 0)
            return value;
    }
}

static void *new_twister(const WeirExpression *expression)
{
    Twister *twister = weir_calloc(1, sizeof(*twister));
    const WeirExpression *seed = expression->child_count == 2 ? expression->children[1] : NULL;
    WeirRandom random;
    weir_random_init(&random, 0);
    if (seed != NULL && seed->kind == WEIR_EXPRESSION_LITERAL && !weir_value_is_null(seed->value))
        seed_long(twister, (uint64_t)weir_value_get_int(seed->value));
    else
        seed_long(twister, weir_random_next(&random));
    return twister;
}

static WeirStatus resolve_shuffle(WeirFunctionCall *call, WeirError *error)
{
    WEIR_TRY(weir_call_require_array(call, 0, error));
    call->result_type = weir_call_type(call, 0);
    call->nullable = call->arguments[0]->nullable;
    if (call->argument_count == 1)
        return WEIR_OK;
    WeirValue *seed = NULL;
    if (!weir_type_is_integral(call->arguments[1]->type) && call->arguments[1]->type->id != WEIR_TYPE_VOID)
        return weir_call_unexpected_type(call, 1, "\"INTEGRAL\"", error);
    WEIR_TRY(weir_call_constant(call, 1, &seed, error));
    if (seed == NULL)
        return weir_call_non_foldable(call, 1, "seed", "\"BIGINT\"", error);
    call->arguments[1] = weir_expression_literal(call->arena, seed);
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(shuffle_kernel)
{
    Twister *twister = call->state;
    WeirListResult list;
    weir_list_result_init(&list, call, result);
    WEIR_FOR_ROWS(call, row)
    {
        weir_list_result_begin(&list, row);
        if (weir_vector_is_null(arguments[0], row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        const WeirVector *source;
        uint32_t first, count = weir_list_range(arguments[0], row, &source, &first);
        uint32_t *places = WEIR_ARENA_ARRAY(call->arena, uint32_t, count + 1);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t target = next_below(twister, i + 1);
            places[i] = places[target];
            places[target] = first + i;
        }
        for (uint32_t i = 0; i < count; i++)
            weir_column_writer_append_row(&list.elements, &source->children[0], places[i]);
    }
    return weir_list_result_finish(&list, error);
}

const WeirFunction weir_functions_shuffle[] = {
    {.name = "shuffle",
     .flags = WEIR_FUNCTION_NONDETERMINISTIC,
     .arguments_min = 1,
     .arguments_max = 2,
     .resolve = resolve_shuffle,
     .kernel = shuffle_kernel,
     .new_state = new_twister,
     .free_state = weir_free,
     .group = "array_funcs",
     .usage = "shuffle(a[, seed]): the elements in a random order."},
    {0},
};
