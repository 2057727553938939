/* SELECT: hints, the select list, FROM, WHERE, GROUP BY in all its forms, HAVING, QUALIFY, WINDOW; and the form that
 * begins with FROM. */
#include "sql/parser_private.h"

/* ---- hints */

/* One "slash-star-plus … star-slash": hints from the outside in, over `child`. Their arguments are expressions. */
typedef struct Hint {
    const char *name;
    WeirList arguments;
    WeirOrigin origin;
} Hint;

static void parse_hints(WeirParser *p, WeirList *hints)
{
    while (weir_accept_symbol(p, WEIR_SYMBOL_HINT_BEGIN)) {
        do {
            Hint *hint = WEIR_ARENA_NEW(p->arena, Hint);
            hint->origin = weir_origin_here(p);
            hint->name = weir_parse_identifier(p);
            if (weir_accept_symbol(p, '(')) {
                if (!weir_at_symbol(p, ')'))
                    weir_parse_expression_list(p, &hint->arguments);
                weir_expect_symbol(p, ')');
            }
            weir_list_add(p, hints, hint);
            weir_accept_symbol(p, ',');
        } while (weir_at_identifier(p));
        weir_expect_symbol(p, WEIR_SYMBOL_HINT_END);
    }
}

static WeirLogicalPlan *apply_hints(WeirParser *p, const WeirList *hints, WeirLogicalPlan *plan)
{
    for (uint32_t i = hints->count; i > 0; i--) {
        const Hint *hint = hints->items[i - 1];
        plan = weir_make_unary(p, WEIR_LOGICAL_UNRESOLVED_HINT, plan, hint->origin);
        plan->name = hint->name;
        weir_plan_set_expressions(plan, &hint->arguments);
    }
    return plan;
}

/* ---- GROUP BY */

static WeirExpression *make_grouping(WeirParser *p, WeirExpressionKind kind, const WeirList *children,
                                     WeirOrigin origin)
{
    WeirExpression *grouping = weir_expression_new(p->arena, kind, origin);
    weir_set_children(grouping, children);
    return weir_finish(p, grouping, origin);
}

/* "(a, b)", "()" or one expression. */
static WeirExpression *parse_grouping_set(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (weir_at_symbol(p, '(') && weir_next_is_symbol(p, 1, ')')) {
        weir_advance(p);
        weir_advance(p);
        return make_grouping(p, WEIR_EXPRESSION_GROUPING_SET, &(WeirList){0}, origin);
    }
    WeirExpression *item = weir_parse_expression(p);
    bool is_row = weir_is_struct(item) && p->lexer.text[origin.start] == '(';
    if (is_row)
        return make_grouping(p, WEIR_EXPRESSION_GROUPING_SET,
                             &(WeirList){.items = (void **)item->children, .count = item->child_count}, origin);
    /* "(a)" is the set of a, not the value in parentheses. */
    bool is_set = p->lexer.text[origin.start] == '(' && item->origin.start > origin.start &&
                  p->last.kind == WEIR_TOKEN_SYMBOL && p->last.symbol == ')';
    if (!is_set)
        return item;
    WeirList one = {0};
    weir_list_add(p, &one, item);
    return make_grouping(p, WEIR_EXPRESSION_GROUPING_SET, &one, origin);
}

static WeirExpression *parse_group_element(WeirParser *p);

/* ROLLUP(…), CUBE(…), GROUPING SETS (…); the last may nest the others. */
static WeirExpression *parse_grouping_analytics(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirExpressionKind kind = WEIR_EXPRESSION_GROUPING_SETS;
    if (weir_accept(p, WEIR_KEYWORD_ROLLUP))
        kind = WEIR_EXPRESSION_ROLLUP;
    else if (weir_accept(p, WEIR_KEYWORD_CUBE))
        kind = WEIR_EXPRESSION_CUBE;
    else
        weir_accept2(p, WEIR_KEYWORD_GROUPING, WEIR_KEYWORD_SETS);
    weir_expect_symbol(p, '(');
    WeirList children = {0};
    if (!weir_enter(p))
        return make_grouping(p, kind, &children, origin);
    do {
        weir_list_add(p, &children,
                      kind == WEIR_EXPRESSION_GROUPING_SETS ? parse_group_element(p) : parse_grouping_set(p));
    } while (weir_accept_symbol(p, ','));
    weir_leave(p);
    weir_expect_symbol(p, ')');
    for (uint32_t i = 0; i < children.count && kind != WEIR_EXPRESSION_GROUPING_SETS; i++) {
        const WeirExpression *child = children.items[i];
        if (child->kind == WEIR_EXPRESSION_GROUPING_SET && child->child_count == 0)
            weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0051, "%s",
                           "ROLLUP and CUBE have their empty set already; () can't be one of their parts.");
    }
    return make_grouping(p, kind, &children, origin);
}

static bool at_grouping_analytics(WeirParser *p)
{
    return ((weir_at(p, WEIR_KEYWORD_ROLLUP) || weir_at(p, WEIR_KEYWORD_CUBE)) && weir_next_is_symbol(p, 1, '(')) ||
           (weir_at(p, WEIR_KEYWORD_GROUPING) && weir_next_is(p, 1, WEIR_KEYWORD_SETS) &&
            weir_next_is_symbol(p, 2, '('));
}

