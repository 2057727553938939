/* Expressions by precedence climbing, in Spark's order, loosest first: OR, AND, NOT, predicates (predicate.c),
 * comparison, |, ^, &, shifts,
 * + - ||, * / % DIV, unary, then primaries (primary.c). Also named expressions ("a + 1 AS b") and the node makers. */
#include "sql/parser_private.h"

/* ---- node makers */

void weir_set_children(WeirExpression *expression, const WeirList *list)
{
    expression->children = (WeirExpression **)list->items;
    expression->child_count = list->count;
}

bool weir_is_struct(const WeirExpression *expression)
{
    return expression->kind == WEIR_EXPRESSION_UNRESOLVED_FUNCTION && expression->part_count == 1 &&
           strcmp(expression->parts[0], "struct") == 0;
}

WeirExpression *weir_finish(WeirParser *p, WeirExpression *expression, WeirOrigin first)
{
    expression->origin = weir_origin_since(p, first);
    return expression;
}

WeirExpression *weir_make_call(WeirParser *p, const char *name, WeirOrigin origin, uint32_t count,
                               WeirExpression *const *children)
{
    return weir_finish(p, weir_expression_function(p->arena, name, children, count, origin), origin);
}

WeirExpression *weir_make_call1(WeirParser *p, const char *name, WeirOrigin origin, WeirExpression *a)
{
    return weir_make_call(p, name, origin, 1, &a);
}

WeirExpression *weir_make_call2(WeirParser *p, const char *name, WeirOrigin origin, WeirExpression *a,
                                WeirExpression *b)
{
    return weir_make_call(p, name, origin, 2, (WeirExpression *const[]){a, b});
}

WeirExpression *weir_make_literal(WeirParser *p, const WeirValue *value, WeirOrigin origin)
{
    return weir_finish(p, weir_expression_literal(p->arena, value), origin);
}

WeirExpression *weir_make_string(WeirParser *p, const char *text, WeirOrigin origin)
{
    return weir_make_literal(p, weir_value_bytes(p->arena, &weir_type_string, text, strlen(text)), origin);
}

WeirExpression *weir_make_int(WeirParser *p, int32_t value, WeirOrigin origin)
{
    return weir_make_literal(p, weir_value_int(p->arena, &weir_type_int, value), origin);
}

WeirExpression *weir_make_boolean(WeirParser *p, bool value, WeirOrigin origin)
{
    return weir_make_literal(p, weir_value_int(p->arena, &weir_type_boolean, value), origin);
}

WeirExpression *weir_make_attribute(WeirParser *p, const WeirList *parts, WeirOrigin origin)
{
    WeirExpression *attribute = weir_expression_new(p->arena, WEIR_EXPRESSION_UNRESOLVED_ATTRIBUTE, origin);
    attribute->parts = (const char *const *)parts->items;
    attribute->part_count = parts->count;
    return weir_finish(p, attribute, origin);
}

/* ---- value expressions */

typedef struct BinaryOperator {
    const char *name;
    int level; /* higher binds tighter */
    uint32_t tokens;
} BinaryOperator;

enum { LEVEL_NONE, LEVEL_COMPARISON, LEVEL_OR, LEVEL_XOR, LEVEL_AND, LEVEL_SHIFT, LEVEL_ADD, LEVEL_MULTIPLY };

/* Are the tokens at 0 .. n '>' without a blank between them? */
static bool is_run_of_greater(WeirParser *p, uint32_t n)
{
    for (uint32_t i = 0; i <= n; i++)
        if (!weir_next_is_symbol(p, i, '>') || weir_peek_at(p, i)->start != weir_peek_at(p, 0)->start + (int32_t)i)
            return false;
    return true;
}

