/* Pipe operators: query |> WHERE … |> AGGREGATE … GROUP BY …. Each becomes the node that its long form would give. */
#include "sql/parser_private.h"

static WeirExpression *make_star(WeirParser *p, const WeirList *except, WeirOrigin origin)
{
    WeirExpression *star = weir_expression_new(p->arena, WEIR_EXPRESSION_UNRESOLVED_STAR, origin);
    weir_set_children(star, except);
    return star;
}

static WeirLogicalPlan *make_project(WeirParser *p, WeirLogicalPlan *child, const WeirList *items, WeirOrigin origin)
{
    WeirLogicalPlan *project = weir_make_unary(p, WEIR_LOGICAL_PROJECT, child, origin);
    weir_plan_set_expressions(project, items);
    return project;
}

static void parse_named_expressions(WeirParser *p, WeirList *list)
{
    do {
        weir_list_add(p, list, weir_parse_named_expression(p));
    } while (weir_accept_symbol(p, ','));
}

/* |> EXTEND a AS b: all columns and more. */
static WeirLogicalPlan *parse_extend(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirList items = {0};
    weir_list_add(p, &items, make_star(p, &(WeirList){0}, origin));
    parse_named_expressions(p, &items);
    return make_project(p, child, &items, origin);
}

/* |> SET a = 1, b = a: one projection after another; an ALIAS among a star's children replaces that column where it
 * stands. */
static WeirLogicalPlan *parse_set(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    do {
        const char *name = weir_parse_identifier(p);
        weir_expect_symbol(p, '=');
        WeirList replaced = {0};
        weir_list_add(p, &replaced, weir_expression_alias(p->arena, weir_parse_expression(p), name, 0));
        WeirList items = {0};
        weir_list_add(p, &items, make_star(p, &replaced, origin));
        child = make_project(p, child, &items, origin);
    } while (weir_accept_symbol(p, ','));
    return child;
}

static WeirLogicalPlan *parse_drop(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirList except = {0};
    do {
        WeirOrigin place = weir_origin_here(p);
        WeirList name = {0};
        weir_list_add(p, &name, (void *)(uintptr_t)weir_parse_identifier(p));
        weir_list_add(p, &except, weir_make_attribute(p, &name, place));
    } while (weir_accept_symbol(p, ','));
    WeirList items = {0};
    weir_list_add(p, &items, make_star(p, &except, origin));
    return make_project(p, child, &items, origin);
}

/* |> AGGREGATE [items] [GROUP BY keys]: the keys come first in the result, then the aggregates. */
static WeirLogicalPlan *parse_aggregate(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirList items = {0};
    if (!weir_at(p, WEIR_KEYWORD_GROUP))
        parse_named_expressions(p, &items);
    WeirLogicalPlan *plan;
    if (weir_accept2(p, WEIR_KEYWORD_GROUP, WEIR_KEYWORD_BY)) {
        plan = weir_parse_group_by(p, child, &items);
    } else {
        plan = weir_make_unary(p, WEIR_LOGICAL_AGGREGATE, child, origin);
    }
    WeirList all = {0};
    for (uint32_t i = 0; i < plan->grouping_count; i++) {
        WeirExpression *key = plan->grouping[i];
        if (key->kind >= WEIR_EXPRESSION_ROLLUP && key->kind <= WEIR_EXPRESSION_GROUPING_SET)
            WEIR_FAIL(p, key->origin, WEIR_ERROR_UNSUPPORTED_FEATURE_PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE, "case",
                      "grouping sets");
        weir_list_add(p, &all, key);
        if (key->kind == WEIR_EXPRESSION_ALIAS)
            plan->grouping[i] = key->children[0];
    }
    for (uint32_t i = 0; i < items.count; i++)
        weir_list_add(p, &all, items.items[i]);
    weir_plan_set_expressions(plan, &all);
    return plan;
}

static WeirLogicalPlan *parse_as(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirLogicalPlan *alias = weir_make_unary(p, WEIR_LOGICAL_SUBQUERY_ALIAS, child, origin);
    alias->name = weir_parse_identifier(p);
    return alias;
}

static bool at_join(WeirParser *p)
{
    switch (weir_peek(p)->kind == WEIR_TOKEN_WORD ? weir_peek(p)->keyword : WEIR_NOT_A_KEYWORD) {
    case WEIR_KEYWORD_JOIN:
    case WEIR_KEYWORD_INNER:
    case WEIR_KEYWORD_CROSS:
    case WEIR_KEYWORD_LEFT:
    case WEIR_KEYWORD_RIGHT:
    case WEIR_KEYWORD_FULL:
    case WEIR_KEYWORD_SEMI:
    case WEIR_KEYWORD_ANTI:
    case WEIR_KEYWORD_NATURAL:
    case WEIR_KEYWORD_PIVOT:
    case WEIR_KEYWORD_UNPIVOT:
        return true;
    default:
        return false;
    }
}

WeirLogicalPlan *weir_parse_pipe(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = weir_origin_here(p);
    if (weir_at(p, WEIR_KEYWORD_SELECT))
        return weir_parse_select_over(p, child);
    if (weir_accept(p, WEIR_KEYWORD_EXTEND))
        return parse_extend(p, child, origin);
    if (weir_accept(p, WEIR_KEYWORD_SET))
        return parse_set(p, child, origin);
    if (weir_accept(p, WEIR_KEYWORD_DROP))
        return parse_drop(p, child, origin);
    if (weir_accept(p, WEIR_KEYWORD_AS))
        return parse_as(p, child, origin);
    if (weir_accept(p, WEIR_KEYWORD_AGGREGATE))
        return parse_aggregate(p, child, origin);
    if (weir_accept(p, WEIR_KEYWORD_WHERE)) {
        WeirExpression *condition = weir_parse_expression(p);
        WeirLogicalPlan *filter = weir_make_unary(p, WEIR_LOGICAL_FILTER, child, origin);
        filter->condition = condition;
        return filter;
    }
    if (weir_at(p, WEIR_KEYWORD_TABLESAMPLE))
        return weir_parse_sample(p, child);
    if (weir_at(p, WEIR_KEYWORD_WINDOW))
        WEIR_FAIL(p, origin, WEIR_ERROR_UNSUPPORTED_FEATURE_CLAUSE_WITH_PIPE_OPERATORS, "clauses", "the WINDOW clause");
    if (at_join(p))
        return weir_parse_join_rest(p, child);
    if (weir_at_query_rest(p) && !weir_at_symbol(p, WEIR_SYMBOL_PIPE))
        return weir_parse_query_rest(p, child);
    weir_fail_syntax(p);
    return child;
}
