/* Expressions with syntax of their own: CASE, CAST, EXTRACT, SUBSTRING … FROM, TRIM, POSITION … IN, OVERLAY, EXISTS,
 * STRUCT, IDENTIFIER. Each begins with a word that is also a good name, so the words after it decide. */
#include <strings.h>

#include "sql/parser_private.h"

static WeirExpression *parse_case(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_expect(p, WEIR_KEYWORD_CASE);
    WeirExpression *subject = weir_at(p, WEIR_KEYWORD_WHEN) ? NULL : weir_parse_expression(p);
    WeirList children = {0};
    if (!weir_at(p, WEIR_KEYWORD_WHEN))
        weir_fail_syntax(p);
    while (weir_accept(p, WEIR_KEYWORD_WHEN)) {
        WeirOrigin place = weir_origin_here(p);
        WeirExpression *condition = weir_parse_expression(p);
        weir_list_add(p, &children, subject == NULL ? condition : weir_make_call2(p, "=", place, subject, condition));
        weir_expect(p, WEIR_KEYWORD_THEN);
        weir_list_add(p, &children, weir_parse_expression(p));
    }
    if (weir_accept(p, WEIR_KEYWORD_ELSE))
        weir_list_add(p, &children, weir_parse_expression(p));
    weir_expect(p, WEIR_KEYWORD_END);
    WeirExpression *result = weir_expression_new(p->arena, WEIR_EXPRESSION_CASE, origin);
    weir_set_children(result, &children);
    return weir_finish(p, result, origin);
}

static WeirExpression *parse_cast(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirEvalMode mode = weir_advance(p).keyword == WEIR_KEYWORD_TRY_CAST ? WEIR_EVAL_TRY : WEIR_EVAL_ANSI;
    weir_expect_symbol(p, '(');
    WeirExpression *cast = weir_expression_unary(p->arena, WEIR_EXPRESSION_CAST, weir_parse_expression(p));
    weir_expect(p, WEIR_KEYWORD_AS);
    cast->type = weir_parse_type(p);
    if (cast->type->length != 0) /* char(n), varchar(n): only schemas have lengths */
        cast->type = &weir_type_string;
    cast->eval_mode = mode;
    weir_expect_symbol(p, ')');
    return weir_finish(p, cast, origin);
}

/* EXTRACT(field FROM source) */
static WeirExpression *parse_extract(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirOrigin place = weir_origin_here(p);
    WeirExpression *field = weir_make_string(p, weir_parse_identifier(p), place);
    weir_expect(p, WEIR_KEYWORD_FROM);
    WeirExpression *source = weir_parse_value_expression(p);
    weir_expect_symbol(p, ')');
    return weir_make_call2(p, "extract", origin, field, source);
}

/* A form that began like a call: `arguments` were read, the rest are ordinary arguments. */
static WeirExpression *finish_plain_call(WeirParser *p, const char *name, WeirOrigin origin, WeirList *arguments)
{
    while (weir_accept_symbol(p, ','))
        weir_list_add(p, arguments, weir_parse_expression(p));
    weir_expect_symbol(p, ')');
    WeirExpression *call = weir_make_call(p, name, origin, arguments->count, (WeirExpression *const *)arguments->items);
    return weir_parse_call_suffix(p, call);
}

/* SUBSTRING(text FROM start [FOR length]) or the plain call. */
static WeirExpression *parse_substring(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirToken word = weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirList arguments = {0};
    if (weir_at_symbol(p, ')'))
        return finish_plain_call(p, weir_token_name(p, &word), origin, &arguments);
    weir_list_add(p, &arguments, weir_parse_expression(p));
    if (!weir_accept(p, WEIR_KEYWORD_FROM))
        return finish_plain_call(p, weir_token_name(p, &word), origin, &arguments);
    weir_list_add(p, &arguments, weir_parse_value_expression(p));
    if (weir_accept(p, WEIR_KEYWORD_FOR))
        weir_list_add(p, &arguments, weir_parse_value_expression(p));
    weir_expect_symbol(p, ')');
    return weir_make_call(p, "substring", origin, arguments.count, (WeirExpression *const *)arguments.items);
}

/* TRIM([BOTH|LEADING|TRAILING] [what] FROM text) as trim/ltrim/rtrim(what, text), or the plain call. */
static WeirExpression *parse_trim(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirToken word = weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirKeyword side = weir_peek(p)->kind == WEIR_TOKEN_WORD ? weir_peek(p)->keyword : WEIR_NOT_A_KEYWORD;
    bool has_side = (side == WEIR_KEYWORD_BOTH || side == WEIR_KEYWORD_LEADING || side == WEIR_KEYWORD_TRAILING) &&
                    weir_peek_at(p, 1)->kind != WEIR_TOKEN_SYMBOL;
    if (has_side)
        weir_advance(p);
    WeirList arguments = {0};
    if (has_side && weir_at(p, WEIR_KEYWORD_FROM)) {
        weir_advance(p);
        weir_list_add(p, &arguments, weir_parse_value_expression(p));
    } else {
        if (!weir_at_symbol(p, ')'))
            weir_list_add(p, &arguments, weir_parse_expression(p));
        if (!has_side && !weir_at(p, WEIR_KEYWORD_FROM))
            return finish_plain_call(p, weir_token_name(p, &word), origin, &arguments);
        weir_expect(p, WEIR_KEYWORD_FROM);
        weir_list_add(p, &arguments, weir_parse_value_expression(p));
    }
    weir_expect_symbol(p, ')');
    const char *name = has_side && side == WEIR_KEYWORD_LEADING    ? "ltrim"
                       : has_side && side == WEIR_KEYWORD_TRAILING ? "rtrim"
                                                                   : "trim";
    return weir_make_call(p, name, origin, arguments.count, (WeirExpression *const *)arguments.items);
}

