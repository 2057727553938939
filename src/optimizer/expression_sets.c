/* Sets of columns, lists of conditions, and substitution: what the rules are made of. */
#include "expr/coercion.h"
#include "optimizer/rules.h"

static uint32_t slot_of(const WeirIdSet *set, int64_t id)
{
    uint32_t slot = (uint32_t)((uint64_t)id * 0x9e3779b97f4a7c15ull >> 32) & (set->capacity - 1);
    while (set->ids[slot] != -1 && set->ids[slot] != id)
        slot = (slot + 1) & (set->capacity - 1);
    return slot;
}

void weir_id_set_add(WeirIdSet *set, int64_t id)
{
    if (set->count * 2 >= set->capacity) {
        WeirIdSet old = *set;
        set->capacity = old.capacity == 0 ? 64 : old.capacity * 2;
        set->ids = WEIR_ARENA_ARRAY(set->arena, int64_t, set->capacity);
        memset(set->ids, 0xff, sizeof(*set->ids) * set->capacity);
        set->count = 0;
        for (uint32_t i = 0; i < old.capacity; i++)
            if (old.ids[i] != -1)
                weir_id_set_add(set, old.ids[i]);
    }
    uint32_t slot = slot_of(set, id);
    set->count += set->ids[slot] == -1;
    set->ids[slot] = id;
}

bool weir_id_set_has(const WeirIdSet *set, int64_t id)
{
    return set->capacity > 0 && set->ids[slot_of(set, id)] == id;
}

static bool add_outer_of_plan(void *context, const WeirLogicalPlan *plan);

static bool add_outer(void *context, const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_OUTER_REFERENCE)
        weir_id_set_add(context, expression->children[0]->id);
    if (expression->plan != NULL)
        weir_logical_any(expression->plan, add_outer_of_plan, context);
    return false;
}

static bool add_outer_of_plan(void *context, const WeirLogicalPlan *plan)
{
    for (uint32_t i = 0; i < plan->expression_count; i++)
        weir_expression_any(plan->expressions[i], add_outer, context);
    for (uint32_t i = 0; i < plan->grouping_count; i++)
        weir_expression_any(plan->grouping[i], add_outer, context);
    for (uint32_t r = 0; r < plan->row_count; r++)
        for (uint32_t i = 0; i < plan->row_width; i++)
            weir_expression_any(plan->rows[r][i], add_outer, context);
    weir_expression_any(plan->condition, add_outer, context);
    return false;
}

static bool add_reference(void *context, const WeirExpression *expression)
{
    if (expression->kind == WEIR_EXPRESSION_ATTRIBUTE)
        weir_id_set_add(context, expression->id);
    if (expression->plan != NULL)
        weir_logical_any(expression->plan, add_outer_of_plan, context);
    return false;
}

void weir_id_set_add_references(WeirIdSet *set, const WeirExpression *expression)
{
    weir_expression_any(expression, add_reference, set);
}

bool weir_plan_has(const WeirLogicalPlan *plan, int64_t id)
{
    for (uint32_t i = 0; i < plan->output_count; i++)
        if (plan->output[i]->id == id)
            return true;
    return false;
}

static bool is_foreign(void *context, const WeirExpression *expression)
{
    if (expression->plan != NULL)
        return true; /* a subquery's outer references are not looked for here */
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && !weir_plan_has(context, expression->id);
}

bool weir_references_within(const WeirExpression *expression, const WeirLogicalPlan *plan)
{
    return !weir_expression_any(expression, is_foreign, (void *)(uintptr_t)plan);
}

static bool is_own(void *context, const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE && weir_plan_has(context, expression->id);
}

bool weir_references_any(const WeirExpression *expression, const WeirLogicalPlan *plan)
{
    return weir_expression_any(expression, is_own, (void *)(uintptr_t)plan);
}

int64_t weir_new_id(WeirOptimization *optimization)
{
    return (*optimization->next_expression_id)++;
}

WeirExpression **weir_copy_expressions(WeirOptimization *optimization, WeirExpression *const *items, uint32_t count)
{
    WeirExpression **copy = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        copy[i] = items[i];
    return copy;
}

void weir_expressions_add(WeirOptimization *optimization, WeirExpressions *list, WeirExpression *expression)
{
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        WeirExpression **items = WEIR_ARENA_ARRAY(optimization->arena, WeirExpression *, capacity);
        if (list->count > 0)
            memcpy(items, list->items, sizeof(*items) * list->count);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = expression;
}

bool weir_is_call_of(const WeirExpression *expression, const char *function)
{
    return expression->kind == WEIR_EXPRESSION_CALL && expression->function != NULL &&
           strcmp(expression->function->name, function) == 0;
}

void weir_split_conjuncts(WeirOptimization *optimization, WeirExpression *condition, WeirExpressions *out)
{
    if (condition == NULL)
        return;
    if (!weir_is_call_of(condition, "and")) {
        weir_expressions_add(optimization, out, condition);
        return;
    }
    for (uint32_t i = 0; i < condition->child_count; i++)
        weir_split_conjuncts(optimization, condition->children[i], out);
}

