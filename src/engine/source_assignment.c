/* See source_assignment.h. In Spark two references to one view are one source, unless they meet in a join whose sides
 * both give some column of it: then the right side's columns are renewed, and with them its source. A view over a query
 * gives new columns at each reference, as an alias does, so what lies below it stays shared. Checkpoints depend on it:
 * their source logs and lines of offsets are numbered by it. */
#include "engine/source_assignment.h"

/* A column of a leaf that is still visible, under the id that it has in this plan. */
typedef struct Visible {
    int64_t id;
    uint32_t instance, column;
} Visible;

typedef struct VisibleList {
    Visible *items;
    uint32_t count, capacity;
} VisibleList;

typedef struct Leaf {
    const WeirRelation *original;
    WeirRelation *relation; /* of the copy */
    uint32_t instance;      /* leaves of one instance share a source */
} Leaf;

typedef struct Walk {
    WeirArena *arena;
    Leaf *leaves;
    uint32_t leaf_count, leaf_capacity;
    uint32_t instance_count;
} Walk;

static void add_visible(Walk *walk, VisibleList *list, Visible item)
{
    if (list->count == list->capacity) {
        Visible *old = list->items;
        list->capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        list->items = WEIR_ARENA_ARRAY(walk->arena, Visible, list->capacity);
        if (list->count > 0)
            memcpy(list->items, old, list->count * sizeof(Visible));
    }
    list->items[list->count++] = item;
}

static const void *identity(const WeirRelation *relation)
{
    return relation->definition != NULL ? relation->definition : relation;
}

/* The instance that references to the relation have from the start. */
static uint32_t first_instance(Walk *walk, const WeirRelation *relation)
{
    for (uint32_t i = 0; i < walk->leaf_count; i++)
        if (identity(walk->leaves[i].original) == identity(relation))
            return i; /* numbered as its first leaf */
    return walk->leaf_count;
}

static void add_leaf(Walk *walk, WeirLogicalPlan *copy, VisibleList *visible)
{
    WeirRelation *relation = WEIR_ARENA_NEW(walk->arena, WeirRelation);
    const WeirRelation *original = copy->relation;
    uint32_t instance = first_instance(walk, original);
    if (walk->leaf_count == walk->leaf_capacity) {
        Leaf *old = walk->leaves;
        walk->leaf_capacity = walk->leaf_capacity == 0 ? 8 : walk->leaf_capacity * 2;
        walk->leaves = WEIR_ARENA_ARRAY(walk->arena, Leaf, walk->leaf_capacity);
        if (walk->leaf_count > 0)
            memcpy(walk->leaves, old, walk->leaf_count * sizeof(Leaf));
    }
    *relation = *original;
    copy->relation = relation;
    walk->leaves[walk->leaf_count++] = (Leaf){original, relation, instance};
    for (uint32_t i = 0; i < copy->output_count; i++)
        add_visible(walk, visible, (Visible){copy->output[i]->id, instance, i});
}

static const Visible *find_visible(const VisibleList *list, int64_t id)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].id == id)
            return &list->items[i];
    return NULL;
}

/* What of the list the plan gives. */
static VisibleList keep_output(Walk *walk, const VisibleList *list, const WeirLogicalPlan *plan)
{
    VisibleList kept = {0};
    for (uint32_t i = 0; i < plan->output_count && list->count > 0; i++) {
        const Visible *found = find_visible(list, plan->output[i]->id);
        if (found != NULL)
            add_visible(walk, &kept, *found);
    }
    return kept;
}

static bool gives(const VisibleList *list, const Visible *column)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].instance == column->instance && list->items[i].column == column->column)
            return true;
    return false;
}

/* Instances of which both sides of a join give a column become others on the right side. */
static void renew_right(Walk *walk, const VisibleList *left, VisibleList *right, uint32_t first_right_leaf)
{
    for (uint32_t i = 0; i < right->count; i++) {
        uint32_t old = right->items[i].instance;
        if (!gives(left, &right->items[i]))
            continue;
        uint32_t renewed = UINT32_MAX - walk->instance_count++;
        for (uint32_t leaf = first_right_leaf; leaf < walk->leaf_count; leaf++)
            if (walk->leaves[leaf].instance == old)
                walk->leaves[leaf].instance = renewed;
        for (uint32_t k = 0; k < right->count; k++)
            if (right->items[k].instance == old)
                right->items[k].instance = renewed;
    }
}

static bool is_query_view(const WeirLogicalPlan *plan)
{
    return plan->kind == WEIR_LOGICAL_VIEW && plan->children[0]->kind != WEIR_LOGICAL_STREAMING_RELATION;
}

static WeirLogicalPlan *walk_plan(Walk *walk, WeirLogicalPlan *plan, VisibleList *visible)
{
    *visible = (VisibleList){0};
    if (!plan->is_streaming)
        return plan;
    WeirLogicalPlan *copy = weir_logical_copy(walk->arena, plan);
    if (plan->kind == WEIR_LOGICAL_STREAMING_RELATION) {
        add_leaf(walk, copy, visible);
        return copy;
    }
    for (uint32_t i = 0; i < plan->child_count; i++) {
        VisibleList child;
        uint32_t first_leaf = walk->leaf_count;
        copy->children[i] = walk_plan(walk, plan->children[i], &child);
        child = keep_output(walk, &child, plan->children[i]);
        if (plan->kind == WEIR_LOGICAL_JOIN && i == 1)
            renew_right(walk, visible, &child, first_leaf);
        for (uint32_t k = 0; k < child.count; k++)
            add_visible(walk, visible, child.items[k]);
    }
    if (is_query_view(plan))
        visible->count = 0;
    return copy;
}

void weir_assign_sources(WeirLogicalPlan *plan, WeirArena *arena, WeirSourceAssignment *assignment)
{
    Walk walk = {.arena = arena};
    VisibleList visible;
    *assignment = (WeirSourceAssignment){.plan = walk_plan(&walk, plan, &visible), .leaf_count = walk.leaf_count};
    assignment->leaf_sources = WEIR_ARENA_ARRAY(arena, uint32_t, walk.leaf_count + 1);
    assignment->relations = WEIR_ARENA_ARRAY(arena, const WeirRelation *, walk.leaf_count + 1);
    for (uint32_t i = 0; i < walk.leaf_count; i++) {
        uint32_t source = assignment->source_count;
        for (uint32_t k = i; k > 0; k--)
            if (walk.leaves[k - 1].instance == walk.leaves[i].instance)
                source = assignment->leaf_sources[k - 1];
        if (source == assignment->source_count)
            assignment->relations[assignment->source_count++] = walk.leaves[i].relation;
        assignment->leaf_sources[i] = source;
        walk.leaves[i].relation->source_index = (int32_t)source;
    }
}
