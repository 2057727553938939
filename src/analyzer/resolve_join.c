/* Joins: ON, USING, NATURAL, LATERAL. USING keys come first, once; right and full joins take the key of the right or
 * whichever is there; the other side's keys stay reachable by their qualified names (hidden_columns.c). */
#include "analyzer/analyzer_private.h"

/* ---- one stream on both sides is two sources */

static bool uses_relation(void *context, const WeirLogicalPlan *plan)
{
    const WeirRelation *relation = context;
    return plan->kind == WEIR_LOGICAL_STREAMING_RELATION && plan->relation->name == relation->name &&
           plan->relation->options == relation->options && plan->relation->format == relation->format;
}

typedef struct Separate {
    WeirAnalysis *analysis;
    const WeirLogicalPlan *left;
} Separate;

static WeirLogicalPlan *separate(void *context, WeirLogicalPlan *plan, WeirStatus *status, WeirError *error)
{
    (void)status;
    (void)error;
    Separate *state = context;
    if (plan->kind != WEIR_LOGICAL_STREAMING_RELATION || !weir_logical_any(state->left, uses_relation, plan->relation))
        return plan;
    WeirArena *arena = state->analysis->arena;
    WeirLogicalPlan *copy = weir_logical_copy(arena, plan);
    copy->relation = WEIR_ARENA_NEW(arena, WeirRelation);
    *copy->relation = *plan->relation;
    /* New addresses: weir_analyze unites leaves that share name and options. */
    copy->relation->format = weir_arena_strdup(arena, plan->relation->format);
    return copy;
}

static WeirStatus separate_streams(WeirAnalysis *analysis, const WeirLogicalPlan *left, WeirLogicalPlan **right,
                                   WeirError *error)
{
    Separate state = {analysis, left};
    if (!left->is_streaming || !(*right)->is_streaming)
        return WEIR_OK;
    return weir_logical_transform(analysis->arena, *right, separate, &state, right, error);
}

/* ---- USING and NATURAL */

static WeirStatus unresolved_using(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirLogicalPlan *side,
                                   const char *name, const char *side_name, WeirError *error)
{
    WeirBuffer columns;
    weir_buffer_init(&columns, 1u << 20, NULL);
    for (uint32_t i = 0; i < side->output_count; i++)
        weir_buffer_append_format(&columns, "%s%s", i == 0 ? "" : ", ",
                                  weir_name_quoted(analysis, &side->output[i]->name, 1));
    WeirStatus status = weir_error_set(error, WEIR_ERROR_UNRESOLVED_USING_COLUMN_FOR_JOIN, "colName",
                                       weir_name_quoted(analysis, &name, 1), "side", side_name, "suggestion",
                                       weir_buffer_text(&columns));
    weir_buffer_deinit(&columns);
    return weir_located(analysis, plan->origin, error, status);
}

/* The first column of that name: a USING key is never ambiguous. */
static WeirExpression *find_key(const WeirAnalysis *analysis, const WeirLogicalPlan *side, const char *name)
{
    for (uint32_t i = 0; i < side->output_count; i++)
        if (weir_name_equal(analysis, side->output[i]->name, name))
            return side->output[i];
    return NULL;
}

static WeirStatus using_keys(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const char *const *names,
                             uint32_t count, const WeirLogicalPlan *side, const char *side_name,
                             WeirExpressionList *keys, WeirError *error)
{
    for (uint32_t i = 0; i < count; i++) {
        WeirExpression *key = find_key(analysis, side, names[i]);
        if (key == NULL)
            return unresolved_using(analysis, plan, side, names[i], side_name, error);
        weir_list_append(analysis, keys, key);
    }
    return WEIR_OK;
}

static WeirStatus key_condition(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpressionList *left,
                                const WeirExpressionList *right, WeirExpression **condition, WeirError *error)
{
    for (uint32_t i = 0; i < left->count; i++) {
        WeirExpression *equal = NULL;
        WEIR_TRY(weir_build_call(analysis, "=", (WeirExpression *const[]){left->items[i], right->items[i]}, 2,
                                 plan->origin, &equal, error));
        if (*condition == NULL)
            *condition = equal;
        else
            WEIR_TRY(weir_build_call(analysis, "and", (WeirExpression *const[]){*condition, equal}, 2, plan->origin,
                                     condition, error));
    }
    return WEIR_OK;
}

static void append_others(WeirAnalysis *analysis, WeirExpressionList *list, WeirExpression *const *output,
                          uint32_t count, const WeirExpressionList *keys)
{
    for (uint32_t i = 0; i < count; i++)
        if (weir_find_by_id(keys->items, keys->count, output[i]->id) == NULL)
            weir_list_append(analysis, list, output[i]);
}

