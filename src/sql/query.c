/* Queries: WITH, set operations with their precedence (INTERSECT binds tighter), and what follows them: ORDER BY, SORT
 * BY, DISTRIBUTE BY, CLUSTER BY, WINDOW, LIMIT, OFFSET, pipe operators. Terms are in select.c and relation.c. */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "sql/parser_private.h"

WeirLogicalPlan *weir_make_plan(WeirParser *p, WeirLogicalKind kind, WeirOrigin origin)
{
    return weir_logical_new(p->arena, kind, weir_origin_since(p, origin));
}

WeirLogicalPlan *weir_make_unary(WeirParser *p, WeirLogicalKind kind, WeirLogicalPlan *child, WeirOrigin origin)
{
    WeirLogicalPlan *plan = weir_logical_unary(p->arena, kind, child);
    plan->origin = weir_origin_since(p, origin);
    return plan;
}

void weir_plan_set_expressions(WeirLogicalPlan *plan, const WeirList *list)
{
    plan->expressions = (WeirExpression **)list->items;
    plan->expression_count = list->count;
}

/* ---- where queries begin */

/* At a word that begins a query and is not used as a name. */
static bool at_query_word(WeirParser *p, uint32_t n)
{
    const WeirToken *token = weir_peek_at(p, n);
    const WeirToken *next = weir_peek_at(p, n + 1);
    if (token->kind != WEIR_TOKEN_WORD)
        return false;
    bool next_is_symbol = next->kind == WEIR_TOKEN_SYMBOL;
    bool ends = next->kind == WEIR_TOKEN_END ||
                (next_is_symbol && next->symbol < 128 && strchr("),.;=<>[]/%", next->symbol) != NULL) ||
                (next_is_symbol && next->symbol > 255 && next->symbol != WEIR_SYMBOL_HINT_BEGIN);
    switch (token->keyword) {
    case WEIR_KEYWORD_SELECT:
        return !ends || n == 0;
    case WEIR_KEYWORD_WITH:
    case WEIR_KEYWORD_FROM:
    case WEIR_KEYWORD_TABLE:
        return next->kind == WEIR_TOKEN_WORD || next->kind == WEIR_TOKEN_BACKQUOTED ||
               (token->keyword == WEIR_KEYWORD_FROM && next_is_symbol && next->symbol == '(');
    case WEIR_KEYWORD_VALUES:
        return !ends && !(next_is_symbol && strchr("+*|&^", next->symbol < 128 ? next->symbol : 1) != NULL) &&
               next->keyword != WEIR_KEYWORD_AS && next->keyword != WEIR_KEYWORD_FROM;
    case WEIR_KEYWORD_MAP:
    case WEIR_KEYWORD_REDUCE:
        return next->kind == WEIR_TOKEN_WORD && next->keyword == WEIR_NOT_A_KEYWORD;
    default:
        return false;
    }
}

bool weir_at_query(WeirParser *p)
{
    return at_query_word(p, 0);
}

bool weir_at_query_rest(WeirParser *p)
{
    if (weir_at_pipe(p))
        return true;
    const WeirToken *token = weir_peek(p);
    if (token->kind != WEIR_TOKEN_WORD)
        return false;
    switch (token->keyword) {
    case WEIR_KEYWORD_UNION:
    case WEIR_KEYWORD_EXCEPT:
    case WEIR_KEYWORD_MINUS:
    case WEIR_KEYWORD_INTERSECT:
    case WEIR_KEYWORD_ORDER:
    case WEIR_KEYWORD_SORT:
    case WEIR_KEYWORD_DISTRIBUTE:
    case WEIR_KEYWORD_CLUSTER:
    case WEIR_KEYWORD_LIMIT:
    case WEIR_KEYWORD_OFFSET:
    case WEIR_KEYWORD_WINDOW:
        return weir_peek_at(p, 1)->kind != WEIR_TOKEN_SYMBOL || weir_next_is_symbol(p, 1, '(');
    default:
        return false;
    }
}

/* ---- common table expressions */

