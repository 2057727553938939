/* What follows a value to make a condition of it: BETWEEN, IN, LIKE and its relatives, RLIKE, IS …. At most one, as in
 * Spark's grammar. */
#include "sql/parser_private.h"

static WeirExpression *negate(WeirParser *p, bool negated, WeirExpression *child, WeirOrigin origin)
{
    return negated ? weir_make_call1(p, "not", origin, child) : child;
}

static WeirExpression *parse_between(WeirParser *p, WeirExpression *left, WeirOrigin origin)
{
    WeirExpression *lower = weir_parse_value_expression(p);
    weir_expect(p, WEIR_KEYWORD_AND);
    WeirExpression *upper = weir_parse_value_expression(p);
    return weir_make_call(p, "between", origin, 3, (WeirExpression *const[]){left, lower, upper});
}

/* The left side of IN (query): a row counts as its columns. */
static void set_left_side(WeirExpression *subquery, WeirParser *p, WeirExpression *left)
{
    WeirList values = {0};
    bool is_row = weir_is_struct(left);
    for (uint32_t i = 0; is_row && i < left->child_count; i++)
        weir_list_add(p, &values, left->children[i]);
    if (!is_row)
        weir_list_add(p, &values, left);
    weir_set_children(subquery, &values);
}

/* IN (SELECT 'a', 5): Spark's grammar tries a list of values first, and takes SELECT 'a' for a literal of a type
 * "select". So it is where nothing up to the parenthesis can only be a query's. */
static bool at_typed_literal_list(WeirParser *p)
{
    if (!weir_at(p, WEIR_KEYWORD_SELECT) || weir_peek_at(p, 1)->kind != WEIR_TOKEN_STRING)
        return false;
    WeirLexer ahead = {.text = p->lexer.text, .length = p->lexer.length, .position = weir_peek(p)->start, .line = 1};
    (void)weir_lexer_next(&ahead);
    for (int32_t depth = 0; depth >= 0;) {
        WeirToken token = weir_lexer_next(&ahead);
        if (token.kind == WEIR_TOKEN_END)
            return false;
        bool symbol = token.kind == WEIR_TOKEN_SYMBOL;
        depth += symbol && token.symbol == '(' ? 1 : symbol && token.symbol == ')' ? -1 : 0;
        if (depth == 0 && token.kind == WEIR_TOKEN_WORD && token.keyword != WEIR_NOT_A_KEYWORD)
            return false;
    }
    return true;
}

static WeirExpression *parse_in(WeirParser *p, WeirExpression *left, WeirOrigin origin)
{
    weir_expect_symbol(p, '(');
    WeirLogicalPlan *plan = NULL;
    WeirList items = {0};
    weir_list_add(p, &items, left);
    if (weir_accept_symbol(p, ')'))
        WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_SQL_SYNTAX_EMPTY_IN_PREDICATE);
    if (weir_at_query(p) && !at_typed_literal_list(p)) {
        plan = weir_parse_query(p);
    } else {
        WeirExpression *first = weir_parse_expression(p);
        WeirExpression *whole = weir_parse_paren_query_rest(p, first);
        if (whole != first)
            plan = whole->plan;
        else
            weir_list_add(p, &items, first);
        while (plan == NULL && weir_accept_symbol(p, ','))
            weir_list_add(p, &items, weir_parse_expression(p));
    }
    weir_expect_symbol(p, ')');
    if (plan == NULL)
        return weir_make_call(p, "in", origin, items.count, (WeirExpression *const *)items.items);
    WeirExpression *subquery = weir_expression_new(p->arena, WEIR_EXPRESSION_IN_SUBQUERY, origin);
    set_left_side(subquery, p, left);
    subquery->plan = plan;
    return weir_finish(p, subquery, origin);
}

static bool are_literals(const WeirList *list, uint32_t from)
{
    for (uint32_t i = from; i < list->count; i++)
        if (((const WeirExpression *)list->items[i])->kind != WEIR_EXPRESSION_LITERAL)
            return false;
    return true;
}

/* LIKE ANY|ALL (…): one call for literal patterns ("like any", "not like all", …), else a chain of LIKEs, as in Spark.
 */
static WeirExpression *parse_like_list(WeirParser *p, WeirExpression *left, WeirOrigin origin, const char *like,
                                       bool negated)
{
    bool any = !weir_at(p, WEIR_KEYWORD_ALL);
    weir_advance(p);
    WeirList items = {0};
    weir_list_add(p, &items, left);
    weir_expect_symbol(p, '(');
    if (weir_accept_symbol(p, ')'))
        weir_fail_text(p, weir_origin_since(p, origin), WEIR_ERROR_LEGACY_ERROR_TEMP_0064,
                       "Expected something between '(' and ')'.");
    weir_parse_expression_list(p, &items);
    weir_expect_symbol(p, ')');
    if (are_literals(&items, 1)) {
        const char *name = weir_arena_printf(p->arena, "%s%s %s", negated ? "not " : "", like, any ? "any" : "all");
        return weir_make_call(p, name, origin, items.count, (WeirExpression *const *)items.items);
    }
    WeirExpression *result = NULL;
    for (uint32_t i = 1; i < items.count; i++) {
        WeirExpression *term = negate(p, negated, weir_make_call2(p, like, origin, left, items.items[i]), origin);
        result = result == NULL ? term : weir_make_call2(p, any ? "or" : "and", origin, result, term);
    }
    return result;
}