static WeirStatus merged_keys(WeirAnalysis *analysis, const WeirLogicalPlan *join, const WeirExpressionList *left,
                              const WeirExpressionList *right, WeirExpressionList *list, WeirError *error)
{
    for (uint32_t i = 0; i < left->count; i++) {
        WeirExpression *l = weir_find_by_id(join->output, join->output_count, left->items[i]->id);
        WeirExpression *r = weir_find_by_id(join->output, join->output_count, right->items[i]->id);
        WeirExpression *merged = NULL;
        WEIR_TRY(
            weir_build_call(analysis, "coalesce", (WeirExpression *const[]){l, r}, 2, join->origin, &merged, error));
        weir_list_append(analysis, list,
                         weir_expression_alias(analysis->arena, merged, l->name, weir_next_id(analysis)));
    }
    return WEIR_OK;
}

static WeirStatus project_using(WeirAnalysis *analysis, WeirLogicalPlan *join, const WeirExpressionList *left,
                                const WeirExpressionList *right, WeirLogicalPlan **out, WeirError *error)
{
    uint32_t left_count = join->children[0]->output_count;
    WeirExpressionList list = {0}, hidden = {0};
    bool semi = join->join_type == WEIR_JOIN_LEFT_SEMI || join->join_type == WEIR_JOIN_LEFT_ANTI;
    const WeirExpressionList *shown = join->join_type == WEIR_JOIN_RIGHT_OUTER ? right : left;
    const WeirExpressionList *other = join->join_type == WEIR_JOIN_RIGHT_OUTER ? left : right;
    bool full = join->join_type == WEIR_JOIN_FULL_OUTER;
    if (full)
        WEIR_TRY(merged_keys(analysis, join, left, right, &list, error));
    for (uint32_t i = 0; i < left->count; i++) {
        WeirExpression *key = weir_find_by_id(join->output, join->output_count, shown->items[i]->id);
        weir_list_append(analysis, full ? &hidden : &list, key);
    }
    for (uint32_t i = 0; i < other->count && !semi; i++)
        weir_list_append(analysis, &hidden, weir_find_by_id(join->output, join->output_count, other->items[i]->id));
    weir_plan_hidden(analysis, join, &hidden); /* those of joins inside of this one */
    append_others(analysis, &list, join->output, left_count, left);
    if (!semi)
        append_others(analysis, &list, join->output + left_count, join->output_count - left_count, right);
    *out = weir_plan_project(analysis, list.items, list.count, join);
    (*out)->origin = join->origin;
    weir_plan_set_hidden(analysis, *out, hidden.items, hidden.count);
    return WEIR_OK;
}

/* Names that both sides have, as often as the side that has them less often. */
static const char *const *natural_names(WeirAnalysis *analysis, const WeirLogicalPlan *left,
                                        const WeirLogicalPlan *right, uint32_t *count)
{
    const char **names = WEIR_ARENA_ARRAY(analysis->arena, const char *, left->output_count);
    bool *taken = WEIR_ARENA_ARRAY(analysis->arena, bool, right->output_count + 1);
    memset(taken, 0, sizeof(*taken) * (right->output_count + 1));
    *count = 0;
    for (uint32_t i = 0; i < left->output_count; i++)
        for (uint32_t j = 0; j < right->output_count; j++)
            if (!taken[j] && weir_name_equal(analysis, left->output[i]->name, right->output[j]->name)) {
                taken[j] = true;
                names[(*count)++] = left->output[i]->name;
                break;
            }
    return names;
}

static WeirStatus join_using(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirLogicalPlan *left,
                             WeirLogicalPlan *right, WeirLogicalPlan **out, WeirError *error)
{
    uint32_t count = plan->name_count;
    const char *const *names = plan->is_natural ? natural_names(analysis, left, right, &count) : plan->names;
    WeirExpressionList left_keys = {0}, right_keys = {0};
    WEIR_TRY(using_keys(analysis, plan, names, count, left, "left", &left_keys, error));
    WEIR_TRY(using_keys(analysis, plan, names, count, right, "right", &right_keys, error));
    WeirLogicalPlan *join = weir_logical_binary(analysis->arena, WEIR_LOGICAL_JOIN, left, right);
    join->origin = plan->origin;
    join->join_type = plan->join_type;
    WEIR_TRY(key_condition(analysis, plan, &left_keys, &right_keys, &join->condition, error));
    weir_plan_finish(analysis, join);
    return project_using(analysis, join, &left_keys, &right_keys, out, error);
}

/* ---- ON */