static void parse_cte(WeirParser *p, bool recursive, WeirCteDefinition *cte)
{
    cte->name = weir_parse_identifier(p);
    if (weir_at_symbol(p, '(')) {
        WeirList names = {0};
        weir_parse_parenthesized_identifiers(p, &names);
        cte->column_names = (const char *const *)names.items;
        cte->column_count = names.count;
    }
    cte->level_limit = -1;
    if (weir_accept(p, WEIR_KEYWORD_MAX)) {
        weir_expect(p, WEIR_KEYWORD_RECURSION);
        weir_expect(p, WEIR_KEYWORD_LEVEL);
        if (weir_peek(p)->kind != WEIR_TOKEN_INTEGER)
            weir_fail_syntax(p);
        WeirToken limit = weir_advance(p);
        if (!recursive)
            weir_fail_text(p, weir_origin_of(&limit), WEIR_ERROR_LEGACY_ERROR_TEMP_0035, "%s",
                           "MAX RECURSION LEVEL needs WITH RECURSIVE.");
        errno = 0;
        cte->level_limit = strtoll(p->lexer.text + limit.start, NULL, 10);
        if (errno != 0 || cte->level_limit > INT32_MAX)
            weir_fail_text(p, weir_origin_of(&limit), WEIR_ERROR_LEGACY_ERROR_TEMP_0000,
                           "The recursion level %.*s is no INT.", limit.length > 40 ? 40 : limit.length,
                           p->lexer.text + limit.start);
    }
    weir_accept(p, WEIR_KEYWORD_AS);
    weir_expect_symbol(p, '(');
    cte->plan = weir_parse_query(p);
    weir_expect_symbol(p, ')');
}

static WeirLogicalPlan *parse_with(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_WITH);
    bool recursive = weir_at(p, WEIR_KEYWORD_RECURSIVE) && weir_is_identifier(p, weir_peek_at(p, 1)) &&
                     !weir_next_is(p, 1, WEIR_KEYWORD_AS);
    if (recursive)
        weir_advance(p);
    WeirList definitions = {0};
    const char *duplicate = NULL;
    do {
        WeirCteDefinition *cte = WEIR_ARENA_NEW(p->arena, WeirCteDefinition);
        parse_cte(p, recursive, cte);
        for (uint32_t i = 0; i < definitions.count; i++)
            if (strcasecmp(((WeirCteDefinition *)definitions.items[i])->name, cte->name) == 0)
                duplicate = cte->name;
        weir_list_add(p, &definitions, cte);
    } while (weir_accept_symbol(p, ','));
    WeirLogicalPlan *plan = weir_make_unary(p, WEIR_LOGICAL_WITH, weir_parse_query(p), origin);
    if (duplicate != NULL)
        WEIR_FAIL(p, plan->origin, WEIR_ERROR_DUPLICATED_CTE_NAMES, "duplicateNames",
                  weir_arena_printf(p->arena, "`%s`", duplicate));
    plan->ctes = WEIR_ARENA_ARRAY(p->arena, WeirCteDefinition, definitions.count);
    for (uint32_t i = 0; i < definitions.count; i++)
        plan->ctes[i] = *(WeirCteDefinition *)definitions.items[i];
    plan->cte_count = definitions.count;
    plan->is_recursive = recursive;
    return plan;
}

/* ---- set operations */

static WeirLogicalPlan *parse_term(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (weir_at_symbol(p, '(')) {
        if (!weir_enter(p))
            return weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, origin);
        weir_advance(p);
        WeirLogicalPlan *plan = weir_parse_query(p);
        weir_expect_symbol(p, ')');
        weir_leave(p);
        return plan;
    }
    if (weir_at(p, WEIR_KEYWORD_SELECT) || weir_at(p, WEIR_KEYWORD_FROM))
        return weir_parse_select(p);
    if (weir_accept(p, WEIR_KEYWORD_VALUES))
        return weir_parse_inline_table(p);
    if (weir_accept(p, WEIR_KEYWORD_TABLE)) {
        WeirList parts = {0};
        weir_parse_multipart(p, &parts);
        WeirLogicalPlan *table = weir_make_plan(p, WEIR_LOGICAL_UNRESOLVED_RELATION, origin);
        table->parts = (const char *const *)parts.items;
        table->part_count = parts.count;
        return table;
    }
    if ((weir_at(p, WEIR_KEYWORD_MAP) || weir_at(p, WEIR_KEYWORD_REDUCE)) && at_query_word(p, 0))
        weir_fail_unsupported(p, origin, "script transformation");
    weir_fail_syntax(p);
    return weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, origin);
}

