/* Pipe operators: query |> WHERE … |> AGGREGATE … GROUP BY …. Each becomes the node that its long form would give. */
#include <strings.h>

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

/* WINDOW w AS (…) after an operator's list. */
static WeirLogicalPlan *parse_windows(WeirParser *p, WeirLogicalPlan *plan)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_at(p, WEIR_KEYWORD_WINDOW) || !weir_next_is(p, 2, WEIR_KEYWORD_AS))
        return plan;
    weir_advance(p);
    plan = weir_make_unary(p, WEIR_LOGICAL_WINDOW_DEFINITIONS, plan, origin);
    weir_parse_named_windows(p, plan);
    return plan;
}

/* |> EXTEND a AS b: all columns and more. */
static WeirLogicalPlan *parse_extend(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirList items = {0};
    weir_list_add(p, &items, make_star(p, &(WeirList){0}, origin));
    parse_named_expressions(p, &items);
    for (uint32_t i = 1; i < items.count; i++)
        if (((const WeirExpression *)items.items[i])->kind == WEIR_EXPRESSION_UNRESOLVED_STAR)
            WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_USAGE_OF_STAR_OR_REGEX, "elem", "'*'",
                      "prettyName", "|> EXTEND");
    WeirLogicalPlan *project = make_project(p, child, &items, origin);
    project->name = "EXTEND";
    return parse_windows(p, project);
}

/* |> SET a = 1, b = a: one projection after another; an ALIAS among a star's children replaces that column where it
 * stands. */
static WeirLogicalPlan *parse_set(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    do {
        const char *name = weir_parse_identifier(p);
        if (weir_at_symbol(p, '.'))
            weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0035,
                           "|> SET takes a column's name without a qualifier.");
        weir_expect_symbol(p, '=');
        WeirList replaced = {0};
        weir_list_add(p, &replaced, weir_expression_alias(p->arena, weir_parse_expression(p), name, 0));
        WeirList items = {0};
        weir_list_add(p, &items, make_star(p, &replaced, origin));
        child = make_project(p, child, &items, origin);
        child->name = "SET";
    } while (weir_accept_symbol(p, ','));
    return parse_windows(p, child);
}

static WeirLogicalPlan *parse_drop(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirList except = {0};
    do {
        WeirOrigin place = weir_origin_here(p);
        WeirList name = {0};
        weir_parse_multipart(p, &name);
        weir_list_add(p, &except, weir_make_attribute(p, &name, place));
    } while (weir_accept_symbol(p, ','));
    WeirList items = {0};
    weir_list_add(p, &items, make_star(p, &except, origin));
    return make_project(p, child, &items, origin);
}

/* What an item of AGGREGATE can't have, as an error names it. */
static const char *refused_in_aggregate(const WeirExpression *item)
{
    if (item->kind == WEIR_EXPRESSION_WINDOW)
        return "window functions, which belong in a |> SELECT after it";
    if (item->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && item->part_count == 1) {
        if (strcasecmp(item->parts[0], "grouping") == 0)
            return "GROUPING";
        if (strcasecmp(item->parts[0], "grouping_id") == 0 && item->child_count > 0)
            return "GROUPING_ID";
    }
    const char *refused = NULL;
    for (uint32_t i = 0; i < item->child_count && refused == NULL; i++)
        refused = refused_in_aggregate(item->children[i]);
    return refused;
}

/* |> AGGREGATE [items] [GROUP BY keys]: the keys come first in the result, then the aggregates. */
static WeirLogicalPlan *parse_aggregate(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirList items = {0};
    if (weir_at_end(p) || weir_at_pipe(p) || weir_at_symbol(p, ')'))
        weir_fail_text(p, origin, WEIR_ERROR_LEGACY_ERROR_TEMP_0035, "|> AGGREGATE needs functions or GROUP BY.");
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
        bool all_columns = key->kind == WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE && key->part_count == 1 &&
                           strcasecmp(key->parts[0], "ALL") == 0;
        if (all_columns)
            WEIR_FAIL(p, key->origin, WEIR_ERROR_UNSUPPORTED_FEATURE_PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE, "case",
                      "GROUP BY ALL");
        if (key->kind >= WEIR_EXPRESSION_ROLLUP && key->kind <= WEIR_EXPRESSION_GROUPING_SET)
            WEIR_FAIL(p, key->origin, WEIR_ERROR_UNSUPPORTED_FEATURE_PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE, "case",
                      "grouping sets");
        weir_list_add(p, &all, key);
        if (key->kind == WEIR_EXPRESSION_ALIAS)
            plan->grouping[i] = key->children[0];
    }
    for (uint32_t i = 0; i < items.count; i++) {
        const char *refused = plan->grouping_count > 0 ? refused_in_aggregate(items.items[i]) : NULL;
        if (refused != NULL)
            WEIR_FAIL(p, weir_origin_since(p, child->origin),
                      WEIR_ERROR_UNSUPPORTED_FEATURE_PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE, "case", refused);
        weir_list_add(p, &all, items.items[i]);
    }
    weir_plan_set_expressions(plan, &all);
    plan->name = "AGGREGATE";
    return plan;
}