static WeirStatus check_condition(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirExpression *condition,
                                  WeirError *error)
{
    if (condition->type->id != WEIR_TYPE_BOOLEAN)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE, "joinCondition",
                                           weir_expression_quoted(analysis, condition), "conditionType",
                                           weir_type_quoted(analysis, condition->type)));
    if (weir_has_aggregate(condition) || weir_has_window(condition) ||
        weir_contains_kind(condition, WEIR_EXPRESSION_GENERATOR))
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_UNSUPPORTED_EXPR_FOR_OPERATOR, "invalidExprSqls",
                                           weir_expression_quoted(analysis, condition)));
    return WEIR_OK;
}

typedef struct OnSubqueries {
    const WeirLogicalPlan *left, *right;
    const WeirExpression *both, *scalar; /* out: one that uses columns of both sides; a correlated scalar one */
} OnSubqueries;

static bool is_column_of(void *context, const WeirExpression *expression)
{
    const WeirLogicalPlan *side = context;
    return expression->kind == WEIR_EXPRESSION_ATTRIBUTE &&
           weir_find_by_id(side->output, side->output_count, expression->id) != NULL;
}

typedef struct OuterUse {
    const WeirLogicalPlan *side;
    bool found;
} OuterUse;

static bool note_outer_use(void *context, const WeirLogicalPlan *plan)
{
    OuterUse *use = context;
    void *side = (void *)(uintptr_t)use->side;
    for (uint32_t i = 0; i < plan->expression_count && !use->found; i++)
        use->found = weir_expression_any(plan->expressions[i], is_column_of, side);
    use->found = use->found || weir_expression_any(plan->condition, is_column_of, side);
    return use->found;
}

static bool uses_side(const WeirExpression *subquery, const WeirLogicalPlan *side)
{
    OuterUse use = {side, weir_expression_any(subquery, is_column_of, (void *)(uintptr_t)side)};
    return use.found || weir_logical_any(subquery->plan, note_outer_use, &use);
}

static bool note_on_subquery(void *context, const WeirExpression *expression)
{
    OnSubqueries *on = context;
    if (expression->plan == NULL)
        return false;
    if (expression->kind == WEIR_EXPRESSION_SCALAR_SUBQUERY && expression->child_count > 0)
        on->scalar = expression;
    else if (uses_side(expression, on->left) && uses_side(expression, on->right))
        on->both = expression;
    return false;
}

/* A subquery in ON is computed on one side's rows. */
static WeirStatus check_on_subqueries(WeirAnalysis *analysis, const WeirLogicalPlan *left, const WeirLogicalPlan *right,
                                      const WeirExpression *condition, WeirError *error)
{
    OnSubqueries on = {left, right, NULL, NULL};
    weir_expression_any(condition, note_on_subquery, &on);
    if (on.scalar != NULL)
        return weir_located(
            analysis, on.scalar->origin, error,
            weir_error_set(error,
                           WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY,
                           "treeNode", weir_expression_quoted(analysis, on.scalar)));
    if (on.both == NULL)
        return WEIR_OK;
    return weir_located(
        analysis, on.both->origin, error,
        weir_error_set(
            error,
            WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION,
            "subqueryExpression", weir_expression_quoted(analysis, on.both)));
}

static bool differs_each_time(void *context, const WeirLogicalPlan *plan)
{
    (void)context;
    for (uint32_t i = 0; i < plan->expression_count; i++)
        if (!weir_expression_is_deterministic(plan->expressions[i]))
            return true;
    return plan->condition != NULL && !weir_expression_is_deterministic(plan->condition);
}

/* Is it one row, as a query without FROM gives? */
static bool is_one_row(const WeirLogicalPlan *plan)
{
    while (plan->kind == WEIR_LOGICAL_PROJECT || plan->kind == WEIR_LOGICAL_SUBQUERY_ALIAS)
        plan = plan->children[0];
    return plan->kind == WEIR_LOGICAL_ONE_ROW_RELATION;
}

static WeirStatus check_lateral_values(WeirAnalysis *analysis, const WeirLogicalPlan *plan, const WeirLogicalPlan *left,
                                       const WeirLogicalPlan *right, const WeirExpression *condition, WeirError *error)
{
    if (condition != NULL && !weir_expression_is_deterministic(condition))
        return weir_located(
            analysis, plan->origin, error,
            weir_error_set(error,
                           WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_LATERAL_JOIN_CONDITION_NON_DETERMINISTIC,
                           "condition", weir_expression_text(analysis, condition)));
    if (is_one_row(left) || !weir_logical_any(right, differs_each_time, NULL))
        return WEIR_OK;
    return weir_located(
        analysis, plan->origin, error,
        weir_error_set(error, WEIR_ERROR_UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_NON_DETERMINISTIC_LATERAL_SUBQUERIES,
                       "treeNode", "the subquery"));
}