/* POSITION(part IN text) as locate(part, text), or the plain call. */
static WeirExpression *parse_position(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirToken word = weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirList arguments = {0};
    if (!weir_at_symbol(p, ')'))
        weir_list_add(p, &arguments, weir_parse_value_expression(p));
    if (!weir_accept(p, WEIR_KEYWORD_IN))
        return finish_plain_call(p, weir_token_name(p, &word), origin, &arguments);
    weir_list_add(p, &arguments, weir_parse_value_expression(p));
    weir_expect_symbol(p, ')');
    return weir_make_call(p, "locate", origin, arguments.count, (WeirExpression *const *)arguments.items);
}

/* OVERLAY(text PLACING other FROM start [FOR length]) or the plain call. */
static WeirExpression *parse_overlay(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    WeirToken word = weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirList arguments = {0};
    if (!weir_at_symbol(p, ')'))
        weir_list_add(p, &arguments, weir_parse_expression(p));
    if (!weir_accept(p, WEIR_KEYWORD_PLACING))
        return finish_plain_call(p, weir_token_name(p, &word), origin, &arguments);
    weir_list_add(p, &arguments, weir_parse_value_expression(p));
    weir_expect(p, WEIR_KEYWORD_FROM);
    weir_list_add(p, &arguments, weir_parse_value_expression(p));
    if (weir_accept(p, WEIR_KEYWORD_FOR))
        weir_list_add(p, &arguments, weir_parse_value_expression(p));
    weir_expect_symbol(p, ')');
    return weir_make_call(p, "overlay", origin, arguments.count, (WeirExpression *const *)arguments.items);
}

static WeirExpression *parse_exists(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirExpression *exists = weir_expression_new(p->arena, WEIR_EXPRESSION_EXISTS, origin);
    exists->plan = weir_parse_query(p);
    weir_expect_symbol(p, ')');
    return weir_finish(p, exists, origin);
}

/* STRUCT(a, b AS c): arguments may be named. */
static WeirExpression *parse_struct(WeirParser *p)
{
    WeirOrigin origin = weir_origin_here(p);
    weir_advance(p);
    weir_expect_symbol(p, '(');
    WeirList arguments = {0};
    if (!weir_at_symbol(p, ')')) {
        do {
            weir_list_add(p, &arguments, weir_parse_named_expression(p));
        } while (weir_accept_symbol(p, ','));
    }
    weir_expect_symbol(p, ')');
    return weir_make_call(p, "struct", origin, arguments.count, (WeirExpression *const *)arguments.items);
}

/* Is the token after "word (" the begin of a query? */
static bool query_follows(WeirParser *p)
{
    switch (weir_peek_at(p, 2)->kind == WEIR_TOKEN_WORD ? weir_peek_at(p, 2)->keyword : WEIR_NOT_A_KEYWORD) {
    case WEIR_KEYWORD_SELECT:
    case WEIR_KEYWORD_WITH:
    case WEIR_KEYWORD_FROM:
    case WEIR_KEYWORD_VALUES:
    case WEIR_KEYWORD_TABLE:
        return weir_peek_at(p, 3)->kind != WEIR_TOKEN_SYMBOL || weir_next_is_symbol(p, 3, '(') ||
               weir_next_is_symbol(p, 3, '*') || weir_next_is_symbol(p, 3, '-') ||
               weir_next_is_symbol(p, 3, WEIR_SYMBOL_HINT_BEGIN);
    default:
        return weir_next_is_symbol(p, 2, '(');
    }
}

WeirExpression *weir_parse_special_form(WeirParser *p)
{
    if (weir_peek(p)->kind != WEIR_TOKEN_WORD)
        return NULL;
    WeirKeyword keyword = weir_peek(p)->keyword;
    const WeirToken *next = weir_peek_at(p, 1);
    bool opens = next->kind == WEIR_TOKEN_SYMBOL && next->symbol == '(';
    if (keyword == WEIR_KEYWORD_CASE) {
        bool is_name =
            next->kind == WEIR_TOKEN_END ||
            (next->kind == WEIR_TOKEN_SYMBOL && strchr("(-+~*:?!", next->symbol < 128 ? next->symbol : 1) == NULL);
        return is_name ? NULL : parse_case(p);
    }
    if (!opens)
        return NULL;
    switch (keyword) {
    case WEIR_KEYWORD_CAST:
    case WEIR_KEYWORD_TRY_CAST:
        return parse_cast(p);
    case WEIR_KEYWORD_EXTRACT:
        return weir_next_is(p, 3, WEIR_KEYWORD_FROM) ? parse_extract(p) : NULL;
    case WEIR_KEYWORD_SUBSTR:
    case WEIR_KEYWORD_SUBSTRING:
        return parse_substring(p);
    case WEIR_KEYWORD_TRIM:
        return parse_trim(p);
    case WEIR_KEYWORD_POSITION:
        return parse_position(p);
    case WEIR_KEYWORD_OVERLAY:
        return parse_overlay(p);
    case WEIR_KEYWORD_EXISTS:
        return query_follows(p) ? parse_exists(p) : NULL;
    case WEIR_KEYWORD_STRUCT:
        return parse_struct(p);
    default:
        return NULL;
    }
}