static BinaryOperator binary_operator(WeirParser *p)
{
    const WeirToken *token = weir_peek(p);
    if (token->kind == WEIR_TOKEN_WORD)
        return token->keyword == WEIR_KEYWORD_DIV ? (BinaryOperator){"div", LEVEL_MULTIPLY, 1}
                                                  : (BinaryOperator){NULL, LEVEL_NONE, 0};
    if (token->kind != WEIR_TOKEN_SYMBOL)
        return (BinaryOperator){NULL, LEVEL_NONE, 0};
    switch (token->symbol) {
    case '*':
        return (BinaryOperator){"*", LEVEL_MULTIPLY, 1};
    case '/':
        return (BinaryOperator){"/", LEVEL_MULTIPLY, 1};
    case '%':
        return (BinaryOperator){"%", LEVEL_MULTIPLY, 1};
    case '+':
        return (BinaryOperator){"+", LEVEL_ADD, 1};
    case '-':
        return (BinaryOperator){"-", LEVEL_ADD, 1};
    case WEIR_SYMBOL_CONCAT:
        return (BinaryOperator){"||", LEVEL_ADD, 1};
    case WEIR_SYMBOL_SHIFT_LEFT:
        return (BinaryOperator){"<<", LEVEL_SHIFT, 1};
    case '&':
        return (BinaryOperator){"&", LEVEL_AND, 1};
    case '^':
        return (BinaryOperator){"^", LEVEL_XOR, 1};
    case '|':
        if (weir_at_pipe(p))
            return (BinaryOperator){NULL, LEVEL_NONE, 0};
        return (BinaryOperator){"|", LEVEL_OR, 1};
    case '=':
    case WEIR_SYMBOL_EQUAL_EQUAL:
        return (BinaryOperator){"=", LEVEL_COMPARISON, 1};
    case WEIR_SYMBOL_NULL_SAFE_EQUAL:
        return (BinaryOperator){"<=>", LEVEL_COMPARISON, 1};
    case WEIR_SYMBOL_NOT_EQUAL:
    case WEIR_SYMBOL_LESS_GREATER:
        return (BinaryOperator){"!=", LEVEL_COMPARISON, 1};
    case '<':
        return (BinaryOperator){"<", LEVEL_COMPARISON, 1};
    case WEIR_SYMBOL_LESS_EQUAL:
        return (BinaryOperator){"<=", LEVEL_COMPARISON, 1};
    case WEIR_SYMBOL_GREATER_EQUAL:
        return (BinaryOperator){">=", LEVEL_COMPARISON, 1};
    case '>':
        if (is_run_of_greater(p, 2))
            return (BinaryOperator){">>>", LEVEL_SHIFT, 3};
        if (is_run_of_greater(p, 1))
            return (BinaryOperator){">>", LEVEL_SHIFT, 2};
        return (BinaryOperator){">", LEVEL_COMPARISON, 1};
    default:
        return (BinaryOperator){NULL, LEVEL_NONE, 0};
    }
}

static bool is_number(const WeirToken *token)
{
    return token->kind == WEIR_TOKEN_INTEGER || token->kind == WEIR_TOKEN_DECIMAL ||
           token->kind == WEIR_TOKEN_EXPONENT || token->kind == WEIR_TOKEN_TYPED_NUMBER;
}

/* A minus right before a number belongs to the literal (parse_primary reads it), so that the smallest long is one. */
static WeirExpression *parse_unary(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    const char *name = weir_at_symbol(p, '-')   ? "-"
                       : weir_at_symbol(p, '+') ? "+"
                       : weir_at_symbol(p, '~') ? "~"
                                                : NULL;
    if (name == NULL || (*name == '-' && is_number(weir_peek_at(p, 1))))
        return weir_parse_primary(p);
    if (!weir_enter(p))
        return weir_make_boolean(p, false, origin);
    weir_advance(p);
    WeirExpression *child = parse_unary(p);
    weir_leave(p);
    return weir_make_call1(p, name, origin, child);
}

static WeirExpression *make_binary(WeirParser *p, const char *name, WeirOrigin origin, WeirExpression *left,
                                   WeirExpression *right)
{
    if (strcmp(name, "!=") != 0)
        return weir_make_call2(p, name, origin, left, right);
    return weir_make_call1(p, "not", origin, weir_make_call2(p, "=", origin, left, right));
}

static WeirExpression *parse_binary(WeirParser *p, int level)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirExpression *left = parse_unary(p);
    for (;;) {
        BinaryOperator operator= binary_operator(p);
        if (operator.level == LEVEL_NONE || operator.level<level)
            return left;
        for (uint32_t i = 0; i < operator.tokens; i++)
            weir_advance(p);
        WeirExpression *right = parse_binary(p, operator.level + 1);
        left = make_binary(p, operator.name, origin, left, right);
    }
}

WeirExpression *weir_parse_value_expression(WeirParser *p)
{
    return parse_binary(p, LEVEL_COMPARISON);
}

/* ---- boolean expressions */

static bool at_not(WeirParser *p)
{
    if (weir_at_symbol(p, '!'))
        return true;
    if (!weir_at(p, WEIR_KEYWORD_NOT))
        return false;
    /* As a name ("not" is not reserved) only where nothing can be negated. */
    const WeirToken *next = weir_peek_at(p, 1);
    return !(next->kind == WEIR_TOKEN_END ||
             (next->kind == WEIR_TOKEN_SYMBOL && strchr(",);]", next->symbol < 128 ? next->symbol : 1) != NULL));
}

static WeirExpression *parse_not(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    if (!at_not(p))
        return weir_parse_predicate(p, weir_parse_value_expression(p));
    if (!weir_enter(p))
        return weir_make_boolean(p, false, origin);
    weir_advance(p);
    WeirExpression *child = parse_not(p);
    weir_leave(p);
    return weir_make_call1(p, "not", origin, child);
}

/* Long chains of AND and OR become balanced trees, as in Spark, so that generated conditions of thousands of terms stay
 * shallow. */
