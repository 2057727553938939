/* A SELECT list whose items name what generators of the same list give: SELECT explode(a) AS e, e + 1. As in Spark the
 * list is resolved in rounds: what can be resolved is, then the first generator becomes a node below, and its columns
 * are columns of the input for what is left, also for items before it. */
#include "analyzer/analyzer_private.h"

typedef struct Item {
    WeirExpression *written;
    WeirExpression *resolved; /* NULL: it waits for a generator */
} Item;

typedef struct Rounds {
    WeirAnalysis *analysis;
    const WeirEnvironment *env;
    WeirLogicalPlan *child;
    Item *items;
    uint32_t count, capacity;
    bool used_lateral, used_hidden;
    const WeirExpression *waiting; /* the first item that could not be resolved in the last round */
} Rounds;

bool weir_is_unresolved_column(WeirStatus status)
{
    return status == WEIR_ERROR_UNRESOLVED_COLUMN_WITH_SUGGESTION ||
           status == WEIR_ERROR_UNRESOLVED_COLUMN_WITHOUT_SUGGESTION;
}

/* `items[index]` makes place for `count` resolved expressions. */
static void put(Rounds *rounds, uint32_t index, WeirExpression *const *expressions, uint32_t count)
{
    uint32_t new_count = rounds->count - 1 + count;
    if (new_count > rounds->capacity) {
        Item *grown = WEIR_ARENA_ARRAY(rounds->analysis->arena, Item, 2 * new_count);
        memcpy(grown, rounds->items, sizeof(Item) * rounds->count);
        rounds->items = grown;
        rounds->capacity = 2 * new_count;
    }
    const Item old = rounds->items[index];
    memmove(rounds->items + index + count, rounds->items + index + 1, sizeof(Item) * (rounds->count - index - 1));
    for (uint32_t i = 0; i < count; i++)
        rounds->items[index + i] = (Item){count == 1 ? old.written : expressions[i], expressions[i]};
    rounds->count = new_count;
}

static WeirStatus resolve_item(Rounds *rounds, const WeirScope *scope, uint32_t *index, WeirError *error)
{
    WeirExpressionContext context = weir_expression_context(rounds->analysis, rounds->env, scope);
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < *index; i++)
        if (rounds->items[i].resolved != NULL)
            weir_list_append(rounds->analysis, &list, rounds->items[i].resolved);
    const uint32_t before = list.count;
    WeirExpression *written = rounds->items[*index].written;
    WeirStatus status = weir_resolve_select_item(&context, written, &list, error);
    if (weir_is_unresolved_column(status)) {
        weir_error_clear(error);
        rounds->waiting = rounds->waiting == NULL ? written : rounds->waiting;
        *index += 1;
        return WEIR_OK;
    }
    WEIR_TRY(status);
    rounds->used_lateral = rounds->used_lateral || context.used_lateral;
    rounds->used_hidden = rounds->used_hidden || context.used_hidden;
    put(rounds, *index, list.items + before, list.count - before);
    *index += list.count - before;
    return WEIR_OK;
}

static WeirStatus resolve_round(Rounds *rounds, WeirError *error)
{
    WeirScope scope = weir_scope_of(rounds->analysis, rounds->env, rounds->child);
    rounds->waiting = NULL;
    rounds->used_hidden = false;
    for (uint32_t i = 0; i < rounds->count;) {
        if (rounds->items[i].resolved != NULL)
            i++;
        else
            WEIR_TRY(resolve_item(rounds, &scope, &i, error));
    }
    for (uint32_t i = 0; i < rounds->count && rounds->used_hidden; i++)
        if (rounds->items[i].resolved != NULL)
            rounds->child = weir_plan_expose(rounds->analysis, rounds->child, &rounds->items[i].resolved, 1);
    return WEIR_OK;
}

static bool has_aggregate(const Rounds *rounds)
{
    for (uint32_t i = 0; i < rounds->count; i++)
        if (rounds->items[i].resolved != NULL && weir_has_aggregate(rounds->items[i].resolved))
            return true;
    return false;
}

/* The first generator becomes a node. `*found` tells whether there was one. */
static WeirStatus extract_first(Rounds *rounds, bool *found, WeirError *error)
{
    *found = false;
    for (uint32_t i = 0; i < rounds->count && !*found; i++) {
        WeirExpression *resolved = rounds->items[i].resolved;
        if (resolved == NULL || !weir_contains_kind(resolved, WEIR_EXPRESSION_GENERATOR))
            continue;
        WeirExpressionList one = {.items = &resolved, .count = 1};
        WeirExpressionSlots slots = {.lists = {&one.items}, .counts = {&one.count}, .list_count = 1};
        WEIR_TRY(weir_rewrite_time_windows(rounds->analysis, &slots, &rounds->child, error));
        WEIR_TRY(weir_extract_generators(rounds->analysis, &one, &rounds->child, error));
        put(rounds, i, one.items, one.count);
        for (uint32_t c = 0; c < one.count; c++)
            rounds->items[i + c].written = one.items[c];
        *found = true;
    }
    return WEIR_OK;
}

static WeirStatus report_waiting(const Rounds *rounds, WeirError *error)
{
    WeirScope scope = weir_scope_of(rounds->analysis, rounds->env, rounds->child);
    WeirExpressionContext context = weir_expression_context(rounds->analysis, rounds->env, &scope);
    WeirExpressionList list = {0};
    for (uint32_t i = 0; i < rounds->count && rounds->items[i].written != rounds->waiting; i++)
        if (rounds->items[i].resolved != NULL)
            weir_list_append(rounds->analysis, &list, rounds->items[i].resolved);
    WeirExpression *written = (WeirExpression *)(uintptr_t)rounds->waiting;
    return weir_resolve_select_item(&context, written, &list, error);
}

WeirStatus weir_resolve_generator_list(WeirAnalysis *analysis, const WeirEnvironment *env, WeirExpression *const *items,
                                       uint32_t count, WeirGeneratorList *out, WeirError *error)
{
    Rounds rounds = {.analysis = analysis, .env = env, .child = out->child, .count = count, .capacity = count};
    rounds.items = WEIR_ARENA_ARRAY(analysis->arena, Item, count);
    for (uint32_t i = 0; i < count; i++)
        rounds.items[i] = (Item){items[i], NULL};
    for (;;) {
        bool found = false;
        WEIR_TRY(resolve_round(&rounds, error));
        if (rounds.waiting == NULL || has_aggregate(&rounds))
            break;
        WEIR_TRY(extract_first(&rounds, &found, error));
        if (!found)
            return report_waiting(&rounds, error);
    }
    const bool aggregates = has_aggregate(&rounds);
    *out = (WeirGeneratorList){.child = rounds.child, .has_aggregate = aggregates, .used_lateral = rounds.used_lateral};
    for (uint32_t i = 0; i < rounds.count; i++)
        weir_list_append(analysis, &out->items, aggregates ? rounds.items[i].written : rounds.items[i].resolved);
    return WEIR_OK;
}