static WeirLogicalPlan *combine(WeirParser *p, WeirKeyword keyword, bool all, WeirLogicalPlan *left,
                                WeirLogicalPlan *right, WeirOrigin origin)
{
    WeirLogicalKind kind = keyword == WEIR_KEYWORD_UNION ? WEIR_LOGICAL_UNION : WEIR_LOGICAL_SET_OPERATION;
    WeirLogicalPlan *plan = weir_logical_binary(p->arena, kind, left, right);
    plan->origin = weir_origin_since(p, origin);
    plan->is_all = all;
    plan->set_operation = keyword == WEIR_KEYWORD_INTERSECT ? WEIR_SET_INTERSECT : WEIR_SET_EXCEPT;
    if (keyword == WEIR_KEYWORD_UNION && !all)
        plan = weir_make_unary(p, WEIR_LOGICAL_DISTINCT, plan, origin);
    return plan;
}

/* Is there a set operation (of INTERSECT only, where `tight`) at the cursor? */
static bool at_set_operation(WeirParser *p, bool tight)
{
    return weir_at(p, WEIR_KEYWORD_INTERSECT) ||
           (!tight &&
            (weir_at(p, WEIR_KEYWORD_UNION) || weir_at(p, WEIR_KEYWORD_EXCEPT) || weir_at(p, WEIR_KEYWORD_MINUS)));
}

static WeirLogicalPlan *parse_set_operations(WeirParser *p, WeirLogicalPlan *left, WeirOrigin origin, bool tight)
{
    while (at_set_operation(p, tight)) {
        WeirKeyword keyword = weir_advance(p).keyword;
        bool all = weir_accept(p, WEIR_KEYWORD_ALL);
        if (!all)
            weir_accept(p, WEIR_KEYWORD_DISTINCT);
        WeirOrigin place = weir_origin_here(p);
        WeirLogicalPlan *right = parse_term(p);
        if (keyword != WEIR_KEYWORD_INTERSECT)
            right = parse_set_operations(p, right, place, true);
        left = combine(p, keyword, all, left, right, origin);
    }
    return left;
}

/* ---- ORDER BY and its relatives, windows, limits */

static WeirLogicalPlan *make_sort(WeirParser *p, WeirLogicalPlan *child, const WeirList *items, bool global,
                                  WeirOrigin origin)
{
    WeirLogicalPlan *sort = weir_make_unary(p, WEIR_LOGICAL_SORT, child, origin);
    weir_plan_set_expressions(sort, items);
    sort->is_global = global;
    return sort;
}

static WeirLogicalPlan *make_repartition(WeirParser *p, WeirLogicalPlan *child, const WeirList *items,
                                         WeirOrigin origin)
{
    WeirLogicalPlan *repartition = weir_make_unary(p, WEIR_LOGICAL_REPARTITION, child, origin);
    weir_plan_set_expressions(repartition, items);
    return repartition;
}

WeirLogicalPlan *weir_parse_orders(WeirParser *p, WeirLogicalPlan *plan)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirList items = {0};
    if (weir_accept2(p, WEIR_KEYWORD_ORDER, WEIR_KEYWORD_BY)) {
        weir_parse_sort_items(p, &items);
        return make_sort(p, plan, &items, true, origin);
    }
    if (weir_accept2(p, WEIR_KEYWORD_CLUSTER, WEIR_KEYWORD_BY)) {
        weir_parse_expression_list(p, &items);
        WeirList orders = {0};
        for (uint32_t i = 0; i < items.count; i++) {
            WeirExpression *order = weir_expression_unary(p->arena, WEIR_EXPRESSION_SORT_ORDER, items.items[i]);
            order->nulls_first = true;
            weir_list_add(p, &orders, order);
        }
        return make_sort(p, make_repartition(p, plan, &items, origin), &orders, false, origin);
    }
    if (weir_accept2(p, WEIR_KEYWORD_DISTRIBUTE, WEIR_KEYWORD_BY)) {
        weir_parse_expression_list(p, &items);
        plan = make_repartition(p, plan, &items, origin);
        origin = weir_origin_here(p);
        items = (WeirList){0};
    }
    if (weir_accept2(p, WEIR_KEYWORD_SORT, WEIR_KEYWORD_BY)) {
        weir_parse_sort_items(p, &items);
        plan = make_sort(p, plan, &items, false, origin);
    }
    return plan;
}