/* Columns of both sides, as a plan without meaning of its own: only its output is looked at. */
static WeirLogicalPlan *both_sides(WeirAnalysis *analysis, WeirLogicalPlan *left, WeirLogicalPlan *right)
{
    return weir_plan_finish(analysis, weir_logical_binary(analysis->arena, WEIR_LOGICAL_JOIN, left, right));
}

static WeirStatus expose_sides(WeirAnalysis *analysis, WeirExpression *condition, WeirLogicalPlan **left,
                               WeirLogicalPlan **right)
{
    *left = weir_plan_expose(analysis, *left, &condition, 1);
    *right = weir_plan_expose(analysis, *right, &condition, 1);
    return WEIR_OK;
}

static WeirStatus join_on(WeirAnalysis *analysis, const WeirEnvironment *env, const WeirLogicalPlan *plan,
                          WeirLogicalPlan *left, WeirLogicalPlan *right, WeirLogicalPlan **out, WeirError *error)
{
    WeirExpression *condition = NULL;
    WeirLogicalPlan *sides = both_sides(analysis, left, right);
    if (plan->condition != NULL) {
        WeirScope scope = weir_scope_of(analysis, env, sides);
        WeirExpressionContext context = weir_expression_context(analysis, env, &scope);
        WEIR_TRY(weir_resolve_expression(&context, plan->condition, &condition, error));
        WEIR_TRY(check_condition(analysis, plan, condition, error));
        WEIR_TRY(check_on_subqueries(analysis, left, right, condition, error));
        if (context.used_hidden)
            WEIR_TRY(expose_sides(analysis, condition, &left, &right));
    }
    if (plan->is_lateral)
        WEIR_TRY(check_lateral_values(analysis, plan, left, right, condition, error));
    WeirLogicalPlan *join = weir_logical_binary(analysis->arena, WEIR_LOGICAL_JOIN, left, right);
    join->origin = plan->origin;
    join->join_type = plan->join_type;
    join->is_lateral = plan->is_lateral;
    join->condition = condition;
    *out = weir_plan_finish(analysis, join);
    if ((*out)->output_count > sides->output_count)
        *out = weir_plan_project(analysis, sides->output, sides->output_count, *out);
    return WEIR_OK;
}

static WeirStatus check_lateral(WeirAnalysis *analysis, const WeirLogicalPlan *plan, WeirError *error)
{
    if (plan->join_type == WEIR_JOIN_INNER || plan->join_type == WEIR_JOIN_CROSS ||
        plan->join_type == WEIR_JOIN_LEFT_OUTER)
        return WEIR_OK;
    return weir_located(analysis, plan->origin, error,
                        weir_error_set(error, WEIR_ERROR_INVALID_LATERAL_JOIN_TYPE, "joinType",
                                       plan->join_type == WEIR_JOIN_RIGHT_OUTER  ? "RIGHT OUTER"
                                       : plan->join_type == WEIR_JOIN_FULL_OUTER ? "FULL OUTER"
                                       : plan->join_type == WEIR_JOIN_LEFT_SEMI  ? "LEFT SEMI"
                                                                                 : "LEFT ANTI"));
}

WeirStatus weir_resolve_join(WeirAnalysis *analysis, const WeirEnvironment *env, WeirLogicalPlan *plan,
                             WeirLogicalPlan **out, WeirError *error)
{
    WeirLogicalPlan *left = NULL, *right = NULL;
    WEIR_TRY(weir_resolve_plan(analysis, env, plan->children[0], &left, error));
    WeirEnvironment lateral = *env;
    WeirScope scope = {0};
    if (plan->is_lateral) {
        WEIR_TRY(check_lateral(analysis, plan, error));
        scope = weir_scope_of(analysis, env, left);
        scope.outer = NULL;
        lateral.outer = &scope;
    }
    WEIR_TRY(weir_resolve_plan(analysis, plan->is_lateral ? &lateral : env, plan->children[1], &right, error));
    if (plan->is_lateral && right->is_streaming)
        return weir_located(analysis, plan->origin, error,
                            weir_error_set(error, WEIR_ERROR_INVALID_SUBQUERY_EXPRESSION_STREAMING_QUERY));
    WEIR_TRY(separate_streams(analysis, left, &right, error));
    bool filters = plan->join_type == WEIR_JOIN_LEFT_SEMI || plan->join_type == WEIR_JOIN_LEFT_ANTI;
    if (plan->is_natural && filters)
        return weir_located(analysis, plan->origin, error,
                            weir_error_format(error, WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                                              "a semi or anti join can't be NATURAL; name its columns in USING"));
    if (plan->is_natural || plan->is_using)
        return join_using(analysis, plan, left, right, out, error);
    return join_on(analysis, env, plan, left, right, out, error);
}
