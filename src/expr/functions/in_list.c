/* value IN (list). A list of constants is put into a hash set when it is first seen; the result is null where nothing
 * matched and a null was there. */
#include "common/hash.h"
#include "expr/function_private.h"
#include "expr/kernel.h"
#include "expr/kernels.h"

typedef struct InSet {
    bool built, usable, has_null;
    bool views;     /* keys are views, else 64-bit values */
    uint32_t slots; /* a power of two */
    uint64_t *keys;
    WeirStringView *texts;
    uint8_t *used;
    WeirArena arena;
} InSet;

static WeirStatus resolve_in(WeirFunctionCall *call, WeirError *error)
{
    const WeirDataType *common = weir_common_type_of(call->arena, call->arguments, call->argument_count);
    bool same = common == NULL; /* rows whose fields have other names compare as they are */
    for (uint32_t i = 1; i < call->argument_count && same; i++)
        same = weir_type_same_structure(call->arguments[0]->type, call->arguments[i]->type);
    if (common == NULL && !same)
        return weir_call_diff_types(call, error);
    if (common == NULL)
        common = call->arguments[0]->type;
    if (!weir_type_is_orderable(common) && common->id != WEIR_TYPE_VOID)
        return weir_call_bad_ordering(call, common, error);
    for (uint32_t i = 0; i < call->argument_count && !same; i++)
        call->cast_types[i] = common;
    call->result_type = &weir_type_boolean;
    return WEIR_OK;
}

static bool changes_per_batch(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_FOLD_PER_BATCH) != 0;
}

static void *new_set(const WeirExpression *expression)
{
    InSet *set = weir_calloc(1, sizeof(*set));
    weir_arena_init(&set->arena, NULL);
    WeirPhysicalType physical = weir_type_physical(expression->children[0]->type);
    set->views = physical == WEIR_PHYSICAL_VIEW;
    set->usable = set->views || (physical >= WEIR_PHYSICAL_BOOL && physical <= WEIR_PHYSICAL_INT64);
    for (uint32_t i = 1; i < expression->child_count; i++)
        set->usable = set->usable && weir_expression_is_foldable(expression->children[i]) &&
                      !weir_expression_any(expression->children[i], changes_per_batch, NULL);
    return set;
}

static void free_set(void *state)
{
    InSet *set = state;
    weir_arena_deinit(&set->arena);
    weir_free(set);
}

static inline uint64_t integer_at(const WeirVector *vector, uint32_t at)
{
    switch (weir_physical_size(weir_type_physical(vector->type))) {
    case 1:
        return (uint64_t)(int64_t)((const int8_t *)vector->values)[at];
    case 2:
        return (uint64_t)(int64_t)((const int16_t *)vector->values)[at];
    case 4:
        return (uint64_t)(int64_t)((const int32_t *)vector->values)[at];
    default:
        return ((const uint64_t *)vector->values)[at];
    }
}

static inline uint64_t hash_view(const WeirStringView *view)
{
    return weir_table_hash_bytes(weir_view_data(view), view->length);
}
static inline uint64_t hash_integer(uint64_t value)
{
    value *= 0x9e3779b97f4a7c15ull;
    return value ^ (value >> 32);
}

static void build_set(InSet *set, const WeirVector *const *list, uint32_t count)
{
    set->built = true;
    for (set->slots = 8; set->slots < count * 4;)
        set->slots *= 2;
    set->used = WEIR_ARENA_ARRAY(&set->arena, uint8_t, set->slots);
    set->keys = WEIR_ARENA_ARRAY(&set->arena, uint64_t, set->views ? 1 : set->slots);
    set->texts = WEIR_ARENA_ARRAY(&set->arena, WeirStringView, set->views ? set->slots : 1);
    for (uint32_t i = 0; i < count; i++) {
        if (weir_vector_is_null(list[i], 0)) {
            set->has_null = true;
            continue;
        }
        if (set->views) {
            const WeirStringView *view = list[i]->values;
            uint64_t at = hash_view(view) & (set->slots - 1);
            while (set->used[at])
                at = (at + 1) & (set->slots - 1);
            set->texts[at] = weir_view_copy(&set->arena, weir_view_data(view), view->length);
            set->used[at] = 1;
        } else {
            uint64_t key = integer_at(list[i], 0), at = hash_integer(key) & (set->slots - 1);
            while (set->used[at])
                at = (at + 1) & (set->slots - 1);
            set->keys[at] = key;
            set->used[at] = 1;
        }
    }
}

static bool set_has_view(const InSet *set, const WeirStringView *view)
{
    for (uint64_t at = hash_view(view) & (set->slots - 1); set->used[at]; at = (at + 1) & (set->slots - 1))
        if (weir_view_equal(&set->texts[at], view))
            return true;
    return false;
}

static bool set_has_integer(const InSet *set, uint64_t key)
{
    for (uint64_t at = hash_integer(key) & (set->slots - 1); set->used[at]; at = (at + 1) & (set->slots - 1))
        if (set->keys[at] == key)
            return true;
    return false;
}

static WeirStatus probe(WeirKernelCall *call, const InSet *set, const WeirVector *value, WeirVector *result)
{
    WeirArgument x = weir_argument(value);
    uint8_t *out = result->values;
    WEIR_FOR_ROWS(call, row)
    {
        if (weir_argument_is_null(&x, row)) {
            weir_result_set_null(call, result, row);
            continue;
        }
        bool found = set->views ? set_has_view(set, weir_argument_view(&x, row))
                                : set_has_integer(set, integer_at(value, row & x.mask));
        out[row] = found;
        if (!found && set->has_null)
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

WeirStatus weir_in_kernel(WeirKernelCall *call, const WeirVector *const *arguments, WeirVector *result,
                          WeirError *error)
{
    (void)error;
    InSet *set = call->state;
    uint32_t count = call->expression->child_count - 1;
    if (arguments[0]->type->id == WEIR_TYPE_VOID) {
        weir_vector_init_null(result, result->type, call->row_count, call->arena);
        if (call->row_count == 1)
            result->length = 1;
        return WEIR_OK;
    }
    if (set->usable) {
        if (!set->built)
            build_set(set, arguments + 1, count);
        return probe(call, set, arguments[0], result);
    }
    uint8_t *out = result->values;
    WEIR_FOR_ROWS(call, row)
    {
        bool found = false, null = weir_vector_is_null(arguments[0], row);
        for (uint32_t i = 1; i <= count && !found && !weir_vector_is_null(arguments[0], row); i++) {
            if (weir_vector_is_null(arguments[i], row))
                null = true;
            else
                found = weir_vector_compare_rows(arguments[0], row, arguments[i], row) == 0;
        }
        out[row] = found;
        if (!found && null)
            weir_result_set_null(call, result, row);
    }
    return WEIR_OK;
}

const WeirFunction weir_functions_in_list[] = {
    {.name = "in",
     .flags = 0,
     .arguments_min = 2,
     .arguments_max = -1,
     .resolve = resolve_in,
     .kernel = weir_in_kernel,
     .new_state = new_set,
     .free_state = free_set,
     .sql_format = "($1 IN ($2*))\n$1 IN ($2*)",
     .group = "predicate_funcs",
     .usage = "a IN (b, …): true if a equals one of them."},
    {0},
};