/* The optimizer makes only calls that the function table accepts: a failure is a programmer's error. */
static WeirExpression *make_call(WeirOptimization *optimization, const char *function, WeirExpression *const *children,
                                 uint32_t count)
{
    WeirFunctionResolver resolver = {.arena = optimization->arena, .context = optimization->context};
    WeirExpression *call =
                       weir_expression_function(optimization->arena, function, children, count, children[0]->origin),
                   *resolved = NULL;
    WeirStatus status = weir_function_resolve(&resolver, call, &resolved, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return resolved;
}

WeirExpression *weir_binary(WeirOptimization *optimization, const char *function, WeirExpression *left,
                            WeirExpression *right)
{
    return make_call(optimization, function, (WeirExpression *const[]){left, right}, 2);
}

WeirExpression *weir_unary(WeirOptimization *optimization, const char *function, WeirExpression *child)
{
    return make_call(optimization, function, &child, 1);
}

WeirExpression *weir_join_conjuncts(WeirOptimization *optimization, const WeirExpressions *list)
{
    WeirExpression *result = NULL;
    for (uint32_t i = 0; i < list->count; i++)
        result = result == NULL ? list->items[i] : weir_binary(optimization, "and", result, list->items[i]);
    return result;
}

WeirExpression *weir_boolean(WeirOptimization *optimization, bool value)
{
    return weir_expression_literal(optimization->arena, weir_value_int(optimization->arena, &weir_type_boolean, value));
}

WeirExpression *weir_long(WeirOptimization *optimization, int64_t value)
{
    return weir_expression_literal(optimization->arena, weir_value_int(optimization->arena, &weir_type_long, value));
}

static bool is_boolean(const WeirExpression *expression, bool value)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && expression->type->id == WEIR_TYPE_BOOLEAN &&
           !weir_value_is_null(expression->value) && (weir_value_get_int(expression->value) != 0) == value;
}

bool weir_is_true(const WeirExpression *expression)
{
    return is_boolean(expression, true);
}

bool weir_is_false(const WeirExpression *expression)
{
    return is_boolean(expression, false);
}

bool weir_is_null_literal(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_LITERAL && weir_value_is_null(expression->value);
}

static bool is_subquery(void *context, const WeirExpression *expression)
{
    (void)context;
    return expression->plan != NULL;
}

bool weir_has_subquery(const WeirExpression *expression)
{
    return weir_expression_any(expression, is_subquery, NULL);
}

static bool may_fail(void *context, const WeirExpression *expression)
{
    (void)context;
    if (expression->kind == WEIR_EXPRESSION_CAST) {
        const WeirDataType *from = expression->children[0]->type, *to = expression->type;
        bool narrows = weir_type_is_numeric(from) && weir_type_is_numeric(to) && !weir_can_implicitly_cast(from, to);
        return expression->eval_mode == WEIR_EVAL_ANSI && (narrows || weir_cast_is_nullable(from, to));
    }
    return expression->function != NULL && (expression->function->flags & WEIR_FUNCTION_MAY_FAIL) != 0;
}

bool weir_may_fail(const WeirExpression *expression)
{
    return weir_expression_any(expression, may_fail, NULL);
}

/* ---- substitution */

typedef struct Inline {
    WeirExpression *const *from;
    WeirExpression *const *to; /* NULL: `from` are definitions */
    uint32_t count;
} Inline;

static WeirExpression *inline_node(void *context, WeirExpression *expression, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    const Inline *state = context;
    if (expression->kind != WEIR_EXPRESSION_ATTRIBUTE)
        return expression;
    for (uint32_t i = 0; i < state->count; i++) {
        if (state->from[i]->id != expression->id)
            continue;
        if (state->to != NULL)
            return state->to[i];
        return state->from[i]->kind == WEIR_EXPRESSION_ALIAS ? state->from[i]->children[0] : expression;
    }
    return expression;
}

static WeirExpression *apply(WeirOptimization *optimization, WeirExpression *expression, Inline *state)
{
    WeirExpression *out = expression;
    WeirStatus status = weir_expression_transform(optimization->arena, expression, inline_node, state, &out, NULL);
    WEIR_ASSERT(status == WEIR_OK);
    return out;
}

WeirExpression *weir_inline(WeirOptimization *optimization, WeirExpression *expression,
                            WeirExpression *const *definitions, uint32_t count)
{
    Inline state = {definitions, NULL, count};
    return apply(optimization, expression, &state);
}

WeirExpression *weir_inline_named(WeirOptimization *optimization, WeirExpression *item,
                                  WeirExpression *const *definitions, uint32_t count)
{
    WeirExpression *replaced = weir_inline(optimization, item, definitions, count);
    if (replaced->kind == WEIR_EXPRESSION_ALIAS && replaced->id == item->id)
        return replaced;
    if (replaced->kind == WEIR_EXPRESSION_ATTRIBUTE && replaced->id == item->id)
        return replaced;
    WeirExpression *alias = weir_expression_alias(optimization->arena, replaced, item->name, item->id);
    alias->metadata = item->metadata;
    return alias;
}

WeirExpression *weir_map_attributes(WeirOptimization *optimization, WeirExpression *expression,
                                    WeirExpression *const *from, WeirExpression *const *to, uint32_t count)
{
    Inline state = {from, to, count};
    return apply(optimization, expression, &state);
}