static WeirExpression *balance(WeirParser *p, const char *name, WeirExpression *const *terms, uint32_t count)
{
    if (count == 1)
        return terms[0];
    uint32_t middle = count - count / 2;
    WeirExpression *left = balance(p, name, terms, middle);
    WeirExpression *right = balance(p, name, terms + middle, count - middle);
    WeirExpression *call =
        weir_expression_function(p->arena, name, (WeirExpression *const[]){left, right}, 2, left->origin);
    call->origin.length = right->origin.start + right->origin.length - left->origin.start;
    return call;
}

static WeirExpression *parse_chain(WeirParser *p, WeirKeyword keyword)
{
    WeirList terms = {0};
    do {
        weir_list_add(p, &terms, keyword == WEIR_KEYWORD_OR ? parse_chain(p, WEIR_KEYWORD_AND) : parse_not(p));
    } while (weir_accept(p, keyword));
    return balance(p, keyword == WEIR_KEYWORD_OR ? "or" : "and", (WeirExpression *const *)terms.items, terms.count);
}

WeirExpression *weir_parse_expression(WeirParser *p)
{
    return parse_chain(p, WEIR_KEYWORD_OR);
}

void weir_parse_expression_list(WeirParser *p, WeirList *list)
{
    do {
        weir_list_add(p, list, weir_parse_expression(p));
    } while (weir_accept_symbol(p, ','));
}

/* ---- named expressions */

/* Words that end a select list, or begin what can follow an expression, rather than name a column. */
static bool ends_named_expression(WeirParser *p)
{
    const WeirToken *token = weir_peek(p);
    if (token->kind != WEIR_TOKEN_WORD)
        return false;
    if ((token->keyword == WEIR_KEYWORD_DELAY && weir_next_is(p, 1, WEIR_KEYWORD_OF)) ||
        (token->keyword == WEIR_KEYWORD_GROUPING && weir_next_is(p, 1, WEIR_KEYWORD_SETS)) ||
        (token->keyword == WEIR_KEYWORD_WITH &&
         (weir_next_is(p, 1, WEIR_KEYWORD_ROLLUP) || weir_next_is(p, 1, WEIR_KEYWORD_CUBE))))
        return true;
    switch (token->keyword) {
    case WEIR_KEYWORD_GROUP:
    case WEIR_KEYWORD_ORDER:
    case WEIR_KEYWORD_SORT:
    case WEIR_KEYWORD_DISTRIBUTE:
    case WEIR_KEYWORD_CLUSTER:
        return weir_next_is(p, 1, WEIR_KEYWORD_BY);
    case WEIR_KEYWORD_FROM:
    case WEIR_KEYWORD_WHERE:
    case WEIR_KEYWORD_HAVING:
    case WEIR_KEYWORD_LIMIT:
    case WEIR_KEYWORD_OFFSET:
    case WEIR_KEYWORD_WINDOW:
    case WEIR_KEYWORD_QUALIFY:
    case WEIR_KEYWORD_UNION:
    case WEIR_KEYWORD_EXCEPT:
    case WEIR_KEYWORD_MINUS:
    case WEIR_KEYWORD_INTERSECT:
    case WEIR_KEYWORD_LATERAL:
    case WEIR_KEYWORD_FOR: {
        const WeirToken *next = weir_peek_at(p, 1);
        bool last = next->kind == WEIR_TOKEN_END || weir_next_is_symbol(p, 1, ',') || weir_next_is_symbol(p, 1, ')') ||
                    weir_next_is_symbol(p, 1, ';') ||
                    (weir_next_is(p, 1, WEIR_KEYWORD_FROM) && token->keyword != WEIR_KEYWORD_FROM);
        return !last;
    }
    default:
        return false;
    }
}

WeirExpression *weir_parse_named_expression(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirExpression *child = weir_parse_expression(p);
    bool has_as = weir_accept_as(p, false);
    if (weir_at_symbol(p, '(')) {
        WeirList names = {0};
        weir_parse_parenthesized_identifiers(p, &names);
        WeirExpression *alias = weir_expression_unary(p->arena, WEIR_EXPRESSION_MULTI_ALIAS, child);
        alias->parts = (const char *const *)names.items;
        alias->part_count = names.count;
        return weir_finish(p, alias, origin);
    }
    if (!has_as && (!weir_at_identifier(p) || ends_named_expression(p)))
        return child;
    const char *name = weir_parse_identifier(p);
    if (weir_at_symbol(p, '-') && weir_is_identifier(p, weir_peek_at(p, 1)))
        WEIR_FAIL(p, weir_origin_here(p), WEIR_ERROR_INVALID_IDENTIFIER, "ident",
                  weir_arena_printf(p->arena, "%s-…", name));
    return weir_finish(p, weir_expression_alias(p->arena, child, name, 0), origin);
}