static WeirExpression *parse_like(WeirParser *p, WeirExpression *left, WeirOrigin origin, const char *like,
                                  bool negated)
{
    if ((weir_at(p, WEIR_KEYWORD_ANY) || weir_at(p, WEIR_KEYWORD_SOME) || weir_at(p, WEIR_KEYWORD_ALL)) &&
        weir_next_is_symbol(p, 1, '('))
        return parse_like_list(p, left, origin, like, negated);
    WeirList children = {0};
    weir_list_add(p, &children, left);
    weir_list_add(p, &children, weir_parse_value_expression(p));
    if (weir_accept(p, WEIR_KEYWORD_ESCAPE)) {
        WeirOrigin place = weir_origin_here(p);
        size_t length;
        const char *escape = weir_parse_string(p, &length);
        size_t characters = 0;
        for (size_t i = 0; i < length; i++)
            characters += ((unsigned char)escape[i] & 0xC0) != 0x80;
        if (characters != 1)
            WEIR_FAIL(p, weir_origin_since(p, origin), WEIR_ERROR_INVALID_ESC, "invalidEscape",
                      weir_arena_printf(p->arena, "'%s'", escape));
        weir_list_add(p, &children, weir_make_string(p, escape, place));
    }
    return negate(p, negated, weir_make_call(p, like, origin, children.count, (WeirExpression *const *)children.items),
                  origin);
}

static WeirExpression *parse_is(WeirParser *p, WeirExpression *left, WeirOrigin origin)
{
    bool negated = weir_accept(p, WEIR_KEYWORD_NOT);
    if (weir_accept(p, WEIR_KEYWORD_NULL))
        return weir_make_call1(p, negated ? "isnotnull" : "isnull", origin, left);
    if (weir_accept(p, WEIR_KEYWORD_UNKNOWN))
        return weir_make_call1(p, negated ? "is not unknown" : "is unknown", origin, left);
    if (weir_at(p, WEIR_KEYWORD_TRUE) || weir_at(p, WEIR_KEYWORD_FALSE)) {
        WeirOrigin place = weir_origin_here(p);
        bool value = weir_advance(p).keyword == WEIR_KEYWORD_TRUE;
        return negate(p, negated, weir_make_call2(p, "<=>", origin, left, weir_make_boolean(p, value, place)), origin);
    }
    weir_expect(p, WEIR_KEYWORD_DISTINCT);
    weir_expect(p, WEIR_KEYWORD_FROM);
    WeirExpression *right = weir_parse_value_expression(p);
    return negate(p, !negated, weir_make_call2(p, "<=>", origin, left, right), origin);
}

static bool at_predicate(WeirParser *p, uint32_t n)
{
    const WeirToken *token = weir_peek_at(p, n);
    if (token->kind != WEIR_TOKEN_WORD)
        return false;
    const WeirToken *next = weir_peek_at(p, n + 1);
    bool has_operand = next->kind != WEIR_TOKEN_END &&
                       !(next->kind == WEIR_TOKEN_SYMBOL && (next->symbol == ',' || next->symbol == ')'));
    switch (token->keyword) {
    case WEIR_KEYWORD_IN:
        return next->kind == WEIR_TOKEN_SYMBOL && next->symbol == '(';
    case WEIR_KEYWORD_BETWEEN:
    case WEIR_KEYWORD_LIKE:
    case WEIR_KEYWORD_ILIKE:
    case WEIR_KEYWORD_RLIKE:
    case WEIR_KEYWORD_REGEXP:
        return has_operand;
    default:
        return false;
    }
}

static bool at_is(WeirParser *p)
{
    if (!weir_at(p, WEIR_KEYWORD_IS))
        return false;
    switch (weir_peek_at(p, 1)->keyword) {
    case WEIR_KEYWORD_NULL:
    case WEIR_KEYWORD_NOT:
    case WEIR_KEYWORD_TRUE:
    case WEIR_KEYWORD_FALSE:
    case WEIR_KEYWORD_UNKNOWN:
    case WEIR_KEYWORD_DISTINCT:
        return true;
    default:
        return false;
    }
}

/* `a ! IN (1)`: an exclamation mark was once another way to write NOT here too. */
static void refuse_exclamation_mark(WeirParser *p)
{
    WEIR_FAIL(p, weir_origin_here(p), WEIR_ERROR_SYNTAX_DISCONTINUED_BANG_EQUALS_NOT, "clause", "!");
}

/* The place of a condition is what follows the value, from NOT or the keyword on, as in Spark. */
WeirExpression *weir_parse_predicate(WeirParser *p, WeirExpression *left)
{
    WeirOrigin origin = weir_origin_here(p);
    bool is = weir_at(p, WEIR_KEYWORD_IS);
    if ((is && weir_next_is_symbol(p, 1, '!')) || (weir_at_symbol(p, '!') && at_predicate(p, 1))) {
        if (is)
            weir_advance(p);
        refuse_exclamation_mark(p);
        return left;
    }
    if (at_is(p)) {
        weir_advance(p);
        return parse_is(p, left, origin);
    }
    bool negated = weir_at(p, WEIR_KEYWORD_NOT) && at_predicate(p, 1);
    if (!negated && !at_predicate(p, 0))
        return left;
    if (negated)
        weir_advance(p);
    switch (weir_advance(p).keyword) {
    case WEIR_KEYWORD_BETWEEN:
        return negate(p, negated, parse_between(p, left, origin), origin);
    case WEIR_KEYWORD_IN:
        return negate(p, negated, parse_in(p, left, origin), origin);
    case WEIR_KEYWORD_LIKE:
        return parse_like(p, left, origin, "like", negated);
    case WEIR_KEYWORD_ILIKE:
        return parse_like(p, left, origin, "ilike", negated);
    default:
        return negate(p, negated, weir_make_call2(p, "rlike", origin, left, weir_parse_value_expression(p)), origin);
    }
}