static WeirExpression *parse_group_element(WeirParser *p)
{
    return at_grouping_analytics(p) ? parse_grouping_analytics(p) : parse_grouping_set(p);
}

/* GROUP BY a, b WITH ROLLUP | WITH CUBE | GROUPING SETS (…): the older syntax. */
static void apply_old_grouping(WeirParser *p, WeirList *items, WeirOrigin origin)
{
    WeirExpressionKind kind;
    if (weir_accept2(p, WEIR_KEYWORD_WITH, WEIR_KEYWORD_ROLLUP)) {
        kind = WEIR_EXPRESSION_ROLLUP;
    } else if (weir_accept2(p, WEIR_KEYWORD_WITH, WEIR_KEYWORD_CUBE)) {
        kind = WEIR_EXPRESSION_CUBE;
    } else if (weir_at(p, WEIR_KEYWORD_GROUPING) && weir_next_is(p, 1, WEIR_KEYWORD_SETS)) {
        WeirExpression *sets = parse_grouping_analytics(p);
        WeirList children = {0};
        for (uint32_t i = 0; i < sets->child_count; i++)
            weir_list_add(p, &children, sets->children[i]);
        for (uint32_t i = 0; i < items->count; i++)
            weir_list_add(p, &children, items->items[i]);
        weir_set_children(sets, &children);
        sets->ordinal = items->count; /* the last children: all columns in their order, no sets */
        *items = (WeirList){0};
        weir_list_add(p, items, sets);
        return;
    } else {
        return;
    }
    WeirExpression *grouping = make_grouping(p, kind, items, origin);
    *items = (WeirList){0};
    weir_list_add(p, items, grouping);
}

WeirLogicalPlan *weir_parse_group_by(WeirParser *p, WeirLogicalPlan *child, const WeirList *select)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirList items = {0};
    do {
        weir_list_add(p, &items,
                      at_grouping_analytics(p) ? parse_grouping_analytics(p) : weir_parse_named_expression(p));
    } while (weir_accept_symbol(p, ','));
    apply_old_grouping(p, &items, origin);
    WeirLogicalPlan *aggregate = weir_make_unary(p, WEIR_LOGICAL_AGGREGATE, child, origin);
    aggregate->grouping = (WeirExpression **)items.items;
    aggregate->grouping_count = items.count;
    weir_plan_set_expressions(aggregate, select);
    return aggregate;
}

/* ---- the clauses after FROM */

typedef struct SelectClause {
    WeirList hints, items;
    bool is_distinct;
    WeirOrigin origin;
} SelectClause;

static void parse_select_clause(WeirParser *p, SelectClause *select)
{
    select->origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_SELECT);
    parse_hints(p, &select->hints);
    bool named =
        weir_next_is_symbol(p, 1, ',') || weir_next_is_symbol(p, 1, '.') || weir_peek_at(p, 1)->kind == WEIR_TOKEN_END;
    if (weir_at(p, WEIR_KEYWORD_DISTINCT) && !named) {
        weir_advance(p);
        select->is_distinct = true;
    } else if (weir_at(p, WEIR_KEYWORD_ALL) && !named) {
        weir_advance(p);
    }
    do {
        weir_list_add(p, &select->items, weir_parse_named_expression(p));
    } while (weir_accept_symbol(p, ','));
}

static WeirLogicalPlan *parse_where(WeirParser *p, WeirLogicalPlan *plan)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_accept(p, WEIR_KEYWORD_WHERE))
        return plan;
    WeirExpression *condition = weir_parse_expression(p);
    plan = weir_make_unary(p, WEIR_LOGICAL_FILTER, plan, origin);
    plan->condition = condition;
    return plan;
}

/* Spark's Predicate: comparisons, logic, IN, LIKE, IS …, EXISTS. */
static bool is_predicate(const WeirExpression *expression)
{
    static const char *const names[] = {"=",
                                        "<=>",
                                        "<",
                                        "<=",
                                        ">",
                                        ">=",
                                        "and",
                                        "or",
                                        "not",
                                        "in",
                                        "like",
                                        "ilike",
                                        "rlike",
                                        "isnull",
                                        "isnotnull",
                                        "is unknown",
                                        "is not unknown",
                                        "between",
                                        "like any",
                                        "like all",
                                        "not like any",
                                        "not like all",
                                        "ilike any",
                                        "ilike all"};
    if (expression->kind == WEIR_EXPRESSION_EXISTS || expression->kind == WEIR_EXPRESSION_IN_SUBQUERY)
        return true;
    for (size_t i = 0; expression->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && i < sizeof names / sizeof names[0];
         i++)
        if (expression->part_count == 1 && strcmp(expression->parts[0], names[i]) == 0)
            return true;
    return false;
}