static WeirLogicalPlan *parse_as(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirLogicalPlan *alias = weir_make_unary(p, WEIR_LOGICAL_SUBQUERY_ALIAS, child, origin);
    alias->name = weir_parse_identifier(p);
    if (weir_at_symbol(p, '-') && weir_is_identifier(p, weir_peek_at(p, 1)))
        WEIR_FAIL(p, weir_origin_here(p), WEIR_ERROR_INVALID_IDENTIFIER, "ident",
                  weir_arena_printf(p->arena, "%s-…", alias->name));
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

/* ORDER BY, CLUSTER BY, DISTRIBUTE BY and SORT BY are tried in this order: an earlier one begins the rest of the whole
 * query, a later one is a combination with `first`. */
static bool comes_later(WeirParser *p, WeirKeyword first)
{
    static const WeirKeyword words[] = {WEIR_KEYWORD_ORDER, WEIR_KEYWORD_CLUSTER, WEIR_KEYWORD_DISTRIBUTE,
                                        WEIR_KEYWORD_SORT};
    size_t i = 0;
    while (i < sizeof(words) / sizeof(words[0]) && words[i] != first)
        i++;
    for (i++; i < sizeof(words) / sizeof(words[0]); i++)
        if (weir_at(p, words[i]))
            return true;
    return false;
}

/* A set operation, or one of ORDER BY, LIMIT, OFFSET and their like: not two of them. */
static WeirLogicalPlan *parse_rest(WeirParser *p, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirLogicalPlan *plan = weir_parse_set_rest(p, child);
    if (plan != child)
        return plan;
    bool limited = weir_at(p, WEIR_KEYWORD_LIMIT) || weir_at(p, WEIR_KEYWORD_OFFSET);
    if (limited)
        return weir_parse_limits(p, child, false);
    WeirKeyword first = weir_peek(p)->keyword;
    plan = weir_parse_orders(p, child);
    if (comes_later(p, first))
        weir_refuse_second_order(p, origin);
    for (WeirLogicalPlan *order = plan; order != child; order = order->children[0])
        order->name = "ORDER BY";
    if (weir_at(p, WEIR_KEYWORD_LIMIT) || weir_at(p, WEIR_KEYWORD_OFFSET))
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_MULTIPLE_QUERY_RESULT_CLAUSES_WITH_PIPE_OPERATORS,
                  "clause1", "ORDER BY", "clause2", weir_at(p, WEIR_KEYWORD_LIMIT) ? "LIMIT" : "OFFSET");
    return plan;
}

static bool is_operator_word(WeirKeyword keyword)
{
    static const WeirKeyword words[] = {
        WEIR_KEYWORD_SELECT,    WEIR_KEYWORD_EXTEND,  WEIR_KEYWORD_SET,        WEIR_KEYWORD_DROP,
        WEIR_KEYWORD_AS,        WEIR_KEYWORD_WHERE,   WEIR_KEYWORD_AGGREGATE,  WEIR_KEYWORD_TABLESAMPLE,
        WEIR_KEYWORD_JOIN,      WEIR_KEYWORD_INNER,   WEIR_KEYWORD_CROSS,      WEIR_KEYWORD_LEFT,
        WEIR_KEYWORD_RIGHT,     WEIR_KEYWORD_FULL,    WEIR_KEYWORD_SEMI,       WEIR_KEYWORD_ANTI,
        WEIR_KEYWORD_NATURAL,   WEIR_KEYWORD_PIVOT,   WEIR_KEYWORD_UNPIVOT,    WEIR_KEYWORD_ORDER,
        WEIR_KEYWORD_SORT,      WEIR_KEYWORD_CLUSTER, WEIR_KEYWORD_DISTRIBUTE, WEIR_KEYWORD_LIMIT,
        WEIR_KEYWORD_OFFSET,    WEIR_KEYWORD_UNION,   WEIR_KEYWORD_EXCEPT,     WEIR_KEYWORD_MINUS,
        WEIR_KEYWORD_INTERSECT,
    };
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i] == keyword)
            return true;
    return false;
}

/* `a | extend` is a number where nothing follows that an operator would begin with. */
bool weir_at_pipe(WeirParser *p)
{
    if (weir_at_symbol(p, WEIR_SYMBOL_PIPE))
        return true;
    const WeirToken *word = weir_peek_at(p, 1), *next = weir_peek_at(p, 2);
    if (!weir_at_symbol(p, '|') || word->kind != WEIR_TOKEN_WORD || !is_operator_word(word->keyword))
        return false;
    if (next->kind == WEIR_TOKEN_SYMBOL)
        return next->symbol == '*' || next->symbol == '(' || next->symbol == '-';
    return next->kind != WEIR_TOKEN_END && !(next->kind == WEIR_TOKEN_WORD && next->keyword == WEIR_KEYWORD_FROM);
}

WeirLogicalPlan *weir_parse_pipe(WeirParser *p, WeirLogicalPlan *child)
{
    WeirOrigin origin = weir_origin_here(p);
    bool empty = weir_at_end(p) || weir_at_pipe(p) || weir_at_symbol(p, ')');
    if (empty) /* an operator may be missing */
        return child;
    if (weir_at(p, WEIR_KEYWORD_SELECT))
        return weir_parse_limits(p, weir_parse_select_piped(p, child), true);
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
        if (weir_at(p, WEIR_KEYWORD_WINDOW) && weir_next_is(p, 2, WEIR_KEYWORD_AS))
            WEIR_FAIL(p, weir_origin_since(p, child->origin),
                      WEIR_ERROR_NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE_WINDOW_CLAUSE);
        return filter;
    }
    if (weir_at(p, WEIR_KEYWORD_TABLESAMPLE))
        return weir_parse_sample(p, child);
    if (weir_at(p, WEIR_KEYWORD_WINDOW))
        WEIR_FAIL(p, origin, WEIR_ERROR_UNSUPPORTED_FEATURE_CLAUSE_WITH_PIPE_OPERATORS, "clauses", "the WINDOW clause");
    if (at_join(p))
        return weir_parse_one_join(p, child);
    if (weir_at_query_rest(p))
        return parse_rest(p, child, origin);
    weir_fail_syntax(p);
    return child;
}
