/* A copy of a resolved plan whose columns have new expression ids: views, CTEs and SQL functions are renewed at each
 * reference, so that the two sides of a self-join never share an id (Spark: DeduplicateRelations). Relations keep their
 * WeirRelation: two references are still one source. */
#include "analyzer/analyzer_private.h"

typedef struct IdMap {
    WeirAnalysis *analysis;
    int64_t *from, *to; /* open addressing; from = -1: free */
    uint32_t capacity, count;
} IdMap;

static void map_insert(IdMap *map, int64_t from, int64_t to);

static void map_grow(IdMap *map)
{
    IdMap old = *map;
    map->capacity = old.capacity == 0 ? 64 : old.capacity * 2;
    map->from = WEIR_ARENA_ARRAY(map->analysis->arena, int64_t, map->capacity);
    map->to = WEIR_ARENA_ARRAY(map->analysis->arena, int64_t, map->capacity);
    memset(map->from, 0xff, sizeof(*map->from) * map->capacity);
    map->count = 0;
    for (uint32_t i = 0; i < old.capacity; i++)
        if (old.from[i] != -1)
            map_insert(map, old.from[i], old.to[i]);
}

static uint32_t map_slot(const IdMap *map, int64_t id)
{
    uint32_t slot = (uint32_t)((uint64_t)id * 0x9e3779b97f4a7c15ull >> 32) & (map->capacity - 1);
    while (map->from[slot] != -1 && map->from[slot] != id)
        slot = (slot + 1) & (map->capacity - 1);
    return slot;
}

static void map_insert(IdMap *map, int64_t from, int64_t to)
{
    if (map->count * 2 >= map->capacity)
        map_grow(map);
    uint32_t slot = map_slot(map, from);
    map->count += map->from[slot] == -1;
    map->from[slot] = from;
    map->to[slot] = to;
}

static int64_t map_get(const IdMap *map, int64_t id)
{
    if (map->capacity == 0)
        return id;
    uint32_t slot = map_slot(map, id);
    return map->from[slot] == id ? map->to[slot] : id;
}

static WeirLogicalPlan *renew(IdMap *map, WeirLogicalPlan *plan);

/* A new id for something this node defines, once. */
static int64_t define(IdMap *map, int64_t id)
{
    int64_t known = map_get(map, id);
    if (known != id)
        return known;
    int64_t fresh = weir_next_id(map->analysis);
    map_insert(map, id, fresh);
    return fresh;
}

static WeirExpression *rewrite(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    IdMap *map = context;
    int64_t id = expression->id;
    if (expression->kind == WEIR_EXPRESSION_ALIAS)
        id = define(map, id);
    else if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE)
        id = map_get(map, id);
    WeirLogicalPlan *plan = expression->plan == NULL ? NULL : renew(map, expression->plan);
    if (id == expression->id && plan == expression->plan)
        return expression;
    WeirExpression *copy = weir_expression_copy(map->analysis->arena, expression);
    copy->id = id;
    copy->plan = plan;
    return copy;
}

static WeirExpression *renew_expression(IdMap *map, WeirExpression *expression)
{
    WeirExpression *out = expression;
    if (expression != NULL &&
        weir_expression_transform(map->analysis->arena, expression, rewrite, map, &out, NULL) != WEIR_OK)
        return expression; /* `rewrite` never fails */
    return out;
}

static WeirExpression **renew_list(IdMap *map, WeirExpression *const *list, uint32_t count, bool defines)
{
    WeirExpression **copy = WEIR_ARENA_ARRAY(map->analysis->arena, WeirExpression *, count);
    for (uint32_t i = 0; i < count; i++) {
        if (defines && list[i]->kind == WEIR_EXPRESSION_ATTRIBUTE)
            define(map, list[i]->id);
        copy[i] = renew_expression(map, list[i]);
    }
    return copy;
}

static WeirLogicalPlan *renew(IdMap *map, WeirLogicalPlan *plan)
{
    WeirArena *arena = map->analysis->arena;
    WeirLogicalPlan *copy = weir_logical_copy(arena, plan);
    for (uint32_t i = 0; i < plan->child_count; i++)
        copy->children[i] = renew(map, plan->children[i]);
    bool defines = plan->child_count == 0 || plan->kind == WEIR_LOGICAL_EXPAND || plan->kind == WEIR_LOGICAL_UNION_LOOP;
    copy->generator_output =
        renew_list(map, plan->generator_output, plan->generator_output_count, plan->kind == WEIR_LOGICAL_GENERATE);
    copy->expressions = renew_list(map, plan->expressions, plan->expression_count,
                                   plan->kind == WEIR_LOGICAL_JOIN && plan->join_type == WEIR_JOIN_EXISTENCE);
    copy->grouping = renew_list(map, plan->grouping, plan->grouping_count, false);
    copy->condition = renew_expression(map, plan->condition);
    copy->rows = WEIR_ARENA_ARRAY(arena, WeirExpression **, plan->row_count);
    for (uint32_t i = 0; i < plan->row_count; i++)
        copy->rows[i] = renew_list(map, plan->rows[i], plan->row_width, false);
    if (plan->window != NULL) {
        copy->window = WEIR_ARENA_NEW(arena, WeirWindowSpec);
        *copy->window = *plan->window;
        copy->window->partition_by = renew_list(map, plan->window->partition_by, plan->window->partition_count, false);
        copy->window->order_by = renew_list(map, plan->window->order_by, plan->window->order_count, false);
    }
    if (plan->kind == WEIR_LOGICAL_EXPAND) {
        /* Columns passed through keep the id that the child gave them. */
        for (uint32_t i = 0; i < plan->output_count; i++)
            define(map, plan->output[i]->id);
        defines = false;
    }
    copy->output = renew_list(map, plan->output, plan->output_count, defines);
    return copy;
}

WeirLogicalPlan *weir_plan_renew(WeirAnalysis *analysis, WeirLogicalPlan *plan)
{
    IdMap map = {.analysis = analysis};
    return renew(&map, plan);
}
