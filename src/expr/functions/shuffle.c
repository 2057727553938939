/* shuffle: a random order of an array's elements; with a seed the order that Spark gives (Mersenne twister). */
#include "common/clock.h"
#include "expr/functions/collection_shared.h"
#include "expr/functions/random_seed.h"
#include "expr/mersenne_twister.h"

static void *new_twister(const WeirExpression *expression)
{
    WeirTwister *twister = weir_calloc(1, sizeof(*twister));
    const int64_t *seed = expression->bound;
    WeirRandom random;
    weir_random_init(&random, 0);
    weir_twister_init(twister, seed != NULL ? (uint64_t)*seed : weir_random_next(&random));
    return twister;
}

/* The seed is no argument of the resolved call. */
static WeirStatus resolve_shuffle(WeirFunctionCall *call, WeirError *error)
{
    if (call->argument_count == 2)
        WEIR_TRY(weir_call_take_seed(call, 1, "`shuffle`", error));
    WEIR_TRY(weir_call_require_array(call, 0, error));
    call->result_type = weir_call_type(call, 0);
    call->nullable = call->arguments[0]->nullable;
    return WEIR_OK;
}

WEIR_COLLECTION_KERNEL(shuffle_kernel)
{
    WeirTwister *twister = call->state;
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
        for (uint32_t i = 0; i < count; i++) { /* from the inside out: each takes the place of an earlier one */
            uint32_t target = weir_twister_next_below(twister, i + 1);
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
     .flags = WEIR_FUNCTION_NONDETERMINISTIC | WEIR_FUNCTION_SEEDED,
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