/* "HAVING 1", "QUALIFY 1": what is no predicate is cast, which WHERE does not do. */
static WeirExpression *as_predicate(WeirParser *p, WeirExpression *condition)
{
    if (is_predicate(condition))
        return condition;
    condition = weir_expression_unary(p->arena, WEIR_EXPRESSION_CAST, condition);
    condition->type = &weir_type_boolean;
    condition->eval_mode = WEIR_EVAL_ANSI;
    return condition;
}

static WeirLogicalPlan *parse_having(WeirParser *p, WeirLogicalPlan *plan)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_accept(p, WEIR_KEYWORD_HAVING))
        return plan;
    WeirExpression *condition = as_predicate(p, weir_parse_expression(p));
    plan = weir_make_unary(p, WEIR_LOGICAL_HAVING, plan, origin);
    plan->condition = condition;
    return plan;
}

/* WINDOW w AS (…), before or after QUALIFY; NULL: none. What it stands over is set by the caller. */
static WeirLogicalPlan *parse_windows(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_at(p, WEIR_KEYWORD_WINDOW) || !weir_next_is(p, 2, WEIR_KEYWORD_AS))
        return NULL;
    weir_advance(p);
    WeirLogicalPlan *plan = weir_make_unary(p, WEIR_LOGICAL_WINDOW_DEFINITIONS,
                                            weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, origin), origin);
    weir_parse_named_windows(p, plan);
    return plan;
}

/* GROUP BY, HAVING, QUALIFY, DISTINCT, WINDOW, hints over the plan of FROM and WHERE. HAVING without GROUP BY is a
 * global aggregate. */
static WeirLogicalPlan *parse_select_rest(WeirParser *p, const SelectClause *select, WeirLogicalPlan *plan)
{
    if (weir_accept2(p, WEIR_KEYWORD_GROUP, WEIR_KEYWORD_BY)) {
        plan = weir_parse_group_by(p, plan, &select->items);
    } else {
        WeirLogicalKind kind = weir_at(p, WEIR_KEYWORD_HAVING) ? WEIR_LOGICAL_AGGREGATE : WEIR_LOGICAL_PROJECT;
        plan = weir_make_unary(p, kind, plan, select->origin);
        weir_plan_set_expressions(plan, &select->items);
    }
    plan = parse_having(p, plan);
    WeirLogicalPlan *windows = parse_windows(p);
    WeirOrigin origin = weir_origin_here(p);
    if (weir_accept(p, WEIR_KEYWORD_QUALIFY)) {
        WeirExpression *condition = as_predicate(p, weir_parse_expression(p));
        plan = weir_make_unary(p, WEIR_LOGICAL_QUALIFY, plan, origin);
        plan->condition = condition;
    }
    if (select->is_distinct)
        plan = weir_make_unary(p, WEIR_LOGICAL_DISTINCT, plan, select->origin);
    if (windows == NULL)
        windows = parse_windows(p);
    if (windows != NULL) {
        windows->children[0] = plan;
        plan = windows;
    }
    return apply_hints(p, &select->hints, plan);
}

static bool at_from(WeirParser *p)
{
    return weir_at(p, WEIR_KEYWORD_FROM);
}

WeirLogicalPlan *weir_parse_select_over(WeirParser *p, WeirLogicalPlan *from)
{
    SelectClause select = {0};
    parse_select_clause(p, &select);
    WeirLogicalPlan *plan = weir_parse_lateral_view(p, from);
    plan = parse_where(p, plan);
    return parse_select_rest(p, &select, plan);
}

WeirLogicalPlan *weir_parse_select_piped(WeirParser *p, WeirLogicalPlan *from)
{
    SelectClause select = {0};
    parse_select_clause(p, &select);
    if (weir_at(p, WEIR_KEYWORD_WHERE))
        weir_fail_syntax(p);
    return parse_select_rest(p, &select, from);
}

/* FROM relation [SELECT …]…: several SELECTs over one FROM are their union. */
static WeirLogicalPlan *parse_from_first(WeirParser *p)
{
    weir_expect(p, WEIR_KEYWORD_FROM);
    WeirLogicalPlan *plan = weir_parse_from(p);
    if (weir_at(p, WEIR_KEYWORD_INSERT))
        weir_fail_unsupported(p, weir_origin_here(p), "INSERT");
    if (!weir_at(p, WEIR_KEYWORD_SELECT))
        return plan;
    WeirLogicalPlan *from = plan;
    plan = weir_parse_select_over(p, from);
    while (weir_at(p, WEIR_KEYWORD_SELECT)) {
        WeirLogicalPlan *more = weir_parse_select_over(p, from);
        plan = weir_logical_binary(p->arena, WEIR_LOGICAL_UNION, plan, more);
        plan->is_all = true;
    }
    return plan;
}

WeirLogicalPlan *weir_parse_select(WeirParser *p)
{
    if (at_from(p))
        return parse_from_first(p);
    SelectClause select = {0};
    parse_select_clause(p, &select);
    WeirLogicalPlan *plan;
    if (weir_accept(p, WEIR_KEYWORD_FROM))
        plan = weir_parse_from(p);
    else
        plan = weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, select.origin);
    plan = weir_parse_lateral_view(p, plan);
    plan = parse_where(p, plan);
    return parse_select_rest(p, &select, plan);
}