void weir_refuse_second_order(WeirParser *p, WeirOrigin origin)
{
    bool more = weir_next_is(p, 1, WEIR_KEYWORD_BY) &&
                (weir_at(p, WEIR_KEYWORD_ORDER) || weir_at(p, WEIR_KEYWORD_SORT) || weir_at(p, WEIR_KEYWORD_CLUSTER) ||
                 weir_at(p, WEIR_KEYWORD_DISTRIBUTE));
    if (more)
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_UNSUPPORTED_FEATURE_COMBINATION_QUERY_RESULT_CLAUSES);
}

void weir_parse_named_windows(WeirParser *p, WeirLogicalPlan *node)
{
    WeirList names = {0};
    WeirList windows = {0};
    do {
        const char *name = weir_parse_identifier(p);
        for (uint32_t i = 0; i < names.count; i++)
            if (strcasecmp(names.items[i], name) == 0)
                WEIR_FAIL(p, node->origin, WEIR_ERROR_INVALID_SQL_SYNTAX_REPETITIVE_WINDOW_DEFINITION, "windowName",
                          weir_arena_printf(p->arena, "`%s`", name));
        weir_expect(p, WEIR_KEYWORD_AS);
        weir_list_add(p, &names, (void *)(uintptr_t)name);
        weir_list_add(p, &windows, weir_parse_window_spec(p));
    } while (weir_accept_symbol(p, ','));
    node->names = (const char *const *)names.items;
    node->name_count = names.count;
    node->windows = (WeirWindowSpec **)windows.items;
}

WeirLogicalPlan *weir_parse_limits(WeirParser *p, WeirLogicalPlan *plan, bool with_windows)
{
    WeirOrigin origin = weir_origin_here(p);
    plan = weir_parse_orders(p, plan);
    weir_refuse_second_order(p, origin);
    origin = weir_origin_here(p);
    if (with_windows && weir_at(p, WEIR_KEYWORD_WINDOW) && weir_next_is(p, 2, WEIR_KEYWORD_AS)) {
        weir_advance(p);
        plan = weir_make_unary(p, WEIR_LOGICAL_WINDOW_DEFINITIONS, plan, origin);
        weir_parse_named_windows(p, plan);
    }
    WeirExpression *limit = NULL;
    origin = weir_origin_here(p);
    if (weir_accept(p, WEIR_KEYWORD_LIMIT)) {
        bool all = weir_at(p, WEIR_KEYWORD_ALL);
        if (all)
            weir_advance(p);
        else
            limit = weir_parse_expression(p);
    }
    WeirOrigin place = weir_origin_here(p);
    if (weir_accept(p, WEIR_KEYWORD_OFFSET)) {
        WeirExpression *offset = weir_parse_expression(p);
        plan = weir_make_unary(p, WEIR_LOGICAL_OFFSET, plan, place);
        plan->condition = offset;
    }
    if (limit != NULL) {
        plan = weir_make_unary(p, WEIR_LOGICAL_LIMIT, plan, origin);
        plan->condition = limit;
    }
    return plan;
}

WeirLogicalPlan *weir_parse_set_rest(WeirParser *p, WeirLogicalPlan *left)
{
    return parse_set_operations(p, left, left->origin, false);
}

/* Pipe operators follow a query without ORDER BY and LIMIT only. */
WeirLogicalPlan *weir_parse_query_rest(WeirParser *p, WeirLogicalPlan *term)
{
    WeirOrigin origin = term->origin;
    WeirLogicalPlan *plan = parse_set_operations(p, term, origin, false);
    WeirLogicalPlan *limited = weir_parse_limits(p, plan, true);
    if (limited != plan)
        return limited;
    if (!weir_at_pipe(p))
        return plan;
    while (weir_at_pipe(p)) {
        weir_advance(p);
        plan = weir_parse_pipe(p, plan);
    }
    return weir_parse_limits(p, plan, true); /* of the whole */
}

WeirLogicalPlan *weir_parse_query(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!weir_enter(p))
        return weir_make_plan(p, WEIR_LOGICAL_ONE_ROW_RELATION, origin);
    WeirLogicalPlan *plan;
    if (weir_at(p, WEIR_KEYWORD_WITH))
        plan = parse_with(p);
    else
        plan = weir_parse_query_rest(p, parse_term(p));
    weir_leave(p);
    return plan;
}
